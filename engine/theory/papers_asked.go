package theory

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
)

// PapersOf tells the sittings which items the forms of a session hold, by their codes and nothing else of them.
func PapersOf(a Attempts) sitting.Papers { return papersOf{a} }

type papersOf struct{ attempts Attempts }

// Asked is that of sitting.Papers. It reads every attempt of the session.
func (p papersOf) Asked(ctx context.Context, id sitting.SessionID) (map[string]bool, error) {
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Attempt, string, error) {
		return p.attempts.AttemptsOf(ctx, id, c)
	})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	asked := map[string]bool{}
	for _, a := range all {
		for _, i := range a.Form.Items {
			asked[i.Code] = true
		}
	}
	return asked, nil
}
