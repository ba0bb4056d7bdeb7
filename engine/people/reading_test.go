package people_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/store"
)

// desk is a registry with its counter, one person registered by the operator who applied at body o, and who comes there.
type desk struct {
	*people.Registry
	counter  *people.Counter
	store    *store.Store
	readings *failing
	person   *engine.Person
}

// failing is a repository of readings that can be made to keep nothing.
type failing struct {
	people.Readings
	err error
}

func (f *failing) RecordReading(ctx context.Context, r *people.Reading) error {
	if f.err != nil {
		return f.err
	}
	return f.Readings.RecordReading(ctx, r)
}

var (
	operator = authz.Principal{Account: "guanli", Name: "齐思远", Roles: []authz.Role{authz.Operator}}
	ours     = authz.Principal{Account: "kaowu", Name: "韦清和", Roles: []authz.Role{authz.ExamOffice}, Org: "o"}
	theirs   = authz.Principal{Account: "kaowu2", Name: "葛文心", Roles: []authz.Role{authz.ExamOffice}, Org: "elsewhere"}
)

func atTheDesk(t *testing.T) desk {
	t.Helper()
	r, s := openStore(t)
	f := &failing{Readings: s.Readings()}
	entry := card("李明", "12010119000101018X")
	entry.Phone = "19900000001"
	d := desk{Registry: r, counter: people.NewCounter(r, f, ids.Seeded("counter")), store: s, readings: f,
		person: must[*engine.Person](t)(r.Register(ctx, operator, entry))}
	applied(t, s, d.person.ID, "o")
	return d
}

// 看完整的证件号码和手机号码前先留下记录：谁、看谁的、看什么、为什么、什么时候。
func TestReadingInClearIsOnRecordFirst(t *testing.T) {
	d := atTheDesk(t)
	shown, err := d.counter.Show(ctx, ours, d.person.ID, " 核对报名材料 ", people.DetailNumber)
	if err != nil || shown != (people.Shown{Number: "12010119000101018X"}) {
		t.Fatalf("%+v, %v", shown, err)
	}
	shown, err = d.counter.Show(ctx, operator, d.person.ID, "联系考生", people.DetailPhone)
	if err != nil || shown != (people.Shown{Phone: "19900000001"}) {
		t.Fatalf("%+v, %v", shown, err)
	}
	rows, _, err := d.counter.ReadingsOf(ctx, labour, d.person.ID, engine.Cursor{})
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d readings, %v", len(rows), err)
	}
	by := map[string]*people.Reading{rows[0].Account: rows[0], rows[1].Account: rows[1]}
	if r := by["kaowu"]; r == nil || r.Name != "韦清和" || r.Org != "o" || r.Purpose != "核对报名材料" || r.Count != 1 ||
		!slices.Equal(r.Fields, []people.Detail{people.DetailNumber}) || !r.At.Equal(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", r)
	}
}

// 记录写不下来，就什么也看不到。
func TestNothingIsShownThatCannotBeRecorded(t *testing.T) {
	d := atTheDesk(t)
	d.readings.err = errors.New("disk full")
	if shown, err := d.counter.Show(ctx, ours, d.person.ID, "核对报名材料", people.DetailNumber); !errors.Is(err, d.readings.err) || shown != (people.Shown{}) {
		t.Errorf("%+v, %v", shown, err)
	}
	if err := d.counter.Export(ctx, ours, "上报表", "上报", 3, people.DetailNumber); !errors.Is(err, d.readings.err) {
		t.Errorf("an export: %v", err)
	}
}

// 与此人无关的机构看不到，也查不到；没有写明用途的不给看。
func TestWhoMayReadInClear(t *testing.T) {
	d := atTheDesk(t)
	for name, c := range map[string]struct {
		by      authz.Principal
		purpose string
		fields  []people.Detail
		want    error
	}{
		"another body":    {theirs, "核对报名材料", []people.Detail{people.DetailNumber}, people.ErrNotOurs},
		"no body":         {authz.Principal{Account: "x", Roles: ours.Roles}, "核对报名材料", []people.Detail{people.DetailNumber}, people.ErrNotOurs},
		"an authority":    {labour, "核对报名材料", []people.Detail{people.DetailNumber}, authz.ErrForbidden},
		"the public":      {authz.Anonymous(), "核对报名材料", []people.Detail{people.DetailNumber}, authz.ErrUnauthenticated},
		"no purpose":      {ours, " ", []people.Detail{people.DetailNumber}, people.ErrPurpose},
		"one character":   {ours, "查", []people.Detail{people.DetailNumber}, people.ErrPurpose},
		"201 characters":  {ours, strings.Repeat("查", 201), []people.Detail{people.DetailNumber}, people.ErrPurpose},
		"nothing to read": {ours, "核对报名材料", nil, people.ErrPurpose},
		"unknown detail":  {ours, "核对报名材料", []people.Detail{"photo"}, people.ErrPurpose},
	} {
		if shown, err := d.counter.Show(ctx, c.by, d.person.ID, c.purpose, c.fields...); !errors.Is(err, c.want) || shown != (people.Shown{}) {
			t.Errorf("%s: %+v, %v, want %v", name, shown, err, c.want)
		}
	}
	for _, purpose := range []string{"核对", strings.Repeat("查", 200)} {
		if _, err := d.counter.Show(ctx, ours, d.person.ID, purpose, people.DetailPhone, people.DetailNumber); err != nil {
			t.Errorf("%d characters: %v", len([]rune(purpose)), err)
		}
	}
	if rows, _, err := d.counter.ReadingsOf(ctx, labour, d.person.ID, engine.Cursor{}); err != nil || len(rows) != 2 {
		t.Errorf("what was refused is on record as read: %d, %v", len(rows), err)
	}
}

// 质量督导员看得到本机构和系统管理员的查阅记录，主管部门看得到全部，其他人看不到。
func TestWhoMayListReadings(t *testing.T) {
	d := atTheDesk(t)
	applied(t, d.store, d.person.ID, "elsewhere")
	for _, by := range []authz.Principal{ours, theirs, operator} {
		if _, err := d.counter.Show(ctx, by, d.person.ID, "核对", people.DetailNumber); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.counter.Export(ctx, ours, "全国上报表 s1.xlsx", "上报", 40, people.DetailNumber); err != nil {
		t.Fatal(err)
	}
	supervisor := authz.Principal{Account: "dudao", Roles: []authz.Role{authz.Supervisor}, Org: "o"}
	for _, c := range []struct {
		by     authz.Principal
		of     int
		byOurs int
		want   error
	}{{labour, 3, 2, nil}, {supervisor, 2, 2, nil}, {ours, 0, 0, authz.ErrForbidden}} {
		of, _, err := d.counter.ReadingsOf(ctx, c.by, d.person.ID, engine.Cursor{})
		if len(of) != c.of || !errors.Is(err, c.want) {
			t.Errorf("%v of the person: %d, %v", c.by.Roles, len(of), err)
		}
		by, _, err := d.counter.ReadingsBy(ctx, c.by, "kaowu", engine.Cursor{})
		if len(by) != c.byOurs || !errors.Is(err, c.want) {
			t.Errorf("%v by the account: %d, %v", c.by.Roles, len(by), err)
		}
	}
	if by, _, err := d.counter.ReadingsBy(ctx, supervisor, "kaowu2", engine.Cursor{}); err != nil || len(by) != 0 {
		t.Errorf("another body's account: %d, %v", len(by), err)
	}
}

func TestSearch(t *testing.T) {
	d := atTheDesk(t)
	for name, c := range map[string]struct {
		by    authz.Principal
		query people.Query
		found int
		want  error
	}{
		"by number":         {ours, people.Query{Number: " 12010119000101018x "}, 1, nil},
		"by phone":          {ours, people.Query{Phone: "+86 199-0000-0001"}, 1, nil},
		"by name":           {ours, people.Query{Name: " 李明 "}, 1, nil},
		"by half a name":    {ours, people.Query{Name: "李"}, 0, nil},
		"another number":    {ours, people.Query{Number: "120101190001010040"}, 0, nil},
		"another body":      {theirs, people.Query{Name: "李明"}, 0, nil},
		"theirs by number":  {theirs, people.Query{Number: "12010119000101018X"}, 0, nil},
		"the operator":      {operator, people.Query{Phone: "19900000001"}, 1, nil},
		"nothing":           {ours, people.Query{Name: " "}, 0, people.ErrQuery},
		"two things":        {ours, people.Query{Name: "李明", Phone: "1"}, 0, people.ErrQuery},
		"no number at all":  {ours, people.Query{Number: "x", IDType: "300"}, 0, engine.ErrIDNumber},
		"without the right": {labour, people.Query{Name: "李明"}, 0, authz.ErrForbidden},
	} {
		found, more, err := d.Search(ctx, c.by, c.query)
		if len(found) != c.found || more || !errors.Is(err, c.want) {
			t.Errorf("%s: %d, %v", name, len(found), err)
		}
	}
	if _, err := d.Dossier(ctx, theirs, d.person.ID); !errors.Is(err, people.ErrNotOurs) {
		t.Errorf("another body's dossier: %v", err)
	}
	if p, err := d.Dossier(ctx, ours, d.person.ID); err != nil || p.ID != d.person.ID {
		t.Errorf("the dossier: %v", err)
	}
}

// 同一个人用两种证件登记：姓名、出生日期、性别相同，手机号码或照片也相同，提示可能是同一人；同名同生日而电话照片都不同的不算。
func TestDoubles(t *testing.T) {
	d := atTheDesk(t)
	other := func(f func(*engine.Person)) *engine.Person {
		p := *d.person
		p.ID, p.Photo = "other", engine.PhotoMark{}
		f(&p)
		return &p
	}
	withPhoto := *d.person
	withPhoto.Photo = engine.MarkPhoto(jpeg, 2)
	if err := d.store.People().UpdatePerson(ctx, &withPhoto); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		p    *engine.Person
		want int
	}{
		"the same phone":    {other(func(p *engine.Person) { p.Phone = "86 19900000001" }), 1},
		"the same photo":    {other(func(p *engine.Person) { p.Phone, p.Photo = "", engine.MarkPhoto(jpeg, 7) }), 1},
		"neither":           {other(func(p *engine.Person) { p.Phone = "" }), 0},
		"another phone":     {other(func(p *engine.Person) { p.Phone = "19900000002" }), 0},
		"another name":      {other(func(p *engine.Person) { p.Name = "李铭" }), 0},
		"another birth day": {other(func(p *engine.Person) { p.Born = clock.Date{Year: 1900, Month: 1, Day: 2} }), 0},
		"another sex":       {other(func(p *engine.Person) { p.Sex = engine.Male }), 0},
		"oneself":           {d.person, 0},
		"no birth date":     {other(func(p *engine.Person) { p.Born = clock.Date{} }), 0},
	} {
		if got, err := d.Doubles(ctx, c.p); err != nil || len(got) != c.want {
			t.Errorf("%s: %d, %v", name, len(got), err)
		}
	}
}

// TestReadingsTellNobodyWhoIsRegistered: the supervisor of a body that has nothing to do with a person learns by their document
// number no more than of somebody who does not exist; an authority finds them.
// 无关机构的督导员查一个证件号码，登记过没有都看不出来。
func TestReadingsTellNobodyWhoIsRegistered(t *testing.T) {
	r := open(t)
	p := must[*engine.Person](t)(r.Register(ctx, office, card("李明", "12010119000101018X")))
	stranger := authz.Principal{Account: "s", Roles: []authz.Role{authz.Supervisor}, Org: "elsewhere"}
	if _, err := r.Whose(ctx, stranger, p.IDType, p.IDNumber); !errors.Is(err, engine.ErrPerson) {
		t.Errorf("a stranger: %v", err)
	}
	bureau := authz.Principal{Account: "b", Roles: []authz.Role{authz.Labour}, Province: "12"}
	if got := must[*engine.Person](t)(r.Whose(ctx, bureau, p.IDType, p.IDNumber)); got.ID != p.ID {
		t.Errorf("%s", got.ID)
	}
	if _, err := r.Whose(ctx, office, p.IDType, p.IDNumber); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("the exam office: %v", err)
	}
}
