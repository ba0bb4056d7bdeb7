package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// Refusals of a file of tasks.
var (
	ErrTasks     = errs.New(errs.Invalid, "tasks.broken", "操作技能试题文件不是正确的 JSON 列表")
	errTasksSize = errs.New(errs.TooLarge, "tasks.too_large", "操作技能试题文件过大")
)

// task is a practical task as people write it: points whole or with two decimals, the range with or without its name.
type task struct {
	Code         string      `json:"code"`
	Level        json.Number `json:"level"`
	Name         string      `json:"name"`
	Range        string      `json:"range"` // "B-A" or "B-A 生活照护"
	Mandatory    bool        `json:"mandatory"`
	Minutes      int         `json:"minutes"`
	Points       json.Number `json:"points"`
	Scenario     string      `json:"scenario"`
	Preparation  []string    `json:"preparation"`
	Requirements []string    `json:"requirements"`
	Criteria     []criterion `json:"criteria"`
	Veto         []struct {
		Code string `json:"code"`
		Text string `json:"text"`
	} `json:"veto"`

	questionbank.TaskMakers // ids of people
}

type criterion struct {
	No      string      `json:"no"`
	Section string      `json:"section"`
	Text    string      `json:"text"`
	Points  json.Number `json:"points"`
	Levels  []struct {
		Points json.Number `json:"points"`
		Text   string      `json:"text"`
	} `json:"levels"`
}

// ReadTasks reads a JSON list of practical tasks of one level; 0 takes the level from each task. A task that is wrong is
// reported with the line that it begins on as the row, and left out.
func ReadTasks(name string, data []byte, level engine.Level) (tasks []questionbank.Task, broken []table.Problem, err error) {
	if len(data) > table.MaxBytes {
		return nil, nil, errTasksSize.With("%s 超过 %d MB", name, table.MaxBytes>>20)
	}
	if !utf8.Valid(data) {
		return nil, nil, ErrTasks.With("%s 不是 UTF-8 文字", name)
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, nil, ErrTasks.With("%s %s", name, misread(data, err, "内容不是列表"))
	}
	lines := linesOf(data, raw)
	for n, one := range raw {
		put := func(column, want string) {
			broken = append(broken, table.Problem{Sheet: name, Row: lines[n], Column: column, Want: want, Code: CodeContent})
		}
		t, err := readTask(one, level)
		fields := fieldsOf(err)
		for _, f := range fields {
			put(f.Name, f.Msg)
		}
		switch {
		case err == nil:
			tasks = append(tasks, t)
		case len(fields) == 0:
			put("", misread(one, err, "不是一项试题"))
		}
	}
	return tasks, broken, nil
}

// linesOf finds the lines that the values of a list begin on, from 1.
func linesOf(data []byte, list []json.RawMessage) []int {
	lines, line := make([]int, len(list)), 1
	for n, one := range list {
		at := bytes.Index(data, one)
		lines[n] = line + bytes.Count(data[:at], []byte("\n"))
		line = lines[n] + bytes.Count(one, []byte("\n"))
		data = data[at+len(one):]
	}
	return lines
}

// misread says for people what the JSON reader found in data; otherwise is said of a value of another kind than is asked for.
func misread(data []byte, err error, otherwise string) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		line := 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
		return fmt.Sprintf("第 %d 行处不合 JSON 格式或文件不完整", line)
	case errors.As(err, &kind) && kind.Field == "":
		return otherwise
	case errors.As(err, &kind):
		return "“" + kind.Field + "”的值不是应有的种类，例如数字写成了带引号的文字"
	}
	if field, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		return "有不认识的项目 " + field
	}
	return "不合 JSON 格式"
}

func readTask(raw json.RawMessage, level engine.Level) (questionbank.Task, error) {
	var in task
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return questionbank.Task{}, err
	}
	var c errs.Check
	code, _, _ := strings.Cut(in.Range, " ")
	t := questionbank.Task{Code: in.Code, Level: level, Name: in.Name, Range: code, Mandatory: in.Mandatory, Minutes: in.Minutes,
		Scenario: in.Scenario, Preparation: in.Preparation, Requirements: in.Requirements, Points: points(&c, in.Points),
		TaskMakers: in.TaskMakers}
	if in.Level != "" {
		l, err := engine.ParseLevel(in.Level.String())
		c.That(err == nil && (!level.Valid() || l == level), "level", CodeValue, "与所选等级一致的五级、四级或三级")
		t.Level = l
	}
	for _, k := range in.Criteria {
		t.Criteria = append(t.Criteria, k.read(&c))
	}
	for _, v := range in.Veto {
		t.Vetoes = append(t.Vetoes, questionbank.Veto{Code: v.Code, Text: v.Text})
	}
	if err := c.Err(questionbank.ErrTaskInput); err != nil {
		return t, err
	}
	return t, t.Validate()
}

func (k criterion) read(c *errs.Check) questionbank.Criterion {
	out := questionbank.Criterion{No: k.No, Section: k.Section, Text: k.Text, Points: points(c, k.Points)}
	for _, l := range k.Levels {
		out.Levels = append(out.Levels, questionbank.CriterionLevel{Points: points(c, l.Points), Text: l.Text})
	}
	return out
}

func points(c *errs.Check, n json.Number) engine.Points {
	p, err := engine.ParsePoints(n.String())
	c.That(err == nil, "points", CodeValue, "不超过两位小数的分值，而不是“"+n.String()+"”")
	return p
}
