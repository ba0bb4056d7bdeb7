package exchange_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
)

// given is what a person says of a file that says nothing itself.
var given = exchange.Options{Level: engine.Level5, Point: "A-A-A-001", Difficulty: 3}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func readFile(t testing.TB, data []byte, o exchange.Options) exchange.Batch {
	t.Helper()
	b, err := exchange.Read("来文", data, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// lines is an item in short.
func lines(v questionbank.ItemVersion) string {
	return fmt.Sprintf("%s %s | %s | %s | %v | %s", v.Code, v.Type, v.Stem, strings.Join(v.Options, " / "), v.Key, v.Explanation)
}

func whats(all []exchange.Dropped) (out []string) {
	for _, d := range all {
		out = append(out, d.What)
	}
	return out
}

func wantLines(t *testing.T, b exchange.Batch, format string, items ...string) {
	t.Helper()
	var got []string
	for _, d := range b.Drafts {
		got = append(got, lines(d.ItemVersion))
	}
	if b.Format != format || !slices.Equal(got, items) {
		t.Errorf("%s:\n%s\nwant\n%s\n%v", b.Format, strings.Join(got, "\n"), strings.Join(items, "\n"), b.Problems)
	}
}

func wantDropped(t *testing.T, b exchange.Batch, want ...string) {
	t.Helper()
	if got := whats(b.Dropped); !slices.Equal(got, want) {
		t.Errorf("dropped %q, want %q", got, want)
	}
	for _, d := range b.Dropped {
		if d.File == "" || d.Row == 0 {
			t.Errorf("%s is dropped without a place", d.What)
		}
	}
}

func TestForeignQTI(t *testing.T) {
	b := readFile(t, sample(t, "choice-2.1.xml"), given)
	wantLines(t, b, "qti2.1", "hand-hygiene-7 multiple | <p>接触老人<strong>之前</strong>， 照护师应当做什么？</p><p>请选出<em>两</em>项。</p> | "+
		"用流动水洗手 / 核对姓名 &amp; 床号 / 直接翻身 | [0 1] | 先洗手，再核对。")
	wantDropped(t, b, "shuffle=false", "feedbackInline", "fixed=true", "span", "mapping", "rubricBlock", "div@class",
		"responseProcessing http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_r…", "stylesheet")
	b = readFile(t, sample(t, "choice-3.0.xml"), given)
	wantLines(t, b, "qti3.0", "q3 judgement | 热水袋可以直接贴着皮肤使用。 | 正确 / 错误 | [1] | ")
	wantDropped(t, b)
}

// TestQTIThatIsNoChoice: what the bank cannot hold is named, never guessed at.
func TestQTIThatIsNoChoice(t *testing.T) {
	item := string(sample(t, "choice-2.1.xml"))
	swap := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(item) }
	for name, s := range map[string]struct{ data, want string }{
		"text entry":      {swap("choiceInteraction", "textEntryInteraction"), "textEntryInteraction"},
		"two questions":   {swap("<rubricBlock", "<orderInteraction/><rubricBlock"), "orderInteraction"},
		"adaptive":        {swap(`adaptive="false"`, `adaptive="true"`), "自适应"},
		"random":          {swap("<outcomeDeclaration", "<templateDeclaration/><outcomeDeclaration"), "模板"},
		"shared stimulus": {swap("<stylesheet", `<assessmentStimulusRef href="s.xml"/><stylesheet`), "材料"},
	} {
		b := readFile(t, []byte(s.data), given)
		if len(b.Drafts)+len(b.Problems) != 0 || len(b.Dropped) != 1 || !strings.Contains(b.Dropped[0].Why, s.want) {
			t.Errorf("%s: %+v", name, b)
		}
	}
	for name, s := range map[string]struct{ data, code string }{
		"key that is no option": {swap("<value>c2</value>", "<value>c9</value>"), record.CodeKey},
		"key twice":             {swap("<value>c2</value>", "<value>c1</value>"), record.CodeKey},
		"no declaration":        {swap(`responseIdentifier="RESPONSE"`, `responseIdentifier="OTHER"`), record.CodeKey},
		"a formula":             {swap("直接翻身", "<math><mi>x</mi></math>"), record.CodeMedia},
		"an image elsewhere":    {swap("直接翻身", `<img src="http://example.org/a.png" alt="图"/>`), record.CodeMedia},
		"an image above":        {swap("直接翻身", `<img src="../../a.png" alt="图"/>`), record.CodeMedia},
		"no options":            {swap("simpleChoice", "otherChoice"), record.CodeKey},
	} {
		b := readFile(t, []byte(s.data), given)
		if len(b.Drafts) != 0 || len(b.Problems) == 0 || b.Problems[0].Code != s.code || b.Problems[0].Row == 0 {
			t.Errorf("%s: %+v", name, b)
		}
	}
}

// TestNothingIsAssumed: a file that does not say level, point or difficulty needs somebody who does.
func TestNothingIsAssumed(t *testing.T) {
	b := readFile(t, sample(t, "choice-3.0.xml"), exchange.Options{})
	var fields []string
	for _, p := range b.Problems {
		fields = append(fields, p.Field+" "+p.Code)
	}
	if want := []string{"level item.missing", "point item.missing", "difficulty item.missing"}; len(b.Drafts) != 0 || !slices.Equal(fields, want) {
		t.Errorf("%v, %v", b.Drafts, fields)
	}
}

func TestForeignMoodle(t *testing.T) {
	b := readFile(t, sample(t, "moodle.xml"), given)
	wantLines(t, b, "moodle",
		"TURN-1 single | 每隔几小时<strong>翻身</strong>一次？ | 八小时 / 两小时 / 不用翻身 | [1] | 一般不超过两小时。",
		"TF-1 judgement | 鼻饲前要确认胃管 a &lt; b。 | 正确 / 错误 | [0] | ")
	wantDropped(t, b, "category $course$/照护", "tag 卧床", "feedback", "fraction", "defaultgrade", "correctfeedback", "question essay")
	if len(b.Problems) != 1 || b.Problems[0].Item != "PIC-1" || b.Problems[0].Code != record.CodeMedia {
		t.Errorf("%v", b.Problems)
	}
}

func TestForeignGIFT(t *testing.T) {
	b := readFile(t, sample(t, "questions.gift"), given)
	made := b.Drafts[1].Code
	wantLines(t, b, "gift",
		"WASH-1 single | 洗手揉搓不少于几秒？ | 15 秒 / 5 秒 / 10 秒 | [0] | 一般不少于 15 秒。",
		made+" judgement | 体温 37.3:℃ 属于发热。 | 正确 / 错误 | [1] | ",
		b.Drafts[2].Code+" multiple | 床挡<strong>两侧</strong>都要立起，_____哪些？ | 左侧 / 右侧 / 都不立 | [0 1] | ")
	wantDropped(t, b, "$CATEGORY: 照护/基础", "feedback", "%50%", "question shortanswer", "说明文字")
	if len(b.Problems) != 1 || b.Problems[0].Item != "BAD" || b.Problems[0].Row != 20 {
		t.Errorf("%v", b.Problems)
	}
	if again := readFile(t, sample(t, "questions.gift"), given); !strings.HasPrefix(made, "X-") || again.Drafts[1].Code != made {
		t.Errorf("a code that was made is %s, then %s", made, again.Drafts[1].Code)
	}
}

func TestForeignAiken(t *testing.T) {
	b := readFile(t, sample(t, "questions.aiken"), given)
	wantLines(t, b, "aiken", b.Drafts[0].Code+" single | 给卧床老人洗头时，水温以多少为宜？ | 20℃ / 30℃ / 40℃ / 60℃ | [2] | ")
	if len(b.Problems) != 2 || b.Problems[0].Row != 8 || b.Problems[1].Row != 13 {
		t.Errorf("%v", b.Problems)
	}
}

// TestTextEncodings: text formats in the encodings of the field read the same.
func TestTextEncodings(t *testing.T) {
	for _, name := range []string{"questions.gift", "questions.aiken", "moodle.xml", "choice-2.1.xml"} {
		data := sample(t, name)
		want := readFile(t, data, given)
		gb, err := simplifiedchinese.GBK.NewEncoder().Bytes(data)
		if strings.HasSuffix(name, ".xml") {
			gb = bytes.Replace(gb, []byte(`encoding="UTF-8"`), []byte(`encoding="GBK"`), 1)
		}
		if err != nil {
			t.Fatal(err)
		}
		wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes(data)
		if err != nil {
			t.Fatal(err)
		}
		wide = bytes.Replace(wide, []byte("U\x00T\x00F\x00-\x008\x00"), []byte("U\x00T\x00F\x00-\x001\x006\x00"), 1)
		for encoding, file := range map[string][]byte{"gbk": gb, "utf-16": wide, "BOM": append([]byte("\ufeff"), data...)} {
			got := readFile(t, file, given)
			if len(got.Drafts) != len(want.Drafts) || len(got.Problems) != len(want.Problems) || lines(got.Drafts[0].ItemVersion) != lines(want.Drafts[0].ItemVersion) {
				t.Errorf("%s in %s: %d items, %v", name, encoding, len(got.Drafts), got.Problems)
			}
		}
	}
}

func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for n := 0; n+1 < len(files); n += 2 {
		w, err := z.Create(files[n])
		if err == nil {
			_, err = w.Write([]byte(files[n+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestForeignPackage: a package of another tool, in a folder of its own, with a test, a style sheet, a missing item and
// a package in the package, which is not opened.
func TestForeignPackage(t *testing.T) {
	pic := picture(t, 1)
	manifest := `<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>
<resource identifier="a" type="imsqti_item_xmlv2p1" href="items/a.xml"><metadata><lom><general><identifier><entry>A-7</entry></identifier><keyword><string>洗手</string></keyword></general>
<educational><difficulty><source>LOMv1.0</source><value>very easy</value></difficulty><typicalLearningTime><duration>PT1M30S</duration></typicalLearningTime></educational></lom></metadata>
<file href="items/a.xml"/></resource>
<resource identifier="b" type="imsqti_item_xmlv2p1" href="items/none.xml"/>
<resource identifier="c" type="imsqti_item_xmlv2p1" href="../../etc/passwd"/>
<resource identifier="d" type="imsqti_test_xmlv2p1" href="test.xml"/>
</resources></manifest>`
	item := strings.Replace(string(sample(t, "choice-2.1.xml")), "直接翻身", `<img src="../media/p%201.png" alt="图"/>`, 1)
	data := zipped(t, "pkg/imsmanifest.xml", manifest, "pkg/items/a.xml", item, "pkg/test.xml", "<assessmentTest/>", "pkg/media/p 1.png", string(pic.Bytes),
		"pkg/style.css", "p{}", "pkg/more.zip", string(zipped(t, "x", "y")))
	b := readFile(t, data, exchange.Options{Level: engine.Level5, Point: "A-A-A-001"})
	if len(b.Drafts) != 1 {
		t.Fatalf("%+v", b)
	}
	d := b.Drafts[0]
	if d.Code != "A-7" || d.Difficulty != 1 || d.Seconds != 90 || len(d.Images) != 1 || d.Images[0].Digest != pic.Digest ||
		!strings.Contains(d.Options[2], pic.Digest) {
		t.Errorf("%+v", d.ItemVersion)
	}
	if len(b.Problems) != 2 || b.Problems[0].Found != "items/none.xml" || b.Problems[1].Found != "../../etc/passwd" {
		t.Errorf("%v", b.Problems)
	}
	for _, want := range []string{"lom/general/keyword", "文件"} {
		if !slices.Contains(whats(b.Dropped), want) {
			t.Errorf("%s is not named: %v", want, b.Dropped)
		}
	}
	for _, file := range []string{"pkg/style.css", "pkg/more.zip", "pkg/test.xml"} {
		if !slices.ContainsFunc(b.Dropped, func(d exchange.Dropped) bool { return d.File == file }) {
			t.Errorf("%s is not named", file)
		}
	}
}
