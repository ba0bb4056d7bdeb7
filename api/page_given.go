package api

import (
	"encoding/base64"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// maxGivenFile bounds the list: it travels through the page from the preview to the commit.
const maxGivenFile = 4 << 20

var errGivenFile = errs.New(errs.TooLarge, "request.given_too_large", "编号表超过 4 MB，未接收；请按场次分开")

// numberList is one of the pages that take in a list: what it shows without one, and what takes it in.
type numberList struct {
	s    *Server
	view func(*fiber.Ctx) (web.NumbersView, error)
	give func(c *fiber.Ctx, file certs.Upload, commit bool) (*certs.GivenPlan, error)
}

func (s *Server) sessionNumbers() numberList {
	return numberList{s, s.sessionNumbersView, func(c *fiber.Ctx, file certs.Upload, commit bool) (*certs.GivenPlan, error) {
		return s.Issuer.GiveNumbers(c.UserContext(), caller(c), sessionParam(c), file, commit)
	}}
}

func (s *Server) awardNumbers() numberList {
	return numberList{s, s.awardNumbersView, func(c *fiber.Ctx, file certs.Upload, commit bool) (*certs.GivenPlan, error) {
		return s.Issuer.GiveAwardNumbers(c.UserContext(), caller(c), file, commit)
	}}
}

// sessionNumbersView is the page of a session whose numbers the authority gives; others have none.
func (s *Server) sessionNumbersView(c *fiber.Ctx) (web.NumbersView, error) {
	ctx, by, id := c.UserContext(), caller(c), sessionParam(c)
	session, err := s.Sittings.Session(ctx, by, id)
	if err != nil {
		return web.NumbersView{}, err
	}
	given, err := s.Issuer.TakesNumbers(ctx, by, id)
	if err == nil && !given {
		err = certs.ErrOwnNumbers
	}
	return web.NumbersView{Base: "/sessions/" + string(id), Session: string(id), SessionName: session.Name, Level: session.Level}, err
}

// awardNumbersView is the same page for the prizes of one's own body.
func (s *Server) awardNumbersView(c *fiber.Ctx) (web.NumbersView, error) {
	given, err := s.Issuer.TakesAwardNumbers(c.UserContext(), caller(c), engine.OrgID(caller(c).Org))
	if err == nil && !given {
		err = certs.ErrOwnNumbers
	}
	return web.NumbersView{Base: "/awards"}, err
}

func (l numberList) page(c *fiber.Ctx, p *web.Problem) error {
	v, err := l.view(c)
	if err != nil {
		return err
	}
	v.Problem = p
	return l.s.show(c, "numbers", v)
}

// preview says of every row what would become of it. Nothing is kept: the file goes back with the commit.
func (l numberList) preview(c *fiber.Ctx) error {
	name, data, err := uploadUpTo(c, maxGivenFile, errGivenFile)
	if err != nil {
		return l.s.refuse(c, err, l.page)
	}
	return l.show(c, certs.Upload{Name: name, Data: data}, false)
}

func (l numberList) commit(c *fiber.Ctx) error {
	text := field(c, "data")
	if len(text) > base64.StdEncoding.EncodedLen(maxGivenFile) {
		return l.s.refuse(c, errGivenFile, l.page)
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return l.s.refuse(c, errBody, l.page)
	}
	return l.show(c, certs.Upload{Name: field(c, "name"), Data: data}, true)
}

// show shows what the list does, or did: the rows that were refused are kept nowhere else.
func (l numberList) show(c *fiber.Ctx, file certs.Upload, commit bool) error {
	plan, err := l.give(c, file, commit)
	if err != nil {
		return l.s.refuse(c, err, l.page)
	}
	v, err := l.view(c)
	if err != nil {
		return err
	}
	v.Plan = l.s.numbersPlan(plan)
	v.Plan.File, v.Plan.Done = table.Quote(file.Name), commit
	if !commit {
		v.Plan.Data = base64.StdEncoding.EncodeToString(file.Data)
	}
	return l.s.show(c, "numbers", v)
}

// answer is the same in JSON.
func (l numberList) answer(commit bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		name, data, err := upload(c)
		if err != nil {
			return err
		}
		plan, err := l.give(c, certs.Upload{Name: name, Data: data}, commit)
		return give(c, plan, err, viewGiven)
	}
}

func (s *Server) numbersPlan(p *certs.GivenPlan) *web.NumbersPlan {
	v := &web.NumbersPlan{Left: p.Left}
	for _, r := range p.Rows {
		switch r.Outcome {
		case certs.GivenNew, certs.GivenReplaced:
			v.New++
		case certs.GivenKnown:
			v.Known++
		default:
			v.Refused++
		}
		v.Rows = append(v.Rows, web.NumberRow{Row: r.Row, Name: r.Name, IDMasked: engine.MaskID(r.IDNumber), Ticket: string(r.Ticket),
			Number: string(r.Number),
			Issued: s.day(r.Issued), Outcome: string(r.Outcome), Code: r.Code, Detail: r.Msg})
	}
	for n, b := range p.Broken {
		v.Broken = append(v.Broken, web.BrokenCell{At: p.Places[n], Column: b.Column, Found: b.Found, Allowed: b.Want})
	}
	return v
}

// emptyNumbers is the list with its columns and no rows.
func (s *Server) emptyNumbers(c *fiber.Ctx) error {
	return workbook(c, "numbers.xlsx", certs.GivenColumns(), nil)
}
