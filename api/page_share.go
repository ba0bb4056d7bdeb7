package api

import (
	"context"
	"encoding/base64"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"rsc.io/qr"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/result"
)

// Share is a link that the holder made for somebody; who opens it is recorded nowhere.
type Share struct {
	Token string  `json:"token"`
	Link  string  `json:"link"`
	Until Instant `json:"until" jsonschema:"description=First instant at which it shows nothing any more"`
	Note  string  `json:"note,omitempty"`
}

// ShareEntry is a link to be made.
type ShareEntry struct {
	Days int    `json:"days" jsonschema:"minimum=1,maximum=180"`
	Note string `json:"note,omitempty" jsonschema:"description=For the holder alone: whom it is for"`
}

// ShareEnd names a link that is to end.
type ShareEnd struct {
	Token string `json:"token"`
}

func (s *Server) viewShare(k *certs.Share) Share {
	return Share{Token: k.Token, Link: s.public("/s/" + k.Token), Until: Instant(k.Until), Note: k.Note}
}

// own is the candidate's certificate; ErrCertificate before there is one.
func (s *Server) own(ctx context.Context, by authz.Principal) (*certs.Certificate, error) {
	cert, err := s.Issuer.OfCandidate(ctx, by, result.Of(ticketOf(by)))
	if err == nil && cert == nil {
		err = certs.ErrCertificate
	}
	return cert, err
}

func (s *Server) listShares(c *fiber.Ctx) error {
	cert, err := s.own(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	all, err := s.Issuer.SharesOf(c.UserContext(), caller(c), cert.Number)
	if err != nil {
		return err
	}
	return c.JSON(each(all, s.viewShare))
}

func (s *Server) postShare(c *fiber.Ctx) error {
	var in ShareEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	made, err := s.share(c, in)
	return give(c, made, err, s.viewShare)
}

func (s *Server) share(c *fiber.Ctx, in ShareEntry) (*certs.Share, error) {
	cert, err := s.own(c.UserContext(), caller(c))
	if err != nil {
		return nil, err
	}
	return s.Issuer.Share(c.UserContext(), caller(c), cert.Number, in.Days, in.Note)
}

func (s *Server) endShare(c *fiber.Ctx) error {
	var in ShareEnd
	if err := decode(c, &in); err != nil {
		return err
	}
	if err := s.unshare(c, in.Token); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (s *Server) unshare(c *fiber.Ctx, token string) error {
	cert, err := s.own(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	return s.Issuer.Unshare(c.UserContext(), caller(c), cert.Number, token)
}

func (s *Server) shareForm(c *fiber.Ctx) error {
	days, err := strconv.Atoi(field(c, "days"))
	if err != nil {
		err = certs.ErrShareDays.WithFields(errs.Field{Name: "days", Code: "form", Msg: certs.ErrShareDays.Msg})
	} else {
		_, err = s.share(c, ShareEntry{Days: days, Note: field(c, "note")})
	}
	if err != nil {
		return s.refuse(c, err, s.ownResultAgain)
	}
	return s.done(c, "/exam/result", "shared")
}

func (s *Server) unshareForm(c *fiber.Ctx) error {
	if err := s.unshare(c, field(c, "token")); err != nil {
		return s.refuse(c, err, s.ownResultAgain)
	}
	return s.done(c, "/exam/result", "unshared")
}

// sharesOnPage are the candidate's open links, each with its code.
func (s *Server) sharesOnPage(ctx context.Context, by authz.Principal, n certs.Number) ([]web.ShareRow, error) {
	all, err := s.Issuer.SharesOf(ctx, by, n)
	if err != nil {
		return nil, err
	}
	var rows []web.ShareRow
	for _, k := range all {
		link := s.public("/s/" + k.Token)
		code, err := qr.Encode(link, qr.M)
		if err != nil {
			return nil, err
		}
		rows = append(rows, web.ShareRow{Token: k.Token, Link: link, Until: k.Until, Note: k.Note,
			Code: "data:image/png;base64," + base64.StdEncoding.EncodeToString(code.PNG())})
	}
	return rows, nil
}
