package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// stocked is a data directory with a small bank in it: releases 2026.1, 2026.1+120000 and 2026.1+500000, another
// national one, 2025.9, and a blueprint for 五级 and 四级 of each of the first two.
func stocked(t *testing.T) string {
	t.Helper()
	dir := inhabited(t)
	inside(t, dir, func(ctx context.Context, h *house) {
		keeper := authz.Principal{Account: "keeper", Person: "keeper", Roles: []authz.Role{authz.BankKeeper}}
		ok := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, l := range []engine.Level{engine.Level5, engine.Level4} {
			table := questionbank.ElementTable{Occupation: "4-14-02-05", Level: l, Edition: "样表", Sample: true}
			for r := range 2 {
				code := string(rune('A' + r))
				table.Ranges = append(table.Ranges, questionbank.Range{Code: code, Name: "范围" + code, Weight: engine.Pt(50)})
				for p := range 6 {
					table.Points = append(table.Points, questionbank.Point{Code: fmt.Sprintf("%s-%03d", code, p+1), Name: "点", Importance: "X"})
				}
			}
			ok(h.Bank.ImportTable(ctx, keeper, table))
			for n := range 48 {
				ok(h.store.Items().CreateItem(ctx, stock(l, "", fmt.Sprintf("N%d-%03d", l, n+1), n, questionbank.Reviewed)))
			}
		}
		for _, province := range []string{"12", "50"} {
			for n := range 12 {
				ok(h.store.Items().CreateItem(ctx, stock(engine.Level5, province, fmt.Sprintf("P%s-%03d", province, n+1), n, questionbank.Filed)))
			}
		}
		for _, r := range [][3]string{{"2026.1"}, {"2025.9"}, {"2026.1+120000", "2026.1", "12"}, {"2026.1+500000", "2026.1", "50"}} {
			_, err := h.Bank.PublishRelease(ctx, keeper, r[0], r[1], r[2], true)
			ok(err)
		}
		for _, release := range []string{"2026.1", "2026.1+120000", "2025.9"} {
			for _, l := range []engine.Level{engine.Level5, engine.Level4} {
				province := strings.TrimSuffix(strings.TrimPrefix(release, "2026.1+"), "0000")
				_, err := h.Bank.PublishBlueprint(ctx, keeper, questionbank.Blueprint{ID: fmt.Sprintf("%s-L%d", release, l), Level: l, Release: release,
					Counts: map[questionbank.ItemType]int{questionbank.Single: 7, questionbank.Judgement: 3}, Ranges: map[string]int{"A": 5, "B": 5},
					ItemPoints: engine.Pt(10), SupplementCap: h.policy.Bank.SupplementCap(province, 10), Sample: true})
				ok(err)
			}
		}
	})
	return dir
}

func stock(l engine.Level, province, code string, n int, state questionbank.State) *questionbank.Item {
	v := questionbank.ItemVersion{Code: code, Version: 1, Level: l, Province: province, Stem: "题干" + code, Type: questionbank.Single,
		Options: []string{"甲", "乙", "丙", "丁"}, Key: []int{1}, Point: fmt.Sprintf("%c-%03d", 'A'+n%2, 1+n/2%6), Difficulty: 1 + n%5, Seconds: 40, Sample: true}
	if n/12%2 == 1 {
		v.Type, v.Options = questionbank.Judgement, []string{"正确", "错误"}
	}
	i := &questionbank.Item{Code: code, State: state, Versions: []questionbank.ItemVersion{v}}
	if province != "" {
		for n, authority := range []authz.Role{authz.Medical, authz.Labour} {
			i.Consents = append(i.Consents, questionbank.Consent{Authority: authority, By: engine.PersonID(fmt.Sprint(n))})
			i.Filings = append(i.Filings, questionbank.NationalFiling{Authority: authority, Number: "样备" + code})
		}
	}
	return i
}

const rosterHead = "level,province,release,site,room,seat,candidate,excluded\n"

// mixed is a roster of both levels, with and without supplements.
func mixed() string {
	var b strings.Builder
	b.WriteString(rosterHead)
	for i := range 30 {
		fmt.Fprintf(&b, "5,12,2026.1+120000,一中,一中 %d,%d,T%03d,%s\n", 1+i/15, 1+i%15, i, []string{"", "N5-001 N5-002", "N9-999"}[i%3])
		fmt.Fprintf(&b, "五级,50,2026.1+500000,,重庆 1,%d,C%03d,\n", i+1, i)
		fmt.Fprintf(&b, "四级,,,北京,北京 1,%d,B%03d,\n", i+1, i)
	}
	return b.String()
}

const drawSeed = "00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff"

// drawInto draws a roster and returns what was printed and the directory of the files.
func drawInto(t *testing.T, data, roster string, more ...string) (string, string, error) {
	t.Helper()
	blueprints := "2026.1+120000-L5,2026.1-L4"
	if len(more) == 2 && more[0] == "--blueprint" {
		blueprints, more = more[1], nil
	}
	out, file := filepath.Join(t.TempDir(), "out"), filepath.Join(t.TempDir(), "roster.csv")
	if err := os.WriteFile(file, []byte(roster), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"draw", "--data", data, "--release", "2026.1", "--blueprint", blueprints, "--roster", file, "--seed", drawSeed, "--out", out}, more...)
	printed, err := command(t, args...)
	return printed, out, err
}

func TestDraw(t *testing.T) {
	data := stocked(t)
	t.Run("drawn and audited", func(t *testing.T) { drawAndAudit(t, data) })
	t.Run("wrong rosters", func(t *testing.T) { wrongRosters(t, data) })
	t.Run("wrong commands", func(t *testing.T) { wrongCommands(t, data) })
}

func drawAndAudit(t *testing.T, data string) {
	printed, out, err := drawInto(t, data, mixed())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"五级 level 5: 64 份试卷 forms（其中备用 reserve 4）", "四级 level 4: 32 份试卷 forms（其中备用 reserve 2）", "form root: ", "mean overlap: ", "no public randomness",
		"excluded codes that the release does not hold: 10\n  第 8 行 N9-999\n  第 17 行 N9-999\n"} {
		if !strings.Contains(printed, want) {
			t.Errorf("%q is not in:\n%s", want, printed)
		}
	}
	transcript := filepath.Join(out, "transcript.json")
	if got := must(t, "draw", "audit", transcript); !strings.Contains(got, "相同 equal") || !strings.Contains(got, "no public randomness") {
		t.Errorf("audit:\n%s", got)
	}
	again, _, err := drawInto(t, data, mixed())
	if err != nil || root(t, printed) != root(t, again) {
		t.Errorf("the same inputs give %s and %s, %v", root(t, printed), root(t, again), err)
	}
	checkForms(t, out)
	audited(t, transcript)
}

func root(t *testing.T, printed string) string {
	t.Helper()
	_, rest, ok := strings.Cut(printed, "form root: ")
	if !ok {
		t.Fatalf("no root in:\n%s", printed)
	}
	return strings.Fields(rest)[0]
}

// checkForms looks at the file of forms: every candidate has one, with items of their own release only.
func checkForms(t *testing.T, dir string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "forms.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	seen, supplied := map[string]bool{}, 0
	lines := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
	for _, line := range lines {
		var f drawnForm
		supplied += bytes.Count(line, []byte(`"code":"P`))
		if err := json.Unmarshal(line, &f); err != nil {
			t.Fatal(err)
		}
		if f.Reserve != (f.Candidate == "") || len(f.Items) != 10 || len(f.Digest) != 64 {
			t.Errorf("form %s", line)
		}
		seen[f.Candidate] = true
		for _, it := range f.Items {
			if own := "P" + f.Province + "-"; it.Code[0] == 'P' && (f.Province == "" || !strings.HasPrefix(it.Code, own)) {
				t.Errorf("%s, province %q, is asked %s", f.Candidate, f.Province, it.Code)
			}
			if f.Candidate == "T001" && (it.Code == "N5-001" || it.Code == "N5-002") {
				t.Errorf("T001 meets %s again", it.Code)
			}
		}
	}
	if len(lines) != 96 || len(seen) != 91 {
		t.Errorf("%d forms for %d candidates", len(lines), len(seen)-1)
	}
	if supplied == 0 {
		t.Error("no form holds an item of a supplement")
	}
}

// audited runs draw audit over files that are not as they were.
func audited(t *testing.T, transcript string) {
	t.Helper()
	b, err := os.ReadFile(transcript)
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		file []byte
		code exitCode
	}{
		"a difficulty": {bytes.Replace(b, []byte(`"difficulty":1`), []byte(`"difficulty":2`), 1), exitDifferent},
		"the seal":     {bytes.Replace(b, []byte(`"signature":"`+sealOf(t, b)[:1]), []byte(`"signature":"`+other(sealOf(t, b)[:1])), 1), exitDifferent},
		"a blank":      {bytes.Replace(b, []byte(`,"log"`), []byte(`, "log"`), 1), exitUnreadable},
		"half":         {b[:len(b)/2], exitUnreadable},
		"nothing":      {nil, exitUnreadable},
	}
	for name, c := range cases {
		file := filepath.Join(t.TempDir(), "t.json")
		if err := os.WriteFile(file, c.file, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := command(t, "draw", "audit", file)
		var code exitCode
		if !errors.As(err, &code) || code != c.code || c.code == exitDifferent && !strings.Contains(out, "first difference") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	insteadOfTranscript(t, b)
	var code exitCode
	if _, err := command(t, "draw", "audit", filepath.Join(t.TempDir(), "none")); !errors.As(err, &code) || code != exitUnreadable {
		t.Errorf("no file: %v", err)
	}
	var r protocol.Report
	if err := json.Unmarshal([]byte(must(t, "draw", "audit", "--json", transcript)), &r); err != nil || !r.Equal || len(r.Levels) != 2 {
		t.Errorf("as JSON: %+v, %v", r, err)
	}
}

// insteadOfTranscript: the public log is often taken for the transcript, and an audit says which of them it is.
func insteadOfTranscript(t *testing.T, transcript []byte) {
	t.Helper()
	x, err := protocol.Decode(transcript)
	noError(t, err)
	log, err := json.Marshal(map[string]any{"session": x.Log[0].Event.(protocol.Terms).Sitting, "frozen": x.Log[2].Hash, "log": x.Log})
	noError(t, err)
	name := filepath.Join(t.TempDir(), "log.json")
	noError(t, os.WriteFile(name, log, 0o600))
	out, err := told(t, "", "draw", "audit", name)
	var code exitCode
	if !errors.As(err, &code) || code != exitUnreadable || out != "不能读取 unreadable: log.json 是公开日志，核对组卷要用组卷记录 transcript.json log.json is the public log; the audit takes the transcript, transcript.json\n" {
		t.Errorf("the public log: %v\n%s", err, out)
	}
}

// sealOf is the first signature of the file, in its digits.
func sealOf(t *testing.T, file []byte) string {
	t.Helper()
	_, rest, ok := bytes.Cut(file, []byte(`"signature":"`))
	if !ok {
		t.Fatal("no signature")
	}
	return string(rest[:128])
}

func other(digit string) string {
	if digit == "0" {
		return "1"
	}
	return "0"
}

// wrongRosters: each is refused with the row and the reason, and nothing is written.
func wrongRosters(t *testing.T, data string) {
	good := "5,12,2026.1+120000,,一 1,1,K1,\n"
	cases := map[string]struct{ roster, want string }{
		"empty":               {rosterHead, "名册中没有考生"},
		"no header":           {"a,b\n1,2\n", "表头"},
		"unknown release":     {rosterHead + good + "5,12,2027.1+120000,,一 1,2,K2,\n", "第 3 行"},
		"another national":    {rosterHead + good + "5,,2025.9,,一 1,2,K2,\n", "第 3 行"},
		"other province":      {rosterHead + "5,50,2026.1+120000,,一 1,1,K1,\n", "第 2 行: roster.csv 第 2 行“province”列为“50”，应为题库版本 2026.1+120000 的省份 12"},
		"no such province":    {rosterHead + "5,99,,,一 1,1,K1,\n", "两位省份代码"},
		"no blueprint":        {rosterHead + "3,,,,一 1,1,K1,\n", "有组卷方案的等级"},
		"no such level":       {rosterHead + "高级,,,,一 1,1,K1,\n", "五级、四级或三级"},
		"seat":                {rosterHead + "5,,,,一 1,零,K1,\n", "从1开始的座位号"},
		"no room":             {rosterHead + "5,,,,,1,K1,\n", "必填"},
		"seat twice":          {rosterHead + good + "5,12,2026.1+120000,,一 1,1,K2,\n", "第 3 行: 考场 一 1 的 1 号座位重复"},
		"candidate twice":     {rosterHead + good + "5,12,2026.1+120000,,一 1,2,K1,\n", "第 3 行: 考生 K1"},
		"too many exclusions": {rosterHead + "5,,,,一 1,1,K1," + allNational() + "\n", "assembly."},
	}
	for name, c := range cases {
		_, out, err := drawInto(t, data, c.roster)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, missing := os.Stat(out); missing == nil {
			t.Errorf("%s: something was written", name)
		}
	}
}

func allNational() string {
	var codes []string
	for n := range 48 {
		codes = append(codes, fmt.Sprintf("N5-%03d", n+1))
	}
	return strings.Join(codes, " ")
}

func wrongCommands(t *testing.T, data string) {
	cases := map[string]struct {
		args []string
		want string
	}{
		"seed of 63 digits":    {[]string{"--seed", drawSeed[1:]}, "seed"},
		"seed of 65 digits":    {[]string{"--seed", drawSeed + "0"}, "seed"},
		"seed of no digits":    {[]string{"--seed", strings.Repeat("g", 64)}, "seed"},
		"unknown release":      {[]string{"--release", "2027.1"}, "查无题库版本 \"2027.1\"，题库中有：2025.9、2026.1、2026.1+120000、2026.1+500000 there is no release"},
		"no such blueprint":    {[]string{"--blueprint", "x"}, "查无组卷方案 \"x\"，题库中有：2025.9-L4、2025.9-L5、2026.1+120000-L4、2026.1+120000-L5、2026.1-L4、2026.1-L5 there is no blueprint"},
		"two of one level":     {[]string{"--blueprint", "2026.1-L5,2026.1+120000-L5"}, "都是五级的"},
		"another's blueprint":  {[]string{"--blueprint", "2025.9-L5"}, "2025.9"},
		"no roster":            {[]string{"--roster", filepath.Join(t.TempDir(), "none.csv")}, "none.csv"},
		"no data":              {[]string{"--data", filepath.Join(t.TempDir(), "none")}, "no data directory"},
		"sitting with newline": {[]string{"--sitting", "a\nb"}, "sitting"},
	}
	for name, c := range cases {
		if _, _, err := drawInto(t, data, mixed(), c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, out, err := drawInto(t, data, mixed())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := drawInto(t, data, mixed(), "--out", out); err == nil || !strings.Contains(err.Error(), "已存在") {
		t.Errorf("written over: %v", err)
	}
}
