package pades_test

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/pades/tsp/tsatest"
)

// says is what each of five programs says of a file, in few words.
type says struct{ pdfsig, cms, ts, pdfcpu, qpdf string }

// Words of the outside programs.
const (
	pdfsigGood   = "valid, trusted, total"
	pdfcpuGood   = "valid"
	pdfcpuUnsure = "unknown, revocation unknown"
)

// specimen is one file of the corpus, what our verifier says of it and what the others do. why says what an outside
// program does not see; it stands wherever one is weaker than ours.
type specimen struct {
	name    string
	pdf     []byte
	trust   bench
	options pades.Options
	want    error
	others  says
	why     string
}

// TestCorpus holds our verifier against the programs that people have: poppler, OpenSSL, pdfcpu and qpdf.
func TestCorpus(t *testing.T) {
	w := newCorpus(t)
	all := append(w.good(t), w.damaged(t)...)
	all = append(append(all, w.wrongKeys(t)...), w.updated(t)...)
	trustAll(t, all)
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			if _, err := pades.Verify(s.pdf, s.trust.ring.Trust(), s.options); !errors.Is(err, s.want) {
				t.Errorf("ours: %v, want %v", err, s.want)
			}
			got := w.ask(t, s)
			if got != s.others {
				t.Errorf("\n got %+v\nwant %+v", got, s.others)
			}
			if s.want != nil && s.why == "" && (strings.HasPrefix(got.pdfsig, pdfsigGood) || got.cms == "ok" || got.pdfcpu == pdfcpuGood) {
				t.Error("an outside program is weaker and nothing says why")
			}
		})
	}
}

// corpus is what the specimens are made with.
type corpus struct {
	now       time.Time
	authority *tsatest.Authority
	bb, bt    bench
}

func newCorpus(t *testing.T) *corpus {
	t.Helper()
	now := systemNow().Truncate(time.Second)
	a := tsatest.New(t, now)
	return &corpus{now: now, authority: a, bb: newBench(t, now).bare(), bt: benchWith(t, now, keys.Options{}, a)}
}

func (w *corpus) options() pades.Options {
	return pades.Options{Now: w.now, Stampers: w.authority.Trust()}
}

// Why outside programs say less, where they do.
const (
	noAddress   = "pdfcpu wants the address of a list or responder in the certificate; ours come with the file and need no network"
	mayGrow     = "poppler, OpenSSL and pdfcpu judge the signed range and leave to the reader what stands behind it; only \"part\" tells"
	twoSigns    = "poppler and pdfcpu list both and leave the judgement to the reader; OpenSSL is shown the first alone"
	notLooked   = "the list was signed after the file was; none of them fetches lists, and the certificate names no address"
	noBody      = "that a seal is of the body that the certificate names is our rule; no reader knows of filing numbers"
	judgedToday = "they judge by today's clock; we by the claimed time, and where there is a stamp or a log entry by that"
)

func (w *corpus) good(t *testing.T) []specimen {
	t.Helper()
	rsa, sm2 := benchWith(t, w.now, keys.Options{Algorithm: keys.RSA3072}, nil), benchWith(t, w.now, keys.Options{SM2: true}, nil)
	stamped := bench{w.bt.ring, w.bt.sealer.With(pades.Extras{Stamper: w.authority})}
	o := w.options()
	withSM2 := o
	withSM2.SM2 = sm2.ring.SM2Roots()
	fine := says{pdfsigGood, "ok", "-", pdfcpuUnsure, "ok"}
	proven := fine
	proven.ts = "ok"
	return []specimen{
		{"good B-B", w.bb.seal(t, "page.pdf", w.now), w.bb, o, nil, fine, noAddress},
		{"good B-T", stamped.seal(t, "page.pdf", w.now), w.bt, o, nil, proven, noAddress},
		{"good B-T with DSS", w.bt.seal(t, "page.pdf", w.now), w.bt, o, nil, proven, noAddress},
		{"good RSA-3072", rsa.seal(t, "page.pdf", w.now), rsa, o, nil, fine, noAddress},
		{"good with SM2", sm2.seal(t, "page.pdf", w.now), sm2, withSM2, nil, fine, noAddress},
	}
}

func (w *corpus) damaged(t *testing.T) []specimen {
	t.Helper()
	pdf := w.bt.seal(t, "page.pdf", w.now)
	o := w.options()
	edited := bytes.Replace(pdf, []byte("example.org"), []byte("example.net"), 1)
	return []specimen{
		{"flipped", edited, w.bt, o, pades.ErrAltered, says{"invalid, total", "refused", "ok", "invalid, modified", "ok"}, ""},
		{"appended", concat(pdf, []byte("\n% more\n")), w.bt, o, pades.ErrAppended, says{"valid, trusted, part", "ok", "ok", pdfcpuUnsure, "ok"}, mayGrow},
		{"truncated", pdf[:len(pdf)-40], w.bt, o, pades.ErrTruncated, says{"unverified, part", "refused", "ok", "unknown, malformed", "warned"}, ""},
	}
}

func (w *corpus) wrongKeys(t *testing.T) []specimen {
	t.Helper()
	stranger, gone := newBench(t, w.now), newBench(t, w.now)
	old := benchWith(t, w.now.AddDate(-3, 0, 0), keys.Options{}, nil)
	ending := newBench(t, w.now.AddDate(-10, 0, -1)) // its authority ended yesterday
	before := w.now.AddDate(0, 0, -3)
	last, err := ending.ring.Sealer(body(), keys.Year(before), before)
	noError(t, err)
	lists := revoked(t, gone, "key-compromise", w.now, w.now)
	o := w.options()
	withLists, otherBody := o, o
	withLists.CRLs, otherBody.Body = lists, "S000012009998"
	pdf, hour := w.bb.seal(t, "page.pdf", w.now), w.now.AddDate(-3, 0, 0)
	expired := says{"valid, expired, total", "refused", "-", "unknown, expired", "ok"}
	fine := says{pdfsigGood, "ok", "-", pdfcpuUnsure, "ok"}
	return []specimen{
		{"another chain", stranger.seal(t, "page.pdf", w.now), w.bb, o, pades.ErrUntrusted,
			says{"valid, unknown issuer, total", "refused", "-", "unknown, untrusted", "ok"}, ""},
		{"seal expired", old.seal(t, "page.pdf", w.now), old, o, pades.ErrExpired, expired, ""},
		{"seal expired since", old.seal(t, "page.pdf", hour), old, o, nil, expired, judgedToday},
		{"authority expired, sealed before", bench{ending.ring, last}.seal(t, "page.pdf", before), ending, o, nil, expired, judgedToday},
		{"authority expired, sealed after", bench{ending.ring, last}.seal(t, "page.pdf", w.now), ending, o, pades.ErrExpired, expired, ""},
		{"revoked", gone.seal(t, "page.pdf", w.now), gone, withLists, pades.ErrRevoked, fine, notLooked},
		{"another body", pdf, w.bb, otherBody, pades.ErrBody, fine, noBody},
		{"another use", w.otherUse(t), w.bb, o, pades.ErrUsage, says{"valid, unknown issue, total", "refused", "-", pdfcpuUnsure, "ok"}, ""},
	}
}

// otherUse is sealed with the key of the status lists. NewSealer refuses it; a certificate that is presented to it with
// other purposes than it holds gets by.
func (w *corpus) otherUse(t *testing.T) []byte {
	t.Helper()
	key, chain, err := w.bb.ring.Status(w.now)
	noError(t, err)
	pretended := *chain[0]
	purposes := sealTemplate()
	pretended.ExtKeyUsage, pretended.UnknownExtKeyUsage = purposes.ExtKeyUsage, purposes.UnknownExtKeyUsage
	s, err := pades.NewSealer(key, &pretended, chain[1])
	noError(t, err)
	return bench{w.bb.ring, s}.seal(t, "page.pdf", w.now)
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *corpus) updated(t *testing.T) []specimen {
	t.Helper()
	pdf := w.bt.seal(t, "page.pdf", w.now)
	o := w.options()
	bar := "0.8 0 0 rg 100 400 400 120 re f"
	overlay := update(pdf, map[int]string{4: fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(bar), bar)})
	return []specimen{
		{"overlay", overlay, w.bt, o, pades.ErrAppended, says{"valid, trusted, part", "ok", "ok", pdfcpuUnsure, "ok"}, mayGrow},
		{"second signature", w.secondSignature(t, pdf), w.bt, o, pades.ErrSeveral,
			says{"valid, trusted, part; valid, untrusted, total", "ok", "ok", "unknown, untrusted; " + pdfcpuUnsure, "ok"}, twoSigns},
	}
}

// update puts objects behind a file as a further revision.
func update(pdf []byte, objects map[int]string) []byte {
	tail := pdf[bytes.LastIndex(pdf, []byte("trailer")):]
	number := func(key string) (n int) {
		_, after, _ := bytes.Cut(tail, []byte(key))
		_, _ = fmt.Sscan(string(after[:min(len(after), 12)]), &n)
		return n
	}
	b, table, size := bytes.NewBuffer(bytes.Clone(pdf)), "", number("/Size ")
	for n, o := range objects {
		table += fmt.Sprintf("%d 1\n%010d 00000 n \n", n, b.Len())
		fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", n, o)
		size = max(size, n+1)
	}
	at := b.Len()
	fmt.Fprintf(b, "xref\n%strailer\n<</Size %d /Root %d 0 R /Prev %d>>\nstartxref\n%d\n%%%%EOF\n", table, size, number("/Root "), number("startxref\n"), at)
	return b.Bytes()
}

// secondSignature puts a stranger's signature, whole and over all, behind a sealed file.
func (w *corpus) secondSignature(t *testing.T, pdf []byte) []byte {
	t.Helper()
	dir := t.TempDir()
	key, cert := filepath.Join(dir, "key.pem"), filepath.Join(dir, "cert.pem")
	must(t, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=stranger",
		"-keyout", key, "-out", cert)
	const room = 4000
	n, root := 40, 13
	blank := strings.Repeat(" ", 48)
	out := update(pdf, map[int]string{
		n: "<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange " + blank +
			"/Contents <" + strings.Repeat("0", 2*room) + ">>>",
		n + 1: fmt.Sprintf("<</Type /Annot /Subtype /Widget /FT /Sig /T (Second) /F 132 /Rect [0 0 0 0] /P 3 0 R /V %d 0 R>>", n),
		root:  fmt.Sprintf("<</Type /Catalog /Pages 1 0 R /AcroForm <</Fields [15 0 R %d 0 R] /SigFlags 3>> /Perms <</DocMDP 14 0 R>>>>", n+1),
	})
	at := bytes.LastIndex(out, []byte("/ByteRange "))
	from := at + bytes.IndexByte(out[at:], '<')
	to := from + 2*room + 2
	copy(out[at:], fmt.Sprintf("/ByteRange [0 %d %d %d]", from, to, len(out)-to))
	cms := filepath.Join(dir, "second.der")
	must(t, "openssl", "cms", "-sign", "-binary", "-md", "sha256", "-outform", "DER", "-signer", cert, "-inkey", key, "-in",
		write(t, dir, "covered", concat(out[:from], out[to:])), "-out", cms)
	copy(out[from+1:], hex.EncodeToString(readFile(t, cms)))
	return out
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	noError(t, err)
	return b
}

// trustAll gives pdfcpu the roots of all specimens.
func trustAll(t *testing.T, all []specimen) {
	t.Helper()
	model.ConfigPath = "disable"
	model.TrustedCertDir = t.TempDir()
	for i, s := range all {
		write(t, model.TrustedCertDir, fmt.Sprintf("root-%d.pem", i), s.trust.ring.RootPEM())
	}
	t.Cleanup(func() { model.UserCertPool, model.TrustedCertDir = nil, "" })
}

// ask asks the five programs.
func (w *corpus) ask(t *testing.T, s specimen) says {
	t.Helper()
	dir := t.TempDir()
	path := write(t, dir, "specimen.pdf", s.pdf)
	db := nssDB(t, s.trust.ring.RootPath())
	out, _ := tool(t, "pdfsig", "-nssdir", db, path)
	qpdf, err := tool(t, "qpdf", "--check", path)
	got := says{pdfsig: readPdfsig(out), cms: w.askCMS(t, dir, s), ts: w.askTS(t, dir, s.pdf), pdfcpu: askPdfcpu(t, path), qpdf: "ok"}
	if err != nil || strings.Contains(strings.ToLower(qpdf), "warning") {
		got.qpdf = "warned"
	}
	return got
}

// readPdfsig puts the first signature that pdfsig tells of, and every further one, in words.
func readPdfsig(out string) string {
	var all []string
	for i, part := range strings.Split(out, "Signature #") {
		if i == 0 {
			continue
		}
		all = append(all, strings.Join(words(part, [][2]string{
			{"Signature is Valid", "valid"}, {"Digest Mismatch", "invalid"}, {"Signature has not yet been verified", "unverified"},
			{"Signature is Invalid", "invalid"}, {"Document isn't signed", "none"}, {"decode failure", "undecodable"},
			{"Certificate is Trusted", "trusted"}, {"issuer isn't Trusted", "untrusted"}, {"issuer is unknown", "unknown issuer"}, {"has Expired", "expired"},
			{"been Revoked", "revoked"}, {"Unknown issue", "unknown issue"}, {"Not total document signed", "part"},
			{"- Total document signed", "total"}}), ", "))
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, "; ")
}

func words(text string, table [][2]string) []string {
	var found []string
	for _, w := range table {
		if strings.Contains(text, w[0]) {
			found = append(found, w[1])
		}
	}
	return found
}

// rangeOf returns what the last signature's byte range covers and its CMS, as a reader of the format takes them.
func rangeOf(pdf []byte) (covered, cms []byte) {
	at := bytes.Index(pdf, []byte("/ByteRange ["))
	var zero, from, to, rest int
	if at < 0 {
		return nil, nil
	}
	if _, err := fmt.Sscanf(string(pdf[at:min(len(pdf), at+80)]), "/ByteRange [%d %d %d %d]", &zero, &from, &to, &rest); err != nil || to > len(pdf) {
		return nil, nil
	}
	raw, err := hex.DecodeString(string(pdf[from+1 : to-1]))
	var outer asn1.RawValue
	if _, bad := asn1.Unmarshal(raw, &outer); err != nil || bad != nil {
		return nil, nil
	}
	return concat(pdf[:from], pdf[to:min(len(pdf), to+rest)]), outer.FullBytes
}

func (w *corpus) askCMS(t *testing.T, dir string, s specimen) string {
	t.Helper()
	covered, cms := rangeOf(s.pdf)
	if cms == nil {
		return "unread"
	}
	_, err := tool(t, "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", write(t, dir, "cms.der", cms), "-content",
		write(t, dir, "covered", covered), "-CAfile", s.trust.ring.RootPath(), "-out", filepath.Join(dir, "out"))
	if err != nil {
		return "refused"
	}
	return "ok"
}

// askTS asks OpenSSL about the time stamp, "-" where there is none.
func (w *corpus) askTS(t *testing.T, dir string, pdf []byte) string {
	t.Helper()
	_, cms := rangeOf(pdf)
	p7, err := pkcs7.Parse(cms)
	if err != nil || len(p7.Signers) != 1 {
		return "-"
	}
	for _, a := range p7.Signers[0].UnauthenticatedAttributes {
		if !a.Type.Equal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}) {
			continue
		}
		root := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.authority.Root.Raw})
		_, err := tool(t, "openssl", "ts", "-verify", "-token_in", "-in", write(t, dir, "token.der", a.Value.Bytes), "-data",
			write(t, dir, "signature", p7.Signers[0].EncryptedDigest), "-CAfile", write(t, dir, "tsa.pem", root))
		if err != nil {
			return "refused"
		}
		return "ok"
	}
	return "-"
}

// askPdfcpu puts what pdfcpu says of the signature that certifies, or of the last one, in words.
func askPdfcpu(t *testing.T, path string) string {
	t.Helper()
	conf := model.NewDefaultConfiguration()
	conf.Offline = true
	found, err := api.ValidateSignatures(path, true, conf)
	if err != nil {
		return "error"
	}
	var all []string
	for _, r := range found {
		all = append(all, strings.Join(words(r.Status.String()+" / "+r.Reason.String(), [][2]string{
			{"signature is valid", "valid"}, {"validity of the signature is unknown", "unknown"}, {"signature is invalid", "invalid"},
			{"revocation status is unknown", "revocation unknown"}, {"document has been modified", "modified"}, {"malformed", "malformed"},
			{"path was not resolved", "untrusted"}, {"has expired", "expired"}, {"has been revoked", "revoked"}, {"not authentic", "forged"},
			{"certificate is invalid", "bad certificate"}, {"time", "time"}, {"unsupported", "unsupported"}}), ", "))
	}
	return strings.Join(all, "; ")
}
