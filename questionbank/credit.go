package questionbank

import (
	"slices"

	"github.com/skillcert/skillcert/engine"
)

// Credit is what an incomplete answer to a multiple item earns (多选题计分规则). A wrong option earns nothing under
// either rule, so that choosing everything never pays.
type Credit string

// The rules. The zero value, which every blueprint from before there was a choice has, means AllOrNothing.
const (
	AllOrNothing Credit = "all-or-nothing" // 少选、多选、错选均不得分
	PartialRight Credit = "partial"        // 少选且无错选的，按选对的比例得分；有错选的不得分
)

// Credits lists the rules, the default first.
func Credits() []Credit { return []Credit{AllOrNothing, PartialRight} }

// Earned is what picked earns of full by a key: options of one item version, each list ascending and without
// repetition. A share is rounded down to the hundredth.
func (c Credit) Earned(full engine.Points, picked, key []int) engine.Points {
	for _, option := range picked {
		if !slices.Contains(key, option) {
			return 0
		}
	}
	switch {
	case len(picked) == 0:
		return 0
	case len(picked) == len(key):
		return full
	case c == PartialRight:
		return engine.Points(int64(full) * int64(len(picked)) / int64(len(key)))
	}
	return 0
}

// CreditRule is the rule that holds.
func (b Blueprint) CreditRule() Credit {
	if b.MultipleCredit == "" {
		return AllOrNothing
	}
	return b.MultipleCredit
}
