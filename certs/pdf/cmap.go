package pdf

import (
	"cmp"
	"slices"
	"unicode/utf16"
)

// segment maps the characters first to last to glyphs that count up from glyph.
type segment struct {
	first, last rune
	glyph       uint16
}

// lookup returns the glyph of r, 0 when there is none.
func lookup(segments []segment, r rune) uint16 {
	i, ok := slices.BinarySearchFunc(segments, r, func(s segment, r rune) int {
		switch {
		case s.last < r:
			return -1
		case s.first > r:
			return 1
		}
		return 0
	})
	if !ok {
		return 0
	}
	return segments[i].glyph + uint16(r-segments[i].first)
}

// readCmap reads the Unicode table of a font: format 12 where there is one, else format 4.
func readCmap(b []byte, glyphs int) ([]segment, error) {
	if len(b) < 4 || len(b) < 4+8*int(be.Uint16(b[2:])) {
		return nil, ErrFont.With("cmap 表不完整")
	}
	var narrow, wide []byte
	for i := range int(be.Uint16(b[2:])) {
		r := b[4+8*i:]
		platform, encoding, at := be.Uint16(r), be.Uint16(r[2:]), uint64(be.Uint32(r[4:]))
		if at+2 > uint64(len(b)) || !(platform == 0 || platform == 3 && (encoding == 1 || encoding == 10)) {
			continue
		}
		switch sub := b[at:]; be.Uint16(sub) {
		case 4:
			narrow = sub
		case 12:
			wide = sub
		}
	}
	switch {
	case wide != nil:
		return readFormat12(wide, glyphs)
	case narrow != nil:
		return readFormat4(narrow, glyphs)
	}
	return nil, ErrFont.With("没有Unicode字符表")
}

func readFormat12(b []byte, glyphs int) ([]segment, error) {
	if len(b) < 16 || uint64(len(b)) < 16+12*uint64(be.Uint32(b[12:])) {
		return nil, ErrFont.With("cmap 表不完整")
	}
	segments := make([]segment, be.Uint32(b[12:]))
	end := int64(-1) // last character so far: segments must ascend and not overlap
	for i := range segments {
		r := b[16+12*i:]
		first, last, glyph := int64(be.Uint32(r)), int64(be.Uint32(r[4:])), int64(be.Uint32(r[8:]))
		if first <= end || last < first || last > 0x10FFFF || glyph+last-first >= int64(glyphs) {
			return nil, ErrFont.With("cmap 表不正确")
		}
		end = last
		segments[i] = segment{rune(first), rune(last), uint16(glyph)}
	}
	return segments, nil
}

func readFormat4(b []byte, glyphs int) ([]segment, error) {
	if len(b) < 14 || len(b) < 16+4*int(be.Uint16(b[6:])) {
		return nil, ErrFont.With("cmap 表不完整")
	}
	n := int(be.Uint16(b[6:])) / 2
	ends, starts, deltas, offsets := b[14:], b[16+2*n:], b[16+4*n:], b[16+6*n:]
	var found builder
	previous := -1
	for i := range n {
		last, first := int(be.Uint16(ends[2*i:])), int(be.Uint16(starts[2*i:]))
		if first <= previous || last < first {
			return nil, ErrFont.With("cmap 表不正确")
		}
		previous = last
		delta, offset := be.Uint16(deltas[2*i:]), int(be.Uint16(offsets[2*i:]))
		for c := first; c <= min(last, 0xFFFE); c++ {
			g := uint16(c)
			if offset != 0 {
				p := 2*i + offset + 2*(c-first)
				if p+2 > len(offsets) {
					return nil, ErrFont.With("cmap 表不完整")
				}
				g = be.Uint16(offsets[p:])
			}
			if offset == 0 || g != 0 {
				g += delta
			}
			if int(g) >= glyphs {
				return nil, ErrFont.With("cmap 表不正确")
			}
			found.add(rune(c), g)
		}
	}
	return found.segments, nil
}

// builder joins ascending characters to segments.
type builder struct{ segments []segment }

func (b *builder) add(r rune, glyph uint16) {
	if glyph == 0 {
		return
	}
	if n := len(b.segments); n > 0 {
		s := &b.segments[n-1]
		if s.last+1 == r && int(s.glyph)+int(r-s.first) == int(glyph) {
			s.last = r
			return
		}
	}
	b.segments = append(b.segments, segment{r, r, glyph})
}

// writeCmap writes a table with format 4 for the BMP, and format 12 for everything when there is more.
func writeCmap(segments []segment) []byte {
	slices.SortFunc(segments, func(a, b segment) int { return cmp.Compare(a.first, b.first) })
	bmp, _ := slices.BinarySearchFunc(segments, 0x10000, func(s segment, r rune) int { return cmp.Compare(s.first, r) })
	narrow := format4(segments[:bmp])
	if bmp == len(segments) {
		return slices.Concat([]byte{0, 0, 0, 1, 0, 3, 0, 1, 0, 0, 0, 12}, narrow)
	}
	out := []byte{0, 0, 0, 2, 0, 3, 0, 1, 0, 0, 0, 20, 0, 3, 0, 10}
	out = be.AppendUint32(out, uint32(20+len(narrow)))
	return slices.Concat(out, narrow, format12(segments))
}

// format4 takes segments that do not reach U+FFFF and closes them with the segment the format asks for.
func format4(segments []segment) []byte {
	all := append(slices.Clone(segments), segment{0xFFFF, 0xFFFF, 0})
	n := len(all)
	reach, power := searchRange(n)
	out := be.AppendUint16(nil, 4)
	for _, v := range []int{16 + 8*n, 0, 2 * n, 2 * reach, power, 2 * (n - reach)} {
		out = be.AppendUint16(out, uint16(v))
	}
	for _, s := range all {
		out = be.AppendUint16(out, uint16(s.last))
	}
	out = be.AppendUint16(out, 0)
	for _, s := range all {
		out = be.AppendUint16(out, uint16(s.first))
	}
	for _, s := range all {
		out = be.AppendUint16(out, s.glyph-uint16(s.first))
	}
	return append(out, make([]byte, 2*n)...)
}

func format12(segments []segment) []byte {
	out := []byte{0, 12, 0, 0}
	for _, v := range []int{16 + 12*len(segments), 0, len(segments)} {
		out = be.AppendUint32(out, uint32(v))
	}
	for _, s := range segments {
		out = be.AppendUint32(out, uint32(s.first))
		out = be.AppendUint32(out, uint32(s.last))
		out = be.AppendUint32(out, uint32(s.glyph))
	}
	return out
}

// searchRange returns the largest power of two not above n and its exponent, as sfnt directories want them.
func searchRange(n int) (reach, power int) {
	for reach = 1; 2*reach <= n; reach *= 2 {
		power++
	}
	return reach, power
}

// Names of a font that travel with what is cut from it.
const (
	nameCopyright = 0
	nameLicence   = 13
	nameLicenceAt = 14
)

// readNames returns the English names of the Windows platform by number. A damaged name table gives fewer names: a
// font can be drawn without them.
func readNames(b []byte) map[uint16]string {
	names := map[uint16]string{}
	if len(b) < 6 {
		return names
	}
	text := b[min(int(be.Uint16(b[4:])), len(b)):]
	for i := range min(int(be.Uint16(b[2:])), (len(b)-6)/12) {
		r := b[6+12*i:]
		length, from := int(be.Uint16(r[8:])), int(be.Uint16(r[10:]))
		if be.Uint16(r) != 3 || be.Uint16(r[2:]) != 1 || be.Uint16(r[4:]) != 0x409 || from+length > len(text) {
			continue
		}
		units := make([]uint16, length/2)
		for k := range units {
			units[k] = be.Uint16(text[from+2*k:])
		}
		names[be.Uint16(r[6:])] = string(utf16.Decode(units))
	}
	return names
}

// writeNames writes a name table of the given texts, ascending by number.
func writeNames(numbers []uint16, texts []string) []byte {
	out, text := []byte{0, 0}, []byte{}
	out = be.AppendUint16(out, uint16(len(numbers)))
	out = be.AppendUint16(out, uint16(6+12*len(numbers)))
	for i, number := range numbers {
		from := len(text)
		for _, u := range utf16.Encode([]rune(texts[i])) {
			text = be.AppendUint16(text, u)
		}
		for _, v := range []int{3, 1, 0x409, int(number), len(text) - from, from} {
			out = be.AppendUint16(out, uint16(v))
		}
	}
	return append(out, text...)
}
