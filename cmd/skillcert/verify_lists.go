package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/engine/errs"
)

// statusLists are the status lists at hand that may be relied on now. They are certs.Lists.
type statusLists struct {
	open    map[string]*status.Opened // by address
	crls    []*x509.RevocationList    // that came with them
	refused []string
}

const listSkew = 5 * time.Minute // by which the clocks of maker and reader may be apart

var errNoList = errs.New(errs.NotFound, "status.none", "没有可用的状态列表")

// openLists reads the files and directories of an order. A list that is not to be relied on is noted and says nothing.
func (o verifyOrder) openLists(roots *x509.CertPool, now time.Time) (*statusLists, error) {
	l := &statusLists{open: map[string]*status.Opened{}}
	revoked, err := readCRLs(o.crls)
	if err != nil {
		return nil, err
	}
	usage := func(c *x509.Certificate) error { return errors.Join(keys.ForStatus(c), inForce(c, revoked)) }
	want := status.Options{Usage: usage, MaxAge: o.maxAge, Skew: listSkew}
	for _, name := range o.lists {
		files, err := listFiles(name)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			b, err := readBounded(file)
			if err != nil {
				return nil, err
			}
			list, err := status.Open(b, roots, now, want)
			if err != nil {
				l.refused = append(l.refused, fmt.Sprintf("%s: %v", filepath.Base(file), err))
				continue
			}
			l.crls = append(l.crls, list.CRLs...)
			if had := l.open[list.ID]; had == nil || had.From.Before(list.From) {
				l.open[list.ID] = list
			}
		}
	}
	return l, nil
}

// inForce refuses a certificate that one of the lists revokes. Lists and codes are made anew when a key is in doubt, so
// here it does not matter since when.
func inForce(c *x509.Certificate, lists []*x509.RevocationList) error {
	for _, l := range lists {
		if string(l.RawIssuer) != string(c.RawIssuer) {
			continue
		}
		for _, e := range l.RevokedCertificateEntries {
			if e.SerialNumber.Cmp(c.SerialNumber) == 0 {
				return keys.ErrRevoked
			}
		}
	}
	return nil
}

// listFiles are the files of a directory, or the one file.
func listFiles(name string) ([]string, error) {
	info, err := os.Stat(name)
	if err != nil || !info.IsDir() {
		return []string{name}, err
	}
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			files = append(files, filepath.Join(name, e.Name()))
		}
	}
	return files, nil
}

// Code is certs.Lists.
func (l *statusLists) Code(list string, index int) (status.Code, error) {
	o := l.open[list]
	if o == nil {
		return status.Void, errNoList
	}
	return o.Code(index)
}
