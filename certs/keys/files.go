package keys

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Block types of a key file, in this order.
const (
	keyBlock  = "PRIVATE KEY"
	certBlock = "CERTIFICATE"
)

// maxKeyFile bounds a key file, in bytes.
const maxKeyFile = 64 << 10

func certificatePEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: certBlock, Bytes: c.Raw})
}

// encode writes the key (PKCS #8) and its certificate.
func (p *pair) encode() ([]byte, error) {
	raw, err := x509.MarshalPKCS8PrivateKey(p.key)
	if err != nil {
		return nil, fmt.Errorf("encode key: %w", err)
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: keyBlock, Bytes: raw}), certificatePEM(p.cert)...), nil
}

// readPair reads a key file: ErrAbsent, ErrExposed when others may read it, ErrDamaged when it is not what encode wrote.
func readPair(path string) (*pair, error) {
	name := filepath.Base(path)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, ErrAbsent.With("%s", name)
	case err != nil:
		return nil, fmt.Errorf("read key: %w", err)
	case info.Mode().Perm()&0o077 != 0:
		return nil, ErrExposed.With("%s", name)
	case info.Size() > maxKeyFile:
		return nil, ErrDamaged.With("%s", name)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	p, ok := decode(content)
	if !ok {
		return nil, ErrDamaged.With("%s", name)
	}
	return p, nil
}

func decode(content []byte) (*pair, bool) {
	first, rest := pem.Decode(content)
	second, _ := pem.Decode(rest)
	if first == nil || second == nil || first.Type != keyBlock || second.Type != certBlock {
		return nil, false
	}
	parsed, err := x509.ParsePKCS8PrivateKey(first.Bytes)
	if err != nil {
		return nil, false
	}
	cert, err := x509.ParseCertificate(second.Bytes)
	if err != nil {
		return nil, false
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	return &pair{key: key, cert: cert}, ok && key.PublicKey.Equal(cert.PublicKey)
}

// createFile puts content at path for the owner alone, or fails with os.ErrExist when something is there already.
func createFile(path string, content []byte) error {
	temp, err := writeBeside(path, content, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp) }() // a leftover under its temporary name does no harm
	if err := os.Link(temp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// replaceFile puts content at path in one step, whatever was there.
func replaceFile(path string, content []byte, mode os.FileMode) error {
	temp, err := writeBeside(path, content, mode)
	if err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return syncDir(filepath.Dir(path))
}

// writeBeside writes and flushes a temporary file in the directory of path and returns its name.
func writeBeside(path string, content []byte, mode os.FileMode) (name string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
