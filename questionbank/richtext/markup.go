package richtext

import (
	"html"
	"strings"
)

// markup is one piece of foreign HTML: a text, or a tag.
type markup struct {
	text  string // with its entities resolved
	name  string // of a tag, in small letters
	ends  bool   // </name>
	attrs []attribute
}

type attribute struct{ name, value string }

// maxUnclosed bounds how often a < that begins no tag is looked through to the end of the source.
const maxUnclosed = 4

// reader cuts foreign HTML into pieces, as forgiving as a browser: what is no tag is text.
type reader struct {
	source   string
	at       int
	unclosed int
}

// next returns the piece at the current place; ok is false at the end.
func (r *reader) next() (m markup, ok bool) {
	if r.at >= len(r.source) {
		return m, false
	}
	if rest := r.source[r.at:]; rest[0] == '<' {
		if m, length := r.tag(rest); length > 0 {
			r.at += length
			return m, true
		}
	}
	end := strings.IndexByte(r.source[r.at+1:], '<')
	if end < 0 {
		end = len(r.source) - r.at - 1
	}
	m.text = html.UnescapeString(r.source[r.at : r.at+1+end])
	r.at += 1 + end
	return m, true
}

// tag reads what begins with <; a length of 0 says that it is no tag.
func (r *reader) tag(rest string) (m markup, length int) {
	switch {
	case strings.HasPrefix(rest, "<!--"):
		return m, skip(rest, "-->")
	case strings.HasPrefix(rest, "<![CDATA["):
		length = skip(rest, "]]>")
		m.text = strings.TrimSuffix(rest[len("<![CDATA["):length], "]]>")
		return m, length
	case strings.HasPrefix(rest, "<!"), strings.HasPrefix(rest, "<?"):
		return m, skip(rest, ">")
	}
	n := 1
	if m.ends = strings.HasPrefix(rest, "</"); m.ends {
		n = 2
	}
	start := n
	for n < len(rest) && nameChar(rest[n], n > start) {
		n++
	}
	if n == start || r.unclosed > maxUnclosed {
		return markup{}, 0
	}
	m.name = strings.ToLower(rest[start:n])
	m.attrs, length = attributes(rest, n)
	if length == 0 {
		r.unclosed++
		return markup{}, 0
	}
	return m, length
}

// pass goes on behind the end tag of an element whose content is no text.
func (r *reader) pass(name string) {
	for r.at < len(r.source) {
		r.at += skip(r.source[r.at:], "</")
		if rest := r.source[r.at:]; len(rest) >= len(name) && strings.EqualFold(rest[:len(name)], name) {
			r.at += skip(rest, ">")
			return
		}
	}
}

// skip is the length of what ends with end, or of everything.
func skip(s, end string) int {
	if n := strings.Index(s, end); n >= 0 {
		return n + len(end)
	}
	return len(s)
}

func nameChar(c byte, inside bool) bool {
	letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	return letter || inside && (c >= '0' && c <= '9' || c == '-' || c == ':' || c == '_')
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

// attributes reads from n to behind the > of the tag; the end is 0 when there is none.
func attributes(s string, n int) (all []attribute, end int) {
	for n < len(s) {
		switch {
		case s[n] == '>':
			return all, n + 1
		case blank(s[n]) || s[n] == '/':
			n++
		default:
			var a attribute
			a, n = oneAttribute(s, n)
			all = append(all, a)
		}
	}
	return nil, 0
}

func oneAttribute(s string, n int) (a attribute, next int) {
	start := n
	for n++; n < len(s) && !blank(s[n]) && s[n] != '=' && s[n] != '>' && s[n] != '/'; n++ {
	}
	a.name = strings.ToLower(s[start:n])
	for n < len(s) && blank(s[n]) {
		n++
	}
	if n == len(s) || s[n] != '=' {
		return a, n
	}
	for n++; n < len(s) && blank(s[n]); n++ {
	}
	if n < len(s) && (s[n] == '"' || s[n] == '\'') {
		length := strings.IndexByte(s[n+1:], s[n])
		if length < 0 {
			return a, len(s)
		}
		a.value = html.UnescapeString(s[n+1 : n+1+length])
		return a, n + length + 2
	}
	for start = n; n < len(s) && !blank(s[n]) && s[n] != '>'; n++ {
	}
	a.value = html.UnescapeString(s[start:n])
	return a, n
}
