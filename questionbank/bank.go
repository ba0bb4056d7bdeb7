package questionbank

import (
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// Prover returns nil when at least one form of b can be drawn from s in province, otherwise an error that says what
// is short. The bank itself draws nothing.
type Prover func(s *Snapshot, b Blueprint, province string) error

// Ports are what the bank keeps its content in.
type Ports struct {
	Items      Items
	Tables     Tables
	Releases   Releases
	Blueprints Blueprints
	Images     Images
}

// Bank is the question bank: content comes in, is reviewed and approved, and leaves in releases. Safe for concurrent
// use.
type Bank struct {
	items      Items
	tables     Tables
	releases   Releases
	blueprints Blueprints
	images     Images
	prove      Prover
	policy     engine.BankPolicy
	clock      clock.Clock
	shelf      *shelf
	glance     *glance
	rooms      chan struct{} // for images that are decoded
}

// NewBank returns a Bank.
func NewBank(p Ports, prove Prover, policy engine.BankPolicy, c clock.Clock) *Bank {
	return &Bank{items: p.Items, tables: p.Tables, releases: p.Releases, blueprints: p.Blueprints, images: p.Images, prove: prove,
		policy: policy, clock: c, shelf: newShelf(), glance: newGlance(), rooms: make(chan struct{}, decoding)}
}
