// Package clock is where time comes from: instants, half-open windows, calendar dates and working days.
//
// The domain never reads the wall clock; it is handed a Clock or an instant. All instants are UTC with millisecond
// precision, so that both stores give back exactly what they were given.
package clock

import (
	"sync"
	"time"
)

// Clock tells the instant, UTC, truncated to milliseconds.
type Clock interface{ Now() time.Time }

// System is the machine's clock, the one home of time.Now.
type System struct{}

// Now returns the present instant.
func (System) Now() time.Time { return Instant(time.Now()) }

// Instant brings t to the form that is stored: UTC, whole milliseconds, no monotonic part.
func Instant(t time.Time) time.Time { return t.UTC().Round(0).Truncate(time.Millisecond) }

// Manual is a clock that moves only when told to. Safe for concurrent use.
type Manual struct {
	mu  sync.RWMutex
	now time.Time
}

// NewManual returns a Manual that stands at t.
func NewManual(t time.Time) *Manual { return &Manual{now: Instant(t)} }

// Now returns the instant the clock stands at.
func (m *Manual) Now() time.Time {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.now
}

// Set moves the clock to t, backwards too: a machine's clock can be set back.
func (m *Manual) Set(t time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = Instant(t)
}

// Advance moves the clock by d.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = Instant(m.now.Add(d))
}

// Offset runs at the speed of Base, shifted by By: a demo can live on the day of its sitting.
type Offset struct {
	Base Clock
	mu   sync.RWMutex
	by   time.Duration
}

// NewOffset returns a clock that shows start now and runs on at the speed of base.
func NewOffset(base Clock, start time.Time) *Offset {
	o := &Offset{Base: base}
	o.JumpTo(start)
	return o
}

// Now returns the shifted instant.
func (o *Offset) Now() time.Time {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return Instant(o.Base.Now().Add(o.by))
}

// JumpTo shifts the clock so that it shows t now.
func (o *Offset) JumpTo(t time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.by = t.Sub(o.Base.Now())
}

// Window is a half-open period [Opens, Closes).
type Window struct {
	Opens  time.Time `json:"opens"`
	Closes time.Time `json:"closes"`
}

// Contains reports whether t lies in the window: at Opens it does, at Closes it no longer does.
func (w Window) Contains(t time.Time) bool { return !t.Before(w.Opens) && t.Before(w.Closes) }

// Overlaps reports whether the two windows share an instant.
func (w Window) Overlaps(v Window) bool { return w.Opens.Before(v.Closes) && v.Opens.Before(w.Closes) }

// Valid reports whether the window is not empty.
func (w Window) Valid() bool { return w.Opens.Before(w.Closes) }
