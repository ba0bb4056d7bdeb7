package api

import (
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/training"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// maxRollFile bounds a roll: it travels through the page from the preview to the commit.
const maxRollFile = 1 << 20

var errRollFile = errs.New(errs.TooLarge, "training.file_too_large", "名册超过 1 MB，未接收；一个班级最多500人，请去掉图片和多余的工作表")

// trainingPages are the desk of training bodies, which exam offices and authorities read.
func (s *Server) trainingPages() []route {
	class := "/training/classes/:id"
	person := class + "/enrolments/:person"
	return []route{
		page("/training", authz.TrainRead, again(s.trainingPage("", web.Typed{})).first),
		form("/training/courses", authz.TrainWrite, s.courseForm),
		form("/training/classes", authz.TrainWrite, s.classForm),
		page("/training/roll.xlsx", authz.TrainWrite, func(c *fiber.Ctx) error { return workbook(c, "roll.xlsx", training.RollColumns(), nil) }),
		page(class, authz.TrainRead, again(s.classPage("", web.Typed{}, nil)).first),
		form(class+"/teachers", authz.TrainWrite, s.teacherForm),
		form(class+"/teachers/:person/striking", authz.TrainWrite, s.onPerson(`^reason$`, func(c *fiber.Ctx, f *typedForm) (kept string, err error) {
			_, err = s.Training.StrikeTeacher(c.UserContext(), caller(c), c.Params("id"), trainee(c), f.text("reason"))
			return "yes", err
		})),
		form(class+"/enrolments", authz.TrainWrite, s.enrolForm),
		form(class+"/roll/preview", authz.TrainWrite, s.previewRoll).limited(limitUpload),
		form(class+"/roll", authz.TrainWrite, s.commitRoll).limited(limitUpload),
		form(person+"/completion", authz.TrainWrite, s.onPerson(`^(result|hours)$`, func(c *fiber.Ctx, f *typedForm) (string, error) {
			hours := f.number("hours", "hours", "实际课时")
			if err := f.wrongly(training.ErrInput); err != nil {
				return "", err
			}
			_, err := s.Training.Finish(c.UserContext(), caller(c), c.Params("id"), trainee(c), training.Outcome(f.text("result")), hours)
			return "", err
		})),
		form(person+"/departure", authz.TrainWrite, s.onPerson(`^(until|reason)$`, func(c *fiber.Ctx, f *typedForm) (string, error) {
			until := f.date("until")
			if err := f.wrongly(training.ErrInput); err != nil {
				return "", err
			}
			return tieKept(s.Training.Leave(c.UserContext(), caller(c), c.Params("id"), trainee(c), until, f.text("reason")))
		})),
		form(person+"/correction", authz.TrainWrite, s.onPerson(`^(basis|proof|since|reason)$`, func(c *fiber.Ctx, f *typedForm) (string, error) {
			st := training.Statement{Basis: training.Basis(f.text("basis")), Proof: f.text("proof"), Since: f.date("since"), Reason: f.text("reason")}
			if err := f.wrongly(training.ErrInput); err != nil {
				return "", err
			}
			return tieKept(s.Training.Restate(c.UserContext(), caller(c), c.Params("id"), trainee(c), st))
		})),
		form(person+"/striking", authz.TrainWrite, s.onPerson(`^reason$`, func(c *fiber.Ctx, f *typedForm) (string, error) {
			return tieKept(s.Training.Strike(c.UserContext(), caller(c), c.Params("id"), trainee(c), f.text("reason")))
		})),
	}
}

// tieKept is whether a change left a tie that goes on to hold.
func tieKept(k *training.Change, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return k.TieKept, nil
}

// onPerson reads a form about a teacher or a trainee, does its work and says so: with a tie that goes on where there is one.
func (s *Server) onPerson(fields string, do func(*fiber.Ctx, *typedForm) (kept string, err error)) fiber.Handler {
	known := regexp.MustCompile(fields)
	return func(c *fiber.Ctx) error {
		f, err := readForm(c, known)
		if err != nil {
			return err
		}
		kept, err := do(c, f)
		if err != nil {
			return s.refuse(c, err, s.classPage(c.Params("person"), f.typed(), nil))
		}
		said := "training-saved"
		if kept != "" {
			said = "training-kept"
		}
		return s.done(c, "/training/classes/"+c.Params("id"), said)
	}
}

// trainingPage is the desk; do and typed are of the form that was refused.
func (s *Server) trainingPage(do string, typed web.Typed) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		ctx, by := c.UserContext(), caller(c)
		v := web.TrainingView{MayWrite: by.Can(authz.TrainWrite), MayNeeds: by.Can(authz.NeedWrite), Do: do, Typed: typed, Problem: p}
		if v.Org = c.Query("org"); v.MayWrite {
			v.Org = by.Org
		} else {
			all, err := s.Registry.Directory(ctx, engine.TrainingBody, clock.DateOf(s.clock.Now(), s.zone))
			if err != nil {
				return err
			}
			v.Bodies = each(all, func(e people.Entry) web.BodyRow {
				return web.BodyRow{ID: string(e.Body.ID), Name: e.Body.Name, Province: engine.Province(e.Body.Province)}
			})
		}
		if v.Org != "" {
			if err := s.trainingRows(c, &v); err != nil {
				return err
			}
		}
		return s.show(c, "training", v)
	}
}

func (s *Server) trainingRows(c *fiber.Ctx, v *web.TrainingView) error {
	ctx, by, org := c.UserContext(), caller(c), engine.OrgID(v.Org)
	courses, err := s.Training.Courses(ctx, by, org)
	if err != nil {
		return err
	}
	classes, err := s.Training.Classes(ctx, by, org)
	if err != nil {
		return err
	}
	body, err := s.Registry.Organisation(ctx, org)
	if err != nil {
		return err
	}
	v.Name, v.Classes = body.Name, each(classes, s.classRow)
	v.Courses = each(courses, func(k *training.Course) web.CourseRow {
		return web.CourseRow{ID: k.ID, Name: k.Name, Level: k.Level, Basic: k.Basic, Theory: k.Theory, Practical: k.Practical, Below: k.Below(s.Training.Policy())}
	})
	return nil
}

func (s *Server) classRow(k *training.Class) web.ClassRow {
	return web.ClassRow{ID: k.ID, Code: k.Code, Name: k.Name, Level: k.Level, From: s.day(k.From), To: s.day(k.To), Teachers: strings.Join(teacherNames(k), "、"),
		Trainees: len(k.Roll)}
}

var (
	courseFields  = regexp.MustCompile(`^(name|level|basic|theory|practical)$`)
	classFields   = regexp.MustCompile(`^(course|name|code|from|to)$`)
	teacherFields = regexp.MustCompile(`^(name|id_type|id_number|sex|born)$`)
	enrolFields   = regexp.MustCompile(`^(name|id_type|id_number|sex|born|basis|proof|since)$`)
)

func (s *Server) courseForm(c *fiber.Ctx) error {
	f, err := readForm(c, courseFields)
	if err != nil {
		return err
	}
	in := training.Course{Name: f.text("name"), Level: engine.Level(f.number("level", "level", "等级")), Basic: f.text("basic") != "",
		Theory: f.number("theory", "theory", "理论课时"), Practical: f.number("practical", "practical", "实操课时")}
	if err = f.whole(training.ErrInput, in.Check()); err == nil {
		_, _, err = s.Training.AddCourse(c.UserContext(), caller(c), in)
	}
	if err != nil {
		return s.refuse(c, err, s.trainingPage("course", f.typed()))
	}
	return s.done(c, "/training", "training-course", in.Name)
}

func (s *Server) classForm(c *fiber.Ctx) error {
	f, err := readForm(c, classFields)
	if err != nil {
		return err
	}
	in := training.Class{Course: f.text("course"), Name: f.text("name"), Code: f.text("code"), From: f.date("from"), To: f.date("to")}
	var got *training.Class
	if err = f.whole(training.ErrInput, in.Check()); err == nil {
		got, err = s.Training.OpenClass(c.UserContext(), caller(c), in)
	}
	if err != nil {
		return s.refuse(c, err, s.trainingPage("class", f.typed()))
	}
	return s.done(c, "/training/classes/"+got.ID, "training-class", got.Name)
}

// classPage is a class; do and typed are of the form that was refused, plan what a roll does.
func (s *Server) classPage(do string, typed web.Typed, plan *web.RollView) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		ctx, by := c.UserContext(), caller(c)
		k, rows, err := s.Training.Class(ctx, by, c.Params("id"))
		if err != nil {
			return err
		}
		v := web.ClassView{ClassRow: s.classRow(k), Org: string(k.Org), MayWrite: by.Can(authz.TrainWrite), Plan: plan, Do: do, Typed: typed, Problem: p,
			Over: !clock.DateOf(s.clock.Now(), s.zone).Before(k.To), Genres: training.Programs()}
		body, err := s.Registry.Organisation(ctx, k.Org)
		if body, err = absent(body, err, engine.ErrOrg); err != nil {
			return err
		}
		if body != nil {
			v.OrgName = body.Name
		}
		v.Bases = each(training.Bases(), func(b training.Basis) string { return string(b) })
		v.Staff = each(k.Teachers, func(t training.Teaching) web.TeacherRow {
			return web.TeacherRow{Person: string(t.Person), Name: t.Name, Reason: t.Reason, Struck: t.Struck}
		})
		v.Rows = each(rows, func(e *training.Enrolment) web.TraineeRow { return s.traineeRow(k, e) })
		return s.show(c, "class", v)
	}
}

func (s *Server) traineeRow(k *training.Class, e *training.Enrolment) web.TraineeRow {
	return web.TraineeRow{Person: string(e.Person), Name: e.Name, Basis: string(e.Basis), Proof: e.Proof, No: e.No, Hours: e.Hours, Since: s.day(e.Since),
		Until: s.dayOrZero(e.Until), On: s.dayOrZero(e.On), Result: string(e.Result), Number: e.Number, Category: e.Category, Genre: e.Program,
		Late: k.Late(e, s.zone), Earlier: each(e.Earlier, func(d training.Declared) web.EarlierRow {
			return web.EarlierRow{Basis: string(d.Basis), Proof: d.Proof, Reason: d.Reason, Since: s.day(d.Since), At: d.At}
		})}
}

// trained is the person that a form names.
func (f *typedForm) trained() engine.Person {
	p := engine.Person{Name: f.text("name"), IDType: engine.IDType(f.text("id_type")), IDNumber: f.text("id_number"), Sex: map[string]engine.Sex{"female": engine.Female, "male": engine.Male}[f.text("sex")],
		Born: f.date("born")}
	if p.IDType == "" {
		p.IDType = engine.ResidentCard
	}
	return p
}

func (s *Server) teacherForm(c *fiber.Ctx) error {
	f, err := readForm(c, teacherFields)
	if err != nil {
		return err
	}
	who := f.trained()
	if err = f.wrongly(training.ErrInput); err == nil {
		_, err = s.Training.AddTeacher(c.UserContext(), caller(c), c.Params("id"), who)
	}
	if err != nil {
		return s.refuse(c, err, s.classPage("teacher", f.typed(), nil))
	}
	return s.done(c, "/training/classes/"+c.Params("id"), "training-teacher", who.Name)
}

func (s *Server) enrolForm(c *fiber.Ctx) error {
	f, err := readForm(c, enrolFields)
	if err != nil {
		return err
	}
	in := training.Entry{Person: f.trained(), Basis: training.Basis(f.text("basis")), Proof: f.text("proof"), Since: f.date("since")}
	if err = f.wrongly(training.ErrInput); err == nil {
		_, err = s.Training.Enrol(c.UserContext(), caller(c), c.Params("id"), in)
	}
	if err != nil {
		return s.refuse(c, err, s.classPage("enrol", f.typed(), nil))
	}
	return s.done(c, "/training/classes/"+c.Params("id"), "training-enrolled", in.Person.Name)
}

// previewRoll says of every row what would become of it. Nothing is kept: the file goes back with the commit.
func (s *Server) previewRoll(c *fiber.Ctx) error {
	name, data, err := uploadUpTo(c, maxRollFile, errRollFile)
	if err != nil {
		return s.refuse(c, err, s.classPage("roll", web.Typed{}, nil))
	}
	return s.showRoll(c, training.File{Name: name, Data: data}, false)
}

func (s *Server) commitRoll(c *fiber.Ctx) error {
	data, err := returned(c, errRollFile)
	if err != nil {
		return s.refuse(c, err, s.classPage("roll", web.Typed{}, nil))
	}
	return s.showRoll(c, training.File{Name: field(c, "name"), Data: data}, true)
}

// showRoll shows what the roll does, or did: the rows that were refused are kept nowhere else.
func (s *Server) showRoll(c *fiber.Ctx, file training.File, commit bool) error {
	plan, err := s.Training.TakeRoll(c.UserContext(), caller(c), c.Params("id"), file, commit)
	if err != nil {
		return s.refuse(c, err, s.classPage("roll", web.Typed{}, nil))
	}
	v := rollView(plan)
	if v.File, v.Done = table.Quote(file.Name), commit; !commit {
		v.Data = base64.StdEncoding.EncodeToString(file.Data)
	}
	return s.classPage("", web.Typed{}, v)(c, nil)
}

func rollView(p *training.RollPlan) *web.RollView {
	v := &web.RollView{New: p.New(), Refused: rowsOf(p.Broken)}
	for _, l := range p.Lines {
		switch l.Step {
		case training.RollKnown:
			v.Known++
		case training.RollRefuse:
			v.Refused++
		}
		v.Rows = append(v.Rows, web.RollLine{Row: l.Row, Name: l.Person.Name, IDMasked: engine.MaskID(l.Person.IDNumber), Step: string(l.Step), Code: l.Code, Detail: l.Msg})
	}
	for n, b := range p.Broken {
		v.Broken = append(v.Broken, web.BrokenCell{At: p.Places[n], Column: b.Column, Found: b.Found, Allowed: b.Want})
	}
	return v
}
