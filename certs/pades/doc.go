// Package pades seals a rendered certificate with a PAdES baseline B-B signature and checks such seals strictly.
//
// A sealed file is the rendered document, byte for byte, followed by exactly one incremental update of one fixed form
// that holds the signature. Nothing is ever appended later: the seal certifies the document with no changes allowed
// (DocMDP P=1). The verifier takes the few free values out of a file (time, reason, claims, character map, size of the
// signature), writes the update that the sealer would have written for them, and asks for equality; so a file either
// is what the sealer makes, in every byte, or it is refused with the reason.
//
// Rules and their sources: EN 319 142-1 (PAdES), RFC 5652 (CMS), RFC 5035 (signing-certificate-v2), RFC 9336 (key
// purpose documentSigning), ISO 32000-1 §12.8.
package pades

import "github.com/skillcert/skillcert/engine/errs"

// MaxFile bounds the file that Verify looks at and Seal makes, in bytes.
const MaxFile = 20 << 20

// Why a file is not a whole and trusted seal. Codes beginning with "pdf." speak of the file, with "seal." of the
// signature in it.
var (
	ErrTooLarge  = errs.New(errs.TooLarge, "pdf.too_large", "文件超过20 MB，未作核验")
	ErrNotPDF    = errs.New(errs.Invalid, "pdf.not_pdf", "不是PDF文件")
	ErrNotSealed = errs.New(errs.Invalid, "pdf.not_sealed", "文件没有电子签章")
	ErrSeveral   = errs.New(errs.Invalid, "pdf.several_seals", "文件含有多个电子签章")
	ErrAppended  = errs.New(errs.Invalid, "pdf.appended", "签章之后又添加了内容")
	ErrTruncated = errs.New(errs.Invalid, "pdf.truncated", "文件不完整")
	ErrAltered   = errs.New(errs.Invalid, "pdf.altered", "文件内容在签章之后被改动")
	ErrForm      = errs.New(errs.Invalid, "pdf.form", "签章部分的结构与本系统所签不符")

	ErrHole      = errs.New(errs.Invalid, "seal.hole", "签名数据区含有不应有的内容")
	ErrCMS       = errs.New(errs.Invalid, "seal.cms", "签名数据的结构不正确")
	ErrSignature = errs.New(errs.Invalid, "seal.signature", "签名值不正确")
	ErrUntrusted = errs.New(errs.Invalid, "seal.untrusted", "签章证书不是由受信任的机构签发")
	ErrExpired   = errs.New(errs.Invalid, "seal.expired", "签章时签章证书不在有效期内")
	ErrUsage     = errs.New(errs.Invalid, "seal.usage", "签章证书不能用于签署文件")
	ErrFuture    = errs.New(errs.Invalid, "seal.future", "签章时间晚于当前时间")
)

// Why a document cannot be sealed. These are faults of the program or its keys, so they carry no kind for people.
var (
	ErrKey      = errs.New(errs.Internal, "pades.key", "签章密钥与证书不可用")
	ErrDocument = errs.New(errs.Internal, "pades.document", "待签章的文件不是预期的形式")
)
