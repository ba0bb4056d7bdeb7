package api_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/clock"
)

// bombs are files that are small to send and large to read, or that try to keep a reader busy.
func bombs(t *testing.T) map[string][]byte {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	for range 512 {
		_, err := z.Write(make([]byte, 1<<20))
		check(t, err)
	}
	check(t, z.Close())
	file := func(body string) []byte {
		return []byte("%PDF-1.7\n" + body + "\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1>>\nstartxref\n9\n%%EOF\n")
	}
	const m = 1 << 20
	return map[string][]byte{
		"half a gigabyte in a stream": file(fmt.Sprintf("1 0 obj\n<</Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream\nendobj\n", packed.Len(), packed.String())),
		"nested arrays":               file("1 0 obj\n" + strings.Repeat("[", 8*m) + "\nendobj\n"),
		"nested dictionaries":         file("1 0 obj\n" + strings.Repeat("<</A ", 2*m) + "\nendobj\n"),
		"open strings":                file("1 0 obj\n" + strings.Repeat("(", 8*m) + "\nendobj\n"),
		"a million objects":           file(strings.Repeat("1 0 obj\nnull\nendobj\n", m/2)),
		"a table of a million":        []byte("%PDF-1.7\nxref\n0 1000000\n" + strings.Repeat("0000000000 65535 f \n", m/2) + "trailer\n<</Size 1000000>>\nstartxref\n9\n%%EOF\n"),
		"many seals":                  file(strings.Repeat("/ByteRange [0 1 2 3]\n", m/4)),
		"a seal over everything":      file("/ByteRange [0 9223372036854775807 9223372036854775807 9223372036854775807]\n/Contents <" + strings.Repeat("00", 4*m) + ">"),
		"many attachments":            file(strings.Repeat("1 0 obj\n<</Type /EmbeddedFile /Length 9>>\nstream\n", m/8)),
		"a chain of ends":             []byte("%PDF-1.7\n" + strings.Repeat("startxref\n9\n%%EOF\n", m)),
	}
}

// TestBombsAreRefusedCheaply: whatever is handed in, the answer is not valid, comes soon, and takes memory in proportion to what
// was sent.
func TestBombsAreRefusedCheaply(t *testing.T) {
	w := newWorld(t)
	c := w.program("")
	for name, file := range bombs(t) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		watch := clock.Start()
		r := c.uploadJSON("/api/v1/verification/file", "a.pdf", file, nil)
		took := watch.Elapsed()
		runtime.ReadMemStats(&after)
		if r.status != http.StatusOK && r.status != http.StatusUnprocessableEntity || strings.Contains(string(r.body), `"standing":"valid"`) {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 128<<20+20*uint64(len(file)) {
			t.Errorf("%s: %d MB taken for a file of %d MB", name, used>>20, len(file)>>20)
		}
		if took > 20*time.Second {
			t.Errorf("%s: %v", name, took)
		}
	}
	if r := c.uploadJSON("/api/v1/verification/file", "a.pdf", make([]byte, 20<<20+1), nil); r.status != http.StatusRequestEntityTooLarge || r.problem().Code != "request.file_too_large" {
		t.Errorf("a byte too much: %d %s", r.status, r.body)
	}
}
