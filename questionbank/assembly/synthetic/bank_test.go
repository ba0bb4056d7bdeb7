package synthetic_test

import (
	"testing"

	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/assembly/synthetic"
)

// TestSeedsMeanTheSameBank holds the banks still that published figures were measured on.
func TestSeedsMeanTheSameBank(t *testing.T) {
	for _, c := range []struct {
		items  int
		seed   uint64
		digest string
	}{
		{2000, 1, "afbaba9157ef8fe7290514da74187b3ee6b3fb87c7e5052c5e7ea96ec0940e3e"},
		{20_000, 1, "bbeba0ecec78833e3af5645ad9d0651359f5b7dc898e8d04d8f8f93eb0078437"},
		{20_000, 2, "bf04462a54ea31948710f18176ec5e6eaa40e21c643ee083b2715f0ad30ef5a6"},
	} {
		got, err := synthetic.New(c.items, c.seed).Digest()
		if err != nil || got != c.digest {
			t.Errorf("%d items of seed %d: %s, %v", c.items, c.seed, got, err)
		}
	}
}

func TestBankIsWhatItSays(t *testing.T) {
	b := synthetic.New(60_000, 3)
	if err := b.Table.Validate(); err != nil {
		t.Fatal(err)
	}
	if len(b.Cards) != 20_000 || len(b.Table.Points) != 600 || len(b.Provinces) != 30 {
		t.Fatalf("%d cards, %d points, %d provinces", len(b.Cards), len(b.Table.Points), len(b.Provinces))
	}
	got := map[string]int{}
	for i, c := range b.Cards {
		got[string(c.Type)]++
		got[string(rune('0'+c.Difficulty))]++
		if c.Province != "" {
			got["supplement"]++
		}
		if c.Enemy != "" {
			got["enemy"]++
		}
		got["seconds"] += c.Seconds
		if i > 0 && c.Handle <= b.Cards[i-1].Handle {
			t.Fatalf("%s after %s", c.Handle, b.Cards[i-1].Handle)
		}
	}
	for what, share := range map[string][2]int{ // in hundredths of the cards
		"single": {53, 57}, "multiple": {20, 24}, "judgement": {21, 25}, "1": {5, 12}, "2": {18, 28}, "3": {30, 40}, "4": {20, 30}, "5": {6, 14},
		"supplement": {28, 32}, "enemy": {5, 7}, "seconds": {4600, 5000},
	} {
		if n := got[what] * 100 / len(b.Cards); n < share[0] || n > share[1] {
			t.Errorf("%s: %d in a hundred, want %d to %d", what, n, share[0], share[1])
		}
	}
	if total := b.Blueprint.Total(); total != 100 || len(b.Blueprint.Ranges) != 60 {
		t.Errorf("%d items in %d ranges", total, len(b.Blueprint.Ranges))
	}
	if _, err := assembly.NewIndex(synthetic.Level, b.Table, b.Cards); err != nil {
		t.Error(err)
	}
}
