package training

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/separation"
)

// Ports are the stores of this package.
type Ports struct {
	Courses    Courses
	Classes    Classes
	Enrolments Enrolments
	Needs      NeedLists
}

// Desk is where a training body keeps its classes.
type Desk struct {
	ports  Ports
	people *people.Registry
	judge  *separation.Judge
	policy engine.Policy
	clock  clock.Clock
}

// NewDesk returns a Desk.
func NewDesk(p Ports, r *people.Registry, j *separation.Judge, pol engine.Policy, c clock.Clock) *Desk {
	return &Desk{ports: p, people: r, judge: j, policy: pol, clock: c}
}

func (d *Desk) today() clock.Date { return clock.DateOf(d.clock.Now(), d.policy.Location()) }

// worker records the ties that follow from a class, for its body: trainers have no say in them.
func worker(by authz.Principal, org engine.OrgID) authz.Principal {
	return authz.Principal{Account: "engine:training/" + by.Account, Roles: []authz.Role{authz.Engine}, Org: string(org)}
}

// Named returns the ids of all classes of a name, whoever runs them, for a room that knows a class by what an applicant calls
// it. It asks for no role: the room has.
func (d *Desk) Named(ctx context.Context, name string) ([]string, error) {
	classes, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Class, string, error) {
		return d.ports.Classes.ClassesNamed(ctx, name, c)
	})
	found := make([]string, len(classes))
	for i, c := range classes {
		found[i] = c.ID
	}
	return found, err
}

// AddCourse makes a course of by's body and says by how many hours it falls short of the reference. The same one again is harmless.
func (d *Desk) AddCourse(ctx context.Context, by authz.Principal, c Course) (*Course, int, error) {
	if _, err := d.body(ctx, by); err != nil {
		return nil, 0, err
	}
	c.Name, c.Org, c.Trail, c.Revision = strings.TrimSpace(c.Name), engine.OrgID(by.Org), nil, 0
	if err := c.Check(); err != nil {
		return nil, 0, err
	}
	c.ID = ids.Derive("course", string(c.Org), c.Name)
	c.Trail.AddBy(d.clock.Now(), by, "course.added", "")
	err := d.ports.Courses.CreateCourse(ctx, &c)
	if errors.Is(err, ErrExists) {
		old, lost := d.ports.Courses.Course(ctx, c.ID)
		if lost == nil && old.Level == c.Level && old.Basic == c.Basic && old.Theory == c.Theory && old.Practical == c.Practical {
			return old, old.Below(d.policy.Training), nil
		}
	}
	return &c, c.Below(d.policy.Training), err
}

// body is the training body that by acts for.
func (d *Desk) body(ctx context.Context, by authz.Principal) (*engine.Organisation, error) {
	if err := by.Require(authz.TrainWrite); err != nil {
		return nil, err
	}
	o, err := d.people.Organisation(ctx, engine.OrgID(by.Org))
	switch {
	case errors.Is(err, engine.ErrOrg):
		return nil, ErrNotBody
	case err == nil && o.Kind != engine.TrainingBody:
		return nil, ErrNotBody
	}
	return o, err
}

// OpenClass makes a class of a course of by's body and records who holds it. The same one again is harmless, and completes what
// was cut off.
func (d *Desk) OpenClass(ctx context.Context, by authz.Principal, c Class) (*Class, error) {
	if _, err := d.body(ctx, by); err != nil {
		return nil, err
	}
	course, err := d.ports.Courses.Course(ctx, c.Course)
	if err != nil {
		return nil, err
	}
	if !by.ActsFor(string(course.Org)) {
		return nil, ErrCourse
	}
	c.Name, c.Org, c.Level, c.Basic = strings.TrimSpace(c.Name), course.Org, course.Level, course.Basic
	c.Teachers, c.Roll, c.Trail, c.Revision = nil, nil, nil, 0
	if err := c.Check(); err != nil {
		return nil, err
	}
	c.ID = ids.Derive("class", string(c.Org), c.Code)
	c.Trail.AddBy(d.clock.Now(), by, "class.opened", "")
	made := &c
	if err := d.ports.Classes.CreateClass(ctx, made); errors.Is(err, ErrExists) {
		old, lost := d.ports.Classes.Class(ctx, c.ID)
		if lost != nil || old.Name != c.Name || old.Course != c.Course || old.From != c.From || old.To != c.To {
			return nil, err
		}
		made = old
	} else if err != nil {
		return nil, err
	}
	_, err = d.tie(ctx, by, made, separation.Trains, separation.OrgNode(made.Org), made.From)
	return made, err
}

// tie records what a class leaves for 考培分离. Who was found not to be tied and is written in again is tied again.
func (d *Desk) tie(ctx context.Context, by authz.Principal, c *Class, kind separation.Kind, from separation.Node, since clock.Date) (*separation.Tie, error) {
	t := c.tie(kind, from, since)
	t.Source += "，" + by.Account
	return d.judge.Record(ctx, worker(by, c.Org), t)
}

// tie is a tie of the class. Its last day is the class's: a tie that ends too late keeps people apart too long, one that ends
// too early lets them together.
func (c *Class) tie(kind separation.Kind, from separation.Node, since clock.Date) separation.Tie {
	return separation.Tie{Kind: kind, From: from, To: separation.ClassNode(c.ID), Label: c.Name, Since: since, Until: c.To,
		Source: fmt.Sprintf("培训班级 %s（%s）登记", c.Name, c.Code)}
}

// Class returns a class to its own body, exam offices and authorities, with its trainees.
func (d *Desk) Class(ctx context.Context, by authz.Principal, id string) (*Class, []*Enrolment, error) {
	if err := by.Require(authz.TrainRead); err != nil {
		return nil, nil, err
	}
	c, err := d.ports.Classes.Class(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if !sees(by, c.Org) {
		return nil, nil, ErrClass
	}
	rows, err := engine.All(ctx, func(ctx context.Context, at engine.Cursor) ([]*Enrolment, string, error) {
		return d.ports.Enrolments.InClass(ctx, id, at)
	})
	slices.SortFunc(rows, func(a, b *Enrolment) int { return a.No - b.No })
	return c, rows, err
}

// Courses and Classes list those of a body: by's own, or for an exam office or an authority any.
func (d *Desk) Courses(ctx context.Context, by authz.Principal, org engine.OrgID) ([]*Course, error) {
	if err := d.reads(by, org); err != nil {
		return nil, err
	}
	return engine.All(ctx, func(ctx context.Context, at engine.Cursor) ([]*Course, string, error) {
		return d.ports.Courses.CoursesOf(ctx, org, at)
	})
}

// Classes is described at Courses.
func (d *Desk) Classes(ctx context.Context, by authz.Principal, org engine.OrgID) ([]*Class, error) {
	if err := d.reads(by, org); err != nil {
		return nil, err
	}
	return engine.All(ctx, func(ctx context.Context, at engine.Cursor) ([]*Class, string, error) {
		return d.ports.Classes.ClassesOf(ctx, org, at)
	})
}

func (d *Desk) reads(by authz.Principal, org engine.OrgID) error {
	if err := by.Require(authz.TrainRead); err != nil {
		return err
	}
	if org == "" || !sees(by, org) {
		return engine.ErrOrg
	}
	return nil
}

// sees reports whether by may read what the body keeps: exam offices read of every body who taught whom, for they assign the staff.
func sees(by authz.Principal, org engine.OrgID) bool {
	return by.ActsFor(string(org)) || by.Can(authz.StaffAssign)
}

// Policy is what courses are measured by.
func (d *Desk) Policy() engine.TrainingPolicy { return d.policy.Training }

// own loads a class of by's body.
func (d *Desk) own(ctx context.Context, by authz.Principal, id string) (*Class, error) {
	if _, err := d.body(ctx, by); err != nil {
		return nil, err
	}
	c, err := d.ports.Classes.Class(ctx, id)
	if err == nil && !by.ActsFor(string(c.Org)) {
		return nil, ErrClass
	}
	return c, err
}

var errTrainee = ErrInput.With("此人是本班学员，不能同时是教师")

// AddTeacher writes a teacher into a class and records that they teach it, for as long as the class lasts. The person is
// registered by name and document number. Again is harmless.
func (d *Desk) AddTeacher(ctx context.Context, by authz.Principal, class string, p engine.Person) (*Class, error) {
	c, err := d.own(ctx, by, class)
	if err != nil {
		return nil, err
	}
	who, err := d.people.Register(ctx, by, p)
	if err != nil {
		return nil, err
	}
	if slices.Contains(c.Roll, who.ID) {
		return nil, errTrainee
	}
	// The tie comes first: a teacher who stands in the class without one could examine it.
	if _, err := d.tie(ctx, by, c, separation.Teaches, separation.PersonNode(who.ID), c.From); err != nil {
		return nil, err
	}
	now := d.clock.Now()
	return d.edit(ctx, class, func(c *Class) error {
		if slices.Contains(c.Roll, who.ID) { // who was enrolled meanwhile
			return errTrainee
		}
		i := slices.IndexFunc(c.Teachers, func(t Teaching) bool { return t.Person == who.ID })
		switch {
		case i >= 0 && !c.Teachers[i].Struck:
			return engine.ErrUnchanged
		case i >= 0:
			c.Teachers[i].Struck, c.Teachers[i].Reason = false, ""
			c.Trail.AddBy(now, by, "class.teacher", string(who.ID))
			return nil
		case len(c.Teachers) >= maxTeachers:
			return ErrInput.With("教师不超过%d人", maxTeachers)
		}
		c.Teachers = append(c.Teachers, Teaching{Person: who.ID, Name: who.Name})
		c.Trail.AddBy(now, by, "class.teacher", string(who.ID))
		return nil
	})
}

func (d *Desk) edit(ctx context.Context, id string, change func(*Class) error) (*Class, error) {
	return engine.Modify(ctx, func(ctx context.Context) (*Class, error) { return d.ports.Classes.Class(ctx, id) }, d.ports.Classes.UpdateClass, change)
}
