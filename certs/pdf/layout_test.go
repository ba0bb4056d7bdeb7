package pdf_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine/errs"
)

func TestBuiltInLayouts(t *testing.T) {
	files, err := os.ReadDir("layouts")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name(), ".json"); ok {
			names = append(names, name)
		}
	}
	if !slices.Equal(names, pdf.BuiltIn()) {
		t.Errorf("files %v, names %v", names, pdf.BuiltIn())
	}
	r := newRenderer(t)
	for _, name := range pdf.BuiltIn() {
		l, err := r.Layout(name)
		if err != nil || l.Name() != name || l.Label() == "" {
			t.Errorf("%s: %v", name, err)
		}
		if again, err := pdf.ParseLayout(l.Source()); err != nil || again.Name() != name {
			t.Errorf("%s: its source: %v", name, err)
		}
	}
	if _, err := r.Layout("none"); !errors.Is(err, pdf.ErrNoLayout) || errs.KindOf(err) != errs.NotFound {
		t.Errorf("%v", err)
	}
	if _, err := pdf.BuiltInLayout("../secrets"); !errors.Is(err, pdf.ErrNoLayout) {
		t.Errorf("%v", err)
	}
}

// tree is a layout file as nested maps and lists.
func tree(t testing.TB, name string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(layout(t, name).Source(), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func parseTree(t testing.TB, v map[string]any) (*pdf.Layout, error) {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return pdf.ParseLayout(b)
}

// problems are the names of what ParseLayout finds wrong.
func problems(err error) (names []string) {
	var e *errs.Error
	if errors.As(err, &e) && errors.Is(err, pdf.ErrLayout) {
		for _, f := range e.Fields {
			names = append(names, f.Name)
		}
	}
	return names
}

// without drops the rows and fields that show a field, be it as the value or the aside.
func without(v map[string]any, field string) {
	for _, s := range v["sides"].([]any) {
		side := s.(map[string]any)
		for _, kind := range []string{"rows", "fields"} {
			list, _ := side[kind].([]any)
			side[kind] = slices.DeleteFunc(list, func(r any) bool { return r.(map[string]any)["field"] == field })
			for _, r := range side[kind].([]any) {
				if r.(map[string]any)["aside"] == field {
					delete(r.(map[string]any), "aside")
				}
			}
		}
	}
}

// TestLayoutsMustShowEverything: what makes a certificate cannot be left out, and the list of what is missing is complete.
func TestLayoutsMustShowEverything(t *testing.T) {
	fields := []string{"number", "name", "id_type", "id_number", "occupation", "work_type", "level", "issue_date", "body", "edition", "remark", "lookup"}
	for _, name := range pdf.BuiltIn() {
		for _, f := range fields {
			v := tree(t, name)
			without(v, f)
			_, err := parseTree(t, v)
			if got := problems(err); !slices.Contains(got, f) {
				t.Errorf("%s without %s: %v, %v", name, f, got, err)
			}
		}
		for part, problem := range map[string]string{"codes": "codes", "photo": "photo", "seal": "seal", "demo_line": "demo_line"} {
			v := tree(t, name)
			for _, s := range v["sides"].([]any) {
				delete(s.(map[string]any), part)
			}
			_, err := parseTree(t, v)
			if got := problems(err); !slices.Equal(got, []string{problem}) {
				t.Errorf("%s without %s: %v, %v", name, part, got, err)
			}
		}
	}
	_, err := pdf.ParseLayout([]byte(`{"name":"empty","label":"空","width":200,"height":100,"sides":[{}]}`))
	if got := problems(err); !slices.Equal(got, append(fields, "codes", "photo", "seal", "demo_line")) {
		t.Errorf("empty: %v", got)
	}
}

// first returns part i of a kind on a side.
func first(v map[string]any, side int, kind string) map[string]any {
	s := v["sides"].([]any)[side].(map[string]any)
	if m, ok := s[kind].(map[string]any); ok {
		return m
	}
	return s[kind].([]any)[0].(map[string]any)
}

func TestLayoutsRefused(t *testing.T) {
	for _, c := range []struct {
		problem string
		edit    func(map[string]any)
	}{
		{"name", func(v map[string]any) { v["name"] = "../x" }},
		{"name", func(v map[string]any) { v["name"] = strings.Repeat("a", 41) }},
		{"label", func(v map[string]any) { v["label"] = " " }},
		{"width", func(v map[string]any) { v["width"] = 79.9 }},
		{"height", func(v map[string]any) { v["height"] = 420.1 }},
		{"sides", func(v map[string]any) { v["sides"] = []any{} }},
		{"sides", func(v map[string]any) { s := v["sides"].([]any); v["sides"] = append(s, s[0], s[0]) }},
		{"sides[0].texts", func(v map[string]any) {
			s := v["sides"].([]any)[0].(map[string]any)
			s["texts"] = slices.Repeat(s["texts"].([]any)[:1], 41)
		}},
		{"sides[0].texts[0].text", func(v map[string]any) { first(v, 0, "texts")["text"] = strings.Repeat("长", 121) }},
		{"sides[0].texts[0].text", func(v map[string]any) { first(v, 0, "texts")["text"] = "" }},
		{"sides[0].texts[0].size", func(v map[string]any) { first(v, 0, "texts")["size"] = 3.9 }},
		{"sides[0].texts[0].size", func(v map[string]any) { first(v, 0, "texts")["size"] = 72.1 }},
		{"sides[0].texts[0].colour", func(v map[string]any) { first(v, 0, "texts")["colour"] = "gold" }},
		{"sides[0].texts[0].colour", func(v map[string]any) { first(v, 0, "texts")["colour"] = "#000000" }},
		{"sides[0].texts[0].align", func(v map[string]any) { first(v, 0, "texts")["align"] = "justify" }},
		{"sides[0].texts[0].weight", func(v map[string]any) { first(v, 0, "texts")["weight"] = "black" }},
		{"sides[0].texts[0]", func(v map[string]any) { first(v, 0, "texts")["y"] = 211 }},
		{"sides[0].rows[0]", func(v map[string]any) { first(v, 0, "rows")["end"] = 298 }},
		{"sides[0].rows[0].value", func(v map[string]any) { first(v, 0, "rows")["value"] = 105 }},
		{"sides[0].rows[0].field", func(v map[string]any) { first(v, 0, "rows")["field"] = "salary" }},
		{"sides[0].rows[0].lines", func(v map[string]any) { first(v, 0, "rows")["lines"] = 4 }},
		{"sides[0].photo", func(v map[string]any) { first(v, 0, "photo")["x"] = 290 }},
		{"sides[0].photo", func(v map[string]any) { first(v, 0, "photo")["h"] = 10 }},
		{"sides[0].codes[0].side", func(v map[string]any) { first(v, 0, "codes")["side"] = 17 }},
		{"sides[0].codes[0].of", func(v map[string]any) { first(v, 0, "codes")["of"] = "https://example.org" }},
		{"sides[0].seal.radius", func(v map[string]any) { first(v, 0, "seal")["radius"] = 31 }},
		{"sides[0].shapes[0].kind", func(v map[string]any) { first(v, 0, "shapes")["kind"] = "picture" }},
		{"sides[0].shapes[0]", func(v map[string]any) { first(v, 0, "shapes")["w"] = 1e308 }},
		{"sides[0].shapes[0]", func(v map[string]any) { first(v, 0, "shapes")["x"] = -1 }},
	} {
		v := tree(t, pdf.A4)
		c.edit(v)
		_, err := parseTree(t, v)
		if !slices.Contains(problems(err), c.problem) {
			t.Errorf("%s: %v", c.problem, err)
		}
	}
	good := string(layout(t, pdf.A4).Source())
	_, err := pdf.ParseLayout([]byte(strings.Replace(good, `"label"`, `"x": 1, "label"`, 1)))
	if e := (*errs.Error)(nil); !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Name != "x" || strings.Contains(e.Msg+e.Fields[0].Msg, "json") {
		t.Errorf("an unknown entry is told as %v", err)
	}
	for what, bad := range map[string]string{
		"empty": "", "nothing": "null", "unknown entry": strings.Replace(good, `"label"`, `"file": "/etc/passwd", "label"`, 1),
		"behind": good + "{}", "half": good[:len(good)/2],
		"unknown in a part": strings.Replace(good, `"kind"`, `"href": 1, "kind"`, 1), "not UTF-8": strings.Replace(good, "横", "\xff", 1),
		"too large": good + strings.Repeat(" ", pdf.MaxLayout), "text for a number": strings.Replace(good, `"width": 297`, `"width": "297"`, 1),
	} {
		if _, err := pdf.ParseLayout([]byte(bad)); !errors.Is(err, pdf.ErrLayout) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestLayoutIsAdjusted: another wording, place and colour show; a word without a glyph is named before anything is printed.
func TestLayoutIsAdjusted(t *testing.T) {
	r, v := newRenderer(t), tree(t, pdf.A4)
	last := v["sides"].([]any)[0].(map[string]any)["texts"].([]any)[2].(map[string]any)
	last["text"], last["colour"], last["lines"] = "经考核合格，准予从事本职业。", "crimson", 2
	l, err := parseTree(t, v)
	if err != nil {
		t.Fatal(err)
	}
	file, err := r.Render(l, sample(t))
	if err != nil {
		t.Fatal(err)
	}
	if out := tool(t, "pdftotext", write(t, t.TempDir(), "page.pdf", file), "-"); !strings.Contains(out, "准予从事本职业") || strings.Contains(out, "特发此证") {
		t.Error(out)
	}
	last["text"] = "字𰀀"
	if l, err = parseTree(t, v); err != nil {
		t.Fatal(err)
	}
	if err := r.Check(l); !errors.Is(err, pdf.ErrGlyph) || !strings.Contains(err.Error(), "U+30000") {
		t.Errorf("%v", err)
	}
}

// TestSpecimen: the document for looking at layouts can be set by all of them, and nobody takes it for a certificate.
func TestSpecimen(t *testing.T) {
	r := newRenderer(t)
	for _, name := range pdf.BuiltIn() {
		path := write(t, t.TempDir(), "page.pdf", renderAs(t, r, name, pdf.Specimen(noon())))
		if out := tool(t, "pdftotext", path, "-"); !strings.Contains(out, "NOT A VALID") || !strings.Contains(out, "𠮷") || !strings.Contains(out, "第2版") {
			t.Errorf("%s: %s", name, out)
		}
	}
}

// TestManyLayouts: a renderer that meets ever new layouts keeps working.
func TestManyLayouts(t *testing.T) {
	r, v, d := newRenderer(t), tree(t, pdf.Pocket), sample(t)
	for i := range 70 {
		v["label"] = fmt.Sprint("第", i)
		l, err := parseTree(t, v)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Render(l, d); err != nil {
			t.Fatal(err)
		}
	}
}

// FuzzParseLayout: whatever the bytes, a layout is refused with a reason or a certificate can be set by it.
func FuzzParseLayout(f *testing.F) {
	r, d := newRenderer(f), sample(f)
	for _, name := range pdf.BuiltIn() {
		f.Add(layout(f, name).Source())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := pdf.ParseLayout(b)
		if err != nil {
			if !errors.Is(err, pdf.ErrLayout) {
				t.Fatal(err)
			}
			return
		}
		file, err := r.Render(l, d)
		if err != nil {
			if !errors.Is(err, pdf.ErrGlyph) {
				t.Fatal(err)
			}
			return
		}
		mustParse(t, file)
	})
}
