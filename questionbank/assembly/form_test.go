package assembly_test

import (
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
