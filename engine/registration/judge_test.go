package registration_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
)

// met are claims that meet each condition of the sample policy with nothing to spare on the day.
func met() map[string]registration.Claims {
	const years, certificate, diploma, title = "工作年限证明", "职业技能等级证书", "毕业证书或学籍证明", "专业技术职务证书"
	return map[string]registration.Claims{
		"5-1": {Evidence: []string{"从业承诺书"}},
		"5-2": {Evidence: []string{"从业承诺书"}},
		"4-1": {Years: 5, Evidence: []string{years}},
		"4-2": {Years: 3, PriorLevel: 5, PriorNumber: "n", PriorDate: date("2023-11-24"), Evidence: []string{certificate, years}},
		"4-3": {Education: "中专", Evidence: []string{diploma}},
		"3-1": {Years: 10, Evidence: []string{years}},
		"3-2": {Years: 4, PriorLevel: 4, PriorNumber: "n", PriorDate: date("2022-11-24"), Evidence: []string{certificate, years}},
		"3-3": {Years: 1, Title: "护士", Evidence: []string{title, years}},
		"3-4": {Education: "技师学院", Evidence: []string{diploma}},
		"3-5": {PriorLevel: 4, PriorNumber: "n", Education: "大专", Evidence: []string{certificate, diploma}},
		"3-6": {Education: "高职", Evidence: []string{diploma, "专业评估论证证明"}},
	}
}

func judge(t *testing.T, condition, born string, c registration.Claims) []string {
	t.Helper()
	c.Condition = condition
	level, err := engine.ParseLevel(condition[:1])
	if err != nil {
		t.Fatal(err)
	}
	return rules(registration.Judge(samplePolicy(t).Levels[level], date(born), c, day))
}

// 每个等级的每项申报条件都有人能满足。
func TestEveryConditionCanBeMet(t *testing.T) {
	claims := met()
	for l, lp := range samplePolicy(t).Levels {
		for _, cond := range lp.Conditions {
			c, known := claims[cond.ID]
			if !known {
				t.Errorf("condition %s of %s is not tested", cond.ID, l)
			}
			if got := judge(t, cond.ID, "1980-01-01", c); got != nil {
				t.Errorf("%s misses %v", cond.ID, got)
			}
		}
	}
}

// 年限、年龄差一天的不符合，正好的符合。
func TestJudgeAtTheBoundaries(t *testing.T) {
	for _, c := range []struct {
		name, condition, born string
		change                func(*registration.Claims)
		want                  []string
	}{
		{"a day under sixteen", "5-1", "2010-11-25", nil, []string{"age"}},
		{"sixteen on the day", "5-1", "2010-11-24", nil, nil},
		{"sixteen the day before", "5-1", "2010-11-23", nil, nil},
		{"a day under sixteen, at work", "5-2", "2010-11-25", nil, []string{"age"}},
		{"a year short", "4-1", "", func(c *registration.Claims) { c.Years = 4 }, []string{"years"}},
		{"a year more", "4-1", "", func(c *registration.Claims) { c.Years = 6 }, nil},
		{"a day short since the certificate", "4-2", "", func(c *registration.Claims) { c.PriorDate = date("2023-11-25") }, []string{"years"}},
		{"a day more since the certificate", "4-2", "", func(c *registration.Claims) { c.PriorDate = date("2023-11-23") }, nil},
		{"certificate without a date", "4-2", "", func(c *registration.Claims) { c.PriorDate = clock.Date{} }, []string{"years"}},
		{"a year short of work since", "4-2", "", func(c *registration.Claims) { c.Years = 2 }, []string{"years"}},
		{"certificate of the day after", "3-5", "", func(c *registration.Claims) { c.PriorDate = day.AddDays(1) }, []string{"prior-level"}},
		{"certificate of the day", "3-5", "", func(c *registration.Claims) { c.PriorDate = day }, nil},
		{"certificate above", "4-2", "", func(c *registration.Claims) { c.PriorLevel = 3 }, nil},
		{"certificate two above", "4-2", "", func(c *registration.Claims) { c.PriorLevel = 2 }, nil},
		{"certificate below", "3-2", "", func(c *registration.Claims) { c.PriorLevel = 5 }, []string{"prior-level"}},
		{"no certificate", "3-2", "", func(c *registration.Claims) { c.PriorLevel, c.PriorNumber = 0, "" }, []string{"prior-level"}},
		{"certificate without a number", "3-2", "", func(c *registration.Claims) { c.PriorNumber = "" }, []string{"prior-level"}},
		{"no evidence", "4-1", "", func(c *registration.Claims) { c.Evidence = nil }, []string{"evidence"}},
		{"half the evidence", "4-2", "", func(c *registration.Claims) { c.Evidence = c.Evidence[:1] }, []string{"evidence"}},
		{"more evidence", "4-1", "", func(c *registration.Claims) { c.Evidence = append(c.Evidence, "获奖证书") }, nil},
		{"general school", "4-3", "", func(c *registration.Claims) { c.Education = "高中" }, []string{"education"}},
		{"college for a vocational school", "4-3", "", func(c *registration.Claims) { c.Education = "大专" }, nil},
		{"college for a senior class", "3-4", "", func(c *registration.Claims) { c.Education = "大专" }, []string{"education"}},
		{"school not stated", "4-3", "", func(c *registration.Claims) { c.Education = "" }, []string{"education"}},
		{"no title", "3-3", "", func(c *registration.Claims) { c.Title = "" }, []string{"title"}},
		{"everything at once", "3-3", "", func(c *registration.Claims) { *c = registration.Claims{} }, []string{"years", "evidence", "title"}},
	} {
		claims := met()[c.condition]
		if c.change != nil {
			c.change(&claims)
		}
		if c.born == "" {
			c.born = "1980-01-01"
		}
		if got := judge(t, c.condition, c.born, claims); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// 申报条件里没有的编号，不受理。
func TestUnknownConditionIsRefused(t *testing.T) {
	for _, condition := range []string{"", "5-9", "4-1"} {
		got := registration.Judge(samplePolicy(t).Levels[engine.Level5], date("1980-01-01"), registration.Claims{Condition: condition, Years: 40}, day)
		if !slices.Equal(rules(got), []string{"condition"}) {
			t.Errorf("condition %q: %v", condition, got)
		}
	}
}

// A birthday that is nowhere on record is no proof of age, and an unknown kind of schooling opens no level.
// 没有出生日期的不算满龄，认不出的学历不算学历。
func TestJudgeFailsClosed(t *testing.T) {
	p := engine.LevelPolicy{Conditions: []engine.Condition{{ID: "x", MinAge: 16, Education: "university"}}}
	got := registration.Judge(p, clock.Date{}, registration.Claims{Condition: "x", Education: "本科"}, day)
	if !slices.Equal(rules(got), []string{"age", "education"}) {
		t.Errorf("%v", got)
	}
}

func claimsGen(t *rapid.T) registration.Claims {
	all := []string{"工作年限证明", "职业技能等级证书", "毕业证书或学籍证明", "专业技术职务证书", "从业承诺书", "专业评估论证证明"}
	return registration.Claims{
		Condition:  rapid.SampledFrom([]string{"3-1", "3-2", "3-3", "3-4", "3-5", "3-6"}).Draw(t, "condition"),
		Years:      rapid.IntRange(0, 12).Draw(t, "years"),
		PriorLevel: rapid.SampledFrom([]engine.Level{0, 5, 4, 3, 2}).Draw(t, "prior"), PriorNumber: "n",
		PriorDate: day.AddMonths(-rapid.IntRange(-1, 60).Draw(t, "months")),
		Education: rapid.SampledFrom([]string{"", "初中", "技师学院", "大专"}).Draw(t, "education"),
		Title:     rapid.SampledFrom([]string{"", "护士"}).Draw(t, "title"),
		Evidence:  rapid.SliceOfDistinct(rapid.SampledFrom(all), rapid.ID).Draw(t, "evidence"),
	}
}

// What is added to an application never turns an accepted one into a refused one.
// 多交一份材料，不会使本来符合的变成不符合。
func TestMoreIsNeverWorse(t *testing.T) {
	p := samplePolicy(t).Levels[engine.Level3]
	rapid.Check(t, func(t *rapid.T) {
		c := claimsGen(t)
		before := registration.Judge(p, date("1980-01-01"), c, day)
		c.Evidence = append(slices.Clone(c.Evidence), rapid.String().Draw(t, "more"))
		c.Years += rapid.IntRange(0, 5).Draw(t, "more years")
		if c.PriorLevel != 0 {
			c.PriorLevel = min(c.PriorLevel, 3)
		}
		after := registration.Judge(p, date("1980-01-01"), c, day)
		for _, r := range rules(after) {
			if !slices.Contains(rules(before), r) {
				t.Fatalf("%s is missed only with more in hand", r)
			}
		}
	})
}
