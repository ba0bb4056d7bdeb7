package api_test

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/recognition"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// nursingHome is a house whose policy opens direct recognition in 天津, with a nursing home that is filed and has two sign-ins
// of its exam office. No labour authority and no supervisor belongs to it.
func nursingHome(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.Policy.Recognition.Open = []string{demo.Province}
	w.Recognition = recognition.NewDesk(recognition.Ports{Cases: w.store.Recognitions(), Quotas: w.store.RecognitionQuotas()}, w.Registry, w.Judge,
		result.NewRecords(w.store.Cases(), w.Registry), w.Policy, w.clock)
	body := demo.EvaluationBody(sittingDay)
	body.ID, body.Name, body.Category, body.CreditCode = "yikang", "颐康养老院", engine.EmployerBody, "911200000000000018"
	check(t, w.store.Organisations().CreateOrganisation(t.Context(), &body))
	for i, name := range []string{"陈考务", "林考务"} {
		p := w.person(name, i)
		_, err := w.Gate.Create(t.Context(), operator(), accounts.New{Login: fmt.Sprintf("yikang%d", i+1), Password: demo.Password, Name: name, Person: p.ID,
			Roles: []authz.Role{authz.ExamOffice}, Org: body.ID, OrgKind: engine.EvaluationBody, Province: demo.Province})
		check(t, err)
	}
	var err error
	w.server, err = api.New(w.Services, generous, w.ring, w.clock, ids.Random(), slog.New(slog.NewTextHandler(io.Discard, nil)))
	check(t, err)
	w.serve()
	return w
}

// person registers somebody; i gives each a number of their own.
func (w *world) person(name string, i int) *engine.Person {
	w.Helper()
	born := clock.Date{Year: 1985, Month: 3, Day: 1 + i}
	p, err := w.Registry.Register(w.Context(), operator(), engine.Person{Name: name, IDType: engine.ResidentCard, IDNumber: demo.IDNumber(born, 700+i, engine.Female),
		Born: born, Sex: engine.Female})
	check(w, err)
	return p
}

// hires records that the nursing home has had them since 2018.
func (w *world) hires(p *engine.Person) {
	w.Helper()
	_, err := w.Judge.Record(w.Context(), w.principal("yikang1"), separation.Tie{Kind: separation.Employs, From: separation.OrgNode("yikang"),
		To: separation.PersonNode(p.ID), Since: clock.Date{Year: 2018, Month: 1, Day: 1}, Source: "劳动合同"})
	check(w, err)
}

// 考务人员自己在人员页登记职工：所有填错的各在其栏，所填不丢；登记后即可查到；证件不同而其余相同的，登记时就提示可能是同一人。
func TestTheOfficeRegistersAPersonByHand(t *testing.T) {
	w := newWorld(t)
	c := w.desk("kaowu")
	c.sees("/persons", "登记人员")
	c.press("/persons/registrations", "id_type", string(engine.ResidentCard), "id_number", "12010119", "name", "", "born", "", "sex", "", "phone", "x")
	c.says(`id="e-id_number"`, `id="e-name"`, `id="e-sex"`, `id="e-phone"`, `value="12010119"`, `value="x"`)
	born := clock.Date{Year: 1990, Month: 5, Day: 6}
	c.sent(c.press("/persons/registrations", "id_type", string(engine.ResidentCard), "id_number", demo.IDNumber(born, 801, engine.Female), "name", "伍职工", "born", "", "sex", "", "phone", "13800000001"))
	c.sees("/persons", "登记人员")
	r := c.press("/persons/registrations", "id_type", string(engine.Passport), "id_number", "E12345678", "name", "伍职工", "born", born.String(), "sex", "女", "phone", "13800000001")
	c.sent(r)
	c.sees(r.header.Get("Location"), "伍职工", "可能是同一人")
	w.desk("dudao").without("/persons", "登记人员")
}

func (c *client) sent(r reply) {
	c.Helper()
	if r.status != 303 {
		c.Fatalf("%d: %s", r.status, c.last)
	}
}

// 直接认定从头走到尾：名额没有时先说明原因；复核人、决定人、答复异议的人各自打开工作台就看到要办的事，不必输入机构编号；
// 决定时没有写理由，页面不换、所写不丢；作出决定的人不能答复对自己决定的异议。
func TestDirectRecognitionComesToWhoeverMustActOnIt(t *testing.T) {
	w := nursingHome(t)
	staff, head := w.person("伍职工", 10), w.person("费主任", 11)
	office := w.desk("yikang1")
	office.sees("/recognitions", "现登记 2 人", "至少 20 人才有一个名额", `href="/bodies/yikang/ties"`)
	w.hires(staff)
	w.hires(head)
	for i := range 16 {
		w.hires(w.person("护理员"+string(rune('甲'+i)), 12+i))
	}
	office.sees("/recognitions", "现登记 20 人", "已用 0 个，共 1 个")
	office.sent(office.press("/recognitions", "id_number", staff.IDNumber, "level", "4", "terms", "contract", "superior", head.IDNumber, "post", "护理部主任",
		"words", "独立照护两年以上", "on", "2026-11-20", "evidence-employment", "合同2018-1", "evidence-theory-record", "理论1", "evidence-practice-record", "操作1",
		"evidence-work-record", "记录1"))
	office.sees("/recognitions", "伍职工", "陈考务", "待复核")
	c := w.onlyCase()
	w.desk("dudao").without("/desk", "直接认定待")

	second := w.desk("yikang2")
	second.sees("/desk", "直接认定待复核")
	second.sees("/recognitions", "等您办理", "伍职工")
	second.sent(second.press("/recognitions/"+c+"/review", "seen", w.seen(c), "for", "yes", "reason", "属实"))
	second.without("/desk", "直接认定待")

	bureau, other := w.desk("renshe"), w.desk(w.bureau())
	for _, decider := range []*client{bureau, w.desk("dudao")} { // the supervisor is of another body
		decider.sees("/desk", "直接认定待决定")
		decider.sees("/recognitions", "等您办理", "伍职工", "颐康养老院")
	}
	bureau.without("/recognitions", "不属于可以直接认定")
	bureau.press("/recognitions/"+c+"/decision", "seen", w.seen(c), "for", "yes", "reason", strings.Repeat("长", 600))
	bureau.says("颐康养老院", "伍职工", strings.Repeat("长", 600))
	bureau.sent(bureau.press("/recognitions/"+c+"/decision?org=yikang", "seen", w.seen(c), "for", "yes", "reason", "符合规定"))

	public := w.browser()
	public.sees("/", `href="/recognitions/public"`)
	public.sees("/recognitions/public", "颐康养老院")
	public.press("/recognitions/"+c+"/objections", "name", "周群", "contact", "022", "words", "")
	public.says("异议内容")
	public.lack("证明内容")
	public.sent(public.press("/recognitions/"+c+"/objections", "name", "周群", "contact", "022", "words", "2024年才入职"))
	bureau.without("/desk", "直接认定异议待答复")
	bureau.sees("/recognitions?org=yikang", "由另一位有权决定的人答复")
	other.sees("/desk", "直接认定异议待答复")
	other.sees("/recognitions", "2024年才入职")
	other.sent(other.press("/recognitions/"+c+"/objections/1/answer", "upheld", "no", "words", "合同为2018年"))
	other.without("/desk", "直接认定异议待答复")
}

func (w *world) onlyCase() string {
	w.Helper()
	all, _, err := w.Recognition.CasesOf(w.Context(), w.principal("yikang1"), "yikang", engine.Cursor{Limit: 10})
	check(w, err)
	if len(all) != 1 {
		w.Fatalf("%d cases", len(all))
	}
	return string(all[0].ID)
}

func (w *world) seen(id string) string {
	w.Helper()
	c, err := w.Recognition.Case(w.Context(), w.principal("yikang1"), recognition.ID(id))
	check(w, err)
	return c.Seen().Mark
}

func (c *client) lack(unwanted string) {
	c.Helper()
	if strings.Contains(c.last, unwanted) {
		c.Errorf("the page has %q", unwanted)
	}
}

func (c *client) without(path, unwanted string) {
	c.Helper()
	c.visit(path)
	c.lack(unwanted)
}
