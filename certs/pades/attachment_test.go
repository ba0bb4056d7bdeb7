package pades_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/certs/pades"
)

func (b bench) sealBytes(t testing.TB, pdf []byte) []byte {
	t.Helper()
	out, err := b.sealer.Seal(pades.Input{PDF: pdf}, noon())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestAttachmentIsReported: the credential comes out of a sealed file as it went in, vouched for by Verify and not by
// Peek, and a program that knows nothing of us finds the same.
func TestAttachmentIsReported(t *testing.T) {
	b := newBench(t, noon())
	pdf := b.sealBytes(t, withAttachment("credential.json", credential))
	r, err := pades.Verify(pdf, b.ring.Trust(), pades.Options{Now: noon()})
	if err != nil || string(r.Attachment) != credential {
		t.Fatalf("%v, %+v", err, r)
	}
	changed := bytes.Replace(pdf, []byte("q Q "), []byte("Q q "), 1)
	for name, file := range map[string][]byte{"whole": pdf, "page changed": changed, "appended": concat(pdf, pdf)} {
		if string(pades.Peek(file)) != credential {
			t.Errorf("%s: peek %q", name, pades.Peek(file))
		}
	}
	must(t, "qpdf", "--check", write(t, t.TempDir(), "a.pdf", pdf))
	if out := must(t, "pdfdetach", "-list", write(t, t.TempDir(), "a.pdf", pdf)); !strings.Contains(out, "1 embedded files") {
		t.Errorf("pdfdetach: %s", out)
	}
	plain, err := pades.Verify(b.seal(t, "plain.pdf", noon()), b.ring.Trust(), pades.Options{})
	if err != nil || plain.Attachment != nil {
		t.Errorf("a file without attachment: %v, %q", err, plain.Attachment)
	}
}

// TestAttachmentIsTheOneListed: bytes of a stream that read as an embedded file, before the real one, deceive nobody.
func TestAttachmentIsTheOneListed(t *testing.T) {
	b := newBench(t, noon())
	decoy := "q\n9 0 obj\n<</Type /EmbeddedFile /Length 2>>\nstream\n{}\nendstream\nendobj\n"
	spec := "<</Type /Filespec /F (credential.json) /EF <</F 9 0 R>>>>\n"
	pdf := b.sealBytes(t, document("/AF [7 0 R]\n", spec, fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream\n", len(decoy), decoy),
		fmt.Sprintf("<</Type /EmbeddedFile /Length %d>>\nstream\n%s\nendstream\n", len(credential), credential)))
	r, err := pades.Verify(pdf, b.ring.Trust(), pades.Options{Now: noon()})
	if err != nil || string(r.Attachment) != credential {
		t.Fatalf("%v, %+v", err, r)
	}
	listed, err := pades.Attachment(pdf)
	if err != nil || string(listed) != credential || string(pades.Peek(pdf)) != credential {
		t.Errorf("attachment %q, %v; peek %q", listed, err, pades.Peek(pdf))
	}
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"appended": {concat(pdf, pdf), pades.ErrDocument}, "too large": {make([]byte, pades.MaxFile+1), pades.ErrTooLarge},
		"two listed": {document("/AF [7 0 R 7 0 R]\n", spec), pades.ErrAttachment}, "none": {document(""), nil},
	} {
		if got, err := pades.Attachment(c.file); !errors.Is(err, c.want) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestAttachmentsThatAreRefused: a seal over an attachment that two readers could understand in two ways does not hold.
func TestAttachmentsThatAreRefused(t *testing.T) {
	b := newBench(t, noon())
	edit := func(old, with string) []byte {
		pdf := withAttachment("credential.json", credential)
		if !bytes.Contains(pdf, []byte(old)) || len(old) != len(with) {
			t.Fatalf("%q cannot be replaced", old)
		}
		return bytes.Replace(pdf, []byte(old), []byte(with), 1)
	}
	for name, pdf := range map[string][]byte{
		"another name":   withAttachment("malware.json", credential),
		"nothing in it":  withAttachment("credential.json", ""),
		"too large":      withAttachment("credential.json", strings.Repeat("x", 256<<10+1)),
		"two files":      document("/AF [7 0 R 7 0 R]\n", "<</Type /Filespec>>\n"),
		"no file":        document("/AF [99 0 R]\n"),
		"not one":        edit("/Type /Filespec", "/Type /Filespex"),
		"no stream":      edit("/EF <</F 8 0 R", "/EF <</F 3 0 R"),
		"compressed":     edit("/Subtype /application#2Fjson", "/Filter /FlateDecode  /X /xx"),
		"kept elsewhere": edit("/Subtype /application#2Fjson", "/F (elsewhere.example)      "),
	} {
		if r, err := pades.Verify(b.sealBytes(t, pdf), b.ring.Trust(), pades.Options{}); !errors.Is(err, pades.ErrAttachment) {
			t.Errorf("%s: %v, %+v", name, err, r)
		}
	}
}

// TestDocumentsSealedBefore: nothing that is sealed, or prepared for another seal, is sealed again.
func TestDocumentsSealedBefore(t *testing.T) {
	b := newBench(t, noon())
	for _, entry := range []string{"/AcroForm <<>>\n", "/Perms <<>>\n", "/DSS 4 0 R\n", "/Extensions <<>>\n"} {
		if _, err := b.sealer.Seal(pades.Input{PDF: document(entry)}, noon()); !errors.Is(err, pades.ErrDocument) {
			t.Errorf("%s: %v", strings.TrimSpace(entry), err)
		}
	}
}

// TestEveryByteHasItsPlace: bytes that belong to no object, comments, holes between objects and tables that do not fit are
// refused before anything is sealed.
func TestEveryByteHasItsPlace(t *testing.T) {
	b := newBench(t, noon())
	good := document("")
	b.sealBytes(t, good)
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(good)).Draw(t, "at")
		with := rapid.SampledFrom([]string{"\n", " ", "%x\n", "9 0 obj\n<<>>\nendobj\n", "xref\n", "startxref\n0\n", "%%EOF\n"}).Draw(t, "with")
		edited := concat(good[:at], []byte(with), good[at:])
		out, err := b.sealer.Seal(pades.Input{PDF: edited}, noon())
		if err != nil {
			return
		}
		// What is inserted before the table without moving it is caught by the offsets; only lines of the header and
		// the inside of a dictionary or string behind which nothing moves may differ.
		if _, err := pades.Verify(out, b.ring.Trust(), pades.Options{}); err != nil {
			t.Fatalf("%q at %d is sealed and then refused: %v", with, at, err)
		}
	})
}
