package merkle_test

import (
	"encoding/hex"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/questionbank/merkle"
)

// TestRootsOfRFC6962 are the tree heads of the well-known leaves of the Certificate Transparency test suite.
func TestRootsOfRFC6962(t *testing.T) {
	data := []string{"", "\x00", "\x10", "\x20\x21", "\x30\x31", "\x40\x41\x42\x43", "\x50\x51\x52\x53\x54\x55\x56\x57",
		"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"}
	want := []string{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"}
	var leaves [][32]byte
	for n := range want {
		if root := merkle.Root(leaves); hex.EncodeToString(root[:]) != want[n] {
			t.Errorf("%d leaves: %x", n, root)
		}
		if n < len(data) {
			leaves = append(leaves, merkle.Leaf([]byte(data[n])))
		}
	}
}

// TestPathsLeadToTheRoot: that of a leaf does, and of no other place, leaf or length.
func TestPathsLeadToTheRoot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 70).Draw(t, "n")
		var leaves [][32]byte
		for i := range n {
			leaves = append(leaves, merkle.Leaf([]byte{byte(i)}))
		}
		i := rapid.IntRange(0, n-1).Draw(t, "i")
		root, path := merkle.Root(leaves), merkle.Path(leaves, i)
		if got, ok := merkle.Climb(leaves[i], i, n, path); !ok || got != root {
			t.Fatalf("leaf %d of %d", i, n)
		}
		if got, ok := merkle.Climb(merkle.Leaf([]byte{99}), i, n, path); ok && got == root {
			t.Fatalf("another leaf at %d of %d", i, n)
		}
		if other := rapid.IntRange(-1, n).Draw(t, "other"); other != i {
			if got, ok := merkle.Climb(leaves[i], other, n, path); ok && got == root {
				t.Fatalf("leaf %d passes as %d of %d", i, other, n)
			}
		}
		if _, ok := merkle.Climb(leaves[i], i, n, append(path, root)); ok {
			t.Fatal("a path that is too long")
		}
	})
}
