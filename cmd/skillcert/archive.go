package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/certs/archive"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/engine/clock"
)

// archiveOrder is what archive verify is asked.
type archiveOrder struct {
	trust string
	crls  []string
	keys  string
	json  bool
}

func archiveCommand(con console) *cobra.Command {
	cmd := &cobra.Command{Use: "archive", Short: "Check the archive of a session (卷宗)",
		Long: "Archives are asked for, approved and fetched on the session's page or over HTTP, by two persons (申请、批准); the console makes none,\n" +
			"for one person alone sits at it."}
	cmd.AddCommand(archiveVerifyCommand(con))
	return cmd
}

func archiveVerifyCommand(con console) *cobra.Command {
	var o archiveOrder
	cmd := &cobra.Command{Use: "verify FILE.zip --trust root.pem", Short: "Check an archive without the server",
		Long: "Checks that an archive is, in every byte, what the manifest in it lists, and that the body's seal signed the manifest under the given\n" +
			"root. Nothing is unpacked. A signature says when it was made by the signer's word alone; --crl or --keys say whether its key was\n" +
			"revoked since. The digest of the manifest stands in the record of the archive on the session's page and, as a leaf archived, in\n" +
			"the public log.\n" +
			"Exit status: 0 whole and signed, 1 changed or not genuine, 2 could not be judged (no root given, file not readable, too large).",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				_, _ = fmt.Fprintln(con.err, "用法：一个卷宗文件和 --trust root.pem　usage: one file and --trust root.pem")
				return exitUnknown
			}
			return o.verify(con, args[0])
		}}
	cmd.Flags().StringVar(&o.trust, "trust", "", "the issuer's root certificate: root.pem; without it only the files are checked, and the answer is unknown")
	cmd.Flags().StringArrayVar(&o.crls, "crl", nil, "revocation list of the issuer's seals (PEM or DER), may be given again")
	cmd.Flags().StringVar(&o.keys, "keys", "", "the issuer's published certificates and revocation lists: keys.pem")
	cmd.Flags().BoolVar(&o.json, "json", false, "print JSON")
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		_, _ = fmt.Fprintln(con.err, err)
		return exitUnknown
	})
	return cmd
}

// verify prints what can be said of a file. What could not be looked at is exitUnknown.
func (o archiveOrder) verify(con console, name string) error {
	v, err := o.judge(name)
	if err == nil {
		err = printArchive(con.out, v, o.json)
	}
	if err != nil {
		_, _ = fmt.Fprintln(con.err, err)
		return exitUnknown
	}
	switch {
	case v.Changed():
		return exitInvalid
	case v.Good():
		return nil
	}
	return exitUnknown
}

func (o archiveOrder) judge(name string) (v *archive.Verdict, err error) {
	t := archive.Trust{Options: pades.Options{Now: clock.System{}.Now()}}
	if o.trust != "" {
		if t.Roots, err = readTrust(o.trust); err != nil {
			return nil, err
		}
	}
	from := o.crls
	if o.keys != "" {
		from = append([]string{o.keys}, from...)
	}
	if t.Options.CRLs, err = readCRLs(from); err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	at, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !at.Mode().IsRegular() {
		return nil, both("%s 不是文件", "%s is not a file", name)
	}
	return archive.Verify(f, at.Size(), t)
}

// archiveVerdict is what archive verify prints as JSON.
type archiveVerdict struct {
	Standing string              `json:"standing"` // good, changed or unknown
	Why      string              `json:"why,omitempty"`
	Digest   string              `json:"digest,omitempty"`
	Signer   string              `json:"signer,omitempty"`
	Demo     bool                `json:"demo"`
	Cleared  bool                `json:"cleared"` // the lists given say that the signing key was not revoked
	Files    int                 `json:"files"`
	Number   int                 `json:"number,omitempty"`
	Session  archive.SessionInfo `json:"session"`
	Body     archive.BodyInfo    `json:"body"`
	Earlier  *archive.Earlier    `json:"earlier,omitempty"`
	Faults   []archive.Fault     `json:"faults"`
	More     int                 `json:"more,omitempty"`
}

func toldArchive(v *archive.Verdict) archiveVerdict {
	out := archiveVerdict{Standing: "unknown", Why: v.Unknown, Digest: v.Digest, Files: v.Files, Faults: append([]archive.Fault{}, v.Faults...), More: v.More}
	switch {
	case v.Changed():
		out.Standing = "changed"
	case v.Good():
		out.Standing = "good"
	}
	if m := v.Manifest; m != nil {
		out.Number, out.Session, out.Body, out.Earlier = m.Number, m.Session, m.Body, m.Earlier
	}
	if s := v.Seal; s != nil {
		out.Signer, out.Cleared = s.Signer.Subject.CommonName, !s.Listed.IsZero()
		out.Demo = keys.Marked(s.Chain[len(s.Chain)-1].Subject.CommonName)
	}
	return out
}

// archiveAnswers are the first line, by standing.
var archiveAnswers = map[string]string{"good": "完整、签名有效 whole and signed", "changed": "被改动或不是真实的卷宗 changed or not genuine", "unknown": "不能判断 cannot be judged"}

func printArchive(w io.Writer, v *archive.Verdict, asJSON bool) error {
	t := toldArchive(v)
	if asJSON {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(t)
	}
	p := &archiveTeller{w: w}
	p.line("%s", archiveAnswers[t.Standing])
	if t.Why != "" {
		p.line("  %s", t.Why)
	}
	if v.Manifest != nil {
		p.line("  %s　第 %d 份　%s　%s", t.Body.Name, t.Number, t.Session.Name, v.Manifest.Made.Format("2006-01-02T15:04:05Z"))
		p.line("  目录摘要 manifest %s　%d 件 files", t.Digest, t.Files)
	}
	if t.Earlier != nil {
		p.line("  之前的一份 earlier: %d　%s", t.Earlier.Number, t.Earlier.Manifest)
	}
	p.signer(t)
	for _, f := range t.Faults {
		p.line("  %s　%s　%s", f.Code, f.Path, f.Detail)
	}
	if t.More > 0 {
		p.line("  还有 and %d more", t.More)
	}
	return p.err
}

// archiveTeller prints lines and keeps the first error.
type archiveTeller struct {
	w   io.Writer
	err error
}

func (t *archiveTeller) line(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format+"\n", args...)
	}
}

func (t *archiveTeller) signer(v archiveVerdict) {
	if v.Signer == "" {
		return
	}
	t.line("  签名 signed by %s", v.Signer)
	if v.Demo {
		t.line("  演示密钥签名，没有效力 signed under demonstration keys, of no effect")
	}
	if !v.Cleared {
		t.line("  没有作废清单，未查签名密钥是否已作废 no revocation list: whether the key was revoked is not looked up (--crl, --keys)")
	}
}
