package accounts_test

import (
	"context"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
)

// TestNoteBulk: an employer's account remembers counts, of twenty rosters within a day and no more.
func TestNoteBulk(t *testing.T) {
	w, ctx := open(t), context.Background()
	made, err := w.Create(ctx, operator, accounts.New{Login: "hr", Password: password, Name: "祝明远", Person: "p9", Roles: []authz.Role{authz.Employer}, Org: "o", OrgKind: engine.Employer})
	wantErr(t, err, nil)
	l, _, err := w.SignIn(ctx, "hr", password)
	wantErr(t, err, nil)
	by := l.Principal
	for range 20 {
		wantErr(t, w.NoteBulk(ctx, by, 7), nil)
		w.clock.Advance(time.Minute)
	}
	wantErr(t, w.NoteBulk(ctx, by, 7), accounts.ErrBulk)
	w.clock.Advance(24*time.Hour - 20*time.Minute - time.Millisecond)
	wantErr(t, w.NoteBulk(ctx, by, 7), accounts.ErrBulk)
	w.clock.Advance(time.Millisecond)
	wantErr(t, w.NoteBulk(ctx, by, 8), nil)
	a, err := w.people.Account(ctx, made.ID)
	wantErr(t, err, nil)
	if n := len(a.Trail); n != 22 || a.Trail[n-1].Note != "8" || a.Trail[n-1].By != by.Account {
		t.Errorf("%d events, the last %+v", n, a.Trail[n-1])
	}
	wantErr(t, w.NoteBulk(ctx, authz.Anonymous(), 1), authz.ErrUnauthenticated)
	wantErr(t, w.NoteBulk(ctx, authz.Principal{Account: made.ID, Roles: []authz.Role{authz.Registrar}}, 1), authz.ErrForbidden)
}
