package certs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Ports is what this package keeps and what it asks of others.
type Ports struct {
	Ledger Ledger
	Claims Claims
	Files  Files
	People People         // where a verifier finds photos; nil leaves them out of its answers
	Zone   *time.Location // where dates of issue are counted; nil is China
}

func (p Ports) zone() *time.Location {
	if p.Zone == nil {
		return time.FixedZone("CST", 8*60*60)
	}
	return p.Zone
}

// Board is what issuing asks of results; *result.Board.
type Board interface {
	Final(ctx context.Context, id result.ID) (*result.Result, error)
	FinalOf(ctx context.Context, by authz.Principal, id sitting.SessionID) ([]*result.Result, error)
}

// People is what certificates ask of persons and bodies; *people.Registry.
type People interface {
	Named(ctx context.Context, id engine.PersonID) (*engine.Person, error)
	Organisation(ctx context.Context, id engine.OrgID) (*engine.Organisation, error)
}

// Sittings is what issuing asks of sessions; *sitting.Sittings.
type Sittings interface {
	Get(ctx context.Context, id sitting.SessionID) (*sitting.Session, error)
}

// Sealer makes the sealed document of a certificate; at is the claimed time of the seal. A Sealer whose keys were made
// for a demonstration also has a method Demo() bool; one that can tell beforehand what it will refuse is a Checker.
type Sealer interface {
	Seal(c *Certificate, photo []byte, at time.Time) ([]byte, error)
}

// Checker refuses what cannot be printed (a character without a glyph, a broken photo) before a number is given.
type Checker interface {
	Check(c *Certificate, photo []byte) error
}

// sealWorkers is how many documents of a session are made at once; a document takes milliseconds of one core.
const sealWorkers = 4

// Issuer gives out certificates, takes them back and shows them to those who may see them.
type Issuer struct {
	ports    Ports
	board    Board
	people   People
	sittings Sittings
	press    Sealer
	clock    clock.Clock
	ids      *ids.Source

	giving sync.Mutex // one number at a time in a process; processes meet at the ledger's unique key
}

// NewIssuer returns an Issuer. Tokens come from src.
func NewIssuer(p Ports, b Board, r People, s Sittings, press Sealer, c clock.Clock, src *ids.Source) *Issuer {
	return &Issuer{ports: p, board: b, people: r, sittings: s, press: press, clock: c, ids: src}
}

// Issue gives the certificate of a final result: claim a number, record the certificate, seal the document, complete
// the record. Whatever ends it in between, issuing again goes on from there, with the same number and date.
func (i *Issuer) Issue(ctx context.Context, by authz.Principal, r result.ID) (*Certificate, error) {
	if err := by.Require(authz.CertIssue); err != nil {
		return nil, err
	}
	c, err := i.reserve(ctx, by, r)
	if err != nil {
		return nil, fmt.Errorf("issue for result %s: %w", r, err)
	}
	return i.finish(ctx, by, c)
}

// IssueSession issues for every result of a session that is a pass. Numbers are given in the order of tickets, the
// documents are sealed a few at once; done, when not nil, is told after each of them, one call at a time. One
// certificate that fails keeps no other back: what was issued is returned with the errors of the rest, and calling
// again completes them.
func (i *Issuer) IssueSession(ctx context.Context, by authz.Principal, id sitting.SessionID, done func(n, of int)) ([]*Certificate, error) {
	if err := by.Require(authz.CertIssue); err != nil {
		return nil, err
	}
	passed, err := i.passed(ctx, by, id)
	if err != nil {
		return nil, err
	}
	b := batch{issued: make([]*Certificate, len(passed)), failed: make([]error, len(passed)), done: done}
	var sealing errgroup.Group
	sealing.SetLimit(sealWorkers)
	for n, r := range passed {
		c, err := i.reserve(ctx, by, r.ID)
		if err != nil {
			b.note(n, nil, fmt.Errorf("issue for ticket %s: %w", r.Ticket, err))
			continue
		}
		sealing.Go(func() error {
			c, err := i.finish(ctx, by, c)
			b.note(n, c, err)
			return nil
		})
	}
	return b.results(sealing.Wait())
}

// passed lists the results of a session that earn a certificate, in the order of tickets.
func (i *Issuer) passed(ctx context.Context, by authz.Principal, id sitting.SessionID) ([]*result.Result, error) {
	all, err := i.board.FinalOf(ctx, by, id)
	if err != nil {
		return nil, notFinal(err)
	}
	var passed []*result.Result
	for _, r := range all {
		if r.Outcome() == result.Pass {
			passed = append(passed, r)
		}
	}
	return passed, nil
}

// batch gathers the outcomes of a session's certificates in the order of tickets.
type batch struct {
	mu     sync.Mutex
	issued []*Certificate
	failed []error
	ended  int
	done   func(n, of int)
}

func (b *batch) note(n int, c *Certificate, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.issued[n], b.failed[n] = c, err
	b.ended++
	if b.done != nil {
		b.done(b.ended, len(b.issued))
	}
}

func (b *batch) results(waited error) ([]*Certificate, error) {
	var issued []*Certificate
	for n, c := range b.issued {
		if b.failed[n] == nil {
			issued = append(issued, c)
		}
	}
	return issued, errors.Join(waited, errors.Join(b.failed...))
}

// finish seals what is reserved and completes it; a certificate beyond that is returned as it is.
func (i *Issuer) finish(ctx context.Context, by authz.Principal, c *Certificate) (*Certificate, error) {
	if c.State != Reserved {
		return c, nil
	}
	f, err := i.sealed(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("seal certificate %s: %w", c.Number, err)
	}
	digest, now := digestOf(f.PDF), i.clock.Now()
	c, err = engine.Modify(ctx, i.load(c.Number), i.ports.Ledger.UpdateCertificate, func(c *Certificate) error {
		if c.State != Reserved {
			return engine.ErrUnchanged
		}
		c.State, c.Digest, c.Sealed, c.Changed = Valid, digest, now, now
		c.Trail.Add(now, by.Account, "certificate.issued", "")
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("complete certificate %s: %w", f.Number, err)
	}
	return c, nil
}

// sealed returns the one document of c, and makes it when there is none. No two seals are alike, so what the store
// kept is the document, not what was just made.
func (i *Issuer) sealed(ctx context.Context, c *Certificate) (*File, error) {
	f, err := i.ports.Files.File(ctx, c.Number, c.Version)
	if !errors.Is(err, ErrFile) {
		return f, err
	}
	holder, err := i.people.Named(ctx, c.Holder)
	if err != nil {
		return nil, err
	}
	pdf, err := i.press.Seal(c, holder.Photo, i.clock.Now())
	if err != nil {
		return nil, err
	}
	if err := i.ports.Files.PutFile(ctx, &File{Number: c.Number, Version: c.Version, PDF: pdf}); err != nil {
		return nil, err
	}
	return i.ports.Files.File(ctx, c.Number, c.Version)
}

func (i *Issuer) load(n Number) func(context.Context) (*Certificate, error) {
	return func(ctx context.Context) (*Certificate, error) { return i.ports.Ledger.Certificate(ctx, n) }
}

func digestOf(pdf []byte) string {
	sum := sha256.Sum256(pdf)
	return hex.EncodeToString(sum[:])
}

func notFinal(err error) error {
	if errors.Is(err, result.ErrStage) {
		return ErrNotFinal
	}
	return err
}
