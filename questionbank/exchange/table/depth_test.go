package table_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// A workbook that nests without end, or swells, is refused before anything is read.
func TestTrapsInWorkbooks(t *testing.T) {
	nested := func(depth int) func(string) string {
		return func(s string) string {
			end := strings.LastIndex(s, "</")
			return s[:end] + strings.Repeat("<a>", depth) + strings.Repeat("</a>", depth) + s[end:]
		}
	}
	book, err := table.WriteXLSX([]string{"编号"}, [][]string{{"1"}})
	if err != nil {
		t.Fatal(err)
	}
	read := func(data []byte) error {
		_, err := table.Read("x", data, table.Options{Required: []string{"编号"}})
		return err
	}
	for _, part := range []string{"xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"} {
		if err := read(replacePart(t, book, part, nested(62))); errors.Is(err, table.ErrTooLarge) {
			t.Errorf("%s, a little: %v", part, err)
		}
		if err := read(replacePart(t, book, part, nested(65))); !errors.Is(err, table.ErrTooLarge) {
			t.Errorf("%s, 65 deep: %v", part, err)
		}
	}
	blank := func(s string) string { return s + strings.Repeat(" ", 4<<20) }
	if err := read(replacePart(t, book, "xl/worksheets/sheet1.xml", blank)); !errors.Is(err, table.ErrTooLarge) {
		t.Errorf("4 MB of blanks: %v", err)
	}
}

// TestEveryFlawOfARow: a row is put aside once, with all its cells that are wrong; cells beyond the header count as one.
func TestEveryFlawOfARow(t *testing.T) {
	got, err := table.Read("x.csv", []byte("姓名,证件号码\n甲,1\n\x01,#REF!,多,多\n乙,2\n丙\"丁,3\n戊,4\n"), table.Options{Required: []string{"姓名", "证件号码"}})
	if err != nil || len(got.Rows) != 3 || len(got.Problems) != 4 {
		t.Fatalf("%+v, %v", got, err)
	}
	for n, want := range []string{"姓名", "证件号码", "C", ""} {
		if p := got.Problems[n]; p.Column != want || p.Row != []int{3, 3, 3, 5}[n] {
			t.Errorf("%+v, want %q", p, want)
		}
	}
	said := ""
	for row, flaws := range got.Each {
		said += fmt.Sprintf("%d:%d ", row.Number, len(flaws))
	}
	if said != "2:0 3:3 4:0 6:0 " { // of the row with the stray quotation mark no cell can be judged
		t.Error(said)
	}
}
