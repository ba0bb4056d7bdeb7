package api

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/separation"
)

// tiePages are where the ties of a person or a body are looked at, recorded, contested and ended (关系).
func (s *Server) tiePages() []route {
	return []route{
		page("/persons/:id/ties", authz.TieRead, s.tiesOf("person", "", nil).first),
		form("/persons/:id/ties", authz.TieRecord, s.tieForm("person")).limited(limitTie),
		page("/bodies/:id/ties", authz.TieRead, s.tiesOf("org", "", nil).first),
		form("/bodies/:id/ties", authz.TieRecord, s.tieForm("org")).limited(limitTie),
		form("/persons/:id/ties/:tie", authz.TieRecord, s.tieChange("person")),
		form("/bodies/:id/ties/:tie", authz.TieRecord, s.tieChange("org")),
		form("/bodies/:id/control", authz.OrgFile, s.behindForm).on("/bodies/:id/ties"),
	}
}

// How much of the ties is drawn: of the person or body itself, and of each of those they lead to.
const (
	drawnTies       = 8
	drawnTiesBehind = 3
)

// tiesOf is the page; do and typed are of the form that was refused.
func (s *Server) tiesOf(kind, do string, typed web.Typed) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		ctx, by := c.UserContext(), caller(c)
		node, err := s.tieNode(ctx, kind, c.Params("id"))
		if err != nil {
			return err
		}
		v := web.TiesView{Here: s.tieHref(ctx, node), MayRecord: by.Can(authz.TieRecord), Do: do, Typed: typed, Problem: p}
		near, err := s.Judge.Neighbourhood(ctx, by, node, drawnTies, drawnTiesBehind)
		if err != nil {
			return err
		}
		rows, next, err := s.Judge.Listed(ctx, by, node, cursorOf(c))
		if err != nil {
			return err
		}
		if v.Rows, err = s.tieRows(ctx, by, rows); err != nil {
			return err
		}
		v.Name, v.Next = near.Name, next
		if kind == "person" && len(rows) == 0 && !by.Can(authz.PersonRead) {
			v.Name = engine.MaskName(near.Name) // of whom nothing is on record for the reader
		}
		v.Graph, v.Back = s.tieEnd(ctx, near), "/bodies"
		v.Graph.Name, v.Graph.Href = v.Name, ""
		if kind == "person" {
			v.Back = ""
			if by.Can(authz.PersonRead) {
				v.Back = "/persons/" + c.Params("id")
			}
		}
		if kind == "org" && by.Can(authz.OrgFile) {
			v.Control, v.Owners = "/bodies/"+url.PathEscape(c.Params("id"))+"/control", ownerRows[:]
		}
		for _, w := range node.Ways() {
			v.Ways = append(v.Ways, web.TieWay{Value: wayName(w)})
		}
		c.Set(fiber.HeaderCacheControl, "no-store")
		return s.show(c, "ties", v)
	}
}

// tieNode is the node of an address; of somebody who is not registered there is no page.
func (s *Server) tieNode(ctx context.Context, kind, id string) (separation.Node, error) {
	if kind == "person" {
		_, err := s.Registry.Named(ctx, engine.PersonID(id))
		return separation.PersonNode(engine.PersonID(id)), err
	}
	_, err := s.Registry.Organisation(ctx, engine.OrgID(id))
	return separation.OrgNode(engine.OrgID(id)), err
}

// tieHref is the address of a node's ties; "" for what has no page, a body among it that nobody filed.
func (s *Server) tieHref(ctx context.Context, n separation.Node) string {
	kind, id, _ := strings.Cut(string(n), ":")
	switch kind {
	case "person":
		return "/persons/" + url.PathEscape(id) + "/ties"
	case "org":
		if _, err := s.Registry.Organisation(ctx, engine.OrgID(id)); err == nil {
			return "/bodies/" + url.PathEscape(id) + "/ties"
		}
	}
	return ""
}

// wayName names a way in the form: employs-to.
func wayName(w separation.Way) string {
	if w.Back {
		return string(w.Kind) + "-to"
	}
	return string(w.Kind) + "-from"
}

func (s *Server) tieEnd(ctx context.Context, n separation.Near) web.TieEnd {
	kind, _, _ := strings.Cut(string(n.Node), ":")
	end := web.TieEnd{Name: n.Name, Type: kind, Href: s.tieHref(ctx, n.Node), More: n.More}
	for _, b := range n.Branches {
		end.Ties = append(end.Ties, web.TieEdge{Kind: b.Tie.Kind, Percent: b.Tie.Percent, Back: b.Back, Span: tieSpan(b.Tie), Contested: b.Tie.Contested,
			Over: s.over(b.Tie), End: s.tieEnd(ctx, b.Near)})
	}
	return end
}

func (s *Server) over(t *separation.Tie) bool {
	return !t.Until.IsZero() && t.Until.Before(clock.DateOf(s.clock.Now(), s.zone))
}

// tieSpan is the first and the last day, "" where nobody wrote them down.
func tieSpan(t *separation.Tie) string {
	if t.Since.IsZero() && t.Until.IsZero() {
		return ""
	}
	day := func(d clock.Date) string {
		if d.IsZero() {
			return ""
		}
		return d.String()
	}
	return strings.TrimSpace(day(t.Since) + " – " + day(t.Until))
}

func (s *Server) tieRows(ctx context.Context, by authz.Principal, all []separation.Branch) (rows []web.TieRow, err error) {
	who := &naming{s: s, ctx: ctx, known: map[string]string{}}
	for _, b := range all {
		t := b.Tie
		row := web.TieRow{ID: t.ID, Other: b.Near.Name, OtherHref: s.tieHref(ctx, b.Near.Node), Kind: t.Kind, Back: b.Back, Percent: t.Percent, Span: tieSpan(t),
			Source: t.Source, Contested: t.Contested, Over: s.over(t), Never: t.Never()}
		for _, e := range t.Trail {
			row.Said = append(row.Said, web.TrailRow{At: e.At, By: who.of(e.By), Action: e.Action, Note: e.Note})
		}
		if row.MayEnd, row.MayContest, err = s.Judge.May(ctx, by, t); err != nil {
			return nil, err
		}
		if row.MayEnd = row.MayEnd && !row.Never; row.Never {
			row.Span = ""
		}
		rows = append(rows, row)
	}
	return rows, who.err
}

var tieFields = regexp.MustCompile(`^(way|other|since|until|percent|source)$`)

// tieForm records a tie between the page's node and what was typed for the other end.
func (s *Server) tieForm(kind string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		f, err := readForm(c, tieFields)
		if err != nil {
			return err
		}
		node, err := s.tieNode(c.UserContext(), kind, c.Params("id"))
		if err != nil {
			return err
		}
		t, err := s.typedTie(c.UserContext(), caller(c), f, node)
		if err == nil {
			_, err = s.Judge.Record(c.UserContext(), caller(c), t)
		}
		if err != nil {
			return s.refuse(c, err, s.tiesOf(kind, "new", f.typed()))
		}
		return s.done(c, s.tieHref(c.UserContext(), node), "tie-recorded")
	}
}

// typedTie is the tie that a form names.
func (s *Server) typedTie(ctx context.Context, by authz.Principal, f *typedForm, node separation.Node) (separation.Tie, error) {
	var t separation.Tie
	known := false
	for _, w := range node.Ways() {
		if wayName(w) != f.text("way") {
			continue
		}
		known = true
		other, label, err := s.otherEnd(ctx, by, w.Others(), f.text("other"))
		if err != nil {
			var said *errs.Error
			if !errors.As(err, &said) || !errors.Is(err, separation.ErrTie) && !errors.Is(err, engine.ErrPerson) {
				return t, err
			}
			f.must(false, "other", "unknown", said.Msg)
		}
		t = w.Between(node, other)
		t.Label = label
	}
	f.must(known, "way", "missing", "请选择关系")
	t.Since, t.Until, t.Source = f.date("since"), f.date("until"), f.text("source")
	f.must(t.Source != "", "source", "missing", "请写明来源，如劳动合同、本人声明、企业登记信息")
	if share := f.text("percent"); share != "" {
		n, err := strconv.Atoi(strings.TrimSuffix(share, "%"))
		f.must(err == nil && n >= 1 && n <= 100, "percent", "range", "出资比例为1至100的整数，不知道的留空")
		t.Percent = n
	}
	return t, f.wrongly(separation.ErrTie)
}

// otherEnd finds what was typed: a person by document number, a body by whole name or credit code, a class, address or number
// as it is.
func (s *Server) otherEnd(ctx context.Context, by authz.Principal, types []string, text string) (n separation.Node, label string, err error) {
	if text == "" {
		return "", "", separation.ErrTie.With("请填写对方")
	}
	for _, kind := range types {
		switch kind {
		case "person":
			var p *engine.Person
			if p, err = s.Counter.Holder(ctx, by, text); err == nil {
				return separation.PersonNode(p.ID), "", nil
			}
		case "org":
			var o *engine.Organisation
			if o, err = s.Judge.NamedBody(ctx, by, text); err == nil {
				return separation.OrgNode(o.ID), o.Name, nil
			}
		case "class":
			return separation.ClassNode(text), text, nil
		case "address":
			return separation.AddressNode(text), "", nil
		case "contact":
			return separation.ContactNode(text), "", nil
		}
		if !errors.Is(err, engine.ErrPerson) && !errors.Is(err, separation.ErrTie) {
			return "", "", err
		}
	}
	return "", "", err
}

var tieChangeFields = regexp.MustCompile(`^(do|until|never|reason)$`)

// tieChange contests a tie or ends it.
func (s *Server) tieChange(kind string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		f, err := readForm(c, tieChangeFields)
		if err != nil {
			return err
		}
		ctx, by, id := c.UserContext(), caller(c), c.Params("tie")
		node, err := s.tieNode(ctx, kind, c.Params("id"))
		if err != nil {
			return err
		}
		switch do := f.text("do"); do {
		case "contest":
			_, err = s.Judge.Contest(ctx, by, id, f.text("reason"))
		case "end":
			until, never := f.date("until"), f.text("never") != ""
			if err = f.wrongly(separation.ErrTie); err == nil && never {
				_, err = s.Judge.Void(ctx, by, id, f.text("reason"))
			} else if err == nil {
				_, err = s.Judge.End(ctx, by, id, until, f.text("reason"))
			}
		default:
			return errBody
		}
		if err != nil {
			return s.refuse(c, err, s.tiesOf(kind, f.text("do")+"/"+id, f.typed()))
		}
		return s.done(c, s.tieHref(ctx, node), "tie-"+f.text("do"))
	}
}
