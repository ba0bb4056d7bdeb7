package theory_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

var watching = authz.Principal{Account: "i", Person: "i", Roles: []authz.Role{authz.Supervisor}, Org: "body"}

func activity(window string, no int, kind theory.ActivityKind) theory.Activity {
	return theory.Activity{Window: window, No: no, Kind: kind, ClientAt: opens.Add(time.Duration(no) * time.Second)}
}

func (w *world) observe(i int, seen ...theory.Activity) (theory.ActivityCount, error) {
	by, id := w.sitter(i)
	return w.exams.ObserveActivities(ctx, by, id, seen)
}

func (w *world) activities(i int) []*theory.Activity {
	w.t.Helper()
	rows, err := w.exams.Activities(ctx, watching, w.id, w.tickets[i])
	must(w.t, err)
	return rows
}

func (w *world) counts(e *theory.Exams) map[sitting.Ticket]theory.ActivityCount {
	w.t.Helper()
	all, err := e.ActivityCounts(ctx, watching, w.id)
	must(w.t, err)
	return all
}

func TestActivitiesAreKeptOnce(t *testing.T) {
	w := newWorld(t, 2)
	first := activity("w1", 1, theory.FocusLost)
	n, err := w.observe(0, first, activity("w1", 2, theory.FocusBack))
	if err != nil || n.Total != 2 || n.FocusLost != 1 || !n.Last.Equal(opens) {
		t.Fatalf("%+v %v", n, err)
	}
	w.clock.Advance(time.Minute)
	n, err = w.observe(0, first, activity("w1", 2, theory.FocusBack), activity("w2", 1, theory.Copied))
	if err != nil || n.Total != 3 || n.FocusLost != 1 || !n.Last.Equal(opens.Add(time.Minute)) {
		t.Errorf("told again: %+v %v", n, err)
	}
	rows := w.activities(0)
	if len(rows) != 3 || rows[0].Kind != theory.FocusLost || rows[1].Kind != theory.FocusBack || rows[2].Kind != theory.Copied {
		t.Fatalf("%d rows", len(rows))
	}
	a := rows[0]
	if a.Attempt != theory.AttemptOf(w.tickets[0]) || a.Session != w.id || a.Ticket != w.tickets[0] ||
		!a.At.Equal(opens) || !a.ClientAt.Equal(first.ClientAt) {
		t.Errorf("%+v", a)
	}
	if len(w.activities(1)) != 0 || len(w.counts(w.exams)) != 1 {
		t.Error("another candidate has some")
	}
}

// TestActivitiesSayNothingForThemselves: who and where are the server's words, whatever the page writes.
func TestActivitiesSayNothingForThemselves(t *testing.T) {
	w := newWorld(t, 2)
	lie := activity("w", 1, theory.Pasted)
	lie.Attempt, lie.Session, lie.Ticket, lie.At = theory.AttemptOf(w.tickets[1]), "elsewhere", w.tickets[1], opens.Add(-time.Hour)
	_, err := w.observe(0, lie)
	must(t, err)
	if len(w.activities(1)) != 0 || len(w.activities(0)) != 1 || !w.activities(0)[0].At.Equal(opens) {
		t.Error("a page wrote into another attempt or time")
	}
}

func TestActivityRefusals(t *testing.T) {
	w := newWorld(t, 2)
	many := make([]theory.Activity, 51)
	for i := range many {
		many[i] = activity("w", i+1, theory.FocusLost)
	}
	for name, s := range map[string]struct {
		seen []theory.Activity
		code string
	}{
		"none":           {nil, "count"},
		"fifty-one":      {many, "count"},
		"unknown":        {[]theory.Activity{activity("w", 1, "cheated")}, "kind"},
		"no window":      {[]theory.Activity{activity("", 1, theory.Copied)}, "window"},
		"slash":          {[]theory.Activity{activity("a/b", 1, theory.Copied)}, "window"},
		"long window":    {[]theory.Activity{activity(fmt.Sprintf("%041d", 0), 1, theory.Copied)}, "window"},
		"zero":           {[]theory.Activity{activity("w", 0, theory.Copied)}, "no"},
		"seven digits":   {[]theory.Activity{activity("w", 1_000_000, theory.Copied)}, "no"},
		"no time":        {[]theory.Activity{{Window: "w", No: 1, Kind: theory.Copied}}, "client_at"},
		"one of several": {[]theory.Activity{activity("w", 1, theory.Copied), activity("w", 0, theory.Copied)}, "no"},
	} {
		_, err := w.observe(0, s.seen...)
		var refusal *errs.Error
		if !errors.As(err, &refusal) || !errors.Is(err, theory.ErrActivity) || refusal.Fields[0].Code != s.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.observe(0, many[:50]...); err != nil || len(w.activities(0)) != 50 {
		t.Errorf("fifty: %v", err)
	}
	other, _ := w.sitter(1)
	_, mine := w.sitter(0)
	_, err := w.exams.ObserveActivities(ctx, other, mine, many[:1])
	wantErr(t, err, theory.ErrAttempt)
	_, err = w.exams.ObserveActivities(ctx, watching, mine, many[:1])
	wantErr(t, err, authz.ErrForbidden)
}

func TestActivitiesAreReadByTheBody(t *testing.T) {
	w := newWorld(t, 2)
	other, elsewhere := authz.Principal{Account: "c", Roles: []authz.Role{authz.Candidate}, Org: "body"}, watching
	elsewhere.Org = "other"
	for name, s := range map[string]struct {
		by   authz.Principal
		want error
	}{"a candidate": {other, authz.ErrForbidden}, "another body": {elsewhere, sitting.ErrSession},
		"the public": {authz.Anonymous(), authz.ErrUnauthenticated}} {
		_, err := w.exams.Activities(ctx, s.by, w.id, w.tickets[0])
		if !errors.Is(err, s.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err = w.exams.ActivityCounts(ctx, s.by, w.id); !errors.Is(err, s.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.observe(1, activity("w", 1, theory.FocusLost)); err != nil { // of the room where the invigilator is not on duty
		t.Fatal(err)
	}
	counts, err := w.exams.ActivityCounts(ctx, invigilator, w.id)
	if err != nil || len(counts) != 0 || len(w.counts(w.exams)) != 1 {
		t.Errorf("of another room %v %v", counts, err)
	}
	_, err = w.exams.Activities(ctx, invigilator, w.id, w.tickets[1])
	wantErr(t, err, sitting.ErrNotOnDuty)
	_, err = w.exams.Activities(ctx, invigilator, w.id, w.tickets[0])
	must(t, err)
	_, err = w.exams.Activities(ctx, watching, w.id, "26120000000000")
	wantErr(t, err, sitting.ErrTicket)
	first, ticket := w.id, w.tickets[0]
	w.again(t, 1)
	_, err = w.exams.Activities(ctx, watching, w.id, ticket)
	wantErr(t, err, sitting.ErrTicket)
	if w.id == first {
		t.Fatal("no other session")
	}
}

// TestActivitiesAreBounded: the 500th is stored, the 501st is counted only, and told again it is not counted again.
func TestActivitiesAreBounded(t *testing.T) {
	w := newWorld(t, 1)
	for from := 1; from <= 551; from += 50 {
		var batch []theory.Activity
		for no := from; no < from+50; no++ {
			batch = append(batch, activity("w", no, theory.FocusLost))
		}
		for range 2 {
			n, err := w.observe(0, batch...)
			if err != nil || n.Total != from+49 || n.FocusLost != from+49 {
				t.Fatalf("from %d: %+v %v", from, n, err)
			}
		}
	}
	if n := len(w.activities(0)); n != 500 {
		t.Errorf("%d stored", n)
	}
	if n := w.counts(w.another())[w.tickets[0]]; n.Total != 500 {
		t.Errorf("a process that starts counts %+v", n)
	}
}

// TestActivityCountsFollowTheStore: whatever two processes are told, in any order and more than once, both come to
// count what is stored.
func TestActivityCountsFollowTheStore(t *testing.T) {
	w := newWorld(t, 4)
	both := []*theory.Exams{w.exams, w.another()}
	chance := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		i := chance.IntN(4)
		by, id := w.sitter(i)
		kind := theory.ActivityKinds()[chance.IntN(len(theory.ActivityKinds()))]
		seen := activity(fmt.Sprint("w", chance.IntN(2)), 1+chance.IntN(30), kind)
		_, err := both[chance.IntN(2)].ObserveActivities(ctx, by, id, []theory.Activity{seen})
		must(t, err)
		w.clock.Advance(time.Duration(chance.IntN(3000)) * time.Millisecond)
	}
	w.clock.Advance(3 * time.Second)
	want := map[sitting.Ticket]int{}
	rows, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*theory.Activity, string, error) {
		return w.store.Activities().ActivitiesSince(ctx, w.id, time.Time{}, c)
	})
	must(t, err)
	for _, a := range rows {
		want[a.Ticket]++
	}
	for n, e := range both {
		got := w.counts(e)
		for ticket, total := range want {
			if got[ticket].Total != total {
				t.Errorf("process %d counts %d of %s, stored are %d", n, got[ticket].Total, ticket, total)
			}
		}
	}
}

// asked notes how often the store is asked for a session.
type asked struct {
	theory.Activities
	since atomic.Int32
}

func (c *asked) ActivitiesSince(ctx context.Context, s sitting.SessionID, since time.Time, cur engine.Cursor) ([]*theory.Activity, string, error) {
	c.since.Add(1)
	return c.Activities.ActivitiesSince(ctx, s, since, cur)
}

func TestActivityCountsAreCheap(t *testing.T) {
	w := newWorld(t, 2)
	p := w.ports()
	store := &asked{Activities: p.Activities}
	p.Activities = store
	w.exams = w.over(p)
	for range 50 {
		w.counts(w.exams)
	}
	_, err := w.observe(0, activity("w", 1, theory.WentOffline))
	must(t, err)
	if n := w.counts(w.exams)[w.tickets[0]]; n.Total != 1 {
		t.Errorf("what this process stored is not counted at once: %+v", n)
	}
	if got := store.since.Load(); got != 1 {
		t.Errorf("the store was asked %d times within an instant", got)
	}
	w.clock.Advance(2 * time.Second)
	w.counts(w.exams)
	w.clock.Advance(-time.Hour)
	w.counts(w.exams)
	if got := store.since.Load(); got != 3 {
		t.Errorf("the store was asked %d times, want once more each time", got)
	}
}
