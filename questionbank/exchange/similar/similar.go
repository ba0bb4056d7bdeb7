// Package similar finds items that ask the same, and items that ask nearly the same.
//
// Two items are the same question when stem and options agree after letter case, width, blanks and punctuation are
// evened out, in whatever order the options stand. They are near when the sets of three-character pieces of their
// texts overlap by at least Threshold (Jaccard index: shared ÷ all). Only items that can meet in one form are compared:
// of one level, with the same images, both of one province or one of them national.
//
// Nothing is sampled or hashed away: pairs are found by the rarest pieces of each text, which two texts as near as that
// cannot all lack (prefix filtering), so that the answer depends on the items alone.
package similar

import (
	"slices"
	"strings"

	"github.com/skillcert/skillcert/questionbank"
)

// Kind is how an item relates to another.
type Kind string

// The kinds, gravest first.
const (
	Conflict Kind = "conflict" // the same question with another key
	Exact    Kind = "exact"
	Near     Kind = "near"
)

// Threshold is the overlap from which on items are near, in thousandths.
const Threshold = 800

// Bounds of the work on one item. A bank of one template could otherwise make every item a relation of every other.
const (
	maxMatches = 5
	maxChecks  = 500
	maxScans   = 5_000
)

// Match is another item that asks the same or nearly the same.
type Match struct {
	Kind   Kind `json:"kind"`
	InBank bool `json:"in_bank"` // Other counts in the bank, else in the batch
	Other  int  `json:"other"`
	Score  int  `json:"score"` // overlap in thousandths, 1000 for the same question
}

// Found is what was found for one item: at most five matches, gravest and nearest first. Cut says that the search
// for near ones was ended before all were seen.
type Found struct {
	Matches []Match
	Cut     bool
}

// Find looks for every item of the batch among the bank and the items before it in the batch.
func Find(bank, batch []questionbank.ItemVersion) []Found {
	docs := readAll(bank, batch)
	found := make([]Found, len(batch))
	same := sameQuestions(docs, len(bank))
	near := nearQuestions(docs, len(bank))
	for n := range batch {
		found[n] = Found{Matches: merge(same[n], near[n].Matches), Cut: near[n].Cut}
	}
	return found
}

// merge puts exact matches before near ones of other items.
func merge(same, near []Match) []Match {
	for _, m := range near {
		known := func(s Match) bool { return s.InBank == m.InBank && s.Other == m.Other }
		if !slices.ContainsFunc(same, known) {
			same = append(same, m)
		}
	}
	return same[:min(len(same), maxMatches)]
}

// overlay reports whether items of two provinces can meet in one form.
func overlay(a, b string) bool { return a == b || a == "" || b == "" }

// sameQuestions finds exact matches and conflicts of the documents from first on.
func sameQuestions(docs []document, first int) [][]Match {
	out := make([][]Match, len(docs)-first)
	groups := make(map[digest][]int32, len(docs))
	for n, d := range docs {
		group := groups[d.question]
		if n >= first {
			out[n-first] = exact(docs, group, n, first)
		}
		groups[d.question] = append(group, int32(n))
	}
	return out
}

// exact lists a few of a group: conflicts before others.
func exact(docs []document, group []int32, n, first int) (all []Match) {
	for _, kind := range []Kind{Conflict, Exact} {
		for _, g := range group {
			o := docs[g]
			if !overlay(o.item.Province, docs[n].item.Province) || agree(o, docs[n]) != (kind == Exact) {
				continue
			}
			all = append(all, match(kind, int(g), first, 1000))
			if len(all) == maxMatches {
				return all
			}
		}
	}
	return all
}

func match(kind Kind, n, first, score int) Match {
	if n < first {
		return Match{Kind: kind, InBank: true, Other: n, Score: score}
	}
	return Match{Kind: kind, Other: n - first, Score: score}
}

// agree reports whether two of the same question have the same key, by what the options say. The bank tells some texts
// apart that are one here; what contradicts by its measure contradicts here too.
func agree(a, b document) bool {
	return a.key == b.key && (a.item.Wording() != b.item.Wording() || answer(a.item) == answer(b.item))
}

// answer names the right options as the bank compares them.
func answer(v *questionbank.ItemVersion) string {
	return questionbank.ItemVersion{Level: v.Level, Options: right(v)}.Wording()
}

// Same reports whether two items are the same question, whatever their keys; Agree whether their keys are too.
func Same(v, w questionbank.ItemVersion) (same, keys bool) {
	a, b := read(&v), read(&w)
	return a.question == b.question, a.question == b.question && agree(a, b)
}

// Normal evens out what does not change what a text asks: letter case, width, blanks, and punctuation but for what
// stands within numbers and for signs.
func Normal(s string) string {
	var b strings.Builder
	normal(s, func(r rune) { b.WriteRune(r) })
	return b.String()
}
