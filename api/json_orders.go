package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// OrderEntry is an order to a room, or with a ticket to one candidate.
type OrderEntry struct {
	Ticket  sitting.Ticket `json:"ticket,omitempty" jsonschema:"description=Empty: everybody"`
	Minutes int            `json:"minutes,omitempty" jsonschema:"description=Of an extension or a reopening"`
	Text    string         `json:"text" jsonschema:"description=The reason or the message or what happened"`
	Key     string         `json:"key,omitempty" jsonschema:"description=Chosen by who gives it: the same order again with the same key is harmless"`
}

// OrderLine is one line of the proceedings.
type OrderLine struct {
	No      int              `json:"no"`
	Kind    sitting.LineKind `json:"kind"`
	Room    sitting.RoomID   `json:"room,omitempty" jsonschema:"description=Empty: the whole session"`
	Ticket  sitting.Ticket   `json:"ticket,omitempty" jsonschema:"description=Empty: the whole room"`
	Minutes int              `json:"minutes,omitempty"`
	Text    string           `json:"text"`
	By      string           `json:"by"`
	Role    authz.Role       `json:"role"`
	At      Instant          `json:"at"`
}

func viewLine(l *sitting.Line) OrderLine {
	return OrderLine{No: l.No, Kind: l.Kind, Room: l.Room, Ticket: l.Ticket, Minutes: l.Minutes, Text: l.Text, By: l.Name, Role: l.Role,
		At: Instant(l.At)}
}

// ExtensionGiven is the line of an extension.
type ExtensionGiven struct {
	OrderLine
	Closed int `json:"closed" jsonschema:"description=Papers that are closed already and that it does not help"`
}

// PaperReopened is the attempt that goes on, with the number of the order in the proceedings.
type PaperReopened struct {
	Attempt theory.AttemptID `json:"attempt"`
	State   theory.State     `json:"state"`
	Line    int              `json:"line"`
}

// Readmission lets a candidate go on at another machine, and says why.
type Readmission struct {
	Ticket sitting.Ticket `json:"ticket"`
	Text   string         `json:"text"`
}

// orderRoutes run a room while people sit.
func (s *Server) orderRoutes() []route {
	const room, all = "/sessions/:id/rooms/:room/", "/sessions/:id/"
	list := []route{
		get(room+"progress", authz.RoomRead, s.roomProgress, "How far everybody in a room is; worst first; answers 304 to an ETag", web.RoomProgress{}),
		get(all+"progress", authz.RoomRead, s.roomProgress, "How far everybody in a session is; worst first; answers 304 to an ETag", web.RoomProgress{}),
		get(room+"proceedings", authz.RoomRead, s.proceedings, "What was ordered and noted that concerns a room", []OrderLine{}),
		get(all+"proceedings", authz.RoomRead, s.proceedings, "What was ordered and noted in a session", []OrderLine{}),
		post(room+"extension", authz.RoomRun, s.extendTime, "Give a room or one candidate more minutes", OrderEntry{}, ExtensionGiven{}).also(authz.PlanWrite),
		post(all+"extension", authz.PlanWrite, s.extendTime, "Give a session or one candidate more minutes", OrderEntry{}, ExtensionGiven{}),
		post(room+"reopening", authz.RoomRun, s.reopen, "Let a paper go on that was handed in or closed", OrderEntry{}, PaperReopened{}).also(authz.PlanWrite),
		post(room+"readmission", authz.RoomRun, s.readmit, "Let a candidate go on at another machine", Readmission{}, Seat{}),
	}
	for _, o := range s.orders() {
		list = append(list, post(room+o.name, authz.RoomRun, order(o.give), o.summary, OrderEntry{}, OrderLine{}).also(authz.PlanWrite),
			post(all+o.name, authz.PlanWrite, order(o.give), o.summary, OrderEntry{}, OrderLine{}))
	}
	return list
}

// readOrder reads an order for the session of the address, and the room if it names one.
func readOrder(c *fiber.Ctx) (sitting.Order, error) {
	var in OrderEntry
	if err := decode(c, &in); err != nil {
		return sitting.Order{}, err
	}
	return sitting.Order{Session: sessionParam(c), Room: roomParam(c), Ticket: in.Ticket, Minutes: in.Minutes, Text: in.Text, Key: in.Key}, nil
}

func order(give giveOrder) fiber.Handler {
	return func(c *fiber.Ctx) error {
		o, err := readOrder(c)
		if err != nil {
			return err
		}
		line, err := give(c.UserContext(), caller(c), o)
		if err != nil {
			return err
		}
		return c.JSON(viewLine(line))
	}
}

func (s *Server) extendTime(c *fiber.Ctx) error {
	o, err := readOrder(c)
	if err != nil {
		return err
	}
	line, shut, err := s.extended(c, o)
	if err != nil {
		return err
	}
	return c.JSON(ExtensionGiven{viewLine(line), shut})
}

func (s *Server) reopen(c *fiber.Ctx) error {
	o, err := readOrder(c)
	if err != nil {
		return err
	}
	a, err := s.Exams.Reopen(c.UserContext(), caller(c), o)
	if err != nil {
		return err
	}
	return c.JSON(PaperReopened{Attempt: a.ID, State: a.State, Line: a.Reopened})
}

func (s *Server) readmit(c *fiber.Ctx) error {
	var in Readmission
	if err := decode(c, &in); err != nil {
		return err
	}
	seat, err := s.Sittings.Readmit(c.UserContext(), caller(c), sessionParam(c), sitting.Place{Room: roomParam(c), Ticket: in.Ticket}, in.Text)
	return give(c, seat, err, viewSeat)
}

func (s *Server) proceedings(c *fiber.Ctx) error {
	lines, err := s.Sittings.Record(c.UserContext(), caller(c), sessionParam(c), roomParam(c))
	return giveAll(c, lines, err, viewLine)
}

// headerServerTime tells a page the server's time with every answer, 304 too: the Date of HTTP is that of the machine and
// has no milliseconds.
const headerServerTime = "Server-Time"

// roomProgress is what a console asks for every two seconds.
func (s *Server) roomProgress(c *fiber.Ctx) error {
	l, err := s.lookInto(c.UserContext(), caller(c), sessionParam(c), roomParam(c), hallAge)
	if err != nil {
		return err
	}
	c.Set(headerServerTime, l.now.UTC().Format("2006-01-02T15:04:05.000Z"))
	return tagged(c, l.view(s.Policy).Progress())
}

// tagged answers JSON, or 304 to who has the same already.
func tagged(c *fiber.Ctx, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	c.Set(fiber.HeaderETag, tag)
	if c.Get(fiber.HeaderIfNoneMatch) == tag {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Send(b)
}
