package station_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/certs/station"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/fixtures/fonts"
	"github.com/skillcert/skillcert/questionbank"
)

var opens = time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)

const rare = "𠮷永安"

func task() *questionbank.Task {
	return &questionbank.Task{Code: "L5-P01", Name: "为卧床老人更换床单", Minutes: 15, Points: engine.Pt(100), Scenario: "方奶奶，82岁，左侧偏瘫，意识清楚。请为她更换床单，并整理床单位。",
		Preparation: []string{"标准化照护对象1名", "清洁床单、中单、枕套各1件", "血压计1台（干扰物）"}, Requirements: []string{"口述与操作同步", "注意保暖和隐私"},
		Criteria: []questionbank.Criterion{{No: "1", Section: "操作前准备", Text: "核对照护对象，说明目的，取得配合", Points: engine.Pt(40)},
			{No: "2", Section: "操作过程", Text: "卷、铺、拉平床单，四角包紧", Points: engine.Pt(60), Levels: []questionbank.CriterionLevel{{Points: engine.Pt(60), Text: "四角均包紧"}, {Points: 3050, Text: "一处松散"}}}},
		Vetoes: []questionbank.Veto{{Code: "V1", Text: "翻身时未做保护，照护对象坠床或险些坠床"}}}
}

func printout(k practical.PaperKind) *practical.Printout {
	t, at := task(), func(n int) time.Time { return opens.Add(time.Duration(n) * time.Minute) }
	s := &sitting.Session{ID: "s", Name: "2026年第4批五级长期照护师认定", Level: engine.Level5, Sample: true, Practical: clock.Window{Opens: opens, Closes: at(180)},
		Rooms: []sitting.Room{{ID: "p1", Name: "1号考位", Component: engine.Practical}}}
	sheet := &practical.Sheet{Assessment: "a", Examiner: "e", Signed: at(30), Scores: map[string]map[string]engine.Points{"L5-P01": {"1": 3850, "2": 3050}},
		Vetoes: []practical.VetoMark{{Task: "L5-P01", Code: "V1", Note: "左侧床栏未拉起"}}}
	later := *sheet
	later.No, later.Replaces = 1, &practical.Replaced{Signed: at(30), Reason: "两项填反"}
	seat := practical.Seated{Turn: practical.Turn{Ticket: "26120000010007", Station: "p1", Call: at(-10), At: at(0), Until: at(15)}, Name: rare,
		Tasks: []*questionbank.Task{t, t}, Examiners: []string{"柏听澜", "裴照", "江望舒"},
		Sheets: []practical.Filled{{Sheet: sheet, Examiner: "柏听澜", Total: 6900, Corrected: true}, {Sheet: &later, Examiner: "柏听澜", Total: 6900}}}
	return &practical.Printout{Kind: k, Session: s, Room: s.Rooms[0], Zone: time.FixedZone("", 8*3600), Made: opens, Turns: []practical.Turn{seat.Turn},
		Needs: []practical.Need{{Station: "1号考位", Task: t, Candidates: 12}}, Seats: []practical.Seated{seat}}
}

func printed(t *testing.T, w *practical.Printout) []byte {
	t.Helper()
	f, err := pdf.OpenFiles(fonts.New())
	if err != nil {
		t.Fatal(err)
	}
	file, err := station.New(f).Print(w)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// said is the text of a file, without blanks, and how many pages it has.
func said(t *testing.T, name string, file []byte) (string, int) {
	t.Helper()
	dir := os.Getenv("SKILLCERT_PAPERS") // where somebody wants to look at them
	if dir == "" {
		dir = t.TempDir()
	}
	path := filepath.Join(dir, name+".pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-raw", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(out)), ""), strings.Count(string(out), "\f")
}

// 准备通知单没有考生姓名；试题单只有情景和要求，没有评分要点、准备清单和否决项；评分表每名考评员一张；归档的两张都在。
func TestWhatThePapersSay(t *testing.T) {
	answers := []string{"核对照护对象", "四角均包紧", "坠床"}
	for _, c := range []struct {
		kind        practical.PaperKind
		pages       int
		with, never []string
	}{
		{practical.PaperNotice, 1, []string{"准备通知单", "1号考位", "血压计1台", "12人次", "样例"}, append([]string{rare, "26120000010007", "2612 0000"}, answers...)},
		{practical.PaperRotation, 1, []string{"轮转安排表", "08:50", "09:00", "09:15", rare, "1号考位"}, answers},
		{practical.PaperTasks, 2, []string{"试题单", "方奶奶", "注意保暖和隐私", "15分钟", rare, "第2题"}, append([]string{"干扰物", "配分"}, answers...)},
		{practical.PaperBlank, 3, append([]string{"评分表", "柏听澜", "江望舒", "考评员签名", "30.50分：一处松散"}, answers...), []string{"38.50", "更正"}},
		{practical.PaperSigned, 2, append([]string{"38.50", "69", "左侧床栏未拉起", "两项填反", "已由更正表代替", "2026-11-2409:30:00"}, answers...), []string{"裴照"}},
	} {
		text, pages := said(t, string(c.kind), printed(t, printout(c.kind)))
		if pages != c.pages {
			t.Errorf("%s: %d pages, want %d", c.kind, pages, c.pages)
		}
		for _, w := range c.with {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not say %q: %s", c.kind, w, text)
			}
		}
		for _, w := range c.never {
			if strings.Contains(text, strings.ReplaceAll(w, " ", "")) {
				t.Errorf("%s says %q", c.kind, w)
			}
		}
	}
}

func TestTheSamePrintoutGivesTheSameBytes(t *testing.T) {
	if !bytes.Equal(printed(t, printout(practical.PaperSigned)), printed(t, printout(practical.PaperSigned))) {
		t.Error("two files differ")
	}
}

func TestWhatIsNotPrinted(t *testing.T) {
	f, err := pdf.OpenFiles(fonts.New())
	if err != nil {
		t.Fatal(err)
	}
	empty, unknown, glyph := printout(practical.PaperTasks), printout("x"), printout(practical.PaperRotation)
	empty.Seats, glyph.Seats[0].Name = nil, "\U0010ffff"
	for name, c := range map[string]struct {
		w    *practical.Printout
		want error
	}{"nobody at the station": {empty, station.ErrEmpty}, "an unknown paper": {unknown, practical.ErrPaper}, "a character no font has": {glyph, station.ErrGlyph}} {
		if _, err := station.New(f).Print(c.w); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
