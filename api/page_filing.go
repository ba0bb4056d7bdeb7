package api

import (
	"regexp"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/separation"
)

var filingFields = regexp.MustCompile(`^(org|kind|name|credit_code|checked|province|category|number|occupation|level|capacity|from|to|region|` +
	`head_name|head_number|owner[1-5]_(name|number|percent))$`)

// filingPage is the empty form, or that of the body org with what is filed now.
func (s *Server) filingPage(c *fiber.Ctx) error {
	v := web.FilingView{Typed: web.Typed{"kind": string(engine.EvaluationBody), "occupation": engine.LongTermCare().Code}}
	if id := c.Query("org"); id != "" {
		o, err := s.Registry.Organisation(c.UserContext(), engine.OrgID(id))
		if err != nil {
			return err
		}
		v = filed(o)
	}
	return s.showFiling(c, v)
}

// filed is the form with what is filed of a body.
func filed(o *engine.Organisation) web.FilingView {
	v := web.FilingView{Renews: o.Name, Doubt: people.CodeDoubt(o.CreditCode) != nil, Typed: web.Typed{"org": string(o.ID), "kind": string(o.Kind), "name": o.Name,
		"credit_code": o.CreditCode, "province": o.Province, "category": string(o.Category), "occupation": engine.LongTermCare().Code}}
	if f := o.LastFiling(); f != nil {
		for name, value := range map[string]string{"number": f.Number, "occupation": f.Occupation, "capacity": strconv.Itoa(f.Capacity), "from": f.From.String(),
			"to": f.To.String(), "region": f.Region} {
			v.Typed[name] = value
		}
		v.Levels = f.Levels
	}
	return v
}

func (s *Server) showFiling(c *fiber.Ctx, v web.FilingView) error {
	for _, k := range []engine.OrgKind{engine.EvaluationBody, engine.TrainingBody, engine.Employer, engine.Authority} {
		v.Kinds = append(v.Kinds, string(k))
	}
	v.Categories = each(engine.Categories(), func(k engine.Category) string { return string(k) })
	v.Owners = ownerRows[:]
	if caller(c).Province == "" {
		v.Provinces = provinces()
	}
	return s.show(c, "filing", v)
}

func (s *Server) filingBodyForm(c *fiber.Ctx) error {
	f, err := readForm(c, filingFields)
	if err != nil {
		return err
	}
	o, behind := f.organisation(caller(c).Province), f.controlOrNone()
	var got *engine.Organisation
	if err = s.checkFiling(c, f, o, behind); err == nil {
		got, err = s.Judge.FileBody(c.UserContext(), caller(c), o, clock.DateOf(s.clock.Now(), s.zone), behind)
	}
	if err != nil {
		v := web.FilingView{Typed: f.typed(), Levels: f.levels("level"), Doubt: people.CodeDoubt(o.CreditCode) != nil}
		if o.ID != "" {
			v.Renews = o.Name
		}
		return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
			v.Problem = p
			return s.showFiling(c, v)
		})
	}
	return s.done(c, "/bodies#"+string(got.ID), "body-filed", got.Name)
}

// checkFiling tells everything that is wrong with the form, a code that is doubtful and was not looked at among it.
func (s *Server) checkFiling(c *fiber.Ctx, f *typedForm, o engine.Organisation, behind *separation.Control) error {
	var doubt error
	if f.text("checked") == "" {
		doubt = people.CodeDoubt(o.CreditCode)
	}
	if err := f.also(s.Judge.CheckFiling(c.UserContext(), caller(c), o, behind)); err != nil {
		return err
	}
	if len(f.wrong) == 0 {
		return doubt
	}
	return f.whole(engine.ErrOrgInput, doubt)
}

// organisation is what the form says of a body. Only what examines has a filing; the province is the reader's where there is one.
func (f *typedForm) organisation(province string) engine.Organisation {
	o := engine.Organisation{ID: engine.OrgID(f.text("org")), Kind: engine.OrgKind(f.text("kind")), Name: f.text("name"), CreditCode: f.text("credit_code"), Province: province}
	if province == "" {
		o.Province = f.text("province")
	}
	filing := f.filing()
	if o.Kind == engine.EvaluationBody {
		o.Filings, o.Category = []engine.Filing{filing}, engine.Category(f.text("category"))
	}
	return o
}

// filing is the filing that the form says, of a body that evaluates.
func (f *typedForm) filing() engine.Filing {
	return engine.Filing{Number: f.text("number"), Occupation: f.text("occupation"), Levels: f.levels("level"), Capacity: f.number("capacity", "capacity", "年度评价人数"),
		From: f.date("from"), To: f.date("to"), Region: f.text("region"), Document: f.text("document"), Succeeds: f.text("succeeds") != ""}
}
