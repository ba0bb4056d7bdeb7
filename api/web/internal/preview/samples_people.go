package preview

import (
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/separation"
)

// persons shows a search, a person before, while and after their details are read in clear, and the readings.
func persons(now time.Time) []Sample {
	office, supervisor, operator := staff("韦清和", authz.ExamOffice, "/persons"), staff("杜明远", authz.Supervisor, "/readings"), staff("齐思远", authz.Operator, "/persons")
	found := web.PersonsView{Typed: web.PersonTyped{IDType: "201", Name: RareName}, Asked: true, More: true, Rows: []web.PersonRow{
		{ID: "p1", Name: RareName, IDType: "居民身份证", NumberMask: "9901************05", PhoneMasked: "199******31"},
		{ID: "p2", Name: LongName, IDType: "港澳居民来往内地通行证", NumberMask: "H123***78"}}}
	wrong := web.PersonsView{Typed: web.PersonTyped{IDType: "passport", IDNumber: "E1", Phone: "199"},
		Problem: &web.Problem{Code: "person.query", Detail: "请填写证件号码、手机号码、姓名中的一项，须完整"}}
	one := web.PersonView{PersonRow: found.Rows[0], MayClear: true, MayApply: true, Applications: []web.PersonApplication{
		{Session: "s1", Name: sessionName, Level: 5, Day: now, Accepted: true},
		{Session: "s0", Name: "2026 年第 3 批四级长期照护师认定", Level: 4, Day: now.AddDate(0, -3, 0), Reasons: []string{"累计从业须满5年，填报3年", "缺少工作年限证明"}}},
		Trail: []web.TrailRow{{At: now.AddDate(0, -4, 0), By: "韦清和（kaowu）", Action: "person.registered"},
			{At: now, By: "韦清和（kaowu）", Action: "person.amended", Note: "姓名“田禾”改为“" + RareName + "”；身份证核对"}}}
	one.Pairs = []web.TwinRow{pairOf(now)}
	refused, shown, watched := one, one, one
	refused.Typed = web.ClearTyped{Phone: true}
	refused.Problem = &web.Problem{Code: "reading.purpose", Detail: "查看完整信息前，请选择要看的内容并写明用途",
		Fields: []web.FieldProblem{{Name: "purpose", Code: "form", Detail: "请写明用途，2至200个字"}}}
	shown.Shown = &web.PersonShown{Number: "990101190001010005", Phone: "19900007731"}
	rows := []web.ReadingRow{{At: now, By: "韦清和", Whom: "𠮷**", Count: 1, Fields: []string{"id_number", "phone"}, Purpose: "核对报名材料"},
		{At: now.AddDate(0, 0, -1), By: "应书澜", Export: "s1.xlsx", Count: 31, Fields: []string{"id_number"}, Purpose: "上报国家职业技能等级证书数据"}}
	watched.MayWatch, watched.Readings, watched.MayApply = true, rows[:1], false
	return []Sample{
		{Name: "persons", Page: "persons", User: office, Body: web.PersonsView{}},
		{Name: "persons-found", Page: "persons", User: office, Body: found},
		{Name: "persons-none", Page: "persons", User: office, Body: web.PersonsView{Typed: web.PersonTyped{Phone: "19900000000"}, Asked: true}},
		{Name: "persons-register", Page: "persons", User: office, Body: web.PersonsView{MayRegister: true}},
		{Name: "persons-register-refused", Page: "persons", User: office, Body: web.PersonsView{MayRegister: true, Do: web.PersonEntry,
			Entry: web.PersonEntryTyped{IDType: "201", IDNumber: "990101197005010149", Name: "甘棠"},
			Problem: &web.Problem{Code: "person.invalid", Detail: "人员信息不完整或不正确", Fields: []web.FieldProblem{
				{Name: "id_number", Code: "form", Detail: "身份证号码不正确：校验位不符"}, {Name: "sex", Code: "unknown", Detail: "性别应为男或女"}}}}},
		{Name: "persons-refused", Page: "persons", User: office, Body: wrong},
		{Name: "person", Page: "person", User: office, Body: one},
		{Name: "person-refused", Page: "person", User: office, Body: refused},
		{Name: "person-shown", Page: "person", User: office, Body: shown},
		{Name: "person-watched", Page: "person", User: operator, Body: watched},
		{Name: "pairs", Page: "pairs", User: supervisor, Body: web.PairsView{Rows: []web.TwinRow{pairOf(now)}}},
		{Name: "pair", Page: "pairs", User: supervisor, Body: web.PairsView{Rows: []web.TwinRow{pairOf(now)}, One: true, Ground: "photos",
			Problem: &web.Problem{Code: "pair.invalid", Detail: "说明不完整，请补充后再提交", Fields: []web.FieldProblem{{Name: "reason", Code: "missing", Detail: "请填写"}}}}},
		{Name: "ties", Page: "ties", User: supervisor, Body: tiesOf(now)},
		{Name: "ties-none", Page: "ties", User: office, Body: web.TiesView{Name: RareName, Here: "/persons/p1/ties", MayRecord: true, Ways: tieWays(),
			Do: "new", Typed: web.Typed{"way": "employs-to", "other": "同名护理院"}, Problem: &web.Problem{Code: "separation.tie", Detail: "关系记录不正确",
				Fields: []web.FieldProblem{{Name: "other", Code: "unknown", Detail: "有2家机构叫这个名称，请填写统一社会信用代码"}}}}},
		{Name: "readings", Page: "readings", User: supervisor, Body: web.ReadingsView{Typed: web.ReadingsTyped{Account: "kaowu"}, Asked: true, Whose: "kaowu", Rows: rows, More: true}},
		{Name: "readings-none", Page: "readings", User: supervisor, Body: web.ReadingsView{Typed: web.ReadingsTyped{IDNumber: "990101190001010005"}, Asked: true, Whose: "𠮷**"}},
	}
}

// tiesOf are a person's ties: to a long-named body that is contested, to a class, to kin.
func tiesOf(now time.Time) web.TiesView {
	school := web.TieEnd{Name: "天津津慈职业培训学校（演示）", Type: "org", Href: "/bodies/tj-jinci/ties", More: true, Ties: []web.TieEdge{
		{Kind: separation.Trains, Span: "2026-03-02 – 2026-06-30", Over: true, End: web.TieEnd{Name: "护理 2603 班", Type: "class"}},
		{Kind: separation.Owns, Percent: 60, Back: true, End: web.TieEnd{Name: "天津津康健康产业集团有限公司", Type: "org"}},
		{Kind: separation.Employs, Span: "2024-09-01 –", End: web.TieEnd{Name: LongName, Type: "person", Href: "/persons/p2/ties"}}}}
	return web.TiesView{Name: RareName, Here: "/persons/p1/ties", MayRecord: true, Ways: tieWays(), Next: "2 x",
		Graph: web.TieEnd{Name: RareName, Type: "person", Ties: []web.TieEdge{
			{Kind: separation.Employs, Back: true, Span: "2020-01-01 –", Contested: true, End: school},
			{Kind: separation.Kin, End: web.TieEnd{Name: "钟离雪", Type: "person", Href: "/persons/p3/ties"}},
			{Kind: separation.Reached, End: web.TieEnd{Name: "138****8000", Type: "contact"}}}},
		Rows: []web.TieRow{
			{ID: "t1", Kind: separation.Employs, Back: true, Other: school.Name, OtherHref: school.Href, Span: "2020-01-01 –", Source: "报名表“所在单位”栏", Contested: true,
				MayEnd: true, MayContest: true, Said: []web.TrailRow{{At: now, By: "韦清和（kaowu）", Action: "tie.contested", Note: "已于上月离职"}}},
			{ID: "t2", Kind: separation.Kin, Other: "钟离雪", OtherHref: "/persons/p3/ties", Source: "本人声明", MayEnd: true, MayContest: true},
			{ID: "t3", Kind: separation.Mentors, Other: LongName, Source: "登记有误", Never: true, MayContest: true}}}
}

func tieWays() (all []web.TieWay) {
	for _, v := range []string{"attends-from", "declared-from", "employs-to", "kin-from", "mentors-from", "mentors-to", "owns-from", "teaches-from"} {
		all = append(all, web.TieWay{Value: v})
	}
	return all
}

func pairOf(now time.Time) web.TwinRow {
	return web.TwinRow{ID: "pair1", State: "asked", Shared: []string{"phone", "photo"}, MayDecide: true, MayTakeBack: true, Theirs: true, MayAsk: true,
		Persons: []web.TwinPerson{{Name: "李*", IDType: "居民身份证", Number: "9901************05"}, {Name: "李*", IDType: "护照", Number: "E123***78"}},
		Trail:   []web.TrailRow{{At: now.AddDate(0, 0, -2), Action: "pair.presumed"}, {At: now, By: "韦清和", Action: "pair.asked", Note: "两人都带原件到场"}}}
}
