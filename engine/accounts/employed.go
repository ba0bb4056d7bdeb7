package accounts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Employment is told who works for which body, for 考培分离. Both may be told again, which changes nothing.
//   - Employed returns the tie that it left; origin names the stay, so that two of them are two ties. Of somebody who is not
//     registered it answers engine.ErrPerson.
//   - Left ends the tie of a stay that is over.
type Employment interface {
	Employed(ctx context.Context, by authz.Principal, origin string, e engine.Employment) (tie string, err error)
	Left(ctx context.Context, by authz.Principal, e engine.Employment) error
}

// Telling has the gate tell who works where. It is set before use.
func (g *Gate) Telling(e Employment) *Gate {
	g.employs = e
	return g
}

// maxEmployments bounds the stays that one account keeps; whoever came and went more often needs another account.
const maxEmployments = 50

// ErrEmployments refuses one change too many.
var ErrEmployments = errs.New(errs.Conflict, "account.employments", "该账号停用、启用或转移的次数过多，请另建账号")

// employ brings the stays up to what the account says at now: of an account from before there were any, as its trail tells.
func (a *Account) employ(now time.Time) {
	if len(a.Employments) == 0 {
		for _, e := range a.Trail {
			switch e.Action {
			case "account.created", "account.enabled":
				a.stay(e.At, true)
			case "account.disabled":
				a.stay(e.At, false)
			}
		}
	}
	a.stay(now, !a.Disabled)
}

// stay ends the stay that goes on when it is no longer true at the instant, and begins the one that is.
func (a *Account) stay(at time.Time, on bool) {
	on = on && a.Person != "" && a.Org != ""
	if n := len(a.Employments); n > 0 && a.Employments[n-1].Until.IsZero() {
		last := &a.Employments[n-1]
		if on && last.Person == a.Person && last.Org == a.Org {
			return
		}
		last.Until = at
	}
	if on {
		a.Employments = append(a.Employments, engine.Employment{Person: a.Person, Org: a.Org, Since: at})
	}
}

// Owes reports whether a tie is still to be recorded or to be ended for the account.
func (a *Account) Owes() bool {
	if len(a.Employments) == 0 {
		return a.Person != "" && a.Org != ""
	}
	return slices.ContainsFunc(a.Employments, engine.Employment.Owes)
}

// settled tells of the stays that were not told of yet, and notes that. Cut off, it is completed by the next command on the
// account, or by Settle.
func (g *Gate) settled(ctx context.Context, by authz.Principal, a *Account) (*Account, error) {
	if g.employs == nil || !a.Owes() {
		return a, nil
	}
	if len(a.Employments) == 0 {
		a.employ(g.clock.Now())
	}
	told := slices.Clone(a.Employments)
	for i := range told {
		err := g.tell(ctx, by, fmt.Sprintf("account:%s#%d", a.ID, i+1), &told[i])
		if errors.Is(err, engine.ErrPerson) {
			return a, nil // nobody to tie; it is told once they are registered
		}
		if err != nil {
			return nil, err
		}
	}
	return engine.Modify(ctx, func(ctx context.Context) (*Account, error) { return g.accounts.Account(ctx, a.ID) }, g.accounts.UpdateAccount,
		func(a *Account) error {
			if len(a.Employments) == 0 {
				a.employ(g.clock.Now())
			}
			for i, e := range told[:min(len(told), len(a.Employments))] {
				kept := &a.Employments[i]
				kept.Tie, kept.Closed = e.Tie, kept.Closed || e.Closed
			}
			return nil
		})
}

// tell records the tie of a stay, and ends it where the stay is over.
func (g *Gate) tell(ctx context.Context, by authz.Principal, origin string, e *engine.Employment) (err error) {
	if e.Tie == "" {
		if e.Tie, err = g.employs.Employed(ctx, by, origin, *e); err != nil {
			return err
		}
	}
	if !e.Until.IsZero() && !e.Closed {
		if err := g.employs.Left(ctx, by, *e); err != nil {
			return err
		}
		e.Closed = true
	}
	return nil
}

// Settle tells of all the stays that were not told of: those that were cut off, those of accounts from before there were any,
// those of people who were registered since. It is the server's own work, and returns how many accounts it completed.
func (g *Gate) Settle(ctx context.Context) (done int, err error) {
	by := authz.Worker("accounts")
	owing, err := engine.All(ctx, g.accounts.AccountsOwing)
	for _, a := range owing {
		now, failed := g.settled(ctx, by, a)
		if err = errors.Join(err, failed); failed == nil && !now.Owes() {
			done++
		}
	}
	return done, err
}

// Attach says whose account it is that nobody's was. Again is harmless; another person's account is left as it is:
// ErrPersonSet.
func (g *Gate) Attach(ctx context.Context, by authz.Principal, login string, p *engine.Person) error {
	return g.replace(ctx, by, login, "account.attached", func(a *Account) error {
		switch a.Person {
		case p.ID:
			return engine.ErrUnchanged
		case "":
			a.Person, a.Name = p.ID, p.Name
			return nil
		}
		return ErrPersonSet
	})
}

// Move gives an account to another body, for which its person works from now on. Its logins end, for they act for the old one.
// Again is harmless.
func (g *Gate) Move(ctx context.Context, by authz.Principal, login string, o *engine.Organisation) error {
	return g.replace(ctx, by, login, "account.moved", func(a *Account) error {
		var c errs.Check
		c.That(a.Org != "", "login", "no_body", "该账号不属于任何机构，不能转移")
		checkBody(&c, a.Roles, o.ID, o.Kind)
		if err := c.Err(ErrInput); err != nil {
			return err
		}
		if a.Org == o.ID {
			return engine.ErrUnchanged
		}
		a.Org = o.ID
		return nil
	})
}

// replace changes for whom an account signs in; logins that say otherwise end.
func (g *Gate) replace(ctx context.Context, by authz.Principal, login, action string, edit func(*Account) error) error {
	a, err := g.edit(ctx, by, login, action, edit)
	if err != nil {
		return err
	}
	ended := g.endThose(ctx, by, a.ID, "account changed", func(l *Login) bool {
		return l.Principal.Person != string(a.Person) || l.Principal.Org != string(a.Org)
	})
	_, err = g.settled(ctx, by, a)
	return errors.Join(ended, err)
}
