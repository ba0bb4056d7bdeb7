package api_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/certs/archive"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/result"
)

func (w *world) archives(rest string) string { return v1 + w.href("/archives"+rest) }

// fetched makes the archive of a number as somebody and expects that it verifies.
func (w *world) fetched(c *client, number string) (file []byte, v *archive.Verdict) {
	w.Helper()
	r := c.send("POST", w.archives("/"+number+"/making"), nil)
	if r.status != http.StatusOK || r.header.Get("Cache-Control") != "private, no-store, no-transform" {
		w.Fatalf("fetched: %d %s", r.status, text(r.body))
	}
	v, err := archive.Verify(bytes.NewReader(r.body), int64(len(r.body)), archive.Trust{Roots: w.seals.Trust(), Options: pades.Options{Now: w.clock.Now()}})
	check(w, err)
	if !v.Good() {
		w.Fatalf("fetched: %+v, %s", v.Faults, v.Unknown)
	}
	return r.body, v
}

// filing is a filing of the session as the office sees it.
func (w *world) filing(c *client, number int) (f api.ArchiveFiling) {
	w.Helper()
	var all []api.ArchiveFiling
	c.json("GET", w.archives(""), nil, &all)
	if len(all) < number {
		w.Fatalf("%d filings", len(all))
	}
	return all[number-1]
}

// 一个场次考完、公示结束后归档：考务员申请，质量督导员批准，只有申请人能领取，每次领取先有记录；卷宗五卷俱全，
// 可以离线核验；证书发放之后数据变了，原申请不能再领，要另行申请，新卷宗注明前一份。
func TestASessionIsFiledByTwoPersons(t *testing.T) {
	w := newWorld(t)
	w.as("kaowu").refused("POST", w.archives(""), api.ArchiveReason{Reason: "年度归档"}, http.StatusConflict, "archive.not_final")
	w.final()
	office, second, watcher := w.as("kaowu"), w.as("kaowu2"), w.as("dudao")
	office.refused("POST", w.archives(""), api.ArchiveReason{Reason: " "}, http.StatusUnprocessableEntity, "archive.reason")
	watcher.refused("POST", w.archives(""), api.ArchiveReason{Reason: "年度归档"}, http.StatusForbidden, "authz.forbidden")
	office.json("POST", w.archives(""), api.ArchiveReason{Reason: "年度归档"}, nil)
	second.refused("POST", w.archives(""), api.ArchiveReason{Reason: "再来一份"}, http.StatusConflict, "archive.open")
	office.refused("POST", w.archives("/1/making"), nil, http.StatusConflict, "archive.approval")
	office.refused("POST", w.archives("/1/approval"), nil, http.StatusForbidden, "authz.forbidden")
	watcher.refused("POST", w.archives("/9/approval"), nil, http.StatusNotFound, "archive.not_found")
	watcher.refused("POST", w.archives("/x/approval"), nil, http.StatusNotFound, "archive.not_found")
	watcher.json("POST", w.archives("/1/approval"), nil, nil)
	second.refused("POST", w.archives("/1/making"), nil, http.StatusForbidden, "archive.asker")
	if f := w.filing(office, 1); f.Fetched != 0 || f.Manifest != "" {
		t.Errorf("before anybody fetched: %+v", f)
	}
	file, v := w.fetched(office, "1")
	read, _, err := w.Counter.ReadingsBy(w.Context(), w.principal("dudao"), accounts.IDOf("kaowu"), engine.Cursor{})
	if err != nil || len(read) != 1 || read[0].Purpose != "场次归档" || read[0].Count != len(w.seats) {
		t.Errorf("who read the documents: %+v, %v", read, err)
	}
	if f := w.filing(office, 1); f.Fetched != 1 || f.Manifest != v.Digest || f.State != archive.Made || f.Leaf == nil || f.By == f.AskedBy {
		t.Errorf("after the first time: %+v", f)
	}
	again, _ := w.fetched(office, "1")
	if !bytes.Equal(file, again) {
		t.Error("the same data gives another archive")
	}
	w.holdsWhatItSays(file, v.Manifest)

	_, err = w.Issuer.Start(w.Context(), w.principal("zhengshu"), w.session.ID)
	check(w, err)
	w.issueAll()
	m, err := w.Archive.Make(w.Context(), w.principal("kaowu"), archive.FilingOf(w.session.ID, 1))
	check(w, err)
	if _, err := io.Copy(io.Discard, m); !errors.Is(err, archive.ErrChanged) {
		t.Errorf("another archive under the same request: %v", err)
	}
	check(w, m.Close())
	if f := w.filing(office, 1); f.Fetched != 3 || f.Manifest != v.Digest {
		t.Errorf("after it was broken off: %+v", f)
	}
	second.json("POST", w.archives(""), api.ArchiveReason{Reason: "发证后重新归档"}, nil)
	watcher.json("POST", w.archives("/2/approval"), nil, nil)
	_, later := w.fetched(second, "2")
	if e := later.Manifest.Earlier; e == nil || e.Number != 1 || e.Manifest != v.Digest {
		t.Errorf("the second names %+v", e)
	}
	if n := later.Manifest.Volumes[archive.Certificates-1].Files; n <= v.Manifest.Volumes[archive.Certificates-1].Files {
		t.Errorf("%d files in the volume of certificates", n)
	}
	w.retained(office)
}

// holdsWhatItSays looks into an archive: five volumes, what is to be in clear is, what belongs to the bank is not.
func (w *world) holdsWhatItSays(file []byte, m *archive.Manifest) {
	w.Helper()
	all := w.unzipped(file)
	p, err := w.Registry.Named(w.Context(), w.seats[0].Candidate)
	check(w, err)
	for name, want := range map[string]string{"1-报名与资格审查/报名名册.csv": p.IDNumber, "2-备案与方案/认定计划.json": string(w.session.Plan),
		"3-过程记录/考生签到与座位.csv": string(w.seats[0].Ticket), "3-过程记录/考场-t1/考生签到表.pdf": "register|t1|",
		"4-试卷答卷与评分/理论答卷/" + string(w.seats[0].Ticket) + ".json": `"log"`, "4-试卷答卷与评分/操作评分表/" + string(w.seats[0].Ticket) + ".json": `"examiner_name"`,
		"4-试卷答卷与评分/成绩册.csv": "合格", "5-证书数据/证书清单.csv": "尚未发证", "3-过程记录/场次报告.json": `"applied"`} {
		if !strings.Contains(all[name], want) {
			w.Errorf("%s does not say %s", name, want)
		}
	}
	if items := all["4-试卷答卷与评分/理论试题.jsonl"]; items == "" || strings.Contains(items, `"key"`) || strings.Contains(items, `"explanation"`) {
		w.Error("the questions are not there, or their keys are")
	}
	if strings.Contains(all["2-备案与方案/场次方案.json"], `"code": "`+w.session.Code) {
		w.Error("the code of the session is there")
	}
	if m.Asked.Name == m.Approved.Name || m.Made.Before(m.Approved.At) || len(m.LeftOut) == 0 {
		w.Errorf("%+v", m)
	}
}

// retained expects the list of volumes, none of which is due, and the longest at the end.
func (w *world) retained(c *client) {
	w.Helper()
	var rows []api.RetainedVolume
	c.json("GET", v1+"/archives", nil, &rows)
	if len(rows) != 10 || slices.ContainsFunc(rows, func(r api.RetainedVolume) bool { return r.Due }) || rows[9].Volume != archive.Registration ||
		!clock.Date(rows[9].Until).IsZero() || clock.Date(rows[0].Until).IsZero() {
		w.Errorf("%d volumes: %+v", len(rows), rows)
	}
}

// 场次报告：合成之前没有合格人数；任何时候都没有证件号码和分数；别的机构看不到。
func TestTheReportTellsNoPoints(t *testing.T) {
	w := newWorld(t)
	path := v1 + w.href("/report")
	var early, r archive.Report
	w.as("dudao").json("GET", path, nil, &early)
	if early.Outcome != nil || early.Issued != nil || early.Seated.Seats != len(w.seats) || early.Draw == nil || early.Draw.Commitment == "" {
		t.Errorf("early: %+v", early)
	}
	w.final()
	office := w.as("kaowu")
	said := office.send("GET", path, nil)
	office.json("GET", path, nil, &r)
	if r.Outcome == nil || r.Outcome.Of != len(w.seats) || r.Outcome.Passed != 2 || len(r.Seals) != 2 || !r.Seals[0].Whole || r.Seals[0].Leader == r.Seals[0].Witness ||
		r.Issued == nil || r.Issued.Waiting != 2 || r.Publicity.Count != len(w.seats) {
		t.Errorf("%+v", r)
	}
	for _, s := range w.seats {
		p, err := w.Registry.Named(w.Context(), s.Candidate)
		check(t, err)
		if bytes.Contains(said.body, []byte(p.IDNumber)) || bytes.Contains(said.body, []byte(`"points"`)) {
			t.Error("a document number or points")
		}
	}
	w.as("tiku").refused("GET", path, nil, http.StatusForbidden, "authz.forbidden")
	page := w.desk("kaowu")
	page.sees(w.href("/report"), "两科均合格 2 人", "质量督导员")
	page.sees(w.href(""), w.href("/archive"))
}

// 成绩复核发现错误并由两人更正、公示期间有异议、另有违纪案件的场次：归档里有两次封存、查分、案件和异议，报告写明更正。
func TestTheArchiveTellsWhatWasCorrected(t *testing.T) {
	w := newWorld(t)
	w.joined()
	ctx, office, seat := w.Context(), w.principal("kaowu"), w.seats[0]
	c := w.chair(0)
	c.visit("/exam/result")
	c.redirected(c.press("/exam/checks", "component", "practical", "words", "第二项没有给分"), "/exam/result#follow")
	k, err := w.Board.ForwardCheck(ctx, office, result.CheckOf(seat.Ticket, engine.Practical))
	check(w, err)
	_, err = w.Board.CorrectScore(ctx, w.principal("zuzhang"), k.ID, result.Found{Standing: engine.Scored, Points: engine.Pt(59)}, "多加一项")
	check(w, err)
	s, err := w.Board.Correction(ctx, w.principal("dudao"), k)
	check(w, err)
	_, err = w.Board.WitnessCorrection(ctx, w.principal("dudao"), k.ID, s.Digest)
	check(w, err)
	o, err := w.Board.Object(ctx, w.session.ID, "李群", "022-0000", "名单中有人没有到场")
	check(w, err)
	_, err = w.Board.AnswerObjection(ctx, office, o.ID, "已核实签到表")
	check(w, err)
	_, err = w.Board.OpenCase(ctx, office, w.session.ID, w.seats[1].Ticket, result.Report{Facts: "考试中使用手机", Evidence: []string{"监控录像"}})
	check(w, err)
	w.clock.Advance(10 * 24 * time.Hour)
	_, err = w.Board.Finalize(ctx, office, w.session.ID)
	check(w, err)
	asker := w.as("kaowu")
	asker.json("POST", w.archives(""), api.ArchiveReason{Reason: "年度归档"}, nil)
	w.as("dudao").json("POST", w.archives("/1/approval"), nil, nil)
	file, _ := w.fetched(asker, "1")
	all := w.unzipped(file)
	for name, want := range map[string]string{"4-试卷答卷与评分/操作技能成绩封存.json": s.Replaces, "4-试卷答卷与评分/操作技能成绩更正1.json": "多加一项",
		"4-试卷答卷与评分/查分.jsonl": "第二项没有给分", "4-试卷答卷与评分/违纪案件.jsonl": "监控录像", "5-证书数据/异议.jsonl": "已核实签到表",
		"4-试卷答卷与评分/成绩册.csv": "待定（违纪案件尚未决定）", "3-过程记录/场次报告.json": `"correction"`} {
		if !strings.Contains(all[name], want) {
			t.Errorf("%s does not say %s: %.200s", name, want, all[name])
		}
	}
}

// unzipped are the files of an archive by their names.
func (w *world) unzipped(file []byte) map[string]string {
	w.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	check(w, err)
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		check(w, err)
		b, err := io.ReadAll(r)
		check(w, err)
		all[f.Name] = string(b)
	}
	return all
}
