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

func (s *Server) numbersPage(c *fiber.Ctx, p *web.Problem) error {
	v, err := s.numbersView(c)
	if err != nil {
		return err
	}
	v.Problem = p
	return s.show(c, "numbers", v)
}

// numbersView is the page of a session whose numbers the authority gives; others have none.
func (s *Server) numbersView(c *fiber.Ctx) (web.NumbersView, error) {
	ctx, by, id := c.UserContext(), caller(c), sessionParam(c)
	session, err := s.Sittings.Session(ctx, by, id)
	if err != nil {
		return web.NumbersView{}, err
	}
	given, err := s.Issuer.TakesNumbers(ctx, by, id)
	if err == nil && !given {
		err = certs.ErrOwnNumbers
	}
	return web.NumbersView{Session: string(id), SessionName: session.Name, Level: session.Level}, err
}

// previewNumbersForm says of every row what would become of it. Nothing is kept: the file goes back with the commit.
func (s *Server) previewNumbersForm(c *fiber.Ctx) error {
	name, data, err := uploadUpTo(c, maxGivenFile, errGivenFile)
	if err != nil {
		return s.refuse(c, err, s.numbersPage)
	}
	return s.showNumbers(c, certs.Upload{Name: name, Data: data}, false)
}

func (s *Server) commitNumbersForm(c *fiber.Ctx) error {
	text := field(c, "data")
	if len(text) > base64.StdEncoding.EncodedLen(maxGivenFile) {
		return s.refuse(c, errGivenFile, s.numbersPage)
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return s.refuse(c, errBody, s.numbersPage)
	}
	return s.showNumbers(c, certs.Upload{Name: field(c, "name"), Data: data}, true)
}

// showNumbers shows what the list does, or did: the rows that were refused are kept nowhere else.
func (s *Server) showNumbers(c *fiber.Ctx, file certs.Upload, commit bool) error {
	plan, err := s.Issuer.GiveNumbers(c.UserContext(), caller(c), sessionParam(c), file, commit)
	if err != nil {
		return s.refuse(c, err, s.numbersPage)
	}
	v, err := s.numbersView(c)
	if err != nil {
		return err
	}
	v.Plan = s.numbersPlan(plan)
	v.Plan.File, v.Plan.Done = table.Quote(file.Name), commit
	if !commit {
		v.Plan.Data = base64.StdEncoding.EncodeToString(file.Data)
	}
	return s.show(c, "numbers", v)
}

func (s *Server) numbersPlan(p *certs.GivenPlan) *web.NumbersPlan {
	v := &web.NumbersPlan{Left: p.Left}
	for _, r := range p.Rows {
		switch r.Outcome {
		case certs.GivenNew:
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
