// Package registration takes applications (报名) and judges eligibility (资格审查) by the conditions that policy data
// sets, each with the evidence it asks for.
package registration

import (
	"context"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
)

// ApplicationID names an application; it is derived from the session and the person, so nobody applies twice.
type ApplicationID string

// ApplicationOf is the one application of a person for a session.
func ApplicationOf(session string, person engine.PersonID) ApplicationID {
	return ApplicationID(ids.Derive("application", session, string(person)))
}

// Claims are what an applicant states and backs with evidence.
type Claims struct {
	Condition   string       `json:"condition"` // id of the policy's condition that is claimed (申报条件): 5-2
	Years       int          `json:"years"`     // cumulative in this or a related occupation
	PriorLevel  engine.Level `json:"prior_level,omitempty"`
	PriorNumber string       `json:"prior_number,omitempty"`
	PriorDate   clock.Date   `json:"prior_date"`
	Education   string       `json:"education,omitempty"`
	Title       string       `json:"title,omitempty"`
	Evidence    []string     `json:"evidence"`         // materials handed in, by the names that conditions use
	Retake      Retake       `json:"retake,omitempty"` // that one component only is taken (补考)
}

// Refusal is one rule that an application does not meet.
type Refusal struct {
	Rule   string `json:"rule"`   // age, condition, prior-level, years, evidence, education, title, misconduct, double, retake
	Reason string `json:"reason"` // for the applicant
}

// Application is one person's request to sit one session.
type Application struct {
	ID       ApplicationID    `json:"id"`
	Session  string           `json:"session"`
	Org      engine.OrgID     `json:"org"` // whose session it is
	Person   engine.PersonID  `json:"person"`
	Level    engine.Level     `json:"level"`
	Claims   Claims           `json:"claims"`
	Employer string           `json:"employer,omitempty"`
	Class    string           `json:"class,omitempty"` // training class attended, as stated
	Only     engine.Component `json:"only,omitempty"`  // the one component taken, as the desk found it; empty: both
	Refusals []Refusal        `json:"refusals,omitempty"`
	Policy   string           `json:"policy"` // id of the policy that it was judged by
	At       time.Time        `json:"at"`
	Request  RequestID        `json:"request,omitempty"` // that it was made of when the office accepted that; empty: entered by the office

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Accepted reports whether the application met every rule.
func (a *Application) Accepted() bool { return len(a.Refusals) == 0 }

// withdraw takes the application back that was made of a request; one that is not accepted, or of another request, stays as it is.
func (a *Application) withdraw(of RequestID, by authz.Principal, why string, now time.Time) error {
	if a.Request != of || !a.Accepted() {
		return engine.ErrUnchanged
	}
	a.Refusals = []Refusal{{RuleWithdrawn, "考生已撤回报名：" + why}}
	a.Trail.Add(now, by.Account, "application.withdrawn", why)
	return nil
}

// undone takes the application back that an acceptance made after its request was decided otherwise.
func (a *Application) undone(of RequestID, by authz.Principal, now time.Time) error {
	if a.Request != of || !a.Accepted() {
		return engine.ErrUnchanged
	}
	a.Refusals = []Refusal{{RuleWithdrawn, "受理没有完成，申请已另行处理"}}
	a.Trail.Add(now, by.Account, "application.undone", "")
	return nil
}

// withdrawnBy reports whether the application was taken back that is of the request.
func (a *Application) withdrawnBy(of RequestID) bool {
	return a.Request == of && len(a.Refusals) == 1 && a.Refusals[0].Rule == RuleWithdrawn
}

// stay undoes withdraw, for somebody who was given a place meanwhile.
func (a *Application) stay(of RequestID, by authz.Principal, now time.Time) error {
	if !a.withdrawnBy(of) {
		return engine.ErrUnchanged
	}
	a.Refusals = nil
	a.Trail.Add(now, by.Account, "application.stays", "座位已经安排")
	return nil
}

// Refusals of this package.
var (
	ErrApplication = errs.New(errs.NotFound, "application.not_found", "查无此报名")
	ErrRepeated    = errs.New(errs.Conflict, "application.repeated", "该考生已报名本场次")
	ErrTarget      = errs.New(errs.NotFound, "application.no_session", "查无此场次")
	ErrClosed      = errs.New(errs.Conflict, "application.closed", "本场次报名已截止，请为考生另选场次")
	ErrRoster      = errs.New(errs.Invalid, "roster.invalid", "报名名册不正确")
)

// Applications keeps applications. Safe for concurrent use; must pass storetest.Applications.
//   - Absent: ErrApplication. An ID already taken: CreateApplication returns ErrRepeated.
//   - UpdateApplication writes only at the application's Revision, otherwise engine.ErrStale.
//   - ApplicationsOf lists one session's in the byte order of IDs.
type Applications interface {
	Application(ctx context.Context, id ApplicationID) (*Application, error)
	CreateApplication(ctx context.Context, a *Application) error
	UpdateApplication(ctx context.Context, a *Application) error
	ApplicationsOf(ctx context.Context, session string, c engine.Cursor) (rows []*Application, next string, err error)
}
