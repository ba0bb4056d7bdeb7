package training

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
)

// NeedList (培训需求明细清单) is one workbook of people to be trained: 附件3 of care institutions, 附件4 of key employment groups. It is kept
// as demand; who is to enter a class from it needs a document, which the annexes do not have.
type NeedList struct {
	ID       string       `json:"id"` // of what it says, so that the same workbook twice is one list
	Province string       `json:"province"`
	Org      engine.OrgID `json:"org,omitempty"` // the training body that may enrol from it; empty: nobody yet
	Annex    Annex        `json:"annex"`
	Filler   string       `json:"filler"` // 填报单位
	Needs    []Need       `json:"needs"`
	On       clock.Date   `json:"on"` // when it was taken in

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Need is one person of a list. Only the name is always there.
type Need struct {
	No         int          `json:"no"` // from 1
	District   string       `json:"district,omitempty"`
	Employer   string       `json:"employer,omitempty"` // 机构名称, of 附件3
	Name       string       `json:"name"`
	Age        int          `json:"age,omitempty"`
	Category   string       `json:"category,omitempty"`   // 人员类别
	Occupation string       `json:"occupation,omitempty"` // 培训职业（工种）, in the words of the list
	Level      engine.Level `json:"level,omitempty"`
	Program    string       `json:"program,omitempty"` // 培训类型
	Planned    string       `json:"planned,omitempty"` // 培训计划时间, of 附件3
	Address    string       `json:"address,omitempty"` // 家庭住址, of 附件4
	Phone      string       `json:"phone,omitempty"`

	IDType   engine.IDType `json:"id_type,omitempty"` // the document, behind the columns of the annex or written down later
	IDNumber string        `json:"id_number,omitempty"`
	Sex      engine.Sex    `json:"sex,omitempty"`
	Born     clock.Date    `json:"born,omitzero"`
	Basis    Basis         `json:"basis,omitempty"`
	Proof    string        `json:"proof,omitempty"`

	Class string `json:"class,omitempty"` // that the person entered from this list
}

// Refusals of lists of needs.
var (
	ErrNeeds     = errs.New(errs.NotFound, "training.no_needs", "查无此需求清单")
	ErrNeedsKept = errs.New(errs.Conflict, "training.needs_kept", "这份需求清单已经登记")
	ErrNeed      = errs.New(errs.Invalid, "training.need_invalid", "需求清单信息不正确，请按提示修改")
	ErrNoDoc     = errs.New(errs.Conflict, "training.no_document", "没有证件号码，只作为培训需求保留；补登证件后可以入班")
	ErrOtherJob  = errs.New(errs.Conflict, "training.other_occupation", "不是本班培训的职业，只作为培训需求保留")
)

// NeedLists keeps the lists. Safe for concurrent use; must pass storetest.NeedLists.
//   - Absent: ErrNeeds. An ID already taken: CreateNeeds returns ErrNeedsKept.
//   - UpdateNeeds writes only at the Revision, otherwise engine.ErrStale. NeedsOf and NeedsIn are in the byte order of IDs.
type NeedLists interface {
	Needs(ctx context.Context, id string) (*NeedList, error)
	CreateNeeds(ctx context.Context, l *NeedList) error
	UpdateNeeds(ctx context.Context, l *NeedList) error
	NeedsOf(ctx context.Context, org engine.OrgID, c engine.Cursor) (rows []*NeedList, next string, err error)
	NeedsIn(ctx context.Context, province string, c engine.Cursor) (rows []*NeedList, next string, err error)
}

// Enrolled counts the people of the list who entered a class from it.
func (l *NeedList) Enrolled() (n int) {
	for _, d := range l.Needs {
		if d.Class != "" {
			n++
		}
	}
	return n
}

// Documented counts those with a document.
func (l *NeedList) Documented() (n int) {
	for _, d := range l.Needs {
		if d.IDNumber != "" {
			n++
		}
	}
	return n
}

// key tells people of one list apart: by the document where there is one.
func (d Need) key() string {
	if d.IDNumber != "" {
		return string(d.IDType) + strings.ToUpper(d.IDNumber)
	}
	return strings.Join([]string{"", d.Name, strconv.Itoa(d.Age), d.Phone, d.Employer, d.Address}, "\x00")
}

// person is the trainee that the need would be.
func (d Need) person() engine.Person {
	return engine.Person{Name: d.Name, IDType: d.IDType, IDNumber: d.IDNumber, Sex: d.Sex, Born: d.Born}
}

// row is the need as a row of a roll, on the basis that is assumed where it says none.
func (d Need) row(assumed Basis) RollRow {
	r := RollRow{Row: d.No, Entry: Entry{Person: d.person(), Basis: d.Basis, Proof: d.Proof, Category: d.Category, Program: d.Program}, Level: d.Level, Age: d.Age}
	if r.Basis == "" {
		r.Basis = assumed
	}
	if r.Proof == "" && r.Basis == Practising {
		r.Proof = d.Employer
	}
	return r
}

// ready returns nil when the need can be proposed for a class at all.
func (d Need) ready() error {
	o := engine.LongTermCare()
	switch {
	case d.Occupation != "" && d.Occupation != o.WorkType && d.Occupation != o.Name && PlainName(d.Occupation) != PlainName(o.Title()):
		return ErrOtherJob.With("%s", d.Occupation)
	case d.IDNumber == "":
		return ErrNoDoc
	}
	return nil
}

// needsOf returns the province and the body that a list of by's belongs to: a trainer's own, or the one that an authority hands it to.
func (d *Desk) needsOf(ctx context.Context, by authz.Principal, org engine.OrgID) (province string, _ engine.OrgID, err error) {
	if err := by.Require(authz.NeedWrite); err != nil {
		return "", "", err
	}
	if by.Can(authz.TrainWrite) {
		body, err := d.body(ctx, by)
		if err != nil {
			return "", "", err
		}
		return body.Province, body.ID, nil
	}
	if by.Province == "" {
		return "", "", authz.ErrForbidden.With("账号没有登记所属省份，不能办理需求清单")
	}
	if org == "" {
		return by.Province, "", nil
	}
	body, err := d.people.Organisation(ctx, org)
	if errors.Is(err, engine.ErrOrg) || err == nil && (body.Kind != engine.TrainingBody || body.Province != by.Province) {
		return "", "", ErrNeed.WithFields(errs.Field{Name: "org", Code: "unknown", Msg: "请选择本省的培训机构，或留空"})
	}
	return by.Province, org, err
}

// holds reports whether by may read and change the list: its body, and the authority of the province.
func holds(by authz.Principal, l *NeedList) bool {
	return by.Org != "" && by.Org == string(l.Org) || by.IsAuthority() && by.ActsIn(l.Province)
}

// NeedLists lists the lists of by's body, or of by's province.
func (d *Desk) NeedLists(ctx context.Context, by authz.Principal) ([]*NeedList, error) {
	province, org, err := d.needsOf(ctx, by, "")
	if err != nil {
		return nil, err
	}
	return engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*NeedList, string, error) {
		if org != "" {
			return d.ports.Needs.NeedsOf(ctx, org, c)
		}
		return d.ports.Needs.NeedsIn(ctx, province, c)
	})
}

// Needs is one list.
func (d *Desk) Needs(ctx context.Context, by authz.Principal, id string) (*NeedList, error) {
	if err := by.Require(authz.NeedWrite); err != nil {
		return nil, err
	}
	l, err := d.ports.Needs.Needs(ctx, id)
	if err == nil && !holds(by, l) {
		return nil, ErrNeeds
	}
	return l, err
}

// Identify writes down the document of a person of a list, who then can enter a class. Another document in its place is refused once
// the person has entered.
func (d *Desk) Identify(ctx context.Context, by authz.Principal, id string, no int, p engine.Person) (*NeedList, error) {
	if err := by.Require(authz.NeedWrite); err != nil {
		return nil, err
	}
	number, err := engine.ParseDocument(p.IDType, p.IDNumber)
	if err != nil {
		return nil, err
	}
	return d.editNeeds(ctx, by, id, func(l *NeedList) error {
		if no < 1 || no > len(l.Needs) {
			return ErrNeeds.With("没有第%d行", no)
		}
		n := &l.Needs[no-1]
		next := *n
		next.IDType, next.IDNumber, next.Sex, next.Born = p.IDType, number.Number, p.Sex, p.Born
		switch {
		case next == *n:
			return engine.ErrUnchanged
		case n.Class != "":
			return ErrEnrolled.With("证件有误的，请在班级页面更正")
		case slices.ContainsFunc(l.Needs, func(o Need) bool { return o.No != no && o.key() == next.key() }):
			return ErrNeed.WithFields(errs.Field{Name: "id_number", Code: "twice", Msg: "清单中另一行已是这个证件"})
		}
		*n = next
		l.Trail.AddBy(d.clock.Now(), by, "need.identified", strconv.Itoa(no))
		return nil
	})
}

func (d *Desk) editNeeds(ctx context.Context, by authz.Principal, id string, edit func(*NeedList) error) (*NeedList, error) {
	return engine.Modify(ctx, func(ctx context.Context) (*NeedList, error) { return d.ports.Needs.Needs(ctx, id) }, d.ports.Needs.UpdateNeeds, func(l *NeedList) error {
		if !holds(by, l) {
			return ErrNeeds
		}
		return edit(l)
	})
}

// EnrolNeeds says who of a list can enter a class of by's body, and why the others cannot; with commit it also enrols them, one by one,
// and then notes in the list who entered. A row that tells no basis is taken on the assumed one. Committing twice is harmless.
func (d *Desk) EnrolNeeds(ctx context.Context, by authz.Principal, class, list string, assumed Basis, commit bool) (*RollPlan, error) {
	c, err := d.own(ctx, by, class)
	if err != nil {
		return nil, err
	}
	l, err := d.Needs(ctx, by, list)
	if err != nil {
		return nil, err
	}
	if assumed != "" && !slices.Contains(Bases(), assumed) {
		return nil, ErrInput.WithFields(errs.Field{Name: "basis", Code: "unknown", Msg: "请选择培训基础"})
	}
	rows := make([]RollRow, len(l.Needs))
	for i, n := range l.Needs {
		rows[i] = n.row(assumed)
	}
	plan := &RollPlan{}
	plan.Lines, err = d.takeRows(ctx, by, c, rows, commit, func(i int) error { return l.Needs[i].ready() })
	if err != nil || !commit {
		return plan, err
	}
	_, err = d.editNeeds(ctx, by, list, func(l *NeedList) error { return l.entered(c.ID, plan.Lines) })
	return plan, err
}

// entered notes who is in the class by the lines of a plan that was carried out.
func (l *NeedList) entered(class string, lines []RollLine) error {
	changed := false
	for i, line := range lines {
		if line.Step != RollRefuse && i < len(l.Needs) && l.Needs[i].Class != class {
			l.Needs[i].Class, changed = class, true
		}
	}
	if !changed {
		return engine.ErrUnchanged
	}
	return nil
}

// needsID names a list by what it says.
func needsID(l *NeedList) (string, error) {
	said, err := json.Marshal(l.Needs)
	return ids.Derive("needs", l.Province, string(l.Org), strconv.Itoa(int(l.Annex)), l.Filler, string(said)), err
}

func fits(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' })
}
