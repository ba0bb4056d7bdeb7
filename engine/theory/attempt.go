// Package theory runs theory exams (理论知识考试): forms drawn for every seat, attempts on an append-only response log,
// the server's clock, marking, and the seal of the component. It never imports engine/practical.
package theory

import (
	"context"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// AttemptID names an attempt. It is derived from the ticket: one ticket has one attempt.
type AttemptID string

// AttemptOf is the attempt of a ticket.
func AttemptOf(t sitting.Ticket) AttemptID { return AttemptID(ids.Derive("attempt", string(t))) }

// State of an attempt.
type State string

// The states, forward but for a Reopen or a hand-in file, which take a Submitted attempt back to InProgress. Voided follows
// from any of them.
const (
	Scheduled  State = "scheduled"   // the form is drawn
	InProgress State = "in-progress" // the candidate has opened the paper
	Submitted  State = "submitted"   // handed in, or closed by the clock
	Marked     State = "marked"
	Voided     State = "voided"
)

// Attempt (应考) is one candidate taking the theory component of one session. Answers are not in it: they are the
// response log, folded.
type Attempt struct {
	ID        AttemptID         `json:"id"`
	Session   sitting.SessionID `json:"session"`
	Candidate engine.PersonID   `json:"candidate"`
	Ticket    sitting.Ticket    `json:"ticket"`
	Form      assembly.Form     `json:"form"`
	Window    clock.Window      `json:"window"` // as planned; what the proceedings of the session add is not in it
	State     State             `json:"state"`
	Recalled  bool              `json:"recalled,omitempty"` // a redraw is decided: nobody opens this form
	Started   time.Time         `json:"started"`
	Submitted time.Time         `json:"submitted"`
	ByClock   bool              `json:"by_clock,omitempty"` // closed by the end of the time
	Reopened  int               `json:"reopened,omitempty"` // number in the proceedings of the last order to reopen it
	Filings   int               `json:"filings,omitempty"`  // how often it was taken back to work for a hand-in file
	Receipt   string            `json:"receipt,omitempty"`  // 回执码: digest of the closed log, in short
	Answered  int               `json:"answered"`           // at the close
	Points    engine.Points     `json:"points"`             // out of 100, once marked
	Markings  []Marking         `json:"markings,omitempty"` // oldest first; the last one says what the points rest on

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// EntryKind is what an entry of the response log says.
type EntryKind string

// The kinds of entries.
const (
	Response EntryKind = "response" // chosen options of one question
	Flag     EntryKind = "flag"     // marked to look at again, or no longer
	Take     EntryKind = "take"     // a window of the candidate's takes over: those before it no longer write
	Close    EntryKind = "close"    // the attempt ends; only a Reopen or a hand-in file follows it
	Reopen   EntryKind = "reopen"   // it goes on after a Close, by an order in the proceedings
	Filed    EntryKind = "filed"    // answers that came by a hand-in file; after a Close too, which stays the end
)

// Entry is one line of an attempt's response log. Its key is (attempt, sequence): inserted once, never changed.
type Entry struct {
	Attempt  AttemptID `json:"attempt"`
	Seq      int       `json:"seq"` // from 1, without gaps
	Kind     EntryKind `json:"kind"`
	Question int       `json:"question,omitempty"` // place in the form, from 1
	Chosen   []int     `json:"chosen,omitempty"`   // places of the options as shown, ascending
	Flagged  bool      `json:"flagged,omitempty"`
	ClientAt time.Time `json:"client_at"`
	At       time.Time `json:"at"` // server's clock
	ByClock  bool      `json:"by_clock,omitempty"`
	Closes   time.Time `json:"closes,omitzero"`  // of a Close: when the candidate's time was over
	Window   string    `json:"window,omitempty"` // of a Take: the window that writes from here on
	Login    string    `json:"login,omitempty"`  // of a Take: the computer or the sign-in it came from
	Line     int       `json:"line,omitempty"`   // of a Reopen: its order's number in the proceedings

	Brought *Brought `json:"brought,omitempty"` // of a Filed
	Filing  int      `json:"filing,omitempty"`  // of a Filed after a Close, or of a Close in its place: see Attempt.Filings
}

// Refusals of this package.
var (
	ErrAttempt       = errs.New(errs.NotFound, "attempt.not_found", "查无此应考记录")
	ErrAttemptExists = errs.New(errs.Conflict, "attempt.exists", "应考记录已存在")
	ErrAttemptClosed = errs.New(errs.Conflict, "attempt.closed", "考试已结束，不能再作答")
	ErrNotOpen       = errs.New(errs.Conflict, "attempt.not_open", "还不能开始作答")
	ErrNotReleased   = errs.New(errs.Conflict, "attempt.not_released", "请等待监考员核验身份并放行")
	ErrSequence      = errs.New(errs.Conflict, "attempt.sequence", "该序号的作答内容与已保存的不同")
	ErrGap           = errs.New(errs.Conflict, "attempt.gap", "之前的作答尚未送达，请依次补送")
	ErrResponse      = errs.New(errs.Invalid, "response.invalid", "作答内容不正确")
	ErrEntryTaken    = errs.New(errs.Conflict, "attempt.entry_taken", "该序号已有记录")
	ErrVoided        = ErrAttemptClosed.With("本场考试资格已被取消") // the same to a program: the exam page leaves on it
	ErrPaused        = errs.New(errs.Conflict, "attempt.paused", "考试已暂停，恢复后再继续，已作答的内容不会丢失")
	ErrTakenOver     = errs.New(errs.Conflict, "attempt.taken_over", "这份试卷已在另一个窗口继续作答，此窗口不能再作答")
	ErrElsewhere     = errs.New(errs.Conflict, "attempt.elsewhere", "这份试卷已在另一个窗口打开")
	ErrMachine       = errs.New(errs.Conflict, "attempt.machine", "这份试卷已在另一台电脑上打开，请举手，由监考员放行换机")
	ErrMarkEarly     = errs.New(errs.Conflict, "attempt.mark_early", "考试尚未结束，不能评阅")
	ErrMarkBack      = errs.New(errs.Conflict, "attempt.mark_back", "考生还可以重新开考或补交应急文件，阅卷之后就不可以了，请先勾选确认")
	ErrMarkPaused    = errs.New(errs.Conflict, "attempt.mark_paused", "有暂停尚未恢复，这些考生还没有收卷，不能评阅；请监考员或考务先恢复，剩余的考试时间走完后收卷")
	ErrLogBroken     = errs.New(errs.Conflict, "attempt.log_broken", "作答记录与回执码不符，不能评阅")
	ErrNotMarked     = errs.New(errs.Conflict, "attempt.not_marked", "还有考生未交卷或未评阅")
	ErrDraw          = errs.New(errs.NotFound, "draw.not_found", "本场次尚未组卷")
	ErrDrawn         = errs.New(errs.Conflict, "draw.done", "本场次已组卷")
	ErrDrawLate      = errs.New(errs.Conflict, "draw.late", "考试时间已到，不能再组卷")
	ErrNoSeats       = errs.New(errs.Conflict, "draw.no_seats", "本场次还没有安排座位")
)

// Attempts keeps attempts. Safe for concurrent use; must pass storetest.Attempts.
//   - Absent: ErrAttempt. An ID already taken: CreateAttempt returns ErrAttemptExists.
//   - UpdateAttempt writes only at the attempt's Revision, otherwise engine.ErrStale.
//   - AttemptsOf lists one session's in the byte order of IDs.
type Attempts interface {
	Attempt(ctx context.Context, id AttemptID) (*Attempt, error)
	CreateAttempt(ctx context.Context, a *Attempt) error
	UpdateAttempt(ctx context.Context, a *Attempt) error
	AttemptsOf(ctx context.Context, s sitting.SessionID, c engine.Cursor) (rows []*Attempt, next string, err error)
}

// Log keeps response logs. Safe for concurrent use; must pass storetest.Log.
//   - Append inserts an entry under its attempt and sequence; when the place is taken it returns ErrEntryTaken and
//     changes nothing. nil means durable.
//   - Entries lists an attempt's log in the order of sequences. A Cursor goes on after a sequence number, in decimal:
//     next is one, and any other may be asked for.
type Log interface {
	Append(ctx context.Context, e *Entry) error
	Entries(ctx context.Context, a AttemptID, c engine.Cursor) (rows []*Entry, next string, err error)
}
