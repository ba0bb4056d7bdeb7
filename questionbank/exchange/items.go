// Package exchange moves the bank's content in and out of the files that people send each other: workbooks (xlsx) and
// text tables (csv) of items and element tables, QTI packages, Moodle XML, GIFT and Aiken, JSON of practical tasks.
//
// Nothing is repaired silently. A file that cannot be read whole is refused; a row that is wrong is reported as a
// table.Problem and left out, and the caller decides whether the rest is taken. What is read has the form that the bank
// asks for; whether a point exists or a code is taken, the bank says at the import.
package exchange

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// Codes of the problems found here; package table has its own.
const (
	CodeValue    = "item.value"    // a cell that is not one of the values allowed
	CodeKey      = "item.key"      // a key that does not fit type and options
	CodePath     = "item.path"     // points that do not lead to one assessment point
	CodeRepeated = "item.repeated" // a code or a whole item that an earlier row has
	CodeContent  = "item.content"  // refused by the rules of the bank
)

// readTable reads a table of items in the shape that its header has.
func readTable(name string, data []byte, absent map[string]string) (*table.Table, shape, error) {
	s := field().without(absent)
	t, err := table.Read(name, data, s.options())
	if errors.Is(err, table.ErrColumns) {
		s = own().without(absent)
		t, err = table.Read(name, data, s.options())
	}
	return t, s, err
}

// reader turns one row into an item and gathers everything that is wrong with it. A cell is told of once, and what
// rests on a cell that cannot be read is not judged: a key without its options, say.
type reader struct {
	table.Row
	shape    shape
	level    engine.Level
	absent   map[string]string // what an empty cell stands for, by canonical column
	flaws    []table.Problem   // cells that no table may hold, which the table tells of
	problems []table.Problem
}

func (r *reader) sound() bool { return len(r.flaws)+len(r.problems) == 0 }

// cell is the cell of a canonical column, whatever the shape calls it, and empty when it is flawed.
func (r *reader) cell(column string) string {
	name := r.shape.name(column)
	if tells(r.flaws, name) {
		return ""
	}
	if s := r.Get(name); s != "" {
		return s
	}
	return r.absent[column]
}

func tells(problems []table.Problem, column string) bool {
	for n := range problems {
		if problems[n].Column == column {
			return true
		}
	}
	return false
}

// told reports whether a canonical column has its problem.
func (r *reader) told(column string) bool {
	return !r.sound() && (tells(r.flaws, r.shape.name(column)) || tells(r.problems, r.shape.name(column)))
}

func (r *reader) problem(column, code, want string) {
	if !r.told(column) {
		r.problems = append(r.problems, r.Problem(r.shape.name(column), code, want))
	}
}

func (r *reader) item() questionbank.ItemVersion {
	for _, c := range []string{"code", "type", "stem", "key"} {
		r.problems = append(r.problems, r.Missing(r.shape.name(c))...)
	}
	v := questionbank.ItemVersion{Code: r.cell("code"), Stem: r.cell("stem"), Explanation: r.cell("explanation"),
		Source: r.cell("source"), Enemy: r.cell("enemy"), Province: r.cell("province")}
	v.Type = r.itemType()
	v.Level = r.itemLevel()
	v.Difficulty = r.difficulty()
	v.Seconds = r.number("seconds", 0)
	v.Point = r.shape.point(r)
	r.answer(&v)
	r.marked(&v)
	r.validate(v)
	return v
}

// marked turns the texts of the row into fragments. Cells are plain text unless the markup column says otherwise.
func (r *reader) marked(v *questionbank.ItemVersion) {
	switch s := r.cell("sample"); s {
	case "", "no", "否":
	case "yes", "是":
		v.Sample = true
	default:
		r.problem("sample", CodeValue, "yes、是，或空白")
	}
	form := func(s string) string { return richtext.Escape(s) }
	switch s := r.cell("markup"); s {
	case "", "text", "文字":
	case "html":
		form = record.Canonical
	default:
		r.problem("markup", CodeValue, "html，或空白")
	}
	v.Stem, v.Explanation = form(v.Stem), form(v.Explanation)
	if v.Type == questionbank.Judgement {
		return
	}
	for n := range v.Options {
		v.Options[n] = form(v.Options[n])
	}
}

func (r *reader) itemType() questionbank.ItemType {
	for t, words := range map[questionbank.ItemType][]string{
		questionbank.Single:    {"single", "单选", "单选题", "单项选择", "单项选择题"},
		questionbank.Multiple:  {"multiple", "多选", "多选题", "多项选择", "多项选择题"},
		questionbank.Judgement: {"judgement", "判断", "判断题", "是非题"},
	} {
		if slices.Contains(words, strings.ToLower(r.cell("type"))) {
			return t
		}
	}
	r.problem("type", CodeValue, "单选、多选或判断")
	return ""
}

func (r *reader) itemLevel() engine.Level {
	s := r.cell("level")
	if s == "" && r.level.Valid() {
		return r.level
	}
	l, err := engine.ParseLevel(s)
	switch {
	case err != nil:
		r.problem("level", CodeValue, "五级、四级或三级")
	case r.level.Valid() && l != r.level:
		r.problem("level", CodeValue, r.level.String()+"，与所选等级一致")
	}
	return l
}

// difficulty reads 1 to 5 or the five words from easy to hard (domain facts §5.3).
func (r *reader) difficulty() int {
	if n := slices.Index(record.Grades(), r.cell("difficulty")); n >= 0 {
		return n + 1
	}
	n := r.number("difficulty", -1)
	if n < 1 || n > 5 {
		r.problem("difficulty", CodeValue, "1至5，或易、较易、中等、较难、难")
	}
	return n
}

// number reads a whole number; an empty cell is absent.
func (r *reader) number(column string, absent int) int {
	s := r.cell(column)
	if s == "" {
		return absent
	}
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil && column != "difficulty" { // difficulty names its own words
		r.problem(column, CodeValue, "整数")
	}
	return int(n)
}

// answer reads options and key.
func (r *reader) answer(v *questionbank.ItemVersion) {
	options, ok := r.optionCells()
	if !ok || v.Type == "" {
		return
	}
	if v.Type == questionbank.Judgement {
		if v.Options = questionbank.Judged(); len(options) != 0 && len(options) != 2 {
			r.problem("A", CodeValue, "空白，或正确与错误两个选项")
			return
		}
	} else {
		v.Options = options
	}
	if len(v.Options) == 0 {
		return // which the rules say
	}
	var want string
	if v.Key, want = parseKey(v.Type, r.cell("key"), options, r.shape.numbers); want != "" {
		r.problem("key", CodeKey, want)
	}
}

// optionCells returns the options up to the last that is filled in; one left out in between is reported.
func (r *reader) optionCells() (options []string, ok bool) {
	for n := range questionbank.MaxOptions {
		if r.told(letter(n)) {
			return nil, false
		}
		o := r.cell(letter(n))
		if o == "" {
			continue
		}
		if n > len(options) {
			r.problem(letter(len(options)), table.CodeMissing, "选项，其后还有选项"+letter(n))
			return nil, false
		}
		options = append(options, o)
	}
	return options, true
}

func letter(n int) string { return string(rune('A' + n)) }

// validate applies the bank's rules and points at the cells they are about.
func (r *reader) validate(v questionbank.ItemVersion) {
	var e *errs.Error
	if !errors.As(v.Validate(), &e) {
		return
	}
	unread := v.Options == nil && !r.sound() && slices.ContainsFunc(Columns(), func(c string) bool { return len(c) == 1 && r.told(c) })
	for _, f := range e.Fields {
		switch {
		case f.Name == "point" && (v.Point == "" || questionbank.IsRange(v.Point)): // was told, or waits for a person
		case f.Name == "options" && unread, f.Name == "key" && v.Key == nil:
		default:
			r.problem(columnOf(f.Name), CodeContent, f.Msg)
		}
	}
}

func columnOf(field string) string {
	n, isOption := strings.CutPrefix(field, "options.")
	if i, err := strconv.Atoi(n); isOption && err == nil {
		return letter(i)
	}
	if field == "options" {
		return "A"
	}
	return field
}

// once reports a code that an earlier row has.
func (r *reader) once(seen map[string]int, v questionbank.ItemVersion) {
	if v.Code == "" {
		return
	}
	if at, again := seen["code "+v.Code]; again {
		r.problem("code", CodeRepeated, fmt.Sprintf("未用过的编号，第 %d 行已用", at))
		return
	}
	seen["code "+v.Code] = r.Number
}
