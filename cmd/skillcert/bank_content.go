package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
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

// readContent reads a file of any kind, told apart by what is in it.
func readContent(name string, o exchange.Options) (c content, err error) {
	base, data, err := readBankFile(name)
	if err != nil {
		return content{}, err
	}
	c.name = base
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		c.tasks, c.broken, err = exchange.ReadTasks(base, data, o.Level)
		c.tasks = append([]questionbank.Task{}, c.tasks...)
		return c, err
	}
	if t, broken, err := exchange.ReadTable(base, data, o.Level); err == nil {
		if !o.Level.Valid() {
			return content{}, questionbank.ErrTableInput.With("%s 是要素细目表，须用 --level 指明等级", base)
		}
		c.table, c.broken = inOrder(t), broken
		return c, nil
	}
	c.batch, err = exchange.Read(base, data, o)
	return c, err
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
			r.news = append(r.news, fmt.Sprintf("重复　%s 与 %s（%s，%d%%）：%s", row.Item, m.Item, m.Kind, m.Score/10, row.Outcome))
		}
	}
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
