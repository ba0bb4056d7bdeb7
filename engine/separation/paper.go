package separation

import (
	"context"
	"maps"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
)

// Paper is what the questions of a sitting are, or will be, taken from: a release while nobody may know which of its
// items are asked, the forms themselves once the sitting is over.
type Paper struct {
	Name  string // 题库版本 2026.1（五级）, 本场次试卷
	Hands map[engine.PersonID][]questionbank.Hand
	Asked map[string]bool // codes of the items in the forms; nil: it is the release, and no item is named

	under map[engine.PersonID][]engine.PersonID // whose hands they were, by who is the same human under another document
}

// Same is the paper for who is one human under several documents: what was done under one was done by all. It is read for
// those who had a hand, who are few.
func (j *Judge) Same(ctx context.Context, p Paper) (Paper, error) {
	p.under = map[engine.PersonID][]engine.PersonID{}
	for _, id := range slices.Sorted(maps.Keys(p.Hands)) {
		twins, err := j.people.Twins(ctx, id)
		if err != nil {
			return p, err
		}
		for _, o := range twins {
			p.under[o] = append(p.under[o], id)
		}
	}
	return p, nil
}

// deed is a hand in an item, and under which of their documents somebody had it.
type deed struct {
	questionbank.Hand
	of engine.PersonID
}

// deeds are what somebody did, under whichever document: first what was done under their own.
func (p Paper) deeds(id engine.PersonID) (all []deed) {
	for _, o := range append([]engine.PersonID{id}, p.under[id]...) {
		for _, h := range p.Hands[o] {
			all = append(all, deed{h, o})
		}
	}
	return all
}

// Known reports whether one of the subjects or candidates had a hand in an item of the release.
func (p Paper) Known(subjects []Subject, candidates []engine.PersonID) bool {
	return slices.ContainsFunc(subjects, func(s Subject) bool { return len(p.deeds(s.Person)) > 0 }) ||
		slices.ContainsFunc(candidates, func(c engine.PersonID) bool { return len(p.deeds(c)) > 0 })
}

// Authors returns whom the policy's paper rules keep from a sitting with that paper, of everybody at most one finding a
// rule: first the subjects, whose findings name no candidate, for they are kept from all of them; then the candidates,
// whose findings have that role and name nobody on duty. It asks for no role: it is for other rooms.
func (j *Judge) Authors(ctx context.Context, p Paper, subjects []Subject, candidates []engine.PersonID) ([]Finding, error) {
	w := &wording{people: j.people, names: map[Node]string{}}
	var out []Finding
	for _, s := range subjects {
		for _, r := range j.policy.Papers {
			if f, ok := j.author(ctx, w, p, r, s); ok {
				f.Staff = s.Person
				out = append(out, f)
			}
		}
	}
	for _, c := range candidates {
		for _, r := range j.policy.Papers {
			if f, ok := j.author(ctx, w, p, r, Subject{Person: c, Role: authz.Candidate}); ok {
				f.Candidate = c
				out = append(out, f)
			}
		}
	}
	return out, w.err
}

// author is the finding of one rule against one person, without saying yet on which side of the table they sit.
func (j *Judge) author(ctx context.Context, w *wording, p Paper, r engine.PaperRule, s Subject) (Finding, bool) {
	if !slices.Contains(r.Roles, s.Role) {
		return Finding{}, false
	}
	deeds := p.deeds(s.Person)
	at := slices.IndexFunc(deeds, func(h deed) bool {
		return slices.Contains(r.Acts, string(h.Act)) && (p.Asked == nil || p.Asked[h.Code])
	})
	if at < 0 {
		return Finding{}, false
	}
	h, path := deeds[at], []string{dutyNames[s.Role] + w.name(ctx, PersonNode(s.Person), "")}
	if h.of != s.Person {
		path = append(path, wordSame, w.name(ctx, PersonNode(h.of), ""))
	}
	path = append(path, actNames[h.Act])
	if p.Asked != nil {
		path = append(path, h.Code)
	}
	return Finding{Rule: r.ID, Role: s.Role, Path: append(path, p.Name), Text: r.Text, At: j.clock.Now()}, true
}

var actNames = map[questionbank.Act]string{questionbank.ActAuthor: "编写试题", questionbank.ActReview: "审定试题", questionbank.ActConsent: "同意试题入库"}
