package pdf

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// Why a layout is not taken.
var (
	ErrLayout   = errs.New(errs.Invalid, "certificate.layout", "证书版式不正确")
	ErrNoLayout = errs.New(errs.NotFound, "certificate.no_layout", "没有这个证书版式")
)

// Layout is how a certificate is laid out: which field stands where, how large and in which colour. It is data, read by
// ParseLayout and never changed afterwards: a body adjusts the file, not the program. Lengths are in mm from the upper left
// corner of a sheet, text sizes in points.
type Layout struct {
	data   layoutData
	source []byte
	digest [sha256.Size]byte
}

// Name is what the layout is asked for by.
func (l *Layout) Name() string { return l.data.Name }

// Label is the layout's name for people.
func (l *Layout) Label() string { return l.data.Label }

// Size is that of a sheet, in mm.
func (l *Layout) Size() (width, height float64) { return l.data.Width, l.data.Height }

// Source is the file the layout was read from, to begin another from. The caller must not change it.
func (l *Layout) Source() []byte { return l.source }

// layoutData is the file format.
type layoutData struct {
	Name   string  `json:"name"`
	Label  string  `json:"label"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
	Sides  []side  `json:"sides"`
}

// side is one printed page. Its parts are painted in the order of the fields here, so that the seal lies on everything.
type side struct {
	Shapes []shape `json:"shapes,omitempty"`
	Veil   *place  `json:"demo_veil,omitempty"` // 演示 behind the text of a demo
	Demo   *place  `json:"demo_line,omitempty"` // what a demo says of itself
	Texts  []words `json:"texts,omitempty"`
	Rows   []row   `json:"rows,omitempty"`
	Fields []field `json:"fields,omitempty"`
	Photo  *box    `json:"photo,omitempty"`
	Codes  []code  `json:"codes,omitempty"`
	Seal   *circle `json:"seal,omitempty"`
}

// place is where text goes: x, y is the left end, the middle or the right end of its baseline. Text wider than width is set
// on more lines, where there may be some, the last of them on the baseline; then smaller, until it fits. It is never cut.
type place struct {
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Size   float64 `json:"size"`
	Width  float64 `json:"width"`
	Align  align   `json:"align,omitempty"`
	Weight weight  `json:"weight,omitempty"`
	Colour string  `json:"colour,omitempty"` // of the palette; ink when empty
	Lines  int     `json:"lines,omitempty"`  // at most; 0 is 1
}

type align string

const (
	left   align = "left"
	centre align = "centre"
	right  align = "right"
)

type weight string

const (
	regular weight = "regular"
	bold    weight = "bold"
)

// words is fixed text.
type words struct {
	Text string `json:"text"`
	place
}

// field is the value of one field of a certificate. Before and after stand beside it where there is one.
type field struct {
	Field  string `json:"field"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	place
}

// row is a labelled value on a rule. Its label stands at x, its value from Value to End.
type row struct {
	Chinese string  `json:"chinese"`
	English string  `json:"english"`
	Field   string  `json:"field"`
	Aside   string  `json:"aside,omitempty"` // field set small behind the value
	X       float64 `json:"x"`
	Y       float64 `json:"y"` // of the value's baseline, and the label's
	Value   float64 `json:"value"`
	End     float64 `json:"end"`
	Size    float64 `json:"size"`
	Label   float64 `json:"label"` // size of the Chinese label; the English one, the aside and the rule follow it
	Weight  weight  `json:"weight,omitempty"`
	Lines   int     `json:"lines,omitempty"`
}

// box is a rectangle by its upper left corner.
type box struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
	W float64 `json:"w"`
	H float64 `json:"h"`
}

// code is a QR code with its words below it: Of is the address or the offline text.
type code struct {
	Of    string  `json:"of"`
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
	Side  float64 `json:"side"`
	Label float64 `json:"label"` // size of the Chinese words
}

const (
	codeAddress = "address"
	codeOffline = "offline"
)

// circle is a seal.
type circle struct {
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Radius float64 `json:"radius"`
}

// shape is an ornament in a box. A line goes from the box's upper left to its lower right corner; a fold's box has no width.
type shape struct {
	Kind string `json:"kind"`
	box
	Band      float64 `json:"band,omitempty"`      // of a border: breadth
	Gap       float64 `json:"gap,omitempty"`       // of a flourish: what stays free in the middle
	Thickness float64 `json:"thickness,omitempty"` // of lines
	Colour    string  `json:"colour,omitempty"`
}

const (
	shapeBorder   = "border"   // a band of waves between rules, with a rosette on each corner
	shapeRosette  = "rosette"  // a ring of ellipses
	shapeFlourish = "flourish" // rules with diamonds to both sides of a title
	shapeLine     = "line"
	shapeBox      = "box"   // outline
	shapePanel    = "panel" // filled
	shapeCut      = "cut"   // marks at the corners of what is to be cut out
	shapeFold     = "fold"  // marks above and below a line to fold along
)

// colour is red, green and blue, 0 to 255.
type colour struct{ r, g, b int }

var (
	inkColour  = colour{0x1b, 0x27, 0x33}
	softColour = colour{0x5b, 0x6b, 0x76} // labels and small print, 5:1 on white
	tealColour = colour{0x0b, 0x6e, 0x6e}
	ruleColour = colour{0xb9, 0xd0, 0xd0}
	goldColour = colour{0xb8, 0x9a, 0x5e}
	paleColour = colour{0xe4, 0xef, 0xee}
	sealColour = colour{0xc4, 0x1e, 0x24}
	demoColour = colour{0x9a, 0x5b, 0x00}
	veilColour = colour{0xf6, 0xec, 0xda}
	white      = colour{0xff, 0xff, 0xff}
)

// hue is a colour of the palette.
type hue struct {
	colour
	text bool // dark enough for words: 4.5:1 on white at least
}

// hueOf finds a colour of the palette.
func hueOf(name string) (hue, bool) {
	switch name {
	case "", "ink":
		return hue{inkColour, true}, true
	case "soft":
		return hue{softColour, true}, true
	case "teal":
		return hue{tealColour, true}, true
	case "navy":
		return hue{colour{0x1d, 0x3f, 0x72}, true}, true
	case "crimson":
		return hue{colour{0x9b, 0x1b, 0x30}, true}, true
	case "pine":
		return hue{colour{0x1f, 0x5e, 0x3a}, true}, true
	case "brown":
		return hue{demoColour, true}, true
	case "gold":
		return hue{goldColour, false}, true
	case "rule":
		return hue{ruleColour, false}, true
	case "pale":
		return hue{paleColour, false}, true
	case "veil":
		return hue{veilColour, false}, true
	}
	return hue{}, false
}

func (p place) colour() colour {
	h, _ := hueOf(p.Colour)
	return h.colour
}

func (w weight) style() style { return style(w == bold) }

// fieldText is the text of a field; ok is false when there is no such field. Fields that a layout must place say so in
// requiredFields.
func fieldText(d *Document, name string) (text string, ok bool) {
	switch name {
	case "number":
		return d.Number, true
	case "name":
		return d.Name, true
	case "id_type":
		return d.IDType, true
	case "id_number":
		return d.IDNumber, true
	case "occupation":
		return d.Occupation, true
	case "work_type":
		return d.WorkType, true
	case "level":
		return d.LevelName, true
	case "level_english":
		return d.LevelEnglish, true
	case "issue_date":
		return issueDate(d), true
	case "body":
		return d.Body, true
	case "edition":
		return editionText(d), true
	case "remark":
		return d.Remark, true
	case "lookup":
		return strings.Join(d.Lookup, "　　"), true
	}
	return "", false
}

// requiredFields are what no certificate may lack, in the order they are named when they are missing.
func requiredFields() []string {
	return []string{"number", "name", "id_type", "id_number", "occupation", "work_type", "level", "issue_date", "body", "edition", "remark", "lookup"}
}

func issueDate(d *Document) string { return DateText(d.IssueDate) }

// DateText is a date as certificates print it.
func DateText(d clock.Date) string { return fmt.Sprintf("%d年%d月%d日", d.Year, d.Month, d.Day) }

// editionText is empty on a first issue.
func editionText(d *Document) string {
	if d.Version < 2 {
		return ""
	}
	return fmt.Sprintf("第%d版 Edition %d", d.Version, d.Version)
}

// Words of the page that no layout changes.
const (
	titleText    = "职业技能等级证书"
	englishTitle = "Certificate of Occupational Skill Level"
	demoText     = "演示证书，仅供系统演示，不具有证书效力　·　SPECIMEN — NOT A VALID CERTIFICATE"
	veilText     = "演示"
	photoText    = "照片"
	photoWord    = "Photo"
	scanText     = "扫码核验"
	scanWord     = "Scan to verify"
	offlineText  = "离线核验"
	offlineWord  = "Offline check"
	sealFoot     = "证书专用章"
	sealDemo     = "演示"
	sealDemoFoot = "仅供演示"
)
