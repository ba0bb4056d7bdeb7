package sitting_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// judged applies for one new person and returns the rules that refuse them.
func (w *world) judged(n *sitting.Session) (rules []string) {
	w.t.Helper()
	a, err := w.desk.Apply(ctx, office, w.sittings.Target(w.get(n.ID)), w.person(fmt.Sprint("考生", w.persons+1)), claims(), "", "")
	must(w.t, err)
	for _, r := range a.Refusals {
		rules = append(rules, r.Rule)
	}
	return rules
}

// 备案的年度评价人数是3人：同一年度各场次合计受理3人，第4人在报名时就不受理，说明原因；已受理的再报一次不重复计算；
// 不受理的不占名额；名额满了不能再安排新场次，原来的再提交一次照旧；变更备案后可以再受理、再安排。
func TestAYearsCapacityHoldsForApplications(t *testing.T) {
	w := open(t)
	first := w.session()
	second, err := w.sittings.CreateSession(ctx, office, w.draft("第二场"))
	must(t, err)
	w.file(3)
	third, err := w.sittings.CreateSession(ctx, office, w.draft("第三场"))
	must(t, err)
	who := w.candidates(first, 1)[0]
	_, err = w.desk.Apply(ctx, office, w.sittings.Target(w.get(first.ID)), w.person("条件不符"), registration.Claims{Condition: "5-2"}, "", "")
	must(t, err)
	w.candidates(second, 1)
	if got := w.judged(third); got != nil {
		t.Errorf("the third of three: %v", got)
	}
	if got := w.judged(second); len(got) != 1 || got[0] != registration.RuleQuota {
		t.Errorf("the fourth of three: %v", got)
	}
	w.apply(first, who, "")
	_, err = w.sittings.CreateSession(ctx, office, w.draft("第四场"))
	wantError(t, "a session without places", err, sitting.ErrFull)
	_, err = w.sittings.CreateSession(ctx, office, w.draft("第三场"))
	wantError(t, "one that is there", err, nil)
	w.file(4)
	_, err = w.sittings.CreateSession(ctx, office, w.draft("第四场"))
	wantError(t, "with one place", err, nil)
	if got := w.judged(second); got != nil {
		t.Errorf("the fourth of four: %v", got)
	}
}

// 名册一次报两人，只剩一个名额：受理一人，另一人不受理并说明原因；再导入一次结果不变。
func TestARosterStopsAtTheYearsCapacity(t *testing.T) {
	w := open(t)
	n := w.session()
	w.file(2)
	w.candidates(n, 1)
	head := "姓名,证件号码,认定等级,申报条件,申报材料\n"
	rows := head
	for i, name := range []string{"滕云飞", "景思远"} {
		rows += fmt.Sprintf("%s,%s,五级,5-2,从业承诺书\n", name, demo.IDNumber(clock.Date{Year: 1980, Month: 1, Day: 1}, 701+2*i, engine.Male))
	}
	for range 2 {
		got, err := w.desk.ImportRoster(ctx, office, []registration.Target{w.sittings.Target(w.get(n.ID))}, "名册.csv", []byte(rows))
		must(t, err)
		if len(got.Accepted) != 1 || len(got.Refused) != 1 || got.Refused[0].Rule != registration.RuleQuota || !strings.Contains(got.Refused[0].Reason, "2026年度备案的评价人数为2人") {
			t.Fatalf("%+v", got)
		}
	}
}

// 12月31日的场次和次年1月1日的场次各算各的年度：上一年满了，下一年照常受理；按东八区的日期算，不按格林尼治时间。
func TestTheYearChangesWithTheDay(t *testing.T) {
	w := open(t)
	next, err := w.sittings.CreatePlan(ctx, office, sitting.Plan{Org: body, Name: "2027年认定计划", Year: 2027, Levels: []engine.Level{5}})
	must(t, err)
	_, err = w.sittings.PublishPlan(ctx, office, next.ID)
	must(t, err)
	zone := time.FixedZone("CST", 8*60*60)
	at := func(name string, plan sitting.PlanID, opens time.Time) *sitting.Session {
		d := w.draft(name)
		if plan != "" {
			d.Plan = plan
		}
		d.Theory = clock.Window{Opens: opens, Closes: opens.Add(90 * time.Minute)}
		d.Practical = clock.Window{Opens: opens.Add(5 * time.Hour), Closes: opens.Add(9 * time.Hour)}
		n, err := w.sittings.CreateSession(ctx, office, d)
		must(t, err)
		return n
	}
	last := at("年末场", "", time.Date(2026, 12, 31, 8, 0, 0, 0, zone))
	newYear := at("元旦场", next.ID, time.Date(2027, 1, 1, 7, 0, 0, 0, zone)) // the last of December in Greenwich
	w.file(1)
	w.candidates(last, 1)
	if got := w.judged(last); len(got) != 1 || got[0] != registration.RuleQuota {
		t.Errorf("December: %v", got)
	}
	if got := w.judged(newYear); got != nil {
		t.Errorf("January: %v", got)
	}
	if got := w.judged(newYear); len(got) != 1 || got[0] != registration.RuleQuota {
		t.Errorf("January is full: %v", got)
	}
}
