package api

import (
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// Paper is one candidate's paper with what is answered so far. There is no key in it.
type Paper struct {
	Attempt   string         `json:"attempt"`
	Name      string         `json:"name"`
	Ticket    sitting.Ticket `json:"ticket"`
	Seat      string         `json:"seat"`
	Title     string         `json:"title"`
	Sample    bool           `json:"sample"`
	Level     engine.Level   `json:"level"`
	Now       Instant        `json:"now"`
	Closes    Instant        `json:"closes"`
	Grace     int            `json:"grace" jsonschema:"description=Seconds after closes in which responses on their way are taken"`
	Paused    bool           `json:"paused"`
	Seq       int            `json:"seq" jsonschema:"description=Highest sequence on record"`
	Questions []Question     `json:"questions"`

	HandIn *HandInPass `json:"hand_in,omitempty" jsonschema:"description=To make a hand-in file without a network; absent where none is taken"`
}

// Question is one question as it is shown: places of options, never their order in the bank. Stem and options are what
// a person reads; where an item has formatting or pictures, the same stands beside them as safe HTML.
type Question struct {
	No      int      `json:"no"`
	Type    string   `json:"type"`
	Stem    string   `json:"stem"`
	Options []string `json:"options"`
	Chosen  []int    `json:"chosen"`
	Flag    bool     `json:"flag"`

	Answered *LastChange `json:"answered,omitempty" jsonschema:"description=The change that chosen is of"`
	Flagged  *LastChange `json:"flagged,omitempty" jsonschema:"description=The change that flag is of"`

	StemHTML    string   `json:"stem_html,omitempty"`
	OptionsHTML []string `json:"options_html,omitempty"`
}

// LastChange is that of a question's answer or flag, wherever it was made.
type LastChange struct {
	Seq      int     `json:"seq"`
	ClientAt Instant `json:"client_at"`
	At       Instant `json:"at" jsonschema:"description=When it was stored"`
}

func viewLatest(c theory.Latest) *LastChange {
	if c.Seq == 0 {
		return nil
	}
	return &LastChange{Seq: c.Seq, ClientAt: Instant(c.ClientAt), At: Instant(c.At)}
}

// examImage is the address of a picture on the candidate's own paper.
func examImage(digest string) string { return "/exam/paper/images/" + digest }

func viewQuestion(q theory.Question) Question {
	v := Question{No: q.No, Type: string(q.Type), Stem: reading(q.Stem), Options: each(q.Options, reading),
		Chosen: append([]int{}, q.Chosen...), Flag: q.Flagged, Answered: viewLatest(q.Answer), Flagged: viewLatest(q.Flag)}
	html := func(fragment string) string { return richtext.HTML(fragment, examImage) }
	if v.Stem != q.Stem {
		v.StemHTML = html(q.Stem)
	}
	if !slices.Equal(v.Options, q.Options) {
		v.OptionsHTML = each(q.Options, html)
	}
	return v
}

func viewPaper(p *theory.Paper, session *sitting.Session) Paper {
	a := p.Attempt
	v := Paper{Attempt: string(a.ID), Name: p.Name, Ticket: a.Ticket, Seat: p.Seat, Title: session.Name, Sample: session.Sample,
		Level: session.Level, Now: Instant(p.Now), Closes: Instant(p.Times.Closes), Grace: int(p.Times.Grace.Seconds()), Paused: p.Times.Paused, Seq: p.Seq, Questions: make([]Question, len(p.Questions)), HandIn: viewPass(p.HandIn)}
	for i, q := range p.Questions {
		v.Questions[i] = viewQuestion(q)
	}
	return v
}

// Response is one change of an answer. Item counts from 0, Seq from 1 without gaps.
type Response struct {
	Seq      int       `json:"seq"`
	Item     int       `json:"item"`
	Chosen   []int     `json:"chosen"`
	Flag     bool      `json:"flag"`
	Kind     string    `json:"kind" jsonschema:"enum=response,enum=flag"`
	ClientAt time.Time `json:"client_at"`
	Window   string    `json:"window,omitempty" jsonschema:"description=The window that the paper was opened in"`
}

// TakePaper opens the paper in a window of the candidate's.
type TakePaper struct {
	Window   string `json:"window" jsonschema:"description=Name that the window chose for itself"`
	TakeOver bool   `json:"take_over,omitempty" jsonschema:"description=Go on here; the other window writes no more"`
}

// Submission hands in.
type Submission struct {
	Window string `json:"window,omitempty" jsonschema:"description=The window that the paper was opened in"`
}

// Pulse is a page's sign of life. Heard is the seq of the last clock that it was told.
type Pulse struct {
	Window   string `json:"window"`
	Heard    int    `json:"heard"`
	Question int    `json:"question"`
	Unsaved  int    `json:"unsaved"`
	Away     bool   `json:"away"`
}

func (p Pulse) beat() theory.Beat {
	return theory.Beat{Window: p.Window, Question: p.Question, Unsaved: p.Unsaved, Away: p.Away, Heard: p.Heard}
}

// entry is the line of the response log that r asks for.
func (r Response) entry() theory.Entry {
	return theory.Entry{Seq: r.Seq, Kind: theory.EntryKind(r.Kind), Question: r.Item + 1, Chosen: r.Chosen, Flagged: r.Flag, ClientAt: r.ClientAt, Window: r.Window}
}

// Saved says that everything up to Seq is durable.
type Saved struct {
	Seq    int     `json:"seq"`
	Now    Instant `json:"now"`
	Closes Instant `json:"closes"`
	Closed bool    `json:"closed"`
}

func viewSaved(v theory.Saved) Saved {
	return Saved{Seq: v.Seq, Now: Instant(v.Now), Closes: Instant(v.Closes), Closed: v.Closed}
}

// Clock is the server's time and whether the paper may be opened.
type Clock struct {
	Now       Instant   `json:"now"`
	Opens     Instant   `json:"opens"`
	Closes    Instant   `json:"closes" jsonschema:"description=With everything that was added; while paused it moves on with now"`
	Grace     int       `json:"grace" jsonschema:"description=Seconds after closes in which responses on their way are taken"`
	Paused    bool      `json:"paused"`
	State     string    `json:"state" jsonschema:"description=scheduled; ready; in-progress; anything else is over"`
	Seat      int       `json:"seat,omitempty" jsonschema:"description=Number of the seat now; absent for who is voided"`
	CheckedIn bool      `json:"checked_in"`
	Elsewhere string    `json:"elsewhere,omitempty" jsonschema:"description=Where the paper went: window or machine; absent while it is here or nowhere"`
	Seq       int       `json:"seq" jsonschema:"description=How far the news go; to be told of what follows, wait with it"`
	Messages  []Message `json:"messages"`
}

// Message is what the room tells its candidates.
type Message struct {
	Seq  int     `json:"seq"`
	At   Instant `json:"at"`
	Text string  `json:"text"`
}

func viewMessage(l *sitting.Line) Message { return Message{Seq: l.No, At: Instant(l.At), Text: l.Text} }

func viewClock(v theory.ClockState) Clock {
	return Clock{Now: Instant(v.Now), Opens: Instant(v.Opens), Closes: Instant(v.Closes), Grace: int(v.Grace.Seconds()), Paused: v.Paused,
		State: v.State, Seat: v.Seat, CheckedIn: v.CheckedIn, Elsewhere: string(v.Elsewhere), Seq: v.Seq, Messages: each(v.Messages, viewMessage)}
}

// Receipt is what a candidate holds after the end. Code is empty before.
type Receipt struct {
	State      string  `json:"state"`
	Code       string  `json:"code"`
	Answered   int     `json:"answered"`
	Unanswered int     `json:"unanswered"`
	At         Instant `json:"at,omitzero"`
	ByClock    bool    `json:"by_clock"`
}

func viewReceipt(a *theory.Attempt) Receipt {
	return Receipt{State: string(a.State), Code: a.Receipt, Answered: a.Answered, Unanswered: len(a.Form.Items) - a.Answered,
		At: Instant(a.Submitted), ByClock: a.ByClock}
}

// ComponentResult is one component judged alone. The two are never added.
type ComponentResult struct {
	Standing engine.Standing `json:"standing"`
	Points   engine.Points   `json:"points" jsonschema:"description=Hundredths of a point"`
	PassMark engine.Points   `json:"pass_mark" jsonschema:"description=Hundredths of a point"`
	Passed   bool            `json:"passed"`
	Kept     *KeptPass       `json:"kept,omitempty"` // the component was not taken in this session
}

// KeptPass is where a pass that is kept was made.
type KeptPass struct {
	Session sitting.SessionID `json:"session"`
	Name    string            `json:"name"`
	On      Day               `json:"on"`
}

func viewComponent(c result.Component) ComponentResult {
	v := ComponentResult{Standing: c.Standing, Points: c.Points, PassMark: c.PassMark, Passed: c.Passed()}
	if c.From != "" {
		v.Kept = &KeptPass{c.Origin.Session, c.Origin.Name, Day(c.Origin.On)}
	}
	return v
}

// Result is one candidate's outcome.
type Result struct {
	Ticket    sitting.Ticket  `json:"ticket"`
	Level     engine.Level    `json:"level"`
	Theory    ComponentResult `json:"theory"`
	Practical ComponentResult `json:"practical"`
	Outcome   result.Outcome  `json:"outcome"`
}

func viewResult(r *result.Result) Result {
	return Result{Ticket: r.Ticket, Level: r.Level, Theory: viewComponent(r.Theory), Practical: viewComponent(r.Practical), Outcome: r.Outcome()}
}

// Publication is how far a session's results are.
type Publication struct {
	Session sitting.SessionID `json:"session"`
	Name    string            `json:"name"`
	Level   engine.Level      `json:"level"`
	Stage   result.Stage      `json:"stage"`
	From    Day               `json:"from"`
	Until   Day               `json:"until"`
	Count   int               `json:"count"`
}

func viewPublication(p *result.Publication) Publication {
	return Publication{Session: p.Session, Name: p.Name, Level: p.Level, Stage: p.Stage, From: Day(p.From), Until: Day(p.Until), Count: p.Count}
}

// OwnResult is a candidate's own result; absent before publicity.
type OwnResult struct {
	Publication Publication `json:"publication"`
	Result      *Result     `json:"result,omitempty"`
}

func viewOwnResult(r *result.Result, p *result.Publication) OwnResult {
	v := OwnResult{Publication: viewPublication(p)}
	if r != nil {
		one := viewResult(r)
		v.Result = &one
	}
	return v
}
