// Package press makes the document of a certificate: it sets the page, seals it in the name of the body and puts the
// statement beside it. It is the one place that knows page, seal and keys together; package certs knows none of them.
package press

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/offline"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// National is the national lookup of skill-level certificates. The address comes from a single second-hand source and
// was not confirmed on the authority's own page (domain facts §3), so it is printed only where configuration says so.
const National = "zscx.osta.org.cn"

// What PDF readers show beside the seal, and beside the attachment.
const (
	reason      = "颁发职业技能等级证书"
	description = "证书内容及透明日志证明，供程序核验"
)

// Press is a certs.Sealer. Safe for concurrent use.
type Press struct {
	renderer *pdf.Renderer
	ring     *keys.Ring
	trust    *x509.CertPool
	base     string
	lookup   []string

	layouts sync.Map // own layouts by their source, as *pdf.Layout; bodies are few
}

// NewPress returns a press. verifyBase is the public address of this installation, https://example.org; lookup are the
// addresses printed for checking by hand, at most two.
func NewPress(r *pdf.Renderer, k *keys.Ring, verifyBase string, lookup ...string) *Press {
	return &Press{renderer: r, ring: k, trust: k.Trust(), base: strings.TrimRight(verifyBase, "/"), lookup: lookup}
}

// Demo reports whether the seals are of no effect.
func (p *Press) Demo() bool { return p.ring.Demo() }

// Check refuses an edition that could not be printed or sealed, before it takes up a number and a leaf of the log: for
// the letters, the photo, what the second code holds, and keys that have expired or are revoked.
func (p *Press) Check(d certs.Draft) error {
	d = unnumbered(d)
	document := p.document(d)
	document.Attachment = nil // it is written when the log has the leaf
	if err := p.renderer.Printable(document); err != nil {
		return err
	}
	claims, err := claims(d)
	if err != nil {
		return err
	}
	if err := claims.Check(); err != nil {
		return err
	}
	if _, _, err := p.ring.Offline(d.At); err != nil {
		return err
	}
	_, err = p.sealer(d)
	return err
}

// unnumbered is d with something in the places that are filled together with the number, as long as there is none.
func unnumbered(d certs.Draft) certs.Draft {
	c, e := *d.Certificate, *d.Edition
	if c.Number == "" {
		c.Number, c.Token, e.Issued = certs.Number(c.Filing+"000000000"), strings.Repeat("0", tokenLength), clock.DateOf(d.At, time.UTC)
	}
	d.Certificate, d.Edition = &c, &e
	return d
}

// tokenLength is that of the random tokens in addresses, in characters.
const tokenLength = 26

// Seal makes the document of an edition. The seal is that of the year of d.At, not of issue: a certificate reserved on
// the last day of a year may be sealed on the first of the next, when the old seal no longer holds.
func (p *Press) Seal(d certs.Draft) ([]byte, error) {
	page, err := p.Page(d)
	if err != nil {
		return nil, err
	}
	sealer, err := p.sealer(d)
	if err != nil {
		return nil, err
	}
	out, err := sealer.Seal(pades.Input{PDF: page, Reason: reason}, d.At)
	if err != nil {
		return nil, err
	}
	if err := p.holds(out, d); err != nil {
		return nil, err
	}
	return out, nil
}

// sealer is the one that seals for the body at the time of d.
func (p *Press) sealer(d certs.Draft) (*pades.Sealer, error) {
	sealer, err := p.ring.Sealer(keys.Body{Name: d.Edition.OrgName, Filing: d.Certificate.Filing}, keys.Year(d.At), d.At)
	if err != nil {
		return nil, fmt.Errorf("find seal: %w", err)
	}
	if !sealer.Holds(d.At) {
		return nil, keys.ErrPeriod.With("%s", d.At.Format(time.RFC3339))
	}
	return sealer, nil
}

// ErrSealed keeps back a document that our own verifier would refuse. It is a fault of this program or its settings.
var ErrSealed = errs.New(errs.Internal, "certificate.sealed", "证书盖章后未能通过核验")

// holds reads a sealed document as whoever is given it will: what does not hold must not leave the house, for a
// number has only one document.
func (p *Press) holds(out []byte, d certs.Draft) error {
	r, err := pades.Verify(out, p.trust, pades.Options{Body: d.Certificate.Filing, Stampers: p.ring.StampRoots(), SM2: p.ring.SM2Roots()})
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrSealed, err)
	case !bytes.Equal(r.Attachment, d.Credential):
		return fmt.Errorf("%w: %w", ErrSealed, certs.ErrCredential)
	}
	return nil
}

// Page is the document of an edition before it is sealed.
func (p *Press) Page(d certs.Draft) ([]byte, error) {
	layout, err := p.layout(d.Kind, d.Layout)
	if err != nil {
		return nil, fmt.Errorf("find layout: %w", err)
	}
	document := p.document(d)
	if document.Offline, err = p.offline(d); err != nil {
		return nil, fmt.Errorf("offline code: %w", err)
	}
	page, err := p.renderer.Render(layout, document)
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return page, nil
}

// builtIn names the layouts that the program brings along.
func builtIn(k certs.Kind) string {
	if k == certs.KindCard {
		return pdf.Pocket
	}
	return pdf.A4
}

// BuiltIn is the source of the layout that the program brings along, nil for a kind that there is not.
func BuiltIn(k certs.Kind) []byte {
	l, err := pdf.BuiltInLayout(builtIn(k))
	if err != nil {
		return nil
	}
	return l.Source()
}

// BuiltIn is certs.Setter.
func (p *Press) BuiltIn(k certs.Kind) []byte { return BuiltIn(k) }

// layout reads a source, or finds the built-in one. A source is read once: what a layout prepares is worth keeping.
func (p *Press) layout(k certs.Kind, source []byte) (*pdf.Layout, error) {
	if len(source) == 0 {
		return p.renderer.Layout(builtIn(k))
	}
	if had, ok := p.layouts.Load(string(source)); ok {
		return had.(*pdf.Layout), nil
	}
	l, err := p.check(source)
	if err == nil {
		p.layouts.Store(string(source), l)
	}
	return l, err
}

func (p *Press) check(source []byte) (*pdf.Layout, error) {
	l, err := pdf.ParseLayout(source)
	if err != nil {
		return nil, err
	}
	return l, p.renderer.Check(l)
}

// Specimen is certs.Setter: an invented person's document, marked as one, not sealed.
func (p *Press) Specimen(k certs.Kind, source []byte, body string, at time.Time) ([]byte, error) {
	l, err := p.renderer.Layout(builtIn(k))
	if len(source) > 0 {
		l, err = p.check(source) // not kept: people try many
	}
	if err != nil {
		return nil, err
	}
	d := pdf.Specimen(at)
	d.Body, d.Lookup = body, p.lookup
	return p.renderer.Render(l, d)
}

// offline is the text of the second code, which is checked without a network. An edition from before there were status
// lists has none.
func (p *Press) offline(d certs.Draft) (string, error) {
	if d.Edition.Slot.IsZero() {
		return "", nil
	}
	key, _, err := p.ring.Offline(d.At)
	if err != nil {
		return "", err
	}
	claims, err := claims(d)
	if err != nil {
		return "", err
	}
	return offline.Encode(claims, key)
}

// claims are what the second code says.
func claims(d certs.Draft) (offline.Claims, error) {
	e := d.Edition
	photo, err := hex.DecodeString(e.Photo)
	return offline.Claims{Number: string(d.Certificate.Number), Name: e.Name, Level: int(e.Level), OccupationCode: e.Occupation.Code,
		WorkType: e.Occupation.WorkType, Issued: e.Issued, Edition: e.Version, IDTail: tail(e.IDMasked), Photo: photo[:min(len(photo), offline.PhotoDigest)],
		StatusList: e.Slot.List, StatusIndex: e.Slot.Index, Org: e.OrgName}, err
}

// tail is what a masked number still shows at its end.
func tail(masked string) string { return masked[strings.LastIndexByte(masked, '*')+1:] }

func (p *Press) document(d certs.Draft) pdf.Document {
	c, e := d.Certificate, d.Edition
	return pdf.Document{
		Number: string(c.Number), Name: e.Name, IDType: e.IDType.Name(), IDNumber: e.IDMasked,
		Occupation: e.Occupation.Name, WorkType: e.Occupation.WorkType,
		LevelName: e.Level.String() + "/" + e.Level.Grade(), LevelEnglish: e.Level.English(),
		IssueDate: e.Issued, Body: e.OrgName, VerifyURL: p.base + "/v/" + c.Token, Lookup: p.lookup,
		Photo: d.Photo, Version: e.Version, Remark: e.Remark, Demo: c.Demo || p.Demo(), Created: d.At,
		Attachment: &pdf.Attachment{Name: certs.CredentialName, Description: description, Data: d.Credential, Modified: d.At},
	}
}
