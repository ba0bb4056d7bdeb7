package separation_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
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
		"a wrong number":         {labour, separation.Control{Representative: wrong}, separation.ErrControl},
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

// 法定代表人的证件、出资人的证件和代码、比例合计，哪里错都一次说完，各在各的栏；证件已登记在别人名下的也在其中，什么都没有登记。
func TestAllFaultsOfAStatementAreToldAtOnce(t *testing.T) {
	w := openStaffing(t)
	small, other := holder("甘棠", 305), holder("段思齐", 303)
	must(t, w.judge.StateControl(ctx, labour, school, day, separation.Control{Representative: other}))
	other.Name = "段思奇"
	bad := separation.Control{Representative: engine.Person{IDType: engine.ResidentCard, IDNumber: "12"}, Owners: []separation.Owner{{Person: &other, Percent: 60},
		{Name: "甲", CreditCode: "9112", Percent: 30}, {CreditCode: groupCode, Percent: 30}, {Person: &small, Percent: 101}, {Person: &small}}}
	err := w.judge.StateControl(ctx, labour, school, day, bad)
	var said *errs.Error
	if !errors.As(err, &said) || !errors.Is(err, separation.ErrControl) {
		t.Fatal(err)
	}
	var got []string
	for _, f := range said.Fields {
		got = append(got, f.Name+" "+f.Code)
	}
	slices.Sort(got)
	want := []string{"head_name form", "head_number form", "owner1_number taken", "owner2_number form", "owner3_name form", "owner4_percent range", "owner5_number twice", "owners total"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := w.behind(); !slices.Equal(got, []string{"represents "}) {
		t.Errorf("%q", got)
	}
}

// 合计100%的登记，101%的不登记；护照持有人写明出生日期和性别的可以登记。
func TestSharesOfAHundredPercent(t *testing.T) {
	w := openStaffing(t)
	head, big := holder("钟离雪", 301), engine.Person{Name: "Anna Lind", IDType: engine.Passport, IDNumber: "E1234567"}
	state := func(share int) error {
		return w.judge.StateControl(ctx, labour, school, day, separation.Control{Representative: head,
			Owners: []separation.Owner{{Person: &big, Percent: 60}, {Name: "甲", CreditCode: groupCode, Percent: share}}})
	}
	if err := state(40); !errors.Is(err, separation.ErrControl) {
		t.Errorf("born on no day: %v", err)
	}
	big.Born, big.Sex = clock.Date{Year: 1970, Month: 5, Day: 6}, engine.Female
	if err := state(41); !errors.Is(err, separation.ErrControl) {
		t.Errorf("101 percent: %v", err)
	}
	must(t, state(40))
}

// 备案机构时一并登记法定代表人和出资人：评价机构、培训机构第一次备案必须填写，续备案可以沿用原来登记的；用人单位可以不填。
// 机构的问题和法定代表人的问题一次说完，有一处不对就什么都不登记。
func TestABodyIsFiledWithWhoIsBehindIt(t *testing.T) {
	w := openStaffing(t)
	head := holder("钟离雪", 301)
	o := engine.Organisation{Kind: engine.TrainingBody, Name: "津安培训", CreditCode: groupCode, Province: "12"}
	said := func(err error) (names []string) {
		var e *errs.Error
		if errors.As(err, &e) {
			for _, f := range e.Fields {
				names = append(names, f.Name)
			}
		}
		return names
	}
	_, err := w.judge.FileBody(ctx, labour, o, day, nil)
	if got := said(err); !errors.Is(err, engine.ErrOrgInput) || !slices.Equal(got, []string{"head_name", "head_number"}) {
		t.Errorf("%v", err)
	}
	nameless := o
	nameless.Name = ""
	_, err = w.judge.FileBody(ctx, labour, nameless, day, &separation.Control{Representative: head, Owners: []separation.Owner{{Name: "甲"}}})
	if got := said(err); !slices.Equal(got, []string{"name", "owner1_number"}) {
		t.Errorf("%v", err)
	}
	if _, err := w.judge.FileBody(ctx, office, o, day, &separation.Control{Representative: head}); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("an exam office files: %v", err)
	}
	elsewhere := authz.Principal{Account: "l", Roles: []authz.Role{authz.Labour}, Province: "22"}
	if _, err := w.judge.FileBody(ctx, elsewhere, o, day, &separation.Control{Representative: head}); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("another province files: %v", err)
	}
	w.broken.lose = true
	if _, err := w.judge.FileBody(ctx, labour, o, day, &separation.Control{Representative: head}); !errors.Is(err, errLost) {
		t.Fatal(err)
	}
	w.broken.lose = false
	made, err := w.judge.FileBody(ctx, labour, o, day, &separation.Control{Representative: head})
	must(t, err)
	rows, _, err := w.store.Ties().TiesTo(ctx, separation.OrgNode(made.ID), separation.Represents, engine.Cursor{})
	if err != nil || len(rows) != 1 || rows[0].Source != "机构备案材料中的法定代表人" {
		t.Errorf("%v %v", rows, err)
	}
	o.Name = "津安职业培训"
	_, err = w.judge.FileBody(ctx, labour, o, day, nil)
	must(t, err)
	_, err = w.judge.FileBody(ctx, labour, engine.Organisation{ID: made.ID, Kind: engine.TrainingBody, Name: "另一家", CreditCode: "91120000MA0600061A", Province: "12"}, day,
		&separation.Control{Representative: head})
	if !errors.Is(err, engine.ErrOrgExists) {
		t.Errorf("another body under its id: %v", err)
	}
	_, err = w.judge.FileBody(ctx, labour, engine.Organisation{Kind: engine.Employer, Name: "某养老院", CreditCode: "91120000MA0600062A", Province: "12"}, day, nil)
	must(t, err)
}

// 津省备案的培训机构，别的省填报同一家机构：机构、备案和它背后的人一样也没有动。
func TestAnotherProvinceDoesNotTakeABodyOver(t *testing.T) {
	w := openStaffing(t)
	head, other := holder("钟离雪", 301), holder("甘棠", 305)
	o := engine.Organisation{Kind: engine.TrainingBody, Name: "津安培训", CreditCode: groupCode, Province: "12"}
	made, err := w.judge.FileBody(ctx, labour, o, day, &separation.Control{Representative: head})
	must(t, err)
	o.Province, o.Name = "22", "吉安培训"
	elsewhere := authz.Principal{Account: "l22", Roles: []authz.Role{authz.Labour}, Province: "22"}
	if _, err = w.judge.FileBody(ctx, elsewhere, o, day, &separation.Control{Representative: other}); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("another province: %v", err)
	}
	if err = w.judge.CheckFiling(ctx, elsewhere, o, &separation.Control{Representative: other}); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("it was not foreseen: %v", err)
	}
	kept, err := w.store.Organisations().Organisation(ctx, made.ID)
	must(t, err)
	ties, _, err := w.store.Ties().TiesTo(ctx, separation.OrgNode(made.ID), separation.Represents, engine.Cursor{})
	must(t, err)
	if kept.Province != "12" || kept.Name != "津安培训" || len(ties) != 1 || ties[0].From != separation.PersonNode(w.id(head)) || !ties[0].Until.IsZero() {
		t.Errorf("%+v %+v", kept, ties)
	}
}

// 出资人的身份证号码填错一位，或者日期不存在，不会当成一家机构登记，请填表的人核对；机构的代码照收，校验位不符的旧代码也收。
func TestAMistypedCardIsNoBody(t *testing.T) {
	number := holder("甘棠", 305).IDNumber
	slip := number[:17] + map[bool]string{true: "2", false: "1"}[number[17] == '1']
	for number, wrong := range map[string]bool{slip: true, "120101198002310019": true, "72" + number[2:17] + "9": true, groupCode: false, "91120000MA0600061A": false} {
		w := openStaffing(t)
		err := w.judge.StateControl(ctx, labour, school, day, separation.Control{Representative: holder("钟离雪", 301),
			Owners: []separation.Owner{{Name: "甘棠", CreditCode: number, Percent: 60}}})
		var said *errs.Error
		told := errors.As(err, &said) && len(said.Fields) == 1 && said.Fields[0].Name == "owner1_number" && said.Fields[0].Code == "card"
		if told != wrong || !wrong && err != nil || wrong && len(w.behind()) != 0 {
			t.Errorf("%s: %v %q", number, err, w.behind())
		}
	}
}
