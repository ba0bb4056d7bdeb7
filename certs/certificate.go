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

// The states. Reserved goes to Valid or Void; Valid to Superseded or Revoked; Superseded to Revoked.
const (
	Reserved   State = "reserved" // the number is given, the document not yet sealed
	Valid      State = "valid"
	Superseded State = "superseded"
	Revoked    State = "revoked"
	Void       State = "void" // a number that was given and will never be used, with its reason in the trail
)

// Certificate (证书) is the record behind a document.
type Certificate struct {
	Number     Number            `json:"number"`
	Result     result.ID         `json:"result"`
	Session    sitting.SessionID `json:"session"`
	Holder     engine.PersonID   `json:"holder"`
	Name       string            `json:"name"` // as printed
	IDType     engine.IDType     `json:"id_type"`
	IDMasked   string            `json:"id_masked"` // as printed
	Occupation engine.Occupation `json:"occupation"`
	Level      engine.Level      `json:"level"`
	Issued     clock.Date        `json:"issued"` // as printed
	Org        engine.OrgID      `json:"org"`
	OrgName    string            `json:"org_name"`
	Filing     string            `json:"filing"`
	Token      string            `json:"token"`   // 128 random bits: the address in the QR code
	Version    int               `json:"version"` // of the document, from 1
	State      State             `json:"state"`
	Digest     string            `json:"digest"` // hex SHA-256 of the sealed file, empty while reserved
	Demo       bool              `json:"demo,omitempty"`
	Sealed     time.Time         `json:"sealed"`
	Changed    time.Time         `json:"changed"` // when State began
	Reason     string            `json:"reason,omitempty"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Claim binds a result to a number before the certificate is written, so that a result never gets two. Its number
// changes only when a certificate of another result already holds it, and only within the same prefix.
type Claim struct {
	Result   result.ID `json:"result"`
	Number   Number    `json:"number"`
	At       time.Time `json:"at"` // fixed at first: the year in the number and the date of issue come from it
	Revision int64     `json:"-"`
}

// File is one sealed document.
type File struct {
	Number  Number `json:"number"`
	Version int    `json:"version"`
	PDF     []byte `json:"pdf"`
}

// Refusals of this package.
var (
	ErrCertificate = errs.New(errs.NotFound, "certificate.not_found", "查无此证书")
	ErrNumberTaken = errs.New(errs.Conflict, "certificate.number_taken", "证书编号已被使用")
	ErrClaim       = errs.New(errs.NotFound, "certificate.no_claim", "该成绩尚未取得证书编号")
	ErrClaimed     = errs.New(errs.Conflict, "certificate.claimed", "该成绩已有证书编号")
	ErrNotFinal    = errs.New(errs.Conflict, "certificate.not_final", "公示尚未结束，不能发证")
	ErrNotPassed   = errs.New(errs.Conflict, "certificate.not_passed", "两科未全部合格，不能发证")
	ErrState       = errs.New(errs.Conflict, "certificate.state", "证书当前的状态不允许此项操作")
	ErrReason      = errs.New(errs.Invalid, "certificate.reason", "请写明理由")
	ErrNumber      = errs.New(errs.Invalid, "certificate.number", "证书编号应为22位")
	ErrFile        = errs.New(errs.NotFound, "certificate.no_file", "证书文件尚未生成")
	ErrSerials     = errs.New(errs.Conflict, "certificate.serials", "本机构本年度该等级的证书编号已用完")
	ErrContended   = errs.New(errs.Unavailable, "certificate.contended", "发证繁忙，未能取得证书编号，请重试")
)

// Ledger keeps certificates. Safe for concurrent use; must pass storetest.Ledger.
//   - Absent: ErrCertificate. A number already taken: CreateCertificate returns ErrNumberTaken.
//   - UpdateCertificate writes only at the certificate's Revision, otherwise engine.ErrStale.
//   - ByToken: ErrCertificate when no certificate carries the token.
//   - Numbers lists the certificates whose numbers begin with prefix, in byte order, backwards when desc.
type Ledger interface {
	Certificate(ctx context.Context, n Number) (*Certificate, error)
	CreateCertificate(ctx context.Context, c *Certificate) error
	UpdateCertificate(ctx context.Context, c *Certificate) error
	ByToken(ctx context.Context, token string) (*Certificate, error)
	Numbers(ctx context.Context, prefix string, desc bool, c engine.Cursor) (rows []*Certificate, next string, err error)
}

// Claims keeps claims. Absent: ErrClaim; taken: ErrClaimed. UpdateClaim writes only at its Revision, otherwise
// engine.ErrStale. Safe for concurrent use; must pass storetest.Claims.
type Claims interface {
	Claim(ctx context.Context, r result.ID) (*Claim, error)
	CreateClaim(ctx context.Context, c *Claim) error
	UpdateClaim(ctx context.Context, c *Claim) error
}

// Files keeps sealed documents, written once. PutFile of a number and version that is there keeps the first and is no
// error. Absent: ErrFile. Safe for concurrent use; must pass storetest.Files.
type Files interface {
	File(ctx context.Context, n Number, version int) (*File, error)
	PutFile(ctx context.Context, f *File) error
}
