// Package table reads workbooks (xlsx) and text tables (csv) that people send, into rows addressed the way a person
// counts them.
//
// It never repairs silently. A file that cannot be read whole and for certain is refused with an error; a row that is
// readable but wrong is put aside as a Problem, with its sheet, row, column, what was found and what is allowed, and
// takes no further part. Trimming blanks around a cell is the only change made to a value, and Row.Raw keeps the
// value as it stands.
//
// The kind of file is told by its bytes, never by its name. Text may be UTF-8 with or without a byte order mark,
// UTF-16 with one, or GB18030, of which GBK and GB 2312 are subsets.
package table

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine/errs"
)

// Limits of one file.
const (
	MaxBytes   = 20 << 20  // of the file as sent, unless the caller allows more
	MaxRows    = 200_000   // with content
	MaxColumns = 200       // under the header
	MaxCell    = 32_767    // characters in a cell, the workbook format's own limit
	maxText    = 256 << 20 // bytes of all cells together: shared strings let a small file name one text many times
	maxFound   = 60        // characters of a cell quoted in a Problem
	maxFlaws   = MaxRows   // problems of single cells; of a row beyond them only the first is told
	headerRows = 20        // a header stands within the first rows that have content
)

// Refusals of a whole file.
var (
	ErrBroken   = errs.New(errs.Invalid, "table.broken", "文件已损坏或不是完整的工作簿")
	ErrEmpty    = errs.New(errs.Invalid, "table.empty", "文件没有内容")
	ErrKind     = errs.New(errs.Invalid, "table.kind", "只接受 xlsx 工作簿或 csv 文件")
	ErrEncoding = errs.New(errs.Invalid, "table.encoding", "无法确定文件的文字编码，请另存为 UTF-8 或 xlsx 后再上传")
	ErrTooLarge = errs.New(errs.TooLarge, "table.too_large", "文件超出允许的大小")
	ErrColumns  = errs.New(errs.Invalid, "table.columns", "表头缺少必填的列")
	ErrHeader   = errs.New(errs.Invalid, "table.header", "表头不正确")
	ErrQuotes   = errs.New(errs.Invalid, "table.quotes", "csv 文件中的引号不成对")
	ErrSheet    = errs.New(errs.Invalid, "table.sheet", "工作簿中没有所要的工作表")
)

// Codes of the problems that reading itself finds; users of the package add their own.
const (
	CodeWide      = "table.row_wide"  // a value beyond the header
	CodeShort     = "table.row_short" // a csv row that ends before a required column
	CodeLong      = "table.cell_long"
	CodeCharacter = "table.character" // NUL, control, private-use or undecodable characters
	CodeQuote     = "table.quote"     // a quotation mark inside an unquoted csv field
	CodeNumber    = "table.number"    // a number kept with fewer digits than were typed
	CodeFormula   = "table.cell_error"
	CodeRule      = "item.content"  // a rule of the bank is broken, which Want says in a sentence; raised by users
	CodeMissing   = "table.missing" // a required cell is empty; raised by users through Row.Missing
)

// Options says what a caller expects of a table. Names are compared without regard to blanks, letter case and
// full-width or half-width forms, and marks like "*" or "（必填）" in the file are ignored.
type Options struct {
	Required []string            // columns that must exist
	Optional []string            // columns that may
	Aliases  map[string][]string // other names of a column, by its name above
	Sheet    string              // xlsx only; empty means the first visible sheet
	MaxBytes int                 // of the file as sent; zero means MaxBytes
}

// Table is what was read.
type Table struct {
	Sheet    string // of an xlsx; the file's name for csv
	Encoding string // xlsx, utf-8, utf-16 or gb18030
	Header   []string
	HeadRow  int // where the header stands, from 1
	Rows     []Row
	Problems []Problem // of rows put aside, each with everything that is wrong with it, in the order of the file

	aside   int // rows put aside
	flawed  []flawed
	columns map[string]int // canonical name to position
	names   []string       // position to canonical name, the file's own header where nobody asked for it
}

// Row is one row with content. Number counts from 1 as a person does in a spreadsheet, header and blank rows included.
type Row struct {
	Sheet  string
	Number int
	cells  []string
	table  *Table
}

// flawed is a row put aside whose other cells can still be judged.
type flawed struct {
	Row
	problems []Problem
}

// Problem is what is wrong with a row that was put aside (隔离), addressed to a cell where there is one.
type Problem struct {
	Sheet  string `json:"sheet"`
	Row    int    `json:"row"`
	Column string `json:"column,omitempty"` // header of the column, or its letter where the header has no name for it
	Found  string `json:"found,omitempty"`
	Want   string `json:"want"`
	Code   string `json:"code"`
	Who    string `json:"who,omitempty"` // whose row it is, where the reader of the sheet knows
}

// String is the sentence shown to the person who sent the file.
func (p Problem) String() string {
	at := fmt.Sprintf("%s 第 %d 行", p.Sheet, p.Row)
	if p.Column != "" {
		at += "“" + p.Column + "”列"
	}
	switch {
	case p.Code == CodeRule && p.Found == "":
		return at + "：" + p.Want
	case p.Code == CodeRule:
		return at + "为“" + p.Found + "”：" + p.Want
	case p.Found == "":
		return at + "为空，应为" + p.Want
	}
	return at + "为“" + p.Found + "”，应为" + p.Want
}

// Read reads a table out of a file. What the file is its content tells; name is used to speak about it, and about a workbook
// that is none. Whole-file refusals are the Err values of this package; rows put aside are in Table.Problems.
func Read(name string, data []byte, opts Options) (*Table, error) {
	limit := opts.MaxBytes
	if limit == 0 {
		limit = MaxBytes
	}
	switch {
	case len(data) > limit:
		return nil, ErrTooLarge.With("%s 超过 %d MB", name, limit>>20)
	case len(bytes.TrimSpace(data)) == 0:
		return nil, ErrEmpty.With("%s", name)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return readXLSX(data, opts)
	case bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0")):
		return nil, ErrKind.With("%s 是旧版 xls 或加密的工作簿，请另存为不加密的 xlsx", name)
	case bytes.HasPrefix(data, []byte("PK")), bytes.HasPrefix(data, []byte("%PDF")):
		return nil, ErrKind.With("%s", name)
	}
	t, err := readCSV(name, data, opts)
	if err != nil && strings.EqualFold(filepath.Ext(name), ".xlsx") { // whoever sent a workbook is not to look for columns in it
		return nil, ErrBroken.With("%s", name)
	}
	return t, err
}

// Each goes through the rows in the order of the file, those that were put aside for single cells too, with the problems
// of these. It serves users who tell everything that is wrong with a row at once.
func (t *Table) Each(yield func(Row, []Problem) bool) {
	aside := t.flawed
	for _, row := range t.Rows {
		for ; len(aside) > 0 && aside[0].Number < row.Number; aside = aside[1:] {
			if !yield(aside[0].Row, aside[0].problems) {
				return
			}
		}
		if !yield(row, nil) {
			return
		}
	}
	for _, f := range aside {
		if !yield(f.Row, f.problems) {
			return
		}
	}
}

// Has reports whether the table has a column of that canonical name.
func (t *Table) Has(column string) bool {
	_, ok := t.columns[column]
	return ok
}

// Place is where the cell of a problem stands as a spreadsheet names it, B7; the number of the row alone where the
// problem is about all of it.
func (t *Table) Place(p Problem) string {
	column := p.Column
	if i := slices.Index(t.names, column); i >= 0 && column != "" {
		column = Letter(i + 1)
	}
	return fmt.Sprintf("%s%d", column, p.Row)
}

// Get returns the cell under column without the blanks around it, "" when there is none.
func (r Row) Get(column string) string { return strings.TrimSpace(r.Raw(column)) }

// Raw returns the cell under column as it stands in the file.
func (r Row) Raw(column string) string {
	i, ok := r.table.columns[column]
	if !ok || i >= len(r.cells) {
		return ""
	}
	return r.cells[i]
}

// Problem addresses a problem to the cell of r under column.
func (r Row) Problem(column, code, want string) Problem {
	return Problem{Sheet: r.Sheet, Row: r.Number, Column: column, Found: quote(r.Get(column)), Want: want, Code: code}
}

// Missing returns a problem for each of the columns that is empty in r.
func (r Row) Missing(columns ...string) []Problem {
	var out []Problem
	for _, c := range columns {
		if r.Get(c) == "" {
			out = append(out, r.Problem(c, CodeMissing, "必填的内容"))
		}
	}
	return out
}

// Quote shortens a cell so that it can be shown, and makes what is invisible in it visible.
func Quote(s string) string { return quote(s) }

func quote(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > maxFound {
			b.WriteString("…")
			break
		}
		if badRune(r) || r == '\n' || r == '\r' || r == '\t' {
			fmt.Fprintf(&b, "<U+%04X>", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// record is one row as a reader delivers it, before it is judged.
type record struct {
	number int
	cells  []string
	bad    *Problem // found while reading, for example a stray quotation mark; the cells are then not judged
	at     int      // the position that bad is about, below zero for the row as a whole
	lossy  []int    // positions of numbers that have lost digits
}

// source delivers the rows of one sheet in order; ok is false after the last.
type source interface {
	next() (rec record, ok bool, err error)
}

// collect finds the header, then judges every row below it.
func collect(t *Table, src source, opts Options) (*Table, error) {
	if err := findHeader(t, src, opts); err != nil {
		return nil, err
	}
	text := 0
	for {
		rec, ok, err := src.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			return t, nil
		}
		if rec.bad == nil && blank(rec.cells) {
			continue
		}
		if len(t.Rows)+t.aside >= MaxRows {
			return nil, ErrTooLarge.With("多于 %d 行", MaxRows)
		}
		if text += size(rec.cells); text > maxText {
			return nil, ErrTooLarge.With("展开后的文字过多")
		}
		t.take(rec)
	}
}

// take keeps a row or puts it aside.
func (t *Table) take(rec record) {
	row := Row{Sheet: t.Sheet, Number: rec.number, cells: rec.cells, table: t}
	problems := t.judge(rec)
	if len(problems) == 0 {
		t.Rows = append(t.Rows, row)
		return
	}
	if len(t.Problems) >= maxFlaws {
		problems = problems[:1]
	}
	for n := range problems {
		problems[n].Sheet, problems[n].Row = t.Sheet, rec.number
	}
	if t.aside++; rec.bad == nil {
		t.flawed = append(t.flawed, flawed{row, problems})
	}
	t.Problems = append(t.Problems, problems...)
}

// judge says what is wrong with the cells of a row. Cells beyond the header are one fault, however many there are.
func (t *Table) judge(rec record) (problems []Problem) {
	if rec.bad != nil {
		if rec.at >= 0 {
			rec.bad.Column = t.columnName(rec.at)
		}
		return []Problem{*rec.bad}
	}
	wide := false
	for i, cell := range rec.cells {
		if cell == "" {
			continue
		}
		want, code := flaw(cell)
		switch {
		case i >= len(t.names) || t.names[i] == "":
			if wide {
				continue
			}
			want, code, wide = "空白，表头没有这一列", CodeWide, true
		case slices.Contains(rec.lossy, i):
			want, code = "文本格式的完整号码，数值只保留15位", CodeNumber
		}
		if code != "" {
			problems = append(problems, Problem{Column: t.columnName(i), Found: quote(cell), Want: want, Code: code})
		}
	}
	return problems
}

// flaw says what is wrong with the content of a cell, whatever its column.
func flaw(cell string) (want, code string) {
	switch {
	case utf8.RuneCountInString(cell) > MaxCell:
		return fmt.Sprintf("不超过 %d 个字", MaxCell), CodeLong
	case strings.ContainsFunc(cell, badRune):
		return "不含控制字符、自造字和乱码的文字", CodeCharacter
	case strings.HasPrefix(cell, "#") && cellErrors[cell]:
		return "值，而不是出错的公式", CodeFormula
	case imprecise(cell):
		return "文本格式的完整号码，科学记数法已丢失末尾数字", CodeNumber
	}
	return "", ""
}

// Acceptable reports whether Read takes a cell with that content.
func Acceptable(cell string) bool {
	_, code := flaw(cell)
	return code == ""
}

// cellErrors are the error values of the workbook format.
var cellErrors = map[string]bool{"#N/A": true, "#REF!": true, "#VALUE!": true, "#NAME?": true, "#DIV/0!": true,
	"#NUM!": true, "#NULL!": true}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

func size(cells []string) (n int) {
	for _, c := range cells {
		n += len(c)
	}
	return n
}
