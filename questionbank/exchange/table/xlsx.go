package table

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Limits of an xlsx after unpacking: about 200,000 rows of 33 columns fit, a bomb does not.
const (
	maxUnzipped = 200 << 20
	maxParts    = 2_000
	maxDepth    = 64        // of elements in a part, which nest some ten deep
	lastRow     = 1_048_576 // of the workbook format
)

func readXLSX(data []byte, opts Options) (*Table, error) {
	pack, err := directory(data)
	if err != nil {
		return nil, err
	}
	// A large sheet takes seconds to inspect, which reads most of them, and more seconds to read by the library; both at
	// once take half. What inspect refuses is refused, whatever was read meanwhile.
	found, done := newParts(), make(chan error, 1)
	go func() { done <- found.inspect(pack, opts.Sheet) }()
	select {
	case err := <-done:
		if err != nil {
			return nil, err
		}
		if !found.strange {
			return collect(&Table{Sheet: found.sheet, Encoding: "xlsx"}, &sheetSource{rows: found.rows, lossy: found.lossy[found.part]}, opts)
		}
		done <- nil
	case <-found.puzzled:
	}
	return guarded(func() (*Table, error) {
		return readBook(data, func() (*parts, error) { err := <-done; return found, err }, opts)
	})
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

// readBook reads one sheet. inspected, which is asked once, waits for what the inspection says.
func readBook(data []byte, inspected func() (*parts, error), opts Options) (*Table, error) {
	book, sheet, source, err := shownRows(data, opts)
	found, refused := inspected()
	if book != nil {
		defer func() { _ = book.Close() }()
	}
	if refused != nil {
		return nil, refused
	}
	if err != nil {
		return nil, err
	}
	part := found.sheets[sheet]
	if found.counts[part] {
		if err = source.keep(book, sheet); err != nil {
			return nil, err
		}
	}
	source.lossy = found.lossy[part]
	return collect(&Table{Sheet: sheet, Encoding: "xlsx"}, source, opts)
}

// shownRows opens the workbook and reads the sheet as it is shown.
func shownRows(data []byte, opts Options) (book *excelize.File, sheet string, source *sheetSource, err error) {
	book, err = excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped,
		UnzipXMLSizeLimit: maxUnzipped, ShortDatePattern: "yyyy-mm-dd", LongDatePattern: "yyyy-mm-dd"})
	if err != nil {
		return nil, "", nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	if sheet, err = chooseSheet(book, opts.Sheet); err != nil {
		return book, "", nil, err
	}
	source = &sheetSource{}
	return book, sheet, source, source.load(book, sheet)
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

// sheetSource holds the rows of one sheet that have content, as they are shown (dates, fixed decimals) with the digits
// that are kept. A sheet without a number is read once: its text is kept as it is shown.
type sheetSource struct {
	rows  []record
	lossy map[string]bool // cells whose number has lost digits, by name (B6)
	at    int
}

// load reads the rows as they are shown, within the limits that collect applies to a table.
func (s *sheetSource) load(book *excelize.File, sheet string) error {
	text := 0
	return eachRow(book, sheet, func(number int, cells []string) error {
		if blank(cells) {
			return nil
		}
		if text += size(cells); text > maxText || len(s.rows) > MaxRows+headerRows {
			return ErrTooLarge.With("多于 %d 行，或展开后的文字过多", MaxRows)
		}
		s.rows = append(s.rows, record{number: number, cells: cells})
		return nil
	})
}

// keep takes over the digits that are kept.
func (s *sheetSource) keep(book *excelize.File, sheet string) error {
	n := 0
	return eachRow(book, sheet, func(number int, cells []string) error {
		for n < len(s.rows) && s.rows[n].number < number {
			n++
		}
		if n == len(s.rows) || s.rows[n].number != number {
			return nil
		}
		shown := s.rows[n].cells
		for i, kept := range cells[:min(len(cells), len(shown))] {
			shown[i] = digits(shown[i], kept)
		}
		return nil
	}, excelize.Options{RawCellValue: true})
}

func eachRow(book *excelize.File, sheet string, visit func(number int, cells []string) error, opts ...excelize.Options) error {
	rows, err := book.Rows(sheet)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	defer func() { _ = rows.Close() }()
	for number := 1; rows.Next(); number++ {
		if number > lastRow {
			return ErrBroken.With("行号超出范围")
		}
		cells, err := rows.Columns(opts...)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrBroken, err)
		}
		if err = visit(number, cells); err != nil {
			return err
		}
	}
	if err := rows.Error(); err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return nil
}

func (s *sheetSource) next() (record, bool, error) {
	if s.at == len(s.rows) {
		return record{}, false, nil
	}
	rec := s.rows[s.at]
	s.at++
	if len(s.lossy) == 0 {
		return rec, true, nil
	}
	for i := range rec.cells {
		if s.lossy[Letter(i+1)+strconv.Itoa(rec.number)] {
			rec.lossy = append(rec.lossy, i)
		}
	}
	return rec, true, nil
}

// digits chooses the value of a cell shown otherwise than it is kept. Text, dates and numbers with a unit are taken as
// shown. Of plain numbers the digits kept are exact up to 15; a longer fraction is taken as shown, since 0.1 is kept as
// 0.10000000000000001.
func digits(shown, kept string) string {
	figures := strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(kept), "0")
	if shown == kept || !bareNumber(shown) && !imprecise(shown) || len(figures) > 15 {
		return shown
	}
	return kept
}

func bareNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	return s != "" && strings.Trim(s, "0123456789.") == "" && strings.Count(s, ".") <= 1
}
