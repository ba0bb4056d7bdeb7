package export_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/certs/export"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

const upload2025 = "national-upload-2025.sample"

func builtIn(t testing.TB) *export.Template {
	t.Helper()
	form, err := export.BuiltIn(upload2025)
	if err != nil {
		t.Fatal(err)
	}
	return form
}

func each(rows ...export.Record) iter.Seq2[export.Record, error] {
	return func(yield func(export.Record, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func write(t testing.TB, form *export.Template, rows ...export.Record) []byte {
	t.Helper()
	var out bytes.Buffer
	got, err := export.Upload(&out, form, each(rows...))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(out.Bytes())
	if got.Rows != len(rows) || got.Template != form.ID || got.Digest != hex.EncodeToString(sum[:]) {
		t.Fatalf("%+v", got)
	}
	return out.Bytes()
}

func read(t testing.TB, file []byte, sheet string) [][]string {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// The columns and codes of domain facts §3.
func TestTheUploadSheetHasItsElevenColumns(t *testing.T) {
	blank := sample()
	blank.Number, blank.Employer, blank.Level = "S000035001044263000001", "", 3
	got := read(t, write(t, builtIn(t), sample(), blank), "证书数据")
	want := [][]string{
		{"姓名", "证件类型", "证件号码", "所在单位", "职业名称", "工种名称", "职业技能等级", "证书编号", "发证日期", "评价机构", "发证机构"},
		{"欧阳小雨", "201", "350102199003071234", "示例养老服务有限公司", "健康照护师", "长期照护师", "4", "S000035001044264000012", "2026-11-26", "示例职业技能评价中心", "示例职业技能评价中心"},
		{"欧阳小雨", "201", "350102199003071234", "其他", "健康照护师", "长期照护师", "3", "S000035001044263000001", "2026-11-26", "示例职业技能评价中心", "示例职业技能评价中心"},
	}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Fatalf("got %q", got)
	}
}

func TestEveryCellIsTextAndNoneAFormula(t *testing.T) {
	r := sample()
	r.Employer, r.Name = `=HYPERLINK("http://example.cn","x")`, "@SUM(A1)"
	r.WorkType = "+1+1"
	file := write(t, builtIn(t), r)
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	for _, cell := range []string{"A2", "C2", "D2", "F2", "G2", "I2"} {
		kind, err := book.GetCellType("证书数据", cell)
		if err != nil || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
			t.Errorf("%s is of type %v, %v", cell, kind, err)
		}
		if f, err := book.GetCellFormula("证书数据", cell); err != nil || f != "" {
			t.Errorf("%s holds the formula %q, %v", cell, f, err)
		}
		style, err := book.GetCellStyle("证书数据", cell)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := book.GetStyle(style); err != nil || s.NumFmt != 49 {
			t.Errorf("%s is not formatted as text: %+v, %v", cell, s, err)
		}
	}
	if got := read(t, file, "证书数据")[1]; got[3] != r.Employer || got[0] != r.Name || got[5] != r.WorkType {
		t.Errorf("changed: %q", got)
	}
	if xml := sheetXML(t, file); bytes.Contains(xml, []byte("<f>")) || bytes.Contains(xml, []byte("<f ")) {
		t.Error("the sheet holds a formula")
	}
}

func sheetXML(t *testing.T, file []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	part, err := z.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	xml, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}
	return xml
}

func TestTheSameRowsGiveTheSameBytes(t *testing.T) {
	if !bytes.Equal(write(t, builtIn(t), sample()), write(t, builtIn(t), sample())) {
		t.Fatal("two files of one content differ")
	}
}

func TestRowsThatMayNotBeUploaded(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*export.Record)
		column string
	}{
		"revoked":             {func(r *export.Record) { r.State = status.Revoked }, ""},
		"superseded":          {func(r *export.Record) { r.State = status.Superseded }, ""},
		"void":                {func(r *export.Record) { r.State = status.Void }, ""},
		"no name":             {func(r *export.Record) { r.Name = "  " }, "姓名"},
		"bidi in the name":    {func(r *export.Record) { r.Name = "张\u202e三" }, "姓名"},
		"private use":         {func(r *export.Record) { r.Name = "张\ue000" }, "姓名"},
		"broken UTF-8":        {func(r *export.Record) { r.Name = "张\xff" }, "姓名"},
		"control character":   {func(r *export.Record) { r.Employer = "甲\x01" }, "所在单位"},
		"a cell too long":     {func(r *export.Record) { r.Employer = strings.Repeat("甲", 32_768) }, "所在单位"},
		"unknown ID type":     {func(r *export.Record) { r.IDType = "202" }, "证件类型"},
		"no ID number":        {func(r *export.Record) { r.IDNumber = "" }, "证件号码"},
		"a masked ID number":  {func(r *export.Record) { r.IDNumber = "350102********1234" }, "证件号码"},
		"no level":            {func(r *export.Record) { r.Level = 0 }, "职业技能等级"},
		"level 6":             {func(r *export.Record) { r.Level = 6 }, "职业技能等级"},
		"no date":             {func(r *export.Record) { r.Issued = clock.Date{} }, "发证日期"},
		"30 February":         {func(r *export.Record) { r.Issued = clock.Date{Year: 2026, Month: 2, Day: 30} }, "发证日期"},
		"no number":           {func(r *export.Record) { r.Number = "" }, "证书编号"},
		"no evaluation body":  {func(r *export.Record) { r.Body = "" }, "评价机构"},
		"no issuing body":     {func(r *export.Record) { r.Issuer = "" }, "发证机构"},
		"no occupation named": {func(r *export.Record) { r.OccupationName = "" }, "职业名称"},
	} {
		good, bad := sample(), sample()
		bad.Number = "S000035001044264000013"
		c.change(&bad)
		var out bytes.Buffer
		_, err := export.Upload(&out, builtIn(t), each(good, bad))
		var e *errs.Error
		if !errors.Is(err, export.ErrRows) || !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Name != strings.TrimSpace("row 3 "+c.column) {
			t.Errorf("%s: %v", name, err)
		}
		if out.Len() > 0 {
			t.Errorf("%s: %d bytes were written", name, out.Len())
		}
	}
}

func TestANumberStandsOnce(t *testing.T) {
	_, err := export.Upload(io.Discard, builtIn(t), each(sample(), sample()))
	var e *errs.Error
	if !errors.Is(err, export.ErrRows) || !errors.As(err, &e) || e.Fields[0].Code != "export.twice" {
		t.Fatal(err)
	}
}

func TestProblemsAreBounded(t *testing.T) {
	read := 0
	_, err := export.Upload(io.Discard, builtIn(t), func(yield func(export.Record, error) bool) {
		for {
			read++
			if !yield(export.Record{State: status.Revoked}, nil) {
				return
			}
		}
	})
	var e *errs.Error
	if !errors.As(err, &e) || len(e.Fields) != 50 || read > 50 {
		t.Fatalf("%d problems after %d rows", len(e.Fields), read)
	}
}

func TestAnErrorOfTheRowsComesBack(t *testing.T) {
	want := errors.New("the store is away")
	_, err := export.Upload(io.Discard, builtIn(t), func(yield func(export.Record, error) bool) { yield(export.Record{}, want) })
	if !errors.Is(err, want) {
		t.Fatal(err)
	}
}

func TestCellsComeBackAsTheyWere(t *testing.T) {
	form := builtIn(t)
	rapid.Check(t, func(rt *rapid.T) {
		r := sample()
		draw := func(label string) string {
			return rapid.StringOfN(rapid.RuneFrom([]rune("张三·𠮷\U0002EBF0=+-@'\"<&>0123456789 ,;%x")), 1, 40, -1).Draw(rt, label)
		}
		r.Name, r.Employer, r.WorkType = "甲"+draw("name"), draw("employer"), "乙"+draw("work type")
		got := read(t, write(t, form, r), form.Sheet)[1]
		employer := strings.TrimSpace(r.Employer)
		if employer == "" {
			employer = "其他"
		}
		if got[0] != strings.TrimSpace(r.Name) || got[3] != employer || got[5] != strings.TrimSpace(r.WorkType) {
			rt.Fatalf("%q", got)
		}
	})
}

func TestAnotherFormIsAnotherFile(t *testing.T) {
	form, err := export.ParseTemplate([]byte(`{"id":"x-1","title":"","sample":false,"source":"测试","sheet":"表","columns":[
		{"header":"批次","value":"新增"},{"header":"级别","field":"level","codes":{"4":"中级"}},{"header":"日期","field":"issued","date":"YYYYMMDD"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, write(t, form, sample()), "表")[1]; !slices.Equal(got, []string{"新增", "中级", "20261126"}) {
		t.Fatalf("%q", got)
	}
}

func TestTemplatesAreReadStrictly(t *testing.T) {
	column := `{"header":"甲","field":"name"}`
	whole := func(columns string) string {
		return `{"id":"x","title":"","sample":true,"source":"s","sheet":"表","columns":[` + columns + `]}`
	}
	if _, err := export.ParseTemplate([]byte(whole(column))); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"nothing":                 "",
		"no columns":              whole(""),
		"an unknown member":       strings.Replace(whole(column), `"title"`, `"titel"`, 1),
		"something behind it":     whole(column) + "{}",
		"no source":               strings.Replace(whole(column), `"s"`, `""`, 1),
		"a sheet name with ?":     strings.Replace(whole(column), "表", "表?", 1),
		"an unknown field":        whole(`{"header":"甲","field":"phone"}`),
		"neither field nor value": whole(`{"header":"甲"}`),
		"both field and value":    whole(`{"header":"甲","field":"name","value":"乙"}`),
		"a header twice":          whole(column + "," + column),
		"no header":               whole(`{"header":"","field":"name"}`),
		"a date that is none":     whole(`{"header":"甲","field":"name","date":"YYYY-MM-DD"}`),
		"a date without its form": whole(`{"header":"甲","field":"issued"}`),
		"required and blank":      whole(`{"header":"甲","field":"name","required":true,"blank":"无"}`),
		"too large":               whole(column) + strings.Repeat(" ", 64<<10),
		"too many columns":        whole(strings.TrimSuffix(hundredAndOne(), ",")),
		"a width out of bounds":   whole(`{"header":"甲","field":"name","width":101}`),
	} {
		if form, err := export.ParseTemplate([]byte(text)); !errors.Is(err, export.ErrTemplate) || form != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func hundredAndOne() string {
	var b strings.Builder
	for i := range 101 {
		fmt.Fprintf(&b, `{"header":"%d","value":"x"},`, i)
	}
	return b.String()
}

func TestBuiltInTemplatesHold(t *testing.T) {
	ids, err := export.Templates()
	if err != nil || !slices.Contains(ids, upload2025) {
		t.Fatal(ids, err)
	}
	for _, id := range ids {
		form, err := export.BuiltIn(id)
		if err != nil || form.ID != id || form.Source == "" {
			t.Errorf("%s: %v", id, err)
		}
		if form.Sample != strings.HasSuffix(id, ".sample") {
			t.Errorf("%s does not say whether it is a sample", id)
		}
	}
	for _, id := range []string{"", "x", "../templates/" + upload2025, "..", "."} {
		if _, err = export.BuiltIn(id); !errors.Is(err, export.ErrProfile) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func FuzzParseTemplate(f *testing.F) {
	f.Add([]byte(`{"id":"x","title":"","sample":true,"source":"s","sheet":"表","columns":[{"header":"甲","field":"name"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		form, err := export.ParseTemplate(data)
		if err != nil {
			return
		}
		r := sample()
		if _, err = export.Upload(io.Discard, form, each(r)); err != nil && !errors.Is(err, export.ErrRows) {
			t.Fatalf("a template that was accepted cannot be written: %v", err)
		}
	})
}

func many(n int) iter.Seq2[export.Record, error] {
	return func(yield func(export.Record, error) bool) {
		r := sample()
		for i := range n {
			r.Number = fmt.Sprintf("S0000350010442%08d", i)
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestRowsAreBounded(t *testing.T) {
	if _, err := export.Upload(io.Discard, builtIn(t), many(export.MaxRows+1)); !errors.Is(err, export.ErrTooMany) {
		t.Fatal(err)
	}
}

func BenchmarkUpload100000(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := export.Upload(io.Discard, builtIn(b), many(100_000)); err != nil {
			b.Fatal(err)
		}
	}
}
