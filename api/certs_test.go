package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
	sheet "github.com/skillcert/skillcert/questionbank/exchange/table"
)

// issueAll runs a worker until the session's certificates are issued.
func (w *world) issueAll() {
	w.Helper()
	ctx, stop := context.WithCancel(w.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.Issuer.Work(ctx, func(err error) { w.Errorf("worker: %v", err) })
	}()
	for {
		b, err := w.Issuer.Batch(w.Context(), w.principal("zhengshu"), w.session.ID)
		check(w, err)
		if !b.Waits() {
			break
		}
		time.Sleep(time.Millisecond)
	}
	stop()
	<-done
}

// final brings the session to the end of its publicity.
func (w *world) final() {
	w.Helper()
	w.openRoom()
	w.sitAll()
	w.practise()
	w.seal()
	ctx, office := w.Context(), w.principal("kaowu")
	_, err := w.Board.Join(ctx, office, w.session.ID)
	check(w, err)
	_, err = w.Board.Publish(ctx, office, w.session.ID)
	check(w, err)
	w.clock.Advance(10 * 24 * time.Hour)
	_, err = w.Board.Finalize(ctx, office, w.session.ID)
	check(w, err)
}

// ticketOf is a passed candidate's ticket.
func (w *world) ticketOf(seat int) sitting.Ticket { return w.seats[seat].Ticket }

// issued is the certificate of a passed candidate, as the register has it.
func (w *world) certificateOf(name string) *certs.Certificate {
	w.Helper()
	all, _, err := w.Issuer.List(w.Context(), w.principal("zhengshu"), name, "", cursor)
	check(w, err)
	if len(all) != 1 {
		w.Fatalf("%d certificates of %s", len(all), name)
	}
	return all[0]
}

// rows reads a workbook that was downloaded.
func (c *client) rows(r reply, columns ...string) []sheet.Row {
	c.Helper()
	if r.status != http.StatusOK {
		c.Fatalf("workbook: %d %s", r.status, r.body)
	}
	t, err := sheet.Read("x.xlsx", r.body, sheet.Options{Required: columns})
	check(c, err)
	return t.Rows
}

// TestIssuingIsLeftAndFoundAgain: a hold stops one candidate, its reason is told, and issuing again completes the rest.
func TestIssuingIsLeftAndFoundAgain(t *testing.T) {
	w := newWorld(t)
	w.final()
	supervisor, results, issue := w.desk("dudao"), w.href("/results"), w.href("/certificates")
	supervisor.sees(results, "暂停发证（0）", "没有暂停的")
	supervisor.redirected(supervisor.press(w.href("/holds"), "ticket", string(w.ticketOf(0)), "reason", "查分申请第7号"), results)
	supervisor.sees(results, "暂停发证（1）", "查分申请第7号", "已暂停对")
	supervisor.press(w.href("/holds"), "ticket", "2612000001999", "reason", "不是本场")
	supervisor.says("查无此成绩", `value="不是本场"`)

	c := w.desk("zhengshu")
	c.sees(issue, "两科合格", "签发 2 张证书")
	c.redirected(c.press(issue), issue)
	c.redirected(c.post(issue), issue) // twice is harmless
	running := c.visit(issue)
	tag := running.header.Get("ETag")
	if r := c.raw("GET", issue, "", nil, "If-None-Match", tag); tag == "" || r.status != http.StatusNotModified {
		t.Errorf("the poll of an unchanged page: %d with tag %q", r.status, tag)
	}
	w.issueAll()
	c.sees(issue, "已签发 1 张，1 张未能签发", "查分申请第7号", "在本场成绩页解除暂停", "再次发证（1 人）", "𠮷永安")
	c.sees("/certificates", "最近的发证", `href="`+issue+`"`)

	supervisor.visit(results)
	supervisor.redirected(supervisor.press(w.href("/holds/lifting"), "ticket", string(w.ticketOf(0)), "reason", "成绩无误"), results)
	c.visit(issue)
	c.redirected(c.press(issue), issue)
	w.issueAll()
	c.sees(issue, "没有失败")
	c.lacks("再次发证（")
	if got := w.certificateOf("𠮷永安"); got.State != certs.Valid {
		t.Errorf("the certificate is %s", got.State)
	}
	office := w.desk("kaowu")
	office.sees(issue, "已签发")
	office.lacks(`action="` + issue + `"`)
}

// lacks on the JSON side: what a program is told of the same.
func TestIssuingOverHTTP(t *testing.T) {
	w := newWorld(t)
	w.final()
	c, path := w.as("zhengshu"), v1+"/sessions/"+string(w.session.ID)+"/certificates"
	if r := c.send("GET", path, nil); r.status != http.StatusNotFound || r.problem().Code != "certificate.no_batch" {
		t.Errorf("before the first: %d %s", r.status, r.body)
	}
	var hold api.Hold
	holds := v1 + "/sessions/" + string(w.session.ID) + "/holds"
	c.json("POST", holds, api.HoldEntry{Ticket: w.ticketOf(1), Reason: "违纪待处理"}, &hold)
	if r := c.send("POST", holds, api.HoldEntry{Ticket: w.ticketOf(1), Reason: "另一个理由"}); r.status != http.StatusConflict ||
		!strings.Contains(string(r.body), "违纪待处理") {
		t.Errorf("a second hold: %d %s", r.status, r.body)
	}
	r := c.send("POST", path, nil)
	if r.status != http.StatusAccepted {
		t.Fatalf("start: %d %s", r.status, r.body)
	}
	w.issueAll()
	var b api.Batch
	c.json("GET", path, nil, &b)
	if b.Of != 3 || b.Progress != (certs.Progress{Seen: 3, Issued: 1, Failed: 1}) || len(b.Failures) != 1 ||
		b.Failures[0].Ticket != w.ticketOf(1) || time.Time(b.Ended).IsZero() {
		t.Errorf("batch %+v", b)
	}
	c.json("POST", holds+"/lifting", api.HoldEntry{Ticket: w.ticketOf(1), Reason: "查无违纪"}, &hold)
	var open []api.Hold
	if c.json("GET", holds, nil, &open); len(open) != 0 {
		t.Errorf("open holds %+v", open)
	}
	if r := w.as("kaowu").send("POST", path, nil); r.status != http.StatusForbidden {
		t.Errorf("the exam office starts: %d", r.status)
	}
}

// TestACertificateIsChanged goes through every change of one certificate: reissue, a correction after the register was put
// right, a motion that is dismissed, and one that another person confirms.
func TestACertificateIsChanged(t *testing.T) {
	w := newWorld(t)
	w.final()
	c := w.desk("zhengshu")
	c.visit(w.href("/certificates"))
	c.press(w.href("/certificates"))
	w.issueAll()
	cert := w.certificateOf("𠮷永安")
	page := "/certificates/" + string(cert.Number)
	c.sees("/certificates", `href="`+page+`"`)
	c.sees(page, "证书有效", "第 1 版", "与人员登记对照", "没有可更正的内容", "透明日志第 ", "状态列表 ")
	c.redirected(c.press(page+"/editions", "kind", "reissued", "version", "1", "grounds", "遗失", "evidence", "申请表第3号"), page)
	c.sees(page, "第 2 版", "已被替代", "申请表第3号", page+"/editions/1.pdf")
	for _, v := range []string{"1", "2"} {
		if r := c.raw("GET", page+"/editions/"+v+".pdf", "", nil); r.status != http.StatusOK || !bytes.HasPrefix(r.body, []byte("%PDF")) {
			t.Errorf("edition %s: %d", v, r.status)
		}
	}
	c.post(page+"/editions", "kind", "corrected", "version", "2", "grounds", "姓名有误", "evidence", "户籍证明")
	c.says("没有可更正的内容")
	c.post(page+"/editions", "kind", "issued", "version", "2", "grounds", "x", "evidence", "y")
	c.says("只能是 reissued")

	office := w.desk("kaowu")
	office.sees(page, "更正人员登记")
	office.lacks(`action="`+page+`/editions"`, `action="`+page+`/motion"`)
	office.redirected(office.press(page+"/holder", "name", "𠮷永康", "reason", "身份证核对"), page)
	office.sees(page, "人员登记已更正", "𠮷永康", "不同")
	for name, photo := range map[string][]byte{"照片应为JPG格式": []byte("GIF89a"), "照片不能超过200 KB": append([]byte{0xFF, 0xD8, 0xFF}, make([]byte, 200<<10)...)} {
		if r := office.uploadWith(page+"/holder", "a.jpg", photo, []string{"reason", "新照片"}); r.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, r.status)
		}
		office.says(name, "更正人员登记")
	}
	office.visit(page)
	office.redirected(office.uploadWith(page+"/holder", "a.jpg", portrait(t), []string{"name", "𠮷永康", "reason", "新照片"}), page)
	office.sees(page, "登记的照片与证书上的不同")
	office.uploadWith(page+"/holder", "a.jpg", nil, []string{"name", "𠮷永康", "reason", "没有变化"}) // as a browser sends no file
	office.says("与登记的内容相同")
	c.post(page+"/editions", "kind", "reissued", "version", "2", "grounds", "污损", "evidence", "申请表第4号")
	c.says("须先由发证机构更正证书")
	c.sees(page, "更正会按现在登记的内容", "不能补发")
	c.lacks(`value="reissued"`)
	c.redirected(c.press(page+"/editions", "kind", "corrected", "version", "2", "grounds", "姓名有误", "evidence", "户籍证明"), page)
	c.sees(page, "第 3 版", "𠮷永康", "户籍证明")

	w.motions(page, cert)
}

// mark is that of the motion on a certificate, as the page of it and JSON tell now.
func (w *world) mark(page string) string {
	w.Helper()
	var rec api.CertificateRecord
	w.as("zhengshu").json("GET", v1+page, nil, &rec)
	if rec.Motion == nil || rec.Motion.Mark == "" {
		w.Fatalf("no motion on %+v", rec)
	}
	return rec.Motion.Mark
}

// motions asks three times for a revocation: the first is dismissed, the second taken back for one with other evidence, and that
// confirmed by another person, who has seen it.
func (w *world) motions(page string, cert *certs.Certificate) {
	w.Helper()
	c, supervisor := w.desk("zhengshu"), w.desk("dudao")
	c.visit(page)
	c.redirected(c.press(page+"/motion", "grounds", "举报", "evidence", "来信第9号"), page)
	seen := w.mark(page)
	c.sees(page, "撤销申请", "来信第9号", `name="seen" value="`+seen+`"`)
	c.lacks(`action="` + page + `/revocation"`)
	if r := c.post(page+"/revocation", "seen", seen); r.status != http.StatusForbidden {
		w.Errorf("one person revokes alone: %d", r.status)
	}
	supervisor.sees("/desk", "撤销申请待确认")
	supervisor.visit(page)
	if r := supervisor.post(page+"/dismissal", "seen", "举报", "grounds", "查无实据"); r.status != http.StatusConflict {
		w.Errorf("a motion that was not the one seen is dismissed: %d", r.status)
	}
	supervisor.visit(page)
	supervisor.redirected(supervisor.press(page+"/dismissal", "seen", seen, "grounds", "查无实据"), page)
	supervisor.sees(page, "证书有效", "查无实据")
	c.visit(page)
	c.redirected(c.press(page+"/motion", "grounds", "冒名顶替", "evidence", "来信第9号"), page)
	seen = w.mark(page)
	supervisor.sees(page, "来信第9号", `name="seen" value="`+seen+`"`)
	c.visit(page)
	c.redirected(c.press(page+"/dismissal", "seen", seen, "grounds", "依据有误"), page)
	c.visit(page)
	c.redirected(c.press(page+"/motion", "grounds", "冒名顶替", "evidence", "核查报告第1号"), page)
	if r := supervisor.press(page+"/revocation", "seen", seen); r.status != http.StatusConflict {
		w.Errorf("a motion that was not the one seen is confirmed: %d", r.status)
	}
	supervisor.says("内容已被他人修改", "核查报告第1号")
	supervisor.visit(page)
	supervisor.redirected(supervisor.press(page+"/revocation", "seen", w.mark(page)), page)
	supervisor.sees(page, "证书已撤销", "冒名顶替", "确认撤销")
	supervisor.lacks(`action="` + page)
	if r := w.as("zhengshu").send("GET", v1+page+"/card", nil); r.status != http.StatusNotFound || r.problem().Code != "certificate.card_revoked" {
		w.Errorf("card of a revoked certificate: %d %s", r.status, r.body)
	}
	var rec api.CertificateRecord
	w.as("zhengshu").json("GET", v1+"/certificates/"+string(cert.Number), nil, &rec)
	if rec.State != certs.Revoked || len(rec.Editions) != 3 || rec.Editions[2].Standing != "revoked" || len(rec.Rulings) != 1 ||
		len(rec.Rulings[0].By) != 2 || rec.Rulings[0].Leaf == nil {
		w.Errorf("record %+v", rec)
	}
	supervisor.sees(page, rec.Rulings[0].Salt)
	w.recomputed(&rec)
}

// recomputed makes the log's entry of a revocation from what the record tells, by section 3 of the specification.
func (w *world) recomputed(rec *api.CertificateRecord) {
	w.Helper()
	r := rec.Rulings[0]
	text := fmt.Sprintf(`{"at":%q,"edition":0,"event":"revoked","format":1,"grounds":%q,"number":%q,"salt":%q}`,
		time.Time(r.At).UTC().Format("2006-01-02T15:04:05.000Z"), r.Grounds, rec.Number, r.Salt)
	want := fmt.Sprintf("skillcert-leaf/1\nrevoked\n%x\n", sha256.Sum256([]byte(text)))
	if got, err := w.Translog.Leaf(w.Context(), *r.Leaf); err != nil || string(got) != want {
		w.Errorf("the log holds %q, want %q of %s, %v", got, want, text, err)
	}
	for _, e := range rec.Editions {
		if len(e.Salt) != 32 {
			w.Errorf("edition %d has the salt %q", e.Version, e.Salt)
		}
	}
}

// TestCertificatesAreChangedOverHTTP: the same by programs, each refused without its action.
func TestCertificatesAreChangedOverHTTP(t *testing.T) {
	w := newWorld(t)
	w.final()
	c := w.as("zhengshu")
	c.send("POST", v1+"/sessions/"+string(w.session.ID)+"/certificates", nil)
	w.issueAll()
	cert := w.certificateOf("𠮷永安")
	path := v1 + "/certificates/" + string(cert.Number)
	var rec api.CertificateRecord
	c.json("POST", path+"/editions", api.EditionEntry{Kind: "reissued", Version: 1, Grounds: "遗失", Evidence: "申请表"}, &rec)
	if rec.Version != 2 || rec.Editions[0].Standing != "superseded" {
		t.Errorf("reissued %+v", rec)
	}
	var person api.Person
	w.as("kaowu").json("POST", v1+"/persons/"+string(cert.Holder)+"/amendment", api.PersonAmendment{Name: "𠮷永康", Reason: "身份证核对"}, &person)
	if person.Name != "𠮷永康" {
		t.Errorf("person %+v", person)
	}
	moved := func() string { return w.mark("/certificates/" + string(cert.Number)) }
	for _, s := range []struct {
		role, path string
		body       any
		status     int
		code       string
	}{
		{"zhengshu", "/editions", api.EditionEntry{Kind: "reissued", Version: 1, Grounds: "污损", Evidence: "申请表"}, http.StatusConflict,
			"certificate.edition"},
		{"zhengshu", "/editions", api.EditionEntry{Kind: "issued", Version: 2, Grounds: "遗失", Evidence: "申请表"}, http.StatusUnprocessableEntity,
			"request.body"},
		{"zhengshu", "/editions", api.EditionEntry{Kind: "corrected", Version: 2, Grounds: "姓名", Evidence: "户籍"}, http.StatusOK, ""},
		{"zhengshu", "/void", api.Cause{Grounds: "作废", Evidence: "单"}, http.StatusConflict, "certificate.state"},
		{"zhengshu", "/withdrawal", api.Cause{Grounds: "撤回", Evidence: "单"}, http.StatusConflict, "certificate.state"},
		{"zhengshu", "/motion", api.Cause{Grounds: "", Evidence: "单"}, http.StatusUnprocessableEntity, "certificate.reason"},
		{"dudao", "/motion", api.Cause{Grounds: "冒名", Evidence: "单"}, http.StatusForbidden, "authz.forbidden"},
		{"zhengshu", "/motion", api.Cause{Grounds: "冒名", Evidence: "单"}, http.StatusOK, ""},
		{"zhengshu", "/revocation", func() any { return api.Revocation{Seen: moved()} }, http.StatusForbidden, "certificate.oneself"},
		{"dudao", "/revocation", api.Revocation{Seen: "冒名"}, http.StatusConflict, "store.stale"},
		{"zhengshu", "/dismissal", api.Dismissal{Seen: "冒名", Reason: "弄错了"}, http.StatusConflict, "store.stale"},
		{"zhengshu", "/dismissal", func() any { return api.Dismissal{Seen: moved(), Reason: "弄错了"} }, http.StatusOK, ""},
		{"dudao", "/revocation", api.Revocation{Seen: "冒名"}, http.StatusConflict, "certificate.no_motion"},
	} {
		if now, ok := s.body.(func() any); ok {
			s.body = now()
		}
		if r := w.as(s.role).send("POST", path+s.path, s.body); r.status != s.status || r.problem().Code != s.code {
			t.Errorf("%s %s: %d %s, want %d %s", s.role, s.path, r.status, r.body, s.status, s.code)
		}
	}
}

// TestAListTooLongIsNotReadToItsEnd: the export stops at the first page that is too much, and takes what just fits.
func TestAListTooLongIsNotReadToItsEnd(t *testing.T) {
	const perPage = sheet.MaxRows / 100
	for pages, whole := range map[int]bool{100: true, 101: false, 1000: false} {
		read := 0
		rows, err := api.TableRows(t.Context(), func(context.Context, engine.Cursor) ([]string, string, error) {
			if read++; read == pages {
				return make([]string, perPage), "", nil
			}
			return make([]string, perPage), "more", nil
		})
		if whole != (err == nil) || whole != (len(rows) == sheet.MaxRows) || !whole && !errors.Is(err, sheet.ErrTooLarge) || read > 101 {
			t.Errorf("%d pages: %d read, %d rows, %v", pages, read, len(rows), err)
		}
	}
}

// TestWhatLeavesTheHouse: lists export without whole numbers; the upload carries them, for the registrar alone, and is recorded.
func TestWhatLeavesTheHouse(t *testing.T) {
	w := newWorld(t)
	w.final()
	c := w.desk("zhengshu")
	c.visit(w.href("/certificates"))
	c.press(w.href("/certificates"))
	w.issueAll()
	p, err := w.Registry.Named(w.Context(), w.seats[0].Candidate)
	check(t, err)
	r := c.raw("GET", "/certificates.xlsx?q=𠮷永安", "", nil)
	if rows := c.rows(r, "证书编号", "姓名", "状态"); len(rows) != 1 || rows[0].Get("状态") != "有效" || strings.Contains(rows[0].Get("证件号码（部分隐去）"), p.IDNumber) {
		t.Errorf("list %v", rows)
	}
	c.sees(w.href("/certificates"), "证书数据上报", "记录在案")
	r = c.press(w.href("/national-upload"))
	if rows := c.rows(r, "姓名", "证件号码", "证书编号", "职业技能等级"); len(rows) != 2 || rows[0].Get("证件号码") == "" ||
		!strings.Contains(rows[0].Get("证件号码")+rows[1].Get("证件号码"), p.IDNumber) {
		t.Errorf("upload %v", rows)
	}
	c.sees(w.href("/certificates"), "导出 2 份", "上报表的导出记录")
	if rows, _, err := w.Counter.ReadingsBy(w.Context(), w.principal("dudao"), w.principal("zhengshu").Account, cursor); err != nil || len(rows) != 1 || rows[0].Count != 2 {
		t.Errorf("one reading of two persons: %d, %v", len(rows), err)
	}
	for _, login := range []string{"kaowu", "dudao", "renshe"} {
		if r := w.as(login).send("POST", v1+"/sessions/"+string(w.session.ID)+"/national-upload", nil); r.status != http.StatusForbidden {
			t.Errorf("%s exports whole numbers: %d", login, r.status)
		}
	}

	c.visit("/certificates")
	r = c.press("/certificates/national-upload", "from", "2026-12-01", "to", "2026-12-31")
	if rows := c.rows(r, "姓名", "证件号码"); len(rows) != 2 {
		t.Errorf("upload of December %v", rows)
	}
	c.visit("/certificates")
	c.press("/certificates/national-upload", "from", "2026-11-01", "to", "2026-11-30")
	c.says("所选日期内没有有效的证书可以上报", `value="2026-11-01"`)
	c.lacks("本场次没有")
	c.post("/certificates/national-upload", "from", "2026-11-30", "to", "2026-11-01")
	c.says("起止日期不正确")

	c.sees("/certificates/serials", "000002", "编号核算", "无")
	var all []api.Serials
	w.as("zhengshu").json("GET", v1+"/serials?year=2026", nil, &all)
	if len(all) != 3 || all[0].Valid+all[1].Valid+all[2].Valid != 2 {
		t.Errorf("serials %+v", all)
	}
	if rows := c.rows(c.raw("GET", "/certificates/serials.xlsx?year=2026", "", nil), "等级", "编号", "情况"); len(rows) != 3 {
		t.Errorf("account %v", rows)
	}
	if r := c.visit("/certificates/serials?year=abc"); r.status != http.StatusUnprocessableEntity {
		t.Errorf("a year that is none: %d", r.status)
	}
}

// TestAnExportIsNoRunOfIssuing: a session that was issued for without a worker looks the same after it, but for the record.
func TestAnExportIsNoRunOfIssuing(t *testing.T) {
	w := newWorld(t)
	w.issued()
	c, day := w.desk("zhengshu"), w.clock.Now().Format(time.DateOnly)
	c.visit("/certificates")
	if r := c.press("/certificates/national-upload", "from", day, "to", day); r.status != http.StatusOK {
		t.Fatalf("export: %d %s", r.status, r.body)
	}
	c.sees(w.href("/certificates"), "上报表的导出记录", "导出 2 份")
	c.lacks("发证结束")
	c.sees("/certificates", w.session.Name)
	if r := w.as("zhengshu").send("GET", v1+w.href("/certificates"), nil); r.status != http.StatusNotFound || r.problem().Code != "certificate.no_batch" {
		t.Errorf("the export is a batch: %d %s", r.status, r.body)
	}
}
