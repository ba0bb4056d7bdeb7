package paper

import (
	"fmt"

	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/questionbank"
)

// ticketDigits is how long a ticket number is where none is given.
const ticketDigits = 14

// Measures of the answer sheet in mm, for the usual print; the grid is the ticket number's.
const (
	sheetEdge  = 16.0 // left and right
	sheetWidth = pdf.BookWidth - 2*sheetEdge
	corner     = 5.0 // side of the squares that a scanner finds the page by
	lineStep   = 5.1 // from item to item
	groupGap   = 2.6 // below a group
	groupSize  = 5   // items
	numberRoom = 8.0
	bubbleStep = 5.2
	bubbleWide = 4.2
	bubbleTall = 2.8
	bubbleText = 6.5 // points
	mostGrid   = 95.0
)

// sheet lays the answer sheet out from top to bottom.
type sheet struct {
	*job
	leaf *pdf.Leaf
	y    float64
	k    float64 // scale of large print
}

// Sheet prints the answer sheet (答题卡): fields for the candidate, the ticket number to be marked, and a row of bubbles
// for every item. Its QR code holds the identity of the form.
func (p *Printer) Sheet(w Paper) ([]byte, error) {
	const what = "理论知识答题卡"
	j, err := p.begin(&w, what)
	if err != nil {
		return nil, err
	}
	s := &sheet{job: j, k: 1}
	if w.Large {
		s.k = 1.3
	}
	s.open()
	s.person()
	for n, items := range j.sections() {
		s.section(n, items)
	}
	for i, l := range j.book.Leaves() {
		j.text(l, fmt.Sprintf("第 %d 页　共 %d 页", i+1, len(j.book.Leaves())), pdf.Text{X: pdf.BookWidth / 2, Y: footAt, At: pdf.Centred, Size: j.small()})
		j.text(l, "试卷标识 "+Identity(j.Form), pdf.Text{X: sheetEdge + sheetWidth, Y: footAt, At: pdf.ToRight, Size: j.small()})
	}
	return j.file()
}

// open begins a page with its marks, its title and the code.
func (s *sheet) open() {
	l := s.book.Add()
	for _, x := range []float64{7, pdf.BookWidth - 7 - corner} {
		for _, y := range []float64{7, pdf.BookHeight - 7 - corner} {
			l.Fill(x, y, corner, corner, 0)
		}
	}
	s.text(l, "答 题 卡", pdf.Text{X: pdf.BookWidth / 2, Y: 20, At: pdf.Centred, Size: 18 * s.k, Bold: true})
	s.text(l, s.subject()+"　理论知识", pdf.Text{X: pdf.BookWidth / 2, Y: 20 + 7*s.k, At: pdf.Centred, Size: 10 * s.k})
	s.badges(l, sheetEdge+sheetWidth, 20, 12*s.k)
	s.fail(l.QR(Identity(s.Form), sheetEdge-2, 11, 23))
	s.leaf, s.y = l, 34
	if s.Sitting != "" {
		s.text(l, s.Sitting, pdf.Text{X: sheetEdge, Y: s.y + 5*s.k, Size: s.fitted(s.Sitting, true, 11*s.k, sheetWidth), Bold: true})
		s.y += 8 * s.k
	}
}

// person sets the fields of the candidate at the left and the ticket number at the right.
func (s *sheet) person() {
	count := max(len(s.Ticket), ticketDigits)
	grid := bubbleStep * float64(count)
	scale := min(s.k, mostGrid/grid)
	x, y, end := sheetEdge, s.y+6*s.k, sheetEdge+sheetWidth-grid*scale-8
	for _, name := range []string{"姓名", "单位"} {
		s.text(s.leaf, name, pdf.Text{X: x, Y: y, Size: 11 * s.k})
		s.leaf.Line(x+10*s.k, y+1.5, end, y+1.5, 0.25)
		y += 11 * s.k
	}
	id, from := Identity(s.Form), x+15*s.k
	s.text(s.leaf, "试卷标识", pdf.Text{X: x, Y: y, Size: 9 * s.k})
	s.text(s.leaf, id, pdf.Text{X: from, Y: y, Size: s.fitted(id, true, 10.5*s.k, end-from), Bold: true})
	s.hint("填涂示例", "用2B铅笔涂满，\n修改时擦净", y+8*s.k, end)
	s.leaf.Fill(x+17*s.k, y+(8-bubbleTall)*s.k, bubbleWide*s.k, bubbleTall*s.k, 0)
	s.hint("缺考标记", "由监考员填涂", y+18*s.k, end)
	s.leaf.Box(x+17*s.k, y+(18-bubbleTall)*s.k, bubbleWide*s.k, bubbleTall*s.k, 0.25)
	s.ticket(end+8, count, scale)
	s.y += 61 * s.k
}

// hint explains a bubble that stands between its name and what is said of it, on the line y and up to end.
func (s *sheet) hint(name, text string, y, end float64) {
	small, from := style{size: 9 * s.k, leading: 1.3}, sheetEdge+24*s.k
	s.text(s.leaf, name, pdf.Text{X: sheetEdge, Y: y, Size: small.size})
	for i, r := range s.rows(text, small, from, end-from) {
		s.draw(s.leaf, r, small, y-r.base+small.height()*float64(i))
	}
}

// ticket sets the number that is marked digit by digit, filled in already where the candidate is known.
func (s *sheet) ticket(x float64, count int, k float64) {
	square, row, step := 6.5*k, 4.3*k, bubbleStep*k
	y := s.y
	s.text(s.leaf, "准 考 证 号", pdf.Text{X: x + float64(count)*step/2, Y: y + 3*k, At: pdf.Centred, Size: 10 * k})
	y += 5 * k
	for i := range count {
		at := x + float64(i)*step
		s.leaf.Box(at, y, step, square, 0.25)
		own := ""
		if i < len(s.Ticket) {
			own = s.Ticket[i : i+1]
			s.text(s.leaf, own, pdf.Text{X: at + step/2, Y: y + 4.8*k, At: pdf.Centred, Size: 11 * k})
		}
		for d := range 10 {
			s.bubble(at+(step-bubbleWide*k)/2, y+square+k+row*float64(d), k, fmt.Sprint(d), fmt.Sprint(d) == own)
		}
	}
	s.leaf.Box(x, y, float64(count)*step, square+1.5*k+row*10, 0.25)
}

// bubble draws what a candidate fills.
func (s *sheet) bubble(x, y, k float64, word string, full bool) {
	w, h := bubbleWide*k, bubbleTall*k
	if full {
		s.leaf.Fill(x, y, w, h, 0)
		return
	}
	s.leaf.Box(x, y, w, h, 0.2)
	s.text(s.leaf, word, pdf.Text{X: x + w/2, Y: y + h/2 + 0.36*em(bubbleText*k), At: pdf.Centred, Size: bubbleText * k, Grey: 60})
}

// section sets the bubbles of one type in groups of five, side by side.
func (s *sheet) section(n int, items []asked) {
	most := 0
	for _, a := range items {
		most = max(most, len(a.line.Options))
	}
	wide := (numberRoom + bubbleStep*float64(most)) * s.k
	across := max(1, int(sheetWidth/wide))
	tall := (lineStep*groupSize + groupGap) * s.k
	head := fmt.Sprintf("%s、%s（%s）", ordinal(n), typeName(items[0].item.Type), s.numbers(items))
	for from := 0; from < len(items); from += groupSize * across {
		room := tall
		if from == 0 {
			room += 7 * s.k
		}
		if s.y+room > pdf.BookHeight-bottom+4 {
			s.open()
		}
		if from == 0 {
			s.text(s.leaf, head, pdf.Text{X: sheetEdge, Y: s.y + 4*s.k, Size: 10 * s.k, Bold: true})
			s.y += 7 * s.k
		}
		for i := from; i < min(from+groupSize*across, len(items)); i++ {
			k := i - from
			s.item(items[i], sheetEdge+float64(k/groupSize)*sheetWidth/float64(across), s.y+float64(k%groupSize)*lineStep*s.k)
		}
		s.y += tall
	}
	s.y += 1.5
}

func (s *sheet) item(a asked, x, y float64) {
	s.text(s.leaf, fmt.Sprint(a.no), pdf.Text{X: x + 6.2*s.k, Y: y + bubbleTall*s.k*0.95, At: pdf.ToRight, Size: 8.5 * s.k})
	for place := range a.line.Options {
		word := string(rune('A' + place))
		if a.item.Type == questionbank.Judgement {
			word = a.label(place)
		}
		s.bubble(x+(numberRoom+bubbleStep*float64(place))*s.k, y, s.k, word, false)
	}
}
