package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// secondLeader gives the body another leader, who signs in as zuzhang2.
func (w *world) secondLeader() {
	w.Helper()
	ctx, op := w.Context(), w.principal("guanli")
	number := demo.IDNumber(clock.Date{Year: 1981, Month: 3, Day: 1}, 901, engine.Female)
	who, err := w.Registry.Register(ctx, op, engine.Person{Name: "温若拙", IDType: engine.ResidentCard, IDNumber: number})
	check(w, err)
	body, err := w.Registry.Organisation(ctx, engine.OrgID(w.principal("zuzhang").Org))
	check(w, err)
	_, err = w.Gate.Create(ctx, op, accounts.New{Login: "zuzhang2", Password: demo.Password, Person: who.ID, Name: who.Name, Roles: []authz.Role{authz.Leader}, Org: body.ID,
		OrgKind: body.Kind})
	check(w, err)
}

// marks are the points of the one task's two criteria, in hundredths.
func marks(first, second int) doc { return doc{"L5-P01": doc{"1": first, "2": second}} }

var fell = []doc{{"task": "L5-P01", "code": "V1", "note": "左侧床栏未拉起"}}

// 考评组长写一份校准样例；两名组长各自独立评分、签名，商定定标评分，另一名确认；考评员独自评分，签名以后才看到定标评分和自己的偏差；
// 组长和质量督导员看到谁校准到什么时候。考务人员和考生办不了。
func TestAControlPerformanceFromDraftToOverview(t *testing.T) {
	w := newWorld(t)
	w.secondLeader()
	first, second, examiner := w.as("zuzhang"), w.as("zuzhang2"), w.as("kaoping1")
	at := v1 + "/control-performances"
	var can api.ControlChoices
	first.json("GET", at+"/choices", nil, &can)
	if len(can.Releases) != 1 || len(can.Tasks) != 2 {
		t.Fatalf("%+v", can)
	}
	draft := doc{"task": "L5-P01", "release": can.Releases[0], "title": "床栏未拉起", "steps": []string{"核对腕带", "翻身，左侧床栏未拉起"}}
	first.refused("POST", at, doc{"task": "L5-P01", "release": can.Releases[0], "title": " ", "steps": []string{}}, http.StatusUnprocessableEntity, "control.input")
	var c api.ControlPerformance
	first.json("POST", at, draft, &c)
	one := at + "/" + string(c.ID)
	first.json("PUT", one, doc{"revision": c.Revision, "title": "左侧床栏未拉起", "steps": []string{"核对腕带", "翻身，左侧床栏未拉起"}}, &c)
	first.json("POST", one+"/submission", nil, &c)
	var own api.ControlSheet
	first.json("PUT", one+"/rating", doc{"revision": 0, "scores": marks(3000, 6000), "vetoes": fell}, &own)
	first.json("POST", one+"/rating/signature", doc{"revision": own.Revision}, &own)
	var seen api.ControlView
	second.json("GET", one, nil, &seen)
	if len(seen.Raters) != 1 || seen.Raters[0].Scores != nil {
		t.Errorf("the second expert sees the first one's rating: %+v", seen.Raters)
	}
	reference := doc{"revision": c.Revision, "scores": marks(3000, 6000), "vetoes": fell, "reasons": doc{"1": "没有说明目的"}}
	first.refused("POST", one+"/reference", reference, http.StatusConflict, "control.few_ratings")
	second.json("PUT", one+"/rating", doc{"revision": 0, "scores": marks(2000, 6000), "vetoes": fell}, &own)
	second.json("POST", one+"/rating/signature", doc{"revision": own.Revision}, &own)
	first.json("POST", one+"/reference", reference, &c)
	reference["vetoes"] = []doc{}
	second.refused("POST", one+"/reference", reference, http.StatusConflict, "control.reference_stale")
	first.refused("POST", one+"/confirmation", doc{"revision": c.Revision}, http.StatusConflict, "control.same_person")
	second.json("POST", one+"/confirmation", doc{"revision": c.Revision}, &c)
	if c.State != "confirmed" || c.Reference == nil || c.Reference.Reasons["1"] == "" {
		t.Errorf("%+v", c)
	}
	w.takesACalibration(examiner, string(c.ID))
	first.refused("GET", v1+"/calibrations/"+string(c.ID), nil, http.StatusConflict, "control.involved")
	var lines []api.CalibrationStanding
	w.as("dudao").json("GET", v1+"/calibration-overview", nil, &lines)
	done := 0
	for _, l := range lines {
		if l.Performances == 1 && l.Holds && l.Bias == -2.5 && l.Until != "" {
			done++
		}
	}
	if len(lines) != 4 || done != 1 {
		t.Errorf("overview: %+v", lines)
	}
	var next api.ControlPerformance
	second.json("POST", one+"/renewal", nil, &next)
	second.refused("POST", one+"/retirement", doc{"reason": ""}, http.StatusUnprocessableEntity, "control.input")
	second.json("POST", one+"/retirement", doc{"reason": "题目已修订"}, &c)
	var rows []api.ControlRow
	second.json("GET", at, nil, &rows)
	if next.Edition != 2 || c.State != "retired" || len(rows) != 2 {
		t.Errorf("%d, %s, %d rows", next.Edition, c.State, len(rows))
	}
	w.as("kaowu").refused("GET", at, nil, http.StatusForbidden, "authz.forbidden")
	examiner.refused("GET", one, nil, http.StatusForbidden, "authz.forbidden")
}

func (w *world) takesACalibration(examiner *client, id string) {
	w.Helper()
	var list []api.Calibration
	examiner.json("GET", v1+"/calibrations", nil, &list)
	if len(list) != 1 || list[0].Control.Reference != nil || list[0].Comparison != nil {
		w.Fatalf("before the signature: %+v", list)
	}
	taken := v1 + "/calibrations/" + id
	examiner.refused("PUT", taken+"/sheet", doc{"revision": 0, "scores": marks(9900, 0)}, http.StatusUnprocessableEntity, "sheet.score")
	var own api.ControlSheet
	examiner.json("PUT", taken+"/sheet", doc{"revision": 0, "scores": marks(3000, 5500), "vetoes": fell}, &own)
	var got api.Calibration
	examiner.json("POST", taken+"/signature", doc{"revision": own.Revision}, &got)
	if x := got.Comparison; x == nil || len(x.Lines) != 2 || x.Lines[1].Off != -500 || len(x.Found) != 1 || got.Sheet.Outcome == nil || !got.Sheet.Outcome.Passed {
		w.Errorf("after the signature: %+v", got)
	}
	examiner.json("GET", taken, nil, &got)
}

// 页面上走同一条路：写错的样例说明怎么改，所填内容还在；两名组长在各自的页面上评分、签名、商定、确认，扣分没有写理由的退回并留着所填的分数；
// 考评员填错分数时所填内容还在，签名以后看到对照；质量督导员下载校准情况表，里面没有定标评分。
func TestCalibrationOnThePages(t *testing.T) {
	w := newWorld(t)
	w.secondLeader()
	first, second := w.desk("zuzhang"), w.desk("zuzhang2")
	first.sees("/controls", "还没有校准样例", "任务1")
	r := first.press("/controls", "task", "", "release", "", "title", "", "steps", "")
	if r.status != http.StatusUnprocessableEntity || strings.Contains(string(r.body), "职称") {
		t.Errorf("nothing filled in: %d", r.status)
	}
	first.says("请选择任务", "请选择题库版本", "样例名称：请填写样例名称", "考生做了什么：请逐步写明")
	r = first.press("/controls", "task", "L5-P01", "release", releaseID, "title", "床栏未拉起", "steps", " ")
	if r.status != http.StatusUnprocessableEntity {
		t.Errorf("no steps: %d", r.status)
	}
	first.says(`value="床栏未拉起"`, "请逐步写明考生做了什么")
	r = first.press("/controls", "task", "L5-P01", "release", releaseID, "title", "床栏未拉起", "steps", "核对腕带\n翻身，左侧床栏未拉起")
	at := r.header.Get("Location")
	first.sees(at, "编写中", "先保存，再提交")
	first.redirected(first.press(at+"/submission"), at)
	for _, c := range []*client{first, second} {
		c.sees(at, "我的独立评分", "下一步：请独立评分")
		c.redirected(c.press(at+"/rating", "revision", "0", "score.L5-P01.1", "30", "score.L5-P01.2", "60"), at)
		c.sees(at, "评分已保存", "下一步：核对您的评分")
		c.redirected(c.press(at+"/signature", "revision", "1"), at)
	}
	first.sees(at, "下一步：与其他专家商量", "温若拙 30")
	stand := regexp.MustCompile(`action="` + at + `/reference".*?name="revision" value="(\d+)"`)
	seen := stand.FindStringSubmatch(strings.ReplaceAll(first.last, "\n", ""))[1]
	if r := first.press(at+"/reference", "revision", seen, "score.L5-P01.1", "30", "score.L5-P01.2", "60"); r.status != http.StatusUnprocessableEntity {
		t.Errorf("no reason: %d", r.status)
	}
	first.says("扣分的评分项须写明理由", `name="score.L5-P01.1" min="0" max="40" step="0.01" data-by="1" value="30"`)
	second.visit(at)
	agreed := []string{"revision", seen, "score.L5-P01.1", "30", "score.L5-P01.2", "60", "reason.L5-P01.1", "没有说明目的"}
	first.redirected(first.press(at+"/reference", agreed...), at)
	agreed[len(agreed)-1] = "按旧页面填写"
	if r := second.press(at+"/reference", agreed...); r.status != http.StatusConflict {
		t.Errorf("from an old page: %d", r.status)
	}
	second.says("另一位专家刚刚登记或改动了定标评分", "按旧页面填写")
	second.sees(at, "没有说明目的", "下一步：核对定标评分")
	revision := regexp.MustCompile(`action="` + at + `/confirmation".*?name="revision" value="(\d+)"`).FindStringSubmatch(strings.ReplaceAll(second.last, "\n", ""))[1]
	second.redirected(second.press(at+"/confirmation", "revision", revision), at)
	second.sees(at, "已定标")
	w.takesOnThePage(strings.Replace(at, "/controls/", "/calibrations/", 1))
	supervisor := w.desk("dudao")
	supervisor.sees("/calibrated", "考评员校准情况", "0 / 1 / 2")
	file := supervisor.raw("GET", "/calibrated.csv", "", nil)
	if lines := strings.Split(strings.TrimSpace(string(file.body)), "\r\n"); file.status != http.StatusOK || len(lines) != 5 || strings.Contains(string(file.body), "没有说明目的") {
		t.Errorf("%d %q", file.status, file.body)
	}
}

func (w *world) takesOnThePage(taken string) {
	w.Helper()
	examiner := w.desk("kaoping1")
	examiner.sees("/calibrations", "床栏未拉起", taken)
	examiner.sees(taken, "翻身，左侧床栏未拉起", "尚未保存")
	if strings.Contains(examiner.last, "没有说明目的") {
		w.Error("the reference is on the page before the signature")
	}
	if r := examiner.press(taken+"/sheet", "revision", "0", "score.L5-P01.1", "41", "score.L5-P01.2", "55"); r.status != http.StatusUnprocessableEntity {
		w.Errorf("too many points: %d", r.status)
	}
	examiner.says(`value="41"`, `value="55"`)
	examiner.redirected(examiner.press(taken+"/sheet", "revision", "0", "score.L5-P01.1", "31", "score.L5-P01.2", "55"), taken)
	examiner.sees(taken, "签名并看对照")
	examiner.redirected(examiner.press(taken+"/signature", "revision", "1"), taken)
	examiner.sees(taken, "校准合格", "没有说明目的", "-5.00", "&#43;1.00")
}
