package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine/authz"
)

func bankCommand(con console) *cobra.Command {
	cmd := &cobra.Command{Use: "bank", Short: "Check, import, export, compare and measure the question bank"}
	cmd.AddCommand(bankCheckCommand(con), bankImportCommand(con), bankExportCommand(con), bankDiffCommand(con), bankStatsCommand(con))
	return cmd
}

// bankCommandIn is a command that only reads over a data directory: whoever holds the machine may.
func bankCommandIn(con console, cmd *cobra.Command, s *settings, do func(ctx context.Context, h *house, args []string) error) *cobra.Command {
	*s = settings{Listen: defaultListen, Label: "skillcert"}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return inHouse(cmd.Context(), *s, func(h *house) error { return explain(do(cmd.Context(), h, args)) })
	}
	s.flags(cmd, con)
	return cmd
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
		return err
	}
	err = do(stay.Principal)
	if end := h.Gate.SignOut(context.WithoutCancel(ctx), stay.Principal, stay.ID); err == nil {
		err = end
	}
	return err
}

// maxBankFile bounds a file that is read, in bytes.
const maxBankFile = 64 << 20

// readBankFile reads a file that somebody sent. Only its base name is spoken of.
func readBankFile(name string) (base string, data []byte, err error) {
	data, err = readAtMost(name, maxBankFile)
	return filepath.Base(name), data, err
}

// someOf prints the first of many lines, and how many more there are.
func someOf(out io.Writer, limit int, lines []string) {
	for n, line := range lines {
		if n == limit {
			_, _ = fmt.Fprintf(out, "    … 另有 %d 处\n", len(lines)-limit)
			return
		}
		_, _ = fmt.Fprintf(out, "    %s\n", strings.ReplaceAll(line, "\n", " "))
	}
}

// passwordFrom says where the password of --as comes from.
const passwordFrom = "Its password is read from SKILLCERT_PASSWORD or from the first line of standard input."
