package translog_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/certs/translog"
)

// TestEveryLeafIsProved, at every size at which somebody may have asked, and nothing else is.
func TestEveryLeafIsProved(t *testing.T) {
	m := newMemory()
	l := filled(t, m.ports(), 700)
	_, key := logKey(t, origin)
	rapid.Check(t, func(rt *rapid.T) {
		size := rapid.Int64Range(1, 700).Draw(rt, "size")
		index := rapid.Int64Range(0, size-1).Draw(rt, "index")
		root, err := l.Root(t.Context(), size)
		noError(t, err)
		c := translog.Checkpoint{Origin: origin, Size: size, Root: root}
		p, err := l.Prove(t.Context(), index, size)
		noError(t, err)
		leaf := entries(int(index), 1)[0].Data
		noError(t, p.Check(leaf, c))
		for name, wrong := range wrongProofs(p, size) {
			if err := wrong.Check(leaf, c); !errors.Is(err, translog.ErrNotIncluded) {
				rt.Fatalf("%s: %v", name, err)
			}
		}
		wantError(rt, p.Check([]byte("another leaf"), c), translog.ErrNotIncluded)
	})
	last, err := l.Latest(t.Context())
	noError(t, err)
	p, err := l.Prove(t.Context(), 5, last.Size)
	noError(t, err)
	at, err := translog.Trust{Log: []note.Verifier{key}}.Open(last.Note)
	noError(t, err)
	noError(t, p.Check(entries(5, 1)[0].Data, at))
	wantError(t, p.Check(entries(6, 1)[0].Data, at), translog.ErrNotIncluded)
	for _, index := range []int64{-1, 700, 701} {
		_, err := l.Prove(t.Context(), index, 700)
		wantError(t, err, translog.ErrNoEntry)
	}
	_, err = l.Prove(t.Context(), 0, 701)
	wantError(t, err, translog.ErrNoTile)
}

// wrongProofs differ from p in one thing each.
func wrongProofs(p translog.Proof, size int64) map[string]translog.Proof {
	wrong := map[string]translog.Proof{
		"longer":    {Index: p.Index, Hashes: append(append([]tlog.Hash{}, p.Hashes...), tlog.Hash{})},
		"no tree":   {Index: size, Hashes: p.Hashes},
		"negative":  {Index: -1, Hashes: p.Hashes},
		"very long": {Index: p.Index, Hashes: make([]tlog.Hash, 64)},
	}
	if len(p.Hashes) > 0 {
		changed := append([]tlog.Hash{}, p.Hashes...)
		changed[len(changed)/2][7] ^= 1
		wrong["changed"] = translog.Proof{Index: p.Index, Hashes: changed}
		wrong["shorter"] = translog.Proof{Index: p.Index, Hashes: p.Hashes[1:]}
	}
	return wrong
}

// TestGrowthIsProved between any two sizes, and a tree that does not begin with the older one is not.
func TestGrowthIsProved(t *testing.T) {
	l := filled(t, newMemory().ports(), 700)
	at := func(size int64) translog.Checkpoint {
		root, err := l.Root(t.Context(), size)
		noError(t, err)
		return translog.Checkpoint{Origin: origin, Size: size, Root: root}
	}
	rapid.Check(t, func(rt *rapid.T) {
		from := rapid.Int64Range(0, 700).Draw(rt, "from")
		to := rapid.Int64Range(max(from, 1), 700).Draw(rt, "to")
		hashes, err := l.ProveConsistency(t.Context(), from, to)
		noError(t, err)
		older, newer := at(from), at(to)
		noError(t, translog.CheckConsistency(older, newer, hashes))
		forged := older
		forged.Root[3] ^= 1
		wantError(rt, translog.CheckConsistency(forged, newer, hashes), translog.ErrInconsistent)
		wantError(rt, translog.CheckConsistency(older, newer, append(hashes, tlog.Hash{})), translog.ErrInconsistent)
		other := older
		other.Origin = "other.example/log"
		wantError(rt, translog.CheckConsistency(other, newer, hashes), translog.ErrInconsistent)
		if from < to {
			wantError(rt, translog.CheckConsistency(newer, older, hashes), translog.ErrInconsistent)
		}
	})
	for _, sizes := range [][2]int64{{-1, 5}, {6, 5}} {
		_, err := l.ProveConsistency(t.Context(), sizes[0], sizes[1])
		wantError(t, err, translog.ErrInconsistent)
	}
}

// TestProofIsShort: a proof in a log of a million leaves takes at most 1 kB as text.
func TestProofIsShort(t *testing.T) {
	p := translog.Proof{Index: 999_999, Hashes: make([]tlog.Hash, 20)} // 2²⁰ leaves have 20 hashes
	if n := len(p.String()); n > 1000 {
		t.Errorf("%d bytes", n)
	}
}

// TestProofAsOthersReadIt: with a checkpoint after it, it is a tlog-proof to the library of the format's authors.
func TestProofAsOthersReadIt(t *testing.T) {
	l := filled(t, newMemory().ports(), 300)
	c, err := l.Latest(t.Context())
	noError(t, err)
	p, err := l.Prove(t.Context(), 7, c.Size)
	noError(t, err)
	var theirs proof.TLogProof
	noError(t, theirs.Unmarshal([]byte(p.String()+"\n"+string(c.Note))))
	if theirs.Index != 7 || len(theirs.Hashes) != len(p.Hashes) || !bytes.Equal(theirs.Checkpoint, c.Note) {
		t.Errorf("%+v", theirs)
	}
	for i, h := range theirs.Hashes {
		if h != p.Hashes[i] {
			t.Errorf("hash %d", i)
		}
	}
}

func FuzzOpenCheckpoint(f *testing.F) {
	s, v := logKey(f, origin)
	trust := translog.Trust{Log: []note.Verifier{v}}
	good := signNote(f, origin+"\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", s)
	f.Add(good)
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := trust.Open(text)
		if err == nil && (c.Size != 3 || c.Origin != origin) {
			t.Errorf("%q was never signed", text)
		}
		if u, err := translog.ReadUnsigned(text); err == nil && !bytes.HasPrefix(text, []byte(u.Origin+"\n")) {
			t.Errorf("%q has the origin %q", text, u.Origin)
		}
	})
}

func FuzzParseLeaf(f *testing.F) {
	f.Add(leafOf("a"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if l, err := translog.ParseLeaf(b); err == nil && !bytes.Equal(l.Bytes(), b) {
			t.Errorf("%q was read as %q", b, l.Bytes())
		}
	})
}

func FuzzLeaves(f *testing.F) {
	f.Add(translog.AppendLeaf(translog.AppendLeaf(nil, leafOf("a")), nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		leaves, err := translog.Leaves(b)
		if err != nil {
			return
		}
		var back []byte
		for _, leaf := range leaves {
			back = translog.AppendLeaf(back, leaf)
		}
		if !bytes.Equal(back, b) || len(leaves) > translog.Width {
			t.Errorf("%x was read as %x", b, back)
		}
	})
}

func FuzzParsePath(f *testing.F) {
	for _, p := range []string{"tile/0/000", "tile/63/x001/x234/067", "tile/entries/x001/000.p/255", "tile/data/000", "tile/0/000.p/256"} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p string) {
		if at, err := translog.ParsePath(p); err == nil && (translog.Path(at) != p || at.L > 63 || at.W < 1 || at.W > translog.Width || at.N < 0) {
			t.Errorf("%q was read as %+v", p, at)
		}
	})
}
