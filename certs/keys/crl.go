package keys

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// How long revocation lists hold, in days. They are signed anew at half that age. The root's secret may be kept
// elsewhere, so its list must last.
const (
	listDays     = 14
	rootListDays = 400
)

// listMark stands in the names of revocation lists, before their number.
const listMark = ".crl-"

// maxListFile bounds a revocation list, in bytes; attempts bounds how often a lost race is run again.
const (
	maxListFile = 4 << 20
	attempts    = 20
)

// lists are the revocation lists of one authority, each with a number of its own.
type lists struct {
	*vault
	name     string
	by       *pair
	validity time.Duration

	mu     sync.Mutex
	last   *x509.RevocationList // nil before the first
	number int
}

func (l *lists) file(n int) string {
	return l.path(fmt.Sprintf("%s%s%06d%s", l.name, listMark, n, publicSuffix))
}

// catchUp reads the last list, by whichever process it was signed. l.mu must be held.
func (l *lists) catchUp() error {
	if l.number == 0 {
		files, err := filepath.Glob(l.path(l.name + listMark + "*" + publicSuffix))
		if err != nil {
			return err
		}
		for _, f := range files {
			l.number = max(l.number, l.numberOf(f))
		}
		if l.number == 0 {
			return nil
		}
		l.number--
	}
	for {
		if _, err := os.Stat(l.file(l.number + 1)); err != nil {
			return nil
		}
		list, err := l.read(l.number + 1)
		if err != nil {
			return err
		}
		l.last = list
		l.number++
	}
}

func (l *lists) numberOf(file string) (n int) {
	middle := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), l.name+listMark), publicSuffix)
	if _, err := fmt.Sscanf(middle, "%06d", &n); err != nil {
		return 0
	}
	return n
}

// read reads list n and asks that the authority signed it under this number.
func (l *lists) read(n int) (*x509.RevocationList, error) {
	path := l.file(n)
	damaged := ErrDamaged.With("%s", filepath.Base(path))
	if info, err := os.Stat(path); err != nil || info.Size() > maxListFile {
		return nil, damaged
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read revocation list: %w", err)
	}
	block, _ := pem.Decode(content)
	if block == nil || block.Type != listBlock {
		return nil, damaged
	}
	list, err := x509.ParseRevocationList(block.Bytes)
	if err != nil || list.CheckSignatureFrom(l.by.cert) != nil || list.Number == nil || list.Number.Cmp(big.NewInt(int64(n))) != 0 {
		return nil, damaged
	}
	return list, nil
}

// current returns the list in force, signed anew when it is past half its life. Without the authority's secret the last
// one has to do; nil when there never was one.
func (l *lists) current(now time.Time) (*x509.RevocationList, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.catchUp(); err != nil {
		return nil, err
	}
	if l.by.key == nil || l.fresh(now) {
		return l.last, nil
	}
	err := l.sign(now, nil)
	return l.last, err
}

// fresh reports whether the last list is below half its life.
func (l *lists) fresh(now time.Time) bool {
	return l.last != nil && now.Before(l.last.NextUpdate.Add(-l.validity/2))
}

// sign writes a new list with one more entry, or none. It carries on all that the last list says: whoever loses the race
// for a number reads the winner's list and tries the next. l.mu must be held.
func (l *lists) sign(now time.Time, more *x509.RevocationListEntry) error {
	if l.by.key == nil {
		return ErrOffline
	}
	for range attempts {
		if err := l.catchUp(); err != nil {
			return err
		}
		entries := l.entries()
		if l.says(entries, more, now) {
			return nil
		}
		if more != nil {
			entries = append(entries, *more)
		}
		err := l.write(l.number+1, entries, now)
		if !errors.Is(err, os.ErrExist) {
			return errors.Join(err, l.catchUp())
		}
	}
	return ErrBusy
}

// says reports whether the last list needs no other: it holds the entry asked for, or is fresh when none is.
func (l *lists) says(entries []x509.RevocationListEntry, more *x509.RevocationListEntry, now time.Time) bool {
	if more == nil {
		return l.fresh(now)
	}
	return slices.ContainsFunc(entries, func(e x509.RevocationListEntry) bool { return e.SerialNumber.Cmp(more.SerialNumber) == 0 })
}

// entries are those of the last list in the form that signing takes.
func (l *lists) entries() []x509.RevocationListEntry {
	if l.last == nil {
		return nil
	}
	entries := slices.Clone(l.last.RevokedCertificateEntries)
	for i, e := range entries {
		entries[i] = x509.RevocationListEntry{SerialNumber: e.SerialNumber, RevocationTime: e.RevocationTime, ReasonCode: e.ReasonCode}
		for _, x := range e.Extensions {
			if x.Id.Equal(oidInvalidity()) {
				entries[i].ExtraExtensions = append(entries[i].ExtraExtensions, x)
			}
		}
	}
	return entries
}

func (l *lists) write(n int, entries []x509.RevocationListEntry, now time.Time) error {
	from := now.UTC().Truncate(time.Second)
	t := &x509.RevocationList{Number: big.NewInt(int64(n)), ThisUpdate: from, NextUpdate: from.Add(l.validity), RevokedCertificateEntries: entries}
	raw, err := x509.CreateRevocationList(rand.Reader, t, l.by.cert, l.by.key)
	if err != nil {
		return fmt.Errorf("sign revocation list: %w", err)
	}
	return createFile(l.file(n), pem.EncodeToMemory(&pem.Block{Type: listBlock, Bytes: raw}), 0o644)
}

// CRLs returns the current revocation lists of the issuing authority and of the root, the first signed anew when older
// than half of its 14 days, the second when older than half of its 400.
func (r *Ring) CRLs(now time.Time) ([]*x509.RevocationList, error) {
	var all []*x509.RevocationList
	for _, l := range []*lists{r.sealsList, r.rootList} {
		list, err := l.current(now)
		if err != nil {
			return nil, err
		}
		if list != nil {
			all = append(all, list)
		}
	}
	return all, nil
}

// listNotice is how long before the end of the root's list its secret is asked for.
const listNotice = 60 * 24 * time.Hour

// RootList says how long the root's revocation list lasts, zero when there never was one, and whether it is time to bring
// the root's secret back: it is kept elsewhere, and the list is over, missing or near its end. CRLs then signs the next.
func (r *Ring) RootList(now time.Time) (until time.Time, due bool, err error) {
	list, err := r.rootList.current(now)
	if list != nil {
		until = list.NextUpdate
	}
	return until, err == nil && r.root.key == nil && !now.Before(until.Add(-listNotice)), err
}

// isRevoked reports whether the issuing authority's last list names a certificate.
func (r *Ring) isRevoked(c *x509.Certificate) (bool, error) {
	entry, err := r.revocation(c)
	return entry != nil, err
}

func (r *Ring) revocation(c *x509.Certificate) (*x509.RevocationListEntry, error) {
	l := r.sealsList
	if string(c.RawIssuer) != string(r.issuing.cert.RawSubject) {
		l = r.rootList
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.catchUp(); err != nil || l.last == nil {
		return nil, err
	}
	for _, e := range l.last.RevokedCertificateEntries {
		if e.SerialNumber.Cmp(c.SerialNumber) == 0 && string(c.RawIssuer) == string(l.by.cert.RawSubject) {
			return &e, nil
		}
	}
	return nil, nil
}

func oidInvalidity() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{2, 5, 29, 24} }

// reasons are the words for why a certificate is revoked (RFC 5280 §5.3.1).
func reasons() map[string]int {
	return map[string]int{"unspecified": 0, "key-compromise": 1, "ca-compromise": 2, "affiliation-changed": 3, "superseded": 4,
		"cessation-of-operation": 5, "privilege-withdrawn": 9}
}

// Reasons are the words that Revoke knows, in their order.
func Reasons() []string { return slices.Sorted(maps.Keys(reasons())) }

// Revoke lists the certificate of a serial number (hexadecimal) as revoked for a reason ("key-compromise" and the other
// words of RFC 5280), its key in doubt since an instant that is not after now. Revoking again changes nothing. The root
// cannot be revoked, and SM2 certificates are not listed.
func (r *Ring) Revoke(serialHex, reason string, since, now time.Time) (Listed, error) {
	code, ok := reasons()[reason]
	if !ok {
		return Listed{}, ErrReason.With("%s", reason)
	}
	name, c, err := r.bySerial(serialHex)
	if err != nil {
		return Listed{}, err
	}
	l := r.sealsList
	switch {
	case name == rootName || algorithmOf(c.PublicKey) == SM2:
		return Listed{}, ErrSerial.With("不能列入作废清单：%s", name)
	case name == issuingName:
		l = r.rootList
	}
	if since.IsZero() || since.After(now) {
		since = now
	}
	invalid, err := asn1.MarshalWithParams(since.UTC().Truncate(time.Second), "generalized")
	if err != nil {
		return Listed{}, fmt.Errorf("encode date: %w", err)
	}
	l.mu.Lock()
	err = l.sign(now, &x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: now.UTC().Truncate(time.Second), ReasonCode: code,
		ExtraExtensions: []pkix.Extension{{Id: oidInvalidity(), Value: invalid}}})
	l.mu.Unlock()
	if err != nil {
		return Listed{}, err
	}
	return r.listed(name, c, now)
}

func (r *Ring) bySerial(serialHex string) (string, *x509.Certificate, error) {
	want, ok := new(big.Int).SetString(strings.ReplaceAll(serialHex, ":", ""), 16)
	if !ok || want.Sign() <= 0 {
		return "", nil, ErrSerial.With("%s", serialHex)
	}
	all, err := r.published()
	if err != nil {
		return "", nil, err
	}
	for name, c := range all {
		if c.SerialNumber.Cmp(want) == 0 {
			return name, c, nil
		}
	}
	return "", nil, ErrSerial.With("%s", serialHex)
}

// invalidSince is when the key of an entry came into doubt: its invalidity date, otherwise the date of revocation.
func invalidSince(entry *x509.RevocationListEntry) time.Time {
	for _, e := range entry.Extensions {
		var at time.Time
		if !e.Id.Equal(oidInvalidity()) {
			continue
		}
		if rest, err := asn1.UnmarshalWithParams(e.Value, &at, "generalized"); err == nil && len(rest) == 0 {
			return at
		}
	}
	return entry.RevocationTime
}
