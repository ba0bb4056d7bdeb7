package preview

import (
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

func controlText() web.ControlText {
	return web.ControlText{ID: "c1", Title: "翻身时左侧床栏未拉起", Release: "2026-01", Recording: "考评资料室 U 盘 3 号，第 2 段", Level: 5, Edition: 1, Sample: true,
		Steps: []string{"推车进门，关好门窗，说：“方奶奶，我来给您换床单。”", "核对腕带和床头卡。", "协助翻身，左侧床栏没有拉起，身体一度靠到床沿。", "卷、铺床单，两处床角松散。"}}
}

// controls are the control performances of leaders, and the calibration of examiners on them.
func controls(now time.Time) []Sample {
	leader := staff("裴照", authz.Leader, "/controls")
	examiner := staff("柏听澜", authz.Examiner, "/calibrations")
	task := sheetView(now).Tasks[0]
	choices := []web.TaskChoice{{Code: "L5-P01", Name: task.Name, Level: 5}, {Code: "L5-P03", Name: "协助进食", Level: 5}}
	row := func(title, state, own string, raters int) web.ControlRow {
		return web.ControlRow{ID: "c1", Title: title, Task: task.Name, Level: 5, Edition: 1, Raters: raters, State: state, Own: own}
	}
	rows := []web.ControlRow{row("翻身时左侧床栏未拉起", "rated", "signed", 2), row("喂食过快", "rating", "begun", 1), row("洗手不到位", "draft", "", 0), row("换单规范", "confirmed", "", 3), row("旧题样例", "retired", "", 2)}
	rows[3].Provincial = true
	refused := web.ControlsView{Tasks: choices, Releases: []string{"2026-01"}, Typed: map[string]string{"task": "L5-P03", "title": "喂食过快"},
		Problem: &web.Problem{Code: "control.input", Detail: "校准样例填写不正确", Fields: []web.FieldProblem{{Name: "steps", Code: "missing", Detail: "请逐步写明考生做了什么，每步一行"}}}}
	all := []Sample{
		{Name: "controls", Page: "controls", User: leader, Body: web.ControlsView{Rows: rows, Tasks: choices, Releases: []string{"2026-01"}, Provincial: true, Typed: map[string]string{}}},
		{Name: "controls-refused", Page: "controls", User: leader, Body: refused},
		{Name: "calibrations", Page: "calibrations", User: examiner, Body: web.CalibrationsView{Rows: []web.CalibrationRow{
			{ID: "c1", Title: "翻身时左侧床栏未拉起", Task: task.Name, Level: 5, Edition: 2, State: web.SheetStarted, Scored: 3, Criteria: 4},
			{ID: "c2", Title: "喂食过快", Task: "协助进食", Level: 5, Edition: 1, State: web.SheetSigned, Scored: 4, Criteria: 4, Signed: now, Result: "passed", Until: "2027-03-01"},
			{ID: "c3", Title: "洗手不到位", Task: task.Name, Level: 5, Edition: 1, State: web.SheetSigned, Scored: 4, Criteria: 4, Signed: now, Result: "failed"}}}},
		{Name: "calibrations-none", Page: "calibrations", User: examiner, Body: web.CalibrationsView{}},
		{Name: "calibrated", Page: "calibrated", User: staff("江望舒", authz.Supervisor, "/calibrated"), Body: calibratedView()},
	}
	return append(append(all, controlStates(now, leader, task)...), calibrating(now, examiner, task)...)
}

func controlStates(now time.Time, leader *web.User, task web.TaskSheet) []Sample {
	text := controlText()
	typed := map[string]string{"title": text.Title, "steps": text.Steps[0] + "\n" + text.Steps[1], "recording": text.Recording}
	one := func(state string) web.ControlView {
		return web.ControlView{ControlText: text, State: state, Author: "裴照", Involved: true, Typed: typed, Sheet: &task, MayRetire: true}
	}
	draft, rating, rated := one("draft"), one("rating"), one("rated")
	draft.MayAmend = true
	rating.MayRate, rating.MaySign, rating.Raters = true, true, []web.ControlRater{{Name: LongName, Signed: now}}
	rated.Raters, rated.Signed, rated.MayAgree, rated.MayConfirm = append(rating.Raters, web.ControlRater{Name: "裴照", Signed: now}), now, true, true
	rated.Reference = &web.ControlReference{By: LongName, At: now, Lines: referenceLines(), Vetoes: []web.ControlVeto{{Text: task.Vetoes[0].Text, Note: "左侧床栏未拉起"}}}
	agreeing := rated
	agreeing.State, agreeing.Reference, agreeing.MayConfirm, agreeing.Agreeing = "rating", nil, false, reasoned(task)
	agreeing.Do, agreeing.Problem = "reference", &web.Problem{Code: "control.reference", Detail: "定标评分不正确",
		Fields: []web.FieldProblem{{Name: "reason.L5-P01.4", Code: "missing", Detail: "扣分的评分项须写明理由"}}}
	confirmed := rated
	confirmed.State, confirmed.MayAgree, confirmed.MayConfirm, confirmed.MayRenew = "confirmed", false, false, true
	done := *rated.Reference
	done.Confirmed, done.On = "裴照", now
	confirmed.Reference = &done
	var all []Sample
	for _, s := range []struct {
		name string
		view web.ControlView
	}{{"control-draft", draft}, {"control-rating", rating}, {"control-agreeing", agreeing}, {"control-rated", rated}, {"control", confirmed}} {
		all = append(all, Sample{Name: s.name, Page: "control", User: leader, Body: s.view})
	}
	return all
}

// reasoned is a task's sheet as the reference is agreed on.
func reasoned(task web.TaskSheet) *web.TaskSheet {
	task.Criteria = append([]web.CriterionRow(nil), task.Criteria...)
	for i := range task.Criteria {
		task.Criteria[i].Reasoned, task.Criteria[i].Marks = true, []string{LongName + " 4", "裴照 3"}
	}
	task.Criteria[0].Reason = "没有说明目的"
	return &task
}

func referenceLines() []web.ControlLine {
	return []web.ControlLine{
		{No: "1", Text: "核对照护对象，说明目的，取得配合", Max: engine.Pt(4), Reference: engine.Pt(4), Mark: engine.Pt(4)},
		{No: "3", Text: "协助翻身，固定床栏，动作轻柔，翻身时观察皮肤、面色和表情，随时询问感受", Max: engine.Pt(6), Reference: engine.Pt(1), Mark: engine.Pt(6), Off: 5, Wide: true,
			Reason: "左侧床栏没有拉起，没有观察面色"},
		{No: "4", Text: "卷、铺、拉平床单，四角包紧", Max: engine.Pt(10), Reference: engine.Pt(4), Mark: engine.Pt(3), Off: -1, Reason: "两处床角松散"}}
}

func calibrating(now time.Time, examiner *web.User, task web.TaskSheet) []Sample {
	open := web.CalibrationView{ControlText: controlText(), Sheet: task, Revision: 2, Saved: now, Begun: true, Missing: 1}
	ready, refused, failed := open, open, open
	ready.Missing = 0
	refused.Begun, refused.Problem = false, &web.Problem{Code: "sheet.score", Detail: "评分不正确", Fields: []web.FieldProblem{{Name: "score.L5-P01.3", Code: "points.form", Detail: "此项最多 6 分"}}}
	failed.Signed, failed.Result, failed.Lines = now, "failed", referenceLines()
	failed.Vetoes = []web.ControlVeto{{Text: task.Vetoes[0].Text, Note: "左侧床栏未拉起", Kind: "missed"}, {Text: task.Vetoes[1].Text, Note: "没有说话", Kind: "false"}}
	return []Sample{
		{Name: "calibration", Page: "calibration", User: examiner, Body: open}, {Name: "calibration-ready", Page: "calibration", User: examiner, Body: ready},
		{Name: "calibration-refused", Page: "calibration", User: examiner, Body: refused}, {Name: "calibration-signed", Page: "calibration", User: examiner, Body: failed}}
}

func calibratedView() web.CalibratedView {
	off := 0.41
	return web.CalibratedView{Rows: []web.CalibratedRow{
		{Name: "柏听澜", Performances: 3, Passed: 2, Until: "2027-03-01", Holds: true, Criteria: 36, Exact: 20, Adjacent: 31, Bias: 0.62, Apart: 0.9, Error: &off, Vetoes: 2, MissedVetoes: 1},
		{Name: LongName, Performances: 1, Passed: 1, Until: "2026-02-11", Criteria: 12, Exact: 5, Adjacent: 9, Bias: -1.4, Apart: 1.5, Error: &off, Vetoes: 1, FalseVetoes: 1},
		{Name: RareName}}}
}
