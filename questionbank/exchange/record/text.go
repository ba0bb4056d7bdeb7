package record

import (
	"regexp"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/xmlnode"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// Canonical writes a fragment in the one way that files give back: text that needs no markup is plain, &gt; and &quot;
// are written out, and the empty elements end in "/>".
func Canonical(fragment string) string {
	if !strings.ContainsAny(fragment, "<&") || richtext.Check(fragment) != nil {
		return fragment
	}
	tags := strings.NewReplacer("<br />", "<br/>").Replace(fragment)
	var b strings.Builder
	for tags != "" {
		if tags[0] == '<' {
			end := strings.IndexByte(tags, '>')
			tag := tags[:end+1]
			if strings.HasPrefix(tag, "<img ") {
				tag = strings.Replace(tag, `" />`, `"/>`, 1)
			}
			b.WriteString(tag)
			tags = tags[end+1:]
			continue
		}
		text, rest := tags, ""
		if n := strings.IndexByte(tags, '<'); n >= 0 {
			text, rest = tags[:n], tags[n:]
		}
		b.WriteString(richtext.Escape(unescape(text)))
		tags = rest
	}
	return b.String()
}

func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&amp;", "&").Replace(s)
}

// Marked reports whether a fragment holds more than text.
func Marked(fragment string) bool { return strings.Contains(fragment, "<") }

// reference is how a fragment names an image.
var reference = regexp.MustCompile(`image:[0-9a-f]{64}`)

// Markup writes a fragment as the body of an element in a file of ours: images at the addresses that src gives, ends of
// lines as xmlnode.LineEnd, text escaped as XML asks.
func Markup(fragment string, src func(digest string) string) string {
	if !strings.ContainsAny(fragment, "<&") {
		fragment = xmlnode.Escape(fragment)
	}
	var b strings.Builder
	for fragment != "" {
		end := strings.IndexByte(fragment, '>') + 1
		if fragment[0] != '<' || end == 0 {
			if end = strings.IndexByte(fragment[1:], '<') + 1; end == 0 {
				end = len(fragment)
			}
			b.WriteString(strings.NewReplacer("\n", xmlnode.LineEnd, ">", "&gt;", `"`, "&quot;", "\r", "&#13;").Replace(fragment[:end]))
			fragment = fragment[end:]
			continue
		}
		tag := reference.ReplaceAllStringFunc(fragment[:end], func(s string) string {
			return xmlnode.Escape(src(strings.TrimPrefix(s, "image:")))
		})
		b.WriteString(strings.ReplaceAll(tag, "\n", "&#10;"))
		fragment = fragment[end:]
	}
	return b.String()
}

// Gather turns the content of an element into a fragment. Images are looked up by image, which keeps them; what
// cannot be kept is answered by name. ours says that the product wrote the file, so that white space has a meaning.
func Gather(n *xmlnode.Node, s xmlnode.Style, image func(src string) (string, bool)) (fragment string, dropped []string) {
	if n == nil {
		return "", nil
	}
	html := n.HTML(s)
	if s.Keep {
		if own := Canonical(resolveImages(html, image)); richtext.Check(own) == nil {
			return own, nil
		}
	}
	return Clean(html, image)
}

var imageTag = regexp.MustCompile(`<img src="([^"]*)" alt="([^"]*)"/>`)

// resolveImages names the images of a file of ours as fragments do.
func resolveImages(html string, image func(src string) (string, bool)) string {
	return imageTag.ReplaceAllStringFunc(html, func(tag string) string {
		m := imageTag.FindStringSubmatch(tag)
		digest, ok := image(unescape(m[1]))
		if !ok {
			return tag
		}
		return `<img src="image:` + digest + `" alt="` + m[2] + `"/>`
	})
}

// Clean turns foreign HTML into a fragment in canonical form.
func Clean(html string, image func(src string) (string, bool)) (fragment string, dropped []string) {
	fragment, dropped = richtext.Clean(html, image)
	return Canonical(strings.TrimSpace(fragment)), dropped
}

// meaning are elements without which a stem or an option may say something else: whoever loses one must not be taken.
var meaning = []string{"math", "object", "video", "audio", "svg", "img", "table", "iframe", "embed", "canvas", "input", "select",
	"textarea", "picture", "map"}

// Media returns those of the dropped parts that an item cannot do without.
func Media(dropped []string) (lost []string) {
	for _, d := range dropped {
		name, _, _ := strings.Cut(strings.ToLower(d), " ") // an attribute is named element@attribute
		if slices.Contains(meaning, name) {
			lost = append(lost, d)
		}
	}
	return lost
}

// TextsOf lists the fragments of an item: stem, options, explanation.
func TextsOf(v questionbank.ItemVersion) []string {
	return append(append([]string{v.Stem}, v.Options...), v.Explanation)
}

// ImagesOf lists the digests of the images of an item, each once.
func ImagesOf(v questionbank.ItemVersion) []string {
	var all []string
	for _, f := range TextsOf(v) {
		for _, d := range richtext.Images(f) {
			if !slices.Contains(all, d) {
				all = append(all, d)
			}
		}
	}
	return all
}
