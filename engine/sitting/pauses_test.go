package sitting_test

import (
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/sitting"
)

// order is one of the exam office for the whole session, for a room of it or for one ticket.
func orderFor(n *sitting.Session, at sitting.Place) sitting.Order {
	return sitting.Order{Session: n.ID, Room: at.Room, Ticket: at.Ticket, Text: "火警"}
}

func TestNobodyIsPausedBeforeTheCheckIn(t *testing.T) {
	w := open(t)
	n := w.session()
	for name, c := range map[string]struct {
		at   time.Duration // from the first check-in
		want error
	}{"weeks ahead": {-56 * 24 * time.Hour, sitting.ErrNotBegun}, "a millisecond ahead": {-time.Millisecond, sitting.ErrNotBegun}, "from then on": {0, nil}} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			n := w.session()
			w.clock.Set(n.CheckInFrom().Add(c.at))
			_, err := w.sittings.Pause(ctx, office, orderFor(n, sitting.Place{}))
			if wantError(t, name, err, c.want); err != nil && !strings.Contains(err.Error(), "2026-11-24 09:00 开考，2026-11-24 08:00 起") {
				t.Errorf("it does not say when: %v", err)
			}
		})
	}
	early := orderFor(n, sitting.Place{})
	early.Minutes = 30
	_, err := w.sittings.Extend(ctx, office, early)
	wantError(t, "more time for who needs it, weeks ahead", err, nil)
}

func TestWhatStillStandsAfterAResumption(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 2)
	seat := w.seat(n)[0]
	w.clock.Set(opens.Add(10 * time.Minute))
	all, room, own := sitting.Place{}, sitting.Place{Room: seat.Room}, sitting.Place{Room: seat.Room, Ticket: seat.Ticket}
	other := sitting.Place{Room: map[sitting.RoomID]sitting.RoomID{"t1": "t2", "t2": "t1"}[seat.Room]}
	resume := func(at sitting.Place) error {
		_, err := w.sittings.Resume(ctx, office, orderFor(n, at))
		return err
	}
	standing := func(at sitting.Place) int {
		b, err := w.sittings.Proceedings(ctx, n.ID, 0)
		must(t, err)
		return len(b.Standing(at))
	}
	wantError(t, "nothing is paused", resume(room), sitting.ErrNotPaused)
	for _, at := range []sitting.Place{own, room, all} {
		_, err := w.sittings.Pause(ctx, office, orderFor(n, at))
		must(t, err)
	}
	if standing(all) != 3 || standing(room) != 3 || standing(own) != 3 || standing(other) != 1 {
		t.Errorf("standing: %d %d %d %d", standing(all), standing(room), standing(own), standing(other))
	}
	wantError(t, "the other room", resume(other), sitting.ErrOfficePaused)
	must(t, resume(own))
	must(t, resume(room))
	if standing(room) != 1 {
		t.Errorf("%d pauses stand", standing(room))
	}
	wantError(t, "the room again", resume(room), sitting.ErrOfficePaused)
	must(t, resume(all))
	_, err := w.sittings.Pause(ctx, office, orderFor(n, room))
	must(t, err)
	wantError(t, "one of a room", resume(own), sitting.ErrRoomPaused)
	wantError(t, "everybody", resume(all), sitting.ErrNotPaused)
	if standing(other) != 0 || standing(all) != 1 {
		t.Errorf("standing: %d elsewhere, %d of all", standing(other), standing(all))
	}
}
