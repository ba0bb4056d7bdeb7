// Package keys keeps the sealing keys of an installation on disk: a root, an issuing authority under it, and under
// that one seal certificate for each evaluation body and year.
//
// Each secret lies with its certificate in one file that only the owner may read. A file is written beside its place,
// flushed, and then linked there, which fails if somebody was faster; so a crash leaves either nothing or a whole
// file, and of two processes that start at once both use the same keys. root.pem holds the root's certificate alone
// and is meant to be given away.
package keys

import "github.com/skillcert/skillcert/engine/errs"

// Mark stands at the front of every name in demo certificates.
const Mark = "演示 DEMO"

// Faults of key files. They are for the operator: no request is to blame.
var (
	ErrAbsent   = errs.New(errs.Internal, "keys.absent", "密钥目录中没有密钥")
	ErrDamaged  = errs.New(errs.Internal, "keys.damaged", "密钥文件已损坏")
	ErrExposed  = errs.New(errs.Internal, "keys.exposed", "密钥文件可被他人读取，请将其权限改为0600")
	ErrIdentity = errs.New(errs.Invalid, "keys.identity", "签章主体的名称或备案号不正确")
	ErrPeriod   = errs.New(errs.Internal, "keys.period", "签发证书的机构证书不覆盖该日期")
)
