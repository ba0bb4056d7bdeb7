package authz_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine/authz"
)

// componentOf is the component whose points or answers an action reads or writes, by the action's own name; "" for what
// belongs to neither. A new action of either room is found by its prefix.
func componentOf(a authz.Action) string {
	switch {
	case strings.HasPrefix(string(a), "practical."), a == authz.CheckPractice:
		return "practical"
	case strings.HasPrefix(string(a), "theory."), strings.HasPrefix(string(a), "attempt."), a == authz.FormsKey, a == authz.RoomRun, a == authz.CheckTheory:
		return "theory"
	}
	return ""
}

// 理论考试的人员（监考员、阅卷员、命题和审题人员、考生）看不到也写不了操作技能的评分；操作技能的人员（考评员、考评组长）
// 看不到也写不了理论考试的作答和成绩。对整张权限表逐个角色、逐项操作核对，没有一个角色两边都有。
func TestNobodyHasToDoWithBothComponents(t *testing.T) {
	practice := []authz.Role{authz.Examiner, authz.Leader}
	theory := []authz.Role{authz.Invigilator, authz.Marker, authz.Candidate, authz.Engine}
	for _, r := range authz.Roles() {
		has := map[string][]authz.Action{}
		for _, a := range authz.Actions() {
			if k := componentOf(a); k != "" && authz.Allowed(r, a) {
				has[k] = append(has[k], a)
			}
		}
		if len(has["practical"]) > 0 && len(has["theory"]) > 0 {
			t.Errorf("%s has to do with both: %v", r, has)
		}
		if got, want := len(has["practical"]) > 0, slices.Contains(practice, r); got != want {
			t.Errorf("%s in practice: %v", r, has["practical"])
		}
		if got, want := len(has["theory"]) > 0, slices.Contains(theory, r); got != want {
			t.Errorf("%s in theory: %v", r, has["theory"])
		}
	}
}

// 命题、审题和题库管理人员看得到试题，所以更不能碰任何一名考生的作答、评分和成绩。
func TestWhoKnowsTheBankTouchesNoComponent(t *testing.T) {
	for _, r := range authz.Roles() {
		if !authz.Allowed(r, authz.BankRead) {
			continue
		}
		for _, a := range authz.Actions() {
			if componentOf(a) != "" && authz.Allowed(r, a) {
				t.Errorf("%s reads the bank and has %s", r, a)
			}
		}
	}
}

// 一科的负责人不能见证任何一科的封存，质量督导员不能评分、阅卷。
func TestWhoSealsIsNotWhoWitnesses(t *testing.T) {
	for _, r := range authz.Roles() {
		if !authz.Allowed(r, authz.SealWitness) {
			continue
		}
		for _, a := range authz.Actions() {
			if componentOf(a) != "" && authz.Allowed(r, a) {
				t.Errorf("%s witnesses seals and has %s", r, a)
			}
		}
	}
}

// 考评员评分一致性只给考评组长和质量督导员看，考评员只看自己的一行；理论考试的人员、题库人员和考生一概看不到。
func TestConcordanceIsForPracticeAndItsSupervision(t *testing.T) {
	for _, r := range authz.Roles() {
		read, own := authz.Allowed(r, authz.ConcordanceRead), authz.Allowed(r, authz.ConcordanceOwn)
		if read != (r == authz.Leader || r == authz.Supervisor) || own != (r == authz.Leader || r == authz.Examiner) {
			t.Errorf("%s: read %v, own %v", r, read, own)
		}
	}
}

// 校准样例和定标评分只有操作技能的人员能写、能用：编写和定标只有考评组长，校准只有考评员和考评组长；理论考试的人员、题库人员、考务和
// 考生一概看不到。谁校准到哪天为止，质量督导员也看得到，但看不到定标评分。
func TestControlPerformancesAreForPracticeAlone(t *testing.T) {
	for _, r := range authz.Roles() {
		write, take, read := authz.Allowed(r, authz.ControlWrite), authz.Allowed(r, authz.ControlTake), authz.Allowed(r, authz.CalibrationRead)
		if write != (r == authz.Leader) || take != (r == authz.Leader || r == authz.Examiner) || read != (r == authz.Leader || r == authz.Supervisor) {
			t.Errorf("%s: write %v, take %v, read %v", r, write, take, read)
		}
	}
	for _, a := range []authz.Action{authz.ControlWrite, authz.ControlTake} {
		if componentOf(a) != "practical" {
			t.Errorf("%s is not held to be of practice", a)
		}
	}
}
