package questionbank_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
)

// shown writes runs as people read a correction: [-gone-]{+come+}.
func shown(runs []questionbank.Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(map[questionbank.RunKind]string{questionbank.Same: r.Text, questionbank.Removed: "[-" + r.Text + "-]",
			questionbank.Added: "{+" + r.Text + "+}"}[r.Kind])
	}
	return b.String()
}

func TestWords(t *testing.T) {
	for _, s := range []struct{ before, after, want string }{
		{"", "", ""},
		{"应先洗手", "应先洗手", "应先洗手"},
		{"应先洗手", "应当先洗净双手", "应{+当+}先洗{+净双+}手"},
		{"每2小时翻身", "每12小时翻身", "每[-2-]{+12+}小时翻身"},
		{"用 Barthel 量表", "用 Braden 量表", "用 [-Barthel-]{+Braden+} 量表"},
		{"", "新", "{+新+}"},
		{"旧", "", "[-旧-]"},
		{"甲乙丙", "丙乙甲", "[-甲乙-]丙{+乙甲+}"},
		{strings.Repeat("甲", 3000), strings.Repeat("乙", 3000), "[-" + strings.Repeat("甲", 3000) + "-]{+" + strings.Repeat("乙", 3000) + "+}"},
	} {
		if got := shown(questionbank.Words(s.before, s.after)); got != s.want {
			t.Errorf("%.20s → %.20s: %.60s, want %.60s", s.before, s.after, got, s.want)
		}
	}
}

// TestWordsLoseNothing: without what was added the difference is the text before, without what was removed the one after.
func TestWordsLoseNothing(t *testing.T) {
	letters := rapid.StringOfN(rapid.SampledFrom([]rune("甲乙ab12 ，\n")), 0, 30, -1)
	rapid.Check(t, func(t *rapid.T) {
		before, after := letters.Draw(t, "before"), letters.Draw(t, "after")
		var was, is strings.Builder
		for _, r := range questionbank.Words(before, after) {
			if r.Kind != questionbank.Added {
				was.WriteString(r.Text)
			}
			if r.Kind != questionbank.Removed {
				is.WriteString(r.Text)
			}
		}
		if was.String() != before || is.String() != after {
			t.Fatalf("%q → %q became %q → %q", before, after, was.String(), is.String())
		}
	})
}

func TestCompareVersions(t *testing.T) {
	a := single("N1", "")
	if got := questionbank.Compare(a, a); got != nil {
		t.Errorf("a version differs from itself: %v", got)
	}
	b := a
	b.Stem, b.Options = "N1，应<strong>先</strong>（ ）。", []string{"核对", "走开"}
	b.Key, b.Point, b.Difficulty, b.Seconds = []int{0, 1}, "A-B-001", 3, 50
	b.Explanation, b.Source, b.Enemy, b.Type = "见教材", "教材", "E1", questionbank.Multiple
	var got []string
	for _, c := range questionbank.Compare(a, b) {
		got = append(got, fmt.Sprintf("%s %s→%s %s", c.Field, c.Before, c.After, shown(c.Words)))
	}
	want := []string{"type single→multiple ", "stem N1，应先（ ）。→N1，应<strong>先</strong>（ ）。 N1，应{+<strong>+}先{+</strong>+}（ ）。",
		"options.1 离开→走开 [-离-]{+走+}开", "options.2 等待→ [-等待-]", "key A→AB ", "point A-A-001→A-B-001 ", "difficulty 2→3 ",
		"seconds 40→50 ", "explanation →见教材 {+见教材+}", "source →教材 ", "enemy →E1 "}
	if !slices.Equal(got, want) {
		t.Errorf("%s\nwant %s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	b = a
	b.Author, b.Reason, b.Version = "other", "更正", 2
	if got := questionbank.Compare(a, b); got != nil {
		t.Errorf("who wrote a version is no part of it: %v", got)
	}
}

func TestCompareReleases(t *testing.T) {
	ref := func(code string, version int) questionbank.ItemRef {
		return questionbank.ItemRef{Code: code, Version: version, Digest: fmt.Sprint(code, version)}
	}
	table := elementTable()
	other := elementTable()
	other.Points[0].Name = "新守则"
	four := elementTable()
	four.Level = engine.Level4
	older := &questionbank.Release{Items: []questionbank.ItemRef{ref("A", 1), ref("B", 1), ref("C", 1), ref("D", 2)},
		Tables: map[engine.Level]questionbank.ElementTable{engine.Level5: table, engine.Level4: four}}
	newer := &questionbank.Release{Items: []questionbank.ItemRef{ref("B", 2), ref("C", 1), ref("E", 1), ref("F", 1)},
		Tables: map[engine.Level]questionbank.ElementTable{engine.Level5: other, engine.Level4: four, engine.Level3: four}}
	d := newer.Compare(older)
	if got, want := fmt.Sprint(d), "{[{E 1 E1} {F 1 F1}] [{A 1 A1} {D 2 D2}] [{B 1 2}] [五级 三级]}"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if d := newer.Compare(newer); fmt.Sprint(d) != "{[] [] [] []}" {
		t.Errorf("a release differs from itself: %v", d)
	}
	if d := newer.Compare(nil); len(d.Added) != 4 || len(d.Tables) != 3 {
		t.Errorf("from nothing: %v", d)
	}
	h := stocked(t)
	done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t)
	h.lead(t, "N4", questionbank.Reviewed)
	v := single("N1", "")
	v.Stem = "改过的题干"
	done(h.Edit(ctx, author, v, "更正"))(t)
	done(h.Review(ctx, reviewer, "N1", 2))(t)
	done(h.Suspend(ctx, keeper, "N2", "有误"))(t)
	done(h.PublishRelease(ctx, keeper, "2026.2", "", "", false))(t)
	d = done(h.CompareReleases(ctx, author, "2026.2", "2026.1"))(t)
	if len(d.Added) != 1 || d.Added[0].Code != "N4" || len(d.Removed) != 1 || d.Removed[0].Code != "N2" ||
		fmt.Sprint(d.Changed) != "[{N1 1 2}]" || d.Tables != nil {
		t.Errorf("%+v", d)
	}
	_, err := h.CompareReleases(ctx, author, "2026.2", "2025.9")
	wantError(t, "unknown", err, questionbank.ErrRelease)
}
