package certs

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/ids"
)

// Motion (撤销申请) asks for a revocation. It takes a second person to decide.
type Motion struct {
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Person   string    `json:"person"` // behind the account: two accounts of one person are one person
	Name     string    `json:"name"`
	Grounds  string    `json:"grounds"`
	Evidence string    `json:"evidence"`
}

// Mark names a motion by all that it says: whoever decides tells by it which one they read, and decides on no other.
func (m *Motion) Mark() string {
	return ids.Derive("motion", strconv.FormatInt(m.At.UnixMilli(), 10), m.By, m.Person, m.Grounds, m.Evidence)
}

// Unsettled says in words what is open on the result of a certificate that holds, "" when nothing is. A revocation cannot be undone, so
// none is asked for or confirmed until then. What was earned without a sitting has no result.
func (i *Issuer) Unsettled(ctx context.Context, c *Certificate) (string, error) {
	if c.Session == "" || c.State != Valid {
		return "", nil
	}
	return i.board.Unsettled(ctx, c.Result)
}

// irreversible returns ErrUnsettled while what c was issued for may still come to be another result.
func (i *Issuer) irreversible(ctx context.Context, c *Certificate) error {
	open, err := i.Unsettled(ctx, c)
	if err == nil && open != "" {
		err = ErrUnsettled.With("%s", open)
	}
	return err
}

// MoveToRevoke asks that a certificate be taken back (撤销). It still holds until somebody else confirms. While something is open on
// its result it is ErrUnsettled. Asking again for the same cause is harmless.
func (i *Issuer) MoveToRevoke(ctx context.Context, by authz.Principal, n Number, why Cause) (*Certificate, error) {
	if err := by.Require(authz.CertRevoke); err != nil {
		return nil, err
	}
	why, err := why.cleaned()
	if err != nil {
		return nil, err
	}
	if by.Person == "" {
		return nil, ErrNobody
	}
	now := i.clock.Now()
	return i.change(ctx, by, n, func(c *Certificate) error {
		switch {
		case c.State == Revoked && c.Reason == why.Grounds:
			return engine.ErrUnchanged // asked for and decided
		case c.State != Valid:
			return ErrState
		case c.Motion != nil && c.Motion.Grounds == why.Grounds && c.Motion.Evidence == why.Evidence && c.Motion.Person == by.Person:
			return engine.ErrUnchanged
		case c.Motion != nil:
			return ErrMoved
		}
		if err := i.irreversible(ctx, c); err != nil {
			return err
		}
		c.Motion = &Motion{At: now, By: by.Account, Person: by.Person, Name: by.Name, Grounds: why.Grounds, Evidence: why.Evidence}
		c.Trail.AddBy(now, by, "certificate.motion", why.Grounds)
		return nil
	})
}

// Revoke confirms a motion: from now on the certificate is revoked, whichever edition somebody holds. Whoever asked
// cannot confirm. seen is the mark of the motion that the person decided on. What came to be open since the motion keeps it from
// being confirmed (ErrUnsettled). Confirming twice is harmless.
func (i *Issuer) Revoke(ctx context.Context, by authz.Principal, n Number, seen string) (*Certificate, error) {
	if err := by.Require(authz.CertConfirm); err != nil {
		return nil, err
	}
	if by.Person == "" {
		return nil, ErrNobody
	}
	by, err := i.people.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	now, salt, dropping := i.clock.Now(), i.salt(), i.salt()
	c, err := i.change(ctx, by, n, func(c *Certificate) error {
		if c.State == Revoked && c.confirmed(seen) {
			return engine.ErrUnchanged
		}
		if err := c.revocable(by, seen); err != nil {
			return err
		}
		if err := i.irreversible(ctx, c); err != nil {
			return err
		}
		m := c.Motion
		end := Ruling{Event: translog.Revoked, At: now, By: []string{m.By, by.Account}, Grounds: m.Grounds, Evidence: m.Evidence, Salt: salt,
			Motion: seen}
		if c.Next != nil { // nothing is made any more of a certificate that is revoked
			dropped := end
			dropped.Salt, dropped.Motion = dropping, ""
			c.drop(dropped)
			c.Trail.AddBy(now, by, "certificate.withdrawn", m.Grounds)
		}
		c.State, c.Changed, c.Reason, c.Motion = Revoked, now, m.Grounds, nil
		c.Rulings = append(c.Rulings, end)
		c.untell()
		c.Trail.AddBy(now, by, "certificate.revoked", m.Grounds)
		return nil
	})
	return i.settled(ctx, c, err)
}

// confirmed reports whether c was revoked by the motion that was seen.
func (c *Certificate) confirmed(seen string) bool {
	return seen != "" && slices.ContainsFunc(c.Rulings, func(r Ruling) bool { return r.Motion == seen })
}

// revocable returns nil when by, who is whole, may confirm the motion on c and it is the one that was seen.
func (c *Certificate) revocable(by authz.Principal, seen string) error {
	switch {
	case c.State != Valid:
		return ErrState
	case c.Motion == nil:
		return ErrMotion
	case by.Is(c.Motion.Person), c.Motion.By == by.Account:
		return ErrOneself
	case c.Motion.Mark() != seen:
		return engine.ErrStale
	}
	return nil
}

// untell makes it due again to tell the status lists of every edition.
func (c *Certificate) untell() {
	c.Told = false
	for n := range c.Earlier {
		c.Earlier[n].Told = false
	}
}

// Dismiss ends a motion; the certificate goes on to hold. Whoever asked may take it back, others may refuse it. seen is
// the mark of the motion that the person decided on.
func (i *Issuer) Dismiss(ctx context.Context, by authz.Principal, n Number, seen, reason string) (*Certificate, error) {
	if err := by.Require(authz.CertConfirm); err != nil {
		if err = by.Require(authz.CertRevoke); err != nil {
			return nil, err
		}
	}
	reason = strings.TrimSpace(reason)
	if err := reasoned("grounds", reason); err != nil {
		return nil, err
	}
	if by.Person == "" {
		return nil, ErrNobody
	}
	now := i.clock.Now()
	return i.change(ctx, by, n, func(c *Certificate) error {
		switch {
		case c.Motion == nil:
			return ErrMotion
		case c.Motion.Mark() != seen:
			return engine.ErrStale
		}
		c.Motion = nil
		c.Trail.AddBy(now, by, "certificate.dismissed", reason)
		return nil
	})
}

// Void (作废) gives up a number that was reserved and under which nobody was given a document, so that no gap stands
// unexplained. The result may then be issued for under another number. What Withdraw says of a seal goes for it too.
func (i *Issuer) Void(ctx context.Context, by authz.Principal, n Number, why Cause) (*Certificate, error) {
	if err := by.Require(authz.CertChange); err != nil {
		return nil, err
	}
	why, err := why.cleaned()
	if err != nil {
		return nil, err
	}
	now, salt := i.clock.Now(), i.salt()
	c, err := i.change(ctx, by, n, func(c *Certificate) error {
		switch {
		case c.State == Void && c.Reason == why.Grounds:
			return engine.ErrUnchanged
		case c.State != Reserved:
			return ErrState
		}
		c.State, c.Changed, c.Reason = Void, now, why.Grounds
		c.Rulings = append(c.Rulings, Ruling{Event: translog.Voided, At: now, By: []string{by.Account}, Grounds: why.Grounds, Evidence: why.Evidence, Salt: salt,
			Slot: c.Slot})
		c.Trail.Add(now, by.Account, "certificate.voided", why.Grounds)
		return nil
	})
	return i.settled(ctx, c, err)
}

// settled carries out what was decided on c. The decision stands whatever fails here: a worker goes on.
func (i *Issuer) settled(ctx context.Context, c *Certificate, err error) (*Certificate, error) {
	if err != nil {
		return nil, fmt.Errorf("decide on certificate: %w", err)
	}
	done, err := i.settle(ctx, c)
	if err != nil {
		i.nudge()
		return c, nil
	}
	return done, nil
}

// settle enters the rulings on c into the log and lets the status lists tell of it.
func (i *Issuer) settle(ctx context.Context, c *Certificate) (*Certificate, error) {
	due := slices.DeleteFunc(slices.Clone(c.Rulings), func(r Ruling) bool { return r.Settled })
	if len(due) > 0 {
		leaves := make([]Leaf, len(due))
		for n, r := range due {
			var err error
			if leaves[n], err = c.rulingLeaf(r); err != nil {
				return nil, err
			}
		}
		indices, err := i.ports.Journal.Append(ctx, leaves)
		if err != nil {
			return nil, fmt.Errorf("log certificate %s: %w", c.Number, err)
		}
		c, err = engine.Modify(ctx, once(c, i.load(c.Number)), i.ports.Ledger.UpdateCertificate, func(c *Certificate) error {
			c.enter(due, indices)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return i.announce(ctx, c)
}

// enter notes where the log has the rulings.
func (c *Certificate) enter(due []Ruling, indices []int64) {
	for n := range c.Rulings {
		at := slices.IndexFunc(due, func(r Ruling) bool { return r.Salt == c.Rulings[n].Salt })
		if at >= 0 {
			c.Rulings[n].Settled, c.Rulings[n].Leaf = true, indices[at]
		}
	}
}
