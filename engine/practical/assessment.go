// Package practical runs practical assessments (操作技能考核): drawn tasks, three or more examiners scoring alone,
// combination, arbitration by the leader, and the seal of the component. It never imports engine/theory.
package practical

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

// AssessmentID names an assessment. It is derived from the ticket.
type AssessmentID string

// AssessmentOf is the assessment of a ticket.
func AssessmentOf(t sitting.Ticket) AssessmentID {
	return AssessmentID(ids.Derive("assessment", string(t)))
}

// Assessment is one candidate taking the practical component of one session. Scores are not in it: every examiner's
// sheet is a document of its own.
type Assessment struct {
	ID        AssessmentID      `json:"id"`
	Session   sitting.SessionID `json:"session"`
	Candidate engine.PersonID   `json:"candidate"`
	Ticket    sitting.Ticket    `json:"ticket"`
	Station   sitting.RoomID    `json:"station"`
	At        time.Time         `json:"at"`      // planned start
	Scoring   clock.Window      `json:"scoring"` // when sheets may be written and signed: ScoringWindow, or prolonged
	Tasks     []string          `json:"tasks"`   // codes, in the order performed
	Examiners []engine.PersonID `json:"examiners"`
	Standing  engine.Standing   `json:"standing,omitempty"` // Absent or Voided when so recorded, else empty
	Ruling    *Ruling           `json:"ruling,omitempty"`

	Corrections []Correction      `json:"corrections,omitempty"` // of signed sheets, in the order in which they were opened
	Led         []engine.PersonID `json:"led,omitempty"`         // leaders who changed anything in it, set by Desk.change

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Ruling (仲裁) is the leader's decision where examiners differ too far, or over a critical error.
type Ruling struct {
	Points engine.Points   `json:"points"`         // out of 100; zero where the ruling sets none
	Veto   VetoDecision    `json:"veto,omitempty"` // where the policy leaves it to the leader
	Reason string          `json:"reason"`
	By     engine.PersonID `json:"by"`
	At     time.Time       `json:"at"`
}

// VetoDecision is the leader's word on a critical error: whether it counts.
type VetoDecision string

// The decisions; empty where there was nothing to decide.
const (
	VetoUpheld    VetoDecision = "upheld"    // 成立
	VetoDismissed VetoDecision = "dismissed" // 不成立
)

// Sheet is one examiner's scoring of one assessment. Only its examiner reads it before both components are sealed. A
// signed sheet never changes: a correction is another sheet, with the next number.
type Sheet struct {
	Assessment AssessmentID                        `json:"assessment"`
	Session    sitting.SessionID                   `json:"session"`
	Examiner   engine.PersonID                     `json:"examiner"`
	No         int                                 `json:"no,omitempty"`       // 0 is the first, others correct an earlier one
	Replaces   *Replaced                           `json:"replaces,omitempty"` // nil for the first
	Scores     map[string]map[string]engine.Points `json:"scores"`             // task code, criterion number
	Vetoes     []VetoMark                          `json:"vetoes,omitempty"`
	Saved      time.Time                           `json:"saved"`
	Signed     time.Time                           `json:"signed"`              // zero while it may still change
	TakenBack  time.Time                           `json:"taken_back,omitzero"` // of a correction that the leader withdrew: it is never signed

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Replaced names the signed sheet of the same examiner that a sheet corrects, and says why.
type Replaced struct {
	No     int       `json:"no"`
	Signed time.Time `json:"signed"`
	Reason string    `json:"reason"`
}

// LogValue keeps scores and notes out of logs.
func (s Sheet) LogValue() slog.Value { return slog.StringValue(string(s.Assessment)) }

// VetoMark says that a critical error was seen, with what happened.
type VetoMark struct {
	Task string `json:"task"`
	Code string `json:"code"`
	Note string `json:"note"`
}

// Refusals of this package.
var (
	ErrAssessment       = errs.New(errs.NotFound, "assessment.not_found", "查无此考核记录")
	ErrAssessmentExists = errs.New(errs.Conflict, "assessment.exists", "考核记录已存在")
	ErrSheet            = errs.New(errs.NotFound, "sheet.not_found", "尚未评分")
	ErrSheetExists      = errs.New(errs.Conflict, "sheet.exists", "评分表已存在")
	ErrScore            = errs.New(errs.Invalid, "sheet.score", "评分不正确")
	ErrSigned           = errs.New(errs.Conflict, "sheet.signed", "评分表已签名，不能再修改")
	ErrUnscored         = errs.New(errs.Conflict, "sheet.unscored", "还有评分项未评分")
	ErrNotExaminer      = errs.New(errs.NotFound, "assessment.not_yours", "查无此考核记录") // looks like ErrAssessment to others
	ErrTooFewExaminers  = errs.New(errs.Conflict, "assessment.examiners", "考评员人数不足或不是单数")
	ErrDisputed         = errs.New(errs.Conflict, "assessment.disputed", "考评员评分差异过大，须由考评组长裁定")
	ErrRuledStale       = errs.New(errs.Conflict, "assessment.ruled_stale", "评分在裁定期间有改动，请重新查看后再裁定")
	ErrNoDispute        = errs.New(errs.Conflict, "assessment.no_dispute", "评分没有争议，不能裁定")
	ErrNotScored        = errs.New(errs.Conflict, "assessment.not_scored", "还有考生未评分")
	ErrWindow           = errs.New(errs.Conflict, "assessment.window", "不在操作技能考核时间内")
	ErrEarly            = errs.New(errs.Conflict, "assessment.early", "操作技能考核还没有开始，不能登记缺考，也不能封存成绩")
	ErrNoTasks          = errs.New(errs.Conflict, "assessment.tasks", "题库中的操作技能试题不足")
	ErrNotDrawn         = errs.New(errs.Conflict, "assessment.not_drawn", "操作技能试题尚未抽取")
	ErrUncommitted      = errs.New(errs.Conflict, "assessment.uncommitted", "尚未公布抽题承诺：请先在“操作技能考务”页公布承诺，再抽取操作任务")
	ErrDrawn            = errs.New(errs.Conflict, "assessment.drawn", "操作技能试题已经抽取")
	ErrExcused          = errs.New(errs.Conflict, "assessment.excused", "该考生已登记为缺考或已取消资格")
	ErrHasScores        = errs.New(errs.Conflict, "assessment.has_scores", "已有考评员评分，不能登记为缺考")
	ErrLead             = errs.New(errs.Invalid, "assessment.input", "考评组长的登记不正确")
	ErrNotSigned        = errs.New(errs.Conflict, "sheet.not_signed", "该评分表尚未签名，考评员可以直接修改，不须更正")
	ErrCorrections      = errs.New(errs.Conflict, "sheet.corrections", "该考评员的评分表更正次数已满")
	ErrNoCorrection     = errs.New(errs.Conflict, "sheet.no_correction", "该考评员没有尚未签名的更正")
	ErrTakenBack        = errs.New(errs.Conflict, "sheet.taken_back", "组长已撤回这次更正，您原来签名的评分表仍然有效，不用再填写、签名。请回到评分列表")
	ErrKeepExaminer     = errs.New(errs.Conflict, "assessment.keep_examiner", "该考评员已签名且无须回避，不能更换")
)

// Assessments keeps assessments. Safe for concurrent use; must pass storetest.Assessments.
//   - Absent: ErrAssessment. An ID already taken: CreateAssessment returns ErrAssessmentExists.
//   - UpdateAssessment writes only at its Revision, otherwise engine.ErrStale.
//   - AssessmentsOf lists one session's in the byte order of IDs.
type Assessments interface {
	Assessment(ctx context.Context, id AssessmentID) (*Assessment, error)
	CreateAssessment(ctx context.Context, a *Assessment) error
	UpdateAssessment(ctx context.Context, a *Assessment) error
	AssessmentsOf(ctx context.Context, s sitting.SessionID, c engine.Cursor) (rows []*Assessment, next string, err error)
}

// Draws keeps the record of each session's draw of tasks, written once. Safe for concurrent use; must pass
// storetest.TaskDraws. Absent: ErrNotDrawn. Already there: CreateTaskDraw returns ErrDrawn.
type Draws interface {
	TaskDraw(ctx context.Context, s sitting.SessionID) (*Draw, error)
	CreateTaskDraw(ctx context.Context, d *Draw) error
}

// Sheets keeps score sheets, one for an assessment, an examiner and a number. Safe for concurrent use; must pass
// storetest.Sheets.
//   - Absent: ErrSheet. Already there: CreateSheet returns ErrSheetExists.
//   - UpdateSheet writes only at the sheet's Revision, otherwise engine.ErrStale.
//   - SheetsOf lists one session's by assessment, then by examiner, then by number.
type Sheets interface {
	Sheet(ctx context.Context, id AssessmentID, examiner engine.PersonID, no int) (*Sheet, error)
	CreateSheet(ctx context.Context, s *Sheet) error
	UpdateSheet(ctx context.Context, s *Sheet) error
	SheetsOf(ctx context.Context, s sitting.SessionID, c engine.Cursor) (rows []*Sheet, next string, err error)
}
