package sitting_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// employ has somebody new apply who states a class and an employer.
func (w *world) employ(n *sitting.Session, class, employer string) engine.PersonID {
	w.t.Helper()
	p := w.person(fmt.Sprint("考生", w.persons))
	_, err := w.desk.Apply(ctx, office, w.sittings.Target(w.get(n.ID)), p, claims(), employer, class)
	must(w.t, err)
	return p
}

// besides lists who sits beside, before or behind whom in a room.
func besides(r sitting.Room, seats []*sitting.Seat) (pairs [][2]*sitting.Seat) {
	for _, a := range seats {
		for _, b := range seats {
			side := r.Row(a.No) == r.Row(b.No) && r.Column(b.No)-r.Column(a.No) == 1
			behind := r.Column(a.No) == r.Column(b.No) && r.Row(b.No)-r.Row(a.No) == 1
			if a.Room == r.ID && b.Room == r.ID && (side || behind) {
				pairs = append(pairs, [2]*sitting.Seat{a, b})
			}
		}
	}
	return pairs
}

// People of one class, one employer or one family are not put next to each other where that can be had; whoever has no
// employer is tied to nobody by it; and the session says whom it could not keep apart.
// 同班、同单位、同一家人尽量不挨着坐；做不到的，场次里写明是哪些人。
func TestTheSeatPlanKeepsTiesApart(t *testing.T) {
	w := open(t)
	n := w.session()
	tie := map[engine.PersonID][]string{}
	for i := range 16 {
		class, employer := []string{"甲班", "乙班", ""}[i%3], []string{"安怡护理院", "其他"}[min(i%5, 1)]
		p := w.employ(n, class, employer)
		if tie[p] = []string{class, employer}; employer == "其他" {
			tie[p][1] = ""
		}
	}
	seats := w.seat(n)
	check(t, n, seats, 16)
	for _, r := range n.Rooms {
		for _, pair := range besides(r, seats) {
			for i := range 2 {
				if a := tie[pair[0].Candidate][i]; a != "" && a == tie[pair[1].Candidate][i] {
					t.Errorf("%s: seats %d and %d are both of %s", r.ID, pair[0].No, pair[1].No, a)
				}
			}
		}
	}
	if got := w.get(n.ID); len(got.Beside) != 0 {
		t.Errorf("left %+v", got.Beside)
	}
}

func TestTheSessionSaysWhoSitsTogether(t *testing.T) {
	w := open(t)
	d := w.draft("一班")
	d.Rooms[0].Capacity, d.Rooms[0].Columns, d.Rooms[1].Capacity = 4, 2, 1
	n, err := w.sittings.CreateSession(ctx, office, d)
	must(t, err)
	for range 5 {
		w.employ(n, "甲班", "")
	}
	check(t, n, w.seat(n), 5)
	want := []sitting.Neighbours{{Room: "t1", No: 1, Next: 2, Tie: "class"}, {Room: "t1", No: 1, Next: 3, Tie: "class"}, {Room: "t1", No: 2, Next: 4, Tie: "class"}, {Room: "t1", No: 3, Next: 4, Tie: "class"}}
	if got := w.get(n.ID).Beside; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

// A tie of kin is kept apart by itself, and one that ended long ago does not count.
func TestCompanyOfSeats(t *testing.T) {
	w := open(t)
	people := []engine.PersonID{w.person("甘棠"), w.person("甘露"), w.person("裴照")}
	w.kin(people[0], people[1])
	record := func(k separation.Kind, from, to separation.Node, until clock.Date) {
		t.Helper()
		_, err := w.judge.Record(ctx, office, separation.Tie{Kind: k, From: from, To: to, Since: clock.Date{Year: 2020, Month: 1, Day: 1}, Until: until, Source: "名册"})
		must(t, err)
	}
	record(separation.Employs, separation.OrgNode("甲院"), separation.PersonNode(people[0]), clock.Date{})
	record(separation.Employs, separation.OrgNode("乙院"), separation.PersonNode(people[1]), clock.Date{Year: 2023, Month: 1, Day: 1})
	record(separation.Attends, separation.PersonNode(people[2]), separation.ClassNode("丙班"), clock.Date{Year: 2026, Month: 1, Day: 1})
	record(separation.Trains, separation.OrgNode("丁校"), separation.ClassNode("丙班"), clock.Date{})
	got, err := w.judge.Company(ctx, people, clock.Date{Year: 2026, Month: 11, Day: 24}, 36)
	must(t, err)
	if len(got[people[0]]) != 2 || len(got[people[1]]) != 1 || got[people[1]][0].Kind != "kin" || !slices.Contains(got[people[0]], got[people[1]][0]) {
		t.Errorf("kin: %+v %+v", got[people[0]], got[people[1]])
	}
	if want := []separation.Common{{Kind: "class", Key: "class:丙班"}, {Kind: "trainer", Key: "org:丁校"}}; !reflect.DeepEqual(got[people[2]], want) {
		t.Errorf("%+v", got[people[2]])
	}
	if got, err = w.judge.Company(ctx, people[:1], clock.Date{Year: 2026, Month: 11, Day: 24}, 36); err != nil || len(got[people[0]]) != 1 {
		t.Errorf("kin who is not here counts: %+v %v", got, err)
	}
}

// Whoever is seated later changes nobody's seat, and nobody sits on a reserve seat.
func TestLaterSeatsAndReserve(t *testing.T) {
	w := open(t)
	d := w.draft("备用")
	d.Rooms[0].Reserve, d.Rooms[1].Capacity, d.Rooms[1].Reserve = 12, 4, 1
	n, err := w.sittings.CreateSession(ctx, office, d)
	must(t, err)
	w.candidates(n, 7)
	first := w.seat(n)
	w.candidates(n, 4)
	all := w.seat(n)
	check(t, n, all, 11)
	for i, s := range all {
		if i < len(first) && (s.Room != first[i].Room || s.No != first[i].No) {
			t.Errorf("seat %d moved", i+1)
		}
		if r := n.Rooms[map[sitting.RoomID]int{"t1": 0, "t2": 1}[s.Room]]; r.Kept(s.No) {
			t.Errorf("%s sits on the reserve seat %d", s.Ticket, s.No)
		}
	}
	w.candidates(n, 1)
	_, err = w.sittings.SeatCandidates(ctx, office, n.ID)
	wantError(t, "no seat but the reserve", err, sitting.ErrFull)
}

// shared is a session with one half of a hall.
func (w *world) shared(name string, part int) sitting.Session {
	d := w.draft(name)
	d.Rooms[0].Hall, d.Rooms[0].Parts, d.Rooms[0].Part = "一号楼机房", 2, part
	d.Rooms = slices.Delete(d.Rooms, 1, 2)
	return d
}

// Of sessions that share a hall at the same time each has every second seat; ties are kept apart across them; and no two
// have one part of it.
func TestHallsAreShared(t *testing.T) {
	w := open(t)
	first, err := w.sittings.CreateSession(ctx, office, w.shared("上", 1))
	must(t, err)
	_, err = w.sittings.CreateSession(ctx, office, w.shared("也是上", 1))
	wantError(t, "the same part", err, sitting.ErrHall)
	other := w.shared("大小不同", 2)
	other.Rooms[0].Columns = 4
	_, err = w.sittings.CreateSession(ctx, office, other)
	wantError(t, "another shape", err, sitting.ErrHall)
	later := w.shared("下午", 1)
	later.Theory.Opens, later.Theory.Closes = later.Theory.Closes, later.Theory.Closes.Add(90*time.Minute)
	_, err = w.sittings.CreateSession(ctx, office, later)
	must(t, err)
	second, err := w.sittings.CreateSession(ctx, office, w.shared("下", 2))
	must(t, err)
	again, err := w.sittings.CreateSession(ctx, office, w.shared("上", 1))
	if err != nil || again.ID != first.ID {
		t.Errorf("the same session again: %v", err)
	}
	kin := []engine.PersonID{w.employ(first, "", ""), w.employ(second, "", "")}
	w.kin(kin[0], kin[1])
	for range 7 {
		w.employ(first, "", "")
		w.employ(second, "", "")
	}
	both := slices.Concat(w.seat(first), w.seat(second))
	for _, pair := range besides(sitting.Room{ID: "t1", Capacity: 20, Columns: 5}, both) {
		if pair[0].Session == pair[1].Session {
			t.Errorf("seats %d and %d are of one session", pair[0].No, pair[1].No)
		}
		if slices.Contains(kin, pair[0].Candidate) && slices.Contains(kin, pair[1].Candidate) {
			t.Errorf("kin sit at %d and %d", pair[0].No, pair[1].No)
		}
	}
}

// A session that was seated before there were seat plans keeps its seats, and goes on from there.
func TestSessionsWithoutAPlan(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 6)
	before := w.seat(n)
	old := w.get(n.ID)
	old.Seating = nil
	must(t, w.ports.Sessions.UpdateSession(ctx, old))
	w.candidates(n, 3)
	after := w.seat(n)
	check(t, n, after, 9)
	for i, s := range before {
		if after[i].No != s.No || after[i].Room != s.Room {
			t.Errorf("seat %d moved", i+1)
		}
	}
	for _, s := range after {
		if w.get(n.ID).Whose(s.Room, s.No) == 0 {
			t.Errorf("%s %d is nobody's", s.Room, s.No)
		}
	}
}
