package sitting

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/questionbank"
)

// Ports are the stores of this package.
type Ports struct {
	Plans    Plans
	Sessions Sessions
	Seats    Seats

	Proceedings Proceedings
	Draws       Draws   // nil: forms are drawn for no session
	Classes     Classes // nil: no training body keeps its classes here
	Acting      Acting  // nil: nobody has done anything yet
	Tasks       Tasks   // nil: practical tasks are judged by all of the level
	Makers      Makers  // nil: nobody is asked who made the paper
	Papers      Papers  // nil: they are judged by the release for ever

	Calibrations Calibrations // nil: nobody is calibrated
	Requests     Requests     // nil: nobody applies by themselves
}

// Classes knows training classes by what people call them; training.Desk does.
type Classes interface {
	Named(ctx context.Context, name string) (ids []string, err error)
}

// Bank is what a sitting asks of the question bank.
type Bank interface {
	Blueprint(ctx context.Context, id string) (*questionbank.Blueprint, error)
}

// Sittings plans and runs sittings.
type Sittings struct {
	ports  Ports
	people *people.Registry
	desk   *registration.Desk
	judge  *separation.Judge
	bank   Bank
	policy engine.Policy
	clock  clock.Clock
	ids    *ids.Source
	books  books

	settling Settling // nil: no session is settled
}

// NewSittings returns Sittings.
func NewSittings(p Ports, r *people.Registry, d *registration.Desk, j *separation.Judge, bank Bank, pol engine.Policy, c clock.Clock, s *ids.Source) *Sittings {
	return &Sittings{ports: p, people: r, desk: d, judge: j, bank: bank, policy: pol, clock: c, ids: s, books: books{m: map[SessionID]*shelf{}}}
}

// Whole is by under each of their documents, as people.Registry.Whole says. It asks for no role: it is for other rooms.
func (s *Sittings) Whole(ctx context.Context, by authz.Principal) (authz.Principal, error) {
	return s.people.Whole(ctx, by)
}

// Sameness says who counts as one human, as people.Registry.Sameness does. It asks for no role: it is for other rooms.
func (s *Sittings) Sameness(ctx context.Context) (people.Sameness, error) {
	return s.people.Sameness(ctx)
}

func actsFor(by authz.Principal, body engine.OrgID) bool { return by.ActsFor(string(body)) }

// CreatePlan makes a draft. ID may be empty: it is derived from body, year and name then. The same plan again is
// harmless; another one under its ID is ErrPlanExists.
func (s *Sittings) CreatePlan(ctx context.Context, by authz.Principal, p Plan) (*Plan, error) {
	if err := by.Require(authz.PlanWrite); err != nil {
		return nil, err
	}
	if p.Name = strings.TrimSpace(p.Name); p.ID == "" {
		p.ID = PlanID(ids.Derive("plan", string(p.Org), fmt.Sprint(p.Year), p.Name))
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	if !actsFor(by, p.Org) {
		return nil, authz.ErrForbidden.With("只能办理本机构的计划")
	}
	if err := s.filedFor(ctx, p); err != nil {
		return nil, err
	}
	p.State, p.Trail, p.Revision = PlanDraft, nil, 0
	p.Trail.Add(s.clock.Now(), by.Account, "plan.created", "")
	err := s.ports.Plans.CreatePlan(ctx, &p)
	if !errors.Is(err, ErrPlanExists) {
		return &p, err
	}
	old, err := s.ports.Plans.Plan(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	if old.Org != p.Org || old.Name != p.Name || old.Year != p.Year || !slices.Equal(old.Levels, p.Levels) {
		return nil, ErrPlanExists
	}
	return old, nil
}

func (p Plan) check() error {
	var c errs.Check
	c.That(len(p.ID) <= maxID && printable(string(p.ID)), "id", "form", "编号应为不超过60位的字母、数字")
	c.That(p.Name != "" && len(p.Name) <= maxName, "name", "form", "缺少名称或名称过长")
	c.That(p.Year >= 2020 && p.Year < 2100, "year", "range", "年度不正确")
	c.That(len(p.Levels) > 0, "levels", "missing", "至少一个等级")
	for i, l := range p.Levels {
		c.That(l.Valid() && !slices.Contains(p.Levels[:i], l), "levels", "unknown", "等级不正确或重复")
	}
	return c.Err(ErrPlanInput)
}

const (
	maxID   = 60
	maxName = 300 // bytes
)

// printable reports whether s can stand in a key of the store.
func printable(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// filedFor returns nil when the body is filed for every level of the plan in its year.
func (s *Sittings) filedFor(ctx context.Context, p Plan) error {
	body, err := s.people.Organisation(ctx, p.Org)
	if err != nil {
		return err
	}
	for _, l := range p.Levels {
		if err := body.FiledIn(p.Year, engine.CareWork(l, "", clock.Date{})); err != nil {
			return err
		}
	}
	return body.Permits(engine.ActPlan, s.today())
}

// PublishPlan makes a plan binding. Publishing twice is harmless.
func (s *Sittings) PublishPlan(ctx context.Context, by authz.Principal, id PlanID) (*Plan, error) {
	if err := by.Require(authz.PlanWrite); err != nil {
		return nil, err
	}
	now := s.clock.Now()
	return engine.Modify(ctx, func(ctx context.Context) (*Plan, error) { return s.ports.Plans.Plan(ctx, id) }, s.ports.Plans.UpdatePlan,
		func(p *Plan) error {
			switch {
			case !actsFor(by, p.Org):
				return ErrPlan
			case p.State == PlanPublished:
				return engine.ErrUnchanged
			}
			body, err := s.people.Organisation(ctx, p.Org)
			if err != nil {
				return err
			}
			if err := body.Permits(engine.ActPlan, s.today()); err != nil {
				return err
			}
			p.State = PlanPublished
			p.Trail.Add(now, by.Account, "plan.published", "")
			return nil
		})
}

// Plans lists the plans that by may see.
func (s *Sittings) Plans(ctx context.Context, by authz.Principal) ([]*Plan, error) {
	if err := by.Require(authz.PlanRead); err != nil {
		return nil, err
	}
	all, err := engine.All(ctx, s.ports.Plans.PlanList)
	return slices.DeleteFunc(all, func(p *Plan) bool { return !actsFor(by, p.Org) }), err
}

// writers bounds the seats or ties that are written at a time: enough for the store to make many durable in one go.
const writers = 16

// each does f for every element, several at a time, and stops at the first failure.
func each[T any](ctx context.Context, all []T, f func(ctx context.Context, v T) error) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(writers)
	for _, v := range all {
		work.Go(func() error { return f(ctx, v) })
	}
	return work.Wait()
}
