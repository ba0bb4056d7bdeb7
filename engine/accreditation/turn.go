package accreditation

import (
	"slices"

	"github.com/skillcert/skillcert/engine/clock"
)

// Step is what has to be done next, and so by whom.
type Step string

// The steps. What a body does: StepApply, StepFillIn, StepWait. What the authority does: StepReview, StepDecide, StepPublish,
// StepAnswer, StepFile. StepNotice is the public's. The others are ends.
const (
	StepApply   Step = "apply"   // a body of the province begins its application, until the last day of applications
	StepFillIn  Step = "fill-in" // the applicant completes the application and hands it in, until then
	StepReview  Step = "review"  // an authority writes down what the materials, the visit and the answers showed
	StepDecide  Step = "decide"  // another person of the labour authority chooses the body or not
	StepWait    Step = "wait"    // nobody: the decision waits for the last day of applications
	StepOthers  Step = "others"  // the authority decides on the other applications before the notice
	StepPublish Step = "publish" // the labour authority begins the public notice
	StepNotice  Step = "notice"  // anybody may object, until the last day of the notice
	StepAnswer  Step = "answer"  // the labour authority answers an objection before it can file
	StepFile    Step = "file"    // the labour authority files the body
	StepLapsed  Step = "lapsed"  // nobody: not handed in before applications closed
	StepFiled   Step = "filed"   // nobody: done
	StepOver    Step = "over"    // nobody: declined, withdrawn or struck, or of a call: nothing is left to do
)

// Steps lists the steps in the order of their urgency for a call.
func Steps() []Step {
	return []Step{StepAnswer, StepReview, StepDecide, StepFile, StepPublish, StepNotice, StepApply, StepFillIn, StepWait, StepOthers, StepLapsed, StepFiled, StepOver}
}

// Turn is whose turn it is.
type Turn struct {
	Step  Step
	Until clock.Date // the last day for it, zero where there is none
	Count int        // applications that wait for the step, of the turn of a call
}

// TurnOf says what has to be done next for an application on the day.
func (c *Call) TurnOf(a *Application, today clock.Date) Turn {
	open := !c.Closes.Before(today)
	switch a.State {
	case Draft:
		if open {
			return Turn{Step: StepFillIn, Until: c.Closes}
		}
		return Turn{Step: StepLapsed}
	case Submitted:
		return Turn{Step: StepReview}
	case Reviewed:
		if open {
			return Turn{Step: StepWait, Until: c.Closes}
		}
		return Turn{Step: StepDecide}
	case Chosen:
		return c.beforeNotice(open)
	case Noticed:
		return c.inNotice(a, today)
	case Filed:
		return Turn{Step: StepFiled}
	}
	return Turn{Step: StepOver}
}

// beforeNotice is the turn of an application that was chosen.
func (c *Call) beforeNotice(open bool) Turn {
	switch {
	case open:
		return Turn{Step: StepWait, Until: c.Closes}
	case slices.ContainsFunc(c.Applications, Application.undecided):
		return Turn{Step: StepOthers}
	}
	return Turn{Step: StepPublish}
}

// undecided reports whether an application was handed in and neither chosen nor declined.
func (a Application) undecided() bool { return a.State == Submitted || a.State == Reviewed }

func (c *Call) inNotice(a *Application, today clock.Date) Turn {
	switch {
	case a.Open():
		return Turn{Step: StepAnswer}
	case !c.Notice.Last.Before(today):
		return Turn{Step: StepNotice, Until: c.Notice.Last}
	}
	return Turn{Step: StepFile}
}

// Turn says what has to be done next for the whole call on the day: the most urgent of its applications' turns, with their number.
func (c *Call) Turn(today clock.Date) Turn {
	most := Turn{Step: StepOver}
	if !c.Closes.Before(today) {
		most = Turn{Step: StepApply, Until: c.Closes}
	}
	rank := func(s Step) int { return slices.Index(Steps(), s) }
	for i := range c.Applications {
		switch t := c.TurnOf(&c.Applications[i], today); {
		case t.Step == most.Step:
			most.Count++
		case rank(t.Step) < rank(most.Step):
			t.Count = 1
			most = t
		}
	}
	return most
}
