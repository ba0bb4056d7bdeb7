package preview

import (
	"strings"
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

// archives are the report on a session, its archives, and how long all are kept.
func archives(now time.Time) []Sample {
	office, watcher := staff("唐若水", authz.ExamOffice, ""), staff("许慎行", authz.Supervisor, "")
	report := sampleReport(now)
	early := report
	early.Outcome, early.Publicity, early.Issued, early.Seals, early.Draw, early.Deviations = nil, nil, nil, nil, nil, nil
	asked := sampleArchive(now)
	waits := asked
	waits.MayDecide, waits.MayAsk = true, false
	waits.Rows = append([]web.ArchiveRow{{Number: 2, State: "asked", Reason: "证书更正后重新归档", AskedBy: "唐若水", Asked: now, Waits: true}}, asked.Rows...)
	refused := asked
	refused.Problem = &web.Problem{Code: "archive.reason", Detail: "请写明归档的事由"}
	today := clock.DateOf(now, time.UTC)
	kept := web.RetentionView{Due: 1, Rows: []web.RetentionRow{
		{Session: "s1", Name: sessionName, Number: 1, Made: now.AddDate(-6, 0, 0), Folder: "4-试卷答卷与评分", Source: "一家评价机构的认定档案管理规定（转载）", Until: today.AddDays(-300), Rule: true, Due: true},
		{Session: "s1", Name: sessionName, Number: 2, Made: now, Folder: "3-过程记录", Source: "一家评价机构的认定档案管理规定（转载）", Until: today.AddMonths(60), Rule: true},
		{Session: "s1", Name: sessionName, Number: 2, Made: now, Folder: "1-报名与资格审查", Source: "职业技能鉴定站档案管理规定（转载）", Rule: true},
		{Session: "s1", Name: sessionName, Number: 2, Made: now, Folder: "5-证书数据"}}}
	return []Sample{
		{Name: "report", Page: "report", User: office, Body: report},
		{Name: "report-early", Page: "report", User: office, Body: early},
		{Name: "archive", Page: "archive", User: office, Body: asked},
		{Name: "archive-early", Page: "archive", User: office, Body: web.ArchiveView{Session: "s1", Name: sessionName, Level: 5, MayAsk: true}},
		{Name: "archive-waits", Page: "archive", User: watcher, Body: waits},
		{Name: "archive-refused", Page: "archive", User: office, Body: refused},
		{Name: "archives", Page: "archives", User: office, Body: kept},
		{Name: "archives-none", Page: "archives", User: office, Body: web.RetentionView{}},
	}
}

func sampleReport(now time.Time) web.ReportView {
	today := clock.DateOf(now, time.UTC)
	digest := strings.Repeat("5f", 32)
	return web.ReportView{Session: "s1", Name: sessionName, Level: 5, Body: "示例评价中心", Policy: "sample-2026", Sample: true, At: now, MayPrint: true,
		Applied: 60, Accepted: 52, Refused: []web.KeyCount{{Key: "age", Count: 2}, {Key: "evidence", Count: 6}}, Seats: 50, Present: 47, Absent: 3, Voided: 1, Late: 1,
		Outcome: &web.ReportOutcome{Passed: 39, Of: 50, Parts: []web.ReportPart{{Component: engine.Theory, Passed: 43, Scored: 46, Absent: 3, Voided: 1},
			{Component: engine.Practical, Passed: 41, Scored: 47, Absent: 3}}},
		Staff: []web.ReportStaff{{Role: authz.Invigilator, Room: "第一考场", Names: []string{"何秀英"}, Need: 2, Short: true},
			{Role: authz.Examiner, Room: "护理操作间", Names: []string{"甘棠", "钟离雪", RareName}, Need: 3}, {Role: authz.Supervisor, Names: []string{"许慎行"}, Need: 1}},
		Findings:  []web.ReportFinding{{Path: "考评员甘棠 → 任教 → 护理2603班 → 学员钟离雪，2026-03 至 2026-06，任课教师不得考评、监考、督导本班学员", Done: "refused"}},
		Incidents: []web.KeyCount{{Key: "extended", Count: 1}, {Key: "incident", Count: 2}},
		Lines:     []web.ReportLine{{At: now, Kind: "extended", Room: "第一考场", Seat: 7, Minutes: 10, Text: "键盘故障", By: "何秀英"}},
		Draw:      &web.ReportDraw{Release: "2026.1", Digest: digest, Blueprint: "2026.1+120000-L5", Commitment: digest, Root: digest, Stage: "revealed", Custodians: 3},
		Seals: []web.ReportSeal{{Component: engine.Theory, Digest: digest, Leader: "卢照邻", SealedAt: now, Witness: "许慎行", Witnessed: now, Whole: true},
			{Component: engine.Practical, Digest: digest, Leader: "甘棠", SealedAt: now}},
		Publicity: &web.ReportPublicity{Public: true, From: today, Until: today.AddDays(7), Count: 50}, Issued: &web.ReportIssued{Passed: 39, Sealed: 37, Held: 1, Waiting: 1},
		Deviations: []web.ReportDeviation{{Kind: "staff", Count: 1, Detail: "第一考场"}, {Kind: "time", Count: 1}, {Kind: "seal", Count: 1, Component: engine.Practical}}}
}

func sampleArchive(now time.Time) web.ArchiveView {
	made := web.ArchiveRow{Number: 1, State: "made", Reason: "2026年度第一批归档", AskedBy: "唐若水", By: "许慎行", Asked: now.Add(-time.Hour), Decided: now, Until: now.Add(72 * time.Hour),
		Manifest: strings.Repeat("a7", 32), Leaf: 81, Logged: true, Files: 214, Megabytes: "38.2", OwnRequest: true, MayFetch: true,
		Fetched: []web.ArchiveFetch{{At: now, By: "唐若水"}}}
	return web.ArchiveView{Session: "s1", Name: sessionName, Level: 5, Final: true, MayAsk: true, Rows: []web.ArchiveRow{made},
		Volumes: []web.ArchiveVolume{{Volume: 1, Folder: "1-报名与资格审查", LongTerm: true, Source: "职业技能鉴定站档案管理规定（转载）"},
			{Volume: 2, Folder: "2-备案与方案", Years: 5, Source: "一家评价机构的认定档案管理规定（转载）"}, {Volume: 3, Folder: "3-过程记录"}}}
}
