package certs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/result"
)

// Bounds of what is written down with a decision, in characters. Grounds are shown to whoever checks the certificate.
const (
	maxGrounds  = 200
	maxEvidence = 300
)

// Cause is why something is decided, and what shows it.
type Cause struct {
	Grounds  string // 理由, public
	Evidence string // 依据: the application, decision or report by its number; seen by staff only
}

// cleaned trims a cause; both parts are required.
func (c Cause) cleaned() (Cause, error) {
	c.Grounds, c.Evidence = strings.TrimSpace(c.Grounds), strings.TrimSpace(c.Evidence)
	var k errs.Check
	written(&k, "grounds", "理由", c.Grounds, maxGrounds)
	written(&k, "evidence", "依据", c.Evidence, maxEvidence)
	return c, k.Err(ErrReason)
}

// reasoned refuses a reason that stands alone, by the name of its input.
func reasoned(name, reason string) error {
	var k errs.Check
	written(&k, name, "理由", reason, maxGrounds)
	return k.Err(ErrReason)
}

// written records what is wrong with a text that must be there: word is what people call it.
func written(k *errs.Check, name, word, s string, most int) {
	n := utf8.RuneCountInString(s)
	k.That(n > 0, name, "missing", "请写明"+word)
	k.That(n <= most, name, "long", fmt.Sprintf("%s最多%d个字，现在是%d个字", word, most, n))
	k.That(utf8.ValidString(s), name, "encoding", word+"中有无法识别的字符")
}

func within(s string, most int) bool {
	n := utf8.RuneCountInString(s)
	return n > 0 && n <= most && utf8.ValidString(s)
}

// Reissue (补发) makes a new edition that says the same, for a document that was lost or damaged; the one before it is
// superseded. version is the edition that the caller saw: asking twice for it makes one. A person with another picture by now
// is first corrected.
func (i *Issuer) Reissue(ctx context.Context, by authz.Principal, n Number, version int, why Cause) (*Certificate, error) {
	return i.renew(ctx, by, n, version, why, func(ctx context.Context, c *Certificate, e *Edition) error {
		_, photo, err := i.portrayed(ctx, c.Holder)
		if err != nil {
			return err
		}
		if err := c.pictures(e, photo); err != nil {
			return err
		}
		e.Kind, e.Remark = translog.Reissued, "补发"
		return i.printable(c, e, photo)
	})
}

// Correct (更正) makes a new edition that prints what the register of persons says now: a wrong name or photo is put right
// there first, by those whose it is. A correction that would change nothing is refused.
func (i *Issuer) Correct(ctx context.Context, by authz.Principal, n Number, version int, why Cause) (*Certificate, error) {
	return i.renew(ctx, by, n, version, why, func(ctx context.Context, c *Certificate, e *Edition) error {
		holder, photo, err := i.portrayed(ctx, c.Holder)
		if err != nil {
			return err
		}
		e.Kind, e.Remark = translog.Corrected, "更正"
		e.Name, e.IDType, e.IDMasked, e.Photo = holder.Name, holder.IDType, engine.MaskID(holder.IDNumber), PhotoDigest(photo)
		if e.Name == c.Name && e.IDType == c.IDType && e.IDMasked == c.IDMasked && e.Photo == c.Photo {
			return ErrNothing
		}
		return i.printable(c, e, photo)
	})
}

// renew decides on a new edition, made from the one that holds by fill, and carries it out.
func (i *Issuer) renew(ctx context.Context, by authz.Principal, n Number, version int, why Cause,
	fill func(context.Context, *Certificate, *Edition) error) (*Certificate, error) {
	if err := by.Require(authz.CertChange); err != nil {
		return nil, err
	}
	why, err := why.cleaned()
	if err != nil {
		return nil, err
	}
	seen, err := i.Certificate(ctx, by, n)
	if err != nil {
		return nil, err
	}
	if err := i.mayRule(ctx, by, seen); err != nil {
		return nil, err
	}
	if err := seen.renewable(version, why); err != nil && !errors.Is(err, engine.ErrUnchanged) {
		return nil, err // before a slot is taken for nothing
	}
	if err := i.stillPassed(ctx, seen); err != nil {
		return nil, err
	}
	slot, list, err := i.slot(ctx)
	if err != nil {
		return nil, err
	}
	salt, now := i.salt(), i.clock.Now()
	c, err := i.change(ctx, by, n, func(c *Certificate) error {
		if err := c.renewable(version, why); err != nil {
			return err
		}
		e := c.Edition
		e.Route = c.Route().sealed() // editions from before credentials said it have none
		e.Version, e.Made, e.By, e.Grounds, e.Evidence = c.nextVersion(), now, by.Account, why.Grounds, why.Evidence
		e.Salt, e.Slot, e.List, e.Leaf, e.Sealed, e.Digest, e.Told = salt, slot, list, 0, time.Time{}, "", false
		if err := fill(ctx, c, &e); err != nil {
			return err
		}
		c.Next = &e
		c.Trail.Add(now, by.Account, "certificate.decided", string(e.Kind)+" "+why.Grounds)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("change certificate: %w", err)
	}
	all, failed := i.finish(ctx, by, []*Certificate{c})
	return all[0], failed[0]
}

// stillPassed returns nil while the result that c was issued for is a pass: what is in dispute, or fell, gets no new document
// that says it holds. What was earned without a sitting has no result.
func (i *Issuer) stillPassed(ctx context.Context, c *Certificate) error {
	if c.Session == "" {
		return nil
	}
	r, err := i.board.Final(ctx, c.Result)
	if err != nil {
		return notFinal(err)
	}
	switch r.Outcome() {
	case result.Pass:
		return nil
	case result.Pending:
		return ErrPending.With("%s", r.Waiting())
	}
	return ErrNotPassed.With("发证所依据的成绩已不合格，不能补发或者更正，请按规定办理撤销")
}

// renewable returns nil when an edition may follow the one of the version, engine.ErrUnchanged when that was decided
// already, for the same reason.
func (c *Certificate) renewable(version int, why Cause) error {
	switch {
	case c.State != Valid, c.Motion != nil:
		return ErrState
	case c.Next != nil && c.Version == version && c.Next.Grounds == why.Grounds:
		return engine.ErrUnchanged
	case c.Next != nil, c.Version != version:
		return ErrEdition
	}
	return nil
}

// Withdraw takes back the decision on an edition that nobody was given yet, when it turns out that it cannot be made. The
// log may hold its leaf already, so it is told of the end as well. A seal may be under way or just set: its document is never
// given out, and the status lists say that it is void.
func (i *Issuer) Withdraw(ctx context.Context, by authz.Principal, n Number, why Cause) (*Certificate, error) {
	if err := by.Require(authz.CertChange); err != nil {
		return nil, err
	}
	why, err := why.cleaned()
	if err != nil {
		return nil, err
	}
	now, salt := i.clock.Now(), i.salt()
	c, err := i.change(ctx, by, n, func(c *Certificate) error {
		if c.Next == nil {
			return ErrState
		}
		c.drop(Ruling{At: now, By: []string{by.Account}, Grounds: why.Grounds, Evidence: why.Evidence, Salt: salt})
		c.Trail.Add(now, by.Account, "certificate.withdrawn", why.Grounds)
		return nil
	})
	return i.settled(ctx, c, err)
}

// mayRule returns nil when by may rule on c: its holder never does, whatever the ruling.
func (i *Issuer) mayRule(ctx context.Context, by authz.Principal, c *Certificate) error {
	return i.mayDecide(ctx, by, c.Org, c.Holder, ErrCertificate)
}

// change edits a certificate that by may rule on.
func (i *Issuer) change(ctx context.Context, by authz.Principal, n Number, edit func(*Certificate) error) (*Certificate, error) {
	if _, err := ParseNumber(string(n)); err != nil {
		return nil, ErrCertificate
	}
	return engine.Modify(ctx, i.load(n), i.ports.Ledger.UpdateCertificate, func(c *Certificate) error {
		if err := i.mayRule(ctx, by, c); err != nil {
			return err
		}
		return edit(c)
	})
}
