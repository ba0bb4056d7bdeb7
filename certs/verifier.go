package certs

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"errors"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
)

// Standing is what the public is told of a certificate.
type Standing string

// The standings. Unknown is every case in which nothing can be said, alike whatever the reason.
const (
	StandingValid      Standing = "valid"
	StandingSuperseded Standing = "superseded"
	StandingRevoked    Standing = "revoked"
	StandingAltered    Standing = "altered" // a file that differs from what was issued
	StandingUnknown    Standing = "unknown"
)

// Ways to ask, as Answer.By tells them.
const (
	ByNumber = "number"
	ByToken  = "token"
	ByFile   = "file"
)

// Answer is what a check found. Its standing is valid only when every check passed.
type Answer struct {
	Standing    Standing
	By          string
	Certificate *Certificate      // nil for Unknown, and for an altered file that does not prove whose it is
	Photo       []byte            // of the holder, as registered
	Checks      []Check           // in the order in which they were made
	Differences map[string]string // what a file says otherwise than the record, by the names of the printed fields
	Checked     time.Time
}

// The checks: the file is whole; its seal is right; the seal is by somebody trusted; that is the body whose filing
// number stands in the certificate's; the file is the one recorded under its number.
const (
	Integrity = "integrity"
	Seal      = "seal"
	Trust     = "trust"
	Body      = "body"
	Record    = "record"
)

// Check is one thing that was looked at.
type Check struct {
	Key    string
	OK     bool
	Detail string
}

// Verifier answers whether a certificate is genuine and what it is worth today. Safe for concurrent use. A store that
// fails is an error and never an answer.
type Verifier struct {
	ports Ports
	trust *x509.CertPool
	clock clock.Clock
}

// NewVerifier returns a Verifier that trusts the seals under trust.
func NewVerifier(p Ports, trust *x509.CertPool, c clock.Clock) *Verifier {
	return &Verifier{ports: p, trust: trust, clock: c}
}

// nobodys is a well-formed number outside every filing; it is looked up for numbers that are none, so that they take
// as long.
const nobodys Number = "S000000000000005000001"

// ByNumber answers for a certificate number and the holder's name, both as printed. Numbers can be guessed, so a
// number that is malformed or not given out and a name that is not the holder's are all the same Unknown.
func (v *Verifier) ByNumber(ctx context.Context, number, name string) (Answer, error) {
	n, malformed := ParseNumber(number)
	if malformed != nil {
		n = nobodys
	}
	c, err := v.ports.Ledger.Certificate(ctx, n)
	if errors.Is(err, ErrCertificate) {
		c, err = &Certificate{State: Void}, nil
	}
	if err != nil {
		return Answer{}, err
	}
	if named := sameName(name, c.Name); !named || !c.given() {
		return v.unknown(ByNumber), nil
	}
	return v.known(ctx, ByNumber, c)
}

// sameName compares in time that depends on neither name. A name that no document prints is nobody's.
func sameName(asked, printed string) bool {
	cleaned, err := engine.CleanName(asked)
	a, b := sha256.Sum256([]byte(cleaned)), sha256.Sum256([]byte(printed))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1 && err == nil
}

// ByToken answers for the token in a certificate's QR code.
func (v *Verifier) ByToken(ctx context.Context, token string) (Answer, error) {
	if !ids.Valid(token) {
		return v.unknown(ByToken), nil
	}
	c, err := v.ports.Ledger.ByToken(ctx, token)
	switch {
	case errors.Is(err, ErrCertificate):
		return v.unknown(ByToken), nil
	case err != nil:
		return Answer{}, err
	case !c.given():
		return v.unknown(ByToken), nil
	}
	return v.known(ctx, ByToken, c)
}

// given reports whether a document of c was ever handed out.
func (c *Certificate) given() bool { return c.standing() != StandingUnknown }

func (c *Certificate) standing() Standing {
	switch c.State {
	case Valid:
		return StandingValid
	case Superseded:
		return StandingSuperseded
	case Revoked:
		return StandingRevoked
	}
	return StandingUnknown
}

func (v *Verifier) unknown(by string) Answer {
	return Answer{Standing: StandingUnknown, By: by, Checks: []Check{{Key: Record}}, Checked: v.clock.Now()}
}

func (v *Verifier) known(ctx context.Context, by string, c *Certificate) (Answer, error) {
	return v.show(ctx, Answer{Standing: c.standing(), By: by, Checks: []Check{{Key: Record, OK: true, Detail: string(c.Number)}},
		Checked: v.clock.Now()}, c)
}

// show adds what is registered of c to an answer.
func (v *Verifier) show(ctx context.Context, a Answer, c *Certificate) (Answer, error) {
	photo, err := v.photo(ctx, c.Holder)
	if err != nil {
		return Answer{}, err
	}
	a.Certificate, a.Photo = c, photo
	return a, nil
}

// photo returns the holder's photo. A holder whose record is gone has none; that does not change the certificate.
func (v *Verifier) photo(ctx context.Context, id engine.PersonID) ([]byte, error) {
	if v.ports.People == nil {
		return nil, nil
	}
	p, err := v.ports.People.Named(ctx, id)
	switch {
	case errors.Is(err, engine.ErrPerson):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return p.Photo, nil
}
