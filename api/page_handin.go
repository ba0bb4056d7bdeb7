package api

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/engine/theory/handin"
)

func (s *Server) handInPages() []route {
	const path = "/sessions/:id/rooms/:room/hand-in-file"
	return []route{
		page(path, authz.RoomRun, s.handInPage).also(authz.PlanWrite),
		form(path, authz.RoomRun, s.handInForm).also(authz.PlanWrite).limited(limitUpload),
	}
}

// handInPage takes hand-in files and lists those that were brought.
func (s *Server) handInPage(c *fiber.Ctx) error { return s.showHandIn(c, web.HandInView{}) }

func (s *Server) showHandIn(c *fiber.Ctx, v web.HandInView) error {
	if err := s.handInView(c, &v); err != nil {
		return err
	}
	return s.show(c, "hand-in", v)
}

// handInView fills in what the page says whatever became of a file.
func (s *Server) handInView(c *fiber.Ctx, v *web.HandInView) error {
	ctx, by, id, room := c.UserContext(), caller(c), sessionParam(c), roomParam(c)
	if err := s.Sittings.MayOrder(ctx, by, id, room); err != nil {
		return err
	}
	session, err := s.Sittings.Session(ctx, by, id)
	if err != nil {
		return err
	}
	lines, err := s.Sittings.Record(ctx, by, id, room)
	if err != nil {
		return err
	}
	for _, h := range sitting.Happened(lines, nil, room) {
		if h.Kind == sitting.Filed {
			v.Brought = append(v.Brought, web.HandInLine{No: h.No, At: h.At, Ticket: string(h.Ticket), Code: h.Code, Text: h.Text, Name: h.By})
		}
	}
	v.Base, v.SessionName, v.Room, v.Level, v.MaxKiB = roomHref(c), session.Name, roomName(session, room), session.Level, handin.MaxSize>>10
	v.Until, v.Open, err = s.Exams.FileUntil(ctx, id)
	return err
}

// handInForm shows what became of the file; sending it again with the browser's own means tells the same.
func (s *Server) handInForm(c *fiber.Ctx) error {
	in := theory.HandIn{Session: sessionParam(c), Room: roomParam(c), Code: field(c, "code"), Reason: field(c, "reason")}
	got, err := s.takeFile(c, in)
	var e *errs.Error
	if errors.Is(err, errBody) && errors.As(err, &e) && len(e.Fields) > 0 { // no file, which is a field like the others
		err = sitting.ErrOrder.WithFields(e.Fields...)
	}
	if err != nil {
		return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
			return s.showHandIn(c, web.HandInView{Problem: p, Code: in.Code, Reason: in.Reason})
		})
	}
	result, err := s.handInResult(c, got)
	if err != nil {
		return err
	}
	return s.showHandIn(c, web.HandInView{Result: result})
}

func (s *Server) takeFile(c *fiber.Ctx, in theory.HandIn) (*theory.HandedIn, error) {
	_, file, err := uploadUpTo(c, handin.MaxSize, handin.ErrTooLarge)
	if err != nil {
		return nil, err
	}
	in.File = file
	return s.Exams.HandInFile(c.UserContext(), caller(c), in)
}

func (s *Server) handInResult(c *fiber.Ctx, h *theory.HandedIn) (*web.HandInResult, error) {
	person, err := s.Registry.Named(c.UserContext(), h.Attempt.Candidate)
	if err != nil {
		return nil, err
	}
	v := &web.HandInResult{Name: person.Name, Ticket: string(h.Attempt.Ticket), Code: h.Code, Receipt: h.Attempt.Receipt, Line: h.Order, Held: h.Held, Repeated: h.Repeated}
	for _, a := range h.Taken {
		v.Taken = append(v.Taken, web.HandInAnswer{Question: a.Question, Kind: string(a.Kind), At: a.ClientAt})
	}
	for _, r := range h.Refused {
		v.Refused = append(v.Refused, web.HandInAnswer{Question: r.Question, Kind: string(r.Kind), At: r.ClientAt, Why: string(r.Why)})
	}
	return v, nil
}
