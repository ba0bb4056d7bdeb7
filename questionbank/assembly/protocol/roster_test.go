package protocol_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

func TestReservesAreOneInTwentyAndAtLeastTwo(t *testing.T) {
	for seats, want := range map[int]int{1: 2, 40: 2, 41: 3, 60: 3, 61: 4} {
		var all []protocol.Seat
		for i := range seats {
			all = append(all, protocol.Seat{Level: engine.Level5, Site: "一中", Room: string(rune('0' + i%3)), No: i + 1, Candidate: string(rune(0x4e00 + i))})
		}
		slots, err := protocol.Enrol(key, all)
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		for _, s := range slots[engine.Level5] {
			if s.Reserve {
				got++
			}
		}
		if got != want || len(slots[engine.Level5]) != seats+want {
			t.Errorf("%d seats: %d reserves of %d slots, want %d", seats, got, len(slots[engine.Level5]), want)
		}
	}
}

// TestTheRosterHidesWhoSits: neither names nor codes are in a transcript, and the order given does not matter.
func TestTheRosterHidesWhoSits(t *testing.T) {
	file := string(drawn(t, terms(t, 1, 0)).reveal())
	for _, s := range seats() {
		if strings.Contains(file, s.Candidate) {
			t.Errorf("%s is in the transcript", s.Candidate)
		}
	}
	for _, code := range []string{"N5-001", "P12-003", "题干", "组0"} {
		if strings.Contains(file, code) {
			t.Errorf("%s is in the transcript", code)
		}
	}
	a, err := protocol.Enrol(key, seats())
	if err != nil {
		t.Fatal(err)
	}
	turned := seats()
	slices.Reverse(turned)
	b, err := protocol.Enrol(key, turned)
	if err != nil {
		t.Fatal(err)
	}
	for l := range a {
		if !slices.EqualFunc(a[l], b[l], func(x, y protocol.Slot) bool {
			return x.Candidate == y.Candidate && x.Room == y.Room && x.Seat == y.Seat
		}) {
			t.Errorf("the order of the roster changes the slots of level %d", l)
		}
	}
}

func TestWrongRosters(t *testing.T) {
	cases := map[string]struct {
		spoil func(s []protocol.Seat) []protocol.Seat
		field string
	}{
		"nobody":          {func([]protocol.Seat) []protocol.Seat { return nil }, "roster"},
		"no level":        {func(s []protocol.Seat) []protocol.Seat { s[1].Level = 0; return s }, "2"},
		"province":        {func(s []protocol.Seat) []protocol.Seat { s[1].Province = "99"; return s }, "2"},
		"seat zero":       {func(s []protocol.Seat) []protocol.Seat { s[1].No = 0; return s }, "2"},
		"seat twice":      {func(s []protocol.Seat) []protocol.Seat { s[1].No = s[0].No; return s }, "2"},
		"candidate twice": {func(s []protocol.Seat) []protocol.Seat { s[1].Candidate = s[0].Candidate; return s }, "2"},
		"no candidate":    {func(s []protocol.Seat) []protocol.Seat { s[1].Candidate = ""; return s }, "2"},
		"control":         {func(s []protocol.Seat) []protocol.Seat { s[1].Room = "1\n"; return s }, "2"},
		"reserve room":    {func(s []protocol.Seat) []protocol.Seat { s[1].Room = "1+"; return s }, "2"},
		"two sites":       {func(s []protocol.Seat) []protocol.Seat { s[1].Site = "别处"; return s }, "2"},
	}
	for name, c := range cases {
		_, err := protocol.Enrol(key, c.spoil(seats()))
		var e *errs.Error
		if !errors.Is(err, protocol.ErrRoster) || !errors.As(err, &e) || e.Fields[0].Name != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReleasesThatDoNotBelongTogether(t *testing.T) {
	national, supplements := snapshots()
	other := *supplements[0]
	other.Release.Base = "2025.1"
	twice := *supplements[0]
	if _, err := protocol.Blind(key, national, append(supplements, &other), nil); !errors.Is(err, protocol.ErrBank) {
		t.Errorf("built on another release: %v", err)
	}
	if _, err := protocol.Blind(key, national, append(supplements, &twice), nil); !errors.Is(err, protocol.ErrBank) {
		t.Errorf("two of one province: %v", err)
	}
	if _, err := protocol.Blind(key, national, append(supplements, national), nil); !errors.Is(err, protocol.ErrBank) {
		t.Errorf("a national one as a supplement: %v", err)
	}
	alone, err := protocol.Blind(key, supplements[0], supplements[:1], nil)
	if err != nil || len(alone.Cards[engine.Level5]) != 96+24 {
		t.Errorf("a provincial release by itself: %d cards, %v", len(alone.Cards[engine.Level5]), err)
	}
}
