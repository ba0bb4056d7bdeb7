package preview

import (
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

func practice(now time.Time) []Sample {
	user := staff("柏听澜", authz.Examiner, "/assessments")
	leader := staff("裴照", authz.Leader, "")
	filled := sheetView(now)
	signing := web.SignView{SheetView: filled, Missing: 1}
	signed := sheetView(now)
	signed.Signed, signed.State = now, web.SheetSigned
	correcting := sheetView(now)
	correcting.State, correcting.Problem, correcting.Corrects, correcting.CorrectReason = web.SheetCorrect, nil, now, "两项填反"
	return []Sample{
		{Name: "sheet-correcting", Page: "sheet", User: user, Body: correcting},
		{Name: "sheets", Page: "sheets", User: user, Body: web.SheetListView{Sessions: []web.SheetGroup{{ID: "s1", Name: sessionName, Level: 5, Due: 4, Sheets: []web.SheetRow{
			{Assessment: "a0", Candidate: "上官云", Ticket: "26120000010006", Station: "1 号考位", At: now.Add(-2 * time.Hour), Criteria: 24, State: web.SheetCorrect},
			{Assessment: "a1", Candidate: RareName, Ticket: "26120000010007", Station: "1 号考位", At: now, Scored: 0, Criteria: 24, State: web.SheetOpen},
			{Assessment: "a2", Candidate: LongName, Ticket: "26120000010008", Station: "1 号考位", At: now.Add(time.Hour), Scored: 9, Criteria: 24, State: web.SheetStarted},
			{Assessment: "a3", Candidate: "钟离雪", Ticket: "26120000010009", Station: "1 号考位", At: now.Add(2 * time.Hour), Scored: 24, Criteria: 24, State: web.SheetReady},
			{Assessment: "a4", Candidate: Latin, Ticket: "26120000010010", Station: "1 号考位", At: now.Add(-time.Hour), Scored: 24, Criteria: 24, State: web.SheetSigned},
			{Assessment: "a5", Candidate: "闻人秋", Ticket: "26120000010011", Station: "1 号考位", At: now.Add(-2 * time.Hour), Criteria: 24, State: web.SheetAbsent}}}}}},
		{Name: "sheet", Page: "sheet", User: user, Body: filled},
		{Name: "sheet-signed", Page: "sheet", User: user, Body: signed},
		{Name: "sign", Page: "sign", User: user, Body: signing},
		{Name: "seal-theory", Page: "seal", User: staff("童砚秋", authz.Marker, ""), Body: web.SealView{Session: "s1", SessionName: sessionName, Level: 5, Component: engine.Theory, Stage: web.SealOpen, MayMark: true, BackUntil: now, Corrections: 2, RemarksDue: 1,
			Counts: web.SealCounts{Candidates: 40, Scored: 37, Absent: 2, Voided: 1}, Rows: []web.SealRow{
				{Ticket: "26120000010007", Name: RareName, Standing: engine.Scored, Points: 7850}, {Ticket: "26120000010008", Name: LongName, Standing: engine.Absent}}}},
		{Name: "seal-early", Page: "seal", User: staff("童砚秋", authz.Marker, ""), Body: web.SealView{Session: "s1", SessionName: sessionName, Level: 5, Component: engine.Theory, Stage: web.SealMarking, MayMark: true, BackUntil: now,
			Open: 2, Pauses: []string{"", "第一考场", "第一考场 3 " + LongName}, Counts: web.SealCounts{Candidates: 40, Absent: 1, Waiting: 39}, Rows: []web.SealRow{
				{Ticket: "26120000010007", Name: RareName, State: "submitted"}, {Ticket: "26120000010008", Name: LongName, State: "in-progress"}, {Ticket: "26120000010009", Name: "钟离雪", State: "scheduled"}, {Ticket: "26120000010010", Name: Latin}}}},
		{Name: "seal-practical", Page: "seal", User: leader, Body: web.SealView{Session: "s1", SessionName: sessionName, Level: 5, Component: engine.Practical, Stage: web.SealMarking, MayLead: true,
			Counts: web.SealCounts{Candidates: 40, Scored: 36, Absent: 2, Waiting: 2},
			Disputes: []web.Dispute{{Assessment: "a2", Ticket: "26120000010008", Name: LongName, Totals: []engine.Points{engine.Pt(82), engine.Pt(64), 7950}, Vetoes: 1, Spread: engine.Pt(18), Tolerance: engine.Pt(15),
				Wide: true, Asked: true, VetoRule: "leader", Marks: []web.DisputeMark{{Examiner: "柏听澜", Task: "为卧床老人更换床单", Text: "翻身时未做保护，照护对象坠床或险些坠床", Note: "左侧床栏未拉起"}},
				Typed: web.LeadForm{Form: "ruling", Veto: "dismissed", Reason: "录像中护栏已拉起"}}},
			Rows: []web.SealRow{{Ticket: "26120000010007", Name: RareName, Standing: engine.Scored, Points: engine.Pt(81), Examiners: []engine.Points{engine.Pt(80), engine.Pt(81), engine.Pt(82)},
				Assessment: "a1", Station: []web.Choice{{Value: "p1", Label: "柏听澜"}, {Value: "p2", Label: LongName}}, Typed: web.LeadForm{Form: "substitution", Out: "p1", Reason: "与考生有亲属关系"}, Corrections: []web.CorrectedRow{
					{Person: "p1", Examiner: "柏听澜", Reason: "两项填反", State: "signed", At: now, Totals: true, Before: engine.Pt(64), After: engine.Pt(80)}, {Person: "p2", Examiner: LongName, Reason: "漏填一项", State: "open", At: now}}}}}},
		{Name: "concordance", Page: "concordance", User: staff("江望舒", authz.Supervisor, "/concordance"), Body: concordanceView()},
		{Name: "concordance-own", Page: "concordance", User: user, Body: web.ConcordanceView{Own: true, Sessions: 1, Waiting: 1, Performances: 3, Fewest: 5, Few: true, Tolerance: engine.Pt(15),
			Rows: []web.ConcordanceRow{{Examiner: "柏听澜", Performances: 3}}}},
		{Name: "concordance-period", Page: "concordance", User: leader, Body: web.ConcordanceView{From: "2026-03-02", To: "2026-03-01", Problem: &web.Problem{Code: "concordance.period", Detail: "时间段不正确：结束日期早于开始日期"}}},
		{Name: "practice", Page: "practice", User: leader, Body: practiceView(now)},
		{Name: "practice-new", Page: "practice", User: leader, Body: web.PracticeView{Session: "s1", SessionName: sessionName, Level: 5, Opens: now, Closes: now.Add(3 * time.Hour), TheoryOpens: now.Add(-3 * time.Hour), TheoryCloses: now.Add(-2 * time.Hour)}},
		{Name: "seal-witness", Page: "seal", User: staff("江望舒", authz.Supervisor, ""), Body: web.SealView{Session: "s1", SessionName: sessionName, Level: 5, Component: engine.Theory, Stage: web.SealSealed, MayWitness: true,
			Digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Leader: "童砚秋", SealedAt: now, Counts: web.SealCounts{Candidates: 40, Scored: 37, Absent: 2, Voided: 1}}},
	}
}

func practiceView(now time.Time) web.PracticeView {
	turn := func(n int, name string) web.TurnRow {
		at := now.Add(time.Duration(n) * 30 * time.Minute)
		return web.TurnRow{Ticket: "26120000010007", Name: name, Call: at.Add(-10 * time.Minute), At: at, Until: at.Add(25 * time.Minute)}
	}
	return web.PracticeView{Session: "s1", SessionName: sessionName, Level: 5, Sample: true, Opens: now, Closes: now.Add(time.Hour), TheoryOpens: now.Add(-3 * time.Hour),
		TheoryCloses: now.Add(-2 * time.Hour), Commitment: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Committed: now, Revealed: true,
		Stations:  []web.StationTurns{{Name: "1 号考位", Turns: []web.TurnRow{turn(0, RareName), turn(1, LongName), turn(2, Latin)}}, {Name: "2 号考位", Turns: []web.TurnRow{turn(0, "钟离雪")}}},
		Shortages: []web.ShortageRow{{Station: "1 号考位", Minutes: 25, Turns: 1}, {Station: "2 号考位", Clashes: 2}},
		Papers:    []web.PracticePaper{{Key: "notice", Href: "#"}, {Key: "rotation", Href: "#"}}}
}

func pts(n int) *engine.Points { p := engine.Pt(n); return &p }

func sheetView(now time.Time) web.SheetView {
	return web.SheetView{State: web.SheetStarted, Assessment: "a2", Candidate: LongName, Ticket: "26120000010008", Station: "1 号考位", Session: sessionName, Level: 5, Sample: true, Revision: 3, Saved: now,
		Problem: &web.Problem{Code: "points.form", Detail: "分值应为不超过两位小数的非负数", Fields: []web.FieldProblem{{Name: "score.L5-P01.3", Code: "points.form", Detail: "此项最多 6 分"}}},
		Tasks: []web.TaskSheet{
			{Code: "L5-P01", Name: "为卧床老人更换床单", Minutes: 15, Scenario: "方奶奶，82 岁，左侧偏瘫，意识清楚。请为她更换床单，并整理床单位。",
				Preparation: []string{"标准化照护对象 1 名", "清洁床单、中单、枕套各 1 件"}, Requirements: []string{"口述与操作同步", "注意保暖和隐私"},
				Total: engine.Pt(17), Max: engine.Pt(100), Scored: 3,
				Criteria: []web.CriterionRow{
					{No: "1", Section: "操作前准备", Text: "核对照护对象，说明目的，取得配合", Max: engine.Pt(4), Points: pts(4)},
					{No: "2", Section: "操作前准备", Text: "关闭门窗，调节室温，用物齐备", Max: engine.Pt(5), Step: 50},
					{No: "3", Section: "操作过程", Text: "协助翻身，固定床栏，动作轻柔，翻身时观察皮肤、面色和表情，随时询问感受", Max: engine.Pt(6), Points: pts(6)},
					{No: "4", Section: "操作过程", Text: "卷、铺、拉平床单，四角包紧", Max: engine.Pt(10), Points: pts(7), Levels: []web.LevelRow{
						{Points: engine.Pt(10), Text: "四角均包紧，床面平整"}, {Points: engine.Pt(7), Text: "一处松散或有褶"}, {Points: engine.Pt(4), Text: "两处松散"}, {Points: 0, Text: "未包角"}}}},
				Vetoes: []web.VetoRow{{Code: "V1", Text: "翻身时未做保护，照护对象坠床或险些坠床", On: true, Note: "左侧床栏未拉起"}, {Code: "V2", Text: "全程未与照护对象沟通"}}},
			{Code: "L5-P03", Name: "协助进食", Minutes: 10, Scenario: "郑爷爷，78 岁，轻度吞咽困难。请协助他进食一份糊状餐。", Max: engine.Pt(100),
				Criteria: []web.CriterionRow{{No: "1", Section: "操作前准备", Text: "摆放体位，上身抬高不少于 30°", Max: engine.Pt(8)}}},
		}}
}

// Question is one question of the preview's paper.
type Question struct {
	Type, Stem string
	Options    []string
	HTML       string // of the stem, where it has formatting
	Rich       []string
}

// Questions is the preview's paper: thirty invented questions of all three types.
func Questions() []Question {
	var all []Question
	for range 7 {
		all = append(all,
			Question{Type: "single", Stem: "为长期卧床的老人预防压力性损伤，翻身间隔一般不超过（　　）。", Options: []string{"1 小时", "2 小时", "4 小时", "6 小时"}},
			Question{Type: "multiple", Stem: "照护师发现老人突然面色苍白、出冷汗、说话含糊，正确的做法有（　　）。", Options: []string{"立即让老人停止活动，就地坐下或躺下", "测量血压、脉搏，有条件时测血糖", "喂一大杯温水，等待自行缓解", "及时呼叫帮助并报告家属和医护人员，同时记录发生的时间、表现和已经采取的措施", "离开房间去取记录本"}},
			Question{Type: "judgement", Stem: "老人拒绝洗澡时，照护师可以先离开再择机沟通，不应强行进行。", Options: []string{"正确", "错误"}},
			Question{Type: "single", Stem: "姓名为“𠮷田禾”的老人需要核对身份，最可靠的做法是（　　）。", Options: []string{"叫名字，答应即可", "核对腕带和床头卡两项以上信息", "看照片", "问同屋的人"}})
	}
	all[4].HTML = `<p>老人血氧饱和度 SpO<sub>2</sub> 为 <strong>88%</strong>，见图：</p><p><img src="/exam/paper/images/` + digest + `" alt="床旁监护仪的读数"></p>` +
		`<script>document.title = "x"</script><p onclick="x()">首先应当（　　）。</p>`
	all[4].Rich = []string{"<em>立即</em>呼叫帮助", "<ul><li>半卧位</li><li>吸氧</li></ul>", "继续观察", `<img src="https://example.com/x.png" alt="别处的图">`}
	return append(all, all[0], all[1])
}

func concordanceView() web.ConcordanceView {
	alpha, own, others := 0.83, 17.2, 18.6
	row := func(name string, leniency, off float64) web.ConcordanceRow {
		return web.ConcordanceRow{Examiner: name, Performances: 38, Known: true, ConcordanceNumbers: web.ConcordanceNumbers{Leniency: leniency, Error: off, Scatter: 6 * off,
			Spread: 9.4, OthersSpread: 10.1, Pairs: 76, Within: 0.934, VetoSame: 0.987, VetoPairs: 2, VetoBoth: 1, Halo: &own, OthersHalo: &others}}
	}
	corrected := row(LongName, -0.4, 0.5)
	corrected.Corrected = 1
	return web.ConcordanceView{Session: "s1", SessionName: sessionName, Level: 5, Sample: true, Sessions: 1, Performances: 40, Fewest: 5, Tolerance: engine.Pt(15), Alpha: &alpha, Scale: 5.1,
		Rows: []web.ConcordanceRow{row("柏听澜", 3.7, 0.7), corrected, row(RareName, -3.3, 0.6), {Examiner: Latin, Performances: 2}}, File: "#"}
}
