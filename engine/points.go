package engine

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/engine/errs"
)

// Points are a score (分值) in hundredths, never a floating-point number.
type Points int32

// Pt returns n whole points.
func Pt(n int) Points { return Points(n * 100) }

// ErrPoints refuses text that is no score with at most two decimals.
var ErrPoints = errs.New(errs.Invalid, "points.form", "分值应为不超过两位小数的非负数")

// ParsePoints reads 60, 60.5 or 60.25.
func ParsePoints(s string) (Points, error) {
	whole, frac, dot := strings.Cut(strings.TrimSpace(s), ".")
	if len(frac) > 2 || dot && frac == "" || len(whole) > 6 {
		return 0, ErrPoints
	}
	n, err := strconv.ParseUint(whole+(frac + "00")[:2], 10, 31)
	if err != nil || whole == "" {
		return 0, ErrPoints
	}
	return Points(n), nil
}

// String writes two decimals only when p is not whole.
func (p Points) String() string {
	if p%100 == 0 {
		return strconv.Itoa(int(p / 100))
	}
	sign := ""
	if p < 0 {
		sign, p = "-", -p
	}
	return fmt.Sprintf("%s%d.%02d", sign, p/100, p%100)
}
