package xmlnode

import (
	"strings"
)

// Style says how HTML writes what is in an element.
type Style struct {
	Keep bool             // white space stands as it is, and <br class="line"/> is a line end: the product's own files
	Skip func(*Node) bool // elements to leave out, with all that is in them
}

// LineEnd is how the product's own files write the end of a line within text, so that it shows everywhere and is known
// from a br that was there.
const LineEnd = `<br class="line"/>`

// HTML writes what is in n as markup without namespaces, for the cleaning of rich text.
func (n *Node) HTML(s Style) string {
	var b strings.Builder
	n.html(&b, s)
	return b.String()
}

func (n *Node) html(b *strings.Builder, s Style) {
	for _, k := range n.Kids {
		switch {
		case k.Node == nil && s.Keep:
			_, _ = escape.WriteString(b, k.Text)
		case k.Node == nil:
			_, _ = escape.WriteString(b, Collapse(k.Text))
		case s.Skip != nil && s.Skip(k.Node):
		case s.Keep && k.Node.Name == "br" && k.Node.Attr("class") == "line":
			b.WriteByte('\n')
		default:
			k.Node.element(b, s)
		}
	}
}

func (n *Node) element(b *strings.Builder, s Style) {
	b.WriteString("<" + n.Name)
	for _, a := range n.Attrs {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			continue
		}
		b.WriteString(" " + a.Name.Local + `="`)
		_, _ = escape.WriteString(b, a.Value)
		b.WriteByte('"')
	}
	if len(n.Kids) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteByte('>')
	n.html(b, s)
	b.WriteString("</" + n.Name + ">")
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// Escape writes text for use in an element or a quoted attribute.
func Escape(s string) string { return escape.Replace(s) }

// Collapse makes one blank of every run of white space, as browsers show it.
func Collapse(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		if r == ' ' || r == '\t' || r == '\n' || r == '\r' {
			gap = true
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
	}
	if gap {
		b.WriteByte(' ')
	}
	return b.String()
}
