package exchange_test

import (
	"strings"
	"testing"

	"github.com/skillcert/skillcert/questionbank/exchange"
)

// What a person is told says what is wrong, in their own words.
func TestSentences(t *testing.T) {
	csv := "题号,题型,题干,正确项,选项A,选项B,鉴定点,难度\nQ-1,单选,甲是什么,A,甲,%s,A-A-A-001,3\n"
	if b := readFile(t, []byte(strings.Replace(csv, "%s", "乙", 1)), given); len(b.Drafts) != 1 {
		t.Errorf("headings in use: %v", b.Problems)
	}
	same := []byte(strings.Replace(csv, "%s", "甲", 1))
	b := readFile(t, same, given)
	if len(b.Problems) != 1 {
		t.Fatal(b.Problems)
	}
	if s := b.Problems[0].String(); strings.Contains(s, "应为选项重复") || !strings.HasSuffix(s, "为“甲”：选项重复") {
		t.Errorf("%s", s)
	}
	_, err := exchange.Read("x", []byte("会议纪要\n没有试题"), given)
	if err == nil || !strings.Contains(err.Error(), "试题编号/编号、题型、题干、答案/正确答案") {
		t.Errorf("%v", err)
	}
}
