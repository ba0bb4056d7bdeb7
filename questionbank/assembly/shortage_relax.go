package assembly

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/questionbank"
)

const (
	maxTrials      = 12 // relaxations that are tried
	maxRelaxations = 4  // that are told
	movedTo        = 3  // places to which a number that is lowered is moved, in turn
)

// relax adds changes of the blueprint after which a form exists. Each is tried before it is told.
func (s *Shortage) relax(p *Plan, province string, out barred) {
	t := trial{plan: p, province: province, out: out}
	if len(s.Slacks) == 1 && s.Slacks[0].Constraint == jointly {
		s.pinpoint(p, province, out)
	}
	if len(s.Cuts)+len(s.Slacks) > 1 {
		if all := t.combine(s); all != nil {
			s.Relaxations = []Relaxation{*all}
		}
		return
	}
	for _, c := range s.Cuts {
		s.Relaxations = t.fixing(t.forCut(&c))
	}
	for _, l := range s.Slacks {
		s.Relaxations = t.fixing(t.forSlack(&l))
	}
}

// trial tries changes of a blueprint.
type trial struct {
	plan     *Plan
	province string
	out      barred
}

// fixing are the first few alternatives after which a form exists.
func (t *trial) fixing(alternatives [][]Change) (list []Relaxation) {
	for _, a := range alternatives[:min(len(alternatives), maxTrials)] {
		if len(list) < maxRelaxations && t.fixes(a) {
			list = append(list, Relaxation{Change: a[0], Also: a[1:], Fixes: true})
		}
	}
	return list
}

// combine takes for each thing that is short the first alternative that makes it less so, and tries them together.
func (t *trial) combine(s *Shortage) *Relaxation {
	var lists [][][]Change
	for i := range s.Cuts {
		lists = append(lists, t.forCut(&s.Cuts[i]))
	}
	for i := range s.Slacks {
		lists = append(lists, t.forSlack(&s.Slacks[i]))
	}
	var all []Change
	for i, alternatives := range lists {
		before, _ := t.short(all)
		if before == 0 && i < len(s.Cuts) {
			continue // what was changed for the others is enough for this one
		}
		k := slices.IndexFunc(alternatives, func(a []Change) bool {
			after, ok := t.short(slices.Concat(all, a))
			return ok && (i >= len(s.Cuts) || after <= max(before-int64(s.Cuts[i].Short), 0))
		})
		if k < 0 {
			return nil
		}
		all = append(all, alternatives[k]...)
	}
	if len(all) == 0 || !t.fixes(all) {
		return nil
	}
	return &Relaxation{Change: all[0], Also: all[1:], Fixes: true}
}

// changed is the plan of the blueprint with changes; nil if that is no blueprint.
func (t *trial) changed(changes []Change) *Plan {
	q, err := NewPlan(t.plan.ix, changedBlueprint(t.plan.bp, changes), nil)
	if err != nil {
		return nil
	}
	return q
}

func changedBlueprint(bp questionbank.Blueprint, changes []Change) questionbank.Blueprint {
	bp.Counts, bp.Ranges = maps.Clone(bp.Counts), maps.Clone(bp.Ranges)
	bp.Difficulties, bp.Importance = maps.Clone(bp.Difficulties), maps.Clone(bp.Importance)
	for _, c := range changes {
		c.apply(&bp)
	}
	return bp
}

// short is what the core lacks after the changes.
func (t *trial) short(changes []Change) (items int64, ok bool) {
	q := t.changed(changes)
	if q == nil {
		return 0, false
	}
	var n network
	n.lay(q.core(q.own(t.province), t.out), 1, single, nil)
	return n.short(), true
}

// fixes reports whether there is a form after the changes: it draws one.
func (t *trial) fixes(changes []Change) bool {
	q := t.changed(changes)
	if q == nil || q.explain(t.province, t.out) != nil {
		return false
	}
	_, err := q.draft(t.province, t.out)
	return err == nil
}

// try draws a form to see whether there is one, with no more than trialSteps.
func (p *Plan) try(province string, excluded []string) (Drawn, error) {
	d := newDrawer(p, [32]byte{}, unused)
	d.steps = trialSteps
	return d.Draw(Slot{Province: province, Excluded: excluded})
}

// draft is the form that try draws.
func (p *Plan) draft(province string, out barred) (form []Card, err error) {
	got, err := p.try(province, p.handles(out))
	for _, at := range got.Cards {
		form = append(form, p.ix.Card(at))
	}
	return form, err
}

func (p *Plan) handles(out barred) (list []string) {
	for _, at := range slices.Concat(out.seen, out.withdrawn, out.capped) {
		list = append(list, p.ix.Card(at).Handle)
	}
	return list
}

// apply adds what the change adds: changes of one number may come together.
func (c Change) apply(bp *questionbank.Blueprint) {
	name, detail, _ := strings.Cut(c.Constraint, ".")
	more := c.To - c.From
	switch name {
	case "counts":
		bp.Counts[questionbank.ItemType(detail)] += more
	case "difficulties":
		if g, err := strconv.Atoi(detail); err == nil {
			bp.Difficulties[g] += more
		}
	case "ranges":
		bp.Ranges[detail] += more
	case "max_per_point":
		bp.MaxPerPoint = max(bp.MaxPerPoint, 1) + more
	case "supplement_cap":
		bp.SupplementCap += more
	case "seconds":
		bp.Seconds = moved(bp.Seconds, detail, more)
	case "importance":
		class, end, _ := strings.Cut(detail, ".")
		bp.Importance[class] = moved(bp.Importance[class], end, more)
	}
}

func moved(b questionbank.Bounds, end string, more int) questionbank.Bounds {
	if end == "min" {
		b.Min += more
	} else {
		b.Max += more
	}
	return b
}

func (t *trial) forSlack(l *Slack) [][]Change {
	if l.Constraint == jointly || l.Constraint == "enemies" {
		return nil
	}
	return [][]Change{{{l.Constraint, l.Limit, l.Best}}}
}

// forCut lists what could be changed against a cut, the least change first.
func (t *trial) forCut(c *Cut) (list [][]Change) {
	bp := t.plan.bp
	if len(c.Supplied) > 0 || len(c.Cells) > 0 && bp.SupplementCap == 0 {
		list = append(list, []Change{{"supplement_cap", bp.SupplementCap, bp.SupplementCap + c.Short}})
	}
	if len(c.Cells) == 0 {
		list = append(list, t.forScopes(c)...)
	} else {
		list = append(list, t.forCells(c)...)
	}
	per := max(bp.MaxPerPoint, 1)
	return append(list, []Change{{"max_per_point", per, per + 1}})
}

// forScopes moves what is short to other ranges. What is taken off a range inside another stays with the outer one.
func (t *trial) forScopes(c *Cut) (list [][]Change) {
	bp, k := t.plan.bp, c.Short
	for _, code := range c.Scopes {
		q, known := bp.Ranges[code]
		if !known || q < k {
			continue
		}
		down := Change{"ranges." + code, q, q - k}
		if t.inner(code) {
			list = append(list, []Change{down})
			continue
		}
		for _, other := range t.roomiest(c.Scopes) {
			list = append(list, []Change{down, {"ranges." + other, bp.Ranges[other], bp.Ranges[other] + k}})
		}
	}
	return list
}

func (t *trial) inner(code string) bool {
	for up := questionbank.Parent(code); up != ""; up = questionbank.Parent(up) {
		if _, ok := t.plan.bp.Ranges[up]; ok {
			return true
		}
	}
	return false
}

// roomiest are the outermost ranges with most to spare by their quota.
func (t *trial) roomiest(without []string) (codes []string) {
	v := t.plan.view(t.plan.core(t.plan.own(t.province), t.out), t.province, t.out)
	has, spare := v.supply(v.all()), map[string]int{}
	for s, n := range has {
		code := v.scopes[s].code
		if spare[code] = n - v.scopes[s].quota; spare[code] > 0 && !t.inner(code) && !slices.Contains(without, code) {
			codes = append(codes, code)
		}
	}
	slices.SortStableFunc(codes, func(a, b string) int { return spare[b] - spare[a] })
	return codes[:min(len(codes), movedTo)]
}

// forCells moves what is short to other difficulties, the nearest first, and to other types.
func (t *trial) forCells(c *Cut) (list [][]Change) {
	bp, k := t.plan.bp, c.Short
	letters, hard := map[string]bool{}, map[int]bool{}
	for _, cell := range c.Cells {
		letter, grade, _ := strings.Cut(cell, "/")
		letters[letter] = true
		if g, err := strconv.Atoi(grade); err == nil {
			hard[g] = true
		}
	}
	for _, g := range slices.Sorted(maps.Keys(hard)) {
		for _, h := range nearest(g) {
			if bp.Difficulties[g] >= k && !hard[h] {
				list = append(list, []Change{moveGrade(bp, g, -k), moveGrade(bp, h, k)})
			}
		}
	}
	for i, from := range types {
		if !letters[typeLetters[i]] || bp.Counts[from] < k {
			continue
		}
		for j, to := range types {
			if !letters[typeLetters[j]] {
				list = append(list, []Change{moveType(bp, from, -k), moveType(bp, to, k)})
			}
		}
	}
	return list
}

func moveGrade(bp questionbank.Blueprint, g, n int) Change {
	return Change{fmt.Sprintf("difficulties.%d", g), bp.Difficulties[g], bp.Difficulties[g] + n}
}

func moveType(bp questionbank.Blueprint, t questionbank.ItemType, n int) Change {
	return Change{"counts." + string(t), bp.Counts[t], bp.Counts[t] + n}
}

// nearest are the other difficulties by their distance from g, the easier one first.
func nearest(g int) (list []int) {
	for d := 1; d < grades; d++ {
		for _, h := range []int{g - d, g + d} {
			if h >= 1 && h <= grades {
				list = append(list, h)
			}
		}
	}
	return list
}
