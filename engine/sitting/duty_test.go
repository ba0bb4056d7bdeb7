package sitting_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

func TestAssign(t *testing.T) {
	w := open(t)
	n := w.session()
	one, two := w.person("方国栋"), w.person("陆明远")
	w.assign(n, one, authz.Invigilator, "t1")
	w.assign(n, two, authz.Examiner, "p1")
	for _, c := range []struct {
		name string
		who  engine.PersonID
		role authz.Role
		room sitting.RoomID
		want error
	}{
		{"again", one, authz.Invigilator, "t1", nil},
		{"an invigilator in two rooms", one, authz.Invigilator, "t2", sitting.ErrDuty},
		{"an examiner at two stations", two, authz.Examiner, "p2", nil},
		{"an examiner supervises", two, authz.Supervisor, "", sitting.ErrDuty},
		{"an examiner leads", two, authz.Leader, "", sitting.ErrDuty},
		{"an invigilator marks", one, authz.Marker, "", sitting.ErrDuty},
		{"an invigilator at a station", w.person("甲"), authz.Invigilator, "p1", sitting.ErrDuty},
		{"an examiner in a theory room", w.person("乙"), authz.Examiner, "t1", sitting.ErrDuty},
		{"an examiner nowhere", w.person("丙"), authz.Examiner, "", sitting.ErrDuty},
		{"an unknown room", w.person("丁"), authz.Invigilator, "t9", sitting.ErrRoom},
		{"a supervisor in a room", w.person("戊"), authz.Supervisor, "t1", sitting.ErrDuty},
		{"a registrar", w.person("己"), authz.Registrar, "", sitting.ErrDuty},
		{"nobody", "nobody", authz.Marker, "", engine.ErrPerson},
	} {
		_, err := w.sittings.Assign(ctx, office, n.ID, c.who, c.role, c.room)
		wantError(t, c.name, err, c.want)
	}
	got := w.get(n.ID)
	if len(got.Duties) != 3 || got.Duties[0].Name != "方国栋" || got.Revision != 4 {
		t.Errorf("revision %d, duties %+v", got.Revision, got.Duties)
	}
	_, err := w.sittings.Assign(ctx, as(one, authz.Invigilator), n.ID, one, authz.Invigilator, "t1")
	wantError(t, "an invigilator assigns", err, authz.ErrForbidden)
	_, err = w.sittings.Assign(ctx, authz.Principal{Roles: office.Roles, Org: "别处"}, n.ID, one, authz.Invigilator, "t1")
	wantError(t, "another body's office", err, sitting.ErrSession)
}

// 与已受理的报名者有关系的人，不得派岗。
func TestAssignIsSeparatedFromApplicants(t *testing.T) {
	w := open(t)
	n := w.session()
	people, staff := w.candidates(n, 2), w.person("甘棠")
	w.kin(staff, people[0])
	for _, role := range []authz.Role{authz.Supervisor, authz.Marker, authz.Leader} {
		for range 2 {
			_, err := w.sittings.Assign(ctx, office, n.ID, staff, role, "")
			var separated *separation.Separated
			if !errors.As(err, &separated) || len(separated.Findings) != 1 || separated.Findings[0].Role != role {
				t.Errorf("%s: %v", role, err)
			}
		}
	}
	got := w.get(n.ID)
	if len(got.Findings) != 3 || len(got.Duties) != 0 || got.Revision != 4 {
		t.Errorf("revision %d, %d duties, findings %v", got.Revision, len(got.Duties), got.Findings)
	}
	_, err := w.sittings.Assign(ctx, office, n.ID, people[1], authz.Marker, "")
	wantError(t, "a candidate", err, separation.ErrSeparated)
}

func TestAssignAtTheSameTime(t *testing.T) {
	w := open(t)
	n := w.session()
	who := w.person("陆明远")
	var all sync.WaitGroup
	var mu sync.Mutex
	done := map[authz.Role]int{}
	for _, role := range []authz.Role{authz.Leader, authz.Marker, authz.Supervisor, authz.Leader} {
		all.Go(func() {
			_, err := w.sittings.Assign(ctx, office, n.ID, who, role, "")
			if err != nil && !errors.Is(err, sitting.ErrDuty) {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				done[role]++
			}
		})
	}
	all.Wait()
	if got := w.get(n.ID); len(got.Duties) != 1 || len(done) != 1 || done[got.Duties[0].Role] == 0 {
		t.Errorf("duties %+v, done %v", got.Duties, done)
	}
}

func TestOnDuty(t *testing.T) {
	w := open(t)
	n := w.session()
	invigilator, leader := w.person("方国栋"), w.person("陶静宜")
	w.assign(n, invigilator, authz.Invigilator, "t1")
	w.assign(n, leader, authz.Leader, "")
	for _, c := range []struct {
		name string
		by   authz.Principal
		role authz.Role
		room sitting.RoomID
		want error
	}{
		{"in the room", as(invigilator, authz.Invigilator), authz.Invigilator, "t1", nil},
		{"anywhere", as(invigilator, authz.Invigilator), authz.Invigilator, "", nil},
		{"in the other room", as(invigilator, authz.Invigilator), authz.Invigilator, "t2", sitting.ErrNotOnDuty},
		{"in another role", as(invigilator, authz.Invigilator), authz.Examiner, "", sitting.ErrNotOnDuty},
		{"the leader at a station", as(leader, authz.Leader), authz.Leader, "p2", nil},
		{"a stranger", as("x", authz.Invigilator), authz.Invigilator, "t1", sitting.ErrNotOnDuty},
		{"nobody", authz.Principal{}, authz.Invigilator, "t1", sitting.ErrNotOnDuty},
	} {
		wantError(t, c.name, w.sittings.OnDuty(ctx, n.ID, c.by, c.role, c.room), c.want)
	}
	wantError(t, "no session", w.sittings.OnDuty(ctx, "none", as(leader, authz.Leader), authz.Leader, ""), sitting.ErrSession)
}

// room is a session with three candidates, two invigilators in t1 and one in t2.
func (w *world) room() (n *sitting.Session, seats []*sitting.Seat, one, other authz.Principal) {
	w.t.Helper()
	n = w.session()
	w.candidates(n, 3)
	seats = w.seat(n) // the third of them in t2
	a, b, c := w.person("方国栋"), w.person("邵玉琴"), w.person("温如玉")
	w.assign(n, a, authz.Invigilator, "t1")
	w.assign(n, b, authz.Invigilator, "t1")
	w.assign(n, c, authz.Invigilator, "t2")
	return n, seats, as(a, authz.Invigilator), as(c, authz.Invigilator)
}

func TestCheckInHours(t *testing.T) {
	w := open(t)
	n, seats, one, other := w.room()
	if seats[0].Room != "t1" || seats[1].Room != "t1" || seats[2].Room != "t2" {
		t.Fatalf("rooms %s %s %s", seats[0].Room, seats[1].Room, seats[2].Room)
	}
	for _, c := range []struct {
		at   time.Time
		seat int
		by   authz.Principal
		room sitting.RoomID
		want error
	}{
		{opens.Add(-sitting.CheckInLead - time.Millisecond), 0, one, "t1", sitting.ErrSeatState},
		{opens.Add(-sitting.CheckInLead), 0, one, "t1", nil},
		{opens, 2, one, "t2", sitting.ErrNotOnDuty},
		{opens, 2, other, "t2", nil},
		{opens.Add(90 * time.Minute), 1, one, "t1", sitting.ErrSeatState},
		{opens.Add(90*time.Minute - time.Millisecond), 1, one, "t1", sitting.ErrLate},
		{opens.Add(30 * time.Minute), 1, one, "t1", sitting.ErrLate},
		{opens.Add(30*time.Minute - time.Millisecond), 1, one, "t1", nil},
		{opens.Add(90 * time.Minute), 1, one, "t1", nil}, // again
	} {
		w.clock.Set(c.at)
		got, err := w.sittings.CheckIn(ctx, c.by, n.ID, c.room, seats[c.seat].Ticket)
		wantError(t, c.at.String(), err, c.want)
		if err == nil && (got.CheckedIn.IsZero() || len(got.Trail) != 2) {
			t.Errorf("%+v", got)
		}
	}
	_, err := w.sittings.CheckIn(ctx, office, n.ID, "t1", seats[0].Ticket)
	wantError(t, "the office", err, authz.ErrForbidden)
}

// Whoever is on duty in a room acts on the tickets of that room alone; of others nobody learns whether they exist.
// 监考员只管本考场的考生，别的考场有没有这个人也不告知。
func TestTicketsOfOtherRooms(t *testing.T) {
	w := open(t)
	n, seats, one, other := w.room()
	next, err := w.sittings.CreateSession(ctx, office, w.draft("第二场"))
	must(t, err)
	w.candidates(next, 1)
	foreign := w.seat(next)[0]
	w.assign(next, engine.PersonID(one.Person), authz.Invigilator, "t1")
	w.clock.Set(opens)
	for _, c := range []struct {
		name   string
		by     authz.Principal
		id     sitting.SessionID
		room   sitting.RoomID
		ticket sitting.Ticket
		want   error
	}{
		{"in its room", one, n.ID, "t1", seats[0].Ticket, nil},
		{"nobody's", one, n.ID, "t1", "26120000000001", sitting.ErrTicket},
		{"of another room", one, n.ID, "t1", seats[2].Ticket, sitting.ErrTicket},
		{"of another session, on duty in both", one, n.ID, "t1", foreign.Ticket, sitting.ErrTicket},
		{"through the other session", one, next.ID, "t1", seats[1].Ticket, sitting.ErrTicket},
		{"under its own room, without a duty there", one, n.ID, "t2", seats[2].Ticket, sitting.ErrNotOnDuty},
		{"without a duty in the session", other, next.ID, "t1", foreign.Ticket, sitting.ErrNotOnDuty},
		{"no room", one, n.ID, "t9", seats[0].Ticket, sitting.ErrRoom},
		{"no session", one, "none", "t1", seats[0].Ticket, sitting.ErrSession},
	} {
		_, in := w.sittings.CheckIn(ctx, c.by, c.id, c.room, c.ticket)
		wantError(t, "check in "+c.name, in, c.want)
		_, out := w.sittings.Void(ctx, c.by, c.id, sitting.Place{Room: c.room, Ticket: c.ticket}, "夹带")
		wantError(t, "void "+c.name, out, c.want)
		if c.want != nil && (in.Error() != c.want.Error() || out.Error() != c.want.Error()) {
			t.Errorf("%s: %q and %q tell more than %q", c.name, in, out, c.want)
		}
	}
	for _, ticket := range []sitting.Ticket{seats[1].Ticket, seats[2].Ticket, foreign.Ticket} {
		if s, err := w.sittings.SeatOf(ctx, ticket); err != nil || !s.CheckedIn.IsZero() || !s.Voided.IsZero() || s.Revision != 1 {
			t.Errorf("%+v, %v", s, err)
		}
	}
}

func TestRelease(t *testing.T) {
	w := open(t)
	n, seats, one, other := w.room()
	w.clock.Set(opens.Add(-time.Minute))
	release := func(by authz.Principal, room sitting.RoomID, want int, refusal error) {
		t.Helper()
		got, err := w.sittings.Release(ctx, by, n.ID, room)
		wantError(t, "release", err, refusal)
		if got != want {
			t.Errorf("%d released, want %d", got, want)
		}
	}
	release(one, "t1", 0, nil)
	_, err := w.sittings.CheckIn(ctx, one, n.ID, "t1", seats[0].Ticket)
	must(t, err)
	release(one, "t1", 1, nil)
	release(one, "t1", 0, nil)
	_, err = w.sittings.CheckIn(ctx, one, n.ID, "t1", seats[1].Ticket)
	must(t, err)
	release(one, "t1", 1, nil)
	release(one, "t2", 0, sitting.ErrNotOnDuty)
	release(one, "t9", 0, sitting.ErrRoom)
	release(office, "t1", 0, authz.ErrForbidden)
	release(other, "t2", 0, sitting.ErrStaffing)
	w.assign(n, w.person("替补"), authz.Invigilator, "t2")
	release(other, "t2", 0, nil)
	w.clock.Set(opens.Add(90 * time.Minute))
	release(one, "t1", 0, sitting.ErrSeatState)
	s, err := w.sittings.SeatOf(ctx, seats[0].Ticket)
	if err != nil || s.Released != opens.Add(-time.Minute) || len(s.Trail) != 3 {
		t.Errorf("%+v, %v", s, err)
	}
}

// One invigilator for fifteen candidates, and two at least: the thirty-first needs a third.
// 监考员按十五名考生一人配备，至少两人；第三十一名考生需要第三人。
func TestStaffing(t *testing.T) {
	for _, c := range []struct {
		candidates, invigilators int
		want                     error
	}{{1, 1, sitting.ErrStaffing}, {1, 2, nil}, {30, 2, nil}, {31, 2, sitting.ErrStaffing}, {31, 3, nil}} {
		w := open(t)
		draft := w.draft("一间")
		draft.Rooms = draft.Rooms[1:]
		draft.Rooms[0].Capacity, draft.Rooms[1].Capacity = 40, 40
		n, err := w.sittings.CreateSession(ctx, office, draft)
		must(t, err)
		w.candidates(n, c.candidates)
		w.seat(n)
		var by engine.PersonID
		for range c.invigilators {
			by = w.person("监考")
			w.assign(n, by, authz.Invigilator, "t2")
		}
		w.clock.Set(opens)
		_, err = w.sittings.Release(ctx, as(by, authz.Invigilator), n.ID, "t2")
		wantError(t, "release", err, c.want)
	}
}

func TestVoid(t *testing.T) {
	w := open(t)
	n, seats, one, other := w.room()
	w.clock.Set(opens)
	_, err := w.sittings.CheckIn(ctx, one, n.ID, "t1", seats[0].Ticket)
	must(t, err)
	for _, c := range []struct {
		by     authz.Principal
		reason string
		want   error
	}{{one, " ", sitting.ErrReason}, {other, "夹带", sitting.ErrNotOnDuty}, {office, "夹带", authz.ErrForbidden}, {one, " 夹带 ", nil}, {one, "再次", nil}} {
		_, err := w.sittings.Void(ctx, c.by, n.ID, sitting.Place{Room: "t1", Ticket: seats[0].Ticket}, c.reason)
		wantError(t, c.reason, err, c.want)
	}
	s, err := w.sittings.SeatOf(ctx, seats[0].Ticket)
	if err != nil || s.Note != "夹带" || s.Voided != opens || len(s.Trail) != 3 {
		t.Errorf("%+v, %v", s, err)
	}
	said, err := w.sittings.Exclusions(ctx, n.ID)
	if err != nil || len(said) != 1 || said[0].Ticket != seats[0].Ticket || said[0].Words != "夹带" || said[0].At != opens || said[0].By != one.Account ||
		said[0].Name != one.Name || !said[0].Of(engine.Theory) || !said[0].Of(engine.Practical) || said[0].Place != n.RoomName("t1") {
		t.Errorf("%+v, %v", said, err)
	}
	if got, err := w.sittings.Release(ctx, one, n.ID, "t1"); err != nil || got != 0 {
		t.Errorf("%d released, %v", got, err)
	}
	_, err = w.sittings.Void(ctx, one, n.ID, sitting.Place{Room: "t1", Ticket: seats[1].Ticket}, "替考")
	must(t, err)
	_, err = w.sittings.CheckIn(ctx, one, n.ID, "t1", seats[1].Ticket)
	wantError(t, "check in after a void", err, sitting.ErrSeatState)
}
