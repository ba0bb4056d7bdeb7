package preview

import (
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
)

func receipts(now time.Time) []Sample {
	watcher := staff("宋知微", authz.Invigilator, "")
	view := web.ReceiptsView{Session: "/sessions/s1", SessionName: sessionName, Level: 5}
	first := &web.ReceiptEnd{Code: "G7T9X-2890H", At: now.Add(-20 * time.Minute), Answered: 97}
	last := &web.ReceiptEnd{Code: "5ZRF8-FXBNY", At: now, ByClock: true, Answered: 100}
	told := func(verdict, code string, shown, counts *web.ReceiptEnd) web.ReceiptsView {
		v := view
		v.Ticket, v.Code = "26120000010007", code
		v.Result = &web.ReceiptResult{Name: RareName, Ticket: v.Ticket, Code: code, Verdict: verdict, Shown: shown, Counts: counts, Total: 100}
		return v
	}
	voided := told("voided", "G7T9X-2890H", first, nil)
	voided.Result.Voided = true
	refused := view
	refused.Ticket, refused.Code = "26120000010007", "5ZRF8"
	refused.Problem = &web.Problem{Code: "receipt.code", Detail: "回执码应为10位字母和数字", Fields: []web.FieldProblem{{Name: "code", Code: "form", Detail: "回执码应为10位字母和数字"}}}
	return []Sample{
		{Name: "receipts", Page: "receipts", User: watcher, Body: view},
		{Name: "receipts-counts", Page: "receipts", User: watcher, Body: told("counts", "5zrf8 fxbny", last, last)},
		{Name: "receipts-former", Page: "receipts", User: watcher, Body: told("former", "G7T9X-2890H", first, last)},
		{Name: "receipts-reopened", Page: "receipts", User: watcher, Body: told("former", "G7T9X-2890H", first, nil)},
		{Name: "receipts-voided", Page: "receipts", User: watcher, Body: voided},
		{Name: "receipts-wrong", Page: "receipts", User: watcher, Body: told("wrong", "G7T9X-2890X", nil, &web.ReceiptEnd{At: now, ByClock: true, Answered: 100})},
		{Name: "receipts-none", Page: "receipts", User: watcher, Body: told("none", "G7T9X-2890X", nil, nil)},
		{Name: "receipts-refused", Page: "receipts", User: watcher, Body: refused},
	}
}
