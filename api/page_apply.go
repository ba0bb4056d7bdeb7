package api

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/registration"
)

// applyPages are the candidates' side of applying by themselves.
func (s *Server) applyPages() []route {
	return []route{
		page("/apply", "", s.offersPage),
		page("/apply/login", "", again(s.applyLoginPage).first),
		form("/apply/login", "", s.applyLogin).limited(limitRequest),
		page("/apply/sessions/:id", authz.RequestMake, s.applyForm(nil).first),
		form("/apply/sessions/:id", authz.RequestMake, s.applySubmit).limited(limitWords),
		page("/apply/mine", authz.RequestOwn, s.minePage(nil).first),
		page("/apply/mine/form", authz.RequestOwn, s.mineForm(nil).first),
		form("/apply/mine/form", authz.RequestOwn, s.mineSubmit).limited(limitWords),
		form("/apply/mine/withdrawal", authz.RequestOwn, s.mineWithdraw),
	}
}

func (s *Server) offersPage(c *fiber.Ctx) error {
	all, err := s.Intake.Offers(c.UserContext())
	if err != nil {
		return err
	}
	return s.show(c, "apply", web.ApplyView{Offers: each(all, func(o registration.Offer) web.OfferRow { return s.offerRow(o, registration.BothTaken) })})
}

// offerRow is an offer with what it costs whoever takes so much of it.
func (s *Server) offerRow(o registration.Offer, taken registration.Retake) web.OfferRow {
	row := web.OfferRow{Session: o.Target.Session, Name: o.Name, Site: o.Site, Level: o.Level, Day: s.day(o.Day), Opens: o.Window.Opens, Closes: o.Window.Closes,
		Place: o.Place, Contact: o.Contact, Open: o.Now, Halted: s.haltedRow(o.Halted),
		DraftsUntil: s.day(registration.DraftsUntil(s.Policy, o))}
	if u := o.Until; !u.IsZero() && u.Before(row.Closes) { // who sits it was settled before
		row.Closes = u
	}
	total := 0
	for _, f := range registration.Charges(s.Policy, o.Level, taken) {
		total += f.Fen
		row.Fees = append(row.Fees, web.FeeRow{Item: f.Item, Text: f.Text, Amount: registration.Yuan(f.Fen), Verified: f.Verified})
	}
	row.Total = registration.Yuan(total)
	return row
}

var applyFields = regexp.MustCompile(`^(key|name|id_type|id_number|born|sex|phone|address|retake|condition|years|prior_level|prior_number|prior_date|education|title|employer|class|evidence|stands|do)$`)

// applied is a form of an application as it was read. What is no date or number is noted, and is told with the rest.
type applied struct {
	*typedForm
	entry registration.Entry
}

func readApplied(c *fiber.Ctx) (*applied, error) {
	f, err := readFormMany(c, applyFields, "evidence")
	if err != nil {
		return nil, err
	}
	a := &applied{typedForm: f}
	a.entry = registration.Entry{Stands: f.text("stands") == "yes", Row: registration.RosterRow{Name: f.text("name"), IDType: engine.IDType(f.text("id_type")),
		IDNumber: plainTicket(f.text("id_number")), Sex: engine.Sex(f.text("sex")), Born: f.date("born"), Phone: f.text("phone"),
		Address: f.text("address"), Employer: f.text("employer"), Class: f.text("class"),
		Claims: registration.Claims{Retake: registration.Retake(f.text("retake")), Condition: f.text("condition"), Years: f.number("years", "years", "从业年限"), PriorLevel: engine.Level(f.number("prior_level", "prior_level", "证书等级")),
			PriorNumber: f.text("prior_number"), PriorDate: f.date("prior_date"), Education: f.text("education"), Title: f.text("title"), Evidence: f.values["evidence"]}}}
	a.entry.Unread = f.wrong
	return a, nil
}

func (a *applied) handsIn() bool { return a.text("do") != "save" }

// applyForm is the empty form, or the one that was refused.
func (s *Server) applyForm(a *applied) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		offer, err := s.Intake.Offer(c.UserContext(), c.Params("id"))
		if err != nil {
			return err
		}
		if a == nil && !offer.Now {
			return s.Intake.Refusal(offer)
		}
		v := s.formView(offer)
		v.Key, v.Action = ids.Random().New(), "/apply/sessions/"+offer.Target.Session
		v.Typed = web.Typed{"id_type": string(engine.ResidentCard)}
		if a != nil {
			v.Key, v.Typed, v.Shown = a.text("key"), a.typed(), a.values["evidence"]
		}
		v.Problem = p
		c.Set(fiber.HeaderCacheControl, "no-store")
		return s.show(c, "apply-form", v)
	}
}

func (s *Server) formView(o registration.Offer) web.ApplyFormView {
	v := web.ApplyFormView{Offer: s.offerRow(o, registration.BothTaken), Educations: registration.Educations(), Sexes: []string{string(engine.Female), string(engine.Male)},
		Retakes: []string{string(registration.BothTaken), string(engine.Theory), string(engine.Practical)}}
	v.Documents = each(engine.IDTypes(), func(t engine.IDType) web.Choice { return web.Choice{Value: string(t), Label: t.Name()} })
	for _, cond := range s.Policy.Levels[o.Level].Conditions {
		v.Conditions = append(v.Conditions, web.ConditionRow{ID: cond.ID, Text: cond.Text, Evidence: cond.Evidence})
		for _, e := range cond.Evidence {
			if !slices.Contains(v.Materials, e) {
				v.Materials = append(v.Materials, e)
			}
		}
	}
	return v
}

// applySubmit keeps a new application and shows its code, once.
func (s *Server) applySubmit(c *fiber.Ctx) error {
	a, err := readApplied(c)
	if err != nil {
		return err
	}
	r, code, err := s.Intake.Apply(c.UserContext(), caller(c), c.Params("id"), a.text("key"), a.entry, a.handsIn())
	if err != nil {
		return s.refuse(c, err, s.applyForm(a))
	}
	offer, err := s.Intake.Offer(c.UserContext(), r.Session)
	if err != nil {
		return err
	}
	in, err := s.receiveApplicant(c, string(r.ID), code)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return s.show(c, "apply-receipt", web.ApplyReceiptView{Offer: s.offerRow(offer, r.Row.Claims.Retake), Number: string(r.ID), Code: inFours(code), Draft: r.State == registration.Draft, SignedIn: in})
}

// receiveApplicant signs the applicant in where nobody else is signed in on this browser, such as an officer who helps them.
func (s *Server) receiveApplicant(c *fiber.Ctx, number, code string) (bool, error) {
	if caller(c).Account != "" {
		return false, nil
	}
	p, err := s.Intake.Recognise(c.UserContext(), number, code)
	if err != nil {
		return false, err
	}
	l, secret, err := s.Gate.Receive(c.UserContext(), p)
	if err != nil {
		return false, err
	}
	s.setRefresh(c, l, secret)
	_, err = s.setAccess(c, l)
	return err == nil, err
}

// inFours writes a code as people copy it: K3FM-92QX-….
func inFours(code string) string {
	var parts []string
	for part := range slices.Chunk([]byte(strings.ToUpper(code)), 4) {
		parts = append(parts, string(part))
	}
	return strings.Join(parts, "-")
}

func (s *Server) applyLoginPage(c *fiber.Ctx, p *web.Problem) error {
	return s.show(c, "apply-login", web.ApplyLoginView{Number: field(c, "number"), Problem: p})
}

func (s *Server) applyLogin(c *fiber.Ctx) error {
	p, err := s.Intake.Recognise(c.UserContext(), plainTicket(field(c, "number")), plainTicket(field(c, "code")))
	if err != nil {
		return s.refuse(c, err, s.applyLoginPage)
	}
	l, secret, err := s.Gate.Receive(c.UserContext(), p)
	if err != nil {
		return err
	}
	return s.enter(c, l, secret, "/apply/mine")
}

// factsOf is what an application states. Trail entries name officers to the office only.
func (s *Server) factsOf(ctx context.Context, r *registration.Request, office bool) (web.RequestFacts, error) {
	row, claims, now := r.Row, r.Row.Claims, s.clock.Now()
	f := web.RequestFacts{Number: string(r.ID), Name: row.Name, Document: row.IDType.Name(), NumberMask: engine.MaskID(row.IDNumber), PhoneMasked: engine.MaskPhone(row.Phone),
		AddressMasked: engine.MaskAddress(row.Address),
		Born:          s.day(row.Born), Sex: string(row.Sex), Level: row.Level, Retake: string(claims.Retake), Condition: claims.Condition, Years: claims.Years, PriorLevel: claims.PriorLevel,
		PriorNumber: claims.PriorNumber, PriorDate: s.day(claims.PriorDate), Education: claims.Education, Title: claims.Title, Employer: row.Employer, Class: row.Class,
		Evidence: claims.Evidence, State: string(r.StateAt(now, s.zone)), Submitted: r.Submitted, Rounds: r.Rounds, MostRounds: s.Policy.Registration.Rounds, Reason: r.Reason}
	if r.State == registration.Returned {
		f.AnswerBy, f.AnswerTo = s.day(r.AnswerBy), r.AnswerTo
	}
	f.Unreviewed, f.Refund = r.Unreviewed(now, s.zone), r.Refund(now, s.zone)
	for _, cond := range s.Policy.Levels[row.Level].Conditions {
		if cond.ID == claims.Condition {
			f.ConditionText = cond.Text
		}
	}
	f.Faults = each(r.Faults, func(x registration.Fault) web.FaultRow { return web.FaultRow{Field: x.Field, Text: x.Text} })
	for _, x := range r.Fees {
		f.Fees = append(f.Fees, web.FeeRow{Item: x.Item, Text: x.Text, Amount: registration.Yuan(x.Fen), State: string(x.State), Reference: x.Reference, Source: x.Source, Verified: x.Verified})
	}
	if due := r.Due(now, s.zone); due > 0 {
		f.Due = registration.Yuan(due)
	}
	who := &naming{s: s, ctx: ctx, known: map[string]string{}}
	for _, e := range r.Trail {
		t := web.TrailRow{At: e.At, Action: strings.TrimPrefix(e.Action, "request."), Note: e.Note}
		if own := strings.HasPrefix(e.By, "request:"); office && !own {
			t.By = who.of(e.By)
		}
		f.Trail = append(f.Trail, t)
	}
	return f, who.err
}

func (s *Server) minePage(f *typedForm) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		r, offer, err := s.Intake.Own(c.UserContext(), caller(c))
		if err != nil {
			return err
		}
		v := web.ApplyMineView{Offer: s.offerRow(offer, r.Row.Claims.Retake), Draft: r.Draftlike(), Problem: p, Typed: web.Typed{}}
		if v.RequestFacts, err = s.factsOf(c.UserContext(), r, false); err != nil {
			return err
		}
		if len(r.Fees) > 0 {
			v.Offer.Fees = nil // what is due of them, and what was paid, is said once
		}
		if f != nil {
			v.Typed = f.typed()
		}
		last := registration.LastWithdrawal(s.Policy.Registration, offer.Target)
		v.LastWithdraw = s.day(last)
		now := s.clock.Now()
		v.MayEdit, v.MayWithdraw = r.MayEdit(now, s.zone) == nil, r.MayWithdraw(s.Policy.Registration, offer.Target, now, s.zone) == nil
		c.Set(fiber.HeaderCacheControl, "no-store")
		return s.show(c, "apply-mine", v)
	}
}

// mineForm is the form of one's own draft or returned application.
func (s *Server) mineForm(a *applied) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		r, offer, err := s.Intake.Own(c.UserContext(), caller(c))
		if err != nil {
			return err
		}
		v := s.formView(offer)
		v.Again = true
		v.Action, v.Problem = "/apply/mine/form", p
		v.Typed, v.Shown = typedRow(r.Row), r.Row.Claims.Evidence
		if r.State == registration.Returned {
			v.AnswerBy, v.AnswerTo = s.day(r.AnswerBy), r.AnswerTo
			v.Faults = each(r.Faults, func(x registration.Fault) web.FaultRow { return web.FaultRow{Field: x.Field, Text: x.Text} })
		}
		if a != nil {
			v.Typed, v.Shown = a.typed(), a.values["evidence"]
		}
		c.Set(fiber.HeaderCacheControl, "no-store")
		return s.show(c, "apply-form", v)
	}
}

// typedRow is a row as the fields of the form hold it.
func typedRow(r registration.RosterRow) web.Typed {
	none := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	t := web.Typed{"name": r.Name, "id_type": string(r.IDType), "id_number": r.IDNumber, "phone": r.Phone, "address": r.Address, "retake": string(r.Claims.Retake), "condition": r.Claims.Condition,
		"years": none(r.Claims.Years), "prior_number": r.Claims.PriorNumber, "prior_date": r.Claims.PriorDate.String(), "prior_level": none(int(r.Claims.PriorLevel)),
		"education": r.Claims.Education, "title": r.Claims.Title, "employer": r.Employer, "class": r.Class}
	if r.IDType != engine.ResidentCard && r.IDType != engine.ResidencePermit {
		t["born"], t["sex"] = r.Born.String(), string(r.Sex)
	}
	return t
}

func (s *Server) mineSubmit(c *fiber.Ctx) error {
	a, err := readApplied(c)
	if err != nil {
		return err
	}
	_, err = s.Intake.Amend(c.UserContext(), caller(c), a.entry, a.handsIn())
	if err != nil {
		return s.refuse(c, err, s.mineForm(a))
	}
	return s.done(c, "/apply/mine", map[bool]string{true: "request-submitted", false: "request-saved"}[a.handsIn()])
}

var withdrawFields = regexp.MustCompile(`^reason$`)

func (s *Server) mineWithdraw(c *fiber.Ctx) error {
	f, err := readForm(c, withdrawFields)
	if err != nil {
		return err
	}
	if _, err := s.Intake.Withdraw(c.UserContext(), caller(c), f.text("reason")); err != nil {
		return s.refuse(c, err, s.minePage(f))
	}
	return s.done(c, "/apply/mine", "request-withdrawn")
}

// openingTerms reads the form of an opening; its times are in the policy's zone.
func (f *typedForm) openingTerms(zone *time.Location) registration.OpeningTerms {
	at := func(name string) time.Time {
		t, err := time.ParseInLocation(asTyped, f.text(name), zone)
		f.must(err == nil, name, "form", fmt.Sprintf("应为 %s 形式的日期和时间", "2006-01-02 15:04"))
		return clock.Instant(t)
	}
	return registration.OpeningTerms{Window: clock.Window{Opens: at("opens"), Closes: at("closes")}, Place: f.text("place"), Contact: f.text("contact")}
}
