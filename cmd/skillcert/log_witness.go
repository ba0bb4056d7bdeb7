package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/certs/translog/witness"
)

// witnessFlags are how log witness is started.
type witnessFlags struct {
	listen, state, key, name string
	logs                     []string
}

func logWitnessCommand(con console) *cobra.Command {
	var f witnessFlags
	cmd := &cobra.Command{Use: "witness --listen ADDRESS --state FILE --log VKEY --key FILE", Short: "Witness somebody's log: cosign what continues it", Args: cobra.NoArgs,
		Long: "Serves POST /add-checkpoint (C2SP tlog-witness). It cosigns a checkpoint of the log only if that continues the one it cosigned\n" +
			"before, which it keeps in the state file first. Run it in another house than the log, and keep the state: a witness\n" +
			"that forgot what it signed is worth nothing. The key is made at the first start, under the name given with --name.",
		RunE: func(cmd *cobra.Command, _ []string) error { return runWitness(cmd.Context(), con, f) }}
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:8090", "address to listen on")
	cmd.Flags().StringVar(&f.state, "state", "", "file of the checkpoint that was cosigned last")
	cmd.Flags().StringArrayVar(&f.logs, "log", nil, "verifier key of the log, or a file that holds it; may be given again for its earlier ones")
	cmd.Flags().StringVar(&f.key, "key", "", "file of the witness's own private key")
	cmd.Flags().StringVar(&f.name, "name", "", "name of the witness, such as witness.example/w1, when the key is made")
	return cmd
}

var errWitnessFlags = errors.New("give --state FILE, --log VKEY and --key FILE")

func runWitness(ctx context.Context, con console, f witnessFlags) error {
	if f.state == "" || f.key == "" || len(f.logs) == 0 {
		return errWitnessFlags
	}
	trust, err := readLogTrust(f.logs, nil)
	if err != nil {
		return plain(err)
	}
	signer, err := witnessKey(f.key, f.name)
	if err != nil {
		return err
	}
	state, made, err := witness.OpenFile(f.state)
	if err != nil {
		return plain(err)
	}
	if made {
		_, _ = fmt.Fprintln(con.err, "新的状态文件，此前没有签过任何检查点 new state: nothing was cosigned before")
	}
	w, err := witness.New(trust, signer, state)
	if err == nil {
		err = serveWitness(ctx, con, f.listen, w, signer.VerifierKey())
	}
	return errors.Join(err, state.Close())
}

// witnessKey reads the key of a witness, and makes it at the first start.
func witnessKey(name, as string) (*translog.Cosigner, error) {
	text, err := readAtMost(name, 4<<10)
	if err == nil {
		return translog.ReadCosigner(strings.TrimSuffix(string(text), "\n"), systemClock())
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	_, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	s, err := translog.NewCosigner(as, secret, systemClock())
	if err != nil {
		return nil, both("用 --name 给出见证方的名称", "give the name of the witness with --name")
	}
	return s, writeNew(name, []byte(s.Secret()+"\n"))
}

const witnessTime = 10 * time.Second // for one request of a few kilobytes

func serveWitness(ctx context.Context, con console, address string, w http.Handler, vkey string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(con.out, "见证服务 witness at http://%s\n%s\n", l.Addr(), vkey); err != nil {
		return errors.Join(err, l.Close())
	}
	server := &http.Server{Handler: w, ReadTimeout: witnessTime, WriteTimeout: witnessTime, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), witnessTime)
	defer cancel()
	return server.Shutdown(patience)
}
