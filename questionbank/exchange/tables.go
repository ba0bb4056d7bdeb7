package exchange

import (
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// ReadTable reads the element table of one level, with the columns code, name, importance, weight and, if given, ratio: a
// row with a weight is a range (鉴定范围), one with an importance a point (鉴定点). ratio, 核心:一般:辅助, may stand beside a
// range and must then agree with the points below it. Rows may stand in any order. The table comes without occupation and
// edition, which no file says; the bank checks the whole tree at the import.
func ReadTable(name string, data []byte, level engine.Level) (*questionbank.ElementTable, []table.Problem, error) {
	in, err := table.Read(name, data, table.Options{Required: []string{"code", "name", "importance", "weight"},
		Optional: []string{"ratio"}, Aliases: map[string][]string{"code": {"代码", "编码"}, "name": {"名称"},
			"importance": {"重要程度"}, "weight": {"权重", "鉴定比重"}, "ratio": {"重要程度比例"}}})
	if err != nil {
		return nil, nil, err
	}
	t, broken := &questionbank.ElementTable{Level: level}, in.Problems
	for row, flaws := range in.Each {
		broken = append(broken, addRow(t, row, flaws)...)
	}
	if len(broken) > 0 {
		return t, broken, nil // ratios rest on the rows that were put aside
	}
	for _, row := range in.Rows {
		if want := ratio(t, row.Get("code")); row.Get("ratio") != "" && row.Get("ratio") != want {
			broken = append(broken, row.Problem("ratio", CodeValue, want+"，与其下的鉴定点一致"))
		}
	}
	return t, broken, nil
}

// ratio is written as tables in the field print it: 05:02:00.
func ratio(t *questionbank.ElementTable, root string) string {
	x, y, z := t.Ratio(root)
	return fmt.Sprintf("%02d:%02d:%02d", x, y, z)
}

// addRow takes a row over, or says everything that is wrong with it but for the flaws of its cells. What the other cells
// should hold is up to the code.
func addRow(t *questionbank.ElementTable, row table.Row, flaws []table.Problem) (broken []table.Problem) {
	code, importance, weight := row.Get("code"), row.Get("importance"), row.Get("weight")
	put := func(ok bool, column, code, want string) {
		if !ok && !tells(flaws, column) {
			broken = append(broken, row.Problem(column, code, want))
		}
	}
	broken = row.Missing("code", "name")
	heavy, err := weightOf(row)
	switch {
	case code == "":
	case questionbank.IsPoint(code):
		put(importance == "X" || importance == "Y" || importance == "Z", "importance", CodeValue, "X、Y或Z")
		put(weight == "", "weight", CodeValue, "空白，鉴定点没有权重")
	case questionbank.IsRange(code):
		put(importance == "", "importance", CodeValue, "空白，鉴定范围没有重要程度")
		put(err == nil, "weight", CodeValue, "不超过两位小数的权重")
	default:
		put(false, "code", CodePath, "形如 B-A 的鉴定范围或形如 B-A-A-001 的鉴定点")
	}
	switch {
	case len(broken)+len(flaws) > 0:
	case questionbank.IsPoint(code):
		t.Points = append(t.Points, questionbank.Point{Code: code, Name: row.Get("name"), Importance: importance})
	default:
		t.Ranges = append(t.Ranges, questionbank.Range{Code: code, Name: row.Get("name"), Weight: heavy})
	}
	return broken
}

// weightOf reads a weight; empty is zero, for ranges below the level that the standard weighs.
func weightOf(row table.Row) (engine.Points, error) {
	if row.Get("weight") == "" {
		return 0, nil
	}
	return engine.ParsePoints(row.Get("weight"))
}

// fieldsOf returns the problems that an error names, for readers that report them by place.
func fieldsOf(err error) []errs.Field {
	var e *errs.Error
	if !errors.As(err, &e) {
		return nil
	}
	return e.Fields
}
