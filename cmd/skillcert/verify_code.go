package main

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/offline"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// codeVerdict is what verify prints of an offline code.
type codeVerdict struct {
	Standing string          `json:"standing"`
	Code     string          `json:"code,omitempty"` // why the code is refused
	Reason   string          `json:"reason,omitempty"`
	Demo     bool            `json:"demo"` // signed under a demonstration's root: of no effect, however genuine
	Claims   *offline.Claims `json:"claims,omitempty"`
	Signer   string          `json:"signer,omitempty"`
	Lists    []string        `json:"lists,omitempty"`
}

// verifyCode checks the text of an offline code: its signature under the issuer's root, and what the status lists say.
func verifyCode(con console, text string, o verifyOrder) error {
	v, err := o.judgeCode(strings.TrimSpace(text))
	if err == nil {
		err = v.print(con.out, o.json)
	}
	if err != nil {
		_, _ = fmt.Fprintln(con.err, err)
		return exitUnknown
	}
	return exitOf(v.Standing)
}

// errUncleared is why nothing is known of a code whose signature is right.
var errUncleared = errs.New(errs.NotFound, "offline.uncleared", "没有现行的证书作废清单，不能知道签名密钥是否已作废")

func (o verifyOrder) judgeCode(text string) (*codeVerdict, error) {
	if o.keys == "" {
		return nil, errors.New("离线核验码须用 --keys 给出签发机构公布的证书 give the issuer's published certificates with --keys")
	}
	roots, err := readRoots(o.trust)
	if err != nil {
		return nil, err
	}
	now := clock.System{}.Now()
	lists, err := o.openLists(roots, now)
	if err != nil {
		return nil, err
	}
	known, chains, err := offlineKeys(o.keys, roots)
	if err != nil {
		return nil, err
	}
	v := &codeVerdict{Standing: string(certs.StandingUnknown), Lists: lists.refused}
	code, signer, err := offline.Verify(text, known)
	if err != nil {
		return v, v.refuse(err)
	}
	cleared, err := pades.Cleared(chains[code.Key], lists.crls, now)
	if err != nil {
		return v, v.refuse(offline.ErrRevoked)
	}
	chain := chains[code.Key]
	v.Claims, v.Signer, v.Demo = &code.Claims, signer.Subject.CommonName, keys.Marked(chain[len(chain)-1].Subject.CommonName)
	if !cleared { // what the lists say of a code that anybody may have made is of no use
		v.because(errUncleared)
		return v, nil
	}
	v.ask(lists)
	return v, nil
}

// refuse takes a refusal of the code, and answers what is none.
func (v *codeVerdict) refuse(err error) error {
	var refused *errs.Error
	if !errors.As(err, &refused) {
		return err
	}
	if !errors.Is(err, offline.ErrKey) { // which may be newer than the bundle
		v.Standing = standingInvalid
	}
	v.because(refused)
	return nil
}

func (v *codeVerdict) because(e *errs.Error) { v.Code, v.Reason = e.Code, e.Msg }

// ask looks the code up in the lists of its number. A code names no address, so the lists must be those of one issuer, which
// the root sees to.
func (v *codeVerdict) ask(lists *statusLists) {
	if code, err := lists.codeIn(v.Claims.StatusList, v.Claims.StatusIndex); err == nil {
		v.Standing = map[status.Code]string{status.Valid: string(certs.StandingValid), status.Superseded: string(certs.StandingSuperseded),
			status.Revoked: string(certs.StandingRevoked), status.Void: string(certs.StandingRevoked)}[code]
	}
}

// sentence is what verify says first of a code. The sentences of files speak of seals, and a code has none.
func (v *codeVerdict) sentence() string {
	switch {
	case v.Standing == standingInvalid:
		return "不可采信 not to be relied on"
	case v.Standing != string(certs.StandingUnknown):
		return sentences[v.Standing]
	case v.Claims == nil:
		return "无法核实：不知道是谁签发的 nothing is known of who signed this"
	}
	return "签名正确，当前状态无法核实 the signature is right, today's status is unknown"
}

func (v *codeVerdict) print(out io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(v)
	}
	var b strings.Builder
	fmt.Fprintln(&b, v.sentence())
	if v.Demo {
		b.WriteString(demoLine)
	}
	if v.Code != "" {
		fmt.Fprintf(&b, "  %s %s\n", v.Code, v.Reason)
	}
	if c := v.Claims; c != nil {
		fmt.Fprintf(&b, "  编号 %s　第%d版\n  姓名 %s\n  证件 …%s\n  职业 %s %s\n  等级 %d级\n  发证 %s　%s\n  签发 %s\n", c.Number, c.Edition, c.Name, c.IDTail,
			c.OccupationCode, c.WorkType, c.Level, c.Issued, c.Org, v.Signer)
		if v.Standing == string(certs.StandingUnknown) {
			fmt.Fprintf(&b, "  离线核验码不带状态列表的地址：请从签发机构网站下载第 %d 号列表（…/status/%d），用 --status 给出文件再核验\n"+
				"  a code does not carry the address of its list: fetch list %d from the issuer's site (…/status/%d) and give the file with --status\n",
				c.StatusList, c.StatusList, c.StatusList, c.StatusList)
		}
	}
	for _, l := range v.Lists {
		fmt.Fprintf(&b, "  状态列表不能采用 status list not usable: %s\n", l)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// offlineKeys are the certificates of a bundle that were made to sign offline codes, under one of the roots, and their chains
// up to it. Codes say nothing of when they were signed, so a key counts for ever, unless it is revoked.
func offlineKeys(name string, roots *x509.CertPool) (known map[offline.KeyID]*x509.Certificate, chains map[offline.KeyID][]*x509.Certificate, err error) {
	all, err := readCertificates(name)
	if err != nil {
		return nil, nil, err
	}
	between := x509.NewCertPool()
	for _, c := range all {
		if c.IsCA {
			between.AddCert(c)
		}
	}
	known, chains = map[offline.KeyID]*x509.Certificate{}, map[offline.KeyID][]*x509.Certificate{}
	for _, c := range all {
		if keys.ForOffline(c) != nil {
			continue
		}
		o := x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: c.NotBefore, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
		paths, err := c.Verify(o)
		if err != nil {
			continue
		}
		id, err := offline.KeyIDOf(c.PublicKey)
		if err != nil {
			return nil, nil, err
		}
		known[id], chains[id] = c, paths[0]
	}
	if len(known) == 0 {
		return nil, nil, fmt.Errorf("%s holds no key of offline codes under this root", filepath.Base(name))
	}
	return known, chains, nil
}

// readCertificates reads the certificates among the PEM blocks of a file. Those of algorithms that are not known here, such as
// the SM2 ones of a bundle, sign neither codes nor what leads to one, and are passed over.
func readCertificates(name string) (all []*x509.Certificate, err error) {
	b, err := readBounded(name)
	if err != nil {
		return nil, err
	}
	for _, der := range pemBlocks(b, "CERTIFICATE") {
		if c, err := x509.ParseCertificate(der); err == nil {
			all = append(all, c)
		}
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
