package certs

import (
	"context"
	"errors"

	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/engine/authz"
)

// Kind is a sort of document that an edition is printed as.
type Kind string

// The kinds. Every edition has a certificate; a card is made when somebody first asks for it, with the same credential.
const (
	KindCertificate Kind = "certificate"
	KindCard        Kind = "card"
)

// Card returns the pocket card of the edition that holds, to those who may have its certificate. Of a certificate that no
// longer holds there is none.
func (i *Issuer) Card(ctx context.Context, by authz.Principal, n Number) (*File, error) {
	c, err := i.Certificate(ctx, by, n)
	if err != nil {
		return nil, err
	}
	if c.State != Valid {
		return nil, ErrFile
	}
	f, err := i.ports.Cards.File(ctx, c.Number, c.Version)
	if !errors.Is(err, ErrFile) {
		return f, err
	}
	return i.makeCard(ctx, c)
}

// makeCard prints and seals a card. Its credential is that of the certificate, byte for byte, so that both say the same
// and prove it by the same leaf.
func (i *Issuer) makeCard(ctx context.Context, c *Certificate) (*File, error) {
	whole, err := i.ports.Files.File(ctx, c.Number, c.Version)
	if err != nil {
		return nil, err
	}
	draft, err := i.drafted(ctx, c, &c.Edition, KindCard)
	if err != nil {
		return nil, err
	}
	draft.Credential = pades.Peek(whole.PDF)
	pdf, err := i.press.Seal(*draft)
	if err != nil {
		return nil, err
	}
	f := &File{Number: c.Number, Version: c.Version, PDF: pdf}
	if err = i.ports.Cards.PutFile(ctx, f); errors.Is(err, ErrFileKept) {
		return i.ports.Cards.File(ctx, c.Number, c.Version)
	}
	return f, err
}

// drafted is what the documents of an edition have in common. A person whose picture is another one by now has no
// document made with it.
func (i *Issuer) drafted(ctx context.Context, c *Certificate, e *Edition, k Kind) (*Draft, error) {
	holder, err := i.people.Named(ctx, c.Holder)
	if err != nil {
		return nil, err
	}
	if PhotoDigest(holder.Photo) != e.Photo {
		return nil, ErrPhotoChanged
	}
	d := &Draft{Certificate: c, Edition: e, Kind: k, Photo: holder.Photo, At: i.clock.Now()}
	d.Layout, err = i.layoutOf(ctx, c.Org, k)
	return d, err
}
