package separation_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/separation"
)

// 人社局只登记涉及本省机构的关系：两端至少有一家机构在本省。人员之间的关系不属于哪个省，没有备案的机构也是。
func TestAnAuthorityRecordsForItsProvince(t *testing.T) {
	w := open(t)
	if err := w.store.Organisations().CreateOrganisation(ctx, &engine.Organisation{ID: "chongqing", Name: "渝培训", Province: "50"}); err != nil {
		t.Fatal(err)
	}
	here, there := separation.OrgNode("body"), separation.OrgNode("chongqing")
	for name, c := range map[string]struct {
		tie  separation.Tie
		want error
	}{
		"本省机构":      {tie(separation.Employs, here, person("x"), "", ""), nil},
		"外省机构":      {tie(separation.Employs, there, person("x"), "", ""), separation.ErrTieProvince},
		"本省机构和外省机构": {tie(separation.Owns, there, here, "", ""), nil},
		"近亲属":       {tie(separation.Kin, person("x"), person("a"), "", ""), nil},
		"没有备案的机构":   {tie(separation.Employs, body, person("x"), "", ""), nil},
	} {
		if _, err := w.judge.Record(ctx, labour, c.tie); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := w.judge.Record(ctx, office, tie(separation.Employs, there, person("x"), "", "")); err != nil {
		t.Errorf("a body records what it knows: %v", err)
	}
}

// 没有写开始日期的关系，登记有误的也能终止为从未成立，此后不再有任何作用。
func TestATieThatNeverHeld(t *testing.T) {
	w := open(t)
	made, err := w.judge.Record(ctx, office, tie(separation.Kin, person("x"), person("a"), "", ""))
	if err != nil || len(w.found("examiner", "a")) != 1 {
		t.Fatalf("%v", err)
	}
	ended, err := w.judge.Void(ctx, supervisor, made.ID, "同名，登记有误")
	if err != nil || !ended.Never() || len(w.found("examiner", "a")) != 0 {
		t.Errorf("%+v, %v", ended, err)
	}
	near, err := w.judge.Neighbourhood(ctx, office, person("x"), 8, 3)
	if err != nil || len(near.Branches) != 0 {
		t.Errorf("what never held is drawn: %+v, %v", near, err)
	}
	if rows, _, err := w.judge.Listed(ctx, office, person("x"), engine.Cursor{}); err != nil || len(rows) != 1 || rows[0].Near.Name != "甘a" {
		t.Errorf("it stays on the list: %+v, %v", rows, err)
	}
}

// 关系图：两步以内，每个对象最多画规定的条数，多出的注明还有；别的机构登记的关系不在其中。
func TestNeighbourhood(t *testing.T) {
	w := open(t)
	w.record(tie(separation.Teaches, person("x"), class, "", ""), tie(separation.Employs, body, person("x"), "", ""))
	for _, p := range []string{"a", "b", "c"} {
		w.record(tie(separation.Attends, person(p), class, "", ""))
	}
	foreign := office
	foreign.Org = "elsewhere"
	if _, err := w.judge.Record(ctx, foreign, tie(separation.Kin, person("x"), person("c"), "", "")); err != nil {
		t.Fatal(err)
	}
	near, err := w.judge.Neighbourhood(ctx, office, person("x"), 8, 2)
	if err != nil {
		t.Fatal(err)
	}
	got := near.Name
	for _, b := range near.Branches {
		got += fmt.Sprint(" ", b.Tie.Kind, " ", b.Back, " ", b.Near.Name, len(b.Near.Branches), b.Near.More)
	}
	if want := "甘x employs true 津慈培训0 false teaches false 护理2603班2 true"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if near, err = w.judge.Neighbourhood(ctx, office, person("x"), 1, 2); err != nil || !near.More || len(near.Branches) != 1 {
		t.Errorf("%+v, %v", near, err)
	}
}
