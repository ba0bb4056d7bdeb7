package preview

import (
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// matters are the page of what follows results, to the office, to those who answer, and after a refusal, and a candidate's
// own part of it.
func matters(now time.Time) []Sample {
	office := mattersView(now)
	marker := web.MattersView{Session: "s1", SessionName: sessionName, Level: 5, ReadChecks: true, Checks: office.Checks[:1]}
	refused := office
	refused.Do, refused.Typed = web.MatterCase, web.MatterTyped{Ticket: "26120000010007", Facts: "考试中使用手机"}
	refused.Problem = &web.Problem{Code: "misconduct.invalid", Detail: "违纪案件填写不完整", Fields: []web.FieldProblem{{Name: "evidence", Code: "missing", Detail: "请填写证据"}}}
	empty := web.MattersView{Session: "s1", SessionName: sessionName, Level: 5, ReadChecks: true, ReadCases: true, ReadObjections: true}
	return []Sample{
		{Name: "matters", Page: "matters", User: staff("韦清和", authz.ExamOffice, "/office"), Body: office},
		{Name: "matters-marker", Page: "matters", User: staff(LongName, authz.Marker, "/desk"), Body: marker},
		{Name: "matters-refused", Page: "matters", User: staff("韦清和", authz.ExamOffice, "/office"), Body: refused},
		{Name: "matters-empty", Page: "matters", User: staff("韦清和", authz.ExamOffice, "/office"), Body: empty},
		{Name: "own-open", Page: "own-result", User: &web.User{Name: RareName, Role: authz.Candidate, Home: "/exam"}, Body: ownFollow(now)},
	}
}

func mattersView(now time.Time) web.MattersView {
	ruling := &web.CaseRulingRow{Text: "严重违纪", All: true, Reason: "携带并使用手机，监控可见", By: "韦清和", At: now, Until: now.AddDate(5, 0, 0)}
	return web.MattersView{Session: "s1", SessionName: sessionName, Level: 5, ReadChecks: true, ReadCases: true, ReadObjections: true, MayOpen: true, StatementDays: 5,
		Uncased: []web.UncasedRow{{Ticket: "26120000010021", Name: RareName, Components: []engine.Component{engine.Theory, engine.Practical},
			Said: []web.SaidRow{{Place: "第一考场", By: "监考甲", Words: "使用手机", At: now}, {ByLeader: true, Place: "二号考位", By: LongName, Words: "与他人交谈，两次提醒不改", At: now}}},
			{Ticket: "26120000010022", Name: LongName, Components: []engine.Component{engine.Practical}, Other: true}},
		Tiers: []web.Tier{{ID: "general", Text: "一般违纪", Acts: "擅自离开座位等", One: true}, {ID: "serious", Text: "严重违纪", Acts: "使用违禁设备等", Months: 60}},
		Checks: []web.CheckRow{{ID: "k1", Ticket: "26120000010007", Name: RareName, State: "forwarded", Component: engine.Theory, Words: "我记得都答了，怎么是零分？", Asked: now, Due: now, Overdue: true, Reply: true},
			{ID: "k2", Ticket: "26120000010009", Name: LongName, State: "asked", Component: engine.Practical, Words: "第二项没有给分", Asked: now, Due: now.AddDate(0, 0, 5), Forward: true},
			{ID: "k3", Ticket: "26120000010010", Name: Latin, State: "error", Component: engine.Practical, Words: "请核对", Asked: now, Answer: "第二项漏加 2 分",
				Found: &web.ComponentResult{Standing: engine.Scored, Points: 6150}, Digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Witness: true}},
		Cases: []web.CaseRow{{ID: "c1", Ticket: "26120000010011", Name: "钟离", State: "notified", FromRoom: true, Facts: "考试中使用手机", Evidence: []string{"监控录像 3 号机 10:21"}, Opened: now,
			StateBy: now.AddDate(0, 0, 5), Statement: "手机是关机的", Propose: true},
			{ID: "c2", Ticket: "26120000010012", Name: RareName, State: "proposed", Facts: "传递纸条", Evidence: []string{"纸条原件"}, Opened: now, StateBy: now, Proposal: ruling, Oneself: true},
			{ID: "c3", Ticket: "26120000010013", Name: LongName, State: "appealed", Facts: "替考", Evidence: []string{"照片比对"}, Opened: now, StateBy: now, Proposal: ruling, Decision: ruling,
				AppealBy: now, Appeal: "照片是旧照", Review: true}},
		Objections: []web.ObjectionRow{{ID: "o1", Name: "李群", Contact: "022-00000000", Words: "名单中有人没有到场", At: now, Reply: true},
			{ID: "o2", Name: "王众", Contact: "022-00000001", Words: "等级有误", At: now, Answer: "已核实，等级无误", Answered: now}}}
}

func ownFollow(now time.Time) web.OwnResultView {
	return web.OwnResultView{Sitter: sitter(RareName), Verdict: web.Open, Theory: &web.ComponentResult{Standing: engine.Scored, Points: 7850, PassMark: 6000, Passed: true},
		Practical: &web.ComponentResult{Standing: engine.Due}, PublicUntil: now.AddDate(0, 0, 3),
		Follow: web.FollowView{Awaits: []string{"check", "ruling", "component"}, Ask: []engine.Component{engine.Practical}, AskBy: now.AddDate(0, 0, 15), Refused: "machine",
			Checks: []web.CheckRow{{ID: "k1", State: "forwarded", Component: engine.Theory, Words: "怎么是零分？", Asked: now, Due: now.AddDate(0, 0, 10)}},
			Cases: []web.CaseRow{{ID: "c1", State: "notified", Facts: "考试中使用手机", Evidence: []string{"监控录像"}, StateBy: now.AddDate(0, 0, 5), Say: true},
				{ID: "c2", State: "decided", Facts: "传递纸条", Evidence: []string{"纸条"}, StateBy: now, Statement: "不是我的", AppealBy: now.AddDate(0, 0, 10), May: true,
					Decision: &web.CaseRulingRow{Text: "一般违纪", Component: engine.Theory, Reason: "属实", By: "陈督", At: now}}}}}
}
