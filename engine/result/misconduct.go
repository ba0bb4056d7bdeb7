package result

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/sitting"
)

// CaseID names a case of misconduct. It is derived from the ticket and a number.
type CaseID string

// CaseOf is the n-th case about a ticket, from 1.
func CaseOf(t sitting.Ticket, n int) CaseID {
	return CaseID(ids.Derive("misconduct", string(t), fmt.Sprint(n)))
}

// CaseState is how far a case has come, forward only.
type CaseState string

// The states. Opened → Notified (the candidate may be heard) → Proposed → Decided → Appealed → Final. A ruling takes effect
// when it is decided; an appeal makes the result pending again until the authority has ruled.
const (
	CaseOpened   CaseState = "opened"
	CaseNotified CaseState = "notified"
	CaseProposed CaseState = "proposed"
	CaseDecided  CaseState = "decided"
	CaseAppealed CaseState = "appealed"
	CaseFinal    CaseState = "final"
)

// Actor is a person behind an account. Either is enough to know them again.
type Actor struct {
	Account string          `json:"account"`
	Person  engine.PersonID `json:"person,omitempty"`
	Name    string          `json:"name,omitempty"`
}

func actor(by authz.Principal) Actor {
	return Actor{Account: by.Account, Person: engine.PersonID(by.Person), Name: by.Name}
}

// is reports whether by is the actor: the account, or the human behind it, where by is whole.
func (a Actor) is(by authz.Principal) bool {
	return a.Account != "" && a.Account == by.Account || isOf(a.Person, by)
}

// Ruling is what was proposed or decided. Severity is empty when nothing was found.
type Ruling struct {
	Severity  string           `json:"severity,omitempty"` // id of the policy's tier
	Text      string           `json:"text,omitempty"`     // its name at that time
	All       bool             `json:"all,omitempty"`      // every component is void
	Component engine.Component `json:"component,omitempty"`
	Months    int              `json:"months,omitempty"` // on record, from the day of the decision
	Until     clock.Date       `json:"until,omitzero"`   // last day on record, once decided; none: not on record
	Blocks    bool             `json:"blocks,omitempty"` // no application is taken until then
	Reason    string           `json:"reason"`
	By        Actor            `json:"by"`
	At        time.Time        `json:"at"`
}

// Case (违纪案件) is what came of one report of misconduct at one ticket.
type Case struct {
	ID        CaseID             `json:"id"`
	No        int                `json:"no"`
	Session   sitting.SessionID  `json:"session"`
	Org       engine.OrgID       `json:"org"`
	Ticket    sitting.Ticket     `json:"ticket"`
	Candidate engine.PersonID    `json:"candidate"`
	State     CaseState          `json:"state"`
	FromRoom  bool               `json:"from_room,omitempty"` // the candidate was excluded by an invigilator or a leader
	Over      []engine.Component `json:"over,omitempty"`      // what is void by no ruling and waits for this one; none with FromRoom: everything
	Facts     string             `json:"facts"`
	Evidence  []string           `json:"evidence"`
	Reporters []Actor            `json:"reporters"` // who opened it, who voided the seat: none of them decides
	Opened    time.Time          `json:"opened"`
	StateBy   clock.Date         `json:"state_by,omitzero"` // last day of the candidate's statement
	Statement string             `json:"statement,omitempty"`
	Stated    time.Time          `json:"stated,omitzero"`
	Completed time.Time          `json:"completed,omitzero"` // when the candidate said that they have nothing to add: the hearing is over
	Proposal  *Ruling            `json:"proposal,omitempty"`
	Decision  *Ruling            `json:"decision,omitempty"`
	AppealBy  clock.Date         `json:"appeal_by,omitzero"`
	Appeal    string             `json:"appeal,omitempty"`
	Appealed  time.Time          `json:"appealed,omitzero"`
	Last      *Ruling            `json:"last,omitempty"` // of the authority on the appeal

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// LogValue keeps names and facts out of logs.
func (k Case) LogValue() slog.Value { return slog.StringValue(string(k.ID)) }

// Refusals about misconduct.
var (
	ErrCase       = errs.New(errs.NotFound, "misconduct.not_found", "查无此违纪案件")
	ErrCaseExists = errs.New(errs.Conflict, "misconduct.exists", "该考生已有未办结的违纪案件，请在原案件中补充")
	ErrCaseInput  = errs.New(errs.Invalid, "misconduct.invalid", "违纪案件填写不完整")
	ErrCaseState  = errs.New(errs.Conflict, "misconduct.state", "案件当前的状态不允许此项操作，请重新打开页面查看")
	ErrCaseHeard  = errs.New(errs.Conflict, "misconduct.hearing", "陈述申辩期限未满，考生也没有表示不再补充，还不能提出处理意见")
	ErrCaseSaid   = errs.New(errs.Conflict, "misconduct.said", "您已表示说完、不再补充，陈述不能再修改")
	ErrCaseLate   = errs.New(errs.Conflict, "misconduct.late", "期限已过")
	ErrCaseTwo    = errs.New(errs.Forbidden, "misconduct.oneself", "报告人、提出处理意见的人不能决定，须由另一人办理")
	ErrCasePolicy = errs.New(errs.Conflict, "misconduct.policy", "政策数据没有规定违纪等次，不能处理；请先补充并注明出处")
	ErrBarred     = errs.New(errs.Conflict, "misconduct.barred", "违纪记录期内不受理报名")
)

// Undecided reports whether somebody is still to rule.
func (k *Case) Undecided() bool { return k.State != CaseDecided && k.State != CaseFinal }

// ruling is what counts now; nil before the first one.
func (k *Case) ruling() *Ruling {
	if k.Last != nil {
		return k.Last
	}
	return k.Decision
}

// Upheld reports whether misconduct was found, as it counts now.
func (k *Case) Upheld() bool { return k.ruling() != nil && k.ruling().Severity != "" }

// covers reports whether the case was opened over what had voided the component by then, though no ruling had. since is the last
// word that excluded the candidate from it, zero when none is known.
func (k *Case) covers(c engine.Component, since time.Time) bool {
	over := slices.Contains(k.Over, c) || k.FromRoom && len(k.Over) == 0
	return over && !k.Opened.Before(since)
}

// cleared reports whether a seat's cases leave nothing that the component was voided for in the room: what the candidate could
// not go on with is to be taken again.
func cleared(cases []*Case, c engine.Component, since time.Time) bool {
	return slices.ContainsFunc(cases, func(k *Case) bool { return k.covers(c, since) }) &&
		!slices.ContainsFunc(cases, func(k *Case) bool { return k.Undecided() || k.Voids(c) })
}

// Voids reports whether the component is void by this case.
func (k *Case) Voids(c engine.Component) bool {
	r := k.ruling()
	return k.Upheld() && (r.All || r.Component == c)
}

// OnRecord reports whether the case is on the person's record that day, and whether it keeps them from applying.
func (k *Case) OnRecord(day clock.Date) (on, blocks bool) {
	if !k.Upheld() || k.ruling().Until.Before(day) {
		return false, false
	}
	return true, k.ruling().Blocks
}

func (k *Case) reported(by authz.Principal) bool {
	return slices.ContainsFunc(k.Reporters, func(a Actor) bool { return a.is(by) })
}

// Took reports whether by, who is whole, had a part in the case so far, or is who it is about: they decide nothing in it.
func (k *Case) Took(by authz.Principal) bool {
	took := k.reported(by) || isOf(k.Candidate, by)
	for _, r := range []*Ruling{k.Proposal, k.Decision} {
		took = took || r != nil && r.By.is(by)
	}
	return took
}

// expect is the door of every step of the office: the candidate takes none of them, and the state is right.
func (k *Case) expect(by authz.Principal, s CaseState) error {
	switch {
	case isOf(k.Candidate, by):
		return ErrOwnMatter
	case k.State != s:
		return ErrCaseState
	}
	return nil
}

// notify opens the hearing: the candidate may make a statement until the day.
func (k *Case) notify(by authz.Principal, until clock.Date, now time.Time) error {
	if k.State == CaseNotified {
		return engine.ErrUnchanged
	}
	if err := k.expect(by, CaseOpened); err != nil {
		return err
	}
	k.State, k.StateBy = CaseNotified, until
	k.Trail.AddBy(now, by, "misconduct.notified", until.String())
	return nil
}

// state is the candidate's own statement (陈述申辩). Until the day is over it may be made anew.
func (k *Case) state(by authz.Principal, words string, today clock.Date, now time.Time) error {
	switch {
	case !isOf(k.Candidate, by):
		return ErrCase
	case k.State != CaseNotified:
		return ErrCaseState
	case k.StateBy.Before(today):
		return ErrCaseLate.With("陈述申辩已于%s截止", k.StateBy)
	case k.Statement == words:
		return engine.ErrUnchanged
	case !k.Completed.IsZero():
		return ErrCaseSaid
	}
	k.Statement, k.Stated = words, now
	k.Trail.AddBy(now, by, "misconduct.stated", "")
	return nil
}

// complete is the candidate's word that they have nothing to add, with a statement or without one: the office need not wait for
// the last day, and the statement stays as it is.
func (k *Case) complete(by authz.Principal, today clock.Date, now time.Time) error {
	switch {
	case !isOf(k.Candidate, by):
		return ErrCase
	case !k.Completed.IsZero():
		return engine.ErrUnchanged
	case k.State != CaseNotified:
		return ErrCaseState
	case k.StateBy.Before(today):
		return ErrCaseLate.With("陈述申辩已于%s截止", k.StateBy)
	}
	k.Completed = now
	k.Trail.AddBy(now, by, "misconduct.completed", "")
	return nil
}

// Heard reports whether the hearing is over: its last day is behind today, or the candidate said that they have nothing to add.
func (k *Case) Heard(today clock.Date) bool {
	return k.State != CaseOpened && (!k.Completed.IsZero() || k.StateBy.Before(today))
}

// propose writes down what the office thinks is right, after the hearing.
func (k *Case) propose(by authz.Principal, r Ruling, today clock.Date) error {
	if err := k.expect(by, CaseNotified); err != nil {
		return err
	}
	if !k.Heard(today) {
		return ErrCaseHeard.With("期限至%s，次日起可以提出", k.StateBy)
	}
	k.State, k.Proposal = CaseProposed, &r
	k.Trail.AddBy(r.At, by, "misconduct.proposed", r.Severity+" "+r.Reason)
	return nil
}

// decide agrees with what was proposed, or finds that there was no misconduct. It takes somebody who neither reported nor
// proposed. d are the day of the decision and the last one of an appeal.
func (k *Case) decide(by authz.Principal, agree bool, reason string, d span, now time.Time) error {
	if err := k.expect(by, CaseProposed); err != nil {
		return err
	}
	if k.reported(by) || k.Proposal.By.is(by) {
		return ErrCaseTwo
	}
	r := Ruling{}
	if agree {
		r = *k.Proposal
	}
	if r.Months > 0 {
		r.Until = d.first.AddMonths(r.Months) // the corresponding day is the last one, as a pass is kept
	}
	r.Reason, r.By, r.At = reason, actor(by), now
	k.State, k.Decision = CaseDecided, &r
	if k.Upheld() {
		k.AppealBy = d.last
	}
	k.Trail.AddBy(now, by, "misconduct.decided", r.Severity+" "+reason)
	return nil
}

// appeal (复核申请) is the candidate's, against a ruling that found misconduct.
func (k *Case) appeal(by authz.Principal, words string, today clock.Date, now time.Time) error {
	switch {
	case !isOf(k.Candidate, by):
		return ErrCase
	case k.State == CaseAppealed && k.Appeal == words:
		return engine.ErrUnchanged
	}
	if err := k.appealable(today); err != nil {
		return err
	}
	k.State, k.Appeal, k.Appealed = CaseAppealed, words, now
	k.Trail.AddBy(now, by, "misconduct.appealed", "")
	return nil
}

// appealable returns nil on the days on which a review may be asked for.
func (k *Case) appealable(today clock.Date) error {
	switch {
	case k.State != CaseDecided || !k.Upheld():
		return ErrCaseState
	case k.AppealBy.Before(today):
		return ErrCaseLate.With("申请复核已于%s截止", k.AppealBy)
	}
	return nil
}

// conclude is the authority's word on an appeal: the ruling stands, or it falls. It takes somebody who had no part so far.
func (k *Case) conclude(by authz.Principal, stands bool, reason string, now time.Time) error {
	if err := k.expect(by, CaseAppealed); err != nil {
		return err
	}
	if k.reported(by) || k.Proposal.By.is(by) || k.Decision.By.is(by) {
		return ErrCaseTwo
	}
	r := Ruling{}
	if stands {
		r = *k.Decision
	}
	r.Reason, r.By, r.At = reason, actor(by), now
	k.State, k.Last = CaseFinal, &r
	k.Trail.AddBy(now, by, "misconduct.concluded", r.Severity+" "+reason)
	return nil
}

// span is a period of days, both included.
type span struct{ first, last clock.Date }

// rulingOf is what a tier leads to.
func rulingOf(s engine.Severity, c engine.Component, reason string, by authz.Principal, now time.Time) Ruling {
	r := Ruling{Severity: s.ID, Text: s.Text, All: !s.One, Component: c, Months: s.RecordMonths, Blocks: s.Blocks, Reason: reason, By: actor(by), At: now}
	if r.All {
		r.Component = ""
	}
	return r
}

// Cases keeps cases of misconduct. Safe for concurrent use; must pass storetest.Cases. Absent: ErrCase; taken:
// ErrCaseExists. UpdateCase writes only at its Revision, otherwise engine.ErrStale. CasesOf lists one session's in the order
// of ticket numbers, CasesOfPerson one candidate's, InCaseState those in one state; each then in the byte order of IDs.
type Cases interface {
	Case(ctx context.Context, id CaseID) (*Case, error)
	CreateCase(ctx context.Context, k *Case) error
	UpdateCase(ctx context.Context, k *Case) error
	CasesOf(ctx context.Context, s sitting.SessionID, c engine.Cursor) (rows []*Case, next string, err error)
	CasesOfPerson(ctx context.Context, p engine.PersonID, c engine.Cursor) (rows []*Case, next string, err error)
	InCaseState(ctx context.Context, s CaseState, c engine.Cursor) (rows []*Case, next string, err error)
}
