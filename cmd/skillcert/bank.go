package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

func bankCommand(con console) *cobra.Command {
	cmd := &cobra.Command{Use: "bank", Short: "Check, import, export, compare and measure the question bank",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return noCommand(cmd, args[0])
			}
			return cmd.Help()
		}}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		var said plainly
		if errors.As(err, &said) {
			return said
		}
		return at(both("选项不正确", "wrong flags").said, err)
	})
	cmd.AddCommand(bankCheckCommand(con), bankImportCommand(con), bankExportCommand(con), bankDiffCommand(con), bankStatsCommand(con))
	return cmd
}

// bankCommandIn is a command that only reads over a data directory: whoever holds the machine may.
func bankCommandIn(con console, cmd *cobra.Command, s *settings, do func(ctx context.Context, h *house, args []string) error) *cobra.Command {
	*s = settings{Listen: defaultListen, Label: "skillcert"}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return inBank(cmd.Context(), *s, func(h *house) error { return do(cmd.Context(), h, args) })
	}
	s.flags(cmd, con)
	return cmd
}

// flagsOnly refuses arguments.
func flagsOnly(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return both("多了 %q：bank %s 只用选项", "%q is one too many: bank %s takes flags only", args[0], cmd.Name())
	}
	return nil
}

// inBank does something with a house that is there: no command of the bank makes one.
func inBank(ctx context.Context, s settings, do func(h *house) error) error {
	if s.Data == "" {
		return both("请用 --data DIR 给出数据目录", "give the data directory with --data DIR")
	}
	if info, err := os.Stat(s.Data); err == nil && info.IsDir() && s.Mongo == "" {
		if _, err := os.Stat(filepath.Join(s.Data, databaseFile)); err != nil {
			return both("%s 不是 skillcert 的数据目录：其中没有 %s", "%s is no data directory of skillcert: there is no %s in it", s.Data, databaseFile)
		}
	}
	return plain(inHouse(ctx, s, func(h *house) error { return plain(do(h)) }))
}

// plainly is an error as people are told of it. Its cause is for errors.Is.
type plainly struct {
	said  string
	cause error
}

func (p plainly) Error() string { return p.said }
func (p plainly) Unwrap() error { return p.cause }

// both says one sentence in the two languages of the console, of the same things.
func both(chinese, english string, args ...any) plainly {
	return plainly{said: fmt.Sprintf(chinese, args...) + " " + fmt.Sprintf(english, args...)}
}

func (p plainly) of(cause error) plainly {
	p.cause = cause
	return p
}

// plain says an error without its code and without the calls that it came through; of several fields at fault it gives
// each a line.
func plain(err error) error {
	var said plainly
	var refusal *errs.Error
	var file *fs.PathError
	switch {
	case errors.As(err, &said):
		return err
	case errors.As(err, &refusal):
		return plainly{sentence(refusal), err}
	case errors.As(err, &file):
		return fileSentence(file).of(err)
	}
	return err
}

// at says of an error what it is about, unless the error says so.
func at(what string, err error) error {
	if err = plain(err); err == nil || strings.Contains(err.Error(), what) {
		return err
	}
	return plainly{what + "：" + err.Error(), err}
}

func sentence(e *errs.Error) string {
	said := e.Msg
	if errors.Is(e, table.ErrColumns) {
		return said // names the columns itself
	}
	for _, f := range e.Fields {
		said += "\n  " + fieldSentence(f)
	}
	return said
}

func fieldSentence(f errs.Field) string {
	if f.Name == "" {
		return f.Msg
	}
	return f.Name + "：" + f.Msg
}

func fileSentence(e *fs.PathError) plainly {
	dir := filepath.Dir(e.Path)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return both("没有目录 %s，不能打开 %s", "there is no directory %s for %s", dir, e.Path)
	}
	switch info, err := os.Stat(e.Path); {
	case errors.Is(e, fs.ErrNotExist):
		return both("没有文件 %s", "there is no file %s", e.Path)
	case errors.Is(e, fs.ErrExist):
		return both("%s 已存在，不会覆盖", "%s is there already and is not overwritten", e.Path)
	case errors.Is(e, fs.ErrPermission):
		return both("当前用户无权打开 %s", "%s may not be opened by this user", e.Path)
	case err == nil && info.IsDir():
		return both("%s 是目录，应为文件", "%s is a directory, and a file is wanted", e.Path)
	}
	return both("不能打开 %s：%v", "%s cannot be opened: %v", e.Path, e.Err)
}

// vacant refuses the name of a file that could not be written at the end.
func vacant(name string) error {
	_, err := os.Lstat(name)
	switch info, noRoom := os.Stat(filepath.Dir(name)); {
	case err == nil:
		return plain(&fs.PathError{Op: "open", Path: name, Err: fs.ErrExist})
	case noRoom != nil || !info.IsDir():
		return plain(&fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist})
	}
	return nil
}

// asLogin does something in the name of somebody with an account, who gives the password as account create takes it.
func (h *house) asLogin(ctx context.Context, con console, login string, do func(authz.Principal) error) error {
	if login == "" {
		return both("没有说明由谁操作：请用 --as 给出账号，密码放在 SKILLCERT_PASSWORD 或标准输入",
			"whose act is it? Give the account with --as, its password in SKILLCERT_PASSWORD or on standard input")
	}
	password, err := readPassword(con)
	if err != nil {
		return err
	}
	stay, _, err := h.Gate.SignIn(ctx, login, password)
	if err != nil {
		return at("--as "+login, err)
	}
	err = do(stay.Principal)
	if end := h.Gate.SignOut(context.WithoutCancel(ctx), stay.Principal, stay.ID); err == nil {
		err = end
	}
	return err
}

// release sees to it that there is a release of that name, and else says which there are.
func (h *house) release(ctx context.Context, by authz.Principal, id string) error {
	_, err := h.Bank.Release(ctx, by, id)
	if !errors.Is(err, questionbank.ErrRelease) {
		return err
	}
	all, failed := h.Bank.Releases(ctx, by)
	if failed != nil {
		return failed
	}
	if len(all) == 0 {
		return both("查无题库版本 %q：题库尚无版本", "there is no release %q: the bank has none yet", id).of(err)
	}
	var names []string
	for _, r := range all {
		names = append(names, r.ID)
	}
	return both("查无题库版本 %q，题库中有：%s", "there is no release %q; there are: %s", id, strings.Join(names, "、")).of(err)
}

// maxBankFile bounds a file that is read, in bytes.
const maxBankFile = 64 << 20

// readBankFile reads a file that somebody sent. Only its base name is spoken of.
func readBankFile(name string) (base string, data []byte, err error) {
	data, err = readAtMost(name, maxBankFile)
	return filepath.Base(name), data, plain(err)
}

// someOf prints the first of many lines, and how many more there are.
func someOf(out io.Writer, limit int, lines []string) {
	for n, line := range lines {
		if n == limit {
			_, _ = fmt.Fprintf(out, "    … 另有 %d 处（--full 全部列出）\n", len(lines)-limit)
			return
		}
		_, _ = fmt.Fprintf(out, "    %s\n", strings.ReplaceAll(line, "\n", " "))
	}
}

// passwordFrom says where the password of --as comes from.
const passwordFrom = "Its password is read from SKILLCERT_PASSWORD or from the first line of standard input."
