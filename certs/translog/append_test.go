package translog_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

// errBroken is a store that fails: before it did anything, or after, when only the reply is lost.
var errBroken = errs.New(errs.Unavailable, "test.broken", "坏了")

// faulty is a memory that fails at some calls. Each process has one of its own over the shared memory.
type faulty struct {
	*memory
	mu    sync.Mutex
	fails []failure
}

// failure is a call that fails.
type failure struct {
	left int  // calls that go through before
	lost bool // only the reply is lost
}

func (f *faulty) do(act func() error) error {
	f.mu.Lock()
	if len(f.fails) == 0 || f.fails[0].left > 0 {
		if len(f.fails) > 0 {
			f.fails[0].left--
		}
		f.mu.Unlock()
		return act()
	}
	lost := f.fails[0].lost
	f.fails = f.fails[1:]
	f.mu.Unlock()
	if lost {
		_ = act() // whatever comes of it, nobody hears
	}
	return errBroken
}

// drawFailures draws calls that fail, close to the beginning and far from it.
func drawFailures(rt *rapid.T) []failure {
	var all []failure
	for range rapid.IntRange(0, 12).Draw(rt, "failures") {
		all = append(all, failure{rapid.SampledFrom([]int{0, 1, 2, 3, 30, 60, 200, 300}).Draw(rt, "after"), rapid.Bool().Draw(rt, "lost")})
	}
	return all
}

func (f *faulty) Head(ctx context.Context) (b *translog.Bundle, err error) {
	err = f.do(func() error { b, err = f.memory.Head(ctx); return err })
	return b, err
}
func (f *faulty) CreateBundle(ctx context.Context, b *translog.Bundle) error {
	return f.do(func() error { return f.memory.CreateBundle(ctx, b) })
}
func (f *faulty) UpdateBundle(ctx context.Context, b *translog.Bundle) error {
	return f.do(func() error { return f.memory.UpdateBundle(ctx, b) })
}
func (f *faulty) Place(ctx context.Context, id string) (p *translog.Place, err error) {
	err = f.do(func() error { p, err = f.memory.Place(ctx, id); return err })
	return p, err
}
func (f *faulty) PutPlace(ctx context.Context, p *translog.Place) error {
	return f.do(func() error { return f.memory.PutPlace(ctx, p) })
}

func (f *faulty) ports() translog.Ports {
	return translog.Ports{Bundles: f, Places: f, Tiles: f.memory, Checkpoints: f.memory}
}

// insist appends until the log answers, opening it anew at every failure as a process does that was killed.
func insist(t testing.TB, ports translog.Ports, batch []translog.Entry) ([]int64, error) {
	var err error
	for range 20 { // more than there are failures
		var at []int64
		if at, err = open(t, ports).Append(context.Background(), batch); err == nil {
			return at, nil
		}
		if !errors.Is(err, errBroken) && !errors.Is(err, translog.ErrBusy) {
			break
		}
	}
	return nil, err
}

// TestEveryEventIsLoggedOnce: processes append overlapping batches at once, each over a store that fails at its own
// calls and in both ways, and each is killed at every failure. In the end every event is there once, all were told the
// same index, and those of one batch that were new lie in its order.
func TestEveryEventIsLoggedOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := newMemory()
		_, err := open(t, m.ports()).Append(t.Context(), entries(100_000, rapid.SampledFrom([]int{0, 1, 200, 250, 255, 256, 500, 511}).Draw(rt, "before")))
		noError(t, err)
		told := newRecord()
		var all sync.WaitGroup
		for range rapid.IntRange(2, 4).Draw(rt, "processes") {
			f := &faulty{memory: m, fails: drawFailures(rt)}
			var batches [][]translog.Entry
			for range rapid.IntRange(1, 3).Draw(rt, "batches") {
				batches = append(batches, entries(rapid.IntRange(0, 40).Draw(rt, "first"), rapid.IntRange(1, 60).Draw(rt, "n")))
			}
			all.Go(func() {
				for _, b := range batches {
					at, err := insist(t, f.ports(), b)
					told.add(b, at, err)
				}
			})
		}
		all.Wait()
		told.check(rt, m)
	})
}

// record is what the processes were told.
type record struct {
	mu   sync.Mutex
	at   map[string]int64
	errs []error
}

func newRecord() *record { return &record{at: map[string]int64{}} }

func (r *record) add(batch []translog.Entry, at []int64, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.errs = append(r.errs, err)
		return
	}
	for i, e := range batch {
		if before, known := r.at[e.ID]; known && before != at[i] {
			r.errs = append(r.errs, fmt.Errorf("%s is at %d and at %d", e.ID, before, at[i]))
		}
		r.at[e.ID] = at[i]
	}
}

func (r *record) check(t *rapid.T, m *memory) {
	t.Helper()
	if len(r.errs) > 0 {
		t.Fatal(r.errs)
	}
	logged := map[string]int64{}
	for n, b := range m.bundles {
		leaves, err := translog.Leaves(b.Data)
		if err != nil || len(leaves) != len(b.IDs) || n < len(m.bundles)-1 && len(leaves) != translog.Width {
			t.Fatalf("bundle %d has %d leaves and %d names: %v", n, len(leaves), len(b.IDs), err)
		}
		for i, id := range b.IDs {
			if before, twice := logged[id]; twice {
				t.Fatalf("%s is at %d and at %d", id, before, n*translog.Width+i)
			}
			logged[id] = int64(n*translog.Width + i)
			if string(leaves[i]) != string(leafOf(id)) {
				t.Fatalf("%s has the leaf of another", id)
			}
		}
	}
	for id, at := range r.at {
		if have, ok := logged[id]; !ok || have != at {
			t.Fatalf("%s was told to be at %d, is at %d (%v)", id, at, have, ok)
		}
	}
}

// TestBatchesKeepTheirOrder: what one call logs lies in the order of the call, across bundles too.
func TestBatchesKeepTheirOrder(t *testing.T) {
	for _, before := range []int{0, 1, 255, 256, 257} {
		for _, n := range []int{1, 255, 256, 257, 513} {
			m := newMemory()
			l := filledUnpublished(t, m, before)
			at, err := l.Append(t.Context(), entries(before, n))
			noError(t, err)
			for i, index := range at {
				if index != int64(before+i) {
					t.Fatalf("%d after %d: entry %d is at %d", n, before, i, index)
				}
			}
			again, err := open(t, m.ports()).Append(t.Context(), entries(before, n))
			noError(t, err)
			if !slices.Equal(at, again) {
				t.Fatal("the second time it is elsewhere")
			}
			if size, err := l.Size(t.Context()); err != nil || size != int64(before+n) {
				t.Fatalf("%d entries, %v", size, err)
			}
			wantFound(t, l, entries(0, before+n))
		}
	}
}

func filledUnpublished(t testing.TB, m *memory, n int) *translog.Log {
	t.Helper()
	l := open(t, m.ports())
	_, err := l.Append(t.Context(), entries(0, n))
	noError(t, err)
	return l
}

// wantFound asks that all is logged, in its order: to log it again changes nothing and tells where it is.
func wantFound(t *testing.T, l *translog.Log, all []translog.Entry) {
	t.Helper()
	at, err := l.Append(t.Context(), all)
	noError(t, err)
	for i, e := range all {
		leaf, err := l.Leaf(t.Context(), at[i])
		noError(t, err)
		if at[i] != int64(i) || string(leaf) != string(e.Data) {
			t.Fatalf("%s is at %d with %q", e.ID, at[i], leaf)
		}
	}
	for _, index := range []int64{-1, int64(len(all)), int64(len(all)) + translog.Width} {
		_, err = l.Leaf(t.Context(), index)
		wantError(t, err, translog.ErrNoEntry)
	}
}

// TestAnotherLeafUnderTheName: an ID keeps its leaf, in the last bundle and in one long full.
func TestAnotherLeafUnderTheName(t *testing.T) {
	l := filledUnpublished(t, newMemory(), 300)
	for _, i := range []int{0, 299} {
		e := entries(i, 1)
		e[0].Data = leafOf("something else")
		_, err := l.Append(t.Context(), append(entries(1000, 1), e...))
		wantError(t, err, translog.ErrDiffers)
		if size, err := l.Size(t.Context()); err != nil || size != 300 {
			t.Fatalf("%d entries, %v", size, err)
		}
	}
}

func TestEntriesThatAreRefused(t *testing.T) {
	l := open(t, newMemory().ports())
	good := entries(0, 1)[0]
	for name, batch := range map[string][]translog.Entry{
		"no name":      {{Data: good.Data}},
		"long name":    {{ID: strings.Repeat("a", translog.MaxID+1), Data: good.Data}},
		"space":        {{ID: "a b", Data: good.Data}},
		"not ASCII":    {{ID: "证书", Data: good.Data}},
		"no leaf":      {{ID: "a"}},
		"long leaf":    {{ID: "a", Data: make([]byte, translog.MaxLeaf+1)}},
		"twice":        {good, good},
		"after a good": {good, {ID: ""}},
	} {
		if _, err := l.Append(t.Context(), batch); !errors.Is(err, translog.ErrEntry) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if at, err := l.Append(t.Context(), nil); err != nil || len(at) != 0 {
		t.Errorf("nothing: %v, %v", at, err)
	}
	_, err := l.Append(t.Context(), []translog.Entry{{ID: strings.Repeat("~", translog.MaxID), Data: make([]byte, translog.MaxLeaf)}})
	noError(t, err)
	if size, err := l.Size(t.Context()); err != nil || size != 1 {
		t.Errorf("%d entries, %v", size, err)
	}
}

// TestProcessesOverOneStore: the embedded store itself, several logs over it.
func TestProcessesOverOneStore(t *testing.T) {
	st := store.New(storetest.OpenSQLite(t), ids.Random())
	told := newRecord()
	var all sync.WaitGroup
	for p := range 4 {
		l := open(t, st.Translog())
		all.Go(func() {
			for i := range 10 {
				b := entries(i*40+p*10, 40)
				at, err := l.Append(context.Background(), b)
				told.add(b, at, err)
			}
		})
	}
	all.Wait()
	if len(told.errs) > 0 {
		t.Fatal(told.errs)
	}
	l := open(t, st.Translog())
	if size, err := l.Size(t.Context()); err != nil || size != 430 || len(told.at) != 430 {
		t.Fatalf("%d entries of %d: %v", size, len(told.at), err)
	}
	logged := entries(0, 430)
	at, err := l.Append(t.Context(), logged)
	noError(t, err)
	for i, e := range logged {
		if at[i] != told.at[e.ID] {
			t.Fatalf("%s at %d, told %d", e.ID, at[i], told.at[e.ID])
		}
	}
	if size, err := l.Size(t.Context()); err != nil || size != 430 {
		t.Fatalf("logged again they are %d, %v", size, err)
	}
}
