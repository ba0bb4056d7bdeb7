package accounts

import (
	"context"
	"errors"
)

// Naming is the login and the name behind the id that trails hold, both empty where nobody has it. It answers other
// parts of the program, which answer for who reads the trail.
func (g *Gate) Naming(ctx context.Context, id string) (login, name string, err error) {
	a, err := g.accounts.Account(ctx, id)
	if errors.Is(err, ErrNoAccount) {
		return "", "", nil
	}
	if err != nil {
		return "", "", err
	}
	return a.Login, a.Name, nil
}
