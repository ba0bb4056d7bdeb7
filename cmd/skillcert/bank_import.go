package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
	"github.com/skillcert/skillcert/questionbank/intake"
)

// importOrder is what bank import is told.
type importOrder struct {
	reading
	login, report, edition     string
	exact, near, taken, reason string
	dry, good, sample, full    bool
}

func bankImportCommand(con console) *cobra.Command {
	var s settings
	var o importOrder
	cmd := &cobra.Command{Use: "import FILE… --data DIR --as LOGIN", Args: someFiles, Short: "Bring element tables, items and tasks in",
		Long: "Reads every format that bank export writes, Aiken as well, element tables and JSON lists of tasks. What a file does\n" +
			"not say of its items is given by flags, for Aiken at least --level, --point and --difficulty. Items come in as drafts\n" +
			"of the account that acts. What is wrong is put aside and reported by its place; a file with anything put aside is not\n" +
			"imported unless --good-rows is given. Each file is a whole of its own; element tables go first. An import that was\n" +
			"broken off is completed by giving it again. " + passwordFrom}
	bankCommandIn(con, cmd, &s, func(ctx context.Context, h *house, files []string) error {
		return h.asLogin(ctx, con, o.login, func(by authz.Principal) error { return h.importFiles(ctx, con.out, by, o, files) })
	})
	o.flags(cmd)
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
	f.StringVar(&o.edition, "edition", "", "edition of the standard that element tables are of")
	f.BoolVar(&o.sample, "sample", false, "mark everything as a sample (样题)")
	return cmd
}

func someFiles(_ *cobra.Command, files []string) error {
	return wanted(len(files) > 0, both("请给出要导入的文件：bank import FILE…", "give the files to import: bank import FILE…"))
}

// importing is one run of bank import.
type importing struct {
	*house
	by        authz.Principal
	order     importOrder
	decisions intake.Decisions
	out       io.Writer
	quarantine
}

// importFiles reads all files before it brings the first one in, so that a file that cannot be read stops everything.
func (h *house) importFiles(ctx context.Context, out io.Writer, by authz.Principal, o importOrder, files []string) (err error) {
	i := importing{house: h, by: by, order: o, out: out, decisions: intake.Decisions{Whole: !o.good, Exact: intake.Decision(o.exact),
		Near: intake.Decision(o.near), Taken: intake.Decision(o.taken), Reason: o.reason}}
	if o.report != "" {
		if err = vacant(o.report); err != nil {
			return err
		}
	}
	if i.decisions.Points, err = chosenPoints(o.points); err != nil {
		return err
	}
	all, err := readContents(files, o)
	if err != nil {
		return err
	}
	for n, c := range all {
		if err = at(c.name, i.file(ctx, c)); err != nil {
			i.leave(all[n+1:])
			break // what follows may rest on it
		}
	}
	if o.report != "" {
		return errors.Join(err, i.write(o.report))
	}
	return err
}

// readContents reads files into the order in which they go in.
func readContents(files []string, o importOrder) (all []content, err error) {
	for _, name := range files {
		c, err := readContent(name, o.Options)
		if err != nil {
			return nil, at(filepath.Base(name), err)
		}
		if o.sample {
			c.markSample()
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b content) int { return a.order() - b.order() })
	return all, nil
}

// leave names the files that the run did not come to.
func (i *importing) leave(rest []content) {
	for _, c := range rest {
		_, _ = fmt.Fprintf(i.out, "%v\n", both("%s：没有处理，因为前一个文件没有导入", "%s was left alone, as the file before it was not imported", c.name))
	}
}

// file brings one file in.
func (i *importing) file(ctx context.Context, c content) error {
	_, _ = fmt.Fprintf(i.out, "%s：%s\n", c.name, c.what())
	if len(c.broken) > 0 {
		i.rows(c)
		i.tell(i.out, i.order.full)
		if c.table != nil || !i.order.good {
			return intake.ErrBlocked.With("%d 处", len(c.broken))
		}
	}
	if c.table == nil && c.tasks == nil {
		return i.items(ctx, c)
	}
	err := i.whole(ctx, c)
	if err == nil {
		_, _ = fmt.Fprintf(i.out, "    %s\n", i.verb())
	}
	return err
}

func (i *importing) verb() string {
	if i.order.dry {
		return "将导入"
	}
	return "已导入"
}

// whole brings an element table or tasks in.
func (i *importing) whole(ctx context.Context, c content) error {
	switch {
	case c.nothing():
		return errNothing
	case c.table != nil && i.order.dry:
		return c.table.Validate()
	case c.table != nil:
		c.table.Edition = i.order.edition
		return i.Bank.ImportTable(ctx, i.by, *c.table)
	case i.order.dry:
		return nil
	}
	return i.Bank.ImportTasks(ctx, i.by, c.tasks)
}

func (i *importing) items(ctx context.Context, c content) error {
	imports := intake.New(i.Bank)
	var p intake.Preview
	var err error
	if i.order.dry {
		if p, err = imports.Plan(ctx, i.by, c.batch, i.decisions); err == nil && p.Blocked {
			err = intake.ErrBlocked.With("%d 处", p.Refused)
		}
	} else {
		p, err = imports.Commit(ctx, i.by, c.batch, i.decisions, newProgress(i.out, "题").show)
	}
	if err != nil && !errors.Is(err, intake.ErrBlocked) {
		return err
	}
	i.preview(p)
	i.tell(i.out, i.order.full)
	c.hint(i.out)
	if c.nothing() {
		return errNothing
	}
	verb := i.verb()
	if p.Blocked {
		verb = "没有导入。若只导入其中正确的（--good-rows）"
	}
	_, _ = fmt.Fprintf(i.out, "    %s：新增 %d，新版本 %d，原有 %d，略过 %d，隔离 %d\n", verb, p.Added, p.Replaced, p.Unchanged, p.Skipped, p.Refused)
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
		return nil, at("--points "+base, err)
	}
	points := map[string]string{}
	for _, row := range t.Rows {
		points[row.Get("code")] = row.Get("point")
	}
	for _, p := range t.Problems {
		return nil, fmt.Errorf("--points %s", p)
	}
	return points, nil
}
