package api

import (
	"context"
	"errors"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// drawRoutes are the steps of a draw, in their order; POST /sessions/:id/forms is the draw itself.
func (s *Server) drawRoutes() []route {
	at := "/sessions/:id/draw"
	return []route{
		get("/draws", authz.DrawKeep, s.listKept, "Draws that one keeps a share of, up to 30 days after the exam", []DrawRecord{}),
		get(at, authz.DrawRead, s.getDraw, "Where the draw stands, with its public log", DrawRecord{}),
		post(at+"/custodians", authz.FormsDraw, s.appointCustodians, "Name who holds the seed", DrawAppointment{}, DrawRecord{}),
		post(at+"/keys", authz.DrawKeep, drawStep(s.enrolKeys), "Register one's public keys", DrawKeys{}, DrawRecord{}),
		post(at+"/commitment", authz.DrawKeep, drawStep(s.commitShare), "Commit to one's secret", DrawCommitment{}, DrawRecord{}),
		post(at+"/freeze", authz.FormsDraw, s.freezeDraw, "Close the session and fix everything that the forms follow from", nil, DrawRecord{}),
		post(at+"/randomness", authz.FormsDraw, drawStep(s.observeValue), "Record the public random value", DrawValue{}, DrawRecord{}),
		post(at+"/opening", authz.DrawKeep, drawStep(s.openSecret), "Open one's secret", DrawSecret{}, DrawRecord{}),
		post(at+"/withheld", authz.FormsDraw, drawStep(s.noteWithheld), "Ask the others for their parts of a secret", DrawWithheld{}, DrawRecord{}),
		post(at+"/parts", authz.DrawKeep, drawStep(s.handOver), "Hand over one's part of another's secret", DrawPart{}, DrawRecord{}),
		post(at+"/redraw", authz.FormsDraw, drawStep(s.proposeRedraw), "Propose to draw again", Reason{}, DrawRecord{}),
		post(at+"/redraw/signature", authz.DrawKeep, drawStep(s.signRedraw), "Sign the redraw that is proposed", DrawSignature{}, DrawRecord{}),
		get(at+"/transcript", authz.DrawRead, s.downloadTranscript, "Everything to derive the draw again, after the window", nil).produces(fiber.MIMEApplicationJSON),
		get("/sessions/:id/papers/:room", authz.FormsPrint, s.downloadPapers, "Forms of a room to be printed; kind=questions, sheet or key, large=1, from=seat", nil).
			also(authz.FormsKey).produces(typeZip),
		post("/sessions/:id/late", authz.FormsDraw, s.seatLate, "Seat a latecomer and give them a form by rule", Latecomer{}, LateForm{}),
		post("/sessions/:id/withdrawals", authz.FormsDraw, s.replaceItem, "Take an item out of every form that is not open", ItemWithdrawal{}, ItemReplaced{}),
	}
}

// drawStep is one step on the record of a draw.
func drawStep[In any](step func(ctx context.Context, by authz.Principal, id sitting.SessionID, in In) (*theory.Draw, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var in In
		if err := decodeContent(c, &in); err != nil {
			return err
		}
		d, err := step(c.UserContext(), caller(c), sessionParam(c), in)
		return give(c, d, err, viewRecord)
	}
}

func (s *Server) listKept(c *fiber.Ctx) error {
	all, err := s.Exams.Kept(c.UserContext(), caller(c))
	return giveAll(c, all, err, viewRecord)
}

func (s *Server) getDraw(c *fiber.Ctx) error {
	d, err := s.Exams.Drawn(c.UserContext(), caller(c), sessionParam(c))
	return give(c, d, err, viewRecord)
}

func (s *Server) appointCustodians(c *fiber.Ctx) error {
	var in DrawAppointment
	if err := decode(c, &in); err != nil {
		return err
	}
	d, err := s.appoint(c.UserContext(), caller(c), sessionParam(c), in)
	return give(c, d, err, viewRecord)
}

// appoint finds the accounts and names them.
func (s *Server) appoint(ctx context.Context, by authz.Principal, id sitting.SessionID, in DrawAppointment) (*theory.Draw, error) {
	a := theory.Appointment{Threshold: in.Threshold, Quorum: in.Quorum, Beacon: protocol.Announcement(in.Beacon)}
	if len(in.Custodians) > protocol.MaxCustodians {
		return nil, errBody
	}
	var c errs.Check
	for _, login := range in.Custodians {
		k, err := s.Gate.Custodian(ctx, by, login)
		if unknown := errors.Is(err, accounts.ErrNoAccount); err != nil && !unknown {
			return nil, err
		} else if c.That(!unknown, "custodians", "account", "没有可用的种子保管人账号 "+login+"：查无此账号、已停用，或没有种子保管人角色"); !unknown {
			a.Custodians = append(a.Custodians, k)
		}
	}
	if err := c.Err(theory.ErrCustodians); err != nil {
		return nil, err
	}
	return s.Exams.Appoint(ctx, by, id, a)
}

func (s *Server) enrolKeys(ctx context.Context, by authz.Principal, id sitting.SessionID, in DrawKeys) (*theory.Draw, error) {
	var u unhex
	sign, box := u.bytes(in.Sign), u.bytes(in.Box)
	if u.err != nil {
		return nil, u.err
	}
	return s.Exams.Enrol(ctx, by, id, sign, box)
}

func (s *Server) commitShare(ctx context.Context, by authz.Principal, id sitting.SessionID, in DrawCommitment) (*theory.Draw, error) {
	k, err := in.read()
	if err != nil {
		return nil, err
	}
	return s.Exams.Commit(ctx, by, id, k)
}

func (s *Server) freezeDraw(c *fiber.Ctx) error {
	d, err := s.Exams.Freeze(c.UserContext(), caller(c), sessionParam(c))
	return give(c, d, err, viewRecord)
}

func (s *Server) observeValue(ctx context.Context, by authz.Principal, id sitting.SessionID, in DrawValue) (*theory.Draw, error) {
	b, err := in.read()
	if err != nil {
		return nil, err
	}
	return s.Exams.Observe(ctx, by, id, b)
}

func (s *Server) openSecret(ctx context.Context, by authz.Principal, id sitting.SessionID, in DrawSecret) (*theory.Draw, error) {
	var u unhex
	secret := protocol.Secret{Share: u.hash(in.Share), Nonce: u.hash(in.Nonce)}
	if u.err != nil {
		return nil, u.err
	}
	return s.Exams.OpenShare(ctx, by, id, secret)
}

func (s *Server) noteWithheld(ctx context.Context, by authz.Principal, id sitting.SessionID, in DrawWithheld) (*theory.Draw, error) {
	return s.Exams.Withhold(ctx, by, id, in.Custodian, in.Reason)
}

func (s *Server) handOver(ctx context.Context, by authz.Principal, id sitting.SessionID, in DrawPart) (*theory.Draw, error) {
	var u unhex
	part := protocol.Share{Custodian: in.Custodian, Holder: in.Holder, Bytes: u.bytes(in.Bytes)}
	if u.err != nil {
		return nil, u.err
	}
	return s.Exams.HandOver(ctx, by, id, part)
}

func (s *Server) proposeRedraw(ctx context.Context, by authz.Principal, id sitting.SessionID, in Reason) (*theory.Draw, error) {
	return s.Exams.Redraw(ctx, by, id, in.Reason)
}

func (s *Server) signRedraw(ctx context.Context, by authz.Principal, id sitting.SessionID, in DrawSignature) (*theory.Draw, error) {
	var u unhex
	signature := u.bytes(in.Signature)
	if u.err != nil {
		return nil, u.err
	}
	return s.Exams.SignRedraw(ctx, by, id, signature)
}

func (s *Server) downloadTranscript(c *fiber.Ctx) error {
	file, err := s.Exams.Transcript(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	return sendTranscript(c, file, sessionParam(c))
}

func sendTranscript(c *fiber.Ctx, file []byte, id sitting.SessionID) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", "transcript-"+string(id)+".json"))
	c.Set(fiber.HeaderCacheControl, "private, no-store, no-transform")
	return c.Send(file)
}

func (s *Server) seatLate(c *fiber.Ctx) error {
	var in Latecomer
	if err := decode(c, &in); err != nil {
		return err
	}
	a, err := s.Exams.Late(c.UserContext(), caller(c), sessionParam(c), in.Person)
	return give(c, a, err, viewLate)
}

func (s *Server) replaceItem(c *fiber.Ctx) error {
	var in ItemWithdrawal
	if err := decode(c, &in); err != nil {
		return err
	}
	r, err := s.Exams.Replace(c.UserContext(), caller(c), sessionParam(c), in.Code, in.Reason)
	return give(c, r, err, viewReplaced)
}
