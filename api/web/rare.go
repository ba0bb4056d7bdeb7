package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/engine/errs"
)

// maxRare bounds the code points of one subset font.
const maxRare = 400

// ErrRare refuses a list of code points that no page asked for.
var ErrRare = errs.New(errs.Invalid, "font.points", "生僻字列表不正确")

// rareRune reports whether common systems may lack a glyph for r: Extension A, the late additions at the end of the
// unified block (GB 18030-2022 level 1), compatibility ideographs, and every supplementary ideographic plane.
func rareRune(r rune) bool {
	return r >= 0x3400 && r <= 0x4DBF || r >= 0x9FA6 && r <= 0x9FFF || r >= 0xF900 && r <= 0xFAFF ||
		r >= 0x20000 && r <= 0x3FFFF
}

// rarePoints lists the rare characters of s, ascending, in hexadecimal, joined by hyphens.
func rarePoints(s string) string {
	var found []rune
	for _, r := range s {
		if rareRune(r) && !slices.Contains(found, r) && len(found) < maxRare {
			found = append(found, r)
		}
	}
	slices.Sort(found)
	hex := make([]string, len(found))
	for i, r := range found {
		hex[i] = strconv.FormatInt(int64(r), 16)
	}
	return strings.Join(hex, "-")
}

// ParseRare reads such a list; ErrRare unless every entry is a rare character, ascending, at most maxRare of them.
func ParseRare(points string) ([]rune, error) {
	parts := strings.Split(points, "-")
	if points == "" || len(parts) > maxRare {
		return nil, ErrRare
	}
	runes := make([]rune, 0, len(parts))
	for _, part := range parts {
		n, err := strconv.ParseInt(part, 16, 32)
		if err != nil || !rareRune(rune(n)) || len(runes) > 0 && runes[len(runes)-1] >= rune(n) {
			return nil, ErrRare
		}
		runes = append(runes, rune(n))
	}
	return runes, nil
}

// RareCSS is the style sheet behind /fonts/rare.css?u=points: one family that the pages name last, so that it is
// fetched only where the system has no glyph.
func RareCSS(points string) (string, error) {
	runes, err := ParseRare(points)
	if err != nil {
		return "", err
	}
	ranges := make([]string, len(runes))
	for i, r := range runes {
		ranges[i] = fmt.Sprintf("U+%X", r)
	}
	return fmt.Sprintf("@font-face{font-family:\"Skillcert Rare\";src:url(\"/fonts/rare/%s.ttf\") format(\"truetype\");"+
		"font-display:swap;unicode-range:%s}\n", points, strings.Join(ranges, ",")), nil
}
