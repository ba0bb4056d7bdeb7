package pades_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/pades/tsp/tsatest"
)

// sized is a document of n bytes or a little more, as large as a certificate with its fonts and photo.
func sized(t testing.TB, n int) []byte {
	t.Helper()
	noise := make([]byte, n)
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	return document("", fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream\n", n, noise))
}

const usual = 56_000 // bytes of an unsealed certificate, about

// BenchmarkSealAndVerify prints, for a certificate of the usual size, what sealing and verifying take beside the raw
// operations of an ECDSA key, in alternating rounds, so that whatever else the machine does weighs on all alike: the
// median of the rounds, and what sealing takes above the raw signature.
func BenchmarkSealAndVerify(b *testing.B) {
	now := noon()
	authority := tsatest.New(b, now)
	for _, c := range []struct {
		name string
		b    bench
	}{
		{"B-B", newBench(b, now).bare()}, {"B-B+DSS", newBench(b, now)}, {"B-T+DSS", benchWith(b, now, keys.Options{}, authority)},
		{"SM2", benchWith(b, now, keys.Options{SM2: true}, nil)}, {"RSA-3072", benchWith(b, now, keys.Options{Algorithm: keys.RSA3072}, nil)},
	} {
		b.Run(c.name, func(b *testing.B) { benchmarkKind(b, c.b, authority.Trust()) })
	}
}

func benchmarkKind(b *testing.B, of bench, stampers *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	in := pades.Input{PDF: sized(b, usual), Reason: "颁发职业技能等级证书"}
	digest := sha256.Sum256(in.PDF)
	trust, o := of.ring.Trust(), pades.Options{Now: noon(), Stampers: stampers, SM2: of.ring.SM2Roots()}
	var rawSign, rawVerify, seal, verify, above []float64
	var signature, out []byte
	for b.Loop() {
		rawSign = append(rawSign, took(b, func() (err error) { signature, err = ecdsa.SignASN1(rand.Reader, key, digest[:]); return err }))
		seal = append(seal, took(b, func() (err error) { out, err = of.sealer.Seal(in, noon()); return err }))
		rawVerify = append(rawVerify, took(b, func() error {
			if !ecdsa.VerifyASN1(&key.PublicKey, digest[:], signature) {
				return pades.ErrSignature
			}
			return nil
		}))
		verify = append(verify, took(b, func() error { _, err := pades.Verify(out, trust, o); return err }))
		above = append(above, seal[len(seal)-1]-rawSign[len(rawSign)-1])
	}
	for unit, rounds := range map[string][]float64{"raw-sign-ms": rawSign, "seal-ms": seal, "seal-above-raw-ms": above,
		"raw-verify-ms": rawVerify, "verify-ms": verify} {
		slices.Sort(rounds)
		b.ReportMetric(rounds[len(rounds)/2], unit)
	}
	b.ReportMetric(float64(len(out)-len(in.PDF)), "bytes-added")
}

// took returns the milliseconds that do takes.
func took(b *testing.B, do func() error) float64 {
	start := time.Now()
	if err := do(); err != nil {
		b.Fatal(err)
	}
	return float64(time.Since(start)) / float64(time.Millisecond)
}
