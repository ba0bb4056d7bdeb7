package assembly_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// toll is what an item counts for a side constraint whose sum is to be small.
func (q *question) toll(name string) func(assembly.Card) int {
	class, end, _ := strings.Cut(strings.TrimPrefix(name, "importance."), ".")
	switch name {
	case "supplement_cap":
		return only(func(c assembly.Card) bool { return c.Province != "" })
	case "seconds.max":
		return func(c assembly.Card) int { return c.Seconds }
	case "seconds.min":
		return func(c assembly.Card) int { return -c.Seconds }
	}
	return only(func(c assembly.Card) bool { return (q.importance[c.Point] == class) == (end == "max") })
}

// proof verifies why a slot is refused, and says by what.
func (q *question) proof(t *testing.T, name string, s *assembly.Shortage) (kind string) {
	fault := func(f string, args ...any) { t.Errorf("%s: %s: %+v", name, fmt.Sprintf(f, args...), s.Report) }
	short := 0
	spare := map[string]int{} // what scopes lack by themselves is left out of the cuts after them
	for _, c := range s.Cuts {
		if need, available := q.cut(&c, spare); need != c.Need || available != c.Available || need-available != c.Short || c.Short <= 0 {
			fault("needs %d, has %d", need, available)
		}
		if b := q.blocked(&c); b != c.Blocked {
			fault("blocked %+v", b)
		}
		short += c.Short
	}
	for _, l := range s.Slacks {
		if l.Constraint == jointly {
			kind, short = "by a search alone", 1
			continue
		}
		over, most := q.over(t, &l), q.most(l.Constraint)
		if over <= 0 || over != l.Slack || q.told(l.Constraint, most) != l.Limit || q.told(l.Constraint, most+over) != l.Best {
			fault("over by %d", over)
		}
		if !strings.HasPrefix(l.Constraint, "seconds") {
			short += l.Slack
		}
	}
	if short != s.Short || len(s.Cuts)+len(s.Slacks) == 0 {
		fault("short by %d", short)
	}
	switch {
	case kind != "":
		return kind
	case len(s.Cuts) > 0:
		return "by cuts"
	}
	return "by slacks"
}

// jointly is the constraint of a slack that says no more than that a search found nothing.
const jointly = "together"

// cut works out both sides of a cut: what its cells need and what all scopes can give of them, or what its scopes need
// and what there is for them, outside the cells that are taken and as places in these.
func (q *question) cut(c *assembly.Cut, spare map[string]int) (need, available int) {
	for _, cell := range c.Cells {
		need += q.places(cell)
	}
	if len(c.Cells) > 0 {
		for scope := range q.bp.Ranges {
			available += min(q.supply(scope, about(c))+spare[scope], q.quota(scope))
		}
		return need, available
	}
	for _, scope := range c.Scopes {
		need += q.quota(scope)
		available += q.supply(scope, about(c)) + spare[scope]
	}
	for _, cell := range c.Taken {
		available += q.places(cell)
	}
	if len(c.Scopes) == 1 && len(c.Taken) == 0 {
		spare[c.Scopes[0]] = need - available
	}
	return need, available
}

// about tells the cards that a cut speaks of.
func about(c *assembly.Cut) func(assembly.Card) bool {
	return func(x assembly.Card) bool {
		in := func(cell string) bool {
			letter, grade, _ := strings.Cut(cell, "/")
			return (letter == "*" || letter == letterOf(x.Type)) && (grade == "" || grade == strconv.Itoa(x.Difficulty))
		}
		if len(c.Cells) > 0 {
			return slices.ContainsFunc(c.Cells, in)
		}
		return !slices.ContainsFunc(c.Taken, in)
	}
}

func letterOf(t questionbank.ItemType) string {
	return []string{"S", "M", "J"}[slices.Index(questionbank.ItemTypes(), t)]
}

// places is how many items of a cell a form has: of a type, of a difficulty, or of both as the joint table says.
func (q *question) places(cell string) (n int) {
	letter, grade, _ := strings.Cut(cell, "/")
	g, _ := strconv.Atoi(grade)
	if letter == "*" {
		return q.bp.Difficulties[g]
	}
	for i, t := range questionbank.ItemTypes() {
		switch {
		case letter != letterOf(t):
		case g > 0:
			n = q.table[i][g-1]
		default:
			n = q.bp.Counts[t]
		}
	}
	return n
}

// supply is how many of the cards a form can have from a scope, whatever its quota: of one point at most the number for it,
// of one group in one bucket one.
func (q *question) supply(scope string, of func(assembly.Card) bool) (n int) {
	there := map[string]map[string]bool{}
	for _, c := range q.usable {
		if !of(c) || q.scope(c) != scope {
			continue
		}
		if there[c.Point] == nil {
			there[c.Point] = map[string]bool{}
		}
		there[c.Point][cmp.Or(q.inBucket(c), c.Handle)] = true
	}
	for _, items := range there {
		n += min(len(items), max(q.bp.MaxPerPoint, 1))
	}
	return n
}

// blocked counts the cards of a cut that may not be used.
func (q *question) blocked(c *assembly.Cut) (b assembly.Blocked) {
	in, of := about(c), func(x assembly.Card) bool {
		if len(c.Cells) > 0 {
			return q.quota(q.scope(x)) > 0
		}
		return slices.Contains(c.Scopes, q.scope(x))
	}
	here := func(x assembly.Card) int { return only(func(x assembly.Card) bool { return in(x) && of(x) })(x) }
	return assembly.Blocked{Seen: sum(q.seen, here), Capped: sum(q.capped, here)}
}

// most is what the items of a form may count together for a side constraint, as toll counts them.
func (q *question) most(name string) int {
	class, end, _ := strings.Cut(strings.TrimPrefix(name, "importance."), ".")
	switch name {
	case "supplement_cap":
		return min(q.bp.SupplementCap, q.bp.Total())
	case "seconds.max":
		return q.bp.Seconds.Max
	case "seconds.min":
		return -q.bp.Seconds.Min
	}
	if end == "max" {
		return q.bp.Importance[class].Max
	}
	return q.bp.Total() - q.bp.Importance[class].Min
}

// told is a sum of tolls as a slack tells it: a least number by what there is of it.
func (q *question) told(name string, n int) int {
	switch {
	case name == "seconds.min":
		return -n
	case strings.HasSuffix(name, ".min"):
		return q.bp.Total() - n
	}
	return n
}

// over is by how much at least every form goes beyond a slack's constraint, the others that the slack names being met.
func (q *question) over(t *testing.T, l *assembly.Slack) int {
	names := []string{l.Constraint}
	if _, others, ok := strings.Cut(l.Text, "须同时满足 "); ok {
		names = append(names, strings.Split(strings.TrimSuffix(others, "）"), "、")...)
	}
	most := 0
	for _, name := range names {
		most += q.most(name)
	}
	rows := q.core(true)
	if !strings.HasPrefix(l.Constraint, "seconds") {
		rows = append(rows, q.enemies(q.inBucket)...)
	}
	return q.least(t, rows, func(c assembly.Card) (n int) {
		for _, name := range names {
			n += q.toll(name)(c)
		}
		return n
	}) - most
}

// least bounds from below what the items of a form cost together. The solver only proposes a price for every sum; that
// no form within the sums costs less is worked out from these in whole numbers, so that it holds whatever the prices.
func (q *question) least(t *testing.T, rows []row, cost func(assembly.Card) int) (bound int) {
	said, lines := glpk(t, q.program("lp", rows, cost))
	if !strings.Contains(said, "OPTIMAL LP SOLUTION FOUND") {
		t.Fatalf("the solver says:\n%s", said)
	}
	price := make([]int, len(rows))
	for _, f := range lines {
		if f[0] != "i" {
			continue
		}
		i, _ := strconv.Atoi(f[1])
		v, err := strconv.ParseFloat(f[4], 64)
		if err != nil {
			t.Fatal(err)
		}
		price[i-1] = int(math.Round(v))
	}
	for i, r := range rows {
		if price[i] > 0 {
			bound += price[i] * r.least
		} else {
			bound += price[i] * r.most
		}
	}
	for _, c := range q.usable {
		left := cost(c)
		for i, r := range rows {
			left -= price[i] * r.weight(c)
		}
		bound += min(left, 0)
	}
	return bound
}
