package practical

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Turn (场次安排) is when one candidate is where: in the waiting area (候考区) until Call, on the way from Call to At, at the
// station from At to Until, in the finished area (考毕区) from Until on.
type Turn struct {
	Ticket   sitting.Ticket
	Station  sitting.RoomID
	Call, At time.Time
	Until    time.Time
}

// Rotation (轮转安排) keeps the turns of one session apart: one candidate at a station at a time, with the policy's minutes
// between two for setting up, and nobody while the session's theory is sat.
type Rotation struct {
	window clock.Window // of the practical component
	theory clock.Window
	setup  time.Duration
	call   time.Duration

	free  map[sitting.RoomID]time.Time // from when on a station takes another candidate
	turns []Turn
}

// NewRotation is a rotation without turns. setup are the minutes between two candidates of a station, call those before a
// turn at which the candidate is called.
func NewRotation(practical, theory clock.Window, setup, call time.Duration) *Rotation {
	return &Rotation{window: practical, theory: theory, setup: setup, call: call, free: map[sitting.RoomID]time.Time{}}
}

// Add gives an assessment the next turn at its station and returns it. An assessment that has its start keeps it. Where
// the window is too short turns go on after its end; Shortages says by how much.
func (r *Rotation) Add(a Assessment, minutes int) Turn {
	length := time.Duration(minutes) * time.Minute
	at := a.At
	if at.IsZero() {
		at = r.next(a.Station, length)
	}
	t := Turn{Ticket: a.Ticket, Station: a.Station, Call: at.Add(-r.call), At: at, Until: at.Add(length)}
	if next := t.Until.Add(r.setup); next.After(r.free[a.Station]) {
		r.free[a.Station] = next
	}
	r.turns = append(r.turns, t)
	return t
}

// next is the first moment at which a station takes a candidate for so long without theory getting in the way.
func (r *Rotation) next(station sitting.RoomID, length time.Duration) time.Time {
	at := r.window.Opens
	if free := r.free[station]; free.After(at) {
		at = free
	}
	if at.Before(r.theory.Closes) && at.Add(length).After(r.theory.Opens) {
		at = r.theory.Closes
	}
	return at
}

// Turns are in the order of time, then of tickets.
func (r *Rotation) Turns() []Turn {
	all := slices.Clone(r.turns)
	slices.SortFunc(all, func(a, b Turn) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Ticket, b.Ticket)) })
	return all
}

// Shortage says that a station's turns do not fit.
type Shortage struct {
	Station sitting.RoomID
	Minutes int // that the last turn ends after the window, 0 where turns overlap only
	Turns   int // that end after the window
	Clashes int // turns that begin before the one before has ended and the station is set up, or that overlap theory
}

// Shortages lists the stations whose turns do not fit, by station. There are clashes only among turns that were planned
// by another rule: Add makes none.
func (r *Rotation) Shortages() (all []Shortage) {
	at, last := map[sitting.RoomID]*Shortage{}, map[sitting.RoomID]time.Time{}
	for _, t := range r.Turns() {
		s := at[t.Station]
		if s == nil {
			s = &Shortage{Station: t.Station}
			at[t.Station] = s
		}
		if over := t.Until.Sub(r.window.Closes); over > 0 {
			s.Turns++
			s.Minutes = max(s.Minutes, int((over+time.Minute-1)/time.Minute))
		}
		if t.At.Before(last[t.Station]) || t.At.Before(r.theory.Closes) && t.Until.After(r.theory.Opens) {
			s.Clashes++
		}
		last[t.Station] = t.Until.Add(r.setup)
	}
	for _, s := range at {
		if s.Turns+s.Clashes > 0 {
			all = append(all, *s)
		}
	}
	slices.SortFunc(all, func(a, b Shortage) int { return cmp.Compare(a.Station, b.Station) })
	return all
}

// minutes is how long the tasks take together.
func (d *Draw) minutes(codes []string) (n int) {
	for _, t := range d.tasks(codes) {
		n += t.Minutes
	}
	return n
}

// plan is the rotation of the assessments that are there.
func plan(p engine.PracticalPolicy, s *sitting.Session, draw *Draw, there []*Assessment) *Rotation {
	r := NewRotation(s.Practical, s.Theory, time.Duration(p.SetupMinutes)*time.Minute, time.Duration(p.CallMinutes)*time.Minute)
	for _, a := range there {
		r.Add(*a, draw.minutes(a.Tasks))
	}
	return r
}

// Over is when the window has closed and the last turn has ended: from then on nobody is at a station who could be told of
// tasks. Turns may go on after the window, see Add.
func (r *Rotation) Over() time.Time {
	over := r.window.Closes
	for _, t := range r.turns {
		if t.Until.After(over) {
			over = t.Until
		}
	}
	return over
}

// Schedule is the rotation of a session with the names of its candidates.
type Schedule struct {
	Session   *sitting.Session
	Turns     []Turn
	Names     map[sitting.Ticket]string
	Shortages []Shortage
	Over      time.Time // from when on the draw is public
}

// Schedule returns the rotation to the exam office of the body and to the leader on duty. ErrNotDrawn before the draw.
func (d *Desk) Schedule(ctx context.Context, by authz.Principal, id sitting.SessionID) (*Schedule, error) {
	b, err := d.practice(ctx, by, id)
	if err != nil {
		return nil, err
	}
	r := plan(d.policy.Practical, b.session, b.draw, b.all)
	s := &Schedule{Session: b.session, Turns: r.Turns(), Names: map[sitting.Ticket]string{}, Shortages: r.Shortages(), Over: r.Over()}
	for _, a := range b.all {
		p, err := d.ports.Names.Named(ctx, a.Candidate)
		if err != nil {
			return nil, err
		}
		s.Names[a.Ticket] = p.Name
	}
	return s, nil
}

// practice is a drawn session as those see it who run it.
type practice struct {
	session *sitting.Session
	draw    *Draw
	all     []*Assessment
}

// practice returns the session to its own exam office and to its leader on duty.
func (d *Desk) practice(ctx context.Context, by authz.Principal, id sitting.SessionID) (*practice, error) {
	if err := requireAny(by, authz.PracticalRun, authz.FormsDraw); err != nil {
		return nil, err
	}
	session, err := d.drawable(ctx, by, id)
	if err != nil {
		return nil, err
	}
	draw, err := d.ports.Draws.TaskDraw(ctx, id)
	if err != nil {
		return nil, err
	}
	all, err := d.assessmentsOf(ctx, id)
	return &practice{session, draw, all}, err
}
