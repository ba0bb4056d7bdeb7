package training

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/separation"
)

// Struck is the outcome of an enrolment that was recorded in error (登记有误). Its place in the roll and its record stay.
const Struck Outcome = "struck"

// Declared is what an enrolment said before it was corrected, and why that was replaced.
type Declared struct {
	Basis  Basis      `json:"basis"`
	Proof  string     `json:"proof,omitempty"`
	Since  clock.Date `json:"since"`
	Result Outcome    `json:"result"`
	Tie    string     `json:"tie,omitempty"`
	Reason string     `json:"reason"`
	At     time.Time  `json:"at"` // replaced
	By     string     `json:"by"`
}

// Statement is what a correction says of an enrolment.
type Statement struct {
	Basis  Basis
	Proof  string
	Since  clock.Date
	Reason string
}

// ErrStruck refuses what is done to an enrolment that was struck.
var ErrStruck = errs.New(errs.Conflict, "training.struck", "该登记已更正为有误")

// tieKept is said of a tie that a training body says does not hold: who trains does not decide whom its people may examine.
const tieKept = "原来的培训关系仍然有效，已注明有争议；确需终止的，请向人力资源和社会保障局提出"

const maxReason = 80 // characters: with what stands before it, within a tie's statement

func reasonOf(text string) (string, error) {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n == 0 || n > maxReason || !utf8.ValidString(text) {
		return "", ErrInput.WithFields(errs.Field{Name: "reason", Code: "form", Msg: "请写明原因，不超过80个字"})
	}
	return text, nil
}

// Restate corrects what an enrolment says. What it said stays with it. Another first day is a new tie, recorded before the enrolment
// is changed; the old one goes on to hold and is contested.
func (d *Desk) Restate(ctx context.Context, by authz.Principal, class string, p engine.PersonID, st Statement) (*Change, error) {
	c, err := d.own(ctx, by, class)
	if err != nil {
		return nil, err
	}
	if st.Reason, err = reasonOf(st.Reason); err != nil {
		return nil, err
	}
	st.Proof = strings.TrimSpace(st.Proof)
	if err := d.statable(ctx, c, p, st); err != nil {
		return nil, err
	}
	t, err := d.tie(ctx, by, c, separation.Attends, separation.PersonNode(p), st.Since)
	if err != nil {
		return nil, err
	}
	now := d.clock.Now()
	e, err := d.change(ctx, class, p, func(e *Enrolment) error { return e.restate(st, t.ID, now, by) })
	if err != nil {
		return nil, err
	}
	return d.contested(ctx, by, e, st.Reason)
}

// statable returns nil when the person's enrolment in the class could say what st says.
func (d *Desk) statable(ctx context.Context, c *Class, p engine.PersonID, st Statement) error {
	who, err := d.people.Named(ctx, p)
	if err != nil {
		return err
	}
	others, err := d.enrolments(ctx, p)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(others, func(e *Enrolment) bool { return e.Class == c.ID }) {
		return ErrEnrolment
	}
	others = slices.DeleteFunc(others, func(e *Enrolment) bool { return e.Class == c.ID })
	return c.admits(Entry{Person: *who, Basis: st.Basis, Proof: st.Proof, Since: st.Since}, others, d.policy.Training.MinAge)
}

func (e *Enrolment) restate(st Statement, tie string, now time.Time, by authz.Principal) error {
	switch {
	case e.Result == Struck:
		return ErrStruck
	case e.Basis == st.Basis && e.Proof == st.Proof && e.Since == st.Since:
		return engine.ErrUnchanged
	case e.Result == Ended && e.Until.Before(st.Since):
		return ErrInput.WithFields(errs.Field{Name: "since", Code: "order", Msg: "入班日期不能晚于退出日期"})
	}
	e.keep(st.Reason, now, by)
	e.Basis, e.Proof, e.Since, e.Tie = st.Basis, st.Proof, st.Since, tie
	e.Trail.AddBy(now, by, "enrolment.restated", st.Reason)
	return nil
}

// keep remembers what the enrolment says.
func (e *Enrolment) keep(reason string, now time.Time, by authz.Principal) {
	e.Earlier = append(e.Earlier, Declared{Basis: e.Basis, Proof: e.Proof, Since: e.Since, Result: e.Result, Tie: e.Tie, Reason: reason, At: now, By: by.Account})
}

// Strike says that an enrolment was recorded in error: the person was never in the class. The number of its completion certificate
// is void with it and given to nobody else. The tie goes on to hold and is contested. Again is harmless.
func (d *Desk) Strike(ctx context.Context, by authz.Principal, class string, p engine.PersonID, reason string) (*Change, error) {
	if _, err := d.own(ctx, by, class); err != nil {
		return nil, err
	}
	reason, err := reasonOf(reason)
	if err != nil {
		return nil, err
	}
	now := d.clock.Now()
	e, err := d.change(ctx, class, p, func(e *Enrolment) error {
		if e.Result == Struck {
			return engine.ErrUnchanged
		}
		e.keep(reason, now, by)
		e.Result = Struck
		e.Trail.AddBy(now, by, "enrolment.struck", reason)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return d.contested(ctx, by, e, reason)
}

// contested has the tie that the last correction left behind contested, if it left one.
func (d *Desk) contested(ctx context.Context, by authz.Principal, e *Enrolment, reason string) (*Change, error) {
	out := &Change{Enrolment: e, At: d.clock.Now()}
	if len(e.Earlier) == 0 {
		return out, nil
	}
	if old := e.Earlier[len(e.Earlier)-1].Tie; old != "" && (old != e.Tie || e.Result == Struck) {
		out.TieKept = tieKept
		_, err := d.judge.Contest(ctx, worker(by, e.Org), old, "更正登记："+reason)
		return out, err
	}
	return out, nil
}

// StrikeTeacher says that somebody was written into a class as its teacher in error. The tie goes on to hold and is contested.
// Again is harmless.
func (d *Desk) StrikeTeacher(ctx context.Context, by authz.Principal, class string, p engine.PersonID, reason string) (*Class, error) {
	if _, err := d.own(ctx, by, class); err != nil {
		return nil, err
	}
	reason, err := reasonOf(reason)
	if err != nil {
		return nil, err
	}
	now := d.clock.Now()
	c, err := d.edit(ctx, class, func(c *Class) error {
		i := slices.IndexFunc(c.Teachers, func(t Teaching) bool { return t.Person == p })
		switch {
		case i < 0:
			return ErrNoTeacher
		case c.Teachers[i].Struck:
			return engine.ErrUnchanged
		}
		c.Teachers[i].Struck, c.Teachers[i].Reason = true, reason
		c.Trail.AddBy(now, by, "class.teacher-struck", string(p)+"；"+reason)
		return nil
	})
	if err != nil {
		return nil, err
	}
	t, err := d.judge.Latest(ctx, worker(by, c.Org), c.tie(separation.Teaches, separation.PersonNode(p), c.From))
	if err != nil {
		return nil, err
	}
	_, err = d.judge.Contest(ctx, worker(by, c.Org), t.ID, "更正登记："+reason)
	return c, err
}

// ErrNoTeacher is answered of somebody who is no teacher of the class.
var ErrNoTeacher = errs.New(errs.NotFound, "training.no_teacher", "本班没有这位教师")

// Late reports whether the enrolment was recorded only after the last day of its class, in the zone. The tie holds all the same
// and is found wherever the rules are asked again, before a certificate at the latest.
func (c *Class) Late(e *Enrolment, zone *time.Location) bool {
	return len(e.Trail) > 0 && c.To.Before(clock.DateOf(e.Trail[0].At, zone))
}
