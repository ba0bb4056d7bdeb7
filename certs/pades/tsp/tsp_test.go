package tsp_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/pades/tsp"
	"github.com/skillcert/skillcert/certs/pades/tsp/tsatest"
)

func noon() time.Time { return time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC) }

func client(t *testing.T, h http.Handler, roots *x509.CertPool) *tsp.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c, err := tsp.NewClient(tsp.Config{URL: s.URL, Roots: roots, Random: rand.Reader, Timeout: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestStampHolds(t *testing.T) {
	a := tsatest.New(t, noon())
	token, err := client(t, a, a.Trust()).Stamp(t.Context(), []byte("signature"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := tsp.Parse(token)
	if err != nil || got.Check([]byte("signature")) != nil || got.Trusted(a.Trust()) != nil || !got.Time.Equal(noon()) || !got.Signer.Equal(a.Cert) {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := got.Check([]byte("another")); !errors.Is(err, tsp.ErrImprint) {
		t.Errorf("another message: %v", err)
	}
	if err := got.Trusted(tsatest.New(t, noon()).Trust()); !errors.Is(err, tsp.ErrUntrusted) {
		t.Errorf("another root: %v", err)
	}
}

// TestAnswersThatAreRefused walks through what an authority, or somebody in its place, may answer.
func TestAnswersThatAreRefused(t *testing.T) {
	good := tsatest.New(t, noon())
	misled := func(edit func(*tsatest.Authority)) *tsatest.Authority {
		a := *good
		edit(&a)
		return &a
	}
	text := func(status int, kind, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		})
	}
	const reply = "application/timestamp-reply"
	for name, h := range map[string]http.Handler{
		"refusal":         misled(func(a *tsatest.Authority) { a.Reject = true }),
		"other nonce":     misled(func(a *tsatest.Authority) { a.OtherNonce = true }),
		"other message":   misled(func(a *tsatest.Authority) { a.OtherWord = true }),
		"no certificate":  misled(func(a *tsatest.Authority) { a.Bare = true }),
		"before its time": misled(func(a *tsatest.Authority) { a.Now = noon().AddDate(-2, 0, 0) }),
		"after its time":  misled(func(a *tsatest.Authority) { a.Now = noon().AddDate(11, 0, 0) }),
		"another root":    tsatest.New(t, noon()),
		"error page":      text(500, reply, ""),
		"moved":           text(302, reply, ""),
		"web page":        text(200, "text/html", "<html>"),
		"nothing":         text(200, reply, ""),
		"rubbish":         text(200, reply, "0\x03\x02\x01\x00"),
		"too long":        text(200, reply, strings.Repeat("0", tsp.MaxToken+1)),
		"a purpose too many": tsatest.Made(t, noon(), func(c *x509.Certificate) {
			c.ExtraExtensions, c.ExtKeyUsage = nil, []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping, x509.ExtKeyUsageClientAuth}
		}),
	} {
		t.Run(name, func(t *testing.T) {
			if token, err := client(t, h, good.Trust()).Stamp(t.Context(), []byte("x")); !errors.Is(err, tsp.ErrAnswer) || token != nil {
				t.Errorf("%d bytes, %v", len(token), err)
			}
		})
	}
}

// TestPurposeMustBeCritical: a certificate that may stamp among other things, or only perhaps, may not stamp.
func TestPurposeMustBeCritical(t *testing.T) {
	for name, edit := range map[string]func(*x509.Certificate){
		"not critical": func(c *x509.Certificate) { c.ExtraExtensions[0].Critical = false },
		"none":         func(c *x509.Certificate) { c.ExtraExtensions = nil },
		"may not sign": func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement },
		"authority":    func(c *x509.Certificate) { c.IsCA = true },
		"other": func(c *x509.Certificate) {
			c.ExtraExtensions, c.ExtKeyUsage = nil, []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}
		},
		"unknown one": func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{} },
	} {
		a := tsatest.Made(t, noon(), edit)
		token, err := a.Stamp(t.Context(), []byte("x"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := tsp.Parse(token)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := got.Check([]byte("x")); !errors.Is(err, tsp.ErrPurpose) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnAuthorityThatDoesNotAnswer(t *testing.T) {
	done := make(chan struct{})
	defer close(done)
	a := tsatest.New(t, noon())
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-done }))
	c, err := tsp.NewClient(tsp.Config{URL: s.URL, Roots: a.Trust(), Random: rand.Reader, Timeout: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Stamp(t.Context(), nil); !errors.Is(err, tsp.ErrAnswer) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestClientNeedsItsSettings(t *testing.T) {
	roots := x509.NewCertPool()
	for name, c := range map[string]tsp.Config{
		"no address":    {Roots: roots, Random: rand.Reader},
		"a file":        {URL: "file:///tsa", Roots: roots, Random: rand.Reader},
		"no roots":      {URL: "https://tsa.example", Random: rand.Reader},
		"no randomness": {URL: "https://tsa.example", Roots: roots},
	} {
		if _, err := tsp.NewClient(c); !errors.Is(err, tsp.ErrAnswer) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNoFlipHolds changes every bit of a token in turn.
func TestNoFlipHolds(t *testing.T) {
	a := tsatest.New(t, noon())
	token, err := a.Stamp(t.Context(), []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	for n := range 8 * len(token) {
		flipped := bytes.Clone(token)
		flipped[n/8] ^= 1 << (n % 8)
		got, err := tsp.Parse(flipped)
		if err == nil {
			err = errors.Join(got.Check([]byte("x")), got.Trusted(a.Trust()))
		}
		if err == nil {
			t.Fatalf("bit %d of byte %d: changed and still believed", n%8, n/8)
		}
	}
}

func FuzzParse(f *testing.F) {
	a := tsatest.New(f, noon())
	token, err := a.Stamp(f.Context(), []byte("x"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add([]byte{0x30, 0x80})
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := tsp.Parse(in)
		if err == nil && got.Check([]byte("x")) == nil && !got.Time.Equal(noon()) {
			t.Error("another time is proven")
		}
	})
}
