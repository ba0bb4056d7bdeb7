package practical

import (
	"context"
	"errors"
	"strings"

	"github.com/skillcert/skillcert/engine"
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
	acts := &sitting.Acts{Examined: map[engine.PersonID][]engine.PersonID{}, Ruled: map[engine.PersonID]engine.PersonID{}}
	for _, x := range all {
		acts.Examined[x.Candidate] = x.Examiners
		if x.Ruling != nil {
			acts.Ruled[x.Candidate] = x.Ruling.By
		}
		if x.Standing == engine.Voided {
			acts.Excluded = append(acts.Excluded, x.exclusion())
		}
	}
	for _, c := range []engine.Component{engine.Theory, engine.Practical} {
		seals, err := engine.SealHistory(ctx, a.Seals, string(id), c)
		if err != nil && !errors.Is(err, engine.ErrNoSeal) {
			return nil, err
		}
		for _, s := range seals {
			acts.Signed = append(acts.Signed, s.Leader)
			if s.Witness != "" {
				acts.Signed = append(acts.Signed, s.Witness)
			}
		}
	}
	return acts, nil
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
