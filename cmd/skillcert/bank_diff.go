package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// diffOrder is what bank diff is told beside its arguments.
type diffOrder struct {
	preview               bool
	base, province, login string
}

func bankDiffCommand(con console) *cobra.Command {
	var s settings
	var o diffOrder
	cmd := &cobra.Command{Use: "diff --data DIR OLD NEW", Short: "Show what one release has other than another", Args: cobra.ArbitraryArgs,
		Long: "Lists the items that NEW added, removed and changed since OLD; of changed ones every field, texts word by word:\n" +
			"[-removed-] and {+added+}. With --preview NEW alone names a release that is not published yet: the command shows what\n" +
			"publishing it now would freeze, what keeps it from being published, and whether forms could still be drawn."}
	bankCommandIn(con, cmd, &s, func(ctx context.Context, h *house, args []string) error {
		if err := o.check(args); err != nil {
			return err
		}
		if o.preview {
			return h.asLogin(ctx, con, o.login, func(by authz.Principal) error { return h.previewRelease(ctx, con.out, by, args[0], o) })
		}
		for _, id := range args {
			if err := h.release(ctx, operator(), id); err != nil {
				return err
			}
		}
		d, err := h.Bank.CompareReleases(ctx, operator(), args[1], args[0])
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(con.out, "%s → %s\n", args[0], args[1])
		return h.tellDifference(ctx, con.out, d)
	})
	cmd.Flags().BoolVar(&o.preview, "preview", false, "NEW is to be published: show what it would be")
	cmd.Flags().StringVar(&o.base, "base", "", "with --preview: the national release under a provincial one")
	cmd.Flags().StringVar(&o.province, "province", "", "with --preview: two digits of GB/T 2260 of a provincial release")
	cmd.Flags().StringVar(&o.login, "as", "", "with --preview: account of a keeper of the bank. "+passwordFrom)
	return cmd
}

func (o diffOrder) check(args []string) error {
	switch {
	case o.preview && len(args) != 1:
		return both("请给出一个拟发布的题库版本：--preview NEW", "give one release that is to be published: --preview NEW")
	case o.preview:
		return nil
	case len(args) != 2:
		return both("请给出两个题库版本：OLD NEW", "give two releases: OLD NEW")
	case o.base != "" || o.province != "" || o.login != "":
		return both("--base、--province 和 --as 只与 --preview 同用", "--base, --province and --as go with --preview only")
	}
	return nil
}

// tellDifference prints every item that differs.
func (h *house) tellDifference(ctx context.Context, out io.Writer, d questionbank.Difference) error {
	_, _ = fmt.Fprintf(out, "新增 %d 题，移出 %d 题，改动 %d 题\n", len(d.Added), len(d.Removed), len(d.Changed))
	if len(d.Tables) > 0 {
		_, _ = fmt.Fprintf(out, "要素细目表有改动：%s\n", levelNames(d.Tables))
	}
	for _, part := range []struct {
		sign string
		refs []questionbank.ItemRef
	}{{"+", d.Added}, {"-", d.Removed}} {
		for _, ref := range part.refs {
			v, err := h.version(ctx, ref.Code, ref.Version)
			if err != nil {
				return err
			}
			_, _ = fmt.Fprintf(out, "%s %s 第%d版　%s\n", part.sign, ref.Code, ref.Version, brief(v.Stem))
		}
	}
	for _, c := range d.Changed {
		before, err := h.version(ctx, c.Code, c.From)
		if err != nil {
			return err
		}
		after, err := h.version(ctx, c.Code, c.To)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out, "~ %s 第%d版 → 第%d版\n", c.Code, c.From, c.To)
		tellChanges(out, questionbank.Compare(before, after))
	}
	return nil
}

// version is one version of an item.
func (h *house) version(ctx context.Context, code string, n int) (questionbank.ItemVersion, error) {
	i, err := h.Bank.Item(ctx, operator(), code)
	if err != nil {
		return questionbank.ItemVersion{}, err
	}
	if n < 1 || n > len(i.Versions) {
		return questionbank.ItemVersion{}, questionbank.ErrItem.With("%s 第%d版", code, n)
	}
	return i.Versions[n-1], nil
}

// fieldName is how a person calls a field of an item.
func fieldName(field string) string {
	if n, isOption := strings.CutPrefix(field, "options."); isOption && len(n) == 1 {
		return "选项" + string(rune('A'+n[0]-'0'))
	}
	names := map[string]string{"level": "等级", "province": "省份", "type": "题型", "stem": "题干", "key": "答案", "point": "鉴定点",
		"difficulty": "难度", "seconds": "答题秒数", "explanation": "解析", "source": "出处", "enemy": "相斥组"}
	if name, known := names[field]; known {
		return name
	}
	return field
}

func tellChanges(out io.Writer, changes []questionbank.Change) {
	for _, c := range changes {
		name := fieldName(c.Field)
		if c.Words == nil {
			_, _ = fmt.Fprintf(out, "    %s：%s → %s\n", name, orDash(c.Before), orDash(c.After))
			continue
		}
		_, _ = fmt.Fprintf(out, "    %s：%s\n", name, marked(c.Words))
	}
}

// marked writes runs of text the way word-wise differences are written.
func marked(runs []questionbank.Run) string {
	var b strings.Builder
	for _, r := range runs {
		switch r.Kind {
		case questionbank.Removed:
			b.WriteString("[-" + r.Text + "-]")
		case questionbank.Added:
			b.WriteString("{+" + r.Text + "+}")
		default:
			b.WriteString(r.Text)
		}
	}
	return strings.ReplaceAll(b.String(), "\n", "⏎")
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// briefLength is how much of a stem a list shows, in characters.
const briefLength = 36

// brief is the beginning of a stem.
func brief(stem string) string {
	r := []rune(strings.Join(strings.Fields(richtext.Plain(stem)), " "))
	if len(r) > briefLength {
		return string(r[:briefLength]) + "…"
	}
	return string(r)
}

func levelNames(levels []engine.Level) string {
	var names []string
	for _, l := range levels {
		names = append(names, l.String())
	}
	return strings.Join(names, "、")
}

// previewRelease prints what publishing a release now would do.
func (h *house) previewRelease(ctx context.Context, out io.Writer, by authz.Principal, id string, o diffOrder) error {
	p, err := h.Bank.PreviewRelease(ctx, by, id, o.base, o.province)
	if err != nil {
		return at(id, err)
	}
	against := "（尚无版本）"
	if p.Against != "" {
		against = p.Against
	}
	_, _ = fmt.Fprintf(out, "%s → %s（未发布）：%d 题\n", against, id, len(p.Release.Items))
	if err := h.tellDifference(ctx, out, p.Change); err != nil {
		return err
	}
	for _, f := range p.Problems {
		_, _ = fmt.Fprintf(out, "! %s：%s\n", f.Name, f.Msg)
	}
	for _, f := range p.Feasible {
		province := "国家题"
		if f.Province != "" {
			province = string(f.Province)
		}
		verdict := "可以组卷"
		if !f.OK {
			verdict = "不能组卷\n    " + strings.ReplaceAll(f.Report, "\n", "\n    ")
		}
		_, _ = fmt.Fprintf(out, "组卷方案 %s，%s：%s\n", f.Blueprint, province, verdict)
	}
	return nil
}
