package keys

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"
)

// maxRotations bounds the keys of one line.
const maxRotations = 1000

// line is one use in one year, for one body where it is a seal: the keys that follow each other by rotation.
type line struct {
	use  Use
	body Body
	year int
	by   *pair // who certifies
	stem string
}

func (r *Ring) line(u Use, b Body, year int) line {
	l := line{use: u, body: b, year: year, by: r.issuing, stem: fmt.Sprintf("%s-%04d", u, year)}
	switch u {
	case UseSeal:
		l.stem = fmt.Sprintf("%s-%s-%04d", u, b.Filing, year)
	case UseSecondSeal:
		l.stem, l.by = fmt.Sprintf("%s-%s-%04d", u, b.Filing, year), r.second
	}
	if r.Demo() {
		l.body.Name = marked(b.Name)
	}
	return l
}

// algorithm of the keys: seals follow their issuer; lists and codes stay P-256, as their formats ask.
func (l line) algorithm() Algorithm {
	if l.use == UseStatus || l.use == UseOffline {
		return P256
	}
	return algorithmOf(l.by.cert.PublicKey)
}

// name is the file of the n-th key, from 1.
func (l line) name(n int) string {
	if n == 1 {
		return l.stem
	}
	return fmt.Sprintf("%s.%d", l.stem, n)
}

// order asks for the n-th key, valid from an instant.
func (l line) order(n int, from, now time.Time) order {
	return order{l.name(n), l.algorithm(), l.by, func() (*x509.Certificate, error) {
		t := term{year: l.year, from: from}
		if l.use == UseStatus || l.use == UseOffline {
			return useTemplate(l.by.cert, l.use, t, now)
		}
		return sealTemplate(l.by.cert, l.body, t, now)
	}}
}

// current returns the pair of a line that signs at now: the last that has begun and is not revoked. The first of a line
// is made when there is none. r.mu must be held.
func (r *Ring) current(l line, now time.Time) (*pair, error) {
	pairs, err := r.begun(l, now)
	if err != nil {
		return nil, err
	}
	chosen := (*pair)(nil)
	for i, p := range pairs {
		revoked, err := r.isRevoked(p.cert)
		if err != nil {
			return nil, err
		}
		begun := i == 0 || !now.Before(p.cert.NotBefore)
		if begun && !revoked {
			chosen = p
		}
	}
	if chosen == nil {
		return nil, ErrRevoked.With("%s", l.stem)
	}
	return chosen, nil
}

// begun returns the pairs of a line, of which the first is made, for the whole year, when there is none. r.mu must be held.
func (r *Ring) begun(l line, now time.Time) ([]*pair, error) {
	pairs, err := r.catchUp(l)
	if err != nil || len(pairs) > 0 {
		return pairs, err
	}
	p, err := r.checked(l, func(string) (*pair, error) { return r.loadOrMake(l.order(1, time.Time{}, now)) }, 1)
	if err != nil {
		return nil, err
	}
	r.pairs[l.stem] = append(pairs, p)
	return r.pairs[l.stem], nil
}

// catchUp reads the pairs of a line that were made since it was last looked at, by whichever process.
func (r *Ring) catchUp(l line) ([]*pair, error) {
	pairs := r.pairs[l.stem]
	for n := len(pairs) + 1; n <= maxRotations && r.has(l.name(n)); n++ {
		p, err := r.checked(l, r.load, n)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, p)
	}
	r.pairs[l.stem] = pairs
	return pairs, nil
}

// checked reads the n-th pair of a line and asks that it is of this line: by this authority, for this use.
func (r *Ring) checked(l line, read func(name string) (*pair, error), n int) (*pair, error) {
	p, err := read(l.name(n))
	if err != nil {
		return nil, err
	}
	if !signedBy(p.cert, l.by.cert) {
		return nil, ErrDamaged.With("%s 不是由本目录的机构签发", l.name(n)+secretSuffix)
	}
	if useOf(p.cert) != l.use {
		return nil, ErrDamaged.With("%s 不是为此用途签发", l.name(n)+secretSuffix)
	}
	return p, nil
}

// Rotate makes a further key of a use, of a body where it is a seal, that signs from an instant; a zero from is now.
// Its certificate is listed at once. Until that instant the key before it signs, the year's first where there was none.
// A body that was never sealed for in that year, and has no name given, is ErrAbsent.
func (r *Ring) Rotate(u Use, b Body, from, now time.Time) (Listed, error) {
	if from.Before(now) {
		from = now
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	l, err := r.rotated(u, b, Year(from))
	if err != nil {
		return Listed{}, err
	}
	if from.After(now) {
		if _, err := r.begun(l, now); err != nil {
			return Listed{}, err
		}
	}
	for range maxRotations {
		pairs, err := r.catchUp(l)
		if err != nil {
			return Listed{}, err
		}
		n := len(pairs) + 1
		switch err := r.make(l.order(n, from, now)); {
		case errors.Is(err, os.ErrExist): // somebody rotated at the same time; this key comes behind
			continue
		case err != nil:
			return Listed{}, err
		}
		p, err := r.checked(l, r.load, n)
		if err != nil {
			return Listed{}, err
		}
		return r.listed(l.name(n), p.cert, now)
	}
	return Listed{}, ErrBusy
}

// rotated is the line that Rotate adds to. The body's name is taken from its certificate when it is not given.
func (r *Ring) rotated(u Use, b Body, year int) (line, error) {
	switch {
	case u == UseStatus || u == UseOffline:
		return r.line(u, Body{}, year), nil
	case u != UseSeal && (u != UseSecondSeal || r.second == nil):
		return line{}, ErrUse.With("%s", u)
	}
	l := r.line(u, b, year)
	if b.Name == "" {
		pairs, err := r.catchUp(l)
		if err != nil {
			return line{}, err
		}
		if len(pairs) == 0 {
			return line{}, ErrAbsent.With("%s", l.stem+secretSuffix)
		}
		l.body.Name = pairs[len(pairs)-1].cert.Subject.Organization[0]
	}
	return l, l.body.check()
}
