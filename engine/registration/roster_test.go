package registration_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// roster is the workbook of the demo's first n people.
func roster(t *testing.T, n int) []byte {
	t.Helper()
	var rows []registration.RosterRow
	for _, c := range demo.Candidates(n, day) {
		rows = append(rows, registration.RosterRow{Name: c.Name, IDNumber: c.IDNumber, Sex: c.Sex, Born: c.Born, Phone: c.Phone, Level: c.Level,
			Claims: registration.Claims{Condition: c.Condition, Years: c.Years, PriorLevel: c.Prior, PriorNumber: c.PriorNo, PriorDate: c.PriorDate,
				Education: c.Education, Evidence: strings.Split(c.Evidence, "、")},
			Employer: c.Employer, Class: c.Class})
	}
	data, err := registration.WriteRoster(rows)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (w *world) load(data []byte) *registration.Roster {
	w.t.Helper()
	r, err := w.desk.ImportRoster(ctx, office, targets(), "名册", data)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func refused(r *registration.Roster) []string {
	var out []string
	for _, row := range r.Refused {
		out = append(out, fmt.Sprintf("%d %s", row.Row, row.Rule))
	}
	return out
}

func broken(r *registration.Roster) []string {
	var out []string
	for _, p := range r.Broken {
		out = append(out, fmt.Sprintf("%d %s", p.Row, p.Column))
	}
	return out
}

// The rows stand two below their place in the list: the header is the first.
func TestTheDemosRoster(t *testing.T) {
	w := open(t)
	data := roster(t, 60)
	want := []string{"10 age", "15 prior-level", "19 id-number", "26 repeated", "40 age", "45 prior-level", "49 id-number", "56 repeated"}
	for try := range 2 {
		r := w.load(data)
		if len(r.Accepted) != 52 || len(r.Broken) != 0 || !slices.Equal(refused(r), want) {
			t.Fatalf("time %d: %d accepted, refused %v, broken %v", try+1, len(r.Accepted), refused(r), r.Broken)
		}
		if !strings.Contains(r.Refused[1].Reason, "四级") || !strings.Contains(r.Refused[1].Reason, "职业技能等级证书") {
			t.Errorf("reasons %q", r.Refused[1].Reason)
		}
	}
	total := 0
	for _, target := range targets() {
		all, err := w.desk.Applications(ctx, office, target.Session)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range all {
			if a.Revision != 1 || a.Level != target.Level {
				t.Errorf("application at revision %d of %s in the session of %s", a.Revision, a.Level, target.Level)
			}
		}
		total += len(all)
	}
	if total != 52+4 { // those under age or without a certificate are kept with their refusals
		t.Errorf("%d applications", total)
	}
}

const head = "姓名,证件号码,认定等级,申报条件,申报材料,专业年限,证书等级,证书日期,性别,出生日期\n"

func line(n int, rest string) string {
	return fmt.Sprintf("李明,%s,%s\n", demo.IDNumber(date("1980-01-01"), n, engine.Female), rest)
}

func TestRosterInGBK(t *testing.T) {
	w := open(t)
	data, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(head + line(1, "五级,5-2,从业承诺书,,,,女,1980/1/1")))
	if err != nil {
		t.Fatal(err)
	}
	r := w.load(data)
	if len(r.Accepted) != 1 || r.Accepted[0].Claims.Evidence[0] != "从业承诺书" {
		t.Fatalf("%+v", r)
	}
}

// 报名表哪一行哪一列有错，逐个指明。
func TestBrokenRowsAreAddressed(t *testing.T) {
	w := open(t)
	r := w.load([]byte(head +
		line(1, "五级,5-2,从业承诺书,,,,女,1980-01-01") +
		line(2, "六级,5-2,从业承诺书,,,,女,") +
		line(3, "四级,4-1,工作年限证明,很多,,,女,") +
		line(4, "四级,4-1,工作年限证明,6.5,,,其他,1980-02-30") +
		line(5, "四级,4-2,职业技能等级证书,4,九级,前年,女,") +
		",,五级,,,,,,,\n" +
		line(6, "初级工,5-2,从业承诺书,,无,,女,19800101")))
	want := []string{"3 认定等级", "4 专业年限", "5 专业年限", "5 出生日期", "5 性别", "6 证书等级", "6 证书日期", "7 姓名", "7 证件号码", "7 申报条件"}
	if got := broken(r); !slices.Equal(got, want) || len(r.Accepted) != 2 || len(r.Refused) != 0 {
		t.Fatalf("%d accepted, refused %v, broken\n%v, want\n%v", len(r.Accepted), r.Refused, got, want)
	}
	if s := r.Broken[1].String(); !strings.Contains(s, "第 4 行“专业年限”列为“很多”") {
		t.Error(s)
	}
}

// 每种不合格的报名行，各因哪条规定退回。
func TestRowsAreRefusedByRule(t *testing.T) {
	w := open(t)
	r := w.load([]byte(head +
		line(1, "五级,5-2,从业承诺书,,,,女,") +
		line(1, "四级,4-1,工作年限证明,6,,,女,") + // the same person for another level
		line(2, "五级,5-7,从业承诺书,,,,女,") +
		line(3, "五级,5-2,从业承诺书,,,,男,") + // the card says otherwise
		line(4, "五级,5-2,从业承诺书,,,,女,1981-01-01") +
		line(5, "五级,4-1,工作年限证明,4,,,女,")))
	want := []string{"3 repeated", "4 condition", "5 id-number", "6 id-number", "7 condition"}
	if got := refused(r); !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
	other := w.load([]byte(head + line(1, "五级,5-1,从业承诺书,,,,女,") + // accepted before, with another condition
		strings.Replace(line(6, "五级,5-2,从业承诺书,,,,女,"), "李明", "李\u200b明", 1) +
		strings.Replace(line(1, "五级,5-2,从业承诺书,,,,女,"), "李明", "李铭", 1)))
	if got := refused(other); !slices.Contains(got, "2 repeated") || !slices.Contains(got, "4 repeated") || len(other.Accepted) != 0 {
		t.Errorf("%v, broken %v", got, broken(other))
	}
	third := w.load([]byte(head + strings.Replace(line(1, "五级,5-2,从业承诺书,,,,女,"), "李明", "李铭", 1)))
	if got := refused(third); !slices.Equal(got, []string{"2 id-number"}) || !strings.Contains(third.Refused[0].Reason, "李铭") {
		t.Errorf("the number under another name: %v", third.Refused)
	}
}

// 没有报上的行离开页面以后还能再看：写明文件、行号和原因，姓名只留第一个字；改好报上的不再列出，同一文件再传一次不会多出一份，别的机构看不到。
func TestWhatWasLeftIsFoundAgain(t *testing.T) {
	w := open(t)
	first := []byte(head + line(1, "五级,5-2,从业承诺书,,,,女,") + line(2, "五级,5-7,从业承诺书,,,,女,") + line(3, "五级,5-2,从业承诺书,,,,男,") +
		line(4, "六级,5-2,从业承诺书,,,,女,"))
	load := func(name string, data []byte) {
		if _, err := w.desk.ImportRoster(ctx, office, []registration.Target{target(5)}, name, data); err != nil {
			t.Fatal(err)
		}
	}
	left := func(by authz.Principal) (all []string) {
		imports, err := w.desk.Imports(ctx, by, "session-5")
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range imports {
			for _, r := range i.Left {
				all = append(all, fmt.Sprintf("%s %d/%d %s %s", i.File, r.Row, i.Taken, r.Who, r.Rule))
			}
		}
		return all
	}
	load(`C:\名单\一.csv`, first)
	load(`C:\名单\一.csv`, first)
	want := []string{"一.csv 3/1 李* condition", "一.csv 4/1 李* id-number", "一.csv 5/1 李* cell"}
	if got := left(office); !slices.Equal(got, want) {
		t.Fatalf("left %v, want %v", got, want)
	}
	w.clock.Advance(time.Minute)
	load("二.csv", []byte(head+line(2, "五级,5-2,从业承诺书,,,,女,")+line(5, "五级,,从业承诺书,,,,女,")))
	if got := left(office); !slices.Equal(got, append([]string{"二.csv 3/1 李* cell"}, want[1:]...)) {
		t.Errorf("mended in a second file: %v", got)
	}
	stranger := office
	stranger.Org = "another"
	if got := left(stranger); len(got) > 0 {
		t.Errorf("another body reads %v", got)
	}
	if _, err := w.desk.Imports(ctx, authz.Principal{Roles: []authz.Role{authz.Examiner}}, "session-5"); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("an examiner: %v", err)
	}
}

func TestARowWithoutASittingOfItsLevel(t *testing.T) {
	w := open(t)
	r, err := w.desk.ImportRoster(ctx, office, []registration.Target{target(4)}, "名册", []byte(head+line(1, "五级,5-2,从业承诺书,,,,女,")))
	if err != nil || !slices.Equal(refused(r), []string{"2 level"}) {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, bad := range [][]registration.Target{nil, {target(5), target(5)}} {
		if _, err := w.desk.ImportRoster(ctx, office, bad, "名册", []byte(head)); !errors.Is(err, registration.ErrInput) {
			t.Errorf("targets %v: %v", bad, err)
		}
	}
}

func TestWholeFilesAreRefused(t *testing.T) {
	w := open(t)
	book := roster(t, 5)
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"cut off":    {book[:len(book)/2], table.ErrBroken},
		"empty":      {nil, table.ErrEmpty},
		"no columns": {[]byte("姓名,等级\n李明,五级\n"), table.ErrColumns},
		"a document": {[]byte("%PDF-1.7"), table.ErrKind},
	} {
		if _, err := w.desk.ImportRoster(ctx, office, targets(), name, c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := w.desk.ImportRoster(ctx, authz.Principal{Roles: []authz.Role{authz.Examiner}}, targets(), "名册", book); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("an examiner: %v", err)
	}
}

// What WriteRoster writes is what ImportRoster reads, passports and certificates above the levels too.
func TestWriteRosterComesBack(t *testing.T) {
	w := open(t)
	claims := registration.Claims{Condition: "3-5", Years: 7, PriorLevel: 2, PriorNumber: "R1", PriorDate: date("2024-02-29"), Education: "大专",
		Title: "护师", Evidence: []string{"职业技能等级证书", "毕业证书或学籍证明"}}
	data, err := registration.WriteRoster([]registration.RosterRow{{Name: "-Anna", IDType: engine.OtherDoc, IDNumber: "E1234567", Sex: engine.Male, Born: date("1970-12-31"),
		Phone: "+86 19900000001", Level: 3, Claims: claims, Employer: "=1+1", Class: "2班"}})
	if err != nil {
		t.Fatal(err)
	}
	r := w.load(data)
	if len(r.Accepted) != 1 {
		t.Fatalf("%+v", r)
	}
	a := r.Accepted[0]
	if fmt.Sprint(a.Claims) != fmt.Sprint(claims) || a.Employer != "=1+1" || a.Class != "2班" {
		t.Errorf("%+v, want %+v", a.Claims, claims)
	}
	p, err := w.people.Named(ctx, a.Person)
	if err != nil || p.Name != "-Anna" || p.Born != date("1970-12-31") || p.IDNumber != "E1234567" {
		t.Errorf("%q %q %s %v", p.Name, p.IDNumber, p.Born, err)
	}
}
