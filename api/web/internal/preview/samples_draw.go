package preview

import (
	"strings"
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
)

// drawing shows the draw of a session before anything, at a custodian's step, and done.
func drawing(now time.Time) []Sample {
	hash := strings.Repeat("9f86d081884c7d65", 4)
	base := web.DrawView{Session: "s1", SessionName: sessionName, Level: 5, Begun: true, Release: "2026.1+120000", Blueprint: "2026.1-L5", Threshold: 2, Quorum: 2,
		Stages: []string{"appointed", "enrolled", "committed", "frozen", "observed", "opened", "drawn", "revealed"}, Source: "witnessed", SourceText: "医保局大厅摇号机，六个球",
		Custodians: []web.DrawKeeper{{Number: 1, Name: "石映川", Org: "试题资源中心", Enrolled: true, Committed: true, Opened: true, Commitment: hash, Seen: true},
			{Number: 2, Name: LongName, Org: "质量督导中心", Enrolled: true, Committed: true, Commitment: hash, Withheld: "联系不上"},
			{Number: 3, Name: Latin, Org: "津衡", Enrolled: true, Committed: true, Commitment: hash}}}
	waiting := base
	waiting.Stage, waiting.Own, waiting.OwnStep = "observed", 3, "open"
	code := base
	code.Stage, code.Own, code.Code = "enrolled", 1, "9f86d081 884c7d65 9a2feaa0 c55ad015 a3bf4f1b 2b0b822c d15d6c15 b0f00a08"
	done := base
	done.Stage, done.Forms, done.Reserves, done.Root, done.Value, done.Witnesses = "drawn", 40, 2, hash, "03 08 21 33", "程立言、苏敏"
	done.Roots = []web.DrawRoot{{Key: "bank", Value: hash}, {Key: "plan", Value: hash}, {Key: "roster", Value: hash}, {Key: "usage", Value: hash}, {Key: "engine", Value: hash}}
	done.Papers = []web.PaperPart{{Room: "t1", Name: "第一考场", From: 1, To: 60}, {Room: "t1", Name: "第一考场", From: 61, To: 90}}
	done.MayRun, done.MayMend, done.Latecomers = true, true, []web.Choice{{Value: "p1", Label: RareName}}
	done.Proposed = &web.DrawProposed{Reason: "试卷袋破损", Signed: 1}
	done.Stopped = []web.DrawStopped{{Code: "L5a-0001", State: "suspended", Reason: "答案有争议", Forms: 12, Started: 3, Reserves: 1},
		{Code: LongName, State: "retired", Forms: 1}}
	done.Aside = []web.DrawAside{{At: now, Reason: "三号保管人联系不上", By: "韦清和（kaowu）", Second: "石映川、" + LongName, Last: hash},
		{At: now, Reason: LongName, By: Latin, Second: "钟离雪（kaowu2）"}}
	for i, kind := range []string{"terms", "commitment", "commitment", "commitment", "roots", "beacon", "draw"} {
		line := web.DrawLine{No: i, At: now.Add(time.Duration(i) * time.Minute), Kind: kind, Hash: hash}
		if kind == "commitment" {
			line.Who = done.Custodians[i-1].Name
		}
		done.Log = append(done.Log, line)
	}
	revealed := done
	revealed.Stage, revealed.Transcript, revealed.MayMend, revealed.Proposed, revealed.Stopped = "revealed", true, false, nil, nil
	alone := web.DrawView{Session: "s1", SessionName: sessionName, Level: 5, Begun: true, Alone: true, Seconded: true, Stage: "drawn", Forms: 40, Reserves: 2, Root: hash, Quorum: 1,
		MayRun: true, MayRedraw: true, Proposed: &web.DrawProposed{Reason: "误操作", By: "韦清和（kaowu）", MayConfirm: true}}
	own := alone
	own.Proposed = &web.DrawProposed{Reason: "误操作", By: "韦清和（kaowu）", Mine: true}
	office, custodian := staff("韦清和", authz.ExamOffice, "/office"), staff("石映川", authz.Custodian, "")
	office2 := base
	office2.Stage, office2.MayRun, office2.MayObserve, office2.Withhold = "frozen", true, true, []web.Choice{{Value: "2", Label: LongName}}
	return []Sample{
		{Name: "draw-none", Page: "draw", User: office, Body: web.DrawView{Session: "s1", SessionName: sessionName, Level: 5, MayRun: true, MayAppoint: true}},
		{Name: "draw-code", Page: "draw", User: custodian, Body: code},
		{Name: "draw-own", Page: "draw", User: custodian, Body: waiting},
		{Name: "draw-frozen", Page: "draw", User: office, Body: office2},
		{Name: "draw-confirm", Page: "draw", User: office, Body: alone},
		{Name: "draw-confirm-own", Page: "draw", User: office, Body: own},
		{Name: "draw-done", Page: "draw", User: office, Body: done},
		{Name: "draw-revealed", Page: "draw", User: staff("江望舒", authz.Supervisor, ""), Body: revealed},
	}
}
