package exchange_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
)

func TestKeys(t *testing.T) {
	four := []string{"甲", "乙", "丙", "丁"}
	eight := []string{"1", "2", "3", "4", "5", "6", "7", "8"}
	const single, multiple, judgement = questionbank.Single, questionbank.Multiple, questionbank.Judgement
	for _, s := range []struct {
		t       questionbank.ItemType
		key     string
		options []string
		numbers bool
		want    string // indexes, "" for a refusal
	}{
		{single, "A", four, false, "[0]"},
		{single, "D", four, false, "[3]"},
		{single, "E", four, false, ""}, // one beyond the options
		{single, "d", four, false, "[3]"},
		{single, "Ｂ", four, false, "[1]"}, // full width
		{single, " B ", four, false, "[1]"},
		{single, "", four, false, ""},
		{single, "、", four, false, ""},
		{single, "4", four, false, ""}, // numbers only where the shape has them
		{single, "4", four, true, "[3]"},
		{single, "5", four, true, ""},
		{single, "0", four, true, ""},
		{single, "A", nil, false, ""},
		{single, "甲", four, false, ""},
		{single, "T", four, false, ""},
		{multiple, "ACD", four, false, "[0 2 3]"},
		{multiple, "BDA", four, false, "[0 1 3]"}, // the order in which somebody clicked
		{multiple, "A、B，D", four, false, "[0 1 3]"},
		{multiple, "A;B/C", four, false, "[0 1 2]"},
		{multiple, "AA", four, false, ""},
		{multiple, "ABE", four, false, ""},
		{multiple, "134", four, true, "[0 2 3]"},
		{multiple, "1,3，4", four, true, "[0 2 3]"},
		{multiple, "1A", four, true, ""}, // letters and numbers are not mixed
		{multiple, "A1", four, true, ""},
		{multiple, "12345678", eight, true, "[0 1 2 3 4 5 6 7]"},
		{multiple, "9", eight, true, ""},
		{multiple, "1.0", four, true, ""},
		{judgement, "T", nil, false, "[0]"},
		{judgement, "f", nil, false, "[1]"},
		{judgement, "正确", nil, false, "[0]"},
		{judgement, "错误", nil, false, "[1]"},
		{judgement, "对", nil, false, "[0]"},
		{judgement, "错", nil, false, "[1]"},
		{judgement, "√", nil, false, "[0]"},
		{judgement, "×", nil, false, "[1]"},
		{judgement, "是", nil, false, ""},
		{judgement, "A", nil, false, ""}, // means nothing without options
		{judgement, "1", nil, true, ""},
		{judgement, "A", []string{"正确", "错误"}, false, "[0]"},
		{judgement, "B", []string{"对", "错"}, false, "[1]"},
		{judgement, "A", []string{"错误", "正确"}, false, "[1]"}, // the option counts, not its place
		{judgement, "2", []string{"正确", "错误"}, true, "[1]"},
		{judgement, "2", []string{"正确", "错误"}, false, ""},
		{judgement, "AB", []string{"正确", "错误"}, false, ""},
		{judgement, "A", []string{"正确", "对"}, false, ""},
		{judgement, "A", []string{"甲", "乙"}, false, ""},
	} {
		key, want := exchange.ParseKey(s.t, s.key, s.options, s.numbers)
		got := fmt.Sprint(key)
		if (s.want == "") != (want != "") || s.want != "" && got != s.want {
			t.Errorf("%s %q of %d options, numbers %t: %s (%s), want %q", s.t, s.key, len(s.options), s.numbers, got, want, s.want)
		}
	}
}

// FuzzKey: whatever a cell holds, a key that is accepted lies inside the options, ascends, and reads back as itself.
func FuzzKey(f *testing.F) {
	for _, s := range []string{"A", "BDA", "1,3", "T", "正确", "Ａ、Ｃ", "\x00", "AB12", "九"} {
		f.Add(s, uint8(4), true)
	}
	f.Fuzz(func(t *testing.T, s string, options uint8, numbers bool) {
		for _, kind := range questionbank.ItemTypes() {
			texts := slices.Repeat([]string{"正确"}, int(options%9))
			key, want := exchange.ParseKey(kind, s, texts, numbers)
			if (want == "") != (len(key) > 0) {
				t.Fatalf("%q: key %v, want %q", s, key, want)
			}
			n := len(texts)
			if kind == questionbank.Judgement {
				n = 2
			}
			for i, k := range key {
				if k < 0 || k >= n || i > 0 && key[i-1] >= k {
					t.Fatalf("%q of %d options: %v", s, n, key)
				}
			}
		}
	})
}

// TestKeyOrderAndMarksSayNothing: letters in any order with any marks between them are one key.
func TestKeyOrderAndMarksSayNothing(t *testing.T) {
	options := []string{"一", "二", "三", "四", "五", "六", "七", "八"}
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SliceOfNDistinct(rapid.SampledFrom(strings.Split("ABCDEFGH", "")), 1, 8, rapid.ID[string]).Draw(t, "letters")
		mark := rapid.SampledFrom([]string{"", ",", "，", "、", "；", " ", "/"}).Draw(t, "mark")
		key, want := exchange.ParseKey(questionbank.Multiple, strings.Join(letters, mark), options, false)
		var back []string
		for _, k := range key {
			back = append(back, string(rune('A'+k)))
		}
		slices.Sort(letters)
		if want != "" || strings.Join(back, "") != strings.Join(letters, "") {
			t.Fatalf("%v with %q became %v (%s)", letters, mark, back, want)
		}
	})
}
