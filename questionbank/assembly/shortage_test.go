package assembly_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// two ranges of three points with a single and a judgement each.
func twoRanges() *bank { return regular(2, 3, map[questionbank.ItemType]int{single: 1, judgement: 1}) }

func TestShortages(t *testing.T) {
	type counts = map[questionbank.ItemType]int
	type ranges = map[string]int
	cases := []struct {
		name    string
		bank    func() *bank
		bp      questionbank.Blueprint
		short   int
		gaps    []assembly.Gap // what matters of them
		enemies []string
		says    []string
	}{
		{
			name: "no item of a type", bank: twoRanges,
			bp:    blueprint(counts{single: 2, multiple: 2}, ranges{"R01": 2, "R02": 2}),
			short: 2,
			gaps: []assembly.Gap{{Types: []questionbank.ItemType{multiple}, Ranges: []string{"R01", "R02"}, Need: 2, Short: 2,
				Points: []string{"R01-001", "R01-002", "R01-003", "R02-001", "R02-002", "R02-003"}}},
			says: []string{"多选题需要2题，可用0题，缺2题", "R01 范围R01"},
		},
		{
			name: "a range that the table lacks", bank: twoRanges,
			bp:    blueprint(counts{single: 4}, ranges{"R01": 2, "R09": 2}),
			short: 2,
			gaps:  []assembly.Gap{{Types: questionbank.ItemTypes(), Ranges: []string{"R09"}, Need: 2, Short: 2}},
			says:  []string{"鉴定范围 R09 需要2题，可用0题，缺2题"},
		},
		{
			name: "more items than points, in two ranges", bank: twoRanges,
			bp:    blueprint(counts{single: 5, judgement: 4}, ranges{"R01": 4, "R02": 5}),
			short: 3,
			gaps: []assembly.Gap{{Types: questionbank.ItemTypes(), Ranges: []string{"R01"}, Need: 4, Available: 3, Short: 1},
				{Types: questionbank.ItemTypes(), Ranges: []string{"R02"}, Need: 5, Available: 3, Short: 2}},
			says: []string{"缺1题；鉴定范围 R02 范围R02 需要5题"},
		},
		{
			name: "a type held down by quotas",
			bank: func() *bank {
				b := twoRanges()
				for p := range 3 {
					b.add(fmt.Sprintf("R01-%03d", p+1), multiple, 1)
				}
				return b
			},
			bp:    blueprint(counts{single: 2, multiple: 3}, ranges{"R01": 2, "R02": 3}),
			short: 1,
			gaps: []assembly.Gap{{Types: []questionbank.ItemType{multiple}, Ranges: []string{"R02"}, Limited: []string{"R01"},
				Need: 3, Available: 2, Short: 1, Points: []string{"R02-001", "R02-002", "R02-003"}}},
			says: []string{"多选题需要3题，可用2题，缺1题", "受分配题数限制的鉴定范围：R01 范围R01"},
		},
		{
			name: "enemies",
			bank: func() *bank {
				b := twoRanges()
				for i := range b.items {
					if b.items[i].Type == judgement && b.items[i].Point < "R02" {
						b.items[i].Enemy = "E1"
					}
				}
				return b
			},
			bp:      blueprint(counts{judgement: 4}, ranges{"R01": 2, "R02": 2}),
			short:   1,
			gaps:    []assembly.Gap{{Types: []questionbank.ItemType{judgement}, Ranges: []string{"R01"}, Limited: []string{"R02"}, Need: 4, Available: 3, Short: 1}},
			enemies: []string{"E1"},
			says:    []string{"相斥组 E1"},
		},
		{
			name: "points for which only the supplement has items, and no room for it", bank: supplemented,
			bp:    blueprint(counts{single: 3}, ranges{"R01": 3}),
			short: 1,
			gaps: []assembly.Gap{{Types: questionbank.ItemTypes(), Ranges: []string{"R01"}, Need: 3, Available: 2, Short: 1,
				Points: []string{"R01-003", "R01-004"}, Supplied: []string{"R01-003", "R01-004"}}},
			says: []string{"其中只有补充题的：R01-003、R01-004"},
		},
		{
			name: "too little room for the supplement", bank: supplemented,
			bp: func() questionbank.Blueprint {
				bp := blueprint(counts{single: 4}, ranges{"R01": 4})
				bp.SupplementCap = 1
				return bp
			}(),
			short: 1,
			gaps: []assembly.Gap{{Types: questionbank.ItemTypes(), Ranges: []string{"R01"}, Need: 2, Available: 1, Short: 1, Supplement: true,
				Points: []string{"R01-003", "R01-004"}, Supplied: []string{"R01-003", "R01-004"}}},
			says: []string{"本省补充题至少需要2题，方案的上限为1题，超出1题", "国家题库中"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ix := c.bank().index(t, "12")
			err := assembly.Prove(ix, c.bp)
			wellExplained(t, err)
			if _, drawn := assembly.Draw(ix, c.bp, seed(1), 3); drawn == nil || drawn.Error() != err.Error() {
				t.Errorf("Draw says %v", drawn)
			}
			var s *assembly.Shortage
			var e *errs.Error
			if !errors.As(err, &s) || !errors.As(err, &e) || e.Kind != errs.Conflict {
				t.Fatalf("%v", err)
			}
			if s.Short != c.short || len(s.Gaps) != len(c.gaps) || !slices.Equal(s.Enemies, c.enemies) {
				t.Fatalf("%+v", s)
			}
			for i, want := range c.gaps {
				got := s.Gaps[i]
				got.Text = ""
				if len(want.Points) == 0 {
					got.Points = nil
				}
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("gap %d\n got %+v\nwant %+v", i, got, want)
				}
			}
			for _, w := range c.says {
				if !strings.Contains(e.Msg, w) {
					t.Errorf("%q does not say %q", e.Msg, w)
				}
			}
		})
	}
}

// supplemented has four points, the last two of which only the supplement serves.
func supplemented() *bank {
	b := regular(1, 2, map[questionbank.ItemType]int{single: 1})
	for _, p := range []string{"R01-003", "R01-004"} {
		b.point(p)
		b.add(p, single, 1).Province = "12"
	}
	return b
}

func TestSupplementFillsWhatTheBankLacks(t *testing.T) {
	bp := blueprint(map[questionbank.ItemType]int{single: 4}, map[string]int{"R01": 4})
	for limit, ok := range map[int]bool{0: false, 1: false, 2: true, 3: true} {
		bp.SupplementCap = limit
		if err := assembly.Prove(supplemented().index(t, "12"), bp); (err == nil) != ok {
			t.Errorf("cap %d: %v", limit, err)
		}
		if assembly.Prove(supplemented().index(t, "13"), bp) == nil {
			t.Error("another province's supplement was used")
		}
	}
}

// feud is a bank in which every item has enemies: of each range one item is asked for, and the groups of those must all
// differ. One way to do it is planted among the others.
func feud(ranges, others int, s uint64) (*bank, questionbank.Blueprint) {
	r := rand.New(rand.NewPCG(s, 1))
	b, quotas, planted := &bank{}, map[string]int{}, r.Perm(ranges)
	for i := range ranges {
		code := fmt.Sprintf("R%02d", i)
		quotas[code] = 1
		for k := range others + 1 {
			point := fmt.Sprintf("%s-%d", code, k)
			b.point(point)
			group := r.IntN(ranges)
			if k == others {
				group = planted[i]
			}
			b.add(point, single, 1).Enemy = fmt.Sprintf("E%d", group)
		}
	}
	return b, blueprint(map[questionbank.ItemType]int{single: ranges}, quotas)
}

func TestDrawAnswersAsProveDid(t *testing.T) {
	found, undecided := 0, 0 // of three banks: too hard to decide, hard for a slot, easy
	for s, ranges := range map[uint64]int{2: 22, 6: 18, 9: 18} {
		b, bp := feud(ranges, 2, s)
		ix := b.index(t, "")
		proof := assembly.Prove(ix, bp)
		if errors.Is(proof, assembly.ErrShortage) {
			t.Fatalf("bank %d: a form is planted, yet %v", s, proof)
		}
		forms, err := assembly.Draw(ix, bp, seed(1), 20)
		if err != nil && !(errors.Is(err, assembly.ErrUndecided) && errors.Is(proof, assembly.ErrUndecided)) {
			t.Fatalf("bank %d: Prove %v, Draw %v", s, proof, err)
		}
		if err != nil {
			undecided++
			continue
		}
		found++
		for _, f := range forms {
			if err := assembly.Check(ix, bp, f); err != nil {
				t.Fatal(err)
			}
		}
	}
	if found == 0 || undecided == 0 {
		t.Errorf("%d found, %d undecided: the banks are too hard, or too easy", found, undecided)
	}
}

func TestBadBlueprints(t *testing.T) {
	type counts = map[questionbank.ItemType]int
	good := func() questionbank.Blueprint { return blueprint(counts{single: 2}, map[string]int{"R01": 1, "R02": 1}) }
	cases := map[string]func(*questionbank.Blueprint){
		"level":            func(b *questionbank.Blueprint) { b.Level = engine.Level3 },
		"counts":           func(b *questionbank.Blueprint) { b.Counts, b.Ranges = counts{single: 0}, nil },
		"counts.essay":     func(b *questionbank.Blueprint) { b.Counts["essay"] = 1 },
		"counts.multiple":  func(b *questionbank.Blueprint) { b.Counts[multiple] = -1 },
		"ranges":           func(b *questionbank.Blueprint) { b.Ranges["R01"] = 2 },
		"ranges.R02":       func(b *questionbank.Blueprint) { b.Ranges["R02"] = -1 },
		"ranges.R01-001":   func(b *questionbank.Blueprint) { b.Ranges["R01-001"] = 0 },
		"max_per_point":    func(b *questionbank.Blueprint) { b.MaxPerPoint = -1 },
		"supplement_cap":   func(b *questionbank.Blueprint) { b.SupplementCap = -1 },
		"counts.judgement": func(b *questionbank.Blueprint) { b.Counts[judgement] = 1001 },
	}
	ix := twoRanges().index(t, "")
	if err := assembly.Prove(ix, good()); err != nil {
		t.Fatal(err)
	}
	for field, spoil := range cases {
		bp := good()
		spoil(&bp)
		err := assembly.Prove(ix, bp)
		var e *errs.Error
		if !errors.As(err, &e) || !errors.Is(err, assembly.ErrBlueprint) ||
			!slices.ContainsFunc(e.Fields, func(f errs.Field) bool { return f.Name == field }) {
			t.Errorf("%s: %v", field, err)
		}
		if _, drawn := assembly.Draw(ix, bp, seed(1), 1); !errors.Is(drawn, assembly.ErrBlueprint) {
			t.Errorf("%s: Draw says %v", field, drawn)
		}
		if _, bound := assembly.ExposureBound(ix, bp, 1); !errors.Is(bound, assembly.ErrBlueprint) {
			t.Errorf("%s: ExposureBound says %v", field, bound)
		}
	}
	for slots, ok := range map[int]bool{-1: false, 0: false, 1: true, 1<<18 + 1: false} {
		if _, err := assembly.Draw(ix, good(), seed(1), slots); (err == nil) != ok || !ok && !errors.Is(err, assembly.ErrSlots) {
			t.Errorf("%d slots: %v", slots, err)
		}
	}
}
