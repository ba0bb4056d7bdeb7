package main

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/offline"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// codeVerdict is what verify prints of an offline code.
type codeVerdict struct {
	Standing string          `json:"standing"`
	Code     string          `json:"code,omitempty"` // why the code is refused
	Reason   string          `json:"reason,omitempty"`
	Claims   *offline.Claims `json:"claims,omitempty"`
	Signer   string          `json:"signer,omitempty"`
	Lists    []string        `json:"lists,omitempty"`
}

// verifyCode checks the text of an offline code: its signature under the issuer's root, and what the status lists say.
func verifyCode(con console, text string, o verifyOrder) error {
	v, err := o.judgeCode(strings.TrimSpace(text))
	if err != nil {
		_, _ = fmt.Fprintln(con.err, err)
		return exitUnknown
	}
	if err := v.print(con, o.json); err != nil {
		return err
	}
	switch v.Standing {
	case string(certs.StandingValid):
		return nil
	case string(certs.StandingUnknown):
		return exitUnknown
	}
	return exitInvalid
}

func (o verifyOrder) judgeCode(text string) (*codeVerdict, error) {
	roots, err := readTrust(o.trust)
	if err != nil {
		return nil, err
	}
	if o.keys == "" {
		return nil, errors.New("离线核验码须用 --keys 给出签发机构公布的证书 give the issuer's published certificates with --keys")
	}
	revoked, err := readCRLs(append([]string{o.keys}, o.crls...))
	if err != nil {
		return nil, err
	}
	known, err := offlineKeys(o.keys, roots, revoked)
	if err != nil {
		return nil, err
	}
	lists, err := o.openLists(roots, clock.System{}.Now())
	if err != nil {
		return nil, err
	}
	v := &codeVerdict{Standing: string(certs.StandingUnknown), Lists: lists.refused}
	code, signer, err := offline.Verify(text, known)
	var refused *errs.Error
	switch {
	case errors.Is(err, offline.ErrKey): // perhaps the bundle is older than the key
		v.Code, v.Reason = offline.ErrKey.Code, offline.ErrKey.Msg
		return v, nil
	case errors.As(err, &refused):
		v.Standing, v.Code, v.Reason = standingInvalid, refused.Code, refused.Msg
		return v, nil
	case err != nil:
		return nil, err
	}
	v.Claims, v.Signer = &code.Claims, signer.Subject.CommonName
	v.ask(lists)
	return v, nil
}

// ask looks the code up in the list of its number. A code names no address, so the lists must be those of one issuer, which
// the root sees to.
func (v *codeVerdict) ask(lists *statusLists) {
	for _, l := range lists.open {
		if l.Number != v.Claims.StatusList {
			continue
		}
		if code, err := l.Code(v.Claims.StatusIndex); err == nil {
			v.Standing = map[status.Code]string{status.Valid: string(certs.StandingValid), status.Superseded: string(certs.StandingSuperseded),
				status.Revoked: string(certs.StandingRevoked), status.Void: string(certs.StandingRevoked)}[code]
		}
	}
}

func (v *codeVerdict) print(con console, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(con.out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(v)
	}
	var b strings.Builder
	fmt.Fprintln(&b, sentences[v.Standing])
	if v.Code != "" {
		fmt.Fprintf(&b, "  %s %s\n", v.Code, v.Reason)
	}
	if c := v.Claims; c != nil {
		fmt.Fprintf(&b, "  编号 %s　第%d版\n  姓名 %s\n  证件 …%s\n  职业 %s %s\n  等级 %d级\n  发证 %s　%s\n  签发 %s\n", c.Number, c.Edition, c.Name, c.IDTail,
			c.OccupationCode, c.WorkType, c.Level, c.Issued, c.Org, v.Signer)
	}
	for _, l := range v.Lists {
		fmt.Fprintf(&b, "  状态列表不能采用 status list not usable: %s\n", l)
	}
	_, err := fmt.Fprint(con.out, b.String())
	return err
}

// offlineKeys are the certificates of a bundle that were made to sign offline codes, under one of the roots, and not
// revoked. Codes say nothing of when they were signed, so a key counts for ever.
func offlineKeys(name string, roots *x509.CertPool, revoked []*x509.RevocationList) (map[offline.KeyID]*x509.Certificate, error) {
	all, err := readCertificates(name)
	if err != nil {
		return nil, err
	}
	between := x509.NewCertPool()
	for _, c := range all {
		if c.IsCA {
			between.AddCert(c)
		}
	}
	known := map[offline.KeyID]*x509.Certificate{}
	for _, c := range all {
		if keys.ForOffline(c) != nil || inForce(c, revoked) != nil {
			continue
		}
		o := x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: c.NotBefore, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
		if _, err := c.Verify(o); err != nil {
			continue
		}
		id, err := offline.KeyIDOf(c.PublicKey)
		if err != nil {
			return nil, err
		}
		known[id] = c
	}
	if len(known) == 0 {
		return nil, fmt.Errorf("%s holds no key of offline codes under this root", filepath.Base(name))
	}
	return known, nil
}

func readCertificates(name string) (all []*x509.Certificate, err error) {
	b, err := readBounded(name)
	if err != nil {
		return nil, err
	}
	for _, der := range pemBlocks(b, "CERTIFICATE") {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
		all = append(all, c)
	}
	return all, nil
}

// readCRLs reads revocation lists: one in DER, or all that stand among the PEM blocks of a file.
func readCRLs(names []string) (all []*x509.RevocationList, err error) {
	for _, name := range names {
		b, err := readBounded(name)
		if err != nil {
			return nil, err
		}
		ders := [][]byte{b}
		if block, _ := pem.Decode(b); block != nil {
			ders = pemBlocks(b, "X509 CRL")
		}
		for _, der := range ders {
			l, err := x509.ParseRevocationList(der)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", filepath.Base(name), err)
			}
			all = append(all, l)
		}
	}
	return all, nil
}

// pemBlocks are the contents of the PEM blocks of one type.
func pemBlocks(text []byte, kind string) (all [][]byte) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == kind {
			all = append(all, block.Bytes)
		}
	}
	return all
}
