package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/similar"
)

// checkOrder is what bank check is told.
type checkOrder struct {
	reading
	strict, full bool
}

func bankCheckCommand(con console) *cobra.Command {
	s := settings{Listen: defaultListen, Label: "skillcert"}
	var o checkOrder
	cmd := &cobra.Command{Use: "check (FILE… | --data DIR)", Short: "Look for everything that is wrong with files of items or with a bank",
		Long: "Element tables must add up; items must be whole, stand on a point of their level's table and contradict no other item.\n" +
			"Items that ask the same and points without an item are told as well, but are no error unless --strict is given.\n" +
			"FILE is an element table, a file of items in any format, or a JSON list of tasks; what it does not say of its items\n" +
			"is given as to bank import, for Aiken at least --level, --point and --difficulty. A bank's releases are compared with\n" +
			"their digests. Ends with status 1 when something is wrong.",
		RunE: func(cmd *cobra.Command, args []string) error {
			c := &bankCheck{tables: map[engine.Level]*questionbank.ElementTable{}}
			if err := c.collect(cmd.Context(), con, s, o, args); err != nil {
				return plain(err)
			}
			return c.verdict(con.out, o)
		}}
	s.flags(cmd, con)
	o.flags(cmd)
	cmd.Flags().BoolVar(&o.strict, "strict", false, "take remarks for errors")
	cmd.Flags().BoolVar(&o.full, "full", false, "print every finding")
	return cmd
}

// bankCheck gathers what is to be checked, and what is found.
type bankCheck struct {
	tables  map[engine.Level]*questionbank.ElementTable
	items   []located
	wrong   []string
	remarks []string
}

// located is an item with the words that say where it stands.
type located struct {
	questionbank.ItemVersion
	at string
}

func (c *bankCheck) fault(format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
}

func (c *bankCheck) remark(format string, args ...any) {
	c.remarks = append(c.remarks, fmt.Sprintf(format, args...))
}

// refused notes every field of a refusal; what is no refusal is handed back.
func (c *bankCheck) refused(at string, err error) error {
	var e *errs.Error
	if err == nil || !errors.As(err, &e) {
		return err
	}
	fields := slices.Clone(e.Fields)
	slices.SortStableFunc(fields, func(a, b errs.Field) int { return strings.Compare(a.Name, b.Name) })
	for _, f := range fields {
		c.fault("%s：%s", at, fieldSentence(f))
	}
	if len(e.Fields) == 0 {
		c.fault("%s：%s", at, e.Msg)
	}
	return nil
}

func (c *bankCheck) collect(ctx context.Context, con console, s settings, o checkOrder, files []string) error {
	if (len(files) == 0) == (s.Data == "") {
		return both("请给出文件或 --data DIR，二者取一", "give either files or --data DIR")
	}
	if s.Data != "" {
		return inBank(ctx, s, func(h *house) error { return c.collectBank(ctx, h) })
	}
	points, err := chosenPoints(o.points)
	if err != nil {
		return err
	}
	for _, name := range files {
		f, err := readContent(name, o.Options)
		var refusal *errs.Error
		switch {
		case errors.As(err, &refusal):
			c.fault("%s", at(filepath.Base(name), err))
			continue
		case err != nil:
			return err
		}
		_, _ = fmt.Fprintf(con.out, "%s：%s\n", f.name, f.what())
		f.hint(con.out)
		c.take(f, points)
	}
	return nil
}

// take takes the content of one file in.
func (c *bankCheck) take(f content, points map[string]string) {
	if f.nothing() {
		c.fault("%s", at(f.name, errNothing))
	}
	for _, p := range f.broken {
		c.fault("%s", p)
	}
	if f.table != nil {
		c.tables[f.table.Level] = f.table
	}
	for _, p := range f.batch.Problems {
		c.fault("%s", p)
	}
	for _, d := range f.batch.Dropped {
		c.remark("%s：不导入 %s %s", d.Place, d.What, d.Why)
	}
	for _, d := range f.batch.Drafts {
		if point := points[d.Code]; point != "" {
			d.Point = point
		}
		place := d.At
		place.Item = ""
		where := place.String()
		if place.File != f.name {
			where = f.name + " " + where
		}
		c.items = append(c.items, located{d.ItemVersion, fmt.Sprintf("%s（%s）", d.Code, strings.TrimSpace(where))})
	}
}

// collectBank takes in all items that were not given up, the working tables, and looks at the releases.
func (c *bankCheck) collectBank(ctx context.Context, h *house) (err error) {
	if c.tables, err = h.tables(ctx); err != nil {
		return err
	}
	err = h.eachItem(ctx, questionbank.Filter{}, func(i *questionbank.Item) {
		if i.State != questionbank.Retired {
			c.items = append(c.items, located{i.Current(), i.Code})
		}
	})
	if err != nil {
		return err
	}
	releases, err := h.Bank.Releases(ctx, operator())
	if err != nil {
		return err
	}
	for _, r := range releases {
		if r.State == questionbank.Preparing {
			continue
		}
		_, err := h.Bank.Snapshot(ctx, r.ID)
		if err = c.refused("题库版本 "+r.ID, err); err != nil {
			return err
		}
	}
	return nil
}

// look checks what was gathered.
func (c *bankCheck) look() {
	for _, l := range engine.Levels() {
		if t := c.tables[l]; t != nil {
			_ = c.refused(l.String()+"要素细目表", t.Validate()) // which refuses in fields
		}
	}
	codes := map[string]string{}
	for _, v := range c.items {
		_ = c.refused(v.at, v.Validate())
		if before, taken := codes[v.Code]; taken {
			c.fault("%s：编号与 %s 相同", v.at, before)
		}
		codes[v.Code] = v.at
		if t := c.tables[v.Level]; t != nil {
			if _, known := t.Point(v.Point); !known {
				c.fault("%s：鉴定点 %s 不在%s的要素细目表中", v.at, v.Point, v.Level)
			}
		}
	}
	c.twins()
	c.gaps()
}

// twins finds items that ask the same: two keys for one stem are an error, the same or nearly the same item a remark.
func (c *bankCheck) twins() {
	items := make([]questionbank.ItemVersion, len(c.items))
	for n, v := range c.items {
		items[n] = v.ItemVersion
	}
	for n, found := range similar.Find(nil, items) {
		for _, m := range found.Matches {
			switch at, other := c.items[n].at, c.items[m.Other].at; m.Kind {
			case similar.Conflict:
				c.fault("%s 与 %s 题干和选项相同，答案不同", at, other)
			case similar.Exact:
				c.remark("%s 与 %s 重复", at, other)
			default:
				c.remark("%s 与 %s 相近（%d%%）", at, other, m.Score/10)
			}
		}
	}
}

// gaps remarks the points that no item stands on.
func (c *bankCheck) gaps() {
	for _, l := range engine.Levels() {
		t, covered := c.tables[l], map[string]bool{}
		if t == nil {
			continue
		}
		for _, v := range c.items {
			covered[v.Point] = covered[v.Point] || v.Level == l
		}
		for _, p := range t.Points {
			if !covered[p.Code] {
				c.remark("%s %s %s（%s）没有试题", l, p.Code, p.Name, p.Importance)
			}
		}
	}
}

// listLength is how many findings of one kind are printed unless all are asked for.
const listLength = 40

// verdict prints the findings and decides.
func (c *bankCheck) verdict(out io.Writer, o checkOrder) error {
	c.look()
	limit := listLength
	if o.full {
		limit = len(c.wrong) + len(c.remarks)
	}
	for _, part := range []struct {
		name string
		all  []string
	}{{"提示", c.remarks}, {"错误", c.wrong}} {
		if len(part.all) > 0 {
			_, _ = fmt.Fprintf(out, "%s %d 处\n", part.name, len(part.all))
			someOf(out, limit, part.all)
		}
	}
	_, _ = fmt.Fprintf(out, "%d 题，%d 个要素细目表：错误 %d 处，提示 %d 处\n", len(c.items), len(c.tables), len(c.wrong), len(c.remarks))
	if len(c.wrong) > 0 || o.strict && len(c.remarks) > 0 {
		return exitCode(1)
	}
	return nil
}
