package people_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/sqlite"
)

var (
	ctx    = context.Background()
	office = authz.Principal{Account: "office", Roles: []authz.Role{authz.ExamOffice}}
	labour = authz.Principal{Account: "labour", Person: "ju", Roles: []authz.Role{authz.Labour}, Province: "12"}
)

func open(t *testing.T) *people.Registry {
	t.Helper()
	r, _ := openStore(t)
	return r
}

func openStore(t *testing.T) (*people.Registry, *store.Store) {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := store.New(db, ids.Seeded("people"))
	return people.NewRegistry(s.People(), s.Organisations(), []byte("key"), clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))), s
}

func card(name, number string) engine.Person {
	return engine.Person{Name: name, IDType: engine.ResidentCard, IDNumber: number}
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestRegisterFillsInWhatTheCardSays(t *testing.T) {
	r := open(t)
	p := must[*engine.Person](t)(r.Register(ctx, office, card(" 阿卜杜•买买提 ", "12010119000101018x ")))
	if p.Name != "阿卜杜·买买提" || p.IDNumber != "12010119000101018X" || p.Sex != engine.Female || p.Born != (clock.Date{Year: 1900, Month: 1, Day: 1}) {
		t.Fatalf("%q %q %q %s", p.Name, p.IDNumber, p.Sex, p.Born)
	}
	if strings.Contains(string(p.ID), "1900") || !ids.Valid(string(p.ID)) {
		t.Errorf("id %s", p.ID)
	}
	found := must[*engine.Person](t)(r.Find(ctx, engine.ResidentCard, "12010119000101018x"))
	if found.ID != p.ID {
		t.Errorf("found %s, registered %s", found.ID, p.ID)
	}
}

// 证件号码、姓名、出生日期对不上的，不予登记并说明原因。
func TestRegisterRefuses(t *testing.T) {
	born := clock.Date{Year: 1900, Month: 1, Day: 2}
	with := func(f func(*engine.Person)) engine.Person {
		p := card("李明", "12010119000101018X")
		f(&p)
		return p
	}
	for name, c := range map[string]struct {
		person engine.Person
		want   error
	}{
		"check digit":       {card("李明", "110101190001010013"), engine.ErrIDNumber},
		"impossible date":   {card("李明", "120101190002290021"), engine.ErrIDNumber},
		"no number":         {card("李明", ""), engine.ErrIDNumber},
		"no name":           {card(" ", "12010119000101018X"), engine.ErrName},
		"private use":       {card("李\uE000", "12010119000101018X"), engine.ErrName},
		"other birthday":    {with(func(p *engine.Person) { p.Born = born }), engine.ErrIDNumber},
		"other sex":         {with(func(p *engine.Person) { p.Sex = engine.Male }), engine.ErrIDNumber},
		"address":           {with(func(p *engine.Person) { p.Address = strings.Repeat("路", engine.MaxAddress+1) }), people.ErrPersonInput},
		"telephone":         {with(func(p *engine.Person) { p.Phone = "打给我" }), people.ErrPersonInput},
		"kind of document":  {with(func(p *engine.Person) { p.IDType = "300" }), engine.ErrIDNumber},
		"passport, no date": {engine.Person{Name: "Li Ming", IDType: engine.OtherDoc, IDNumber: "E1234567", Sex: engine.Male}, people.ErrPersonInput},
	} {
		if _, err := open(t).Register(ctx, office, c.person); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for name, photo := range map[string][]byte{"no photo": []byte("GIF89a"), "too large": append([]byte{0xFF, 0xD8, 0xFF}, make([]byte, engine.MaxPhoto-2)...)} {
		if _, err := open(t).RegisterWith(ctx, office, card("李明", "12010119000101018X"), photo); !errors.Is(err, people.ErrPersonInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// 一个证件号码只登记一个人。
func TestOnePersonADocument(t *testing.T) {
	r := open(t)
	first := must[*engine.Person](t)(r.Register(ctx, office, card("李明", "12010119000101018X")))
	again := card("李明", "12010119000101018X")
	again.Phone, again.Address = "19900000001", "样例市春风路7号"
	photo := []byte{0xFF, 0xD8, 0xFF, 0xE0}
	for range 2 {
		got := must[*engine.Person](t)(r.RegisterWith(ctx, office, again, photo))
		if got.ID != first.ID || got.Phone != again.Phone || got.Address != again.Address || got.Photo.Size != 4 || !bytes.Equal(must[[]byte](t)(r.Photo(ctx, got)), photo) || len(got.Trail) != 2 || got.Revision != 2 {
			t.Fatalf("%+v", got)
		}
	}
	if got := must[*engine.Person](t)(r.RegisterWith(ctx, office, again, []byte{0xFF, 0xD8, 0xFF, 0xE1})); !bytes.Equal(must[[]byte](t)(r.Photo(ctx, got)), photo) {
		t.Error("a photo was replaced")
	}
	if _, err := r.Register(ctx, office, card("李铭", "12010119000101018X")); !errors.Is(err, engine.ErrSameID) {
		t.Errorf("another name: %v", err)
	}
	other := engine.Person{Name: "李明", IDType: engine.OtherDoc, IDNumber: "12010119000101018X", Born: first.Born, Sex: first.Sex}
	if _, err := r.Register(ctx, office, other); !errors.Is(err, engine.ErrIDNumber) {
		t.Errorf("the number of a resident card as another document: %v", err)
	}
	other.IDNumber = "JL2026001"
	if got := must[*engine.Person](t)(r.Register(ctx, office, other)); got.ID == first.ID {
		t.Error("another document gave the same person")
	}
}

func TestRegisterAtTheSameTime(t *testing.T) {
	r := open(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := r.Register(ctx, office, card("李明", "12010119000101018X")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestWhoMayRegister(t *testing.T) {
	r := open(t)
	p := must[*engine.Person](t)(r.Register(ctx, office, card("李明", "12010119000101018X")))
	for _, role := range authz.Roles() {
		by := authz.Principal{Account: "a", Roles: []authz.Role{role}}
		_, err := r.Register(ctx, by, card("李明", "12010119000101018X"))
		if want := authz.Allowed(role, authz.PersonWrite) || authz.Allowed(role, authz.Register) || authz.Allowed(role, authz.TrainWrite) || authz.Allowed(role, authz.OrgFile); (err == nil) != want {
			t.Errorf("%s registers: %v", role, err)
		}
		_, err = r.Person(ctx, by, p.ID)
		if want := authz.Allowed(role, authz.PersonRead); (err == nil) != want {
			t.Errorf("%s reads: %v", role, err)
		}
	}
}

func body() engine.Organisation {
	return engine.Organisation{ID: "津衡评价", Kind: engine.EvaluationBody, Name: "评价中心", CreditCode: "91120000MYYYYYY1XC", Province: "12",
		Filings: []engine.Filing{{Number: "S000012009999", Occupation: "4-14-01-03", Levels: engine.Levels(), Capacity: 100,
			From: clock.Date{Year: 2026, Month: 1, Day: 1}, To: clock.Date{Year: 2029, Month: 1, Day: 1}}}}
}

func TestFileOrganisation(t *testing.T) {
	r := open(t)
	for range 2 {
		got := must[*engine.Organisation](t)(r.FileOrganisation(ctx, labour, body()))
		if got.Revision != 1 || len(got.Trail) != 1 {
			t.Fatalf("revision %d, %d events", got.Revision, len(got.Trail))
		}
	}
	renewed := body()
	renewed.Filings[0].Capacity = 200
	if got := must[*engine.Organisation](t)(r.FileOrganisation(ctx, labour, renewed)); got.Filings[0].Capacity != 200 || len(got.Trail) != 2 {
		t.Fatalf("after the renewal: %+v", got)
	}
	for _, long := range []string{strings.Repeat("长", 60), strings.Repeat("𠮷", 50)} {
		renewed.Name = long
		must[*engine.Organisation](t)(r.FileOrganisation(ctx, labour, renewed))
	}
	other := body()
	other.CreditCode = "91120000MYYYYYY28C"
	if _, err := r.FileOrganisation(ctx, labour, other); !errors.Is(err, engine.ErrOrgExists) {
		t.Errorf("another body under the same id: %v", err)
	}
	other.ID = ""
	if got := must[*engine.Organisation](t)(r.FileOrganisation(ctx, labour, other)); got.ID == "" {
		t.Error("no id was derived")
	}
	if _, err := r.FileOrganisation(ctx, authz.Principal{Roles: []authz.Role{authz.Labour}, Province: "50"}, body()); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("another province: %v", err)
	}
	if _, err := r.FileOrganisation(ctx, authz.Principal{Roles: []authz.Role{authz.Labour}}, body()); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("bound to no province: %v", err)
	}
	if _, err := r.FileOrganisation(ctx, authz.Principal{Roles: []authz.Role{authz.Operator}}, body()); err != nil {
		t.Errorf("the operator: %v", err)
	}
	if _, err := r.FileOrganisation(ctx, office, body()); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("the office: %v", err)
	}
}

// 外省的部门填报本省已备案的机构，不论填哪个省，都不能改动它；系统管理员可以。
func TestAnotherProvinceDoesNotRefileABody(t *testing.T) {
	r := open(t)
	must[*engine.Organisation](t)(r.FileOrganisation(ctx, labour, body()))
	moved := body()
	moved.Province, moved.Name = "22", "别处的评价中心"
	_, err := r.FileOrganisation(ctx, authz.Principal{Account: "l22", Roles: []authz.Role{authz.Labour}, Province: "22"}, moved)
	if !errors.Is(err, authz.ErrForbidden) || !strings.Contains(err.Error(), "由天津备案") {
		t.Errorf("another province: %v", err)
	}
	if got := must[*engine.Organisation](t)(r.Organisation(ctx, moved.ID)); got.Province != "12" || got.Name != body().Name || len(got.Trail) != 1 {
		t.Errorf("%+v", got)
	}
	if got := must[*engine.Organisation](t)(r.FileOrganisation(ctx, authz.Principal{Roles: []authz.Role{authz.Operator}}, moved)); got.Province != "22" {
		t.Errorf("the operator: %+v", got)
	}
}

func TestFileOrganisationRefuses(t *testing.T) {
	for name, f := range map[string]func(*engine.Organisation){
		"kind":                 func(o *engine.Organisation) { o.Kind = "club" },
		"name":                 func(o *engine.Organisation) { o.Name = " " },
		"61 characters":        func(o *engine.Organisation) { o.Name = strings.Repeat("长", 61) },
		"204 bytes":            func(o *engine.Organisation) { o.Name = strings.Repeat("𠮷", 51) },
		"bidi in the name":     func(o *engine.Organisation) { o.Name = "津门\u202e中心" },
		"credit code":          func(o *engine.Organisation) { o.CreditCode = "91120000MYYYYYY1XO" },
		"province":             func(o *engine.Organisation) { o.Province = "66" },
		"no filing":            func(o *engine.Organisation) { o.Filings = nil },
		"filing number":        func(o *engine.Organisation) { o.Filings[0].Number = "S00001200999" },
		"level":                func(o *engine.Organisation) { o.Filings[0].Levels = []engine.Level{2} },
		"capacity":             func(o *engine.Organisation) { o.Filings[0].Capacity = 0 },
		"ends when it begins":  func(o *engine.Organisation) { o.Filings[0].To = o.Filings[0].From },
		"control in the id":    func(o *engine.Organisation) { o.ID = "a\n" },
		"id longer than a key": func(o *engine.Organisation) { o.ID = engine.OrgID(strings.Repeat("津", 21)) },
	} {
		o := body()
		f(&o)
		if _, err := open(t).FileOrganisation(ctx, authz.Principal{Roles: []authz.Role{authz.Labour}}, o); !errors.Is(err, engine.ErrOrgInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// 人社局给同一机构再备案：新的加在后面，原来的还在；重叠的要么先终止原备案，要么写明代替；终止后原备案仍在记录里。办了两次和办一次一样。
func TestABodyHoldsSeveralFilings(t *testing.T) {
	r, day := open(t), func(y, m int) clock.Date { return clock.Date{Year: y, Month: time.Month(m), Day: 1} }
	id := must[*engine.Organisation](t)(r.FileOrganisation(ctx, labour, body())).ID
	next := body().Filings[0]
	next.From, next.To, next.Document = day(2027, 1), day(2030, 1), " 津人社〔2026〕8号 "
	if _, err := r.AddFiling(ctx, labour, id, next); !errors.Is(err, engine.ErrFilingOverlap) || !strings.Contains(err.Error(), "第1项备案") {
		t.Errorf("overlapping: %v", err)
	}
	next.Succeeds = true
	for range 2 {
		o := must[*engine.Organisation](t)(r.AddFiling(ctx, labour, id, next))
		if f := o.Filings[1]; len(o.Filings) != 2 || o.Revision != 2 || f.No != 2 || f.Document != "津人社〔2026〕8号" || f.By != labour.Account || o.Filings[0].Until() != day(2027, 1) {
			t.Fatalf("%+v", o)
		}
	}
	end := engine.Ending{On: day(2028, 1), Reason: "机构申请注销", Document: "津人社〔2027〕30号"}
	for range 2 {
		o := must[*engine.Organisation](t)(r.EndFiling(ctx, labour, id, 2, end))
		if o.Revision != 3 || o.Filings[1].Until() != day(2028, 1) || o.Trail[2].Action != "org.filing_ended" {
			t.Fatalf("%+v", o)
		}
	}
	office2, abroad := office, labour
	abroad.Province = "50"
	for name, c := range map[string]struct {
		by   authz.Principal
		want error
	}{"an exam office": {office2, authz.ErrForbidden}, "another province": {abroad, authz.ErrForbidden}} {
		_, add := r.AddFiling(ctx, c.by, id, next)
		_, ended := r.EndFiling(ctx, c.by, id, 1, end)
		if !errors.Is(add, c.want) || !errors.Is(ended, c.want) {
			t.Errorf("%s: %v, %v", name, add, ended)
		}
	}
	_, none := r.AddFiling(ctx, labour, id, engine.Filing{})
	_, blank := r.EndFiling(ctx, labour, id, 1, engine.Ending{})
	_, over := r.EndFiling(ctx, labour, id, 1, end)
	_, third := r.EndFiling(ctx, labour, id, 3, end)
	for err, want := range map[error]error{none: engine.ErrFilingInput, blank: engine.ErrFilingInput, over: engine.ErrFilingOver, third: engine.ErrFiling} {
		if !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	o := body()
	o.Kind, o.Filings = engine.TrainingBody, nil
	if _, err := r.FileOrganisation(ctx, labour, o); !errors.Is(err, engine.ErrOrgInput) {
		t.Errorf("a body with a filing in force becomes another kind: %v", err)
	}
	o = body()
	o.Filings = append(o.Filings, next)
	if _, err := r.FileOrganisation(ctx, labour, o); !errors.Is(err, engine.ErrOrgInput) {
		t.Errorf("two at once: %v", err)
	}
}

// A credit code that fails its check may be real (domain facts §7.2): it is noted.
// 统一社会信用代码校验不符的，提示核对，不拒绝。
func TestCreditCodeThatDoesNotCheckIsNoted(t *testing.T) {
	o := body()
	o.CreditCode = "91120000MYYYYYY1X0"
	got := must[*engine.Organisation](t)(open(t).FileOrganisation(ctx, labour, o))
	if !strings.Contains(got.Trail[0].Note, "校验位") {
		t.Errorf("note %q", got.Trail[0].Note)
	}
}

// 以前按“其他证件”登记的护照，现在按护照登记或查找，仍是同一个人；号码相同而姓名不同的是另一个人。
func TestDocumentsFromBeforeThereWereKinds(t *testing.T) {
	r := open(t)
	before := engine.Person{Name: "Li Ming", IDType: engine.OtherDoc, IDNumber: "E12345678", Born: clock.Date{Year: 1900, Month: 1, Day: 2}, Sex: engine.Male}
	first := must[*engine.Person](t)(r.Register(ctx, office, before))
	now := before
	now.IDType = engine.Passport
	if got := must[*engine.Person](t)(r.Register(ctx, office, now)); got.ID != first.ID || got.IDType != engine.OtherDoc {
		t.Errorf("%s of %s", got.ID, got.IDType)
	}
	if got := must[*engine.Person](t)(r.Find(ctx, engine.Passport, "e12345678")); got.ID != first.ID {
		t.Errorf("found %s", got.ID)
	}
	now.Name = "Wang Fang"
	if got := must[*engine.Person](t)(r.Register(ctx, office, now)); got.ID == first.ID || got.IDType != engine.Passport {
		t.Errorf("another holder is %s", got.ID)
	}
}
