package richtext_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/questionbank/richtext"
)

func TestClean(t *testing.T) {
	for _, s := range []struct{ source, want, dropped string }{
		{"", "", ""},
		{"  题干&nbsp;（ ）\n 选一项  ", "题干\u00a0（ ） 选一项", ""},
		{"a &lt; b &amp; c &copy; d", "a &lt; b &amp; c © d", ""},
		{"a < b & c", "a &lt; b &amp; c", ""},
		{"<p>题干</p>", "题干", ""},
		{"<div><section>题干</section></div>", "题干", ""},
		{"<p>甲</p>\n\n<p>乙</p>", "<p>甲</p><p>乙</p>", ""},
		{"甲<br>乙<br/><br />丙<br>", "甲\n乙\n\n丙", ""},
		{"<p>甲<br></p><p><br>乙</p>", "<p>甲</p><p>乙</p>", ""},
		{"<b>重</b><i>斜</i>", "<strong>重</strong><em>斜</em>", ""},
		{"<b>重<i>斜</b>仍斜</i>", "<strong>重</strong><em><strong>斜</strong>仍斜</em>", ""},
		{"<b>甲<b>乙</b>丙</b>丁", "<strong>甲乙丙</strong>丁", ""},
		{"<p><b>甲</p><p>乙</b>丙</p>", "<p><strong>甲</strong></p><p><strong>乙</strong>丙</p>", ""},
		{"x<sup>2</sup> H<sub>2</sub>O", "x<sup>2</sup> H<sub>2</sub>O", ""},
		{"甲<p>乙</p>丙", "甲<p>乙</p>丙", ""},
		{"<ul> <li>一</li> <li>二<li><p>三</p><p>四</p></ul>", "<ul><li>一</li><li>二</li><li>三\n四</li></ul>", ""},
		{"<li>一</li><li>二</li>", "<ul><li>一</li><li>二</li></ul>", ""},
		{"<ol>一<ul><li>二</ul></ol>三", "<ol><li>一<ul><li>二</li></ul></li></ol>三", ""},
		{"</p></b></ul></li></div>甲", "甲", ""},
		{`<p class="x" style='a:b'>甲</p><SPAN lang=zh>乙</SPAN>`, "<p>甲</p>乙", "p@class p@style span"},
		{"<h1>题</h1><font>甲</font><a href='javascript:x'>乙</a>", "<p>题</p>甲乙", "h1 font a"},
		{"<table><tr><td>甲</td><td>乙</td></tr><tr><td>丙</td></tr></table>", "<p>甲 乙</p><p>丙</p>", "table tr td"},
		{"甲<script>if (a < b) alert('</b>')</script>乙<style>p{}</style >丙", "甲乙丙", "script style"},
		{"甲<ScRiPt>x</sCrIpT>乙<svg><text>丙</text></svg>丁<script>到底", "甲乙丁", "script svg"},
		{"甲<!-- <p> -->乙<!DOCTYPE html><?php x ?>丙<![CDATA[a<b]]>", "甲乙丙a&lt;b", ""},
		{`看<img src="a.png" alt=' 压疮 "2" &lt;期 ' width="3">选`, `看<img src="image:` + one + `" alt="压疮 &quot;2&quot; &lt;期"/>选`, "img@width"},
		{`看<img src="b.png" alt="压疮">选<img>`, "看［图：压疮］选", "img src=b.png img src="},
		{"<img src=a.png onerror=alert(1)>", img(one, ""), "img@onerror"},
		{"<p", "&lt;p", ""},
		{`<a title="没有结束>甲<b>乙</b>`, `&lt;a title="没有结束>甲<strong>乙</strong>`, ""},
	} {
		got, dropped := richtext.Clean(s.source, known)
		if got != s.want || strings.Join(dropped, " ") != s.dropped {
			t.Errorf("%q became %q, dropped %q; want %q, %q", s.source, got, dropped, s.want, s.dropped)
		}
	}
	if got, dropped := richtext.Clean(`<img src="a.png">`, nil); got != "" || len(dropped) != 1 {
		t.Errorf("without images: %q, %q", got, dropped)
	}
	if got, dropped := richtext.Clean(`<img src="a.png">`, func(string) (string, bool) { return `"><script>`, true }); got != "" || len(dropped) != 1 {
		t.Errorf("a digest that is none: %q, %q", got, dropped)
	}
}

// TestListsTooDeepAreFlat: a list that lies too deep gives its text and is named.
func TestListsTooDeepAreFlat(t *testing.T) {
	got, dropped := richtext.Clean(strings.Repeat("<ul><li>甲", 9)+strings.Repeat("</li></ul>", 9)+"乙", nil)
	if strings.Count(got, "<ul>") != 3 || strings.Count(got, "甲") != 9 || !strings.HasSuffix(got, "</ul>乙") || fmt.Sprint(dropped) != "[ul]" {
		t.Errorf("%q, %v", got, dropped)
	}
	if err := richtext.Check(got); err != nil {
		t.Error(err)
	}
}

// TestHostileSizes: sources made to be slow are not.
func TestHostileSizes(t *testing.T) {
	const n = 1 << 17
	for name, source := range map[string]string{"tags that do not end": strings.Repeat("<a ", n), "quotes": strings.Repeat(`<a "`, n),
		"scripts": strings.Repeat("<svg></svg>", n), "ends": strings.Repeat("<script></", n), "comments": strings.Repeat("<!--", n),
		"marks": strings.Repeat("<b>x", n), "lists": strings.Repeat("<ul>", n), "entities": strings.Repeat("&amp;", n), "names": strings.Repeat("<x1>", n)} {
		fragment, _ := richtext.Clean(source, nil)
		if err := richtext.Check(fragment); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
