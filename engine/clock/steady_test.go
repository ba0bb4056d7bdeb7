package clock_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine/clock"
)

// machine is a wall clock that can be set and an uptime that cannot.
type machine struct {
	wall *clock.Manual
	up   time.Duration
}

func (m *machine) run(d time.Duration) { m.up += d; m.wall.Advance(d) }

func (m *machine) uptime() time.Duration { return m.up }

func TestSteady(t *testing.T) {
	start := time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		set  time.Duration // what the clock is set by, after a minute
		want time.Duration // what is told a minute later, after the start
		away bool
	}{
		"left alone":         {0, 2 * time.Minute, false},
		"back an hour":       {-time.Hour, 2 * time.Minute, true},
		"on an hour":         {time.Hour, 2 * time.Minute, true},
		"corrected a little": {800 * time.Millisecond, 2*time.Minute + 800*time.Millisecond, false},
		"back a little":      {-time.Second, 2*time.Minute - time.Second, false},
		"back too much":      {-time.Second - time.Millisecond, 2 * time.Minute, true},
	} {
		t.Run(name, func(t *testing.T) {
			m := &machine{wall: clock.NewManual(start)}
			s := clock.NewSteady(m.wall, m.uptime)
			m.run(time.Minute)
			s.Now()
			m.wall.Set(m.wall.Now().Add(c.set))
			s.Now()
			m.run(time.Minute)
			if got := s.Now().Sub(start); got != c.want || (s.Away() != 0) != c.away {
				t.Fatalf("told %v after the start, away %v", got, s.Away())
			}
			m.wall.Set(start.Add(m.up))
			if got := s.Now().Sub(start); s.Away() != 0 || got < c.want || got > c.want+time.Second {
				t.Fatalf("once it is right again: %v, away %v", got, s.Away())
			}
		})
	}
}

// A process that starts behind the time that was recorded goes on from there, by the uptime; what machines differ by is let be.
func TestSteadyGoesOnFrom(t *testing.T) {
	start := time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		recorded time.Duration // after the start
		lag      time.Duration
		want     time.Duration // what is told a minute later, after the start
	}{
		"nothing recorded":   {-200 * 365 * 24 * time.Hour, 0, time.Minute},
		"before":             {-time.Hour, 0, time.Minute},
		"at once":            {0, 0, time.Minute},
		"what clocks differ": {2 * time.Second, 0, time.Minute},
		"a little more":      {2*time.Second + time.Millisecond, 2*time.Second + time.Millisecond, time.Minute + 2*time.Second + time.Millisecond},
		"back an hour":       {time.Hour, time.Hour, time.Hour + time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			m := &machine{wall: clock.NewManual(start)}
			s := clock.NewSteady(m.wall, m.uptime)
			if lag := s.GoOnFrom(start.Add(c.recorded)); lag != c.lag || s.Away() != -c.lag {
				t.Fatalf("%v behind, away %v", lag, s.Away())
			}
			m.run(time.Minute)
			if got := s.Now().Sub(start); got != c.want || s.Away() != -c.lag {
				t.Fatalf("told %v after the start, away %v", got, s.Away())
			}
			m.wall.Set(start.Add(c.want))
			if got := s.Now().Sub(start); got != c.want || s.Away() != 0 {
				t.Fatalf("once it is right: %v, away %v", got, s.Away())
			}
		})
	}
}

// However the clock is set, what is told never goes back, and goes with the uptime within the jump that is forgiven at
// each reading.
func TestSteadyNeverGoesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &machine{wall: clock.NewManual(time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC))}
		s := clock.NewSteady(m.wall, m.uptime)
		last := s.Now()
		for range 30 {
			step := time.Duration(rapid.IntRange(0, 5000).Draw(t, "run")) * time.Millisecond
			m.run(step)
			if rapid.Bool().Draw(t, "set") {
				m.wall.Set(m.wall.Now().Add(time.Duration(rapid.IntRange(-7_200_000, 7_200_000).Draw(t, "by")) * time.Millisecond))
			}
			now := s.Now()
			if moved := now.Sub(last); moved < 0 || moved > step+2*time.Second {
				t.Fatalf("moved %v while %v went by", moved, step)
			}
			last = now
		}
	})
}

func TestUptimeGoesOn(t *testing.T) {
	before := clock.Uptime()
	time.Sleep(2 * time.Millisecond)
	if got := clock.Uptime() - before; got < time.Millisecond {
		t.Fatalf("%v went by", got)
	}
}
