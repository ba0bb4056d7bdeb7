package api

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine/errs"
)

func (s *Server) verifyPage(c *fiber.Ctx) error { return s.showCheck(c, web.VerifyView{}) }

// showCheck shows the page of checks. Where its address is a secret, no link on it passes the address on, not even to us.
func (s *Server) showCheck(c *fiber.Ctx, v web.VerifyView) error {
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	last, err := s.lastList(c.UserContext())
	if err != nil {
		return err
	}
	v.Keys = s.Published != nil
	for n := 1; n <= last; n++ {
		v.Lists = append(v.Lists, n)
	}
	return s.show(c, "verify", v)
}

func (s *Server) lastList(ctx context.Context) (int, error) {
	if s.Statuses == nil {
		return 0, nil
	}
	return s.Statuses.Last(ctx)
}

// verified shows an answer, or why nothing could be checked, over what was typed.
func (s *Server) verified(c *fiber.Ctx, a certs.Answer, err error) error {
	view := web.VerifyView{Number: field(c, "number"), Name: field(c, "name"), File: strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm)}
	if err != nil {
		return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
			view.Problem = p
			return s.showCheck(c, view)
		})
	}
	if view.Answer, err = s.answerOnPage(c.UserContext(), a); err != nil {
		return err
	}
	return s.showCheck(c, view)
}

func (s *Server) verifyForm(c *fiber.Ctx) error {
	number, name := field(c, "number"), field(c, "name")
	var check errs.Check
	check.That(number != "", "number", "missing", "请填写证书编号")
	check.That(name != "", "name", "missing", "请填写姓名")
	if err := check.Err(errBody); err != nil {
		return s.verified(c, certs.Answer{}, err)
	}
	a, err := s.Verifier.ByNumber(c.UserContext(), number, name)
	noteMiss(c, a, err)
	return s.verified(c, a, err)
}

func (s *Server) verifyLink(c *fiber.Ctx) error {
	a, err := s.Verifier.ByToken(c.UserContext(), c.Params("token"))
	return s.verified(c, a, err)
}

func (s *Server) verifyShared(c *fiber.Ctx) error {
	a, err := s.Verifier.ByShare(c.UserContext(), c.Params("token"))
	return s.verified(c, a, err)
}

func (s *Server) verifyUpload(c *fiber.Ctx) error {
	_, pdf, err := uploadUpTo(c, fileLimit, errCheckFile)
	if err != nil {
		return s.verified(c, certs.Answer{}, err)
	}
	a, err := s.checkFile(c, pdf)
	return s.verified(c, a, err)
}

// answerOnPage puts an answer into the order in which a clerk compares it with the paper.
func (s *Server) answerOnPage(ctx context.Context, a certs.Answer) (*web.Answer, error) {
	v := &web.Answer{Standing: web.Standing(a.Standing), By: a.By, Checked: a.Checked}
	if a.Standing != certs.StandingUnknown || a.By == certs.ByFile { // what a file itself shows tells nothing of the register
		v.Proof = each(a.Checks, func(k certs.Check) web.Proof { return web.Proof(k) })
	}
	cert, e := a.Certificate, a.Edition
	if cert == nil {
		return v, nil
	}
	picture, err := s.Verifier.Photo(ctx, a)
	if err != nil {
		return nil, err
	}
	v.Number, v.Edition, v.Since, v.Demo = string(cert.Number), e.Version, cert.Since(e), cert.Demo
	v.Route = string(cert.Route())
	v.Photo, v.Pictured = photo(picture), e.Photo != ""
	_, v.OtherPic = a.Differences["photo"]
	if v.Pages = readoutOnPage(a.Readout); v.Pages != nil {
		v.OtherPic = v.OtherPic || v.Pages.Photo
	}
	v.Fields, v.History = printedOnPage(a), historyOnPage(cert)
	if e.Version != cert.Version {
		v.Holds = &web.Holding{Edition: cert.Version, Since: cert.Sealed, Reason: cert.Grounds}
	}
	v.Log, err = s.logOnPage(ctx, e.Leaf)
	return v, err
}

// printedOnPage are the fields of the edition that was asked about, with what the file and the edition that holds say otherwise.
func printedOnPage(a certs.Answer) []web.Printed {
	c := a.Certificate
	all, now := fieldsOf(c.Credential(a.Edition)), fieldsOf(c.Credential(&c.Edition))
	for i := range all {
		if found, differs := a.Differences[all[i].Key]; differs {
			all[i].Found = cmp.Or(found, nothing)
		}
		if now[i].Value != all[i].Value {
			all[i].Now = now[i].Value
		}
	}
	return all
}

// readoutOnPage is what the pages of an altered file show, for a table in which what differs comes first.
func readoutOnPage(r *certs.Readout) *web.PageReadout {
	if r == nil {
		return nil
	}
	v := &web.PageReadout{Readable: r.Readable, Same: r.Same(), Moved: r.Moved, Added: r.Added, Missing: r.Missing, Photo: r.Photo, Drawing: r.Drawing}
	for _, same := range []bool{false, true} {
		for _, f := range r.Fields {
			if (f.State == certs.PageSame) == same {
				v.Rows = append(v.Rows, web.PageRow{Key: f.Key, Found: f.Found, Recorded: f.Recorded, State: string(f.State)})
			}
		}
	}
	return v
}

// nothing stands where the paper has nothing, so that a clerk compares that as well.
const nothing = "–"

func fieldsOf(s certs.Credential) []web.Printed {
	return each(s.Fields(), func(f certs.Field) web.Printed { return web.Printed{Key: f.Key, Value: cmp.Or(f.Value, nothing)} })
}

func historyOnPage(c *certs.Certificate) []web.StateEvent {
	return each(happenings(c), func(h Happening) web.StateEvent {
		v := web.StateEvent{At: time.Time(h.At), State: h.Event, Edition: h.Edition, Reason: h.Reason}
		if h.Leaf != nil {
			v.Leaf = proofHref(*h.Leaf)
		}
		return v
	})
}

func proofHref(leaf int64) string { return "/log/proof/" + strconv.FormatInt(leaf, 10) }

func (s *Server) logOnPage(ctx context.Context, leaf int64) (*web.LogPlace, error) {
	p, err := s.logPlace(ctx, leaf)
	if p == nil || err != nil {
		return nil, err
	}
	v := &web.LogPlace{Leaf: leaf, Size: p.Size, Published: p.Proof != "", Proof: p.Proof}
	for _, w := range p.Cosigned {
		v.Cosigned = append(v.Cosigned, web.Cosigned{Witness: w.Witness, At: time.Time(w.At)})
	}
	return v, nil
}
