// Package certs issues, revokes and verifies certificates. A certificate is recorded before it is sealed and completed
// after, so a power cut leaves at most a reserved number, and issuing again completes it.
package certs

import (
	"context"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Number is a certificate number of 22 characters (domain facts §2.1): the body's filing number of 13, the year of 2,
// the level of 1, the serial of 6. It has no check digit, so a well-formed number proves nothing. Text becomes a Number by
// ParseNumber or NewNumber only; the methods rely on its length.
type Number string

// State is what a certificate is worth today.
type State string

// The states. Reserved goes to Valid or Void, Valid to Revoked.
const (
	Reserved State = "reserved" // the number is given, the first document not yet sealed
	Valid    State = "valid"
	Revoked  State = "revoked"
	Void     State = "void" // a number that was given and will never be used, with its reason
)

// Certificate (证书) is a number and all that ever stood under it: the edition that holds, those before it, and the one
// that is being made. What never changes stands here, what is printed and may be corrected in the editions.
type Certificate struct {
	Number  Number            `json:"number"`
	Result  result.ID         `json:"result"`
	Session sitting.SessionID `json:"session"`
	Holder  engine.PersonID   `json:"holder"`
	Org     engine.OrgID      `json:"org"`
	Filing  string            `json:"filing"`
	Token   string            `json:"token"` // 128 random bits: the address in the QR code
	Demo    bool              `json:"demo,omitempty"`
	Way     Route             `json:"route,omitempty"` // of one without a sitting; see Route

	Edition           // the one that holds; while Reserved, the first, not yet sealed
	Earlier []Edition `json:"earlier,omitempty"` // superseded, the oldest first
	Next    *Edition  `json:"next,omitempty"`    // decided on and not yet sealed
	State   State     `json:"state"`
	Changed time.Time `json:"changed"` // when State began
	Reason  string    `json:"reason,omitempty"`
	Motion  *Motion   `json:"motion,omitempty"`  // to revoke; waits for a second person
	Rulings []Ruling  `json:"rulings,omitempty"` // that ended it, for the log
	Links   int       `json:"links,omitempty"`   // that its holder ever made, ended ones as well

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Claim binds a result to a number before the certificate is written, so that a result never gets two. Its number
// changes only when a certificate of another result already holds it, and only within the same prefix; one that was given
// also by a newer list, as long as no certificate was begun under it or that one is void.
type Claim struct {
	Result   result.ID    `json:"result"`
	Number   Number       `json:"number"`
	At       time.Time    `json:"at"`              // fixed at first: the year in the number and the date of issue come from it
	Given    clock.Date   `json:"given,omitzero"`  // date of issue that came with a number from the authority; zero for our own numbers
	Begun    bool         `json:"begun,omitempty"` // set on a given number before its certificate is written
	Trail    engine.Trail `json:"trail,omitempty"` // of given numbers
	Revision int64        `json:"-"`
}

// issued is the date that the certificate will print.
func (c *Claim) issued(zone *time.Location) clock.Date {
	if !c.Given.IsZero() {
		return c.Given
	}
	return clock.DateOf(c.At, zone)
}

// File is one sealed document.
type File struct {
	Number  Number `json:"number"`
	Version int    `json:"version"` // of the edition
	PDF     []byte `json:"pdf"`

	Sealed time.Time `json:"sealed,omitzero"` // of a card; the record of its edition says it of a certificate
}

// Refusals of this package.
var (
	ErrCertificate  = errs.New(errs.NotFound, "certificate.not_found", "查无此证书")
	ErrNumberTaken  = errs.New(errs.Conflict, "certificate.number_taken", "证书编号已被使用")
	ErrClaim        = errs.New(errs.NotFound, "certificate.no_claim", "该成绩尚未取得证书编号")
	ErrClaimed      = errs.New(errs.Conflict, "certificate.claimed", "该成绩已有证书编号")
	ErrNotFinal     = errs.New(errs.Conflict, "certificate.not_final", "公示尚未结束，不能发证")
	ErrNotPassed    = errs.New(errs.Conflict, "certificate.not_passed", "两科未全部合格，不能发证")
	ErrState        = errs.New(errs.Conflict, "certificate.state", "证书当前的状态不允许此项操作")
	ErrMotion       = errs.New(errs.Conflict, "certificate.no_motion", "没有待确认的撤销申请")
	ErrMoved        = errs.New(errs.Conflict, "certificate.moved", "已有一份待确认的撤销申请")
	ErrOneself      = errs.New(errs.Forbidden, "certificate.oneself", "撤销须由申请人以外的另一人确认")
	ErrOwnMatter    = errs.New(errs.Forbidden, "certificate.own", "您本人的证书、成绩和获奖，须由其他人办理")
	ErrProvince     = errs.New(errs.Forbidden, "certificate.province", "主管部门只能对本省机构的事项作出决定")
	ErrNobody       = errs.New(errs.Forbidden, "certificate.no_person", "账号未登记人员，不能作此决定")
	ErrEdition      = errs.New(errs.Conflict, "certificate.edition", "证书已有新的版次，请重新查看")
	ErrNothing      = errs.New(errs.Conflict, "certificate.nothing", "登记信息与证书一致，没有可更正的内容：请先更正人员登记信息")
	ErrNoHold       = errs.New(errs.NotFound, "certificate.no_hold", "该成绩没有暂停发证")
	ErrBatch        = errs.New(errs.NotFound, "certificate.no_batch", "本场次尚未开始发证")
	ErrBatchExists  = errs.New(errs.Conflict, "certificate.batch", "本场次的发证已经开始")
	ErrReason       = errs.New(errs.Invalid, "certificate.reason", "填写的理由或依据不合要求")
	ErrNumber       = errs.New(errs.Invalid, "certificate.number", "证书编号应为22位")
	ErrPending      = errs.New(errs.Conflict, "certificate.pending", "成绩待定，暂不能发证")
	ErrUnsettled    = errs.New(errs.Conflict, "certificate.unsettled", "成绩还有未办结的事项，撤销后不能恢复，办结以前不能撤销证书")
	ErrHeld         = errs.New(errs.Conflict, "certificate.held", "该成绩有未了结的复核或处理，暂停发证")
	ErrSeparated    = errs.New(errs.Conflict, "certificate.separated", "考生与本场工作人员有应当回避的关系，不能发证")
	ErrTwice        = errs.New(errs.Conflict, "certificate.twice", "疑似同一人在本场次用两种证件各考了一次，查清以前不能发证：不是同一人的，请在人员页说明并经核定为两人；是同一人的，请按违纪程序处理")
	ErrNoNumber     = errs.New(errs.Conflict, "certificate.no_number", "证书编号由主管部门下发，请先导入编号")
	ErrGivenWho     = errs.New(errs.Conflict, "certificate.given_who", "本次应发证的人员中没有此人，或姓名与证件号码不符")
	ErrGivenTwice   = errs.New(errs.Conflict, "certificate.given_twice", "表中重复")
	ErrOwnNumbers   = errs.New(errs.Conflict, "certificate.own_numbers", "本机构的证书编号由本系统编排，不能导入")
	ErrGivenTaken   = errs.New(errs.Conflict, "certificate.given_taken", "此编号已下发给他人，或已被证书使用")
	ErrUnassigned   = errs.New(errs.NotFound, "certificate.unassigned", "没有下发此编号")
	ErrPhotoChanged = errs.New(errs.Conflict, "certificate.photo_changed", "照片在制证期间已更换，请作废此编号后重新发证")
	ErrPhotoDiffers = errs.New(errs.Conflict, "certificate.photo_differs", "登记的照片与证书上的不同，须先由发证机构更正证书")
	ErrFileKept     = errs.New(errs.Conflict, "certificate.file_kept", "证书文件已存在")
	ErrNoneIssued   = errs.New(errs.Conflict, "certificate.none_issued", "本场次没有有效的证书可以上报")
	ErrCredential   = errs.New(errs.Internal, "certificate.credential", "证书文件所载的内容与登记的不一致")
	ErrFile         = errs.New(errs.NotFound, "certificate.no_file", "证书文件尚未生成")
	ErrCardRevoked  = errs.New(errs.NotFound, "certificate.card_revoked", "证书已撤销，没有证书卡")
	ErrCardVoid     = errs.New(errs.NotFound, "certificate.card_void", "证书编号已作废，没有证书卡")
	ErrSerials      = errs.New(errs.Conflict, "certificate.serials", "本机构本年度该等级的证书编号已用完")
	ErrContended    = errs.New(errs.Unavailable, "certificate.contended", "发证繁忙，未能取得证书编号，请重试")
)

// Ledger keeps certificates. Safe for concurrent use; must pass storetest.Ledger.
//   - Absent: ErrCertificate. A number already taken: CreateCertificate returns ErrNumberTaken.
//   - UpdateCertificate writes only at the certificate's Revision, otherwise engine.ErrStale.
//   - LookAtCertificate is Certificate for who only looks: it may give everybody the same one, which nobody changes.
//   - ByToken: ErrCertificate when no certificate carries the token.
//   - Numbers lists the certificates whose numbers begin with prefix, in byte order, backwards when desc.
//   - Unfinished lists those that are Open, in the byte order of numbers.
type Ledger interface {
	Certificate(ctx context.Context, n Number) (*Certificate, error)
	LookAtCertificate(ctx context.Context, n Number) (*Certificate, error)
	CreateCertificate(ctx context.Context, c *Certificate) error
	UpdateCertificate(ctx context.Context, c *Certificate) error
	ByToken(ctx context.Context, token string) (*Certificate, error)
	Numbers(ctx context.Context, prefix string, desc bool, c engine.Cursor) (rows []*Certificate, next string, err error)
	Unfinished(ctx context.Context, c engine.Cursor) (rows []*Certificate, next string, err error)
}

// Claims keeps claims. Absent: ErrClaim; taken: ErrClaimed. UpdateClaim writes only at its Revision, otherwise
// engine.ErrStale. Safe for concurrent use; must pass storetest.Claims.
type Claims interface {
	Claim(ctx context.Context, r result.ID) (*Claim, error)
	CreateClaim(ctx context.Context, c *Claim) error
	UpdateClaim(ctx context.Context, c *Claim) error
}

// Assignment (下发编号) is whose a number from the authority is: one result's, in however many lists it comes.
type Assignment struct {
	Number   Number       `json:"number"`
	Result   result.ID    `json:"result"`
	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Assignments keeps one assignment a number. Absent: ErrUnassigned; taken: ErrGivenTaken. UpdateAssignment writes only at
// its Revision, otherwise engine.ErrStale. Safe for concurrent use; must pass storetest.Assignments.
type Assignments interface {
	Assignment(ctx context.Context, n Number) (*Assignment, error)
	CreateAssignment(ctx context.Context, a *Assignment) error
	UpdateAssignment(ctx context.Context, a *Assignment) error
}

// Files keeps sealed documents, written once. PutFile of a number and version that is there is ErrFileKept and keeps the
// first. Absent: ErrFile. Safe for concurrent use; must pass storetest.Files.
type Files interface {
	File(ctx context.Context, n Number, version int) (*File, error)
	PutFile(ctx context.Context, f *File) error
}
