package main

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/fixtures/bank"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/questionbank"
)

// scoringHall is a hall whose one candidate is at the station now, before three examiners. Nobody serves it.
type scoringHall struct {
	*examHall
	assessment practical.AssessmentID
	tasks      []*questionbank.Task
	examiners  []authz.Principal
}

// builtStation moves the practical part of a hall to now and draws its tasks.
func builtStation(t *testing.T) *scoringHall {
	t.Helper()
	ctx, s := t.Context(), &scoringHall{examHall: builtHall(t, 1)}
	h, err := s.reopen(ctx)
	noError(t, err)
	defer func() { noError(t, h.Close()) }()
	content, err := bank.Content()
	noError(t, err)
	for _, task := range content.Tasks {
		if task.Level == engine.Level5 {
			noError(t, h.store.Tables().PutTask(ctx, &task))
		}
	}
	n, err := h.store.Sessions().Session(ctx, s.session.ID)
	noError(t, err)
	n.Practical = clock.Window{Opens: clock.System{}.Now().Add(-time.Minute), Closes: clock.System{}.Now().Add(3 * time.Hour)}
	for _, login := range []string{"kaoping1", "kaoping2", "kaoping3"} {
		in, _, err := h.Gate.SignIn(ctx, login, fixtures.Password)
		noError(t, err)
		s.examiners = append(s.examiners, in.Principal)
		n.Duties = append(n.Duties, sitting.Duty{Person: engine.PersonID(in.Principal.Person), Role: authz.Examiner, Room: "p1"})
	}
	noError(t, h.store.Sessions().UpdateSession(ctx, n))
	office := authz.Principal{Account: "office", Person: "office", Roles: []authz.Role{authz.ExamOffice}, Org: string(n.Org)}
	_, err = h.Practical.Commit(ctx, office, n.ID)
	noError(t, err)
	_, err = h.Practical.Draw(ctx, office, n.ID)
	noError(t, err)
	s.assessment = practical.AssessmentOf(sitting.Ticket(s.entrants[0].ticket))
	work, err := h.Practical.Work(ctx, s.examiners[0], s.assessment)
	noError(t, err)
	s.tasks = work.Tasks
	return s
}

// entries are points for every criterion of the tasks, by the name of the field: full on the first, what the levels allow
// or a whole number otherwise.
func (s *scoringHall) entries() (names []string, points map[string]engine.Points) {
	points = map[string]engine.Points{}
	for _, t := range s.tasks {
		for i, c := range t.Criteria {
			name := "score." + t.Code + "." + c.No
			names = append(names, name)
			switch {
			case len(c.Levels) > 0:
				points[name] = c.Levels[i%len(c.Levels)].Points
			case i%3 == 0:
				points[name] = c.Points
			default:
				points[name] = c.Points / 200 * 100
			}
		}
	}
	return names, points
}

// pad is an examiner's browser at the sheet.
type pad struct {
	*visitor
	s *scoringHall
}

func (s *scoringHall) sitsDown(t *testing.T, base, login string) *pad {
	t.Helper()
	p := &pad{visitor: visit(t, base, login), s: s}
	p.do(chromedp.EmulateViewport(820, 1180), chromedp.Navigate(base+"/login"), chromedp.WaitVisible(chromedp.CSS("[name=password]")))
	p.send(map[string]string{"account": login, "password": fixtures.Password})
	p.until("location.pathname === '/desk'")
	p.opens()
	return p
}

func (p *pad) path() string { return "/assessments/" + string(p.s.assessment) + "/sheet" }

func (p *pad) opens() {
	p.t.Helper()
	p.do(chromedp.Navigate(p.base + p.path()))
	p.within(patient, "document.querySelector('[data-step]:not([hidden])') || document.querySelector('[data-saved]')")
}

// enter gives points to criteria as a hand does: a tap on a level, a number into a field.
func (p *pad) enter(names []string, points map[string]engine.Points) {
	p.t.Helper()
	for _, name := range names {
		value := strconv.FormatFloat(float64(points[name])/100, 'f', -1, 64)
		got := p.eval(fmt.Sprintf(`(() => {
			const all = [...document.getElementsByName(%[1]q)];
			const level = all.find((i) => i.type === 'radio' && Number(i.value) === %[2]s);
			if (level) level.click();
			else if (all.length === 1) { all[0].value = %[2]q; all[0].dispatchEvent(new Event('input', { bubbles: true })); }
			else return 'no field';
			return '';
		})()`, name, value))
		if got != "" {
			p.t.Fatalf("%s = %s: %s", name, value, got)
		}
	}
}

// marks notes a critical error of the first task and switches it on.
func (p *pad) marks(note string) practical.VetoMark {
	p.t.Helper()
	task := p.s.tasks[0]
	m := practical.VetoMark{Task: task.Code, Code: task.Vetoes[0].Code, Note: note}
	at := m.Task + "." + m.Code
	p.eval(fmt.Sprintf(`(() => { const n = document.getElementsByName(%q)[0]; n.value = %q; n.dispatchEvent(new Event('input', { bubbles: true }));
		document.getElementsByName(%q)[0].click(); return ''; })()`, "note."+at, note, "veto."+at))
	return m
}

func savedSays(text string) string {
	return fmt.Sprintf("document.querySelector('[data-saved]').textContent.includes(%q)", text)
}

// signs goes through the last look to the signature.
func (p *pad) signs() {
	p.t.Helper()
	p.eval("document.querySelector('button[value=sign]').click(), ''")
	p.within(patient, "location.pathname.endsWith('/signature') && document.querySelector('form .button.primary:not([disabled])')")
	p.eval("document.querySelector('main form .button.primary').click(), ''")
	p.within(patient, "location.pathname === '/assessments'")
}

// sheets are what the store holds of the assessment once nobody serves it.
func (s *scoringHall) sheets(t *testing.T) []*practical.Sheet {
	t.Helper()
	h, err := s.reopen(t.Context())
	noError(t, err)
	all, _, err := h.store.Sheets().SheetsOf(t.Context(), s.session.ID, engine.Cursor{Limit: 10})
	noError(t, err)
	noError(t, h.Close())
	return all
}

func signedTimes(s *practical.Sheet) (n int) {
	for _, e := range s.Trail {
		if e.Action == "sheet.signed" {
			n++
		}
	}
	return n
}

// 考评员正在评分，服务器停了：页面说明没有保存、可以继续评；接着评分、登记一票否决；服务器恢复后自动存上。再断一次，
// 断着的时候刷新了页面：恢复后已填的还在，也自动存上。另一个窗口里过时的评分表存不进去。最后签名：评分表只有一张，签名一次，
// 断线前、断线中、刷新前填的全在，一项不多，一项不少。
func TestScoringInABrowserWhileTheServerIsDown(t *testing.T) {
	s := builtStation(t)
	names, points := s.entries()
	part := len(names) / 4
	cable, p := newRelay(t), serveIn(t, s.settings.Data)
	cable.lead(p.address)
	e := s.sitsDown(t, "http://"+cable.Addr().String(), "kaoping1")
	e.enter(names[:part], points)
	e.within(patient, savedSays("已保存"))

	cable.lead("")
	p.stop(t)
	e.enter(names[part:2*part], points)
	mark := e.marks("翻身时护栏未拉起")
	e.within(patient, savedSays("连不上服务器"))
	p = serveIn(t, s.settings.Data)
	cable.lead(p.address)
	t.Logf("saved %v after the server was back", e.within(patient, savedSays("已保存")))

	old := e.secondWindow(t)
	cable.lead("")
	p.kill(t)
	e.enter(names[2*part:], points)
	e.within(patient, savedSays("连不上服务器"))
	if err := chromedp.Do(e.ctx, chromedp.Reload()); err == nil { // the browser's own page: there is no network
		t.Fatal("the sheet is loaded again though nobody serves it")
	}
	p = serveIn(t, s.settings.Data)
	cable.lead(p.address)
	e.opens()
	e.within(patient, savedSays("已保存"))

	old.enter(names[:1], map[string]engine.Points{names[0]: 0})
	old.within(patient, savedSays("已在别处修改"))
	e.signs()
	old.opens()
	old.within(patient, "document.querySelector('fieldset.bare').disabled && !document.querySelector('button[value=sign]')")
	cable.lead("")
	p.stop(t)
	s.wantSigned(t, points, mark)
}

// secondWindow opens the sheet once more in the same browser, as it stands now.
func (p *pad) secondWindow(t *testing.T) *pad {
	t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx)
	t.Cleanup(cancel)
	noError(t, chromedp.Do(ctx, chromedp.Navigate("about:blank"))) // the window lives as long as the context of its first action
	v := *p.visitor
	v.ctx, v.who = ctx, p.who+", second window"
	two := &pad{visitor: &v, s: p.s}
	two.opens()
	return two
}

// wantSigned asks that the store holds one sheet, of the first examiner, signed once, with exactly these points and mark.
func (s *scoringHall) wantSigned(t *testing.T, points map[string]engine.Points, mark practical.VetoMark) {
	t.Helper()
	all := s.sheets(t)
	if len(all) != 1 || string(all[0].Examiner) != s.examiners[0].Person || all[0].No != 0 || all[0].Signed.IsZero() || signedTimes(all[0]) != 1 {
		t.Fatalf("%d sheets: %+v", len(all), all)
	}
	got := map[string]engine.Points{}
	for task, given := range all[0].Scores {
		for no, p := range given {
			got["score."+task+"."+no] = p
		}
	}
	if !reflect.DeepEqual(got, points) {
		t.Errorf("the sheet holds %v, not %v", got, points)
	}
	if !slices.Equal(all[0].Vetoes, []practical.VetoMark{mark}) {
		t.Errorf("critical errors %+v, want %+v", all[0].Vetoes, mark)
	}
}

// 考评员一次填错几处：两项超出分值、一处一票否决没写经过。页面底部说明有几处，每一处都在表上标出、写明原因，按保存就跳到第一处；
// 已填的一项不少，刷新以后还在。改好以后自动保存，标记消失。
func TestEveryFaultOfASheetIsMarkedInTheBrowser(t *testing.T) {
	s := builtStation(t)
	p := serveIn(t, s.settings.Data)
	e := s.sitsDown(t, "http://"+p.address, "kaoping1")
	names, points := s.entries()
	e.enter(names, points)
	e.within(patient, savedSays("已保存"))
	wrong := s.numbers(2)
	e.types(wrong[0], "999")
	e.types(wrong[1], "998")
	e.marks("")
	veto := s.tasks[0].Code + "." + s.tasks[0].Vetoes[0].Code
	e.within(patient, savedSays("有 3 处填写不对"))
	for _, name := range []string{wrong[0], wrong[1], "note." + veto} {
		e.within(patient, fmt.Sprintf(`(() => { const i = document.getElementsByName(%q)[0];
			return i.getAttribute('aria-invalid') === 'true' && document.getElementById(i.getAttribute('aria-describedby')).textContent !== ''; })()`, name))
	}
	e.eval("document.querySelector('button[value=stay]').click(), ''")
	e.within(patient, "document.activeElement === document.querySelector('[data-sheet] [aria-invalid]')")
	e.opens()
	e.within(patient, savedSays("有 3 处填写不对")+fmt.Sprintf(" && document.getElementsByName(%q)[0].value === '999'", wrong[0]))
	e.types(wrong[0], "0")
	e.types("note."+veto, "坠床")
	e.within(patient, savedSays("有 1 处填写不对"))
	e.types(wrong[1], "0")
	e.within(patient, savedSays("已保存")+" && !document.querySelector('[data-sheet] [aria-invalid], [data-sheet] .field-bad')")
	e.do(chromedp.Focus(`input[name="`+wrong[0]+`"]`), chromedp.KeyEvent(kb.End), chromedp.KeyEvent("-")) // no number any more
	e.within(patient, savedSays("有 1 处填写不对"))
	e.types(wrong[0], "0")
	e.within(patient, savedSays("已保存")+" && !document.querySelector('[data-sheet] [aria-invalid]')")
	p.stop(t)
	got := s.sheets(t)
	if len(got) != 1 || practical.Missing(s.tasks, got[0].Scores) != 0 || len(got[0].Vetoes) != 1 || got[0].Vetoes[0].Note != "坠床" {
		t.Errorf("%+v", got)
	}
}

// numbers are the names of fields into which a number is typed.
func (s *scoringHall) numbers(n int) (names []string) {
	for _, t := range s.tasks {
		for _, c := range t.Criteria {
			if len(c.Levels) == 0 && len(names) < n {
				names = append(names, "score."+t.Code+"."+c.No)
			}
		}
	}
	return names
}

// types puts a text into one field.
func (p *pad) types(name, value string) {
	p.t.Helper()
	p.eval(fmt.Sprintf(`(() => { const i = document.getElementsByName(%q)[0]; i.value = %q; i.dispatchEvent(new Event('input', { bubbles: true })); return ''; })()`, name, value))
}
