package separation_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/fixtures/policy"
)

// scenario is a rule as an official would tell it: what is on record, how the refusal reads, and what, being nearly the
// same, is allowed. The ties run from 2020 to a day that the test chooses.
type scenario struct {
	story   string
	ties    []separation.Tie // x is on duty, a is the candidate
	says    string           // how the finding's path begins; %s stands for the duty
	nearly  string
	allowed []separation.Tie
}

var scenarios = map[string]scenario{
	"taught-class": {
		"考评员给考生的班级上过课",
		[]separation.Tie{held(separation.Teaches, person("x"), class), held(separation.Attends, person("a"), class)},
		"%s甘x → 任教 → 护理2603班 → 学员甘a",
		"考评员教的是另一个班",
		[]separation.Tie{held(separation.Teaches, person("x"), "class:护理2604班"), held(separation.Attends, person("a"), class)},
	},
	"trained-by-employer": {
		"考评员受聘于培训考生的机构",
		[]separation.Tie{held(separation.Employs, body, person("x")), held(separation.Trains, body, class), held(separation.Attends, person("a"), class)},
		"%s甘x → 受聘于 → 津慈培训 → 开办 → 护理2603班 → 学员甘a",
		"考评员受聘于另一家培训机构",
		[]separation.Tie{held(separation.Employs, org("津乐培训"), person("x")), held(separation.Trains, body, class), held(separation.Attends, person("a"), class)},
	},
	"body-trained": {
		"评价机构就是培训考生的机构",
		[]separation.Tie{held(separation.Trains, "org:body", class), held(separation.Attends, person("a"), class)},
		"评价机构津衡评价 → 开办 → 护理2603班 → 学员甘a",
		"考生在别家机构参加培训",
		[]separation.Tie{held(separation.Trains, "org:body", "class:护理2604班"), held(separation.Trains, body, class), held(separation.Attends, person("a"), class)},
	},
	"mentor": {
		"考评员是考生的师傅",
		[]separation.Tie{held(separation.Mentors, person("x"), person("a"))},
		"%s甘x → 徒弟甘a",
		"考评员带的是别的徒弟",
		[]separation.Tie{held(separation.Mentors, person("x"), person("c"))},
	},
	"kin": {
		"考评员与考生是近亲属",
		[]separation.Tie{held(separation.Kin, person("a"), person("x"))},
		"%s甘x → 近亲属甘a",
		"考评员的亲属是另一个人",
		[]separation.Tie{held(separation.Kin, person("c"), person("x"))},
	},
	"declared": {
		"考评员申报过与考生有利害关系",
		[]separation.Tie{held(separation.Declared, person("x"), person("a"))},
		"%s甘x → 申报回避 → 甘a",
		"申报的是另一个人",
		[]separation.Tie{held(separation.Declared, person("x"), person("c"))},
	},
	"colleague": {
		"质量督导员与考生在同一单位工作",
		[]separation.Tie{held(separation.Employs, org("津安养老院"), person("x")), held(separation.Employs, org("津安养老院"), person("a"))},
		"%s甘x → 受聘于 → 津安养老院 → 聘用 → 甘a",
		"两人在不同单位工作",
		[]separation.Tie{held(separation.Employs, org("津安养老院"), person("x")), held(separation.Employs, org("津宁养老院"), person("a"))},
	},
	"shared-contact": {
		"考评员与考生登记了同一个电话",
		[]separation.Tie{held(separation.Reached, person("x"), "contact:13800138000"), held(separation.Reached, person("a"), "contact:13800138000")},
		"%s甘x → 联系电话 → 138****8000 → 同一电话的甘a",
		"电话差一位",
		[]separation.Tie{held(separation.Reached, person("x"), "contact:13800138000"), held(separation.Reached, person("a"), "contact:13800138001")},
	},
}

// held is a tie that began long ago and has not ended.
func held(k separation.Kind, from, to separation.Node) separation.Tie {
	return tie(k, from, to, "2020-01-01", "")
}

// duties are the roles that a session gives to people.
var duties = []authz.Role{authz.Examiner, authz.Leader, authz.Marker, authz.Invigilator, authz.Supervisor}

// TestEveryRuleOfThePolicy tells the story of each rule of the sample policy: it forbids just the duties that it names,
// says why in words, looks back as far as it says and not a day further, and lets pass what is nearly the same.
// 政策里的每一条规则都有一个故事：禁止哪些岗位，怎样说明，回看几个月，差一点点的为什么可以。
func TestEveryRuleOfThePolicy(t *testing.T) {
	p, err := policy.Sample()
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range p.Ties.Rules {
		s, told := scenarios[rule.ID]
		if !told {
			t.Errorf("no scenario tells what rule %s forbids: %s", rule.ID, rule.Text)
			continue
		}
		t.Run(rule.ID+" "+s.story, func(t *testing.T) {
			w := open(t)
			w.record(s.ties...)
			w.tells(t, rule, s)
		})
		t.Run(rule.ID+" "+s.nearly, func(t *testing.T) {
			w := open(t)
			w.record(s.allowed...)
			for _, sub := range asked(rule) {
				if got := w.under(t, rule, sub, day); got != nil {
					t.Errorf("%s: %s", sub.Role, got)
				}
			}
		})
		t.Run(rule.ID+" 期限", func(t *testing.T) {
			w := open(t)
			for _, tie := range s.ties {
				tie.Until = day
				w.record(tie)
			}
			w.looksBack(t, rule)
		})
	}
}

// asked is who a rule could be about: the body, or a person in every duty.
func asked(rule engine.SeparationRule) []separation.Subject {
	if rule.OfBody() {
		return []separation.Subject{{Body: "body"}}
	}
	var out []separation.Subject
	for _, role := range duties {
		out = append(out, separation.Subject{Person: "x", Role: role})
	}
	return out
}

// under is what the rule finds of the subject toward a on the day, nil for nothing.
func (w *world) under(t *testing.T, rule engine.SeparationRule, sub separation.Subject, on clock.Date) *separation.Finding {
	t.Helper()
	found, err := w.judge.On(on).Findings(ctx, []separation.Subject{sub}, []engine.PersonID{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f.Rule == rule.ID {
			return &f
		}
	}
	return nil
}

func (w *world) tells(t *testing.T, rule engine.SeparationRule, s scenario) {
	t.Helper()
	for _, sub := range asked(rule) {
		f := w.under(t, rule, sub, day)
		if forbidden := rule.OfBody() || slices.Contains(rule.Roles, sub.Role); forbidden != (f != nil) {
			t.Errorf("%s: found %v", sub.Role, f)
		}
		if f == nil {
			continue
		}
		says := strings.Replace(s.says, "%s", title(sub.Role), 1)
		if f.Candidate != "a" || f.Soft != rule.Soft || strings.Join(f.Path, " → ") != says || !strings.HasSuffix(f.String(), rule.Text) {
			t.Errorf("%s, want %s … %s", f, says, rule.Text)
		}
	}
}

func title(role authz.Role) string {
	return map[authz.Role]string{authz.Examiner: "考评员", authz.Leader: "考评组长", authz.Marker: "阅卷负责人",
		authz.Invigilator: "监考员", authz.Supervisor: "质量督导员"}[role]
}

// looksBack asks on the last day on which ties that ended on day still count, and on the day after.
func (w *world) looksBack(t *testing.T, rule engine.SeparationRule) {
	t.Helper()
	sub := separation.Subject{Body: "body"}
	if !rule.OfBody() {
		sub = separation.Subject{Person: "x", Role: authz.Role(rule.Roles[len(rule.Roles)-1])}
	}
	last := day.AddMonths(max(rule.Months, 1))
	if w.under(t, rule, sub, last) == nil {
		t.Errorf("forgotten by %s", last)
	}
	if found := w.under(t, rule, sub, last.AddDays(1)); (rule.Months == 0) != (found != nil) {
		t.Errorf("on %s: %v", last.AddDays(1), found)
	}
}
