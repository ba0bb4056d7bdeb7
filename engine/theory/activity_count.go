package theory

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
)

// ActivityCount is how much one candidate's pages observed.
type ActivityCount struct {
	Total     int
	FocusLost int
	Last      time.Time // when the last of it came
	LostAt    time.Time // when the last loss of the focus came
}

func (n *ActivityCount) add(a *Activity) {
	n.Total++
	if a.Kind == FocusLost {
		n.FocusLost++
		n.LostAt = newer(n.LostAt, a.At)
	}
	n.Last = newer(n.Last, a.At)
}

// observedAll are the sessions whose activities this process counts. The zero value counts none yet.
type observedAll struct {
	mu sync.Mutex
	m  map[sitting.SessionID]*observedSession
}

// How long the counts of a session stay in memory that nobody asks for, and for how long what was read of other
// processes' writing serves again. Their clocks may differ, and what came a moment ago may not be readable yet, so that
// every reading goes back by an overlap.
const (
	countForget  = time.Hour
	countPause   = 2 * time.Second
	countOverlap = time.Minute
)

func (o *observedAll) of(id sitting.SessionID, now time.Time) *observedSession {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.m == nil {
		o.m = map[sitting.SessionID]*observedSession{}
	}
	for other, s := range o.m {
		if other != id && now.Sub(s.asked) > countForget {
			delete(o.m, other)
		}
	}
	if o.m[id] == nil {
		o.m[id] = &observedSession{rows: map[sitting.Ticket]*observedTicket{}}
	}
	o.m[id].asked = now
	return o.m[id]
}

// observedSession counts the activities of one session: rebuilt from the store once, after that kept by what this
// process stores and by short readings of what others did.
type observedSession struct {
	asked time.Time // guarded by observedAll.mu

	reading sync.Mutex
	upTo    time.Time // by the store, zero before it was read

	mu   sync.Mutex
	rows map[sitting.Ticket]*observedTicket
}

type observedTicket struct {
	ActivityCount
	kept   map[activityPlace]bool
	beyond map[string]int // highest number that was only counted, by window
}

type activityPlace struct {
	window string
	no     int
}

// read brings the counts up to the store: once, and with fresh whenever the last reading is old.
func (s *observedSession) read(ctx context.Context, store Activities, id sitting.SessionID, now time.Time, fresh bool) error {
	s.reading.Lock()
	defer s.reading.Unlock()
	age := now.Sub(s.upTo)
	if !s.upTo.IsZero() && (!fresh || age >= 0 && age < countPause) {
		return nil
	}
	var since time.Time
	if !s.upTo.IsZero() {
		since = s.upTo.Add(min(0, age) - countOverlap) // a clock that was set back does not hide what came since
	}
	rows, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Activity, string, error) {
		return store.ActivitiesSince(ctx, id, since, c)
	})
	if err != nil {
		return fmt.Errorf("count the activities of session %s: %w", id, err)
	}
	for _, a := range rows {
		s.take(a)
	}
	s.upTo = now
	return nil
}

func (s *observedSession) of(t sitting.Ticket) *observedTicket {
	o := s.rows[t]
	if o == nil {
		o = &observedTicket{kept: map[activityPlace]bool{}, beyond: map[string]int{}}
		s.rows[t] = o
	}
	return o
}

// take counts an activity that is stored, once.
func (s *observedSession) take(a *Activity) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, at := s.of(a.Ticket), activityPlace{a.Window, a.No}
	if !o.kept[at] {
		o.kept[at] = true
		o.add(a)
	}
}

// room reports whether a is to be stored. One that is stored already is not, nor one beyond the bound: that is counted
// here, unless its window has come further before.
func (s *observedSession) room(a *Activity) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.of(a.Ticket)
	if o.kept[activityPlace{a.Window, a.No}] {
		return false
	}
	if len(o.kept) < maxActivities {
		return true
	}
	if highest, known := o.beyond[a.Window]; a.No > highest && (known || len(o.beyond) < maxActivities) {
		o.beyond[a.Window] = a.No
		o.add(a)
	}
	return false
}

func (s *observedSession) count(t sitting.Ticket) ActivityCount {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.rows[t]; o != nil {
		return o.ActivityCount
	}
	return ActivityCount{}
}

func (s *observedSession) counts() map[sitting.Ticket]ActivityCount {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[sitting.Ticket]ActivityCount, len(s.rows))
	for t, o := range s.rows {
		if o.Total > 0 {
			all[t] = o.ActivityCount
		}
	}
	return all
}
