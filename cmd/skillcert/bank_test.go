package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/intake"
	"github.com/skillcert/skillcert/questionbank/itemstats"
)

const smallTable = "code,name,importance,weight,ratio\nA,基本要求,,100,\nA-A,职业道德,,100,\nA-A-A,职业守则,,,\nA-A-A-001,守则一,X,,\nA-A-A-002,守则二,Y,,\nA-A-A-003,守则三,Z,,\n"

const smallItems = "code,type,stem,key,A,B,C,D,E,point,difficulty,seconds,explanation,enemy\n" +
	"S-1,single,照护师应当（　　）。,A,守信,失信,多言,少语,,A-A-A-001,1,30,,\n" +
	"S-2,single,下列属于职业守则的是（　　）。,B,迟到,尊老,早退,旷工,,A-A-A-002,2,30,,\n" +
	"J-1,judgement,照护师可以泄露隐私。,F,,,,,,A-A-A-001,1,20,,\n"

// asAuthor gives commands the password of the account that bankHouse makes.
func asAuthor(t *testing.T, args ...string) (string, error) {
	t.Helper()
	return told(t, secret, append([]string{"bank"}, args...)...)
}

func mustBank(t *testing.T, args ...string) string {
	t.Helper()
	out, err := asAuthor(t, args...)
	if err != nil {
		t.Fatalf("bank %v: %v\n%s", args, err, out)
	}
	return out
}

// bankHouse is a data directory with an author, and the small table and items in it.
func bankHouse(t *testing.T) (dir string) {
	t.Helper()
	dir = authored(t)
	mustBank(t, "import", "--data", dir, "--as", "mingti", "--level", "5", textFile(t, "table.csv", smallTable), textFile(t, "items.csv", smallItems))
	return dir
}

// authored is a data directory with an author and nothing in its bank.
func authored(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	inside(t, dir, func(ctx context.Context, h *house) {
		person, err := h.Registry.Register(ctx, operator(), engine.Person{Name: "卓雅文", IDType: engine.ResidentCard, IDNumber: "12010119000101018X"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Gate.Create(ctx, operator(), accounts.New{Login: "mingti", Password: secret, Person: person.ID, Name: "卓雅文",
			Roles: []authz.Role{authz.Author, authz.BankKeeper}}); err != nil {
			t.Fatal(err)
		}
	})
	return dir
}

func textFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBankCheckOfFiles(t *testing.T) {
	table, items := textFile(t, "table.csv", smallTable), textFile(t, "items.csv", smallItems)
	more := func(rows string) string { return textFile(t, "more.csv", smallItems+rows) }
	for name, c := range map[string]struct {
		args  []string
		wrong bool
		says  string
	}{
		"all is well":              {[]string{table, items}, false, "3 题，1 个要素细目表：错误 0 处，提示 1 处"},
		"a gap":                    {[]string{table, items}, false, "A-A-A-003 守则三（Z）没有试题"},
		"a gap, strictly":          {[]string{"--strict", table, items}, true, "提示 1 处"},
		"a table that adds up not": {[]string{textFile(t, "t.csv", strings.Replace(smallTable, "A-A,职业道德,,100", "A-A,职业道德,,90", 1))}, true, "下级权重之和为90，应为100"},
		"an unknown point":         {[]string{table, more("S-3,single,别的题（　　）。,A,一,二,三,四,,A-A-A-009,1,30,,\n")}, true, "A-A-A-009 不在五级的要素细目表中"},
		"two keys for one stem":    {[]string{table, more("S-3,single,照护师应当(  ),B,守信,失信,多言,少语,,A-A-A-001,1,30,,\n")}, true, "题干和选项相同，答案不同"},
		"the same item twice":      {[]string{table, more("S-3,single,照护师应当(  ),B,失信,守信,多言,少语,,A-A-A-003,1,30,,\n")}, false, "重复"},
		"a code twice":             {[]string{items, items}, true, "编号与"},
		"a key outside":            {[]string{more("S-3,single,别的题（　　）。,E,一,二,三,四,,A-A-A-001,1,30,,\n")}, true, "more.csv 第 5 行"},
		"junk":                     {[]string{textFile(t, "junk.csv", "not,a,table\n1,2,3\n")}, true, "junk.csv"},
		"a broken package":         {[]string{textFile(t, "p.zip", "PK\x03\x04junk")}, true, "p.zip"},
	} {
		out, err := asAuthor(t, append([]string{"check", "--level", "5"}, c.args...)...)
		var code exitCode
		if errors.As(err, &code) != c.wrong || err != nil && code != 1 || !strings.Contains(out, c.says) {
			t.Errorf("%s: %v, no %q in\n%s", name, err, c.says, out)
		}
	}
	for _, args := range [][]string{{}, {"--level", "9", items}, {"--data", t.TempDir(), items}, {filepath.Join(t.TempDir(), "absent.csv")}} {
		var code exitCode
		if _, err := asAuthor(t, append([]string{"check"}, args...)...); err == nil || errors.As(err, &code) {
			t.Errorf("check %v: %v", args, err)
		}
	}
}

func TestBankCheckOfAHouse(t *testing.T) {
	dir := bankHouse(t)
	if out := mustBank(t, "check", "--data", dir); !strings.Contains(out, "3 题，1 个要素细目表：错误 0 处，提示 1 处") {
		t.Error(out)
	}
}

func TestBankImportRefuses(t *testing.T) {
	dir := bankHouse(t)
	bad := textFile(t, "bad.csv", smallItems+"S-3,single,别的题（　　）。,A,一,二,三,四,,A-A-A-009,1,30,,\n,single,=1+1,,,,,,,,,,,\nS-4,single,第四题（　　）。,A,一,二,三,四,,A-A-A-003,1,30,,\n")
	report := filepath.Join(t.TempDir(), "report.csv")
	out, err := asAuthor(t, "import", "--data", dir, "--as", "mingti", "--level", "5", "--report", report, bad)
	if !errors.Is(err, intake.ErrBlocked) || !strings.Contains(out, "A-A-A-009") {
		t.Errorf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF")))).ReadAll()
	if err != nil || len(rows) < 3 || rows[0][0] != "file" || rows[1][0] != "bad.csv" {
		t.Errorf("%v %q", err, rows)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") {
				t.Errorf("a cell would be computed: %q", cell)
			}
		}
	}
	wantItems(t, dir, 3)
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"nobody":              {[]string{bad}, "--as"},
		"no such account":     {[]string{"--as", "nobody", bad}, "--as nobody：登录信息不正确"},
		"no table of a level": {[]string{"--as", "mingti", "--level", "4", textFile(t, "i.csv", smallItems)}, "i.csv：文件中有问题"},
		"no level of a table": {[]string{"--as", "mingti", textFile(t, "t.csv", smallTable)}, "--level"},
		"no such decision":    {[]string{"--as", "mingti", "--level", "5", "--duplicates", "forget", bad}, "bad.csv：对重复试题的处理方式只能是"},
		"a report is there":   {[]string{"--as", "mingti", "--level", "5", "--dry-run", "--report", report, textFile(t, "i.csv", smallItems)}, "已存在，不会覆盖 "},
	} {
		if _, err := asAuthor(t, append([]string{"import", "--data", dir}, c.args...)...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// wantItems counts what the house holds.
func wantItems(t *testing.T, dir string, want int) {
	t.Helper()
	if out := mustBank(t, "check", "--data", dir); !strings.Contains(out, fmt.Sprintf("%d 题，", want)) {
		t.Errorf("not %d items:\n%s", want, out)
	}
}

func TestBankImportDoesWhatItSaid(t *testing.T) {
	dir := bankHouse(t)
	file := textFile(t, "next.csv", strings.Replace(smallItems, "尊老", "敬老", 1)+
		"S-3,single,别的题（　　）。,A,一,二,三,四,,A-A-A-009,1,30,,\nS-4,single,第四题（　　）。,A,一,二,三,四,,A-A-A-003,1,30,,\n")
	order := []string{"import", "--data", dir, "--as", "mingti", "--level", "5", "--good-rows", "--taken", "replace", file}
	const counts = "新增 1，新版本 1，原有 2，略过 0，隔离 1"
	if out := mustBank(t, append(order, "--dry-run")...); !strings.Contains(out, "将导入："+counts) {
		t.Error(out)
	}
	wantItems(t, dir, 3)
	if out := mustBank(t, order...); !strings.Contains(out, "已导入："+counts) || !strings.Contains(out, "2/2 题") {
		t.Error(out)
	}
	wantItems(t, dir, 4)
	if out := mustBank(t, order...); !strings.Contains(out, "新增 0，新版本 0，原有 4，略过 0，隔离 1") {
		t.Errorf("again: %s", out)
	}
}

// TestBankImportOfChosenPoints: supplements name a range only, and a person chose their points.
func TestBankImportOfChosenPoints(t *testing.T) {
	dir := bankHouse(t)
	items := textFile(t, "more.csv", "code,level,type,stem,key,A,B,C,D,E,range2,difficulty,seconds,explanation,enemy\nTJ-1,5,single,本市的题（　　）。,A,一,二,三,四,,A-A,1,30,,\n")
	order := []string{"import", "--data", dir, "--as", "mingti", "--province", "12", "--sample", items}
	if out, err := asAuthor(t, order...); !errors.Is(err, intake.ErrBlocked) || !strings.Contains(out, "由人选定") {
		t.Errorf("%v\n%s", err, out)
	}
	mustBank(t, append(order, "--points", textFile(t, "points.csv", "code,point\nTJ-1,A-A-A-003\n"))...)
	inside(t, dir, func(ctx context.Context, h *house) {
		i, err := h.Bank.Item(ctx, operator(), "TJ-1")
		if err != nil {
			t.Fatal(err)
		}
		if v := i.Current(); v.Point != "A-A-A-003" || v.Province != "12" || !v.Sample || i.State != questionbank.Draft {
			t.Errorf("%+v", v)
		}
	})
}

// author is the account that bankHouse made, signed in.
func author(t *testing.T, ctx context.Context, h *house) authz.Principal {
	t.Helper()
	stay, _, err := h.Gate.SignIn(ctx, "mingti", secret)
	if err != nil {
		t.Fatal(err)
	}
	return stay.Principal
}

func ofLevel(l engine.Level) reading { return reading{Options: exchange.Options{Level: l}} }

// TestBankExportIsReadAgain: every format gives the items back, except for what it said it would lose.
func TestBankExportIsReadAgain(t *testing.T) {
	inside(t, bankHouse(t), func(ctx context.Context, h *house) {
		by := author(t, ctx, h)
		for _, format := range append(exchange.Formats(), "qti3", "xlsx") {
			file := filepath.Join(t.TempDir(), "out")
			var said, out bytes.Buffer
			if err := h.exportBank(ctx, &said, exportOrder{state: "draft", format: format, out: file}); err != nil || !strings.Contains(said.String(), "3 题") {
				t.Errorf("%s: %v\n%s", format, err, &said)
			}
			err := h.importFiles(ctx, &out, by, importOrder{reading: ofLevel(engine.Level5), dry: true}, []string{file})
			if strings.Contains(said.String(), "没有损失") != (err == nil && strings.Contains(out.String(), "原有 3，")) {
				t.Errorf("%s: %v\n%s%s", format, err, &said, &out)
			}
		}
	})
}

func TestBankExportRefuses(t *testing.T) {
	there, away := textFile(t, "there", "precious"), filepath.Join(t.TempDir(), "x")
	orders := map[string]struct {
		exportOrder
		says string
	}{
		"no format":      {exportOrder{state: "draft", format: "doc", out: away}, "没有格式 \"doc\"，可用：workbook"},
		"only read":      {exportOrder{state: "draft", format: "aiken", out: away}, "aiken 格式只能读入，不能导出，可用：workbook"},
		"no file":        {exportOrder{state: "draft", format: "csv"}, "--out"},
		"neither":        {exportOrder{format: "csv", out: away}, "请给出 --release 或 --state，二者取一 give either --release or --state"},
		"both":           {exportOrder{state: "draft", release: "2026.1", format: "csv", out: away}, "请给出 --release 或 --state，二者取一 give either --release or --state"},
		"no state":       {exportOrder{state: "lost", format: "csv", out: away}, "没有状态 \"lost\"，可用：all, draft"},
		"no release":     {exportOrder{release: "2026.9", format: "csv", out: away}, "查无题库版本 \"2026.9\"：题库尚无版本"},
		"no level":       {exportOrder{state: "all", level: "9", format: "csv", out: away}, "--level 应为"},
		"nothing":        {exportOrder{state: "all", level: "3", format: "csv", out: away}, "没有写文件 no item is as asked for"},
		"a file is kept": {exportOrder{state: "all", format: "csv", out: there}, "已存在，不会覆盖 "},
	}
	inside(t, bankHouse(t), func(ctx context.Context, h *house) {
		for name, o := range orders {
			if err := h.exportBank(ctx, io.Discard, o.exportOrder); err == nil || !strings.Contains(err.Error(), o.says) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	if _, err := os.Stat(away); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a file was left behind")
	}
	if b, err := os.ReadFile(there); err != nil || string(b) != "precious" {
		t.Errorf("%q %v", b, err)
	}
}

// TestBankExport goes the way of the command line.
func TestBankExport(t *testing.T) {
	file := filepath.Join(t.TempDir(), "out.csv")
	out := mustBank(t, "export", "--data", bankHouse(t), "--state", "all", "--format", "csv", "--out", file)
	if b, err := os.ReadFile(file); err != nil || !bytes.Contains(b, []byte("泄露隐私")) || !strings.Contains(out, "3 题，格式 csv") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestBankDiff(t *testing.T) {
	dir := bankHouse(t)
	release := func(id string) {
		inside(t, dir, func(ctx context.Context, h *house) {
			reviewer := authz.Principal{Account: "shenti", Person: "another", Roles: []authz.Role{authz.Reviewer, authz.BankKeeper}}
			err := h.eachItem(ctx, questionbank.Filter{State: questionbank.Draft}, func(i *questionbank.Item) {
				if _, err := h.Bank.Review(ctx, reviewer, i.Code, i.Current().Version); err != nil {
					t.Error(err)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.Bank.PublishRelease(ctx, reviewer, id, "", "", false); err != nil {
				t.Fatal(err)
			}
		})
	}
	release("2026.1")
	next := textFile(t, "next.csv", strings.Replace(smallItems, "尊老", "敬老", 1)+"S-4,single,第四题（　　）。,A,一,二,三,四,,A-A-A-003,1,30,,\n")
	mustBank(t, "import", "--data", dir, "--as", "mingti", "--level", "5", "--taken", "replace", next)
	out := mustBank(t, "diff", "--data", dir, "--preview", "--as", "mingti", "2026.2")
	if !strings.Contains(out, "2026.1 → 2026.2（未发布）") {
		t.Error(out)
	}
	release("2026.2")
	out = mustBank(t, "diff", "--data", dir, "2026.1", "2026.2")
	for _, want := range []string{"新增 1 题，移出 0 题，改动 1 题", "+ S-4 第1版　第四题", "~ S-2 第1版 → 第2版", "选项B：[-尊-]{+敬+}老"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if out = mustBank(t, "diff", "--data", dir, "2026.2", "2026.1"); !strings.Contains(out, "- S-4 第1版") {
		t.Error(out)
	}
	if out = mustBank(t, "stats", "--data", dir, "--release", "2026.1"); !strings.Contains(out, "题库版本 2026.1 尚无作答统计") {
		t.Error(out)
	}
	if _, err := asAuthor(t, "stats", "--data", dir, "--release", "2026.9"); !errors.Is(err, questionbank.ErrRelease) || !strings.Contains(err.Error(), "题库中有：2026.1、2026.2") {
		t.Error(err)
	}
	for _, args := range [][]string{{"2026.1"}, {"2026.1", "2026.9"}, {"--preview", "2026.3"}} {
		if _, err := asAuthor(t, append([]string{"diff", "--data", dir}, args...)...); err == nil {
			t.Errorf("diff %v", args)
		}
	}
}

func TestBankStats(t *testing.T) {
	dir := bankHouse(t)
	if out := mustBank(t, "stats", "--data", dir); !strings.Contains(out, "single     draft  2") || !strings.Contains(out, "3 个鉴定点，其中 3 个没有可用试题") {
		t.Error(out)
	}
	half, low := 0.5, -12.5
	item := itemstats.Statistics{Ref: itemstats.Ref{Code: "S-1", Version: 1}, Attempts: 40, Facility: &half, Discrimination: &low, Flags: []itemstats.Flag{itemstats.Negative},
		Options: []itemstats.Option{{Key: true, Chosen: 20, Groups: []int64{8, 12}}, {Chosen: 20, Groups: []int64{12, 8}}}, Groups: []itemstats.Group{{Most: engine.Pt(50)}, {Least: engine.Pt(51), Most: engine.Pt(100)}}}
	inside(t, dir, func(ctx context.Context, h *house) {
		err := errors.Join(h.store.Findings().PutItemStatistics(ctx, &theory.ItemStatistics{Code: "S-1", Level: engine.Level5, Sessions: 2, Versions: []itemstats.Statistics{item}}),
			h.store.Findings().PutLevelStatistics(ctx, &theory.LevelStatistics{Release: "2026.1", Level: engine.Level5, Part: 1, Parts: 1, Sessions: 2, Exam: itemstats.Exam{Attempts: 40, Mean: &half},
				Items: []itemstats.Statistics{item, {Ref: itemstats.Ref{Code: "S-2", Version: 1}}}}))
		if err != nil {
			t.Fatal(err)
		}
	})
	for _, c := range []struct {
		args []string
		says string
		not  string
	}{
		{[]string{"--release", "2026.1"}, "S-2@1", "group"},
		{[]string{"--release", "2026.1", "--flagged"}, "-12.5", "S-2@1"},
		{[]string{"--item", "S-1"}, "negative", "group"}, // the operator may not read keys
		{[]string{"--item", "S-1", "--as", "mingti"}, "group 2 (51-100)", "S-2"},
	} {
		if out := mustBank(t, append([]string{"stats", "--data", dir}, c.args...)...); !strings.Contains(out, c.says) || strings.Contains(out, c.not) {
			t.Errorf("%v:\n%s", c.args, out)
		}
	}
	for _, args := range [][]string{{"--item", "S-9"}, {"--release", "2026.9"}, {"--item", "S-1", "--release", "2026.1"}} {
		if out, err := asAuthor(t, append([]string{"stats", "--data", dir}, args...)...); err == nil {
			t.Errorf("%v:\n%s", args, out)
		}
	}
}
