package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
	"github.com/skillcert/skillcert/questionbank/intake"
)

// importOrder is what bank import is told.
type importOrder struct {
	exchange.Options
	level, login               string
	points, report             string
	edition                    string
	exact, near, taken, reason string
	dry, good, sample, full    bool
}

func bankImportCommand(con console) *cobra.Command {
	var s settings
	var o importOrder
	cmd := &cobra.Command{Use: "import FILE… --data DIR --as LOGIN", Args: cobra.MinimumNArgs(1), Short: "Bring element tables, items and tasks in",
		Long: "Reads every format that bank export writes, Aiken as well, element tables and JSON lists of tasks. Items come in as\n" +
			"drafts of the account that acts. What is wrong is put aside and reported by its place; a file with anything put aside\n" +
			"is not imported unless --good-rows is given. Each file is a whole of its own; element tables go first. An import that\n" +
			"was broken off is completed by giving it again. " + passwordFrom}
	bankCommandIn(con, cmd, &s, func(ctx context.Context, h *house, files []string) error {
		return h.asLogin(ctx, con, o.login, func(by authz.Principal) error { return h.importFiles(ctx, con.out, by, o, files) })
	})
	f := cmd.Flags()
	f.StringVar(&o.login, "as", "", "account that acts: an author or a keeper of the bank")
	f.BoolVar(&o.dry, "dry-run", false, "say what would be done and do nothing")
	f.BoolVar(&o.good, "good-rows", false, "import what is right of a file, and put aside the rest")
	f.StringVar(&o.exact, "duplicates", "skip", "what becomes of an item that is there already: replace, add or skip")
	f.StringVar(&o.near, "near", "add", "what becomes of an item nearly like another: replace, add or skip")
	f.StringVar(&o.taken, "taken", "", "what becomes of a code that another wording has: replace or skip; without it the item is put aside")
	f.StringVar(&o.reason, "reason", "", "why, of the versions that replace makes")
	f.StringVar(&o.report, "report", "", "write what was put aside, left out or a duplicate to this csv file")
	f.BoolVar(&o.full, "full", false, "print every finding")
	f.StringVar(&o.points, "points", "", "csv file with the columns code and point: points that a person chose for items")
	f.StringVar(&o.level, "level", "", "level of files that do not say it: 5, 4 or 3")
	f.StringVar(&o.edition, "edition", "", "edition of the standard that element tables are of")
	f.BoolVar(&o.sample, "sample", false, "mark everything as a sample (样题)")
	f.StringVar(&o.Province, "province", "", "province of items that do not say it, two digits of GB/T 2260")
	f.StringVar(&o.Point, "point", "", "point of items that do not say it")
	f.IntVar(&o.Difficulty, "difficulty", 0, "difficulty of items that do not say it, 1 to 5")
	f.IntVar(&o.Seconds, "seconds", 0, "expected answering time of items that do not say it")
	f.StringVar(&o.Source, "source", "", "source of items that do not say it")
	f.StringVar(&o.Prefix, "prefix", "", "of the codes of items that have none (default \"X-\")")
	return cmd
}

// importFiles reads all files before it brings the first one in, so that a file that cannot be read stops everything.
func (h *house) importFiles(ctx context.Context, out io.Writer, by authz.Principal, o importOrder, files []string) (err error) {
	if o.level != "" {
		if o.Level, err = engine.ParseLevel(o.level); err != nil {
			return err
		}
	}
	d := intake.Decisions{Whole: !o.good, Exact: intake.Decision(o.exact), Near: intake.Decision(o.near), Taken: intake.Decision(o.taken), Reason: o.reason}
	if d.Points, err = chosenPoints(o.points); err != nil {
		return err
	}
	var all []content
	for _, name := range files {
		c, err := readContent(name, o.Options)
		if err != nil {
			return err
		}
		if o.sample {
			c.markSample()
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b content) int { return a.order() - b.order() })
	r := &quarantine{}
	for _, c := range all {
		if failed := h.importOne(ctx, out, by, o, d, c, r); failed != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", c.name, failed))
			break // what follows may rest on it
		}
	}
	if o.report != "" {
		return errors.Join(err, r.write(o.report))
	}
	return err
}

// importOne brings one file in.
func (h *house) importOne(ctx context.Context, out io.Writer, by authz.Principal, o importOrder, d intake.Decisions, c content, r *quarantine) error {
	_, _ = fmt.Fprintf(out, "%s：%s\n", c.name, c.what())
	if len(c.broken) > 0 {
		r.rows(c)
		r.tell(out, o.full)
		if c.table != nil || !o.good {
			return intake.ErrBlocked.With("%d 处", len(c.broken))
		}
	}
	switch {
	case c.table != nil && o.dry:
		return c.table.Validate()
	case c.table != nil:
		c.table.Edition = o.edition
		return h.Bank.ImportTable(ctx, by, *c.table)
	case c.tasks != nil && o.dry:
		return nil
	case c.tasks != nil:
		return h.Bank.ImportTasks(ctx, by, c.tasks)
	}
	return h.importItems(ctx, out, by, o, d, c, r)
}

func (h *house) importItems(ctx context.Context, out io.Writer, by authz.Principal, o importOrder, d intake.Decisions, c content, r *quarantine) error {
	imports := intake.New(h.Bank)
	var p intake.Preview
	var err error
	if o.dry {
		if p, err = imports.Plan(ctx, by, c.batch, d); err == nil && p.Blocked {
			err = intake.ErrBlocked.With("%d 处", p.Refused)
		}
	} else {
		p, err = imports.Commit(ctx, by, c.batch, d, newProgress(out, "题").show)
	}
	if err != nil && !errors.Is(err, intake.ErrBlocked) {
		return err
	}
	r.preview(p)
	r.tell(out, o.full)
	verb := "已导入"
	if o.dry {
		verb = "将导入"
	}
	if p.Blocked {
		verb = "没有导入。若只导入其中正确的（--good-rows）"
	}
	_, _ = fmt.Fprintf(out, "    %s：新增 %d，新版本 %d，原有 %d，略过 %d，隔离 %d\n", verb, p.Added, p.Replaced, p.Unchanged, p.Skipped, p.Refused)
	return err
}

// newProgress returns a bar that learns its length when the work is known.
func newProgress(out io.Writer, unit string) *progress {
	return &progress{teller: newTeller(out), unit: unit}
}

type progress struct {
	teller *teller
	unit   string
	bar    *bar
}

// show sets the bar to done of total.
func (p *progress) show(done, total int) {
	if total == 0 || p.bar != nil && p.bar.done == total {
		return
	}
	if p.bar == nil {
		p.bar = p.teller.bar(p.unit, total)
	}
	p.bar.add(done - p.bar.done)
	if done == total {
		p.bar.end()
	}
}

// chosenPoints reads the points that a person chose, by the code of the item.
func chosenPoints(name string) (map[string]string, error) {
	if name == "" {
		return nil, nil
	}
	base, data, err := readBankFile(name)
	if err != nil {
		return nil, err
	}
	t, err := table.Read(base, data, table.Options{Required: []string{"code", "point"}})
	if err != nil {
		return nil, err
	}
	points := map[string]string{}
	for _, row := range t.Rows {
		points[row.Get("code")] = row.Get("point")
	}
	for _, p := range t.Problems {
		return nil, fmt.Errorf("%s", p)
	}
	return points, nil
}
