package preview

import (
	"fmt"
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// register shows the pages of those who issue and change certificates.
func register(now time.Time) []Sample {
	registrar, supervisor := staff("应书澜", authz.Registrar, "/certificates"), staff("杜明远", authz.Supervisor, "/certificates")
	running := batch(now)
	running.Seen, running.Issued, running.Failed, running.Running, running.Ended = 1800, 1512, 3, true, time.Time{}
	return []Sample{
		{Name: "certificates", Page: "certificates", User: registrar, Body: certificatesView(now)},
		{Name: "issue-first", Page: "issue", User: registrar, Body: web.IssueView{Session: "s1", SessionName: sessionName, Level: 5, Final: true,
			Passed: 31, MayIssue: true, MayGive: true, Given: true}},
		{Name: "issue-early", Page: "issue", User: registrar, Body: web.IssueView{Session: "s1", SessionName: sessionName, Level: 5, MayIssue: true}},
		{Name: "issue-running", Page: "issue", User: registrar, Body: web.IssueView{Session: "s1", SessionName: sessionName, Level: 5,
			Final: true, Batch: &running, MayIssue: true}},
		{Name: "issue-ended", Page: "issue", User: registrar, Body: issueView(now)},
		{Name: "certificate", Page: "certificate", User: registrar, Body: certificateView(now)},
		{Name: "certificate-refused", Page: "certificate", User: registrar, Body: refusedCorrection(now)},
		{Name: "certificate-motion", Page: "certificate", User: supervisor, Body: movedCertificate(now)},
		{Name: "certificate-void", Page: "certificate", User: staff("韦清和", authz.ExamOffice, "/certificates"), Body: reservedCertificate(now)},
		{Name: "numbers", Page: "numbers", User: registrar, Body: web.NumbersView{Base: "/sessions/s1", Session: "s1", SessionName: sessionName, Level: 5}},
		{Name: "numbers-awards", Page: "numbers", User: registrar, Body: web.NumbersView{Base: "/awards"}},
		{Name: "numbers-preview", Page: "numbers", User: registrar, Body: numbersView(now)},
		{Name: "serials", Page: "serials", User: registrar, Body: serialsView()},
	}
}

func certNumber(n int) string { return fmt.Sprintf("Y00120000011260000007%d", n) }

func batch(now time.Time) web.BatchRow {
	return web.BatchRow{Session: "s1", Name: sessionName, Level: 5, Of: 2400, Seen: 2400, Issued: 2011, Failed: 4,
		Started: now.Add(-8 * time.Minute), Ended: now, By: "应书澜"}
}

func certificatesView(now time.Time) web.CertificatesView {
	running := batch(now)
	running.Name, running.Seen, running.Running = "2026 年第 4 批三级长期照护师认定", 640, true
	v := web.CertificatesView{Query: "钟", MayIssue: true, MayConfirm: true, MayExport: true, Next: "c2", Ready: []web.ReadySession{{ID: "s1",
		Name: sessionName, Level: 5, Count: 31}},
		Motions: []web.MotionRow{{Number: certNumber(5), Name: LongName, By: "杜明远", Grounds: "冒名顶替，经核实", At: now}, {Number: certNumber(6),
			Name: "穆晴", By: "应书澜", Grounds: "报名材料造假", At: now, Own: true}},
		Running: []web.BatchRow{running}, Ended: []web.BatchRow{batch(now)}}
	for i, state := range []string{"valid", "reserved", "void", "revoked"} {
		row := web.CertificateRow{Number: certNumber(i), Name: []string{RareName, LongName, Latin, "钟离雪"}[i], State: state, Level: 5, Issued: now,
			Version: i + 1,
			Moved:   state == "valid", Download: "/certificates/x.pdf"}
		switch state {
		case "reserved", "void":
			row.Download, row.Reason = "", map[string]string{"void": "照片在制证期间更换"}[state]
		case "revoked":
			row.Reason = "冒名顶替，经核实取消成绩"
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

func issueView(now time.Time) web.IssueView {
	b := batch(now)
	return web.IssueView{Session: "s1", SessionName: sessionName, Level: 5, Final: true, Batch: &b, Passed: 2015, Sealed: 2011, Waiting: 1,
		Held: 1, MayIssue: true, MayExport: true,
		Failures: []web.IssueFailure{{Ticket: "26120000010007", Name: RareName, Code: "certificate.glyph", Detail: "证书字库中没有以下字符，不能制证：U+E0A1"},
			{Ticket: "26120000010008", Name: LongName, Code: "certificate.held", Detail: "该成绩有未了结的复核或处理，暂停发证：查分申请第 7 号"},
			{Ticket: "26120000010009", Name: Latin, Number: certNumber(1), Code: "certificate.photo_changed", Detail: "照片在制证期间已更换，请作废此编号后重新发证"},
			{Code: "internal", Detail: "系统内部错误"}},
		MoreFailures: 2, Handovers: []web.HandoverRow{{At: now, By: "应书澜", Count: "2011"}}}
}

func certificateView(now time.Time) web.CertificateView {
	const digest = "0a5fd4a1c1a3b8a0e1d2c3b4a5968778695a4b3c2d1e0f001122334455667788"
	return web.CertificateView{Number: certNumber(0), State: "valid", Changed: now.AddDate(0, -2, 0), Session: "s1", SessionName: sessionName,
		Demo: true, Version: 2, Fields: []web.Printed{
			{Key: "number", Value: certNumber(0)}, {Key: "name", Value: RareName}, {Key: "id_type", Value: "居民身份证"}, {Key: "id_number",
				Value: "1201**********018X"},
			{Key: "occupation", Value: "长期照护师"}, {Key: "level", Value: "五级／初级工"}, {Key: "org", Value: "津沽长护评价中心"}, {Key: "filing",
				Value: "Y001200000112"}, {Key: "issued_on", Value: "2026-09-22"}, {Key: "remark", Value: "补发"}},
		Register: []web.RegisterField{{Key: "name", Printed: RareName, Now: "𠮷田和"}, {Key: "id_type", Printed: "居民身份证", Now: "居民身份证"},
			{Key: "id_number", Printed: "1201**********018X", Now: "1201**********018X"}},
		PhotoState: "other", Rights: web.CertificateRights{Renew: true, Move: true},
		Editions: []web.EditionRow{{Version: 1, Kind: "issued", Standing: "superseded", Name: RareName, Made: now.AddDate(0, -2, 0),
			Sealed: now.AddDate(0, -2,
				0), By: "应书澜（zhengshu）", Leaf: "1204", Slot: "1 / 40211", Digest: digest, Download: "/certificates/x/editions/1.pdf"},
			{Version: 2, Kind: "reissued", Standing: "holds", Name: RareName, Made: now, Sealed: now, By: "应书澜（zhengshu）", Grounds: "遗失",
				Evidence: "补发申请表 2026-118 号", Leaf: "2891", Slot: "1 / 90177", Digest: digest, Download: "/certificates/x/editions/2.pdf"}},
		Trail: []web.TrailRow{{At: now.AddDate(0, -2, 0), Action: "certificate.reserved", By: "应书澜（zhengshu）"}, {At: now.AddDate(0, -2, 0),
			Action: "certificate.issued", By: web.ByEngine},
			{At: now, Action: "certificate.decided-reissued", Note: "遗失", By: "应书澜（zhengshu）"}, {At: now, Action: "certificate.reissued",
				Note: "遗失", By: web.ByEngine}}}
}

func refusedCorrection(now time.Time) web.CertificateView {
	v := certificateView(now)
	v.PhotoState = "same"
	v.Do, v.Typed = "corrected", web.CauseTyped{Grounds: "姓名登记有误"}
	v.Problem = &web.Problem{Code: "certificate.reason", Detail: "填写的理由或依据不合要求", Fields: []web.FieldProblem{{Name: "evidence", Code: "missing", Detail: "请写明依据"}}}
	return v
}

func movedCertificate(now time.Time) web.CertificateView {
	v := certificateView(now)
	v.Motion = &web.MotionRow{Number: v.Number, Name: RareName, By: "应书澜", Grounds: "冒名顶替，经核实", At: now}
	v.Evidence, v.Rights = "核查报告 2026-7 号", web.CertificateRights{Confirm: true, Dismiss: true}
	return v
}

func reservedCertificate(now time.Time) web.CertificateView {
	v := certificateView(now)
	v.State, v.Reason, v.PhotoState, v.Register[0].Now = "void", "照片在制证期间更换", "none", RareName
	v.Fields[len(v.Fields)-1].Value = "–"
	v.Editions, v.Rights = v.Editions[:1], web.CertificateRights{Amend: true, Void: true, Withdraw: true}
	v.Editions[0].Standing, v.Editions[0].Leaf, v.Editions[0].Download, v.Editions[0].Sealed = "void", "", "", time.Time{}
	v.Rulings = []web.RulingRow{{Event: "voided", At: now, By: []string{"应书澜（zhengshu）"}, Grounds: "照片在制证期间更换", Evidence: "工作单 9 号", Leaf: "2900", Salt: "5f1d0c2b9a8e4763f0e1d2c3b4a59687"},
		{Event: "voided", Edition: 3, At: now, By: []string{web.ByEngine}, Grounds: "不再需要", Evidence: "工作单 10 号", Salt: "0a9b8c7d6e5f40312213041526374859"}}
	return v
}

func holdsPart(now time.Time) web.HoldsPart {
	return web.HoldsPart{MayHold: true, Issue: "/sessions/s1/certificates", Rows: []web.HoldRow{{Ticket: "26120000010007", Name: RareName,
		Reason: "查分申请第 7 号尚未了结", By: "杜明远", Since: now}}}
}

func numbersView(now time.Time) web.NumbersView {
	return web.NumbersView{Base: "/sessions/s1", Session: "s1", SessionName: sessionName, Level: engine.Level5, Plan: &web.NumbersPlan{File: "编号下发.xlsx", Data: "eA==",
		New: 2, Known: 1, Refused: 1, Left: 29,
		Rows: []web.NumberRow{{Row: 2, Name: RareName, IDMasked: "1201**********018X", Ticket: "26120000010007", Number: certNumber(1),
			Issued: now, Outcome: "new"},
			{Row: 3, Name: Latin, IDMasked: "PE**********77", Ticket: "26120000010008", Number: certNumber(2), Issued: now, Outcome: "known"},
			{Row: 5, Name: "王桂芳", IDMasked: "1201**********0201", Ticket: "26120000010009", Number: certNumber(4), Issued: now, Outcome: "replaced"},
			{Row: 4, Name: LongName, IDMasked: "1201**********0113", Number: certNumber(3), Issued: now, Outcome: "refused",
				Code: "certificate.given_who", Detail: "本次应发证的人员中没有此人，或姓名与证件号码不符"}},
		Broken: []web.BrokenCell{{At: "C7", Column: "证书编号", Found: "Y0012", Allowed: "22位证书编号"}, {At: "D7", Column: "发证日期", Allowed: "必填的内容"}}}}
}

func serialsView() web.SerialsView {
	return web.SerialsView{Org: "o1", OrgName: "津沽长护评价中心", Year: 2026, Orgs: []web.Choice{{Value: "o1", Label: "津沽长护评价中心"}},
		Levels: []web.SerialLevel{
			{Level: 5, Prefix: "Y0012000001126500", Last: 2031, Valid: 2020, Revoked: 3, Waiting: 1, Void: []web.VoidRow{{Number: certNumber(4),
				Reason: "照片在制证期间更换"}}, Gaps: []string{"000012", "000040–000045"}},
			{Level: 4, Prefix: "Y0012000001126400", Last: 310, Valid: 310}, {Level: 3, Prefix: "Y0012000001126300"}}}
}
