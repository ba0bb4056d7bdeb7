package questionbank

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/bits"
	"slices"

	"github.com/skillcert/skillcert/engine"
)

// digest is the hex Merkle root over what the release holds, hashed as in RFC 6962, section 2.1: first a leaf for each
// element table in the order of levels' digits, then one for each item in the order of codes.
func (r *Release) digest() (string, error) {
	leaves := make([][sha256.Size]byte, 0, len(r.Tables)+len(r.Items))
	for _, l := range slices.Sorted(maps.Keys(r.Tables)) {
		leaf, err := tableLeaf(l, r.Tables[l])
		if err != nil {
			return "", err
		}
		leaves = append(leaves, leaf)
	}
	for _, ref := range r.Items {
		leaves = append(leaves, leafHash(fmt.Sprintf("item\n%s\n%d\n%s", ref.Code, ref.Version, ref.Digest)))
	}
	root := merkle(leaves)
	return hex.EncodeToString(root[:]), nil
}

func tableLeaf(l engine.Level, t ElementTable) (leaf [sha256.Size]byte, err error) {
	b, err := json.Marshal(t)
	if err != nil {
		return leaf, fmt.Errorf("encode element table of level %d: %w", l, err)
	}
	return leafHash(fmt.Sprintf("table\n%d\n%s", l, b)), nil
}

func leafHash(data string) [sha256.Size]byte { return sha256.Sum256([]byte("\x00" + data)) }

func merkle(nodes [][sha256.Size]byte) [sha256.Size]byte {
	switch len(nodes) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return nodes[0]
	}
	split := 1 << (bits.Len(uint(len(nodes)-1)) - 1) // the largest power of two below the number of nodes
	left, right := merkle(nodes[:split]), merkle(nodes[split:])
	return sha256.Sum256(slices.Concat([]byte{1}, left[:], right[:]))
}
