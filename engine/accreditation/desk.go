package accreditation

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/separation"
)

// Ports are the stores of this package.
type Ports struct {
	Calls Calls
	Files Files
}

// Desk is where bodies are selected.
type Desk struct {
	ports  Ports
	ties   *separation.Judge // files bodies, with who is behind them
	people *people.Registry
	policy engine.Policy
	clock  clock.Clock
}

// NewDesk returns a Desk.
func NewDesk(p Ports, j *separation.Judge, r *people.Registry, pol engine.Policy, c clock.Clock) *Desk {
	return &Desk{ports: p, ties: j, people: r, policy: pol, clock: c}
}

const (
	maxApplications = 50
	maxMaterials    = 30
	MaxFile         = 5 << 20 // bytes of one material
	maxFileName     = 120     // characters
)

func (d *Desk) today() clock.Date { return clock.DateOf(d.clock.Now(), d.policy.Location()) }

// Terms are what the policy asks of every call: the materials, the days of notice and the years of a lease.
func (d *Desk) Terms() engine.AccreditationPolicy { return d.policy.Accreditation }

// Announce publishes a call in the authority's own province. Its ID is derived from province and document; announcing the same
// again is harmless. Materials may be empty: they are the policy's then.
func (d *Desk) Announce(ctx context.Context, by authz.Principal, c Call) (*Call, error) {
	c, err := d.drafted(by, c)
	if err != nil {
		return nil, err
	}
	c.ID = CallID(ids.Derive("call", c.Province, c.Document))
	c.Notice, c.Applications, c.Trail, c.Revision = nil, nil, nil, 0
	c.Trail.AddBy(d.clock.Now(), by, "call.announced", c.Document)
	err = d.ports.Calls.CreateCall(ctx, &c)
	if !errors.Is(err, ErrCallExists) {
		return &c, err
	}
	old, err := d.ports.Calls.Call(ctx, c.ID)
	if err == nil && (old.Title != c.Title || old.Closes != c.Closes || old.Bodies != c.Bodies || !slices.Equal(old.Levels, c.Levels)) {
		return nil, ErrCallExists
	}
	return old, err
}

// CheckCall tells everything that Announce would refuse of a call.
func (d *Desk) CheckCall(by authz.Principal, c Call) error {
	_, err := d.drafted(by, c)
	return err
}

// drafted is a call as it is kept, or all that is wrong with it.
func (d *Desk) drafted(by authz.Principal, c Call) (Call, error) {
	if err := by.Require(authz.AccreditCall); err != nil {
		return c, err
	}
	terms := d.policy.Accreditation
	if terms.NoticeDays == 0 {
		return c, ErrNoPolicy
	}
	c.Province, c.Title, c.Document = by.Province, strings.TrimSpace(c.Title), strings.TrimSpace(c.Document)
	if len(c.Materials) == 0 {
		c.Materials = slices.Clone(terms.Materials)
	}
	if c.NoticeDays == 0 {
		c.NoticeDays = terms.NoticeDays
	}
	c.Occupation, c.LeaseYears = engine.LongTermCare().Code, terms.LeaseYears
	return c, c.check(d.today(), terms.NoticeDays)
}

func (c *Call) check(today clock.Date, least int) error {
	var k errs.Check
	k.That(engine.Province(c.Province) != "", "province", "unknown", "省份代码不存在")
	k.That(c.Title != "" && utf8.RuneCountInString(c.Title) <= 100, "title", "form", "请填写名称，不超过100个字")
	k.That(c.Document != "" && utf8.RuneCountInString(c.Document) <= 60, "document", "form", "请填写文号，不超过60个字")
	k.That(len(c.Levels) > 0 && !slices.ContainsFunc(c.Levels, func(l engine.Level) bool { return !l.Valid() }), "levels", "unknown", "请选择等级")
	k.That(c.Bodies > 0 && c.Bodies <= maxApplications, "bodies", "range", fmt.Sprintf("机构数应为1至%d", maxApplications))
	k.That(!c.Closes.Before(today), "closes", "order", "截止日期不能早于今天")
	k.That(c.NoticeDays >= least && c.NoticeDays <= 60, "notice_days", "range", fmt.Sprintf("公示应为%d至60个工作日", least))
	k.That(len(c.Materials) <= maxMaterials, "materials", "range", fmt.Sprintf("材料不超过%d项", maxMaterials))
	for i, m := range c.Materials {
		key := m.Key != "" && len(m.Key) <= 40 && strings.Trim(m.Key, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
		k.That(key && !slices.ContainsFunc(c.Materials[:i], func(n engine.Material) bool { return n.Key == m.Key }), "materials", "form", "材料的编号重复或不正确")
		k.That(m.Name != "" && utf8.RuneCountInString(m.Name) <= 200 && utf8.RuneCountInString(m.Clause) <= 100, "materials", "form", "材料的名称或依据过长")
	}
	return k.Err(ErrInput)
}

// Calls lists the calls that by may see, the newest deadline first: an authority sees those of its province whole, a body those
// of its province with its own application only.
func (d *Desk) Calls(ctx context.Context, by authz.Principal) ([]*Call, error) {
	if err := by.Require(authz.AccreditRead); err != nil {
		return nil, err
	}
	all, err := engine.All(ctx, d.ports.Calls.CallList)
	if err != nil {
		return nil, err
	}
	var list []*Call
	for _, c := range all {
		seen, err := d.seenBy(ctx, by, c)
		if err == nil {
			list = append(list, seen)
		} else if !errors.Is(err, ErrCall) {
			return nil, err
		}
	}
	slices.SortStableFunc(list, func(a, b *Call) int { return strings.Compare(b.Closes.String(), a.Closes.String()) })
	return list, nil
}

// Call shows one call as Calls does.
func (d *Desk) Call(ctx context.Context, by authz.Principal, id CallID) (*Call, error) {
	if err := by.Require(authz.AccreditRead); err != nil {
		return nil, err
	}
	c, err := d.ports.Calls.Call(ctx, id)
	if err != nil {
		return nil, err
	}
	return d.seenBy(ctx, by, c)
}

// seenBy leaves of a call what by may see. Who objected is for the authority alone, what other bodies handed in too.
func (d *Desk) seenBy(ctx context.Context, by authz.Principal, c *Call) (*Call, error) {
	if by.IsAuthority() {
		if !by.ActsIn(c.Province) {
			return nil, ErrCall
		}
		return c, nil
	}
	body, err := d.people.Organisation(ctx, engine.OrgID(by.Org))
	switch {
	case errors.Is(err, engine.ErrOrg):
		return nil, ErrCall
	case err != nil:
		return nil, err
	case body.Province != c.Province:
		return nil, ErrCall
	}
	c.Applications = slices.DeleteFunc(c.Applications, func(a Application) bool { return !by.ActsFor(string(a.Org)) })
	for i := range c.Applications {
		for n := range c.Applications[i].Objections {
			c.Applications[i].Objections[n].From = ""
		}
	}
	c.Trail = nil
	return c, nil
}

// Public lists the calls for everybody: what is asked for, and who is in the public notice or was filed, nothing else of them.
func (d *Desk) Public(ctx context.Context) ([]*Call, error) {
	all, err := engine.All(ctx, d.ports.Calls.CallList)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		c.Trail = nil
		c.Applications = slices.DeleteFunc(c.Applications, func(a Application) bool { return a.State != Noticed && a.State != Filed })
		for i, a := range c.Applications {
			c.Applications[i] = Application{Org: a.Org, Name: a.Name, State: a.State}
		}
	}
	slices.SortStableFunc(all, func(a, b *Call) int { return strings.Compare(b.Closes.String(), a.Closes.String()) })
	return all, nil
}

// Apply begins the application of by's body. Again is harmless.
func (d *Desk) Apply(ctx context.Context, by authz.Principal, id CallID) (*Call, error) {
	if err := by.Require(authz.AccreditApply); err != nil {
		return nil, err
	}
	body, err := d.people.Organisation(ctx, engine.OrgID(by.Org))
	if err != nil {
		return nil, err
	}
	today, now := d.today(), d.clock.Now()
	return d.change(ctx, by, id, func(c *Call) error {
		if _, err := c.of(body.ID); err == nil {
			return engine.ErrUnchanged
		}
		if err := c.openOn(today); err != nil {
			return err
		}
		if err := c.eligible(body, today); err != nil {
			return err
		}
		if len(c.Applications) >= maxApplications {
			return ErrInput.With("申报机构过多")
		}
		c.Applications = append(c.Applications, Application{Org: body.ID, Name: body.Name, State: Draft})
		c.Trail.AddBy(now, by, "application.begun", string(body.ID))
		return nil
	})
}

// Attach hands in the content of a material: PDF, JPEG or PNG by its bytes, at most MaxFile of them.
func (d *Desk) Attach(ctx context.Context, by authz.Principal, id CallID, material, name string, data []byte) (*Call, error) {
	if err := by.Require(authz.AccreditApply); err != nil {
		return nil, err
	}
	if name = path.Base(strings.TrimSpace(strings.ReplaceAll(name, "\\", "/"))); !readable(data) || !named(name) {
		return nil, ErrFile
	}
	sum := sha256.Sum256(data)
	f := File{Material: material, Name: name, Size: len(data), Digest: hex.EncodeToString(sum[:]), At: d.clock.Now(), By: by.Account}
	call, err := d.ports.Calls.Call(ctx, id)
	if err != nil {
		return nil, err
	}
	own, err := call.of(engine.OrgID(by.Org))
	if err != nil {
		return nil, err
	}
	if err := call.attach(own, f, d.today()); err != nil && !errors.Is(err, engine.ErrUnchanged) {
		return nil, err // before its bytes are kept
	}
	if err := d.ports.Files.PutMaterial(ctx, f.Digest, data); err != nil {
		return nil, err
	}
	return d.own(ctx, by, id, "application.attached", f.Material+" "+f.Digest, func(c *Call, a *Application) error { return c.attach(a, f, d.today()) })
}

func readable(data []byte) bool {
	kinds := [][]byte{[]byte("%PDF-"), {0xFF, 0xD8, 0xFF}, []byte("\x89PNG\r\n\x1a\n")}
	return len(data) <= MaxFile && slices.ContainsFunc(kinds, func(k []byte) bool { return bytes.HasPrefix(data, k) })
}

func named(name string) bool {
	return name != "." && name != "/" && utf8.ValidString(name) && utf8.RuneCountInString(name) <= maxFileName && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' })
}

// SetPremises writes down where the body would examine.
func (d *Desk) SetPremises(ctx context.Context, by authz.Principal, id CallID, p Premises) (*Call, error) {
	return d.own(ctx, by, id, "application.premises", "", func(c *Call, a *Application) error { return c.house(a, p, d.today()) })
}

// CheckPremises tells everything that SetPremises would refuse of premises.
func (d *Desk) CheckPremises(ctx context.Context, by authz.Principal, id CallID, p Premises) error {
	if err := by.Require(authz.AccreditApply); err != nil {
		return err
	}
	c, err := d.Call(ctx, by, id)
	if err != nil {
		return err
	}
	return c.suits(p, d.today())
}

// SetControl writes down who is behind the body, all of it.
func (d *Desk) SetControl(ctx context.Context, by authz.Principal, id CallID, s separation.Control) (*Call, error) {
	s, err := d.CheckControl(ctx, by, s)
	if err != nil {
		return nil, err
	}
	return d.own(ctx, by, id, "application.control", "", func(c *Call, a *Application) error { return c.state(a, s, d.today()) })
}

// CheckControl tells everything that SetControl would refuse of what is said of by's body.
func (d *Desk) CheckControl(ctx context.Context, by authz.Principal, s separation.Control) (separation.Control, error) {
	if err := by.Require(authz.AccreditApply); err != nil {
		return s, err
	}
	body, err := d.people.Organisation(ctx, engine.OrgID(by.Org))
	if err != nil {
		return s, err
	}
	return s.Checked(body.CreditCode)
}

// Submit hands the application in. The body must be eligible on this day too.
func (d *Desk) Submit(ctx context.Context, by authz.Principal, id CallID) (*Call, error) {
	return d.own(ctx, by, id, "application.submitted", "", func(c *Call, a *Application) error {
		body, err := d.people.Organisation(ctx, a.Org)
		if err != nil {
			return err
		}
		if err := c.submit(a, d.today()); err != nil {
			return err
		}
		a.Submitted = d.clock.Now()
		return c.eligible(body, d.today())
	})
}

// Withdraw takes the application back.
func (d *Desk) Withdraw(ctx context.Context, by authz.Principal, id CallID) (*Call, error) {
	return d.own(ctx, by, id, "application.withdrawn", "", func(c *Call, a *Application) error { return c.withdraw(a) })
}

// own changes the application of by's body.
func (d *Desk) own(ctx context.Context, by authz.Principal, id CallID, action, note string, step func(*Call, *Application) error) (*Call, error) {
	if err := by.Require(authz.AccreditApply); err != nil {
		return nil, err
	}
	return d.step(ctx, by, id, engine.OrgID(by.Org), action, note, step)
}

// step changes the application of a body and writes it into the trail.
func (d *Desk) step(ctx context.Context, by authz.Principal, id CallID, org engine.OrgID, action, note string, step func(*Call, *Application) error) (*Call, error) {
	return d.change(ctx, by, id, func(c *Call) error {
		a, err := c.of(org)
		if err != nil {
			return err
		}
		if err := step(c, a); err != nil {
			return err
		}
		c.Trail.AddBy(d.clock.Now(), by, action, strings.TrimSpace(string(org)+" "+note))
		return nil
	})
}

// change edits a call and shows it to by.
func (d *Desk) change(ctx context.Context, by authz.Principal, id CallID, edit func(*Call) error) (*Call, error) {
	c, err := engine.Modify(ctx, func(ctx context.Context) (*Call, error) { return d.ports.Calls.Call(ctx, id) }, d.ports.Calls.UpdateCall, edit)
	if err != nil {
		return nil, err
	}
	return d.seenBy(ctx, by, c)
}
