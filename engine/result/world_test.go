package result_test

import (
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
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/fixtures/policy"
)

const session = "s"

// monday is ten o'clock of 2 March 2026, a Monday without holidays near, in the policy's zone.
var monday = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

// world has one session of level 5 with n seats.
type world struct {
	t        *testing.T
	store    *store.Store
	clock    *clock.Manual
	policy   engine.Policy
	board    *result.Board
	sittings *sitting.Sittings
}

// newWorld opens a world; wrap, when not nil, stands between the repositories and the database.
func newWorld(t *testing.T, seats int, wrap func(docs.Store) docs.Store) *world {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := &world{t: t, store: store.New(db, ids.Seeded("store")), clock: clock.NewManual(monday)}
	if w.policy, err = policy.Sample(); err != nil {
		t.Fatal(err)
	}
	w.must(w.store.Sessions().CreateSession(t.Context(), &sitting.Session{ID: session, Org: "body", Name: "第一场", Level: engine.Level5,
		Theory: clock.Window{Opens: monday, Closes: monday.Add(time.Hour)}, Duties: []sitting.Duty{{Person: "marker", Role: authz.Marker},
			{Person: "leader", Role: authz.Leader}, {Person: "witness", Role: authz.Supervisor}}}))
	w.must(w.store.Organisations().CreateOrganisation(t.Context(), &engine.Organisation{ID: "body", Name: "评价中心", Province: "12",
		Filings: []engine.Filing{{Number: "S000012009999", Occupation: engine.LongTermCare().Code, Levels: []engine.Level{engine.Level5, engine.Level4}, Capacity: 100,
			From: clock.Date{Year: 2026, Month: 1, Day: 1}, To: clock.Date{Year: 2029, Month: 1, Day: 1}}}}))
	for n := seats; n > 0; n-- {
		w.must(w.store.Seats().CreateSeat(t.Context(), &sitting.Seat{Ticket: ticket(n), Session: session, Candidate: candidate(n), No: n}))
		w.must(w.store.People().CreatePerson(t.Context(), &engine.Person{ID: candidate(n), Name: "欧阳小明"}))
	}
	if wrap != nil {
		w.store = store.New(wrap(db), ids.Seeded("wrapped"))
	}
	w.open()
	return w
}

// open makes the board anew, as after a restart.
func (w *world) open() {
	s := w.store
	registry := people.NewRegistry(s.People(), s.Organisations(), []byte("key"), w.clock)
	ports := result.Ports{Results: s.Results(), Publications: s.Publications(), Seals: s.Seals(), Checks: s.Checks(), Cases: s.Cases(), Objections: s.Objections()}
	apply := registration.NewDesk(s.Applications(), registry, w.policy, w.clock).Keeping(result.NewPasses(ports, s.Sessions(), s.Applications(), w.policy, w.clock))
	judge := separation.NewJudge(s.Ties(), registry, w.policy.Ties, w.clock)
	sits := sitting.NewSittings(sitting.Ports{Plans: s.Plans(), Sessions: s.Sessions(), Seats: s.Seats(), Proceedings: s.Proceedings(),
		Acting: practical.Acts{Assessments: s.Assessments(), Seals: s.Seals()}}, registry, apply, judge, nil, w.policy,
		w.clock, ids.Seeded("sittings"))
	w.sittings = sits
	w.board = result.NewBoard(ports, sits, registry, w.policy, w.clock)
}

// Candidates' ids are not in the order of their tickets.
func candidate(n int) engine.PersonID { return engine.PersonID(fmt.Sprint("c", 9-n)) }
func ticket(n int) sitting.Ticket     { return sitting.Ticket(fmt.Sprintf("2612000001%04d", n)) }

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// scored is candidate n with so many points.
func scored(n int, p engine.Points) engine.SealedScore {
	return engine.SealedScore{Candidate: candidate(n), Standing: engine.Scored, Points: p}
}

// seal seals a component by two persons.
func (w *world) seal(c engine.Component, scores ...engine.SealedScore) *engine.Seal {
	w.t.Helper()
	s := engine.NewSeal(session, c, scores, "leader", monday)
	w.must(s.Countersign(who("witness", authz.Supervisor), monday))
	w.must(w.store.Seals().CreateSeal(w.t.Context(), s))
	return s
}

// joined seals both components of candidates 1 and 2 and joins them: 1 passes, 2 fails the practical one.
func (w *world) joined() *world {
	w.t.Helper()
	w.seal(engine.Theory, scored(1, 6000), scored(2, 10000))
	w.seal(engine.Practical, scored(1, 6000), scored(2, 5999))
	_, err := w.board.Join(w.t.Context(), office, session)
	w.must(err)
	return w
}

func (w *world) published() *world {
	w.t.Helper()
	_, err := w.board.Publish(w.t.Context(), office, session)
	w.must(err)
	return w
}

func who(person string, role authz.Role) authz.Principal {
	return authz.Principal{Account: "account:" + person, Person: person, Roles: []authz.Role{role}, Org: "body"}
}

var office = who("office", authz.ExamOffice)

func sitter(n int) authz.Principal { return who(string(candidate(n)), authz.Candidate) }

// date reads a date of a test.
func date(t *testing.T, s string) clock.Date {
	t.Helper()
	d, err := clock.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
