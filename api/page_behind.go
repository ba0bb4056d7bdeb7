package api

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
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
	if err = f.whole(separation.ErrControl, s.Judge.CheckControl(c.UserContext(), caller(c), orgParam(c), state)); err == nil {
		err = s.behind(c, state)
	}
	if err != nil {
		return s.refuse(c, err, s.tiesOf("org", "control", f.typed()))
	}
	return s.done(c, s.tieHref(c.UserContext(), separation.OrgNode(engine.OrgID(c.Params("id")))), "control-stated")
}

// control is what the form says; rows without name and number are left out. A number of a resident card is a person's. What is wrong
// with names and numbers is for the room to say. A number that stands masked, as the form showed it, is that of the same name in kept.
func (f *typedForm) control(kept ...engine.Person) separation.Control {
	head := engine.Person{Name: f.text("head_name"), IDType: engine.ResidentCard}
	head.IDNumber = unmasked(head.Name, f.text("head_number"), kept)
	state := separation.Control{Representative: head}
	at := 0
	for _, i := range ownerRows {
		row := fmt.Sprintf("owner%d", i)
		name, number, percent := f.text(row+"_name"), f.text(row+"_number"), f.text(row+"_percent")
		if name == "" && number == "" && percent == "" {
			continue
		}
		at++
		f.closeUp(row, fmt.Sprintf("owner%d", at))
		number = unmasked(name, number, kept)
		o := separation.Owner{Name: name, CreditCode: number}
		if _, err := engine.ParseResident(number); err == nil {
			o.Person = &engine.Person{Name: name, IDType: engine.ResidentCard, IDNumber: number}
		}
		if percent != "" {
			n, err := strconv.Atoi(percent)
			f.must(err == nil && n >= 1 && n <= 100, fmt.Sprintf("owner%d_percent", at), "form", "出资比例为1至100的整数")
			o.Percent = n
		}
		state.Owners = append(state.Owners, o)
	}
	return state
}

// closeUp moves a row of the form up over empty ones, so that it stands where the room counts it.
func (f *typedForm) closeUp(from, to string) {
	if from == to {
		return
	}
	for _, part := range []string{"_name", "_number", "_percent"} {
		f.values[to+part] = f.values[from+part]
		delete(f.values, from+part)
	}
}

// stated reports whether the form says anything of who is behind a body.
func (f *typedForm) stated() bool {
	for name := range f.values {
		if controlFields.MatchString(name) && f.text(name) != "" {
			return true
		}
	}
	return false
}

// controlOrNone is control, none where nothing is typed.
func (f *typedForm) controlOrNone() *separation.Control {
	if !f.stated() {
		return nil
	}
	state := f.control()
	return &state
}

// unmasked is the number that a form showed masked of somebody who is kept; any other stays as it was typed, and so does one that
// two of them might be.
func unmasked(name, number string, kept []engine.Person) string {
	found := ""
	for _, p := range kept {
		if p.Name != name || engine.MaskID(p.IDNumber) != number || p.IDNumber == found {
			continue
		}
		if found != "" {
			return number
		}
		found = p.IDNumber
	}
	return cmp.Or(found, number)
}

// personsBehind are the people whom a statement names.
func personsBehind(state *separation.Control) (all []engine.Person) {
	if state == nil {
		return nil
	}
	all = append(all, state.Representative)
	for _, o := range state.Owners {
		if o.Person != nil {
			all = append(all, *o.Person)
		}
	}
	return all
}

// typedBehind is a statement as the form holds it, the documents of persons masked.
func typedBehind(state *separation.Control) web.Typed {
	t := web.Typed{}
	if state == nil {
		return t
	}
	t["head_name"], t["head_number"] = state.Representative.Name, engine.MaskID(state.Representative.IDNumber)
	for i, o := range state.Owners {
		at, name, number := fmt.Sprintf("owner%d", i+1), o.Name, o.CreditCode
		if o.Person != nil {
			name, number = o.Person.Name, engine.MaskID(o.Person.IDNumber)
		}
		t[at+"_name"], t[at+"_number"] = name, number
		if o.Percent > 0 {
			t[at+"_percent"] = strconv.Itoa(o.Percent)
		}
	}
	return t
}

// holderRows are who is behind a body, the documents of persons masked.
func holderRows(state *separation.Control) (rows []web.HolderRow) {
	if state == nil {
		return nil
	}
	rows = []web.HolderRow{{Head: true, Name: state.Representative.Name, Number: engine.MaskID(state.Representative.IDNumber)}}
	for _, o := range state.Owners {
		row := web.HolderRow{Name: o.Name, Number: o.CreditCode, Percent: o.Percent}
		if o.Person != nil {
			row.Name, row.Number = o.Person.Name, engine.MaskID(o.Person.IDNumber)
		}
		rows = append(rows, row)
	}
	return rows
}
