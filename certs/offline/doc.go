// Package offline writes and reads the second code on a certificate, which is checked without a network: what the
// document says, signed.
//
// The text is "SKC1:" and base45 (RFC 9285) of a tagged COSE_Sign1 message (RFC 9052 §4.2), so that a QR code holds
// it in alphanumeric mode. The protected header names ES256 (1: -7) and the key (4: the first 8 bytes of the SHA-256 of
// its SubjectPublicKeyInfo) and nothing else; the unprotected one is empty. The payload is a map with integer keys in
// core deterministic encoding (RFC 8949 §4.2.1); the keys stand at Claims. The claims never expire: whether a document
// still counts is asked of the status list that it names.
//
// Reading is strict: whatever does not encode to the same text again is refused. The vectors in testdata are for other
// implementations; api/web/static/offline-verify.js is one.
package offline

import "github.com/skillcert/skillcert/engine/errs"

// Prefix stands before every text; its digit is the version of the format.
const Prefix = "SKC1:"

// Bounds of what is read and written.
const (
	maxText   = 1500 // characters; a QR code of version 20 at level M holds 970
	maxString = 200  // bytes of one claim: 40 characters of four bytes and some room
	// PhotoDigest is how many leading bytes of the photo's SHA-256 are claimed.
	PhotoDigest = 8
)

// Refusals of codes that are read. Verify never answers ErrRevoked: it is for readers, who have the revocation lists.
var (
	ErrCode      = errs.New(errs.Invalid, "offline.code", "离线核验码不正确")
	ErrKey       = errs.New(errs.Invalid, "offline.key", "离线核验码的签名密钥未知")
	ErrSignature = errs.New(errs.Invalid, "offline.signature", "离线核验码的签名不正确")
	ErrRevoked   = errs.New(errs.Invalid, "offline.revoked", "离线核验码的签名密钥已作废，不能据此认定")
)

// Faults of what is to be written: no request is to blame.
var (
	ErrClaims = errs.New(errs.Internal, "offline.claims", "证书内容不能编入离线核验码")
	ErrSigner = errs.New(errs.Internal, "offline.signer", "离线核验码的签名密钥不可用")
)
