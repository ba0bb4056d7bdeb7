package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/result"
)

// joined brings the session to the first day of publicity.
func (w *world) joined() *client {
	w.Helper()
	w.openRoom()
	w.sitAll()
	w.practise()
	w.seal()
	office, page := w.desk("kaowu"), w.href("/results")
	office.visit(page)
	office.redirected(office.press(page), page)
	office.visit(page)
	office.redirected(office.press(w.href("/publicity")), page)
	return office
}

// digestOn is the digest that a form on the page in hand sends.
func (c *client) digestOn() string {
	_, rest, _ := strings.Cut(c.last, `name="digest" value="`)
	digest, _, _ := strings.Cut(rest, `"`)
	return digest
}

// TestACandidateAsksForACheck: from the candidate's page to the corrected result, each step by its own person: the candidate
// asks, the office forwards, the leader of practice finds an error, the supervisor signs. Meanwhile the result is 待定, on the
// candidate's page, on the public list and for the registrar.
func TestACandidateAsksForACheck(t *testing.T) {
	w := newWorld(t)
	office := w.joined()
	page := w.href("/matters")
	k := string(result.CheckOf(w.seats[0].Ticket, engine.Practical))

	c := w.chair(0)
	c.sees("/exam/result", "查分", "申请截止：", "理论试卷由计算机评阅")
	c.post("/exam/checks", "component", "practical", "words", " ")
	c.says("查分填写不完整", "请填写")
	c.visit("/exam/result")
	c.redirected(c.press("/exam/checks", "component", "practical", "words", "第二项没有给分"), "/exam/result#follow")
	c.sees("/exam/result", "查分申请已提交。", "待定", "您申请的查分还没有办结", "第二项没有给分", "考务人员应在")
	w.browser().sees("/publicity/"+string(w.session.ID), "待定", "提出异议")

	office.sees(page, "第二项没有给分", "已提交，待转交", "转交本科目负责人")
	office.sees(w.href("/results"), "待定", "查分尚未办结（操作技能）")
	office.visit(page)
	office.redirected(office.press(page+"/checks/"+k+"/forwarding"), page+"#"+k)
	marker := w.desk("yuejuan")
	marker.sees(page, "没有查分申请")
	marker.lacks("第二项没有给分")
	if r := marker.post(page+"/checks/"+k+"/answer", "standing", "unchanged", "words", "无误"); r.status != http.StatusForbidden {
		t.Errorf("theory answers for practice: %d", r.status)
	}
	leader := w.desk("zuzhang")
	leader.sees(page, "第二项没有给分", "提交核对结果")
	leader.press(page+"/checks/"+k+"/answer", "standing", "scored", "points", "101", "words", "漏加一项")
	leader.says("最多两位小数", `value="101"`, "漏加一项")
	leader.visit(page)
	leader.redirected(leader.press(page+"/checks/"+k+"/answer", "standing", "scored", "points", "59.5", "words", "多加一项"), page+"#"+k)
	leader.sees(page, "等待质量督导员签署更正")
	supervisor := w.desk("dudao")
	supervisor.sees(page, "59.50", "多加一项", "签署更正")
	supervisor.redirected(supervisor.press(page+"/checks/"+k+"/witness", "digest", supervisor.digestOn()), page+"#"+k)
	supervisor.sees(page, "已更正，办结", "更正已签署")
	c = w.chair(0)
	c.sees("/exam/result", "未合格", "成绩已由两人更正", "59.50")
}

// TestMisconductFromReportToAppeal: the office opens a case, the candidate is told and answers, the office proposes, the
// supervisor decides, the candidate appeals, and the authority of the province overturns it.
func TestMisconductFromReportToAppeal(t *testing.T) {
	w := newWorld(t)
	office := w.joined()
	page, seat := w.href("/matters"), w.seats[0]
	office.visit(page)
	office.press(page+"/cases", "ticket", string(seat.Ticket), "facts", "考试中使用手机", "evidence", " ")
	office.says("请填写证据", "考试中使用手机")
	office.visit(page)
	at := page + "/cases/" + string(result.CaseOf(seat.Ticket, 1))
	anchor := page + "#" + string(result.CaseOf(seat.Ticket, 1))
	office.redirected(office.press(page+"/cases", "ticket", string(seat.Ticket), "facts", "考试中使用手机", "evidence", "监控录像\n考场情况记录"), anchor)
	office.sees(page, "已立案", "告知考生并听取陈述")
	c := w.chair(0)
	c.sees("/exam/result", "待定", "有一件违纪情况正在办理")
	c.lacks("监控录像")
	office.visit(page)
	office.redirected(office.press(at+"/notice"), anchor)
	c.sees("/exam/result", "监控录像", "您的陈述申辩", "说明情况")
	own := "/exam/cases/" + string(result.CaseOf(seat.Ticket, 1))
	c.redirected(c.press(own+"/statement", "words", "手机是关机的"), "/exam/result#"+string(result.CaseOf(seat.Ticket, 1)))
	if r := w.chair(1).post(own+"/statement", "words", "替人说话"); r.status == http.StatusSeeOther {
		t.Error("another candidate made a statement")
	}
	office.sees(page, "手机是关机的", "期满之后，或考生表示已经说完")
	office.lacks("违纪等次")
	c.sees("/exam/result", "我已说完，不再补充", "上面写好的陈述会一并提交", "formnovalidate")
	c.redirected(c.press(own+"/statement/completion", "words", "手机是关机的，没有拿出来过"), "/exam/result#"+string(result.CaseOf(seat.Ticket, 1)))
	c.sees("/exam/result", "您已表示说完、不再补充")
	c.lacks("我已说完，不再补充")
	office.sees(page, "手机是关机的，没有拿出来过", "考生已表示说完", "违纪等次", "严重违纪")
	office.redirected(office.press(at+"/proposal", "severity", "serious", "component", "", "words", "监控可见"), anchor)
	if r := office.post(at+"/decision", "upheld", "yes", "words", "是"); r.status != http.StatusForbidden {
		t.Errorf("the office decides: %d", r.status)
	}
	supervisor := w.desk("dudao")
	supervisor.sees(page, "本次考试全部科目成绩无效", "记录 60 个月", "同意处理意见")
	supervisor.redirected(supervisor.press(at+"/decision", "upheld", "yes", "words", "事实清楚"), anchor)
	c.sees("/exam/result", "未合格", "违纪取消", "严重违纪", "申请复核", "记录至")
	c.redirected(c.press(own+"/appeal", "words", "请调看开机记录"), "/exam/result#"+string(result.CaseOf(seat.Ticket, 1)))
	bureau := w.desk(w.bureau())
	bureau.sees("/desk", "违纪复核申请")
	bureau.sees(page, "请调看开机记录", "撤销原决定")
	bureau.redirected(bureau.press(at+"/conclusion", "upheld", "no", "words", "开机记录与陈述一致"), anchor)
	c.sees("/exam/result", "合格", "不构成违纪", "开机记录与陈述一致")
}

// TestNobodyFailsByOnePersonsWord: an invigilator sends one candidate out of the theory room, the leader of practice excludes
// another, and nobody opens a case. Whoever signs the seals is warned; the office sees both under 待立案; neither candidate reads
// 未合格, on their own page or on the public list, and the third one's result stands. With one click the office opens the case,
// with what was written in the room; a second click opens nothing more. Found to be no misconduct, practice is due again.
func TestNobodyFailsByOnePersonsWord(t *testing.T) {
	const line = "正在按程序处理，尚未作出处理决定"
	w := newWorld(t)
	w.openRoom()
	w.sitAll()
	w.practise()
	w.as("jiankao1").json("POST", w.room("misconduct"), api.Misconduct{Ticket: w.seats[0].Ticket, Reason: "桌下翻看笔记"}, nil)
	path, fields := w.lead(1, "standing", "standing", "voided", "reason", "携带手机进入考位")
	leader := w.desk("zuzhang")
	leader.visit(w.href("/seals/practical"))
	leader.redirected(leader.post(path, fields...), w.href("/seals/practical"))
	leader.sees(w.href("/seals/practical"), "本科目有 2 名考生已被取消资格而尚未立案", "封存不等于处理决定")
	office, page := w.desk("kaowu"), w.href("/matters")
	office.sees(page, "待立案（2）", "桌下翻看笔记", "携带手机进入考位", "考评组长", "立案")
	w.sealMarked(1)
	w.desk("dudao").sees(w.href("/seals/theory"), "本科目有 1 名考生已被取消资格而尚未立案")
	office.visit(w.href("/results"))
	office.redirected(office.press(w.href("/results")), w.href("/results"))
	office.sees(w.href("/results"), "有 2 名考生被取消资格而尚未立案", "已取消资格，尚未立案", "已取消资格，待处理")
	office.redirected(office.press(w.href("/publicity")), w.href("/results"))
	w.browser().sees("/publicity/"+string(w.session.ID), line, "待定")
	c := w.chair(1)
	c.sees("/exam/result", line, "您可以陈述申辩", "申请复核", "待定")
	c.lacks("未合格", "违纪取消")
	office.sees(w.href("/report"), "取消资格尚未立案", "待处理决定")
	office.sees(w.href(""), "有 2 名考生被取消资格而尚未立案")

	id := string(result.CaseOf(w.seats[1].Ticket, 1))
	at := page + "/exclusions/" + string(w.seats[1].Ticket)
	office.visit(page)
	if r := leader.post(at); r.status != http.StatusForbidden {
		t.Errorf("the leader opens the case: %d", r.status)
	}
	office.redirected(office.press(at), page+"#"+id)
	office.sees(page, "待立案（1）", "考场上已取消资格", "携带手机进入考位")
	office.redirected(office.post(at), page+"#"+id)
	var cases []api.MisconductCase
	w.as("kaowu").json("GET", v1+w.href("/misconduct"), nil, &cases)
	var waiting []api.Exclusion
	w.as("kaowu").json("GET", v1+w.href("/exclusions"), nil, &waiting)
	if len(cases) != 1 || !strings.Contains(cases[0].Facts, "携带手机进入考位") || len(waiting) != 1 || waiting[0].Ticket != w.seats[0].Ticket {
		t.Fatalf("%+v, %+v", cases, waiting)
	}
	w.dismissed(id)
	c, office = w.chair(1), w.desk("kaowu")
	c.sees("/exam/result", "还有一科待补考", "不构成违纪")
	c.lacks(line)
	var opened api.MisconductCase
	w.as("dudao").json("POST", v1+w.href("/exclusions"), api.ExclusionNamed{Ticket: w.seats[0].Ticket}, &opened)
	office.sees(page, "桌下翻看笔记")
	office.lacks("待立案（")
	if string(opened.ID) != string(result.CaseOf(w.seats[0].Ticket, 1)) {
		t.Errorf("%+v", opened)
	}
}

// dismissed takes an opened case to the decision that there was no misconduct, after the candidate's time for a statement.
func (w *world) dismissed(id string) {
	w.Helper()
	at, anchor := w.href("/matters/cases/"+id), w.href("/matters")+"#"+id
	office := w.desk("kaowu")
	office.visit(w.href("/matters"))
	office.redirected(office.press(at+"/notice"), anchor)
	w.clock.Advance(14 * 24 * time.Hour)
	office = w.desk("kaowu")
	office.visit(w.href("/matters"))
	office.redirected(office.press(at+"/proposal", "severity", "serious", "component", "", "words", "监控可见"), anchor)
	supervisor := w.desk("dudao")
	supervisor.visit(w.href("/matters"))
	supervisor.redirected(supervisor.press(at+"/decision", "upheld", "no", "words", "手机是考评员的"), anchor)
}

// TestAnybodyObjects: a stranger objects on the public list; the publicity cannot end before the office has answered, and
// nobody but the office reads who it was.
func TestAnybodyObjects(t *testing.T) {
	w := newWorld(t)
	w.joined()
	list, page := "/publicity/"+string(w.session.ID), w.href("/matters")
	public := w.browser()
	public.visit(list)
	public.press(list+"/objections", "name", "李群", "contact", "", "words", "名单中有人没有到场")
	public.says("异议填写不完整", "名单中有人没有到场", `value="李群"`)
	public.visit(list)
	public.redirected(public.press(list+"/objections", "name", "李群", "contact", "022-0000", "words", "名单中有人没有到场"), list)
	public.sees(list, "异议已提交")
	public.lacks("李群", "022-0000")
	w.clock.Advance(10 * 24 * time.Hour)
	office := w.desk("kaowu")
	office.visit(w.href("/results"))
	office.press(w.href("/final"))
	office.says("尚有异议未答复")
	for _, reader := range []string{"dudao", w.bureau()} {
		watcher := w.desk(reader)
		watcher.sees(page, "名单中有人没有到场", "李*", "022***00")
		watcher.lacks("李群", "022-0000")
	}
	office.sees(page, "李群", "022-0000", "待答复")
	_, rest, _ := strings.Cut(office.last, page+"/objections/")
	id, _, _ := strings.Cut(rest, `"`)
	office.redirected(office.press(page+"/objections/"+id, "words", "已核实签到表"), page+"#"+id)
	office.visit(w.href("/results"))
	office.redirected(office.press(w.href("/final")), w.href("/results"))
}
