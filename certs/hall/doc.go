// Package hall prints what a theory room is run with: admission tickets (准考证), the list at the door (门贴), the sign-in
// register (签到表), the room record (考场情况记录单) and seat labels (桌贴); and the report on a session (场次报告). All are A4, in Chinese. It lays out; package pdf
// draws.
//
// Names are printed whole: one that is too long is set smaller, then on two lines. The code of the session stands on none of
// them, and identity numbers are masked, for the two together admit a candidate.
//
// The same Sheet always gives the same bytes.
package hall

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
)

// ErrGlyph names the character that keeps a sheet from being printed.
var ErrGlyph = errs.New(errs.Invalid, "sheet.glyph", "字库中没有以下字符，不能打印")

// Printer prints sheets. Safe for concurrent use.
type Printer struct{ fonts *pdf.Fonts }

// New returns a printer that sets in the given fonts.
func New(f *pdf.Fonts) *Printer { return &Printer{fonts: f} }

// Print makes the file of one sheet.
func (p *Printer) Print(s *sitting.Sheet) ([]byte, error) {
	lay := map[sitting.SheetKind]func(*job){sitting.SheetTickets: (*job).tickets, sitting.SheetDoor: (*job).door,
		sitting.SheetRegister: (*job).register, sitting.SheetRecord: (*job).record, sitting.SheetLabels: (*job).labels}[s.Kind]
	if lay == nil {
		return nil, sitting.ErrSheetKind
	}
	j := &job{Sheet: s, fonts: p.fonts, book: pdf.NewBook(p.fonts, pdf.About{Title: Title(s.Kind) + " " + s.Session.Name + " " + s.Room.Name, Created: s.Made})}
	lay(j)
	if j.err != nil {
		return nil, j.err
	}
	return j.book.File()
}

// Title is what a sheet is called.
func Title(k sitting.SheetKind) string {
	return map[sitting.SheetKind]string{sitting.SheetTickets: "准考证", sitting.SheetDoor: "考场门贴", sitting.SheetRegister: "考生签到表",
		sitting.SheetRecord: "考场情况记录单", sitting.SheetLabels: "座位桌贴", sheetReport: "场次报告"}[k]
}

// job is one file being made. The first error stops it.
type job struct {
	*sitting.Sheet
	fonts *pdf.Fonts
	book  *pdf.Book
	err   error
}

// fail keeps the first error, a missing character under this package's own.
func (j *job) fail(err error) {
	if err == nil || j.err != nil {
		return
	}
	var e *errs.Error
	if errors.Is(err, pdf.ErrGlyph) && errors.As(err, &e) {
		err = &errs.Error{Kind: ErrGlyph.Kind, Code: ErrGlyph.Code, Msg: ErrGlyph.Msg + strings.TrimPrefix(e.Msg, pdf.ErrGlyph.Msg)}
	}
	j.err = err
}

// text sets one line on a page.
func (j *job) text(l *pdf.Leaf, s string, at pdf.Text) {
	if j.err == nil {
		j.fail(l.Text(s, at))
	}
}

// width of s in mm at a size in points.
func (j *job) width(s string, bold bool, size float64) float64 {
	w, err := j.fonts.Width(s, bold)
	j.fail(err)
	return w * em(size)
}

// em is the length of a size in points, in mm.
func em(size float64) float64 { return size * 25.4 / 72 }

// leastSize is how far a line is set smaller before it is broken in two, as a share of its size.
const leastSize = 0.62

// fit sets text within a width around or from its place: smaller when it is too long, on two lines when it would be much
// smaller. Nothing is left out.
func (j *job) fit(l *pdf.Leaf, s string, width float64, at pdf.Text) {
	full := j.width(s, at.Bold, at.Size)
	if full <= width || full*leastSize <= width {
		at.Size *= min(1, width/max(full, width))
		j.text(l, s, at)
		return
	}
	first, second := j.halve(s, at.Bold, at.Size)
	longer := max(j.width(first, at.Bold, at.Size), j.width(second, at.Bold, at.Size))
	at.Size *= min(leastSize+0.1, width/longer)
	at.Y -= 0.85 * em(at.Size)
	j.text(l, first, at)
	at.Y += 1.12 * em(at.Size)
	j.text(l, second, at)
}

// halve breaks text where the longer half is shortest: behind a space or a middle dot if it has any, else anywhere.
func (j *job) halve(s string, bold bool, size float64) (first, second string) {
	between, longest := strings.ContainsAny(s, " ·"), -1.0
	for i, r := range s {
		at := i + len(string(r))
		if at == len(s) || between && r != ' ' && r != '·' {
			continue
		}
		a, b := strings.TrimSpace(s[:at]), s[at:]
		if longer := max(j.width(a, bold, size), j.width(b, bold, size)); longest < 0 || longer < longest {
			first, second, longest = a, b, longer
		}
	}
	if longest < 0 {
		return s, ""
	}
	return first, second
}

// wrap breaks a sentence into lines of at most a width. No line begins with a mark that closes something, and no number
// or Latin word is broken that fits on a line.
func (j *job) wrap(s string, size, width float64) (lines []string) {
	line := ""
	for _, part := range parts(s) {
		if line != "" && j.width(line+part, false, size) > width {
			lines, line = append(lines, line), strings.TrimLeft(part, " ")
			continue
		}
		line += part
	}
	return append(lines, line)
}

// parts are what a line may be broken between: a character, or a run of Latin ones, with the marks that follow.
func parts(s string) (all []string) {
	latin := false
	for _, r := range s {
		now := r > ' ' && r < unicode.MaxLatin1
		if len(all) > 0 && (now && latin || strings.ContainsRune("，。；：、）", r)) {
			all[len(all)-1] += string(r)
		} else {
			all = append(all, string(r))
		}
		latin = now
	}
	return all
}

// day and span say when something is, in the zone of the policy.
func (j *job) day(t time.Time) string {
	t = t.In(j.Zone)
	return t.Format("2006-01-02") + "（周" + string([]rune("日一二三四五六")[t.Weekday()]) + "）"
}

func (j *job) span(from, to time.Time) string {
	from, to = from.In(j.Zone), to.In(j.Zone)
	if from.YearDay() != to.YearDay() || from.Year() != to.Year() {
		return from.Format("15:04") + "–" + to.Format("01-02 15:04")
	}
	return from.Format("15:04") + "–" + to.Format("15:04")
}

func (j *job) when(from, to time.Time) string { return j.day(from) + " " + j.span(from, to) }

// spaced is a ticket number in groups, as pages show it.
func spaced(t sitting.Ticket) string {
	if len(t) != 14 {
		return string(t)
	}
	return fmt.Sprintf("%s %s %s", t[:4], t[4:8], t[8:])
}
