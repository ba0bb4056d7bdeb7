package pades_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/engine/clock"
)

// The documents in testdata were written by gofpdf v1.16.2: page.pdf has a Type0 font and a link, plain.pdf neither.

const (
	cmap   = "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n1 beginbfchar\n<E000> <D842DFB7>\nendbfchar\nendcmap\nend\nend\n%%EOF\n"
	claims = `{"number":"S000012009999265000001","name":"张𠮷"}`
)

func noon() time.Time { return time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC) }

// bench is a key ring with a sealer for one body.
type bench struct {
	ring   *keys.Ring
	sealer *pades.Sealer
}

func newBench(t testing.TB, now time.Time) bench {
	t.Helper()
	ring, err := keys.Init(t.TempDir(), "技能等级认定", true, now)
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := ring.Sealer(keys.Body{Name: "津门照护技能评价中心", Filing: "S000012009999"}, now.Year(), now)
	if err != nil {
		t.Fatal(err)
	}
	return bench{ring, sealer}
}

func (b bench) seal(t testing.TB, file string, at time.Time) []byte {
	t.Helper()
	in := pades.Input{PDF: read(t, file), Reason: "颁发职业技能等级证书", Claims: []byte(claims)}
	if file == "page.pdf" {
		in.ToUnicode, in.FontName = []byte(cmap), "utf8sample"
	}
	out, err := b.sealer.Seal(in, at)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t testing.TB, dir, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// tool runs a program that the tests need; a machine without it fails the test.
func tool(t testing.TB, name string, args ...string) (out string, err error) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is missing: install poppler-utils, libnss3-tools, openssl and qpdf", name)
	}
	b, err := exec.Command(path, args...).CombinedOutput()
	return strings.ToValidUTF8(string(b), "?"), err
}

func must(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := tool(t, name, args...)
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return out
}

// flipped returns b with the n-th byte changed.
func flipped(b []byte, n int, mask byte) []byte {
	c := bytes.Clone(b)
	c[n] ^= mask
	return c
}

func systemNow() time.Time { return clock.System{}.Now() }
