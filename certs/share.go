package certs

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
)

// Share (授权查询链接) is a link that the holder makes for somebody and that ends. It shows what the check page shows. Nobody
// records who opened it.
type Share struct {
	Token  string    `json:"token"` // 128 random bits
	Number Number    `json:"number"`
	Made   time.Time `json:"made"`
	Until  time.Time `json:"until"` // first instant at which it shows nothing any more
	Note   string    `json:"note,omitempty"`

	Revision int64 `json:"-"`
}

// Bounds of shares.
const (
	MaxShareDays = 180 // as long as the reports of the national student register hold (certificates.md §4)
	maxShares    = 20  // that are open at a time for one certificate
	maxLinks     = 100 // ever, for one certificate: ended ones stay in the store
	maxShareNote = 60  // characters
)

// Refusals about shares.
var (
	ErrShare      = errs.New(errs.NotFound, "share.not_found", "查无此链接")
	ErrShareTaken = errs.New(errs.Conflict, "share.exists", "链接已存在")
	ErrShareDays  = errs.New(errs.Invalid, "share.days", "有效期应为1至180天")
	ErrShareMany  = errs.New(errs.TooMany, "share.many", "有效的链接过多，请先停用不再需要的")
	ErrShareSpent = errs.New(errs.Conflict, "share.spent", "本证书已生成过100个链接，不能再生成；请把证书编号告诉对方，在查验页查验")
	ErrShareNote  = errs.New(errs.Invalid, "share.note", "备注过长")
)

// Shares keeps share links. Absent: ErrShare; taken: ErrShareTaken. UpdateShare writes only at its Revision, otherwise
// engine.ErrStale. SharesOf lists those of one certificate in the byte order of tokens. Safe for concurrent use; must
// pass storetest.Shares.
type Shares interface {
	Share(ctx context.Context, token string) (*Share, error)
	CreateShare(ctx context.Context, s *Share) error
	UpdateShare(ctx context.Context, s *Share) error
	SharesOf(ctx context.Context, n Number, c engine.Cursor) (rows []*Share, next string, err error)
}

// Share makes a link to the acting candidate's own certificate, for so many days. Of a revoked one none is made any more.
func (i *Issuer) Share(ctx context.Context, by authz.Principal, n Number, days int, note string) (*Share, error) {
	switch {
	case days < 1 || days > MaxShareDays:
		return nil, ErrShareDays
	case note != "" && !within(note, maxShareNote):
		return nil, ErrShareNote
	}
	if err := i.own(ctx, by, n); err != nil {
		return nil, err
	}
	now := i.clock.Now()
	if err := i.countLink(ctx, n, now); err != nil {
		return nil, err
	}
	s := &Share{Token: i.ids.New(), Number: n, Made: now, Until: now.AddDate(0, 0, days), Note: note}
	return s, i.ports.Shares.CreateShare(ctx, s)
}

// countLink counts a link in the certificate before it is made: however many are asked for at once, no more than maxLinks
// ever are. Of those at once a few more than maxShares may come to be open; a crash between the two loses one.
func (i *Issuer) countLink(ctx context.Context, n Number, now time.Time) error {
	_, err := engine.Modify(ctx, i.load(n), i.ports.Ledger.UpdateCertificate, func(c *Certificate) error {
		all, err := i.links(ctx, n)
		if err != nil {
			return err
		}
		c.Links = max(c.Links, len(all)) // there are some from before they were counted
		switch {
		case c.State != Valid:
			return ErrState
		case len(openOf(all, now)) >= maxShares:
			return ErrShareMany
		case c.Links >= maxLinks:
			return ErrShareSpent
		}
		c.Links++
		return nil
	})
	return err
}

// links lists every link to a certificate, ended ones as well.
func (i *Issuer) links(ctx context.Context, n Number) ([]*Share, error) {
	return engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Share, string, error) {
		return i.ports.Shares.SharesOf(ctx, n, c)
	})
}

func openOf(all []*Share, now time.Time) []*Share {
	return slices.DeleteFunc(all, func(s *Share) bool { return !s.holds(now) })
}

// SharesOf lists the links to the acting candidate's own certificate that have not ended, of a revoked one as well: they
// show that it is.
func (i *Issuer) SharesOf(ctx context.Context, by authz.Principal, n Number) ([]*Share, error) {
	if err := i.own(ctx, by, n); err != nil {
		return nil, err
	}
	all, err := i.links(ctx, n)
	return openOf(all, i.clock.Now()), err
}

// holds reports whether the link still shows something.
func (s *Share) holds(now time.Time) bool { return now.Before(s.Until) }

// Unshare ends a link to the acting candidate's own certificate at once. Ending it twice is harmless.
func (i *Issuer) Unshare(ctx context.Context, by authz.Principal, n Number, token string) error {
	if err := i.own(ctx, by, n); err != nil {
		return err
	}
	if !ids.Valid(token) {
		return ErrShare
	}
	now := i.clock.Now()
	_, err := engine.Modify(ctx, func(ctx context.Context) (*Share, error) { return i.ports.Shares.Share(ctx, token) }, i.ports.Shares.UpdateShare,
		func(s *Share) error {
			switch {
			case s.Number != n:
				return ErrShare
			case !s.holds(now):
				return engine.ErrUnchanged
			}
			s.Until = now
			return nil
		})
	return err
}

// own asks that the certificate is the acting candidate's.
func (i *Issuer) own(ctx context.Context, by authz.Principal, n Number) error {
	if err := by.Require(authz.ResultOwn); err != nil {
		return err
	}
	c, err := i.Certificate(ctx, by, n)
	if err == nil && (!c.HeldBy(by) || !c.given()) {
		return ErrCertificate
	}
	return err
}

// ByShare answers for a share link. One that has ended and one that never was are the same Unknown.
func (v *Verifier) ByShare(ctx context.Context, token string) (Answer, error) {
	asked := v.clock.Now()
	if !ids.Valid(token) {
		return v.unknown(ctx, ByShare, asked)
	}
	s, err := v.ports.Shares.Share(ctx, token)
	switch {
	case errors.Is(err, ErrShare), err == nil && !s.holds(asked):
		return v.unknown(ctx, ByShare, asked)
	case err != nil:
		return Answer{}, err
	}
	c, err := v.ports.Ledger.Certificate(ctx, s.Number)
	switch {
	case err != nil:
		return Answer{}, err
	case !c.given():
		return v.unknown(ctx, ByShare, asked)
	}
	return v.known(ByShare, c), nil
}
