package separation_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/fixtures/policy"
	"github.com/skillcert/skillcert/questionbank"
)

// same pairs two persons in a state.
func (w *world) same(a, b engine.PersonID, s people.PairState) {
	w.t.Helper()
	p := &people.Pair{ID: people.PairOf(a, b), First: min(a, b), Second: max(a, b), State: s}
	if err := w.store.People().CreatePair(ctx, p); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) paths(candidates ...engine.PersonID) (out []string) {
	w.t.Helper()
	found, err := w.of("x", authz.Examiner, candidates, day)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range found {
		out = append(out, strings.Join(f.Path, " → "))
	}
	return out
}

const passing = " → 与本人同一人（另一证件） → "

// 考生用护照参加培训、用身份证报名：教过护照那个人的老师，不得考评身份证这个人。
func TestTheTeacherOfThePassportMayNotExamineTheCard(t *testing.T) {
	for state, want := range map[people.PairState][]string{
		people.PairOne:   {"考评员甘x → 任教 → 护理2603班 → 学员甘b" + passing + "甘a"},
		people.PairAsked: {"考评员甘x → 任教 → 护理2603班 → 学员甘b" + passing + "甘a"},
		people.PairTwo:   nil,
	} {
		w := open(t)
		w.record(held(separation.Teaches, person("x"), class), held(separation.Attends, person("b"), class))
		w.same("a", "b", state)
		if got := w.paths("a"); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", state, got, want)
		}
	}
}

// 老师自己也有两个证件：用一个任教，用另一个当考评员；又或者考评员的亲属有两个证件。每一处换证件都写明。
func TestEveryEndOfAChainMayHaveTwoDocuments(t *testing.T) {
	w := open(t)
	w.persons("y", "z")
	w.record(held(separation.Teaches, person("y"), class), held(separation.Attends, person("a"), class), held(separation.Kin, person("x"), person("z")))
	w.same("x", "y", people.PairOne)
	w.same("c", "z", people.PairOne)
	if got, want := w.paths("a", "b", "c"), []string{"考评员甘x" + passing + "甘y → 任教 → 护理2603班 → 学员甘a", "考评员甘x → 近亲属甘z" + passing + "甘c"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// 考评员就是考生本人，只是证件不同。
func TestNobodyExaminesThemselvesUnderAnotherDocument(t *testing.T) {
	w := open(t)
	w.same("a", "x", people.PairOne)
	w.same("a", "b", people.PairOne)
	found, err := w.of("x", authz.Examiner, []engine.PersonID{"c", "b", "a"}, day)
	if err != nil || len(found) != 2 {
		t.Fatalf("%v, %v", found, err)
	}
	for i, want := range []string{"考评员甘x" + passing + "甘a" + passing + "甘b，考生本人", "考评员甘x" + passing + "甘a，考生本人"} {
		if f := found[i]; f.Rule != separation.RuleSelf || f.String() != want {
			t.Errorf("%s %s, want %s", f.Rule, f, want)
		}
	}
}

// 用护照编写试题的人，用身份证也不得考评这套题。
func TestAnAuthorUnderAnotherDocument(t *testing.T) {
	w := open(t)
	w.same("b", "x", people.PairOne)
	p, err := w.judge.Same(ctx, separation.Paper{Name: "题库版本 2026.1", Hands: map[engine.PersonID][]questionbank.Hand{"b": {{Code: "1", Act: questionbank.ActAuthor}}}})
	if err != nil {
		t.Fatal(err)
	}
	subjects := []separation.Subject{{Person: "x", Role: authz.Examiner}}
	if !p.Known(subjects, nil) || p.Known(nil, []engine.PersonID{"a"}) {
		t.Error("known to have had a hand")
	}
	found, err := w.judge.Authors(ctx, p, subjects, []engine.PersonID{"a"})
	if err != nil || len(found) != 1 || found[0].Staff != "x" || strings.Join(found[0].Path, " → ") != "考评员甘x"+passing+"甘b → 编写试题 → 题库版本 2026.1" {
		t.Errorf("%v, %v", found, err)
	}
}

// 与本人另一证件有关的关系，本人也不能终止。
func TestNobodyEndsATieOfTheirOtherDocument(t *testing.T) {
	w := open(t)
	w.record(held(separation.Teaches, person("x"), class))
	w.same("b", "x", people.PairOne)
	ties, _, err := w.judge.TiesOf(ctx, office, person("x"), engine.Cursor{})
	if err != nil || len(ties) != 1 {
		t.Fatalf("%v, %v", ties, err)
	}
	self := supervisor
	self.Person = "b"
	if _, err := w.judge.Void(ctx, self, ties[0].ID, "记错了"); err == nil {
		t.Error("ended by themselves")
	}
	if end, _, err := w.judge.May(ctx, self, ties[0]); end || err != nil {
		t.Errorf("may end: %v, %v", end, err)
	}
}

// 排座时，同一人的两个证件算一个人：与谁有亲属关系、在哪个班，两处都算。
func TestCompanyUnderTwoDocuments(t *testing.T) {
	w := open(t)
	w.record(held(separation.Kin, person("b"), person("c")), held(separation.Attends, person("b"), class))
	w.same("a", "b", people.PairOne)
	all, err := w.judge.Company(ctx, []engine.PersonID{"a", "c"}, day, 0)
	if err != nil || len(all["a"]) != 2 || len(all["c"]) != 1 || all["a"][0] != all["c"][0] {
		t.Errorf("%v, %v", all, err)
	}
}

// reading counts how often pairs are read.
type reading struct {
	people.People
	n int
}

func (r *reading) PairsAsOne(ctx context.Context, c engine.Cursor) ([]*people.Pair, string, error) {
	r.n++
	return r.People.PairsAsOne(ctx, c)
}

func (r *reading) PairsOf(ctx context.Context, id engine.PersonID) ([]*people.Pair, error) {
	r.n++
	return r.People.PairsOf(ctx, id)
}

// One question reads who is the same once, however many days, subjects and candidates it has.
func TestAQuestionReadsPairsOnce(t *testing.T) {
	w := open(t)
	p, err := policy.Sample()
	if err != nil {
		t.Fatal(err)
	}
	read := &reading{People: w.store.People()}
	now := clock.NewManual(day.In(p.Location()))
	q := separation.NewJudge(w.store.Ties(), people.NewRegistry(read, w.store.Organisations(), []byte("key"), now), p.Ties, now).On(day, day.AddDays(14))
	for range 2 {
		if _, err := q.Findings(ctx, []separation.Subject{{Person: "x", Role: authz.Examiner}, {Person: "c", Role: authz.Leader}}, []engine.PersonID{"a", "b"}); err != nil {
			t.Fatal(err)
		}
	}
	if read.n != 1 {
		t.Errorf("read %d times", read.n)
	}
}
