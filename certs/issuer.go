package certs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Ports is what this package keeps and what it asks of others.
type Ports struct {
	Ledger    Ledger
	Claims    Claims
	Assigned  Assignments // of numbers that the authority gives
	Files     Files
	Cards     Files   // pocket cards, by the same names
	Layouts   Layouts // nil: every body uses the built-in ones
	Slots     Slots
	Addresses Addresses
	Lists     string // address under which new status lists are opened, https://example.org/status/
	Holds     Holds
	Batches   Batches
	Awards    Awards
	Motions   Motions
	Shares    Shares
	Journal   Journal
	People    People         // where a verifier finds photos; nil leaves them out of its answers
	Pages     Pages          // by whom a verifier has altered files read; nil: by nobody
	Zone      *time.Location // where dates of issue are counted; nil is China
}

func (p Ports) zone() *time.Location {
	if p.Zone == nil {
		return time.FixedZone("CST", 8*60*60)
	}
	return p.Zone
}

// Journal is the transparency log. Safe for concurrent use.
//   - Append enters the leaves in their order and answers the index of each. A leaf whose ID was entered before keeps its
//     index: appending is exactly once, however often it is asked for and by whomever.
//   - Prove answers, for indices that Append gave, the proofs under one signed checkpoint that covers all of them.
type Journal interface {
	Append(ctx context.Context, leaves []Leaf) (indices []int64, err error)
	Prove(ctx context.Context, indices []int64) ([]LogProof, error)
}

// Board is what issuing asks of results; *result.Board.
type Board interface {
	Final(ctx context.Context, id result.ID) (*result.Result, error)
	FinalPage(ctx context.Context, by authz.Principal, id sitting.SessionID, c engine.Cursor) (rows []*result.Result, next string, err error)
	Turned(ctx context.Context, by authz.Principal) ([]*result.Result, error)
	SatIn(ctx context.Context, id sitting.SessionID, p engine.PersonID) ([]*result.Result, error)
	Unsettled(ctx context.Context, id result.ID) (string, error)
}

// People is what certificates ask of persons and bodies; *people.Registry.
type People interface {
	Named(ctx context.Context, id engine.PersonID) (*engine.Person, error)
	Photo(ctx context.Context, p *engine.Person) ([]byte, error) // JPEG, nil for none; that of now, which may not be the one marked in p
	Organisation(ctx context.Context, id engine.OrgID) (*engine.Organisation, error)
	Sameness(ctx context.Context) (people.Sameness, error)
	Whole(ctx context.Context, by authz.Principal) (authz.Principal, error) // under each of their documents
}

// Sittings is what issuing asks of sessions; *sitting.Sittings.
type Sittings interface {
	Get(ctx context.Context, id sitting.SessionID) (*sitting.Session, error)
	Separated(ctx context.Context, n *sitting.Session, candidates []engine.PersonID) ([]separation.Finding, error)
}

// Draft is everything that the document of one edition is made of.
type Draft struct {
	Certificate *Certificate // what never changes
	Edition     *Edition
	Kind        Kind
	Layout      []byte // of the body, for the press to read; empty for the built-in one
	Photo       []byte // JPEG, may be empty
	Credential  []byte // to be attached
	At          time.Time
}

// Sealer makes the sealed document of an edition; Draft.At is the claimed time of the seal. A Sealer whose keys were made
// for a demonstration also has a method Demo() bool; one that can tell beforehand what it will refuse is a Checker.
type Sealer interface {
	Seal(d Draft) ([]byte, error)
}

// Checker refuses what Seal would refuse (a character without a glyph, a broken photo, keys that have expired) before a
// number is given. Of the draft of a first edition everything that comes with the number is empty.
type Checker interface {
	Check(d Draft) error
}

// Issuer gives out certificates, changes them, takes them back and shows them to those who may see them.
type Issuer struct {
	ports    Ports
	board    Board
	people   People
	sittings Sittings

	recognised Recognitions // nil: nobody is recognised without a sitting

	press  Sealer
	policy engine.CertificatePolicy
	clock  clock.Clock
	ids    *ids.Source

	addresses *addressBook
	giving    sync.Mutex // one number at a time in a process; processes meet at the ledger's unique key
	patience  patience   // of the worker that settles

	wakeBatches, wakeSettling chan struct{} // something was decided that a worker carries out
}

// NewIssuer returns an Issuer. Tokens, salts and slots come from src. Somebody must call Work, in this process or another.
func NewIssuer(p Ports, from Sources, press Sealer, pol engine.CertificatePolicy, c clock.Clock, src *ids.Source) *Issuer {
	return &Issuer{ports: p, board: from.Board, people: from.People, sittings: from.Sittings, recognised: from.Recognitions, press: press, policy: pol, clock: c, ids: src,
		addresses: &addressBook{kept: p.Addresses, base: p.Lists}, wakeBatches: make(chan struct{}, 1), wakeSettling: make(chan struct{}, 1)}
}

// Sources are the rooms that certificates are made from.
type Sources struct {
	Board    Board
	People   People
	Sittings Sittings

	Recognitions Recognitions // nil: nobody is recognised without a sitting
}

// Issue gives the certificate of a final result: claim a number, record the certificate, log it, seal the document,
// complete the record. Whatever ends it in between, issuing again goes on from there, with the same number and date.
func (i *Issuer) Issue(ctx context.Context, by authz.Principal, r result.ID) (*Certificate, error) {
	if err := by.Require(authz.CertIssue); err != nil {
		return nil, err
	}
	final, err := i.board.Final(ctx, r)
	if err != nil {
		return nil, notFinal(err)
	}
	if final.Outcome() == result.Fail {
		return nil, ErrNotPassed
	}
	w, err := i.window(ctx, by, final.Session)
	if errors.Is(err, sitting.ErrSession) {
		return nil, result.ErrResult // another body's
	}
	if err != nil {
		return nil, err
	}
	if err := w.obstacles(ctx, []*result.Result{final}); err != nil {
		return nil, err
	}
	c, err := i.reserve(ctx, by, w, groundsOf(final))
	if err != nil {
		return nil, fmt.Errorf("issue for result %s: %w", r, err)
	}
	all, failed := i.finish(ctx, by, []*Certificate{c})
	return all[0], failed[0]
}
