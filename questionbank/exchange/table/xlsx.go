package table

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Limits of an xlsx after unpacking: about 200,000 rows of 33 columns fit, a bomb does not.
const (
	maxUnzipped = 200 << 20
	maxParts    = 2_000
	lastRow     = 1_048_576 // of the workbook format
)

func readXLSX(data []byte, opts Options) (*Table, error) {
	parts, err := inspect(data)
	if err != nil {
		return nil, err
	}
	return guarded(func() (*Table, error) { return readBook(data, parts, opts) })
}

// guarded turns a panic of the workbook library over hostile input into a refusal of the file.
func guarded(read func() (*Table, error)) (t *Table, err error) {
	defer func() {
		if recover() != nil {
			t, err = nil, ErrBroken
		}
	}()
	return read()
}

func readBook(data []byte, parts *parts, opts Options) (*Table, error) {
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped,
		UnzipXMLSizeLimit: maxUnzipped, ShortDatePattern: "yyyy-mm-dd", LongDatePattern: "yyyy-mm-dd"})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	defer func() { _ = book.Close() }()
	sheet, err := chooseSheet(book, opts.Sheet)
	if err != nil {
		return nil, err
	}
	shown, err := book.Rows(sheet)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	defer func() { _ = shown.Close() }()
	kept, err := book.Rows(sheet)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	defer func() { _ = kept.Close() }()
	return collect(&Table{Sheet: sheet, Encoding: "xlsx"}, &sheetSource{shown: shown, kept: kept, lossy: parts.lossy[parts.sheets[sheet]]}, opts)
}

func chooseSheet(book *excelize.File, want string) (string, error) {
	for _, s := range book.GetSheetList() {
		visible, err := book.GetSheetVisible(s)
		if want == "" && err == nil && visible || want != "" && fold(s) == fold(want) {
			return s, nil
		}
	}
	if want == "" {
		return "", ErrSheet
	}
	return "", ErrSheet.With("“%s”", want)
}

// sheetSource walks one sheet twice in step: as it is shown (dates, fixed decimals) and as it is kept (all digits).
type sheetSource struct {
	shown, kept *excelize.Rows
	number      int
	lossy       map[string]bool // cells whose number has lost digits, by name (B6)
}

func (s *sheetSource) next() (record, bool, error) {
	if !s.shown.Next() || !s.kept.Next() {
		if err := errors.Join(s.shown.Error(), s.kept.Error()); err != nil {
			return record{}, false, fmt.Errorf("%w: %w", ErrBroken, err)
		}
		return record{}, false, nil
	}
	if s.number++; s.number > lastRow {
		return record{}, false, ErrBroken.With("行号超出范围")
	}
	shown, err := s.shown.Columns()
	if err != nil {
		return record{}, false, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	kept, err := s.kept.Columns(excelize.Options{RawCellValue: true})
	if err != nil {
		return record{}, false, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	rec := record{number: s.number, cells: shown}
	for i, k := range kept {
		if i >= len(shown) {
			break
		}
		if len(s.lossy) > 0 && s.lossy[Letter(i+1)+strconv.Itoa(s.number)] {
			rec.at, rec.bad = i, &Problem{Found: quote(shown[i]), Want: "文本格式的完整号码，数值只保留15位", Code: CodeNumber}
			break
		}
		shown[i] = number(shown[i], k)
	}
	return rec, true, nil
}

// number chooses the value of a cell shown otherwise than it is kept. Text, dates and numbers with a unit are taken as
// shown. Of plain numbers the digits kept are exact up to 15; a longer fraction is taken as shown, since 0.1 is kept as
// 0.10000000000000001.
func number(shown, kept string) string {
	digits := strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(kept), "0")
	if shown == kept || !bareNumber(shown) && !imprecise(shown) || len(digits) > 15 {
		return shown
	}
	return kept
}

func bareNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	return s != "" && strings.Trim(s, "0123456789.") == "" && strings.Count(s, ".") <= 1
}
