package api_test

import (
	"cmp"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/bulk"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/vcjwt"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/fixtures/demo"
	sheets "github.com/skillcert/skillcert/questionbank/exchange/table"
)

// TestAHolderSharesACertificate: the holder makes a link on the page of the result, whoever has it sees what the check page
// shows, and it ends by hand or by itself.
func TestAHolderSharesACertificate(t *testing.T) {
	w := newWorld(t)
	cert := w.issued()
	c, public := w.chair(0), w.browser()
	c.sees("/exam/result", "让别人查验我的证书", "目前没有有效的链接", "Open Badges 3.0")
	c.redirected(c.press("/exam/shares", "days", "30", "note", "给津沽护理院"), "/exam/result")
	c.sees("/exam/result", "已生成查询链接", "给津沽护理院", "data:image/png;base64,")
	_, rest, _ := strings.Cut(c.last, `href="/s/`)
	token, _, _ := strings.Cut(rest, `"`)
	public.sees("/s/"+token, "answer-valid", string(cert.Number), rareName, cert.IDMasked)
	if strings.Contains(public.last, "给津沽护理院") {
		t.Error("the note is shown to whoever has the link")
	}
	a := answerOf(t, w.program("").send("GET", "/api/v1/shares/"+token, nil))
	if a.Standing != certs.StandingValid || a.By != certs.ByShare || a.Certificate.Number != cert.Number {
		t.Errorf("to programs: %+v", a)
	}
	for _, days := range []string{"0", "181", "x", ""} {
		if r := c.post("/exam/shares", "days", days, "note", "某处"); r.status != http.StatusUnprocessableEntity || !strings.Contains(c.last, "有效期应为1至180天") || !strings.Contains(c.last, "某处") {
			t.Errorf("%q days: %d", days, r.status)
		}
	}
	c.visit("/exam/result")
	c.redirected(c.press("/exam/shares/end", "token", token), "/exam/result")
	public.sees("/s/"+token, "answer-unknown", "这个链接已经到期、已被持证人停用，或从未存在")
	w.linksOfPrograms(cert)
}

// linksOfPrograms does the same by JSON; a link ends when its days are over, and nobody ends another's.
func (w *world) linksOfPrograms(cert *certs.Certificate) {
	w.Helper()
	mine, others := w.candidate(0), w.candidate(1)
	r := mine.send("POST", "/api/v1/me/certificate/shares", api.ShareEntry{Days: 2})
	var made api.Share
	check(w, json.Unmarshal(r.body, &made))
	if r.status != http.StatusOK || !strings.HasSuffix(made.Link, "/s/"+made.Token) {
		w.Fatalf("%d %s", r.status, r.body)
	}
	if r := others.send("POST", "/api/v1/me/certificate/shares/end", api.ShareEnd{Token: made.Token}); r.status != http.StatusNotFound {
		w.Errorf("another candidate ends it: %d %s", r.status, r.body)
	}
	for n := range 11 { // the limit of a minute is 10, and everybody's own
		if r := others.send("POST", "/api/v1/me/certificate/shares", api.ShareEntry{Days: 2}); (r.status == http.StatusTooManyRequests) != (n == 10) {
			w.Errorf("link %d in a minute: %d", n+1, r.status)
		}
	}
	w.clock.Advance(48*time.Hour - time.Second)
	w.browser().sees("/s/"+made.Token, "answer-valid", string(cert.Number))
	w.clock.Advance(time.Second)
	w.browser().sees("/s/"+made.Token, "answer-unknown")
}

// TestAHolderTakesTheCertificateAlong downloads it in every profile, signed by the house, with the name and without.
func TestAHolderTakesTheCertificateAlong(t *testing.T) {
	w := newWorld(t)
	cert := w.issued()
	_, err := w.Translog.Publish(t.Context())
	check(t, err)
	c := w.chair(0)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(w.Root)
	for _, path := range []string{"/exam/certificate/openbadges-3.0", "/exam/certificate/vc-2.0", "/api/v1/me/certificate/exports/vc-2.0"} {
		for query, named := range map[string]bool{"": true, "?name=hidden": false} {
			r := c.raw("GET", path+query, "", nil)
			opened, err := vcjwt.Open(r.body, vcjwt.Trust{Roots: roots, At: w.clock.Now(), Usage: keys.ForStatus})
			if err != nil || r.status != http.StatusOK || r.header.Get("Content-Type") != vcjwt.MediaType {
				t.Fatalf("%s: %d %v %s", path, r.status, err, r.body)
			}
			text := string(opened.Payload)
			if !strings.Contains(text, string(cert.Number)) || strings.Contains(text, rareName) != named || !strings.Contains(text, "c2sp.org/tlog-proof@v1") || strings.Contains(text, cert.IDMasked) {
				t.Errorf("%s%s: %s", path, query, text)
			}
			if list := fmt.Sprintf("https://example.org/status/%d", cert.Slot.List); !strings.Contains(text, `"`+list+`"`) {
				t.Errorf("%s: its status list is not %s, the address that it was opened under: %s", path, list, text)
			}
			w.provesItsLeaf(opened.Payload)
		}
	}
	if r := c.raw("GET", "/exam/certificate/other", "", nil); r.status != http.StatusNotFound {
		t.Errorf("no such profile: %d", r.status)
	}
	if r := w.candidate(candidates-1).send("GET", "/api/v1/me/certificate/exports/vc-2.0", nil); r.status != http.StatusNotFound {
		t.Errorf("without a certificate: %d", r.status)
	}
}

// provesItsLeaf checks the proof of an export as anybody can who has the key of the log.
func (w *world) provesItsLeaf(credential []byte) {
	w.Helper()
	var c struct {
		Evidence []struct{ Narrative, Description, LogProof, LogLeaf string }
	}
	check(w, json.Unmarshal(credential, &c))
	if len(c.Evidence) != 1 {
		w.Fatalf("%d proofs in %s", len(c.Evidence), credential)
	}
	text, leaf := cmp.Or(c.Evidence[0].LogProof, c.Evidence[0].Narrative), cmp.Or(c.Evidence[0].LogLeaf, c.Evidence[0].Description)
	p, note := w.readProof(text)
	at, err := w.Translog.Trust().Open(note)
	check(w, err)
	if err := p.Check([]byte(leaf), at); err != nil {
		w.Errorf("the log does not hold %q: %v", leaf, err)
	}
}

// employer makes an account of an employer and signs it in.
func (w *world) employer() *client {
	w.Helper()
	ctx := w.Context()
	org, err := w.Registry.FileOrganisation(ctx, operator(), engine.Organisation{ID: "huliyuan", Name: "津沽护理院", Kind: engine.Employer, Province: demo.Province, CreditCode: "91120116MA0000000X"})
	check(w, err)
	person := w.seats[candidates-1].Candidate
	entry := map[string]any{"login": "hr.huliyuan", "password": demo.Password, "person": person, "roles": []authz.Role{authz.Employer}, "org": org.ID}
	operator := w.as("guanli")
	entry["org"] = "nobody"
	if r := operator.send("POST", "/api/v1/accounts", entry); r.status == http.StatusOK {
		w.Error("an employer's account of no body")
	}
	entry["org"] = w.certificate().Org
	if r := operator.send("POST", "/api/v1/accounts", entry); r.status != http.StatusUnprocessableEntity || r.problem().Fields[0].Name != "org" {
		w.Errorf("an employer's account of an evaluation body: %d %s", r.status, r.body)
	}
	entry["org"] = org.ID
	entry["roles"] = []authz.Role{authz.Employer, authz.Author}
	if r := operator.send("POST", "/api/v1/accounts", entry); r.status != http.StatusUnprocessableEntity {
		w.Errorf("an employer that is an author: %d %s", r.status, r.body)
	}
	entry["roles"] = []authz.Role{authz.Employer}
	if r := operator.send("POST", "/api/v1/accounts", entry); r.status != http.StatusOK {
		w.Fatalf("%d %s", r.status, r.body)
	}
	return w.desk("hr.huliyuan")
}

// TestAnEmployerChecksARoster: the rows come back in their order, each with what it is worth; faults are named; the account
// remembers how many rows there were and nothing else.
func TestAnEmployerChecksARoster(t *testing.T) {
	cfg := generous
	cfg.Limits.Bulk = 5
	w := newWorldWith(t, cfg)
	cert := w.issued()
	c := w.employer()
	c.sees("/bulk-check", "批量查验证书", "5000", "证书编号", "每个账号每分钟最多查验 5 张名单，24 小时内最多 20 张")
	if r := c.raw("GET", "/bulk-check/roster.xlsx", "", nil); r.status != http.StatusOK {
		t.Errorf("the empty roster: %d", r.status)
	}
	roster, err := sheets.WriteXLSX([]string{"序号", "证书编号", "姓名"}, [][]string{{"1", string(cert.Number), rareName}, {"2", absentNumber, "某人"}, {"3", "", "无编号"},
		{"4", string(cert.Number), "别人"}, {"5", "S0001", "张三"}})
	check(t, err)
	r := c.upload("/bulk-check", "a.xlsx", roster)
	back, err := sheets.Read("checked.xlsx", r.body, sheets.Options{Required: bulk.Columns()})
	if err != nil || r.status != http.StatusOK || len(back.Rows) != 5 {
		t.Fatalf("%d %v %s", r.status, err, text(r.body))
	}
	for i, want := range []string{"有效", "无法核实", "未查验", "无法核实", "无法核实"} {
		if got := back.Rows[i].Get("查验结果"); got != want {
			t.Errorf("row %d: %q, want %q", i+1, got, want)
		}
	}
	if first := back.Rows[0]; first.Get("技能等级") != "五级" || first.Get("发证日期") != cert.Issued.String() || first.Get("评价机构") != cert.OrgName || first.Get("姓名") != rareName {
		t.Errorf("the first row: %v", first)
	}
	if fault := back.Rows[2].Get("说明"); !strings.Contains(fault, "第 4 行") || !strings.Contains(fault, "证书编号") {
		t.Errorf("the fault is told as %q", fault)
	}
	trail := w.contents()
	for _, secret := range []string{absentNumber, "无编号"} {
		if strings.Contains(trail, hexed(secret)) {
			t.Errorf("%q is kept", secret)
		}
	}
	if !strings.Contains(trail, hexed(`"certificates.checked","note":"5"`)) {
		t.Error("the account does not know that 5 rows were checked")
	}
	w.refusedRosters(c)
}

func (w *world) refusedRosters(c *client) {
	w.Helper()
	rows := make([][]string, bulk.MaxRows+1)
	for i := range rows {
		rows[i] = []string{"某人", absentNumber}
	}
	tooMany, err := sheets.WriteXLSX(bulk.Columns(), rows)
	check(w, err)
	none, err := sheets.WriteXLSX([]string{"姓名"}, [][]string{{"某人"}})
	check(w, err)
	for name, f := range map[string]struct {
		file   []byte
		status int
		says   string
	}{"too many rows": {tooMany, 413, "5000"}, "no numbers": {none, 422, "证书编号"}, "no workbook": {[]byte("hello"), 422, "不是完整的工作簿"}} {
		c.visit("/bulk-check")
		if r := c.upload("/bulk-check", "a.xlsx", f.file); r.status != f.status || !strings.Contains(c.last, f.says) || !strings.Contains(c.last, `action="/bulk-check"`) {
			w.Errorf("%s: %d %s", name, r.status, text(r.body))
		}
	}
	c.visit("/bulk-check")
	c.upload("/bulk-check", "a.xlsx", none)
	if r := c.upload("/bulk-check", "a.xlsx", none); r.status != http.StatusTooManyRequests {
		w.Errorf("a sixth roster in a minute: %d", r.status)
	}
	if r := w.as("kaowu").uploadJSON("/api/v1/verification/roster", "a.xlsx", none, nil); r.status != http.StatusForbidden {
		w.Errorf("as somebody else: %d", r.status)
	}
}

// TestTheHolderLearnsOfARevocation: one's own page says so, with the grounds, and offers nothing to take along any more. The
// links that were given out say so too, and can be ended.
func TestTheHolderLearnsOfARevocation(t *testing.T) {
	w := newWorld(t)
	cert := w.issued()
	c, public := w.chair(0), w.browser()
	c.visit("/exam/result")
	c.press("/exam/shares", "days", "30", "note", "给津沽护理院")
	c.visit("/exam/result")
	_, rest, _ := strings.Cut(c.last, `href="/s/`)
	token, _, _ := strings.Cut(rest, `"`)
	why := certs.Cause{Grounds: "报名材料不实", Evidence: "核查记录第3号"}
	moved, err := w.Issuer.MoveToRevoke(t.Context(), w.principal("zhengshu"), cert.Number, why)
	check(t, err)
	_, err = w.Issuer.Revoke(t.Context(), w.principal("dudao"), cert.Number, moved.Motion.Mark())
	check(t, err)
	c.sees("/exam/result", "撤销", why.Grounds, "有疑问请联系评价机构", "给津沽护理院", "不能再生成链接")
	c.lacks(`href="/exam/certificate"`, "/exam/card", `action="/exam/shares"`)
	public.sees("/s/"+token, "answer-revoked", why.Grounds)
	c.redirected(c.press("/exam/shares/end", "token", token), "/exam/result")
	c.sees("/exam/result", why.Grounds)
	c.lacks("/exam/shares")
	public.sees("/s/"+token, "answer-unknown")
}
