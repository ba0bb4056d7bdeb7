package paper

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/certs/pdf"
)

// Measures of a page, in mm.
const (
	bound    = 27.0 // margin on the side where the paper is bound
	outer    = 16.0
	top      = 22.0
	bottom   = 20.0
	measure  = pdf.BookWidth - bound - outer // width of the text
	headAt   = 14.0                          // baseline of the running head
	headRule = 16.0
	footAt   = pdf.BookHeight - 10
	bindAt   = 15.0 // of the broken line from the edge
	smallest = 8.0  // points
	lessened = 11.0 // points: the smallest in large print
)

// small is the size of what surrounds the text.
func (j *job) small() float64 {
	if j.Large {
		return lessened
	}
	return smallest
}

// left is where the text of a page begins: pages count from 1, and even ones of a duplex print are bound on the right.
func (j *job) left(page int) float64 {
	if j.Duplex && page%2 == 0 {
		return outer
	}
	return bound
}

// frame draws what surrounds the text of all pages, when their number is known.
func (j *job) frame(what string, bind bool) {
	all := j.book.Leaves()
	for i, l := range all {
		x := j.left(i + 1)
		if i > 0 {
			j.text(l, j.subject()+"　"+what, pdf.Text{X: x, Y: headAt, Size: j.small()})
			j.text(l, strings.Join(j.marks(), "　"), pdf.Text{X: x + measure, Y: headAt, At: pdf.ToRight, Size: j.small(), Bold: true})
			l.Line(x, headRule, x+measure, headRule, 0.2)
		}
		j.text(l, fmt.Sprintf("第 %d 页　共 %d 页", i+1, len(all)), pdf.Text{X: x + measure/2, Y: footAt, At: pdf.Centred, Size: j.small() + 1})
		j.text(l, "试卷标识 "+Identity(j.Form), pdf.Text{X: x + measure, Y: footAt, At: pdf.ToRight, Size: j.small()})
		if bind {
			j.bind(l, x)
		}
	}
}

// bind draws the line along which the paper is bound, beside text that begins at x.
func (j *job) bind(l *pdf.Leaf, x float64) {
	at := bindAt
	if x != bound {
		at = pdf.BookWidth - bindAt
	}
	const gap = 4.0
	y := top
	for i, word := range []string{"装", "订", "线"} {
		next := pdf.BookHeight * float64(i+1) / 4
		l.Dashes(at, y, at, next-gap, 1)
		j.text(l, word, pdf.Text{X: at, Y: next + 1.2, At: pdf.Centred, Size: smallest, Grey: 70})
		y = next + gap
	}
	l.Dashes(at, y, at, pdf.BookHeight-bottom, 1)
}

// marks are what tells this paper from others of its sitting.
func (j *job) marks() (words []string) {
	if j.Large {
		words = append(words, "大字版")
	}
	if j.Blueprint.Sample {
		words = append(words, "样题")
	}
	if j.Mark != "" {
		words = append(words, j.Mark+"卷")
	}
	return words
}

// badges frames the marks at the right end x of a line.
func (j *job) badges(l *pdf.Leaf, x, y, size float64) {
	for _, word := range slices.Backward(j.marks()) {
		x = j.badge(l, word, x, y, size) - 3
	}
}

// badge frames a word at the right end x of a line, and returns where it begins.
func (j *job) badge(l *pdf.Leaf, word string, x, y, size float64) float64 {
	w := j.width(word, true, size) + em(size)
	l.Box(x-w, y-1.1*em(size), w, 1.5*em(size), 0.4)
	j.text(l, word, pdf.Text{X: x - w/2, Y: y, At: pdf.Centred, Size: size, Bold: true})
	return x - w
}

// flow fills pages from top to bottom.
type flow struct {
	*job
	style style
	leaf  *pdf.Leaf
	y     float64
}

// open begins a page.
func (f *flow) open() {
	f.leaf = f.book.Add()
	f.y = top
}

// room is what is left of the page.
func (f *flow) room() float64 { return pdf.BookHeight - bottom - f.y }

// put sets rows, whose x counts from the left end of the text. They stay on one page if any page can hold them.
func (f *flow) put(rows []row, after float64) {
	whole := 0.0
	for _, r := range rows {
		whole += r.height
	}
	if f.leaf == nil || whole > f.room() && whole <= pdf.BookHeight-bottom-top {
		f.open()
	}
	for _, r := range rows {
		if r.height > f.room() {
			f.open()
		}
		shift := f.left(len(f.book.Leaves()))
		for i := range r.pieces {
			r.pieces[i].x += shift
		}
		f.draw(f.leaf, r, f.style, f.y)
		f.y += r.height
	}
	f.y += after
}
