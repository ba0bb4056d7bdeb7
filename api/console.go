package api

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// silence is how long a sitting candidate's computer may be unheard of before the room is told: the exam page is heard
// every ten seconds, others every fifteen.
const silence = 30 * time.Second

// lately is for how long a page that lost the focus is worth a look: long enough that an invigilator who reads a console
// now and then sees it, short enough that a candidate who looked away once is not marked for good. How often it happened
// is always shown.
const lately = 2 * time.Minute

// hall is what the consoles of a session show, as it was at one instant. It never changes.
type hall struct {
	seats    []*sitting.Seat
	progress map[sitting.Ticket]theory.Progress
	counts   map[sitting.Ticket]theory.ActivityCount
	lines    []*sitting.Line
	pauses   map[sitting.Place]*sitting.Line // that are on, by whom they were ordered for
	at       time.Time
}

// hallAge is how long a hall that was read serves those who poll, and a second more for each thousand of its seats. Of a
// session in many rooms the seats are then read once in that while, and not once for every console.
const hallAge = time.Second

// serves reports whether the hall may be shown at now to somebody who wants it no older than maxAge.
func (h *hall) serves(now time.Time, maxAge time.Duration) bool {
	if h == nil {
		return false
	}
	if maxAge > 0 {
		maxAge += time.Duration(len(h.seats)/1000) * time.Second
	}
	age := now.Sub(h.at)
	return age >= 0 && age < maxAge
}

// maxHalls bounds the sessions remembered.
const maxHalls = 64

// halls are the sessions that consoles of this process look at. The zero value is ready.
type halls struct {
	mu sync.Mutex
	m  map[sitting.SessionID]*openHall
}

type openHall struct {
	mu   sync.Mutex
	last *hall
}

func (h *halls) of(id sitting.SessionID) *openHall {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.m == nil {
		h.m = map[sitting.SessionID]*openHall{}
	}
	if h.m[id] == nil {
		for other := range h.m {
			if len(h.m) < maxHalls {
				break
			}
			delete(h.m, other)
		}
		h.m[id] = &openHall{}
	}
	return h.m[id]
}

// hallOf reads what the consoles of a session show, or returns what was read at most maxAge ago: by may look into its
// rooms, which the caller has asked.
func (s *Server) hallOf(ctx context.Context, by authz.Principal, id sitting.SessionID, maxAge time.Duration) (*hall, error) {
	open := s.halls.of(id)
	open.mu.Lock()
	defer open.mu.Unlock()
	now := s.clock.Now()
	if open.last.serves(now, maxAge) {
		return open.last, nil
	}
	h, err := s.readHall(ctx, by, id)
	if err == nil {
		h.at = now
		open.last = h
	}
	return h, err
}

func (s *Server) readHall(ctx context.Context, by authz.Principal, id sitting.SessionID) (h *hall, err error) {
	h = &hall{}
	if h.seats, err = s.Sittings.Seats(ctx, by, id); err != nil {
		return nil, err
	}
	if h.progress, err = s.Exams.Progress(ctx, by, id); err != nil {
		return nil, err
	}
	if h.counts, err = s.Exams.CountActivities(ctx, id); err != nil {
		return nil, err
	}
	book, err := s.Sittings.Proceedings(ctx, id, hallAge) // what of it the reader sees, is for looking.record
	if err != nil {
		return nil, err
	}
	h.lines = book.Lines()
	h.pauses = book.Pauses()
	return h, nil
}

// looking is somebody at a console: of one room, or of all of a session.
type looking struct {
	by      authz.Principal
	session *sitting.Session
	room    sitting.RoomID // "" for all
	runs    bool           // on duty in the room
	orders  bool           // or of the exam office
	hall    *hall
	rules   engine.RoomPolicy
	now     time.Time
}

// lookInto opens a console on what was read at most maxAge ago.
func (s *Server) lookInto(ctx context.Context, by authz.Principal, id sitting.SessionID, room sitting.RoomID,
	maxAge time.Duration) (l *looking, err error) {
	if err = by.Require(authz.RoomRead); err != nil {
		return nil, err
	}
	l = &looking{by: by, room: room, rules: s.Policy.Rooms, now: s.clock.Now()}
	if l.session, err = s.Sittings.Session(ctx, by, id); err != nil {
		return nil, err
	}
	if room != "" {
		if _, ok := roomOf(l.session, room); !ok {
			return nil, sitting.ErrRoom
		}
		if l.runs, err = s.watches(ctx, by, id, room); err != nil {
			return nil, err
		}
	}
	l.orders = l.runs || by.Can(authz.PlanWrite)
	l.hall, err = s.hallOf(ctx, by, id, maxAge)
	return l, err
}

// open reports whether anybody looked at may still sit, with what was added to their time.
func (l *looking) open() bool {
	if slices.ContainsFunc(l.roomTimes(), func(t sitting.Times) bool { return !t.Over(l.now) }) {
		return true
	}
	for _, p := range l.hall.progress {
		if (p.State == theory.Scheduled || p.State == theory.InProgress) && !p.Times.Over(l.now) {
			return true
		}
	}
	return false
}

// view is the console without names.
func (l *looking) view(p engine.Policy) web.RoomView {
	n := l.session
	v := web.RoomView{Session: string(n.ID), Room: string(l.room), SessionName: n.Name, Level: n.Level, Opens: n.Theory.Opens,
		MayRun: l.runs, MayOrder: l.orders, Most: p.Time.ExtendMinutes, Lockdown: n.Lockdown.Required,
		Roomwide: l.hall.pauses[sitting.Place{Room: l.room}] != nil, Last: sitting.Happenings(l.hall.lines, l.hall.seats)}
	times := l.roomTimes()
	v.Stopped, v.Pauses = stopped(times), l.pauses()
	for _, t := range times {
		if !t.Paused && t.Closes.After(v.Closes) { // one that is paused moves on with the clock
			v.Closes = t.Closes
		}
	}
	if from := n.CheckInFrom(); l.now.Before(from) {
		v.CheckInFrom = from
	}
	if l.by.Can(authz.PlanWrite) {
		v.Most = sitting.OfficeMinutes
	}
	open := l.open()
	if l.runs && open {
		v.Code = n.Code
	}
	for _, t := range l.hall.seats {
		if l.room != "" && t.Room != l.room {
			continue
		}
		seat := l.seat(t)
		v.MayRelease = v.MayRelease || open && seat.State == web.SeatCheckedIn
		v.Count(seat)
		v.Seats = append(v.Seats, seat)
	}
	slices.SortFunc(v.Seats, web.Worse)
	return v
}

// seat is one candidate's place in the console.
func (l *looking) seat(t *sitting.Seat) web.SeatView {
	p := l.hall.progress[t.Ticket]
	v := web.SeatView{Room: string(t.Room), No: t.No, State: l.state(t, p), Answered: p.Answered, Total: p.Total, Heard: p.Heard,
		Note: t.Note, Came: !t.CheckedIn.IsZero(), Windows: p.Windows}
	v.Locked = l.locked(t, p)
	lost := l.hall.counts[t.Ticket]
	v.FocusLost, v.Lately = lost.FocusLost, lost.FocusLost > 0 && l.now.Sub(lost.LostAt) < lately
	if v.Key = string(t.Room) + "-" + strconv.Itoa(t.No); l.orders {
		v.Key, v.Ticket = string(t.Ticket), string(t.Ticket)
	}
	l.clock(&v, t, p)
	if l.sits(t, p) {
		v.Question, v.Unsaved, v.Away, v.Machine = p.Beat.Question, p.Beat.Unsaved, p.Beat.Away, waits(t, p)
	}
	return v
}

// clock says what time the candidate has, once they are let in and until they have handed in.
func (l *looking) clock(v *web.SeatView, t *sitting.Seat, p theory.Progress) {
	over := p.State != theory.InProgress && p.State != theory.Scheduled
	if t.Released.IsZero() || !t.Voided.IsZero() || over || p.Times.Closes.IsZero() {
		return
	}
	v.Paused, v.OwnPause = p.Times.Paused, l.hall.pauses[sitting.Place{Room: t.Room, Ticket: t.Ticket}] != nil
	if v.Closes = p.Times.Closes; v.Paused {
		v.Closes, v.Left = time.Time{}, p.Times.Closes.Sub(l.hall.at).Round(time.Second)
	}
}

// sits reports whether the candidate is at the paper.
func (l *looking) sits(t *sitting.Seat, p theory.Progress) bool {
	return t.Voided.IsZero() && p.State == theory.InProgress
}

// lockdownReach is how long a change of the lockdown may take to reach every process: until then a page may still be heard
// that is turned away from then on.
const lockdownReach = 3 * time.Second

// locked reports whether somebody at the paper has been silent since the lockdown browser was asked for in mid-sitting, or
// other builds of it: their page is turned away until they come back in one. It says no more than that: whoever was silent
// already is not heard since then either.
func (l *looking) locked(t *sitting.Seat, p theory.Progress) bool {
	if !l.session.Lockdown.Required || !l.sits(t, p) || l.now.Sub(p.Heard) <= silence || p.Times.Shut(l.now) {
		return false
	}
	for _, line := range slices.Backward(l.hall.lines) {
		switch line.Kind {
		case sitting.LockdownOn, sitting.LockdownKeys, sitting.LockdownOff:
			return line.Kind != sitting.LockdownOff && p.Heard.Before(line.At.Add(lockdownReach))
		}
	}
	return false
}

// waits reports whether a candidate asked for the paper at another machine and nobody has let them go on there.
func waits(t *sitting.Seat, p theory.Progress) bool { return p.Barred.After(t.Readmitted) }

// state is what the room is told of a seat.
func (l *looking) state(t *sitting.Seat, p theory.Progress) web.SeatState {
	switch {
	case !t.Voided.IsZero():
		return web.SeatVoided
	case !t.Takes(engine.Theory):
		return web.SeatExempt
	case t.AbsentAt(l.session, l.rules, l.now):
		return web.SeatAbsent
	case t.CheckedIn.IsZero():
		return web.SeatExpected
	case t.Released.IsZero():
		return web.SeatCheckedIn
	}
	switch p.State {
	case theory.Submitted, theory.Marked:
		return web.SeatSubmitted
	case theory.InProgress:
		return l.sitting(t, p)
	}
	return web.SeatReleased
}

// sitting is the state of who is at the paper; a computer unheard of comes before all that it last said. Once the time is
// over the server closes the paper, and nobody needs to be heard any more.
func (l *looking) sitting(t *sitting.Seat, p theory.Progress) web.SeatState {
	silent := l.now.Sub(p.Heard) > silence && !p.Times.Shut(l.now)
	switch {
	case silent && p.Beat.Unsaved > 0:
		return web.SeatLost
	case silent:
		return web.SeatTrouble
	case p.Times.Paused:
		return web.SeatPaused
	case waits(t, p):
		return web.SeatMachine
	case p.Beat.Unsaved > 0:
		return web.SeatUnsaved
	}
	return web.SeatSitting
}

func roomOf(s *sitting.Session, id sitting.RoomID) (sitting.Room, bool) {
	for _, r := range s.Rooms {
		if r.ID == id {
			return r, true
		}
	}
	return sitting.Room{}, false
}

// withEmpty adds the seats that nobody has, in their places.
func withEmpty(taken []web.SeatView, n *sitting.Session, r sitting.Room) []web.SeatView {
	all := slices.Clone(taken)
	for no := 1; no <= r.Capacity; no++ {
		if !slices.ContainsFunc(taken, func(s web.SeatView) bool { return s.No == no }) {
			all = append(all, web.SeatView{No: no, State: emptyState(n, r, no)})
		}
	}
	slices.SortFunc(all, func(a, b web.SeatView) int { return cmp.Compare(a.No, b.No) })
	return all
}
