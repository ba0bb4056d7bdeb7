package registration

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// FeeState is where one charge stands.
type FeeState string

// The states of a charge: due → paid → refunded, or due → exempted.
const (
	FeeDue      FeeState = "due"
	FeePaid     FeeState = "paid"
	FeeExempted FeeState = "exempted"
	FeeRefunded FeeState = "refunded"
)

// Charge is one fee of one application, as the policy had it when the component was first handed in for. Money changes hands
// elsewhere: here the office writes down what happened and under which reference.
type Charge struct {
	Item      string           `json:"item"`
	Text      string           `json:"text"`
	Component engine.Component `json:"component"`
	Fen       int              `json:"fen"`
	Source    string           `json:"source"` // document of the policy
	Verified  bool             `json:"verified"`
	State     FeeState         `json:"state"`
	Reference string           `json:"reference,omitempty"` // of the last record: number of the receipt or of the document
}

// Refusals about fees.
var (
	ErrFee      = errs.New(errs.NotFound, "fee.not_found", "本申请没有这个收费项目")
	ErrFeeInput = errs.New(errs.Invalid, "fee.invalid", "费用登记不正确")
	ErrFeeState = errs.New(errs.Conflict, "fee.state", "该项费用现在不能这样登记：应缴的才能登记缴纳或免缴，已缴的才能登记退费")
)

// Charges are what the components cost that are taken: what every page says and every request is charged.
func Charges(p engine.Policy, l engine.Level, r Retake) (all []Charge) {
	for _, f := range p.Registration.FeesOf(l) {
		if !r.takes(f.Component) {
			continue
		}
		from := p.Sources[f.SourceKey]
		all = append(all, Charge{Item: f.ID, Text: f.Text, Component: f.Component, Fen: f.Fen, Source: from.Document, Verified: from.Verified, State: FeeDue})
	}
	return all
}

// charge brings the charges to those of what is taken now: what was recorded of one stays, one that is not due any more goes, one that
// was paid for a component that is not taken any more stays to be refunded, and one that was refunded and is taken again is due again.
func (r *Request) charge(due []Charge) {
	kept := slices.DeleteFunc(r.Fees, func(f Charge) bool {
		asked := slices.ContainsFunc(due, func(d Charge) bool { return d.Item == f.Item })
		return f.State == FeeDue && !asked || f.State == FeeRefunded && asked
	})
	for _, d := range due {
		if !slices.ContainsFunc(kept, func(f Charge) bool { return f.Item == d.Item }) {
			kept = append(kept, d)
		}
	}
	r.Fees = kept
}

// payable reports whether anything is to be paid in a state.
func (s RequestState) payable() bool {
	return s == Draft || s == Submitted || s == Returned || s == Accepted
}

// Refund reports whether something was paid of a request that comes to nothing, or for a component that is not taken any more, and is
// to be given back.
func (r *Request) Refund(now time.Time, zone *time.Location) bool {
	payable := r.StateAt(now, zone).payable()
	return slices.ContainsFunc(r.Fees, func(f Charge) bool {
		return f.State == FeePaid && !(payable && r.Row.Claims.Retake.takes(f.Component))
	})
}

// Due is what is still to be paid, in hundredths of a yuan.
func (r *Request) Due(now time.Time, zone *time.Location) (fen int) {
	if !r.StateAt(now, zone).payable() {
		return 0
	}
	for _, f := range r.Fees {
		if f.State == FeeDue {
			fen += f.Fen
		}
	}
	return fen
}

// MayRecord returns nil where it can be written down that a charge of the request was paid, exempted or refunded.
func (r *Request) MayRecord(f Charge, to FeeState, now time.Time, zone *time.Location) error {
	switch {
	case to == FeeRefunded && f.State == FeePaid:
	case to != FeeRefunded && f.State == FeeDue && r.State != Draft && r.StateAt(now, zone).payable():
	default:
		return ErrFeeState
	}
	return nil
}

// record writes down what happened to a charge.
func (r *Request) record(by authz.Principal, item string, to FeeState, reference string, now time.Time, zone *time.Location) error {
	reference = strings.TrimSpace(reference)
	var c errs.Check
	c.That(slices.Contains([]FeeState{FeePaid, FeeExempted, FeeRefunded}, to), "to", "unknown", "应为缴纳、免缴或退费")
	c.That(reference != "" && utf8.RuneCountInString(reference) <= maxText, "reference", "missing", fmt.Sprintf("请填写票据号或文号，最多%d个字", maxText))
	if err := c.Err(ErrFeeInput); err != nil {
		return err
	}
	at := slices.IndexFunc(r.Fees, func(f Charge) bool { return f.Item == item })
	if at < 0 {
		return ErrFee
	}
	f := &r.Fees[at]
	if f.State == to && f.Reference == reference {
		return engine.ErrUnchanged
	}
	if err := r.MayRecord(*f, to, now, zone); err != nil {
		return err
	}
	f.State, f.Reference = to, reference
	r.Trail.AddBy(now, by, "request.fee-"+string(to), fmt.Sprintf("%s %s %s", f.Text, Yuan(f.Fen), reference))
	return nil
}

// Yuan writes an amount: 30 元, 30.50 元.
func Yuan(fen int) string {
	if fen%100 == 0 {
		return fmt.Sprintf("%d 元", fen/100)
	}
	return fmt.Sprintf("%d.%02d 元", fen/100, fen%100)
}
