package hall

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/skillcert/skillcert/certs/archive"
	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// sheetReport is the report on a session, which is laid out as the papers of a room are.
const sheetReport sitting.SheetKind = "report"

// Report prints the report on a session (场次报告); days are those of the zone.
func (p *Printer) Report(r *archive.Report, zone *time.Location) ([]byte, error) {
	n := &sitting.Session{Name: r.Session.Name, Level: r.Session.Level, Theory: r.Session.Theory, Sample: r.Sample}
	s := &sitting.Sheet{Kind: sheetReport, Session: n, Body: r.Body.Name, Zone: zone, Made: r.At, Now: r.At}
	j := &job{Sheet: s, fonts: p.fonts, book: pdf.NewBook(p.fonts, pdf.About{Title: Title(s.Kind) + " " + n.Name, Created: r.At})}
	f := &reportFlow{flow: &flow{job: j}, r: r}
	for _, part := range []func(){f.numbers, f.staff, f.findings, f.incidents, f.draw, f.seals, f.issued, f.deviations} {
		part()
	}
	j.feet()
	if j.err != nil {
		return nil, j.err
	}
	return j.book.File()
}

// reportFlow fills the pages of a report.
type reportFlow struct {
	*flow
	r *archive.Report
}

// part is a section of lines, each a label and a text; none says so.
func (f *reportFlow) part(title, remark string, rows [][2]string) {
	f.head(title, remark, 24)
	for _, row := range rows {
		f.pair(row[0], row[1])
	}
	if len(rows) == 0 {
		f.pair("无", "")
	}
	f.y += 4
}

// pair sets a label and beside it a text of as many lines as it takes.
func (f *reportFlow) pair(label, text string) {
	const beside = 42.0
	for i, line := range f.wrap(text, 10, measure-beside-2) {
		f.need(8)
		if i == 0 {
			f.fit(f.leaf, label, beside-4, pdf.Text{X: edge + 2, Y: f.y + 5, Size: 10, Grey: 60})
		}
		f.text(f.leaf, line, pdf.Text{X: edge + beside, Y: f.y + 5, Size: 10})
		f.y += 6
	}
	f.y += 1
	f.leaf.Line(edge, f.y, right, f.y, 0.15)
}

func (f *reportFlow) numbers() {
	r := f.r
	var why []string
	for _, c := range r.Applied.Refused {
		why = append(why, fmt.Sprintf("%s %d", cmp.Or(refusals[c.Key], c.Key), c.Count))
	}
	rows := [][2]string{
		{"报名", fmt.Sprintf("%d 份，符合 %d 份，不符合 %d 份", r.Applied.All, r.Applied.Accepted, r.Applied.All-r.Applied.Accepted)},
		{"不符合的规定", cmp.Or(strings.Join(why, "，"), "无")},
		{"座位", fmt.Sprintf("%d 个，签到 %d 人，缺考 %d 人，违纪取消 %d 人，批准迟到 %d 人", r.Seated.Seats, r.Seated.Present, r.Seated.Absent, r.Seated.Voided, r.Seated.Late)},
	}
	if o := r.Outcome; o != nil {
		rows = append(rows, [2]string{"理论知识", outcome(o.Theory)}, [2]string{"操作技能", outcome(o.Practical)},
			[2]string{"两科均合格", fmt.Sprintf("%d 人，共 %d 人", o.Passed, o.Of)})
		if o.Undecided > 0 {
			rows = append(rows, [2]string{"待处理决定", fmt.Sprintf("%d 人，成绩待定", o.Undecided)})
		}
	} else {
		rows = append(rows, [2]string{"成绩", "两科尚未合成"})
	}
	f.part("人数", "截至 "+r.At.In(f.Zone).Format("2006-01-02 15:04"), rows)
}

func outcome(p archive.PartOutcome) string {
	text := fmt.Sprintf("合格 %d 人；有成绩 %d 人，缺考 %d 人，违纪取消 %d 人", p.Passed, p.Scored, p.Absent, p.Voided)
	if p.Kept > 0 {
		text += fmt.Sprintf("；不考本科（成绩保留）%d 人", p.Kept)
	}
	return text
}

// refusals are the rules of registration in words.
var refusals = map[string]string{"age": "年龄", "condition": "申报条件", "prior-level": "已有等级", "years": "从业年限", "evidence": "材料", "education": "学历",
	"title": "职称", "double": "一人两证", "misconduct": "违纪记录", "id-number": "证件号码", "name": "姓名", "person": "联系方式", "repeated": "重复申报",
	"level": "没有该等级的场次", "retake": "补考"}

var roles = map[authz.Role]string{authz.Invigilator: "监考员", authz.Examiner: "考评员", authz.Leader: "考评组长", authz.Marker: "阅卷负责人",
	authz.Supervisor: "质量督导员"}

func (f *reportFlow) staff() {
	var rows [][2]string
	for _, s := range f.r.Staff {
		text := fmt.Sprintf("%d 人，应不少于 %d 人", len(s.Names), s.Need)
		if len(s.Names) > 0 {
			text += "：" + strings.Join(s.Names, "、")
		}
		if s.Short() {
			text = "不足　" + text
		}
		rows = append(rows, [2]string{strings.TrimSpace(roles[s.Role] + "　" + s.Room), text})
	}
	f.part("人员", "按政策 "+f.r.Policy, rows)
}

func (f *reportFlow) findings() {
	var rows [][2]string
	for _, x := range f.r.Findings {
		done := map[string]string{archive.FindingRefused: "已拒绝安排", archive.FindingStands: "事后发现，不予发证", archive.FindingWaived: "经两人批准豁免"}[x.Done]
		rows = append(rows, [2]string{done, x.Path})
	}
	f.part("考培分离", "", rows)
}

func (f *reportFlow) incidents() {
	var rows [][2]string
	for _, l := range f.r.Lines {
		where := cmp.Or(l.Room, "全部考场")
		if l.Seat > 0 {
			where += fmt.Sprintf(" %d 号", l.Seat)
		}
		text := where + "　" + l.Text
		if l.Min > 0 {
			text = fmt.Sprintf("%s　%d 分钟　%s", where, l.Min, l.Text)
		}
		rows = append(rows, [2]string{l.At.In(f.Zone).Format("01-02 15:04") + " " + cmp.Or(happened[l.Kind], string(l.Kind)), text + "（" + l.By + "）"})
	}
	if len(rows) == 0 {
		for _, c := range f.r.Incidents {
			rows = append(rows, [2]string{cmp.Or(happened[sitting.LineKind(c.Key)], c.Key), fmt.Sprintf("%d 次", c.Count)})
		}
	}
	f.part("考场情况", "", rows)
}

var stages = map[theory.DrawStage]string{theory.DrawDone: "已组卷，待公开", theory.DrawRevealed: "已公开"}

func (f *reportFlow) draw() {
	d := f.r.Draw
	if d == nil {
		f.part("组卷", "", nil)
		return
	}
	by := "系统"
	if d.Custodians > 0 {
		by = fmt.Sprintf("种子保管人 %d 人", d.Custodians)
	}
	f.part("组卷", "", [][2]string{{"状态", cmp.Or(stages[d.Stage], "进行中") + "，随机种子由" + by + "保管"}, {"题库版本", d.Release + "　" + d.Digest},
		{"组卷方案", d.Blueprint}, {"承诺值", d.Commitment}, {"试卷根值", d.Root}})
}

func (f *reportFlow) seals() {
	var rows [][2]string
	for _, s := range f.r.Seals {
		text := fmt.Sprintf("%s 封存（%s）", s.Leader, s.SealedAt.In(f.Zone).Format("2006-01-02 15:04"))
		if s.Witness != "" {
			text += fmt.Sprintf("，%s 见证（%s）", s.Witness, s.Witnessed.In(f.Zone).Format("2006-01-02 15:04"))
		}
		name := s.Component.String()
		if s.No > 0 {
			name += fmt.Sprintf("　第%d次更正", s.No)
		}
		rows = append(rows, [2]string{name, text + "　摘要 " + s.Digest})
	}
	f.part("成绩封存", "", rows)
}

func (f *reportFlow) issued() {
	var rows [][2]string
	if p := f.r.Publicity; p != nil {
		text := "尚未公示"
		if p.Stage != result.Joined {
			text = fmt.Sprintf("%s 至 %s，%d 人", p.From, p.Until, p.Count)
		}
		rows = append(rows, [2]string{"公示", text})
	}
	if c := f.r.Issued; c != nil {
		rows = append(rows, [2]string{"证书", fmt.Sprintf("合格 %d 人，已发 %d 份，暂停发证 %d 人，尚未发证 %d 人，已撤销或作废 %d 份", c.Passed, c.Sealed, c.Held, c.Waiting, c.Ended)})
	}
	f.part("公示与证书", "", rows)
}

// deviates are the kinds of deviations in words; %d is how many.
var deviates = map[string]string{archive.DeviatesStaff: "人员少 %d 人", archive.DeviatesExaminers: "考评员人数不合规定的考生 %d 名",
	archive.DeviatesSeparation: "事后发现应当回避的关系 %d 项", archive.DeviatesTime: "延长、暂停、重新开考 %d 次", archive.DeviatesLate: "批准迟到入场 %d 人",
	archive.DeviatesMachine: "换座、换机 %d 次", archive.DeviatesFile: "补交应急文件 %d 次", archive.DeviatesMisconduct: "违纪取消 %d 人", archive.DeviatesUncased: "取消资格尚未立案 %d 人",
	archive.DeviatesRedraw: "组卷中止后重新开始 %d 次", archive.DeviatesAmended: "场次安排变更 %d 次", archive.DeviatesSeal: "封存不完整 %d 科",
	archive.DeviatesCorrection: "封存后更正成绩 %d 次"}

func (f *reportFlow) deviations() {
	var rows [][2]string
	for _, d := range f.r.Deviation {
		detail := d.Detail
		if d.Kind == archive.DeviatesSeal || d.Kind == archive.DeviatesCorrection {
			detail = engine.Component(detail).String()
		}
		rows = append(rows, [2]string{fmt.Sprintf(cmp.Or(deviates[d.Kind], d.Kind+" %d"), d.Count), detail})
	}
	f.part("与计划或规定不一致的情况", "", rows)
}
