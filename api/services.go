package api

import (
	"context"
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/archive"
	"github.com/skillcert/skillcert/certs/bulk"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/accreditation"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/practical/control"
	"github.com/skillcert/skillcert/engine/recognition"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/engine/training"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/intake/jobs"
)

// Services are the rooms behind the door. All are needed unless their comment says otherwise.
type Services struct {
	Gate     *accounts.Gate
	Bank     *questionbank.Bank
	Registry *people.Registry
	Counter  *people.Counter // where personal data are read in clear, on record

	Accreditation *accreditation.Desk
	Training      *training.Desk
	TrainingLists *training.Lists

	Desk       *registration.Desk
	Intake     *registration.Intake
	Judge      *separation.Judge
	Sittings   *sitting.Sittings
	Exams      *theory.Exams
	Statistics *theory.Statistics // nil: none are kept
	Imports    *jobs.Desk
	Practical  *practical.Desk
	Control    *control.Desk
	Board      *result.Board

	Recognition *recognition.Desk

	Issuer    *certs.Issuer
	Verifier  *certs.Verifier
	Statuses  *certs.StatusLists
	Bulk      *bulk.Desk
	Archive   *archive.Desk
	Translog  *translog.Log               // nil: no transparency log is kept
	LogKey    string                      // by which its checkpoints are verified, as text
	Keys      SealKeys                    // nil: nothing is offered that is signed or checked by them
	Root      []byte                      // root certificate of the seals, PEM; nil: none is offered
	Published func() ([]byte, error)      // what was certified under it, and the revocation lists, PEM; nil: is not offered
	Fonts     RareFonts                   // nil: no font is cut, readers see what their system has
	Papers    PaperPress                  // nil: forms are not printed
	Sheets    SheetPress                  // nil: neither are the papers of a room
	Stations  PracticePress               // nil: nor those of the stations
	Alive     func(context.Context) error // nil while the store answers
	Away      func() time.Duration        // how far the machine's clock is from the server's time; nil: nobody looks
	Policy    engine.Policy
	Demo      func() DemoSignIns // nil outside the demo; asked at every request, for the demo's people come later
}

// clockAway is how far somebody set the machine's clock from the time that exams go by; 0 while they agree.
func (s *Server) clockAway() time.Duration {
	if s.Away == nil {
		return 0
	}
	return s.Away().Round(time.Second)
}

// RareFonts cuts a font down to the characters of a page.
type RareFonts interface {
	Cut(points []rune) ([]byte, error)
}

// DemoSignIns are the sign-ins that the demo's pages offer to try.
type DemoSignIns struct {
	Accounts []web.DemoAccount
	Tickets  []web.DemoTicket
}

func (s *Server) demo() DemoSignIns {
	if s.Demo == nil {
		return DemoSignIns{}
	}
	return s.Demo()
}
