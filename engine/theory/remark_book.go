package theory

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// Marking is one marking of an attempt (评阅): the first, and one more for every correction of a key (重评).
type Marking struct {
	At          time.Time                   `json:"at"`
	By          string                      `json:"by"`                    // account
	Correction  questionbank.CorrectionID   `json:"correction,omitempty"`  // that led to it; empty for the first
	Corrections []questionbank.CorrectionID `json:"corrections,omitempty"` // all that the points rest on
	Before      engine.Points               `json:"before"`                // zero for the first
	After       engine.Points               `json:"after"`
}

// rests are the corrections that the points of the attempt rest on. One that was marked before markings were kept rests
// on none.
func (a *Attempt) rests() []questionbank.CorrectionID {
	if n := len(a.Markings); n > 0 {
		return a.Markings[n-1].Corrections
	}
	return nil
}

// RemarkBook (重评台账) is what one session did about corrections of keys. One document decides between those who mark
// again and the one who seals: no round begins once Sealing is set, and nobody sets it while a round is open.
type RemarkBook struct {
	Session sitting.SessionID `json:"session"`
	Rounds  []RemarkRound     `json:"rounds,omitempty"` // oldest first, one for each correction
	Sealing time.Time         `json:"sealing,omitzero"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// RemarkRound is the marking anew of one session by one correction. It is written before the first attempt is touched and
// completed after the last; in between whoever asks for it again goes on with it.
type RemarkRound struct {
	Correction questionbank.CorrectionID `json:"correction"`
	Begun      time.Time                 `json:"begun"`
	By         string                    `json:"by"`            // account
	Done       time.Time                 `json:"done,omitzero"` // zero while it is open
	Affected   int                       `json:"affected"`      // attempts that were marked anew
	Changed    int                       `json:"changed"`       // of them those whose points changed
}

// Changes is the list of those whose points a round changed. It can always be made again from the markings that the
// attempts hold.
type Changes struct {
	Session    sitting.SessionID         `json:"session"`
	Correction questionbank.CorrectionID `json:"correction"`
	Affected   int                       `json:"affected"`
	At         time.Time                 `json:"at"`
	Rows       []Change                  `json:"rows"` // in the order of tickets

	Revision int64 `json:"-"`
}

// Change is one attempt before and after.
type Change struct {
	Ticket  sitting.Ticket `json:"ticket"`
	Attempt AttemptID      `json:"attempt"`
	Before  engine.Points  `json:"before"`
	After   engine.Points  `json:"after"`
	By      string         `json:"by"`
	At      time.Time      `json:"at"`
}

// Refusals of marking anew.
var (
	ErrNoRemarks     = errs.New(errs.NotFound, "remark.none", "本场次没有重评记录")
	ErrRemarkBook    = errs.New(errs.Conflict, "remark.book", "本场次的重评台账已存在")
	ErrRemarkForeign = errs.New(errs.NotFound, "remark.foreign", "本场次的试卷不涉及此项答案更正")
	ErrSuperseded    = errs.New(errs.Conflict, "remark.superseded", "此项答案更正已被后来的更正代替")
	ErrRemarkEarly   = errs.New(errs.Conflict, "remark.early", "本场次尚未阅卷，阅卷时直接按更正后的答案评阅")
	ErrRemarkOpen    = errs.New(errs.Conflict, "remark.open", "有一项重评尚未完成，请先完成重评再封存")
	ErrRemarkDue     = errs.New(errs.Conflict, "remark.due", "有已决定的答案更正尚未重评，请先重评再封存")
	ErrRemarkSealed  = errs.New(errs.Conflict, "remark.sealed",
		"理论成绩已封存或正在封存，不能重评；封存之后只能另行办理成绩更正。请记下更正编号，报质量督导员")
)

// Remarks keeps what was marked anew. Safe for concurrent use; must pass storetest.Remarks.
//   - Absent: ErrNoRemarks. A book is created once, otherwise ErrRemarkBook; UpdateBook writes only at its Revision,
//     otherwise engine.ErrStale.
//   - PutChanges replaces what is there, unless that covers more attempts: a process that began earlier and ends later
//     does no harm.
type Remarks interface {
	Book(ctx context.Context, s sitting.SessionID) (*RemarkBook, error)
	CreateBook(ctx context.Context, b *RemarkBook) error
	UpdateBook(ctx context.Context, b *RemarkBook) error
	Changes(ctx context.Context, s sitting.SessionID, c questionbank.CorrectionID) (*Changes, error)
	PutChanges(ctx context.Context, c *Changes) error
}

func (b *RemarkBook) round(c questionbank.CorrectionID) *RemarkRound {
	if n := slices.IndexFunc(b.Rounds, func(r RemarkRound) bool { return r.Correction == c }); n >= 0 {
		return &b.Rounds[n]
	}
	return nil
}

// begin opens a round, or finds it there; one that is done is opened again, for an attempt may have been marked by the
// old key since.
func (b *RemarkBook) begin(r RemarkRound) error {
	old := b.round(r.Correction)
	switch {
	case !b.Sealing.IsZero():
		return ErrRemarkSealed
	case old == nil:
		b.Rounds = append(b.Rounds, r)
	case old.Done.IsZero():
		return engine.ErrUnchanged
	default:
		old.Done = time.Time{}
	}
	b.Trail.Add(r.Begun, r.By, "remark.begun", string(r.Correction))
	return nil
}

func (b *RemarkBook) finish(c *Changes, by string) error {
	r := b.round(c.Correction)
	if r == nil || !r.Done.IsZero() && r.Affected >= c.Affected {
		return engine.ErrUnchanged
	}
	r.Done, r.Affected, r.Changed = c.At, c.Affected, len(c.Rows)
	b.Trail.Add(c.At, by, "remark.done", string(c.Correction))
	return nil
}

// seal keeps rounds out from now on. Whoever calls again goes on with a seal that broke off.
func (b *RemarkBook) seal(by string, now time.Time) error {
	open := func(r RemarkRound) bool { return r.Done.IsZero() }
	switch {
	case !b.Sealing.IsZero():
		return engine.ErrUnchanged
	case slices.ContainsFunc(b.Rounds, open):
		return ErrRemarkOpen
	}
	b.Sealing = now
	b.Trail.Add(now, by, "remark.closed", "")
	return nil
}

// book reads a session's book; one that nobody wrote yet is empty, at revision zero.
func (e *Exams) book(ctx context.Context, id sitting.SessionID) (*RemarkBook, error) {
	b, err := e.ports.Remarks.Book(ctx, id)
	if errors.Is(err, ErrNoRemarks) {
		return &RemarkBook{Session: id}, nil
	}
	return b, err
}

// keepBook edits the book. edit may run more than once.
func (e *Exams) keepBook(ctx context.Context, id sitting.SessionID, edit func(*RemarkBook) error) (*RemarkBook, error) {
	save := func(ctx context.Context, b *RemarkBook) error {
		if b.Revision > 0 {
			return e.ports.Remarks.UpdateBook(ctx, b)
		}
		err := e.ports.Remarks.CreateBook(ctx, b)
		if errors.Is(err, ErrRemarkBook) {
			return engine.ErrStale // somebody else was first
		}
		return err
	}
	return engine.Modify(ctx, func(ctx context.Context) (*RemarkBook, error) { return e.book(ctx, id) }, save, edit)
}
