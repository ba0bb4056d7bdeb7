package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/api/auth"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/archive"
	"github.com/skillcert/skillcert/certs/bulk"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/certs/pdf/readout"
	"github.com/skillcert/skillcert/certs/press"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/accreditation"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
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
	"github.com/skillcert/skillcert/engine/store/mongo"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/engine/theory/handin"
	"github.com/skillcert/skillcert/engine/training"
	"github.com/skillcert/skillcert/fixtures/fonts"
	"github.com/skillcert/skillcert/fixtures/policy"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/intake"
	"github.com/skillcert/skillcert/questionbank/intake/jobs"
	"github.com/skillcert/skillcert/questionbank/itemstats"
)

// settings say where the house stands. The zero value of everything but Data is usable.
type settings struct {
	Data     string // directory of the embedded store, the keys and an optional policy.json
	Mongo    string // connection string; empty for the embedded store
	Database string // within MongoDB; empty for defaultDatabase
	Listen   string
	Base     string // public address, as printed in certificates and asked of lockdown browsers; empty: that of the listener
	Label    string // in whose name the root key speaks, when it is made
	Demo     bool

	TrustClock bool // whatever is recorded

	Lookup string // address of the authority's own lookup, printed on certificates beside ours

	Witnesses []string // of the transparency log, URL=VKEY each

	Cost   accounts.Cost // of a password check; zero for accounts.DefaultCost
	Server api.Config
	Offer  func() api.DemoSignIns // sign-ins that the demo's pages offer; nil elsewhere
}

const (
	defaultListen   = "127.0.0.1:8080"
	defaultDatabase = "skillcert"
	databaseFile    = "skillcert.db"
	keyRoom         = "keys"
)

// LogValue keeps the connection string, which may hold a password, out of logs.
func (s settings) LogValue() slog.Value {
	where := "embedded"
	if s.Mongo != "" {
		where = "mongodb ***"
	}
	return slog.GroupValue(slog.String("data", s.Data), slog.String("store", where), slog.String("listen", s.Listen))
}

// Validate reports every problem of s at once.
func (s settings) Validate() error {
	var c errs.Check
	c.That(s.Data != "", "data", "missing", "缺少数据目录")
	c.That(s.Mongo == "" || strings.HasPrefix(s.Mongo, "mongodb://") || strings.HasPrefix(s.Mongo, "mongodb+srv://"), "mongo", "form", "应为 mongodb:// 地址")
	_, _, err := net.SplitHostPort(s.Listen)
	c.That(err == nil, "listen", "form", "应为 主机:端口")
	c.That(s.Base == "" || strings.HasPrefix(s.Base, "https://") || strings.HasPrefix(s.Base, "http://"), "base-url", "form", "应为 http(s) 地址")
	return c.Err(errSettings)
}

var errSettings = errs.New(errs.Invalid, "settings.invalid", "启动参数不正确")

// house is the whole product put together: the store, the services and the server.
type house struct {
	api.Services
	settings settings
	clock    clock.Clock
	policy   engine.Policy
	documents
	store  *store.Store
	keys   *keys.Ring
	server *api.Server

	witnesses []*askedWitness
	vaultKeys int // that personal data are sealed under
}

// documents is what both adapters offer beside docs.Store.
type documents interface {
	docs.Loader
	Close() error
}

// openDocuments opens the store that the settings name.
func openDocuments(ctx context.Context, s settings) (documents, error) {
	if s.Mongo == "" {
		return sqlite.Open(filepath.Join(s.Data, databaseFile))
	}
	name := s.Database
	if name == "" {
		name = defaultDatabase
	}
	return mongo.Open(ctx, s.Mongo, name, store.Schema())
}

// open builds the house. It makes the keys that a new house needs and changes nothing else.
func open(ctx context.Context, s settings, c clock.Clock, log *slog.Logger) (*house, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	pol, err := readPolicy(s.Data)
	if err != nil {
		return nil, err
	}
	h := &house{settings: s, clock: c, policy: pol}
	if h.documents, err = openDocuments(ctx, s); err != nil {
		return nil, err
	}
	if err := h.build(ctx, log); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// build unlocks the keys and puts everything together over the open store.
func (h *house) build(ctx context.Context, log *slog.Logger) error {
	dir := filepath.Join(h.settings.Data, keyRoom)
	if err := h.unlock(ctx, dir); err != nil {
		return err
	}
	tokens, err := auth.OpenRing(dir, h.clock)
	if err != nil {
		return err
	}
	names, err := secretFile(filepath.Join(dir, "person.key"))
	if err != nil {
		return err
	}
	files, err := secretFile(filepath.Join(dir, "handin.key"))
	if err != nil {
		return err
	}
	source := ids.Random()
	guard, err := openVault(dir, names)
	if err != nil {
		return err
	}
	h.store, h.vaultKeys = store.New(h.documents, source).Guarded(guard), len(guard.Marks())
	if err := h.compareSecrets(ctx, secrets{names, files}, log); err != nil {
		return err
	}
	if err := h.store.CompareVault(ctx); err != nil {
		return err
	}
	if err := h.openLog(ctx); err != nil {
		return err
	}
	h.furnish(secrets{names, files}, source)
	cfg := h.settings.Server
	cfg.Demo = cfg.Demo || h.keys.Demo()
	cfg.Base = h.base()
	h.server, err = api.New(h.Services, cfg, tokens, h.clock, source, log)
	return err
}

// furnish puts the services together, room by room, inward rooms first.
func (h *house) furnish(from secrets, source *ids.Source) {
	st, c, pol := h.store, h.clock, h.policy
	fonts := sync.OnceValues(openFonts)
	cost := h.settings.Cost
	if cost == (accounts.Cost{}) {
		cost = accounts.DefaultCost()
	}
	s := &h.Services
	s.Policy, s.Demo = pol, h.settings.Offer
	s.Gate = accounts.NewGate(st.Accounts(), st.Logins(), st.Tickets(), c, source, cost)
	s.Registry = people.NewRegistry(st.People(), st.Organisations(), from.persons, c).Printing(pdf.CheckPhoto)
	s.Bank = questionbank.NewBank(questionbank.Ports{Items: st.Items(), Tables: st.Tables(), Releases: st.Releases(), Blueprints: st.Blueprints(),
		Images: st.Images(), Corrections: st.Corrections(), Gauge: assembly.Gauge, People: s.Registry},
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
		Tasks:    practical.TasksOf(st.TaskDraws(), st.Assessments(), pol.Practical, c),
		Requests: registration.QueueOf(st.Requests(), pol),
		Acting:   practical.Acts{Assessments: st.Assessments(), Seals: st.Seals()}, Calibrations: control.Register{Markings: st.ControlMarkings(), People: s.Registry}},
		s.Registry, s.Desk, s.Judge, s.Bank, pol, c, source)
	s.Intake = registration.NewIntake(registration.IntakePorts{Openings: st.Openings(), Requests: st.Requests(), Sessions: s.Sittings}, s.Desk)
	s.Exams = theory.NewExams(theory.Ports{Attempts: st.Attempts(), Log: st.Log(), Activities: st.Activities(), Draws: st.Draws(), Seals: st.Seals(),
		Remarks: st.Remarks(), Build: version(), HandIn: handin.NewKeys(from.files)}, s.Sittings, s.Bank, c, source)
	s.Statistics = theory.NewStatistics(theory.StatisticsPorts{Tallies: st.Tallies(), Findings: st.Findings(), Sessions: st.Sessions()},
		s.Exams, itemstats.DefaultThresholds())
	s.Practical = practical.NewDesk(practical.Ports{Assessments: st.Assessments(), Sheets: st.Sheets(), Draws: st.TaskDraws(), Seals: st.Seals(), Names: s.Registry,
		Calibrations: control.Register{Markings: st.ControlMarkings(), People: s.Registry}},
		s.Sittings, s.Bank, pol, c, source)
	s.Control = control.NewDesk(control.Ports{Controls: st.Controls(), Markings: st.ControlMarkings(), People: s.Registry, Bank: s.Bank}, pol, c, source)
	s.Board = result.NewBoard(result.Ports{Results: st.Results(), Publications: st.Publications(), Seals: st.Seals(),
		Checks: st.Checks(), Cases: st.Cases(), Objections: st.Objections()}, s.Sittings, s.Registry, pol, c)
	s.Recognition = recognition.NewDesk(recognition.Ports{Cases: st.Recognitions(), Quotas: st.RecognitionQuotas()}, s.Registry, s.Judge,
		result.NewRecords(st.Cases(), s.Registry), pol, c)
	ports := st.Certificates()
	ports.Journal, ports.People, ports.Zone, ports.Lists = certs.Logbook{Log: s.Translog}, s.Registry, pol.Location(), h.base()+"/status/"
	s.Issuer = certs.NewIssuer(ports, certs.Sources{Board: s.Board, People: s.Registry, Sittings: s.Sittings, Recognitions: s.Recognition},
		&lazyPress{open: sync.OnceValues(h.openPress(fonts)), demo: h.keys.Demo()}, pol.Certificates, c, source)
	s.Sittings.Telling(certs.Settling{Board: s.Board, Issuer: s.Issuer})
	s.Statuses = certs.NewStatusLists(ports, h.keys, h.base(), c)
	ports.Pages = press.NewPages(readout.New(""))
	s.Verifier = certs.NewVerifier(ports, h.trusted(), c, unknownAfter)
	s.Bulk = bulk.NewDesk(certs.NewVerifier(ports, certs.Trusted{Roots: h.keys.Trust(), Log: s.Translog.Trust()}, c, 0), s.Gate, pol.Location())
	s.Keys = h.keys
	sheets := &lazySheets{open: fonts}
	s.Sheets, s.Archive = sheets, h.archiveDesk(sheets)
	s.Root, s.Fonts, s.Papers = h.keys.RootPEM(), lazyFonts{fonts}, &lazyPapers{open: fonts}
	s.Stations = &lazyStation{open: fonts}
	s.Published = func() ([]byte, error) { return publicBundle(h.keys, "", h.clock.Now()) }
	s.Alive, s.Away = h.alive, h.away
}

// archiveDesk reports on sessions and files them. It gathers from all the rooms before it.
func (h *house) archiveDesk(press archive.Press) *archive.Desk {
	st, s := h.store, &h.Services
	return archive.NewDesk(archive.Ports{Filings: st.Filings(), Seals: st.Seals(), Attempts: st.Attempts(), Log: st.Log(), Assessments: st.Assessments(),
		Sheets: st.Sheets()}, archive.Rooms{People: s.Registry, Counter: s.Counter, Desk: s.Desk, Sittings: s.Sittings, Exams: s.Exams, Bank: s.Bank, Board: s.Board, Issuer: s.Issuer},
		archive.Means{Press: press, Keys: h.keys, Journal: s.Translog, Program: version()}, h.policy, h.clock)
}

// trusted is what files are judged by.
func (h *house) trusted() certs.Trusted {
	return certs.Trusted{Roots: h.keys.Trust(), Log: h.Translog.Trust(), Stampers: h.keys.StampRoots(), SM2: h.keys.SM2Roots(), CRLs: h.keys.CRLs}
}

// lookups are the addresses printed for checking by hand: our own, and one that the settings name.
func (h *house) lookups() []string {
	own := strings.TrimPrefix(strings.TrimPrefix(h.base(), "https://"), "http://") + "/verify"
	if h.settings.Lookup == "" {
		return []string{own}
	}
	return []string{own, h.settings.Lookup}
}

// unknownAfter is how long it takes to say that nothing is known of a certificate, whatever the reason.
const unknownAfter = 50 * time.Millisecond

// base is the public address. One that listens everywhere is at least reached on this machine.
func (h *house) base() string {
	if h.settings.Base != "" {
		return strings.TrimSuffix(h.settings.Base, "/")
	}
	host, port, err := net.SplitHostPort(h.settings.Listen)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return "http://localhost:" + port
	}
	return "http://" + h.settings.Listen
}

// alive asks the store for a document that may well be absent: any answer is a sign of life.
func (h *house) alive(ctx context.Context) error {
	_, err := h.Get(ctx, docs.Key{Kind: "account", ID: "healthz"})
	if errors.Is(err, docs.ErrNotFound) {
		return nil
	}
	return err
}

// openFonts unpacks the fonts that the program carries: a second of work that only rare characters and certificates
// need, so it is done when the first of them is asked for.
func openFonts() (*pdf.Fonts, error) {
	return pdf.OpenFiles(fonts.New())
}

// lazyFonts is api.RareFonts over fonts that are unpacked when asked for.
type lazyFonts struct{ open func() (*pdf.Fonts, error) }

func (l lazyFonts) Cut(runes []rune) ([]byte, error) {
	f, err := l.open()
	if err != nil {
		return nil, err
	}
	return f.Cut(runes)
}

// lazyPress is certs.Sealer and certs.Checker over a press that is set up when the first certificate is sealed.
type lazyPress struct {
	open func() (*press.Press, error)
	demo bool
}

// Demo reports whether the keys were made for a demonstration.
func (l *lazyPress) Demo() bool { return l.demo }

func (l *lazyPress) Seal(d certs.Draft) ([]byte, error) {
	p, err := l.open()
	if err != nil {
		return nil, err
	}
	return p.Seal(d)
}

func (l *lazyPress) Check(d certs.Draft) error {
	p, err := l.open()
	if err != nil {
		return err
	}
	return p.Check(d)
}

// Specimen is certs.Setter.
func (l *lazyPress) Specimen(k certs.Kind, source []byte, body string, at time.Time) ([]byte, error) {
	p, err := l.open()
	if err != nil {
		return nil, err
	}
	return p.Specimen(k, source, body, at)
}

// BuiltIn is certs.Setter.
func (l *lazyPress) BuiltIn(k certs.Kind) []byte { return press.BuiltIn(k) }

func (h *house) openPress(fonts func() (*pdf.Fonts, error)) func() (*press.Press, error) {
	return func() (*press.Press, error) {
		f, err := fonts()
		if err != nil {
			return nil, err
		}
		r, err := pdf.NewRenderer(f)
		if err != nil {
			return nil, err
		}
		return press.NewPress(r, h.keys, h.base(), h.lookups()...), nil
	}
}

// readPolicy reads policy.json of the data directory, or the sample policy where there is none.
func readPolicy(dir string) (engine.Policy, error) {
	name := filepath.Join(dir, "policy.json")
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return policy.Sample()
	}
	if err != nil {
		return engine.Policy{}, fmt.Errorf("policy: %w", err)
	}
	var p engine.Policy
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return engine.Policy{}, fmt.Errorf("policy %s: %w", name, err)
	}
	return p, p.Validate()
}
