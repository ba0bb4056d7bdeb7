package accounts

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
)

// Lives of logins, chosen so that nobody is signed out in the middle of a sitting.
const (
	StaffStay     = 12 * time.Hour
	CandidateStay = 6 * time.Hour
	ApplicantStay = time.Hour // often on a computer that others use
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
	present  present
	employs  Employment // nil: nobody is told
}

// NewGate returns a Gate. What unknown logins are checked against is not the hash of anything: hashing a word for it would
// take a good part of a server's start.
func NewGate(a Accounts, l Logins, t Tickets, c clock.Clock, source *ids.Source, cost Cost) *Gate {
	return &Gate{accounts: a, logins: l, tickets: t, clock: c, ids: source, cost: cost, slots: make(chan struct{}, hashers),
		dummy: writtenHash(source.Bytes(16), source.Bytes(hashLength), cost)}
}

// IDOf is the id of the account of a login, whether there is one or not.
func IDOf(login string) string { return accountID(cleanLogin(login)) }

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
	l, secret, err := g.open(ctx, a.principal(), StaffStay)
	if err == nil {
		err = g.unchanged(ctx, a)
	}
	if err != nil {
		return nil, "", err // a login that was opened serves nobody: its secret goes nowhere
	}
	return l, secret, nil
}

// unchanged refuses an account that was disabled, or got another password, while its password was checked. Disable and
// SetPassword write the account first and look for logins second, SignIn does it in the other order: whichever is
// faster, one of the two sees the other's work.
func (g *Gate) unchanged(ctx context.Context, was *Account) error {
	now, err := g.accounts.Account(ctx, was.ID)
	if err == nil && (now.Disabled || now.Password != was.Password) {
		return ErrCredentials
	}
	return err
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
// Whoever proves all three and was voided is told so, by ErrCancelled; to everybody else that ticket is like any other. They are let
// in again once they were notified of a case or the session has ended, to be heard, to read their result and to appeal: what they
// may not do any more, sit, every attempt refuses by the seat itself.
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
	if t.Voided && !t.Noticed && g.clock.Now().Before(t.Ends) {
		return nil, "", ErrCancelled
	}
	return g.open(ctx, authz.Principal{Account: "ticket:" + t.Number, Person: string(t.Person), Name: t.Name,
		Roles: []authz.Role{authz.Candidate}, Org: string(t.Org), Attempt: t.Attempt}, CandidateStay)
}

// Receive opens a login for an applicant whom the registration has recognised by number and recovery code, and for nobody else.
func (g *Gate) Receive(ctx context.Context, p authz.Principal) (*Login, string, error) {
	if !slices.Equal(p.Roles, []authz.Role{authz.Applicant}) {
		return nil, "", authz.ErrForbidden
	}
	return g.open(ctx, p, ApplicantStay)
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func (g *Gate) open(ctx context.Context, p authz.Principal, stay time.Duration) (*Login, string, error) {
	now := g.clock.Now()
	l := &Login{ID: g.ids.New(), Principal: p, Started: now, Expires: now.Add(stay), Key: g.ids.Bytes(32), Rotated: now}
	secret := l.secret(g.ids.Bytes(coreBytes))
	l.Refresh = digest(secret)
	l.Trail.Add(now, p.Account, "login.opened", "")
	return l, secret, g.logins.CreateLogin(ctx, l)
}

// SignOut ends a login at once. Ending it twice is harmless.
func (g *Gate) SignOut(ctx context.Context, by authz.Principal, id string) error {
	now := g.clock.Now()
	_, err := engine.Modify(ctx, func(ctx context.Context) (*Login, error) { return g.logins.Login(ctx, id) }, g.updateLogin,
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
