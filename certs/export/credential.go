package export

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/certs/vcjwt"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// Options are what a credential says besides the record.
type Options struct {
	ID          string // address or urn:uuid of this credential
	Issuer      string // address of the body, which its name goes with
	Achievement string // address of a page that says what the occupation's level asks for
	Named       bool   // the holder wants the name in it
	Salt        []byte // random bytes against lists of hashed names, at least 16; not needed when Named
}

// Terms and contexts by the book.
const (
	contextV2         = "https://www.w3.org/ns/credentials/v2"
	contextUndefined  = "https://www.w3.org/ns/credentials/undefined-terms/v2"
	contextBadges     = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
	contextBadgesMore = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json" // defines the type of credentialSchema
	schemaBadges      = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
	minSalt           = 16
)

// Credential writes a record in a profile, unsigned and with its members in a fixed order. ErrProfile for another
// profile, ErrState unless the certificate is valid, ErrRecord with the fields at fault.
func Credential(p Profile, r Record, o Options) ([]byte, error) {
	if !slices.Contains(Profiles(), p) {
		return nil, ErrProfile.With("%s", p)
	}
	if r.State != status.Valid {
		return nil, ErrState.With("%s", r.State.Chinese())
	}
	if err := check(r, o); err != nil {
		return nil, err
	}
	if p == OpenBadges3 {
		return marshal(badge(r, o))
	}
	return marshal(plainVC(r, o))
}

// Signed writes a record as Credential does and secures it as vcjwt.MediaType.
func Signed(p Profile, r Record, o Options, signer crypto.Signer, chain []*x509.Certificate) ([]byte, error) {
	payload, err := Credential(p, r, o)
	if err != nil {
		return nil, err
	}
	return vcjwt.Sign(payload, signer, chain)
}

func check(r Record, o Options) error {
	var c errs.Check
	for _, f := range []struct {
		name, value string
	}{{"number", r.Number}, {"name", r.Name}, {"occupation_code", r.OccupationCode}, {"occupation_name", r.OccupationName},
		{"body", r.Body}, {"issuer", r.Issuer}} {
		c.That(f.value != "" && legible(f.value), f.name, "export.text", "不能为空，也不能有不可见的字符")
	}
	c.That(legible(r.WorkType), "work_type", "export.text", "不能有不可见的字符")
	c.That(levelText(r.Level) != "", "level", "export.level", "等级应为1至5")
	c.That(real(r.Issued), "issued", "export.date", "发证日期不正确")
	c.That(r.Edition > 0, "edition", "export.edition", "版次不正确")
	c.That(o.Named || len(o.Salt) >= minSalt, "salt", "export.salt", "缺少随机盐")
	c.That(address(o.Issuer) && address(o.Achievement) && (address(o.ID) || strings.HasPrefix(o.ID, "urn:uuid:")), "id", "export.address", "地址不正确")
	if r.Status.List != "" {
		_, err := status.NewEntry(r.Status.List, r.Status.Index, r.Status.Reference)
		c.That(err == nil, "status", "export.status", "状态列表的位置不正确")
	}
	return c.Err(ErrRecord)
}

func address(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}

func real(d clock.Date) bool {
	return d.Year >= 1900 && d.Year <= 9999 && clock.DateOf(d.In(time.UTC), time.UTC) == d
}

// validFrom is the beginning of the day of issue in China, which keeps one zone without summer time.
func validFrom(d clock.Date) string { return d.String() + "T00:00:00+08:00" }

// hashed is an IdentityHash of Open Badges 3.0 (Appendix B.7) and its salt as text.
func hashed(name string, salt []byte) (hash, text string) {
	text = hex.EncodeToString(salt)
	sum := sha256.Sum256([]byte(name + text))
	return "sha256$" + hex.EncodeToString(sum[:]), text
}

// entry is nil for a certificate that stands in no list.
func entry(p StatusPlace) *status.Entry {
	if p.List == "" {
		return nil
	}
	e, err := status.NewEntry(p.List, p.Index, p.Reference)
	if err != nil { // check has seen to it
		return nil
	}
	return &e
}

func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write credential: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
