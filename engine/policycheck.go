package engine

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// ErrPolicy refuses policy data that cannot be applied, or that would silently switch a rule off.
var ErrPolicy = errs.New(errs.Invalid, "policy.invalid", "政策数据不完整或不正确")

// The words of policy data. The rooms that go by them refuse others, but only in the middle of a sitting.

// Combinations are the ways of making one score of the examiners' points.
func Combinations() []string { return []string{"mean", "median", "trimmed-mean"} }

// Combined are what of the examiners' sheets is combined: their totals, or their points criterion by criterion.
func Combined() []string { return []string{"total", "criterion"} }

// Vetoes are the ways of judging that an examiner saw a critical error (否决项): more than half of them must have seen it,
// any of them is enough, or the leader decides whether it counts.
func Vetoes() []string { return []string{"majority", "any", "leader"} }

// TieKinds are the ties that chains of separation rules are made of. A rule over another kind would forbid nothing.
func TieKinds() []string {
	return []string{"employs", "trains", "teaches", "attends", "kin", "owns", "declared", "represents", "merged", "mentors", "located", "reached"}
}

// SeatTies are what two candidates may have in common that a seat plan keeps apart: kinship or another declared tie, a
// training class, an employer, the body that trained them.
func SeatTies() []string { return []string{"kin", "class", "employer", "trainer"} }

// Duties are the roles that a person is assigned to in a session; separation rules forbid nothing else.
func Duties() []authz.Role {
	return []authz.Role{authz.Invigilator, authz.Examiner, authz.Leader, authz.Marker, authz.Supervisor}
}

const fullMarks = Points(100_00) // of a component, and so the most that any mark or tolerance can be

// Validate reports every problem of p at once, each under the path of its field in the JSON.
func (p Policy) Validate() error {
	c := policyCheck{policy: p}
	c.That(p.ID != "", "id", "missing", "缺少编号")
	_, err := time.LoadLocation(p.Zone)
	c.That(p.Zone != "" && err == nil, "zone", "unknown", "时区不存在")
	for _, key := range slices.Sorted(maps.Keys(p.Sources)) {
		c.text("sources."+key+".document", p.Sources[key].Document)
	}
	c.levels()
	c.practical("practical", p.Practical)
	c.bank("bank", p.Bank)
	c.atLeast("publicity.working_days", p.Publicity.WorkingDays, 1)
	c.source("publicity.source", p.Publicity.SourceKey)
	c.atLeast("rooms.min_invigilators", p.Rooms.MinInvigilators, 1)
	c.atLeast("rooms.candidates_per_invigilator", p.Rooms.CandidatesPerInvigilator, 1)
	c.source("rooms.source", p.Rooms.SourceKey)
	if t := p.Time; t != (TimePolicy{}) {
		c.atLeast("time.grace_seconds", t.GraceSeconds, 0)
		c.atLeast("time.extend_minutes", t.ExtendMinutes, 0)
		c.atLeast("time.reopen_minutes", t.ReopenMinutes, 0)
		c.atLeast("time.file_hours", t.FileHours, 0)
		c.source("time.source", t.SourceKey)
	}
	c.atLeast("rooms.late_minutes", p.Rooms.LateMinutes, 0)
	c.seating("rooms.seating", p.Rooms.Seating)
	c.separation()
	c.certificates("certificates", p.Certificates)
	c.results("results", p.Results)
	c.archive("archive", p.Archive)
	c.accreditation("accreditation", p.Accreditation)
	c.training("training", p.Training)
	c.registration("registration", p.Registration)
	c.recognition("direct_recognition", p.Recognition)
	c.calibration("calibration", p.Calibration)
	c.text("calendar.source", p.Calendar.Source)
	c.That(len(p.Calendar.Free) > 0, "calendar.free", "missing", "缺少法定节假日")
	return c.Err(ErrPolicy)
}

// policyCheck collects the problems of one policy.
type policyCheck struct {
	errs.Check
	policy Policy
}

func (c *policyCheck) text(name, s string) { c.That(s != "", name, "missing", "不能为空") }

func (c *policyCheck) atLeast(name string, n, least int) {
	c.That(n >= least, name, "range", fmt.Sprintf("不能小于%d", least))
}

func (c *policyCheck) source(name, key string) {
	_, known := c.policy.Sources[key]
	c.That(known, name, "source", "未注明出处")
}

func (c *policyCheck) word(name, s string, words []string) {
	c.That(slices.Contains(words, s), name, "unknown", fmt.Sprintf("“%s”不是其中之一：%v", s, words))
}

// label names an element of a list by its id, or by its place where it has none.
func label(id string, place int) string {
	if id == "" {
		return fmt.Sprint(place + 1)
	}
	return id
}

func (c *policyCheck) levels() {
	seen := map[string]bool{}
	for _, l := range Levels() {
		name := fmt.Sprintf("levels.%d", int(l))
		lp, ok := c.policy.Levels[l]
		if c.That(ok, name, "missing", "缺少"+l.String()+"的规定"); !ok {
			continue
		}
		c.atLeast(name+".theory_minutes", lp.TheoryMinutes, 1)
		c.atLeast(name+".practical_minutes", lp.PracticalMinutes, 1)
		c.That(lp.TheoryPass > 0 && lp.TheoryPass <= fullMarks, name+".theory_pass", "range", "合格线应大于0分，不超过100分")
		c.That(lp.PracticalPass > 0 && lp.PracticalPass <= fullMarks, name+".practical_pass", "range", "合格线应大于0分，不超过100分")
		c.source(name+".source", lp.SourceKey)
		c.That(len(lp.Conditions) > 0, name+".conditions", "missing", "缺少申报条件")
		for i, cond := range lp.Conditions {
			at := name + ".conditions." + label(cond.ID, i)
			c.text(at+".id", cond.ID)
			c.That(!seen[cond.ID], at+".id", "duplicate", "编号重复")
			seen[cond.ID] = true
			c.condition(at, cond)
		}
	}
	for l := range c.policy.Levels {
		c.That(l.Valid(), fmt.Sprintf("levels.%d", int(l)), "unknown", "没有这个等级")
	}
}

func (c *policyCheck) condition(name string, cond Condition) {
	c.text(name+".text", cond.Text)
	c.atLeast(name+".min_age", cond.MinAge, 0)
	c.atLeast(name+".years", cond.Years, 0)
	c.atLeast(name+".years_since", cond.YearsSince, 0)
	c.That(cond.PriorLevel == 0 || cond.PriorLevel.Valid(), name+".prior_level", "unknown", "没有这个等级")
	asks := cond.MinAge > 0 || cond.Intends || cond.Works || cond.Years > 0 || cond.PriorLevel != 0 || cond.Education != "" || cond.Title != ""
	c.That(asks, name, "empty", "没有任何要求")
	c.That(len(cond.Evidence) > 0 && !slices.Contains(cond.Evidence, ""), name+".evidence", "missing", "缺少证明材料")
	c.source(name+".source", cond.SourceKey)
}

func (c *policyCheck) practical(name string, p PracticalPolicy) {
	c.atLeast(name+".min_examiners", p.MinExaminers, 1)
	c.That(!p.Odd || p.MinExaminers%2 == 1, name+".min_examiners", "even", "要求单数时，最少人数也应为单数")
	c.atLeast(name+".tasks", p.Tasks, 1)
	c.word(name+".combine", p.Combine, Combinations())
	if p.Per != "" {
		c.word(name+".per", p.Per, Combined())
	}
	c.That(p.Tolerance >= 0 && p.Tolerance <= fullMarks, name+".tolerance", "range", "应在0分至100分之间")
	c.word(name+".veto", p.Veto, Vetoes())
	c.atLeast(name+".setup_minutes", p.SetupMinutes, 0)
	c.atLeast(name+".call_minutes", p.CallMinutes, 0)
	c.source(name+".source", p.SourceKey)
}

func (c *policyCheck) bank(name string, b BankPolicy) {
	for _, province := range slices.Sorted(maps.Keys(b.SupplementPercent)) {
		at, percent := name+".supplement_percent."+province, b.SupplementPercent[province]
		c.That(province == "*" || Province(province) != "", at, "unknown", "省份代码不存在")
		c.That(percent >= 0 && percent <= 100, at, "range", "应在0至100之间")
	}
	c.source(name+".source", b.SourceKey)
}

func (c *policyCheck) seating(name string, r SeatRule) {
	for i, kind := range r.Apart {
		c.word(name+".apart", kind, SeatTies())
		c.That(!slices.Contains(r.Apart[:i], kind), name+".apart", "duplicate", "重复")
	}
	c.atLeast(name+".months", r.Months, 0)
}

// certificates checks the numbering and the rules of contests. A rule that names neither places nor a share would promote
// everybody.
func (c *policyCheck) certificates(name string, p CertificatePolicy) {
	for _, province := range slices.Sorted(maps.Keys(p.Numbering)) {
		mode := p.Numbering[province]
		c.That(mode == NumbersAllocated || mode == NumbersImported, name+".numbering."+province, "unknown", "应为 allocate 或 import")
		c.That(province == "*" || Province(province) != "", name+".numbering."+province, "unknown", "没有这个省份代码")
	}
	if len(p.Numbering) > 0 {
		c.source(name+".source", p.SourceKey)
	}
	seen := map[string]bool{}
	for n, r := range p.Contests {
		at := name + ".contests." + label(r.ID, n)
		c.That(r.ID != "" && !seen[r.ID], at+".id", "repeated", "编号缺失或重复")
		seen[r.ID] = true
		c.contest(at, r)
	}
}

func (c *policyCheck) contest(at string, r ContestRule) {
	c.That(Province(r.Province) != "", at+".province", "unknown", "没有这个省份代码")
	c.text(at+".class", r.Class)
	c.word(at+".group", r.Group, []string{"worker", "student"})
	one := (r.Places > 0) != (r.Percent > 0)
	c.That(one && r.Places >= 0, at+".places", "range", "名次与比例须且只能填一项")
	c.That(one && r.Percent >= 0 && r.Percent <= 100, at+".percent", "range", "名次与比例须且只能填一项，比例不超过100")
	c.That(len(r.Holds) > 0, at+".holds", "missing", "应列出已持有的等级，0为没有")
	for _, held := range r.Holds {
		c.That(held == 0 || held.Valid(), at+".holds", "unknown", "没有这个等级")
		c.That(held == 0 || r.To == 0 || r.To.Above(held), at+".to", "order", "晋升等级应高于已持有的等级")
	}
	c.That(r.To == 0 || r.To.Valid(), at+".to", "unknown", "没有这个等级；0表示须裁定")
	c.source(at+".source", r.SourceKey)
}

// accreditation checks the terms of a selection, where there are any.
func (c *policyCheck) accreditation(name string, p AccreditationPolicy) {
	if p.NoticeDays == 0 && p.LeaseYears == 0 && len(p.Materials) == 0 {
		return
	}
	c.atLeast(name+".notice_days", p.NoticeDays, 1)
	c.atLeast(name+".lease_years", p.LeaseYears, 1)
	c.materials(name+".materials", p.Materials)
	c.source(name+".source", p.SourceKey)
}

func (c *policyCheck) training(name string, p TrainingPolicy) {
	c.atLeast(name+".min_age", p.MinAge, 0)
	if p.MinAge != 0 || p.AgeSource != "" {
		c.source(name+".age_source", p.AgeSource)
	}
	if len(p.Hours) == 0 && p.SourceKey == "" {
		return
	}
	for _, l := range Levels() {
		c.atLeast(fmt.Sprintf("%s.hours.%d", name, int(l)), p.Hours[l], 1)
	}
	for l := range p.Hours {
		c.That(l.Valid(), fmt.Sprintf("%s.hours.%d", name, int(l)), "unknown", "没有这个等级")
	}
	c.source(name+".source", p.SourceKey)
}
