package api

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// silence is how long a sitting candidate's computer may be unheard of before the room is told: the exam page asks
// for the time every fifteen seconds.
const silence = 60 * time.Second

// roomPage answers 304 to a page that polls itself and has seen the same state.
func (s *Server) roomPage(c *fiber.Ctx, p *web.Problem) error {
	return s.showRoom(c, web.RoomView{Problem: p})
}

// showRoom shows the room with the problem, and what was typed, of a form that was refused.
func (s *Server) showRoom(c *fiber.Ctx, refused web.RoomView) error {
	view, err := s.roomView(c.UserContext(), caller(c), sessionParam(c), roomParam(c))
	if err != nil {
		return err
	}
	view.Problem, view.At, view.Reason = refused.Problem, refused.At, refused.Reason
	if c.Method() == fiber.MethodGet && c.Cookies(cookieSaid) == "" {
		tag := web.ETag(s.page(c, view))
		c.Set(fiber.HeaderETag, tag)
		if c.Get(fiber.HeaderIfNoneMatch) == tag {
			return c.SendStatus(fiber.StatusNotModified)
		}
	}
	return s.show(c, "room", view)
}

func (s *Server) roomView(ctx context.Context, by authz.Principal, id sitting.SessionID, room sitting.RoomID) (web.RoomView, error) {
	session, err := s.Sittings.Session(ctx, by, id)
	if err != nil {
		return web.RoomView{}, err
	}
	at, ok := roomOf(session, room)
	if !ok {
		return web.RoomView{}, sitting.ErrRoom
	}
	now := s.clock.Now()
	v := web.RoomView{Session: string(id), Room: string(room), SessionName: session.Name, Name: at.Name, Level: session.Level,
		Opens: session.Theory.Opens, Closes: session.Theory.Closes, Columns: at.Columns}
	if v.MayRun, err = s.watches(ctx, by, id, room); err != nil {
		return web.RoomView{}, err
	}
	if v.MayRun && now.Before(session.Theory.Closes) {
		v.Code = session.Code
	}
	seats, err := s.seatsIn(ctx, by, session, room)
	if err != nil {
		return web.RoomView{}, err
	}
	for _, seat := range seats {
		one := seat.view(session, now)
		if !v.MayRun {
			one.Ticket, one.IDTail = "", ""
		}
		v.Seats = append(v.Seats, one)
		count(&v, one.State)
	}
	v.MayRelease = v.MayRelease && now.Before(session.Theory.Closes)
	v.Seats = withEmpty(v.Seats, at.Capacity)
	return v, nil
}

// watches reports whether by is an invigilator on duty in the room; "" is any room of the session. Ticket, end of the
// identity number and code together admit a candidate, so that only those see them who admit.
func (s *Server) watches(ctx context.Context, by authz.Principal, id sitting.SessionID, room sitting.RoomID) (bool, error) {
	if !by.Can(authz.RoomRun) {
		return false, nil
	}
	err := s.Sittings.OnDuty(ctx, id, by, authz.Invigilator, room)
	if errors.Is(err, sitting.ErrNotOnDuty) {
		return false, nil
	}
	return err == nil, err
}

func roomOf(s *sitting.Session, id sitting.RoomID) (sitting.Room, bool) {
	for _, r := range s.Rooms {
		if r.ID == id {
			return r, true
		}
	}
	return sitting.Room{}, false
}

// occupied is one seat with who sits there and how far they are.
type occupied struct {
	*sitting.Seat
	person   *engine.Person
	progress theory.Progress
}

func (s *Server) seatsIn(ctx context.Context, by authz.Principal, session *sitting.Session, room sitting.RoomID) ([]occupied, error) {
	all, err := s.Sittings.Seats(ctx, by, session.ID)
	if err != nil {
		return nil, err
	}
	progress, err := s.Exams.Progress(ctx, by, session.ID)
	if err != nil {
		return nil, err
	}
	var found []occupied
	for _, seat := range all {
		if seat.Room != room {
			continue
		}
		person, err := s.Registry.Named(ctx, seat.Candidate)
		if err != nil {
			return nil, err
		}
		found = append(found, occupied{seat, person, progress[seat.Ticket]})
	}
	return found, nil
}

func (o occupied) view(session *sitting.Session, now time.Time) web.SeatView {
	return web.SeatView{No: o.No, Ticket: string(o.Ticket), Name: o.person.Name, IDTail: idTail(o.person.IDNumber), State: o.state(session, now),
		Answered: o.progress.Answered, Total: o.progress.Total, Heard: o.progress.Heard, Note: o.Note}
}

// idTail is what an invigilator compares with the card.
func idTail(number string) string { return number[max(0, len(number)-6):] }

// state is what the room is told of a seat; a computer unheard of comes before all that it last said.
func (o occupied) state(session *sitting.Session, now time.Time) web.SeatState {
	switch {
	case !o.Voided.IsZero():
		return web.SeatVoided
	case o.CheckedIn.IsZero() && !now.Before(session.Theory.Opens):
		return web.SeatAbsent
	case o.CheckedIn.IsZero():
		return web.SeatExpected
	case o.Released.IsZero():
		return web.SeatCheckedIn
	}
	switch o.progress.State {
	case theory.Submitted, theory.Marked:
		return web.SeatSubmitted
	case theory.InProgress:
		if session.Theory.Contains(now) && now.Sub(o.progress.Heard) > silence {
			return web.SeatTrouble
		}
		return web.SeatSitting
	}
	return web.SeatReleased
}

func count(v *web.RoomView, state web.SeatState) {
	v.Candidates++
	switch state {
	case web.SeatCheckedIn:
		v.MayRelease = true
	case web.SeatSitting, web.SeatTrouble:
		v.Sitting++
	case web.SeatSubmitted:
		v.Submitted++
	}
	if state != web.SeatAbsent && state != web.SeatExpected && state != web.SeatVoided {
		v.Checked++
	}
}

// withEmpty adds the seats that nobody has, in their places: a seating that was broken off leaves gaps.
func withEmpty(taken []web.SeatView, capacity int) []web.SeatView {
	all := slices.Clone(taken)
	for no := 1; no <= capacity; no++ {
		if !slices.ContainsFunc(taken, func(s web.SeatView) bool { return s.No == no }) {
			all = append(all, web.SeatView{No: no, State: web.SeatEmpty})
		}
	}
	slices.SortFunc(all, func(a, b web.SeatView) int { return cmp.Compare(a.No, b.No) })
	return all
}

func roomHref(c *fiber.Ctx) string {
	return "/sessions/" + c.Params("id") + "/rooms/" + c.Params("room")
}

func ticketField(c *fiber.Ctx) sitting.Ticket { return sitting.Ticket(field(c, "ticket")) }

func (s *Server) checkInForm(c *fiber.Ctx) error {
	seat, err := s.Sittings.CheckIn(c.UserContext(), caller(c), sessionParam(c), roomParam(c), ticketField(c))
	if err != nil {
		return s.refuse(c, err, s.roomPage)
	}
	return s.seatDone(c, seat, "checked-in")
}

func (s *Server) seatDone(c *fiber.Ctx, seat *sitting.Seat, key string) error {
	person, err := s.Registry.Named(c.UserContext(), seat.Candidate)
	if err != nil {
		return err
	}
	return s.done(c, roomHref(c), key, person.Name)
}

func (s *Server) voidForm(c *fiber.Ctx) error {
	t, reason := ticketField(c), field(c, "reason")
	seat, err := s.Sittings.Void(c.UserContext(), caller(c), sessionParam(c), roomParam(c), t, reason)
	if err != nil {
		return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
			return s.showRoom(c, web.RoomView{Problem: p, At: string(t), Reason: reason})
		})
	}
	return s.seatDone(c, seat, "voided")
}

func (s *Server) releaseForm(c *fiber.Ctx) error {
	n, err := s.Sittings.Release(c.UserContext(), caller(c), sessionParam(c), roomParam(c))
	if err != nil {
		return s.refuse(c, err, s.roomPage)
	}
	return s.done(c, roomHref(c), "released", n)
}
