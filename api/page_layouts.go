package api

import (
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
)

// layoutPages are where a body sees how its documents are set, and changes it; and the cards.
func (s *Server) layoutPages() []route {
	return []route{
		page("/layouts", authz.CertRead, s.layoutsPage),
		page("/layouts/:kind", authz.CertRead, again(s.layoutPage).first),
		page("/layouts/:kind/layout.json", authz.CertRead, s.layoutFile),
		form("/layouts/:kind", authz.CertChange, s.setLayoutForm).limited(limitUpload),
		form("/layouts/:kind/draft", authz.CertChange, s.draftLayoutForm).limited(limitUpload),
		form("/layouts/:kind/specimen", authz.CertChange, s.specimenForm).limited(limitUpload),
		form("/layouts/:kind/built-in", authz.CertChange, s.builtInForm),
		page("/certificates/:number/card.pdf", authz.CertRead, s.cardFile),
		page("/exam/card", authz.ResultOwn, s.ownCard),
	}
}

func layoutHref(k certs.Kind) string { return "/layouts/" + string(k) }

func (s *Server) layoutsPage(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), caller(c)
	v := web.LayoutsView{}
	var err error
	if v.OrgName, err = s.ownBody(ctx, by); err != nil {
		return err
	}
	for _, k := range []certs.Kind{certs.KindCertificate, certs.KindCard} {
		l, err := s.layoutInUse(ctx, by, k)
		if err != nil {
			return err
		}
		row, err := s.layoutRow(ctx, l)
		if err != nil {
			return err
		}
		v.Rows = append(v.Rows, row)
	}
	return s.show(c, "layouts", v)
}

// ownBody is the name of the body that somebody acts for, "" for none.
func (s *Server) ownBody(ctx context.Context, by authz.Principal) (string, error) {
	if by.Org == "" {
		return "", nil
	}
	body, err := s.Registry.Organisation(ctx, engine.OrgID(by.Org))
	if err != nil {
		return "", err
	}
	return body.Name, nil
}

func (s *Server) layoutRow(ctx context.Context, l layoutUsed) (row web.LayoutRow, err error) {
	row.Kind, row.Own = string(l.kind), l.own
	if l.set != nil {
		row.At = l.set.At
		row.By, err = s.accountName(ctx, l.set.By)
	}
	return row, err
}

func (s *Server) layoutPage(c *fiber.Ctx, p *web.Problem) error {
	v, err := s.layoutView(c)
	if err != nil {
		return err
	}
	v.Problem = p
	return s.show(c, "layout", v)
}

func (s *Server) layoutView(c *fiber.Ctx) (v web.LayoutView, err error) {
	ctx, by := c.UserContext(), caller(c)
	l, err := s.layoutInUse(ctx, by, kindParam(c))
	if err != nil {
		return v, err
	}
	v = web.LayoutView{Source: string(l.source), MayChange: by.Can(authz.CertChange), MaxKiB: maxLayout >> 10}
	if v.OrgName, err = s.ownBody(ctx, by); err != nil {
		return v, err
	}
	if v.LayoutRow, err = s.layoutRow(ctx, l); err != nil {
		return v, err
	}
	if l.set != nil {
		v.Trail, err = s.reader(ctx).trail(l.set.Trail)
	}
	return v, err
}

// layoutFile is the layout in use, to begin another from.
func (s *Server) layoutFile(c *fiber.Ctx) error {
	l, err := s.layoutInUse(c.UserContext(), caller(c), kindParam(c))
	if err != nil {
		return err
	}
	c.Attachment(string(l.kind) + "-layout.json")
	return c.Send(l.source)
}

// typedLayout is what a form sends: a file, or the text of the page.
func typedLayout(c *fiber.Ctx) ([]byte, error) {
	if !strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm) {
		return layoutSource([]byte(strings.ReplaceAll(field(c, "layout"), "\r\n", "\n"))) // as browsers send the lines of a text
	}
	_, data, err := uploadUpTo(c, maxLayout, errLayoutLarge)
	if err != nil {
		return nil, err
	}
	return layoutSource(data)
}

// layoutDraft shows the page with a text that is not in use: fit once the press has found nothing wrong with it.
func (s *Server) layoutDraft(source []byte, fit bool) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		v, err := s.layoutView(c)
		if err != nil {
			return err
		}
		if v.Problem = p; len(source) > 0 {
			v.Draft, v.Fit, v.Source = string(source) != v.Source, fit, string(source)
		} else if typed := field(c, "layout"); typed != "" && len(typed) <= maxLayout {
			v.Draft, v.Source = true, typed
		}
		return s.show(c, "layout", v)
	}
}

// specimen reads the layout of a form and sets a document of nobody in it.
func (s *Server) specimen(c *fiber.Ctx) (source, pdf []byte, err error) {
	if source, err = typedLayout(c); err == nil {
		pdf, err = s.Issuer.Specimen(c.UserContext(), caller(c), kindParam(c), source)
	}
	return source, pdf, err
}

// draftLayoutForm says what is wrong with a layout. Nothing is kept.
func (s *Server) draftLayoutForm(c *fiber.Ctx) error {
	source, _, err := s.specimen(c)
	if err != nil {
		return s.refuse(c, err, s.layoutDraft(source, false))
	}
	return s.layoutDraft(source, true)(c, nil)
}

func (s *Server) specimenForm(c *fiber.Ctx) error {
	source, pdf, err := s.specimen(c)
	if err != nil {
		return s.refuse(c, err, s.layoutDraft(source, false))
	}
	return showPDF(c, specimenName(c), pdf)
}

func (s *Server) setLayoutForm(c *fiber.Ctx) error {
	source, err := typedLayout(c)
	if err == nil {
		_, err = s.Issuer.SetLayout(c.UserContext(), caller(c), kindParam(c), source, "")
	}
	if err != nil {
		return s.refuse(c, err, s.layoutDraft(source, false))
	}
	return s.done(c, layoutHref(kindParam(c)), "layout-set")
}

// builtInForm goes back to the layout that the program brings along.
func (s *Server) builtInForm(c *fiber.Ctx) error {
	if _, err := s.Issuer.SetLayout(c.UserContext(), caller(c), kindParam(c), nil, field(c, "reason")); err != nil {
		return s.refuse(c, err, s.layoutPage)
	}
	return s.done(c, layoutHref(kindParam(c)), "layout-built-in")
}

// ownCard answers the candidate's own card.
func (s *Server) ownCard(c *fiber.Ctx) error {
	cert, err := s.Issuer.OfCandidate(c.UserContext(), caller(c), result.Of(ticketOf(caller(c))))
	if err != nil {
		return err
	}
	if cert == nil {
		return errWrongParam
	}
	return s.sendCard(c, cert.Number)
}
