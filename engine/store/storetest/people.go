package storetest

import (
	"context"
	"testing"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/recognition"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
)

// People is the contract of people.People.
func People(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[engine.Person] {
		r := s.People()
		return Repository[engine.Person]{
			Get: func(ctx context.Context, id string) (*engine.Person, error) {
				return r.Person(ctx, engine.PersonID(id))
			},
			Create: r.CreatePerson, Update: r.UpdatePerson, Absent: engine.ErrPerson, Exists: engine.ErrSameID,
			Revision: func(p *engine.Person) *int64 { return &p.Revision },
			Change:   func(p *engine.Person) { p.Phone += "1" },
			Make: func(id string) *engine.Person {
				return &engine.Person{ID: engine.PersonID(id), Name: "𠮷永安", IDType: engine.ResidentCard, IDNumber: "12010119000101018X",
					Born: clock.Date{Year: 1900, Month: 1, Day: 1}, Sex: engine.Female, Phone: "19900000001", Photo: []byte{0xFF, 0xD8, 0xFF}, Trail: trail()}
			}}
	})
	t.Run("with a trait", func(t *testing.T) { peopleWith(t, open(t)) })
	t.Run("known to a body", func(t *testing.T) { knownTo(t, open(t)) })
}

// peopleWith: whoever has the trait now is found by it, in the order of IDs, and nobody else.
func peopleWith(t *testing.T, s *store.Store) {
	ctx, r := context.Background(), s.People()
	one := func(id, name, phone string, sex engine.Sex) *engine.Person {
		return &engine.Person{ID: engine.PersonID(id), Name: name, Phone: phone, Sex: sex, Born: clock.Date{Year: 1900, Month: 1, Day: 1}, Trail: trail()}
	}
	for _, p := range []*engine.Person{one("c", "李明", "19900000001", engine.Male), one("a", "李明", "+86 199-0000-0001", engine.Male),
		one("b", "李明", "", engine.Female), one("d", "Li  Ming", "", engine.Male), one("e", "19900000001", "", "")} {
		mustDo(t, r.CreatePerson(ctx, p))
	}
	moved, err := r.Person(ctx, "c")
	mustDo(t, err)
	want := func(trait people.Trait, parts []string, ids ...string) {
		t.Helper()
		WantList(t, ids, func(p *engine.Person) string { return string(p.ID) }, func(ctx context.Context, c engine.Cursor) ([]*engine.Person, string, error) {
			return r.PeopleWith(ctx, trait, parts, c)
		})
	}
	phone, twin := []string{"19900000001"}, []string{"李明", "1900-01-01", string(engine.Male)}
	want(people.ByPhone, phone, "a", "c")
	want(people.ByName, []string{"李明"}, "a", "b", "c")
	want(people.ByName, []string{"li ming"}, "d")
	want(people.ByTwin, twin, "a", "c")
	want(people.ByName, phone, "e")
	want(people.ByName, []string{"李"})
	want(people.ByPhone, nil)
	moved.Phone, moved.Name = "", "李铭"
	mustDo(t, r.UpdatePerson(ctx, moved))
	want(people.ByPhone, phone, "a")
	want(people.ByTwin, twin, "a")
	want(people.ByName, []string{"李铭"}, "c")
}

// Readings is the contract of people.Readings.
func Readings(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[people.Reading] {
		r := s.Readings()
		none := int64(1)
		return Repository[people.Reading]{Get: r.Reading, Create: r.RecordReading, Absent: people.ErrReading, Exists: people.ErrReadingKept,
			Revision: func(*people.Reading) *int64 { return &none },
			Change:   func(v *people.Reading) { v.Purpose += "一" },
			Make:     func(id string) *people.Reading { return reading(id, "p", "津衡考务") }}
	})
	t.Run("lists", func(t *testing.T) {
		r := open(t).Readings()
		for _, v := range []*people.Reading{reading("3", "p", "a"), reading("1", "p", "b"), reading("2", "q", "a"), reading("4", "", "a")} {
			mustDo(t, r.RecordReading(context.Background(), v))
		}
		id := func(v *people.Reading) string { return v.ID }
		of := func(p engine.PersonID, want ...string) {
			WantList(t, want, id, func(ctx context.Context, c engine.Cursor) ([]*people.Reading, string, error) {
				return r.ReadingsOf(ctx, p, c)
			})
		}
		by := func(account string, want ...string) {
			WantList(t, want, id, func(ctx context.Context, c engine.Cursor) ([]*people.Reading, string, error) {
				return r.ReadingsBy(ctx, account, c)
			})
		}
		of("p", "1", "3")
		of("q", "2")
		of("nobody")
		by("a", "2", "3", "4")
		by("nobody")
	})
}

func reading(id string, p engine.PersonID, account string) *people.Reading {
	return &people.Reading{ID: id, At: trail()[0].At, Account: account, Name: "韦清和", Org: "津衡", Person: p, Count: 1,
		Fields: []people.Detail{people.DetailNumber, people.DetailPhone}, Purpose: "核对报名材料"}
}

// knownTo: who applied for a session of the body or has a prize there is known to it, and to no other.
func knownTo(t *testing.T, s *store.Store) {
	ctx := context.Background()
	for id, org := range map[sitting.SessionID]engine.OrgID{"s1": "o1", "s2": "o1", "s3": "o2"} {
		mustDo(t, s.Sessions().CreateSession(ctx, &sitting.Session{ID: id, Org: org}))
	}
	mustDo(t, s.Applications().CreateApplication(ctx, &registration.Application{ID: registration.ApplicationOf("s2", "applied"), Session: "s2", Org: "o1",
		Person: "applied", Refusals: []registration.Refusal{{Rule: "age"}}}))
	mustDo(t, s.Awards().CreateAward(ctx, &certs.Award{ID: certs.AwardID("prized", 2026), Person: "prized", Org: "o2", Year: 2026}))
	mustDo(t, s.Recognitions().CreateCase(ctx, &recognition.Case{ID: recognition.Of("o2", "recognised", engine.Level4), Person: "recognised", Org: "o2"}))
	for _, c := range []struct {
		person engine.PersonID
		org    engine.OrgID
		want   bool
	}{{"applied", "o1", true}, {"applied", "o2", false}, {"prized", "o2", true}, {"prized", "o1", false}, {"recognised", "o2", true},
		{"recognised", "o1", false}, {"nobody", "o1", false},
		{"applied", "none", false}, {"applied", "", false}} {
		if got, err := s.People().KnownTo(ctx, c.person, c.org); err != nil || got != c.want {
			t.Errorf("%s is known to %q: %v, %v", c.person, c.org, got, err)
		}
	}
}

// Organisations is the contract of people.Organisations. Bodies may have Chinese ids.
func Organisations(t *testing.T, open func(t *testing.T) *store.Store) {
	body := func(id string) *engine.Organisation {
		return &engine.Organisation{ID: engine.OrgID(id), Kind: engine.EvaluationBody, Name: "评价中心", CreditCode: "91120000MYYYYYY1XC", Province: "12",
			Filing: &engine.Filing{Number: "S000012009999", Occupation: "4-14-01-03", Levels: engine.Levels(), Capacity: 9,
				From: clock.Date{Year: 2026, Month: 1, Day: 1}, To: clock.Date{Year: 2029, Month: 1, Day: 1}, Region: "120101"}, Trail: trail(),
			Category: engine.SchoolBody, Suspensions: []engine.Suspension{{No: 1, Measure: engine.Suspended, From: clock.Date{Year: 2026, Month: 3, Day: 1},
				To: clock.Date{Year: 2026, Month: 4, Day: 1}, Reason: "因", Document: "文", At: morning, By: "renshe", Name: "贾",
				Lifted: &engine.Lifting{On: clock.Date{Year: 2026, Month: 3, Day: 9}, Reason: "改", Document: "文二", At: morning, By: "renshe", Name: "贾"}}}}
	}
	Aggregates(t, open, func(s *store.Store) Repository[engine.Organisation] {
		r := s.Organisations()
		return Repository[engine.Organisation]{
			Get: func(ctx context.Context, id string) (*engine.Organisation, error) {
				return r.Organisation(ctx, engine.OrgID(id))
			},
			Create: r.CreateOrganisation, Update: r.UpdateOrganisation, Absent: engine.ErrOrg, Exists: engine.ErrOrgExists,
			Revision: func(o *engine.Organisation) *int64 { return &o.Revision },
			Change:   func(o *engine.Organisation) { o.Name += "一" }, Make: body}
	})
	t.Run("list", func(t *testing.T) {
		r := open(t).Organisations()
		want := []string{"a", "b-1", "b1", "z", "~a", "津慈培训", "津衡评价"} // the byte order of the ids, escaped or not
		for _, i := range []int{6, 2, 0, 4, 5, 1, 3} {
			mustDo(t, r.CreateOrganisation(context.Background(), body(want[i])))
		}
		WantList(t, want, func(o *engine.Organisation) string { return string(o.ID) }, r.Organisations)
	})
}
