package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/separation"
)

// speaker puts values into the words of one language.
type speaker struct {
	words map[string]string
	zone  *time.Location
	zh    bool
}

// funcs are what templates may call.
func funcs(words map[string]string, zone *time.Location, a *assets) template.FuncMap {
	s := speaker{words: words, zone: zone, zh: words["lang.code"] == "zh-CN"}
	fm := shapes()
	maps.Copy(fm, template.FuncMap{
		"t": s.text, "zone": zone.String, "said": s.said, "label": s.label, "problem": s.problem, "fault": s.fault, "words": s.under,
		"day": s.day, "weekday": s.weekday, "at": s.at, "clock": s.clock, "hm": s.hm, "fieldLabel": s.fieldLabel, "blueprintPart": s.blueprintPart, "layoutPart": s.layoutPart, "changed": s.changed, "changeValue": s.changeValue, "groupNames": s.groupNames, "iso": iso,
		"level": s.level, "levels": s.levels, "component": s.component, "ago": s.ago, "choices": s.choices, "minutesOf": s.minutesOf, "slug": func(c engine.Component) string { return string(c) }, "points": engine.Points.String,
		"letter": letter, "ticket": groupTicket, "initial": initial, "query": url.QueryEscape,
		"asset": a.href, "photo": photo, "icon": icon, "bar": bar, "dict": dict, "add": func(a, b int) int { return a + b },
		"ties": func(end TieEnd) TieGraph {
			return LayTies(end, func(k separation.Kind) string { return s.label("tie", k) }, s.words["ties.more"])
		},
		"percent": percent, "full": func(p engine.Points) string { return strconv.FormatFloat(float64(p)/100, 'f', -1, 64) },
	})
	return fm
}

// text returns the words of key with args put in. A key that is missing is an error of the template.
func (s speaker) text(key string, args ...any) (string, error) {
	w, ok := s.words[key]
	if !ok {
		return "", fmt.Errorf("web: no words for %q", key)
	}
	if len(args) == 0 {
		return w, nil
	}
	return fmt.Sprintf(w, args...), nil
}

// said is the sentence of a notice; one without words is left out rather than failing the page.
func (s speaker) said(n *Notice) string {
	w, err := s.text("said."+n.Key, n.Args...)
	if err != nil {
		return s.words["said.done"]
	}
	return w
}

// label returns the word for one value of a closed set, the value itself where the set has grown meanwhile.
func (s speaker) label(set string, value any) string {
	v := fmt.Sprint(value)
	if c, ok := value.(engine.Component); ok {
		v = string(c)
	}
	if w, ok := s.words[set+"."+v]; ok {
		return w
	}
	return v
}

// problem returns the sentence for a refusal: the domain's own in Chinese, the catalogue's in English. An untranslated
// one is marked as Chinese for readers aloud.
func (s speaker) problem(code, detail string) template.HTML {
	w, ok := s.words["problem."+code]
	switch {
	case s.zh && detail != "":
		return template.HTML(template.HTMLEscapeString(detail))
	case ok:
		return template.HTML(template.HTMLEscapeString(w))
	case detail != "":
		return template.HTML(`<span lang="zh-CN">` + template.HTMLEscapeString(detail) + `</span>`)
	}
	return template.HTML(template.HTMLEscapeString(s.words["problem.unknown"]))
}

// fault returns the sentence for an input at fault: the domain's own in Chinese, the catalogue's in English. There it is
// looked up with the input's name, for what can be said better of that one, and without; a code of the shape of a
// refusal's is one.
func (s speaker) fault(f FieldProblem) template.HTML {
	for _, key := range []string{f.Name + "." + f.Code, f.Code} {
		if w, ok := s.words["fault."+key]; ok && (!s.zh || f.Detail == "") {
			return template.HTML(template.HTMLEscapeString(w))
		}
	}
	return s.problem(f.Code, f.Detail)
}

// under returns all words below a prefix as JSON, for the scripts of a page.
func (s speaker) under(prefix string) (string, error) {
	sub := map[string]string{}
	for k, w := range s.words {
		if short, ok := strings.CutPrefix(k, prefix+"."); ok {
			sub[short] = w
		}
	}
	b, err := json.Marshal(sub)
	return string(b), err
}

// day writes 2026-11-22; "" for the zero time.
func (s speaker) day(t time.Time) string { return s.format(t, "2006-01-02") }

// at writes 2026-11-22 09:00.
func (s speaker) at(t time.Time) string { return s.format(t, "2006-01-02 15:04") }

// clock writes 09:00:30.
func (s speaker) clock(t time.Time) string { return s.format(t, "15:04:05") }

// hm writes 09:00.
func (s speaker) hm(t time.Time) string { return s.format(t, "15:04") }

// fieldLabel is the label of a form's field, "" for one of a series, which is named where it stands. Forms share names of fields
// and mean different things by them: the label of the refusal with that code goes first, then that of its room.
func (s speaker) fieldLabel(code, name string) string {
	room, _, _ := strings.Cut(code, ".")
	for _, key := range []string{code + "." + name, room + "." + name, name} {
		if w, ok := s.words["field."+key]; ok {
			return w
		}
	}
	return ""
}

// blueprintPart is the name of a part of a blueprint in words: supplement_cap, counts.single, ranges.A-B.
func (s speaker) blueprintPart(name string) string {
	if w, ok := s.words["blueprint-part."+name]; ok {
		return w
	}
	head, tail, _ := strings.Cut(name, ".")
	if head == "counts" || head == "type_points" {
		tail = s.label("type", tail)
	}
	return strings.TrimSpace(s.words["blueprint-part."+head] + " " + tail)
}

// changed is the name of a field that differs between two versions; options are named by their letter.
func (s speaker) changed(field string) string {
	if place, ok := strings.CutPrefix(field, "options."); ok {
		if n, err := strconv.Atoi(place); err == nil {
			return fmt.Sprintf(s.words["change.option"], letter(n))
		}
	}
	return s.label("change", field)
}

// changeValue is one side of a difference in words.
func (s speaker) changeValue(field, value string) string {
	switch {
	case value == "":
		return absent
	case field == "type":
		return s.label("type", value)
	case field == "province":
		return engine.Province(value)
	}
	return value
}

// groupNames are the names of so many groups of attempts by their totals, lowest first.
func (s speaker) groupNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		switch {
		case n == 3:
			names[i] = s.words["stats.third."+strconv.Itoa(i)]
		default:
			names[i] = fmt.Sprintf(s.words["stats.group"], i+1)
		}
	}
	return names
}

// weekday writes 2026-11-22（星期日） or Sun 2026-11-22, for dates that people plan by.
func (s speaker) weekday(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	name := s.words["weekday."+strconv.Itoa(int(t.In(s.zone).Weekday()))]
	if s.zh {
		return s.day(t) + "（" + name + "）"
	}
	return name + " " + s.day(t)
}

func (s speaker) format(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.zone).Format(layout)
}

// ago writes how long ago something was, in words that the scripts of the console use too; after an hour, when it was.
func (s speaker) ago(t, now time.Time) string {
	past := max(0, int(now.Sub(t)/time.Second))
	switch {
	case t.IsZero():
		return absent
	case past < 60:
		return fmt.Sprintf(s.words["room-js.seconds-ago"], past)
	case past < 3600:
		return fmt.Sprintf(s.words["room-js.minutes-ago"], past/60)
	}
	return s.hm(t)
}

// choices are texts to choose from, written under one key with bars between them.
func (s speaker) choices(key string) []string { return strings.Split(s.words[key], "|") }

// minutesOf says how long the theory window of each level is at least.
func (s speaker) minutesOf(all []LevelMinutes) string {
	parts := make([]string, len(all))
	for i, l := range all {
		parts[i] = fmt.Sprintf(s.words["planning.minutes-of"], s.level(l.Level), l.Minutes)
	}
	return strings.Join(parts, s.words["list.separator"])
}

func (s speaker) level(l engine.Level) string { return s.label("level", uint8(l)) }

func (s speaker) levels(all []engine.Level) string {
	names := make([]string, len(all))
	for i, l := range all {
		names[i] = s.level(l)
	}
	return strings.Join(names, s.words["list.separator"])
}

func (s speaker) component(c engine.Component) string { return s.label("component", string(c)) }

// iso is the form that scripts read; "" for the zero time.
func iso(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// letter names the option at i: A, B, C …
func letter(i int) string { return string(rune('A' + i)) }

// groupTicket sets a number in groups of four, as people read it aloud; the spaces do not break.
func groupTicket(s string) string {
	if len(s) < 8 {
		return s
	}
	var parts []string
	for len(s) > 6 {
		parts, s = append(parts, s[:4]), s[4:]
	}
	return strings.Join(append(parts, s), "\u00a0")
}

// initial is the first character of a name, for a seat without a photo.
func initial(name string) string {
	for _, r := range name {
		return string(r)
	}
	return ""
}

// photo lets an address through, or a picture that stands in the page itself: base64 JPEG or PNG and nothing else.
func photo(src string) any {
	for _, kind := range []string{"data:image/jpeg;base64,", "data:image/png;base64,"} {
		if b64, ok := strings.CutPrefix(src, kind); ok {
			if _, err := base64.StdEncoding.DecodeString(b64); err == nil {
				return template.URL(src)
			}
		}
	}
	return src
}

// percent is part of whole in whole percent, 0 for an empty whole.
func percent(part, whole int) int {
	if whole <= 0 {
		return 0
	}
	return part * 100 / whole
}

// dict hands several values to a shared part.
func dict(pairs ...any) (map[string]any, error) {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("web: dict key %v", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}
