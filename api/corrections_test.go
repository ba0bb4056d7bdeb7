package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// marked is a session that is sat and marked; code is a single item that the first candidate met, whose second version
// differs from the first in the key only.
func marked(t *testing.T) (w *world, code string) {
	t.Helper()
	w = newWorld(t)
	w.openRoom()
	w.sitAll()
	marker := w.desk("yuejuan")
	marker.visit(w.href("/seals/theory"))
	marker.post(w.href("/marks"))
	marker.says("请先勾选确认", "之前，考务和监考员还可以让本场考生继续作答")
	marker.sees(w.href("/seals/theory"))
	marker.redirected(marker.press(w.href("/marks"), "early", "yes"), w.href("/seals/theory"))
	marker.sees(w.href("/seals/theory")) // nothing is left to mark
	marker.lacks("继续作答")
	a, err := store.New(w.db, ids.Random()).Attempts().Attempt(t.Context(), theory.AttemptOf(w.seats[0].Ticket))
	check(t, err)
	at := slices.IndexFunc(a.Form.Items, func(it assembly.FormItem) bool { return it.Type == questionbank.Single })
	code = a.Form.Items[at].Code
	i, err := w.Bank.Item(t.Context(), w.principal("mingti"), code)
	check(t, err)
	v := i.Current()
	v.Key = []int{(v.Key[0] + 1) % len(v.Options)}
	_, err = w.Bank.Edit(t.Context(), w.principal("mingti"), v, "答案有误")
	check(t, err)
	return w, code
}

func TestAWrongKeyIsCorrectedOnThePages(t *testing.T) {
	w, code := marked(t)
	item := "/bank/items/" + code
	keeper := w.desk("tiku")
	keeper.sees(item, "答案更正", "提出答案更正", `name="to"><option value="">–</option><option value="2"`)
	keeper.post(item+"/correction", "version", "1", "remedy", "rekey", "to", "1", "reason", "答案有误")
	keeper.says("两版的正确项相同", `value="答案有误"`)
	keeper.sees(item)
	keeper.redirected(keeper.press(item+"/correction", "version", "1", "remedy", "rekey", "to", "2", "reason", "答案有误"), item+"#corrections")
	keeper.sees(item, "已提出答案更正 "+code+".1.1", "等待决定", "撤回")
	keeper.lacks("同意更正")
	w.desk("mingti").sees(item, "等待决定") // the author looks on
	reviewer := w.desk("shenti")
	reviewer.sees("/desk", `href="/bank/corrections"`)
	reviewer.sees("/bank/corrections", code+".1.1", item+"#corrections", "等待您决定")
	keeper.sees("/bank/corrections", code+".1.1", "等待决定")
	reviewer.sees(item, "同意更正", "不采纳")
	reviewer.redirected(reviewer.press(item+"/correction-decision", "correction", code+".1.1", "do", "confirm"), item+"#corrections")
	reviewer.sees(item, "已决定")

	marker, page := w.desk("yuejuan"), w.href("/corrections")
	marker.sees(w.href("/seals/theory"), "有 1 项答案更正等待重评", page)
	marker.lacks("封存理论知识成绩")
	marker.post(w.href("/seals/theory"))
	marker.says("有已决定的答案更正尚未重评")
	marker.sees(page, code+".1.1", "看重评会改动什么", "待重评")
	marker.sees(page+"?correction="+code+".1.1", "还没有改动任何成绩", "重评前", "重评后")
	marker.redirected(marker.press(page, "correction", code+".1.1"), page+"?correction="+code+".1.1#effect")
	marker.sees(page+"?correction="+code+".1.1", "已重评", "变动清单", "下载清单", "已按更正评阅")
	book := marker.raw("GET", page+"/"+code+".1.1/changes.xlsx", "", nil)
	if book.status != http.StatusOK || !strings.HasPrefix(string(book.body), "PK") {
		t.Fatalf("workbook: %d %s", book.status, book.header.Get("Content-Type"))
	}
	marker.sees(w.href("/seals/theory"), "均已按更正评阅")
	marker.redirected(marker.press(w.href("/seals/theory")), w.href("/seals/theory"))
	marker.sees(page, "理论成绩已封存")
	marker.post(page, "correction", code+".1.1")
	marker.says("只能另行办理成绩更正")
}

func TestCorrectionsByJSON(t *testing.T) {
	w, code := marked(t)
	reviewer, keeper, marker := w.as("shenti"), w.as("tiku"), w.as("yuejuan")
	list, session := v1+"/bank/items/"+code+"/corrections", v1+w.href("/corrections")
	var c api.Correction
	keeper.json("POST", list, api.CorrectionEntry{Version: 1, Remedy: questionbank.FullCredit, Reason: "题干有歧义"}, &c)
	if c.State != questionbank.Proposed || c.To != 0 || c.Decision != nil {
		t.Fatalf("%+v", c)
	}
	at := v1 + "/bank/corrections/" + string(c.ID)
	for name, x := range map[string]struct {
		got  reply
		code string
	}{
		"own half":   {keeper.send("POST", at+"/confirmation", nil), "correction.pair"},
		"no reason":  {reviewer.send("POST", at+"/refusal", api.Reason{}), "correction.invalid"},
		"two open":   {reviewer.send("POST", list, api.CorrectionEntry{Version: 1, Remedy: questionbank.Rekey, To: 2, Reason: "x"}), "correction.open"},
		"no such":    {reviewer.send("POST", v1+"/bank/corrections/nobody.1.1/confirmation", nil), "correction.not_found"},
		"not ruling": {marker.send("POST", session+"/"+string(c.ID)+"/remark", nil), "remark.foreign"},
	} {
		if x.got.problem().Code != x.code {
			t.Errorf("%s: %d %s", name, x.got.status, x.got.body)
		}
	}
	reviewer.json("POST", at+"/refusal", api.Reason{Reason: "只是答案写错"}, &c)
	reviewer.json("POST", list, api.CorrectionEntry{Version: 1, Remedy: questionbank.Rekey, To: 2, Reason: "答案有误"}, &c)
	keeper.json("POST", v1+"/bank/corrections/"+string(c.ID)+"/confirmation", nil, &c)
	var all []api.Correction
	keeper.json("GET", list, nil, &all)
	if len(all) != 2 || all[0].State != questionbank.Declined || all[1].State != questionbank.Decided || all[1].Decision == nil {
		t.Fatalf("%+v", all)
	}
	remarkByJSON(t, marker, session, string(c.ID))
}

func remarkByJSON(t *testing.T, marker *client, session, id string) {
	t.Helper()
	var mine []api.SessionCorrection
	marker.json("GET", session, nil, &mine)
	if len(mine) != 1 || mine[0].Due == 0 || mine[0].Round != nil || len(mine[0].Was) != 1 || len(mine[0].Now) != 1 {
		t.Fatalf("%+v", mine)
	}
	var foretold, done api.RemarkEffect
	marker.json("GET", session+"/"+id+"/outlook", nil, &foretold)
	if r := marker.send("GET", session+"/"+id+"/changes", nil); r.problem().Code != "remark.none" {
		t.Fatalf("changes before: %d %s", r.status, r.body)
	}
	var round api.RemarkRound
	for range 2 {
		marker.json("POST", session+"/"+id+"/remark", nil, &round)
	}
	marker.json("GET", session+"/"+id+"/changes", nil, &done)
	if foretold.Down != mine[0].Due || done.Affected != foretold.Affected || !slices.Equal(done.Changes, foretold.Changes) ||
		round.Changed != len(done.Changes) || round.Done == nil {
		t.Fatalf("foretold %+v, done %+v, %+v", foretold, done, round)
	}
}
