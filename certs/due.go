package certs

import (
	"context"

	"github.com/skillcert/skillcert/engine/authz"
)

// RevocationsDue lists the certificates that stand although their results are no pass any more: a score was corrected or
// misconduct was ruled on after the issue. Nothing is revoked by itself; a registrar asks for it, and a second person
// decides. What was asked for already is not listed.
func (i *Issuer) RevocationsDue(ctx context.Context, by authz.Principal) (due []*Certificate, err error) {
	turned, err := i.board.Turned(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, r := range turned {
		c, err := i.reserved(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		if c != nil && c.State == Valid && c.Motion == nil {
			due = append(due, c)
		}
	}
	return due, nil
}
