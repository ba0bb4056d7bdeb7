// Package authz says who may do what: one table maps each action to the roles that have it, and what is absent is
// denied. Rules about one object (own attempt, author ≠ reviewer, trainer never examines a trainee) are methods of
// the domain.
package authz

import (
	"log/slog"
	"slices"

	"github.com/skillcert/skillcert/engine/errs"
)

// Role is what a person signs in as.
type Role string

// The roles of the field.
const (
	Public      Role = "public"      // 公众, nobody signed in
	Candidate   Role = "candidate"   // 考生
	Applicant   Role = "applicant"   // 报名人, for one application of their own, before there is a ticket
	Invigilator Role = "invigilator" // 监考员
	Examiner    Role = "examiner"    // 考评员
	Leader      Role = "leader"      // 考评组长
	Marker      Role = "marker"      // 理论阅卷负责人
	ExamOffice  Role = "exam-office" // 考务员
	Supervisor  Role = "supervisor"  // 质量督导员
	Author      Role = "author"      // 命题员
	Reviewer    Role = "reviewer"    // 审题员
	BankKeeper  Role = "bank-keeper" // 题库管理员
	Medical     Role = "medical"     // 医疗保障局
	Labour      Role = "labour"      // 人力资源和社会保障局
	Registrar   Role = "registrar"   // 证书管理员
	Custodian   Role = "custodian"   // 种子保管人
	Employer    Role = "employer"    // 用人单位, which checks certificates
	Trainer     Role = "trainer"     // 培训机构, which keeps its own classes
	Operator    Role = "operator"    // 系统管理员
	Engine      Role = "engine"      // the server's own workers
)

// Roles lists every role in the order of the matrix.
func Roles() []Role {
	return []Role{Public, Candidate, Applicant, Invigilator, Examiner, Leader, Marker, ExamOffice, Supervisor, Author, Reviewer,
		BankKeeper, Medical, Labour, Registrar, Custodian, Employer, Trainer, Operator, Engine}
}

// Principal is the acting person: who, as what, for which body. It is a parameter of every command.
type Principal struct {
	Account  string // account or ticket that signed in
	Person   string // engine.PersonID, empty for the public
	Name     string
	Roles    []Role
	Org      string // engine.OrgID of the body acted for
	Province string // two digits of GB/T 2260 where the role is bound to a province
	Attempt  string // theory.AttemptID that a candidate's ticket admits to
	Login    string // the computer or the sign-in that the request came from; not kept with accounts

	others []string // further engine.PersonIDs of the same human; see Also
}

// Also is p, who counts as the same human as the persons: people.Registry.Whole tells who they are, under their other documents.
func (p Principal) Also(persons ...string) Principal {
	p.others = persons
	return p
}

// Is reports whether p is the human behind a person (本人), under whichever account or, where Also told, document. It is asked
// where a rule forbids one human two parts; what somebody may do under a document is asked of Person. Nobody is "".
func (p Principal) Is(person string) bool {
	return person != "" && (person == p.Person || slices.Contains(p.others, person))
}

// Anonymous is the principal of a request without a token.
func Anonymous() Principal { return Principal{Roles: []Role{Public}} }

// Worker is the principal of the server's own background work.
func Worker(name string) Principal {
	return Principal{Account: "engine:" + name, Name: name, Roles: []Role{Engine}}
}

// Refusals of this package.
var (
	ErrForbidden       = errs.New(errs.Forbidden, "authz.forbidden", "没有进行此项操作的权限")
	ErrUnauthenticated = errs.New(errs.Unauthenticated, "authz.unauthenticated", "请先登录")
)

// Has reports whether p holds role.
func (p Principal) Has(role Role) bool { return slices.Contains(p.Roles, role) }

// Can reports whether any role of p has the action.
func (p Principal) Can(a Action) bool {
	return slices.ContainsFunc(p.Roles, func(r Role) bool { return Allowed(r, a) })
}

// ActsFor reports whether p may work on what belongs to the body org. Staff and candidates act for the one body that
// they are bound to; who is bound to none acts for none, so that a forgotten binding opens nothing. Authorities watch
// over every body, the operator and the server's own work belong to no body.
func (p Principal) ActsFor(org string) bool {
	if p.Org != "" && p.Org == org {
		return true
	}
	return p.IsAuthority() || p.Org == "" && p.ofNobody()
}

// IsAuthority reports whether p comes from an authority (主管部门), which watches over the bodies of every province and
// decides on those of its own only.
func (p Principal) IsAuthority() bool { return p.Has(Medical) || p.Has(Labour) }

// ActsIn reports whether p may decide on what belongs to the province. An authority decides in its own only.
func (p Principal) ActsIn(province string) bool {
	return p.Province != "" && p.Province == province || p.Province == "" && p.ofNobody()
}

// ofNobody reports whether p is bound to nothing by its role, not by an omission.
func (p Principal) ofNobody() bool { return p.Has(Operator) || p.Has(Engine) }

// Require returns nil when p may do a; the public is asked to sign in, others are refused.
func (p Principal) Require(a Action) error {
	switch {
	case p.Can(a):
		return nil
	case len(p.Roles) == 0, len(p.Roles) == 1 && p.Roles[0] == Public:
		return ErrUnauthenticated
	}
	return ErrForbidden
}

// LogValue keeps names out of logs.
func (p Principal) LogValue() slog.Value { return slog.StringValue(p.Account) }
