package api

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// FilingEntry records one more filing of an evaluation body.
type FilingEntry struct {
	Filing
	Document string `json:"document" jsonschema:"description=Number of the decision that it was filed by"`
	Succeeds bool   `json:"succeeds,omitempty" jsonschema:"description=On its first day it ends what was filed for the same occupation, region and levels; without it those that meet are refused"`
}

// EndingEntry ends a filing before its time.
type EndingEntry struct {
	On       Day    `json:"on" jsonschema:"description=The first day on which the filing no longer holds"`
	Reason   string `json:"reason"`
	Document string `json:"document"`
}

// FilingRecord is one filing on a body's record.
type FilingRecord struct {
	No int `json:"no"`
	Filing
	Document string       `json:"document,omitempty"`
	Succeeds bool         `json:"succeeds,omitempty"`
	At       time.Time    `json:"at,omitzero"`
	Ended    *EndingEntry `json:"ended,omitempty"`
}

func viewFilingRecord(f engine.Filing) FilingRecord {
	v := FilingRecord{No: f.No, Filing: *viewOrgFiling(&f), Document: f.Document, Succeeds: f.Succeeds, At: f.At}
	if e := f.Ended; e != nil {
		v.Ended = &EndingEntry{On: Day(e.On), Reason: e.Reason, Document: e.Document}
	}
	return v
}

func (s *Server) postFiling(c *fiber.Ctx) error {
	var in FilingEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	f := in.filing()
	f.Document, f.Succeeds = in.Document, in.Succeeds
	got, err := s.Registry.AddFiling(c.UserContext(), caller(c), orgParam(c), f)
	return give(c, got, err, viewOrganisation)
}

func (s *Server) postFilingEnding(c *fiber.Ctx) error {
	var in EndingEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	no, err := filedParam(c)
	if err != nil {
		return err
	}
	got, err := s.Registry.EndFiling(c.UserContext(), caller(c), orgParam(c), no, engine.Ending{On: clock.Date(in.On), Reason: in.Reason, Document: in.Document})
	return give(c, got, err, viewOrganisation)
}
