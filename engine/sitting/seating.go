package sitting

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/separation"
)

// SeatCandidates gives a seat to everybody whose application was accepted and who has none, and returns all seats of
// the session. It records first who has which serial, in one write of the session, and makes the seats second: run
// again, after a failure too, it makes what is missing and nothing else, and nobody gets two seats. Whom separation
// forbids to somebody on duty gets none; the session keeps the finding. Who has a place, or applied earlier, under another document
// (同一人) gets no second one, and that application is refused. When the rooms or the body's filing are too small for all, nobody is
// seated: ErrFull. Nobody is once the session is closed or has begun: ErrClosed. Applications of the seated that a withdrawal which
// was cut off left taken back are put back first.
func (s *Sittings) SeatCandidates(ctx context.Context, by authz.Principal, id SessionID) ([]*Seat, error) {
	if err := by.Require(authz.PlanWrite); err != nil {
		return nil, err
	}
	n, err := s.own(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if err := s.desk.Stay(ctx, by, string(n.ID), n.Allotted); err != nil {
		return nil, err
	}
	now := s.clock.Now()
	var twice []twofold
	n, err = s.change(ctx, by, id, func(n *Session) error {
		twice = nil
		if err := n.Open(now); err != nil {
			return s.unfinished(ctx, n, err)
		}
		added, findings, unsure, err := s.allottable(ctx, by, n, &twice)
		if err != nil {
			return err
		}
		noted := n.note(findings)
		if doubted := n.doubt(unsure); len(added) == 0 && !noted && !doubted {
			return engine.ErrUnchanged
		}
		if err := s.place(ctx, n, added); err != nil {
			return err
		}
		if err := s.retakers(ctx, n); err != nil {
			return err
		}
		n.Trail.Add(now, by.Account, "session.seated", fmt.Sprintf("%d 人%s", len(added), n.leftover()))
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, t := range twice {
		if err := s.desk.RefuseDouble(ctx, by, t.application, t.other); err != nil {
			return nil, err
		}
	}
	return s.makeSeats(ctx, by, n)
}

// allottable returns who is to be seated now, what forbids it to the others, and which employers nobody can be sure of.
// Applications are read after the session and the session is replaced only if nobody changed it, as in Assign: of an assignment and a seating at the
// same time, the later one sees the earlier. Who would be seated a second time is told in twice.
func (s *Sittings) allottable(ctx context.Context, by authz.Principal, n *Session, twice *[]twofold) ([]engine.PersonID, []separation.Finding, []Unsure, error) {
	accepted, err := s.desk.Accepted(ctx, string(n.ID))
	if err != nil {
		return nil, nil, nil, err
	}
	waiting, err := s.once(ctx, n, waitingFor(n, accepted), twice)
	if err != nil {
		return nil, nil, nil, err
	}
	unsure, err := s.tieStated(ctx, by, n, waiting)
	if err != nil {
		return nil, nil, nil, err
	}
	free := make([]engine.PersonID, len(waiting))
	for i, a := range waiting {
		free[i] = a.Person
	}
	findings, err := s.Separated(ctx, n, free)
	if err != nil {
		return nil, nil, nil, err
	}
	forbidden := map[engine.PersonID]bool{}
	for _, f := range findings {
		forbidden[f.Candidate] = true
	}
	free = slices.DeleteFunc(free, func(p engine.PersonID) bool { return forbidden[p] })
	if len(free) == 0 {
		return nil, findings, unsure, nil
	}
	return free, findings, unsure, s.roomFor(ctx, n, len(free))
}

// waitingFor is who has no seat, in the order of application IDs. Those are digests: the order keeps nobody beside
// those with whom they were listed, and comes out the same when it is computed again.
func waitingFor(n *Session, accepted []*registration.Application) []*registration.Application {
	seated := make(map[engine.PersonID]bool, len(n.Allotted))
	for _, p := range n.Allotted {
		seated[p] = true
	}
	return slices.DeleteFunc(accepted, func(a *registration.Application) bool { return seated[a.Person] })
}

// twofold is an application of somebody who has, or gets, a place in the session under another document.
type twofold struct {
	application registration.ApplicationID
	other       engine.PersonID // who has it
}

// once drops from the waiting whoever is one human (同一人) with somebody who has a place or, of two without one, applied earlier: a
// pair may be found after both applications were accepted.
func (s *Sittings) once(ctx context.Context, n *Session, waiting []*registration.Application, twice *[]twofold) ([]*registration.Application, error) {
	same, err := s.people.Sameness(ctx)
	if err != nil || same.None() {
		return waiting, err
	}
	placed := map[engine.PersonID]engine.PersonID{} // by the first of each group
	for _, p := range n.Allotted {
		placed[same.Group(p)[0]] = p
	}
	second := map[engine.PersonID]bool{}
	for _, a := range slices.SortedStableFunc(slices.Values(waiting), func(a, b *registration.Application) int { return a.At.Compare(b.At) }) {
		human := same.Group(a.Person)[0]
		if other, has := placed[human]; has {
			second[a.Person] = true
			*twice = append(*twice, twofold{a.ID, other})
			continue
		}
		placed[human] = a.Person
	}
	return slices.DeleteFunc(waiting, func(a *registration.Application) bool { return second[a.Person] }), nil
}

// tieClasses records the training classes that applicants state, so that separation knows of them though no
// enrolment list has come in: the class as it is called, and every registered class of that name, for an applicant does
// not say whose it was.
func (s *Sittings) tieClasses(ctx context.Context, by authz.Principal, waiting []*registration.Application) error {
	return each(ctx, waiting, func(ctx context.Context, a *registration.Application) error {
		if a.Class == "" {
			return nil
		}
		classes, err := s.classesNamed(ctx, a.Class)
		if err != nil {
			return err
		}
		for _, c := range classes {
			if _, err := s.judge.Record(ctx, by, separation.Tie{Kind: separation.Attends, From: separation.PersonNode(a.Person),
				To: separation.ClassNode(c), Label: a.Class, Source: sourceApplication, Claim: said(a)}); err != nil {
				return err
			}
		}
		return nil
	})
}

// classesNamed are the name itself and the ids of the registered classes that have it.
func (s *Sittings) classesNamed(ctx context.Context, name string) ([]string, error) {
	if s.ports.Classes == nil {
		return []string{name}, nil
	}
	found, err := s.ports.Classes.Named(ctx, name)
	return append([]string{name}, found...), err
}

// roomFor returns nil when more candidates fit into the rooms, the ticket numbers and the body's filing of the year.
// The filing is summed over sessions that others may be seating at the same moment; the sum is right again for
// whoever comes next.
func (s *Sittings) roomFor(ctx context.Context, n *Session, more int) error {
	want := len(n.Allotted) + more
	if err := s.halls(ctx, n); err != nil {
		return err
	}
	for _, c := range []engine.Component{engine.Theory, engine.Practical} {
		if have := min(n.places(c), maxSeats); want > have {
			return ErrFull.With("%s考场有%d个座位，需要%d个", c, have, want)
		}
	}
	body, err := s.people.Organisation(ctx, n.Org)
	if err != nil {
		return err
	}
	day := s.day(n.Theory.Opens)
	allowed, err := body.Allowance(engine.CareWork(n.Level, n.Province, day))
	if err != nil {
		return err
	}
	if err := s.unmeasured(ctx, engine.ActSeat, n); err != nil {
		return err
	}
	all, err := engine.All(ctx, s.ports.Sessions.SessionList)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.ID != n.ID && o.Org == n.Org && s.day(o.Theory.Opens).Year == day.Year && allowed.Takes(o.Level, o.Province) {
			want += len(o.Allotted)
		}
	}
	if want > allowed.Capacity {
		return ErrFull.With("备案的年度评价人数为%d人，需要%d人", allowed.Capacity, want)
	}
	return nil
}

// makeSeats makes the seats that were allotted and do not exist yet.
func (s *Sittings) makeSeats(ctx context.Context, by authz.Principal, n *Session) ([]*Seat, error) {
	have, err := s.seats(ctx, n.ID)
	if err != nil || n.made(have) {
		return have, err
	}
	now := s.clock.Now()
	unsaid := slices.DeleteFunc(slices.Clone(have), func(t *Seat) bool { return !n.differs(t) })
	if err := each(ctx, unsaid, func(ctx context.Context, t *Seat) error { return s.setOnly(ctx, by, n, t.Ticket, now) }); err != nil {
		return nil, err
	}
	made := make(map[Ticket]bool, len(have))
	for _, t := range have {
		made[t.Ticket] = true
	}
	wanted := slices.DeleteFunc(s.seating(n), func(t *Seat) bool { return made[t.Ticket] })
	err = each(ctx, wanted, func(ctx context.Context, t *Seat) error {
		t.Trail.Add(now, by.Account, "seat.given", "")
		return s.makeSeat(ctx, t)
	})
	if err != nil {
		return nil, err
	}
	return s.seats(ctx, n.ID)
}

// makeSeat makes one seat; that somebody else just made the same one is as good.
func (s *Sittings) makeSeat(ctx context.Context, t *Seat) error {
	err := s.ports.Seats.CreateSeat(ctx, t)
	if !errors.Is(err, ErrTicketTaken) {
		return err
	}
	old, err := s.ports.Seats.Seat(ctx, t.Ticket)
	if err != nil {
		return err
	}
	if old.Session != t.Session || old.Candidate != t.Candidate {
		return fmt.Errorf("seat %s: %w", t.Ticket, ErrTicketTaken)
	}
	return nil
}

// seating is the seats of a session as its allotment sets them.
func (s *Sittings) seating(n *Session) []*Seat {
	places, stations := n.chairs(), spread(n.Rooms, engine.Practical, len(n.Allotted))
	year := s.day(n.Theory.Opens).Year % 100
	seats := make([]*Seat, len(n.Allotted))
	for i, p := range n.Allotted {
		seats[i] = &Seat{Ticket: Ticket(fmt.Sprintf("%02d%s%s%04d", year, n.Province, n.Digits, i+1)), Session: n.ID, Candidate: p,
			Room: places[i].Room, No: places[i].No, Station: stations[i].Room, Only: n.Only[p]}
		if !seats[i].Takes(engine.Practical) {
			seats[i].Station = ""
		}
	}
	return seats
}

// spread gives n candidates places in the rooms of a component, each to the room that is then filled least by its
// places. The first places do not depend on n: whoever comes later changes nobody's seat.
func spread(rooms []Room, c engine.Component, n int) []Chair {
	return fill(rooms, c, n, func(Chair) bool { return true })
}

// fill is spread over the seats that are free.
func fill(rooms []Room, c engine.Component, n int, free func(Chair) bool) []Chair {
	rooms = slices.DeleteFunc(slices.Clone(rooms), func(r Room) bool { return r.Component != c })
	left, used, size := make([][]int, len(rooms)), make([]int, len(rooms)), make([]int, len(rooms))
	for i, r := range rooms {
		numbers := r.Numbers()
		size[i] = len(numbers)
		left[i] = slices.DeleteFunc(numbers, func(no int) bool { return !free(Chair{r.ID, no}) })
		used[i] = size[i] - len(left[i])
	}
	out := make([]Chair, 0, n)
	for range n {
		best := -1
		for i := range rooms {
			if len(left[i]) > 0 && (best < 0 || (used[i]+1)*size[best] < (used[best]+1)*size[i]) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		out = append(out, Chair{rooms[best].ID, left[best][0]})
		left[best] = left[best][1:]
		used[best]++
	}
	return out
}

// Seats lists the seats of a session in the order of ticket numbers.
func (s *Sittings) Seats(ctx context.Context, by authz.Principal, id SessionID) ([]*Seat, error) {
	if err := by.Require(authz.PlanRead); err != nil {
		if err = by.Require(authz.RoomRead); err != nil {
			return nil, err
		}
	}
	if _, err := s.own(ctx, by, id); err != nil {
		return nil, err
	}
	return s.seats(ctx, id)
}

// ErrSeating refuses work on seats of which some are allotted and not made yet.
var ErrSeating = errs.New(errs.Conflict, "session.seating", "座位尚未排完，请重新排座")

// SeatsOf lists the seats of a session for another room, all of them: while a seating is under way, or was broken
// off, it is ErrSeating, so that nobody draws or seals for a part of the candidates. It asks for no role: the room has.
func (s *Sittings) SeatsOf(ctx context.Context, id SessionID) ([]*Seat, error) {
	n, err := s.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	seats, err := s.seats(ctx, id)
	if err == nil && !n.made(seats) {
		return nil, ErrSeating
	}
	return seats, err
}

func (s *Sittings) seats(ctx context.Context, id SessionID) ([]*Seat, error) {
	return engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Seat, string, error) {
		return s.ports.Seats.SeatsOf(ctx, id, c)
	})
}

// SeatOf returns the seat of a ticket to another room. It asks for no role: the room has.
func (s *Sittings) SeatOf(ctx context.Context, t Ticket) (*Seat, error) {
	return s.ports.Seats.Seat(ctx, t)
}
