package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// small are loads of a few candidates and seconds, which show that everything is measured, not how fast it is.
func small() map[string][]string {
	return map[string][]string{
		"gate":     {"--candidates", "31", "--spread", "1s"},
		"autosave": {"--candidates", "20", "--seconds", "1", "--offered", "200"},
		"sitting":  {"--candidates", "20", "--minutes", "0.03"},
	}
}

func TestLoadsPrintWhatTheyMeasured(t *testing.T) {
	want := []string{"bench", "candidates", "empty_per_s", "errors", "lost", "p50_ms", "p95_ms", "p99_ms", "per_s", "ratio", "rss_mb"}
	for name, args := range small() {
		t.Run(name, func(t *testing.T) {
			out := must(t, append([]string{"bench", name, "--json"}, args...)...)
			var got map[string]any
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Fatalf("%s: %v", out, err)
			}
			if !slices.Equal(slices.Sorted(maps.Keys(got)), want) {
				t.Errorf("fields %v", slices.Sorted(maps.Keys(got)))
			}
			n := func(field string) float64 { f, _ := got[field].(float64); return f }
			if got["bench"] != name || n("errors") != 0 || n("lost") != 0 || n("per_s") <= 0 || n("empty_per_s") <= 0 || n("ratio") <= 0 ||
				n("p50_ms") <= 0 || n("p99_ms") < n("p95_ms") || n("p95_ms") < n("p50_ms") {
				t.Errorf("%s", out)
			}
		})
	}
}

func TestLoadsTellTheirConditions(t *testing.T) {
	out := must(t, append([]string{"bench", "sitting"}, small()["sitting"]...)...)
	for _, say := range []string{"机器 machine", "20 candidates", "forms of 100 items", "登录 sign in", "打开试卷 open form", "取图片 fetch image",
		"保存作答 save", "交卷 hand in", "20 of 20 handed in", "0 errors, 0 lost"} {
		if !strings.Contains(out, say) {
			t.Errorf("%q is missing:\n%s", say, out)
		}
	}
}

// TestLostAnswersAreFound takes an entry for acknowledged that the store never got.
func TestLostAnswersAreFound(t *testing.T) {
	o := loadOptions{candidates: 2}
	if err := o.check(); err != nil {
		t.Fatal(err)
	}
	h, err := openHall(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	all := h.crowd()
	for _, s := range all {
		if err := s.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := s.answer(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	all.hangUp()
	all[0].kept = append(all[0].kept, mark{})
	all[1].kept[1].question ^= 1
	if n, err := h.lost(t.Context(), all); err != nil || n != 2 {
		t.Errorf("%d lost, not 2: %v", n, err)
	}
	if err := h.close(); err != nil {
		t.Error(err)
	}
}

func TestLoadsRefuseWhatTheyCannotMeasure(t *testing.T) {
	for name := range small() {
		for _, args := range [][]string{{"--candidates", "0"}, {"--candidates", "9001"}, {"more"}} {
			if out, err := command(t, append([]string{"bench", name}, args...)...); err == nil {
				t.Errorf("%s %v:\n%s", name, args, out)
			}
		}
	}
}
