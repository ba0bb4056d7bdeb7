package api

import (
	"context"
	"errors"
	"regexp"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/registration"
)

// requestPages are the office's side of what candidates apply for by themselves.
func (s *Server) requestPages() []route {
	return []route{
		page("/requests", authz.Register, s.requestsPage),
		page("/sessions/:id/requests", authz.RegisterRead, s.queueOf(nil).first),
		form("/sessions/:id/opening", authz.Register, s.openingForm),
		page("/requests/:id", authz.RegisterRead, s.requestPage("", nil).first),
		form("/requests/:id/return", authz.Register, s.onRequest("return", "request-returned", s.returnForm)),
		form("/requests/:id/rejection", authz.Register, s.onRequest("rejection", "request-rejected", s.rejectForm)),
		form("/requests/:id/acceptance", authz.Register, s.onRequest("acceptance", "request-accepted", s.acceptForm)),
		form("/requests/:id/abandonment", authz.Register, s.onRequest("abandonment", "request-abandoned", s.abandonForm)),
		form("/requests/:id/fees", authz.Register, s.onRequest("fees", "request-fee", s.feeForm)),
	}
}

// unanswered is how long after its last window a session stays on the office's list for those who got no decision.
const unanswered = 30 * 24 * time.Hour

// requestRows are the sessions of by's body that still take people, with what candidates handed in, and those where somebody
// was left without a decision.
func (s *Server) requestRows(ctx context.Context, by authz.Principal) (rows []web.RequestsRow, err error) {
	sessions, err := s.Sittings.Sessions(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, n := range sessions {
		now := s.clock.Now()
		row := web.RequestsRow{Session: string(n.ID), Name: n.Name, Level: n.Level, Ended: n.Open(now) != nil}
		if row.Ended && now.After(n.Practical.Closes.Add(unanswered)) && now.After(n.Theory.Closes.Add(unanswered)) {
			continue
		}
		offer, err := s.Intake.Offer(ctx, row.Session)
		if err != nil && !errors.Is(err, registration.ErrOpening) {
			return nil, err
		}
		if err == nil {
			shown := s.offerRow(offer, registration.BothTaken)
			row.Opens, row.Closes = shown.Opens, shown.Closes
			n, err := s.Intake.Tally(ctx, by, row.Session)
			if err != nil {
				return nil, err
			}
			row.Total, row.Drafts, row.Waiting = n.All, n.Drafts, n.Waiting
		}
		if !row.Ended || row.Waiting > 0 {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func (s *Server) requestsPage(c *fiber.Ctx) error {
	rows, err := s.requestRows(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	return s.show(c, "requests", web.RequestsView{Rows: rows})
}

// queueOf is the queue of a session; f is the form of its opening where that was refused.
func (s *Server) queueOf(f *typedForm) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		ctx, by := c.UserContext(), caller(c)
		n, err := s.Sittings.Session(ctx, by, sessionParam(c))
		if err != nil {
			return err
		}
		at := engine.Cursor{After: asked(c, "cursor"), Limit: pageRows}
		all, next, err := s.Intake.Queue(ctx, by, string(n.ID), at)
		if err != nil {
			return err
		}
		count, err := s.Intake.Tally(ctx, by, string(n.ID))
		if err != nil {
			return err
		}
		v := web.RequestQueueView{Session: string(n.ID), Name: n.Name, Level: n.Level, Until: n.Until(), Drafts: count.Drafts, Waiting: count.Waiting, Total: count.All, Cursor: at.After, Next: next, Problem: p, Typed: web.Typed{},
			Ended: n.Open(s.clock.Now()) != nil}
		v.MayOpen = by.Can(authz.Register) && !v.Ended && s.Policy.Registration.Takes()
		if v.Rows, err = s.queueRows(ctx, by, all); err != nil {
			return err
		}
		offer, err := s.Intake.Offer(ctx, v.Session)
		if err != nil && !errors.Is(err, registration.ErrOpening) {
			return err
		}
		if err == nil {
			row := s.offerRow(offer, registration.BothTaken)
			v.Offer, v.Over = &row, !s.clock.Now().Before(row.Closes)
			v.Typed = web.Typed{"opens": row.Opens.In(s.zone).Format(asTyped), "closes": row.Closes.In(s.zone).Format(asTyped), "place": row.Place, "contact": row.Contact}
		}
		if f != nil {
			v.Typed = f.typed()
		}
		return s.show(c, "request-queue", v)
	}
}

// queueRows marks who is there more than once, on this page or on another.
func (s *Server) queueRows(ctx context.Context, by authz.Principal, all []*registration.Request) ([]web.RequestRow, error) {
	now, rows := s.clock.Now(), make([]web.RequestRow, len(all))
	for i, r := range all {
		rows[i] = web.RequestRow{Number: string(r.ID), Name: r.Row.Name, NumberMask: engine.MaskID(r.Row.IDNumber), Condition: r.Row.Claims.Condition,
			Retake: string(r.Row.Claims.Retake), State: string(r.StateAt(now, s.zone)), Submitted: r.Submitted}
		if r.Live() {
			same, err := s.Intake.Same(ctx, by, r)
			if err != nil {
				return nil, err
			}
			rows[i].Twice = len(same) > 0
		}
		if due := r.Due(now, s.zone); due > 0 {
			rows[i].Due = registration.Yuan(due)
		}
	}
	return rows, nil
}

var openingFields = regexp.MustCompile(`^(opens|closes|place|contact)$`)

func (s *Server) openingForm(c *fiber.Ctx) error {
	f, err := readForm(c, openingFields)
	if err != nil {
		return err
	}
	terms := f.openingTerms(s.zone)
	if err = f.wrongly(registration.ErrOpeningInput); err == nil {
		_, err = s.Intake.Open(c.UserContext(), caller(c), c.Params("id"), terms)
	}
	if err != nil {
		return s.refuse(c, err, s.queueOf(f))
	}
	return s.done(c, "/sessions/"+c.Params("id")+"/requests", "opening-set")
}

// requestPage is one application; do is the form on it that was refused.
func (s *Server) requestPage(do string, f *typedForm) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		ctx, by := c.UserContext(), caller(c)
		r, same, err := s.Intake.Look(ctx, by, requestParam(c))
		if err != nil {
			return err
		}
		offer, err := s.Intake.Offer(ctx, r.Session)
		if err != nil {
			return err
		}
		v := web.RequestView{Session: r.Session, SessionName: offer.Name, Same: each(same, func(id registration.RequestID) string { return string(id) }),
			Fields: registration.Fields(), Do: do, Typed: web.Typed{}, Problem: p}
		s.fillReturn(&v, r, offer)
		if v.RequestFacts, err = s.factsOf(ctx, r, true); err != nil {
			return err
		}
		for _, cond := range s.Policy.Levels[r.Row.Level].Conditions {
			if cond.ID == r.Row.Claims.Condition {
				v.Needed = cond.Evidence
			}
		}
		if by.Can(authz.Register) {
			s.fillReview(&v, r)
		}
		if f != nil {
			v.Typed, v.Seen = f.typed(), f.values["evidence"]
		}
		c.Set(fiber.HeaderCacheControl, "no-store")
		return s.show(c, "request", v)
	}
}

// fillReview fills in what the office may do now.
func (s *Server) fillReview(v *web.RequestView, r *registration.Request) {
	now := s.clock.Now()
	v.MayReview, v.MayAccept = r.MayDecide() == nil, r.MayAccept(now, s.zone) == nil
	if r.Accepting != nil {
		v.Begun, v.MayAbandon = r.Accepting.At, r.MayAbandon(now) == nil
	}
	for i, f := range r.Fees {
		v.Fees[i].MayRefund = r.MayRecord(f, registration.FeeRefunded, now, s.zone) == nil
		v.Fees[i].MayPay = r.MayRecord(f, registration.FeePaid, now, s.zone) == nil
	}
}

// fillReturn fills in until when the applicant could correct it, or why it cannot be sent back.
func (s *Server) fillReturn(v *web.RequestView, r *registration.Request, o registration.Offer) {
	until, err := registration.AnswerUntil(s.Policy, o, s.clock.Now())
	if may := r.MayReturn(s.Policy.Registration.Rounds); may != nil {
		err = may
	}
	if err != nil {
		v.NoReturn = problem(err).onPage()
		return
	}
	v.ReturnBy, v.ReturnTo = s.day(until.By), until.To
}

var reviewFields = regexp.MustCompile(`^(original|evidence|reason|item|to|reference|fault\.[a-z_]+)$`)

// onRequest reads a form of the application's page, does its work and says so.
func (s *Server) onRequest(do, said string, work func(*fiber.Ctx, *typedForm) (*registration.Request, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		f, err := readFormMany(c, reviewFields, "evidence")
		if err != nil {
			return err
		}
		r, err := work(c, f)
		if err != nil {
			return s.refuse(c, err, s.requestPage(do, f))
		}
		to := "/sessions/" + r.Session + "/requests"
		if do == "fees" || do == "abandonment" {
			to = "/requests/" + string(r.ID)
		}
		return s.done(c, to, said, string(r.ID))
	}
}

func (s *Server) returnForm(c *fiber.Ctx, f *typedForm) (*registration.Request, error) {
	var faults []registration.Fault
	for _, name := range registration.Fields() {
		if text := f.text("fault." + name); text != "" {
			faults = append(faults, registration.Fault{Field: name, Text: text})
		}
	}
	return s.Intake.Return(c.UserContext(), caller(c), requestParam(c), faults)
}

func (s *Server) rejectForm(c *fiber.Ctx, f *typedForm) (*registration.Request, error) {
	return s.Intake.Reject(c.UserContext(), caller(c), requestParam(c), f.text("reason"))
}

func (s *Server) acceptForm(c *fiber.Ctx, f *typedForm) (*registration.Request, error) {
	return s.Intake.Accept(c.UserContext(), caller(c), requestParam(c), plainTicket(f.text("original")), f.values["evidence"])
}

func (s *Server) abandonForm(c *fiber.Ctx, _ *typedForm) (*registration.Request, error) {
	return s.Intake.Abandon(c.UserContext(), caller(c), requestParam(c))
}

func (s *Server) feeForm(c *fiber.Ctx, f *typedForm) (*registration.Request, error) {
	return s.Intake.Record(c.UserContext(), caller(c), requestParam(c), f.text("item"), registration.FeeState(f.text("to")), f.text("reference"))
}
