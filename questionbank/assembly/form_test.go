package assembly_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

func TestDigestSeparatesEveryPart(t *testing.T) {
	form := func() assembly.Form {
		return assembly.Form{Slot: 3, Items: []assembly.FormItem{
			{Code: "A1", Version: 1, Type: single, Options: []int{2, 0, 1}},
			{Code: "B", Version: 2, Type: judgement, Options: []int{0, 1}},
		}}
	}
	changes := map[string]func(*assembly.Form){
		"nothing":      func(*assembly.Form) {},
		"slot":         func(f *assembly.Form) { f.Slot++ },
		"item left":    func(f *assembly.Form) { f.Items = f.Items[:1] },
		"order":        func(f *assembly.Form) { slices.Reverse(f.Items) },
		"code":         func(f *assembly.Form) { f.Items[0].Code = "A" },
		"version":      func(f *assembly.Form) { f.Items[0].Version = 2 },
		"type":         func(f *assembly.Form) { f.Items[0].Type = multiple },
		"option order": func(f *assembly.Form) { f.Items[0].Options = []int{0, 2, 1} },
		"option left":  func(f *assembly.Form) { f.Items[0].Options = []int{2, 0} },
	}
	seen := map[string]string{}
	for name, change := range changes {
		f := form()
		change(&f)
		d := f.Digest()
		if other, ok := seen[d]; ok || len(d) != 64 {
			t.Errorf("%s has the digest of %s: %s", name, other, d)
		}
		seen[d] = name
	}
}

// TestRootIsRFC6962 works the tree of three leaves out by hand: ((0, 1), 2).
func TestRootIsRFC6962(t *testing.T) {
	forms := []assembly.Form{{Slot: 0}, {Slot: 1}, {Slot: 2}}
	hash := func(prefix byte, parts ...[]byte) []byte {
		h := sha256.New()
		h.Write([]byte{prefix})
		for _, p := range parts {
			h.Write(p)
		}
		return h.Sum(nil)
	}
	var leaves [][]byte
	for _, f := range forms {
		d, err := hex.DecodeString(f.Digest())
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, hash(0, d))
	}
	empty := sha256.Sum256(nil)
	for n, want := range [][]byte{empty[:], leaves[0], hash(1, leaves[0], leaves[1]), hash(1, hash(1, leaves[0], leaves[1]), leaves[2])} {
		if got := assembly.Root(forms[:n]); got != hex.EncodeToString(want) {
			t.Errorf("root of %d forms: %s", n, got)
		}
	}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	b, bp := typical(2)
	other := b.add("R01-001", single, 1)
	other.Level = engine.Level3
	b.add("R01-001", single, 1).Province = "13"
	ix := b.index(t, "12")
	good := draw(t, ix, bp, 1, 1)[0]
	at := func(k questionbank.ItemType) int {
		return slices.IndexFunc(good.Items, func(it assembly.FormItem) bool { return it.Type == k })
	}
	first, last := &b.items[len(b.items)-2], &b.items[len(b.items)-1]
	put := func(f *assembly.Form, v *questionbank.ItemVersion) {
		f.Items[0] = assembly.FormItem{Code: v.Code, Version: v.Version, Type: v.Type, Options: []int{0, 1, 2, 3}}
	}
	cases := map[string]struct {
		spoil       func(*assembly.Form)
		field, code string
	}{
		"slot":          {func(f *assembly.Form) { f.Slot = -1 }, "slot", "negative"},
		"unknown":       {func(f *assembly.Form) { f.Items[0].Code = "?" }, "items[0]", "unknown"},
		"twice":         {func(f *assembly.Form) { f.Items[1] = f.Items[0] }, "items[1]", "twice"},
		"version":       {func(f *assembly.Form) { f.Items[0].Version++ }, "items[0]", "version"},
		"type":          {func(f *assembly.Form) { f.Items[0].Type = multiple }, "items[0]", "type"},
		"level":         {func(f *assembly.Form) { put(f, first) }, "items[0]", "level"},
		"province":      {func(f *assembly.Form) { put(f, last) }, "items[0]", "province"},
		"option twice":  {func(f *assembly.Form) { f.Items[0].Options = []int{0, 1, 1, 3} }, "items[0]", "options"},
		"option left":   {func(f *assembly.Form) { f.Items[0].Options = []int{0, 1, 2} }, "items[0]", "options"},
		"judgement":     {func(f *assembly.Form) { f.Items[at(judgement)].Options = []int{1, 0} }, "items[80]", "options"},
		"types mixed":   {func(f *assembly.Form) { slices.Reverse(f.Items) }, "items", "order"},
		"item left out": {func(f *assembly.Form) { f.Items = f.Items[1:] }, "counts.single", "differs"},
		"empty":         {func(f *assembly.Form) { f.Items = nil }, "ranges.R05", "differs"},
	}
	for name, c := range cases {
		f := assembly.Form{Slot: good.Slot}
		for _, it := range good.Items {
			it.Options = slices.Clone(it.Options)
			f.Items = append(f.Items, it)
		}
		c.spoil(&f)
		err := assembly.Check(ix, bp, f)
		var e *errs.Error
		if !errors.As(err, &e) || !errors.Is(err, assembly.ErrForm) ||
			!slices.ContainsFunc(e.Fields, func(x errs.Field) bool { return x.Name == c.field && x.Code == c.code }) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := assembly.Check(ix, bp, good); err != nil {
		t.Error(err)
	}
}

func TestUnsoundReleases(t *testing.T) {
	cases := map[string]func(*questionbank.Snapshot){
		"no table":      func(s *questionbank.Snapshot) { s.Tables = nil },
		"unknown point": func(s *questionbank.Snapshot) { s.Items[1].Point = "R09-001" },
		"unknown type":  func(s *questionbank.Snapshot) { s.Items[1].Type = "essay" },
		"code twice":    func(s *questionbank.Snapshot) { s.Items[1].Code = s.Items[0].Code },
		"out of order":  func(s *questionbank.Snapshot) { s.Items[0], s.Items[1] = s.Items[1], s.Items[0] },
	}
	for name, spoil := range cases {
		s := twoRanges().snapshot()
		spoil(s)
		if _, err := assembly.NewIndex(s, engine.Level5, ""); !errors.Is(err, assembly.ErrIndex) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
