package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
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
	by := func(name questionbank.FacetName, value string) func(context.Context, engine.Cursor) ([]*questionbank.Item, string, error) {
		return func(ctx context.Context, c engine.Cursor) ([]*questionbank.Item, string, error) {
			return r.ItemsBy(ctx, questionbank.Facet{Name: name, Value: value}, c)
		}
	}
	WantList(t, nil, code, r.ItemList)
	WantList(t, nil, code, by(questionbank.ByPoint, "4/A-A-A-001"))
	var all, drafts, others []string
	for n, c := range []string{"L3-10", "L3-2", "L3-9", "L4a-1", "TJ5-1", "a"} { // byte order
		i := makeItem(c)
		if all = append(all, c); n%2 == 0 {
			i.State, i.Versions[0].Province, i.Versions[0].Point = questionbank.Draft, "", "A-A-A-002"
			drafts = append(drafts, c)
		} else {
			others = append(others, c)
		}
		mustDo(t, r.CreateItem(context.Background(), i))
	}
	WantList(t, all, code, r.ItemList)
	WantList(t, drafts, code, by(questionbank.ByState, string(questionbank.Draft)))
	WantList(t, nil, code, by(questionbank.ByState, string(questionbank.Admitted)))
	WantList(t, drafts, code, by(questionbank.ByPoint, "4/A-A-A-002"))
	WantList(t, others, code, by(questionbank.ByPoint, "4/A-A-A-001"))
	WantList(t, nil, code, by(questionbank.ByPoint, "4/A-A-A-00"))
	WantList(t, others, code, by(questionbank.ByProvince, "12"))
	WantList(t, drafts, code, by(questionbank.ByProvince, questionbank.National))
	WantList(t, all, code, by(questionbank.ByWording, makeItem("x").Current().Wording()))
	moved, err := r.Item(context.Background(), drafts[0])
	mustDo(t, err)
	v := moved.Current()
	v.Version, v.Stem, v.Point = 2, "改过的题干", "A-A-A-003"
	moved.State, moved.Versions = questionbank.Admitted, append(moved.Versions, v)
	mustDo(t, r.UpdateItem(context.Background(), moved))
	WantList(t, drafts[1:], code, by(questionbank.ByState, string(questionbank.Draft)))
	WantList(t, drafts[:1], code, by(questionbank.ByState, string(questionbank.Admitted)))
	WantList(t, drafts[:1], code, by(questionbank.ByPoint, "4/A-A-A-003"))
	WantList(t, drafts[1:], code, by(questionbank.ByPoint, "4/A-A-A-002"))
	WantList(t, drafts[:1], code, by(questionbank.ByWording, v.Wording()))
}

func makeTable(l engine.Level) *questionbank.ElementTable {
	return &questionbank.ElementTable{Occupation: "4-14-01-03", Level: l, Edition: "2024", Sample: true,
		Ranges: []questionbank.Range{{Code: "A", Name: "基本要求", Weight: engine.Pt(100), Ratio: "01:00:00"}},
		Points: []questionbank.Point{{Code: "A-001", Name: "职业道德", Importance: "X"}}}
}

func makeTask(code string, l engine.Level) *questionbank.Task {
	return &questionbank.Task{Code: code, Level: l, Name: "翻身", Range: "B-A", Mandatory: true, Minutes: 8, Points: engine.Pt(5),
		Scenario: "卧床", Preparation: []string{"床"}, Requirements: []string{"口述"}, Sample: true, Trail: trail(),
		Criteria: []questionbank.Criterion{{No: "1", Section: "准备", Text: "洗手", Points: engine.Pt(5),
			Levels: []questionbank.CriterionLevel{{Points: engine.Pt(5), Text: "全部"}}}},
		Vetoes:     []questionbank.Veto{{Code: "V1", Text: "坠床"}},
		TaskMakers: questionbank.TaskMakers{Authors: []engine.PersonID{"a1", "a2"}, Reviewers: []engine.PersonID{"r"}, Consenters: []engine.PersonID{"k"}}}
}

// Tables is the contract of questionbank.Tables.
func Tables(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("tables", func(t *testing.T) { elementTables(t, open(t).Tables()) })
	t.Run("editions", func(t *testing.T) { editions(t, open(t).Tables()) })
	t.Run("tasks", func(t *testing.T) { tasks(t, open(t).Tables()) })
	t.Run("tasks at once", func(t *testing.T) {
		r := open(t).Tables()
		for revision := int64(0); revision < 2; revision++ {
			var written atomic.Int64
			together(4, func(i int) {
				v := makeTask("P1", engine.Levels()[i%3])
				v.Revision = revision
				switch err := r.PutTask(context.Background(), v); {
				case err == nil:
					written.Add(1)
				case !errors.Is(err, engine.ErrStale):
					t.Error(err)
				}
			})
			if got, err := r.Task(context.Background(), "P1"); err != nil || written.Load() != 1 || got.Revision != revision+1 {
				t.Fatalf("%d wrote, %+v, %v", written.Load(), got, err)
			}
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

func editions(t *testing.T, r questionbank.Tables) {
	ctx := context.Background()
	wantEditions := func(l engine.Level, want ...string) {
		t.Helper()
		got, err := r.TableEditions(ctx, l)
		mustDo(t, err)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%s has the editions %v, want %v", l, got, want)
		}
	}
	wantEditions(engine.Level5)
	put := func(l engine.Level, edition, name string) {
		v := makeTable(l)
		v.Edition, v.Points[0].Name = edition, name
		mustDo(t, r.PutTable(ctx, v))
	}
	put(engine.Level5, "2024（样表）", "初版")
	put(engine.Level5, "2019", "旧版")
	put(engine.Level5, "2024（样表）", "改正")
	put(engine.Level4, "2019", "四级")
	wantEditions(engine.Level5, "2019", "2024（样表）")
	wantEditions(engine.Level4, "2019")
	wantEditions(engine.Level3)
	for _, want := range []struct {
		level         engine.Level
		edition, name string
	}{{engine.Level5, "2019", "旧版"}, {engine.Level5, "2024（样表）", "改正"}, {engine.Level4, "2019", "四级"}} {
		got, err := r.TableOf(ctx, want.level, want.edition)
		mustDo(t, err)
		if got.Edition != want.edition || got.Level != want.level || got.Points[0].Name != want.name {
			t.Fatalf("%+v, want %+v", got, want)
		}
	}
	_, err := r.TableOf(ctx, engine.Level4, "2024（样表）")
	wantError(t, err, questionbank.ErrTable)
	working, err := r.Table(ctx, engine.Level5)
	mustDo(t, err)
	if working.Points[0].Name != "改正" {
		t.Fatalf("the working table is %+v", working)
	}
}

func tasks(t *testing.T, r questionbank.Tables) {
	ctx := context.Background()
	_, err := r.Task(ctx, "P1")
	wantError(t, err, questionbank.ErrTask)
	for _, code := range []string{"P3", "P1", "P2"} {
		mustDo(t, r.PutTask(ctx, makeTask(code, engine.Level4)))
		again := makeTask(code, engine.Level5)
		wantError(t, r.PutTask(ctx, again), engine.ErrStale)
		again.Revision = 1
		mustDo(t, r.PutTask(ctx, again))
	}
	absent := makeTask("P5", engine.Level5)
	absent.Revision = 1
	wantError(t, r.PutTask(ctx, absent), engine.ErrStale)
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
	Aggregates(t, open, func(s *store.Store) Repository[questionbank.Release] { return wholeReleases(s.Releases()) })
	t.Run("list", func(t *testing.T) {
		r := open(t).Releases()
		for _, id := range []string{"2026.2", "2026.1+120000", "2026.10", "2026.1"} {
			mustDo(t, r.CreateRelease(context.Background(), makeRelease(id)))
		}
		WantList(t, []string{"2026.1", "2026.1+120000", "2026.10", "2026.2"},
			func(r *questionbank.Release) string { return r.ID }, r.ReleaseList)
	})
	t.Run("items", func(t *testing.T) { releaseItems(t, open(t).Releases()) })
}

// wholeReleases gives releases with their items and without what the store keeps for itself.
func wholeReleases(r questionbank.Releases) Repository[questionbank.Release] {
	bare := func(v *questionbank.Release, err error) error {
		v.Count, v.Parts = 0, nil
		return err
	}
	return Repository[questionbank.Release]{
		Get: func(ctx context.Context, id string) (*questionbank.Release, error) {
			v, err := r.Release(ctx, id)
			if err != nil {
				return nil, err
			}
			v.Items, err = r.ReleaseItems(ctx, v)
			return v, bare(v, err)
		},
		Create: func(ctx context.Context, v *questionbank.Release) error { return bare(v, r.CreateRelease(ctx, v)) },
		Update: func(ctx context.Context, v *questionbank.Release) error { return bare(v, r.UpdateRelease(ctx, v)) },
		Absent: questionbank.ErrRelease, Exists: questionbank.ErrReleaseExists, Make: makeRelease,
		Revision: func(r *questionbank.Release) *int64 { return &r.Revision },
		Change:   func(r *questionbank.Release) { r.Trail.Add(morning, "b", "release.changed", "") }}
}

func refs(n int) []questionbank.ItemRef {
	all := make([]questionbank.ItemRef, n)
	for i := range all {
		all[i] = questionbank.ItemRef{Code: fmt.Sprintf("L5-%06d", i), Version: i%3 + 1, Digest: fmt.Sprintf("%064d", i)}
	}
	return all
}

// releaseItems: whatever number of items a release has, they come back whole and in order, to whoever asks for them.
func releaseItems(t *testing.T, r questionbank.Releases) {
	ctx := context.Background()
	wantItems := func(id string, want []questionbank.ItemRef) *questionbank.Release {
		t.Helper()
		got, err := r.Release(ctx, id)
		mustDo(t, err)
		items, err := r.ReleaseItems(ctx, got)
		mustDo(t, err)
		if got.Items != nil || got.Count != len(want) || len(items) != len(want) || len(want) > 0 && asJSON(t, items) != asJSON(t, want) {
			t.Fatalf("%s: %d in the head, count %d, %d items; want %d", id, len(got.Items), got.Count, len(items), len(want))
		}
		return got
	}
	const part = questionbank.PartItems
	for _, n := range []int{0, 1, part - 1, part, part + 1, 3*part + 7} {
		v := makeRelease(fmt.Sprint("R", n))
		v.Items = refs(n)
		mustDo(t, r.CreateRelease(ctx, v))
		if v.Count != n {
			t.Fatalf("count %d of %d", v.Count, n)
		}
		wantItems(v.ID, v.Items)
	}
	head := wantItems(fmt.Sprint("R", part+1), refs(part+1))
	head.State = questionbank.Withdrawn
	mustDo(t, r.UpdateRelease(ctx, head)) // without its items
	if again := wantItems(head.ID, refs(part+1)); again.State != questionbank.Withdrawn {
		t.Fatalf("%+v", again)
	}
	stale := *head
	stale.Revision--
	stale.Items = refs(3)
	wantError(t, r.UpdateRelease(ctx, &stale), engine.ErrStale)
	wantItems(head.ID, refs(part+1))
	head.Items = refs(part + 1)[1:]
	mustDo(t, r.UpdateRelease(ctx, head))
	wantItems(head.ID, refs(part + 1)[1:])
	rows, _, err := r.ReleaseList(ctx, engine.Cursor{})
	mustDo(t, err)
	for _, row := range rows {
		if row.Items != nil {
			t.Fatalf("the list holds the items of %s", row.ID)
		}
	}
}

// makeImage is an image whose bytes are long enough to try the bounds of a document.
func makeImage(name string) *questionbank.Image {
	data := bytes.Repeat([]byte(name), questionbank.MaxImage/len(name))
	return &questionbank.Image{Digest: strings.Repeat("0", 64-len(name)) + name, Type: "image/png", Width: 3, Height: 2, Bytes: data}
}

// Images is the contract of questionbank.Images.
func Images(t *testing.T, open func(t *testing.T) *store.Store) {
	ctx, r := context.Background(), open(t).Images()
	_, err := r.Image(ctx, makeImage("a").Digest)
	wantError(t, err, questionbank.ErrImage)
	for _, name := range []string{"a", "b", "a"} {
		mustDo(t, r.PutImage(ctx, makeImage(name)))
	}
	other := makeImage("a")
	other.Bytes = []byte("another")
	mustDo(t, r.PutImage(ctx, other))
	for _, name := range []string{"a", "b"} {
		got, err := r.Image(ctx, makeImage(name).Digest)
		mustDo(t, err)
		if asJSON(t, got) != asJSON(t, makeImage(name)) {
			t.Fatalf("%s came back with %d bytes", name, len(got.Bytes))
		}
	}
}

func makeBlueprint(id string) *questionbank.Blueprint {
	none, few := 0, 7
	return &questionbank.Blueprint{ID: id, Level: engine.Level3, Release: "2026.1", MaxPerPoint: 1, SupplementCap: 5, Sample: true,
		Counts: map[questionbank.ItemType]int{questionbank.Single: 70, questionbank.Judgement: 30},
		Ranges: map[string]int{"A": 20, "A-A": 5, "B": 80}, Difficulties: map[int]int{1: 10, 3: 90},
		Importance: map[string]questionbank.Bounds{"X": {Min: 55}, "Z": {Max: 15}}, Seconds: questionbank.Bounds{Min: 4000, Max: 5000},
		Exposure: questionbank.Exposure{OverLeast: 1050, Share: 300}, Overlap: questionbank.Overlap{Any: &few, Neighbour: &none},
		SkipMet: true, Forms: questionbank.AB, ItemPoints: engine.Pt(1), MultipleCredit: questionbank.PartialRight,
		TypePoints: map[questionbank.ItemType]engine.Points{questionbank.Judgement: 50}, Trail: trail()}
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
