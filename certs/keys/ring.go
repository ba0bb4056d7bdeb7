package keys

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/skillcert/skillcert/certs/pades"
)

// Names of the fixed files in a ring's directory, without their suffix.
const (
	rootName          = "root"
	issuingName       = "issuing"
	secondRootName    = "sm2-root"
	secondIssuingName = "sm2-issuing"
	logName           = "log"
)

// Ring is the opened key directory. Safe for concurrent use, also by several processes on one directory.
type Ring struct {
	*vault
	root, issuing       *pair
	second              *pair // issues second seals; nil when they are not set
	secondRoot          *x509.Certificate
	rootList, sealsList *lists

	stamper    pades.Stamper // set before use, by UseStamper
	stampKept  pades.Evidence
	stampRoots *x509.CertPool

	mu      sync.Mutex
	pairs   map[string][]*pair // by stem: one for each rotation, the oldest first
	sealers map[sealing]*pades.Sealer
}

// sealing is what a sealer signs with; second is nil where there is no second seal.
type sealing struct{ seal, second *pair }

// Options say what keys Init makes. Label is required; the zero value of the rest is usable.
type Options struct {
	Label     string    // of whoever runs the installation
	Demo      bool      // every name says that it is a demonstration
	Algorithm Algorithm // of root, issuing authority and seals: P256 or RSA3072; empty is P256
	SM2       bool      // a second seal in SM2, under a root of its own
}

// Init opens the ring in dir and first makes what is missing: the directory, a root and an issuing authority that
// carry label, with Mark before it when demo. Keys that exist are never replaced, whatever label says.
func Init(dir, label string, demo bool, now time.Time) (*Ring, error) {
	return Make(dir, Options{Label: label, Demo: demo}, now)
}

// Make is Init with every choice. The revocation lists of both authorities are signed with them. A ring that exists keeps its algorithm; SM2 may be added to it.
func Make(dir string, o Options, now time.Time) (*Ring, error) {
	if o.Label == "" {
		return nil, ErrIdentity.With("未填写名称")
	}
	if o.Algorithm == "" {
		o.Algorithm = P256
	}
	if o.Algorithm != P256 && o.Algorithm != RSA3072 {
		return nil, ErrUse.With("算法 %s", o.Algorithm)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("key directory: %w", err)
	}
	if o.Demo {
		o.Label = marked(o.Label)
	}
	v, err := openVault(dir)
	if err != nil {
		return nil, err
	}
	if err := v.authorities(rootName, issuingName, o.Algorithm, o.Label, now); err != nil {
		return nil, errors.Join(err, v.close())
	}
	if o.SM2 {
		if err := v.authorities(secondRootName, secondIssuingName, SM2, o.Label, now); err != nil {
			return nil, errors.Join(err, v.close())
		}
	}
	if _, err := v.logKey(); err != nil {
		return nil, errors.Join(err, v.close())
	}
	return listed(v, now)
}

// listed opens a ring and signs its first revocation lists, as long as the root's secret is there: without a list of the
// root's no seal is ever cleared offline.
func listed(v *vault, now time.Time) (*Ring, error) {
	r, err := load(v)
	if err != nil {
		return nil, err
	}
	if _, err := r.CRLs(now); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func openVault(dir string) (*vault, error) {
	d, err := openDevice(dir, os.Getenv)
	return &vault{dir: dir, device: d}, err
}

func (v *vault) close() error {
	if v.device == nil {
		return nil
	}
	return v.device.close()
}

// authorities makes a root and an issuing authority where they are missing. A root whose secret was taken away stays
// the root.
func (v *vault) authorities(root, issuing string, a Algorithm, label string, now time.Time) error {
	top, err := v.authority(root, issuing)
	if errors.Is(err, ErrAbsent) {
		top, err = v.loadOrMake(order{root, a, nil, func() (*x509.Certificate, error) { return rootTemplate(label, now), nil }})
	}
	if err != nil {
		return err
	}
	_, err = v.loadOrMake(order{issuing, algorithmOf(top.cert.PublicKey), top,
		func() (*x509.Certificate, error) { return issuingTemplate(top.cert, label, now), nil }})
	return err
}

// authority reads the root; its certificate alone where the secret is kept elsewhere, which only a ring can be that has
// an issuing authority already.
func (v *vault) authority(root, issuing string) (*pair, error) {
	p, err := v.load(root)
	if !errors.Is(err, ErrAbsent) || !v.has(issuing) {
		return p, err
	}
	c, err := readCertificate(v.path(root + publicSuffix))
	if err != nil {
		return nil, err
	}
	return &pair{cert: c}, nil
}

// Load opens the ring in dir; ErrAbsent when no keys are there.
func Load(dir string) (*Ring, error) {
	v, err := openVault(dir)
	if err != nil {
		return nil, err
	}
	return load(v)
}

func load(v *vault) (*Ring, error) {
	r := &Ring{vault: v, pairs: map[string][]*pair{}, sealers: map[sealing]*pades.Sealer{}}
	if err := r.open(); err != nil {
		return nil, errors.Join(err, v.close())
	}
	return r, nil
}

func (r *Ring) open() (err error) {
	if r.root, err = r.authority(rootName, issuingName); err != nil {
		return err
	}
	if r.issuing, err = r.load(issuingName); err != nil {
		return err
	}
	if !signedBy(r.issuing.cert, r.root.cert) {
		return ErrDamaged.With("%s 不是由 %s 签发", issuingName+secretSuffix, rootName+secretSuffix)
	}
	r.rootList = &lists{vault: r.vault, name: rootName, by: r.root, validity: rootListDays * 24 * time.Hour}
	if err := r.openStamper(); err != nil {
		return err
	}
	r.sealsList = &lists{vault: r.vault, name: issuingName, by: r.issuing, validity: listDays * 24 * time.Hour}
	if !r.has(secondIssuingName) {
		return nil
	}
	top, err := r.authority(secondRootName, secondIssuingName)
	if err != nil {
		return err
	}
	r.secondRoot = top.cert
	if r.second, err = r.load(secondIssuingName); err != nil {
		return err
	}
	if !signedBy(r.second.cert, r.secondRoot) {
		return ErrDamaged.With("%s 不是由 %s 签发", secondIssuingName+secretSuffix, secondRootName+secretSuffix)
	}
	return nil
}

// Close lets go of the device, where there is one. The ring must not be used afterwards.
func (r *Ring) Close() error { return r.close() }

// RootPEM is the root's certificate, as `skillcert verify --trust` reads it.
func (r *Ring) RootPEM() []byte { return certificatePEM(r.root.cert) }

// RootPath is the file that holds RootPEM.
func (r *Ring) RootPath() string { return r.path(rootName + publicSuffix) }

// Trust is the pool that holds the root and nothing else.
func (r *Ring) Trust() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(r.root.cert)
	return pool
}

// SM2Roots are the roots of second seals, none when they are not set.
func (r *Ring) SM2Roots() []*x509.Certificate {
	if r.secondRoot == nil {
		return nil
	}
	return []*x509.Certificate{r.secondRoot}
}

// Label is the name that the root was made with, the mark of a demonstration before it where it is one.
func (r *Ring) Label() string { return strings.Join(r.root.cert.Subject.Organization, " ") }

// Demo reports whether the keys were made for a demonstration.
func (r *Ring) Demo() bool { return Marked(r.root.cert.Subject.CommonName) }

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
// yet. A body that has changed its name keeps the certificate it has until the year ends or it is rotated.
func (r *Ring) Sealer(b Body, year int, now time.Time) (*pades.Sealer, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var with sealing
	var err error
	if with.seal, err = r.current(r.line(UseSeal, b, year), now); err != nil {
		return nil, err
	}
	if r.second != nil {
		if with.second, err = r.current(r.line(UseSecondSeal, b, year), now); err != nil {
			return nil, err
		}
	}
	if s, ok := r.sealers[with]; ok {
		return s, nil
	}
	s, err := r.newSealer(with)
	if err != nil {
		return nil, err
	}
	r.sealers[with] = s
	return s, nil
}

func (r *Ring) newSealer(with sealing) (*pades.Sealer, error) {
	s, err := pades.NewSealer(with.seal.key, with.seal.cert, r.issuing.cert)
	if err != nil {
		return nil, err
	}
	extras := pades.Extras{Evidence: r.evidence, Stamper: r.stamper}
	if two := with.second; two != nil {
		if extras.Second, err = pades.NewSecond(two.key, two.cert, r.second.cert); err != nil {
			return nil, err
		}
	}
	return s.With(extras), nil
}

// evidence is what goes into a document beside its seal: the authorities and their lists of the day.
func (r *Ring) evidence(at time.Time) (pades.Evidence, error) {
	e := pades.Evidence{Certs: append([]*x509.Certificate{r.issuing.cert, r.root.cert}, r.stampKept.Certs...)}
	current, err := r.CRLs(at)
	for _, list := range current {
		e.CRLs = append(e.CRLs, list.Raw)
	}
	e.CRLs = append(e.CRLs, r.stampKept.CRLs...)
	return e, err
}

// Status returns the key that signs status lists at now, with its certificate and the one that issued it. It makes the
// year's when there is none.
func (r *Ring) Status(now time.Time) (crypto.Signer, []*x509.Certificate, error) {
	return r.signer(UseStatus, now)
}

// Offline returns the key that signs offline codes at now, with its certificate and the one that issued it. It makes
// the year's when there is none.
func (r *Ring) Offline(now time.Time) (crypto.Signer, []*x509.Certificate, error) {
	return r.signer(UseOffline, now)
}

func (r *Ring) signer(u Use, now time.Time) (crypto.Signer, []*x509.Certificate, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, err := r.current(r.line(u, Body{}, Year(now)), now)
	if err != nil {
		return nil, nil, err
	}
	if at := now.Truncate(time.Second); at.Before(p.cert.NotBefore) || at.After(p.cert.NotAfter) { // certificates know no fractions
		return nil, nil, ErrPeriod
	}
	return p.key, []*x509.Certificate{p.cert, r.issuing.cert}, nil
}
