package preview

import (
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

func sessionForm() web.SessionFormView {
	return web.SessionFormView{Plan: "p1", PlanName: "2026 年度认定计划", Year: 2026, Spread: 60, Late: 30, MostRooms: 30,
		Blueprints: []web.BlueprintChoice{{ID: "L5-2026", Release: "2026.1+120000", Level: 5}, {ID: "L4-2026", Release: "2026.1+120000", Level: 4}},
		Minutes:    []web.LevelMinutes{{Level: 5, Minutes: 90}, {Level: 4, Minutes: 90}},
		Typed:      web.SessionTyped{Spread: "0", Rooms: []web.RoomTyped{{Component: "theory"}, {Component: "practical"}}}}
}

// amendForms are the form as it amends a planned session: filled in, refused, and of a session whose candidates have seats.
func amendForms() (form, refused, late web.SessionFormView) {
	form = sessionForm()
	form.Amends = &web.SessionAmended{ID: "s1", Name: sessionName, Level: 5, Blueprint: "L5-2026", Release: "2026.1+120000", Seen: "0", Accepted: 28,
		Duties: []web.DutyRow{{Name: "宋知微", Role: authz.Invigilator, Room: "t1"}, {Name: "柏听澜", Role: authz.Invigilator, Room: "t1"}}}
	form.Typed = web.SessionTyped{TheoryOpens: "2026-11-24T09:00", TheoryCloses: "2026-11-24T10:30", PracticalOpens: "2026-11-24T13:00", PracticalCloses: "2026-11-24T17:00",
		Spread: "30", Rooms: []web.RoomTyped{{ID: "t1", Component: "theory", Name: "第一理论考场", Capacity: "30", Columns: "6", Reserve: "2"},
			{ID: "p1", Component: "practical", Name: LongName, Capacity: "30"}}}
	refused = form
	refused.Typed.Reason = "机房停电，改到教学楼"
	refused.Problem = &web.Problem{Code: "session.amend_duty", Detail: "考场已安排工作人员，不能撤销或改作另一科目：韦清和（监考员，第二理论考场）"}
	late = form
	late.Amends = &web.SessionAmended{ID: "s1", Name: sessionName, Level: 5, Refused: &web.Problem{Code: "session.amend_seated", Detail: "已有考生排座，时间和考场不能再改"}}
	return form, refused, late
}

// planning are the forms of plans and sessions.
func planning(now time.Time) []Sample {
	office := staff("韦清和", authz.ExamOffice, "/office")
	plan := web.PlanFormView{Org: "津沽长护评价中心", Filings: []web.FiledRow{{Number: "S000012000001", Levels: []engine.Level{5, 4}, From: now.AddDate(-1, 0, 0), Until: now.AddDate(2, 0, 0)}}, Year: "2026"}
	wrong := plan
	wrong.Year, wrong.Levels = "26", []engine.Level{3}
	wrong.Problem = &web.Problem{Code: "plan.invalid", Detail: "认定计划不正确", Fields: []web.FieldProblem{{Name: "name", Code: "form", Detail: "缺少名称或名称过长"},
		{Name: "year", Code: "range", Detail: "年度不正确"}, {Name: "levels", Code: "unknown", Detail: "等级不正确或重复"}}}
	refused := sessionForm()
	refused.Typed = web.SessionTyped{Name: sessionName, Blueprint: "L5-2026", TheoryOpens: "2026-11-24T09:00", TheoryCloses: "2026-11-24T10:00", PracticalOpens: "2026-11-24T09:30",
		PracticalCloses: "2026-11-24T17:00", Spread: "90", Rooms: []web.RoomTyped{
			{Component: "theory", Name: "第一理论考场", Capacity: "30", Columns: "6", Reserve: "31", Machines: "\nA02\nA03\nA03", Hall: "体育馆机房", Parts: "2", Part: "3"},
			{Component: "practical", Name: "技能考核站一", Capacity: "x"}, {Component: "practical", Name: LongName, Capacity: "12"}}}
	refused.Problem = &web.Problem{Code: "session.invalid", Detail: "场次信息不正确", Fields: []web.FieldProblem{{Name: "theory", Code: "short", Detail: "理论知识考试不少于90分钟"},
		{Name: "practical", Code: "overlap", Detail: "两个科目的时间不能重叠"}, {Name: "spread", Code: "range", Detail: "开考错峰应为0至60秒"},
		{Name: "rooms.1", Code: "reserve", Detail: "备用座位数应少于座位数"}, {Name: "rooms.1", Code: "machine_twice", Detail: "机器编号重复"},
		{Name: "rooms.1", Code: "part", Detail: "共用考场的场次数应为2至9，第几个场次不能更大"}, {Name: "rooms.2", Code: "capacity", Detail: "座位数应为不小于0的整数"}}}
	none := sessionForm()
	none.Blueprints = nil
	amend, amendRefused, amendLate := amendForms()
	return []Sample{
		{Name: "session-planned", Page: "session", User: office, Body: sessionPlanned(now)},
		{Name: "session-amend", Page: "session-form", User: office, Body: amend},
		{Name: "session-amend-refused", Page: "session-form", User: office, Body: amendRefused},
		{Name: "session-amend-late", Page: "session-form", User: office, Body: amendLate},
		{Name: "plan-form", Page: "plan-form", User: office, Body: plan},
		{Name: "plan-form-refused", Page: "plan-form", User: office, Body: wrong},
		{Name: "session-form", Page: "session-form", User: office, Body: sessionForm()},
		{Name: "session-form-refused", Page: "session-form", User: office, Body: refused},
		{Name: "session-form-none", Page: "session-form", User: office, Body: none},
	}
}

// sessionPlanned is a session's page before anybody has a seat.
func sessionPlanned(now time.Time) web.SessionView {
	v := sessionView(now)
	v.Planned = &web.SessionPlanned{Amendments: []web.AmendmentRow{{At: now, By: "韦清和",
		Text: "理论考试 2026-11-24 09:00 至 2026-11-24 10:30 → 2026-11-25 09:00 至 2026-11-25 10:30；第一考场 座位数 30 → 40；原因：机房停电，顺延一天"}}}
	v.Beyond = &web.YearBeyond{Year: 2026, Filed: 300, Sessions: 11, Places: 330, Beyond: 30}
	v.Plans, v.Next, v.Problem, v.ClockAway = nil, []web.SessionAction{{Key: "seats", Path: "seats"}}, nil, 0
	v.Seats, v.Step = 0, web.StepSeats
	return v
}

// lockdownRefused is a session's page on which the form of the lockdown came back, while people sit.
func lockdownRefused(now time.Time) web.SessionView {
	v := sessionView(now)
	v.Problem = &web.Problem{Code: "session.lockdown", Detail: "锁定浏览器的设置不正确"}
	v.Planned = &web.SessionPlanned{Refused: &web.Problem{Code: "session.amend_seated", Detail: "已有考生排座，时间和考场不能再改"}}
	form := *v.Lockdown
	form.Required, form.File, form.Opened, form.Running = false, "", true, 34
	form.Refused = &web.LockdownTyped{Required: true, Keys: "xyz", Problem: &web.Problem{Code: "session.lockdown", Fields: []web.FieldProblem{
		{Name: "browser_keys", Code: "form", Detail: "第1个浏览器密钥不是64位十六进制数"}, {Name: "reason", Code: "form", Detail: "须写明原因，不超过300字"}}}}
	v.Lockdown = &form
	return v
}
