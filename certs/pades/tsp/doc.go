// Package tsp asks time stamp authorities for tokens and judges tokens strictly (RFC 3161, updated by RFC 5816).
//
// A token proves that a digest existed at a time. Token.Check looks at all that makes the proof: one signer, the digest
// it covers, its own signature over its content and attributes, the signer's certificate named by signing-certificate,
// and that certificate's purpose, critical and alone, with a chain to a given root at the stated time.
package tsp

import "github.com/skillcert/skillcert/engine/errs"

// Why a token proves nothing.
var (
	ErrToken     = errs.New(errs.Invalid, "stamp.form", "时间戳的结构不正确")
	ErrImprint   = errs.New(errs.Invalid, "stamp.imprint", "时间戳不是为此签名所加")
	ErrSignature = errs.New(errs.Invalid, "stamp.signature", "时间戳的签名值不正确")
	ErrPurpose   = errs.New(errs.Invalid, "stamp.purpose", "时间戳证书不能用于时间戳")
	ErrUntrusted = errs.New(errs.Invalid, "stamp.untrusted", "时间戳不是由受信任的机构所加")
)

// ErrAnswer is a time stamp authority that did not give what was asked for. No request is to blame.
var ErrAnswer = errs.New(errs.Internal, "tsp.answer", "时间戳服务没有给出可用的时间戳")
