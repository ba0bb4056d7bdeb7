package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// PersonID names a person; one person has one id however many roles.
type PersonID string

// Sex as told by the identity document.
type Sex string

// The values of Sex.
const (
	Male   Sex = "男"
	Female Sex = "女"
)

// Person is somebody who is examined, or who trains, examines or decides.
type Person struct {
	ID       PersonID   `json:"id"`
	Name     string     `json:"name"`
	IDType   IDType     `json:"id_type"`
	IDNumber string     `json:"id_number"`
	Born     clock.Date `json:"born"`
	Sex      Sex        `json:"sex"`
	Phone    string     `json:"phone,omitempty"`
	Address  string     `json:"address,omitempty"`   // 通讯地址 as stated, "" where nobody did: see CleanAddress
	Photo    PhotoMark  `json:"photo_mark,omitzero"` // which photo; the photo itself is kept apart

	Trail    Trail `json:"trail"`
	Revision int64 `json:"-"` // kept by the store, one more at every write
}

// MaxPhoto bounds a photo's bytes (notices seen ask for 40 to 200 KB; domain facts §3).
const MaxPhoto = 200 << 10

// PhotoMark says which photo somebody has, without the photo: names are read at every turn, and photos are two hundred times
// as large. The zero mark is that of no photo.
type PhotoMark struct {
	Digest string `json:"digest"` // hex SHA-256 of the JPEG
	Size   int    `json:"size"`   // of the JPEG, in bytes
	Turn   int64  `json:"turn"`   // revision of the person that bore it first; 0 where it lay in the person's document before
}

// MarkPhoto returns the mark of a JPEG that a person bears from the revision turn on.
func MarkPhoto(jpeg []byte, turn int64) PhotoMark {
	sum := sha256.Sum256(jpeg)
	return PhotoMark{Digest: hex.EncodeToString(sum[:]), Size: len(jpeg), Turn: turn}
}

// None reports whether it is the mark of no photo.
func (m PhotoMark) None() bool { return m.Digest == "" }

// Shows reports whether it is the mark of the same picture as o.
func (m PhotoMark) Shows(o PhotoMark) bool { return !m.None() && m.Digest == o.Digest }

// LogValue keeps personal data out of logs.
func (p Person) LogValue() slog.Value { return slog.StringValue(string(p.ID)) }

// Refusals about people.
var (
	ErrIDNumber = errs.New(errs.Invalid, "person.id_number", "身份证号码不正确")
	ErrName     = errs.New(errs.Invalid, "person.name", "姓名不正确")
	ErrAddress  = errs.New(errs.Invalid, "person.address", "通讯地址不正确")
	ErrPerson   = errs.New(errs.NotFound, "person.not_found", "查无此人")
	ErrSameID   = errs.New(errs.Conflict, "person.id_taken", "该证件号码已登记")
)

// Resident is what a resident card number says of its holder.
type Resident struct {
	Number string // 18 characters, X in upper case
	Region string // six digits of GB/T 2260
	Born   clock.Date
	Sex    Sex
}

var residentWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// ParseResident checks a resident identity number after GB 11643-1999 (ISO 7064 MOD 11-2): form, check character and
// a birth date that exists. Lower-case x is accepted and stored in upper case.
func ParseResident(s string) (Resident, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) != 18 {
		return Resident{}, ErrIDNumber.With("应为18位")
	}
	sum := 0
	for i, w := range residentWeights {
		if s[i] < '0' || s[i] > '9' {
			return Resident{}, ErrIDNumber.With("第%d位不是数字", i+1)
		}
		sum += int(s[i]-'0') * w
	}
	if s[17] != "10X98765432"[sum%11] {
		return Resident{}, ErrIDNumber.With("与身份证号码的编排规则不符，多半有一位输错了。请对照证件逐位核对")
	}
	born, err := time.Parse("20060102", s[6:14])
	if err != nil {
		return Resident{}, ErrIDNumber.With("出生日期不存在")
	}
	r := Resident{Number: s, Region: s[:6], Born: clock.DateOf(born, time.UTC), Sex: Female}
	if s[16]%2 == 1 {
		r.Sex = Male
	}
	return r, nil
}

// MaxName bounds a name in code points; names of minorities with 间隔号 are long.
const MaxName = 50

// notInNames are signs that no identity document prints in a name. Some stand where somebody could not type the character,
// others belong to a program.
const notInNames = "<>&\"{}[]|\\^~=+*%$#@!?;:_`＜＞＆＊？！□■〓"

// CleanName trims a name, brings its middle dots to U+00B7 and refuses what no identity document prints: control,
// bidirectional and private-use characters, and notInNames.
func CleanName(s string) (string, error) {
	s = strings.TrimSpace(s)
	if strings.ContainsAny(s, "•‧・．") {
		s = strings.NewReplacer("•", "·", "‧", "·", "・", "·", "．", "·").Replace(s)
	}
	switch n := utf8.RuneCountInString(s); {
	case n == 0:
		return "", ErrName.With("未填写")
	case n > MaxName:
		return "", ErrName.With("超过%d个字", MaxName)
	case !utf8.ValidString(s):
		return "", ErrName.With("含有无法识别的字符")
	}
	for _, r := range s {
		switch {
		case r >= 0x4E00 && r <= 0x9FFF: // nearly all there are
		case strings.ContainsRune(notInNames, r):
			return "", ErrName.With("不能有“%c”", r)
		case r == utf8.RuneError || unicode.Is(unicode.Co, r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r):
			return "", ErrName.With("含有不可用的字符 U+%04X", r)
		}
	}
	return s, nil
}

// MaxAddress bounds an address in code points.
const MaxAddress = 100

// CleanAddress brings an address to the form that is kept: trimmed, each run of blanks one blank. "" is no address and no error.
func CleanAddress(s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	switch {
	case !utf8.ValidString(s):
		return "", ErrAddress.With("含有无法识别的字符")
	case utf8.RuneCountInString(s) > MaxAddress:
		return "", ErrAddress.With("超过%d个字，请只写到门牌号", MaxAddress)
	}
	for _, r := range s {
		if unicode.Is(unicode.Co, r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) {
			return "", ErrAddress.With("含有不可用的字符 U+%04X", r)
		}
	}
	return s, nil
}

// MaskAddress hides all but the first three characters of an address: 天津市****.
func MaskAddress(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return ""
	}
	return string(r[:min(3, len(r)/2)]) + "****"
}

// MaskName hides all but the first character: 李** for 李小明. Public pages and lists use it.
func MaskName(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return ""
	}
	return string(first) + strings.Repeat("*", utf8.RuneCountInString(s[size:]))
}

// MaskID hides all but the first four and the last two characters of an identity number.
func MaskID(s string) string {
	if len(s) <= 6 {
		return strings.Repeat("*", len(s))
	}
	return s[:4] + strings.Repeat("*", len(s)-6) + s[len(s)-2:]
}

// MaskPhone hides all but the first three and the last two characters of a telephone number.
func MaskPhone(s string) string {
	if len(s) <= 5 {
		return strings.Repeat("*", len(s))
	}
	return s[:3] + strings.Repeat("*", len(s)-5) + s[len(s)-2:]
}
