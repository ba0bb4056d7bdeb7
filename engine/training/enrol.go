package training

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/separation"
)

// EnrolmentID names the one enrolment of a person in a class.
func EnrolmentID(class string, p engine.PersonID) string {
	return ids.Derive("enrolment", class, string(p))
}

// Entry is what is said of a trainee who enrols.
type Entry struct {
	Person engine.Person // name and document number
	Basis  Basis
	Proof  string
	Since  clock.Date // zero: the first day of the class

	Category, Program string // 人员类别, 培训类型; may be empty
}

// Enrol puts somebody into a class of by's body: the place in the roll first, then the tie that the attendance is, then the
// enrolment. Enrolling the same person again is harmless and completes what was cut off.
func (d *Desk) Enrol(ctx context.Context, by authz.Principal, class string, e Entry) (*Enrolment, error) {
	c, err := d.own(ctx, by, class)
	if err != nil {
		return nil, err
	}
	if e.Since.IsZero() {
		e.Since = c.From
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	// Whoever may not enter the class is not registered for it either.
	others, err := d.foresee(ctx, by, &e)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(others, func(o *Enrolment) bool { return o.Class == class }); i >= 0 {
		return others[i], others[i].stands()
	}
	if err := c.admits(e, others, d.policy.Training.MinAge); err != nil {
		return nil, err
	}
	who, err := d.people.Register(ctx, by, e.Person)
	if err != nil {
		return nil, err
	}
	if c, err = d.enter(ctx, class, who.ID); err != nil {
		return nil, err
	}
	return d.attend(ctx, by, c, who, e)
}

// foresee brings e's person to the form that is kept, and returns all enrolments of who is registered already.
func (d *Desk) foresee(ctx context.Context, by authz.Principal, e *Entry) (others []*Enrolment, err error) {
	if e.Person, err = d.people.Foresee(ctx, by, e.Person); err != nil || e.Person.ID == "" {
		return nil, err
	}
	return d.enrolments(ctx, e.Person.ID)
}

// stands returns nil unless the enrolment was struck.
func (e *Enrolment) stands() error {
	if e.Result == Struck {
		return ErrStruck.With("确在本班的，请向人力资源和社会保障局说明")
	}
	return nil
}

// check refuses what no class would take.
func (e Entry) check() error {
	var k errs.Check
	k.That(utf8.RuneCountInString(e.Category) <= maxName && utf8.ValidString(e.Category), "category", "long", "人员类别不超过100个字")
	k.That(e.Program == "" || slices.Contains(Programs(), e.Program), "program", "unknown", "培训类型应为："+strings.Join(Programs(), "、"))
	return k.Err(ErrInput)
}

func (d *Desk) enrolments(ctx context.Context, p engine.PersonID) ([]*Enrolment, error) {
	return engine.All(ctx, func(ctx context.Context, at engine.Cursor) ([]*Enrolment, string, error) {
		return d.ports.Enrolments.OfPerson(ctx, p, at)
	})
}

// enter gives a person a place in the roll. A teacher of the class has none.
func (d *Desk) enter(ctx context.Context, class string, p engine.PersonID) (*Class, error) {
	return d.edit(ctx, class, func(c *Class) error {
		if err := c.seats(p); err != nil {
			return err
		}
		if slices.Contains(c.Roll, p) {
			return engine.ErrUnchanged
		}
		c.Roll = append(c.Roll, p)
		return nil
	})
}

func (d *Desk) attend(ctx context.Context, by authz.Principal, c *Class, who *engine.Person, e Entry) (*Enrolment, error) {
	t, err := d.tie(ctx, by, c, separation.Attends, separation.PersonNode(who.ID), e.Since)
	if err != nil {
		return nil, err
	}
	n := &Enrolment{ID: EnrolmentID(c.ID, who.ID), Class: c.ID, Org: c.Org, Person: who.ID, Name: who.Name, Level: c.Level, No: slices.Index(c.Roll, who.ID) + 1,
		Basis: e.Basis, Proof: strings.TrimSpace(e.Proof), Since: e.Since, Result: Going, Tie: t.ID, Category: e.Category, Program: e.Program}
	n.Trail.AddBy(d.clock.Now(), by, "enrolment.made", "")
	err = d.ports.Enrolments.CreateEnrolment(ctx, n)
	if errors.Is(err, ErrEnrolled) {
		return d.ports.Enrolments.Enrolment(ctx, n.ID)
	}
	return n, err
}

// Finish writes down the result of a trainee once the class is over. A pass is given its completion certificate's number.
func (d *Desk) Finish(ctx context.Context, by authz.Principal, class string, p engine.PersonID, r Outcome, hours int) (*Enrolment, error) {
	body, err := d.body(ctx, by)
	if err != nil {
		return nil, err
	}
	c, err := d.own(ctx, by, class)
	if err != nil {
		return nil, err
	}
	today, now := d.today(), d.clock.Now()
	if err := c.over(today); err != nil {
		return nil, err
	}
	return d.change(ctx, class, p, func(e *Enrolment) error {
		if err := e.finish(r, hours, CompletionNumber(body.CreditCode, c.Code, e.No), today); err != nil {
			return err
		}
		e.Trail.AddBy(now, by, "enrolment.finished", string(r)+" "+e.Number)
		return nil
	})
}

func (d *Desk) change(ctx context.Context, class string, p engine.PersonID, edit func(*Enrolment) error) (*Enrolment, error) {
	id := EnrolmentID(class, p)
	return engine.Modify(ctx, func(ctx context.Context) (*Enrolment, error) { return d.ports.Enrolments.Enrolment(ctx, id) }, d.ports.Enrolments.UpdateEnrolment, edit)
}

// Leave ends an enrolment before the class does. The tie is ended with it only where the rules of separation let by end ties; a
// training body may not, for whoever trains could so admit its own people to examining: the tie goes on, and the change says so.
func (d *Desk) Leave(ctx context.Context, by authz.Principal, class string, p engine.PersonID, until clock.Date, reason string) (*Change, error) {
	if reason = strings.TrimSpace(reason); !named(reason) {
		return nil, ErrInput.WithFields(errs.Field{Name: "reason", Code: "form", Msg: "请写明原因，不超过100个字"})
	}
	c, err := d.own(ctx, by, class)
	if err != nil {
		return nil, err
	}
	if c.To.Before(until) {
		return nil, ErrInput.WithFields(errs.Field{Name: "until", Code: "range", Msg: "退出日期应在班级起止日期之内"})
	}
	now := d.clock.Now()
	e, err := d.change(ctx, class, p, func(e *Enrolment) error {
		if err := e.leave(until); err != nil {
			return err
		}
		e.Trail.AddBy(now, by, "enrolment.left", until.String()+"；"+reason)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &Change{Enrolment: e, At: now}
	switch _, err := d.judge.End(ctx, by, e.Tie, until, "学员退出："+reason); errs.KindOf(err) {
	case errs.Forbidden:
		out.TieKept = "培训关系仍按班级结束日期保留；确需提前终止的，请向人力资源和社会保障局提出"
	default:
		return out, err
	}
	return out, nil
}
