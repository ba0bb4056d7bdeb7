// Package pdf sets certificates: one A4 page, Chinese first, with photo, QR code and drawn seal. Book draws other
// documents of many pages for whoever lays them out. It is the only package that knows gofpdf.
//
// gofpdf parses a whole font for every document, cannot reach beyond the BMP, draws a missing glyph as nothing and
// panics on odd input. All of that is closed here. Fonts are parsed once (Fonts); every page gets one small font of its
// own in which bold, fallback and supplementary characters stand under private-use codes; a page is refused, with the
// code points named, before anything is drawn that the fonts lack. What those private codes mean is said by
// Page.ToUnicode, which package pades puts in the place of gofpdf's constant map when it seals. Until then copied text
// is wrong, so an unsealed page is not for handing out.
//
// The same Document always gives the same bytes.
package pdf

import (
	"time"

	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// Why a page is not made.
var (
	ErrGlyph    = errs.New(errs.Invalid, "certificate.glyph", "证书字库中没有以下字符，不能制证")
	ErrDocument = errs.New(errs.Invalid, "certificate.document", "证书内容不完整或不正确")
	ErrPhoto    = errs.New(errs.Invalid, "certificate.photo", "照片不能使用")
	ErrTooMany  = errs.New(errs.TooLarge, "certificate.cut", "一次请求的字符过多")
)

// Faults of the program or of its font files.
var (
	ErrFont   = errs.New(errs.Internal, "pdf.font", "字体文件不可用")
	ErrRender = errs.New(errs.Internal, "pdf.render", "证书版面生成失败")
)

// Document is all that one certificate says. Texts are printed as they come: masking and wording are the caller's.
type Document struct {
	Number       string     // 证书编号
	Name         string     // 姓名
	IDType       string     // 证件类型
	IDNumber     string     // 证件号码, masked
	Occupation   string     // 职业名称
	WorkType     string     // 工种／职业方向, may be empty
	LevelName    string     // 五级/初级工
	LevelEnglish string     // the same in English
	IssueDate    clock.Date // 发证日期
	Body         string     // 评价机构, also along the rim of the seal
	VerifyURL    string     // in the QR code
	Lookup       []string   // addresses for checking by hand, at most two
	Photo        []byte     // JPEG; empty gives a frame
	Version      int        // 1 for the first issue, one more for every reissue
	Remark       string     // of a reissue or correction, may be empty
	Demo         bool       // says 演示 on the page and in the seal
	Created      time.Time  // date of the file, whole seconds count
}

// Page is a rendered certificate as pades.Input wants it.
type Page struct {
	PDF       []byte
	ToUnicode []byte // what the private codes of FontName mean
	FontName  string
}
