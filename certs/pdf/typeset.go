package pdf

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf16"
)

// maxGlyphs bounds one font of a document; components of composite glyphs need some numbers more.
const maxGlyphs = 60000

// typesetter turns text into codes of one small font and remembers what each code stands for. A code is the number of a
// glyph in that font, and every character of every face has a glyph of its own: copied text is right even where a face
// draws two characters alike. Not for concurrent use.
type typesetter struct {
	cutter *cutter
	name   string // that content streams call the font by
	codes  map[letter]uint16
	means  map[uint16]rune
	shared *typesetter // finished, whose codes are used where it has the letter; nil for none
}

// letter is a character in one of the faces.
type letter struct {
	face *face
	r    rune
}

// run is text ready to be drawn, with its width in ems.
type run struct {
	parts []part
	width float64
}

// part is a piece of a run in one font: its codes as hexadecimal digits.
type part struct {
	font  string
	codes []byte
}

func newTypesetter(f *Fonts, name string) *typesetter {
	return &typesetter{cutter: newCutter(f), name: name, codes: map[letter]uint16{}, means: map[uint16]rune{}}
}

// encode answers ErrGlyph for a character that no face has.
func (t *typesetter) encode(s string, in style) (r run, err error) {
	width := 0
	for _, c := range s {
		face, glyph, ok := t.cutter.fonts.pick(c, in)
		if !ok {
			return run{}, ErrGlyph.With("%U", c)
		}
		from := t.cutter.origin(face, glyph)
		font, code, err := t.find(letter{face, c}, from)
		if err != nil {
			return run{}, err
		}
		if n := len(r.parts); n == 0 || r.parts[n-1].font != font {
			r.parts = append(r.parts, part{font, make([]byte, 0, 4*len(s))})
		}
		last := &r.parts[len(r.parts)-1]
		last.codes = appendHex16(last.codes, code)
		advance, _ := t.cutter.metric(from)
		width += int(advance)
	}
	r.width = float64(width) / float64(t.cutter.fonts.regular.unitsPerEm)
	return r, nil
}

// find returns the font and code of a letter: the shared one where there is one.
func (t *typesetter) find(l letter, from origin) (font string, code uint16, err error) {
	if t.shared != nil {
		if code, ok := t.shared.codes[l]; ok {
			return t.shared.name, code, nil
		}
	}
	code, err = t.code(l, from)
	return t.name, code, err
}

func (t *typesetter) code(l letter, from origin) (uint16, error) {
	if code, ok := t.codes[l]; ok {
		return code, nil
	}
	if len(t.cutter.order) >= maxGlyphs {
		return 0, ErrTooMany
	}
	code := t.cutter.add(from)
	if _, taken := t.means[code]; taken || code == 0 {
		from.as = l.r
		code = t.cutter.add(from)
	}
	t.codes[l], t.means[code] = code, l.r
	return code, nil
}

const hexDigits = "0123456789ABCDEF"

func appendHex16(b []byte, v uint16) []byte {
	return append(b, hexDigits[v>>12], hexDigits[v>>8&15], hexDigits[v>>4&15], hexDigits[v&15])
}

// utf16Hex is s in big-endian UTF-16, as hexadecimal digits.
func utf16Hex(s string) string {
	b := make([]byte, 0, 4*len(s))
	for _, u := range utf16.Encode([]rune(s)) {
		b = appendHex16(b, u)
	}
	return string(b)
}

// textString is a PDF text string in UTF-16 (ISO 32000-1 §7.9.2.2).
func textString(s string) string { return "<FEFF" + utf16Hex(s) + ">" }

// maxEntries is how many lines one block of a character map may have (Adobe technical note 5014).
const maxEntries = 100

// toUnicode is the character map of the font: code to UTF-16 (ISO 32000-1 §9.10.3).
func (t *typesetter) toUnicode() []byte {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for block := range slices.Chunk(slices.Sorted(maps.Keys(t.means)), maxEntries) {
		fmt.Fprintf(&b, "%d beginbfchar\n", len(block))
		for _, code := range block {
			b.WriteString("<" + string(appendHex16(nil, code)) + "> <" + utf16Hex(string(t.means[code])) + ">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return []byte(b.String())
}

// subsetName is the font's name with the tag of a subset before it (ISO 32000-1 §9.6.4). A document has at most two
// subsets, told apart by the tag.
func (t *typesetter) subsetName() string {
	return "SKCRT" + string('A'+rune(t.name[len(t.name)-1]-'0')%26) + "+skillcert-cut"
}

// objects are the font as a document holds it, the font dictionary first (ISO 32000-1 §9.7): codes are glyph numbers.
func (t *typesetter) objects(f *Fonts) ([]object, error) {
	program, err := t.cutter.embedded()
	if err != nil {
		return nil, err
	}
	name := t.subsetName()
	return []object{
		{dict: func(first int) string {
			return fmt.Sprintf("/Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R",
				name, first+1, first+4)
		}},
		{dict: func(first int) string {
			return fmt.Sprintf("/Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> "+
				"/FontDescriptor %d 0 R /CIDToGIDMap /Identity /DW %d /W [%s]", name, first+2, usualWidth, t.widths())
		}},
		{dict: func(first int) string { return t.descriptor(name, first+3) }},
		f.packed(fmt.Sprintf("/Length1 %d", len(program)), program),
		f.packed("", t.toUnicode()),
	}, nil
}

// usualWidth is the advance of a Chinese character in thousandths of an em.
const usualWidth = 1000

// widths are the entries of /W for all glyphs that are not of the usual width (ISO 32000-1 §9.7.4.3).
func (t *typesetter) widths() string {
	var b strings.Builder
	open := false
	for i, o := range t.cutter.order {
		advance, _ := t.cutter.metric(o)
		w := t.thousandths(int(advance))
		switch {
		case w == usualWidth && open:
			b.WriteString("] ")
			open = false
		case w != usualWidth && !open:
			fmt.Fprintf(&b, "%d [", i)
			open = true
		}
		if w != usualWidth {
			fmt.Fprintf(&b, "%d ", w)
		}
	}
	if open {
		b.WriteString("]")
	}
	return b.String()
}

// thousandths converts a length of the regular face to thousandths of an em, rounded.
func (t *typesetter) thousandths(v int) int {
	return int(math.Round(float64(v) * 1000 / float64(t.cutter.fonts.regular.unitsPerEm)))
}

// descriptor is the font descriptor (ISO 32000-1 §9.8), program the number of the font program. The font is symbolic: its
// codes belong to no standard encoding.
func (t *typesetter) descriptor(name string, program int) string {
	f := t.cutter.fonts.regular
	at := func(b []byte, i int) int { return t.thousandths(int(int16(be.Uint16(b[i:])))) }
	return fmt.Sprintf("/Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d "+
		"/CapHeight %d /StemV 80 /FontFile2 %d 0 R", name, at(f.head, 36), at(f.head, 38), at(f.head, 40), at(f.head, 42),
		at(f.hhea, 4), at(f.hhea, 6), at(f.hhea, 4), program)
}
