// Package export writes certificates in the formats of others. Every format is a profile with a version in its name, so
// that what was once exported can be named and made again.
//
//   - openbadges-3.0: an AchievementCredential of Open Badges 3.0 (1EdTech, 2024) on the W3C data model 2.0;
//   - vc-2.0: a plain credential of the W3C data model 2.0, whose own terms are declared undefined by its context;
//   - workbooks such as national-upload-2025.sample: columns and codes are data (templates/*.json), so another
//     authority's form is another file.
//
// Privacy: no credential carries the ID number, its type, the employer or the photo, and the name only when the holder
// asks for it; otherwise a salted hash stands for the name, as Open Badges provides. The salt travels in the credential,
// so the hash keeps a name from being read or searched for, not from being tried. Full ID numbers leave the house
// in the upload workbook alone.
package export

import (
	"log/slog"

	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// Profile names a format and its version.
type Profile string

// The profiles of credentials. Those of workbooks are the ids of Templates.
const (
	OpenBadges3 Profile = "openbadges-3.0"
	VC2         Profile = "vc-2.0"
)

// Profiles lists the profiles of credentials.
func Profiles() []Profile { return []Profile{OpenBadges3, VC2} }

// Refusals.
var (
	ErrProfile = errs.New(errs.NotFound, "export.profile", "没有这种导出格式")
	ErrState   = errs.New(errs.Conflict, "export.state", "证书不在有效状态，不能导出")
	ErrRecord  = errs.New(errs.Invalid, "export.record", "证书数据不符合导出格式")
	ErrRows    = errs.New(errs.Invalid, "export.rows", "导出表中有不符合要求的行")
	ErrTooMany = errs.New(errs.TooLarge, "export.too_many", "导出的行数超出上限")
)

// ErrTemplate is about a template that cannot be used: it is for the operator.
var ErrTemplate = errs.New(errs.Internal, "export.template", "导出模板不正确")

// Record is one certificate as exports see it.
type Record struct {
	Number         string
	Name           string
	IDType         string // code of engine.IDType, 201 for the resident card
	IDNumber       string // in full; read by upload workbooks only
	Employer       string
	OccupationCode string
	OccupationName string
	WorkType       string
	Level          int // 5 (五级) to 1 (一级)
	Issued         clock.Date
	Body           string // evaluation body (评价机构)
	Issuer         string // issuing organisation (发证机构), often the same
	State          status.Code
	Edition        int    // of the document, from 1
	Route          string // how it was earned where not by an examination: contest or direct; empty otherwise
	TokenDigest    string // hex SHA-256 of the token in the first code, or empty
	Status         StatusPlace
	Log            LogProof
}

// StatusPlace is where the certificate stands in the status lists; without a List there is none.
type StatusPlace struct {
	List      string // address of the list
	Index     int
	Reference string // address of a page that explains the codes, or empty
}

// LogProof shows that the issue stands in the transparency log; without a Text there is none.
type LogProof struct {
	Index int64
	Text  string // the proof in the form of C2SP tlog-proof
	Leaf  string // what stands in the log and is proven: its lines, as SPEC.md §3 has them
}

// LogValue keeps personal data out of logs.
func (r Record) LogValue() slog.Value {
	return slog.GroupValue(slog.String("number", r.Number), slog.Int("edition", r.Edition))
}

// levelText is the level as people say it.
func levelText(level int) string {
	if level < 1 || level > 5 {
		return ""
	}
	return [...]string{"一级/高级技师", "二级/技师", "三级/高级工", "四级/中级工", "五级/初级工"}[level-1]
}
