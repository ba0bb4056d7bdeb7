package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

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
	leader.says("分数应在0至100之间", `value="101"`, "漏加一项")
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
	office.sees(page, "手机是关机的", "违纪等次", "严重违纪")
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
	office.sees(page, "李群", "022-0000", "待答复")
	_, rest, _ := strings.Cut(office.last, page+"/objections/")
	id, _, _ := strings.Cut(rest, `"`)
	office.redirected(office.press(page+"/objections/"+id, "words", "已核实签到表"), page+"#"+id)
	office.visit(w.href("/results"))
	office.redirected(office.press(w.href("/final")), w.href("/results"))
}
