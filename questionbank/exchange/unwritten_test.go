package exchange_test

import (
	"bytes"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// An export for people never leaves an item out without a word.
func TestWhatAnExportLeavesOutIsNamed(t *testing.T) {
	items := album(3, nil)
	read := func() (rows []string) {
		var book bytes.Buffer
		if err := exchange.WriteItems(&book, items); err != nil {
			t.Fatal(err)
		}
		back, broken := read(t, book.Bytes(), engine.Level5)
		if len(broken) > 0 {
			t.Fatal(broken)
		}
		lost, err := table.Read("x", book.Bytes(), table.Options{Required: []string{"试题编号", "栏目", "原因"}, Sheet: exchange.NotWritten})
		if err != nil {
			lost = &table.Table{}
		}
		for _, r := range lost.Rows {
			if rows = append(rows, r.Get("试题编号")); r.Get("栏目") == "" || r.Get("原因") == "" {
				t.Errorf("a row that says nothing: %v", r)
			}
		}
		if len(back)+len(rows) != len(items) {
			t.Errorf("%d items, %d came back, named as missing: %v", len(items), len(back), rows)
		}
		return rows
	}
	if lost := read(); len(lost) != 0 {
		t.Errorf("nothing is missing, but: %v", lost)
	}
	items[1].Stem = "含有\x01控制字符"
	if lost := read(); len(lost) != 1 || lost[0] != items[1].Code {
		t.Errorf("%v", lost)
	}
}
