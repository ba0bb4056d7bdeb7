package theory

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// seedBytes is the length of a draw's seed.
const seedBytes = 32

// Draw draws a form for every seat of a session, in the order of room and seat. It closes the session first, so that
// nobody is seated behind its back: see sitting.Sittings.Close. The record with the commitment to the seed comes next,
// then the attempts, then the root over the forms; whoever calls again after a kill at any place goes on from there and
// gets the same forms. A draw begins before the window opens; one that has begun may be finished until it closes. The
// seed is not in what Draw returns.
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
	return d.shown(s, now), nil
}

// toRun is the session for those who run it: the exam office of its body, or the server's own workers.
func (e *Exams) toRun(ctx context.Context, by authz.Principal, id sitting.SessionID) (*sitting.Session, error) {
	if by.Has(authz.Engine) {
		return e.sittings.Get(ctx, id)
	}
	return e.sittings.Session(ctx, by, id)
}

// Drawn is the record of the session's draw, for those who watch over it. The seed is in it once the session's theory
// window has closed: then everybody can draw the forms again and compare.
func (e *Exams) Drawn(ctx context.Context, by authz.Principal, id sitting.SessionID) (*Draw, error) {
	if err := by.Require(authz.PlanRead); err != nil {
		return nil, err
	}
	s, err := e.sittings.Session(ctx, by, id)
	if err != nil {
		return nil, err
	}
	d, err := e.ports.Draws.Draw(ctx, id)
	if err != nil {
		return nil, err
	}
	return d.shown(s, e.clock.Now()), nil
}

func (d *Draw) shown(s *sitting.Session, now time.Time) *Draw {
	c := *d
	if now.Before(s.Theory.Closes) {
		c.Seed = ""
	}
	return &c
}

// record returns the session's draw, begun now if there is none.
func (e *Exams) record(ctx context.Context, by authz.Principal, s *sitting.Session, now time.Time) (*Draw, error) {
	d, err := e.ports.Draws.Draw(ctx, s.ID)
	if errors.Is(err, ErrDraw) {
		d, err = e.begin(ctx, by, s, now)
	}
	switch {
	case err != nil:
		return nil, err
	case d.Root == "" && !now.Before(s.Theory.Closes):
		return nil, ErrDrawLate
	}
	return d, nil
}

// toDraw lists the tickets that get a form, in the order of the session's rooms and of the seats in them: ErrNoSeats
// when there are none.
func (e *Exams) toDraw(ctx context.Context, s *sitting.Session) ([]sitting.Ticket, error) {
	seats, err := e.sittings.SeatsOf(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	room := map[sitting.RoomID]int{}
	for i, r := range s.Rooms {
		room[r.ID] = i
	}
	seats = slices.DeleteFunc(seats, func(s *sitting.Seat) bool { return !s.Voided.IsZero() })
	if len(seats) == 0 {
		return nil, ErrNoSeats
	}
	slices.SortFunc(seats, func(a, b *sitting.Seat) int {
		return cmp.Or(cmp.Compare(room[a.Room], room[b.Room]), cmp.Compare(a.No, b.No), cmp.Compare(a.Ticket, b.Ticket))
	})
	tickets := make([]sitting.Ticket, len(seats))
	for i, seat := range seats {
		tickets[i] = seat.Ticket
	}
	return tickets, nil
}

// begin writes the record with the commitment. When somebody else began first, theirs is the draw. A session that
// cannot be drawn for stays open.
func (e *Exams) begin(ctx context.Context, by authz.Principal, s *sitting.Session, now time.Time) (*Draw, error) {
	if !now.Before(s.Theory.Opens) {
		return nil, ErrDrawLate
	}
	release, err := e.bank.Drawable(ctx, s.Release)
	if err != nil {
		return nil, err
	}
	if _, err = e.toDraw(ctx, s); err != nil {
		return nil, err
	}
	if err = e.sittings.Close(ctx, by, s.ID); err != nil {
		return nil, err
	}
	seats, err := e.toDraw(ctx, s) // once more: from the close on they are all there will be
	if err != nil {
		return nil, err
	}
	seed := e.ids.Bytes(seedBytes)
	commitment := sha256.Sum256(seed)
	d := &Draw{Session: s.ID, Release: s.Release, Digest: release.Release.Digest, Blueprint: s.Blueprint,
		Commitment: hex.EncodeToString(commitment[:]), Seed: hex.EncodeToString(seed), Tickets: seats, At: now}
	d.Trail.Add(now, by.Account, "draw.committed", d.Commitment)
	if err = e.ports.Draws.CreateDraw(ctx, d); errors.Is(err, ErrDrawn) {
		return e.ports.Draws.Draw(ctx, s.ID)
	}
	return d, err
}

// complete draws the forms of the record, gives every ticket its attempt and publishes the root.
func (e *Exams) complete(ctx context.Context, by authz.Principal, s *sitting.Session, d *Draw, now time.Time) (*Draw, error) {
	forms, err := e.forms(ctx, s, d)
	if err != nil {
		return nil, err
	}
	if err = e.createAttempts(ctx, by, s, d, forms); err != nil {
		return nil, err
	}
	root := assembly.Root(forms)
	return engine.Modify(ctx, func(ctx context.Context) (*Draw, error) { return e.ports.Draws.Draw(ctx, s.ID) }, e.ports.Draws.UpdateDraw,
		func(d *Draw) error {
			if d.Root != "" {
				return engine.ErrUnchanged
			}
			d.Root = root
			d.Trail.Add(now, by.Account, "draw.completed", root)
			return nil
		})
}

// forms derives the forms from the record alone, so that they are the same at every call.
func (e *Exams) forms(ctx context.Context, s *sitting.Session, d *Draw) ([]assembly.Form, error) {
	release, err := e.bank.Drawable(ctx, d.Release)
	if err != nil {
		return nil, err
	}
	if release.Release.Digest != d.Digest {
		return nil, questionbank.ErrReleaseBroken
	}
	bp, err := e.bank.Blueprint(ctx, d.Blueprint)
	if err != nil {
		return nil, err
	}
	var seed [seedBytes]byte
	if b, err := hex.DecodeString(d.Seed); err != nil || copy(seed[:], b) != seedBytes {
		return nil, fmt.Errorf("draw of session %s: its seed is unreadable", s.ID)
	}
	ix, err := assembly.NewIndex(release, s.Level, s.Province)
	if err != nil {
		return nil, err
	}
	return assembly.Draw(ix, *bp, seed, len(d.Tickets))
}

func (e *Exams) createAttempts(ctx context.Context, by authz.Principal, s *sitting.Session, d *Draw, forms []assembly.Form) error {
	seats, err := e.sittings.SeatsOf(ctx, s.ID)
	if err != nil {
		return err
	}
	sits := map[sitting.Ticket]engine.PersonID{}
	for _, seat := range seats {
		sits[seat.Ticket] = seat.Candidate
	}
	return each(ctx, forms, func(ctx context.Context, f assembly.Form) error {
		t := d.Tickets[f.Slot]
		a := &Attempt{ID: AttemptOf(t), Session: s.ID, Candidate: sits[t], Ticket: t, Form: f, Window: s.Theory, State: Scheduled}
		a.Trail.Add(d.At, by.Account, "attempt.drawn", f.Digest())
		return e.createAttempt(ctx, a)
	})
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
