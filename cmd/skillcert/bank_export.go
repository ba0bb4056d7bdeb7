package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/exchange/qti"
)

// exportOrder is what bank export is told.
type exportOrder struct {
	release, state, level, province string
	format, out                     string
	full                            bool
}

func bankExportCommand(con console) *cobra.Command {
	var s settings
	var o exportOrder
	cmd := &cobra.Command{Use: "export --data DIR (--release ID | --state STATE) --format FORMAT --out FILE", Args: flagsOnly,
		Short: "Write items to a file and say what the format cannot hold",
		Long: "Formats: " + strings.Join(exchange.Formats(), ", ") + ".\nStates: " + stateNames() + ".\nEvery loss is printed, summed up or with --losses one by one. FILE must not exist, and\n" +
			"an ending that one of the formats has must be that of its own."}
	bankCommandIn(con, cmd, &s, func(ctx context.Context, h *house, _ []string) error { return h.exportBank(ctx, con.out, o) })
	f := cmd.Flags()
	f.StringVar(&o.release, "release", "", "id of the release to export")
	f.StringVar(&o.state, "state", "", "instead of a release: the newest versions of all items in this state; \"all\" for every one")
	f.StringVar(&o.level, "level", "", "only this level: 5, 4 or 3")
	f.StringVar(&o.province, "province", "", "only items of this province, two digits of GB/T 2260, or \""+questionbank.National+"\"")
	f.StringVar(&o.format, "format", exchange.Workbook, "file format")
	f.StringVar(&o.out, "out", "", "file to write")
	f.BoolVar(&o.full, "losses", false, "print every loss")
	return cmd
}

// formatNames are other names of formats.
var formatNames = map[string]string{"qti3": qti.V30, "xlsx": exchange.Workbook}

func stateNames() string {
	var names []string
	for _, s := range questionbank.States() {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}

func (h *house) exportBank(ctx context.Context, out io.Writer, o exportOrder) error {
	if name, known := formatNames[o.format]; known {
		o.format = name
	}
	if o.format == "aiken" {
		return both("aiken 格式只能读入，不能导出，可用：%s", "the format aiken is only read; there are: %s", strings.Join(exchange.Formats(), ", "))
	}
	if !slices.Contains(exchange.Formats(), o.format) {
		return both("没有格式 %q，可用：%s", "no format %q; there are: %s", o.format, strings.Join(exchange.Formats(), ", "))
	}
	if o.out == "" {
		return both("请用 --out FILE 给出要写的文件", "give the file to write with --out FILE")
	}
	if err := vacant(o.out); err != nil {
		return err
	}
	if err := o.misnamed(); err != nil {
		return err
	}
	items, err := h.chosen(ctx, o)
	if err != nil {
		return err
	}
	keep := exchange.Keep{Image: func(digest string) (*questionbank.Image, error) { return h.Bank.Image(ctx, digest) }}
	if keep.Tables, err = h.tables(ctx); err != nil {
		return err
	}
	losses, err := writeItems(o, items, keep)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "%s：%d 题，格式 %s\n", o.out, len(items)-left(losses), o.format)
	return tellLosses(out, losses, o.full)
}

// misnamed refuses a file whose name says that it is in another format: who opens it would take it for broken.
func (o exportOrder) misnamed() error {
	ending := strings.ToLower(filepath.Ext(o.out))
	var others []string
	for _, format := range exchange.Formats() {
		if exchange.Extension(format) == ending {
			others = append(others, format)
		}
	}
	if len(others) == 0 || slices.Contains(others, o.format) {
		return nil
	}
	return both("%s 不是 %s 格式的文件名，其文件名以 %s 结尾；要写 %s 文件，请用 --format %s",
		"%s is not a name for the format %s, whose files end in %s; for %s give --format %s", o.out, o.format, exchange.Extension(o.format), ending, strings.Join(others, " or "))
}

// chosen are the items that the order asks for, by code.
func (h *house) chosen(ctx context.Context, o exportOrder) (items []questionbank.ItemVersion, err error) {
	level, err := levelFlag(o.level)
	if err != nil {
		return nil, err
	}
	switch {
	case (o.release == "") == (o.state == ""):
		return nil, both("请给出 --release 或 --state，二者取一", "give either --release or --state")
	case o.province != "" && o.province != questionbank.National && engine.Province(o.province) == "":
		return nil, both("没有省份 %q：请给出 GB/T 2260 的两位数字或 %s", "no province %q: give two digits of GB/T 2260, or %s", o.province, questionbank.National)
	case o.release != "":
		if err := h.release(ctx, operator(), o.release); err != nil {
			return nil, err
		}
		s, err := h.Bank.Snapshot(ctx, o.release)
		if err != nil {
			return nil, err
		}
		items = slices.Clone(s.Items)
	default:
		if items, err = h.newest(ctx, o.state); err != nil {
			return nil, err
		}
	}
	items = slices.DeleteFunc(items, func(v questionbank.ItemVersion) bool {
		national := o.province == questionbank.National && v.Province == ""
		return level != 0 && v.Level != level || o.province != "" && v.Province != o.province && !national
	})
	if len(items) == 0 {
		return nil, both("没有符合所给条件的试题，没有写文件", "no item is as asked for, and no file was written")
	}
	return items, nil
}

// newest are the newest versions of all items in a state.
func (h *house) newest(ctx context.Context, state string) (items []questionbank.ItemVersion, err error) {
	f := questionbank.Filter{State: questionbank.State(state)}
	if state == "all" {
		f.State = ""
	} else if !slices.Contains(questionbank.States(), f.State) {
		return nil, both("没有状态 %q，可用：all, %s", "no state %q; there are: all, %s", state, stateNames())
	}
	err = h.eachItem(ctx, f, func(i *questionbank.Item) { items = append(items, i.Current()) })
	return items, err
}

// eachItem goes through the items that match, by code.
func (h *house) eachItem(ctx context.Context, f questionbank.Filter, do func(*questionbank.Item)) error {
	for c := (engine.Cursor{}); ; {
		rows, next, err := h.Bank.Items(ctx, operator(), f, c)
		if err != nil {
			return err
		}
		for _, i := range rows {
			do(i)
		}
		if c.After = next; next == "" {
			return nil
		}
	}
}

// tables are the working element tables of all levels that have one.
func (h *house) tables(ctx context.Context) (map[engine.Level]*questionbank.ElementTable, error) {
	all := map[engine.Level]*questionbank.ElementTable{}
	for _, l := range engine.Levels() {
		t, err := h.Bank.Table(ctx, l)
		switch {
		case errors.Is(err, questionbank.ErrTable):
		case err != nil:
			return nil, err
		default:
			all[l] = t
		}
	}
	return all, nil
}

// writeItems writes the file, which must not be there; what is only half written is taken away again.
func writeItems(o exportOrder, items []questionbank.ItemVersion, keep exchange.Keep) ([]exchange.Loss, error) {
	f, err := os.OpenFile(o.out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	w := bufio.NewWriter(f)
	losses, err := exchange.Write(w, o.format, items, keep)
	if err = errors.Join(err, w.Flush(), f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(o.out))
	}
	return losses, nil
}

// left counts the items that the format cannot hold at all.
func left(losses []exchange.Loss) (n int) {
	for _, l := range losses {
		if l.Whole {
			n++
		}
	}
	return n
}

func tellLosses(out io.Writer, losses []exchange.Loss, full bool) error {
	if len(losses) == 0 {
		_, err := fmt.Fprintln(out, "没有损失")
		return err
	}
	lines := exchange.Summary(losses)
	if full {
		lines = nil
		for _, l := range losses {
			lines = append(lines, fmt.Sprintf("%s %s：%s", l.Item, l.Field, l.What))
		}
	}
	_, err := fmt.Fprintf(out, "该格式不能保存：\n    %s\n", strings.Join(lines, "\n    "))
	return err
}
