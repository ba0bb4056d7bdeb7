// Package training keeps what training bodies (培训机构) do: courses with their hours, classes with their teachers and trainees,
// and completion certificates (培训合格证书), which are no skill certificates. What follows for 考培分离 is recorded as ties.
package training

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// Course (课程) is what a body teaches for one level.
type Course struct {
	ID        string       `json:"id"` // derived from body and name
	Org       engine.OrgID `json:"org"`
	Name      string       `json:"name"`
	Level     engine.Level `json:"level"`
	Basic     bool         `json:"basic,omitempty"` // teaches 职业基本素质 as well
	Theory    int          `json:"theory"`          // class hours
	Practical int          `json:"practical"`       // class hours

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Class (班级) is a course held once. Trainees are added to its roll first, so that each has one number of it for good.
type Class struct {
	ID       string            `json:"id"` // derived from body and code
	Org      engine.OrgID      `json:"org"`
	Code     string            `json:"code"` // part of the numbers of its completion certificates
	Name     string            `json:"name"`
	Course   string            `json:"course"`
	Level    engine.Level      `json:"level"` // of the course
	Basic    bool              `json:"basic,omitempty"`
	From     clock.Date        `json:"from"`
	To       clock.Date        `json:"to"` // the last day
	Teachers []Teaching        `json:"teachers,omitempty"`
	Roll     []engine.PersonID `json:"roll,omitempty"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Teaching is one teacher of a class.
type Teaching struct {
	Person engine.PersonID `json:"person"`
	Name   string          `json:"name"`
	Struck bool            `json:"struck,omitempty"` // written down in error
	Reason string          `json:"reason,omitempty"` // why it was struck
}

// Basis is why a trainee may take a course of the level (津医保局发〔2025〕101号 第（三）条).
type Basis string

// The bases. A newcomer learns 职业基本素质 and all of 五级 first; who has more to start from chooses the level.
const (
	Newcomer   Basis = "newcomer"   // 初次从事
	Completed  Basis = "completed"  // completed the level below here; looked up
	Certified  Basis = "certified"  // holds a skill certificate, stated by its number
	Practising Basis = "practising" // does the work already, stated
)

// Programs are the kinds of training (培训类型) of 天津市养老服务技能人才专项培训实施方案 附件3至5.
func Programs() []string {
	return []string{"紧缺职业目录培训", "定向就业培训", "定向岗前培训", "其他培训"}
}

// Bases lists the bases.
func Bases() []Basis { return []Basis{Newcomer, Completed, Certified, Practising} }

// String is the Chinese name.
func (b Basis) String() string {
	return map[Basis]string{Newcomer: "初次从事", Completed: "已结业", Certified: "持有证书", Practising: "正在从业"}[b]
}

// Outcome is what became of an enrolment. It only moves away from Going.
type Outcome string

// The outcomes.
const (
	Going Outcome = "going"
	Ended Outcome = "ended" // left before the end
	Pass  Outcome = "passed"
	Fail  Outcome = "failed"
)

// Enrolment (学员) is one person in one class.
type Enrolment struct {
	ID     string          `json:"id"` // EnrolmentID
	Class  string          `json:"class"`
	Org    engine.OrgID    `json:"org"`
	Person engine.PersonID `json:"person"`
	Name   string          `json:"name"` // when enrolled
	Level  engine.Level    `json:"level"`
	No     int             `json:"no"` // in the class's roll, from 1
	Basis  Basis           `json:"basis"`
	Proof  string          `json:"proof,omitempty"` // number of the certificate, or where the work is done
	Since  clock.Date      `json:"since"`
	Until  clock.Date      `json:"until,omitzero"` // last day of one that ended early
	Result Outcome         `json:"result"`
	Hours  int             `json:"hours,omitempty"`  // attended
	Number string          `json:"number,omitempty"` // of the completion certificate
	On     clock.Date      `json:"on,omitzero"`      // the day it was given
	Tie    string          `json:"tie,omitempty"`    // that the attendance left

	Category string `json:"category,omitempty"` // 人员类别, in the words of the roll
	Program  string `json:"program,omitempty"`  // 培训类型, one of Programs

	Earlier []Declared `json:"earlier,omitempty"` // what it said before it was corrected, oldest first

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Refusals of this package.
var (
	ErrCourse    = errs.New(errs.NotFound, "training.no_course", "查无此课程")
	ErrClass     = errs.New(errs.NotFound, "training.no_class", "查无此班级")
	ErrEnrolment = errs.New(errs.NotFound, "training.no_enrolment", "查无此学员")
	ErrExists    = errs.New(errs.Conflict, "training.exists", "同名的课程或同编号的班级已经登记，内容不同，请换一个名称或编号")
	ErrEnrolled  = errs.New(errs.Conflict, "training.enrolled", "该学员已在班级中")
	ErrInput     = errs.New(errs.Invalid, "training.invalid", "培训信息不正确，请按提示修改")
	ErrOrder     = errs.New(errs.Conflict, "training.order", "培训按五级、四级、三级依次进行")
	ErrOver      = errs.New(errs.Conflict, "training.over", "该学员已结业或已退出，不能再改")
	ErrNotBody   = errs.New(errs.Forbidden, "training.not_body", "只有培训机构可以办班")
	ErrTooEarly  = errs.New(errs.Conflict, "training.too_early", "班级尚未结束，不能登记结业")
)

// Courses, Classes and Enrolments keep what their names say. Safe for concurrent use; must pass storetest.Courses, Classes and
// Enrolments.
//   - Absent: ErrCourse, ErrClass, ErrEnrolment. An ID already taken: ErrExists, and ErrEnrolled of an enrolment.
//   - Updates write only at the Revision, otherwise engine.ErrStale. Lists are in the byte order of IDs.
type Courses interface {
	Course(ctx context.Context, id string) (*Course, error)
	CreateCourse(ctx context.Context, c *Course) error
	CoursesOf(ctx context.Context, org engine.OrgID, c engine.Cursor) (rows []*Course, next string, err error)
}

// Classes is described at Courses.
type Classes interface {
	Class(ctx context.Context, id string) (*Class, error)
	CreateClass(ctx context.Context, c *Class) error
	UpdateClass(ctx context.Context, c *Class) error
	ClassesOf(ctx context.Context, org engine.OrgID, c engine.Cursor) (rows []*Class, next string, err error)
	// ClassesNamed lists those of any body whose PlainName is that of name.
	ClassesNamed(ctx context.Context, name string, c engine.Cursor) (rows []*Class, next string, err error)
}

// PlainName is a class's name as applicants are taken to have meant it: without blanks, in the usual width, in capitals.
func PlainName(name string) string {
	return strings.ToUpper(strings.Join(strings.Fields(norm.NFKC.String(name)), ""))
}

// Enrolments is described at Courses.
type Enrolments interface {
	Enrolment(ctx context.Context, id string) (*Enrolment, error)
	CreateEnrolment(ctx context.Context, e *Enrolment) error
	UpdateEnrolment(ctx context.Context, e *Enrolment) error
	InClass(ctx context.Context, class string, c engine.Cursor) (rows []*Enrolment, next string, err error)
	OfPerson(ctx context.Context, p engine.PersonID, c engine.Cursor) (rows []*Enrolment, next string, err error)
}

// Below says by how many class hours a course falls short of the policy's reference, 0 for none or where there is no reference.
func (c Course) Below(p engine.TrainingPolicy) int {
	return max(0, p.Hours[c.Level]-c.Theory-c.Practical)
}

const (
	maxHours    = 2000
	maxName     = 100 // characters
	maxRoll     = 500
	maxTeachers = 50
)

func named(s string) bool {
	return s != "" && utf8.RuneCountInString(s) <= maxName && utf8.ValidString(s)
}

// Check tells everything that is wrong with what a course says of itself.
func (c Course) Check() error {
	var k errs.Check
	k.That(named(c.Name), "name", "form", "请填写课程名称，不超过100个字")
	k.That(c.Level.Valid(), "level", "unknown", "等级只能是五级、四级或三级")
	none := c.Theory == 0 && c.Practical == 0
	for _, of := range []struct {
		name  string
		hours int
	}{{"theory", c.Theory}, {"practical", c.Practical}} {
		k.That(!none && of.hours >= 0 && of.hours <= maxHours, of.name, "range", fmt.Sprintf("请填写课时，理论和实操合计不能为0，各不超过%d", maxHours))
	}
	k.That(!c.Basic || c.Level == engine.Level5, "basic", "level", "职业基本素质课程与五级课程一并开设")
	return k.Err(ErrInput)
}

// classCode is part of a completion certificate's number.
var classCode = regexp.MustCompile(`^[A-Z0-9]{2,12}$`)

// Check tells everything that is wrong with what a class says of itself.
func (c Class) Check() error {
	var k errs.Check
	k.That(named(c.Name), "name", "form", "请填写班级名称，不超过100个字")
	k.That(classCode.MatchString(c.Code), "code", "form", "班级编号为2至12位大写字母或数字")
	k.That(!c.From.IsZero() && !c.To.Before(c.From), "to", "order", "结束日期不能早于开始日期")
	return k.Err(ErrInput)
}

// NumberPrefix begins the number of every completion certificate. No number of a skill certificate has letters or hyphens like it
// (those are Y or S and digits), so that neither can be taken for the other.
const NumberPrefix = "PXHG"

// CompletionNumber is that of place no in a class: 培训合格 in letters, the subject code of the body's credit code, the class, the place.
func CompletionNumber(creditCode, class string, no int) string {
	subject := creditCode
	if len(creditCode) == 18 {
		subject = creditCode[8:17]
	}
	return fmt.Sprintf("%s-%s-%s-%03d", NumberPrefix, subject, class, no)
}

// IsCompletionNumber reports whether a number is that of a completion certificate, however it was typed.
func IsCompletionNumber(number string) bool {
	return strings.HasPrefix(PlainName(number), NumberPrefix)
}

// starts returns nil when somebody may take the class on the basis. Newcomers take 五级 with 职业基本素质; who completed the level
// below is looked up in others, all enrolments of the person, none of which may be of a lower level and still going on. A
// completion certificate is no skill certificate, and does not stand for one.
func (c *Class) starts(basis Basis, proof string, others []*Enrolment) error {
	proof = strings.TrimSpace(proof)
	switch {
	case basis == Newcomer && (c.Level != engine.Level5 || !c.Basic):
		return ErrOrder.With("初次从事的，先学习职业基本素质和五级课程的全部内容")
	case basis == Completed && !slices.ContainsFunc(others, func(e *Enrolment) bool { return e.Result == Pass && !e.Level.Above(c.Level) && c.Level.Above(e.Level) }):
		return ErrOrder.With("没有较低等级的结业记录")
	case !slices.Contains(Bases(), basis):
		return ErrInput.WithFields(errs.Field{Name: "basis", Code: "unknown", Msg: "请选择培训基础"})
	case (basis == Certified || basis == Practising) && !named(proof):
		return ErrInput.WithFields(errs.Field{Name: "proof", Code: "missing", Msg: "请填写证书编号或从业单位"})
	case basis == Certified && IsCompletionNumber(proof):
		return ErrInput.WithFields(errs.Field{Name: "proof", Code: "completion", Msg: "这是培训合格证书的编号，不是职业技能等级证书；低一级已结业的，培训基础请选“已结业”"})
	}
	for _, e := range others {
		if e.Result == Going && e.Class != c.ID && c.Level.Above(e.Level) {
			return ErrOrder.With("正在参加%s培训，结业后再报名", e.Level)
		}
	}
	return nil
}

// admits returns nil when somebody may enter the class as e says on e.Since, which is set; e.Person is as the registry keeps it, with
// an empty ID for somebody new. What others do at the same time, enter judges again.
func (c *Class) admits(e Entry, others []*Enrolment, minAge int) error {
	switch {
	case e.Since.Before(c.From) || c.To.Before(e.Since):
		return ErrInput.WithFields(errs.Field{Name: "since", Code: "range", Msg: "入班日期应在班级起止日期之内"})
	case e.Person.Born.YearsUntil(e.Since) < minAge:
		return ErrInput.With("%s 未满%d周岁，不能参加培训", e.Since, minAge)
	}
	if err := c.starts(e.Basis, e.Proof, others); err != nil || e.Person.ID == "" {
		return err
	}
	return c.seats(e.Person.ID)
}

// seats returns nil when the roll has a place for somebody; a teacher of the class has none.
func (c *Class) seats(p engine.PersonID) error {
	switch {
	case slices.ContainsFunc(c.Teachers, func(t Teaching) bool { return t.Person == p && !t.Struck }):
		return ErrInput.With("此人是本班教师，不能同时是学员")
	case !slices.Contains(c.Roll, p) && len(c.Roll) >= maxRoll:
		return ErrInput.With("一个班级最多%d人", maxRoll)
	}
	return nil
}

// over returns nil once results may be written down.
func (c *Class) over(today clock.Date) error {
	if today.Before(c.To) {
		return ErrTooEarly.With("%s 结束", c.To)
	}
	return nil
}

// finish ends an enrolment with its result. Only a pass has a number.
func (e *Enrolment) finish(r Outcome, hours int, number string, on clock.Date) error {
	if e.Result == r && e.Hours == hours {
		return engine.ErrUnchanged
	}
	if e.Result == Struck {
		return ErrStruck
	}
	if e.Result != Going {
		return ErrOver
	}
	var k errs.Check
	k.That(r == Pass || r == Fail, "result", "unknown", "结果应为合格或不合格")
	k.That(hours > 0 && hours <= maxHours, "hours", "range", "请填写实际课时")
	if err := k.Err(ErrInput); err != nil {
		return err
	}
	e.Result, e.Hours = r, hours
	if r == Pass {
		e.Number, e.On = number, on
	}
	return nil
}

// leave ends an enrolment before the class does, on its last day there.
func (e *Enrolment) leave(until clock.Date) error {
	switch {
	case e.Result == Ended && e.Until == until:
		return engine.ErrUnchanged
	case e.Result == Struck:
		return ErrStruck
	case e.Result != Going:
		return ErrOver
	case until.IsZero() || until.Before(e.Since):
		return ErrInput.WithFields(errs.Field{Name: "until", Code: "order", Msg: "退出日期不能早于入班日期"})
	}
	e.Result, e.Until = Ended, until
	return nil
}

// Change is what became of an enrolment, and of the tie that it left. TieKept says why the tie goes on although the enrolment
// does not: "" where it was ended, or where there is nothing to end.
type Change struct {
	Enrolment *Enrolment
	TieKept   string
	At        time.Time
}
