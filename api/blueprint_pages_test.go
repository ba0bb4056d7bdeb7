package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
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
		reads := mayAny(role, []authz.Action{authz.BlueprintRead})
		for _, page := range []string{"/bank/blueprints", path, path + "?release=" + releaseID, path + "/blueprint.json"} {
			if r := c.visit(page); (r.status == http.StatusOK) != reads || !reads && r.status != http.StatusForbidden {
				t.Errorf("%s: %s: %d", login, page, r.status)
			}
		}
		if !reads {
			continue
		}
		if authz.Allowed(role, authz.BankRead) {
			c.sees("/bank", `href="/bank/blueprints">组卷方案`)
		} else if c.visit(path); strings.Contains(c.last, `href="/bank/releases/`) {
			t.Errorf("%s is led to where they may not go", login)
		}
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

// provedAs makes the bank of the house answer proofs with what is said to candidates of a province.
func (w *world) provedAs(says map[string]error) {
	w.Helper()
	st := store.New(w.db, ids.Random())
	prove := func(_ *questionbank.Snapshot, _ questionbank.Blueprint, province string) error { return says[province] }
	*w.Bank = *questionbank.NewBank(questionbank.Ports{Items: st.Items(), Tables: st.Tables(), Releases: st.Releases(), Blueprints: st.Blueprints(),
		Images: st.Images(), Corrections: st.Corrections()}, prove, w.Policy.Bank, w.clock)
}

// TestAllCandidatesOfAReleaseNeedAForm: the page offers to publish what the bank would publish, and says of a proof that
// was given up that it was.
func TestAllCandidatesOfAReleaseNeedAForm(t *testing.T) {
	w := filledHouse(t)
	c := w.desk("tiku")
	c.sees("/bank/blueprints")
	file := another("L5-both").with(doc{"release": "2026.1+120000"}).file(t)
	const form, both = "确认：再输入一次", "两类考生都能组卷"
	impossible, undecided, cannot := "不能组卷</span>", "未能判定</span>", "题库版本不能满足这个方案"
	for name, s := range map[string]struct {
		national, own error
		says, lacks   []string
	}{
		"national items are short": {assembly.ErrShortage, nil, []string{both, impossible, "可以组卷</span>", cannot}, []string{form, undecided}},
		"the province's are short": {nil, assembly.ErrShortage, []string{both, impossible, "可以组卷</span>", cannot}, []string{form, undecided}},
		"one is undecided":         {nil, assembly.ErrUndecided, []string{both, undecided, "可以组卷</span>", "不等于缺题", "在规定的计算量内未能判定题库版本"}, []string{form, impossible, cannot}},
		"one undecided, one short": {assembly.ErrUndecided, assembly.ErrShortage, []string{undecided, impossible, cannot}, []string{form, "在规定的计算量内未能判定题库版本"}},
		"both have a form":         {nil, nil, []string{both, "可以组卷</span>", form}, []string{impossible, undecided, cannot}},
	} {
		w.provedAs(map[string]error{"": s.national, "12": s.own})
		possible := s.national == nil && s.own == nil
		if r := c.upload("/bank/blueprints/preview", "b.json", file); (r.status == http.StatusOK) != possible || !possible && r.status != http.StatusConflict {
			t.Errorf("%s: preview: %d", name, r.status)
		}
		c.says(s.says...)
		c.lacks(s.lacks...)
		if possible {
			continue
		}
		if r := c.post("/bank/blueprints", "blueprint", string(file), "confirm", "L5-both"); r.status != http.StatusConflict {
			t.Errorf("%s: publish: %d", name, r.status)
		}
		c.says(s.says...)
	}
	w.provedAs(map[string]error{"": assembly.ErrUndecided})
	c.sees("/bank/blueprints/L5?release=2026.1", undecided, "不等于缺题")
	c.lacks(impossible, both)
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

// TestAFaultyBlueprintIsToldInWords: what is missing, which releases there are.
func TestAFaultyBlueprintIsToldInWords(t *testing.T) {
	w := newWorld(t)
	c := w.desk("tiku")
	c.sees("/bank/blueprints")
	c.upload("/bank/blueprints/preview", "b.json", doc{"id": "x"}.file(t))
	c.says("没有写明等级", "没有写明题库版本", "题型题数", "没有写明各鉴定范围的题数", "每题分值")
	c.lacks("编号为1至64个")
	c.upload("/bank/blueprints/preview", "b.json", another("x").with(doc{"release": "2027.1"}).file(t))
	c.says("2027.1；已发布的版本：" + releaseID)
	c.upload("/bank/blueprints/preview", "b.json", another("x").with(doc{"supplement_cap": 99}).file(t))
	c.says("补充题上限 <code")
}

// TestAReleaseIsComparedWithWhatCameBeforeIt, and its form asks for what it lacks.
func TestAReleaseIsComparedWithWhatCameBeforeIt(t *testing.T) {
	w := filledHouse(t)
	c := w.desk("tiku")
	c.sees("/bank/releases/2026.1+120000", "与 2026.1 的差别")
	c.sees("/bank/releases/2026.1")
	c.lacks("与 2026.1+120000 的差别", "移出")
	c.sees("/bank/releases?id=2026.2&base=2026.1", "国家版本没有基础版本")
	c.lacks("2026.1+0000")
}
