package control_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/practical/control"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/fixtures/policy"
	"github.com/skillcert/skillcert/questionbank"
)

// The bank has one task: a criterion of ten points, one with the levels 0, 2 and 4, and two critical errors.

var task = questionbank.Task{Code: "P1", Level: engine.Level5, Name: "翻身", Points: engine.Pt(14),
	Criteria: []questionbank.Criterion{{No: "1", Text: "核对", Points: engine.Pt(10)}, {No: "2", Text: "翻身", Points: engine.Pt(4),
		Levels: []questionbank.CriterionLevel{{Points: 0}, {Points: engine.Pt(2)}, {Points: engine.Pt(4)}}}},
	Vetoes: []questionbank.Veto{{Code: "V1", Text: "坠床"}, {Code: "V2", Text: "未核对"}}}

type (
	points = map[string]engine.Points
	text   = map[string]string
)

func entry(first, second engine.Points, vetoes ...string) control.Entry {
	e := control.Entry{Scores: map[string]map[string]engine.Points{"P1": {"1": first, "2": second}}}
	for _, v := range vetoes {
		e.Vetoes = append(e.Vetoes, practical.VetoMark{Task: "P1", Code: v, Note: "看到了"})
	}
	return e
}

type world struct {
	*testing.T
	clock *clock.Manual
	desk  *control.Desk
	reg   control.Register
}

func newWorld(t *testing.T, adjust ...func(*engine.Policy)) *world {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	st, w := store.New(db, ids.Seeded("store")), &world{T: t, clock: clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))}
	pol, err := policy.Sample()
	w.must(err)
	for _, f := range adjust {
		f(&pol)
	}
	registry := people.NewRegistry(st.People(), st.Organisations(), []byte("key"), w.clock)
	for _, id := range []engine.PersonID{"l1", "l2", "l3", "e1", "e2", "far"} {
		w.must(st.People().CreatePerson(t.Context(), &engine.Person{ID: id, Name: "名" + string(id)}))
	}
	for _, o := range []engine.Organisation{{ID: "body", Province: "12"}, {ID: "other", Province: "12"}, {ID: "away", Province: "22"}} {
		w.must(st.Organisations().CreateOrganisation(t.Context(), &o))
	}
	b := questionbank.NewBank(questionbank.Ports{Items: st.Items(), Tables: st.Tables(), Releases: st.Releases(), Blueprints: st.Blueprints()}, nil, pol.Bank, w.clock)
	x := task
	w.must(st.Tables().PutTask(t.Context(), &x))
	for _, s := range []questionbank.ReleaseState{questionbank.Published, questionbank.Withdrawn} {
		w.must(st.Releases().CreateRelease(t.Context(), &questionbank.Release{ID: string(s), State: s, Tables: map[engine.Level]questionbank.ElementTable{engine.Level5: {}}}))
	}
	w.reg = control.Register{Markings: st.ControlMarkings(), People: registry}
	w.desk = control.NewDesk(control.Ports{Controls: st.Controls(), Markings: st.ControlMarkings(), People: registry, Bank: b}, pol, w.clock, ids.Seeded("control"))
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) wants(err, want error) {
	w.Helper()
	if !errors.Is(err, want) {
		w.Errorf("got %v, want %v", err, want)
	}
}

func who(person, org string, role authz.Role) authz.Principal {
	return authz.Principal{Account: "account:" + person, Person: person, Name: person, Roles: []authz.Role{role}, Org: org}
}

func leader(person string) authz.Principal   { return who(person, "body", authz.Leader) }
func examiner(person string) authz.Principal { return who(person, "body", authz.Examiner) }

var draft = control.New{Task: "P1", Release: "published", Text: control.Text{Title: "未拉床栏", Steps: []string{"核对腕带", " ", "翻身，未拉床栏"}}}

// rating is a control performance that is given to the experts.
func (w *world) rating(by authz.Principal, n control.New) *control.Control {
	w.Helper()
	c, err := w.desk.Write(w.Context(), by, n)
	w.must(err)
	_, err = w.desk.Submit(w.Context(), by, c.ID)
	w.must(err)
	return c
}

func (w *world) rate(by authz.Principal, id control.ID, e control.Entry) {
	w.Helper()
	m, err := w.desk.Rate(w.Context(), by, id, 0, e)
	w.must(err)
	_, err = w.desk.SignRating(w.Context(), by, id, m.Seen())
	w.must(err)
}

// agree sets a reference down for somebody who has the page as it stands.
func (w *world) agree(by authz.Principal, id control.ID, e control.Entry, why text) (*control.Control, error) {
	w.Helper()
	v, err := w.desk.Show(w.Context(), by, id)
	w.must(err)
	return w.desk.Agree(w.Context(), by, id, v.Control.Revision, control.Agreed{Entry: e, Reasons: why})
}

// 两名专家同时打开商定页面：一人登记以后，另一人按旧页面登记的不覆盖前一人的，请其重新载入查看；同一人因没有收到答复而重按一次，不算改动。
func TestAReferenceIsNotSetDownOverOneNobodySaw(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	c := w.rating(leader("l1"), draft)
	w.rate(leader("l1"), c.ID, entry(800, 400))
	w.rate(leader("l2"), c.ID, entry(700, 400))
	v, err := w.desk.Show(ctx, leader("l1"), c.ID)
	w.must(err)
	seen := v.Control.Revision
	first := control.Agreed{Entry: entry(800, 400), Reasons: reasons}
	got, err := w.desk.Agree(ctx, leader("l1"), c.ID, seen, first)
	w.must(err)
	_, err = w.desk.Agree(ctx, leader("l2"), c.ID, seen, control.Agreed{Entry: entry(700, 400), Reasons: reasons})
	w.wants(err, control.ErrReferenceStale)
	again, err := w.desk.Agree(ctx, leader("l1"), c.ID, seen, first)
	w.must(err)
	if again.Revision != got.Revision || again.Reference.By != "l1" || again.Reference.Scores["P1"]["1"] != 800 {
		t.Errorf("%+v, then %+v", got, again)
	}
	got, err = w.desk.Agree(ctx, leader("l2"), c.ID, got.Revision, control.Agreed{Entry: entry(700, 400), Reasons: reasons})
	if w.must(err); got.Reference.By != "l2" || got.Reference.Scores["P1"]["1"] != 700 {
		t.Errorf("%+v", got.Reference)
	}
}

var reasons = text{"1": "漏看床号"}

// confirmed has the reference 8 and 4 points with the critical error V1.
func (w *world) confirmed(n control.New, by ...authz.Principal) control.ID {
	w.Helper()
	if len(by) == 0 {
		by = []authz.Principal{leader("l1"), leader("l2")}
	}
	c := w.rating(by[0], n)
	w.rate(by[0], c.ID, entry(800, 400, "V1"))
	w.rate(by[1], c.ID, entry(700, 400))
	got, err := w.agree(by[0], c.ID, entry(800, 400, "V1"), reasons)
	w.must(err)
	_, err = w.desk.Confirm(w.Context(), by[1], c.ID, got.Revision)
	w.must(err)
	return c.ID
}

func (w *world) take(person string, id control.ID, e control.Entry) *control.Work {
	w.Helper()
	m, err := w.desk.Save(w.Context(), examiner(person), id, 0, e)
	w.must(err)
	got, err := w.desk.Sign(w.Context(), examiner(person), id, m.Seen())
	w.must(err)
	return got
}

func (w *world) until(person engine.PersonID, body engine.OrgID) string {
	w.Helper()
	all, err := w.reg.Calibrated(w.Context(), body, []engine.PersonID{person})
	w.must(err)
	if d, ok := all[person]; ok {
		return d.String()
	}
	return ""
}

// 定标评分由两名专家各自独立评分、签名后商定，并由另一名专家确认。签名之前看不到别人的评分；一个人定不了标；确认以后不再改动。
func TestAReferenceTakesTwoWhoRatedAlone(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	c := w.rating(leader("l1"), draft)
	w.rate(leader("l1"), c.ID, entry(800, 400, "V1"))
	v, err := w.desk.Show(ctx, leader("l2"), c.ID)
	w.must(err)
	if len(v.Raters) != 1 || v.Raters[0].Sheet != nil {
		t.Errorf("the second rater sees the first's sheet: %+v", v.Raters)
	}
	_, err = w.agree(leader("l1"), c.ID, entry(800, 400, "V1"), reasons)
	w.wants(err, control.ErrFewRatings)
	w.rate(leader("l2"), c.ID, entry(700, 400))
	v, err = w.desk.Show(ctx, leader("l2"), c.ID)
	w.must(err)
	if len(v.Raters) != 2 || v.Raters[0].Sheet == nil {
		t.Errorf("who has signed does not see the others: %+v", v.Raters)
	}
	for name, bad := range map[string]struct {
		e control.Entry
		r text
	}{"above both": {entry(900, 400), reasons}, "below both": {entry(600, 400), reasons}, "a critical error nobody saw": {entry(800, 400, "V2"), reasons},
		"no reason": {entry(800, 400), nil}, "a criterion left out": {control.Entry{Scores: map[string]points{"P1": {"1": 800}}}, reasons},
		"a reason for nothing": {entry(800, 400), text{"1": "x", "9": "y"}}} {
		if _, err := w.agree(leader("l1"), c.ID, bad.e, bad.r); !errors.Is(err, control.ErrReference) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = w.agree(leader("l3"), c.ID, entry(800, 400), reasons)
	w.wants(err, control.ErrNotRater)
	got, err := w.agree(leader("l1"), c.ID, entry(800, 400, "V1"), reasons)
	w.must(err)
	_, err = w.desk.Confirm(ctx, leader("l1"), c.ID, got.Revision)
	w.wants(err, control.ErrSamePerson)
	_, err = w.desk.Confirm(ctx, leader("l3"), c.ID, got.Revision)
	w.wants(err, control.ErrNotRater)
	_, err = w.desk.Confirm(ctx, leader("l2"), c.ID, got.Revision-1)
	w.wants(err, engine.ErrStale)
	got, err = w.desk.Confirm(ctx, leader("l2"), c.ID, got.Revision)
	w.must(err)
	_, err = w.agree(leader("l2"), c.ID, entry(700, 400), reasons)
	w.wants(err, control.ErrState)
	_, err = w.desk.Amend(ctx, leader("l1"), c.ID, got.Revision, control.Text{Title: "改", Steps: []string{"改"}})
	w.wants(err, control.ErrState)
	next, err := w.desk.Renew(ctx, leader("l3"), c.ID)
	w.must(err)
	if next.Edition != 2 || next.State != control.Draft || next.Reference != nil {
		t.Errorf("the next edition: %+v", next)
	}
}

// 考评员独自用样例评分，签名之前看不到定标评分；签名一次，之后逐项看到自己的评分、定标评分和理由。
func TestAnExaminerIsCalibratedAloneAndOnce(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	id := w.confirmed(draft)
	got, err := w.desk.Calibration(ctx, examiner("e1"), id)
	w.must(err)
	if got.Control.Reference != nil || got.Comparison != nil || got.Control.Trail != nil {
		t.Fatal("the reference is shown before the own sheet is signed")
	}
	_, err = w.desk.Sign(ctx, examiner("e1"), id, 0)
	w.wants(err, practical.ErrUnscored)
	_, err = w.desk.Save(ctx, examiner("e1"), id, 0, entry(1100, 300))
	w.wants(err, practical.ErrScore)
	done := w.take("e1", id, entry(700, 200, "V2"))
	x := done.Comparison
	if l := x.Lines[0]; l.Off() != -100 || l.Reference != 800 || l.Reason != "漏看床号" || !l.Adjacent {
		t.Errorf("first criterion: %+v", l)
	}
	if len(x.Missed) != 1 || x.Missed[0].Code != "V1" || len(x.False) != 1 || x.False[0].Code != "V2" || len(x.Found) != 0 {
		t.Errorf("critical errors: %+v", x)
	}
	if done.Marking.Outcome.Passed || w.until("e1", "body") != "" {
		t.Error("a missed critical error passes")
	}
	_, err = w.desk.Save(ctx, examiner("e1"), id, done.Seen(), entry(800, 400, "V1"))
	w.wants(err, practical.ErrSigned)
	again, err := w.desk.Sign(ctx, examiner("e1"), id, done.Seen())
	w.must(err)
	if again.Seen() != done.Seen() {
		t.Error("signing again changed the sheet")
	}
}

// 参与编写、定标的人不能用这份样例校准；别的机构的样例看不到，全省的样例各机构都能用；停用后不再校准，已合格的照旧。
func TestWhoMayTakeWhichControlPerformance(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	id := w.confirmed(draft)
	_, err := w.desk.Calibration(ctx, leader("l2"), id)
	w.wants(err, control.ErrInvolved)
	_, err = w.desk.Calibration(ctx, who("far", "other", authz.Examiner), id)
	w.wants(err, control.ErrControl)
	_, err = w.desk.Show(ctx, who("far", "other", authz.Leader), id)
	w.wants(err, control.ErrControl)
	if v, err := w.desk.Show(ctx, leader("l3"), id); err != nil || v.Control.Reference != nil || v.Raters[0].Sheet != nil {
		t.Errorf("a leader who rated nothing sees the reference: %v", err)
	}
	of := func(p, org string) authz.Principal { x := who(p, org, authz.Leader); x.Province = "12"; return x }
	province := draft
	province.Provincial = true
	_, err = w.desk.Write(ctx, leader("l1"), province)
	w.wants(err, authz.ErrForbidden)
	all := w.confirmed(province, of("l1", "body"), of("far", "other"))
	w.take("e1", all, entry(800, 400, "V1"))
	if w.until("e1", "body") != "2027-03-02" || w.until("e1", "other") != "2027-03-02" || w.until("e1", "away") != "" {
		t.Errorf("calibrated: %s, %s, %s", w.until("e1", "body"), w.until("e1", "other"), w.until("e1", "away"))
	}
	_, err = w.desk.Retire(ctx, leader("l3"), id, " ")
	w.wants(err, control.ErrInput)
	_, err = w.desk.Retire(ctx, leader("l3"), id, "题目已修订")
	w.must(err)
	_, err = w.desk.Calibration(ctx, examiner("e2"), id)
	w.wants(err, control.ErrControl)
	for _, r := range authz.Roles() {
		if r != authz.Leader && r != authz.Examiner {
			if _, err := w.desk.Calibrations(ctx, who("e1", "body", r)); err == nil {
				t.Errorf("%s is calibrated", r)
			}
		}
	}
	withdrawn := draft
	withdrawn.Release = "withdrawn"
	_, err = w.desk.Write(ctx, leader("l1"), withdrawn)
	w.wants(err, control.ErrRelease)
}

// 校准合格自签名之日起十二个月有效；以最近一次为准，后来不合格的，到再次合格之前不算校准过。政策没有规定的，不作判定。
func TestTheLatestCalibrationCounts(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	first, second := w.confirmed(draft), w.confirmed(draft)
	w.take("e1", first, entry(400, 400, "V1")) // 40% of ten points away: as far as the rule lets it be
	if got := w.until("e1", "body"); got != "2027-03-02" {
		t.Errorf("after the pass: %q", got)
	}
	lines, err := w.desk.Overview(ctx, leader("l1"), []control.Member{{Person: "e2"}})
	w.must(err)
	if len(lines) != 2 || !lines[0].Holds || lines[0].Passed != 1 || lines[0].Bias != -2 || lines[1].Holds || lines[1].Performances != 0 {
		t.Errorf("overview: %+v", lines)
	}
	w.clock.Advance(time.Hour)
	w.take("e1", second, entry(399, 400, "V1"))
	if got := w.until("e1", "body"); got != "" {
		t.Errorf("after the failure: %q", got)
	}
	no := newWorld(t, func(p *engine.Policy) { p.Calibration = engine.CalibrationPolicy{} })
	if got := no.take("e1", no.confirmed(draft), entry(0, 0)); got.Marking.Outcome != nil || got.Comparison == nil {
		t.Errorf("judged without a rule: %+v", got.Marking.Outcome)
	}
}

func comparison(t *rapid.T) control.Comparison {
	ref := entry(engine.Points(rapid.Int32Range(0, 1000).Draw(t, "r1")), engine.Pt(2*rapid.IntRange(0, 2).Draw(t, "r2")))
	own := entry(engine.Points(rapid.Int32Range(0, 1000).Draw(t, "m1")), engine.Pt(2*rapid.IntRange(0, 2).Draw(t, "m2")))
	c := &control.Control{Task: task, Reference: &control.Reference{Scores: ref.Scores}}
	return control.Compare(c, &practical.Sheet{Scores: own.Scores})
}

// 样例的先后次序不影响统计结果，最后一位也不变；偏差的绝对值不大于平均绝对偏差；完全一致的必为相邻一致。
func TestTheOrderOfPerformancesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Custom(comparison), 0, 8).Draw(t, "all")
		a := control.Agree(all)
		shuffled := append([]control.Comparison(nil), all...)
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		b := control.Agree(shuffled)
		if (a.Error == nil) != (b.Error == nil) || a.Error != nil && *a.Error != *b.Error {
			t.Fatal("another standard error")
		}
		if a.Error, b.Error = nil, nil; a != b {
			t.Fatalf("%+v, shuffled %+v", a, b)
		}
		if math.Abs(a.Bias) > a.Apart || a.Exact > a.Adjacent || a.Adjacent > a.Criteria || a.Criteria != 2*len(all) {
			t.Fatalf("%+v", a)
		}
	})
}

// 与定标评分完全相同的考评员，偏差为零、全部一致，任何规则都合格；每项偏差越大，越不会由不合格变为合格。
func TestAnExactRaterHasNoDeviation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := entry(engine.Points(rapid.Int32Range(0, 1000).Draw(t, "p")), 200, "V1")
		c := &control.Control{Task: task, Reference: &control.Reference{Scores: e.Scores, Vetoes: e.Vetoes}}
		x := control.Compare(c, &practical.Sheet{Scores: e.Scores, Vetoes: e.Vetoes})
		if a := control.Agree([]control.Comparison{x, x}); a.Bias != 0 || a.Apart != 0 || *a.Error != 0 || a.Exact != 4 || a.Adjacent != 4 || a.Missed+a.False != 0 || a.Vetoes != 2 {
			t.Fatalf("%+v", a)
		}
		if !x.Passes(engine.CalibrationPolicy{Months: 1}) {
			t.Fatal("the reference itself does not pass")
		}
		rule := engine.CalibrationPolicy{MaxPercent: rapid.IntRange(0, 100).Draw(t, "share"), Months: 1}
		y := comparison(t)
		near := y.Passes(rule)
		l := &y.Lines[0]
		if l.Mark >= l.Reference && l.Mark < l.Criterion.Points {
			l.Mark++
		} else if l.Mark < l.Reference && l.Mark > 0 {
			l.Mark--
		}
		if !near && y.Passes(rule) {
			t.Fatal("further away passes")
		}
	})
}

// The standard error is that of the mean of a sample: deviations of 1, 1, -1 and -1 points have √(4/3)/2.
func TestStandardError(t *testing.T) {
	x := control.Comparison{Lines: []control.Line{{Mark: 100}, {Mark: 100}, {Reference: 100}, {Reference: 100}}}
	a := control.Agree([]control.Comparison{x})
	if a.Bias != 0 || a.Apart != 1 || math.Abs(*a.Error-math.Sqrt(4.0/3)/2) > 1e-12 {
		t.Errorf("%+v %v", a, *a.Error)
	}
}
