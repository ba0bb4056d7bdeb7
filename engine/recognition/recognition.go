// Package recognition is the direct recognition of an employer's own staff (直接认定): a certificate on the strength of what
// the employer has on record of somebody's work, without a sitting. The employer's exam office applies, a second person
// reviews, the labour authority or a quality supervisor who is tied to neither the employer nor the person decides, and the
// public may object. No score is made of it, ever. Where no policy opens it, it is closed.
package recognition

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
)

// ID names a case. It is derived from body, person and level.
type ID string

// Of is the one case of a person at a body and a level.
func Of(org engine.OrgID, p engine.PersonID, l engine.Level) ID {
	return ID(ids.Derive("recognition", string(org), string(p), strconv.Itoa(int(l))))
}

// State is how far a case has come.
type State string

// The states. Applied goes to Reviewed, Public and Final; each of the first two may be Refused or Withdrawn, a public one
// Struck by an objection. What was refused, withdrawn or struck may be applied for anew.
const (
	Applied   State = "applied"
	Reviewed  State = "reviewed"
	Public    State = "public" // decided for, and open to objections
	Final     State = "final"  // the certificate may be issued
	Refused   State = "refused"
	Struck    State = "struck"
	Withdrawn State = "withdrawn"
)

// States lists the states in the order of a desk.
func States() []State {
	return []State{Applied, Reviewed, Public, Final, Refused, Struck, Withdrawn}
}

// Name is the Chinese name.
func (s State) Name() string {
	return map[State]string{Applied: "待复核", Reviewed: "待决定", Public: "公示中", Final: "可以发证", Refused: "不予认定", Struck: "异议成立，已取消", Withdrawn: "已撤回"}[s]
}

// Case (直接认定) is one member of staff and one level, with everything that was said about it.
type Case struct {
	ID       ID              `json:"id"`
	Org      engine.OrgID    `json:"org"`
	Body     string          `json:"body"` // its name when it applied
	Person   engine.PersonID `json:"person"`
	Level    engine.Level    `json:"level"`
	Terms    string          `json:"terms"` // of employment
	Evidence []Evidence      `json:"evidence"`
	Superior Superior        `json:"superior"`
	Since    clock.Date      `json:"since"`  // of service in the body, by Tie
	Tie      string          `json:"tie"`    // ID of the tie that shows it
	Policy   string          `json:"policy"` // ID of the policy that it was applied for under
	State    State           `json:"state"`
	At       time.Time       `json:"at"` // of the application, as By all of the last one
	By       string          `json:"by"` // account
	Who      string          `json:"who"`

	Review     *Opinion         `json:"review,omitempty"`
	Decision   *Opinion         `json:"decision,omitempty"`
	Notice     engine.Publicity `json:"notice,omitzero"`
	Objections []Objection      `json:"objections,omitempty"` // of every round

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// LogValue keeps people out of logs.
func (c Case) LogValue() slog.Value { return slog.StringValue(string(c.ID)) }

// Evidence is the document that shows one of the policy's materials.
type Evidence struct {
	Material string `json:"material"` // key
	Document string `json:"document"` // its name, number and where it is kept
}

// Superior (主管上级) vouches for the work of the member of staff, by name.
type Superior struct {
	Person engine.PersonID `json:"person"`
	Post   string          `json:"post"`
	Words  string          `json:"words"`
	On     clock.Date      `json:"on"` // day of the statement
}

// Opinion is what the reviewer or the decider said, for or against.
type Opinion struct {
	For    bool      `json:"for"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Who    string    `json:"who"` // engine.PersonID
	Name   string    `json:"name"`
}

// Objection (公示异议) is what anybody has against a case in publicity. One that is upheld strikes the case.
type Objection struct {
	No int `json:"no"` // from 1
	engine.Protest
	At     time.Time `json:"at"`
	Answer *Answer   `json:"answer,omitempty"`
}

// Answer ends an objection.
type Answer struct {
	Upheld bool      `json:"upheld"`
	Words  string    `json:"words"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Name   string    `json:"name"`
}

// Refusals of this package.
var (
	ErrClosed    = errs.New(errs.Conflict, "recognition.closed", "本省没有开放直接认定，请按考试方式报名参加认定")
	ErrBody      = errs.New(errs.Conflict, "recognition.body", "此机构不属于可以直接认定的机构，请按考试方式组织认定")
	ErrLevel     = errs.New(errs.Conflict, "recognition.level", "此等级不能直接认定，请按考试方式报名")
	ErrInput     = errs.New(errs.Invalid, "recognition.invalid", "申请填写不完整，请按提示补充")
	ErrNotStaff  = errs.New(errs.Conflict, "recognition.not_staff", "没有此人现在受聘于本单位的登记，或登记有异议、没有起始日期：只能为本单位职工申请，请先在关系记录中登记或更正聘用")
	ErrService   = errs.New(errs.Conflict, "recognition.service", "在本单位的服务年限不够，期满后再申请")
	ErrQuota     = errs.New(errs.Conflict, "recognition.quota", "本单位本年度的直接认定名额已用完，请下一年度再办，或按考试方式报名")
	ErrCase      = errs.New(errs.NotFound, "recognition.not_found", "查无此项直接认定")
	ErrExists    = errs.New(errs.Conflict, "recognition.exists", "此人此等级已有正在办理或已办结的直接认定，不能重复申请")
	ErrState     = errs.New(errs.Conflict, "recognition.state", "直接认定现在的状态不能这样办理，请重新查看")
	ErrTwo       = errs.New(errs.Forbidden, "recognition.oneself", "申请、复核、决定须由不同的人作出，证明人也不能复核或决定，请由另一人办理")
	ErrOwn       = errs.New(errs.Forbidden, "recognition.own", "这是您本人的直接认定，须由其他人办理")
	ErrNobody    = errs.New(errs.Forbidden, "recognition.no_person", "账号未登记人员，不能作此决定")
	ErrDecided   = errs.New(errs.Forbidden, "recognition.decided", "作出决定的人不能答复对此决定的异议，请由另一人答复")
	ErrProvince  = errs.New(errs.Forbidden, "recognition.province", "主管部门和质量督导员只能对本省机构的事项作出决定")
	ErrTied      = errs.New(errs.Forbidden, "recognition.tied", "决定人受聘于申请单位，须由与单位和本人都没有关系的人决定")
	ErrProtest   = errs.New(errs.Invalid, "recognition.protest", "异议填写不完整，请按提示补充")
	ErrNotPublic = errs.New(errs.NotFound, "recognition.not_public", "没有正在公示的此项直接认定")
	ErrMany      = errs.New(errs.Conflict, "recognition.many", "收到的异议过多，请直接联系人力资源和社会保障局")
	ErrNoWord    = errs.New(errs.NotFound, "recognition.no_objection", "查无此异议")
	ErrAnswered  = errs.New(errs.Conflict, "recognition.answered", "此异议已答复，不能更改")
	ErrOpen      = errs.New(errs.Conflict, "recognition.open", "尚有异议未答复，由决定机关答复后再结束公示")
	ErrNotice    = errs.New(errs.Conflict, "recognition.notice", "公示期未满，不能结束公示")
)

// Cases keeps cases. Safe for concurrent use; must pass storetest.Recognitions.
//   - Absent: ErrCase. An ID already taken: CreateCase returns ErrExists.
//   - UpdateCase writes only at the case's Revision, otherwise engine.ErrStale.
//   - CasesOf lists those of one body, CasesIn those in one state, both in the byte order of IDs.
type Cases interface {
	Case(ctx context.Context, id ID) (*Case, error)
	CreateCase(ctx context.Context, c *Case) error
	UpdateCase(ctx context.Context, c *Case) error
	CasesOf(ctx context.Context, org engine.OrgID, c engine.Cursor) (rows []*Case, next string, err error)
	CasesIn(ctx context.Context, s State, c engine.Cursor) (rows []*Case, next string, err error)
}

// Seen is the case as it was applied for and reviewed last: what somebody decides on.
func (c *Case) Seen() engine.Seen {
	ms := func(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
	parts := []string{"recognition-seen", ms(c.At), c.By, c.Who, c.Body, c.Terms, c.Since.String(), c.Tie, string(c.Superior.Person), c.Superior.Post,
		c.Superior.Words, c.Superior.On.String()}
	for _, e := range c.Evidence {
		parts = append(parts, e.Material, e.Document)
	}
	if r := c.Review; r != nil {
		parts = append(parts, ms(r.At), r.Who, r.Reason)
	}
	return engine.Seen{ID: string(c.ID), Mark: ids.Derive(parts...)}
}

// in returns nil when the case is in one of the states.
func (c *Case) in(states ...State) error {
	if slices.Contains(states, c.State) {
		return nil
	}
	return ErrState.With("%s", c.State.Name())
}

// over reports whether the case came to nothing.
func (c *Case) over() bool { return c.in(Refused, Struck, Withdrawn) == nil }

// Readable reports whether the public may read the case today.
func (c *Case) Readable(today clock.Date) bool { return c.State == Public && c.Notice.Runs(today) }

// Waits counts the objections without an answer.
func (c *Case) Waits() (n int) {
	for _, o := range c.Objections {
		if o.Answer == nil {
			n++
		}
	}
	return n
}

// IsOf reports whether the case is about the acting person, under whichever document where by is whole.
func (c *Case) IsOf(by authz.Principal) bool { return by.Is(string(c.Person)) }

// Has reports whether the acting person has had a hand in the case, under whichever account or, where by is whole, document: applied, reviewed or vouched.
func (c *Case) Has(by authz.Principal) bool {
	return c.By == by.Account || by.Is(c.Who) || by.Is(string(c.Superior.Person)) ||
		c.Review != nil && (c.Review.By == by.Account || by.Is(c.Review.Who))
}

// DecidedBy reports whether the acting person decided on the case, under whichever account or, where by is whole, document.
func (c *Case) DecidedBy(by authz.Principal) bool {
	o := c.Decision
	return o != nil && (o.By == by.Account || by.Is(o.Who))
}

// review writes down what the second person of the body found.
func (c *Case) review(o Opinion) error {
	if err := c.in(Applied); err != nil {
		return err
	}
	c.Review, c.State = &o, Refused
	if o.For {
		c.State = Reviewed
	}
	return nil
}

// decide opens the publicity of a case that was decided for.
func (c *Case) decide(o Opinion, notice engine.Publicity) error {
	if err := c.in(Reviewed); err != nil {
		return err
	}
	c.Decision, c.State = &o, Refused
	if o.For {
		c.State, c.Notice = Public, notice
	}
	return nil
}

// withdraw ends a case that nobody has decided on.
func (c *Case) withdraw() error {
	if c.State == Withdrawn {
		return engine.ErrUnchanged
	}
	if err := c.in(Applied, Reviewed); err != nil {
		return err
	}
	c.State = Withdrawn
	return nil
}

// maxObjections bounds what strangers can make the authority read of one case.
const maxObjections = 100

// object writes an objection down. The same once more changes nothing.
func (c *Case) object(p engine.Protest, now time.Time, today clock.Date) error {
	switch {
	case !c.Readable(today):
		return ErrNotPublic
	case slices.ContainsFunc(c.Objections, func(o Objection) bool { return o.Protest == p }):
		return engine.ErrUnchanged
	case len(c.Objections) >= maxObjections:
		return ErrMany
	}
	c.Objections = append(c.Objections, Objection{No: len(c.Objections) + 1, Protest: p, At: now})
	return nil
}

// answer ends an objection. One that is upheld strikes a case in publicity.
func (c *Case) answer(no int, a Answer) error {
	if no < 1 || no > len(c.Objections) {
		return ErrNoWord
	}
	o := &c.Objections[no-1]
	switch had := o.Answer; {
	case had != nil && had.Upheld == a.Upheld && had.Words == a.Words:
		return engine.ErrUnchanged
	case had != nil:
		return ErrAnswered
	}
	if o.Answer = &a; a.Upheld && c.State == Public {
		c.State = Struck
	}
	return nil
}

// conclude ends the publicity on the day after its last day at the earliest, when no objection waits.
func (c *Case) conclude(today clock.Date) error {
	if c.State == Final {
		return engine.ErrUnchanged
	}
	if err := c.in(Public); err != nil {
		return err
	}
	switch n := c.Waits(); {
	case n > 0:
		return ErrOpen.With("%d件", n)
	case !c.Notice.Over(today):
		return ErrNotice.With("公示至%s", c.Notice.Until)
	}
	c.State = Final
	return nil
}

// renew puts an application in the place of one that came to nothing. What was said before stays in the trail, objections as
// they are.
func (c *Case) renew(a *Case) error {
	if !c.over() {
		return ErrExists.With("%s", c.State.Name())
	}
	kept := *c
	*c = *a
	c.Objections, c.Trail, c.Revision = kept.Objections, append(kept.Trail, a.Trail...), kept.Revision
	return nil
}
