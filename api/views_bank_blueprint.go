package api

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// tightest is how many margins of stock a page tells: what is short first.
const tightest = 3

// plans reads blueprints for pages, with the releases and the policy that they refer to.
type plans struct {
	policy   engine.Policy
	releases map[string]*questionbank.Release
}

func plansOf(policy engine.Policy, releases []*questionbank.Release) plans {
	p := plans{policy: policy, releases: map[string]*questionbank.Release{}}
	for _, r := range releases {
		p.releases[r.ID] = r
	}
	return p
}

// usable reports whether forms may be drawn from a release: neither it nor its base is withdrawn.
func (p plans) usable(id string) bool {
	r := p.releases[id]
	return r != nil && r.State == questionbank.Published && (r.Base == "" || p.usable(r.Base))
}

func (p plans) table(release string, l engine.Level) questionbank.ElementTable {
	if r := p.releases[release]; r != nil {
		return r.Tables[l]
	}
	return questionbank.ElementTable{}
}

func (p plans) row(b *questionbank.Blueprint) web.BlueprintRow {
	t := p.table(b.Release, b.Level)
	v := web.BlueprintRow{ID: b.ID, Release: b.Release, Occupation: t.Occupation, Edition: t.Edition, Level: b.Level, Items: b.Total(),
		Minutes: p.policy.Levels[b.Level].TheoryMinutes, Usable: p.usable(b.Release), Sample: b.Sample}
	if o := engine.LongTermCare(); o.Code == t.Occupation {
		v.Occupation = o.Title()
	}
	for t, n := range b.Counts {
		v.Points += engine.Points(n) * b.PointsOf(t)
	}
	return v
}

func (p plans) view(b *questionbank.Blueprint) web.BlueprintView {
	v := web.BlueprintView{BlueprintRow: p.row(b), PerPoint: max(b.MaxPerPoint, 1), Supplement: p.supplement(b),
		Seconds: web.BlueprintBounds{Min: b.Seconds.Min, Max: b.Seconds.Max}, OverLeast: cmp.Or(b.Exposure.OverLeast, overLeast) / 10,
		Share: b.Exposure.Share / 10, Any: limited(b.Overlap.Any), Neighbour: limited(b.Overlap.Neighbour), SkipMet: b.SkipMet, AB: b.Forms == questionbank.AB, Credit: string(b.CreditRule())}
	for _, t := range questionbank.ItemTypes() {
		if n := b.Counts[t]; n > 0 {
			v.Types = append(v.Types, web.BlueprintType{Type: string(t), Items: n, Points: b.PointsOf(t), Together: engine.Points(n) * b.PointsOf(t)})
		}
	}
	v.Uniform = !slices.ContainsFunc(v.Types, func(t web.BlueprintType) bool { return t.Points != v.Types[0].Points })
	for d := 1; d <= 5 && len(b.Difficulties) > 0; d++ {
		v.Difficulties = append(v.Difficulties, web.BlueprintGrade{Difficulty: d, Items: b.Difficulties[d]})
	}
	for _, class := range []string{"X", "Y", "Z"} {
		if in := b.Importance[class]; in != (questionbank.Bounds{}) {
			v.Importance = append(v.Importance, web.BlueprintBounds{Name: class, Min: in.Min, Max: in.Max})
		}
	}
	for _, r := range p.table(b.Release, b.Level).Ranges {
		n := web.BlueprintRange{Code: r.Code, Name: r.Name, Depth: depth(r.Code), Weight: r.Weight}
		if n.Kind, n.Items = itemsIn(b, r.Code); v.Uniform && len(v.Types) > 0 {
			n.Points = engine.Points(n.Items) * v.Types[0].Points
		}
		v.Ranges = append(v.Ranges, n)
	}
	return v
}

// overLeast is what the bank takes for an exposure that a blueprint leaves open, in thousandths.
const overLeast = 1050

// limited is a limit, -1 where there is none.
func limited(most *int) int {
	if most == nil {
		return -1
	}
	return *most
}

func (p plans) supplement(b *questionbank.Blueprint) web.BlueprintSupplement {
	v := web.BlueprintSupplement{Cap: b.SupplementCap}
	if r := p.releases[b.Release]; r != nil {
		source := p.policy.Sources[p.policy.Bank.SourceKey]
		v.Most, v.Province = p.policy.Bank.SupplementCap(r.Province, b.Total()), engine.Province(r.Province)
		v.Document, v.Verified = source.Document, source.Verified
	}
	return v
}

// itemsIn is how many items a form takes of a range, as far as the blueprint says it.
func itemsIn(b *questionbank.Blueprint, code string) (kind string, n int) {
	if n, set := b.Ranges[code]; set {
		return "set", n
	}
	for root := range b.Ranges {
		if questionbank.Within(code, root) {
			return "open", 0
		}
	}
	for root, items := range b.Ranges {
		if questionbank.Within(root, code) && !slices.ContainsFunc(above(root), func(up string) bool { _, set := b.Ranges[up]; return set }) {
			kind, n = "sum", n+items
		}
	}
	return cmp.Or(kind, "none"), n
}

// above are the ranges around a range.
func above(code string) (all []string) {
	for up := questionbank.Parent(code); up != ""; up = questionbank.Parent(up) {
		all = append(all, up)
	}
	return all
}

func outlookOf(o questionbank.Outlook, t questionbank.ElementTable) web.BlueprintOutlook {
	v := web.BlueprintOutlook{Province: engine.Province(o.Province), OK: o.Short == nil}
	if v.Undecided = errors.Is(o.Short, assembly.ErrUndecided); v.Undecided {
		return v
	}
	if !v.OK {
		v.Short, v.Lines, v.Fixes = shortage(o.Short)
		v.Faults = problem(o.Short).onPage().Fields
		return v
	}
	in := func(m questionbank.Margin) web.BlueprintMargin { return marginOf(m, t) }
	v.Stock, v.Bounds = each(o.Margins.Stock[:min(len(o.Margins.Stock), tightest)], in), each(o.Margins.Bounds, in)
	v.Peak = int(o.Margins.LeastPeak*100 + 0.5)
	return v
}

// shortage is a refusal line by line: what is short, and changes of the blueprint that were tried and help.
func shortage(err error) (short int, lines, fixes []string) {
	var s *assembly.Shortage
	if errors.As(err, &s) {
		lines = slices.Concat(each(s.Cuts, func(c assembly.Cut) string { return c.Text }), each(s.Slacks, func(l assembly.Slack) string { return l.Text }))
		if len(s.Enemies) > 0 {
			lines = append(lines, "不能同卷的相斥组："+strings.Join(s.Enemies, "、"))
		}
		return s.Short, lines, each(s.Relaxations, assembly.Relaxation.Text)
	}
	return 0, []string{problem(err).Title}, nil
}

// marginOf splits the name of a constraint: ranges.A-B, counts.single, importance.X.min, seconds.max.
func marginOf(m questionbank.Margin, t questionbank.ElementTable) web.BlueprintMargin {
	v := web.BlueprintMargin{Kind: m.Constraint, Limit: m.Limit, Best: m.Best, Slack: m.Slack}
	parts := strings.Split(m.Constraint, ".")
	switch parts[0] {
	case "ranges":
		r, _ := t.Range(parts[1])
		v.Kind, v.Name = parts[0], strings.TrimSpace(parts[1]+" "+r.Name)
	case "counts", "difficulties":
		v.Kind, v.Name = parts[0], parts[1]
	case "importance":
		v.Kind, v.Name = parts[0]+"."+parts[2], parts[1]
	}
	return v
}
