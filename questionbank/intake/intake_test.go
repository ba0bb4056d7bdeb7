package intake_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/similar"
	"github.com/skillcert/skillcert/questionbank/intake"
)

var ctx = context.Background()

var author = authz.Principal{Account: "account:author", Person: "author", Roles: []authz.Role{authz.Author, authz.BankKeeper}}

// items lets writes through until it has none left.
type items struct {
	questionbank.Items
	left *atomic.Int64
}

var errKilled = errors.New("killed")

func (i items) CreateItem(ctx context.Context, v *questionbank.Item) error {
	if i.left.Add(-1) < 0 {
		return errKilled
	}
	return i.Items.CreateItem(ctx, v)
}

func (i items) UpdateItem(ctx context.Context, v *questionbank.Item) error {
	if i.left.Add(-1) < 0 {
		return errKilled
	}
	return i.Items.UpdateItem(ctx, v)
}

type house struct {
	*questionbank.Bank
	imports *intake.Imports
	left    *atomic.Int64 // writes until the power fails
}

// fatal is what both kinds of tests have.
type fatal interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func open(t fatal, dir string) house {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(dir, "bank.db"))
	if err != nil {
		t.Fatal(err)
	}
	if c, ok := t.(interface{ Cleanup(func()) }); ok {
		c.Cleanup(func() { _ = db.Close() })
	}
	s := store.New(db, ids.Seeded("intake"))
	h := house{left: &atomic.Int64{}}
	h.left.Store(1 << 40)
	h.Bank = questionbank.NewBank(questionbank.Ports{Items: items{s.Items(), h.left}, Tables: s.Tables(), Releases: s.Releases(), Blueprints: s.Blueprints(),
		Images: s.Images()}, nil, engine.BankPolicy{}, clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)))
	h.imports = intake.New(h.Bank)
	must(t, h.ImportTable(ctx, author, table()))
	return h
}

func must(t fatal, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func table() questionbank.ElementTable {
	return questionbank.ElementTable{Occupation: "4-14-01-03", Level: engine.Level5, Edition: "2024",
		Ranges: []questionbank.Range{{Code: "A", Name: "基本要求", Weight: engine.Pt(40)}, {Code: "B", Name: "相关知识", Weight: engine.Pt(60)}},
		Points: []questionbank.Point{{Code: "A-001", Name: "守则", Importance: "X"}, {Code: "B-001", Name: "口腔", Importance: "Y"}}}
}

// ask is an item whose texts are far from those of other numbers.
func ask(code string, n, key int) questionbank.ItemVersion {
	words := []string{"口腔清洁的次序", "翻身间隔的时间", "进食体位的角度", "血压测量的部位", "洗手揉搓的时长", "轮椅转移的步骤"}
	return questionbank.ItemVersion{Code: code, Level: engine.Level5, Type: questionbank.Single, Stem: words[n%len(words)] + "，下列说法中正确的一项应当是哪一项",
		Options: []string{fmt.Sprint(words[n%len(words)], "甲"), fmt.Sprint(words[n%len(words)], "乙"), fmt.Sprint(words[n%len(words)], "丙")}, Key: []int{key}, Point: "A-001", Difficulty: 2}
}

func batch(all ...questionbank.ItemVersion) record.Batch {
	b := record.Batch{Name: "题.xlsx", Format: exchange.Workbook}
	for n, v := range all {
		b.Drafts = append(b.Drafts, record.Draft{ItemVersion: v, At: record.Place{File: "Sheet1", Row: n + 2, Item: v.Code}})
	}
	return b
}

// state is what the bank holds: of every item its versions.
func (h house) state(t fatal) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for c := (engine.Cursor{}); ; {
		rows, next, err := h.Items(ctx, author, questionbank.Filter{}, c)
		must(t, err)
		for _, i := range rows {
			for _, v := range i.Versions {
				v.At = time.Time{} // the clocks of two banks differ
				out[i.Code] = append(out[i.Code], v.Digest())
			}
		}
		if c.After = next; next == "" {
			return out
		}
	}
}

func outcomes(p intake.Preview) string {
	var out []string
	for _, r := range p.Rows {
		s := r.Item + " " + string(r.Outcome)
		if r.Target != "" && r.Target != r.Item {
			s += " " + r.Target
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// near is an item with a word more than ask(code, n, key).
func near(code string, n, key int) questionbank.ItemVersion {
	v := ask(code, n, key)
	v.Stem += "呢"
	return v
}

func TestDecisions(t *testing.T) {
	other := func(v questionbank.ItemVersion) questionbank.ItemVersion { v.Difficulty = 4; return v }
	rows := func(code string, d intake.Decision) intake.Decisions {
		return intake.Decisions{Rows: map[string]intake.Decision{code: d}}
	}
	for name, s := range map[string]struct {
		batch []questionbank.ItemVersion
		d     intake.Decisions
		want  string // over a bank with X1 = ask 1 and X2 = ask 2
	}{
		"new":                     {[]questionbank.ItemVersion{ask("A", 3, 0), ask("B", 4, 0)}, intake.Decisions{}, "A added, B added"},
		"there already":           {[]questionbank.ItemVersion{ask("X1", 1, 0), ask("B", 4, 0)}, intake.Decisions{}, "X1 unchanged, B added"},
		"code taken":              {[]questionbank.ItemVersion{other(ask("X1", 1, 0))}, intake.Decisions{}, "X1 refused"},
		"taken, replace":          {[]questionbank.ItemVersion{other(ask("X1", 1, 0))}, intake.Decisions{Taken: intake.Replace}, "X1 replaced"},
		"taken, skip":             {[]questionbank.ItemVersion{other(ask("X1", 1, 0))}, intake.Decisions{Taken: intake.Skip}, "X1 skipped"},
		"exact":                   {[]questionbank.ItemVersion{ask("A", 1, 0)}, intake.Decisions{}, "A skipped X1"},
		"exact, add":              {[]questionbank.ItemVersion{ask("A", 1, 0)}, intake.Decisions{Exact: intake.Add}, "A added"},
		"exact, replace the same": {[]questionbank.ItemVersion{ask("A", 1, 0)}, intake.Decisions{Exact: intake.Replace}, "A unchanged X1"},
		"exact, replace":          {[]questionbank.ItemVersion{other(ask("A", 1, 0))}, intake.Decisions{Exact: intake.Replace}, "A replaced X1"},
		"near":                    {[]questionbank.ItemVersion{near("A", 1, 0)}, intake.Decisions{}, "A added"},
		"near, skip":              {[]questionbank.ItemVersion{near("A", 1, 0)}, intake.Decisions{Near: intake.Skip}, "A skipped X1"},
		"near, replace":           {[]questionbank.ItemVersion{near("A", 1, 0)}, intake.Decisions{Near: intake.Replace}, "A replaced X1"},
		"near, one is excepted":   {[]questionbank.ItemVersion{near("A", 1, 0), near("B", 2, 0)}, intake.Decisions{Near: intake.Skip, Rows: rows("B", intake.Add).Rows}, "A skipped X1, B added"},
		"conflict":                {[]questionbank.ItemVersion{ask("A", 1, 1)}, intake.Decisions{Exact: intake.Add}, "A refused"},
		"conflict, never added":   {[]questionbank.ItemVersion{ask("A", 1, 1)}, rows("A", intake.Add), "A refused"},
		"conflict, put right":     {[]questionbank.ItemVersion{ask("A", 1, 1)}, rows("A", intake.Replace), "A replaced X1"},
		"conflict, skip":          {[]questionbank.ItemVersion{ask("A", 1, 1)}, rows("A", intake.Skip), "A skipped"},
		"in the file":             {[]questionbank.ItemVersion{ask("A", 3, 0), ask("B", 3, 0)}, intake.Decisions{}, "A added, B skipped A"},
		"in the file, add":        {[]questionbank.ItemVersion{ask("A", 3, 0), ask("B", 3, 0)}, intake.Decisions{Exact: intake.Add}, "A added, B added"},
		"in the file, replace":    {[]questionbank.ItemVersion{ask("A", 3, 0), other(ask("B", 3, 0))}, intake.Decisions{Exact: intake.Replace}, "A skipped B, B added"},
		"in the file, conflict":   {[]questionbank.ItemVersion{ask("A", 3, 0), ask("B", 3, 1), ask("C", 4, 0)}, intake.Decisions{}, "A refused, B refused, C added"},
		"one of them set aside":   {[]questionbank.ItemVersion{ask("A", 3, 0), ask("B", 3, 1)}, rows("A", intake.Skip), "A skipped, B added"},
		"two for one":             {[]questionbank.ItemVersion{other(ask("A", 1, 0)), near("B", 1, 0)}, intake.Decisions{Exact: intake.Replace, Near: intake.Replace}, "A replaced X1, B refused"},
		"duplicate of a bad row":  {[]questionbank.ItemVersion{func() questionbank.ItemVersion { v := ask("A", 3, 0); v.Point = "A-009"; return v }(), ask("B", 3, 0)}, intake.Decisions{}, "A refused, B added"},
		"a point that was chosen": {[]questionbank.ItemVersion{func() questionbank.ItemVersion { v := ask("A", 3, 0); v.Point = "A"; return v }()}, intake.Decisions{Points: map[string]string{"A": "A-001"}}, "A added"},
		"a range is no point":     {[]questionbank.ItemVersion{func() questionbank.ItemVersion { v := ask("A", 3, 0); v.Point = "A"; return v }()}, intake.Decisions{}, "A refused"},
		"no table for that level": {[]questionbank.ItemVersion{func() questionbank.ItemVersion { v := ask("A", 3, 0); v.Level = engine.Level3; return v }()}, intake.Decisions{}, "A refused"},
		"an image that is nowhere": {[]questionbank.ItemVersion{func() questionbank.ItemVersion {
			v := ask("A", 3, 0)
			v.Stem += fmt.Sprintf(`<img src="image:%064x" alt="图"/>`, 7)
			return v
		}()}, intake.Decisions{}, "A refused"},
	} {
		h := open(t, t.TempDir())
		_, err := h.ImportItems(ctx, author, []questionbank.ItemVersion{ask("X1", 1, 0), ask("X2", 2, 0)})
		must(t, err)
		before := h.state(t)
		plan, err := h.imports.Plan(ctx, author, batch(s.batch...), s.d)
		must(t, err)
		if got := outcomes(plan); got != s.want {
			t.Errorf("%s: %s, want %s; %v", name, got, s.want, plan.Problems)
		}
		if !reflect.DeepEqual(before, h.state(t)) {
			t.Errorf("%s: a preview changed the bank", name)
		}
		if (plan.Refused > 0) != (len(plan.Problems) > 0) {
			t.Errorf("%s: %d refused, %v", name, plan.Refused, plan.Problems)
		}
	}
}

func aBatch(t *rapid.T) (record.Batch, intake.Decisions) {
	decision := rapid.SampledFrom([]intake.Decision{"", intake.Add, intake.Replace, intake.Skip})
	d := intake.Decisions{Exact: decision.Draw(t, "exact"), Near: decision.Draw(t, "near"), Taken: decision.Draw(t, "taken"), Rows: map[string]intake.Decision{}}
	var all []questionbank.ItemVersion
	for n := range rapid.IntRange(1, 8).Draw(t, "rows") {
		code := fmt.Sprint("A", n)
		if rapid.IntRange(0, 4).Draw(t, "own code") == 0 {
			code = fmt.Sprint("X", n%3)
		}
		if slices.ContainsFunc(all, func(v questionbank.ItemVersion) bool { return v.Code == code }) {
			continue
		}
		v := ask(code, rapid.IntRange(0, 3).Draw(t, "text"), rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "key"))
		if rapid.Bool().Draw(t, "near") {
			v.Stem += rapid.SampledFrom([]string{"呢", "吗"}).Draw(t, "word")
		}
		v.Difficulty = rapid.IntRange(1, 2).Draw(t, "difficulty")
		v.Point = rapid.SampledFrom([]string{"A-001", "A-001", "A-001", "B-001", "A-009"}).Draw(t, "point")
		v.Province = rapid.SampledFrom([]string{"", "", "12"}).Draw(t, "province")
		all = append(all, v)
		if rapid.IntRange(0, 5).Draw(t, "exception") == 0 {
			d.Rows[code] = decision.Draw(t, "decision")
		}
	}
	return batch(all...), d
}

// TestTheCommitIsThePreview: what the preview said is what the commit did, and doing it again changes nothing.
func TestTheCommitIsThePreview(t *testing.T) {
	dir, n := t.TempDir(), 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		h := stocked(r, filepath.Join(dir, fmt.Sprint(n)))
		b, d := aBatch(r)
		before := h.state(r)
		plan, err := h.imports.Plan(ctx, author, b, d)
		must(r, err)
		done, err := h.imports.Commit(ctx, author, b, d, nil)
		must(r, err)
		if !reflect.DeepEqual(plan, done) {
			r.Fatalf("previewed %s, did %s", outcomes(plan), outcomes(done))
		}
		after := h.state(r)
		if len(after) != len(before)+plan.Added {
			r.Fatalf("%d items became %d, previewed %s", len(before), len(after), outcomes(plan))
		}
		for n, row := range plan.Rows {
			asPreviewed(r, row, b.Drafts[n].ItemVersion, before, after)
		}
		_, err = h.imports.Commit(ctx, author, b, d, nil)
		must(r, err)
		if again := h.state(r); !reflect.DeepEqual(after, again) {
			r.Fatalf("a second time changed the bank: %v, then %v", after, again)
		}
	})
}

// stocked is a bank with some items.
func stocked(t fatal, dir string) house {
	t.Helper()
	h := open(t, dir)
	_, err := h.ImportItems(ctx, author, []questionbank.ItemVersion{ask("X0", 0, 0), ask("X1", 1, 0), near("X2", 1, 0)})
	must(t, err)
	return h
}

func asPreviewed(t *rapid.T, row intake.Row, v questionbank.ItemVersion, before, after map[string][]string) {
	versions := func(state map[string][]string, code string) int { return len(state[code]) }
	switch row.Outcome {
	case intake.Added:
		if versions(before, v.Code) != 0 || versions(after, v.Code) != 1 {
			t.Fatalf("%s was not added", v.Code)
		}
	case intake.Replaced:
		if versions(after, row.Target) != versions(before, row.Target)+1 {
			t.Fatalf("%s has no next version", row.Target)
		}
	default:
		if versions(before, v.Code) == 0 && versions(after, v.Code) != 0 {
			t.Fatalf("%s was %s and is in the bank", v.Code, row.Outcome)
		}
	}
}

// TestBrokenOffAndTakenUp: wherever an import breaks off, sending it again leads to the bank that it would have led to.
func TestBrokenOffAndTakenUp(t *testing.T) {
	dir, n := t.TempDir(), 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		whole, broken := stocked(r, filepath.Join(dir, fmt.Sprint(n, "a"))), stocked(r, filepath.Join(dir, fmt.Sprint(n, "b")))
		b, d := aBatch(r)
		_, err := whole.imports.Commit(ctx, author, b, d, nil)
		must(r, err)
		for range 2 {
			broken.left.Store(int64(rapid.IntRange(0, 5).Draw(r, "writes")))
			if _, err := broken.imports.Commit(ctx, author, b, d, nil); err != nil && !errors.Is(err, errKilled) {
				r.Fatal(err)
			}
		}
		broken.left.Store(1 << 40)
		_, err = broken.imports.Commit(ctx, author, b, d, nil)
		must(r, err)
		if one, two := whole.state(r), broken.state(r); !reflect.DeepEqual(one, two) {
			r.Fatalf("in one go %v, in pieces %v", one, two)
		}
	})
}

func TestAllOrNothing(t *testing.T) {
	h := open(t, t.TempDir())
	b := batch(ask("A", 3, 0), ask("B", 4, 0))
	b.Drafts[1].Point = "A-009"
	plan, err := h.imports.Commit(ctx, author, b, intake.Decisions{Whole: true}, nil)
	if !errors.Is(err, intake.ErrBlocked) || !plan.Blocked || plan.Refused != 1 || len(h.state(t)) != 0 {
		t.Errorf("%v, %+v", err, plan)
	}
	b = batch(ask("A", 3, 0))
	b.Problems = []record.Problem{{Place: record.Place{File: "Sheet1", Row: 3}, Field: "key"}, {Place: record.Place{File: "Sheet1", Row: 3}, Field: "stem"}}
	plan, err = h.imports.Commit(ctx, author, b, intake.Decisions{Whole: true}, nil)
	if !errors.Is(err, intake.ErrBlocked) || plan.Refused != 1 || len(h.state(t)) != 0 {
		t.Errorf("a row of the file was broken: %v, %+v", err, plan)
	}
	var told [][2]int
	plan, err = h.imports.Commit(ctx, author, b, intake.Decisions{}, func(done, total int) { told = append(told, [2]int{done, total}) })
	if err != nil || plan.Added != 1 || plan.Refused != 1 || len(h.state(t)) != 1 || fmt.Sprint(told) != "[[0 1] [1 1]]" {
		t.Errorf("the good rows: %v, %+v, %v", err, plan, told)
	}
}

func TestWhoMayImport(t *testing.T) {
	h := stocked(t, t.TempDir())
	for name, by := range map[string]authz.Principal{
		"reviewer": {Account: "r", Person: "r", Roles: []authz.Role{authz.Reviewer}}, "no person": {Account: "a", Roles: []authz.Role{authz.Author}},
	} {
		if _, err := h.imports.Plan(ctx, by, batch(ask("A", 3, 0)), intake.Decisions{}); !errors.Is(err, authz.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.imports.Plan(ctx, author, batch(ask("A", 3, 0)), intake.Decisions{Near: "merge"}); !errors.Is(err, intake.ErrDecision) {
		t.Errorf("%v", err)
	}
}

// TestImagesComeAlong: a package brings its images, and a workbook may show those that the bank has.
func TestImagesComeAlong(t *testing.T) {
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 3))))
	picture, err := questionbank.NewImage(b.Bytes())
	must(t, err)
	v := ask("A", 3, 0)
	v.Stem += `<img src="image:` + picture.Digest + `" alt="图"/>`
	var file bytes.Buffer
	_, err = exchange.Write(&file, "qti3.0", []questionbank.ItemVersion{v}, exchange.Keep{Image: func(string) (*questionbank.Image, error) { return &picture, nil }})
	must(t, err)
	read, err := exchange.Read("题.zip", file.Bytes(), exchange.Options{})
	must(t, err)
	h := open(t, t.TempDir())
	plan, err := h.imports.Commit(ctx, author, read, intake.Decisions{}, nil)
	if err != nil || plan.Added != 1 {
		t.Fatalf("%v, %+v", err, plan)
	}
	if _, err := h.Image(ctx, picture.Digest); err != nil {
		t.Error(err)
	}
	second := v
	second.Code, second.Stem = "B", "另一处也用到的一张图："+v.Stem[len(v.Stem)-len(`<img src="image:" alt="图"/>`)-64:]
	if plan, err = h.imports.Commit(ctx, author, batch(second), intake.Decisions{}, nil); err != nil || plan.Added != 1 {
		t.Errorf("%v, %+v", err, plan)
	}
}

// TestMatchesAreShown: the preview names what a row resembles, however it is decided.
func TestMatchesAreShown(t *testing.T) {
	h := stocked(t, t.TempDir())
	plan, err := h.imports.Plan(ctx, author, batch(near("A", 0, 0)), intake.Decisions{})
	must(t, err)
	m := plan.Rows[0].Matches
	if len(m) != 1 || m[0].Kind != similar.Near || m[0].Item != "X0" || !m[0].InBank || m[0].Score < similar.Threshold || m[0].Score > 999 {
		t.Errorf("%+v", m)
	}
}
