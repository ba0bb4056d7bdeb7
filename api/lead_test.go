package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/practical"
)

// lead is the path of a seat's assessment, with the fields that every form of the leader sends.
func (w *world) lead(seat int, form string, fields ...string) (path string, all []string) {
	return "/assessments/" + w.assessment(seat) + "/" + form, append(fields, "session", string(w.session.ID))
}

func (w *world) assessment(seat int) string {
	return string(practical.AssessmentOf(w.seats[seat].Ticket))
}

func TestTheLeaderRecordsAndTakesBack(t *testing.T) {
	w := newWorld(t)
	w.at(5 * time.Hour)
	c, page := w.desk("zuzhang"), w.href("/seals/practical")
	record := func(seat int, standing, reason string) reply {
		path, fields := w.lead(seat, "standing", "standing", standing, "reason", reason)
		return c.post(path, fields...)
	}
	c.sees(page, "未完成")
	for _, wrong := range []struct{ standing, reason, says string }{{"absent", " ", "须写明理由"}, {"", "未到场", "只能登记缺考或取消资格"}, {"scored", "x", "只能登记缺考或取消资格"}} {
		if r := record(0, wrong.standing, wrong.reason); r.status != http.StatusUnprocessableEntity {
			t.Errorf("%+v: %d", wrong, r.status)
		}
		c.says(wrong.says, "操作技能成绩封存", `value="`+wrong.reason+`"`)
	}
	c.redirected(record(0, "voided", "携带手机"), page)
	c.sees(page, "已登记 "+rareName+" 的情况。", "违纪取消")
	c.redirected(record(0, "none", "登记错人"), page)
	c.sees(page)
	if strings.Contains(c.last, `<td data-th="情况">违纪取消`) {
		t.Error("what was taken back is still there")
	}
	w.desk("kaoping1").score(w.assessment(0), 50)
	if r := record(0, "absent", "未到场"); r.status != http.StatusConflict {
		t.Errorf("absent, though somebody scored: %d", r.status)
	}
	c.says("已有考评员评分，不能登记为缺考", "未到场")
}

// TestAMissedDayIsScoredLater: sheets close with the day, the leader opens them for another one.
func TestAMissedDayIsScoredLater(t *testing.T) {
	w := newWorld(t)
	w.at(24 * time.Hour)
	leader, page := w.desk("zuzhang"), w.href("/seals/practical")
	leader.visit(page)
	examiner := w.desk("kaoping1")
	examiner.visit("/assessments/" + w.assessment(0) + "/sheet")
	if r := examiner.post("/assessments/"+w.assessment(0)+"/sheet", "revision", "0", "score.L5-P01.1", "40"); r.status != http.StatusConflict {
		t.Errorf("a day late: %d", r.status)
	}
	path, fields := w.lead(0, "extension", "reason", "")
	leader.post(path, fields...)
	leader.says("须写明理由")
	path, fields = w.lead(0, "extension", "reason", "停电")
	leader.redirected(leader.post(path, fields...), page)
	leader.sees(page, rareName+" 的评分延至今日结束。")
	examiner.score(w.assessment(0), 50)
}

func TestAnExaminerIsReplacedOnTheSealPage(t *testing.T) {
	w := newWorld(t)
	w.at(5 * time.Hour)
	out, in := w.principal("kaoping1").Person, w.principal("kaoping4").Person
	c, page := w.desk("zuzhang"), w.href("/seals/practical")
	replace := func(seat int, out, in string) reply {
		path, fields := w.lead(seat, "substitution", "out", out, "in", in, "reason", "身体不适")
		return c.post(path, fields...)
	}
	c.sees(page, "评分表作废")
	if r := replace(0, out, in); r.status != http.StatusUnprocessableEntity {
		t.Errorf("by somebody not on duty: %d", r.status)
	}
	c.says("须为本考位在岗且未参加本次考核的考评员", "身体不适", `value="`+out+`" selected`)
	office := w.desk("kaowu")
	office.visit(w.href(""))
	office.redirected(office.post(w.href("/staff"), "person", in, "role", "examiner", "room", "p1"), w.href(""))
	c.redirected(replace(0, out, in), page)
	c.sees(page, "已为 "+rareName+" 更换考评员。")
	w.desk("kaoping4").score(w.assessment(0), 50)
	if r := w.as("kaoping1").send("GET", "/api/v1/assessments/"+w.assessment(0)+"/sheet", nil); r.status != http.StatusNotFound {
		t.Errorf("the one replaced: %d", r.status)
	}
	w.desk("kaoping1").score(w.assessment(1), 50)
	if r := replace(1, out, in); r.status != http.StatusConflict {
		t.Errorf("one who has signed, without a tie: %d", r.status)
	}
	c.says("已签名且无须回避")
}

func TestLeadingByJSON(t *testing.T) {
	w := newWorld(t)
	w.at(5 * time.Hour)
	c := w.as("zuzhang")
	var all []api.PracticalStanding
	list := "/api/v1/sessions/" + string(w.session.ID) + "/assessments"
	c.json("GET", list, nil, &all)
	if len(all) != candidates || all[0].Assessment == "" || all[0].Standing != "" {
		t.Fatalf("%+v", all)
	}
	path := "/api/v1/assessments/" + w.assessment(0)
	var a api.LedAssessment
	c.json("POST", path+"/standing", api.StandingEdit{Standing: "absent", Reason: "未到场"}, &a)
	if a.Standing != engine.Absent || a.Ticket != w.seats[0].Ticket || len(a.Examiners) != 3 {
		t.Errorf("%+v", a)
	}
	var again api.LedAssessment
	c.json("POST", path+"/standing", api.StandingEdit{Standing: "none", Reason: "到了"}, &again)
	if again.Standing != "" {
		t.Errorf("taken back: %+v", again)
	}
	for name, r := range map[string]reply{
		"no standing":      c.send("POST", path+"/standing", api.StandingEdit{Reason: "x"}),
		"no reason":        c.send("POST", path+"/extension", api.Extension{}),
		"nobody":           c.send("POST", path+"/substitution", api.Substitution{Reason: "x"}),
		"another's field":  c.send("POST", path+"/extension", api.Substitution{Reason: "x"}),
		"an unknown field": c.send("POST", path+"/ruling", `{"points":1,"reason":"x","by":"me"}`),
	} {
		if r.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if r := c.send("POST", path+"/ruling", api.Ruling{Points: pointsOf(7000), Reason: "x"}); r.problem().Code != "assessment.not_scored" {
		t.Errorf("a ruling before the scores: %d %s", r.status, r.body)
	}
	for i, login := range []string{"kaoping1", "kaoping2", "kaoping3"} {
		w.desk(login).score(w.assessment(0), 20+20*i)
	}
	c.json("POST", path+"/ruling", api.Ruling{Points: pointsOf(7000), Reason: "经复核"}, &a)
	c.json("GET", list, nil, &all)
	if at := standingAt(all, w.assessment(0)); !a.Ruled || at.Points != 7000 || at.Standing != engine.Scored || len(at.Totals) != 3 {
		t.Errorf("ruled: %+v, %+v", a, at)
	}
}

func standingAt(all []api.PracticalStanding, id string) (found api.PracticalStanding) {
	for _, s := range all {
		if string(s.Assessment) == id {
			found = s
		}
	}
	return found
}

func pointsOf(p engine.Points) *engine.Points { return &p }

// 考评员签名后发现填错：组长在封存页开放更正，考评员在评分表页面看到原因和原来的分数，另签一张。
func TestASignedSheetIsCorrectedOnThePages(t *testing.T) {
	w := newWorld(t)
	w.at(5 * time.Hour)
	id, person := w.assessment(0), w.principal("kaoping1").Person
	c, page := w.desk("zuzhang"), w.href("/seals/practical")
	correct := func(form, reason string) reply {
		path, fields := w.lead(0, form, "examiner", person, "reason", reason)
		return c.post(path, fields...)
	}
	c.sees(page, "原表保留不改")
	if r := correct("correction", "填反"); r.status != http.StatusConflict {
		t.Errorf("a sheet that is not signed: %d", r.status)
	}
	c.says("可以直接修改", `value="填反"`)
	w.desk("kaoping1").score(id, 20)
	c.redirected(correct("correction", "两项填反"), page)
	c.sees(page, "等待考评员签名", "等待签名", "两项填反")
	examiner := w.desk("kaoping1")
	examiner.sees("/assessments", "sheet-correct", ">更正<")
	examiner.sees("/assessments/"+id+"/sheet", "这是更正表", "先改正填错的分数", "两项填反", `name="revision" value="1000000"`)
	var seen api.Sheet
	w.as("kaoping1").json("GET", "/api/v1/assessments/"+id+"/sheet", nil, &seen)
	if seen.No != 1 || seen.Revision != 1000000 || seen.Corrects == nil || seen.Corrects.Reason != "两项填反" || len(seen.Corrects.Scores) == 0 {
		t.Errorf("%+v", seen)
	}
	c.redirected(correct("correction-withdrawal", "误开"), page)
	c.sees(page, "已撤回")
	var a api.LedAssessment
	w.as("zuzhang").json("POST", "/api/v1/assessments/"+id+"/correction", api.SheetCorrectionEntry{Examiner: engine.PersonID(person), Reason: "确实填反"}, &a)
	if len(a.Corrections) != 2 || a.Corrections[1].No != 2 || a.Corrections[0].Withdrawn.IsZero() {
		t.Errorf("%+v", a)
	}
	for name, r := range map[string]reply{
		"nobody":     w.as("zuzhang").send("POST", "/api/v1/assessments/"+id+"/correction", api.SheetCorrectionEntry{Reason: "x"}),
		"for nought": w.as("zuzhang").send("POST", "/api/v1/assessments/"+id+"/correction", api.SheetCorrectionEntry{Examiner: engine.PersonID(person)}),
	} {
		if r.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
}

// 更正表签名以后，页面只说已签名、现在计这一张，不再叫人“先改正，再保存、签名”。
func TestASignedCorrectionAsksForNothing(t *testing.T) {
	w := newWorld(t)
	w.at(5 * time.Hour)
	id, person := w.assessment(0), w.principal("kaoping1").Person
	w.desk("kaoping1").score(id, 20)
	w.as("zuzhang").json("POST", "/api/v1/assessments/"+id+"/correction", api.SheetCorrectionEntry{Examiner: engine.PersonID(person), Reason: "填反"}, nil)
	c, page := w.desk("kaoping1"), "/assessments/"+id
	c.sees(page+"/sheet", "先改正填错的分数")
	form := []string{"revision", "1000000"}
	for _, task := range tasks() {
		form = append(form, "score."+task.Code+".1", "38.5", "score."+task.Code+".2", "30")
	}
	c.redirected(c.post(page+"/sheet", form...), page+"/sheet")
	c.visit(page + "/signature")
	c.redirected(c.post(page+"/signature", "revision", "1000001"), "/assessments")
	c.sees(page+"/sheet", "这是更正表，已签名", "现在计这一张")
	if strings.Contains(c.last, "先改正") {
		t.Error("signed, the correction still asks to be corrected")
	}
}

// 缺考的考生和已封存的场次都不是考评员的待办：列表按场次分组，写明缺考或已封存；打开的评分表只能看。
func TestAnExaminerHasNothingToDoForTheAbsentAndTheSealed(t *testing.T) {
	w := newWorld(t)
	w.at(5 * time.Hour)
	w.as("zuzhang").json("POST", "/api/v1/assessments/"+w.assessment(0)+"/standing", api.StandingEdit{Standing: "absent", Reason: "未到场"}, nil)
	c := w.desk("kaoping1")
	c.sees("/assessments", "五级上午场", fmt.Sprintf("还有 %d 张要评分或签名。", candidates-1), "缺考")
	if strings.Index(c.last, w.assessment(0)) < strings.Index(c.last, w.assessment(1)) {
		t.Error("the absent candidate stands before those who wait")
	}
	c.sees("/assessments/"+w.assessment(0)+"/sheet", "已登记为缺考，不需要评分", "<fieldset class=\"bare\" disabled>")
	if strings.Contains(c.last, "核对并签名") {
		t.Error("the sheet of an absent candidate can be filled in")
	}
	for i, login := range []string{"kaoping1", "kaoping2", "kaoping3"} {
		for n := 1; n < candidates; n++ {
			w.desk(login).score(w.assessment(n), 20+i)
		}
	}
	leader := w.desk("zuzhang")
	leader.visit(w.href("/seals/practical"))
	leader.redirected(leader.post(w.href("/seals/practical")), w.href("/seals/practical"))
	c = w.desk("kaoping1")
	c.sees("/assessments", "没有要做的。", "缺考")
	if strings.Contains(c.last, ">评分<") {
		t.Error("sealed, the list still offers a sheet to score")
	}
}
