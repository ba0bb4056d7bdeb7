package engine_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// checked appends the check character of GB 11643, computed in the equivalent form of domain facts §7.1: counted from the
// right with the check as the first, the sum of a_i · 2^(i-1) is 1 modulo 11.
func checked(seventeen string) string {
	for _, c := range "0123456789X" {
		sum, n := 0, seventeen+string(c)
		for i := range n {
			a := int(n[len(n)-1-i] - '0')
			if n[len(n)-1-i] == 'X' {
				a = 10
			}
			sum += a << i
		}
		if sum%11 == 1 {
			return n
		}
	}
	return ""
}

func TestParseDocument(t *testing.T) {
	permit := checked("81000019000101001")
	for _, c := range []struct {
		of     engine.IDType
		number string
		want   string // "" refused
		born   string
		sex    engine.Sex
	}{
		{engine.ResidentCard, " 12010119000101018x ", "12010119000101018X", "1900-01-01", engine.Female},
		{engine.ResidentCard, "120101190402290071", "120101190402290071", "1904-02-29", engine.Male},
		{engine.ResidentCard, "110101190001010013", "", "", ""}, // check character
		{engine.ResidentCard, "120101190002290021", "", "", ""}, // the check character is right, 1900 has no leap day
		{engine.ResidencePermit, permit, permit, "1900-01-01", engine.Male},
		{engine.ResidencePermit, checked("83000019040229002"), checked("83000019040229002"), "1904-02-29", engine.Female},
		{engine.ResidencePermit, checked("83000019000229002"), "", "", ""}, // no such day
		{engine.ResidencePermit, permit[:17] + other(permit[17]), "", "", ""},
		{engine.ResidencePermit, "12010119000101018X", "", "", ""}, // a resident card
		{engine.HKMacaoPermit, "h12345678", "H12345678", "", ""},
		{engine.HKMacaoPermit, "M1234567801", "M1234567801", "", ""},
		{engine.HKMacaoPermit, "12345678", "", "", ""},
		{engine.HKMacaoPermit, "H1234567", "", "", ""},
		{engine.TaiwanPermit, "12345678", "12345678", "", ""},
		{engine.TaiwanPermit, "1234567", "", "", ""},
		{engine.Passport, "e12345678", "E12345678", "", ""},
		{engine.Passport, "E123", "", "", ""},
		{engine.Passport, "E 1234567", "", "", ""},
		{engine.ForeignResidence, "USA110100010112", "USA110100010112", "", ""},
		{engine.ForeignResidence, "911011190001010011", "911011190001010011", "", ""},
		{engine.ForeignResidence, "811011190001010011", "", "", ""},
		{engine.OtherDoc, "rs-00001", "RS-00001", "", ""},
		{engine.OtherDoc, "RS1", "", "", ""},
		{"300", "RS00001", "", "", ""},
	} {
		d, err := engine.ParseDocument(c.of, c.number)
		if (err == nil) != (c.want != "") || err != nil && !errors.Is(err, engine.ErrIDNumber) {
			t.Errorf("%s %q: %v", c.of, c.number, err)
			continue
		}
		born := clock.Date{}
		if c.born != "" {
			born, _ = clock.ParseDate(c.born)
		}
		if d.Number != c.want || d.Born != born || d.Sex != c.sex {
			t.Errorf("%s %q: %+v", c.of, c.number, d)
		}
	}
}

func other(c byte) string {
	if c == '0' {
		return "1"
	}
	return "0"
}

// Every kind has a name of its own, is found again by it, and goes to the register under a code that the register is known
// to have. What was stored before there were kinds keeps its meaning.
func TestIDTypes(t *testing.T) {
	all := engine.IDTypes()
	if len(all) != 7 || all[0] != "201" || all[6] != "999" {
		t.Fatalf("%v", all)
	}
	var names []string
	for _, k := range all {
		names = append(names, k.Name())
		if engine.IDTypeNamed(k.Name()) != k || engine.IDTypeNamed(string(k)) != k {
			t.Errorf("%s is not found by its name", k)
		}
		if want := map[bool]string{true: "201", false: "999"}[k == engine.ResidentCard]; k.UploadCode() != want {
			t.Errorf("%s is uploaded as %s", k, k.UploadCode())
		}
		if remembered := !slices.Contains([]engine.IDType{engine.ResidentCard, engine.OtherDoc}, k); k.Verified() == remembered {
			t.Errorf("%s verified: %v", k, k.Verified())
		}
	}
	slices.Sort(names)
	if len(slices.Compact(names)) != len(all) {
		t.Errorf("names %v", names)
	}
	for name, want := range map[string]engine.IDType{"": engine.ResidentCard, " 身份证 ": engine.ResidentCard, "台胞证": engine.TaiwanPermit,
		"回乡证": engine.HKMacaoPermit, "军官证": engine.OtherDoc, "其他": engine.OtherDoc} {
		if got := engine.IDTypeNamed(name); got != want {
			t.Errorf("%q is %s", name, got)
		}
	}
	if engine.IDType("300").Name() != engine.OtherDoc.Name() {
		t.Error("a kind that nobody knows has a name")
	}
}

func TestMaskPhone(t *testing.T) {
	for number, want := range map[string]string{"": "", "12345": "*****", "123456": "123*56", "19900007731": "199******31"} {
		if got := engine.MaskPhone(number); got != want || strings.Contains(got, "0000") {
			t.Errorf("%q masked is %q", number, got)
		}
	}
}
