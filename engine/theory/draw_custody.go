package theory

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// Appointment names who holds the seed of a session's draw, before anything is committed.
type Appointment struct {
	Custodians []authz.Principal     // with the role, at least two, of at least two bodies; numbered from 1
	Threshold  int                   // how many others can stand in for one who withholds: 0 for nobody, else from 2
	Quorum     int                   // signatures for a redraw; 0 for more than half
	Beacon     protocol.Announcement // where the public random value will come from
}

// minCustodians is how many there are at least, and from how many bodies they come.
const minCustodians = 2

func (a Appointment) check() error {
	var c errs.Check
	accounts, bodies := map[string]bool{}, map[string]bool{}
	for _, k := range a.Custodians {
		c.That(k.Can(authz.DrawKeep) && k.Account != "", "custodians", "role", "账号没有种子保管人角色")
		c.That(!accounts[k.Account], "custodians", "twice", "同一账号只能担任一次")
		c.That(k.Org != "" || k.Province != "", "custodians", "body", "账号没有注明所属单位")
		accounts[k.Account] = true
		bodies[k.Org+"/"+k.Province] = true
	}
	m := len(a.Custodians)
	c.That(m >= minCustodians && m <= protocol.MaxCustodians, "custodians", "count", "种子保管人至少两名")
	c.That(len(bodies) >= minCustodians, "custodians", "bodies", "种子保管人至少来自两个单位")
	c.That(a.Threshold == 0 || a.Threshold >= 2 && a.Threshold < m, "threshold", "range", "可代为恢复的人数为0（不可恢复），或2至其余保管人数")
	c.That(a.Quorum == 0 || a.Quorum <= m && a.Quorum*2 > m, "quorum", "range", "重新组卷须过半数保管人签名")
	c.That(a.Beacon.Kind != protocol.NoBeacon, "beacon", "kind", "公开随机数的来源为 drand 或见证抽取")
	a.Beacon.Check(&c)
	return c.Err(ErrCustodians)
}

// randomAhead is how long before the theory window the public random value comes out (assembly.md §7).
const randomAhead = 2 * time.Hour

// Round is the drand round for a session's draw: the first that is out two hours before the theory window opens, or
// half way to it where that is nearer than two hours.
func Round(s *sitting.Session, now time.Time) int {
	due := s.Theory.Opens.Add(-randomAhead)
	return protocol.RoundFrom(newer(due, now.Add(s.Theory.Opens.Sub(now)/2)))
}

// Appoint names the custodians of a session's draw. Naming the same ones again is harmless; a draw that has begun in
// another way is ErrDrawn. The keys of the house for this draw are made here, before anybody commits to anything.
func (e *Exams) Appoint(ctx context.Context, by authz.Principal, id sitting.SessionID, a Appointment) (*Draw, error) {
	if err := by.Require(authz.FormsDraw); err != nil {
		return nil, err
	}
	s, err := e.toRun(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if err := a.check(); err != nil {
		return nil, err
	}
	now := e.clock.Now()
	d, err := e.newDraw(ctx, s, now)
	if err != nil {
		return nil, err
	}
	if d.Threshold, d.Quorum, d.Beacon = a.Threshold, a.Quorum, a.Beacon; d.Quorum == 0 {
		d.Quorum = len(a.Custodians)/2 + 1
	}
	for _, k := range a.Custodians {
		d.Custodians = append(d.Custodians, Custodian{Account: k.Account, Name: k.Name, Org: engine.OrgID(k.Org)})
	}
	d.Trail.Add(now, by.Account, "draw.appointed", strings.Join(names(d.Custodians), "、"))
	if err := e.entrust(ctx, d, now); err != nil {
		return nil, err
	}
	if err := e.ports.Draws.CreateDraw(ctx, d); !errors.Is(err, ErrDrawn) {
		return d.shown(false), err
	}
	old, err := e.ports.Draws.Draw(ctx, id)
	if err != nil {
		return nil, err
	}
	if old.fresh() && !old.appointedAs(d) {
		d.follow(old)
		return d.shown(false), e.ports.Draws.UpdateDraw(ctx, d)
	}
	if !old.appointedAs(d) {
		return nil, ErrDrawn
	}
	return old.shown(false), nil
}

func names(all []Custodian) (list []string) {
	for _, c := range all {
		list = append(list, c.Name)
	}
	return list
}

func (d *Draw) appointedAs(o *Draw) bool {
	return d.Threshold == o.Threshold && d.Quorum == o.Quorum && d.Beacon == o.Beacon &&
		slices.EqualFunc(d.Custodians, o.Custodians, func(x, y Custodian) bool { return x.Account == y.Account })
}

// keeping is one step of a custodian, by number from 1. Of a draw that is not theirs nobody learns that it exists.
func (e *Exams) keeping(ctx context.Context, by authz.Principal, id sitting.SessionID, step func(r *rerun, n int, now time.Time) error) (*Draw, error) {
	if err := by.Require(authz.DrawKeep); err != nil {
		return nil, err
	}
	s, err := e.sittings.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if d, err := e.ports.Draws.Draw(ctx, id); errors.Is(err, ErrDraw) || err == nil && d.Number(by.Account) == 0 {
		return nil, sitting.ErrSession
	}
	now := e.clock.Now()
	d, err := e.advance(ctx, s, func(r *rerun) error { return step(r, r.d.Number(by.Account), now) })
	if err != nil {
		return nil, err
	}
	return d.shown(false), nil
}

// Enrol registers the public keys of a custodian. With the last of them the terms are fixed: the first entry of the log.
func (e *Exams) Enrol(ctx context.Context, by authz.Principal, id sitting.SessionID, sign, box protocol.Hex) (*Draw, error) {
	return e.register(ctx, by, id, Custodian{Sign: sign, Box: box})
}

// register takes the keys of k, and whether their code was seen.
func (e *Exams) register(ctx context.Context, by authz.Principal, id sitting.SessionID, k Custodian) (*Draw, error) {
	return e.keeping(ctx, by, id, func(r *rerun, n int, now time.Time) error {
		c := &r.d.Custodians[n-1]
		switch {
		case slices.Equal(c.Sign, k.Sign) && slices.Equal(c.Box, k.Box) && len(k.Sign) > 0:
			return engine.ErrUnchanged
		case len(c.Sign) > 0:
			return ErrDrawStep.With("公钥已登记")
		case r.d.spent(k.Sign):
			return ErrDrawStep.With("这一保管码用于已搁置的组卷，请换用新的保管码")
		case !now.Before(r.s.Theory.Opens):
			return ErrDrawLate
		}
		if err := (protocol.Custodian{Name: c.Name, Sign: k.Sign, Box: k.Box}).Check(); err != nil {
			return err
		}
		c.Sign, c.Box = k.Sign, k.Box
		r.d.Trail.Add(now, by.Account, "draw.enrolled", "")
		if k.Seen {
			r.d.see(n, by, now)
		}
		if slices.ContainsFunc(r.d.Custodians, func(c Custodian) bool { return len(c.Sign) == 0 }) {
			return nil
		}
		return r.step(now, r.d.agreed())
	})
}

// Commit takes the commitment of a custodian. The log has commitments in the order of custodians: one that comes early
// is kept until those before it have come.
func (e *Exams) Commit(ctx context.Context, by authz.Principal, id sitting.SessionID, c protocol.Commitment) (*Draw, error) {
	return e.keeping(ctx, by, id, func(r *rerun, n int, now time.Time) error {
		own := &r.d.Custodians[n-1]
		terms := r.d.Terms()
		switch {
		case own.Commitment != nil && reflect.DeepEqual(*own.Commitment, c):
			return engine.ErrUnchanged
		case terms == nil:
			return ErrDrawStep.With("还有保管人没有登记公钥")
		case own.Commitment != nil:
			return ErrDrawStep.With("承诺已提交，不能更换")
		case c.Custodian != n:
			return protocol.ErrCommitment.With("承诺写明的是第 %d 号保管人", c.Custodian)
		case !now.Before(r.s.Theory.Opens):
			return ErrDrawLate
		}
		if err := terms.Accepts(c); err != nil {
			return err
		}
		own.Commitment = &c
		r.d.Trail.Add(now, by.Account, "draw.committed", c.Commitment.String())
		return r.commitments(now)
	})
}

// commitments takes into the log those whose turn has come.
func (r *rerun) commitments(now time.Time) error {
	for i := logged[protocol.Commitment](r.d); i < len(r.d.Custodians) && r.d.Custodians[i].Commitment != nil; i++ {
		if err := r.step(now, *r.d.Custodians[i].Commitment); err != nil {
			return err
		}
	}
	r.d.Commitment = ""
	if first := r.d.Custodians[0].Commitment; first != nil {
		r.d.Commitment = first.Commitment.String()
	}
	return nil
}

// OpenShare opens a custodian's secret, after the public random value. It is checked against the commitment and stays
// sealed in the record until the reveal.
func (e *Exams) OpenShare(ctx context.Context, by authz.Principal, id sitting.SessionID, secret protocol.Secret) (*Draw, error) {
	return e.keeping(ctx, by, id, func(r *rerun, n int, now time.Time) error {
		c := &r.d.Custodians[n-1]
		if err := r.opening(now); err != nil {
			return err
		}
		if err := r.d.Terms().Reveals(*c.Commitment, secret); err != nil {
			return err
		}
		if c.Secret != nil {
			return engine.ErrUnchanged
		}
		c.Secret = &secret
		r.d.Trail.Add(now, by.Account, "draw.opened", "")
		return nil
	})
}

// opening reports whether secrets may be opened at now.
func (r *rerun) opening(now time.Time) error {
	switch {
	case logged[protocol.Beacon](r.d) == 0:
		return ErrDrawStep.With("公开随机数尚未记录")
	case r.d.Root == "" && !now.Before(r.s.Theory.Closes):
		return ErrDrawLate
	}
	return nil
}

// HandOver gives a custodian's part of the secret of another, who withholds it. With enough parts the secret is
// recovered.
func (e *Exams) HandOver(ctx context.Context, by authz.Principal, id sitting.SessionID, share protocol.Share) (*Draw, error) {
	return e.keeping(ctx, by, id, func(r *rerun, n int, now time.Time) error {
		if err := r.opening(now); err != nil {
			return err
		}
		if share.Holder != n || share.Custodian < 1 || share.Custodian > len(r.d.Custodians) {
			return protocol.ErrShare.With("只能交出分存给自己的份额")
		}
		c := &r.d.Custodians[share.Custodian-1]
		switch {
		case c.Withheld == "":
			return ErrDrawStep.With("没有要求恢复第 %d 号保管人的份额", share.Custodian)
		case slices.ContainsFunc(c.Shares, func(s protocol.Share) bool { return reflect.DeepEqual(s, share) }):
			return engine.ErrUnchanged
		case c.Secret != nil:
			return engine.ErrUnchanged // others were enough
		}
		return r.gather(c, share, by, now)
	})
}

func (r *rerun) gather(c *Custodian, share protocol.Share, by authz.Principal, now time.Time) error {
	shares := append(slices.Clone(c.Shares), share)
	secret, err := r.d.Terms().Recover(*c.Commitment, shares)
	if err != nil && !errors.Is(err, protocol.ErrTooFew) {
		return err
	}
	c.Shares = shares
	r.d.Trail.Add(now, by.Account, "draw.handed-over", c.Name)
	if err == nil {
		c.Secret, c.Recovered = &secret, true
		r.d.Trail.Add(now, by.Account, "draw.recovered", c.Name+"："+c.Withheld)
	}
	return nil
}
