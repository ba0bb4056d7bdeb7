package questionbank_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/storetest"
	"github.com/skillcert/skillcert/questionbank"
)

var ctx = context.Background()

// The people of the tests. Tianjin is 12, Jilin 22.
var (
	author   = person("author", authz.Author, "")
	reviewer = person("reviewer", authz.Reviewer, "")
	keeper   = person("keeper", authz.BankKeeper, "")
	deputy   = person("deputy", authz.BankKeeper, "")
	medical  = person("medical", authz.Medical, "12")
	labour   = person("labour", authz.Labour, "12")
	outsider = person("outsider", authz.Medical, "22")
)

func person(name string, role authz.Role, province string) authz.Principal {
	return authz.Principal{Account: "account:" + name, Person: name, Roles: []authz.Role{role}, Province: province}
}

// house is a bank with the store behind it.
type house struct {
	*questionbank.Bank
	ports questionbank.Ports
	clock *clock.Manual
}

var policy = engine.BankPolicy{SupplementPercent: map[string]int{"12": 10, "*": 0}}

func open(t testing.TB) *house {
	t.Helper()
	s := store.New(storetest.OpenSQLite(t), ids.Seeded(t.Name()))
	h := &house{ports: questionbank.Ports{Items: s.Items(), Tables: s.Tables(), Releases: s.Releases(), Blueprints: s.Blueprints(), Images: s.Images(),
		Corrections: s.Corrections()},
		clock: clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))}
	h.Bank = h.bank(h.ports)
	return h
}

// bank is another server over the same store, or over faulty ports.
func (h *house) bank(p questionbank.Ports) *questionbank.Bank { return h.proving(p, nil) }

func (h *house) proving(p questionbank.Ports, err error) *questionbank.Bank {
	return h.provingFor(p, map[string]error{"": err, "12": err})
}

// provingFor is a bank whose proofs say so much to candidates of a province.
func (h *house) provingFor(p questionbank.Ports, says map[string]error) *questionbank.Bank {
	prove := func(_ *questionbank.Snapshot, _ questionbank.Blueprint, province string) error { return says[province] }
	return questionbank.NewBank(p, prove, policy, h.clock)
}

// furnished is a bank with an element table for level 5.
func furnished(t testing.TB) *house {
	t.Helper()
	h := open(t)
	must(t, h.ImportTable(ctx, keeper, elementTable()))
	return h
}

func elementTable() questionbank.ElementTable {
	return questionbank.ElementTable{Occupation: "4-14-01-03", Level: engine.Level5, Edition: "2024",
		Ranges: []questionbank.Range{{Code: "A", Name: "基本要求", Weight: engine.Pt(40)}, {Code: "A-A", Name: "职业道德", Weight: engine.Pt(15)},
			{Code: "A-B", Name: "基础知识", Weight: engine.Pt(25)}, {Code: "B", Name: "相关知识", Weight: engine.Pt(60)}, {Code: "B-A", Name: "生活照护", Weight: engine.Pt(60)},
			{Code: "B-A-A", Name: "清洁照护"}},
		Points: []questionbank.Point{{Code: "A-A-001", Name: "守则", Importance: "X"}, {Code: "A-B-001", Name: "常识", Importance: "Y"},
			{Code: "B-A-A-001", Name: "口腔", Importance: "X"}, {Code: "B-A-A-002", Name: "头发", Importance: "Z"}}}
}

func single(code, province string) questionbank.ItemVersion {
	return questionbank.ItemVersion{Code: code, Level: engine.Level5, Type: questionbank.Single, Province: province, Stem: code + "，应先（ ）。",
		Options: []string{"核对", "离开", "等待"}, Key: []int{0}, Point: "A-A-001", Difficulty: 2, Seconds: 40}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// done fails on an error and gives the value through.
func done[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		must(t, err)
		return v
	}
}

func wantError(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// wantSaid expects a refusal in these words.
func wantSaid(t testing.TB, err error, want string) {
	t.Helper()
	var e *errs.Error
	if !errors.As(err, &e) || e.Msg != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func (h *house) imported(t testing.TB, drafts ...questionbank.ItemVersion) {
	t.Helper()
	done(h.ImportItems(ctx, author, drafts))(t)
}

// lead brings an item, which is a draft of version 1, to a state in the ordinary way.
func (h *house) lead(t testing.TB, code string, to questionbank.State) *questionbank.Item {
	t.Helper()
	i := done(h.ports.Items.Item(ctx, code))(t)
	province, v := i.Current().Province, i.Current().Version
	reviewed := func() { done(h.Review(ctx, reviewer, code, v))(t) }
	consented := func() {
		done(h.Consent(ctx, medical, code, v))(t)
		done(h.Consent(ctx, labour, code, v))(t)
	}
	filed := func() {
		done(h.File(ctx, keeper, code, v, authz.Medical, "国备2026-1"))(t)
		done(h.File(ctx, keeper, code, v, authz.Labour, "人备2026-1"))(t)
	}
	admitted := func() {
		i := done(h.ports.Items.Item(ctx, code))(t)
		must(t, i.Admit("R", v, keeper, h.clock.Now()))
		must(t, h.ports.Items.UpdateItem(ctx, i))
	}
	steps := map[questionbank.State][]func(){questionbank.Draft: nil, questionbank.Reviewed: {reviewed},
		questionbank.Consented: {reviewed, consented}, questionbank.Filed: {reviewed, consented, filed},
		questionbank.Admitted:  {reviewed, consented, filed, admitted},
		questionbank.Suspended: {func() { done(h.Suspend(ctx, keeper, code, "有误"))(t) }},
		questionbank.Retired:   {func() { done(h.Retire(ctx, keeper, code, "过时"))(t) }}}[to]
	if province == "" && to == questionbank.Admitted {
		steps = []func(){reviewed, admitted}
	}
	for _, step := range steps {
		step()
	}
	i = done(h.ports.Items.Item(ctx, code))(t)
	if i.State != to {
		t.Fatalf("%s is %s, want %s", code, i.State, to)
	}
	return i
}

func codes(n int, prefix string) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s-%03d", prefix, i)
	}
	return all
}
