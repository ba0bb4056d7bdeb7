package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// 人社局在培训机构的关系页登记法定代表人和出资人：填错的说明怎么改，所填内容还在；登记后页面写明来自备案材料，
// 法定代表人不能考评该机构的学员。考务人员办不了。
func TestAnAuthorityStatesWhoIsBehindASchool(t *testing.T) {
	w := newWorld(t)
	w.openSchool()
	school, staff := demo.TrainingBody(), w.principal("kaoping4").Person
	office, authority := w.as("kaowu"), w.desk("renshe")
	who, err := w.Registry.Named(t.Context(), engine.PersonID(staff))
	check(t, err)
	at := "/bodies/" + string(school.ID)
	authority.sees(at+"/ties", "法定代表人和出资人", "出资人5")
	r := authority.post(at+"/control", "head_name", who.Name, "head_number", "12010119900101123", "owner1_name", "津康健康集团", "owner1_number", "9112", "owner1_percent", "60",
		"owner2_name", "另一家", "owner2_number", "91120000MA0600061A", "owner2_percent", "50")
	if body := string(r.body); r.status != http.StatusUnprocessableEntity || !strings.Contains(body, "请填写正确的18位居民身份证号码") ||
		!strings.Contains(body, "请填写18位的居民身份证号码或统一社会信用代码") || !strings.Contains(body, "出资比例合计超过100%") || !strings.Contains(body, `value="津康健康集团"`) {
		t.Errorf("%d %s", r.status, r.body)
	}
	authority.redirected(authority.post(at+"/control", "head_name", who.Name, "head_number", who.IDNumber, "owner1_name", "津康健康集团", "owner1_number", "91120000ma0600060a",
		"owner1_percent", "60"), at+"/ties")
	authority.sees(at+"/ties", "机构备案材料中的法定代表人", "机构备案材料中的出资人：津康健康集团", who.Name, "60%")
	candidate := string(w.seats[0].Candidate)
	for _, tie := range []doc{{"kind": "trains", "from": "org:" + string(school.ID), "to": "class:HL01"}, {"kind": "attends", "from": "person:" + candidate, "to": "class:HL01"}} {
		tie["source"] = "培训名册"
		office.json("POST", v1+"/ties", tie, nil)
	}
	office.refused("POST", v1+w.href("/duties"), doc{"person": staff, "role": "examiner", "room": "p1"}, http.StatusConflict, "separation.refused")
	other := doc{"representative": doc{"name": "宗政澜", "id_number": demo.IDNumber(clock.Date{Year: 1980, Month: 2, Day: 1}, 777, engine.Female)}}
	office.refused("POST", v1+"/organisations/"+string(school.ID)+"/control", other, http.StatusForbidden, "authz.forbidden")
	if r := w.as("guanli").send("POST", v1+"/organisations/"+string(school.ID)+"/control", other); r.status != http.StatusNoContent {
		t.Errorf("by program: %d %s", r.status, r.body)
	}
	authority.sees(at+"/ties", "宗政澜", "备案材料已变更", "已终止")
}
