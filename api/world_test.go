package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/api/auth"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/archive"
	"github.com/skillcert/skillcert/certs/bulk"
	"github.com/skillcert/skillcert/certs/certstest"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/accreditation"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/practical/control"
	"github.com/skillcert/skillcert/engine/recognition"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/engine/store/storetest"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/engine/theory/handin"
	"github.com/skillcert/skillcert/engine/training"
	"github.com/skillcert/skillcert/fixtures/policy"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/intake"
	"github.com/skillcert/skillcert/questionbank/intake/jobs"
	"github.com/skillcert/skillcert/questionbank/itemstats"
)

// The day of the sitting: theory from nine, practice from one in the afternoon, in the policy's zone.
var (
	sittingDay = clock.Date{Year: 2026, Month: 11, Day: 24}
	eve        = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	nine       = time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)
)

// world is a real server over real services on a store of its own.
type world struct {
	testing.TB
	api.Services
	clock   *clock.Manual
	db      *sqlite.Store
	store   *store.Store
	ended   bool
	certs   certs.Ports
	seals   *keys.Ring
	ring    *auth.Ring
	server  *api.Server
	base    string
	session *sitting.Session
	seats   []*sitting.Seat
	jam     *atomic.Value // ticket at which the press of papers fails
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// generous limits keep tests of other things from meeting them.
var generous = api.Config{Limits: api.Limits{SignIn: 1 << 20, Name: 1 << 20, Verify: 1 << 20, Number: 1 << 20, Upload: 1 << 20, List: 1 << 20}, Version: "test",
	Patience: 10 * time.Minute} // a test waits for a slow machine

// newWorld opens a copy of the prepared house on the eve of the sitting: forms and tasks are drawn.
func newWorld(t testing.TB) *world { return newWorldWith(t, generous) }

// end closes the store, once, when nobody has changed what is shared.
func (w *world) end() {
	if w.ended {
		return
	}
	w.ended = true
	storetest.SessionsUntouched(w, w.store, store.New(w.db, ids.Random()))
	check(w, w.db.Close())
}

func newWorldWith(t testing.TB, cfg api.Config) *world {
	t.Helper()
	from, err := prepared()
	check(t, err)
	dir := t.TempDir()
	check(t, copyHouse(dir, from))
	w, err := furnish(dir, clock.NewManual(eve), cfg)
	check(t, err)
	w.TB = t
	t.Cleanup(w.end)
	w.serve()
	sessions, err := w.Sittings.Sessions(t.Context(), w.principal("kaowu"))
	check(t, err)
	w.session = sessions[0]
	w.seats, err = w.Sittings.SeatsOf(t.Context(), w.session.ID)
	check(t, err)
	slices.SortStableFunc(w.seats, func(a, b *sitting.Seat) int { return w.rareFirst(b) - w.rareFirst(a) })
	return w
}

// rareFirst puts the candidate with the rare character where tests look for them.
func (w *world) rareFirst(s *sitting.Seat) int {
	w.Helper()
	p, err := w.Registry.Named(w.Context(), s.Candidate)
	check(w, err)
	if p.Name == rareName {
		return 1
	}
	return 0
}

// copyHouse copies the files of a house, for nobody else to read: keys that others can read are refused.
func copyHouse(to, from string) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), b, 0o600)
	})
}

// prepared is built once; every test works on a copy of it. It lies in the temporary directory of the test binary.
var prepared = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "skillcert-api-test-")
	if err != nil {
		return "", err
	}
	w, err := furnish(dir, clock.NewManual(eve.Add(-48*time.Hour)), generous)
	if err != nil {
		return "", err
	}
	return dir, errors.Join(w.prepare(context.Background()), w.db.Close())
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := prepared(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// furnish puts the house together over the files in dir.
func furnish(dir string, c *clock.Manual, cfg api.Config) (*world, error) {
	pol, err := policy.Sample()
	if err != nil {
		return nil, err
	}
	seals, err := keys.Init(filepath.Join(dir, "keys"), "技能等级认定", true, eve)
	if err != nil {
		return nil, err
	}
	w := &world{clock: c}
	if w.ring, err = auth.OpenRing(filepath.Join(dir, "keys"), c); err != nil {
		return nil, err
	}
	if w.db, err = sqlite.Open(filepath.Join(dir, "x.db")); err != nil {
		return nil, err
	}
	w.store = store.New(w.db, ids.Random())
	if err := w.openLog(seals); err != nil {
		return nil, err
	}
	w.services(w.store, pol, seals)
	w.server, err = api.New(w.Services, cfg, w.ring, c, ids.Random(), slog.New(slog.NewTextHandler(io.Discard, nil)))
	return w, err
}

// openLog opens the transparency log of the house under its own key.
func (w *world) openLog(seals *keys.Ring) error {
	signer, key, err := seals.LogSigner("example.org/log")
	if err != nil {
		return err
	}
	trust, err := translog.ReadTrust([]string{key}, nil)
	if err != nil {
		return err
	}
	w.LogKey = key
	w.Translog, err = translog.New(w.store.Translog(), signer, trust, w.clock)
	return err
}

func (w *world) services(st *store.Store, pol engine.Policy, seals *keys.Ring) {
	s, c, source := &w.Services, w.clock, ids.Random()
	s.Policy = pol
	s.Gate = accounts.NewGate(st.Accounts(), st.Logins(), st.Tickets(), c, source, accounts.Cost{KiB: 8, Passes: 1, Threads: 1})
	s.Registry = people.NewRegistry(st.People(), st.Organisations(), []byte("key"), c)
	s.Bank = questionbank.NewBank(questionbank.Ports{Items: st.Items(), Tables: st.Tables(), Releases: st.Releases(), Blueprints: st.Blueprints(), Images: st.Images(),
		Corrections: st.Corrections(), Gauge: assembly.Gauge, People: s.Registry},
		assembly.ProveBlueprint, pol.Bank, c)
	s.Imports = jobs.NewDesk(st.Jobs(), intake.New(s.Bank), c, source)
	s.Counter = people.NewCounter(s.Registry, st.Readings(), source)
	s.Desk = registration.NewDesk(st.Applications(), s.Registry, pol, c).Recording(st.RosterImports()).Minding(result.NewRecords(st.Cases(), s.Registry)).
		Keeping(result.NewPasses(result.Ports{Results: st.Results(), Publications: st.Publications(), Checks: st.Checks(), Cases: st.Cases()}, st.Sessions(), st.Applications(), pol, c))
	s.Judge = separation.NewJudge(st.Ties(), s.Registry, pol.Ties, c)
	s.Accreditation = accreditation.NewDesk(accreditation.Ports{Calls: st.Calls(), Files: st.MaterialFiles()}, s.Judge, s.Registry, pol, c)
	s.Gate.Telling(separation.NewStaffing(s.Judge, pol.Location()))
	s.Training = training.NewDesk(training.Ports{Courses: st.Courses(), Classes: st.Classes(), Enrolments: st.Enrolments(), Needs: st.NeedLists()}, s.Registry, s.Judge, pol, c)
	s.TrainingLists = training.NewLists(st.Listings(), pol, c)
	s.Sittings = sitting.NewSittings(sitting.Ports{Plans: st.Plans(), Sessions: st.Sessions(), Seats: st.Seats(), Proceedings: st.Proceedings(),
		Draws: theory.DrawsOf(st.Draws()), Classes: s.Training, Makers: s.Bank, Papers: theory.PapersOf(st.Attempts()),
		Tasks:  practical.TasksOf(st.TaskDraws(), st.Assessments(), pol.Practical, c),
		Acting: practical.Acts{Assessments: st.Assessments(), Seals: st.Seals()}, Requests: registration.QueueOf(st.Requests(), pol), Calibrations: control.Register{Markings: st.ControlMarkings(), People: s.Registry}},
		s.Registry, s.Desk, s.Judge, s.Bank, pol, c, source)
	s.Intake = registration.NewIntake(registration.IntakePorts{Openings: st.Openings(), Requests: st.Requests(), Sessions: s.Sittings}, s.Desk)
	s.Exams = theory.NewExams(theory.Ports{Attempts: st.Attempts(), Log: st.Log(), Activities: st.Activities(), Draws: st.Draws(), Seals: st.Seals(), Remarks: st.Remarks(),
		HandIn: handin.NewKeys([]byte("a secret of the house: 32 bytes.."))}, s.Sittings, s.Bank, c, source)
	s.Statistics = theory.NewStatistics(theory.StatisticsPorts{Tallies: st.Tallies(), Findings: st.Findings(), Sessions: st.Sessions()}, s.Exams,
		itemstats.DefaultThresholds())
	s.Practical = practical.NewDesk(practical.Ports{Assessments: st.Assessments(), Sheets: st.Sheets(), Draws: st.TaskDraws(), Seals: st.Seals(), Names: s.Registry,
		Calibrations: control.Register{Markings: st.ControlMarkings(), People: s.Registry}},
		s.Sittings, s.Bank, pol, c, source)
	s.Control = control.NewDesk(control.Ports{Controls: st.Controls(), Markings: st.ControlMarkings(), People: s.Registry, Bank: s.Bank}, pol, c, source)
	s.Board = result.NewBoard(result.Ports{Results: st.Results(), Publications: st.Publications(), Seals: st.Seals(),
		Checks: st.Checks(), Cases: st.Cases(), Objections: st.Objections()}, s.Sittings, s.Registry, pol, c)
	s.Recognition = recognition.NewDesk(recognition.Ports{Cases: st.Recognitions(), Quotas: st.RecognitionQuotas()}, s.Registry, s.Judge,
		result.NewRecords(st.Cases(), s.Registry), pol, c)
	ports := st.Certificates()
	ports.Journal, ports.People, ports.Zone, ports.Lists = certs.Logbook{Log: s.Translog}, s.Registry, pol.Location(), "https://example.org/status/"
	w.seals, s.Bulk = seals, bulk.NewDesk(certs.NewVerifier(ports, certs.Trusted{Roots: seals.Trust(), Log: s.Translog.Trust()}, c, 0), s.Gate, pol.Location())
	w.certs, s.Keys, s.Root = ports, seals, seals.RootPEM()
	s.Issuer = certs.NewIssuer(ports, certs.Sources{Board: s.Board, People: s.Registry, Sittings: s.Sittings}, setting{certstest.Stamp{Ring: seals}},
		pol.Certificates, c, source)
	s.Sittings.Telling(certs.Settling{Board: s.Board, Issuer: s.Issuer})
	s.Statuses = certs.NewStatusLists(ports, seals, "https://example.org", c)
	s.Verifier = certs.NewVerifier(ports, certs.Trusted{Roots: seals.Trust(), Log: s.Translog.Trust()}, c, 0)
	s.Fonts, w.jam = noGlyphs{}, new(atomic.Value)
	s.Papers = plainPress{w.jam}
	s.Sheets = plainSheets{}
	s.Archive = archive.NewDesk(archive.Ports{Filings: w.store.Filings(), Seals: w.store.Seals(), Attempts: w.store.Attempts(), Log: w.store.Log(),
		Assessments: w.store.Assessments(), Sheets: w.store.Sheets()}, archive.Rooms{People: s.Registry, Counter: s.Counter, Desk: s.Desk, Sittings: s.Sittings, Exams: s.Exams,
		Bank: s.Bank, Board: s.Board, Issuer: s.Issuer}, archive.Means{Press: plainSheets{}, Keys: seals, Journal: s.Translog, Program: "test"}, pol, c)
	s.Alive = func(ctx context.Context) error {
		_, err := w.db.Get(ctx, docs.Key{Kind: "account", ID: "healthz"})
		if errors.Is(err, docs.ErrNotFound) {
			return nil
		}
		return err
	}
}

// noGlyphs stands for a font: its bytes say what was asked for.
type noGlyphs struct{}

func (noGlyphs) Cut(points []rune) ([]byte, error) { return []byte(fmt.Sprintf("%X", points)), nil }

// serve listens until the test ends.
func (w *world) serve() {
	w.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(w, err)
	w.base = "http://" + l.Addr().String()
	done, server := make(chan error, 1), w.server
	go func() { done <- server.Serve(l) }()
	w.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		http.DefaultClient.CloseIdleConnections() // one that was dialled and never used keeps a server waiting
		check(w, server.Shutdown(ctx))
		check(w, <-done)
	})
}
