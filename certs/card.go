package certs

import (
	"context"
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/engine"
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
	switch c.State {
	case Reserved:
		return nil, ErrFile
	case Revoked:
		return nil, ErrCardRevoked
	case Void:
		return nil, ErrCardVoid
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
	if draft.Credential, err = c.credentialIn(&c.Edition, whole.PDF); err != nil {
		return nil, fmt.Errorf("card of certificate %s: %w", c.Number, err)
	}
	pdf, err := i.press.Seal(*draft)
	if err != nil {
		return nil, err
	}
	f := &File{Number: c.Number, Version: c.Version, PDF: pdf, Sealed: i.clock.Now()}
	if err = i.ports.Cards.PutFile(ctx, f); errors.Is(err, ErrFileKept) {
		return i.ports.Cards.File(ctx, c.Number, c.Version)
	}
	return f, err
}

// credentialIn is the credential that the certificate of an edition carries. It is sealed once more, so it must be the
// file's one attachment and say what the record says; the proof of the log is all that it adds.
func (c *Certificate) credentialIn(e *Edition, file []byte) ([]byte, error) {
	text, err := pades.Attachment(file)
	if err != nil {
		return nil, err
	}
	says, ok := ParseCredential(text)
	if !ok {
		return nil, ErrCredential
	}
	got, err := says.Commitment()
	if err != nil {
		return nil, err
	}
	want, err := c.Credential(e).Commitment()
	if err == nil && got != want {
		err = ErrCredential
	}
	return text, err
}

// drafted is what the documents of an edition have in common. A person whose picture is another one by now has no
// document made with it.
func (i *Issuer) drafted(ctx context.Context, c *Certificate, e *Edition, k Kind) (*Draft, error) {
	_, photo, err := i.portrayed(ctx, c.Holder)
	if err != nil {
		return nil, err
	}
	if err := c.pictures(e, photo); err != nil {
		return nil, err
	}
	d := &Draft{Certificate: c, Edition: e, Kind: k, Photo: photo, At: i.clock.Now()}
	d.Layout, err = i.layoutOf(ctx, c.Org, k)
	return d, err
}

// portrayed is the holder of a certificate with the photo that is printed on it.
func (i *Issuer) portrayed(ctx context.Context, id engine.PersonID) (*engine.Person, []byte, error) {
	p, err := i.people.Named(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	photo, err := i.people.Photo(ctx, p)
	return p, photo, err
}

// pictures returns nil when photo is the one of an edition of c, otherwise what to do about it.
func (c *Certificate) pictures(e *Edition, photo []byte) error {
	switch {
	case PhotoDigest(photo) == e.Photo:
		return nil
	case c.State == Reserved:
		return ErrPhotoChanged
	case c.Next != nil && c.Next.Version == e.Version:
		return ErrPhotoDiffers.With("请撤回未制成的版次后更正")
	}
	return ErrPhotoDiffers
}
