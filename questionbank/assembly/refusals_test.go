package assembly_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

func TestUnsoundCards(t *testing.T) {
	cases := map[string]func(*assembly.Card){
		"unknown point":     func(c *assembly.Card) { c.Point = "R09-001" },
		"unknown type":      func(c *assembly.Card) { c.Type = "essay" },
		"no handle":         func(c *assembly.Card) { c.Handle = "" },
		"handle twice":      func(c *assembly.Card) { c.Handle = "T00001@1" },
		"difficulty 0":      func(c *assembly.Card) { c.Difficulty = 0 },
		"difficulty 6":      func(c *assembly.Card) { c.Difficulty = 6 },
		"seconds below 0":   func(c *assembly.Card) { c.Seconds = -1 },
		"seconds beyond":    func(c *assembly.Card) { c.Seconds = 3601 },
		"one option":        func(c *assembly.Card) { c.Options = 1 },
		"nine options":      func(c *assembly.Card) { c.Options = 9 },
		"judgement of four": func(c *assembly.Card) { c.Type, c.Options = judgement, 4 },
		"opening below 0":   func(c *assembly.Card) { c.Opening = -1 },
		"opening beyond":    func(c *assembly.Card) { c.Opening = assembly.MaxOpening + 1 },
	}
	b := twoRanges()
	for name, spoil := range cases {
		cards := assembly.CardsOf(b.snapshot(), engine.Level5)
		spoil(&cards[2])
		if _, err := assembly.NewIndex(engine.Level5, b.table, cards); !errors.Is(err, assembly.ErrIndex) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The order in which cards come does not matter.
func TestIndexSortsCards(t *testing.T) {
	b := twoRanges()
	cards := assembly.CardsOf(b.snapshot(), engine.Level5)
	slices.Reverse(cards)
	ix, err := assembly.NewIndex(engine.Level5, b.table, cards)
	if err != nil {
		t.Fatal(err)
	}
	for i := range int32(ix.Len()) {
		want := b.index(t).Card(i)
		if got := ix.Card(i); got != want {
			t.Errorf("card %d is %v, want %v", i, got, want)
		}
		if at, ok := ix.Find(want.Handle); !ok || at != i {
			t.Errorf("%s is found at %d, %v", want.Handle, at, ok)
		}
	}
	if _, ok := ix.Find("T99999@1"); ok {
		t.Error("an unknown handle was found")
	}
}

func TestBadBlueprints(t *testing.T) {
	good := func() questionbank.Blueprint {
		return blueprint(map[questionbank.ItemType]int{single: 2}, map[string]int{"R01": 1, "R02": 1})
	}
	below := -1
	cases := map[string]func(*questionbank.Blueprint){
		"level":               func(b *questionbank.Blueprint) { b.Level = engine.Level3 },
		"counts":              func(b *questionbank.Blueprint) { b.Counts, b.Ranges = map[questionbank.ItemType]int{single: 0}, nil },
		"counts.essay":        func(b *questionbank.Blueprint) { b.Counts["essay"] = 1 },
		"counts.multiple":     func(b *questionbank.Blueprint) { b.Counts[multiple] = -1 },
		"counts.judgement":    func(b *questionbank.Blueprint) { b.Counts[judgement] = 1001 },
		"ranges":              func(b *questionbank.Blueprint) { b.Ranges["R01"] = 2 },
		"ranges.R02":          func(b *questionbank.Blueprint) { b.Ranges["R02"] = -1 },
		"ranges.R01":          func(b *questionbank.Blueprint) { b.Ranges["R01-001"] = 2 },
		"max_per_point":       func(b *questionbank.Blueprint) { b.MaxPerPoint = -1 },
		"supplement_cap":      func(b *questionbank.Blueprint) { b.SupplementCap = -1 },
		"difficulties":        func(b *questionbank.Blueprint) { b.Difficulties = map[int]int{3: 1} },
		"difficulties.6":      func(b *questionbank.Blueprint) { b.Difficulties = map[int]int{6: 2} },
		"importance.W":        func(b *questionbank.Blueprint) { b.Importance = map[string]questionbank.Bounds{"W": {}} },
		"importance.X":        func(b *questionbank.Blueprint) { b.Importance = map[string]questionbank.Bounds{"X": {Min: 2, Max: 1}} },
		"seconds":             func(b *questionbank.Blueprint) { b.Seconds.Min = -1 },
		"exposure.over_least": func(b *questionbank.Blueprint) { b.Exposure.OverLeast = 999 },
		"exposure.share":      func(b *questionbank.Blueprint) { b.Exposure.Share = 1001 },
		"overlap.any":         func(b *questionbank.Blueprint) { b.Overlap.Any = &below },
		"overlap.neighbour":   func(b *questionbank.Blueprint) { b.Overlap.Neighbour = &below },
		"forms":               func(b *questionbank.Blueprint) { b.Forms = "ABC" },
	}
	ix := twoRanges().index(t)
	if _, err := assembly.NewPlan(ix, good(), nil); err != nil {
		t.Fatal(err)
	}
	for field, spoil := range cases {
		bp := good()
		spoil(&bp)
		_, err := assembly.NewPlan(ix, bp, nil)
		wantField(t, err, assembly.ErrBlueprint, field, "")
	}
}

// wantField demands a refusal that names the field, and the code if one is given.
func wantField(t *testing.T, err error, as *errs.Error, field, code string) {
	t.Helper()
	var e *errs.Error
	named := func(f errs.Field) bool { return f.Name == field && (code == "" || f.Code == code) }
	if !errors.As(err, &e) || !errors.Is(err, as) || !slices.ContainsFunc(e.Fields, named) {
		t.Errorf("%s %s: %v", field, code, err)
	}
}

// draft is a form with what it is checked against.
type draft struct {
	assembly.Drawn
	slot assembly.Slot
	bp   questionbank.Blueprint
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	b, bp := typical(2)
	b.add("R01-001", single, 1).Province = "13"
	bp.Difficulties, bp.Importance = nil, map[string]questionbank.Bounds{"X": {Max: 100}}
	ix := b.index(t)
	slot := assembly.Slot{Province: "12"}
	good := drawAll(t, b.plan(t, bp, "12", 1), 1, []assembly.Slot{slot})[0]
	find := func(handle string) int32 { at, _ := ix.Find(handle); return at }
	foreign := b.items[len(b.items)-1]
	cases := []struct {
		field, code string
		spoil       func(*draft)
	}{
		{"slot", "differs", func(x *draft) { x.Slot++ }},
		{"items[0]", "unknown", func(x *draft) { x.Cards[0] = int32(ix.Len()) }},
		{"items[1]", "twice", func(x *draft) { x.Cards[1] = x.Cards[0] }},
		{"items[0]", "province", func(x *draft) {
			x.Cards[0] = find(foreign.Code + "@" + string(rune('0'+foreign.Version)))
		}},
		{"items[0]", "options", func(x *draft) {
			x.Options[0] = []uint8{0, 1, 1, 3}
		}},
		{"items[0]", "options", func(x *draft) { x.Options[0] = []uint8{0, 1, 2} }},
		{"items[99]", "options", func(x *draft) { x.Options[99] = []uint8{1, 0} }},
		{"items[99]", "order", func(x *draft) { slices.Reverse(x.Cards) }},
		{"options", "count", func(x *draft) { x.Options = x.Options[1:] }},
		{"counts.single", "differs", func(x *draft) {
			x.Cards, x.Options = x.Cards[1:], x.Options[1:]
		}},
		{"ranges.R05", "differs", func(x *draft) { x.Cards, x.Options = nil, nil }},
		{"importance.X", "bounds", func(x *draft) {
			x.bp.Importance = map[string]questionbank.Bounds{"X": {Max: 99}}
		}},
		{"seconds", "bounds", func(x *draft) { x.bp.Seconds.Max = 1 }},
		{"difficulties.1", "differs", func(x *draft) {
			x.bp.Difficulties = map[int]int{1: 100}
		}},
		{"excluded." + ix.Card(good.Cards[3]).Handle, "met", func(x *draft) {
			x.slot.Excluded = []string{ix.Card(x.Cards[3]).Handle}
		}},
	}
	for _, c := range cases {
		x := draft{Drawn: good, slot: slot, bp: bp}
		x.Cards, x.Options = slices.Clone(good.Cards), slices.Clone(good.Options)
		c.spoil(&x)
		wantField(t, assembly.Check(ix, x.bp, x.slot, x.Drawn), assembly.ErrForm, c.field, c.code)
	}
	if err := assembly.Check(ix, bp, slot, good); err != nil {
		t.Error(err)
	}
}

func TestCheckAllLooksAtFormsTogether(t *testing.T) {
	b, bp := typical(2)
	ix, slots := b.index(t), seats("", 2)
	drawn := drawAll(t, b.plan(t, bp, "", 2), 1, slots)
	drawn[1].Cards, drawn[1].Options = drawn[0].Cards, drawn[0].Options
	few := 99
	for _, c := range []struct {
		field  string
		change func(*questionbank.Blueprint)
	}{
		{"slots[1]", func(bp *questionbank.Blueprint) { bp.Overlap.Any = &few }},
		{"slots[1]", func(bp *questionbank.Blueprint) { bp.Overlap.Neighbour = &few }},
		{"exposure." + ix.Card(drawn[0].Cards[0]).Handle, func(bp *questionbank.Blueprint) { bp.Exposure.Share = 500 }},
	} {
		limited := bp
		c.change(&limited)
		wantField(t, assembly.CheckAll(ix, limited, slots, drawn), assembly.ErrForm, c.field, "")
	}
	wantField(t, assembly.CheckAll(ix, bp, slots[1:], drawn), assembly.ErrForm, "slots", "count")
}
