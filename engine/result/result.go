// Package result joins the two sealed components of a session into outcomes. It reads nothing but seals, and of people's
// decisions the rulings on misconduct: the join needs both seals to be complete, each component is held against its own
// pass mark, and the two are never added. What may follow a result is here too: objections, score checks, rulings.
package result

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/sitting"
)

// ID names a result. It is derived from the ticket.
type ID string

// Of is the result of a ticket.
func Of(t sitting.Ticket) ID { return ID(ids.Derive("result", string(t))) }

// Outcome is what both components together mean.
type Outcome string

// The outcomes.
const (
	Pass    Outcome = "pass" // both components reached their pass marks
	Fail    Outcome = "fail"
	Pending Outcome = "pending" // 待定: somebody is still to decide, or a component is still to be taken
)

// Component is one component judged alone.
type Component struct {
	Standing engine.Standing `json:"standing"`
	Points   engine.Points   `json:"points"`
	PassMark engine.Points   `json:"pass_mark"`
	From     ID              `json:"from,omitempty"`  // the earlier result whose pass is kept (单科成绩保留); empty when taken in this session
	Origin   Origin          `json:"origin,omitzero"` // where the kept pass was taken, or the one that lapsed
	Lapse    Lapse           `json:"lapse,omitempty"` // Due only: why the newest pass does not stand
	Until    clock.Date      `json:"until,omitzero"`  // with Lapse: the last day of that pass
	Case     CaseID          `json:"case,omitempty"`  // the ruling by which it is void; empty while there is none
}

// Passed reports whether the candidate was scored and reached the pass mark.
func (c Component) Passed() bool { return c.Standing == engine.Scored && c.Points >= c.PassMark }

// Judged is what both components came to, and from which seals, as a result says it.
type Judged struct {
	Theory          Component `json:"theory"`
	Practical       Component `json:"practical"`
	TheoryDigest    string    `json:"theory_digest"`
	PracticalDigest string    `json:"practical_digest"`
	At              time.Time `json:"at"`
}

// passed is the only way to pass: both components.
func (j Judged) passed() bool { return j.Theory.Passed() && j.Practical.Passed() }

// same reports whether both say the same, whenever they were made.
func (j Judged) same(o Judged) bool {
	o.At = j.At
	return j == o
}

// Turn is what a result said before it was joined anew, and why it was.
type Turn struct {
	Before Judged    `json:"before"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`    // account
	Cause  string    `json:"cause"` // the score check or the ruling
}

// Result is one candidate's outcome in one session. It changes only when a seal was corrected or misconduct was ruled on,
// and keeps what it said before.
type Result struct {
	ID              ID                `json:"id"`
	Session         sitting.SessionID `json:"session"`
	Candidate       engine.PersonID   `json:"candidate"`
	Ticket          sitting.Ticket    `json:"ticket"`
	Level           engine.Level      `json:"level"`
	Theory          Component         `json:"theory"`
	Practical       Component         `json:"practical"`
	TheoryDigest    string            `json:"theory_digest"` // of the seal read
	PracticalDigest string            `json:"practical_digest"`
	At              time.Time         `json:"at"`
	Earlier         []Turn            `json:"earlier,omitempty"` // oldest first

	Awaits   []Await `json:"-"` // what is still to be decided: a Board fills it in, no store keeps it
	Revision int64   `json:"-"`
}

// AwaitKind is what a pending result waits for.
type AwaitKind string

// What a result waits for.
const (
	AwaitsCheck     AwaitKind = "check"     // the answer to a score check, or the correction that follows from it
	AwaitsRuling    AwaitKind = "ruling"    // on misconduct
	AwaitsCase      AwaitKind = "case"      // 待立案: somebody excluded the candidate, and no case is opened over it
	AwaitsComponent AwaitKind = "component" // one that is still to be taken
	AwaitsOrigin    AwaitKind = "origin"    // a kept pass fell, and the result is not yet joined anew
)

// Await is one thing that keeps a result pending.
type Await struct {
	Kind      AwaitKind
	Component engine.Component // empty for a case and its ruling
	Since     time.Time
	Origin    Origin // the earlier session that it is decided in, of a kept pass; zero: the result's own
}

// LogValue keeps points out of logs.
func (r Result) LogValue() slog.Value { return slog.StringValue(string(r.ID)) }

// Outcome is Pass when both components passed and nobody is still to decide. There is no other way to pass. A component
// that is still to be taken leaves a result pending unless the other one failed. Nobody fails by one person's word: what was
// voided in a room awaits the ruling.
func (r *Result) Outcome() Outcome {
	due := func(c, other Component) bool {
		return c.Standing == engine.Due && (other.Passed() || other.Standing == engine.Due)
	}
	switch {
	case len(r.Awaits) > 0, due(r.Theory, r.Practical), due(r.Practical, r.Theory):
		return Pending
	case r.judged().passed():
		return Pass
	}
	return Fail
}

// Counts reports whether the candidate was scored in the session and not all of that is void, or whether that is still to be decided.
func (r *Result) Counts() bool {
	scored := func(c Component) bool { return c.Standing == engine.Scored && c.From == "" }
	return len(r.Awaits) > 0 || scored(r.Theory) || scored(r.Practical)
}

// Waiting says in words what a pending result waits for; "" when it waits for nothing.
func (r *Result) Waiting() string {
	var all []string
	for _, a := range append(r.Awaits, r.awaitsComponent()...) {
		if text := r.await(a); !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return strings.Join(all, "；")
}

// await says in words one thing that r waits for.
func (r *Result) await(a Await) string {
	text := map[AwaitKind]string{AwaitsCheck: "查分尚未办结（" + a.Component.String() + "）", AwaitsRuling: "违纪案件尚未决定",
		AwaitsCase: "已取消资格，尚未立案", AwaitsOrigin: "保留的" + a.Component.String() + "成绩已不合格，等待重新合成",
		AwaitsComponent: "尚待补考（" + a.Component.String() + r.component(a.Component).gone() + "）"}[a.Kind]
	if a.Origin.Session != "" {
		text = "原场次（" + a.Origin.On.String() + "）" + text
	}
	return text
}

// gone says in words which pass does not stand any more, and why.
func (c Component) gone() string {
	if c.Lapse == "" {
		return ""
	}
	return "：" + c.Origin.On.String() + "合格，" + lapsed(c.Lapse, c.Until)
}

// Turned reports whether the result was a pass once and is none any more: a certificate that was issued for it is to be
// taken back.
func (r *Result) Turned() bool {
	return !r.judged().passed() && slices.ContainsFunc(r.Earlier, func(t Turn) bool { return t.Before.passed() })
}

// turn puts another judgement in the place of the one there, which is kept.
func (r *Result) turn(j Judged, by, cause string) error {
	if r.judged().same(j) {
		return engine.ErrUnchanged
	}
	r.Earlier = append(r.Earlier, Turn{Before: r.judged(), At: j.At, By: by, Cause: cause})
	r.set(j)
	return nil
}

func (r *Result) judged() Judged {
	return Judged{Theory: r.Theory, Practical: r.Practical, TheoryDigest: r.TheoryDigest, PracticalDigest: r.PracticalDigest, At: r.At}
}

func (r *Result) set(j Judged) {
	r.Theory, r.Practical, r.TheoryDigest, r.PracticalDigest, r.At = j.Theory, j.Practical, j.TheoryDigest, j.PracticalDigest, j.At
}

// Stage is how far a session's results are, forward only.
type Stage string

// The stages.
const (
	Joined Stage = "joined"
	Public Stage = "public" // open to objections for the policy's working days
	Final  Stage = "final"  // certificates may be issued
)

// Publication (公示) is the state of one session's results.
type Publication struct {
	Session sitting.SessionID `json:"session"`
	Name    string            `json:"name"` // of the session
	Level   engine.Level      `json:"level"`
	Stage   Stage             `json:"stage"`
	engine.Publicity
	Count int `json:"count"` // results joined

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Open reports whether the public may read the list on that day: from the first day of publicity to the last, and not
// once it was ended. Afterwards names stay on no open list.
func (p *Publication) Open(on clock.Date) bool {
	return p.Stage == Public && !p.Over(on)
}

// Refusals of this package.
var (
	ErrResult       = errs.New(errs.NotFound, "result.not_found", "查无此成绩")
	ErrResultExists = errs.New(errs.Conflict, "result.exists", "成绩已生成")
	ErrPublication  = errs.New(errs.NotFound, "publicity.not_found", "本场次尚未合成成绩")
	ErrNotPublic    = errs.New(errs.NotFound, "publicity.not_open", "没有正在公示的成绩名单")
	ErrPublished    = errs.New(errs.Conflict, "publicity.exists", "本场次已合成成绩")
	ErrStage        = errs.New(errs.Conflict, "publicity.stage", "公示尚未开始或尚未结束")
	ErrMismatch     = errs.New(errs.Conflict, "result.mismatch", "两科封存的考生名单不一致")
)

// Results keeps results. Safe for concurrent use; must pass storetest.Results. Absent: ErrResult. Taken:
// CreateResult returns ErrResultExists. UpdateResult writes only at its Revision, otherwise engine.ErrStale. ResultsOf lists
// one session's in the order of ticket numbers, ResultsOfPerson one candidate's in the byte order of sessions and tickets,
// TurnedResults those of which Turned holds, in the byte order of IDs.
type Results interface {
	Result(ctx context.Context, id ID) (*Result, error)
	CreateResult(ctx context.Context, r *Result) error
	UpdateResult(ctx context.Context, r *Result) error
	ResultsOf(ctx context.Context, s sitting.SessionID, c engine.Cursor) (rows []*Result, next string, err error)
	ResultsOfPerson(ctx context.Context, p engine.PersonID, c engine.Cursor) (rows []*Result, next string, err error)
	TurnedResults(ctx context.Context, c engine.Cursor) (rows []*Result, next string, err error)
}

// Publications keeps publications. Safe for concurrent use; must pass storetest.Publications. Absent: ErrPublication;
// taken: ErrPublished. UpdatePublication writes only at its Revision, otherwise engine.ErrStale. InStage lists those in
// one stage, in the byte order of sessions.
type Publications interface {
	Publication(ctx context.Context, s sitting.SessionID) (*Publication, error)
	CreatePublication(ctx context.Context, p *Publication) error
	UpdatePublication(ctx context.Context, p *Publication) error
	InStage(ctx context.Context, s Stage, c engine.Cursor) (rows []*Publication, next string, err error)
}
