package exchange

import (
	"bytes"
	"encoding/json"
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

// CodeTask is the code of a task that was put aside.
const CodeTask = "task.content"

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
// reported with its place in the list as the row, and left out.
func ReadTasks(name string, data []byte, level engine.Level) (tasks []questionbank.Task, broken []table.Problem, err error) {
	if len(data) > table.MaxBytes {
		return nil, nil, errTasksSize.With("%s 超过 %d MB", name, table.MaxBytes>>20)
	}
	if !utf8.Valid(data) {
		return nil, nil, ErrTasks.With("%s 不是 UTF-8 文字", name)
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, nil, ErrTasks.With("%s：%v", name, err)
	}
	for n, one := range raw {
		put := func(column, want string) {
			broken = append(broken, table.Problem{Sheet: name, Row: n + 1, Column: column, Want: want, Code: CodeTask})
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
			put("", err.Error())
		}
	}
	return tasks, broken, nil
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
		Scenario: in.Scenario, Preparation: in.Preparation, Requirements: in.Requirements, Points: points(&c, in.Points)}
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
