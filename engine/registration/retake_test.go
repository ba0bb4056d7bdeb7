package registration_test

import (
	"context"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/registration"
)

// register is what people passed before: by name, the components that are kept of them.
type register struct {
	w    *world
	kept map[string][]engine.Component
}

func (r register) MayRetake(_ context.Context, p engine.PersonID, _ registration.Target, c engine.Component) error {
	who, err := r.w.people.Named(ctx, p)
	if err != nil {
		return err
	}
	for _, k := range r.kept[who.Name] {
		if k != c {
			return nil
		}
	}
	return registration.ErrNotKept.With("没有单科合格、可以保留的成绩")
}

// TestARosterSaysWhoRetakes (考试类型 补考): the sheet says 补考 and, where both are kept, which part; the desk finds the part from what is
// kept, and refuses in words where nothing is, where it is not clear which, and of another occupation.
func TestARosterSaysWhoRetakes(t *testing.T) {
	w := open(t)
	w.desk = w.desk.Keeping(register{w, map[string][]engine.Component{"理论留": {engine.Theory}, "技能留": {engine.Practical}, "两科留": {engine.Theory, engine.Practical},
		"他业人": {engine.Theory}}})
	head := "姓名,证件号码,认定等级,申报条件,申报材料,考试类型,补考科目,职业工种名称\n"
	row := func(name string, serial int, rest string) string {
		return name + "," + w.number(serial) + ",五级,5-2,从业承诺书," + rest + "\n"
	}
	for _, c := range []struct {
		what, row string
		only      engine.Component
		said      string // of a refusal or of a broken cell
	}{
		{"both parts", row("普通人", 1, "正考,,"), "", ""},
		{"nothing said", row("普通人", 2, ",,"), "", ""},
		{"theory is kept", row("理论留", 3, "补考,,"), engine.Practical, ""},
		{"practice is kept", row("技能留", 4, "补考,,健康照护师（长期照护师）"), engine.Theory, ""},
		{"the part is named", row("两科留", 5, "补考,操作技能,长期照护师"), engine.Practical, ""},
		{"which part", row("两科留", 6, "补考,,"), "", "请写明补考哪一科"},
		{"the other part", row("理论留", 7, "补考,理论知识,"), "", "请按正考报名两科：没有单科合格"},
		{"nothing is kept", row("普通人", 8, "补考,,"), "", "只考操作技能：没有可用的保留成绩"},
		{"another occupation", row("他业人", 9, "补考,,养老护理员"), "", "其他职业的合格成绩不能保留到本职业"},
		{"a part that is none", row("理论留", 10, "补考,口试,"), "", "正考或补考"},
		{"both parts and one", row("理论留", 11, "正考,操作技能,"), "", "正考或补考"},
	} {
		r := w.load([]byte(head + c.row))
		got := ""
		for _, f := range r.Refused {
			got += f.Reason
			if f.Rule != registration.RuleRetake {
				t.Errorf("%s: rule %s", c.what, f.Rule)
			}
		}
		for _, p := range r.Broken {
			got += p.Want
		}
		if (got == "") != (c.said == "") || !strings.Contains(got, c.said) || got == "" && (len(r.Accepted) != 1 || r.Accepted[0].Only != c.only) {
			t.Errorf("%s: %q, %+v", c.what, got, r)
		}
	}
}

// TestARetakeIsWrittenAsItIsRead: the sheet that we write says what the sheet that we read said.
func TestARetakeIsWrittenAsItIsRead(t *testing.T) {
	w := open(t)
	w.desk = w.desk.Keeping(register{w, map[string][]engine.Component{"理论留": {engine.Theory}}})
	for i, said := range []registration.Retake{registration.BothTaken, registration.WhatIsMissing, registration.Retake(engine.Practical)} {
		data, err := registration.WriteRoster([]registration.RosterRow{{Name: "理论留", IDNumber: w.number(20 + i), Level: 5, Born: date("1980-01-01"),
			Claims: registration.Claims{Condition: "5-2", Evidence: []string{"从业承诺书"}, Retake: said}}})
		if err != nil {
			t.Fatal(err)
		}
		if r := w.load(data); len(r.Accepted) != 1 || r.Accepted[0].Claims.Retake != said {
			t.Errorf("%q: %+v", said, r)
		}
	}
}

// TestWithoutARegisterNobodyRetakes: a desk that knows of no passes refuses.
func TestWithoutARegisterNobodyRetakes(t *testing.T) {
	w := open(t)
	a, err := w.desk.Apply(ctx, office, target(5), w.person("1980-01-01", 30).ID, registration.Claims{Condition: "5-2", Evidence: []string{"从业承诺书"},
		Retake: registration.Retake(engine.Theory)}, "", "")
	if err != nil || a.Accepted() || a.Only != "" || a.Refusals[0].Rule != registration.RuleRetake {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := w.desk.Apply(ctx, office, target(5), w.person("1980-01-01", 31).ID, registration.Claims{Condition: "5-2", Retake: "oral"}, "", ""); err == nil {
		t.Error("a part that does not exist")
	}
}
