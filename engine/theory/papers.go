package theory

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// PaperKind is one of the files that are printed of a form for a sitting on paper.
type PaperKind string

// The kinds. They are given out apart, so that the key never lies with the questions.
const (
	PaperQuestions PaperKind = "questions" // 试卷
	PaperSheet     PaperKind = "sheet"     // 答题卡
	PaperKey       PaperKind = "key"       // 标准答案
)

// PaperKinds lists the kinds.
func PaperKinds() []PaperKind { return []PaperKind{PaperQuestions, PaperSheet, PaperKey} }

// actionPrinted is the trail entry of papers that were given out.
const actionPrinted = "draw.printed"

// MostPapers bounds the forms that one call of Papers gives out; a larger room is printed in parts: see Sheaves.
const MostPapers = 60

// Refusals of Papers beside those of the draw.
var (
	ErrNoPapers  = errs.New(errs.NotFound, "papers.none", "这个考场没有要印制的试卷")
	ErrPaperKind = errs.New(errs.Invalid, "papers.kind", "印制的种类不正确")
	ErrKeySealed = errs.New(errs.Conflict, "papers.sealed", "理论知识考试结束之前不提供标准答案")
)

// Sheaf says which papers are wanted: those of MostPapers numbers of seats in a room, the first of them From.
type Sheaf struct {
	Room sitting.RoomID
	Kind PaperKind
	From int
}

func (w Sheaf) holds(no int) bool { return w.From <= no && no < w.From+MostPapers }

// Sheaves are the parts that a room is printed in.
func Sheaves(r sitting.Room, k PaperKind) (all []Sheaf) {
	for from := 1; from <= r.Capacity; from += MostPapers {
		all = append(all, Sheaf{Room: r.ID, Kind: k, From: from})
	}
	return all
}

// Papers are forms of one room, with what their print says.
type Papers struct {
	Session   *sitting.Session
	Room      sitting.Room
	Blueprint *questionbank.Blueprint
	Release   *questionbank.Snapshot
	Drawn     time.Time
	Forms     []SeatForm // by seat
}

// SeatForm is the form of one seat.
type SeatForm struct {
	No     int
	Ticket sitting.Ticket
	Form   assembly.Form
	Mark   string // see Halves; empty outside AB mode
}

// Papers gives out forms to be printed, as they stand, from the draw on: questions and answer sheets to the exam office
// of the session's body, keys to the session's markers once the window has closed. The record of the draw says who got
// which, before anybody gets anything.
func (e *Exams) Papers(ctx context.Context, by authz.Principal, id sitting.SessionID, want Sheaf) (*Papers, error) {
	s, err := e.printing(ctx, by, id, want.Kind)
	if err != nil {
		return nil, err
	}
	p := &Papers{Session: s}
	at := slices.IndexFunc(s.Rooms, func(r sitting.Room) bool { return r.ID == want.Room && r.Component == engine.Theory })
	if at < 0 {
		return nil, sitting.ErrRoom
	}
	p.Room = s.Rooms[at]
	d, err := e.notePrint(ctx, by, id, want)
	if err != nil {
		return nil, err
	}
	p.Drawn = d.At
	if p.Release, err = e.bank.Snapshot(ctx, d.Release); err != nil {
		return nil, err
	}
	if p.Blueprint, err = e.bank.Blueprint(ctx, d.Blueprint); err != nil {
		return nil, err
	}
	seats := d.seatsIn(want.Room)
	if p.Forms, err = e.formsIn(ctx, seats); err != nil {
		return nil, err
	}
	if p.Blueprint.Forms == questionbank.AB {
		markHalves(seats, p.Forms)
	}
	p.Forms = slices.DeleteFunc(p.Forms, func(f SeatForm) bool { return !want.holds(f.No) })
	return p, nil
}

// printing is the session for those who may have its papers of a kind.
func (e *Exams) printing(ctx context.Context, by authz.Principal, id sitting.SessionID, kind PaperKind) (*sitting.Session, error) {
	switch kind {
	case PaperQuestions, PaperSheet:
		if err := by.Require(authz.FormsPrint); err != nil {
			return nil, err
		}
		return e.sittings.Session(ctx, by, id)
	case PaperKey:
		if err := e.marker(ctx, by, id, authz.FormsKey); err != nil {
			return nil, err
		}
		s, err := e.sittings.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		over, err := e.sittings.Over(ctx, s, e.clock.Now())
		if err == nil && !over {
			err = ErrKeySealed
		}
		return s, err
	}
	return nil, ErrPaperKind
}

// notePrint writes into the record of the draw what is given out.
func (e *Exams) notePrint(ctx context.Context, by authz.Principal, id sitting.SessionID, want Sheaf) (*Draw, error) {
	now := e.clock.Now()
	return engine.Modify(ctx, func(ctx context.Context) (*Draw, error) { return e.ports.Draws.Draw(ctx, id) }, e.ports.Draws.UpdateDraw,
		func(d *Draw) error {
			switch {
			case d.Old():
				return ErrDrawOld
			case d.Root == "":
				return ErrDrawStep.With("还没有组卷")
			}
			if !slices.ContainsFunc(d.seatsIn(want.Room), func(s DrawnSeat) bool { return want.holds(s.No) }) {
				return ErrNoPapers
			}
			d.Trail.Add(now, by.Account, actionPrinted, printNote(want.Room, want.Kind)+fmt.Sprintf("%d–%d", want.From, want.From+MostPapers-1))
			return nil
		})
}

// printed reports whether question papers of a room were given out.
func (d *Draw) printed(room sitting.RoomID) bool {
	return slices.ContainsFunc(d.Trail, func(e engine.Event) bool {
		return e.Action == actionPrinted && strings.HasPrefix(e.Note, printNote(room, PaperQuestions))
	})
}

// printNote is how the note of a print begins.
func printNote(room sitting.RoomID, kind PaperKind) string { return fmt.Sprintf("%s %s ", room, kind) }

// seatsIn are the seats of a room by their numbers.
func (d *Draw) seatsIn(room sitting.RoomID) []DrawnSeat {
	seats := slices.DeleteFunc(slices.Clone(d.Seats), func(s DrawnSeat) bool { return s.Room != room })
	slices.SortFunc(seats, func(a, b DrawnSeat) int { return a.No - b.No })
	return seats
}

// formsIn reads the forms that the attempts of seats hold.
func (e *Exams) formsIn(ctx context.Context, seats []DrawnSeat) ([]SeatForm, error) {
	forms := make([]SeatForm, len(seats))
	for i, seat := range seats {
		a, err := e.ports.Attempts.Attempt(ctx, AttemptOf(seat.Ticket))
		if err != nil {
			return nil, fmt.Errorf("print ticket %s: %w", seat.Ticket, err)
		}
		if a.Recalled {
			return nil, ErrDrawStep.With("正在重新组卷")
		}
		forms[i] = SeatForm{No: seat.No, Ticket: seat.Ticket, Form: a.Form}
	}
	return forms, nil
}

// markHalves marks the forms of a room. The seats of latecomers, wherever they are, say nothing about the others'.
func markHalves(seats []DrawnSeat, forms []SeatForm) {
	var h Halves
	for _, late := range []bool{false, true} {
		for i, f := range forms {
			if seats[i].Late == late {
				forms[i].Mark = h.Mark("", f.No, f.Form)
			}
		}
	}
}

// Halves marks papers where a room has two forms (A卷、B卷): A for odd seats and B for even ones. The zero value is ready;
// the seats of a room come by their numbers.
type Halves struct{ first map[half]string }

// half is one parity of the seats of a room.
type half struct {
	room string
	odd  bool
}

// Mark is A or B when f asks what the first seat of its half is asked, in the same order. Whoever must not meet one of
// those items again has a form without a mark.
func (h *Halves) Mark(room string, seat int, f assembly.Form) string {
	if h.first == nil {
		h.first = map[half]string{}
	}
	f.Slot = 0
	at, asked := half{room, seat%2 == 1}, f.Digest()
	if _, known := h.first[at]; !known {
		h.first[at] = asked
	}
	switch {
	case h.first[at] != asked:
		return ""
	case at.odd:
		return "A"
	}
	return "B"
}
