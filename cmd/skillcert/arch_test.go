package main

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/skillcert/skillcert/"

// mayImport is the import table of the house: a room may import itself and what stands here, nothing else of ours.
// Longest matching prefix wins.
var mayImport = map[string][]string{
	"engine/errs":         {},
	"engine/clock":        {},
	"engine/ids":          {},
	"engine/authz":        {"engine/errs"},
	"engine":              {"engine/errs", "engine/clock", "engine/ids", "engine/authz"},
	"engine/accounts":     {"engine", leaves},
	"engine/people":       {"engine", leaves},
	"questionbank":        {"engine", leaves},
	"engine/registration": {"engine", leaves, "questionbank", "engine/people"},
	"engine/separation":   {"engine", leaves, "questionbank", "engine/people"},
	"engine/sitting":      {"engine", leaves, "questionbank", "engine/people", "engine/registration", "engine/separation"},
	"engine/theory":       {"engine", leaves, "questionbank", "engine/people", "engine/registration", "engine/separation", "engine/sitting"},
	"engine/practical":    {"engine", leaves, "questionbank", "engine/people", "engine/registration", "engine/separation", "engine/sitting"},
	"engine/result": {"engine", leaves, "engine/people", "engine/sitting", // neither component: it reads seals only
		"engine/registration", "engine/separation"}, // says what pass is kept for a retake, and who may decide on whom
	"certs": {"engine", leaves, "engine/people", // who is one human under two documents
		"engine/result", "engine/recognition", "engine/sitting", "engine/separation", "questionbank"},
	"certs/paper":          {"engine", leaves, "questionbank", "certs/pdf"},                                       // prints forms; knows nothing of certificates
	"certs/station":        {"engine", leaves, "engine/practical", "engine/sitting", "questionbank", "certs/pdf"}, // papers of practice; nothing of theory
	"certs/archive":        {"engine", leaves, "engine/*", "questionbank", "certs"},                               // gathers from every room
	"certs/hall":           {"engine", leaves, "engine/*", "questionbank", "certs"},                               // prints what the archive gathered
	"engine/store/docs":    {"engine", leaves},
	"engine/store/sqlite":  {"engine", leaves, "engine/store/docs"},
	"engine/store/mongo":   {"engine", leaves, "engine/store/docs"},
	"engine/store":         {"engine", leaves, "engine/*", "questionbank", "certs"},
	"api/auth":             {"engine", leaves},
	"api/web":              {"engine", leaves, "engine/separation"}, // draws ties
	"api/seb":              {},                                      // formats of the lockdown browser
	"api":                  {"engine", leaves, "engine/*", "questionbank", "certs"},
	"fixtures":             {"engine", leaves, "engine/*", "questionbank", "certs"},
	"cmd":                  {"*"},
	"engine/accreditation": {"engine", leaves, "engine/people", "engine/separation"}, // records who is behind a body
	"engine/training":      {"engine", leaves, "questionbank", "engine/people", "engine/separation"},
	"engine/vault":         {leaves},
	"engine/recognition":   {"engine", leaves, "questionbank", "engine/people", "engine/registration", "engine/separation"}, // no sitting, no score

	"engine/practical/concordance": {"engine", leaves}, // pure: compares numbers, knows no room
	"engine/practical/control":     {"engine", leaves, "questionbank", "engine/practical"},
}

const leaves = "leaves"

// thirdPartyHomes names the one room of each part that only one room may know.
var thirdPartyHomes = map[string][]string{
	"github.com/jung-kurt/gofpdf":    {"certs/pdf"},
	"github.com/golang-jwt/jwt/v5":   {"api/auth"},
	"github.com/gofiber/fiber/v2":    {"api"},
	"github.com/valyala/fasthttp":    {"api"}, // under fiber: the limit of one route's body
	"modernc.org/sqlite":             {"engine/store/sqlite"},
	"go.mongodb.org/mongo-driver/v2": {"engine/store/mongo"},
	"github.com/xuri/excelize/v2":    {"questionbank/exchange", "certs/export"},
	"github.com/spf13/cobra":         {"cmd/skillcert"},
	"github.com/cloudflare/circl":    {"questionbank/assembly/protocol"}, // signatures of the public random network
	"github.com/go-jose/go-jose/v4":  {"certs/vcjwt"},
	"github.com/veraison/go-cose":    {"certs/offline"},
	"github.com/fxamacker/cbor/v2":   {"certs/offline"},
	"github.com/emmansun/gmsm":       {"certs/keys", "certs/pades"},
	"github.com/ThalesGroup":         {"certs/keys"},
	"github.com/klippa-app":          {"certs/pdf/readout"},
	"github.com/tetratelabs":         {"certs/pdf/readout"}, // the sandbox that PDFium runs in
	"github.com/digitorus/timestamp": {"certs/pades/tsp/tsatest"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func list(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p listed
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func room(pkg string) (string, bool) {
	for p := pkg; p != "." && p != "/"; p = path.Dir(p) {
		if _, ok := mayImport[p]; ok {
			return p, true
		}
	}
	return "", false
}

func allowed(room, dep string) bool {
	for _, a := range mayImport[room] {
		switch {
		case a == "*", a == dep, strings.HasPrefix(dep, room+"/"), dep == room:
			return true
		case a == leaves && slices.Contains([]string{"engine/errs", "engine/clock", "engine/ids", "engine/authz"}, dep):
			return true
		case a == "engine/*" && strings.HasPrefix(dep, "engine/") && !stored(dep):
			return true
		case a != "engine" && a != leaves && strings.HasPrefix(dep, a+"/"):
			return true
		}
	}
	return strings.HasPrefix(dep, room+"/") || dep == room
}

// stored tells the stores, which only the composition knows, from the rooms.
func stored(dep string) bool {
	return dep == "engine/store" || strings.HasPrefix(dep, "engine/store/")
}

func TestImportsPointInward(t *testing.T) {
	for _, p := range list(t) {
		pkg := strings.TrimPrefix(p.ImportPath, module)
		r, ok := room(pkg)
		if !ok {
			t.Errorf("%s stands in no room of the import table", pkg)
			continue
		}
		for _, dep := range p.Imports {
			if ours := strings.TrimPrefix(dep, module); ours != dep && !allowed(r, ours) {
				t.Errorf("%s may not import %s", pkg, ours)
			}
			for part, homes := range thirdPartyHomes {
				if strings.HasPrefix(dep, part) && !slices.ContainsFunc(homes, func(h string) bool { return pkg == h || strings.HasPrefix(pkg, h+"/") }) {
					t.Errorf("%s may not import %s, only %v may", pkg, dep, homes)
				}
			}
		}
	}
}

// forbidden calls have one home each: the reason is in the house rules on time, randomness and process state.
var forbidden = map[string][]string{
	"time.Now":   {"engine/clock"},
	"time.Since": {"engine/clock"},
	"time.Until": {},
	"time.Local": {},
	"os.Exit":    {"cmd/skillcert/main.go", "engine/store/mongo/ferret/"}, // the latter is a program of its own, for tests
	"log.Fatal":  {},
}

func TestForbiddenCallsStayAtHome(t *testing.T) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		checkFile(t, name, filepath.ToSlash(rel))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkFile(t *testing.T, name, rel string) {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Error(err)
		return
	}
	testing := strings.Contains(rel, "/storetest/") || strings.Contains(rel, "/internal/")
	chance := false
	for _, imp := range file.Imports {
		if imp.Path.Value == `"math/rand"` && !testing {
			t.Errorf("%s imports math/rand", rel)
		}
		chance = chance || imp.Path.Value == `"math/rand/v2"`
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Name.Name == "init" && n.Recv == nil {
				t.Errorf("%s has an init function", rel)
			}
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "panic" && !testing {
				t.Errorf("%s panics", rel)
			}
		case *ast.SelectorExpr:
			id, ok := n.X.(*ast.Ident)
			if !ok || testing {
				break
			}
			if chance && id.Name == "rand" && !slices.Contains([]string{"ChaCha8", "NewChaCha8", "Rand", "New", "Source"}, n.Sel.Name) {
				t.Errorf("%s uses the process's randomness: rand.%s", rel, n.Sel.Name)
			}
			call := id.Name + "." + n.Sel.Name
			if homes, bad := forbidden[call]; bad && !slices.ContainsFunc(homes, func(h string) bool { return strings.HasPrefix(rel, h) }) {
				t.Errorf("%s uses %s", rel, call)
			}
		}
		return true
	})
}

// TestREADMECanBePasted: a block of JSON is one value, and the commands that check without a server fetch what they name.
func TestREADMECanBePasted(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	noError(t, err)
	checks := false
	for _, block := range regexp.MustCompile("(?s)```(json|sh)\n(.*?)```").FindAllSubmatch(text, -1) {
		if string(block[1]) == "json" && !json.Valid(block[2]) {
			t.Errorf("no JSON:\n%s", block[2])
		}
		if !bytes.Contains(block[2], []byte("skillcert verify")) || !bytes.Contains(block[2], []byte("curl")) {
			continue
		}
		checks = true
		for _, m := range regexp.MustCompile(`--(?:trust|keys|status) (\S+)`).FindAllSubmatch(block[2], -1) {
			if !regexp.MustCompile(`(?m)^curl (-O \S+/|-o )` + regexp.QuoteMeta(string(m[1])) + `\s`).Match(block[2]) {
				t.Errorf("%s is not fetched:\n%s", m[1], block[2])
			}
		}
	}
	if !checks {
		t.Error("no commands that check without a server")
	}
}

// 两科之间没有路：从理论考试的包出发，无论经过几个包，都到不了操作技能的包；反过来也一样。
func TestNoRoadLeadsFromOneComponentToTheOther(t *testing.T) {
	imports := map[string][]string{}
	for _, p := range list(t) {
		imports[p.ImportPath] = p.Imports
	}
	reaches := func(from string) map[string]bool {
		seen := map[string]bool{}
		for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
			if !seen[queue[0]] {
				seen[queue[0]] = true
				queue = append(queue, imports[queue[0]]...)
			}
		}
		return seen
	}
	for from := range imports {
		room := strings.TrimPrefix(from, module+"engine/")
		other := map[string]string{"theory": "practical", "practical": "theory"}[strings.Split(room, "/")[0]]
		if other == "" {
			continue
		}
		for to := range reaches(from) {
			if to == module+"engine/"+other || strings.HasPrefix(to, module+"engine/"+other+"/") {
				t.Errorf("%s reaches %s", from, to)
			}
		}
	}
	if !reaches(module + "api")[module+"engine/theory"] || !reaches(module + "api")[module+"engine/practical"] {
		t.Error("the test would see no road if there were one")
	}
	for _, to := range []string{"theory", "practical"} {
		if reaches(module + "engine/result")[module+"engine/"+to] {
			t.Errorf("engine/result reaches engine/%s", to)
		}
	}
}
