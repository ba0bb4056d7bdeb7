package questionbank_test

import (
	"errors"
	"fmt"
	"testing"

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
			v.Stem = "Barthel " + c
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

func blueprint() questionbank.Blueprint {
	return questionbank.Blueprint{ID: "B1", Level: engine.Level5, Release: "2026.1+12", Counts: map[questionbank.ItemType]int{questionbank.Single: 100},
		Ranges: map[string]int{"A-A": 15, "A-B": 25, "B": 60}, MaxPerPoint: 1, SupplementCap: 10, ItemPoints: engine.Pt(1)}
}

func TestBlueprintRules(t *testing.T) {
	h := stocked(t)
	done(h.PublishRelease(ctx, keeper, "2026.1", "", "", true))(t)
	done(h.PublishRelease(ctx, keeper, "2026.1+12", "2026.1", "12", true))(t)
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
		"99 points":      {func(b *bp) { b.Counts[questionbank.Single]--; b.Ranges["B"]-- }, questionbank.ErrBlueprintInput},
		"101 points":     {func(b *bp) { b.Counts[questionbank.Single]++; b.Ranges["B"]++ }, questionbank.ErrBlueprintInput},
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
	done(h.PublishRelease(ctx, keeper, "2026.1+12", "2026.1", "12", false))(t)
	short := errors.New("short")
	_, err := h.proving(h.ports, short).PublishBlueprint(ctx, keeper, blueprint())
	wantError(t, "not provable", err, short)
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
