// Package paper prints a theory form (试卷) for sittings on paper: the question paper with its cover, the answer sheet
// (答题卡) and the key (标准答案), each a file of its own, so that the key never lies with the questions. It lays out;
// package pdf draws.
//
// All three carry the identity of the form: the first sixteen digits of its digest and its slot. Whoever holds the
// transcript of the draw can tell from a sheet which form it answers.
//
// The same Paper always gives the same bytes.
package paper

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// Why a paper is not printed.
var (
	ErrContent = errs.New(errs.Invalid, "paper.content", "试卷内容不完整，不能印制")
	ErrGlyph   = errs.New(errs.Invalid, "paper.glyph", "字库中没有以下字符，不能印制")
)

// Bounds of what a caller says of a sitting, in characters.
const (
	maxSitting = 40
	maxTicket  = 20
)

// Paper is one form to be printed and what the print says around it.
type Paper struct {
	Blueprint questionbank.Blueprint // level, points and whether all is a sample
	Form      assembly.Form
	Item      func(code string) (questionbank.ItemVersion, bool) // the release the form was drawn from: Snapshot.Item
	Image     func(digest string) (*questionbank.Image, error)   // of stems and options; nil where items have none
	Sitting   string                                             // session, room and seat for the head of every file, may be empty
	Minutes   int                                                // 0 says nothing about time
	Mark      string                                             // A or B of paired forms, else empty
	Ticket    string                                             // of the candidate the form was drawn for, digits; empty leaves it to be filled in
	Large     bool                                               // large print (大字版), which every file is marked as
	Duplex    bool                                               // printed on both sides: even pages are bound on the right
	Created   time.Time                                          // date of the files, whole seconds count
}

// Identity is what every page says of the form: sixteen digits of its digest and its slot.
func Identity(f assembly.Form) string { return fmt.Sprintf("%.16s-%d", f.Digest(), f.Slot) }

// Printer prints papers. Safe for concurrent use.
type Printer struct{ fonts *pdf.Fonts }

// New returns a printer that sets in the given fonts.
func New(f *pdf.Fonts) *Printer { return &Printer{fonts: f} }

// job is one file being made of a paper. The first error stops it.
type job struct {
	*Paper
	fonts    *pdf.Fonts
	book     *pdf.Book
	items    []asked
	pictures map[string]pdf.Picture // by digest
	err      error
}

// asked is a line of the form with the item it shows.
type asked struct {
	no   int // from 1
	line assembly.FormItem
	item questionbank.ItemVersion
}

// begin checks w and opens a file for it.
func (p *Printer) begin(w *Paper, what string) (*job, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	j := &job{Paper: w, fonts: p.fonts, pictures: map[string]pdf.Picture{}}
	for i, line := range w.Form.Items {
		v, ok := w.Item(line.Code)
		if !ok || v.Version != line.Version || v.Type != line.Type || !permutation(line.Options, len(v.Options)) {
			return nil, ErrContent.With("第%d题 %s 第%d版与题库不符", i+1, line.Code, line.Version)
		}
		j.items = append(j.items, asked{i + 1, line, v})
	}
	j.book = pdf.NewBook(p.fonts, pdf.About{Title: what + " " + Identity(w.Form), Created: w.Created})
	return j, nil
}

func (w *Paper) check() error {
	var c errs.Check
	c.That(len(w.Form.Items) > 0, "form", "missing", "没有试题")
	c.That(w.Item != nil, "item", "missing", "没有题库")
	c.That(w.Blueprint.Level.Valid(), "level", "unknown", "等级不正确")
	c.That(w.Minutes >= 0, "minutes", "range", "时间不正确")
	c.That(len([]rune(w.Sitting)) <= maxSitting, "sitting", "too_long", fmt.Sprintf("超过%d个字", maxSitting))
	c.That(slices.Contains([]string{"", "A", "B"}, w.Mark), "mark", "unknown", "只能是A或B")
	c.That(len(w.Ticket) <= maxTicket && digits(w.Ticket), "ticket", "form", "准考证号应为数字")
	c.That(!w.Created.IsZero(), "created", "missing", "未填写")
	return c.Err(ErrContent)
}

func digits(s string) bool {
	return !slices.ContainsFunc([]rune(s), func(r rune) bool { return r < '0' || r > '9' })
}

// permutation reports whether order names each of n options once.
func permutation(order []int, n int) bool {
	if len(order) != n {
		return false
	}
	seen := make([]bool, n)
	for _, o := range order {
		if o < 0 || o >= n || seen[o] {
			return false
		}
		seen[o] = true
	}
	return true
}

// file finishes the job.
func (j *job) file() ([]byte, error) {
	if j.err != nil {
		return nil, j.err
	}
	return j.book.File()
}

// fail keeps the first error, with the place in the form where there is one.
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

// fitted is the given size, or the lesser one in which s is no wider than width.
func (j *job) fitted(s string, bold bool, size, width float64) float64 {
	return size * min(1, width/max(width, j.width(s, bold, size)))
}

// em is the length of a size in points, in mm.
func em(size float64) float64 { return size * 25.4 / 72 }

// subject names what is examined.
func (j *job) subject() string {
	l := j.Blueprint.Level
	return engine.LongTermCare().Title() + "　" + l.String() + "/" + l.Grade()
}

// letters are the shown places of the right options, as a candidate marks them.
func (a asked) letters() string {
	s := ""
	for place, option := range a.line.Options {
		if slices.Contains(a.item.Key, option) {
			s += a.label(place)
		}
	}
	return s
}

// label is what marks a shown place: a letter, and for a judgement its sign.
func (a asked) label(place int) string {
	if a.item.Type == questionbank.Judgement {
		return []string{"√", "×"}[a.line.Options[place]]
	}
	return string(rune('A' + place))
}
