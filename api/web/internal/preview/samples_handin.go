package preview

import (
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
)

func handInView(now time.Time) web.HandInView {
	return web.HandInView{Base: "/sessions/s1/rooms/r1", SessionName: sessionName, Room: "第一考场", Level: 5, Until: now.Add(24 * time.Hour), Open: true, MaxKiB: 256,
		Brought: []web.HandInLine{{No: 7, At: now, Ticket: "26120000010007", Code: "K7QM-2XHP", Text: "交换机断电，考生电脑到收卷时仍未连上", Name: LongName}}}
}

func handIns(now time.Time) []Sample {
	watcher := staff("宋知微", authz.Invigilator, "")
	refused := handInView(now)
	refused.Problem = &web.Problem{Code: "handin.code", Detail: "核对码与文件不符：请核对考场记录，确认拿的是同一个文件",
		Fields: []web.FieldProblem{{Name: "code", Code: "differs", Detail: "核对码与文件不符：请核对考场记录，确认拿的是同一个文件"}}}
	refused.Code, refused.Reason = "K7QM-2XHQ", "交换机断电"
	taken := handInView(now)
	taken.Result = &web.HandInResult{Name: RareName, Ticket: "26120000010007", Code: "K7QM-2XHP", Receipt: "RMGKV-V688F", Line: 7, Held: 2,
		Taken: []web.HandInAnswer{{Question: 3, Kind: "response", At: now}, {Question: 4, Kind: "flag", At: now}},
		Refused: []web.HandInAnswer{{Question: 12, Kind: "response", At: now, Why: "time"}, {Question: 31, Kind: "flag", At: now, Why: "overtaken"},
			{Question: 32, Kind: "response", At: now, Why: "invalid"}}}
	again := handInView(now)
	again.Result = &web.HandInResult{Name: LongName, Ticket: "26120000010008", Code: "K7QM-2XHP", Line: 7, Repeated: true}
	return []Sample{
		{Name: "hand-in", Page: "hand-in", User: watcher, Body: handInView(now)},
		{Name: "hand-in-refused", Page: "hand-in", User: watcher, Body: refused},
		{Name: "hand-in-taken", Page: "hand-in", User: watcher, Body: taken},
		{Name: "hand-in-again", Page: "hand-in", User: watcher, Body: again},
		{Name: "hand-in-over", Page: "hand-in", User: watcher, Body: web.HandInView{Base: "/sessions/s1/rooms/r1", SessionName: sessionName, Room: "第一考场", Level: 5, Until: now}},
		{Name: "hand-in-never", Page: "hand-in", User: watcher, Body: web.HandInView{Base: "/sessions/s1/rooms/r1", SessionName: sessionName, Room: "第一考场", Level: 5}},
	}
}
