package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/theory"
)

// at moves the clock to so long after nine o'clock of the sitting.
func (w *world) at(d time.Duration) { w.clock.Set(nine.Add(d)) }

// href is an address below the session.
func (w *world) href(rest string) string { return "/sessions/" + string(w.session.ID) + rest }

// redirected expects a form to have done its work and to lead on.
func (c *client) redirected(r reply, to string) {
	c.Helper()
	if r.status != http.StatusSeeOther || r.header.Get("Location") != to {
		c.Fatalf("%d %s, want a redirect to %s:\n%s", r.status, r.header.Get("Location"), to, text(r.body))
	}
}

// text is a page's body without its head, short enough to read.
func text(b []byte) string {
	_, main, _ := strings.Cut(string(b), "<main")
	return main[:min(len(main), 2500)]
}

// sees expects a page to say all of this.
func (c *client) sees(path string, words ...string) {
	c.Helper()
	r := c.visit(path)
	if r.status != http.StatusOK {
		c.Fatalf("%s: %d\n%s", path, r.status, text(r.body))
	}
	c.says(words...)
}

func (c *client) says(words ...string) {
	c.Helper()
	for _, word := range words {
		if !strings.Contains(c.last, word) {
			c.Errorf("the page does not say %q:\n%s", word, text([]byte(c.last)))
		}
	}
}

// openRoom checks all but the last candidate in and lets them begin.
func (w *world) openRoom() {
	w.Helper()
	w.at(-30 * time.Minute)
	room := w.desk("jiankao1")
	page := w.href("/rooms/t1")
	for _, seat := range w.seats[:candidates-1] {
		room.visit(page)
		room.redirected(room.press(page+"/check-in", "ticket", string(seat.Ticket)), page)
		room.sees(page, "签到。")
	}
	room.redirected(room.press(page+"/release"), page)
	room.sees(page, "已放行 2 名考生。")
}

// sitAll lets the released candidates answer everything right and hand in.
func (w *world) sitAll() {
	w.Helper()
	for seat := range w.seats[:candidates-1] {
		w.at(10 * time.Minute)
		c := w.chair(seat)
		c.visit("/exam")
		c.redirected(c.press("/exam/start"), "/exam/paper")
		c.visit("/exam/paper")
		c.answer(w.attempt(seat))
		c.script("POST", w.attempt(seat)+"/submission", struct{}{}, nil)
	}
	w.at(2 * time.Hour)
}

func (w *world) attempt(seat int) string {
	return "/api/v1/attempts/" + string(theory.AttemptOf(w.seats[seat].Ticket))
}

// answer opens the paper and answers all of it right.
func (c *client) answer(path string) {
	c.Helper()
	var p api.Paper
	c.script("GET", path+"/paper", nil, &p)
	for i, q := range p.Questions {
		c.script("POST", path+"/responses", map[string]any{"seq": i + 1, "item": i, "chosen": right(q), "flag": false, "kind": "response", "client_at": c.clock.Now()}, nil)
	}
}

// right is what the bank's items of these tests have for keys.
func right(q api.Question) []int {
	want := map[string]string{"single": "乙", "multiple": "甲丙", "judgement": "错误"}[q.Type]
	chosen := []int{}
	for i, o := range q.Options {
		if strings.Contains(want, o) {
			chosen = append(chosen, i)
		}
	}
	return chosen
}

// practise lets three examiners score and sign by the pages; the last candidate is absent.
func (w *world) practise() {
	w.Helper()
	w.at(5 * time.Hour)
	leader, page := w.desk("zuzhang"), w.href("/seals/practical")
	leader.sees(page, "登记、延时、更正或换人", "没有成绩，已经评的分不计")
	absent := "/assessments/" + string(practical.AssessmentOf(w.seats[candidates-1].Ticket))
	leader.redirected(leader.press(absent+"/standing", "session", string(w.session.ID), "standing", "absent", "reason", "未到场"), page)
	leader.sees(page, "的情况。", "缺考")
	for i, login := range []string{"kaoping1", "kaoping2", "kaoping3"} {
		c := w.desk(login)
		for _, seat := range w.seats[:candidates-1] {
			c.score(string(practical.AssessmentOf(seat.Ticket)), 50+i)
		}
	}
}

func (c *client) score(id string, points int) {
	c.Helper()
	page := "/assessments/" + id
	c.sees(page+"/sheet", "操作技能评分表")
	form := []string{"revision", "0", "then", "sign"}
	for _, task := range tasks() {
		form = append(form, "score."+task.Code+".1", "38.5", "score."+task.Code+".2", fmt.Sprint(points))
	}
	c.redirected(c.press(page+"/sheet", form...), page+"/signature")
	c.sees(page+"/signature", "核对并签名")
	c.redirected(c.press(page+"/signature", "revision", "1"), "/assessments")
	c.sees("/assessments", "已签名")
}

// seal closes both components, each by its own leader and the supervisor.
func (w *world) seal() { w.sealMarked(2) }

// sealMarked is seal where so many theory papers are marked.
func (w *world) sealMarked(papers int) {
	w.Helper()
	w.at(10 * time.Hour)
	marker := w.desk("yuejuan")
	page := w.href("/seals/theory")
	marker.visit(page)
	marker.redirected(marker.press(w.href("/marks"), "early", "yes"), page)
	marker.sees(page, fmt.Sprintf("已阅卷 %d 份。", papers), "封存理论知识成绩")
	marker.redirected(marker.press(page), page)
	w.witness(page)
	leader := w.desk("zuzhang")
	page = w.href("/seals/practical")
	leader.visit(page)
	leader.redirected(leader.press(page), page)
	w.witness(page)
}

func (w *world) witness(page string) {
	w.Helper()
	c := w.desk("dudao")
	c.sees(page, "此处不显示分数。")
	_, rest, _ := strings.Cut(c.last, `name="digest" value="`)
	digest, _, _ := strings.Cut(rest, `"`)
	c.redirected(c.press(page+"/witness", "digest", digest), page)
	c.sees(page, "已见证，封存完成。")
}

// waitsFor expects these tasks of the session on somebody's desk, or, with none, the session among what is past there.
func (w *world) waitsFor(login string, tasks ...string) {
	w.Helper()
	c := w.desk(login)
	c.sees("/desk", tasks...)
	due, past, _ := strings.Cut(c.last, `class="past"`)
	if own := w.href(""); strings.Contains(due, own) != (len(tasks) > 0) || strings.Contains(past, own) != (len(tasks) == 0) {
		w.Errorf("%s's desk:\n%s", login, text([]byte(c.last)))
	}
	if strings.Contains(due, w.href("/matters")) {
		w.Errorf("%s's desk leads to score checks, of which there are none", login)
	}
}

// staffSettled expects nobody to be assigned, taken off duty or waived any more once the certificates are out.
func (w *world) staffSettled() {
	w.Helper()
	office := w.desk("kaowu")
	office.sees(w.href(""), "不再安排或者撤下人员")
	for _, form := range []string{"/staff\"", "/staff/relief", "/staff-proposal"} {
		office.lacks(`action="` + w.href(form))
	}
	duty := doc{"person": w.principal("kaoping4").Person, "role": "leader", "room": ""}
	w.as("kaowu").refused("POST", v1+w.href("/duties"), duty, http.StatusConflict, "duty.over")
}

// finish joins, publishes and, when the days are over, issues.
func (w *world) finish() {
	w.Helper()
	office := w.desk("kaowu")
	page := w.href("/results")
	office.sees(page, "合成结果")
	office.redirected(office.press(page), page)
	office.sees(page, "已合成 3 人的结果。")
	office.redirected(office.press(w.href("/publicity")), page)
	office.sees(page, "公示至")
	w.browser().sees("/publicity/"+string(w.session.ID), "𠮷**")
	w.browser().sees("/", "/publicity/"+string(w.session.ID))
	office.sees(page, "/publicity/"+string(w.session.ID))
	w.clock.Advance(10 * 24 * time.Hour)
	w.listClosed()
	office = w.desk("kaowu")
	office.sees(page, "结束公示")
	office.redirected(office.press(w.href("/final")), page)
	w.listClosed()
	registrar := w.desk("zhengshu")
	registrar.sees("/certificates", "签发 2 张证书")
	issue := w.href("/certificates")
	registrar.redirected(registrar.press(issue), issue)
	registrar.sees(issue, "已处理 0 / 3 人", "可以离开本页", "data-live")
	registrar.sees("/certificates", "正在发证")
	w.issueAll()
	registrar.sees(issue, "已签发 2 张，没有失败")
	registrar.sees("/certificates", "𠮷永安", "最近的发证")
}

// listClosed expects the public list to be on no page any more.
func (w *world) listClosed() {
	w.Helper()
	public, list := w.browser(), "/publicity/"+string(w.session.ID)
	if r := public.visit(list); r.status != http.StatusNotFound || strings.Contains(public.last, "**") {
		w.Errorf("the list after its last day: %d\n%s", r.status, text(r.body))
	}
	office := w.desk("kaowu")
	for c, page := range map[*client]string{public: "/", office: w.href("/results")} {
		if c.visit(page); strings.Contains(c.last, list) {
			w.Errorf("%s leads to the list after its last day", page)
		}
	}
}

// TestAWholeSessionOnItsPages walks one session from its draw to its certificates, every step by the form of its page;
// answers are sent as the scripts of the exam page send them.
func TestAWholeSessionOnItsPages(t *testing.T) {
	w := newWorld(t)
	office := w.desk("kaowu")
	office.sees("/desk", "考务总览")
	office.sees("/office", "五级上午场", "组卷")
	office.sees(w.href(""), "第一考场", "安排人员")
	w.openRoom()

	w.at(10 * time.Minute)
	c := w.chair(0)
	c.sees("/exam", "可以开始答题", "𠮷永安", "单选题 3")
	c.redirected(c.press("/exam/start"), "/exam/paper")
	c.sees("/exam/paper", `data-attempt="`, "𠮷永安")
	w.sitAll()
	c = w.chair(0)
	c.sees("/exam", "交卷回执", "已答")
	c.sees("/exam/receipt", "回执码")
	w.practise()
	w.waitsFor("yuejuan", "理论成绩封存")
	w.waitsFor("zuzhang", "操作成绩封存")
	w.waitsFor("dudao", "见证封存", "场次")
	w.seal()
	for _, login := range []string{"yuejuan", "zuzhang", "dudao"} {
		w.waitsFor(login)
	}
	w.finish()
	w.staffSettled()

	c = w.chair(0)
	c.sees("/exam", "我的成绩", "合格", "下载电子证书")
	if r := c.raw("GET", "/exam/certificate", "", nil); r.status != http.StatusOK || !strings.HasPrefix(string(r.body), "%PDF") || r.header.Get("Content-Type") != "application/pdf" {
		t.Errorf("own certificate: %d %v", r.status, r.header)
	}
	w.checkCertificate()
}

// checkCertificate asks about an issued certificate by all three ways, and revokes it.
func (w *world) checkCertificate() {
	w.Helper()
	all, _, err := w.Issuer.List(w.Context(), w.principal("zhengshu"), "𠮷永安", "", cursor)
	check(w, err)
	public, number := w.browser(), string(all[0].Number)
	public.sees("/v/"+all[0].Token, "有效", "𠮷永安")
	public.sees("/verify")
	public.press("/verify", "number", number, "name", "𠮷永安")
	public.says("有效", number)
	registrar := w.desk("zhengshu")
	pdf := registrar.raw("GET", "/certificates/"+number+".pdf", "", nil)
	public.upload("/verify/file", "a.pdf", pdf.body)
	public.says("有效", "电子签章")
	public.upload("/verify/file", "a.pdf", append(pdf.body, '\n'))
	if strings.Contains(public.last, "answer-valid") {
		w.Error("a file with a byte more is called valid")
	}
	page := "/certificates/" + number
	registrar.visit(page)
	registrar.redirected(registrar.press(page+"/motion", "grounds", "冒名顶替，经核实", "evidence", "核查报告第1号"), page)
	registrar.sees(page, "等待另一人确认", "您提出了这份申请")
	public.sees("/v/"+all[0].Token, "有效")
	supervisor := w.desk("dudao")
	supervisor.sees("/certificates", "待确认的撤销申请（1）", number)
	supervisor.sees(page, "核查报告第1号", "不能恢复")
	supervisor.redirected(supervisor.press(page+"/revocation", "seen", w.mark("/certificates/"+number)), page)
	public.sees("/v/"+all[0].Token, "已撤销", "冒名顶替")
	registrar.visit(page)
	registrar.post(page+"/motion", "grounds", "", "evidence", "")
	registrar.says("请写明理由", "证书已撤销")
}
