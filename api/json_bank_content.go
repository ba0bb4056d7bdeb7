package api

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

// NewItem is an item that is written, not imported.
type NewItem struct {
	Code   string `json:"code"`
	Sample bool   `json:"sample,omitempty"`
	ItemEdit
}

func (s *Server) draftItem(c *fiber.Ctx) error {
	var in NewItem
	if err := decode(c, &in); err != nil {
		return err
	}
	v := in.version(in.Code)
	v.Version, v.Sample = 0, in.Sample
	got, err := s.Bank.ImportItems(c.UserContext(), caller(c), []questionbank.ItemVersion{v})
	if err != nil {
		return err
	}
	return c.JSON(viewItem(got[0]))
}

// ItemChange is one field in which two versions differ. Words are given for texts.
type ItemChange struct {
	Field  string    `json:"field"`
	Before string    `json:"before"`
	After  string    `json:"after"`
	Words  []TextRun `json:"words,omitempty"`
}

// TextRun is a piece of a text that stayed, went or came.
type TextRun struct {
	Kind questionbank.RunKind `json:"kind" jsonschema:"enum=same,enum=removed,enum=added"`
	Text string               `json:"text"`
}

// itemChanges compares two versions; keys are part of them.
func (s *Server) itemChanges(c *fiber.Ctx) error {
	by := caller(c)
	i, err := s.Bank.Item(c.UserContext(), by, c.Params("code"))
	if err != nil {
		return err
	}
	if !seesKey(by, i) {
		return authz.ErrForbidden
	}
	from, to := compared(c, len(i.Versions))
	if from == 0 {
		return c.JSON([]ItemChange{})
	}
	return c.JSON(each(questionbank.Compare(i.Versions[from-1], i.Versions[to-1]), func(d questionbank.Change) ItemChange {
		return ItemChange{Field: d.Field, Before: d.Before, After: d.After, Words: each(d.Words, func(r questionbank.Run) TextRun { return TextRun(r) })}
	}))
}

// Image is a stored picture of an item; stems name it as image:digest.
type Image struct {
	Digest string `json:"digest"`
	Type   string `json:"type"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

func (s *Server) putImage(c *fiber.Ctx) error {
	i, err := s.storeImage(c)
	if err != nil {
		return err
	}
	return c.JSON(Image{Digest: i.Digest, Type: i.Type, Width: i.Width, Height: i.Height})
}

// ReleaseDifference is what one release has other than another.
type ReleaseDifference struct {
	Added   []string        `json:"added" jsonschema:"description=Codes"`
	Removed []string        `json:"removed" jsonschema:"description=Codes"`
	Changed []VersionChange `json:"changed"`
	Tables  []engine.Level  `json:"tables" jsonschema:"description=Levels whose element tables differ"`
}

// VersionChange is an item that both releases hold in different versions.
type VersionChange struct {
	Code string `json:"code"`
	From int    `json:"from"`
	To   int    `json:"to"`
}

func viewDifference(d questionbank.Difference) ReleaseDifference {
	code := func(r questionbank.ItemRef) string { return r.Code }
	return ReleaseDifference{Added: each(d.Added, code), Removed: each(d.Removed, code), Tables: each(d.Tables, func(l engine.Level) engine.Level { return l }),
		Changed: each(d.Changed, func(v questionbank.VersionChange) VersionChange { return VersionChange(v) })}
}

func (s *Server) compareReleases(c *fiber.Ctx) error {
	d, err := s.Bank.CompareReleases(c.UserContext(), caller(c), c.Params("id"), c.Query("with"))
	return give(c, d, err, viewDifference)
}

// ReleasePreview is what publishing would freeze now. It can be published while there are no problems.
type ReleasePreview struct {
	Items      int               `json:"items"`
	Sample     bool              `json:"sample"`
	Against    string            `json:"against,omitempty" jsonschema:"description=Newest published release of the line"`
	Difference ReleaseDifference `json:"difference"`
	Problems   []errs.Field      `json:"problems"`
	Feasible   []Feasibility     `json:"feasible"`
}

// Feasibility is whether forms can be drawn by a blueprint in a province and what is short if not.
type Feasibility struct {
	Blueprint string `json:"blueprint,omitempty"`
	Province  string `json:"province,omitempty"`
	OK        bool   `json:"ok"`
	Report    string `json:"report,omitempty"`
}

func (s *Server) previewRelease(c *fiber.Ctx) error {
	p, err := s.Bank.PreviewRelease(c.UserContext(), caller(c), c.Query("id"), c.Query("base"), c.Query("province"))
	return give(c, p, err, func(p questionbank.Preview) ReleasePreview {
		return ReleasePreview{Items: len(p.Release.Items), Sample: p.Release.Sample, Against: p.Against, Difference: viewDifference(p.Change),
			Problems: append([]errs.Field{}, p.Problems...),
			Feasible: each(p.Feasible, func(f questionbank.Feasibility) Feasibility { return Feasibility(f) })}
	})
}

// compared reads which two versions are asked for; the newest two unless the address names others.
func compared(c *fiber.Ctx, versions int) (from, to int) {
	pick := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(c.Query(name)); err == nil && n >= 1 && n <= versions {
			return n
		}
		return otherwise
	}
	if versions < 2 {
		return 0, 0
	}
	return pick("from", versions-1), pick("to", versions)
}
