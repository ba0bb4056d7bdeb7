package web

import (
	"html/template"
	"maps"
	"slices"

	"github.com/skillcert/skillcert/engine"
)

// shapes are the template functions that put a view's rows into the order or form in which they are shown.
func shapes() template.FuncMap {
	fm := charts()
	maps.Copy(fm, template.FuncMap{
		"mapStates": MapStates, "seatGroups": SeatGroups,
		"steps": Steps, "stepClass": func(s, now Step) string { return progress(slices.Index(Steps(), s), slices.Index(Steps(), now)) },
		"remedies":   func() []string { return []string{"rekey", "full-credit"} },
		"sealStages": SealStages, "stageClass": func(s, now SealStage) string {
			return progress(slices.Index(SealStages(), s), slices.Index(SealStages(), now))
		},
		"drawStageClass": func(s string, all []string, now string) string {
			return progress(slices.Index(all, s), slices.Index(all, now))
		},
		"leadStandings": func() []string { return []string{"absent", "voided", "none"} },
		"vetoDecisions": func() []string { return []string{"upheld", "dismissed"} },
		"picked":        func(p *engine.Points, level engine.Points) bool { return p != nil && *p == level },
		"inKey":         func(key []int, i int) bool { return slices.Contains(key, i) },
		"verdicts":      verdicts, "matrix": matrix, "heat": func(n int) int { return min(n, 4) },
		"allLevels":     engine.Levels,
		"itemTypes":     func() []string { return []string{"single", "multiple", "judgement"} },
		"itemStates":    itemStates,
		"difficulties":  func() []int { return []int{1, 2, 3, 4, 5} },
		"until":         func(n int) []int { return slices.Collect(upTo(n)) },
		"decisions":     func() []string { return []string{"add", "replace", "skip"} },
		"certStates":    func() []string { return []string{"reserved", "valid", "revoked", "void"} },
		"paletteStates": paletteStates, "paletteMark": paletteMark,
		"examSizes":   func() []string { return []string{"s", "m", "l"} },
		"examModules": examModules,
		"measures":    func() []string { return []string{string(engine.Suspended), string(engine.Rectification)} },
		"awardDocs":   func() []string { return kinds() },
		"awardGroups": func() []string { return []string{"worker", "student"} },
	})
	return fm
}

// kinds are the kinds of identity documents.
func kinds() (all []string) {
	for _, t := range engine.IDTypes() {
		all = append(all, string(t))
	}
	return all
}

// itemStates are questionbank's states of an item, in the order of its life.
func itemStates() []string {
	return []string{"draft", "reviewed", "consented", "filed", "admitted", "suspended", "retired"}
}

// SealStages lists the stages in order.
func SealStages() []SealStage { return []SealStage{SealMarking, SealOpen, SealSealed, SealWitnessed} }

func progress(at, now int) string {
	switch {
	case at < now:
		return "done"
	case at == now:
		return "now"
	}
	return "ahead"
}

func verdicts(rows []ResultRow) map[string]int {
	n := map[string]int{string(Passed): 0, string(Failed): 0, string(Pending): 0, string(Open): 0}
	for _, r := range rows {
		n[string(r.Verdict)]++
	}
	return n
}

// countMatrix is the bank's counts as a table: one row for each level and type, one column for each state that occurs.
type countMatrix struct {
	States []string
	Rows   []countRow
}

type countRow struct {
	Level  engine.Level
	Type   string
	Counts []int
	Sum    int
}

func matrix(counts []BankCount) countMatrix {
	var m countMatrix
	for _, c := range counts {
		if !slices.Contains(m.States, c.State) {
			m.States = append(m.States, c.State)
		}
	}
	slices.SortStableFunc(m.States, func(a, b string) int { return slices.Index(itemStates(), a) - slices.Index(itemStates(), b) })
	for _, c := range counts {
		at := slices.IndexFunc(m.Rows, func(r countRow) bool { return r.Level == c.Level && r.Type == c.Type })
		if at < 0 {
			m.Rows = append(m.Rows, countRow{Level: c.Level, Type: c.Type, Counts: make([]int, len(m.States))})
			at = len(m.Rows) - 1
		}
		m.Rows[at].Counts[slices.Index(m.States, c.State)] += c.Count
		m.Rows[at].Sum += c.Count
	}
	return m
}

// upTo counts from 0 to n-1.
func upTo(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

// paletteStates are the five states of a question in the exam page's palette; the scripts use the same words.
func paletteStates() []string {
	return []string{"unseen", "seen", "answered", "flagged", "answered-flagged"}
}

// paletteMark is the sign in a cell of the palette; the scripts copy it from the legend.
func paletteMark(state string) (template.HTML, error) {
	if state == "flagged" || state == "answered-flagged" {
		return icon("flag")
	}
	return "", nil
}

// examModules are the modules that exam/main.js loads, fetched beside it rather than after it.
func examModules() []string {
	return []string{"exam/activity.js", "exam/api.js", "exam/board.js", "exam/clock.js", "exam/hall.js", "exam/handin.js", "exam/keys.js", "exam/paper.js", "exam/queue.js",
		"exam/rare.js", "exam/rescue.js", "exam/rich.js", "exam/saving.js", "exam/seb.js", "exam/shelter.js", "exam/stale.js", "exam/state.js", "exam/store.js", "exam/tools.js", "exam/view.js",
		"exam/window.js", "words.js"}
}
