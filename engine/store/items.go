package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/questionbank"
)

// Items is the repository of items.
func (s *Store) Items() questionbank.Items {
	return &itemTable{
		t: docs.Table[questionbank.Item]{Store: s.docs, IDs: s.ids, Kind: "item", Schema: 1,
			ID: func(i *questionbank.Item) string { return i.Code }, Revision: func(i *questionbank.Item) *int64 { return &i.Revision },
			Index: itemIndex, Absent: questionbank.ErrItem, Exists: questionbank.ErrItemExists},
		form: docs.Table[indexForm]{Store: s.docs, IDs: s.ids, Kind: "item-index", Schema: 1,
			ID: func(f *indexForm) string { return f.Form }, Absent: errNoIndex, Exists: errIndexMade},
		turn: make(chan struct{}, 1),
	}
}

func itemIndex(i *questionbank.Item) map[string]string {
	index := map[string]string{}
	for name, value := range i.Facets() {
		index[string(name)] = value
	}
	return index
}

type itemTable struct {
	t    docs.Table[questionbank.Item]
	form docs.Table[indexForm]

	turn    chan struct{} // held while indexed is read or made true
	indexed bool
}

func (r *itemTable) Item(ctx context.Context, code string) (*questionbank.Item, error) {
	return r.t.Get(ctx, code)
}
func (r *itemTable) CreateItem(ctx context.Context, i *questionbank.Item) error {
	return r.t.Create(ctx, i)
}
func (r *itemTable) UpdateItem(ctx context.Context, i *questionbank.Item) error {
	return r.t.Update(ctx, i)
}
func (r *itemTable) ItemList(ctx context.Context, c engine.Cursor) ([]*questionbank.Item, string, error) {
	return r.t.Every(ctx, c)
}

func (r *itemTable) ItemsBy(ctx context.Context, f questionbank.Facet, c engine.Cursor) ([]*questionbank.Item, string, error) {
	if f.Name != questionbank.ByState { // which was there from the beginning
		if err := r.index(ctx); err != nil {
			return nil, "", fmt.Errorf("index of items: %w", err)
		}
	}
	return r.t.List(ctx, string(f.Name), f.Value, c)
}

// indexForm says, under its name, that every item has the entries of that form of the index.
type indexForm struct {
	Form string `json:"form"`
}

// itemForm is the form of the index that this program keeps: it changes when Facets does.
const itemForm = "facets-1"

var (
	errNoIndex   = errors.New("no such index form")
	errIndexMade = errors.New("the index form is recorded")
)

// index gives items that an older program wrote their entries, once in the life of a store. It may break off and begin
// again: what is indexed already is passed over.
func (r *itemTable) index(ctx context.Context) error {
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if r.indexed {
		return nil
	}
	_, err := r.form.Get(ctx, itemForm)
	if errors.Is(err, errNoIndex) {
		err = r.indexAll(ctx)
	}
	r.indexed = err == nil
	return err
}

func (r *itemTable) indexAll(ctx context.Context) error {
	for page := (docs.Range{Kind: r.t.Kind, Limit: engine.MaxPage}); ; {
		got, err := r.t.Store.Range(ctx, page)
		if err != nil {
			return err
		}
		for _, d := range got.Docs {
			if _, done := d.Index[string(questionbank.ByWording)]; done {
				continue
			}
			if err := r.indexOne(ctx, d.ID); err != nil {
				return err
			}
		}
		if page.After = got.Next; page.After == "" {
			break
		}
	}
	if err := r.form.Create(ctx, &indexForm{Form: itemForm}); !errors.Is(err, errIndexMade) {
		return err
	}
	return nil
}

// indexOne writes an item as it is. Whoever writes it at the same time gives it its entries as well.
func (r *itemTable) indexOne(ctx context.Context, code string) error {
	i, err := r.t.Get(ctx, code)
	if err != nil {
		return err
	}
	if err := r.t.Update(ctx, i); !errors.Is(err, engine.ErrStale) {
		return err
	}
	return nil
}
