package preview

import (
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

const bodyName = "津沽长护评价中心"

// layouts shows how a body sees and changes the layouts of its documents.
func layouts(now time.Time) []Sample {
	registrar := staff("应书澜", authz.Registrar, "/certificates")
	own := web.LayoutRow{Kind: "card", Own: true, By: "应书澜（zhengshu）", At: now.AddDate(0, 0, -20)}
	plain := web.LayoutRow{Kind: "certificate"}
	text := "{\n  \"name\": \"certificate-a4\",\n  \"label\": \"A4横式证书\",\n  \"width\": 297,\n  \"height\": 210,\n  \"sides\": [\n  ]\n}"
	used := web.LayoutView{LayoutRow: own, OrgName: bodyName, Source: text, MayChange: true, MaxKiB: 64,
		Trail: []web.TrailRow{{At: now.AddDate(0, 0, -40), By: "应书澜（zhengshu）", Action: "layout.set"}, {At: own.At, By: own.By, Action: "layout.set"}}}
	fit := web.LayoutView{LayoutRow: plain, OrgName: bodyName, Source: text, Draft: true, Fit: true, MayChange: true, MaxKiB: 64}
	wrong := fit
	wrong.Fit, wrong.Problem = false, &web.Problem{Code: "certificate.layout", Detail: "证书版式不正确", Fields: []web.FieldProblem{
		{Name: "sides[0].texts[2].size", Code: "range", Detail: "字号须在4至72之间"}, {Name: "sides[1].rows[0]", Code: "outside", Detail: "超出页面"},
		{Name: "issue_date", Code: "missing", Detail: "证书必须印有此项"}}}
	return []Sample{
		{Name: "layouts", Page: "layouts", User: registrar, Body: web.LayoutsView{OrgName: bodyName, Rows: []web.LayoutRow{plain, own}}},
		{Name: "layout", Page: "layout", User: registrar, Body: used},
		{Name: "layout-fit", Page: "layout", User: registrar, Body: fit},
		{Name: "layout-wrong", Page: "layout", User: registrar, Body: wrong},
		{Name: "layout-look", Page: "layout", User: staff("任时", authz.Labour, "/certificates"), Body: web.LayoutView{LayoutRow: plain, Source: text}},
	}
}

// awards shows prizes in contests in every state, to those who decide on them.
func awards(now time.Time) []Sample {
	registrar, supervisor, labour := staff("应书澜", authz.Registrar, "/certificates"), staff("杜明远", authz.Supervisor, "/certificates"), staff("任时", authz.Labour, "/certificates")
	v := awardsView(now)
	v.MayEnter = true
	refused := v
	refused.Groups, refused.Do, refused.Typed = nil, web.AwardEntry, web.AwardTyped{IDType: "201", IDNumber: "12010119900101", Contest: "照护技能大赛", Class: "city-2", Place: "41", Of: "40", Group: "student", Holds: "5"}
	refused.Problem = &web.Problem{Code: "award.invalid", Detail: "竞赛获奖信息不正确", Fields: []web.FieldProblem{{Name: "place", Code: "range", Detail: "名次应在1至参赛人数之间"},
		{Name: "holds", Code: "form", Detail: "已持有的等级须写明证书编号"}, {Name: "holds_no", Code: "form", Detail: "请填写已持有证书的编号"}, {Name: "evidence", Code: "form", Detail: "依据1至300个字"}}}
	second, ruling := awardsView(now), awardsView(now)
	second.Groups[1].Rows[0].Confirm, second.Groups[1].Rows[0].Own = true, false
	ruling.Orgs, ruling.Org = []web.Choice{{Value: "body", Label: bodyName}, {Value: "other", Label: "滨海照护评价站"}}, "body"
	ruling.Groups[0].Rows[0].Ruling, ruling.Groups[0].Rows[0].Levels = true, []engine.Level{3}
	return []Sample{
		{Name: "awards", Page: "awards", User: registrar, Body: v},
		{Name: "awards-refused", Page: "awards", User: registrar, Body: refused},
		{Name: "awards-confirm", Page: "awards", User: supervisor, Body: second},
		{Name: "awards-ruling", Page: "awards", User: labour, Body: ruling},
		{Name: "awards-choose", Page: "awards", User: labour, Body: web.AwardsView{Orgs: ruling.Orgs}},
	}
}

func awardsView(now time.Time) web.AwardsView {
	beyond := web.AwardRule{Class: "city-1", Group: "worker", Places: 10, Holds: []engine.Level{0, 5, 4, 3}}
	student := web.AwardRule{Class: "city-2", Group: "student", Places: 6, Holds: []engine.Level{0, 5}, To: 4}
	firm := web.AwardRule{Class: "enterprise", Group: "worker", Percent: 30, Holds: []engine.Level{0, 5}, To: 4}
	row := func(id, name string, r web.AwardRule, holds engine.Level) web.AwardRow {
		a := web.AwardRow{ID: id, Name: name, IDMasked: "1201************3X", Year: 2026, Place: 3, Of: 40, Contest: "海河工匠杯长期照护技能大赛", Class: r.Class, Group: r.Group,
			Holds: holds, Evidence: "津照竞〔2026〕7号获奖通报", To: r.To, Rule: &r, By: "应书澜（zhengshu）", At: now.AddDate(0, 0, -2)}
		if holds != 0 {
			a.HoldsNo = certNumber(4)
		}
		return a
	}
	own, ready, issued, no := row("a2", RareName, student, 0), row("a3", LongName, firm, 5), row("a4", Latin, firm, 0), row("a5", "钟离雪", student, 5)
	own.Own, ready.Issuing = true, true
	for _, a := range []*web.AwardRow{&ready, &issued, &no} {
		a.Decided, a.DecidedBy = now.AddDate(0, 0, -1), "杜明远（dudao）"
	}
	issued.Number, no.Reason = certNumber(6), "获奖通报上没有此人"
	issued.Exports = []web.HandoverRow{{At: now.AddDate(0, 0, -1), By: "应书澜"}, {At: now, By: "应书澜"}}
	return web.AwardsView{Org: "body", OrgName: bodyName, Years: []int{2026, 2025}, Rules: []web.AwardRule{beyond, student, firm},
		Source: web.AwardSource{Document: "公共服务网知识库（竞赛晋升）", Note: "名次与等级未核对文件原文。"},
		Groups: []web.AwardGroup{{State: "held", Rows: []web.AwardRow{row("a1", "穆晴", beyond, 4)}}, {State: "entered", Rows: []web.AwardRow{own}},
			{State: "granted", Rows: []web.AwardRow{ready}}, {State: "issued", Rows: []web.AwardRow{issued}, More: 12}, {State: "refused", Rows: []web.AwardRow{no}}}}
}

// recognitions shows direct recognition where it is closed, and a case that waits for its decision.
func recognitions(now time.Time) []Sample {
	office, labour := staff("秦若兰", authz.ExamOffice, "/recognitions"), staff("任时", authz.Labour, "/recognitions")
	closed := web.RecognitionsView{Org: "body", OrgName: bodyName, Code: "recognition.closed", Why: "本省没有开放直接认定，请按考试方式报名参加认定：天津"}
	open := web.RecognitionsView{Org: "body", OrgName: "颐康养老院", Open: true, Levels: []web.RecognitionLevel{{Level: 5, Years: 1}, {Level: 4, Years: 3}, {Level: 3, Years: 5}},
		Terms: engine.EmploymentTerms(), Materials: []web.Choice{{Value: "employment", Label: "劳动合同或用工证明"}, {Value: "work-record", Label: "工作业绩材料"}},
		Days: 5, Taken: 3, Places: 8, Document: "渝人社发〔2020〕124号 第三部分第（五）项", Typed: map[string]string{}}
	row := web.RecognitionRow{ID: "r1", Name: LongName, IDMasked: "1201************3X", Level: 4, State: "reviewed", Terms: "contract", Since: now.AddDate(-4, 0, 0),
		Evidence: []web.Choice{{Label: "劳动合同或用工证明", Value: "劳动合同2020-17号，人事科"}}, Superior: "穆晴", Post: "护理部主任", Words: "独立完成重度失能老人照护两年以上，未出差错", On: now.AddDate(0, 0, -3),
		By: "秦若兰（kaowu）", At: now.AddDate(0, 0, -2), Review: &web.RecognitionOpinion{For: true, Reason: "材料与原件一致", By: "钟离雪", At: now.AddDate(0, 0, -1)}}
	apply, decide := open, open
	apply.MayApply, apply.Do, apply.Rows = true, web.RecognitionApply, []web.RecognitionRow{row}
	apply.Typed = map[string]string{"id_number": "12010119900101", "level": "4", "post": "护理部主任"}
	apply.Problem = &web.Problem{Code: "recognition.invalid", Detail: "申请填写不完整，请按提示补充", Fields: []web.FieldProblem{{Name: "evidence-work-record", Code: "missing", Detail: "请填写工作业绩材料的名称、编号和存放处"}}}
	due := row
	due.MayDecide = true
	decide.Rows = []web.RecognitionRow{due}
	public := web.RecognitionPublicView{Rows: []web.RecognitionPublicRow{{ID: "r1", Name: "穆*", Body: "颐康养老院", Level: 4, From: now, Until: now.AddDate(0, 0, 7)}}}
	return []Sample{
		{Name: "recognitions-closed", Page: "recognitions", User: office, Body: closed},
		{Name: "recognitions-apply", Page: "recognitions", User: office, Body: apply},
		{Name: "recognitions-decide", Page: "recognitions", User: labour, Body: decide},
		{Name: "recognitions-public", Page: "recognitions-public", Body: public},
	}
}
