package pades_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/certs/pades"
)

// TestNoEditVerifies: whatever is done to a sealed file in one place, the result is refused or is the file itself.
func TestNoEditVerifies(t *testing.T) {
	b := newBench(t, noon())
	pdf, other, trust := padded(t, b), b.seal(t, "plain.pdf", noon()), b.ring.Trust()
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(pdf)).Draw(t, "at")
		n := rapid.IntRange(0, min(64, len(pdf)-at)).Draw(t, "cut")
		with := rapid.OneOf(
			rapid.SliceOfN(rapid.Byte(), 0, 64),
			rapid.SampledFrom([][]byte{[]byte(" "), []byte("\n"), []byte("0"), []byte("%%EOF\n"), []byte("endobj\n"), []byte("%\xe2\xe3\n"), other}),
		).Draw(t, "with")
		edited := concat(pdf[:at], with, pdf[at+n:])
		if _, err := pades.Verify(edited, trust, pades.Options{}); err == nil && !bytes.Equal(edited, pdf) {
			t.Fatalf("%d bytes at %d replaced by %q, and still called whole", n, at, with)
		}
	})
}

// TestNoCutVerifies cuts a sealed file at every length.
func TestNoCutVerifies(t *testing.T) {
	b := newBench(t, noon())
	pdf, trust := b.seal(t, "plain.pdf", noon()), b.ring.Trust()
	for n := range pdf {
		if _, err := pades.Verify(pdf[:n], trust, pades.Options{}); err == nil {
			t.Fatalf("the first %d of %d bytes are called whole", n, len(pdf))
		}
	}
}

// TestSealedUnder tells what became of a file of ours from what never was one.
func TestSealedUnder(t *testing.T) {
	b, stranger := newBench(t, noon()), newBench(t, noon())
	pdf := b.seal(t, "page.pdf", noon())
	hole := bytes.Index(pdf, []byte("/Contents <")) + len("/Contents <")
	for name, c := range map[string]struct {
		pdf  []byte
		want bool
	}{
		"whole":               {pdf, true},
		"page changed":        {bytes.Replace(pdf, []byte("example.org"), []byte("example.net"), 1), true},
		"byte appended":       {concat(pdf, []byte("\n")), true},
		"cut behind the seal": {pdf[:len(pdf)-20], true},
		"seal in another":     {concat([]byte("%PDF-1.7 /Contents <"), pdf[hole:]), true},
		"sealed by strangers": {stranger.seal(t, "page.pdf", noon()), false},
		"signature changed":   {flipped(pdf, hole+600, 1), false},
		"cut in the seal":     {pdf[:hole+100], false},
		"never sealed":        {read(t, "page.pdf"), false},
		"nothing":             {nil, false},
		"too large":           {concat(pdf, make([]byte, pades.MaxFile)), false},
	} {
		if got := pades.SealedUnder(c.pdf, b.ring.Trust()); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
