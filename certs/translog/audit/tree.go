package audit

import "golang.org/x/mod/sumdb/tlog"

// growing is a tree that grows leaf by leaf (RFC 6962, 2.1): the hashes of the whole subtrees it consists of, the
// largest first. It is computed apart from the tiles, which are compared with what the log publishes.
type growing struct {
	size    int64
	heights []int
	hashes  []tlog.Hash
}

func (g *growing) add(leaf []byte) {
	height, h := 0, tlog.RecordHash(leaf)
	for n := len(g.heights); n > 0 && g.heights[n-1] == height; n = len(g.heights) {
		h = tlog.NodeHash(g.hashes[n-1], h)
		g.heights, g.hashes = g.heights[:n-1], g.hashes[:n-1]
		height++
	}
	g.heights, g.hashes = append(g.heights, height), append(g.hashes, h)
	g.size++
}

// root is the hash of the tree as it is.
func (g *growing) root() tlog.Hash {
	if len(g.hashes) == 0 {
		empty, _ := tlog.TreeHash(0, nil) // of no leaves it reads nothing
		return empty
	}
	h := g.hashes[len(g.hashes)-1]
	for n := len(g.hashes) - 2; n >= 0; n-- {
		h = tlog.NodeHash(g.hashes[n], h)
	}
	return h
}
