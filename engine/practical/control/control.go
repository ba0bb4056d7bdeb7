// Package control keeps control performances (校准样例) and calibrates examiners (考评员校准) on them: a task, what a candidate did, and
// a reference rating (定标评分) that at least two experts agreed on after each had rated alone. An examiner scores the same
// performance on the same kind of sheet as in an exam, alone, once, and is then compared with the reference.
//
// It stands beside concordance, which compares examiners with each other: a group that is lenient together agrees well there
// and is found here.
package control

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/questionbank"
)

// ID names a control performance.
type ID string

// State is how far a control performance is. It only moves forward: Draft → Rating → Rated → Confirmed → Retired; every
// other may be retired too.
type State string

// The states.
const (
	Draft     State = "draft"     // 编写中: its author writes
	Rating    State = "rating"    // 评分中: the text stands, experts rate, each alone
	Rated     State = "rated"     // 已商定: one of them set down what they agreed on
	Confirmed State = "confirmed" // 已定标: another confirmed it; nothing of it changes any more
	Retired   State = "retired"   // 已停用: nobody scores it any more
)

// LeastRaters is how many experts rate a control performance alone before anything is agreed. It is the meaning of agreement,
// not a regulation's number.
const LeastRaters = 2

// Bounds of what is written, in code points where it is text.
const (
	MaxTitle     = 100
	MaxRecording = 300
	MaxSteps     = 80
	MaxStep      = 500
)

// Scope says to whom a control performance belongs: a body, or with Org empty everybody in a province.
type Scope struct {
	Org      engine.OrgID `json:"org,omitempty"`
	Province string       `json:"province,omitempty"` // two digits of GB/T 2260; empty where Org is set
}

// Text is what the author writes: what the candidate did, step by step, in words. Recording says where a recording is kept; it
// is shown as text and nothing is fetched.
type Text struct {
	Title     string   `json:"title"`
	Steps     []string `json:"steps"`
	Recording string   `json:"recording,omitempty"`
}

// Control is a control performance (校准样例) in one edition. What was confirmed never changes; who wants it otherwise makes a
// new edition and retires this one.
type Control struct {
	ID ID `json:"id"`
	Scope
	Edition int               `json:"edition"`           // from 1
	Earlier ID                `json:"earlier,omitempty"` // the edition that this one was made from
	Task    questionbank.Task `json:"task"`              // as it stood when the draft was made, whatever the bank says later
	Release string            `json:"release"`           // published version of the bank whose table the task belongs to
	Text
	Author    engine.PersonID `json:"author"`
	State     State           `json:"state"`
	Reference *Reference      `json:"reference,omitempty"` // from Rated on

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// LogValue keeps the text and the reference out of logs.
func (c Control) LogValue() slog.Value { return slog.StringValue(string(c.ID)) }

// Reference (定标评分) is what the experts agreed on. Scores are by task code and criterion number, as on sheets.
type Reference struct {
	Scores    map[string]map[string]engine.Points `json:"scores"`
	Vetoes    []practical.VetoMark                `json:"vetoes,omitempty"`
	Reasons   map[string]string                   `json:"reasons,omitempty"` // by criterion number
	By        engine.PersonID                     `json:"by"`                // who set it down
	At        time.Time                           `json:"at"`
	Confirmed engine.PersonID                     `json:"confirmed,omitempty"` // another of the raters
	On        time.Time                           `json:"on,omitzero"`
}

// Refusals of this package.
var (
	ErrControl        = errs.New(errs.NotFound, "control.not_found", "查无此校准样例")
	ErrControlExists  = errs.New(errs.Conflict, "control.exists", "校准样例已存在")
	ErrMarking        = errs.New(errs.NotFound, "control.not_begun", "尚未评分")
	ErrMarkingExists  = errs.New(errs.Conflict, "control.begun", "评分已经开始")
	ErrInput          = errs.New(errs.Invalid, "control.input", "校准样例填写不正确")
	ErrReference      = errs.New(errs.Invalid, "control.reference", "定标评分不正确")
	ErrState          = errs.New(errs.Conflict, "control.state", "校准样例现在的状态不能这样办理，请重新载入查看")
	ErrRelease        = errs.New(errs.Conflict, "control.release", "请选择已发布、未撤回的题库版本")
	ErrReferenceStale = errs.New(errs.Conflict, "control.reference_stale", "另一位专家刚刚登记或改动了定标评分。请重新载入查看，仍要修改的再填写一次")
	ErrFewRatings     = errs.New(errs.Conflict, "control.few_ratings", "须有两名以上专家各自独立评分并签名，才能商定定标评分")
	ErrNotRater       = errs.New(errs.Conflict, "control.not_rater", "请先独立评分并签名，再商定或确认定标评分")
	ErrSamePerson     = errs.New(errs.Conflict, "control.same_person", "定标评分须由另一名参加评分的专家确认")
	ErrInvolved       = errs.New(errs.Conflict, "control.involved", "参与编写或定标评分的人员不能用这份样例校准，请换一份样例")
	ErrTaken          = errs.New(errs.Conflict, "control.taken", "已用这份样例校准的人员不能参加它的定标评分")
	ErrBody           = errs.New(errs.Conflict, "control.body", "账号没有所属的评价机构，不能办理考评员校准")
)

// clean trims what the author typed; empty lines are no steps.
func (t Text) clean() Text {
	t.Title, t.Recording = strings.TrimSpace(t.Title), strings.TrimSpace(t.Recording)
	var steps []string
	for _, s := range t.Steps {
		if s = strings.TrimSpace(s); s != "" {
			steps = append(steps, s)
		}
	}
	t.Steps = steps
	return t
}

func (t Text) check() error {
	var c errs.Check
	t.note(&c)
	return c.Err(ErrInput)
}

// note writes in c what is wrong with the text.
func (t Text) note(c *errs.Check) {
	c.That(t.Title != "", "title", "missing", "请填写样例名称")
	c.That(utf8.RuneCountInString(t.Title) <= MaxTitle, "title", "long", fmt.Sprintf("不超过%d个字", MaxTitle))
	c.That(utf8.RuneCountInString(t.Recording) <= MaxRecording, "recording", "long", fmt.Sprintf("不超过%d个字", MaxRecording))
	c.That(len(t.Steps) > 0, "steps", "missing", "请逐步写明考生做了什么，每步一行")
	c.That(len(t.Steps) <= MaxSteps, "steps", "many", fmt.Sprintf("不超过%d步", MaxSteps))
	c.That(!slices.ContainsFunc(t.Steps, func(s string) bool { return utf8.RuneCountInString(s) > MaxStep }),
		"steps", "long", fmt.Sprintf("每步不超过%d个字", MaxStep))
}

// equal reports whether two texts say the same.
func (t Text) equal(o Text) bool {
	return t.Title == o.Title && t.Recording == o.Recording && slices.Equal(t.Steps, o.Steps)
}

// tasks is the one task, in the form that the rules of score sheets take.
func (c *Control) tasks() []*questionbank.Task { return []*questionbank.Task{&c.Task} }

// amend replaces the text of a draft; only its author does.
func (c *Control) amend(by engine.PersonID, t Text) error {
	switch {
	case c.State != Draft || c.Author != by:
		return ErrState
	case c.Text.equal(t):
		return engine.ErrUnchanged
	}
	c.Text = t
	return nil
}

// submit gives the draft to the experts. From here on its text stands. Doing it twice is harmless.
func (c *Control) submit(by engine.PersonID) error {
	switch {
	case c.Author != by:
		return ErrState
	case c.State == Rating:
		return engine.ErrUnchanged
	case c.State != Draft:
		return ErrState
	}
	c.State = Rating
	return nil
}

// agree sets down what the raters agreed on, after each had signed alone; setting it down again before somebody confirmed it
// replaces it. ratings are the signed ones.
func (c *Control) agree(r Reference, ratings []*Marking) error {
	switch {
	case c.State != Rating && c.State != Rated:
		return ErrState
	case len(ratings) < LeastRaters:
		return ErrFewRatings.With("现有%d名", len(ratings))
	case !rated(ratings, r.By):
		return ErrNotRater
	}
	if err := c.checkReference(r, ratings); err != nil {
		return err
	}
	if c.State == Rated && c.Reference.same(r) {
		return engine.ErrUnchanged
	}
	c.State, c.Reference = Rated, &r
	return nil
}

// same reports whether the same person set the same down: the answer to the first time may have been lost.
func (r *Reference) same(o Reference) bool {
	equal := func(a, b map[string]engine.Points) bool { return maps.Equal(a, b) }
	return r.By == o.By && maps.EqualFunc(r.Scores, o.Scores, equal) && slices.Equal(r.Vetoes, o.Vetoes) && maps.Equal(r.Reasons, o.Reasons)
}

// confirm makes the reference final: another rater's word. Confirming twice is harmless.
func (c *Control) confirm(by engine.PersonID, ratings []*Marking, now time.Time) error {
	switch {
	case c.State == Confirmed && c.Reference.Confirmed == by:
		return engine.ErrUnchanged
	case c.State != Rated:
		return ErrState
	case !rated(ratings, by):
		return ErrNotRater
	case c.Reference.By == by:
		return ErrSamePerson
	}
	c.State, c.Reference.Confirmed, c.Reference.On = Confirmed, by, now
	return nil
}

// retire ends its use. Who signed before keeps their result.
func (c *Control) retire() error {
	if c.State == Retired {
		return engine.ErrUnchanged
	}
	c.State = Retired
	return nil
}

func rated(ratings []*Marking, p engine.PersonID) bool {
	return slices.ContainsFunc(ratings, func(m *Marking) bool { return m.Person == p })
}

// checkReference returns ErrReference with every problem: what a sheet may not say either, a criterion without points, points
// that no rater's mark reaches up or down to, a critical error that no rater saw, points taken off without a reason.
func (c *Control) checkReference(r Reference, ratings []*Marking) error {
	if err := practical.CheckScores(c.tasks(), r.Scores, r.Vetoes); err != nil {
		return err
	}
	var k errs.Check
	for _, x := range c.Task.Criteria {
		name := fmt.Sprintf("score.%s.%s", c.Task.Code, x.No)
		p, ok := r.Scores[c.Task.Code][x.No]
		k.That(ok, name, "missing", "每个评分项都要有定标分值")
		if !ok {
			continue
		}
		low, high := between(ratings, c.Task.Code, x.No)
		k.That(low <= p && p <= high, name, "apart", fmt.Sprintf("应在各专家评分之间：%s至%s分", low, high))
		reason := "reason." + c.Task.Code + "." + x.No
		k.That(p == x.Points || r.Reasons[x.No] != "", reason, "missing", "扣分的评分项须写明理由")
		k.That(utf8.RuneCountInString(r.Reasons[x.No]) <= practical.MaxNote, reason, "long", fmt.Sprintf("不超过%d个字", practical.MaxNote))
	}
	for _, no := range slices.Sorted(maps.Keys(r.Reasons)) {
		k.That(slices.ContainsFunc(c.Task.Criteria, func(x questionbank.Criterion) bool { return x.No == no }),
			"reason."+c.Task.Code+"."+no, "unknown", "没有此评分项")
	}
	for _, v := range r.Vetoes {
		k.That(slices.ContainsFunc(ratings, func(m *Marking) bool { return slices.Contains(vetoes(m.Sheet.Vetoes), v.Code) }),
			"veto."+v.Task+"."+v.Code, "unseen", "没有专家登记过这项一票否决")
	}
	return k.Err(ErrReference)
}

// between is the lowest and the highest that raters gave at a criterion.
func between(ratings []*Marking, task, no string) (low, high engine.Points) {
	for i, m := range ratings {
		p := m.Sheet.Scores[task][no]
		if i == 0 {
			low, high = p, p
		}
		low, high = min(low, p), max(high, p)
	}
	return low, high
}

// vetoes are the codes of critical errors, in order.
func vetoes(marks []practical.VetoMark) (codes []string) {
	for _, m := range marks {
		codes = append(codes, m.Code)
	}
	slices.Sort(codes)
	return codes
}
