package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/api/auth"
)

func keysCommand(con console) *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: "List and rotate the keys that sign access tokens"}
	var data string
	cmd.PersistentFlags().StringVar(&data, "data", "", "data directory")
	in := func(do func(con console, dir string) error) func(*cobra.Command, []string) error {
		return func(*cobra.Command, []string) error {
			if data == "" {
				return errors.New("give the data directory with --data DIR")
			}
			return do(con, filepath.Join(data, keyRoom))
		}
	}
	cmd.AddCommand(&cobra.Command{Use: "list --data DIR", Short: "List the keys, the oldest first", Args: cobra.NoArgs, RunE: in(listKeys)},
		&cobra.Command{Use: "rotate --data DIR", Short: "Make a new key to sign with", Args: cobra.NoArgs, RunE: in(rotateKeys),
			Long: "Makes a new key. Running servers on this directory learn of it by themselves: they accept its tokens at once and sign\n" +
				"with it within a minute. Tokens that older keys signed stay good; nobody is signed out. Servers with a directory of\n" +
				"their own need the file copied, mode 600."})
	return cmd
}

func listKeys(con console, dir string) error {
	keys, err := auth.Keys(dir)
	if err != nil {
		return err
	}
	var b strings.Builder
	for i, k := range keys {
		use := "verifies"
		if i == len(keys)-1 {
			use = "signs"
		}
		fmt.Fprintf(&b, "%s  %s  %s\n", k.Name, k.ID, use)
	}
	_, err = fmt.Fprint(con.out, b.String())
	return err
}

func rotateKeys(con console, dir string) error {
	k, err := auth.Rotate(dir)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(con.out, "%s  %s\nRunning servers learn of it by themselves and sign with it within a minute. Nobody is signed out.\n", k.Name, k.ID)
	return err
}
