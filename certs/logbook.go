package certs

import (
	"context"
	"encoding/base64"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/skillcert/skillcert/certs/translog"
)

// Logbook is a Journal over the transparency log of the house.
type Logbook struct{ Log *translog.Log }

// Append is Journal.Append.
func (l Logbook) Append(ctx context.Context, leaves []Leaf) ([]int64, error) {
	entries := make([]translog.Entry, len(leaves))
	for n, leaf := range leaves {
		entries[n] = translog.Entry{ID: leaf.ID, Data: leaf.Leaf.Bytes()}
	}
	return l.Log.Append(ctx, entries)
}

// Prove is Journal.Prove. The checkpoint is the one published last where that covers the indices, else a new one.
func (l Logbook) Prove(ctx context.Context, indices []int64) ([]LogProof, error) {
	if len(indices) == 0 {
		return nil, nil
	}
	at, err := l.covering(ctx, slices.Max(indices))
	if err != nil {
		return nil, err
	}
	proofs := make([]LogProof, len(indices))
	for n, index := range indices {
		p, err := l.Log.Prove(ctx, index, at.Size)
		if err != nil {
			return nil, err
		}
		proofs[n] = LogProof{Checkpoint: string(at.Note), Hashes: make([]string, len(p.Hashes)), Index: index}
		for k, h := range p.Hashes {
			proofs[n].Hashes[k] = base64.StdEncoding.EncodeToString(h[:])
		}
	}
	return proofs, nil
}

func (l Logbook) covering(ctx context.Context, index int64) (translog.Checkpoint, error) {
	at, err := l.Log.Latest(ctx)
	if err == nil && at.Size > index {
		return at, nil
	}
	return l.Log.Publish(ctx)
}

// proof reads p as the log checks it; ok is false when it is not one.
func (p *LogProof) proof() (out translog.Proof, ok bool) {
	out.Index = p.Index
	for _, text := range p.Hashes {
		h, err := tlog.ParseHash(text)
		if err != nil {
			return out, false
		}
		out.Hashes = append(out.Hashes, h)
	}
	return out, true
}

// CheckLog checks that the leaf of s stands in the log of one of the keys, and answers the checkpoint under which it
// does.
func (s Credential) CheckLog(trust translog.Trust) (translog.Checkpoint, error) {
	if s.Log == nil {
		return translog.Checkpoint{}, translog.ErrNotIncluded
	}
	at, err := trust.Open([]byte(s.Log.Checkpoint))
	if err != nil {
		return at, err
	}
	p, ok := s.Log.proof()
	if !ok {
		return at, translog.ErrProof
	}
	leaf, err := s.leaf()
	if err != nil {
		return at, err
	}
	return at, p.Check(leaf.Leaf.Bytes(), at)
}
