package questionbank_test

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/width"

	"github.com/skillcert/skillcert/questionbank"
)

// TestWordingOfEveryCharacter holds the wording to its definition: small letters, one width, then without blanks,
// brackets and marks. Wordings are kept by the store, so no character may ever count otherwise.
func TestWordingOfEveryCharacter(t *testing.T) {
	defined := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) || strings.ContainsRune("()_。?!“”‘’\"'", r) {
				return -1
			}
			return r
		}, width.Fold.String(strings.ToLower(s)))
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if got, want := questionbank.Bare(string(r)), defined(string(r)); got != want {
			t.Fatalf("%U: %q, want %q", r, got, want)
		}
	}
	for _, s := range []string{"", "ＡBc（ｶﾞ）　甲。", "a\xffＺ\xe4\xb8", "İß"} {
		if got, want := questionbank.Bare(s), defined(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}
