package separation

import (
	"context"
	"maps"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// RuleSelf is the rule that needs no policy: nobody has a duty toward themselves.
const RuleSelf = "self"

// Question asks what stands between subjects and candidates on the days of a sitting. It reads every list of ties once,
// however many subjects and days it is asked about, so a whole sitting is one question. It is for one goroutine, and sees
// ties as they were when it came to them: a new question is asked for every decision.
type Question struct {
	judge *Judge
	days  []clock.Date
	walk  *walk
	words *wording
}

// On opens a question about the days; the same day twice is one. It asks for no role: it is for other rooms.
func (j *Judge) On(days ...clock.Date) *Question {
	slices.SortFunc(days, clock.Date.Compare)
	return &Question{judge: j, days: slices.Compact(days), walk: &walk{ties: j.ties, known: map[kindOf][]*Tie{}, apart: map[string]bool{}},
		words: &wording{people: j.people, names: map[Node]string{}}}
}

// Findings returns what forbids the subjects each candidate on any of the days: of every subject and candidate at most one
// finding a rule, and one for each day of a soft rule whose ties differ. The earliest day's come first, and those of a day in
// the order of subjects, candidates and rules. The ties of a chain need not have held at the same time; that errs on the side
// of keeping people apart.
func (q *Question) Findings(ctx context.Context, subjects []Subject, candidates []engine.PersonID) (out []Finding, err error) {
	known, goals := map[string]bool{}, make(map[Node]goal, len(candidates))
	for i, c := range candidates {
		goals[PersonNode(c)] = goal{c, i}
	}
	for _, day := range q.days {
		q.walk.day = day
		found, err := q.onDay(ctx, subjects, goals)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if key := f.Key(); !known[key] {
				known[key] = true
				out = append(out, f)
			}
		}
	}
	return out, q.words.err
}

// goal is a candidate with the place among those who are asked about.
type goal struct {
	person engine.PersonID
	place  int
}

// Beside looks for a finding of the same rule between the same two by other ties, of which none that seen reports on; it
// reports whether there is one. Ties that seen knows are passed over one by one: a chain that has not been seen lacks one
// of each that has.
func (q *Question) Beside(ctx context.Context, f Finding, seen func(Finding) bool) (other Finding, ok bool, err error) {
	for _, id := range f.Ties {
		q.walk.apart[id] = true
		other, ok, err = q.again(ctx, f, seen)
		delete(q.walk.apart, id)
		if ok || err != nil {
			return other, ok, err
		}
	}
	return Finding{}, false, nil
}

func (q *Question) again(ctx context.Context, f Finding, seen func(Finding) bool) (Finding, bool, error) {
	found, err := q.Findings(ctx, []Subject{{Person: f.Staff, Body: f.Body, Role: f.Role}}, []engine.PersonID{f.Candidate})
	for _, other := range found {
		if other.Rule != f.Rule {
			continue
		}
		if !seen(other) {
			return other, true, nil
		}
		if other, more, err := q.Beside(ctx, other, seen); more || err != nil {
			return other, more, err
		}
	}
	return Finding{}, false, err
}

func (q *Question) onDay(ctx context.Context, subjects []Subject, goals map[Node]goal) ([]Finding, error) {
	halves, err := q.halves(ctx, subjects, goals)
	if err != nil {
		return nil, err
	}
	var out []Finding
	for _, s := range subjects {
		found, err := q.of(ctx, s, halves, goals)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// halves begins with every rule that one of the subjects is under; the others stay nil.
func (q *Question) halves(ctx context.Context, subjects []Subject, goals map[Node]goal) ([]*half, error) {
	halves := make([]*half, len(q.judge.policy.Rules))
	for i, rule := range q.judge.policy.Rules {
		under := 0
		for _, s := range subjects {
			if s.under(rule) {
				under++
			}
		}
		if under == 0 {
			continue
		}
		var err error
		if halves[i], err = q.walk.back(ctx, rule, under, goals); err != nil {
			return nil, err
		}
	}
	return halves, nil
}

// of is onDay for one of the subjects.
func (q *Question) of(ctx context.Context, s Subject, halves []*half, goals map[Node]goal) (out []Finding, err error) {
	chains, hit := make([]map[Node][]step, len(halves)), map[Node]bool{}
	for i, h := range halves {
		if h == nil || !s.under(h.rule) {
			continue
		}
		if chains[i], err = q.walk.chains(ctx, h, s.node()); err != nil {
			return nil, err
		}
		for c := range chains[i] {
			hit[c] = true
		}
	}
	if _, among := goals[s.node()]; among {
		hit[s.node()] = true
	}
	for _, c := range slices.SortedFunc(maps.Keys(hit), func(a, b Node) int { return goals[a].place - goals[b].place }) {
		if c == s.node() {
			out = append(out, q.self(ctx, s))
			continue
		}
		for i, found := range chains {
			if path, ok := found[c]; ok {
				out = append(out, q.finding(ctx, s, halves[i].rule, goals[c].person, path))
			}
		}
	}
	return out, nil
}

func (s Subject) node() Node {
	if s.Body != "" {
		return OrgNode(s.Body)
	}
	return PersonNode(s.Person)
}

// under reports whether the rule is about such a subject.
func (s Subject) under(r engine.SeparationRule) bool {
	if s.Body != "" {
		return r.OfBody()
	}
	return !r.OfBody() && slices.Contains(r.Roles, s.Role)
}

func (q *Question) self(ctx context.Context, s Subject) Finding {
	return Finding{Rule: RuleSelf, Role: s.Role, Staff: s.Person, Candidate: s.Person, At: q.judge.clock.Now(),
		Path: []string{dutyNames[s.Role] + q.words.name(ctx, PersonNode(s.Person), "")}, Text: "考生本人"}
}

func (q *Question) finding(ctx context.Context, s Subject, rule engine.SeparationRule, c engine.PersonID, path []step) Finding {
	f := Finding{Rule: rule.ID, Soft: rule.Soft, Role: s.Role, Staff: s.Person, Body: s.Body, Candidate: c, At: q.judge.clock.Now(),
		Path: q.words.path(ctx, s, path), Text: span(path) + rule.Text}
	for _, st := range path {
		f.Ties = append(f.Ties, st.tie.ID)
		f.Contested = f.Contested || st.tie.Contested
	}
	return f
}

// Refused is a *Separated with the findings, nil when there are none.
func Refused(findings []Finding) error {
	if len(findings) == 0 {
		return nil
	}
	return &Separated{Findings: findings}
}
