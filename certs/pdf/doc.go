// Package pdf sets certificates: Chinese first, with photo, QR codes and drawn seal, on sheets that a Layout describes. Book
// draws other documents of many pages for whoever lays them out. It is the only package that knows gofpdf.
//
// gofpdf parses a whole font for every document, cannot reach beyond the BMP, draws a missing glyph as nothing and panics on
// odd input; its files are no archive files. All of that is closed here. Fonts are parsed once (Fonts); every document gets
// small fonts of its own, in which each character of each face has a glyph and a code of its own, so that copied and
// searched text is right; a page is refused, with the code points named, before anything is drawn that the fonts lack.
// gofpdf draws pages and pictures, and Fonts.finish makes of that one file of PDF/A-3b (ISO 19005-3) in one revision: the
// fonts, the sRGB output intent, the metadata, the attachment and a file identifier are put in, nothing is appended.
//
// The same Layout and Document always give the same bytes.
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
	Number       string      // 证书编号
	Name         string      // 姓名
	IDType       string      // 证件类型
	IDNumber     string      // 证件号码, masked
	Occupation   string      // 职业名称
	WorkType     string      // 工种／职业方向, may be empty
	LevelName    string      // 五级/初级工
	LevelEnglish string      // the same in English
	IssueDate    clock.Date  // 发证日期
	Body         string      // 评价机构, also along the rim of the seal
	VerifyURL    string      // in the QR code and the link on it
	Offline      string      // in the second QR code, for checking without network: ASCII, best of the QR alphabet; may be empty
	Lookup       []string    // addresses for checking by hand, at most two
	Photo        []byte      // JPEG; empty gives a frame
	Version      int         // of the edition: 1 for the first issue, one more for every reissue; printed from 2
	Remark       string      // of a reissue or correction, may be empty
	Demo         bool        // says 演示 on the page and in the seal
	Created      time.Time   // date of the file, whole seconds count
	Attachment   *Attachment // file inside the certificate; nil for none
}
