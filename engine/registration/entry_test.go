package registration_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// faults are the fields that a refused form names, in order.
func faults(err error) (names []string) {
	var refused *errs.Error
	if errors.As(err, &refused) {
		for _, f := range refused.Fields {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return names
}

// 电话填得不像能打通的号码，报名表不收：手机少几位、固定电话没有区号的都不行。
func TestWhichTelephonesAFormTakes(t *testing.T) {
	k := openCounter(t)
	for phone, ok := range map[string]bool{"13800000000": true, "138 0000 0000": true, "+86 138-0000-0000": true, "8613800000000": true, "022-00000000": true,
		"010-0000 0000": true, "0300-0000000": true, "+86 22 00000000": true, "+852 2000 0000": true, "+1 202 000 0000": true,
		"1380000": false, "1380000000": false, "138000000000": false, "12800000000": false, "00000000": false, "022-000000": false,
		"+86 1380000": false, "+852 200": false, "五八": false, "138-0000-0000 转1": false} {
		e := k.entry()
		k.people = 0
		e.Row.Phone = phone
		_, _, err := k.intake.Apply(ctx, authz.Anonymous(), hall, k.keys.New(), e, true)
		want := []string{"phone"}
		if ok {
			want = nil
		}
		if got := faults(err); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", phone, got, want)
		}
	}
}

// 写成“五年”的年限和其他错处一次说完，读不出的那一项只说一次；没有选申报条件的，请他选，不说没有这个条件。
func TestWhatCannotBeReadIsToldWithTheRest(t *testing.T) {
	k := openCounter(t)
	e := k.entry()
	e.Row.Phone, e.Row.Name, e.Row.Claims.Condition, e.Stands = "1380000", "", "", false
	e.Unread = []errs.Field{{Name: "years", Code: "number", Msg: "从业年限应为不小于0的整数"}}
	_, _, err := k.intake.Apply(ctx, authz.Anonymous(), hall, k.keys.New(), e, true)
	if got, want := faults(err), []string{"condition", "name", "phone", "stands", "years"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	var refused *errs.Error
	if errors.As(err, &refused) {
		for _, f := range refused.Fields {
			if f.Name == "condition" && !strings.Contains(f.Msg, "请选择") {
				t.Errorf("condition: %s", f.Msg)
			}
		}
	}
	if _, err := k.intake.Open(ctx, office, "session-4", k.terms()); err != nil {
		t.Fatal(err)
	}
	asked := false
	for _, c := range k.policy.Levels[4].Conditions {
		if c.Years > 0 {
			asked, e.Row.Claims.Condition = true, c.ID
			_, _, err := k.intake.Apply(ctx, authz.Anonymous(), "session-4", k.keys.New(), e, true)
			if got := strings.Count(strings.Join(faults(err), " "), "years"); got != 1 {
				t.Errorf("%s: years are told %d times", c.ID, got)
			}
		}
	}
	if !asked {
		t.Error("no condition asks for years")
	}
	if _, _, err := k.intake.Apply(ctx, authz.Anonymous(), hall, k.keys.New(), e, false); !slices.Equal(faults(err), []string{"years"}) {
		t.Errorf("a draft: %v", err)
	}
}
