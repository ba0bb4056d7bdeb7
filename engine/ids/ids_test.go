package ids_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine/ids"
)

func TestIDsHaveOneForm(t *testing.T) {
	for _, s := range []*ids.Source{ids.Random(), ids.Seeded("x")} {
		seen := map[string]bool{}
		for range 1000 {
			id := s.New()
			if !ids.Valid(id) || seen[id] {
				t.Fatalf("%q is no fresh id", id)
			}
			seen[id] = true
		}
	}
	for _, bad := range []string{"", "short", "iiiiiiiiiiiiiiiiiiiiiiiiii", "00000000000000000000000000/", "../../../../etc/passwd00000"} {
		if ids.Valid(bad) {
			t.Errorf("%q passes as an id", bad)
		}
	}
}

func TestSeededRepeats(t *testing.T) {
	a, b := ids.Seeded("demo"), ids.Seeded("demo")
	for range 100 {
		if x, y := a.New(), b.New(); x != y {
			t.Fatalf("%s and %s from one seed", x, y)
		}
	}
}

func TestDeriveTellsListsApart(t *testing.T) {
	if ids.Derive("ab", "c") == ids.Derive("a", "bc") {
		t.Fatal("two lists of parts share an id")
	}
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.String(), 1, 4).Draw(t, "parts")
		id := ids.Derive(parts...)
		if !ids.Valid(id) || id != ids.Derive(parts...) {
			t.Fatalf("%q from %q", id, parts)
		}
	})
}
