package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/similar"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
	"github.com/skillcert/skillcert/questionbank/intake"
)

// content is what one file holds: an element table, tasks, or else a batch of items.
type content struct {
	name   string
	table  *questionbank.ElementTable
	tasks  []questionbank.Task // not nil of a file of tasks
	batch  exchange.Batch
	broken []table.Problem // of a table or tasks; a batch has its own
}

// reading is what files do not say of their items themselves. The page of imports asks for the same.
type reading struct {
	exchange.Options
	points string
}

func (o *reading) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Func("level", "`level` of files that do not say it: 5, 4 or 3", func(s string) (err error) {
		o.Level, err = levelFlag(s)
		return err
	})
	f.Func("province", "`province` of items that do not say it, two digits of GB/T 2260", func(s string) error {
		o.Province = s
		return wanted(s == "" || engine.Province(s) != "", both("--province 应为 GB/T 2260 的两位数字", "give --province as two digits of GB/T 2260"))
	})
	f.Func("point", "assessment `point` of items that do not say it, such as A-A-B-002", func(s string) error {
		o.Point = s
		return wanted(s == "" || questionbank.IsPoint(s), both("--point 应为鉴定点代码，形如 A-A-B-002", "give --point as the code of a point, such as A-A-B-002"))
	})
	f.Func("difficulty", "`difficulty` of items that do not say it, 1 to 5", func(s string) (err error) {
		o.Difficulty, err = strconv.Atoi(s)
		return wanted(err == nil && o.Difficulty >= 1 && o.Difficulty <= 5, both("--difficulty 应为 1 至 5 的数", "give --difficulty as a number from 1 to 5"))
	})
	f.Func("seconds", "expected answering time in `seconds` of items that do not say it", func(s string) (err error) {
		o.Seconds, err = strconv.Atoi(s)
		return wanted(err == nil && o.Seconds >= 0, both("--seconds 应为秒数", "give --seconds as a number of seconds"))
	})
	f.StringVar(&o.Source, "source", "", "source of items that do not say it")
	f.StringVar(&o.Prefix, "prefix", "", "of the codes of items that have none (default \"X-\")")
	f.StringVar(&o.points, "points", "", "csv file with the columns code and point: points that a person chose for items")
}

// wanted is what is told of a flag that has another value.
func wanted(ok bool, told plainly) error {
	if ok {
		return nil
	}
	return told
}

// levelFlag reads --level; it may be left empty.
func levelFlag(s string) (engine.Level, error) {
	if s == "" {
		return 0, nil
	}
	l, err := engine.ParseLevel(s)
	return l, wanted(err == nil, both("--level 应为 5、4 或 3", "give --level as 5, 4 or 3"))
}

// errNothing is about a file in which no item, task or point stands, whether right or wrong.
var errNothing = errs.New(errs.Invalid, "bank.nothing", both("文件中没有试题", "there are no items in the file").said)

// nothing reports whether the file holds nothing to check or to bring in.
func (c content) nothing() bool {
	return c.table == nil && len(c.tasks)+len(c.broken)+len(c.batch.Drafts)+len(c.batch.Problems) == 0
}

// unsaid names the flags that say what the file does not.
func (c content) unsaid() string {
	var flags []string
	for _, field := range []string{"level", "point", "difficulty"} {
		silent := func(p exchange.Problem) bool {
			return p.Field == field && p.Found == "" && slices.Contains([]string{record.CodeMissing, table.CodeMissing, exchange.CodeValue}, p.Code)
		}
		if slices.ContainsFunc(c.batch.Problems, silent) {
			flags = append(flags, "--"+field)
		}
	}
	return strings.Join(flags, "、")
}

// hint says how a file can be read that says too little of its items.
func (c content) hint(out io.Writer) {
	if flags := c.unsaid(); flags != "" {
		_, _ = fmt.Fprintf(out, "    %v\n", both("%s 没有说明的内容，可以用 %s 给出", "what %s does not say can be given with %s", c.name, flags))
	}
}

// readContent reads a file of any kind, told apart by what is in it.
func readContent(name string, o exchange.Options) (c content, err error) {
	base, data, err := readBankFile(name)
	if err != nil {
		return content{}, err
	}
	c.name = base
	if isJSON(data) {
		c.tasks, c.broken, err = exchange.ReadTasks(base, data, o.Level)
		c.tasks = append([]questionbank.Task{}, c.tasks...)
		return c, err
	}
	if t, broken, err := exchange.ReadTable(base, data, o.Level); err == nil {
		if !o.Level.Valid() {
			return content{}, both("%s 是要素细目表，须用 --level 指明等级", "%s is an element table: give its level with --level", base).of(questionbank.ErrTableInput)
		}
		c.table, c.broken = inOrder(t), broken
		return c, nil
	}
	c.batch, err = exchange.Read(base, data, o)
	return c, err
}

// isJSON tells a list of tasks, and an object that somebody took for one.
func isJSON(data []byte) bool {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\uFEFF")))
	return bytes.HasPrefix(data, []byte("[")) || bytes.HasPrefix(data, []byte("{")) && json.Valid(data)
}

// inOrder sorts a table that was read from a file, and names the occupation, which no file says.
func inOrder(t *questionbank.ElementTable) *questionbank.ElementTable {
	t.Occupation = engine.LongTermCare().Code
	slices.SortFunc(t.Ranges, func(a, b questionbank.Range) int { return strings.Compare(a.Code, b.Code) })
	slices.SortFunc(t.Points, func(a, b questionbank.Point) int { return strings.Compare(a.Code, b.Code) })
	return t
}

// order is the turn of the file: items need tables, and so do tasks.
func (c content) order() int {
	if c.table != nil {
		return 0
	}
	return 1
}

func (c content) what() string {
	switch {
	case c.table != nil:
		return fmt.Sprintf("%s要素细目表，%d 个鉴定点", c.table.Level, len(c.table.Points))
	case c.tasks != nil:
		return fmt.Sprintf("操作技能试题 %d 项", len(c.tasks))
	}
	encoding := ""
	if c.batch.Encoding != "" {
		encoding = "（" + c.batch.Encoding + "）"
	}
	return fmt.Sprintf("%s%s，%d 题", c.batch.Format, encoding, len(c.batch.Drafts))
}

func (c content) markSample() {
	if c.table != nil {
		c.table.Sample = true
	}
	for n := range c.tasks {
		c.tasks[n].Sample = true
	}
	for n := range c.batch.Drafts {
		c.batch.Drafts[n].Sample = true
	}
}

// quarantine is the report of an import (隔离报告): what was put aside, left out, or there already.
type quarantine struct {
	lines [][]string // of the csv file
	news  []string   // to be told
}

func quarantineColumns() []string {
	return []string{"file", "kind", "in", "row", "element", "item", "field", "found", "want", "code"}
}

// rows takes in what was wrong with a table or with tasks.
func (r *quarantine) rows(c content) {
	for _, p := range c.broken {
		r.lines = append(r.lines, []string{c.name, "problem", p.Sheet, strconv.Itoa(p.Row), "", "", p.Column, p.Found, p.Want, p.Code})
		r.news = append(r.news, "隔离　"+p.String())
	}
}

// preview takes in what an import says of its rows.
func (r *quarantine) preview(p intake.Preview) {
	line := func(kind string, at exchange.Place, rest ...string) {
		row := ""
		if at.Row > 0 {
			row = strconv.Itoa(at.Row)
		}
		r.lines = append(r.lines, append([]string{p.Name, kind, at.File, row, at.Element, at.Item}, rest...))
	}
	for _, f := range p.Problems {
		line("problem", f.Place, f.Field, f.Found, f.Want, f.Code)
		r.news = append(r.news, "隔离　"+f.String())
	}
	for _, d := range p.Dropped {
		line("dropped", d.Place, "", d.What, d.Why, "")
		r.news = append(r.news, fmt.Sprintf("略去　%s %s：%s", d.Place, d.What, d.Why))
	}
	for _, row := range p.Rows {
		for _, m := range row.Matches {
			line(string(m.Kind), row.At, "", m.Item, string(row.Outcome), "")
			r.news = append(r.news, fmt.Sprintf("重复　%s 与 %s %s（%d%%）：%s", row.Item, m.Item, likeness(m.Kind), m.Score/10, outcome(row.Outcome)))
		}
	}
}

func likeness(k similar.Kind) string {
	switch k {
	case similar.Exact:
		return "相同"
	case similar.Conflict:
		return "题干和选项相同、答案不同"
	}
	return "相近"
}

func outcome(o intake.Outcome) string {
	return map[intake.Outcome]string{intake.Added: "新增", intake.Replaced: "新版本", intake.Unchanged: "原有", intake.Skipped: "略过", intake.Refused: "隔离"}[o]
}

// tell prints what was taken in since the last time.
func (r *quarantine) tell(out io.Writer, full bool) {
	limit := listLength
	if full {
		limit = len(r.news)
	}
	someOf(out, limit, r.news)
	r.news = nil
}

// write writes the report. Cells come from a stranger's file: none may begin like a formula.
func (r *quarantine) write(name string) error {
	for _, line := range r.lines {
		for n, cell := range line {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				line[n] = "'" + cell
			}
		}
	}
	file, err := table.WriteCSV(quarantineColumns(), r.lines, table.UTF8)
	if err != nil {
		return err
	}
	return writeNew(name, file)
}
