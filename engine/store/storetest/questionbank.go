package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/questionbank"
)

func makeItem(code string) *questionbank.Item {
	return &questionbank.Item{Code: code, State: questionbank.Consented, Reviewer: "r", Trail: trail(),
		Versions: []questionbank.ItemVersion{{Code: code, Version: 1, Level: engine.Level4, Type: questionbank.Multiple, Province: "12",
			Stem: "下列哪些？", Options: []string{"甲", "乙", "丙"}, Key: []int{0, 2}, Point: "A-A-A-001", Difficulty: 3, Seconds: 40,
			Explanation: "见教材", Source: "样题", Enemy: "E1", Sample: true, Author: "a", Reason: "更正", At: morning}},
		Consents: []questionbank.Consent{{Authority: authz.Medical, By: "m", At: morning}},
		Filings:  []questionbank.NationalFiling{{Authority: authz.Labour, Number: "备〔2026〕1号", At: morning}}}
}

// Items is the contract of questionbank.Items.
func Items(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[questionbank.Item] {
		r := s.Items()
		return Repository[questionbank.Item]{Get: r.Item, Create: r.CreateItem, Update: r.UpdateItem,
			Absent: questionbank.ErrItem, Exists: questionbank.ErrItemExists, Make: makeItem,
			Revision: func(i *questionbank.Item) *int64 { return &i.Revision },
			Change:   func(i *questionbank.Item) { i.Trail.Add(morning, "b", "item.changed", "") }}
	})
	t.Run("lists", func(t *testing.T) { itemLists(t, open(t).Items()) })
	t.Run("one creates", func(t *testing.T) {
		r := open(t).Items()
		OneCreates(t, questionbank.ErrItemExists, func(int) error { return r.CreateItem(context.Background(), makeItem("a")) })
	})
}

func itemLists(t *testing.T, r questionbank.Items) {
	code := func(i *questionbank.Item) string { return i.Code }
	in := func(s questionbank.State) func(context.Context, engine.Cursor) ([]*questionbank.Item, string, error) {
		return func(ctx context.Context, c engine.Cursor) ([]*questionbank.Item, string, error) {
			return r.ItemsIn(ctx, s, c)
		}
	}
	WantList(t, nil, code, r.ItemList)
	var all, drafts []string
	for n, c := range []string{"L3-10", "L3-2", "L3-9", "L4a-1", "TJ5-1", "a"} { // byte order
		i := makeItem(c)
		if all = append(all, c); n%2 == 0 {
			i.State = questionbank.Draft
			drafts = append(drafts, c)
		}
		mustDo(t, r.CreateItem(context.Background(), i))
	}
	WantList(t, all, code, r.ItemList)
	WantList(t, drafts, code, in(questionbank.Draft))
	WantList(t, nil, code, in(questionbank.Admitted))
	moved, err := r.Item(context.Background(), drafts[0])
	mustDo(t, err)
	moved.State = questionbank.Admitted
	mustDo(t, r.UpdateItem(context.Background(), moved))
	WantList(t, drafts[1:], code, in(questionbank.Draft))
	WantList(t, drafts[:1], code, in(questionbank.Admitted))
}

func makeTable(l engine.Level) *questionbank.ElementTable {
	return &questionbank.ElementTable{Occupation: "4-14-01-03", Level: l, Edition: "2024", Sample: true,
		Ranges: []questionbank.Range{{Code: "A", Name: "基本要求", Weight: engine.Pt(100)}},
		Points: []questionbank.Point{{Code: "A-001", Name: "职业道德", Importance: "X"}}}
}

func makeTask(code string, l engine.Level) *questionbank.Task {
	return &questionbank.Task{Code: code, Level: l, Name: "翻身", Range: "B-A", Mandatory: true, Minutes: 8, Points: engine.Pt(5),
		Scenario: "卧床", Preparation: []string{"床"}, Requirements: []string{"口述"}, Sample: true, Trail: trail(),
		Criteria: []questionbank.Criterion{{No: "1", Section: "准备", Text: "洗手", Points: engine.Pt(5),
			Levels: []questionbank.CriterionLevel{{Points: engine.Pt(5), Text: "全部"}}}},
		Vetoes: []questionbank.Veto{{Code: "V1", Text: "坠床"}}}
}

// Tables is the contract of questionbank.Tables.
func Tables(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("tables", func(t *testing.T) { elementTables(t, open(t).Tables()) })
	t.Run("tasks", func(t *testing.T) { tasks(t, open(t).Tables()) })
	t.Run("replaced at once", func(t *testing.T) {
		r := open(t).Tables()
		together(4, func(i int) {
			if err := r.PutTask(context.Background(), makeTask("P1", engine.Levels()[i%3])); err != nil {
				t.Error(err)
			}
		})
		if got, err := r.Task(context.Background(), "P1"); err != nil || got.Revision != 4 {
			t.Fatalf("%+v, %v", got, err)
		}
	})
}

func elementTables(t *testing.T, r questionbank.Tables) {
	ctx := context.Background()
	_, err := r.Table(ctx, engine.Level5)
	wantError(t, err, questionbank.ErrTable)
	for n, l := range []engine.Level{engine.Level5, engine.Level4, engine.Level5} {
		want := makeTable(l)
		want.Edition = fmt.Sprint(n)
		mustDo(t, r.PutTable(ctx, want))
		got, err := r.Table(ctx, l)
		mustDo(t, err)
		if g, w := asJSON(t, got), asJSON(t, want); g != w {
			t.Fatalf("%s, want %s", g, w)
		}
	}
	_, err = r.Table(ctx, engine.Level3)
	wantError(t, err, questionbank.ErrTable)
}

func tasks(t *testing.T, r questionbank.Tables) {
	ctx := context.Background()
	_, err := r.Task(ctx, "P1")
	wantError(t, err, questionbank.ErrTask)
	for _, code := range []string{"P3", "P1", "P2", "P1"} {
		mustDo(t, r.PutTask(ctx, makeTask(code, engine.Level5)))
	}
	mustDo(t, r.PutTask(ctx, makeTask("P4", engine.Level3)))
	got, err := r.Task(ctx, "P1")
	mustDo(t, err)
	if g, w := asJSON(t, got), asJSON(t, makeTask("P1", engine.Level5)); g != w {
		t.Fatalf("%s, want %s", g, w)
	}
	for l, want := range map[engine.Level][]string{engine.Level5: {"P1", "P2", "P3"}, engine.Level4: nil, engine.Level3: {"P4"}} {
		WantList(t, want, func(t *questionbank.Task) string { return t.Code },
			func(ctx context.Context, c engine.Cursor) ([]*questionbank.Task, string, error) {
				return r.Tasks(ctx, l, c)
			})
	}
}

func makeRelease(id string) *questionbank.Release {
	return &questionbank.Release{ID: id, Base: "2026.1", Province: "12", State: questionbank.Published, Digest: "d", Sample: true,
		Items: []questionbank.ItemRef{{Code: "L5-1", Version: 2, Digest: "e"}}, Published: morning, Trail: trail(),
		Tables: map[engine.Level]questionbank.ElementTable{engine.Level5: *makeTable(engine.Level5)}}
}

// Releases is the contract of questionbank.Releases.
func Releases(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[questionbank.Release] {
		r := s.Releases()
		return Repository[questionbank.Release]{Get: r.Release, Create: r.CreateRelease, Update: r.UpdateRelease,
			Absent: questionbank.ErrRelease, Exists: questionbank.ErrReleaseExists, Make: makeRelease,
			Revision: func(r *questionbank.Release) *int64 { return &r.Revision },
			Change:   func(r *questionbank.Release) { r.Trail.Add(morning, "b", "release.changed", "") }}
	})
	t.Run("list", func(t *testing.T) {
		r := open(t).Releases()
		for _, id := range []string{"2026.2", "2026.1+120000", "2026.10", "2026.1"} {
			mustDo(t, r.CreateRelease(context.Background(), makeRelease(id)))
		}
		WantList(t, []string{"2026.1", "2026.1+120000", "2026.10", "2026.2"},
			func(r *questionbank.Release) string { return r.ID }, r.ReleaseList)
	})
}

func makeBlueprint(id string) *questionbank.Blueprint {
	return &questionbank.Blueprint{ID: id, Level: engine.Level3, Release: "2026.1", MaxPerPoint: 1, SupplementCap: 5, Sample: true,
		Counts: map[questionbank.ItemType]int{questionbank.Single: 70, questionbank.Judgement: 30},
		Ranges: map[string]int{"A": 20, "B": 80}, ItemPoints: engine.Pt(1), Trail: trail()}
}

// Blueprints is the contract of questionbank.Blueprints.
func Blueprints(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[questionbank.Blueprint] {
		r := s.Blueprints()
		return Repository[questionbank.Blueprint]{Get: r.Blueprint, Create: r.CreateBlueprint,
			Absent: questionbank.ErrBlueprint, Exists: questionbank.ErrBlueprintExists, Make: makeBlueprint,
			Revision: func(b *questionbank.Blueprint) *int64 { return &b.Revision },
			Change:   func(b *questionbank.Blueprint) { b.SupplementCap++ }}
	})
	t.Run("list", func(t *testing.T) {
		r := open(t).Blueprints()
		for _, id := range []string{"b", "a", "c"} {
			mustDo(t, r.CreateBlueprint(context.Background(), makeBlueprint(id)))
		}
		WantList(t, []string{"a", "b", "c"}, func(b *questionbank.Blueprint) string { return b.ID }, r.BlueprintList)
	})
}
