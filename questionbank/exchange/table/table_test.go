package table_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

var roster = table.Options{Required: []string{"姓名", "证件号码"}, Optional: []string{"所在省（市）区", "备注"}}

const rosterText = "姓名,证件号码,备注\n李小明,110101199003070012,照护师\n欧阳丽,11010119900307002X,\n"

func encode(t testing.TB, e encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func utf16Bytes(s string, order binary.ByteOrder) []byte {
	var b bytes.Buffer
	_ = binary.Write(&b, order, append([]uint16{0xFEFF}, utf16.Encode([]rune(s))...))
	return b.Bytes()
}

func TestCSVInEveryEncodingReadsTheSame(t *testing.T) {
	rare := strings.Replace(rosterText, "欧阳丽", "𠮷野䶮", 1)
	for _, c := range []struct {
		name, text, encoding string
		data                 []byte
	}{
		{"utf-8", rare, "utf-8", []byte(rare)},
		{"utf-8 with mark", rare, "utf-8", []byte("\xEF\xBB\xBF" + rare)},
		{"utf-16 le", rare, "utf-16", utf16Bytes(rare, binary.LittleEndian)},
		{"utf-16 be", rare, "utf-16", utf16Bytes(rare, binary.BigEndian)},
		{"utf-16 tabs", rare, "utf-16", utf16Bytes(strings.ReplaceAll(rare, ",", "\t"), binary.LittleEndian)},
		{"gbk", rosterText, "gb18030", encode(t, simplifiedchinese.GBK, rosterText)},
		{"gb18030 with four bytes", rare, "gb18030", encode(t, simplifiedchinese.GB18030, rare)},
		{"windows line ends", rosterText, "utf-8", []byte(strings.ReplaceAll(rosterText, "\n", "\r\n"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := table.Read("名单.csv", c.data, roster)
			if err != nil || len(got.Problems) > 0 || len(got.Rows) != 2 || got.Encoding != c.encoding {
				t.Fatalf("%+v %v", got, err)
			}
			lines := strings.Split(c.text, "\n")
			for i, r := range got.Rows {
				want := strings.Split(lines[i+1], ",")
				if r.Number != i+2 || r.Get("姓名") != want[0] || r.Get("证件号码") != want[1] || r.Get("备注") != want[2] {
					t.Errorf("row %d: %s %s %s", r.Number, r.Get("姓名"), r.Get("证件号码"), r.Get("备注"))
				}
			}
		})
	}
}

func TestFilesThatMustBeRefused(t *testing.T) {
	book := workbook(t, [][]string{{"姓名", "证件号码"}, {"李小明", "1"}})
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"empty":                {nil, table.ErrEmpty},
		"blank":                {[]byte(" \n\n"), table.ErrEmpty},
		"too large":            {make([]byte, table.MaxBytes+1), table.ErrTooLarge},
		"old xls":              {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more"), table.ErrKind},
		"pdf":                  {[]byte("%PDF-1.7"), table.ErrKind},
		"xlsx cut off":         {book[:len(book)/2], table.ErrBroken},
		"xlsx of nothing":      {[]byte("PK\x03\x04nothing"), table.ErrBroken},
		"xlsx bomb":            {bomb(t), table.ErrTooLarge},
		"xlsx sheet cut off":   {replacePart(t, book, "xl/worksheets/sheet1.xml", func(s string) string { return s[:len(s)*2/3] }), table.ErrBroken},
		"xlsx rows fall":       {replacePart(t, book, "xl/worksheets/sheet1.xml", func(s string) string { return strings.Replace(s, `r="2"`, `r="1"`, 1) }), table.ErrBroken},
		"zip that is no book":  {zipped(t, "a.txt", "x"), table.ErrBroken},
		"utf-8 mark, not":      {[]byte("\xEF\xBB\xBF姓名,证件号码\n\xFF"), table.ErrEncoding},
		"gbk cut off":          {bytes.TrimSuffix(encode(t, simplifiedchinese.GBK, "姓名,证件号码\n李,照护师"), []byte("\xA6")), table.ErrEncoding},
		"big5":                 {encode(t, traditionalchinese.Big5, "姓名,證件號碼\n陳小明,身份證資料與照護紀錄\n"), table.ErrEncoding},
		"shift jis":            {encode(t, japanese.ShiftJIS, "氏名,番号\nさとうひろし,あいうえおかきくけこ\n"), table.ErrEncoding},
		"latin 1":              {encode(t, charmap.ISO8859_1, "café,naïve,Zürich,señor\nà la carte,crème brûlée\n"), table.ErrEncoding},
		"utf-16 odd":           {append(utf16Bytes("姓名,证件号码\n", binary.LittleEndian), 'x'), table.ErrEncoding},
		"utf-16 half a pair":   {append(utf16Bytes("姓名,证件号码\n", binary.LittleEndian), 0x42, 0xD8), table.ErrEncoding},
		"no header":            {[]byte("李小明,110101199003070012\n"), table.ErrColumns},
		"header twice":         {[]byte("姓名,证件号码, 姓 名\n甲,1,乙\n"), table.ErrHeader},
		"quote open at end":    {[]byte("姓名,证件号码\n甲,\"1\n乙,2\n"), table.ErrQuotes},
		"quote swallows a row": {[]byte("姓名,证件号码\n甲,\"1\n乙,\"2\"\n丙,3\n"), table.ErrQuotes},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := table.Read("x", c.data, roster)
			if !errors.Is(err, c.want) || got != nil {
				t.Fatalf("%v, want %v", err, c.want)
			}
			if k := errs.KindOf(err); k != errs.Invalid && k != errs.TooLarge {
				t.Fatalf("kind %v", k)
			}
		})
	}
}

// TestAFileNamedAsAWorkbookIsOne: nobody looks for columns in what is none; a table of text is read under any name.
func TestAFileNamedAsAWorkbookIsOne(t *testing.T) {
	for data, want := range map[string]error{"hello": table.ErrBroken, "\xFFé\x81": table.ErrBroken, "姓名,证件号码\n甲,1\n": nil} {
		if _, err := table.Read("名单.XLSX", []byte(data), roster); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", data, err, want)
		}
	}
}

func TestMissingColumnsAreAllNamed(t *testing.T) {
	_, err := table.Read("x.csv", []byte("编号,备注\n1,2\n"), roster)
	var e *errs.Error
	if !errors.As(err, &e) || len(e.Fields) != 2 || !strings.Contains(e.Msg, "姓名、证件号码") {
		t.Fatalf("%v", err)
	}
}

func TestRowsPutAside(t *testing.T) {
	for name, c := range map[string]struct{ row, column, code string }{
		"more cells than the header": {"甲,1,,多", "D", table.CodeWide},
		"fewer than required":        {"甲", "证件号码", table.CodeShort},
		"NUL":                        {"甲\x00,1,", "姓名", table.CodeCharacter},
		"private use":                {"甲\uE123,1,", "姓名", table.CodeCharacter},
		"a quote inside":             {"甲\"乙,1,", "", table.CodeQuote},
		"text after a quote":         {"\"甲\"乙,1,", "", table.CodeQuote},
		"scientific notation":        {"甲,1.10101E+17,", "证件号码", table.CodeNumber},
		"a formula gone wrong":       {"甲,#REF!,", "证件号码", table.CodeFormula},
		"an endless cell":            {"甲,1," + strings.Repeat("长", table.MaxCell+1), "备注", table.CodeLong},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := table.Read("名单.csv", []byte("姓名,证件号码,备注\n头,0,\n\n"+c.row+"\n尾,9,\n"), roster)
			if err != nil || len(got.Problems) != 1 || len(got.Rows) != 2 {
				t.Fatalf("%+v %v", got, err)
			}
			p := got.Problems[0]
			if p.Sheet != "名单.csv" || p.Row != 4 || p.Column != c.column || p.Code != c.code || p.Want == "" {
				t.Fatalf("%+v", p)
			}
			if got.Rows[1].Get("姓名") != "尾" || got.Rows[1].Number != 5 {
				t.Fatalf("the row below: %+v", got.Rows[1])
			}
		})
	}
}

func TestRowsAreCountedAsAPersonDoes(t *testing.T) {
	got, err := table.Read("x.csv", []byte("名单\n姓名,证件号码,备注\n甲,1,\"两\n行\"\n\n乙,2,\n"), roster)
	if err != nil || len(got.Rows) != 2 || got.HeadRow != 2 || got.Rows[0].Number != 3 || got.Rows[1].Number != 5 {
		t.Fatalf("%+v %v", got, err)
	}
}

func TestHeadersMatchInEveryWidth(t *testing.T) {
	got, err := table.Read("x.csv", []byte("姓　名*,证件号码(必填）,所在省(市)区,别的\n 甲 ,1,天津,乙\n"), roster)
	if err != nil || got.Rows[0].Get("姓名") != "甲" || got.Rows[0].Raw("姓名") != " 甲 " || got.Rows[0].Get("所在省（市）区") != "天津" {
		t.Fatalf("%+v %v", got, err)
	}
	if !got.Has("所在省（市）区") || got.Has("备注") || got.Rows[0].Get("备注") != "" || got.Rows[0].Get("别的") != "乙" {
		t.Fatal("columns")
	}
	aliased := table.Options{Required: []string{"证件号码"}, Aliases: map[string][]string{"证件号码": {"身份证号"}}}
	if got, err = table.Read("x.csv", []byte("身份证号\n1\n"), aliased); err != nil || got.Rows[0].Get("证件号码") != "1" {
		t.Fatal(err)
	}
}

func TestMissingCells(t *testing.T) {
	got, err := table.Read("x.csv", []byte("姓名,证件号码\n甲,\n"), roster)
	if err != nil {
		t.Fatal(err)
	}
	ps := got.Rows[0].Missing("姓名", "证件号码")
	if len(ps) != 1 || ps[0].String() != "x.csv 第 2 行“证件号码”列为空，应为必填的内容" {
		t.Fatalf("%v", ps)
	}
}

func TestWorkbookValuesAsAPersonSeesThem(t *testing.T) {
	book := excelize.NewFile()
	date, _ := book.NewStyle(&excelize.Style{NumFmt: 14})
	whole, _ := book.NewStyle(&excelize.Style{NumFmt: 1})
	for at, v := range map[string]any{"A1": "花名册", "A3": "姓名", "B3": "证件号码", "C3": "备注",
		"A4": "甲", "B4": "110101199003070012", "C4": 45658, "A5": "乙", "B5": 138001380001, "C5": 0.1,
		"A6": "丙", "B6": 110101199003070012, "A8": "丁", "B8": 1.1010119900307001e17} {
		if err := book.SetCellValue("Sheet1", at, v); err != nil {
			t.Fatal(err)
		}
	}
	_ = book.SetCellStyle("Sheet1", "C4", "C4", date)
	_ = book.SetCellStyle("Sheet1", "B8", "B8", whole)
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := table.Read("x.xlsx", b.Bytes(), roster)
	if err != nil || len(got.Rows) != 2 || len(got.Problems) != 2 || got.Sheet != "Sheet1" {
		t.Fatalf("%+v %v", got, err)
	}
	first, second := got.Rows[0], got.Rows[1]
	if first.Get("证件号码") != "110101199003070012" || first.Get("备注") != "2025-01-01" || first.Number != 4 {
		t.Errorf("%q %q", first.Get("证件号码"), first.Get("备注"))
	}
	if second.Get("证件号码") != "138001380001" || second.Get("备注") != "0.1" {
		t.Errorf("%q %q", second.Get("证件号码"), second.Get("备注"))
	}
	for i, row := range []int{6, 8} {
		if p := got.Problems[i]; p.Row != row || p.Column != "证件号码" || p.Code != table.CodeNumber {
			t.Errorf("%+v", p)
		}
	}
}

func TestSheetByName(t *testing.T) {
	book := workbook(t, [][]string{{"姓名", "证件号码"}, {"甲", "1"}})
	opts := roster
	opts.Sheet = "Sheet1"
	if _, err := table.Read("x.xlsx", book, opts); err != nil {
		t.Fatal(err)
	}
	opts.Sheet = "名单"
	if _, err := table.Read("x.xlsx", book, opts); !errors.Is(err, table.ErrSheet) {
		t.Fatal(err)
	}
}

func TestLimits(t *testing.T) {
	var b strings.Builder
	b.WriteString("姓名,证件号码\n")
	for i := range table.MaxRows + 1 {
		fmt.Fprintf(&b, "甲,%d\n", i)
	}
	if _, err := table.Read("x.csv", []byte(b.String()), roster); !errors.Is(err, table.ErrTooLarge) {
		t.Fatal(err)
	}
	wide := "姓名,证件号码" + strings.Repeat(",列", table.MaxColumns) + "\n"
	if _, err := table.Read("x.csv", []byte(wide), roster); !errors.Is(err, table.ErrTooLarge) {
		t.Fatal(err)
	}
}

// What is written is read back, whatever the cells hold.
func TestWriteThenRead(t *testing.T) {
	cell := rapid.StringMatching(`[=+@甲乙𠮷a-z0-9 ,"'<&。]{0,12}`).Filter(func(s string) bool { return strings.TrimSpace(s) == s })
	rapid.Check(t, func(t *rapid.T) {
		headers := []string{"姓名", "证件号码", "备注"}
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 3, 3), 0, 5).Draw(t, "rows")
		data, err := table.WriteXLSX(headers, rows)
		if err != nil {
			t.Fatal(err)
		}
		got, err := table.Read("x.xlsx", data, roster)
		if err != nil || len(got.Problems) > 0 {
			t.Fatal(err, got)
		}
		rows = slices.DeleteFunc(rows, func(r []string) bool { return strings.Join(r, "") == "" })
		if len(got.Rows) != len(rows) {
			t.Fatalf("%d rows, wrote %d", len(got.Rows), len(rows))
		}
		for i, r := range got.Rows {
			for k, h := range headers {
				if r.Raw(h) != rows[i][k] {
					t.Fatalf("%q became %q", rows[i][k], r.Raw(h))
				}
			}
		}
	})
}

// Text in GB18030 that cannot be UTF-8 is read exactly or refused, never garbled.
func TestGB18030IsNeverGarbled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOfN(rapid.RuneFrom([]rune("张王李赵欧阳照护师考生一二三𠮷䶮喆堃犇，。（）")), 2, 12, -1).Draw(t, "name")
		data, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte("姓名,证件号码\n" + name + ",1\n" +
			strings.Repeat("王照护,身份证未带\n", 3)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := table.Read("x.csv", data, roster)
		if err != nil || len(got.Rows) != 4 || got.Rows[0].Get("姓名") != name {
			t.Fatalf("%q: %+v %v", name, got, err)
		}
	})
}

// Reading never panics, and what it keeps is addressed and within the limits.
func FuzzRead(f *testing.F) {
	f.Add([]byte(rosterText))
	f.Add([]byte("姓名,证件号码\n\"甲,1\n"))
	f.Add(encode(f, simplifiedchinese.GB18030, strings.Replace(rosterText, "李", "𠮷", 1)))
	f.Add(utf16Bytes(rosterText, binary.BigEndian))
	f.Add(workbook(f, [][]string{{"姓名", "证件号码"}, {"李小明", "1"}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := table.Read("x", data, roster)
		if err != nil {
			if errs.KindOf(err) == errs.Internal {
				t.Fatalf("unclassified: %v", err)
			}
			return
		}
		last := got.HeadRow
		for _, r := range got.Rows {
			if r.Number <= last || strings.ContainsAny(r.Raw("姓名"), "\x00\uFFFD") {
				t.Fatalf("row %d after %d: %q", r.Number, last, r.Raw("姓名"))
			}
			last = r.Number
		}
		for _, p := range got.Problems {
			if p.Row <= got.HeadRow || p.Want == "" || p.Code == "" || p.Sheet == "" {
				t.Fatalf("%+v", p)
			}
		}
	})
}

func workbook(t testing.TB, rows [][]string) []byte {
	t.Helper()
	data, err := table.WriteXLSX(rows[0], rows[1:])
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func zipped(t testing.TB, name, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = io.WriteString(w, content)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb is a small file with a sheet of 300 MB.
func bomb(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	blank := bytes.Repeat([]byte(" "), 1<<20)
	for range 300 {
		if _, err = w.Write(blank); err != nil {
			t.Fatal(err)
		}
	}
	if err = z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func replacePart(t testing.TB, data []byte, part string, change func(string) string) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == part {
			content = []byte(change(string(content)))
		}
		w, err := z.Create(f.Name)
		if err == nil {
			_, err = w.Write(content)
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
