// Package moodle reads and writes the XML question format of Moodle, as far as it holds choice questions: multichoice
// and truefalse. Metadata are carried as tags, images are embedded.
package moodle

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/xmlnode"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// Format is the name of the format.
const Format = "moodle"

// ErrRoot refuses XML that is no Moodle file.
var ErrRoot = errs.New(errs.Invalid, "moodle.root", "不是 Moodle XML 题目文件（根元素应为 quiz）")

// Read reads a file. Questions of other kinds are named as dropped.
func Read(name string, data []byte, o record.Options) (record.Batch, error) {
	r := &reader{Builder: record.NewBuilder(name, Format, o), name: name, pictures: record.NewPictures()}
	root, err := xmlnode.Walk(name, data, []string{"question"}, func(n *xmlnode.Node) error { r.question(n); return nil })
	if err != nil {
		return record.Batch{}, err
	}
	if root.Name != "quiz" {
		return record.Batch{}, ErrRoot.With("%s", record.Found(root.Name))
	}
	return r.Batch, nil
}

type reader struct {
	*record.Builder
	name     string
	pictures *record.Pictures
}

// question is one question while it is read.
type question struct {
	*reader
	record.Draft
	root     *xmlnode.Node
	ours     bool
	used     record.Used
	problems []record.Problem
	crowded  bool // a text shows more images than the bank has room for
}

func (r *reader) question(n *xmlnode.Node) {
	q := &question{reader: r, root: n, Draft: record.Draft{At: record.Place{File: r.name, Row: n.Line}}}
	q.Code = q.code()
	q.At.Item = q.Code
	switch kind := n.Attr("type"); kind {
	case "multichoice", "truefalse":
		q.tags()
		q.Stem = q.text(n.First("questiontext"), "stem")
		q.Explanation = q.text(n.First("generalfeedback"), "explanation")
		q.answers(kind)
		q.others()
	case "category":
		q.drop(n, "category "+record.Found(n.First("category").Text()), "题库按鉴定点归类")
		return
	default:
		q.drop(n, "question "+record.Found(kind), "题库没有这种题型")
		return
	}
	if q.crowded {
		q.problem(n, "images", record.CodeContent, fmt.Sprintf("一道试题至多有%d幅图片", questionbank.MaxItemImages))
	}
	if len(q.problems) > 0 {
		r.Refuse(q.problems...)
		return
	}
	q.Images = q.used.Images
	r.Take(q.Draft)
}

func (q *question) code() string {
	for _, s := range []string{q.root.First("idnumber").Text(), q.root.At("name", "text").Text()} {
		if s = strings.TrimSpace(s); record.IsCode(s) {
			return s
		}
	}
	return ""
}

func (q *question) place(n *xmlnode.Node) record.Place {
	return record.Place{File: q.name, Row: n.Line, Element: n.Name, Item: q.Code}
}

func (q *question) drop(n *xmlnode.Node, what, why string) { q.Drop(q.place(n), what, why) }

func (q *question) problem(n *xmlnode.Node, field, code, want string) {
	q.problems = append(q.problems, record.Problem{Place: q.place(n), Field: field, Want: want, Code: code})
}

// tags reads metadata; a tag of ours also says that the file is ours.
func (q *question) tags() {
	tags := q.root.First("tags")
	if tags == nil {
		return
	}
	for _, t := range tags.Elements("tag") {
		text := t.First("text").Text()
		if p, ours := record.Prefixed(text); ours && record.SetProperty(&q.ItemVersion, p) {
			q.ours = true
			continue
		}
		q.drop(t, "tag "+record.Found(text), "题库没有对应的内容")
	}
}

// text reads one text with the images that are embedded beside it.
func (q *question) text(n *xmlnode.Node, field string) string {
	if n == nil {
		return ""
	}
	raw := n.First("text").Text()
	switch format := n.Attr("format"); format {
	case "plain_text":
		return richtext.Escape(strings.TrimSpace(raw))
	case "markdown":
		q.drop(n, "format=markdown", "按纯文字保留")
		return richtext.Escape(strings.TrimSpace(raw))
	}
	fragment, dropped := q.clean(raw, q.image(n))
	media := record.Media(dropped)
	for _, d := range media {
		q.problem(n, field, record.CodeMedia, "题库能显示的内容，而不是 "+record.Found(d))
	}
	for _, d := range dropped {
		if !slices.Contains(media, d) {
			q.drop(n, d, "题库不保留该格式")
		}
	}
	return fragment
}

func (q *question) clean(raw string, image func(string) (string, bool)) (fragment string, dropped []string) {
	if q.ours {
		if n, err := xmlnode.Parse(q.name, []byte("<text>"+raw+"</text>")); err == nil {
			return record.Gather(n, xmlnode.Style{Keep: true}, image)
		}
	}
	return record.Clean(raw, image)
}

// image finds the embedded file that an address names. Each file of a text is decoded once, however often it is shown.
func (q *question) image(n *xmlnode.Node) func(src string) (string, bool) {
	read := map[string]*questionbank.Image{}
	return func(src string) (string, bool) {
		name, embedded := strings.CutPrefix(src, "@@PLUGINFILE@@/")
		name, err := url.PathUnescape(name)
		if !embedded || err != nil {
			return "", false
		}
		i, known := read[name]
		switch {
		case known:
		case len(read) == questionbank.MaxItemImages:
			q.crowded = true
		default:
			i = q.embedded(n, name)
			read[name] = i
		}
		return q.used.Add(i)
	}
}

// embedded decodes the file beside a text that is called name; nil when there is none, or none that the bank shows.
func (q *question) embedded(n *xmlnode.Node, name string) *questionbank.Image {
	for _, f := range n.Elements("file") {
		if strings.TrimPrefix(f.Attr("path"), "/")+f.Attr("name") != name || f.Attr("encoding") != "base64" {
			continue
		}
		text := strings.Join(strings.Fields(f.Text()), "")
		if base64.StdEncoding.DecodedLen(len(text)) > questionbank.MaxImage+2 {
			return nil
		}
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil
		}
		return q.pictures.Of(data)
	}
	return nil
}

// answers reads options and key. All or nothing: fractions say only which options are right.
func (q *question) answers(kind string) {
	fractions := make([]float64, 0, questionbank.MaxOptions)
	for _, a := range q.root.Elements("answer") {
		f, err := strconv.ParseFloat(strings.TrimSpace(a.Attr("fraction")), 64)
		if err != nil {
			q.problem(a, "key", record.CodeKey, "数字形式的 fraction")
			return
		}
		fractions = append(fractions, f)
		q.Options = append(q.Options, q.text(a, "options"))
		if fb := a.First("feedback"); fb != nil && strings.TrimSpace(fb.First("text").Text()) != "" {
			q.drop(fb, "feedback", "题库不保留选项反馈")
		}
	}
	multiple := kind == "multichoice" && slices.Contains([]string{"false", "0"}, strings.TrimSpace(q.root.First("single").Text()))
	if q.Type = questionbank.Single; multiple {
		q.Type = questionbank.Multiple
	}
	q.key(fractions, multiple)
	switch {
	case kind == "truefalse":
		record.AsJudgement(&q.ItemVersion)
		if q.Type != questionbank.Judgement {
			q.problem(q.root, "key", record.CodeKey, "true 与 false 两个答案，其中一个正确")
		}
	case !q.ours:
		record.AsJudgement(&q.ItemVersion)
	}
}

// key takes the options that give points: of a single choice only those that give all.
func (q *question) key(fractions []float64, multiple bool) {
	partial := false
	for n, f := range fractions {
		switch {
		case multiple && f > 0, f >= 100:
			q.Key = append(q.Key, n)
		case f > 0, f < 0 && !multiple:
			partial = true
		}
	}
	if partial {
		q.drop(q.root, "fraction", "题库按全对得分，不给部分分、不倒扣")
	}
}

// others names settings and texts that the bank has no place for. Empty ones say nothing.
func (q *question) others() {
	usual := map[string][]string{"defaultgrade": {"1"}, "penalty": {"0", "1", "0.3333333"}, "hidden": {"0"}, "shuffleanswers": {"1", "true"},
		"showstandardinstruction": {"0", "1", "true", "false"}, "answernumbering": {"abc", "ABCD", "ABC", "123", "none", "iii", "IIII"}}
	read := []string{"name", "questiontext", "generalfeedback", "idnumber", "single", "answer", "tags"}
	for _, e := range q.root.Elements() {
		text := strings.TrimSpace(e.Text())
		if number, err := strconv.ParseFloat(text, 64); err == nil {
			text = strconv.FormatFloat(number, 'f', -1, 64)
		}
		if !slices.Contains(read, e.Name) && !slices.Contains(usual[e.Name], text) && (text != "" || len(e.Attrs) > 1) {
			q.drop(e, e.Name, "题库没有对应的内容")
		}
	}
}
