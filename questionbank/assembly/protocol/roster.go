package protocol

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// Seat is a place in the roster: who sits where, in the words of the exam office.
type Seat struct {
	Level     engine.Level
	Province  string // whose supplement the form may hold; empty for national items only
	Site      string // rooms that share reserve forms
	Room      string
	No        int
	Candidate string
	Excluded  []string // handles of items not to be met again
}

// Slot is a form to be drawn, as the public sees it. Reserve slots have no candidate yet.
type Slot struct {
	Province  string   `json:"province,omitempty"`
	Site      string   `json:"site"`
	Room      string   `json:"room"`
	Seat      int      `json:"seat"`
	Reserve   bool     `json:"reserve,omitempty"`
	Candidate Hash     `json:"candidate,omitzero"`
	Excluded  []string `json:"excluded,omitempty"` // handles, ascending
}

func (s Slot) check() error {
	ok := validName(s.Site) && validName(s.Room) && s.Seat >= 1 && s.Seat <= 1<<20 && validText(s.Province, maxName) &&
		s.Reserve == s.Candidate.IsZero() && slices.IsSorted(s.Excluded) && len(slices.Compact(slices.Clone(s.Excluded))) == len(s.Excluded) &&
		!slices.ContainsFunc(s.Excluded, func(h string) bool { return !isHandle(h) })
	if !ok {
		return fmt.Errorf("slot of room %q, seat %d has not the form", s.Room, s.Seat)
	}
	return nil
}

func (s Slot) slot(no int) assembly.Slot {
	return assembly.Slot{No: no, Province: s.Province, Room: s.Room, Seat: s.Seat, Excluded: s.Excluded}
}

// Reserve forms: one in twenty seats of a site, level and province, and at least two.
const (
	reserveEvery = 20
	reserveLeast = 2
)

func reserves(seats int) int { return max(reserveLeast, (seats+reserveEvery-1)/reserveEvery) }

// reserveRoom is the room that a site's reserve forms are counted under: no room of a roster ends like this.
func reserveRoom(site string) string { return site + reserveMark }

const reserveMark = "+"

// Enrol makes the slots of each level, with the reserve slots, in the canonical order. ErrRoster names every seat that
// cannot be: taken twice, a candidate who sits one level twice, a name that has not the form. Fields are called by the
// number of the seat, from 1.
func Enrol(key Key, seats []Seat) (map[engine.Level][]Slot, error) {
	var c errs.Check
	c.That(len(seats) > 0, "roster", "empty", "名册中没有考生")
	c.That(len(seats) <= maxSeats, "roster", "count", fmt.Sprintf("名册多于 %d 人", maxSeats))
	check := rosterCheck{taken: map[place]bool{}, sits: map[sitter]bool{}, sites: map[string]string{}}
	for i, s := range seats {
		check.seat(&c, fmt.Sprintf("%d", i+1), s)
	}
	if err := c.Err(ErrRoster); err != nil {
		return nil, err
	}
	slots, groups := map[engine.Level][]Slot{}, map[group]int{}
	for _, s := range seats {
		excluded := slices.Compact(slices.Sorted(slices.Values(s.Excluded)))
		slots[s.Level] = append(slots[s.Level], Slot{Province: s.Province, Site: s.Site, Room: s.Room, Seat: s.No,
			Candidate: Pseudonym(key.PseudonymSalt(s.Candidate), s.Candidate), Excluded: excluded})
		groups[group{s.Level, s.Province, s.Site}]++
	}
	for g, n := range groups {
		for no := range reserves(n) {
			slots[g.level] = append(slots[g.level], Slot{Province: g.province, Site: g.site, Room: reserveRoom(g.site), Seat: no + 1, Reserve: true})
		}
	}
	for level := range slots {
		slots[level] = inOrder(slots[level])
	}
	return slots, nil
}

// maxSeats bounds a roster; a national sitting of one day is far below it.
const maxSeats = 200_000

type (
	group struct {
		level          engine.Level
		province, site string
	}
	place struct {
		level          engine.Level
		province, room string
		seat           int
	}
	sitter struct {
		level     engine.Level
		candidate string
	}
)

type rosterCheck struct {
	taken map[place]bool
	sits  map[sitter]bool
	sites map[string]string // room to its site
}

func (r *rosterCheck) seat(c *errs.Check, at string, s Seat) {
	c.That(s.Level.Valid(), at, "level", "等级只能是五级、四级或三级")
	c.That(s.Province == "" || engine.Province(s.Province) != "", at, "province", "省份代码 "+s.Province+" 不存在")
	c.That(validName(s.Site) && validName(s.Room) && !strings.HasSuffix(s.Room, reserveMark), at, "room", "考场名称缺少、过长或有不允许的字符")
	c.That(s.No >= 1 && s.No <= 1<<20, at, "seat", "座位号不正确")
	c.That(validName(s.Candidate), at, "candidate", "缺少考生或其编号有不允许的字符")
	p, who := place{s.Level, s.Province, s.Room, s.No}, sitter{s.Level, s.Candidate}
	c.That(!r.taken[p], at, "taken", fmt.Sprintf("考场 %s 的 %d 号座位重复", s.Room, s.No))
	c.That(!r.sits[who], at, "twice", "考生 "+s.Candidate+" 在同一等级中重复")
	site, known := r.sites[s.Room]
	c.That(!known || site == s.Site, at, "site", "考场 "+s.Room+" 属于两个考点")
	r.taken[p], r.sits[who], r.sites[s.Room] = true, true, s.Site
}

// inOrder brings slots into the canonical order, which assembly.Order defines.
func inOrder(slots []Slot) []Slot {
	type at struct {
		province, room string
		seat           int
	}
	bare, by := make([]assembly.Slot, len(slots)), make(map[at]Slot, len(slots))
	for i, s := range slots {
		bare[i], by[at{s.Province, s.Room, s.Seat}] = s.slot(i), s
	}
	ordered := make([]Slot, len(slots))
	for i, s := range assembly.Order(bare) {
		ordered[i] = by[at{s.Province, s.Room, s.Seat}]
	}
	return ordered
}

// levelsOf lists the levels of a roster, lowest first.
func levelsOf(slots map[engine.Level][]Slot) []engine.Level {
	return slices.SortedFunc(maps.Keys(slots), func(a, b engine.Level) int {
		return cmp.Compare(slices.Index(engine.Levels(), a), slices.Index(engine.Levels(), b))
	})
}
