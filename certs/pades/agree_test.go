package pades_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// nssDB makes a certificate database that trusts the ring's root, as a reader's own would.
func nssDB(t *testing.T, root string) string {
	t.Helper()
	dir := t.TempDir()
	must(t, "certutil", "-N", "-d", "sql:"+dir, "--empty-password")
	must(t, "certutil", "-A", "-d", "sql:"+dir, "-n", "root", "-t", "CT,CT,CT", "-i", root)
	return dir
}

// TestPdfsigAgrees: poppler calls the seal valid, whole and trusted, and sees what was added behind it.
func TestPdfsigAgrees(t *testing.T) {
	b := newBench(t, systemNow())
	db, dir := nssDB(t, b.ring.RootPath()), t.TempDir()
	pdf := b.seal(t, "page.pdf", systemNow())
	good := must(t, "pdfsig", "-nssdir", db, write(t, dir, "good.pdf", pdf))
	for _, want := range []string{"Signature is Valid", "Total document signed", "Certificate is Trusted", "ETSI.CAdES.detached", "SHA-256", "津门照护技能评价中心"} {
		if !strings.Contains(good, want) {
			t.Errorf("no %q in\n%s", want, good)
		}
	}
	if strings.Count(good, "Signature #") != 1 {
		t.Errorf("not one signature in\n%s", good)
	}
	longer := must(t, "pdfsig", "-nssdir", db, write(t, dir, "longer.pdf", concat(pdf, []byte("\n% more\n"))))
	if strings.Contains(longer, "Total document signed") && !strings.Contains(longer, "Not total document signed") {
		t.Errorf("appended bytes unseen\n%s", longer)
	}
	edited := bytes.Replace(pdf, []byte("example.org"), []byte("example.net"), 1)
	bad, _ := tool(t, "pdfsig", "-nssdir", db, write(t, dir, "bad.pdf", edited))
	if bytes.Equal(edited, pdf) || strings.Contains(bad, "Signature is Valid") {
		t.Errorf("edited page unseen\n%s", bad)
	}
}

// TestOpenSSLAgrees: the CMS taken out of the file stands on its own, CAdES attributes included.
func TestOpenSSLAgrees(t *testing.T) {
	b := newBench(t, noon())
	pdf, dir := b.seal(t, "page.pdf", noon()), t.TempDir()
	raw, covered := cmsOf(t, pdf)
	cms := write(t, dir, "seal.der", raw)
	at := fmt.Sprint(noon().Unix())
	args := []string{"cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", cms, "-CAfile", b.ring.RootPath(), "-attime", at,
		"-out", filepath.Join(dir, "out"), "-content"}
	must(t, "openssl", append(args, write(t, dir, "covered", covered))...)
	if out, err := tool(t, "openssl", append(args, write(t, dir, "other", concat(covered, []byte("x"))))...); err == nil {
		t.Errorf("openssl accepts other content\n%s", out)
	}
	shown := must(t, "openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", cms)
	if strings.Count(shown, "object: ") == 0 || strings.Contains(shown, "signingTime") || strings.Contains(shown, "unsignedAttrs:\n      object") {
		t.Errorf("attributes are not those of baseline B-B\n%s", shown)
	}
	for _, want := range []string{"contentType", "messageDigest", "id-smime-aa-signingCertificateV2"} {
		if strings.Count(shown, "object: "+want+" (") != 1 {
			t.Errorf("%s: not once in\n%s", want, shown)
		}
	}
}

// TestQpdfAgrees: the structure is clean.
func TestQpdfAgrees(t *testing.T) {
	b := newBench(t, noon())
	for _, file := range []string{"page.pdf", "plain.pdf"} {
		path := write(t, t.TempDir(), file, b.seal(t, file, noon()))
		if out := must(t, "qpdf", "--check", path); strings.Contains(strings.ToLower(out), "warning") {
			t.Errorf("%s: %s", file, out)
		}
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
}
