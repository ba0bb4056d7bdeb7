package intake

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
)

// Bounds of what is under way at once: chunk items are one command of the bank, and while some commands are checked others
// are written.
const (
	chunk  = 500
	chunks = 3
	edits  = 32
)

// writer does what a plan says.
type writer struct {
	bank     *questionbank.Bank
	by       authz.Principal
	reason   string
	progress func(done, total int)

	mu          sync.Mutex
	done, total int
}

// write stores images before the items that show them, then new items, then next versions.
func (w *writer) write(ctx context.Context, p *plan) error {
	var added []questionbank.ItemVersion
	var replaced []questionbank.ItemVersion
	images := map[string]bool{}
	for n, r := range p.rows {
		if r.Outcome != Added && r.Outcome != Replaced {
			continue
		}
		if err := w.pictures(ctx, p.drafts[n].Images, images); err != nil {
			return err
		}
		if r.Outcome == Added {
			v := p.drafts[n].ItemVersion
			v.Reason = w.reason
			added = append(added, v)
		} else {
			replaced = append(replaced, p.drafts[n].ItemVersion)
		}
	}
	w.total = len(added) + len(replaced)
	w.tell(0)
	if err := w.add(ctx, added); err != nil {
		return err
	}
	return w.edit(ctx, replaced)
}

// tell adds to what is done.
func (w *writer) tell(more int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done += more
	w.progress(w.done, w.total)
}

// add imports new items. The plan saw to it that no two of them contradict each other, so their order does not matter.
func (w *writer) add(ctx context.Context, all []questionbank.ItemVersion) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(chunks)
	for part := range slices.Chunk(all, chunk) {
		g.Go(func() error {
			if _, err := w.bank.ImportItems(ctx, w.by, part); err != nil {
				return fmt.Errorf("import %d items from %s on: %w", len(part), part[0].Code, err)
			}
			w.tell(len(part))
			return nil
		})
	}
	return g.Wait()
}

func (w *writer) pictures(ctx context.Context, all []questionbank.Image, done map[string]bool) error {
	for _, i := range all {
		if done[i.Digest] {
			continue
		}
		if _, err := w.bank.PutImage(ctx, w.by, i.Bytes); err != nil {
			return fmt.Errorf("image %s: %w", i.Digest, err)
		}
		done[i.Digest] = true
	}
	return nil
}

func (w *writer) edit(ctx context.Context, all []questionbank.ItemVersion) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(edits)
	for part := range slices.Chunk(all, edits) {
		g.Go(func() error {
			for _, v := range part {
				if _, err := w.bank.Edit(ctx, w.by, v, w.reason); err != nil {
					return fmt.Errorf("edit %s: %w", v.Code, err)
				}
			}
			w.tell(len(part))
			return nil
		})
	}
	return g.Wait()
}
