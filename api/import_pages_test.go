package api_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/intake"
	"github.com/skillcert/skillcert/questionbank/intake/jobs"
)

// TestAFileIsImportedOnItsPages: what was found is looked at before anything is written, and stays to be found again.
func TestAFileIsImportedOnItsPages(t *testing.T) {
	w := newWorld(t)
	fresh := items(engine.Level5, "", "NEW")[:3]
	fresh[0].Stem, fresh[1].Stem, fresh[2].Point = "协助老人进食前应当做什么", "为老人测量血压前应当做什么", "A-A-099"
	var b bytes.Buffer
	check(t, exchange.WriteItems(&b, append(fresh, items(engine.Level5, "", "L5a")[0])))
	c := w.desk("tiku")
	c.sees("/bank/import", "还没有导入过")
	r := c.upload("/bank/import", "../<b>.xlsx", b.Bytes())
	page := r.header.Get("Location")
	if r.status != http.StatusSeeOther || !strings.HasPrefix(page, "/bank/import/") {
		t.Fatalf("upload: %d %s", r.status, page)
	}
	c.sees(page, "正在读取和比对", "&lt;b&gt;.xlsx", "data-live")
	work(w)
	c.sees(page, "待确认", "导入 2 题", "NEW-0003", "鉴定点", "隔离的内容（1）")
	c.visit("/preferences?lang=en&back=" + url.QueryEscape(page))
	c.says("A point of the element table of the level", "row 4", "Assessment point")
	c.lacks("第 4 行", "要素细目表中的鉴定点")
	c.visit("/preferences?lang=zh&back=" + url.QueryEscape(page))
	c.redirected(c.press(page+"/decisions", "whole", "on", "exact", "skip", "near", "add"), page)
	work(w)
	c.sees(page, "现在不能导入")
	c.lacks(page + `/commit"`)
	c.post(page + "/commit")
	c.says("这次导入当前不能这样处理")
	c.sees(page, "怎样处理")
	c.redirected(c.press(page+"/decisions", "exact", "skip", "near", "add"), page)
	work(w)
	c.sees(page, "导入 2 题")
	c.redirected(c.press(page+"/commit"), page)
	c.sees(page, "已写入 0 / 2 题")
	work(w)
	c.sees(page, "已导入：新增 2 题")
	c.sees("/bank/items?q=NEW", "NEW-0001", "共 2 题")
	c.sees("/bank/import", "&lt;b&gt;.xlsx", "已导入")

	page = c.upload("/bank/import", "a.pdf", []byte("%PDF-1.7")).header.Get("Location")
	work(w)
	c.sees(page, "没有导入任何试题", "未导入")
	c.visit("/bank/import")
	c.upload("/bank/import", "empty.xlsx", nil)
	c.says("文件是空的", "读取并比对")
	if r := c.visit("/bank/import/nobody"); r.status != http.StatusNotFound {
		t.Errorf("no such import: %d", r.status)
	}
}

// TestAnImportNobodyDecidesOn shows what is asked of a person, a judgement's key in words, and that it is not kept for ever.
func TestAnImportNobodyDecidesOn(t *testing.T) {
	w := newWorld(t)
	fresh := items(engine.Level5, "", "NEW")[:3]
	for n, stem := range []string{"测量血压前应当做什么", "进食后可以立即平卧", "翻身时应当拖拽"} {
		fresh[n].Stem = stem
	}
	for n := range fresh[1:] {
		v := &fresh[n+1]
		v.Type, v.Options, v.Key = questionbank.Judgement, questionbank.Judged(), []int{n}
	}
	var b bytes.Buffer
	check(t, exchange.WriteItems(&b, fresh))
	c := w.desk("tiku")
	c.visit("/bank/import")
	page := c.upload("/bank/import", "判断.xlsx", b.Bytes()).header.Get("Location")
	work(w)
	c.sees(page, "导入 3 题", `<td data-th="答案">B</td>`, `<td data-th="答案">正确</td>`, `<td data-th="答案">错误</td>`, "30 天内没有处理的，自动放弃并删除文件")
	c.lacks("<li>正确</li>")
	w.clock.Advance(jobs.Keep)
	_, err := w.Imports.Clean(w.Context())
	check(t, err)
	c = w.desk("tiku")
	c.sees(page, "已放弃", "30 天内没有处理，已自动放弃，文件已删除。")
	c.lacks("导入 3 题", "怎样处理")
	c.post(page + "/commit")
	c.says("这次导入当前不能这样处理")
}

func TestAFileIsImportedOverHTTP(t *testing.T) {
	w := newWorld(t)
	c := w.as("mingti")
	fresh := items(engine.Level5, "", "NEW")[:2]
	fresh[0].Stem, fresh[1].Stem = "协助老人进食前应当做什么", "为老人测量血压前应当做什么"
	var b bytes.Buffer
	check(t, exchange.WriteItems(&b, fresh))
	var job api.ImportJob
	if r := c.uploadJSON(v1+"/bank/imports", "new.xlsx", b.Bytes(), &job); r.status != http.StatusOK || job.State != jobs.Planning {
		t.Fatalf("start: %d %s", r.status, r.body)
	}
	work(w)
	path := v1 + "/bank/imports/" + job.ID
	c.json("POST", path+"/decisions", intake.Decisions{Whole: true, Rows: map[string]intake.Decision{"NEW-0002": intake.Skip}}, nil)
	work(w)
	c.json("GET", path, nil, &job)
	if job.State != jobs.Ready || job.Found.Added != 1 || job.Found.Skipped != 1 {
		t.Fatalf("planned %+v", job)
	}
	c.json("POST", path+"/commit", nil, nil)
	work(w)
	var all []api.ImportJob
	c.json("GET", v1+"/bank/imports", nil, &all)
	if len(all) != 1 || all[0].State != jobs.Done || all[0].Done != 1 {
		t.Errorf("imports %+v", all)
	}
	if r := c.send("POST", path+"/decisions", `{"exact":"perhaps"}`); r.status != http.StatusConflict {
		t.Errorf("decisions on what is done: %d %s", r.status, r.body)
	}
}
