package separation_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/fixtures/policy"
)

var (
	ctx        = context.Background()
	office     = authz.Principal{Account: "office", Roles: []authz.Role{authz.ExamOffice}, Org: "body"}
	supervisor = authz.Principal{Account: "supervisor", Roles: []authz.Role{authz.Supervisor}, Org: "body"}
	labour     = authz.Principal{Account: "labour", Roles: []authz.Role{authz.Labour}, Province: "12"}
	day        = date("2026-11-24")
)

func date(s string) clock.Date {
	d, err := clock.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

type world struct {
	t     testing.TB
	store *store.Store
	judge *separation.Judge
	reads *counting
}

// counting counts the pages of ties that were read.
type counting struct {
	separation.Ties
	n int
}

func (c *counting) TiesFrom(ctx context.Context, n separation.Node, k separation.Kind, cur engine.Cursor) ([]*separation.Tie, string, error) {
	c.n++
	return c.Ties.TiesFrom(ctx, n, k, cur)
}

func (c *counting) TiesTo(ctx context.Context, n separation.Node, k separation.Kind, cur engine.Cursor) ([]*separation.Tie, string, error) {
	c.n++
	return c.Ties.TiesTo(ctx, n, k, cur)
}

// open has the persons a to c and the examiner x, all of one family name.
func open(t testing.TB) *world {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	p, err := policy.Sample()
	if err != nil {
		t.Fatal(err)
	}
	s, now := store.New(db, ids.Random()), clock.NewManual(time.Date(2026, 10, 2, 1, 0, 0, 0, time.UTC))
	ties := &counting{Ties: s.Ties()}
	registry := people.NewRegistry(s.People(), s.Organisations(), []byte("key"), now)
	w := &world{t: t, store: s, reads: ties, judge: separation.NewJudge(ties, registry, p.Ties, now)}
	w.persons("a", "b", "c", "x")
	if err := s.Organisations().CreateOrganisation(ctx, &engine.Organisation{ID: "body", Name: "津衡评价", Province: "12"}); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) persons(ids ...string) {
	w.t.Helper()
	for _, id := range ids {
		if err := w.store.People().CreatePerson(ctx, &engine.Person{ID: engine.PersonID(id), Name: "甘" + id}); err != nil {
			w.t.Fatal(err)
		}
	}
}

func person(id string) separation.Node { return separation.PersonNode(engine.PersonID(id)) }

// tie is a tie with a source, as "2026-03-01" and "" give its span.
func tie(k separation.Kind, from, to separation.Node, since, until string) separation.Tie {
	t := separation.Tie{Kind: k, From: from, To: to, Source: "课表"}
	if since != "" {
		t.Since = date(since)
	}
	if until != "" {
		t.Until = date(until)
	}
	return t
}

func (w *world) record(ties ...separation.Tie) {
	w.t.Helper()
	for _, t := range ties {
		if _, err := w.judge.Record(ctx, office, t); err != nil {
			w.t.Fatal(err)
		}
	}
}

// of is what forbids one person on duty the candidates.
func (w *world) of(staff engine.PersonID, role authz.Role, candidates []engine.PersonID, on clock.Date) ([]separation.Finding, error) {
	return w.judge.On(on).Findings(ctx, []separation.Subject{{Person: staff, Role: role}}, candidates)
}

// clear is of as a refusal.
func (w *world) clear(staff engine.PersonID, role authz.Role, candidates []engine.PersonID, on clock.Date) error {
	found, err := w.of(staff, role, candidates, on)
	if err != nil {
		return err
	}
	return separation.Refused(found)
}

// found lists what forbids x the role, as "candidate rule".
func (w *world) found(role authz.Role, candidates ...engine.PersonID) []string {
	w.t.Helper()
	findings, err := w.of("x", role, candidates, day)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, f := range findings {
		out = append(out, string(f.Candidate)+" "+f.Rule)
	}
	return out
}

const (
	class = separation.Node("class:护理2603班")
	body  = separation.Node("org:津慈培训")
)

// 每条回避规则各有一例：禁止谁、不禁止谁。
func TestEachRule(t *testing.T) {
	for _, c := range []struct {
		name string
		role authz.Role
		ties []separation.Tie
		want []string
	}{
		{"nothing", authz.Examiner, nil, nil},
		{"taught the class", authz.Examiner, []separation.Tie{tie(separation.Teaches, person("x"), class, "", ""), tie(separation.Attends, person("a"), class, "", "")}, []string{"a taught-class"}},
		{"taught another", authz.Examiner, []separation.Tie{tie(separation.Teaches, person("x"), "class:二", "", ""), tie(separation.Attends, person("a"), class, "", "")}, nil},
		{"sat in the class", authz.Examiner, []separation.Tie{tie(separation.Attends, person("x"), class, "", ""), tie(separation.Attends, person("a"), class, "", "")}, nil},
		{"of the school", authz.Examiner, []separation.Tie{tie(separation.Employs, body, person("x"), "", ""), tie(separation.Trains, body, class, "", ""),
			tie(separation.Attends, person("a"), class, "", ""), tie(separation.Attends, person("b"), "class:二", "", "")}, []string{"a trained-by-employer"}},
		{"next of kin", authz.Invigilator, []separation.Tie{tie(separation.Kin, person("x"), person("b"), "", "")}, []string{"b kin"}},
		{"next of kin, said the other way", authz.Marker, []separation.Tie{tie(separation.Kin, person("b"), person("x"), "", "")}, []string{"b kin"}},
		{"kin of kin", authz.Examiner, []separation.Tie{tie(separation.Kin, person("x"), person("b"), "", ""), tie(separation.Kin, person("b"), person("a"), "", "")}, []string{"b kin"}},
		{"declared", authz.Leader, []separation.Tie{tie(separation.Declared, person("x"), person("a"), "", "")}, []string{"a declared"}},
		{"colleague of an examiner", authz.Examiner, []separation.Tie{tie(separation.Employs, body, person("x"), "", ""), tie(separation.Employs, body, person("a"), "", "")}, nil},
		{"colleague of a supervisor", authz.Supervisor, []separation.Tie{tie(separation.Employs, body, person("x"), "", ""), tie(separation.Employs, body, person("a"), "", "")}, []string{"a colleague"}},
		{"two rules", authz.Examiner, []separation.Tie{tie(separation.Declared, person("x"), person("a"), "", ""), tie(separation.Kin, person("x"), person("a"), "", "")}, []string{"a kin", "a declared"}},
		{"a role without rules", authz.Author, []separation.Tie{tie(separation.Kin, person("x"), person("a"), "", "")}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := open(t)
			w.record(c.ties...)
			if got := w.found(c.role, "a", "b"); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

// The rule on classes looks 36 months back from the day, 2026-11-24.
// 任教结束正好三十六个月的仍要回避，再早一天结束的不用；尚未开始的也不用。
func TestSpans(t *testing.T) {
	for _, c := range []struct {
		since, until string
		want         bool
	}{
		{"", "", true},
		{"2020-01-01", "2023-11-23", false},
		{"2020-01-01", "2023-11-24", true},
		{"2020-01-01", "2023-11-25", true},
		{"2020-01-01", "", true},
		{"2026-11-24", "", true},
		{"2026-11-25", "", false},
		{"2026-11-24", "2026-12-31", true},
	} {
		for _, which := range []string{"teaches", "attends"} {
			w := open(t)
			teaches, attends := tie(separation.Teaches, person("x"), class, "", ""), tie(separation.Attends, person("a"), class, "", "")
			if which == "teaches" {
				teaches = tie(separation.Teaches, person("x"), class, c.since, c.until)
			} else {
				attends = tie(separation.Attends, person("a"), class, c.since, c.until)
			}
			w.record(teaches, attends)
			if got := len(w.found(authz.Examiner, "a")) == 1; got != c.want {
				t.Errorf("%s from %s to %s: %v", which, c.since, c.until, got)
			}
		}
	}
	w := open(t)
	w.record(tie(separation.Kin, person("x"), person("a"), "1990-01-01", "1995-01-01"))
	if len(w.found(authz.Examiner, "a")) != 1 {
		t.Error("a rule without months forgot a tie")
	}
}

// 查出的回避关系用一句话写明经过：谁在哪个班任教，谁是学员，从哪月到哪月。
func TestInWords(t *testing.T) {
	w := open(t)
	teaches := tie(separation.Teaches, person("x"), class, "2026-03-02", "2026-06-30")
	employs, trains := tie(separation.Employs, body, person("x"), "2020-01-01", ""), tie(separation.Trains, body, class, "", "")
	employs.Label = "津慈职业培训学校"
	w.record(teaches, employs, trains, tie(separation.Attends, person("a"), class, "2026-03-02", "2026-06-30"), tie(separation.Kin, person("b"), person("x"), "", ""))
	err := w.clear("x", authz.Examiner, []engine.PersonID{"c", "b", "x", "a"}, day)
	var separated *separation.Separated
	if !errors.As(err, &separated) || !errors.Is(err, separation.ErrSeparated) || errs.KindOf(err) != errs.Conflict {
		t.Fatalf("%v", err)
	}
	want := []string{
		"考评员甘x → 近亲属甘b，与考生有近亲属关系的应当回避",
		"考评员甘x，考生本人",
		"考评员甘x → 任教 → 护理2603班 → 学员甘a，2026-03 至 2026-06，任课教师不得考评、监考、督导本班学员",
		"考评员甘x → 受聘于 → 津慈职业培训学校 → 开办 → 护理2603班 → 学员甘a，2026-03 至 2026-06，培训机构及与其有控股、合并关系的机构，其人员、负责人、出资人不得考评、监考、督导该机构的学员",
	}
	for i, f := range separated.Findings {
		if i >= len(want) || f.String() != want[i] {
			t.Errorf("finding %d: %s", i, f)
		}
	}
	var e *errs.Error
	if errors.As(err, &e); !strings.Contains(e.Msg, want[0]) {
		t.Errorf("what the person reads: %s", e.Msg)
	}
	if err := w.clear("x", authz.Examiner, []engine.PersonID{"c"}, day); err != nil {
		t.Errorf("a stranger: %v", err)
	}
}

// 关系登记不全、时间颠倒、没有依据的，退回并说明改哪里。
func TestRecordRefuses(t *testing.T) {
	w := open(t)
	for name, c := range map[string]separation.Tie{
		"kind":                 tie("knows", person("x"), person("a"), "", ""),
		"class teaches":        tie(separation.Teaches, class, person("x"), "", ""),
		"a class of kin":       tie(separation.Kin, person("x"), class, "", ""),
		"nobody":               tie(separation.Teaches, "person:", class, "", ""),
		"no node":              tie(separation.Teaches, "x", class, "", ""),
		"kin to oneself":       tie(separation.Kin, person("x"), person("x"), "", ""),
		"ends before it began": tie(separation.Teaches, person("x"), class, "2026-03-02", "2026-03-01"),
		"long":                 tie(separation.Teaches, person("x"), separation.ClassNode(strings.Repeat("班", 100)), "", ""),
		"no source":            {Kind: separation.Teaches, From: person("x"), To: class},
	} {
		if _, err := w.judge.Record(ctx, office, c); !errors.Is(err, separation.ErrTie) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.judge.Record(ctx, office, tie(separation.Teaches, person("nobody"), class, "", "")); !errors.Is(err, engine.ErrPerson) {
		t.Errorf("somebody who is not registered: %v", err)
	}
	if _, err := w.judge.Record(ctx, authz.Principal{Roles: []authz.Role{authz.Examiner}}, tie(separation.Teaches, person("x"), class, "", "")); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("an examiner: %v", err)
	}
}

// 关系终止要写明日期和理由，终止前的照样算数；登记有误的写明从未有过，才不再算数。
func TestRecordAndEnd(t *testing.T) {
	w := open(t)
	first, err := w.judge.Record(ctx, office, tie(separation.Kin, person("x"), person("a"), "", ""))
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.judge.Record(ctx, office, tie(separation.Kin, person("a"), person("x"), "", ""))
	if err != nil || again.ID != first.ID {
		t.Fatalf("said the other way: %+v, %v", again, err)
	}
	never := clock.Date{Year: 1, Month: 1, Day: 1}
	teaching, err := w.judge.Record(ctx, office, tie(separation.Teaches, person("x"), class, "2026-03-02", ""))
	if err != nil {
		t.Fatal(err)
	}
	w.record(tie(separation.Attends, person("b"), class, "", ""))
	for _, c := range []struct {
		until clock.Date
		want  error
		found int
	}{{date("2026-06-30"), nil, 1}, {date("2026-06-30"), nil, 1}, {date("2026-07-01"), separation.ErrTie, 1}, {date("2026-03-02"), nil, 1}, {never, separation.ErrTie, 1}} {
		if _, err := w.judge.End(ctx, supervisor, teaching.ID, c.until, "登记有误"); !errors.Is(err, c.want) {
			t.Errorf("ended on %s: %v, want %v", c.until, err, c.want)
		}
		if got := len(w.found(authz.Examiner, "b")); got != c.found {
			t.Errorf("after the end on %s: %d findings, want %d", c.until, got, c.found)
		}
	}
	got, err := w.judge.Record(ctx, office, tie(separation.Teaches, person("x"), class, "2026-03-02", ""))
	if err != nil || got.ID == teaching.ID || !got.Until.IsZero() || len(got.Trail) != 0 || len(w.found(authz.Examiner, "b")) != 1 {
		t.Errorf("claimed again, an ended tie is %+v, %v", got, err)
	}
	same, err := w.judge.Record(ctx, office, tie(separation.Teaches, person("x"), class, "2026-03-02", ""))
	if err != nil || same.ID != got.ID {
		t.Errorf("and while that holds it is one: %+v, %v", same, err)
	}
	if _, err := w.judge.End(ctx, supervisor, teaching.ID, never, " "); !errors.Is(err, separation.ErrTie) {
		t.Errorf("no reason: %v", err)
	}
	if _, err := w.judge.End(ctx, supervisor, "none", never, "登记有误"); !errors.Is(err, separation.ErrNoTie) {
		t.Errorf("no tie: %v", err)
	}
}

// 关系终止或作废以后：同一份材料再次录入，已终止的不会自动恢复；另一份材料又写了同样的关系，就另成一条，回避照旧。
func TestALiftedTieComesBackWithANewClaim(t *testing.T) {
	w := open(t)
	w.record(tie(separation.Attends, person("b"), class, "", ""))
	says := func(claim string) *separation.Tie {
		t.Helper()
		c := tie(separation.Teaches, person("x"), class, "2026-03-02", "")
		c.Claim = claim
		made, err := w.judge.Record(ctx, office, c)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	void := func(id string) {
		t.Helper()
		if _, err := w.judge.Void(ctx, supervisor, id, "登记有误"); err != nil {
			t.Fatal(err)
		}
	}
	one := says("报名表一")
	if two := says("报名表二"); two.ID != one.ID {
		t.Errorf("two papers that say the same are one tie: %+v", two)
	}
	void(one.ID)
	if again := says("报名表一"); again.ID != one.ID || !again.Voided || len(w.found(authz.Examiner, "b")) != 0 {
		t.Errorf("the same paper again: %+v", again)
	}
	two := says("报名表二")
	if two.ID == one.ID || len(w.found(authz.Examiner, "b")) != 1 {
		t.Errorf("another paper: %+v", two)
	}
	void(two.ID)
	says("报名表二")
	says("报名表一")
	if found := w.found(authz.Examiner, "b"); len(found) != 0 {
		t.Errorf("papers that were both judged: %v", found)
	}
	last, err := w.judge.Latest(ctx, office, tie(separation.Teaches, person("x"), class, "2026-03-02", ""))
	if err != nil || last.ID != two.ID {
		t.Errorf("the latest is %+v, %v", last, err)
	}
	if _, err := w.judge.Latest(ctx, office, tie(separation.Teaches, person("b"), class, "2026-03-02", "")); !errors.Is(err, separation.ErrNoTie) {
		t.Errorf("of nothing recorded: %v", err)
	}
}

// Three thousand candidates cost a few pages on the examiner's side, one candidate a few on the candidate's.
func TestManyCandidatesCostFewReads(t *testing.T) {
	w := open(t)
	w.record(tie(separation.Teaches, person("x"), class, "", ""), tie(separation.Employs, body, person("x"), "", ""), tie(separation.Trains, body, class, "", ""))
	for _, id := range []string{"a", "b"} {
		w.record(tie(separation.Attends, person(id), class, "", ""))
	}
	candidates := []engine.PersonID{"a", "b"}
	for i := range 3000 {
		candidates = append(candidates, engine.PersonID(fmt.Sprint("stranger-", i)))
	}
	w.reads.n = 0
	if got := w.found(authz.Examiner, candidates...); len(got) != 4 {
		t.Fatalf("%v", got)
	}
	if w.reads.n > 20 {
		t.Errorf("%d pages read for %d candidates", w.reads.n, len(candidates))
	}
}

// Whoever assigns duties records what forbids them, and never ends it.
// 安排岗位的人可以登记关系，不可以终止关系。
func TestWhoMayEnd(t *testing.T) {
	w := open(t)
	w.record(tie(separation.Attends, person("a"), class, "", ""))
	made, err := w.judge.Record(ctx, office, tie(separation.Teaches, person("x"), class, "2020-01-01", ""))
	if err != nil || made.Org != "body" {
		t.Fatalf("%+v, %v", made, err)
	}
	in := func(org string, role authz.Role) authz.Principal {
		return authz.Principal{Roles: []authz.Role{role}, Org: org}
	}
	for _, c := range []struct {
		by   authz.Principal
		want error
	}{
		{office, authz.ErrForbidden},
		{in("body", authz.Leader), authz.ErrForbidden},
		{in("elsewhere", authz.Supervisor), separation.ErrNoTie},
		{in("", authz.Supervisor), separation.ErrNoTie},
		{authz.Principal{Roles: labour.Roles, Province: "50"}, separation.ErrNoTie},
		{authz.Principal{Roles: labour.Roles}, separation.ErrNoTie},
		{supervisor, nil},
		{labour, nil},
	} {
		if _, err := w.judge.Void(ctx, c.by, made.ID, "登记有误"); !errors.Is(err, c.want) {
			t.Errorf("%v of %q ends: %v, want %v", c.by.Roles, c.by.Org, err, c.want)
		}
		ended := c.want == nil
		if got := len(w.found(authz.Examiner, "a")); (got == 0) != ended {
			t.Errorf("after %v of %q: %d findings", c.by.Roles, c.by.Org, got)
		}
	}
}

// A tie that one body has ended, or recorded as long over, does not stand in the way of recording that it holds.
// 一家说关系已结束，挡不住另一家说关系还在。
func TestNoTieHidesAnother(t *testing.T) {
	w := open(t)
	elsewhere := authz.Principal{Account: "office2", Roles: office.Roles, Org: "elsewhere"}
	w.record(tie(separation.Attends, person("a"), class, "", ""))
	over, holds := tie(separation.Teaches, person("x"), class, "2020-01-01", "2020-02-01"), tie(separation.Teaches, person("x"), class, "2020-01-01", "")
	for _, r := range []struct {
		by   authz.Principal
		tie  separation.Tie
		want int
	}{{office, over, 0}, {office, holds, 1}} {
		if _, err := w.judge.Record(ctx, r.by, r.tie); err != nil {
			t.Fatal(err)
		}
		if got := len(w.found(authz.Examiner, "a")); got != r.want {
			t.Errorf("%d findings, want %d", got, r.want)
		}
	}
	made, err := w.judge.Record(ctx, office, holds)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = w.judge.Void(ctx, supervisor, made.ID, "登记有误"); err != nil || len(w.found(authz.Examiner, "a")) != 0 {
		t.Fatalf("ended: %v", err)
	}
	if _, err := w.judge.Record(ctx, elsewhere, holds); err != nil || len(w.found(authz.Examiner, "a")) != 1 {
		t.Errorf("recorded by another body: %v, %d findings", err, len(w.found(authz.Examiner, "a")))
	}
	for _, c := range []struct {
		by   authz.Principal
		want int
	}{{office, 2}, {elsewhere, 1}, {labour, 3}, {authz.Principal{Roles: office.Roles}, 0}} {
		if rows, _, err := w.judge.TiesOf(ctx, c.by, person("x"), engine.Cursor{}); err != nil || len(rows) != c.want {
			t.Errorf("%q sees %d ties, %v, want %d", c.by.Org, len(rows), err, c.want)
		}
	}
}
