package store

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func accountsSchema() docs.Schema {
	return docs.Schema{"account": {"org", "owes"}, "login": {"account"}}
}

// Accounts is the repository of accounts.
func (s *Store) Accounts() accounts.Accounts {
	return accountTable{docs.Table[accounts.Account]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "account", Schema: 1,
		ID: func(a *accounts.Account) string { return a.ID }, Revision: func(a *accounts.Account) *int64 { return &a.Revision },
		Index: func(a *accounts.Account) map[string]string {
			index := map[string]string{"org": ascii(string(a.Org))}
			if a.Owes() {
				index["owes"] = owing
			}
			return index
		},
		Absent: accounts.ErrNoAccount, Exists: accounts.ErrExists}}
}

// owing marks accounts of which a tie is still to be recorded or ended.
const owing = "1"

type accountTable struct{ t docs.Table[accounts.Account] }

func (r accountTable) Account(ctx context.Context, id string) (*accounts.Account, error) {
	return r.t.Get(ctx, id)
}
func (r accountTable) CreateAccount(ctx context.Context, a *accounts.Account) error {
	return r.t.Create(ctx, a)
}
func (r accountTable) UpdateAccount(ctx context.Context, a *accounts.Account) error {
	return r.t.Update(ctx, a)
}

func (r accountTable) AccountsOf(ctx context.Context, org engine.OrgID, c engine.Cursor) ([]*accounts.Account, string, error) {
	return r.t.List(ctx, "org", ascii(string(org)), c)
}

func (r accountTable) AccountsOwing(ctx context.Context, c engine.Cursor) ([]*accounts.Account, string, error) {
	return r.t.List(ctx, "owes", owing, c)
}

// Logins is the repository of logins.
func (s *Store) Logins() accounts.Logins {
	return loginTable{docs.Table[accounts.Login]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "login", Schema: 1,
		ID: func(l *accounts.Login) string { return l.ID }, Revision: func(l *accounts.Login) *int64 { return &l.Revision },
		Index: func(l *accounts.Login) map[string]string {
			if !l.Ended.IsZero() {
				return nil // LoginsOf does not want it
			}
			return map[string]string{"account": ascii(l.Principal.Account)}
		},
		Absent: accounts.ErrLoginEnded, Exists: accounts.ErrExists}}
}

type loginTable struct{ t docs.Table[accounts.Login] }

func (r loginTable) Login(ctx context.Context, id string) (*accounts.Login, error) {
	return r.t.Get(ctx, id)
}
func (r loginTable) CreateLogin(ctx context.Context, l *accounts.Login) error {
	return r.t.Create(ctx, l)
}
func (r loginTable) UpdateLogin(ctx context.Context, l *accounts.Login) error {
	return r.t.Update(ctx, l)
}

func (r loginTable) LoginsOf(ctx context.Context, account string, c engine.Cursor) ([]*accounts.Login, string, error) {
	return r.t.List(ctx, "account", ascii(account), c)
}
