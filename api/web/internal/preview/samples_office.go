package preview

import (
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

func sessionRow(now time.Time) web.SessionRow {
	return web.SessionRow{ID: "s1", Name: sessionName, Plan: "2026 年度认定计划", Level: 5, Theory: now, Practical: now.Add(5 * time.Hour), Step: web.StepTheory,
		Seats: 38, Capacity: 40, Checked: 34, Released: 30, Absent: 2, Refused: 3, Staff: 6, Findings: 1, TheoryDone: 3}
}

func officeView(now time.Time) web.OfficeView {
	second := sessionRow(now)
	second.ID, second.Name, second.Level, second.Step, second.Refused, second.Findings = "s2", "2026 年第 4 批三级长期照护师认定", 3, web.StepPublic, 0, 0
	second.TheoryDone, second.PractDone = 38, 38
	third := sessionRow(now)
	third.ID, third.Name, third.Level, third.Step, third.Seats, third.TheoryDone = "s3", "Batch 5 of 2026, level 4, afternoon", 4, web.StepSeats, 0, 0
	return web.OfficeView{Org: "津沽长护评价中心（备案号 S000012000001）", Sessions: []web.SessionRow{sessionRow(now), second, third},
		Plans: []web.PlanRow{{ID: "p1", Name: "2026 年度认定计划", State: "published", Year: 2026, Levels: engine.Levels(), Sessions: 3},
			{ID: "p2", Name: LongName, State: "draft", Year: 2027, Levels: engine.Levels()}}}
}

func sessionView(now time.Time) web.SessionView {
	plan := hallPlan(false)
	plan.Href = "/sessions/s1/rooms/r1/seats"
	return web.SessionView{Plans: []web.HallPlan{plan}, SessionRow: sessionRow(now), Ends: now.Add(100 * time.Minute), Release: "2026.1+120000", Blueprint: "L5-2026", Code: "4827", Registering: true, ClockAway: 60,
		Lockdown: &web.LockdownForm{Session: "s1", Required: true, Open: true, Opened: true, Running: 27, File: "/sessions/s1/exam.seb", Address: "kao.example.cn/sessions/s1/exam.seb",
			Keys: "0a5fd4a1c1a3b8a0e1d2c3b4a5968778695a4b3c2d1e0f00112233445566778899"[:64]},
		Conditions: []web.Choice{{Value: "5-1", Label: "年满16周岁，拟从事本职业或相关职业工作"}, {Value: "5-2", Label: "年满16周岁，正在从事本职业或相关职业工作"}},
		Rooms: []web.RoomRow{{ID: "r1", Name: "第一考场", Href: "/sessions/s1/rooms/r1", Component: engine.Theory, Capacity: 40, Seated: 38, Checked: 34, Released: 30, Absent: 2, Sitting: 27, Submitted: 3, Ends: now.Add(100 * time.Minute)},
			{ID: "r2", Name: "操作考室一", Component: engine.Practical, Capacity: 40, Seated: 38}},
		Duties:   []web.DutyRow{{Name: "宋知微", Role: authz.Invigilator, Room: "第一考场"}, {Name: "柏听澜", Role: authz.Examiner, Room: "操作考室一"}, {Name: "裴照", Role: authz.Leader, Room: "操作考室一"}},
		Relieved: []web.ReliefRow{{Name: "尉迟澜", Role: authz.Examiner, Reason: "与考生是近亲属，申请回避", At: now}}, Relieving: &web.ReliefTyped{Duty: "x", Reason: "误排"},
		People: []web.Choice{{Value: "x1", Label: "岑溪"}, {Value: "x2", Label: LongName}}, RoleNames: []authz.Role{authz.Invigilator, authz.Examiner, authz.Leader, authz.Supervisor},
		Refusals: []web.RefusalRow{{Who: "施**", Rule: "withdrawn", Reason: "考生已撤回报名：改报下一场"}},
		Imports: []web.RosterImport{{File: "第一批报名表（改）.xlsx", At: now, Taken: 31, More: 2, Left: []web.LeftRow{{Row: 7, Who: "穆*", Rule: "prior-level", Reason: "须有五级/初级工或以上职业技能等级证书"},
			{Row: 9, Who: "濮**", Rule: "id-number", Reason: "身份证号码不正确：校验位不符"}, {Row: 17, Who: "钟**", Rule: "cell", Column: "专业年限", Reason: "整年数"}}},
			{File: "第一批报名表.xlsx", At: now.Add(-time.Hour), Taken: 30, Left: []web.LeftRow{{Row: 9, Who: "濮**", Rule: "id-number", Reason: "身份证号码不正确：校验位不符"}}}},
		Broken: []web.QuarantineRow{{Sheet: "Sheet1", Row: 17, Column: "申报条件", Found: "9-9", Allowed: "5-1、5-2、5-3"}},
		Findings: []web.FindingRow{{Rule: "taught", Role: string(authz.Examiner), Staff: "甘棠", Candidate: "钟离雪", Path: []string{"考评员甘棠", "任教", "护理 2603 班", "学员钟离雪"}, Text: "2026-03 至 2026-06 任教同一班级", At: now, Key: "1"},
			{Rule: "shared-contact", Role: string(authz.Supervisor), Staff: "沈霁", Candidate: "濮阳晴", Path: []string{"质量督导员沈霁", "联系电话", "138****8000", "同一电话的濮阳晴"}, Text: "与考生登记的地址或联系电话相同，须核实是否有利害关系", At: now, Key: "2", Soft: true, Contested: true},
			{Rule: "shared-contact", Role: string(authz.Examiner), Staff: "郁离", Candidate: "濮阳晴", Path: []string{"考评员郁离", "联系电话", "138****8000", "同一电话的濮阳晴"}, Text: "与考生登记的地址或联系电话相同，须核实是否有利害关系", At: now, Key: "3", Soft: true, Waiver: "asked", Reason: "社区服务站的公用电话", AskedBy: "韦清和"},
			{Rule: "shared-contact", Role: string(authz.Marker), Staff: "郁离", Candidate: "濮阳晴", Path: []string{"阅卷负责人郁离", "联系电话", "138****8000", "同一电话的濮阳晴"}, Text: "与考生登记的地址或联系电话相同，须核实是否有利害关系", At: now, Key: "4", Soft: true, Waiver: "granted", Reason: "社区服务站的公用电话", AskedBy: "韦清和", DecidedBy: "顾衡"}},
		MayAskWaiver: true, MayDecideWaiver: true,
		Proposal: &web.StaffProposal{Duties: []web.ProposedRow{{Name: "尉迟澜", Role: authz.Examiner, Room: "操作考室一", Value: "p examiner p1"}, {Name: "令狐安", Role: authz.Supervisor, Value: "q supervisor "}},
			Short: []web.ShortRow{{Role: string(authz.Examiner), Room: "操作考室二", Need: 3, Missing: 2, Holders: 5, Busy: 1, Served: 1, Tied: 2}}},
		Next:    []web.SessionAction{{Key: "forms", Path: "forms"}, {Key: "practical-draw", Path: "practical-draw"}},
		Problem: &web.Problem{Code: "separation.refused", Detail: "与考生有关联，不能安排：考评员甘棠 → 任教 → 护理 2603 班 → 学员钟离雪"}}
}

func resultsView(now time.Time) web.ResultsView {
	sat := func(p engine.Points, pass bool) web.ComponentResult {
		return web.ComponentResult{Standing: engine.Scored, Points: p, PassMark: engine.Pt(60), Passed: pass}
	}
	return web.ResultsView{Session: "s1", SessionName: sessionName, Level: 5, TheorySealed: true, PracticalSealed: true, PublicUntil: now.AddDate(0, 0, 5), PublicHref: "/publicity/s1", MayFinal: true, Holds: holdsPart(now),
		Rows: []web.ResultRow{
			{Ticket: "26120000010007", Name: RareName, Theory: sat(7850, true), Practical: sat(engine.Pt(81), true), Verdict: web.Passed},
			{Ticket: "26120000010008", Name: LongName, Theory: sat(engine.Pt(91), true), Practical: sat(engine.Pt(59), false), Verdict: web.Failed},
			{Ticket: "26120000010009", Name: Latin, Theory: web.ComponentResult{Standing: engine.Absent}, Practical: web.ComponentResult{Standing: engine.Absent}, Verdict: web.Failed}}}
}
