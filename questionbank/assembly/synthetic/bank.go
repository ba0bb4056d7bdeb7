// Package synthetic makes banks of any size out of a seed, to measure the draw and to test it: the bank of one level, with
// the element table and the blueprint that belong to it. Whole numbers only, so that a seed means the same bank on
// every machine.
//
// What it imitates: 600 assessment points (鉴定点) in 60 ranges of the third layer, 6 to 16 in each; importance X, Y, Z
// about 60, 30, 10 in a hundred; single, multiple and judgement items about 55, 22, 23 in a hundred, bell-shaped
// difficulty, skewed answering times; three items in ten from the supplements of 30 provinces of uneven size; about one
// item in twenty in a group of two to four enemies (相斥组) of one range. Ranges are filled to their weight, as in banks that are written for
// a blueprint; points within a range are not.
package synthetic

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// Level is the level that a synthetic bank is of.
const Level = engine.Level4

const (
	levels       = 3 // that share a bank evenly
	ranges       = 60
	points       = 600
	fewestPoints = 6 // of one range
	mostPoints   = 16
)

// Bank is one level of a synthetic bank.
type Bank struct {
	Table     questionbank.ElementTable
	Cards     []assembly.Card // in the order in which they were made
	Blueprint questionbank.Blueprint
	Provinces []string // those with a supplement, the one that tends to be largest first
}

// New makes the bank of one level out of seed: a third of items, which count all three levels.
func New(items int, seed uint64) *Bank {
	m := newMaker(seed)
	m.plant()
	b := &Bank{Table: m.table(), Blueprint: m.blueprint(), Provinces: provinces()}
	b.Cards = m.cards(max(items, 0) / levels)
	return b
}

// Digest is the hex SHA-256 of the whole bank.
func (b *Bank) Digest() (string, error) {
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(b); err != nil {
		return "", fmt.Errorf("synthetic: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// provinces are 30 codes of GB/T 2260.
func provinces() []string {
	return []string{"12", "22", "37", "50", "11", "13", "14", "15", "21", "23", "31", "32", "33", "34", "35",
		"36", "41", "42", "43", "44", "45", "46", "51", "52", "53", "54", "61", "62", "63", "64"}
}
