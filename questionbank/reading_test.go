package questionbank_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
)

// walk collects a whole list on pages of n and checks their sizes.
func walk(t *testing.T, n int, list func(engine.Cursor) ([]*questionbank.Item, string, error)) (got []string) {
	t.Helper()
	for c := (engine.Cursor{Limit: n}); ; {
		rows, next, err := list(c)
		must(t, err)
		if len(rows) > n {
			t.Fatalf("%d rows on a page of %d", len(rows), n)
		}
		for _, i := range rows {
			got = append(got, i.Code)
		}
		if c.After = next; next == "" {
			return got
		}
	}
}

func TestItemsAreFilteredWithoutLossOrRepetition(t *testing.T) {
	h := furnished(t)
	for n, c := range codes(30, "N") {
		v := single(c, map[bool]string{true: "12"}[n%3 == 0])
		if n%4 == 0 {
			v.Stem = "Bar<em>thel</em> " + c
		}
		if n%5 == 0 {
			v.Point = "B-A-A-002"
		}
		h.imported(t, v)
		if n%2 == 0 {
			h.lead(t, c, questionbank.Reviewed)
		}
	}
	for name, s := range map[string]struct {
		f    questionbank.Filter
		want func(n int) bool
	}{
		"all":           {questionbank.Filter{}, func(int) bool { return true }},
		"state":         {questionbank.Filter{State: questionbank.Reviewed}, func(n int) bool { return n%2 == 0 }},
		"province":      {questionbank.Filter{Province: "12"}, func(n int) bool { return n%3 == 0 }},
		"national":      {questionbank.Filter{Province: questionbank.National}, func(n int) bool { return n%3 != 0 }},
		"query":         {questionbank.Filter{Query: " barthel"}, func(n int) bool { return n%4 == 0 }},
		"query of code": {questionbank.Filter{Query: "n-007"}, func(n int) bool { return n == 7 }},
		"both":          {questionbank.Filter{Query: "barthel", State: questionbank.Reviewed, Province: "12"}, func(n int) bool { return n%12 == 0 }},
		"point":         {questionbank.Filter{Point: "B-A-A-002", Level: engine.Level5}, func(n int) bool { return n%5 == 0 }},
		"any level":     {questionbank.Filter{Point: "B-A-A-002"}, func(n int) bool { return n%5 == 0 }},
		"range":         {questionbank.Filter{Point: "B", State: questionbank.Draft}, func(n int) bool { return n%10 == 5 }},
		"elsewhere":     {questionbank.Filter{Point: "B-A-A-002", Level: engine.Level4}, func(int) bool { return false }},
		"nowhere":       {questionbank.Filter{Province: "99"}, func(int) bool { return false }},
		"no such state": {questionbank.Filter{State: "题"}, func(int) bool { return false }},
		"type":          {questionbank.Filter{Type: questionbank.Multiple}, func(int) bool { return false }},
		"level":         {questionbank.Filter{Level: engine.Level4}, func(int) bool { return false }},
	} {
		var want []string
		for n, c := range codes(30, "N") {
			if s.want(n) {
				want = append(want, c)
			}
		}
		for _, size := range []int{1, 3, 4, 7, 29, 30, 31} {
			got := walk(t, size, func(c engine.Cursor) ([]*questionbank.Item, string, error) { return h.Items(ctx, keeper, s.f, c) })
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s, pages of %d: %v, want %v", name, size, got, want)
			}
		}
	}
	_, _, err := h.Items(ctx, person("c", authz.Candidate, ""), questionbank.Filter{}, engine.Cursor{})
	wantError(t, "candidate", err, authz.ErrForbidden)
}

func TestQueue(t *testing.T) {
	h := furnished(t)
	for _, c := range []string{"P1", "P2", "P3"} {
		h.imported(t, single(c, "12"))
	}
	h.imported(t, single("J1", "22"), single("N1", ""))
	for _, c := range []string{"P1", "P2", "J1", "N1"} {
		h.lead(t, c, questionbank.Reviewed)
	}
	done(h.Consent(ctx, medical, "P1", 1))(t)
	for _, s := range []struct {
		by   authz.Principal
		want string
	}{{medical, "[P2]"}, {labour, "[P1 P2]"}, {outsider, "[J1]"}, {person("m", authz.Medical, ""), "[]"}} {
		got := walk(t, 2, func(c engine.Cursor) ([]*questionbank.Item, string, error) { return h.Queue(ctx, s.by, c) })
		if fmt.Sprint(got) != s.want {
			t.Errorf("%s: %v, want %s", s.by.Person, got, s.want)
		}
	}
	_, _, err := h.Queue(ctx, keeper, engine.Cursor{})
	wantError(t, "keeper", err, authz.ErrForbidden)
}

func TestOverview(t *testing.T) {
	h := stocked(t)
	o := done(h.Overview(ctx, keeper))(t)
	const want = "[{五级 single draft 1} {五级 single reviewed 4} {五级 single filed 2}]"
	if got := fmt.Sprint(o.Counts); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if c := o.Coverage[engine.Level5]; len(o.Coverage) != 1 || len(c) != 4 || c["A-A-001"] != 6 || c["A-B-001"] != 0 {
		t.Errorf("coverage %v", o.Coverage)
	}
}

// TestOverviewIsCountedOnce: it is shown again until this server writes, or for some seconds.
func TestOverviewIsCountedOnce(t *testing.T) {
	h := furnished(t)
	drafts := func(b *questionbank.Bank) (n int) {
		for _, c := range done(b.Overview(ctx, keeper))(t).Counts {
			n += c.Items
		}
		return n
	}
	other := h.bank(h.ports)
	wantDrafts := func(what string, b *questionbank.Bank, want int) {
		t.Helper()
		if got := drafts(b); got != want {
			t.Errorf("%s: %d, want %d", what, got, want)
		}
	}
	wantDrafts("empty", h.Bank, 0)
	wantDrafts("empty for the other", other, 0)
	h.imported(t, single("N1", ""))
	wantDrafts("after an import", h.Bank, 1)
	wantDrafts("another server has not looked again", other, 0)
	h.clock.Advance(5*time.Second - time.Millisecond)
	wantDrafts("just before it does", other, 0)
	h.clock.Advance(time.Millisecond)
	wantDrafts("when it does", other, 1)
	done(h.Review(ctx, reviewer, "N1", 1))(t)
	if c := done(h.Overview(ctx, keeper))(t).Counts; c[0].State != questionbank.Reviewed {
		t.Errorf("after a review: %v", c)
	}
	_, err := h.Overview(ctx, person("c", authz.Candidate, ""))
	wantError(t, "role", err, authz.ErrForbidden)
}

func blueprint() questionbank.Blueprint {
	return questionbank.Blueprint{ID: "B1", Level: engine.Level5, Release: "2026.1+120000", Counts: map[questionbank.ItemType]int{questionbank.Single: 100},
		Ranges: map[string]int{"A-A": 15, "A-B": 25, "B": 60}, MaxPerPoint: 1, SupplementCap: 10, ItemPoints: engine.Pt(1)}
}

func TestBlueprintRules(t *testing.T) {
	h := stocked(t)
	done(h.PublishRelease(ctx, keeper, "2026.1", "", "", true))(t)
	done(h.PublishRelease(ctx, keeper, "2026.1+120000", "2026.1", "12", true))(t)
	type bp = questionbank.Blueprint
	for name, s := range map[string]struct {
		change func(*bp)
		want   error
	}{
		"cap below policy":   {func(b *bp) { b.SupplementCap = 9 }, nil},
		"cap at policy":      {func(b *bp) {}, nil},
		"cap above policy":   {func(b *bp) { b.SupplementCap = 11 }, questionbank.ErrBlueprintInput},
		"cap below zero":     {func(b *bp) { b.SupplementCap = -1 }, questionbank.ErrBlueprintInput},
		"national, no cap":   {func(b *bp) { b.Release, b.SupplementCap = "2026.1", 0 }, nil},
		"national, with cap": {func(b *bp) { b.Release, b.SupplementCap = "2026.1", 1 }, questionbank.ErrBlueprintInput},
		"half points": {func(b *bp) {
			b.Counts[questionbank.Judgement], b.ItemPoints = 100, 50
			b.Ranges["B"] += 100
		}, nil},
		"99 points":  {func(b *bp) { b.Counts[questionbank.Single]--; b.Ranges["B"]-- }, questionbank.ErrBlueprintInput},
		"101 points": {func(b *bp) { b.Counts[questionbank.Single]++; b.Ranges["B"]++ }, questionbank.ErrBlueprintInput},
		"every part": {func(b *bp) {
			few, most := 0, 100
			b.Ranges["A"], b.Ranges["B-A"] = 40, 60
			b.Difficulties = map[int]int{1: 10, 2: 20, 3: 40, 4: 20, 5: 10}
			b.Importance = map[string]questionbank.Bounds{"X": {Min: 55}, "Y": {Min: 45, Max: 45}, "Z": {Max: 15}}
			b.Seconds, b.Exposure = questionbank.Bounds{Min: 4700, Max: 4700}, questionbank.Exposure{OverLeast: 1000, Share: 1000}
			b.Overlap, b.SkipMet, b.Forms = questionbank.Overlap{Any: &most, Neighbour: &few}, true, questionbank.AB
		}, nil},
		"inner range is less":            {func(b *bp) { delete(b.Ranges, "A-B"); b.Ranges["A"] = 40 }, nil},
		"inner ranges are more":          {func(b *bp) { b.Ranges["A"], b.Ranges["B"] = 39, 61 }, questionbank.ErrBlueprintInput},
		"inner ranges leave a rest":      {func(b *bp) { b.Ranges["A"], b.Ranges["B"] = 41, 59 }, questionbank.ErrBlueprintInput},
		"inner of inner is more":         {func(b *bp) { b.Ranges["B-A"], b.Ranges["B-A-A"] = 60, 61 }, questionbank.ErrBlueprintInput},
		"inner is less but all there is": {func(b *bp) { b.Ranges["B-A-A"] = 59 }, questionbank.ErrBlueprintInput},
		"difficulties one off":           {func(b *bp) { b.Difficulties = map[int]int{1: 50, 2: 51} }, questionbank.ErrBlueprintInput},
		"difficulty 6":                   {func(b *bp) { b.Difficulties = map[int]int{6: 100} }, questionbank.ErrBlueprintInput},
		"difficulty below zero":          {func(b *bp) { b.Difficulties = map[int]int{1: 101, 2: -1} }, questionbank.ErrBlueprintInput},
		"floors at the total":            {func(b *bp) { b.Importance = map[string]questionbank.Bounds{"X": {Min: 60}, "Y": {Min: 40}} }, nil},
		"floors above the total":         {func(b *bp) { b.Importance = map[string]questionbank.Bounds{"X": {Min: 60}, "Y": {Min: 41}} }, questionbank.ErrBlueprintInput},
		"ceilings at the total": {func(b *bp) {
			b.Importance = map[string]questionbank.Bounds{"X": {Max: 50}, "Y": {Max: 30}, "Z": {Max: 20}}
		}, nil},
		"ceilings below the total": {func(b *bp) {
			b.Importance = map[string]questionbank.Bounds{"X": {Max: 50}, "Y": {Max: 30}, "Z": {Max: 19}}
		}, questionbank.ErrBlueprintInput},
		"floor above its ceiling":  {func(b *bp) { b.Importance = map[string]questionbank.Bounds{"X": {Min: 2, Max: 1}} }, questionbank.ErrBlueprintInput},
		"importance W":             {func(b *bp) { b.Importance = map[string]questionbank.Bounds{"W": {}} }, questionbank.ErrBlueprintInput},
		"seconds reversed":         {func(b *bp) { b.Seconds = questionbank.Bounds{Min: 4701, Max: 4700} }, questionbank.ErrBlueprintInput},
		"seconds below zero":       {func(b *bp) { b.Seconds.Max = -1 }, questionbank.ErrBlueprintInput},
		"exposure below the least": {func(b *bp) { b.Exposure.OverLeast = 999 }, questionbank.ErrBlueprintInput},
		"share above all":          {func(b *bp) { b.Exposure.Share = 1001 }, questionbank.ErrBlueprintInput},
		"share below zero":         {func(b *bp) { b.Exposure.Share = -1 }, questionbank.ErrBlueprintInput},
		"overlap below zero":       {func(b *bp) { n := -1; b.Overlap.Any = &n }, questionbank.ErrBlueprintInput},
		"overlap above the form":   {func(b *bp) { n := 101; b.Overlap.Neighbour = &n }, questionbank.ErrBlueprintInput},
		"forms":                    {func(b *bp) { b.Forms = "abc" }, questionbank.ErrBlueprintInput},
		"points by type": {func(b *bp) {
			b.Counts = map[questionbank.ItemType]int{questionbank.Single: 60, questionbank.Multiple: 10, questionbank.Judgement: 40}
			b.TypePoints = map[questionbank.ItemType]engine.Points{questionbank.Multiple: engine.Pt(2), questionbank.Judgement: engine.Pt(1) / 2}
			b.Ranges["B"] += 10
		}, nil},
		"points by every type": {func(b *bp) {
			b.ItemPoints, b.TypePoints = 0, map[questionbank.ItemType]engine.Points{questionbank.Single: engine.Pt(1)}
		}, nil},
		"a type without points": {func(b *bp) {
			b.ItemPoints, b.TypePoints = 0, map[questionbank.ItemType]engine.Points{questionbank.Multiple: engine.Pt(1)}
		}, questionbank.ErrBlueprintInput},
		"points by type one off": {func(b *bp) {
			b.TypePoints = map[questionbank.ItemType]engine.Points{questionbank.Single: engine.Pt(1) + 1}
		}, questionbank.ErrBlueprintInput},
		"a type that earns nothing": {func(b *bp) {
			b.TypePoints = map[questionbank.ItemType]engine.Points{questionbank.Judgement: 0}
		}, questionbank.ErrBlueprintInput},
		"ranges one off": {func(b *bp) { b.Ranges["B"]++ }, questionbank.ErrBlueprintInput},
		"nested ranges":  {func(b *bp) { b.Ranges["A"], b.Ranges["A-A"] = 10, 5 }, questionbank.ErrBlueprintInput},
		"unknown range":  {func(b *bp) { b.Ranges["C"] = 0 }, questionbank.ErrBlueprintInput},
		"unknown type":   {func(b *bp) { b.Counts["essay"] = 0 }, questionbank.ErrBlueprintInput},
		"level":          {func(b *bp) { b.Level = engine.Level3 }, questionbank.ErrBlueprintInput},
		"release":        {func(b *bp) { b.Release = "2025.9" }, questionbank.ErrRelease},
		"no id":          {func(b *bp) { b.ID = "" }, questionbank.ErrBlueprintInput},
	} {
		b := blueprint()
		b.ID = fmt.Sprintf("B-%x", name)
		s.change(&b)
		got, err := h.PublishBlueprint(ctx, keeper, b)
		if !errors.Is(err, s.want) {
			t.Errorf("%s: %v, want %v", name, err, s.want)
		}
		if s.want == nil && err == nil && !got.Sample {
			t.Errorf("%s: a blueprint of a sample release is not marked", name)
		}
	}
}

func TestBlueprintsAreProvedAndFinal(t *testing.T) {
	h := stocked(t)
	done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t)
	done(h.PublishRelease(ctx, keeper, "2026.1+120000", "2026.1", "12", false))(t)
	short := errors.New("short")
	_, err := h.proving(h.ports, short).PublishBlueprint(ctx, keeper, blueprint())
	wantError(t, "not provable", err, short)
	for _, province := range []string{"", "12"} { // a session of any province may draw from the release
		_, err = h.provingFor(h.ports, map[string]error{province: short}).PublishBlueprint(ctx, keeper, blueprint())
		wantError(t, "not provable for "+province, err, short)
	}
	_, err = h.Blueprint(ctx, "B1")
	wantError(t, "nothing kept", err, questionbank.ErrBlueprint)
	first := done(h.PublishBlueprint(ctx, keeper, blueprint()))(t)
	again := done(h.PublishBlueprint(ctx, keeper, blueprint()))(t)
	if first.Revision != 1 || again.Revision != 1 || len(again.Trail) != 1 {
		t.Errorf("%+v, %+v", first, again)
	}
	other := blueprint()
	other.SupplementCap = 0
	_, err = h.PublishBlueprint(ctx, keeper, other)
	wantError(t, "another under the same id", err, questionbank.ErrBlueprintExists)
	done(h.WithdrawRelease(ctx, keeper, "2026.1", "泄题"))(t)
	other.ID = "B2"
	_, err = h.PublishBlueprint(ctx, keeper, other)
	wantError(t, "withdrawn", err, questionbank.ErrWithdrawn)
	if all := done(h.Blueprints(ctx, keeper))(t); len(all) != 1 {
		t.Errorf("%d blueprints", len(all))
	}
	if all := done(h.Releases(ctx, keeper))(t); len(all) != 2 {
		t.Errorf("%d releases", len(all))
	}
}
