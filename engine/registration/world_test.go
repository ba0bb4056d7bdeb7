package registration_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/fixtures/policy"
)

var (
	ctx    = context.Background()
	office = authz.Principal{Account: "office", Person: "officer", Roles: []authz.Role{authz.ExamOffice}, Org: "body"}
	day    = date("2026-11-24")
)

func date(s string) clock.Date {
	d, err := clock.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

type world struct {
	t      *testing.T
	policy engine.Policy
	people *people.Registry
	desk   *registration.Desk
	clock  *clock.Manual
	store  *store.Store
}

func open(t *testing.T) *world {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := &world{t: t, policy: samplePolicy(t)}
	s, now := store.New(db, ids.Seeded("registration")), clock.NewManual(time.Date(2026, 10, 2, 1, 0, 0, 0, time.UTC))
	w.clock, w.store = now, s
	w.people = people.NewRegistry(s.People(), s.Organisations(), []byte("key"), now)
	w.desk = registration.NewDesk(s.Applications(), w.people, w.policy, now).Recording(s.RosterImports())
	return w
}

func samplePolicy(t *testing.T) engine.Policy {
	t.Helper()
	p, err := policy.Sample()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// person registers somebody born on a day.
func (w *world) person(born string, serial int) *engine.Person {
	w.t.Helper()
	p, err := w.people.Register(ctx, office, engine.Person{Name: "李明", IDType: engine.ResidentCard,
		IDNumber: demo.IDNumber(date(born), serial, engine.Female)})
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) number(serial int) string {
	return demo.IDNumber(date("1980-01-01"), serial, engine.Female)
}

func target(l engine.Level) registration.Target {
	return registration.Target{Session: "session-" + string('0'+rune(l)), Org: "body", Level: l, Day: day}
}

func targets() []registration.Target {
	return []registration.Target{target(5), target(4), target(3)}
}

func rules(refusals []registration.Refusal) []string {
	var out []string
	for _, r := range refusals {
		out = append(out, r.Rule)
	}
	return out
}
