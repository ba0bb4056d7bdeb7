package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
)

// 考务员查到本机构考生，号码、电话都是遮掩的；写明用途后看到完整的，留下记录，督导员和主管部门看得到这条记录。
func TestPersonsAreMaskedUntilReadOnRecord(t *testing.T) {
	w := newWorld(t)
	p, err := w.Registry.Named(w.Context(), w.seats[0].Candidate)
	check(w, err)
	again := *p
	again.Phone = "19900007731"
	p, err = w.Registry.Register(w.Context(), operator(), again)
	check(w, err)
	path := v1 + "/persons/" + string(p.ID)
	office := w.as("kaowu")
	for name, q := range map[string]api.PersonQuery{"number": {IDNumber: strings.ToLower(p.IDNumber)}, "name": {Name: p.Name}, "phone": {Phone: p.Phone}} {
		var found api.PersonFound
		r := office.send("POST", v1+"/persons/search", q)
		check(w, json.Unmarshal(r.body, &found))
		if r.status != http.StatusOK || len(found.Persons) != 1 || found.Persons[0].ID != p.ID || strings.Contains(string(r.body), p.IDNumber) || strings.Contains(string(r.body), p.Phone) {
			t.Errorf("by %s: %d %s", name, r.status, r.body)
		}
	}
	if r := office.send("GET", path, nil); !strings.Contains(string(r.body), engine.MaskPhone(p.Phone)) || strings.Contains(string(r.body), p.Phone) {
		t.Errorf("one: %s", r.body)
	}
	var clear api.ClearPerson
	office.json("POST", path+"/clear", doc{"fields": []string{"id_number", "phone"}, "purpose": "核对报名材料"}, &clear)
	if clear.IDNumber != p.IDNumber || clear.Phone != p.Phone {
		t.Errorf("in clear: %+v", clear)
	}
	for _, login := range []string{"dudao", w.bureau()} {
		for _, of := range []string{path, v1 + "/accounts/kaowu"} {
			var page api.ReadingPage
			w.as(login).json("GET", of+"/readings", nil, &page)
			if len(page.Readings) != 1 || page.Readings[0].Purpose != "核对报名材料" || page.Readings[0].Person != p.ID || page.Readings[0].Count != 1 {
				t.Errorf("%s reads %s: %+v", login, of, page)
			}
		}
	}
}

// 没有写明用途、与此人无关的机构、没有权限的岗位，都看不到。
func TestClearIsRefused(t *testing.T) {
	w := newWorld(t)
	path := v1 + "/persons/" + string(w.seats[0].Candidate)
	w.stranger()
	whole := doc{"fields": []string{"id_number"}, "purpose": "核对报名材料"}
	for _, c := range []struct {
		name, login, method, path string
		body                      doc
		status                    int
		code                      string
	}{
		{"no purpose", "kaowu", "POST", path + "/clear", doc{"fields": []string{"id_number"}, "purpose": ""}, 422, "reading.purpose"},
		{"no field", "kaowu", "POST", path + "/clear", doc{"purpose": "核对"}, 422, "reading.purpose"},
		{"another body", "bieyuan", "POST", path + "/clear", whole, 403, "person.not_ours"},
		{"another body looks", "bieyuan", "GET", path, nil, 403, "person.not_ours"},
		{"an examiner", "kaoping1", "POST", path + "/clear", whole, 403, "authz.forbidden"},
		{"nobody", "kaowu", "POST", v1 + "/persons/nobody/clear", whole, 404, "person.not_found"},
		{"the office lists readings", "kaowu", "GET", path + "/readings", nil, 403, "authz.forbidden"},
		{"a search for nothing", "kaowu", "POST", v1 + "/persons/search", doc{}, 422, "person.query"},
	} {
		if r := w.as(c.login).send(c.method, c.path, c.body); r.status != c.status || r.problem().Code != c.code {
			t.Errorf("%s: %d %s", c.name, r.status, r.body)
		}
	}
	var page api.ReadingPage
	w.as("dudao").json("GET", path+"/readings", nil, &page)
	if len(page.Readings) != 0 {
		t.Errorf("what was refused is on record: %+v", page)
	}
}

// 在页面上：考务员按姓名查到考生，不写用途看不到，写了用途看到完整号码，退出后又是遮掩的；督导员按账号查到这次查阅。
func TestPersonPages(t *testing.T) {
	w := newWorld(t)
	p, err := w.Registry.Named(w.Context(), w.seats[0].Candidate)
	check(t, err)
	href := "/persons/" + string(p.ID)
	c := w.desk("kaowu")
	c.visit("/persons")
	c.press("/persons", "name", p.Name)
	c.says(engine.MaskID(p.IDNumber), `href="`+href+`"`)
	c.lacks(p.IDNumber)
	c.sees(href, engine.MaskID(p.IDNumber), w.session.Name)
	c.press(href+"/clear", "id_number", "on", "purpose", "")
	c.says("请写明用途")
	c.lacks(p.IDNumber)
	c.press(href+"/clear", "id_number", "on", "purpose", "核对报名材料")
	c.says(p.IDNumber, "本次查阅已记录")
	c.sees(href, engine.MaskID(p.IDNumber))
	c.lacks(p.IDNumber)
	d := w.desk("dudao")
	d.visit("/readings")
	d.press("/readings", "account", "kaowu")
	d.says("核对报名材料", engine.MaskName(p.Name))
	d.press("/readings", "id_type", "201", "id_number", p.IDNumber)
	d.says("核对报名材料")
	d.post("/readings", "account", "")
	d.says("请填写账号或证件号码中的一项")
}
