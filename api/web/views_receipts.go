package web

import (
	"time"

	"github.com/skillcert/skillcert/engine"
)

// ReceiptsView is the page that checks receipt codes (回执码) of a session's candidates.
type ReceiptsView struct {
	Session      string // address of the session's page
	SessionName  string
	Level        engine.Level
	Ticket, Code string // that were typed
	Problem      *Problem
	Result       *ReceiptResult
}

// ReceiptResult is what a code is worth: Verdict under "receipts." in the locales.
type ReceiptResult struct {
	Name, Ticket string
	Code         string // as it was typed
	Verdict      string
	Shown        *ReceiptEnd // what the code stands for; nil unless it is genuine
	Counts       *ReceiptEnd // the one that counts; nil while there is none
	Voided       bool        // then none is
	Total        int
}

// Good reports whether the code is the one that counts.
func (r ReceiptResult) Good() bool { return r.Verdict == "counts" }

// ReceiptEnd is one end of a paper.
type ReceiptEnd struct {
	Code     string
	At       time.Time
	ByClock  bool
	Answered int
}
