package api

import (
	"log/slog"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/certs"
)

func (s *Server) verifyNumber(c *fiber.Ctx) error {
	in, err := verification(c)
	if err != nil {
		return err
	}
	a, err := s.Verifier.ByNumber(c.UserContext(), in.Number, in.Name)
	noteMiss(c, a, err)
	return s.answerJSON(c, a, err)
}

// verification reads the body once: for the limit, which counts by the number, and for the handler.
func verification(c *fiber.Ctx) (in Verification, err error) {
	in, known := c.Locals(localCheck).(Verification)
	if known {
		return in, nil
	}
	if err = decodeVerification(c, &in); err == nil {
		c.Locals(localCheck, in)
	}
	return in, err
}

func (s *Server) verifyToken(c *fiber.Ctx) error {
	a, err := s.Verifier.ByToken(c.UserContext(), c.Params("token"))
	return s.answerJSON(c, a, err)
}

func (s *Server) verifyShare(c *fiber.Ctx) error {
	a, err := s.Verifier.ByShare(c.UserContext(), c.Params("token"))
	return s.answerJSON(c, a, err)
}

func (s *Server) verifyFile(c *fiber.Ctx) error {
	_, pdf, err := upload(c)
	if err != nil {
		return err
	}
	a, err := s.checkFile(c, pdf)
	return s.answerJSON(c, a, err)
}

// checkFile asks about a file. That its pages could not be read for a fault of ours takes nothing from the answer; it is
// noted, without the file.
func (s *Server) checkFile(c *fiber.Ctx, pdf []byte) (certs.Answer, error) {
	a, err := s.Verifier.ByFile(c.UserContext(), pdf)
	if a.Readout != nil && a.Readout.Fault != nil {
		s.log.LogAttrs(c.UserContext(), slog.LevelError, "pages of a file were not read", slog.String("error", a.Readout.Fault.Error()))
	}
	return a, err
}

func (s *Server) answerJSON(c *fiber.Ctx, a certs.Answer, err error) error {
	if err != nil {
		return err
	}
	v := viewAnswer(a)
	if a.Certificate == nil {
		return sendAnswer(c, &v, nil)
	}
	if v.Log, err = s.logPlace(c.UserContext(), a.Edition.Leaf); err != nil {
		return err
	}
	tell := writeRecord
	if a.By == certs.ByNumber { // the certificate is everybody's
		tell = s.records.of
	}
	record, err := tell(a.Certificate, a.Edition)
	if err != nil {
		return err
	}
	return sendAnswer(c, &v, record)
}
