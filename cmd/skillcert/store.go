package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/mongo"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

func storeCommand(con console) *cobra.Command {
	cmd := &cobra.Command{Use: "store", Short: "Check, export, import and seal the store"}
	cmd.AddCommand(storeCheckCommand(con), storeExportCommand(con), storeImportCommand(con), storeSealCommand(con))
	return cmd
}

func storeCheckCommand(con console) *cobra.Command {
	var uri string
	cmd := &cobra.Command{Use: "check --mongo URI", Short: "Run the whole contract suite of the store on your own MongoDB", Args: cobra.NoArgs,
		Long: "Runs what this program relies on against a MongoDB of yours, in a database of its own name that is dropped afterwards.\n" +
			"Do it before moving there: this project's own tests had no real MongoDB to run on.",
		RunE: func(cmd *cobra.Command, _ []string) error { return checkStore(cmd.Context(), con, uri) }}
	cmd.Flags().StringVar(&uri, "mongo", "", "MongoDB connection string")
	return cmd
}

// checkStore runs the suites of package storetest outside of go test.
func checkStore(ctx context.Context, con console, uri string) error {
	if uri == "" {
		return errors.New("give the server to check with --mongo URI")
	}
	first, err := mongo.Open(ctx, uri, checkName(), storetest.DocumentSchema())
	if err != nil {
		return err
	}
	if err := first.Close(); err != nil {
		return err
	}
	testing.Init()
	if err := flag.CommandLine.Parse([]string{"-test.v=true"}); err != nil {
		return err
	}
	all := func(string, string) (bool, error) { return true, nil }
	passed := testing.RunTests(all, []testing.InternalTest{
		{Name: "documents", F: func(t *testing.T) {
			storetest.Documents(t, func(t testing.TB) docs.Store { return openCheck(t, uri, storetest.DocumentSchema()) })
		}},
		{Name: "repositories", F: func(t *testing.T) {
			storetest.Repositories(t, func(t *testing.T) *store.Store {
				return store.New(openCheck(t, uri, store.Schema()), ids.Random())
			})
		}},
	})
	if !passed {
		return exitCode(1)
	}
	_, err = fmt.Fprintln(con.out, "the store keeps every promise of the contract")
	return err
}

func checkName() string { return "skillcert_check_" + ids.Random().New() }

// openCheck opens a database of its own and drops it after the test.
func openCheck(t testing.TB, uri string, schema docs.Schema) docs.Store {
	t.Helper()
	s, err := mongo.Open(context.Background(), uri, checkName(), schema)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Drop(context.Background()), s.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func storeExportCommand(con console) *cobra.Command {
	s := settings{Listen: defaultListen}
	cmd := &cobra.Command{Use: "export FILE --data DIR", Short: "Write every document to a file", Args: cobra.ExactArgs(1),
		Long: "The same content gives the same file from either store, so this is also the way from one to the other. Stop the\n" +
			"server first, or export a copy: documents written meanwhile may or may not be in the file. The keys are not in it:\n" +
			"copy the keys directory too, or nothing that was issued can be verified any more.",
		RunE: func(cmd *cobra.Command, args []string) error { return exportStore(cmd.Context(), s, args[0]) }}
	s.flags(cmd, con)
	return cmd
}

func exportStore(ctx context.Context, s settings, name string) error {
	if err := s.Validate(); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(s.Data, databaseFile)); s.Mongo == "" && err != nil {
		return fmt.Errorf("no store to export: %w", err)
	}
	d, err := openDocuments(ctx, s)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return errors.Join(err, d.Close())
	}
	err = docs.Export(ctx, d, store.Schema(), f)
	return errors.Join(err, f.Sync(), f.Close(), d.Close())
}

func storeImportCommand(con console) *cobra.Command {
	s := settings{Listen: defaultListen}
	cmd := &cobra.Command{Use: "import FILE --data DIR", Short: "Fill an empty store from an exported file", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return importStore(cmd.Context(), con, s, args[0]) }}
	s.flags(cmd, con)
	return cmd
}

func importStore(ctx context.Context, con console, s settings, name string) error {
	if err := s.Validate(); err != nil {
		return err
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	d, err := openDocuments(ctx, s)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	n, err := docs.Import(ctx, d, store.Schema(), f)
	if err = errors.Join(err, f.Close(), d.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(con.out, "%d documents\nNow copy the keys directory of the old data directory into %s.\n", n, s.Data)
	return err
}
