package preview

import (
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// bodies shows the directory to the public and to the authority, and a selection to those who take part in it.
func bodies(now time.Time) []Sample {
	labour, office := staff("任时", authz.Labour, "/bodies"), staff("秦若兰", authz.ExamOffice, "/selections")
	call := web.SelectionRow{Turn: web.NextRow{Step: "answer", Count: 2}, ID: "k1", Title: "长期照护师评价组织征集遴选", Document: "津人社〔2026〕1号", Province: "天津", Levels: engine.Levels(), Bodies: 1,
		Closes: now.AddDate(0, 0, -3), NoticeFrom: now, NoticeLast: now.AddDate(0, 0, 7), Noticed: []string{bodyName}}
	open := web.MeasureRow{No: 2, Measure: "suspended", Reason: "场地消防不合格", Document: "津人社监〔2026〕3号", By: "任时", From: now.AddDate(0, 0, -2)}
	lifted := web.MeasureRow{No: 1, Measure: "rectification", Reason: "专项整治", Document: "津人社监〔2025〕9号", By: "任时", From: now.AddDate(-1, 0, 0),
		Lifted: now.AddDate(0, -9, 0), LiftReason: "验收合格", LiftDocument: "津人社监〔2026〕1号"}
	row := web.BodyRow{ID: "jinheng", Name: bodyName, CreditCode: "91120000MYYYYYY1XC", Fits: true, Province: "天津", Category: "social", InForce: true,
		Filings: []web.FiledRow{{No: 1, Number: "S000012009999", Occupation: "4-14-01-03", Levels: []engine.Level{engine.Level5}, Capacity: 300, From: now.AddDate(-2, 0, 0),
			Until: now.AddDate(-1, 0, 0), Ended: now.AddDate(-1, 0, 0), EndReason: "由第2项备案代替", EndDocument: "津人社〔2025〕1号", Over: true},
			{No: 2, Number: "S000012009999", Occupation: "4-14-01-03", Levels: engine.Levels(), Capacity: 3000, From: now.AddDate(-1, 0, 0), Until: now.AddDate(2, 0, 0),
				Document: "津人社〔2025〕1号", Holds: true, Succeeds: true, MayEnd: true},
			{No: 3, Number: "S000012009999", Occupation: "4-10-01-05", Region: "120116", Levels: []engine.Level{engine.Level4}, Capacity: 100, From: now.AddDate(0, 3, 0),
				Until: now.AddDate(3, 0, 0), Document: "津人社〔2026〕8号", MayEnd: true}}}
	stopped := row
	stopped.ID, stopped.Name, stopped.Fits, stopped.Own, stopped.Measure, stopped.Measures = "binhai", "滨海照护评价站", false, true, &open, []web.MeasureRow{lifted, open}
	public := web.BodiesView{Day: now, Calls: []web.SelectionRow{call}, Evaluation: []web.BodyRow{row, stopped},
		Training: []web.BodyRow{{Name: "津慈职业培训学校", CreditCode: "91120000MYYYYYY28C", Province: "天津"}}}
	doubt := web.FilingView{Owners: []int{1, 2, 3, 4, 5}, Kinds: []string{"evaluation", "training"}, Categories: []string{"social"}, Levels: engine.Levels(), Doubt: true, Provinces: []web.Choice{{Value: "12", Label: "天津"}},
		Typed:   web.Typed{"kind": "evaluation", "name": "津衡", "credit_code": "91120000MYYYYYY1XX", "from": "2026-01-01"},
		Problem: &web.Problem{Code: "org.code_doubt", Detail: "校验位不符", Fields: []web.FieldProblem{{Name: "credit_code", Code: "doubt", Detail: "校验位不符"}}}}
	desk := public
	desk.MayFile = true
	desk.MayMeasure, desk.Do, desk.Typed = true, "binhai", web.Typed{"measure": "rectification", "from": "2026-03-01", "reason": "专项整治"}
	desk.Problem = &web.Problem{Code: "measure.invalid", Detail: "措施的内容不完整，请补充后再提交", Fields: []web.FieldProblem{{Name: "document", Code: "form", Detail: "请填写决定的文号"}}}
	filings := web.FilingsView{ID: row.ID, Name: row.Name, Province: row.Province, Day: now, Filings: row.Filings, Typed: web.Typed{}}
	adding := filings
	adding.MayFile, adding.Do, adding.Typed = true, "add", web.Typed{"number": "S000012009999", "occupation": "4-14-01-03", "from": "2026-05-01"}
	adding.Problem = &web.Problem{Code: "org.filing_invalid", Detail: "备案的内容不完整，请补充后再提交", Fields: []web.FieldProblem{{Name: "document", Code: "form", Detail: "请填写决定的文号"}}}
	return append([]Sample{
		{Name: "filings", Page: "filings", Body: filings},
		{Name: "filings-desk", Page: "filings", User: labour, Body: adding},
		{Name: "bodies", Page: "bodies", Body: public},
		{Name: "filing", Page: "filing", User: labour, Body: doubt},
		{Name: "bodies-desk", Page: "bodies", User: labour, Body: desk},
		{Name: "selections", Page: "selections", User: labour, Body: web.SelectionsView{Rows: []web.SelectionRow{call}, MayAnnounce: true, NoticeDays: 5,
			Materials: "申请报告｜四（一）1", Source: "吉医保联〔2025〕12号", Typed: web.Typed{}, Levels: engine.Levels()}},
		{Name: "selections-none", Page: "selections", User: office, Body: web.SelectionsView{Typed: web.Typed{}}},
	}, selectionSamples(now, call, labour, office)...)
}

func selectionSamples(now time.Time, call web.SelectionRow, labour, office *web.User) []Sample {
	report := web.MaterialRow{Key: "report", Name: "申请报告", Clause: "四（一）1"}
	said := &web.OpinionRow{For: true, Reason: "场地、人员、制度均符合", Name: "任时", At: now}
	own := web.ApplicationRow{Org: "jinheng", Name: bodyName, State: "draft", Turn: web.NextRow{Step: "fill-in", Until: now}, Lacking: true, Typed: web.Typed{"address": "某路1号", "leased": "yes", "head_name": "司马明"}, Address: "某路1号", Leased: true, LeaseFrom: now, LeaseTo: now.AddDate(5, 0, 0), Own: true, MayWithdraw: true,
		Files: []web.FileRow{{Material: report, Name: "报告.pdf", KiB: 120, Digest: "9f86d081"}, {Material: web.MaterialRow{Key: "form", Name: "申请表", Clause: "四（一）2"}}}}
	review := own
	review.Turn, review.Holders = web.NextRow{Step: "review"}, []web.HolderRow{{Head: true, Name: "司马明", Number: "1201************10"}, {Name: "津康健康集团", Number: "91120000MA0600060A", Percent: 60}}
	review.State, review.Own, review.MayReview, review.Submitted = "submitted", false, true, now
	decide := review
	decide.Org, decide.State, decide.MayReview, decide.MayDecide, decide.Review = "other", "reviewed", false, true, said
	noticed := decide
	decide.Turn, noticed.Turn = web.NextRow{Step: "decide"}, web.NextRow{Step: "notice", Until: now}
	noticed.State, noticed.MayDecide, noticed.Decision, noticed.MayObject, noticed.MayFile, noticed.Filing = "noticed", false, said, true, true, "S000012009999"
	noticed.Objections = []web.ApplicantObjection{{No: 1, From: "某单位", Text: "产权不实", On: now, MayAnswer: true}, {No: 2, Text: "另一件", On: now, Answered: now, Upheld: true, Answer: "查实"}}
	v := web.SelectionView{SelectionRow: call, Materials: []web.MaterialRow{report}, NoticeDays: 5, LeaseYears: 5, Typed: web.Typed{}, Owners: []int{1, 2, 3, 4, 5}}
	mine, theirs, begin := v, v, v
	mine.Applications, theirs.Applications, theirs.MayPublish, begin.MayApply = []web.ApplicationRow{own}, []web.ApplicationRow{review, decide, noticed}, true, true
	return []Sample{{Name: "selection-own", Page: "selection", User: office, Body: mine}, {Name: "selection-desk", Page: "selection", User: labour, Body: theirs},
		{Name: "selection-begin", Page: "selection", User: office, Body: begin}}
}
