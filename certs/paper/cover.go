package paper

import (
	"fmt"

	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine"
)

const centre = bound + measure/2

// cover sets the first page.
func (j *job) cover() {
	l := j.book.Add()
	size := j.body().size
	j.text(l, j.Sitting, pdf.Text{X: bound, Y: 24, Size: j.fitted(j.Sitting, false, size, measure)})
	j.badges(l, bound+measure, 35, 16)
	level := j.Blueprint.Level
	for _, t := range []struct {
		text string
		y    float64
		size float64
		bold bool
	}{{engine.LongTermCare().Title(), 52, 20, true}, {"职业技能等级认定", 64, 18, false}, {"理论知识试卷", 81, 30, true},
		{level.String() + "/" + level.Grade(), 95, 18, false}, {j.extent(), 106, size + 1.5, false}} {
		j.text(l, t.text, pdf.Text{X: centre, Y: t.y, At: pdf.Centred, Size: t.size, Bold: t.bold})
	}
	j.fields(l, 122)
	j.scores(l, j.notice(l, 162))
	j.fail(l.QR(Identity(j.Form), bound-2, 255, 24))
	j.text(l, "试卷标识", pdf.Text{X: bound + 24, Y: 265, Size: j.small() + 1})
	j.text(l, Identity(j.Form), pdf.Text{X: bound + 24, Y: 272, Size: j.small() + 4, Bold: true})
}

// extent says how much there is to do.
func (j *job) extent() string {
	var full engine.Points
	for _, a := range j.items {
		full += j.Blueprint.PointsOf(a.item.Type)
	}
	s := fmt.Sprintf("共 %d 题　满分 %s 分", len(j.items), full)
	if j.Minutes > 0 {
		s += fmt.Sprintf("　考试时间 %d 分钟", j.Minutes)
	}
	return s
}

// fields are what the candidate fills in.
func (j *job) fields(l *pdf.Leaf, y float64) {
	const label, from, to, step = centre - 52, centre - 24, centre + 52, 12.0
	size := max(14, j.body().size+2)
	for i, name := range []string{"姓　　名", "准考证号", "单　　位"} {
		at := y + step*float64(i)
		j.text(l, name, pdf.Text{X: label, Y: at, Size: size})
		l.Line(from, at+1.8, to, at+1.8, 0.25)
	}
	j.text(l, j.Ticket, pdf.Text{X: from + 2, Y: y + step, Size: size})
}

// notice sets the notice to candidates (考生须知) with its head at y, and returns where it ends.
func (j *job) notice(l *pdf.Leaf, y float64) float64 {
	s := j.body()
	j.text(l, "考 生 须 知", pdf.Text{X: centre, Y: y, At: pdf.Centred, Size: s.size + 1.5, Bold: true})
	at := y + 3
	for i, sentence := range []string{
		"在封面和答题卡上填写姓名、准考证号和单位，不作其他标记。",
		"核对封面、各页与答题卡上的试卷标识和页数，有不符或缺页的，立即报告监考员。",
		"用2B铅笔把答案涂在答题卡上，写在试卷上的答案不计分。",
		"考试结束，试卷和答题卡一并交回，不得带出考场。",
	} {
		number := fmt.Sprintf("%d．", i+1)
		indent := bound + j.width(number, false, s.size)
		for n, r := range j.rows(sentence, s, indent, measure-(indent-bound)) {
			if n == 0 {
				r.pieces = append([]piece{{x: bound, text: number}}, r.pieces...)
			}
			j.draw(l, r, s, at)
			at += r.height
		}
	}
	return at
}

// scores is the table that the markers fill in.
func (j *job) scores(l *pdf.Leaf, y float64) {
	names := []string{"题　号"}
	for n := range j.sections() {
		names = append(names, ordinal(n))
	}
	names = append(names, "总　分")
	const first = 28.0
	size := j.body().size + 0.5
	height := 5 + em(size)
	rest := (measure - first) / float64(len(names)-1)
	y += 5
	for i, name := range names {
		x, w := bound, first
		if i > 0 {
			x, w = bound+first+rest*float64(i-1), rest
		}
		for line, word := range []string{name, "", ""} {
			if i == 0 {
				word = []string{name, "得　分", "评分人"}[line]
			}
			l.Box(x, y+height*float64(line), w, height, 0.25)
			j.text(l, word, pdf.Text{X: x + w/2, Y: y + height*(float64(line)+0.5) + 0.36*em(size), At: pdf.Centred, Size: size})
		}
	}
}
