package keys

import (
	"crypto/x509"
	"slices"
	"strings"
	"time"
)

// State is what a key is good for at an instant.
type State string

// The states of a key.
const (
	StateSigns    State = "signs"
	StateWaits    State = "waits"    // listed, and signs from its first day
	StateVerifies State = "verifies" // a later one signs, or its time is over
	StateRevoked  State = "revoked"
)

// Listed is one certificate of the ring.
type Listed struct {
	Name    string // of its files, without suffix
	Use     Use    // "authority" for root and issuing
	Cert    *x509.Certificate
	KeyID   string
	Serial  string // hexadecimal
	State   State
	Revoked time.Time // since when its key is in doubt; zero when it is not revoked
}

// List returns every certificate that the ring ever made, root included, by name.
func (r *Ring) List(now time.Time) ([]Listed, error) {
	all, err := r.published()
	if err != nil {
		return nil, err
	}
	found := make([]Listed, 0, len(all))
	for name, c := range all {
		l, err := r.listed(name, c, now)
		if err != nil {
			return nil, err
		}
		found = append(found, l)
	}
	later := func(l Listed) bool { return successor(l, found, now) }
	for i := range found {
		if found[i].State == StateSigns && later(found[i]) {
			found[i].State = StateVerifies
		}
	}
	slices.SortFunc(found, func(a, b Listed) int { return strings.Compare(a.Name, b.Name) })
	return found, nil
}

// Published returns every certificate but the roots: what a verifier may need, now or in ten years.
func (r *Ring) Published() ([]*x509.Certificate, error) {
	all, err := r.List(r.root.cert.NotBefore)
	if err != nil {
		return nil, err
	}
	var certs []*x509.Certificate
	for _, l := range all {
		if l.Name != rootName && l.Name != secondRootName {
			certs = append(certs, l.Cert)
		}
	}
	return certs, nil
}

// listed describes one certificate by itself.
func (r *Ring) listed(name string, c *x509.Certificate, now time.Time) (Listed, error) {
	l := Listed{Name: name, Use: useOf(c), Cert: c, KeyID: KeyID(c), Serial: c.SerialNumber.Text(16), State: StateSigns}
	entry, err := r.revocation(c)
	switch {
	case err != nil:
		return Listed{}, err
	case entry != nil:
		l.State, l.Revoked = StateRevoked, invalidSince(entry)
	case now.Before(c.NotBefore):
		l.State = StateWaits
	case now.After(c.NotAfter):
		l.State = StateVerifies
	}
	return l, nil
}

// successor reports whether a later key of l's line signs in its place.
func successor(l Listed, among []Listed, now time.Time) bool {
	stem, number := split(l.Name)
	return slices.ContainsFunc(among, func(o Listed) bool {
		s, n := split(o.Name)
		return s == stem && n > number && o.State == StateSigns && !now.Before(o.Cert.NotBefore)
	})
}

// split takes a name apart into its line and its number in it.
func split(name string) (stem string, number int) {
	stem, digits, found := strings.Cut(name, ".")
	if !found {
		return name, 1
	}
	for _, d := range digits {
		number = 10*number + int(d-'0')
	}
	return stem, number
}
