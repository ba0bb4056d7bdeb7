package api_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
)

// fill sends the fields of a form in the order of their names.
func (c *client) fill(path string, fields map[string]string) reply {
	c.Helper()
	var all []string
	for _, k := range slices.Sorted(maps.Keys(fields)) {
		all = append(all, k, fields[k])
	}
	return c.post(path, all...)
}

// with is a form with some of its fields filled in otherwise.
func with(fields map[string]string, pairs ...string) map[string]string {
	out := maps.Clone(fields)
	for i := 0; i+1 < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

// knowsNot wants a form refused that has a field which is not one of its own.
func (c *client) knowsNot(r reply) {
	c.Helper()
	if r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "request.body") {
		c.Errorf("a field that the form does not have: %d", r.status)
	}
}

// draftedPlan is a plan that the office made by its page and published.
func (w *world) draftedPlan(c *client) *sitting.Plan {
	w.Helper()
	c.sees("/office", "新建认定计划")
	c.sees("/office/plan", "备案号")
	c.redirected(c.post("/plans", "name", "2026年冬季计划", "year", "2026", "level", "5"), "/office#h-plans")
	c.sees("/office", "已存为草稿：2026年冬季计划。", "公布计划")
	plans, err := w.Sittings.Plans(w.Context(), w.principal("kaowu"))
	check(w, err)
	at := slices.IndexFunc(plans, func(p *sitting.Plan) bool { return p.Name == "2026年冬季计划" })
	if at < 0 || plans[at].State != sitting.PlanDraft || !slices.Equal(plans[at].Levels, []engine.Level{5}) {
		w.Fatalf("%+v", plans)
	}
	c.redirected(c.press("/plans/"+string(plans[at].ID)+"/publication"), "/office#h-plans")
	c.sees("/office", "已公布计划：2026年冬季计划。", "/plans/"+string(plans[at].ID)+"/session")
	return plans[at]
}

func TestThePlanFormSaysWhatIsWrong(t *testing.T) {
	w := newWorld(t)
	c := w.desk("kaowu")
	c.visit("/office/plan")
	for name, s := range map[string]struct {
		fields []string
		said   []string
	}{
		"nothing":       {nil, []string{"缺少名称或名称过长", "年度不正确", "至少一个等级"}},
		"no year":       {[]string{"name", "冬季", "year", "今年", "level", "5"}, []string{"年度请只写数字，不要写汉字、单位和符号", `value="今年"`, `value="冬季"`}},
		"no such level": {[]string{"name", "冬季", "year", "2026", "level", "9"}, []string{"等级不正确或重复"}},
		"not filed":     {[]string{"name", "冬季", "year", "2040", "level", "5"}, []string{`role="alert"`, `value="冬季"`}},
	} {
		if r := c.post("/plans", s.fields...); r.status < 400 || r.status >= 500 {
			t.Errorf("%s: %d", name, r.status)
		}
		c.says(s.said...)
	}
	c.knowsNot(c.post("/plans", "name", "冬季", "year", "2026", "level", "5", "state", "published"))
	if r := w.desk("jiankao1").visit("/office/plan"); r.status != http.StatusForbidden {
		t.Errorf("an invigilator plans: %d", r.status)
	}
}

// TestASessionIsPlannedInTheBrowser goes from an empty plan to a session that is what was typed.
func TestASessionIsPlannedInTheBrowser(t *testing.T) {
	w := newWorld(t)
	c := w.desk("kaowu")
	p := w.draftedPlan(c)
	page, form := "/plans/"+string(p.ID)+"/session", "/plans/"+string(p.ID)+"/sessions"
	c.sees(page, "五级／初级工 不少于 90 分钟", w.session.Blueprint, "0 至 60 秒")
	good := map[string]string{"name": "五级晚场", "blueprint": w.session.Blueprint, "theory-opens": "2026-12-01T09:00", "theory-closes": "2026-12-01T10:30",
		"practical-opens": "2026-12-01T13:00", "practical-closes": "2026-12-01T17:00", "spread": "30", "rooms": "2", "do": "plan",
		"room.1.component": "theory", "room.1.name": "机房一", "room.1.capacity": "12", "room.1.columns": "4", "room.1.reserve": "2",
		"room.1.machines":  "\r\nA02\r\nA03\r\n",
		"room.2.component": "practical", "room.2.name": "考位一", "room.2.capacity": "12"}
	if r := c.fill(form, with(good, "do", "add-theory")); r.status != http.StatusOK {
		t.Errorf("another room: %d", r.status)
	}
	c.says("第 3 个考场：理论考场", `value="机房一"`, `name="rooms" value="3"`)
	c.fill(form, with(good, "do", "drop-1"))
	c.says("第 1 个考场：操作考场", `name="rooms" value="1"`)
	c.fill(form, with(good, "room.1.capacity", "0"))
	c.says("座位数不正确")
	if strings.Contains(c.last, "每排座位数不正确") || strings.Contains(c.last, "处要改") {
		t.Error("a room without seats is told of with more than that")
	}
	for name, s := range map[string]struct {
		fields map[string]string
		said   []string
	}{
		"short":         {with(good, "theory-closes", "2026-12-01T10:29"), []string{"理论知识考试不少于90分钟"}},
		"overlap":       {with(good, "practical-opens", "2026-12-01T10:29"), []string{"两个科目的时间不能重叠"}},
		"no time":       {with(good, "practical-opens", ""), []string{"请填写开始和结束的日期和时间"}},
		"wide spread":   {with(good, "spread", "61"), []string{"开考错峰应为0至60秒"}},
		"no number":     {with(good, "spread", "x", "room.1.capacity", "-3"), []string{"开考错峰秒数请只写数字，不要写汉字、单位和符号", "座位数请只写数字，不要写汉字、单位和符号"}},
		"no blueprint":  {with(good, "blueprint", "nobody"), []string{"请选择组卷方案"}},
		"too many kept": {with(good, "room.1.reserve", "12"), []string{"备用座位数应少于座位数"}},
		"twice":         {with(good, "room.1.machines", "A\nA"), []string{"机器编号重复"}},
		"theory only":   {with(good, "rooms", "1"), []string{"至少一个操作技能考场", `value="机房一"`}},
		"no rooms":      {with(good, "rooms", "0"), []string{"至少一个理论考场"}},
		"half shared":   {with(good, "room.1.hall", "体育馆"), []string{"共用考场须写明考场和场次数"}},
		"nobody's room": {with(good, "room.1.component", "canteen"), []string{"考场的科目不正确"}},
		"another year":  {with(good, "theory-opens", "2027-01-01T09:00", "theory-closes", "2027-01-01T10:30"), []string{"计划只到2026年度"}},
		"in one round": {with(good, "name", " ", "room.1.columns", "x", "room.1.capacity", "y", "spread", "61", "room.2.name", "", "theory-closes", "2026-12-01T10:29"),
			[]string{"共有 6 处要改", "缺少名称或名称过长", "每排座位数请只写数字，不要写汉字、单位和符号", "座位数请只写数字，不要写汉字、单位和符号", "开考错峰应为0至60秒", "缺少考场名称", "理论知识考试不少于90分钟"}},
		"without a name": {with(good, "name", " "), []string{"缺少名称或名称过长"}},
	} {
		if r := c.fill(form, s.fields); r.status < 400 || r.status >= 500 {
			t.Errorf("%s: %d", name, r.status)
		}
		c.says(append(s.said, `action="`+form+`"`)...)
	}
	c.fill(form, with(good, "room.1.capacity", "y"))
	if strings.Contains(c.last, "至少一个理论考场") {
		t.Error("a room is missed that is there")
	}
	c.knowsNot(c.fill(form, with(good, "code", "123456")))
	r := c.fill(form, good)
	href := r.header.Get("Location")
	if r.status != http.StatusSeeOther || !strings.HasPrefix(href, "/sessions/") {
		t.Fatalf("%d %s", r.status, text(r.body))
	}
	c.sees(href, "已建立场次：五级晚场。", "机房一", "导入报名表", "2026-12-01 09:00–10:30")
	var all []api.Session
	w.as("kaowu").json("GET", v1+"/sessions", nil, &all)
	at := slices.IndexFunc(all, func(n api.Session) bool { return n.Name == "五级晚场" })
	n, err := w.Sittings.Get(t.Context(), sitting.SessionID(strings.TrimPrefix(href, "/sessions/")))
	check(t, err)
	nine := time.Date(2026, 12, 1, 1, 0, 0, 0, time.UTC)
	room := n.Rooms[0]
	if at < 0 || !n.Theory.Opens.Equal(nine) || !n.Practical.Closes.Equal(nine.Add(8*time.Hour)) || n.Spread != 30 || n.Level != 5 || len(n.Rooms) != 2 ||
		room.ID != "t1" || room.Reserve != 2 || room.Columns != 4 || !slices.Equal(room.Machines, []string{"", "A02", "A03"}) || n.Rooms[1].ID != "p1" {
		t.Errorf("%+v", n)
	}
	if again := c.fill(form, good); again.header.Get("Location") != href {
		t.Errorf("pressed twice: %d %s", again.status, again.header.Get("Location"))
	}
	if r := c.fill(form, with(good, "spread", "31")); r.status != http.StatusConflict {
		t.Errorf("another one of that name: %d", r.status)
	}
	if r := c.visit("/plans/nobody/session"); r.status != http.StatusNotFound {
		t.Errorf("of no plan: %d", r.status)
	}
}
