package api_test

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/certstest"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/ids"
	sheet "github.com/skillcert/skillcert/questionbank/exchange/table"
)

// importing is a second server on the same house, in which the authority gives the numbers.
func (w *world) importing() *world {
	w.Helper()
	other := *w
	pol := w.Policy
	pol.Certificates.Numbering = map[string]string{"*": engine.NumbersImported}
	ring, err := keys.Init(w.TempDir(), "技能等级认定", true, eve)
	check(w, err)
	ports := w.store.Certificates()
	ports.Journal, ports.People, ports.Zone, ports.Lists = certs.Logbook{Log: w.Translog}, w.Registry, pol.Location(), "https://example.org/status/"
	other.Issuer = certs.NewIssuer(ports, certs.Sources{Board: w.Board, People: w.Registry, Sittings: w.Sittings}, certstest.Stamp{Ring: ring},
		pol.Certificates, w.clock, ids.Random())
	other.server, err = api.New(other.Services, generous, w.ring, w.clock, ids.Random(), slog.New(slog.NewTextHandler(io.Discard, nil)))
	check(w, err)
	other.serve()
	return &other
}

// given is the authority's list: the first two candidates as they are registered, and rows that cannot be taken.
func (w *world) given() []byte {
	w.Helper()
	var rows [][]string
	for n, number := range []string{"S000012009999265000017", "S000012009999265000018"} {
		p, err := w.Registry.Named(w.Context(), w.seats[n].Candidate)
		check(w, err)
		rows = append(rows, []string{p.Name, p.IDNumber, number, "2026-12-01"})
	}
	rows = append(rows, []string{"路人甲", "12010119000101018X", "S000012009999265000019", "2026-12-01"}, []string{"路人乙", "12010119000101018X",
		"Y0012", ""})
	b, err := sheet.WriteXLSX(certs.GivenColumns(), rows)
	check(w, err)
	return b
}

// TestNumbersAreGiven: nobody is issued for without a number of the authority's list; the list is looked at before anything
// is written, and what is wrong with it is said row by row and cell by cell.
func TestNumbersAreGiven(t *testing.T) {
	own := newWorld(t)
	own.final()
	c := own.desk("zhengshu")
	page, issue := own.href("/numbers"), own.href("/certificates")
	if r := c.visit(page); r.status != http.StatusConflict || !strings.Contains(c.last, "由本系统编排") {
		t.Errorf("a body that gives its own numbers: %d", r.status)
	}
	c.says("现在打不开这个页面", "不能导入")
	c.lacks("内容已经变化")
	w := own.importing()
	c = w.desk("zhengshu")
	c.sees(issue, `href="`+page+`"`)
	c.press(issue)
	w.issueAll()
	c.sees(issue, "2 张未能签发", "导入主管部门下发的编号后再次发证")

	c.sees(page, "选择编号表", "下载空白表")
	if rows := c.rows(c.raw("GET", "/numbers.xlsx", "", nil), certs.GivenColumns()...); len(rows) != 0 {
		t.Errorf("template %v", rows)
	}
	if r := c.upload(page+"/preview", "a.pdf", []byte("%PDF")); r.status != http.StatusUnprocessableEntity {
		t.Errorf("a file that is no table: %d", r.status)
	}
	r := c.upload(page+"/preview", "编号.xlsx", w.given())
	if r.status != http.StatusOK {
		t.Fatalf("preview: %d %s", r.status, text(r.body))
	}
	c.says("导入 2 个编号", "C5", "22位证书编号", "D5", "本次应发证的人员中没有此人", "将导入")
	c.commitNumbers(page)
	c.says("已导入 2 个编号")
	c.visit(issue)
	c.press(issue)
	w.issueAll()
	c.sees(issue, "已签发 2 张，没有失败")
	if got := w.certificateOf("𠮷永安"); got.Number != "S000012009999265000017" || got.Issued.String() != "2026-12-01" {
		t.Errorf("%s of %s", got.Number, got.Issued)
	}
	var again api.GivenNumbers
	if r := w.as("zhengshu").uploadJSON(v1+w.href("/numbers"), "编号.xlsx", w.given(), &again); r.status != http.StatusOK ||
		again.Rows[0].Outcome != certs.GivenKnown || again.Left != 0 || len(again.Broken) != 2 || again.Broken[0].At+again.Broken[1].At != "D5C5" {
		t.Errorf("once more: %d %+v", r.status, again)
	}
}

// TestPrizesTakeGivenNumbers: a body whose numbers the authority gives takes them in for its prizes too.
func TestPrizesTakeGivenNumbers(t *testing.T) {
	own := newWorld(t)
	c := own.desk("zhengshu")
	if r := c.visit("/awards/numbers"); r.status != http.StatusConflict {
		t.Errorf("a body that gives its own numbers: %d", r.status)
	}
	c.visit("/awards")
	c.lacks("/awards/numbers")
	w := own.importing()
	c = w.desk("zhengshu")
	c.visit("/awards")
	c.press("/awards", w.prizeOf(0)...)
	a := w.awardOf("照护技能大赛")
	supervisor := w.desk("dudao")
	supervisor.visit("/awards")
	supervisor.lacks("/awards/numbers")
	supervisor.press("/awards/"+a.ID+"/confirmation", "seen", a.Seen().Mark)
	c.visit("/awards")
	c.press("/awards/" + a.ID + "/certificate")
	c.says("请先导入编号")
	p, err := w.Registry.Named(w.Context(), a.Person)
	check(w, err)
	list, err := sheet.WriteXLSX(certs.GivenColumns(), [][]string{{p.Name, p.IDNumber, "S000012009999264000031", eve.Format(time.DateOnly)}})
	check(w, err)
	c.sees("/awards", `href="/awards/numbers"`)
	c.sees("/awards/numbers", "选择编号表", "竞赛晋升", `action="/awards/numbers/preview"`)
	if r := c.upload("/awards/numbers/preview", "编号.xlsx", list); r.status != http.StatusOK {
		t.Fatalf("preview: %d %s", r.status, text(r.body))
	}
	c.says("导入 1 个编号")
	c.commitNumbers("/awards/numbers")
	c.says("已导入 1 个编号")
	c.visit("/awards")
	c.press("/awards/" + a.ID + "/certificate")
	if got := w.certificateOf("𠮷永安"); got.Number != "S000012009999264000031" || got.AwardID() != a.ID {
		t.Errorf("%s of award %s", got.Number, got.AwardID())
	}
	var again api.GivenNumbers
	if r := w.as("zhengshu").uploadJSON(v1+"/awards/numbers/preview", "编号.xlsx", list, &again); r.status != http.StatusOK || again.Rows[0].Outcome != certs.GivenKnown {
		t.Errorf("once more: %d %+v", r.status, again)
	}
}

// commitNumbers presses the button of the preview, with the file that the page carries.
func (c *client) commitNumbers(page string) {
	c.Helper()
	_, rest, _ := strings.Cut(c.last, `name="data" value="`)
	data, _, _ := strings.Cut(rest, `"`)
	if r := c.press(page, "name", "编号.xlsx", "data", strings.ReplaceAll(data, "&#43;", "+")); r.status != http.StatusOK {
		c.Fatalf("commit: %d %s", r.status, text(r.body))
	}
}
