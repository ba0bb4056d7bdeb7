package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/store"
)

// morning is the instant in the values of the suites.
var morning = time.Date(2026, 3, 2, 1, 0, 0, 250e6, time.UTC)

func trail() engine.Trail {
	return engine.Trail{{At: morning, By: "keeper", Action: "made", Note: "为测试"}}
}

// Accounts is the contract of accounts.Accounts.
func Accounts(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[accounts.Account] {
		r := s.Accounts()
		return Repository[accounts.Account]{Get: r.Account, Create: r.CreateAccount, Update: r.UpdateAccount,
			Absent: accounts.ErrNoAccount, Exists: accounts.ErrExists,
			Revision: func(a *accounts.Account) *int64 { return &a.Revision },
			Change:   func(a *accounts.Account) { a.Name += "一" },
			Make: func(id string) *accounts.Account {
				return &accounts.Account{ID: id, Login: "li", Password: "$argon2id$", Person: "p", Name: "李明", Org: "o",
					Roles: []authz.Role{authz.Marker, authz.Author}, Province: "12", Disabled: true, Trail: trail(),
					Employments: []engine.Employment{{Person: "p", Org: "o", Since: morning, Until: morning.Add(time.Hour), Tie: "t", Closed: true}}}
			}}
	})
	t.Run("that owe a tie", func(t *testing.T) { testAccountsOwing(t, open(t).Accounts()) })
	t.Run("of one body", func(t *testing.T) { testAccountsOf(t, open(t).Accounts()) })
}

func testAccountsOf(t *testing.T, r accounts.Accounts) {
	t.Helper()
	for id, org := range map[string]engine.OrgID{"c": "津衡", "a": "津衡", "b": "津慈", "d": "津"} {
		if err := r.CreateAccount(t.Context(), &accounts.Account{ID: id, Login: id, Org: org}); err != nil {
			t.Fatal(err)
		}
	}
	WantList(t, []string{"a", "c"}, func(a *accounts.Account) string { return a.ID },
		func(ctx context.Context, c engine.Cursor) ([]*accounts.Account, string, error) {
			return r.AccountsOf(ctx, "津衡", c)
		})
}

// testAccountsOwing: an account that shows an employment owes its tie until it is recorded, and its end until that is.
func testAccountsOwing(t *testing.T, r accounts.Accounts) {
	t.Helper()
	stay := engine.Employment{Person: "p", Org: "o", Since: morning}
	recorded, over, closed := stay, stay, stay
	recorded.Tie = "t"
	over.Tie, over.Until = "t", morning.Add(time.Hour)
	closed.Tie, closed.Until, closed.Closed = "t", morning.Add(time.Hour), true
	for id, all := range map[string][]engine.Employment{"e": nil, "a": {stay}, "b": {recorded}, "c": {closed, over}, "d": {closed, recorded}} {
		mustDo(t, r.CreateAccount(t.Context(), &accounts.Account{ID: id, Login: id, Person: "p", Org: "o", Employments: all}))
	}
	mustDo(t, r.CreateAccount(t.Context(), &accounts.Account{ID: "f", Login: "f", Person: "p"}))
	id := func(a *accounts.Account) string { return a.ID }
	WantList(t, []string{"a", "c", "e"}, id, r.AccountsOwing)
	a, err := r.Account(t.Context(), "a")
	mustDo(t, err)
	a.Employments[0].Tie = "t"
	mustDo(t, r.UpdateAccount(t.Context(), a))
	WantList(t, []string{"c", "e"}, id, r.AccountsOwing)
}

// Logins is the contract of accounts.Logins.
func Logins(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[accounts.Login] {
		r := s.Logins()
		return Repository[accounts.Login]{Get: r.Login, Create: r.CreateLogin, Update: r.UpdateLogin,
			Absent: accounts.ErrLoginEnded, Exists: accounts.ErrExists,
			Revision: func(l *accounts.Login) *int64 { return &l.Revision },
			Change:   func(l *accounts.Login) { l.Rotated = l.Rotated.Add(time.Second) },
			Make: func(id string) *accounts.Login {
				return &accounts.Login{ID: id, Principal: authz.Principal{Account: "a", Person: "p", Name: "李明",
					Roles: []authz.Role{authz.Marker}, Org: "o", Province: "12", Attempt: "t"}, Started: morning,
					Expires: morning.Add(time.Hour), Key: []byte{0, 0xFF}, Turn: 2, Arrived: morning, Refresh: "r", Previous: "q", Rotated: morning, Trail: trail()}
			}}
	})
	t.Run("of one account", func(t *testing.T) { testLoginsOf(t, open(t).Logins()) })
}

func testLoginsOf(t *testing.T, r accounts.Logins) {
	t.Helper()
	for id, account := range map[string]string{"c": "a1", "a": "a1", "b": "a2", "d": "a", "e": "a1", "f": "甲"} {
		mustDo(t, r.CreateLogin(t.Context(), &accounts.Login{ID: id, Principal: authz.Principal{Account: account}, Expires: morning}))
	}
	of := func(account string, want ...string) {
		t.Helper()
		WantList(t, want, func(l *accounts.Login) string { return l.ID },
			func(ctx context.Context, c engine.Cursor) ([]*accounts.Login, string, error) {
				return r.LoginsOf(ctx, account, c)
			})
	}
	of("a1", "a", "c", "e")
	of("甲", "f")
	of("nobody")
	ended, err := r.Login(t.Context(), "c")
	mustDo(t, err)
	ended.Ended = morning
	mustDo(t, r.UpdateLogin(t.Context(), ended))
	of("a1", "a", "e")
}
