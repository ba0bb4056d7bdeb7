package table

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Encodings of csv files that are written.
const (
	UTF8    = "utf-8" // with a byte order mark, by which spreadsheets know it
	GB18030 = "gb18030"
	GBK     = "gbk"
)

// Encodable reports whether an encoding has all characters of s.
func Encodable(s, name string) bool {
	e := encoder(name)
	if e == nil {
		return true
	}
	_, err := e.String(s)
	return err == nil
}

func encoder(name string) *encoding.Encoder {
	switch name {
	case GB18030:
		return simplifiedchinese.GB18030.NewEncoder()
	case GBK:
		return simplifiedchinese.GBK.NewEncoder()
	}
	return nil
}

// WriteCSV makes a csv file. Read gives back the same cells, provided that a file in GB18030 or GBK has a header in
// Chinese: without one its first bytes may pass for another encoding.
func WriteCSV(headers []string, rows [][]string, name string) ([]byte, error) {
	if len(headers) > MaxColumns || len(rows) > MaxRows {
		return nil, ErrTooLarge.With("%d 行 %d 列", len(rows), len(headers))
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	if err := w.WriteAll(append([][]string{headers}, rows...)); err != nil {
		return nil, fmt.Errorf("write table: %w", err)
	}
	e := encoder(name)
	if e == nil {
		return append([]byte("\xEF\xBB\xBF"), out.Bytes()...), nil
	}
	data, err := e.Bytes(out.Bytes())
	if err != nil {
		return nil, ErrEncoding.With("%s 没有其中的字", name)
	}
	return data, nil
}

// Sheet is one sheet of a workbook that is written.
type Sheet struct {
	Name    string
	Headers []string
	Rows    [][]string
}

// WriteXLSX makes a workbook: headers in bold, rows below. Every cell is text, so that identity numbers keep all their
// digits and nothing is taken for a formula. Read gives back the same cells; it passes over more sheets, which are for
// people.
func WriteXLSX(headers []string, rows [][]string, more ...Sheet) ([]byte, error) {
	book := excelize.NewFile()
	defer func() { _ = book.Close() }()
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	for n, s := range append([]Sheet{{"Sheet1", headers, rows}}, more...) {
		if n > 0 {
			if _, err = book.NewSheet(s.Name); err != nil {
				return nil, fmt.Errorf("write workbook: %w", err)
			}
		}
		if err = writeSheet(book, s, bold); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	if err = book.Write(&out); err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	return out.Bytes(), nil
}

func writeSheet(book *excelize.File, s Sheet, bold int) error {
	if len(s.Headers) > MaxColumns || len(s.Rows) > MaxRows {
		return ErrTooLarge.With("%d 行 %d 列", len(s.Rows), len(s.Headers))
	}
	w, err := book.NewStreamWriter(s.Name)
	if err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	for i, cells := range append([][]string{s.Headers}, s.Rows...) {
		if err = writeRow(w, i+1, cells, len(s.Headers), bold); err != nil {
			return err
		}
	}
	if err = w.Flush(); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

func writeRow(w *excelize.StreamWriter, number int, cells []string, width, bold int) error {
	if len(cells) > width {
		return ErrHeader.With("第 %d 行有 %d 格，表头只有 %d 列", number, len(cells), width)
	}
	values := make([]any, len(cells))
	for i, c := range cells {
		if utf8.RuneCountInString(c) > MaxCell {
			return ErrTooLarge.With("第 %d 行第 %s 列超过 %d 个字", number, Letter(i+1), MaxCell)
		}
		if values[i] = c; number == 1 {
			values[i] = excelize.Cell{StyleID: bold, Value: c}
		}
	}
	at := fmt.Sprintf("A%d", number)
	if err := w.SetRow(at, values); err != nil {
		return fmt.Errorf("write workbook row %s: %w", at, err)
	}
	return nil
}
