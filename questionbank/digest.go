package questionbank

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank/merkle"
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
		leaves = append(leaves, merkle.Leaf(fmt.Appendf(nil, "item\n%s\n%d\n%s", ref.Code, ref.Version, ref.Digest)))
	}
	root := merkle.Root(leaves)
	return hex.EncodeToString(root[:]), nil
}

func tableLeaf(l engine.Level, t ElementTable) (leaf [sha256.Size]byte, err error) {
	b, err := json.Marshal(t)
	if err != nil {
		return leaf, fmt.Errorf("encode element table of level %d: %w", l, err)
	}
	return merkle.Leaf(fmt.Appendf(nil, "table\n%d\n%s", l, b)), nil
}
