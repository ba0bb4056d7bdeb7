package result

import (
	"context"
	"errors"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

func (b *Passes) checksOf(ctx context.Context, id sitting.SessionID) ([]*ScoreCheck, error) {
	return engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*ScoreCheck, string, error) {
		return b.ports.Checks.ChecksOf(ctx, id, c)
	})
}

// AskCheck asks for a check of one component of the acting candidate's own result. The same again is harmless.
func (b *Board) AskCheck(ctx context.Context, by authz.Principal, t sitting.Ticket, c engine.Component, words string) (*ScoreCheck, error) {
	r, p, err := b.Own(ctx, by, t)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, ErrCheckClosed.With("成绩公示后才能申请")
	}
	var wrong errs.Check
	words = engine.Said(&wrong, "words", words)
	wrong.That(c == engine.Theory || c == engine.Practical, "component", "unknown", "请选择科目")
	if err := wrong.Err(ErrCheckInput); err != nil {
		return nil, err
	}
	if old, err := b.ports.Checks.Check(ctx, CheckOf(t, c)); !errors.Is(err, ErrCheck) {
		return old, askedAgain(old, words, err)
	}
	now := b.clock.Now()
	today, rule := b.day(now), b.policy.Results.Checks
	if err := checkable(rule, b.policy.Calendar, r, c, p.From, today); err != nil {
		return nil, err
	}
	k := &ScoreCheck{ID: CheckOf(t, c), Result: r.ID, Session: r.Session, Ticket: t, Candidate: r.Candidate, Component: c, State: CheckAsked,
		Words: words, Asked: now, ForwardBy: b.policy.Calendar.AddWorkingDays(today, rule.ForwardDays)}
	k.Trail.Add(now, by.Account, "check.asked", "")
	if err = b.ports.Checks.CreateCheck(ctx, k); errors.Is(err, ErrCheckExists) {
		old, err := b.ports.Checks.Check(ctx, k.ID)
		return old, askedAgain(old, words, err)
	}
	return k, err
}

func askedAgain(old *ScoreCheck, words string, err error) error {
	if err == nil && old.Words != words {
		return ErrCheckExists
	}
	return err
}

// OwnChecks are the acting candidate's own checks.
func (b *Board) OwnChecks(ctx context.Context, by authz.Principal, t sitting.Ticket) (all []*ScoreCheck, err error) {
	if r, _, err := b.Own(ctx, by, t); err != nil || r == nil {
		return nil, err
	}
	for _, c := range []engine.Component{engine.Theory, engine.Practical} {
		k, err := b.ports.Checks.Check(ctx, CheckOf(t, c))
		if errors.Is(err, ErrCheck) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, k)
	}
	return all, nil
}

// MayCheck returns nil when the acting candidate may ask for a check of the component today, and otherwise why not.
func (b *Board) MayCheck(r *Result, p *Publication, c engine.Component) error {
	return checkable(b.policy.Results.Checks, b.policy.Calendar, r, c, p.From, b.day(b.clock.Now()))
}

// Checks lists a session's checks in the order of tickets: all of them for those who read results, otherwise those of the
// component that the acting person has charge of in the session.
func (b *Board) Checks(ctx context.Context, by authz.Principal, id sitting.SessionID) ([]*ScoreCheck, error) {
	if _, err := b.ownSession(ctx, by, id); err != nil {
		return nil, err
	}
	all, err := b.checksOf(ctx, id)
	if err != nil || by.Can(authz.ResultRead) {
		return all, err
	}
	var own engine.Component
	for c, d := range charges {
		if by.Can(d.action) && b.sittings.OnDuty(ctx, id, by, d.role, "") == nil {
			own = c
		}
	}
	if own == "" {
		return nil, sitting.ErrNotOnDuty
	}
	rows := all[:0]
	for _, k := range all {
		if k.Component == own && k.State != CheckAsked {
			rows = append(rows, k)
		}
	}
	return rows, nil
}

// charge is who answers for a component: nobody has both.
type charge struct {
	action authz.Action
	role   authz.Role
}

var charges = map[engine.Component]charge{engine.Theory: {authz.CheckTheory, authz.Marker}, engine.Practical: {authz.CheckPractice, authz.Leader}}

// ForwardCheck hands a check to the component's own people. Forwarding twice is harmless.
func (b *Board) ForwardCheck(ctx context.Context, by authz.Principal, id CheckID) (*ScoreCheck, error) {
	if err := by.Require(authz.CheckForward); err != nil {
		return nil, err
	}
	by, err := b.people.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	now := b.clock.Now()
	last := b.policy.Calendar.AddWorkingDays(b.day(now), b.policy.Results.Checks.AnswerDays)
	return b.changeCheck(ctx, id, func(ctx context.Context, k *ScoreCheck) error {
		_, err := b.ownSession(ctx, by, k.Session)
		return hidden(err, ErrCheck)
	}, func(k *ScoreCheck) error { return k.forward(by, last, now) })
}

// changeCheck changes a check that may says by may.
func (b *Board) changeCheck(ctx context.Context, id CheckID, may func(context.Context, *ScoreCheck) error, change func(*ScoreCheck) error) (*ScoreCheck, error) {
	return engine.Modify(ctx, func(ctx context.Context) (*ScoreCheck, error) {
		k, err := b.ports.Checks.Check(ctx, id)
		if err == nil {
			err = may(ctx, k)
		}
		return k, err
	}, b.ports.Checks.UpdateCheck, change)
}

// answers returns nil when by has charge of the check's component in its session and is not tied to the candidate.
func (b *Board) answers(by authz.Principal) func(context.Context, *ScoreCheck) error {
	return func(ctx context.Context, k *ScoreCheck) error {
		d := charges[k.Component]
		if err := by.Require(d.action); err != nil {
			return err
		}
		if err := b.sittings.OnDuty(ctx, k.Session, by, d.role, ""); err != nil {
			return err
		}
		return b.clear(ctx, by, k.Session, d.role, k.Candidate)
	}
}

// clear returns nil when nothing on record today keeps the acting person, in the role, from deciding on the candidate. Whoever
// is the candidate is refused by the matter itself.
func (b *Board) clear(ctx context.Context, by authz.Principal, id sitting.SessionID, role authz.Role, candidate engine.PersonID) error {
	if isOf(candidate, by) {
		return nil
	}
	subject := separation.Subject{Person: engine.PersonID(by.Person), Role: role}
	return b.sittings.Clear(ctx, id, subject, []engine.PersonID{candidate}, b.day(b.clock.Now()))
}

// unsigned is answers, until a supervisor has signed the correction.
func (b *Board) unsigned(by authz.Principal) func(context.Context, *ScoreCheck) error {
	return func(ctx context.Context, k *ScoreCheck) error {
		if err := b.answers(by)(ctx, k); err != nil || k.State != CheckError {
			return err
		}
		switch s, err := b.correction(ctx, k); {
		case errors.Is(err, engine.ErrNoSeal), err == nil && s.Witness == "":
			return nil
		case err != nil:
			return err
		}
		return ErrCheckState
	}
}

// eitherCharge is the door for who answers checks, of whichever component.
func eitherCharge(by authz.Principal) error {
	if by.Can(authz.CheckTheory) {
		return nil
	}
	return by.Require(authz.CheckPractice)
}

// LeaveScore answers that the score stands, by the component's own people.
func (b *Board) LeaveScore(ctx context.Context, by authz.Principal, id CheckID, words string) (*ScoreCheck, error) {
	if err := eitherCharge(by); err != nil {
		return nil, err
	}
	var c errs.Check
	words = engine.Said(&c, "answer", words)
	if err := c.Err(ErrCheckInput); err != nil {
		return nil, err
	}
	by, err := b.people.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	now := b.clock.Now()
	return b.changeCheck(ctx, id, b.answers(by), func(k *ScoreCheck) error { return k.unchanged(by, words, now) })
}

// CorrectScore answers that an error was found, and seals what the score should have been by the first of two persons:
// the result stays pending until a supervisor has signed as well. While another correction of the component waits for its
// supervisor the answer is kept, and calling again goes on (ErrCorrectionOpen).
func (b *Board) CorrectScore(ctx context.Context, by authz.Principal, id CheckID, f Found, words string) (*ScoreCheck, error) {
	if err := eitherCharge(by); err != nil {
		return nil, err
	}
	var c errs.Check
	words = engine.Said(&c, "answer", words)
	f.check(&c)
	if err := c.Err(ErrCheckInput); err != nil {
		return nil, err
	}
	by, err := b.people.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	now := b.clock.Now()
	k, err := b.changeCheck(ctx, id, b.unsigned(by), func(k *ScoreCheck) error { return k.wrong(by, f, words, now) })
	if err != nil {
		return nil, err
	}
	return k, b.reseal(ctx, by, k)
}

// ErrCorrectionOpen refuses a second correction of one component at a time: each names the seal that it replaces.
var ErrCorrectionOpen = errs.New(errs.Conflict, "check.correction_open",
	"该科目另有一项成绩更正等待质量督导员签署；本次答复已保存，请在其签署后再次提交")

// correction is the seal that corrects what the check found; engine.ErrNoSeal before it is made.
func (b *Board) correction(ctx context.Context, k *ScoreCheck) (*engine.Seal, error) {
	all, err := engine.SealHistory(ctx, b.ports.Seals, string(k.Session), k.Component)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		if s.Matter == string(k.ID) {
			return s, nil
		}
	}
	return nil, engine.ErrNoSeal
}

// Correction is the seal that corrects what a check found, without its scores, for the supervisor who is to sign it.
func (b *Board) Correction(ctx context.Context, by authz.Principal, k *ScoreCheck) (*engine.Seal, error) {
	if _, err := b.ownSession(ctx, by, k.Session); err != nil {
		return nil, hidden(err, ErrCheck)
	}
	s, err := b.correction(ctx, k)
	return s.WithoutScores(), err
}

// reseal makes the correcting seal, or puts what was found now into the one that nobody has signed yet.
func (b *Board) reseal(ctx context.Context, by authz.Principal, k *ScoreCheck) error {
	score, now, leader := engine.SealedScore{Candidate: k.Candidate, Standing: k.Found.Standing, Points: k.Found.Points}, b.clock.Now(), engine.PersonID(by.Person)
	s, err := b.correction(ctx, k)
	if err == nil {
		if s.Witness != "" {
			return nil
		}
		_, err = engine.Modify(ctx, func(ctx context.Context) (*engine.Seal, error) { return b.correction(ctx, k) }, b.ports.Seals.UpdateSeal,
			func(s *engine.Seal) error {
				if err := s.Amend(score, k.Answer, leader, now); err != nil {
					return err
				}
				s.Trail.AddBy(now, by, "seal.amended", s.Digest)
				return nil
			})
		return err
	}
	if !errors.Is(err, engine.ErrNoSeal) {
		return err
	}
	all, err := engine.SealHistory(ctx, b.ports.Seals, string(k.Session), k.Component)
	if err != nil {
		return err
	}
	n, err := all[len(all)-1].Correct(score, k.Answer, string(k.ID), leader, now)
	if errors.Is(err, engine.ErrNotSealed) {
		return ErrCorrectionOpen
	}
	if err != nil {
		return err
	}
	n.Trail.AddBy(now, by, "seal.corrected", n.Digest)
	if err = b.ports.Seals.CreateSeal(ctx, n); errors.Is(err, engine.ErrSealed) {
		return ErrCorrectionOpen // somebody else's came first
	}
	return err
}

// WitnessCorrection is the second person of a correction, the quality supervisor on duty, who was shown digest: the new seal
// is complete, the result is joined anew, and the check is closed, in this order. Calling again completes what was cut off.
func (b *Board) WitnessCorrection(ctx context.Context, by authz.Principal, id CheckID, digest string) (*ScoreCheck, error) {
	if err := by.Require(authz.SealWitness); err != nil {
		return nil, err
	}
	k, err := b.ports.Checks.Check(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := b.sittings.OnDuty(ctx, k.Session, by, authz.Supervisor, ""); err != nil {
		return nil, err
	}
	if by, err = b.people.Whole(ctx, by); err != nil {
		return nil, err
	}
	switch {
	case isOf(k.Candidate, by):
		return nil, ErrOwnMatter
	case k.State == CheckCorrected:
		return k, nil
	case k.State != CheckError:
		return nil, ErrCheckState
	}
	if err := b.sittings.ClearToSign(ctx, by, k.Session, authz.Supervisor); err != nil { // the new seal holds every score
		return nil, err
	}
	now := b.clock.Now()
	sealed, err := engine.Modify(ctx, func(ctx context.Context) (*engine.Seal, error) { return b.correction(ctx, k) }, b.ports.Seals.UpdateSeal,
		func(s *engine.Seal) error {
			if s.Digest != digest {
				return engine.ErrSealBroken.With("更正内容已改动，请重新核对")
			}
			if err := s.Countersign(by, now); err != nil {
				return err
			}
			s.Trail.AddBy(now, by, "seal.witnessed", digest)
			return nil
		})
	if err != nil {
		return nil, err
	}
	if err := b.rejoin(ctx, by, k.Ticket, string(k.ID)); err != nil {
		return nil, err
	}
	return b.changeCheck(ctx, id, func(context.Context, *ScoreCheck) error { return nil },
		func(k *ScoreCheck) error { return k.corrected(by, sealed, now) })
}
