package store_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
)

// A blueprint from before there was a choice means all or nothing and is hashed as it was; an attempt that was marked
// before markings were kept has its points and rests on no correction.
func TestMarksOfEarlierForms(t *testing.T) {
	onBoth(t, func(t *testing.T, db docs.Store) {
		putOld(t, db, docs.Write{Key: docs.Key{Kind: "blueprint", ID: "B2"}, Body: frozen(t, "blueprint-2.json")})
		putOld(t, db, docs.Write{Key: docs.Key{Kind: "attempt", ID: "4w1q3y8s7d"}, Body: frozen(t, "attempt-1.json"), Index: map[string]string{"session": "s1"}})
		s := store.New(db, ids.Random())
		bp := wantRead(t, s.Blueprints().Blueprint, "B2")
		text, err := json.Marshal(bp)
		if err != nil || bp.CreditRule() != questionbank.AllOrNothing || strings.Contains(string(text), "multiple_credit") || bp.Forms != questionbank.AB {
			t.Errorf("%s, %v", text, err)
		}
		a, err := s.Attempts().Attempt(ctx, "4w1q3y8s7d")
		if err != nil || a.State != theory.Marked || a.Points != engine.Pt(60) || a.Markings != nil || len(a.Form.Items) != 1 {
			t.Fatalf("%+v, %v", a, err)
		}
		a.Markings = append(a.Markings, theory.Marking{By: "yuejuan", Correction: "L5-01.1.1", Before: a.Points, After: a.Points})
		if err = s.Attempts().UpdateAttempt(ctx, a); err != nil {
			t.Fatal(err)
		}
		if again, err := s.Attempts().Attempt(ctx, "4w1q3y8s7d"); err != nil || len(again.Markings) != 1 {
			t.Fatalf("%+v, %v", again, err)
		}
	})
}
