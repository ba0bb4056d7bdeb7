package protocol

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// hall is the draw of one level at work: what was drawn, and what became of it since.
type hall struct {
	part   *Part
	ix     *assembly.Index
	plan   *assembly.Plan
	alone  *assembly.Plan // for forms drawn by themselves: the same without exposure limits, which are those of a roster
	seed   Hash
	salts  Hash
	place  []int32           // position in the index to place in part.Cards
	ranges map[string]string // point to the ranges of the blueprint that it lies in

	slots []assembly.Slot // those of the part, then one for each extra form
	seats []Slot          // the same in the words of the roster
	forms []assembly.Drawn
	uses  []int32        // forms that hold the card, by position in the index
	gone  map[int32]bool // withdrawn
	spent map[int]bool   // reserve slots that were given away
	away  map[int]bool   // absent
}

// newHall readies a part to be drawn.
func newHall(p *Part, salts Hash) (*hall, error) {
	cards := make([]assembly.Card, len(p.Cards))
	for i, c := range p.Cards {
		if i > 0 && c.Handle <= p.Cards[i-1].Handle {
			return nil, ErrBank.With("试题 %s 重复或未按编号排列", c.Handle)
		}
		cards[i] = c.card()
	}
	ix, err := assembly.NewIndex(p.Level, p.Table, cards)
	if err != nil {
		return nil, err
	}
	h := &hall{part: p, ix: ix, salts: salts, slots: p.slots(), seats: slices.Clone(p.Slots), place: make([]int32, len(cards)),
		ranges: map[string]string{}}
	roster := assembly.Forms(p.Blueprint.Forms, h.slots)
	if h.plan, err = assembly.NewPlan(ix, p.Blueprint, roster); err != nil {
		return nil, err
	}
	for province := range roster {
		roster[province] = 0
	}
	if h.alone, err = assembly.NewPlan(ix, p.Blueprint, roster); err != nil {
		return nil, err
	}
	places := make(map[string]int32, len(cards))
	for i, c := range p.Cards {
		places[c.Handle] = int32(i)
	}
	for i := range h.place {
		h.place[i] = places[ix.Card(int32(i)).Handle]
	}
	codes := slices.Sorted(maps.Keys(p.Blueprint.Ranges))
	for _, point := range p.Table.Points {
		var in []string
		for _, code := range codes {
			if questionbank.Within(point.Code, code) {
				in = append(in, code)
			}
		}
		h.ranges[point.Code] = strings.Join(in, " ")
	}
	return h, nil
}

// draw draws every slot of the part under the seed of the sitting.
func (h *hall) draw(seed Hash) (err error) {
	if h.seed, err = levelSeed(seed, h.part.Level); err != nil {
		return err
	}
	d, err := assembly.NewDrawer(h.plan, h.seed)
	if err != nil {
		return err
	}
	h.slots, h.seats = h.slots[:len(h.part.Slots)], h.seats[:len(h.part.Slots)]
	h.forms = make([]assembly.Drawn, len(h.slots))
	for no, s := range h.slots {
		if h.forms[no], err = d.Draw(s); err != nil {
			return fmt.Errorf("slot %d (room %s, seat %d): %w", no, s.Room, s.Seat, err)
		}
	}
	h.uses, h.gone, h.spent, h.away = make([]int32, h.ix.Len()), map[int32]bool{}, map[int]bool{}, map[int]bool{}
	for _, f := range h.forms {
		for _, c := range f.Cards {
			h.uses[c]++
		}
	}
	return nil
}

// drawAll draws the levels side by side: they share nothing.
func drawAll(halls []*hall, seed Hash) error {
	failed := make([]error, len(halls))
	var all sync.WaitGroup
	for i, h := range halls {
		all.Go(func() { failed[i] = h.draw(seed) })
	}
	all.Wait()
	for i, err := range failed {
		if err != nil {
			return fmt.Errorf("draw of level %d: %w", halls[i].part.Level, err)
		}
	}
	return nil
}

// public is a drawn form as it stands in a transcript.
func (h *hall) public(d assembly.Drawn) Form {
	f := Form{Cards: make([]int, len(d.Cards)), Options: make([]string, len(d.Cards))}
	for i, c := range d.Cards {
		f.Cards[i], f.Options[i] = int(h.place[c]), digits(d.Options[i])
	}
	return f
}

func (h *hall) publics() []Form {
	all := make([]Form, len(h.forms))
	for i, d := range h.forms {
		all[i] = h.public(d)
	}
	return all
}

// reserve is the reserve slot that a late candidate gets, -1 when there is none left.
func (h *hall) reserve(ev *Late) int {
	best, least := -1, Hash{}
	for no, s := range h.seats[:len(h.part.Slots)] {
		if !s.Reserve || h.spent[no] || s.Site != ev.Site || s.Province != ev.Province {
			continue
		}
		lot := mac(h.seed, newRecord("late").number(no).hash(ev.Candidate))
		if best < 0 || slices.Compare(lot[:], least[:]) < 0 {
			best, least = no, lot
		}
	}
	return best
}

// late seats a candidate and fills in what the event says of the form. no is the number of its log entry.
func (h *hall) late(no int, ev *Late) error {
	ev.Slot, ev.Extra, ev.Changes = 0, false, nil
	if err := h.admits(ev); err != nil {
		return err
	}
	at := h.reserve(ev)
	if at < 0 {
		return h.extra(no, ev)
	}
	before, seat := h.slots[at].Excluded, h.seats[at]
	h.slots[at].Excluded = ev.Excluded
	var err error
	if ev.Changes, err = h.mend(at, no, newStream(h.seed, label("late", no))); err != nil {
		h.slots[at].Excluded = before
		return err
	}
	seat.Candidate, seat.Excluded = ev.Candidate, ev.Excluded
	ev.Slot, h.seats[at], h.spent[at] = at, seat, true
	return nil
}

// admits reports whether the candidate can be seated.
func (h *hall) admits(ev *Late) error {
	asked := Slot{Province: ev.Province, Site: ev.Site, Room: reserveRoom(ev.Site), Seat: 1, Candidate: ev.Candidate, Excluded: ev.Excluded}
	if asked.check() != nil {
		return ErrSlot.With("迟到考生的登记不正确")
	}
	if slices.ContainsFunc(h.seats, func(s Slot) bool { return s.Candidate == ev.Candidate }) {
		return ErrSlot.With("考生已有试卷")
	}
	return nil
}

// extra draws a new form for the candidate.
func (h *hall) extra(no int, ev *Late) error {
	at := len(h.slots)
	seat := Slot{Province: ev.Province, Site: ev.Site, Room: reserveRoom(ev.Site), Seat: at + 1, Reserve: true, Candidate: ev.Candidate, Excluded: ev.Excluded}
	slot := seat.slot(at)
	d, err := h.single(label("extra", no), slot)
	if err != nil {
		return err
	}
	h.slots, h.seats, h.forms = append(h.slots, slot), append(h.seats, seat), append(h.forms, assembly.Drawn{Slot: at})
	ev.Slot, ev.Extra, ev.Changes = at, true, h.put(at, d)
	return nil
}

// single draws one form by itself, with the uses as they stand and without what was withdrawn.
func (h *hall) single(label string, s assembly.Slot) (assembly.Drawn, error) {
	key, err := expand(h.seed, label)
	if err != nil {
		return assembly.Drawn{}, err
	}
	banned := slices.Clone(s.Excluded)
	for c := range h.gone {
		banned = append(banned, h.ix.Card(c).Handle)
	}
	s.Excluded = slices.Compact(slices.Sorted(slices.Values(banned)))
	return assembly.Single(h.alone, key, func(c int32) int { return int(h.uses[c]) }, s)
}

// put gives a slot the form d and lists what is not as it was.
func (h *hall) put(slot int, d assembly.Drawn) (changes []Change) {
	was := h.forms[slot]
	d.Slot = slot
	for i, c := range d.Cards {
		if i < len(was.Cards) && was.Cards[i] == c && slices.Equal(was.Options[i], d.Options[i]) {
			continue
		}
		changes = append(changes, Change{Slot: slot, Place: i, Handle: h.ix.Card(c).Handle, Options: digits(d.Options[i])})
	}
	for _, c := range was.Cards {
		h.uses[c]--
	}
	for _, c := range d.Cards {
		h.uses[c]++
	}
	h.forms[slot] = d
	return changes
}

// absent burns a slot.
func (h *hall) absent(ev Absence) error {
	if ev.Slot < 0 || ev.Slot >= len(h.seats) || h.seats[ev.Slot].Candidate.IsZero() || h.away[ev.Slot] {
		return ErrSlot.With("第 %d 号没有考生或已登记缺考", ev.Slot)
	}
	h.away[ev.Slot] = true
	return nil
}

// withdraw takes an item out of all forms and fills in what the event says of them. Slots that had the same form still
// have the same one afterwards, unless one of the candidates met the new item before.
func (h *hall) withdraw(no int, ev *Withdrawal) error {
	c, known := h.ix.Find(ev.Handle)
	if !known || h.gone[c] || ev.Reason == "" || !validText(ev.Reason, maxText) {
		return ErrItem.With("%.40s", ev.Handle)
	}
	s := newStream(h.seed, "withdraw"+ev.Handle)
	h.gone[c] = true
	ev.Changes = nil
	before, uses := slices.Clone(h.forms), slices.Clone(h.uses)
	done := map[string]int{} // a form as it was to the slot that has its successor
	for slot := range before {
		if !slices.Contains(before[slot].Cards, c) {
			continue
		}
		changes, err := h.follow(slot, no, s, before, done)
		if err != nil {
			delete(h.gone, c)
			h.forms, h.uses = before, uses
			return err
		}
		ev.Changes = append(ev.Changes, changes...)
	}
	return nil
}

// follow mends the form of a slot, in the way of an earlier slot that had the same form where that one's serves.
func (h *hall) follow(slot, no int, s *assembly.Stream, before []assembly.Drawn, done map[string]int) ([]Change, error) {
	was := fmt.Sprint(before[slot].Cards, before[slot].Options)
	if other, ok := done[was]; ok && h.fits(slot, h.forms[other]) {
		return h.put(slot, h.forms[other]), nil
	}
	changes, err := h.mend(slot, no, s)
	if _, ok := done[was]; !ok {
		done[was] = slot
	}
	return changes, err
}

// fits reports whether a form holds nothing that the slot must not have.
func (h *hall) fits(slot int, d assembly.Drawn) bool {
	return !slices.ContainsFunc(d.Cards, func(c int32) bool { return h.banned(slot, c) })
}

func (h *hall) banned(slot int, c int32) bool {
	if h.gone[c] {
		return true
	}
	_, met := slices.BinarySearch(h.slots[slot].Excluded, h.ix.Card(c).Handle)
	return met
}

// mend replaces every item of a slot's form that it must not have. Where one cannot be replaced by itself, the whole
// form is drawn anew.
func (h *hall) mend(slot, no int, s *assembly.Stream) ([]Change, error) {
	d := h.forms[slot]
	d.Cards, d.Options = slices.Clone(d.Cards), slices.Clone(d.Options)
	for i, c := range d.Cards {
		if !h.banned(slot, c) {
			continue
		}
		others := h.others(slot, d, i)
		if len(others) == 0 {
			return h.anew(slot, no)
		}
		other := others[s.Below(len(others))]
		n := h.ix.Card(other).Options
		if d.Cards[i], d.Options[i] = other, []uint8{0, 1}; h.ix.Card(other).Type != questionbank.Judgement {
			d.Options[i] = order(s, n)
		}
	}
	return h.put(slot, d), nil
}

func (h *hall) anew(slot, no int) ([]Change, error) {
	d, err := h.single(label("anew", no, slot), h.slots[slot])
	if err != nil {
		return nil, fmt.Errorf("slot %d: %w", slot, err)
	}
	return h.put(slot, d), nil
}

// others are the items that can stand at place i of form d instead, in the order of the index: of the nearest kind that
// has any, those used least. All are of the same type and difficulty; near are those of the same point and origin, then
// those of other points in the same ranges of the blueprint, then those of another origin in the same ranges.
func (h *hall) others(slot int, d assembly.Drawn, i int) []int32 {
	old := h.ix.Card(d.Cards[i])
	var near [3][]int32
	for c := range int32(h.ix.Len()) {
		x := h.ix.Card(c)
		if x.Type != old.Type || x.Difficulty != old.Difficulty || h.ranges[x.Point] != h.ranges[old.Point] ||
			x.Province != "" && x.Province != h.slots[slot].Province || h.banned(slot, c) || slices.Contains(d.Cards, c) {
			continue
		}
		kind := 2
		if x.Province == old.Province {
			kind = 1
			if x.Point == old.Point {
				kind = 0
			}
		}
		near[kind] = append(near[kind], c)
	}
	for _, cards := range near {
		if fit := h.leastUsed(slot, d, i, cards); len(fit) > 0 {
			return fit
		}
	}
	return nil
}

// leastUsed are those of cards that give a form which meets the blueprint, and of these the ones that the fewest forms
// hold.
func (h *hall) leastUsed(slot int, d assembly.Drawn, i int, cards []int32) []int32 {
	slices.SortStableFunc(cards, func(a, b int32) int { return cmp.Compare(h.uses[a], h.uses[b]) })
	var fit []int32
	for _, c := range cards {
		if len(fit) > 0 && h.uses[c] > h.uses[fit[0]] {
			break
		}
		if h.meets(slot, d, i, c) {
			fit = append(fit, c)
		}
	}
	return fit
}

// meets reports whether the form d, with card c at place i, meets the blueprint. What the candidate must not meet is
// left out of the question: other places may still wait for their turn.
func (h *hall) meets(slot int, d assembly.Drawn, i int, c int32) bool {
	try := assembly.Drawn{Slot: d.Slot, Cards: slices.Clone(d.Cards), Options: slices.Clone(d.Options)}
	try.Cards[i], try.Options[i] = c, []uint8{0, 1, 2, 3, 4, 5, 6, 7}[:h.ix.Card(c).Options]
	s := h.slots[slot]
	s.Excluded = nil
	return assembly.Check(h.ix, h.part.Blueprint, s, try) == nil
}
