// Command skillcert runs the exam and certification engine: serve, demo, verify, account, bank, draw, bench, keys, store,
// log, archive, version.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	_ "time/tzdata" // a plan names its IANA zone; the machine may know none

	"github.com/spf13/cobra"
)

func main() {
	widen(os.Getenv)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	var code exitCode
	switch {
	case errors.As(err, &code):
		os.Exit(int(code))
	case err != nil:
		fmt.Fprintln(os.Stderr, "skillcert:", err)
		os.Exit(1)
	}
}

// widen lets twice as many goroutines run at once as there are processors, unless the environment says how many. The one that
// writes to the store waits for the disk at every commit, and all others may wait for it: with as many as processors it
// stands behind a whole hall's requests when the disk is done.
func widen(getenv func(string) string) {
	if getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2 * runtime.GOMAXPROCS(0))
	}
}

// exitCode ends the process with a status other than 1 and without a further message.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit status %d", int(c)) }

// console is what a command talks to.
type console struct {
	getenv   func(string) string
	in       io.Reader
	out, err io.Writer
}

// run is the whole program below main.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) error {
	con := console{getenv: getenv, in: stdin, out: stdout, err: stderr}
	root := &cobra.Command{Use: "skillcert", Short: "Exam and skill-level certification engine for 健康照护师（长期照护师）",
		SilenceUsage: true, SilenceErrors: true}
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	draw := drawCommand(con)
	draw.AddCommand(drawShareCommand(con), drawReceiptCommand(con))
	root.AddCommand(serveCommand(con), demoCommand(con), verifyCommand(con), accountCommand(con), bankCommand(con), draw,
		benchCommand(con), keysCommand(con), storeCommand(con), versionCommand(con), logCommand(con), archiveCommand(con))
	refuseStrangers(root)
	return root.ExecuteContext(ctx)
}

// noCommand refuses a word that is none of a command's.
func noCommand(c *cobra.Command, word string) error {
	return both("没有 %[1]s %[2]s 这个命令，%[1]s --help 列出全部命令", "there is no command %[1]s %[2]s; %[1]s --help lists them", c.Name(), word)
}

// refuseStrangers has the commands below parent that only hold others refuse a word that is none of them, as the root does.
// Left alone they print their help and succeed.
func refuseStrangers(parent *cobra.Command) {
	for _, c := range parent.Commands() {
		refuseStrangers(c)
		if c.Runnable() {
			continue
		}
		c.RunE = func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return noCommand(c, args[0])
		}
	}
}
