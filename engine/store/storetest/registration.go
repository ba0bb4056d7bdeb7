package storetest

import (
	"context"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/store"
)

// Applications is the contract of registration.Applications.
func Applications(t *testing.T, open func(t *testing.T) *store.Store) {
	application := func(id string) *registration.Application {
		return &registration.Application{ID: registration.ApplicationID(id), Session: "s", Org: "津衡评价", Person: "p", Level: engine.Level4,
			Claims: registration.Claims{Condition: "4-2", Years: 4, PriorLevel: engine.Level5, PriorNumber: "n",
				PriorDate: clock.Date{Year: 2020, Month: 2, Day: 29}, Education: "初中", Title: "护士", Evidence: []string{"工作年限证明"}},
			Employer: "护理院", Class: "3班", Refusals: []registration.Refusal{{Rule: "years", Reason: "不满"}}, Policy: "x", At: morning, Trail: trail()}
	}
	Aggregates(t, open, func(s *store.Store) Repository[registration.Application] {
		r := s.Applications()
		return Repository[registration.Application]{
			Get: func(ctx context.Context, id string) (*registration.Application, error) {
				return r.Application(ctx, registration.ApplicationID(id))
			},
			Create: r.CreateApplication, Update: r.UpdateApplication, Absent: registration.ErrApplication, Exists: registration.ErrRepeated,
			Revision: func(a *registration.Application) *int64 { return &a.Revision },
			Change:   func(a *registration.Application) { a.Refusals = append(a.Refusals, a.Refusals[0]) }, Make: application}
	})
	t.Run("of a session", func(t *testing.T) {
		r := open(t).Applications()
		for _, id := range []string{"c", "a", "other", "b"} {
			a := application(id)
			if id == "other" {
				a.Session = "s2"
			}
			mustDo(t, r.CreateApplication(context.Background(), a))
		}
		WantList(t, []string{"a", "b", "c"}, func(a *registration.Application) string { return string(a.ID) },
			func(ctx context.Context, c engine.Cursor) ([]*registration.Application, string, error) {
				return r.ApplicationsOf(ctx, "s", c)
			})
	})
}
