package keys

import (
	"crypto/ecdsa"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/skillcert/skillcert/certs/pades"
)

// Names of the files in a ring's directory.
const (
	rootSecret    = "root.key.pem"
	issuingSecret = "issuing.key.pem"
	rootPublic    = "root.pem"
)

// Ring is the opened key directory. Safe for concurrent use, also by several processes on one directory.
type Ring struct {
	dir           string
	root, issuing *pair

	mu      sync.Mutex
	sealers map[string]*pades.Sealer // by file name; filled as bodies seal
}

// pair is a key with its certificate.
type pair struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

// Init opens the ring in dir and first makes what is missing: the directory, a root and an issuing authority that
// carry label, with Mark before it when demo. Keys that exist are never replaced, whatever label says.
func Init(dir, label string, demo bool, now time.Time) (*Ring, error) {
	if label == "" {
		return nil, ErrIdentity.With("未填写名称")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("key directory: %w", err)
	}
	if demo {
		label = marked(label)
	}
	root, err := loadOrMake(filepath.Join(dir, rootSecret), func() (*pair, error) { return makeRoot(label, now) })
	if err != nil {
		return nil, err
	}
	fresh := func() (*pair, error) { return makeIssuing(root, label, now) }
	if _, err := loadOrMake(filepath.Join(dir, issuingSecret), fresh); err != nil {
		return nil, err
	}
	return Load(dir)
}

// Load opens the ring in dir; ErrAbsent when no keys are there.
func Load(dir string) (*Ring, error) {
	root, err := readPair(filepath.Join(dir, rootSecret))
	if err != nil {
		return nil, err
	}
	issuing, err := readPair(filepath.Join(dir, issuingSecret))
	if err != nil {
		return nil, err
	}
	if err := issuing.cert.CheckSignatureFrom(root.cert); err != nil {
		return nil, ErrDamaged.With("%s 不是由 %s 签发", issuingSecret, rootSecret)
	}
	r := &Ring{dir: dir, root: root, issuing: issuing, sealers: map[string]*pades.Sealer{}}
	return r, r.export()
}

// export leaves the root's certificate in root.pem.
func (r *Ring) export() error {
	path := filepath.Join(r.dir, rootPublic)
	if have, err := os.ReadFile(path); err == nil && string(have) == string(r.RootPEM()) {
		return nil
	}
	return replaceFile(path, r.RootPEM(), 0o644)
}

// RootPEM is the root's certificate, as `skillcert verify --trust` reads it.
func (r *Ring) RootPEM() []byte { return certificatePEM(r.root.cert) }

// RootPath is the file that holds RootPEM.
func (r *Ring) RootPath() string { return filepath.Join(r.dir, rootPublic) }

// Trust is the pool that holds the root and nothing else.
func (r *Ring) Trust() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(r.root.cert)
	return pool
}

// Demo reports whether the keys were made for a demonstration.
func (r *Ring) Demo() bool { return strings.HasPrefix(r.root.cert.Subject.CommonName, Mark) }

// Body is in whose name a seal is set.
type Body struct {
	Name   string // of the organisation
	Filing string // 备案号, 13 characters
}

func (b Body) check() error {
	valid := len(b.Filing) == 13
	for i := range len(b.Filing) {
		c := b.Filing[i]
		valid = valid && (c >= '0' && c <= '9' || c >= 'A' && c <= 'Z')
	}
	if !valid || strings.TrimSpace(b.Name) == "" {
		return ErrIdentity
	}
	return nil
}

// Sealer returns the sealer of a body for a calendar year, and makes its key and certificate when they do not exist
// yet. A body that has changed its name keeps the certificate it has until the year ends.
func (r *Ring) Sealer(b Body, year int, now time.Time) (*pades.Sealer, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("seal-%s-%04d.key.pem", b.Filing, year)
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.sealers[name]; ok {
		return s, nil
	}
	fresh := func() (*pair, error) { return makeSeal(r.issuing, b, r.Demo(), year, now) }
	p, err := loadOrMake(filepath.Join(r.dir, name), fresh)
	if err != nil {
		return nil, err
	}
	if err := p.cert.CheckSignatureFrom(r.issuing.cert); err != nil {
		return nil, ErrDamaged.With("%s 不是由本目录的机构签发", name)
	}
	s, err := pades.NewSealer(p.key, p.cert, r.issuing.cert)
	if err != nil {
		return nil, err
	}
	r.sealers[name] = s
	return s, nil
}

// loadOrMake reads a pair, or makes it and puts it in place. Whoever loses the race to make it reads the winner's.
func loadOrMake(path string, fresh func() (*pair, error)) (*pair, error) {
	p, err := readPair(path)
	if !errors.Is(err, ErrAbsent) {
		return p, err
	}
	if p, err = fresh(); err != nil {
		return nil, err
	}
	content, err := p.encode()
	if err != nil {
		return nil, err
	}
	if err := createFile(path, content); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("write key: %w", err)
	}
	return readPair(path)
}
