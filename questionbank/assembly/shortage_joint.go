package assembly

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/questionbank"
)

// jointly is the constraint of a slack that says no more than that all side constraints cannot be met at once.
const jointly = "together"

// pinpoint finds out what stands in the way where only a search could tell that there is no form: it lets one side
// constraint go after the other, those first that matter least, until there is a form, and says how far that one goes
// beyond what was let go. Exposure limits are no part of this: a form by itself has none.
func (s *Shortage) pinpoint(p *Plan, province string, out barred) {
	t := trial{plan: p, province: province, out: out}
	if t.withoutEnemies(s) {
		return
	}
	for _, name := range t.constraints() {
		bp := t.plan.bp
		release(&bp, name)
		q, err := NewPlan(p.ix, bp, nil)
		if err != nil {
			continue
		}
		if form, err := q.draft(province, out); err == nil {
			s.Slacks = []Slack{t.beyond(name, form)}
			s.Short = s.Slacks[0].Slack
			return
		}
	}
}

// withoutEnemies looks for a form that enemies may share, and names the groups that do.
func (t *trial) withoutEnemies(s *Shortage) bool {
	var cards []Card
	p, own := t.plan, t.plan.own(t.province)
	for i := range p.ix.given {
		if c := p.ix.given[i]; c.Province == "" || own > 0 && c.Province == t.province {
			c.Enemy = ""
			cards = append(cards, c)
		}
	}
	ix, err := NewIndex(p.ix.level, questionbank.ElementTable{Ranges: p.ix.ranges, Points: p.ix.points}, cards)
	if err != nil {
		return false
	}
	q, err := NewPlan(ix, p.bp, nil)
	if err != nil {
		return false
	}
	got, err := q.try(t.province, p.handles(t.out))
	if err != nil {
		return false
	}
	over, met := 0, map[string]bool{}
	for _, at := range got.Cards {
		if here, ok := p.ix.Find(ix.Card(at).Handle); ok {
			group := p.ix.Card(here).Enemy
			if group != "" && met[group] {
				over++
				s.Enemies = append(s.Enemies, group)
			}
			met[group] = true
		}
	}
	slices.Sort(s.Enemies)
	s.Enemies = slices.Compact(s.Enemies)
	s.Short = over
	s.Slacks = []Slack{{Constraint: "enemies", Best: over, Slack: over,
		Text: fmt.Sprintf("没有一份试卷能避开所有相斥组，不计相斥时有%d题与同组试题同卷", over)}}
	return true
}

func unused(int32) int { return 0 }

// constraints are the side constraints that the blueprint has, the least important first.
func (t *trial) constraints() (names []string) {
	bp := t.plan.bp
	if bp.Seconds.Max > 0 {
		names = append(names, "seconds.max")
	}
	if bp.Seconds.Min > 0 {
		names = append(names, "seconds.min")
	}
	if bp.SupplementCap > 0 {
		names = append(names, "supplement_cap")
	}
	for _, class := range slices.Backward(classes[:]) {
		if bp.Importance[class].Max > 0 {
			names = append(names, "importance."+class+".max")
		}
		if bp.Importance[class].Min > 0 {
			names = append(names, "importance."+class+".min")
		}
	}
	return names
}

// limit is the number that a constraint's name stands for.
func limit(bp *questionbank.Blueprint, name string) int {
	switch name {
	case "seconds.max":
		return bp.Seconds.Max
	case "seconds.min":
		return bp.Seconds.Min
	case "supplement_cap":
		return bp.SupplementCap
	}
	b := bp.Importance[classIn(name)]
	if strings.HasSuffix(name, "max") {
		return b.Max
	}
	return b.Min
}

// release lets a constraint go.
func release(bp *questionbank.Blueprint, name string) {
	to := 0
	switch name {
	case "supplement_cap":
		to = bp.Total()
	case "seconds.max":
		to = bp.Total() * maxSeconds
	default:
		if strings.HasSuffix(name, "max") {
			to = bp.Total()
		}
	}
	change := Change{name, limit(bp, name), to}
	*bp = changedBlueprint(*bp, []Change{change})
}

func classIn(name string) string { return name[len("importance.") : len("importance.")+1] }

// beyond measures a form, drawn without the constraint, by it.
func (t *trial) beyond(name string, form []Card) Slack {
	n := 0
	for _, c := range form {
		switch name {
		case "seconds.max", "seconds.min":
			n += c.Seconds
		case "supplement_cap":
			n += int(one(c.Province != ""))
		default:
			at, _ := slices.BinarySearchFunc(t.plan.ix.points, c.Point, func(p questionbank.Point, code string) int {
				return strings.Compare(p.Code, code)
			})
			n += int(one(t.plan.ix.points[at].Importance == classIn(name)))
		}
	}
	l := Slack{Constraint: name, Limit: limit(&t.plan.bp, name), Best: n}
	l.Slack = max(n-l.Limit, l.Limit-n)
	l.Text = fmt.Sprintf("各项要求分别都能满足，但不能同时满足：%s", Change{name, l.Limit, n}.text()) + "即可"
	return l
}
