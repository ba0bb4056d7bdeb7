package accounts

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
)

// Lives of logins, chosen so that nobody is signed out in the middle of a sitting.
const (
	StaffStay     = 12 * time.Hour
	CandidateStay = 6 * time.Hour
	// refreshGrace lets the secret before the present one work once more: the reply that carried the new one may
	// have been lost, or two requests of one page crossed.
	refreshGrace = 30 * time.Second
	// hashers bounds the password checks under way, so that a rush of them cannot take the machine's memory.
	hashers     = 2
	minPassword = 10
)

// Gate signs people in and out.
type Gate struct {
	accounts Accounts
	logins   Logins
	tickets  Tickets
	clock    clock.Clock
	ids      *ids.Source
	cost     Cost
	slots    chan struct{}
	dummy    string // hash checked for a name nobody has, so that it takes as long
}

// NewGate returns a Gate.
func NewGate(a Accounts, l Logins, t Tickets, c clock.Clock, source *ids.Source, cost Cost) *Gate {
	return &Gate{accounts: a, logins: l, tickets: t, clock: c, ids: source, cost: cost, slots: make(chan struct{}, hashers),
		dummy: hashPassword(source.New(), source.Bytes(16), cost)}
}

// New is what a new account is made of.
type New struct {
	Login, Password, Name string
	Person                engine.PersonID
	Roles                 []authz.Role
	Org                   engine.OrgID
	Province              string
}

// Create makes an account. The password has at least ten characters.
func (g *Gate) Create(ctx context.Context, by authz.Principal, n New) (*Account, error) {
	if err := by.Require(authz.AccountWrite); err != nil {
		return nil, err
	}
	login := cleanLogin(n.Login)
	var c errs.Check
	c.That(login != "" && len(login) <= 64, "login", "form", "登录名为1至64个字符")
	c.That(utf8.RuneCountInString(n.Password) >= minPassword, "password", "short", "口令至少10个字符")
	c.That(len(n.Roles) > 0, "roles", "missing", "至少一个角色")
	if err := c.Err(ErrInput); err != nil {
		return nil, err
	}
	a := &Account{ID: accountID(login), Login: login, Password: hashPassword(n.Password, g.ids.Bytes(16), g.cost),
		Person: n.Person, Name: n.Name, Roles: n.Roles, Org: n.Org, Province: n.Province}
	a.Trail.Add(g.clock.Now(), by.Account, "account.created", "")
	return a, g.accounts.CreateAccount(ctx, a)
}

// Colleague is a member of a body's staff, as those who assign duties see them.
type Colleague struct {
	Person engine.PersonID
	Name   string
	Roles  []authz.Role
}

// Staff lists who has an account with by's own body, the disabled left out.
func (g *Gate) Staff(ctx context.Context, by authz.Principal) ([]Colleague, error) {
	if err := by.Require(authz.StaffAssign); err != nil {
		return nil, err
	}
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Account, string, error) {
		return g.accounts.AccountsOf(ctx, engine.OrgID(by.Org), c)
	})
	var staff []Colleague
	for _, a := range all {
		if !a.Disabled && a.Person != "" {
			staff = append(staff, Colleague{Person: a.Person, Name: a.Name, Roles: a.Roles})
		}
	}
	return staff, err
}

func accountID(login string) string { return ids.Derive("account", login) }

// SignIn checks a password and opens a login. It returns the secret that refreshes it.
func (g *Gate) SignIn(ctx context.Context, login, password string) (*Login, string, error) {
	a, err := g.accounts.Account(ctx, accountID(cleanLogin(login)))
	if err != nil && !errors.Is(err, ErrNoAccount) {
		return nil, "", err
	}
	hash := g.dummy
	if a != nil {
		hash = a.Password
	}
	ok, err := g.check(ctx, password, hash)
	if err != nil {
		return nil, "", err
	}
	if !ok || a == nil || a.Disabled {
		return nil, "", ErrCredentials
	}
	return g.open(ctx, a.principal(), StaffStay)
}

func (g *Gate) check(ctx context.Context, password, hash string) (bool, error) {
	wait, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	select {
	case g.slots <- struct{}{}:
		defer func() { <-g.slots }()
		return passwordMatches(password, hash), nil
	case <-wait.Done():
		return false, ErrBusy
	}
}

// Admit signs a candidate in by ticket number, the last six characters of the identity number and the code that is
// shown in the room. There is no slow hash at the gate: the code is short-lived and guesses are rate-limited.
func (g *Gate) Admit(ctx context.Context, number, idTail, code string) (*Login, string, error) {
	t, err := g.tickets.Ticket(ctx, strings.TrimSpace(number))
	if err != nil {
		return nil, "", err
	}
	idTail, code = strings.ToUpper(strings.TrimSpace(idTail)), strings.TrimSpace(code)
	tail := t.IDNumber[max(0, len(t.IDNumber)-6):]
	if !same(idTail, tail) || !same(code, t.Code) || len(tail) != 6 || t.Code == "" {
		return nil, "", ErrCredentials
	}
	return g.open(ctx, authz.Principal{Account: "ticket:" + t.Number, Person: string(t.Person), Name: t.Name,
		Roles: []authz.Role{authz.Candidate}, Org: string(t.Org), Attempt: t.Attempt}, CandidateStay)
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func (g *Gate) open(ctx context.Context, p authz.Principal, stay time.Duration) (*Login, string, error) {
	now, secret := g.clock.Now(), ids.Encode(g.ids.Bytes(32))
	l := &Login{ID: g.ids.New(), Principal: p, Started: now, Expires: now.Add(stay), Refresh: digest(secret), Rotated: now}
	l.Trail.Add(now, p.Account, "login.opened", "")
	return l, secret, g.logins.CreateLogin(ctx, l)
}

func digest(secret string) string {
	h := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(h[:])
}

// Login returns the login when it holds now.
func (g *Gate) Login(ctx context.Context, id string) (*Login, error) {
	if !ids.Valid(id) {
		return nil, ErrLoginEnded
	}
	l, err := g.logins.Login(ctx, id)
	if err != nil {
		return nil, err
	}
	return l, l.Live(g.clock.Now())
}

// Refresh goes on with a login. It returns a new secret, or "" when the one given was the one before and only just
// replaced. A secret that was replaced longer ago has been copied: the login is ended.
func (g *Gate) Refresh(ctx context.Context, id, secret string) (*Login, string, error) {
	if !ids.Valid(id) {
		return nil, "", ErrLoginEnded
	}
	now, given, fresh := g.clock.Now(), digest(secret), ids.Encode(g.ids.Bytes(32))
	var refusal error
	l, err := engine.Modify(ctx, func(ctx context.Context) (*Login, error) { return g.logins.Login(ctx, id) }, g.logins.UpdateLogin,
		func(l *Login) error {
			refusal = nil
			switch err := l.Live(now); {
			case err != nil:
				return err
			case same(given, l.Refresh):
				l.Previous, l.Refresh, l.Rotated = l.Refresh, digest(fresh), now
				return nil
			case same(given, l.Previous) && now.Sub(l.Rotated) <= refreshGrace:
				fresh = ""
				return engine.ErrUnchanged
			case same(given, l.Previous):
				refusal = ErrLoginEnded
				return l.end(now, "engine:gate", "refresh secret used twice")
			}
			return ErrLoginEnded
		})
	if err = errors.Join(err, refusal); err != nil {
		return nil, "", err
	}
	return l, fresh, nil
}

// SignOut ends a login at once. Ending it twice is harmless.
func (g *Gate) SignOut(ctx context.Context, by authz.Principal, id string) error {
	now := g.clock.Now()
	_, err := engine.Modify(ctx, func(ctx context.Context) (*Login, error) { return g.logins.Login(ctx, id) }, g.logins.UpdateLogin,
		func(l *Login) error {
			if l.Principal.Account != by.Account {
				if err := by.Require(authz.AccountWrite); err != nil {
					return err
				}
			}
			return l.end(now, by.Account, "signed out")
		})
	return err
}
