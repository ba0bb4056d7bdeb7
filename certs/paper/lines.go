package paper

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/skillcert/skillcert/certs/pdf"
)

// style is the size of running text and what follows from it.
type style struct {
	size    float64 // points
	leading float64 // from line to line, in ems
}

var (
	usual = style{size: 10.5, leading: 1.55} // 五号
	large = style{size: 16, leading: 1.5}    // 三号
)

// body is the style of the questions, which what stands around them follows.
func (j *job) body() style {
	if j.Large {
		return large
	}
	return usual
}

func (s style) em() float64     { return em(s.size) }
func (s style) height() float64 { return s.em() * s.leading }

// base is how far the baseline lies below the top of a line: the letters stand in its middle.
func (s style) base() float64 { return (s.height()-s.em())/2 + ascent*s.em() }

// Parts of an em.
const (
	ascent      = 0.86 // of Chinese characters above the baseline
	scriptSize  = 0.65 // of raised and lowered letters
	scriptRise  = 0.36
	scriptDrop  = 0.14
	underlineAt = 0.16 // below the baseline
	dotAt       = 0.26 // 着重号 (GB/T 15834-2011, 4.11) below the baseline
	dotRadius   = 0.055
)

// Pictures are printed at this many pixels an inch where they fit.
const (
	pictureDensity = 150.0
	maxPictureTall = 80.0 // mm
)

// cell is one character or one picture with its place found in its line.
type cell struct {
	r       rune // 0 for a picture
	look    look
	picture pdf.Picture
	w, h    float64
}

// row is one line of text, with everything in it placed.
type row struct {
	pieces []piece
	height float64
	base   float64 // of the baseline below the top
}

// piece is a run of cells of one look at x.
type piece struct {
	x, w, h float64
	text    string
	look    look
	picture pdf.Picture
}

// rows sets a fragment between x and x+width.
func (j *job) rows(fragment string, s style, x, width float64) []row {
	var out []row
	for _, b := range read(fragment) {
		from := x + b.indent*s.em()
		lines := j.lines(b, s, width-(from-x))
		if len(lines) == 0 {
			lines = [][]cell{nil}
		}
		for i, line := range lines {
			r := s.row(line, from)
			if i == 0 && b.marker != "" {
				at, w := from-bulletIndent*s.em(), j.width(b.marker, false, s.size)
				if b.marker != bullet {
					at = from - w
				}
				r.pieces = append([]piece{{x: at, w: w, text: b.marker}}, r.pieces...)
			}
			out = append(out, r)
		}
	}
	return out
}

// natural is the width of a fragment on one line; ok is false when it has more than one.
func (j *job) natural(fragment string, s style) (width float64, ok bool) {
	blocks := read(fragment)
	if len(blocks) != 1 || blocks[0].marker != "" {
		return 0, false
	}
	for _, c := range j.cells(blocks[0], s, pdf.BookWidth) {
		if c.r == '\n' {
			return 0, false
		}
		width += c.w
	}
	return width, true
}

// cells measures every character and picture of a block.
func (j *job) cells(b block, s style, width float64) []cell {
	var out []cell
	for _, part := range b.spans {
		if part.digest != "" {
			out = append(out, j.pictured(part, width))
			continue
		}
		size := s.size
		if part.look.script != 0 {
			size *= scriptSize
		}
		for _, r := range part.text {
			c := cell{r: r, look: part.look}
			if r != '\n' {
				c.w = j.width(string(r), part.look.bold, size)
			}
			out = append(out, c)
		}
	}
	return out
}

// pictured finds the size a picture is printed in.
func (j *job) pictured(s span, width float64) cell {
	p := j.picture(s.digest)
	w, h := float64(p.Width)*25.4/pictureDensity, float64(p.Height)*25.4/pictureDensity
	scale := min(1, width/max(w, 1), maxPictureTall/max(h, 1))
	return cell{picture: p, w: w * scale, h: h * scale}
}

// picture fetches a picture once.
func (j *job) picture(digest string) pdf.Picture {
	if p, ok := j.pictures[digest]; ok || j.err != nil {
		return p
	}
	if j.Image == nil {
		j.fail(ErrContent.With("缺少图片 %.12s", digest))
		return pdf.Picture{}
	}
	im, err := j.Image(digest)
	if err != nil {
		j.fail(err)
		return pdf.Picture{}
	}
	p, err := j.book.Picture(im.Bytes)
	j.fail(err)
	j.pictures[digest] = p
	return p
}

// lines breaks a block: as late as it fits, where the rules allow; a word wider than the line is broken anywhere.
func (j *job) lines(b block, s style, width float64) [][]cell {
	cells := j.cells(b, s, width)
	var out [][]cell
	start, last, x := 0, 0, 0.0
	for i := 0; i < len(cells); i++ {
		c := cells[i]
		if c.r == '\n' {
			out, start, last, x = append(out, cells[start:i]), i+1, i+1, 0
			continue
		}
		if i > start && mayBreak(cells[i-1], c) {
			last = i
		}
		if x += c.w; x <= width+1e-6 || i == start || c.r == ' ' {
			continue
		}
		if last == start {
			last = i
		}
		out = append(out, cells[start:last])
		for last < len(cells) && cells[last].r == ' ' {
			last++
		}
		start, x, i = last, 0, last-1
	}
	if start < len(cells) {
		out = append(out, cells[start:])
	}
	return out
}

// Marks that begin no line and marks that end none (GB/T 15834-2011, 5.1), with the letters' own.
const (
	beginsNone = "，。、；：？！）》〉”’】］｝〕」』·—…％℃°,.;:?!)]}%"
	endsNone   = "（《〈“‘【［｛〔「『([{￥$"
)

// mayBreak tells whether a line may end between two neighbours.
func mayBreak(a, b cell) bool {
	switch {
	case strings.ContainsRune(beginsNone, b.r) && b.r != 0, strings.ContainsRune(endsNone, a.r) && a.r != 0:
		return false
	case blank(a.r) || blank(b.r):
		return false
	case b.look.script != 0 || b.r == ' ':
		return false
	}
	return !(inWord(a.r) && inWord(b.r))
}

// blank tells the parts of a blank to be filled in, which stays whole.
func blank(r rune) bool { return r == '　' || r == '_' || r == '＿' }

// inWord tells what stands together: all that is no ideograph, no blank, and no mark of Chinese.
func inWord(r rune) bool { return r > ' ' && r < 0x2E80 && !strings.ContainsRune(beginsNone, r) }

// row joins the cells of a line to pieces.
func (s style) row(cells []cell, x float64) row {
	r := row{height: s.height(), base: s.base()}
	for _, c := range cells {
		r.raise(c.h + 0.3*s.em())
		if n := len(r.pieces); n > 0 && c.r != 0 && r.pieces[n-1].takes(c) {
			r.pieces[n-1].text += string(c.r)
			r.pieces[n-1].w += c.w
		} else {
			p := piece{x: x, w: c.w, h: c.h, look: c.look, picture: c.picture}
			if c.r != 0 {
				p.text = string(c.r)
			}
			r.pieces = append(r.pieces, p)
		}
		x += c.w
	}
	return r
}

// raise makes room for something that stands h high on the baseline.
func (r *row) raise(h float64) {
	if h > r.base {
		r.height, r.base = r.height+h-r.base, h
	}
}

// takes reports whether c goes on with p. Emphasis is dots under ideographs and slant elsewhere, so the two part.
func (p piece) takes(c cell) bool {
	first, _ := utf8.DecodeRuneInString(p.text)
	return p.text != "" && p.look == c.look && (!c.look.emphasis || unicode.Is(unicode.Han, first) == unicode.Is(unicode.Han, c.r))
}

// draw sets a row with its top at y.
func (j *job) draw(l *pdf.Leaf, r row, s style, y float64) {
	for _, p := range r.pieces {
		if p.text == "" {
			l.Picture(p.picture, p.x, y+r.base-p.h, p.w, p.h)
			continue
		}
		at := pdf.Text{X: p.x, Y: y + r.base, Size: s.size, Bold: p.look.bold}
		switch p.look.script {
		case 1:
			at.Size, at.Y = at.Size*scriptSize, at.Y-scriptRise*s.em()
		case -1:
			at.Size, at.Y = at.Size*scriptSize, at.Y+scriptDrop*s.em()
		}
		if p.look.underline {
			l.Line(p.x, y+r.base+underlineAt*s.em(), p.x+p.w, y+r.base+underlineAt*s.em(), 0.2)
		}
		if p.look.emphasis {
			at.Slant = !emphasised(l, p, s, y+r.base)
		}
		j.text(l, p.text, at)
	}
}

// emphasised puts a dot under every ideograph of p, and reports whether p is made of those.
func emphasised(l *pdf.Leaf, p piece, s style, baseline float64) bool {
	first, _ := utf8.DecodeRuneInString(p.text)
	if !unicode.Is(unicode.Han, first) {
		return false
	}
	n := float64(len([]rune(p.text)))
	for i := range int(n) {
		l.Dot(p.x+p.w*(float64(i)+0.5)/n, baseline+dotAt*s.em(), dotRadius*s.em())
	}
	return true
}
