package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/vault"
)

// openVault opens what personal data are sealed by. The first data key and the blind indexes come from person.key, without
// which nobody is found anyway; each rotation adds vault-2.key and so on. None of these is ever made here: who lacks one
// has the wrong directory.
func openVault(dir string, persons []byte) (*vault.Vault, error) {
	materials := [][]byte{persons}
	for {
		name := filepath.Join(dir, vaultFile(len(materials)+1))
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
			return vault.New(ids.Random(), persons, materials...)
		}
		m, err := secretFile(name)
		if err != nil {
			return nil, err
		}
		materials = append(materials, m)
	}
}

func vaultFile(n int) string { return fmt.Sprintf("vault-%d.key", n) }

// renewSeals seals what an earlier program left in clear, and after a rotation what is sealed under an older key. What
// fails is tried again at the next start; until then it is as it was.
func (h *house) renewSeals(ctx context.Context, log *slog.Logger) {
	done, err := h.store.Renew(ctx)
	if done.Written > 0 {
		log.Info("personal data sealed", "documents", done.Written, "were in clear", done.Clear)
	}
	if err == nil {
		h.settlePhotos(ctx, log)
	} else if ctx.Err() == nil {
		log.Error("personal data could not all be sealed; the next start tries again, as does skillcert store seal", "error", err.Error())
	}
}

// settlePhotos puts away photos that a change which was cut off left behind.
func (h *house) settlePhotos(ctx context.Context, log *slog.Logger) {
	n, err := h.Registry.SettleAlbums(ctx)
	if n > 0 {
		log.Info("photos put away that changes which were cut off had left", "persons", n)
	}
	if err != nil && ctx.Err() == nil {
		log.Error("photos left by changes that were cut off could not all be put away; it is tried again", "error", err.Error())
	}
}

func storeSealCommand(con console) *cobra.Command {
	s := settings{Listen: defaultListen, Label: "skillcert"}
	fresh := false
	cmd := &cobra.Command{Use: "seal --data DIR", Short: "Seal all personal data under the newest key", Args: cobra.NoArgs,
		Long: "Seals what an earlier version left in clear and what is sealed under an older key; serve does the same at its start.\n" +
			"With --new-key a new key is made first, keys/vault-N.key: stop every server before, and copy keys/ to every host and to\n" +
			"your backup after. Backups made before need the older keys, which stay in keys/.",
		RunE: func(cmd *cobra.Command, _ []string) error { return sealStore(cmd.Context(), con, s, fresh) }}
	s.flags(cmd, con)
	cmd.Flags().BoolVar(&fresh, "new-key", false, "make a new key first (rotation)")
	return cmd
}

func sealStore(ctx context.Context, con console, s settings, fresh bool) (err error) {
	log := slog.New(slog.NewTextHandler(con.err, nil))
	if fresh {
		if err := addVaultKey(ctx, con, s, log); err != nil {
			return err
		}
	}
	h, err := open(ctx, s, clock.System{}, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	done, err := h.store.Renew(ctx)
	if err != nil {
		return err
	}
	h.settlePhotos(ctx, log)
	_, err = fmt.Fprintf(con.out, "%d documents sealed, %d of them had been in clear\n", done.Written, done.Clear)
	return err
}

// addVaultKey makes the next key of a house whose keys are all there.
func addVaultKey(ctx context.Context, con console, s settings, log *slog.Logger) error {
	h, err := open(ctx, s, clock.System{}, log)
	if err != nil {
		return err
	}
	if err := h.Close(); err != nil {
		return err
	}
	name := vaultFile(h.vaultKeys + 1)
	if _, err := makeSecret(filepath.Join(s.Data, keyRoom, name)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(con.out, "%s made: copy keys/ to every host and to your backup before you start a server\n", name)
	return err
}
