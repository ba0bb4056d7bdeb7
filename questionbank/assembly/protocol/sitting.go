package protocol

import (
	"crypto"
	"crypto/ed25519"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/merkle"
)

// Sitting is the operator's side of one sitting, step by step. Every step appends to the log; instants come in, and none
// may lie before the one in front of it. A step that is refused changes nothing. Not safe for concurrent use.
type Sitting struct {
	t      Transcript
	course course
	signer crypto.Signer
	halls  []*hall
}

// Open begins a sitting with its terms. key hides codes and candidates, signer is the operator's Ed25519 key of the terms.
func Open(at time.Time, terms Terms, key Key, e Engine, signer crypto.Signer) (*Sitting, error) {
	public, ok := signer.Public().(ed25519.PublicKey)
	if !ok || !slices.Equal(public, ed25519.PublicKey(terms.Operator)) {
		return nil, ErrTerms.With("组卷方的签名密钥与约定的公钥不符")
	}
	s := &Sitting{signer: signer, t: Transcript{Format: Format, Engine: e, Key: key.commitment(), Salts: key.salt(),
		Releases: list[Release]{}, Parts: list[Part]{}}}
	return s, s.append(at, terms)
}

// append chains an event to the log, if its time has come.
func (s *Sitting) append(at time.Time, event Event) error {
	e, err := next(s.t.Log, at.UnixMilli(), event)
	if err != nil {
		return err
	}
	if err := s.course.admit(e); err != nil {
		return err
	}
	s.t.Log = append(s.t.Log, e)
	return nil
}

// Commit takes the commitment of the next custodian.
func (s *Sitting) Commit(at time.Time, c Commitment) error { return s.append(at, c) }

// Plan is what is drawn for whom: a blueprint for each level of the roster.
type Plan struct {
	Bank       *Bank
	Blueprints map[engine.Level]questionbank.Blueprint
	Slots      map[engine.Level][]Slot // of Enrol
}

// Fix binds the bank, the blueprints, the roster and the openings of items, before the public random value is known.
func (s *Sitting) Fix(at time.Time, p Plan) (Roots, error) {
	if s.course.roots != nil {
		return Roots{}, ErrStage.With("根只提交一次")
	}
	t := s.t
	t.Releases, t.Parts = p.Bank.Releases, list[Part]{}
	var halls []*hall
	for _, level := range levelsOf(p.Slots) {
		bp, ok := p.Blueprints[level]
		if !ok {
			return Roots{}, ErrRoster.With("没有%s的组卷方案", level)
		}
		bp.Trail, bp.Revision = nil, 0
		part := Part{Level: level, Blueprint: bp, Table: p.Bank.Tables[level], Cards: p.Bank.Cards[level], Slots: p.Slots[level]}
		h, err := newHall(&part, t.Salts)
		if err != nil {
			return Roots{}, err
		}
		part.Joint = h.plan.Table()
		t.Parts, halls = append(t.Parts, part), append(halls, h)
	}
	for i := range halls {
		halls[i].part = &t.Parts[i]
	}
	roots, err := t.roots()
	if err != nil {
		return roots, err
	}
	if err := s.append(at, roots); err != nil {
		return roots, err
	}
	s.t.Releases, s.t.Parts, s.halls = t.Releases, t.Parts, halls
	return roots, nil
}

// Observe records the public random value; its Value is filled in.
func (s *Sitting) Observe(at time.Time, b Beacon) error {
	value, err := b.value(s.course.terms.Beacon, s.course.terms.Sitting)
	if err != nil {
		return err
	}
	b.Value = value
	return s.append(at, b)
}

// Draw draws all forms with the secrets of all custodians, in their order, and signs the root over them. After a
// redraw it draws the next attempt; the secrets are the same. ErrCommitment names a secret that is not the one that
// was committed to. When a slot cannot be drawn it is *assembly.Shortage or assembly.ErrUndecided, and nothing is drawn.
func (s *Sitting) Draw(at time.Time, secrets []Secret) (Head, error) {
	c := &s.course
	if c.value == nil {
		return Head{}, ErrStage.With("组卷应在公开随机数之后")
	}
	if len(secrets) != len(c.commitments) {
		return Head{}, ErrTooFew.With("有 %d 方的份额，需要 %d 方", len(secrets), len(c.commitments))
	}
	for i, secret := range secrets {
		if err := c.terms.Reveals(c.commitments[i], secret); err != nil {
			return Head{}, err
		}
	}
	attempt := len(c.heads)
	if attempt > 0 && !c.again {
		return Head{}, ErrStage.With("重新组卷须先经保管人签名同意")
	}
	seed, err := c.seed(secrets, attempt)
	if err != nil {
		return Head{}, err
	}
	if err := drawAll(s.halls, seed); err != nil {
		return Head{}, err
	}
	head, err := s.head(attempt)
	if err != nil {
		return Head{}, err
	}
	if err := s.append(at, head); err != nil {
		return Head{}, err
	}
	for i, h := range s.halls {
		s.t.Parts[i].Forms = h.publics()
	}
	return head, nil
}

func (s *Sitting) head(attempt int) (Head, error) {
	forms := make([][]Form, len(s.halls))
	for i, h := range s.halls {
		forms[i] = h.publics()
	}
	leaves := s.t.formLeaves(attempt, forms)
	head := Head{Attempt: attempt, Forms: len(leaves), Root: merkle.Root(leaves)}
	var err error
	head.Signature, err = sign(s.signer, head.signed(s.course.terms.Sitting))
	return head, err
}

// Redraw records the decision to draw again. The next Draw is the next attempt.
func (s *Sitting) Redraw(at time.Time, r Redraw) error { return s.append(at, r) }

// ready reports whether an event of the running sitting may come at this instant.
func (s *Sitting) ready(at time.Time) error {
	if !s.course.sitting() || at.UnixMilli() < s.course.last {
		return ErrStage.With("应在组卷之后、公开之前")
	}
	return nil
}

func (s *Sitting) hall(l engine.Level) (*hall, error) {
	for _, h := range s.halls {
		if h.part.Level == l {
			return h, nil
		}
	}
	return nil, ErrSlot.With("没有%s的试卷", l)
}

// Late seats a candidate who is not in the roster. Of the argument, what says who comes where is used; the answer says
// which form it is and what was changed in it.
func (s *Sitting) Late(at time.Time, ev Late) (Late, error) {
	h, err := s.hall(ev.Level)
	if err == nil {
		err = s.ready(at)
	}
	if err == nil {
		ev.Excluded = slices.Compact(slices.Sorted(slices.Values(ev.Excluded)))
		err = h.late(len(s.t.Log), &ev)
	}
	if err != nil {
		return Late{}, err
	}
	return ev, s.append(at, ev)
}

// Absent burns the form of a candidate who did not come.
func (s *Sitting) Absent(at time.Time, ev Absence) error {
	h, err := s.hall(ev.Level)
	if err == nil {
		err = s.ready(at)
	}
	if err == nil {
		err = h.absent(ev)
	}
	if err != nil {
		return err
	}
	return s.append(at, ev)
}

// Withdraw takes an item out of every form, reserve forms included. The answer says what was changed.
func (s *Sitting) Withdraw(at time.Time, level engine.Level, handle, reason string) (Withdrawal, error) {
	ev := Withdrawal{Level: level, Handle: handle, Reason: reason}
	h, err := s.hall(level)
	if err == nil {
		err = s.ready(at)
	}
	if err == nil {
		err = h.withdraw(len(s.t.Log), &ev)
	}
	if err != nil {
		return Withdrawal{}, err
	}
	return ev, s.append(at, ev)
}

// Reveal makes the secret of the next custodian public, with the shares that it was recovered from, if it was.
func (s *Sitting) Reveal(at time.Time, r Reveal) error { return s.append(at, r) }

// Transcript is the sealed transcript as the log stands. Before all secrets are revealed it derives nothing, but it
// already holds what the draw knows of the items: it is public only afterwards.
func (s *Sitting) Transcript() ([]byte, error) { return s.t.seal(s.signer) }

// Log is the public log so far.
func (s *Sitting) Log() []Entry { return slices.Clone(s.t.Log) }

// Slots are the slots of a level, extra ones last, with the candidates as they stand.
func (s *Sitting) Slots(l engine.Level) []Slot {
	h, err := s.hall(l)
	if err != nil {
		return nil
	}
	return slices.Clone(h.seats)
}

// Form is the form of a slot as it stands, in the words of the house.
func (s *Sitting) Form(l engine.Level, slot int, items Items) (assembly.Form, error) {
	h, err := s.hall(l)
	if err != nil {
		return assembly.Form{}, err
	}
	if slot < 0 || slot >= len(h.forms) {
		return assembly.Form{}, ErrSlot.With("%d", slot)
	}
	d := h.forms[slot]
	f := assembly.Form{Slot: slot, Items: make([]assembly.FormItem, len(d.Cards))}
	for i, c := range d.Cards {
		card := h.ix.Card(c)
		ref, ok := items[card.Handle]
		if !ok {
			return assembly.Form{}, ErrItem.With("%s", card.Handle)
		}
		f.Items[i] = assembly.FormItem{Code: ref.Code, Version: ref.Version, Type: card.Type, Options: make([]int, len(d.Options[i]))}
		for k, o := range d.Options[i] {
			f.Items[i].Options[k] = int(o)
		}
	}
	return f, nil
}

// Uses counts the forms that hold each item of a level, by handle. Items that no form holds are there with zero.
func (s *Sitting) Uses(l engine.Level) map[string]int {
	h, err := s.hall(l)
	if err != nil {
		return nil
	}
	uses := make(map[string]int, len(h.uses))
	for i, n := range h.uses {
		uses[h.ix.Card(int32(i)).Handle] = int(n)
	}
	return uses
}

// Levels are the levels drawn, lowest first.
func (s *Sitting) Levels() (levels []engine.Level) {
	for _, h := range s.halls {
		levels = append(levels, h.part.Level)
	}
	return levels
}

// Bounds says how even the draw of a level is, and how even any draw could be.
func (s *Sitting) Bounds(l engine.Level) (assembly.Bounds, error) {
	h, err := s.hall(l)
	if err != nil {
		return assembly.Bounds{}, err
	}
	n := len(h.part.Slots)
	return assembly.BoundsOf(h.plan, h.slots[:n], h.forms[:n]), nil
}
