package api

import (
	"bytes"
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
)

// itemPage shows one item with its history, and what the reader may do to it.
func (s *Server) itemPage(c *fiber.Ctx, p *web.Problem) error {
	ctx, by := c.UserContext(), caller(c)
	i, err := s.Bank.Item(ctx, by, c.Params("code"))
	if err != nil {
		return err
	}
	v, err := s.itemView(ctx, by, i)
	if err != nil {
		return err
	}
	v.From, v.To = compared(c, len(i.Versions))
	if v.HasKey && v.From > 0 {
		v.Changes = changes(i.Versions[v.From-1], i.Versions[v.To-1])
	}
	if v.Numbers, err = s.itemNumbers(ctx, by, i); err != nil {
		return err
	}
	if err = s.corrections(c, s.reader(ctx), i, &v); err != nil {
		return err
	}
	v.Problem = p
	if c.Method() == fiber.MethodPost {
		v.Typed = web.ItemTyped{Form: formName(c), Reason: field(c, "reason"), Authority: field(c, "authority"), Number: field(c, "filing_number")}
	}
	return s.show(c, "item", v)
}

// formName is the last part of a form's address.
func formName(c *fiber.Ctx) string {
	path := c.Path()
	for n := len(path) - 1; n >= 0; n-- {
		if path[n] == '/' {
			return path[n+1:]
		}
	}
	return path
}

func (s *Server) itemView(ctx context.Context, by authz.Principal, i *questionbank.Item) (web.ItemView, error) {
	r := s.reader(ctx)
	v := web.ItemView{State: string(i.State), HasKey: seesKey(by, i), May: rightsTo(i, by)}
	v.Returned, _ = i.Returned()
	var err error
	if v.Trail, err = r.trail(i.Trail); err != nil {
		return v, err
	}
	if v.ItemText, err = r.text(i.Current(), v.HasKey); err != nil {
		return v, err
	}
	for _, one := range i.Versions {
		row := web.VersionRow{Version: one.Version, Reason: one.Reason, At: one.At}
		if row.Author, err = r.name(one.Author); err != nil {
			return v, err
		}
		for _, a := range i.Admissions {
			if a.Version == one.Version {
				row.Releases = append(row.Releases, a.Release)
			}
		}
		v.Versions = append(v.Versions, row)
	}
	for _, one := range i.Consents {
		name, err := r.name(one.By)
		if err != nil {
			return v, err
		}
		v.Consents = append(v.Consents, web.ConsentRow{Authority: string(one.Authority), By: name, At: one.At})
	}
	v.Filings = each(i.Filings, func(f questionbank.NationalFiling) web.FilingRow {
		return web.FilingRow{Authority: string(f.Authority), Number: f.Number, At: f.At}
	})
	return v, nil
}

// rightsTo is which steps are offered. It only spares the reader forms that the bank would refuse: the bank decides.
func rightsTo(i *questionbank.Item, by authz.Principal) web.ItemRights {
	v, in := i.Current(), func(all ...questionbank.State) bool { return slices.Contains(all, i.State) }
	asked := speaksFor(by, v.Province)
	r := web.ItemRights{
		Edit:    by.Can(authz.BankEdit) && i.State != questionbank.Retired,
		Review:  by.Can(authz.BankReview) && in(questionbank.Draft) && !i.SentBackBy(by.Account),
		Refuse:  by.Can(authz.BankReview) && in(questionbank.Draft, questionbank.Reviewed) || asked && in(questionbank.Reviewed, questionbank.Consented, questionbank.Filed),
		Consent: asked && in(questionbank.Reviewed) && !consented(i, authority(by)),
		Suspend: by.Can(authz.BankPublish) && !in(questionbank.Suspended, questionbank.Retired),
		Retire:  by.Can(authz.BankPublish) && !in(questionbank.Retired),
	}
	if by.Can(authz.BankFile) && in(questionbank.Consented, questionbank.Filed) {
		r.File = []string{string(authz.Medical), string(authz.Labour)}
		r.Refile = i.State == questionbank.Filed
	}
	if by.Can(authz.BankPublish) && in(questionbank.Suspended) {
		r.ResumeByOther = i.SuspendedBy(by)
		r.Resume = !r.ResumeByOther
	}
	if wrote(i, by) {
		r.Own = r.Review || r.Refuse || r.Consent
		r.Review, r.Refuse, r.Consent = false, false, false
	}
	return r
}

func consented(i *questionbank.Item, authority authz.Role) bool {
	return slices.ContainsFunc(i.Consents, func(c questionbank.Consent) bool { return c.Authority == authority })
}

// steppedOn answers a step of an item: back to the page that it was taken on.
func (s *Server) steppedOn(c *fiber.Ctx, err error, said string) error {
	if field(c, "from") == "item" {
		return s.stepped(c, err, said)
	}
	back, page := queueHref(c), again(s.queuePage)
	if field(c, "from") == "review" {
		back, page = reviewHref(c), s.reviewPage
	}
	if err != nil {
		return s.refuse(c, err, page)
	}
	return s.done(c, back, said, c.Params("code"))
}

// stepped answers a step that only the item's own page offers.
func (s *Server) stepped(c *fiber.Ctx, err error, said string) error {
	if err != nil {
		return s.refuse(c, err, s.itemPage)
	}
	return s.done(c, "/bank/items/"+c.Params("code"), said, c.Params("code"))
}

func (s *Server) reviewForm(c *fiber.Ctx) error {
	_, err := s.Bank.Review(c.UserContext(), caller(c), c.Params("code"), int(formInt(c, "version")))
	return s.steppedOn(c, err, "reviewed")
}

func (s *Server) consentForm(c *fiber.Ctx) error {
	_, err := s.Bank.Consent(c.UserContext(), caller(c), c.Params("code"), int(formInt(c, "version")))
	return s.steppedOn(c, err, "consented")
}

func (s *Server) refusalForm(c *fiber.Ctx) error {
	_, err := s.Bank.Refuse(c.UserContext(), caller(c), c.Params("code"), int(formInt(c, "version")), field(c, "reason"))
	return s.steppedOn(c, err, "refused")
}

func (s *Server) suspensionForm(c *fiber.Ctx) error {
	if err := confirmed(c, c.Params("code")); err != nil {
		return s.stepped(c, err, "")
	}
	_, err := s.Bank.Suspend(c.UserContext(), caller(c), c.Params("code"), field(c, "reason"))
	return s.stepped(c, err, "suspended")
}

func (s *Server) resumptionForm(c *fiber.Ctx) error {
	_, err := s.Bank.Resume(c.UserContext(), caller(c), c.Params("code"), field(c, "reason"))
	return s.stepped(c, err, "resumed")
}

func (s *Server) retirementForm(c *fiber.Ctx) error {
	if err := confirmed(c, c.Params("code")); err != nil {
		return s.stepped(c, err, "")
	}
	_, err := s.Bank.Retire(c.UserContext(), caller(c), c.Params("code"), field(c, "reason"))
	return s.stepped(c, err, "retired")
}

// filingForm records a number that was typed twice, or, with correct, puts another in its place.
func (s *Server) filingForm(c *fiber.Ctx) error {
	ctx, by, code, version := c.UserContext(), caller(c), c.Params("code"), int(formInt(c, "version"))
	authority, number := authz.Role(field(c, "authority")), field(c, "filing_number")
	var err error
	switch {
	case number != field(c, "filing_number_again"):
		err = errBody.WithFields(errs.Field{Name: "filing_number_again", Code: "differs", Msg: "两次输入的备案号不一致"})
	case field(c, "correct") != "":
		_, err = s.Bank.CorrectFiling(ctx, by, code, version, authority, number, field(c, "reason"))
	default:
		_, err = s.Bank.File(ctx, by, code, version, authority, number)
	}
	return s.stepped(c, renamed(err, func(name string) string {
		if name == "number" {
			return "filing_number"
		}
		return name
	}), "filed")
}

// exportItems is the workbook of the items that the filter leaves, with their keys.
func (s *Server) exportItems(c *fiber.Ctx) error {
	by, f := caller(c), filterOf(c)
	if _, err := levelAsked(c); err != nil {
		return err
	}
	items, err := engine.All(c.UserContext(), func(ctx context.Context, at engine.Cursor) ([]*questionbank.Item, string, error) {
		return s.Bank.Items(ctx, by, f, at)
	})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := exchange.WriteItems(&b, each(items, (*questionbank.Item).Current)); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, typeXLSX)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="items.xlsx"`)
	return c.Send(b.Bytes())
}

// typeXLSX is the media type of a workbook.
const typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
