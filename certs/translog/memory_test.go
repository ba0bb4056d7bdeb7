package translog_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

const origin = "cert.example/log"

var noon = time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)

// keys of the log and of witnesses are the same at every run.
func logKey(t testing.TB, name string) (note.Signer, note.Verifier) {
	t.Helper()
	secret, public, err := note.GenerateKey(seeded(name), name)
	noError(t, err)
	s, err := note.NewSigner(secret)
	noError(t, err)
	v, err := note.NewVerifier(public)
	noError(t, err)
	return s, v
}

func cosigner(t testing.TB, name string, c clock.Clock) (*translog.Cosigner, note.Verifier) {
	t.Helper()
	seed := make([]byte, ed25519.SeedSize)
	_, _ = seeded(name).Read(seed) // never fails
	s, err := translog.NewCosigner(name, ed25519.NewKeyFromSeed(seed), c)
	noError(t, err)
	v, err := translog.WitnessVerifier(s.VerifierKey())
	noError(t, err)
	return s, v
}

func seeded(name string) *rand.ChaCha8 {
	var seed [32]byte
	copy(seed[:], name)
	return rand.NewChaCha8(seed)
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantError(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, err, want error,
) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%v, want %v", err, want)
	}
}

// memory is every port of a log in maps, as strict about revisions as a store.
type memory struct {
	mu      sync.Mutex
	bundles []translog.Bundle
	places  map[string]translog.Place
	tiles   map[[2]int64]translog.Tile
	kept    translog.Kept
}

func newMemory() *memory {
	return &memory{places: map[string]translog.Place{}, tiles: map[[2]int64]translog.Tile{}}
}

func (m *memory) ports() translog.Ports {
	return translog.Ports{Bundles: m, Places: m, Tiles: m, Checkpoints: m}
}

func copied(b translog.Bundle) *translog.Bundle {
	b.IDs, b.Data = slices.Clone(b.IDs), slices.Clone(b.Data)
	return &b
}

func (m *memory) Head(context.Context) (*translog.Bundle, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.bundles) == 0 {
		return nil, translog.ErrNoBundle
	}
	return copied(m.bundles[len(m.bundles)-1]), nil
}

func (m *memory) Bundle(_ context.Context, n int64) (*translog.Bundle, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n >= int64(len(m.bundles)) {
		return nil, translog.ErrNoBundle
	}
	return copied(m.bundles[n]), nil
}

func (m *memory) CreateBundle(_ context.Context, b *translog.Bundle) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if b.Number < int64(len(m.bundles)) {
		return translog.ErrBundleTaken
	}
	if b.Number > int64(len(m.bundles)) {
		return fmt.Errorf("bundle %d after %d", b.Number, len(m.bundles))
	}
	b.Revision = 1
	m.bundles = append(m.bundles, *copied(*b))
	return nil
}

func (m *memory) UpdateBundle(_ context.Context, b *translog.Bundle) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if b.Number >= int64(len(m.bundles)) || m.bundles[b.Number].Revision != b.Revision {
		return engine.ErrStale
	}
	b.Revision++
	m.bundles[b.Number] = *copied(*b)
	return nil
}

func (m *memory) Place(_ context.Context, id string) (*translog.Place, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.places[id]
	if !ok {
		return nil, translog.ErrNoEntry
	}
	return &p, nil
}

func (m *memory) PutPlace(_ context.Context, p *translog.Place) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.places[p.ID]; !ok {
		m.places[p.ID] = *p
	}
	return nil
}

func (m *memory) Tile(_ context.Context, level int, n int64) (*translog.Tile, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.tiles[[2]int64{int64(level), n}]
	if !ok {
		return nil, translog.ErrNoTile
	}
	return &t, nil
}

func (m *memory) PutTile(_ context.Context, t *translog.Tile) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tiles[[2]int64{int64(t.Level), t.Number}] = *t
	return nil
}

func (m *memory) Checkpoint(context.Context) (*translog.Kept, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept.Revision == 0 {
		return nil, translog.ErrNoCheckpoint
	}
	k := m.kept
	return &k, nil
}

func (m *memory) PutCheckpoint(_ context.Context, k *translog.Kept) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept.Revision != k.Revision {
		return engine.ErrStale
	}
	k.Revision++
	m.kept = *k
	return nil
}

// open is a log over ports that signs as origin and trusts the witnesses.
func open(t testing.TB, ports translog.Ports, witnesses ...note.Verifier) *translog.Log {
	t.Helper()
	s, v := logKey(t, origin)
	l, err := translog.New(ports, s, translog.Trust{Log: []note.Verifier{v}, Witnesses: witnesses}, clock.NewManual(noon))
	noError(t, err)
	return l
}

// entries are the events from first on, n of them; what is logged follows from their names.
func entries(first, n int) []translog.Entry {
	var all []translog.Entry
	for i := first; i < first+n; i++ {
		id := fmt.Sprintf("S%022d-1-issued", i)
		all = append(all, translog.Entry{ID: id, Data: leafOf(id)})
	}
	return all
}

func leafOf(id string) []byte {
	l := translog.Leaf{Event: translog.Issued}
	copy(l.Commitment[:], id)
	return l.Bytes()
}

// filled is a log of n entries that is published.
func filled(t testing.TB, ports translog.Ports, n int, witnesses ...note.Verifier) *translog.Log {
	t.Helper()
	l := open(t, ports, witnesses...)
	for first := 0; first < n; first += 10_000 {
		_, err := l.Append(t.Context(), entries(first, min(10_000, n-first)))
		noError(t, err)
	}
	_, err := l.Publish(t.Context())
	noError(t, err)
	return l
}
