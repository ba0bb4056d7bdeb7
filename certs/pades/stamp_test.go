package pades_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/pades/tsp/tsatest"
)

func TestStampIsReported(t *testing.T) {
	a := tsatest.New(t, noon().Add(2*time.Second))
	b := benchWith(t, noon(), keys.Options{}, a)
	pdf := b.seal(t, "page.pdf", noon())
	for name, c := range map[string]struct {
		o    pades.Options
		want error
		at   time.Time
	}{
		"trusted":          {pades.Options{Now: noon(), Stampers: a.Trust()}, nil, a.Now},
		"nobody trusted":   {pades.Options{Now: noon()}, nil, time.Time{}},
		"another root":     {pades.Options{Now: noon(), Stampers: tsatest.New(t, noon()).Trust()}, pades.ErrStamp, time.Time{}},
		"an empty pool":    {pades.Options{Now: noon(), Stampers: x509.NewCertPool()}, pades.ErrStamp, time.Time{}},
		"proven earlier":   {pades.Options{Stampers: a.Trust(), Proven: noon().Add(time.Second)}, nil, a.Now},
		"years later":      {pades.Options{Now: noon().AddDate(30, 0, 0), Stampers: a.Trust()}, nil, a.Now},
		"before the stamp": {pades.Options{Now: noon().Add(-299 * time.Second), Stampers: a.Trust()}, pades.ErrStamp, time.Time{}},
	} {
		r, err := pades.Verify(pdf, b.ring.Trust(), c.o)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err == nil && !r.Stamped.Equal(c.at) {
			t.Errorf("%s: stamped %v", name, r.Stamped)
		}
		if err == nil && c.o.Proven.IsZero() && !r.Proven.Equal(c.at) || err == nil && !c.o.Proven.IsZero() && !r.Proven.Equal(c.o.Proven) {
			t.Errorf("%s: proven %v", name, r.Proven)
		}
	}
}

// TestStampMustFitTheSeal: the stamp lies behind the claimed time and within the life of the chain.
func TestStampMustFitTheSeal(t *testing.T) {
	for name, c := range map[string]struct {
		stamped time.Time
		want    error
	}{
		"at once":               {noon(), nil},
		"clocks apart":          {noon().Add(-4 * time.Minute), nil},
		"before the seal":       {noon().Add(-6 * time.Minute), pades.ErrStamp},
		"at the year's end":     {time.Date(2026, 12, 31, 15, 59, 59, 0, time.UTC), nil},
		"behind the year's end": {time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC), pades.ErrExpired},
	} {
		a := tsatest.New(t, c.stamped)
		b := benchWith(t, noon(), keys.Options{}, a)
		if _, err := pades.Verify(b.seal(t, "plain.pdf", noon()), b.ring.Trust(), pades.Options{Stampers: a.Trust()}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNothingIsTakenAway: a seal whose stamp or second seal was cut out, the rest moved up and the hole filled with
// zeros, is a whole signature still; the room that is left gives it away.
func TestNothingIsTakenAway(t *testing.T) {
	a := tsatest.New(t, noon())
	plain := newBench(t, noon())
	for name, b := range map[string]bench{
		"stamp":       benchWith(t, noon(), keys.Options{}, a),
		"second seal": benchWith(t, noon(), keys.Options{SM2: true}, nil),
		"both":        benchWith(t, noon(), keys.Options{SM2: true}, a),
	} {
		pdf := b.seal(t, "plain.pdf", noon())
		cms, _ := cmsOf(t, pdf)
		bare := withoutUnsigned(t, cms)
		hole := bytes.Index(pdf, []byte("/Contents <")) + len("/Contents <")
		padding := bytes.IndexByte(pdf[hole:], '>') - 2*len(bare)
		edited := put(pdf, hole, append([]byte(hex.EncodeToString(bare)), bytes.Repeat([]byte("0"), padding)...)...)
		if _, err := pades.Verify(edited, b.ring.Trust(), pades.Options{}); !errors.Is(err, pades.ErrHole) {
			t.Errorf("%s: %v", name, err)
		}
		if !pades.SealedUnder(edited, b.ring.Trust()) || pades.SealedUnder(edited, plain.ring.Trust()) {
			t.Errorf("%s: whose seal it was is not told", name)
		}
	}
}

// withoutUnsigned takes the unsigned attributes off a CMS and corrects the lengths above them.
func withoutUnsigned(t *testing.T, cms []byte) []byte {
	t.Helper()
	for at := len(cms) - 1; at > 0; at-- {
		n, head, ok := length(cms[at:])
		if !ok || cms[at] != 0xA1 || at+head+n != len(cms) {
			continue
		}
		cut := cms[:at]
		if bare, ok := shortened(cut, len(cms)-at); ok {
			return bare
		}
	}
	t.Fatal("no unsigned attributes")
	return nil
}

// length reads the length of the element at the start of b, and how long its head is.
func length(b []byte) (n, head int, ok bool) {
	switch {
	case len(b) < 4:
		return 0, 0, false
	case b[1] < 0x80:
		return int(b[1]), 2, true
	case b[1] == 0x81:
		return int(b[2]), 3, true
	case b[1] == 0x82:
		return int(b[2])<<8 | int(b[3]), 4, true
	}
	return 0, 0, false
}

// shortened writes the nested elements that ended behind the cut again, by less bytes.
func shortened(b []byte, less int) ([]byte, bool) {
	n, head, ok := length(b)
	if !ok || head+n != len(b)+less {
		return nil, false
	}
	content := b[head:]
	for at := 0; at < len(content); { // the last child is the one that reaches behind the cut
		cn, chead, ok := length(content[at:])
		if !ok {
			return nil, false
		}
		if at+chead+cn > len(content) {
			child, ok := shortened(content[at:], less)
			if !ok {
				return nil, false
			}
			return element(b[0], append(bytes.Clone(content[:at]), child...)), true
		}
		at += chead + cn
	}
	return element(b[0], content), true
}

func element(tag byte, content []byte) []byte {
	head := []byte{tag, 0x82, byte(len(content) >> 8), byte(len(content))}
	switch {
	case len(content) < 0x80:
		head = []byte{tag, byte(len(content))}
	case len(content) < 0x100:
		head = []byte{tag, 0x81, byte(len(content))}
	}
	return append(head, content...)
}

// counting counts what a key signs.
type counting struct {
	crypto.Signer
	signed *int
}

func (c counting) Sign(r io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	*c.signed++
	return c.Signer.Sign(r, digest, o)
}

// growing gives tokens that carry more certificates from the second on, as an authority that changed its chain.
type growing struct {
	*tsatest.Authority
	calls int
}

func (g *growing) Stamp(ctx context.Context, message []byte) ([]byte, error) {
	if g.calls++; g.calls > 1 {
		g.Chain = []*x509.Certificate{g.Root}
	}
	return g.Authority.Stamp(ctx, message)
}

var errAway = errors.New("the authority is away")

type away struct{}

func (away) Stamp(context.Context, []byte) ([]byte, error) { return nil, errAway }

// TestNothingIsSignedWithoutRoom: an authority that is away, gives rubbish or stamps something else is found out before
// the key signs; one whose tokens grow is measured again.
func TestNothingIsSignedWithoutRoom(t *testing.T) {
	b := newBench(t, noon())
	signer, chain, err := sealKey(b)
	if err != nil {
		t.Fatal(err)
	}
	wrong := tsatest.New(t, noon())
	wrong.OtherWord = true
	for name, s := range map[string]pades.Stamper{"away": away{}, "another message": wrong} {
		signed := 0
		sealer, err := pades.NewSealer(counting{signer, &signed}, chain[0], chain[1:]...)
		if err != nil {
			t.Fatal(err)
		}
		out, err := sealer.With(pades.Extras{Stamper: s}).Seal(pades.Input{PDF: document("")}, noon())
		if err == nil || out != nil || signed != 0 {
			t.Errorf("%s: %v, signed %d times", name, err, signed)
		}
	}
	a := &growing{Authority: tsatest.New(t, noon())}
	out, err := b.sealer.With(pades.Extras{Stamper: a}).Seal(pades.Input{PDF: document("")}, noon())
	if err != nil {
		t.Fatal(err)
	}
	if r, err := pades.Verify(out, b.ring.Trust(), pades.Options{Stampers: a.Trust()}); err != nil || r.Stamped.IsZero() || a.calls != 4 {
		t.Errorf("%v after %d stamps", err, a.calls)
	}
}

// sealKey makes a further seal key of the bench's own, with its chain.
func sealKey(b bench) (crypto.Signer, []*x509.Certificate, error) {
	p, err := b.ring.Published()
	if err != nil {
		return nil, nil, err
	}
	for _, c := range p {
		if strings.Contains(c.Subject.CommonName, "证书专用章") {
			return &silentKey{c.PublicKey}, []*x509.Certificate{c}, nil
		}
	}
	return nil, nil, errors.New("no seal certificate")
}

// silentKey has the public half alone.
type silentKey struct{ public crypto.PublicKey }

func (k *silentKey) Public() crypto.PublicKey { return k.public }

func (k *silentKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, errSilent }
