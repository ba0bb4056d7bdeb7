package questionbank

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

// Prover returns nil when at least one form of b can be drawn from s in province, otherwise an error that says what
// is short. The bank itself draws nothing.
type Prover func(s *Snapshot, b Blueprint, province string) error

// Ports are what the bank keeps its content in, and what measures it.
type Ports struct {
	Items       Items
	Tables      Tables
	Releases    Releases
	Blueprints  Blueprints
	Images      Images
	Corrections Corrections
	Gauge       Gauge  // nil: no margins are told
	People      People // nil: the makers whom a file names are taken at its word, and everybody has one document
}

// People knows people; people.Registry does. Absent: engine.ErrPerson.
type People interface {
	Named(ctx context.Context, id engine.PersonID) (*engine.Person, error)
	Whole(ctx context.Context, by authz.Principal) (authz.Principal, error) // under each of their documents
}

// Bank is the question bank: content comes in, is reviewed and approved, and leaves in releases. Safe for concurrent
// use.
type Bank struct {
	items       Items
	tables      Tables
	releases    Releases
	blueprints  Blueprints
	images      Images
	corrections Corrections
	prove       Prover
	gauge       Gauge
	people      People
	policy      engine.BankPolicy
	clock       clock.Clock
	shelf       *shelf
	glance      *glance
	rooms       chan struct{} // for images that are decoded
	proofs      chan struct{} // held by the one who asks for an outlook
}

// human is by under each of their documents: nobody reviews or corrects under one what they wrote under another.
func (b *Bank) human(ctx context.Context, by authz.Principal) (authz.Principal, error) {
	if b.people == nil {
		return by, nil
	}
	return b.people.Whole(ctx, by)
}

// NewBank returns a Bank.
func NewBank(p Ports, prove Prover, policy engine.BankPolicy, c clock.Clock) *Bank {
	if p.Gauge == nil {
		p.Gauge = func(*Snapshot, Blueprint, string) (Margins, error) { return Margins{}, nil }
	}
	return &Bank{items: p.Items, tables: p.Tables, releases: p.Releases, blueprints: p.Blueprints, images: p.Images, corrections: p.Corrections,
		prove: prove, gauge: p.Gauge, people: p.People,
		policy: policy, clock: c, shelf: newShelf(), glance: newGlance(), rooms: make(chan struct{}, decoding), proofs: make(chan struct{}, 1)}
}
