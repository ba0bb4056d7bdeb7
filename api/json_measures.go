package api

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/people"
)

// MeasureEntry orders something against an evaluation body.
type MeasureEntry struct {
	Measure  engine.Measure `json:"measure" jsonschema:"enum=suspended,enum=rectification"`
	From     Day            `json:"from"`
	To       *Day           `json:"to,omitempty" jsonschema:"description=The first day on which it no longer holds; absent: until it is lifted"`
	Reason   string         `json:"reason"`
	Document string         `json:"document" jsonschema:"description=Number of the decision"`
}

// LiftingEntry ends a measure.
type LiftingEntry struct {
	On       Day    `json:"on" jsonschema:"description=The first day on which the measure no longer holds"`
	Reason   string `json:"reason"`
	Document string `json:"document"`
}

// Measure is what was ordered against a body.
type Measure struct {
	No       int            `json:"no"`
	Measure  engine.Measure `json:"measure"`
	From     Day            `json:"from"`
	To       *Day           `json:"to,omitempty"`
	Reason   string         `json:"reason"`
	Document string         `json:"document"`
	At       time.Time      `json:"at"`
	Lifted   *LiftingEntry  `json:"lifted,omitempty"`
}

func viewMeasure(m engine.Suspension) Measure {
	v := Measure{No: m.No, Measure: m.Measure, From: Day(m.From), To: dayOrNone(m.To), Reason: m.Reason, Document: m.Document, At: m.At}
	if l := m.Lifted; l != nil {
		v.Lifted = &LiftingEntry{On: Day(l.On), Reason: l.Reason, Document: l.Document}
	}
	return v
}

// dayOrNone is absent for no day.
func dayOrNone(d clock.Date) *Day {
	if d.IsZero() {
		return nil
	}
	day := Day(d)
	return &day
}

// orNoDay is the day, or none where it is absent.
func orNoDay(d *Day) clock.Date {
	if d == nil {
		return clock.Date{}
	}
	return clock.Date(*d)
}

func orgParam(c *fiber.Ctx) engine.OrgID { return engine.OrgID(c.Params("id")) }

func (s *Server) postMeasure(c *fiber.Ctx) error {
	var in MeasureEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Registry.Measure(c.UserContext(), caller(c), orgParam(c), engine.Suspension{Measure: in.Measure, From: clock.Date(in.From), To: orNoDay(in.To),
		Reason: in.Reason, Document: in.Document})
	return give(c, got, err, viewOrganisation)
}

func (s *Server) postLifting(c *fiber.Ctx) error {
	var in LiftingEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	no, err := measureParam(c)
	if err != nil {
		return err
	}
	got, err := s.Registry.Lift(c.UserContext(), caller(c), orgParam(c), no, in.lifting())
	return give(c, got, err, viewOrganisation)
}

func (e LiftingEntry) lifting() engine.Lifting {
	return engine.Lifting{On: clock.Date(e.On), Reason: e.Reason, Document: e.Document}
}

// measureParam is the number of a measure in the address.
func measureParam(c *fiber.Ctx) (int, error) {
	no, err := strconv.Atoi(c.Params("no"))
	if err != nil {
		return 0, people.ErrMeasure
	}
	return no, nil
}
