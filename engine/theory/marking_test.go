package theory_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store/storetest"
	"github.com/skillcert/skillcert/engine/theory"
)

// sat is a session at its end: candidate 0 answered six right, 1 nothing, 2 came out with four and was voided, 3 never
// opened the paper, 4 handed in all ten.
func sat(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, 5)
	w.answer(0, 6)
	_, err := w.respond(0, 7, questions, 1-w.right(w.attempt(0).Form, questions)[0])
	must(t, err)
	w.open(1)
	w.answer(2, 4)
	w.void(2)
	w.answer(4, questions)
	_, err = w.submit(4)
	must(t, err)
	w.clock.Set(closes)
	return w
}

var satStandings = []theory.Standing{
	{Standing: engine.Scored, Points: engine.Pt(60)}, {Standing: engine.Scored}, {Standing: engine.Voided},
	{Standing: engine.Absent}, {Standing: engine.Scored, Points: engine.Pt(100)}}

func (w *world) wantStandings(want []theory.Standing) {
	w.t.Helper()
	got, err := w.exams.Standings(ctx, marker, w.id)
	must(w.t, err)
	for i := range want {
		want[i].Ticket, want[i].Candidate = w.tickets[i], engine.PersonID("person-"+w.tickets[i])
	}
	if !slices.Equal(got, want) {
		w.t.Fatalf("standings\n%+v, want\n%+v", got, want)
	}
}

func (w *world) wantCounts(want theory.Counts) {
	w.t.Helper()
	if got, err := w.exams.Counts(ctx, supervisor, w.id); err != nil || got != want {
		w.t.Fatalf("counts %+v, %v, want %+v", got, err, want)
	}
}

func TestMark(t *testing.T) {
	w := sat(t)
	w.wantCounts(theory.Counts{Candidates: 5, Absent: 1, Voided: 1, Waiting: 3})
	for _, want := range []int{3, 0} {
		if n, err := w.exams.Mark(ctx, marker, w.id, true); err != nil || n != want {
			t.Fatalf("marked %d, %v, want %d", n, err, want)
		}
	}
	w.wantStandings(slices.Clone(satStandings))
	w.wantCounts(theory.Counts{Candidates: 5, Scored: 3, Absent: 1, Voided: 1})
	if a := w.attempt(2); a.State != theory.Voided || a.Points != 0 {
		t.Fatalf("voided, now %+v", a)
	}
	by, id := w.sitter(0)
	if a, err := w.exams.Attempt(ctx, by, id); err != nil || a.Points != 0 || a.State != theory.Submitted || a.Trail != nil {
		t.Fatalf("the candidate is shown %+v, %v", a, err)
	}
}

func TestMarkTooEarly(t *testing.T) {
	w := newWorld(t, 2)
	w.answer(0, 1)
	_, err := w.submit(0)
	must(t, err)
	w.clock.Set(closes.Add(-time.Millisecond))
	_, err = w.exams.Mark(ctx, marker, w.id, true)
	wantErr(t, err, theory.ErrMarkEarly) // the other may still open the paper
	w.open(1)
	_, err = w.exams.Mark(ctx, marker, w.id, true)
	wantErr(t, err, theory.ErrMarkEarly)
	w.wantCounts(theory.Counts{Candidates: 2, Waiting: 2})
	_, err = w.submit(1)
	must(t, err)
	if n, err := w.exams.Mark(ctx, marker, w.id, true); err != nil || n != 2 {
		t.Fatalf("marked %d, %v, when everybody has handed in", n, err)
	}

	w = newWorld(t, 2)
	w.answer(0, 1)
	w.clock.Set(closes)
	if n, err := w.exams.Mark(ctx, worker, w.id, true); err != nil || n != 1 {
		t.Fatalf("marked %d, %v, at the end of time", n, err)
	}
}

// While candidates may come back to their papers, only who knows that marking ends that marks.
func TestMarkWhileTheyMayComeBack(t *testing.T) {
	w := sat(t)
	s, err := w.sittings.Get(ctx, w.id)
	must(t, err)
	until := w.exams.BackUntil(s)
	w.clock.Set(until.Add(-time.Millisecond))
	_, err = w.exams.Mark(ctx, marker, w.id, false)
	wantErr(t, err, theory.ErrMarkBack)
	w.wantCounts(theory.Counts{Candidates: 5, Absent: 1, Voided: 1, Waiting: 3})
	w.clock.Set(until)
	if n, err := w.exams.Mark(ctx, marker, w.id, false); err != nil || n != 3 {
		t.Fatalf("marked %d, %v, when nobody can come back", n, err)
	}
}

func TestMarkedAtOnce(t *testing.T) {
	w := sat(t)
	var marked atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		exams := w.another()
		wg.Go(func() {
			n, err := exams.Mark(ctx, marker, w.id, true)
			if err != nil {
				t.Error(err)
			}
			marked.Add(int64(n))
		})
	}
	wg.Wait()
	if marked.Load() != 3 {
		t.Fatalf("%d marked, want 3", marked.Load())
	}
	w.wantStandings(slices.Clone(satStandings))
}

// A log that is no longer what its receipt says is not marked.
func TestMarkChecksTheReceipt(t *testing.T) {
	w := newWorld(t, 1)
	w.answer(0, 1)
	_, err := w.submit(0)
	must(t, err)
	_, id := w.sitter(0)
	must(t, w.store.Log().Append(ctx, &theory.Entry{Attempt: id, Seq: 3, Kind: theory.Response, Question: 2, Chosen: []int{0}, At: opens}))
	w.clock.Set(closes)
	_, err = w.exams.Mark(ctx, marker, w.id, true)
	wantErr(t, err, theory.ErrLogBroken)
}

// Points are read by nobody but the marker on duty.
func TestPointsAreTheMarkersAlone(t *testing.T) {
	w := sat(t)
	w.finish()
	_, err := w.exams.Seal(ctx, marker, w.id)
	must(t, err)
	for _, c := range []struct {
		by   authz.Principal
		want error
	}{
		{idle, sitting.ErrNotOnDuty}, {office, authz.ErrForbidden}, {supervisor, authz.ErrForbidden}, {worker, authz.ErrForbidden},
		{staff("leader", authz.Leader), authz.ErrForbidden}, {staff("authority", authz.Labour), authz.ErrForbidden},
		{authz.Anonymous(), authz.ErrUnauthenticated},
	} {
		_, err := w.exams.Standings(ctx, c.by, w.id)
		wantErr(t, err, c.want)
		_, err = w.exams.Seal(ctx, c.by, w.id)
		wantErr(t, err, c.want)
	}
	for _, by := range []authz.Principal{idle, office, supervisor, staff("leader", authz.Leader)} {
		if s, err := w.exams.SealState(ctx, by, w.id); err != nil || s.Scores != nil || s.Digest == "" {
			t.Fatalf("%s is shown %+v, %v", by.Account, s, err)
		}
	}
	if s, err := w.exams.SealState(ctx, marker, w.id); err != nil || len(s.Scores) != 5 {
		t.Fatalf("the marker is shown %+v, %v", s, err)
	}
	_, err = w.exams.SealState(ctx, worker, w.id)
	wantErr(t, err, authz.ErrForbidden)
	_, err = w.exams.Counts(ctx, authz.Principal{Org: "other", Roles: office.Roles}, w.id)
	wantErr(t, err, sitting.ErrSession)
	_, err = w.exams.Mark(ctx, idle, w.id, true)
	wantErr(t, err, sitting.ErrNotOnDuty)
}

func TestSeal(t *testing.T) {
	w := sat(t)
	_, err := w.exams.SealState(ctx, marker, w.id)
	wantErr(t, err, engine.ErrNoSeal)
	_, err = w.exams.Countersign(ctx, supervisor, w.id, "")
	wantErr(t, err, engine.ErrNoSeal)
	_, err = w.exams.Seal(ctx, marker, w.id)
	wantErr(t, err, theory.ErrNotMarked)
	w.finish()
	s, err := w.exams.Seal(ctx, marker, w.id)
	must(t, err)
	if sc, ok := s.Score(engine.PersonID("person-" + w.tickets[0])); !ok || sc.Points != engine.Pt(60) || sc.Standing != engine.Scored || len(s.Scores) != 5 {
		t.Fatalf("sealed %+v", s.Scores)
	}
	again, err := w.exams.Seal(ctx, marker, w.id)
	if err != nil || again.Digest != s.Digest || !again.SealedAt.Equal(s.SealedAt) {
		t.Fatalf("sealed again: %+v, %v", again, err)
	}

	w.void(0) // whatever comes later does not change what is sealed
	w.clock.Advance(time.Hour)
	_, err = w.exams.Mark(ctx, marker, w.id, true)
	wantErr(t, err, engine.ErrSealed)
	w.wantStandings(slices.Clone(satStandings))
	w.wantCounts(theory.Counts{Candidates: 5, Scored: 3, Absent: 1, Voided: 1})
}

func TestCountersign(t *testing.T) {
	w := sat(t)
	w.finish()
	both := marker
	both.Roles = []authz.Role{authz.Marker, authz.Supervisor}
	n, err := w.store.Sessions().Session(ctx, w.id)
	must(t, err)
	n.Duties = append(n.Duties, sitting.Duty{Person: "marker", Role: authz.Supervisor})
	must(t, w.store.Sessions().UpdateSession(ctx, n))
	s, err := w.exams.Seal(ctx, marker, w.id)
	must(t, err)
	wantErr(t, s.Complete(), engine.ErrNotSealed)
	for _, c := range []struct {
		by     authz.Principal
		digest string
		want   error
	}{
		{marker, s.Digest, authz.ErrForbidden},
		{staff("stranger", authz.Supervisor), s.Digest, sitting.ErrNotOnDuty},
		{both, s.Digest, engine.ErrSealWitness},
		{supervisor, "", engine.ErrSealBroken},
		{supervisor, s.Digest + "0", engine.ErrSealBroken},
		{supervisor, s.Digest, nil},
		{supervisor, s.Digest, nil},
	} {
		got, err := w.exams.Countersign(ctx, c.by, w.id, c.digest)
		wantErr(t, err, c.want)
		if err == nil && (got.Scores != nil || got.Witness != "supervisor") {
			t.Fatalf("signed %+v", got)
		}
	}
	s, err = w.store.Seals().Seal(ctx, string(w.id), engine.Theory)
	must(t, err)
	must(t, s.Complete())
	if len(s.Trail) != 2 {
		t.Fatalf("trail %+v", s.Trail)
	}
}

// Two leaders cannot both seal.
func TestOneSeals(t *testing.T) {
	w := sat(t)
	w.finish()
	n, err := w.store.Sessions().Session(ctx, w.id)
	must(t, err)
	n.Duties = append(n.Duties, sitting.Duty{Person: "idle", Role: authz.Marker})
	must(t, w.store.Sessions().UpdateSession(ctx, n))
	_, err = w.exams.Seal(ctx, idle, w.id)
	must(t, err)
	_, err = w.exams.Seal(ctx, marker, w.id)
	wantErr(t, err, engine.ErrSealed)
}

// Two leaders seal in the same moment, each at a server of their own: one name stands under the scores, the other leader is
// told that they are sealed already.
func TestTwoSealAtOnce(t *testing.T) {
	for range 5 {
		w := sat(t)
		w.finish()
		n, err := w.store.Sessions().Session(ctx, w.id)
		must(t, err)
		n.Duties = append(n.Duties, sitting.Duty{Person: "idle", Role: authz.Marker})
		must(t, w.store.Sessions().UpdateSession(ctx, n))
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i, by := range []authz.Principal{marker, idle} {
			exams := w.another()
			wg.Go(func() { _, errs[i] = exams.Seal(ctx, by, w.id) })
		}
		wg.Wait()
		s, err := w.store.Seals().Seal(ctx, string(w.id), engine.Theory)
		must(t, err)
		first := slices.Index(errs, nil)
		if first < 0 || !errors.Is(errs[1-first], engine.ErrSealed) {
			t.Fatalf("%v", errs)
		}
		if want := []authz.Principal{marker, idle}[first].Person; string(s.Leader) != want || len(s.Trail) != 1 {
			t.Fatalf("sealed by %s, the first was %s: %+v", s.Leader, want, s.Trail)
		}
	}
}

// A seat that was added after the draw has no attempt; it waits until the end and is absent then.
func TestSeatWithoutAForm(t *testing.T) {
	w := newWorld(t, 1)
	w.addSeat("26120000019999", "r1", 99)
	w.wantCounts(theory.Counts{Candidates: 2, Waiting: 2})
	w.clock.Set(closes)
	w.wantCounts(theory.Counts{Candidates: 2, Absent: 2})
}

func TestProgress(t *testing.T) {
	w := newWorld(t, 4)
	progress := func() []theory.Progress {
		t.Helper()
		all, err := w.exams.Progress(ctx, supervisor, w.id)
		must(t, err)
		var rows []theory.Progress
		for _, ticket := range w.tickets {
			p := all[ticket]
			p.Beat, p.Times = theory.Beat{}, sitting.Times{} // looked at in TestBeats
			rows = append(rows, p)
		}
		return rows
	}
	at := func(minute int) time.Time { return opens.Add(time.Duration(minute) * time.Minute) }
	want := make([]theory.Progress, 4)
	for i := range want {
		want[i] = theory.Progress{State: theory.Scheduled, Total: questions}
	}
	check := func() {
		t.Helper()
		if got := progress(); !slices.Equal(got, want) {
			t.Fatalf("progress\n%+v, want\n%+v", got, want)
		}
	}
	check()
	w.open(0)
	want[0].State, want[0].Heard = theory.InProgress, opens
	check()
	w.clock.Set(at(1))
	_, err := w.respond(0, 1, 1, 0)
	must(t, err)
	by, id := w.sitter(1)
	other := w.another() // what another process does shows as well
	_, err = other.Open(ctx, by, id, theory.Window{})
	must(t, err)
	_, err = other.Respond(ctx, by, id, response(1, 4, 0))
	must(t, err)
	want[0].Answered, want[0].Heard = 1, at(1)
	want[1] = theory.Progress{State: theory.InProgress, Answered: 1, Total: questions, Heard: at(1)}
	check()
	w.clock.Set(at(2))
	_, err = w.respond(0, 2, 1)
	must(t, err)
	_, err = w.exams.Clock(ctx, by, id)
	must(t, err)
	_, err = other.Submit(ctx, by, id, "")
	must(t, err)
	want[0].Answered, want[0].Heard = 0, at(2)
	want[1].State, want[1].Heard = theory.Submitted, at(2)
	check()
	_, err = w.exams.Progress(ctx, marker, w.id)
	wantErr(t, err, authz.ErrForbidden)
}

// counting counts how often a room page makes the store read.
type counting struct {
	theory.Log
	theory.Attempts
	reads atomic.Int64
}

func (c *counting) Entries(ctx context.Context, a theory.AttemptID, cur engine.Cursor) ([]*theory.Entry, string, error) {
	c.reads.Add(1)
	return c.Log.Entries(ctx, a, cur)
}

func (c *counting) Attempt(ctx context.Context, id theory.AttemptID) (*theory.Attempt, error) {
	c.reads.Add(1)
	return c.Attempts.Attempt(ctx, id)
}

// A full hall is looked at by many; the store is asked once in a while.
func TestProgressOfAFullHall(t *testing.T) {
	w := newWorld(t, 100)
	p := w.ports()
	c := &counting{Log: p.Log, Attempts: p.Attempts}
	p.Log, p.Attempts = c, c
	exams := w.over(p)
	var last int64
	for _, step := range []struct {
		after time.Duration
		reads bool
	}{{0, true}, {0, false}, {99 * time.Millisecond, false}, {time.Millisecond, true}} {
		w.clock.Advance(step.after)
		_, err := exams.Progress(ctx, office, w.id)
		must(t, err)
		if n := c.reads.Load(); (n > last) != step.reads {
			t.Fatalf("%v later: %d reads, then %d", step.after, last, n)
		}
		last = c.reads.Load()
	}
}

// A response costs one insert once the paper is open.
func TestResponsesAreCheap(t *testing.T) {
	w := newWorld(t, 1)
	p := w.ports()
	c := &counting{Log: p.Log, Attempts: p.Attempts}
	p.Log, p.Attempts = c, c
	exams := w.over(p)
	by, id := w.sitter(0)
	_, err := exams.Open(ctx, by, id, theory.Window{})
	must(t, err)
	before := c.reads.Load()
	for seq := 1; seq <= 20; seq++ {
		_, err = exams.Respond(ctx, by, id, response(seq, 1, seq%4))
		must(t, err)
	}
	if n := c.reads.Load() - before; n != 0 {
		t.Fatalf("%d reads for 20 responses", n)
	}
}

// 阅卷负责人封存理论成绩后，同一个人用另一证件当质量督导员，不能见证。
func TestTheMarkerWitnessesUnderNoDocument(t *testing.T) {
	w := sat(t)
	w.finish()
	s, err := w.exams.Seal(ctx, marker, w.id)
	must(t, err)
	storetest.OneHuman(t, w.store.People(), engine.PersonID(marker.Person), engine.PersonID(supervisor.Person))
	_, err = w.exams.Countersign(ctx, supervisor, w.id, s.Digest)
	wantErr(t, err, engine.ErrSealWitness)
}
