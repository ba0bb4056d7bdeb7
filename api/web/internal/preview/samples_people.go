package preview

import (
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
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
		{Name: "persons-refused", Page: "persons", User: office, Body: wrong},
		{Name: "person", Page: "person", User: office, Body: one},
		{Name: "person-refused", Page: "person", User: office, Body: refused},
		{Name: "person-shown", Page: "person", User: office, Body: shown},
		{Name: "person-watched", Page: "person", User: operator, Body: watched},
		{Name: "readings", Page: "readings", User: supervisor, Body: web.ReadingsView{Typed: web.ReadingsTyped{Account: "kaowu"}, Asked: true, Whose: "kaowu", Rows: rows, More: true}},
		{Name: "readings-none", Page: "readings", User: supervisor, Body: web.ReadingsView{Typed: web.ReadingsTyped{IDNumber: "990101190001010005"}, Asked: true, Whose: "𠮷**"}},
	}
}
