package questionbank

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/skillcert/skillcert/questionbank/richtext"
)

// Wording names what a version asks, whatever its key says: items of one level with the same stem and the same options,
// in any order, have the same. Blanks, brackets and marks that end a sentence do not count, nor does letter case, nor
// whether a character is wide.
func (v ItemVersion) Wording() string {
	h := sha256.New()
	for _, s := range slices.Concat([]string{v.Level.String(), folded(v.Stem)}, slices.Sorted(slices.Values(each(v.Options, folded)))) {
		h.Write([]byte(s + "\x00")) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// answer is the key by what it says instead of where it stands.
func (v ItemVersion) answer() string {
	var right []string
	for _, k := range v.Key {
		if k >= 0 && k < len(v.Options) {
			right = append(right, folded(v.Options[k]))
		}
	}
	slices.Sort(right)
	return strings.Join(right, "\x00")
}

// folded is a fragment as a person compares it. An image is what it is, not what its alt says.
func folded(fragment string) string {
	if !strings.ContainsAny(fragment, "<&") {
		return bare(fragment)
	}
	s := bare(richtext.Plain(fragment))
	for _, digest := range richtext.Images(fragment) {
		s += "\x01" + digest
	}
	return s
}

// bare is text in small letters of one width, without what does not count. An import reads tens of millions of
// characters through it, nearly all of them ideographs, which are as they are.
func bare(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		if r < '㐀' || r > '鿿' {
			if r = unicode.ToLower(r); r >= utf8.RuneSelf {
				r = narrow(r)
			}
			if unicode.IsSpace(r) || unmeant(r) {
				continue
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}

func narrow(r rune) rune {
	if other := width.LookupRune(r).Folded(); other != 0 {
		return other
	}
	return r
}

// unmeant are brackets, quotation marks and marks that end a sentence.
func unmeant(r rune) bool {
	switch r {
	case '(', ')', '_', '。', '?', '!', '“', '”', '‘', '’', '"', '\'':
		return true
	}
	return false
}

func each[T, R any](all []T, of func(T) R) []R {
	out := make([]R, len(all))
	for n, v := range all {
		out[n] = of(v)
	}
	return out
}

// meet reports whether one candidate may get items of both provinces: the national ones go to everybody.
func meet(a, b string) bool { return a == b || a == "" || b == "" }

// contradicts reports whether two items ask a candidate the same and take different answers for right. Wordings are
// given, because they are costly.
func (v ItemVersion) contradicts(w ItemVersion, wordingV, wordingW string) bool {
	return v.Code != w.Code && wordingV == wordingW && meet(v.Province, w.Province) && v.answer() != w.answer()
}

// wordings finds contradictions among items that are looked at one after another.
type wordings map[string][]ItemVersion

// add returns the code of an item seen before that v contradicts, or "".
func (w wordings) add(v ItemVersion) string { return w.addAs(v, v.Wording()) }

// addAs is add for a version whose wording is known.
func (w wordings) addAs(v ItemVersion, wording string) string {
	for _, seen := range w[wording] {
		if v.contradicts(seen, wording, wording) {
			return seen.Code
		}
	}
	w[wording] = append(w[wording], ItemVersion{Code: v.Code, Province: v.Province, Options: v.Options, Key: v.Key})
	return ""
}

// Facets are the values by which the store finds the item.
func (i *Item) Facets() map[FacetName]string {
	facets := map[FacetName]string{ByState: string(i.State)}
	if len(i.Versions) == 0 {
		return facets
	}
	v := i.Current()
	facets[ByPoint], facets[ByProvince], facets[ByWording] = pointFacet(v.Level, v.Point), National, v.Wording()
	if v.Province != "" {
		facets[ByProvince] = v.Province
	}
	return facets
}
