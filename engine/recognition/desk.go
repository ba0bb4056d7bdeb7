package recognition

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
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/separation"
)

// Ports are what a Desk keeps its documents in.
type Ports struct {
	Cases  Cases
	Quotas Quotas
}

// Desk takes cases from the application to the end of publicity.
type Desk struct {
	ports  Ports
	people *people.Registry
	judge  *separation.Judge
	bars   registration.Bars
	policy engine.Policy
	clock  clock.Clock
}

// NewDesk returns a Desk. bars tells whom misconduct on record keeps from certificates.
func NewDesk(p Ports, r *people.Registry, j *separation.Judge, bars registration.Bars, pol engine.Policy, c clock.Clock) *Desk {
	return &Desk{ports: p, people: r, judge: j, bars: bars, policy: pol, clock: c}
}

func (d *Desk) today() clock.Date { return clock.DateOf(d.clock.Now(), d.policy.Location()) }

// Route returns nil when the body may have staff recognised at all: its province opened the route, and it is one of the
// bodies that the policy names, with a filing in force and no measure against it. It asks for no role: pages say why not.
func (d *Desk) Route(ctx context.Context, org engine.OrgID) error {
	body, err := d.people.Organisation(ctx, org)
	if err != nil {
		return err
	}
	if err := d.open(body); err != nil {
		return err
	}
	return body.Permits(engine.ActRecognise, d.today())
}

func (d *Desk) open(body *engine.Organisation) error {
	p := d.policy.Recognition
	switch {
	case !p.OpenIn(body.Province):
		return ErrClosed.With("%s", engine.Province(body.Province))
	case body.Kind != engine.EvaluationBody, !slices.Contains(p.Categories, body.Category):
		return ErrBody
	case !body.Filed(d.today()):
		return engine.ErrNotFiled.With("备案不在有效期内")
	}
	return nil
}

// Apply writes an application for a member of by's body down. Of a only Person, Level, Terms, Evidence and Superior are
// taken. The same again is harmless while nobody has reviewed it.
func (d *Desk) Apply(ctx context.Context, by authz.Principal, a Case) (*Case, error) {
	if err := by.Require(authz.RecogniseApply); err != nil {
		return nil, err
	}
	body, err := d.people.Organisation(ctx, engine.OrgID(by.Org))
	if err == nil {
		by, err = d.people.Whole(ctx, by)
	}
	switch {
	case err != nil:
		return nil, err
	case by.Person == "":
		return nil, ErrNobody
	case a.IsOf(by):
		return nil, ErrOwn
	}
	now := d.clock.Now()
	c := &Case{ID: Of(body.ID, a.Person, a.Level), Org: body.ID, Body: body.Name, Person: a.Person, Level: a.Level, Terms: a.Terms, Evidence: a.Evidence,
		Superior: a.Superior, Policy: d.policy.ID, State: Applied, At: now, By: by.Account, Who: by.Person}
	if err := d.open(body); err != nil {
		return nil, err
	}
	if err := body.Permits(engine.ActRecognise, d.today()); err != nil {
		return nil, err
	}
	if err := c.check(d.policy.Recognition, d.today()); err != nil {
		return nil, err
	}
	if err := d.eligible(ctx, c, body); err != nil {
		return nil, err
	}
	if err := d.vouched(ctx, c); err != nil {
		return nil, err
	}
	if err := d.left(ctx, c); err != nil {
		return nil, err
	}
	c.Trail.AddBy(now, by, "recognition.applied", "")
	err = d.ports.Cases.CreateCase(ctx, c)
	if !errors.Is(err, ErrExists) {
		return c, err
	}
	return engine.Modify(ctx, d.load(c.ID), d.ports.Cases.UpdateCase, func(had *Case) error {
		if had.State == Applied && had.says(c) {
			return engine.ErrUnchanged
		}
		return had.renew(c)
	})
}

// says reports whether both were applied for in the same words.
func (c *Case) says(o *Case) bool {
	return c.Terms == o.Terms && c.Superior == o.Superior && slices.Equal(c.Evidence, o.Evidence)
}

const (
	maxDocument = 200 // characters that name a document
	maxPost     = 60
)

// check asks for what the policy lists, and no more.
func (c *Case) check(p engine.RecognitionPolicy, today clock.Date) error {
	var k errs.Check
	k.That(c.Level.Valid(), "level", "unknown", "没有这个等级")
	k.That(slices.Contains(p.Terms, c.Terms), "terms", "unknown", "请选择用工形式")
	given := map[string]string{}
	for _, e := range c.Evidence {
		known := slices.ContainsFunc(p.Materials, func(m engine.Material) bool { return m.Key == e.Material })
		k.That(known && given[e.Material] == "", "evidence", "unknown", "材料不在清单中或重复")
		given[e.Material] = strings.TrimSpace(e.Document)
	}
	c.Evidence = nil
	for _, m := range p.Materials {
		text := given[m.Key]
		k.That(text != "" || m.Optional, "evidence-"+m.Key, "missing", "请填写"+m.Name+"的名称、编号和存放处")
		k.That(utf8.RuneCountInString(text) <= maxDocument && utf8.ValidString(text), "evidence-"+m.Key, "long", fmt.Sprintf("不超过%d字", maxDocument))
		if text != "" {
			c.Evidence = append(c.Evidence, Evidence{m.Key, text})
		}
	}
	s := &c.Superior
	s.Post = strings.TrimSpace(s.Post)
	k.That(s.Post != "" && utf8.RuneCountInString(s.Post) <= maxPost, "post", "form", fmt.Sprintf("请填写证明人的职务，不超过%d字", maxPost))
	s.Words = engine.Said(&k, "words", s.Words)
	k.That(!s.On.IsZero() && !today.Before(s.On), "on", "range", "请填写证明日期，不晚于今天")
	k.That(s.Person != c.Person, "superior", "oneself", "不能由本人证明")
	return k.Err(ErrInput)
}

// vouched returns nil when the superior is of the body's staff as well.
func (d *Desk) vouched(ctx context.Context, c *Case) error {
	if _, err := d.people.Named(ctx, c.Superior.Person); err != nil {
		return err
	}
	same, err := d.people.Sameness(ctx)
	if err != nil {
		return err
	}
	if same.Are(c.Superior.Person, c.Person) {
		return ErrInput.WithFields(errs.Field{Name: "superior", Code: "oneself", Msg: "不能由本人证明：证明人推定为申报人的另一证件"})
	}
	all, err := d.judge.Employed(ctx, c.Org, c.Superior.Person, d.today())
	if err == nil && len(all) == 0 {
		return ErrInput.WithFields(errs.Field{Name: "superior", Code: "not_staff", Msg: "证明人须是本单位职工，没有其现在受聘于本单位的登记"})
	}
	return err
}

// eligible looks at everything that may keep the person from being recognised, as it is today: it is asked at every step, for
// much comes to light late. It notes the service that the record shows.
func (d *Desk) eligible(ctx context.Context, c *Case, body *engine.Organisation) error {
	if err := d.open(body); err != nil {
		return err
	}
	today, years := d.today(), d.policy.Recognition.Years[c.Level]
	if years == 0 {
		return ErrLevel.With("%s", c.Level)
	}
	if _, err := body.FilingFor(engine.CareWork(c.Level, body.Province, today)); err != nil {
		return err
	}
	if _, err := d.people.Named(ctx, c.Person); err != nil {
		return err
	}
	tie, err := d.judge.Service(ctx, c.Org, c.Person, today)
	switch {
	case err != nil:
		return err
	case tie == nil:
		return ErrNotStaff
	case today.Before(tie.Since.AddMonths(12 * years)):
		return ErrService.With("%s须满%d年，登记的起始日期是%s", c.Level, years, tie.Since)
	}
	c.Since, c.Tie = tie.Since, tie.ID
	if err := d.bars.Barred(ctx, c.Person, today); err != nil {
		return err
	}
	return d.apart(ctx, c, separation.Subject{Body: c.Org})
}

// apart returns nil when nothing keeps the subjects from the person (考培分离), else a *separation.Separated. Nothing of it is waived here.
func (d *Desk) apart(ctx context.Context, c *Case, subjects ...separation.Subject) error {
	found, err := d.judge.On(d.today()).Findings(ctx, subjects, []engine.PersonID{c.Person})
	if err != nil {
		return err
	}
	return separation.Refused(found)
}

// left returns nil while a place of this year is free, or the case has one.
func (d *Desk) left(ctx context.Context, c *Case) error {
	most, err := d.places(ctx, c.Org)
	if err != nil {
		return err
	}
	q, err := d.ports.Quotas.Quota(ctx, QuotaID(c.Org, d.today().Year))
	if errors.Is(err, ErrNoQuota) {
		q, err = &Quota{}, nil
	}
	if err != nil {
		return err
	}
	if err := q.take(c.ID, most); !errors.Is(err, engine.ErrUnchanged) {
		return err
	}
	return nil
}

func (d *Desk) places(ctx context.Context, org engine.OrgID) (int, error) {
	staff, err := d.judge.Staff(ctx, org, d.today())
	return d.policy.Recognition.Quota(staff), err
}

// Places (名额) is what a body has of this year.
type Places struct {
	Staff       int // people whose employment by the body is on record today
	Taken, Most int
}

// Places counts the places that the body has this year, and those that are taken.
func (d *Desk) Places(ctx context.Context, by authz.Principal, org engine.OrgID) (p Places, err error) {
	if err := by.Require(authz.RecogniseRead); err != nil {
		return p, err
	}
	if !by.ActsFor(string(org)) {
		return p, engine.ErrOrg
	}
	if p.Staff, err = d.judge.Staff(ctx, org, d.today()); err != nil {
		return p, err
	}
	p.Most = d.policy.Recognition.Quota(p.Staff)
	q, err := d.ports.Quotas.Quota(ctx, QuotaID(org, d.today().Year))
	if errors.Is(err, ErrNoQuota) {
		return p, nil
	}
	if err == nil {
		p.Taken = len(q.Taken)
	}
	return p, err
}

func (d *Desk) load(id ID) func(context.Context) (*Case, error) {
	return func(ctx context.Context) (*Case, error) { return d.ports.Cases.Case(ctx, id) }
}

// Case returns a case to those who act for its body, to authorities, and to those from outside for whom it waits.
func (d *Desk) Case(ctx context.Context, by authz.Principal, id ID) (*Case, error) {
	if err := by.Require(authz.RecogniseRead); err != nil {
		return nil, err
	}
	return d.ruled(ctx, by, id)
}

func (d *Desk) own(ctx context.Context, by authz.Principal, id ID) (*Case, error) {
	c, err := d.ports.Cases.Case(ctx, id)
	if err == nil && !by.ActsFor(string(c.Org)) {
		return nil, ErrCase
	}
	return c, err
}

// ruled is own, and opens the case also to those from outside who decide on it.
func (d *Desk) ruled(ctx context.Context, by authz.Principal, id ID) (*Case, error) {
	c, err := d.ports.Cases.Case(ctx, id)
	if err != nil || by.ActsFor(string(c.Org)) {
		return c, err
	}
	if err := d.concerns(ctx, by, c); err != nil {
		return nil, err
	}
	return c, nil
}

// CasesOf lists the cases of a body that by acts for.
func (d *Desk) CasesOf(ctx context.Context, by authz.Principal, org engine.OrgID, at engine.Cursor) ([]*Case, string, error) {
	if err := by.Require(authz.RecogniseRead); err != nil {
		return nil, "", err
	}
	if !by.ActsFor(string(org)) {
		return nil, "", engine.ErrOrg
	}
	return d.ports.Cases.CasesOf(ctx, org, at)
}

// opinion is what by says, with its reason.
func (d *Desk) opinion(by authz.Principal, pro bool, reason string, now time.Time) (Opinion, error) {
	var k errs.Check
	reason = engine.Said(&k, "reason", reason)
	if err := k.Err(ErrInput); err != nil {
		return Opinion{}, err
	}
	if by.Person == "" {
		return Opinion{}, ErrNobody
	}
	return Opinion{For: pro, Reason: reason, At: now, By: by.Account, Who: by.Person, Name: by.Name}, nil
}

func (d *Desk) yearOf(at time.Time) int { return clock.DateOf(at, d.policy.Location()).Year }
