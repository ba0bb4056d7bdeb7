package translog_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/skillcert/skillcert/certs/translog"
)

func TestPaths(t *testing.T) {
	for path, want := range map[string]tlog.Tile{
		"tile/0/000":                     {H: 8, L: 0, N: 0, W: 256},
		"tile/1/x001/x234/067":           {H: 8, L: 1, N: 1234067, W: 256},
		"tile/0/273.p/112":               {H: 8, L: 0, N: 273, W: 112},
		"tile/63/000.p/1":                {H: 8, L: 63, N: 0, W: 1},
		"tile/entries/x001/000.p/255":    {H: 8, L: -1, N: 1000, W: 255},
		"tile/entries/x001/x000/000":     {H: 8, L: -1, N: 1000000, W: 256},
		"tile/0/x001/x000/x000/x000/000": {H: 8, L: 0, N: 1000000000000, W: 256},
	} {
		got, err := translog.ParsePath(path)
		if err != nil || got != want || translog.Path(got) != path {
			t.Errorf("%s: %+v, %v, %s", path, got, err, translog.Path(got))
		}
	}
	for _, bad := range []string{"", "/", "tile", "tile/", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/+0/000", "tile/-1/000",
		"tile/64/000", "tile/data/000", "tile/8/0/000", "tile/0/x000/000", "tile/0/000/000", "tile/0/x001", "tile/0/x001/x000", "tile/0/000.p", "tile/0/000.p/",
		"tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/1/", "tile/0/../0/000", "/tile/0/000", "tile//000", "Tile/0/000",
		"tile/0/x999/x999/x999/x999/x999/x999/x999/999", "tile/0/" + strings.Repeat("x999/", 100) + "999", "tile/entries/000\x00", "tile/entries/０００"} {
		if _, err := translog.ParsePath(bad); !errors.Is(err, translog.ErrNoTile) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestWithin: the example of C2SP tlog-tiles, a tree of 70,000 entries.
func TestWithin(t *testing.T) {
	for path, want := range map[string]bool{"tile/0/272": true, "tile/0/273": false, "tile/0/273.p/112": true, "tile/0/273.p/113": false, "tile/1/000": true,
		"tile/1/001": false, "tile/1/001.p/17": true, "tile/1/001.p/18": false, "tile/2/000.p/1": true, "tile/2/000.p/2": false, "tile/3/000.p/1": false,
		"tile/entries/273.p/112": true, "tile/entries/273": false, "tile/entries/274.p/1": false, "tile/63/000.p/1": false,
		"tile/0/x999/x999/x999/x999/999.p/1": false} {
		at, err := translog.ParsePath(path)
		noError(t, err)
		if translog.Within(at, 70_000) != want {
			t.Errorf("%s: want %v", path, want)
		}
	}
	if translog.Within(tlog.Tile{H: 8, L: 0, N: 0, W: 1}, 0) {
		t.Error("an empty log has a tile")
	}
}

// TestResources: what is published is what an exported copy holds, and what was not published is not there.
func TestResources(t *testing.T) {
	l := filled(t, newMemory().ports(), 70_000)
	exported := map[string][]byte{}
	last := ""
	c, err := l.Export(t.Context(), func(path string, data []byte) error {
		exported[path], last = bytes.Clone(data), path
		return nil
	})
	noError(t, err)
	if want := 274 + 274 + 2 + 1 + 1; len(exported) != want || last != translog.CheckpointPath || c.Size != 70_000 {
		t.Fatalf("%d resources of %d entries, the last is %s, want %d", len(exported), c.Size, last, want)
	}
	for path, want := range exported {
		if path == translog.CheckpointPath {
			continue
		}
		data, full, err := l.Resource(t.Context(), path)
		if err != nil || !bytes.Equal(data, want) || full == strings.Contains(path, ".p/") {
			t.Fatalf("%s: full %v, %v", path, full, err)
		}
	}
	_, err = l.Append(t.Context(), entries(70_000, 300))
	noError(t, err)
	for _, path := range []string{"tile/0/273", "tile/entries/273", "tile/0/273.p/113", "tile/entries/274.p/1", "nothing", ""} {
		if _, _, err := l.Resource(t.Context(), path); !errors.Is(err, translog.ErrNoTile) {
			t.Errorf("%s: %v", path, err)
		}
	}
	data, full, err := l.Resource(t.Context(), "tile/entries/273.p/100") // narrower than any checkpoint needs, and true
	if leaves, parseErr := translog.Leaves(data); err != nil || parseErr != nil || full || len(leaves) != 100 {
		t.Errorf("%d leaves, %v", len(leaves), errors.Join(err, parseErr))
	}
	_, _, err = open(t, newMemory().ports()).Resource(t.Context(), "tile/0/000.p/1")
	wantError(t, err, translog.ErrNoTile)
}

func TestLeaves(t *testing.T) {
	for _, e := range translog.Events() {
		l := translog.Leaf{Event: e, Commitment: [32]byte{1, 2, 255}}
		if got, err := translog.ParseLeaf(l.Bytes()); err != nil || got != l {
			t.Errorf("%s: %+v, %v", e, got, err)
		}
	}
	good := string(leafOf("a"))
	if want := "skillcert-leaf/1\nissued\n61" + strings.Repeat("0", 62) + "\n"; good != want {
		t.Errorf("%q, want %q", good, want)
	}
	for _, bad := range []string{"", good + "\n", good[:len(good)-1], strings.Replace(good, "61", "6A", 1), strings.Replace(good, "issued", "Issued", 1),
		strings.Replace(good, "issued", "seen", 1), strings.Replace(good, "/1", "/2", 1), strings.Replace(good, "61", "g1", 1), strings.Replace(good, "\n", "\r\n", 1),
		strings.Replace(good, "6100", "61", 1)} {
		if _, err := translog.ParseLeaf([]byte(bad)); !errors.Is(err, translog.ErrLeaf) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range [][]byte{nil, {0}, {0, 1}, bytes.Repeat([]byte{0, 0}, 257)} {
		if _, err := translog.Leaves(bad); !errors.Is(err, translog.ErrBundle) {
			t.Errorf("%x: %v", bad, err)
		}
	}
}
