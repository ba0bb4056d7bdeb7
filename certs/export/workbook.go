package export

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/engine/errs"
)

// Limits of workbooks.
const (
	MaxRows     = 200_000
	maxCell     = 32_767 // characters, the format's own limit
	maxProblems = 50     // that one refusal names
	textFormat  = 49     // the built-in number format @, so that no program makes numbers or formulas of cells
)

// Workbook says what was written.
type Workbook struct {
	Template string
	Rows     int
	Digest   string // hex SHA-256 of the file
}

// Upload writes a workbook of rows to w in a template's form: one sheet, a header row, every cell text. The same rows
// give the same bytes. Nothing is written unless every row is good: ErrRows names the first maxProblems faults as
// "row n" (the first row under the header is 2) and header; ErrTooMany beyond MaxRows. An error of rows or w is
// returned as it is.
func Upload(w io.Writer, t *Template, rows iter.Seq2[Record, error]) (Workbook, error) {
	if err := t.check(); err != nil {
		return Workbook{}, err
	}
	book := excelize.NewFile()
	defer func() { _ = book.Close() }()
	u, err := newUpload(book, t)
	if err != nil {
		return Workbook{}, err
	}
	if err = u.all(rows); err != nil {
		return Workbook{}, err
	}
	sum := sha256.New()
	if err = book.Write(io.MultiWriter(w, sum)); err != nil {
		return Workbook{}, fmt.Errorf("write workbook: %w", err)
	}
	return Workbook{Template: t.ID, Rows: u.row - 1, Digest: hex.EncodeToString(sum.Sum(nil))}, nil
}

// upload is a workbook that is being written.
type upload struct {
	template *Template
	fields   []func(Record) string
	sheet    *excelize.StreamWriter
	style    int
	row      int // the last that was written
	numbers  map[string]int
	problems []errs.Field
}

func newUpload(book *excelize.File, t *Template) (*upload, error) {
	u := &upload{template: t, numbers: map[string]int{}}
	for _, c := range t.Columns {
		u.fields = append(u.fields, c.reader())
	}
	if err := book.SetSheetName(book.GetSheetName(0), t.Sheet); err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	var err error
	if u.style, err = book.NewStyle(&excelize.Style{NumFmt: textFormat}); err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	if u.sheet, err = book.NewStreamWriter(t.Sheet); err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	return u, u.header(book)
}

func (u *upload) header(book *excelize.File) error {
	bold, err := book.NewStyle(&excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	cells := make([]any, len(u.template.Columns))
	for i, c := range u.template.Columns {
		cells[i] = excelize.Cell{StyleID: bold, Value: c.Header}
		if c.Width == 0 {
			continue
		}
		if err = u.sheet.SetColWidth(i+1, i+1, c.Width); err != nil {
			return fmt.Errorf("write workbook: %w", err)
		}
	}
	return u.write(cells)
}

func (u *upload) write(cells []any) error {
	u.row++
	if err := u.sheet.SetRow(fmt.Sprintf("A%d", u.row), cells); err != nil {
		return fmt.Errorf("write workbook row %d: %w", u.row, err)
	}
	return nil
}

func (u *upload) all(rows iter.Seq2[Record, error]) error {
	for r, err := range rows {
		if err != nil {
			return err
		}
		if u.row > MaxRows {
			return ErrTooMany.With("最多 %d 行", MaxRows)
		}
		if err = u.write(u.cells(r)); err != nil {
			return err
		}
		if len(u.problems) >= maxProblems {
			break
		}
	}
	if len(u.problems) > 0 {
		return ErrRows.WithFields(u.problems...)
	}
	if err := u.sheet.Flush(); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// cells reads a record and notes what is wrong with it.
func (u *upload) cells(r Record) []any {
	row := u.row + 1
	if r.State != status.Valid {
		u.problem(row, "", "export.state", "证书状态为“"+r.State.Chinese()+"”，不能上报")
	}
	if earlier, twice := u.numbers[r.Number]; twice {
		u.problem(row, "", "export.twice", fmt.Sprintf("证书编号与第 %d 行相同", earlier))
	}
	u.numbers[r.Number] = row
	cells := make([]any, len(u.template.Columns))
	for i, c := range u.template.Columns {
		text, fault := c.cell(u.fields[i](r))
		if fault != "" {
			u.problem(row, c.Header, "export.cell", fault)
		}
		cells[i] = excelize.Cell{StyleID: u.style, Value: text} // a string is never taken for a formula
	}
	return cells
}

func (u *upload) problem(row int, column, code, msg string) {
	if len(u.problems) < maxProblems {
		u.problems = append(u.problems, errs.Field{Name: strings.TrimSpace(fmt.Sprintf("row %d %s", row, column)), Code: code, Msg: msg})
	}
}

// reader gives the column's text of a record before blanks and codes are seen to.
func (c Column) reader() func(Record) string {
	switch c.Field {
	case "":
		return func(Record) string { return c.Value }
	case "issued":
		form := dateForms()[c.Date]
		return func(r Record) string {
			if !real(r.Issued) {
				return ""
			}
			return r.Issued.In(time.UTC).Format(form)
		}
	}
	return fields()[c.Field]
}

// cell is what stands in the cell for a value, and what is wrong with the value.
func (c Column) cell(value string) (text, fault string) {
	value = strings.TrimSpace(value)
	switch {
	case value == "" && c.Required:
		return "", "不能为空"
	case value == "":
		return c.Blank, ""
	case !legible(value):
		return "", "有不可见或不能识别的字符"
	case utf8.RuneCountInString(value) > maxCell:
		return "", fmt.Sprintf("超过 %d 个字", maxCell)
	case c.Field == "id_number" && strings.Contains(value, "*"):
		return "", "证件号码不完整"
	case c.Codes == nil:
		return value, ""
	}
	code, known := c.Codes[value]
	if !known {
		return "", "没有“" + value + "”的编码"
	}
	return code, ""
}
