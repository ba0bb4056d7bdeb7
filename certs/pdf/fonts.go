package pdf

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// MaxCut bounds the characters of one cut font.
const MaxCut = 4000

// Fonts are the typefaces a page is set in, and what else all documents share. Safe for concurrent use; the bytes they were
// opened from must not change.
type Fonts struct {
	regular, bold, rare *face
	names               []byte    // name table of whatever is cut from them
	profile             []byte    // sRGB, deflated: every file has it
	packers             sync.Pool // of *zlib.Writer
}

// Files are the typefaces as a program carries them, each unpacked when it is asked for.
type Files interface {
	Regular() ([]byte, error)
	Bold() ([]byte, error)
	Rare() ([]byte, error)
}

// OpenFiles unpacks and parses the typefaces: see OpenFonts.
func OpenFiles(files Files) (*Fonts, error) {
	regular, err := files.Regular()
	if err != nil {
		return nil, err
	}
	bold, err := files.Bold()
	if err != nil {
		return nil, err
	}
	rare, err := files.Rare()
	if err != nil {
		return nil, err
	}
	return OpenFonts(regular, bold, rare)
}

// OpenFonts parses the typefaces: regular and bold for all text, rare for characters that those lack. All three must
// be TrueType with outlines in glyf and a Unicode character table.
func OpenFonts(regular, bold, rare []byte) (*Fonts, error) {
	f := &Fonts{}
	for _, open := range []struct {
		to   **face
		name string
		b    []byte
	}{{&f.regular, "regular", regular}, {&f.bold, "bold", bold}, {&f.rare, "rare", rare}} {
		var err error
		if *open.to, err = parseFace(open.b); err != nil {
			return nil, fmt.Errorf("font %s: %w", open.name, err)
		}
		// A glyph of other units is scaled by a component, whose factor must stay under two.
		if 2*(*open.to).unitsPerEm <= f.regular.unitsPerEm {
			return nil, fmt.Errorf("font %s: %w", open.name, ErrFont.With("单位相差过大"))
		}
	}
	f.names = f.cutNames()
	f.profile = f.deflate(srgbProfile())
	return f, nil
}

// cutNames give a cut font a name of its own, as the OFL asks of modified versions, and the sources' copyright.
func (f *Fonts) cutNames() []byte {
	var owners []string
	for _, face := range []*face{f.regular, f.bold, f.rare} {
		if s := face.names[nameCopyright]; s != "" && !slices.Contains(owners, s) {
			owners = append(owners, s)
		}
	}
	return writeNames([]uint16{nameCopyright, 1, 2, 4, 6, nameLicence, nameLicenceAt}, []string{strings.Join(owners, "; "),
		"skillcert cut", "Regular", "skillcert cut", "skillcert-cut", f.regular.names[nameLicence], f.regular.names[nameLicenceAt]})
}

// style is the weight a text is set in.
type style bool

const (
	plain style = false
	heavy style = true
)

// pick returns the face that draws r and its glyph there. Control and formatting characters, private use and unassigned
// code points are never drawn, whatever a font has for them: what cannot be seen has no place in a printed name.
func (f *Fonts) pick(r rune, s style) (*face, uint16, bool) {
	if !unicode.IsGraphic(r) {
		return nil, 0, false
	}
	first := f.regular
	if s == heavy {
		first = f.bold
	}
	for _, face := range []*face{first, f.rare} {
		if g := lookup(face.segments, r); g != 0 {
			return face, g, true
		}
	}
	return nil, 0, false
}

// Covers answers ErrGlyph with the code points of s that cannot be drawn in both weights, nil when there are none.
func (f *Fonts) Covers(s string) error {
	var missing []string
	for _, r := range s {
		_, _, inPlain := f.pick(r, plain)
		_, _, inHeavy := f.pick(r, heavy)
		if name := fmt.Sprintf("%U", r); !(inPlain && inHeavy) && !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return ErrGlyph.With("%s", strings.Join(missing, "、"))
}

// Cut returns a TrueType font with the given characters in the regular weight, for pages to load with @font-face.
// ErrGlyph names what it cannot have; more than MaxCut characters are ErrTooMany. The order does not matter.
func (f *Fonts) Cut(runes []rune) ([]byte, error) {
	if len(runes) > MaxCut {
		return nil, ErrTooMany
	}
	if err := f.Covers(string(runes)); err != nil {
		return nil, err
	}
	runes = slices.Compact(slices.Sorted(slices.Values(append([]rune{' '}, runes...))))
	c := newCutter(f)
	for _, r := range runes {
		if face, g, ok := f.pick(r, plain); ok {
			c.put(r, face, g)
		}
	}
	return c.font()
}
