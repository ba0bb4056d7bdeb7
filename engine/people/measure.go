package people

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// Refusals of measures.
var (
	ErrMeasureInput = errs.New(errs.Invalid, "measure.invalid", "措施的内容不完整，请补充后再提交")
	ErrMeasure      = errs.New(errs.NotFound, "measure.not_found", "没有此项措施记录")
	ErrMeasureOver  = errs.New(errs.Conflict, "measure.over", "此项措施已经结束或解除，不需要再解除")
)

const (
	maxMeasures     = 100 // on one body's record
	maxDocumentName = 120 // bytes of a decision's number
)

// Measure records a measure of the labour authority against an evaluation body of its own province. Recording the same one
// again is harmless. No, At, By, Name and Lifted are filled in.
func (r *Registry) Measure(ctx context.Context, by authz.Principal, id engine.OrgID, m engine.Suspension) (*engine.Organisation, error) {
	if err := by.Require(authz.OrgMeasure); err != nil {
		return nil, err
	}
	m.Reason, m.Document = strings.TrimSpace(m.Reason), strings.TrimSpace(m.Document)
	if err := checkMeasure(m); err != nil {
		return nil, err
	}
	now := r.clock.Now()
	return r.measured(ctx, by, id, func(o *engine.Organisation) error {
		for _, had := range o.Suspensions {
			if had.Measure == m.Measure && had.From == m.From && had.To == m.To && had.Document == m.Document {
				return engine.ErrUnchanged
			}
		}
		if len(o.Suspensions) >= maxMeasures {
			return ErrMeasureInput.With("同一机构最多记录%d项", maxMeasures)
		}
		m.No, m.At, m.By, m.Name, m.Lifted = len(o.Suspensions)+1, now, by.Account, by.Name, nil
		o.Suspensions = append(o.Suspensions, m)
		o.Trail.AddBy(now, by, "org.measured", m.Measure.Name()+"，"+span(m)+"，"+m.Document+"；"+m.Reason)
		return nil
	})
}

// Lift ends measure no of a body from the day on. A measure that has ended, or was lifted, is ErrMeasureOver; lifting it
// again in the same words is harmless. The record keeps both.
func (r *Registry) Lift(ctx context.Context, by authz.Principal, id engine.OrgID, no int, l engine.Lifting) (*engine.Organisation, error) {
	if err := by.Require(authz.OrgMeasure); err != nil {
		return nil, err
	}
	l.Reason, l.Document = strings.TrimSpace(l.Reason), strings.TrimSpace(l.Document)
	var c errs.Check
	c.That(!l.On.IsZero(), "on", "missing", "请填写解除的日期")
	checkWords(&c, l.Reason, l.Document)
	if err := c.Err(ErrMeasureInput); err != nil {
		return nil, err
	}
	now := r.clock.Now()
	return r.measured(ctx, by, id, func(o *engine.Organisation) error {
		if no < 1 || no > len(o.Suspensions) {
			return ErrMeasure
		}
		m := &o.Suspensions[no-1]
		switch had := m.Lifted; {
		case had != nil && had.On == l.On && had.Reason == l.Reason && had.Document == l.Document:
			return engine.ErrUnchanged
		case had != nil, !m.To.IsZero() && !l.On.Before(m.To):
			return ErrMeasureOver
		case l.On.Before(m.From):
			return ErrMeasureInput.WithFields(errs.Field{Name: "on", Code: "order", Msg: fmt.Sprintf("不能早于措施开始的 %s", m.From)})
		}
		l.At, l.By, l.Name = now, by.Account, by.Name
		m.Lifted = &l
		o.Trail.AddBy(now, by, "org.lifted", fmt.Sprintf("第%d项%s自 %s 起解除，%s；%s", no, m.Measure.Name(), l.On, l.Document, l.Reason))
		return nil
	})
}

// measured changes an evaluation body of by's province.
func (r *Registry) measured(ctx context.Context, by authz.Principal, id engine.OrgID, change func(*engine.Organisation) error) (*engine.Organisation, error) {
	return engine.Modify(ctx, func(ctx context.Context) (*engine.Organisation, error) { return r.bodies.Organisation(ctx, id) },
		r.bodies.UpdateOrganisation, func(o *engine.Organisation) error {
			switch {
			case !by.ActsIn(o.Province):
				return authz.ErrForbidden.With("只能办理本省的机构")
			case o.Kind != engine.EvaluationBody:
				return ErrMeasureInput.With("只对评价机构采取")
			}
			return change(o)
		})
}

func checkMeasure(m engine.Suspension) error {
	var c errs.Check
	known := m.Measure == engine.Suspended || m.Measure == engine.Rectification
	c.That(known, "measure", "unknown", "措施应为暂停评价业务或限期整改")
	c.That(!m.From.IsZero(), "from", "missing", "请填写开始的日期")
	c.That(m.To.IsZero() || m.From.Before(m.To), "to", "order", "结束日期应晚于开始日期；没有期限的留空")
	checkWords(&c, m.Reason, m.Document)
	return c.Err(ErrMeasureInput)
}

func checkWords(c *errs.Check, reason, document string) {
	n := utf8.RuneCountInString(reason)
	c.That(n > 0 && n <= maxReason && utf8.ValidString(reason), "reason", "form", "请写明理由，不超过200个字")
	checkDocument(c, document)
}

func span(m engine.Suspension) string {
	if m.To.IsZero() {
		return "自 " + m.From.String() + " 起至解除"
	}
	return "自 " + m.From.String() + " 起，" + m.To.String() + " 结束"
}

// Directory lists the bodies of a kind for anybody: they are public, and so is what was ordered against them. Training bodies
// that are on no list are known to the rooms that list them.
func (r *Registry) Directory(ctx context.Context, kind engine.OrgKind, today clock.Date) ([]Entry, error) {
	all, err := engine.All(ctx, r.bodies.Organisations)
	if err != nil {
		return nil, err
	}
	var list []Entry
	for _, o := range all {
		if o.Kind == kind {
			list = append(list, Entry{Body: o, Measure: o.Measured(today), InForce: o.Filed(today)})
		}
	}
	return list, nil
}

// Entry is a body in the public directory.
type Entry struct {
	Body    *engine.Organisation
	Measure *engine.Suspension // in force today, nil for none
	InForce bool               // whether a filing holds today
}
