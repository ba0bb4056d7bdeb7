package questionbank_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

// fields are the names of the inputs that err is about.
func fields(err error) string {
	var e *errs.Error
	if !errors.As(err, &e) {
		return ""
	}
	var names []string
	for _, f := range e.Fields {
		names = append(names, f.Name+" "+f.Code)
	}
	return strings.Join(names, ", ")
}

func TestElementTableRules(t *testing.T) {
	type table = questionbank.ElementTable
	at := func(t *table, code string) *questionbank.Range {
		for n := range t.Ranges {
			if t.Ranges[n].Code == code {
				return &t.Ranges[n]
			}
		}
		return &questionbank.Range{}
	}
	for name, s := range map[string]struct {
		change func(*table)
		want   string // "" when it is sound
	}{
		"as it is":              {func(*table) {}, ""},
		"in any order":          {func(t *table) { t.Ranges[0], t.Ranges[5] = t.Ranges[5], t.Ranges[0] }, ""},
		"half points":           {func(t *table) { at(t, "A-A").Weight += 50; at(t, "A-B").Weight -= 50 }, ""},
		"third level weighed":   {func(t *table) { at(t, "B-A-A").Weight = engine.Pt(60) }, ""},
		"third level weighs 59": {func(t *table) { at(t, "B-A-A").Weight = engine.Pt(59) }, "B-A weight"},
		"children one too many": {func(t *table) { at(t, "A-A").Weight++ }, "A weight"},
		"children one too few":  {func(t *table) { at(t, "A-A").Weight-- }, "A weight"},
		"roots at 99.99":        {func(t *table) { at(t, "B").Weight--; at(t, "B-A").Weight-- }, " weight"},
		"roots at 100.01":       {func(t *table) { at(t, "B").Weight++; at(t, "B-A").Weight++ }, " weight"},
		"printed ratios": {func(t *table) {
			at(t, "A").Ratio, at(t, "A-A").Ratio, at(t, "A-B").Ratio, at(t, "B-A-A").Ratio = "01:01:00", "01:00:00", "00:01:00", "01:00:01"
		}, ""},
		"ratio one off":       {func(t *table) { at(t, "B-A").Ratio = "01:00:02" }, "B-A ratio"},
		"ratio one too few":   {func(t *table) { at(t, "B-A").Ratio = "00:00:01" }, "B-A ratio"},
		"ratio in one digit":  {func(t *table) { at(t, "B-A").Ratio = "1:0:1" }, "B-A ratio"},
		"ratio of two counts": {func(t *table) { at(t, "B-A").Ratio = "01:00" }, "B-A ratio"},
		"ratio is not the children's": {func(t *table) {
			at(t, "A").Ratio, at(t, "A-A").Ratio, at(t, "A-B").Ratio = "01:01:00", "01:00:00", "00:02:00"
		}, "A ratio-sum, A-B ratio"},
		"edition with a control character": {func(t *table) { t.Edition = "2024\x00" }, "edition form"},
		"no weights":                       {func(t *table) { clear(t.Ranges); t.Ranges = t.Ranges[:0]; t.Points = t.Points[:0] }, "points missing,  weight"},
		"range twice":                      {func(t *table) { t.Ranges = append(t.Ranges, questionbank.Range{Code: "B-A-A", Name: "又"}) }, "B-A-A repeated"},
		"point twice":                      {func(t *table) { t.Points = append(t.Points, t.Points[0]) }, "A-A-001 repeated"},
		"parent missing":                   {func(t *table) { t.Ranges = append(t.Ranges, questionbank.Range{Code: "C-A", Name: "孤"}) }, "C-A parent, C-A empty"},
		"point without range":              {func(t *table) { t.Points[0].Code = "A-C-001" }, "A-C-001 parent, A-A empty"},
		"point beside ranges":              {func(t *table) { t.Points[0].Code = "B-A-001" }, "A-A empty, B-A mixed"},
		"code in small letters":            {func(t *table) { t.Points[1].Code = "a-b-001" }, "a-b-001 code, a-b-001 parent, A-B empty"},
		"importance":                       {func(t *table) { t.Points[1].Importance = "W" }, "A-B-001 importance"},
		"nameless":                         {func(t *table) { t.Points[1].Name = " " }, "A-B-001 name"},
		"level":                            {func(t *table) { t.Level = 2 }, "level unknown"},
		"occupation":                       {func(t *table) { t.Occupation = "" }, "occupation missing"},
	} {
		h, in := open(t), elementTable()
		s.change(&in)
		err := h.ImportTable(ctx, keeper, in)
		if s.want == "" {
			must(t, err)
			if got := done(h.Table(ctx, engine.Level5))(t); got.Ranges[0].Code != "A" {
				t.Errorf("%s: the table begins with %s", name, got.Ranges[0].Code)
			}
			continue
		}
		wantError(t, name, err, questionbank.ErrTableInput)
		for _, part := range strings.Split(s.want, ", ") {
			if !strings.Contains(fields(err), part) {
				t.Errorf("%s: %s, want %s", name, fields(err), s.want)
			}
		}
		_, err = h.Table(ctx, engine.Level5)
		wantError(t, name+" was kept", err, questionbank.ErrTable)
	}
	wantError(t, "role", open(t).ImportTable(ctx, reviewer, elementTable()), authz.ErrForbidden)
	in := elementTable()
	if x, y, z := in.Ratio("B-A"); x != 1 || y != 0 || z != 1 {
		t.Errorf("ratio %d:%d:%d", x, y, z)
	}
}

func TestEditionsStandSideBySide(t *testing.T) {
	h, older := furnished(t), elementTable()
	newer := elementTable()
	newer.Edition, newer.Points[0].Name = "2029", "新守则"
	must(t, h.ImportTable(ctx, keeper, newer))
	if got := done(h.TableEditions(ctx, engine.Level5))(t); strings.Join(got, " ") != "2024 2029" {
		t.Errorf("editions %v", got)
	}
	if got := done(h.TableOf(ctx, engine.Level5, "2024"))(t); got.Points[0] != older.Points[0] {
		t.Errorf("the older edition has %+v", got.Points[0])
	}
	if got := done(h.Table(ctx, engine.Level5))(t); got.Edition != "2029" {
		t.Errorf("the working table is of %s", got.Edition)
	}
	_, err := h.TableOf(ctx, engine.Level5, "2019")
	wantError(t, "unknown edition", err, questionbank.ErrTable)
}

// TestTwoKeysForOneStem: an item that asks the same as another of its level, for candidates who may get both, and has
// another key is refused; which order the options are in does not matter, nor how they are written.
func TestTwoKeysForOneStem(t *testing.T) {
	type version = questionbank.ItemVersion
	like := func(code string, change func(*version)) version {
		v := single(code, "")
		v.Stem = "Ａ型题：翻身间隔为（  ）小时。"
		v.Options = []string{"2", "4", "6"}
		change(&v)
		return v
	}
	h := furnished(t)
	four := elementTable()
	four.Level = engine.Level4
	must(t, h.ImportTable(ctx, keeper, four))
	tianjin := like("P1", func(v *version) { v.Province, v.Stem = "12", "补充题" })
	h.imported(t, like("N1", func(*version) {}), tianjin)
	for n, s := range []struct {
		name   string
		change func(*version)
		want   string
	}{
		{"another key", func(v *version) { v.Key = []int{1} }, "items.0.key clash"},
		{"another key, written otherwise", func(v *version) { v.Stem, v.Key = "a型题：翻身间隔为()<em>小时</em>", []int{2} }, "items.0.key clash"},
		{"another key, in another order", func(v *version) { v.Options, v.Key = []string{"6", "2", "4"}, []int{0} }, "items.0.key clash"},
		{"the same key in another order", func(v *version) { v.Options, v.Key = []string{"6", "2", "4"}, []int{1} }, ""},
		{"the same key", func(*version) {}, ""},
		{"another option", func(v *version) { v.Options, v.Key = []string{"2", "4", "8"}, []int{1} }, ""},
		{"another level", func(v *version) { v.Level, v.Key = engine.Level4, []int{1} }, ""},
		{"of a province", func(v *version) { v.Province, v.Key = "22", []int{1} }, "items.0.key clash"},
		{"like one of another province", func(v *version) { v.Province, v.Stem, v.Key = "22", "补充题", []int{1} }, ""},
		{"like one of the province", func(v *version) { v.Province, v.Stem, v.Key = "12", "补充题", []int{1} }, "items.0.key clash"},
		{"national, like one of a province", func(v *version) { v.Stem, v.Key = "补充题 ", []int{1} }, "items.0.key clash"},
	} {
		v := like("X"+strings.Repeat("x", n), s.change)
		err := h.CheckItems(ctx, author, []version{v})
		if s.want == "" && err != nil || s.want != "" && (!errors.Is(err, questionbank.ErrItemInput) || fields(err) != s.want) {
			t.Errorf("%s: %v, want %q", s.name, err, s.want)
		}
	}
	other := like("Y2", func(v *version) { v.Stem, v.Key = "两道新题", []int{1} })
	_, err := h.ImportItems(ctx, author, []version{like("Y1", func(v *version) { v.Stem = "两道新题" }), other})
	if !errors.Is(err, questionbank.ErrItemInput) || fields(err) != "items.1.key clash" {
		t.Errorf("two drafts: %v", err)
	}
	done(h.Retire(ctx, keeper, "N1", "过时"))(t)
	h.imported(t, like("N2", func(v *version) { v.Key = []int{1} })) // the other one is not in use any more
}

func TestItemRules(t *testing.T) {
	type version = questionbank.ItemVersion
	judged := func(v *version) { v.Type, v.Options, v.Key = questionbank.Judgement, questionbank.Judged(), []int{1} }
	for name, s := range map[string]struct {
		change func(*version)
		want   string
	}{
		"as it is":              {func(*version) {}, ""},
		"judgement":             {judged, ""},
		"multiple":              {func(v *version) { v.Type, v.Key = questionbank.Multiple, []int{0, 2} }, ""},
		"multiple with one key": {func(v *version) { v.Type = questionbank.Multiple }, "key count"},
		"single with two keys":  {func(v *version) { v.Key = []int{0, 1} }, "key count"},
		"no key":                {func(v *version) { v.Key = nil }, "key count"},
		"last option":           {func(v *version) { v.Key = []int{2} }, ""},
		"key beyond":            {func(v *version) { v.Key = []int{3} }, "key outside"},
		"key below":             {func(v *version) { v.Key = []int{-1} }, "key outside"},
		"key twice":             {func(v *version) { v.Type, v.Key = questionbank.Multiple, []int{1, 1} }, "key order"},
		"judgement reversed":    {func(v *version) { judged(v); v.Options = []string{"错误", "正确"} }, "options judgement"},
		"one option":            {func(v *version) { v.Options = v.Options[:1] }, "options count"},
		"nine options":          {func(v *version) { v.Options = codes(9, "选项") }, "options count"},
		"eight options":         {func(v *version) { v.Options = codes(8, "选项") }, ""},
		"option twice":          {func(v *version) { v.Options[1] = v.Options[0] }, "options.1 repeated"},
		"blank option":          {func(v *version) { v.Options[1] = " " }, "options.1 form"},
		"blank stem":            {func(v *version) { v.Stem = "\t" }, "stem form"},
		"private-use character": {func(v *version) { v.Stem = "a\ue000" }, "stem form"},
		"garbled stem":          {func(v *version) { v.Stem = "a\ufffd" }, "stem form"},
		"stem too long":         {func(v *version) { v.Stem = strings.Repeat("题", 4001) }, "stem form"},
		"longest stem":          {func(v *version) { v.Stem = strings.Repeat("题", 4000) }, ""},
		"difficulty 0":          {func(v *version) { v.Difficulty = 0 }, "difficulty range"},
		"difficulty 5":          {func(v *version) { v.Difficulty = 5 }, ""},
		"difficulty 6":          {func(v *version) { v.Difficulty = 6 }, "difficulty range"},
		"seconds unknown":       {func(v *version) { v.Seconds = 0 }, ""},
		"an hour":               {func(v *version) { v.Seconds = 3600 }, ""},
		"more than an hour":     {func(v *version) { v.Seconds = 3601 }, "seconds range"},
		"type":                  {func(v *version) { v.Type = "essay" }, "type unknown"},
		"level":                 {func(v *version) { v.Level = 2 }, "level unknown"},
		"province":              {func(v *version) { v.Province = "99" }, "province unknown"},
		"Chinese code":          {func(v *version) { v.Code = "题1" }, "code form"},
		"point of a range":      {func(v *version) { v.Point = "A-A" }, "point form"},
		"unknown point":         {func(v *version) { v.Point = "A-A-009" }, "point unknown"},
	} {
		h, v := furnished(t), single("N1", "")
		s.change(&v)
		_, err := h.ImportItems(ctx, author, []version{single("N0", ""), v})
		rows, _, _ := h.ports.Items.ItemList(ctx, engine.Cursor{})
		if s.want == "" {
			if err != nil || len(rows) != 2 {
				t.Errorf("%s: %v, %d items", name, err, len(rows))
			}
			continue
		}
		if !errors.Is(err, questionbank.ErrItemInput) || !strings.Contains(fields(err), "items.1."+s.want) || len(rows) != 0 {
			t.Errorf("%s: %v, %d items were kept; want %s", name, err, len(rows), s.want)
		}
	}
}

func TestImportItems(t *testing.T) {
	h := furnished(t)
	a, b := single("N1", ""), single("N2", "")
	first := done(h.ImportItems(ctx, author, []questionbank.ItemVersion{b, a}))(t)
	if first[0].Code != "N2" || first[1].Current().Author != "author" || first[0].State != questionbank.Draft || first[0].Current().Version != 1 {
		t.Fatalf("%+v", first)
	}
	edited := a
	edited.Stem = "改"
	done(h.Edit(ctx, author, edited, "更正"))(t)
	again := done(h.ImportItems(ctx, keeper, []questionbank.ItemVersion{a, b, single("N3", "")}))(t)
	if again[0].Current().Version != 2 || again[1].Revision != 1 || again[1].Current().Author != "author" {
		t.Errorf("importing again changed something: %+v", again)
	}
	other := b
	other.Key = []int{1}
	_, err := h.ImportItems(ctx, author, []questionbank.ItemVersion{single("N9", ""), other})
	wantError(t, "code taken", err, questionbank.ErrItemExists)
	_, err = h.ports.Items.Item(ctx, "N9")
	wantError(t, "the sound row of a refused import", err, questionbank.ErrItem)
	_, err = h.ImportItems(ctx, author, []questionbank.ItemVersion{single("N8", ""), single("N8", "")})
	if !strings.Contains(fields(err), "items.1.code repeated") {
		t.Errorf("code twice: %v", err)
	}
	_, err = h.ImportItems(ctx, person("", authz.Author, ""), []questionbank.ItemVersion{single("N8", "")})
	wantError(t, "nobody", err, authz.ErrForbidden)
	_, err = h.ImportItems(ctx, reviewer, []questionbank.ItemVersion{single("N8", "")})
	wantError(t, "role", err, authz.ErrForbidden)
	v := single("N8", "")
	v.Level = engine.Level4
	_, err = h.ImportItems(ctx, author, []questionbank.ItemVersion{v})
	wantError(t, "no element table", err, questionbank.ErrTable)
	wantSaid(t, err, "没有该等级的要素细目表：四级")
	_, err = h.Table(ctx, engine.Level4)
	wantSaid(t, err, "没有该等级的要素细目表：四级")
	_, err = h.TableOf(ctx, engine.Level5, "1990")
	wantSaid(t, err, "没有该等级的要素细目表：五级 1990")
}

func TestImportedAtOnce(t *testing.T) {
	h := furnished(t)
	var drafts []questionbank.ItemVersion
	for _, c := range codes(40, "N") {
		drafts = append(drafts, single(c, ""))
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if items, err := h.ImportItems(ctx, author, drafts); err != nil || len(items) != 40 {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if rows, _, err := h.ports.Items.ItemList(ctx, engine.Cursor{}); err != nil || len(rows) != 40 {
		t.Errorf("%d items, %v", len(rows), err)
	}
}

func task(code string) questionbank.Task {
	return questionbank.Task{Code: code, Level: engine.Level5, Name: "翻身", Range: "B-A", Minutes: 8, Points: engine.Pt(15), Scenario: "卧床",
		Criteria: []questionbank.Criterion{{No: "1", Text: "洗手", Points: engine.Pt(5)}, {No: "2", Text: "翻身", Points: engine.Pt(10),
			Levels: []questionbank.CriterionLevel{{Points: engine.Pt(10), Text: "好"}, {Points: 0, Text: "差"}}}},
		Vetoes: []questionbank.Veto{{Code: "V1", Text: "坠床"}}}
}

func TestTaskRules(t *testing.T) {
	for name, s := range map[string]struct {
		change func(*questionbank.Task)
		want   string
	}{
		"as it is":           {func(*questionbank.Task) {}, ""},
		"sum":                {func(t *questionbank.Task) { t.Points++ }, "points sum"},
		"criterion twice":    {func(t *questionbank.Task) { t.Criteria[1].No = "1" }, "criteria.1.no repeated"},
		"worth nothing":      {func(t *questionbank.Task) { t.Criteria[0].Points = 0 }, "criteria.0.points range"},
		"top level":          {func(t *questionbank.Task) { t.Criteria[1].Levels[0].Points-- }, "criteria.1.levels top"},
		"level above points": {func(t *questionbank.Task) { t.Criteria[1].Levels[0].Points++ }, "criteria.1.levels form"},
		"level twice":        {func(t *questionbank.Task) { t.Criteria[1].Levels[1].Points = engine.Pt(10) }, "criteria.1.levels form"},
		"veto twice":         {func(t *questionbank.Task) { t.Vetoes = append(t.Vetoes, t.Vetoes[0]) }, "vetoes.1 repeated"},
		"no criteria":        {func(t *questionbank.Task) { t.Criteria, t.Points = nil, 0 }, "criteria missing"},
		"unknown range":      {func(t *questionbank.Task) { t.Range = "B-C" }, "range unknown"},
		"no time":            {func(t *questionbank.Task) { t.Minutes = 0 }, "minutes range"},
	} {
		h, in := furnished(t), task("P2")
		s.change(&in)
		err := h.ImportTasks(ctx, keeper, []questionbank.Task{task("P1"), in})
		got := done(h.Tasks(ctx, engine.Level5))(t)
		if s.want == "" {
			if err != nil || len(got) != 2 || got[1].Code != "P2" {
				t.Errorf("%s: %v, %v", name, err, got)
			}
			continue
		}
		if !errors.Is(err, questionbank.ErrTaskInput) || !strings.Contains(fields(err), "tasks.1."+s.want) || len(got) != 0 {
			t.Errorf("%s: %v, %d tasks were kept; want %s", name, err, len(got), s.want)
		}
	}
	_, err := furnished(t).Task(ctx, "P9")
	wantError(t, "unknown task", err, questionbank.ErrTask)
}
