package theory

import (
	"context"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Verdict is what a receipt code that somebody shows is worth.
type Verdict string

// The verdicts.
const (
	ReceiptCounts Verdict = "counts" // it is of the paper as it was last handed in
	ReceiptFormer Verdict = "former" // it is genuine, but the paper was reopened, or a hand-in file was brought, since
	ReceiptVoided Verdict = "voided" // it is genuine, but the candidate's qualification was cancelled: nothing counts
	ReceiptWrong  Verdict = "wrong"  // the log never had it
	ReceiptNone   Verdict = "none"   // nothing was handed in yet
)

// HandedInAt is one end of a paper, with what its receipt stands for.
type HandedInAt struct {
	Code     string
	At       time.Time
	ByClock  bool
	Answered int
}

// ReceiptCheck compares a code with the log.
type ReceiptCheck struct {
	Ticket  sitting.Ticket
	Verdict Verdict
	Shown   *HandedInAt // what the code stands for; nil unless it is genuine
	Counts  *HandedInAt // the one that counts; nil while the paper is worked on, or when it is void
	Voided  bool        // the candidate's qualification was cancelled
	Total   int         // questions
}

// ErrReceiptCode refuses what is no receipt code.
var ErrReceiptCode = errs.New(errs.Invalid, "receipt.code", "回执码应为10位字母和数字")

// CheckReceipt computes every receipt of a candidate's paper anew from its log, and says which of them the code is: an
// invigilator on duty in the room, the exam office or the supervisor asks. That it fits proves that the log up to that end
// is what it was when the code was shown, every answer and every time in it; see Receipt.
func (e *Exams) CheckReceipt(ctx context.Context, by authz.Principal, id sitting.SessionID, t sitting.Ticket, code string) (*ReceiptCheck, error) {
	seat, err := e.mayCheck(ctx, by, id, t)
	if err != nil {
		return nil, err
	}
	wanted, err := receiptCode(code)
	if err != nil {
		return nil, err
	}
	a, err := e.ports.Attempts.Attempt(ctx, AttemptOf(t))
	if err != nil {
		return nil, err
	}
	log, err := e.log(ctx, a.ID, 0)
	if err != nil {
		return nil, err
	}
	check := &ReceiptCheck{Ticket: t, Verdict: ReceiptNone, Total: len(a.Form.Items), Voided: !seat.Voided.IsZero()}
	ends := endsOf(a.ID, log)
	if n := len(ends); n > 0 && Fold(log).End != nil && !check.Voided {
		check.Counts = &ends[n-1]
	}
	for i := range ends {
		check.Verdict = ReceiptWrong
		if ends[i].Code == wanted {
			check.Shown = &ends[i]
		}
	}
	switch {
	case check.Shown == nil:
	case check.Voided:
		check.Verdict = ReceiptVoided
	case check.Shown == check.Counts:
		check.Verdict = ReceiptCounts
	default:
		check.Verdict = ReceiptFormer
	}
	return check, nil
}

// mayCheck returns the seat of a candidate when by may learn how far they are. Of tickets elsewhere nobody learns anything.
func (e *Exams) mayCheck(ctx context.Context, by authz.Principal, id sitting.SessionID, t sitting.Ticket) (*sitting.Seat, error) {
	if err := by.Require(authz.RoomRead); err != nil {
		return nil, err
	}
	if _, err := e.sittings.Session(ctx, by, id); err != nil {
		return nil, err
	}
	seat, err := e.sittings.SeatOf(ctx, t)
	if err != nil {
		return nil, err
	}
	if seat.Session != id {
		return nil, sitting.ErrTicket
	}
	if by.Has(authz.ExamOffice) || by.Has(authz.Supervisor) {
		return seat, nil
	}
	if e.sittings.OnDuty(ctx, id, by, authz.Invigilator, seat.Room) != nil {
		return nil, sitting.ErrTicket // as of one that does not exist
	}
	return seat, nil
}

// receiptCode brings a code into the form in which it is shown. It is copied by hand: letters that look like digits are
// digits.
func receiptCode(typed string) (string, error) {
	code := strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	if len(code) != 10 || strings.Trim(code, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") != "" {
		return "", ErrReceiptCode.WithFields(errs.Field{Name: "code", Code: "form", Msg: ErrReceiptCode.Msg})
	}
	return code[:5] + "-" + code[5:], nil
}

// endsOf lists the receipts that a log has had, oldest first: one at each Close, and one at each hand-in file after it.
func endsOf(id AttemptID, log []*Entry) (ends []HandedInAt) {
	sheet := Fold(nil)
	for i, e := range log {
		sheet.add(e)
		if sheet.End == nil || e.Kind != Close && e.Kind != Filed {
			continue
		}
		end := HandedInAt{Code: Receipt(id, log[:i+1]), At: e.At, ByClock: sheet.End.ByClock, Answered: sheet.Answered()}
		if e.ByClock && !e.Closes.IsZero() {
			end.At = e.Closes
		}
		ends = append(ends, end)
	}
	return ends
}
