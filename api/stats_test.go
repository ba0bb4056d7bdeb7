package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/itemstats"
)

// measured puts statistics of one item into the store, as the workers would: 40 attempts, the better half right.
func (w *world) measured(code, release string) {
	w.Helper()
	var c itemstats.Counter
	for n := range 40 {
		a := itemstats.Answer{Ref: itemstats.Ref{Code: code, Version: 1}, Most: engine.Pt(1), Chosen: []int{n / 20},
			Facts: itemstats.Facts{Type: questionbank.Judgement, Options: 2, Key: []int{1}}}
		b := a
		b.Code = "other"
		if n >= 20 {
			a.Mark = a.Most
		}
		if n >= 10 {
			b.Mark, b.Chosen = b.Most, b.Key
		}
		check(w, c.Add(itemstats.Attempt{a, b}))
	}
	r := itemstats.Evaluate(c.Tally(), itemstats.DefaultThresholds())
	found := store.New(w.db, ids.Random()).Findings()
	check(w, found.PutItemStatistics(w.Context(), &theory.ItemStatistics{Code: code, Level: engine.Level5, Sessions: 1, At: nine, Versions: r.Items[:1]}))
	check(w, found.PutLevelStatistics(w.Context(), &theory.LevelStatistics{Release: release, Level: engine.Level5, Part: 1, Parts: 1, Sessions: 1, At: nine,
		Exam: r.Exam, Places: r.Places, Items: r.Items}))
}

func TestStatistics(t *testing.T) {
	w := newWorld(t)
	item, release := v1+"/bank/items/L5-001/statistics", v1+"/bank/releases/2026.1+120000/statistics"
	keeper := w.as("tiku")
	for _, path := range []string{item, release} {
		if r := keeper.send("GET", path, nil); r.status != http.StatusNotFound || r.problem().Code != "statistics.none" {
			t.Errorf("before anything was counted: %d %s", r.status, r.body)
		}
	}
	w.measured("L5-001", "2026.1+120000")
	var got api.ItemStatistics
	keeper.json("GET", item, nil, &got)
	v := got.Versions[0]
	if got.Code != "L5-001" || got.Sessions != 1 || v.Attempts != 40 || *v.Facility != 0.5 || !v.Options[1].Key || v.Options[1].Chosen != 20 || len(v.Groups) != 3 {
		t.Errorf("item %+v", got)
	}
	var levels []api.LevelStatistics
	keeper.json("GET", release, nil, &levels)
	if l := levels[0]; len(levels) != 1 || l.Exam.Attempts != 40 || *l.Exam.Mean != 1.25 || len(l.Places) != 2 || len(l.Items) != 2 || l.Exam.BySlot.Alpha == nil {
		t.Errorf("release %+v", levels)
	}
	if r := w.as("guanli").send("GET", item, nil); r.status != http.StatusOK || strings.Contains(string(r.body), `"options"`) || strings.Contains(string(r.body), `"key"`) {
		t.Errorf("who may not read keys: %d %s", r.status, r.body)
	}
	for login, want := range map[string]int{"shenti": 200, "mingti": 200, "yibao": 200, "kaowu": 403, "dudao": 403} {
		for _, path := range []string{item, release} {
			if r := w.as(login).send("GET", path, nil); r.status != want {
				t.Errorf("%s reads %s: %d %s", login, path, r.status, r.body)
			}
		}
	}
	if r := w.candidate(0).send("GET", item, nil); r.status != http.StatusForbidden {
		t.Errorf("a candidate reads statistics: %d %s", r.status, r.body)
	}
}
