package theory

import (
	"context"
	"errors"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Standing is how one candidate stands in the theory component; Standing is empty while it is not decided.
type Standing struct {
	Ticket    sitting.Ticket
	Candidate engine.PersonID
	Standing  engine.Standing
	Points    engine.Points // zero unless Scored
	State     State         // of the attempt, while nothing stands yet; "" without one
}

// Counts is how many candidates stand how.
type Counts struct{ Candidates, Scored, Absent, Voided, Waiting int }

// Standings lists every candidate with points, in the order of tickets, for the marker on duty. Once sealed, it is
// what the seal says.
func (e *Exams) Standings(ctx context.Context, by authz.Principal, id sitting.SessionID) ([]Standing, error) {
	if err := e.marker(ctx, by, id, authz.TheoryRead); err != nil {
		return nil, err
	}
	return e.standings(ctx, id, e.clock.Now())
}

// Counts tells how far a session is, without anybody's points.
func (e *Exams) Counts(ctx context.Context, by authz.Principal, id sitting.SessionID) (Counts, error) {
	if err := e.watcher(ctx, by, id); err != nil {
		return Counts{}, err
	}
	rows, err := e.standings(ctx, id, e.clock.Now())
	if err != nil {
		return Counts{}, err
	}
	c := Counts{Candidates: len(rows)}
	for _, r := range rows {
		switch r.Standing {
		case engine.Scored:
			c.Scored++
		case engine.Absent:
			c.Absent++
		case engine.Voided:
			c.Voided++
		default:
			c.Waiting++
		}
	}
	return c, nil
}

// standings joins the seats of those who take theory with their attempts, or reads the seal when there is one.
func (e *Exams) standings(ctx context.Context, id sitting.SessionID, now time.Time) ([]Standing, error) {
	s, err := e.sittings.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	seats, err := e.sittings.Taking(ctx, id, engine.Theory)
	if err != nil {
		return nil, err
	}
	switch seal, err := e.ports.Seals.Seal(ctx, string(id), engine.Theory); {
	case err == nil:
		return sealed(seats, seal), nil
	case !errors.Is(err, engine.ErrNoSeal):
		return nil, err
	}
	attempts, err := e.attemptsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	decide := map[sitting.Ticket]Standing{}
	for _, a := range attempts {
		if decide[a.Ticket], err = e.standing(ctx, a, now); err != nil {
			return nil, err
		}
	}
	over, err := e.sittings.Over(ctx, s, now)
	if err != nil {
		return nil, err
	}
	rows := make([]Standing, len(seats))
	for i, seat := range seats {
		rows[i] = stands(seat, decide[seat.Ticket], over)
	}
	return rows, nil
}

func sealed(seats []*sitting.Seat, seal *engine.Seal) []Standing {
	scores := map[engine.PersonID]engine.SealedScore{}
	for _, s := range seal.Scores {
		scores[s.Candidate] = s
	}
	var rows []Standing
	for _, seat := range seats {
		if s, ok := scores[seat.Candidate]; ok {
			rows = append(rows, Standing{Ticket: seat.Ticket, Candidate: seat.Candidate, Standing: s.Standing, Points: s.Points})
		}
	}
	return rows
}

// standing is what the attempt alone says: one that is never opened becomes absent when its time is over.
func (e *Exams) standing(ctx context.Context, a *Attempt, now time.Time) (s Standing, err error) {
	s = Standing{Ticket: a.Ticket, Candidate: a.Candidate}
	switch {
	case a.State == Voided:
		s.Standing = engine.Voided
	case a.State == Marked:
		s.Standing, s.Points = engine.Scored, a.Points
	case a.State == Scheduled:
		may, err := e.mayStill(ctx, a, now)
		if err != nil {
			return s, err
		}
		if !may {
			s.Standing = engine.Absent
		}
	}
	if s.Standing == "" {
		s.State = a.State
	}
	return s, nil
}

// stands adds what the seat says: misconduct voids whatever was answered, and a seat without a form (a is zero) is
// absent once the session is over.
func stands(seat *sitting.Seat, a Standing, over bool) Standing {
	switch {
	case !seat.Voided.IsZero():
		return Standing{Ticket: seat.Ticket, Candidate: seat.Candidate, Standing: engine.Voided}
	case a.Ticket == "" && over:
		return Standing{Ticket: seat.Ticket, Candidate: seat.Candidate, Standing: engine.Absent}
	case a.Ticket == "":
		return Standing{Ticket: seat.Ticket, Candidate: seat.Candidate}
	}
	return a
}

// Seal fixes the scores of the component. It refuses while anybody is still to be marked, or marked anew by a corrected
// key. The leader who seals again
// gets the same seal; nobody else does.
func (e *Exams) Seal(ctx context.Context, by authz.Principal, id sitting.SessionID) (*engine.Seal, error) {
	if err := e.marker(ctx, by, id, authz.TheorySeal); err != nil {
		return nil, err
	}
	switch old, err := e.ports.Seals.Seal(ctx, string(id), engine.Theory); {
	case err == nil && old.Leader == engine.PersonID(by.Person):
		return old, nil
	case err == nil:
		return nil, engine.ErrSealed
	case !errors.Is(err, engine.ErrNoSeal):
		return nil, err
	}
	if err := e.sittings.ClearToSign(ctx, by, id, authz.Marker); err != nil {
		return nil, err
	}
	now := e.clock.Now()
	if _, err := e.scores(ctx, id, now); err != nil {
		return nil, err
	}
	if err := e.endRemarks(ctx, by, id, now); err != nil {
		return nil, err
	}
	scores, err := e.scores(ctx, id, now) // once more: only now nobody marks anew
	if err != nil {
		return nil, err
	}
	s := engine.NewSeal(string(id), engine.Theory, scores, engine.PersonID(by.Person), now)
	s.Trail.Add(now, by.Account, "theory.sealed", s.Digest)
	if err = e.ports.Seals.CreateSeal(ctx, s); err != nil {
		return nil, err
	}
	return s, nil
}

// scores is what would be sealed; it refuses while anybody is still to be marked.
func (e *Exams) scores(ctx context.Context, id sitting.SessionID, now time.Time) ([]engine.SealedScore, error) {
	rows, err := e.standings(ctx, id, now)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrNoSeats
	}
	scores, waiting := make([]engine.SealedScore, len(rows)), 0
	for i, r := range rows {
		if r.Standing == "" {
			waiting++
		}
		scores[i] = engine.SealedScore{Candidate: r.Candidate, Standing: r.Standing, Points: r.Points}
	}
	if waiting > 0 {
		return nil, ErrNotMarked.With("%d名", waiting)
	}
	return scores, nil
}

// Countersign adds the half of the quality supervisor on duty. digest is the one that the supervisor read: it must be
// the seal's. The answer holds no scores.
func (e *Exams) Countersign(ctx context.Context, by authz.Principal, id sitting.SessionID, digest string) (*engine.Seal, error) {
	if err := by.Require(authz.SealWitness); err != nil {
		return nil, err
	}
	if err := e.sittings.OnDuty(ctx, id, by, authz.Supervisor, ""); err != nil {
		return nil, err
	}
	if err := e.sittings.ClearToSign(ctx, by, id, authz.Supervisor); err != nil {
		return nil, err
	}
	by, err := e.sittings.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	now := e.clock.Now()
	s, err := engine.Modify(ctx, func(ctx context.Context) (*engine.Seal, error) {
		return e.ports.Seals.Seal(ctx, string(id), engine.Theory)
	}, e.ports.Seals.UpdateSeal, func(s *engine.Seal) error {
		if s.Digest != digest {
			return engine.ErrSealBroken
		}
		if err := s.Countersign(by, now); err != nil {
			return err
		}
		s.Trail.Add(now, by.Account, "theory.witnessed", digest)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.WithoutScores(), nil
}

// SealState returns the seal: with its scores to the marker on duty, without them to everybody else who may see it.
func (e *Exams) SealState(ctx context.Context, by authz.Principal, id sitting.SessionID) (*engine.Seal, error) {
	if err := e.watcher(ctx, by, id); err != nil {
		return nil, err
	}
	s, err := e.ports.Seals.Seal(ctx, string(id), engine.Theory)
	if err != nil {
		return nil, err
	}
	switch err = e.marker(ctx, by, id, authz.TheoryRead); {
	case err == nil:
		return s, nil
	case errs.KindOf(err) == errs.Forbidden:
		return s.WithoutScores(), nil
	}
	return nil, err
}
