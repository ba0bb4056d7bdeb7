package pdf

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
)

// Private-use codes that a page's font gives out, all within the BMP: gofpdf writes two bytes a character.
const (
	firstPrivate = 0xE000
	lastPrivate  = 0xF8FF
)

// typesetter turns text into codes of one small font and remembers what each code stands for. Characters of the regular
// face keep their own code; all others get a private one.
type typesetter struct {
	cutter *cutter
	codes  map[letter]rune
	means  map[rune]rune
	next   rune
}

// letter is a character in one of the faces.
type letter struct {
	face *face
	r    rune
}

// run is text ready to be drawn, with its width in ems.
type run struct {
	codes string
	width float64
}

func newTypesetter(f *Fonts) *typesetter {
	return &typesetter{cutter: newCutter(f), codes: map[letter]rune{}, means: map[rune]rune{}, next: firstPrivate}
}

func (t *typesetter) encode(s string, in style) (run, error) {
	var b strings.Builder
	width := 0
	for _, r := range s {
		face, glyph, ok := t.cutter.fonts.pick(r, in)
		if !ok {
			return run{}, ErrGlyph.With("%U", r)
		}
		code, err := t.code(letter{face, r}, glyph)
		if err != nil {
			return run{}, err
		}
		b.WriteRune(code)
		advance, _ := t.cutter.metric(origin{face, glyph, face.unitsPerEm != t.cutter.fonts.regular.unitsPerEm})
		width += int(advance)
	}
	return run{b.String(), float64(width) / float64(t.cutter.fonts.regular.unitsPerEm)}, nil
}

func (t *typesetter) code(l letter, glyph uint16) (rune, error) {
	if code, ok := t.codes[l]; ok {
		return code, nil
	}
	code := l.r
	if l.face != t.cutter.fonts.regular || l.r > 0xFFFF {
		if t.next > lastPrivate {
			return 0, ErrTooMany
		}
		code, t.next = t.next, t.next+1
	}
	t.codes[l], t.means[code] = code, l.r
	t.cutter.put(code, l.face, glyph)
	return code, nil
}

// maxEntries is how many lines one block of a character map may have (Adobe technical note 5014).
const maxEntries = 100

// toUnicode is the character map of the font: code to UTF-16.
func (t *typesetter) toUnicode() []byte {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for block := range slices.Chunk(slices.Sorted(maps.Keys(t.means)), maxEntries) {
		fmt.Fprintf(&b, "%d beginbfchar\n", len(block))
		for _, code := range block {
			fmt.Fprintf(&b, "<%04X> <%s>\n", code, utf16Hex(string(t.means[code])))
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return []byte(b.String())
}

// utf16Hex is s in big-endian UTF-16, as hexadecimal digits.
func utf16Hex(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}
