package clock

import (
	"sync"
	"time"
)

// jump is how far the wall clock may move beside the machine's uptime between two readings: what the keeping of time
// over a network corrects in small steps is followed, what somebody sets is not.
const jump = time.Second

// Steady follows a wall clock, but not where it jumps: somebody who sets the machine's clock back an hour in the middle
// of an exam gives nobody an hour, and takes none. From the jump on it goes by the machine's uptime until the wall clock is
// back. It never goes backwards. Safe for concurrent use.
//
// It knows of its own process only. One that starts behind a clock that was set back is told by GoOnFrom where the one
// before it had come to; the time between them is then missing. One that starts behind a clock that was set on cannot tell.
// Two processes side by side go by one time only while the clocks of their machines do: keep those together (NTP), and
// when one was set, restart every process after it was set right. Whatever they disagree in, the order of a log is that of
// its numbers, never that of its times.
type Steady struct {
	wall   Clock
	uptime func() time.Duration

	mu   sync.Mutex
	at   time.Time     // what was told last
	up   time.Duration // the uptime then
	away time.Duration // of the wall clock from what is told, when it jumped
}

// NewSteady returns a Steady that begins where the wall clock stands now.
func NewSteady(wall Clock, uptime func() time.Duration) *Steady {
	return &Steady{wall: wall, uptime: uptime, at: wall.Now(), up: uptime()}
}

// Now returns the instant.
func (s *Steady) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	up, wall := s.uptime(), s.wall.Now()
	told := s.at.Add(up - s.up)
	s.away = wall.Sub(told)
	if s.away.Abs() <= jump {
		told, s.away = wall, 0
	}
	if told = Instant(told); told.After(s.at) {
		s.up += told.Sub(s.at)
		if s.away == 0 {
			s.up = up
		}
		s.at = told
	}
	return s.at
}

// behind is how far a wall clock may lie behind what was recorded before: machines that the network keeps together
// differ by less.
const behind = 2 * time.Second

// GoOnFrom is told the newest instant that is known to have been, by another process's clock. Where the wall clock lies far
// behind it, the clock goes on from that instant, and GoOnFrom returns how far it lay behind; otherwise nothing changes.
func (s *Steady) GoOnFrom(at time.Time) time.Duration {
	told := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	lag := at.Sub(told)
	if lag <= behind {
		return 0
	}
	s.at, s.up, s.away = Instant(at), s.uptime(), s.away-lag
	return lag
}

// Away is how far the wall clock was from the instant that was told last; zero unless it jumped.
func (s *Steady) Away() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.away
}
