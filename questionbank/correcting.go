package questionbank

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// CorrectionEntry is what somebody proposes.
type CorrectionEntry struct {
	Code    string
	Version int // that forms hold
	Remedy  Remedy
	To      int // version whose key is right; Rekey only
	Reason  string
}

// Corrections lists those of one item, by version and number, for those who may see keys.
func (b *Bank) Corrections(ctx context.Context, by authz.Principal, code string) ([]*Correction, error) {
	if !by.Can(authz.BankEdit) {
		if err := by.Require(authz.BankCorrect); err != nil {
			return nil, err
		}
	}
	if !validCode(code) {
		return nil, ErrItem
	}
	if _, err := b.items.Item(ctx, code); err != nil {
		return nil, err
	}
	return b.correctionsOf(ctx, code)
}

func (b *Bank) correctionsOf(ctx context.Context, code string) ([]*Correction, error) {
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Correction, string, error) {
		return b.corrections.CorrectionsOf(ctx, code, c)
	})
	slices.SortFunc(all, func(x, y *Correction) int { return cmp.Or(x.Version-y.Version, x.Number-y.Number) })
	return all, err
}

// AllCorrections lists those of every item for those who decide on them: the open ones first, the newest of each first.
func (b *Bank) AllCorrections(ctx context.Context, by authz.Principal) ([]*Correction, error) {
	if err := by.Require(authz.BankCorrect); err != nil {
		return nil, err
	}
	all, err := engine.All(ctx, b.corrections.CorrectionList)
	slices.SortStableFunc(all, func(x, y *Correction) int {
		return cmp.Or(cmp.Compare(y.waits(), x.waits()), y.Proposal.At.Compare(x.Proposal.At))
	})
	return all, err
}

// waits is 1 while the other half is missing, else 0.
func (c *Correction) waits() int {
	if c.State == Proposed {
		return 1
	}
	return 0
}

// correctionsFor counts the open proposals that wait for by.
func (b *Bank) correctionsFor(ctx context.Context, by authz.Principal) (n int, err error) {
	all, err := b.AllCorrections(ctx, by)
	for _, c := range all {
		if _, other := c.decides(by); c.State != Proposed || other != nil {
			continue
		}
		i, err := b.items.Item(ctx, c.Code)
		if err != nil {
			return 0, err
		}
		if c.MayConfirm(i, by) {
			n++
		}
	}
	return n, err
}

// Rekeys are the versions whose key may be put in the place of a version's: a candidate sees no difference in the words,
// and the key is another than marking follows now. all are the corrections of the item.
func (i *Item) Rekeys(version int, all []*Correction) (list []ItemVersion) {
	held, ok := i.version(version)
	if !ok {
		return nil
	}
	key := i.keyUnder(held, inForce(all, version))
	for _, v := range i.Versions {
		if sameWords(held, v) && (key == nil || !slices.Equal(key, v.Key)) {
			list = append(list, v)
		}
	}
	return list
}

// ProposeCorrection is the first half of a correction, of a keeper or a reviewer. One version has one open proposal at
// a time; sending the same again is harmless.
func (b *Bank) ProposeCorrection(ctx context.Context, by authz.Principal, in CorrectionEntry) (*Correction, error) {
	i, err := b.correcting(ctx, by, in.Code)
	if err != nil {
		return nil, err
	}
	reason, err := cleanReason(in.Reason, ErrCorrectionInput)
	if err != nil {
		return nil, err
	}
	a := act{by, b.clock.Now()}
	c := &Correction{Code: in.Code, Version: in.Version, Remedy: in.Remedy, To: ItemRef{Version: in.To}, Reason: reason, State: Proposed,
		Proposal: Half{Role: halfOf(by), By: a.person(), At: a.now}}
	all, err := b.correctionsOf(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	if err = i.correct(c, inForce(all, c.Version)); err != nil {
		return nil, err
	}
	for _, old := range all {
		if old.Version != c.Version {
			continue
		}
		if c.Number = old.Number; old.State == Proposed {
			return proposedAlready(old, c)
		}
	}
	c.Number++
	c.ID = correctionID(c.Code, c.Version, c.Number)
	c.Trail.Add(a.now, by.Account, "correction.proposed", reason)
	return b.createCorrection(ctx, c)
}

// createCorrection lets the number decide between two who propose at once.
func (b *Bank) createCorrection(ctx context.Context, c *Correction) (*Correction, error) {
	err := b.corrections.CreateCorrection(ctx, c)
	if !errors.Is(err, ErrCorrectionExists) {
		return c, err
	}
	old, err := b.corrections.Correction(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	return proposedAlready(old, c)
}

func proposedAlready(old, c *Correction) (*Correction, error) {
	if old.State == Proposed && old.sameProposal(c) {
		return old, nil
	}
	return nil, ErrCorrectionOpen.With("%s", old.ID)
}

// correcting returns the item of a correction when by may have a hand in it: nobody corrects the key of an own item.
func (b *Bank) correcting(ctx context.Context, by authz.Principal, code string) (*Item, error) {
	if err := by.Require(authz.BankCorrect); err != nil {
		return nil, err
	}
	if by.Person == "" {
		return nil, authz.ErrForbidden.With("账号未登记人员")
	}
	if !validCode(code) {
		return nil, ErrItem
	}
	by, err := b.human(ctx, by)
	if err != nil {
		return nil, err
	}
	i, err := b.items.Item(ctx, code)
	if err == nil && i.wroteBy(by) {
		return nil, ErrOwnItem
	}
	return i, err
}

// ConfirmCorrection is the second half: from now on marking follows it, and what was marked before is marked again
// session by session. Doing it twice is harmless.
func (b *Bank) ConfirmCorrection(ctx context.Context, by authz.Principal, id CorrectionID) (*Correction, error) {
	return b.settleCorrection(ctx, by, id, (*Correction).confirm)
}

// DeclineCorrection ends a proposal with a reason, by the other half or by the one who made it.
func (b *Bank) DeclineCorrection(ctx context.Context, by authz.Principal, id CorrectionID, reason string) (*Correction, error) {
	if err := by.Require(authz.BankCorrect); err != nil {
		return nil, err
	}
	reason, err := cleanReason(reason, ErrCorrectionInput)
	if err != nil {
		return nil, err
	}
	return b.settleCorrection(ctx, by, id, func(c *Correction, a act) error { return c.decline(reason, a) })
}

func (b *Bank) settleCorrection(ctx context.Context, by authz.Principal, id CorrectionID, step func(*Correction, act) error) (*Correction, error) {
	if err := by.Require(authz.BankCorrect); err != nil {
		return nil, err
	}
	c, err := b.corrections.Correction(ctx, id)
	if err != nil {
		return nil, err
	}
	if _, err = b.correcting(ctx, by, c.Code); err != nil {
		return nil, err
	}
	if by, err = b.human(ctx, by); err != nil {
		return nil, err
	}
	a := act{by, b.clock.Now()}
	return engine.Modify(ctx, func(ctx context.Context) (*Correction, error) { return b.corrections.Correction(ctx, id) },
		b.corrections.UpdateCorrection, func(c *Correction) error { return step(c, a) })
}

// MayConfirm reports whether by is the other half of an open proposal of somebody else's item; it only spares readers a
// form that would be refused.
func (c *Correction) MayConfirm(i *Item, by authz.Principal) bool {
	_, err := c.decides(by)
	return err == nil && c.State == Proposed && by.Person != "" && by.Can(authz.BankCorrect) && !i.wroteBy(by)
}

// MayTakeBack reports whether by made the proposal, which is still open.
func (c *Correction) MayTakeBack(by authz.Principal) bool {
	return c.State == Proposed && by.Person != "" && by.Person == string(c.Proposal.By)
}
