package registration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/people"
)

// Target is the sitting that an application is for.
type Target struct {
	Session string
	Name    string // of the session, and where it is held, as the public reads them
	Site    string
	Org     engine.OrgID // whose session it is: only those who act for it take applications
	Level   engine.Level
	Day     clock.Date // on which ages and years are counted
	Days    Days       // on which the components are taken; nil: on Day
	Until   time.Time  // applications are taken before this instant; zero: at any time
	Quota   Quota      // of the body in the year of Day; nil: no bound
	Orders  Orders     // against the body; nil: none
}

// Orders are what the authority ordered against the body of a session. The sitting has them.
//   - Halting is the measure that lets the body take no candidates now: in force today, or on a day of the session; nil for none.
type Orders interface {
	Halting(ctx context.Context) (*engine.Suspension, error)
}

// Halting is the measure for which the target takes nobody now; nil for none.
func (t Target) Halting(ctx context.Context) (*engine.Suspension, error) {
	if t.Orders == nil {
		return nil, nil
	}
	return t.Orders.Halting(ctx)
}

// halted is engine.ErrSuspended in words while the body of the target may take no candidates.
func (t Target) halted(ctx context.Context) error {
	m, err := t.Halting(ctx)
	if err != nil || m == nil {
		return err
	}
	return m.Refuse(engine.ActEnrol)
}

// admits returns nil when by may take applications for the target at now.
func (t Target) admits(ctx context.Context, by authz.Principal, now time.Time) error {
	switch {
	case !by.ActsFor(string(t.Org)):
		return ErrTarget
	case !t.Until.IsZero() && !now.Before(t.Until):
		return ErrClosed
	}
	return t.halted(ctx)
}

// Desk takes applications and judges them.
type Desk struct {
	applications Applications
	people       *people.Registry
	policy       engine.Policy
	clock        clock.Clock
	passes       Passes  // nil: no pass of anybody is kept
	bars         Bars    // nil: nothing keeps anybody from applying
	imports      Imports // nil: what became of a workbook is not kept
}

// NewDesk returns a Desk.
func NewDesk(a Applications, r *people.Registry, p engine.Policy, c clock.Clock) *Desk {
	return &Desk{applications: a, people: r, policy: p, clock: c}
}

// ErrInput refuses an application that says too little to be judged.
var ErrInput = errs.New(errs.Invalid, "application.invalid", "报名信息不正确")

// Apply judges an application and keeps it, refused ones with their refusals and without an error. The same
// application again is harmless. One that was refused may be handed in again with other claims and is judged anew;
// one that was accepted stands: ErrRepeated. From the target's Until on it is ErrClosed; for a session of another body
// ErrTarget.
func (d *Desk) Apply(ctx context.Context, by authz.Principal, t Target, person engine.PersonID, c Claims, employer, class string) (*Application, error) {
	if err := by.Require(authz.Register); err != nil {
		return nil, err
	}
	now := d.clock.Now()
	if err := t.admits(ctx, by, now); err != nil {
		return nil, err
	}
	p, err := d.people.Named(ctx, person)
	if err != nil {
		return nil, err
	}
	return d.judge(ctx, by, t, p, &Application{Claims: c, Employer: employer, Class: class, At: now})
}

func check(a *Application, t Target) error {
	var c errs.Check
	c.That(a.Session != "", "session", "missing", "缺少场次")
	c.That(a.Level.Valid(), "level", "unknown", "等级只能是五级、四级或三级")
	c.That(!t.Day.IsZero(), "day", "missing", "缺少考核日期")
	c.That(a.Claims.Years >= 0, "years", "negative", "从业年限不能为负数")
	c.That(utf8.RuneCountInString(a.Employer) <= maxText, "employer", "long", "所在单位过长")
	c.That(utf8.RuneCountInString(a.Class) <= maxText, "class", "long", "培训班级过长")
	c.That(a.Claims.Retake.known(), "retake", "unknown", "补考的科目只能是理论知识或操作技能")
	c.That(len(a.Claims.Evidence) <= maxText, "evidence", "many", "申报材料过多")
	return c.Err(ErrInput)
}

// maxText bounds what is typed into one field, in characters, and how many materials are listed.
const maxText = 100

func cleanClaims(c Claims) Claims {
	c.Condition = strings.TrimSpace(strings.NewReplacer("－", "-", "—", "-", "–", "-").Replace(c.Condition))
	c.PriorNumber, c.Education, c.Title = strings.TrimSpace(c.PriorNumber), strings.TrimSpace(c.Education), strings.TrimSpace(c.Title)
	evidence := make([]string, 0, len(c.Evidence))
	for _, e := range c.Evidence {
		if e = strings.TrimSpace(e); e != "" && !slices.Contains(evidence, e) {
			evidence = append(evidence, e)
		}
	}
	c.Evidence = evidence
	return c
}

// judge fills in, judges and keeps what p states in a.
func (d *Desk) judge(ctx context.Context, by authz.Principal, t Target, p *engine.Person, a *Application) (*Application, error) {
	a.Session, a.Org, a.Level, a.Person = t.Session, t.Org, t.Level, p.ID
	a.Claims, a.Employer, a.Class = cleanClaims(a.Claims), strings.TrimSpace(a.Employer), strings.TrimSpace(a.Class)
	if err := check(a, t); err != nil {
		return nil, err
	}
	a.ID, a.Policy = ApplicationOf(a.Session, a.Person), d.policy.ID
	a.Refusals = Judge(d.policy.Levels[a.Level], p.Born, a.Claims, t.Day)
	if err := d.bar(ctx, a, t.Day); err != nil {
		return nil, err
	}
	if err := d.retake(ctx, a, t); err != nil {
		return nil, err
	}
	double, err := d.double(ctx, p, a.Session)
	if err != nil {
		return nil, err
	}
	a.Refusals = append(a.Refusals, double...)
	if err := d.quota(ctx, a, t); err != nil {
		return nil, err
	}
	a.Trail.Add(a.At, by.Account, "application.judged", a.verdict())
	err = d.applications.CreateApplication(ctx, a)
	if err == nil {
		return a, nil
	}
	if !errors.Is(err, ErrRepeated) {
		return nil, err
	}
	return engine.Modify(ctx, func(ctx context.Context) (*Application, error) { return d.applications.Application(ctx, a.ID) },
		d.applications.UpdateApplication, func(old *Application) error { return old.again(a) })
}

// double refuses somebody who applied for the session already, under another document. Whoever is somebody else, such as a twin
// of the same name with the same telephone, is told apart on the page of persons. Two applications at the same moment may both
// pass, and two whose pair is found later do: the seating gives one place to one human.
func (d *Desk) double(ctx context.Context, p *engine.Person, session string) ([]Refusal, error) {
	same, err := d.same(ctx, p)
	for _, id := range same {
		a, err := d.applications.Application(ctx, ApplicationOf(session, id))
		if errors.Is(err, ErrApplication) || err == nil && !a.Accepted() {
			continue
		}
		if err != nil {
			return nil, err
		}
		o, err := d.people.Named(ctx, id)
		if err != nil {
			return nil, err
		}
		return []Refusal{doubled(o)}, nil
	}
	return nil, err
}

// doubled is the refusal of who applied as o already.
func doubled(o *engine.Person) Refusal {
	return Refusal{RuleDouble, fmt.Sprintf("疑似同一人：姓名、出生日期、性别相同，手机号码或照片也相同的人已用%s %s 报名本场次。"+
		"是同一人的，一场只能报一次；不是同一人的，请先在人员页说明并经核定为两人", o.IDType.Name(), engine.MaskID(o.IDNumber))}
}

// same are those who count as p under another document, and those who look like it now.
func (d *Desk) same(ctx context.Context, p *engine.Person) ([]engine.PersonID, error) {
	same, err := d.people.Twins(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	doubles, err := d.people.Doubles(ctx, p)
	for _, o := range doubles {
		if !slices.Contains(same, o.ID) {
			same = append(same, o.ID)
		}
	}
	return same, err
}

// again hands an application in once more.
func (a *Application) again(b *Application) error {
	same := a.Level == b.Level && a.Claims.equal(b.Claims) && a.Employer == b.Employer && a.Class == b.Class
	switch {
	case a.Org != b.Org:
		return ErrTarget
	case a.Accepted() && b.Request != "" && a.Request != b.Request:
		return ErrRepeated
	case same && (a.Accepted() || slices.Equal(a.Refusals, b.Refusals)):
		return engine.ErrUnchanged
	case a.Accepted():
		return ErrRepeated
	}
	a.Level, a.Claims, a.Employer, a.Class = b.Level, b.Claims, b.Employer, b.Class
	a.Only, a.Refusals, a.Policy, a.At, a.Request = b.Only, b.Refusals, b.Policy, b.At, b.Request
	a.Trail = append(a.Trail, b.Trail...)
	return nil
}

func (c Claims) equal(o Claims) bool {
	return c.Condition == o.Condition && c.Years == o.Years && c.PriorLevel == o.PriorLevel && c.PriorNumber == o.PriorNumber &&
		c.PriorDate == o.PriorDate && c.Education == o.Education && c.Title == o.Title && c.Retake == o.Retake && slices.Equal(c.Evidence, o.Evidence)
}

func (a *Application) verdict() string {
	if a.Accepted() && a.Only != "" {
		return fmt.Sprintf("符合申报条件 %s，只考%s（补考）", a.Claims.Condition, a.Only)
	}
	if a.Accepted() {
		return fmt.Sprintf("符合申报条件 %s", a.Claims.Condition)
	}
	_, reason := a.refusal()
	return reason
}

// refusal is the first rule missed and the reasons of all.
func (a *Application) refusal() (rule, reasons string) {
	all := make([]string, len(a.Refusals))
	for i, r := range a.Refusals {
		all[i] = r.Reason
	}
	return a.Refusals[0].Rule, strings.Join(all, "；")
}

// Applications lists what was applied for in a session, refused ones too. A session of another body looks like one that
// nobody applied for.
func (d *Desk) Applications(ctx context.Context, by authz.Principal, session string) ([]*Application, error) {
	if err := by.Require(authz.RegisterRead); err != nil {
		return nil, err
	}
	all, err := d.all(ctx, session)
	return slices.DeleteFunc(all, func(a *Application) bool { return !by.ActsFor(string(a.Org)) }), err
}

// Of lists the applications of a person for sessions that by may look at, in the order of the sessions.
func (d *Desk) Of(ctx context.Context, by authz.Principal, person engine.PersonID, sessions []string) (all []*Application, err error) {
	if err := by.Require(authz.RegisterRead); err != nil {
		return nil, err
	}
	for _, id := range sessions {
		a, err := d.applications.Application(ctx, ApplicationOf(id, person))
		switch {
		case errors.Is(err, ErrApplication):
		case err != nil:
			return nil, err
		case by.ActsFor(string(a.Org)):
			all = append(all, a)
		}
	}
	return all, nil
}

// Accepted lists the accepted applications of a session in the order of their IDs, for the sitting that seats them.
func (d *Desk) Accepted(ctx context.Context, session string) ([]*Application, error) {
	all, err := d.all(ctx, session)
	return slices.DeleteFunc(all, func(a *Application) bool { return !a.Accepted() }), err
}

func (d *Desk) all(ctx context.Context, session string) ([]*Application, error) {
	return engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Application, string, error) {
		return d.applications.ApplicationsOf(ctx, session, c)
	})
}
