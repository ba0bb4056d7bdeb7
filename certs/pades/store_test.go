package pades_test

import (
	"crypto/x509"
	"errors"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/pades"
)

// TestSecurityStore reads the store with qpdf: the authorities and their current lists, whole and under the seal.
func TestSecurityStore(t *testing.T) {
	b := newBench(t, noon())
	pdf := b.seal(t, "page.pdf", noon())
	path := write(t, t.TempDir(), "store.pdf", pdf)
	show := func(n string, more ...string) string {
		out, err := exec.Command("qpdf", append([]string{"--show-object=" + n, path}, more...)...).Output()
		if err != nil {
			t.Fatalf("qpdf: %v", err)
		}
		return string(out)
	}
	entry := regexp.MustCompile(`/DSS (\d+) 0 R`).FindSubmatch(pdf)
	if entry == nil {
		t.Fatal("no security store")
	}
	store := regexp.MustCompile(`^<< /CRLs \[ (\d+) 0 R (\d+) 0 R \] /Certs \[ (\d+) 0 R (\d+) 0 R \] /Type /DSS >>\n$`).FindStringSubmatch(show(string(entry[1])))
	if store == nil {
		t.Fatalf("the store is %s", show(string(entry[1])))
	}
	report, err := pades.Verify(pdf, b.ring.Trust(), pades.Options{Now: noon()})
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range store[3:] {
		if c, err := x509.ParseCertificate([]byte(show(n, "--raw-stream-data"))); err != nil || !c.Equal(report.Chain[i+1]) {
			t.Errorf("certificate %d: %v", i, err)
		}
	}
	for i, n := range store[1:3] {
		list, err := x509.ParseRevocationList([]byte(show(n, "--raw-stream-data")))
		if err != nil || list.CheckSignatureFrom(report.Chain[i+1]) != nil || list.ThisUpdate.After(noon()) || list.NextUpdate.Before(noon()) {
			t.Errorf("list %d: %v", i, err)
		}
	}
}

// errNoEvidence is an authority that cannot say what it revoked.
var errNoEvidence = errors.New("no lists today")

// TestNoSealWithoutEvidence: a seal that should carry lists is not set without them.
func TestNoSealWithoutEvidence(t *testing.T) {
	b := newBench(t, noon())
	for name, e := range map[string]func() (pades.Evidence, error){
		"none":      func() (pades.Evidence, error) { return pades.Evidence{}, errNoEvidence },
		"too large": func() (pades.Evidence, error) { return pades.Evidence{CRLs: [][]byte{make([]byte, 1<<20)}}, nil },
	} {
		s := b.sealer.With(pades.Extras{Evidence: func(time.Time) (pades.Evidence, error) { return e() }})
		if out, err := s.Seal(pades.Input{PDF: document("")}, noon()); err == nil || out != nil {
			t.Errorf("%s: %d bytes, %v", name, len(out), err)
		}
	}
}
