package export

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed templates/*.json
var templates embed.FS

// Template is the form of a workbook.
type Template struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Sample  bool     `json:"sample"` // not taken from the authority itself
	Source  string   `json:"source"` // where columns and codes come from
	Sheet   string   `json:"sheet"`
	Columns []Column `json:"columns"`
}

// Column is one column: a field of the record, or the same value in every row.
type Column struct {
	Header   string            `json:"header"`
	Field    string            `json:"field,omitempty"` // a name of fields
	Value    string            `json:"value,omitempty"` // instead of a field
	Required bool              `json:"required,omitempty"`
	Blank    string            `json:"blank,omitempty"` // stands for an empty field
	Codes    map[string]string `json:"codes,omitempty"` // the form's code for each value; others are refused
	Date     string            `json:"date,omitempty"`  // YYYY-MM-DD, YYYY/MM/DD or YYYYMMDD
	Width    float64           `json:"width,omitempty"` // in characters
}

// Limits of templates.
const (
	maxTemplate = 64 << 10 // bytes
	maxColumns  = 100
	maxWidth    = 100
)

// Templates lists the ids of the templates that are built in.
func Templates() ([]string, error) {
	files, err := templates.ReadDir("templates")
	if err != nil {
		return nil, ErrTemplate
	}
	ids := make([]string, len(files))
	for i, f := range files {
		ids[i] = strings.TrimSuffix(f.Name(), ".json")
	}
	return ids, nil
}

// BuiltIn is the template with an id, or ErrProfile.
func BuiltIn(id string) (*Template, error) {
	data, err := templates.ReadFile(path.Join("templates", path.Base(id)+".json"))
	if err != nil || path.Base(id) != id {
		return nil, ErrProfile.With("%s", id)
	}
	t, err := ParseTemplate(data)
	if err != nil {
		return nil, err
	}
	if t.ID != id {
		return nil, ErrTemplate.With("%s", id)
	}
	return t, nil
}

// ParseTemplate reads a template strictly: ErrTemplate for an unknown member, field or date form.
func ParseTemplate(data []byte) (*Template, error) {
	if len(data) > maxTemplate {
		return nil, ErrTemplate.With("超过 %d 字节", maxTemplate)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var t Template
	if err := d.Decode(&t); err != nil {
		return nil, ErrTemplate.With("%v", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, ErrTemplate.With("文件末尾有多余的内容")
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	return &t, nil
}

func (t *Template) check() error {
	if t.ID == "" || t.Source == "" || !sheetName(t.Sheet) || len(t.Columns) == 0 || len(t.Columns) > maxColumns {
		return ErrTemplate.With("缺少编号、来源、工作表名称或列")
	}
	seen := map[string]bool{}
	for _, c := range t.Columns {
		if c.Header == "" || !legible(c.Header) || seen[c.Header] || !c.sound() {
			return ErrTemplate.With("列“%s”", c.Header)
		}
		seen[c.Header] = true
	}
	return nil
}

// sheetName keeps to what workbooks allow.
func sheetName(s string) bool {
	return s != "" && utf8.RuneCountInString(s) <= 31 && legible(s) &&
		!strings.ContainsAny(s, `:\/?*[]`) && !strings.HasPrefix(s, "'") && !strings.HasSuffix(s, "'")
}

func (c Column) sound() bool {
	if !legible(c.Value) || !legible(c.Blank) || c.Width < 0 || c.Width > maxWidth {
		return false
	}
	if c.Field == "" {
		return c.Value != "" && !c.Required && c.Blank == "" && c.Codes == nil && c.Date == ""
	}
	_, known := fields()[c.Field]
	_, form := dateForms()[c.Date]
	return known && c.Value == "" && (c.Field == "issued") == form && !(c.Required && c.Blank != "")
}

// fields are the record's fields under the names that templates use.
func fields() map[string]func(Record) string {
	return map[string]func(Record) string{
		"number":          func(r Record) string { return r.Number },
		"name":            func(r Record) string { return r.Name },
		"id_type":         func(r Record) string { return r.IDType },
		"id_number":       func(r Record) string { return r.IDNumber },
		"employer":        func(r Record) string { return r.Employer },
		"occupation_code": func(r Record) string { return r.OccupationCode },
		"occupation_name": func(r Record) string { return r.OccupationName },
		"work_type":       func(r Record) string { return r.WorkType },
		"level":           func(r Record) string { return digit(r.Level) },
		"issued":          func(r Record) string { return "" }, // written in the column's own form
		"body":            func(r Record) string { return r.Body },
		"issuer":          func(r Record) string { return r.Issuer },
	}
}

func digit(level int) string {
	if levelText(level) == "" {
		return ""
	}
	return string(rune('0' + level))
}

func dateForms() map[string]string {
	return map[string]string{"YYYY-MM-DD": "2006-01-02", "YYYY/MM/DD": "2006/01/02", "YYYYMMDD": "20060102"}
}

// legible reports whether s is proper text without characters that nobody sees. Private-use characters are among them:
// no other system knows what they mean.
func legible(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co) || r == '\uFFFE' || r == '\uFFFF' {
			return false
		}
	}
	return true
}
