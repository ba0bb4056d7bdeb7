package docs

import (
	"context"
	"fmt"
)

// Counter is a Store that counts documents for less than it reads them. Count is how many documents of r's kind have the index with a
// value in [From, To), as Range would find them on all its pages; After, Limit and Desc are not looked at.
type Counter interface {
	Count(ctx context.Context, r Range) (int, error)
}

// countPage is how many documents are read at once where the store is no Counter.
const countPage = 1000

// Count is how many aggregates r finds, whose Kind it sets. r names an index.
func (t Table[T]) Count(ctx context.Context, r Range) (n int, err error) {
	r.Kind, r.After, r.Desc, r.Limit = t.Kind, "", false, countPage
	if s, can := t.Store.(Counter); can {
		if n, err = s.Count(ctx, r); err != nil {
			err = fmt.Errorf("count %s: %w", t.Kind, err)
		}
		return n, err
	}
	for {
		page, err := t.Store.Range(ctx, r)
		if err != nil {
			return 0, fmt.Errorf("count %s: %w", t.Kind, err)
		}
		n += len(page.Docs)
		if r.After = page.Next; r.After == "" {
			return n, nil
		}
	}
}
