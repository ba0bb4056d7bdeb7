package sitting_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
)

var (
	nine    = time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)
	planned = clock.Window{Opens: nine, Closes: nine.Add(90 * time.Minute)}
)

func at(minutes int) time.Time { return nine.Add(time.Duration(minutes) * time.Minute) }

// line is one about everybody in room r, unless it is given a ticket.
func line(kind sitting.LineKind, minute, minutes int, ticket ...sitting.Ticket) *sitting.Line {
	l := &sitting.Line{Kind: kind, Room: "r", Minutes: minutes, At: at(minute)}
	if len(ticket) > 0 {
		l.Ticket = ticket[0]
	}
	return l
}

func TestTimes(t *testing.T) {
	everybody := line(sitting.Extended, 5, 10)
	everybody.Room = ""
	elsewhere := line(sitting.Extended, 5, 10)
	elsewhere.Room = "other"
	for name, c := range map[string]struct {
		lines  []*sitting.Line
		now    int
		closes int // minutes after the opening
		paused bool
	}{
		"nothing":                      {nil, 10, 90, false},
		"extended":                     {[]*sitting.Line{line(sitting.Extended, 5, 10)}, 10, 100, false},
		"everybody":                    {[]*sitting.Line{everybody}, 10, 100, false},
		"another room":                 {[]*sitting.Line{elsewhere}, 10, 90, false},
		"own and the room's":           {[]*sitting.Line{line(sitting.Extended, 5, 10), line(sitting.Extended, 6, 5, "mine")}, 10, 105, false},
		"a neighbour's":                {[]*sitting.Line{line(sitting.Extended, 5, 10, "other")}, 10, 90, false},
		"in a pause":                   {[]*sitting.Line{line(sitting.Paused, 20, 0)}, 50, 120, true},
		"after a pause":                {[]*sitting.Line{line(sitting.Paused, 20, 0), line(sitting.Resumed, 50, 0)}, 60, 120, false},
		"two pauses overlap":           {[]*sitting.Line{line(sitting.Paused, 20, 0), line(sitting.Paused, 30, 0, "mine"), line(sitting.Resumed, 50, 0), line(sitting.Resumed, 60, 0, "mine")}, 70, 130, false},
		"one of two pauses ended":      {[]*sitting.Line{line(sitting.Paused, 20, 0), line(sitting.Paused, 30, 0, "mine"), line(sitting.Resumed, 50, 0)}, 55, 125, true},
		"a pause before the start":     {[]*sitting.Line{line(sitting.Paused, -20, 0), line(sitting.Resumed, 15, 0)}, 20, 105, false},
		"a pause over before it":       {[]*sitting.Line{line(sitting.Paused, -20, 0), line(sitting.Resumed, -5, 0)}, 20, 90, false},
		"a pause after the end":        {[]*sitting.Line{line(sitting.Paused, 90, 0)}, 100, 90, false},
		"a pause before the last tick": {[]*sitting.Line{line(sitting.Paused, 89, 0)}, 100, 101, true},
		"reopened":                     {[]*sitting.Line{line(sitting.Reopened, 100, 20, "mine")}, 110, 120, false},
		"reopened with time left":      {[]*sitting.Line{line(sitting.Reopened, 30, 20, "mine")}, 40, 90, false},
		"reopened in a pause":          {[]*sitting.Line{line(sitting.Paused, 60, 0), line(sitting.Reopened, 150, 20, "mine"), line(sitting.Resumed, 160, 0)}, 165, 190, false},
		"a resumption of nothing":      {[]*sitting.Line{line(sitting.Resumed, 30, 0)}, 40, 90, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := sitting.NewBook(c.lines).Times(planned, "r", "mine", at(c.now))
			if !got.Closes.Equal(at(c.closes)) || got.Paused != c.paused {
				t.Fatalf("closes after %v, paused %v", got.Closes.Sub(nine), got.Paused)
			}
		})
	}
}

func TestGraceIsHalfOpen(t *testing.T) {
	w := sitting.Times{Opens: nine, Closes: at(90), Grace: 15 * time.Second}
	for _, c := range []struct {
		at          time.Time
		takes, over bool
	}{{nine.Add(-time.Millisecond), false, false}, {nine, true, false}, {at(90).Add(-time.Millisecond), true, false}, {at(90), true, true},
		{at(90).Add(15*time.Second - time.Millisecond), true, true}, {at(90).Add(15 * time.Second), false, true}} {
		if w.Takes(c.at) != c.takes || w.Over(c.at) != c.over || w.Shut(c.at) == w.Takes(c.at) && !c.at.Before(nine) {
			t.Errorf("%v after the opening: takes %v, over %v, shut %v", c.at.Sub(nine), w.Takes(c.at), w.Over(c.at), w.Shut(c.at))
		}
	}
	w.Paused = true
	if w.Takes(at(10)) {
		t.Error("a response is taken while the clock stands")
	}
}

// Whatever is written down, nobody loses time, a candidate who is paused keeps what is left, and what is about others
// changes nothing.
func TestTimesProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var lines []*sitting.Line
		minute := rapid.IntRange(-30, 60).Draw(t, "first")
		for range rapid.IntRange(0, 12).Draw(t, "lines") {
			kind := rapid.SampledFrom([]sitting.LineKind{sitting.Extended, sitting.Paused, sitting.Resumed, sitting.Reopened, sitting.Announced}).Draw(t, "kind")
			who := rapid.SampledFrom([]sitting.Ticket{"", "mine", "other"}).Draw(t, "who")
			lines = append(lines, line(kind, minute, rapid.IntRange(1, 30).Draw(t, "minutes"), who))
			minute += rapid.IntRange(0, 20).Draw(t, "step")
		}
		now := at(minute)
		book := sitting.NewBook(lines)
		got := book.Times(planned, "r", "mine", now)
		if got.Closes.Before(planned.Closes) {
			t.Fatalf("closes %v before the plan", planned.Closes.Sub(got.Closes))
		}
		later := book.Times(planned, "r", "mine", now.Add(7*time.Minute))
		if moved := later.Closes.Sub(got.Closes); got.Paused && !now.Before(nine) && moved != 7*time.Minute || !got.Paused && moved != 0 {
			t.Fatalf("paused %v, and the end moved by %v", got.Paused, moved)
		}
		var mine []*sitting.Line
		for _, l := range lines {
			if l.Ticket != "other" {
				mine = append(mine, l)
			}
		}
		if alone := sitting.NewBook(mine).Times(planned, "r", "mine", now); alone != got {
			t.Fatalf("with what concerns others %+v, without %+v", got, alone)
		}
	})
}
