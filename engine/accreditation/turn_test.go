package accreditation_test

import (
	"testing"

	"github.com/skillcert/skillcert/engine/accreditation"
	"github.com/skillcert/skillcert/engine/clock"
)

func september(d int) clock.Date { return clock.Date{Year: 2026, Month: 9, Day: d} }

// 每一种状态都说明下一步由谁办、办什么、到哪一天：截止当日还能提交，次日起不能；公示最后一日还能提异议，次日起办备案。
func TestWhoseTurnItIs(t *testing.T) {
	type turn = accreditation.Turn
	closes, last := september(11), september(21)
	for name, c := range map[string]struct {
		state accreditation.State
		day   int
		want  turn
	}{
		"draft on the last day":          {accreditation.Draft, 11, turn{Step: accreditation.StepFillIn, Until: closes}},
		"draft the day after":            {accreditation.Draft, 12, turn{Step: accreditation.StepLapsed}},
		"submitted":                      {accreditation.Submitted, 11, turn{Step: accreditation.StepReview}},
		"reviewed while others may come": {accreditation.Reviewed, 11, turn{Step: accreditation.StepWait, Until: closes}},
		"reviewed":                       {accreditation.Reviewed, 12, turn{Step: accreditation.StepDecide}},
		"chosen while applications come": {accreditation.Chosen, 11, turn{Step: accreditation.StepWait, Until: closes}},
		"chosen":                         {accreditation.Chosen, 12, turn{Step: accreditation.StepPublish}},
		"last day of the notice":         {accreditation.Noticed, 21, turn{Step: accreditation.StepNotice, Until: last}},
		"the day after the notice":       {accreditation.Noticed, 22, turn{Step: accreditation.StepFile}},
		"filed":                          {accreditation.Filed, 22, turn{Step: accreditation.StepFiled}},
		"declined":                       {accreditation.Declined, 12, turn{Step: accreditation.StepOver}},
		"withdrawn":                      {accreditation.Withdrawn, 12, turn{Step: accreditation.StepOver}},
		"struck":                         {accreditation.Struck, 22, turn{Step: accreditation.StepOver}},
	} {
		w := open(t)
		id := w.announce()
		w.bring(id, c.state)
		got, err := w.desk.Call(ctx, labour, id)
		must(t, err)
		if turn := got.TurnOf(&got.Applications[0], september(c.day)); turn != c.want {
			t.Errorf("%s: %+v, want %+v", name, turn, c.want)
		}
	}
}

// 整项遴选按最急的一步说：还有申报没评审的先评审，异议未答复的先答复；没有人申报的等申报，截止后没有要办的。
func TestTheTurnOfACall(t *testing.T) {
	w := open(t)
	id := w.announce()
	step := func(day int) accreditation.Turn {
		t.Helper()
		c, err := w.desk.Call(ctx, labour, id)
		must(t, err)
		return c.Turn(september(day))
	}
	want := func(what string, got, want accreditation.Turn) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	want("open", step(11), accreditation.Turn{Step: accreditation.StepApply, Until: september(11)})
	want("closed without applications", step(12), accreditation.Turn{Step: accreditation.StepOver})
	w.prepare(id, "b")
	_, err := w.desk.Submit(ctx, office("b"), id)
	must(t, err)
	w.bring(id, accreditation.Chosen)
	want("one chosen, one handed in", step(12), accreditation.Turn{Step: accreditation.StepReview, Count: 1})
	c, err := w.desk.Call(ctx, labour, id)
	must(t, err)
	want("the one that was chosen", c.TurnOf(&c.Applications[1], september(12)), accreditation.Turn{Step: accreditation.StepOthers})
	_, err = w.desk.Review(ctx, medical, id, "b", no)
	must(t, err)
	_, err = w.desk.Decide(ctx, labour, id, "b", no)
	must(t, err)
	want("both decided", step(12), accreditation.Turn{Step: accreditation.StepPublish, Count: 1})
	w.day(14)
	_, err = w.desk.Publish(ctx, labour, id)
	must(t, err)
	_, err = w.desk.Object(ctx, labour, id, "a", accreditation.Objection{From: "某人", Text: "不实"})
	must(t, err)
	want("an objection after the notice", step(22), accreditation.Turn{Step: accreditation.StepAnswer, Count: 1})
}
