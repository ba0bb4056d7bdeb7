package sitting_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/sitting"
)

// keeps is a register in which everybody but those named passed theory before.
type keeps []engine.PersonID

func (k keeps) MayRetake(_ context.Context, p engine.PersonID, _ registration.Target, c engine.Component) error {
	if c == engine.Theory || slices.Contains(k, p) {
		return registration.ErrNotKept.With("没有单科合格、可以保留的成绩")
	}
	return nil
}

// cutOff is a store of seats that fails once while seats are changed.
type cutOff struct {
	sitting.Seats
	armed bool
}

func (c *cutOff) UpdateSeat(ctx context.Context, s *sitting.Seat) error {
	if c.armed {
		c.armed = false
		return errors.New("power cut")
	}
	return c.Seats.UpdateSeat(ctx, s)
}

// TestWhoAppliesForARetakeIsSeatedForOneSubject (补考): who applied for a retake takes practice alone; who applied for both takes both. The
// office may change it until the session closes, and take it back.
func TestWhoAppliesForARetakeIsSeatedForOneSubject(t *testing.T) {
	w := open(t)
	seats := &cutOff{Seats: w.ports.Seats}
	w.ports.Seats = seats
	w.desk = w.desk.Keeping(keeps{})
	w.sittings = w.build(w.ports)
	n := w.session()
	both, again := w.person("甲"), w.person("乙")
	w.apply(n, both, "")
	c := claims()
	c.Retake = registration.WhatIsMissing
	a, err := w.desk.Apply(ctx, office, w.sittings.Target(n), again, c, "", "")
	if must(t, err); !a.Accepted() || a.Only != engine.Practical {
		t.Fatalf("%+v", a)
	}
	only := func() map[engine.PersonID]*sitting.Seat {
		all, err := w.sittings.SeatsOf(ctx, n.ID)
		must(t, err)
		out := map[engine.PersonID]*sitting.Seat{}
		for _, s := range all {
			out[s.Candidate] = s
		}
		return out
	}
	w.seat(n)
	if at := only(); at[both].Only != "" || at[again].Only != engine.Practical || at[again].Station == "" || at[again].Takes(engine.Theory) {
		t.Fatalf("%+v, %+v", at[both], at[again])
	}
	ticket := only()[both].Ticket
	_, err = w.sittings.TakeOnly(ctx, office, n.ID, ticket, engine.Theory)
	wantError(t, "nothing kept", err, registration.ErrNotKept)

	seats.armed = true
	if _, err = w.sittings.TakeOnly(ctx, office, n.ID, ticket, engine.Practical); err == nil {
		t.Fatal("no power cut")
	}
	_, err = w.sittings.SeatsOf(ctx, n.ID)
	wantError(t, "drawing while the seat does not say it yet", err, sitting.ErrSeating)
	w.seat(n) // completes it
	if at := only(); at[both].Only != engine.Practical {
		t.Fatalf("%+v", at[both])
	}
	if taking, err := w.sittings.Taking(ctx, n.ID, engine.Theory); err != nil || len(taking) != 0 {
		t.Errorf("%v, %v", taking, err)
	}
	for range 2 {
		seat, err := w.sittings.TakeOnly(ctx, office, n.ID, ticket, "")
		if must(t, err); seat.Only != "" || seat.Station == "" {
			t.Fatalf("taken back: %+v", seat)
		}
	}
	w.seat(n)
	if at := only(); at[both].Only != "" {
		t.Error("seating again undoes what was taken back")
	}
	must(t, w.sittings.Close(ctx, office, n.ID))
	_, err = w.sittings.TakeOnly(ctx, office, n.ID, ticket, engine.Practical)
	wantError(t, "after forms are drawn", err, sitting.ErrRetakeLate)
}
