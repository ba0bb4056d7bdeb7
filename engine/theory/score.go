package theory

import (
	"fmt"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// Rule is what forms are marked by: the release that they were drawn from, what its blueprint says of points, and the
// corrections of keys that were decided since.
type Rule struct {
	Release   *questionbank.Snapshot
	Blueprint *questionbank.Blueprint
	Rulings   questionbank.Rulings // one for each item that has any
}

// Score marks one form. An item earns its points where exactly the key is chosen; what less of a multiple item earns is
// the blueprint's Credit, and a wrong option or none at all earns nothing. chosen holds places of options as shown, by
// question from 1; the form leads them back to the options of the item version in the release that it was drawn from.
func (r Rule) Score(f assembly.Form, chosen map[int][]int) (engine.Points, error) {
	var points engine.Points
	for i, it := range f.Items {
		a, err := r.asked(it)
		if err != nil {
			return 0, fmt.Errorf("mark: %w", err)
		}
		points += r.earned(a, it, chosen[i+1])
	}
	return points, nil
}

// asked is an item of a form as it is marked.
type asked struct {
	key    questionbank.ItemVersion // whose key holds
	full   engine.Points
	struck bool // everybody gets the points
}

func (r Rule) asked(it assembly.FormItem) (asked, error) {
	v, ok := r.Release.Item(it.Code)
	if !ok || v.Version != it.Version {
		return asked{}, fmt.Errorf("release %s lacks item %s version %d", r.Release.Release.ID, it.Code, it.Version)
	}
	a := asked{key: v, full: r.Blueprint.PointsOf(v.Type)}
	if ruling, corrected := r.Rulings.Of(it.Code); corrected {
		if a.struck = ruling.Full; !a.struck {
			a.key = ruling.Key
		}
	}
	return a, nil
}

func (r Rule) earned(a asked, it assembly.FormItem, chosen []int) engine.Points {
	if a.struck {
		return a.full
	}
	picked, ok := options(it, chosen)
	if !ok {
		return 0
	}
	credit := questionbank.AllOrNothing
	if a.key.Type == questionbank.Multiple {
		credit = r.Blueprint.CreditRule()
	}
	return credit.Earned(a.full, picked, a.key.Key)
}

// options leads chosen places back to options of the item version, ascending; ok is false for what no screen shows.
func options(it assembly.FormItem, chosen []int) (picked []int, ok bool) {
	for _, place := range chosen {
		if place < 0 || place >= len(it.Options) {
			return nil, false
		}
		picked = append(picked, it.Options[place])
	}
	slices.Sort(picked)
	return picked, len(slices.Compact(slices.Clone(picked))) == len(picked)
}
