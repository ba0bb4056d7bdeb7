package engine

import (
	"regexp"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine/clock"
)

// IDType is the kind of identity document.
type IDType string

// Identity documents. A value never changes its meaning: it is part of what a person's id is derived from. Only 201 is a
// code of the upload file that we have seen (domain facts §3), the others are words of our own.
const (
	ResidentCard     IDType = "201"               // 居民身份证
	ResidencePermit  IDType = "hmt-residence"     // 港澳台居民居住证
	HKMacaoPermit    IDType = "hm-permit"         // 港澳居民来往内地通行证
	TaiwanPermit     IDType = "tw-permit"         // 台湾居民来往大陆通行证
	Passport         IDType = "passport"          // 护照
	ForeignResidence IDType = "foreign-residence" // 外国人永久居留身份证
	OtherDoc         IDType = "999"               // anything else, and every document but the card before there were kinds
)

// idKind is what is asked of the number of one kind of document.
type idKind struct {
	of       IDType
	name     string
	form     *regexp.Regexp
	says     string // the form, for the person
	checked  bool   // the number is of GB 11643 and tells birth date and sex
	verified bool   // the form was read in the standard or with the issuing office, not remembered
}

// idKinds lists the kinds in the order in which they are offered. Forms that are not verified are from memory (domain facts
// §7.1, M) and loose rather than strict: they refuse what was typed into the wrong place, not what they do not know.
var idKinds = []idKind{
	{ResidentCard, "居民身份证", regexp.MustCompile(`^\d{17}[\dX]$`), "18位，末位可为X", true, true},
	{ResidencePermit, "港澳台居民居住证", regexp.MustCompile(`^8[123]0000\d{11}[\dX]$`), "18位，以810000、820000或830000开头", true, false},
	{HKMacaoPermit, "港澳居民来往内地通行证", regexp.MustCompile(`^[HM]\d{8}(\d{2})?$`), "H或M和8位数字", false, false},
	{TaiwanPermit, "台湾居民来往大陆通行证", regexp.MustCompile(`^\d{8}(\d{2})?$`), "8位数字", false, false},
	{Passport, "护照", regexp.MustCompile(`^[0-9A-Z]{5,17}$`), "5至17位字母或数字", false, false},
	{ForeignResidence, "外国人永久居留身份证", regexp.MustCompile(`^([A-Z]{3}\d{12}|9\d{16}[\dX])$`), "15位（3个字母和12位数字）或以9开头的18位", false, false},
	{OtherDoc, "其他证件", regexp.MustCompile(`^[0-9A-Z][0-9A-Z()/-]{3,39}$`), "4至40位字母或数字", false, true},
}

// IDTypes lists the kinds of documents in the order in which they are offered.
func IDTypes() (all []IDType) {
	for _, k := range idKinds {
		all = append(all, k.of)
	}
	return all
}

func (t IDType) kind() (idKind, bool) {
	if i := slices.IndexFunc(idKinds, func(k idKind) bool { return k.of == t }); i >= 0 {
		return idKinds[i], true
	}
	return idKind{}, false
}

// Name is what the document is called, as it is printed.
func (t IDType) Name() string {
	if k, known := t.kind(); known {
		return k.name
	}
	return "其他证件"
}

// Verified reports whether the form that numbers of the kind are held to was read in a standard. The others are remembered.
func (t IDType) Verified() bool {
	k, known := t.kind()
	return known && k.verified
}

// UploadCode is the kind in the file for the national register. Of its codes only that of the resident card is known to us;
// every other document goes as 999, and whoever uploads looks whether the register wants another.
func (t IDType) UploadCode() string {
	if t == ResidentCard {
		return string(ResidentCard)
	}
	return string(OtherDoc)
}

// IDTypeNamed is the kind that a form or a list calls name: by its name, a usual short one, or its value. Anything else is
// OtherDoc, nothing the resident card.
func IDTypeNamed(name string) IDType {
	name = strings.TrimSpace(name)
	switch name {
	case "", "身份证":
		return ResidentCard
	case "回乡证", "港澳通行证", "港澳居民通行证":
		return HKMacaoPermit
	case "台胞证":
		return TaiwanPermit
	case "港澳台居住证":
		return ResidencePermit
	case "外国人永久居留证":
		return ForeignResidence
	}
	for _, k := range idKinds {
		if name == k.name || name == string(k.of) {
			return k.of
		}
	}
	return OtherDoc
}

// Document is what the number of an identity document says of its holder. Born and Sex are zero where it says nothing.
type Document struct {
	Type   IDType
	Number string // in the form that is kept: upper case, no blanks around it
	Born   clock.Date
	Sex    Sex
}

// ParseDocument checks the number of a document of the kind t: its form and, where it is one of GB 11643, the check character
// and a birth date that exists.
func ParseDocument(t IDType, number string) (Document, error) {
	k, known := t.kind()
	if !known {
		return Document{}, ErrIDNumber.With("证件类型“%s”", t)
	}
	d := Document{Type: t, Number: strings.ToUpper(strings.TrimSpace(number))}
	if t != ResidentCard && !k.form.MatchString(d.Number) {
		return Document{}, ErrIDNumber.With("%s的号码应为%s", k.name, k.says)
	}
	if !k.checked {
		return d, d.notResident()
	}
	r, err := ParseResident(d.Number)
	if err != nil {
		return Document{}, err
	}
	d.Number, d.Born, d.Sex = r.Number, r.Born, r.Sex
	return d, nil
}

// notResident refuses the number of a resident card as some other document: its holder would be two persons, and what is on
// record of one would not be found for the other.
func (d Document) notResident() error {
	if _, err := ParseResident(d.Number); err == nil && d.Type == OtherDoc {
		return ErrIDNumber.With("这是居民身份证号码，证件类型请选择居民身份证")
	}
	return nil
}
