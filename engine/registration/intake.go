package registration

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
)

// Sessions are what requests are for. The sitting is it.
//   - TargetOf: ErrTarget where there is no such session.
//   - HasSeat reports whether the person was given a place in the session.
//   - Leave is for an application that was just taken back, see Desk.TakenBack: ErrSeated where its applicant has a place. After it no seating that read the
//     application before gives them one.
type Sessions interface {
	TargetOf(ctx context.Context, session string) (Target, error)
	HasSeat(ctx context.Context, session string, person engine.PersonID) (bool, error)
	Leave(ctx context.Context, by authz.Principal, id ApplicationID) error
}

// Intake takes what candidates apply for by themselves (考生自主报名), and has the office review it.
type Intake struct {
	openings Openings
	requests Requests
	sessions Sessions
	desk     *Desk
	policy   engine.Policy
	clock    clock.Clock
}

// IntakePorts are what an Intake keeps things in and asks.
type IntakePorts struct {
	Openings Openings
	Requests Requests
	Sessions Sessions
}

// NewIntake returns an Intake that makes applications at the desk d.
func NewIntake(p IntakePorts, d *Desk) *Intake {
	return &Intake{openings: p.Openings, requests: p.Requests, sessions: p.Sessions, desk: d, policy: d.policy, clock: d.clock}
}

// ErrKey refuses a request that came without the key of its form.
var ErrKey = errs.New(errs.Invalid, "request.key", "报名表不完整，请重新打开报名页面")

// account is how the trail and a login name who wrote a request.
const account = "request:"

// Apply keeps a new request under the key of its form, as a draft or handed in, and returns its recovery code, which is shown
// this once and kept nowhere. The key is one of package ids that nobody else knows. The same key again is the same request with
// the same code: a draft is written over, and handing in what is handed in is harmless. Outside the window it is ErrNotOpen, while
// the body is suspended engine.ErrSuspended; what is
// wrong with the entry is ErrRequestInput with every field at once, and nothing is kept. Whether the same document applied
// before is not told here, for nobody shall learn from a form who applied: the office is told, and accepts one.
func (k *Intake) Apply(ctx context.Context, by authz.Principal, session, key string, e Entry, handIn bool) (*Request, string, error) {
	if err := by.Require(authz.RequestMake); err != nil {
		return nil, "", err
	}
	if !ids.Valid(key) {
		return nil, "", ErrKey
	}
	offer, err := k.Offer(ctx, session)
	if err != nil {
		return nil, "", err
	}
	id, code := numbered(session, key)
	now := k.clock.Now()
	r := &Request{ID: id, Session: session, Org: offer.Target.Org, CodeHash: hashCode(id, code), State: Draft, DraftTo: offer.Opening.Window.Closes}
	if err := k.Refusal(offer); err != nil {
		return k.repeated(ctx, r, code, err)
	}
	if r.Row, err = k.entry(ctx, offer.Target, e, handIn); err != nil {
		return nil, "", err
	}
	who := account + string(id)
	r.Trail.Add(now, who, "request.begun", "")
	if handIn {
		r.submit(r.Row, Charges(k.policy, offer.Target.Level, r.Row.Claims.Retake), who, now)
	}
	err = k.requests.CreateRequest(ctx, r)
	if errors.Is(err, ErrRequestTaken) {
		return k.sameForm(ctx, r, code, e, handIn)
	}
	return r, code, err
}

// repeated answers a form that came again after the window: the request if it is kept, else why not.
func (k *Intake) repeated(ctx context.Context, r *Request, code string, otherwise error) (*Request, string, error) {
	old, err := k.requests.Request(ctx, r.ID)
	if err != nil || old.CodeHash != r.CodeHash {
		return nil, "", otherwise
	}
	return old, code, nil
}

// sameForm is Apply for a form that was sent before.
func (k *Intake) sameForm(ctx context.Context, r *Request, code string, e Entry, handIn bool) (*Request, string, error) {
	old, err := k.requests.Request(ctx, r.ID)
	switch {
	case err != nil:
		return nil, "", err
	case old.CodeHash != r.CodeHash:
		return nil, "", ErrRequestTaken
	case old.State != Draft:
		return old, code, nil
	}
	old, err = k.change(ctx, old.ID, e, handIn)
	return old, code, err
}

// entry judges what is handed in, and only bounds what is a draft.
func (k *Intake) entry(ctx context.Context, t Target, e Entry, handIn bool) (RosterRow, error) {
	if handIn {
		return k.judge(ctx, t, e)
	}
	return e.draft(t)
}

// Recognise returns who signs in with number and recovery code: an applicant, for this one request. A wrong number and a wrong
// code look alike.
func (k *Intake) Recognise(ctx context.Context, number, code string) (authz.Principal, error) {
	r, err := k.requests.Request(ctx, RequestID(strings.TrimSpace(number)))
	if errors.Is(err, ErrRequest) {
		r, err = &Request{}, nil
	}
	switch {
	case err != nil:
		return authz.Principal{}, err
	case !r.proves(code) || r.ID == "":
		return authz.Principal{}, ErrRequestProof
	}
	return authz.Principal{Account: account + string(r.ID), Name: r.Row.Name, Roles: []authz.Role{authz.Applicant}}, nil
}

// own is the request that by signed in for.
func own(by authz.Principal) (RequestID, error) {
	if err := by.Require(authz.RequestOwn); err != nil {
		return "", err
	}
	id, ok := strings.CutPrefix(by.Account, account)
	if !ok {
		return "", ErrRequest
	}
	return RequestID(id), nil
}

// Own is the applicant's request with what it is for.
func (k *Intake) Own(ctx context.Context, by authz.Principal) (*Request, Offer, error) {
	id, err := own(by)
	if err != nil {
		return nil, Offer{}, err
	}
	r, err := k.read(ctx, id)
	if err != nil {
		return nil, Offer{}, err
	}
	offer, err := k.Offer(ctx, r.Session)
	return r, offer, err
}

// Amend changes the applicant's draft or returned request, and hands it in where handIn says so. The same again changes nothing; a draft
// that was saved often enough is ErrSaves and can still be handed in.
func (k *Intake) Amend(ctx context.Context, by authz.Principal, e Entry, handIn bool) (*Request, error) {
	id, err := own(by)
	if err != nil {
		return nil, err
	}
	return k.change(ctx, id, e, handIn)
}

func (k *Intake) change(ctx context.Context, id RequestID, e Entry, handIn bool) (*Request, error) {
	now := k.clock.Now()
	return engine.Modify(ctx, k.load(id), k.requests.UpdateRequest, func(r *Request) error {
		t, err := k.sessions.TargetOf(ctx, r.Session)
		if err != nil {
			return err
		}
		o, err := k.openings.Opening(ctx, r.Session)
		if err != nil {
			return err
		}
		row, wrong := k.entry(ctx, t, e, handIn)
		if handIn && (r.State == Submitted || r.State == Accepted) && r.Row.equal(row) {
			return engine.ErrUnchanged // the reply was lost
		}
		if err := k.mayEdit(ctx, r, o, t, now); err != nil {
			return err
		}
		if wrong != nil {
			return wrong
		}
		who := account + string(r.ID)
		if handIn {
			r.submit(row, Charges(k.policy, t.Level, row.Claims.Retake), who, now)
			return nil
		}
		return r.save(row, who, now)
	})
}

// mayEdit returns nil while the applicant may change the form: a draft within the window as it is now, whatever it was when the draft
// was begun, and while its body takes people. One that was sent back is corrected all the same: it was handed in before.
func (k *Intake) mayEdit(ctx context.Context, r *Request, o *Opening, t Target, now time.Time) error {
	zone := k.policy.Location()
	if err := r.MayEdit(now, zone); err != nil || r.State != Draft {
		return err
	}
	if err := o.open(t, now, zone); err != nil {
		return err
	}
	return t.halted(ctx)
}

func (k *Intake) load(id RequestID) func(context.Context) (*Request, error) {
	return func(ctx context.Context) (*Request, error) { return k.read(ctx, id) }
}

// read is the request, with the instant from which its session takes nobody and the end of the window as it is now.
func (k *Intake) read(ctx context.Context, id RequestID) (*Request, error) {
	r, err := k.requests.Request(ctx, id)
	if err != nil {
		return nil, err
	}
	o, err := k.Offer(ctx, r.Session)
	if err != nil {
		return nil, err
	}
	r.Until, r.DraftTo = o.Target.Until, o.Window.Closes
	return r, nil
}

// Withdraw takes the applicant's request back, one that was accepted too, until a place in the room was given: after that, and
// after the policy's last day, only the office can help. Twice is harmless.
func (k *Intake) Withdraw(ctx context.Context, by authz.Principal, why string) (*Request, error) {
	r, offer, err := k.Own(ctx, by)
	if err != nil || r.State == Withdrawn {
		return r, err
	}
	var c errs.Check
	why = strings.TrimSpace(why)
	words(&c, "reason", why, maxText)
	if err := c.Err(ErrReviewInput); err != nil {
		return nil, err
	}
	now, zone := k.clock.Now(), k.policy.Location()
	may := func(r *Request) error { return r.MayWithdraw(k.policy.Registration, offer.Target, now, zone) }
	if err := may(r); err != nil {
		return nil, err
	}
	if r.State == Accepted {
		if err := k.leave(ctx, r, by, why); err != nil {
			return nil, err
		}
	}
	return engine.Modify(ctx, k.load(r.ID), k.requests.UpdateRequest, func(n *Request) error {
		if n.State == Withdrawn {
			return engine.ErrUnchanged
		}
		if n.State != r.State {
			return engine.ErrStale
		}
		if err := may(n); err != nil {
			return err
		}
		n.State, n.Reason = Withdrawn, why
		n.Trail.Add(now, by.Account, "request.withdrawn", why)
		return nil
	})
}

// ErrSeated refuses the withdrawal of whoever has a place.
var ErrSeated = errs.New(errs.Conflict, "request.seated", "座位已经安排，不能自行撤回。不能参加考试的，请与报名点联系")
