package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
)

// 考评员评分一致性：封存前没有；两人封存后考评组长和质量督导员看得到，考评员只看到自己的一行，考务、阅卷和考生看不到。
// 人次太少时写明不下结论，不给数字；下载的表格和页面上都没有考生。
func TestConcordanceAfterTheSeal(t *testing.T) {
	w := newWorld(t)
	page, file := w.href("/practice/concordance"), w.href("/practice/concordance.csv")
	leader := w.desk("zuzhang")
	w.as("zuzhang").refused("GET", v1+w.href("/concordance"), nil, http.StatusConflict, "seal.not_sealed")
	leader.sees(w.href("/practice"))
	if strings.Contains(leader.last, page) {
		t.Error("the link is there before the seal")
	}
	w.openRoom()
	w.sitAll()
	w.practise()
	w.seal()
	leader = w.desk("zuzhang")
	leader.sees(w.href("/practice"), page)
	leader.sees(page, "考评员评分一致性", "不足 5 人次，不下结论", "按封存时有效的评分表计算")
	supervisor := w.desk("dudao")
	supervisor.sees(w.href("/seals/practical"), page)
	supervisor.sees("/concordance", "考核人次", "不足 5 人次")
	if strings.Contains(supervisor.last, rareName) || strings.Contains(supervisor.last, string(w.seats[0].Ticket)) {
		t.Error("a candidate is on the page")
	}
	r := supervisor.raw("GET", file, "", nil)
	if lines := strings.Split(strings.TrimSpace(string(r.body)), "\r\n"); r.status != http.StatusOK || len(lines) != 4 || !strings.HasPrefix(lines[0], "\uFEFF考评员,") || !strings.HasSuffix(lines[0], ",校准有效期至") ||
		!strings.Contains(r.header.Get("Content-Disposition"), "concordance.csv") || !strings.HasSuffix(lines[1], ",2,0,,,,,,,,,,,,,") {
		t.Errorf("%d %v %q", r.status, r.header, r.body)
	}
	var all, own api.Concordance
	day := func(n int) string { return w.clock.Now().AddDate(0, 0, n).Format("2006-01-02") }
	w.as("dudao").json("GET", v1+"/concordance?from="+day(-30)+"&to="+day(30), nil, &all)
	w.as("kaoping1").json("GET", v1+w.href("/concordance"), nil, &own)
	if len(all.Examiners) != 3 || all.Performances != 2 || all.Sessions != 1 || all.Alpha != nil || all.Examiners[0].Numbers != nil {
		t.Errorf("%+v", all)
	}
	if len(own.Examiners) != 1 || !own.Own {
		t.Errorf("%+v", own)
	}
	for _, login := range []string{"yuejuan", "kaowu", "jiankao1"} {
		w.as(login).refused("GET", v1+w.href("/concordance"), nil, http.StatusForbidden, "authz.forbidden")
	}
	w.as("dudao").refused("GET", v1+"/concordance", nil, http.StatusUnprocessableEntity, "concordance.period")
	for _, query := range []string{"?from=2026-02-30", "?from=2026-03-02&to=2026-03-01", "?from=2026-03-02", "?to=2026-03-02", "?from=2025-03-01&to=2026-03-02"} {
		w.as("dudao").refused("GET", v1+"/concordance"+query, nil, http.StatusUnprocessableEntity, "concordance.period")
		if r := supervisor.raw("GET", "/concordance"+query, "", nil); r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "时间段不正确") {
			t.Errorf("%s: %d", query, r.status)
		}
	}
}
