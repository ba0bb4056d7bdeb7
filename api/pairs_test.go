package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// 同名、同生日、同性别、同电话的身份证和护照，推定为同一人，人员页上看得到另一证件。考务人员核对两份原件后说明是两个人，没写理由的退回、所填还在；
// 说明的人不能决定，由质量督导员决定；考评员无权过问。决定以后还可以收回。
func TestTwoDocumentsOnThePages(t *testing.T) {
	w := newWorld(t)
	born := clock.Date{Year: 1971, Month: 3, Day: 9}
	register := func(p engine.Person) *engine.Person {
		t.Helper()
		p.Name, p.Phone = "端木槿", "19900000777"
		got, err := w.Registry.Register(t.Context(), w.principal("kaowu"), p)
		check(t, err)
		return got
	}
	card := register(engine.Person{IDType: engine.ResidentCard, IDNumber: demo.IDNumber(born, 778, engine.Female)})
	passport := register(engine.Person{IDType: engine.Passport, IDNumber: "E12345678", Born: born, Sex: engine.Female})
	at := "/pairs/" + string(people.PairOf(card.ID, passport.ID))
	office, watcher := w.desk("kaowu"), w.desk("dudao")
	office.sees("/persons/"+string(card.ID), "护照", at)
	office.sees(at, "推定同一人", "端**", "说明是两个人")
	if strings.Contains(string(office.visit(at).body), passport.IDNumber) {
		t.Error("the number of the other document stands in clear")
	}
	r := office.post(at, "do", "ask", "ground", "photos", "reason", "")
	if r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), `value="photos" checked`) || !strings.Contains(string(r.body), "请填写") {
		t.Errorf("no reason: %d %s", r.status, r.body)
	}
	office.redirected(office.post(at, "do", "ask", "ground", "originals", "reason", "两人都带原件到场"), at)
	if r := office.post(at, "do", "two", "ground", "originals", "reason", "两人都带原件到场"); r.status != http.StatusForbidden {
		t.Errorf("who asked decides: %d", r.status)
	}
	if r := w.desk("kaoping1").send("GET", at, nil); r.status != http.StatusForbidden {
		t.Errorf("an examiner reads it: %d", r.status)
	}
	watcher.sees("/pairs", "两人都带原件到场", at)
	watcher.redirected(watcher.post(at, "do", "two", "ground", "originals", "reason", "已核对"), at)
	office.sees(at, "两个人", "已核对")
	office.redirected(office.post(at, "do", "back", "reason", "照片是一个人"), at)
	office.sees(at, "推定同一人", "照片是一个人")
	if r := office.send("GET", "/pairs/none", nil); r.status != http.StatusNotFound {
		t.Errorf("no such pair: %d", r.status)
	}
}
