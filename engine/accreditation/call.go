// Package accreditation selects evaluation bodies (遴选备案): the authority's call, the bodies' applications with their materials,
// the review and the decision by two persons, the public notice, objections, and the filing.
package accreditation

import (
	"context"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/separation"
)

// CallID names a call.
type CallID string

// Call (征集遴选) is one selection: what is asked for, who applied, and what became of them. All of it is one document, for the
// number of bodies that may be chosen is a rule over all applications.
type Call struct {
	ID         CallID            `json:"id"`
	Province   string            `json:"province"` // two digits of GB/T 2260
	Title      string            `json:"title"`
	Document   string            `json:"document"` // number of the authority's notice
	Occupation string            `json:"occupation"`
	Levels     []engine.Level    `json:"levels"`
	Bodies     int               `json:"bodies"` // chosen at most
	Closes     clock.Date        `json:"closes"` // last day of applications
	Materials  []engine.Material `json:"materials"`
	NoticeDays int               `json:"notice_days"` // working days, never fewer than the policy's
	LeaseYears int               `json:"lease_years"` // of rented premises, at least

	Notice       *Notice       `json:"notice,omitempty"` // nil before it is published
	Applications []Application `json:"applications,omitempty"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Notice (公示) is when the public could object.
type Notice struct {
	From clock.Date `json:"from"`
	Last clock.Date `json:"last"` // the last working day of it
	At   time.Time  `json:"at"`
	By   string     `json:"by"`
}

// State is where an application stands. It only moves forward.
type State string

// The states.
const (
	Draft     State = "draft"     // 填报中
	Submitted State = "submitted" // 已提交
	Reviewed  State = "reviewed"  // 已评审
	Chosen    State = "chosen"    // 拟入选
	Noticed   State = "noticed"   // 公示中
	Filed     State = "filed"     // 已备案
	Declined  State = "declined"  // 未入选
	Withdrawn State = "withdrawn" // 已撤回
	Struck    State = "struck"    // 异议成立，取消
)

// States lists the states.
func States() []State {
	return []State{Draft, Submitted, Reviewed, Chosen, Noticed, Filed, Declined, Withdrawn, Struck}
}

// Application (申报) is one body's.
type Application struct {
	Org      engine.OrgID `json:"org"`
	Name     string       `json:"name"` // of the body, as it was when it applied
	State    State        `json:"state"`
	Premises Premises     `json:"premises,omitzero"`
	// Control is who is behind the body; nil before it is filled in, and in applications from before it was asked for.
	Control   *separation.Control `json:"control,omitempty"`
	Files     []File              `json:"files,omitempty"` // at most one a material
	Submitted time.Time           `json:"submitted,omitzero"`

	Review     *Opinion       `json:"review,omitempty"`
	Decision   *Opinion       `json:"decision,omitempty"`
	Objections []Objection    `json:"objections,omitempty"`
	Filing     *engine.Filing `json:"filing,omitempty"` // what was filed, or is being filed while the state is Noticed
}

// Premises (场地) are where the body would examine.
type Premises struct {
	Address string     `json:"address"`
	Leased  bool       `json:"leased,omitempty"`
	From    clock.Date `json:"from,omitzero"` // of the lease
	To      clock.Date `json:"to,omitzero"`   // the first day after it
}

// File is the content handed in for a material. The bytes are kept under their digest.
type File struct {
	Material string    `json:"material"` // key
	Name     string    `json:"name"`
	Size     int       `json:"size"`   // bytes
	Digest   string    `json:"digest"` // hex SHA-256
	At       time.Time `json:"at"`
	By       string    `json:"by"`
}

// Opinion is what a reviewer or a decider said, for or against.
type Opinion struct {
	For    bool      `json:"for"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`     // account
	Person string    `json:"person"` // engine.PersonID
	Name   string    `json:"name"`
}

// Objection (异议) came in during the notice or before the filing. Who raised it is for the authority only.
type Objection struct {
	No     int        `json:"no"` // from 1
	From   string     `json:"from"`
	Text   string     `json:"text"`
	On     clock.Date `json:"on"` // the day it came in
	At     time.Time  `json:"at"`
	By     string     `json:"by"` // account that wrote it down
	Answer *Answer    `json:"answer,omitempty"`
}

// Answer ends an objection. One that is upheld strikes the application.
type Answer struct {
	Upheld bool      `json:"upheld"`
	Text   string    `json:"text"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Name   string    `json:"name"`
}

// Refusals of this package.
var (
	ErrCall        = errs.New(errs.NotFound, "accreditation.not_found", "查无此项遴选")
	ErrCallExists  = errs.New(errs.Conflict, "accreditation.exists", "同一文号的遴选已经发布，内容不同，请核对文号")
	ErrInput       = errs.New(errs.Invalid, "accreditation.invalid", "填写的内容不完整，请按提示补充")
	ErrApplication = errs.New(errs.NotFound, "accreditation.no_application", "没有该机构的申报")
	ErrState       = errs.New(errs.Conflict, "accreditation.state", "申报现在的状态不能这样办理")
	ErrClosed      = errs.New(errs.Conflict, "accreditation.closed", "申报截止日期已过，不能再修改或提交")
	ErrNotEligible = errs.New(errs.Conflict, "accreditation.not_eligible", "本机构不符合申报范围")
	ErrOpen        = errs.New(errs.Conflict, "accreditation.open", "还可以有机构申报，现在不能决定由谁入选")
	ErrMaterials   = errs.New(errs.Conflict, "accreditation.materials", "申报材料不齐，补齐后再提交")
	ErrSamePerson  = errs.New(errs.Forbidden, "accreditation.same_person", "评审和决定须由两人分别作出，请由另一人决定")
	ErrFull        = errs.New(errs.Conflict, "accreditation.full", "入选机构已达到征集的数量")
	ErrUndecided   = errs.New(errs.Conflict, "accreditation.undecided", "还有申报没有作出决定，或申报尚未截止，不能公示")
	ErrNoticeOpen  = errs.New(errs.Conflict, "accreditation.notice_open", "公示期未满，不能备案")
	ErrObjection   = errs.New(errs.Conflict, "accreditation.objection", "有异议尚未答复，答复后才能备案")
	ErrNoPolicy    = errs.New(errs.Conflict, "accreditation.no_policy", "政策数据没有规定遴选的公示天数，请先补充 accreditation")
	ErrFile        = errs.New(errs.Invalid, "accreditation.file", "材料只收PDF、JPG或PNG文件，不超过5 MB")
	ErrNoFile      = errs.New(errs.NotFound, "accreditation.no_file", "没有这份材料")
)

// Calls keeps calls, listed in the byte order of IDs. Safe for concurrent use; must pass storetest.Calls.
//   - Absent: ErrCall. An ID already taken: CreateCall returns ErrCallExists.
//   - UpdateCall writes only at the call's Revision, otherwise engine.ErrStale.
type Calls interface {
	Call(ctx context.Context, id CallID) (*Call, error)
	CreateCall(ctx context.Context, c *Call) error
	UpdateCall(ctx context.Context, c *Call) error
	CallList(ctx context.Context, c engine.Cursor) (rows []*Call, next string, err error)
}

// Files keeps the bytes of materials under their digests. Safe for concurrent use; must pass storetest.MaterialFiles.
//   - PutMaterial may be called again with the same bytes. nil means durable.
//   - Material: absent, or not whole, ErrNoFile.
type Files interface {
	PutMaterial(ctx context.Context, digest string, data []byte) error
	Material(ctx context.Context, digest string, size int) ([]byte, error)
}

// of finds the body's application.
func (c *Call) of(org engine.OrgID) (*Application, error) {
	i := slices.IndexFunc(c.Applications, func(a Application) bool { return a.Org == org })
	if i < 0 {
		return nil, ErrApplication
	}
	return &c.Applications[i], nil
}

// in returns nil when the application is in one of the states.
func (a *Application) in(states ...State) error {
	if slices.Contains(states, a.State) {
		return nil
	}
	return ErrState.With("%s", a.State.Name())
}

// Name is the Chinese name of a state.
func (s State) Name() string {
	return map[State]string{Draft: "填报中", Submitted: "已提交", Reviewed: "已评审", Chosen: "拟入选", Noticed: "公示中", Filed: "已备案", Declined: "未入选",
		Withdrawn: "已撤回", Struck: "异议成立，已取消"}[s]
}

// File returns what was handed in for a material.
func (a *Application) File(material string) (File, bool) {
	i := slices.IndexFunc(a.Files, func(f File) bool { return f.Material == material })
	if i < 0 {
		return File{}, false
	}
	return a.Files[i], true
}

// Open reports whether an objection waits for its answer.
func (a *Application) Open() bool {
	return slices.ContainsFunc(a.Objections, func(o Objection) bool { return o.Answer == nil })
}

// taken counts the places that are given.
func (c *Call) taken() (n int) {
	for _, a := range c.Applications {
		if a.State == Chosen || a.State == Noticed || a.State == Filed {
			n++
		}
	}
	return n
}
