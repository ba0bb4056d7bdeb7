package pades_test

import (
	"crypto/x509"
	"errors"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/pades/tsp/tsatest"
)

// TestCompromise: what a key sealed stands only when a proof says that it was before the key came into doubt; of a key
// that was merely given up, the claimed time is believed. Each at the second before, at and behind the date.
func TestCompromise(t *testing.T) {
	since := noon().AddDate(0, 1, 0)
	for _, c := range []struct {
		name, reason string
		claimed      time.Time
		stamp        bool
		proven       time.Time
		want         error
	}{
		{"claims to be older", "key-compromise", since.AddDate(0, 0, -7), false, time.Time{}, pades.ErrRevoked},
		{"stamped the second before", "key-compromise", since.Add(-time.Second), true, time.Time{}, nil},
		{"stamped at the date", "key-compromise", since, true, time.Time{}, pades.ErrRevoked},
		{"logged the second before", "key-compromise", since.Add(-time.Hour), false, since.Add(-time.Second), nil},
		{"logged at the date", "key-compromise", since.Add(-time.Hour), false, since, pades.ErrRevoked},
		{"stamped late, logged before", "key-compromise", since.Add(-time.Hour), true, since.Add(-time.Second), nil},
		{"for no reason", "unspecified", since.Add(-time.Hour), false, time.Time{}, pades.ErrRevoked},
		{"given up, sealed before", "superseded", since.Add(-time.Second), false, time.Time{}, nil},
		{"given up, sealed then", "superseded", since, false, time.Time{}, pades.ErrRevoked},
		{"closed, sealed before", "cessation-of-operation", since.Add(-time.Second), false, time.Time{}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := tsatest.New(t, c.claimed)
			var stamper pades.Stamper
			if c.stamp {
				stamper = a
			}
			b := benchWith(t, noon(), keys.Options{}, stamper)
			pdf := b.seal(t, "plain.pdf", c.claimed)
			lists := revoked(t, b, c.reason, since, since.AddDate(0, 0, 1))
			_, err := pades.Verify(pdf, b.ring.Trust(), pades.Options{Stampers: a.Trust(), Proven: c.proven, CRLs: lists})
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// revoked revokes the seal of a bench and returns the lists of the day.
func revoked(t testing.TB, b bench, reason string, since, now time.Time) []*x509.RevocationList {
	t.Helper()
	if _, err := b.ring.Revoke(b.sealer.Certificate().SerialNumber.Text(16), reason, since, now); err != nil {
		t.Fatal(err)
	}
	lists, err := b.ring.CRLs(now)
	if err != nil {
		t.Fatal(err)
	}
	return lists
}

// TestListsMustBeCurrentAndRight: lists clear a chain only when they are signed within it and not past their date.
func TestListsMustBeCurrentAndRight(t *testing.T) {
	b, stranger := newBench(t, noon()), newBench(t, noon())
	pdf := b.seal(t, "plain.pdf", noon())
	own, err := b.ring.CRLs(noon())
	if err != nil {
		t.Fatal(err)
	}
	theirs := revoked(t, stranger, "key-compromise", noon(), noon())
	ends := own[0].NextUpdate
	later, err := b.ring.CRLs(ends)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		lists  []*x509.RevocationList
		now    time.Time
		want   error
		listed time.Time
	}{
		"both":                {own, noon(), nil, own[0].ThisUpdate},
		"the root's only":     {own[1:], noon(), nil, time.Time{}},
		"none":                {nil, noon(), nil, time.Time{}},
		"a stranger's":        {theirs, noon(), nil, time.Time{}},
		"last second":         {own, ends, nil, own[0].ThisUpdate},
		"stale":               {own, ends.Add(time.Second), pades.ErrStale, time.Time{}},
		"stale, and the next": {append(own[:2:2], later...), ends.Add(time.Second), nil, own[1].ThisUpdate},
	} {
		r, err := pades.Verify(pdf, b.ring.Trust(), pades.Options{Now: c.now, CRLs: c.lists})
		if !errors.Is(err, c.want) || err == nil && !r.Listed.Equal(c.listed) {
			t.Errorf("%s: %v, %+v", name, err, r)
		}
		if r == nil {
			continue
		}
		if cleared, err := pades.Cleared(r.Chain, c.lists, c.now); err != nil || cleared == c.listed.IsZero() {
			t.Errorf("%s: cleared %t, %v", name, cleared, err)
		}
	}
}

// TestIssuingAuthorityRevoked: the root's list takes the whole branch down.
func TestIssuingAuthorityRevoked(t *testing.T) {
	b := newBench(t, noon())
	pdf := b.seal(t, "plain.pdf", noon())
	r, err := pades.Verify(pdf, b.ring.Trust(), pades.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.ring.Revoke(r.Chain[1].SerialNumber.Text(16), "ca-compromise", noon(), noon()); err != nil {
		t.Fatal(err)
	}
	lists, err := b.ring.CRLs(noon())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pades.Verify(pdf, b.ring.Trust(), pades.Options{CRLs: lists}); !errors.Is(err, pades.ErrRevoked) {
		t.Errorf("got %v", err)
	}
	if _, err := pades.Cleared(r.Chain, lists, lists[1].NextUpdate.AddDate(1, 0, 0)); !errors.Is(err, pades.ErrRevoked) { // what stood on a list goes on speaking against it
		t.Errorf("by an old list: %v", err)
	}
}

// TestSealedWithARevokedKey: the list inside the file speaks against it, without any list from outside. Only a sealer
// that was kept from before the revocation can make such a file.
func TestSealedWithARevokedKey(t *testing.T) {
	b := newBench(t, noon())
	revoked(t, b, "key-compromise", noon(), noon())
	pdf := b.seal(t, "plain.pdf", noon().Add(time.Minute))
	if _, err := pades.Verify(pdf, b.ring.Trust(), pades.Options{}); !errors.Is(err, pades.ErrRevoked) {
		t.Errorf("got %v", err)
	}
	if _, err := b.ring.Sealer(body(), 2026, noon()); !errors.Is(err, keys.ErrRevoked) {
		t.Errorf("a revoked key is handed out: %v", err)
	}
}

// TestBodyIsAskedFor: a seal of one body is none of another.
func TestBodyIsAskedFor(t *testing.T) {
	b := newBench(t, noon())
	pdf := b.seal(t, "plain.pdf", noon())
	for filing, want := range map[string]error{"": nil, body().Filing: nil, "S000012009998": pades.ErrBody} {
		if _, err := pades.Verify(pdf, b.ring.Trust(), pades.Options{Body: filing}); !errors.Is(err, want) {
			t.Errorf("%q: %v", filing, err)
		}
	}
}

// TestKeysOfOtherUses: the certificates for status lists and offline codes seal nothing, and what is sealed with them by
// force is refused.
func TestKeysOfOtherUses(t *testing.T) {
	b := newBench(t, noon())
	for name, use := range map[string]func(time.Time) (signer, []*x509.Certificate, error){"status": b.ring.Status, "offline": b.ring.Offline} {
		key, chain, err := use(noon())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pades.NewSealer(key, chain[0], chain[1:]...); !errors.Is(err, pades.ErrKey) {
			t.Errorf("%s: seals: %v", name, err)
		}
	}
}
