package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// 遴选也能用程序办：人社局发布，机构申报、填场地和法定代表人、交材料、提交，医保部门评审，人社局决定；每一步的回答说明下一步由谁办。
// 各办各的：机构不能发布和评审，主管部门不能替机构填报，题库人员看不到；填错的逐项说明。
func TestASelectionByProgram(t *testing.T) {
	w := newWorld(t)
	labour, medical, office, bank := w.as("renshe"), w.as("yibao"), w.as("kaowu"), w.as("mingti")
	entry := doc{"title": "征集遴选", "document": "津人社〔2026〕1号", "levels": []int{5}, "bodies": 1, "closes": w.today().AddDays(3).String(),
		"materials": []doc{{"key": "report", "name": "申请报告"}}}
	at := v1 + "/selections"
	office.refused("POST", at, entry, http.StatusForbidden, "authz.forbidden")
	labour.refused("POST", at, doc{"title": "征集", "document": "1号", "levels": []int{5}, "bodies": 1, "closes": w.today().String(), "notice_days": 3}, http.StatusUnprocessableEntity, "accreditation.invalid")
	labour.refused("POST", at, doc{"title": "", "document": "津人社〔2026〕1号", "levels": []int{9}, "bodies": 0, "closes": "2020-01-01"}, http.StatusUnprocessableEntity, "accreditation.invalid")
	var call struct {
		ID           string
		Next         struct{ Step, Until string }
		Applications []struct {
			State   string
			Next    struct{ Step string }
			Control []struct{ Name, Number string }
		}
	}
	labour.json("POST", at, entry, &call)
	if call.Next.Step != "apply" || call.Next.Until != w.today().AddDays(3).String() {
		t.Errorf("%+v", call)
	}
	bank.refused("GET", at, nil, http.StatusForbidden, "authz.forbidden")
	labour.refused("GET", at+"/none", nil, http.StatusNotFound, "accreditation.not_found")
	one, body := at+"/"+call.ID, string(demo.EvaluationBody(sittingDay).ID)
	own, theirs := one+"/application", one+"/applications/"+body
	labour.refused("POST", own, nil, http.StatusForbidden, "authz.forbidden")
	office.json("POST", own, nil, &call)
	office.refused("POST", own+"/submission", nil, http.StatusConflict, "accreditation.materials")
	office.refused("PUT", own+"/premises", doc{"address": "", "leased": true}, http.StatusUnprocessableEntity, "accreditation.invalid")
	office.json("PUT", own+"/premises", doc{"address": "某路1号"}, nil)
	head := demo.IDNumber(clock.Date{Year: 1980, Month: 2, Day: 1}, 311, engine.Male)
	office.refused("PUT", own+"/control", doc{"representative": doc{"name": "司马明", "id_number": "12"}}, http.StatusUnprocessableEntity, "separation.control")
	labour.refused("PUT", own+"/control", doc{"representative": doc{"name": "司马明", "id_number": head}}, http.StatusForbidden, "authz.forbidden")
	office.json("PUT", own+"/control", doc{"representative": doc{"name": "司马明", "id_number": head}}, &call)
	if c := call.Applications[0].Control; len(c) != 1 || c[0].Name != "司马明" || c[0].Number != engine.MaskID(head) {
		t.Errorf("%+v", c)
	}
	if r := office.file(own+"/materials/report", "报告.pdf", []byte("MZ")); r.problem().Code != "accreditation.file" {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := office.file(own+"/materials/report", "报告.pdf", []byte("%PDF-1.7")); r.status != http.StatusOK {
		t.Errorf("%d %s", r.status, r.body)
	}
	medical.refused("POST", theirs+"/review", doc{"for": true, "reason": "符合"}, http.StatusConflict, "accreditation.state")
	office.json("POST", own+"/submission", nil, &call)
	if a := call.Applications[0]; a.State != "submitted" || a.Next.Step != "review" {
		t.Errorf("%+v", a)
	}
	if r := labour.send("GET", theirs+"/materials/report", nil); string(r.body) != "%PDF-1.7" {
		t.Errorf("%d %s", r.status, r.body)
	}
	office.refused("POST", theirs+"/review", doc{"for": true, "reason": "符合"}, http.StatusForbidden, "authz.forbidden")
	medical.refused("POST", theirs+"/review", doc{"for": true, "reason": ""}, http.StatusUnprocessableEntity, "accreditation.invalid")
	medical.json("POST", theirs+"/review", doc{"for": true, "reason": "符合"}, nil)
	medical.refused("POST", theirs+"/decision", doc{"for": true, "reason": "符合"}, http.StatusForbidden, "authz.forbidden")
	labour.refused("POST", theirs+"/decision", doc{"for": true, "reason": "符合"}, http.StatusConflict, "accreditation.open")
	w.desk("renshe").sees("/selections/"+call.ID, "等申报截止")
	labour.refused("POST", one+"/notice", nil, http.StatusConflict, "accreditation.undecided")
	w.clock.Advance(4 * 24 * time.Hour)
	labour, medical, office = w.as("renshe"), w.as("yibao"), w.as("kaowu")
	labour.json("POST", theirs+"/decision", doc{"for": true, "reason": "符合"}, &call)
	if a := call.Applications[0]; a.State != "chosen" || a.Next.Step != "publish" {
		t.Errorf("%+v", a)
	}
	labour.refused("POST", theirs+"/objections", doc{"from": "", "text": ""}, http.StatusUnprocessableEntity, "accreditation.invalid")
	labour.refused("POST", theirs+"/objections/x/answer", doc{"upheld": false, "text": "查无实据"}, http.StatusConflict, "accreditation.state")
	labour.refused("POST", theirs+"/filing", doc{"number": "S000012008888", "capacity": 10, "from": "2026-01-01", "to": "2029-01-01"}, http.StatusConflict, "accreditation.state")
	office.refused("POST", theirs+"/filing", doc{"number": "S000012008888", "capacity": 10, "from": "2026-01-01", "to": "2029-01-01"}, http.StatusForbidden, "authz.forbidden")
	office.refused("POST", one+"/notice", nil, http.StatusForbidden, "authz.forbidden")
	office.json("POST", own+"/withdrawal", nil, &call)
	if a := call.Applications[0]; a.State != "withdrawn" || a.Next.Step != "over" {
		t.Errorf("%+v", a)
	}
	var all []doc
	medical.json("GET", at, nil, &all)
	if len(all) != 1 {
		t.Errorf("%v", all)
	}
}
