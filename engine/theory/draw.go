package theory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// Draw draws a form for every seat of a session, and reserve forms, and publishes the root over them. Where custodians
// were named all their secrets must be open. Where none were, the server is the only one and goes through every step
// by itself; it closes the session first, so that nobody is seated behind its back: see sitting.Sittings.Close.
//
// The record comes first, then the attempts, then the root; whoever calls again after a kill at any place goes on from
// there and gets the same forms. A draw begins before the window opens; one that has begun may be finished until it
// closes. There are no secrets in what Draw returns.
func (e *Exams) Draw(ctx context.Context, by authz.Principal, id sitting.SessionID) (*Draw, error) {
	if err := by.Require(authz.FormsDraw); err != nil {
		return nil, err
	}
	s, err := e.toRun(ctx, by, id)
	if err != nil {
		return nil, err
	}
	now := e.clock.Now()
	d, err := e.record(ctx, by, s, now)
	if err != nil {
		return nil, err
	}
	if d.Root == "" {
		if d, err = e.complete(ctx, by, s, d, now); err != nil {
			return nil, err
		}
	}
	return e.show(ctx, s, d)
}

// toRun is the session for those who run it: the exam office of its body, or the server's own workers.
func (e *Exams) toRun(ctx context.Context, by authz.Principal, id sitting.SessionID) (*sitting.Session, error) {
	if by.Has(authz.Engine) {
		return e.sittings.Get(ctx, id)
	}
	return e.sittings.Session(ctx, by, id)
}

// record returns the session's draw, begun now if there is none.
func (e *Exams) record(ctx context.Context, by authz.Principal, s *sitting.Session, now time.Time) (*Draw, error) {
	d, err := e.ports.Draws.Draw(ctx, s.ID)
	switch {
	case errors.Is(err, ErrDraw):
		d, err = e.begin(ctx, by, s, nil, now)
	case err == nil && d.Alone() && d.fresh():
		d, err = e.begin(ctx, by, s, d, now)
	}
	switch {
	case err != nil:
		return nil, err
	case d.Root == "" && !now.Before(s.Theory.Closes):
		return nil, ErrDrawLate
	case d.Old() && d.Root == "":
		return nil, ErrDrawOld
	}
	return d, nil
}

// begin writes the record of a draw without custodians, up to where the forms follow from it. When somebody else began
// first, theirs is the draw. A session that cannot be drawn for stays open. old is the record of a draw that was put
// aside, if there was one.
func (e *Exams) begin(ctx context.Context, by authz.Principal, s *sitting.Session, old *Draw, now time.Time) (*Draw, error) {
	d, err := e.newDraw(ctx, s, now)
	if err != nil {
		return nil, err
	}
	write, taken := e.ports.Draws.CreateDraw, error(ErrDrawn)
	if old != nil {
		d.follow(old)
		write, taken = e.ports.Draws.UpdateDraw, engine.ErrStale
	}
	d.Held.Code, d.Quorum, d.Beacon = protocol.Hash(e.ids.Bytes(len(protocol.Hash{}))), 1, protocol.Announcement{Kind: protocol.NoBeacon}
	if err := d.byItself(); err != nil {
		return nil, err
	}
	if err := e.roster(ctx, by, s, d, now); err != nil {
		return nil, err
	}
	if _, err := e.alone(ctx, s, d, now); err != nil {
		return nil, err
	}
	d.Trail.Add(now, by.Account, "draw.committed", d.Commitment)
	if err = write(ctx, d); errors.Is(err, taken) {
		return e.ports.Draws.Draw(ctx, s.ID)
	}
	return d, err
}

// byItself makes the server the only custodian, with the code that it holds.
func (d *Draw) byItself() error {
	code := protocol.Code(d.Held.Code)
	k, err := code.Custodian(string(d.Session), "本系统")
	if err != nil {
		return err
	}
	secret, err := code.Secret(string(d.Session))
	if err != nil {
		return err
	}
	d.Custodians = []Custodian{{Name: k.Name, Org: engine.OrgID(d.Site), Sign: k.Sign, Box: k.Box, Secret: &secret}}
	return nil
}

// alone does for the only custodian what custodians do.
func (e *Exams) alone(ctx context.Context, s *sitting.Session, d *Draw, now time.Time) (*rerun, error) {
	r, err := e.rerun(ctx, s, d)
	if err != nil {
		return nil, err
	}
	terms := d.agreed()
	c, err := protocol.Code(d.Held.Code).Commit(terms, 1)
	if err != nil {
		return nil, err
	}
	d.Custodians[0].Commitment, d.Commitment = &c, c.Commitment.String()
	for _, event := range []protocol.Event{terms, c, protocol.Roots{}, protocol.Beacon{}} {
		if err := r.step(now, event); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// newDraw is an empty record of a draw that may still begin.
func (e *Exams) newDraw(ctx context.Context, s *sitting.Session, now time.Time) (*Draw, error) {
	if !now.Before(s.Theory.Opens) {
		return nil, ErrDrawLate
	}
	if err := e.sittings.MayDraw(ctx, s); err != nil {
		return nil, err
	}
	release, err := e.bank.Drawable(ctx, s.Release)
	if err != nil {
		return nil, err
	}
	build := e.ports.Build
	if build == "" {
		build = "skillcert"
	}
	return &Draw{Session: s.ID, Release: s.Release, Digest: release.Release.Digest, Blueprint: s.Blueprint, Site: string(s.Org), At: now,
		Engine: protocol.Engine{Algorithm: protocol.Algorithm, Build: build, Vectors: protocol.Vectors()},
		Held:   Held{Key: protocol.Hash(e.ids.Bytes(len(protocol.Hash{}))), Signer: protocol.Hash(e.ids.Bytes(len(protocol.Hash{})))}}, nil
}

// complete draws the forms, gives every ticket its attempt and publishes the root.
func (e *Exams) complete(ctx context.Context, by authz.Principal, s *sitting.Session, d *Draw, now time.Time) (*Draw, error) {
	if _, err := e.bank.Drawable(ctx, d.Release); err != nil {
		return nil, err
	}
	if err := e.sittings.MayDraw(ctx, s); err != nil {
		return nil, err
	}
	if d.Stage() != DrawOpened {
		return nil, ErrDrawStep.With("%s", d.waits())
	}
	r, err := e.rerun(ctx, s, d)
	if err != nil {
		return nil, err
	}
	before := len(d.Log)
	if err = r.step(now, protocol.Head{}); err != nil {
		return nil, err
	}
	head, _ := r.head()
	if err = e.createAttempts(ctx, by, r, head.Attempt > 0 || len(d.Aside) > 0); err != nil {
		return nil, err
	}
	return engine.Modify(ctx, func(ctx context.Context) (*Draw, error) { return e.ports.Draws.Draw(ctx, s.ID) }, e.ports.Draws.UpdateDraw,
		func(d *Draw) error {
			switch {
			case d.Root != "":
				return engine.ErrUnchanged
			case len(d.Log) != before:
				return ErrDrawStep
			}
			d.Log, d.Root = r.d.Log, head.Root.String()
			d.Trail.Add(now, by.Account, "draw.completed", d.Root)
			return nil
		})
}

// waits says what a draw waits for before its forms can be drawn.
func (d *Draw) waits() string {
	for i, c := range d.Custodians {
		if c.Secret == nil && d.Stage() == DrawObserved {
			return fmt.Sprintf("第 %d 号保管人 %s 尚未公开份额", i+1, c.Name)
		}
	}
	return "保管人的承诺、冻结或公开随机数尚未完成"
}

// createAttempts gives every ticket the form of its slot.
func (e *Exams) createAttempts(ctx context.Context, by authz.Principal, r *rerun, again bool) error {
	return each(ctx, r.d.Seats, func(ctx context.Context, seat DrawnSeat) error {
		return e.giveForm(ctx, by, r, seat, again)
	})
}

// giveForm makes the attempt of a seat, or puts the form of a redraw into it.
func (e *Exams) giveForm(ctx context.Context, by authz.Principal, r *rerun, seat DrawnSeat, again bool) error {
	f, err := r.form(r.d.slotOf(seat.Ticket))
	if err != nil {
		return err
	}
	a := &Attempt{ID: AttemptOf(seat.Ticket), Session: r.s.ID, Candidate: seat.Candidate, Ticket: seat.Ticket, Form: f, Window: r.s.WindowOf(seat.Ticket), State: Scheduled}
	a.Trail.Add(r.d.At, by.Account, "attempt.drawn", f.Digest())
	if !again {
		return e.createAttempt(ctx, a)
	}
	if err = e.ports.Attempts.CreateAttempt(ctx, a); !errors.Is(err, ErrAttemptExists) {
		return err
	}
	_, err = e.change(ctx, a.ID, func(old *Attempt) error {
		switch {
		case old.State != Scheduled:
			return fmt.Errorf("redraw of session %s: ticket %s: %w", a.Session, a.Ticket, ErrDrawLate)
		case old.Form.Digest() == f.Digest() && !old.Recalled:
			return engine.ErrUnchanged
		}
		old.Form, old.Recalled = f, false
		old.Trail.Add(e.clock.Now(), by.Account, "attempt.redrawn", f.Digest())
		return nil
	})
	return err
}

// createAttempt writes an attempt; one that is there with the same form was written before a kill.
func (e *Exams) createAttempt(ctx context.Context, a *Attempt) error {
	err := e.ports.Attempts.CreateAttempt(ctx, a)
	if !errors.Is(err, ErrAttemptExists) {
		return err
	}
	old, err := e.ports.Attempts.Attempt(ctx, a.ID)
	if err != nil {
		return err
	}
	if old.Session != a.Session || old.Form.Digest() != a.Form.Digest() {
		return fmt.Errorf("draw of session %s: ticket %s: %w", a.Session, a.Ticket, ErrAttemptExists)
	}
	return nil
}

// holds reports whether a form has an item.
func holds(f assembly.Form, code string) bool {
	return slices.ContainsFunc(f.Items, func(i assembly.FormItem) bool { return i.Code == code })
}
