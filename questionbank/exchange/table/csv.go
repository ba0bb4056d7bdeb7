package table

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

func readCSV(name string, data []byte, opts Options) (*Table, error) {
	text, encoding, err := decode(data)
	if err != nil {
		return nil, err
	}
	t := &Table{Sheet: name, Encoding: encoding}
	src := &csvSource{csv: csv.NewReader(strings.NewReader(text)), end: int64(len(text)), table: t, opts: opts}
	src.csv.Comma = delimiter(text)
	src.csv.FieldsPerRecord = -1
	return collect(t, src, opts)
}

// delimiter takes the separator from the first line with content: a comma if it has one, else a tab (UTF-16 text as
// spreadsheets save it), else a semicolon.
func delimiter(text string) rune {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		for _, d := range ",\t;" {
			if strings.ContainsRune(line, d) {
				return d
			}
		}
		break
	}
	return ','
}

// csvSource reads records with encoding/csv. A quoted field may hold line ends, so rows are counted apart from lines:
// extra is how many more lines than rows have gone by.
type csvSource struct {
	csv   *csv.Reader
	table *Table
	opts  Options
	extra int
	end   int64 // length of the text
}

func (s *csvSource) next() (record, bool, error) {
	cells, err := s.csv.Read()
	var broken *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return record{}, false, nil
	case errors.As(err, &broken):
		return s.stray(broken)
	case err != nil:
		return record{}, false, ErrBroken.With("%v", err)
	}
	first, _ := s.csv.FieldPos(0)
	last, _ := s.csv.FieldPos(len(cells) - 1)
	rec := record{number: first - s.extra, cells: cells}
	s.extra += last + strings.Count(cells[len(cells)-1], "\n") - first
	rec.bad, rec.at = s.short(cells)
	return rec, true, nil
}

// stray puts a row with a stray quotation mark aside. A quote that swallowed line ends took other rows with it, and
// one that is open at the end cannot be told from a file that was cut off, so the whole file is refused then.
func (s *csvSource) stray(e *csv.ParseError) (record, bool, error) {
	row := e.StartLine - s.extra
	if e.Line != e.StartLine || s.csv.InputOffset() >= s.end {
		return record{}, false, ErrQuotes.With("从第 %d 行开始", row)
	}
	return record{number: row, at: -1, bad: &Problem{Found: "\"", Want: "成对的引号，字段内的引号写两次", Code: CodeQuote}}, true, nil
}

// short refuses a row that ends before a required column. Spreadsheets leave out trailing separators when the last
// columns are empty, so a row may end early where only optional columns are left out.
func (s *csvSource) short(cells []string) (*Problem, int) {
	for _, name := range s.opts.Required {
		if i, ok := s.table.columns[name]; ok && i >= len(cells) && !blank(cells) {
			return &Problem{Want: "与表头列数一致的一行", Code: CodeShort}, i
		}
	}
	return nil, -1
}
