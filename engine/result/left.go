package result

import (
	"context"
	"errors"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Left is what a session still waits for from one person on duty in it. The zero value is nothing: they are done.
type Left struct {
	Seals   []engine.Component // to be sealed by the component's own people, to be witnessed by the supervisor
	Matters int                // score checks to answer or to sign, cases to decide
}

// Left says what a session still waits for from by, in the role in which they are on duty there. Of invigilators and
// examiners nothing is told: their work is in rooms and sheets. Where nobody has a seat and nobody gets one any more,
// there is nothing to seal.
func (b *Board) Left(ctx context.Context, by authz.Principal, n *sitting.Session, role authz.Role) (left Left, err error) {
	if err := by.Require(authz.PlanRead); err != nil {
		return left, err
	}
	if err := b.sittings.OnDuty(ctx, n.ID, by, role, ""); err != nil {
		return left, err
	}
	own := signs[role]
	if left.Seals, err = b.unsealed(ctx, n, own, role == authz.Supervisor); err != nil {
		return left, err
	}
	if len(own) > 0 {
		left.Matters, err = b.mattersLeft(ctx, by, n.ID, role)
	}
	return left, err
}

// LeftToOffice counts what in a session waits for the exam office of its body: score checks to be handed on, objections to be
// answered, cases to be notified or, once heard, proposed on. It is asked about every session at each look at a desk, so
// exclusions without a case, for which all seats are read, are not counted: the session and its seals tell of them.
func (b *Board) LeftToOffice(ctx context.Context, by authz.Principal, id sitting.SessionID) (count int, err error) {
	if err := by.Require(authz.CasePropose); err != nil {
		return 0, err
	}
	if _, err := b.ownSession(ctx, by, id); err != nil {
		return 0, err
	}
	checks, err := b.checksOf(ctx, id)
	if err != nil {
		return 0, err
	}
	objections, err := b.objectionsOf(ctx, id)
	if err != nil {
		return 0, err
	}
	cases, err := b.casesOf(ctx, id)
	today := b.day(b.clock.Now())
	return counted(checks, func(k *ScoreCheck) bool { return k.State == CheckAsked }) + counted(objections, (*Objection).Open) +
		counted(cases, func(k *Case) bool { return k.State == CaseOpened || k.State == CaseNotified && k.Heard(today) }), err
}

func counted[T any](all []T, is func(T) bool) (n int) {
	for _, v := range all {
		if is(v) {
			n++
		}
	}
	return n
}

// signs are the components whose seals carry the name of who has the duty.
var signs = map[authz.Role][]engine.Component{authz.Marker: {engine.Theory}, authz.Leader: {engine.Practical},
	authz.Supervisor: {engine.Theory, engine.Practical}}

// unsealed are those of the components that have no seal, or none with both signatures. Results are joined from complete
// seals only, so that once they are there nobody need read the seals, which hold a line for every candidate.
func (b *Board) unsealed(ctx context.Context, n *sitting.Session, own []engine.Component, both bool) (open []engine.Component, err error) {
	_, err = b.ports.Publications.Publication(ctx, n.ID)
	if !errors.Is(err, ErrPublication) || len(n.Allotted) == 0 && n.Open(b.clock.Now()) != nil {
		return nil, ignored(err, ErrPublication)
	}
	for _, c := range own {
		s, err := b.ports.Seals.Seal(ctx, string(n.ID), c)
		switch {
		case errors.Is(err, engine.ErrNoSeal):
			open = append(open, c)
		case err != nil:
			return nil, err
		case both && s.Witnessed.IsZero():
			open = append(open, c)
		}
	}
	return open, nil
}

// ignored is err, or nil where it is the refusal.
func ignored(err, refusal error) error {
	if errors.Is(err, refusal) {
		return nil
	}
	return err
}

// mattersLeft counts what waits for by among the session's checks and cases.
func (b *Board) mattersLeft(ctx context.Context, by authz.Principal, id sitting.SessionID, role authz.Role) (count int, err error) {
	checks, err := b.checksOf(ctx, id)
	if err != nil {
		return 0, err
	}
	for _, k := range checks {
		waits, err := b.checkWaits(ctx, by, k, role)
		if err != nil {
			return 0, err
		}
		if waits {
			count++
		}
	}
	if !by.Can(authz.CaseDecide) {
		return count, nil
	}
	if by, err = b.people.Whole(ctx, by); err != nil {
		return 0, err
	}
	cases, err := b.casesOf(ctx, id)
	for _, k := range cases {
		if k.State == CaseProposed && !k.Took(by) {
			count++
		}
	}
	return count, err
}

// checkWaits reports whether a check waits for by: for an answer by the component's own people, or for the supervisor's half of
// the correction that follows from it.
func (b *Board) checkWaits(ctx context.Context, by authz.Principal, k *ScoreCheck, role authz.Role) (bool, error) {
	answers := charges[k.Component].role == role
	if isOf(k.Candidate, by) || k.State != CheckError {
		return answers && k.State == CheckForwarded && !isOf(k.Candidate, by), nil
	}
	s, err := b.correction(ctx, k)
	switch {
	case errors.Is(err, engine.ErrNoSeal):
		return answers, nil // another correction came first: the answer is kept, and to be handed in again
	case err != nil:
		return false, err
	}
	return role == authz.Supervisor && s.Witness == "", nil
}
