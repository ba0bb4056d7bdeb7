package result

import (
	"context"
	"log/slog"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/sitting"
)

// CheckID names a score check. It is derived from the ticket and the component: each can be checked once.
type CheckID string

// CheckOf is the one check of a component of a ticket.
func CheckOf(t sitting.Ticket, c engine.Component) CheckID {
	return CheckID(ids.Derive("score-check", string(t), string(c)))
}

// CheckState is how far a check has come, forward only.
type CheckState string

// The states. Asked → Forwarded → Unchanged, or → ErrorFound → Corrected. A result is pending until the check is closed.
const (
	CheckAsked     CheckState = "asked"
	CheckForwarded CheckState = "forwarded"
	CheckUnchanged CheckState = "unchanged" // closed: the score stands
	CheckError     CheckState = "error"     // an error was found: held until two persons have sealed the correction
	CheckCorrected CheckState = "corrected" // closed: the correction is sealed and the result joined anew
)

// ScoreCheck (查分) is a candidate's question whether one component was scored right. It never changes a score: an error
// that is found goes the way of a correction of the seal.
type ScoreCheck struct {
	ID        CheckID           `json:"id"`
	Result    ID                `json:"result"`
	Session   sitting.SessionID `json:"session"`
	Ticket    sitting.Ticket    `json:"ticket"`
	Candidate engine.PersonID   `json:"candidate"`
	Component engine.Component  `json:"component"`
	State     CheckState        `json:"state"`
	Words     string            `json:"words"` // the candidate's
	Asked     time.Time         `json:"asked"`
	ForwardBy clock.Date        `json:"forward_by"` // last day for the exam office
	Forwarded time.Time         `json:"forwarded,omitzero"`
	AnswerBy  clock.Date        `json:"answer_by,omitzero"` // last day for the component's own people
	Answer    string            `json:"answer,omitempty"`   // in words, for the candidate
	Answered  time.Time         `json:"answered,omitzero"`
	Answerer  engine.PersonID   `json:"answerer,omitempty"`
	Found     *Found            `json:"found,omitempty"` // in CheckError and CheckCorrected
	Closed    time.Time         `json:"closed,omitzero"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// LogValue keeps words and points out of logs.
func (k ScoreCheck) LogValue() slog.Value { return slog.StringValue(string(k.ID)) }

// Found is what the score should have been.
type Found struct {
	Standing engine.Standing `json:"standing"`
	Points   engine.Points   `json:"points"` // zero unless Scored
}

// Open reports whether somebody still has to do something.
func (k *ScoreCheck) Open() bool { return k.State != CheckUnchanged && k.State != CheckCorrected }

// Due is the last day for whoever has to act next; the zero date once an answer was given.
func (k *ScoreCheck) Due() clock.Date {
	switch k.State {
	case CheckAsked:
		return k.ForwardBy
	case CheckForwarded:
		return k.AnswerBy
	}
	return clock.Date{}
}

// Overdue reports whether the last day is over.
func (k *ScoreCheck) Overdue(today clock.Date) bool {
	due := k.Due()
	return !due.IsZero() && due.Before(today)
}

// Refusals about score checks.
var (
	ErrCheck        = errs.New(errs.NotFound, "check.not_found", "查无此查分申请")
	ErrCheckExists  = errs.New(errs.Conflict, "check.exists", "每个科目只能申请一次查分，该科目已申请过")
	ErrCheckNone    = errs.New(errs.Conflict, "check.none", "本考试不受理查分；对成绩有疑问请联系评价机构")
	ErrCheckClosed  = errs.New(errs.Conflict, "check.closed", "现在不在受理查分的期限内")
	ErrCheckMachine = errs.New(errs.Conflict, "check.machine", "理论试卷由计算机评阅，只有零分或缺考可以申请查分")
	ErrCheckState   = errs.New(errs.Conflict, "check.state", "查分申请当前的状态不允许此项操作，请重新打开页面查看")
	ErrCheckInput   = errs.New(errs.Invalid, "check.invalid", "查分填写不完整")
	ErrCheckKept    = errs.New(errs.Conflict, "check.retained", "该科目不是在本场次考的，请在原场次申请查分")
	ErrOwnMatter    = errs.New(errs.Forbidden, "result.own_matter", "您本人的成绩，须由其他人办理")
)

// maxWords bounds what is written in one matter, in characters.
const maxWords = 500

// isOf reports whether by is the person, under whichever account; where by is whole, as people.Registry.Whole makes it, under
// whichever document. Decisions are made by who is whole, and a candidate's own words are taken from the document that sat.
func isOf(p engine.PersonID, by authz.Principal) bool { return by.Is(string(p)) }

// checkable returns nil when the policy takes a check of the component on the day. Publicity began on from.
func checkable(p engine.CheckPolicy, cal clock.Calendar, r *Result, c engine.Component, from, today clock.Date) error {
	last := cal.AddWorkingDays(from, p.WindowDays)
	k := r.component(c)
	zero := k.Standing == engine.Absent || k.Standing == engine.Scored && k.Points == 0
	switch {
	case p.WindowDays == 0, c == engine.Theory && p.Theory == engine.CheckNone:
		return ErrCheckNone
	case from.IsZero() || today.Before(from):
		return ErrCheckClosed.With("成绩公示后才能申请")
	case last.Before(today):
		return ErrCheckClosed.With("已于%s截止", last)
	case k.From != "" || k.Standing == engine.Due:
		return ErrCheckKept
	case c == engine.Theory && p.Theory != engine.CheckAny && !zero:
		return ErrCheckMachine
	}
	return nil
}

// component is one of the two.
func (r *Result) component(c engine.Component) Component {
	return r.judged().component(c)
}

func (j Judged) component(c engine.Component) Component {
	if c == engine.Theory {
		return j.Theory
	}
	return j.Practical
}

// forward hands the check to the component's own people, who have until the day by.
func (k *ScoreCheck) forward(by authz.Principal, answerBy clock.Date, now time.Time) error {
	switch {
	case isOf(k.Candidate, by):
		return ErrOwnMatter
	case k.State == CheckForwarded:
		return engine.ErrUnchanged
	case k.State != CheckAsked:
		return ErrCheckState
	}
	k.State, k.Forwarded, k.AnswerBy = CheckForwarded, now, answerBy
	k.Trail.AddBy(now, by, "check.forwarded", answerBy.String())
	return nil
}

// unchanged answers that the score stands.
func (k *ScoreCheck) unchanged(by authz.Principal, words string, now time.Time) error {
	switch {
	case isOf(k.Candidate, by):
		return ErrOwnMatter
	case k.State == CheckUnchanged && k.Answer == words:
		return engine.ErrUnchanged
	case k.State != CheckForwarded:
		return ErrCheckState
	}
	k.State, k.Answer, k.Answered, k.Answerer, k.Closed = CheckUnchanged, words, now, engine.PersonID(by.Person), now
	k.Trail.AddBy(now, by, "check.unchanged", words)
	return nil
}

// wrong answers that an error was found. It may be said anew, in other figures, until a supervisor has signed.
func (k *ScoreCheck) wrong(by authz.Principal, f Found, words string, now time.Time) error {
	switch {
	case isOf(k.Candidate, by):
		return ErrOwnMatter
	case k.State == CheckError && *k.Found == f && k.Answer == words:
		return engine.ErrUnchanged
	case k.State != CheckForwarded && k.State != CheckError:
		return ErrCheckState
	}
	k.State, k.Answer, k.Answered, k.Answerer, k.Found = CheckError, words, now, engine.PersonID(by.Person), &f
	k.Trail.AddBy(now, by, "check.error", words)
	return nil
}

// corrected closes the check once the correction s is sealed and the result follows from it.
func (k *ScoreCheck) corrected(by authz.Principal, s *engine.Seal, now time.Time) error {
	switch k.State {
	case CheckCorrected:
		return engine.ErrUnchanged
	case CheckError:
		score, _ := s.Score(k.Candidate)
		k.State, k.Closed, k.Found = CheckCorrected, now, &Found{Standing: score.Standing, Points: score.Points}
		k.Trail.AddBy(now, by, "check.corrected", s.Digest)
		return nil
	}
	return ErrCheckState
}

// check reports what is wrong with a corrected score.
func (f Found) check(c *errs.Check) {
	const full = 100_00
	ok := f.Standing == engine.Scored || (f.Standing == engine.Absent || f.Standing == engine.Voided) && f.Points == 0
	c.That(ok, "standing", "unknown", "应为有成绩、缺考或取消；后两种没有分数")
	c.That(f.Points >= 0 && f.Points <= full, "points", "range", "分数应为0至100之间的数，最多两位小数，例如 81.5")
}

// Checks keeps score checks. Safe for concurrent use; must pass storetest.Checks. Absent: ErrCheck; taken: ErrCheckExists.
// UpdateCheck writes only at its Revision, otherwise engine.ErrStale. ChecksOf lists one session's in the order of ticket
// numbers, theory after practice.
type Checks interface {
	Check(ctx context.Context, id CheckID) (*ScoreCheck, error)
	CreateCheck(ctx context.Context, k *ScoreCheck) error
	UpdateCheck(ctx context.Context, k *ScoreCheck) error
	ChecksOf(ctx context.Context, s sitting.SessionID, c engine.Cursor) (rows []*ScoreCheck, next string, err error)
}
