package sitting_test

import (
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Before this one are the sessions of its level that open earlier, the last first, and of one instant by their IDs.
func TestSessionsBefore(t *testing.T) {
	w := open(t)
	add := func(id string, l engine.Level, at time.Duration) *sitting.Session {
		n := &sitting.Session{ID: sitting.SessionID(id), Level: l, Theory: clock.Window{Opens: opens.Add(at), Closes: opens.Add(at + time.Hour)}}
		must(t, w.ports.Sessions.CreateSession(ctx, n))
		return n
	}
	own := add("own", engine.Level5, 0)
	add("just", engine.Level5, -time.Millisecond)
	add("at once", engine.Level5, 0)
	add("later", engine.Level5, time.Millisecond)
	add("another level", engine.Level4, -time.Hour)
	add("b", engine.Level5, -time.Hour)
	add("a", engine.Level5, -time.Hour)
	list, err := w.sittings.Before(ctx, own)
	must(t, err)
	var got []sitting.SessionID
	for _, n := range list {
		got = append(got, n.ID)
	}
	if want := []sitting.SessionID{"just", "a", "b"}; !slices.Equal(got, want) {
		t.Fatalf("before: %v, want %v", got, want)
	}
}
