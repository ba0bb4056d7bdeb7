package questionbank

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Review passes a draft. Only the newest version is reviewed, and by none of its authors.
func (b *Bank) Review(ctx context.Context, by authz.Principal, code string, version int) (*Item, error) {
	if err := by.Require(authz.BankReview); err != nil {
		return nil, err
	}
	return b.change(ctx, by, code, func(i *Item, a act) error { return i.review(version, a) })
}

// Refuse leads an item back to draft with a reason: a reviewer before the authorities have decided, an authority of the
// province until the item is admitted.
func (b *Bank) Refuse(ctx context.Context, by authz.Principal, code string, version int, reason string) (*Item, error) {
	authority := by.Can(authz.BankMedical) || by.Can(authz.BankLabour)
	if !authority {
		if err := by.Require(authz.BankReview); err != nil {
			return nil, err
		}
	}
	reason, err := cleanReason(reason, ErrItemInput)
	if err != nil {
		return nil, err
	}
	return b.change(ctx, by, code, func(i *Item, a act) error { return i.refuse(version, reason, authority, a) })
}

// Consent records the consent of 医保局 or 人社局 to a supplement item of its own province, as the role of by says. The
// second of the two leads the item on; giving one twice is harmless.
func (b *Bank) Consent(ctx context.Context, by authz.Principal, code string, version int) (*Item, error) {
	authority, err := authorityOf(by)
	if err != nil {
		return nil, err
	}
	return b.change(ctx, by, code, func(i *Item, a act) error { return i.consent(version, authority, a) })
}

// authorityOf tells for which authority by acts. Nobody acts for both: the two consents would be one.
func authorityOf(by authz.Principal) (authz.Role, error) {
	medical, labour := by.Can(authz.BankMedical), by.Can(authz.BankLabour)
	switch {
	case medical && labour:
		return "", ErrSamePerson
	case medical:
		return authz.Medical, nil
	}
	return authz.Labour, by.Require(authz.BankLabour)
}

// File records the filing number that a national authority gave to a version, which is the newest: authz.Medical for
// 国家医保局, authz.Labour for 人社部. Both are needed, after both consents.
func (b *Bank) File(ctx context.Context, by authz.Principal, code string, version int, authority authz.Role, number string) (*Item, error) {
	if err := by.Require(authz.BankFile); err != nil {
		return nil, err
	}
	number, err := cleanFiling(authority, number)
	if err != nil {
		return nil, err
	}
	return b.change(ctx, by, code, func(i *Item, a act) error { return i.file(version, authority, number, a) })
}

// CorrectFiling replaces a filing number of the newest version after both are there, with a reason. Once a release
// holds the item its numbers stay.
func (b *Bank) CorrectFiling(ctx context.Context, by authz.Principal, code string, version int, authority authz.Role, number, reason string) (*Item, error) {
	if err := by.Require(authz.BankFile); err != nil {
		return nil, err
	}
	number, err := cleanFiling(authority, number)
	if err != nil {
		return nil, err
	}
	if reason, err = cleanReason(reason, ErrItemInput); err != nil {
		return nil, err
	}
	return b.change(ctx, by, code, func(i *Item, a act) error { return i.refile(version, authority, number, reason, a) })
}

// Bounds of a filing number in characters. The authorities publish no form for it, so only what cannot be one is refused.
const (
	MinFiling = 6
	MaxFiling = 64
)

// cleanFiling trims a filing number and refuses what cannot be one.
func cleanFiling(authority authz.Role, number string) (string, error) {
	number = strings.TrimSpace(number)
	n := utf8.RuneCountInString(number)
	var c errs.Check
	c.That(authority == authz.Medical || authority == authz.Labour, "authority", "unknown", "备案部门只能是医疗保障或人力资源社会保障部门")
	c.That(n >= MinFiling && n <= MaxFiling && printable(number) && strings.ContainsAny(number, "0123456789"), "number", "form",
		fmt.Sprintf("备案号为%d至%d个字，其中至少一个数字", MinFiling, MaxFiling))
	return number, c.Err(ErrItemInput)
}

// Suspend keeps an item out of releases to come. To stop what is published already, withdraw the release; what sittings
// that are drawn already do about it is for the rule of the draw.
func (b *Bank) Suspend(ctx context.Context, by authz.Principal, code, reason string) (*Item, error) {
	return b.keep(ctx, by, code, reason, (*Item).suspend)
}

// Resume takes a suspension back: the item stands where it stood before. Whoever suspended it cannot.
func (b *Bank) Resume(ctx context.Context, by authz.Principal, code, reason string) (*Item, error) {
	return b.keep(ctx, by, code, reason, (*Item).resume)
}

// Retire ends an item for good.
func (b *Bank) Retire(ctx context.Context, by authz.Principal, code, reason string) (*Item, error) {
	return b.keep(ctx, by, code, reason, (*Item).retire)
}

// keep does a step of the keeper's, which needs a reason.
func (b *Bank) keep(ctx context.Context, by authz.Principal, code, reason string, step func(*Item, string, act) error) (*Item, error) {
	if err := by.Require(authz.BankPublish); err != nil {
		return nil, err
	}
	reason, err := cleanReason(reason, ErrItemInput)
	if err != nil {
		return nil, err
	}
	return b.change(ctx, by, code, func(i *Item, a act) error { return step(i, reason, a) })
}

// Queue lists the items of by's province that wait for the consent of by's authority. An answer may hold fewer rows
// than asked for, never more; only an empty next says that it is the last.
func (b *Bank) Queue(ctx context.Context, by authz.Principal, c engine.Cursor) (rows []*Item, next string, err error) {
	authority, err := authorityOf(by)
	if err != nil {
		return nil, "", err
	}
	if by.Province == "" {
		return nil, "", nil
	}
	return sift(ctx, c, b.by(Facet{ByProvince, by.Province}), func(i *Item) bool {
		return i.State == Reviewed && i.consentOf(authority) == nil
	})
}
