package table_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// told is all that a table says, or why there is none.
func told(t *table.Table, err error) string {
	if err != nil {
		return err.Error()
	}
	s := fmt.Sprintf("%s %s %q %d\n", t.Sheet, t.Encoding, t.Header, t.HeadRow)
	for _, r := range t.Rows {
		s += fmt.Sprintf("%s %d %q\n", r.Sheet, r.Number, r.Cells())
	}
	return s + fmt.Sprintf("%+v", t.Problems)
}

// bothWays reads a workbook with and without the library and wants the same.
func bothWays(t interface {
	Helper()
	Errorf(string, ...any)
}, data []byte, opts table.Options) {
	t.Helper()
	if got, want := told(table.Read("x.xlsx", data, opts)), told(table.ByLibrary(data, opts)); got != want {
		t.Errorf("read\n%s\nthe library reads\n%s", got, want)
	}
}

// handmade is a workbook of one sheet, with three formats of cells: general, text, date.
func handmade(t testing.TB, sheet, shared string) []byte {
	t.Helper()
	const rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>`
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	const main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		{"_rels/.rels", fmt.Sprintf(rels, `<Relationship Id="r1" Type="`+office+`officeDocument" Target="xl/workbook.xml"/>`)},
		{"xl/worksheets/sheet1.xml", `<worksheet ` + main + `>` + sheet + `</worksheet>`},
		{"xl/workbook.xml", `<workbook ` + main + ` xmlns:r="` + office[:len(office)-1] + `"><sheets><sheet name="题" sheetId="1" r:id="r1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", fmt.Sprintf(rels, `<Relationship Id="r1" Type="`+office+`worksheet" Target="worksheets/sheet1.xml"/>`+
			`<Relationship Id="r2" Type="`+office+`sharedStrings" Target="sharedStrings.xml"/>`)},
		{"xl/styles.xml", `<styleSheet ` + main + `><cellXfs><xf numFmtId="0"/><xf numFmtId="49"/><xf numFmtId="14"/><xf/></cellXfs></styleSheet>`},
		{"xl/sharedStrings.xml", `<sst ` + main + `>` + shared + `</sst>`},
	} {
		w, err := z.Create(part[0])
		if err == nil {
			_, err = w.Write([]byte(part[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSheetsAreReadAsTheLibraryReadsThem(t *testing.T) {
	const head = `<row r="1"><c r="A1" t="inlineStr"><is><t>甲</t></is></c><c r="B1" t="inlineStr"><is><t>乙</t></is></c><c r="C1" t="inlineStr"><is><t>丙</t></is></c></row>`
	const shared = `<si><t xml:space="preserve"> 共 享 </t></si><si><r><rPr><b/></rPr><t>分</t></r><r><t>段</t></r><rPh sb="0" eb="1"><t>fen</t></rPh></si><si/>`
	for name, c := range map[string]struct {
		cells   string
		strange bool
	}{
		"shared":            {`<c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v> 1 </v></c><c r="C2" t="s"><v>2</v></c>`, false},
		"text formats":      {`<c r="A2" t="s" s="1"><v>0</v></c><c r="B2" t="inlineStr" s="3"><is><t>题</t></is></c><c r="C2" s="2" t="str"><v>x</v></c>`, false},
		"runs":              {`<c r="B2" t="inlineStr"><is><r><t>一</t></r><r><rPr/><t>二</t></r><phoneticPr/></is></c>`, false},
		"empty":             {`<c r="A2" s="1"/><c r="B2" t="inlineStr"><is/></c><c r="C2" t="inlineStr"><is><t/></is></c>`, false},
		"no names":          {`<c t="str"><v>x</v></c><c/><c t="str"><v>y&amp;z</v></c>`, false},
		"truth":             {`<c r="A2" t="b"><v>1</v></c><c r="C2" t="b" s="2"><v>0</v></c>`, false},
		"errors":            {`<c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="C2" t="str"><f>B1</f></c>`, false},
		"whole numbers":     {`<c r="A2"><v>5</v></c><c r="B2" t="n" s="3"><v>123456789</v></c><c r="C2"><v>0</v></c>`, false},
		"cdata, comment":    {`<c r="A2" t="str"><v><![CDATA[<a>]]>b<!-- c -->d</v></c>`, false},
		"line feeds":        {"<c r=\"A2\" t=\"str\"><v>a\r\nb\rc</v></c>", false},
		"fractions":         {`<c r="A2"><v>0.1</v></c>`, true},
		"long numbers":      {`<c r="A2"><v>1234567890</v></c><c r="B2"><v>110101199003070012</v></c>`, true},
		"negative, zero":    {`<c r="A2"><v>-5</v></c><c r="B2"><v>007</v></c>`, true},
		"dates":             {`<c r="A2" s="2"><v>45658</v></c>`, true},
		"number as text":    {`<c r="A2" s="1"><v>5</v></c>`, true},
		"date text":         {`<c r="A2" s="2" t="s"><v>0</v></c>`, true},
		"no such format":    {`<c r="A2" s="9" t="s"><v>0</v></c>`, true},
		"escape":            {`<c r="A2" t="inlineStr"><is><t>_x0041_b</t></is></c>`, true},
		"backwards":         {`<c r="C2" t="str"><v>c</v></c><c r="A2" t="str"><v>a</v></c>`, true},
		"twice":             {`<c r="A2" t="str"><v>a</v></c><c r="A2" t="str"><v>b</v></c>`, true},
		"two values":        {`<c r="A2" t="str"><v>a</v><v>b</v></c>`, true},
		"two texts":         {`<c r="A2" t="inlineStr"><is><t>a</t><t>b</t></is></c>`, true},
		"text and run":      {`<c r="A2" t="inlineStr"><is><t>a</t><r><t>b</t></r></is></c>`, true},
		"run and text":      {`<c r="A2" t="inlineStr"><is><r><t>b</t></r><t>a</t></is></c>`, true},
		"two texts in runs": {`<c r="A2" t="inlineStr"><is><r><t>a</t><t>b</t></r></is></c>`, true},
		"inline, of no use": {`<c r="A2" t="s"><is><t>0</t></is></c><c r="B2" t="inlineStr"><v>x</v></c>`, true},
		"odd truth":         {`<c r="A2" t="b"><v>2</v></c>`, true},
		"iso date":          {`<c r="A2" t="d"><v>2025-01-01T00:00:00</v></c>`, true},
		"small letters":     {`<c r="b2" t="str"><v>a</v></c>`, true},
		"other row":         {`<c r="B9" t="str"><v>a</v></c>`, true},
		"no name at all":    {`<c r="22" t="str"><v>a</v></c>`, true},
		"far out":           {`<c r="XFD2" t="str"><v>a</v></c>`, true},
		"element in a cell": {`<c r="A2" t="str"><v>a</v><extLst/></c>`, true},
		"element in a text": {`<c r="A2" t="str"><v>a<b/></v></c>`, true},
		"beside the rows":   {`</row><c r="A3" t="str"><v>x</v></c><row>`, true},
		"second table":      {`</row></sheetData><sheetData><row r="3"><c r="A3" t="str"><v>x</v></c>`, true},
	} {
		t.Run(name, func(t *testing.T) {
			data := handmade(t, `<cols><col min="1"/></cols><sheetData>`+head+`<row r="2">`+c.cells+`</row><row r="5"><c r="A5" t="str"><v>末</v></c></row></sheetData><pageMargins left="1"/>`, shared)
			if got := table.Strange(data, table.Options{Required: []string{"甲"}}); got != c.strange {
				t.Errorf("strange %t", got)
			}
			bothWays(t, data, table.Options{Required: []string{"甲"}})
		})
	}
}

func TestWorkbooksAreReadAsTheLibraryReadsThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		book := excelize.NewFile()
		defer func() { _ = book.Close() }()
		_, _ = book.NewSheet("二")
		custom := `"号"@`
		styles := []int{0}
		for _, s := range []excelize.Style{{NumFmt: 49}, {NumFmt: 14}, {CustomNumFmt: &custom}, {Font: &excelize.Font{Bold: true}}, {NumFmt: 2}} {
			id, _ := book.NewStyle(&s)
			styles = append(styles, id)
		}
		strange := rapid.Bool().Draw(t, "strange")
		value := rapid.OneOf(rapid.Just[any]("甲 a"), rapid.Just[any](7), rapid.Just[any](true), rapid.Just[any](""), rapid.Just[any]("45"), rapid.Just[any](" &<\n"))
		if strange {
			value = rapid.OneOf(value, rapid.Just[any](0.5), rapid.Just[any](-3), rapid.Just[any]("_x0041_"), rapid.Just[any](1e17))
		}
		for row := range rapid.IntRange(1, 6).Draw(t, "rows") {
			for column := range 4 {
				at := fmt.Sprintf("%s%d", table.Letter(column+1), row*2+1)
				if row == 0 {
					_ = book.SetCellValue("Sheet1", at, []string{"甲", "乙", "丙", "丁"}[column])
					continue
				}
				if rapid.Bool().Draw(t, "filled") {
					_ = book.SetCellValue("Sheet1", at, value.Draw(t, "value"))
				}
				_ = book.SetCellStyle("Sheet1", at, at, rapid.SampledFrom(styles).Draw(t, "style"))
			}
		}
		_ = book.SetSheetVisible("Sheet1", rapid.Bool().Draw(t, "visible"))
		book.SetActiveSheet(1)
		var b bytes.Buffer
		if err := book.Write(&b); err != nil {
			t.Fatal(err)
		}
		for _, sheet := range []string{"", "sheet１", "二", "三"} {
			bothWays(t, b.Bytes(), table.Options{Required: []string{"甲"}, Sheet: sheet})
		}
	})
}
