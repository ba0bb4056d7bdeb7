package api

import (
	"cmp"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// Activities are what one loading of the exam page observed, at most fifty at a time.
type Activities struct {
	Activities []Activity `json:"activities"`
}

// Activity is one thing that the page observed. Its number counts from 1 within its window.
type Activity struct {
	Window   string              `json:"window"`
	No       int                 `json:"no"`
	Kind     theory.ActivityKind `json:"kind"`
	ClientAt time.Time           `json:"client_at"`
}

// SeenActivity is one activity as staff read it. Nothing is decided by it.
type SeenActivity struct {
	Kind     theory.ActivityKind `json:"kind"`
	ClientAt Instant             `json:"client_at"`
	At       Instant             `json:"at" jsonschema:"description=When it came; a page that was cut off tells late"`
}

// ActivityCount is how much the pages of one candidate observed.
type ActivityCount struct {
	Ticket    sitting.Ticket `json:"ticket"`
	Total     int            `json:"total"`
	FocusLost int            `json:"focus_lost"`
	Last      Instant        `json:"last"`
}

func (s *Server) observeActivities(c *fiber.Ctx) error {
	var in Activities
	if err := decode(c, &in); err != nil {
		return err
	}
	seen := each(in.Activities, func(a Activity) theory.Activity {
		return theory.Activity{Window: a.Window, No: a.No, Kind: a.Kind, ClientAt: a.ClientAt}
	})
	n, err := s.Exams.ObserveActivities(c.UserContext(), caller(c), attemptParam(c), seen)
	if err != nil {
		return err
	}
	return c.JSON(Count{n.Total})
}

func (s *Server) listActivities(c *fiber.Ctx) error {
	rows, err := s.Exams.Activities(c.UserContext(), caller(c), sessionParam(c), sitting.Ticket(c.Params("ticket")))
	if err != nil {
		return err
	}
	return c.JSON(each(rows, func(a *theory.Activity) SeenActivity {
		return SeenActivity{Kind: a.Kind, ClientAt: Instant(a.ClientAt), At: Instant(a.At)}
	}))
}

func (s *Server) countActivities(c *fiber.Ctx) error {
	counts, err := s.Exams.ActivityCounts(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	rows := make([]ActivityCount, 0, len(counts))
	for t, n := range counts {
		rows = append(rows, ActivityCount{Ticket: t, Total: n.Total, FocusLost: n.FocusLost, Last: Instant(n.Last)})
	}
	slices.SortFunc(rows, func(a, b ActivityCount) int { return cmp.Compare(a.Ticket, b.Ticket) })
	return c.JSON(rows)
}
