package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/theory"
)

// moody is a store whose entries of response logs fail when it is told so.
type moody struct {
	documents
	mood atomic.Int32
}

// The moods of a store.
const (
	well    = iota
	refuses // nothing is written
	forgets // it is written, and the reply is lost
)

func (m *moody) Put(ctx context.Context, w docs.Write) (int64, error) {
	mood := m.mood.Load()
	switch {
	case w.Kind != "entry" || mood == well:
		return m.documents.Put(ctx, w)
	case mood == forgets:
		if _, err := m.documents.Put(ctx, w); err != nil {
			return 0, err
		}
		return 0, docs.ErrUnknown
	}
	return 0, docs.ErrUnavailable
}

// serveMoody serves the hall over such a store.
func (h *examHall) serveMoody(t *testing.T) (*server, *moody) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	noError(t, err)
	s := h.settings
	s.Listen = l.Addr().String()
	pol, err := readPolicy(s.Data)
	noError(t, err)
	d, err := openDocuments(t.Context(), s)
	noError(t, err)
	m := &moody{documents: d}
	made := &house{settings: s, clock: clock.System{}, policy: pol, documents: m}
	noError(t, made.build(t.Context(), slog.New(slog.DiscardHandler)))
	return serveUntilEnd(t, made, l), m
}

// TestSittingStoreFails: a save that the store refused, and one whose reply it lost, are not acknowledged; sent again they
// are there once. The same of the hand-in. The service alone is tested so in package theory, TestSavesThatFail.
func TestSittingStoreFails(t *testing.T) {
	h := builtHall(t, 2)
	here, store := h.serveMoody(t)
	all := h.crowd()
	all.goTo(here.address)
	all.begin(t)
	for i, mood := range []int32{refuses, forgets} {
		s, fails := all[i], []int{refuses: 2, forgets: 1}[mood]
		sentAgain := func(do func(context.Context) error) {
			t.Helper()
			store.mood.Store(mood)
			for range fails { // what is stored is acknowledged to a repetition even now
				if err := do(t.Context()); !errors.Is(err, errStatus) || !strings.Contains(err.Error(), "answer 503") {
					t.Errorf("mood %d: %v", mood, err)
				}
			}
			store.mood.Store(well)
			noError(t, do(t.Context()))
		}
		for range 3 {
			noError(t, s.answer(t.Context()))
			sentAgain(s.answer)
		}
		sentAgain(s.handIn)
	}
	for _, s := range all {
		if len(s.kept) != 6 {
			t.Errorf("%d acknowledged", len(s.kept))
		}
		s.holds(t, here.house)
	}
}

// machine is a clock that somebody may set, and the time since it was switched on.
type machine struct {
	wall *clock.Manual
	up   atomic.Int64
}

func (m *machine) uptime() time.Duration { return time.Duration(m.up.Load()) }

func (m *machine) run(d time.Duration) {
	m.up.Add(int64(d))
	m.wall.Advance(d)
}

// TestSittingClockSet sets the clock of the server's machine back an hour and on a day, in the middle of an exam: the time
// that candidates are told, the times of their answers and the end stay where they are.
func TestSittingClockSet(t *testing.T) {
	h := builtHall(t, 3)
	m := &machine{wall: clock.NewManual(clock.System{}.Now())}
	here := h.serveHere(t, clock.NewSteady(m.wall, m.uptime))
	all := h.crowd()
	all.goTo(here.address)
	all.begin(t)
	now := m.wall.Now()
	closes := h.session.Theory.Closes
	for _, set := range []time.Duration{-time.Hour, 25 * time.Hour, -24*time.Hour + time.Minute} {
		m.wall.Advance(set)
		m.run(10 * time.Second)
		now = now.Add(10 * time.Second)
		all.wantTime(t, now, closes)
		here.wantClosed(t, h, 0)
	}
	m.run(closes.Add(-time.Minute).Sub(now))
	now = closes.Add(-time.Minute)
	here.signedInAgain(t, h, all)
	grace := time.Duration(here.policy.Time.GraceSeconds) * time.Second
	m.run(closes.Add(grace - time.Millisecond).Sub(now))
	all.each(func(s *sitter) {
		if err := s.answer(t.Context()); err != nil {
			t.Errorf("just in time: %v", err)
		}
	})
	m.run(time.Millisecond)
	all.each(func(s *sitter) {
		if err := s.answer(t.Context()); err == nil || !strings.Contains(err.Error(), theory.ErrAttemptClosed.Code) {
			t.Errorf("too late: %v", err)
		}
		s.waiting = false
	})
	here.wantClosed(t, h, len(all))
	for _, s := range all {
		a, err := here.store.Attempts().Attempt(t.Context(), theory.AttemptID(s.attempt))
		noError(t, err)
		if a.State != theory.Submitted || !a.ByClock || !a.Submitted.Equal(closes) {
			t.Errorf("closed as %+v", a)
		}
		s.receipt = a.Receipt
		s.holds(t, here.house)
	}
}

// TestSittingClockSetWhileDown ends the server in the middle of an exam, sets the clock of its machine, and starts another
// on it: one that was set back moves no window, for the server goes on from what was recorded last. It says so to whoever
// looks after it. One that is right again, or was never set, is gone by.
func TestSittingClockSetWhileDown(t *testing.T) {
	h := builtHall(t, 3)
	m := &machine{wall: clock.NewManual(clock.System{}.Now())}
	here := h.serveHere(t, clock.NewSteady(m.wall, m.uptime))
	all := h.crowd()
	all.goTo(here.address)
	all.begin(t)
	closes := h.session.Theory.Closes
	now := m.wall.Now()
	all.wantTime(t, now, closes)
	for _, c := range []struct{ set, away, lost time.Duration }{
		{-time.Hour, -time.Hour, 0},                // the machine is off for no time at all
		{-59 * time.Minute, -119 * time.Minute, 0}, // and once more, to where the session seems to be in the future
		{119 * time.Minute, 0, 0},                  // right
		{0, 0, 0},                                  // left alone
		{-2 * time.Second, 0, -2 * time.Second},    // what clocks differ by
		{-time.Minute, -time.Minute, 0},            // a little
	} {
		all.hangUp()
		here.stop()
		m.up.Store(0) // the machine was started anew
		m.wall.Advance(c.set)
		here = h.serveHere(t, clock.NewSteady(m.wall, m.uptime))
		all.goTo(here.address)
		here.wantAway(t, c.away) // it serves
		m.run(10 * time.Second)
		now = now.Add(10*time.Second + c.lost)
		all.wantTime(t, now, closes)
		here.wantClosed(t, h, 0)
		here.wantAway(t, c.away)
	}
}

// TestClockFarBehindTheRecords: nobody can tell which of the two is wrong, so somebody has to say.
func TestClockFarBehindTheRecords(t *testing.T) {
	h := builtHall(t, 1)
	here := h.serveHere(t, clock.System{})
	all := h.crowd()
	all.goTo(here.address)
	all.begin(t)
	all.hangUp()
	here.stop()
	m := &machine{wall: clock.NewManual(clock.System{}.Now().Add(-believed - time.Minute))}
	again, err := open(t.Context(), h.settings, clock.NewSteady(m.wall, m.uptime), slog.New(slog.DiscardHandler))
	noError(t, err)
	defer func() { noError(t, again.Close()) }()
	if err := again.goOn(t.Context(), slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "--trust-clock") {
		t.Errorf("it starts: %v", err)
	}
	again.settings.TrustClock = true
	noError(t, again.goOn(t.Context(), slog.New(slog.DiscardHandler)))
}

// wantAway asks what the server says of its clock.
func (h *server) wantAway(t *testing.T, want time.Duration) {
	t.Helper()
	var told struct {
		Away string `json:"clock_away"`
	}
	noError(t, newClient("http://"+h.address).call(t.Context(), http.MethodGet, "/healthz", nil, &told))
	if got, _ := time.ParseDuration(told.Away); got != want {
		t.Errorf("the clock is said to be away by %q, not %v", told.Away, want)
	}
}

// signedInAgain signs everybody in once more, since sign-ins do not last for hours, and lets them go on: to the server a
// program that signs in anew is another computer.
func (h *server) signedInAgain(t *testing.T, hall *examHall, all crowd) {
	t.Helper()
	invigilator := staffIn(t, h.address, "jiankao1")
	for _, s := range all {
		noError(t, s.signIn(t.Context()))
		again := map[string]string{"ticket": s.ticket, "text": "重新登录"}
		noError(t, invigilator.call(t.Context(), http.MethodPost, hall.room()+"readmission", again, nil))
		var paper struct{ Seq int }
		noError(t, newClient("http://"+s.address).as(s.token).call(t.Context(), http.MethodPost, s.path()+"/paper",
			map[string]any{"window": s.window, "take_over": true}, &paper))
		s.seq = paper.Seq
	}
}

// wantTime saves something of everybody's, and asks what time the server says it is.
func (c crowd) wantTime(t *testing.T, now, closes time.Time) {
	t.Helper()
	for _, s := range c {
		noError(t, s.answer(t.Context()))
		told := s.told(t)
		if !told.Now.Equal(now) || !told.Closes.Equal(closes) || told.State != "in-progress" {
			t.Errorf("candidate %s is told %+v; it is %v, until %v", s.ticket, told, now, closes)
		}
	}
}

// wantClosed lets the closer work: so many papers are closed after it.
func (h *server) wantClosed(t *testing.T, hall *examHall, want int) {
	t.Helper()
	noError(t, newCloser(h.house).once(t.Context()))
	rows, _, err := h.store.Attempts().AttemptsOf(t.Context(), hall.session.ID, engine.Cursor{})
	noError(t, err)
	got := 0
	for _, a := range rows {
		if a.State == theory.Submitted {
			got++
		}
	}
	if got != want {
		t.Errorf("%d of %d papers are closed, not %d", got, len(rows), want)
	}
}

// twin is the same candidate at another server, for requests at the same instant.
func (s *sitter) twin(address string) *sitter {
	return &sitter{entrant: s.entrant, window: s.window, wire: wire{address: address}, token: s.token}
}

// race lets the candidate save at one server while it hands in at both at the same moment, and returns the two receipts.
func (s *sitter) race(t *testing.T, start <-chan struct{}, here, there *sitter) {
	var all sync.WaitGroup
	all.Go(func() {
		err := s.saveOn(t, func() {})
		if !errors.Is(err, errStatus) || !strings.Contains(err.Error(), theory.ErrAttemptClosed.Code) {
			t.Errorf("candidate %s: %v", s.ticket, err)
		}
		s.waiting = false // refused for good
	})
	for _, x := range []*sitter{here, there} {
		all.Go(func() {
			<-start
			if err := x.handIn(t.Context()); err != nil {
				t.Errorf("candidate %s hands in: %v", s.ticket, err)
			}
		})
	}
	all.Wait()
	if s.receipt = here.receipt; here.receipt != there.receipt || here.receipt == "" {
		t.Errorf("candidate %s has the receipts %q and %q", s.ticket, here.receipt, there.receipt)
	}
}

// TestSittingHandedInTwiceAtOnce: two programs on one store, at both of which everybody hands in at the same instant, while
// they still save. There is one end of each paper, one receipt, and everything that was acknowledged is before it.
func TestSittingHandedInTwiceAtOnce(t *testing.T) {
	h := builtHall(t, 8)
	one, two := serveIn(t, h.settings.Data), serveIn(t, h.settings.Data)
	all := h.crowd()
	all.goTo(one.address)
	all.begin(t)
	start := make(chan struct{})
	time.AfterFunc(300*time.Millisecond, func() { close(start) })
	all.each(func(s *sitter) { s.race(t, start, s.twin(one.address), s.twin(two.address)) })
	if all.saved() == 0 {
		t.Error("nothing was saved")
	}
	one.stop(t)
	two.stop(t)
	all.hold(t, h)
}

// TestSittingTimeEndsInARace: at the instant at which the time ends, everybody saves at one server and hands in at both, and
// the closers of both close.
func TestSittingTimeEndsInARace(t *testing.T) {
	h := builtHall(t, 8)
	closes := h.session.Theory.Closes
	c := clock.NewOffset(clock.System{}, closes.Add(-5*time.Minute))
	one, two := h.serveHere(t, c), h.serveHere(t, c)
	all := h.crowd()
	all.goTo(one.address)
	all.begin(t)
	start := make(chan struct{})
	var closers sync.WaitGroup
	for _, x := range []*server{one, two} {
		closers.Go(func() {
			<-start
			if _, err := x.Exams.CloseDue(t.Context(), authz.Worker("closer"), h.session.ID); err != nil {
				t.Error(err)
			}
		})
	}
	time.AfterFunc(300*time.Millisecond, func() {
		c.JumpTo(closes.Add(time.Duration(one.policy.Time.GraceSeconds) * time.Second))
		close(start)
	})
	all.each(func(s *sitter) { s.race(t, start, s.twin(one.address), s.twin(two.address)) })
	closers.Wait()
	for _, s := range all {
		s.holds(t, one.house)
		a, err := two.store.Attempts().Attempt(t.Context(), theory.AttemptID(s.attempt))
		noError(t, err)
		if a.State != theory.Submitted || !a.ByClock || a.Receipt != s.receipt || a.Answered == 0 {
			t.Errorf("candidate %s: %+v", s.ticket, a)
		}
	}
}
