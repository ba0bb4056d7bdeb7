package registration

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
)

// RequestID is the number of a request (报名申请编号): twelve digits that tell nothing.
type RequestID string

// RequestState is where a request stands.
type RequestState string

// The states of a request. Lapsed is derived and never kept, see StateAt.
//
//	draft → submitted → accepted → withdrawn
//	        submitted → returned → submitted …
//	        submitted → rejected
//	draft, submitted, returned → withdrawn
//	draft, returned → lapsed, when their time is over
//	draft, submitted, returned → lapsed, when the session takes nobody any more
//	draft, and withdrawn before it was handed in → blanked, when the policy's period is over
const (
	Draft     RequestState = "draft"
	Submitted RequestState = "submitted"
	Returned  RequestState = "returned"
	Accepted  RequestState = "accepted"
	Rejected  RequestState = "rejected"
	Withdrawn RequestState = "withdrawn"
	Lapsed    RequestState = "lapsed"
	Blanked   RequestState = "blanked" // nobody handed it in, and nothing is kept of what it said
)

// Fault is what the office asks to be put right: a field of the form, or a material by its name.
type Fault struct {
	Field string `json:"field"`
	Text  string `json:"text"`
}

// Request (报名申请) is what somebody fills in to be examined. When the office accepts it, an Application is made of it as of a
// row of a roster; before that nobody is registered.
type Request struct {
	ID        RequestID    `json:"id"`
	Session   string       `json:"session"`
	Org       engine.OrgID `json:"org"`
	CodeHash  string       `json:"code_hash"` // of the recovery code, which is kept nowhere
	Row       RosterRow    `json:"row"`
	State     RequestState `json:"state"`
	Submitted time.Time    `json:"submitted,omitzero"`  // the last time
	AnswerBy  clock.Date   `json:"answer_by,omitzero"`  // last day to hand in again, while returned; of a draft the zero date
	AnswerTo  time.Time    `json:"answer_to,omitzero"`  // the instant on that day at which registration ends; zero: the whole day
	DraftTo   time.Time    `json:"draft_to,omitzero"`   // until when a draft may be handed in; Intake reads it from the opening as it is now
	Rounds    int          `json:"rounds,omitempty"`    // how often it was returned
	Faults    []Fault      `json:"faults,omitempty"`    // of the last return
	Reason    string       `json:"reason,omitempty"`    // of a refusal or a withdrawal
	Fees      []Charge     `json:"fees,omitempty"`      // of the components taken, since it was first handed in
	Accepting *Acceptance  `json:"accepting,omitempty"` // what the office has begun and perhaps not completed

	Application ApplicationID `json:"application,omitempty"` // once accepted

	Until time.Time `json:"-"` // from when on the session takes nobody, as the sitting has it: filled in by Intake, zero for never

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Acceptance is what the office saw when it accepted.
type Acceptance struct {
	Evidence []string  `json:"evidence"` // originals that were shown
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// LogValue keeps personal data out of logs.
func (r Request) LogValue() slog.Value { return slog.StringValue("request") }

// Refusals about requests.
var (
	ErrRequest      = errs.New(errs.NotFound, "request.not_found", "查无此报名申请")
	ErrRequestTaken = errs.New(errs.Conflict, "request.taken", "这份报名表已经提交过。请用报名编号和恢复码查看，或重新打开报名页面")
	ErrRequestInput = errs.New(errs.Invalid, "request.invalid", "报名表有几处需要改正，填好的内容都还在")
	ErrRequestState = errs.New(errs.Conflict, "request.state", "这份申请现在不能这样办理")
	ErrRequestProof = errs.New(errs.Unauthenticated, "request.proof", "报名编号或恢复码不正确，请对照回执重新输入。恢复码遗失的，请带证件原件到报名点")
	ErrRounds       = errs.New(errs.Conflict, "request.rounds", "退回改正的次数已用完，请受理或不予受理")
	ErrLapsed       = errs.New(errs.Conflict, "request.lapsed", "改正或提交的期限已过，这份申请已失效。报名尚未截止的，可以重新报名")
	ErrTooLate      = errs.New(errs.Conflict, "request.too_late", "已过自行撤回的期限，请与报名点联系")
	ErrEnded        = errs.New(errs.Conflict, "request.ended", "本场次报名已经截止，不能再受理或退回改正。请写明理由不予受理，申请人可以改报其他场次")
	ErrNoTime       = errs.New(errs.Conflict, "request.no_time", "报名截止以前没有改正的时间了，不能退回。请受理或不予受理；要给改正时间的，请先延长网上报名时间")
	ErrSaves        = errs.New(errs.Conflict, "request.saves", "这份草稿保存的次数太多，已存下的内容都还在。请填完后提交，或到报名点办理")
	ErrNoPerson     = errs.New(errs.Forbidden, "request.no_person", "您的账号没有登记本人是谁，无法判断是不是您本人的报名，不能审核。请由管理员在账号中登记本人以后再办理")
	ErrOwnRequest   = errs.New(errs.Forbidden, "request.own", "这是您本人的报名申请，请由其他考务员审核")
	ErrNotEligible  = errs.New(errs.Conflict, "request.not_eligible", "不能受理")
	ErrReviewInput  = errs.New(errs.Invalid, "request.review", "审核意见不完整")
)

// Requests keeps requests. Safe for concurrent use; must pass storetest.Requests.
//   - Absent: ErrRequest. A number already taken: CreateRequest returns ErrRequestTaken.
//   - UpdateRequest writes only at the request's Revision, otherwise engine.ErrStale.
//   - Drafts lists those that are Draftlike, of every session, in the byte order of sessions and then of numbers.
type Requests interface {
	Request(ctx context.Context, id RequestID) (*Request, error)
	CreateRequest(ctx context.Context, r *Request) error
	UpdateRequest(ctx context.Context, r *Request) error
	Drafts(ctx context.Context, c engine.Cursor) (rows []*Request, next string, err error)
	Queues
}

// Queues are the requests as the office meets them. Part of Requests, and of its contract. What was never handed in is in none.
//   - Queued lists a session's: those that wait for the office, then those that are with their applicants, then the others; in each
//     part the longest handed in before the others (Submitted, to the millisecond), and then in the byte order of numbers.
//   - Tally counts them without reading them.
//   - Under lists those of a session that are Live under a document, in the byte order of numbers.
type Queues interface {
	Queued(ctx context.Context, session string, c engine.Cursor) (rows []*Request, next string, err error)
	Tally(ctx context.Context, session string) (Tally, error)
	Under(ctx context.Context, session string, t engine.IDType, number string, c engine.Cursor) (rows []*Request, next string, err error)
}

// Tally counts the requests of a session by the state that is kept of them.
type Tally struct {
	Waiting int // submitted
	All     int // that were handed in, these too
	Drafts  int // that are Draftlike
}

// The parts of a queue, in its order.
const (
	PartWaiting = iota
	PartReturned
	PartOver
)

// Part is where in its session's queue a request stands that was handed in.
func (r *Request) Part() int {
	switch r.State {
	case Submitted:
		return PartWaiting
	case Returned:
		return PartReturned
	}
	return PartOver
}

// numbered derives number and recovery code of a request from the key that its form came with: the form sent again after a
// lost reply is the same request, and whoever sent it reads the same code. The code has 80 bits.
func numbered(session, key string) (id RequestID, code string) {
	n := sha256.Sum256([]byte("skillcert request number 1|" + session + "|" + key))
	c := sha256.Sum256([]byte("skillcert request code 1|" + session + "|" + key))
	return RequestID(fmt.Sprintf("%012d", binary.BigEndian.Uint64(n[:])%1e12)), ids.Encode(c[:10])
}

// hashCode is what is kept of a code. It needs no slow hash: nobody chose it.
func hashCode(id RequestID, code string) string {
	sum := sha256.Sum256([]byte("skillcert request proof 1|" + string(id) + "|" + code))
	return hex.EncodeToString(sum[:])
}

// PlainCode brings a code as people copy it to the form that is hashed: no hyphens and blanks, small letters, and 0 and 1 for
// the letters that look like them.
func PlainCode(s string) string {
	return strings.NewReplacer("-", "", " ", "", "\u00a0", "", "o", "0", "i", "1", "l", "1").Replace(strings.ToLower(s))
}

// proves reports, in the same time for every code, whether it is the request's.
func (r *Request) proves(code string) bool {
	return subtle.ConstantTimeCompare([]byte(r.CodeHash), []byte(hashCode(r.ID, PlainCode(code)))) == 1
}

// StateAt is the state at an instant: a draft or a returned request whose time is over has lapsed, and so has whatever was not
// accepted before its session took nobody any more.
func (r *Request) StateAt(now time.Time, zone *time.Location) RequestState {
	over := func(t time.Time) bool { return !t.IsZero() && !now.Before(t) }
	switch r.State {
	case Draft:
		if over(r.Until) || !now.Before(r.DraftTo) {
			return Lapsed
		}
	case Returned:
		if over(r.Until) || over(r.AnswerTo) || r.AnswerBy.Before(clock.DateOf(now, zone)) {
			return Lapsed
		}
	case Submitted:
		if over(r.Until) {
			return Lapsed
		}
	}
	return r.State
}

// Unreviewed reports whether the session took nobody any more before the office decided on the request.
func (r *Request) Unreviewed(now time.Time, zone *time.Location) bool {
	return r.State == Submitted && r.StateAt(now, zone) == Lapsed
}

// Live reports whether the request is handed in and was neither refused nor taken back.
func (r *Request) Live() bool {
	return r.State == Submitted || r.State == Returned || r.State == Accepted
}

// MayEdit returns nil while the applicant may change the form.
func (r *Request) MayEdit(now time.Time, zone *time.Location) error {
	switch r.StateAt(now, zone) {
	case Draft, Returned:
		return nil
	case Lapsed, Blanked:
		return ErrLapsed
	}
	return ErrRequestState.With("已提交的申请，报名点退回以后才能改")
}

// maxSaves bounds how often a draft is saved with something else in it: each save is an event that is kept.
const maxSaves = 100

// save keeps what a form says that is not handed in. The same again changes nothing.
func (r *Request) save(row RosterRow, by string, now time.Time) error {
	saves := 0
	for _, e := range r.Trail {
		if e.Action == "request.saved" {
			saves++
		}
	}
	switch {
	case r.Row.equal(row):
		return engine.ErrUnchanged
	case saves >= maxSaves:
		return ErrSaves
	}
	r.Row = row
	r.Trail.Add(now, by, "request.saved", "")
	return nil
}

// submit hands in what row says; Intake has judged it.
func (r *Request) submit(row RosterRow, fees []Charge, by string, now time.Time) {
	r.Row, r.State, r.Submitted, r.Faults, r.AnswerTo = row, Submitted, now, nil, time.Time{}
	r.charge(fees)
	r.Trail.Add(now, by, "request.submitted", row.said())
}

// said is what the row asks for, for the trail.
func (r RosterRow) said() string {
	if c := engine.Component(r.Claims.Retake); c != "" {
		return r.Claims.Condition + " 补考" + c.String()
	}
	return r.Claims.Condition
}

// MayDecide returns nil while the office may send the request back or refuse it.
func (r *Request) MayDecide() error {
	switch {
	case r.State != Submitted:
		return ErrRequestState
	case r.Accepting != nil:
		return ErrRequestState.With("受理已经开始，还没有完成。请再受理一次，或先放弃这次受理")
	}
	return nil
}

// MayReturn returns nil while the office may send the request back, so many times at most.
func (r *Request) MayReturn(most int) error {
	if err := r.MayDecide(); err != nil {
		return err
	}
	if r.Rounds >= most {
		return ErrRounds
	}
	return nil
}

// MayAccept returns nil while the office may accept the request: until its session takes nobody any more. What was begun in time may be
// completed.
func (r *Request) MayAccept(now time.Time, zone *time.Location) error {
	switch {
	case r.State != Submitted:
		return ErrRequestState
	case r.Accepting == nil && r.Unreviewed(now, zone):
		return ErrEnded
	}
	return nil
}

// acceptPatience is how long an acceptance may be under way: longer than any call takes. After it, it was cut off.
const acceptPatience = 5 * time.Minute

// MayAbandon returns nil where an acceptance was cut off and may be given up.
func (r *Request) MayAbandon(now time.Time) error {
	switch {
	case r.Accepting == nil:
		return ErrRequestState
	case now.Before(r.Accepting.At.Add(acceptPatience)):
		return ErrRequestState.With("受理正在进行，请5分钟以后再试")
	}
	return nil
}

// sendBack returns the request to the applicant with what is to be put right. The same again changes nothing.
func (r *Request) sendBack(by authz.Principal, faults []Fault, most int, until Answer, now time.Time) error {
	if r.State == Returned && slices.Equal(r.Faults, faults) {
		return engine.ErrUnchanged
	}
	if err := r.MayReturn(most); err != nil {
		return err
	}
	r.State, r.Faults, r.AnswerBy, r.AnswerTo = Returned, faults, until.By, until.To
	r.Rounds++
	r.Trail.AddBy(now, by, "request.returned", said(faults))
	return nil
}

func said(faults []Fault) string {
	parts := make([]string, len(faults))
	for i, f := range faults {
		parts[i] = f.Text
	}
	return strings.Join(parts, "；")
}

// reject refuses the request for good.
func (r *Request) reject(by authz.Principal, reason string, now time.Time) error {
	switch {
	case r.State == Rejected && r.Reason == reason:
		return engine.ErrUnchanged
	case r.MayDecide() != nil:
		return r.MayDecide()
	}
	r.State, r.Reason = Rejected, reason
	r.Trail.AddBy(now, by, "request.rejected", reason)
	return nil
}

// begin notes that the office accepts, so that nothing else happens to the request before complete.
func (r *Request) begin(by authz.Principal, evidence []string, now time.Time) error {
	if r.State != Submitted {
		return ErrRequestState
	}
	r.Accepting = &Acceptance{Evidence: evidence, By: by.Account, At: now}
	r.Trail.AddBy(now, by, "request.accepting", strings.Join(evidence, "、"))
	return nil
}

// complete ends an acceptance; completing twice changes nothing.
func (r *Request) complete(by authz.Principal, a ApplicationID, now time.Time) error {
	switch {
	case r.State == Accepted && r.Application == a:
		return engine.ErrUnchanged
	case r.State != Submitted || r.Accepting == nil:
		return ErrRequestState
	}
	r.State, r.Application, r.Accepting = Accepted, a, nil
	r.Trail.AddBy(now, by, "request.accepted", "")
	return nil
}

// giveUp ends an acceptance that a rule forbids.
func (r *Request) giveUp(by authz.Principal, reason string, now time.Time) error {
	if r.Accepting == nil {
		return engine.ErrUnchanged
	}
	r.Accepting = nil
	r.Trail.AddBy(now, by, "request.not-accepted", reason)
	return nil
}

// MayWithdraw returns nil while the applicant withdraws by themselves: until so many days before the sitting.
func (r *Request) MayWithdraw(rule engine.RegistrationPolicy, t Target, now time.Time, zone *time.Location) error {
	switch r.StateAt(now, zone) {
	case Draft, Submitted, Returned, Accepted:
	case Lapsed, Blanked:
		return ErrLapsed
	default:
		return ErrRequestState
	}
	switch {
	case r.Accepting != nil:
		return ErrRequestState.With("报名点正在受理，请稍后再试")
	case t.Day.AddDays(-rule.WithdrawDays).Before(clock.DateOf(now, zone)):
		return ErrTooLate
	}
	return nil
}

// LastWithdrawal is the last day on which candidates withdraw by themselves.
func LastWithdrawal(rule engine.RegistrationPolicy, t Target) clock.Date {
	return t.Day.AddDays(-rule.WithdrawDays)
}

// words checks a text that somebody has to read: there, and at most so many characters.
func words(c *errs.Check, name, text string, most int) {
	c.That(text != "", name, "missing", "请写明，申请人要照着办")
	c.That(utf8.RuneCountInString(text) <= most, name, "long", fmt.Sprintf("最多%d个字", most))
}
