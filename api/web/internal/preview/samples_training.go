package preview

import (
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

func training(now time.Time) []Sample {
	school := staff("管培训", authz.Trainer, "")
	class := web.ClassRow{ID: "c1", Code: "HL2603", Name: "2026年第3期长期照护师培训班", Level: engine.Level5, From: now.AddDate(0, -2, 0), To: now, Teachers: "苏念慈", Trainees: 4}
	own := web.TrainingView{Org: "jinci", Name: "津慈职业培训学校", MayWrite: true, Typed: web.Typed{}, Classes: []web.ClassRow{class},
		Courses: []web.CourseRow{{ID: "k1", Name: "长期照护师五级课程", Level: 5, Basic: true, Theory: 60, Practical: 40, Below: 20}, {ID: "k2", Name: "四级课程", Level: 4, Theory: 60, Practical: 60}}}
	refused := own
	refused.Do, refused.Typed = "class", web.Typed{"course": "k1", "name": "护理班", "code": "h-1", "from": "2026-03-02"}
	refused.Problem = &web.Problem{Code: "training.invalid", Detail: "培训信息不正确，请按提示修改", Fields: []web.FieldProblem{{Name: "code", Code: "form", Detail: "班级编号为2至12位大写字母或数字"}}}
	read := own
	read.MayWrite, read.Bodies = false, []web.BodyRow{{ID: "jinci", Name: "津慈职业培训学校", Province: "天津"}}
	return append([]Sample{{Name: "training", Page: "training", User: school, Body: own}, {Name: "training-refused", Page: "training", User: school, Body: refused},
		{Name: "training-begin", Page: "training", User: school, Body: web.TrainingView{Org: "x", Name: "新开的学校", MayWrite: true, Typed: web.Typed{}}},
		{Name: "training-read", Page: "training", User: staff("秦若兰", authz.ExamOffice, ""), Body: read}}, append(classSamples(now, class, school), listSamples(now)...)...)
}

func listSamples(now time.Time) []Sample {
	labour := staff("任时", authz.Labour, "")
	project := web.ProjectRow{No: 1, District: "河西区", Name: "长期照护师初级2026年第一期", Mode: "线上+线下", Occupation: "长期照护师", Level: engine.Level5, Hours: 120, Genre: "其他培训",
		Planned: "2026年9月", Address: "河西区某路1号", Contact: "某某、022-00000000", Source: "津人社公示〔2026〕1号", Published: now}
	ended := project
	ended.No, ended.Name, ended.Gone, ended.Why = 2, "长期照护师初级2025年第四期", now, "已结束"
	row := web.ListedRow{ID: "l1", District: "河西区", Name: "津慈职业培训学校", Sort: "民办培训机构", CreditCode: "91120000MYYYYYY28C", Fits: true, Occupations: "长期照护师、养老护理员",
		Address: "河西区某路1号", Contact: "某某、022-00000000", Source: "津人社公示〔2026〕1号", Levels: engine.Levels(), Published: now,
		Hours: []web.LevelHours{{Level: engine.Level5, Least: 100, Most: 120}, {Level: engine.Level4, Least: 80, Most: 80}}, Projects: []web.ProjectRow{project, ended}}
	gone := row
	gone.ID, gone.Name, gone.Fits, gone.Gone, gone.Why, gone.Hours, gone.Projects = "l2", "滨海照护培训站", false, now, "停止办学", nil, nil
	public := web.TrainingListView{Province: "12", ProvinceName: "天津", Provinces: []web.Choice{{Value: "12", Label: "天津"}}, Rows: []web.ListedRow{row, gone}, Typed: web.Typed{}}
	desk := public
	desk.MayKeep, desk.Sorts, desk.Modes, desk.Genres = true, []string{"民办培训机构"}, []string{"线下"}, []string{"其他培训"}
	preview, refused := desk, desk
	preview.Typed = web.Typed{"annex": "6", "source": "津人社公示〔2026〕1号", "published": "2026-03-01"}
	preview.Plan = &web.ListPlanView{File: "机构目录.xlsx", Data: "eA==", New: 1, Refused: 1, Broken: []web.BrokenCell{{At: "D5", Column: "机构类型", Found: "培训公司", Allowed: "民办培训机构、职业院校"}},
		Rows: []web.ListLineRow{{Row: 3, Subject: "津慈职业培训学校", Step: "add"}, {Row: 4, Subject: "津慈职业培训学校", Step: "refuse", Code: "training.listed_twice", Detail: "同一机构只能出现一次：与第 3 行重复"}}}
	refused.Do, refused.Typed = "body", web.Typed{"name": "津护职业学院", "level-5": "on"}
	refused.Problem = &web.Problem{Code: "training.list_invalid", Detail: "公示名单信息不正确，请按提示修改", Fields: []web.FieldProblem{{Name: "credit_code", Code: "form", Detail: "18位统一社会信用代码"}}}
	lists := []web.NeedListRow{{ID: "n1", Filler: "河西区民政局", Body: "津慈职业培训学校", Annex: 3, On: now, People: 2, Documented: 1, Enrolled: 1}}
	needs := web.NeedsView{Rows: lists, MayHand: true, Bodies: []web.Choice{{Value: "jinci", Label: "津慈职业培训学校"}}, Typed: web.Typed{}}
	taken := needs
	taken.Typed = web.Typed{"annex": "3", "filler": "河西区民政局"}
	taken.Plan = &web.ListPlanView{File: "附件3.xlsx", Data: "eA==", New: 1, Rows: []web.ListLineRow{{Row: 3, Subject: "甲员工", Step: "ready"},
		{Row: 4, Subject: "乙员工", Step: "only", Code: "training.no_document", Detail: "没有证件号码，只作为培训需求保留；补登证件后可以入班"}}}
	need := web.NeedView{NeedListRow: lists[0], MayEnrol: true, Bases: []string{"newcomer", "practising"}, Typed: web.Typed{}, Classes: []web.ClassRow{{ID: "c1", Name: "第3期", Level: engine.Level5}},
		Needs: []web.NeedRow{{No: 1, Name: RareName, Age: 46, District: "河西区", Employer: "安怡护理院", Category: "企业职工", Occupation: "长期照护师", Level: engine.Level5, Genre: "其他培训",
			Planned: "2026年9月", Phone: "138******01", IDMasked: "1201************10", Class: "c1"}, {No: 2, Name: "乙员工", Occupation: "养老护理员", Phone: "138******02"}}}
	proposed := need
	proposed.Typed = web.Typed{"class": "c1", "basis": "practising"}
	proposed.Plan = &web.RollView{New: 1, Rows: []web.RollLine{{Row: 1, Name: "甲员工", Step: "enrol"}, {Row: 2, Name: "乙员工", Step: "refuse", Code: "training.no_document", Detail: "没有证件号码"}}}
	school := staff("管培训", authz.Trainer, "")
	return []Sample{{Name: "needs", Page: "needs", User: labour, Body: needs}, {Name: "needs-preview", Page: "needs", User: labour, Body: taken},
		{Name: "need", Page: "need", User: school, Body: need}, {Name: "need-proposed", Page: "need", User: school, Body: proposed}, {Name: "training-list", Page: "training-list", Body: public}, {Name: "training-list-desk", Page: "training-list", User: labour, Body: desk},
		{Name: "training-list-preview", Page: "training-list", User: labour, Body: preview}, {Name: "training-list-refused", Page: "training-list", User: labour, Body: refused},
		{Name: "training-list-choose", Page: "training-list", Body: web.TrainingListView{Provinces: public.Provinces, Typed: web.Typed{}}}}
}

func classSamples(now time.Time, class web.ClassRow, school *web.User) []Sample {
	v := web.ClassView{ClassRow: class, Org: "jinci", OrgName: "津慈职业培训学校", MayWrite: true, Over: true, Typed: web.Typed{},
		Bases: []string{"newcomer", "completed", "certified", "practising"},
		Staff: []web.TeacherRow{{Person: "t1", Name: "苏念慈"}, {Person: "t2", Name: "来听课", Reason: "只是来听课", Struck: true}},
		Rows: []web.TraineeRow{{Person: "p1", Name: RareName, No: 1, Basis: "newcomer", Since: now, Result: "going", Category: "农村转移劳动力"},
			{Person: "p2", Name: "钟离雪", No: 2, Basis: "practising", Proof: "安怡护理院", Since: now, Result: "passed", Hours: 120, Number: "PXHG-MYYYYYY28-HL2603-002", On: now, Late: true,
				Earlier: []web.EarlierRow{{Basis: "newcomer", Since: now.AddDate(0, 0, -7), At: now, Reason: "入班日期登记早了一周"}}},
			{Person: "p3", Name: "登错人", No: 3, Basis: "newcomer", Since: now, Result: "struck", Hours: 120, Number: "PXHG-MYYYYYY28-HL2603-003", On: now},
			{Person: "p4", Name: "早退", No: 4, Basis: "newcomer", Since: now.AddDate(0, -1, 0), Until: now, Result: "ended"}}}
	preview, read, refused := v, v, v
	preview.Plan = &web.RollView{File: "学员名册.xlsx", Data: "eA==", New: 1, Known: 1, Refused: 1, Broken: []web.BrokenCell{{At: "R5", Column: "入班日期", Found: "46083", Allowed: "2006-01-02 形式的日期"}},
		Rows: []web.RollLine{{Row: 2, Name: "甲学员", IDMasked: "1201************10", Step: "enrol"}, {Row: 3, Name: "乙学员", IDMasked: "1201************2X", Step: "known"},
			{Row: 4, Name: "丙学员", IDMasked: "1201************10", Step: "refuse", Code: "training.twice", Detail: "同一证件号码只能出现一次：与第 2 行重复"}}}
	done := preview
	plan := *preview.Plan
	plan.Done, plan.Data = true, ""
	done.Plan = &plan
	read.MayWrite = false
	refused.Do, refused.Typed = "p1", web.Typed{"result": "passed"}
	refused.Problem = &web.Problem{Code: "training.invalid", Detail: "培训信息不正确，请按提示修改", Fields: []web.FieldProblem{{Name: "hours", Code: "range", Detail: "请填写实际课时"}}}
	return []Sample{{Name: "class", Page: "class", User: school, Body: v}, {Name: "class-preview", Page: "class", User: school, Body: preview}, {Name: "class-done", Page: "class", User: school, Body: done},
		{Name: "class-read", Page: "class", User: staff("秦若兰", authz.ExamOffice, ""), Body: read}, {Name: "class-refused", Page: "class", User: school, Body: refused}}
}
