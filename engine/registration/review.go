package registration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/people"
)

// maxReason bounds what the office writes to an applicant, in characters.
const maxReason = 300

// Queue lists the requests of a session a page at a time, those that wait for the office first and the longest waiting before the
// others. Drafts are the applicants' own: they are counted (Tally) and not shown.
func (k *Intake) Queue(ctx context.Context, by authz.Principal, session string, c engine.Cursor) (rows []*Request, next string, err error) {
	t, err := k.queueFor(ctx, by, session)
	if err != nil {
		return nil, "", err
	}
	rows, next, err = k.requests.Queued(ctx, session, c)
	for _, r := range rows {
		r.Until = t.Until
	}
	return rows, next, err
}

// Tally counts the requests of a session without reading them.
func (k *Intake) Tally(ctx context.Context, by authz.Principal, session string) (Tally, error) {
	if _, err := k.queueFor(ctx, by, session); err != nil {
		return Tally{}, err
	}
	return k.requests.Tally(ctx, session)
}

// queueFor is the session for somebody who may read its queue.
func (k *Intake) queueFor(ctx context.Context, by authz.Principal, session string) (Target, error) {
	if err := by.Require(authz.RegisterRead); err != nil {
		return Target{}, err
	}
	t, err := k.sessions.TargetOf(ctx, session)
	if err == nil && !by.ActsFor(string(t.Org)) {
		err = ErrTarget
	}
	return t, err
}

// Same lists the numbers of other live requests for the session under the same document, for who reads its queue.
func (k *Intake) Same(ctx context.Context, by authz.Principal, r *Request) (same []RequestID, err error) {
	if err := by.Require(authz.RegisterRead); err != nil {
		return nil, err
	}
	if r.Row.IDNumber == "" {
		return nil, nil
	}
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Request, string, error) {
		return k.requests.Under(ctx, r.Session, r.Row.IDType, r.Row.IDNumber, c)
	})
	for _, o := range all {
		if o.ID != r.ID {
			same = append(same, o.ID)
		}
	}
	return same, err
}

// Look is one request for the office of its body, with the numbers of other live requests for the session under the same
// document.
func (k *Intake) Look(ctx context.Context, by authz.Principal, id RequestID) (r *Request, same []RequestID, err error) {
	if err := by.Require(authz.RegisterRead); err != nil {
		return nil, nil, err
	}
	if r, err = k.forOffice(ctx, by, id); err != nil {
		return nil, nil, err
	}
	same, err = k.Same(ctx, by, r)
	return r, same, err
}

// forOffice loads a request of by's own body; others look as if there were none, and so do drafts.
func (k *Intake) forOffice(ctx context.Context, by authz.Principal, id RequestID) (*Request, error) {
	r, err := k.read(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case !by.ActsFor(string(r.Org)), r.NeverSent():
		return nil, ErrRequest
	}
	return r, nil
}

// toReview is forOffice for somebody who decides: never on what they themselves apply for, under whatever document. Of
// an account that says nobody that cannot be told: ErrNoPerson.
func (k *Intake) toReview(ctx context.Context, by authz.Principal, id RequestID) (*Request, error) {
	if err := by.Require(authz.Register); err != nil {
		return nil, err
	}
	if by.Person == "" {
		return nil, ErrNoPerson
	}
	r, err := k.forOffice(ctx, by, id)
	if err != nil {
		return nil, err
	}
	themselves, err := k.isOwn(ctx, by, r)
	if err == nil && themselves {
		err = ErrOwnRequest
	}
	return r, err
}

// isOwn reports whether the applicant is by: the same registered person, or one who seems to be by under another document.
func (k *Intake) isOwn(ctx context.Context, by authz.Principal, r *Request) (bool, error) {
	p, err := k.desk.people.Find(ctx, r.Row.IDType, r.Row.IDNumber)
	switch {
	case err == nil && string(p.ID) == by.Person:
		return true, nil
	case err != nil && !errors.Is(err, engine.ErrPerson):
		return false, err
	}
	stated := r.Row.person()
	if p != nil {
		stated.ID = p.ID // so that who was told apart from by is nobody's double
	}
	same, err := k.desk.same(ctx, &stated)
	return slices.Contains(same, engine.PersonID(by.Person)), err
}

// Return sends a request back with what is to be put right, field by field or material by material. Where no time is left for that
// it is ErrNoTime, and ErrEnded once the session takes nobody any more.
func (k *Intake) Return(ctx context.Context, by authz.Principal, id RequestID, faults []Fault) (*Request, error) {
	r, err := k.toReview(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if err := checkFaults(faults); err != nil {
		return nil, err
	}
	offer, err := k.Offer(ctx, r.Session)
	if err != nil {
		return nil, err
	}
	now, most := k.clock.Now(), k.policy.Registration.Rounds
	until, late := AnswerUntil(k.policy, offer, now)
	return engine.Modify(ctx, k.load(id), k.requests.UpdateRequest, func(r *Request) error {
		if err := r.sendBack(by, faults, most, until, now); err != nil {
			return err
		}
		return late
	})
}

func checkFaults(faults []Fault) error {
	var c errs.Check
	c.That(len(faults) > 0 && len(faults) <= maxEvidence, "faults", "missing", "请至少写明一处要改正的内容")
	for i := range faults {
		f := &faults[i]
		f.Text = strings.TrimSpace(f.Text)
		words(&c, "faults."+f.Field, f.Text, maxReason)
		c.That(slices.Contains(Fields(), f.Field), "faults."+f.Field, "unknown", "报名表没有这一项")
	}
	return c.Err(ErrReviewInput)
}

// Reject refuses a request for good, with the reason for the applicant. The same again is harmless.
func (k *Intake) Reject(ctx context.Context, by authz.Principal, id RequestID, why string) (*Request, error) {
	if _, err := k.toReview(ctx, by, id); err != nil {
		return nil, err
	}
	var c errs.Check
	why = strings.TrimSpace(why)
	words(&c, "reason", why, maxReason)
	if err := c.Err(ErrReviewInput); err != nil {
		return nil, err
	}
	now := k.clock.Now()
	return engine.Modify(ctx, k.load(id), k.requests.UpdateRequest, func(r *Request) error { return r.reject(by, why, now) })
}

// Accept takes the applicant into the session as a row of a roster is taken: registered, judged by the same rules at the same desk, and
// seated with everybody else, when separation is asked. Where the application is there already, because a call was cut off after it, that
// is all there is to do, whenever it is. number is what the office reads from the original document, seen
// are the materials whose originals it saw. What the rules do not let through is ErrNotEligible with the reasons, and the request stays
// as it was. It may be called again after a failure at any point.
func (k *Intake) Accept(ctx context.Context, by authz.Principal, id RequestID, number string, seen []string) (*Request, error) {
	r, err := k.toReview(ctx, by, id)
	if err != nil || r.State == Accepted {
		return r, err
	}
	t, err := k.sessions.TargetOf(ctx, r.Session)
	if err != nil {
		return nil, err
	}
	now := k.clock.Now()
	if done, err := k.finish(ctx, by, r); err != nil || done != nil {
		return done, err
	}
	if err := r.MayAccept(now, k.policy.Location()); err != nil {
		return nil, err
	}
	if err := t.halted(ctx); err != nil {
		return nil, err
	}
	row := r.Row
	row.Claims.Evidence = seen
	row.Claims = cleanClaims(row.Claims)
	if err := k.acceptable(t, row, number); err != nil {
		if r.MayAbandon(now) == nil {
			err = k.giveUp(ctx, by, id, err)
		}
		return nil, err
	}
	r, err = engine.Modify(ctx, k.load(id), k.requests.UpdateRequest, func(r *Request) error { return r.begin(by, row.Claims.Evidence, now) })
	if err != nil {
		return nil, err
	}
	a, err := k.enter(ctx, by, t, r, row)
	if err != nil {
		return nil, k.giveUp(ctx, by, id, err)
	}
	done, err := engine.Modify(ctx, k.load(id), k.requests.UpdateRequest, func(r *Request) error { return r.complete(by, a.ID, now) })
	if errors.Is(err, ErrRequestState) { // given up and decided otherwise, for this took long
		if undone := k.undo(ctx, by, r, a.ID); undone != nil {
			return nil, undone
		}
	}
	return done, err
}

// finish completes an acceptance of which the application was made before it was cut off; nil where there is none.
func (k *Intake) finish(ctx context.Context, by authz.Principal, r *Request) (*Request, error) {
	if r.Accepting == nil {
		return nil, nil
	}
	a, err := k.made(ctx, r)
	if err != nil || a == nil {
		return nil, err
	}
	now := k.clock.Now()
	return engine.Modify(ctx, k.load(r.ID), k.requests.UpdateRequest, func(r *Request) error { return r.complete(by, a.ID, now) })
}

// made is the accepted application that was made of the request; nil where there is none.
func (k *Intake) made(ctx context.Context, r *Request) (*Application, error) {
	p, err := k.desk.people.Find(ctx, r.Row.IDType, r.Row.IDNumber)
	if errors.Is(err, engine.ErrPerson) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	a, err := k.desk.applications.Application(ctx, ApplicationOf(r.Session, p.ID))
	switch {
	case errors.Is(err, ErrApplication):
		return nil, nil
	case err != nil || a.Request != r.ID || !a.Accepted():
		return nil, err
	}
	return a, nil
}

// Abandon gives up an acceptance that was cut off before it made an application, so that the request can be sent back or refused. One that
// made it is completed instead. While it may be under way it is ErrRequestState.
func (k *Intake) Abandon(ctx context.Context, by authz.Principal, id RequestID) (*Request, error) {
	r, err := k.toReview(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if done, err := k.finish(ctx, by, r); err != nil || done != nil {
		return done, err
	}
	now := k.clock.Now()
	return engine.Modify(ctx, k.load(id), k.requests.UpdateRequest, func(r *Request) error {
		if err := r.MayAbandon(now); err != nil {
			return err
		}
		return r.giveUp(by, "受理没有完成，已放弃", now)
	})
}

// acceptable compares the number with the original's and judges the claims by what was seen, before anything is written.
func (k *Intake) acceptable(t Target, row RosterRow, number string) error {
	var c errs.Check
	d, err := engine.ParseDocument(row.IDType, number)
	same := err == nil && d.Number == row.IDNumber
	c.That(same, "original", "differs", "与报名表上的证件号码不一致。请再核对原件；报名表填错的，请退回改正")
	a := Application{Refusals: Judge(k.policy.Levels[t.Level], row.Born, row.Claims, t.Day)}
	if a.Accepted() {
		return c.Err(ErrReviewInput)
	}
	_, reasons := a.refusal()
	if same {
		return ErrNotEligible.With("%s", reasons)
	}
	c.That(false, "evidence", "short", reasons)
	return c.Err(ErrReviewInput)
}

// enter makes the application. One that is there already and is of this request is it.
func (k *Intake) enter(ctx context.Context, by authz.Principal, t Target, r *Request, row RosterRow) (*Application, error) {
	a, err := k.desk.enter(ctx, by, t, row, &Application{At: k.clock.Now(), Request: r.ID})
	if errors.Is(err, ErrRepeated) {
		kept, found := k.made(ctx, r)
		if found != nil || kept != nil {
			return kept, found
		}
	}
	if err == nil && !a.Accepted() {
		_, reasons := a.refusal()
		return nil, ErrNotEligible.With("%s", reasons)
	}
	return a, err
}

// giveUp takes an acceptance back that the desk refused. What only failed, such as a store, is left to be done again.
func (k *Intake) giveUp(ctx context.Context, by authz.Principal, id RequestID, cause error) error {
	refusals := []error{ErrNotEligible, ErrRepeated, ErrClosed, ErrTarget, engine.ErrSameID, engine.ErrIDNumber, engine.ErrName, people.ErrPersonInput, ErrInput}
	if !slices.ContainsFunc(refusals, func(r error) bool { return errors.Is(cause, r) }) {
		return cause
	}
	now, why := k.clock.Now(), reason(cause)
	_, err := engine.Modify(ctx, k.load(id), k.requests.UpdateRequest, func(r *Request) error { return r.giveUp(by, why, now) })
	if err != nil {
		return errors.Join(cause, err)
	}
	return cause
}

// Record writes down what happened to a fee: that it was paid, exempted or refunded, and the number of the receipt or document.
func (k *Intake) Record(ctx context.Context, by authz.Principal, id RequestID, item string, to FeeState, reference string) (*Request, error) {
	if _, err := k.toReview(ctx, by, id); err != nil {
		return nil, err
	}
	now := k.clock.Now()
	r, err := engine.Modify(ctx, k.load(id), k.requests.UpdateRequest, func(r *Request) error {
		return r.record(by, item, to, reference, now, k.policy.Location())
	})
	if err != nil {
		return nil, fmt.Errorf("fee %s: %w", item, err)
	}
	return r, nil
}
