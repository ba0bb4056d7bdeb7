// Package status writes and reads the status list: what every certificate is worth on the day of the list, in a form
// that anybody may mirror and check without asking us about one certificate.
//
// The format is the W3C Recommendation Bitstring Status List v1.0 (15 May 2025) with statusPurpose "message": a list
// has 131,072 entries of two bits each, which stand from left to right (entry 0 is in the two highest bits of byte 0,
// an entry's high bit first), compressed with GZIP and written in base64url behind the multibase letter u. The list is a
// BitstringStatusListCredential, secured as package vcjwt describes.
//
// What the codes mean, and that an entry has two bits, stands in each credential's entry, as the issuer's promise at
// the time of issue. One sentence of §2.2 still asks for both in the list; the published context has neither as a term of
// lists, and the working group's issue 175 calls the sentence left over, so the lists do not carry them.
package status

//
// A list may carry the revocation lists of the seals' authorities in a member of our own, revocationLists. A status list
// says what became of certificates; whether the key of a seal fell into other hands, so that the seal proves nothing, is
// another question, and who checks a file offline must have the answer to both.
import "github.com/skillcert/skillcert/engine/errs"

// Shape of a list.
const (
	Entries   = 131_072 // the least that the recommendation allows, so that a lookup hides among many
	Size      = 2       // bits of an entry
	listBytes = Entries * Size / 8
)

// Refusals of lists that are read. A list that is refused says nothing: the answer is "unknown", never "valid". Open never
// answers ErrRevoked: it is for readers, who have the revocation lists.
var (
	ErrList    = errs.New(errs.Invalid, "status.list", "状态列表不正确")
	ErrStale   = errs.New(errs.Invalid, "status.stale", "状态列表已过期")
	ErrEarly   = errs.New(errs.Invalid, "status.early", "状态列表尚未生效")
	ErrIndex   = errs.New(errs.Invalid, "status.index", "状态序号不在列表范围内")
	ErrRevoked = errs.New(errs.Invalid, "status.revoked", "状态列表的签名密钥已作废")
)

// ErrBuild is about a list that cannot be written: no request is to blame.
var ErrBuild = errs.New(errs.Internal, "status.build", "状态列表无法生成")

// Code is what a certificate is worth.
type Code uint8

// The codes, in the two bits of an entry. Any other than Valid means that the document must not be relied on.
const (
	Valid      Code = 0
	Superseded Code = 1 // a newer edition of the document holds
	Revoked    Code = 2
	Void       Code = 3 // withdrawn before it was of use: the number counts for nothing
)

// codes is how many there are.
const codes = 1 << Size

// String is the code's machine word.
func (c Code) String() string {
	if c >= codes {
		return "unknown"
	}
	return [codes]string{"valid", "superseded", "revoked", "void"}[c]
}

// Chinese is the code's name for people.
func (c Code) Chinese() string {
	if c >= codes {
		return "未知"
	}
	return [codes]string{"有效", "已更换", "已撤销", "已作废"}[c]
}

// Message is one element of statusMessage.
type Message struct {
	Status string `json:"status"` // hexadecimal, 0x before it
	Text   string `json:"message"`
}

// messages are the texts that the issuer commits to.
func messages() []Message {
	all := make([]Message, codes)
	for i := range all {
		c := Code(i)
		all[i] = Message{Status: "0x" + string(rune('0'+i)), Text: c.Chinese() + " " + c.String()}
	}
	return all
}
