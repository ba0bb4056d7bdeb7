package record

import (
	"strings"

	"golang.org/x/text/width"

	"github.com/skillcert/skillcert/questionbank"
)

// Verdict is the index of a word for true or false in the options of a judgement, -1 for every other word.
func Verdict(s string) int {
	switch strings.ToUpper(strings.TrimSpace(width.Fold.String(s))) {
	case "T", "TRUE", "正确", "对", "√":
		return 0
	case "F", "FALSE", "错误", "错", "×":
		return 1
	}
	return -1
}

// AsJudgement turns an item of two options that are the words for true and false into a judgement.
func AsJudgement(v *questionbank.ItemVersion) {
	if v.Type != questionbank.Single || len(v.Options) != 2 || len(v.Key) != 1 || v.Key[0] > 1 {
		return
	}
	first, second := Verdict(v.Options[0]), Verdict(v.Options[1])
	if first < 0 || second < 0 || first == second {
		return
	}
	v.Type, v.Key, v.Options = questionbank.Judgement, []int{[]int{first, second}[v.Key[0]]}, questionbank.Judged()
}

// Difficulties are the five words of learning object metadata (IEEE 1484.12.1, 5.8), from easy to hard.
func Difficulties() []string {
	return []string{"very easy", "easy", "medium", "difficult", "very difficult"}
}

// Grades are the five words in use for difficulty, from easy to hard.
func Grades() []string { return []string{"易", "较易", "中等", "较难", "难"} }
