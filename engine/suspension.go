package engine

import (
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// Measure is what an authority orders against an evaluation body.
type Measure string

// The measures.
const (
	Suspended     Measure = "suspended"     // 暂停评价业务: the body examines nobody and certifies nobody
	Rectification Measure = "rectification" // 限期整改: it finishes what was announced and begins nothing new
)

// Act is what a body does that a measure may forbid.
type Act string

// The acts. Marking, sealing, publishing, answering and correcting are none: what was begun before candidates is finished, and
// whoever holds a certificate goes on being served.
const (
	ActPlan    Act = "plan"    // a new plan, and its publication
	ActSession Act = "session" // a new session; one that stands may be moved behind the measure
	ActSeat    Act = "seat"    // seats for more candidates of a session that has not begun
	ActDraw    Act = "draw"    // forms and practical tasks for a session that has not begun
	ActOpen    Act = "open"    // the start of a session: releasing its first room
	ActIssue   Act = "issue"   // new certificates; they wait until the measure is over
	ActApply   Act = "apply"   // to be selected for more (吉医保联〔2025〕12号 三（二）)

	ActRecognise Act = "recognise" // a new application for direct recognition
	ActEnrol     Act = "enrol"     // candidates for a session: opening it to them, their applications, and accepting them
)

// forbidden says which acts a measure forbids. A body that mends what was found at it may hold the sessions that candidates
// were already promised; one that was stopped may not, whatever it had announced.
var forbidden = map[Measure][]Act{
	Suspended:     {ActPlan, ActSession, ActSeat, ActDraw, ActOpen, ActIssue, ActApply, ActRecognise, ActEnrol},
	Rectification: {ActPlan, ActSession, ActApply, ActRecognise},
}

// actNames are what a refusal says.
var actNames = map[Act]string{ActPlan: "制定或公布计划", ActSession: "安排场次", ActSeat: "编排考生", ActDraw: "组卷或抽题", ActOpen: "开考",
	ActIssue: "签发新证书", ActApply: "申报遴选", ActRecognise: "申请直接认定", ActEnrol: "接受报名"}

// Measures lists the measures.
func Measures() []Measure { return []Measure{Suspended, Rectification} }

// Name is the Chinese name.
func (m Measure) Name() string {
	if m == Rectification {
		return "限期整改"
	}
	return "暂停评价业务"
}

// Suspension is one measure against a body. It is never taken out of the record; it ends at To, or earlier when it is lifted.
type Suspension struct {
	No       int        `json:"no"` // from 1, in the order of the record
	Measure  Measure    `json:"measure"`
	From     clock.Date `json:"from"`     // the first day
	To       clock.Date `json:"to"`       // the first day on which it no longer holds; zero: until it is lifted
	Reason   string     `json:"reason"`   // shown to the public
	Document string     `json:"document"` // number of the decision
	At       time.Time  `json:"at"`       // when it was recorded
	By       string     `json:"by"`       // account
	Name     string     `json:"name"`     // of who recorded it
	Lifted   *Lifting   `json:"lifted,omitempty"`
}

// Lifting (解除) ends a measure before its time.
type Lifting struct {
	On       clock.Date `json:"on"` // the first day on which the measure no longer holds
	Reason   string     `json:"reason"`
	Document string     `json:"document"`
	At       time.Time  `json:"at"`
	By       string     `json:"by"`
	Name     string     `json:"name"`
}

// ErrSuspended refuses what a measure forbids.
var ErrSuspended = errs.New(errs.Conflict, "org.suspended", "主管部门对本机构采取的措施尚未结束")

// Holds reports whether the measure is in force on day.
func (s Suspension) Holds(day clock.Date) bool {
	switch {
	case day.Before(s.From), !s.To.IsZero() && !day.Before(s.To):
		return false
	}
	return s.Lifted == nil || day.Before(s.Lifted.On)
}

// Measured returns the measure in force on day, the gravest where there are several, nil when there is none.
func (o *Organisation) Measured(day clock.Date) *Suspension {
	for _, m := range Measures() {
		for i, s := range o.Suspensions {
			if s.Measure == m && s.Holds(day) {
				return &o.Suspensions[i]
			}
		}
	}
	return nil
}

// Permits returns nil when no measure that is in force on day forbids the act.
func (o *Organisation) Permits(act Act, day clock.Date) error {
	if s := o.Forbids(act, day); s != nil {
		return s.Refuse(act)
	}
	return nil
}

// Forbids returns the measure that is in force on one of the days and forbids the act; nil for none.
func (o *Organisation) Forbids(act Act, days ...clock.Date) *Suspension {
	for i, s := range o.Suspensions {
		if slices.Contains(forbidden[s.Measure], act) && slices.ContainsFunc(days, s.Holds) {
			return &o.Suspensions[i]
		}
	}
	return nil
}

// Refuse is ErrSuspended in words: which measure, from when to when, and what it does not let the body do.
func (s *Suspension) Refuse(act Act) error {
	until := ""
	if end := s.End(); !end.IsZero() {
		until = "，到" + end.AddDays(-1).String() + "为止"
	}
	return ErrSuspended.With("自%s起%s%s（%s），不能%s，请在措施结束或解除后办理", s.From, s.Measure.Name(), until, s.Document, actNames[act])
}

// End is the first day on which the measure no longer holds; zero: until it is lifted.
func (s *Suspension) End() clock.Date {
	if l := s.Lifted; l != nil && (s.To.IsZero() || l.On.Before(s.To)) {
		return l.On
	}
	return s.To
}

// May returns nil when the body may do the act for an examination: a filing covers the work, and no measure forbids it today or on
// the day of the work. Every room asks here, and none asks the filings alone.
func (o *Organisation) May(act Act, w Work, today clock.Date) error {
	if _, err := o.FilingFor(w); err != nil {
		return err
	}
	if err := o.Permits(act, today); err != nil {
		return err
	}
	if today.Before(w.Day) {
		return o.Permits(act, w.Day)
	}
	return nil
}
