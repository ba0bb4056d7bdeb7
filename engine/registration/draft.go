package registration

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

// NeverSent reports whether the office was never given the request to read: a draft, whether it was taken back or blanked since or not.
func (r *Request) NeverSent() bool { return r.Submitted.IsZero() }

// Draftlike reports whether the request still holds what somebody wrote and never handed in.
func (r *Request) Draftlike() bool { return r.NeverSent() && r.State != Blanked }

// blank takes out of a draft whatever its applicant wrote, the reason of a withdrawal and its place in the trail too. What stays is
// that there was one, when, for which session, and the hash of its code, so that the applicant reads what became of it. Twice changes
// nothing. What was handed in is never blanked: ErrRequestState.
func (r *Request) blank(by authz.Principal, days int, now time.Time) error {
	switch {
	case r.State == Blanked:
		return engine.ErrUnchanged
	case !r.NeverSent():
		return ErrRequestState
	}
	r.Row, r.Reason, r.State = RosterRow{Level: r.Row.Level}, "", Blanked
	for i := range r.Trail {
		r.Trail[i].Note = ""
	}
	r.Trail.Add(now, by.Account, "request.blanked", fmt.Sprintf("报名截止后满%d日没有提交，所填内容已清除", days))
	return nil
}

// Ends is the instant at which nobody applies by themselves any more: the end of the window, or earlier, when the session takes nobody.
func (o Offer) Ends() time.Time {
	if !o.Until.IsZero() && o.Until.Before(o.Window.Closes) {
		return o.Until
	}
	return o.Window.Closes
}

// DraftsUntil is the last day on which drafts for the offer are kept as they are; the zero date where the policy sets no period.
func DraftsUntil(p engine.Policy, o Offer) clock.Date {
	if p.Registration.Drafts.Days <= 0 {
		return clock.Date{}
	}
	return clock.DateOf(o.Ends(), p.Location()).AddDays(p.Registration.Drafts.Days)
}

// BlankDrafts blanks every draft that was kept longer than the policy says, of all sessions, and returns how many. It is for the
// server's own worker. An office that opens a session longer meanwhile keeps its drafts. One that fails keeps no other back; done
// twice, or by two servers, it changes nothing more.
func (k *Intake) BlankDrafts(ctx context.Context, by authz.Principal) (done int, err error) {
	if err := by.Require(authz.RequestBlank); err != nil {
		return 0, err
	}
	if k.policy.Registration.Drafts.Days <= 0 {
		return 0, nil
	}
	drafts, err := engine.All(ctx, k.requests.Drafts)
	if err != nil {
		return 0, err
	}
	var failed []error
	over := map[string]bool{} // by session
	for _, r := range drafts {
		due, known := over[r.Session]
		if !known {
			if due, err = k.draftsOver(ctx, r.Session); err != nil {
				failed = append(failed, err)
			}
			over[r.Session] = due
		}
		if !due {
			continue
		}
		if err := k.blankOne(ctx, by, r.ID); err != nil {
			failed = append(failed, fmt.Errorf("blank a draft of session %s: %w", r.Session, err))
			continue
		}
		done++
	}
	return done, errors.Join(failed...)
}

func (k *Intake) draftsOver(ctx context.Context, session string) (bool, error) {
	o, err := k.Offer(ctx, session)
	if err != nil {
		return false, fmt.Errorf("drafts of session %s: %w", session, err)
	}
	last := DraftsUntil(k.policy, o)
	return !last.IsZero() && last.Before(clock.DateOf(k.clock.Now(), k.policy.Location())), nil
}

// blankOne blanks a draft. One that was handed in since it was listed stays.
func (k *Intake) blankOne(ctx context.Context, by authz.Principal, id RequestID) error {
	now := k.clock.Now()
	_, err := engine.Modify(ctx, k.load(id), k.requests.UpdateRequest, func(r *Request) error {
		if !r.NeverSent() {
			return engine.ErrUnchanged
		}
		return r.blank(by, k.policy.Registration.Drafts.Days, now)
	})
	return err
}
