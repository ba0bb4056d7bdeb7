package preview

import (
	"slices"
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// Names that try the layout: a rare character, a name of fifty characters, and a long Latin one. All invented.
const (
	RareName = "𠮷田禾"
	LongName = "阿不都热合曼·买买提吐尔逊·努尔艾力·玉素甫江·亚库甫·图尔荪托合提·艾合买提江·阿卜杜拉·萨比"
	Latin    = "Maximiliana Konstantinopolskaya-Featherstonehaugh"
)

// Sample is one page with an invented view.
type Sample struct {
	Name string // last part of its address, /p/{name}
	Page string
	User *web.User
	Said *web.Notice
	Body any
}

// Samples lists a view of every page, some pages in several states, at the time now.
func Samples(now time.Time) []Sample {
	office := staff("韦清和", authz.ExamOffice, "/office")
	all := public(now)
	all = append(all, candidates(now)...)
	all = append(all, practice(now)...)
	all = append(all, controls(now)...)
	all = append(all, bank(now)...)
	all = append(all, blueprints(now)...)
	all = append(all, drawing(now)...)
	all = append(all, seating(now)...)
	all = append(all, handIns(now)...)
	all = append(all, receipts(now)...)
	all = append(all, archives(now)...)
	all = append(all, remarks(now)...)
	all = append(all, rooms(now)...)
	all = append(all, planning(now)...)
	all = append(all, register(now)...)
	all = append(all, checking(now)...)
	all = append(all, layouts(now)...)
	all = append(all, awards(now)...)
	all = append(all, recognitions(now)...)
	all = append(all, matters(now)...)
	all = append(all, bodies(now)...)
	all = append(all, training(now)...)
	all = append(all, persons(now)...)
	all = append(all, applications(now)...)
	return append(all,
		Sample{Name: "desk", Page: "desk", User: staff(LongName, authz.ExamOffice, "/desk"), Body: web.DeskView{Tasks: []web.DeskTask{
			{Key: "office", Href: "/office", Note: "3 个场次", Count: 3}, {Key: "rooms", Href: "/office", Note: "第一考场", Count: 40},
			{Key: "certificates", Href: "/certificates", Count: 12}, {Key: "bank", Href: "/bank", Count: -1}},
			Past: []web.DeskTask{{Key: "seal-practical", Href: "/sessions/s0/seals/practical", Note: "2026 年第 3 批四级长期照护师认定"}, {Key: "matters", Href: "/sessions/s0/matters", Note: "2026 年第 3 批四级长期照护师认定"}}}},
		Sample{Name: "office", Page: "office", User: office, Body: officeView(now)},
		Sample{Name: "session", Page: "session", User: office, Body: sessionView(now)},
		Sample{Name: "session-lockdown", Page: "session", User: office, Body: lockdownRefused(now)},
		Sample{Name: "results", Page: "results", User: office, Body: resultsView(now)},
		Sample{Name: "results-empty", Page: "results", User: office, Body: web.ResultsView{Session: "s1", SessionName: sessionName, Level: 5, TheorySealed: true}},
	)
}

const sessionName = "2026 年第 4 批五级长期照护师认定（上午场）"

func public(now time.Time) []Sample {
	rows := []web.PublicityRow{{Ticket: "0007", Name: "𠮷**", Verdict: web.Passed}, {Ticket: "0011", Name: "阿" + "*********", Verdict: web.Open}, {Ticket: "0012", Name: "钟**", Verdict: web.Failed}}
	return []Sample{
		{Name: "home", Page: "home", Body: web.HomeView{Publicity: []web.PublicityLink{{Session: "s1", Name: sessionName, Until: now.AddDate(0, 0, 5)}}}},
		{Name: "verify", Page: "verify", Body: web.VerifyView{Lists: []int{1}, Keys: true}},
		{Name: "verify-problem", Page: "verify", Body: web.VerifyView{Number: "Y0012", Name: "", Problem: &web.Problem{Code: "request.body",
			Detail: "请求内容不正确", Fields: []web.FieldProblem{{Name: "number", Code: "missing", Detail: "请填写证书编号"}}}}},
		{Name: "verify-valid", Page: "verify", Body: web.VerifyView{Number: number, Name: RareName, Answer: answer(now, web.Valid)}},
		{Name: "verify-superseded", Page: "verify", Body: web.VerifyView{Answer: answer(now, web.Superseded)}},
		{Name: "verify-revoked", Page: "verify", Body: web.VerifyView{Answer: answer(now, web.Revoked)}},
		{Name: "verify-altered", Page: "verify", Body: web.VerifyView{Answer: answer(now, web.Altered)}},
		{Name: "verify-altered-page", Page: "verify", Body: web.VerifyView{Answer: edited(answer(now, web.Altered))}},
		{Name: "verify-altered-scan", Page: "verify", Body: web.VerifyView{Answer: scanned(unsaid(answer(now, web.Altered)))}},
		{Name: "verify-unknown", Page: "verify", Body: web.VerifyView{Number: "Y000000000000000000000", Name: "钟离", Answer: &web.Answer{Standing: web.Unknown, By: "number", Checked: now}}},
		{Name: "verify-altered-looks", Page: "verify", Body: web.VerifyView{Answer: unsaid(answer(now, web.Altered))}},
		{Name: "verify-altered-lost", Page: "verify", Body: web.VerifyView{Answer: &web.Answer{Standing: web.Altered, By: web.ByFile, Checked: now,
			Proof: []web.Proof{{Key: "integrity", Detail: "签章之后又添加了内容", Code: "pdf.appended"}}}}},
		{Name: "verify-unknown-file", Page: "verify", Body: web.VerifyView{Answer: &web.Answer{Standing: web.Unknown, By: web.ByFile, Checked: now,
			Proof: []web.Proof{{Key: "seal", Detail: "文件没有电子签章", Code: "pdf.not_sealed"}}}}},
		{Name: "verify-unknown-seal", Page: "verify", Body: web.VerifyView{Answer: &web.Answer{Standing: web.Unknown, By: web.ByFile, Checked: now,
			Proof: []web.Proof{{Key: "integrity", OK: true}, {Key: "seal", OK: true}, {Key: "trust", Detail: "签章证书已作废，且不能证明签章在此之前", Code: "seal.revoked"}}}}},
		{Name: "verify-file-refused", Page: "verify", Body: web.VerifyView{File: true, Problem: &web.Problem{Code: "pdf.not_pdf", Detail: "不是PDF文件"}}},
		{Name: "verify-ended", Page: "verify", Body: web.VerifyView{Lists: []int{1, 2}, Answer: &web.Answer{Standing: web.Unknown, By: "share", Checked: now}}},
		{Name: "login", Page: "login", Body: web.LoginView{AskCode: true, Demo: []web.DemoAccount{{Role: authz.ExamOffice, Account: "office", Password: "demo-7QF2"}, {Role: authz.Labour, Account: "labour-tianjin", Password: "demo-9KXM"}}}},
		{Name: "login-refused", Page: "login", Body: web.LoginView{Account: "office", Problem: &web.Problem{Code: "login.refused", Detail: "登录信息不正确，请核对后重新输入"}}},
		{Name: "candidate-login", Page: "candidate-login", Body: web.CandidateLoginView{Demo: []web.DemoTicket{{Name: RareName, Ticket: "26120000010007", IDTail: "02123X", Code: "4827"}}}},
		{Name: "candidate-login-voided", Page: "candidate-login", Body: web.CandidateLoginView{Ticket: "26120000010007", Problem: &web.Problem{Code: "login.cancelled", Detail: "您的本场考试资格已被取消，现在不能登录。本场考试结束后，或者评价机构告知违纪情况后，可以再用准考证登录，查看告知、陈述申辩、查看成绩、申请复核"}}},
		{Name: "candidate-login-lockdown", Page: "candidate-login", Body: web.CandidateLoginView{Lockdown: lockdownHow()}},
		{Name: "publicity", Page: "publicity", Body: web.PublicityView{Session: "s1", Name: sessionName, Org: "津沽长护评价中心", Level: 5, From: now, Until: now.AddDate(0, 0, 7), Contact: "津沽长护评价中心质量督导室 022-0000 0000", Rows: rows,
			Waivers: []web.WaiverRow{{Role: "examiner", Staff: "甘*", Candidate: "钟**", Rule: "与考生登记的地址或联系电话相同，须核实是否有利害关系", Reason: "同一社区服务站的公用电话", At: now}}}},
		{Name: "publicity-over", Page: "publicity", Body: web.PublicityView{Session: "s1", Name: sessionName, Org: "津沽长护评价中心", Level: 5, Contact: "津沽长护评价中心质量督导室 022-0000 0000", Over: true,
			Waivers: []web.WaiverRow{{Role: "examiner", Staff: "甘*", Candidate: "钟**", Rule: "与考生登记的地址或联系电话相同，须核实是否有利害关系", Reason: "同一社区服务站的公用电话", At: now}}}},
		{Name: "error", Page: "error", Body: web.ErrorView{Status: 503, Kind: "unavailable", Problem: web.Problem{Code: "store.unavailable", Detail: "数据库暂时不可用，内容未保存"}, Ref: "R-7F3K"}},
		{Name: "error-conflict", Page: "error", User: staff("韦清和", authz.ExamOffice, ""), Body: web.ErrorView{Status: 409, Kind: "conflict", Problem: web.Problem{Code: "store.stale", Detail: "内容已被他人修改，请重新载入后再试"}}},
	}
}

func lockdownHow() *web.Lockdown {
	return &web.Lockdown{File: "/sessions/s1/exam.seb", Open: "sebs://kao.example.cn/sessions/s1/exam.seb"}
}

const number = "Y001200000112600000071"

func answer(now time.Time, standing web.Standing) *web.Answer {
	since := now.AddDate(0, -1, 0)
	a := &web.Answer{Standing: standing, By: "number", Number: number, Since: since, Checked: now, Demo: true, Photo: portrait,
		Fields: []web.Printed{{Key: "number", Value: number}, {Key: "name", Value: RareName}, {Key: "id_type", Value: "居民身份证"},
			{Key: "id_number", Value: "1201************3X"}, {Key: "occupation", Value: "健康照护师"}, {Key: "work_type", Value: "长期照护师"},
			{Key: "level", Value: "五级／初级工"}, {Key: "org", Value: "津沽长护评价中心"}, {Key: "filing", Value: "S000012000001"}, {Key: "issued_on", Value: "2026-10-24"}, {Key: "remark", Value: "–"}},
		History: []web.StateEvent{{At: since, State: "issued", Edition: 1}}}
	a.Edition, a.Pictured, a.Log = 1, true, &web.LogPlace{Leaf: 4711, Size: 5280, Published: true, Proof: "/log/proof/4711",
		Cosigned: []web.Cosigned{{Witness: "witness.example.net", At: now.Add(-time.Minute)}}}
	switch standing {
	case web.Superseded:
		a.History = append(a.History, web.StateEvent{At: now, State: "corrected", Edition: 2, Reason: "姓名更正后补发"})
		a.Holds, a.Fields[1].Now = &web.Holding{Edition: 2, Since: now, Reason: "姓名更正后补发"}, "𠮷田和"
		a.Fields[len(a.Fields)-1].Now, a.Since = "更正", now
	case web.Revoked:
		a.History = append(a.History, web.StateEvent{At: now, State: "revoked", Reason: "冒名顶替，经核实取消成绩"})
		a.Proof = []web.Proof{{Key: "record", OK: true, Detail: number}}
	case web.Altered:
		a.By, a.Fields[6].Found, a.OtherPic = web.ByFile, "三级", true
		a.Proof = []web.Proof{{Key: "seal", OK: true}, {Key: "integrity", Detail: "签章之后又添加了内容", Code: "pdf.appended"}, {Key: "trust", OK: true}, {Key: "record"}}
	}
	return a
}

// unsaid is an altered file whose own words do not differ.
func unsaid(a *web.Answer) *web.Answer {
	for i := range a.Fields {
		a.Fields[i].Found = ""
	}
	a.OtherPic = false
	return a
}

// edited is an altered file whose page says otherwise.
func edited(a *web.Answer) *web.Answer {
	a.Pages = &web.PageReadout{Readable: true, Photo: true, Drawing: true, Added: []string{"Level 3, Advanced"}, Missing: []string{"Level 5, Elementary"}}
	for _, f := range a.Fields[:len(a.Fields)-1] {
		a.Pages.Rows = append(a.Pages.Rows, web.PageRow{Key: f.Key, Found: f.Value, Recorded: f.Value, State: "same"})
	}
	a.Pages.Rows[1].State, a.Pages.Rows[3].Found, a.Pages.Rows[3].State = "unclear", "", "gone"
	a.Pages.Rows[6].Found, a.Pages.Rows[6].State = "三级/高级工", "differs"
	r := a.Pages.Rows
	a.Pages.Rows = slices.Concat(r[1:2], r[3:4], r[6:7], r[:1], r[2:3], r[4:6], r[7:])
	return a
}

// scanned is an altered file without any text.
func scanned(a *web.Answer) *web.Answer {
	a.Pages = &web.PageReadout{}
	return a
}

// portrait is the address of a neutral head and shoulders.
const portrait = "/p/portrait.svg"

func sitter(name string) web.Sitter {
	return web.Sitter{Name: name, Ticket: "26120000010007", Seat: "7", Room: "第一考场", Session: sessionName, Level: 5, Sample: true, Photo: portrait}
}

func voided(s web.Sitter) web.Sitter {
	s.Voided = true
	return s
}

func candidates(now time.Time) []Sample {
	user := &web.User{Name: RareName, Role: authz.Candidate, Home: "/exam"}
	counts := []web.TypeCount{{Type: "single", Count: 80}, {Type: "judgement", Count: 20}}
	sat := func(p engine.Points, pass bool) *web.ComponentResult {
		return &web.ComponentResult{Standing: engine.Scored, Points: p, PassMark: engine.Pt(60), Passed: pass}
	}
	return []Sample{
		{Name: "waiting", Page: "waiting", User: user, Body: web.WaitingView{Sitter: sitter(RareName), Attempt: "preview", Opens: now.Add(12*time.Minute + 30*time.Second), Closes: now.Add(102 * time.Minute), Minutes: 90, Counts: counts}},
		{Name: "waiting-lockdown", Page: "waiting", User: user, Body: web.WaitingView{Sitter: sitter(LongName), Attempt: "preview", Opens: now, Closes: now.Add(90 * time.Minute),
			Minutes: 90, Counts: counts, Ready: true, Lockdown: lockdownHow(), Problem: &web.Problem{Code: "exam.lockdown",
				Detail: "本场考试须在锁定浏览器（Safe Exam Browser）中进行。请下载本场的配置文件，用它打开锁定浏览器，再用准考证登录"}}},
		{Name: "waiting-ready", Page: "waiting", User: user, Body: web.WaitingView{Sitter: sitter(LongName), Attempt: "preview", Opens: now.Add(-time.Minute), Closes: now.Add(89 * time.Minute), Minutes: 90, Counts: counts, Ready: true}},
		{Name: "waiting-resume", Page: "waiting", User: user, Body: web.WaitingView{Sitter: sitter(LongName), Attempt: "preview", Opens: now.Add(-time.Minute), Closes: now.Add(89 * time.Minute), Minutes: 90, Counts: counts, Ready: true, Resume: &web.Resumption{Answered: 12, Total: 30, Elsewhere: true}}},
		{Name: "waiting-hold", Page: "waiting", User: user, Body: web.WaitingView{Sitter: sitter(RareName), Attempt: onHold, Opens: now.Add(-time.Minute), Closes: now.Add(89 * time.Minute), Minutes: 90, Counts: counts}},
		{Name: "waiting-voided", Page: "waiting", User: user, Body: web.WaitingView{Sitter: voided(sitter(RareName))}},
		{Name: "offline", Page: "offline", Body: web.OfflineView{}},
		{Name: "exam", Page: "exam", User: user, Body: web.ExamView{Sitter: sitter(LongName), Attempt: "preview"}},
		{Name: "receipt", Page: "receipt", User: user, Body: web.ReceiptView{Attempt: handedIn, Sitter: sitter(RareName), Code: "7K4M-Q2XP", Answered: 97, Unanswered: 3, At: now}},
		{Name: "receipt-again", Page: "receipt", User: user, Body: web.ReceiptView{Attempt: handedIn, Sitter: sitter(RareName), Code: "7K4M-Q2XP", Answered: 97, Unanswered: 3, At: now, Again: true}},
		{Name: "receipt-reopened", Page: "receipt", User: user, Body: web.ReceiptView{Attempt: "preview", Sitter: sitter(RareName), Code: "7K4M-Q2XP", Answered: 97, Unanswered: 3, At: now, Until: now.Add(time.Hour)}},
		{Name: "own-result", Page: "own-result", User: user, Body: web.OwnResultView{Sitter: sitter(RareName), Verdict: web.Passed, Theory: sat(7850, true), Practical: sat(engine.Pt(81), true), PublicUntil: now.AddDate(0, 0, 3), Certificate: number, Download: "/exam/certificate",
			FormReceipt: "/exam/draw-receipt.json", DrawLog: "/draws/preview/log.json",
			Exports: []string{"openbadges-3.0", "vc-2.0"}, Shares: []web.ShareRow{{Token: "0", Link: "//kao.example.cn/s/6k2m9q0t4x7r1v5w8z3b", Until: now.AddDate(0, 0, 30), Note: "给津沽护理院", Code: portrait}}}},
		{Name: "own-revoked", Page: "own-result", User: user, Body: web.OwnResultView{Sitter: sitter(RareName), Verdict: web.Passed, Theory: sat(7850, true), Practical: sat(engine.Pt(81), true),
			Certificate: number, Revoked: now, RevokedFor: "报名材料不实，经核查属实",
			Shares: []web.ShareRow{{Token: "0", Link: "//kao.example.cn/s/6k2m9q0t4x7r1v5w8z3b", Until: now.AddDate(0, 0, 30), Note: "给津沽护理院", Code: portrait}}}},
		{Name: "own-failed", Page: "own-result", User: user, Body: web.OwnResultView{Sitter: sitter(Latin), Verdict: web.Failed, Theory: sat(engine.Pt(59), false), Practical: &web.ComponentResult{Standing: engine.Absent}}},
		{Name: "own-pending", Page: "own-result", User: user, Body: web.OwnResultView{Sitter: sitter(RareName), Verdict: web.Open}},
	}
}
