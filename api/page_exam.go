package api

import (
	"context"
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
)

// ownAttempt is the one attempt that the ticket signed in with admits to. Candidates' pages know no other.
func ownAttempt(by authz.Principal) theory.AttemptID { return theory.AttemptID(by.Attempt) }

// sitter is the head of the candidate's own pages.
func (s *Server) sitter(ctx context.Context, by authz.Principal) (web.Sitter, *sitting.Session, error) {
	seat, err := s.Sittings.SeatOf(ctx, ticketOf(by))
	if err != nil {
		return web.Sitter{}, nil, err
	}
	session, err := s.Sittings.Get(ctx, seat.Session)
	if err != nil {
		return web.Sitter{}, nil, err
	}
	person, err := s.Registry.Named(ctx, seat.Candidate)
	if err != nil {
		return web.Sitter{}, nil, err
	}
	jpeg, err := s.Registry.Photo(ctx, person)
	if err != nil {
		return web.Sitter{}, nil, err
	}
	return web.Sitter{Name: person.Name, Ticket: string(seat.Ticket), Seat: strconv.Itoa(seat.No), Room: roomName(session, seat.Room),
		Photo: photo(jpeg), Session: session.Name, Level: session.Level, Sample: session.Sample,
		CheckedIn: !seat.CheckedIn.IsZero(), Voided: !seat.Voided.IsZero()}, session, nil
}

func roomName(s *sitting.Session, id sitting.RoomID) string { return s.RoomName(id) }

// waiting leads a candidate to where they are: the result once it is public, the receipt once they have handed in,
// and before that the waiting room. Who was voided stays there and reads it, also after the hand-in: their receipt counts no more.
func (s *Server) waiting(c *fiber.Ctx) error {
	r, _, err := s.Board.Own(c.UserContext(), caller(c), ticketOf(caller(c)))
	if err != nil && !errors.Is(err, result.ErrResult) {
		return err
	}
	if r != nil {
		return c.Redirect("/exam/result", fiber.StatusSeeOther)
	}
	a, err := s.Exams.Attempt(c.UserContext(), caller(c), ownAttempt(caller(c)))
	if a, err = absent(a, err, theory.ErrAttempt); err != nil {
		return err
	}
	seat, err := s.Sittings.SeatOf(c.UserContext(), ticketOf(caller(c)))
	if err != nil {
		return err
	}
	if a != nil && handedIn(a) && seat.Voided.IsZero() {
		return c.Redirect("/exam/receipt", fiber.StatusSeeOther)
	}
	return s.waitingRoom(c, nil)
}

func handedIn(a *theory.Attempt) bool { return a.State == theory.Submitted || a.State == theory.Marked }

func (s *Server) waitingRoom(c *fiber.Ctx, p *web.Problem) error {
	ctx, by := c.UserContext(), caller(c)
	sitter, session, err := s.sitter(ctx, by)
	if err != nil {
		return err
	}
	if sitter.Voided {
		return s.show(c, "waiting", web.WaitingView{Sitter: sitter, Quit: lockdownQuit(c, session)})
	}
	view := web.WaitingView{Sitter: sitter, Attempt: by.Attempt, Opens: session.Theory.Opens, Closes: session.Theory.Closes,
		Problem: p}
	view.Lockdown = s.lockdownHow(c, session, p)
	if view.Counts, err = s.typeCounts(ctx, session.Blueprint); err != nil {
		return err
	}
	switch told, err := s.Exams.Clock(ctx, by, ownAttempt(by)); {
	case err == nil:
		view.Ready = told.State == "ready" || told.State == string(theory.InProgress)
		view.Opens, view.Closes = told.Opens, told.Closes
		if told.State == string(theory.InProgress) {
			if view.Resume, err = s.resumption(ctx, by, told); err != nil {
				return err
			}
		}
	case !errors.Is(err, theory.ErrAttempt): // before the draw there is no attempt, and a candidate may wait already
		return err
	}
	view.Minutes = int(view.Closes.Sub(view.Opens).Minutes())
	return s.show(c, "waiting", view)
}

func (s *Server) resumption(ctx context.Context, by authz.Principal, told theory.ClockState) (*web.Resumption, error) {
	a, err := s.Exams.Attempt(ctx, by, ownAttempt(by))
	if err != nil {
		return nil, err
	}
	return &web.Resumption{Answered: a.Answered, Total: len(a.Form.Items), Elsewhere: told.Elsewhere == theory.OtherMachine}, nil
}

func (s *Server) typeCounts(ctx context.Context, blueprint string) ([]web.TypeCount, error) {
	b, err := s.Bank.Blueprint(ctx, blueprint)
	if err != nil {
		return nil, err
	}
	var counts []web.TypeCount
	for _, t := range questionbank.ItemTypes() {
		if n := b.Counts[t]; n > 0 {
			counts = append(counts, web.TypeCount{Type: string(t), Count: n,
				Partial: t == questionbank.Multiple && b.CreditRule() == questionbank.PartialRight})
		}
	}
	return counts, nil
}

func (s *Server) startExam(c *fiber.Ctx) error {
	if err := s.Exams.Begin(c.UserContext(), caller(c), ownAttempt(caller(c))); err != nil {
		return s.refuse(c, err, s.waitingRoom)
	}
	return c.Redirect("/exam/paper", fiber.StatusSeeOther)
}

// examPage is the frame; its scripts fetch the paper.
func (s *Server) examPage(c *fiber.Ctx) error {
	sitter, session, err := s.sitter(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	return s.show(c, "exam", web.ExamView{Sitter: sitter, Attempt: caller(c).Attempt, Lockdown: session.Lockdown.Required})
}

// offlinePage is the same for everybody: browsers keep it, see exam/worker.js.
func (s *Server) offlinePage(c *fiber.Ctx) error { return s.show(c, "offline", web.OfflineView{}) }

func (s *Server) receiptPage(c *fiber.Ctx) error {
	a, err := s.Exams.Attempt(c.UserContext(), caller(c), ownAttempt(caller(c)))
	if err != nil {
		return err
	}
	sitter, session, err := s.sitter(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	if !handedIn(a) || sitter.Voided {
		return c.Redirect("/exam", fiber.StatusSeeOther)
	}
	return s.show(c, "receipt", web.ReceiptView{Sitter: sitter, Code: a.Receipt, Answered: a.Answered, Unanswered: len(a.Form.Items) - a.Answered,
		At: a.Submitted, ByClock: a.ByClock, Attempt: string(a.ID), Again: a.Reopened > 0, Until: s.Sittings.ReopenUntil(session),
		Quit: lockdownQuit(c, session)})
}

func (s *Server) ownResultPage(c *fiber.Ctx) error { return s.ownResultAgain(c, nil) }

func (s *Server) ownResultAgain(c *fiber.Ctx, p *web.Problem) error {
	view, err := s.ownResultView(c)
	if err != nil {
		return err
	}
	view.Problem, view.Days, view.Note = p, field(c, "days"), field(c, "note")
	return s.show(c, "own-result", view)
}

func (s *Server) ownResultView(c *fiber.Ctx) (web.OwnResultView, error) {
	r, p, err := s.Board.Own(c.UserContext(), caller(c), ticketOf(caller(c)))
	if err != nil {
		return web.OwnResultView{}, err
	}
	sitter, session, err := s.sitter(c.UserContext(), caller(c))
	if err != nil {
		return web.OwnResultView{}, err
	}
	view := web.OwnResultView{Sitter: sitter, Verdict: web.Pending}
	if r != nil {
		theory, practical := componentOnPage(r.Theory, r.Unruled(engine.Theory)), componentOnPage(r.Practical, r.Unruled(engine.Practical))
		view.Verdict, view.Theory, view.Practical, view.PublicUntil = verdict(r), &theory, &practical, s.day(p.Until)
		view.PublicOver = p.Until.Before(s.today())
	}
	if view.Follow, err = s.follow(c.UserContext(), caller(c), r, p); err != nil {
		return web.OwnResultView{}, err
	}
	if err := s.showOwnCertificate(c, &view); err != nil {
		return web.OwnResultView{}, err
	}
	proven, err := s.Exams.HasReceipt(c.UserContext(), caller(c), ownAttempt(caller(c)))
	if err != nil {
		return web.OwnResultView{}, err
	}
	if proven {
		view.FormReceipt, view.DrawLog = "/exam/draw-receipt.json", "/draws/"+string(session.ID)+"/log.json"
	}
	return view, nil
}

// showOwnCertificate shows the candidate's certificate, where there is one. Of a revoked one nothing can be taken along any
// more; the links that were given out go on to show that it is revoked, until they are ended.
func (s *Server) showOwnCertificate(c *fiber.Ctx, view *web.OwnResultView) error {
	cert, err := s.Issuer.OfCandidate(c.UserContext(), caller(c), result.Of(ticketOf(caller(c))))
	if err != nil || cert == nil {
		return err
	}
	view.Certificate = string(cert.Number)
	if cert.State == certs.Revoked {
		view.Revoked, view.RevokedFor = cert.Changed, cert.Reason
	} else {
		view.Download, view.Exports = "/exam/certificate", s.exportProfiles()
	}
	view.Shares, err = s.sharesOnPage(c.UserContext(), caller(c), cert.Number)
	return err
}

func componentOnPage(k result.Component, unruled bool) web.ComponentResult {
	v := web.ComponentResult{Standing: k.Standing, Points: k.Points, PassMark: k.PassMark, Passed: k.Passed(), Unruled: unruled}
	if k.From != "" {
		v.Kept = web.KeptFrom{Name: k.Origin.Name, On: k.Origin.On}
	}
	return v
}

func verdict(r *result.Result) web.Verdict { return verdictOf(r.Outcome()) }

func verdictOf(o result.Outcome) web.Verdict {
	switch o {
	case result.Pass:
		return web.Passed
	case result.Pending:
		return web.Open
	}
	return web.Failed
}

// namesOf reads the names behind ids, each once.
func (s *Server) namesOf(ctx context.Context, ids []engine.PersonID) (map[engine.PersonID]*engine.Person, error) {
	known := map[engine.PersonID]*engine.Person{}
	for _, id := range ids {
		if known[id] != nil || id == "" {
			continue
		}
		p, err := s.Registry.Named(ctx, id)
		if err != nil {
			return nil, err
		}
		known[id] = p
	}
	return known, nil
}
