package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store/docs"
)

// ledger is an aggregate that many clients add marks to.
type ledger struct {
	ID       string   `json:"id"`
	Marks    []string `json:"marks"`
	Revision int64    `json:"-"`
}

var (
	errNoLedger = errors.New("no such ledger")
	errTaken    = errors.New("ledger exists")
)

func ledgers(s docs.Store, source *ids.Source) docs.Table[ledger] {
	return docs.Table[ledger]{Store: s, IDs: source, Kind: "thing", Schema: 1,
		ID: func(l *ledger) string { return l.ID }, Revision: func(l *ledger) *int64 { return &l.Revision },
		Index:  func(l *ledger) map[string]string { return map[string]string{"n": fmt.Sprintf("%06d", len(l.Marks))} },
		Absent: errNoLedger, Exists: errTaken}
}

// outcomes are what the clients were told, by the mark they made.
type outcomes struct {
	mu   sync.Mutex
	told map[string]error
}

func (o *outcomes) note(mark string, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.told[mark] = err
}

// Acknowledged runs many clients on a store in trouble: they create aggregates and add marks to shared ones.
// Afterwards, what was acknowledged is there exactly once, what was refused is not there, and only what was answered
// with docs.ErrUnknown may be either. trouble switches the trouble on and off.
func Acknowledged(t *testing.T, open func(testing.TB) docs.Store, trouble func(on bool)) {
	const clients, rounds, shared = 12, 12, 3
	s := open(t)
	table := ledgers(s, ids.Seeded(t.Name()))
	for i := range shared {
		if err := table.Create(context.Background(), &ledger{ID: fmt.Sprint("shared", i)}); err != nil {
			t.Fatal(err)
		}
	}
	told := &outcomes{told: map[string]error{}}
	trouble(true)
	together(clients, func(client int) {
		for round := range rounds {
			mark := fmt.Sprintf("%d-%d", client, round)
			ctx, done := patience(round)
			told.note("own "+mark, table.Create(ctx, &ledger{ID: mark}))
			told.note("add "+mark, addMark(ctx, table, fmt.Sprint("shared", round%shared), mark))
			done()
		}
	})
	trouble(false)
	found := count(t, table)
	acknowledged, unknown := 0, 0
	for mark, err := range told.told {
		n := found[mark]
		if err == nil {
			acknowledged++
		} else if errors.Is(err, docs.ErrUnknown) {
			unknown++
		}
		if !explains(err, n) {
			t.Errorf("%s: there %d times, the client was told %v", mark, n, err)
		}
	}
	if acknowledged < len(told.told)/2 {
		t.Errorf("only %d of %d writes were acknowledged: this proves little", acknowledged, len(told.told))
	}
	t.Logf("%d of %d writes acknowledged, %d unknown", acknowledged, len(told.told), unknown)
}

// patience gives every third round so little time that some of its writes end while they are under way.
func patience(round int) (context.Context, context.CancelFunc) {
	if round%3 != 0 {
		return context.WithCancel(context.Background())
	}
	return context.WithTimeout(context.Background(), time.Duration(1+round)*20*time.Millisecond)
}

func explains(err error, times int) bool {
	switch {
	case err == nil:
		return times == 1
	case errors.Is(err, docs.ErrUnknown):
		return times <= 1
	}
	return times == 0
}

func addMark(ctx context.Context, table docs.Table[ledger], id, mark string) error {
	_, err := engine.Modify(ctx,
		func(ctx context.Context) (*ledger, error) { return table.Get(ctx, id) }, table.Update,
		func(l *ledger) error { l.Marks = append(slices.Clone(l.Marks), mark); return nil })
	return err
}

// count returns how often each own ledger and each mark is in the store.
func count(t *testing.T, table docs.Table[ledger]) map[string]int {
	t.Helper()
	all, err := engine.All(context.Background(), table.Every)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, l := range all {
		found["own "+l.ID]++
		for _, mark := range l.Marks {
			found["add "+mark]++
		}
		if want := int64(len(l.Marks)) + 1; l.Revision != want {
			t.Errorf("%s has revision %d, want %d", l.ID, l.Revision, want)
		}
	}
	return found
}
