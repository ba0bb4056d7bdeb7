package exchange_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

const tableHead = "代码,名称,重要程度,权重,重要程度比例\n"

func TestReadTable(t *testing.T) {
	in, broken, err := exchange.ReadTable("细目表.csv", []byte(tableHead+
		"A,基本要求,,100,02:00:01\nA-A,职业道德,,62.5,\nA-A-001,守则,X,,\nA-A-002,礼仪,X,,\nA-B,基础知识,,37.5,00:00:01\nA-B-001,营养,Z,,\n"), engine.Level4)
	if err != nil || len(broken) != 0 {
		t.Fatal(broken, err)
	}
	in.Occupation = "4-14-01-03"
	if err := in.Validate(); err != nil || len(in.Points) != 3 || in.Ranges[1].Weight != 6250 || in.Level != engine.Level4 {
		t.Errorf("%+v, %v", in, err)
	}
	for name, s := range map[string]struct{ row, column string }{
		"ratio":             {"B,相关知识,,100,01:00:00", "ratio"},
		"no name":           {"B,,,100,", "name"},
		"no code":           {",相关知识,,100,", "code"},
		"code":              {"B-1,相关知识,,100,", "code"},
		"weight":            {"B,相关知识,,很多,", "weight"},
		"weight below zero": {"B,相关知识,,-1,", "weight"},
		"three decimals":    {"B,相关知识,,0.125,", "weight"},
		"range importance":  {"B,相关知识,X,100,", "importance"},
		"importance":        {"B-001,翻身,W,,", "importance"},
		"no importance":     {"B-001,翻身,,,", "importance"},
		"point weighed":     {"B-001,翻身,X,5,", "weight"},
	} {
		_, broken, err := exchange.ReadTable("细目表.csv", []byte(tableHead+s.row+"\n"), engine.Level4)
		if err != nil || len(broken) != 1 || broken[0].Column != s.column || broken[0].Row != 2 {
			t.Errorf("%s: %v, %v", name, broken, err)
		}
	}
	for name, s := range map[string]struct{ row, told string }{
		"point":       {"B-001,,W,5,", "name importance weight"},
		"range":       {"B,,X,0.125,", "name importance weight"},
		"flawed name": {"B,\ue000,X,100,", "name importance"},
		"no code":     {",相关知识,W,很多,", "code"}, // what else it should hold rests on the code
		"no ratio":    {"B,,,100,01:00:00", "name"},
	} {
		in, broken, err := exchange.ReadTable("细目表.csv", []byte(tableHead+s.row+"\n"), engine.Level4)
		if err != nil || columnsOf(broken) != s.told || len(in.Ranges)+len(in.Points) != 0 {
			t.Errorf("%s: %v, %v", name, broken, err)
		}
	}
	_, _, err = exchange.ReadTable("细目表.csv", []byte("代码,名称\nA,基本要求\n"), engine.Level4)
	if !errors.Is(err, table.ErrColumns) {
		t.Errorf("no weights: %v", err)
	}
}

// columnsOf names the columns that problems are about.
func columnsOf(broken []table.Problem) string {
	var columns []string
	for _, p := range broken {
		columns = append(columns, p.Column)
	}
	return strings.Join(columns, " ")
}

const soundTask = `{"code":"P1","name":"翻身","range":"B-A 生活照护","mandatory":true,"minutes":8,"points":15.5,"preparation":["床"],"scenario":"卧床",
"requirements":["口述"],"criteria":[{"no":"1","section":"准备","text":"洗手","points":5,"levels":null},
{"no":"2","section":"操作","text":"翻身","points":10.5,"levels":[{"points":10.5,"text":"好"},{"points":0,"text":"差"}]}],"veto":[{"code":"V1","text":"坠床"}]}`

func TestReadTasks(t *testing.T) {
	tasks, broken, err := exchange.ReadTasks("P.json", []byte("["+soundTask+"]"), engine.Level5)
	if err != nil || len(broken) != 0 || len(tasks) != 1 {
		t.Fatal(tasks, broken, err)
	}
	got := tasks[0]
	if len(got.Authors)+len(got.Reviewers)+len(got.Consenters) != 0 {
		t.Errorf("a file from before makers were written down: %+v", got.TaskMakers)
	}
	named := strings.Replace(soundTask, `"name"`, `"authors":["a","b"],"reviewers":["c"],"consenters":["d"],"name"`, 1)
	tasks, broken, err = exchange.ReadTasks("P.json", []byte("["+named+"]"), engine.Level5)
	if err != nil || len(broken) != 0 || len(tasks) != 1 || fmt.Sprint(tasks[0].TaskMakers) != "{[a b] [c] [d]}" {
		t.Errorf("makers: %+v, %v, %v", tasks, broken, err)
	}
	if got.Level != engine.Level5 || got.Range != "B-A" || got.Points != 1550 || got.Criteria[1].Levels[0].Points != 1050 || got.Vetoes[0].Code != "V1" || !got.Mandatory {
		t.Errorf("%+v", got)
	}
	for name, s := range map[string]struct{ from, to, want string }{
		"sum":            {"15.5", "15", "points"},
		"three decimals": {"15.5", "15.501", "points"},
		"exponent":       {"15.5", "1e1", "points"},
		"level":          {`"name"`, `"level":4,"name"`, "level"},
		"unknown field":  {`"name"`, `"answer":1,"name"`, ""},
		"number as text": {`"minutes":8`, `"minutes":"8"`, ""},
		"no scenario":    {"卧床", "", "scenario"},
		"range":          {"B-A ", "生活 ", "range"},
	} {
		raw := "[" + strings.Replace(soundTask, s.from, s.to, 1) + "," + strings.Replace(soundTask, "P1", "P2", 1) + "]"
		tasks, broken, err := exchange.ReadTasks("P.json", []byte(raw), engine.Level5)
		if err != nil || len(tasks) != 1 || tasks[0].Code != "P2" || len(broken) == 0 || broken[0].Row != 1 || broken[0].Column != s.want {
			t.Errorf("%s: %d tasks, %v, %v", name, len(tasks), broken, err)
		}
	}
	for raw, says := range map[string]string{soundTask: "P.json 内容不是列表", "[" + soundTask: "P.json 第 3 行处", "[\n\n1,]": "第 3 行处", "[\"\xb7\xad\"]": "不是 UTF-8", "": "第 1 行处"} {
		if _, _, err := exchange.ReadTasks("P.json", []byte(raw), engine.Level5); !errors.Is(err, exchange.ErrTasks) || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", raw, err)
		}
	}
	next := strings.NewReplacer("P1", "P2", `"name"`, `"answer":1,"name"`).Replace(soundTask)
	for raw, says := range map[string]string{
		"\ufeff[1]":                            "P.json 第 1 行：不是一项试题",
		"[" + soundTask + ",\n\n" + next + "]": "P.json 第 5 行：有不认识的项目 \"answer\"",
		"[\n" + strings.Replace(soundTask, `8`, `"8"`, 1) + "]": "P.json 第 2 行：“minutes”的值",
		"[" + strings.Replace(soundTask, `卧床`, ``, 1) + "]":     "P.json 第 1 行“scenario”列：情境不正确",
	} {
		_, broken, err := exchange.ReadTasks("P.json", []byte(raw), engine.Level5)
		if err != nil || len(broken) != 1 || !strings.Contains(broken[0].String(), says) {
			t.Errorf("%s: %v, %v", says, broken, err)
		}
	}
	withLevel := fmt.Sprintf("[%s]", strings.Replace(soundTask, `"name"`, `"level":3,"name"`, 1))
	if tasks, _, err := exchange.ReadTasks("P.json", []byte(withLevel), 0); err != nil || len(tasks) != 1 || tasks[0].Level != engine.Level3 {
		t.Errorf("level of its own: %v, %v", tasks, err)
	}
	if _, broken, _ := exchange.ReadTasks("P.json", []byte("["+soundTask+"]"), 0); len(broken) != 1 || broken[0].Column != "level" {
		t.Errorf("no level: %v", broken)
	}
	if !errors.Is(questionbank.Task{}.Validate(), questionbank.ErrTaskInput) {
		t.Error("an empty task is sound")
	}
}
