package api

import (
	"encoding/base64"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/engine/theory/handin"
)

// HandInPass is what a page needs to make a hand-in file of its paper.
type HandInPass struct {
	Session string `json:"session"`
	Key     []byte `json:"key" jsonschema:"description=X25519 public key of the session; base64"`
	Token   []byte `json:"token" jsonschema:"description=Secret of this attempt; base64"`
}

func viewPass(p *handin.Pass) *HandInPass {
	if p == nil {
		return nil
	}
	return &HandInPass{Session: p.Session, Key: p.Key, Token: p.Token}
}

// HandInFile is a file that an exam page made without a network.
type HandInFile struct {
	File   []byte `json:"file" jsonschema:"description=base64"`
	Code   string `json:"code" jsonschema:"description=The check code that the page showed"`
	Reason string `json:"reason"`
}

// HandedIn is what became of a hand-in file.
type HandedIn struct {
	Attempt  theory.AttemptID `json:"attempt"`
	Ticket   sitting.Ticket   `json:"ticket"`
	State    theory.State     `json:"state"`
	Receipt  string           `json:"receipt" jsonschema:"description=Made anew; empty while the paper is being worked on"`
	Code     string           `json:"code"`
	Line     int              `json:"line" jsonschema:"description=Of the proceedings"`
	Taken    []FileAnswer     `json:"taken"`
	Held     int              `json:"held" jsonschema:"description=How many answers were here already"`
	Refused  []RefusedAnswer  `json:"refused"`
	Repeated bool             `json:"repeated" jsonschema:"description=The file was taken in before; this is what became of it then"`
}

// FileAnswer is one change of an answer in a hand-in file. Item counts from 0.
type FileAnswer struct {
	Item     int     `json:"item"`
	Kind     string  `json:"kind" jsonschema:"enum=response,enum=flag"`
	ClientAt Instant `json:"client_at"`
}

// RefusedAnswer is one that is not taken.
type RefusedAnswer struct {
	FileAnswer
	Why theory.Why `json:"why" jsonschema:"enum=time,enum=overtaken,enum=invalid"`
}

func viewFileAnswer(a theory.Answer) FileAnswer {
	return FileAnswer{Item: a.Question - 1, Kind: string(a.Kind), ClientAt: Instant(a.ClientAt)}
}

func viewHandedIn(h *theory.HandedIn) HandedIn {
	return HandedIn{Attempt: h.Attempt.ID, Ticket: h.Attempt.Ticket, State: h.Attempt.State, Receipt: h.Attempt.Receipt, Code: h.Code, Line: h.Order,
		Taken: each(h.Taken, viewFileAnswer), Held: h.Held, Repeated: h.Repeated,
		Refused: each(h.Refused, func(r theory.Refused) RefusedAnswer { return RefusedAnswer{viewFileAnswer(r.Answer), r.Why} })}
}

// handInLimit bounds the JSON that carries a file.
var handInLimit = base64.StdEncoding.EncodedLen(handin.MaxSize) + 4<<10

func (s *Server) handInRoutes() []route {
	return []route{post("/sessions/:id/rooms/:room/hand-in-file", authz.RoomRun, s.handInFile,
		"Take in what an exam page wrote down that could not reach the server; the same file again is harmless", HandInFile{}, HandedIn{}).
		also(authz.PlanWrite).limited(limitUpload)}
}

func (s *Server) handInFile(c *fiber.Ctx) error {
	var in HandInFile
	if err := decodeUpTo(c, handInLimit, &in); err != nil {
		return err
	}
	got, err := s.Exams.HandInFile(c.UserContext(), caller(c),
		theory.HandIn{Session: sessionParam(c), Room: roomParam(c), File: in.File, Code: in.Code, Reason: in.Reason})
	if err != nil {
		return err
	}
	return c.JSON(viewHandedIn(got))
}
