package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/practical/concordance"
)

// Concordance compares the examiners of sealed sessions. Nothing of any candidate is in it.
type Concordance struct {
	Sessions     int            `json:"sessions"`
	Waiting      int            `json:"waiting" jsonschema:"description=Of the same period, not sealed by both persons yet"`
	Performances int            `json:"performances"`
	Fewest       int            `json:"fewest" jsonschema:"description=Performances below which no number is given"`
	Tolerance    engine.Points  `json:"tolerance" jsonschema:"description=Hundredths of a point that totals may lie apart"`
	Alpha        *float64       `json:"alpha" jsonschema:"description=Krippendorff's alpha, interval metric; null where there are too few or all totals are the same, and for examiners"`
	Own          bool           `json:"own" jsonschema:"description=Only the reader's own line is given"`
	Examiners    []ExaminerLine `json:"examiners"`
}

// ExaminerLine is one examiner. Points are out of 100.
type ExaminerLine struct {
	Examiner     engine.PersonID  `json:"examiner"`
	Name         string           `json:"name"`
	Performances int              `json:"performances"`
	Corrected    int              `json:"corrected" jsonschema:"description=Sheets compared that correct a signed one"`
	Calibrated   string           `json:"calibrated,omitempty" jsonschema:"description=The last day on which the calibration on control performances holds"`
	Numbers      *ExaminerNumbers `json:"numbers" jsonschema:"description=Null where there are too few performances"`
}

// ExaminerNumbers compare one examiner with the others of the same performances.
type ExaminerNumbers struct {
	Leniency     float64  `json:"leniency" jsonschema:"description=Mean of the own total less the mean of the others'; above zero is lenient"`
	Error        float64  `json:"error" jsonschema:"description=Standard error of leniency"`
	Scatter      float64  `json:"scatter" jsonschema:"description=Standard deviation of that difference"`
	Spread       float64  `json:"spread" jsonschema:"description=Standard deviation of the own totals"`
	OthersSpread float64  `json:"others_spread"`
	Pairs        int      `json:"pairs" jsonschema:"description=Of the own sheet and one of another examiner"`
	Within       float64  `json:"within" jsonschema:"description=Share of the pairs within the tolerance: 0 to 1"`
	VetoSame     float64  `json:"veto_same" jsonschema:"description=Share of the pairs with exactly the same critical errors: 0 to 1"`
	VetoPairs    int      `json:"veto_pairs" jsonschema:"description=Pairs where either marked a critical error"`
	VetoBoth     int      `json:"veto_both" jsonschema:"description=Of these, where both marked the same"`
	Halo         *float64 `json:"halo" jsonschema:"description=Mean spread over the criteria of a performance in per cent"`
	OthersHalo   *float64 `json:"others_halo"`
}

func viewConcordance(r *practical.Concordance) Concordance {
	v := Concordance{Sessions: r.Sessions, Waiting: r.Waiting, Performances: r.Performances, Fewest: concordance.Fewest, Tolerance: r.Tolerance,
		Alpha: r.Alpha, Own: r.Own}
	v.Examiners = each(r.Lines, func(l concordance.Line) ExaminerLine {
		return ExaminerLine{Examiner: l.Examiner, Name: r.Names[l.Examiner], Performances: l.Performances, Corrected: r.Corrected[l.Examiner],
			Calibrated: calibratedUntil(r, l.Examiner), Numbers: viewExaminer(l.Numbers)}
	})
	return v
}

func viewExaminer(n *concordance.Numbers) *ExaminerNumbers {
	if n == nil {
		return nil
	}
	v := ExaminerNumbers(*n)
	return &v
}

func (s *Server) concordanceRoutes() []route {
	return []route{
		get("/sessions/:id/concordance", authz.ConcordanceRead, s.getConcordance, "How the examiners of a session agree, once practice is sealed; an examiner finds the own line", Concordance{}).
			also(authz.ConcordanceOwn),
		get("/concordance", authz.ConcordanceRead, s.getConcordanceOver, "The same over the sealed sessions of one's body, from one day to another that are at most 366 days", Concordance{}).
			also(authz.ConcordanceOwn),
	}
}

func (s *Server) getConcordance(c *fiber.Ctx) error {
	r, err := s.Practical.Concordance(c.UserContext(), caller(c), sessionParam(c))
	return give(c, r, err, viewConcordance)
}

func (s *Server) getConcordanceOver(c *fiber.Ctx) error {
	p, err := periodOf(c)
	if err != nil {
		return err
	}
	r, err := s.Practical.ConcordanceOver(c.UserContext(), caller(c), p)
	return give(c, r, err, viewConcordance)
}

// periodOf reads from and to of the address; what is left out is a zero day.
func periodOf(c *fiber.Ctx) (practical.Period, error) {
	var check errs.Check
	read := func(name string) clock.Date {
		text := c.Query(name)
		if text == "" {
			return clock.Date{}
		}
		d, err := clock.ParseDate(text)
		check.That(err == nil, name, "form", "请填写日期，如2026-01-02")
		return d
	}
	p := practical.Period{From: read("from"), To: read("to")}
	return p, check.Err(practical.ErrPeriod)
}
