package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/certs"
)

func (s *Server) verifyNumber(c *fiber.Ctx) error {
	in, err := verification(c)
	if err != nil {
		return err
	}
	a, err := s.Verifier.ByNumber(c.UserContext(), in.Number, in.Name)
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
	a, err := s.Verifier.ByFile(c.UserContext(), pdf)
	return s.answerJSON(c, a, err)
}

func (s *Server) answerJSON(c *fiber.Ctx, a certs.Answer, err error) error {
	if err != nil {
		return err
	}
	v := viewAnswer(a)
	if a.Certificate != nil {
		if v.Log, err = s.logPlace(c.UserContext(), a.Edition.Leaf); err != nil {
			return err
		}
	}
	return sendAnswer(c, &v)
}
