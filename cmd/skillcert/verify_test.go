package main

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/certstest"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/offline"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// desk is where somebody checks certificates of an issuer: its keys, the files that it gave out, and what is asked of them.
type desk struct {
	*testing.T
	dir  string
	now  time.Time
	ring *keys.Ring
	old  []*x509.RevocationList // of a month ago; the authority's, the first, is past its end
	n    int                    // files written
}

const (
	deskFiling = "S000035000001"
	deskNumber = deskFiling + "265000017"
	deskPlace  = 7 // in list 1
)

func newDesk(t *testing.T) *desk {
	t.Helper()
	return newDeskOf(t, true)
}

func newDeskOf(t *testing.T, demo bool) *desk {
	t.Helper()
	d := &desk{T: t, dir: t.TempDir(), now: clock.System{}.Now()}
	var err error
	d.ring, err = keys.Init(filepath.Join(d.dir, "keys"), "核验", demo, d.now.AddDate(0, 0, -30))
	noError(t, err)
	t.Cleanup(func() { noError(t, d.ring.Close()) })
	d.old, err = d.ring.CRLs(d.now.AddDate(0, 0, -30))
	noError(t, err)
	return d
}

// file puts bytes into a new file.
func (d *desk) file(content []byte) string {
	d.Helper()
	d.n++
	name := filepath.Join(d.dir, fmt.Sprintf("file-%03d", d.n))
	noError(d.T, os.WriteFile(name, content, 0o600))
	return name
}

// room puts files into a directory of their own.
func (d *desk) room(files ...string) string {
	d.Helper()
	room := d.file(nil) + ".d"
	noError(d.T, os.Mkdir(room, 0o700))
	for n, f := range files {
		noError(d.T, os.Link(f, filepath.Join(room, fmt.Sprint(n))))
	}
	return room
}

func (d *desk) lists() []*x509.RevocationList {
	d.Helper()
	all, err := d.ring.CRLs(d.now)
	noError(d.T, err)
	return all
}

func (d *desk) pem(kind string, ders ...[]byte) string {
	d.Helper()
	var b bytes.Buffer
	for _, der := range ders {
		noError(d.T, pem.Encode(&b, &pem.Block{Type: kind, Bytes: der}))
	}
	return d.file(b.Bytes())
}

// list is list 1 of the issuer, made an hour ago, changed in some way.
func (d *desk) list(say status.Code, crls []*x509.RevocationList, change func(*status.List)) status.List {
	l := status.List{ID: "https://cert.example/status/1", Number: 1, Issuer: "https://cert.example", From: d.now.Add(-time.Hour), Until: d.now.Add(35 * time.Hour),
		Entries: map[int]status.Code{deskPlace: say}}
	for _, crl := range crls {
		l.CRLs = append(l.CRLs, crl.Raw)
	}
	if change != nil {
		change(&l)
	}
	return l
}

func (d *desk) signed(l status.List, key crypto.Signer, chain []*x509.Certificate) string {
	d.Helper()
	jws, err := status.Build(l, key, chain)
	noError(d.T, err)
	return d.file(jws)
}

// status is such a list, signed by who signs today.
func (d *desk) status(say status.Code, crls []*x509.RevocationList, change func(*status.List)) string {
	d.Helper()
	key, chain, err := d.ring.Status(d.now)
	noError(d.T, err)
	return d.signed(d.list(say, crls, change), key, chain)
}

// credential is what a certificate of the desk's issuer states, and the key of the log that it stands in.
func (d *desk) credential() (c certs.Credential, logKey string) {
	d.Helper()
	c = certs.Credential{Edition: 1, Event: translog.Issued, Filing: deskFiling, Format: 1, IDNumber: "1101**********1234", IDType: "201", Issued: clock.Date{Year: 2026, Month: 6, Day: 1},
		Level: engine.Level(5), Name: "王小明", Number: deskNumber, Occupation: certs.CredentialTrade{Code: "4-14-01-03", Name: "健康照护师"}, Org: "核验机构", Salt: "00",
		Status: &certs.StatusPlace{Index: deskPlace, List: "https://cert.example/status/1"}, Token: certs.TokenDigest("t")}
	sum, err := c.Commitment()
	noError(d.T, err)
	private, public, err := note.GenerateKey(rand.Reader, "cert.example/log")
	noError(d.T, err)
	signer, err := note.NewSigner(private)
	noError(d.T, err)
	root := tlog.RecordHash(translog.Leaf{Event: c.Event, Commitment: sum}.Bytes()) // of a log with one leaf
	text, err := note.Sign(&note.Note{Text: fmt.Sprintf("cert.example/log\n1\n%s\n", base64.StdEncoding.EncodeToString(root[:]))}, signer)
	noError(d.T, err)
	c.Log = &certs.LogProof{Checkpoint: string(text), Hashes: []string{}}
	return c, public
}

// sealed is a file that says so, by the keys of a ring.
func (d *desk) sealed(by *keys.Ring, c certs.Credential, at time.Time) string {
	d.Helper()
	text, err := c.Encode()
	noError(d.T, err)
	sealer, err := by.Sealer(keys.Body{Name: "核验机构", Filing: deskFiling}, keys.Year(at), at)
	noError(d.T, err)
	pdf, err := sealer.Seal(pades.Input{PDF: certstest.Page(text)}, at)
	noError(d.T, err)
	return d.file(pdf)
}

// code is the offline code of the same certificate, by the keys of a ring.
func (d *desk) code(by *keys.Ring) string {
	d.Helper()
	key, _, err := by.Offline(d.now)
	noError(d.T, err)
	text, err := offline.Encode(offline.Claims{Number: deskNumber, Name: "王小明", Level: 5, OccupationCode: "4-14-01-03", Issued: clock.Date{Year: 2026, Month: 6, Day: 1},
		Edition: 1, IDTail: "1234", StatusList: 1, StatusIndex: deskPlace, Org: "核验机构"}, key)
	noError(d.T, err)
	return text
}

// bundle are the issuer's published certificates.
func (d *desk) bundle() string {
	d.Helper()
	all, err := d.ring.Published()
	noError(d.T, err)
	var ders [][]byte
	for _, c := range all {
		ders = append(ders, c.Raw)
	}
	return d.pem("CERTIFICATE", ders...)
}

func (d *desk) sealer() *pades.Sealer {
	d.Helper()
	s, err := d.ring.Sealer(keys.Body{Name: "核验机构", Filing: deskFiling}, keys.Year(d.now), d.now)
	noError(d.T, err)
	return s
}

// revoked revokes what signs for somebody, and gives the lists of after that.
func (d *desk) revoked(c *x509.Certificate) []*x509.RevocationList {
	d.Helper()
	_, err := d.ring.Revoke(c.SerialNumber.Text(16), "key-compromise", time.Time{}, d.now)
	noError(d.T, err)
	return d.lists()
}

// asked is one question to verify: a file or code and what it is asked with besides the root, the exit status, what the answer
// says and what it does not.
type asked struct {
	name string
	ask  []string
	want error
	says []string
	not  string
}

// asks every question.
func (d *desk) asks(all []asked) {
	root := d.file(d.ring.RootPEM())
	for _, q := range all {
		d.Run(q.name, func(t *testing.T) {
			said, err := command(t, append([]string{"verify", "--trust", root}, q.ask...)...)
			if !errors.Is(err, q.want) {
				t.Errorf("%v, want %v:\n%s", err, q.want, said)
			}
			for _, w := range q.says {
				if !strings.Contains(said, w) {
					t.Errorf("does not say %q:\n%s", w, said)
				}
			}
			if q.not != "" && strings.Contains(said, q.not) {
				t.Errorf("says %q:\n%s", q.not, said)
			}
		})
	}
}

// TestVerifyFiles: only what every answer speaks for is valid, and what is lacking at the checker's makes no genuine file look
// forged.
func TestVerifyFiles(t *testing.T) {
	d, stranger, real := newDesk(t), newDesk(t), newDeskOf(t, false)
	c, logKey := d.credential()
	_, otherLog := d.credential()
	elsewhere, another, unlogged := c, c, c
	elsewhere.Filing, unlogged.Salt = "S000035000002", "01"
	another.Status = &certs.StatusPlace{Index: deskPlace, List: "https://old.example/status/1"}
	pdf, of, later := d.sealed(d.ring, c, d.now), func(c certs.Credential) string { return d.sealed(d.ring, c, d.now) }, d.now.Add(time.Hour)
	fresh := d.lists()
	valid, silent, superseded := d.status(status.Valid, fresh, nil), d.status(status.Valid, nil, nil), d.status(status.Superseded, fresh, nil)
	older := d.status(status.Valid, fresh, func(l *status.List) { l.From = l.From.Add(-time.Hour) })
	staleCRL := d.pem("X509 CRL", d.old[0].Raw, d.old[1].Raw)
	questions := []asked{
		{"valid", []string{pdf, "--status", valid, "--log-key", logKey}, nil, []string{"有效 valid", deskNumber, "没有效力"}, "seal."},
		{"a demonstration's, in JSON", []string{pdf, "--status", valid, "--json"}, nil, []string{`"demo": true`}, ""},
		{"no demonstration's, in JSON", []string{real.sealed(real.ring, c, d.now), "--trust", real.file(real.ring.RootPEM()), "--json"}, exitUnknown, []string{`"demo": false`}, ""},
		{"the key of the log in a file", []string{pdf, "--status", valid, "--log-key", d.file([]byte(logKey + "\n"))}, nil, []string{"有效 valid"}, ""},
		{"superseded", []string{pdf, "--status", superseded}, exitInvalid, []string{"已被替代"}, ""},
		{"revoked", []string{pdf, "--status", d.status(status.Revoked, fresh, nil)}, exitInvalid, []string{"已撤销"}, ""},
		{"newest of two lists", []string{pdf, "--status", d.room(superseded, older)}, exitInvalid, []string{"已被替代"}, ""},
		{"no list", []string{pdf}, exitUnknown, []string{"签章完整可信，当前状态无法核实", "https://cert.example/status/1"}, ""},
		{"list of another address", []string{of(another), "--status", valid}, exitUnknown, []string{"https://old.example/status/1"}, ""},
		{"nothing clears the seal", []string{pdf, "--status", silent}, exitUnknown, []string{"当前状态无法核实"}, ""},
		{"old revocation list", []string{pdf, "--status", silent, "--crl", staleCRL}, exitUnknown, []string{"签章完整可信", "seal.stale"}, ""},
		{"old revocation list beside a new one", []string{pdf, "--status", valid, "--crl", staleCRL}, nil, []string{"有效 valid"}, ""},
		{"another root", []string{pdf, "--status", valid, "--trust", stranger.file(stranger.ring.RootPEM())}, exitInvalid, []string{"seal.untrusted", "所给根证书", "root.pem"}, "没有效力"},
		{"another log", []string{pdf, "--status", valid, "--log-key", otherLog}, exitUnknown, []string{"签章完整可信", "log.checkpoint", "--log-key"}, "未通过"},
		{"another log, in JSON", []string{pdf, "--log-key", otherLog, "--json"}, exitUnknown, []string{`"seal": "whole"`}, ""},
		{"not in the log", []string{of(unlogged), "--log-key", logKey}, exitInvalid, []string{"log.not_included"}, deskNumber},
		{"clock behind", []string{d.sealed(d.ring, c, later), "--status", valid}, exitUnknown, []string{"seal.future", "clock"}, "未通过"},
		{"a stranger's of later", []string{d.sealed(stranger.ring, c, later)}, exitInvalid, []string{"seal.untrusted"}, "可信，"},
		{"another body's", []string{of(elsewhere), "--json"}, exitInvalid, []string{"certificate.statement", `"seal": "whole"`}, ""},
		{"too large", []string{d.file(make([]byte, pades.MaxFile+1))}, exitUnknown, []string{"未作核验", "pdf.too_large", "20 MB"}, "未通过"},
		{"too large, in JSON", []string{d.file(make([]byte, pades.MaxFile+1)), "--json"}, exitUnknown, []string{`"seal": "unchecked"`, `"standing": "unknown"`}, "whole"},
		{"altered", []string{d.altered(pdf), "--json"}, exitInvalid, []string{`"standing": "invalid"`, `"seal": "refused"`}, ""},
	}
	gone := d.pem("X509 CRL", d.revoked(d.sealer().Certificate())[0].Raw)
	d.asks(append(questions, asked{"seal revoked", []string{pdf, "--status", valid, "--crl", gone}, exitInvalid, []string{"seal.revoked"}, "有效 valid"}))
}

// TestVerifyTrustsRootsAlone: the other public files, in the place of the root, are said to be none; the fault is not the
// certificate's.
func TestVerifyTrustsRootsAlone(t *testing.T) {
	d := newDesk(t)
	c, _ := d.credential()
	pdf, code, bundle := d.sealed(d.ring, c, d.now), d.code(d.ring), d.bundle()
	both := d.file(append(d.ring.RootPEM(), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: d.sealer().Certificate().Raw})...))
	for name, trust := range map[string]string{"bundle": bundle, "root and more": both, "no certificate": pdf} {
		for _, what := range []string{pdf, code} {
			var said bytes.Buffer
			err := run(t.Context(), []string{"verify", what, "--trust", trust, "--keys", bundle}, func(string) string { return "" }, strings.NewReader(""), io.Discard, &said)
			if !errors.Is(err, exitUnknown) || !strings.Contains(said.String(), "root.pem") {
				t.Errorf("%s, %.5s: %v, %s", name, what, err, &said)
			}
		}
	}
}

// TestVerifyCodesOfTwoAlgorithms: the SM2 certificates among an issuer's published ones are no hindrance.
func TestVerifyCodesOfTwoAlgorithms(t *testing.T) {
	d := newDesk(t)
	both, err := keys.Make(filepath.Join(d.dir, "keys"), keys.Options{Label: "核验", Demo: true, SM2: true}, d.now)
	noError(t, err)
	t.Cleanup(func() { noError(t, both.Close()) })
	d.ring = both
	code := d.code(d.ring)
	d.asks([]asked{{"valid", []string{code, "--keys", d.bundle(), "--status", d.status(status.Valid, d.lists(), nil)}, nil, []string{"有效 valid"}, ""}})
}

// TestVerifyCodes: a code is held against status lists and revocation lists as a file is, and of nobody knows whose it is not
// said that it was whole or trusted.
func TestVerifyCodes(t *testing.T) {
	d, stranger := newDesk(t), newDesk(t)
	code, bundle := d.code(d.ring), d.bundle()
	fresh := d.lists()
	valid, silent := d.status(status.Valid, fresh, nil), d.status(status.Valid, nil, nil)
	differ := []string{d.status(status.Revoked, fresh, func(l *status.List) { l.ID, l.From = "https://old.example/status/1", l.From.Add(-time.Hour) })}
	for n := range 8 {
		differ = append(differ, d.status(status.Valid, fresh, func(l *status.List) { l.ID = fmt.Sprintf("https://%d.example/status/1", n) }))
	}
	questions := []asked{
		{"valid", []string{code, "--status", valid}, nil, []string{"有效 valid", deskNumber, "没有效力"}, "offline."},
		{"a demonstration's, in JSON", []string{code, "--status", valid, "--json"}, nil, []string{`"demo": true`}, ""},
		{"superseded", []string{code, "--status", d.status(status.Superseded, fresh, nil)}, exitInvalid, []string{"已被替代"}, ""},
		{"lists that differ", []string{code, "--status", d.room(differ...)}, exitInvalid, []string{"已撤销"}, "有效 valid"},
		{"no list", []string{code}, exitUnknown, []string{"签名正确，当前状态无法核实", "offline.uncleared", "/status/1", "不带状态列表的地址", "--status"}, "签章"},
		{"nothing clears the key", []string{code, "--status", silent}, exitUnknown, []string{"offline.uncleared"}, "有效 valid"},
		{"cleared by an old list", []string{code, "--status", silent, "--crl", d.pem("X509 CRL", d.old[0].Raw, d.old[1].Raw)}, exitUnknown, []string{"offline.uncleared"}, "有效 valid"},
		{"a stranger's", []string{stranger.code(stranger.ring), "--status", valid}, exitUnknown, []string{"不知道是谁签发的", "offline.key"}, "签章完整"},
		{"changed", []string{code[:len(code)-3] + "000", "--status", valid}, exitInvalid, []string{"不可采信"}, deskNumber},
	}
	_, chain, err := d.ring.Offline(d.now)
	noError(t, err)
	gone := d.revoked(chain[0])
	questions = append(questions,
		asked{"key revoked, as the list says", []string{code, "--status", d.status(status.Valid, gone, nil)}, exitInvalid, []string{"不可采信", "offline.revoked"}, deskNumber},
		asked{"key revoked, as another list says", []string{code, "--status", valid, "--crl", d.pem("X509 CRL", gone[0].Raw)}, exitInvalid, []string{"offline.revoked"}, ""})
	for n := range questions {
		questions[n].ask = append(questions[n].ask, "--keys", bundle)
	}
	d.asks(questions)
}

// TestVerifyDropsListsOfRevokedKeys, whichever list tells of it, for files and codes.
func TestVerifyDropsListsOfRevokedKeys(t *testing.T) {
	d := newDesk(t)
	c, _ := d.credential()
	pdf, code, bundle := d.sealed(d.ring, c, d.now), d.code(d.ring), d.bundle()
	valid := d.status(status.Valid, d.lists(), nil)
	key, chain, err := d.ring.Status(d.now)
	noError(t, err)
	gone := d.revoked(chain[0])
	itself := d.signed(d.list(status.Valid, gone, nil), key, chain)
	_, err = d.ring.Rotate(keys.UseStatus, keys.Body{}, d.now, d.now)
	noError(t, err)
	second := d.status(status.Valid, gone, func(l *status.List) { l.ID, l.Number = "https://cert.example/status/2", 2 })
	crl := d.pem("X509 CRL", gone[0].Raw)
	var questions []asked
	for _, what := range []string{pdf, code} {
		name := map[bool]string{true: "file", false: "code"}[what == pdf]
		for how, lists := range map[string][]string{"itself": {itself}, "another list": {d.room(valid, second)}, "the user's": {valid, "--crl", crl}} {
			ask := append([]string{what, "--keys", bundle, "--status"}, lists...)
			questions = append(questions, asked{name + ", says " + how, ask, exitUnknown, []string{"status.revoked"}, "有效 valid"})
		}
		questions = append(questions, asked{name + ", by the new key", []string{what, "--keys", bundle, "--status", d.status(status.Valid, gone, nil)}, nil, []string{"有效 valid"}, ""})
	}
	d.asks(questions)
}

// TestVerifyIsHeard: an answer that cannot be written is none, whatever it was.
func TestVerifyIsHeard(t *testing.T) {
	d := newDesk(t)
	c, _ := d.credential()
	root, valid, code := d.file(d.ring.RootPEM()), d.status(status.Valid, d.lists(), nil), d.code(d.ring)
	bundle := d.bundle()
	for _, what := range []string{d.sealed(d.ring, c, d.now), code, d.altered(valid)} {
		args := []string{"verify", what, "--trust", root, "--keys", bundle, "--status", valid}
		if err := run(t.Context(), args, func(string) string { return "" }, strings.NewReader(""), fullDisk{}, io.Discard); !errors.Is(err, exitUnknown) {
			t.Errorf("%.10s: %v", what, err)
		}
	}
}

// altered is a copy of a file with one byte changed.
func (d *desk) altered(name string) string {
	d.Helper()
	b, err := os.ReadFile(name)
	noError(d.T, err)
	b[60] ^= 1
	return d.file(b)
}

// fullDisk takes nothing.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, os.ErrClosed }
