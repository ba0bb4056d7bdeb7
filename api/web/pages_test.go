package web_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/api/web/internal/preview"
	"github.com/skillcert/skillcert/engine/authz"
)

func pages(t testing.TB) *web.Pages {
	t.Helper()
	p, err := web.New(time.FixedZone("CST", 8*3600))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

func TestEveryPageRendersInBothLanguagesAndModes(t *testing.T) {
	p := pages(t)
	shown := map[string]bool{}
	for _, s := range preview.Samples(noon) {
		shown[s.Page] = true
		for _, lang := range web.Langs() {
			for _, elder := range []bool{false, true} {
				var b bytes.Buffer
				view := web.Page{Lang: lang, Elder: elder, CSRF: "token", Here: "/here?a=1", Now: noon, User: s.User, Demo: true, Said: s.Said, Body: s.Body}
				if err := p.Render(&b, s.Page, view); err != nil {
					t.Errorf("%s in %s: %v", s.Name, lang, err)
				}
				checkMarkup(t, s.Name+" "+lang, b.String())
			}
		}
	}
	for _, name := range web.Names() {
		if !shown[name] {
			t.Errorf("no sample shows %s", name)
		}
	}
}

// checkMarkup holds a page to the policy: nothing inline, nothing from elsewhere, a token in every form that posts.
func checkMarkup(t *testing.T, where, html string) {
	t.Helper()
	for _, bad := range []string{" style=", "<style", " onclick=", "javascript:", "http://", "https://", "ZgotmplZ", "<no value>", "%!"} {
		if strings.Contains(html, bad) {
			t.Errorf("%s holds %q", where, bad)
		}
	}
	for _, form := range strings.Split(html, "<form ")[1:] {
		form, _, _ = strings.Cut(form, "</form>")
		if strings.HasPrefix(form, `method="post"`) && !strings.Contains(form, `name="csrf" value="token"`) {
			t.Errorf("%s: a form without csrf: %.80s", where, form)
		}
	}
	for _, script := range strings.Split(html, "<script")[1:] {
		if !strings.HasPrefix(script, ` type="module" src="/static/`) {
			t.Errorf("%s: inline script %.60s", where, script)
		}
	}
}

func TestRenderRefusesAnotherPagesView(t *testing.T) {
	p := pages(t)
	var b bytes.Buffer
	if err := p.Render(&b, "home", web.Page{Body: web.DeskView{}}); err == nil || b.Len() != 0 {
		t.Errorf("a wrong view was written: %v, %d bytes", err, b.Len())
	}
	if err := p.Render(&b, "nowhere", web.Page{}); err == nil {
		t.Error("a page that does not exist was written")
	}
}

func TestWhatPeopleTypedIsEscaped(t *testing.T) {
	var b bytes.Buffer
	view := web.VerifyView{Number: `"><script>alert(1)</script>`, Name: `<b>`, Problem: &web.Problem{Code: "x", Detail: "<i>坏</i>"}}
	for _, lang := range web.Langs() {
		if err := pages(t).Render(&b, "verify", web.Page{Lang: lang, Here: "/verify", Body: view}); err != nil {
			t.Fatal(err)
		}
	}
	for _, bad := range []string{"<script>alert", "<b>", "<i>"} {
		if strings.Contains(b.String(), bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

func TestRareCharactersAskForTheirFont(t *testing.T) {
	var b bytes.Buffer
	if err := pages(t).Render(&b, "home", web.Page{User: &web.User{Name: "𠮷田禾㐂"}, Body: web.HomeView{}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `href="/fonts/rare.css?u=3402-20bb7"`) {
		t.Error("the head does not ask for U+3402 and U+20BB7")
	}
	css, err := web.RareCSS("3402-20bb7")
	if err != nil || !strings.Contains(css, `url("/fonts/rare/3402-20bb7.ttf")`) || !strings.Contains(css, "U+3402,U+20BB7") {
		t.Errorf("style sheet %q, %v", css, err)
	}
	for _, bad := range []string{"", "61", "20bb7-3402", "20bb7-20bb7", "zz", "20bb7-", "../x", strings.Repeat("20bb7-", 500)} {
		if _, err := web.RareCSS(bad); err == nil {
			t.Errorf("RareCSS took %q", bad)
		}
	}
}

func TestStaticFilesCarryTheirDigest(t *testing.T) {
	p := pages(t)
	var b bytes.Buffer
	if err := p.Render(&b, "exam", web.Page{Here: "/exam/paper", Body: web.ExamView{}}); err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(b.String(), `"/static/`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		if body, kind, ok := p.Static(name); !ok || len(body) == 0 || kind == "application/octet-stream" {
			t.Errorf("/static/%s: %q %v", name, kind, ok)
		}
	}
	for _, bad := range []string{"", "tokens.css", "0000000000000000/tokens.css", "../pages.go"} {
		if _, _, ok := p.Static(bad); ok {
			t.Errorf("Static served %q", bad)
		}
	}
}

func TestLocalPath(t *testing.T) {
	for in, want := range map[string]string{"/desk": "/desk", "/a?b=c": "/a?b=c", "": "/", "desk": "/", "//evil": "/", "https://evil": "/",
		`/\evil`: "/", "/a\r\nX: y": "/", "/\t/evil": "/"} {
		if got := web.LocalPath(in); got != want {
			t.Errorf("LocalPath(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestETagFollowsTheViewNotTheClock(t *testing.T) {
	one := web.Page{Lang: "zh", Now: noon, CSRF: "a", Body: web.RoomView{RoomCounts: web.RoomCounts{Candidates: 1}}}
	two := one
	two.Now, two.CSRF = noon.Add(time.Hour), "b"
	if web.ETag(one) != web.ETag(two) {
		t.Error("the clock or the token changed the tag")
	}
	two.Body = web.RoomView{RoomCounts: web.RoomCounts{Candidates: 2}}
	three := one
	three.Elder = true
	if web.ETag(one) == web.ETag(two) || web.ETag(one) == web.ETag(three) {
		t.Error("another view or another mode has the same tag")
	}
}

// TestAnEmptyPartOfTheQueueLeadsOn: what is looked through at once may hold nothing although more follows.
func TestAnEmptyPartOfTheQueueLeadsOn(t *testing.T) {
	for next, words := range map[string][]string{"": {"没有等待审核的试题"}, "c1": {"本页没有等待审核的试题", `href="/bank/queue?cursor=c1"`}} {
		var b bytes.Buffer
		if err := pages(t).Render(&b, "queue", web.Page{Lang: "zh", Now: noon, Body: web.QueueView{Authority: authz.Medical, Next: next}}); err != nil {
			t.Fatal(err)
		}
		for _, word := range words {
			if !strings.Contains(b.String(), word) {
				t.Errorf("next %q: the page does not say %q", next, word)
			}
		}
		if next == "" && strings.Contains(b.String(), "本页") {
			t.Error("the end of the queue reads as one page of it")
		}
	}
}

// TestAnswersThatInviteNobodyToTrust: a certificate that holds no more says so where its lines match, and a seal whose key
// was withdrawn does not send the holder for the file that was shown.
func TestAnswersThatInviteNobodyToTrust(t *testing.T) {
	right, seal := []web.Proof{{Key: "record", OK: true}}, []web.Proof{{Key: "trust", Code: "seal.revoked", Detail: "签章证书已作废"}}
	fields := []web.Printed{{Key: "number", Value: "Y001200000112600000071"}}
	const compare, download = "请逐项与手中的证书对照", "从本系统下载原文件"
	for name, c := range map[string]struct {
		answer web.Answer
		says   []string
		not    []string
	}{
		"valid":      {web.Answer{Standing: web.Valid, Fields: fields, Proof: right}, []string{compare, `<li class="ok">`}, []string{"不能采信"}},
		"revoked":    {web.Answer{Standing: web.Revoked, Fields: fields, Proof: right}, []string{"不能采信", "不说明它现在有效"}, []string{compare, `<li class="ok">`}},
		"superseded": {web.Answer{Standing: web.Superseded, Fields: fields, Proof: right}, []string{"不再有效", "不说明它现在有效"}, []string{compare, `<li class="ok">`}},
		"altered":    {web.Answer{Standing: web.Altered, Fields: fields}, []string{"即使逐项相同也不要使用"}, []string{compare}},
		"a file":     {web.Answer{Standing: web.Unknown, By: web.ByFile}, []string{download}, nil},
		"a seal":     {web.Answer{Standing: web.Unknown, By: web.ByFile, Proof: seal}, []string{"密钥已经作废", "申请补发", "编号和姓名查验的结果为准"}, []string{download}},
	} {
		var b bytes.Buffer
		if err := pages(t).Render(&b, "verify", web.Page{Lang: "zh", Here: "/verify", Body: web.VerifyView{Answer: &c.answer}}); err != nil {
			t.Fatal(err)
		}
		for _, word := range c.says {
			if !strings.Contains(b.String(), word) {
				t.Errorf("%s: the page does not say %q", name, word)
			}
		}
		for _, word := range c.not {
			if strings.Contains(b.String(), word) {
				t.Errorf("%s: the page says %q", name, word)
			}
		}
	}
}
