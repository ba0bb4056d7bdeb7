// Package vcjwt secures a W3C Verifiable Credential (VC Data Model 2.0) as one compact JWS, by VC-JOSE-COSE: typ is
// vc+jwt, cty is vc, alg is ES256, kid names the key, and x5c (RFC 7515 §4.1.6) carries the signer's certificate with
// its issuers, the root left out. The payload is the credential itself, as the bytes that the caller gives.
//
// Reading is strict: one algorithm, one type, one encoding of every part, no header that is not listed here, and a
// chain of certificates that leads to a root of the caller's choice without an unused or missing link.
package vcjwt

import "github.com/skillcert/skillcert/engine/errs"

// MediaType is what a credential in this form is served as.
const MediaType = "application/vc+jwt"

// Bounds of what is read.
const (
	MaxSize  = 256 << 10 // bytes of the whole text
	maxChain = 4         // certificates in x5c
)

// Refusals of credentials that are read.
var (
	ErrForm      = errs.New(errs.Invalid, "vc.form", "凭证不是规定的格式")
	ErrSignature = errs.New(errs.Invalid, "vc.signature", "凭证的签名不正确")
	ErrChain     = errs.New(errs.Invalid, "vc.chain", "凭证的签名证书不受信任")
	ErrUsage     = errs.New(errs.Invalid, "vc.usage", "凭证的签名证书不得用于此类凭证")
)

// ErrSigner is about keys that cannot sign: it is for the operator, no request is to blame.
var ErrSigner = errs.New(errs.Internal, "vc.signer", "签名密钥与证书链不相配")
