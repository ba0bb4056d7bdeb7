package exchange

import (
	"slices"
	"strings"

	"golang.org/x/text/width"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
)

// parseKey reads a key against the options of its item and returns indexes, ascending. What cannot be read for certain
// is answered with what is allowed.
//
// Letters stand for options, with or without marks between them, in any order: BDA and A、B、D say the same. numbers
// allows option numbers from 1 instead; letters and numbers are never mixed. A judgement takes a word, or a letter or
// number of an option that is such a word.
func parseKey(t questionbank.ItemType, s string, options []string, numbers bool) (key []int, want string) {
	s = strings.ToUpper(strings.TrimSpace(width.Fold.String(s)))
	if t == questionbank.Judgement {
		return judged(s, options, numbers)
	}
	key, ok := chosen(s, len(options), numbers)
	if !ok {
		return nil, allowed(len(options), numbers)
	}
	return key, ""
}

func allowed(options int, numbers bool) string {
	switch {
	case options == 0:
		return "选项的字母，但没有选项"
	case numbers:
		return "A至" + letter(options-1) + "的字母或1至" + string(rune('0'+options)) + "的序号，不重复"
	}
	return "A至" + letter(options-1) + "的字母，不重复"
}

// chosen reads letters, or numbers where they are allowed. There are at most eight options, so a number is one digit.
func chosen(s string, options int, numbers bool) (key []int, ok bool) {
	s = strings.NewReplacer(",", "", "、", "", "､", "", ";", "", "/", "", " ", "").Replace(s)
	first := byte('A')
	if numbers && s != "" && s[0] >= '0' && s[0] <= '9' {
		first = '1'
	}
	for i := range len(s) {
		n := int(s[i]) - int(first)
		if n < 0 || n >= options || slices.Contains(key, n) {
			return nil, false
		}
		key = append(key, n)
	}
	slices.Sort(key)
	return key, len(key) > 0
}

func judged(s string, options []string, numbers bool) (key []int, want string) {
	const words = "T、F，正确、错误或对、错"
	if n := record.Verdict(s); n >= 0 {
		return []int{n}, ""
	}
	if len(options) != 2 {
		return nil, words
	}
	first, second := record.Verdict(options[0]), record.Verdict(options[1])
	picked, ok := chosen(s, 2, numbers)
	if first < 0 || first+second != 1 || !ok || len(picked) != 1 {
		return nil, words
	}
	return []int{[]int{first, second}[picked[0]]}, ""
}
