package questionbank

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// Count is how many items of one level, type and state there are.
type Count struct {
	Level engine.Level `json:"level"`
	Type  ItemType     `json:"type"`
	State State        `json:"state"`
	Items int          `json:"items"`
}

// Overview is the bank at a glance. Coverage counts, for every point of a level's element table, the items that passed
// their review and are in use: a point at zero is a gap.
type Overview struct {
	Counts   []Count                         `json:"counts"` // lowest level first, then by type and state; none is zero
	Coverage map[engine.Level]map[string]int `json:"coverage"`
	// ByType is Coverage of each type alone; points without items of the type are absent.
	ByType map[engine.Level]map[ItemType]map[string]int `json:"by_type"`
}

// fresh is how long one count of the bank is shown: what other servers do in the meantime is not in it.
const fresh = 5 * time.Second

// glance keeps the last Overview. What this server writes makes it void at once.
type glance struct {
	turn   chan struct{} // held by the one who counts, so that a rush counts once
	writes atomic.Int64  // one more at every write

	of   Overview // of the bank as it was
	at   time.Time
	when int64 // writes before it was counted
}

func newGlance() *glance { return &glance{turn: make(chan struct{}, 1)} }

func (g *glance) forget() { g.writes.Add(1) }

// Overview counts the whole bank. The answer is shared: nobody changes it.
func (b *Bank) Overview(ctx context.Context, by authz.Principal) (Overview, error) {
	if err := by.Require(authz.BankRead); err != nil {
		return Overview{}, err
	}
	g := b.glance
	select {
	case g.turn <- struct{}{}:
		defer func() { <-g.turn }()
	case <-ctx.Done():
		return Overview{}, ctx.Err()
	}
	now, writes := b.clock.Now(), g.writes.Load()
	if age := now.Sub(g.at); g.of.Coverage != nil && g.when == writes && age >= 0 && age < fresh {
		return g.of, nil
	}
	o, err := b.count(ctx)
	if err == nil {
		g.of, g.at, g.when = o, now, writes
	}
	return o, err
}

func (b *Bank) count(ctx context.Context) (Overview, error) {
	o := Overview{Coverage: map[engine.Level]map[string]int{}, ByType: map[engine.Level]map[ItemType]map[string]int{}}
	tables, err := b.workingTables(ctx)
	if err != nil {
		return Overview{}, err
	}
	for l, t := range tables {
		o.Coverage[l], o.ByType[l] = map[string]int{}, map[ItemType]map[string]int{}
		for _, kind := range ItemTypes() {
			o.ByType[l][kind] = map[string]int{}
		}
		for _, p := range t.Points {
			o.Coverage[l][p.Code] = 0
		}
	}
	counts := map[Count]int{}
	err = through(ctx, b.items.ItemList, func(i *Item) error {
		v := i.Current()
		counts[Count{Level: v.Level, Type: v.Type, State: i.State}]++
		if i.inUse() && o.Coverage[v.Level] != nil {
			o.Coverage[v.Level][v.Point]++
			if of := o.ByType[v.Level][v.Type]; of != nil {
				of[v.Point]++
			}
		}
		return nil
	})
	o.Counts = inOrder(counts)
	return o, err
}

// through goes through a whole list and keeps one page of it in memory.
func through(ctx context.Context, list pages, do func(*Item) error) error {
	for c := (engine.Cursor{}); ; {
		rows, next, err := list(ctx, c)
		if err != nil {
			return err
		}
		for _, i := range rows {
			if err := do(i); err != nil {
				return err
			}
		}
		if c.After = next; next == "" {
			return nil
		}
	}
}

func (i *Item) inUse() bool {
	return slices.Contains([]State{Reviewed, Consented, Filed, Admitted}, i.State)
}

func inOrder(counts map[Count]int) []Count {
	all := make([]Count, 0, len(counts))
	for c, n := range counts {
		c.Items = n
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Count) int {
		return cmp.Or(slices.Index(engine.Levels(), a.Level)-slices.Index(engine.Levels(), b.Level),
			slices.Index(ItemTypes(), a.Type)-slices.Index(ItemTypes(), b.Type),
			slices.Index(States(), a.State)-slices.Index(States(), b.State))
	})
	return all
}
