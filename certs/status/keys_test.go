package status_test

import (
	"crypto/x509"
	"errors"
	"testing"

	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/offline"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/certs/vcjwt"
	"github.com/skillcert/skillcert/engine/clock"
)

// An installation's own keys serve for what they were made for, and not for each other's work.
func TestTheKeysOfAnInstallation(t *testing.T) {
	ring, err := keys.Init(t.TempDir(), "测试", false, noon())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ring.Close() }()
	key, chain, err := ring.Status(noon())
	if err != nil {
		t.Fatal(err)
	}
	other, others, err := ring.Offline(noon())
	if err != nil {
		t.Fatal(err)
	}
	o := status.Options{Usage: keys.ForStatus}
	text, err := status.Build(list(nil), key, chain)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = status.Open(text, ring.Trust(), noon(), o); err != nil {
		t.Fatal(err)
	}
	if text, err = status.Build(list(nil), other, others); err != nil {
		t.Fatal(err)
	}
	if _, err = status.Open(text, ring.Trust(), noon(), o); !errors.Is(err, vcjwt.ErrUsage) {
		t.Fatalf("a list by the key of offline codes: %v", err)
	}
	code, err := offline.Encode(offline.Claims{Number: "S000035001044264000012", Name: "张三", Level: 4, OccupationCode: "4-14-01-03",
		Issued: clock.Date{Year: 2026, Month: 11, Day: 26}, Edition: 1, IDTail: "123X", Photo: make([]byte, 8), Org: "中心"}, other)
	if err != nil {
		t.Fatal(err)
	}
	id, err := offline.KeyIDOf(others[0].PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err = offline.Verify(code, map[offline.KeyID]*x509.Certificate{id: others[0]}); err != nil || id.String() != vcjwt.KeyID(others[0]) {
		t.Fatal(err)
	}
}
