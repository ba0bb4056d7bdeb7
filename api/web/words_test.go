package web_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/separation"
)

func words(t *testing.T, lang string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("locales", lang+".json"))
	if err != nil {
		t.Fatal(err)
	}
	w := map[string]string{}
	if err := json.Unmarshal(b, &w); err != nil {
		t.Fatal(err)
	}
	return w
}

// sources returns the text of every file below dirs with the given ending.
func sources(t *testing.T, ending string, dirs ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ending) {
				return err
			}
			b, err := os.ReadFile(path)
			all[path] = string(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestBothLanguagesHaveTheSameWords(t *testing.T) {
	zh, en := words(t, "zh"), words(t, "en")
	verb := regexp.MustCompile(`%[sd]`)
	for k, z := range zh {
		e, ok := en[k]
		switch {
		case !ok:
			t.Errorf("no English for %s", k)
		case z == "" || e == "":
			t.Errorf("%s is empty", k)
		case !slices.Equal(verb.FindAllString(z, -1), verb.FindAllString(e, -1)):
			t.Errorf("%s takes other values in English: %q, %q", k, z, e)
		case strings.ContainsFunc(e, func(r rune) bool { return unicode.Is(unicode.Han, r) }) && k != "lang.switch":
			t.Errorf("%s is Chinese in English: %q", k, e)
		}
	}
	for k := range en {
		if _, ok := zh[k]; !ok {
			t.Errorf("no Chinese for %s", k)
		}
	}
}

// labelSets lists, for each set that templates look up by value, the values that can occur.
func labelSets() map[string][]string {
	set := map[string][]string{
		"standing": {"valid", "superseded", "revoked", "altered", "unknown"}, "verdict": {"pending", "open", "passed", "failed"},
		"lead-standing": {"absent", "voided", "none"}, "own-line": {"pending", "open", "passed", "failed", "voided"}, "standing-exam": {"scored", "absent", "voided", "due"},
		"await": {"check", "ruling", "component", "case", "origin"}, "check-state": {"asked", "forwarded", "unchanged", "error", "corrected"},
		"case-state":  {"opened", "notified", "proposed", "decided", "appealed", "final"},
		"sheet-state": {"open", "started", "ready", "signed"}, "cert-state": {"reserved", "valid", "revoked", "void"},
		"type": {"single", "multiple", "judgement"}, "plan": {"draft", "published"}, "level": {"3", "4", "5"},
		"component": {"theory", "practical"}, "consent": {"waiting", "consented"}, "exam-size": {"s", "m", "l"},
		"item":       {"draft", "reviewed", "consented", "filed", "admitted", "suspended", "retired"},
		"palette":    {"unseen", "seen", "answered", "flagged", "answered-flagged"},
		"cert":       {"number", "name", "id_type", "id_number", "occupation", "work_type", "level", "org", "filing", "issued_on"},
		"importance": {"X", "Y", "Z"}, "authority": {"medical", "labour"}, "national": {"medical", "labour"}, "difficulty": {"1", "2", "3", "4", "5"},
		"release": {"preparing", "published", "withdrawn"},
		"change":  {"level", "province", "type", "stem", "option", "key", "point", "difficulty", "seconds", "explanation", "source", "enemy"},
		"trail": {"item.drafted", "item.edited", "item.reviewed", "item.refused", "item.consented", "item.filed", "item.admitted", "item.suspended",
			"item.resumed", "item.retired", "release.recorded", "release.published", "release.withdrawn", "blueprint.published"},
		"margin":       {"ranges", "counts", "difficulties", "importance.min", "importance.max", "supplement_cap", "seconds.min", "seconds.max"},
		"flag":         {"key-doubtful", "negative", "weak", "too-hard", "too-easy", "unused-distractor", "over-exposed"},
		"import-state": {"receiving", "planning", "ready", "importing", "done", "failed"}, "import-decision": {"add", "replace", "skip"},
		"import-outcome": {"added", "replaced", "unchanged", "skipped", "refused"}, "import-like": {"exact", "near", "conflict"},
		"credit": {"all-or-nothing", "partial"}, "remedy": {"rekey", "full-credit"}, "correction-state": {"proposed", "decided", "declined"}, "flip": {"pass", "fail"},
		"editor-js":    {"strong", "em", "u", "sub", "sup", "ul", "ol"},
		"unknown-line": {"number", "token", "file", "share", "seal"}, "unknown-next": {"number", "token", "file", "share", "seal"}, "bulk-column": {"0", "1"},
		"fields-note": {"valid", "superseded", "revoked", "altered"}, "proof-note": {"superseded", "revoked"}, "export": {"openbadges-3.0", "vc-2.0"},
		"event": {"issued", "corrected", "reissued", "revoked", "voided", "other"}, "page-state": {"same", "differs", "gone", "unclear"}, "proof": {"integrity", "seal", "trust", "body", "log", "record"},
		"weekday": {"0", "1", "2", "3", "4", "5", "6"},
	}
	set["tie"], set["tie-do"], set["tie-why"] = engine.TieKinds(), []string{"contest", "end"}, []string{"contest", "end"}
	for _, n := range []separation.Node{"person:a", "org:a"} {
		for _, w := range n.Ways() {
			way := map[bool]string{false: "-from", true: "-to"}[w.Back]
			if at := string(w.Kind) + way; !slices.Contains(set["tie-way"], at) {
				set["tie-way"] = append(set["tie-way"], at)
			}
		}
	}
	set["trail"] = append(set["trail"], "tie.ended", "tie.contested")
	set["standing-line"] = set["standing"]
	set["control-state"] = []string{"draft", "rating", "rated", "confirmed", "retired"}
	set["control-next"], set["calibration-result"], set["calibration-veto"] = set["control-state"], []string{"passed", "failed"}, []string{"found", "missed", "false"}
	set["issue-do"], set["certpage"] = web.IssueAdvice(), []string{"is-reserved", "is-valid", "is-revoked", "is-void"}
	set["certpage-photo"], set["given"] = []string{"same", "other", "none"}, []string{"new", "known", "refused"}
	set["cert-do"] = []string{"reissued", "corrected", "withdrawal", "void", "motion"}
	set["cert-go"], set["edition-kind"] = set["cert-do"], []string{"issued", "corrected", "reissued"}
	set["layout-kind"], set["layout-about"] = []string{"certificate", "card"}, []string{"certificate", "card"}
	set["award-state"], set["award-note"] = web.AwardStates(), []string{"entered", "granted", "issued", "refused"}
	set["problem.award-fault"] = web.AwardFields()
	set["recognition-state"], set["recognition-terms"], set["route"] = []string{"applied", "reviewed", "public", "final", "refused", "struck", "withdrawn"}, engine.EmploymentTerms(), []string{"exam", "contest", "direct"}
	set["award-group"], set["award-doc"], set["contest-class"] = []string{"worker", "student"}, []string{"201", "999"}, []string{"city-1", "city-2", "enterprise"}
	set["edition-standing"], set["ruling"] = []string{"making", "holds", "superseded", "revoked", "void"}, []string{"revoked", "voided"}
	for _, step := range []string{"reserved", "issued", "decided-corrected", "decided-reissued", "corrected", "reissued", "motion", "revoked", "dismissed", "voided", "withdrawn"} {
		set["trail"] = append(set["trail"], "certificate."+step)
	}
	for _, name := range []string{"room-act", "room-note", "room-text", "room-usual", "room-go"} {
		set[name] = web.RoomActions()
	}
	set["line"] = []string{"extended", "paused", "resumed", "reopened", "announced", "incident", "excluded", "filed", "moved", "readmitted", "admitted", "lockdown-on", "lockdown-off", "lockdown-keys"}
	set["room-group"] = append([]string{"all"}, web.SeatGroups()...)
	set["lapse"] = []string{"none", "early", "expired", "used", "open", "dispute", "policy", "release"}
	set["handin-kind"], set["handin-why"] = []string{"response", "flag"}, []string{"time", "overtaken", "invalid"}
	for _, r := range authz.Roles() {
		set["role"] = append(set["role"], string(r))
	}
	for _, s := range web.SeatStates() {
		set["seat"] = append(set["seat"], string(s))
	}
	for _, s := range web.Steps() {
		set["step"] = append(set["step"], string(s))
	}
	for _, s := range web.SealStages() {
		set["seal-stage"] = append(set["seal-stage"], string(s))
	}
	for _, k := range errs.Kinds() {
		for _, name := range []string{"error-title", "error-lost", "error-now"} {
			set[name] = append(set[name], k.String())
		}
	}
	for _, l := range web.Menu(func(authz.Action) bool { return true }, "/") {
		set["nav"] = append(set["nav"], l.Key)
	}
	for _, l := range web.BankMenu(func(authz.Action) bool { return true }, "/") {
		set["nav"] = append(set["nav"], l.Key)
	}
	return set
}

func TestNoWordIsMissing(t *testing.T) {
	zh := words(t, "zh")
	for set, values := range labelSets() {
		for _, v := range values {
			if _, ok := zh[set+"."+v]; !ok {
				t.Errorf("no words for %s.%s", set, v)
			}
		}
	}
	call := regexp.MustCompile(`\bt "([^"]+)"`)
	for path, text := range sources(t, ".html", "templates") {
		for _, m := range call.FindAllStringSubmatch(text, -1) {
			if _, ok := zh[m[1]]; !ok {
				t.Errorf("%s: no words for %s", path, m[1])
			}
		}
	}
	say := regexp.MustCompile("\\bsay\\((?:[^\"`]*\\? )?\"([a-z-]+)\"(?: : \"([a-z-]+)\")?")
	for path, text := range sources(t, ".js", "static") {
		for _, m := range say.FindAllStringSubmatch(text, -1) {
			for _, key := range m[1:] {
				if key != "" && !slices.ContainsFunc([]string{"exam-js", "waiting-js", "live-js", "room-js", "sheet-js", "editor-js", "offcheck-js"}, func(p string) bool { return zh[p+"."+key] != "" }) {
					t.Errorf("%s: no words for %s", path, key)
				}
			}
		}
	}
}

// Every input at fault, and every reason not to accept a seal, is told in English as well: their codes stand in the source
// of what refuses.
func TestFaultsAndSealsAreToldInEnglish(t *testing.T) {
	en := words(t, "en")
	up := filepath.Join("..", "..")
	for path, text := range sources(t, ".go", "..", filepath.Join(up, "certs"), filepath.Join(up, "engine"), filepath.Join(up, "questionbank")) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		for _, code := range codesOf(t, path, text) {
			if en["fault."+code] == "" && !(strings.Contains(code, ".") && en["problem."+code] != "") {
				t.Errorf("%s: no English for %q", path, code)
			}
		}
	}
}

// codesOf are the codes that a file writes out: of fields at fault, and of refusals where they are those of a seal.
func codesOf(t *testing.T, path, text string) (codes []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	note := func(e ast.Expr) {
		if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
			code, err := strconv.Unquote(l.Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, code)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			called, ok := n.Fun.(*ast.SelectorExpr)
			switch {
			case !ok:
			case called.Sel.Name == "That" && len(n.Args) == 4:
				note(n.Args[2])
			case called.Sel.Name == "New" && len(n.Args) == 3 && f.Name.Name == "pades" && !isInternal(n.Args[0]):
				note(n.Args[1])
			}
		case *ast.CompositeLit:
			if !isField(n.Type) {
				return true
			}
			for _, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok && isNamed(kv.Key, "Code") {
					note(kv.Value)
				}
			}
		}
		return true
	})
	return codes
}

func isNamed(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

func isField(e ast.Expr) bool {
	s, ok := e.(*ast.SelectorExpr)
	return ok && isNamed(s.X, "errs") && s.Sel.Name == "Field" || isNamed(e, "Field")
}

func isInternal(e ast.Expr) bool {
	s, ok := e.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "Internal"
}

// Templates hold no words of their own: no Chinese at all, no Latin letters between tags.
func TestTemplatesHaveNoWordsOfTheirOwn(t *testing.T) {
	action := regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	tag := regexp.MustCompile(`(?s)<[^>]*>`)
	spoken := regexp.MustCompile(`(?:aria-label|alt|title|placeholder)="[^"]*[A-Za-z][^"]*"`)
	width := regexp.MustCompile(`\{\{define "width"\}\}[a-z ]+\{\{end\}\}`)
	code := regexp.MustCompile(`(?s)<code>.*?</code>`)
	for path, text := range sources(t, ".html", "templates") {
		text = action.ReplaceAllString(width.ReplaceAllString(text, ""), "")
		if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s holds Chinese", path)
		}
		if m := spoken.FindString(text); m != "" {
			t.Errorf("%s: %s", path, m)
		}
		for word := range strings.FieldsSeq(tag.ReplaceAllString(code.ReplaceAllString(text, ""), " ")) {
			if word != "v" && strings.ContainsFunc(word, unicode.IsLetter) {
				t.Errorf("%s holds the word %q", path, word)
			}
		}
	}
	for path, text := range sources(t, ".js", "static") {
		for line := range strings.Lines(text) {
			if strings.ContainsFunc(line, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s holds Chinese: %s", path, line)
			}
		}
	}
}
