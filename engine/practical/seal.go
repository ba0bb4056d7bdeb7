package practical

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Seal fixes the scores of the component, by the leader on duty. It refuses before the window opens (ErrEarly), while a
// candidate waits for a signature (ErrNotScored) or for a ruling (ErrDisputed). When everybody is scored or absent nobody need wait
// for the end of the window: there is nothing left to come. Sealing twice by the same leader is harmless.
func (d *Desk) Seal(ctx context.Context, by authz.Principal, id sitting.SessionID) (*engine.Seal, error) {
	if err := by.Require(authz.PracticalSeal); err != nil {
		return nil, err
	}
	if err := d.sittings.OnDuty(ctx, id, by, authz.Leader, ""); err != nil {
		return nil, err
	}
	leader := engine.PersonID(by.Person)
	if old, err := d.ports.Seals.Seal(ctx, string(id), engine.Practical); !errors.Is(err, engine.ErrNoSeal) {
		return sealedBy(old, leader, err)
	}
	if err := d.begun(ctx, id); err != nil {
		return nil, err
	}
	if err := d.clearToSeal(ctx, by, id); err != nil {
		return nil, err
	}
	scores, err := d.final(ctx, id)
	if err != nil {
		return nil, err
	}
	now := d.clock.Now()
	s := engine.NewSeal(string(id), engine.Practical, scores, leader, now)
	s.Trail.Add(now, by.Account, "practical.sealed", s.Digest)
	return s, d.ports.Seals.CreateSeal(ctx, s)
}

// begun returns ErrEarly before the practical window of the session.
func (d *Desk) begun(ctx context.Context, id sitting.SessionID) error {
	n, err := d.sittings.Get(ctx, id)
	if err != nil {
		return err
	}
	return d.since(n.Practical.Opens)
}

// since returns ErrEarly before opens, and says when that is.
func (d *Desk) since(opens time.Time) error {
	if d.clock.Now().Before(opens) {
		return ErrEarly.With("%s开始", opens.In(d.policy.Location()).Format("2006-01-02 15:04"))
	}
	return nil
}

// clearToSeal returns nil when no candidate was judged by somebody who must keep away from them: not by an examiner of
// theirs, for ties come to light late, nor by a leader who ruled, nor by the leader who seals.
func (d *Desk) clearToSeal(ctx context.Context, by authz.Principal, id sitting.SessionID) error {
	if err := d.sittings.ClearToSign(ctx, by, id, authz.Leader); err != nil {
		return err
	}
	n, err := d.sittings.Get(ctx, id)
	if err != nil {
		return err
	}
	assessments, err := d.assessmentsOf(ctx, id)
	if err != nil {
		return err
	}
	judged := make(map[engine.PersonID]*Assessment, len(assessments))
	var candidates []engine.PersonID
	for _, a := range assessments {
		if a.Standing == "" {
			candidates, judged[a.Candidate] = append(candidates, a.Candidate), a
		}
	}
	found, err := d.sittings.Separated(ctx, n, candidates)
	if err != nil {
		return err
	}
	return separation.Refused(slices.DeleteFunc(found, func(f separation.Finding) bool {
		if f.Candidate == "" { // who had a hand in the paper examines nobody
			return !slices.ContainsFunc(assessments, func(a *Assessment) bool { return a.Standing == "" && a.judgedBy(f.Staff, f.Role) })
		}
		return !judged[f.Candidate].judgedBy(f.Staff, f.Role)
	}))
}

func sealedBy(s *engine.Seal, leader engine.PersonID, err error) (*engine.Seal, error) {
	if err == nil && s.Leader != leader {
		return nil, engine.ErrSealed
	}
	return s, err
}

// final returns the scores of all candidates, or says why they are not final.
func (d *Desk) final(ctx context.Context, id sitting.SessionID) ([]engine.SealedScore, error) {
	rows, err := d.standings(ctx, id)
	if err != nil {
		return nil, err
	}
	waiting, disputed := 0, 0
	scores := make([]engine.SealedScore, len(rows))
	for i, r := range rows {
		switch {
		case r.Disputed:
			disputed++
		case r.Standing == "":
			waiting++
		}
		scores[i] = engine.SealedScore{Candidate: r.Candidate, Standing: r.Standing, Points: r.Points}
	}
	switch {
	case waiting > 0 || len(rows) == 0:
		return nil, ErrNotScored.With("%d名", waiting)
	case disputed > 0:
		return nil, ErrDisputed.With("%d名", disputed)
	}
	return scores, nil
}

// Countersign adds the half of the quality supervisor on duty, who was shown digest. The answer holds no scores.
func (d *Desk) Countersign(ctx context.Context, by authz.Principal, id sitting.SessionID, digest string) (*engine.Seal, error) {
	if err := by.Require(authz.SealWitness); err != nil {
		return nil, err
	}
	if err := d.sittings.OnDuty(ctx, id, by, authz.Supervisor, ""); err != nil {
		return nil, err
	}
	if err := d.sittings.ClearToSign(ctx, by, id, authz.Supervisor); err != nil {
		return nil, err
	}
	by, err := d.sittings.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	now := d.clock.Now()
	s, err := engine.Modify(ctx,
		func(ctx context.Context) (*engine.Seal, error) {
			return d.ports.Seals.Seal(ctx, string(id), engine.Practical)
		},
		d.ports.Seals.UpdateSeal,
		func(s *engine.Seal) error {
			if s.Digest != digest {
				return engine.ErrSealBroken
			}
			if err := s.Countersign(by, now); err != nil {
				return err
			}
			s.Trail.Add(now, by.Account, "practical.witnessed", s.Digest)
			return nil
		})
	return s.WithoutScores(), err
}

// SealState returns the seal to those of the session's body: with the scores for the leader on duty, without them for
// everybody else. A seal without scores shows who signed and when; Complete holds only of the whole one.
func (d *Desk) SealState(ctx context.Context, by authz.Principal, id sitting.SessionID) (*engine.Seal, error) {
	if err := requireAny(by, authz.PracticalRead, authz.SealWitness, authz.PlanRead); err != nil {
		return nil, err
	}
	if _, err := d.sittings.Session(ctx, by, id); err != nil {
		return nil, err
	}
	s, err := d.ports.Seals.Seal(ctx, string(id), engine.Practical)
	if err != nil {
		return nil, err
	}
	if by.Can(authz.PracticalRead) {
		err = d.sittings.OnDuty(ctx, id, by, authz.Leader, "")
		if err == nil || !errors.Is(err, sitting.ErrNotOnDuty) {
			return s, err
		}
	}
	return s.WithoutScores(), nil
}
