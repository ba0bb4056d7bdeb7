package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/certs/translog/audit"
	"github.com/skillcert/skillcert/engine/clock"
)

func logCommand(con console) *cobra.Command {
	cmd := &cobra.Command{Use: "log", Short: "Audit, mirror and witness the transparency log of certificates"}
	cmd.AddCommand(logAuditCommand(con), logExportCommand(con), logWitnessCommand(con))
	return cmd
}

// auditFlags are what log audit is asked.
type auditFlags struct {
	keys, witnesses []string
	since, save     string
	json            bool
}

const (
	exitNotWhole  exitCode = 1 // the log is not what it should be
	exitUnchecked exitCode = 2 // nothing can be said, or less than was asked
	maxNote                = 16 << 10
	webPatience            = time.Minute // for one resource of a log
)

func logAuditCommand(con console) *cobra.Command {
	var f auditFlags
	cmd := &cobra.Command{Use: "audit DIR|URL --key VKEY", Short: "Check a whole transparency log, and that it continues an earlier checkpoint",
		Long: "Reads all leaves of a published log, computes every hash anew, and compares them with the tiles and with the root that the\n" +
			"checkpoint signs. DIR is a mirror as log export makes it, URL the log of a server, such as https://cert.example/log.\n" +
			"--since takes a checkpoint that was saved earlier: the log must begin with all that it covers. Whoever keeps one finds out\n" +
			"when history is rewritten. Without --key no signature is checked, and the report says so. Every --witness must have cosigned\n" +
			"the checkpoint: without one, others may be shown another history.\n" +
			"Exit status: 0 whole, 1 not whole (the first difference is named), 2 could not be checked, or a witness did not cosign.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 { // exit 1 would say that a log is not whole
				_, _ = fmt.Fprintln(con.err, "用法：一个目录或网址 usage: one directory or URL")
				return exitUnchecked
			}
			return auditLog(cmd.Context(), con, args[0], f)
		}}
	cmd.Flags().StringArrayVar(&f.keys, "key", nil, "verifier key of the log, or a file that holds it; may be given again for earlier ones")
	cmd.Flags().StringArrayVar(&f.witnesses, "witness", nil, "verifier key of a witness, or a file that holds it; may be given again")
	cmd.Flags().StringVar(&f.since, "since", "", "an earlier checkpoint of the same log")
	cmd.Flags().StringVar(&f.save, "save", "", "where to keep the checkpoint of a whole log, for the next --since")
	cmd.Flags().BoolVar(&f.json, "json", false, "print JSON")
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		_, _ = fmt.Fprintln(con.err, err)
		return exitUnchecked
	})
	return cmd
}

func auditLog(ctx context.Context, con console, where string, f auditFlags) error {
	r, err := findAudit(ctx, where, f)
	if err == nil {
		err = printLogAudit(con.out, r, f.json)
	}
	if err == nil && r.Whole && len(r.Missing) == 0 && f.save != "" {
		err = replaceFile(f.save, r.Checkpoint)
	}
	switch {
	case err != nil:
		_, _ = fmt.Fprintln(con.err, "不能检查 cannot be checked:", plain(err))
		return exitUnchecked
	case !r.Whole:
		return exitNotWhole
	case len(r.Missing) > 0:
		return exitUnchecked
	}
	return nil
}

func findAudit(ctx context.Context, where string, f auditFlags) (audit.Report, error) {
	trust, err := readLogTrust(f.keys, f.witnesses)
	if err != nil {
		return audit.Report{}, err
	}
	o := audit.Options{Trust: trust}
	if f.since != "" {
		if o.Since, err = readAtMost(f.since, maxNote); err != nil {
			return audit.Report{}, err
		}
	}
	if strings.HasPrefix(where, "https://") || strings.HasPrefix(where, "http://") {
		return audit.Run(ctx, audit.Web(&http.Client{Timeout: webPatience}, where), o)
	}
	dir, err := audit.Dir(where)
	if err != nil {
		return audit.Report{}, err
	}
	r, err := audit.Run(ctx, dir, o)
	return r, errors.Join(err, dir.Close())
}

// readLogTrust reads verifier keys, each given as its text or as the name of a file that holds it.
func readLogTrust(log, witnesses []string) (translog.Trust, error) {
	keys, err := vkeys(log)
	if err != nil {
		return translog.Trust{}, err
	}
	others, err := vkeys(witnesses)
	if err != nil {
		return translog.Trust{}, err
	}
	trust, err := translog.ReadTrust(keys, others)
	if errors.Is(err, translog.ErrKey) {
		return trust, noVkey(plain(err).Error()).of(err)
	}
	return trust, err
}

// vkeys are the texts of verifier keys. A text has a plus sign (name+hash+key); what has none is the name of a file.
func vkeys(given []string) ([]string, error) {
	texts := make([]string, len(given))
	for i, g := range given {
		if texts[i] = g; strings.Contains(g, "+") {
			continue
		}
		b, err := readAtMost(g, maxNote)
		if err != nil {
			return nil, noVkey(g).of(err)
		}
		texts[i] = strings.TrimSpace(string(b))
	}
	return texts, nil
}

func noVkey(given string) plainly {
	return plainly{said: given + "：这里要公钥的文本（名称+哈希+密钥，如网站 /log/key 所给），或存有它的文件 " +
		"here goes the text of a verifier key, name+hash+key as at …/log/key, or a file that holds it"}
}

func printLogAudit(out io.Writer, r audit.Report, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	var b strings.Builder
	if r.Whole {
		b.WriteString("完整 whole")
	} else {
		fmt.Fprintf(&b, "不完整 not whole: %s", r.Fault)
	}
	b.WriteByte('\n')
	if r.Checkpoint != nil { // otherwise none was accepted, and nothing is known of the log
		fmt.Fprintf(&b, "  日志 log: %s\n  条目 entries: %d\n  根哈希 root: %s\n", r.Origin, r.Size, r.Root)
		if !r.Signed {
			b.WriteString("  签名未核对，没有给出公钥 signature not checked: no --key\n")
		}
	}
	for _, e := range translog.Events() {
		if n := r.Events[e]; n > 0 {
			fmt.Fprintf(&b, "  %s %s: %d\n", eventName(e), e, n)
		}
	}
	for _, c := range r.Cosigned {
		fmt.Fprintf(&b, "  见证 cosigned: %s %s\n", c.Witness, c.At.Format(time.RFC3339))
	}
	for _, name := range r.Missing {
		fmt.Fprintf(&b, "  没有见证签名 no cosignature by: %s\n", name)
	}
	if r.Growth != nil {
		fmt.Fprintf(&b, "  自较早的检查点（%d 条）以来增加 since the earlier checkpoint of %d: +%d\n", *r.Since, *r.Since, *r.Growth)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func eventName(e translog.Event) string {
	return map[translog.Event]string{translog.Issued: "发证", translog.Corrected: "更正", translog.Reissued: "补发", translog.Revoked: "撤销",
		translog.Voided: "作废编号"}[e]
}

func logExportCommand(con console) *cobra.Command {
	var s settings
	var out string
	cmd := &cobra.Command{Use: "export --data DIR --out DIR2", Short: "Mirror the published log as files that anybody can serve and audit", Args: cobra.NoArgs,
		Long: "Writes the log as it was published last, at the paths of C2SP tlog-tiles. It may be repeated into the same directory, also\n" +
			"while a server runs: what is new is added, and the checkpoint is replaced at the end."}
	cmd = bankCommandIn(con, cmd, &s, func(ctx context.Context, h *house, _ []string) error { return exportLog(ctx, con, h, out) })
	cmd.Flags().StringVar(&out, "out", "", "directory of the mirror")
	return cmd
}

func exportLog(ctx context.Context, con console, h *house, out string) error {
	if out == "" {
		return both("用 --out DIR2 给出镜像目录", "give the directory of the mirror with --out DIR2")
	}
	c, err := h.Translog.Export(ctx, func(path string, data []byte) error {
		return mirrorFile(filepath.Join(out, filepath.FromSlash(path)), data)
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(con.out, "%s: %d 条 entries, %s\n", c.Origin, c.Size, c.Root)
	return err
}

// mirrorFile writes a resource of the log, unless it is there already.
func mirrorFile(name string, data []byte) error {
	have, err := os.ReadFile(name)
	if err == nil && string(have) == string(data) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return replaceFile(name, data)
}

// replaceFile writes beside the file, flushes, and puts it in its place: who reads sees the old one or the new one.
func replaceFile(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// systemClock is the clock of commands that need no other.
func systemClock() clock.Clock { return clock.System{} }
