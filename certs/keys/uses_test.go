package keys_test

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func sealCert(t *testing.T, r *keys.Ring, year int, now time.Time) *x509.Certificate {
	t.Helper()
	s, err := r.Sealer(body, year, now)
	check(t, err)
	return s.Certificate()
}

// TestUsesDoNotMix holds every certificate against every use: each serves its own and no other.
func TestUsesDoNotMix(t *testing.T) {
	r := initRing(t, t.TempDir())
	_, status, err := r.Status(noon())
	check(t, err)
	_, offline, err := r.Offline(noon())
	check(t, err)
	seal := sealCert(t, r, 2026, noon())
	for _, c := range []struct {
		name            string
		cert            *x509.Certificate
		status, offline error
	}{
		{"status", status[0], nil, keys.ErrPurpose}, {"offline", offline[0], keys.ErrPurpose, nil}, {"seal", seal, keys.ErrPurpose, keys.ErrPurpose},
		{"issuing", status[1], keys.ErrPurpose, keys.ErrPurpose},
	} {
		if err := keys.ForStatus(c.cert); !errors.Is(err, c.status) {
			t.Errorf("%s for status: %v", c.name, err)
		}
		if err := keys.ForOffline(c.cert); !errors.Is(err, c.offline) {
			t.Errorf("%s for offline: %v", c.name, err)
		}
	}
	for _, chain := range [][]*x509.Certificate{status, offline} {
		between := x509.NewCertPool()
		between.AddCert(chain[1])
		holdsFor := func(u x509.ExtKeyUsage) error {
			_, err := chain[0].Verify(x509.VerifyOptions{Roots: r.Trust(), Intermediates: between, CurrentTime: noon(), KeyUsages: []x509.ExtKeyUsage{u}})
			return err
		}
		if err := holdsFor(x509.ExtKeyUsageAny); err != nil || len(chain) != 2 || len(keys.KeyID(chain[0])) != 16 {
			t.Errorf("%s: %v", chain[0].Subject, err)
		}
		for _, u := range []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection, x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageTimeStamping} {
			if holdsFor(u) == nil {
				t.Errorf("%s passes for purpose %v", chain[0].Subject, u)
			}
		}
	}
}

// TestRotationOverlaps: the new key is listed at once, signs from its first second, and the old one goes on verifying.
func TestRotationOverlaps(t *testing.T) {
	dir := t.TempDir()
	r, other := initRing(t, dir), initRing(t, dir)
	first := sealCert(t, r, 2026, noon())
	from := noon().AddDate(0, 1, 0)
	made, err := other.Rotate(keys.UseSeal, keys.Body{Filing: body.Filing}, from, noon())
	if err != nil || made.State != keys.StateWaits {
		t.Fatalf("%+v, %v", made, err)
	}
	if s := made.Cert.Subject; s.Organization[0] != body.Name || s.CommonName != first.Subject.CommonName {
		t.Errorf("the new seal is named %s", s)
	}
	for name, c := range map[string]struct {
		at   time.Time
		want *x509.Certificate
	}{"at once": {noon(), first}, "a second before": {from.Add(-time.Second), first}, "from its first second": {from, made.Cert}} {
		if got := sealCert(t, r, 2026, c.at); !got.Equal(c.want) {
			t.Errorf("%s: sealed with %x", name, got.SerialNumber)
		}
	}
	if got, err := report(t, r, sealerOf(t, r, body, 2026), noon()); err != nil || !got.Signer.Equal(first) {
		t.Errorf("the old seal: %v", err)
	}
	if _, err := report(t, r, must(r.Sealer(body, 2026, from)), from.Add(-time.Second)); !errors.Is(err, pades.ErrExpired) {
		t.Errorf("the new seal before its day: %v", err)
	}
	states(t, r, noon(), map[string]keys.State{"seal-S000012009999-2026": keys.StateSigns, "seal-S000012009999-2026.2": keys.StateWaits})
	states(t, r, from, map[string]keys.State{"seal-S000012009999-2026": keys.StateVerifies, "seal-S000012009999-2026.2": keys.StateSigns})
	states(t, r, noon().AddDate(1, 0, 0),
		map[string]keys.State{"seal-S000012009999-2026": keys.StateVerifies, "seal-S000012009999-2026.2": keys.StateVerifies})
}

func must(s *pades.Sealer, _ error) *pades.Sealer { return s }

func states(t *testing.T, r *keys.Ring, now time.Time, want map[string]keys.State) {
	t.Helper()
	all, err := r.List(now)
	check(t, err)
	for _, l := range all {
		if w, ok := want[l.Name]; ok && l.State != w {
			t.Errorf("at %v %s %s, want %s", now, l.Name, l.State, w)
		}
	}
}

// TestRotationOfTheOtherUses: each line has its own keys.
func TestRotationOfTheOtherUses(t *testing.T) {
	r := initRing(t, t.TempDir())
	_, before, err := r.Status(noon())
	check(t, err)
	_, other, err := r.Offline(noon())
	check(t, err)
	made, err := r.Rotate(keys.UseStatus, keys.Body{}, time.Time{}, noon())
	check(t, err)
	_, after, err := r.Status(noon())
	check(t, err)
	_, same, err := r.Offline(noon())
	check(t, err)
	if after[0].Equal(before[0]) || !after[0].Equal(made.Cert) || !same[0].Equal(other[0]) || made.State != keys.StateSigns {
		t.Errorf("rotated to %x, signs with %x", made.Cert.SerialNumber, after[0].SerialNumber)
	}
	_, next, err := r.Status(noon().AddDate(1, 0, 0))
	if err != nil || next[0].Equal(after[0]) {
		t.Errorf("next year: %v", err)
	}
	for _, u := range []keys.Use{"", "root", "authority", keys.UseSecondSeal} {
		if _, err := r.Rotate(u, body, time.Time{}, noon()); !errors.Is(err, keys.ErrUse) {
			t.Errorf("%q: %v", u, err)
		}
	}
	if _, err := r.Rotate(keys.UseSeal, keys.Body{Filing: body.Filing}, time.Time{}, noon()); !errors.Is(err, keys.ErrAbsent) {
		t.Errorf("a body without name: %v", err)
	}
}

// TestRotationAheadOfTheFirstKey: until its day comes, the year's first key signs, also of a year that has not begun.
func TestRotationAheadOfTheFirstKey(t *testing.T) {
	r := initRing(t, t.TempDir())
	for _, from := range []time.Time{noon().AddDate(0, 0, 2), noon().AddDate(1, 0, 0)} {
		year := keys.Year(from)
		status := func(at time.Time) *x509.Certificate {
			_, chain, err := r.Status(at)
			check(t, err)
			return chain[0]
		}
		sealed := func(at time.Time) *x509.Certificate {
			s := must(r.Sealer(body, year, at))
			if !s.Holds(at) {
				t.Errorf("the seal does not hold at %v", at)
			}
			return s.Certificate()
		}
		for use, signs := range map[keys.Use]func(time.Time) *x509.Certificate{keys.UseStatus: status, keys.UseSeal: sealed} {
			made, err := r.Rotate(use, body, from, noon())
			check(t, err)
			before := from.Add(-time.Second)
			if signs(before).Equal(made.Cert) || before.Before(signs(before).NotBefore) || !signs(from).Equal(made.Cert) || made.State != keys.StateWaits {
				t.Errorf("%s from %v: before it %v signs", use, from, signs(before).NotBefore)
			}
		}
	}
}

// TestRevokedKeysSignNoMore, in every process, and the state outlives all of them.
func TestRevokedKeysSignNoMore(t *testing.T) {
	dir := t.TempDir()
	r, other := initRing(t, dir), initRing(t, dir)
	c := sealCert(t, r, 2026, noon())
	since := noon().AddDate(0, 0, -3)
	for range 2 { // revoking twice is once
		l, err := other.Revoke(c.SerialNumber.Text(16), "key-compromise", since, noon())
		if err != nil || l.State != keys.StateRevoked || !l.Revoked.Equal(since) {
			t.Fatalf("%+v, %v", l, err)
		}
	}
	if _, err := r.Sealer(body, 2026, noon()); !errors.Is(err, keys.ErrRevoked) {
		t.Errorf("the revoked key is handed out: %v", err)
	}
	lists, err := initRing(t, dir).CRLs(noon().AddDate(0, 0, 100)) // signed anew, entries carried on
	check(t, err)
	e := lists[0].RevokedCertificateEntries
	if len(e) != 1 || e[0].SerialNumber.Cmp(c.SerialNumber) != 0 || e[0].ReasonCode != 1 || len(e[0].Extensions) != 2 {
		t.Errorf("the list of later: %+v", e)
	}
	if _, err := r.Rotate(keys.UseSeal, keys.Body{Filing: body.Filing}, time.Time{}, noon()); err != nil {
		t.Fatal(err)
	}
	if sealCert(t, r, 2026, noon()).Equal(c) {
		t.Error("rotated, and still the revoked key")
	}
	for name, f := range map[string]func() error{
		"root":         func() error { _, err := r.Revoke(rootSerial(t, r), "key-compromise", since, noon()); return err },
		"nobody's":     func() error { _, err := r.Revoke("1234", "key-compromise", since, noon()); return err },
		"not a number": func() error { _, err := r.Revoke("-1", "key-compromise", since, noon()); return err },
	} {
		if err := f(); !errors.Is(err, keys.ErrSerial) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.Revoke(c.SerialNumber.Text(16), "because", since, noon()); !errors.Is(err, keys.ErrReason) {
		t.Errorf("no reason: %v", err)
	}
}

func rootSerial(t *testing.T, r *keys.Ring) string {
	t.Helper()
	all, err := r.List(noon())
	check(t, err)
	for _, l := range all {
		if l.Name == "root" {
			return l.Serial
		}
	}
	return ""
}

// TestRevocationsAreNeverLost: many processes revoke and sign lists anew at once; the last list holds them all.
func TestRevocationsAreNeverLost(t *testing.T) {
	dir := t.TempDir()
	const processes = 6
	serials := make([]string, processes)
	for i := range processes {
		made, err := initRing(t, dir).Rotate(keys.UseStatus, keys.Body{}, time.Time{}, noon())
		check(t, err)
		serials[i] = made.Serial
	}
	var all sync.WaitGroup
	for i := range processes {
		all.Go(func() {
			r, err := keys.Load(dir)
			if err == nil {
				_, err = r.Revoke(serials[i], "superseded", noon(), noon())
			}
			if err == nil {
				_, err = r.CRLs(noon().AddDate(0, 0, 30*i))
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	lists, err := initRing(t, dir).CRLs(noon())
	check(t, err)
	if n := len(lists[0].RevokedCertificateEntries); n != processes {
		t.Errorf("%d of %d revocations are listed", n, processes)
	}
}

// TestListsAreSignedAnewAtHalfTheirLife, each with the next number.
func TestListsAreSignedAnewAtHalfTheirLife(t *testing.T) {
	r := initRing(t, t.TempDir())
	for _, c := range []struct {
		days           int
		issuing, roots int64
	}{{0, 1, 1}, {6, 1, 1}, {7, 2, 1}, {13, 2, 1}, {14, 3, 1}, {199, 4, 1}, {200, 4, 2}, {199, 4, 2}} {
		now := noon().AddDate(0, 0, c.days)
		lists, err := r.CRLs(now)
		check(t, err)
		if len(lists) != 2 || lists[0].Number.Int64() != c.issuing || lists[1].Number.Int64() != c.roots || lists[0].NextUpdate.Before(now) {
			t.Errorf("day %d: lists %v", c.days, lists)
		}
	}
}

func TestDamagedListsAreRefused(t *testing.T) {
	other := t.TempDir()
	_, err := initRing(t, other).CRLs(noon())
	check(t, err)
	for name, damage := range map[string]func([]byte) []byte{
		"empty": func([]byte) []byte { return nil }, "another's": func([]byte) []byte { return read(t, filepath.Join(other, "issuing.crl-000001.pem")) },
		"cut": func(b []byte) []byte { return b[:len(b)/2] }, "too long": func(b []byte) []byte { return append(b, make([]byte, 5<<20)...) },
	} {
		dir := t.TempDir()
		_, err := initRing(t, dir).CRLs(noon())
		check(t, err)
		path := filepath.Join(dir, "issuing.crl-000001.pem")
		check(t, os.WriteFile(path, damage(read(t, path)), 0o600))
		if _, err := keys.Init(dir, "x", false, noon()); !errors.Is(err, keys.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		r, err := keys.Load(dir)
		check(t, err)
		if _, err := r.CRLs(noon()); !errors.Is(err, keys.ErrDamaged) {
			t.Errorf("%s, opened: %v", name, err)
		}
	}
}

// TestRootMayBeTakenAway: without the root's secret everything goes on but what only the root can do.
func TestRootMayBeTakenAway(t *testing.T) {
	dir := t.TempDir()
	before := withLists(t, dir)
	check(t, os.Remove(filepath.Join(dir, "root.key.pem")))
	r := initRing(t, dir)
	if string(r.RootPEM()) != before {
		t.Fatal("another root was made")
	}
	if _, err := report(t, r, sealerOf(t, r, body, 2026), noon()); err != nil {
		t.Error(err)
	}
	lists, err := r.CRLs(noon().AddDate(2, 0, 0))
	if err != nil || len(lists) != 2 {
		t.Errorf("%d lists, %v", len(lists), err)
	}
	_, chain, err := r.Status(noon())
	check(t, err)
	if _, err := r.Revoke(chain[1].SerialNumber.Text(16), "ca-compromise", noon(), noon()); !errors.Is(err, keys.ErrOffline) {
		t.Errorf("the root signs from afar: %v", err)
	}
}

// TestRootIsTakenAwayAtOnce: what is said after making the keys may be done, and clears seals until the root's list ends.
func TestRootIsTakenAwayAtOnce(t *testing.T) {
	dir := t.TempDir()
	initRing(t, dir)
	secret := filepath.Join(dir, "root.key.pem")
	kept := read(t, secret)
	check(t, os.Remove(secret))
	r := initRing(t, dir)
	pdf, e := sealerOf(t, r, body, 2026).Seal(pades.Input{PDF: read(t, "../pades/testdata/plain.pdf")}, noon())
	check(t, e)
	end := noon().AddDate(0, 0, 400)
	for name, c := range map[string]struct {
		now time.Time
		due bool
	}{"at once": {noon(), false}, "in time": {end.AddDate(0, 0, -60).Add(-time.Second), false}, "60 days before": {end.AddDate(0, 0, -60), true}, "over": {end, true}} {
		lists, e := r.CRLs(c.now)
		check(t, e)
		got, e := pades.Verify(pdf, r.Trust(), pades.Options{Now: c.now, CRLs: lists})
		if e != nil || got.Listed.IsZero() {
			t.Errorf("%s: not cleared, %v", name, e)
		}
		if until, due, e := r.RootList(c.now); e != nil || due != c.due || !until.Equal(end) {
			t.Errorf("%s: the list lasts until %v, due %t, %v", name, until, due, e)
		}
	}
	check(t, os.WriteFile(secret, kept, 0o600))
	later := end.AddDate(0, 0, -30)
	back, e := keys.Load(dir)
	check(t, e)
	if until, due, e := back.RootList(later); e != nil || due || !until.Equal(later.AddDate(0, 0, 400)) {
		t.Errorf("with the secret back: %v, %t, %v", until, due, e)
	}
	if until, _, e := r.RootList(later); e != nil || !until.Equal(later.AddDate(0, 0, 400)) { // another process, the secret gone
		t.Errorf("signed elsewhere: %v, %v", until, e)
	}
}

// withLists fills a directory and returns its root.
func withLists(t *testing.T, dir string) string {
	t.Helper()
	r := initRing(t, dir)
	sealerOf(t, r, body, 2026)
	_, err := r.CRLs(noon())
	check(t, err)
	return string(r.RootPEM())
}

// TestPublishedForEver: certificates stay listed when their secrets are gone.
func TestPublishedForEver(t *testing.T) {
	dir := t.TempDir()
	r := initRing(t, dir)
	old := sealCert(t, r, 2026, noon())
	_, err := r.Rotate(keys.UseSeal, keys.Body{Filing: body.Filing}, time.Time{}, noon())
	check(t, err)
	check(t, os.Remove(filepath.Join(dir, "seal-S000012009999-2026.key.pem")))
	check(t, os.WriteFile(filepath.Join(dir, "token-000001.pem"), []byte("not ours"), 0o600))
	certs, err := r.Published()
	check(t, err)
	if len(certs) != 3 || !strings.Contains(names(certs), old.SerialNumber.Text(16)) {
		t.Errorf("published: %s", names(certs))
	}
}

func names(certs []*x509.Certificate) string {
	var all []string
	for _, c := range certs {
		all = append(all, c.SerialNumber.Text(16)+" "+c.Subject.CommonName)
	}
	return strings.Join(all, ", ")
}

// TestLogKey: one key for one log, the same in every process, that others verify by its printed form.
func TestLogKey(t *testing.T) {
	dir := t.TempDir()
	signer, verifier, err := initRing(t, dir).LogSigner("log.example.org/1")
	check(t, err)
	_, again, err := initRing(t, dir).LogSigner("log.example.org/1")
	check(t, err)
	v, err := note.NewVerifier(verifier)
	if err != nil || again != verifier || v.KeyHash() != signer.KeyHash() || signer.Name() != "log.example.org/1" {
		t.Fatalf("%s and %s: %v", verifier, again, err)
	}
	signed, err := note.Sign(&note.Note{Text: "log.example.org/1\n0\n\n"}, signer)
	check(t, err)
	if _, err := note.Open(signed, note.VerifierList(v)); err != nil {
		t.Error(err)
	}
	for _, origin := range []string{"", "a b", "a+b"} {
		if _, _, err := initRing(t, dir).LogSigner(origin); !errors.Is(err, keys.ErrIdentity) {
			t.Errorf("%q: %v", origin, err)
		}
	}
	path := filepath.Join(dir, "log.key.pem")
	check(t, os.WriteFile(path, read(t, filepath.Join(dir, "issuing.key.pem")), 0o600))
	if _, err := keys.Init(dir, "x", false, noon()); !errors.Is(err, keys.ErrDamaged) {
		t.Errorf("another key: %v", err)
	}
}

// TestAlgorithms: a ring keeps the algorithm it was made with, and its lists and codes are P-256 in any case.
func TestAlgorithms(t *testing.T) {
	dir := t.TempDir()
	_, err := keys.Make(dir, keys.Options{Label: "x", Algorithm: keys.RSA3072}, noon())
	check(t, err)
	r, err := keys.Make(dir, keys.Options{Label: "x", Algorithm: keys.P256, SM2: true}, noon())
	check(t, err)
	if k, ok := sealCert(t, r, 2026, noon()).PublicKey.(*rsa.PublicKey); !ok || k.N.BitLen() != 3072 {
		t.Error("the seal is not RSA-3072")
	}
	_, chain, err := r.Status(noon())
	check(t, err)
	if _, ok := chain[0].PublicKey.(*ecdsa.PublicKey); !ok {
		t.Error("the status key is not P-256")
	}
	if got, err := report(t, r, must(r.Sealer(body, 2026, noon())), noon()); err != nil || len(r.SM2Roots()) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, a := range []keys.Algorithm{"p384", keys.SM2} {
		if _, err := keys.Make(t.TempDir(), keys.Options{Label: "x", Algorithm: a}, noon()); !errors.Is(err, keys.ErrUse) {
			t.Errorf("%s: %v", a, err)
		}
	}
}
