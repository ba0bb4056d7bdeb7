package questionbank

import (
	"unicode"
)

// maxCells bounds the table of a comparison: two texts that differ over more are shown as one removed and one added.
const maxCells = 4 << 20

// Words is the difference of two texts in as few changed words as there can be. A word is a run of letters or of digits;
// every Chinese character, mark and blank is a word of its own.
func Words(before, after string) []Run {
	a, b := words(before), words(after)
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var d runs
	d.add(Same, a[:head]...)
	d.middle(a[head:len(a)-tail], b[head:len(b)-tail])
	d.add(Same, a[len(a)-tail:]...)
	return d
}

type runs []Run

func (d *runs) add(k RunKind, words ...string) {
	for _, w := range words {
		if n := len(*d); n > 0 && (*d)[n-1].Kind == k {
			(*d)[n-1].Text += w
		} else {
			*d = append(*d, Run{Kind: k, Text: w})
		}
	}
}

// middle writes the difference of two lists of words by their longest common part.
func (d *runs) middle(a, b []string) {
	if len(a)*len(b) > maxCells {
		d.add(Removed, a...)
		d.add(Added, b...)
		return
	}
	common := lengths(a, b)
	for len(a) > 0 || len(b) > 0 {
		switch row, col := len(a), len(b); {
		case row > 0 && col > 0 && a[0] == b[0]:
			d.add(Same, a[0])
			a, b = a[1:], b[1:]
		case row > 0 && (col == 0 || common.at(row-1, col) >= common.at(row, col-1)):
			d.add(Removed, a[0])
			a = a[1:]
		default:
			d.add(Added, b[0])
			b = b[1:]
		}
	}
}

// grid holds at (r, c) the length of the longest common part of the last r and the last c words.
type grid struct {
	cells []int32
	width int
}

func (g grid) at(r, c int) int32 { return g.cells[r*g.width+c] }

func lengths(a, b []string) grid {
	g := grid{cells: make([]int32, (len(a)+1)*(len(b)+1)), width: len(b) + 1}
	for r := 1; r <= len(a); r++ {
		for c := 1; c <= len(b); c++ {
			longest := max(g.at(r-1, c), g.at(r, c-1))
			if a[len(a)-r] == b[len(b)-c] {
				longest = g.at(r-1, c-1) + 1
			}
			g.cells[r*g.width+c] = longest
		}
	}
	return g
}

// words cuts a text into what is compared as one; together they are the text.
func words(s string) (all []string) {
	start, class := 0, 0
	for n, r := range s {
		now := classOf(r)
		if n > 0 && (now == 0 || now != class) {
			all, start = append(all, s[start:n]), n
		}
		class = now
	}
	if s != "" {
		all = append(all, s[start:])
	}
	return all
}

// classOf is 1 for letters that make words, 2 for digits and 0 for what stands alone.
func classOf(r rune) int {
	switch {
	case unicode.Is(unicode.Han, r):
		return 0
	case unicode.IsLetter(r):
		return 1
	case unicode.IsDigit(r):
		return 2
	}
	return 0
}
