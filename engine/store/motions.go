package store

import (
	"context"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
)

// Motions finds the certificates whose revocation was asked for, in the documents of the Ledger.
func (s *Store) Motions() certs.Motions { return motions{s.ledger()} }

type motions struct{ ledger }

// motionIndex names the index by which they are found.
const motionIndex = "moved"

func (r motions) Moved(ctx context.Context, c engine.Cursor) ([]*certs.Certificate, string, error) {
	return r.t.List(ctx, motionIndex, openWord(true), c)
}
