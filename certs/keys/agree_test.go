package keys_test

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/keys"
)

// TestOpenSSLAgrees: chains of every use hold with revocation lists looked up, and a revoked certificate does not.
func TestOpenSSLAgrees(t *testing.T) {
	now := time.Now() // OpenSSL judges lists by the machine's clock
	dir := t.TempDir()
	r, err := keys.Make(dir, keys.Options{Label: "技能等级认定"}, now)
	check(t, err)
	seal := sealCert(t, r, keys.Year(now), now)
	_, status, err := r.Status(now)
	check(t, err)
	_, offline, err := r.Offline(now)
	check(t, err)
	ask := func(c *x509.Certificate) string {
		lists, err := r.CRLs(now)
		check(t, err)
		var crls []byte
		for _, l := range lists {
			crls = append(crls, pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: l.Raw})...)
		}
		work := t.TempDir()
		file := func(name string, b []byte) string {
			path := filepath.Join(work, name)
			check(t, os.WriteFile(path, b, 0o600))
			return path
		}
		one := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
		out, _ := exec.Command("openssl", "verify", "-x509_strict", "-crl_check_all", "-CRLfile", file("crl.pem", crls), "-CAfile", r.RootPath(),
			"-untrusted", filepath.Join(dir, "issuing.pem"), file("cert.pem", one)).CombinedOutput()
		return string(out)
	}
	for name, c := range map[string]*x509.Certificate{"seal": seal, "status": status[0], "offline": offline[0]} {
		if out := ask(c); !strings.HasSuffix(strings.TrimSpace(out), "OK") {
			t.Errorf("%s: %s", name, out)
		}
	}
	_, err = r.Revoke(seal.SerialNumber.Text(16), "key-compromise", now, now)
	check(t, err)
	if out := ask(seal); !strings.Contains(out, "certificate revoked") {
		t.Errorf("the revoked seal: %s", out)
	}
}
