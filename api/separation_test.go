package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
)

// findings are those of the session that hold on to somebody.
func (w *world) findings(c *client, staff string) (all []api.Finding) {
	w.Helper()
	var n api.Session
	c.json("GET", v1+w.href(""), nil, &n)
	for _, f := range n.Findings {
		if string(f.Staff) == staff {
			all = append(all, f)
		}
	}
	return all
}

// 考评员与一名考生登记了同一个电话：不能直接安排；考务员申请豁免并写明理由，由质量督导员决定，申请人自己不能决定；
// 同意后可以安排，公示名单上写明；两人又被登记为近亲属的，不再有豁免。
func TestASoftRuleIsWaivedByTwoPersons(t *testing.T) {
	w := newWorld(t)
	office, watcher := w.as("kaowu"), w.as("dudao")
	staff, candidate := w.principal("kaoping4").Person, string(w.seats[0].Candidate)
	for _, p := range []string{staff, candidate} {
		office.json("POST", v1+"/ties", doc{"kind": "reached", "from": "person:" + p, "to": "contact:138 0013 8000", "source": "报名登记"}, nil)
	}
	duty := doc{"person": staff, "role": "examiner", "room": "p1"}
	office.refused("POST", v1+w.href("/duties"), duty, http.StatusConflict, "separation.refused")
	found := w.findings(office, staff)
	if len(found) != 1 || !found[0].Soft || len(found[0].Ties) != 2 || !strings.Contains(strings.Join(found[0].Path, " "), "138****8000") {
		t.Fatalf("%+v", found)
	}
	ask := doc{"finding": found[0].Key, "reason": "社区服务站的公用电话"}
	decide := doc{"finding": found[0].Key, "grant": true}
	watcher.refused("POST", v1+w.href("/waivers/decision"), decide, http.StatusNotFound, "waiver.no_finding")
	page := w.desk("kaowu")
	page.visit(w.href(""))
	page.post(w.href("/staff"), "person", staff, "role", "examiner", "room", "p1")
	page.says("可以申请豁免", "再由另一人（质量督导员或人力资源和社会保障局）决定", `href="#findings"`)
	office.refused("POST", v1+w.href("/waivers"), doc{"finding": found[0].Key, "reason": ""}, http.StatusUnprocessableEntity, "waiver.invalid")
	office.json("POST", v1+w.href("/waivers"), ask, nil)
	office.refused("POST", v1+w.href("/waivers/decision"), decide, http.StatusForbidden, "authz.forbidden")
	w.desk("dudao").sees("/desk", "豁免申请待决定", w.href("")+"#findings")
	public := "/publicity/" + string(w.session.ID)
	if r := w.browser().send("GET", public, nil); r.status != http.StatusNotFound {
		t.Errorf("nothing is waived and no list public: %d", r.status)
	}
	watcher.json("POST", v1+w.href("/waivers/decision"), decide, nil)
	if r := w.desk("dudao").visit("/desk"); strings.Contains(string(r.body), "豁免申请待决定") {
		t.Error("a decided waiver still waits on the desk")
	}
	w.browser().sees(public, "回避豁免", "社区服务站的公用电话")
	office.json("POST", v1+w.href("/duties"), duty, nil)
	if found = w.findings(office, staff); found[0].Waiver != "granted" {
		t.Errorf("%+v", found)
	}
	office.json("POST", v1+"/ties", doc{"kind": "kin", "from": "person:" + staff, "to": "person:" + candidate, "source": "申报"}, nil)
	w.as("kaowu2").refused("POST", v1+w.href("/duties"), doc{"person": staff, "role": "examiner", "room": "p2"}, http.StatusNotFound, "room.not_found")
}

// 页面上安排有关联的人：说明关联路径，列出可以改为安排的人；提出安排建议，说明缺谁、为什么。
func TestARefusedAssignmentIsAnsweredWithOthers(t *testing.T) {
	w := newWorld(t)
	c := w.desk("kaowu")
	staff, candidate := w.principal("kaoping4").Person, string(w.seats[0].Candidate)
	w.as("kaowu").json("POST", v1+"/ties", doc{"kind": "kin", "from": "person:" + staff, "to": "person:" + candidate, "source": "申报"}, nil)
	c.visit(w.href(""))
	r := c.post(w.href("/staff"), "person", staff, "role", "examiner", "room", "p1")
	if r.status != http.StatusConflict || !strings.Contains(string(r.body), "近亲属") || !strings.Contains(string(r.body), "本机构没有其他可以担任考评员的人员") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if strings.Contains(string(r.body), "可以申请豁免") {
		t.Error("a hard rule is said to be waived")
	}
	r = c.post(w.href("/staff-proposal"))
	if r.status != http.StatusOK || !strings.Contains(string(r.body), "人员安排建议") {
		t.Errorf("%d", r.status)
	}
	if r = c.post(w.href("/staff-proposal/adoption"), "duty", "x y"); r.status < 400 || r.status >= 500 {
		t.Errorf("half a duty: %d", r.status)
	}
	var got api.StaffProposal
	w.as("kaowu").json("POST", v1+w.href("/staff-proposal"), doc{}, &got)
	w.as("dudao").refused("POST", v1+w.href("/staff-proposal"), doc{}, http.StatusForbidden, "authz.forbidden")
}

// 监考员没有选考场：在考场一栏说明，其他选好的都还在；已在岗的人查明有关联，再安排时说明关联，并说此人仍在岗。
func TestAnAssignmentIsMendedWhereItIsWrong(t *testing.T) {
	w := newWorld(t)
	c := w.desk("kaowu")
	c.visit(w.href(""))
	staff := w.principal("kaoping4").Person
	r := c.post(w.href("/staff"), "person", staff, "role", "invigilator", "room", "")
	if r.status != http.StatusUnprocessableEntity {
		t.Errorf("an invigilator without a room: %d", r.status)
	}
	c.says("监考员须安排到理论知识考场，请选择考场", `id="e-room"`, `value="`+staff+`" selected`, `value="invigilator" selected`)
	c.post(w.href("/staff"), "person", "", "role", "", "room", "")
	c.says(`id="e-person"`, `id="e-role"`)
	duty := []string{"person", staff, "role", "examiner", "room", "p1"}
	c.redirected(c.post(w.href("/staff"), duty...), w.href(""))
	w.as("kaowu").json("POST", v1+"/ties", doc{"kind": "kin", "from": "person:" + staff, "to": "person:" + string(w.seats[0].Candidate), "source": "申报"}, nil)
	if r := c.post(w.href("/staff"), duty...); r.status != http.StatusConflict {
		t.Errorf("assigned again, and tied by now: %d", r.status)
	}
	c.says("近亲属", "此人仍在这个岗位上")
}

// 误排的人员可以撤下，要写明原因；没写原因的，原来选的人和填的内容还在；不安排人员的人不能撤；监考员、考评员看不到谁是谁的亲属。
func TestSomebodyIsTakenOffDutyOnThePage(t *testing.T) {
	w := newWorld(t)
	c, office := w.desk("kaowu"), w.as("kaowu")
	staff := w.principal("kaoping4").Person
	duty := doc{"person": staff, "role": "examiner", "room": "p1"}
	office.json("POST", v1+w.href("/duties"), duty, nil)
	form := w.href("/staff/relief")
	c.visit(w.href(""))
	r := c.post(form, "duty", staff+" examiner p1", "reason", " ")
	if s := string(r.body); r.status != http.StatusUnprocessableEntity || !strings.Contains(s, `value="`+staff+` examiner p1" selected`) || !strings.Contains(s, "须写明原因") {
		t.Errorf("without a reason: %d", r.status)
	}
	c.redirected(c.post(form, "duty", staff+" examiner p1", "reason", "误排"), w.href(""))
	if s := string(c.send("GET", w.href(""), nil).body); !strings.Contains(s, "误排") {
		t.Error("the page does not say who was taken off")
	}
	relief := doc{"person": staff, "role": "examiner", "room": "p1", "reason": "误排"}
	office.json("POST", v1+w.href("/duties/relief"), relief, nil) // again
	office.refused("POST", v1+w.href("/duties/relief"), relief.with(doc{"room": "p9"}), http.StatusNotFound, "relief.no_duty")
	w.as("dudao").refused("POST", v1+w.href("/duties/relief"), relief, http.StatusForbidden, "authz.forbidden")
	office.json("POST", v1+"/ties", doc{"kind": "kin", "from": "person:" + staff, "to": "person:" + string(w.seats[0].Candidate), "source": "申报"}, nil)
	office.refused("POST", v1+w.href("/duties"), duty, http.StatusConflict, "separation.refused")
	if w.findings(office, staff) == nil || w.findings(w.as("kaoping1"), staff) != nil {
		t.Error("the office reads no finding, or an examiner does")
	}
}

// 登记有误、又没有写开始日期的关系，由质量督导员说明从未成立；与本人有关的由别人办理。
func TestATieIsSaidNeverToHaveHeld(t *testing.T) {
	w := newWorld(t)
	office, watcher := w.as("kaowu"), w.as("dudao")
	candidate := "person:" + string(w.seats[0].Candidate)
	for who, own := range map[string]bool{"kaoping4": false, "dudao": true} {
		var tie, got api.Tie
		office.json("POST", v1+"/ties", doc{"kind": "kin", "from": "person:" + w.principal(who).Person, "to": candidate, "source": "申报"}, &tie)
		void := doc{"never": true, "reason": "同名同姓"}
		if own {
			watcher.refused("POST", v1+"/ties/"+tie.ID+"/end", void, http.StatusForbidden, "separation.own")
			continue
		}
		watcher.refused("POST", v1+"/ties/"+tie.ID+"/end", doc{"never": true, "reason": " "}, http.StatusUnprocessableEntity, "separation.tie")
		if watcher.json("POST", v1+"/ties/"+tie.ID+"/end", void, &got); !got.Never {
			t.Errorf("%+v", got)
		}
	}
}
