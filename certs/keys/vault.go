package keys

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// Algorithm is a kind of key.
type Algorithm string

// The algorithms of a ring's authorities and seals. SM2 is for second seals only.
const (
	P256    Algorithm = "p256"
	RSA3072 Algorithm = "rsa3072"
	SM2     Algorithm = "sm2"
)

// rsaBits is the size of RSA keys.
const rsaBits = 3072

// algorithmOf returns the algorithm of a public key, "" for one that is not offered.
func algorithmOf(public crypto.PublicKey) Algorithm {
	switch k := public.(type) {
	case *ecdsa.PublicKey:
		switch {
		case k.Curve == elliptic.P256():
			return P256
		case sm2.IsSM2PublicKey(k):
			return SM2
		}
	case *rsa.PublicKey:
		if k.N.BitLen() == rsaBits {
			return RSA3072
		}
	}
	return ""
}

// pair is a key with its certificate. The key is nil where only the certificate is at hand.
type pair struct {
	key  crypto.Signer
	cert *x509.Certificate
}

// vault is the directory of key files, with the device that holds some of the keys.
type vault struct {
	dir    string
	device *device // nil when all keys are files
}

const (
	secretSuffix = ".key.pem"
	publicSuffix = ".pem"
)

func (v *vault) path(name string) string { return filepath.Join(v.dir, name) }

// generate makes a key, in the device where there is one. No device makes SM2 keys for us.
func (v *vault) generate(a Algorithm, name string) (crypto.Signer, []byte, error) {
	if v.device != nil && a != SM2 {
		return v.device.generate(a, name)
	}
	key, err := newKey(a)
	if err != nil {
		return nil, nil, fmt.Errorf("make key: %w", err)
	}
	raw, err := smx509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("encode key: %w", err)
	}
	return key, pem.EncodeToMemory(&pem.Block{Type: keyBlock, Bytes: raw}), nil
}

func newKey(a Algorithm) (crypto.Signer, error) {
	switch a {
	case P256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case RSA3072:
		return rsa.GenerateKey(rand.Reader, rsaBits)
	case SM2:
		return sm2.GenerateKey(rand.Reader)
	}
	return nil, ErrUse.With("算法 %s", a)
}

// order is a pair that is wanted: its name, its key, its certificate and who signs that.
type order struct {
	name      string // of the file, without suffix
	algorithm Algorithm
	by        *pair // nil for a root
	template  func() (*x509.Certificate, error)
}

// loadOrMake reads a pair, or makes it and puts it in place. Whoever loses the race to make it reads the winner's.
func (v *vault) loadOrMake(o order) (*pair, error) {
	p, err := v.load(o.name)
	if !errors.Is(err, ErrAbsent) {
		return p, err
	}
	if err := v.make(o); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, err
	}
	return v.load(o.name)
}

// make makes a pair; os.ErrExist when there is one of this name.
func (v *vault) make(o order) error {
	if o.by != nil && o.by.key == nil {
		return ErrOffline
	}
	template, err := o.template()
	if err != nil {
		return err
	}
	key, secret, err := v.generate(o.algorithm, o.name)
	if err != nil {
		return err
	}
	p, err := certify(o.by, template, key)
	if err != nil {
		return err
	}
	if err := createFile(v.path(o.name+secretSuffix), append(secret, certificatePEM(p.cert)...), 0o600); err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	return nil
}

// load reads a pair and sees to it that its certificate is published.
func (v *vault) load(name string) (*pair, error) {
	content, err := readSecret(v.path(name + secretSuffix))
	if err != nil {
		return nil, err
	}
	p, err := v.decode(content)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, ErrDamaged.With("%s", name+secretSuffix)
	}
	return p, v.publish(name, p.cert)
}

// publish leaves a certificate in NAME.pem.
func (v *vault) publish(name string, c *x509.Certificate) error {
	path, content := v.path(name+publicSuffix), certificatePEM(c)
	if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, content) {
		return nil
	}
	return replaceFile(path, content, 0o644)
}

// decode reads key and certificate, nil when they are not what make wrote or do not belong together.
func (v *vault) decode(content []byte) (*pair, error) {
	first, rest := pem.Decode(content)
	second, _ := pem.Decode(rest)
	if first == nil || second == nil || second.Type != certBlock {
		return nil, nil
	}
	cert, err := parseCertificate(second.Bytes)
	if err != nil {
		return nil, nil
	}
	key, err := v.signer(first)
	if key == nil || err != nil {
		return nil, err
	}
	public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(cert.PublicKey) {
		return nil, nil
	}
	return &pair{key: key, cert: cert}, nil
}

// signer returns the key that a block holds or names, nil when it is none.
func (v *vault) signer(b *pem.Block) (crypto.Signer, error) {
	switch {
	case b.Type == keyBlock:
		parsed, err := smx509.ParsePKCS8PrivateKey(b.Bytes)
		if err != nil {
			return nil, nil
		}
		key, _ := parsed.(crypto.Signer)
		return key, nil
	case b.Type == deviceBlock && v.device == nil:
		return nil, ErrDevice.With("密钥在设备中，但没有 %s", deviceFile)
	case b.Type == deviceBlock:
		return v.device.find(string(b.Bytes))
	}
	return nil, nil
}

// has reports whether there is a key file of this name.
func (v *vault) has(name string) bool {
	_, err := os.Stat(v.path(name + secretSuffix))
	return err == nil
}

// ours tells certificates from what other packages keep in the same directory.
func ours(name string) bool {
	for _, u := range []Use{UseSeal, UseSecondSeal, UseStatus, UseOffline} {
		if strings.HasPrefix(name, string(u)+"-") {
			return true
		}
	}
	return slices.Contains([]string{rootName, issuingName, secondRootName, secondIssuingName}, name)
}

// published returns the certificates in the directory by name, revocation lists left out.
func (v *vault) published() (map[string]*x509.Certificate, error) {
	files, err := filepath.Glob(v.path("*" + publicSuffix))
	if err != nil {
		return nil, err
	}
	found := map[string]*x509.Certificate{}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), publicSuffix)
		if strings.HasSuffix(f, secretSuffix) || strings.Contains(name, listMark) || !ours(name) {
			continue
		}
		c, err := readCertificate(f)
		if err != nil {
			return nil, err
		}
		found[name] = c
	}
	return found, nil
}
