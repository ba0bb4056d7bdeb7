package pdf_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"github.com/skillcert/skillcert/certs/pdf"
)

// TestArchiveRules: both layouts, with and without photo, keep every rule; and every rule notices when it is broken.
func TestArchiveRules(t *testing.T) {
	r := newRenderer(t)
	for _, layout := range pdf.BuiltIn() {
		for _, change := range []func(*pdf.Document){func(*pdf.Document) {},
			func(d *pdf.Document) { d.Photo, d.Demo, d.Version, d.Remark = nil, true, 2, "补发" }} {
			d := sample(t)
			d.Name = "𠮷永安·𪛖"
			change(&d)
			p := mustParse(t, renderAs(t, r, layout, d))
			for _, rule := range rules() {
				if err := rule.holds(p); err != nil {
					t.Errorf("%s: %s: %v", layout, rule.clause, err)
				}
			}
		}
	}
}

// TestRulesNotice: each rule fails on a file that breaks it, so none is a check that cannot fail.
func TestRulesNotice(t *testing.T) {
	raw := render(t, newRenderer(t), sample(t))
	for _, rule := range rules() {
		if bytes.Count(raw, []byte(rule.breaks[0])) == 0 || len(rule.breaks[0]) != len(rule.breaks[1]) {
			t.Fatalf("%s: nothing to break", rule.clause)
		}
		p, err := parse(bytes.Replace(raw, []byte(rule.breaks[0]), []byte(rule.breaks[1]), 1))
		if err != nil {
			t.Errorf("%s: %v", rule.clause, err)
		} else if rule.holds(p) == nil {
			t.Errorf("%s: not noticed", rule.clause)
		}
	}
	for what, bad := range map[string][]byte{
		"6.1.3 something behind the end":  append(bytes.Clone(raw), "\n%"...),
		"6.1.4 table":                     bytes.Replace(raw, []byte("\nxref\n0"), []byte("\nxref \n0"), 1),
		"6.1.6 odd digits":                bytes.Replace(raw, []byte("/UF <FEFF"), []byte("/UF < EFF"), 1),
		"6.1.7 length of a stream":        bytes.Replace(raw, []byte("/Subtype /XML /Length "), []byte("/Subtype /XML /Length 1"), 1),
		"6.1.9 spacing of an object":      bytes.Replace(raw, []byte("\n5 0 obj\n"), []byte("\n5 0 obj "), 1),
		"6.1.7 end of a stream's keyword": bytes.Replace(raw, []byte("\nendstream"), []byte(" endstream"), 1),
	} {
		if _, err := parse(bad); err == nil {
			t.Errorf("%s: not noticed", what)
		}
	}
}

// TestBooksAreArchivesToo: what is not about links, codes and attachments holds for a book.
func TestBooksAreArchivesToo(t *testing.T) {
	b := newBook(t)
	for range 2 {
		if err := b.Add().Text("第一题 𠮷 plain", pdf.Text{X: 20, Y: 20, Size: 12, Bold: true, Turn: 10}); err != nil {
			t.Fatal(err)
		}
	}
	p := mustParse(t, bound(t, b))
	for _, rule := range rules() {
		switch rule.clause[:5] {
		case "6.2.5", "6.3 a", "6.8 e":
			continue
		}
		if err := rule.holds(p); err != nil {
			t.Errorf("%s: %v", rule.clause, err)
		}
	}
}

// TestOthersAgree: pdfcpu and qpdf find nothing, and the attachment comes out as it went in.
func TestOthersAgree(t *testing.T) {
	api.DisableConfigDir()
	r := newRenderer(t)
	for _, layout := range pdf.BuiltIn() {
		d := sample(t)
		d.Attachment.Data = []byte("{\"name\":\"𠮷永安\",\"proof\":\"" + strings.Repeat("AB\\n", 900) + "\"}")
		file := renderAs(t, r, layout, d)
		plain := d
		plain.Attachment = nil // pdfcpu's strict mode knows AFRelationship, which ISO 19005-3 asks for, only in PDF 2.0
		for mode, file := range map[int][]byte{model.ValidationRelaxed: file, model.ValidationStrict: renderAs(t, r, layout, plain)} {
			conf := model.NewDefaultConfiguration()
			conf.ValidationMode, conf.Offline = mode, true
			if err := api.Validate(bytes.NewReader(file), conf); err != nil {
				t.Errorf("%s: pdfcpu, mode %d: %v", layout, mode, err)
			}
		}
		dir := t.TempDir()
		path := write(t, dir, "page.pdf", file)
		if out := tool(t, "qpdf", "--check", path); strings.Contains(strings.ToLower(out), "warning") {
			t.Error(out)
		}
		tool(t, "pdfdetach", "-save", "1", "-o", dir+"/out.json", path)
		if !bytes.Equal(read(t, dir+"/out.json"), d.Attachment.Data) {
			t.Errorf("%s: another attachment comes out", layout)
		}
		if out := tool(t, "pdfinfo", path); !strings.Contains(out, d.Number) || !strings.Contains(out, "skillcert") {
			t.Errorf("pdfinfo: %s", out)
		}
	}
}
