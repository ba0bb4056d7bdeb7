package richtext_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/questionbank/richtext"
)

var (
	one = strings.Repeat("1a", 32)
	two = strings.Repeat("2b", 32)
)

func img(digest, alt string) string {
	return fmt.Sprintf(`<img src="image:%s" alt="%s"/>`, digest, alt)
}

// TestFragments: how a fragment is read and shown; the address of an image is /i/ and its first digit, that of two none.
func TestFragments(t *testing.T) {
	src := func(digest string) string {
		if digest == two {
			return ""
		}
		return "/i/" + digest[:1]
	}
	for _, s := range []struct{ fragment, plain, html string }{
		{"", "", ""},
		{"血压 > 140\n\"高\"", "血压 > 140\n\"高\"", "血压 &gt; 140<br>&#34;高&#34;"},
		{"a &lt; b &amp;&gt; &quot;c&quot;", `a < b &> "c"`, "a &lt; b &amp;&gt; &#34;c&#34;"},
		{"&amp;lt;", "&lt;", "&amp;lt;"},
		{"H<sub>2</sub>O<br/>m<sup>2</sup><br />", "H2O\nm2\n", "H<sub>2</sub>O<br>m<sup>2</sup><br>"},
		{"<strong>不<em>能</em></strong><u>是</u>", "不能是", "<strong>不<em>能</em></strong><u>是</u>"},
		{"<p>甲</p><p>乙</p>", "甲\n乙", "<p>甲</p><p>乙</p>"},
		{"<p>甲\n</p>\n<p>\n乙\n丙</p>", "甲\n乙\n丙", "<p>甲</p><p>乙<br>丙</p>"},
		{"选：<ul>\n<li>一</li>\n<li>二<ol><li>三</li></ol></li>\n</ul>完", "选：\n一\n二\n三\n完",
			"选：<ul><li>一</li><li>二<ol><li>三</li></ol></li></ul>完"},
		{"看" + img(one, "压疮 &lt;2&quot;&gt;") + "选", `看［图：压疮 <2">］选`, `看<img src="/i/1" alt="压疮 &lt;2&#34;&gt;">选`},
		{"看" + img(two, "压疮") + img(two, ""), "看［图：压疮］［图］", "看［图：压疮］［图］"},
		{`<script>x</script>`, `<script>x</script>`, `&lt;script&gt;x&lt;/script&gt;`}, // no fragment: as it stands
		{"a < b", "a < b", "a &lt; b"},
	} {
		if got := richtext.Plain(s.fragment); got != s.plain {
			t.Errorf("%q reads %q, want %q", s.fragment, got, s.plain)
		}
		if got := richtext.HTML(s.fragment, src); got != s.html {
			t.Errorf("%q shows %q, want %q", s.fragment, got, s.html)
		}
	}
	if got := richtext.HTML(img(one, "图"), nil); got != "［图：图］" {
		t.Errorf("without addresses: %q", got)
	}
	if got := richtext.Images("<p>" + img(two, "") + "</p>" + img(one, "x") + img(two, "")); fmt.Sprint(got) != fmt.Sprint([]string{two, one, two}) {
		t.Errorf("images %v", got)
	}
	if got := richtext.HTML(img(one, "x"), func(string) string { return `"><script>` }); strings.Contains(got, "<script>") {
		t.Errorf("an address breaks out: %s", got)
	}
}

func TestCheckNamesThePlace(t *testing.T) {
	deep := strings.Repeat("<ul><li>", 6)
	for fragment, want := range map[string]string{
		"a & b":                          "第3个字符处，& 应",
		"甲乙&nbsp;":                       "第3个字符处，& 应",
		"&#60;":                          "第1个字符处，& 应",
		"&lt":                            "& 应",
		"&ltgt;":                         "& 应",
		"一 < 二":                          "第3个字符处，< 应",
		"<script>alert(1)</script>":      "不支持元素 <script>",
		"<P>甲</P>":                       "不支持元素 <P>",
		"<div>甲</div>":                   "不支持元素 <div>",
		"甲<!-- -->":                      "第2个字符处，不支持元素",
		"<![CDATA[x]]>":                  "不支持元素",
		`<p class="a">甲</p>`:             "<p> 不能带属性",
		`<br clear="all"/>`:              "不支持元素",
		"<br>":                           "不支持元素 <br>",
		"<p/>":                           "<p> 没有内容",
		"<p>甲":                           "<p> 没有结束",
		"甲</p>":                          "第2个字符处，</p> 没有",
		"</>":                            "没有对应",
		"<strong><em>甲</strong></em>":    "</strong> 没有",
		"<p><p>甲</p></p>":                "<p> 不能放在此处",
		"<strong><p>甲</p></strong>":      "<p> 不能放在此处",
		"<li>甲</li>":                     "<li> 不能放在此处",
		"<ul>甲</ul>":                     "列表中只能有列表项",
		"<ul><p>甲</p></ul>":              "<p> 不能放在此处",
		"<ul><br/></ul>":                 "<br> 不能放在此处",
		"<ul>" + img(one, "") + "</ul>":  "<img> 不能放在此处",
		deep + "<ul>":                    "嵌套过深",
		`<img src="image:12" alt=""/>`:   "图片应写作",
		`<img src="http://x/" alt=""/>`:  "图片应写作",
		`<img src="image:` + one + `"/>`: "图片应写作",
		`<img src="image:` + strings.ToUpper(one) + `" alt=""/>`: "图片应写作",
		`<img src="image:` + one + `" alt="" onerror="x"/>`:      "图片应写作",
		img(one, "a & b"): "图片说明中的 &",
		strings.TrimSuffix(img(one, "a"), "/>") + ">": "图片应写作",
	} {
		err := richtext.Check(fragment)
		if !errors.Is(err, richtext.ErrFragment) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", fragment, err, want)
		}
		if richtext.Plain(fragment) != fragment || richtext.Images(fragment) != nil {
			t.Errorf("%q is read as if it were a fragment", fragment)
		}
	}
	if err := richtext.Check(deep + strings.Repeat("</li></ul>", 6)); err != nil {
		t.Error(err)
	}
}

func TestBlank(t *testing.T) {
	for fragment, want := range map[string]bool{"": true, " \n": true, "<p> </p>": true, "<br/>": true, img(one, ""): true, img(one, " "): true,
		img(one, "图"): false, "a": false, "<p>a</p>": false, "<": false} {
		if got := richtext.Blank(fragment); got != want {
			t.Errorf("%q: %t", fragment, got)
		}
	}
}

// TestPlainTextIsItself: whatever people type without < and & means itself, and everything survives being escaped.
func TestPlainTextIsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		if got := richtext.Plain(richtext.Escape(s)); got != s {
			t.Fatalf("%q comes back as %q", s, got)
		}
		if !strings.ContainsAny(s, "<&") && (richtext.Escape(s) != s || richtext.Check(s) != nil || richtext.Plain(s) != s) {
			t.Fatalf("%q does not mean itself", s)
		}
	})
}

// pieces are what hostile and broken sources are made of.
func pieces() *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom([]string{"<p>", "</p>", "<ul>", "</ul>", "<ol>", "</ol>", "<li>", "</li>", "<b>", "</b>",
		"<strong>", "</strong>", "<em>", "</i>", "<sub>", "</sub>", "<div>", "</div>", "<br>", "<br/>", "<table>", "<tr>", "<td>", "</td>", "<script>",
		"</script>", "<!--", "-->", "<![CDATA[", "]]>", "<?x", ">", "<", "&", "&lt;", "&nbsp;", "\"", "'", "<a href='x'>", "<img src=\"a.png\" alt=\"图<\">",
		"<img src=b>", "<p class=", "\n", " ", "题", "x", "<H1>", "</", "<svg/>", img(one, "a")}), rapid.StringN(0, 3, -1)), 0, 40),
		func(parts []string) string { return strings.Join(parts, "") })
}

func known(src string) (string, bool) { return one, src == "a.png" }

// TestCleanAlwaysGivesAFragment: whatever comes in, a fragment comes out, and it is clean.
func TestCleanAlwaysGivesAFragment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source := pieces().Draw(t, "source")
		fragment, _ := richtext.Clean(source, known)
		if err := richtext.Check(fragment); err != nil {
			t.Fatalf("%q became %q: %v", source, fragment, err)
		}
		if html := richtext.HTML(fragment, nil); strings.Contains(html, "<script") || strings.Contains(html, "onerror=") {
			t.Fatalf("%q is shown as %q", source, html)
		}
	})
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"<p>a<b>c</p>", "<ul><li>x<ul><li>y", "<img src=a.png alt='>'>", "a<", "<a \"", "<script></scrip"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		fragment, _ := richtext.Clean(source, known)
		if err := richtext.Check(fragment); err != nil {
			t.Fatalf("%q became %q: %v", source, fragment, err)
		}
		again, dropped := richtext.Clean(richtext.HTML(fragment, func(string) string { return "a.png" }), known)
		if once, _ := richtext.Clean(richtext.HTML(again, func(string) string { return "a.png" }), known); once != again || len(dropped) > 0 {
			t.Fatalf("%q, shown and cleaned again, goes on changing: %q, %q; %v", fragment, again, once, dropped)
		}
	})
}
