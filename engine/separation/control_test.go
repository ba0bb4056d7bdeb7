package separation_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// holder is somebody whom the papers of a body name.
func holder(name string, no int) engine.Person {
	return engine.Person{Name: name, IDType: engine.ResidentCard, IDNumber: demo.IDNumber(clock.Date{Year: 1980, Month: 2, Day: 1}, no, engine.Male)}
}

const groupCode = "91120000MA0600060A"

// behind lists the ties that statements left at the school, as "kind until".
func (w *staffing) behind() (all []string) {
	w.t.Helper()
	for _, k := range []separation.Kind{separation.Represents, separation.Owns} {
		rows, _, err := w.store.Ties().TiesTo(ctx, separation.OrgNode(school), k, engine.Cursor{})
		if err != nil {
			w.t.Fatal(err)
		}
		for _, t := range rows {
			all = append(all, string(k)+" "+t.Until.String())
		}
	}
	slices.Sort(all)
	return all
}

func (w *staffing) id(p engine.Person) engine.PersonID {
	w.t.Helper()
	reg := people.NewRegistry(w.store.People(), w.store.Organisations(), []byte("key"), w.clock)
	got, err := reg.Find(ctx, p.IDType, p.IDNumber)
	if err != nil {
		w.t.Fatal(err)
	}
	return got.ID
}

// 备案时登记了培训机构的法定代表人和出资人：法定代表人和出资过半的人不能考评该机构的学员，出资不到一半的可以；
// 出资的公司日后自己备案，也不能评价这些学员。再登记一次不重复；出资人变更后，原来的关系当天终止，新的开始，原出资人在回溯期内仍要回避。
func TestWhoRepresentsOrOwnsASchoolIsKeptFromItsTrainees(t *testing.T) {
	w := openStaffing(t)
	head, big, small := holder("钟离雪", 301), holder("段思齐", 303), holder("甘棠", 305)
	state := separation.Control{Representative: head, Owners: []separation.Owner{{Person: &big, Percent: 50}, {Person: &small, Percent: 10}, {Name: "津康健康集团", CreditCode: groupCode}}}
	for range 2 {
		must(t, w.judge.StateControl(ctx, labour, school, day, state))
	}
	if got := w.behind(); !slices.Equal(got, []string{"owns ", "owns ", "owns ", "represents "}) {
		t.Fatalf("%q", got)
	}
	for p, want := range map[*engine.Person]int{&head: 1, &big: 1, &small: 0} {
		got, err := w.of(w.id(*p), authz.Examiner, []engine.PersonID{"a", "b"}, day)
		if err != nil || len(got) != want {
			t.Errorf("%s: %v %v", p.Name, got, err)
		}
	}
	reg := people.NewRegistry(w.store.People(), w.store.Organisations(), []byte("key"), w.clock)
	group, err := reg.FileOrganisation(ctx, operator, engine.Organisation{Kind: engine.Employer, Name: "津康健康集团", CreditCode: groupCode, Province: "12"})
	must(t, err)
	found, err := w.judge.On(day).Findings(ctx, []separation.Subject{{Body: group.ID}}, []engine.PersonID{"a"})
	if err != nil || len(found) != 1 {
		t.Errorf("the company that owns the school: %v %v", found, err)
	}
	state.Owners = []separation.Owner{{Person: &small, Percent: 90}}
	w.broken.lose = true
	if err := w.judge.StateControl(ctx, labour, school, day, state); !errors.Is(err, errLost) {
		t.Fatal(err)
	}
	w.broken.lose = false
	for range 2 {
		must(t, w.judge.StateControl(ctx, labour, school, day, state))
	}
	over := day.String()
	if got := w.behind(); !slices.Equal(got, []string{"owns ", "owns " + over, "owns " + over, "owns " + over, "represents "}) {
		t.Errorf("%q", got)
	}
	for p, want := range map[*engine.Person]int{&big: 1, &small: 1} {
		got, err := w.of(w.id(*p), authz.Examiner, []engine.PersonID{"a"}, day.AddDays(1))
		if err != nil || len(got) != want {
			t.Errorf("%s afterwards: %v %v", p.Name, got, err)
		}
	}
}

// 填得不对的不登记：证件号码错的、比例合计超过100%的、自己出资给自己的；外省的部门和考务人员也办不了。
func TestAStatementOfControlThatIsRefused(t *testing.T) {
	head, wrong := holder("钟离雪", 301), holder("段思齐", 303)
	wrong.IDNumber = "120101199001011230"
	own := engine.Organisation{ID: "own", Kind: engine.TrainingBody, Name: "津安培训", CreditCode: groupCode, Province: "12"}
	for name, c := range map[string]struct {
		by   authz.Principal
		c    separation.Control
		want error
	}{
		"a wrong number":         {labour, separation.Control{Representative: wrong}, engine.ErrIDNumber},
		"101 percent":            {labour, separation.Control{Representative: head, Owners: []separation.Owner{{Person: &head, Percent: 60}, {Name: "甲", CreditCode: "91120000MA0600061A", Percent: 41}}}, separation.ErrControl},
		"no code":                {labour, separation.Control{Representative: head, Owners: []separation.Owner{{Name: "甲"}}}, separation.ErrControl},
		"its own owner":          {labour, separation.Control{Representative: head, Owners: []separation.Owner{{Name: "甲", CreditCode: groupCode}}}, separation.ErrControl},
		"twenty-one owners":      {labour, separation.Control{Representative: head, Owners: make([]separation.Owner, 21)}, separation.ErrControl},
		"another province":       {authz.Principal{Account: "l", Roles: []authz.Role{authz.Labour}, Province: "22"}, separation.Control{Representative: head}, authz.ErrForbidden},
		"the examination office": {office, separation.Control{Representative: head}, authz.ErrForbidden},
	} {
		w := openStaffing(t)
		must(t, w.store.Organisations().CreateOrganisation(ctx, &own))
		own.Revision = 0
		if err := w.judge.StateControl(ctx, c.by, own.ID, day, c.c); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
