package theory

import (
	"fmt"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// Score marks one form: every right item earns what its type is worth, everything else nothing. Right is exactly the key, so a multiple
// item is all or nothing, and an item left open is wrong. chosen holds places of options as shown, by question from 1;
// the form leads them back to the options of the item version in the release that it was drawn from.
func Score(f assembly.Form, release *questionbank.Snapshot, chosen map[int][]int,
	worth func(questionbank.ItemType) engine.Points) (engine.Points, error) {
	var points engine.Points
	for i, it := range f.Items {
		v, ok := release.Item(it.Code)
		if !ok || v.Version != it.Version {
			return 0, fmt.Errorf("mark: release %s lacks item %s version %d", release.Release.ID, it.Code, it.Version)
		}
		if right(it, v.Key, chosen[i+1]) {
			points += worth(v.Type)
		}
	}
	return points, nil
}

func right(it assembly.FormItem, key, chosen []int) bool {
	if len(chosen) == 0 || len(chosen) != len(key) {
		return false
	}
	picked := make([]int, len(chosen))
	for i, shown := range chosen {
		if shown < 0 || shown >= len(it.Options) {
			return false
		}
		picked[i] = it.Options[shown]
	}
	slices.Sort(picked)
	return slices.Equal(picked, key)
}
