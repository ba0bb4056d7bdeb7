package accounts

import (
	"context"
	"fmt"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// BulkADay is how often an account may have a roster of certificates checked within a day.
const BulkADay = 20

const bulkAction = "certificates.checked"

// ErrBulk refuses one more.
var ErrBulk = errs.New(errs.TooMany, "account.bulk", "24小时内最多批量查验20次，请稍后再试")

// NoteBulk writes into the acting person's own account that so many rows were checked, and no more than that: whose
// certificates they were is kept nowhere.
func (g *Gate) NoteBulk(ctx context.Context, by authz.Principal, rows int) error {
	if err := by.Require(authz.CertBulk); err != nil {
		return err
	}
	now := g.clock.Now()
	_, err := engine.Modify(ctx, func(ctx context.Context) (*Account, error) { return g.accounts.Account(ctx, by.Account) }, g.accounts.UpdateAccount,
		func(a *Account) error {
			if a.bulkSince(now.Add(-24*time.Hour)) >= BulkADay {
				return ErrBulk
			}
			a.Trail.Add(now, by.Account, bulkAction, fmt.Sprint(rows))
			return nil
		})
	return err
}

func (a *Account) bulkSince(from time.Time) (n int) {
	for i := len(a.Trail) - 1; i >= 0 && a.Trail[i].At.After(from); i-- {
		if a.Trail[i].Action == bulkAction {
			n++
		}
	}
	return n
}
