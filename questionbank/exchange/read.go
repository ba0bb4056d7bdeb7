package exchange

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank/exchange/aiken"
	"github.com/skillcert/skillcert/questionbank/exchange/gift"
	"github.com/skillcert/skillcert/questionbank/exchange/moodle"
	"github.com/skillcert/skillcert/questionbank/exchange/qti"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
	"github.com/skillcert/skillcert/questionbank/exchange/xmlnode"
)

// What one file holds, and what is said of it: see package record.
type (
	Draft   = record.Draft
	Batch   = record.Batch
	Options = record.Options
	Problem = record.Problem
	Dropped = record.Dropped
	Place   = record.Place
	Loss    = record.Loss
	Keep    = record.Keep
)

// ErrFormat refuses a file of a form that is not known.
var ErrFormat = errs.New(errs.Invalid, "exchange.format", "无法识别的试题文件")

// MaxBytes bounds a file of items: a hundred thousand rows in running Chinese take 26 MB as a workbook, 35 MB as csv.
// Packages have the narrower bound of package archive.
const MaxBytes = 64 << 20

// Read reads the items of a file in any of the formats, told apart by its content and never by its name. A file that is
// broken, malformed anywhere, a trap or in an uncertain encoding is refused whole; what is wrong with single items is
// in Batch.Problems, and everything that was left out in Batch.Dropped.
func Read(name string, data []byte, o Options) (Batch, error) {
	switch {
	case len(data) > MaxBytes:
		return Batch{}, table.ErrTooLarge.With("%s 超过 %d MB", name, MaxBytes>>20)
	case bytes.HasPrefix(data, []byte("PK")):
		return readZip(name, data, o)
	case bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0")), bytes.HasPrefix(data, []byte("%PDF")), len(bytes.TrimSpace(data)) == 0:
		return readRows(name, data, o) // which says what is wrong with it
	}
	text, _, err := table.Decode(data)
	if err != nil {
		return Batch{}, err
	}
	if strings.HasPrefix(strings.TrimSpace(text), "<") {
		return readXML(name, data, o)
	}
	b, err := readRows(name, data, o)
	switch {
	case err == nil:
		return b, nil
	case aiken.Looks(text):
		return aiken.Read(name, data, o)
	case gift.Looks(text):
		return gift.Read(name, data, o)
	}
	return Batch{}, err
}

// readZip tells a workbook from a package: both are zip files.
func readZip(name string, data []byte, o Options) (Batch, error) {
	z, _ := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if z == nil {
		return Batch{}, table.ErrBroken.With("%s", name)
	}
	holds := map[string]bool{}
	for _, f := range z.File {
		holds[strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))] = true
	}
	switch {
	case holds["word/document.xml"], holds["ppt/presentation.xml"], holds["meta-inf/manifest.xml"] && holds["content.xml"]:
		return Batch{}, ErrFormat.With("%s 是文档、演示文稿或 OpenDocument 文件，请将试题另存为 xlsx 工作簿", name)
	case holds["xl/workbook.xml"], holds["[content_types].xml"]:
		return readRows(name, data, o)
	}
	return qti.Read(name, data, o)
}

func readXML(name string, data []byte, o Options) (Batch, error) {
	root, err := xmlnode.Root(data)
	switch {
	case err != nil:
		return Batch{}, err
	case root.Name == "quiz":
		return moodle.Read(name, data, o)
	case qti.IsItem(root):
		return qti.Read(name, data, o)
	}
	return Batch{}, ErrFormat.With("%s 的根元素是 %s", name, record.Found(root.Name))
}

// readRows reads a table of items in one of two shapes, told apart by the header: the product's own columns (Columns) or
// the twenty columns of the field (领域模板: 试题GUID, 题型, 题干, 答案, 选项A…, 知识点一级…). Rows that ask the same are kept:
// what becomes of duplicates is decided at the import. A row of the product's shape may name a range (range2) instead of a
// point. Its range then stands in Point, where the bank refuses it, until a person has chosen the point.
func readRows(name string, data []byte, o Options) (Batch, error) {
	absent := absentCells(o)
	t, s, err := readTable(name, data, absent)
	if err != nil {
		return Batch{}, err
	}
	b := Batch{Name: name, Format: s.format(t.Encoding), Encoding: t.Encoding, Problems: problemsOf(t.Problems, "")}
	for _, title := range t.Header {
		if title != "" && !s.knows(title) && filled(t, title) {
			b.Dropped = append(b.Dropped, Dropped{Place: Place{File: t.Sheet, Row: t.HeadRow}, What: "列 " + record.Found(title), Why: "不是试题的列"})
		}
	}
	seen := map[string]int{}
	flawed := map[int]string{} // codes by row
	for row, flaws := range t.Each {
		r := reader{Row: row, shape: s, level: o.Level, absent: absent, flaws: flaws}
		v := r.item()
		r.once(seen, v)
		if b.Problems = append(b.Problems, problemsOf(r.problems, v.Code)...); r.sound() {
			b.Drafts = append(b.Drafts, Draft{ItemVersion: v, At: Place{File: row.Sheet, Row: row.Number, Item: v.Code}})
		} else if len(flaws) > 0 {
			flawed[row.Number] = v.Code
		}
	}
	for n := range t.Problems {
		b.Problems[n].Item = flawed[b.Problems[n].Row]
	}
	slices.SortStableFunc(b.Problems, func(a, b Problem) int { return a.Row - b.Row })
	return b, nil
}

func filled(t *table.Table, column string) bool {
	return slices.ContainsFunc(t.Rows, func(r table.Row) bool { return r.Get(column) != "" })
}

// absentCells are what empty cells, and columns that are not there, stand for.
func absentCells(o Options) map[string]string {
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	return map[string]string{"point": o.Point, "province": o.Province, "source": o.Source, "difficulty": number(o.Difficulty),
		"seconds": number(o.Seconds)}
}

func problemsOf(rows []table.Problem, item string) []Problem {
	out := make([]Problem, len(rows))
	for n, p := range rows {
		out[n] = Problem{Place: Place{File: p.Sheet, Row: p.Row, Item: item}, Field: p.Column, Found: p.Found, Want: p.Want, Code: p.Code}
	}
	return out
}

// Summary counts losses or drops that say the same, most frequent first, for people who need no list.
func Summary(losses []Loss) []string {
	count := map[string]int{}
	for _, l := range losses {
		count[l.Field+"："+l.What]++
	}
	var lines []string
	for what := range count {
		lines = append(lines, what)
	}
	slices.SortFunc(lines, func(a, b string) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(a, b)
	})
	for n, what := range lines {
		lines[n] = fmt.Sprintf("%s（%d 题）", what, count[what])
	}
	return lines
}
