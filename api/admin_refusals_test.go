package api_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// dump is everything that the house keeps.
func (w *world) dump() string {
	w.Helper()
	var b bytes.Buffer
	check(w, docs.Export(w.Context(), w.db, store.Schema(), &b))
	return b.String()
}

// wrong is a request that is refused and changes nothing.
type wrong struct {
	name, who, method, path string
	body                    any
	status                  int
	code                    string
}

func (w *world) refuseAll(all []wrong) {
	w.Helper()
	people := map[string]*client{"": w.program("")}
	for _, x := range all {
		if people[x.who] == nil {
			people[x.who] = w.as(x.who)
		}
	}
	before := w.dump()
	for _, x := range all {
		got := people[x.who].send(x.method, v1+x.path, x.body)
		if p := got.problem(); got.status != x.status || p.Code != x.code {
			w.Errorf("%s: %s %s as %s: %d %s, want %d %s", x.name, x.method, x.path, x.who, got.status, got.body, x.status, x.code)
		}
		if after := w.dump(); after != before {
			w.Fatalf("%s: %s %s changed what is kept", x.name, x.method, x.path)
		}
	}
}

// stranger is the exam office of another body.
func (w *world) stranger() engine.OrgID {
	w.Helper()
	o := demo.EvaluationBody(sittingDay)
	o.ID, o.CreditCode, o.Name, o.Filings[0].Number = "other", demo.TrainingBody().CreditCode, "另一评价中心", "S000012009998"
	_, err := w.Registry.FileOrganisation(w.Context(), operator(), o)
	check(w, err)
	person := w.as("guanli").person("温别院", 77)
	w.as("guanli").json("POST", v1+"/accounts", doc{"login": "bieyuan", "password": demo.Password, "person": person, "roles": []string{"exam-office"}, "org": o.ID}, nil)
	w.as("guanli").json("POST", v1+"/accounts", doc{"login": "waisheng", "password": demo.Password, "person": person, "roles": []string{"labour"}, "province": "50"}, nil)
	return o.ID
}

func TestTheHouseRefuses(t *testing.T) {
	w := newWorld(t)
	other := w.stranger()
	person := w.principal("kaoping4").Person
	account := doc{"login": "xin", "password": demo.Password, "person": person, "roles": []string{"examiner"}, "org": other, "province": "12"}
	tie := doc{"kind": "teaches", "from": "person:" + person, "to": "class:甲班", "source": "任课表"}
	w.as("kaowu").json("POST", v1+"/ties", tie, nil)
	born := demo.IDNumber(clock.Date{Year: 1975, Month: 3, Day: 4}, 77, engine.Female) // 温别院
	filing := evaluationBody()["filing"].(doc)
	all := []wrong{
		{"unknown field", "guanli", "POST", "/organisations", evaluationBody().with(doc{"owner": "x"}), 422, "request.body"},
		{"wrong role", "kaowu", "POST", "/organisations", evaluationBody(), 403, "authz.forbidden"},
		{"nobody", "", "POST", "/organisations", evaluationBody(), 401, "authz.unauthenticated"},
		{"another province", "waisheng", "POST", "/organisations", evaluationBody(), 403, "authz.forbidden"},
		{"a level that overflows", "guanli", "POST", "/organisations", evaluationBody().with(doc{"filing": filing.with(doc{"levels": []int{261}})}), 422, "org.invalid"},
		{"nobody behind it", "guanli", "POST", "/organisations", evaluationBody().with(doc{"control": nil, "credit_code": "91120000MA0600060A"}), 422, "org.invalid"},
		{"nobody behind a school", "guanli", "POST", "/organisations", doc{"kind": "training", "name": "津安培训", "credit_code": "91120000MA0600060A", "province": "12"}, 422, "org.invalid"},
		{"a wrong number behind it", "guanli", "POST", "/organisations",
			evaluationBody().with(doc{"control": doc{"representative": doc{"name": "钟离雪", "id_number": "120101198002310019"}}}), 422, "org.invalid"},
		{"no filing", "guanli", "POST", "/organisations", evaluationBody().with(doc{"filing": nil}), 422, "org.invalid"},
		{"a day that is none", "guanli", "POST", "/organisations", evaluationBody().with(doc{"filing": filing.with(doc{"to": "2026-02-30"})}), 422, "request.body"},
		{"an id for no address", "guanli", "POST", "/organisations", evaluationBody().with(doc{"id": "a/b"}), 422, "org.invalid"},
		{"another's id", "guanli", "POST", "/organisations", evaluationBody().with(doc{"id": other}), 409, "org.exists"},
		{"wrong role", "jiankao1", "GET", "/organisations", nil, 403, "authz.forbidden"},
		{"a cursor that is none", "guanli", "GET", "/organisations?cursor=x", nil, 422, "store.invalid"},
		{"no such body", "guanli", "GET", "/organisations/nobody", nil, 404, "org.not_found"},
		{"an address that is none", "guanli", "GET", "/organisations/a%20b", nil, 404, "request.parameter"},

		{"unknown field", "guanli", "POST", "/persons", doc{"name": "钟离雪", "id": "x"}, 422, "request.body"},
		{"wrong role", "mingti", "POST", "/persons", doc{}, 403, "authz.forbidden"},
		{"wrong check character", "guanli", "POST", "/persons", doc{"name": "钟离雪", "id_number": born[:17] + "?"}, 422, "person.id_number"},
		{"the number of somebody else", "guanli", "POST", "/persons", doc{"name": "钟离雪", "id_number": born}, 409, "person.id_taken"},
		{"no picture", "guanli", "POST", "/persons", doc{"name": "温别院", "id_number": born, "photo": []byte("GIF89a")}, 422, "person.invalid"},
		{"too large", "guanli", "POST", "/persons", doc{"name": "温别院", "photo": make([]byte, 2<<20)}, 413, "request.too_large"},
		{"wrong role", "mingti", "GET", "/persons/" + person, nil, 403, "authz.forbidden"},
		{"no such person", "guanli", "GET", "/persons/nobody", nil, 404, "person.not_found"},
		{"another body's candidate", "bieyuan", "POST", "/persons/" + string(w.seats[0].Candidate) + "/amendment", doc{"name": "钟离雪", "reason": "更名"}, 403, "person.not_ours"},

		{"unknown field", "guanli", "POST", "/accounts", account.with(doc{"disabled": true}), 422, "request.body"},
		{"wrong role", "kaowu", "POST", "/accounts", account, 403, "authz.forbidden"},
		{"a short password", "guanli", "POST", "/accounts", account.with(doc{"password": "123456789"}), 422, "account.invalid"},
		{"a role of no account", "guanli", "POST", "/accounts", account.with(doc{"roles": []string{"engine"}}), 422, "account.invalid"},
		{"a candidate", "guanli", "POST", "/accounts", account.with(doc{"roles": []string{"examiner", "candidate"}}), 422, "account.invalid"},
		{"no such role", "guanli", "POST", "/accounts", account.with(doc{"roles": []string{"emperor"}}), 422, "account.invalid"},
		{"nobody's", "guanli", "POST", "/accounts", account.with(doc{"person": "nobody"}), 404, "person.not_found"},
		{"of no body", "guanli", "POST", "/accounts", account.with(doc{"org": "nowhere"}), 404, "org.not_found"},
		{"a name taken", "guanli", "POST", "/accounts", account.with(doc{"login": "KAOWU"}), 409, "account.exists"},
		{"unknown field", "guanli", "POST", "/accounts/disablement", doc{"login": "kaoping4", "why": "x"}, 422, "request.body"},
		{"wrong role", "kaowu", "POST", "/accounts/disablement", doc{"login": "kaoping4"}, 403, "authz.forbidden"},
		{"no such account", "guanli", "POST", "/accounts/disablement", doc{"login": "nobody"}, 404, "account.not_found"},
		{"wrong role", "kaowu", "POST", "/accounts/enablement", doc{"login": "kaoping4"}, 403, "authz.forbidden"},
		{"no such account", "guanli", "POST", "/accounts/enablement", doc{}, 404, "account.not_found"},
		{"a short password", "guanli", "POST", "/accounts/password", doc{"login": "kaoping4", "password": "123456789"}, 422, "account.invalid"},
		{"wrong role", "kaowu", "POST", "/accounts/password", doc{"login": "kaoping4", "password": demo.Password}, 403, "authz.forbidden"},
		{"wrong role", "guanli", "GET", "/staff", nil, 403, "authz.forbidden"},

		{"unknown field", "kaowu", "POST", "/ties", tie.with(doc{"id": "x"}), 422, "request.body"},
		{"wrong role", "kaoping1", "POST", "/ties", tie, 403, "authz.forbidden"},
		{"no such kind", "kaowu", "POST", "/ties", tie.with(doc{"kind": "knows"}), 422, "separation.tie"},
		{"no source", "kaowu", "POST", "/ties", tie.with(doc{"source": ""}), 422, "separation.tie"},
		{"no such person", "kaowu", "POST", "/ties", tie.with(doc{"from": "person:nobody"}), 404, "person.not_found"},
		{"wrong role", "kaoping1", "GET", "/ties?node=class:x", nil, 403, "authz.forbidden"},
		{"no node", "kaowu", "GET", "/ties", nil, 404, "request.parameter"},
		{"no kind of node", "kaowu", "GET", "/ties?node=item:x", nil, 404, "request.parameter"},
		{"no such tie", "dudao", "POST", "/ties/nobody/end", doc{"until": "2026-06-30", "reason": "结课"}, 404, "separation.tie_not_found"},
	}
	var ties api.TiePage
	w.as("kaowu").json("GET", v1+"/ties?node="+url.QueryEscape("class:甲班"), nil, &ties)
	if len(ties.Ties) != 1 || string(ties.Ties[0].From) != "person:"+person {
		t.Fatalf("ties %+v", ties)
	}
	end := "/ties/" + ties.Ties[0].ID + "/end"
	w.refuseAll(append(all, []wrong{
		{"unknown field", "dudao", "POST", end, doc{"on": "2026-06-30"}, 422, "request.body"},
		{"wrong role", "kaoping1", "POST", end, doc{"until": "2026-06-30", "reason": "结课"}, 403, "authz.forbidden"},
		{"by those who assign duties", "kaowu", "POST", end, doc{"until": "2026-06-30", "reason": "结课"}, 403, "authz.forbidden"},
		{"no reason", "dudao", "POST", end, doc{"until": "2026-06-30"}, 422, "separation.tie"},
	}...))
	var ended api.Tie
	w.as("dudao").json("POST", v1+end, doc{"until": "2026-06-30", "reason": "结课"}, &ended)
	if ended.Until != api.Day(clock.Date{Year: 2026, Month: 6, Day: 30}) {
		t.Errorf("ended %+v", ended)
	}
}

func TestThePlanRefuses(t *testing.T) {
	w := newWorld(t)
	w.stranger()
	own, plan := w.session.Org, string(w.session.Plan)
	draft := doc{"org": own, "name": "秋季", "year": 2026, "levels": []int{5}}
	var unpublished api.Plan
	w.as("kaowu").json("POST", v1+"/plans", draft.with(doc{"name": "冬季"}), &unpublished)
	session := sessionOf(plan).with(doc{"name": "五级下午场", "blueprint": blueprintID})
	room := func(fields doc) doc {
		rooms := session["rooms"].([]doc)
		return session.with(doc{"rooms": []doc{rooms[0].with(fields), rooms[1]}})
	}
	at := "/sessions/" + string(w.session.ID)
	var fresh api.Session // nobody has applied for it yet
	w.as("kaowu").json("POST", v1+"/sessions", session.with(doc{"name": "五级加场"}), &fresh)
	open := "/sessions/" + string(fresh.ID)
	duty := doc{"person": w.principal("kaoping4").Person, "role": "examiner", "room": "p1"}
	application := doc{"person": w.principal("zhengshu").Person, "condition": "5-2", "evidence": []string{"从业承诺书"}}
	w.refuseAll([]wrong{
		{"unknown field", "kaowu", "POST", "/plans", draft.with(doc{"state": "published"}), 422, "request.body"},
		{"wrong role", "dudao", "POST", "/plans", draft, 403, "authz.forbidden"},
		{"for another body", "bieyuan", "POST", "/plans", draft, 403, "authz.forbidden"},
		{"no such body", "kaowu", "POST", "/plans", draft.with(doc{"org": "nowhere"}), 403, "authz.forbidden"},
		{"a level that is none", "kaowu", "POST", "/plans", draft.with(doc{"levels": []int{261}}), 422, "plan.invalid"},
		{"before the filing", "kaowu", "POST", "/plans", draft.with(doc{"year": 2025}), 409, "org.not_filed"},
		{"wrong role", "mingti", "GET", "/plans", nil, 403, "authz.forbidden"},
		{"wrong role", "dudao", "POST", "/plans/" + string(unpublished.ID) + "/publication", nil, 403, "authz.forbidden"},
		{"another body's", "bieyuan", "POST", "/plans/" + string(unpublished.ID) + "/publication", nil, 404, "plan.not_found"},
		{"no such plan", "kaowu", "POST", "/plans/nobody/publication", nil, 404, "plan.not_found"},

		{"unknown field", "kaowu", "POST", "/sessions", session.with(doc{"code": "123456"}), 422, "request.body"},
		{"wrong role", "dudao", "POST", "/sessions", session, 403, "authz.forbidden"},
		{"under another body's plan", "bieyuan", "POST", "/sessions", session, 404, "plan.not_found"},
		{"under a draft", "kaowu", "POST", "/sessions", session.with(doc{"plan": unpublished.ID}), 409, "plan.state"},
		{"no such blueprint", "kaowu", "POST", "/sessions", session.with(doc{"blueprint": "L9"}), 404, "blueprint.not_found"},
		{"an hour that is none", "kaowu", "POST", "/sessions", session.with(doc{"theory": doc{"opens": "nine", "closes": "ten"}}), 422, "request.body"},
		{"too short by a minute", "kaowu", "POST", "/sessions", session.with(doc{"theory": doc{"opens": nine, "closes": nine.Add(89 * time.Minute)}}), 422, "session.invalid"},
		{"a room for no address", "kaowu", "POST", "/sessions", room(doc{"id": "t/1"}), 422, "session.invalid"},
		{"a room of no seats", "kaowu", "POST", "/sessions", room(doc{"capacity": 0}), 422, "session.invalid"},

		{"unknown field", "kaowu", "POST", open + "/applications", application.with(doc{"accepted": true}), 422, "request.body"},
		{"wrong role", "dudao", "POST", open + "/applications", application, 403, "authz.forbidden"},
		{"another body's", "bieyuan", "POST", open + "/applications", application, 404, "session.not_found"},
		{"no such person", "kaowu", "POST", open + "/applications", application.with(doc{"person": "nobody"}), 404, "person.not_found"},
		{"negative years", "kaowu", "POST", open + "/applications", application.with(doc{"years": -1}), 422, "application.invalid"},
		{"another body's", "bieyuan", "GET", open + "/applications", nil, 404, "session.not_found"},
		{"wrong role", "jiankao1", "GET", open + "/applications", nil, 403, "authz.forbidden"},
		{"no file", "kaowu", "POST", open + "/roster", doc{}, 422, "request.body"},
		{"wrong role", "dudao", "POST", open + "/roster", doc{}, 403, "authz.forbidden"},

		{"after the draw", "kaowu", "POST", at + "/applications", application, 409, "application.closed"},
		{"after the draw", "kaowu", "POST", at + "/seats", nil, 409, "session.closed"},
		{"wrong role", "dudao", "POST", at + "/seats", nil, 403, "authz.forbidden"},
		{"another body's", "bieyuan", "POST", at + "/seats", nil, 404, "session.not_found"},
		{"no such session", "kaowu", "POST", "/sessions/nobody/seats", nil, 404, "session.not_found"},
		{"unknown field", "kaowu", "POST", at + "/duties", duty.with(doc{"name": "x"}), 422, "request.body"},
		{"wrong role", "dudao", "POST", at + "/duties", duty, 403, "authz.forbidden"},
		{"another body's", "bieyuan", "POST", at + "/duties", duty, 404, "session.not_found"},
		{"no such duty", "kaowu", "POST", at + "/duties", duty.with(doc{"role": "registrar"}), 422, "duty.invalid"},
		{"no such room", "kaowu", "POST", at + "/duties", duty.with(doc{"room": "p9"}), 404, "room.not_found"},
		{"a second duty", "kaowu", "POST", at + "/duties", duty.with(doc{"person": w.principal("dudao").Person}), 422, "duty.invalid"},
		{"wrong role", "dudao", "POST", at + "/forms", nil, 403, "authz.forbidden"},
		{"another body's", "bieyuan", "POST", at + "/forms", nil, 404, "session.not_found"},
		{"wrong role", "dudao", "POST", at + "/practical-commitment", nil, 403, "authz.forbidden"},
		{"another body's", "bieyuan", "POST", at + "/practical-commitment", nil, 404, "session.not_found"},
		{"wrong role", "dudao", "POST", at + "/practical-draw", nil, 403, "authz.forbidden"},
		{"another body's", "bieyuan", "POST", at + "/practical-draw", nil, 404, "session.not_found"},
	})
	sheet, err := registration.WriteRoster(demo.Roster(demo.Guests(1, sittingDay)))
	check(t, err)
	stranger := w.as("bieyuan")
	before := w.dump()
	if r := stranger.file(v1+open+"/roster", "a.xlsx", sheet); r.status != http.StatusNotFound || r.problem().Code != "session.not_found" || w.dump() != before {
		t.Errorf("a roster for another body's session: %d %s", r.status, r.body)
	}
	var plans []api.Plan
	if stranger.json("GET", v1+"/plans", nil, &plans); len(plans) != 0 {
		t.Errorf("another body's plans: %+v", plans)
	}
}

func TestTheBankRefuses(t *testing.T) {
	w := newWorld(t)
	table, bp := elementTable(), blueprint("L5-2", releaseID)
	tasks := practicalTasks()
	edit := doc{"version": 1, "level": 5, "type": "single", "stem": "改后的题干", "options": []string{"甲", "乙"}, "key": []int{1}, "point": "A-A-001", "difficulty": 3, "reason": "用词"}
	w.refuseAll([]wrong{
		{"unknown field", "tiku", "PUT", "/bank/tables/5", table.with(doc{"revision": 3}), 422, "request.body"},
		{"wrong role", "shenti", "PUT", "/bank/tables/5", table, 403, "authz.forbidden"},
		{"no such level", "tiku", "PUT", "/bank/tables/9", table, 404, "request.parameter"},
		{"another level", "tiku", "PUT", "/bank/tables/5", table.with(doc{"level": 4}), 422, "table.invalid"},
		{"no points", "tiku", "PUT", "/bank/tables/5", table.with(doc{"points": []doc{}}), 422, "table.invalid"},
		{"too large", "tiku", "PUT", "/bank/tables/5", table.with(doc{"edition": strings.Repeat("x", 2<<20)}), 413, "request.too_large"},
		{"wrong role", "kaowu", "GET", "/bank/tables/5", nil, 403, "authz.forbidden"},
		{"no table", "tiku", "GET", "/bank/tables/3", nil, 404, "table.not_found"},
		{"unknown field", "tiku", "POST", "/bank/tasks", []doc{tasks[0].with(doc{"trail": []doc{}})}, 422, "request.body"},
		{"no list", "tiku", "POST", "/bank/tasks", tasks[0], 422, "request.body"},
		{"wrong role", "shenti", "POST", "/bank/tasks", tasks, 403, "authz.forbidden"},
		{"one of two is wrong", "tiku", "POST", "/bank/tasks", []doc{tasks[0].with(doc{"name": "新名"}), tasks[1].with(doc{"points": 1})}, 422, "task.invalid"},
		{"wrong role", "kaowu", "GET", "/bank/tasks/5", nil, 403, "authz.forbidden"},
		{"no such level", "tiku", "GET", "/bank/tasks/x", nil, 404, "request.parameter"},

		{"keys are not for the operator", "guanli", "GET", "/bank/items/L5a-0001", nil, 403, "authz.forbidden"},
		{"nor for authorities beside their queue", "yibao", "GET", "/bank/items/L5a-0001", nil, 403, "authz.forbidden"},
		{"no such item", "mingti", "GET", "/bank/items/L5a-9999", nil, 404, "item.not_found"},
		{"unknown field", "mingti", "POST", "/bank/items/L5a-0001/versions", edit.with(doc{"author": "x"}), 422, "request.body"},
		{"wrong role", "tiku", "POST", "/bank/items/L5a-0001/versions", edit, 403, "authz.forbidden"},
		{"an older version", "mingti", "POST", "/bank/items/L5a-0001/versions", edit.with(doc{"version": 7}), 409, "item.version"},
		{"no reason", "mingti", "POST", "/bank/items/L5a-0001/versions", edit.with(doc{"reason": nil}), 422, "item.invalid"},
		{"a key outside", "mingti", "POST", "/bank/items/L5a-0001/versions", edit.with(doc{"key": []int{2}}), 422, "item.invalid"},
		{"another province", "mingti", "POST", "/bank/items/L5a-0001/versions", edit.with(doc{"province": "12"}), 422, "item.invalid"},
		{"unknown field", "tiku", "POST", "/bank/items/TJ-0001/filings", doc{"authority": "medical", "no": "1"}, 422, "request.body"},
		{"wrong role", "yibao", "POST", "/bank/items/TJ-0001/filings", doc{"version": 1, "authority": "medical", "number": "1"}, 403, "authz.forbidden"},
		{"no such authority", "tiku", "POST", "/bank/items/TJ-0001/filings", doc{"version": 1, "authority": "operator", "number": "1"}, 422, "item.invalid"},
		{"before the consents", "tiku", "POST", "/bank/items/TJ-0001/filings", doc{"version": 1, "authority": "medical", "number": "备2026-1"}, 409, "item.state"},
		{"unknown field", "tiku", "POST", "/bank/items/L5a-0001/suspension", doc{"why": "x"}, 422, "request.body"},
		{"wrong role", "mingti", "POST", "/bank/items/L5a-0001/suspension", doc{"reason": "争议"}, 403, "authz.forbidden"},
		{"no reason", "tiku", "POST", "/bank/items/L5a-0001/suspension", doc{"reason": " "}, 422, "item.invalid"},
		{"wrong role", "mingti", "POST", "/bank/items/L5a-0001/retirement", doc{"reason": "过时"}, 403, "authz.forbidden"},
		{"no such item", "tiku", "POST", "/bank/items/L5a-9999/retirement", doc{"reason": "过时"}, 404, "item.not_found"},

		{"unknown field", "tiku", "POST", "/bank/releases", doc{"id": "2026.2", "items": []string{}}, 422, "request.body"},
		{"wrong role", "mingti", "POST", "/bank/releases", doc{"id": "2026.2"}, 403, "authz.forbidden"},
		{"sample items", "tiku", "POST", "/bank/releases", doc{"id": "2026.2"}, 422, "release.invalid"},
		{"a base without a province", "tiku", "POST", "/bank/releases", doc{"id": "2026.2", "base": releaseID}, 422, "release.invalid"},
		{"no such base", "tiku", "POST", "/bank/releases", doc{"id": "2025.1+120000", "base": "2025.1", "province": "12"}, 404, "release.not_found"},
		{"other arguments", "tiku", "POST", "/bank/releases", doc{"id": releaseID}, 409, "release.exists"},
		{"wrong role", "mingti", "POST", "/bank/releases/" + releaseID + "/withdrawal", doc{"reason": "泄露"}, 403, "authz.forbidden"},
		{"no reason", "tiku", "POST", "/bank/releases/" + releaseID + "/withdrawal", doc{}, 422, "release.invalid"},
		{"no such release", "tiku", "POST", "/bank/releases/2025.1/withdrawal", doc{"reason": "泄露"}, 404, "release.not_found"},
		{"unknown field", "tiku", "POST", "/bank/blueprints", bp.with(doc{"seed": 1}), 422, "request.body"},
		{"wrong role", "mingti", "POST", "/bank/blueprints", bp, 403, "authz.forbidden"},
		{"not a hundred points", "tiku", "POST", "/bank/blueprints", bp.with(doc{"item_points": 1999}), 422, "blueprint.invalid"},
		{"more than there are", "tiku", "POST", "/bank/blueprints", bp.with(doc{"counts": doc{"multiple": 3, "single": 2}}), 409, "assembly.shortage"},
		{"another one under its id", "tiku", "POST", "/bank/blueprints", bp.with(doc{"id": blueprintID, "counts": doc{"single": 4, "multiple": 1}}), 409, "blueprint.exists"},
		{"no such release", "tiku", "POST", "/bank/blueprints", bp.with(doc{"release": "2025.1"}), 404, "release.not_found"},
		{"wrong role", "yuejuan", "GET", "/bank/blueprints", nil, 403, "authz.forbidden"},
	})
}
