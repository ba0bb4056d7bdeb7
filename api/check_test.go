package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine/people"
)

// issued walks a session to its certificates and answers that of the candidate with the rare name.
func (w *world) issued() *certs.Certificate {
	w.Helper()
	w.openRoom()
	w.sitAll()
	w.practise()
	w.seal()
	ctx, office := w.Context(), w.principal("kaowu")
	_, photographed := w.Registry.Amend(ctx, office, w.seats[0].Candidate, people.PersonChange{Photo: portrait(w), Reason: "补登照片"})
	check(w, photographed)
	_, err := w.Board.Join(ctx, office, w.session.ID)
	check(w, err)
	_, err = w.Board.Publish(ctx, office, w.session.ID)
	check(w, err)
	w.clock.Advance(10 * 24 * time.Hour)
	_, err = w.Board.Finalize(ctx, w.principal("kaowu"), w.session.ID)
	check(w, err)
	_, err = w.Issuer.IssueSession(ctx, w.principal("zhengshu"), w.session.ID, nil)
	check(w, err)
	return w.certificate()
}

// portrait is a small JPEG.
func portrait(t testing.TB) []byte {
	var b bytes.Buffer
	check(t, jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 40)), nil))
	return b.Bytes()
}

func (w *world) certificate() *certs.Certificate {
	w.Helper()
	all, _, err := w.Issuer.List(w.Context(), w.principal("zhengshu"), rareName, "", cursor)
	check(w, err)
	if len(all) != 1 {
		w.Fatalf("%d certificates of %s", len(all), rareName)
	}
	return all[0]
}

func (w *world) pdfOf(n certs.Number) []byte {
	w.Helper()
	f, err := w.Issuer.File(w.Context(), w.principal("zhengshu"), n)
	check(w, err)
	return f.PDF
}

// shows expects words on the page looked at last, and others not.
func (c *client) shows(what string, with []string, without ...string) {
	c.Helper()
	for _, word := range with {
		if !strings.Contains(c.last, word) {
			c.Errorf("%s: the page does not say %q:\n%s", what, word, text([]byte(c.last)))
		}
	}
	for _, word := range without {
		if strings.Contains(c.last, word) {
			c.Errorf("%s: the page says %q", what, word)
		}
	}
}

func answerOf(t testing.TB, r reply) (a api.Answer) {
	t.Helper()
	if r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	check(t, json.Unmarshal(r.body, &a))
	return a
}

// TestTheCheckPage asks for one certificate by every way, in every state that it comes to.
func TestTheCheckPage(t *testing.T) {
	w := newWorld(t)
	cert := w.issued()
	_, err := w.Translog.Publish(t.Context())
	check(t, err)
	number, page, program := string(cert.Number), w.browser(), w.program("")
	pdf := w.pdfOf(cert.Number)
	proof := fmt.Sprintf("/log/proof/%d", cert.Leaf)

	page.sees("/v/"+cert.Token, "answer-valid", "该证书已登记，目前有效", number, cert.IDMasked, "长期照护师", "五级／初级工", cert.OrgName, "登记的照片，与证书上的是同一张",
		"第 1 版", proof, "透明日志", "/root.pem", "/status/1", "skillcert verify FILE.pdf --trust root.pem --status")
	page.press("/verify", "number", number[:4]+" "+number[4:], "name", rareName)
	page.shows("number and name", []string{"answer-valid", number, proof})
	page.upload("/verify/file", "a.pdf", pdf)
	page.shows("the file", []string{"answer-valid", "电子签章", proof}, "class=\"clash\"")
	if r := page.raw("GET", proof, "", nil); r.status != http.StatusOK || !strings.HasPrefix(string(r.body), "c2sp.org/tlog-proof@v1\nindex ") || !bytes.Contains(r.body, []byte("\n\nexample.org/log\n")) {
		t.Errorf("the proof: %d %s", r.status, r.body)
	}
	a := answerOf(t, program.send("GET", "/api/v1/verification/"+cert.Token, nil))
	if a.Standing != certs.StandingValid || a.Certificate.Edition != 1 || a.Log == nil || a.Log.Proof != proof || a.Log.Size <= a.Log.Leaf || len(a.History) != 1 || a.Holds != nil {
		t.Errorf("by token, to programs: %+v", a)
	}
	if r := page.raw("GET", "/status/1", "", nil); r.status != http.StatusOK {
		t.Errorf("the status list: %d", r.status)
	}
	w.askedAgain(cert, rareName, certs.StandingValid, 1)
	w.edited(page, program, pdf)
	w.superseded(cert, pdf)
	w.askedAgain(cert, rareName, certs.StandingSuperseded, 2)
	w.askedAgain(cert, "𠮷永平", certs.StandingValid, 2)
	w.revoked(cert, pdf)
}

// edited uploads the file after somebody wrote another level into it.
func (w *world) edited(page, program *client, pdf []byte) {
	w.Helper()
	forged := bytes.Replace(pdf, []byte(`"level":5`), []byte(`"level":3`), 1)
	if bytes.Equal(forged, pdf) {
		w.Fatal("the file states no level")
	}
	page.visit("/verify")
	page.upload("/verify/file", "a.pdf", forged)
	page.shows("another level", []string{"answer-altered", "文件所附数据写的技能等级", "登记的技能等级", "<dd>三级／高级工</dd>", "<dd>五级／初级工</dd>", "不能采信"}, "answer-valid")
	r := program.uploadJSON("/api/v1/verification/file", "a.pdf", forged, nil)
	if a := answerOf(w, r); a.Standing != certs.StandingAltered || a.Differences["level"] != "三级／高级工" || a.Certificate.Level != 5 {
		w.Errorf("another level, to programs: %+v", a)
	}
	page.visit("/verify")
	page.upload("/verify/file", "a.pdf", append(bytes.Clone(pdf), '\n'))
	page.shows("a byte more", []string{"answer-altered", "文件签发之后被改动过", "<dd>五级／初级工</dd>", "<dd>" + rareName + "</dd>"}, "answer-valid")
}

// superseded corrects the name and asks about the paper that was handed out before.
func (w *world) superseded(cert *certs.Certificate, old []byte) {
	w.Helper()
	_, err := w.Registry.Amend(w.Context(), w.principal("kaowu"), cert.Holder, people.PersonChange{Name: "𠮷永平", Reason: "户口簿"})
	check(w, err)
	w.clock.Advance(366 * 24 * time.Hour)
	_, err = w.Issuer.Correct(w.Context(), w.principal("zhengshu"), cert.Number, cert.Version, certs.Cause{Grounds: "姓名登记有误", Evidence: "申请1号"})
	check(w, err)
	w.replaced(answerOf(w, w.program("").uploadJSON("/api/v1/verification/file", "a.pdf", old, nil)))
	page := w.browser()
	page.visit("/verify")
	page.upload("/verify/file", "a.pdf", old)
	page.shows("the former edition", []string{"answer-superseded", "现以第 2 版为准", "姓名登记有误", "现在的证书上是：𠮷永平", "现在的证书上是：更正", "此状态始于 " + w.clock.Now().In(w.Policy.Location()).Format(time.DateOnly)}, "answer-valid")
	page.sees("/v/"+cert.Token, "answer-valid", "𠮷永平", "第 2 版", "姓名登记有误", `备注</th><td class="num">更正</td>`)
	if a := answerOf(w, w.program("").send("GET", "/api/v1/verification/"+cert.Token, nil)); a.Certificate.Remark != "更正" {
		w.Errorf("the remark is told as %q", a.Certificate.Remark)
	}
}

// replaced holds what programs are told of the paper that was handed out before: since when another holds in its place.
func (w *world) replaced(a api.Answer) {
	w.Helper()
	if at := api.Instant(w.clock.Now()); a.Standing != certs.StandingSuperseded || a.Certificate.Since != at || a.Holds.Since != at || a.Certificate.Remark != "" {
		w.Errorf("since %v another holds since %v, remark %q", a.Certificate.Since, a.Holds.Since, a.Certificate.Remark)
	}
}

// TestProgramsAreToldEveryPrintedField, under the names that differences go by.
func TestProgramsAreToldEveryPrintedField(t *testing.T) {
	var s certs.Credential
	b, err := json.Marshal(api.Printed{Remark: "补发"})
	check(t, err)
	for _, f := range s.Fields() {
		if name, _, _ := strings.Cut(f.Key, "_on"); !bytes.Contains(b, []byte(`"`+name+`":`)) {
			t.Errorf("%s is printed and not told: %s", f.Key, b)
		}
	}
}

// revoked ends the certificate; every way tells so, with the grounds.
func (w *world) revoked(cert *certs.Certificate, old []byte) {
	w.Helper()
	ctx, why := w.Context(), certs.Cause{Grounds: "冒名顶替，经核实", Evidence: "调查1号"}
	moved, err := w.Issuer.MoveToRevoke(ctx, w.principal("zhengshu"), cert.Number, why)
	check(w, err)
	_, err = w.Issuer.Revoke(ctx, w.principal("dudao"), cert.Number, moved.Motion.Mark())
	check(w, err)
	page := w.browser()
	page.sees("/v/"+cert.Token, "answer-revoked", "冒名顶替，经核实", "撤销")
	page.visit("/verify")
	page.upload("/verify/file", "a.pdf", old)
	page.shows("the file of a revoked one", []string{"answer-revoked", "冒名顶替，经核实"}, "answer-valid")
	w.askedAgain(cert, "𠮷永平", certs.StandingRevoked, 3)
}

// askedAgain checks by number as programs do, twice: what is kept of the first answer is that of today, name by name.
func (w *world) askedAgain(cert *certs.Certificate, name string, want certs.Standing, happened int) {
	w.Helper()
	for range 2 {
		a := answerOf(w, w.program("").send("POST", "/api/v1/verification", api.Verification{Number: string(cert.Number), Name: name}))
		if a.Standing != want || a.Certificate.Name != name || len(a.History) != happened || (a.Holds != nil) != (want == certs.StandingSuperseded) {
			w.Errorf("by number and name %s: %+v, history %+v", name, a, a.History)
		}
	}
}
