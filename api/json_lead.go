package api

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
)

// PracticalStanding is where one candidate stands in the practical component. Totals are there once all have signed.
type PracticalStanding struct {
	Assessment practical.AssessmentID `json:"assessment" jsonschema:"description=Empty before the draw"`
	Ticket     sitting.Ticket         `json:"ticket"`
	Standing   engine.Standing        `json:"standing" jsonschema:"description=Empty while something is still to do"`
	Points     engine.Points          `json:"points" jsonschema:"description=Hundredths of a point"`
	Totals     []engine.Points        `json:"totals"`
	Vetoes     int                    `json:"vetoes"`
	Spread     engine.Points          `json:"spread"`
	Disputed   bool                   `json:"disputed" jsonschema:"description=Waits for the leader's ruling"`
	Wide       bool                   `json:"wide" jsonschema:"description=Over totals that lie too far apart"`
	Asked      bool                   `json:"asked" jsonschema:"description=Over a critical error that counts if the leader says so"`
	Marks      []VetoSeen             `json:"marks" jsonschema:"description=Critical errors while disputed"`
}

// VetoSeen is a critical error as one examiner marked it.
type VetoSeen struct {
	Examiner engine.PersonID `json:"examiner"`
	Task     string          `json:"task"`
	Text     string          `json:"text"`
	Note     string          `json:"note"`
}

func viewStanding(st practical.Standing) PracticalStanding {
	return PracticalStanding{Assessment: st.Assessment, Ticket: st.Ticket, Standing: st.Standing, Points: st.Points,
		Totals: append([]engine.Points{}, st.Totals...), Vetoes: st.Vetoes, Spread: st.Spread, Disputed: st.Disputed,
		Wide: st.Wide, Asked: st.Asked, Marks: each(st.Marks, func(m practical.Mark) VetoSeen { return VetoSeen(m) })}
}

// LedAssessment is an assessment as its leader sees it: who examines, until when, and what was recorded; no points.
type LedAssessment struct {
	ID        practical.AssessmentID `json:"id"`
	Session   sitting.SessionID      `json:"session"`
	Ticket    sitting.Ticket         `json:"ticket"`
	Station   sitting.RoomID         `json:"station"`
	Examiners []engine.PersonID      `json:"examiners"`
	Scoring   Window                 `json:"scoring"`
	Standing  engine.Standing        `json:"standing,omitempty"`
	Ruled     bool                   `json:"ruled"`

	Corrections []SheetCorrection `json:"corrections"`
}

// SheetCorrection is a correction of an examiner's signed sheet.
type SheetCorrection struct {
	Examiner  engine.PersonID `json:"examiner"`
	No        int             `json:"no" jsonschema:"description=Of the new sheet"`
	Reason    string          `json:"reason"`
	At        Instant         `json:"at"`
	Withdrawn Instant         `json:"withdrawn,omitzero"`
}

func viewCorrected(k practical.Correction) SheetCorrection {
	return SheetCorrection{Examiner: k.Examiner, No: k.No, Reason: k.Reason, At: Instant(k.At), Withdrawn: Instant(k.Withdrawn)}
}

// SheetCorrectionEntry names the examiner whose signed sheet is to be corrected, or whose correction is taken back.
type SheetCorrectionEntry struct {
	Examiner engine.PersonID `json:"examiner"`
	Reason   string          `json:"reason"`
}

func viewLed(a *practical.Assessment) LedAssessment {
	return LedAssessment{ID: a.ID, Session: a.Session, Ticket: a.Ticket, Station: a.Station, Examiners: append([]engine.PersonID{}, a.Examiners...),
		Scoring: viewWindow(a.Scoring), Standing: a.Standing, Ruled: a.Ruling != nil, Corrections: each(a.Corrections, viewCorrected)}
}

// StandingEdit records an absence or an exclusion, or takes back what was recorded.
type StandingEdit struct {
	Standing string `json:"standing" jsonschema:"enum=absent,enum=voided,enum=none"`
	Reason   string `json:"reason"`
}

// Extension opens the sheets until the end of the day.
type Extension struct {
	Reason string `json:"reason"`
}

// Substitution puts one examiner on duty at the station in the place of another.
type Substitution struct {
	Out    engine.PersonID `json:"out"`
	In     engine.PersonID `json:"in"`
	Reason string          `json:"reason"`
}

// Ruling decides a disputed assessment: the points where the totals lie too far apart, and whether a critical error
// counts where the policy leaves that to the leader.
type Ruling struct {
	Points *engine.Points         `json:"points,omitempty" jsonschema:"description=Hundredths of a point; left out where there is nothing to set"`
	Veto   practical.VetoDecision `json:"veto,omitempty" jsonschema:"enum=upheld,enum=dismissed,description=Only where asked is true"`
	Reason string                 `json:"reason"`
}

func (s *Server) listStandings(c *fiber.Ctx) error {
	all, err := s.Practical.Standings(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	return c.JSON(each(all, viewStanding))
}

// lead runs one command of the leader on an assessment, with the body that it takes.
func lead[In any](command func(ctx context.Context, by authz.Principal, id practical.AssessmentID, in In) (*practical.Assessment, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var in In
		if err := decode(c, &in); err != nil {
			return err
		}
		a, err := command(c.UserContext(), caller(c), assessmentParam(c), in)
		if err != nil {
			return err
		}
		return c.JSON(viewLed(a))
	}
}

func (s *Server) recordStanding(ctx context.Context, by authz.Principal, id practical.AssessmentID, in StandingEdit) (*practical.Assessment, error) {
	return s.Practical.Excuse(ctx, by, id, standingOf(in.Standing), in.Reason)
}

func (s *Server) extend(ctx context.Context, by authz.Principal, id practical.AssessmentID, in Extension) (*practical.Assessment, error) {
	return s.Practical.Prolong(ctx, by, id, in.Reason)
}

func (s *Server) substitute(ctx context.Context, by authz.Principal, id practical.AssessmentID, in Substitution) (*practical.Assessment, error) {
	return s.Practical.Replace(ctx, by, id, practical.Substitution{Out: in.Out, In: in.In}, in.Reason)
}

func (s *Server) rule(ctx context.Context, by authz.Principal, id practical.AssessmentID, in Ruling) (*practical.Assessment, error) {
	return s.Practical.Rule(ctx, by, id, practical.Decision{Points: in.Points, Veto: in.Veto}, in.Reason)
}

func (s *Server) correctSheet(ctx context.Context, by authz.Principal, id practical.AssessmentID, in SheetCorrectionEntry) (*practical.Assessment, error) {
	return s.Practical.Correct(ctx, by, id, in.Examiner, in.Reason)
}

func (s *Server) withdrawCorrection(ctx context.Context, by authz.Principal, id practical.AssessmentID, in SheetCorrectionEntry) (*practical.Assessment, error) {
	return s.Practical.Withdraw(ctx, by, id, in.Examiner, in.Reason)
}
