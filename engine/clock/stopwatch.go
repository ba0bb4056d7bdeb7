package clock

import "time"

// Stopwatch measures how long work took, for metrics and progress; it knows no calendar.
type Stopwatch struct{ began time.Time }

// Start begins to measure.
func Start() Stopwatch { return Stopwatch{time.Now()} }

// Elapsed returns the time since Start, whatever happened to the wall clock.
func (s Stopwatch) Elapsed() time.Duration { return time.Since(s.began) }
