package pades_test

import (
	"bytes"
	"testing"

	"github.com/skillcert/skillcert/certs/pades"
)

// FuzzSealedVerifies: a document, whatever its bytes, is refused, or sealed in a way that verifies, with one revision.
func FuzzSealedVerifies(f *testing.F) {
	b := newBench(f, noon())
	for _, pdf := range [][]byte{document(""), withAttachment("credential.json", credential),
		document("/Annots [4 0 R]\n"), document("", "<</Type /Page /Annots [9 0 R]>>\n")} {
		f.Add(pdf)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := b.sealer.Seal(pades.Input{PDF: in}, noon())
		if err != nil {
			return
		}
		if _, err := pades.Verify(out, b.ring.Trust(), pades.Options{Now: noon()}); err != nil && err != error(pades.ErrAttachment) {
			t.Errorf("sealed and then refused: %v", err)
		}
		if bytes.Count(out, []byte("startxref")) != 1 {
			t.Error("more than one revision")
		}
	})
}

// FuzzConforms: whatever file somebody signs with a key of their own, its structure is judged without a fault, and what
// is accepted holds nothing behind or between its objects.
func FuzzConforms(f *testing.F) {
	b := newBench(f, noon())
	for _, pdf := range [][]byte{document(""), withAttachment("credential.json", credential)} {
		out, err := b.sealer.Seal(pades.Input{PDF: pdf, Reason: "x"}, noon())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(out)
	}
	f.Add([]byte("%PDF-1.7\n1 0 obj\nendobj\n2 0 obj\nendobj\n3 0 obj\nendobj\n4 0 obj\nendobj\nxref\n0 5\n0000000000 65535 f \n0000000009 00000 n \n" +
		"0000000024 00000 n \n0000000039 00000 n \n0000000054 00000 n \ntrailer\n<<\n/Size 5\n/Root 1 0 R\n/Info 2 0 R\n>>\nstartxref\n69\n%%EOF\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if pades.Conforms(in) == nil && (bytes.Count(in, []byte("startxref")) != 1 || !bytes.HasSuffix(in, []byte("%%EOF\n"))) {
			t.Error("more than one revision is accepted")
		}
		_ = pades.Peek(in)
		_, _ = b.sealer.Seal(pades.Input{PDF: in}, noon())
	})
}
