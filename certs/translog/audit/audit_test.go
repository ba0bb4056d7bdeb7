package audit_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/certs/translog/audit"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

const origin = "cert.example/log"

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// published is a log over the embedded store that somebody else can read.
type published struct {
	*translog.Log
	ports  translog.Ports
	signer note.Signer
	trust  translog.Trust
	logged int
}

// publish makes a log of n entries with a key of its own.
func publish(t testing.TB, n int) *published {
	t.Helper()
	secret, public, err := note.GenerateKey(nil, origin)
	noError(t, err)
	signer, err := note.NewSigner(secret)
	noError(t, err)
	trust, err := translog.ReadTrust([]string{public}, nil)
	noError(t, err)
	return publishAs(t, &published{signer: signer, trust: trust}, n)
}

// publishAs makes a log of n entries with the key of another; its entries are those that follow the other's.
func publishAs(t testing.TB, as *published, n int) *published {
	t.Helper()
	ports := store.New(storetest.OpenSQLite(t), ids.Random()).Translog()
	l, err := translog.New(ports, as.signer, as.trust, clock.System{})
	noError(t, err)
	p := &published{Log: l, ports: ports, signer: as.signer, trust: as.trust, logged: as.logged}
	p.grow(t, n)
	return p
}

// grow logs so many more and publishes.
func (p *published) grow(t testing.TB, n int) {
	t.Helper()
	var batch []translog.Entry
	for range n {
		batch = append(batch, p.next())
	}
	for part := range slices.Chunk(batch, 10_000) {
		_, err := p.Append(t.Context(), part)
		noError(t, err)
	}
	_, err := p.Publish(t.Context())
	if p.logged > 0 || !errors.Is(err, translog.ErrNoCheckpoint) {
		noError(t, err)
	}
}

// fill writes so many full bundles into an empty log, as they would be after many appends.
func (p *published) fill(t testing.TB, bundles int) {
	t.Helper()
	for n := range bundles {
		b := &translog.Bundle{Number: int64(n)}
		for range translog.Width {
			e := p.next()
			b.IDs, b.Data = append(b.IDs, e.ID), translog.AppendLeaf(b.Data, e.Data)
		}
		noError(t, p.ports.Bundles.CreateBundle(t.Context(), b))
	}
}

// next is the entry after those that were logged, of every event by turns.
func (p *published) next() translog.Entry {
	leaf := translog.Leaf{Event: translog.Events()[p.logged%5], Commitment: tlog.RecordHash(fmt.Append(nil, p.logged))}
	p.logged++
	return translog.Entry{ID: hex.EncodeToString(leaf.Commitment[:]), Data: leaf.Bytes()}
}

// files is a mirror in memory.
type files map[string][]byte

func (p *published) mirror(t testing.TB) files {
	t.Helper()
	all := files{}
	_, err := p.Export(t.Context(), func(path string, data []byte) error {
		all[path] = bytes.Clone(data)
		return nil
	})
	noError(t, err)
	return all
}

func (f files) Read(_ context.Context, path string, most int64) ([]byte, error) {
	b, ok := f[path]
	if !ok {
		return nil, audit.ErrMissing.With("%s", path)
	}
	if int64(len(b)) > most {
		return nil, errors.New("too long")
	}
	return b, nil
}

func (f files) clone() files {
	c := files{}
	for path, data := range f {
		c[path] = bytes.Clone(data)
	}
	return c
}

func wantWhole(t testing.TB, src audit.Source, o audit.Options) audit.Report {
	t.Helper()
	r, err := audit.Run(t.Context(), src, o)
	if err != nil || !r.Whole || r.Fault != "" {
		t.Fatalf("%+v, %v", r, err)
	}
	return r
}

// wantFault checks that a difference is found and named with a word.
func wantFault(t testing.TB, src audit.Source, o audit.Options, word string) {
	t.Helper()
	r, err := audit.Run(t.Context(), src, o)
	if err != nil || r.Whole || !strings.Contains(r.Fault, word) {
		t.Fatalf("whole %v, fault %q (want %q), %v", r.Whole, r.Fault, word, err)
	}
}

// TestWhole: logs of every size around full bundles and tiles are whole, and what is in them is counted.
func TestWhole(t *testing.T) {
	p := publish(t, 1)
	for _, size := range []int{1, 2, 255, 256, 257, 600, 5000} {
		p.grow(t, size-p.logged)
		r := wantWhole(t, p.mirror(t), audit.Options{Trust: p.trust})
		if r.Size != int64(size) || !r.Signed || r.Origin != origin || r.Events[translog.Issued] != int64((size+4)/5) || r.Events[translog.Voided] != int64(size/5) ||
			r.Bundles != int64((size+255)/256) {
			t.Errorf("%d entries: %+v", size, r)
		}
	}
	r := wantWhole(t, p.mirror(t), audit.Options{})
	if r.Signed {
		t.Error("without a key the signature was checked")
	}
}

// TestTwoLevels: a log with a full tile above the leaves.
func TestTwoLevels(t *testing.T) {
	p := publish(t, 0)
	p.fill(t, 257)
	p.grow(t, 44)
	m := p.mirror(t)
	r := wantWhole(t, m, audit.Options{Trust: p.trust})
	if r.Tiles != 258+2+1 {
		t.Errorf("%d tiles", r.Tiles)
	}
	for _, path := range []string{"tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1", "tile/0/100"} {
		bad := m.clone()
		bad[path][5] ^= 1
		wantFault(t, bad, audit.Options{Trust: p.trust}, path)
	}
}

// TestAnyFlippedBitIsFound, whatever file it is in.
func TestAnyFlippedBitIsFound(t *testing.T) {
	p := publish(t, 600)
	m := p.mirror(t)
	var paths []string
	for path := range m {
		paths = append(paths, path)
	}
	rapid.Check(t, func(rt *rapid.T) {
		path := rapid.SampledFrom(paths).Draw(rt, "path")
		bad := m.clone()
		at := rapid.IntRange(0, len(bad[path])-1).Draw(rt, "byte")
		bad[path][at] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		r, err := audit.Run(t.Context(), bad, audit.Options{Trust: p.trust})
		if err != nil || r.Whole || r.Fault == "" {
			rt.Fatalf("byte %d of %s: %+v, %v", at, path, r, err)
		}
	})
}

// TestDifferencesAreNamed: each mirror differs in one thing from a whole one, and says which.
func TestDifferencesAreNamed(t *testing.T) {
	p := publish(t, 600)
	m := p.mirror(t)
	leaf := len(translog.Leaf{Event: translog.Issued}.Bytes()) + 2
	for name, c := range map[string]struct {
		harm func(files)
		word string
	}{
		"leaf removed": {func(f files) { f["tile/entries/001"] = f["tile/entries/001"][leaf:] }, "tile/entries/001"},
		"leaf added": {func(f files) {
			f["tile/entries/002.p/88"] = append(f["tile/entries/002.p/88"], f["tile/entries/000"][:leaf]...)
		}, "tile/entries/002.p/88"},
		"no leaf":         {func(f files) { copy(f["tile/entries/001"][2:], "skillcert-leaf/9") }, "256"},
		"bundle missing":  {func(f files) { delete(f, "tile/entries/001") }, "tile/entries/001"},
		"partial missing": {func(f files) { delete(f, "tile/entries/002.p/88") }, "tile/entries/002.p/88"},
		"tile missing":    {func(f files) { delete(f, "tile/1/000.p/2") }, "tile/1/000.p/2"},
		"tile shorter":    {func(f files) { f["tile/0/001"] = f["tile/0/001"][:32] }, "tile/0/001"},
		"leaves swapped": {func(f files) {
			f["tile/entries/000"], f["tile/entries/001"] = f["tile/entries/001"], f["tile/entries/000"]
		}, "tile/0/000"},
		"bundles swapped whole": {func(f files) {
			f["tile/entries/000"], f["tile/entries/001"] = f["tile/entries/001"], f["tile/entries/000"]
			f["tile/0/000"], f["tile/0/001"] = f["tile/0/001"], f["tile/0/000"]
		}, "root"},
		"unsigned": {func(f files) { f["checkpoint"] = bytes.Replace(f["checkpoint"], []byte("600"), []byte("599"), 1) }, "checkpoint"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := m.clone()
			c.harm(bad)
			wantFault(t, bad, audit.Options{Trust: p.trust}, c.word)
		})
	}
}

// TestReplacedPartials: a bundle that was partial may be there as a full one only.
func TestReplacedPartials(t *testing.T) {
	p := publish(t, 300)
	m := p.mirror(t)
	p.grow(t, 400)
	later := p.mirror(t)
	for path, data := range later {
		if path != translog.CheckpointPath && !strings.Contains(path, ".p/") {
			m[path] = data
		}
	}
	delete(m, "tile/entries/001.p/44")
	delete(m, "tile/0/001.p/44")
	wantWhole(t, m, audit.Options{Trust: p.trust})
}

// TestSince: what was published earlier is still there, or it is found out.
func TestSince(t *testing.T) {
	p := publish(t, 300)
	first := p.mirror(t)["checkpoint"]
	p.grow(t, 400)
	m := p.mirror(t)
	r := wantWhole(t, m, audit.Options{Trust: p.trust, Since: first})
	if r.Since == nil || *r.Since != 300 || r.Growth == nil || *r.Growth != 400 || !bytes.Equal(r.Checkpoint, m["checkpoint"]) {
		t.Errorf("%+v", r)
	}
	wantWhole(t, m, audit.Options{Trust: p.trust, Since: m["checkpoint"]})
	wantWhole(t, m, audit.Options{Since: first})

	another := publishAs(t, p, 800).mirror(t) // whole in itself, signed with the same key, and another history
	wantWhole(t, another, audit.Options{Trust: p.trust})
	wantFault(t, another, audit.Options{Trust: p.trust, Since: first}, "rewritten")
	wantFault(t, another, audit.Options{Since: first}, "rewritten")
	shown := files{"checkpoint": first} // the log of before, to somebody who has seen the later one
	wantFault(t, shown, audit.Options{Trust: p.trust, Since: m["checkpoint"]}, "shorter")
}

func TestWhatCannotBeChecked(t *testing.T) {
	p := publish(t, 10)
	m := p.mirror(t)
	stranger := publish(t, 10)
	broken := func(path string) audit.Source { return failing{m, path} }
	for name, c := range map[string]struct {
		src audit.Source
		o   audit.Options
	}{
		"no checkpoint":             {files{}, audit.Options{Trust: p.trust}},
		"checkpoint unreadable":     {broken("checkpoint"), audit.Options{Trust: p.trust}},
		"bundle unreadable":         {broken("tile/entries/000.p/10"), audit.Options{Trust: p.trust}},
		"tile unreadable":           {broken("tile/0/000.p/10"), audit.Options{Trust: p.trust}},
		"earlier one of a stranger": {m, audit.Options{Trust: p.trust, Since: stranger.mirror(t)["checkpoint"]}},
		"earlier one is none":       {m, audit.Options{Trust: p.trust, Since: []byte("none")}},
	} {
		if r, err := audit.Run(t.Context(), c.src, c.o); err == nil || r.Whole || r.Fault != "" {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

// failing cannot read one address, whatever lies there.
type failing struct {
	files
	path string
}

func (f failing) Read(ctx context.Context, path string, most int64) ([]byte, error) {
	if path == f.path {
		return nil, errors.New("the disk does not answer")
	}
	return f.files.Read(ctx, path, most)
}

// TestSources: a directory and a web server give the same.
func TestSources(t *testing.T) {
	p := publish(t, 600)
	dir := t.TempDir()
	for path, data := range p.mirror(t) {
		name := filepath.Join(dir, filepath.FromSlash(path))
		noError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		noError(t, os.WriteFile(name, data, 0o644))
	}
	d, err := audit.Dir(dir)
	noError(t, err)
	t.Cleanup(func() { noError(t, d.Close()) })
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(server.Close)
	web := audit.Web(&http.Client{Timeout: time.Minute}, server.URL+"/")
	for _, src := range []audit.Source{d, web} {
		wantWhole(t, src, audit.Options{Trust: p.trust})
		if _, err := src.Read(t.Context(), "tile/0/009", 10); !errors.Is(err, audit.ErrMissing) {
			t.Errorf("what is not there: %v", err)
		}
		if _, err := src.Read(t.Context(), "tile/0/000", 10); err == nil || errors.Is(err, audit.ErrMissing) {
			t.Errorf("what is too long: %v", err)
		}
		noError(t, os.WriteFile(filepath.Join(dir, "tile", "0", "001"), make([]byte, 9000), 0o644))
		wantFault(t, src, audit.Options{Trust: p.trust}, "tile/0/001")
		noError(t, os.WriteFile(filepath.Join(dir, "tile", "0", "001"), p.mirror(t)["tile/0/001"], 0o644))
	}
	noError(t, os.Symlink(filepath.Join(t.TempDir(), "secret"), filepath.Join(dir, "outside")))
	if _, err := d.Read(t.Context(), "outside", 10); err == nil {
		t.Error("a file outside was read")
	}
	server.Close()
	if _, err := audit.Run(t.Context(), web, audit.Options{Trust: p.trust}); err == nil {
		t.Error("a server that is gone was checked")
	}
}
