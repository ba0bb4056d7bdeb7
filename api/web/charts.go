package web

import (
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// charts are the template functions that hand numbers to charts and tables.
func charts() template.FuncMap {
	return template.FuncMap{
		"share": share, "cent": cent, "dec": dec, "json": jsonOf, "labelsOf": labelsOf, "binSeries": binSeries, "spotsOf": spotsOf,
		"optionLabels": optionLabels, "optionSeries": optionSeries, "signed": signed, "dot": dot, "alpha": alpha,
		"dec2": func(f float64) string { return dec(&f) }, "share1": func(f float64) string { return share(&f) },
	}
}

// absent stands in tables for what is not defined.
const absent = "–"

// share writes a share from 0 to 1 in per cent.
func share(f *float64) string {
	if f == nil {
		return absent
	}
	return fixed(*f*100, 1) + "%"
}

// cent writes what is in per cent already.
func cent(f *float64) string {
	if f == nil {
		return absent
	}
	return fixed(*f, 1) + "%"
}

// dec writes a number with two decimals.
func dec(f *float64) string {
	if f == nil {
		return absent
	}
	return fixed(*f, 2)
}

// fixed writes so many decimals; what rounds to nothing has no sign.
func fixed(f float64, decimals int) string {
	s := strconv.FormatFloat(f, 'f', decimals, 64)
	if rest, ok := strings.CutPrefix(s, "-"); ok && strings.Trim(rest, "0.") == "" {
		return rest
	}
	return s
}

// jsonOf hands a value to a script.
func jsonOf(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

func labelsOf(bins []Bin) []string {
	all := make([]string, len(bins))
	for i, b := range bins {
		all[i] = b.Label
	}
	return all
}

// series is one row of columns of a chart.
type series struct {
	Name   string  `json:"name"`
	Values []int64 `json:"values"`
}

func binSeries(name string, bins []Bin) []series {
	s := series{Name: name}
	for _, b := range bins {
		s.Values = append(s.Values, b.Count)
	}
	return []series{s}
}

func optionLabels(options []OptionNumbers) []string {
	all := make([]string, len(options))
	for i, o := range options {
		if all[i] = o.Letter; o.Key {
			all[i] += " ✓"
		}
	}
	return all
}

// optionSeries stacks the groups of those who chose an option; names are those of the groups, lowest first.
func optionSeries(options []OptionNumbers, names []string) []series {
	all := make([]series, len(names))
	for g, name := range names {
		all[g].Name = name
		for _, o := range options {
			n := int64(0)
			if g < len(o.Groups) {
				n = o.Groups[g]
			}
			all[g].Values = append(all[g].Values, n)
		}
	}
	return all
}

// spot is one item in the chart of facility and discrimination.
type spot struct {
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	Name string  `json:"name"`
	Href string  `json:"href"`
	Flag bool    `json:"flag"`
}

// spotsOf leaves out items that lack one of the two numbers.
func spotsOf(items []ItemStat) []spot {
	all := []spot{}
	for _, i := range items {
		if i.Facility != nil && i.Discrimination != nil {
			all = append(all, spot{X: tenth(*i.Facility * 100), Y: tenth(*i.Discrimination), Name: fmt.Sprintf("%s v%d", i.Code, i.Version),
				Href: "/bank/items/" + i.Code, Flag: len(i.Flags) > 0})
		}
	}
	return all
}

func tenth(f float64) float64 { return math.Round(f*10) / 10 }
