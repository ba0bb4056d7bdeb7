// Package keys keeps the keys that vouch for certificates: a root, an issuing authority under it, and under that one
// seal certificate for each evaluation body and year, one certificate a year for the status list and one for the codes
// that are checked offline. The transparency log signs with an Ed25519 key of its own, without a certificate.
//
// Every secret lies with its certificate in one file that only the owner may read, NAME.key.pem; the certificate alone
// lies in NAME.pem beside it, is meant to be given away and is never deleted. A file is written beside its place,
// flushed, and then linked there, which fails if somebody was faster; so a crash leaves either nothing or a whole
// file, and of two processes that start at once both use the same keys. Where pkcs11.json names a token, new keys are
// made in it, and the file holds only their label. Where tsa.json names a time stamp authority, every seal carries its
// stamp.
//
// A key is rotated by a further certificate, NAME.2, that is listed at once and signs from the day it begins; the one
// before stops signing then and goes on verifying. A key that is revoked signs no more. Revocations live in the signed
// lists themselves, root.crl-N.pem and issuing.crl-N.pem: each new list carries on what the one before said, and only one
// process can write number N.
package keys

import "github.com/skillcert/skillcert/engine/errs"

// Mark stands at the front of every name in demo certificates.
const Mark = "演示 DEMO"

// Faults of key files. They are for the operator: no request is to blame.
var (
	ErrAbsent   = errs.New(errs.Internal, "keys.absent", "密钥目录中没有密钥")
	ErrDamaged  = errs.New(errs.Internal, "keys.damaged", "密钥文件已损坏")
	ErrExposed  = errs.New(errs.Internal, "keys.exposed", "密钥文件可被他人读取，请将其权限改为0600")
	ErrPeriod   = errs.New(errs.Internal, "keys.period", "签发证书的机构证书不覆盖该日期")
	ErrRevoked  = errs.New(errs.Internal, "keys.revoked", "密钥已作废，请先轮换")
	ErrStamper  = errs.New(errs.Internal, "keys.stamper", "时间戳服务的设置不可用")
	ErrDevice   = errs.New(errs.Internal, "keys.device", "密钥设备不可用")
	ErrOffline  = errs.New(errs.Internal, "keys.root_offline", "根密钥不在本机，不能签发")
	ErrBusy     = errs.New(errs.Internal, "keys.busy", "密钥目录正被他人改动，请再试")
	ErrIdentity = errs.New(errs.Invalid, "keys.identity", "签章主体的名称或备案号不正确")
	ErrUse      = errs.New(errs.Invalid, "keys.use", "没有这种用途的密钥")
	ErrSerial   = errs.New(errs.Invalid, "keys.serial", "没有这个序列号的证书")
	ErrReason   = errs.New(errs.Invalid, "keys.reason", "不认识的作废原因")
)

// ErrPurpose refuses a certificate that was made for another use.
var ErrPurpose = errs.New(errs.Invalid, "keys.purpose", "证书不是为这种用途签发的")
