package assembly_test

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"

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
