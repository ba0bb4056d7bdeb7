package certs

import (
	"context"
	"crypto"
	"crypto/x509"
	"fmt"
	"sync"
	"time"

	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// How often a status list is made anew, and how long one may be relied on. A revocation shows on this site at once and
// in the lists after the first; a list that was kept elsewhere is believed for the second.
const (
	ListRefresh  = time.Minute
	ListValidity = 36 * time.Hour // a mirror that fetches daily is never without one
)

// StatusSigner finds the key that signs status lists at an instant, and its certificates without the root, and the
// revocation lists of the seals' authorities; keys.Ring has both.
type StatusSigner interface {
	Status(now time.Time) (crypto.Signer, []*x509.Certificate, error)
	CRLs(now time.Time) ([]*x509.RevocationList, error)
}

// StatusLists publishes what the slots say as signed lists. Any number of processes may; what each keeps in memory is
// one signed list a number, of a few kilobytes while little was revoked. Safe for concurrent use.
type StatusLists struct {
	slots     Slots
	addresses *addressBook
	signer    StatusSigner
	issuer    string // address of who answers for them
	clock     clock.Clock

	mu   sync.Mutex
	kept map[int]SignedList
}

// SignedList is one list as it is published.
type SignedList struct {
	JWS  []byte
	From time.Time
}

// NewStatusLists returns the lists of what was issued through the same ports.
func NewStatusLists(p Ports, signer StatusSigner, issuer string, c clock.Clock) *StatusLists {
	return &StatusLists{slots: p.Slots, addresses: &addressBook{kept: p.Addresses, base: p.Lists}, signer: signer, issuer: issuer, clock: c,
		kept: map[int]SignedList{}}
}

// Last is the number of the last list, from 1; 0 while there is none.
func (l *StatusLists) Last(ctx context.Context) (int, error) { return l.slots.LastList(ctx) }

// Address is what a list is named by, wherever the house is today.
func (l *StatusLists) Address(ctx context.Context, n int) (string, error) {
	return l.addresses.of(ctx, n)
}

// List is one list, made at most ListRefresh ago; ErrSlot where there is none.
func (l *StatusLists) List(ctx context.Context, n int) (SignedList, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	if had, ok := l.kept[n]; ok && now.Sub(had.From) < ListRefresh && !now.Before(had.From) {
		return had, nil
	}
	last, err := l.slots.LastList(ctx)
	switch {
	case err != nil:
		return SignedList{}, err
	case n < 1 || n > last:
		return SignedList{}, ErrSlot
	}
	made, err := l.make(ctx, n, now.Truncate(time.Second))
	if err == nil {
		l.kept[n] = made
	}
	return made, err
}

func (l *StatusLists) make(ctx context.Context, n int, now time.Time) (SignedList, error) {
	address, err := l.addresses.of(ctx, n)
	if err != nil {
		return SignedList{}, err
	}
	entries, err := l.entries(ctx, n)
	if err != nil {
		return SignedList{}, err
	}
	key, chain, err := l.signer.Status(now)
	if err != nil {
		return SignedList{}, fmt.Errorf("sign status list %d: %w", n, err)
	}
	revoked, err := l.signer.CRLs(now)
	if err != nil {
		return SignedList{}, fmt.Errorf("revocation lists for status list %d: %w", n, err)
	}
	jws, err := status.Build(status.List{ID: address, Number: n, Issuer: l.issuer, From: now, Until: now.Add(ListValidity),
		Entries: entries, CRLs: ders(revoked)}, key, chain)
	return SignedList{JWS: jws, From: now}, err
}

// entries are the codes of one list that are not status.Valid.
func (l *StatusLists) entries(ctx context.Context, n int) (map[int]status.Code, error) {
	all := map[int]status.Code{}
	for c := (engine.Cursor{}); ; {
		rows, next, err := l.slots.Marked(ctx, n, c)
		if err != nil {
			return nil, err
		}
		for _, e := range rows {
			all[e.Slot.Index] = e.Code
		}
		if c.After = next; next == "" {
			return all, nil
		}
	}
}

func ders(lists []*x509.RevocationList) (all [][]byte) {
	for _, l := range lists {
		all = append(all, l.Raw)
	}
	return all
}
