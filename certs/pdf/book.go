package pdf

import (
	"fmt"
	"time"

	"rsc.io/qr"

	"github.com/skillcert/skillcert/engine/errs"
)

// The sheet of a book: A4, portrait, in mm.
const (
	BookWidth  = 210.0
	BookHeight = 297.0
)

// maxLeaves bounds a book. A form of a thousand items in large print takes about two hundred pages.
const maxLeaves = 500

// Why a book is not made.
var (
	ErrPicture = errs.New(errs.Invalid, "book.picture", "图片不能印制")
	ErrBook    = errs.New(errs.TooLarge, "book.pages", "文件页数过多")
)

// About says what a book is called in its own file.
type About struct {
	Title   string
	Created time.Time // whole seconds count
}

// Book is a document of portrait A4 pages under construction. Everything is placed first; File then cuts one font that
// holds just what the pages need, draws them, and says what the font's codes mean, so that copied text is right.
// The same calls give the same bytes. Not for concurrent use.
type Book struct {
	fonts    *Fonts
	set      *typesetter
	about    About
	leaves   []*Leaf
	pictures []Picture
	widths   map[int]bool // of the pictures, in pixels: gofpdf orders pictures by width, ties by chance
}

// Leaf is one page of a book. Lengths are in mm from its upper left corner.
type Leaf struct {
	book     *Book
	marks    ink
	pictures []placedPicture
	texts    []line
}

// NewBook begins a book without pages.
func NewBook(f *Fonts, about About) *Book {
	return &Book{fonts: f, set: newTypesetter(f, bookFont), about: about, widths: map[int]bool{}}
}

// Add begins the next page.
func (b *Book) Add() *Leaf {
	l := &Leaf{book: b, marks: ink{height: BookHeight}}
	b.leaves = append(b.leaves, l)
	return l
}

// Leaves are the pages in their order.
func (b *Book) Leaves() []*Leaf { return b.leaves }

// Align says which part of a text stands at its X.
type Align uint8

// The ways to align.
const (
	FromLeft Align = iota
	Centred
	ToRight
)

// Text says where a line of text goes and how it looks.
type Text struct {
	X, Y  float64 // of the baseline
	At    Align
	Size  float64 // in points
	Bold  bool
	Slant bool    // leaning, for letters without an italic face
	Turn  float64 // degrees against the clock, about X, Y
	Grey  uint8   // 0 black to 255 white
}

// slant is how far a leaning letter leans, in degrees.
const slant = 12

// Text sets one line. ErrGlyph names a character that the fonts lack.
func (l *Leaf) Text(s string, at Text) error {
	run, err := l.book.set.encode(s, style(at.Bold))
	if err != nil || s == "" {
		return err
	}
	width := run.width * at.Size / pointsPerMM
	switch at.At {
	case Centred:
		at.X -= width / 2
	case ToRight:
		at.X -= width
	}
	grey := int(at.Grey)
	t := line{run: run, x: at.X, y: at.Y, size: at.Size, turn: at.Turn, colour: colour{grey, grey, grey}}
	if at.Slant {
		t.slant = slant
	}
	l.texts = append(l.texts, t)
	return nil
}

// Width is the width of s in ems: times the size it is the width in points. ErrGlyph names a character that the fonts
// lack.
func (f *Fonts) Width(s string, bold bool) (float64, error) {
	width := 0
	for _, r := range s {
		face, glyph, ok := f.pick(r, style(bold))
		if !ok {
			return 0, ErrGlyph.With("%U", r)
		}
		advance, _ := face.metric(glyph)
		width += int(advance) * f.regular.unitsPerEm / face.unitsPerEm
	}
	return float64(width) / float64(f.regular.unitsPerEm), nil
}

// Line draws a straight line of the given thickness.
func (l *Leaf) Line(x1, y1, x2, y2, thickness float64) {
	l.marks.stroke(colour{}, thickness)
	l.marks.move(x1, y1)
	l.marks.line(x2, y2)
	l.marks.op("S")
}

// Dashes draws a broken line: strokes and gaps of the length dash.
func (l *Leaf) Dashes(x1, y1, x2, y2, dash float64) {
	l.marks.op(fmt.Sprintf("[%.2f %.2f] 0 d", dash*pointsPerMM, dash*pointsPerMM))
	l.Line(x1, y1, x2, y2, 0.2)
	l.marks.op("[] 0 d")
}

// Box draws the outline of a rectangle.
func (l *Leaf) Box(x, y, w, h, thickness float64) {
	l.marks.stroke(colour{}, thickness)
	l.marks.rect(box{x, y, w, h})
	l.marks.op("S")
}

// Fill fills a rectangle with a shade of grey, 0 black to 255 white.
func (l *Leaf) Fill(x, y, w, h float64, grey uint8) {
	l.marks.fill(colour{int(grey), int(grey), int(grey)})
	l.marks.rect(box{x, y, w, h})
	l.marks.op("f")
}

// Oval draws the outline of an ellipse in the rectangle.
func (l *Leaf) Oval(x, y, w, h, thickness float64) {
	l.marks.stroke(colour{}, thickness)
	l.marks.ellipse(x+w/2, y+h/2, w/2, h/2)
	l.marks.op("S")
}

// Dot fills a circle.
func (l *Leaf) Dot(x, y, radius float64) {
	l.marks.fill(colour{})
	l.marks.ellipse(x, y, radius, radius)
	l.marks.op("f")
}

// QR draws content as a QR code with its white margin into a square.
func (l *Leaf) QR(content string, x, y, side float64) error {
	code, err := qr.Encode(content, qr.M)
	if err != nil {
		return ErrRender.With("内容不能编成二维码")
	}
	drawCode(&l.marks, code, box{x, y, side, side}, colour{})
	return nil
}

// Picture draws p into a rectangle.
func (l *Leaf) Picture(p Picture, x, y, w, h float64) {
	l.pictures = append(l.pictures, placedPicture{picture: p, at: box{x, y, w, h}})
}

// Portrait fills a rectangle with p in its own shape: what stands out at the sides, or above and below, is cut off alike.
func (l *Leaf) Portrait(p Picture, x, y, w, h float64) {
	scale := max(w/float64(p.own), h/float64(p.Height))
	wide, tall := float64(p.own)*scale, float64(p.Height)*scale
	at := box{x - (wide-w)/2, y - (tall-h)/2, float64(p.Width) * scale, tall}
	l.pictures = append(l.pictures, placedPicture{picture: p, at: at, within: box{x, y, w, h}})
}
