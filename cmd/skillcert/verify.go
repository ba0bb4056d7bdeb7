package main

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// exitInvalid is the status of a file that is not whole and trusted; 1 is left for files that could not be read.
const exitInvalid exitCode = 2

func verifyCommand(con console) *cobra.Command {
	var trust string
	var asJSON bool
	cmd := &cobra.Command{Use: "verify FILE.pdf --trust root.pem", Short: "Check a certificate file without the server", Args: cobra.ExactArgs(1),
		Long: "Checks that a file is, in every byte, what its issuer sealed under the given root. It works without a network and so\n" +
			"cannot know whether the certificate was revoked since: ask the issuer's verification page for that.\n" +
			"Exit status: 0 whole and trusted, 2 not, 1 could not be checked.",
		RunE: func(_ *cobra.Command, args []string) error { return verifyFile(con, args[0], trust, asJSON) }}
	cmd.Flags().StringVar(&trust, "trust", "", "the issuer's root certificate (PEM)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	if err := cmd.MarkFlagRequired("trust"); err != nil {
		cmd.RunE = func(*cobra.Command, []string) error { return err }
	}
	return cmd
}

// verdict is what verify prints. Seal is "whole" or "refused"; Status is always "unknown": it is not asked here.
type verdict struct {
	File      string           `json:"file"`
	Seal      string           `json:"seal"`
	Status    string           `json:"status"`
	Code      string           `json:"code,omitempty"` // why the seal is refused
	Reason    string           `json:"reason,omitempty"`
	Statement *certs.Statement `json:"statement,omitempty"`
	Signer    string           `json:"signer,omitempty"`
	Digest    string           `json:"digest,omitempty"`
}

func verifyFile(con console, name, trust string, asJSON bool) error {
	pool, err := readTrust(trust)
	if err != nil {
		return err
	}
	pdf, err := readBounded(name)
	if err != nil {
		return err
	}
	v := verdict{File: name, Seal: "whole", Status: "unknown"}
	var refused *errs.Error
	sealed, err := certs.VerifyOffline(pdf, pool, clock.System{}.Now())
	switch {
	case errors.As(err, &refused):
		v.Seal, v.Code, v.Reason = "refused", refused.Code, refused.Msg
	case err != nil:
		return err
	default:
		v.Statement, v.Signer, v.Digest = &sealed.Statement, sealed.Signer, sealed.Digest
	}
	if err := v.print(con.out, asJSON); err != nil {
		return err
	}
	if v.Seal != "whole" {
		return exitInvalid
	}
	return nil
}

func (v verdict) print(out io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
	if v.Seal != "whole" {
		_, err := fmt.Fprintf(out, "%s: 未通过 refused (%s %s)\n", v.File, v.Code, v.Reason)
		return err
	}
	_, err := fmt.Fprintf(out, "%s: 签章完整可信 whole and trusted\n  编号 %s\n  姓名 %s\n  等级 %s\n  签章 %s\n  当前状态未核实（可能已被撤销），请到发证机构的核验页面查询\n  status not checked: ask the issuer's verification page\n",
		v.File, v.Statement.Number, v.Statement.Name, v.Statement.Level, v.Signer)
	return err
}

func readTrust(name string) (*x509.CertPool, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, fmt.Errorf("%s holds no certificate", name)
	}
	return pool, nil
}

// readBounded reads a file; one byte more than the verifier looks at is enough to be refused.
func readBounded(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, pades.MaxFile+1))
	return b, errors.Join(err, f.Close())
}
