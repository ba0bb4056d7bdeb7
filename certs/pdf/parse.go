package pdf

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine/errs"
)

// Bounds of a layout.
const (
	MaxLayout    = 64 << 10 // bytes
	maxSides     = 2
	maxParts     = 40   // shapes, texts, rows and fields of a side, of each
	maxCodes     = 4    // of a side
	minPage      = 80.0 // mm
	maxPage      = 420.0
	minTextSize  = 4.0 // points
	maxTextSize  = 72.0
	maxVeilSize  = 200.0
	minTextWidth = 8.0  // mm
	minPhoto     = 15.0 // width, mm
	minCode      = 18.0 // mm: 0.35 mm a module for an address of 150 characters
	minOffline   = 26.0
	minSeal      = 8.0 // radius, mm
	maxSeal      = 30.0
	maxFixed     = 120 // characters
	maxLines     = 3
)

//go:embed layouts/*.json
var layouts embed.FS

// The layouts that come with the program.
const (
	A4     = "certificate-a4" // one side of A4, to be framed
	Pocket = "pocket-card"    // a card of 176 by 125 mm, printed on both sides, cut out and folded to the size of a passport
)

// BuiltIn names the layouts that come with the program, in alphabetical order.
func BuiltIn() []string { return []string{A4, Pocket} }

// BuiltInLayout returns a layout that comes with the program: ErrNoLayout when there is none of that name.
func BuiltInLayout(name string) (*Layout, error) {
	if !slices.Contains(BuiltIn(), name) {
		return nil, ErrNoLayout
	}
	b, err := layouts.ReadFile("layouts/" + name + ".json")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRender, err)
	}
	return ParseLayout(b)
}

// ParseLayout reads a layout file: JSON in the form of layouts/certificate-a4.json. ErrLayout carries every problem at once,
// by the path of what is wrong: unknown or ill-formed entries, measures that leave the sheet, sizes nobody can read, and
// each field that a certificate must show and the layout does not place. A layout names no files and computes nothing.
func ParseLayout(b []byte) (*Layout, error) {
	if len(b) > MaxLayout {
		return nil, ErrLayout.With("超过%dKB", MaxLayout>>10)
	}
	if !utf8.Valid(b) {
		return nil, ErrLayout.With("不是UTF-8文字")
	}
	l := &Layout{source: slices.Clone(b), digest: sha256.Sum256(b)}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l.data); err != nil {
		at := errs.Undecoded(err)
		at.Name = cmp.Or(at.Name, "layout")
		return nil, ErrLayout.WithFields(at)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, ErrLayout.With("文件末尾有多余内容")
	}
	p := &layoutCheck{l: &l.data, fields: map[string]bool{}}
	p.all()
	if err := p.Err(ErrLayout); err != nil {
		return nil, err
	}
	return l, nil
}

// layoutCheck gathers what is wrong with a layout, and what it places.
type layoutCheck struct {
	errs.Check
	l           *layoutData
	fields      map[string]bool
	address     bool
	photo, seal int
	demo        bool
}

func (c *layoutCheck) all() {
	l := c.l
	c.That(identifier(l.Name), "name", "invalid", "只能用小写字母、数字和连字符，40个以内")
	c.That(strings.TrimSpace(l.Label) != "" && utf8.RuneCountInString(l.Label) <= 40, "label", "invalid", "为空或超过40个字符")
	c.pageSide("width", l.Width)
	c.pageSide("height", l.Height)
	c.That(len(l.Sides) >= 1 && len(l.Sides) <= maxSides, "sides", "count", fmt.Sprintf("须有1至%d面", maxSides))
	for i := range l.Sides[:min(len(l.Sides), maxSides)] {
		c.side(fmt.Sprintf("sides[%d]", i), &l.Sides[i])
	}
	for _, name := range requiredFields() {
		c.That(c.fields[name], name, "missing", "证书必须印有此项")
	}
	c.That(c.address, "codes", "missing", "证书必须印有核验地址的二维码")
	c.That(c.photo == 1, "photo", "missing", "证书须有一处照片")
	c.That(c.seal == 1, "seal", "missing", "证书须有一处印章")
	c.That(c.demo, "demo_line", "missing", "须给演示标记留出位置")
}

func (c *layoutCheck) pageSide(name string, v float64) {
	c.That(v >= minPage && v <= maxPage, name, "range", fmt.Sprintf("须在%.0f至%.0f毫米之间", minPage, maxPage))
}

func identifier(s string) bool {
	return len(s) >= 1 && len(s) <= 40 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-')
	})
}

func (c *layoutCheck) side(at string, s *side) {
	c.count(at+".shapes", len(s.Shapes), maxParts)
	c.count(at+".texts", len(s.Texts), maxParts)
	c.count(at+".rows", len(s.Rows), maxParts)
	c.count(at+".fields", len(s.Fields), maxParts)
	c.count(at+".codes", len(s.Codes), maxCodes)
	for i, v := range s.Shapes {
		c.shape(fmt.Sprintf("%s.shapes[%d]", at, i), v)
	}
	for i, v := range s.Texts {
		name := fmt.Sprintf("%s.texts[%d]", at, i)
		c.That(strings.TrimSpace(v.Text) != "", name+".text", "missing", "未填写")
		c.fixed(name+".text", v.Text)
		c.place(name, v.place, maxTextSize)
	}
	for i, v := range s.Rows {
		c.row(fmt.Sprintf("%s.rows[%d]", at, i), v)
	}
	for i, v := range s.Fields {
		name := fmt.Sprintf("%s.fields[%d]", at, i)
		c.field(name+".field", v.Field)
		c.fixed(name+".before", v.Before)
		c.fixed(name+".after", v.After)
		c.place(name, v.place, maxTextSize)
	}
	c.marks(at, s)
}

func (c *layoutCheck) count(at string, n, most int) {
	c.That(n <= most, at, "count", fmt.Sprintf("最多%d项", most))
}

// marks checks what a side has at most one of, and the codes.
func (c *layoutCheck) marks(at string, s *side) {
	if s.Veil != nil {
		c.place(at+".demo_veil", *s.Veil, maxVeilSize)
	}
	if s.Demo != nil {
		c.demo = true
		c.place(at+".demo_line", *s.Demo, maxTextSize)
	}
	if s.Photo != nil {
		c.photo++
		c.within(at+".photo", *s.Photo)
		c.That(s.Photo.W >= minPhoto && s.Photo.H >= s.Photo.W && s.Photo.H <= 2*s.Photo.W, at+".photo", "range",
			fmt.Sprintf("宽不小于%.0f毫米，高为宽的1至2倍", minPhoto))
	}
	for i, v := range s.Codes {
		c.code(fmt.Sprintf("%s.codes[%d]", at, i), v)
	}
	if v := s.Seal; v != nil {
		c.seal++
		c.within(at+".seal", box{v.X - v.Radius, v.Y - v.Radius, 2 * v.Radius, 2 * v.Radius})
		c.That(v.Radius >= minSeal && v.Radius <= maxSeal, at+".seal.radius", "range", fmt.Sprintf("须在%.0f至%.0f毫米之间", minSeal, maxSeal))
	}
}

func (c *layoutCheck) code(at string, v code) {
	least := minCode
	switch v.Of {
	case codeAddress:
		c.address = true
	case codeOffline:
		least = minOffline
	default:
		c.That(false, at+".of", "invalid", "只能是address或offline")
	}
	c.That(v.Side >= least, at+".side", "range", fmt.Sprintf("不小于%.0f毫米", least))
	c.within(at, box{v.X, v.Y, v.Side, v.Side + labelDrop(v.Label)})
	c.size(at+".label", v.Label, maxTextSize)
}

func (c *layoutCheck) row(at string, v row) {
	c.field(at+".field", v.Field)
	if v.Aside != "" {
		c.field(at+".aside", v.Aside)
	}
	c.fixed(at+".chinese", v.Chinese)
	c.fixed(at+".english", v.English)
	c.size(at+".size", v.Size, maxTextSize)
	c.size(at+".label", v.Label, maxTextSize)
	s := v.scale()
	c.That(v.Value-v.X >= minTextWidth+labelRoom*s && v.End-v.Value >= 2*(minTextWidth+valueInset*s+asideGap*s), at+".value", "range", "标签或内容的位置太窄")
	c.within(at, box{v.X, v.Y - v.Size/pointsPerMM, v.End - v.X, v.Size / pointsPerMM})
	c.weight(at+".weight", v.Weight)
	c.lines(at+".lines", v.Lines)
}

func (c *layoutCheck) field(at, name string) {
	_, ok := fieldText(&Document{}, name)
	c.That(ok, at, "invalid", "没有这个字段")
	c.fields[name] = true
}

// fixed checks words that stand in the layout. What the fonts lack is found when a page is set.
func (c *layoutCheck) fixed(at, s string) {
	c.That(utf8.RuneCountInString(s) <= maxFixed, at, "too_long", fmt.Sprintf("超过%d个字符", maxFixed))
}

func (c *layoutCheck) size(at string, v, most float64) {
	c.That(v >= minTextSize && v <= most, at, "range", fmt.Sprintf("字号须在%.0f至%.0f之间", minTextSize, most))
}

func (c *layoutCheck) lines(at string, n int) {
	c.That(n >= 0 && n <= maxLines, at, "range", fmt.Sprintf("最多%d行", maxLines))
}

func (c *layoutCheck) weight(at string, w weight) {
	c.That(w == "" || w == regular || w == bold, at, "invalid", "只能是regular或bold")
}

func (c *layoutCheck) place(at string, p place, most float64) {
	c.size(at+".size", p.Size, most)
	c.lines(at+".lines", p.Lines)
	c.weight(at+".weight", p.Weight)
	c.That(p.Align == "" || p.Align == left || p.Align == centre || p.Align == right, at+".align", "invalid", "只能是left、centre或right")
	c.That(p.Width >= minTextWidth, at+".width", "range", fmt.Sprintf("不小于%.0f毫米", minTextWidth))
	h, ok := hueOf(p.Colour)
	c.That(ok && (h.text || most > maxTextSize), at+".colour", "invalid", "不是可用于文字的颜色")
	b := box{p.X, p.Y - p.Size/pointsPerMM, p.Width, p.Size / pointsPerMM}
	switch p.Align {
	case centre:
		b.X -= p.Width / 2
	case right:
		b.X -= p.Width
	}
	c.within(at, b)
}

// tolerance is what a box may stand out of the sheet by rounding, in mm.
const tolerance = 0.001

func (c *layoutCheck) within(at string, b box) {
	ok := b.X >= -tolerance && b.Y >= -tolerance && b.W >= 0 && b.H >= 0 && b.X+b.W <= c.l.Width+tolerance && b.Y+b.H <= c.l.Height+tolerance
	c.That(ok, at, "outside", "超出页面")
}

func (c *layoutCheck) shape(at string, v shape) {
	kinds := []string{shapeBorder, shapeRosette, shapeFlourish, shapeLine, shapeBox, shapePanel, shapeCut, shapeFold}
	c.That(slices.Contains(kinds, v.Kind), at+".kind", "invalid", "没有这种图形")
	c.within(at, v.box)
	_, ok := hueOf(v.Colour)
	c.That(ok, at+".colour", "invalid", "没有这种颜色")
	c.That(v.Thickness >= 0 && v.Thickness <= 5, at+".thickness", "range", "须在0至5毫米之间")
	switch v.Kind {
	case shapeBorder:
		c.That(v.Band >= 2 && v.Band <= 20 && v.W >= 4*v.Band && v.H >= 4*v.Band, at+".band", "range", "须在2至20毫米之间，且不超过边长的四分之一")
	case shapeFlourish:
		c.That(v.Gap >= 0 && v.Gap < v.W, at+".gap", "range", "须小于总宽")
	case shapeRosette:
		c.That(v.W >= 5 && v.H >= 5, at, "range", "不小于5毫米")
	}
}
