package registration_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// 同一个人用身份证和护照各报一次同一场：第二次不受理，说明用哪个证件报过；改报另一场的、电话不同的同名同生日的人，可以报。
func TestOnePersonUnderTwoDocumentsAppliesOnce(t *testing.T) {
	w := open(t)
	claims := met()["5-2"]
	claims.Condition = "5-2"
	born := date("1980-01-01")
	number := demo.IDNumber(born, 1, engine.Female)
	register := func(of engine.IDType, number, phone string) engine.PersonID {
		t.Helper()
		p, err := w.people.Register(ctx, office, engine.Person{Name: "李明", IDType: of, IDNumber: number, Born: born, Sex: engine.Female, Phone: phone})
		if err != nil {
			t.Fatal(err)
		}
		return p.ID
	}
	card := register(engine.ResidentCard, number, "19900000001")
	passport := register(engine.Passport, "E12345678", "+86 19900000001")
	namesake := register(engine.Passport, "E12345679", "19900000002")
	apply := func(session string, p engine.PersonID) *registration.Application {
		t.Helper()
		at := target(5)
		at.Session = session
		a, err := w.desk.Apply(ctx, office, at, p, claims, "", "")
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if a := apply("s1", card); !a.Accepted() {
		t.Fatalf("the first: %+v", a.Refusals)
	}
	a := apply("s1", passport)
	if !slices.Equal(rules(a.Refusals), []string{registration.RuleDouble}) || !strings.Contains(a.Refusals[0].Reason, "居民身份证") ||
		strings.Contains(a.Refusals[0].Reason, number) || !strings.Contains(a.Refusals[0].Reason, engine.MaskID(number)) {
		t.Errorf("under the passport: %+v", a.Refusals)
	}
	for name, got := range map[string]*registration.Application{"the first again": apply("s1", card), "another session": apply("s2", passport), "a namesake": apply("s1", namesake)} {
		if !got.Accepted() {
			t.Errorf("%s: %+v", name, got.Refusals)
		}
	}
}

// 名册里同一个人用两种证件占两行：只收前一行，后一行说明与哪一行疑似同一人；证件号码填错的一行不影响填对的一行。
func TestOnePersonTwiceInARoster(t *testing.T) {
	w := open(t)
	born := date("1980-01-01")
	number := demo.IDNumber(born, 1, engine.Female)
	claims := met()["5-2"]
	claims.Condition = "5-2"
	row := func(of engine.IDType, number, phone string) registration.RosterRow {
		return registration.RosterRow{Name: "李明", IDType: of, IDNumber: number, Sex: engine.Female, Born: born, Phone: phone, Level: 5, Claims: claims}
	}
	wrong := number[:17] + "A"
	data, err := registration.WriteRoster([]registration.RosterRow{row(engine.ResidentCard, wrong, "19900000001"), row(engine.ResidentCard, number, "19900000001"),
		row(engine.Passport, "E12345678", "19900000001"), row(engine.HKMacaoPermit, "H12345678", "19900000002")})
	if err != nil {
		t.Fatal(err)
	}
	r := w.load(data)
	if len(r.Accepted) != 2 || len(r.Refused) != 2 || r.Refused[0].Rule != registration.RuleIDNumber || r.Refused[1].Rule != registration.RuleDouble {
		t.Errorf("%d accepted, refused %v", len(r.Accepted), r.Refused)
	}
	if again := w.load(data); len(again.Accepted) != 2 || len(again.Refused) != 2 {
		t.Errorf("the same again: %d accepted, refused %v", len(again.Accepted), again.Refused)
	}
}
