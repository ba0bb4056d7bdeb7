package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/questionbank"
)

func TestOfficeForms(t *testing.T) {
	w := newWorld(t)
	c := w.desk("kaowu")
	c.sees(w.href(""), fmt.Sprintf("操作任务已抽取：%d 名考生", candidates))
	if strings.Contains(c.last, "抽取操作任务") {
		t.Error("drawn, the session still offers the draw of tasks")
	}
	people := demo.Guests(candidates+2, sittingDay)[candidates:]
	people[1].IDNumber = people[1].IDNumber[:17] + map[bool]string{true: "1", false: "0"}[people[1].IDNumber[17] == '0']
	workbook, err := registration.WriteRoster(demo.Roster(people))
	check(t, err)
	c.upload(w.href("/roster"), "roster.xlsx", workbook)
	c.says("报名已截止", "五级上午场") // its forms are drawn
	open := *w.session
	open.Name = "五级加场"
	next, err := w.Sittings.CreateSession(t.Context(), w.principal("kaowu"), open)
	check(t, err)
	href := "/sessions/" + string(next.ID)
	c.sees(href, "五级加场")
	if r := c.upload(href+"/roster", "roster.xlsx", workbook); r.status != http.StatusOK {
		t.Fatalf("roster: %d %s", r.status, text(r.body))
	}
	c.says("导入 1 行，未导入 1 行。", "多半有一位输错了", "note-amber", `href="#imports"`)
	c.sees(href, "roster.xlsx", "没有导入的行", `data-th="行号">3</th>`, engine.MaskName(people[1].Name), "证件号码", "多半有一位输错了")
	if strings.Contains(c.last, people[1].Name) || strings.Contains(c.last, "id-number") {
		t.Error("the rows that were left name somebody in full, or a rule by its code")
	}
	none := demo.Roster(people[1:])
	none[0].Claims.Years = -1 // no number of years: the cell is named with whose row it is
	bad, err := registration.WriteRoster(none)
	check(t, err)
	c.upload(href+"/roster", "roster.xlsx", bad)
	c.says("导入 0 行，未导入 1 行：名册没有导入", "note-bad", none[0].Name, "整年数")
	if strings.Contains(c.last, "note-ok") {
		t.Error("a roster of which nothing was taken looks like a success")
	}
	c.upload(href+"/roster", "roster.xlsx", []byte("no workbook"))
	c.says("五级加场")
	if !strings.Contains(c.last, `role="alert"`) {
		t.Error("a file that is no workbook is refused without a word")
	}
	c.visit(w.href(""))
	c.post(w.href("/staff"), "person", w.principal("kaoping1").Person, "role", "supervisor", "room", "")
	c.says("不能再担任", "五级上午场")
	if strings.Contains(c.last, "可以担任质量督导员") {
		t.Error("who has another duty already is answered with others, though nobody is tied")
	}
	c.redirected(c.post(w.href("/staff"), "person", w.principal("jiankao1").Person, "role", "invigilator", "room", "t1"), w.href(""))
	c.sees(w.href(""), "已安排 方国栋。")
	c.redirected(c.post(w.href("/practical-draw")), w.href(""))
}

func TestConsentForms(t *testing.T) {
	w := newWorld(t)
	medical := w.desk("yibao")
	medical.sees("/bank/queue", "TJ-0001", "待审 2 题", "鉴定点1")
	medical.redirected(medical.post("/bank/items/TJ-0001/consent", "version", "1"), "/bank/queue")
	medical.sees("/bank/queue", "已同意 TJ-0001。", "待审 1 题")
	medical.post("/bank/items/TJ-0002/refusal", "version", "1", "reason", "")
	medical.says("补充题审核", "TJ-0002", `role="alert"`)
	labour := w.as("renshe")
	var queue api.Queue
	labour.json("GET", "/api/v1/bank/queue", nil, &queue)
	if len(queue.Items) != 2 || len(queue.Items[0].Key) == 0 {
		t.Errorf("queue %+v", queue)
	}
	var item api.Item
	labour.json("POST", "/api/v1/bank/items/TJ-0001/consent", api.Decision{Version: 1}, &item)
	if item.State != questionbank.Consented {
		t.Errorf("with both consents the item is %s", item.State)
	}
	labour.json("POST", "/api/v1/bank/items/TJ-0002/refusal", api.Decision{Version: 1, Reason: "出处不明"}, &item)
	if item.State != questionbank.Draft {
		t.Errorf("refused, the item is %s", item.State)
	}
	if r := labour.send("POST", "/api/v1/bank/items/L5a-0001/consent", api.Decision{Version: 1}); r.status < 400 {
		t.Errorf("consent to a national item: %d", r.status)
	}
}

// TestALongQueueIsWorkedToItsEnd: fifty items to a page, and forms lead back to the page they were sent from.
func TestALongQueueIsWorkedToItsEnd(t *testing.T) {
	w := newWorld(t)
	for _, prefix := range []string{"TK", "TL", "TM", "TN", "TO"} {
		more := items(engine.Level5, demo.Province, prefix)
		_, err := w.Bank.ImportItems(t.Context(), w.principal("mingti"), more)
		check(t, err)
		check(t, w.review(t.Context(), more))
	}
	c := w.desk("yibao")
	c.sees("/bank/queue", "本页 50 题", "TJ-0001", "TO-0008")
	if strings.Contains(c.last, "TO-0009") || strings.Contains(c.last, "回到第一页") {
		t.Error("the first page shows more than fifty items, or leads back to itself")
	}
	next := nextPage.FindStringSubmatch(c.last)
	if next == nil {
		t.Fatal("the first page does not lead on")
	}
	cursor, err := url.QueryUnescape(next[1])
	check(t, err)
	page := "/bank/queue?cursor=" + url.QueryEscape(cursor)
	c.sees(page, "本页 2 题", "TO-0009", "TO-0010", "回到第一页", `name="cursor" value="`+cursor+`"`)
	if nextPage.MatchString(c.last) {
		t.Error("the last page leads on")
	}
	c.post("/bank/items/TO-0009/refusal", "version", "1", "reason", " ", "cursor", cursor)
	c.says("TO-0009", "TO-0010", `role="alert"`)
	c.redirected(c.post("/bank/items/TO-0009/consent", "version", "1", "cursor", cursor), page)
	c.redirected(c.post("/bank/items/TO-0010/refusal", "version", "1", "reason", "出处不明", "cursor", cursor), page)
	c.sees(page, "已退回 TO-0010。", "本页没有等待审核的试题。", "回到第一页")
}

var nextPage = regexp.MustCompile(`href="/bank/queue\?cursor=([^"]+)">下一页`)

func TestARefusedSheetIsShownAsTyped(t *testing.T) {
	w := newWorld(t)
	w.at(5 * time.Hour)
	c, page := w.desk("kaoping1"), "/assessments/"+string(practical.AssessmentOf(w.seats[0].Ticket))
	c.visit(page + "/sheet")
	r := c.post(page+"/sheet", "revision", "0", "score.L5-P01.1", "40.01", "score.L5-P01.2", "12", "veto.L5-P02.V1", "on", "note.L5-P02.V1", "")
	if r.status != http.StatusUnprocessableEntity {
		t.Errorf("%d", r.status)
	}
	c.says(`value="40.01"`, `value="12"`, "第1项“", "”为0至40分", "”须写明经过",
		`aria-invalid="true" aria-describedby="e-score.L5-P01.1"`, `id="e-score.L5-P01.1"`,
		`aria-invalid="true" aria-describedby="e-note.L5-P02.V1"`)
	c.post(page+"/sheet", "revision", "0", "score.L5-P01.1", "vierzig")
	c.says("分值应为不超过两位小数的非负数")
	c.redirected(c.post(page+"/sheet", "revision", "0", "score.L5-P01.1", "40"), page+"/sheet")
	c.sees(page+"/sheet", "已保存 14:00", `value="40"`)
	c.post(page+"/signature", "revision", "1")
	c.says("还差3项", "核对并签名")
}

func TestADisputeIsRuledOnTheSealPage(t *testing.T) {
	w := newWorld(t)
	w.at(5 * time.Hour)
	id := string(practical.AssessmentOf(w.seats[0].Ticket))
	for i, login := range []string{"kaoping1", "kaoping2", "kaoping3"} {
		w.desk(login).score(id, 20+20*i)
	}
	c, page := w.desk("zuzhang"), w.href("/seals/practical")
	c.sees(page, "等待裁定", rareName)
	c.post("/assessments/"+id+"/ruling", "session", string(w.session.ID), "points", "101", "reason", "x")
	c.says("裁定分值为0至100分", "等待裁定")
	c.redirected(c.post("/assessments/"+id+"/ruling", "session", string(w.session.ID), "points", "77.5", "reason", "经复核裁定"), page)
	c.sees(page, "已裁定。", "77.5")
}

// 两名以下考评员登记一票否决：组长的裁定页写明过半数才成立、成立计零分，以及是谁登记的、看到了什么。
func TestTheLeaderIsToldWhatAVetoMeans(t *testing.T) {
	w := newWorld(t)
	w.at(5 * time.Hour)
	id := w.assessment(0)
	page := "/assessments/" + id
	c := w.desk("kaoping1")
	c.visit(page + "/sheet")
	form := []string{"revision", "0", "veto.L5-P02.V1", "on", "note.L5-P02.V1", "护栏未拉起"}
	for _, task := range tasks() {
		form = append(form, "score."+task.Code+".1", "38.5", "score."+task.Code+".2", "30")
	}
	c.redirected(c.post(page+"/sheet", form...), page+"/sheet")
	c.visit(page + "/signature")
	c.redirected(c.post(page+"/signature", "revision", "1"), "/assessments")
	w.desk("kaoping2").score(id, 30)
	w.desk("kaoping3").score(id, 30)
	w.desk("zuzhang").sees(w.href("/seals/practical"), "过半数考评员登记同一项一票否决才成立", "计 0 分", "登记一票否决的考评员", "护栏未拉起")
}
