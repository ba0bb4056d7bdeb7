package translog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	transparency "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

// TestPublishedRootIsThatOfTheLeaves compares with the tree of RFC 6962 as package tlog stores it, at every size around
// full bundles and full tiles of tiles.
func TestPublishedRootIsThatOfTheLeaves(t *testing.T) {
	m := newMemory()
	l := open(t, m.ports())
	var stored hashList
	for _, size := range []int{1, 2, 255, 256, 257, 511, 512, 1000, 65535, 65536, 65537, 66000} {
		batch := entries(len(stored.sizes), size-len(stored.sizes))
		_, err := l.Append(t.Context(), batch)
		noError(t, err)
		for _, e := range batch {
			stored.add(t, e.Data)
		}
		want, err := tlog.TreeHash(int64(size), &stored)
		noError(t, err)
		c, err := l.Publish(t.Context())
		noError(t, err)
		if c.Size != int64(size) || c.Root != want || c.Origin != origin {
			t.Fatalf("%d entries %s, want %d entries %s", c.Size, c.Root, size, want)
		}
		fresh, err := open(t, m.ports()).Root(t.Context(), int64(size)) // a process that remembers nothing
		noError(t, err)
		if fresh != want {
			t.Fatalf("another process computes %s at %d", fresh, size)
		}
	}
	wantTiles(t, m, stored)
}

// wantTiles: what is kept of the upper levels is what package tlog computes.
func wantTiles(t *testing.T, m *memory, stored hashList) {
	t.Helper()
	if len(m.tiles) != 1 {
		t.Fatalf("%d tiles are kept", len(m.tiles))
	}
	for at, tile := range m.tiles {
		want, err := tlog.ReadTileData(tlog.Tile{H: 8, L: int(at[0]), N: at[1], W: 256}, &stored)
		noError(t, err)
		if !bytes.Equal(tile.Hashes, want) {
			t.Fatalf("tile %v is another", at)
		}
	}
}

// hashList is the storage of package tlog.
type hashList struct {
	hashes []tlog.Hash
	sizes  []struct{}
}

func (s *hashList) add(t *testing.T, leaf []byte) {
	t.Helper()
	more, err := tlog.StoredHashes(int64(len(s.sizes)), leaf, s)
	noError(t, err)
	s.hashes, s.sizes = append(s.hashes, more...), append(s.sizes, struct{}{})
}

func (s *hashList) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var all []tlog.Hash
	for _, i := range indexes {
		all = append(all, s.hashes[i])
	}
	return all, nil
}

func TestNothingToPublish(t *testing.T) {
	l := open(t, newMemory().ports())
	_, err := l.Latest(t.Context())
	wantError(t, err, translog.ErrNoCheckpoint)
	_, err = l.Publish(t.Context())
	wantError(t, err, translog.ErrNoCheckpoint)
	_, v := logKey(t, origin)
	reader, err := translog.New(newMemory().ports(), nil, translog.Trust{Log: []note.Verifier{v}}, clock.NewManual(noon))
	noError(t, err)
	_, err = reader.Publish(t.Context())
	wantError(t, err, translog.ErrReadOnly)
}

// TestPublishingAgain: what was published stays until something is added.
func TestPublishingAgain(t *testing.T) {
	l := filled(t, newMemory().ports(), 3)
	first, err := l.Latest(t.Context())
	noError(t, err)
	again, err := l.Publish(t.Context())
	noError(t, err)
	if !bytes.Equal(first.Note, again.Note) || first.Size != 3 {
		t.Fatalf("%q, then %q", first.Note, again.Note)
	}
}

// TestAForkIsNotSigned: a log that lost, changed or reordered something that was published is not signed again.
func TestAForkIsNotSigned(t *testing.T) {
	for name, harm := range map[string]func(*memory){
		"changed": func(m *memory) { m.bundles[1].Data[10] ^= 1 },
		"shorter": func(m *memory) { m.bundles = m.bundles[:2] },
		"swapped": func(m *memory) { m.bundles[0], m.bundles[1] = m.bundles[1], m.bundles[0] },
		"last bundle emptied": func(m *memory) {
			m.bundles[2] = translog.Bundle{Number: 2, IDs: m.bundles[2].IDs[:1], Data: m.bundles[2].Data[:2+len(entries(0, 1)[0].Data)], Revision: 9}
		},
	} {
		m := newMemory()
		filled(t, m.ports(), 600)
		harm(m)
		l := open(t, m.ports())
		kept := string(m.kept.Note)
		if _, err := l.Publish(t.Context()); !errors.Is(err, translog.ErrForked) {
			t.Errorf("%s: %v", name, err)
		}
		if string(m.kept.Note) != kept {
			t.Errorf("%s: the checkpoint was replaced", name)
		}
	}
}

// TestAnotherNameIsAnotherLog: a process that was given another origin does not sign over the published one.
func TestAnotherNameIsAnotherLog(t *testing.T) {
	m := newMemory()
	filled(t, m.ports(), 3)
	s, v := logKey(t, "other.example/log")
	_, old := logKey(t, origin)
	l, err := translog.New(m.ports(), s, translog.Trust{Log: []note.Verifier{v, old}}, clock.NewManual(noon))
	noError(t, err)
	_, err = l.Publish(t.Context())
	wantError(t, err, translog.ErrForked)
	name, err := translog.OriginOf(t.Context(), m)
	noError(t, err)
	if name != origin {
		t.Errorf("the log is called %q", name)
	}
	name, err = translog.OriginOf(t.Context(), newMemory())
	if err != nil || name != "" {
		t.Errorf("a log without a checkpoint is called %q, %v", name, err)
	}
}

// TestProcessesPublishOneHistory: processes append and publish at once over the embedded store; every checkpoint that any of
// them signed is consistent with every later one.
func TestProcessesPublishOneHistory(t *testing.T) {
	st := store.New(storetest.OpenSQLite(t), ids.Random())
	var mu sync.Mutex
	var signed []translog.Checkpoint
	var all sync.WaitGroup
	for p := range 3 {
		l := open(t, st.Translog())
		all.Go(func() {
			for i := range 12 {
				_, err := l.Append(context.Background(), entries(p*1000+i*30, 30))
				c, publishErr := l.Publish(context.Background())
				if err = errors.Join(err, publishErr); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				signed = append(signed, c)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	l := open(t, st.Translog())
	last, err := l.Latest(t.Context())
	noError(t, err)
	if last.Size != 3*12*30 {
		t.Fatalf("%d entries in the end", last.Size)
	}
	for _, c := range signed {
		proof, err := l.ProveConsistency(t.Context(), c.Size, last.Size)
		noError(t, err)
		noError(t, translog.CheckConsistency(c, last, proof))
	}
}

func TestCosignatures(t *testing.T) {
	c := clock.NewManual(noon)
	w1, v1 := cosigner(t, "witness.example/w1", c)
	w2, v2 := cosigner(t, "witness.example/w2", c)
	stranger, _ := cosigner(t, "stranger.example/w", c)
	l := filled(t, newMemory().ports(), 3, v1, v2)
	plain, err := l.Latest(t.Context())
	noError(t, err)
	noError(t, l.AddCosignature(t.Context(), cosign(t, plain, w1)))
	noError(t, l.AddCosignature(t.Context(), cosign(t, plain, w1)))
	noError(t, l.AddCosignature(t.Context(), cosign(t, plain, stranger, w2)))
	got, err := l.Latest(t.Context())
	noError(t, err)
	want := []translog.Cosignature{{Witness: "witness.example/w1", At: noon}, {Witness: "witness.example/w2", At: noon}}
	if fmt.Sprint(got.Cosigned) != fmt.Sprint(want) || strings.Contains(string(got.Note), "stranger") {
		t.Fatalf("%v on\n%s", got.Cosigned, got.Note)
	}
	c.Advance(time.Minute) // a later one of the same witness takes the place of the earlier
	noError(t, l.AddCosignature(t.Context(), cosign(t, plain, w1)))
	got, err = l.Latest(t.Context())
	noError(t, err)
	if len(got.Cosigned) != 2 || !got.Cosigned[1].At.Equal(noon.Add(time.Minute)) {
		t.Fatalf("%v", got.Cosigned)
	}
	kept, err := l.Publish(t.Context()) // nothing was added: the cosignatures stay
	if err != nil || len(kept.Cosigned) != 2 {
		t.Fatalf("%v, %v", kept.Cosigned, err)
	}
}

// cosign is a checkpoint with further signatures.
func cosign(t testing.TB, c translog.Checkpoint, signers ...note.Signer) []byte {
	t.Helper()
	_, v := logKey(t, origin)
	n, err := note.Open(c.Note, note.VerifierList(v))
	noError(t, err)
	signed, err := note.Sign(n, signers...)
	noError(t, err)
	return signed
}

func TestCosignaturesThatAreRefused(t *testing.T) {
	c := clock.NewManual(noon)
	w, v := cosigner(t, "witness.example/w1", c)
	stranger, _ := cosigner(t, "stranger.example/w", c)
	early, _ := cosigner(t, "witness.example/w1", clock.NewManual(noon.Add(11*time.Minute)))
	m := newMemory()
	l := filled(t, m.ports(), 3, v)
	first, err := l.Latest(t.Context())
	noError(t, err)
	forged := bytes.Replace(cosign(t, first, w), []byte("\n3\n"), []byte("\n4\n"), 1)
	for name, signed := range map[string][]byte{"none": first.Note, "of a stranger": cosign(t, first, stranger), "of the future": cosign(t, first, early),
		"forged": forged, "empty": nil, "too long": bytes.Repeat([]byte("a"), 1<<20)} {
		if err := l.AddCosignature(t.Context(), signed); !errors.Is(err, translog.ErrCosignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	late := cosign(t, first, w)
	_, err = l.Append(t.Context(), entries(3, 1))
	noError(t, err)
	_, err = l.Publish(t.Context())
	noError(t, err)
	wantError(t, l.AddCosignature(t.Context(), late), translog.ErrOvertaken)
	got, err := l.Latest(t.Context())
	if err != nil || len(got.Cosigned) != 0 {
		t.Errorf("%v, %v", got.Cosigned, err)
	}
}

// TestCosignaturesAsOthersMakeThem compares with the library of the format's authors, in both directions.
func TestCosignaturesAsOthersMakeThem(t *testing.T) {
	w, v := cosigner(t, "witness.example/w1", clock.NewManual(noon))
	theirs, err := transparency.NewSignerForCosignatureV1(w.Secret())
	noError(t, err)
	theirVerifier, err := transparency.NewVerifierForCosignatureV1(w.VerifierKey())
	noError(t, err)
	text := []byte(origin + "\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")
	ours, err := w.Sign(text)
	noError(t, err)
	other, err := theirs.Sign(text)
	noError(t, err)
	if !theirVerifier.Verify(text, ours) || !v.Verify(text, other) || theirs.KeyHash() != w.KeyHash() || theirs.Name() != w.Name() {
		t.Error("they do not agree")
	}
	ours[len(ours)-1] ^= 1
	if v.Verify(text, ours) {
		t.Error("a changed signature is good")
	}
}

func TestWitnessKeys(t *testing.T) {
	w, _ := cosigner(t, "witness.example/w1", clock.NewManual(noon))
	back, err := translog.ReadCosigner(w.Secret(), clock.NewManual(noon))
	noError(t, err)
	if back.VerifierKey() != w.VerifierKey() {
		t.Error("another key came back")
	}
	key := w.VerifierKey()
	_, logVerifier, err := note.GenerateKey(seeded("a"), "witness.example/w1")
	noError(t, err)
	for _, bad := range []string{"", "+", "++", key + "A", key[1:], strings.Replace(key, "+", "++", 1), strings.ToUpper(key), logVerifier,
		key[:len("witness.example/w1+")] + "00000000" + key[len("witness.example/w1+00000000"):], " " + key, key + "\n"} {
		if _, err := translog.WitnessVerifier(bad); !errors.Is(err, translog.ErrKey) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"", "PRIVATE+KEY+", key, w.Secret() + "\n", w.Secret()[1:], strings.Replace(w.Secret(), "w1", "w2", 1)} {
		if _, err := translog.ReadCosigner(bad, clock.NewManual(noon)); !errors.Is(err, translog.ErrKey) {
			t.Errorf("a bad private key: %v", err)
		}
	}
}

// TestCheckpointsThatAreRefused: each differs in one thing from a good one.
func TestCheckpointsThatAreRefused(t *testing.T) {
	s, v := logKey(t, origin)
	stranger, _ := logKey(t, "other.example/log")
	root := "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
	good := origin + "\n3\n" + root + "\n"
	trust := translog.Trust{Log: []note.Verifier{v}}
	if c, err := trust.Open(signNote(t, good, s)); err != nil || c.Size != 3 || c.Root.String() != root || c.Origin != origin {
		t.Fatalf("the good one: %+v, %v", c, err)
	}
	for name, signed := range map[string][]byte{
		"another origin":   signNote(t, "other.example/log\n3\n"+root+"\n", s),
		"a stranger's":     signNote(t, good, stranger),
		"leading zero":     signNote(t, origin+"\n03\n"+root+"\n", s),
		"plus":             signNote(t, origin+"\n+3\n"+root+"\n", s),
		"negative":         signNote(t, origin+"\n-3\n"+root+"\n", s),
		"too large":        signNote(t, origin+"\n9223372036854775807\n"+root+"\n", s),
		"extension line":   signNote(t, good+"more\n", s),
		"two lines":        signNote(t, origin+"\n3\n", s),
		"short hash":       signNote(t, origin+"\n3\nAAAA\n", s),
		"loose base64":     signNote(t, origin+"\n3\n"+root[:42]+"J=\n", s),
		"carriage return":  signNote(t, origin+"\n3 \n"+root+"\n", s),
		"changed":          bytes.Replace(signNote(t, good, s), []byte("\n3\n"), []byte("\n4\n"), 1),
		"no signature":     []byte(good),
		"empty":            nil,
		"too long":         append(signNote(t, good, s), bytes.Repeat([]byte("— a AAAAAAAA\n"), 2000)...),
		"only a key's own": bytes.Replace(signNote(t, good, s), []byte("— "+origin), []byte("— other.example/log"), 1),
	} {
		if _, err := trust.Open(signed); !errors.Is(err, translog.ErrCheckpoint) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func signNote(t testing.TB, text string, s note.Signer) []byte {
	t.Helper()
	b, err := note.Sign(&note.Note{Text: text}, s)
	noError(t, err)
	return b
}

func TestLogsThatAreNotOpened(t *testing.T) {
	s, _ := logKey(t, origin)
	_, other := logKey(t, "other.example/log")
	for name, trust := range map[string]translog.Trust{"no key": {}, "another key": {Log: []note.Verifier{other}}} {
		if _, err := translog.New(newMemory().ports(), s, trust, clock.NewManual(noon)); !errors.Is(err, translog.ErrSigner) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := translog.ReadTrust([]string{"nonsense"}, nil); !errors.Is(err, translog.ErrKey) {
		t.Error(err)
	}
	if _, err := translog.ReadTrust(nil, []string{"nonsense"}); !errors.Is(err, translog.ErrKey) {
		t.Error(err)
	}
}
