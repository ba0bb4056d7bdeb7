package api

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

func certificateHref(n certs.Number) string { return "/certificates/" + string(n) }

// certificatePage is everything about one certificate; do names the form that was refused.
func (s *Server) certificatePage(do string) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		ctx, by := c.UserContext(), caller(c)
		cert, err := s.Issuer.Certificate(ctx, by, numberParam(c))
		if err != nil {
			return err
		}
		v, err := s.certificateView(ctx, by, cert)
		if err != nil {
			return err
		}
		if v.Problem = p; p != nil && v.Offers(do) {
			v.Do, v.Typed = do, web.CauseTyped{Grounds: field(c, "grounds"), Evidence: field(c, "evidence"), Name: field(c, "name"), Reason: field(c, "reason")}
		}
		return s.show(c, "certificate", v)
	}
}

func (s *Server) certificateView(ctx context.Context, by authz.Principal, c *certs.Certificate) (web.CertificateView, error) {
	decides, err := s.Issuer.Decides(ctx, by, c.Org)
	if err != nil {
		return web.CertificateView{}, err
	}
	v := web.CertificateView{Number: string(c.Number), State: string(c.State), Reason: c.Reason, Changed: c.Changed, Session: string(c.Session),
		Demo:   c.Demo,
		Fields: fieldsOf(c.Credential(&c.Edition)), Version: c.Version, Mine: c.HeldBy(by), Rights: rightsOn(c, by, decides)}
	if err := s.groundOf(ctx, by, c, &v); err != nil {
		return v, err
	}
	if err := s.besideRegister(ctx, c, &v); err != nil {
		return v, err
	}
	if v.Rights.Move || c.Motion != nil {
		if v.Unsettled, err = s.Issuer.Unsettled(ctx, c); err != nil {
			return v, err
		}
	}
	if v.Unsettled != "" { // neither is offered what would be refused
		v.Rights.Move, v.Rights.Confirm = false, false
	}
	if c.Motion != nil {
		m := motionRow(c, by)
		v.Motion, v.Evidence = &m, c.Motion.Evidence
	}
	return v, s.certificateHistory(ctx, c, &v)
}

// besideRegister puts what the register of persons says now beside what is printed.
func (s *Server) besideRegister(ctx context.Context, c *certs.Certificate, v *web.CertificateView) error {
	holder, err := s.Registry.Named(ctx, c.Holder)
	if err != nil {
		return err
	}
	v.Register = []web.RegisterField{{Key: "name", Printed: c.Name, Now: holder.Name}, {Key: "id_type", Printed: c.IDType.Name(),
		Now: holder.IDType.Name()},
		{Key: "id_number", Printed: c.IDMasked, Now: engine.MaskID(holder.IDNumber)}}
	jpeg, err := s.Registry.Photo(ctx, holder)
	if err != nil {
		return err
	}
	v.Photo = photo(jpeg)
	switch now := certs.PhotoDigest(jpeg); {
	case now != c.Photo:
		v.PhotoState = "other"
	case now == "":
		v.PhotoState = "none"
	default:
		v.PhotoState = "same"
	}
	return nil
}

// rightsOn is which forms are offered. It only spares the reader forms that would be refused: the services decide.
// decides is what the province of the body leaves to by. On their own certificate nobody rules.
func rightsOn(c *certs.Certificate, by authz.Principal, decides bool) web.CertificateRights {
	amend := by.Can(authz.PersonWrite) && c.State != certs.Void && c.State != certs.Revoked
	if c.HeldBy(by) {
		return web.CertificateRights{Amend: amend}
	}
	settled := c.State == certs.Valid && c.Motion == nil
	change := by.Can(authz.CertChange)
	return web.CertificateRights{
		Renew:    change && settled && c.Next == nil,
		Withdraw: change && c.Next != nil,
		Void:     change && c.State == certs.Reserved,
		Move:     by.Can(authz.CertRevoke) && settled,
		Confirm:  decides && by.Can(authz.CertConfirm) && c.Motion != nil && c.Motion.Person != by.Person && c.Motion.By != by.Account,
		Dismiss:  decides && (by.Can(authz.CertConfirm) || by.Can(authz.CertRevoke)) && c.Motion != nil,
		Amend:    amend,
	}
}

// naming tells who the accounts of a record are, each asked for once.
type naming struct {
	s     *Server
	ctx   context.Context
	known map[string]string
	err   error // the first
}

// of is a person's name; web.ByEngine for the server's own work.
func (n *naming) of(account string) string {
	if strings.HasPrefix(account, "engine:") {
		return web.ByEngine
	}
	if _, known := n.known[account]; !known && account != "" {
		name, err := n.s.accountName(n.ctx, account)
		if n.err == nil {
			n.err = err
		}
		n.known[account] = name
	}
	return n.known[account]
}

func (s *Server) certificateHistory(ctx context.Context, c *certs.Certificate, v *web.CertificateView) error {
	who := &naming{s: s, ctx: ctx, known: map[string]string{}}
	for _, e := range append(slices.Clone(c.Earlier), c.Edition) {
		v.Editions = append(v.Editions, editionRow(c, e, who))
	}
	if c.Next != nil {
		v.Editions = append(v.Editions, editionRow(c, *c.Next, who))
	}
	for _, r := range c.Rulings {
		row := web.RulingRow{Event: string(r.Event), Edition: r.Edition, At: r.At, By: each(r.By, who.of), Grounds: r.Grounds, Evidence: r.Evidence,
			Salt: r.Salt}
		if r.Settled {
			row.Leaf = strconv.FormatInt(r.Leaf, 10)
		}
		v.Rulings = append(v.Rulings, row)
	}
	for _, e := range c.Trail {
		row := web.TrailRow{At: e.At, By: who.of(e.By), Action: e.Action, Note: e.Note}
		if kind, grounds, ok := strings.Cut(e.Note, " "); ok && e.Action == "certificate.decided" {
			row.Action, row.Note = e.Action+"-"+kind, grounds
		}
		v.Trail = append(v.Trail, row)
	}
	return who.err
}

func editionRow(c *certs.Certificate, e certs.Edition, who *naming) web.EditionRow {
	row := web.EditionRow{Version: e.Version, Kind: string(e.Kind), Standing: editionStanding(c, e), Name: e.Name, Made: e.Made, Sealed: e.Sealed,
		By: who.of(e.By), Grounds: e.Grounds, Evidence: e.Evidence, Digest: e.Digest, Remark: e.Remark}
	if !e.Slot.IsZero() {
		row.Slot = fmt.Sprintf("%d / %d", e.Slot.List, e.Slot.Index)
	}
	if e.Digest != "" {
		row.Leaf = strconv.FormatInt(e.Leaf, 10)
		row.Download = fmt.Sprintf("%s/editions/%d.pdf", certificateHref(c.Number), e.Version)
	}
	return row
}

// editionStanding is what one edition of c is worth.
func editionStanding(c *certs.Certificate, e certs.Edition) string {
	switch {
	case c.State == certs.Void:
		return "void"
	case e.Digest == "":
		return "making"
	case c.State == certs.Revoked:
		return "revoked"
	case e.Version != c.Version:
		return "superseded"
	}
	return "holds"
}

// causeOf reads why something is decided from a form.
func causeOf(c *fiber.Ctx) certs.Cause {
	return certs.Cause{Grounds: field(c, "grounds"), Evidence: field(c, "evidence")}
}

// decision is one thing that a form of the page has decided about a certificate.
type decision func(c *fiber.Ctx, by authz.Principal, n certs.Number) (*certs.Certificate, error)

// decideForm carries out a decision, says so by key, and shows the form again as do when it is refused.
func (s *Server) decideForm(do, key string, decide decision) fiber.Handler {
	return func(c *fiber.Ctx) error {
		cert, err := decide(c, caller(c), numberParam(c))
		if err != nil {
			return s.refuse(c, err, s.certificatePage(do))
		}
		return s.done(c, certificateHref(cert.Number), key, string(cert.Number))
	}
}

// errKind refuses a kind of edition that nobody makes by hand.
var errKind = errBody.WithFields(fieldKind)

// makeEdition makes the kind of edition that in asks for.
func (s *Server) makeEdition(ctx context.Context, by authz.Principal, n certs.Number, in EditionEntry) (*certs.Certificate, error) {
	why := certs.Cause{Grounds: in.Grounds, Evidence: in.Evidence}
	switch translog.Event(in.Kind) {
	case translog.Reissued:
		return s.Issuer.Reissue(ctx, by, n, in.Version, why)
	case translog.Corrected:
		return s.Issuer.Correct(ctx, by, n, in.Version, why)
	}
	return nil, errKind
}

// editionForm makes a new edition: kind says which.
func (s *Server) editionForm(c *fiber.Ctx) error {
	in := EditionEntry{Kind: field(c, "kind"), Version: int(formInt(c, "version")), Grounds: field(c, "grounds"), Evidence: field(c, "evidence")}
	return s.decideForm(in.Kind, in.Kind, func(c *fiber.Ctx, by authz.Principal, n certs.Number) (*certs.Certificate, error) {
		return s.makeEdition(c.UserContext(), by, n, in)
	})(c)
}

func (s *Server) withdraw(c *fiber.Ctx, by authz.Principal, n certs.Number) (*certs.Certificate, error) {
	return s.Issuer.Withdraw(c.UserContext(), by, n, causeOf(c))
}

func (s *Server) voidNumber(c *fiber.Ctx, by authz.Principal, n certs.Number) (*certs.Certificate, error) {
	return s.Issuer.Void(c.UserContext(), by, n, causeOf(c))
}

func (s *Server) move(c *fiber.Ctx, by authz.Principal, n certs.Number) (*certs.Certificate, error) {
	return s.Issuer.MoveToRevoke(c.UserContext(), by, n, causeOf(c))
}

func (s *Server) confirmMotion(c *fiber.Ctx, by authz.Principal, n certs.Number) (*certs.Certificate, error) {
	return s.Issuer.Revoke(c.UserContext(), by, n, field(c, "seen"))
}

func (s *Server) dismissMotion(c *fiber.Ctx, by authz.Principal, n certs.Number) (*certs.Certificate, error) {
	return s.Issuer.Dismiss(c.UserContext(), by, n, field(c, "seen"), field(c, "grounds"))
}
