package richtext

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxDropped bounds the names that one answer of Clean lists.
const maxDropped = 50

// Clean makes a fragment of foreign HTML. It keeps the elements of a fragment, writes b as strong and i as em, div and
// section as p, and a line end as a line feed; blanks collapse as on a page, and a paragraph that is the whole text
// stands without p. image gives the digest under which the image with an address is stored; an image that it does not
// know is left out, and its alt stays in brackets. dropped names, once each, every element that was left out or
// replaced by its content (font, table, img src=…) and every attribute that was left out of one that was kept (p@style).
func Clean(html string, image func(src string) (digest string, ok bool)) (fragment string, dropped []string) {
	c := cleaner{image: image, fresh: true, want: map[string]int{}}
	for r := (reader{source: html}); ; {
		m, ok := r.next()
		if !ok {
			break
		}
		switch {
		case m.name == "":
			c.text(m.text)
		case unread(m.name):
			c.drop(m.name)
			if !m.ends {
				r.pass(m.name)
			}
		case m.ends:
			c.end(m.name)
		default:
			c.begin(m)
		}
	}
	c.shutTo(0)
	return alone(c.out.String()), c.dropped
}

// alone takes the p from around a text that is one paragraph.
func alone(s string) string {
	inner, begins := strings.CutPrefix(s, "<p>")
	inner, ends := strings.CutSuffix(inner, "</p>")
	if begins && ends && !strings.Contains(inner, "<p>") && !strings.Contains(inner, "</p>") {
		return inner
	}
	return s
}

// unread are the elements whose content is no text.
func unread(name string) bool {
	return slices.Contains([]string{"script", "style", "head", "template", "iframe", "object", "svg", "math", "audio", "video",
		"canvas", "noscript", "select", "textarea"}, name)
}

// markOf is the element that stands for a mark of foreign HTML, "" when it is none.
func markOf(name string) string {
	switch name {
	case "b":
		return "strong"
	case "i":
		return "em"
	}
	if inline(name) {
		return name
	}
	return ""
}

// silent are blocks that become paragraphs without a word; rough ones are named as well.
func silent(name string) bool { return slices.Contains([]string{"p", "div", "section"}, name) }

func rough(name string) bool {
	return slices.Contains([]string{"article", "aside", "blockquote", "caption", "dd", "dl", "dt", "fieldset", "figcaption", "figure",
		"footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "main", "nav", "pre", "table", "tbody", "tfoot",
		"thead", "tr"}, name)
}

// maxLists bounds the lists and items that lie in each other; with a paragraph and all marks that is maxDepth.
const maxLists = maxDepth - 6

// cleaner writes a fragment. Elements are opened only when there is something to put into them.
type cleaner struct {
	image   func(src string) (digest string, ok bool)
	out     strings.Builder
	lists   []string       // lists and items that are open, in turn
	flat    int            // lists inside that lie too deep and are no lists any more
	inBlock int            // paragraphs of the source that are open
	para    bool           // a p is open
	want    map[string]int // marks of the source that are open, and how often
	marks   []string       // marks that are open, in the order of their names, so that none lies in itself
	space   bool           // a blank waits for what follows it
	breaks  int            // line feeds wait likewise
	fresh   bool           // nothing is written in this block yet
	dropped []string
}

func (c *cleaner) drop(name string) {
	if utf8.RuneCountInString(name) > 80 {
		name = string([]rune(name)[:80]) + "…"
	}
	if len(c.dropped) < maxDropped && !slices.Contains(c.dropped, name) {
		c.dropped = append(c.dropped, name)
	}
}

// begin takes a tag that opens an element.
func (c *cleaner) begin(m markup) {
	mark := markOf(m.name)
	kept := mark != "" || silent(m.name) || list(m.name) || m.name == "li" || m.name == "br"
	switch {
	case m.name == "img":
		c.picture(m)
		return
	case kept:
		for _, a := range m.attrs {
			c.drop(m.name + "@" + a.name)
		}
	case m.name != "html" && m.name != "body":
		c.drop(m.name)
	}
	switch {
	case mark != "":
		c.want[mark]++
	case m.name == "br":
		c.space, c.breaks = false, c.breaks+1
	case m.name == "td" || m.name == "th":
		c.space = true
	case silent(m.name) || rough(m.name):
		c.edge()
		c.inBlock++
	case m.name == "hr":
		c.edge()
	case list(m.name):
		c.openList(m.name)
	case m.name == "li":
		c.openItem()
	}
}

// end takes a tag that shuts an element; what was never open is passed over.
func (c *cleaner) end(name string) {
	mark := markOf(name)
	switch {
	case mark != "":
		c.want[mark] = max(c.want[mark]-1, 0)
	case silent(name) || rough(name):
		c.edge()
		c.inBlock = max(c.inBlock-1, 0)
	case list(name) && c.flat > 0:
		c.edge()
		c.flat--
	case (list(name) || name == "li") && c.flat == 0:
		for n := len(c.lists) - 1; n >= 0; n-- {
			if c.lists[n] == name {
				c.shutTo(n)
				return
			}
			if name == "li" {
				return
			}
		}
	case name == "li":
		c.edge()
	}
}

// edge ends the block that is open. Inside an item of a list the next text begins a line.
func (c *cleaner) edge() {
	c.shutMarks(0)
	c.space, c.breaks = false, 0
	switch {
	case c.para:
		c.out.WriteString("</p>")
		c.para, c.fresh = false, true
	case c.container() == "li" && !c.fresh:
		c.breaks = 1
	default:
		c.fresh = true
	}
}

func (c *cleaner) container() string {
	if len(c.lists) == 0 {
		return ""
	}
	return c.lists[len(c.lists)-1]
}

func (c *cleaner) shutMarks(n int) {
	for len(c.marks) > n {
		c.out.WriteString("</" + c.marks[len(c.marks)-1] + ">")
		c.marks = c.marks[:len(c.marks)-1]
	}
}

// shutTo shuts all blocks, and the lists and items above the n-th.
func (c *cleaner) shutTo(n int) {
	c.edge()
	for len(c.lists) > n {
		c.out.WriteString("</" + c.container() + ">")
		c.lists = c.lists[:len(c.lists)-1]
	}
	c.breaks, c.fresh = 0, true
}

func (c *cleaner) push(name string) {
	c.out.WriteString("<" + name + ">")
	c.lists = append(c.lists, name)
	c.breaks, c.fresh = 0, true
}

func (c *cleaner) openList(name string) {
	c.edge()
	if list(c.container()) {
		c.push("li")
	}
	if c.flat > 0 || len(c.lists)+2 > maxLists {
		c.flat++
		c.drop(name)
		return
	}
	c.push(name)
}

func (c *cleaner) openItem() {
	c.edge()
	switch {
	case c.flat > 0:
		return
	case c.container() == "li":
		c.shutTo(len(c.lists) - 1)
	case c.container() == "":
		c.push("ul")
	}
	c.push("li")
}

// ready opens what the next text lies in, and writes the blank or the line feeds before it.
func (c *cleaner) ready() {
	if list(c.container()) {
		c.push("li")
	}
	if c.inBlock > 0 && !c.para && c.container() == "" {
		c.out.WriteString("<p>")
		c.para, c.fresh = true, true
	}
	var want []string
	for _, mark := range []string{"em", "strong", "sub", "sup", "u"} {
		if c.want[mark] > 0 {
			want = append(want, mark)
		}
	}
	same := 0
	for same < min(len(want), len(c.marks)) && want[same] == c.marks[same] {
		same++
	}
	c.shutMarks(same)
	switch {
	case c.fresh:
	case c.breaks > 0:
		c.out.WriteString(strings.Repeat("\n", c.breaks))
	case c.space:
		c.out.WriteByte(' ')
	}
	c.space, c.breaks, c.fresh = false, 0, false
	for _, m := range want[same:] {
		c.out.WriteString("<" + m + ">")
		c.marks = append(c.marks, m)
	}
}

func (c *cleaner) text(s string) {
	for s != "" {
		n := strings.IndexFunc(s, func(r rune) bool { return r < utf8.RuneSelf && blank(byte(r)) })
		if n == 0 {
			c.space, s = true, s[1:]
			continue
		}
		if n < 0 {
			n = len(s)
		}
		c.ready()
		c.out.WriteString(Escape(s[:n]))
		s = s[n:]
	}
}

func (c *cleaner) picture(m markup) {
	var src, alt string
	for _, a := range m.attrs {
		switch a.name {
		case "src":
			src = a.value
		case "alt":
			alt = strings.Join(strings.Fields(a.value), " ")
		default:
			c.drop("img@" + a.name)
		}
	}
	digest, known := "", false
	if c.image != nil {
		digest, known = c.image(src)
	}
	if !known || !digestForm.MatchString(digest) {
		c.drop("img src=" + src)
		if alt != "" {
			c.text(described(alt))
		}
		return
	}
	c.ready()
	c.out.WriteString(Picture(digest, alt))
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Picture is the tag of a stored image.
func Picture(digest, alt string) string {
	return fmt.Sprintf(`<img src="image:%s" alt="%s"/>`, digest, forAlt.Replace(alt))
}
