package assembly_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/assembly/synthetic"
)

const hair = 1e-9

func TestBoundsAreNotBeaten(t *testing.T) {
	drew := 0
	rapid.Check(t, func(t *rapid.T) {
		b, bp := scarce(t)
		forms := rapid.IntRange(1, 12).Draw(t, "forms")
		p, err := assembly.NewPlan(mustIndex(t, b), bp, map[string]int{"": forms})
		if err != nil {
			t.Fatal(err)
		}
		if assembly.Explain(p, "") != nil {
			return
		}
		slots := make([]assembly.Slot, forms)
		for i := range slots {
			slots[i] = assembly.Slot{No: i, Seat: i + 1}
		}
		drawn, err := assembly.DrawAll(p, seed(1), slots)
		if err != nil {
			return
		}
		drew++
		got := assembly.BoundsOf(p, slots, drawn)
		if got.LeastPeak > got.Peak+1e-5 || got.LeastOverlap > got.Overlap+hair {
			t.Fatalf("%+v", got)
		}
	})
	if drew == 0 {
		t.Error("nothing was drawn")
	}
}

// TestBoundsOfProvinces: candidates of several provinces share the national bank, and their supplements count for them.
func TestBoundsOfProvinces(t *testing.T) {
	b := synthetic.New(20_000, 1)
	ix, err := assembly.NewIndex(synthetic.Level, b.Table, b.Cards)
	if err != nil {
		t.Fatal(err)
	}
	var slots []assembly.Slot
	for i := range 240 {
		slots = append(slots, assembly.Slot{Province: b.Provinces[i%3], Room: "1", Seat: i / 3})
	}
	slots = assembly.Order(slots)
	p, err := assembly.NewPlan(ix, b.Blueprint, assembly.Forms(b.Blueprint.Forms, slots))
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := assembly.DrawAll(p, seed(1), slots)
	if err != nil {
		t.Fatal(err)
	}
	got := assembly.BoundsOf(p, slots, drawn)
	if got.LeastPeak <= 0 || got.LeastPeak > got.Peak || got.LeastOverlap <= 0 || got.LeastOverlap > got.Overlap {
		t.Errorf("%+v", got)
	}
}
