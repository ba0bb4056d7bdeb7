package store_test

import (
	"context"
	_ "embed"
	"testing"

	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/storetest"
	"github.com/skillcert/skillcert/engine/theory"
)

// drawSample is a record of a draw as it was written before draws had a log.
//
//go:embed testdata/draw-1.json
var drawSample []byte

// An old record is read as it is: with its seed, done, and not to be gone on with.
func TestADrawOfTheFirstForm(t *testing.T) {
	db := storetest.OpenSQLite(t)
	if _, err := db.Put(context.Background(), docs.Write{Key: docs.Key{Kind: "draw", ID: "4w1q3y8s7d"}, Op: "old", Body: drawSample}); err != nil {
		t.Fatal(err)
	}
	r := store.New(db, ids.Random()).Draws()
	d, err := r.Draw(context.Background(), "4w1q3y8s7d")
	if err != nil {
		t.Fatal(err)
	}
	if !d.Old() || d.Stage() != theory.DrawDone || len(d.Seed) != 64 || len(d.Seated()) != 2 || len(d.Trail) != 2 || d.Terms() != nil {
		t.Fatalf("read as %+v", d)
	}
	if err := r.UpdateDraw(context.Background(), d); err != nil { // and written back in the form of today
		t.Fatal(err)
	}
	if again, err := r.Draw(context.Background(), "4w1q3y8s7d"); err != nil || again.Seed != d.Seed || again.Root != d.Root {
		t.Fatalf("came back as %+v, %v", again, err)
	}
}
