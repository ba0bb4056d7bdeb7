package api_test

import (
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/certs/translog/audit"
	"github.com/skillcert/skillcert/engine/ids"
)

// withLog is the world with a log of so many entries, published, over its own store.
func withLog(t *testing.T, n int) (*world, translog.Trust) {
	t.Helper()
	w := newWorld(t)
	secret, public, err := note.GenerateKey(nil, "cert.example/log")
	check(t, err)
	signer, err := note.NewSigner(secret)
	check(t, err)
	trust, err := translog.ReadTrust([]string{public}, nil)
	check(t, err)
	w.Translog, err = translog.New(w.store.Translog(), signer, trust, w.clock)
	check(t, err)
	var batch []translog.Entry
	for i := range n {
		leaf := translog.Leaf{Event: translog.Issued, Commitment: [32]byte{byte(i), byte(i >> 8)}}
		batch = append(batch, translog.Entry{ID: strconv.Itoa(i), Data: leaf.Bytes()})
	}
	_, err = w.Translog.Append(t.Context(), batch)
	check(t, err)
	if n > 0 {
		_, err = w.Translog.Publish(t.Context())
		check(t, err)
	}
	second := *w // with a server of its own, beside the one that has no log
	w = &second
	w.server, err = api.New(w.Services, generous, w.ring, w.clock, ids.Random(), slog.New(slog.NewTextHandler(io.Discard, nil)))
	check(t, err)
	w.serve()
	return w, trust
}

// TestLogIsPublic: somebody without an account audits the whole log over HTTP.
func TestLogIsPublic(t *testing.T) {
	w, trust := withLog(t, 600)
	r, err := audit.Run(t.Context(), audit.Web(http.DefaultClient, w.base+"/log"), audit.Options{Trust: trust})
	check(t, err)
	if !r.Whole || r.Size != 600 || r.Events[translog.Issued] != 600 {
		t.Errorf("%+v", r)
	}
	nobody := w.program("")
	for path, want := range map[string]struct {
		kind, cache string
		bytes       int
	}{
		"/log/checkpoint":            {"text/plain; charset=utf-8", "no-store", 0},
		"/log/tile/0/000":            {"application/octet-stream", "immutable", 8192},
		"/log/tile/0/002.p/88":       {"application/octet-stream", "max-age=60", 88 * 32},
		"/log/tile/1/000.p/2":        {"application/octet-stream", "max-age=60", 64},
		"/log/tile/entries/001":      {"application/octet-stream", "immutable", 0},
		"/log/tile/entries/002.p/88": {"application/octet-stream", "max-age=60", 0},
		"/log/tile/entries/002.p/1":  {"application/octet-stream", "max-age=60", 2 + len(translog.Leaf{Event: translog.Issued}.Bytes())},
	} {
		got := nobody.raw(http.MethodGet, path, "", nil)
		if got.status != http.StatusOK || got.header.Get("Content-Type") != want.kind || !strings.Contains(got.header.Get("Cache-Control"), want.cache) ||
			want.bytes > 0 && len(got.body) != want.bytes {
			t.Errorf("%s: %d %s %q, %d bytes", path, got.status, got.header.Get("Content-Type"), got.header.Get("Cache-Control"), len(got.body))
		}
	}
	for _, path := range []string{"/log/tile/0/002", "/log/tile/0/003.p/1", "/log/tile/0/002.p/89", "/log/tile/entries/002", "/log/tile/2/000.p/1", "/log/tile/0/2",
		"/log/tile/0/x000/002", "/log/tile/data/000", "/log/tile/0/000.p/256", "/log/tile/0/x001/x000/x000/x000/000", "/log/tile/0/x999/x999/999", "/log/tile/0",
		"/log/tile/00/000", "/log/other", "/log/tile/0/000/", "/log/tile/0/000.p/"} {
		if got := nobody.raw(http.MethodGet, path, "", nil); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

// TestLogThatIsEmptyOrAbsent has nothing to show.
func TestLogThatIsEmptyOrAbsent(t *testing.T) {
	empty, _ := withLog(t, 0)
	for name, w := range map[string]*world{"empty": empty, "absent": newWorld(t)} {
		for _, path := range []string{"/log/checkpoint", "/log/tile/0/000.p/1", "/log/tile/entries/000"} {
			if got := w.program("").raw(http.MethodGet, path, "", nil); got.status != http.StatusNotFound {
				t.Errorf("%s log: %s: %d", name, path, got.status)
			}
		}
	}
}
