package result

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/sitting"
)

// ObjectionID names an objection. It is derived from everything in it: handing the same in twice is harmless.
type ObjectionID string

// Objection (公示异议) is what anybody has against a list in publicity. Name and contact are for the office alone; others read them masked.
type Objection struct {
	ID      ObjectionID       `json:"id"`
	Session sitting.SessionID `json:"session"`
	engine.Protest
	At       time.Time `json:"at"`
	Answer   string    `json:"answer,omitempty"`
	Answered time.Time `json:"answered,omitzero"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// LogValue keeps who objects out of logs.
func (o Objection) LogValue() slog.Value { return slog.StringValue(string(o.ID)) }

// Open reports whether it waits for an answer.
func (o *Objection) Open() bool { return o.Answered.IsZero() }

// Refusals about objections.
var (
	ErrObjection      = errs.New(errs.NotFound, "objection.not_found", "查无此异议")
	ErrObjectionTaken = errs.New(errs.Conflict, "objection.exists", "此异议已提交")
	ErrObjectionInput = errs.New(errs.Invalid, "objection.invalid", "异议填写不完整")
	ErrObjectionDone  = errs.New(errs.Conflict, "objection.answered", "此异议已答复，不能更改")
	ErrObjectionOpen  = errs.New(errs.Conflict, "objection.open", "尚有异议未答复，请先答复再结束公示")
	ErrObjectionMany  = errs.New(errs.Conflict, "objection.many", "本场次收到的异议过多，请直接联系评价机构")
)

// maxObjections bounds what strangers can make one session's office read.
const maxObjections = 500

// Objections keeps objections. Safe for concurrent use; must pass storetest.Objections. Absent: ErrObjection; taken:
// ErrObjectionTaken. UpdateObjection writes only at its Revision, otherwise engine.ErrStale. ObjectionsOf lists one
// session's in the byte order of IDs.
type Objections interface {
	Objection(ctx context.Context, id ObjectionID) (*Objection, error)
	CreateObjection(ctx context.Context, o *Objection) error
	UpdateObjection(ctx context.Context, o *Objection) error
	ObjectionsOf(ctx context.Context, s sitting.SessionID, c engine.Cursor) (rows []*Objection, next string, err error)
}

// Object takes an objection from anybody while the list is public; before and after that there is no list (ErrNotPublic).
func (b *Board) Object(ctx context.Context, id sitting.SessionID, name, contact, words string) (*Objection, error) {
	p, err := b.ports.Publications.Publication(ctx, id)
	now := b.clock.Now()
	if errors.Is(err, ErrPublication) || err == nil && !p.Open(b.day(now)) {
		return nil, ErrNotPublic
	}
	if err != nil {
		return nil, err
	}
	var c errs.Check
	o := &Objection{Session: id, Protest: engine.Protest{Name: name, Contact: contact, Words: words}.Clean(&c), At: now}
	if err := c.Err(ErrObjectionInput); err != nil {
		return nil, err
	}
	o.ID = ObjectionID(ids.Derive("objection", string(id), o.Name, o.Contact, o.Words))
	if old, err := b.ports.Objections.Objection(ctx, o.ID); !errors.Is(err, ErrObjection) {
		return old, err
	}
	all, err := b.objectionsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(all) >= maxObjections {
		return nil, ErrObjectionMany
	}
	o.Trail.Add(now, "public", "objection.made", "")
	if err = b.ports.Objections.CreateObjection(ctx, o); errors.Is(err, ErrObjectionTaken) {
		return b.ports.Objections.Objection(ctx, o.ID)
	}
	return o, err
}

func (b *Board) objectionsOf(ctx context.Context, id sitting.SessionID) ([]*Objection, error) {
	return engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Objection, string, error) {
		return b.ports.Objections.ObjectionsOf(ctx, id, c)
	})
}

// Objections lists a session's objections, for its office, its supervisor and the authorities. Who objects is in clear for those
// of the body who answer, and masked for everybody else: the form promises it.
func (b *Board) Objections(ctx context.Context, by authz.Principal, id sitting.SessionID) ([]*Objection, error) {
	if err := by.Require(authz.ObjectionRead); err != nil {
		return nil, err
	}
	n, err := b.ownSession(ctx, by, id)
	if err != nil {
		return nil, err
	}
	all, err := b.objectionsOf(ctx, id)
	if by.Can(authz.ResultPublish) && by.Org == string(n.Org) {
		return all, err
	}
	for _, o := range all {
		o.Protest = o.Masked()
	}
	return all, err
}

// AnswerObjection answers one, once. The answer is for the office to pass on.
func (b *Board) AnswerObjection(ctx context.Context, by authz.Principal, id ObjectionID, words string) (*Objection, error) {
	if err := by.Require(authz.ResultPublish); err != nil {
		return nil, err
	}
	var c errs.Check
	words = engine.Said(&c, "answer", words)
	if err := c.Err(ErrObjectionInput); err != nil {
		return nil, err
	}
	now := b.clock.Now()
	return engine.Modify(ctx, func(ctx context.Context) (*Objection, error) {
		o, err := b.ports.Objections.Objection(ctx, id)
		if err != nil {
			return nil, err
		}
		_, err = b.ownSession(ctx, by, o.Session)
		return o, hidden(err, ErrObjection)
	}, b.ports.Objections.UpdateObjection, func(o *Objection) error {
		switch {
		case !o.Open() && o.Answer == words:
			return engine.ErrUnchanged
		case !o.Open():
			return ErrObjectionDone
		}
		o.Answer, o.Answered = words, now
		o.Trail.AddBy(now, by, "objection.answered", "")
		return nil
	})
}

// hidden turns what a stranger may not know of into what does not exist.
func hidden(err, unknown error) error {
	if errors.Is(err, sitting.ErrSession) {
		return unknown
	}
	return err
}

// allAnswered returns ErrObjectionOpen while an objection waits.
func (b *Board) allAnswered(ctx context.Context, id sitting.SessionID) error {
	all, err := b.objectionsOf(ctx, id)
	open := 0
	for _, o := range all {
		if o.Open() {
			open++
		}
	}
	if err == nil && open > 0 {
		return ErrObjectionOpen.With("%d件", open)
	}
	return err
}
