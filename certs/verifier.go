package certs

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"errors"
	"time"

	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/translog"
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
	ByShare  = "share"
)

// Answer is what a check found. Its standing is valid only when every check passed.
type Answer struct {
	Standing    Standing
	By          string
	Certificate *Certificate      // nil for Unknown, and for an altered file that does not prove whose it is; ByNumber it is everybody's: nobody changes it
	Edition     *Edition          // that was asked about: of a file its own, otherwise the one that holds
	Checks      []Check           // in the order in which they were made
	Differences map[string]string // what the credential in a file says otherwise than the record, by the keys of its fields
	Readout     *Readout          // what the pages of an altered file show; nil where they were not looked at
	Checked     time.Time
}

// The checks: the file is whole; its seal is right; the seal is by somebody trusted; that is the body whose filing
// number stands in the certificate's; its leaf is in the public log; the file is the one recorded under its number.
const (
	Integrity = "integrity"
	Seal      = "seal"
	Trust     = "trust"
	Body      = "body"
	Logged    = "log"
	Record    = "record"
)

// Check is one thing that was looked at.
type Check struct {
	Key    string
	OK     bool
	Detail string
	Code   string // of the refusal that Detail is the message of, "" where it is something else
}

// Trusted is what a verifier goes by: the roots of seals, and the keys of the log. The rest may be left out.
type Trusted struct {
	Roots    *x509.CertPool
	Log      translog.Trust
	Stampers *x509.CertPool      // roots of time stamping authorities
	SM2      []*x509.Certificate // roots of second seals
	CRLs     func(now time.Time) ([]*x509.RevocationList, error)
}

// options are what a seal is judged by at an instant. proven is when the file is known to have existed, zero for not: then
// no stamp is needed, and which authority is asked for stamps may change without what it stamped falling into doubt.
func (t Trusted) options(now, proven time.Time) (pades.Options, error) {
	o := pades.Options{Now: now, Proven: proven, SM2: t.SM2}
	if proven.IsZero() {
		o.Stampers = t.Stampers
	}
	if t.CRLs == nil {
		return o, nil
	}
	var err error
	o.CRLs, err = t.CRLs(now)
	return o, err
}

// Verifier answers whether a certificate is genuine and what it is worth today. Safe for concurrent use. A store that
// fails is an error and never an answer.
type Verifier struct {
	ports Ports
	trust Trusted
	clock clock.Clock
	pause time.Duration
}

// NewVerifier returns a Verifier. pause is how long it takes to say that nothing is known, whatever the reason: so the
// time does not tell a number that was never given out from one whose holder has another name.
func NewVerifier(p Ports, trust Trusted, c clock.Clock, pause time.Duration) *Verifier {
	return &Verifier{ports: p, trust: trust, clock: c, pause: pause}
}

// ByNumber answers for a certificate number and the holder's name, both as printed, on whichever edition. Numbers can be guessed, so a
// number that is malformed or not given out and a name that is not the holder's are all the same Unknown.
func (v *Verifier) ByNumber(ctx context.Context, number, name string) (Answer, error) {
	asked := v.clock.Now()
	n, err := ParseNumber(number)
	if err != nil {
		return v.unknown(ctx, ByNumber, asked)
	}
	c, err := v.ports.Ledger.LookAtCertificate(ctx, n)
	switch {
	case errors.Is(err, ErrCertificate):
		return v.unknown(ctx, ByNumber, asked)
	case err != nil:
		return Answer{}, err
	}
	e := c.named(name)
	if e == nil || !c.given() {
		return v.unknown(ctx, ByNumber, asked)
	}
	a := v.known(ByNumber, c)
	a.Edition, a.Standing = e, c.standingOf(e)
	return a, nil
}

// named is the latest edition that prints the name, nil when none does. Who holds a paper from before a correction learns that
// it is superseded, as its code and its file tell.
func (c *Certificate) named(name string) (found *Edition) {
	sum := nameSum(name)
	for n := range c.Earlier {
		if c.Earlier[n].printsName(sum) {
			found = &c.Earlier[n]
		}
	}
	if c.printsName(sum) {
		found = &c.Edition
	}
	return found
}

// nameSum is the digest of a name as documents print it, nil of a name that none prints: that is nobody's.
func nameSum(asked string) []byte {
	cleaned, err := engine.CleanName(asked)
	if err != nil {
		return nil
	}
	sum := sha256.Sum256([]byte(cleaned))
	return sum[:]
}

// printsName compares in time that depends on neither name.
func (e *Edition) printsName(sum []byte) bool {
	printed := sha256.Sum256([]byte(e.Name))
	return subtle.ConstantTimeCompare(sum, printed[:]) == 1
}

// ByToken answers for the token in a certificate's QR code.
func (v *Verifier) ByToken(ctx context.Context, token string) (Answer, error) {
	asked := v.clock.Now()
	if !ids.Valid(token) {
		return v.unknown(ctx, ByToken, asked)
	}
	c, err := v.ports.Ledger.ByToken(ctx, token)
	switch {
	case errors.Is(err, ErrCertificate):
		return v.unknown(ctx, ByToken, asked)
	case err != nil:
		return Answer{}, err
	case !c.given():
		return v.unknown(ctx, ByToken, asked)
	}
	return v.known(ByToken, c), nil
}

// given reports whether a document of c was ever handed out.
func (c *Certificate) given() bool { return c.standing() != StandingUnknown }

func (c *Certificate) standing() Standing {
	switch c.State {
	case Valid:
		return StandingValid
	case Revoked:
		return StandingRevoked
	}
	return StandingUnknown
}

// standingOf is what an edition of c is worth.
func (c *Certificate) standingOf(e *Edition) Standing {
	if c.State == Valid && e.Version != c.Version {
		return StandingSuperseded
	}
	return c.standing()
}

// Since is when what an edition of c is worth began: for a superseded one, when the edition after it was sealed.
func (c *Certificate) Since(e *Edition) time.Time {
	if c.standingOf(e) != StandingSuperseded {
		return c.Changed
	}
	for _, later := range c.Earlier {
		if later.Version > e.Version {
			return later.Sealed
		}
	}
	return c.Sealed
}

// unknown is the answer when nothing can be said, given when pause is over since it was asked.
func (v *Verifier) unknown(ctx context.Context, by string, asked time.Time) (Answer, error) {
	return v.paused(ctx, Answer{Standing: StandingUnknown, By: by, Checks: []Check{{Key: Record}}, Checked: v.clock.Now()}, asked)
}

// paused gives an answer when pause is over since it was asked.
func (v *Verifier) paused(ctx context.Context, a Answer, asked time.Time) (Answer, error) {
	left := v.pause - v.clock.Now().Sub(asked) + time.Millisecond // instants are cut to whole milliseconds
	if v.pause == 0 || left <= 0 {
		return a, nil
	}
	t := time.NewTimer(left)
	defer t.Stop()
	select {
	case <-t.C:
		return a, nil
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
}

func (v *Verifier) known(by string, c *Certificate) Answer {
	return Answer{Standing: c.standing(), By: by, Certificate: c, Edition: &c.Edition,
		Checks: []Check{{Key: Record, OK: true, Detail: string(c.Number)}}, Checked: v.clock.Now()}
}

// Photo returns the picture that the edition of an answer prints, nil when there is none, or when the person has another
// one by now. It is asked for apart, because most who check by program do not look at it.
func (v *Verifier) Photo(ctx context.Context, a Answer) ([]byte, error) {
	if v.ports.People == nil || a.Certificate == nil || a.Edition == nil || a.Edition.Photo == "" {
		return nil, nil
	}
	p, err := v.ports.People.Named(ctx, a.Certificate.Holder)
	switch {
	case errors.Is(err, engine.ErrPerson), err == nil && p.Photo.Digest != a.Edition.Photo:
		return nil, nil
	case err != nil:
		return nil, err
	}
	photo, err := v.ports.People.Photo(ctx, p)
	if err != nil || PhotoDigest(photo) != a.Edition.Photo {
		return nil, err
	}
	return photo, nil
}
