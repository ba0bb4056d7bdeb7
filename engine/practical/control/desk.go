package control

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
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/questionbank"
)

// Ports are what a Desk keeps its documents in, and what it asks of other rooms.
type Ports struct {
	Controls Controls
	Markings Markings
	People   People
	Bank     Bank
}

// People knows names and bodies; people.Registry does.
type People interface {
	Named(ctx context.Context, id engine.PersonID) (*engine.Person, error)
	Organisation(ctx context.Context, id engine.OrgID) (*engine.Organisation, error)
}

// Bank knows tasks and releases; questionbank.Bank does.
type Bank interface {
	Task(ctx context.Context, code string) (*questionbank.Task, error)
	Tasks(ctx context.Context, l engine.Level) ([]*questionbank.Task, error)
	Current(ctx context.Context) ([]*questionbank.Release, error)
}

// Desk keeps control performances: leaders write and rate them, examiners are calibrated by them.
type Desk struct {
	ports  Ports
	policy engine.Policy
	clock  clock.Clock
	ids    *ids.Source
}

// NewDesk returns a Desk.
func NewDesk(p Ports, pol engine.Policy, c clock.Clock, src *ids.Source) *Desk {
	return &Desk{ports: p, policy: pol, clock: c, ids: src}
}

// Choices are what a new control performance may be made of.
type Choices struct {
	Releases []*questionbank.Release
	Tasks    []*questionbank.Task // of every level, by level and code
	Province string               // whose experts the acting person belongs to; empty: no province's
}

// Choices lists the published releases and the tasks.
func (d *Desk) Choices(ctx context.Context, by authz.Principal) (*Choices, error) {
	if err := by.Require(authz.ControlWrite); err != nil {
		return nil, err
	}
	c := &Choices{Province: by.Province}
	var err error
	if c.Releases, err = d.ports.Bank.Current(ctx); err != nil {
		return nil, err
	}
	for _, l := range engine.Levels() {
		tasks, err := d.ports.Bank.Tasks(ctx, l)
		if err != nil {
			return nil, err
		}
		c.Tasks = append(c.Tasks, tasks...)
	}
	return c, nil
}

// New is what a draft is made of.
type New struct {
	Task       string // code
	Release    string // that is published
	Provincial bool   // for everybody in the acting person's province instead of the own body
	Text
}

func (n New) check() error {
	var c errs.Check
	c.That(n.Task != "", "task", "missing", "请选择任务")
	c.That(n.Release != "", "release", "missing", "请选择题库版本")
	n.Text.note(&c)
	return c.Err(ErrInput)
}

// Write (编写) makes a draft of a task as it stands now.
func (d *Desk) Write(ctx context.Context, by authz.Principal, n New) (*Control, error) {
	if err := by.Require(authz.ControlWrite); err != nil {
		return nil, err
	}
	scope, err := scopeOf(by, n.Provincial)
	if err != nil {
		return nil, err
	}
	n.Text = n.Text.clean()
	if err := n.check(); err != nil {
		return nil, err
	}
	task, err := d.task(ctx, n)
	if err != nil {
		return nil, err
	}
	c := &Control{ID: ID(d.ids.New()), Scope: scope, Edition: 1, Task: *task, Release: n.Release, Text: n.Text, Author: engine.PersonID(by.Person), State: Draft}
	c.Trail.Add(d.clock.Now(), by.Account, "control.written", c.Task.Code)
	return c, d.ports.Controls.CreateControl(ctx, c)
}

func scopeOf(by authz.Principal, provincial bool) (Scope, error) {
	switch {
	case provincial && !by.ActsIn(by.Province):
		return Scope{}, authz.ErrForbidden.With("账号没有指明省份，不能为全省编写")
	case provincial:
		return Scope{Province: by.Province}, nil
	case by.Org == "":
		return Scope{}, ErrBody
	}
	return Scope{Org: engine.OrgID(by.Org)}, nil
}

// task returns the task that a draft names, of a level that a published release covers.
func (d *Desk) task(ctx context.Context, n New) (*questionbank.Task, error) {
	releases, err := d.ports.Bank.Current(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(releases, func(r *questionbank.Release) bool { return r.ID == n.Release })
	if i < 0 {
		return nil, ErrRelease
	}
	t, err := d.ports.Bank.Task(ctx, n.Task)
	if err != nil {
		return nil, err
	}
	if _, covered := releases[i].Tables[t.Level]; !covered {
		return nil, ErrRelease.With("%s没有%s的内容", n.Release, t.Level)
	}
	return t, nil
}

// holds reports whether the acting person may write in a scope.
func (s Scope) holds(by authz.Principal) bool {
	if s.Org != "" {
		return by.ActsFor(string(s.Org))
	}
	return by.ActsIn(s.Province)
}

// own returns a control performance to a leader of its body or province; for others it is not there.
func (d *Desk) own(ctx context.Context, by authz.Principal, id ID) (*Control, error) {
	if err := by.Require(authz.ControlWrite); err != nil {
		return nil, err
	}
	c, err := d.ports.Controls.Control(ctx, id)
	if err == nil && !c.holds(by) {
		err = ErrControl
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// change rewrites a control performance under one event.
func (d *Desk) change(ctx context.Context, by authz.Principal, id ID, action, note string, edit func(*Control) error) (*Control, error) {
	now := d.clock.Now()
	return engine.Modify(ctx, func(ctx context.Context) (*Control, error) { return d.own(ctx, by, id) }, d.ports.Controls.UpdateControl,
		func(c *Control) error {
			if err := edit(c); err != nil {
				return err
			}
			c.Trail.Add(now, by.Account, action, note)
			return nil
		})
}

// Amend replaces the text of one's own draft that one saw at revision.
func (d *Desk) Amend(ctx context.Context, by authz.Principal, id ID, revision int64, t Text) (*Control, error) {
	if err := by.Require(authz.ControlWrite); err != nil {
		return nil, err
	}
	t = t.clean()
	if err := t.check(); err != nil {
		return nil, err
	}
	return d.change(ctx, by, id, "control.amended", "", func(c *Control) error {
		if err := c.amend(engine.PersonID(by.Person), t); err != nil {
			return err
		}
		if c.Revision != revision {
			return engine.ErrStale
		}
		return nil
	})
}

// Submit (提交定标) gives one's own draft to the experts: its text stands from here on.
func (d *Desk) Submit(ctx context.Context, by authz.Principal, id ID) (*Control, error) {
	return d.change(ctx, by, id, "control.submitted", "", func(c *Control) error { return c.submit(engine.PersonID(by.Person)) })
}

// Agreed is what raters agreed on: points, critical errors and, by criterion number, why points were taken off.
type Agreed struct {
	Entry
	Reasons map[string]string
}

// Agree (商定) sets down the reference that the raters agreed on, for somebody who last saw the control performance at revision:
// ErrReferenceStale where another set one down meanwhile. Setting the same down again is harmless.
func (d *Desk) Agree(ctx context.Context, by authz.Principal, id ID, revision int64, e Agreed) (*Control, error) {
	if err := by.Require(authz.ControlWrite); err != nil {
		return nil, err
	}
	ratings, err := d.ratings(ctx, id)
	if err != nil {
		return nil, err
	}
	r := Reference{Scores: e.Scores, Vetoes: cleanMarks(e.Vetoes), Reasons: cleanReasons(e.Reasons), By: engine.PersonID(by.Person), At: d.clock.Now()}
	return d.change(ctx, by, id, "control.agreed", "", func(c *Control) error {
		seen := c.Revision
		if err := c.agree(r, ratings); err != nil {
			return err
		}
		if seen != revision {
			return ErrReferenceStale
		}
		return nil
	})
}

func cleanMarks(marks []practical.VetoMark) []practical.VetoMark {
	marks = slices.Clone(marks)
	for i := range marks {
		marks[i].Note = strings.TrimSpace(marks[i].Note)
	}
	return marks
}

func cleanReasons(reasons map[string]string) map[string]string {
	clean := map[string]string{}
	for no, r := range reasons {
		if r = strings.TrimSpace(r); r != "" {
			clean[no] = r
		}
	}
	return clean
}

// Confirm (确认定标) makes the reference final as it stood at revision; another rater than who set it down does.
func (d *Desk) Confirm(ctx context.Context, by authz.Principal, id ID, revision int64) (*Control, error) {
	if err := by.Require(authz.ControlWrite); err != nil {
		return nil, err
	}
	ratings, err := d.ratings(ctx, id)
	if err != nil {
		return nil, err
	}
	now := d.clock.Now()
	return d.change(ctx, by, id, "control.confirmed", "", func(c *Control) error {
		seen := c.Revision
		if err := c.confirm(engine.PersonID(by.Person), ratings, now); err != nil {
			return err
		}
		if seen != revision {
			return engine.ErrStale
		}
		return nil
	})
}

// Retire (停用) ends the use of a control performance, with the reason.
func (d *Desk) Retire(ctx context.Context, by authz.Principal, id ID, reason string) (*Control, error) {
	if err := by.Require(authz.ControlWrite); err != nil {
		return nil, err
	}
	reason = strings.TrimSpace(reason)
	var k errs.Check
	k.That(reason != "", "reason", "missing", "请写明停用的理由")
	k.That(utf8.RuneCountInString(reason) <= practical.MaxNote, "reason", "long", "理由过长")
	if err := k.Err(ErrInput); err != nil {
		return nil, err
	}
	c, err := d.change(ctx, by, id, "control.retired", reason, func(c *Control) error { return c.retire() })
	if err != nil {
		return nil, err
	}
	return c.masked(), nil
}

// Renew (新版本) makes a draft of the next edition, with the text of this one and the task as it stands in the bank now. Asked for
// again it returns the same draft.
func (d *Desk) Renew(ctx context.Context, by authz.Principal, id ID) (*Control, error) {
	old, err := d.own(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if old.State != Confirmed && old.State != Retired {
		return nil, ErrState
	}
	task, err := d.ports.Bank.Task(ctx, old.Task.Code)
	if err != nil {
		return nil, err
	}
	c := &Control{ID: ID(ids.Derive("control edition", string(old.ID))), Scope: old.Scope, Edition: old.Edition + 1, Earlier: old.ID, Task: *task,
		Release: old.Release, Text: old.Text, Author: engine.PersonID(by.Person), State: Draft}
	c.Trail.Add(d.clock.Now(), by.Account, "control.renewed", string(old.ID))
	err = d.ports.Controls.CreateControl(ctx, c)
	if errors.Is(err, ErrControlExists) {
		if c, err = d.own(ctx, by, c.ID); err == nil {
			c = c.masked()
		}
	}
	return c, err
}

// masked is the control performance without what is not for everybody who may know of it.
func (c *Control) masked() *Control {
	m := *c
	m.Reference, m.Trail = nil, nil
	return &m
}

// ratings are the signed sheets of a control performance's raters.
func (d *Desk) ratings(ctx context.Context, id ID) ([]*Marking, error) {
	all, err := d.markings(ctx, Whose{Control: id})
	return slices.DeleteFunc(all, func(m *Marking) bool { return m.Purpose != ForReference || m.Signed().IsZero() }), err
}

func (d *Desk) markings(ctx context.Context, w Whose) ([]*Marking, error) {
	return engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Marking, string, error) {
		return d.ports.Markings.MarkingsOf(ctx, w, c)
	})
}
