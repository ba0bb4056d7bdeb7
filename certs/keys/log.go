package keys

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/mod/sumdb/note"
)

// ed25519Note is the algorithm byte of Ed25519 keys in signed notes (C2SP signed-note).
const ed25519Note = 1

// LogSigner returns the signer of the transparency log's checkpoints under its origin, and the key by which others
// verify them ("origin+hash+key"). One key serves one log; it is not rotated: another key is another log.
func (r *Ring) LogSigner(origin string) (note.Signer, string, error) {
	key, err := r.logKey()
	if err != nil {
		return nil, "", err
	}
	verifier, err := note.NewEd25519VerifierKey(origin, key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, "", ErrIdentity.With("日志名称不正确：%v", err)
	}
	parts := strings.SplitN(strings.TrimPrefix(verifier, origin), "+", 3) // "", hash, key
	secret := append([]byte{ed25519Note}, key.Seed()...)
	signer, err := note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", origin, parts[1], base64.StdEncoding.EncodeToString(secret)))
	if err != nil {
		return nil, "", ErrIdentity.With("日志名称不正确：%v", err)
	}
	return signer, verifier, nil
}

// logKey reads the log's key, or makes it.
func (v *vault) logKey() (ed25519.PrivateKey, error) {
	path := v.path(logName + secretSuffix)
	content, err := readSecret(path)
	if errors.Is(err, ErrAbsent) {
		if err := makeLogKey(path); err != nil && !errors.Is(err, os.ErrExist) {
			return nil, err
		}
		content, err = readSecret(path)
	}
	if err != nil {
		return nil, err
	}
	block, rest := pem.Decode(content)
	if block == nil || block.Type != keyBlock || len(rest) != 0 {
		return nil, ErrDamaged.With("%s", logName+secretSuffix)
	}
	parsed, err := smx509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, ErrDamaged.With("%s", logName+secretSuffix)
	}
	return key, nil
}

func makeLogKey(path string) error {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("make log key: %w", err)
	}
	raw, err := smx509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("encode log key: %w", err)
	}
	return createFile(path, pem.EncodeToMemory(&pem.Block{Type: keyBlock, Bytes: raw}), 0o600)
}
