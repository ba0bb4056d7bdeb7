package web_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api/web"
)

// The order of the console, worst first: each seat comes before the next.
func TestTheWorstSeatComesFirst(t *testing.T) {
	at := func(ago time.Duration) time.Time { return noon.Add(-ago) }
	order := []web.SeatView{
		{No: 30, State: web.SeatLost, Unsaved: 4, Heard: at(40 * time.Second)},
		{No: 2, State: web.SeatLost, Unsaved: 3, Heard: at(90 * time.Second)},
		{No: 1, State: web.SeatLost, Unsaved: 3, Heard: at(50 * time.Second)},
		{No: 9, State: web.SeatTrouble, Heard: at(5 * time.Minute)},
		{No: 8, State: web.SeatTrouble, Heard: at(time.Minute)},
		{No: 1, State: web.SeatPaused},
		{No: 1, State: web.SeatMachine},
		{No: 1, State: web.SeatAbsent},
		{No: 7, State: web.SeatUnsaved, Unsaved: 2},
		{No: 1, State: web.SeatUnsaved, Unsaved: 1},
		{No: 6, State: web.SeatSitting, Lately: true, FocusLost: 5},
		{No: 5, State: web.SeatSitting, Away: true, FocusLost: 1},
		{No: 1, State: web.SeatCheckedIn},
		{No: 1, State: web.SeatReleased},
		{No: 3, State: web.SeatSitting, FocusLost: 9}, // a while ago: the number says it
		{No: 4, State: web.SeatSitting},
		{Room: "t2", No: 1, State: web.SeatSitting},
		{No: 1, State: web.SeatExpected},
		{No: 1, State: web.SeatVoided, FocusLost: 9},
		{No: 1, State: web.SeatSubmitted, FocusLost: 9},
		{No: 1, State: web.SeatExempt},
		{No: 1, State: web.SeatEmpty},
	}
	for i, a := range order {
		for j, b := range order {
			if got := web.Worse(a, b); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("%+v against %+v: %d", a, b, got)
			}
		}
	}
	mixed := slices.Clone(order)
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		slices.SortFunc(mixed, web.Worse)
		if !slices.EqualFunc(mixed, order, func(a, b web.SeatView) bool { return web.Worse(a, b) == 0 }) {
			t.Fatalf("%+v", mixed)
		}
	}
}

func TestWhatOfARoomIsShown(t *testing.T) {
	seat := web.SeatView{No: 12, Ticket: "26120000010012", Name: "Ma Li", State: web.SeatAbsent}
	for _, c := range []struct {
		shown web.RoomShown
		want  bool
	}{
		{web.RoomShown{}, true}, {web.RoomShown{Filter: "attention"}, true}, {web.RoomShown{Filter: "out"}, true}, {web.RoomShown{Filter: "in"}, false},
		{web.RoomShown{Query: "12"}, true}, {web.RoomShown{Query: "1"}, false}, {web.RoomShown{Query: "mali"}, true}, {web.RoomShown{Query: "2612 0000"}, true},
		{web.RoomShown{Query: "261"}, false}, {web.RoomShown{Query: "Wang"}, false}, {web.RoomShown{Filter: "in", Query: "12"}, false},
	} {
		if got := c.shown.Has(seat); got != c.want {
			t.Errorf("%+v: %v", c.shown, got)
		}
	}
}

func TestWhatMayBeDoneAboutASeat(t *testing.T) {
	runs, office, looks := web.RoomView{MayRun: true, MayOrder: true}, web.RoomView{MayOrder: true}, web.RoomView{}
	for _, state := range web.SeatStates() {
		if got := looks.Actions(state); len(got) > 0 {
			t.Errorf("who looks may %v of %s", got, state)
		}
		if got := office.Actions(state); slices.ContainsFunc(got, func(a string) bool { return a == "readmission" || a == "moves" || a == "misconduct" }) {
			t.Errorf("the office may %v of %s", got, state)
		}
		may := runs.Actions(state)
		if got, want := slices.Contains(may, "reopening"), state == web.SeatSubmitted; got != want {
			t.Errorf("reopening of %s: %v", state, got)
		}
		if got := slices.Contains(may, "misconduct"); got != (state != web.SeatVoided && state != web.SeatEmpty) {
			t.Errorf("misconduct of %s: %v", state, got)
		}
		if got := slices.Contains(may, "extension"); got && (state == web.SeatSubmitted || state == web.SeatVoided || state == web.SeatAbsent) {
			t.Errorf("%s can be extended", state)
		}
	}
	seat := web.SeatView{State: web.SeatPaused, Paused: true, OwnPause: true}
	runs.Dialog.At = &seat
	if runs.Offer("pause") || !runs.Offer("resumption") {
		t.Error("who is paused is offered another pause")
	}
	seat.OwnPause = false // the whole room is
	if !runs.Offer("pause") || runs.Offer("resumption") {
		t.Error("who is paused with the room is resumed alone")
	}
}

func TestTimeLeft(t *testing.T) {
	for _, c := range []struct {
		seat web.SeatView
		want string
	}{
		{web.SeatView{}, ""}, {web.SeatView{Closes: noon.Add(81*time.Minute + 7400*time.Millisecond)}, "1:21:07"}, {web.SeatView{Closes: noon.Add(time.Hour - time.Second)}, "59:59"}, {web.SeatView{Closes: noon.Add(time.Hour)}, "1:00:00"}, {web.SeatView{Closes: noon.Add(-time.Second)}, "0:00"},
		{web.SeatView{Paused: true, Left: 65 * time.Second}, "1:05"},
	} {
		if got := c.seat.TimeLeft(noon); got != c.want {
			t.Errorf("%+v: %q, want %q", c.seat, got, c.want)
		}
	}
}
