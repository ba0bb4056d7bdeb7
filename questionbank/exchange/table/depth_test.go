package table_test

import (
	"errors"
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
