package translog

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/skillcert/skillcert/engine/errs"
)

// Refusals of proofs.
var (
	ErrProof        = errs.New(errs.Invalid, "log.proof", "日志证明的格式不正确")
	ErrNotIncluded  = errs.New(errs.Invalid, "log.not_included", "日志证明不成立：这一条不在检查点之内")
	ErrInconsistent = errs.New(errs.Invalid, "log.inconsistent", "较新的检查点不是较早检查点的延续")
)

const (
	proofHead = "c2sp.org/tlog-proof@v1"
	maxHashes = 63 // of a proof: the depth of the deepest tree
)

// Proof shows that the leaf at Index is under a checkpoint: the hashes beside its path to the root, from the leaf upwards
// (RFC 6962, 2.1.1).
type Proof struct {
	Index  int64
	Hashes []tlog.Hash
}

// Prove builds the proof of an entry in the tree over the first size entries. An index that is not in it is ErrNoEntry.
func (l *Log) Prove(ctx context.Context, index, size int64) (Proof, error) {
	if index < 0 || index >= size {
		return Proof{}, ErrNoEntry
	}
	hashes, err := tlog.ProveRecord(size, index, l.reader(ctx, size))
	if err != nil {
		return Proof{}, fmt.Errorf("prove entry %d of %d: %w", index, size, err)
	}
	return Proof{Index: index, Hashes: hashes}, nil
}

// ProveConsistency builds the proof that the first from of to entries are a log that to continues (RFC 6962, 2.1.2). It is
// empty when from is 0 or to.
func (l *Log) ProveConsistency(ctx context.Context, from, to int64) ([]tlog.Hash, error) {
	if from < 0 || from > to {
		return nil, ErrInconsistent.With("%d 条之后为 %d 条", from, to)
	}
	if from == 0 || from == to {
		return nil, nil
	}
	hashes, err := tlog.ProveTree(to, from, l.reader(ctx, to))
	if err != nil {
		return nil, fmt.Errorf("prove that %d entries begin with %d: %w", to, from, err)
	}
	return hashes, nil
}

// Check checks that leaf is under a checkpoint that is trusted already; otherwise ErrNotIncluded.
func (p Proof) Check(leaf []byte, c Checkpoint) error {
	if len(p.Hashes) > maxHashes || tlog.CheckRecord(p.Hashes, c.Size, c.Root, p.Index, tlog.RecordHash(leaf)) != nil {
		return ErrNotIncluded
	}
	return nil
}

// CheckConsistency checks that the newer checkpoint continues the older one, both trusted already; otherwise
// ErrInconsistent.
func CheckConsistency(older, newer Checkpoint, proof []tlog.Hash) error {
	switch {
	case older.Origin != newer.Origin, older.Size > newer.Size, len(proof) > maxHashes:
		return ErrInconsistent
	case older.Size == 0:
		if empty, err := tlog.TreeHash(0, nil); err != nil || older.Root != empty || len(proof) != 0 {
			return ErrInconsistent
		}
		return nil
	case tlog.CheckTree(proof, newer.Size, newer.Root, older.Size, older.Root) != nil:
		return ErrInconsistent
	}
	return nil
}

// String is the text of a proof, at most 1 kB for a million leaves: the head of C2SP tlog-proof, which is the line
// "c2sp.org/tlog-proof@v1", the line "index N", and a line of base64 for each hash. With an empty line and the signed
// checkpoint after it it is a whole tlog-proof.
func (p Proof) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nindex %d\n", proofHead, p.Index)
	for _, h := range p.Hashes {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	return b.String()
}
