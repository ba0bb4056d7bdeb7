// Package accounts says who is signed in: accounts of staff with a password, tickets of candidates, and logins that
// can be ended at once.
package accounts

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Account is what a member of staff signs in with. Its ID is derived from Login, which therefore is unique.
type Account struct {
	ID       string          `json:"id"`
	Login    string          `json:"login"`
	Password string          `json:"password"` // argon2id in PHC string form
	Person   engine.PersonID `json:"person"`
	Name     string          `json:"name"`
	Roles    []authz.Role    `json:"roles"`
	Org      engine.OrgID    `json:"org"`
	Province string          `json:"province,omitempty"`
	Disabled bool            `json:"disabled"`

	Employments []engine.Employment `json:"employments,omitempty"` // with whom the account says its person works, oldest first

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// LogValue keeps the hash and the name out of logs.
func (a Account) LogValue() slog.Value { return slog.StringValue(a.ID) }

func (a *Account) principal() authz.Principal {
	return authz.Principal{Account: a.ID, Person: string(a.Person), Name: a.Name, Roles: a.Roles, Org: string(a.Org), Province: a.Province}
}

// Login is one stay of one principal, from signing in to its end. Access tokens name it and are worth nothing after.
type Login struct {
	ID        string          `json:"id"`
	Principal authz.Principal `json:"principal"`
	Started   time.Time       `json:"started"`
	Expires   time.Time       `json:"expires"`
	Key       []byte          `json:"key"`                // random; refresh secrets follow from one another under it
	Turn      int             `json:"turn"`               // how often the secret was replaced
	Arrived   time.Time       `json:"arrived"`            // when an access token of this turn was used first: its reply was not lost
	Refresh   string          `json:"refresh"`            // hex SHA-256 of the refresh secret in force
	Previous  string          `json:"previous,omitempty"` // of the one before, good until the reply with the new one arrived
	Rotated   time.Time       `json:"rotated"`
	Ended     time.Time       `json:"ended"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Live returns nil while the login holds at now.
func (l *Login) Live(now time.Time) error {
	if !l.Ended.IsZero() || !now.Before(l.Expires) {
		return ErrLoginEnded
	}
	return nil
}

// end closes the login; ending twice changes nothing.
func (l *Login) end(now time.Time, by, why string) error {
	if !l.Ended.IsZero() {
		return engine.ErrUnchanged
	}
	l.Ended = now
	l.Trail.Add(now, by, "login.ended", why)
	return nil
}

// Refusals. A wrong name and a wrong password look alike.
var (
	ErrCredentials = errs.New(errs.Unauthenticated, "login.refused", "登录信息不正确，请核对后重新输入")
	ErrCancelled   = errs.New(errs.Forbidden, "login.cancelled", "您的本场考试资格已被取消，现在不能登录。本场考试结束后，或者评价机构告知违纪情况后，可以再用准考证登录，查看告知、陈述申辩、查看成绩、申请复核")
	ErrLoginEnded  = errs.New(errs.Unauthenticated, "login.ended", "登录已结束，请重新登录")
	ErrNoAccount   = errs.New(errs.NotFound, "account.not_found", "账号不存在")
	ErrExists      = errs.New(errs.Conflict, "account.exists", "账号已存在")
	ErrInput       = errs.New(errs.Invalid, "account.invalid", "账号信息不完整")
	ErrPersonSet   = errs.New(errs.Conflict, "account.person_set", "该账号已登记为另一人使用，请另建账号")
	ErrBusy        = errs.New(errs.Unavailable, "login.busy", "登录人数较多，请稍候几秒再试")
)

// Accounts keeps accounts. Safe for concurrent use; must pass storetest.Accounts.
//   - Absent: ErrNoAccount. An ID already taken: Create returns ErrExists.
//   - UpdateAccount writes only at the account's Revision, otherwise engine.ErrStale.
//   - AccountsOf lists one body's in the byte order of IDs.
//   - AccountsOwing lists, in the byte order of IDs, those of which Owes reports true.
type Accounts interface {
	Account(ctx context.Context, id string) (*Account, error)
	CreateAccount(ctx context.Context, a *Account) error
	UpdateAccount(ctx context.Context, a *Account) error
	AccountsOf(ctx context.Context, org engine.OrgID, c engine.Cursor) (rows []*Account, next string, err error)
	AccountsOwing(ctx context.Context, c engine.Cursor) (rows []*Account, next string, err error)
}

// Logins keeps logins. Safe for concurrent use; must pass storetest.Logins.
//   - Absent: ErrLoginEnded, for a login nobody knows holds no longer than one that ended.
//   - UpdateLogin writes only at the login's Revision, otherwise engine.ErrStale.
//   - LoginsOf lists, in the byte order of IDs, the logins of an account that nobody ended; some of them may have
//     expired.
type Logins interface {
	Login(ctx context.Context, id string) (*Login, error)
	CreateLogin(ctx context.Context, l *Login) error
	UpdateLogin(ctx context.Context, l *Login) error
	LoginsOf(ctx context.Context, account string, c engine.Cursor) (rows []*Login, next string, err error)
}

// Ticket is what an admission ticket stands for; the sitting gives it.
type Ticket struct {
	Number   string
	Session  string
	Attempt  string
	Code     string // shown in the room
	Person   engine.PersonID
	Name     string
	IDNumber string
	Org      engine.OrgID
	Voided   bool      // the qualification was cancelled (取消资格); only who proves everything else learns it
	Noticed  bool      // of a voided one: the candidate was notified of a case and may answer it
	Ends     time.Time // of a voided one: when the last component of the session closes
}

// Tickets finds tickets. An unknown number is ErrCredentials.
type Tickets interface {
	Ticket(ctx context.Context, number string) (Ticket, error)
}

func cleanLogin(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
