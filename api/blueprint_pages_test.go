package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
)

// text of a blueprint's file.
func (d doc) file(t testing.TB) []byte {
	t.Helper()
	b, err := json.MarshalIndent(d, "", "  ")
	check(t, err)
	return b
}

// another is a blueprint of the world's release that is not published yet.
func another(id string) doc { return blueprint(id, releaseID).with(doc{"sample": true}) }

// TestWhoReadsBlueprints: whoever reads the bank, and nobody else; only the keeper is offered the form.
func TestWhoReadsBlueprints(t *testing.T) {
	w := newWorld(t)
	path := "/bank/blueprints/" + blueprintID
	for role, login := range loginOf {
		c := w.desk(login)
		reads := mayAny(role, []authz.Action{authz.BankRead})
		for _, page := range []string{"/bank/blueprints", path, path + "?release=" + releaseID, path + "/blueprint.json"} {
			if r := c.visit(page); (r.status == http.StatusOK) != reads || !reads && r.status != http.StatusForbidden {
				t.Errorf("%s: %s: %d", login, page, r.status)
			}
		}
		if !reads {
			continue
		}
		c.sees("/bank", `href="/bank/blueprints">组卷方案`)
		c.sees("/bank/blueprints", blueprintID, "健康照护师（长期照护师）", "五级", "90 分钟", "可用")
		if got := strings.Contains(c.last, "发布组卷方案"); got != (login == "tiku") {
			t.Errorf("%s is offered the form: %v", login, got)
		}
	}
	if r := w.desk("tiku").visit("/bank/blueprints/nobody"); r.status != http.StatusNotFound {
		t.Errorf("no such blueprint: %d", r.status)
	}
}

// TestABlueprintIsRead: everything in it stands on its page, and the proof comes when it is asked for.
func TestABlueprintIsRead(t *testing.T) {
	w := newWorld(t)
	keeper := w.as("tiku")
	keeper.json("POST", v1+"/bank/blueprints", another("L5-whole").with(doc{"difficulties": doc{"3": questions}, "importance": doc{"X": doc{"min": 1}, "Z": doc{"max": 2}},
		"seconds": doc{"min": 100, "max": 300}, "exposure": doc{"over_least": 1100, "share": 900}, "overlap": doc{"any": 4, "neighbour": 0}, "skip_met": true, "forms": "ab"}), nil)
	c := w.desk("mingti")
	c.sees("/bank/blueprints/L5-whole", "A-A 生活照护", "<strong>5</strong>", "不再出给", "至多 4 题", "至多 0 题", "A、B 卷", "至少 100 秒", "至多 300 秒（约 5 分钟）", "110%", "90%",
		"核心要素：至少 1 题、不设上限", "辅助要素：不设下限、至多 2 题", "0 题（默认不使用补充题）", "依据：", "3 中等", "发布组卷方案", "检查")
	c.lacks("最紧的三项")
	c.sees("/bank/blueprints/L5-whole?release="+releaseID, "用 2026.1 能否组卷", "可以组卷", "最紧的三项", "多选题", "还可少", "答题时间下限", "重要程度下限 核心要素")
	c.sees("/bank/blueprints/"+blueprintID, "不限", "一人一卷", "不回避")
	c.sees("/bank/blueprints/"+blueprintID+"?release=2026.9", `role="alert"`, "查无此题库版本")

	got := c.visit("/bank/blueprints/L5-whole/blueprint.json")
	var file doc
	check(t, json.Unmarshal(got.body, &file))
	if file["id"] != "L5-whole" || file["forms"] != "ab" || !strings.Contains(got.header.Get("Content-Disposition"), "L5-whole.json") {
		t.Errorf("%v %v", file, got.header)
	}
	keeper.json("POST", v1+"/bank/releases/2026.1/withdrawal", doc{"reason": "泄题"}, nil)
	c.sees("/bank/blueprints/"+blueprintID, "题库版本已撤回", "没有可以组卷的题库版本")
	c.sees("/bank/blueprints/"+blueprintID+"?release="+releaseID, `role="alert"`, "题库版本已撤回，不能组卷")
}

// TestABlueprintIsPublishedOnItsPage: the file, the preview, the confirmation.
func TestABlueprintIsPublishedOnItsPage(t *testing.T) {
	w := newWorld(t)
	c := w.desk("tiku")
	c.sees("/bank/blueprints", "组卷方案文件")
	file := append([]byte("\ufeff"), another("L5-new").file(t)...) // as some editors write it
	if r := c.upload("/bank/blueprints/preview", "b.json", file); r.status != http.StatusOK {
		t.Fatalf("preview: %d %s", r.status, text(r.body))
	}
	c.says("组卷方案预览", "L5-new", "尚未发布", "可以组卷", "最紧的三项", "确认：再输入一次 L5-new")
	if _, err := w.Bank.Blueprint(t.Context(), "L5-new"); err == nil {
		t.Error("a preview is kept")
	}
	if r := c.press("/bank/blueprints", "blueprint", string(file), "confirm", "L5"); r.status != http.StatusUnprocessableEntity {
		t.Errorf("not confirmed: %d", r.status)
	}
	c.says("请照样再输入一次 L5-new", "最紧的三项")
	c.redirected(c.press("/bank/blueprints", "blueprint", string(file), "confirm", "L5-new"), "/bank/blueprints/L5-new")
	c.sees("/bank/blueprints/L5-new", "已发布组卷方案 L5-new。", "（tiku）")

	c.sees("/bank/blueprints")
	if r := c.upload("/bank/blueprints/preview", "b.json", another("L5-new").with(doc{"skip_met": true}).file(t)); r.status != http.StatusConflict {
		t.Errorf("another under its id: %d", r.status)
	}
	c.says(`role="alert"`, "组卷方案已存在")
}

// TestAnInfeasibleBlueprintIsAnsweredWithWhatIsShort, before and at the confirmation.
func TestAnInfeasibleBlueprintIsAnsweredWithWhatIsShort(t *testing.T) {
	w := newWorld(t)
	c := w.desk("tiku")
	c.sees("/bank/blueprints")
	file := another("L5-short").with(doc{"counts": doc{"single": 1, "multiple": 4}}).file(t)
	if r := c.upload("/bank/blueprints/preview", "b.json", file); r.status != http.StatusConflict {
		t.Errorf("preview: %d", r.status)
	}
	says := []string{"不能组卷", "共缺 2 题", "多选题需要4题，可用2题，缺2题", "可以这样放宽", "多选题由4改为2", "不能发布"}
	c.says(says...)
	c.lacks("确认：再输入一次", "最紧的三项")
	if r := c.post("/bank/blueprints", "blueprint", string(file), "confirm", "L5-short"); r.status != http.StatusConflict {
		t.Errorf("publish: %d", r.status)
	}
	c.says(append(says, `role="alert"`)...)
	if _, err := w.Bank.Blueprint(t.Context(), "L5-short"); err == nil {
		t.Error("it is kept")
	}
}

// TestAWrongBlueprintFile: what is wrong with it is named, and the list is shown again.
func TestAWrongBlueprintFile(t *testing.T) {
	w := newWorld(t)
	c := w.desk("tiku")
	c.sees("/bank/blueprints")
	valid := another("L5-x")
	for name, s := range map[string]struct {
		file   []byte
		status int
		says   []string
	}{
		"no JSON":         {[]byte("{\n  \"id\": L5}"), 422, []string{"第2行第9个字处不是正确的 JSON"}},
		"broken off":      {[]byte(`{"id": "L5`), 422, []string{"不是正确的 JSON"}},
		"more after it":   {append(valid.file(t), '}'), 422, []string{"不是正确的 JSON"}},
		"a list":          {[]byte(`[]`), 422, []string{"写在 { } 中"}},
		"null":            {[]byte(`null`), 422, []string{"写在 { } 中"}},
		"unknown fields":  {valid.with(doc{"colour": "red", "seconds": doc{"least": 1}}).file(t), 422, []string{"<code>colour</code>", "<code>seconds</code>", "没有这一项"}},
		"a wrong type":    {valid.with(doc{"item_points": "1"}).file(t), 422, []string{"<code>item_points</code>", "类型不对"}},
		"the wrong sum":   {valid.with(doc{"ranges": doc{"A-A": 4}}).file(t), 422, []string{"<code>ranges</code>", "各鉴定范围共4题，应为5题"}},
		"unknown range":   {valid.with(doc{"ranges": doc{"A-A": 5, "Q": 0}}).file(t), 422, []string{"<code>ranges.Q</code>", "没有该鉴定范围"}},
		"beyond policy":   {valid.with(doc{"supplement_cap": 1}).file(t), 422, []string{"<code>supplement_cap</code>", "补充题上限为0至0题"}},
		"no release":      {valid.with(doc{"release": "2026.9"}).file(t), 404, []string{"查无此题库版本"}},
		"nothing":         {nil, 422, []string{"文件是空的"}},
		"one byte larger": {bytes.Repeat([]byte(" "), 64<<10+1), 413, []string{"上传内容过大"}},
		"just as large":   {append(valid.file(t), bytes.Repeat([]byte(" "), 64<<10-len(valid.file(t)))...), 200, []string{"尚未发布"}},
	} {
		r := c.upload("/bank/blueprints/preview", "b.json", s.file)
		if r.status != s.status {
			t.Errorf("%s: %d, want %d", name, r.status, s.status)
		}
		c.says(s.says...)
		if s.status == http.StatusOK || len(s.file) == 0 {
			continue
		}
		if r := c.post("/bank/blueprints", "blueprint", string(s.file), "confirm", "L5-x"); r.status != s.status {
			t.Errorf("%s, published without a preview: %d, want %d", name, r.status, s.status)
		}
		c.says(append(s.says, "发布组卷方案")...)
	}
	if all, err := w.Bank.Blueprints(t.Context(), w.principal("tiku")); err != nil || len(all) != 1 {
		t.Errorf("%d blueprints, %v", len(all), err)
	}
}

// TestTypesThatEarnDifferently have no points by range, and ranges that are not set apart say so.
func TestTypesThatEarnDifferently(t *testing.T) {
	w := newWorld(t)
	keeper := w.as("tiku")
	keeper.json("POST", v1+"/bank/blueprints", another("L5-sum").with(doc{"ranges": doc{"A": questions}, "counts": doc{"single": 4, "multiple": 1}, "item_points": 1500,
		"type_points": doc{"multiple": 4000}}), nil)
	w.desk("shenti").sees("/bank/blueprints/L5-sum", "不单列", "各题型每题分值不同", `data-th="合计分值">60<`, `data-th="每题分值">40<`)
}

// TestAProvinceIsTriedToo: a release with a supplement answers for its province and for those without.
func TestAProvinceIsTriedToo(t *testing.T) {
	w := filledHouse(t)
	c := w.desk("yibao")
	c.sees("/bank/blueprints/L5", "2026.1&#43;120000", "政策允许至多 0 题")
	c.sees("/bank/blueprints/L5?release=2026.1%2B120000", "只用国家题库试题的考生", "天津考生")
	c.sees("/bank/blueprints/L5?release=2026.1", "只用国家题库试题的考生")
	c.lacks("天津考生")
	var all []questionbank.Outlook
	all, err := w.Bank.Outlook(t.Context(), w.principal("yibao"), "L5", "2026.1+120000")
	if err != nil || len(all) != 2 || len(all[1].Margins.Stock) == 0 || all[1].Margins.Stock[0].Slack < all[0].Margins.Stock[0].Slack {
		t.Errorf("%+v, %v", all, err)
	}
}
