package record

import (
	"slices"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
)

// Property is one piece of what the bank knows of an item beside its text, for formats that carry it as tags.
type Property struct{ Name, Value string }

// Properties lists what the bank knows of an item beside its text. The order is fixed, and what is not set is left out.
func Properties(v questionbank.ItemVersion) []Property {
	all := []Property{{"type", string(v.Type)}, {"level", number(int(v.Level))}, {"point", v.Point}, {"difficulty", number(v.Difficulty)},
		{"seconds", number(v.Seconds)}, {"province", v.Province}, {"enemy", v.Enemy}, {"source", v.Source}, {"sample", ""}}
	if v.Sample {
		all[len(all)-1].Value = "yes"
	}
	return slices.DeleteFunc(all, func(p Property) bool { return p.Value == "" })
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// SetProperty takes one property over. A value that cannot be is left for the rules to find, as a zero.
func SetProperty(v *questionbank.ItemVersion, p Property) (known bool) {
	n, _ := strconv.Atoi(p.Value)
	switch p.Name {
	case "type":
		v.Type = questionbank.ItemType(p.Value)
	case "level":
		v.Level = engine.Level(min(max(n, 0), 9))
	case "point":
		v.Point = p.Value
	case "difficulty":
		v.Difficulty = n
	case "seconds":
		v.Seconds = n
	case "province":
		v.Province = p.Value
	case "enemy":
		v.Enemy = p.Value
	case "source":
		v.Source = p.Value
	case "sample":
		v.Sample = p.Value == "yes"
	default:
		return false
	}
	return true
}

// Prefixed reads "skillcert:name:value".
func Prefixed(s string) (p Property, ok bool) {
	rest, ok := strings.CutPrefix(s, "skillcert:")
	name, value, more := strings.Cut(rest, ":")
	return Property{name, value}, ok && more
}

// String writes what Prefixed reads.
func (p Property) String() string { return "skillcert:" + p.Name + ":" + p.Value }
