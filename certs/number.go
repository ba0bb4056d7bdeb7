package certs

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/skillcert/skillcert/engine"
)

// Lengths of the parts of a number, in characters.
const (
	numberLength = 22
	filingLength = 13
	prefixLength = filingLength + 2 + 1 // filing number, year, level: what a serial counts within
)

// MaxSerial is the last of the serials that a body has for one level in one year (000001 to 999999; domain facts §2.1).
const MaxSerial = 999_999

var filingForm = regexp.MustCompile(`^[YS][0-9]{12}$`)

// ParseNumber reads a number as people type it: spaces may stand in it, letters may be small or full-width. Serial
// 000000 is never given out.
func ParseNumber(s string) (Number, error) {
	n := plain(s)
	if !numberShaped(n) || strings.HasSuffix(n, "000000") {
		return "", ErrNumber
	}
	return Number(n), nil
}

// numberShaped is [YS][0-9]{14}[345][0-9]{6}. Whoever checks a certificate sends a number, so it is looked at without a regular
// expression.
func numberShaped(s string) bool {
	if len(s) != len("S000012009999265000001") || s[0] != 'Y' && s[0] != 'S' {
		return false
	}
	for n := 1; n < len(s); n++ {
		if s[n] < '0' || s[n] > '9' {
			return false
		}
	}
	level := s[prefixLength-1]
	return level >= '3' && level <= '5'
}

// plain drops spaces and brings full-width forms (U+FF01 to U+FF5E) and small letters to plain capitals.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		}
		return unicode.ToUpper(r)
	}, s)
}

// NewNumber composes a number. The filing number is the body's, the year that of issue.
func NewNumber(filing string, year int, level engine.Level, serial int) (Number, error) {
	switch {
	case !filingForm.MatchString(filing):
		return "", ErrNumber.With("备案号“%s”不正确", filing)
	case year < 2000 || year > 2099:
		return "", ErrNumber.With("年份%d不正确", year)
	case !level.Valid():
		return "", engine.ErrLevel
	case serial < 1 || serial > MaxSerial:
		return "", ErrSerials
	}
	return Number(fmt.Sprintf("%s%02d%d%06d", filing, year%100, uint8(level), serial)), nil
}

// Filing is the filing number (备案号) of the body that gave the number.
func (n Number) Filing() string { return string(n[:filingLength]) }

// Year is the year of issue.
func (n Number) Year() int { return 2000 + digits(n[filingLength:prefixLength-1]) }

// Level is the level certified.
func (n Number) Level() engine.Level { return engine.Level(digits(n[prefixLength-1 : prefixLength])) }

// Serial counts within the prefix, from 1.
func (n Number) Serial() int { return digits(n[prefixLength:]) }

// Prefix is what all numbers of one body, year and level begin with.
func (n Number) Prefix() string { return string(n[:prefixLength]) }

// Next is the number after n within its prefix.
func (n Number) Next() (Number, error) {
	return NewNumber(n.Filing(), n.Year(), n.Level(), n.Serial()+1)
}

func digits(n Number) int {
	v, err := strconv.Atoi(string(n))
	if err != nil {
		return 0
	}
	return v
}

// Shape is a form of certificate number that circulates.
type Shape string

// The shapes. Only Current ones are given out; the others are evidence of an earlier level (domain facts §2.2).
const (
	Current       Shape = "current"       // 22 characters
	Pilot         Shape = "pilot"         // 20 characters of the first skill certificates
	Qualification Shape = "qualification" // 16 digits of the old 职业资格证书
	Senior        Shape = "senior"        // 特级技师, two letters and 20 digits: outside the levels examined here
)

var shapes = []struct {
	shape Shape
	form  *regexp.Regexp
}{
	{Current, regexp.MustCompile(`^[YS][0-9]{14}[1-5][0-9]{6}$`)},
	{Pilot, regexp.MustCompile(`^R[GSCX][NW][0-9]{11}[1-5][0-9]{5}$`)},
	{Qualification, regexp.MustCompile(`^[0-9]{6}[0-4][0-9]{3}[1-5][0-9]{5}$`)},
	{Senior, regexp.MustCompile(`^[A-Z]{2}[0-9]{20}$`)},
}

// ParseEvidence reads the number of a certificate that somebody shows, whoever issued it and when.
func ParseEvidence(s string) (number string, shape Shape, err error) {
	number = plain(s)
	for _, c := range shapes {
		if c.form.MatchString(number) {
			return number, c.shape, nil
		}
	}
	return "", "", ErrNumber.With("不是已知的证书编号形式")
}
