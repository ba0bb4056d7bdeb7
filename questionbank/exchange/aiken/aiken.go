// Package aiken reads the Aiken text format: a line that asks, lines of options, a line that names the right one. The
// format knows neither codes nor metadata; those come from the options of the import.
package aiken

import (
	"regexp"
	"strings"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// Format is the name of the format.
const Format = "aiken"

var (
	option = regexp.MustCompile(`^([A-Z])[.)]\s+(\S.*)$`)
	answer = regexp.MustCompile(`^ANSWER:\s*([A-Z])\s*$`)
	shape  = regexp.MustCompile(`(?m)^[A-Z][.)][ \t]+\S.*\n(?:.*\n)?\s*ANSWER:[ \t]*[A-Z][ \t\r]*$`)
)

// Looks reports whether a text looks like the format.
func Looks(text string) bool { return shape.MatchString(strings.ReplaceAll(text, "\r\n", "\n")) }

// Read reads a file. A question that is not built right is put aside up to its answer line, the others are read.
func Read(name string, data []byte, o record.Options) (record.Batch, error) {
	text, encoding, err := table.Decode(data)
	if err != nil {
		return record.Batch{}, err
	}
	r := &reader{Builder: record.NewBuilder(name, Format, o), name: name}
	r.Batch.Encoding = encoding
	number := 0
	for line := range strings.Lines(text) {
		number++
		r.line(number, strings.TrimSpace(line))
	}
	if r.begun() {
		r.refuse("key", record.CodeMissing, "题后的 ANSWER: 行")
	}
	return r.Batch, nil
}

type reader struct {
	*record.Builder
	name  string
	draft record.Draft
	bad   bool
}

func (r *reader) begun() bool { return r.draft.At.Row > 0 }

func (r *reader) refuse(field, code, want string) {
	r.bad = true
	r.Refuse(record.Problem{Place: r.draft.At, Field: field, Want: want, Code: code})
}

func (r *reader) line(number int, s string) {
	if s == "" {
		return
	}
	if !r.begun() {
		r.draft = record.Draft{At: record.Place{File: r.name, Row: number}}
		r.draft.Type = questionbank.Single
	}
	if m := answer.FindStringSubmatch(s); m != nil {
		r.end(int(m[1][0] - 'A'))
		return
	}
	m := option.FindStringSubmatch(s)
	switch {
	case r.bad:
	case m != nil && r.draft.Stem != "" && int(m[1][0]-'A') == len(r.draft.Options):
		r.draft.Options = append(r.draft.Options, richtext.Escape(m[2]))
	case m != nil && r.draft.Stem != "":
		r.refuse("options", record.CodeKind, "按 A、B、C 的次序排列的选项，第 "+m[1]+" 项次序不对")
	case r.draft.Stem == "":
		r.draft.Stem = richtext.Escape(s)
	default:
		r.refuse("stem", record.CodeKind, "占一行的题干，其后每行一个选项")
	}
}

// end closes a question at its answer line.
func (r *reader) end(key int) {
	switch {
	case r.bad:
	case key >= len(r.draft.Options):
		r.refuse("key", record.CodeKey, "选项之一")
	default:
		r.draft.Key = []int{key}
		record.AsJudgement(&r.draft.ItemVersion)
		r.Take(r.draft)
	}
	r.draft, r.bad = record.Draft{}, false
}
