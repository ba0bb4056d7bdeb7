package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/intake"
	"github.com/skillcert/skillcert/questionbank/intake/jobs"
)

var (
	ctx    = context.Background()
	noon   = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)
	author = authz.Principal{Account: "mingti", Person: "p1", Roles: []authz.Role{authz.Author}}
)

type world struct {
	testing.TB
	clock *clock.Manual
	store *store.Store
	bank  *questionbank.Bank
	desk  *jobs.Desk
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	w := &world{TB: t, clock: clock.NewManual(noon), store: store.New(db, ids.Seeded("jobs"))}
	w.bank = questionbank.NewBank(questionbank.Ports{Items: w.store.Items(), Tables: w.store.Tables(), Releases: w.store.Releases(),
		Blueprints: w.store.Blueprints(), Images: w.store.Images()}, nil, engine.BankPolicy{}, w.clock)
	w.desk = w.another()
	table := questionbank.ElementTable{Occupation: "4-14-01-03", Level: engine.Level5, Edition: "2024",
		Ranges: []questionbank.Range{{Code: "A", Name: "范围", Weight: engine.Pt(100)}}, Points: []questionbank.Point{{Code: "A-001", Name: "点", Importance: "X"}}}
	must(t, w.bank.ImportTable(ctx, author, table))
	return w
}

// another is a second process over the same store.
func (w *world) another() *jobs.Desk {
	return jobs.NewDesk(w.store.Jobs(), intake.New(w.bank), w.clock, ids.Random())
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) workbook(n int, stem string) []byte {
	w.Helper()
	var items []questionbank.ItemVersion
	for i := range n {
		items = append(items, questionbank.ItemVersion{Code: fmt.Sprintf("N-%03d", i+1), Level: engine.Level5, Type: questionbank.Single, Stem: fmt.Sprintf(stem, i+1),
			Options: []string{fmt.Sprintf("甲%d", i), "乙"}, Key: []int{0}, Point: "A-001", Difficulty: 2})
	}
	var b bytes.Buffer
	must(w, exchange.WriteItems(&b, items))
	return b.Bytes()
}

func (w *world) start(data []byte) string {
	w.Helper()
	j, err := w.desk.Start(ctx, author, "../试题.xlsx", data, record.Options{})
	must(w, err)
	return j.ID
}

// worked lets a worker do what there is, and returns the job after it.
func (w *world) worked(d *jobs.Desk, id string) *jobs.Job {
	w.Helper()
	_, err := d.Once(ctx)
	must(w, err)
	j, err := d.Job(ctx, author, id)
	must(w, err)
	return j
}

func (w *world) items() int {
	w.Helper()
	all, _, err := w.bank.Items(ctx, author, questionbank.Filter{}, engine.Cursor{})
	must(w, err)
	return len(all)
}

func TestAFileIsLookedAtThenWritten(t *testing.T) {
	w := newWorld(t)
	id := w.start(w.workbook(12, "第%d种情况下，首先应当做什么"))
	if j := w.worked(w.desk, id); j.State != jobs.Ready || j.Found.Added != 12 || w.items() != 0 ||
		len(j.Shown) != 12 || j.Shown[1].Stem != "第2种情况下，首先应当做什么" || j.Shown[1].Options[0] != "甲1" || j.Shown[1].Point != "A-001" {
		t.Fatalf("after the plan: %s %+v, %d items", j.State, j.Found, w.items())
	}
	_, err := w.desk.Decide(ctx, author, id, intake.Decisions{Whole: true, Near: intake.Skip})
	must(t, err)
	if j := w.worked(w.another(), id); j.State != jobs.Ready || !j.Decisions.Whole {
		t.Fatalf("decided anew: %+v", j)
	}
	for range 2 { // twice is harmless
		_, err = w.desk.Commit(ctx, author, id)
		must(t, err)
	}
	j := w.worked(w.another(), id)
	if j.State != jobs.Done || j.Done != j.Total || j.Ended.IsZero() || w.items() != j.Found.Added {
		t.Fatalf("after the commit: %+v, %d items", j, w.items())
	}
	if _, err := w.desk.Decide(ctx, author, id, intake.Decisions{}); !errors.Is(err, jobs.ErrState) {
		t.Errorf("a job that is done takes decisions: %v", err)
	}
}

func TestWhatCannotBeReadIsSaid(t *testing.T) {
	w := newWorld(t)
	id := w.start([]byte("%PDF-1.7 no items here"))
	if j := w.worked(w.desk, id); j.State != jobs.Failed || j.Refusal == nil || j.Refusal.Msg == "" {
		t.Fatalf("%+v", j)
	}
	if _, err := w.desk.Decide(ctx, author, id, intake.Decisions{}); !errors.Is(err, jobs.ErrState) {
		t.Errorf("there is something to decide: %v", err)
	}
	if _, err := w.desk.Commit(ctx, author, id); !errors.Is(err, jobs.ErrState) {
		t.Errorf("what failed can be written: %v", err)
	}
	if n, err := w.desk.Once(ctx); n != 0 || err != nil {
		t.Errorf("it is tried again: %d, %v", n, err)
	}
}

// A worker that is gone holds a job for a while, then another one goes on; one that is at work is left alone.
func TestAnotherWorkerGoesOn(t *testing.T) {
	w := newWorld(t)
	id := w.start(w.workbook(3, "第%d题"))
	j, err := w.store.Jobs().Job(ctx, id)
	must(t, err)
	j.Held = noon.Add(time.Minute)
	must(t, w.store.Jobs().UpdateJob(ctx, j))
	if j := w.worked(w.desk, id); j.State != jobs.Planning {
		t.Fatalf("a job that is held was taken: %s", j.State)
	}
	w.clock.Set(noon.Add(time.Minute))
	if j := w.worked(w.desk, id); j.State != jobs.Ready || !j.Held.IsZero() {
		t.Fatalf("a job that was left: %s held until %v", j.State, j.Held)
	}
}

func TestWhoMayImport(t *testing.T) {
	w := newWorld(t)
	reviewer := authz.Principal{Account: "r", Person: "r", Roles: []authz.Role{authz.Reviewer}}
	if _, err := w.desk.Start(ctx, reviewer, "x", []byte("x"), record.Options{}); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("start: %v", err)
	}
	if _, err := w.desk.Jobs(ctx, reviewer, 5); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("list: %v", err)
	}
	if _, err := w.desk.Start(ctx, author, "x", make([]byte, jobs.MaxFile+1), record.Options{}); !errors.Is(err, jobs.ErrFile) {
		t.Errorf("too large: %v", err)
	}
	for range 3 {
		w.start([]byte("x"))
		w.clock.Advance(time.Second)
	}
	all, err := w.desk.Jobs(ctx, author, 2)
	if err != nil || len(all) != 2 || !all[0].Started.After(all[1].Started) {
		t.Errorf("the newest first: %v, %v", all, err)
	}
}

// Whoever began an import alone goes on with it, with the roles that they have then.
func TestOnlyTheOwnerGoesOn(t *testing.T) {
	w := newWorld(t)
	id := w.start(w.workbook(2, "第%d种情况下应当做什么"))
	w.worked(w.desk, id)
	keeper := authz.Principal{Account: "keeper", Person: "p2", Roles: []authz.Role{authz.BankKeeper}}
	for name, step := range map[string]func(authz.Principal) error{
		"decide":  func(by authz.Principal) error { _, err := w.desk.Decide(ctx, by, id, intake.Decisions{}); return err },
		"commit":  func(by authz.Principal) error { _, err := w.desk.Commit(ctx, by, id); return err },
		"discard": func(by authz.Principal) error { _, err := w.desk.Discard(ctx, by, id); return err },
	} {
		if err := step(keeper); !errors.Is(err, jobs.ErrOwner) {
			t.Errorf("%s by another: %v", name, err)
		}
	}
	as := author
	as.Roles = []authz.Role{authz.BankKeeper}
	_, err := w.desk.Commit(ctx, as, id)
	must(t, err)
	j, err := w.desk.Job(ctx, author, id)
	must(t, err)
	if len(j.By.Roles) != 1 || j.By.Roles[0] != authz.BankKeeper {
		t.Errorf("the worker acts with roles of the past: %v", j.By.Roles)
	}
}

func TestAJobCanBeDiscarded(t *testing.T) {
	w := newWorld(t)
	id := w.start(w.workbook(2, "第%d种情况下应当做什么"))
	if _, err := w.desk.Discard(ctx, author, id); !errors.Is(err, jobs.ErrState) {
		t.Errorf("while it is read: %v", err)
	}
	w.worked(w.desk, id)
	for range 2 {
		_, err := w.desk.Discard(ctx, author, id)
		must(t, err)
	}
	if _, err := w.desk.Commit(ctx, author, id); !errors.Is(err, jobs.ErrState) {
		t.Errorf("what was discarded can be written: %v", err)
	}
	if j := w.worked(w.desk, id); j.State != jobs.Discarded || j.Ended.IsZero() || w.items() != 0 {
		t.Errorf("%+v", j)
	}
}

// slow keeps a worker waiting for the file of its job.
type slow struct {
	jobs.Ports
	asked, free chan struct{}
}

func (s slow) File(ctx context.Context, id string, size int) ([]byte, error) {
	s.asked <- struct{}{}
	<-s.free
	return s.Ports.File(ctx, id, size)
}

// at lets a slow worker begin and answers what lets it end.
func (w *world) at(renew time.Duration) (end func()) {
	s := slow{w.store.Jobs(), make(chan struct{}), make(chan struct{})}
	d := jobs.NewDesk(s, intake.New(w.bank), w.clock, ids.Random())
	d.Renewing(renew)
	failed := make(chan error, 1)
	go func() { _, err := d.Once(ctx); failed <- err }()
	<-s.asked
	return func() { close(s.free); must(w, <-failed) }
}

// A worker that was away too long has no say in a job that went on without it.
func TestALostJobIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	id := w.start(w.workbook(3, "第%d种情况下应当做什么"))
	end := w.at(time.Hour)
	w.clock.Advance(3 * time.Minute)
	if j := w.worked(w.desk, id); j.State != jobs.Ready {
		t.Fatalf("another worker: %s", j.State)
	}
	_, err := w.desk.Commit(ctx, author, id)
	must(t, err)
	end()
	j, err := w.desk.Job(ctx, author, id)
	must(t, err)
	if j.State != jobs.Importing || w.items() != 0 {
		t.Errorf("a worker of the plan ended the import: %s, %d items", j.State, w.items())
	}
	if j = w.worked(w.desk, id); j.State != jobs.Done || w.items() != 3 {
		t.Errorf("then: %s, %d items", j.State, w.items())
	}
}

// A worker that takes its time keeps its job.
func TestALongPlanKeepsItsJob(t *testing.T) {
	w := newWorld(t)
	id := w.start(w.workbook(3, "第%d种情况下应当做什么"))
	end := w.at(time.Millisecond)
	w.clock.Advance(3 * time.Minute)
	for renewed := false; !renewed; time.Sleep(time.Millisecond) {
		j, err := w.store.Jobs().Job(ctx, id)
		must(t, err)
		renewed = j.Held.After(w.clock.Now())
	}
	if j := w.worked(w.desk, id); j.State != jobs.Planning {
		t.Errorf("taken from a worker that is at it: %s", j.State)
	}
	end()
	if j, err := w.desk.Job(ctx, author, id); err != nil || j.State != jobs.Ready {
		t.Errorf("%v, %v", j, err)
	}
}

// kept tells whether the file of a job is there.
func (w *world) kept(id string) bool {
	w.Helper()
	j, err := w.store.Jobs().Job(ctx, id)
	must(w, err)
	_, err = w.store.Jobs().File(ctx, id, j.Size)
	if err != nil && !errors.Is(err, jobs.ErrJob) {
		w.Fatal(err)
	}
	if there := err == nil; there == j.Cleared {
		w.Errorf("%s: the file is there %t, the job says it is cleared %t", id, there, j.Cleared)
	}
	return err == nil
}

// cleaned lets a worker clear what it can, and reports whether the file of a job is left.
func (w *world) cleaned(id string, want int) bool {
	w.Helper()
	n, err := w.another().Clean(ctx)
	must(w, err)
	if n != want {
		w.Errorf("%d files cleared, want %d", n, want)
	}
	return w.kept(id)
}

// A file goes when the import is over, not before.
func TestTheFileOfAFinishedImportGoes(t *testing.T) {
	w := newWorld(t)
	data := w.workbook(3, "第%d种情况下应当做什么")
	id := w.start(data)
	if !w.cleaned(id, 0) {
		t.Fatal("gone before it was read")
	}
	w.worked(w.desk, id)
	if !w.cleaned(id, 0) {
		t.Fatal("gone before anybody decided")
	}
	_, err := w.desk.Commit(ctx, author, id)
	must(t, err)
	if !w.cleaned(id, 0) {
		t.Fatal("gone before it was written")
	}
	w.worked(w.desk, id)
	if w.cleaned(id, 1) {
		t.Error("kept after it was written")
	}
	j, err := w.desk.Job(ctx, author, id)
	must(t, err)
	if len(j.Shown) != 0 {
		t.Errorf("items with their keys stay: %+v", j.Shown)
	}
	if last := j.Trail[len(j.Trail)-1]; j.State != jobs.Done || j.Found.Added != 3 || last.Action != "import.cleared" || last.By != "engine:imports" {
		t.Errorf("what is left of it: %s, %+v, %+v", j.State, j.Found, last)
	}
	w.cleaned(id, 0)

	id = w.start(data)
	w.worked(w.desk, id)
	_, err = w.desk.Discard(ctx, author, id)
	must(t, err)
	if w.cleaned(id, 1) {
		t.Error("kept after it was discarded")
	}
	id = w.start([]byte("%PDF-1.7 no items here"))
	if j := w.worked(w.desk, id); w.cleaned(id, 1) || j.State != jobs.Failed {
		t.Error("kept although nobody could read it")
	}
	_, err = w.desk.Discard(ctx, author, id) // it can be put away still
	must(t, err)
}

// What nobody decides on is given up once it was kept for long enough; a decision begins that time anew.
func TestAForgottenImportIsGivenUp(t *testing.T) {
	w := newWorld(t)
	id := w.start(w.workbook(3, "第%d种情况下应当做什么"))
	w.worked(w.desk, id)
	w.clock.Set(noon.Add(jobs.Keep - time.Millisecond))
	if !w.cleaned(id, 0) {
		t.Fatal("gone too early")
	}
	_, err := w.desk.Decide(ctx, author, id, intake.Decisions{Near: intake.Skip})
	must(t, err)
	w.worked(w.desk, id)
	w.clock.Set(noon.Add(2*jobs.Keep - 2*time.Millisecond))
	if j := w.worked(w.desk, id); !w.cleaned(id, 0) || j.Expired() {
		t.Fatal("gone although somebody decided on it")
	}
	w.clock.Advance(time.Millisecond)
	if w.cleaned(id, 1) {
		t.Error("kept for ever")
	}
	if j := w.worked(w.desk, id); j.State != jobs.Discarded || !j.Expired() || j.Ended != w.clock.Now() {
		t.Errorf("given up: %+v", j)
	}
	if _, err := w.desk.Commit(ctx, author, id); !errors.Is(err, jobs.ErrState) || w.items() != 0 {
		t.Errorf("it can be written without its file: %v", err)
	}
}

// broken forgets no file of the job, of any when it names none, until it is mended.
type broken struct {
	jobs.Ports
	job    string
	mended bool
}

var errDisk = errors.New("disk")

func (b *broken) DropFile(ctx context.Context, id string, size int) error {
	if !b.mended && (b.job == "" || b.job == id) {
		return errDisk
	}
	return b.Ports.DropFile(ctx, id, size)
}

// A file that cannot go does not keep the others.
func TestClearingPassesByWhatFails(t *testing.T) {
	w := newWorld(t)
	var all []string
	for range 3 {
		all = append(all, w.start([]byte("%PDF-1.7 no items here")))
		w.clock.Advance(time.Second)
	}
	_, err := w.desk.Once(ctx)
	must(t, err)
	d := jobs.NewDesk(&broken{Ports: w.store.Jobs(), job: all[0]}, intake.New(w.bank), w.clock, ids.Random())
	if n, err := d.Clean(ctx); n != 2 || !errors.Is(err, errDisk) || !strings.Contains(err.Error(), all[0]) {
		t.Errorf("%d, %v", n, err)
	}
	if !w.kept(all[0]) || w.kept(all[1]) || w.kept(all[2]) {
		t.Error("the first is kept, the others are not")
	}
}

// torn is a process that ends while it keeps a file: only a part of it is there.
type torn struct{ jobs.Ports }

func (r torn) PutFile(ctx context.Context, id string, data []byte) error {
	if err := r.Ports.PutFile(ctx, id, data[:1<<20]); err != nil {
		return err
	}
	return errDisk
}

// What came of a file whose upload was broken off goes after a day, not before: it may still be coming.
func TestAFileThatDidNotComeInGoes(t *testing.T) {
	w := newWorld(t)
	d := jobs.NewDesk(torn{w.store.Jobs()}, intake.New(w.bank), w.clock, ids.Random())
	if _, err := d.Start(ctx, author, "x", make([]byte, 2<<20), record.Options{}); !errors.Is(err, errDisk) {
		t.Fatal(err)
	}
	all, err := w.desk.Jobs(ctx, author, 5)
	if err != nil || len(all) != 1 {
		t.Fatalf("nobody knows of the file: %v, %v", all, err)
	}
	id := all[0].ID
	part := func() bool {
		_, err := w.store.Jobs().File(ctx, id, 1<<20)
		return err == nil
	}
	for _, after := range []time.Duration{0, jobs.Receive - time.Millisecond} {
		w.clock.Set(noon.Add(after))
		if n, err := w.desk.Clean(ctx); n != 0 || err != nil || !part() {
			t.Errorf("after %v: %d cleared, %v", after, n, err)
		}
		if n, err := w.desk.Once(ctx); n != 0 || err != nil {
			t.Errorf("after %v a worker read it: %d, %v", after, n, err)
		}
	}
	w.clock.Advance(time.Millisecond)
	if w.cleaned(id, 1) || part() {
		t.Error("kept for ever")
	}
	if j := w.worked(w.desk, id); j.State != jobs.Failed || j.Refusal == nil || j.Refusal.Code != jobs.ErrBroken.Code || j.Expired() || j.Decidable() {
		t.Errorf("%+v", j)
	}
	w.cleaned(id, 0)
}

// Clearing that broke off between its steps is completed the next time; meanwhile nothing can be committed.
func TestClearingGoesOn(t *testing.T) {
	w := newWorld(t)
	id := w.start(w.workbook(3, "第%d种情况下应当做什么"))
	w.worked(w.desk, id)
	w.clock.Advance(jobs.Keep)
	ports := &broken{Ports: w.store.Jobs()}
	d := jobs.NewDesk(ports, intake.New(w.bank), w.clock, ids.Random())
	if n, err := d.Clean(ctx); n != 0 || !errors.Is(err, errDisk) {
		t.Fatalf("%d, %v", n, err)
	}
	if _, err := w.desk.Commit(ctx, author, id); !errors.Is(err, jobs.ErrState) {
		t.Errorf("committed while its file goes: %v", err)
	}
	ports.mended = true
	if n, err := d.Clean(ctx); n != 1 || err != nil || w.kept(id) {
		t.Errorf("%d, %v", n, err)
	}
}

// The worker of a house clears files by itself.
func TestAWorkerClearsFiles(t *testing.T) {
	w := newWorld(t)
	id := w.start([]byte("%PDF-1.7 no items here"))
	w.worked(w.desk, id)
	at, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); w.another().Work(at, func(err error) { t.Error(err) }) }()
	for cleared := false; !cleared; time.Sleep(time.Millisecond) {
		j, err := w.store.Jobs().Job(ctx, id)
		must(t, err)
		cleared = j.Cleared
	}
	stop()
	<-ended
	if w.kept(id) {
		t.Error("kept")
	}
}
