package main

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/offline"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// The exit statuses of verify. 0 is kept for what is valid beyond doubt.
const (
	exitInvalid exitCode = 1 // not genuine, superseded or revoked
	exitUnknown exitCode = 2 // nothing can be said
)

// verifyOrder is what verify is asked.
type verifyOrder struct {
	trust    string
	lists    []string
	log      []string
	stampers string
	crls     []string
	keys     string
	maxAge   time.Duration
	json     bool
}

func verifyCommand(con console) *cobra.Command {
	var o verifyOrder
	cmd := &cobra.Command{Use: "verify FILE.pdf --trust root.pem", Short: "Check a certificate file without the server",
		Long: "Checks that a file is, in every byte, what its issuer sealed under the given root, and what the status lists say of it. It needs\n" +
			"no network. A status list is a small signed file that the issuer publishes anew every day (…/status/1, …/status/2; the file\n" +
			"names the one it is in); without one nobody can know here whether the certificate was revoked since, so the answer is unknown.\n" +
			"In the place of a file it takes the text of the offline code on a certificate (SKC1:…), with --keys.\n" +
			"What was issued under demonstration keys is checked in the same way, and a line says that it has no effect.\n" +
			"Exit status: 0 valid, 1 not genuine, superseded or revoked, 2 unknown.",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || o.trust == "" { // exit 1 would say that a certificate is not genuine
				_, _ = fmt.Fprintln(con.err, "用法：一个证书文件和 --trust root.pem　usage: one file and --trust root.pem")
				return exitUnknown
			}
			if strings.HasPrefix(args[0], offline.Prefix) {
				return verifyCode(con, args[0], o)
			}
			return verifyFile(con, args[0], o)
		}}
	cmd.Flags().StringVar(&o.trust, "trust", "", "the issuer's root certificate: root.pem")
	cmd.Flags().StringArrayVar(&o.lists, "status", nil, "a status list, or a directory of them; may be given again")
	cmd.Flags().DurationVar(&o.maxAge, "max-age", 0, "how old a status list may be; 0 leaves it to the list, which names its own end")
	cmd.Flags().StringArrayVar(&o.log, "log-key", nil, "verifier key of the transparency log, or a file that holds it: the proof in the file is checked as well")
	cmd.Flags().StringVar(&o.stampers, "tsa", "", "roots of time stamping authorities (PEM)")
	cmd.Flags().StringArrayVar(&o.crls, "crl", nil, "revocation list of the issuer's seals (PEM or DER), may be given again")
	cmd.Flags().StringVar(&o.keys, "keys", "", "the issuer's published certificates, keys.pem, for offline codes")
	cmd.Flags().BoolVar(&o.json, "json", false, "print JSON")
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		_, _ = fmt.Fprintln(con.err, err)
		return exitUnknown
	})
	return cmd
}

// verdict is what verify prints. Seal is "whole", "refused" or "unchecked"; Standing is valid, superseded, revoked, invalid or unknown.
type verdict struct {
	File       string            `json:"file"`
	Standing   string            `json:"standing"`
	Seal       string            `json:"seal"`
	Code       string            `json:"code,omitempty"` // why the seal is refused
	Reason     string            `json:"reason,omitempty"`
	Demo       bool              `json:"demo"` // sealed under a demonstration's root: of no effect, however genuine
	Checks     []verdictCheck    `json:"checks"`
	Credential *certs.Credential `json:"credential,omitempty"`
	Signer     string            `json:"signer,omitempty"`
	Sealed     string            `json:"sealed,omitempty"`
	Stamped    string            `json:"stamped,omitempty"`
	Digest     string            `json:"digest,omitempty"`
	Lists      []string          `json:"lists,omitempty"` // status lists that could not be relied on, and why
}

type verdictCheck struct {
	Key    string `json:"key"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
}

const standingInvalid = "invalid"

// sealUnchecked is the seal of a file that was not looked at.
const sealUnchecked = "unchecked"

func verifyFile(con console, name string, o verifyOrder) error {
	v, err := o.judge(name)
	if err == nil {
		err = v.print(con.out, o.json)
	}
	if err != nil { // an answer that could not be written is none
		_, _ = fmt.Fprintln(con.err, err)
		return exitUnknown
	}
	return exitOf(v.Standing)
}

func exitOf(standing string) error {
	switch standing {
	case string(certs.StandingValid):
		return nil
	case string(certs.StandingUnknown):
		return exitUnknown
	}
	return exitInvalid
}

// judge answers an error only for what could not be looked at.
func (o verifyOrder) judge(name string) (*verdict, error) {
	now := clock.System{}.Now()
	trust, err := o.trusted()
	if err != nil {
		return nil, err
	}
	options := pades.Options{Now: now}
	if o.stampers != "" {
		if options.Stampers, err = readTrust(o.stampers); err != nil {
			return nil, err
		}
	}
	pdf, err := readBounded(name)
	if err != nil {
		return nil, err
	}
	lists, err := o.openLists(trust.Roots, now)
	if err != nil {
		return nil, err
	}
	options.CRLs = lists.crls
	v := &verdict{File: name, Seal: "whole", Lists: lists.refused}
	found, err := certs.VerifyOffline(pdf, trust, options, lists)
	v.take(found)
	if err != nil {
		return v, v.refuse(err)
	}
	return v, nil
}

// refuse takes a refusal of the file, and answers what is none.
func (v *verdict) refuse(err error) error {
	var refused *errs.Error
	if !errors.As(err, &refused) {
		return err
	}
	v.Code, v.Reason = refused.Code, refused.Msg+hints[refused.Code]
	switch {
	case errors.Is(err, pades.ErrTooLarge):
		v.Standing, v.Seal, v.Checks = string(certs.StandingUnknown), sealUnchecked, nil
	case undecided(err):
		v.Standing = string(certs.StandingUnknown)
	case v.Signer != "": // the seal was accepted, and what it is set on is not
		v.Standing = standingInvalid
	default:
		v.Standing, v.Seal = standingInvalid, "refused"
	}
	return nil
}

// undecided reports whether a refusal is about what the checker has at hand: a revocation list that is too old, a clock that
// is behind, the key of another log. Genuine files meet all of them.
func undecided(err error) bool {
	return errors.Is(err, pades.ErrStale) || errors.Is(err, pades.ErrFuture) || errors.Is(err, translog.ErrCheckpoint)
}

// hints say behind a reason what to do about it.
var hints = map[string]string{
	pades.ErrFuture.Code:        "，请检查本机的时间 check the clock of this computer",
	translog.ErrCheckpoint.Code: "，或 --log-key 不是这个日志的公钥 or --log-key is another log's",
	pades.ErrTooLarge.Code:      " larger than 20 MB, which is not checked",
	pades.ErrUntrusted.Code:     "，请核对 --trust 是不是这家机构的 root.pem see whether --trust is the root.pem of this issuer and not of another",
}

func (v *verdict) take(o certs.Offline) {
	v.Standing, v.Signer, v.Digest, v.Demo = string(o.Standing), o.Signer, o.Digest, keys.Marked(o.Root)
	for _, c := range o.Checks {
		v.Checks = append(v.Checks, verdictCheck{Key: c.Key, OK: c.OK, Detail: c.Detail})
	}
	if o.Credential.Number != "" {
		v.Credential = &o.Credential
	}
	if !o.Sealed.IsZero() {
		v.Sealed = o.Sealed.Format(time.RFC3339)
	}
	if !o.Stamped.IsZero() {
		v.Stamped = o.Stamped.Format(time.RFC3339)
	}
}

func (o verifyOrder) trusted() (t certs.Trusted, err error) {
	if t.Roots, err = readRoots(o.trust); err != nil {
		return t, err
	}
	t.Log, err = readLogTrust(o.log, nil)
	return t, err
}

// sentences is what verify says first.
var sentences = map[string]string{
	string(certs.StandingValid):      "有效 valid",
	string(certs.StandingSuperseded): "已被替代：持证人有更新的版次 superseded by a newer edition",
	string(certs.StandingRevoked):    "已撤销 revoked",
	string(certs.StandingUnknown):    "签章完整可信，当前状态无法核实 the seal is whole and trusted, today's status is unknown",
	standingInvalid:                  "未通过：不是签章机构所发的原文件 not the file that its issuer sealed",
}

// sentence is what verify says first of a file.
func (v *verdict) sentence() string {
	switch {
	case v.Seal == sealUnchecked:
		return "未作核验，不知真伪 not checked: genuine or not, nothing is known"
	case v.Code == pades.ErrUntrusted.Code: // whole, and perhaps another house's
		return "未通过：不是所给根证书之下的签章 not sealed under the root that was given"
	}
	return sentences[v.Standing]
}

// demoLine stands beside the answer for whatever was issued under demonstration keys.
const demoLine = "  这是演示密钥签发的证书，没有效力 issued under a demonstration key: of no effect\n"

func (v *verdict) print(out io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(v)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", v.File, v.sentence())
	if v.Demo {
		b.WriteString(demoLine)
	}
	if v.Code != "" {
		fmt.Fprintf(&b, "  %s %s\n", v.Code, v.Reason)
	}
	if c := v.Credential; c != nil && v.Standing != standingInvalid {
		fmt.Fprintf(&b, "  编号 %s　第%d版\n  姓名 %s\n  证件 %s\n  职业 %s %s\n  等级 %s\n  发证 %s　%s\n", c.Number, c.Edition, c.Name, c.IDNumber,
			c.Occupation.Name, c.Occupation.WorkType, c.Level, c.Issued, c.Org)
		if c.Route != "" {
			fmt.Fprintf(&b, "  取得方式 %s\n", c.Route.Chinese())
		}
		fmt.Fprintf(&b, "  签章 %s　%s\n", v.Signer, v.Sealed)
	}
	if v.Standing == string(certs.StandingUnknown) && v.Code == "" && v.Credential != nil && v.Credential.Status != nil {
		fmt.Fprintf(&b, "  请下载状态列表后用 --status 再核验 fetch the status list and try again: %s\n", v.Credential.Status.List)
	}
	for _, l := range v.Lists {
		fmt.Fprintf(&b, "  状态列表不能采用 status list not usable: %s\n", l)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func readTrust(name string) (*x509.CertPool, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, fmt.Errorf("%s holds no certificate", filepath.Base(name))
	}
	return pool, nil
}

// readRoots reads what is to be trusted: roots, which sign themselves, and nothing else. With a certificate of the authority
// below the root nothing could be found revoked, and no genuine seal would lead to it.
func readRoots(name string) (*x509.CertPool, error) {
	all, err := readCertificates(name)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	for _, c := range all {
		if !c.IsCA || !bytes.Equal(c.RawIssuer, c.RawSubject) || c.CheckSignatureFrom(c) != nil {
			return nil, notRoot(name)
		}
		roots.AddCert(c)
	}
	if len(all) == 0 {
		return nil, notRoot(name)
	}
	return roots, nil
}

func notRoot(name string) error {
	return both("%[1]s 不是根证书：--trust 要的是签发机构的 root.pem（keys.pem 用 --keys 给出）",
		"%[1]s holds no root certificate alone: --trust takes the issuer's root.pem (keys.pem goes to --keys)", filepath.Base(name))
}

// readBounded reads a file; one byte more than the verifier looks at is enough to be refused.
func readBounded(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, pades.MaxFile+1))
	return b, errors.Join(err, f.Close())
}
