package hall

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

// flow fills pages from top to bottom.
type flow struct {
	*job
	leaf *pdf.Leaf
	y    float64
}

// need begins a new page when there is less room than that.
func (f *flow) need(height float64) {
	if f.leaf == nil || f.y+height > bottom {
		f.leaf, f.y = f.open(Title(f.Kind))
		f.y += 4
	}
}

// record sets the room record (考场情况记录单). What is known when it is printed is printed, the rest is filled in by hand.
func (j *job) record() {
	f := &flow{job: j}
	f.counts()
	f.list("缺考考生", f.held("至规定入场时间未到"), func(s sitting.SheetSeat) (string, bool) { return "", s.Absent })
	f.list("不考本科考生（成绩保留）", "", func(s sitting.SheetSeat) (string, bool) { return "", !s.Takes(engine.Theory) })
	f.list("迟到经批准入场", f.held(""), func(s sitting.SheetSeat) (string, bool) {
		if s.Admitted.IsZero() || s.CheckedIn.IsZero() {
			return "", false
		}
		return s.CheckedIn.In(j.Zone).Format("15:04") + " 入场", true
	})
	f.list("违纪情况", "", func(s sitting.SheetSeat) (string, bool) { return s.Note, !s.Voided.IsZero() })
	f.happenings()
	blank := 5
	if len(f.Lines) > 0 {
		blank = 3 // for what is added by hand
	}
	f.blank("其他情况（设备故障、换座、停电断网、起止时间）", blank)
	f.signatures()
	j.feet()
}

// held is a remark for lists of a room that was held already.
func (f *flow) held(remark string) string {
	if f.Held {
		return remark
	}
	return ""
}

// counts is the table of numbers. What is not known yet stays empty.
func (f *flow) counts() {
	f.need(40)
	f.fit(f.leaf, f.Room.Name, measure*0.35, pdf.Text{X: edge, Y: f.y + 6, Size: 15, Bold: true})
	f.fit(f.leaf, f.arrival(), measure*0.63, pdf.Text{X: right, Y: f.y + 6, At: pdf.ToRight, Size: 9.5})
	f.y += 10
	absent, voided, came := 0, 0, 0
	for _, s := range f.Seats {
		switch {
		case s.Absent:
			absent++
		case !s.CheckedIn.IsZero():
			came++
		}
		if !s.Voided.IsZero() {
			voided++
		}
	}
	known := func(n int) string {
		if !f.Held {
			return ""
		}
		return fmt.Sprint(n)
	}
	cells := [][2]string{{"应到人数", fmt.Sprint(f.due())}, {"实到人数", known(came)}, {"缺考人数", known(absent)}, {"违纪人数", known(voided)},
		{"实际开考", ""}, {"实际结束", ""}}
	wide := measure / float64(len(cells))
	for i, c := range cells {
		x := edge + wide*float64(i)
		f.leaf.Fill(x, f.y, wide, 8, 236)
		f.leaf.Box(x, f.y, wide, 8, 0.25)
		f.leaf.Box(x, f.y+8, wide, 12, 0.25)
		f.text(f.leaf, c[0], pdf.Text{X: x + wide/2, Y: f.y + 5.4, At: pdf.Centred, Size: 10})
		f.text(f.leaf, c[1], pdf.Text{X: x + wide/2, Y: f.y + 16, At: pdf.Centred, Size: 15, Bold: true})
	}
	f.y += 20
	for _, part := range f.wrap(f.countsNote(absent, voided, came), 9, measure) {
		f.text(f.leaf, part, pdf.Text{X: edge, Y: f.y + 4.5, Size: 9, Grey: 60})
		f.y += 4.5
	}
	f.y += 6
}

// countsNote says of numbers that are empty, or may still change, how they stood when the sheet was printed.
func (f *flow) countsNote(absent, voided, came int) string {
	end, at := "", f.Now.In(f.Zone).Format("15:04")
	if f.Times.Paused {
		end = "本考场暂停中，结束时间还会顺延。"
	}
	switch {
	case f.Held && f.Times.Over(f.Now):
		return ""
	case f.Held:
		return fmt.Sprintf("人数为 %s 打印时的情况，此后有变化的，由监考员改填。%s", at, end)
	case came+absent+voided > 0:
		return fmt.Sprintf("%s 打印时已签到 %d 人、违纪 %d 人；%s 以前还可签到，实到、缺考、违纪人数由监考员填写。%s", at, came, voided,
			f.Late.In(f.Zone).Format("15:04"), end)
	}
	return "打印时尚无人签到，实到、缺考、违纪人数由监考员填写。"
}

func (f *flow) head(title, remark string, room float64) {
	f.need(room)
	f.text(f.leaf, title, pdf.Text{X: edge, Y: f.y + 4, Size: 11.5, Bold: true})
	f.text(f.leaf, remark, pdf.Text{X: right, Y: f.y + 4, At: pdf.ToRight, Size: 9, Grey: 60})
	f.y += 7
}

// list names the candidates of whom something is to be said, and leaves lines for what is added by hand.
func (f *flow) list(title, remark string, of func(sitting.SheetSeat) (string, bool)) {
	f.head(title, remark, 22)
	any := false
	for _, s := range f.Seats {
		said, in := of(s)
		if !in {
			continue
		}
		any = true
		f.need(8)
		line := fmt.Sprintf("%d 号　%s　%s", s.No, s.Name, spaced(s.Ticket))
		for i, part := range f.wrap(strings.TrimRight(line+"　"+said, "　"), 10.5, measure-4) {
			if i > 0 {
				f.need(8)
			}
			f.text(f.leaf, part, pdf.Text{X: edge + 2, Y: f.y + 5, Size: 10.5})
			f.rule()
		}
	}
	switch {
	case !any && f.Held && title != "违纪情况":
		f.text(f.leaf, "无", pdf.Text{X: edge + 2, Y: f.y + 5, Size: 10.5})
		f.rule()
	default:
		f.lines(2)
	}
	f.y += 3
}

// happenings are the entries of the record in time, each with when it was, what, of whom, and who wrote it down.
func (f *flow) happenings() {
	if len(f.Lines) == 0 {
		return
	}
	f.head("考场情况记录", fmt.Sprintf("至 %s，共 %d 条", f.Now.In(f.Zone).Format("2006-01-02 15:04"), len(f.Lines)), 22)
	at := map[sitting.Ticket]sitting.SheetSeat{}
	for _, s := range f.Seats {
		at[s.Ticket] = s
	}
	for _, h := range f.Lines {
		f.entry(h.At.In(f.Zone).Format("15:04:05"), f.sentence(h, at))
	}
	f.y += 3
}

// entry sets a time and beside it a text of as many lines as it takes.
func (f *flow) entry(when, text string) {
	const beside = 21.0
	for i, part := range f.wrap(text, 10, measure-beside-2) {
		f.need(8)
		if i == 0 {
			f.text(f.leaf, when, pdf.Text{X: edge + 2, Y: f.y + 5, Size: 10})
		}
		f.text(f.leaf, part, pdf.Text{X: edge + beside, Y: f.y + 5, Size: 10})
		f.y += 6
	}
	f.y += 1.5
	f.leaf.Line(edge, f.y, right, f.y, 0.15)
}

// happened is what an entry is called.
var happened = map[sitting.LineKind]string{sitting.Extended: "延长", sitting.Paused: "暂停", sitting.Resumed: "恢复", sitting.Reopened: "重新开考",
	sitting.Announced: "通知", sitting.Incident: "情况", sitting.Excluded: "违纪取消", sitting.Filed: "交来应急文件", sitting.LockdownOn: "改为须用锁定浏览器",
	sitting.LockdownOff: "改为不要求锁定浏览器", sitting.LockdownKeys: "更改允许的浏览器密钥", sitting.Moved: "换座", sitting.Readmitted: "放行换机",
	sitting.Admitted: "批准迟到入场"}

// sentence is one entry: 延长 10 分钟　7 号 王桂芳　停电（何秀英 监考员）.
func (f *flow) sentence(h sitting.Happening, at map[sitting.Ticket]sitting.SheetSeat) string {
	what := cmp.Or(happened[h.Kind], string(h.Kind))
	switch {
	case h.Minutes > 0:
		what += fmt.Sprintf(" %d 分钟", h.Minutes)
	case h.To > 0:
		what += fmt.Sprintf(" %d 号→%d 号", h.From, h.To)
	}
	whom := "本考场"
	if h.Room == "" {
		whom = "全部考场"
	}
	if s, known := at[h.Ticket]; known {
		whom = fmt.Sprintf("%d 号 %s", h.Seat, s.Name)
	}
	text := h.Text
	if h.Code != "" {
		text = "核对码 " + h.Code + "，" + text
	}
	who := map[authz.Role]string{authz.Invigilator: "监考员", authz.ExamOffice: "考务"}[h.Role]
	return fmt.Sprintf("%s　%s　%s（%s）", what, whom, text, strings.TrimSpace(h.By+" "+who))
}

// rule ends a line of writing.
func (f *flow) rule() {
	f.y += 7.5
	f.leaf.Line(edge, f.y, right, f.y, 0.15)
}

func (f *flow) lines(n int) {
	for range n {
		f.need(8)
		f.rule()
	}
}

func (f *flow) blank(title string, n int) {
	f.head(title, "", 24)
	f.lines(n)
	f.y += 3
}

// signatures are those on duty in the room, by name, each with a line to sign on.
func (f *flow) signatures() {
	f.head("签名", "", 40)
	type signer struct{ role, name string }
	var all []signer
	for _, d := range f.Session.Duties {
		switch {
		case d.Role == authz.Invigilator && d.Room == f.Room.ID:
			all = append(all, signer{"监考员", d.Name})
		case d.Role == authz.Supervisor:
			all = append(all, signer{"质量督导员", d.Name})
		}
	}
	all = append(all, signer{"考务负责人", ""})
	for i, s := range all {
		if i%2 == 0 {
			f.need(13)
			f.y += 12
		}
		x := edge + measure/2*float64(i%2)
		label := s.role
		if s.name != "" {
			label += "（" + s.name + "）"
		}
		f.fit(f.leaf, label, 46, pdf.Text{X: x, Y: f.y, Size: 10.5})
		f.leaf.Line(x+48, f.y+1.2, x+measure/2-6, f.y+1.2, 0.25)
	}
}
