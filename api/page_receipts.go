package api

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

func (s *Server) receiptPages() []route {
	const path = "/sessions/:id/receipts"
	return []route{page(path, authz.RoomRead, s.receiptsPage), form(path, authz.RoomRead, s.checkReceiptForm)}
}

func (s *Server) receiptRoutes() []route {
	return []route{post("/sessions/:id/receipt-check", authz.RoomRead, s.checkReceipt,
		"What a receipt code is worth that a candidate shows", ReceiptCode{}, ReceiptCheck{})}
}

// ReceiptCode is a receipt that somebody shows.
type ReceiptCode struct {
	Ticket sitting.Ticket `json:"ticket"`
	Code   string         `json:"code"`
}

// ReceiptCheck is what it is worth.
type ReceiptCheck struct {
	Ticket  sitting.Ticket `json:"ticket"`
	Verdict theory.Verdict `json:"verdict" jsonschema:"enum=counts,enum=former,enum=voided,enum=wrong,enum=none"`
	Shown   *ReceiptEnd    `json:"shown,omitempty" jsonschema:"description=What the code stands for; absent unless it is genuine"`
	Counts  *ReceiptEnd    `json:"counts,omitempty" jsonschema:"description=The one that counts; absent while the paper is worked on, or when it is void"`
	Voided  bool           `json:"voided,omitempty" jsonschema:"description=The candidate's qualification was cancelled"`
	Total   int            `json:"total"`
}

// ReceiptEnd is one end of a paper.
type ReceiptEnd struct {
	Code     string  `json:"code,omitempty" jsonschema:"description=Absent where the code that was checked is not genuine: whoever does not hold it is not told"`
	At       Instant `json:"at"`
	ByClock  bool    `json:"by_clock"`
	Answered int     `json:"answered"`
}

// withheld is a check without the code that counts, unless the code that was checked is genuine: whoever holds none of the
// paper's codes is not told one.
func withheld(got *theory.ReceiptCheck) *theory.ReceiptCheck {
	if got.Shown != nil || got.Counts == nil {
		return got
	}
	check, counts := *got, *got.Counts
	counts.Code, check.Counts = "", &counts
	return &check
}

func viewReceiptEnd(e *theory.HandedInAt) *ReceiptEnd {
	if e == nil {
		return nil
	}
	return &ReceiptEnd{Code: e.Code, At: Instant(e.At), ByClock: e.ByClock, Answered: e.Answered}
}

func (s *Server) checkReceipt(c *fiber.Ctx) error {
	var in ReceiptCode
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Exams.CheckReceipt(c.UserContext(), caller(c), sessionParam(c), in.Ticket, in.Code)
	if err != nil {
		return err
	}
	got = withheld(got)
	return c.JSON(ReceiptCheck{Ticket: got.Ticket, Verdict: got.Verdict, Shown: viewReceiptEnd(got.Shown), Counts: viewReceiptEnd(got.Counts),
		Voided: got.Voided, Total: got.Total})
}

func (s *Server) receiptsPage(c *fiber.Ctx) error { return s.showReceipts(c, web.ReceiptsView{}) }

func (s *Server) showReceipts(c *fiber.Ctx, v web.ReceiptsView) error {
	session, err := s.Sittings.Session(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	v.Session, v.SessionName, v.Level = "/sessions/"+string(session.ID), session.Name, session.Level
	return s.show(c, "receipts", v)
}

func (s *Server) checkReceiptForm(c *fiber.Ctx) error {
	typed := web.ReceiptsView{Ticket: field(c, "ticket"), Code: field(c, "code")}
	ticket := sitting.Ticket(strings.ReplaceAll(typed.Ticket, " ", ""))
	got, err := s.Exams.CheckReceipt(c.UserContext(), caller(c), sessionParam(c), ticket, typed.Code)
	if err == nil {
		typed.Result, err = s.receiptResult(c, withheld(got), typed.Code)
	}
	if err != nil {
		return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
			typed.Problem = p
			return s.showReceipts(c, typed)
		})
	}
	return s.showReceipts(c, typed)
}

func (s *Server) receiptResult(c *fiber.Ctx, got *theory.ReceiptCheck, typed string) (*web.ReceiptResult, error) {
	seat, err := s.Sittings.SeatOf(c.UserContext(), got.Ticket)
	if err != nil {
		return nil, err
	}
	person, err := s.Registry.Named(c.UserContext(), seat.Candidate)
	if err != nil {
		return nil, err
	}
	return &web.ReceiptResult{Name: person.Name, Ticket: string(got.Ticket), Code: typed, Verdict: string(got.Verdict),
		Shown: receiptEndOnPage(got.Shown), Counts: receiptEndOnPage(got.Counts), Voided: got.Voided, Total: got.Total}, nil
}

func receiptEndOnPage(e *theory.HandedInAt) *web.ReceiptEnd {
	if e == nil {
		return nil
	}
	return &web.ReceiptEnd{Code: e.Code, At: e.At, ByClock: e.ByClock, Answered: e.Answered}
}
