package sitting_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/sitting"
)

// A session is open until the first of its components opens or it is closed, whichever is earlier.
func TestUntil(t *testing.T) {
	const ms = time.Millisecond
	at := func(theory, practical, closed time.Duration) sitting.Session {
		n := sitting.Session{Theory: clock.Window{Opens: opens.Add(theory)}, Practical: clock.Window{Opens: opens.Add(practical)}}
		if closed != 0 {
			n.Closed = opens.Add(closed)
		}
		return n
	}
	for _, c := range []struct {
		name string
		n    sitting.Session
		now  time.Duration // from opens
		want error
	}{
		{"just before theory", at(0, time.Hour, 0), -ms, nil},
		{"as theory opens", at(0, time.Hour, 0), 0, sitting.ErrClosed},
		{"after theory opens", at(0, time.Hour, 0), ms, sitting.ErrClosed},
		{"just before practice, which comes first", at(time.Hour, 0, 0), -ms, nil},
		{"as practice opens", at(time.Hour, 0, 0), 0, sitting.ErrClosed},
		{"closed", at(0, time.Hour, -time.Hour), -time.Hour, sitting.ErrClosed},
		{"closed by a clock that is ahead of ours", at(0, time.Hour, -time.Hour), -2 * time.Hour, sitting.ErrClosed},
	} {
		wantError(t, c.name, c.n.Open(opens.Add(c.now)), c.want)
	}
	n := at(0, time.Hour, -time.Hour)
	if n.Until() != n.Closed {
		t.Errorf("until %s", n.Until())
	}
	if n = at(0, time.Hour, time.Minute); n.Until() != opens {
		t.Errorf("closed while it ran, until %s", n.Until())
	}
}

func TestNobodyIsSeatedOnceTheSessionBegins(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 2)
	w.clock.Set(opens.Add(-time.Millisecond))
	check(t, n, w.seat(n), 2)
	late := w.person("迟到")
	w.apply(n, late, "")
	before := w.get(n.ID).Revision
	w.clock.Set(opens)
	_, err := w.sittings.SeatCandidates(ctx, office, n.ID)
	wantError(t, "as theory opens", err, sitting.ErrClosed)
	if got := w.get(n.ID); got.Revision != before || len(got.Allotted) != 2 {
		t.Errorf("revision %d, %d allotted", got.Revision, len(got.Allotted))
	}
	_, err = w.desk.Apply(ctx, office, w.sittings.Target(n), w.person("更晚"), claims(), "", "")
	wantError(t, "application as theory opens", err, registration.ErrClosed)
}

// After the close nothing about the seats changes, whatever is tried.
func TestClose(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 2)
	seats := w.seat(n)
	waiting := w.person("未排座")
	w.apply(n, waiting, "")
	must(t, w.sittings.Close(ctx, office, n.ID))
	closed := w.get(n.ID)
	if closed.Closed != w.clock.Now() || closed.Until() != closed.Closed || closed.Trail[len(closed.Trail)-1].Action != "session.closed" {
		t.Errorf("closed %s, until %s, trail %+v", closed.Closed, closed.Until(), closed.Trail)
	}
	w.clock.Set(w.clock.Now().Add(time.Hour))
	must(t, w.sittings.Close(ctx, authz.Worker("draw"), n.ID))
	_, err := w.sittings.SeatCandidates(ctx, office, n.ID)
	wantError(t, "seating", err, sitting.ErrClosed)
	_, err = w.desk.Apply(ctx, office, w.sittings.Target(closed), w.person("新报名"), claims(), "", "")
	wantError(t, "application", err, registration.ErrClosed)
	if got := w.get(n.ID); got.Revision != closed.Revision || len(got.Allotted) != 2 {
		t.Errorf("revision %d, %d allotted", got.Revision, len(got.Allotted))
	}
	left, err := w.sittings.SeatsOf(ctx, n.ID)
	must(t, err)
	check(t, n, left, len(seats))
}

func TestWhoMayClose(t *testing.T) {
	w := open(t)
	n := w.session()
	for _, role := range authz.Roles() {
		by := authz.Principal{Account: "a", Roles: []authz.Role{role}, Org: string(body)}
		if err := w.sittings.Close(ctx, by, n.ID); (err == nil) != authz.Allowed(role, authz.FormsDraw) {
			t.Errorf("%s closes: %v", role, err)
		}
	}
	next, err := w.sittings.CreateSession(ctx, office, w.draft("第二场"))
	must(t, err)
	wantError(t, "another body", w.sittings.Close(ctx, authz.Principal{Roles: office.Roles, Org: "别处"}, next.ID), sitting.ErrSession)
	wantError(t, "no session", w.sittings.Close(ctx, office, "none"), sitting.ErrSession)
	if got := w.get(next.ID); !got.Closed.IsZero() {
		t.Error("closed by another body")
	}
}

// The close is written while a seating, having seen an open session, is being written: nobody gets a seat.
func TestACloseDuringTheSeating(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 3)
	ports := w.ports
	ports.Sessions = &late{Sessions: w.ports.Sessions, come: func() { must(t, w.sittings.Close(ctx, office, n.ID)) }}
	_, err := w.build(ports).SeatCandidates(ctx, office, n.ID)
	wantError(t, "seating", err, sitting.ErrClosed)
	if got := w.get(n.ID); len(got.Allotted) != 0 {
		t.Errorf("%d allotted", len(got.Allotted))
	}
}

// The other way round: whoever was seated while the close was being written has a seat when it is done.
func TestASeatingDuringTheClose(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 3)
	ports := w.ports
	ports.Sessions = &late{Sessions: w.ports.Sessions, come: func() { w.seat(n) }}
	must(t, w.build(ports).Close(ctx, office, n.ID))
	seats, err := w.sittings.SeatsOf(ctx, n.ID)
	must(t, err)
	check(t, n, seats, 3)
}

// What was seen after the close is all there ever is, whoever was first.
func TestCloseAndSeatAtTheSameTime(t *testing.T) {
	w := open(t)
	for round := range 8 {
		n, err := w.sittings.CreateSession(ctx, office, w.draft(fmt.Sprint("第", round, "场")))
		must(t, err)
		w.candidates(n, 1)
		w.seat(n)
		w.candidates(n, 1)
		allotted := make([]engine.PersonID, 0)
		var both sync.WaitGroup
		both.Go(func() {
			if err := w.sittings.Close(ctx, office, n.ID); err != nil {
				t.Error(err)
			}
			allotted = w.get(n.ID).Allotted
		})
		both.Go(func() {
			if _, err := w.sittings.SeatCandidates(ctx, office, n.ID); err != nil && !errors.Is(err, sitting.ErrClosed) {
				t.Error(err)
			}
		})
		both.Wait()
		seats, err := w.sittings.SeatsOf(ctx, n.ID)
		must(t, err)
		check(t, n, seats, len(allotted))
	}
}

// A kill left seats allotted and not made, and then the session was closed: they are made all the same, and no others.
func TestSeatingIsResumedAfterTheClose(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 6)
	ports := w.ports
	ports.Seats = &flaky{Seats: w.ports.Seats}
	_, err := w.build(ports).SeatCandidates(ctx, office, n.ID)
	wantError(t, "seating", err, errFlaky)
	must(t, w.sittings.Close(ctx, office, n.ID))
	_, err = w.desk.Apply(ctx, office, w.sittings.Target(n), w.person("之后报名"), claims(), "", "") // by a page from before
	must(t, err)
	_, err = w.sittings.SeatsOf(ctx, n.ID)
	wantError(t, "half seated", err, sitting.ErrSeating)
	check(t, n, w.seat(n), 6)
	_, err = w.sittings.SeatCandidates(ctx, office, n.ID)
	wantError(t, "once all are made", err, sitting.ErrClosed)
}

// waitingLine is how many applications wait.
type waitingLine struct{ u registration.Undecided }

func (l *waitingLine) Undecided(context.Context, string, time.Time) (registration.Undecided, error) {
	return l.u, nil
}

// 还有报名没有办完，抽题就被拒绝并说明份数；考务员确认知道这么多份以后才能抽，确认记入记录；确认以后又来一份，要重新确认。
func TestASessionIsNotClosedOverApplicationsUnnoticed(t *testing.T) {
	w := open(t)
	n := w.session()
	line := &waitingLine{registration.Undecided{Waiting: 2, Returned: 1}}
	ports := w.ports
	ports.Requests = line
	s := w.build(ports)
	err := s.Close(ctx, office, n.ID)
	wantError(t, "three wait", err, sitting.ErrUndecided)
	if !strings.Contains(fmt.Sprint(err), "2 份待审核，1 份退回改正") {
		t.Errorf("said %v", err)
	}
	wantError(t, "four are left", s.LeaveUndecided(ctx, office, n.ID, 4), sitting.ErrUndecided)
	wantError(t, "fewer than none", s.LeaveUndecided(ctx, office, n.ID, -1), sitting.ErrUndecided)
	wantError(t, "another body", s.LeaveUndecided(ctx, authz.Principal{Roles: office.Roles, Org: "别处"}, n.ID, 3), sitting.ErrSession)
	wantError(t, "the public", s.LeaveUndecided(ctx, authz.Anonymous(), n.ID, 3), authz.ErrUnauthenticated)
	must(t, s.LeaveUndecided(ctx, office, n.ID, 3))
	line.u.Waiting++
	wantError(t, "one more", s.Close(ctx, office, n.ID), sitting.ErrUndecided)
	must(t, s.LeaveUndecided(ctx, office, n.ID, 0))
	line.u = registration.Undecided{Waiting: 1}
	wantError(t, "no longer left", s.Close(ctx, office, n.ID), sitting.ErrUndecided)
	must(t, s.LeaveUndecided(ctx, office, n.ID, 1))
	must(t, s.Close(ctx, office, n.ID))
	must(t, s.LeaveUndecided(ctx, office, n.ID, 5)) // closed: nothing to leave
	got := w.get(n.ID)
	if last := got.Trail[len(got.Trail)-1]; last.Action != "session.closed" || !strings.HasPrefix(last.Note, "1 份待审核") || got.Leaving != 1 {
		t.Errorf("%+v", last)
	}
	if u, err := s.Undecided(ctx, office, n.ID); err != nil || u.All() != 0 {
		t.Errorf("after the close %+v, %v", u, err)
	}
}
