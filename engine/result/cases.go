package result

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Report is what a case begins with.
type Report struct {
	Facts    string
	Evidence []string // texts or references to where it is kept
}

const maxEvidence = 20 // pieces of a case

func (r Report) clean() (Report, error) {
	var c errs.Check
	r.Facts = engine.Said(&c, "facts", r.Facts)
	kept := []string{}
	for _, e := range r.Evidence {
		if e = strings.TrimSpace(e); e != "" {
			kept = append(kept, e)
		}
		c.That(utf8.RuneCountInString(e) <= maxWords, "evidence", "long", "每项不能超过500字")
	}
	c.That(len(kept) > 0, "evidence", "missing", "请填写证据，或写明证据存放在何处")
	c.That(len(kept) <= maxEvidence, "evidence", "many", "不能超过20项")
	r.Evidence = kept
	return r, c.Err(ErrCaseInput)
}

func (b *Passes) casesOf(ctx context.Context, id sitting.SessionID) ([]*Case, error) {
	return engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Case, string, error) {
		return b.ports.Cases.CasesOf(ctx, id, c)
	})
}

func (b *Board) casesOfTicket(ctx context.Context, seat *sitting.Seat) ([]*Case, error) {
	return b.casesAt(ctx, seat.Candidate, seat.Ticket)
}

// casesAt lists those of one candidate at one ticket.
func (b *Passes) casesAt(ctx context.Context, candidate engine.PersonID, t sitting.Ticket) ([]*Case, error) {
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Case, string, error) {
		return b.ports.Cases.CasesOfPerson(ctx, candidate, c)
	})
	return slices.DeleteFunc(all, func(k *Case) bool { return k.Ticket != t }), err
}

// OpenCase opens a case about a candidate of the session. Who opens it, and the invigilator or leader who excluded the candidate,
// are its reporters. Until it is decided the result is pending. A ticket has one undecided case at a time; the same report again
// is harmless.
func (b *Board) OpenCase(ctx context.Context, by authz.Principal, id sitting.SessionID, t sitting.Ticket, r Report) (*Case, error) {
	if err := by.Require(authz.CaseOpen); err != nil {
		return nil, err
	}
	n, err := b.ownSession(ctx, by, id)
	if err != nil {
		return nil, err
	}
	seat, err := b.sittings.SeatOf(ctx, t)
	if err == nil && seat.Session != id {
		err = sitting.ErrTicket
	}
	if err != nil {
		return nil, err
	}
	if r, err = r.clean(); err != nil {
		return nil, err
	}
	if by, err = b.people.Whole(ctx, by); err != nil {
		return nil, err
	}
	switch {
	case isOf(seat.Candidate, by):
		return nil, ErrOwnMatter
	case len(b.policy.Results.Misconduct.Severities) == 0:
		return nil, ErrCasePolicy
	}
	had, err := b.casesOfTicket(ctx, seat)
	if err != nil {
		return nil, err
	}
	for _, k := range had {
		switch {
		case k.Facts == r.Facts && slices.Equal(k.Evidence, r.Evidence):
			return k, nil
		case k.Undecided():
			return nil, ErrCaseExists
		}
	}
	now, no := b.clock.Now(), len(had)+1
	k := &Case{ID: CaseOf(t, no), No: no, Session: id, Org: n.Org, Ticket: t, Candidate: seat.Candidate, State: CaseOpened, Facts: r.Facts,
		Evidence: r.Evidence, Opened: now}
	if err := b.fromRoom(ctx, by, n, k); err != nil {
		return nil, err
	}
	k.Trail.AddBy(now, by, "misconduct.opened", "")
	return k, b.ports.Cases.CreateCase(ctx, k)
}

// Cases lists a session's cases in the order of tickets.
func (b *Board) Cases(ctx context.Context, by authz.Principal, id sitting.SessionID) ([]*Case, error) {
	if err := by.Require(authz.CaseRead); err != nil {
		return nil, err
	}
	if _, err := b.ownSession(ctx, by, id); err != nil {
		return nil, err
	}
	return b.casesOf(ctx, id)
}

// Case returns one case to those who may read it.
func (b *Board) Case(ctx context.Context, by authz.Principal, id CaseID) (*Case, error) {
	if err := by.Require(authz.CaseRead); err != nil {
		return nil, err
	}
	return b.caseFor(ctx, by, id)
}

func (b *Board) caseFor(ctx context.Context, by authz.Principal, id CaseID) (*Case, error) {
	k, err := b.ports.Cases.Case(ctx, id)
	if err != nil {
		return nil, err
	}
	_, err = b.ownSession(ctx, by, k.Session)
	return k, hidden(err, ErrCase)
}

// Appeals lists the cases that wait for the authority of the province.
func (b *Board) Appeals(ctx context.Context, by authz.Principal) ([]*Case, error) {
	if err := by.Require(authz.CaseReview); err != nil {
		return nil, err
	}
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Case, string, error) {
		return b.ports.Cases.InCaseState(ctx, CaseAppealed, c)
	})
	if err != nil {
		return nil, err
	}
	mine := all[:0]
	for _, k := range all {
		in, err := b.province(ctx, by, k)
		if err != nil {
			return nil, err
		}
		if in {
			mine = append(mine, k)
		}
	}
	return mine, nil
}

// province reports whether by decides in the province of the case's session.
func (b *Board) province(ctx context.Context, by authz.Principal, k *Case) (bool, error) {
	body, err := b.people.Organisation(ctx, k.Org)
	return err == nil && by.ActsIn(body.Province), err
}

// OwnCases are the acting candidate's cases that they were notified of.
func (b *Board) OwnCases(ctx context.Context, by authz.Principal, t sitting.Ticket) ([]*Case, error) {
	if err := by.Require(authz.ResultOwn); err != nil {
		return nil, err
	}
	seat, err := b.sittings.SeatOf(ctx, t)
	if errors.Is(err, sitting.ErrTicket) || err == nil && !isOf(seat.Candidate, by) {
		return nil, ErrCase
	}
	if err != nil {
		return nil, err
	}
	all, err := b.casesOfTicket(ctx, seat)
	return slices.DeleteFunc(all, func(k *Case) bool { return k.State == CaseOpened }), err
}

// changeCase changes a case of a session that by may see.
func (b *Board) changeCase(ctx context.Context, by authz.Principal, id CaseID, change func(*Case, span, time.Time) error) (*Case, error) {
	now := b.clock.Now()
	on := span{first: b.day(now)}
	return engine.Modify(ctx, func(ctx context.Context) (*Case, error) { return b.caseFor(ctx, by, id) }, b.ports.Cases.UpdateCase,
		func(k *Case) error { return change(k, on, now) })
}

// workingDays is the last day of a period of so many working days after day.
func (b *Board) workingDays(day clock.Date, n int) clock.Date {
	return b.policy.Calendar.AddWorkingDays(day, n)
}

// NotifyCase opens the hearing (陈述申辩): from now on the candidate reads the case on their page and may answer it for the
// policy's working days. Notifying twice is harmless.
func (b *Board) NotifyCase(ctx context.Context, by authz.Principal, id CaseID) (*Case, error) {
	if err := by.Require(authz.CasePropose); err != nil {
		return nil, err
	}
	by, err := b.people.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	return b.changeCase(ctx, by, id, func(k *Case, on span, now time.Time) error {
		return k.notify(by, b.workingDays(on.first, b.policy.Results.Misconduct.StatementDays), now)
	})
}

// CompleteStatement is the candidate's word that they have nothing to add (我已说完): from then on the office may propose, and the
// statement cannot be changed. Words that stand in the form then are their statement first; none leave it as it is. Saying it
// twice is harmless, saying something else is ErrCaseSaid.
func (b *Board) CompleteStatement(ctx context.Context, by authz.Principal, id CaseID, words string) (*Case, error) {
	if strings.TrimSpace(words) == "" {
		return b.changeOwn(ctx, by, id, func(k *Case, today clock.Date, now time.Time) error { return k.complete(by, today, now) })
	}
	return b.ownCase(ctx, by, id, words, func(k *Case, words string, today clock.Date, now time.Time) error {
		if k.Statement != words {
			if err := k.state(by, words, today, now); err != nil {
				return err
			}
		}
		return k.complete(by, today, now)
	})
}

// StateCase is the candidate's statement. It may be made anew until the last day, or until they said that they have nothing to add.
func (b *Board) StateCase(ctx context.Context, by authz.Principal, id CaseID, words string) (*Case, error) {
	return b.ownCase(ctx, by, id, words, func(k *Case, words string, today clock.Date, now time.Time) error {
		return k.state(by, words, today, now)
	})
}

// AppealCase asks the authority to look at a ruling again (复核申请).
func (b *Board) AppealCase(ctx context.Context, by authz.Principal, id CaseID, words string) (*Case, error) {
	return b.ownCase(ctx, by, id, words, func(k *Case, words string, today clock.Date, now time.Time) error {
		return k.appeal(by, words, today, now)
	})
}

// ownCase changes a case by what its candidate says.
func (b *Board) ownCase(ctx context.Context, by authz.Principal, id CaseID, words string,
	change func(*Case, string, clock.Date, time.Time) error) (*Case, error) {
	return b.changeOwn(ctx, by, id, func(k *Case, today clock.Date, now time.Time) error {
		var c errs.Check
		words := engine.Said(&c, "words", words)
		if err := c.Err(ErrCaseInput); err != nil {
			return err
		}
		return change(k, words, today, now)
	})
}

// changeOwn changes a case by its candidate, to whom a case that they were not notified of does not exist.
func (b *Board) changeOwn(ctx context.Context, by authz.Principal, id CaseID, change func(*Case, clock.Date, time.Time) error) (*Case, error) {
	if err := by.Require(authz.ResultOwn); err != nil {
		return nil, err
	}
	now := b.clock.Now()
	return engine.Modify(ctx, func(ctx context.Context) (*Case, error) {
		k, err := b.ports.Cases.Case(ctx, id)
		if err == nil && (!isOf(k.Candidate, by) || k.State == CaseOpened) {
			return nil, ErrCase
		}
		return k, err
	}, b.ports.Cases.UpdateCase, func(k *Case) error { return change(k, b.day(now), now) })
}

// ProposeCase writes down which tier the office thinks is right, and which component it concerns.
func (b *Board) ProposeCase(ctx context.Context, by authz.Principal, id CaseID, severity string, part engine.Component, reason string) (*Case, error) {
	if err := by.Require(authz.CasePropose); err != nil {
		return nil, err
	}
	var c errs.Check
	tier, known := b.policy.Results.Misconduct.Severity(severity)
	c.That(known, "severity", "unknown", "请选择违纪等次")
	c.That(!tier.One || part == engine.Theory || part == engine.Practical, "component", "missing", "请选择取消哪一科成绩")
	reason = engine.Said(&c, "reason", reason)
	if err := c.Err(ErrCaseInput); err != nil {
		return nil, err
	}
	by, err := b.people.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	return b.changeCase(ctx, by, id, func(k *Case, on span, now time.Time) error {
		return k.propose(by, rulingOf(tier, part, reason, by, now), on.first)
	})
}

// DecideCase is the second person's decision, and its effect: components that are void, a pass that is none any more.
// The same again completes what was cut off.
func (b *Board) DecideCase(ctx context.Context, by authz.Principal, id CaseID, agree bool, reason string) (*Case, error) {
	if err := by.Require(authz.CaseDecide); err != nil {
		return nil, err
	}
	reason, err := caseReason(reason)
	if err != nil {
		return nil, err
	}
	found, err := b.caseFor(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if by, err = b.people.Whole(ctx, by); err != nil {
		return nil, err
	}
	if err := b.clear(ctx, by, found.Session, authz.Supervisor, found.Candidate); err != nil {
		return nil, err
	}
	k, err := b.changeCase(ctx, by, id, func(k *Case, on span, now time.Time) error {
		if k.State == CaseDecided && k.Decision.By.is(by) && k.Decision.Reason == reason && k.Upheld() == agree {
			return engine.ErrUnchanged
		}
		on.last = b.workingDays(on.first, b.policy.Results.Misconduct.AppealDays)
		return k.decide(by, agree, reason, on, now)
	})
	if err != nil {
		return nil, err
	}
	return k, b.rejoin(ctx, by, k.Ticket, string(k.ID))
}

func caseReason(reason string) (string, error) {
	var c errs.Check
	reason = engine.Said(&c, "reason", reason)
	return reason, c.Err(ErrCaseInput)
}

// ErrCaseProvince refuses an authority of another province.
var ErrCaseProvince = errs.New(errs.Forbidden, "misconduct.province", "只能办理本省份的复核申请")

// ConcludeCase is the authority's last word on an appeal, and its effect. The same again completes what was cut off.
func (b *Board) ConcludeCase(ctx context.Context, by authz.Principal, id CaseID, stands bool, reason string) (*Case, error) {
	if err := by.Require(authz.CaseReview); err != nil {
		return nil, err
	}
	reason, err := caseReason(reason)
	if err != nil {
		return nil, err
	}
	k, err := b.caseFor(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if by, err = b.people.Whole(ctx, by); err != nil {
		return nil, err
	}
	switch in, err := b.province(ctx, by, k); {
	case err != nil:
		return nil, err
	case !in:
		return nil, ErrCaseProvince
	}
	k, err = b.changeCase(ctx, by, id, func(k *Case, _ span, now time.Time) error {
		if k.State == CaseFinal && k.Last.By.is(by) && k.Last.Reason == reason && k.Upheld() == stands {
			return engine.ErrUnchanged
		}
		return k.conclude(by, stands, reason, now)
	})
	if err != nil {
		return nil, err
	}
	return k, b.rejoin(ctx, by, k.Ticket, string(k.ID))
}

// Records answers whether misconduct on record keeps somebody from applying. It is its own type because registration comes
// before everything that a Board is made of.
type Records struct {
	cases Cases
	same  Same
}

// Same tells who else is the same human under another document.
type Same interface {
	Twins(ctx context.Context, id engine.PersonID) ([]engine.PersonID, error)
}

// NewRecords returns Records over the cases.
func NewRecords(c Cases, s Same) *Records { return &Records{c, s} }

// Barred returns ErrBarred with the last day while a record that blocks applications lasts on the day, under whichever of
// somebody's documents it was made.
func (r *Records) Barred(ctx context.Context, p engine.PersonID, day clock.Date) error {
	if until, err := r.until(ctx, p, day); err != nil || !until.IsZero() {
		return barred(until, "", err)
	}
	twins, err := r.same.Twins(ctx, p)
	if err != nil {
		return err
	}
	for _, o := range twins {
		if until, err := r.until(ctx, o, day); err != nil || !until.IsZero() {
			return barred(until, "（记录在本人的另一证件下；不是同一人的，请报人力资源和社会保障局核定）", err)
		}
	}
	return nil
}

func barred(until clock.Date, where string, err error) error {
	if err != nil {
		return err
	}
	return ErrBarred.With("至%s%s", until, where)
}

// until is the last day of a record of the person that blocks applications on the day; zero: none does.
func (r *Records) until(ctx context.Context, p engine.PersonID, day clock.Date) (clock.Date, error) {
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Case, string, error) {
		return r.cases.CasesOfPerson(ctx, p, c)
	})
	for _, k := range all {
		if _, blocks := k.OnRecord(day); blocks {
			return k.ruling().Until, err
		}
	}
	return clock.Date{}, err
}
