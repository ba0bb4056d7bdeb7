// Package pades seals a rendered certificate with a PAdES baseline signature and checks such seals strictly.
//
// A sealed file is one revision: the objects of the rendered document in their order, page and catalog with the seal's
// entries, then widget, security store and signature, one cross-reference table, one trailer, one end mark. Nothing is
// ever appended later: the seal certifies the document with no changes allowed (DocMDP P=1). The verifier takes a file
// apart into the document and the few free values of a seal (time, reason, evidence, size of the signature),
// seals again on paper, and asks for equality; so a file either is what the sealer makes of some document, in every
// byte, or it is refused with the reason.
//
// The one signature is ECDSA P-256 or RSA-3072 (baseline B-B). A time stamp over it (B-T, package tsp) and a second seal
// in SM2 over the same bytes are unsigned attributes; the room for the signature is no larger than they need, so that
// taking one away shows. What they carry is held against trusted roots where the caller names some; without, the chain
// inside a stamp or second seal, and nothing else in the file, can be exchanged unseen. Certificates and revocation lists
// lie in the security store (DSS), which the signature covers.
//
// Rules and their sources: EN 319 142-1 (PAdES), RFC 5652 (CMS), RFC 5035 (signing-certificate-v2), RFC 9336 (key
// purpose documentSigning), RFC 3161 and 5816 (time stamps), RFC 5280 (revocation), GB/T 32918 (SM2), ISO 32000-1 §12.8.
package pades

import "github.com/skillcert/skillcert/engine/errs"

// MaxFile bounds the file that Verify looks at and Seal makes, in bytes.
const MaxFile = 20 << 20

// Why a file is not a whole and trusted seal. Codes beginning with "pdf." speak of the file, with "seal." of the
// signature in it.
var (
	ErrTooLarge   = errs.New(errs.TooLarge, "pdf.too_large", "文件超过20 MB，未作核验")
	ErrNotPDF     = errs.New(errs.Invalid, "pdf.not_pdf", "不是PDF文件")
	ErrNotSealed  = errs.New(errs.Invalid, "pdf.not_sealed", "文件没有电子签章")
	ErrSeveral    = errs.New(errs.Invalid, "pdf.several_seals", "文件含有多个电子签章")
	ErrAppended   = errs.New(errs.Invalid, "pdf.appended", "签章之后又添加了内容")
	ErrTruncated  = errs.New(errs.Invalid, "pdf.truncated", "文件不完整")
	ErrAltered    = errs.New(errs.Invalid, "pdf.altered", "文件内容在签章之后被改动")
	ErrAttachment = errs.New(errs.Invalid, "pdf.attachment", "附件的结构与本系统所制不符")
	ErrForm       = errs.New(errs.Invalid, "pdf.form", "签章部分的结构与本系统所签不符")

	ErrHole      = errs.New(errs.Invalid, "seal.hole", "签名数据区含有不应有的内容")
	ErrCMS       = errs.New(errs.Invalid, "seal.cms", "签名数据的结构不正确")
	ErrSignature = errs.New(errs.Invalid, "seal.signature", "签名值不正确")
	ErrUntrusted = errs.New(errs.Invalid, "seal.untrusted", "签章证书不是由受信任的机构签发")
	ErrExpired   = errs.New(errs.Invalid, "seal.expired", "签章时签章证书不在有效期内")
	ErrUsage     = errs.New(errs.Invalid, "seal.usage", "签章证书不能用于签署文件")
	ErrStamp     = errs.New(errs.Invalid, "seal.stamp", "时间戳不能证明签章时间")
	ErrSecond    = errs.New(errs.Invalid, "seal.second", "国密签章不正确")
	ErrBody      = errs.New(errs.Invalid, "seal.body", "签章证书属于另一机构")
	ErrRevoked   = errs.New(errs.Invalid, "seal.revoked", "签章证书已作废，且不能证明签章在此之前")
	ErrStale     = errs.New(errs.Invalid, "seal.stale", "证书作废清单已过期，不能判断签章证书是否有效")
	ErrFuture    = errs.New(errs.Invalid, "seal.future", "签章时间晚于当前时间")
)

// Why a document cannot be sealed. These are faults of the program or its keys, so they carry no kind for people.
var (
	ErrKey      = errs.New(errs.Internal, "pades.key", "签章密钥与证书不可用")
	ErrDocument = errs.New(errs.Internal, "pades.document", "待签章的文件不是预期的形式")

	// errReserve is a CMS that outgrew the room kept for it.
	errReserve = errs.New(errs.Internal, "pades.reserve", "签名数据超过预留长度")
)
