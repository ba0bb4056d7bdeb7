package sitting_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

func (w *world) move(by authz.Principal, n *sitting.Session, t sitting.Ticket, no int) error {
	_, err := w.sittings.Move(ctx, by, n.ID, sitting.Relocation{Room: "t1", Ticket: t, No: no, Reason: " 机器故障 "})
	return err
}

func TestMove(t *testing.T) {
	w := open(t)
	n, seats, one, other := w.room() // seats 0 and 1 in t1
	w.clock.Set(opens)
	a, b := seats[0], seats[1]
	for _, c := range []struct {
		what string
		by   authz.Principal
		t    sitting.Ticket
		no   int
		want error
	}{
		{"the office", office, a.Ticket, 9, authz.ErrForbidden}, {"of another room", other, a.Ticket, 9, sitting.ErrNotOnDuty},
		{"a ticket of another room", one, seats[2].Ticket, 9, sitting.ErrTicket}, {"no ticket", one, "26120000000001", 9, sitting.ErrTicket},
		{"no such seat", one, a.Ticket, 21, sitting.ErrSeatNo}, {"seat zero", one, a.Ticket, 0, sitting.ErrSeatNo}, {"taken", one, a.Ticket, b.No, sitting.ErrSeatTaken},
		{"the last", one, a.Ticket, 20, nil}, {"again", one, a.Ticket, 20, nil}, {"where the other was", one, b.Ticket, a.No, nil},
	} {
		wantError(t, c.what, w.move(c.by, n, c.t, c.no), c.want)
	}
	_, err := w.sittings.Move(ctx, one, n.ID, sitting.Relocation{Room: "t1", Ticket: a.Ticket, No: 7, Reason: " "})
	wantError(t, "no reason", err, sitting.ErrWhy)
	_, err = w.sittings.Move(ctx, one, n.ID, sitting.Relocation{Room: "t1", Ticket: a.Ticket, No: 7, Reason: strings.Repeat("长", 301)})
	wantError(t, "a reason that is too long", err, sitting.ErrWhy)
	got, err := w.sittings.SeatOf(ctx, a.Ticket)
	must(t, err)
	if last := got.Trail[len(got.Trail)-1]; got.No != 20 || len(got.Trail) != 2 || last.Action != "seat.moved" || last.Note != "1号→20号：机器故障" || last.By != one.Account {
		t.Errorf("%d %+v", got.No, got.Trail)
	}
	if s := w.get(n.ID); s.Whose("t1", 20) != 1 || s.Whose("t1", b.No) != 0 || !s.GivenUp("t1", b.No) {
		t.Errorf("%v", s.Seating)
	}
	w.clock.Set(opens.Add(90 * time.Minute))
	wantError(t, "after the end", w.move(one, n, a.Ticket, 5), sitting.ErrSeatState)
	w.clock.Set(opens.Add(-sitting.CheckInLead - time.Millisecond))
	wantError(t, "before anybody came", w.move(one, n, a.Ticket, 5), sitting.ErrSeatState)
	w.clock.Set(opens)
	_, err = w.sittings.Void(ctx, one, n.ID, sitting.Place{Room: "t1", Ticket: a.Ticket}, "夹带")
	must(t, err)
	wantError(t, "voided", w.move(one, n, a.Ticket, 5), sitting.ErrSeatState)
}

// Of two who are moved to one seat at the same time only one is; and a seat that was left is not planned again.
func TestMovesToOneSeat(t *testing.T) {
	w := open(t)
	n, seats, one, _ := w.room()
	w.clock.Set(opens)
	for no := 3; no <= 12; no++ {
		errs := make([]error, 2)
		var both sync.WaitGroup
		for i := range errs {
			both.Go(func() { errs[i] = w.move(one, n, seats[i].Ticket, no) })
		}
		both.Wait()
		if errors.Is(errs[0], sitting.ErrSeatTaken) == errors.Is(errs[1], sitting.ErrSeatTaken) {
			t.Fatalf("seat %d: %v", no, errs)
		}
		all, err := w.sittings.SeatsOf(ctx, n.ID)
		must(t, err)
		check(t, n, all, len(seats))
		for _, s := range all {
			if w.get(n.ID).Whose(s.Room, s.No) == 0 {
				t.Errorf("%s sits on nobody's seat %d", s.Ticket, s.No)
			}
		}
	}
}

// stuck keeps seats from being written.
type stuck struct{ sitting.Seats }

func (stuck) UpdateSeat(_ context.Context, _ *sitting.Seat) error { return errFlaky }

// A move that was cut off after the session was written is completed by moving again.
func TestAMoveIsCompleted(t *testing.T) {
	w := open(t)
	n, seats, one, _ := w.room()
	w.clock.Set(opens)
	ports := w.ports
	ports.Seats = stuck{w.ports.Seats}
	m := sitting.Relocation{Room: "t1", Ticket: seats[0].Ticket, No: 8, Reason: "机器故障"}
	_, err := w.build(ports).Move(ctx, one, n.ID, m)
	wantError(t, "cut off", err, errFlaky)
	got, err := w.sittings.Move(ctx, one, n.ID, m)
	must(t, err)
	if got.No != 8 {
		t.Errorf("seat %d", got.No)
	}
}

func TestAdmitLate(t *testing.T) {
	w := open(t)
	n, seats, one, _ := w.room()
	late := opens.Add(30 * time.Minute)
	if got := w.get(n.ID).LateFrom(engine.RoomPolicy{LateMinutes: 30}); !got.Equal(late) {
		t.Errorf("late from %v", got)
	}
	for minutes, want := range map[int]time.Time{0: n.Theory.Closes, 1: opens.Add(time.Minute), 90: n.Theory.Closes, 500: n.Theory.Closes} {
		if got := n.LateFrom(engine.RoomPolicy{LateMinutes: minutes}); !got.Equal(want) {
			t.Errorf("%d minutes: late from %v", minutes, got)
		}
	}
	w.clock.Set(late)
	_, err := w.sittings.CheckIn(ctx, one, n.ID, "t1", seats[0].Ticket)
	wantError(t, "late", err, sitting.ErrLate)
	admit := func(by authz.Principal, t sitting.Ticket, reason string) error {
		_, err := w.sittings.AdmitLate(ctx, by, n.ID, t, reason)
		return err
	}
	elsewhere := authz.Principal{Account: "x", Roles: office.Roles, Org: "别处"}
	wantError(t, "the room itself", admit(one, seats[0].Ticket, "堵车"), authz.ErrForbidden)
	wantError(t, "another body", admit(elsewhere, seats[0].Ticket, "堵车"), sitting.ErrSession)
	wantError(t, "no reason", admit(office, seats[0].Ticket, "　"), sitting.ErrWhy)
	wantError(t, "no ticket", admit(office, "26120000000001", "堵车"), sitting.ErrTicket)
	must(t, admit(office, seats[0].Ticket, "堵车"))
	must(t, admit(office, seats[0].Ticket, "又说一遍"))
	got, err := w.sittings.CheckIn(ctx, one, n.ID, "t1", seats[0].Ticket)
	must(t, err)
	if note := got.Trail[1]; got.Admitted.IsZero() || len(got.Trail) != 3 || note.Action != "seat.admitted_late" || note.Note != "堵车" || note.By != "office" {
		t.Errorf("%+v", got)
	}
	w.clock.Set(n.Theory.Closes)
	wantError(t, "after the end", admit(office, seats[1].Ticket, "堵车"), sitting.ErrSeatState)
}

// Who is absent is fixed at the late limit, for those admitted to come late at the end.
func TestAbsent(t *testing.T) {
	n := &sitting.Session{}
	n.Theory.Opens, n.Theory.Closes = opens, opens.Add(90*time.Minute)
	rules := engine.RoomPolicy{LateMinutes: 30}
	limit := opens.Add(30 * time.Minute)
	for _, c := range []struct {
		seat sitting.Seat
		at   time.Time
		want bool
	}{
		{sitting.Seat{}, limit.Add(-time.Millisecond), false}, {sitting.Seat{}, limit, true}, {sitting.Seat{CheckedIn: opens}, limit, false},
		{sitting.Seat{Voided: opens}, limit, false}, {sitting.Seat{Admitted: opens}, limit, false},
		{sitting.Seat{Admitted: opens}, n.Theory.Closes.Add(-time.Millisecond), false}, {sitting.Seat{Admitted: opens}, n.Theory.Closes, true},
	} {
		if got := c.seat.AbsentAt(n, rules, c.at); got != c.want {
			t.Errorf("%+v at %v: %v", c.seat, c.at, got)
		}
	}
}

// The papers of a room are for the office of its body and for those on duty in it.
func TestSheet(t *testing.T) {
	w := open(t)
	n, seats, one, other := w.room()
	for _, c := range []struct {
		what string
		by   authz.Principal
		room sitting.RoomID
		kind sitting.SheetKind
		from int
		want error
	}{
		{"office", office, "t1", sitting.SheetDoor, 0, nil}, {"on duty", one, "t1", sitting.SheetRecord, 0, nil}, {"of another room", other, "t1", sitting.SheetDoor, 0, sitting.ErrNotOnDuty},
		{"another body", authz.Principal{Roles: office.Roles, Org: "别处"}, "t1", sitting.SheetDoor, 0, sitting.ErrSession},
		{"an authority", labour, "t1", sitting.SheetDoor, 0, authz.ErrForbidden}, {"a practical room", office, "p1", sitting.SheetDoor, 0, sitting.ErrRoom},
		{"no room", office, "t9", sitting.SheetDoor, 0, sitting.ErrRoom}, {"no kind", office, "t1", "poster", 0, sitting.ErrSheetKind},
		{"no seats there", office, "t1", sitting.SheetTickets, 61, sitting.ErrNoSheet}, {"tickets", office, "t1", sitting.SheetTickets, 1, nil},
	} {
		got, err := w.sittings.Sheet(ctx, c.by, n.ID, c.room, sitting.SheetWanted{Kind: c.kind, From: c.from})
		wantError(t, c.what, err, c.want)
		if err == nil && (len(got.Seats) != 2 || got.Seats[0].Ticket != seats[0].Ticket || got.Seats[0].ID == "" || strings.Contains(got.Seats[0].ID, "1980") || got.Made.IsZero() || got.Held) {
			t.Errorf("%s: %+v", c.what, got)
		}
	}
}
