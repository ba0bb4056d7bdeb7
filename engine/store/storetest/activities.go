package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/theory"
)

func makeActivity(attempt theory.AttemptID, window string, no int) *theory.Activity {
	return &theory.Activity{Attempt: attempt, Session: "s", Ticket: "26120000010001", Window: window, No: no, Kind: theory.FocusLost,
		ClientAt: morning.Add(time.Millisecond), At: morning.Add(time.Second)}
}

func activityOf(a *theory.Activity) string { return fmt.Sprintf("%s/%s/%d", a.Attempt, a.Window, a.No) }

// Activities is the contract of theory.Activities.
func Activities(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("appended once", func(t *testing.T) { activityAppended(t, open(t).Activities()) })
	t.Run("of an attempt", func(t *testing.T) { activitiesOfAttempt(t, open(t).Activities()) })
	t.Run("since an instant", func(t *testing.T) { activitiesSince(t, open(t).Activities()) })
	t.Run("one takes the place", func(t *testing.T) {
		r := open(t).Activities()
		OneCreates(t, theory.ErrActivityTaken, func(n int) error {
			a := makeActivity("a", "w", 1)
			a.Ticket = sitting.Ticket(fmt.Sprint(n))
			return r.AppendActivity(context.Background(), a)
		})
		WantList(t, []string{"a/w/1"}, activityOf, ofAttempt(r, "a"))
	})
}

func ofAttempt(r theory.Activities, a theory.AttemptID) func(context.Context, engine.Cursor) ([]*theory.Activity, string, error) {
	return func(ctx context.Context, c engine.Cursor) ([]*theory.Activity, string, error) {
		return r.ActivitiesOf(ctx, a, c)
	}
}

func activityAppended(t *testing.T, r theory.Activities) {
	ctx := context.Background()
	WantList(t, nil, activityOf, ofAttempt(r, "a"))
	mustDo(t, r.AppendActivity(ctx, makeActivity("a", "w", 1)))
	other := makeActivity("a", "w", 1)
	other.Kind = theory.Copied
	wantError(t, r.AppendActivity(ctx, other), theory.ErrActivityTaken)
	wantError(t, r.AppendActivity(ctx, makeActivity("a", "w", 1)), theory.ErrActivityTaken)
	for _, no := range []int{0, -1, 1_000_000} {
		if r.AppendActivity(ctx, makeActivity("a", "w", no)) == nil {
			t.Errorf("number %d is taken", no)
		}
	}
	rows, next, err := r.ActivitiesOf(ctx, "a", engine.Cursor{})
	mustDo(t, err)
	if g, w := asJSON(t, rows), asJSON(t, []*theory.Activity{makeActivity("a", "w", 1)}); g != w || next != "" {
		t.Fatalf("activities %s, next %q, want %s", g, next, w)
	}
}

// activitiesOfAttempt: windows apart, numbers as numbers, and nothing of an attempt whose id begins alike.
func activitiesOfAttempt(t *testing.T, r theory.Activities) {
	var want []string
	for _, window := range []string{"W", "w", "w-2"} {
		for no := 1; no <= 11; no++ {
			want = append(want, fmt.Sprintf("a/%s/%d", window, no))
		}
	}
	for no := 11; no >= 1; no-- {
		for _, window := range []string{"w-2", "w", "W"} {
			mustDo(t, r.AppendActivity(context.Background(), makeActivity("a", window, no)))
		}
	}
	for _, other := range []theory.AttemptID{"a0", "aa", "A", "b"} {
		mustDo(t, r.AppendActivity(context.Background(), makeActivity(other, "w", 1)))
	}
	// '-' comes before '/' in the byte order
	WantList(t, append(append(want[:11:11], want[22:]...), want[11:22]...), activityOf, ofAttempt(r, "a"))
}

// activitiesSince: those of one session, by the instant at which they came, from that instant on.
func activitiesSince(t *testing.T, r theory.Activities) {
	for i, at := range []time.Duration{2 * time.Second, 0, time.Hour, 0, 999 * time.Millisecond} {
		a := makeActivity(theory.AttemptID(fmt.Sprint("a", i)), "w", 1)
		a.At = morning.Add(at)
		mustDo(t, r.AppendActivity(context.Background(), a))
	}
	other := makeActivity("b", "w", 1)
	other.Session = "s0"
	mustDo(t, r.AppendActivity(context.Background(), other))
	for _, s := range []struct {
		since time.Time
		want  []string
	}{
		{time.Time{}, []string{"a1/w/1", "a3/w/1", "a4/w/1", "a0/w/1", "a2/w/1"}},
		{morning, []string{"a1/w/1", "a3/w/1", "a4/w/1", "a0/w/1", "a2/w/1"}},
		{morning.Add(time.Millisecond), []string{"a4/w/1", "a0/w/1", "a2/w/1"}},
		{morning.Add(time.Hour), []string{"a2/w/1"}},
		{morning.Add(time.Hour + time.Millisecond), nil},
	} {
		WantList(t, s.want, activityOf, func(ctx context.Context, c engine.Cursor) ([]*theory.Activity, string, error) {
			return r.ActivitiesSince(ctx, "s", s.since, c)
		})
	}
}
