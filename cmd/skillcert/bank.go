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
				return fmt.Errorf("there is no command bank %s; bank --help lists them", args[0])
			}
			return cmd.Help()
		}}
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
		return fmt.Errorf("%q is one too many: bank %s takes flags only", args[0], cmd.Name())
	}
	return nil
}

// inBank does something with a house that is there: no command of the bank makes one.
func inBank(ctx context.Context, s settings, do func(h *house) error) error {
	if s.Data == "" {
		return errors.New("give the data directory with --data DIR")
	}
	if info, err := os.Stat(s.Data); err == nil && info.IsDir() && s.Mongo == "" {
		if _, err := os.Stat(filepath.Join(s.Data, databaseFile)); err != nil {
			return fmt.Errorf("%s is no data directory of skillcert: there is no %s in it", s.Data, databaseFile)
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
		return plainly{fileSentence(file), err}
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

func fileSentence(e *fs.PathError) string {
	dir := filepath.Dir(e.Path)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Sprintf("there is no directory %s for %s", dir, e.Path)
	}
	switch info, err := os.Stat(e.Path); {
	case errors.Is(e, fs.ErrNotExist):
		return "there is no file " + e.Path
	case errors.Is(e, fs.ErrExist):
		return e.Path + " is there already and is not overwritten"
	case errors.Is(e, fs.ErrPermission):
		return e.Path + " may not be opened by this user"
	case err == nil && info.IsDir():
		return e.Path + " is a directory, and a file is wanted"
	}
	return fmt.Sprintf("%s: %v", e.Path, e.Err)
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
		return errors.New("whose act is it? Give the account with --as, its password in SKILLCERT_PASSWORD or on standard input")
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
		return plainly{fmt.Sprintf("查无题库版本 %q：题库尚无版本", id), err}
	}
	var names []string
	for _, r := range all {
		names = append(names, r.ID)
	}
	return plainly{fmt.Sprintf("查无题库版本 %q，题库中有：%s", id, strings.Join(names, "、")), err}
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
