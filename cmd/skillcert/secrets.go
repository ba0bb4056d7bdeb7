package main

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
)

// Refusals of a house whose keys and data do not belong together.
var (
	errKeysMissing = errs.New(errs.Conflict, "keys.missing", "数据库已有内容，但数据目录中没有它的密钥：请先把原来的 keys 目录复制过来")
	errKeysOther   = errs.New(errs.Conflict, "keys.other", "数据目录中的 keys/person.key 不是这个数据库所用的：请先把原来的 keys 目录复制过来")
	errNotDemo     = errs.New(errs.Conflict, "demo.not_demo", "这个数据目录不是演示用的，演示不能写入")
)

// unlock opens the sealing keys. They are made only in an empty house: new keys beside old data would call every
// certificate that was issued a stranger's. A demo keeps away from a house that is none.
func (h *house) unlock(ctx context.Context, dir string) error {
	_, err := keys.Load(dir)
	if errors.Is(err, keys.ErrAbsent) {
		empty, err := h.empty(ctx)
		if err != nil {
			return err
		}
		if !empty {
			return errKeysMissing
		}
	}
	if h.keys, err = keys.Init(dir, h.settings.Label, h.settings.Demo, h.clock.Now()); err != nil {
		return err
	}
	if h.settings.Demo && !h.keys.Demo() {
		return errNotDemo
	}
	return nil
}

// empty reports whether nobody was ever registered here.
func (h *house) empty(ctx context.Context) (bool, error) {
	for _, kind := range []string{"account", "person", "organisation"} {
		page, err := h.Range(ctx, docs.Range{Kind: kind, Limit: 1})
		if err != nil || len(page.Docs) > 0 {
			return false, err
		}
	}
	return true, nil
}

// secrets are what is derived from and never stored in the data: how persons are found by their numbers, and the keys of
// hand-in files.
type secrets struct{ persons, files []byte }

// keyMark names a secret without telling anything of it.
func keyMark(what string, secret []byte) string {
	m := hmac.New(sha256.New, secret)
	_, _ = m.Write([]byte("skillcert key mark 1 " + what)) // never fails
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// compareSecrets refuses to serve data with another person key than theirs: nobody would be found, and people would be
// registered twice. With another hand-in key everything goes on but the hand-in files that other processes' pages make.
func (h *house) compareSecrets(ctx context.Context, s secrets, log *slog.Logger) error {
	own := store.KeyMarks{Persons: keyMark("persons", s.persons), Files: keyMark("files", s.files)}
	known, err := h.store.KeyMarks(ctx, own)
	switch {
	case err != nil:
		return fmt.Errorf("compare the keys with those of the data: %w", err)
	case known.Persons != own.Persons:
		return errKeysOther
	case known.Files != own.Files:
		log.Error("keys/handin.key is not that of the data: hand-in files made by pages of other processes cannot be opened here; " +
			"copy the file from there")
	}
	return nil
}

// secretFile reads 32 random bytes, and makes them at the first start.
func secretFile(name string) ([]byte, error) {
	b, err := os.ReadFile(name)
	if err == nil && len(b) == 32 {
		return b, nil
	}
	if err == nil {
		return nil, fmt.Errorf("%s is damaged: it holds %d bytes, not 32", filepath.Base(name), len(b))
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return makeSecret(name)
}

// makeSecret writes the secret beside its place, flushes it and links it there: of two processes that start at once
// both end up with the same.
func makeSecret(name string) ([]byte, error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already, or a leftover that does no harm
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(f.Name(), name); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(name)
}
