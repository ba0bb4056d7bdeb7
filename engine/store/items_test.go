package store_test

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/mongo"
	"github.com/skillcert/skillcert/engine/store/mongo/standin"
	"github.com/skillcert/skillcert/engine/store/storetest"
	"github.com/skillcert/skillcert/questionbank"
)

// testdata holds documents as programs wrote them that knew the first form only.
//
//go:embed testdata
var testdata embed.FS

var ctx = context.Background()

func frozen(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := testdata.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func putOld(t *testing.T, db docs.Store, w docs.Write) {
	t.Helper()
	if w.Op == "" {
		w.Op = "old"
	}
	if _, err := db.Put(ctx, w); err != nil {
		t.Fatal(err)
	}
}

// onBoth runs a test on an empty document store of each kind.
func onBoth(t *testing.T, test func(t *testing.T, db docs.Store)) {
	t.Run("sqlite", func(t *testing.T) { test(t, storetest.OpenSQLite(t)) })
	t.Run("mongo", func(t *testing.T) {
		server, err := standin.Start()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(server.Close)
		db, err := mongo.Open(ctx, server.URI(), "test", store.Schema())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		test(t, db)
	})
}

func wantRead[T any](t *testing.T, get func(context.Context, string) (*T, error), id string) *T {
	t.Helper()
	v, err := get(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestFirstFormsAreRead: what an older program stored is read, and means what it meant.
func TestFirstFormsAreRead(t *testing.T) {
	onBoth(t, func(t *testing.T, db docs.Store) {
		for kind, id := range map[string]string{"item": "TJ-L5-1", "element-table": "5", "release": "2026.1", "blueprint": "B1"} {
			w := docs.Write{Key: docs.Key{Kind: kind, ID: id}, Body: frozen(t, kind+"-1.json")}
			if kind == "item" {
				w.Index = map[string]string{"state": "reviewed"}
			}
			putOld(t, db, w)
		}
		s := store.New(db, ids.Random())
		const digest = "ff28ddbb725d91efc97394ed995cf94f469e6d4381486b4bf95227f57b9b2e4a" // as the older program made it
		if i := wantRead(t, s.Items().Item, "TJ-L5-1"); i.Current().Digest() != digest || i.Current().Validate() != nil {
			t.Errorf("the item has the digest %s, %v", i.Current().Digest(), i.Current().Validate())
		}
		oldRelease(t, s.Releases())
		oldTable(t, s.Tables())
		bp := wantRead(t, s.Blueprints().Blueprint, "B1")
		if bp.Total() != 100 || bp.PointsOf(questionbank.Single) != engine.Pt(1) || bp.Forms != "" || bp.Overlap.Any != nil {
			t.Errorf("%+v", bp)
		}
	})
}

// oldRelease: its items lie in its own document, until somebody writes them.
func oldRelease(t *testing.T, releases questionbank.Releases) {
	t.Helper()
	for step := range 3 {
		r := wantRead(t, releases.Release, "2026.1")
		items, err := releases.ReleaseItems(ctx, r)
		if err != nil || r.Count != 2 || len(items) != 2 || items[1].Code != "TJ-L5-2" || items[1].Version != 3 {
			t.Fatalf("step %d: count %d, %v, %v", step, r.Count, items, err)
		}
		if (len(r.Parts) > 0) != (step == 2) {
			t.Errorf("step %d: parts %v", step, r.Parts)
		}
		r.State = questionbank.Withdrawn
		if step == 1 {
			r.Items = items
		}
		if err := releases.UpdateRelease(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
}

// oldTable: the edition of a table from before there were editions is there, also after another one has replaced it.
func oldTable(t *testing.T, tables questionbank.Tables) {
	t.Helper()
	const edition = "2024（样表）"
	for _, want := range []string{"[2024（样表）]", "[2024（样表） 2029]"} {
		got, err := tables.TableOf(ctx, engine.Level5, edition)
		if err != nil || got.Edition != edition || len(got.Points) != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		if all, err := tables.TableEditions(ctx, engine.Level5); err != nil || fmt.Sprint(all) != want {
			t.Errorf("editions %v, %v; want %s", all, err, want)
		}
		next := *got
		next.Edition = "2029"
		if err := tables.PutTable(ctx, &next); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOldItemsAreIndexed: items that an older program wrote are found by every facet, and nothing else about them changes.
func TestOldItemsAreIndexed(t *testing.T) {
	onBoth(t, func(t *testing.T, db docs.Store) {
		const n = 30
		for k := range n {
			i := questionbank.Item{Code: fmt.Sprintf("N%02d", k), State: questionbank.Draft, Versions: []questionbank.ItemVersion{{Level: engine.Level5,
				Point: fmt.Sprintf("A-A-%03d", k%3), Stem: "题", Type: questionbank.Judgement, Options: questionbank.Judged(), Key: []int{0}}}}
			data, err := json.Marshal(i)
			if err != nil {
				t.Fatal(err)
			}
			putOld(t, db, docs.Write{Key: docs.Key{Kind: "item", ID: i.Code}, Body: []byte(`{"schema":1,"data":` + string(data) + `}`),
				Index: map[string]string{"state": string(questionbank.Draft)}})
		}
		for server := range 2 { // the second one finds all done
			items := store.New(db, ids.Random()).Items()
			found := 0
			for _, f := range []questionbank.Facet{{Name: questionbank.ByPoint, Value: "5/A-A-000"}, {Name: questionbank.ByPoint, Value: "5/A-A-001"},
				{Name: questionbank.ByPoint, Value: "5/A-A-002"}} {
				rows, _, err := items.ItemsBy(ctx, f, engine.Cursor{})
				if err != nil {
					t.Fatal(err)
				}
				for _, i := range rows {
					if found++; i.Revision != 2 {
						t.Errorf("server %d: %s is at revision %d", server, i.Code, i.Revision)
					}
				}
			}
			if found != n {
				t.Errorf("server %d found %d of %d", server, found, n)
			}
		}
	})
}
