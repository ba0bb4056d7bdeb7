package sitting_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/engine/store/storetest"
	"github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/fixtures/policy"
	"github.com/skillcert/skillcert/questionbank"
)

const body engine.OrgID = "津衡评价"

var (
	ctx    = context.Background()
	office = authz.Principal{Account: "office", Roles: []authz.Role{authz.ExamOffice}, Org: string(body)}
	labour = authz.Principal{Account: "labour", Roles: []authz.Role{authz.Labour}, Province: "12"}
	// opens is nine o'clock in the policy's zone.
	opens = time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)
)

type world struct {
	t        testing.TB
	clock    *clock.Manual
	people   *people.Registry
	desk     *registration.Desk
	judge    *separation.Judge
	sittings *sitting.Sittings
	ports    sitting.Ports
	build    func(sitting.Ports) *sitting.Sittings
	persons  int
	store    *store.Store
	policy   *engine.Policy // of what is built next
}

// open has a filed body and a blueprint for 五级; it is eight weeks before the day.
func open(t testing.TB) *world {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	pol, err := policy.Sample()
	must(t, err)
	s := store.New(db, ids.Random())
	t.Cleanup(func() { storetest.SessionsUntouched(t, s, store.New(db, ids.Random())) })
	w := &world{t: t, store: s, policy: &pol, clock: clock.NewManual(opens.AddDate(0, 0, -56)), ports: sitting.Ports{Plans: s.Plans(), Sessions: s.Sessions(), Seats: s.Seats(), Proceedings: s.Proceedings()}}
	w.people = people.NewRegistry(s.People(), s.Organisations(), []byte("key"), w.clock)
	w.desk = registration.NewDesk(s.Applications(), w.people, pol, w.clock)
	w.judge = separation.NewJudge(s.Ties(), w.people, pol.Ties, w.clock)
	w.build = func(p sitting.Ports) *sitting.Sittings {
		return sitting.NewSittings(p, w.people, w.desk, w.judge, s.Blueprints(), pol, w.clock, ids.Seeded("sittings"))
	}
	w.sittings = w.build(w.ports)
	w.file(100)
	must(t, s.Blueprints().CreateBlueprint(ctx, &questionbank.Blueprint{ID: "five", Level: engine.Level5, Release: "2026.1", Sample: true}))
	return w
}

// file files the body for 五级 and 四级 in the years 2026 and 2027.
func (w *world) file(capacity int) {
	w.t.Helper()
	_, err := w.people.FileOrganisation(ctx, labour, engine.Organisation{ID: body, Kind: engine.EvaluationBody, Name: "评价中心", CreditCode: "91120000MYYYYYY1XC", Province: "12",
		Filings: []engine.Filing{{Number: "S000012009999", Occupation: "4-14-01-03", Levels: []engine.Level{5, 4}, Capacity: capacity,
			From: clock.Date{Year: 2026, Month: 1, Day: 1}, To: clock.Date{Year: 2028, Month: 1, Day: 1}}}})
	must(w.t, err)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantError(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func (w *world) plan() *sitting.Plan {
	w.t.Helper()
	p, err := w.sittings.CreatePlan(ctx, office, sitting.Plan{Org: body, Name: "2026年认定计划", Year: 2026, Levels: []engine.Level{5, 4}})
	must(w.t, err)
	p, err = w.sittings.PublishPlan(ctx, office, p.ID)
	must(w.t, err)
	return p
}

// draft is a session with two theory rooms and two stations; theory in the morning, practice from two o'clock.
func (w *world) draft(name string) sitting.Session {
	w.t.Helper()
	return sitting.Session{Plan: w.plan().ID, Name: name, Level: engine.Level5, Blueprint: "five",
		Theory:    clock.Window{Opens: opens, Closes: opens.Add(90 * time.Minute)},
		Practical: clock.Window{Opens: opens.Add(5 * time.Hour), Closes: opens.Add(9 * time.Hour)},
		Rooms: []sitting.Room{{ID: "t1", Name: "机房一", Component: engine.Theory, Capacity: 20, Columns: 5}, {ID: "t2", Name: "机房二", Component: engine.Theory, Capacity: 10},
			{ID: "p1", Name: "考位一", Component: engine.Practical, Capacity: 15}, {ID: "p2", Name: "考位二", Component: engine.Practical, Capacity: 15}}}
}

func (w *world) session() *sitting.Session {
	w.t.Helper()
	n, err := w.sittings.CreateSession(ctx, office, w.draft("第一场"))
	must(w.t, err)
	return n
}

// person registers somebody new.
func (w *world) person(name string) engine.PersonID {
	w.t.Helper()
	w.persons++
	return w.register(name, w.persons)
}

func (w *world) register(name string, serial int) engine.PersonID {
	p, err := w.people.Register(ctx, office, engine.Person{Name: name, IDType: engine.ResidentCard,
		IDNumber: demo.IDNumber(clock.Date{Year: 1980, Month: 1, Day: 1}, serial, engine.Female)})
	must(w.t, err)
	return p.ID
}

func claims() registration.Claims {
	return registration.Claims{Condition: "5-2", Evidence: []string{"从业承诺书"}}
}

func (w *world) apply(n *sitting.Session, p engine.PersonID, class string) {
	a, err := w.desk.Apply(ctx, office, w.sittings.Target(w.get(n.ID)), p, claims(), "", class)
	if err == nil && !a.Accepted() {
		err = fmt.Errorf("refused: %v", a.Refusals)
	}
	must(w.t, err)
}

// apply has so many new people apply, all at the same time.
func (w *world) candidates(n *sitting.Session, count int) []engine.PersonID {
	w.t.Helper()
	first, out := w.persons+1, make([]engine.PersonID, count)
	w.persons += count
	var work errgroup.Group
	for i := range count {
		work.Go(func() error {
			out[i] = w.register(fmt.Sprint("考生", first+i), first+i)
			w.apply(n, out[i], "")
			return nil
		})
	}
	must(w.t, work.Wait())
	return out
}

func (w *world) seat(n *sitting.Session) []*sitting.Seat {
	w.t.Helper()
	seats, err := w.sittings.SeatCandidates(ctx, office, n.ID)
	must(w.t, err)
	return seats
}

func (w *world) assign(n *sitting.Session, p engine.PersonID, role authz.Role, room sitting.RoomID) {
	w.t.Helper()
	_, err := w.sittings.Assign(ctx, office, n.ID, p, role, room)
	must(w.t, err)
}

func (w *world) kin(a, b engine.PersonID) {
	w.t.Helper()
	_, err := w.judge.Record(ctx, office, separation.Tie{Kind: separation.Kin, From: separation.PersonNode(a), To: separation.PersonNode(b), Source: "声明"})
	must(w.t, err)
}

func (w *world) get(id sitting.SessionID) *sitting.Session {
	w.t.Helper()
	n, err := w.sittings.Get(ctx, id)
	must(w.t, err)
	return n
}

func as(p engine.PersonID, role authz.Role) authz.Principal {
	return authz.Principal{Account: "account:" + string(p), Person: string(p), Roles: []authz.Role{role}, Org: string(body)}
}
