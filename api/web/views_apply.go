package web

import (
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
)

// OfferRow is one session that candidates may apply for.
type OfferRow struct {
	Session, Name, Site string
	Level               engine.Level
	Day                 time.Time // of the sitting
	Opens, Closes       time.Time
	Place, Contact      string
	Open                bool
	DraftsUntil         time.Time // last day on which a form that is not handed in is kept; zero for no end
	Fees                []FeeRow  // what the level costs
	Total               string
	Halted              *MeasureRow // for which the body takes nobody now; nil for none
}

// FeeRow is one charge. State is empty where nobody applied yet.
type FeeRow struct {
	Item, Text, Amount string
	State, Reference   string
	Source             string
	Verified           bool
	MayPay, MayRefund  bool // the office may record that it was paid or exempted, or that it was refunded
}

// ApplyView lists what is open to candidates.
type ApplyView struct {
	Offers []OfferRow
}

// ApplyFormView is the form of an application, new or to be corrected. Fields: key (new only), name, id_type, id_number, born, sex, phone,
// retake, condition, years, prior_level, prior_number, prior_date, education, title, employer, class, evidence (several), stands, do
// (save or submit).
type ApplyFormView struct {
	Offer      OfferRow
	Key        string
	Action     string // where the form goes
	Again      bool   // of an application that has its number and code
	Typed      Typed
	Shown      []string // materials that are ticked
	Documents  []Choice // kinds of identity documents
	Conditions []ConditionRow
	Materials  []string
	Educations []string
	Sexes      []string
	Retakes    []string   // what can be said of a retake, by their names in the locales; "" for none
	Faults     []FaultRow // of the office, when it was sent back
	AnswerBy   time.Time
	AnswerTo   time.Time // zero: the whole of that day
	Problem    *Problem
}

// Has reports whether a material is ticked.
func (v ApplyFormView) Has(material string) bool { return slices.Contains(v.Shown, material) }

// ConditionRow is one condition of the level with the materials that it asks for.
type ConditionRow struct {
	ID, Text string
	Evidence []string
}

// FaultRow is what the office asks to be put right: a field by its name in the locales, and the words.
type FaultRow struct{ Field, Text string }

// ApplyReceiptView is shown once, after an application was kept.
type ApplyReceiptView struct {
	Offer        OfferRow
	Number, Code string
	Draft        bool
	SignedIn     bool // the way to the progress page is open
}

// ApplyLoginView is the applicants' sign-in. Fields: number, code.
type ApplyLoginView struct {
	Number  string
	Problem *Problem
}

// RequestFacts is what an application states, masked.
type RequestFacts struct {
	Number, Name, Document, NumberMask, PhoneMasked string
	AddressMasked                                   string // "" for none
	Born                                            time.Time
	Sex                                             string
	Level                                           engine.Level
	Retake                                          string // the one component that is taken; "" for both
	Condition, ConditionText                        string
	Years                                           int
	PriorLevel                                      engine.Level
	PriorNumber                                     string
	PriorDate                                       time.Time
	Education, Title, Employer, Class               string
	Evidence                                        []string
	State                                           string
	Submitted                                       time.Time
	Rounds, MostRounds                              int
	AnswerBy, AnswerTo                              time.Time // while it is returned: the last day, and the instant on it where registration ends then
	Unreviewed                                      bool      // lapsed before the office decided
	Faults                                          []FaultRow
	Reason                                          string
	Fees                                            []FeeRow
	Due                                             string // "" for nothing
	Refund                                          bool   // something was paid and is to be given back
	Trail                                           []TrailRow
}

// ApplyMineView is an applicant's own application. Forms: POST /apply/mine/withdrawal with reason.
type ApplyMineView struct {
	RequestFacts
	Offer        OfferRow
	Draft        bool // never handed in, and what it says is kept
	MayEdit      bool
	MayWithdraw  bool
	LastWithdraw time.Time
	Typed        Typed
	Problem      *Problem
}

// RequestsView is the office's list of sessions that still take candidates, and of those where somebody was left without a decision.
type RequestsView struct {
	Rows []RequestsRow
}

// RequestsRow is one of them; Opens is zero where it is not open to candidates.
type RequestsRow struct {
	Session, Name          string
	Level                  engine.Level
	Opens, Closes          time.Time
	Waiting, Total, Drafts int
	Ended                  bool // takes nobody any more
}

// RequestQueueView is what was handed in for one session. Forms: POST /sessions/{id}/opening with opens, closes, place, contact.
type RequestQueueView struct {
	Session, Name string
	Level         engine.Level
	Until         time.Time // until when it can be open
	Ended         bool      // nobody can be accepted any more
	Over          bool      // candidates cannot apply any more, the office may still accept
	Offer         *OfferRow
	Rows          []RequestRow
	Cursor, Next  string // of this page, "" for the first, and of the one after it, "" for none
	Waiting       int    // on all pages
	Total         int
	Drafts        int
	MayOpen       bool
	Typed         Typed
	Problem       *Problem
}

// RequestRow is one application in the queue. Twice: another one is of the same document.
type RequestRow struct {
	Number, Name, NumberMask, Condition, State string
	Retake                                     string
	Submitted                                  time.Time
	Twice                                      bool
	Due                                        string
}

// RequestView is one application at the office. Forms below /requests/{number}: return with field.NAME, rejection with reason,
// acceptance with number and evidence (several), abandonment, fees with item, to, reference.
type RequestView struct {
	RequestFacts
	Session, SessionName string
	Same                 []string // numbers of other applications of the same document
	Needed               []string // materials that the condition asks for
	MayReview            bool
	MayAccept            bool
	Begun                time.Time // since when an acceptance is not completed; zero for none
	MayAbandon           bool      // it was cut off and can be given up
	NoReturn             *Problem  // why it cannot be sent back; nil where it can
	ReturnBy, ReturnTo   time.Time // until when it could be corrected, as AnswerBy and AnswerTo
	Fields               []string
	Do                   string // the form that was refused: return, rejection, acceptance, abandonment, fees
	Typed                Typed
	Seen                 []string
	Problem              *Problem
}

// Saw reports whether a material is ticked as seen.
func (v RequestView) Saw(material string) bool { return slices.Contains(v.Seen, material) }
