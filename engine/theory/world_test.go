package theory_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/engine/store/storetest"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

var (
	opens  = time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)
	closes = opens.Add(90 * time.Minute)
	ctx    = context.Background()

	keeper      = staff("keeper", authz.BankKeeper)
	author      = staff("author", authz.Author)
	reviewer    = staff("reviewer", authz.Reviewer)
	office      = staff("office", authz.ExamOffice)
	marker      = staff("marker", authz.Marker)
	idle        = staff("idle", authz.Marker) // a marker who is not on duty
	supervisor  = staff("supervisor", authz.Supervisor)
	invigilator = staff("invigilator", authz.Invigilator) // in the first half's room
	worker      = authz.Worker("closer")
)

func staff(name string, roles ...authz.Role) authz.Principal {
	return authz.Principal{Account: name, Person: name, Name: name, Roles: roles, Org: "body"}
}

// places of a form in the world: six single, two multiple, two judgement items, ten points each.
const (
	questions = 10
	aMultiple = 7
	aJudgment = 10
)

// world is a bank with one release, and sessions over it.
type world struct {
	t        testing.TB
	db       docs.Store
	store    *store.Store
	clock    *clock.Manual
	bank     *questionbank.Bank
	sittings *sitting.Sittings
	exams    *theory.Exams
	release  *questionbank.Snapshot
	rules    engine.TimePolicy
	sessions int
	id       sitting.SessionID // the session last made
	tickets  []sitting.Ticket  // of its seats, in the order of seats
}

// newWorld has a session with so many released candidates, whose forms are drawn, at the instant the window opens.
func newWorld(t testing.TB, candidates int) *world {
	t.Helper()
	return emptyWorld(t).again(t, candidates)
}

// again makes another such session in the same world.
func (w *world) again(t testing.TB, candidates int) *world {
	t.Helper()
	w.t = t
	w.clock.Set(opens.Add(-time.Hour))
	w.seat(candidates)
	w.draw()
	w.clock.Set(opens)
	return w
}

// emptyWorld has a bank and no session; it is an hour before the window opens.
func emptyWorld(t testing.TB) *world {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	w := &world{t: t, db: db, clock: clock.NewManual(opens.Add(-time.Hour)), store: store.New(db, ids.Random()),
		rules: engine.TimePolicy{ExtendMinutes: 30, ReopenMinutes: 120, FileHours: 24}}
	t.Cleanup(func() { storetest.SessionsUntouched(t, w.store, store.New(db, ids.Random())) })
	w.fillBank()
	w.sittings = w.sittingsOver(w.store.Seats())
	w.exams = w.another()
	return w
}

func (w *world) sittingsOver(seats sitting.Seats) *sitting.Sittings {
	return w.sittingsWith(seats, w.clock)
}

func (w *world) sittingsWith(seats sitting.Seats, c clock.Clock) *sitting.Sittings {
	s, pol := w.store, engine.Policy{Time: w.rules}
	reg := people.NewRegistry(s.People(), s.Organisations(), []byte("key"), c)
	return sitting.NewSittings(sitting.Ports{Plans: s.Plans(), Sessions: s.Sessions(), Seats: seats, Proceedings: s.Proceedings()}, reg,
		registration.NewDesk(s.Applications(), reg, pol, c), separation.NewJudge(s.Ties(), reg, pol.Ties, c),
		w.bank, pol, c, ids.Seeded("sittings"))
}

func (w *world) ports() theory.Ports {
	return theory.Ports{Attempts: w.store.Attempts(), Log: w.store.Log(), Activities: w.store.Activities(), Draws: w.store.Draws(), Seals: w.store.Seals(),
		Remarks: w.store.Remarks(), HandIn: handKeys}
}

// another is a second process over the same store.
func (w *world) another() *theory.Exams { return w.over(w.ports()) }

func (w *world) over(p theory.Ports) *theory.Exams {
	return theory.NewExams(p, w.sittings, w.bank, w.clock, ids.Seeded("seed"))
}

func (w *world) fillBank() {
	w.t.Helper()
	s := w.store
	w.bank = questionbank.NewBank(questionbank.Ports{Items: s.Items(), Tables: s.Tables(), Releases: s.Releases(), Blueprints: s.Blueprints(), Images: s.Images(),
		Corrections: s.Corrections()},
		assembly.ProveBlueprint, engine.BankPolicy{}, w.clock)
	table := questionbank.ElementTable{Occupation: "4-14-01-03", Level: engine.Level5, Edition: "2024",
		Ranges: []questionbank.Range{{Code: "A", Name: "范围", Weight: engine.Pt(100)}}}
	var items []questionbank.ItemVersion
	for n := range 2 * questions {
		code := fmt.Sprintf("A-%03d", n+1)
		table.Points = append(table.Points, questionbank.Point{Code: code, Name: "点", Importance: "X"})
		image, err := w.bank.PutImage(ctx, author, picture(n))
		must(w.t, err)
		it := item(codeOf(n), code, n)
		it.Stem += `<img src="image:` + image.Digest + `" alt="图"/>`
		items = append(items, it)
	}
	must(w.t, w.bank.ImportTable(ctx, keeper, table))
	_, err := w.bank.ImportItems(ctx, author, items)
	must(w.t, err)
	for _, it := range items {
		_, err = w.bank.Review(ctx, reviewer, it.Code, 1)
		must(w.t, err)
	}
	_, err = w.bank.PublishRelease(ctx, keeper, "2026.1", "", "", false)
	must(w.t, err)
	_, err = w.bank.PublishBlueprint(ctx, keeper, questionbank.Blueprint{ID: "five", Level: engine.Level5, Release: "2026.1",
		Counts: map[questionbank.ItemType]int{questionbank.Single: 6, questionbank.Multiple: 2, questionbank.Judgement: 2},
		Ranges: map[string]int{"A": questions}, ItemPoints: engine.Pt(10)})
	must(w.t, err)
	w.release, err = w.bank.Snapshot(ctx, "2026.1")
	must(w.t, err)
}

func codeOf(n int) string { return fmt.Sprintf("L5-%02d", n+1) }

// item is the n-th of the bank; its options name the code, so that a paper shows which item it asks.
func item(code, point string, n int) questionbank.ItemVersion {
	v := questionbank.ItemVersion{Code: code, Level: engine.Level5, Type: questionbank.Single, Stem: "题干 " + code, Point: point,
		Difficulty: 3, Seconds: 40, Key: []int{n % 4}}
	for _, o := range []string{"甲", "乙", "丙", "丁"} {
		v.Options = append(v.Options, code+o)
	}
	switch {
	case n%10 >= 8:
		v.Type, v.Options, v.Key = questionbank.Judgement, questionbank.Judged(), []int{n % 2}
	case n%10 >= 6:
		v.Type, v.Key = questionbank.Multiple, []int{n % 2, 2 + n%2}
	}
	return v
}

// seat makes a session with two rooms and so many candidates in them, checked in and released.
func (w *world) seat(candidates int) {
	w.t.Helper()
	w.sessions++
	digits := fmt.Sprintf("%06d", w.sessions)
	w.id, w.tickets = sitting.SessionID("session-"+digits), nil
	var allotted []engine.PersonID
	for i := range candidates {
		w.tickets = append(w.tickets, sitting.Ticket(fmt.Sprintf("2612%s%04d", digits, i+1)))
		allotted = append(allotted, engine.PersonID("person-"+w.tickets[i]))
	}
	must(w.t, w.store.Sessions().CreateSession(ctx, &sitting.Session{ID: w.id, Plan: "plan", Org: "body", Name: "首场", Level: engine.Level5,
		Province: "12", Release: "2026.1", Blueprint: "five", Theory: clock.Window{Opens: opens, Closes: closes},
		Practical: clock.Window{Opens: closes, Closes: closes.Add(time.Hour)}, Digits: digits, Code: "480213", Allotted: allotted,
		Rooms: []sitting.Room{{ID: "r2", Name: "第二考场", Component: engine.Theory, Capacity: 300}, {ID: "r1", Name: "第一考场", Component: engine.Theory, Capacity: 300}},
		Duties: []sitting.Duty{{Person: "invigilator", Name: "invigilator", Role: authz.Invigilator, Room: "r2"}, {Person: "marker", Name: "marker", Role: authz.Marker},
			{Person: "supervisor", Name: "supervisor", Role: authz.Supervisor}}}))
	for i, t := range w.tickets {
		w.addSeat(t, []sitting.RoomID{"r2", "r1"}[i*2/candidates], i+1)
	}
}

func (w *world) addSeat(t sitting.Ticket, room sitting.RoomID, no int) {
	w.t.Helper()
	before := opens.Add(-30 * time.Minute)
	must(w.t, w.store.Seats().CreateSeat(ctx, &sitting.Seat{Ticket: t, Session: w.id, Candidate: engine.PersonID("person-" + t), Room: room, No: no,
		CheckedIn: before, Released: before}))
}

func (w *world) draw() *theory.Draw {
	w.t.Helper()
	d, err := w.exams.Draw(ctx, office, w.id)
	must(w.t, err)
	return d
}

// editSeat changes the seat of candidate i as the sitting's room would.
func (w *world) editSeat(i int, edit func(*sitting.Seat)) {
	w.t.Helper()
	s, err := w.store.Seats().Seat(ctx, w.tickets[i])
	must(w.t, err)
	edit(s)
	must(w.t, w.store.Seats().UpdateSeat(ctx, s))
}

func (w *world) void(i int) {
	w.t.Helper()
	w.editSeat(i, func(s *sitting.Seat) { s.Voided = w.clock.Now() })
}

// sitter is candidate i, and their attempt.
func (w *world) sitter(i int) (authz.Principal, theory.AttemptID) {
	t := w.tickets[i]
	id := theory.AttemptOf(t)
	return authz.Principal{Account: "ticket:" + string(t), Person: "person-" + string(t), Name: "考生" + string(t[10:]),
		Roles: []authz.Role{authz.Candidate}, Org: "body", Attempt: string(id)}, id
}

func (w *world) open(i int) *theory.Paper {
	w.t.Helper()
	by, id := w.sitter(i)
	p, err := w.exams.Open(ctx, by, id, theory.Window{})
	must(w.t, err)
	return p
}

func (w *world) respond(i, seq, question int, chosen ...int) (theory.Saved, error) {
	by, id := w.sitter(i)
	return w.exams.Respond(ctx, by, id, response(seq, question, chosen...))
}

func response(seq, question int, chosen ...int) theory.Entry {
	return theory.Entry{Seq: seq, Kind: theory.Response, Question: question, Chosen: chosen, ClientAt: opens}
}

func (w *world) submit(i int) (*theory.Attempt, error) {
	by, id := w.sitter(i)
	return w.exams.Submit(ctx, by, id, "")
}

func (w *world) attempt(i int) *theory.Attempt {
	w.t.Helper()
	a, err := w.store.Attempts().Attempt(ctx, theory.AttemptOf(w.tickets[i]))
	must(w.t, err)
	return a
}

func (w *world) log(i int) []*theory.Entry {
	w.t.Helper()
	return w.logOf(theory.AttemptOf(w.tickets[i]))
}

func (w *world) logOf(id theory.AttemptID) []*theory.Entry {
	w.t.Helper()
	rows, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*theory.Entry, string, error) {
		return w.store.Log().Entries(ctx, id, c)
	})
	must(w.t, err)
	return rows
}

// right are the places that answer a question of a form.
func (w *world) right(f assembly.Form, question int) (chosen []int) {
	it := f.Items[question-1]
	v, _ := w.release.Item(it.Code)
	for shown, option := range it.Options {
		if slices.Contains(v.Key, option) {
			chosen = append(chosen, shown)
		}
	}
	return chosen
}

// answer opens the paper of candidate i and answers its first n questions right, the others wrong or not.
func (w *world) answer(i, n int) {
	w.t.Helper()
	p := w.open(i)
	for q := 1; q <= n; q++ {
		_, err := w.respond(i, p.Seq+q, q, w.right(p.Attempt.Form, q)...)
		must(w.t, err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t testing.TB, got, want error) {
	t.Helper()
	if want == nil && got != nil || !errors.Is(got, want) {
		t.Fatalf("error %v, want %v", got, want)
	}
}
