package sitting

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/separation"
)

// Neighbours are two numbers in one room whose candidates have something in common and sit next to each other.
type Neighbours struct {
	Room RoomID `json:"room"`
	No   int    `json:"no"`
	Next int    `json:"next"`
	Tie  string `json:"tie"` // of engine.SeatTies
}

// maxBeside bounds the neighbours that a session keeps: of a whole class in one room they would be many.
const maxBeside = 200

// What Seating says of a seat that is nobody's.
const (
	unused  = 0
	givenUp = -1 // somebody was moved away from it: a plan does not give it again
)

// Whose is who has the seat of a room, as a place in Allotted from 1; 0 for nobody.
func (n *Session) Whose(room RoomID, no int) int {
	if all := n.Seating[room]; no >= 1 && no <= len(all) {
		return max(all[no-1], 0)
	}
	return 0
}

// GivenUp reports whether somebody was moved away from a seat, so that no plan gives it again.
func (n *Session) GivenUp(room RoomID, no int) bool {
	all := n.Seating[room]
	return no >= 1 && no <= len(all) && all[no-1] == givenUp
}

// take gives a seat to the holder of a serial.
func (n *Session) take(c Chair, serial int) {
	all := n.Seating[c.Room]
	for len(all) < c.No {
		all = append(all, unused)
	}
	all[c.No-1] = serial
	n.Seating[c.Room] = all
}

// settle writes down who sits where in a session that was seated before there were rules.
func (n *Session) settle() {
	if n.Seating != nil {
		return
	}
	n.Seating = map[RoomID][]int{}
	for i, c := range spread(n.Rooms, engine.Theory, len(n.Allotted)) {
		n.take(c, i+1)
	}
}

// chairs are the theory seats by serial.
func (n *Session) chairs() []Chair {
	if n.Seating == nil {
		return spread(n.Rooms, engine.Theory, len(n.Allotted))
	}
	out := make([]Chair, len(n.Allotted))
	for room, all := range n.Seating {
		for i, serial := range all {
			if serial > 0 && serial <= len(out) {
				out[serial-1] = Chair{room, i + 1}
			}
		}
	}
	return out
}

// leftover says in the trail how many the plan could not keep apart.
func (n *Session) leftover() string {
	switch count := len(n.Beside); {
	case count == 0:
		return ""
	case count == maxBeside:
		return fmt.Sprintf("，相邻且有关联的 %d 对或更多", count)
	default:
		return fmt.Sprintf("，相邻且有关联的 %d 对", count)
	}
}

// place allots seats to people by the policy's rule. Whoever has a seat keeps it.
//
// It reads ties, applications and the sessions beside this one while the session is being changed, where a change function
// should only edit. Run again, it plans again from what is then there, which is the point: as in allottable, what it reads is
// read after the session, and the session is replaced only if nobody changed it meanwhile. It writes nothing.
func (s *Sittings) place(ctx context.Context, n *Session, added []engine.PersonID) error {
	n.settle()
	if len(added) == 0 {
		return nil
	}
	p, err := s.puzzle(ctx, n, added)
	if err != nil {
		return err
	}
	if len(p.Free) < len(added) {
		return ErrFull.With("考场中已没有可排的座位")
	}
	chairs := Arrange(*p)
	for i, c := range chairs {
		n.Allotted = append(n.Allotted, added[i])
		n.take(c, len(n.Allotted))
	}
	n.Beside = n.neighbours(p.Pairs(chairs), s.policy.Rooms.Seating)
	return nil
}

// neighbours are the pairs in which somebody is of this session.
func (n *Session) neighbours(pairs []Pair, rule engine.SeatRule) (all []Neighbours) {
	for _, p := range pairs {
		if len(all) < maxBeside && n.Whose(p.A.Room, p.A.No)+n.Whose(p.B.Room, p.B.No) > 0 {
			all = append(all, Neighbours{p.A.Room, p.A.No, p.B.No, rule.Apart[p.Kind]})
		}
	}
	return all
}

// puzzle is what the seats of the added people are planned from.
func (s *Sittings) puzzle(ctx context.Context, n *Session, added []engine.PersonID) (*Puzzle, error) {
	theory := slices.DeleteFunc(slices.Clone(n.Rooms), func(r Room) bool { return r.Component != engine.Theory })
	p := &Puzzle{Rooms: theory, Taken: map[Chair][]Bond{}, Seed: fmt.Sprintf("seats %s %d", n.ID, len(n.Allotted))}
	p.Free = fill(n.Rooms, engine.Theory, maxSeats, func(c Chair) bool {
		all := n.Seating[c.Room]
		return c.No > len(all) || all[c.No-1] == unused
	})
	b, err := s.bonds(ctx, n, added)
	if err != nil {
		return nil, err
	}
	for _, person := range added {
		p.People = append(p.People, b.of[person])
	}
	for i, c := range n.chairs() {
		p.Taken[c] = b.of[n.Allotted[i]]
	}
	for _, o := range b.others {
		for i, c := range o.chairs() {
			if room, ok := inHall(o, c.Room, theory); ok {
				p.Taken[Chair{room, c.No}] = b.of[o.Allotted[i]]
			}
		}
	}
	return p, nil
}

// inHall is the room of ours that stands in the same hall as a room of another session.
func inHall(o *Session, id RoomID, ours []Room) (RoomID, bool) {
	theirs, err := o.room(id)
	if err != nil {
		return "", false
	}
	at := slices.IndexFunc(ours, theirs.shares)
	if at < 0 {
		return "", false
	}
	return ours[at].ID, true
}

// bonds is what people may have in common, and the sessions in whose halls they sit.
type bonds struct {
	of     map[engine.PersonID][]Bond
	others []*Session
}

// bonds reads what everybody in the rooms may have in common: what ties say, and what applicants state of their class
// and employer.
func (s *Sittings) bonds(ctx context.Context, n *Session, added []engine.PersonID) (b bonds, err error) {
	b.of = map[engine.PersonID][]Bond{}
	rule := s.policy.Rooms.Seating
	if b.others, err = s.beside(ctx, n); err != nil || len(rule.Apart) == 0 {
		return b, err
	}
	people := slices.Concat(n.Allotted, added)
	for _, o := range b.others {
		people = append(people, o.Allotted...)
	}
	company, err := s.judge.Company(ctx, people, s.day(n.Theory.Opens), rule.Months)
	if err != nil {
		return b, err
	}
	for p, all := range company {
		for _, c := range all {
			b.add(rule, p, c)
		}
	}
	for _, session := range append([]*Session{n}, b.others...) {
		accepted, err := s.desk.Accepted(ctx, string(session.ID))
		if err != nil {
			return b, err
		}
		for _, a := range accepted {
			b.stated(rule, a)
		}
	}
	return b, nil
}

// stated adds what an application says. A class is named as in the tie that is recorded of it, an employer by its words.
func (b bonds) stated(rule engine.SeatRule, a *registration.Application) {
	if a.Class != "" {
		b.add(rule, a.Person, separation.Common{Kind: "class", Key: string(separation.ClassNode(a.Class))})
	}
	employer := strings.Join(strings.Fields(a.Employer), "")
	if employer != "" && !slices.Contains(rule.Nobody, employer) {
		b.add(rule, a.Person, separation.Common{Kind: "employer", Key: employer})
	}
}

func (b bonds) add(rule engine.SeatRule, p engine.PersonID, c separation.Common) {
	kind := slices.Index(rule.Apart, c.Kind)
	bond := Bond{Kind: kind, Key: c.Key}
	if kind >= 0 && !slices.Contains(b.of[p], bond) {
		b.of[p] = append(b.of[p], bond)
	}
}
