package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/itemstats"
)

// statsOrder is what bank stats is told.
type statsOrder struct {
	release, item, login string
	flagged              bool
}

func bankStatsCommand(con console) *cobra.Command {
	var s settings
	var o statsOrder
	cmd := &cobra.Command{Use: "stats --data DIR [--release ID | --item CODE]", Args: flagsOnly, Short: "Count the bank and show how its items were answered",
		Long: "Without a release or an item: what the bank holds, by level, type and state, and the gaps in its coverage. With a\n" +
			"release: each level as a whole and every item of it; with an item: every version. Statistics are computed by the\n" +
			"server after a session is sealed; this command only shows them. That nothing was sat yet is an answer and no error. Which options are right shows in the table of\n" +
			"options, so that table is for those alone who may read keys: give such an account with --as. " + passwordFrom}
	bankCommandIn(con, cmd, &s, func(ctx context.Context, h *house, _ []string) error {
		if o.login == "" {
			return h.bankStats(ctx, con.out, operator(), o)
		}
		return h.asLogin(ctx, con, o.login, func(by authz.Principal) error { return h.bankStats(ctx, con.out, by, o) })
	})
	cmd.Flags().StringVar(&o.release, "release", "", "statistics of a release")
	cmd.Flags().StringVar(&o.item, "item", "", "statistics of an item")
	cmd.Flags().BoolVar(&o.flagged, "flagged", false, "with --release: only items with a flag")
	cmd.Flags().StringVar(&o.login, "as", "", "account that asks (default: the operator of the machine)")
	return cmd
}

func (h *house) bankStats(ctx context.Context, out io.Writer, by authz.Principal, o statsOrder) error {
	switch {
	case o.release != "" && o.item != "":
		return both("请给出 --release 或 --item，二者取一", "give either --release or --item")
	case o.flagged && o.release == "":
		return both("--flagged 只与 --release 同用", "--flagged goes with --release only")
	case o.item != "":
		return h.itemStats(ctx, out, by, o.item)
	case o.release != "":
		return h.releaseStats(ctx, out, by, o)
	}
	v, err := h.Bank.Overview(ctx, by)
	if err != nil {
		return err
	}
	return tellOverview(out, v)
}

func (h *house) itemStats(ctx context.Context, out io.Writer, by authz.Principal, code string) error {
	s, err := h.Statistics.ItemStatistics(ctx, by, code)
	if errors.Is(err, theory.ErrNoStatistics) {
		if _, err = h.Bank.Item(ctx, by, code); err != nil {
			return at(code, err)
		}
		return tellNone(out, "试题 "+code)
	}
	if err != nil {
		return err
	}
	return tellItem(out, s)
}

func (h *house) releaseStats(ctx context.Context, out io.Writer, by authz.Principal, o statsOrder) error {
	levels, err := h.Statistics.ReleaseStatistics(ctx, by, o.release)
	if errors.Is(err, theory.ErrNoStatistics) {
		if err = h.release(ctx, by, o.release); err != nil {
			return err
		}
		return tellNone(out, "题库版本 "+o.release)
	}
	if err != nil {
		return err
	}
	for _, l := range levels {
		if err := tellLevel(out, l, o.flagged); err != nil {
			return err
		}
	}
	return nil
}

// tellNone says that what is there was not answered yet.
func tellNone(out io.Writer, what string) error {
	_, err := fmt.Fprintf(out, "%s 尚无作答统计：用到它的场次还没有封存并统计\n", what)
	return err
}

// columns sets rows of cells apart by tabs.
func columns(out io.Writer, rows ...[]string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		_, _ = fmt.Fprintln(w, strings.Join(r, "\t"))
	}
	return w.Flush()
}

func tellOverview(out io.Writer, v questionbank.Overview) error {
	rows := [][]string{{"level", "type", "state", "items"}}
	total := 0
	for _, c := range v.Counts {
		rows = append(rows, []string{c.Level.String(), string(c.Type), string(c.State), strconv.Itoa(c.Items)})
		total += c.Items
	}
	if err := columns(out, append(rows, []string{"", "", "", strconv.Itoa(total)})...); err != nil {
		return err
	}
	for _, l := range engine.Levels() {
		points, known := v.Coverage[l]
		if !known {
			continue
		}
		bare := 0
		for _, n := range points {
			if n == 0 {
				bare++
			}
		}
		if _, err := fmt.Fprintf(out, "%s：%d 个鉴定点，其中 %d 个没有可用试题\n", l, len(points), bare); err != nil {
			return err
		}
	}
	return nil
}

// figure writes a number, or a dash for one that is not defined.
func figure(f *float64, digits int) string {
	if f == nil {
		return "-"
	}
	return strconv.FormatFloat(*f, 'f', digits, 64)
}

func flagList(flags []itemstats.Flag) string {
	var names []string
	for _, f := range flags {
		names = append(names, string(f))
	}
	return strings.Join(names, ",")
}

func statsHead() []string {
	return []string{"item", "attempts", "facility", "sd", "guess", "intended%", "effective%", "discrimination%", "efficiency%", "flags"}
}

func statsRow(s itemstats.Statistics) []string {
	return []string{fmt.Sprintf("%s@%d", s.Code, s.Version), strconv.FormatInt(s.Attempts, 10), figure(s.Facility, 3), figure(s.SD, 3), figure(s.Guess, 3),
		figure(s.Intended, 2), figure(s.Effective, 2), figure(s.Discrimination, 1), figure(s.Efficiency, 1), flagList(s.Flags)}
}

func tellLevel(out io.Writer, l *theory.LevelStatistics, flagged bool) error {
	e := l.Exam
	_, _ = fmt.Fprintf(out, "%s %s：%d 场，%d 人次\n", l.Release, l.Level, l.Sessions, e.Attempts)
	_, _ = fmt.Fprintf(out, "mean %s  median %s  sd %s  skewness %s  kurtosis %s\n", figure(e.Mean, 2), figure(e.Median, 2), figure(e.SD, 2), figure(e.Skewness, 3), figure(e.Kurtosis, 3))
	for _, c := range []struct {
		name string
		itemstats.Consistency
	}{{"by slot", e.BySlot}, {"by item", e.ByItem}} {
		_, _ = fmt.Fprintf(out, "alpha %s %s %%  error ratio %s %%  standard error %s\n", c.name, figure(c.Alpha, 2), figure(c.ErrorRatio, 2), figure(c.StandardError, 3))
	}
	rows := [][]string{statsHead()}
	for _, s := range l.Items {
		if !flagged || len(s.Flags) > 0 {
			rows = append(rows, statsRow(s))
		}
	}
	return columns(out, rows...)
}

func tellItem(out io.Writer, s *theory.ItemStatistics) error {
	_, _ = fmt.Fprintf(out, "%s %s：%d 场\n", s.Code, s.Level, s.Sessions)
	for _, v := range s.Versions {
		if err := columns(out, statsHead(), statsRow(v)); err != nil {
			return err
		}
		if err := tellOptions(out, v); err != nil {
			return err
		}
	}
	return nil
}

// tellOptions prints how each option fared among the groups by total, the lowest first.
func tellOptions(out io.Writer, v itemstats.Statistics) error {
	if len(v.Options) == 0 {
		return nil
	}
	head := []string{"", "option", "key", "chosen", "share", "mean total"}
	for n, g := range v.Groups {
		head = append(head, fmt.Sprintf("group %d (%s-%s)", n+1, g.Least, g.Most))
	}
	rows := [][]string{head}
	for n, o := range v.Options {
		key := ""
		if o.Key {
			key = "*"
		}
		row := []string{"", string(rune('A' + n)), key, strconv.FormatInt(o.Chosen, 10), figure(o.Share, 3), figure(o.Mean, 2)}
		for _, c := range o.Groups {
			row = append(row, strconv.FormatInt(c, 10))
		}
		rows = append(rows, row)
	}
	return columns(out, rows...)
}
