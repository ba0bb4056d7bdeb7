package api

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/certs"
)

func numberParam(c *fiber.Ctx) certs.Number { return certs.Number(c.Params("number")) }

func (s *Server) listCertificates(c *fiber.Ctx) error {
	all, next, err := s.Issuer.List(c.UserContext(), caller(c), c.Query("q"), certs.State(c.Query("state")), cursorOf(c))
	if err != nil {
		return err
	}
	return c.JSON(CertificatePage{Certificates: each(all, viewCertificate), Next: next})
}

func (s *Server) issue(c *fiber.Ctx) error {
	var in Issue
	if err := decode(c, &in); err != nil {
		return err
	}
	all, err := s.Issuer.IssueSession(c.UserContext(), caller(c), in.Session, nil)
	if err != nil {
		return err
	}
	return c.JSON(each(all, viewCertificate))
}

func (s *Server) revoke(c *fiber.Ctx) error {
	var in Revocation
	if err := decode(c, &in); err != nil {
		return err
	}
	cert, err := s.Issuer.Revoke(c.UserContext(), caller(c), numberParam(c), in.Reason)
	if err != nil {
		return err
	}
	return c.JSON(viewCertificate(cert))
}

func (s *Server) download(c *fiber.Ctx) error { return s.sendFile(c, numberParam(c)) }

const typePDF = "application/pdf"

// sendFile answers a sealed document byte for byte: a proxy that changed it would break its seal.
func (s *Server) sendFile(c *fiber.Ctx, n certs.Number) error {
	f, err := s.Issuer.File(c.UserContext(), caller(c), n)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, typePDF)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", string(f.Number)+".pdf"))
	c.Set(fiber.HeaderCacheControl, "private, no-store, no-transform")
	return c.Send(f.PDF)
}

func (s *Server) verifyNumber(c *fiber.Ctx) error {
	var in Verification
	if err := decode(c, &in); err != nil {
		return err
	}
	a, err := s.Verifier.ByNumber(c.UserContext(), in.Number, in.Name)
	if err != nil {
		return err
	}
	return c.JSON(viewAnswer(a))
}

func (s *Server) verifyToken(c *fiber.Ctx) error {
	a, err := s.Verifier.ByToken(c.UserContext(), c.Params("token"))
	if err != nil {
		return err
	}
	return c.JSON(viewAnswer(a))
}

func (s *Server) verifyFile(c *fiber.Ctx) error {
	_, pdf, err := upload(c)
	if err != nil {
		return err
	}
	a, err := s.Verifier.ByFile(c.UserContext(), pdf)
	if err != nil {
		return err
	}
	return c.JSON(viewAnswer(a))
}
