package api

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/separation"
)

// BehindEntry is who is behind a body, all of it.
type BehindEntry struct {
	Representative PersonEntry  `json:"representative" jsonschema:"description=Legal representative (法定代表人)"`
	Owners         []OwnerEntry `json:"owners,omitempty" jsonschema:"description=All of them: ties of those left out end today"`
}

// OwnerEntry has a share of a body: a person, or a body by name and credit code.
type OwnerEntry struct {
	Person     *PersonEntry `json:"person,omitempty"`
	Name       string       `json:"name,omitempty"`
	CreditCode string       `json:"credit_code,omitempty"`
	Percent    int          `json:"percent,omitempty" jsonschema:"description=1 to 100. Left out where the papers do not say"`
}

func (in BehindEntry) control() separation.Control {
	return separation.Control{Representative: in.Representative.person(), Owners: each(in.Owners, func(o OwnerEntry) separation.Owner {
		owner := separation.Owner{Name: o.Name, CreditCode: o.CreditCode, Percent: o.Percent}
		if o.Person != nil {
			p := o.Person.person()
			owner.Person = &p
		}
		return owner
	})}
}

func (s *Server) stateBehind(c *fiber.Ctx) error {
	var in BehindEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	if err := s.behind(c, in.control()); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (s *Server) behind(c *fiber.Ctx, state separation.Control) error {
	return s.Judge.StateControl(c.UserContext(), caller(c), engine.OrgID(c.Params("id")), clock.DateOf(s.clock.Now(), s.zone), state)
}

// ownerRows are the owners that the page takes; more are stated by program.
var ownerRows = [...]int{1, 2, 3, 4, 5}

var controlFields = regexp.MustCompile(`^(head_name|head_number|owner[1-5]_(name|number|percent))$`)

// behindForm records who is behind the body of the page.
func (s *Server) behindForm(c *fiber.Ctx) error {
	f, err := readForm(c, controlFields)
	if err != nil {
		return err
	}
	state := f.control()
	if err = f.wrongly(separation.ErrControl); err == nil {
		err = s.behind(c, state)
	}
	if err != nil {
		return s.refuse(c, err, s.tiesOf("org", "control", f.typed()))
	}
	return s.done(c, s.tieHref(c.UserContext(), separation.OrgNode(engine.OrgID(c.Params("id")))), "control-stated")
}

// control is what the form says; rows without name and number are left out. A number of a resident card is a person's.
func (f *typedForm) control() separation.Control {
	holder := func(at string) engine.Person {
		name, number := f.text(at+"_name"), f.text(at+"_number")
		_, err := engine.ParseResident(number)
		f.must(name != "", at+"_name", "missing", "请填写姓名")
		f.must(err == nil, at+"_number", "form", "请填写正确的18位居民身份证号码；持其他证件的，请由系统管理员登记")
		return engine.Person{Name: name, IDType: engine.ResidentCard, IDNumber: number}
	}
	state := separation.Control{Representative: holder("head")}
	for _, i := range ownerRows {
		at := fmt.Sprintf("owner%d", i)
		name, number, percent := f.text(at+"_name"), f.text(at+"_number"), f.text(at+"_percent")
		if name == "" && number == "" && percent == "" {
			continue
		}
		o := separation.Owner{Name: name, CreditCode: strings.ToUpper(number)}
		if _, err := engine.ParseResident(number); err == nil {
			p := holder(at)
			o.Person = &p
		}
		if percent != "" {
			n, err := strconv.Atoi(percent)
			f.must(err == nil && n >= 1 && n <= 100, at+"_percent", "form", "出资比例为1至100的整数")
			o.Percent = n
		}
		state.Owners = append(state.Owners, o)
	}
	return state
}
