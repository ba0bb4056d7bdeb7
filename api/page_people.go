package api

import (
	"context"
	"regexp"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/sitting"
)

// personPages are where persons are looked for and looked at. Searches are posted: a number has no place in an address.
func (s *Server) personPages() []route {
	return []route{
		page("/persons", authz.PersonRead, s.personsPage(web.PersonsView{}).first),
		form("/persons", authz.PersonRead, s.searchForm),
		form("/persons/registrations", authz.PersonWrite, s.registerPersonForm),
		page("/persons/:id", authz.PersonRead, s.personPage(web.PersonView{}).first),
		form("/persons/:id/clear", authz.PersonClear, s.clearForm),
		page("/readings", authz.AuditRead, s.readingsPage(web.ReadingsView{}).first),
		form("/readings", authz.AuditRead, s.readingsForm),
	}
}

func (s *Server) personsPage(v web.PersonsView) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		v.Problem, v.MayRegister = p, caller(c).Can(authz.PersonWrite)
		return s.show(c, "persons", v)
	}
}

func (s *Server) searchForm(c *fiber.Ctx) error {
	v := web.PersonsView{Typed: web.PersonTyped{IDType: field(c, "id_type"), IDNumber: field(c, "id_number"), Phone: field(c, "phone"), Name: field(c, "name")}}
	found, more, err := s.Registry.Search(c.UserContext(), caller(c),
		people.Query{IDType: engine.IDType(v.Typed.IDType), Number: v.Typed.IDNumber, Phone: v.Typed.Phone, Name: v.Typed.Name})
	if err != nil {
		return s.refuse(c, err, s.personsPage(v))
	}
	v.Asked, v.Rows, v.More = true, each(found, personRow), more
	return s.personsPage(v)(c, nil)
}

var personFields = regexp.MustCompile(`^(id_type|id_number|name|born|sex|phone)$`)

// registerPersonForm registers somebody by hand, without a photo, and says whether they were registered before and whether
// they may be the same as somebody else.
func (s *Server) registerPersonForm(c *fiber.Ctx) error {
	f, err := readForm(c, personFields)
	if err != nil {
		return err
	}
	v := web.PersonsView{Do: web.PersonEntry, Entry: web.PersonEntryTyped{IDType: f.text("id_type"), IDNumber: f.text("id_number"), Name: f.text("name"),
		Born: f.text("born"), Sex: f.text("sex"), Phone: f.text("phone")}}
	p := engine.Person{Name: v.Entry.Name, IDType: engine.IDType(v.Entry.IDType), IDNumber: v.Entry.IDNumber, Sex: engine.Sex(v.Entry.Sex), Phone: v.Entry.Phone}
	if v.Entry.Born != "" {
		p.Born = f.date("born")
	}
	var got *engine.Person
	if err = f.whole(people.ErrPersonInput, s.Registry.Faults(p)); err == nil {
		got, err = s.Registry.Register(c.UserContext(), caller(c), p)
	}
	if err != nil {
		return s.refuse(c, err, s.personsPage(v))
	}
	said := "person-registered"
	pairs, err := s.Registry.Pairs(c.UserContext(), caller(c), got.ID)
	switch {
	case err != nil:
		return err
	case len(pairs) > 0:
		said = "person-paired"
	}
	return s.done(c, "/persons/"+string(got.ID), said, got.Name)
}

// otherOf is a pair as the page of one of the two shows it: with the other one only.
func otherOf(id engine.PersonID) func(people.Paired) web.TwinRow {
	return func(p people.Paired) web.TwinRow {
		row := pairRow(p)
		if row.Persons = row.Persons[1:]; p.Second == id {
			row.Persons = pairRow(p).Persons[:1]
		}
		return row
	}
}

func personRow(p *engine.Person) web.PersonRow {
	return web.PersonRow{ID: string(p.ID), Name: p.Name, IDType: p.IDType.Name(), NumberMask: engine.MaskID(p.IDNumber), PhoneMasked: engine.MaskPhone(p.Phone),
		AddressMasked: engine.MaskAddress(p.Address)}
}

// personPage shows a person; v is of the form that was filled in.
func (s *Server) personPage(v web.PersonView) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		ctx, by := c.UserContext(), caller(c)
		person, err := s.Registry.Dossier(ctx, by, personParam(c))
		if err != nil {
			return err
		}
		jpeg, err := s.Registry.Photo(ctx, person)
		if err != nil {
			return err
		}
		v.PersonRow, v.Photo, v.MayClear, v.Problem = personRow(person), photo(jpeg), by.Can(authz.PersonClear), p
		if err := s.personHistory(ctx, person, &v); err != nil {
			return err
		}
		if v.MayApply = by.Can(authz.RegisterRead) && by.Can(authz.PlanRead); v.MayApply {
			if v.Applications, err = s.applicationsOf(ctx, by, person.ID); err != nil {
				return err
			}
		}
		if v.MaySeePasses = by.Can(authz.ResultRead); v.MaySeePasses {
			if v.Passes, err = s.passesOnPage(ctx, by, person.ID, clock.DateOf(s.clock.Now(), s.zone)); err != nil {
				return err
			}
		}
		if by.Can(authz.PairSay) {
			pairs, err := s.Registry.Pairs(ctx, by, person.ID)
			if err != nil {
				return err
			}
			v.Pairs = each(pairs, otherOf(person.ID))
		}
		v.MayTies = by.Can(authz.TieRead)
		if v.MayWatch = by.Can(authz.AuditRead); v.MayWatch {
			if v.Readings, _, err = s.readingRows(ctx)(s.Counter.ReadingsOf(ctx, by, person.ID, engine.Cursor{})); err != nil {
				return err
			}
		}
		c.Set(fiber.HeaderCacheControl, "no-store")
		return s.show(c, "person", v)
	}
}

func (s *Server) personHistory(ctx context.Context, p *engine.Person, v *web.PersonView) error {
	who := &naming{s: s, ctx: ctx, known: map[string]string{}}
	for _, e := range p.Trail {
		v.Trail = append(v.Trail, web.TrailRow{At: e.At, By: who.of(e.By), Action: e.Action, Note: e.Note})
	}
	return who.err
}

// applicationsOf lists what the person applied for at the reader's body, the newest session first.
func (s *Server) applicationsOf(ctx context.Context, by authz.Principal, id engine.PersonID) ([]web.PersonApplication, error) {
	sessions, err := s.Sittings.Sessions(ctx, by)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(sessions, func(a, b *sitting.Session) int { return b.Theory.Opens.Compare(a.Theory.Opens) })
	known := map[string]*sitting.Session{}
	ids := each(sessions, func(n *sitting.Session) string { known[string(n.ID)] = n; return string(n.ID) })
	all, err := s.Desk.Of(ctx, by, id, ids)
	return each(all, func(a *registration.Application) web.PersonApplication {
		n := known[a.Session]
		return web.PersonApplication{Session: a.Session, Name: n.Name, Level: a.Level, Day: n.Theory.Opens, Accepted: a.Accepted(),
			Reasons: each(a.Refusals, func(r registration.Refusal) string { return r.Reason })}
	}), err
}

// clearForm shows details in clear, on the page itself and nowhere else.
func (s *Server) clearForm(c *fiber.Ctx) error {
	v := web.PersonView{Typed: web.ClearTyped{Number: field(c, "id_number") != "", Phone: field(c, "phone") != "", Address: field(c, "address") != "",
		Purpose: field(c, "purpose")}}
	var fields []people.Detail
	if v.Typed.Number {
		fields = append(fields, people.DetailNumber)
	}
	if v.Typed.Phone {
		fields = append(fields, people.DetailPhone)
	}
	if v.Typed.Address {
		fields = append(fields, people.DetailAddress)
	}
	shown, err := s.Counter.Show(c.UserContext(), caller(c), personParam(c), v.Typed.Purpose, fields...)
	if err != nil {
		return s.refuse(c, err, s.personPage(v))
	}
	v.Shown = &web.PersonShown{Number: shown.Number, Phone: shown.Phone, Address: shown.Address}
	return s.personPage(v)(c, nil)
}

func (s *Server) readingsPage(v web.ReadingsView) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		v.Problem = p
		return s.show(c, "readings", v)
	}
}

func (s *Server) readingsForm(c *fiber.Ctx) error {
	v := web.ReadingsView{Typed: web.ReadingsTyped{Account: field(c, "account"), IDType: field(c, "id_type"), IDNumber: field(c, "id_number")}}
	if err := s.fillReadings(c.UserContext(), caller(c), &v); err != nil {
		return s.refuse(c, err, s.readingsPage(v))
	}
	v.Asked = true
	return s.readingsPage(v)(c, nil)
}

var errWhose = errs.New(errs.Invalid, "reading.whose", "请填写账号或证件号码中的一项")

// fillReadings looks by account or by document number, one of them.
func (s *Server) fillReadings(ctx context.Context, by authz.Principal, v *web.ReadingsView) (err error) {
	t := v.Typed
	if (t.Account == "") == (t.IDNumber == "") {
		return errWhose
	}
	if t.Account != "" {
		v.Whose = t.Account
		v.Rows, v.More, err = s.readingRows(ctx)(s.Counter.ReadingsBy(ctx, by, accounts.IDOf(t.Account), engine.Cursor{}))
		return err
	}
	person, err := s.Registry.Whose(ctx, by, engine.IDType(t.IDType), t.IDNumber)
	if err != nil {
		return err
	}
	v.Whose = engine.MaskName(person.Name)
	v.Rows, v.More, err = s.readingRows(ctx)(s.Counter.ReadingsOf(ctx, by, person.ID, engine.Cursor{}))
	return err
}

// readingRows names who read and, masked, whom.
func (s *Server) readingRows(ctx context.Context) func([]*people.Reading, string, error) ([]web.ReadingRow, bool, error) {
	return func(rows []*people.Reading, next string, err error) ([]web.ReadingRow, bool, error) {
		if err != nil {
			return nil, false, err
		}
		out, whom := make([]web.ReadingRow, len(rows)), map[engine.PersonID]string{}
		for i, r := range rows {
			if _, known := whom[r.Person]; !known && r.Person != "" {
				p, err := s.Registry.Named(ctx, r.Person)
				if err != nil {
					return nil, false, err
				}
				whom[r.Person] = engine.MaskName(p.Name)
			}
			out[len(rows)-1-i] = web.ReadingRow{At: r.At, By: r.Name, Org: string(r.Org), Whom: whom[r.Person], Export: r.Export, Count: r.Count,
				Fields: each(r.Fields, func(d people.Detail) string { return string(d) }), Purpose: r.Purpose}
		}
		return out, next != "", nil
	}
}
