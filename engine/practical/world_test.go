package practical_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/fixtures/policy"
	"github.com/skillcert/skillcert/questionbank"
)

// The session of every world: candidates 1 and 2 at station r1 before e1, e2 and e3, candidate 3 at r2 before f1, f2
// and f3. Tasks A (mandatory), B and C have two criteria of 60 and 40 points.
const session = "s"

// opens is nine o'clock of a Monday in the policy's zone; the window is three hours long.
var opens = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

type world struct {
	t      *testing.T
	store  *store.Store
	clock  *clock.Manual
	policy engine.Policy
	bank   *questionbank.Bank
	judge  *separation.Judge
	sits   *sitting.Sittings
	desk   *practical.Desk
	hands  hands
	names  practical.Names
}

// hands are who had a hand in the items of every release.
type hands map[engine.PersonID][]questionbank.Hand

func (h hands) Hands(context.Context, string, engine.Level) (map[engine.PersonID][]questionbank.Hand, error) {
	return h, nil
}

// makers are those, and who had a hand in the tasks of the bank.
type makers struct {
	hands
	*questionbank.Bank
}

func (m makers) Hands(ctx context.Context, release string, l engine.Level) (map[engine.PersonID][]questionbank.Hand, error) {
	return m.hands.Hands(ctx, release, l)
}

// newWorld opens a world at the opening of the practical window, with nothing drawn; adjust may change the policy.
func newWorld(t *testing.T, adjust ...func(*engine.Policy)) *world {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := &world{t: t, store: store.New(db, ids.Seeded("store")), clock: clock.NewManual(opens), hands: hands{}}
	if w.policy, err = policy.Sample(); err != nil {
		t.Fatal(err)
	}
	for _, f := range adjust {
		f(&w.policy)
	}
	registry := people.NewRegistry(w.store.People(), w.store.Organisations(), []byte("key"), w.clock)
	w.names = registry
	apply := registration.NewDesk(w.store.Applications(), registry, w.policy, w.clock)
	w.judge = separation.NewJudge(w.store.Ties(), registry, w.policy.Ties, w.clock)
	w.bank = questionbank.NewBank(questionbank.Ports{Items: w.store.Items(), Tables: w.store.Tables(), Releases: w.store.Releases(), Blueprints: w.store.Blueprints()},
		nil, w.policy.Bank, w.clock)
	w.sits = sitting.NewSittings(sitting.Ports{Plans: w.store.Plans(), Sessions: w.store.Sessions(), Seats: w.store.Seats(), Proceedings: w.store.Proceedings(),
		Makers: makers{w.hands, w.bank}, Tasks: practical.TasksOf(w.store.TaskDraws(), w.store.Assessments(), w.policy.Practical, w.clock), Acting: practical.Acts{Assessments: w.store.Assessments(), Seals: w.store.Seals()}},
		registry, apply, w.judge, w.bank, w.policy, w.clock, ids.Seeded("sittings"))
	w.desk = practical.NewDesk(practical.Ports{Assessments: w.store.Assessments(), Sheets: w.store.Sheets(), Draws: w.store.TaskDraws(),
		Seals: w.store.Seals(), Names: registry}, w.sits, w.bank, w.policy, w.clock, ids.Seeded("practical"))
	w.furnish()
	return w
}

func (w *world) furnish() {
	w.t.Helper()
	ctx := w.t.Context()
	duties := []sitting.Duty{{Person: "leader", Role: authz.Leader}, {Person: "witness", Role: authz.Supervisor}}
	for _, station := range []struct{ room, prefix string }{{"r1", "e"}, {"r2", "f"}} {
		for i := range 3 {
			duties = append(duties, sitting.Duty{Person: engine.PersonID(fmt.Sprint(station.prefix, i+1)), Role: authz.Examiner, Room: sitting.RoomID(station.room)})
		}
	}
	for _, id := range []engine.PersonID{"leader", "witness", "e1", "e2", "e3", "e4", "f1", "f2", "f3", "c1", "c2", "c3", "c4"} {
		w.must(w.store.People().CreatePerson(ctx, &engine.Person{ID: id, Name: "名" + string(id)}))
	}
	w.must(w.store.Sessions().CreateSession(ctx, &sitting.Session{ID: session, Org: "body", Name: "第一场", Level: engine.Level5, Duties: duties,
		Theory:    clock.Window{Opens: opens.Add(-24 * time.Hour), Closes: opens.Add(-22 * time.Hour)},
		Practical: clock.Window{Opens: opens, Closes: opens.Add(3 * time.Hour)},
		Rooms:     []sitting.Room{{ID: "r1", Name: "一号考位", Component: engine.Practical}, {ID: "r2", Name: "二号考位", Component: engine.Practical}}}))
	w.seat(1, "r1")
	w.seat(2, "r1")
	w.seat(3, "r2")
	for _, code := range []string{"A", "B", "C"} {
		x := task(code, engine.Pt(60), engine.Pt(40))
		x.Mandatory = code == "A"
		w.must(w.store.Tables().PutTask(ctx, x))
	}
}

func ticket(n int) sitting.Ticket { return sitting.Ticket(fmt.Sprintf("2612000001%04d", n)) }

func assessment(n int) practical.AssessmentID { return practical.AssessmentOf(ticket(n)) }

func (w *world) seat(n int, station sitting.RoomID) {
	w.t.Helper()
	w.must(w.store.Seats().CreateSeat(w.t.Context(), &sitting.Seat{Ticket: ticket(n), Session: session, Candidate: engine.PersonID(fmt.Sprint("c", n)), No: n, Station: station}))
}

// void ends the seat of candidate n, as an invigilator does for misconduct.
func (w *world) void(n int) {
	w.t.Helper()
	s, err := w.store.Seats().Seat(w.t.Context(), ticket(n))
	w.must(err)
	s.Voided = w.clock.Now()
	w.must(w.store.Seats().UpdateSeat(w.t.Context(), s))
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func who(person string, role authz.Role) authz.Principal {
	return authz.Principal{Account: "account:" + person, Person: person, Name: person, Roles: []authz.Role{role}, Org: "body"}
}

func examiner(person string) authz.Principal { return who(person, authz.Examiner) }

var (
	leader  = who("leader", authz.Leader)
	witness = who("witness", authz.Supervisor)
	office  = who("office", authz.ExamOffice)
)

// committed publishes the commitment of the draw.
func (w *world) committed() *world {
	w.t.Helper()
	_, err := w.desk.Commit(w.t.Context(), office, session)
	w.must(err)
	return w
}

// drawn publishes the commitment and draws the tasks.
func (w *world) drawn() *world {
	w.t.Helper()
	w.committed()
	if _, err := w.desk.Draw(w.t.Context(), office, session); err != nil {
		w.t.Fatal(err)
	}
	return w
}

// entry gives points hundredths on every task: each examiner's total then is points.
func (w *world) entry(n int, points engine.Points) scores {
	w.t.Helper()
	a, err := w.store.Assessments().Assessment(w.t.Context(), assessment(n))
	w.must(err)
	given := scores{}
	for _, code := range a.Tasks {
		first := min(points, engine.Pt(60))
		given[code] = map[string]engine.Points{"1": first, "2": points - first}
	}
	return given
}

// score saves and signs a sheet with a total of points for candidate n.
func (w *world) score(by string, n int, points engine.Points, marks ...practical.VetoMark) {
	w.t.Helper()
	s, err := w.desk.Save(w.t.Context(), examiner(by), assessment(n), 0, w.entry(n, points), marks)
	w.must(err)
	_, err = w.desk.Sign(w.t.Context(), examiner(by), assessment(n), s.Revision)
	w.must(err)
}

// scoreAll has all examiners of candidate n sign the totals.
func (w *world) scoreAll(n int, totals ...engine.Points) {
	w.t.Helper()
	prefix := map[bool]string{true: "f", false: "e"}[n == 3]
	for i, p := range totals {
		w.score(fmt.Sprint(prefix, i+1), n, p)
	}
}

func (w *world) standing(n int) practical.Standing {
	w.t.Helper()
	rows, err := w.desk.Standings(w.t.Context(), leader, session)
	w.must(err)
	return rows[n-1]
}

// tie records that a member of staff and candidate n are next of kin.
func (w *world) tie(staff string, n int) {
	w.t.Helper()
	_, err := w.judge.Record(w.t.Context(), office, separation.Tie{Kind: separation.Kin, From: separation.PersonNode(engine.PersonID(staff)),
		To: separation.PersonNode(engine.PersonID(fmt.Sprint("c", n))), Since: clock.Date{Year: 2000, Month: 1, Day: 1}, Source: "声明"})
	w.must(err)
}
