package separation

import (
	"context"
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
}

// Known reports whether one of the subjects or candidates had a hand in an item of the release.
func (p Paper) Known(subjects []Subject, candidates []engine.PersonID) bool {
	return slices.ContainsFunc(subjects, func(s Subject) bool { return len(p.Hands[s.Person]) > 0 }) ||
		slices.ContainsFunc(candidates, func(c engine.PersonID) bool { return len(p.Hands[c]) > 0 })
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
	at := slices.IndexFunc(p.Hands[s.Person], func(h questionbank.Hand) bool {
		return slices.Contains(r.Acts, string(h.Act)) && (p.Asked == nil || p.Asked[h.Code])
	})
	if at < 0 {
		return Finding{}, false
	}
	h := p.Hands[s.Person][at]
	path := []string{dutyNames[s.Role] + w.name(ctx, PersonNode(s.Person), ""), actNames[h.Act]}
	if p.Asked != nil {
		path = append(path, h.Code)
	}
	return Finding{Rule: r.ID, Role: s.Role, Path: append(path, p.Name), Text: r.Text, At: j.clock.Now()}, true
}

var actNames = map[questionbank.Act]string{questionbank.ActAuthor: "编写试题", questionbank.ActReview: "审定试题", questionbank.ActConsent: "同意试题入库"}
