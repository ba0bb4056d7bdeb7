package sitting

import (
	"cmp"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine/errs"
)

// Refusals about pauses. Of a resumption that finds no pause of the same people the cause is named, where a wider one
// stops their clock.
var (
	ErrNotBegun     = errs.New(errs.Conflict, "proceedings.not_begun", "本场次尚未开始签到，不能暂停")
	ErrOfficePaused = errs.New(errs.Conflict, "proceedings.office_paused", "暂停的是全部考场，须考务恢复")
	ErrRoomPaused   = errs.New(errs.Conflict, "proceedings.room_paused", "暂停的是整个考场，须恢复全考场")
)

// CheckInFrom is when people are first checked in. Before that nobody's clock is stopped.
func (n *Session) CheckInFrom() time.Time { return n.Theory.Opens.Add(-CheckInLead) }

// begun is ErrNotBegun before people are checked in.
func (s *Sittings) begun(n *Session, now time.Time) error {
	if !now.Before(n.CheckInFrom()) {
		return nil
	}
	at := func(t time.Time) string { return t.In(s.policy.Location()).Format("2006-01-02 15:04") }
	return ErrNotBegun.With("%s 开考，%s 起才能暂停", at(n.Theory.Opens), at(n.CheckInFrom()))
}

// Standing are the pauses that are on and stop the clock of somebody in the place, oldest first: of the place itself, of
// more than it, and of parts of it.
func (b *Book) Standing(at Place) (on []*Line) {
	for p, l := range b.Pauses() {
		if p.Holds(at) || at.Holds(p) {
			on = append(on, l)
		}
	}
	slices.SortFunc(on, func(a, b *Line) int { return cmp.Compare(a.No, b.No) })
	return on
}

// unpaused is why there is nothing to resume for the place.
func (b *Book) unpaused(at Place) error {
	on := b.Pauses()
	switch {
	case on[Place{}] != nil:
		return ErrOfficePaused
	case at.Ticket != "" && on[Place{Room: at.Room}] != nil:
		return ErrRoomPaused
	}
	return ErrNotPaused
}
