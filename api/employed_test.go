package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/fixtures/demo"
)

// 系统管理员给考评员在培训机构也建了账号：再安排其考评该机构的学员就被拒绝，说明经过哪家机构；机构的关系页写明来自机构人员账号。
// 把账号转到别的机构，只有系统管理员能办。
func TestATrainersAccountKeepsItsOwnerFromTheTrainees(t *testing.T) {
	w := newWorld(t)
	w.openSchool()
	admin, office, school := w.as("guanli"), w.as("kaowu"), demo.TrainingBody()
	staff, candidate := w.principal("kaoping4").Person, string(w.seats[0].Candidate)
	for _, tie := range []doc{{"kind": "trains", "from": "org:" + string(school.ID), "to": "class:HL01"}, {"kind": "attends", "from": "person:" + candidate, "to": "class:HL01"}} {
		tie["source"] = "培训名册"
		office.json("POST", v1+"/ties", tie, nil)
	}
	account := doc{"login": "peixun2", "password": demo.Password, "person": staff, "roles": []string{"trainer"}, "org": school.ID}
	admin.json("POST", v1+"/accounts", account, nil)
	admin.refused("POST", v1+"/accounts", account, http.StatusConflict, "account.exists")
	office.refused("POST", v1+w.href("/duties"), doc{"person": staff, "role": "examiner", "room": "p1"}, http.StatusConflict, "separation.refused")
	found := w.findings(office, staff)
	if len(found) != 1 || found[0].Rule != "trained-by-employer" || !strings.Contains(strings.Join(found[0].Path, " "), "受聘于 "+school.Name) {
		t.Fatalf("%+v", found)
	}
	authority := w.desk("renshe")
	authority.sees("/bodies/"+string(school.ID)+"/ties", school.Name)
	office.refused("POST", v1+"/accounts/body", doc{"login": "peixun2", "org": school.ID}, http.StatusForbidden, "authz.forbidden")
	admin.refused("POST", v1+"/accounts/body", doc{"login": "peixun2", "org": demo.EvaluationBody(sittingDay).ID}, http.StatusUnprocessableEntity, "account.invalid")
	if r := admin.send("POST", v1+"/accounts/body", doc{"login": "peixun2", "org": school.ID}); r.status != http.StatusNoContent {
		t.Errorf("to where it is already: %d", r.status)
	}
	admin.refused("POST", v1+"/accounts/person", doc{"login": "peixun2", "person": candidate}, http.StatusConflict, "account.person_set")
}
