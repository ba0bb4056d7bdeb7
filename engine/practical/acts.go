package practical

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Acts answers who did what in a session, from assessments and seals; it is what sitting.Acting asks for.
type Acts struct {
	Assessments Assessments
	Seals       engine.Seals
}

// Acts implements sitting.Acting. It asks for no role, and tells no scores.
func (a Acts) Acts(ctx context.Context, id sitting.SessionID) (*sitting.Acts, error) {
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Assessment, string, error) {
		return a.Assessments.AssessmentsOf(ctx, id, c)
	})
	if err != nil {
		return nil, err
	}
	acts := &sitting.Acts{Examined: map[engine.PersonID][]engine.PersonID{}, Led: map[engine.PersonID][]engine.PersonID{}}
	for _, x := range all {
		acts.Examined[x.Candidate] = x.Examiners
		if led := x.led(); len(led) > 0 {
			acts.Led[x.Candidate] = led
		}
		if x.Standing == engine.Voided {
			acts.Excluded = append(acts.Excluded, x.exclusion())
		}
	}
	acts.Signed, err = a.signed(ctx, id)
	return acts, err
}

// signed are those who put their name under a seal: the marker under theory and the leader under practice, the supervisor
// under both.
func (a Acts) signed(ctx context.Context, id sitting.SessionID) (all []separation.Subject, err error) {
	for _, of := range []struct {
		component engine.Component
		first     authz.Role
	}{{engine.Theory, authz.Marker}, {engine.Practical, authz.Leader}} {
		seals, err := engine.SealHistory(ctx, a.Seals, string(id), of.component)
		if err != nil && !errors.Is(err, engine.ErrNoSeal) {
			return nil, err
		}
		for _, s := range seals {
			for _, by := range []separation.Subject{{Person: s.Leader, Role: of.first}, {Person: s.Witness, Role: authz.Supervisor}} {
				if by.Person != "" && !slices.Contains(all, by) {
					all = append(all, by)
				}
			}
		}
	}
	return all, nil
}

// led are the leaders who did anything to the candidate, also what fell or was taken back since. Of assessments from before
// Led was kept it is those of the ruling and of corrections.
func (a *Assessment) led() []engine.PersonID {
	all := slices.Clone(a.Led)
	if a.Ruling != nil {
		all = append(all, a.Ruling.By)
	}
	for _, c := range a.Corrections {
		all = append(all, c.By)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// exclusion is what the leader wrote who excluded the candidate, last.
func (a *Assessment) exclusion() sitting.Exclusion {
	e := sitting.Exclusion{Ticket: a.Ticket, Candidate: a.Candidate, Component: engine.Practical}
	for _, v := range a.Trail {
		if words, voided := strings.CutPrefix(v.Note, excusedAs(engine.Voided)); v.Action == excusedAction && voided {
			e.At, e.By, e.Name, e.Words = v.At, v.By, v.Name, words
		}
	}
	return e
}
