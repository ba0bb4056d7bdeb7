package protocol

import (
	"crypto/sha256"
	"math/bits"
)

// leafOf hashes the bytes of one leaf, as RFC 6962, section 2.1, does.
func leafOf(r record) Hash {
	h := sha256.New()
	_, _ = h.Write([]byte{0}) // never fails
	_, _ = h.Write(r)
	return Hash(h.Sum(nil))
}

func nodeOf(left, right Hash) Hash {
	var b [1 + 2*sha256.Size]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+sha256.Size:], right[:])
	return sha256.Sum256(b[:])
}

// split is the largest power of two below n, which is at least 2.
func split(n int) int { return 1 << (bits.Len(uint(n-1)) - 1) }

// treeRoot is the Merkle root over leaves; that over none is the hash of nothing.
func treeRoot(leaves []Hash) Hash {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	}
	k := split(len(leaves))
	return nodeOf(treeRoot(leaves[:k]), treeRoot(leaves[k:]))
}

// pathOf is the audit path of leaf i, from the leaf upwards.
func pathOf(leaves []Hash, i int) []Hash {
	if len(leaves) <= 1 {
		return nil
	}
	k := split(len(leaves))
	if i < k {
		return append(pathOf(leaves[:k], i), treeRoot(leaves[k:]))
	}
	return append(pathOf(leaves[k:], i-k), treeRoot(leaves[:k]))
}

// climb is the root that path leads to from leaf i of n; false when the path has another length.
func climb(leaf Hash, i, n int, path []Hash) (Hash, bool) {
	if i < 0 || i >= n {
		return Hash{}, false
	}
	if n == 1 {
		return leaf, len(path) == 0
	}
	if len(path) == 0 {
		return Hash{}, false
	}
	rest, top := path[:len(path)-1], path[len(path)-1]
	k := split(n)
	if i < k {
		left, ok := climb(leaf, i, k, rest)
		return nodeOf(left, top), ok
	}
	right, ok := climb(leaf, i-k, n-k, rest)
	return nodeOf(top, right), ok
}
