package sitting

import (
	"context"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// LineKind is what a line of the proceedings records.
type LineKind string

// The kinds of lines. The first four change somebody's time.
const (
	Extended  LineKind = "extended"  // more minutes
	Paused    LineKind = "paused"    // the clock stands, nothing is answered
	Resumed   LineKind = "resumed"   // ends the pause of the same people
	Reopened  LineKind = "reopened"  // a paper that was handed in or closed goes on, for so many minutes at least
	Announced LineKind = "announced" // a message to the candidates' pages
	Incident  LineKind = "incident"  // what happened, for the record
	Excluded  LineKind = "excluded"  // a seat was voided for misconduct; the seat itself says so first
	Filed     LineKind = "filed"     // a hand-in file of one paper was brought: see theory.Exams.HandInFile

	LockdownOn   LineKind = "lockdown-on"   // from now on only in the lockdown browser: see SetLockdown
	LockdownOff  LineKind = "lockdown-off"  // in any browser
	LockdownKeys LineKind = "lockdown-keys" // in other builds of it
)

// Line is one line of the proceedings (考场情况记录) of a session's theory rooms. Its key is (session, number): inserted
// once, never changed.
type Line struct {
	Session SessionID  `json:"session"`
	No      int        `json:"no"` // from 1, without gaps
	Kind    LineKind   `json:"kind"`
	Key     string     `json:"key,omitempty"`     // of the command: the same one again adds nothing
	Room    RoomID     `json:"room,omitempty"`    // empty: the whole session
	Ticket  Ticket     `json:"ticket,omitempty"`  // empty: the whole room
	Minutes int        `json:"minutes,omitempty"` // of an extension or a reopening
	Text    string     `json:"text"`              // the reason, the message, or what happened
	Account string     `json:"account"`
	Name    string     `json:"name"`
	Role    authz.Role `json:"role"`
	At      time.Time  `json:"at"` // server's clock
}

// Concerns reports whether the line is about a candidate: one's own, one's room's, or everybody's.
func (l *Line) Concerns(room RoomID, t Ticket) bool {
	if l.Ticket != "" {
		return l.Ticket == t
	}
	return l.Room == "" || l.Room == room
}

// Proceedings keeps the lines. Safe for concurrent use; must pass storetest.Proceedings.
//   - AppendLine inserts a line under its session and number; when the place is taken it returns ErrLineTaken and
//     changes nothing. nil means durable.
//   - Lines lists a session's in the order of numbers. A Cursor goes on after a number, in decimal.
type Proceedings interface {
	AppendLine(ctx context.Context, l *Line) error
	Lines(ctx context.Context, id SessionID, c engine.Cursor) (rows []*Line, next string, err error)
}

// Refusals about the proceedings.
var (
	ErrLine      = errs.New(errs.NotFound, "proceedings.not_found", "查无此记录")
	ErrLineTaken = errs.New(errs.Conflict, "proceedings.taken", "该序号已有记录")
	ErrLineKey   = errs.New(errs.Conflict, "proceedings.key", "同一操作编号已用于另一项操作")
	ErrLineFull  = errs.New(errs.Conflict, "proceedings.full", "本场次的考场记录已满")
	ErrOrder     = errs.New(errs.Invalid, "proceedings.invalid", "填写的内容不正确")
	ErrNotPaused = errs.New(errs.Conflict, "proceedings.not_paused", "没有暂停，不需要恢复")
	ErrTimeOver  = errs.New(errs.Conflict, "proceedings.over", "考试时间已结束并已收卷，需要继续作答请使用重新开考")
)
