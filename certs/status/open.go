package status

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"slices"
	"time"

	"github.com/skillcert/skillcert/certs/vcjwt"
)

// Options say what a reader asks of a list.
type Options struct {
	Usage  func(*x509.Certificate) error // whether a certificate may sign status lists; required
	MaxAge time.Duration                 // a list made longer ago is stale, whatever it says itself; 0 leaves it to the list
	Skew   time.Duration                 // how far the clocks of maker and reader may be apart
	ID     string                        // the address that the list must have, when it is known
	Issuer string                        // who must answer for it, when it is known
}

// Opened is a list that may be relied on, at the instant it was opened for.
type Opened struct {
	ID, Issuer  string
	Number      int
	From, Until time.Time
	Signer      *x509.Certificate
	Chain       []*x509.Certificate    // from the signer to the trusted root; whether a list revokes one of it is still to be asked
	CRLs        []*x509.RevocationList // of the seals' authorities; their own signatures are still to be checked

	entries bits
}

// Code is what the list says of one place, or ErrIndex.
func (o *Opened) Code(index int) (Code, error) {
	if index < 0 || index >= Entries {
		return Void, ErrIndex.With("%d", index)
	}
	return o.entries.at(index), nil
}

// Open reads a list at now. Its certificates must lead to trust and be valid at now. Refusals: those of vcjwt.Open,
// ErrList, ErrStale after the list's end or beyond MaxAge, ErrEarly before its beginning.
func Open(jws []byte, trust *x509.CertPool, now time.Time, o Options) (*Opened, error) {
	signed, err := vcjwt.Open(jws, vcjwt.Trust{Roots: trust, At: now, Usage: o.Usage})
	if err != nil {
		return nil, err
	}
	c, err := parse(signed.Payload)
	if err != nil {
		return nil, err
	}
	list, err := c.opened()
	if err != nil {
		return nil, err
	}
	if err = o.accepts(list, now); err != nil {
		return nil, err
	}
	list.Signer, list.Chain = signed.Signer, signed.Chain
	return list, nil
}

// accepts reports whether the list answers at now, and is the one that was asked for.
func (o Options) accepts(l *Opened, now time.Time) error {
	switch {
	case o.ID != "" && o.ID != l.ID, o.Issuer != "" && o.Issuer != l.Issuer:
		return ErrList.With("不是所要的列表")
	case l.From.After(now.Add(o.Skew)):
		return ErrEarly
	case now.Add(-o.Skew).After(l.Until), o.MaxAge > 0 && now.Sub(l.From) > o.MaxAge:
		return ErrStale.With("列表制作于 %s", l.From.Format(time.RFC3339))
	}
	return nil
}

// parse accepts the one text of a list, so nothing doubled or unknown stands in it.
func parse(payload []byte) (*credential, error) {
	var c credential
	if json.Unmarshal(payload, &c) != nil {
		return nil, ErrList
	}
	again, err := marshal(c)
	if err != nil || !bytes.Equal(again, payload) {
		return nil, ErrList
	}
	return &c, nil
}

func (c *credential) opened() (*Opened, error) {
	s := c.Subject
	if !slices.Equal(c.Context, c.contexts()) || !slices.Equal(c.Type, []string{anyVC, listVC}) || c.Issuer == "" ||
		s.ID != c.ID+"#list" || s.Type != listType || s.Purpose != purpose {
		return nil, ErrList
	}
	number, err := NumberOf(c.ID)
	if err != nil {
		return nil, ErrList.With("id")
	}
	from, err1 := time.Parse(time.RFC3339, c.From)
	until, err2 := time.Parse(time.RFC3339, c.Until)
	if err1 != nil || err2 != nil || !from.Before(until) {
		return nil, ErrList.With("validFrom")
	}
	entries, err := decodeBits(s.List)
	if err != nil {
		return nil, err
	}
	lists, err := c.revocationLists()
	return &Opened{ID: c.ID, Issuer: c.Issuer, Number: number, From: from.UTC(), Until: until.UTC(), CRLs: lists, entries: entries}, err
}

func (c *credential) revocationLists() (all []*x509.RevocationList, err error) {
	if len(c.CRLs) > maxCRLs {
		return nil, ErrList.With("revocationLists")
	}
	for _, der := range c.CRLs {
		l, err := x509.ParseRevocationList(der)
		if err != nil {
			return nil, ErrList.With("revocationLists")
		}
		all = append(all, l)
	}
	return all, nil
}
