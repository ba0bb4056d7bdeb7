package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/people"
)

// pairPages are where two who look like one human are told apart (疑似同一人): those of a person, and those that wait.
func (s *Server) pairPages() []route {
	return []route{
		page("/pairs", authz.PairDecide, s.pairsPage),
		page("/pairs/:pair", authz.PairSay, again(s.pairPage).first),
		form("/pairs/:pair", authz.PairSay, s.pairForm),
	}
}

func (s *Server) pairsPage(c *fiber.Ctx) error {
	rows, next, err := s.Registry.PairsToDecide(c.UserContext(), caller(c), cursorOf(c))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return s.show(c, "pairs", web.PairsView{Rows: each(rows, pairRow), Next: next})
}

// pairPage shows one; what was typed into a form that was refused stands there again.
func (s *Server) pairPage(c *fiber.Ctx, p *web.Problem) error {
	got, err := s.Registry.Pair(c.UserContext(), caller(c), pairParam(c))
	if err != nil {
		return err
	}
	v := web.PairsView{Rows: []web.TwinRow{pairRow(got)}, One: true, Problem: p}
	if p != nil {
		v.Ground, v.Reason = field(c, "ground"), field(c, "reason")
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return s.show(c, "pairs", v)
}

func pairRow(p people.Paired) web.TwinRow {
	v := web.TwinRow{ID: string(p.ID), State: string(p.State), MayAsk: p.MayAsk, MayDecide: p.MayDecide, MayTakeBack: p.MayTakeBack,
		Theirs: !(p.Known[0] && p.Known[1]), Shared: each(p.Shared, func(t people.Trait) string { return string(t) })}
	for _, o := range p.Persons {
		v.Persons = append(v.Persons, web.TwinPerson{Name: engine.MaskName(o.Name), IDType: o.IDType.Name(), Number: engine.MaskID(o.IDNumber)})
	}
	for _, e := range p.Trail {
		v.Trail = append(v.Trail, web.TrailRow{At: e.At, By: e.Name, Action: e.Action, Note: e.Note})
	}
	return v
}

// pairForm is what somebody says of a pair; the button says what.
func (s *Server) pairForm(c *fiber.Ctx) (err error) {
	ctx, by, id := c.UserContext(), caller(c), pairParam(c)
	word := people.Word{Ground: people.Ground(field(c, "ground")), Reason: field(c, "reason")}
	do := field(c, "do")
	switch do {
	case "ask":
		_, err = s.Registry.AskApart(ctx, by, id, word)
	case "two", "one":
		_, err = s.Registry.DecideApart(ctx, by, id, do == "two", word)
	case "back":
		_, err = s.Registry.TakeBack(ctx, by, id, word.Reason)
	default:
		return errBody
	}
	if err != nil {
		return s.refuse(c, err, s.pairPage)
	}
	return s.done(c, "/pairs/"+string(id), "pair-"+do)
}
