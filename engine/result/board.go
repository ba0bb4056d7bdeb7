package result

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Ports are what a Board keeps its documents in. Of the seals it reads, and writes corrections only.
type Ports struct {
	Results      Results
	Publications Publications
	Seals        engine.Seals
	Checks       Checks
	Cases        Cases
	Objections   Objections
}

// Board joins sealed components into results, publishes them and makes them final, and keeps what may follow: objections,
// score checks and rulings on misconduct.
type Board struct {
	*Passes
	sittings *sitting.Sittings
	people   *people.Registry
	clock    clock.Clock
}

// NewBoard returns a Board.
func NewBoard(p Ports, s *sitting.Sittings, r *people.Registry, pol engine.Policy, c clock.Clock) *Board {
	return &Board{Passes: &Passes{ports: p, policy: pol, session: s.Get}, sittings: s, people: r, clock: c}
}

func (b *Passes) day(now time.Time) clock.Date { return clock.DateOf(now, b.policy.Location()) }

// ownSession returns the session to those of its body, and to the server.
func (b *Board) ownSession(ctx context.Context, by authz.Principal, id sitting.SessionID) (*sitting.Session, error) {
	if by.Has(authz.Engine) {
		return b.sittings.Get(ctx, id)
	}
	return b.sittings.Session(ctx, by, id)
}

// Publish opens the results to objections from today for the policy's working days. Once is enough: publishing what
// is public or final changes nothing.
func (b *Board) Publish(ctx context.Context, by authz.Principal, id sitting.SessionID) (*Publication, error) {
	if err := by.Require(authz.ResultPublish); err != nil {
		return nil, err
	}
	return b.modify(ctx, by, id, func(p *Publication, now time.Time) error {
		if p.Stage != Joined {
			return engine.ErrUnchanged
		}
		today := b.day(now)
		p.Stage, p.Publicity = Public, engine.Publicly(today, b.policy.Publicity.WorkingDays, b.policy.Calendar)
		p.Trail.Add(now, by.Account, "result.published", p.Span())
		return nil
	})
}

// Finalize ends publicity, on the day after its last day at the earliest, when no objection waits for an answer;
// certificates may be issued from then on. Finalizing twice is harmless.
func (b *Board) Finalize(ctx context.Context, by authz.Principal, id sitting.SessionID) (*Publication, error) {
	if err := by.Require(authz.ResultPublish); err != nil {
		return nil, err
	}
	if _, err := b.ownSession(ctx, by, id); err != nil {
		return nil, err
	}
	if err := b.allAnswered(ctx, id); err != nil {
		return nil, err // none can come any more once publicity is over
	}
	return b.modify(ctx, by, id, func(p *Publication, now time.Time) error {
		today := b.day(now)
		switch {
		case p.Stage == Final:
			return engine.ErrUnchanged
		case p.Stage != Public:
			return ErrStage.With("尚未公示")
		case !p.Over(today):
			return ErrStage.With("公示至%s", p.Until)
		}
		p.Stage = Final
		p.Trail.Add(now, by.Account, "result.final", "")
		return nil
	})
}

// modify changes the publication of a session of the acting person's body.
func (b *Board) modify(ctx context.Context, by authz.Principal, id sitting.SessionID, change func(*Publication, time.Time) error) (*Publication, error) {
	if _, err := b.ownSession(ctx, by, id); err != nil {
		return nil, err
	}
	now := b.clock.Now()
	return engine.Modify(ctx, func(ctx context.Context) (*Publication, error) { return b.ports.Publications.Publication(ctx, id) },
		b.ports.Publications.UpdatePublication, func(p *Publication) error { return change(p, now) })
}

// Results lists the session's results in the order of ticket numbers; none before the join is complete.
func (b *Board) Results(ctx context.Context, by authz.Principal, id sitting.SessionID) ([]*Result, error) {
	if err := by.Require(authz.ResultRead); err != nil {
		return nil, err
	}
	if _, err := b.ownSession(ctx, by, id); err != nil {
		return nil, err
	}
	_, err := b.ports.Publications.Publication(ctx, id)
	if errors.Is(err, ErrPublication) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return b.resultsOf(ctx, id)
}

// resultsOf reads a session's results with what each waits for.
func (b *Board) resultsOf(ctx context.Context, id sitting.SessionID) ([]*Result, error) {
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Result, string, error) {
		return b.ports.Results.ResultsOf(ctx, id, c)
	})
	if err != nil {
		return nil, err
	}
	return all, b.await(ctx, id, all)
}

// result reads one result with what it waits for.
func (b *Board) result(ctx context.Context, id ID) (*Result, error) {
	r, err := b.ports.Results.Result(ctx, id)
	if err != nil {
		return nil, err
	}
	return r, b.awaitOne(ctx, r)
}

// PassesOf lists what a person passed alone, wherever, as Passed does: for who decides on a retake.
func (b *Board) PassesOf(ctx context.Context, by authz.Principal, person engine.PersonID, day clock.Date) ([]Kept, error) {
	if err := by.Require(authz.ResultRead); err != nil {
		return nil, err
	}
	return b.Passed(ctx, person, day)
}

// Own returns the acting candidate's result. Before publicity the result is nil, and the publication says no more than
// which session it is: its Stage is empty.
func (b *Board) Own(ctx context.Context, by authz.Principal, t sitting.Ticket) (*Result, *Publication, error) {
	if err := by.Require(authz.ResultOwn); err != nil {
		return nil, nil, err
	}
	seat, err := b.sittings.SeatOf(ctx, t)
	if errors.Is(err, sitting.ErrTicket) || err == nil && (by.Person == "" || string(seat.Candidate) != by.Person) {
		return nil, nil, ErrResult
	}
	if err != nil {
		return nil, nil, err
	}
	p, err := b.ports.Publications.Publication(ctx, seat.Session)
	switch {
	case errors.Is(err, ErrPublication), err == nil && p.Stage == Joined:
		p, err = b.unpublished(ctx, seat.Session)
		return nil, p, err
	case err != nil:
		return nil, nil, err
	}
	r, err := b.result(ctx, Of(t))
	return r, p, err
}

// unpublished says no more than which session it is.
func (b *Board) unpublished(ctx context.Context, id sitting.SessionID) (*Publication, error) {
	s, err := b.sittings.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	return &Publication{Session: id, Name: s.Name, Level: s.Level}, nil
}

// Publication returns how far the session's results are. It holds nobody's points.
func (b *Board) Publication(ctx context.Context, id sitting.SessionID) (*Publication, error) {
	return b.ports.Publications.Publication(ctx, id)
}

// Open lists what is open to objections today, for the public.
func (b *Board) Open(ctx context.Context) ([]*Publication, error) {
	today := b.day(b.clock.Now())
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Publication, string, error) {
		return b.ports.Publications.InStage(ctx, Public, c)
	})
	return slices.DeleteFunc(all, func(p *Publication) bool { return !p.Open(today) }), err
}

// PublicRow is one candidate as the public list shows them: enough to find oneself, too little to find others.
type PublicRow struct {
	Ticket      string // last four digits
	Name        string // masked
	Outcome     Outcome
	Disciplined bool // 待定, because a case of misconduct is not decided, or not even opened
}

// PublicList is the list open to everybody while its publicity lasts; before and after it there is none, and the two
// look alike (ErrNotPublic).
func (b *Board) PublicList(ctx context.Context, id sitting.SessionID) ([]PublicRow, *Publication, error) {
	p, err := b.ports.Publications.Publication(ctx, id)
	if errors.Is(err, ErrPublication) || err == nil && !p.Open(b.day(b.clock.Now())) {
		return nil, nil, ErrNotPublic
	}
	if err != nil {
		return nil, nil, err
	}
	results, err := b.resultsOf(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	ids := make([]engine.PersonID, len(results))
	for i, r := range results {
		ids[i] = r.Candidate
	}
	named, err := b.people.NamedAll(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	rows := make([]PublicRow, len(results))
	for i, r := range results {
		rows[i] = PublicRow{Ticket: tail(r.Ticket), Name: engine.MaskName(named[r.Candidate].Name), Outcome: r.Outcome(), Disciplined: r.Disciplined()}
	}
	return rows, p, nil
}

func tail(t sitting.Ticket) string { return string(t[max(0, len(t)-4):]) }

// Final returns a result of a session whose publicity is over, ErrStage before that. It may still be pending, and come to
// be another one.
func (b *Board) Final(ctx context.Context, id ID) (*Result, error) {
	r, err := b.result(ctx, id)
	if err != nil {
		return nil, err
	}
	return r, b.isFinal(ctx, r.Session)
}

// SatIn lists the results of a person in one session, as they are told to other rooms. It asks for no role: the room has.
func (b *Board) SatIn(ctx context.Context, id sitting.SessionID, p engine.PersonID) ([]*Result, error) {
	all, err := b.past(ctx, p, "")
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(r *Result) bool { return r.Session != id })
	for _, r := range all {
		if err := b.awaitOne(ctx, r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// FinalPage lists results of a session whose publicity is over, passed or not, in the order of ticket numbers.
func (b *Board) FinalPage(ctx context.Context, by authz.Principal, id sitting.SessionID, c engine.Cursor) (rows []*Result, next string, err error) {
	if err := by.Require(authz.CertRead); err != nil {
		return nil, "", err
	}
	if _, err := b.ownSession(ctx, by, id); err != nil {
		return nil, "", err
	}
	if err := b.isFinal(ctx, id); err != nil {
		return nil, "", err
	}
	if rows, next, err = b.ports.Results.ResultsOf(ctx, id, c); err != nil {
		return nil, "", err
	}
	return rows, next, b.await(ctx, id, rows)
}

// Turned lists the results that were a pass and are none any more, of the bodies that by acts for: where a certificate was
// issued for one, it is to be taken back. That cannot be undone, so what may still be decided otherwise is not among them: a
// ruling that the candidate may ask to have reviewed, an open case, an open score check.
func (b *Board) Turned(ctx context.Context, by authz.Principal) ([]*Result, error) {
	if err := by.Require(authz.CertRead); err != nil {
		return nil, err
	}
	all, err := engine.All(ctx, b.ports.Results.TurnedResults)
	if err != nil {
		return nil, err
	}
	mine := all[:0]
	for _, r := range all {
		_, err := b.ownSession(ctx, by, r.Session)
		if errors.Is(err, sitting.ErrSession) {
			continue
		}
		if err != nil {
			return nil, err
		}
		open, err := b.disputed(ctx, r)
		if err != nil {
			return nil, err
		}
		if !open {
			mine = append(mine, r)
		}
	}
	return mine, nil
}

// Unsettled says in words what may still change a result, "" when nothing may: what cannot be undone waits for that. It asks for no
// role: it is for other rooms.
func (b *Board) Unsettled(ctx context.Context, id ID) (string, error) {
	r, err := b.ports.Results.Result(ctx, id)
	if err != nil {
		return "", err
	}
	open, err := b.openOn(ctx, r)
	return strings.Join(open, "；"), err
}

// disputed reports whether what was decided of a result may still fall.
func (b *Board) disputed(ctx context.Context, r *Result) (bool, error) {
	open, err := b.openOn(ctx, r)
	return len(open) > 0, err
}

// openOn says what is open on a result, in its session or in an earlier one that it keeps a pass of: a case, a score check, or a
// ruling that the candidate may ask to have reviewed today.
func (b *Board) openOn(ctx context.Context, r *Result) (open []string, err error) {
	if err := b.awaitOne(ctx, r); err != nil {
		return nil, err
	}
	for _, a := range r.Awaits {
		if text := r.await(a); a.Kind != AwaitsComponent && !slices.Contains(open, text) {
			open = append(open, text)
		}
	}
	cases, err := b.casesAt(ctx, r.Candidate, r.Ticket)
	if err != nil {
		return nil, err
	}
	today := b.day(b.clock.Now())
	for _, k := range cases {
		if k.appealable(today) == nil {
			open = append(open, "考生在"+k.AppealBy.String()+"以前可以对违纪处理决定申请复核")
		}
	}
	return open, nil
}

// FinalOf lists all results of a session whose publicity is over, passed or not, in the order of ticket numbers.
func (b *Board) FinalOf(ctx context.Context, by authz.Principal, id sitting.SessionID) ([]*Result, error) {
	return engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Result, string, error) {
		return b.FinalPage(ctx, by, id, c)
	})
}

// Concluded lists all results of a session whose publicity is over, with what each waits for; before that it is ErrStage. It
// asks for no role: it is for other rooms.
func (b *Board) Concluded(ctx context.Context, id sitting.SessionID) ([]*Result, error) {
	if err := b.isFinal(ctx, id); err != nil {
		return nil, err
	}
	return b.resultsOf(ctx, id)
}

func (b *Board) isFinal(ctx context.Context, id sitting.SessionID) error {
	p, err := b.ports.Publications.Publication(ctx, id)
	if errors.Is(err, ErrPublication) || err == nil && p.Stage != Final {
		return ErrStage
	}
	return err
}
