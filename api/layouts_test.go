package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/certstest"
	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/certs/press"
)

// setting is a stamp whose layouts are read as the press reads them; it sets nothing, but says what it would.
type setting struct{ certstest.Stamp }

// BuiltIn is certs.Setter.
func (setting) BuiltIn(k certs.Kind) []byte { return press.BuiltIn(k) }

// Specimen is certs.Setter.
func (setting) Specimen(k certs.Kind, source []byte, body string, _ time.Time) ([]byte, error) {
	if len(source) == 0 {
		source = press.BuiltIn(k)
	}
	l, err := pdf.ParseLayout(source)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%%PDF %s %s", l.Label(), body), nil
}

// relabelled is the built-in layout of a kind under another label.
func relabelled(t testing.TB, k certs.Kind, label string) string {
	t.Helper()
	l, err := pdf.ParseLayout(press.BuiltIn(k))
	check(t, err)
	return strings.Replace(string(press.BuiltIn(k)), `"label": "`+l.Label()+`"`, `"label": "`+label+`"`, 1)
}

// TestALayoutIsChanged: what is wrong with one is told all at once and by place; it is looked at, taken into use and given up.
func TestALayoutIsChanged(t *testing.T) {
	w := newWorld(t)
	c := w.desk("zhengshu")
	c.sees("/layouts", `href="/layouts/certificate"`, `href="/layouts/card"`, "系统自带的版式", "从未改动")
	const path = "/layouts/certificate"
	c.sees(path, "certificate-a4", "下载现在使用的版式")
	c.lacks("改回系统自带的版式", "启用</button>")

	text := relabelled(t, certs.KindCertificate, "本中心证书")
	bad := strings.Replace(strings.Replace(text, `"size": 37`, `"size": 400`, 1), `"field": "number"`, `"field": "numbr"`, 1)
	if r := c.press(path+"/draft", "layout", bad); r.status != http.StatusUnprocessableEntity {
		t.Errorf("a bad draft: %d", r.status)
	}
	c.says("第 1 面 第 1 处文字 字号", "sides[0].texts[0].size", "没有这个字段", "证书编号", "证书必须印有此项", "没有保存", "本中心证书")
	c.lacks("启用</button>")
	for _, step := range []string{"/draft", "/specimen", ""} {
		c.post(path+step, "layout", "{\n\"name\": x}")
		c.says("第2行第9个字处不是正确的 JSON")
		c.post(path+step, "layout", `{"x":1}`)
		c.says("<code>x</code>", "没有“x”这一项")
		c.lacks("json:")
		c.post(path+step, "layout", " \r\n")
		c.says("版式是空的")
		if r := c.post(path+step, "layout", strings.Repeat(" ", 64<<10+1)); r.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: too large a text: %d", step, r.status)
		}
	}
	c.visit(path)
	if r := c.upload(path+"/draft", "mine.json", []byte("\ufeff"+text)); r.status != http.StatusOK {
		t.Errorf("a good file: %d", r.status)
	}
	c.says("没有发现问题", "草稿（尚未启用）", "本中心证书", `formaction="`+path+`"`)
	r := c.post(path+"/specimen", "layout", strings.ReplaceAll(text, "\n", "\r\n"))
	if r.status != http.StatusOK || !bytes.HasPrefix(r.body, []byte("%PDF 本中心证书")) || !strings.HasPrefix(r.header.Get("Content-Disposition"), "inline") {
		t.Errorf("the specimen: %d %s %v", r.status, r.body, r.header)
	}
	c.sees(path, "系统自带的版式") // nothing was kept so far
	c.redirected(c.post(path, "layout", strings.ReplaceAll(text, "\n", "\r\n")), path)
	c.sees(path, "版式已启用", "本机构的版式", "本中心证书", "改动版式", "（zhengshu）")
	if r := c.raw("GET", path+"/layout.json", "", nil); string(r.body) != text {
		t.Errorf("the file in use: %d %.80s", r.status, r.body)
	}
	office := w.desk("kaowu")
	office.sees(path, "版式由证书管理员修改", "本机构的版式")
	office.lacks("<textarea", `action="`+path)
	labour := w.desk(w.bureau())
	labour.sees("/layouts", "您不属于某一评价机构")

	c.redirected(c.press(path+"/built-in", "reason", "不再使用"), path)
	c.sees(path, "已改用系统自带的版式")
	c.lacks("本中心证书")
	if r := c.visit("/layouts/poster"); r.status != http.StatusUnprocessableEntity && r.status != http.StatusNotFound {
		t.Errorf("a layout that there is not: %d", r.status)
	}
}

func TestLayoutsOverHTTP(t *testing.T) {
	w := newWorld(t)
	c, path := w.as("zhengshu"), v1+"/certificate-layouts/card"
	var l api.CertificateLayout
	if c.json("GET", path, nil, &l); l.Own || l.By != "" || !strings.Contains(string(l.Layout), "pocket-card") {
		t.Errorf("the built-in layout: %+v", l)
	}
	mine := api.LayoutEntry{Layout: json.RawMessage(relabelled(t, certs.KindCard, "本中心的卡"))}
	if r := c.send("POST", path+"/specimen", mine); r.status != http.StatusOK || r.header.Get("Content-Type") != "application/pdf" {
		t.Errorf("specimen: %d %s", r.status, r.body)
	}
	if c.json("PUT", path, mine, &l); !l.Own || l.By == "" || l.At.IsZero() {
		t.Errorf("the own layout: %+v", l)
	}
	for name, s := range map[string]struct {
		body   string
		status int
		field  string
	}{
		"nothing":     {`{}`, http.StatusBadRequest, "layout"},
		"no layout":   {`{"layout": {"name": "x"}}`, http.StatusUnprocessableEntity, "width"},
		"a number":    {`{"layout": 7}`, http.StatusUnprocessableEntity, ""},
		"other parts": {`{"layout": null, "own": true}`, http.StatusBadRequest, ""},
	} {
		r := c.send("PUT", path, s.body)
		if r.status != s.status && r.status != http.StatusUnprocessableEntity || s.field != "" && !strings.Contains(string(r.body), `"`+s.field+`"`) {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if c.json("GET", path, nil, &l); !l.Own {
		t.Error("a refused layout changed the one in use")
	}
	if r := c.send("PUT", path, `{"layout": null}`); r.status != http.StatusUnprocessableEntity && r.status != http.StatusBadRequest {
		t.Errorf("back without a reason: %d %s", r.status, r.body)
	}
	if c.json("PUT", path, `{"layout": null, "reason": "不再使用"}`, &l); l.Own {
		t.Errorf("back to the built-in one: %+v", l)
	}
	for _, role := range []string{"kaowu", "renshe"} {
		if r := w.as(role).send("PUT", path, mine); r.status != http.StatusForbidden {
			t.Errorf("%s changes a layout: %d", role, r.status)
		}
	}
	if r := w.as("kaowu").send("GET", path, nil); r.status != http.StatusOK {
		t.Errorf("the exam office looks: %d", r.status)
	}
}

// TestACandidateTakesTheCard: the holder and staff have it while the certificate holds, nobody else does.
func TestACandidateTakesTheCard(t *testing.T) {
	w := newWorld(t)
	w.final()
	c := w.desk("zhengshu")
	c.visit(w.href("/certificates"))
	c.press(w.href("/certificates"))
	w.issueAll()
	cert := w.certificateOf("𠮷永安")
	card := "/certificates/" + string(cert.Number) + "/card.pdf"
	holder, other := w.chair(0), w.chair(2)
	holder.sees("/exam/result", `href="/exam/card"`)
	mine, theirs := holder.raw("GET", "/exam/card", "", nil), c.raw("GET", card, "", nil)
	if mine.status != http.StatusOK || !bytes.HasPrefix(mine.body, []byte("%PDF")) || !bytes.Equal(mine.body, theirs.body) {
		t.Errorf("the card: %d, of staff %d", mine.status, theirs.status)
	}
	if r := other.raw("GET", "/exam/card", "", nil); r.status == http.StatusOK {
		t.Error("a candidate without a certificate has a card")
	}
	if r := other.raw("GET", card, "", nil); r.status != http.StatusForbidden {
		t.Errorf("another candidate takes it: %d", r.status)
	}
	if r := c.raw("GET", "/certificates/S000012009999265999999/card.pdf", "", nil); r.status != http.StatusNotFound {
		t.Errorf("the card of nothing: %d", r.status)
	}
}
