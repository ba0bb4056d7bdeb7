package separation_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/fixtures/policy"
)

const (
	school    = engine.OrgID("津慈培训")
	examiners = engine.OrgID("津衡评价")
	password  = "照护员的长口令十个字"
)

var operator = authz.Principal{Account: "op", Roles: []authz.Role{authz.Operator}}

// staffing is a house in which accounts leave ties. The school runs a class that a attends.
type staffing struct {
	*world
	gate   *accounts.Gate
	clock  *clock.Manual
	broken *brokenTies
}

// brokenTies loses what it is told to record: not stored, or stored and the reply lost.
type brokenTies struct {
	separation.Ties
	lose, late bool
}

var errLost = errors.New("lost")

func (b *brokenTies) RecordTie(ctx context.Context, t *separation.Tie) error {
	if b.lose {
		if b.late {
			return errors.Join(errLost, b.Ties.RecordTie(ctx, t))
		}
		return errLost
	}
	return b.Ties.RecordTie(ctx, t)
}

func (b *brokenTies) UpdateTie(ctx context.Context, t *separation.Tie) error {
	if b.lose {
		if b.late {
			return errors.Join(errLost, b.Ties.UpdateTie(ctx, t))
		}
		return errLost
	}
	return b.Ties.UpdateTie(ctx, t)
}

func openStaffing(t *testing.T) *staffing {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	p, err := policy.Sample()
	must(t, err)
	s, now := store.New(db, ids.Random()), clock.NewManual(time.Date(2026, 10, 2, 1, 0, 0, 0, time.UTC))
	w := &staffing{clock: now, broken: &brokenTies{Ties: s.Ties()}}
	registry := people.NewRegistry(s.People(), s.Organisations(), []byte("key"), now)
	w.world = &world{t: t, store: s, judge: separation.NewJudge(w.broken, registry, p.Ties, now)}
	w.gate = accounts.NewGate(s.Accounts(), s.Logins(), nil, now, ids.Seeded("gate"), accounts.Cost{KiB: 64, Passes: 1, Threads: 1}).
		Telling(separation.NewStaffing(w.judge, p.Location()))
	w.persons("a", "b", "x")
	for _, o := range []*engine.Organisation{{ID: school, Kind: engine.TrainingBody, Name: "津慈培训学校", Province: "12"},
		{ID: examiners, Kind: engine.EvaluationBody, Name: "津衡评价", Province: "12"}} {
		must(t, s.Organisations().CreateOrganisation(ctx, o))
	}
	w.record(tie(separation.Trains, separation.OrgNode(school), class, "2026-03-01", "2026-06-30"),
		tie(separation.Attends, person("a"), class, "2026-03-01", "2026-06-30"))
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// trainer and examiner are the accounts of x, at the school and at the evaluation body.
func trainer(p engine.PersonID) accounts.New {
	return accounts.New{Login: "peixun", Password: password, Name: "甘x", Person: p, Roles: []authz.Role{authz.Trainer}, Org: school, OrgKind: engine.TrainingBody}
}

func examiner() accounts.New {
	return accounts.New{Login: "kaoping", Password: password, Name: "甘x", Person: "x", Roles: []authz.Role{authz.Examiner}, Org: examiners, OrgKind: engine.EvaluationBody}
}

func (w *staffing) open(n accounts.New) {
	w.t.Helper()
	if _, err := w.gate.Create(ctx, operator, n); err != nil {
		w.t.Fatal(err)
	}
}

// sources are where the ties of x to the school come from, with their spans.
func (w *staffing) sources(org engine.OrgID) (all []string) {
	w.t.Helper()
	rows, _, err := w.store.Ties().TiesFrom(ctx, separation.OrgNode(org), separation.Employs, engine.Cursor{})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, t := range rows {
		all = append(all, t.Source+" "+t.Since.String()+" "+t.Until.String())
	}
	slices.Sort(all)
	return all
}

// 同一个人在培训机构有培训账号、在评价机构有考评员账号：不用谁来申报，就不能考评该培训机构的学员；别的考生不受影响。
// 考评员账号先建、培训账号后建，结果一样；关系上写明来自机构人员账号，不因重复办理而重复。
func TestAnExaminerWithATrainersAccountIsKeptFromTheSchoolsTrainees(t *testing.T) {
	for name, order := range map[string][]accounts.New{"the school's first": {trainer("x"), examiner()}, "the examiner's first": {examiner(), trainer("x")}} {
		t.Run(name, func(t *testing.T) {
			w := openStaffing(t)
			for _, n := range order {
				w.open(n)
			}
			if got := w.found(authz.Examiner, "a", "b"); !slices.Equal(got, []string{"a trained-by-employer"}) {
				t.Errorf("%v", got)
			}
			if _, err := w.gate.Create(ctx, operator, trainer("x")); !errors.Is(err, accounts.ErrExists) {
				t.Errorf("the same account again: %v", err)
			}
			if _, err := w.gate.Settle(ctx); err != nil {
				t.Error(err)
			}
			if got := w.sources(school); !slices.Equal(got, []string{"机构人员账号 2026-10-02 "}) {
				t.Errorf("%q", got)
			}
		})
	}
}

// 账号先建、人员后登记：登记到账号上的当天起，关系就有了；已有人使用的账号不能改给别人。
func TestAnAccountThatGetsItsPersonLater(t *testing.T) {
	w := openStaffing(t)
	w.open(examiner())
	w.open(trainer(""))
	if got := w.found(authz.Examiner, "a"); len(got) > 0 {
		t.Errorf("before: %v", got)
	}
	for range 2 {
		must(t, w.gate.Attach(ctx, operator, "peixun", &engine.Person{ID: "x", Name: "甘x"}))
	}
	if got := w.found(authz.Examiner, "a"); !slices.Equal(got, []string{"a trained-by-employer"}) {
		t.Errorf("after: %v", got)
	}
	if err := w.gate.Attach(ctx, operator, "peixun", &engine.Person{ID: "b", Name: "甘b"}); !errors.Is(err, accounts.ErrPersonSet) {
		t.Errorf("another person: %v", err)
	}
	w.open(accounts.New{Login: "later", Password: password, Name: "甘y", Person: "y", Roles: []authz.Role{authz.Trainer}, Org: school, OrgKind: engine.TrainingBody})
	w.persons("y")
	if done, err := w.gate.Settle(ctx); done != 1 || err != nil {
		t.Errorf("somebody registered after their account: %d %v", done, err)
	}
	if got := w.sources(school); len(got) != 2 {
		t.Errorf("%q", got)
	}
}

// 账号停用，聘用关系当天终止，但在回溯期内仍要回避，过了回溯期才解除；重新启用是新的一段聘用。
func TestTheTieEndsWithTheAccount(t *testing.T) {
	w := openStaffing(t)
	w.open(trainer("x"))
	w.clock.Advance(48 * time.Hour)
	for range 2 {
		must(t, w.gate.Disable(ctx, operator, "peixun"))
	}
	if got := w.sources(school); !slices.Equal(got, []string{"机构人员账号 2026-10-02 2026-10-04"}) {
		t.Errorf("%q", got)
	}
	if got := w.found(authz.Examiner, "a"); len(got) != 1 {
		t.Errorf("weeks later: %v", got)
	}
	w.clock.Advance(24 * time.Hour)
	for range 2 {
		must(t, w.gate.Enable(ctx, operator, "peixun"))
	}
	must(t, w.gate.Disable(ctx, operator, "peixun"))
	must(t, w.gate.Enable(ctx, operator, "peixun"))
	want := []string{"机构人员账号 2026-10-02 2026-10-04", "机构人员账号 2026-10-05 ", "机构人员账号 2026-10-05 2026-10-05"}
	if got := w.sources(school); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// 两个账号是两段聘用：停用一个，另一个的关系照旧。账号转到别的机构，原机构的关系终止，新机构的开始，原来的登录作废。
func TestTwoAccountsAreTwoTiesAndAMoveIsAnEndAndABeginning(t *testing.T) {
	w := openStaffing(t)
	w.open(trainer("x"))
	second := trainer("x")
	second.Login = "peixun2"
	w.open(second)
	must(t, w.gate.Disable(ctx, operator, "peixun2"))
	if got := w.sources(school); !slices.Equal(got, []string{"机构人员账号 2026-10-02 ", "机构人员账号 2026-10-02 2026-10-02"}) {
		t.Errorf("%q", got)
	}
	other := &engine.Organisation{ID: "津安培训", Kind: engine.TrainingBody, Name: "津安培训学校", Province: "12"}
	must(t, w.store.Organisations().CreateOrganisation(ctx, other))
	l, _, err := w.gate.SignIn(ctx, "peixun", password)
	must(t, err)
	must(t, w.gate.Move(ctx, operator, "peixun", other))
	if _, err := w.gate.Login(ctx, l.Access()); !errors.Is(err, accounts.ErrLoginEnded) {
		t.Errorf("signed in for the old body: %v", err)
	}
	l, _, err = w.gate.SignIn(ctx, "peixun", password)
	must(t, err)
	must(t, w.gate.Move(ctx, operator, "peixun", other))
	_, err = w.gate.Login(ctx, l.Access())
	must(t, err)
	if got := w.sources(other.ID); !slices.Equal(got, []string{"机构人员账号 2026-10-02 "}) {
		t.Errorf("%q", got)
	}
	if got := w.sources(school); slices.Contains(got, "机构人员账号 2026-10-02 ") {
		t.Errorf("%q", got)
	}
	if err := w.gate.Move(ctx, operator, "peixun", &engine.Organisation{ID: examiners, Kind: engine.EvaluationBody}); !errors.Is(err, accounts.ErrInput) {
		t.Errorf("a trainer at an evaluation body: %v", err)
	}
}

// 建账号时断电：账号已经建了、关系还没有登记的，再建一次或服务器自己都会补上，不会登记两次；停用时断电也一样。
func TestWhatWasCutOffOfAnAccountIsCompleted(t *testing.T) {
	for _, late := range []bool{false, true} {
		for _, again := range []bool{false, true} {
			w := openStaffing(t)
			complete := func(again func() error) {
				t.Helper()
				w.broken.lose = false
				if again != nil {
					must(t, again())
					return
				}
				_, err := w.gate.Settle(ctx)
				must(t, err)
			}
			create, disable := func() error { _, err := w.gate.Create(ctx, operator, trainer("x")); return err }, func() error { return w.gate.Disable(ctx, operator, "peixun") }
			if !again {
				w.broken.lose, w.broken.late = true, late
				if err := create(); !errors.Is(err, errLost) {
					t.Fatal(err)
				}
				complete(nil)
				w.broken.lose = true
				if err := disable(); !errors.Is(err, errLost) {
					t.Fatal(err)
				}
				complete(nil)
			} else {
				w.broken.lose, w.broken.late = true, late
				if err := create(); !errors.Is(err, errLost) {
					t.Fatal(err)
				}
				complete(create)
				w.broken.lose = true
				if err := disable(); !errors.Is(err, errLost) {
					t.Fatal(err)
				}
				complete(disable)
			}
			if got := w.sources(school); !slices.Equal(got, []string{"机构人员账号 2026-10-02 2026-10-02"}) {
				t.Errorf("late %v again %v: %q", late, again, got)
			}
		}
	}
}

// 没有这项功能以前就有的账号：服务器启动后，从建账号那天起补登记，停用过的按停用的日期终止。
func TestAccountsFromBeforeLeaveTheirTiesToo(t *testing.T) {
	w := openStaffing(t)
	trail := engine.Trail{{At: time.Date(2025, 1, 5, 1, 0, 0, 0, time.UTC), Action: "account.created"}, {At: time.Date(2025, 9, 1, 1, 0, 0, 0, time.UTC), Action: "account.disabled"}}
	must(t, w.store.Accounts().CreateAccount(ctx, &accounts.Account{ID: "old", Login: "old", Person: "x", Org: school, Disabled: true, Trail: trail}))
	for want := 1; want >= 0; want-- {
		if done, err := w.gate.Settle(ctx); done != want || err != nil {
			t.Errorf("%d %v, want %d", done, err, want)
		}
	}
	if got := w.sources(school); !slices.Equal(got, []string{"机构人员账号 2025-01-05 2025-09-01"}) {
		t.Errorf("%q", got)
	}
}

// 由谁登记、从哪里来，只有系统自己能写：考务人员登记的关系不能冒充由账号产生。
func TestOnlyTheServerSaysThatATieIsDerived(t *testing.T) {
	w := openStaffing(t)
	made, err := w.judge.Record(ctx, office, separation.Tie{Kind: separation.Kin, From: person("x"), To: person("a"), Source: "申报", Origin: "account:1#1"})
	must(t, err)
	if made.Origin != "" {
		t.Errorf("%+v", made)
	}
}
