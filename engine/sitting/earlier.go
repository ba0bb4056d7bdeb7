package sitting

import (
	"context"
	"slices"

	"github.com/skillcert/skillcert/engine"
)

// Before lists the sessions of n's level whose theory window opens before n's, the last first. It answers other rooms,
// which have asked for the role.
func (s *Sittings) Before(ctx context.Context, n *Session) ([]*Session, error) {
	all, err := engine.All(ctx, s.ports.Sessions.SessionList) // by ID
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(o *Session) bool {
		return o.ID == n.ID || o.Level != n.Level || !o.Theory.Opens.Before(n.Theory.Opens)
	})
	slices.SortStableFunc(all, func(a, b *Session) int { return b.Theory.Opens.Compare(a.Theory.Opens) })
	return all, nil
}
