package api

import (
	"context"
	"fmt"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine/authz"
)

func numberParam(c *fiber.Ctx) certs.Number { return certs.Number(c.Params("number")) }

func (s *Server) listCertificates(c *fiber.Ctx) error {
	all, next, err := s.Issuer.List(c.UserContext(), caller(c), c.Query("q"), certs.State(c.Query("state")), cursorOf(c))
	if err != nil {
		return err
	}
	return c.JSON(CertificatePage{Certificates: each(all, viewCertificate), Next: next})
}

func (s *Server) getCertificate(c *fiber.Ctx) error {
	cert, err := s.Issuer.Certificate(c.UserContext(), caller(c), numberParam(c))
	return give(c, cert, err, viewCertificateRecord)
}

func (s *Server) postEdition(c *fiber.Ctx) error {
	var in EditionEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	cert, err := s.makeEdition(c.UserContext(), caller(c), numberParam(c), in)
	return give(c, cert, err, viewCertificateRecord)
}

// byCause is a decision that is taken for a cause.
type byCause func(ctx context.Context, by authz.Principal, n certs.Number, why certs.Cause) (*certs.Certificate, error)

func decideJSON(decide byCause) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var in Cause
		if err := decode(c, &in); err != nil {
			return err
		}
		cert, err := decide(c.UserContext(), caller(c), numberParam(c), in.cause())
		return give(c, cert, err, viewCertificateRecord)
	}
}

func (s *Server) revoke(c *fiber.Ctx) error {
	var in Revocation
	if err := decode(c, &in); err != nil {
		return err
	}
	cert, err := s.Issuer.Revoke(c.UserContext(), caller(c), numberParam(c), in.Seen)
	return give(c, cert, err, viewCertificateRecord)
}

func (s *Server) dismiss(c *fiber.Ctx) error {
	var in Dismissal
	if err := decode(c, &in); err != nil {
		return err
	}
	cert, err := s.Issuer.Dismiss(c.UserContext(), caller(c), numberParam(c), in.Seen, in.Reason)
	return give(c, cert, err, viewCertificateRecord)
}

func (s *Server) download(c *fiber.Ctx) error { return s.sendFile(c, numberParam(c)) }

const typePDF = "application/pdf"

func (s *Server) sendFile(c *fiber.Ctx, n certs.Number) error {
	f, err := s.Issuer.File(c.UserContext(), caller(c), n)
	if err != nil {
		return err
	}
	return sendPDF(c, string(f.Number)+".pdf", f.PDF)
}

// sendPDF answers a sealed document byte for byte: a proxy that changed it would break its seal.
func sendPDF(c *fiber.Ctx, name string, pdf []byte) error {
	c.Set(fiber.HeaderContentType, typePDF)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", name))
	c.Set(fiber.HeaderCacheControl, "private, no-store, no-transform")
	return c.Send(pdf)
}

// downloadEdition answers one edition, also a superseded one.
func (s *Server) downloadEdition(c *fiber.Ctx) error {
	version, err := strconv.Atoi(c.Params("version"))
	if err != nil {
		return certs.ErrFile
	}
	f, err := s.Issuer.EditionFile(c.UserContext(), caller(c), numberParam(c), version)
	if err != nil {
		return err
	}
	return sendPDF(c, fmt.Sprintf("%s-%d.pdf", f.Number, f.Version), f.PDF)
}
