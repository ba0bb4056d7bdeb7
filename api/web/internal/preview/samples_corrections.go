package preview

import (
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

func remarks(now time.Time) []Sample {
	marker := staff("童砚秋", authz.Marker, "")
	due := web.RemarkRow{ID: "L5a-0042.1.1", Code: "L5a-0042", Remedy: "rekey", Version: 1, Was: []int{0, 2}, Now: []int{0, 2, 3}, Reason: "第四项也正确，见国家职业标准 2024 年版", At: now,
		Holding: 41, Marked: 40, Due: 40, Outlook: true, May: true}
	done := web.RemarkRow{ID: "L5a-0107.2.3", Code: "L5a-0107", Remedy: "full-credit", Version: 2, Was: []int{1}, Reason: "题干有歧义，没有唯一的正确项", At: now, Holding: 12, Marked: 12,
		Begun: now, Done: now, Affected: 12, Changed: 7, Finished: true}
	old := done
	old.ID, old.Remedy, old.Now, old.Superseded, old.Finished = "L5a-0107.2.2", "rekey", []int{3}, true, false
	open := due
	open.ID, open.Due, open.Begun, open.Outlook = "L5a-0300.1.1", 0, now, false
	v := web.RemarksView{Session: "s1", SessionName: sessionName, Level: 5, Pass: engine.Pt(60), Rows: []web.RemarkRow{due, old, done, open},
		Shown: &web.RemarkEffect{ID: due.ID, Affected: 40, Up: 3, Down: 1, ToPass: 1, ToFail: 1, Rows: []web.RemarkChange{
			{Ticket: "26120000010007", Name: RareName, Before: engine.Pt(60), After: engine.Pt(59), Flip: "fail"},
			{Ticket: "26120000010008", Name: LongName, Before: 5950, After: 6050, Flip: "pass"}, {Ticket: "26120000010011", Name: "方晚舟", Before: 7166, After: 7266}}}}
	finished := v
	finished.Shown = &web.RemarkEffect{ID: done.ID, Done: true, Affected: 12, Up: 7, ToPass: 1, Rows: v.Shown.Rows[1:]}
	same := v
	same.Shown = &web.RemarkEffect{ID: due.ID, Affected: 40}
	sealed := web.RemarksView{Session: "s1", SessionName: sessionName, Level: 5, Sealed: true, Pass: engine.Pt(60),
		Rows: []web.RemarkRow{due, done}, Problem: &web.Problem{Code: "remark.sealed", Detail: "理论成绩已封存或正在封存，不能重评"}}
	sealed.Rows[0].May = false
	return []Sample{
		{Name: "remarks", Page: "remarks", User: marker, Body: v},
		{Name: "remarks-done", Page: "remarks", User: marker, Body: finished},
		{Name: "remarks-same", Page: "remarks", User: marker, Body: same},
		{Name: "remarks-sealed", Page: "remarks", User: marker, Body: sealed},
		{Name: "corrections", Page: "corrections", User: staff("孟怀德", authz.Reviewer, ""), Body: allCorrected(now)},
		{Name: "corrections-none", Page: "corrections", User: staff("孟怀德", authz.Reviewer, ""), Body: web.CorrectionsView{}},
		{Name: "remarks-none", Page: "remarks", User: marker, Body: web.RemarksView{Session: "s1", SessionName: sessionName, Level: 5, Pass: engine.Pt(60)}},
	}
}

// corrected adds to the view of an item what its page says of wrong keys.
func corrected(v web.ItemView, now time.Time) web.ItemView {
	row := web.CorrectionRow{ID: "L5a-0042.1.1", State: "declined", Remedy: "full-credit", Version: 1, Reason: "题干有歧义", Refusal: "题干没有歧义，只是答案写错", Proposer: "上官澄", Decider: "谷雨桐",
		ProposedAt: now, DecidedAt: now, Releases: []string{"2026.1", "2026.1+120000"}}
	open := row
	open.ID, open.State, open.Remedy, open.To, open.Reason, open.Decider, open.DecidedAt, open.MayConfirm = "L5a-0042.1.2", "proposed", "rekey", 2, "第四项也正确", "", time.Time{}, true
	v.Corrections = []web.CorrectionRow{row, open}
	keys := []web.KeyChoice{{Version: 1, Key: []int{0, 2}}, {Version: 2, Key: []int{0, 2, 3}}}
	v.Correct = &web.CorrectionForm{Versions: keys[:1], Keys: keys, Version: 1, To: 2, Remedy: "rekey", Reason: "第四项也正确"}
	return v
}

// uncorrected is an item of which no version has the words that candidates met and another key.
func uncorrected(v web.ItemView) web.ItemView {
	v.Correct = &web.CorrectionForm{Versions: []web.KeyChoice{{Version: 1, Key: []int{0, 2}}}, Version: 1, Remedy: "full-credit", Reason: "第四项也正确"}
	return v
}

// allCorrected is the list over all items.
func allCorrected(now time.Time) (v web.CorrectionsView) {
	rows := corrected(web.ItemView{}, now).Corrections
	waiting, declined := rows[1], rows[0]
	other := waiting
	other.ID, other.MayConfirm, other.Proposer, other.Reason = "L5a-0107.2.3", false, LongName, "题干有歧义，没有唯一的正确项；第二、三项都见于国家职业标准 2024 年版"
	for _, r := range []web.CorrectionRow{waiting, other, declined} {
		v.Rows = append(v.Rows, web.CorrectionItem{Code: r.ID[:8], CorrectionRow: r})
	}
	return v
}
