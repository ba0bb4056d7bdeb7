package exchange

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/gift"
	"github.com/skillcert/skillcert/questionbank/exchange/moodle"
	"github.com/skillcert/skillcert/questionbank/exchange/qti"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// The formats of tables: the product's own columns, and the twenty of the field.
const (
	Workbook     = "workbook" // xlsx
	CSV          = "csv"      // UTF-8
	CSVGB18030   = "gb18030"
	CSVGBK       = "gbk"
	Field        = "field" // xlsx
	FieldCSV     = "field-csv"
	FieldGB18030 = "field-gb18030"
	FieldGBK     = "field-gbk"
)

// Formats lists the formats that Write writes.
func Formats() []string {
	return append([]string{Workbook, CSV, CSVGB18030, CSVGBK, Field, FieldCSV, FieldGB18030, FieldGBK, moodle.Format, gift.Format}, qti.Formats()...)
}

// Extension is the ending of the name of a file in a format.
func Extension(format string) string {
	switch {
	case format == Workbook || format == Field:
		return ".xlsx"
	case format == moodle.Format:
		return ".xml"
	case format == gift.Format:
		return ".txt"
	case slices.Contains(qti.Formats(), format):
		return ".zip"
	}
	return ".csv"
}

// Write writes items in a format and answers what the format cannot hold of them, item by item. Read gives back the
// same items except for what is named; who wrote an item, when and in which version, no format carries.
func Write(w io.Writer, format string, items []questionbank.ItemVersion, keep Keep) ([]Loss, error) {
	switch {
	case format == moodle.Format:
		return moodle.Write(w, items, keep)
	case format == gift.Format:
		return gift.Write(w, items)
	case slices.Contains(qti.Formats(), format):
		return qti.Write(w, format, items, keep)
	case !slices.Contains(Formats(), format):
		return nil, ErrFormat.With("%q", format)
	}
	t := tableWriter{encoding: encodingOf(format), keep: keep, options: optionColumns(items)}
	headers, row := Columns(), t.own
	switch {
	case strings.HasPrefix(format, Field):
		headers, row = fieldColumns(items), t.field
	case t.encoding == table.GB18030, t.encoding == table.GBK:
		headers = chinese(headers)
	}
	for _, v := range items {
		t.add(v, row)
	}
	return t.losses, t.write(w, headers)
}

// NotWritten is the sheet of WriteItems that names what is missing in the first one.
const NotWritten = "未写出"

// WriteItems writes a workbook in the product's columns for a person. Read gives back the same items, except for
// what a second sheet names by item, field and why: it is there only when something could not be written.
func WriteItems(w io.Writer, items []questionbank.ItemVersion) error {
	t := tableWriter{}
	for _, v := range items {
		t.add(v, t.own)
	}
	var more []table.Sheet
	if len(t.losses) > 0 {
		lost := table.Sheet{Name: NotWritten, Headers: []string{"试题编号", "栏目", "原因"}}
		for _, l := range t.losses {
			lost.Rows = append(lost.Rows, []string{l.Item, l.Field, l.What})
		}
		more = append(more, lost)
	}
	return t.write(w, Columns(), more...)
}

// encodingOf is that of a csv file, "" for a workbook.
func encodingOf(format string) string {
	switch format {
	case CSV, FieldCSV:
		return table.UTF8
	case CSVGB18030, FieldGB18030:
		return table.GB18030
	case CSVGBK, FieldGBK:
		return table.GBK
	}
	return ""
}

// chinese are the columns by their Chinese names.
func chinese(columns []string) []string {
	aliases := own().aliases
	out := slices.Clone(columns)
	for n, c := range columns {
		if names := aliases[c]; len(names) > 0 {
			out[n] = names[0]
		}
	}
	return out
}

type tableWriter struct {
	encoding string
	options  int // columns for options in the shape of the field
	keep     Keep
	rows     [][]string
	losses   []Loss
}

// add writes one row, or names the item as left out when no reader would take it as it is.
func (t *tableWriter) add(v questionbank.ItemVersion, row func(questionbank.ItemVersion) ([]string, []Loss)) {
	cells, losses := row(v)
	for _, c := range cells {
		switch {
		case !table.Acceptable(c):
			losses = []Loss{{Item: v.Code, Field: "stem", What: "表格不能保留“" + table.Quote(c) + "”，整题未写出", Whole: true}}
		case !table.Encodable(c, t.encoding):
			losses = []Loss{{Item: v.Code, Field: "stem", What: strings.ToUpper(t.encoding) + " 没有其中的字，整题未写出", Whole: true}}
		default:
			continue
		}
		t.losses = append(t.losses, losses...)
		return
	}
	if t.losses = append(t.losses, losses...); !record.Left(losses) {
		t.rows = append(t.rows, cells)
	}
}

func (t *tableWriter) write(w io.Writer, headers []string, more ...table.Sheet) (err error) {
	var data []byte
	if t.encoding == "" {
		data, err = table.WriteXLSX(headers, t.rows, more...)
	} else {
		data, err = table.WriteCSV(headers, t.rows, t.encoding)
	}
	if err == nil {
		_, err = w.Write(data)
	}
	if err != nil {
		return fmt.Errorf("write items: %w", err)
	}
	return nil
}

// own is a row in the product's columns. Texts are plain where that says the same, else fragments.
func (t *tableWriter) own(v questionbank.ItemVersion) ([]string, []Loss) {
	losses := record.Trimmed(v)
	if len(record.ImagesOf(v)) > 0 {
		losses = append(losses, Loss{Item: v.Code, Field: "stem", What: "图片内容（只留引用，读入的题库须已有该图片）"})
	}
	markup, text := "", richtext.Plain
	for _, f := range record.TextsOf(v) {
		if richtext.Escape(richtext.Plain(f)) != f {
			markup, text = "html", func(f string) string { return f }
		}
	}
	row := []string{v.Code, string(v.Type), text(v.Stem), keyOf(v)}
	for n := range questionbank.MaxOptions {
		option := ""
		if v.Type != questionbank.Judgement && n < len(v.Options) {
			option = text(v.Options[n])
		}
		row = append(row, option)
	}
	sample := ""
	if v.Sample {
		sample = "yes"
	}
	return append(row, v.Point, strconv.Itoa(v.Difficulty), secondsOf(v), text(v.Explanation), v.Enemy, strconv.Itoa(int(v.Level)),
		"", v.Province, v.Source, markup, sample), losses
}

func secondsOf(v questionbank.ItemVersion) string {
	if v.Seconds == 0 {
		return ""
	}
	return strconv.Itoa(v.Seconds)
}

func keyOf(v questionbank.ItemVersion) string {
	var b strings.Builder
	for _, k := range v.Key {
		if v.Type == questionbank.Judgement {
			b.WriteByte("TF"[k&1])
			continue
		}
		b.WriteString(letter(k))
	}
	return b.String()
}
