package keys

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/emmansun/gmsm/smx509"
)

// Block types of a key file: a key or the name of one, then its certificate.
const (
	keyBlock    = "PRIVATE KEY"
	deviceBlock = "PKCS11 KEY LABEL"
	certBlock   = "CERTIFICATE"
	listBlock   = "X509 CRL"
)

// maxKeyFile bounds a key file, in bytes.
const maxKeyFile = 64 << 10

func certificatePEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: certBlock, Bytes: c.Raw})
}

// parseCertificate reads a certificate of any algorithm. The standard library does not know SM2.
func parseCertificate(raw []byte) (*x509.Certificate, error) {
	c, err := x509.ParseCertificate(raw)
	if err == nil {
		return c, nil
	}
	other, err := smx509.ParseCertificate(raw)
	if err != nil {
		return nil, err
	}
	return other.ToX509(), nil
}

// signedBy checks a certificate under its issuer's key, of any algorithm.
func signedBy(c, issuer *x509.Certificate) bool {
	return (*smx509.Certificate)(c).CheckSignatureFrom((*smx509.Certificate)(issuer)) == nil
}

// readCertificate reads a file that holds one certificate.
func readCertificate(path string) (*x509.Certificate, error) {
	content, err := os.ReadFile(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, ErrAbsent.With("%s", filepath.Base(path))
	case err != nil:
		return nil, fmt.Errorf("read certificate: %w", err)
	}
	block, _ := pem.Decode(content)
	if block == nil || block.Type != certBlock {
		return nil, ErrDamaged.With("%s", filepath.Base(path))
	}
	c, err := parseCertificate(block.Bytes)
	if err != nil {
		return nil, ErrDamaged.With("%s", filepath.Base(path))
	}
	return c, nil
}

// readSecret reads a file for the owner alone: ErrAbsent, ErrExposed when others may read it, ErrDamaged when it is too
// long to be one of ours.
func readSecret(path string) ([]byte, error) {
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
	return content, nil
}

// createFile puts content at path, or fails with os.ErrExist when something is there already.
func createFile(path string, content []byte, mode os.FileMode) error {
	temp, err := writeBeside(path, content, mode)
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
