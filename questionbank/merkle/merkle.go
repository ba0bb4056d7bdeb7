// Package merkle is the hash tree of RFC 6962, section 2.1, over SHA-256: leaves and nodes are told apart by a prefix, and
// a tree of n leaves is split at the largest power of two below n. A release is frozen under such a tree, and so are the
// inputs and the forms of a draw.
package merkle

import (
	"crypto/sha256"
	"math/bits"
)

// Leaf is the hash of the bytes of one leaf.
func Leaf(data []byte) [sha256.Size]byte {
	h := sha256.New()
	_, _ = h.Write([]byte{0}) // never fails
	_, _ = h.Write(data)
	return [sha256.Size]byte(h.Sum(nil))
}

func node[H ~[sha256.Size]byte](left, right H) H {
	var b [1 + 2*sha256.Size]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+sha256.Size:], right[:])
	return sha256.Sum256(b[:])
}

// split is the largest power of two below n, which is at least 2.
func split(n int) int { return 1 << (bits.Len(uint(n-1)) - 1) }

// Root is the root over leaves; that over none is the hash of nothing.
func Root[H ~[sha256.Size]byte](leaves []H) H {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	}
	k := split(len(leaves))
	return node(Root(leaves[:k]), Root(leaves[k:]))
}

// Path is the audit path of leaf i, from the leaf upwards.
func Path[H ~[sha256.Size]byte](leaves []H, i int) []H {
	if len(leaves) <= 1 {
		return nil
	}
	k := split(len(leaves))
	if i < k {
		return append(Path(leaves[:k], i), Root(leaves[k:]))
	}
	return append(Path(leaves[k:], i-k), Root(leaves[:k]))
}

// Climb is the root that path leads to from leaf i of n; false when the path has another length.
func Climb[H ~[sha256.Size]byte](leaf H, i, n int, path []H) (H, bool) {
	if i < 0 || i >= n {
		return H{}, false
	}
	if n == 1 {
		return leaf, len(path) == 0
	}
	if len(path) == 0 {
		return H{}, false
	}
	rest, top := path[:len(path)-1], path[len(path)-1]
	k := split(n)
	if i < k {
		left, ok := Climb(leaf, i, k, rest)
		return node(left, top), ok
	}
	right, ok := Climb(leaf, i-k, n-k, rest)
	return node(top, right), ok
}
