package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// maxLayout bounds a layout file; the press takes no larger one either.
const maxLayout = 64 << 10

// Refusals of what is no layout at all. What is wrong with one is said by the press.
var (
	errLayoutLarge = errs.New(errs.TooLarge, "request.layout_large", "版式文件超过 64 KB，未接收")
	errLayoutFile  = errs.New(errs.Invalid, "request.layout", "不是版式文件，未接收")
)

// CertificateLayout is the layout that a body's documents of one kind are set in.
type CertificateLayout struct {
	Kind   certs.Kind      `json:"kind"`
	Own    bool            `json:"own" jsonschema:"description=false: the layout that the program brings along"`
	By     string          `json:"by,omitempty" jsonschema:"description=Account that decided on it"`
	At     Instant         `json:"at,omitzero"`
	Layout json.RawMessage `json:"layout"`
	Reason string          `json:"reason,omitempty" jsonschema:"description=Required for going back to the built-in layout"`
}

// LayoutEntry is a layout to be used, or to be looked at. Null is the one that the program brings along.
type LayoutEntry struct {
	Layout json.RawMessage `json:"layout"`
	Reason string          `json:"reason,omitempty" jsonschema:"description=Required for going back to the built-in layout"`
}

// source is the text of the entry, empty for the built-in layout.
func (e LayoutEntry) source() ([]byte, error) {
	switch {
	case len(e.Layout) == 0:
		return nil, errBody.WithFields(errs.Field{Name: "layout", Code: "missing", Msg: "缺少版式；改用系统自带的版式时写 null"})
	case string(e.Layout) == "null":
		return nil, nil
	}
	return layoutSource(e.Layout)
}

func (s *Server) layoutRoutes() []route {
	put := route{Method: fiber.MethodPut, Path: "/certificate-layouts/:kind", Action: authz.CertChange, Handle: s.putLayout,
		Summary: "Have one's own body's documents of a kind set in a layout from now on", Request: LayoutEntry{}, Response: CertificateLayout{}}
	return []route{
		get("/certificate-layouts/:kind", authz.CertRead, s.getLayout, "Layout of the certificate or card of one's own body", CertificateLayout{}),
		put,
		post("/certificate-layouts/:kind/specimen", authz.CertChange, s.postSpecimen,
			"A document of nobody, set in a layout; nothing is kept", LayoutEntry{}, nil).
			produces(typePDF).limited(limitUpload),
		get("/certificates/:number/card", authz.CertRead, s.cardFile,
			"The pocket card of a valid certificate, sealed; made when first asked for", nil).produces(typePDF),
	}
}

func kindParam(c *fiber.Ctx) certs.Kind { return certs.Kind(c.Params("kind")) }

func (s *Server) getLayout(c *fiber.Ctx) error {
	got, err := s.layoutInUse(c.UserContext(), caller(c), kindParam(c))
	return give(c, got, err, viewLayout)
}

func (s *Server) putLayout(c *fiber.Ctx) error {
	var in LayoutEntry
	if err := decodeContent(c, &in); err != nil {
		return err
	}
	source, err := in.source()
	if err != nil {
		return err
	}
	if _, err := s.Issuer.SetLayout(c.UserContext(), caller(c), kindParam(c), source, in.Reason); err != nil {
		return err
	}
	return s.getLayout(c)
}

func (s *Server) postSpecimen(c *fiber.Ctx) error {
	var in LayoutEntry
	if err := decodeContent(c, &in); err != nil {
		return err
	}
	source, err := in.source()
	if err != nil {
		return err
	}
	pdf, err := s.Issuer.Specimen(c.UserContext(), caller(c), kindParam(c), source)
	if err != nil {
		return err
	}
	return showPDF(c, specimenName(c), pdf)
}

func specimenName(c *fiber.Ctx) string { return fmt.Sprintf("specimen-%s.pdf", kindParam(c)) }

// showPDF answers a document that a browser shows instead of keeping it.
func showPDF(c *fiber.Ctx, name string, pdf []byte) error {
	err := sendPDF(c, name, pdf)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("inline; filename=%q", name))
	return err
}

// cardFile is the card of one certificate, for staff.
func (s *Server) cardFile(c *fiber.Ctx) error { return s.sendCard(c, numberParam(c)) }

func (s *Server) sendCard(c *fiber.Ctx, n certs.Number) error {
	f, err := s.Issuer.Card(c.UserContext(), caller(c), n)
	if err != nil {
		return err
	}
	return sendPDF(c, string(f.Number)+"-card.pdf", f.PDF)
}

// layoutUsed is a layout that is used, with who decided on it; set is nil where nobody ever did.
type layoutUsed struct {
	kind   certs.Kind
	own    bool
	source []byte
	set    *certs.Layout
}

func (s *Server) layoutInUse(ctx context.Context, by authz.Principal, k certs.Kind) (l layoutUsed, err error) {
	l.kind = k
	l.source, l.set, err = s.Issuer.LayoutInUse(ctx, by, k)
	l.own = l.set != nil && len(l.set.Source) > 0
	return l, err
}

func viewLayout(l layoutUsed) CertificateLayout {
	v := CertificateLayout{Kind: l.kind, Own: l.own, Layout: l.source}
	if l.set != nil {
		v.By, v.At = l.set.By, Instant(l.set.At)
	}
	return v
}

// layoutSource is a file as the press takes it. One that is not even JSON is refused by the place where it ceases to be.
func layoutSource(b []byte) ([]byte, error) {
	b = bytes.TrimPrefix(b, []byte("\ufeff")) // some editors begin a file with it
	if len(b) > maxLayout {
		return nil, errLayoutLarge
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, errLayoutFile.WithFields(errs.Field{Name: "layout", Code: "missing", Msg: "版式是空的"})
	}
	var any json.RawMessage
	if err := json.Unmarshal(b, &any); err != nil {
		return nil, errLayoutFile.WithFields(errs.Field{Name: "layout", Code: "json", Msg: broken(b, err)})
	}
	return b, nil
}
