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
	office.refused("POST", v1+w.href("/waivers"), doc{"finding": found[0].Key, "reason": ""}, http.StatusUnprocessableEntity, "waiver.invalid")
	office.json("POST", v1+w.href("/waivers"), ask, nil)
	office.refused("POST", v1+w.href("/waivers/decision"), decide, http.StatusForbidden, "authz.forbidden")
	watcher.json("POST", v1+w.href("/waivers/decision"), decide, nil)
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
