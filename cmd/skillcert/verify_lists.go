package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/engine/errs"
)

// statusLists are the status lists at hand that may be relied on now. They are certs.Lists.
type statusLists struct {
	open    map[string][]*status.Opened // by address: the newest, or several that were made in the same second
	crls    []*x509.RevocationList      // the user's, and those that came with any list; their signatures are still to be checked
	refused []string
}

const listSkew = 5 * time.Minute // by which the clocks of maker and reader may be apart

var errNoList = errs.New(errs.NotFound, "status.none", "没有可用的状态列表")

// openLists reads the files and directories of an order. A list that is not to be relied on is noted and says nothing. Only
// when all are read is it asked whether the key of one was revoked: that may stand in another.
func (o verifyOrder) openLists(roots *x509.CertPool, now time.Time) (*statusLists, error) {
	l := &statusLists{open: map[string][]*status.Opened{}}
	from := o.crls
	if o.keys != "" { // a bundle of certificates has revocation lists as well
		from = append([]string{o.keys}, from...)
	}
	var err error
	if l.crls, err = readCRLs(from); err != nil {
		return nil, err
	}
	files, err := listFiles(o.lists)
	if err != nil {
		return nil, err
	}
	want := status.Options{Usage: keys.ForStatus, MaxAge: o.maxAge, Skew: listSkew}
	read := make([]*status.Opened, len(files))
	for i, file := range files {
		b, err := readBounded(file)
		if err != nil {
			return nil, err
		}
		if read[i], err = status.Open(b, roots, now, want); err != nil {
			l.refuse(file, err)
			continue
		}
		l.crls = append(l.crls, read[i].CRLs...)
	}
	for i, list := range read {
		if list != nil {
			l.add(files[i], list, now)
		}
	}
	return l, nil
}

func (l *statusLists) refuse(file string, err error) {
	l.refused = append(l.refused, fmt.Sprintf("%s: %v", filepath.Base(file), err))
}

// add takes a list, if its key was not revoked and no newer one is there.
func (l *statusLists) add(file string, list *status.Opened, now time.Time) {
	had := l.open[list.ID]
	_, revoked := pades.Cleared(list.Chain, l.crls, now)
	switch {
	case revoked != nil:
		l.refuse(file, status.ErrRevoked)
	case len(had) == 0, had[0].From.Before(list.From):
		l.open[list.ID] = []*status.Opened{list}
	case had[0].From.Equal(list.From):
		l.open[list.ID] = append(had, list)
	}
}

// listFiles are the files that are named and those of the directories that are.
func listFiles(names []string) (files []string, err error) {
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, name)
			continue
		}
		entries, err := os.ReadDir(name)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.Type().IsRegular() {
				files = append(files, filepath.Join(name, e.Name()))
			}
		}
	}
	return files, nil
}

// Code is certs.Lists.
func (l *statusLists) Code(list string, index int) (status.Code, error) {
	return worst(l.open[list], index)
}

// codeIn is what the lists of a number say, whatever their addresses.
func (l *statusLists) codeIn(number, index int) (status.Code, error) {
	var of []*status.Opened
	for _, lists := range l.open {
		if lists[0].Number == number {
			of = append(of, lists...)
		}
	}
	return worst(of, index)
}

// worst is the worst that lists say of one place: where two differ nobody can know here which of them is right, and none is to
// hide what another revokes.
func worst(lists []*status.Opened, index int) (found status.Code, err error) {
	if len(lists) == 0 {
		return status.Void, errNoList
	}
	for _, l := range lists {
		code, err := l.Code(index)
		if err != nil {
			return status.Void, err
		}
		found = max(found, code)
	}
	return found, nil
}
