package recognition_test

import (
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/recognition"
	"github.com/skillcert/skillcert/engine/separation"
)

// due is what waits for somebody, in words: the step, "-" for nothing.
func (w *world) due(by authz.Principal) recognition.Step {
	w.t.Helper()
	all, err := w.Due(w.t.Context(), by)
	check(w.t, err)
	switch len(all) {
	case 0:
		return "-"
	case 1:
		return all[0].Step
	}
	w.t.Fatalf("%s has %d", by.Name, len(all))
	return ""
}

func (w *world) dues(when string, want map[recognition.Step][]authz.Principal) {
	w.t.Helper()
	for step, all := range want {
		for _, by := range all {
			if got := w.due(by); got != step {
				w.t.Errorf("%s: for %s of %q waits %q, want %q", when, by.Name, by.Org, got, step)
			}
		}
	}
}

// 谁该办、办什么，从申请到公示期满逐步到各人的待办里：第二人复核，人社局或外单位的督导员决定，另一人答复异议，考务结束公示。
func TestEverybodySeesWhatWaitsForThem(t *testing.T) {
	w, ctx := open(t, nil), t.Context()
	elsewhere, far := labour(), acting("outside", far, authz.Supervisor)
	elsewhere.Province = "50"
	never := []authz.Principal{elsewhere, far, acting("stranger", other, authz.ExamOffice), acting("staff", home, authz.ExamOffice, authz.Supervisor), authz.Anonymous()}

	c := w.applied("staff")
	w.dues("applied", map[recognition.Step][]authz.Principal{recognition.Reviewing: {second(), inside()}, "-": append(never, office(), labour(), outside())})
	c, err := w.Review(ctx, second(), c.Seen(), true, "属实")
	check(t, err)
	w.dues("reviewed", map[recognition.Step][]authz.Principal{recognition.Deciding: {labour(), labour2(), outside()}, "-": append(never, office(), second(), inside())})
	_, err = w.Case(ctx, outside(), c.ID)
	check(t, err)
	_, err = w.Case(ctx, far, c.ID)
	refused(t, err, recognition.ErrCase)
	c, err = w.Decide(ctx, outside(), c.Seen(), true, "符合规定")
	check(t, err)
	w.dues("public", map[recognition.Step][]authz.Principal{"-": append(never, office(), second(), inside(), labour(), outside())})
	_, err = w.Object(ctx, c.ID, engine.Protest{Name: "周群", Contact: "022-0000", Words: "此人2024年才入职"})
	check(t, err)
	w.dues("objected", map[recognition.Step][]authz.Principal{recognition.Answering: {labour(), labour2()}, "-": append(never, office(), second(), inside(), outside())})
	_, err = w.Answer(ctx, labour(), c.ID, 1, false, "合同为2020年签订")
	check(t, err)
	w.to("2026-12-01")
	w.dues("over", map[recognition.Step][]authz.Principal{recognition.Concluding: {office(), second()}, "-": append(never, inside(), labour(), outside())})
	_, err = w.Conclude(ctx, office(), c.ID)
	check(t, err)
	w.dues("final", map[recognition.Step][]authz.Principal{"-": append(never, office(), labour(), outside())})
}

// 教过此人的督导员不能决定，待办里也没有这一件。
func TestWhoTaughtIsNotAskedToDecide(t *testing.T) {
	w := open(t, nil)
	w.reviewed("staff")
	class := separation.ClassNode("护理2603班")
	w.tie(separation.Tie{Kind: separation.Attends, From: separation.PersonNode("staff"), To: class, Label: "护理2603班", Since: date("2026-03-01"), Until: date("2026-06-30")})
	w.tie(separation.Tie{Kind: separation.Teaches, From: separation.PersonNode("outside"), To: class, Label: "护理2603班", Since: date("2026-03-01"), Until: date("2026-06-30")})
	w.dues("taught", map[recognition.Step][]authz.Principal{"-": {outside()}, recognition.Deciding: {labour()}})
}
