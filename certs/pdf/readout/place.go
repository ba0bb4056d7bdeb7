package readout

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Measures of lines, in heights of their characters.
const (
	lineRoom  = 0.3 // above and below a line that still belongs to it
	valueRoom = 14  // to the sides of a value, up to the next text
	wordGap   = 0.3 // between words
	hanGap    = 0.2 // more for each Chinese sign beside it
	textGap   = 1.6 // between texts
	tiedGap   = 0.7 // within a text
)

// mostLines is how many lines a value takes: text along the rim of a seal has as many as characters.
const mostLines = 3

// locate finds the fields on the recorded pages. Of fields with one text the first has the first place.
func (c *comparison) locate(fields []Field) {
	var text []rune
	var whose []int // by rune of text, the character it is of
	for i, s := range c.recorded {
		for _, r := range normal(s.Text) {
			text, whose = append(text, r), append(whose, i)
		}
	}
	given := map[string]int{}
	for _, f := range fields {
		want := []rune(normal(f.Text))
		if len(want) == 0 {
			continue
		}
		all := c.occurrences(text, whose, want)
		n := given[string(want)]
		given[string(want)]++
		if shared := twins(fields, string(want)); shared > 1 {
			all = all[min(n, len(all)):min(n+1, len(all))]
		}
		if len(all) == 0 {
			continue
		}
		c.fields = append(c.fields, located{f, all})
		for _, p := range all {
			for _, i := range p.chars {
				c.recorded[i].field = true
			}
		}
	}
	for n := range c.fields {
		for m := range c.fields[n].places {
			c.widen(&c.fields[n].places[m])
		}
	}
}

func twins(fields []Field, want string) (n int) {
	for _, f := range fields {
		if normal(f.Text) == want {
			n++
		}
	}
	return n
}

// occurrences are the places of a text: those where it stands alone, or all when it never does.
func (c *comparison) occurrences(text []rune, whose []int, want []rune) []place {
	var all, alone []place
	for at := 0; at+len(want) <= len(text); at++ {
		if !slices.Equal(text[at:at+len(want)], want) {
			continue
		}
		first, last := whose[at], whose[at+len(want)-1]
		p, ok := c.lines(first, last)
		if !ok {
			continue
		}
		all = append(all, p)
		if !c.tied(first-1, first) && !c.tied(last, last+1) {
			alone = append(alone, p)
		}
	}
	if len(alone) > 0 {
		return alone
	}
	return all
}

// lines puts recorded characters, which follow each other in the file, on their lines.
func (c *comparison) lines(first, last int) (p place, ok bool) {
	p.page = c.recorded[first].page
	for i := first; i <= last; i++ {
		s := c.recorded[i]
		if s.page != p.page {
			return p, false
		}
		p.chars = append(p.chars, i)
		if n := len(p.lines); n > 0 && inLine(p.lines[n-1], s.Box) {
			p.lines[n-1] = p.lines[n-1].and(s.Box)
		} else {
			p.lines = append(p.lines, s.Box)
		}
	}
	return p, len(p.lines) <= mostLines
}

// inLine reports whether a character stands at the height of a line. Small signs stand anywhere in it.
func inLine(line, c Box) bool {
	_, y := c.middle()
	room := lineRoom * max(line.height(), c.height())
	_, middle := line.middle()
	return y > line.Top-room && y < line.Bottom+room || middle > c.Top && middle < c.Bottom
}

// tied reports whether two recorded characters that follow each other belong to one text.
func (c *comparison) tied(i, j int) bool {
	if i < 0 || j >= len(c.recorded) || c.recorded[i].page != c.recorded[j].page {
		return false
	}
	return goesOn(c.recorded[i].Box, c.recorded[j].Box)
}

// widen gives the lines of a place the room to the next recorded text, for a value that somebody made longer.
func (c *comparison) widen(p *place) {
	own := map[int]bool{}
	for _, i := range p.chars {
		own[i] = true
	}
	for n, line := range p.lines {
		high := line.height()
		wide := Box{line.Left - valueRoom*high, line.Top - lineRoom*high, line.Right + valueRoom*high, line.Bottom + lineRoom*high}
		for i, s := range c.recorded {
			if own[i] || s.page != p.page || s.Bottom < wide.Top || s.Top > wide.Bottom || s.height() > muchLarger*high {
				continue
			}
			x, _ := s.middle()
			switch {
			case x >= line.Right:
				wide.Right = min(wide.Right, max(s.Left, line.Right))
			case x <= line.Left:
				wide.Left = max(wide.Left, min(s.Right, line.Left))
			}
		}
		p.lines[n] = wide
	}
}

// goesOn reports whether b follows a in a text.
func goesOn(a, b Box) bool {
	return inLine(a, b) && b.Left > a.Left && b.Left-a.Right < tiedGap*max(a.height(), b.height())
}

// reading is text in the order in which people read it, one line for each text.
func reading(all []spot, together bool) string {
	var lines []string
	for _, text := range texts(all, together) {
		lines = append(lines, written(text))
	}
	return strings.Join(lines, "\n")
}

// texts puts characters into the order in which people read them: lines from above, each from the left. Texts of one line
// that stand apart are apart, unless they are wanted together.
func texts(all []spot, together bool) (found [][]spot) {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b spot) int { return cmp.Or(a.page-b.page, cmp.Compare(a.Bottom+a.Top, b.Bottom+b.Top)) })
	var lines [][]spot
	var boxes []Box
	for _, s := range all {
		n := len(lines) - 1
		if n >= 0 && lines[n][0].page == s.page && inLine(boxes[n], s.Box) && s.height() < muchLarger*boxes[n].height() {
			lines[n], boxes[n] = append(lines[n], s), boxes[n].and(s.Box)
			continue
		}
		lines, boxes = append(lines, []spot{s}), append(boxes, s.Box)
	}
	for n, line := range lines {
		slices.SortStableFunc(line, func(a, b spot) int { return cmp.Compare(a.Left, b.Left) })
		from := 0
		for i := 1; i < len(line) && !together; i++ {
			if line[i].Left-line[i-1].Right > textGap*boxes[n].height() {
				found, from = append(found, line[from:i]), i
			}
		}
		found = append(found, line[from:])
	}
	return found
}

// written is a text with spaces between its words. Chinese signs fill their squares more or less.
func written(text []spot) string {
	var b strings.Builder
	for n, s := range text {
		if n > 0 {
			least := wordGap
			for _, c := range text[n-1 : n+1] {
				if han(c.Text) {
					least += hanGap
				}
			}
			if s.Left-text[n-1].Right > least*max(s.height(), text[n-1].height()) {
				b.WriteByte(' ')
			}
		}
		b.WriteString(s.Text)
	}
	return b.String()
}

// han reports whether a sign fills a square: Chinese characters and the signs that are set among them.
func han(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xff60
	})
}
