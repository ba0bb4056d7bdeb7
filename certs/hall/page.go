package hall

import (
	"fmt"
	"time"

	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Measures of a page in mm.
const (
	edge    = 15.0
	measure = pdf.BookWidth - 2*edge
	right   = edge + measure
	foot    = pdf.BookHeight - 10
	bottom  = pdf.BookHeight - 17
)

// open begins a page with the head that lists share, and returns where its content begins.
func (j *job) open(title string) (*pdf.Leaf, float64) {
	l := j.book.Add()
	j.fit(l, j.Body, measure, pdf.Text{X: pdf.BookWidth / 2, Y: 17, At: pdf.Centred, Size: 11})
	j.text(l, title, pdf.Text{X: pdf.BookWidth / 2, Y: 27, At: pdf.Centred, Size: 20, Bold: true})
	j.badge(l, right, 27)
	j.fit(l, j.Session.Name+"　"+levelName(j.Session.Level), measure*0.62, pdf.Text{X: edge, Y: 36, Size: 10.5})
	j.fit(l, j.when(j.Session.Theory.Opens, j.closes()), measure*0.36, pdf.Text{X: right, Y: 36, At: pdf.ToRight, Size: 10.5})
	l.Line(edge, 39, right, 39, 0.3)
	return l, 39
}

// closes is the end of the room's time; on its record with what was added to it, as the console shows it.
func (j *job) closes() time.Time {
	if j.Kind == sitting.SheetRecord && !j.Times.Closes.IsZero() {
		return j.Times.Closes
	}
	return j.Session.Theory.Closes
}

// badge says of a session of the sample bank that it is one, at the right end x of a line.
func (j *job) badge(l *pdf.Leaf, x, y float64) {
	if !j.Session.Sample {
		return
	}
	const size = 10.0
	w := j.width("样例", true, size) + em(size)
	l.Box(x-w, y-1.15*em(size), w, 1.55*em(size), 0.35)
	j.text(l, "样例", pdf.Text{X: x - w/2, Y: y, At: pdf.Centred, Size: size, Bold: true})
}

// feet numbers the pages when all are there.
func (j *job) feet() {
	all := j.book.Leaves()
	for i, l := range all {
		j.text(l, fmt.Sprintf("第 %d 页　共 %d 页", i+1, len(all)), pdf.Text{X: pdf.BookWidth / 2, Y: foot, At: pdf.Centred, Size: 8.5})
		j.text(l, Title(j.Kind), pdf.Text{X: right, Y: foot, At: pdf.ToRight, Size: 8.5})
		j.fit(l, j.Room.Name, measure/3, pdf.Text{X: edge, Y: foot, Size: 8.5})
	}
}

func levelName(l engine.Level) string { return l.String() + "/" + l.Grade() }

// column is one of a table.
type column struct {
	head  string
	width float64
	at    pdf.Align
	size  float64
	bold  bool
	cell  func(s sitting.SheetSeat) string // nil: empty, to be filled in
}

// table is where one stands: its corner, and the height of its rows.
type table struct{ x, y, row float64 }

// table sets a row for each seat under a head.
func (j *job) table(l *pdf.Leaf, t table, columns []column, seats []sitting.SheetSeat) {
	const head = 8.0
	wide := 0.0
	for _, c := range columns {
		l.Fill(t.x+wide, t.y, c.width, head, 236)
		l.Box(t.x+wide, t.y, c.width, head, 0.25)
		j.fit(l, c.head, c.width-2, pdf.Text{X: t.x + wide + c.width/2, Y: t.y + head/2 + 1.4, At: pdf.Centred, Size: 10})
		wide += c.width
	}
	y := t.y + head
	for _, s := range seats {
		at := t.x
		for _, c := range columns {
			l.Box(at, y, c.width, t.row, 0.2)
			if c.cell != nil {
				j.cell(l, c, c.cell(s), at, y+t.row/2)
			}
			at += c.width
		}
		y += t.row
	}
}

// cell sets a text in the middle of a row.
func (j *job) cell(l *pdf.Leaf, c column, s string, x, middle float64) {
	at := pdf.Text{X: x + 1.6, Y: middle + 0.36*em(c.size), At: c.at, Size: c.size, Bold: c.bold}
	if c.at == pdf.Centred {
		at.X = x + c.width/2
	}
	j.fit(l, s, c.width-2.4, at)
}

func number(s sitting.SheetSeat) string { return fmt.Sprint(s.No) }

// name says beside the name who does not take theory here.
func name(s sitting.SheetSeat) string {
	if !s.Takes(engine.Theory) {
		return s.Name + "（不考本科）"
	}
	return s.Name
}

func ticket(s sitting.SheetSeat) string   { return spaced(s.Ticket) }
func identity(s sitting.SheetSeat) string { return s.ID }
func machine(s sitting.SheetSeat) string  { return s.Machine }

// machines reports whether any seat has a named computer.
func (j *job) machines() bool {
	for _, s := range j.Seats {
		if s.Machine != "" {
			return true
		}
	}
	return false
}
