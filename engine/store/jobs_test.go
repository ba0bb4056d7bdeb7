package store_test

import (
	"bytes"
	"testing"

	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

// TestADroppedFileLeavesNothing looks at every piece of it in the store below.
func TestADroppedFileLeavesNothing(t *testing.T) {
	db, ctx, data := storetest.OpenSQLite(t), t.Context(), bytes.Repeat([]byte("题"), 1<<20)
	r := store.New(db, ids.Seeded(t.Name())).Jobs()
	for _, err := range []error{r.PutFile(ctx, "j", data), r.DropFile(ctx, "j", len(data))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	page, err := db.Range(ctx, docs.Range{Kind: "import-part", Limit: 10})
	if err != nil || len(page.Docs) != 3 {
		t.Fatalf("%d pieces, %v", len(page.Docs), err)
	}
	for _, d := range page.Docs {
		if len(d.Body) > 100 {
			t.Errorf("%s still has %d bytes", d.ID, len(d.Body))
		}
	}
}
