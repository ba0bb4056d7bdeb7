package vault_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/vault"
)

func material(n byte) []byte { return bytes.Repeat([]byte{n}, vault.MinMaterial) }

func open(t testing.TB, materials ...[]byte) *vault.Vault {
	t.Helper()
	v, err := vault.New(ids.Seeded("vault"), material(9), materials...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestOpenUndoesSeal(t *testing.T) {
	v := open(t, material(1))
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOf(rapid.Byte()).Draw(t, "body")
		kind, id := rapid.StringMatching(`[a-z]{1,9}`).Draw(t, "kind"), rapid.StringMatching(`[a-z0-9]{1,26}`).Draw(t, "id")
		sealed := v.Seal(kind, id, body)
		got, err := v.Open(kind, id, sealed)
		if err != nil || !bytes.Equal(got, body) || !vault.Sealed(sealed) || !v.Current(sealed) {
			t.Fatalf("%x, %v", got, err)
		}
		if len(body) > 8 && bytes.Contains(sealed, body) {
			t.Fatal("the body stands in what was sealed")
		}
	})
}

// Whatever is changed of a sealed document, or of the place it lies at, it does not open.
func TestNothingOpensThatWasChanged(t *testing.T) {
	v := open(t, material(1))
	sealed := v.Seal("person", "a", []byte(`{"name":"李明"}`))
	for i := range sealed {
		for _, bit := range []byte{1, 0x80} {
			changed := slices.Clone(sealed)
			changed[i] ^= bit
			if _, err := v.Open("person", "a", changed); !errors.Is(err, vault.ErrSealed) && !errors.Is(err, vault.ErrKey) {
				t.Fatalf("byte %d changed: %v", i, err)
			}
		}
		if _, err := v.Open("person", "a", sealed[:i]); err == nil {
			t.Fatalf("cut to %d bytes it opens", i)
		}
	}
	for _, place := range [][2]string{{"person", "b"}, {"account", "a"}, {"persona", ""}, {"perso", "na"}} {
		if _, err := v.Open(place[0], place[1], sealed); !errors.Is(err, vault.ErrSealed) {
			t.Errorf("as %v: %v", place, err)
		}
	}
}

// After a rotation the older keys still open and the newest seals; without the newest nothing new opens.
func TestRotation(t *testing.T) {
	first, both := open(t, material(1)), open(t, material(1), material(2))
	old := first.Seal("person", "a", []byte("x"))
	if got, err := both.Open("person", "a", old); err != nil || string(got) != "x" || both.Current(old) {
		t.Errorf("an old one: %q, %v", got, err)
	}
	fresh := both.Seal("person", "a", []byte("x"))
	if _, err := first.Open("person", "a", fresh); !errors.Is(err, vault.ErrKey) || !both.Current(fresh) {
		t.Errorf("a new one under the old key: %v", err)
	}
	if m := both.Marks(); len(m) != 2 || m[0] != first.Marks()[0] || m[0] == m[1] {
		t.Errorf("marks %v", m)
	}
	if first.Blind("phone", "1") != both.Blind("phone", "1") {
		t.Error("the blind index changed with the data key")
	}
}

func TestSameBodyNeverLooksTheSame(t *testing.T) {
	v := open(t, material(1))
	seen := map[string]bool{}
	for range 1000 {
		seen[string(v.Seal("person", "a", nil))] = true
	}
	if len(seen) != 1000 {
		t.Errorf("%d of 1000 differ", len(seen))
	}
}

// Who forgot the keys reads nothing that was kept with them, and the other way round.
func TestUnguardedAndGuardedDoNotMix(t *testing.T) {
	guarded, unguarded := open(t, material(1)), vault.Unguarded(ids.Random())
	if _, err := guarded.Open("person", "a", unguarded.Seal("person", "a", nil)); !errors.Is(err, vault.ErrKey) {
		t.Errorf("sealed without a key: %v", err)
	}
	if _, err := unguarded.Open("person", "a", guarded.Seal("person", "a", nil)); !errors.Is(err, vault.ErrKey) {
		t.Errorf("opened without a key: %v", err)
	}
}

func TestShortMaterialIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		indexes   []byte
		materials [][]byte
	}{"no key": {material(1), nil}, "short key": {material(1), [][]byte{material(1), material(2)[1:]}}, "short index": {material(1)[1:], [][]byte{material(1)}}} {
		if _, err := vault.New(ids.Random(), c.indexes, c.materials...); !errors.Is(err, vault.ErrMaterial) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBlindTellsFieldsAndPartsApart(t *testing.T) {
	v := open(t, material(1))
	seen := map[string][]string{}
	for _, of := range [][]string{{"phone", "1"}, {"name", "1"}, {"name", "1", ""}, {"name", "", "1"}, {"name", "ab", "c"}, {"name", "a", "bc"}} {
		value := v.Blind(of[0], of[1:]...)
		if other, taken := seen[value]; taken || len(value) != ids.Length {
			t.Errorf("%v and %v are %q", of, other, value)
		}
		seen[value] = of
	}
	if vault.Unguarded(ids.Random()).Blind("phone", "1") == v.Blind("phone", "1") {
		t.Error("two keys give one value")
	}
}
