package practical

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

// MaxNote bounds a note in code points.
const MaxNote = 500

// CheckScores returns ErrScore with every problem of what an examiner entered: a task or criterion that is not on the
// sheet, points outside a criterion or between its described levels, a critical error that is unknown, repeated or
// without a note. Criteria may be left out; Missing counts those.
func CheckScores(tasks []*questionbank.Task, scores map[string]map[string]engine.Points, vetoes []VetoMark) error {
	var c errs.Check
	for _, code := range slices.Sorted(maps.Keys(scores)) {
		t := taskOf(tasks, code)
		c.That(t != nil, "score."+code, "unknown", "本评分表没有此项任务")
		if t == nil {
			continue
		}
		for _, no := range slices.Sorted(maps.Keys(scores[code])) {
			word, msg := problem(t, no, scores[code][no])
			c.That(word == "", fmt.Sprintf("score.%s.%s", code, no), word, msg)
		}
	}
	checkMarks(&c, tasks, vetoes)
	return c.Err(ErrScore)
}

func checkMarks(c *errs.Check, tasks []*questionbank.Task, vetoes []VetoMark) {
	seen := map[[2]string]bool{}
	for _, v := range vetoes {
		at, key := v.Task+"."+v.Code, [2]string{v.Task, v.Code}
		what, known := vetoName(taskOf(tasks, v.Task), v.Code)
		c.That(known, "veto."+at, "unknown", "没有此项一票否决条款")
		c.That(!seen[key], "veto."+at, "repeated", what+"重复登记")
		c.That(strings.TrimSpace(v.Note) != "", "note."+at, "missing", what+"须写明经过")
		c.That(utf8.RuneCountInString(v.Note) <= MaxNote, "note."+at, "long", fmt.Sprintf("%s的经过不超过%d个字", what, MaxNote))
		seen[key] = true
	}
}

// vetoName names a critical error for people, with its task.
func vetoName(t *questionbank.Task, code string) (name string, known bool) {
	if t == nil {
		return "一票否决", false
	}
	for _, v := range t.Vetoes {
		if v.Code == code {
			return fmt.Sprintf("“%s”的一票否决“%s”", t.Name, brief(v.Text)), true
		}
	}
	return fmt.Sprintf("“%s”的一票否决", t.Name), false
}

// briefly is how many characters of a long text name it.
const briefly = 14

func brief(text string) string {
	if r := []rune(text); len(r) > briefly {
		return string(r[:briefly]) + "…"
	}
	return text
}

func taskOf(tasks []*questionbank.Task, code string) *questionbank.Task {
	i := slices.IndexFunc(tasks, func(t *questionbank.Task) bool { return t.Code == code })
	if i < 0 {
		return nil
	}
	return tasks[i]
}

// problem says in one machine word and for people, with the names of task and criterion, what is wrong with p at a criterion;
// "" when nothing is.
func problem(t *questionbank.Task, no string, p engine.Points) (word, msg string) {
	i := slices.IndexFunc(t.Criteria, func(c questionbank.Criterion) bool { return c.No == no })
	if i < 0 {
		return "unknown", fmt.Sprintf("“%s”没有第%s项", t.Name, no)
	}
	c := t.Criteria[i]
	what := fmt.Sprintf("“%s”第%s项“%s”", t.Name, no, brief(c.Text))
	switch {
	case p < 0 || p > c.Points:
		return "range", fmt.Sprintf("%s为0至%s分", what, c.Points)
	case len(c.Levels) == 0, slices.ContainsFunc(c.Levels, func(l questionbank.CriterionLevel) bool { return l.Points == p }):
		return "", ""
	}
	return "level", what + "只能按所列档次给分"
}

// Missing counts the criteria without points.
func Missing(tasks []*questionbank.Task, scores map[string]map[string]engine.Points) (n int) {
	for _, t := range tasks {
		for _, c := range t.Criteria {
			if _, ok := scores[t.Code][c.No]; !ok {
				n++
			}
		}
	}
	return n
}

// seenStep is more than the revisions that any sheet comes to.
const seenStep = 1_000_000

// Seen is by what whoever writes says which sheet they last saw, and how it stood: the revision of a first sheet, and a
// number over all of those for every correction. A page that was opened before a correction is stale.
func (s *Sheet) Seen() int64 { return int64(s.No)*seenStep + s.Revision }

// takenBack reports whether a person who last saw revision is at a correction that was withdrawn: this one, or one after this
// sheet, which counts again.
func (s *Sheet) takenBack(revision int64) bool {
	return !s.TakenBack.IsZero() || revision/seenStep > int64(s.No)
}

// takeBack ends a correction that was not signed, at now. From here on nobody signs it.
func (s *Sheet) takeBack(now time.Time) error {
	switch {
	case !s.TakenBack.IsZero():
		return engine.ErrUnchanged
	case !s.Signed.IsZero():
		return ErrNoCorrection
	}
	s.TakenBack = now
	return nil
}

// Fill replaces what the sheet says, at now, for a person who last saw revision. It returns engine.ErrUnchanged when
// the sheet says exactly that already: the reply to the first time may have been lost.
func (s *Sheet) Fill(revision int64, scores map[string]map[string]engine.Points, vetoes []VetoMark, now time.Time) error {
	vetoes = cleanMarks(vetoes)
	switch {
	case s.takenBack(revision):
		return ErrTakenBack
	case !s.Signed.IsZero():
		return ErrSigned
	case s.Revision > 0 && sameScores(s.Scores, scores) && slices.Equal(s.Vetoes, vetoes):
		return engine.ErrUnchanged
	case s.Seen() != revision:
		return engine.ErrStale
	}
	s.Scores, s.Vetoes, s.Saved = map[string]map[string]engine.Points{}, vetoes, now
	for task, points := range scores {
		s.Scores[task] = maps.Clone(points)
	}
	return nil
}

func sameScores(a, b map[string]map[string]engine.Points) bool {
	return maps.EqualFunc(a, b, func(x, y map[string]engine.Points) bool { return maps.Equal(x, y) })
}

// cleanMarks trims the notes and puts the marks in the order of task and code.
func cleanMarks(vetoes []VetoMark) []VetoMark {
	marks := slices.Clone(vetoes)
	for i := range marks {
		marks[i].Note = strings.TrimSpace(marks[i].Note)
	}
	slices.SortFunc(marks, func(a, b VetoMark) int {
		if c := strings.Compare(a.Task, b.Task); c != 0 {
			return c
		}
		return strings.Compare(a.Code, b.Code)
	})
	return marks
}

// Sign closes the sheet at now. Signing twice is harmless.
func (s *Sheet) Sign(revision int64, tasks []*questionbank.Task, now time.Time) error {
	switch missing := Missing(tasks, s.Scores); {
	case s.takenBack(revision):
		return ErrTakenBack
	case !s.Signed.IsZero():
		return engine.ErrUnchanged
	case missing > 0:
		return ErrUnscored.With("还差%d项", missing)
	case s.Seen() != revision:
		return engine.ErrStale
	}
	s.Signed = now
	return nil
}

// scored reports whether anything was entered.
func (s *Sheet) scored() bool {
	for _, points := range s.Scores {
		if len(points) > 0 {
			return true
		}
	}
	return len(s.Vetoes) > 0
}
