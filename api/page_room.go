package api

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
)

// roomPage is the console of one room, or of all of a session. Its scripts follow RoomProgress.
func (s *Server) roomPage(c *fiber.Ctx, p *web.Problem) error {
	return s.showRoom(c, web.RoomDialog{Problem: p})
}

// showRoom shows the console with a dialog open: one that was asked for without scripts, or one that was refused, with
// what was typed. It answers 304 to who has seen the same state.
func (s *Server) showRoom(c *fiber.Ctx, open web.RoomDialog) error {
	v, err := s.roomView(c.UserContext(), caller(c), sessionParam(c), roomParam(c))
	if err != nil {
		return err
	}
	v.Shown, v.Dialog = shownOf(c), open
	if c.Method() == fiber.MethodGet {
		v.Dialog.Name = askedDialog(c)
	}
	v.Dialog.At = seatOf(v.Seats, roomKey(c))
	if v.Dialog.At == nil && !slices.Contains(v.RoomwideActions(), v.Dialog.Name) {
		v.Dialog.Name = "" // it is about a seat that is not here
	}
	if c.Method() == fiber.MethodGet && c.Cookies(cookieSaid) == "" {
		tag := web.ETag(s.page(c, v))
		c.Set(fiber.HeaderETag, tag)
		if c.Get(fiber.HeaderIfNoneMatch) == tag {
			return c.SendStatus(fiber.StatusNotModified)
		}
	}
	v.Key = s.orderKey(c) // is no part of the state
	return s.show(c, "room", v)
}

// orderKey is the key of the orders that a console's forms give: of one that was refused the same again, for nobody knows
// whether it was written down.
func (s *Server) orderKey(c *fiber.Ctx) string {
	if c.Method() == fiber.MethodPost {
		if key, _, _ := strings.Cut(field(c, "key"), "-"); key != "" {
			return key
		}
	}
	return s.ids.New()
}

// askedDialog is the dialog that the address names.
func askedDialog(c *fiber.Ctx) string {
	if do := c.Query("do"); slices.Contains(web.RoomActions(), do) {
		return do
	}
	if c.Query("seat") != "" {
		return "seat"
	}
	return ""
}

// roomKey is the seat that the address or the form names.
func roomKey(c *fiber.Ctx) string {
	if c.Method() == fiber.MethodGet {
		return c.Query("seat")
	}
	return field(c, "ticket")
}

func seatOf(all []web.SeatView, key string) *web.SeatView {
	i := slices.IndexFunc(all, func(v web.SeatView) bool { return key != "" && v.Key == key })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// shownOf is what of the console is shown: by the address, or by the field of a form that came from it.
func shownOf(c *fiber.Ctx) web.RoomShown {
	get := func(name string) string { return c.Query(name) }
	if c.Method() != fiber.MethodGet {
		from, _ := url.ParseQuery(field(c, "shown")) // what is no query says nothing
		get = from.Get
	}
	v := web.RoomShown{Query: firstRunes(get("q"), 40)}
	if f := get("filter"); slices.Contains(web.SeatGroups(), f) {
		v.Filter = f
	}
	if get("sort") == "seat" {
		v.Sort = "seat"
	}
	return v
}

func firstRunes(s string, most int) string {
	r := []rune(s)
	return string(r[:min(len(r), most)])
}

func (s *Server) roomView(ctx context.Context, by authz.Principal, id sitting.SessionID, room sitting.RoomID) (web.RoomView, error) {
	l, err := s.lookInto(ctx, by, id, room, 0)
	if err != nil {
		return web.RoomView{}, err
	}
	v := l.view(s.Policy)
	names, err := s.nameSeats(ctx, l, &v)
	if err != nil {
		return web.RoomView{}, err
	}
	v.Rooms, v.Maps, v.Lines = l.rooms(), l.maps(v.Seats), l.record(names)
	if at, ok := roomOf(l.session, room); ok {
		v.Name = at.Name
	}
	return v, nil
}

// nameSeats puts names to the seats. Ticket, end of the identity number and code together admit a candidate, so that
// only who admits sees all of them.
func (s *Server) nameSeats(ctx context.Context, l *looking, v *web.RoomView) (map[sitting.Ticket]string, error) {
	who := map[sitting.Chair]*sitting.Seat{}
	for _, t := range l.hall.seats {
		who[sitting.Chair{Room: t.Room, No: t.No}] = t
	}
	names := map[sitting.Ticket]string{}
	for i := range v.Seats {
		seat := &v.Seats[i]
		t := who[sitting.Chair{Room: sitting.RoomID(seat.Room), No: seat.No}]
		person, err := s.Registry.Named(ctx, t.Candidate)
		if err != nil {
			return nil, err
		}
		if seat.Name, names[t.Ticket] = person.Name, person.Name; l.runs {
			seat.IDTail = idTail(person.IDNumber)
		}
		if l.room == "" {
			seat.RoomName = roomName(l.session, t.Room)
		}
	}
	return names, nil
}

// watches reports whether by is an invigilator on duty in the room; "" is any room of the session.
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

// rooms are the consoles of the session's theory rooms, where there are several.
func (l *looking) rooms() []web.RoomLink {
	all := []web.RoomLink{{Href: "/sessions/" + string(l.session.ID) + "/rooms", Current: l.room == ""}}
	for _, r := range l.session.Rooms {
		if r.Component == engine.Theory {
			all = append(all, web.RoomLink{Name: r.Name, Href: roomAddress(l.session.ID, r.ID), Current: l.room == r.ID})
		}
	}
	if len(all) == 2 && l.room != "" {
		return nil
	}
	return all
}

// maps draw the rooms that are shown.
func (l *looking) maps(seats []web.SeatView) (all []web.RoomMap) {
	for _, r := range l.session.Rooms {
		if r.ID != l.room && (l.room != "" || r.Component != engine.Theory) {
			continue
		}
		taken := slices.DeleteFunc(slices.Clone(seats), func(v web.SeatView) bool { return v.Room != string(r.ID) })
		all = append(all, web.RoomMap{Room: string(r.ID), Name: r.Name, Columns: r.Columns, Seats: withEmpty(taken, l.session, r)})
	}
	return all
}

// idTail is what an invigilator compares with the card.
func idTail(number string) string { return number[max(0, len(number)-6):] }

// roomHref is where a form of the console leads back to: the room, or all of them where it came from there.
func roomHref(c *fiber.Ctx) string {
	all := "/sessions/" + c.Params("id") + "/rooms"
	if c.Params("room") == "" || field(c, "all") == "1" {
		return all
	}
	return all + "/" + c.Params("room")
}

// consoleHref is roomHref with what was shown there.
func consoleHref(c *fiber.Ctx) string {
	if shown := shownOf(c).Address(); shown != "" {
		return roomHref(c) + "?" + shown
	}
	return roomHref(c)
}

func ticketField(c *fiber.Ctx) sitting.Ticket { return sitting.Ticket(field(c, "ticket")) }

func (s *Server) checkInForm(c *fiber.Ctx) error {
	seat, err := s.Sittings.CheckIn(c.UserContext(), caller(c), sessionParam(c), roomParam(c), ticketField(c))
	if err != nil {
		return s.refuse(c, err, s.roomPage)
	}
	return s.seatDone(c, seat, "checked-in")
}

func (s *Server) seatDone(c *fiber.Ctx, seat *sitting.Seat, key string, more ...any) error {
	person, err := s.Registry.Named(c.UserContext(), seat.Candidate)
	if err != nil {
		return err
	}
	return s.done(c, consoleHref(c), key, append([]any{person.Name}, more...)...)
}

func (s *Server) voidForm(c *fiber.Ctx) error {
	reason := field(c, "reason")
	seat, err := s.Sittings.Void(c.UserContext(), caller(c), sessionParam(c), sitting.Place{Room: roomParam(c), Ticket: ticketField(c)}, reason)
	if err != nil {
		return s.refuseRoom(c, err, web.RoomDialog{Name: "misconduct", Text: reason})
	}
	return s.seatDone(c, seat, "voided")
}

// refuseRoom shows the console again with the dialog that was refused.
func (s *Server) refuseRoom(c *fiber.Ctx, err error, open web.RoomDialog) error {
	return s.refuse(c, besideText(err), func(c *fiber.Ctx, p *web.Problem) error {
		open.Problem = p
		return s.showRoom(c, open)
	})
}

// besideText puts a refusal of a reason where the reason was typed, as those of orders are.
func besideText(err error) error {
	for _, why := range []*errs.Error{sitting.ErrWhy, sitting.ErrReason} {
		var e *errs.Error
		if errors.Is(err, why) && errors.As(err, &e) {
			return e.WithFields(errs.Field{Name: "text", Code: "form", Msg: e.Msg})
		}
	}
	return err
}

func (s *Server) releaseForm(c *fiber.Ctx) error {
	n, err := s.Sittings.Release(c.UserContext(), caller(c), sessionParam(c), roomParam(c))
	if err != nil {
		return s.refuse(c, err, s.roomPage)
	}
	return s.done(c, consoleHref(c), "released", n)
}
