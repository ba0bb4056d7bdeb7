package preview

import (
	"fmt"
	"html/template"
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

const digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

func bank(now time.Time) []Sample {
	keeper := func(here string) *web.User { return staff("谷雨桐", authz.BankKeeper, here) }
	author := staff(LongName, authz.Author, "/bank/editor")
	refused := editorView()
	refused.Version, refused.Stem = 0, ""
	refused.Seen = nil
	refused.Problem = &web.Problem{Code: "item.invalid", Detail: "试题内容不正确", Fields: []web.FieldProblem{
		{Name: "stem", Code: "form", Detail: "题干为1至4000个字，不含控制字符"}, {Name: "item_code", Code: "form", Detail: "试题编号为1至64个字母、数字或 . _ + -"},
		{Name: "options.1", Code: "repeated", Detail: "选项重复"}}}
	judged := itemView(now)
	judged.May = web.ItemRights{Review: true, Refuse: true, Suspend: true, Resume: true, Retire: true, File: []string{"medical", "labour"}, Consent: true}
	judged.State, judged.Typed = "draft", web.ItemTyped{Form: "refusal"}
	judged.Problem = &web.Problem{Code: "item.version", Detail: "试题已有新版本，请重新查看"}
	unseen := itemView(now)
	unseen.Numbers = nil
	unseen.HasKey, unseen.Key, unseen.Explanation, unseen.Changes, unseen.May = false, nil, "", nil, web.ItemRights{}
	short := releasesView(now)
	short.Preview.Short, short.Preview.Feasible[1].OK = 1, false
	short.Preview.Feasible[1].Report = "天津 五级：B-C“应急处置”需要 6 题，只有 4 题可用，缺 2 题。\n补 2 道单选题，或把该范围改为 4 题。"
	short.Preview.Refusals = []string{"L5a-0042：鉴定点 B-C-A-009 不在该版本的要素细目表中"}
	return []Sample{
		{Name: "bank", Page: "bank", User: keeper("/bank"), Body: bankView(now)},
		{Name: "items", Page: "items", User: keeper("/bank/items"), Body: itemsView()},
		{Name: "items-none", Page: "items", User: keeper("/bank/items"), Body: web.ItemsView{ItemFilter: web.ItemFilter{Query: "压疮"}}},
		{Name: "item", Page: "item", User: staff("谷雨桐", authz.Author, "/bank/items"), Body: itemView(now)},
		{Name: "item-corrected", Page: "item", User: staff("谷雨桐", authz.BankKeeper, "/bank/items"), Body: corrected(itemView(now), now)},
		{Name: "item-no-other-key", Page: "item", User: staff("谷雨桐", authz.BankKeeper, "/bank/items"), Body: uncorrected(itemView(now))},
		{Name: "item-judge", Page: "item", User: keeper("/bank/items"), Body: judged},
		{Name: "item-unseen", Page: "item", User: staff("闻人安", authz.Operator, "/bank/items"), Body: unseen},
		{Name: "editor-choose", Page: "editor", User: author, Body: web.EditorView{Levels: engine.Levels(), Provinces: someProvinces()}},
		{Name: "editor", Page: "editor", User: author, Body: editorView()},
		{Name: "editor-refused", Page: "editor", User: author, Body: refused},
		{Name: "review", Page: "review", User: staff("上官澄", authz.Reviewer, "/bank/review"), Body: reviewView()},
		{Name: "review-none", Page: "review", User: staff("上官澄", authz.Reviewer, "/bank/review"), Body: web.ReviewView{}},
		{Name: "queue", Page: "queue", User: staff("闻人安", authz.Medical, "/bank/queue"), Body: queueView()},
		{Name: "tables", Page: "tables", User: keeper("/bank/tables"), Body: tableView()},
		{Name: "tables-none", Page: "tables", User: keeper("/bank/tables"), Body: web.TableView{}},
		{Name: "releases", Page: "releases", User: keeper("/bank/releases"), Body: releasesView(now)},
		{Name: "releases-short", Page: "releases", User: keeper("/bank/releases"), Body: short},
		{Name: "release", Page: "release", User: keeper("/bank/releases"), Body: releaseView(now)},
		{Name: "statistics", Page: "statistics", User: keeper("/bank/statistics"), Body: statisticsView(now)},
		{Name: "statistics-none", Page: "statistics", User: keeper("/bank/statistics"), Body: web.StatisticsView{Releases: []string{"2026.1"}, Release: "2026.1"}},
		{Name: "imports", Page: "imports", User: keeper("/bank/import"), Body: web.ImportsView{Levels: engine.Levels(), Provinces: someProvinces(), Jobs: []web.ImportRow{importView(now).ImportRow,
			{ID: "j2", Name: "题库.zip", State: "failed", By: "谷雨桐", Started: now}}}},
		{Name: "import-ready", Page: "import", User: keeper("/bank/import"), Body: importView(now)},
		{Name: "import-receiving", Page: "import", User: keeper("/bank/import"), Body: web.ImportView{ImportRow: web.ImportRow{ID: "j0", Name: "试题.xlsx", State: "receiving", By: "谷雨桐", Started: now}}},
		{Name: "import-running", Page: "import", User: keeper("/bank/import"), Body: web.ImportView{ImportRow: web.ImportRow{ID: "j1", Name: "试题.xlsx", State: "importing", By: LongName, Started: now, Added: 99_300}, Running: true, Done: 41_500, Total: 100_000, Replaced: 700}},
		{Name: "import-failed", Page: "import", User: keeper("/bank/import"), Body: web.ImportView{ImportRow: web.ImportRow{ID: "j2", Name: "题库.zip", State: "failed", By: "谷雨桐", Started: now}, Refusal: &web.Problem{Code: "archive.path", Detail: "压缩包中的文件名不安全：../items/q1.xml"}}},
		{Name: "import-expired", Page: "import", User: keeper("/bank/import"), Body: web.ImportView{ImportRow: web.ImportRow{ID: "j3", Name: "题库.zip", State: "discarded", By: "谷雨桐", Started: now}, Expired: true, KeepDays: 30}},
	}
}

func someProvinces() []web.Choice {
	return []web.Choice{{Value: "11", Label: "北京"}, {Value: "12", Label: "天津"}, {Value: "65", Label: "新疆"}}
}

func bankView(now time.Time) web.BankView {
	v := web.BankView{Sample: true}
	for _, l := range engine.Levels() {
		for i, t := range []string{"single", "multiple", "judgement"} {
			v.Counts = append(v.Counts, web.BankCount{Level: l, Type: t, State: "admitted", Count: 310 - 90*i}, web.BankCount{Level: l, Type: t, State: "draft", Count: 4 * i}, web.BankCount{Level: l, Type: t, State: "consented", Count: i})
		}
		v.Gaps = append(v.Gaps, web.TableGap{Level: l, Points: 214, Items: 640, Bare: 3 * int(5-l)})
	}
	v.Releases = releaseRows(now)
	return v
}

func releaseRows(now time.Time) []web.ReleaseRow {
	return []web.ReleaseRow{
		{ID: "2026.1", Digest: digest, State: "published", Items: 1876, Published: now, Sample: true},
		{ID: "2026.1+120000", Base: "2026.1", Province: "天津", Digest: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752", State: "withdrawn", Items: 1902, Published: now, Sample: true},
		{ID: "2026.2", State: "preparing", Items: 1911}}
}

func itemsView() web.ItemsView {
	v := web.ItemsView{ItemFilter: web.ItemFilter{Level: 5, Type: "single", Difficulty: 3, Province: "12"}, Sample: true, More: "/bank/items?cursor=L5a-0020&level=5", Export: "/bank/items.xlsx?level=5", Provinces: someProvinces()}
	for i, q := range Questions()[:8] {
		v.Rows = append(v.Rows, web.ItemRow{Code: fmt.Sprintf("L5a-%04d", i+1), Version: 1 + i%2, Level: 5, Type: q.Type, State: []string{"admitted", "draft", "reviewed", "suspended"}[i%4], Stem: q.Stem, Point: "A-A-A-001", Difficulty: 1 + i%5, Province: []string{"", "", "天津"}[i%3], Own: i == 1})
	}
	return v
}

// seen is an item in all that rich text can do.
func seen() web.CandidateView {
	options := []template.HTML{"立即让老人停止活动，就地坐下或躺下", "测量血压、脉搏，<strong>有条件时</strong>测血糖", "喂一大杯温水，等待自行缓解",
		"呼叫帮助并报告家属和医护人员，<em>同时</em>记录<u>发生的时间</u>、表现和已经采取的措施", `<img src="/p/figure.png" alt="平卧、头偏向一侧的体位">`}
	return web.CandidateView{Type: "multiple", Options: options, Stem: `<p>照护师发现老人突然面色苍白、出冷汗、说话含糊（SpO<sub>2</sub> 92%，4×10<sup>9</sup>/L）：</p><ul><li>血压 90/60 mmHg</li><li>脉搏 112 次/分</li></ul><p><img src="/p/figure.png" alt="床旁监护仪的读数"></p><p>正确的做法有（　　）。</p>`}
}

func itemText() web.ItemText {
	return web.ItemText{Seen: seen(), Code: "TJ-0007", Type: "multiple", Version: 3, Level: 5, Province: "天津", Key: []int{0, 1, 3}, Point: "B-C-A-003", PointName: "突发情况识别",
		Importance: "X", Difficulty: 3, Seconds: 60, Enemy: "急救-低血糖", Source: "天津市长期护理保险经办规程（样题）", Explanation: "先保证安全，再<strong>评估</strong>、呼救、报告和记录。", Author: "谷雨桐", Sample: true}
}

func changeRows() []web.ChangeRow {
	return []web.ChangeRow{
		{Field: "stem", Runs: []web.TextRun{{Kind: "same", Text: "照护师发现老人突然"}, {Kind: "removed", Text: "不适"}, {Kind: "added", Text: "面色苍白、出冷汗、说话含糊"}, {Kind: "same", Text: "，正确的做法有（　　）。"}}},
		{Field: "options.3", Runs: []web.TextRun{{Kind: "added", Text: "呼叫帮助并报告"}}},
		{Field: "key", Before: "AB", After: "ABD"}, {Field: "enemy", After: "急救-低血糖"}}
}

func itemView(now time.Time) web.ItemView {
	return web.ItemView{ItemText: itemText(), State: "admitted", HasKey: true, From: 2, To: 3, Changes: changeRows(),
		Versions: []web.VersionRow{{Version: 1, Author: "谷雨桐", At: now.AddDate(0, -5, 0), Releases: []string{"2026.1"}}, {Version: 2, Author: LongName, Reason: "选项 D 不完整", At: now.AddDate(0, -2, 0)},
			{Version: 3, Author: "谷雨桐", Reason: "按审题意见补充体征，并说明记录的内容", At: now, Releases: []string{"2026.2", "2026.2+120000"}}},
		Consents: []web.ConsentRow{{Authority: "medical", By: "闻人安", At: now}, {Authority: "labour", By: "司徒朗", At: now}},
		Filings:  []web.FilingRow{{Authority: "medical", Number: "国医保备〔2026〕0117", At: now}},
		Trail:    trailRows(now), May: web.ItemRights{Edit: true, Own: true}, Numbers: []web.ItemNumbers{itemNumbers()}}
}

func trailRows(now time.Time) []web.TrailRow {
	return []web.TrailRow{{At: now.AddDate(0, -5, 0), By: "mingti", Action: "item.drafted"}, {At: now, By: "shenti", Action: "item.refused", Note: "选项 D 不完整"}, {At: now, By: "mingti", Action: "item.edited", Note: "选项 D 不完整"},
		{At: now, By: "shenti", Action: "item.reviewed"}, {At: now, By: "yibao", Action: "item.consented", Authority: "medical"}, {At: now, By: "tiku", Action: "item.filed", Authority: "medical", Note: "国医保备〔2026〕0117"}}
}

func editorView() web.EditorView {
	look := seen()
	return web.EditorView{Code: "TJ-0007", Province: "12", ProvinceName: "天津", Level: 5, Version: 3, Type: "multiple", Stem: "<p>照护师发现老人突然面色苍白：</p><ul><li>血压 90/60 mmHg</li></ul>", Point: "B-C-A-003", Difficulty: 3, Seconds: 60,
		Options: []string{"立即让老人停止活动", "测量血压、脉搏，<strong>有条件时</strong>测血糖", "喂一大杯温水", "呼叫帮助"}, Key: []int{0, 1, 3}, Enemy: "急救-低血糖", Source: "规程（样题）", Explanation: "先保证安全。",
		MaxOptions: 8, Seen: &look, SeenExplanation: "先保证安全。", Points: []web.PointGroup{{Label: "B-C-A 突发情况应对", Points: []web.Choice{{Value: "B-C-A-003", Label: "B-C-A-003 突发情况识别（X）"}, {Value: "B-C-A-004", Label: "B-C-A-004 呼救（Y）"}}}}}
}

func queueItems() []web.QueueItem {
	item := web.QueueItem{ItemText: itemText(), Since: 2, Changes: changeRows(), Last: "选项 D 不完整"}
	own := web.QueueItem{ItemText: itemText(), Own: true}
	own.Code, own.Province = "TJ-0008", ""
	return []web.QueueItem{item, own}
}

func reviewView() web.ReviewView {
	return web.ReviewView{Items: queueItems(), Level: 5, Next: "TJ-0009", At: "TJ-0007", Problem: &web.Problem{Code: "item.invalid", Detail: "试题内容不正确", Fields: []web.FieldProblem{{Name: "reason", Code: "form", Detail: "理由为1至200个字"}}}}
}

func queueView() web.QueueView {
	items := queueItems()
	items[0].Other, items[1].Other = "waiting", "consented"
	return web.QueueView{Authority: authz.Medical, Province: "天津", Items: items, At: "TJ-0007", Problem: &web.Problem{Code: "request.body", Detail: "请写明不同意的理由"}}
}

func tableView() web.TableView {
	v := web.TableView{Level: 5, Edition: "2024 年版（样本）", Sample: true, Levels: engine.Levels()}
	add := func(code, name string, depth, weight, points int) {
		n := web.TableNode{Code: code, Name: name, Depth: depth, Weight: engine.Pt(weight), X: 12, Y: 3}
		for p := range points {
			items := (p*7 + len(code)) % 6
			n.Cells = append(n.Cells, web.PointCoverage{Code: fmt.Sprintf("%s-%03d", code, p+1), Name: "鉴定点", Importance: string("XYYZ"[p%4]), Items: items})
			if n.Items += items; items == 0 {
				n.Bare++
			}
		}
		n.Points = points
		v.Points, v.Items, v.Bare = v.Points+points, v.Items+n.Items, v.Bare+n.Bare
		v.Nodes = append(v.Nodes, n)
	}
	add("A", "基本要求", 0, 25, 0)
	add("A-A", "职业道德", 1, 5, 0)
	add("A-A-A", "职业道德基本知识", 2, 3, 7)
	add("A-A-B", "职业守则", 2, 2, 6)
	add("B", "相关知识", 0, 75, 0)
	add("B-A", "生活照护", 1, 30, 0)
	add("B-A-A", "饮食照护与吞咽困难老人的进食协助", 2, 0, 31)
	add("B-A-B", "排泄照护", 2, 0, 24)
	return v
}

func releasesView(now time.Time) web.ReleasesView {
	return web.ReleasesView{Rows: releaseRows(now), MayBuild: true, Build: web.ReleaseTyped{ID: "2026.2+120000", Base: "2026.1", Province: "12", Sample: true}, Bases: []string{"2026.1"}, Provinces: someProvinces(),
		Preview: &web.ReleasePreview{Items: 1911, Sample: true, Against: "2026.1+120000", Difference: releaseDifference(), ProvinceName: "天津",
			Feasible: []web.FeasibilityRow{{Blueprint: "2026.1-L5", Province: "天津", OK: true}, {Blueprint: "2026.1-L3", Province: "天津", OK: true}}}}
}

func releaseDifference() web.ReleaseDifference {
	d := web.ReleaseDifference{Removed: []string{"L5a-0007"}, Tables: []engine.Level{5}, Changed: []web.VersionChange{{Code: "L5a-0010", From: 1, To: 2}, {Code: "TJ-0007", From: 1, To: 3}}}
	for i := range 17 {
		d.Added = append(d.Added, fmt.Sprintf("L4b-%04d", i+1))
	}
	return d
}

func releaseView(now time.Time) web.ReleaseView {
	d := releaseDifference()
	return web.ReleaseView{ReleaseRow: releaseRows(now)[0], Against: "2025.2", Others: []string{"2025.2", "2025.1"}, Difference: &d, MayWithdraw: true,
		Levels: []web.LevelCount{{Level: 5, Count: 214}, {Level: 4, Count: 230}, {Level: 3, Count: 251}},
		Trail:  []web.TrailRow{{At: now, By: "tiku", Action: "release.recorded", Note: "1876 items"}, {At: now, By: "tiku", Action: "release.published", Note: "1876 of 1876 items"}}}
}

func importView(now time.Time) web.ImportView {
	return web.ImportView{Decidable: true, ImportRow: web.ImportRow{ID: "j1", Name: "五级试题（第三批，含图）最终稿.xlsx", State: "ready", By: "谷雨桐", Started: now, Added: 318, Refused: 2}, Format: "xlsx", Encoding: "gb18030", Replaced: 3, Unchanged: 12, Skipped: 7,
		Whole: true, Blocked: true, Exact: "skip", Near: "add", MoreProblems: 12, MayReplace: true, KeepDays: 30,
		Shown: []web.ImportItem{{Item: "L5c-0001", Stem: "协助老人进食前，照护师应当先（　　）。", Key: "B", Point: "B-A-A-001", Options: []string{"离开", "核对饮食禁忌", "开窗", "等待家属"}},
			{Item: "L5c-0002", Stem: "进食后应当立即让老人平卧。", Key: "B", Judgement: "false", Point: "B-A-A-002", Options: []string{"正确", "错误"}}},
		Rows: []web.ImportMatch{{Item: "L5c-0007", At: web.ImportPlace{File: "items-L5", Row: 8, Item: "L5c-0007"}, Outcome: "skipped", Target: "L5a-0031", Matches: []web.ImportLike{{Kind: "exact", Item: "L5a-0031", InBank: true}}},
			{Item: "L5c-0009", At: web.ImportPlace{File: "items-L5", Row: 10, Item: "L5c-0009"}, Outcome: "added", Decision: "add", Matches: []web.ImportLike{{Kind: "near", Item: "L5a-0040", InBank: true, Percent: 86}, {Kind: "near", Item: "L5c-0004", Percent: 81}}}},
		Problems: []web.ImportProblem{{At: web.ImportPlace{File: "items-L5", Row: 42, Item: "L5c-0041"}, Field: "key", Found: "F", Want: "A–E 的一个或几个字母", Code: "item.content"}, {At: web.ImportPlace{File: "items-L5", Row: 57, Item: "L5c-0056"}, Field: "point", Want: "要素细目表中的鉴定点", Code: "intake.point"}},
		Dropped:  []web.ImportDropped{{At: web.ImportPlace{File: "items/q7.xml", Element: "rubricBlock"}, What: "rubricBlock", Why: "题库没有评分说明"}}}
}

func some(f float64) *float64 { return &f }

func itemNumbers() web.ItemNumbers {
	v := web.ItemNumbers{ItemStat: web.ItemStat{Code: "TJ-0007", Version: 2, Attempts: 1240, Share: some(0.31), Facility: some(0.642), SD: some(0.48), Guess: some(0.1), Intended: some(1),
		Effective: some(1.12), Discrimination: some(34.2), Efficiency: some(51), Flags: []string{"unused-distractor"}}, Open: 12,
		Groups: []web.GroupNumbers{{Attempts: 413, Least: 2000, Most: 5800}, {Attempts: 414, Least: 5800, Most: 7450}, {Attempts: 413, Least: 7450, Most: 9900}}}
	for i, text := range []string{"立即让老人停止活动，就地坐下或躺下", "测量血压、脉搏，有条件时测血糖", "喂一大杯温水，等待自行缓解", "呼叫帮助并报告家属和医护人员", "［图：平卧、头偏向一侧的体位］"} {
		n := int64(900 - 210*i)
		v.Options = append(v.Options, web.OptionNumbers{Letter: string(rune('A' + i)), Text: text, Key: i != 2 && i != 4, Chosen: max(n, 0), Share: some(float64(max(n, 0)) / 1240), Mean: some(71.5 - 4*float64(i)),
			Groups: []int64{max(n, 0) / 5, max(n, 0) / 3, max(n, 0) * 7 / 15}})
	}
	return v
}

func statisticsView(now time.Time) web.StatisticsView {
	v := web.StatisticsView{Release: "2026.1", Releases: []string{"2026.1", "2025.2"}, Level: 5, Levels: engine.Levels(), Sessions: 14, At: now, Flagged: 9,
		Exam: web.ExamNumbers{Attempts: 4120, Mean: some(68.41), Median: some(70), SD: some(11.2), Skewness: some(-0.42), AlphaItem: some(82.4), AlphaSlot: some(79.1), ErrorRatio: some(41.9), StandardError: some(4.7)}}
	for i := range 10 {
		label := fmt.Sprintf("%d–%d", 10*i, 10*i+10)
		v.Totals = append(v.Totals, web.Bin{Label: label, Count: []int64{0, 2, 14, 60, 190, 520, 1011, 1320, 790, 213}[i]})
		v.Facility = append(v.Facility, web.Bin{Label: label, Count: int64(i * 3)})
	}
	for i := range 60 {
		one := web.ItemStat{Code: fmt.Sprintf("L5a-%04d", i+1), Version: 1 + i%2, Attempts: int64(400 + 17*i), Share: some(0.1 + float64(i%7)/100), Facility: some(float64((i*37)%97) / 97), SD: some(0.41),
			Discrimination: some(float64((i*53)%80) - 18), Efficiency: some(44), Effective: some(1.01)}
		if i < 9 {
			one.Flags = []string{[]string{"key-doubtful", "negative", "weak", "too-hard", "too-easy", "unused-distractor", "over-exposed"}[i%7]}
			one.Discrimination = some(-float64(i))
		}
		v.Items = append(v.Items, one)
	}
	v.Items[59].Discrimination, v.Items[59].Efficiency = nil, nil
	return v
}
