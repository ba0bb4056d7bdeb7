package pdf

import (
	"encoding/binary"
	"slices"
)

// face is one TrueType font, parsed once and never changed. Layout after the OpenType specification 1.9; parse proves
// every length that later reading relies on.
type face struct {
	head, hhea, maxp, os2, post []byte
	glyf, hmtx                  []byte
	loca                        []uint32
	metrics                     int // glyphs with a full record in hmtx
	unitsPerEm                  int
	segments                    []segment
	names                       map[uint16]string
}

var be = binary.BigEndian

const (
	headLength = 54
	hheaLength = 36
	maxpLength = 32
	os2Length  = 78
	postLength = 32
	maxTables  = 64
)

func parseFace(b []byte) (*face, error) {
	tables, err := tableDirectory(b)
	if err != nil {
		return nil, err
	}
	for _, need := range []struct {
		tag    string
		length int
	}{{"head", headLength}, {"hhea", hheaLength}, {"maxp", maxpLength}, {"OS/2", os2Length}, {"post", postLength}} {
		if len(tables[need.tag]) < need.length {
			return nil, ErrFont.With("缺少 %s 表", need.tag)
		}
	}
	f := &face{head: tables["head"], hhea: tables["hhea"], maxp: tables["maxp"], os2: tables["OS/2"], post: tables["post"],
		glyf: tables["glyf"], hmtx: tables["hmtx"], names: readNames(tables["name"])}
	if err := f.readGlyphs(tables["loca"]); err != nil {
		return nil, err
	}
	f.segments, err = readCmap(tables["cmap"], f.glyphs())
	return f, err
}

// tableDirectory returns the tables by tag. Each slice ends with its table, so that nobody can append into the next.
func tableDirectory(b []byte) (map[string][]byte, error) {
	const trueType, apple = 0x00010000, 0x74727565
	if len(b) < 12 || (be.Uint32(b) != trueType && be.Uint32(b) != apple) {
		return nil, ErrFont.With("不是TrueType字体")
	}
	n := int(be.Uint16(b[4:]))
	if n > maxTables || len(b) < 12+16*n {
		return nil, ErrFont.With("表目录不完整")
	}
	tables := make(map[string][]byte, n)
	for i := range n {
		r := b[12+16*i:]
		from, length := uint64(be.Uint32(r[8:])), uint64(be.Uint32(r[12:]))
		if from+length > uint64(len(b)) {
			return nil, ErrFont.With("%q 表越界", r[:4])
		}
		tables[string(r[:4])] = b[from : from+length : from+length]
	}
	return tables, nil
}

// readGlyphs checks that every glyph has an outline inside glyf and a record in hmtx.
func (f *face) readGlyphs(loca []byte) error {
	n := int(be.Uint16(f.maxp[4:]))
	f.unitsPerEm, f.metrics = int(be.Uint16(f.head[18:])), int(be.Uint16(f.hhea[34:]))
	long := be.Uint16(f.head[50:]) == 1
	width := 2
	if long {
		width = 4
	}
	switch {
	case n == 0, f.unitsPerEm < 16, f.unitsPerEm > 16384:
		return ErrFont.With("字形数或单位不正确")
	case len(loca) < width*(n+1):
		return ErrFont.With("loca 表不完整")
	case f.metrics == 0, f.metrics > n, len(f.hmtx) < 4*f.metrics+2*(n-f.metrics):
		return ErrFont.With("hmtx 表不完整")
	}
	f.loca = make([]uint32, n+1)
	for i := range f.loca {
		if long {
			f.loca[i] = be.Uint32(loca[4*i:])
		} else {
			f.loca[i] = 2 * uint32(be.Uint16(loca[2*i:]))
		}
	}
	if !slices.IsSorted(f.loca) || uint64(f.loca[n]) > uint64(len(f.glyf)) {
		return ErrFont.With("loca 表与 glyf 表不符")
	}
	return nil
}

func (f *face) glyphs() int { return len(f.loca) - 1 }

// glyph returns the outline of glyph g, empty for a blank. It is the face's own memory.
func (f *face) glyph(g uint16) []byte {
	if int(g) >= f.glyphs() {
		return nil
	}
	return f.glyf[f.loca[g]:f.loca[g+1]:f.loca[g+1]]
}

// metric returns the advance width and left side bearing of glyph g, in font units.
func (f *face) metric(g uint16) (advance uint16, bearing int16) {
	n := min(int(g), f.glyphs()-1)
	if n < f.metrics {
		return be.Uint16(f.hmtx[4*n:]), int16(be.Uint16(f.hmtx[4*n+2:]))
	}
	return be.Uint16(f.hmtx[4*(f.metrics-1):]), int16(be.Uint16(f.hmtx[4*f.metrics+2*(n-f.metrics):]))
}

// Flags of a component of a composite glyph.
const (
	argsAreWords   = 0x0001
	argsAreOffsets = 0x0002
	hasScale       = 0x0008
	moreComponents = 0x0020
	hasTwoScales   = 0x0040
	hasMatrix      = 0x0080
	hasHints       = 0x0100
)

// glyphHeader is the number of contours and the bounding box.
const glyphHeader = 10

func composite(g []byte) bool { return len(g) >= glyphHeader && int16(be.Uint16(g)) < 0 }

// components returns where the glyph numbers of the components of outline g stand, none when g is simple, and where
// the last component ends. ok is false when g is cut short.
func components(g []byte) (at []int, end int, ok bool) {
	if !composite(g) {
		return nil, len(g), true
	}
	for p := glyphHeader; ; {
		if p+4 > len(g) {
			return nil, 0, false
		}
		flags := be.Uint16(g[p:])
		at = append(at, p+2)
		p += 4 + componentArguments(flags)
		switch {
		case p > len(g):
			return nil, 0, false
		case flags&moreComponents == 0:
			return at, p, true
		}
	}
}

// componentArguments is the length of what follows the flags and the glyph number.
func componentArguments(flags uint16) int {
	n := 2
	if flags&argsAreWords != 0 {
		n = 4
	}
	switch {
	case flags&hasScale != 0:
		n += 2
	case flags&hasTwoScales != 0:
		n += 4
	case flags&hasMatrix != 0:
		n += 8
	}
	return n
}

// unhinted returns a copy of outline g without its hinting program, whose functions stay behind in the source font.
func unhinted(g []byte) ([]byte, error) {
	if len(g) == 0 {
		return nil, nil
	}
	if len(g) < glyphHeader {
		return nil, ErrFont.With("字形不完整")
	}
	if contours := int(int16(be.Uint16(g))); contours >= 0 {
		at := glyphHeader + 2*contours
		if len(g) < at+2 || len(g) < at+2+int(be.Uint16(g[at:])) {
			return nil, ErrFont.With("字形不完整")
		}
		points := g[at+2+int(be.Uint16(g[at:])):]
		return slices.Concat(g[:at], []byte{0, 0}, points), nil
	}
	at, end, ok := components(g)
	if !ok {
		return nil, ErrFont.With("字形不完整")
	}
	g = slices.Clone(g[:end])
	for _, p := range at {
		be.PutUint16(g[p-2:], be.Uint16(g[p-2:])&^hasHints)
	}
	return g, nil
}
