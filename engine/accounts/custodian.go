package accounts

import (
	"context"
	"errors"

	"github.com/skillcert/skillcert/engine/authz"
)

// Custodian is who signs in under a name, for those who name the custodians of a draw. An account that is disabled, or
// has not the role, is ErrNoAccount: which other accounts there are is nobody's business.
func (g *Gate) Custodian(ctx context.Context, by authz.Principal, login string) (authz.Principal, error) {
	if err := by.Require(authz.FormsDraw); err != nil {
		return authz.Principal{}, err
	}
	a, err := g.accounts.Account(ctx, accountID(cleanLogin(login)))
	if errors.Is(err, ErrNoAccount) || err == nil && (a.Disabled || !a.principal().Has(authz.Custodian)) {
		return authz.Principal{}, ErrNoAccount.With("%s", cleanLogin(login))
	}
	if err != nil {
		return authz.Principal{}, err
	}
	return a.principal(), nil
}
