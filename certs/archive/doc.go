// Package archive reports on a session (场次报告) and files it (归档): one zip for each session, the smallest batch (批次),
// in the five volumes of domain facts §4.4, with a manifest that names every file by its SHA-256 and is signed by the seal
// of the body.
//
// The container is as plain as a zip can be: every entry is stored and not compressed, so that nothing swells when it is
// opened and damage to one place costs one file; names and attributes have one form; manifest.json and manifest.p7s come
// last. Verify puts the container together again from what it reads and asks for equality in every byte, so that nothing
// can hide between the entries.
//
// An archive holds names and document numbers in clear. It is made on the request of one person of the exam office and with
// the approval of another, the quality supervisor; every making is on record before its first byte is given out. What is
// given out is not kept here: it follows from the data, and made again for the same request it must be the same in every byte.
package archive

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine/errs"
)

// Volume (卷) is one of the five parts of an archive, from 1.
type Volume int

// The volumes.
const (
	Registration Volume = 1 + iota // 报名与资格审查
	Plans                          // 备案与方案
	Process                        // 过程记录
	Papers                         // 试卷、答卷与评分
	Certificates                   // 证书数据
)

// Volumes lists them.
func Volumes() []Volume { return []Volume{Registration, Plans, Process, Papers, Certificates} }

// Folder is the folder of the volume in the archive.
func (v Volume) Folder() string {
	return map[Volume]string{Registration: "1-报名与资格审查", Plans: "2-备案与方案", Process: "3-过程记录", Papers: "4-试卷答卷与评分",
		Certificates: "5-证书数据"}[v]
}

// The two entries that are no files of a volume.
const (
	ManifestName  = "manifest.json"
	SignatureName = "manifest.p7s" // CMS in DER over the manifest
)

// Bounds of an archive. What is larger is not made, and not judged.
const (
	MaxEntries   = 100_000
	MaxFile      = 16 << 30 // bytes of the whole archive
	maxManifest  = 64 << 20
	maxSignature = 64 << 10
	maxPath      = 200 // bytes
	maxDirectory = 64 << 20
)

// VolumeOf is the volume that a path stands in, 0 for none.
func VolumeOf(name string) Volume {
	folder, _, _ := strings.Cut(name, "/")
	for _, v := range Volumes() {
		if v.Folder() == folder {
			return v
		}
	}
	return 0
}

// validPath reports whether name is a path of the archive: a volume's folder, at most one folder below, and a file, in
// letters, digits and few signs. No such path leads out of the folder that it is unpacked in, on any system.
func validPath(name string) bool {
	parts := strings.Split(name, "/")
	if len(name) > maxPath || !utf8.ValidString(name) || path.Clean(name) != name || len(parts) < 2 || len(parts) > 3 || VolumeOf(name) == 0 {
		return false
	}
	for _, part := range parts {
		if part == "" || plainName(part) != part {
			return false
		}
	}
	return true
}

// plainName is text as part of a path: other signs become low lines, as do dots at either end.
func plainName(text string) string {
	runes := []rune(text)
	for i, r := range runes {
		edge := i == 0 || i == len(runes)-1
		if !(unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_' || r == '.' && !edge) {
			runes[i] = '_'
		}
	}
	return string(runes)
}

// Refusals of this package.
var (
	ErrFiling    = errs.New(errs.NotFound, "archive.not_found", "查无此归档申请")
	ErrTaken     = errs.New(errs.Conflict, "archive.taken", "该序号的归档申请已存在")
	ErrOpen      = errs.New(errs.Conflict, "archive.open", "本场次已有一份归档申请在办，请先办完或由质量督导员退回")
	ErrNotFinal  = errs.New(errs.Conflict, "archive.not_final", "公示结束、成绩确定之后才能归档")
	ErrReason    = errs.New(errs.Invalid, "archive.reason", "请写明归档的事由")
	ErrOnePerson = errs.New(errs.Forbidden, "archive.one_person", "申请与批准须由两人办理，请由另一人批准")
	ErrNobody    = errs.New(errs.Forbidden, "archive.no_person", "账号未登记人员，不能办理归档")
	ErrDecided   = errs.New(errs.Conflict, "archive.decided", "这份归档申请已经办理")
	ErrAsker     = errs.New(errs.Forbidden, "archive.asker", "卷宗只交给提出申请的人，其他人请另行申请")
	ErrApproval  = errs.New(errs.Conflict, "archive.approval", "申请尚未批准，或批准已超过72小时，请重新申请")
	ErrChanged   = errs.New(errs.Conflict, "archive.changed", "数据在上次制作之后有变动，请重新申请归档，新卷宗会注明之前的一份")
	ErrTooLarge  = errs.New(errs.TooLarge, "archive.too_large", "卷宗超过上限，未能制作或核验")
	ErrPacked    = errs.New(errs.Internal, "archive.packed", "卷宗中的文件名重复或不合规定")
)
