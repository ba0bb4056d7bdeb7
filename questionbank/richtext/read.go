package richtext

import (
	"html"
	"strings"
)

// Plain is what a person reads: tags are gone, entities resolved, an image stands as ［图：its alt］, and blocks and list
// items are on lines of their own. A string that is no fragment is read as it stands.
func Plain(fragment string) string {
	if plain(fragment) {
		return fragment
	}
	tokens, err := scan(fragment)
	if err != nil {
		return fragment
	}
	var b strings.Builder
	ended := true // nothing, or a line feed, was written last
	write := func(s string) {
		if s != "" {
			b.WriteString(s)
			ended = strings.HasSuffix(s, "\n")
		}
	}
	pending := false // a block ended: what comes next begins a line
	for _, t := range tokens {
		switch {
		case t.kind == open || t.kind == shut:
			pending = pending || !inline(t.name)
			continue
		case pending:
			t.text = strings.TrimLeft(t.text, "\n")
			if !ended {
				write("\n")
			}
		}
		pending = false
		write(t.read())
	}
	return b.String()
}

// read is what one token adds to the reading text.
func (t token) read() string {
	switch t.kind {
	case text:
		return t.text
	case line:
		return "\n"
	case image:
		return described(t.text)
	}
	return ""
}

func described(alt string) string {
	if alt == "" {
		return "［图］"
	}
	return "［图：" + alt + "］"
}

// Blank reports whether a fragment says nothing: no text, and no image with an alt.
func Blank(fragment string) bool {
	tokens, err := scan(fragment)
	if err != nil {
		return strings.TrimSpace(fragment) == ""
	}
	for _, t := range tokens {
		if strings.TrimSpace(t.text) != "" {
			return false
		}
	}
	return true
}

// Images are the digests of the images of a fragment, in their order.
func Images(fragment string) []string {
	if plain(fragment) {
		return nil
	}
	tokens, err := scan(fragment)
	if err != nil {
		return nil
	}
	var all []string
	for _, t := range tokens {
		if t.kind == image {
			all = append(all, t.digest)
		}
	}
	return all
}

// HTML is the fragment for a page, safe to be put into it as it is. src gives the address of an image; where it gives
// none, the image is shown by its alt. A string that is no fragment is shown as it stands.
func HTML(fragment string, src func(digest string) string) string {
	tokens, err := scan(fragment)
	if err != nil {
		tokens = []token{{kind: text, text: fragment}}
	}
	var b strings.Builder
	for n, t := range tokens {
		switch t.kind {
		case text:
			b.WriteString(lines(t.text, n > 0 && tokens[n-1].block(), n+1 < len(tokens) && tokens[n+1].block()))
		case open:
			b.WriteString("<" + t.name + ">")
		case shut:
			b.WriteString("</" + t.name + ">")
		case line:
			b.WriteString("<br>")
		case image:
			b.WriteString(picture(t, src))
		}
	}
	return b.String()
}

// block reports whether a token is an edge of a block, where a line ends by itself.
func (t token) block() bool { return (t.kind == open || t.kind == shut) && !inline(t.name) }

func lines(s string, afterBlock, beforeBlock bool) string {
	if afterBlock {
		s = strings.TrimLeft(s, "\n")
	}
	if beforeBlock {
		s = strings.TrimRight(s, "\n")
	}
	return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>")
}

func picture(t token, src func(string) string) string {
	address := ""
	if src != nil {
		address = src(t.digest)
	}
	if address == "" {
		return html.EscapeString(described(t.text))
	}
	return `<img src="` + html.EscapeString(address) + `" alt="` + html.EscapeString(t.text) + `">`
}
