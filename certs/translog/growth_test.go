package translog_test

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine/clock"
)

// TestGrowth: every day is told by its last size; after a season, of the earlier ones the last of each month.
func TestGrowth(t *testing.T) {
	m, c := newMemory(), clock.NewManual(noon)
	s, v := logKey(t, origin)
	l, err := translog.New(m.ports(), s, translog.Trust{Log: []note.Verifier{v}}, c)
	noError(t, err)
	none, err := l.Growth(t.Context())
	if err != nil || none != nil {
		t.Fatalf("before the first: %v, %v", none, err)
	}
	const days = 200
	for day := range days {
		for part := range 2 {
			_, err := l.Append(t.Context(), entries(2*day+part, 1))
			noError(t, err)
			_, err = l.Publish(t.Context())
			noError(t, err)
		}
		c.Advance(24 * time.Hour)
	}
	all, err := l.Growth(t.Context())
	noError(t, err)
	if len(all) < 90 || len(all) > 120 {
		t.Errorf("%d days are kept", len(all))
	}
	for i, g := range all {
		day, err := time.Parse(time.DateOnly, g.Day)
		noError(t, err)
		since := int64(day.Sub(noon.Truncate(24*time.Hour)) / (24 * time.Hour))
		if g.Size != 2*(since+1) {
			t.Errorf("%s: %d entries", g.Day, g.Size)
		}
		if i > 0 && all[i-1].Day >= g.Day {
			t.Errorf("%s follows %s", g.Day, all[i-1].Day)
		}
	}
	if last := all[len(all)-1]; last.Size != 2*days {
		t.Errorf("the last day has %d", last.Size)
	}
}

// TestCount: counting on from any point gives what counting from the beginning gives, at the edges of bundles too.
func TestCount(t *testing.T) {
	l := open(t, newMemory().ports())
	want := map[translog.Event]int64{}
	var batch []translog.Entry
	for n := range 600 {
		e := translog.Events()[n%4]
		want[e]++
		batch = append(batch, translog.Entry{ID: fmt.Sprint("c", n), Data: translog.Leaf{Event: e}.Bytes()})
	}
	batch = append(batch, translog.Entry{ID: "other", Data: []byte("something else\n")})
	_, err := l.Append(t.Context(), batch)
	noError(t, err)
	for _, stop := range []int64{0, 1, 255, 256, 257, 512, 600, 601} {
		first, err := l.Count(t.Context(), translog.Tally{}, stop)
		noError(t, err)
		all, err := l.Count(t.Context(), first, 601)
		noError(t, err)
		if first.Size != stop || all.Size != 601 || all.Others != 1 || fmt.Sprint(all.Events) != fmt.Sprint(want) {
			t.Errorf("by way of %d: %+v", stop, all)
		}
	}
	for _, size := range []int64{602, 1000} {
		_, err := l.Count(t.Context(), translog.Tally{}, size)
		wantError(t, err, translog.ErrNoEntry)
	}
}
