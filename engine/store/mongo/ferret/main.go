// Command ferret is FerretDB v1.24.0 over SQLite in one process: a server written by others, against which the tests
// of engine/store/mongo run what a single client sees. (It loses concurrent updates, so nothing else is asked of it.)
// It prints its address, keeps its data in the directory given, and ends when its standard input does.
//
// Only the embedding package is used: FerretDB's own command cannot be built as a dependency, and its version list
// is not served, so go.mod pins one version.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: ferret DIRECTORY")
	}
	dir, err := filepath.Abs(args[0])
	if err != nil {
		return err
	}
	server, err := ferretdb.New(&ferretdb.Config{Handler: "sqlite", SQLiteURL: "file:" + filepath.ToSlash(dir) + "/",
		Listener: ferretdb.ListenerConfig{TCP: "127.0.0.1:0"}})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // until the parent has gone
		stop()
	}()
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	fmt.Println(server.MongoDBURI()) // waits until the server listens
	return <-ended
}
