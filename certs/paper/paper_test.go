package paper_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/paper"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// printed is a file of a paper, which must come out.
func printed(t testing.TB, make func(paper.Paper) ([]byte, error), w paper.Paper) []byte {
	t.Helper()
	b, err := make(w)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestEverythingIsAskedInOrder: what is copied from the paper is the form, item by item, options as shown.
func TestEverythingIsAskedInOrder(t *testing.T) {
	p := newPrinter(t)
	for _, large := range []bool{false, true} {
		w := whole(t)
		w.Large = large
		text := copied(t, printed(t, p.Questions, w))
		for n, line := range w.Form.Items {
			v, _ := w.Item(line.Code)
			want := []string{fmt.Sprintf("%d．%s", n+1, squeezed(v.Stem))}
			for place, o := range line.Options {
				if v.Type != questionbank.Judgement {
					want = append(want, fmt.Sprintf("%c．%s", 'A'+place, squeezed(v.Options[o])))
				}
			}
			for _, s := range want {
				at := strings.Index(text, s)
				if at < 0 {
					t.Fatalf("large %v: %s: %q is missing or out of order", large, line.Code, s)
				}
				text = text[at+len(s):]
			}
		}
	}
}

func squeezed(fragment string) string {
	return strings.Join(strings.Fields(richtext.Plain(fragment)), "")
}

func TestWhatThePaperSays(t *testing.T) {
	w := whole(t)
	w.Mark, w.Ticket = "B", "26120000010042"
	text := copied(t, printed(t, newPrinter(t).Questions, w))
	for _, want := range []string{"健康照护师（长期照护师）", "职业技能等级认定", "理论知识试卷", "五级/初级工", "样题", "B卷", "共100题满分100分考试时间90分钟",
		"26120000010042", "一、单项选择题（第1题～第70题。", "每题1分，满分70分。", "二、多项选择题（第71题～第80题。", "少选、错选均不得分", "三、判断题（第81题～第100题。",
		"考生须知", "评分人", "2026年第一次认定"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, secret := range []string{"标准答案", "保密", "L5a-"} {
		if strings.Contains(text, secret) {
			t.Errorf("the paper says %q", secret)
		}
	}
	w.Blueprint.Sample, w.Minutes = false, 0
	w.Blueprint.TypePoints = map[questionbank.ItemType]engine.Points{questionbank.Judgement: 50}
	text = copied(t, printed(t, newPrinter(t).Questions, w))
	if strings.Contains(text, "样题") || strings.Contains(text, "考试时间") || !strings.Contains(text, "每题0.50分，满分10分") || !strings.Contains(text, "满分90分") {
		t.Error("sample, time or points are wrong")
	}
}

// TestWhereAPaperIsLaid: paper, every page of the sheet and key say the same of it, and large print says that it is.
func TestWhereAPaperIsLaid(t *testing.T) {
	p, w := newPrinter(t), whole(t)
	w.Sitting, w.Mark = "第一场　第一理论考场　1号", "B"
	for _, w.Large = range []bool{false, true} {
		for name, make := range map[string]func(paper.Paper) ([]byte, error){"questions": p.Questions, "sheet": p.Sheet, "key": p.Key} {
			pages := strings.Split(strings.TrimSuffix(tool(t, "pdftotext", "-raw", write(t, name, printed(t, make, w)), "-"), "\f"), "\f")
			for n, page := range pages {
				page = strings.Join(strings.Fields(page), "")
				if strings.Contains(page, "大字版") != w.Large || !strings.Contains(page, "B卷") {
					t.Errorf("large %v: %s: page %d: %.200s", w.Large, name, n+1, page)
				}
				if (n == 0 || name == "sheet") && !strings.Contains(page, "第一场第一理论考场1号") {
					t.Errorf("large %v: %s: page %d does not say where it is laid: %.200s", w.Large, name, n+1, page)
				}
			}
		}
	}
}

// TestLargePrintIsLarge: what surrounds the questions grows with them.
func TestLargePrintIsLarge(t *testing.T) {
	p, w := newPrinter(t), whole(t)
	for _, c := range []struct {
		make func(paper.Paper) ([]byte, error)
		word string
		by   float64
	}{{p.Questions, "2．", 1.5}, {p.Questions, "评分人", 1.4}, {p.Sheet, "单位", 1.25}, {p.Sheet, "由监考员填涂", 1.25}} {
		var tall [2]float64
		for n, large := range []bool{false, true} {
			w.Large = large
			out := tool(t, "pdftotext", "-bbox", "-l", "1", write(t, "file.pdf", printed(t, c.make, w)), "-")
			for _, m := range word.FindAllStringSubmatch(out, -1) {
				if strings.HasPrefix(m[5], c.word) {
					tall[n] = number(t, m[4]) - number(t, m[2])
				}
			}
		}
		if tall[0] == 0 || tall[1] < c.by*tall[0] {
			t.Errorf("%s: %.1f and %.1f points", c.word, tall[0], tall[1])
		}
	}
}

// TestInstructionsHang: all lines of a section's instructions begin where its title does.
func TestInstructionsHang(t *testing.T) {
	path := write(t, "file.pdf", printed(t, newPrinter(t).Questions, whole(t)))
	left := map[string]float64{}
	for _, m := range word.FindAllStringSubmatch(tool(t, "pdftotext", "-bbox", "-f", "2", "-l", "2", path, "-"), -1) {
		for _, begins := range []string{"一、", "70分。）", "A．"} {
			if _, ok := left[begins]; !ok && strings.HasPrefix(m[5], begins) {
				left[begins] = number(t, m[1])
			}
		}
	}
	if indent := left["70分。）"] - left["一、"]; indent < 1.5*10.5 || indent > 2.1*10.5 {
		t.Errorf("the second line is indented by %.1f points: %v", indent, left)
	}
}

// TestEveryPageNamesTheForm: identity and page numbers stand on every page of every file.
func TestEveryPageNamesTheForm(t *testing.T) {
	p, w := newPrinter(t), whole(t)
	w.Large = true
	id := paper.Identity(w.Form)
	if want := w.Form.Digest()[:16] + "-41"; id != want {
		t.Fatalf("%s, want %s", id, want)
	}
	for name, make := range map[string]func(paper.Paper) ([]byte, error){"questions": p.Questions, "sheet": p.Sheet, "key": p.Key} {
		pages := strings.Split(strings.TrimSuffix(tool(t, "pdftotext", "-raw", write(t, name, printed(t, make, w)), "-"), "\f"), "\f")
		if len(pages) < 2 {
			t.Errorf("%s: %d pages", name, len(pages))
		}
		for n, page := range pages {
			if !strings.Contains(page, id) || !strings.Contains(strings.Join(strings.Fields(page), ""), fmt.Sprintf("第%d页共%d页", n+1, len(pages))) {
				t.Errorf("%s: page %d does not say which it is", name, n+1)
			}
		}
	}
}

// TestCodesAreRead: a reader finds the identity on the cover and on every page of the answer sheet.
func TestCodesAreRead(t *testing.T) {
	p, w := newPrinter(t), whole(t)
	for _, c := range []struct {
		make  func(paper.Paper) ([]byte, error)
		large bool
		codes int
	}{{p.Questions, false, 1}, {p.Sheet, false, 1}, {p.Sheet, true, 2}} {
		w.Large = c.large
		path := write(t, "file.pdf", printed(t, c.make, w))
		images := filepath.Join(filepath.Dir(path), "page")
		tool(t, "pdftoppm", "-r", "150", "-gray", "-l", strconv.Itoa(c.codes), path, images)
		files, err := filepath.Glob(images + "*")
		if err != nil || len(files) != c.codes {
			t.Fatal(files, err)
		}
		for _, f := range files {
			if got := strings.TrimSpace(tool(t, "zbarimg", "--nodbus", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", f)); got != paper.Identity(w.Form) {
				t.Errorf("read %q", got)
			}
		}
	}
}

// TestKey: the letters are the places where the right options are shown.
func TestKey(t *testing.T) {
	items := []questionbank.ItemVersion{
		{Code: "S-1", Type: questionbank.Single, Stem: "题", Options: []string{"甲", "乙", "丙", "丁"}, Key: []int{0}, Point: "A-A-A-001"},
		{Code: "S-2", Type: questionbank.Single, Stem: "题", Options: []string{"甲", "乙", "丙", "丁"}, Key: []int{0}, Point: "A-A-A-002"},
		{Code: "M-1", Type: questionbank.Multiple, Stem: "题", Options: []string{"甲", "乙", "丙", "丁", "戊"}, Key: []int{1, 2, 4}, Point: "A-A-A-003"},
		{Code: "J-1", Type: questionbank.Judgement, Stem: "题", Options: questionbank.Judged(), Key: []int{0}, Point: "A-A-A-004"},
		{Code: "J-2", Type: questionbank.Judgement, Stem: "题", Options: questionbank.Judged(), Key: []int{1}, Point: "A-A-A-005"},
	}
	text := copied(t, printed(t, newPrinter(t).Key, paperOf(items, nil)))
	for _, want := range []string{"标准答案", "保密", "1AS-1第1版A-A-A-001", "2DS-2第1版A-A-A-002", // turned by one: 乙丙丁甲
		"3ACES-", "3ACEM-1第1版A-A-A-003", // turned by two: 丙丁戊甲乙
		"4√J-1", "5×J-2"} {
		if has := strings.Contains(text, want); has == (want == "3ACES-") {
			t.Errorf("%q: %v in %s", want, has, text)
		}
	}
}

func TestSamePaperSameBytes(t *testing.T) {
	p := newPrinter(t)
	items, pictures := illustrated(t)
	for name, make := range map[string]func(paper.Paper) ([]byte, error){"questions": p.Questions, "sheet": p.Sheet, "key": p.Key} {
		w := paperOf(items, pictures)
		first := printed(t, make, w)
		if !bytes.Equal(first, printed(t, make, w)) {
			t.Errorf("%s differ", name)
		}
		w.Form.Slot++
		if bytes.Equal(first, printed(t, make, w)) {
			t.Errorf("%s: another form, the same file", name)
		}
		if out := tool(t, "qpdf", "--check", write(t, name, first)); strings.Contains(strings.ToLower(out), "warning") {
			t.Error(out)
		}
	}
}

// illustrated are items with pictures, lists and letters of every look.
func illustrated(t testing.TB) ([]questionbank.ItemVersion, map[string][]byte) {
	t.Helper()
	wide, tall, small := drawing(t, 400, 300), photo(t, 400, 2000), drawing(t, 150, 100)
	img := func(b []byte) string { return `<img src="image:` + named(b) + `" alt="图"/>` }
	items := sample(t, engine.Level3, 5, 2, 2)
	items[0].Stem = "<p>其中<strong>不正确</strong>的是<em>哪一项 which</em>，见<u>下图</u>，SpO<sub>2</sub>、m<sup>2</sup>：</p>\n" + img(wide) +
		"<ul><li>其一</li>\n<li><p>其二</p><ol><li>甲</li><li>乙</li></ol></li></ul>请选择 a ]]&gt; b &amp; c。"
	items[1].Stem, items[1].Options = "图"+img(tall)+"所示的是\n第二行𠮷", []string{img(small), img(small) + "二", "三", "四"}
	items[2].Stem = "没有写成图文的 a < b & c"
	return items, map[string][]byte{named(wide): wide, named(tall): tall, named(small): small}
}

func TestRichText(t *testing.T) {
	items, pictures := illustrated(t)
	file := printed(t, newPrinter(t).Questions, paperOf(items, pictures))
	text := copied(t, file)
	for _, want := range []string{"其中不正确的是哪一项which，见下图，", "•其一•其二（1）甲（2）乙请选择a]]>b&c。", "图所示的是第二行𠮷", "没有写成图文的a<b&c"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %.300s", want, text)
		}
	}
	if out := tool(t, "pdfimages", "-list", write(t, "file.pdf", file)); strings.Count(out, "\n") != 2+4 {
		t.Errorf("not four pictures drawn:\n%s", out)
	}
}

var word = regexp.MustCompile(`<word xMin="([0-9.]+)" yMin="([0-9.]+)" xMax="([0-9.]+)" yMax="([0-9.]+)">([^<]*)</word>`)

// TestOptionsStandSideBySide: four, two or one on a line, by the widest of them.
func TestOptionsStandSideBySide(t *testing.T) {
	for _, c := range []struct {
		options []string
		lines   int
	}{
		{[]string{"甲", "乙", "丙", "丁"}, 1},
		{[]string{"甲", "乙", "丙", "丁", "戊"}, 2},
		{[]string{"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"}, 2},
		{[]string{"甲", "乙", "丙", "长到四个不能同行的选项"}, 2},
		{[]string{"甲", "乙", "丙", "长到两个也不能同行的选项，因为它有二十四个以上的字"}, 4},
		{[]string{"甲", "乙", "丙", "有\n两行"}, 5},
	} {
		item := questionbank.ItemVersion{Code: "S-1", Type: questionbank.Single, Stem: "题干", Options: c.options, Key: []int{0}, Point: "A-A-A-001"}
		path := write(t, "file.pdf", printed(t, newPrinter(t).Questions, paperOf([]questionbank.ItemVersion{item}, nil)))
		_, after, _ := strings.Cut(tool(t, "pdftotext", "-raw", "-f", "2", path, "-"), "题干\n")
		options, _, _ := strings.Cut(after, "健康照护师")
		lines := strings.Split(strings.TrimSpace(options), "\n")
		if len(lines) != c.lines {
			t.Errorf("%q on %d lines, want %d: %q", c.options, len(lines), c.lines, lines)
		}
	}
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestLinesBreakByRule: no line begins with a mark that belongs to the line before, and none leaves the text's width.
func TestLinesBreakByRule(t *testing.T) {
	items := sample(t, engine.Level4, 80, 10, 20)
	for n := range items {
		items[n].Stem += strings.Repeat("，“见上”（第2版）。", n%4)
	}
	items[0].Stem = strings.Repeat("x", 300)
	for _, large := range []bool{false, true} {
		w := paperOf(items, nil)
		w.Large = large
		path := write(t, "file.pdf", printed(t, newPrinter(t).Questions, w))
		for line := range strings.Lines(tool(t, "pdftotext", "-raw", path, "-")) {
			if strings.ContainsAny(string([]rune(line)[:1]), "，。、；：？！）》”’") {
				t.Errorf("a line begins %q", line)
			}
		}
		for _, m := range word.FindAllStringSubmatch(tool(t, "pdftotext", "-bbox", path, "-"), -1) {
			if x := number(t, m[3]); x > (210-16+1.5)*72/25.4 {
				t.Errorf("%q ends at %.1f points", m[5], x)
			}
		}
	}
}

func TestPapersRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*paper.Paper)
		want   error
	}{
		"no items":             {func(w *paper.Paper) { w.Form.Items = nil }, paper.ErrContent},
		"no bank":              {func(w *paper.Paper) { w.Item = nil }, paper.ErrContent},
		"no date":              {func(w *paper.Paper) { w.Created = time.Time{} }, paper.ErrContent},
		"another version":      {func(w *paper.Paper) { w.Form.Items[3].Version++ }, paper.ErrContent},
		"an unknown item":      {func(w *paper.Paper) { w.Form.Items[3].Code = "L9-1" }, paper.ErrContent},
		"an option twice":      {func(w *paper.Paper) { w.Form.Items[3].Options[0] = w.Form.Items[3].Options[1] }, paper.ErrContent},
		"an option too few":    {func(w *paper.Paper) { w.Form.Items[3].Options = w.Form.Items[3].Options[1:] }, paper.ErrContent},
		"a mark like no other": {func(w *paper.Paper) { w.Mark = "C" }, paper.ErrContent},
		"a ticket in letters":  {func(w *paper.Paper) { w.Ticket = "2612X" }, paper.ErrContent},
		"a glyph not there":    {func(w *paper.Paper) { w.Sitting = "𰀀" }, paper.ErrGlyph},
	} {
		w := whole(t)
		w.Form.Items = slices.Clone(w.Form.Items)
		w.Form.Items[3].Options = slices.Clone(w.Form.Items[3].Options)
		c.change(&w)
		if _, err := newPrinter(t).Questions(w); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRefusalsNameTheItem: a picture that is missing or broken and a character without a glyph are found by their item.
func TestRefusalsNameTheItem(t *testing.T) {
	items, pictures := illustrated(t)
	var wide string
	for digest, b := range pictures {
		if bytes.HasPrefix(b, []byte("\x89PNG")) && strings.Contains(items[0].Stem, digest) {
			wide = digest
		}
	}
	for name, change := range map[string]func(){
		"missing":  func() { delete(pictures, wide) },
		"broken":   func() { pictures[wide] = []byte("\x89PNG\r\n\x1a\n") },
		"no glyph": func() { items[0].Stem = "张𰀀三" },
	} {
		before, stem := pictures[wide], items[0].Stem
		change()
		_, err := newPrinter(t).Questions(paperOf(items, pictures))
		if err == nil || !strings.Contains(err.Error(), "第1题 "+items[0].Code) {
			t.Errorf("%s: %v", name, err)
		}
		pictures[wide], items[0].Stem = before, stem
	}
	w := paperOf(items, pictures)
	w.Image = nil
	if _, err := newPrinter(t).Questions(w); !errors.Is(err, paper.ErrContent) {
		t.Errorf("no store of pictures: %v", err)
	}
}

// TestLargestForm: a thousand items fit into the files.
func TestLargestForm(t *testing.T) {
	var items []questionbank.ItemVersion
	for n := range 1000 {
		items = append(items, questionbank.ItemVersion{Code: fmt.Sprintf("S-%d", n), Type: questionbank.Single, Stem: "题干", Options: []string{"甲", "乙"}, Key: []int{1}, Point: "A-A-A-001"})
	}
	p, w := newPrinter(t), paperOf(items, nil)
	w.Large = true
	for name, make := range map[string]func(paper.Paper) ([]byte, error){"questions": p.Questions, "sheet": p.Sheet, "key": p.Key} {
		if text := copied(t, printed(t, make, w)); !strings.Contains(text, "1000") {
			t.Errorf("%s lack the last item", name)
		}
	}
}

// BenchmarkQuestions is one paper of a hundred items.
func BenchmarkQuestions(b *testing.B) {
	p, w := newPrinter(b), whole(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Questions(w); err != nil {
			b.Fatal(err)
		}
	}
}
