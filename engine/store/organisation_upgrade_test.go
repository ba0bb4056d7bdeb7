package store_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
)

// A body from before there were several filings has its one as the first of the list, and is written back with the list only. A body
// that never had one has none.
func TestABodyOfTheFirstForm(t *testing.T) {
	onBoth(t, func(t *testing.T, db docs.Store) {
		key := docs.Key{Kind: "organisation", ID: "body"}
		putOld(t, db, docs.Write{Key: key, Body: frozen(t, "organisation-1.json")})
		putOld(t, db, docs.Write{Key: docs.Key{Kind: "organisation", ID: "school"}, Body: []byte(`{"schema":1,"data":{"id":"school","kind":"training","name":"学校","trail":[]}}`)})
		r := store.New(db, ids.Random()).Organisations()
		o, err := r.Organisation(ctx, "body")
		if err != nil || len(o.Filings) != 1 || len(o.Suspensions) != 1 || len(o.Trail) != 1 {
			t.Fatalf("%+v, %v", o, err)
		}
		day := func(year int) clock.Date { return clock.Date{Year: year, Month: 1, Day: 1} }
		if f := o.Filings[0]; f.No != 1 || f.Number != "S000012009999" || !slices.Equal(f.Levels, []engine.Level{5, 4}) || f.Capacity != 300 || f.From != day(2026) ||
			f.To != day(2029) || f.Region != "120116" || f.Document != "" || f.Ended != nil {
			t.Errorf("%+v", f)
		}
		if none, err := r.Organisation(ctx, "school"); err != nil || none.Filings != nil {
			t.Errorf("%+v, %v", none, err)
		}
		next := o.Filings[0]
		next.From, next.To = day(2029), day(2032)
		if err := o.File(next); err != nil {
			t.Fatal(err)
		}
		if err := r.UpdateOrganisation(ctx, o); err != nil {
			t.Fatal(err)
		}
		if d, err := db.Get(ctx, key); err != nil || !strings.Contains(string(d.Body), `"schema":2`) || strings.Contains(string(d.Body), `"filing":`) {
			t.Errorf("%s, %v", d.Body, err)
		}
		if o, err = r.Organisation(ctx, "body"); err != nil || len(o.Filings) != 2 || o.Filings[1].No != 2 {
			t.Errorf("%+v, %v", o, err)
		}
	})
}
