package readout

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Field is something that the recorded page prints, as it is printed. Those of one Key say the same in several languages, and
// are one row.
type Field struct{ Key, Text string }

// State is what the page of a file shows where a recorded value stands.
type State string

// The states. Unclear is where words do not tell: a character that the file does not name, or the right words that look
// otherwise.
const (
	Same    State = "same"
	Differs State = "differs"
	Gone    State = "gone"
	Unclear State = "unclear"
)

// Row is a field as the file shows it, Found, beside the recorded page.
type Row struct {
	Key, Found, Recorded string
	State                State
}

// Report is how the pages of a file differ from the recorded ones. The rest is empty where it is not Readable: there is
// hardly any text, as on a scan.
type Report struct {
	Readable bool
	Moved    bool // all stands elsewhere: fields were looked for anywhere, pictures were not compared
	Rows     []Row
	Added    []string // text that no recorded page has there
	Missing  []string // text of the recorded page besides the fields
	Photo    bool     // the picture looks otherwise
	Drawing  bool     // what is neither text nor picture does: codes, seal, lines
}

// Bounds of what is told.
const (
	maxTold   = 12 // texts
	maxLength = 80 // characters
)

// Alike reports whether two files have pages of one number and size.
func Alike(a, b *File) bool {
	if a.Sheet != b.Sheet || len(a.Pages) != len(b.Pages) {
		return false
	}
	for n := range a.Pages {
		if !a.Pages[n].sized(&b.Pages[n]) {
			return false
		}
	}
	return true
}

func (p *Page) sized(q *Page) bool {
	const most = 0.01
	w, h := p.Width/q.Width-1, p.Height/q.Height-1
	return w < most && w > -most && h < most && h > -most
}

// Compare tells what the pages of a file show where the recorded ones have the fields, and what else they show. A field
// that the recorded pages do not print is left out.
func Compare(file, recorded *File, fields []Field) Report {
	c := comparison{recorded: spotsOf(recorded), file: spotsOf(fitted(file, recorded))}
	const least = 4 // the part of the recorded text that there must be
	if len(c.file) == 0 || len(c.file) < len(c.recorded)/least {
		return Report{}
	}
	r := Report{Readable: true}
	c.locate(fields)
	c.match()
	if r.Moved = c.moved(); r.Moved {
		c.search(&r)
	} else {
		c.inPlace(&r)
		c.look(&r, file, recorded)
	}
	r.Rows = joined(r.Rows)
	for _, p := range file.Pages {
		r.Added = append(r.Added, p.Notes...)
	}
	r.Added, r.Missing = told(r.Added), told(r.Missing)
	return r
}

// joined makes one row of those of one key.
func joined(rows []Row) (all []Row) {
	for _, row := range rows {
		n := slices.IndexFunc(all, func(r Row) bool { return r.Key == row.Key })
		if n < 0 {
			all = append(all, row)
			continue
		}
		one := &all[n]
		one.Found, one.Recorded = strings.TrimSpace(one.Found+" "+row.Found), one.Recorded+" "+row.Recorded
		switch states := []State{one.State, row.State}; {
		case one.State == row.State:
		case slices.Contains(states, Differs), slices.Contains(states, Gone):
			one.State = Differs
		default:
			one.State = Unclear
		}
	}
	return all
}

// fitted is a file scaled to the size of another, page by page.
func fitted(f, to *File) *File {
	all := &File{}
	for n := range min(len(f.Pages), len(to.Pages)) {
		p, w, h := f.Pages[n], to.Pages[n].Width/f.Pages[n].Width, to.Pages[n].Height/f.Pages[n].Height
		chars := make([]Char, len(p.Chars))
		for i, c := range p.Chars {
			chars[i] = Char{c.Text, Box{c.Left * w, c.Top * h, c.Right * w, c.Bottom * h}}
		}
		p.Chars = chars
		all.Pages = append(all.Pages, p)
	}
	return all
}

// spot is a character of a file.
type spot struct {
	page int
	Char
	field bool // stands where a field does
	match bool // the other file has it as well, in the same place
}

func spotsOf(f *File) (all []spot) {
	for n, p := range f.Pages {
		for _, c := range p.Chars {
			all = append(all, spot{page: n, Char: c})
		}
	}
	return all
}

// comparison is one file beside another.
type comparison struct {
	recorded, file []spot
	fields         []located
}

// located is a field with its places on the recorded pages.
type located struct {
	Field
	places []place
}

// place is where a value stands once: its lines, and the recorded characters.
type place struct {
	page  int
	lines []Box
	chars []int
}

// normal is text as it is compared: widths of characters and spaces make no difference, they are looked at in the picture.
func normal(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
}

// near is how far a character may stand elsewhere, in points, with a box of its height but for a tenth.
const (
	near = 1.5
	even = 0.1
)

// alike reports whether two characters are the same one in the same place.
func alike(a, b *spot) bool {
	x, y := a.middle()
	u, v := b.middle()
	room := even * max(a.height(), b.height())
	return a.page == b.page && math.Abs(u-x) < near && math.Abs(v-y) < near && math.Abs(a.height()-b.height()) <= room+near/2 && normal(a.Text) == normal(b.Text)
}

// match pairs the characters that both have in one place.
func (c *comparison) match() {
	for i := range c.recorded {
		for j := range c.file {
			if a, b := &c.recorded[i], &c.file[j]; !b.match && alike(a, b) {
				a.match, b.match = true, true
				break
			}
		}
	}
}

// moved reports whether less than half of what every certificate has stands in its place.
func (c *comparison) moved() bool {
	all, there := 0, 0
	for _, s := range c.recorded {
		if s.field {
			continue
		}
		all++
		if s.match {
			there++
		}
	}
	return 2*there < all
}

// search looks for the values anywhere.
func (c *comparison) search(r *Report) {
	has, known := normal(reading(c.file, true)), normal(reading(c.recorded, true))
	for _, f := range c.fields {
		row := Row{Key: f.Key, Recorded: f.Text, State: Gone}
		if strings.Contains(has, normal(f.Text)) {
			row.Found, row.State = f.Text, Same
		}
		r.Rows = append(r.Rows, row)
	}
	for _, text := range texts(c.file, false) {
		if s := written(text); !strings.Contains(known, normal(s)) {
			r.Added = append(r.Added, s)
		}
	}
}

// inPlace compares what stands in the places of the fields, and the rest character by character.
func (c *comparison) inPlace(r *Report) {
	for _, f := range c.fields {
		r.Rows = append(r.Rows, c.row(f))
	}
	r.Added, r.Missing = strange(c.file), strange(c.recorded)
}

// strange are the texts besides the fields that have a character which the other file has not.
func strange(all []spot) (found []string) {
	rest := slices.DeleteFunc(slices.Clone(all), func(s spot) bool { return s.field })
	for _, text := range texts(rest, false) {
		if slices.ContainsFunc(text, func(s spot) bool { return !s.match && says(s.Text) }) {
			found = append(found, written(text))
		}
	}
	return found
}

// says reports whether a text has more than signs: those of the smallest print are seen by chance.
func says(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == unicode.ReplacementChar })
}

// row tells of the first place of a field in which the file differs, of the first when it does in none.
func (c *comparison) row(f located) (row Row) {
	for n, p := range f.places {
		found := reading(c.at(p), false)
		now := Row{Key: f.Key, Found: short(oneLine(found)), Recorded: f.Text, State: Differs}
		switch {
		case normal(found) == normal(f.Text):
			now.Found, now.State = f.Text, Same
		case found == "":
			now.State = Gone
		case strings.Contains(found, unknownChar):
			now.State = Unclear
		}
		if n == 0 || row.State == Same {
			row = now
		}
	}
	return row
}

// at takes the file's characters in a place, and those that go on from there to the sides. None is taken twice.
func (c *comparison) at(p place) (here []spot) {
	take := func(s *spot) {
		s.field = true
		here = append(here, *s)
	}
	for j := range c.file {
		if s := &c.file[j]; !s.field && s.page == p.page && p.holds(s.Box) {
			take(s)
		}
	}
	for more := len(here) > 0; more; {
		more = false
		for j := range c.file {
			s := &c.file[j]
			if !s.field && !s.match && s.page == p.page && slices.ContainsFunc(here, func(h spot) bool { return goesOn(h.Box, s.Box) || goesOn(s.Box, h.Box) }) {
				take(s)
				more = true
			}
		}
	}
	return here
}

func (p place) holds(b Box) bool {
	for _, line := range p.lines {
		if line.holds(b) && b.height() < muchLarger*line.height() {
			return true
		}
	}
	return false
}

func oneLine(s string) string { return strings.ReplaceAll(s, "\n", " ") }

// short keeps what is told of a file to a length, and signs that turn the text around out of it.
func short(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, unknownChar))
	if utf8.RuneCountInString(s) <= maxLength {
		return strings.TrimSpace(s)
	}
	return string([]rune(s)[:maxLength]) + "…"
}

// told keeps the texts that say something.
func told(all []string) (kept []string) {
	for _, s := range all {
		if !says(s) {
			continue
		}
		if len(kept) == maxTold {
			return append(kept, "…")
		}
		kept = append(kept, short(s))
	}
	return kept
}
