package recognition_test

import (
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/recognition"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/store/storetest"
	"github.com/skillcert/skillcert/fixtures/policy"
)

// 样例政策对各省都不开放直接认定：养老院的考务人员申请时被告知本省没有开放，请按考试方式报名。
func TestOffByDefault(t *testing.T) {
	for name, edit := range map[string]func(*engine.Policy){
		"样例政策":    func(p *engine.Policy) { *p = sample(t) },
		"旧政策没有此项": func(p *engine.Policy) { p.Recognition = engine.RecognitionPolicy{} },
		"只有重庆开放":  func(p *engine.Policy) { p.Recognition.Open = []string{"50"} },
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, edit)
			_, err := w.Apply(t.Context(), office(), application("staff"))
			refused(t, err, recognition.ErrClosed)
			if !strings.Contains(said(err), "天津") {
				t.Errorf("does not name the province: %v", err)
			}
			refused(t, w.Route(t.Context(), home), recognition.ErrClosed)
		})
	}
}

// 开放以后，一名工作满三年的职工经申请、另一人复核、人社局决定、公示五个工作日，才可以发证；每一步都不产生任何分数。
func TestFromApplicationToTheEndOfPublicity(t *testing.T) {
	w, ctx := open(t, nil), t.Context()
	c := w.public("staff")
	if c.State != recognition.Public || c.Notice.From != date("2026-11-23") || c.Notice.Until != date("2026-11-30") || c.Since != date("2020-03-01") {
		t.Errorf("%+v", c)
	}
	rows, err := w.PublicList(ctx)
	check(t, err)
	if len(rows) != 1 || rows[0].Name == "甘staff" || !strings.HasPrefix(rows[0].Name, "甘") || rows[0].Level != engine.Level4 {
		t.Errorf("the public reads %+v", rows)
	}
	w.to("2026-11-30")
	_, err = w.Conclude(ctx, office(), c.ID)
	refused(t, err, recognition.ErrNotice)
	_, err = w.Granted(ctx, c.ID)
	refused(t, err, recognition.ErrState)
	w.to("2026-12-01")
	for range 2 {
		c, err = w.Conclude(ctx, office(), c.ID)
		check(t, err)
	}
	_, err = w.Granted(ctx, c.ID)
	check(t, err)
	rows, err = w.PublicList(ctx)
	check(t, err)
	if len(rows) != 0 || c.State != recognition.Final {
		t.Errorf("afterwards %s, %+v", c.State, rows)
	}
	_, err = w.Apply(ctx, office(), application("staff"))
	refused(t, err, recognition.ErrExists)
}

// 申请被拒绝的各种情形：外单位职工、年限不够、等级没有备案、机构不是用人单位、备案到期、机构被暂停、材料不齐、本人为自己申请。
func TestApplicationsThatAreRefused(t *testing.T) {
	body := func(edit func(*engine.Organisation)) func(*world, *recognition.Case) {
		return func(w *world, _ *recognition.Case) {
			o, err := w.store.Organisations().Organisation(w.t.Context(), home)
			check(w.t, err)
			edit(o)
			check(w.t, w.store.Organisations().UpdateOrganisation(w.t.Context(), o))
		}
	}
	entry := func(edit func(*recognition.Case)) func(*world, *recognition.Case) {
		return func(_ *world, c *recognition.Case) { edit(c) }
	}
	for name, c := range map[string]struct {
		with func(*world, *recognition.Case)
		by   authz.Principal
		want error
	}{
		"外单位的职工":    {with: entry(func(c *recognition.Case) { c.Person = "stranger" }), want: recognition.ErrNotStaff},
		"差一天满三年":    {with: entry(func(c *recognition.Case) { c.Person = "newcomer" }), want: recognition.ErrService},
		"第二天就满三年":   {with: func(w *world, c *recognition.Case) { c.Person = "newcomer"; w.to("2026-11-24") }},
		"聘用登记有异议":   {with: func(w *world, c *recognition.Case) { w.contest("staff") }, want: recognition.ErrNotStaff},
		"已经离职":      {with: func(w *world, c *recognition.Case) { w.leave("staff") }, want: recognition.ErrNotStaff},
		"三级不在备案内":   {with: entry(func(c *recognition.Case) { c.Level = engine.Level3 }), want: engine.ErrNotFiled},
		"没有规定年限的等级": {with: entry(func(c *recognition.Case) { c.Level = 2 }), want: recognition.ErrInput},
		"社会培训评价组织":  {with: body(func(o *engine.Organisation) { o.Category = engine.SocialBody }), want: recognition.ErrBody},
		"备案昨天到期":    {with: body(func(o *engine.Organisation) { o.Filings[0].To = date("2026-11-23") }), want: engine.ErrNotFiled},
		"机构被责令限期整改": {with: body(func(o *engine.Organisation) {
			o.Suspensions = []engine.Suspension{{No: 1, Measure: engine.Rectification, From: date("2026-11-01")}}
		}), want: engine.ErrSuspended},
		"缺少操作考核记录": {with: entry(func(c *recognition.Case) { c.Evidence = append(c.Evidence[:2:2], c.Evidence[3]) }), want: recognition.ErrInput},
		"清单以外的材料": {with: entry(func(c *recognition.Case) {
			c.Evidence = append(c.Evidence, recognition.Evidence{Material: "gift", Document: "x"})
		}), want: recognition.ErrInput},
		"由本人证明":           {with: entry(func(c *recognition.Case) { c.Superior.Person = "staff" }), want: recognition.ErrInput},
		"证明人不是本单位职工":      {with: entry(func(c *recognition.Case) { c.Superior.Person = "stranger" }), want: recognition.ErrInput},
		"证明写的是明天":         {with: entry(func(c *recognition.Case) { c.Superior.On = date("2026-11-24") }), want: recognition.ErrInput},
		"考务人员为自己申请":       {by: acting("staff", home, authz.ExamOffice), want: recognition.ErrOwn},
		"别的机构的考务人员申请本院职工": {by: acting("office", other, authz.ExamOffice), want: recognition.ErrNotStaff},
		"证书管理员申请":         {by: acting("office", home, authz.Registrar), want: authz.ErrForbidden},
		"没有登录":            {by: authz.Anonymous(), want: authz.ErrUnauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			w, a := open(t, nil), application("staff")
			if c.with != nil {
				c.with(w, &a)
			}
			if len(c.by.Roles) == 0 {
				c.by = office()
			}
			_, err := w.Apply(t.Context(), c.by, a)
			refused(t, err, c.want)
		})
	}
}

func (w *world) employment(p engine.PersonID) *separation.Tie {
	w.t.Helper()
	t, err := w.judge.Service(w.t.Context(), home, p, date("2026-11-23"))
	check(w.t, err)
	return t
}

func (w *world) contest(p engine.PersonID) {
	_, err := w.judge.Contest(w.t.Context(), office(), w.employment(p).ID, "此人已调走")
	check(w.t, err)
}

func (w *world) leave(p engine.PersonID) {
	_, err := w.judge.End(w.t.Context(), inside(), w.employment(p).ID, date("2026-11-22"), "离职")
	check(w.t, err)
}

// 申请、复核、决定的三个人不能是同一人的几个证件；本人也不能用另一证件给自己作证明。
func TestThreeDocumentsAreNotThreePersons(t *testing.T) {
	w, ctx := open(t, nil), t.Context()
	storetest.OneHuman(t, w.store.People(), "staff", "head")
	_, err := w.Apply(ctx, office(), application("staff"))
	refused(t, err, recognition.ErrInput)
	w = open(t, nil)
	c := w.applied("staff")
	storetest.OneHuman(t, w.store.People(), "office", "second")
	_, err = w.Review(ctx, second(), c.Seen(), true, "属实")
	refused(t, err, recognition.ErrTwo)
	third := acting("third", home, authz.ExamOffice)
	c, err = w.Review(ctx, third, c.Seen(), true, "属实")
	check(t, err)
	storetest.OneHuman(t, w.store.People(), "third", "labour")
	_, err = w.Decide(ctx, labour(), c.Seen(), true, "同意")
	refused(t, err, recognition.ErrTwo)
}

// 申请、复核、决定由三个不同的人作出；证明人、本单位的督导员、外省的人社局都不能决定。
func TestWhoMayReviewAndDecide(t *testing.T) {
	w, ctx := open(t, nil), t.Context()
	c := w.applied("staff")
	for name, r := range map[string]struct {
		by   authz.Principal
		want error
	}{"申请人自己复核": {office(), recognition.ErrTwo}, "本人复核": {acting("staff", home, authz.ExamOffice), recognition.ErrOwn},
		"证明人复核": {acting("head", home, authz.ExamOffice), recognition.ErrTwo}, "别的机构复核": {acting("second", other, authz.ExamOffice), recognition.ErrCase},
		"人社局复核": {labour(), authz.ErrForbidden}} {
		_, err := w.Review(ctx, r.by, c.Seen(), true, "属实")
		if refused(t, err, r.want); t.Failed() {
			t.Fatal(name)
		}
	}
	_, err := w.Decide(ctx, labour(), c.Seen(), true, "没有复核就决定")
	refused(t, err, recognition.ErrState)
	old := c.Seen()
	c, err = w.Review(ctx, second(), c.Seen(), true, "属实")
	check(t, err)
	_, err = w.Decide(ctx, labour(), old, true, "没有看到复核意见")
	refused(t, err, engine.ErrStale)
	_, err = w.Withdraw(ctx, acting("outside", other, authz.Supervisor, authz.ExamOffice), c.ID, "别的机构撤回")
	refused(t, err, recognition.ErrCase)
	elsewhere := labour()
	elsewhere.Province = "50"
	for name, r := range map[string]struct {
		by   authz.Principal
		want error
	}{"本单位聘用的督导员": {inside(), recognition.ErrTied}, "外省人社局": {elsewhere, recognition.ErrProvince}, "外省机构的督导员": {acting("outside", far, authz.Supervisor), recognition.ErrCase}, "复核人": {acting("second", home, authz.Supervisor), recognition.ErrTwo},
		"医保局": {acting("yibao", "", authz.Medical), authz.ErrForbidden}} {
		_, err := w.Decide(ctx, r.by, c.Seen(), true, "同意")
		if refused(t, err, r.want); t.Failed() {
			t.Fatal(name)
		}
	}
	_, err = w.Decide(ctx, outside(), c.Seen(), true, "外派督导员决定")
	check(t, err)
}

// 考培分离：教过此人的督导员不能决定；养老院自己培训过的职工，养老院不能直接认定；师傅不能复核徒弟。
func TestWhoTaughtDoesNotDecide(t *testing.T) {
	class := separation.ClassNode("护理2603班")
	attends := separation.Tie{Kind: separation.Attends, From: separation.PersonNode("staff"), To: class, Label: "护理2603班", Since: date("2026-03-01"), Until: date("2026-06-30")}
	w, ctx := open(t, nil), t.Context()
	c := w.reviewed("staff")
	w.tie(attends)
	w.tie(separation.Tie{Kind: separation.Teaches, From: separation.PersonNode("outside"), To: class, Label: "护理2603班", Since: date("2026-03-01"), Until: date("2026-06-30")})
	_, err := w.Decide(ctx, outside(), c.Seen(), true, "同意")
	refused(t, err, separation.ErrSeparated)
	if !strings.Contains(said(err), "任教") {
		t.Errorf("the refusal names no path: %s", said(err))
	}
	_, err = w.Decide(ctx, labour(), c.Seen(), true, "同意")
	check(t, err)

	w = open(t, nil)
	w.tie(attends)
	w.tie(separation.Tie{Kind: separation.Trains, From: separation.OrgNode(home), To: class, Label: "护理2603班", Since: date("2026-03-01"), Until: date("2026-06-30")})
	_, err = w.Apply(ctx, office(), application("staff"))
	refused(t, err, separation.ErrSeparated)

	w = open(t, nil)
	c = w.applied("staff")
	w.tie(separation.Tie{Kind: separation.Mentors, From: separation.PersonNode("second"), To: separation.PersonNode("staff"), Since: date("2021-01-01")})
	_, err = w.Review(ctx, second(), c.Seen(), true, "同意")
	refused(t, err, separation.ErrSeparated)
}

// 公示期满以后才知道决定人是近亲属：不能发证。
func TestTiesThatComeLate(t *testing.T) {
	w, ctx := open(t, nil), t.Context()
	c := w.public("staff")
	w.to("2026-12-01")
	_, err := w.Conclude(ctx, office(), c.ID)
	check(t, err)
	w.tie(separation.Tie{Kind: separation.Kin, From: separation.PersonNode("labour"), To: separation.PersonNode("staff")})
	_, err = w.Granted(ctx, c.ID)
	refused(t, err, separation.ErrSeparated)
}

// 违纪记录期内的人不能直接认定；公示以后才作出的违纪决定，也不能发证。
func TestMisconductBars(t *testing.T) {
	w, ctx := open(t, nil), t.Context()
	w.bar("staff")
	_, err := w.Apply(ctx, office(), application("staff"))
	refused(t, err, result.ErrBarred)

	w = open(t, nil)
	c := w.public("staff")
	w.to("2026-12-01")
	_, err = w.Conclude(ctx, office(), c.ID)
	check(t, err)
	w.bar("staff")
	_, err = w.Granted(ctx, c.ID)
	refused(t, err, result.ErrBarred)
}

// bar puts a ruling on record that lets the person apply for nothing.
func (w *world) bar(p engine.PersonID) {
	check(w.t, w.store.Cases().CreateCase(w.t.Context(), &result.Case{ID: "k", Session: "s", Ticket: "26120000010001", Candidate: p,
		Decision: &result.Ruling{Severity: "grave", Until: date("2036-01-01"), Blocks: true}}))
}

// 有人提出异议：答复以前不能结束公示；异议成立的取消认定，名额退回。
func TestObjectionHoldsIt(t *testing.T) {
	w, ctx := open(t, func(p *engine.Policy) { p.Recognition.Most = 1 }), t.Context()
	c := w.public("staff")
	for range 2 { // the same once more is no second objection
		_, err := w.Object(ctx, c.ID, engine.Protest{Name: "周群", Contact: "022-0000", Words: "此人2024年才入职"})
		check(t, err)
	}
	_, err := w.Object(ctx, c.ID, engine.Protest{Name: "周群", Contact: "", Words: "x"})
	refused(t, err, recognition.ErrProtest)
	_, err = w.Object(ctx, "none", engine.Protest{Name: "周群", Contact: "1", Words: "x"})
	refused(t, err, recognition.ErrNotPublic)
	w.to("2026-12-01")
	_, err = w.Object(ctx, c.ID, engine.Protest{Name: "晚了", Contact: "1", Words: "公示已满"})
	refused(t, err, recognition.ErrNotPublic)
	_, err = w.Conclude(ctx, office(), c.ID)
	refused(t, err, recognition.ErrOpen)
	_, err = w.Answer(ctx, office(), c.ID, 1, false, "单位自己答复")
	refused(t, err, authz.ErrForbidden)
	_, err = w.Answer(ctx, labour(), c.ID, 1, false, "决定人答复对自己决定的异议")
	refused(t, err, recognition.ErrDecided)
	_, err = w.Answer(ctx, labour2(), c.ID, 2, false, "没有这件")
	refused(t, err, recognition.ErrNoWord)
	_, err = w.Apply(ctx, office(), application("inside"))
	refused(t, err, recognition.ErrQuota)
	c, err = w.Answer(ctx, labour2(), c.ID, 1, true, "经查合同为2024年签订")
	check(t, err)
	if c.State != recognition.Struck || len(c.Objections) != 1 {
		t.Errorf("%+v", c)
	}
	_, err = w.Conclude(ctx, office(), c.ID)
	refused(t, err, recognition.ErrState)
	_, err = w.Apply(ctx, office(), application("inside"))
	check(t, err)
}

// 全年名额两个，第三名职工由人社局决定时名额已用完；撤回和不予认定的不占名额，重复决定不多占。
func TestQuotaUsedUp(t *testing.T) {
	w, ctx := open(t, nil), t.Context()
	third, err := w.Review(ctx, second(), w.applied("third").Seen(), true, "属实")
	check(t, err)
	w.public("staff")
	c := w.reviewed("inside")
	for range 2 {
		_, err = w.Decide(ctx, labour(), c.Seen(), true, "符合规定")
		if c, _ = w.Case(ctx, labour(), c.ID); c.State != recognition.Public {
			t.Fatal(c.State, err)
		}
	}
	_, err = w.Decide(ctx, labour(), third.Seen(), true, "符合规定")
	refused(t, err, recognition.ErrQuota)
	places, err := w.Places(ctx, office(), home)
	if err != nil || places != (recognition.Places{Staff: 5, Taken: 2, Most: 2}) {
		t.Errorf("%+v, %v", places, err)
	}
	_, err = w.Decide(ctx, labour(), third.Seen(), false, "名额已满")
	check(t, err)
	w.to("2027-01-04")
	again, err := w.Apply(ctx, office(), application("third"))
	check(t, err)
	if again.State != recognition.Applied || again.Review != nil || len(again.Trail) != 4 {
		t.Errorf("%+v", again)
	}
}

// 名额按在册职工的比例计算：五名职工的百分之五不足一人，没有名额。
func TestQuotaByShare(t *testing.T) {
	w := open(t, func(p *engine.Policy) { p.Recognition.Percent, p.Recognition.Most = 5, 0 })
	_, err := w.Apply(t.Context(), office(), application("staff"))
	refused(t, err, recognition.ErrQuota)
}

func sample(t *testing.T) engine.Policy {
	p, err := policy.Sample()
	check(t, err)
	return p
}
