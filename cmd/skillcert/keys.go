package main

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/api/auth"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// useTokens are the keys that sign access tokens; the other uses are those of package keys.
const useTokens = "tokens"

// keyOptions are what the commands on keys take.
type keyOptions struct {
	data                  string
	use, body, name, from string // rotate
	label, algorithm      string // init
	demo, sm2             bool
	serial, reason, since string // revoke
	out, origin           string // export
}

func (o *keyOptions) dir() (string, error) {
	if o.data == "" {
		return "", both("用 --data DIR 给出数据目录", "give the data directory with --data DIR")
	}
	return filepath.Join(o.data, keyRoom), nil
}

func keysCommand(con console) *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: "Make, list, rotate, revoke and export the keys of an installation",
		Long: "Keys vouch for certificates (seal), sign status lists (status) and offline codes (offline), checkpoints of the log, and\n" +
			"access tokens (tokens). They lie in DIR/keys."}
	o := &keyOptions{}
	cmd.PersistentFlags().StringVar(&o.data, "data", "", "data directory")
	cmd.AddCommand(keysInit(con, o), keysList(con, o), keysRotate(con, o), keysRevoke(con, o), keysExport(con, o))
	return cmd
}

func keysInit(con console, o *keyOptions) *cobra.Command {
	cmd := &cobra.Command{Use: "init --data DIR --label NAME", Short: "Make root, issuing authority and log key before the first start", Args: cobra.NoArgs,
		Long: "Makes what is missing and never replaces a key: keys that are there keep their name and algorithm. `serve` does the same with its defaults; this is for the choices it does not\n" +
			"offer: RSA-3072 in the place of ECDSA P-256, a second seal in SM2, and keys in a PKCS#11 token (put pkcs11.json in DIR/keys\n" +
			"first). Afterwards root.key.pem may be taken away to a safe place. It is needed again for the root's revocation list, which\n" +
			"lasts 400 days (`keys list` says when it ends), and to revoke the issuing authority.",
		RunE: func(*cobra.Command, []string) error { return ofKeys(initKeys(con, o)) }}
	cmd.Flags().StringVar(&o.label, "label", "", "who runs the installation; stands in root and issuing certificates")
	cmd.Flags().StringVar(&o.algorithm, "algorithm", string(keys.P256), "p256 or rsa3072")
	cmd.Flags().BoolVar(&o.sm2, "sm2", false, "a second seal in SM2, under a root of its own")
	cmd.Flags().BoolVar(&o.demo, "demo", false, "mark every certificate as a demonstration")
	return cmd
}

func initKeys(con console, o *keyOptions) error {
	dir, err := o.dir()
	if err != nil {
		return err
	}
	if err := o.mayInit(); err != nil {
		return err
	}
	if err := tellKept(con, dir); err != nil {
		return err
	}
	r, err := keys.Make(dir, keys.Options{Label: o.label, Demo: o.demo, Algorithm: keys.Algorithm(o.algorithm), SM2: o.sm2}, clock.System{}.Now())
	if err != nil {
		return err
	}
	return errors.Join(printKeys(con, r), r.Close())
}

func (o *keyOptions) mayInit() error {
	switch a := keys.Algorithm(o.algorithm); {
	case strings.TrimSpace(o.label) == "":
		return both("用 --label 给出签发机构的名称，根证书和签发证书上都写它", "give with --label who runs the installation; it stands in root and issuing certificates")
	case a != keys.P256 && a != keys.RSA3072:
		return both("没有算法 %[1]s，--algorithm 可选 p256 或 rsa3072", "there is no algorithm %[1]s: --algorithm takes p256 or rsa3072", o.algorithm)
	}
	return nil
}

// tellKept says of a house that has keys that it keeps them, whatever is asked for.
func tellKept(con console, dir string) error {
	r, err := keys.Load(dir)
	if errors.Is(err, keys.ErrAbsent) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(con.out, both("这里已有密钥，原样保留，名称仍是“%[1]s”；只补上缺少的", "keys are here and are kept, under the name %[1]s; only what is missing is made", r.Label()))
	return errors.Join(err, r.Close())
}

func keysList(con console, o *keyOptions) *cobra.Command {
	return &cobra.Command{Use: "list --data DIR", Short: "List all keys, what they are good for today, and when the root's revocation list ends", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return ofKeys(listKeys(con, o)) }}
}

func listKeys(con console, o *keyOptions) error {
	dir, err := o.dir()
	if err != nil {
		return err
	}
	r, err := keys.Load(dir)
	if err != nil {
		return err
	}
	return errors.Join(listTokens(con, dir), printKeys(con, r), r.Close())
}

// listTokens lists the keys of tokens. There are none before the first start.
func listTokens(con console, dir string) error {
	known, err := auth.Keys(dir)
	if err != nil && !errors.Is(err, auth.ErrNoKeys) {
		return err
	}
	var b strings.Builder
	for i, k := range known {
		state := keys.StateVerifies
		if i == len(known)-1 {
			state = keys.StateSigns
		}
		fmt.Fprintf(&b, "%-9s  %s  %s  %s\n", useTokens, k.Name, k.ID, state)
	}
	_, err = fmt.Fprint(con.out, b.String())
	return err
}

// printKeys prints one line a certificate.
func printKeys(con console, r *keys.Ring) error {
	now := clock.System{}.Now()
	all, err := r.List(now)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, l := range all {
		b.WriteString(keyLine(l))
	}
	note, err := rootNote(r, now)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(con.out, b.String()+note)
	return err
}

// rootNote says how long the root's revocation list lasts, and when it is time to bring the root's secret back for it.
func rootNote(r *keys.Ring, now time.Time) (string, error) {
	until, due, err := r.RootList(now)
	if err != nil {
		return "", err
	}
	state := "to " + until.Format(time.DateOnly)
	if until.IsZero() {
		state = "was never signed"
	}
	note := fmt.Sprintf("%-9s  root  %s\n", "crl", state)
	if due {
		note += "WARNING: without a current revocation list of the root no file can be valid offline. Put root.key.pem back into the key\n" +
			"directory, run `skillcert keys list` again, which signs the list for 400 days, and take the file away again.\n"
	}
	return note, nil
}

func keyLine(l keys.Listed) string {
	since := ""
	if !l.Revoked.IsZero() {
		since = "  since " + l.Revoked.Format(time.RFC3339)
	}
	return fmt.Sprintf("%-9s  %s  %s  %s  serial %s  %s to %s  %s%s\n", l.Use, l.Name, l.KeyID, l.State, l.Serial,
		l.Cert.NotBefore.Format(time.DateOnly), l.Cert.NotAfter.Format(time.DateOnly), l.Cert.Subject.CommonName, since)
}

func keysRotate(con console, o *keyOptions) *cobra.Command {
	cmd := &cobra.Command{Use: "rotate --data DIR --use tokens|seal|status|offline|sm2-seal [--body FILING] [--from DATE]",
		Short: "Make a new key to sign with", Args: cobra.NoArgs,
		Long: "Makes a new key of one use; older ones go on verifying. Running servers on this directory learn of it by themselves. Tokens:\n" +
			"the new key signs within a minute, nobody is signed out; servers with a directory of their own need the file copied, mode 600.\n" +
			"The others: the certificate is listed at once and signs from --from (default now), so that it can be spread before its first use.\n" +
			"A seal is a body's: seal and sm2-seal need --body, and --name where the body has no seal of that year yet.",
		RunE: func(*cobra.Command, []string) error { return ofKeys(rotateKeys(con, o)) }}
	cmd.Flags().StringVar(&o.use, "use", "", "what the key signs: tokens, seal, status, offline or sm2-seal")
	cmd.Flags().StringVar(&o.body, "body", "", "filing number of the body whose seal it is")
	cmd.Flags().StringVar(&o.name, "name", "", "name of the body, when it changed")
	cmd.Flags().StringVar(&o.from, "from", "", "first day of the new key, 2026-10-01 or RFC 3339; today or later (default now)")
	return cmd
}

func rotateKeys(con console, o *keyOptions) error {
	dir, err := o.dir()
	if err != nil {
		return err
	}
	if err := o.mayRotate(); err != nil {
		return err
	}
	if o.use == useTokens {
		return rotateTokens(con, dir)
	}
	now := clock.System{}.Now()
	from, err := firstDay(o.from, now)
	if err != nil {
		return err
	}
	r, err := keys.Load(dir)
	if err != nil {
		return err
	}
	made, err := r.Rotate(keys.Use(o.use), keys.Body{Name: o.name, Filing: o.body}, from, now)
	if err = errors.Join(o.missedBody(err), r.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprint(con.out, keyLine(made))
	return err
}

func (o *keyOptions) mayRotate() error {
	uses := []string{useTokens, string(keys.UseSeal), string(keys.UseStatus), string(keys.UseOffline), string(keys.UseSecondSeal)}
	switch {
	case o.use == "":
		return both("用 --use 说明换哪种密钥：%[1]s", "say with --use which key: %[1]s", strings.Join(uses, ", "))
	case !slices.Contains(uses, o.use):
		return both("没有用途 %[1]s，--use 可选 %[2]s", "there is no use %[1]s: --use takes %[2]s", o.use, strings.Join(uses, ", "))
	case o.seals() && o.body == "":
		return both("用 --body 给出签章所属机构的备案号（13位）", "give with --body the filing number of the body whose seal it is (13 characters)")
	case o.use == useTokens && o.from != "":
		return both("登录令牌的密钥立即更换，没有 --from", "the key of tokens is changed at once and takes no --from")
	}
	return nil
}

func (o *keyOptions) seals() bool {
	return o.use == string(keys.UseSeal) || o.use == string(keys.UseSecondSeal)
}

// missedBody says of a refusal to rotate a seal what was not given.
func (o *keyOptions) missedBody(err error) error {
	switch {
	case !o.seals():
	case errors.Is(err, keys.ErrAbsent) && o.name == "":
		return both("机构 %[1]s 在那一年还没有签章密钥，请再用 --name 给出机构名称", "the body %[1]s has no seal of that year yet: give its name with --name", o.body).of(err)
	case errors.Is(err, keys.ErrUse):
		return both("这里没有设置国密签章，先用 keys init --sm2 设置", "no second seals are set here: keys init --sm2 sets them").of(err)
	}
	return err
}

// firstDay is the instant from which a new key signs: a day of before today cannot be one, for what was signed then was
// signed by another.
func firstDay(s string, now time.Time) (time.Time, error) {
	from, err := instant(s, now)
	if err != nil {
		return from, err
	}
	if china := chinaTime(); from.In(china).Format(time.DateOnly) < now.In(china).Format(time.DateOnly) {
		return from, both("--from %[1]s 已经过去：新密钥最早从今天起签", "--from %[1]s is over: a new key signs from today at the earliest", s)
	}
	return from, nil
}

func rotateTokens(con console, dir string) error {
	k, err := auth.Rotate(dir)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(con.out, "%s  %s\nRunning servers learn of it by themselves and sign with it within a minute. Nobody is signed out.\n", k.Name, k.ID)
	return err
}

// instant reads a day, which begins in China, or an RFC 3339 time; "" is otherwise.
func instant(s string, otherwise time.Time) (time.Time, error) {
	if s == "" {
		return otherwise, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, s, chinaTime()); err == nil {
		return day, nil
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, both("%[1]q 不是日期，请写成 2026-10-01 或 2026-10-01T08:00:00+08:00", "%[1]q is no date: write 2026-10-01 or 2026-10-01T08:00:00+08:00", s)
	}
	return at, nil
}

func chinaTime() *time.Location { return time.FixedZone("CST", 8*60*60) }

func keysRevoke(con console, o *keyOptions) *cobra.Command {
	cmd := &cobra.Command{Use: "revoke --data DIR --serial HEX --reason key-compromise --since DATE", Short: "Revoke a certificate", Args: cobra.NoArgs,
		Long: "Lists the certificate of a serial number (see `keys list`) in the signed revocation list. Its key signs no more; rotate to go on.\n" +
			"What it sealed stands only where a time stamp, or the register's digest of the file, proves that it was sealed before --since;\n" +
			"with affiliation-changed, superseded and cessation-of-operation, which leave the key beyond doubt, its own date is believed. The\n" +
			"proof of the log does not count: it is about the credential, which whoever has the key can attach to another page.\n" +
			"Reasons: " + strings.Join(keys.Reasons(), ", ") + ".",
		RunE: func(*cobra.Command, []string) error { return ofKeys(revokeKey(con, o)) }}
	cmd.Flags().StringVar(&o.serial, "serial", "", "serial number, hexadecimal, as `keys list` says it")
	cmd.Flags().StringVar(&o.reason, "reason", "", "why: one of the reasons above")
	cmd.Flags().StringVar(&o.since, "since", "", "since when the key is in doubt (default now)")
	return cmd
}

func revokeKey(con console, o *keyOptions) error {
	dir, err := o.dir()
	if err != nil {
		return err
	}
	if err := o.mayRevoke(); err != nil {
		return err
	}
	now := clock.System{}.Now()
	since, err := instant(o.since, now)
	if err != nil {
		return err
	}
	r, err := keys.Load(dir)
	if err != nil {
		return err
	}
	revoked, err := r.Revoke(o.serial, o.reason, since, now)
	if err = errors.Join(err, r.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprint(con.out, keyLine(revoked))
	return err
}

func (o *keyOptions) mayRevoke() error {
	all := strings.Join(keys.Reasons(), ", ")
	switch {
	case o.serial == "":
		return both("用 --serial 给出证书的序列号（keys list 里有）", "give with --serial the certificate's serial number, as keys list says it")
	case o.reason == "":
		return both("用 --reason 给出作废原因：%[1]s", "give with --reason why: %[1]s", all)
	case !slices.Contains(keys.Reasons(), o.reason):
		return both("没有原因 %[1]s，--reason 可选 %[2]s", "there is no reason %[1]s: --reason takes %[2]s", o.reason, all)
	}
	return nil
}

// keysEnglish is what the refusals of the keys say, in English.
var keysEnglish = map[string]string{
	keys.ErrAbsent.Code:   "there is no such key in the key directory",
	keys.ErrDamaged.Code:  "a key file is damaged",
	keys.ErrExposed.Code:  "others can read a key file: set its mode to 0600",
	keys.ErrPeriod.Code:   "the issuing authority's certificate does not cover that date",
	keys.ErrRevoked.Code:  "the key is revoked: rotate first",
	keys.ErrStamper.Code:  "the settings of the time stamping authority cannot be used",
	keys.ErrDevice.Code:   "the key device cannot be used",
	keys.ErrOffline.Code:  "the root's secret is not on this machine: put root.key.pem back for this",
	keys.ErrBusy.Code:     "somebody else is changing the key directory: try again",
	keys.ErrIdentity.Code: "the body's filing number (--body, 13 characters) or its name (--name) is not right",
	keys.ErrUse.Code:      "there is no key of this use",
	keys.ErrSerial.Code:   "no certificate that can be revoked has this --serial; keys list says them",
}

// ofKeys says a refusal of the keys in both languages.
func ofKeys(err error) error {
	var said plainly
	var refused *errs.Error
	if errors.As(err, &said) || !errors.As(err, &refused) || keysEnglish[refused.Code] == "" {
		return err
	}
	return plainly{refused.Msg + " " + keysEnglish[refused.Code], err}
}

func keysExport(con console, o *keyOptions) *cobra.Command {
	cmd := &cobra.Command{Use: "export --data DIR [--out FILE] [--origin NAME]", Short: "Write all public certificates, revocation lists and the log's key",
		Args: cobra.NoArgs,
		Long: "Writes, as PEM, every certificate that was ever made but the roots, and the current revocation lists; with --origin also the\n" +
			"log's verifier key, as a line of text before them. The root is given away apart: DIR/keys/root.pem.",
		RunE: func(*cobra.Command, []string) error { return ofKeys(exportKeys(con, o)) }}
	cmd.Flags().StringVar(&o.out, "out", "", "file to write (default standard output)")
	cmd.Flags().StringVar(&o.origin, "origin", "", "name of the log")
	return cmd
}

func exportKeys(con console, o *keyOptions) error {
	dir, err := o.dir()
	if err != nil {
		return err
	}
	r, err := keys.Load(dir)
	if err != nil {
		return err
	}
	bundle, err := publicBundle(r, o.origin, clock.System{}.Now())
	if err = errors.Join(err, r.Close()); err != nil {
		return err
	}
	if o.out == "" {
		_, err = con.out.Write(bundle)
		return err
	}
	return os.WriteFile(o.out, bundle, 0o644)
}

func publicBundle(r *keys.Ring, origin string, now time.Time) ([]byte, error) {
	var b bytes.Buffer
	if origin != "" {
		_, verifier, err := r.LogSigner(origin)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "log %s\n\n", verifier)
	}
	certs, err := r.Published()
	if err != nil {
		return nil, err
	}
	for _, c := range certs {
		fmt.Fprintf(&b, "%s %s\n%s\n", keys.KeyID(c), c.Subject.CommonName, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	lists, err := r.CRLs(now)
	if err != nil {
		return nil, err
	}
	for _, l := range lists {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: l.Raw}))
	}
	return b.Bytes(), nil
}
