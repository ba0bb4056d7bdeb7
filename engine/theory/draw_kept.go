package theory

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Custody lists the draws that an account was named a custodian of, so that nobody reads all draws to find a few. It
// points only: who keeps a share stands in the draw.
type Custody struct {
	Account  string              `json:"account"`
	Sessions []sitting.SessionID `json:"sessions"` // in byte order

	Revision int64 `json:"-"`
}

// ErrNoCustody is what the store answers for an account without a list.
var ErrNoCustody = errs.New(errs.NotFound, "draw.no_custody", "没有保管记录")

// keptFor is how long after its theory window a draw stays in the lists of those who keep it.
const keptFor = 30 * 24 * time.Hour

// Kept lists the draws that by keeps a share of, without their secrets, up to 30 days after the theory window.
func (e *Exams) Kept(ctx context.Context, by authz.Principal) ([]*Draw, error) {
	if err := by.Require(authz.DrawKeep); err != nil {
		return nil, err
	}
	c, err := e.custody(ctx, by.Account)
	if err != nil {
		return nil, err
	}
	now, kept := e.clock.Now(), []*Draw{}
	sessions, err := e.current(ctx, c.Sessions, now)
	if err != nil {
		return nil, err
	}
	for _, s := range sessions {
		d, err := e.ports.Draws.Draw(ctx, s.ID)
		switch {
		case errors.Is(err, ErrDraw), err == nil && d.Number(by.Account) == 0: // others were named after all
		case err != nil:
			return nil, err
		default:
			if d, err = e.show(ctx, s, d); err != nil {
				return nil, err
			}
			kept = append(kept, d)
		}
	}
	return kept, nil
}

// current are those of the sessions whose theory window has not been closed for long.
func (e *Exams) current(ctx context.Context, all []sitting.SessionID, now time.Time) (list []*sitting.Session, err error) {
	for _, id := range all {
		s, err := e.sittings.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		if now.Before(s.Theory.Closes.Add(keptFor)) {
			list = append(list, s)
		}
	}
	return list, nil
}

// custody is the list of an account. Draws of before there were lists are looked for once, when the account gets its.
func (e *Exams) custody(ctx context.Context, account string) (*Custody, error) {
	c, err := e.ports.Draws.Custody(ctx, account)
	if !errors.Is(err, ErrNoCustody) {
		return c, err
	}
	all, err := engine.All(ctx, e.ports.Draws.DrawList)
	if err != nil {
		return nil, err
	}
	c = &Custody{Account: account, Sessions: []sitting.SessionID{}}
	for _, d := range all {
		if d.Number(account) > 0 {
			c.Sessions = append(c.Sessions, d.Session)
		}
	}
	if err := e.ports.Draws.CreateCustody(ctx, c); !errors.Is(err, engine.ErrStale) {
		return c, err
	}
	return e.ports.Draws.Custody(ctx, account)
}

// entrust enters a draw in the lists of its custodians, before the record names them: a list may point to a draw that
// came to nothing, but misses none. What is long over leaves the list here.
func (e *Exams) entrust(ctx context.Context, d *Draw, now time.Time) error {
	return each(ctx, d.Custodians, func(ctx context.Context, k Custodian) error {
		c, err := e.custody(ctx, k.Account)
		if err != nil {
			return err
		}
		kept, err := e.current(ctx, c.Sessions, now)
		if err != nil {
			return err
		}
		over := func(id sitting.SessionID) bool {
			return slices.Contains(c.Sessions, id) && !slices.ContainsFunc(kept, func(s *sitting.Session) bool { return s.ID == id })
		}
		_, err = engine.Modify(ctx, func(ctx context.Context) (*Custody, error) { return e.custody(ctx, k.Account) }, e.ports.Draws.UpdateCustody,
			func(c *Custody) error {
				if slices.Contains(c.Sessions, d.Session) {
					return engine.ErrUnchanged
				}
				c.Sessions = append(slices.DeleteFunc(c.Sessions, over), d.Session)
				slices.Sort(c.Sessions)
				return nil
			})
		return err
	})
}
