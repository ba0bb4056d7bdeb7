package exchange_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

const head = "code,type,stem,key,A,B,C,D,E,point,difficulty,seconds,explanation,enemy\n"

const sound = "Q1,single,照护前应先（ ）。,B,离开,核对,等待,,,A-A-A-001,2,40,先核对。,E1\n"

func read(t interface {
	Helper()
	Fatal(...any)
}, data []byte, level engine.Level) (items []questionbank.ItemVersion, broken []exchange.Problem) {
	t.Helper()
	b, err := exchange.Read("题目.csv", data, exchange.Options{Level: level})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range b.Drafts {
		items = append(items, d.ItemVersion)
	}
	return items, b.Problems
}

func fieldsOf(broken []exchange.Problem) string {
	var fields []string
	for _, p := range broken {
		fields = append(fields, p.Field)
	}
	return strings.Join(fields, " ")
}

// TestWhatIsGivenStandsForAColumn: a column whose value is given need not be there, in either shape; without it the
// file is refused, or the rows are.
func TestWhatIsGivenStandsForAColumn(t *testing.T) {
	const own, field = "题号,题型,题干,答案,选项A,选项B\nQ1,单选,甲？,A,一,二\n", "试题GUID,题型,题干,答案,选项A,选项B\nQ1,单选,甲？,A,一,二\n"
	all := exchange.Options{Level: engine.Level5, Point: "A-A-A-001", Difficulty: 4, Seconds: 25}
	noDifficulty, noPoint := all, all
	noDifficulty.Difficulty, noPoint.Point = 0, ""
	for name, s := range map[string]struct {
		data, format string
		o            exchange.Options
		want         string // columns that are asked for, or fields of the row
	}{
		"own":                  {own, exchange.CSV, all, ""},
		"own, no difficulty":   {own, "", noDifficulty, "column.difficulty"},
		"own, no point":        {own, exchange.CSV, noPoint, "point"},
		"own, no key":          {strings.Replace(own, "答案", "回答", 1), "", all, "column.key"},
		"field":                {field, exchange.FieldCSV, all, ""},
		"field, no difficulty": {field, exchange.FieldCSV, noDifficulty, "难度"},
		"field, no point":      {field, "", noPoint, "column.code"},
		"field, empty path":    {strings.NewReplacer("选项B", "选项B,知识点一级", "二", "二,").Replace(field), exchange.FieldCSV, all, ""},
		"field, broken path":   {strings.NewReplacer("选项B", "选项B,知识点一级", "二", "二,A").Replace(field), exchange.FieldCSV, all, "知识点一级"},
	} {
		b, err := exchange.Read("题.csv", []byte(s.data), s.o)
		var refusal *errs.Error
		told := fieldsOf(b.Problems)
		if errors.As(err, &refusal) {
			told = refusal.Fields[0].Name
		}
		if b.Format != s.format || told != s.want || (s.want == "") != (len(b.Drafts) == 1) {
			t.Errorf("%s: %s, %d items, %s, %v", name, b.Format, len(b.Drafts), told, err)
			continue
		}
		for _, d := range b.Drafts {
			if d.Point != "A-A-A-001" || d.Difficulty != 4 || d.Seconds != 25 {
				t.Errorf("%s: %+v", name, d)
			}
		}
	}
	if b := readFile(t, []byte("题号,题型,题干,答案,选项A,选项B,难度,答题秒数\nQ1,单选,甲？,A,一,二,2,\nQ2,单选,乙？,A,一,二,,40\n"), all); len(b.Drafts) != 2 ||
		b.Drafts[0].Difficulty != 2 || b.Drafts[0].Seconds != 25 || b.Drafts[1].Difficulty != 4 || b.Drafts[1].Seconds != 40 {
		t.Errorf("what the file says goes first: %+v", b)
	}
}

func TestReadsItsOwnColumns(t *testing.T) {
	items, broken := read(t, []byte(head+sound+
		"Q2,multiple,包括（ ）。,DA,甲,乙,丙,丁,,A-A-A-001,3,,,\n"+
		"Q3,judgement,应当核对。,T,,,,,,A-A-A-002,1,30,,\n"), engine.Level5)
	if len(broken) != 0 || len(items) != 3 {
		t.Fatalf("%d items, %v", len(items), broken)
	}
	want := questionbank.ItemVersion{Code: "Q1", Level: engine.Level5, Type: questionbank.Single, Stem: "照护前应先（ ）。",
		Options: []string{"离开", "核对", "等待"}, Key: []int{1}, Point: "A-A-A-001", Difficulty: 2, Seconds: 40, Explanation: "先核对。", Enemy: "E1"}
	if items[0].Digest() != want.Digest() {
		t.Errorf("%+v, want %+v", items[0], want)
	}
	if fmt.Sprint(items[1].Key, items[1].Seconds) != "[0 3] 0" || fmt.Sprint(items[2].Options, items[2].Key) != "[正确 错误] [0]" {
		t.Errorf("%+v", items[1:])
	}
}

// TestEncodings: GBK and the four-byte part of GB18030 are read right; what is neither is refused, never garbled.
func TestEncodings(t *testing.T) {
	const rare = "㐀𠮷" // in GB18030 only, four bytes each
	text := head + strings.Replace(sound, "先核对。", "先核对姓名、床号与腕带，再说明目的。"+rare, 1)
	gb18030, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(head + sound)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]struct{ data, explanation string }{
		"utf-8":     {text, "先核对姓名、床号与腕带，再说明目的。" + rare},
		"utf-8 BOM": {"\ufeff" + head + sound, "先核对。"},
		"gb18030":   {gb18030, "先核对姓名、床号与腕带，再说明目的。" + rare},
		"gbk":       {gbk, "先核对。"},
	} {
		items, broken := read(t, []byte(s.data), engine.Level5)
		if len(items) != 1 || len(broken) != 0 || items[0].Explanation != s.explanation || items[0].Stem != "照护前应先（ ）。" {
			t.Errorf("%s: %+v, %v", name, items, broken)
		}
	}
	for says, data := range map[string]string{
		"按 GB18030 读，第 2 行": gbk[:len(gbk)-4] + "\x81\n", // cut in the middle of a character
		"按 GB18030 读，第 3 行": gbk + strings.Replace(gbk[len(head):], "\xd5\xd5", "\xd5", 1) + gbk[len(head):],
		"按 UTF-8 读，第 3 行":   text + strings.Replace(sound, "照", "\xe7\x85", 1) + sound,
		"标明为 UTF-8，但第 2 行":  "\ufeff" + head + "\xff\n" + sound,
	} {
		if _, err = exchange.Read("题.csv", []byte(data), exchange.Options{Level: engine.Level5}); !errors.Is(err, table.ErrEncoding) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

// TestBrokenRowsAreReported: the row is left out, the others are read, and the report names the cell.
func TestBrokenRowsAreReported(t *testing.T) {
	for name, s := range map[string]struct{ row, column, code string }{
		"missing key":        {"Q2,single,甲？,,一,二,,,,A-A-A-001,2,40,,", "key", table.CodeMissing},
		"missing code":       {",single,甲？,A,一,二,,,,A-A-A-001,2,40,,", "code", table.CodeMissing},
		"missing stem":       {"Q2,single,,A,一,二,,,,A-A-A-001,2,40,,", "stem", table.CodeMissing},
		"missing point":      {"Q2,single,甲？,A,一,二,,,,,2,40,,", "point", table.CodeMissing},
		"type":               {"Q2,essay,甲？,A,一,二,,,,A-A-A-001,2,40,,", "type", exchange.CodeValue},
		"key outside":        {"Q2,single,甲？,C,一,二,,,,A-A-A-001,2,40,,", "key", exchange.CodeKey},
		"key number":         {"Q2,single,甲？,1,一,二,,,,A-A-A-001,2,40,,", "key", exchange.CodeKey},
		"single, two keys":   {"Q2,single,甲？,AB,一,二,,,,A-A-A-001,2,40,,", "key", exchange.CodeContent},
		"multiple, one key":  {"Q2,multiple,甲？,A,一,二,三,,,A-A-A-001,2,40,,", "key", exchange.CodeContent},
		"judgement key":      {"Q2,judgement,甲。,是,,,,,,A-A-A-001,2,40,,", "key", exchange.CodeKey},
		"judgement, options": {"Q2,judgement,甲。,T,一,,,,,A-A-A-001,2,40,,", "A", exchange.CodeValue},
		"option left out":    {"Q2,single,甲？,A,一,,三,,,A-A-A-001,2,40,,", "B", table.CodeMissing},
		"option twice":       {"Q2,single,甲？,A,一,一,,,,A-A-A-001,2,40,,", "B", exchange.CodeContent},
		"one option":         {"Q2,single,甲？,A,一,,,,,A-A-A-001,2,40,,", "A", exchange.CodeContent},
		"point":              {"Q2,single,甲？,A,一,二,,,,A-A-A-1,2,40,,", "point", exchange.CodePath},
		"difficulty 0":       {"Q2,single,甲？,A,一,二,,,,A-A-A-001,0,40,,", "difficulty", exchange.CodeValue},
		"difficulty 6":       {"Q2,single,甲？,A,一,二,,,,A-A-A-001,6,40,,", "difficulty", exchange.CodeValue},
		"difficulty empty":   {"Q2,single,甲？,A,一,二,,,,A-A-A-001,,40,,", "difficulty", exchange.CodeValue},
		"seconds":            {"Q2,single,甲？,A,一,二,,,,A-A-A-001,2,久,,", "seconds", exchange.CodeValue},
		"seconds below zero": {"Q2,single,甲？,A,一,二,,,,A-A-A-001,2,-1,,", "seconds", exchange.CodeValue},
		"too many seconds":   {"Q2,single,甲？,A,一,二,,,,A-A-A-001,2,3601,,", "seconds", exchange.CodeContent},
		"code in Chinese":    {"题2,single,甲？,A,一,二,,,,A-A-A-001,2,40,,", "code", exchange.CodeContent},
		"repeated code":      {"Q1,single,甲？,A,一,二,,,,A-A-A-001,2,40,,", "code", exchange.CodeRepeated},
		"private-use":        {"Q2,single,甲\ue000？,A,一,二,,,,A-A-A-001,2,40,,", "stem", table.CodeCharacter},
		"cell too many":      {"Q2,single,甲？,A,一,二,,,,A-A-A-001,2,40,,,x", "O", table.CodeWide},
	} {
		items, broken := read(t, []byte(head+sound+s.row+"\nQ3,single,丙？,A,一,二,,,,A-A-A-001,2,40,,\n"), engine.Level5)
		if len(items) != 2 || items[0].Code != "Q1" || items[1].Code != "Q3" || len(broken) != 1 {
			t.Errorf("%s: %d items, %v", name, len(items), broken)
			continue
		}
		if p := broken[0]; p.Row != 3 || p.Field != s.column || p.Code != s.code || p.Want == "" {
			t.Errorf("%s: row %d, column %s, %s: %s", name, p.Row, p.Field, p.Code, p)
		}
	}
}

// TestEverythingThatIsWrongWithARowIsTold: of each cell once, and of no cell whose fault may come from another's.
func TestEverythingThatIsWrongWithARowIsTold(t *testing.T) {
	for name, s := range map[string]struct{ row, told string }{
		"every cell":            {"题2,essay,,,一,二,,,,A-A-A-1,9,久,," + strings.Repeat("长", 65), "code type stem key difficulty seconds point enemy"},
		"key and difficulty":    {"Q2,single,甲？,C,一,二,,,,A-A-A-001,6,40,,", "key difficulty"},
		"no options":            {"Q2,single,甲？,A,,,,,,,0,40,,", "A point difficulty"}, // the key is not judged
		"option left out":       {"Q2,single,甲？,Z,一,,三,,,A-A-A-001,0,40,,", "B difficulty"},
		"unknown type":          {"Q2,essay,甲？,Z,一,,三,,,A-A-A-001,2,40,,", "type B"},
		"options twice":         {"Q2,single,,A,一,一,一,,,A-A-A-001,2,40,,", "stem B C"},
		"repeated and unknown":  {"Q1,single,甲？,A,一,二,,,,A-A-A-001,7,40,,", "code difficulty"},
		"flawed and missing":    {"Q2,single,甲\ue000？,,一,二,,,,A-A-A-001,2,40,,", "stem key"},
		"two flaws":             {"Q2,single,甲\ue000？,A,一,二,,,,A-A-A-001,2,40,#REF!,", "stem explanation"},
		"flawed option":         {"Q2,single,甲？,Z,一,\x01,三,,,A-A-A-001,0,40,,", "B difficulty"},
		"flawed point":          {"Q2,single,甲？,A,一,二,,,,\ue000,0,40,,", "point difficulty"},
		"flawed code":           {"\ue000,single,甲？,A,一,二,,,,A-A-A-001,0,40,,", "code difficulty"},
		"beyond the header":     {"Q2,single,甲？,A,一,二,,,,A-A-A-001,0,40,,,x,y", "O difficulty"},
		"a row that ends early": {"Q2,single", "stem"},
	} {
		items, broken := read(t, []byte(head+sound+s.row+"\n"), engine.Level5)
		want := strings.Fields(s.told)
		if got := strings.Fields(fieldsOf(broken)); len(items) != 1 || len(got) != len(want) || strings.Join(slices.Sorted(slices.Values(got)), " ") != strings.Join(slices.Sorted(slices.Values(want)), " ") {
			t.Errorf("%s: %v, want %s", name, broken, s.told)
		}
		b := readFile(t, []byte(head+sound+s.row+"\n"), exchange.Options{Level: engine.Level5})
		for _, p := range b.Problems {
			if p.Row != 3 || len(b.Problems) != len(want) || p.Item != b.Problems[0].Item {
				t.Errorf("%s: %+v", name, b.Problems)
			}
		}
	}
	_, broken := read(t, []byte(fieldHeader()+"题1,单选,先做什么？,9,离开,核对,,,,A,,B,002,,,很难,,1,,\nx2,单选,先做什么？,9,离开,核对,,,,A,\ue000,B,002,,,,,1,,\n"), engine.Level5)
	if got := fieldsOf(broken); got != "难度 知识点三级 答案 试题GUID 知识点二级 难度 答案" {
		t.Errorf("%s: %v", got, broken)
	}
}

func TestLevels(t *testing.T) {
	const head = "code,level,type,stem,key,A,B,range2,difficulty,province\n"
	for _, s := range []struct {
		cell  string
		level engine.Level
		want  engine.Level // 0 for a refusal
	}{{"5", 0, 5}, {"四级", 0, 4}, {"", 0, 0}, {"2", 0, 0}, {"", 3, 3}, {"三级/高级工", 3, 3}, {"4", 3, 0}} {
		items, broken := read(t, []byte(head+"Q1,"+s.cell+",single,甲？,A,一,二,A-B,2,12\n"), s.level)
		if s.want == 0 && (len(items) != 0 || len(broken) != 1 || broken[0].Field != "level") ||
			s.want != 0 && (len(items) != 1 || items[0].Level != s.want || items[0].Point != "A-B" || items[0].Province != "12") {
			t.Errorf("%q under %d: %+v, %v", s.cell, s.level, items, broken)
		}
	}
}

// TestARangeIsNoPoint: a supplement that names only its range can be read, but not imported before a person chose.
func TestARangeIsNoPoint(t *testing.T) {
	const head = "code,type,stem,key,A,B,point,range2,difficulty\n"
	items, broken := read(t, []byte(head+"Q1,single,甲？,A,一,二,,A-B,2\nQ2,single,乙？,A,一,二,A-B-A-001,A-B,2\n"), engine.Level5)
	if len(items) != 2 || len(broken) != 0 || !errors.Is(items[0].Validate(), questionbank.ErrItemInput) || items[1].Validate() != nil {
		t.Errorf("%+v, %v", items, broken)
	}
	_, broken = read(t, []byte(head+"Q1,single,甲？,A,一,二,,A-B-001,2\nQ2,single,乙？,A,一,二,B-A-A-001,A-B,2\n"), engine.Level5)
	if len(broken) != 2 || broken[0].Field != "range2" || broken[1].Field != "point" {
		t.Errorf("%v", broken)
	}
}

func fieldHeader() string {
	return "试题GUID,题型(必填）,题干（必填）,答案,选项A,选项B,选项C,选项D,选项E,知识点一级,知识点二级,知识点三级,知识点四级,知识点五级,知识点六级,难度,一致性,分数,解析,出处\n"
}

func TestReadsTheColumnsOfTheField(t *testing.T) {
	items, broken := read(t, []byte(fieldHeader()+
		"0f8e-1,单选题,先做什么？,2,离开,核对,等待,,,A 基本要求,A-A 职业道德,A-A-B 职业守则,002 核对,,,较易,,1,解析,教材\n"+
		"0f8e-2,多选,包括哪些？,\"1,3\",甲,乙,丙,,,A,A,B,A-A-B-002,,,3,0.9,1,,\n"+
		"0f8e-3,判断题,应当核对。,1,正确,错误,,,,A,A-A,A-A-B,A-A-B-003,,,易,,1,,\n"+
		"0f8e-4,判断,不必核对。,错,,,,,,A,A-A,A-A-B,003,,,易,,1,,\n"), engine.Level5)
	if len(broken) != 0 || len(items) != 4 {
		t.Fatalf("%d items, %v", len(items), broken)
	}
	for n, want := range []string{"A-A-B-002 [1] 2", "A-A-B-002 [0 2] 3", "A-A-B-003 [0] 1", "A-A-B-003 [1] 1"} {
		if got := fmt.Sprint(items[n].Point, " ", items[n].Key, " ", items[n].Difficulty); got != want {
			t.Errorf("%s: %s, want %s", items[n].Code, got, want)
		}
	}
	if items[0].Source != "教材" || items[0].Explanation != "解析" {
		t.Errorf("%+v", items[0])
	}
	for name, path := range map[string]string{"names only": "基本要求,职业道德,职业守则,核对,,", "gap": "A,,A-A-B,002,,", "no point": "A,A-A,A-A-B,,,",
		"other branch": "A,B-A,A-A-B,002,,", "small letters": "a,a-a,a-a-b,002,,"} {
		items, broken := read(t, []byte(fieldHeader()+"x1,单选,先做什么？,2,离开,核对,等待,,,"+path+",3,,1,,\n"), engine.Level5)
		if len(items) != 0 || len(broken) != 1 || broken[0].Code != exchange.CodePath {
			t.Errorf("%s: %+v, %v", name, items, broken)
		}
	}
	_, broken = read(t, []byte(fieldHeader()+"x1,单选,先做什么？,4,离开,核对,等待,,,A,A,B,002,,,3,,1,,\n"), engine.Level5)
	if len(broken) != 1 || broken[0].Field != "答案" || broken[0].Found != "4" {
		t.Errorf("key outside: %v", broken)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	var book bytes.Buffer
	if err := exchange.WriteItems(&book, nil); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]struct {
		data string
		want error
	}{
		"empty":          {"", table.ErrEmpty},
		"cut workbook":   {book.String()[:book.Len()/2], table.ErrBroken},
		"not a workbook": {"PK\x03\x04 and nothing more", table.ErrBroken},
		"old workbook":   {"\xD0\xCF\x11\xE0", table.ErrKind},
		"pdf":            {"%PDF-1.7", table.ErrKind},
		"other columns":  {"姓名,证件号码\n李明,1\n", table.ErrColumns},
		"no key column":  {"code,type,stem,difficulty\nQ1,single,甲,2\n", table.ErrColumns},
		"column twice":   {"code,type,stem,key,key,difficulty\nQ1,single,甲,A,A,2\n", table.ErrHeader},
		"open quote":     {head + "Q1,single,\"甲？,A\n", table.ErrQuotes},
	} {
		b, err := exchange.Read("题.csv", []byte(s.data), exchange.Options{Level: engine.Level5})
		if !errors.Is(err, s.want) || b.Drafts != nil || b.Problems != nil {
			t.Errorf("%s: %v, want %v", name, err, s.want)
		}
	}
}

func anItem(t *rapid.T, n int) questionbank.ItemVersion {
	word := rapid.StringMatching(`[一-龥a-z0-9=+"']{1,12}`)
	v := questionbank.ItemVersion{Code: fmt.Sprintf("Q%d", n), Level: rapid.SampledFrom(engine.Levels()).Draw(t, "level"),
		Type: rapid.SampledFrom(questionbank.ItemTypes()).Draw(t, "type"), Province: rapid.SampledFrom([]string{"", "12", "50"}).Draw(t, "province"),
		Stem: fmt.Sprint(n, word.Draw(t, "stem")), Point: rapid.SampledFrom([]string{"A-A-001", "B-A-C-012"}).Draw(t, "point"),
		Difficulty: rapid.IntRange(1, 5).Draw(t, "difficulty"), Seconds: rapid.IntRange(0, 3600).Draw(t, "seconds"),
		Explanation: word.Draw(t, "explanation"), Enemy: rapid.SampledFrom([]string{"", "E1"}).Draw(t, "enemy"), Source: word.Draw(t, "source")}
	if v.Type == questionbank.Judgement {
		v.Options, v.Key = questionbank.Judged(), []int{rapid.IntRange(0, 1).Draw(t, "key")}
		return v
	}
	for i := range rapid.IntRange(3, questionbank.MaxOptions).Draw(t, "options") {
		v.Options = append(v.Options, fmt.Sprint(i, word.Draw(t, "option")))
	}
	v.Key = []int{rapid.IntRange(0, 1).Draw(t, "key")}
	if v.Type == questionbank.Multiple {
		v.Key = append(v.Key, 2)
	}
	return v
}

// TestWrittenAndReadAgain: a workbook gives back the items that were written into it.
func TestWrittenAndReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var in []questionbank.ItemVersion
		for n := range rapid.IntRange(1, 5).Draw(t, "items") {
			in = append(in, anItem(t, n))
		}
		var book bytes.Buffer
		if err := exchange.WriteItems(&book, in); err != nil {
			t.Fatal(err)
		}
		out, broken := read(t, book.Bytes(), 0)
		if len(broken) != 0 || len(out) != len(in) {
			t.Fatalf("%d of %d items, %v", len(out), len(in), broken)
		}
		for n := range in {
			if in[n].Digest() != out[n].Digest() {
				t.Fatalf("%+v became %+v", in[n], out[n])
			}
		}
	})
}

// FuzzRows: a row of any cells is read into an item that the bank accepts, or reported; never both, never neither.
func FuzzRows(f *testing.F) {
	f.Add("Q1", "single", "照护前应先（ ）。", "B", "离开", "核对", "A-A-A-001", "2", false)
	f.Add("Q1", "判断题", "应当。", "对", "", "", "A", "易", true)
	f.Add("", "\x00", "\"", "，", ";", "\n", "A-A-A-001-", "1e9", true)
	f.Fuzz(func(t *testing.T, code, kind, stem, key, a, b, point, difficulty string, field bool) {
		var file bytes.Buffer
		w := csv.NewWriter(&file)
		rows := [][]string{{"code", "type", "stem", "key", "A", "B", "point", "difficulty"}, {code, kind, stem, key, a, b, point, difficulty}}
		if field {
			rows[0] = []string{"试题GUID", "题型", "题干", "答案", "选项A", "选项B", "知识点一级", "难度"}
		}
		if err := w.WriteAll(rows); err != nil {
			return
		}
		batch, err := exchange.Read("题.csv", file.Bytes(), exchange.Options{Level: engine.Level5})
		if err != nil {
			return
		}
		items, broken := batch.Drafts, batch.Problems
		blank := strings.TrimSpace(strings.Join(rows[1], "")) == ""
		if (len(items) == 1) == (len(broken) > 0) && !blank || len(items) > 1 {
			t.Fatalf("%q: %d items, %v", rows[1], len(items), broken)
		}
		for _, v := range items {
			if err := v.Validate(); err != nil && !questionbank.IsRange(v.Point) {
				t.Fatalf("%q was read into %+v: %v", rows[1], v, err)
			}
		}
	})
}
