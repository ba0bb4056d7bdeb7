package api_test

import (
	"regexp"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// 网上报名以后评价机构被暂停：公众页面不再列出本场次，打开旧链接、提交和受理都不行，并说明措施和起止日期；已报名的考生在“我的报名”看到，考务在总览、场次页看到。
func TestASuspendedBodyOnThePages(t *testing.T) {
	w := newWorld(t)
	id := w.openToCandidates()
	c := w.browser()
	c.sees("/apply", "五级加场", "合计 170 元")
	c.visit("/apply/sessions/" + id)
	key := regexp.MustCompile(`name="key" value="([^"]+)"`).FindStringSubmatch(c.last)[1]
	number := demo.IDNumber(clock.Date{Year: 1970, Month: 5, Day: 1}, 77, engine.Female)
	form := []string{"key", key, "name", "王秀兰", "id_type", "201", "id_number", number, "phone", "19900000077", "condition", "5-2", "evidence", "从业承诺书", "stands", "yes"}
	c.post("/apply/sessions/"+id, append(form, "retake", "practical", "do", "save")...)
	c.says("140 元", "合计 140 元")
	c.lacks("30 元", "170 元")
	c.visit("/apply/mine/form")
	c.redirected(c.post("/apply/mine/form", append(form[2:], "do", "submit")...), "/apply/mine")
	c.sees("/apply/mine", "还应缴 170 元")
	c.lacks("合计")
	today := clock.DateOf(w.clock.Now(), w.Policy.Location())
	_, err := w.Registry.Measure(t.Context(), w.principal("renshe"), w.session.Org, engine.Suspension{Measure: engine.Suspended, From: today, To: today.AddDays(9), Reason: "场地消防不合格", Document: "津人社监〔2026〕3号"})
	check(t, err)
	c.visit("/apply")
	c.lacks("五级加场")
	words := []string{"暂停评价业务", "津人社监〔2026〕3号", "场地消防不合格"}
	c.sees("/apply/mine", append(words, "没有受理的请先不要缴费")...)
	other := w.browser()
	other.visit("/apply/sessions/" + id)
	other.says("不能接受报名", today.String())
	office := w.desk("kaowu")
	office.sees("/office", words...)
	office.sees("/sessions/"+id, append(words, "公众的报名页面不再列出本场次")...)
	queue, _, err := w.Intake.Queue(t.Context(), w.principal("kaowu"), id, engine.Cursor{})
	check(t, err)
	mine := string(queue[0].ID)
	office.visit("/requests/" + mine)
	office.post("/requests/"+mine+"/acceptance", "original", number, "evidence", "从业承诺书")
	office.says("不能接受报名", today.AddDays(8).String())
}
