package api_test

import (
	"bytes"
	"encoding/json"
	"html"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/itemstats"
)

// lacks expects the page looked at last to say none of this.
func (c *client) lacks(words ...string) {
	c.Helper()
	for _, word := range words {
		if strings.Contains(c.last, word) {
			c.Errorf("the page says %q:\n%s", word, text([]byte(c.last)))
		}
	}
}

func TestTheBankIsBrowsed(t *testing.T) {
	w := newWorld(t)
	for _, prefix := range []string{"TK", "TL", "TM", "TN"} {
		_, err := w.Bank.ImportItems(t.Context(), w.principal("mingti"), items(engine.Level5, "", prefix))
		check(t, err)
	}
	c := w.desk("tiku")
	c.sees("/bank", "2026.1", "样题", `href="/bank/tables?level=5"`, `href="/bank/items?level=5&amp;type=single&amp;state=admitted"`)
	c.sees("/bank/items?q=L5a&type=single", "L5a-0001", "共 6 题", "单选题", `href="/bank/items.xlsx?q=L5a&amp;type=single"`)
	c.sees("/bank/items?level=5&point=A-A-009", "L5a-0009", "判断题")
	c.lacks("L5a-0008")
	c.sees("/bank/items?difficulty=5", "没有符合条件的试题。", "清除筛选")
	c.sees("/bank/items?q=L5a&point=%22%3E%3Cscript%3E", `value="&#34;&gt;&lt;script&gt;"`)
	for path, want := range map[string]string{"/bank/items": "", "/bank/items?level=5": "level=5", "/bank/items?q=%E6%A0%B7%E9%A2%98&level=5": "q=%E6%A0%B7%E9%A2%98"} {
		c.leafs(path, want)
	}
}

// leafs follows the links to the next page to the last one, as a browser does. Each keeps the filter and leads to items
// that no page before it had.
func (c *client) leafs(path, filter string) {
	c.Helper()
	row, next := regexp.MustCompile(`<a href="/bank/items/([^"]+)">`), regexp.MustCompile(`href="([^"]+)">下一页`)
	seen := map[string]bool{}
	for pages := 1; ; pages++ {
		c.sees(path)
		for _, m := range row.FindAllStringSubmatch(c.last, -1) {
			if seen[m[1]] {
				c.Errorf("%s shows %s again", path, m[1])
			}
			seen[m[1]] = true
		}
		m := next.FindStringSubmatch(c.last)
		if m == nil {
			if pages == 1 {
				c.Errorf("%s does not lead on", path)
			}
			return
		}
		if path = html.UnescapeString(m[1]); !strings.Contains(path, filter) {
			c.Errorf("%s has lost the filter %s", path, filter)
		}
	}
}

func TestTheTableShowsItsGaps(t *testing.T) {
	w := newWorld(t)
	c := w.desk("tiku")
	c.sees("/bank/tables?level=5", "生活照护", "10:0:0", `href="/bank/items?level=5&amp;point=A-A-001"`, "鉴定点1")
	c.lacks("缺 ")
	c.sees("/bank/tables?level=5&type=multiple", "缺 8 点", `point=A-A-007&amp;type=multiple`)
	if r := c.visit("/bank/tables?level=9"); r.status != http.StatusUnprocessableEntity {
		t.Errorf("no level: %d", r.status)
	}
}

func TestTheWorkbookOfAList(t *testing.T) {
	w := newWorld(t)
	r := w.desk("tiku").raw("GET", "/bank/items.xlsx?q=L5a&type=multiple", "", nil)
	if r.status != http.StatusOK || !strings.Contains(r.header.Get("Content-Disposition"), "items.xlsx") {
		t.Fatalf("export: %d %v", r.status, r.header)
	}
	got, err := exchange.Read("items.xlsx", r.body, exchange.Options{Level: engine.Level5})
	if err != nil || len(got.Problems) != 0 || len(got.Drafts) != 2 || len(got.Drafts[0].Key) != 2 {
		t.Errorf("exported %+v, %v", got, err)
	}
	if r := w.desk("shenti").raw("GET", "/bank/items.xlsx", "", nil); r.status != http.StatusForbidden {
		t.Errorf("a reviewer takes the keys out of the house: %d", r.status)
	}
}

// TestWhoSeesTheKey: whoever may read the bank sees the item, its key only those who work on it.
func TestWhoSeesTheKey(t *testing.T) {
	w := newWorld(t)
	for login, sees := range map[string]bool{"mingti": true, "shenti": true, "tiku": true, "guanli": false, "yibao": false} {
		c := w.desk(login)
		c.sees("/bank/items/L5a-0001", "样题 L5a 第1题", "考生看到的样子")
		if got := !strings.Contains(c.last, "此处不显示答案"); got != sees {
			t.Errorf("%s sees the key: %v", login, got)
		}
	}
	c := w.desk("yibao")
	if c.sees("/bank/items/TJ-0001", "正确项"); strings.Contains(c.last, "此处不显示答案") {
		t.Error("an authority does not see the key of what it is asked about")
	}
}

// draft are the fields of a new item as its form sends them.
func draft(with ...string) []string {
	return append([]string{"do", "save", "version", "0", "level", "5", "item_code", "N-0001", "type", "single", "stem", "体温<38 的老人，正确的做法是（　　）。\r\n请选一项。",
		"option.0", "物理降温", "option.2", "多喝<strong>温水</strong>", "option.3", "立即送医", "key.2", "on", "point", "A-A-001", "difficulty", "2", "seconds", "45"}, with...)
}

// TestAnItemFromItsFormThroughReview goes the way of a national item on the pages.
func TestAnItemFromItsFormThroughReview(t *testing.T) {
	w := newWorld(t)
	author, reviewer := w.desk("mingti"), w.desk("shenti")
	author.sees("/bank/editor", "先选等级和所属")
	author.sees("/bank/editor?level=5", `<option value="A-A-001">`, "保存为草稿")

	// refused: everything typed is still there
	author.press("/bank/editor", draft("point", "A-Z-999")...)
	author.says("不在五级", "体温&lt;38", "多喝&lt;strong&gt;温水&lt;/strong&gt;", `name="key.2" checked`, `value="N-0001"`)
	// shown: as the candidate sees it, text with a sign below nothing needs no entity
	author.press("/bank/editor", append(draft(), "do", "preview")...)
	author.says("体温&lt;38 的老人", "<strong>温水</strong>")
	author.redirected(author.post("/bank/editor", draft()...), "/bank/items/N-0001")
	author.sees("/bank/items/N-0001", "已保存 N-0001。", "草稿", "体温&lt;38", "B</strong>")

	reviewer.sees("/bank/review?level=5", "N-0001", "审题通过")
	reviewer.post("/bank/items/N-0001/refusal", "version", "1", "reason", "", "from", "review", "level", "5")
	reviewer.says("理由为1至200个字", "N-0001")
	reviewer.redirected(reviewer.post("/bank/items/N-0001/refusal", "version", "1", "reason", "选项C不清楚", "from", "review", "level", "5"), "/bank/review?level=5")

	author.sees("/bank/items?q=N-0001", "退回", "选项C不清楚")
	author.sees("/bank/items/N-0001", "上次退回：选项C不清楚", "（shenti）")
	author.sees("/desk", "退回待修改", `class="count">1<`)
	reviewer.sees("/bank/review?level=5", "这一版由您退回")
	reviewer.post("/bank/items/N-0001/review", "version", "1", "from", "item")
	reviewer.says("修改后才能审题通过")
	author.sees("/bank/editor?level=5", "鉴定点1（核心）")
	author.press("/bank/editor", draft("seconds", "abc")...)
	author.says("预计答题时间：应为整数")
	for _, path := range []string{"/bank/items?level=9", "/bank/tables?level=9", "/bank/editor?level=abc"} {
		author.visit(path)
		author.says("等级只能是五级、四级或三级")
	}

	author.sees("/bank/editor?code=N-0001", "体温&amp;lt;38", "修改理由")
	next := []string{"version", "1", "option.3", "立即送医并报告家属", "reason", "按意见修改"}
	author.redirected(author.press("/bank/editor", draft(next...)...), "/bank/items/N-0001")
	author.sees("/bank/items/N-0001", "第 1 版与第 2 版的差别", "<ins>", "并报告家属</ins>", "按意见修改")
	reviewer.sees("/bank/review", "上次退回：选项C不清楚", "与第 1 版比较")
	reviewer.press("/bank/items/N-0001/review", "version", "1", "from", "review")
	reviewer.says("试题已有新版本", "N-0001") // what was looked at is not the newest any more
	reviewer.redirected(reviewer.press("/bank/items/N-0001/review", "version", "2", "from", "review"), "/bank/review")
	reviewer.sees("/bank/items/N-0001", "已审题", "审题通过")
}

func TestReleasesAreBuiltOnTheirPage(t *testing.T) {
	w := newWorld(t)
	reviewer, keeper := w.desk("shenti"), w.desk("tiku")
	fresh := items(engine.Level5, "", "NEW")[:1]
	fresh[0].Stem = "新的题"
	_, err := w.Bank.ImportItems(t.Context(), w.principal("mingti"), fresh)
	check(t, err)
	reviewer.sees("/bank/items/NEW-0001", "审题通过")
	reviewer.redirected(reviewer.press("/bank/items/NEW-0001/review", "version", "1", "from", "item"), "/bank/items/NEW-0001")
	keeper.sees("/bank/releases?id=2026.2", "2026.2 将要冻结的内容", "与 2026.1 的差别", "新增 1 题", "NEW-0001", blueprintID, "可以组卷", "发布 2026.2")
	keeper.says("不能删除", "确认：再输入一次 2026.2")
	keeper.press("/bank/releases", "id", "2026.2", "sample", "on", "confirm", "2026.1")
	keeper.says("请照样再输入一次 2026.2")
	keeper.sees("/bank/releases?id=2026.2-neu", "国家题库版本号形如 2026.1")
	keeper.sees("/bank/releases?id=2026.2", "发布 2026.2")
	keeper.redirected(keeper.press("/bank/releases", "id", "2026.2", "sample", "on", "confirm", "2026.2"), "/bank/releases/2026.2")
	keeper.sees("/bank/releases/2026.2", "已发布 2026.2。", "与 2026.1 的差别", "NEW-0001", "撤回 2026.2")
	keeper.sees("/bank/releases?id=2026.2", `role="alert"`, "题库版本已存在")
	keeper.post("/bank/releases/2026.2/withdrawal", "reason", "")
	keeper.says("理由为1至200个字")
	keeper.redirected(keeper.post("/bank/releases/2026.2/withdrawal", "reason", "题干有误"), "/bank/releases/2026.2")
	keeper.sees("/bank/releases/2026.2", "已撤回", "题干有误")
	keeper.lacks("撤回的理由")

	keeper.sees("/bank/items/NEW-0001", "停用 NEW-0001")
	keeper.post("/bank/items/NEW-0001/suspension", "reason", "出处不明")
	keeper.says("请照样再输入一次 NEW-0001", "已入库")
	keeper.post("/bank/items/NEW-0001/suspension", "reason", " ", "confirm", "NEW-0001")
	keeper.says("理由为1至200个字", "NEW-0001")
	keeper.redirected(keeper.post("/bank/items/NEW-0001/suspension", "reason", "出处不明", "confirm", "NEW-0001"), "/bank/items/NEW-0001")
	keeper.sees("/bank/items/NEW-0001", "已停用", "出处不明", "（tiku）")
	keeper.says("须由另一名题库管理员恢复使用")
	keeper.lacks("恢复使用的理由")
	keeper.post("/bank/items/NEW-0001/resumption", "reason", "核对无误")
	keeper.says("须由停用人以外的另一名题库管理员办理", "已停用")
	second := w.desk("tiku2")
	second.sees("/bank/items/NEW-0001", "恢复使用 NEW-0001", "出处不明")
	second.lacks("由您停用")
	second.post("/bank/items/NEW-0001/resumption", "reason", " ")
	second.says("理由为1至200个字", "已停用")
	second.redirected(second.post("/bank/items/NEW-0001/resumption", "reason", "出处已查明"), "/bank/items/NEW-0001")
	second.sees("/bank/items/NEW-0001", "已恢复使用 NEW-0001。", "已入库", "出处已查明", "（tiku2）", "停用 NEW-0001")
	second.lacks("恢复使用的理由")
	keeper.redirected(keeper.post("/bank/items/NEW-0001/suspension", "reason", "出处有误", "confirm", "NEW-0001"), "/bank/items/NEW-0001")
	keeper.post("/bank/items/NEW-0001/retirement", "reason", "过时")
	keeper.says("请照样再输入一次 NEW-0001", "不能恢复", "已停用")
	keeper.redirected(keeper.post("/bank/items/NEW-0001/retirement", "reason", "过时", "confirm", "NEW-0001"), "/bank/items/NEW-0001")
	second.sees("/bank/items/NEW-0001", "已废止")
	second.lacks("恢复使用的理由")
	second.post("/bank/items/NEW-0001/resumption", "reason", "出处已查明")
	second.says("不能恢复使用")
	author := w.desk("mingti")
	author.sees("/bank/releases", "2026.2")
	author.lacks("发布新版本")
}

// TestFilingOnTheItemPage: both consents lead to the two filing numbers.
func TestFilingOnTheItemPage(t *testing.T) {
	w := newWorld(t)
	for _, login := range []string{"yibao", "renshe"} {
		c := w.desk(login)
		c.sees("/bank/items/TJ-0001", "代表本部门同意")
		c.redirected(c.press("/bank/items/TJ-0001/consent", "version", "1", "from", "item"), "/bank/items/TJ-0001")
	}
	c := w.desk("tiku")
	c.sees("/bank/items/TJ-0001", "登记备案号")
	c.post("/bank/items/TJ-0001/filing", "version", "1", "authority", "medical", "filing_number", "")
	c.says("备案号为6至64个字", "TJ-0001")
	c.post("/bank/items/TJ-0001/filing", "version", "1", "authority", "medical", "filing_number", "备〔2026〕7", "filing_number_again", "备〔2026〕1")
	c.says("两次输入的备案号不一致", "备〔2026〕7")
	for _, authority := range []string{"medical", "labour"} {
		c.redirected(c.post("/bank/items/TJ-0001/filing", "version", "1", "authority", authority, "filing_number", "备〔2026〕7", "filing_number_again", "备〔2026〕7"), "/bank/items/TJ-0001")
	}
	c.sees("/bank/items/TJ-0001", "已备案", "备〔2026〕7", "国家医疗保障局", "更正备案号")
	right := []string{"version", "1", "authority", "medical", "filing_number", "备〔2026〕8", "filing_number_again", "备〔2026〕8", "correct", "on", "reason"}
	c.post("/bank/items/TJ-0001/filing", append(right, "")...)
	c.says("理由为1至200个字")
	c.redirected(c.post("/bank/items/TJ-0001/filing", append(right, "抄错一位")...), "/bank/items/TJ-0001")
	c.sees("/bank/items/TJ-0001", "已备案", "备〔2026〕8", "抄错一位", "（tiku）")
}

// TestAFilingIsCorrectedOverHTTP: by the keeper, with a reason.
func TestAFilingIsCorrectedOverHTTP(t *testing.T) {
	w := newWorld(t)
	keeper, at := w.as("tiku"), v1+"/bank/items/TJ-0001"
	right := doc{"version": 1, "authority": "medical", "number": "备〔2026〕8", "reason": "抄错一位"}
	refused := func(login string, in doc, status int, code string) {
		t.Helper()
		if r := w.as(login).send("POST", at+"/filings/correction", in); r.status != status || r.problem().Code != code {
			t.Errorf("%v by %s: %d %s", in, login, r.status, r.body)
		}
	}
	refused("tiku", right, 409, "item.state")
	for _, login := range []string{"yibao", "renshe"} {
		w.as(login).json("POST", at+"/consent", doc{"version": 1}, nil)
	}
	for _, authority := range []string{"medical", "labour"} {
		keeper.json("POST", at+"/filings", doc{"version": 1, "authority": authority, "number": "备〔2026〕7"}, nil)
	}
	refused("mingti", right, 403, "authz.forbidden")
	refused("tiku", right.with(doc{"reason": nil}), 422, "item.invalid")
	refused("tiku", right.with(doc{"number": "8"}), 422, "item.invalid")
	refused("tiku", right.with(doc{"correct": true}), 422, "request.body")
	refused("tiku", right.with(doc{"version": 2}), 409, "item.version")
	var i api.Item
	keeper.json("POST", at+"/filings/correction", right, &i)
	var whole api.ItemText
	keeper.json("GET", at, nil, &whole)
	if last := whole.History[len(whole.History)-1]; i.State != "filed" || last.Action != "item.refiled" || !strings.Contains(last.Note, "备〔2026〕7 → 备〔2026〕8：抄错一位") {
		t.Errorf("corrected %+v, %+v", i, last)
	}
}

// uploadWith sends a file in a form with other fields; of a name that comes twice the last value counts.
func (c *client) uploadWith(path, name string, data []byte, fields []string) reply {
	c.Helper()
	values := map[string]string{"csrf": c.csrf}
	for i := 0; i+1 < len(fields); i += 2 {
		values[fields[i]] = fields[i+1]
	}
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for field, value := range values {
		check(c, m.WriteField(field, value))
	}
	f, err := m.CreateFormFile("file", name)
	check(c, err)
	_, err = f.Write(data)
	check(c, err)
	check(c, m.Close())
	r := c.raw("POST", path, m.FormDataContentType(), &b)
	c.last = string(r.body)
	return r
}

// uploadJSON sends a file to the API and reads the answer of what was done.
func (c *client) uploadJSON(path, name string, data []byte, into any) reply {
	c.Helper()
	r := c.uploadWith(path, name, data, nil)
	if r.status == http.StatusOK && into != nil {
		check(c, json.Unmarshal(r.body, into))
	}
	return r
}

func dot(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	check(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 3))))
	return b.Bytes()
}

// TestPicturesOfItems: who writes items stores them, who reads the bank sees them, a candidate only those of the paper.
func TestPicturesOfItems(t *testing.T) {
	w := newWorld(t)
	author := w.as("mingti")
	var stored api.Image
	if r := author.uploadJSON("/api/v1/bank/images", "a.png", dot(t), &stored); r.status != http.StatusOK || len(stored.Digest) != 64 || stored.Width != 3 {
		t.Fatalf("store: %d %s", r.status, r.body)
	}
	if r := author.uploadJSON("/api/v1/bank/images", "a.png", []byte("no picture"), nil); r.problem().Code != "image.invalid" {
		t.Errorf("what is no picture: %d %s", r.status, r.body)
	}
	if r := w.as("guanli").uploadJSON("/api/v1/bank/images", "a.png", dot(t), nil); r.status != http.StatusForbidden {
		t.Errorf("stored by the operator: %d", r.status)
	}
	r := w.desk("guanli").raw("GET", "/images/"+stored.Digest, "", nil)
	if r.status != http.StatusOK || r.header.Get("Content-Type") != "image/png" || !bytes.Equal(r.body, dot(t)) || !strings.Contains(r.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("the picture: %d %v", r.status, r.header)
	}
	w.openRoom()
	w.at(10 * time.Minute)
	c := w.chair(0)
	c.visit("/exam")
	c.redirected(c.press("/exam/start"), "/exam/paper")
	if r := c.raw("GET", "/exam/paper/images/"+stored.Digest, "", nil); r.status == http.StatusOK {
		t.Error("a candidate sees a picture that the paper does not show")
	}
	if r := c.raw("GET", "/images/"+stored.Digest, "", nil); r.status != http.StatusForbidden {
		t.Errorf("a candidate in the bank: %d", r.status)
	}
	// by the form, without a script: the picture goes to the end of the stem and is shown at once
	page := w.desk("mingti")
	page.visit("/bank/editor?level=5")
	page.uploadWith("/bank/editor", "a.png", dot(t), append(draft(), "do", "image", "alt", `一个"点"`, "into", "stem"))
	page.says(`src="/images/`+stored.Digest+`"`, html.EscapeString(`<img src="image:`+stored.Digest+`" alt="一个&quot;点&quot;"/>`))
	page.uploadWith("/bank/editor", "a.png", dot(t), append(draft(), "do", "image", "alt", " "))
	page.says("请用一句话写明图片的内容", "物理降温")
}

func TestItemsOfTheAPI(t *testing.T) {
	w := newWorld(t)
	author, keeper := w.as("mingti"), w.as("tiku")
	var item api.Item
	author.json("POST", "/api/v1/bank/drafts", api.NewItem{Code: "N-1", ItemEdit: api.ItemEdit{Level: 5, Type: questionbank.Single, Stem: "新的题<br/>两行",
		Options: []string{"甲", "乙"}, Key: []int{0}, Point: "A-A-001", Difficulty: 1}}, &item)
	if item.Code != "N-1" || item.State != questionbank.Draft || item.Version != 1 {
		t.Errorf("new item %+v", item)
	}
	author.json("POST", "/api/v1/bank/items/N-1/versions", api.ItemEdit{Version: 1, Level: 5, Type: questionbank.Single, Stem: "新的题",
		Options: []string{"甲", "乙"}, Key: []int{0}, Point: "A-A-001", Difficulty: 1, Reason: "一行就够"}, &item)
	var changes []api.ItemChange
	author.json("GET", "/api/v1/bank/items/N-1/changes?from=1&to=2", nil, &changes)
	if len(changes) != 1 || changes[0].Field != "stem" || len(changes[0].Words) == 0 {
		t.Errorf("changes %+v", changes)
	}
	if r := w.as("guanli").send("GET", "/api/v1/bank/items/N-1/changes", nil); r.status != http.StatusForbidden {
		t.Errorf("changes tell the key to the operator: %d", r.status)
	}
	var preview api.ReleasePreview
	keeper.json("GET", "/api/v1/bank/preview?"+url.Values{"id": {"2026.9"}}.Encode(), nil, &preview)
	if preview.Items != 10 || preview.Against != releaseID || len(preview.Feasible) == 0 {
		t.Errorf("preview %+v", preview)
	}
	var d api.ReleaseDifference
	keeper.json("GET", "/api/v1/bank/releases/"+releaseID+"/difference?with="+releaseID, nil, &d)
	if len(d.Added)+len(d.Removed)+len(d.Changed) != 0 {
		t.Errorf("a release differs from itself: %+v", d)
	}
}

// work lets a worker of the house do what waits.
func work(w *world) {
	w.Helper()
	_, err := w.Imports.Once(w.Context())
	check(w, err)
}

func TestStatisticsOnTheirPages(t *testing.T) {
	w := newWorld(t)
	c := w.desk("tiku")
	c.sees("/bank/statistics", "还没有作答统计")
	w.measured("L5a-0009", releaseID)
	c.sees("/bank/statistics", "作答人次", ">40<", "L5a-0009", "other", `data-chart="spots"`, `/bank/items/L5a-0009`, "50.0%", "40–50")
	c.lacks("难度值", "还不能据此判断")
	few := theory.LevelStatistics{Release: releaseID, Level: engine.Level4, Part: 1, Parts: 1, Sessions: 1, At: nine, Exam: itemstats.Exam{Attempts: 12}}
	check(t, store.New(w.db, ids.Random()).Findings().PutLevelStatistics(w.Context(), &few))
	c.sees("/bank/statistics?release=2026.1&level=4", "作答只有 12 人次，不足 30 人次")
	c.sees("/bank/statistics?release=2026.1&level=5", "1.25")
	c.sees("/bank/statistics?release=nothing", "还没有作答统计")
	c.sees("/bank/items/L5a-0009", "第 1 版的作答统计", `data-chart="bars"`, "高分组", "未答")
	operator := w.desk("guanli")
	operator.sees("/bank/items/L5a-0009", "第 1 版的作答统计")
	operator.lacks("高分组", "正确项</span>")
}
