package api_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"testing"

	"github.com/skillcert/skillcert/api"
)

// filledHouse is a house with people and the bank that they brought in.
func filledHouse(t *testing.T) *world {
	t.Helper()
	w := newEmptyHouse(t)
	op := w.as("guanli")
	var body api.Organisation
	op.json("POST", v1+"/organisations", evaluationBody(), &body)
	op.hire(string(body.ID))
	w.fill()
	return w
}

// TestEveryPartOfABlueprintIsSentBack: what was published is read again, part for part; a sample's mark is added.
func TestEveryPartOfABlueprintIsSentBack(t *testing.T) {
	w := filledHouse(t)
	keeper := w.as("tiku")
	sent := blueprint("L5-whole", "2026.1+120000").with(doc{"max_per_point": 1,
		"difficulties": doc{"3": questions}, "importance": doc{"X": doc{"min": 1}, "Z": doc{"max": 2}}, "seconds": doc{"min": 100, "max": 300},
		"exposure": doc{"over_least": 1100, "share": 900}, "overlap": doc{"any": questions, "neighbour": questions}, "skip_met": true,
		"forms": "ab", "type_points": doc{"multiple": 10000 / questions}, "multiple_credit": "partial"})
	keeper.json("POST", v1+"/bank/blueprints", sent, nil)
	var all []map[string]any
	keeper.json("GET", v1+"/bank/blueprints", nil, &all)
	for _, got := range all {
		if got["id"] != "L5-whole" {
			continue
		}
		raw, err := json.Marshal(sent)
		check(t, err)
		want := map[string]any{}
		check(t, json.Unmarshal(raw, &want))
		if !reflect.DeepEqual(got, want) {
			for name := range maps.Keys(want) {
				t.Errorf("%s: sent %v, read %v", name, want[name], got[name])
			}
		}
		return
	}
	t.Fatalf("it is not among %v", all)
}

func TestBlueprintPartsThatAreNone(t *testing.T) {
	w := filledHouse(t)
	for _, part := range []doc{{"difficulties": doc{"03": questions}}, {"difficulties": doc{"x": questions}}, {"importance": doc{"W": doc{}}},
		{"overlap": doc{"any": -1}}, {"forms": "abc"}, {"multiple_credit": "half"}, {"exposure": doc{"over_least": 999}}} {
		r := w.as("tiku").send("POST", v1+"/bank/blueprints", blueprint("L5-x", "2026.1+120000").with(part))
		if r.status != 422 {
			t.Errorf("%v: %d %s", part, r.status, r.body)
		}
	}
}
