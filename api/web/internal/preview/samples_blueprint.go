package preview

import (
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

func blueprints(now time.Time) []Sample {
	keeper := staff("谷雨桐", authz.BankKeeper, "/bank/blueprints")
	bare := web.BlueprintView{BlueprintRow: blueprintRow(), Any: -1, Neighbour: -1, OverLeast: 105, PerPoint: 1, AB: true, Credit: "all-or-nothing", Supplement: web.BlueprintSupplement{Document: "样例", Verified: true}}
	draft := blueprintView(now)
	draft.Draft, draft.Possible, draft.Tried = `{"id": "2026.1+120000-L5"}`, true, ""
	draft.Problem = &web.Problem{Code: "request.body", Detail: "请求内容不正确", Fields: []web.FieldProblem{{Name: "confirm", Code: "confirm", Detail: "请照样再输入一次 2026.1+120000-L5"}}}
	short := draft
	short.Possible, short.Problem = false, nil
	short.Outlooks = []web.BlueprintOutlook{shortOutlook()}
	undecided := short
	undecided.Outlooks = []web.BlueprintOutlook{{Undecided: true}, {Province: "天津", Undecided: true}}
	list := web.BlueprintsView{MayPublish: true, MaxKiB: 64, Rows: []web.BlueprintRow{blueprintRow(), {ID: "2025.4-L3", Release: "2025.4", Level: 3, Items: 100, Points: engine.Pt(100)}}}
	refused := list
	refused.Problem = &web.Problem{Code: "blueprint.invalid", Detail: "组卷方案不正确", Fields: []web.FieldProblem{
		{Name: "ranges", Code: "sum", Detail: "各鉴定范围共99题，应为100题"}, {Name: "file", Code: "json", Detail: "第3行第7个字处不是正确的 JSON"}}}
	return []Sample{
		{Name: "blueprints", Page: "blueprints", User: keeper, Body: list},
		{Name: "blueprints-refused", Page: "blueprints", User: keeper, Body: refused},
		{Name: "blueprints-none", Page: "blueprints", User: staff("上官澄", authz.Reviewer, "/bank/blueprints"), Body: web.BlueprintsView{}},
		{Name: "blueprint", Page: "blueprint", User: keeper, Body: blueprintView(now)},
		{Name: "blueprint-bare", Page: "blueprint", User: keeper, Body: bare},
		{Name: "blueprint-draft", Page: "blueprint", User: keeper, Body: draft},
		{Name: "blueprint-short", Page: "blueprint", User: keeper, Body: short},
		{Name: "blueprint-undecided", Page: "blueprint", User: keeper, Body: undecided},
	}
}

func blueprintRow() web.BlueprintRow {
	return web.BlueprintRow{ID: "2026.1+120000-L5", Release: "2026.1+120000", Occupation: "健康照护师（长期照护师）", Edition: "2024", Level: 5, Items: 100,
		Minutes: 90, Points: engine.Pt(100), Usable: true, Sample: true}
}

func blueprintView(now time.Time) web.BlueprintView {
	return web.BlueprintView{BlueprintRow: blueprintRow(), Uniform: true, PerPoint: 1, Any: 40, Neighbour: 0, OverLeast: 105, Share: 30, SkipMet: true, Credit: "partial",
		Ranges: []web.BlueprintRange{{Code: "A", Name: "基本要求", Kind: "sum", Weight: engine.Pt(25), Items: 25, Points: engine.Pt(25)},
			{Code: "A-A", Name: "职业道德", Kind: "set", Depth: 1, Weight: engine.Pt(5), Items: 5, Points: engine.Pt(5)},
			{Code: "A-A-A", Name: "职业道德基本知识", Kind: "open", Depth: 2}, {Code: "B", Name: "相关知识要求", Kind: "none", Weight: engine.Pt(75)}},
		Types:        []web.BlueprintType{{Type: "single", Items: 80, Points: engine.Pt(1), Together: engine.Pt(80)}, {Type: "judgement", Items: 20, Points: engine.Pt(1), Together: engine.Pt(20)}},
		Difficulties: []web.BlueprintGrade{{Difficulty: 1, Items: 10}, {Difficulty: 2, Items: 22}, {Difficulty: 3, Items: 42}, {Difficulty: 4, Items: 18}, {Difficulty: 5, Items: 8}},
		Importance:   []web.BlueprintBounds{{Name: "X", Min: 50}, {Name: "Y", Min: 10, Max: 50}, {Name: "Z", Max: 15}},
		Seconds:      web.BlueprintBounds{Min: 3900, Max: 4800},
		Supplement:   web.BlueprintSupplement{Cap: 10, Most: 10, Province: "天津", Document: "津医保局发〔2025〕101号 第（八）条"},
		Releases:     []string{"2026.1", "2026.1+120000"}, Tried: "2026.1+120000",
		Outlooks: []web.BlueprintOutlook{shortOutlook(), {Province: "天津", OK: true, Peak: 31,
			Stock: []web.BlueprintMargin{{Kind: "ranges", Name: "B-A 生活照护", Limit: 35, Best: 35, Slack: 0}, {Kind: "counts", Name: "judgement", Limit: 20, Best: 41, Slack: 22},
				{Kind: "difficulties", Name: "5", Limit: 8, Best: 40, Slack: 33}},
			Bounds: []web.BlueprintMargin{{Kind: "supplement_cap", Limit: 10, Slack: 10}, {Kind: "importance.min", Name: "X", Limit: 50, Best: 91, Slack: 41},
				{Kind: "importance.max", Name: "Z", Limit: 15, Best: 0, Slack: 15}, {Kind: "seconds.min", Limit: 3900, Best: 5100, Slack: 1200},
				{Kind: "seconds.max", Limit: 4800, Best: 3000, Slack: 1800}}}},
		Trail: []web.TrailRow{{At: now, By: "谷雨桐（tiku）", Action: "blueprint.published"}}}
}

func shortOutlook() web.BlueprintOutlook {
	return web.BlueprintOutlook{Short: 2, Lines: []string{"鉴定范围 B-C 应急处置 需要10题，可用8题，缺2题，没有可用试题的鉴定点：B-C-A-009"},
		Fixes: []string{"鉴定范围 B-C由10改为8，鉴定范围 B-A由35改为37", "同一鉴定点题数上限由1改为2"}}
}
