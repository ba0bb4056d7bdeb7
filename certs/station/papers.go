package station

import (
	"fmt"
	"strings"
	"time"

	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/questionbank"
)

const head = 236 // grey of the head of a table

// notice sets what every station gets ready, task by task.
func (g *page) notice() {
	last := ""
	for _, n := range g.Needs {
		if n.Station != last {
			g.need(45)
			if last != "" {
				g.y += 4
			}
			g.say(n.Station, true, 14)
			last = n.Station
		}
		g.y += 2
		g.need(25)
		g.say(fmt.Sprintf("%s　%s　%d 人次，每人 %d 分钟", n.Task.Code, n.Task.Name, n.Candidates, n.Task.Minutes), true, usual)
		g.row(small, 0, head, cell{"序号", 14, pdf.Centred, false}, cell{"设备、用品（每人次所需）", measure - 74, pdf.FromLeft, false},
			cell{"使用人次", 22, pdf.Centred, false}, cell{"备妥数量", 22, pdf.Centred, false}, cell{"核对", 16, pdf.Centred, false})
		for i, item := range n.Task.Preparation {
			g.row(small, 7, 0, cell{fmt.Sprint(i + 1), 14, pdf.Centred, false}, cell{item, measure - 74, pdf.FromLeft, false},
				cell{fmt.Sprint(n.Candidates), 22, pdf.Centred, false}, cell{"", 22, pdf.Centred, false}, cell{"", 16, pdf.Centred, false})
		}
	}
	if g.leaf == nil {
		return
	}
	g.y += 6
	g.need(12)
	g.say("一次性用品按使用人次备足并另留备用；可重复使用的设备按考位备齐，每名考生之间复位、消毒。", false, small)
	g.y += 3
	g.say("准备人：　　　　　　　　　　　核对人：　　　　　　　　　　　日期：", false, usual)
}

// rotation sets the turns of all stations in the order of time.
func (g *page) rotation() {
	titles := []cell{{"叫号", 20, pdf.Centred, false}, {"进入考位", 24, pdf.Centred, true}, {"去考毕区", 24, pdf.Centred, false}, {"考位", 36, pdf.FromLeft, false},
		{"准考证号", 38, pdf.Centred, false}, {"姓名", measure - 142, pdf.FromLeft, false}}
	g.again = func() { g.row(usual, 0, head, titles...) }
	for _, s := range g.Seats {
		name := ""
		for _, r := range g.Session.Rooms {
			if r.ID == s.Station {
				name = r.Name
			}
		}
		values := []string{g.hm(s.Call), g.hm(s.At), g.hm(s.Until), name, spaced(s.Ticket), s.Name}
		row := make([]cell, len(titles))
		for i, c := range titles {
			row[i] = cell{values[i], c.width, c.at, c.bold}
		}
		g.row(usual, 8, 0, row...)
	}
	g.again = nil
}

// tasks sets a page for each candidate and task: what the candidate may see of it.
func (g *page) tasks() {
	for _, s := range g.Seats {
		for i, t := range s.Tasks {
			g.open()
			g.who(s)
			g.say(fmt.Sprintf("第 %d 题（共 %d 题）　%s", i+1, len(s.Tasks), t.Name), true, 14)
			g.say(fmt.Sprintf("考核时间 %d 分钟", t.Minutes), false, usual)
			g.y += 3
			g.say("情景", true, 12)
			g.say(t.Scenario, false, 12)
			g.y += 3
			if len(t.Requirements) > 0 {
				g.say("要求", true, 12)
			}
			for n, r := range t.Requirements {
				g.say(fmt.Sprintf("%d．%s", n+1, r), false, 12)
			}
		}
	}
}

// who says whose paper it is.
func (g *page) who(s practical.Seated) {
	g.say(fmt.Sprintf("考位 %s　准考证号 %s　姓名 %s", g.Room.Name, spaced(s.Ticket), s.Name), false, 11)
	g.y += 2
}

// blank sets a sheet for each candidate and examiner.
func (g *page) blank() {
	for _, s := range g.Seats {
		for _, e := range s.Examiners {
			g.sheet(s, e, nil)
		}
	}
}

// signed sets the sheets as they were signed.
func (g *page) signed() {
	for _, s := range g.Seats {
		for i := range s.Sheets {
			g.sheet(s, s.Sheets[i].Examiner, &s.Sheets[i])
		}
	}
}

// sheet sets one score sheet from a new page on, empty when f is nil.
func (g *page) sheet(s practical.Seated, examiner string, f *practical.Filled) {
	g.open()
	g.who(s)
	g.say("考评员 "+examiner+state(f), false, 11)
	for _, t := range s.Tasks {
		g.y += 2
		g.need(30)
		g.say(fmt.Sprintf("%s　%s（满分 %s，%d 分钟）", t.Code, t.Name, t.Points, t.Minutes), true, usual)
		g.criteria(t, f)
		g.vetoes(t, f)
	}
	g.y += 4
	g.need(18)
	if f == nil {
		g.say("合计（百分制）：　　　　　　　考评员签名：　　　　　　　　　日期：", false, usual)
		return
	}
	g.say(fmt.Sprintf("合计（百分制，各题相同权重）：%s　　签名时间：%s", f.Total, f.Sheet.Signed.In(g.Zone).Format("2006-01-02 15:04:05")), true, usual)
}

// state says which of several sheets of an examiner a signed one is.
func state(f *practical.Filled) string {
	s := ""
	if f != nil && f.Sheet.No > 0 {
		s += fmt.Sprintf("　更正表（第 %d 张），更正理由：%s", f.Sheet.No+1, f.Sheet.Replaces.Reason)
	}
	if f != nil && f.Corrected {
		s += "　【已由更正表代替，不计分】"
	}
	return s
}

func (g *page) criteria(t *questionbank.Task, f *practical.Filled) {
	g.row(small, 0, head, cell{"序号", 12, pdf.Centred, false}, cell{"环节", 26, pdf.FromLeft, false}, cell{"评分要点", measure - 78, pdf.FromLeft, false},
		cell{"配分", 20, pdf.Centred, false}, cell{"得分", 20, pdf.Centred, false})
	for _, c := range t.Criteria {
		given := ""
		if f != nil {
			if p, ok := f.Sheet.Scores[t.Code][c.No]; ok {
				given = p.String()
			}
		}
		g.row(small, 7, 0, cell{c.No, 12, pdf.Centred, false}, cell{c.Section, 26, pdf.FromLeft, false}, cell{c.Text + levels(c), measure - 78, pdf.FromLeft, false},
			cell{c.Points.String(), 20, pdf.Centred, false}, cell{given, 20, pdf.Centred, true})
	}
}

// levels writes the described levels below a criterion.
func levels(c questionbank.Criterion) string {
	var all []string
	for _, l := range c.Levels {
		all = append(all, l.Points.String()+"分："+l.Text)
	}
	if len(all) == 0 {
		return ""
	}
	return "\n" + strings.Join(all, "；")
}

func (g *page) vetoes(t *questionbank.Task, f *practical.Filled) {
	if len(t.Vetoes) == 0 {
		return
	}
	g.row(small, 0, head, cell{"一票否决", measure - 70, pdf.FromLeft, false}, cell{"是否发生、经过", 70, pdf.FromLeft, false})
	for _, v := range t.Vetoes {
		said := "□ 发生　经过："
		if f != nil {
			said = "未发生"
			for _, m := range f.Sheet.Vetoes {
				if m.Task == t.Code && m.Code == v.Code {
					said = "发生：" + m.Note
				}
			}
		}
		g.row(small, 8, 0, cell{v.Code + "　" + v.Text, measure - 70, pdf.FromLeft, false}, cell{said, 70, pdf.FromLeft, f != nil && said != "未发生"})
	}
}

// hm is a time of the day in the zone of the policy.
func (g *page) hm(t time.Time) string { return t.In(g.Zone).Format("15:04") }
