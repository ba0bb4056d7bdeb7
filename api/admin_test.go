package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/intake/jobs"
)

// doc is JSON as a program in another language writes it.
type doc map[string]any

// with is the document with some fields set; a nil value takes the field out.
func (d doc) with(fields doc) doc {
	out := doc{}
	for _, from := range []doc{d, fields} {
		for k, v := range from {
			out[k] = v
			if v == nil {
				delete(out, k)
			}
		}
	}
	return out
}

const v1 = "/api/v1"

// newEmptyHouse is a server on an empty store with one operator, as `skillcert account create` leaves it.
func newEmptyHouse(t *testing.T) *world {
	t.Helper()
	w, err := furnish(t.TempDir(), clock.NewManual(eve), generous)
	check(t, err)
	w.TB = t
	t.Cleanup(func() { check(t, w.db.Close()) })
	born := clock.Date{Year: 1980, Month: 5, Day: 6}
	p, err := w.Registry.Register(t.Context(), operator(), engine.Person{Name: "齐思远", IDType: engine.ResidentCard, IDNumber: demo.IDNumber(born, 900, engine.Male)})
	check(t, err)
	_, err = w.Gate.Create(t.Context(), operator(), accounts.New{Login: "guanli", Password: demo.Password, Name: p.Name, Person: p.ID, Roles: []authz.Role{authz.Operator}})
	check(t, err)
	w.serve()
	return w
}

func evaluationBody() doc {
	return doc{"kind": "evaluation", "name": "津衡职业技能评价中心", "credit_code": "91120000MYYYYYY1XC", "province": "12",
		"filing":  doc{"number": "S000012009999", "occupation": "4-14-01-03", "levels": []int{5, 4}, "capacity": 300, "from": "2026-01-01", "to": "2029-01-01"},
		"control": doc{"representative": doc{"name": "钟离雪", "id_number": demo.IDNumber(clock.Date{Year: 1980, Month: 2, Day: 1}, 301, engine.Male)}}}
}

// file posts a form with a file, as a program does.
func (c *client) file(path, name string, data []byte) reply {
	c.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	f, err := m.CreateFormFile("file", name)
	check(c, err)
	_, err = f.Write(data)
	check(c, err)
	check(c, m.Close())
	return c.raw("POST", path, m.FormDataContentType(), &b)
}

// person registers somebody of an invented number and returns the id.
func (c *client) person(name string, serial int) string {
	c.Helper()
	var p api.Person
	born := clock.Date{Year: 1975, Month: 3, Day: 4}
	c.json("POST", v1+"/persons", doc{"name": name, "id_number": demo.IDNumber(born, serial, engine.Female)}, &p)
	return string(p.ID)
}

// hire registers the demo's team and makes their sign-ins; it returns the persons by login.
func (c *client) hire(org string) map[string]string {
	c.Helper()
	ids := map[string]string{}
	for i, s := range demo.Team(2) {
		if s.Login == "guanli" {
			continue
		}
		ids[s.Login] = c.person(s.Name, 700+i)
		of := s.Of(engine.OrgID(org))
		in := doc{"login": s.Login, "password": demo.Password, "person": ids[s.Login], "roles": s.Roles, "org": of, "province": demo.Province}
		var made api.Account
		c.json("POST", v1+"/accounts", in, &made)
		if made.Name != s.Name || made.Login != s.Login || made.Org != of {
			c.Errorf("account %+v", made)
		}
	}
	return ids
}

func elementTable() doc {
	t := table(engine.Level5)
	return doc{"occupation": t.Occupation, "edition": t.Edition, "ranges": t.Ranges, "points": t.Points}
}

func practicalTasks() []doc {
	var all []doc
	for _, t := range tasks() {
		all = append(all, doc{"code": t.Code, "level": t.Level, "name": t.Name, "range": t.Range, "minutes": t.Minutes, "points": t.Points,
			"scenario": t.Scenario, "criteria": t.Criteria, "vetoes": t.Vetoes})
	}
	return all
}

func workbook(t testing.TB, province, prefix string) []byte {
	t.Helper()
	all := items(engine.Level5, province, prefix)
	for i := range all {
		all[i].Sample = false // the workbook says so, and a real release takes none
	}
	var b bytes.Buffer
	check(t, exchange.WriteItems(&b, all))
	return b.Bytes()
}

func blueprint(id, release string) doc {
	return doc{"id": id, "level": 5, "release": release, "counts": doc{"single": 3, "multiple": 1, "judgement": 1}, "ranges": doc{"A-A": questions},
		"item_points": 10000 / questions}
}

// imported has a workbook read and writes all that is right of it.
func (c *client) imported(data []byte) (job api.ImportJob) {
	c.Helper()
	check(c, json.Unmarshal(c.file(v1+"/bank/imports", "items.xlsx", data).body, &job))
	work(c.world)
	at := v1 + "/bank/imports/" + job.ID
	c.json("POST", at+"/commit", nil, nil)
	work(c.world)
	c.json("GET", at, nil, &job)
	return job
}

// fill brings a national bank and a supplement in, through every hand that it needs.
func (w *world) fill() {
	w.Helper()
	keeper, author, reviewer := w.as("tiku"), w.as("mingti"), w.as("shenti")
	keeper.json("PUT", v1+"/bank/tables/5", elementTable(), nil)
	keeper.json("POST", v1+"/bank/tasks", practicalTasks(), nil)
	for prefix, province := range map[string]string{"L5a": "", "TJ": demo.Province} {
		if job := author.imported(workbook(w, province, prefix)); job.State != jobs.Done || job.Found.Added != 10 {
			w.Fatalf("import: %+v", job)
		}
		for i := range 10 {
			reviewer.json("POST", fmt.Sprintf("%s/bank/items/%s-%04d/review", v1, prefix, i+1), doc{"version": 1}, nil)
		}
	}
	for i := range 2 {
		path := fmt.Sprintf("%s/bank/items/TJ-%04d", v1, i+1)
		w.as("yibao").json("POST", path+"/consent", doc{"version": 1}, nil)
		w.as("renshe").json("POST", path+"/consent", doc{"version": 1}, nil)
		var item api.Item
		for _, authority := range []string{"medical", "labour"} {
			keeper.json("POST", path+"/filings", doc{"version": 1, "authority": authority, "number": fmt.Sprintf("%s-2026-%d", authority, i)}, &item)
		}
		if item.State != "filed" {
			w.Errorf("%s is %s", path, item.State)
		}
	}
	var national, provincial api.Release
	keeper.json("POST", v1+"/bank/releases", doc{"id": "2026.1"}, &national)
	keeper.json("POST", v1+"/bank/releases", doc{"id": "2026.1+120000", "base": "2026.1", "province": "12"}, &provincial)
	if national.Items != 10 || provincial.Items != 12 || provincial.State != "published" || provincial.Sample {
		w.Errorf("releases %+v, %+v", national, provincial)
	}
	keeper.json("POST", v1+"/bank/blueprints", blueprint("L5", "2026.1+120000"), nil)
}

func sessionOf(plan string) doc {
	return doc{"plan": plan, "name": "五级上午场", "level": 5, "blueprint": "L5",
		"theory":    doc{"opens": nine, "closes": nine.Add(90 * time.Minute)},
		"practical": doc{"opens": nine.Add(4 * time.Hour), "closes": nine.Add(9 * time.Hour)},
		"rooms": []doc{{"id": "t1", "name": "第一考场", "component": "theory", "capacity": 10, "columns": 5},
			{"id": "p1", "name": "一号考位", "component": "practical", "capacity": 10}}}
}

// TestAnEmptyHouseIsFilledOverHTTP begins with one operator and ends with a session that can be sat.
func TestAnEmptyHouseIsFilledOverHTTP(t *testing.T) {
	w := newEmptyHouse(t)
	op := w.as("guanli")
	var body api.Organisation
	op.json("POST", v1+"/organisations", evaluationBody(), &body)
	var same api.Organisation
	op.json("GET", v1+"/organisations/"+string(body.ID), nil, &same)
	if !same.CreditCodeFits || same.Filing == nil || len(same.Filing.Levels) != 2 || same.Filing.Levels[1] != 4 || same.Filing.To != api.Day(clock.Date{Year: 2029, Month: 1, Day: 1}) {
		t.Errorf("filed %+v", same)
	}
	persons := op.hire(string(body.ID))
	w.fill()

	office := w.as("kaowu")
	var plan api.Plan
	office.json("POST", v1+"/plans", doc{"org": body.ID, "name": "年度计划", "year": 2026, "levels": []int{5}}, &plan)
	office.json("POST", v1+"/plans/"+string(plan.ID)+"/publication", nil, &plan)
	var session api.Session
	office.json("POST", v1+"/sessions", sessionOf(string(plan.ID)), &session)
	if plan.State != "published" || plan.Levels[0] != 5 || session.Release != "2026.1+120000" || session.Province != "12" || len(session.Rooms) != 2 {
		t.Fatalf("plan %+v, session %+v", plan, session)
	}
	path := v1 + "/sessions/" + string(session.ID)
	office.applied(path, persons)
	office.assigned(path, persons)

	var draw api.Draw
	office.json("POST", path+"/forms", nil, &draw)
	var n api.Count
	if r := office.send("POST", path+"/practical-draw", nil); r.status != http.StatusConflict || r.problem().Code != "assessment.uncommitted" {
		t.Errorf("tasks drawn with no commitment published: %d %s", r.status, r.body)
	}
	var commitment practical.Commitment
	if office.json("POST", path+"/practical-commitment", nil, &commitment); len(commitment.Commitment) != 64 {
		t.Errorf("committed to %+v", commitment)
	}
	office.json("POST", path+"/practical-draw", nil, &n)
	if draw.Forms != 4 || len(draw.Root) != 64 || len(draw.Commitment) != 64 || n.Count != 4 {
		t.Errorf("drawn %+v and %d tasks", draw, n.Count)
	}
	w.sits(session)
}

// applied brings applicants in by a workbook and one by one, and seats those accepted.
func (c *client) applied(path string, persons map[string]string) {
	c.Helper()
	guests := demo.Guests(4, sittingDay)
	guests[0].Class = "护理2603班"
	guests[3].IDNumber = guests[3].IDNumber[:17] + "?"
	sheet, err := registration.WriteRoster(demo.Roster(guests))
	check(c, err)
	var roster api.Roster
	check(c, json.Unmarshal(c.file(path+"/roster", "名册.xlsx", sheet).body, &roster))
	if roster.Accepted != 3 || len(roster.Refused) != 1 || roster.Refused[0].Rule != "id-number" || len(roster.Broken) != 0 {
		c.Errorf("roster %+v", roster)
	}
	one := doc{"person": c.person("钟离雪", 50), "condition": "5-2", "evidence": []string{"从业承诺书"}, "employer": "其他"}
	var got api.Application
	c.json("POST", path+"/applications", one.with(doc{"evidence": nil}), &got)
	if len(got.Refusals) != 1 || got.Refusals[0].Rule != "evidence" {
		c.Errorf("without evidence %+v", got)
	}
	c.json("POST", path+"/applications", one, &got)
	var all []api.Application
	c.json("GET", path+"/applications", nil, &all)
	var seats []api.Seat
	c.json("POST", path+"/seats", nil, &seats)
	if len(got.Refusals) != 0 || len(all) != 4 || len(seats) != 4 {
		c.Errorf("the second time %+v; %d applied, %d seated", got, len(all), len(seats))
	}
}

// assigned puts everybody on duty but the one who taught a class that sits here.
func (c *client) assigned(path string, persons map[string]string) {
	c.Helper()
	taught := doc{"kind": "teaches", "from": "person:" + persons["kaoping4"], "to": "class:护理2603班", "since": "2026-03-01", "until": "2026-06-30", "source": "任课表"}
	c.json("POST", v1+"/ties", taught, nil)
	if r := c.send("POST", path+"/duties", doc{"person": persons["kaoping4"], "role": "examiner", "room": "p1"}); r.status != http.StatusConflict || r.problem().Code != "separation.refused" {
		c.Errorf("the teacher: %d %s", r.status, r.body)
	}
	var session api.Session
	for _, d := range [][3]string{{"jiankao1", "invigilator", "t1"}, {"jiankao2", "invigilator", "t1"}, {"kaoping1", "examiner", "p1"}, {"kaoping2", "examiner", "p1"},
		{"kaoping3", "examiner", "p1"}, {"zuzhang", "leader", ""}, {"yuejuan", "marker", ""}, {"dudao", "supervisor", ""}} {
		c.json("POST", path+"/duties", doc{"person": persons[d[0]], "role": d[1], "room": d[2]}, &session)
	}
	var staff []api.Colleague
	c.json("GET", v1+"/staff", nil, &staff)
	if len(session.Duties) != 8 || len(staff) != len(persons)-3 { // the accounts of the two authorities belong to no body
		c.Errorf("%d on duty of %d", len(session.Duties), len(staff))
	}
}

// sits lets one candidate in and on to the paper.
func (w *world) sits(session api.Session) {
	w.Helper()
	var err error
	w.session, err = w.Sittings.Get(w.Context(), session.ID)
	check(w, err)
	w.seats, err = w.Sittings.SeatsOf(w.Context(), session.ID)
	check(w, err)
	w.at(-30 * time.Minute)
	room, path := w.as("jiankao1"), v1+"/sessions/"+string(session.ID)+"/rooms/t1"
	room.json("POST", path+"/check-in", doc{"ticket": w.seats[0].Ticket}, nil)
	room.json("POST", path+"/release", nil, nil)
	w.at(0)
	var paper api.Paper
	w.candidate(0).json("GET", w.attempt(0)+"/paper", nil, &paper)
	if len(paper.Questions) != questions {
		w.Errorf("%d questions", len(paper.Questions))
	}
}

// TestTheLifeOfAnItemOverHTTP edits, refuses, reviews, suspends and retires, and withdraws a release.
func TestTheLifeOfAnItemOverHTTP(t *testing.T) {
	w := newWorld(t)
	keeper, author, reviewer := w.as("tiku"), w.as("mingti"), w.as("shenti")
	at := v1 + "/bank/items/L5a-0001"
	var i api.Item
	author.json("POST", at+"/versions", doc{"version": 1, "level": 5, "type": "single", "stem": "改后的题干", "options": []string{"甲", "乙"}, "key": []int{1},
		"point": "A-A-001", "difficulty": 3, "reason": "用词"}, &i)
	if i.State != "draft" || i.Version != 2 || !i.Sample {
		t.Errorf("edited %+v", i)
	}
	reviewer.json("POST", at+"/refusal", doc{"version": 2, "reason": "干扰项太弱"}, &i)
	var whole api.ItemText
	author.json("GET", at, nil, &whole)
	if last := whole.History[len(whole.History)-1]; whole.Key[0] != 1 || last.Action != "item.refused" || last.Note != "干扰项太弱" {
		t.Errorf("refused %+v", whole)
	}
	if r := reviewer.send("POST", at+"/review", doc{"version": 2}); r.status != 409 || r.problem().Code != "item.state" {
		t.Errorf("passed as it was sent back: %d %s", r.status, r.body)
	}
	author.json("POST", at+"/versions", doc{"version": 2, "level": 5, "type": "single", "stem": "再改的题干", "options": []string{"甲", "乙"}, "key": []int{1},
		"point": "A-A-001", "difficulty": 3, "reason": "干扰项"}, &i)
	reviewer.json("POST", at+"/review", doc{"version": 3}, &i)
	keeper.json("POST", at+"/suspension", doc{"reason": "争议"}, &i)
	if i.State != "suspended" {
		t.Errorf("suspended %+v", i)
	}
	if r := keeper.send("POST", at+"/resumption", doc{"reason": "无争议"}); r.status != 403 || r.problem().Code != "item.same_keeper" {
		t.Errorf("taken back by the same person: %d %s", r.status, r.body)
	}
	second := w.as("tiku2")
	if r := second.send("POST", at+"/resumption", doc{}); r.status != 422 {
		t.Errorf("taken back without a reason: %d %s", r.status, r.body)
	}
	if second.json("POST", at+"/resumption", doc{"reason": "无争议"}, &i); i.State != "reviewed" {
		t.Errorf("taken back %+v", i)
	}
	keeper.json("POST", at+"/retirement", doc{"reason": "过时"}, &i)
	var r api.Release
	keeper.json("POST", v1+"/bank/releases/"+releaseID+"/withdrawal", doc{"reason": "题目泄露"}, &r)
	if i.State != "retired" || r.State != "withdrawn" {
		t.Errorf("retired %+v, withdrawn %+v", i, r)
	}
	for _, login := range []string{"tiku", "guanli", "yibao"} { // whoever browses sees no key and no score sheet
		c := w.as(login)
		for _, path := range []string{"/bank/items", "/bank/tables/5", "/bank/tasks/5", "/bank/releases", "/bank/blueprints"} {
			got := c.send("GET", v1+path, nil)
			if got.status != http.StatusOK || bytes.Contains(got.body, []byte(`"key"`)) || bytes.Contains(got.body, []byte("动作轻柔")) {
				t.Errorf("%s as %s: %d %s", path, login, got.status, got.body)
			}
		}
	}
}

// TestAdminTellsNoNumberAndNoHash looks for identity numbers and passwords in everything that answers.
func TestAdminTellsNoNumberAndNoHash(t *testing.T) {
	w := newWorld(t)
	op := w.as("guanli")
	number := demo.IDNumber(clock.Date{Year: 1988, Month: 8, Day: 9}, 66, engine.Male)
	first := op.send("POST", v1+"/persons", doc{"name": "闻人初", "id_number": number, "phone": "19900001234"})
	var p api.Person
	check(t, json.Unmarshal(first.body, &p))
	account := op.send("POST", v1+"/accounts", doc{"login": "wenren", "password": demo.Password, "person": p.ID, "roles": []string{"registrar"}, "org": w.session.Org})
	again := op.send("POST", v1+"/persons", doc{"name": "闻人初", "id_number": strings.ToLower(number), "photo": []byte{0xFF, 0xD8, 0xFF, 0xE0}})
	one := op.send("GET", v1+"/persons/"+string(p.ID), nil)
	staff := w.as("kaowu").send("GET", v1+"/staff", nil)
	for name, r := range map[string]reply{"registered": first, "account": account, "photo": again, "one": one, "staff": staff} {
		for _, secret := range []string{number, number[6:14], "19880809", "1988-08-09", "19900001234", demo.Password, "argon2"} {
			if r.status != http.StatusOK || bytes.Contains(r.body, []byte(secret)) {
				t.Errorf("%s tells %s: %d %s", name, secret, r.status, r.body)
			}
		}
	}
	if !bytes.Contains(one.body, []byte(`"photo":true`)) || !bytes.Contains(first.body, []byte(`"photo":false`)) || p.IDNumber[:4] != number[:4] {
		t.Errorf("%s, then %s", first.body, one.body)
	}
	w.as("wenren").json("GET", v1+"/certificates", nil, nil)
}

// TestAnAccountIsDisabledAtOnce ends what it has signed in with, and lets it in again with a new password.
func TestAnAccountIsDisabledAtOnce(t *testing.T) {
	w := newWorld(t)
	op, examiner := w.as("guanli"), w.as("kaoping4")
	step := func(path string, in doc) {
		t.Helper()
		if r := op.send("POST", v1+"/accounts/"+path, in); r.status != http.StatusNoContent {
			t.Fatalf("%s: %d %s", path, r.status, r.body)
		}
	}
	signIn := func(password string) int {
		return w.program("").send("POST", v1+"/sign-in", api.SignIn{Login: "kaoping4", Password: password}).status
	}
	step("disablement", doc{"login": "Kaoping4"})
	if r := examiner.send("GET", v1+"/assessments", nil); r.status != http.StatusUnauthorized || signIn(demo.Password) != http.StatusUnauthorized {
		t.Errorf("disabled: %d", r.status)
	}
	step("enablement", doc{"login": "kaoping4"})
	step("password", doc{"login": "kaoping4", "password": "another long one"})
	if signIn(demo.Password) != http.StatusUnauthorized || signIn("another long one") != http.StatusOK {
		t.Error("the old password still opens, or the new one does not")
	}
}
