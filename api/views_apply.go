package api

import (
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
)

// OpeningEntry opens a session to candidates who apply by themselves, or changes when and where.
type OpeningEntry struct {
	Window  Window `json:"window"`
	Place   string `json:"place" jsonschema:"description=Where originals are shown and fees are paid, with its hours"`
	Contact string `json:"contact"`
}

// Offer is a session that candidates may apply for.
type Offer struct {
	Session string       `json:"session"`
	Name    string       `json:"name"`
	Site    string       `json:"site,omitempty"`
	Level   engine.Level `json:"level"`
	Day     Day          `json:"day"`
	Window  Window       `json:"window"`
	Place   string       `json:"place"`
	Contact string       `json:"contact"`
	Open    bool         `json:"open"`
}

func viewOffer(o registration.Offer) Offer {
	return Offer{Session: o.Target.Session, Name: o.Name, Site: o.Site, Level: o.Level, Day: Day(o.Day), Window: viewWindow(o.Window), Place: o.Place,
		Contact: o.Contact, Open: o.Now}
}

// RequestEntry is what an applicant states. Key is 26 characters of a random id that the caller makes and keeps for itself: the same key
// again is the same application, and number and recovery code follow from it.
type RequestEntry struct {
	Key         string        `json:"key,omitempty" jsonschema:"description=Only with a new application"`
	HandIn      bool          `json:"hand_in" jsonschema:"description=false keeps a draft"`
	Stands      bool          `json:"stands" jsonschema:"description=The applicant declares that everything is true"`
	Name        string        `json:"name"`
	IDType      engine.IDType `json:"id_type"`
	IDNumber    string        `json:"id_number"`
	Sex         engine.Sex    `json:"sex,omitempty"`
	Born        Day           `json:"born,omitzero"`
	Phone       string        `json:"phone"`
	Address     string        `json:"address,omitempty" jsonschema:"description=With the number of the house"`
	Condition   string        `json:"condition" jsonschema:"description=Id of a condition of the policy: 5-2"`
	Years       int           `json:"years,omitempty"`
	PriorLevel  engine.Level  `json:"prior_level,omitempty"`
	PriorNumber string        `json:"prior_number,omitempty"`
	PriorDate   Day           `json:"prior_date,omitzero"`
	Education   string        `json:"education,omitempty"`
	Title       string        `json:"title,omitempty"`
	Evidence    []string      `json:"evidence,omitempty" jsonschema:"description=Materials whose originals will be shown"`
	Employer    string        `json:"employer,omitempty"`
	Class       string        `json:"class,omitempty"`

	Retake registration.Retake `json:"retake,omitempty" jsonschema:"enum=theory,enum=practical,description=The one component that is taken (补考); empty: both (正考)"`
}

func (e RequestEntry) entry() registration.Entry {
	return registration.Entry{Stands: e.Stands, Row: registration.RosterRow{Name: e.Name, IDType: e.IDType, IDNumber: e.IDNumber, Sex: e.Sex, Born: clock.Date(e.Born),
		Phone: e.Phone, Address: e.Address, Employer: e.Employer, Class: e.Class, Claims: registration.Claims{Retake: e.Retake, Condition: e.Condition, Years: e.Years, PriorLevel: e.PriorLevel,
			PriorNumber: e.PriorNumber, PriorDate: clock.Date(e.PriorDate), Education: e.Education, Title: e.Title, Evidence: e.Evidence}}}
}

// RequestReceipt is the answer to a new application. The code is told here and never again.
type RequestReceipt struct {
	Number registration.RequestID    `json:"number"`
	Code   string                    `json:"code"`
	State  registration.RequestState `json:"state"`
}

// RequestSignIn is what applicants sign in with.
type RequestSignIn struct {
	Number string `json:"number"`
	Code   string `json:"code"`
}

// RequestFault is one thing to put right.
type RequestFault struct {
	Field string `json:"field"`
	Text  string `json:"text"`
}

// RequestFee is one charge; Fen are hundredths of a yuan.
type RequestFee struct {
	Item      string                `json:"item"`
	Text      string                `json:"text"`
	Fen       int                   `json:"fen"`
	State     registration.FeeState `json:"state"`
	Reference string                `json:"reference,omitempty"`
	Source    string                `json:"source"`
	Verified  bool                  `json:"verified"`
}

// RequestView is an application with its document number and telephone masked, for its applicant and for the office.
type RequestView struct {
	Number       registration.RequestID    `json:"number"`
	Session      string                    `json:"session"`
	State        registration.RequestState `json:"state"`
	Name         string                    `json:"name"`
	IDType       engine.IDType             `json:"id_type"`
	NumberMasked string                    `json:"id_number_masked"`
	PhoneMasked  string                    `json:"phone_masked"`
	Address      string                    `json:"address_masked,omitempty"`
	Born         Day                       `json:"born,omitzero"`
	Level        engine.Level              `json:"level"`
	Retake       registration.Retake       `json:"retake,omitempty" jsonschema:"enum=theory,enum=practical,description=The one component that is taken (补考); empty: both"`
	Condition    string                    `json:"condition"`
	Evidence     []string                  `json:"evidence"`
	Submitted    Instant                   `json:"submitted,omitzero"`
	AnswerBy     Day                       `json:"answer_by,omitzero"`
	AnswerTo     Instant                   `json:"answer_to,omitzero" jsonschema:"description=The instant on that day at which registration ends"`
	Rounds       int                       `json:"rounds"`
	Faults       []RequestFault            `json:"faults,omitempty"`
	Reason       string                    `json:"reason,omitempty"`
	Fees         []RequestFee              `json:"fees,omitempty"`
	DueFen       int                       `json:"due_fen"`
}

func (s *Server) viewRequest(r *registration.Request) RequestView {
	v := RequestView{Number: r.ID, Session: r.Session, State: r.StateAt(s.clock.Now(), s.zone), Name: r.Row.Name, IDType: r.Row.IDType,
		NumberMasked: engine.MaskID(r.Row.IDNumber), PhoneMasked: engine.MaskPhone(r.Row.Phone), Address: engine.MaskAddress(r.Row.Address), Born: Day(r.Row.Born), Level: r.Row.Level,
		Retake: r.Row.Claims.Retake, Condition: r.Row.Claims.Condition, Evidence: each(r.Row.Claims.Evidence, func(e string) string { return e }), Submitted: Instant(r.Submitted),
		Rounds: r.Rounds, Faults: each(r.Faults, func(f registration.Fault) RequestFault { return RequestFault(f) }), Reason: r.Reason, DueFen: r.Due(s.clock.Now(), s.zone)}
	if r.State == registration.Returned {
		v.AnswerBy, v.AnswerTo = Day(r.AnswerBy), Instant(r.AnswerTo)
	}
	v.Fees = each(r.Fees, func(f registration.Charge) RequestFee {
		return RequestFee{Item: f.Item, Text: f.Text, Fen: f.Fen, State: f.State, Reference: f.Reference, Source: f.Source, Verified: f.Verified}
	})
	return v
}

// RequestQueue is a page of what was handed in for a session; drafts are counted only. Next is the cursor of the page after it.
type RequestQueue struct {
	Requests []RequestView `json:"requests"`
	Drafts   int           `json:"drafts"`
	Waiting  int           `json:"waiting" jsonschema:"description=For the office, on all pages"`
	All      int           `json:"all" jsonschema:"description=That were handed in, on all pages"`
	Next     string        `json:"next,omitempty"`
}

// UndecidedCount counts applications that nobody has decided on while the session still takes people.
type UndecidedCount struct {
	Waiting  int `json:"waiting" jsonschema:"description=For the office"`
	Returned int `json:"returned" jsonschema:"description=With their applicants to be corrected"`
}

// RequestReturn sends an application back.
type RequestReturn struct {
	Faults []RequestFault `json:"faults"`
}

// RequestAcceptance is what the office saw of the originals.
type RequestAcceptance struct {
	IDNumber string   `json:"id_number" jsonschema:"description=As read from the original document"`
	Evidence []string `json:"evidence" jsonschema:"description=Materials whose originals were seen"`
}

// RequestFeeRecord writes down what happened to a fee.
type RequestFeeRecord struct {
	Item      string                `json:"item"`
	State     registration.FeeState `json:"state" jsonschema:"enum=paid,enum=exempted,enum=refunded"`
	Reference string                `json:"reference" jsonschema:"description=Number of the receipt or document"`
}
