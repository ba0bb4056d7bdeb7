// Package press makes the document of a certificate: it sets the page, seals it in the name of the body and puts the
// statement beside it. It is the one place that knows page, seal and keys together; package certs knows none of them.
package press

import (
	"fmt"
	"strings"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine"
)

// National is the national lookup of skill-level certificates. The address comes from a single second-hand source and
// was not confirmed on the authority's own page (domain facts §3), so it is printed only where configuration says so.
const National = "zscx.osta.org.cn"

// reason is what PDF readers show beside the seal.
const reason = "颁发职业技能等级证书"

// Press is a certs.Sealer. Safe for concurrent use.
type Press struct {
	renderer *pdf.Renderer
	ring     *keys.Ring
	base     string
	lookup   []string
}

// NewPress returns a press. verifyBase is the public address of this installation, https://example.org; lookup are the
// addresses printed for checking by hand, at most two.
func NewPress(r *pdf.Renderer, k *keys.Ring, verifyBase string, lookup ...string) *Press {
	return &Press{renderer: r, ring: k, base: strings.TrimRight(verifyBase, "/"), lookup: lookup}
}

// Demo reports whether the seals are of no effect.
func (p *Press) Demo() bool { return p.ring.Demo() }

// Check refuses a certificate that could not be printed, before it takes up a number.
func (p *Press) Check(c *certs.Certificate, photo []byte) error {
	return p.renderer.Printable(c.Name+c.OrgName+c.Occupation.Title(), photo)
}

// Seal makes the document of c. The seal is that of the year of at, not of issue: a certificate reserved on the last
// day of a year may be sealed on the first of the next, when the old seal no longer holds.
func (p *Press) Seal(c *certs.Certificate, photo []byte, at time.Time) ([]byte, error) {
	page, err := p.renderer.Render(p.document(c, photo, at))
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	claims, err := c.Statement().Encode()
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	sealer, err := p.ring.Sealer(keys.Body{Name: c.OrgName, Filing: c.Filing}, keys.Year(at), at)
	if err != nil {
		return nil, fmt.Errorf("find seal: %w", err)
	}
	if !sealer.Holds(at) {
		return nil, keys.ErrPeriod.With("%s", at.Format(time.RFC3339))
	}
	return sealer.Seal(pades.Input{PDF: page.PDF, ToUnicode: page.ToUnicode, FontName: page.FontName, Reason: reason, Claims: claims}, at)
}

func (p *Press) document(c *certs.Certificate, photo []byte, at time.Time) pdf.Document {
	return pdf.Document{
		Number: string(c.Number), Name: c.Name, IDType: idType(c.IDType), IDNumber: c.IDMasked,
		Occupation: c.Occupation.Name, WorkType: c.Occupation.WorkType,
		LevelName: c.Level.String() + "/" + c.Level.Grade(), LevelEnglish: english(c.Level),
		IssueDate: c.Issued, Body: c.OrgName, VerifyURL: p.base + "/v/" + c.Token, Lookup: p.lookup,
		Photo: photo, Version: c.Version, Demo: c.Demo || p.Demo(), Created: at,
	}
}

func idType(t engine.IDType) string {
	if t == engine.ResidentCard {
		return "居民身份证"
	}
	return "其他证件"
}

func english(l engine.Level) string {
	switch l {
	case engine.Level5:
		return "Level 5, Elementary"
	case engine.Level4:
		return "Level 4, Intermediate"
	case engine.Level3:
		return "Level 3, Advanced"
	}
	return ""
}
