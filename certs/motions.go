package certs

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// Motions finds certificates by what waits for a second person. Moved lists those with a Motion, in the byte order of
// numbers, as the ledger holds them. Safe for concurrent use; must pass storetest.Motions.
type Motions interface {
	Moved(ctx context.Context, c engine.Cursor) (rows []*Certificate, next string, err error)
}

// Moved lists the certificates whose revocation was asked for and not decided, of the bodies that by sees and, as an
// authority, decides on: it is what waits for somebody.
func (i *Issuer) Moved(ctx context.Context, by authz.Principal) ([]*Certificate, error) {
	if err := by.Require(authz.CertRead); err != nil {
		return nil, err
	}
	all, err := engine.All(ctx, i.ports.Motions.Moved)
	if err != nil {
		return nil, err
	}
	mine := all[:0]
	for _, c := range all {
		if !reads(by, c) {
			continue
		}
		decides, err := i.Decides(ctx, by, c.Org)
		if err != nil {
			return nil, err
		}
		if decides {
			mine = append(mine, c)
		}
	}
	return mine, nil
}
