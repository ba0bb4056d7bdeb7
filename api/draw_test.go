package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// undrawn makes another session with three seats and nothing drawn, and three custodians of three bodies.
func (w *world) undrawn() (href string, keepers []string) {
	w.Helper()
	st := store.New(w.db, ids.Random())
	n := *w.session
	n.ID, n.Digits, n.Name, n.Closed, n.Allotted = "other", "777777", "公证场", time.Time{}, nil
	n.Theory = clock.Window{Opens: n.Theory.Opens.Add(24 * time.Hour), Closes: n.Theory.Closes.Add(24 * time.Hour)}
	check(w, st.Sessions().CreateSession(w.Context(), &n))
	for i := range 3 {
		check(w, st.Seats().CreateSeat(w.Context(), &sitting.Seat{Ticket: sitting.Ticket(fmt.Sprintf("2612777777%04d", i+1)), Session: n.ID,
			Candidate: engine.PersonID(fmt.Sprintf("someone-%d", i)), Room: n.Rooms[0].ID, No: i + 1}))
	}
	for i, org := range []engine.OrgID{w.session.Org, "two", "three"} {
		login := fmt.Sprintf("baoguan%d", i+1)
		_, err := w.Gate.Create(w.Context(), operator(), accounts.New{Login: login, Password: demo.Password, Name: "保管人" + fmt.Sprint(i+1),
			Roles: []authz.Role{authz.Custodian}, Org: org})
		check(w, err)
		keepers = append(keepers, login)
	}
	return "/sessions/other", keepers
}

// TestADrawOverHTTP goes through a draw as programs of custodians do.
func TestADrawOverHTTP(t *testing.T) {
	w := newWorld(t)
	href, logins := w.undrawn()
	path := v1 + href + "/draw"
	office := w.as("kaowu")
	office.refused("GET", path, nil, 404, "draw.not_found")
	office.refused("POST", path+"/custodians", doc{"custodians": []string{"kaowu", "dudao"}, "beacon": doc{"kind": "witnessed", "text": "摇号"}}, 422, "draw.custodians")
	var d api.DrawRecord
	office.json("POST", path+"/custodians", doc{"custodians": logins, "threshold": 2, "beacon": doc{"kind": "witnessed", "text": "摇号"}}, &d)
	keepers, codes := make([]*client, 3), make([]protocol.Code, 3)
	for i, login := range logins {
		keepers[i], codes[i] = w.as(login), protocol.Code{byte(i + 1)}
		k, err := codes[i].Custodian("other", "")
		check(t, err)
		keepers[i].refused("POST", path+"/keys", doc{"sign": "xx", "box": ""}, 422, "request.body")
		keepers[i].json("POST", path+"/keys", doc{"sign": hexOf(k.Sign), "box": hexOf(k.Box)}, &d)
	}
	kept := []api.DrawRecord{}
	keepers[0].json("GET", v1+"/draws", nil, &kept)
	if len(kept) != 1 || kept[0].Stage != "enrolled" {
		t.Fatalf("keeps %+v", kept)
	}
	terms := w.terms()
	for i := range keepers {
		c, err := codes[i].Commit(terms, i+1)
		check(t, err)
		keepers[i].json("POST", path+"/commitment", c, &d)
	}
	office.refused("POST", path+"/randomness", doc{"text": "07", "witnesses": []string{"甲", "乙"}}, 409, "draw.step")
	office.json("POST", path+"/freeze", nil, &d)
	if w.followed().Roots.String() != d.Frozen {
		t.Fatalf("frozen %s", d.Frozen)
	}
	office.json("POST", path+"/randomness", doc{"text": "07", "witnesses": []string{"甲", "乙"}}, &d)
	for i := range 2 {
		s, err := codes[i].Secret("other")
		check(t, err)
		keepers[i].json("POST", path+"/opening", doc{"share": s.Share.String(), "nonce": s.Nonce.String()}, &d)
	}
	office.refused("POST", v1+href+"/forms", nil, 409, "draw.step")
	office.json("POST", path+"/withheld", doc{"custodian": 3, "reason": "失联"}, &d)
	for i := range 2 {
		box, err := codes[i].Box("other")
		check(t, err)
		c, err := codes[2].Commit(terms, 3)
		check(t, err)
		part, err := terms.OpenShare(c, i+1, box)
		check(t, err)
		keepers[i].json("POST", path+"/parts", doc{"custodian": 3, "holder": i + 1, "bytes": hexOf(part.Bytes)}, &d)
	}
	var drawn api.Draw
	office.json("POST", v1+href+"/forms", nil, &drawn)
	office.json("GET", path, nil, &d)
	if slices.ContainsFunc(d.Custodians, func(k api.DrawCustodian) bool { return k.Seen }) {
		t.Fatalf("no code reached the server, and the record says %+v", d.Custodians)
	}
	if d.Stage != "drawn" || d.Root != drawn.Root || drawn.Forms != 3 || d.Reserves != 2 || !d.Custodians[2].Recovered || len(d.Log) != 7 {
		t.Fatalf("drawn %+v", d)
	}
	office.refused("POST", v1+href+"/withdrawals", doc{"code": "L9", "reason": "泄露"}, 422, "draw.item")
	keepers[2].refused("GET", path+"/transcript", nil, 409, "draw.sealed")
	if s := w.followed(); len(s.Heads) != 1 || s.Heads[0].Root.String() != d.Root {
		t.Fatalf("public %+v", s)
	}
	w.clock.Set(nine.Add(30 * time.Hour))
	w.equal(w.as("dudao").send("GET", path+"/transcript", nil).body)
}

// followed is how far the public log of the other session leads somebody who is not signed in.
func (w *world) followed() protocol.Standing {
	w.Helper()
	public := w.browser()
	r := public.send("GET", "/draws/other/log.json", nil)
	var v struct {
		Session, Frozen string
		Log             []protocol.Entry
	}
	check(w, json.Unmarshal(r.body, &v))
	for _, secret := range []string{`"share"`, `"nonce"`, `"reveal"`, "someone-", "baoguan"} {
		if strings.Contains(string(r.body), secret) {
			w.Errorf("the public log tells %s: %s", secret, r.body)
		}
	}
	s, err := protocol.Follow(v.Log, w.clock.Now().UnixMilli())
	check(w, err)
	if v.Session != "other" || v.Frozen != s.Roots.String() {
		w.Errorf("public log %s", r.body)
	}
	if r := public.send("GET", "/draws/another/log.json", nil); r.status != http.StatusNotFound {
		w.Errorf("of no session: %d", r.status)
	}
	return s
}

// refused expects a refusal by its status and code.
func (c *client) refused(method, path string, body any, status int, code string) {
	c.Helper()
	r := c.send(method, path, body)
	if p := r.problem(); r.status != status || p.Code != code {
		c.Fatalf("%s %s: %d %s, want %d %s", method, path, r.status, r.body, status, code)
	}
}

// equal audits a transcript.
func (w *world) equal(file []byte) {
	w.Helper()
	x, err := protocol.Decode(file)
	check(w, err)
	r, err := protocol.Audit(x)
	check(w, err)
	if !r.Equal {
		w.Fatalf("audit: %v", r.First)
	}
}

func hexOf(b []byte) string { return fmt.Sprintf("%x", b) }

func (w *world) terms() protocol.Terms {
	w.Helper()
	d, err := store.New(w.db, ids.Random()).Draws().Draw(w.Context(), "other")
	check(w, err)
	return *d.Terms()
}

var shownCode = regexp.MustCompile(`<code class="digest">((?:[0-9a-f]{8} ?){8})</code>`)

// TestADrawOnItsPage goes through a draw on the page: the codes are shown once and entered again.
func TestADrawOnItsPage(t *testing.T) {
	w := newWorld(t)
	href, logins := w.undrawn()
	at := href + "/draw"
	office := w.desk("kaowu")
	office.sees(at, "指定种子保管人")
	office.appoints(at, logins)
	var keepers []*client
	var codes []string
	for _, login := range logins {
		k := w.desk(login)
		k.sees("/desk", "组卷公证", "公证场")
		k.sees(at, "生成保管码")
		m := shownCode.FindSubmatch(k.post(at + "/code").body)
		if m == nil {
			t.Fatal("no code is shown")
		}
		if strings.Contains(string(k.visit(at).body), string(m[1])) {
			t.Fatal("the code is shown again")
		}
		keepers, codes = append(keepers, k), append(codes, string(m[1]))
	}
	if r := keepers[0].post(at+"/keeping", "step", "commit", "code", "00"); r.status != http.StatusUnprocessableEntity {
		t.Fatalf("a wrong code: %d", r.status)
	}
	body, err := w.Registry.Organisation(t.Context(), w.session.Org)
	check(t, err)
	for i, k := range keepers {
		k.sees(at, "提交承诺", `type="text"`, "每八位一组", "服务器在那一刻就见到了它", body.Name)
		k.redirected(k.post(at+"/keeping", "step", "commit", "code", codes[i]), at)
	}
	office.redirected(office.post(at+"/freeze"), at)
	office.redirected(office.post(at+"/randomness", "text", "07 11", "witnesses", "甲\n乙"), at)
	if r := keepers[0].post(at+"/keeping", "step", "open", "code", codes[1]); r.status != http.StatusUnprocessableEntity {
		t.Fatalf("another's code: %d", r.status)
	}
	for i, k := range keepers {
		k.redirected(k.post(at+"/keeping", "step", "open", "code", codes[i]), at)
	}
	office.redirected(office.post(at+"/forms"), at)
	var d api.DrawRecord
	w.as("kaowu").json("GET", v1+at, nil, &d)
	if slices.ContainsFunc(d.Custodians, func(k api.DrawCustodian) bool { return !k.Seen }) {
		t.Fatalf("codes went through the page, and the record says %+v", d.Custodians)
	}
	office.sees(at, "本系统见过保管码", `<strong class="nowrap">见过</strong>`, "须有 2 名保管人签名")
	office.redirected(office.post(at+"/redraw", "reason", "试卷袋破损"), at)
	for i, k := range keepers[:2] {
		k.sees(at, "试卷袋破损")
		k.redirected(k.post(at+"/keeping", "step", "sign", "code", codes[i]), at)
	}
	office.redirected(office.post(at+"/forms"), at)
	office.sees(at, "组卷记录在理论知识考试结束后公开", "备用试卷", `承诺 <span class="dim">保管人2</span>`, `href="/draws/other/log.json"`)
	w.clock.Set(nine.Add(30 * time.Hour))
	supervisor := w.desk("dudao")
	supervisor.sees(at, "下载组卷记录")
	w.equal(supervisor.visit(at + "/transcript.json").body)
}

// deputy is another account of the office.
// appoints names custodians on the page of a draw, with a drawing before witnesses.
func (c *client) appoints(at string, logins []string) {
	c.visit(at)
	c.redirected(c.post(at+"/custodians", "logins", strings.Join(logins, "\n"), "threshold", "0", "text", "摇号"), at)
}

func (w *world) deputy() *client { return w.desk("kaowu2") }

const confirming = `<input type="hidden" name="confirms" value="1"><input type="hidden" name="reason" value="误操作">`

// TestWhatIsConfirmedIsWhatWasSeen: a proposal that was changed in the meantime is neither confirmed nor replaced.
func TestWhatIsConfirmedIsWhatWasSeen(t *testing.T) {
	w := newWorld(t)
	href, logins := w.undrawn()
	at := href + "/draw"
	office, deputy := w.desk("kaowu"), w.deputy()
	office.appoints(at, logins)
	office.redirected(office.post(at+"/redraw", "reason", "误操作"), at)
	deputy.sees(at, confirming)
	office.redirected(office.post(at+"/redraw", "reason", "另有原因"), at)
	if r := deputy.post(at+"/redraw", "confirms", "1", "reason", "误操作"); r.status != http.StatusConflict {
		t.Fatalf("confirmed what is no longer proposed: %d", r.status)
	}
	deputy.sees(at, "另有原因")
	deputy.redirected(deputy.post(at+"/redraw", "confirms", "1", "reason", "另有原因"), at)
	office.sees(at, "搁置的组卷")
}

// TestAKeeperOfAnotherOffice: an account may be exam office of its own body and keep a share of this one's draw. It sees
// the draw, and nothing that is for the office of the session alone.
func TestAKeeperOfAnotherOffice(t *testing.T) {
	w := newWorld(t)
	href, logins := w.undrawn()
	at := href + "/draw"
	_, err := w.Gate.Create(w.Context(), operator(), accounts.New{Login: "liangren", Password: demo.Password, Name: "申屠安",
		Roles: []authz.Role{authz.Custodian, authz.ExamOffice}, Org: "four"})
	check(w, err)
	office := w.desk("kaowu")
	office.appoints(at, append(logins[:2:2], "liangren"))
	keeper := w.desk("liangren")
	keeper.sees(at, "生成保管码")
	keeper.lacks(`action="/sessions/other/draw/redraw"`)
	office.sees(at, `action="/sessions/other/draw/redraw"`)
}

// TestARedrawIsConfirmedByAnotherAccount: without custodians one account of the office proposes and another confirms,
// who types no reason.
func TestARedrawIsConfirmedByAnotherAccount(t *testing.T) {
	w := newWorld(t)
	href, _ := w.undrawn()
	at := href + "/draw"
	office, deputy := w.desk("kaowu"), w.deputy()
	office.visit(at)
	office.redirected(office.post(at+"/forms"), at)
	office.sees(at, "须由本机构另一名考务人员在本页按“确认”才生效", "只能重新组卷一次")
	office.redirected(office.post(at+"/redraw", "reason", "误操作"), at)
	office.sees(at, "您不能自己确认", "误操作")
	office.visit(at)
	office.lacks(confirming)
	supervisor := w.desk("dudao")
	supervisor.sees(at, "须由提出人以外的另一名考务人员确认")
	supervisor.lacks(confirming)
	deputy.sees(at, confirming, "（kaowu） 提出重新组卷，理由：误操作")
	deputy.redirected(deputy.post(at+"/redraw", "reason", "误操作"), at)
	deputy.sees(at, "已确认，请按本页的下一步继续")
	deputy.visit(at)
	deputy.lacks(confirming)
	deputy.redirected(deputy.post(at+"/forms"), at)
	var d api.DrawRecord
	w.as("kaowu").json("GET", v1+at, nil, &d)
	if d.Root == "" || d.Redraw != nil || len(d.Aside) != 0 || !d.Custodians[0].Seen {
		t.Fatalf("drawn again: %+v", d)
	}
	office.visit(at)
	office.lacks("搁置的组卷")
}

// TestDrawsPutAsideAreShown: by whom, why and with which last entry; before there are terms and after.
func TestDrawsPutAsideAreShown(t *testing.T) {
	w := newWorld(t)
	href, logins := w.undrawn()
	at := href + "/draw"
	office, deputy := w.desk("kaowu"), w.deputy()
	office.appoints(at, logins)
	office.redirected(office.post(at+"/redraw", "reason", "误操作"), at)
	deputy.sees(at, confirming, "试卷还没有组出")
	deputy.redirected(deputy.post(at+"/redraw", "reason", "误操作"), at)
	office.sees(at, "搁置的组卷", "误操作", "（kaowu）", "钟离雪（kaowu2）", "没有公开日志")
	codes := make([]string, len(logins))
	for i, login := range logins {
		k := w.desk(login)
		k.visit(at)
		codes[i] = string(shownCode.FindSubmatch(k.post(at + "/code").body)[1])
	}
	var before api.DrawRecord
	w.as("kaowu").json("GET", v1+at, nil, &before)
	office.redirected(office.post(at+"/redraw", "reason", "三号失联"), at)
	for i := range 2 {
		k := w.desk(logins[i])
		k.sees(at, "三号失联")
		k.redirected(k.post(at+"/keeping", "step", "sign", "code", codes[i]), at)
	}
	last := before.Log[len(before.Log)-1].Hash
	w.desk("dudao").sees(at, "三号失联", "保管人1、保管人2", last)
	var d api.DrawRecord
	w.as("dudao").json("GET", v1+at, nil, &d)
	if len(d.Aside) != 2 || d.Aside[0].Last != "" || d.Aside[0].Second == d.Aside[0].By || d.Aside[1].Last != last || len(d.Aside[1].Signed) != 2 {
		t.Fatalf("put aside %+v", d.Aside)
	}
}

// TestARoundOfDrandIsAnnounced: the page names the round two hours before the exam to the custodians, and how a witnessed
// drawing goes has to be said.
func TestARoundOfDrandIsAnnounced(t *testing.T) {
	w := newWorld(t)
	href, logins := w.undrawn()
	at := href + "/draw"
	office := w.desk("kaowu")
	office.visit(at)
	if r := office.post(at+"/custodians", "logins", strings.Join(logins, "\n"), "threshold", "0", "source", "witnessed"); r.status != http.StatusUnprocessableEntity {
		t.Fatalf("nothing said of the drawing: %d", r.status)
	}
	office.says("见证抽取的办法：", logins[0]+"\n"+logins[1])
	office.post(at+"/custodians", "logins", "kaowu", "threshold", "2", "source", "drand", "text", "摇号")
	office.says("保管人的登录名：", "没有种子保管人角色", ">kaowu</textarea>", `value="2"`, `value="摇号"`, `value="drand" selected`)
	office.post(at+"/custodians", "logins", "kaowu", "threshold", "x")
	office.says("可代为恢复的人数：应为整数")
	office.redirected(office.post(at+"/custodians", "logins", strings.Join(logins, "\n"), "threshold", "0", "source", "drand"), at)
	var d api.DrawRecord
	w.as("kaowu").json("GET", v1+at, nil, &d)
	due := protocol.RoundDue(d.Beacon.Round)
	if before := w.session.Theory.Opens.Add(24 * time.Hour).Sub(due); d.Beacon.Kind != protocol.Drand || before > 2*time.Hour || before <= 2*time.Hour-3*time.Second {
		t.Fatalf("announced %+v, out at %v", d.Beacon, due)
	}
	w.desk(logins[0]).sees(at, fmt.Sprintf("drand quicknet 第 %d 轮", d.Beacon.Round))
}

// TestItemsThatTheBankStopped: the page lists those that forms hold, with the bank's reason, until they are replaced.
func TestItemsThatTheBankStopped(t *testing.T) {
	w := newWorld(t)
	href, _ := w.undrawn()
	at := href + "/draw"
	office := w.desk("kaowu")
	office.visit(at)
	office.redirected(office.post(at+"/forms"), at)
	office.visit(at)
	office.lacks("本场次用到已停用的试题")
	attempts, _, err := store.New(w.db, ids.Random()).Attempts().AttemptsOf(t.Context(), "other", engine.Cursor{})
	check(t, err)
	code := attempts[0].Form.Items[0].Code
	w.as("tiku").json("POST", v1+"/bank/items/"+code+"/suspension", doc{"reason": "答案有争议"}, nil)
	office.sees(at, "本场次用到已停用的试题", code, "已停用", `value="答案有争议"`)
	supervisor := w.desk("dudao")
	supervisor.sees(at, "备用试卷")
	supervisor.lacks("本场次用到已停用的试题")
	office.redirected(office.post(at+"/withdrawals", "code", code, "reason", "答案有争议"), at)
	office.visit(at)
	office.lacks("本场次用到已停用的试题")
}
