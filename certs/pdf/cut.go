package pdf

import (
	"encoding/binary"
	"maps"
	"slices"
)

// cutter gathers glyphs of several faces under codes, and writes them as one small font in the units of the regular
// face. Glyph 0 is the regular face's mark for a missing glyph. Not for concurrent use.
type cutter struct {
	fonts *Fonts
	order []origin // by new glyph number
	ids   map[origin]uint16
	codes map[rune]uint16
}

// origin is where a glyph of the new font comes from. A scaled one is a composite of one component: the outline
// itself, which stays as its own face has it, and a factor between the units of the two faces.
type origin struct {
	face   *face
	glyph  uint16
	scaled bool
	as     rune // tells apart two characters that a face draws with one glyph, zero otherwise
}

func newCutter(f *Fonts) *cutter {
	c := &cutter{fonts: f, ids: map[origin]uint16{}, codes: map[rune]uint16{}}
	c.add(origin{face: f.regular})
	return c
}

func (c *cutter) add(o origin) uint16 {
	if id, ok := c.ids[o]; ok {
		return id
	}
	id := uint16(len(c.order))
	c.ids[o], c.order = id, append(c.order, o)
	return id
}

// put gives glyph g of a face a code.
func (c *cutter) put(code rune, face *face, g uint16) {
	c.codes[code] = c.add(c.origin(face, g))
}

// origin is where glyph g of a face comes from.
func (c *cutter) origin(f *face, g uint16) origin {
	return origin{face: f, glyph: g, scaled: f.unitsPerEm != c.fonts.regular.unitsPerEm}
}

// font writes the gathered glyphs as a TrueType font for pages to load. The same glyphs put in the same order give the
// same bytes.
func (c *cutter) font() ([]byte, error) {
	g, err := c.glyphTables()
	if err != nil {
		return nil, err
	}
	post := slices.Concat([]byte{0, 3, 0, 0}, c.fonts.regular.post[4:16], make([]byte, 16))
	return assemble([]table{{"OS/2", c.os2()}, {"cmap", writeCmap(c.segments())}, g.glyf, g.head, g.hhea, g.hmtx, g.loca, g.maxp,
		{"name", c.fonts.names}, {"post", post}}), nil
}

// embedded writes the gathered glyphs as a font program for a CIDFont, whose codes are glyph numbers: just the tables that
// ISO 32000-1 §9.9 asks for, no character table. The licence of the faces lets documents embed them without its text.
func (c *cutter) embedded() ([]byte, error) {
	g, err := c.glyphTables()
	if err != nil {
		return nil, err
	}
	return assemble([]table{g.glyf, g.head, g.hhea, g.hmtx, g.loca, g.maxp}), nil
}

// glyphTables are the tables that every font program has.
type glyphTables struct{ glyf, head, hhea, hmtx, loca, maxp table }

func (c *cutter) glyphTables() (t glyphTables, err error) {
	glyf := make([]byte, 0, 256*len(c.order))
	var loca, hmtx []byte
	for i := 0; i < len(c.order); i++ { // grows as components are found
		outline, err := c.outline(c.order[i])
		if err != nil {
			return t, err
		}
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, outline...)
		glyf = append(glyf, make([]byte, -len(glyf)&3)...)
		advance, bearing := c.metric(c.order[i])
		hmtx = be.AppendUint16(be.AppendUint16(hmtx, advance), uint16(bearing))
	}
	if len(c.order) > 0xFFFF {
		return t, ErrTooMany
	}
	loca = be.AppendUint32(loca, uint32(len(glyf)))
	base, n := c.fonts.regular, uint16(len(c.order))
	return glyphTables{table{"glyf", glyf}, table{"head", patched(base.head[:headLength], 50, 1)},
		table{"hhea", patched(base.hhea[:hheaLength], 34, n)}, table{"hmtx", hmtx}, table{"loca", loca}, table{"maxp", c.maxp()}}, nil
}

// outline returns the glyph as the new font holds it, its components renumbered. They must be simple, so that no glyph
// can contain itself.
func (c *cutter) outline(o origin) ([]byte, error) {
	source := o.face.glyph(o.glyph)
	if o.scaled {
		return c.wrapped(o, source), nil
	}
	g, err := unhinted(source)
	if err != nil {
		return nil, err
	}
	at, _, _ := components(g)
	for _, p := range at {
		part := be.Uint16(g[p:])
		if composite(o.face.glyph(part)) {
			return nil, ErrFont.With("字形嵌套过深")
		}
		be.PutUint16(g[p:], c.add(origin{face: o.face, glyph: part}))
	}
	return g, nil
}

// wrapped is a composite that scales the outline of o; a blank glyph stays blank.
func (c *cutter) wrapped(o origin, source []byte) []byte {
	if len(source) < glyphHeader {
		return nil
	}
	out := be.AppendUint16(nil, 0xFFFF)
	for k := 2; k < glyphHeader; k += 2 {
		out = be.AppendUint16(out, uint16(c.toBase(o.face, int(int16(be.Uint16(source[k:]))))))
	}
	out = be.AppendUint16(out, argsAreOffsets|hasScale)
	out = be.AppendUint16(out, c.add(origin{face: o.face, glyph: o.glyph}))
	out = append(out, 0, 0) // no offset
	return be.AppendUint16(out, uint16(c.toBase(o.face, 1<<14)))
}

// toBase converts a length in a face's units to those of the regular face.
func (c *cutter) toBase(f *face, v int) int { return v * c.fonts.regular.unitsPerEm / f.unitsPerEm }

func (c *cutter) metric(o origin) (advance uint16, bearing int16) {
	advance, bearing = o.face.metric(o.glyph)
	if o.scaled {
		return uint16(c.toBase(o.face, int(advance))), int16(c.toBase(o.face, int(bearing)))
	}
	return advance, bearing
}

func (c *cutter) segments() []segment {
	var b builder
	for _, code := range slices.Sorted(maps.Keys(c.codes)) {
		b.add(code, c.codes[code])
	}
	return b.segments
}

// os2 is the regular face's table with the first and last character of the new font.
func (c *cutter) os2() []byte {
	codes := slices.Sorted(maps.Keys(c.codes))
	first, last := rune(0xFFFF), rune(0)
	if len(codes) > 0 {
		first, last = min(codes[0], 0xFFFF), min(codes[len(codes)-1], 0xFFFF)
	}
	return patched(patched(c.fonts.regular.os2, 64, uint16(first)), 66, uint16(last))
}

// maxp holds bounds for whatever glyphs of the three faces are in. The zeros are the fields of hinting, of which nothing
// is left.
func (c *cutter) maxp() []byte {
	most := func(at int) (v uint16) {
		for _, f := range []*face{c.fonts.regular, c.fonts.bold, c.fonts.rare} {
			v = max(v, be.Uint16(f.maxp[at:]))
		}
		return v
	}
	points, contours := most(6), most(8)
	out := []byte{0, 1, 0, 0}
	for _, v := range []uint16{uint16(len(c.order)), points, contours, max(points, most(10)), max(contours, most(12)),
		1, 0, 0, 0, 0, 0, 0, max(1, most(28)), most(30) + 1} {
		out = be.AppendUint16(out, v)
	}
	return out
}

// patched returns a copy of b with two bytes replaced.
func patched(b []byte, at int, v uint16) []byte {
	b = slices.Clone(b)
	be.PutUint16(b[at:], v)
	return b
}

// table is one table of a font to be written.
type table struct {
	tag  string
	data []byte
}

// assemble writes tables, which must come in the order of their tags and hold a head table, as one font file.
func assemble(tables []table) []byte {
	const adjustment = 8 // of the checksum, in head
	n := len(tables)
	reach, power := searchRange(n)
	out := be.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, 16 * reach, power, 16 * (n - reach)} {
		out = be.AppendUint16(out, uint16(v))
	}
	out = append(out, make([]byte, 16*n)...)
	adjustAt := 0
	for i, t := range tables {
		data := slices.Clone(t.data)
		if t.tag == "head" {
			be.PutUint32(data[adjustment:], 0)
			adjustAt = len(out) + adjustment
		}
		entry := out[12+16*i:]
		copy(entry, t.tag)
		be.PutUint32(entry[4:], checksum(data))
		be.PutUint32(entry[8:], uint32(len(out)))
		be.PutUint32(entry[12:], uint32(len(data)))
		out = append(out, data...)
		out = append(out, make([]byte, -len(out)&3)...)
	}
	be.PutUint32(out[adjustAt:], 0xB1B0AFBA-checksum(out))
	return out
}

// checksum is the sum of b's 32-bit words, the last filled up with zeros.
func checksum(b []byte) (sum uint32) {
	for len(b) >= 4 {
		sum += binary.BigEndian.Uint32(b)
		b = b[4:]
	}
	var rest [4]byte
	copy(rest[:], b)
	return sum + be.Uint32(rest[:])
}
