package engine

import (
	"strings"

	"github.com/skillcert/skillcert/engine/errs"
)

// OrgID names a body.
type OrgID string

// OrgKind is what a body does.
type OrgKind string

// The kinds of bodies.
const (
	EvaluationBody OrgKind = "evaluation" // 社会培训评价组织
	TrainingBody   OrgKind = "training"   // 培训机构
	Employer       OrgKind = "employer"   // 用人单位
	Authority      OrgKind = "authority"  // 医疗保障、人力资源社会保障部门
)

// Category is what sort of evaluation body it is. Records from before there were categories have none.
type Category string

// The categories of evaluation bodies.
const (
	SocialBody   Category = "social"   // 社会培训评价组织, examines anybody
	EmployerBody Category = "employer" // 用人单位, examines its own staff
	SchoolBody   Category = "school"   // 院校, examines its own students
)

// Categories lists the categories.
func Categories() []Category { return []Category{SocialBody, EmployerBody, SchoolBody} }

// Organisation is a body that takes part.
type Organisation struct {
	ID         OrgID   `json:"id"`
	Kind       OrgKind `json:"kind"`
	Name       string  `json:"name"`
	CreditCode string  `json:"credit_code"` // 统一社会信用代码, GB 32100
	Province   string  `json:"province"`    // two digits of GB/T 2260

	Filings []Filing `json:"filings,omitempty"` // of an evaluation body, oldest record first; none is ever taken out

	Category    Category     `json:"category,omitempty"`    // of an evaluation body
	Suspensions []Suspension `json:"suspensions,omitempty"` // what its authority ordered, oldest first; only ever added to

	Trail    Trail `json:"trail"`
	Revision int64 `json:"-"`
}

// Refusals about bodies.
var (
	ErrOrg       = errs.New(errs.NotFound, "org.not_found", "查无此机构")
	ErrOrgInput  = errs.New(errs.Invalid, "org.invalid", "机构信息不正确")
	ErrNotFiled  = errs.New(errs.Conflict, "org.not_filed", "评价机构的备案不包括此项工作")
	ErrOrgExists = errs.New(errs.Conflict, "org.exists", "机构已存在")
)

const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CreditCodeMatches reports whether the check character of a unified social credit code fits (GB 32100-2015).
// Some real registrations do not, so callers warn and ask for evidence instead of refusing.
func CreditCodeMatches(code string) bool {
	if len(code) != 18 {
		return false
	}
	sum, weight := 0, 1
	for i := range 17 {
		v := strings.IndexByte(creditAlphabet, code[i])
		if v < 0 {
			return false
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	return code[17] == creditAlphabet[(31-sum%31)%31]
}

// Province returns the name of a province by its two digits of GB/T 2260, or "" when there is none.
func Province(code string) string { return provinces[code] }

var provinces = map[string]string{
	"11": "北京", "12": "天津", "13": "河北", "14": "山西", "15": "内蒙古", "21": "辽宁", "22": "吉林", "23": "黑龙江",
	"31": "上海", "32": "江苏", "33": "浙江", "34": "安徽", "35": "福建", "36": "江西", "37": "山东", "41": "河南",
	"42": "湖北", "43": "湖南", "44": "广东", "45": "广西", "46": "海南", "50": "重庆", "51": "四川", "52": "贵州",
	"53": "云南", "54": "西藏", "61": "陕西", "62": "甘肃", "63": "青海", "64": "宁夏", "65": "新疆",
}
