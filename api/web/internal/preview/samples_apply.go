package preview

import (
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
)

// applications shows what candidates and the office see of an application.
func applications(now time.Time) []Sample {
	office, applicant := staff("韦清和", authz.ExamOffice, "/requests"), &web.User{Name: RareName, Role: authz.Applicant, Home: "/apply/mine"}
	fees := []web.FeeRow{{Item: "theory-5", Text: "五级理论知识考试", Amount: "30 元", State: "paid", Reference: "票据0012", Source: "收费文件", MayRefund: true},
		{Item: "practical-5", Text: "五级操作技能考核", Amount: "140 元", State: "due", Source: "收费文件", MayPay: true}}
	offer := web.OfferRow{Session: "s1", Name: sessionName, Site: "市区考点", Level: 5, Day: now.AddDate(0, 1, 0), Opens: now, Closes: now.AddDate(0, 0, 20),
		Place: "某路1号二楼，周一至周五9:00至17:00", Contact: "022-00000000", Open: true, Fees: fees, Total: "170 元"}
	faults := []web.FaultRow{{Field: "phone", Text: "电话打不通，请核对"}, {Field: "materials", Text: "承诺书没有签名"}}
	facts := web.RequestFacts{Number: "123456789012", Name: RareName, Document: "居民身份证", NumberMask: "9901************05", PhoneMasked: "199******31", Born: now.AddDate(-55, 0, 0), Sex: "女",
		Level: 5, Condition: "5-2", ConditionText: "年满16周岁，从事本职业或相关职业工作", Years: 6, Education: "初中及以下", Employer: "某某区护理院", Evidence: []string{"从业承诺书"}, State: "submitted",
		Submitted: now, MostRounds: 2, Fees: fees, Due: "140 元", Trail: []web.TrailRow{{At: now, Action: "begun"}, {At: now, Action: "submitted", Note: "5-2"}}}
	returned := facts
	returned.State, returned.Rounds, returned.AnswerBy, returned.Faults = "returned", 1, now.AddDate(0, 0, 7), faults
	form := web.ApplyFormView{Offer: offer, Key: "k", Action: "/apply/sessions/s1", Typed: web.Typed{"id_type": "201"}, Documents: []web.Choice{{Value: "201", Label: "居民身份证"}, {Value: "passport", Label: "护照"}},
		Conditions: []web.ConditionRow{{ID: "5-1", Text: "年满16周岁，拟从事本职业或相关职业工作", Evidence: []string{"从业承诺书"}}, {ID: "5-2", Text: "年满16周岁，从事本职业或相关职业工作", Evidence: []string{"从业承诺书"}}},
		Materials:  []string{"从业承诺书"}, Educations: []string{"初中及以下", "大专"}, Sexes: []string{"女", "男"}, Retakes: []string{"", "theory", "practical"}}
	wrong := form
	wrong.Typed, wrong.Shown, wrong.Faults, wrong.AnswerBy = web.Typed{"name": RareName, "id_type": "201", "condition": "5-1"}, []string{"从业承诺书"}, faults, returned.AnswerBy
	wrong.Problem = &web.Problem{Code: "request.invalid", Detail: "报名表有几处需要改正，填好的内容都还在", Fields: []web.FieldProblem{
		{Name: "id_number", Code: "form", Detail: "身份证号码不正确：出生日期不存在"}, {Name: "stands", Code: "missing", Detail: "请确认所填内容属实"}}}
	return []Sample{
		{Name: "apply", Page: "apply", Body: web.ApplyView{Offers: []web.OfferRow{offer}}},
		{Name: "apply-none", Page: "apply", Body: web.ApplyView{}},
		{Name: "apply-form", Page: "apply-form", Body: form},
		{Name: "apply-form-wrong", Page: "apply-form", User: applicant, Body: wrong},
		{Name: "apply-receipt", Page: "apply-receipt", Body: web.ApplyReceiptView{Offer: offer, Number: "123456789012", Code: "K3FM-92QX-7T0V-WZ4H", SignedIn: true}},
		{Name: "apply-login", Page: "apply-login", Body: web.ApplyLoginView{Number: "123456789012", Problem: &web.Problem{Code: "request.proof", Detail: "报名编号或恢复码不正确"}}},
		{Name: "apply-mine", Page: "apply-mine", User: applicant, Body: web.ApplyMineView{RequestFacts: returned, Offer: offer, MayEdit: true, MayWithdraw: true, LastWithdraw: now.AddDate(0, 0, 20)}},
		{Name: "requests", Page: "requests", User: office, Body: web.RequestsView{Rows: []web.RequestsRow{{Session: "s1", Name: sessionName, Level: 5, Opens: now, Closes: now.AddDate(0, 0, 20), Waiting: 2, Total: 5, Drafts: 1}}}},
		{Name: "request-queue", Page: "request-queue", User: office, Body: web.RequestQueueView{Session: "s1", Name: sessionName, Level: 5, Until: now.AddDate(0, 1, 0), Offer: &offer, Drafts: 1, MayOpen: true,
			Rows: []web.RequestRow{{Number: "123456789012", Name: RareName, NumberMask: "9901************05", Condition: "5-2", State: "submitted", Submitted: now, Twice: true, Due: "140 元"}}}},
		{Name: "request", Page: "request", User: office, Body: web.RequestView{RequestFacts: facts, Session: "s1", SessionName: sessionName, Same: []string{"210987654321"}, Needed: []string{"从业承诺书"},
			MayReview: true, MayAccept: true, ReturnBy: now.AddDate(0, 0, 7), Fields: []string{"name", "phone", "materials"}}},
	}
}
