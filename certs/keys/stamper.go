package keys

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/pades/tsp"
)

// stampFile, in the key directory, makes every seal carry a time stamp (RFC 3161):
//
//	{"url": "https://tsa.example/rfc3161", "roots": "tsa-root.pem", "evidence": "tsa-chain.pem", "timeout_seconds": 10}
//
// roots are the certificates that the authority's must lead to; evidence, which may be left out, are further certificates
// and revocation lists of the authority, kept in the documents for later. Files lie in the key directory.
const stampFile = "tsa.json"

// maxStampTimeout bounds how long a seal may wait, in seconds.
const maxStampTimeout = 120

type stampSettings struct {
	URL      string `json:"url"`
	Roots    string `json:"roots"`
	Evidence string `json:"evidence"`
	Timeout  int    `json:"timeout_seconds"`
}

// openStamper sets r up for the authority that the directory names; nothing happens when it names none.
func (r *Ring) openStamper() error {
	content, err := os.ReadFile(r.path(stampFile))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("read %s: %w", stampFile, err)
	}
	var s stampSettings
	d := json.NewDecoder(bytes.NewReader(content))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil || s.URL == "" || s.Roots == "" || s.Timeout < 0 || s.Timeout > maxStampTimeout {
		return ErrStamper.With("%s 的内容不正确", stampFile)
	}
	roots, err := r.readEvidence(s.Roots)
	if err != nil {
		return err
	}
	if len(roots.Certs) == 0 {
		return ErrStamper.With("%s 中没有证书", s.Roots)
	}
	var kept pades.Evidence
	if s.Evidence != "" {
		if kept, err = r.readEvidence(s.Evidence); err != nil {
			return err
		}
	}
	return r.dial(s, roots.Certs, kept)
}

func (r *Ring) dial(s stampSettings, roots []*x509.Certificate, kept pades.Evidence) error {
	pool := x509.NewCertPool()
	for _, c := range roots {
		pool.AddCert(c)
	}
	client, err := tsp.NewClient(tsp.Config{URL: s.URL, Roots: pool, Random: rand.Reader, Timeout: time.Duration(s.Timeout) * time.Second})
	if err != nil {
		return ErrStamper.With("%v", err)
	}
	r.UseStamper(client, kept)
	r.stampRoots = pool
	return nil
}

// readEvidence reads certificates and revocation lists, in PEM.
func (r *Ring) readEvidence(name string) (e pades.Evidence, err error) {
	if name != filepath.Base(name) {
		return e, ErrStamper.With("%s 不在密钥目录中", name)
	}
	content, err := os.ReadFile(r.path(name))
	if err != nil || len(content) > maxListFile {
		return e, ErrStamper.With("%s 不可读", name)
	}
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case certBlock:
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return e, ErrStamper.With("%s 中的证书不可读", name)
			}
			e.Certs = append(e.Certs, c)
		case listBlock:
			e.CRLs = append(e.CRLs, block.Bytes)
		default:
			return e, ErrStamper.With("%s 中有 %s", name, block.Type)
		}
	}
	return e, nil
}

// UseStamper makes the seals of r carry time stamps by s. kept goes into the documents beside the authorities' own. To be
// called before r is used; tsa.json in the key directory does the same.
func (r *Ring) UseStamper(s pades.Stamper, kept pades.Evidence) { r.stamper, r.stampKept = s, kept }

// StampRoots are the roots of the configured time stamp authority, for whoever verifies; nil when there is none.
func (r *Ring) StampRoots() *x509.CertPool { return r.stampRoots }
