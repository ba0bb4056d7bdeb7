// Package station prints what a practical assessment (操作技能考核) is run with: the preparation notice (准备通知单), the
// rotation, task papers for candidates and score sheets, blank and signed. All are A4, in Chinese. It lays out; package pdf
// draws.
//
// A task paper shows scenario and requirements and nothing else of a task; the preparation notice names nobody. The same
// Printout always gives the same bytes.
package station

import (
	"errors"
	"fmt"
	"strings"

	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Why a paper is not printed.
var (
	ErrGlyph = errs.New(errs.Invalid, "practice.glyph", "字库中没有以下字符，不能打印")
	ErrEmpty = errs.New(errs.Conflict, "practice.empty", "没有可以打印的内容")
)

// Printer prints papers. Safe for concurrent use.
type Printer struct{ fonts *pdf.Fonts }

// New returns a printer that sets in the given fonts.
func New(f *pdf.Fonts) *Printer { return &Printer{fonts: f} }

// Print makes one file.
func (p *Printer) Print(w *practical.Printout) ([]byte, error) {
	lay := map[practical.PaperKind]func(*page){practical.PaperNotice: (*page).notice, practical.PaperRotation: (*page).rotation,
		practical.PaperTasks: (*page).tasks, practical.PaperBlank: (*page).blank, practical.PaperSigned: (*page).signed}[w.Kind]
	if lay == nil {
		return nil, practical.ErrPaper
	}
	g := &page{Printout: w, fonts: p.fonts, book: pdf.NewBook(p.fonts, pdf.About{Title: Title(w.Kind) + " " + w.Session.Name, Created: w.Made})}
	lay(g)
	switch {
	case g.err != nil:
		return nil, g.err
	case g.leaf == nil:
		return nil, ErrEmpty
	}
	g.feet()
	if g.err != nil {
		return nil, g.err
	}
	return g.book.File()
}

// Title is what a paper is called.
func Title(k practical.PaperKind) string {
	return map[practical.PaperKind]string{practical.PaperNotice: "操作技能考核准备通知单", practical.PaperRotation: "操作技能考核轮转安排表",
		practical.PaperTasks: "操作技能考核试题单", practical.PaperBlank: "操作技能考核评分表", practical.PaperSigned: "操作技能考核评分表"}[k]
}

// Measures of a page in mm, and sizes in points.
const (
	edge    = 16.0
	measure = pdf.BookWidth - 2*edge
	right   = edge + measure
	foot    = pdf.BookHeight - 10
	bottom  = pdf.BookHeight - 17
	usual   = 10.5
	small   = 9.0
	leading = 1.55
	pad     = 1.4 // inside a cell
)

// page fills one file from top to bottom. The first error stops it.
type page struct {
	*practical.Printout
	fonts *pdf.Fonts
	book  *pdf.Book
	leaf  *pdf.Leaf
	y     float64
	again func() // the head of a page that goes on
	err   error
}

func (g *page) fail(err error) {
	if err == nil || g.err != nil {
		return
	}
	var e *errs.Error
	if errors.Is(err, pdf.ErrGlyph) && errors.As(err, &e) {
		err = &errs.Error{Kind: ErrGlyph.Kind, Code: ErrGlyph.Code, Msg: ErrGlyph.Msg + strings.TrimPrefix(e.Msg, pdf.ErrGlyph.Msg)}
	}
	g.err = err
}

func (g *page) text(s string, at pdf.Text) {
	if g.err == nil {
		g.fail(g.leaf.Text(s, at))
	}
}

// wide is the width of s in mm.
func (g *page) wide(s string, bold bool, size float64) float64 {
	w, err := g.fonts.Width(s, bold)
	g.fail(err)
	return w * em(size)
}

// em is the length of a size in points, in mm.
func em(size float64) float64 { return size * 25.4 / 72 }

// lines breaks text into lines of at most a width, character by character; no line begins with a closing mark.
func (g *page) lines(s string, bold bool, size, width float64) (all []string) {
	for _, paragraph := range strings.Split(s, "\n") {
		line := ""
		for _, r := range paragraph {
			closes := strings.ContainsRune("，。；：、）！？》”", r)
			if line != "" && !closes && g.wide(line+string(r), bold, size) > width {
				all, line = append(all, line), ""
			}
			line += string(r)
		}
		all = append(all, line)
	}
	return all
}

// open begins a page with the head of its paper.
func (g *page) open() {
	g.leaf = g.book.Add()
	g.text(Title(g.Kind), pdf.Text{X: pdf.BookWidth / 2, Y: 20, At: pdf.Centred, Size: 17, Bold: true})
	if g.Session.Sample {
		g.text("样例", pdf.Text{X: right, Y: 20, At: pdf.ToRight, Size: 10, Bold: true})
	}
	l := g.Session.Level
	g.text(g.Session.Name+"　"+l.String()+"/"+l.Grade(), pdf.Text{X: edge, Y: 29, Size: usual})
	g.text(g.Session.Practical.Opens.In(g.Zone).Format("2006-01-02 15:04")+"–"+g.Session.Practical.Closes.In(g.Zone).Format("15:04"),
		pdf.Text{X: right, Y: 29, At: pdf.ToRight, Size: usual})
	g.leaf.Line(edge, 32, right, 32, 0.3)
	g.y = 36
	if g.again != nil {
		g.again()
	}
}

// need begins a page where less than height is left.
func (g *page) need(height float64) {
	if g.leaf == nil || g.y+height > bottom {
		g.open()
	}
}

// say sets a paragraph.
func (g *page) say(s string, bold bool, size float64) {
	step := em(size) * leading
	for _, line := range g.lines(s, bold, size, measure) {
		g.need(step)
		g.y += step
		g.text(line, pdf.Text{X: edge, Y: g.y - 0.3*em(size), Size: size, Bold: bold})
	}
}

// cell is one of a row.
type cell struct {
	text  string
	width float64
	at    pdf.Align
	bold  bool
}

// row sets cells side by side, as high as the highest of them. It stays on one page.
func (g *page) row(size, least float64, grey uint8, cells ...cell) {
	step, high := em(size)*leading, least
	texts := make([][]string, len(cells))
	for i, c := range cells {
		texts[i] = g.lines(c.text, c.bold, size, c.width-2*pad)
		high = max(high, float64(len(texts[i]))*step+2*pad)
	}
	g.need(high)
	x := edge
	for i, c := range cells {
		if grey > 0 {
			g.leaf.Fill(x, g.y, c.width, high, grey)
		}
		g.leaf.Box(x, g.y, c.width, high, 0.2)
		top := g.y + (high-float64(len(texts[i]))*step)/2
		for n, line := range texts[i] {
			at := pdf.Text{X: x + pad, Y: top + step*(float64(n)+0.72), At: c.at, Size: size, Bold: c.bold}
			if c.at == pdf.Centred {
				at.X = x + c.width/2
			}
			g.text(line, at)
		}
		x += c.width
	}
	g.y += high
}

// feet numbers the pages when all are there.
func (g *page) feet() {
	all := g.book.Leaves()
	for i, l := range all {
		g.leaf = l
		g.text(fmt.Sprintf("第 %d 页　共 %d 页", i+1, len(all)), pdf.Text{X: pdf.BookWidth / 2, Y: foot, At: pdf.Centred, Size: 8.5})
		g.text(Title(g.Kind), pdf.Text{X: right, Y: foot, At: pdf.ToRight, Size: 8.5})
		g.text(g.Room.Name, pdf.Text{X: edge, Y: foot, Size: 8.5})
	}
}

// spaced is a ticket number in groups, as pages show it.
func spaced(t sitting.Ticket) string {
	if len(t) != 14 {
		return string(t)
	}
	return fmt.Sprintf("%s %s %s", t[:4], t[4:8], t[8:])
}
