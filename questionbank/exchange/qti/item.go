package qti

import (
	"slices"
	"strings"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/xmlnode"
)

// item turns one assessmentItem, in the names of version 2, into a draft, or names why there is none.
func (r *reader) item(file string, root *xmlnode.Node, m meta) {
	i := &item{reader: r, file: file, root: root, ours: root.Attr("toolName") == tool,
		Draft: record.Draft{ItemVersion: m.values, At: record.Place{File: file, Row: root.Line}}}
	i.Code = i.code(m.values.Code)
	i.At.Item = i.Code
	if why := i.unsupported(); why != "" {
		i.drop(root, "试题", why)
		return
	}
	for _, name := range m.dropped {
		r.Drop(record.Place{File: manifestName, Item: i.Code}, name, "题库没有对应的内容")
	}
	i.read()
	if len(i.problems) > 0 {
		r.Refuse(i.problems...)
		return
	}
	i.Images = i.used.Images
	r.Take(i.Draft)
}

// item is one item while it is read.
type item struct {
	*reader
	record.Draft
	file        string
	root        *xmlnode.Node
	ours        bool
	interaction *xmlnode.Node
	declared    *xmlnode.Node // the response that the interaction gives
	used        record.Used
	problems    []record.Problem
}

func (i *item) code(known string) string {
	for _, s := range []string{known, i.root.Attr("title"), i.root.Attr("identifier")} {
		if record.IsCode(s) && (i.ours || s != i.root.Attr("title")) {
			return s
		}
	}
	return ""
}

func (i *item) place(n *xmlnode.Node) record.Place {
	return record.Place{File: i.file, Row: n.Line, Element: n.Name, Item: i.Code}
}

func (i *item) drop(n *xmlnode.Node, what, why string) { i.Drop(i.place(n), what, why) }

func (i *item) problem(n *xmlnode.Node, field, code, want string) {
	i.problems = append(i.problems, record.Problem{Place: i.place(n), Field: field, Want: want, Code: code})
}

// unsupported says why the item is of a kind that the bank does not have, "" when it is of one that it has.
func (i *item) unsupported() string {
	body := i.root.First("itemBody")
	switch {
	case body == nil:
		return "没有 itemBody"
	case i.root.Attr("adaptive") == "true":
		return "自适应试题"
	case i.root.First("templateDeclaration") != nil:
		return "模板试题，题面随机生成"
	case i.root.First("assessmentStimulusRef") != nil:
		return "题面依赖另外的材料文件"
	}
	all := interactions(body)
	if len(all) != 1 || all[0].Name != "choiceInteraction" {
		names := make([]string, len(all))
		for n, e := range all {
			names[n] = e.Name
		}
		return "不是一道选择题：" + record.Found(strings.Join(names, "、"))
	}
	i.interaction = all[0]
	return ""
}

func interactions(n *xmlnode.Node) (all []*xmlnode.Node) {
	for _, k := range n.Elements() {
		if strings.HasSuffix(k.Name, "Interaction") {
			all = append(all, k)
			continue
		}
		all = append(all, interactions(k)...)
	}
	return all
}

func (i *item) read() {
	i.options()
	i.stem()
	i.explanation()
	i.scoring()
	i.others()
	if !i.ours {
		record.AsJudgement(&i.ItemVersion)
	}
}

// skipped are elements whose content is no part of what an item asks.
var skipped = []string{"feedbackInline", "feedbackBlock", "rubricBlock", "stylesheet", "infoControl", "catalogInfo"}

// text reads a fragment and names what it loses.
func (i *item) text(n *xmlnode.Node, field string) string {
	if c := n.Elements(); len(c) == 1 && c[0].Name == "contentBody" {
		n = c[0]
	}
	style := xmlnode.Style{Keep: i.ours, Skip: func(k *xmlnode.Node) bool {
		if !slices.Contains(skipped, k.Name) {
			return false
		}
		i.drop(k, k.Name, "题库没有对应的内容")
		return true
	}}
	fragment, dropped := record.Gather(n, style, i.image(i.file, &i.used))
	media := record.Media(dropped)
	for _, d := range media {
		i.problem(n, field, record.CodeMedia, "题库能显示的内容，而不是 "+record.Found(d))
	}
	for _, d := range dropped {
		if !slices.Contains(media, d) {
			i.drop(n, d, "题库不保留该格式")
		}
	}
	return fragment
}

// stem is the body with the prompt where the interaction stands.
func (i *item) stem() {
	body := i.root.First("itemBody")
	prompt := i.interaction.First("prompt")
	if i.ours {
		if div := body.First("div"); div != nil && prompt == nil {
			i.Stem = i.text(div, "stem")
			return
		}
		if prompt != nil {
			i.Stem = i.text(prompt, "stem")
			return
		}
	}
	i.interaction.Name, i.interaction.Attrs, i.interaction.Kids = "div", nil, nil
	if prompt != nil {
		i.interaction.Kids = prompt.Kids
	}
	i.Stem = i.text(body, "stem")
}

func (i *item) options() {
	if i.interaction.Attr("shuffle") == "false" && !i.ours {
		i.drop(i.interaction, "shuffle=false", "组卷时选项顺序随机")
	}
	var ids []string
	for _, c := range i.interaction.Elements("simpleChoice") {
		ids = append(ids, c.Attr("identifier"))
		i.Options = append(i.Options, i.text(c, "options"))
		if c.Attr("fixed") == "true" && !i.ours {
			i.drop(c, "fixed=true", "组卷时选项顺序随机")
		}
	}
	i.key(ids)
}

// key reads the correct response of the declaration that the interaction names.
func (i *item) key(ids []string) {
	i.declared = i.declaration()
	declaration := i.declared
	if declaration == nil {
		i.problem(i.interaction, "key", record.CodeKey, "有 responseDeclaration 说明正确项")
		return
	}
	i.Type = questionbank.Single
	if declaration.Attr("cardinality") == "multiple" {
		i.Type = questionbank.Multiple
	}
	var right []string
	for _, v := range values(declaration) {
		right = append(right, strings.TrimSpace(v.Text()))
	}
	mapping := declaration.First("mapping")
	if mapping != nil {
		i.drop(mapping, "mapping", "题库按全对得分，不按选项给部分分")
	}
	if len(right) == 0 && mapping != nil {
		right = worth(mapping)
	}
	for _, id := range right {
		n := slices.Index(ids, id)
		if n < 0 || slices.Contains(i.Key, n) {
			i.problem(declaration, "key", record.CodeKey, "选项之一，不重复，而不是 "+record.Found(id))
			return
		}
		i.Key = append(i.Key, n)
	}
	slices.Sort(i.Key)
	if i.ours && slices.Equal(ids, []string{"true", "false"}) {
		i.Type, i.Options = questionbank.Judgement, questionbank.Judged()
	}
}

func (i *item) declaration() *xmlnode.Node {
	for _, d := range i.root.Elements("responseDeclaration") {
		if d.Attr("identifier") == i.interaction.Attr("responseIdentifier") {
			return d
		}
	}
	return nil
}

func values(declaration *xmlnode.Node) []*xmlnode.Node {
	if c := declaration.First("correctResponse"); c != nil {
		return c.Elements("value")
	}
	return nil
}

// worth lists the choices that a mapping gives points for.
func worth(mapping *xmlnode.Node) (ids []string) {
	for _, e := range mapping.Elements("mapEntry") {
		if v := e.Attr("mappedValue"); strings.Trim(v, "0.+ ") != "" && !strings.HasPrefix(strings.TrimSpace(v), "-") {
			ids = append(ids, e.Attr("mapKey"))
		}
	}
	return ids
}

// explanation takes the one feedback that is shown after the answer; several say different things to different answers.
func (i *item) explanation() {
	all := i.root.Elements("modalFeedback")
	if len(all) == 1 {
		i.Explanation = i.text(all[0], "explanation")
		return
	}
	for _, f := range all {
		i.drop(f, "modalFeedback "+record.Found(f.Attr("identifier")), "题库只有一份解析")
	}
}

// scoring names processing other than by the correct response.
func (i *item) scoring() {
	p := i.root.First("responseProcessing")
	if p == nil {
		return
	}
	template := p.Attr("template")
	switch {
	case strings.Contains(template, "match_correct"):
	case template != "":
		i.drop(p, "responseProcessing "+record.Found(template), "题库按全对得分")
	case len(p.Elements()) > 0:
		i.drop(p, "responseProcessing", "题库按正确项全对得分，不执行自定义判分")
	}
}

// others names what else stands in the item.
func (i *item) others() {
	known := []string{"itemBody", "responseDeclaration", "outcomeDeclaration", "responseProcessing", "modalFeedback"}
	for _, e := range i.root.Elements() {
		if !slices.Contains(known, e.Name) {
			i.drop(e, e.Name, "题库没有对应的内容")
		}
	}
	for _, d := range i.root.Elements("responseDeclaration") {
		if d != i.declared {
			i.drop(d, "responseDeclaration "+record.Found(d.Attr("identifier")), "试题只有一处作答")
		}
	}
	if limit := i.root.Attr("timeDependent"); limit == "true" {
		i.drop(i.root, "timeDependent=true", "题库不按单题限时")
	}
}
