package certstest

import (
	"crypto/rand"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine/clock"
)

// Stamp is a certs.Sealer that seals the same page for everybody, with the credential in it. What is printed is tested with
// the press.
type Stamp struct{ Ring *keys.Ring }

// Demo reports whether the keys were made for a demonstration.
func (s Stamp) Demo() bool { return s.Ring.Demo() }

// Seal is certs.Sealer.
func (s Stamp) Seal(d certs.Draft) ([]byte, error) {
	sealer, err := s.Ring.Sealer(keys.Body{Name: d.Edition.OrgName, Filing: d.Certificate.Filing}, keys.Year(d.At), d.At)
	if err != nil {
		return nil, err
	}
	return sealer.Seal(pades.Input{PDF: Page(d.Credential)}, d.At)
}

// Log is a transparency log with a new key.
func Log(t testing.TB, p translog.Ports, c clock.Clock) *translog.Log {
	t.Helper()
	private, public, err := note.GenerateKey(rand.Reader, "example.org/log")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := translog.ReadTrust([]string{public}, nil)
	if err != nil {
		t.Fatal(err)
	}
	log, err := translog.New(p, signer, trust, c)
	if err != nil {
		t.Fatal(err)
	}
	return log
}
