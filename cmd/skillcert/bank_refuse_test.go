package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/intake"
)

const plainAiken = "照护前应先做什么？\nA. 离开\nB. 核对\nC. 等待\nANSWER: B\n\n洗手不少于几秒？\nA. 5秒\nB. 15秒\nANSWER: B\n"

const plainGIFT = "::G-1::翻身前应先做什么？{=解释 ~离开 ~等待}\n\n体温 37.3\\:℃ 属于发热。{F}\n"

// TestBankTakesPlainFiles: Aiken and GIFT say neither level nor point nor difficulty. Check and import take them from the
// same flags, and name those flags where they are not given.
func TestBankTakesPlainFiles(t *testing.T) {
	dir := bankHouse(t)
	files := []string{textFile(t, "q.txt", plainAiken), textFile(t, "q.gift", plainGIFT)}
	given := append([]string{"--level", "5", "--point", "A-A-A-003", "--difficulty", "2"}, files...)
	house := []string{"import", "--data", dir, "--as", "mingti"}
	if out := mustBank(t, append([]string{"check", textFile(t, "table.csv", smallTable)}, given...)...); !strings.Contains(out, "4 题，1 个要素细目表：错误 0 处") {
		t.Error(out)
	}
	for _, command := range [][]string{{"check"}, house} {
		out, err := asAuthor(t, append(command, files...)...)
		if err == nil || !strings.Contains(out, "q.txt 没有说明的内容，可以用 --level、--point、--difficulty 给出") {
			t.Errorf("%s: %v\n%s", command[0], err, out)
		}
	}
	if out := mustBank(t, append(house, given...)...); strings.Count(out, "已导入：新增 2，新版本 0，原有 0，略过 0，隔离 0") != 2 {
		t.Error(out)
	}
	wantItems(t, dir, 7)
	bare := textFile(t, "bare.csv", "code,level,type,stem,key,A,B\nS-8,5,single,没有难度列和鉴定点列的题（　　）。,A,一,二\n")
	if out, err := asAuthor(t, append(house, "--point", "A-A-A-003", bare)...); err == nil || !strings.Contains(err.Error(), "bare.csv：表头缺少必填的列：难度") {
		t.Errorf("%v\n%s", err, out)
	}
	if out := mustBank(t, append(house, "--point", "A-A-A-003", "--difficulty", "2", "--seconds", "20", bare)...); !strings.Contains(out, "已导入：新增 1，") {
		t.Error(out)
	}
}

const aTask = `[{"code":"P1","name":"翻身","range":"A-A","mandatory":true,"minutes":8,"points":100,"preparation":["床"],"scenario":"卧床",
"requirements":["说明"],"criteria":[{"no":"1","section":"操作","text":"翻身","points":100}]}]`

// TestBankAnswersAreSentences: whatever is wrong with a command line or a file is said once, with its name and without
// codes or the words of the operating system, and nothing is made or changed.
func TestBankAnswersAreSentences(t *testing.T) {
	dir, away := bankHouse(t), t.TempDir()
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(smallItems)
	if err != nil {
		t.Fatal(err)
	}
	items := textFile(t, "items.csv", smallItems)
	file := func(name, text string) []string { return []string{textFile(t, name, text)} }
	house := []string{"--data", dir}
	for name, c := range map[string]struct {
		args, more []string
		says       string
	}{
		"no such command":     {[]string{"forget"}, nil, "没有 bank forget 这个命令，bank --help 列出全部命令 there is no command bank forget"},
		"no house":            {[]string{"stats", "--data", away}, nil, "其中没有 skillcert.db "},
		"no data":             {[]string{"stats"}, nil, "请用 --data DIR 给出数据目录 give the data directory"},
		"an argument":         {[]string{"export", "x"}, house, "多了 \"x\"：bank export 只用选项 \"x\" is one too many"},
		"no files":            {[]string{"import"}, house, "请给出要导入的文件：bank import FILE… give the files to import"},
		"level":               {[]string{"check", "--level", "6"}, []string{items}, "--level 应为 5、4 或 3 give --level as 5, 4 or 3"},
		"point":               {[]string{"check", "--point", "A-A"}, []string{items}, "--point 应为鉴定点代码，形如 A-A-B-002 give --point"},
		"difficulty 0":        {[]string{"check", "--difficulty", "0"}, []string{items}, "a number from 1 to 5"},
		"difficulty 6":        {[]string{"check", "--difficulty", "6"}, []string{items}, "a number from 1 to 5"},
		"difficulty in words": {[]string{"check", "--difficulty", "many"}, []string{items}, "a number from 1 to 5"},
		"seconds":             {[]string{"check", "--seconds", "-1"}, []string{items}, "--seconds 应为秒数 give"},
		"province":            {[]string{"check", "--province", "99"}, []string{items}, "--province 应为 GB/T 2260 的两位数字 give"},
		"absent":              {[]string{"check"}, []string{filepath.Join(away, "absent.csv")}, "没有文件 "},
		"absent directory":    {[]string{"check"}, []string{filepath.Join(away, "no", "x.csv")}, "没有目录 "},
		"a directory":         {[]string{"check"}, []string{away}, "是目录，应为文件 "},
		"empty":               {[]string{"check"}, file("e.csv", ""), "    文件没有内容：e.csv\n"},
		"no rows":             {[]string{"check", "--level", "5"}, file("h.csv", strings.SplitAfter(smallItems, "\n")[0]), "    h.csv：文件中没有试题 there are no items in the file\n"},
		"no tasks":            {[]string{"check", "--level", "5"}, file("t.json", "\ufeff[]"), "    t.json：文件中没有试题 there are no items in the file\n"},
		"a lone task":         {[]string{"check", "--level", "5"}, file("t.json", "{}"), "t.json 内容不是列表"},
		"a broken byte":       {[]string{"check", "--level", "5"}, file("g.csv", strings.Replace(gbk, "\xca\xd8", "\xca", 1)), "    g.csv：无法确定文件的文字编码，请另存为 UTF-8 或 xlsx 后再上传：按 GB18030 读，第 2 行有不合法的字节\n"},
		"other columns":       {[]string{"check"}, file("o.csv", "姓名,证件\n甲,1\n"), "    o.csv：表头缺少必填的列：试题编号/编号、题型、题干、答案/正确答案、难度\n"},
		"taken report":        {[]string{"import", "--as", "mingti", "--report", items}, append(house, items), "已存在，不会覆盖 "},
		"report nowhere":      {[]string{"import", "--as", "mingti", "--report", filepath.Join(away, "no", "r.csv")}, append(house, items), "没有目录 "},
		"import of nothing":   {[]string{"import", "--as", "mingti", "--level", "5"}, append(house, file("h.csv", strings.SplitAfter(smallItems, "\n")[0])...), "h.csv：文件中没有试题"},
		"points without one":  {[]string{"check", "--points", items}, file("p.csv", "x"), "p.csv"},
		"columns of points":   {[]string{"check", "--points", textFile(t, "p.csv", "code\nx\n")}, []string{items}, "--points p.csv：表头缺少必填的列：point"},
		"ending":              {[]string{"export", "--state", "all", "--out", filepath.Join(away, "x.csv")}, house, "要写 .csv 文件，请用 --format csv or"},
		"province of export":  {[]string{"export", "--state", "all", "--province", "99", "--out", filepath.Join(away, "x")}, house, "没有省份 \"99\"：请给出 GB/T 2260 的两位数字或 national no province \"99\""},
		"release of diff":     {[]string{"diff", "2026.1", "2026.2"}, house, "查无题库版本 \"2026.1\"：题库尚无版本 there is no release"},
		"too many of diff":    {[]string{"diff", "1", "2", "3"}, house, "请给出两个题库版本：OLD NEW give two releases"},
		"preview of two":      {[]string{"diff", "--preview", "1", "2"}, house, "请给出一个拟发布的题库版本：--preview NEW give one release"},
		"base without":        {[]string{"diff", "--base", "1", "1", "2"}, house, "只与 --preview 同用 "},
		"unknown flag":        {[]string{"stats", "--whole"}, house, "选项不正确 wrong flags：unknown flag: --whole"},
		"either of stats":     {[]string{"stats", "--item", "S-1", "--release", "2026.1"}, house, "请给出 --release 或 --item，二者取一 give either"},
		"neither of check":    {[]string{"check"}, nil, "请给出文件或 --data DIR，二者取一 give either"},
		"a table's level":     {[]string{"check"}, file("t.csv", smallTable), "t.csv 是要素细目表，须用 --level 指明等级 t.csv is an element table"},
		"a task's level":      {[]string{"import", "--as", "mingti", "--level", "4"}, append(house, file("t.json", aTask)...), "没有该等级的要素细目表：四级"},
		"base of preview":     {[]string{"diff", "--preview", "--as", "mingti", "--base", "2026.1", "--province", "12", "2026.1+120000"}, house, "2026.1+120000：查无此题库版本：2026.1"},
		"unknown item":        {[]string{"stats", "--item", "S-9"}, house, "S-9：查无此试题"},
		"unknown release":     {[]string{"stats", "--release", "2026.1"}, house, "查无题库版本 \"2026.1\""},
		"flagged of nothing":  {[]string{"stats", "--flagged"}, house, "--flagged 只与 --release 同用 --flagged goes with --release only"},
	} {
		out, err := asAuthor(t, append(c.args, c.more...)...)
		if err == nil {
			t.Errorf("%s: no error\n%s", name, out)
			continue
		}
		var code exitCode
		if !errors.As(err, &code) {
			out += err.Error()
		}
		if !strings.Contains(out, c.says) || strings.Contains(out, "no such file") || strings.Contains(out, "_") && !strings.Contains(out, "SKILLCERT_") || strings.Contains(out, "invalid:") {
			t.Errorf("%s: no %q in\n%s", name, c.says, out)
		}
	}
	if left, err := os.ReadDir(away); err != nil || len(left) != 0 {
		t.Errorf("%v, %v were left behind", left, err)
	}
	wantItems(t, dir, 3)
}

// TestBankSaysWhatItDidNotComeTo: a file that is refused stops those after it, which are named.
func TestBankSaysWhatItDidNotComeTo(t *testing.T) {
	dir := bankHouse(t)
	bad := textFile(t, "bad.csv", smallItems+"S-3,single,别的题（　　）。,E,一,二,三,四,,A-A-A-001,7,30,,\n")
	out, err := asAuthor(t, "import", "--data", dir, "--as", "mingti", "--level", "5", "--point", "A-A-A-003", "--difficulty", "1", bad, textFile(t, "q.txt", plainAiken))
	if !errors.Is(err, intake.ErrBlocked) || !strings.HasPrefix(err.Error(), "bad.csv：") || !strings.Contains(out, "q.txt：没有处理，因为前一个文件没有导入 q.txt was left alone") {
		t.Errorf("%v\n%s", err, out)
	}
	for _, column := range []string{"key", "difficulty"} { // of the one row, both
		if !strings.Contains(out, "第 5 行（S-3）“"+column+"”") {
			t.Errorf("nothing of %s in\n%s", column, out)
		}
	}
	if _, err = asAuthor(t, "import", "--data", dir, "--as", "mingti", textFile(t, "t.csv", smallTable)); !errors.Is(err, questionbank.ErrTableInput) {
		t.Error(err)
	}
}

// TestBankStatsOfWhatWasNotSat: what is there and was not answered yet is no error.
func TestBankStatsOfWhatWasNotSat(t *testing.T) {
	dir := bankHouse(t)
	if out := mustBank(t, "stats", "--data", dir, "--item", "S-1"); !strings.Contains(out, "试题 S-1 尚无作答统计") {
		t.Error(out)
	}
}
