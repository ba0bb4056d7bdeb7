package storetest

import (
	"context"
	"testing"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
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
	t.Run("known to a body", func(t *testing.T) { knownTo(t, open(t)) })
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
	for _, c := range []struct {
		person engine.PersonID
		org    engine.OrgID
		want   bool
	}{{"applied", "o1", true}, {"applied", "o2", false}, {"prized", "o2", true}, {"prized", "o1", false}, {"nobody", "o1", false},
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
