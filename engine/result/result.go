// Package result joins the two sealed components of a session into outcomes. It reads nothing but seals: the join
// needs both to be complete, each component is held against its own pass mark, and the two are never added.
package result

import (
	"context"
	"log/slog"
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
	Pass Outcome = "pass" // both components reached their pass marks
	Fail Outcome = "fail"
)

// Component is one component judged alone.
type Component struct {
	Standing engine.Standing `json:"standing"`
	Points   engine.Points   `json:"points"`
	PassMark engine.Points   `json:"pass_mark"`
}

// Passed reports whether the candidate was scored and reached the pass mark.
func (c Component) Passed() bool { return c.Standing == engine.Scored && c.Points >= c.PassMark }

// Result is one candidate's outcome in one session. It is written once and never changes.
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
}

// LogValue keeps points out of logs.
func (r Result) LogValue() slog.Value { return slog.StringValue(string(r.ID)) }

// Outcome is Pass when both components passed. There is no other way to pass.
func (r *Result) Outcome() Outcome {
	if r.Theory.Passed() && r.Practical.Passed() {
		return Pass
	}
	return Fail
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
	From    clock.Date        `json:"from"`  // first day of publicity
	Until   clock.Date        `json:"until"` // last day of publicity
	Count   int               `json:"count"` // results joined

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Open reports whether the public may read the list on that day: from the first day of publicity to the last, and not
// once it was ended. Afterwards names stay on no open list.
func (p *Publication) Open(on clock.Date) bool {
	return p.Stage == Public && !p.Until.Before(on)
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
// CreateResult returns ErrResultExists. ResultsOf lists one session's in the order of ticket numbers.
type Results interface {
	Result(ctx context.Context, id ID) (*Result, error)
	CreateResult(ctx context.Context, r *Result) error
	ResultsOf(ctx context.Context, s sitting.SessionID, c engine.Cursor) (rows []*Result, next string, err error)
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
