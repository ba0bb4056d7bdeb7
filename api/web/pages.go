package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"reflect"
	"strings"
	"sync"
	"time"
)

//go:embed templates locales static
var files embed.FS

// Pages renders every page in every language. Safe for concurrent use; made once.
type Pages struct {
	sets   map[string]map[string]func() (*template.Template, error) // by language, by page
	assets *assets
}

// views lists every page with the type of its view, in the order of the package table.
func views() []struct {
	name string
	view any
} {
	return []struct {
		name string
		view any
	}{
		{"home", HomeView{}}, {"verify", VerifyView{}}, {"login", LoginView{}}, {"candidate-login", CandidateLoginView{}},
		{"desk", DeskView{}}, {"publicity", PublicityView{}}, {"waiting", WaitingView{}}, {"exam", ExamView{}},
		{"receipt", ReceiptView{}}, {"own-result", OwnResultView{}}, {"matters", MattersView{}}, {"room", RoomView{}}, {"sheets", SheetListView{}},
		{"sheet", SheetView{}}, {"sign", SignView{}}, {"seal", SealView{}}, {"office", OfficeView{}},
		{"session", SessionView{}}, {"results", ResultsView{}}, {"certificates", CertificatesView{}}, {"bank", BankView{}},
		{"items", ItemsView{}}, {"item", ItemView{}}, {"editor", EditorView{}}, {"review", ReviewView{}}, {"queue", QueueView{}},
		{"tables", TableView{}}, {"releases", ReleasesView{}}, {"release", ReleaseView{}},
		{"blueprints", BlueprintsView{}}, {"blueprint", BlueprintView{}},
		{"imports", ImportsView{}}, {"import", ImportView{}}, {"statistics", StatisticsView{}}, {"remarks", RemarksView{}}, {"error", ErrorView{}},
		{"draw", DrawView{}}, {"seating", SeatingView{}}, {"hand-in", HandInView{}}, {"practice", PracticeView{}}, {"corrections", CorrectionsView{}},
		{"issue", IssueView{}}, {"certificate", CertificateView{}}, {"numbers", NumbersView{}}, {"serials", SerialsView{}},
		{"plan-form", PlanFormView{}}, {"session-form", SessionFormView{}}, {"offline", OfflineView{}}, {"receipts", ReceiptsView{}},
		{"log", LogView{}}, {"offline-check", OfflineCheckView{}}, {"bulk", BulkView{}},
		{"layouts", LayoutsView{}}, {"layout", LayoutView{}}, {"awards", AwardsView{}},
		{"recognitions", RecognitionsView{}}, {"recognitions-public", RecognitionPublicView{}},
		{"report", ReportView{}}, {"archive", ArchiveView{}}, {"archives", RetentionView{}},
		{"bodies", BodiesView{}}, {"selections", SelectionsView{}}, {"selection", SelectionView{}},
		{"persons", PersonsView{}}, {"person", PersonView{}}, {"readings", ReadingsView{}}, {"pairs", PairsView{}},
		{"concordance", ConcordanceView{}},
		{"training", TrainingView{}}, {"class", ClassView{}}, {"filing", FilingView{}}, {"filings", FilingsView{}},
		{"training-list", TrainingListView{}}, {"needs", NeedsView{}}, {"need", NeedView{}},
		{"retakes", RetakesView{}},
		{"apply", ApplyView{}}, {"apply-form", ApplyFormView{}}, {"apply-receipt", ApplyReceiptView{}}, {"apply-login", ApplyLoginView{}},
		{"apply-mine", ApplyMineView{}}, {"requests", RequestsView{}}, {"request-queue", RequestQueueView{}}, {"request", RequestView{}},
		{"ties", TiesView{}},
		{"controls", ControlsView{}}, {"control", ControlView{}}, {"calibrations", CalibrationsView{}}, {"calibration", CalibrationView{}}, {"calibrated", CalibratedView{}},
	}
}

// Names lists every page, in the order of the package table.
func Names() []string {
	var names []string
	for _, v := range views() {
		names = append(names, v.name)
	}
	return names
}

// checkBody refuses a page that does not exist and a body that is not the page's view.
func checkBody(page string, body any) error {
	for _, v := range views() {
		if v.name != page {
			continue
		}
		if got, want := reflect.TypeOf(body), reflect.TypeOf(v.view); got != want {
			return fmt.Errorf("web: page %s wants %v, not %v", page, want, got)
		}
		return nil
	}
	return fmt.Errorf("web: no page %q", page)
}

// Langs lists the languages, the default first.
func Langs() []string { return []string{"zh", "en"} }

// New reads the embedded templates and words. Dates are shown in zone.
func New(zone *time.Location) (*Pages, error) {
	p := &Pages{sets: map[string]map[string]func() (*template.Template, error){}}
	var err error
	if p.assets, err = readAssets(); err != nil {
		return nil, err
	}
	words := map[string]map[string]string{}
	for _, lang := range Langs() {
		if words[lang], err = readWords(lang); err != nil {
			return nil, err
		}
	}
	for i, lang := range Langs() {
		fm := funcs(words[lang], zone, p.assets)
		fm["other"] = speaker{words: words[Langs()[1-i]]}.text // for a page that stands in both
		if p.sets[lang], err = parse(fm); err != nil {
			return nil, fmt.Errorf("pages in %s: %w", lang, err)
		}
	}
	return p, nil
}

// parse reads the shared parts once, and each page into its own clone of them when it is first asked for: a hundred
// clones are a third of a start, and a server that is started again has candidates waiting.
func parse(fm template.FuncMap) (map[string]func() (*template.Template, error), error) {
	shared, err := template.New("").Funcs(fm).ParseFS(files, "templates/shared/*.html")
	if err != nil {
		return nil, err
	}
	set := map[string]func() (*template.Template, error){}
	for _, name := range Names() {
		set[name] = sync.OnceValues(func() (*template.Template, error) {
			t, err := shared.Clone() // locks what is shared
			if err != nil {
				return nil, err
			}
			return t.ParseFS(files, "templates/"+name+".html")
		})
	}
	return set, nil
}

// frame is what the layout sees: the page, its name and its body already made, so that the head can name the rare
// characters that stand in it.
type frame struct {
	Page
	Name string
	Main template.HTML
	Rare string // code points for RareCSS, "" for none
}

// Render writes the page called name. Nothing is written when it fails, so that the caller can still answer an error.
func (p *Pages) Render(w io.Writer, page string, view Page) error {
	if view.Lang != "en" {
		view.Lang = "zh"
	}
	if err := checkBody(page, view.Body); err != nil {
		return err
	}
	t, err := p.sets[view.Lang][page]()
	if err != nil {
		return fmt.Errorf("page %s: %w", page, err)
	}
	var body, all bytes.Buffer
	f := frame{Page: view, Name: page}
	if err := t.ExecuteTemplate(&body, "main", f); err != nil {
		return fmt.Errorf("page %s: %w", page, err)
	}
	f.Main = template.HTML(body.String()) // made by the template above, already escaped
	f.Rare = rarePoints(body.String() + userName(view.User))
	if err := t.ExecuteTemplate(&all, "layout", f); err != nil {
		return fmt.Errorf("page %s: %w", page, err)
	}
	_, err = w.Write(all.Bytes())
	return err
}

func userName(u *User) string {
	if u == nil {
		return ""
	}
	return u.Name
}

// ETag names the state of a view as its reader sees it: the body and the reader's two choices, not the clock.
func ETag(view Page) string {
	b, err := json.Marshal(struct {
		Lang  string
		Elder bool
		Body  any
	}{view.Lang, view.Elder, view.Body})
	if err != nil {
		return "" // no view of this package fails to encode
	}
	sum := sha256.Sum256(b)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// LocalPath returns s if it is a path on this server, else "/": /preferences and sign-in must not lead elsewhere.
func LocalPath(s string) string {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") {
		return "/"
	}
	return s
}

// readWords reads one language: a flat object of key to text, %s and %d as in fmt.
func readWords(lang string) (map[string]string, error) {
	b, err := fs.ReadFile(files, "locales/"+lang+".json")
	if err != nil {
		return nil, err
	}
	words := map[string]string{}
	if err := json.Unmarshal(b, &words); err != nil {
		return nil, fmt.Errorf("locales/%s.json: %w", lang, err)
	}
	return words, nil
}
