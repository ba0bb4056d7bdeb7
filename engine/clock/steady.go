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

// Away is how far the wall clock was from the instant that was told last; zero unless it jumped.
func (s *Steady) Away() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.away
}
