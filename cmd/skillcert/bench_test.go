package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestBenchPrintsWhatItMeasured(t *testing.T) {
	out := must(t, "bench", "draw", "--items", "20000,60000", "--forms", "90", "--json", "--seed", "2")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines:\n%s", len(lines), out)
	}
	want := []string{"allocs_per_form", "exposure_ratio", "failures", "forms_per_s", "items", "neighbour_mean", "ns_per_form", "overlap_bound",
		"overlap_mean", "unused", "violations"}
	for i, line := range lines {
		var got map[string]float64
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if !slices.Equal(slices.Sorted(maps.Keys(got)), want) {
			t.Errorf("fields %v", slices.Sorted(maps.Keys(got)))
		}
		if got["items"] != []float64{20_000, 60_000}[i] || got["violations"] != 0 || got["failures"] != 0 ||
			got["exposure_ratio"] < 1 || got["overlap_bound"] > got["overlap_mean"] || got["forms_per_s"] <= 0 {
			t.Errorf("%s", line)
		}
	}
}

func TestBenchTellsItsConditions(t *testing.T) {
	out := must(t, "bench", "draw", "--items", "30000", "--forms", "120", "--province-mix")
	for _, say := range []string{"机器 machine", "30 provinces", "120 forms", "bank of 30000 items", "0 violations, 0 failures", "相同 the same forms"} {
		if !strings.Contains(out, say) {
			t.Errorf("%q is missing:\n%s", say, out)
		}
	}
}

func TestBenchRefusesWhatItCannotMeasure(t *testing.T) {
	for _, args := range [][]string{{"--items", "10"}, {"--items", "5000001"}, {"--items", "many"}, {"--forms", "1"}, {"--forms", "262145"}, {"--seed", "-1"}, {"more"}} {
		if out, err := command(t, append([]string{"bench", "draw"}, args...)...); err == nil {
			t.Errorf("%v:\n%s", args, out)
		}
	}
}
