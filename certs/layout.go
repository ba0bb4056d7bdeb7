package certs

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Layout (版式) is how a body has its documents of one kind set. Documents that are made already stay as they are.
type Layout struct {
	Org    engine.OrgID `json:"org"`
	Kind   Kind         `json:"kind"`
	Source []byte       `json:"source"` // as the press reads it; empty for the one that the program brings along
	By     string       `json:"by"`
	At     time.Time    `json:"at"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Refusals about layouts.
var (
	ErrNoLayout    = errs.New(errs.NotFound, "layout.not_set", "本机构使用系统自带的版式")
	ErrLayoutTaken = errs.New(errs.Conflict, "layout.exists", "版式已存在")
	ErrKind        = errs.New(errs.Invalid, "layout.kind", "没有这种版式")
	ErrNoSetter    = errs.New(errs.Unavailable, "layout.no_press", "本系统没有制版，不能调整版式")
)

// Layouts keeps one layout a body and kind. Absent: ErrNoLayout; taken: ErrLayoutTaken. UpdateLayout writes only at its
// Revision, otherwise engine.ErrStale. Safe for concurrent use; must pass storetest.Layouts.
type Layouts interface {
	Layout(ctx context.Context, org engine.OrgID, k Kind) (*Layout, error)
	CreateLayout(ctx context.Context, l *Layout) error
	UpdateLayout(ctx context.Context, l *Layout) error
}

// Setter is a Sealer whose layouts are data. Specimen sets a document that nobody holds in a layout, without a seal; an
// empty source is the built-in one. A source that cannot be used is refused with every fault.
type Setter interface {
	Specimen(k Kind, source []byte, body string, at time.Time) (pdf []byte, err error)
	BuiltIn(k Kind) (source []byte)
}

func (k Kind) check() error {
	if k != KindCertificate && k != KindCard {
		return ErrKind
	}
	return nil
}

// SetLayout takes a layout into use for the acting person's body. An empty source goes back to the built-in one, which takes
// a reason: the body's own is not kept.
func (i *Issuer) SetLayout(ctx context.Context, by authz.Principal, k Kind, source []byte, reason string) (*Layout, error) {
	if err := by.Require(authz.CertChange); err != nil {
		return nil, err
	}
	if reason = strings.TrimSpace(reason); len(source) == 0 || reason != "" {
		if err := reasoned("reason", reason); err != nil {
			return nil, err
		}
	}
	if _, err := i.specimen(ctx, by, k, source); err != nil {
		return nil, err
	}
	now := i.clock.Now()
	fresh := &Layout{Org: engine.OrgID(by.Org), Kind: k, Source: source, By: by.Account, At: now}
	fresh.Trail.AddBy(now, by, "layout.set", reason)
	err := i.ports.Layouts.CreateLayout(ctx, fresh)
	if !errors.Is(err, ErrLayoutTaken) {
		return fresh, err
	}
	return engine.Modify(ctx, func(ctx context.Context) (*Layout, error) { return i.ports.Layouts.Layout(ctx, fresh.Org, k) },
		i.ports.Layouts.UpdateLayout, func(l *Layout) error {
			if string(l.Source) == string(source) {
				return engine.ErrUnchanged
			}
			l.Source, l.By, l.At = source, by.Account, now
			l.Trail.AddBy(now, by, "layout.set", reason)
			return nil
		})
}

// LayoutInUse is the layout that the acting person's body uses: its source, and what the body decided on it, nil when it
// never did. The built-in one is in use where that decision has no source.
func (i *Issuer) LayoutInUse(ctx context.Context, by authz.Principal, k Kind) (source []byte, decided *Layout, err error) {
	if err := by.Require(authz.CertRead); err != nil {
		return nil, nil, err
	}
	setter, ok := i.press.(Setter)
	if err := k.check(); err != nil || !ok {
		return nil, nil, errors.Join(err, setterMissing(ok))
	}
	decided, err = i.decidedLayout(ctx, engine.OrgID(by.Org), k)
	if err != nil || decided != nil && len(decided.Source) > 0 {
		return sourceOf(decided), decided, err
	}
	return setter.BuiltIn(k), decided, nil
}

func setterMissing(ok bool) error {
	if ok {
		return nil
	}
	return ErrNoSetter
}

// Specimen shows a layout to the acting person's body: a document that nobody holds, without a seal.
func (i *Issuer) Specimen(ctx context.Context, by authz.Principal, k Kind, source []byte) ([]byte, error) {
	if err := by.Require(authz.CertChange); err != nil {
		return nil, err
	}
	return i.specimen(ctx, by, k, source)
}

func (i *Issuer) specimen(ctx context.Context, by authz.Principal, k Kind, source []byte) ([]byte, error) {
	setter, ok := i.press.(Setter)
	if err := k.check(); err != nil || !ok {
		return nil, errors.Join(err, setterMissing(ok))
	}
	body, err := i.people.Organisation(ctx, engine.OrgID(by.Org))
	if err != nil {
		return nil, err
	}
	return setter.Specimen(k, source, body.Name, i.clock.Now())
}

// layoutOf is the layout of a body, empty for the built-in one.
func (i *Issuer) layoutOf(ctx context.Context, org engine.OrgID, k Kind) ([]byte, error) {
	l, err := i.decidedLayout(ctx, org, k)
	return sourceOf(l), err
}

func sourceOf(l *Layout) []byte {
	if l == nil {
		return nil
	}
	return l.Source
}

// decidedLayout is what a body decided on a layout, nil when it never did.
func (i *Issuer) decidedLayout(ctx context.Context, org engine.OrgID, k Kind) (*Layout, error) {
	if i.ports.Layouts == nil {
		return nil, nil
	}
	l, err := i.ports.Layouts.Layout(ctx, org, k)
	if errors.Is(err, ErrNoLayout) {
		return nil, nil
	}
	return l, err
}
