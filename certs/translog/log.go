package translog

import (
	"context"
	"errors"

	"golang.org/x/mod/sumdb/note"

	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// Log is the log of one house. Any number of them may stand on one store, in any number of processes. Safe for
// concurrent use. What it keeps in memory does not grow with the log.
type Log struct {
	ports  Ports
	signer note.Signer
	trust  Trust
	clock  clock.Clock

	appending chan struct{} // holds one token while somebody appends: those of one process need not collide
	indexed   int64         // bundles whose places this process knows to be kept; guarded by appending
	tiles     tileCache
}

// ErrSigner refuses a key that cannot sign for the log.
var ErrSigner = errs.New(errs.Internal, "log.signer", "日志的签名密钥不正确")

// New returns the log. signer signs checkpoints; its name is the origin of the log, and its verifier stands in trust.Log
// first, before those of earlier keys. A nil signer makes a log that is only read. now bounds the times of cosignatures.
func New(ports Ports, signer note.Signer, trust Trust, now clock.Clock) (*Log, error) {
	if len(trust.Log) == 0 {
		return nil, ErrSigner.With("缺少公钥")
	}
	if first := trust.Log[0]; signer != nil && (signer.Name() != first.Name() || signer.KeyHash() != first.KeyHash()) {
		return nil, ErrSigner.With("%s 与公钥不符", signer.Name())
	}
	return &Log{ports: ports, signer: signer, trust: trust, clock: now, appending: make(chan struct{}, 1)}, nil
}

// Origin is the name of the log, as the first line of its checkpoints tells it.
func (l *Log) Origin() string { return l.trust.Log[0].Name() }

// Trust are the keys by which the log's checkpoints are checked.
func (l *Log) Trust() Trust { return l.trust }

// head is the last bundle, nil while the log is empty.
func (l *Log) head(ctx context.Context) (*Bundle, error) {
	b, err := l.ports.Bundles.Head(ctx)
	if errors.Is(err, ErrNoBundle) {
		return nil, nil
	}
	return b, err
}

// Size is how many entries the log has, published or not.
func (l *Log) Size(ctx context.Context) (int64, error) {
	b, err := l.head(ctx)
	if err != nil || b == nil {
		return 0, err
	}
	return b.end(), nil
}

// Leaf is the leaf at an index; ErrNoEntry where there is none.
func (l *Log) Leaf(ctx context.Context, index int64) ([]byte, error) {
	if index < 0 {
		return nil, ErrNoEntry
	}
	b, err := l.ports.Bundles.Bundle(ctx, index/Width)
	if errors.Is(err, ErrNoBundle) {
		return nil, ErrNoEntry
	}
	if err != nil {
		return nil, err
	}
	leaves, err := b.leaves()
	if err != nil {
		return nil, err
	}
	if at := int(index % Width); at < len(leaves) {
		return leaves[at], nil
	}
	return nil, ErrNoEntry
}

// OriginOf is the name under which a log was published, "" before its first checkpoint. It never changes: whoever opens
// the log anew takes this one, whatever address the house has by now.
func OriginOf(ctx context.Context, kept Checkpoints) (string, error) {
	k, err := kept.Checkpoint(ctx)
	if errors.Is(err, ErrNoCheckpoint) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	c, err := ReadUnsigned(k.Note)
	return c.Origin, err
}
