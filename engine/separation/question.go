package separation

import (
	"context"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// RuleSelf is the rule that needs no policy: nobody has a duty toward themselves.
const RuleSelf = "self"

// Question asks what stands between subjects and candidates on the days of a sitting. It reads every list of ties once, and
// once who is one human under two documents, however many subjects and days it is asked about, so a whole sitting is one
// question. It is for one goroutine, and sees ties as they were when it came to them: a new question is asked for every decision.
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
//
// Whoever is one human under several documents is one in every rule; the path says where it passes from one to the other.
func (q *Question) Findings(ctx context.Context, subjects []Subject, candidates []engine.PersonID) (out []Finding, err error) {
	if q.walk.fold == nil {
		if q.walk.fold, err = q.judge.readFolding(ctx); err != nil {
			return nil, err
		}
	}
	known, goals := map[string]bool{}, make(goals, len(candidates))
	for i, c := range candidates {
		at := q.walk.fold.of(PersonNode(c))
		goals[at] = append(goals[at], goal{c, i})
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

// goals are the candidates by their nodes, several at one node where one human is among them under several documents.
type goals map[Node][]goal

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

func (q *Question) onDay(ctx context.Context, subjects []Subject, goals goals) ([]Finding, error) {
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
func (q *Question) halves(ctx context.Context, subjects []Subject, goals goals) ([]*half, error) {
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
func (q *Question) of(ctx context.Context, s Subject, halves []*half, goals goals) (out []Finding, err error) {
	start := q.walk.fold.of(s.node())
	chains, hit := make([]map[Node][]step, len(halves)), map[Node]bool{}
	for i, h := range halves {
		if h == nil || !s.under(h.rule) {
			continue
		}
		if chains[i], err = q.walk.chains(ctx, h, start); err != nil {
			return nil, err
		}
		for c := range chains[i] {
			hit[c] = true
		}
	}
	if _, among := goals[start]; among {
		hit[start] = true
	}
	for _, c := range goals.at(hit) {
		at := q.walk.fold.of(PersonNode(c.person))
		if at == start {
			out = append(out, q.self(ctx, s, c.person))
			continue
		}
		for i, found := range chains {
			if path, ok := found[at]; ok {
				out = append(out, q.finding(ctx, s, halves[i].rule, c.person, path))
			}
		}
	}
	return out, nil
}

// at are the goals at some of the nodes, in the order of the candidates.
func (g goals) at(nodes map[Node]bool) (all []goal) {
	for n := range nodes {
		all = append(all, g[n]...)
	}
	slices.SortFunc(all, func(a, b goal) int { return a.place - b.place })
	return all
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

func (q *Question) self(ctx context.Context, s Subject, c engine.PersonID) Finding {
	return Finding{Rule: RuleSelf, Role: s.Role, Staff: s.Person, Candidate: c, At: q.judge.clock.Now(),
		Path: q.words.path(ctx, q.walk.fold, s, nil, PersonNode(c)), Text: "考生本人"}
}

func (q *Question) finding(ctx context.Context, s Subject, rule engine.SeparationRule, c engine.PersonID, path []step) Finding {
	f := Finding{Rule: rule.ID, Soft: rule.Soft, Role: s.Role, Staff: s.Person, Body: s.Body, Candidate: c, At: q.judge.clock.Now(),
		Path: q.words.path(ctx, q.walk.fold, s, path, PersonNode(c)), Text: span(path) + rule.Text}
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
