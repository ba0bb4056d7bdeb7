package hall

import (
	"fmt"

	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
)

// The list at the door.
const (
	doorRow  = 7.2
	doorGap  = 6.0
	doorTop  = 63.0
	doorRows = 27 // of each half of a page
)

// door sets the list that hangs at the door (门贴): everybody who comes by reads it, so names are masked.
func (j *job) door() {
	const wide = (measure - doorGap) / 2
	columns := []column{{head: "座位", width: 14, at: pdf.Centred, size: 12, bold: true, cell: number},
		{head: "准考证号", width: 42, at: pdf.Centred, size: 11, cell: ticket},
		{head: "姓名", width: wide - 56, at: pdf.Centred, size: 10.5, cell: func(s sitting.SheetSeat) string {
			s.Name = engine.MaskName(s.Name)
			return name(s)
		}}}
	for from := 0; from < len(j.Seats); from += 2 * doorRows {
		page := j.Seats[from:min(from+2*doorRows, len(j.Seats))]
		l, y := j.open(Title(j.Kind))
		j.fit(l, j.Room.Name, measure-50, pdf.Text{X: edge, Y: y + 16, Size: 28, Bold: true})
		j.text(l, fmt.Sprintf("座位 %d–%d 号", page[0].No, page[len(page)-1].No), pdf.Text{X: right, Y: y + 16, At: pdf.ToRight, Size: 13})
		half := min((len(page)+1)/2, doorRows)
		if len(page) <= 8 {
			half = len(page)
		}
		j.table(l, table{edge, doorTop, doorRow}, columns, page[:half])
		if half < len(page) {
			j.table(l, table{edge + wide + doorGap, doorTop, doorRow}, columns, page[half:])
		}
		j.text(l, j.arrival(), pdf.Text{X: edge, Y: bottom - 1, Size: 10})
	}
	j.feet()
}

// arrival says from when people are let in, and from when only with the exam office's consent, as the pages do.
func (j *job) arrival() string {
	s := j.Session
	from := s.Theory.Opens.Add(-sitting.CheckInLead).In(j.Zone).Format("15:04")
	if j.Late.Before(s.Theory.Closes) {
		return fmt.Sprintf("%s 开始签到，%s 起为迟到，须考务批准才能签到；迟到不补时。", from, j.Late.In(j.Zone).Format("15:04"))
	}
	return from + " 开始签到，迟到不补时。"
}

const (
	registerRow  = 9.4
	registerRows = 22
)

// due counts who is to come to the room: not those whose pass of theory is kept.
func (j *job) due() (n int) {
	for _, s := range j.Seats {
		if s.Takes(engine.Theory) {
			n++
		}
	}
	return n
}

// register sets the sign-in register (签到表).
func (j *job) register() {
	columns := []column{{head: "座位", width: 12, at: pdf.Centred, size: 11, bold: true, cell: number},
		{head: "姓名", width: 38, size: 12, cell: name}, {head: "准考证号", width: 36, at: pdf.Centred, size: 10, cell: ticket},
		{head: "证件号码", width: 38, at: pdf.Centred, size: 9.5, cell: identity}}
	rest := measure - 124
	if j.machines() {
		columns = append(columns, column{head: "机器", width: 16, at: pdf.Centred, size: 9.5, cell: machine})
		rest -= 16
	}
	columns = append(columns, column{head: "考生签名", width: rest})
	for from := 0; from < len(j.Seats); from += registerRows {
		l, y := j.open(Title(j.Kind))
		j.fit(l, j.Room.Name, measure/2, pdf.Text{X: edge, Y: y + 8, Size: 14, Bold: true})
		j.text(l, fmt.Sprintf("应到 %d 人　实到 ____ 人", j.due()), pdf.Text{X: right, Y: y + 8, At: pdf.ToRight, Size: 11})
		j.table(l, table{edge, y + 11, registerRow}, columns, j.Seats[from:min(from+registerRows, len(j.Seats))])
		j.text(l, "监考员签名：", pdf.Text{X: edge, Y: bottom, Size: 10.5})
		l.Line(edge+24, bottom+1.2, edge+90, bottom+1.2, 0.25)
		j.text(l, "核对时间：", pdf.Text{X: edge + 104, Y: bottom, Size: 10.5})
		l.Line(edge+124, bottom+1.2, right, bottom+1.2, 0.25)
	}
	j.feet()
}

// Labels of a page.
const (
	labelsAcross = 3
	labelsDown   = 8
	labelWide    = pdf.BookWidth / labelsAcross
	labelTall    = 36.0
	labelsTop    = (pdf.BookHeight - labelsDown*labelTall) / 2
)

// labels sets the labels for the desks (桌贴), to be cut along the broken lines.
func (j *job) labels() {
	var l *pdf.Leaf
	for i, s := range j.Seats {
		n := i % (labelsAcross * labelsDown)
		if n == 0 {
			l = j.book.Add()
			j.cuts(l)
		}
		x, y := labelWide*float64(n%labelsAcross), labelsTop+labelTall*float64(n/labelsAcross)
		middle := x + labelWide/2
		j.fit(l, j.Room.Name, labelWide-34, pdf.Text{X: x + 6, Y: y + 9, Size: 9})
		j.text(l, number(s)+" 号", pdf.Text{X: x + labelWide - 6, Y: y + 11.5, At: pdf.ToRight, Size: 20, Bold: true})
		j.fit(l, s.Name, labelWide-12, pdf.Text{X: middle, Y: y + 21, At: pdf.Centred, Size: 17, Bold: true})
		j.text(l, spaced(s.Ticket), pdf.Text{X: middle, Y: y + 28, At: pdf.Centred, Size: 11})
		below := levelName(j.Session.Level)
		if s.Machine != "" {
			below += "　机器 " + s.Machine
		}
		if j.Session.Sample {
			below += "　样例"
		}
		j.fit(l, below, labelWide-12, pdf.Text{X: middle, Y: y + 33, At: pdf.Centred, Size: 8.5})
	}
}

func (j *job) cuts(l *pdf.Leaf) {
	for n := 1; n < labelsAcross; n++ {
		l.Dashes(labelWide*float64(n), labelsTop, labelWide*float64(n), pdf.BookHeight-labelsTop, 1.2)
	}
	for n := 0; n <= labelsDown; n++ {
		y := labelsTop + labelTall*float64(n)
		l.Dashes(4, y, pdf.BookWidth-4, y, 1.2)
	}
}
