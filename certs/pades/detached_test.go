package pades_test

import (
	"crypto/sha256"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/engine/errs"
)

// A detached signature is what the seal's key set over these bytes at that time, in every byte, and OpenSSL agrees.
func TestDetached(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)
	ring, err := keys.Init(filepath.Join(dir, "keys"), "样例", true, now)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ring.Sealer(keys.Body{Name: "样例评价中心", Filing: "S000012009999"}, 2026, now)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("{\"what\": \"is signed\"}\n")
	st := pades.Statement{Digest: sha256.Sum256(text), Claimed: now}
	cms, err := s.SignDetached(st)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := pades.VerifyDetached(st, cms, ring.Trust(), pades.Options{Body: "S000012009999"}); err != nil || r.Signer == nil || !r.Claimed.Equal(now) {
		t.Fatalf("%+v, %v", r, err)
	}
	refused := func(name string, want *errs.Error, st pades.Statement, cms []byte, o pades.Options) {
		t.Helper()
		if _, err := pades.VerifyDetached(st, cms, ring.Trust(), o); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	refused("other bytes", pades.ErrAltered, pades.Statement{Digest: sha256.Sum256(text[1:]), Claimed: now}, cms, pades.Options{})
	refused("another year", pades.ErrExpired, pades.Statement{Digest: st.Digest, Claimed: now.AddDate(5, 0, 0)}, cms, pades.Options{})
	refused("another body", pades.ErrBody, st, cms, pades.Options{Body: "S000012000001"})
	refused("the future", pades.ErrFuture, st, cms, pades.Options{Now: now.Add(-time.Hour)})
	for at := range cms {
		bad := append([]byte{}, cms...)
		bad[at] ^= 1
		if _, err := pades.VerifyDetached(st, bad, ring.Trust(), pades.Options{}); err == nil {
			t.Fatalf("byte %d of %d does not count", at, len(cms))
		}
	}
	if _, err := s.SignDetached(pades.Statement{Digest: st.Digest, Claimed: now.AddDate(5, 0, 0)}); !errors.Is(err, pades.ErrExpired) {
		t.Errorf("signed after the end of the certificate: %v", err)
	}
	for name, data := range map[string][]byte{"text": text, "cms": cms, "root.pem": ring.RootPEM()} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", filepath.Join(dir, "cms"), "-content", filepath.Join(dir, "text"),
		"-CAfile", filepath.Join(dir, "root.pem"), "-purpose", "any", "-attime", "1772510400", "-out", filepath.Join(dir, "out")).CombinedOutput()
	if err != nil {
		t.Errorf("openssl: %v\n%s", err, out)
	}
}
