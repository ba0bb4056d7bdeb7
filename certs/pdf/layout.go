package pdf

import (
	"fmt"
	"strings"
)

// All measures of the page stand here. Lengths are in mm from the top left corner of a landscape A4 sheet, text sizes
// in points. The national reference layout was not at hand (domain facts §3): the fields printed are those it lists,
// their arrangement is ours.
const (
	pageWidth  = 297.0
	pageHeight = 210.0
	middle     = pageWidth / 2
)

// colour is red, green and blue, 0 to 255.
type colour struct{ r, g, b int }

var (
	inkColour  = colour{0x1b, 0x27, 0x33}
	softColour = colour{0x5b, 0x6b, 0x76} // labels and small print, 5:1 on white
	tealColour = colour{0x0b, 0x6e, 0x6e}
	ruleColour = colour{0xb9, 0xd0, 0xd0}
	goldColour = colour{0xb8, 0x9a, 0x5e}
	paleColour = colour{0xe4, 0xef, 0xee} // rosette behind the text
	sealColour = colour{0xc4, 0x1e, 0x24}
	demoColour = colour{0x9a, 0x5b, 0x00}
	veilColour = colour{0xf6, 0xec, 0xda} // 演示 behind the text
	white      = colour{0xff, 0xff, 0xff}
)

type align uint8

const (
	left align = iota
	centre
)

// place is where a line of text goes: x, y is the left end or the middle of its baseline. Text wider
// than width is set smaller until it fits; it is never cut.
type place struct {
	x, y, size, width float64
	at                align
	in                style
	ink               colour
}

// box is a rectangle by its upper left corner.
type box struct{ x, y, w, h float64 }

// border is a band of waves between two rules, with a rosette on each corner and a fine rule inside.
var border = struct {
	outer, inner, fine             float64 // distance of the rules from the edge of the sheet
	outerLine, innerLine, fineLine float64 // their thickness
	waveLine                       float64
	period                         float64 // wanted length of a wave; each side is divided evenly
	waves                          int     // strands of the band, evenly out of phase
	petals                         int     // ellipses of a corner
}{
	outer: 9, inner: 16.5, fine: 18.2, outerLine: 0.7, innerLine: 0.35, fineLine: 0.2,
	waveLine: 0.14, period: 15, waves: 6, petals: 12,
}

// rosette is the ring behind the text: ellipses turned about its middle, the whole flattened.
var rosette = struct {
	x, y, halfWidth, halfHeight float64
	breadth                     float64 // of an ellipse to its length: the ring's hole
	petals                      int
	thickness                   float64
}{x: 176.5, y: 124, halfWidth: 89, halfHeight: 58.5, breadth: 0.74, petals: 60, thickness: 0.16}

var (
	titlePlace   = place{x: middle, y: 43, size: 37, width: 230, at: centre, in: heavy, ink: inkColour}
	englishPlace = place{x: middle, y: 53, size: 12.5, width: 200, at: centre, ink: tealColour}
	titleRule    = struct{ y, inner, outer, diamond float64 }{y: 51.6, inner: 46, outer: 80, diamond: 1.1} // to both sides of the middle

	demoPlace = place{x: middle, y: 62.5, size: 9.5, width: 200, at: centre, ink: demoColour}
	veilPlace = place{x: 176.5, y: 141, size: 136, width: 200, at: centre, in: heavy, ink: veilColour}

	photoBox     = box{x: 36, y: 70, w: 35, h: 49}
	photoChinese = place{x: 53.5, y: 95, size: 11, width: 30, at: centre, ink: softColour}
	photoEnglish = place{x: 53.5, y: 100, size: 7, width: 30, at: centre, ink: softColour}

	qrBox     = box{x: 36.5, y: 130, w: 34, h: 34}
	qrChinese = place{x: 53.5, y: 168, size: 9, width: 40, at: centre, ink: inkColour}
	qrEnglish = place{x: 53.5, y: 171.9, size: 6.5, width: 40, at: centre, ink: softColour}

	statementPlace = place{x: 90, y: 149, size: 12.5, width: 120, ink: inkColour}
	remarkPlace    = place{x: 90, y: 182, size: 8, width: 120, ink: softColour}
	lookupPlace    = place{x: middle, y: 187.6, size: 7.5, width: 230, at: centre, ink: softColour}

	sealCircle = struct{ x, y, radius float64 }{x: 240, y: 157, radius: 20}
)

// qrQuiet is the white around a code, in modules (ISO/IEC 18004).
const qrQuiet = 4

// row is a labelled value on a rule.
type row struct {
	chinese, english string
	x, y             float64 // left end of the label's baseline, which is the value's too
	value, end       float64 // where the value begins and where its rule ends
	size             float64
	in               style
	text             func(*Document) string
	aside            func(*Document) string // small, behind the value; nil for none
}

const (
	englishDrop   = 3.7 // from the Chinese label down to the English one
	ruleDrop      = 2.4 // from the baseline down to the rule
	labelSize     = 10.5
	englishSize   = 6.3
	asideSize     = 9.5
	asideGap      = 4.0
	valueInset    = 1.5 // of the value from the beginning of its rule
	labelToMargin = 2.0 // room kept free between label and rule
)

var rows = []row{
	{chinese: "姓名", english: "Name", x: 90, y: 78, value: 118, end: 263, size: 26, text: func(d *Document) string { return d.Name }},
	{chinese: "证件号码", english: "ID document", x: 90, y: 92, value: 118, end: 263, size: 13.5,
		text: func(d *Document) string { return d.IDNumber }, aside: func(d *Document) string { return d.IDType }},
	{chinese: "职业名称", english: "Occupation", x: 90, y: 106, value: 118, end: 180, size: 14.5, in: heavy, text: func(d *Document) string { return d.Occupation }},
	{chinese: "工种／方向", english: "Work type", x: 186, y: 106, value: 211, end: 263, size: 14.5, in: heavy, text: func(d *Document) string { return d.WorkType }},
	{chinese: "技能等级", english: "Skill level", x: 90, y: 120, value: 118, end: 263, size: 14.5, in: heavy,
		text: func(d *Document) string { return d.LevelName }, aside: func(d *Document) string { return d.LevelEnglish }},
	{chinese: "证书编号", english: "Certificate No.", x: 90, y: 134, value: 118, end: 263, size: 13.5,
		text: func(d *Document) string { return d.Number }, aside: versionText},
	{chinese: "评价机构", english: "Evaluation body", x: 90, y: 161, value: 118, end: 222, size: 13, in: heavy, text: func(d *Document) string { return d.Body }},
	{chinese: "发证日期", english: "Date of issue", x: 90, y: 173, value: 118, end: 222, size: 13, text: issueDate},
}

func issueDate(d *Document) string {
	return fmt.Sprintf("%d年%d月%d日", d.IssueDate.Year, d.IssueDate.Month, d.IssueDate.Day)
}

// Fixed words of the page.
const (
	titleText     = "职业技能等级证书"
	englishTitle  = "Certificate of Occupational Skill Level"
	statementText = "持证人经职业技能等级认定合格，特发此证。"
	demoText      = "演示证书，仅供系统演示，不具有证书效力　·　SPECIMEN — NOT A VALID CERTIFICATE"
	veilText      = "演示"
	photoText     = "照片"
	photoWord     = "Photo"
	scanText      = "扫码核验"
	scanWord      = "Scan to verify"
	sealFoot      = "证书专用章"
	sealDemo      = "演示"
	sealDemoFoot  = "仅供演示"
)

func lookupText(d *Document) string {
	if len(d.Lookup) == 0 {
		return ""
	}
	return "证书查询 Verify at　" + strings.Join(d.Lookup, "　　")
}

// versionText is empty on a first issue.
func versionText(d *Document) string {
	if d.Version < 2 {
		return ""
	}
	return fmt.Sprintf("第%d版 Version %d", d.Version, d.Version)
}
