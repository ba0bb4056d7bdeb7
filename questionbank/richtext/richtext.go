// Package richtext is the text of stems, options and explanations: a strict subset of XHTML that holds what a paper
// prints and nothing that a page could run.
//
// A fragment is text with the elements p br strong em u sub sup ul ol li img. No element has attributes but img, which
// names a stored image by the SHA-256 of its bytes: <img src="image:…64 hex digits…" alt="…"/>. In text < and & are
// written &lt; and &amp;; &gt; and &quot; are understood too. A line feed ends a line like br. A string that holds
// neither < nor & is plain text and means itself.
package richtext

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine/errs"
)

// ErrFragment refuses a text that is no fragment; its message names the place.
var ErrFragment = errs.New(errs.Invalid, "richtext.fragment", "图文内容的格式不正确")

// maxDepth bounds how deep elements nest.
const maxDepth = 12

// inline elements hold text and each other, blocks hold those and blocks.
func inline(name string) bool {
	return slices.Contains([]string{"strong", "em", "u", "sub", "sup"}, name)
}

func list(name string) bool { return name == "ul" || name == "ol" }

// mayHold tells whether child may lie directly in parent; "" is the fragment itself.
func mayHold(parent, child string) bool {
	switch {
	case list(parent):
		return child == "li"
	case parent == "" || parent == "li":
		return child == "p" || list(child) || inline(child)
	}
	return inline(child)
}

type kind uint8

const (
	text kind = iota
	open
	shut
	line // br
	image
)

// token is a part of a fragment with its entities resolved.
type token struct {
	kind   kind
	name   string // of the element that opens or shuts
	text   string // what is read; of an image its alt
	digest string // of an image
}

var (
	forText = strings.NewReplacer("&", "&amp;", "<", "&lt;")
	forAlt  = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
)

// Escape turns plain text into a fragment that reads the same.
func Escape(plain string) string { return forText.Replace(plain) }

// plain reports whether a fragment is plain text, as nearly all are: then nothing in it has to be looked for.
func plain(fragment string) bool { return !strings.ContainsAny(fragment, "<&") }

// Check returns nil when fragment is one, otherwise ErrFragment with the first place where it is not.
func Check(fragment string) error {
	_, err := scan(fragment)
	return err
}

type scanner struct {
	source string
	at     int // of the next byte
	open   []string
	tokens []token
}

func scan(fragment string) ([]token, error) {
	s := scanner{source: fragment}
	for s.at < len(s.source) {
		step := s.text
		if s.source[s.at] == '<' {
			step = s.tag
		}
		if err := step(); err != nil {
			return nil, err
		}
	}
	if len(s.open) > 0 {
		return nil, s.refuse("<%s> 没有结束", s.inside())
	}
	return s.tokens, nil
}

func (s *scanner) inside() string {
	if len(s.open) == 0 {
		return ""
	}
	return s.open[len(s.open)-1]
}

func (s *scanner) refuse(format string, args ...any) error {
	return ErrFragment.With("第%d个字符处，"+format, append([]any{utf8.RuneCountInString(s.source[:s.at]) + 1}, args...)...)
}

// text takes what comes before the next tag. Between the items of a list only blanks are allowed, which mean nothing.
func (s *scanner) text() error {
	end := strings.IndexByte(s.source[s.at:], '<')
	if end < 0 {
		end = len(s.source) - s.at
	}
	raw := s.source[s.at : s.at+end]
	if list(s.inside()) {
		if strings.TrimSpace(raw) != "" {
			return s.refuse("列表中只能有列表项")
		}
		s.at += end
		return nil
	}
	plain, bad := resolve(raw)
	if bad >= 0 {
		s.at += bad
		return s.refuse("& 应写作 &amp;")
	}
	s.at += end
	s.tokens = append(s.tokens, token{kind: text, text: plain})
	return nil
}

// resolve replaces the entities of raw; bad is the place of an & that begins none, or -1.
func resolve(raw string) (plain string, bad int) {
	if !strings.Contains(raw, "&") {
		return raw, -1
	}
	var b strings.Builder
	for n := 0; n < len(raw); {
		if raw[n] != '&' {
			b.WriteByte(raw[n])
			n++
			continue
		}
		name, _, ended := strings.Cut(raw[n+1:min(len(raw), n+6)], ";")
		char, known := map[string]byte{"lt": '<', "gt": '>', "amp": '&', "quot": '"'}[name]
		if !ended || !known {
			return "", n
		}
		b.WriteByte(char)
		n += len(name) + 2
	}
	return b.String(), -1
}

var imageTag = regexp.MustCompile(`^img src="image:([0-9a-f]{64})" alt="([^"<>]*)" ?/$`)

func (s *scanner) tag() error {
	length := strings.IndexByte(s.source[s.at:], '>')
	if length < 0 {
		return s.refuse("< 应写作 &lt;")
	}
	inner := s.source[s.at+1 : s.at+length]
	t, err := s.element(inner)
	if err != nil {
		return err
	}
	s.at += length + 1
	s.tokens = append(s.tokens, t)
	return nil
}

func (s *scanner) element(inner string) (token, error) {
	if name, ends := strings.CutPrefix(inner, "/"); ends {
		return s.shut(name)
	}
	if inner == "br/" || inner == "br /" {
		return token{kind: line}, s.place("br")
	}
	if m := imageTag.FindStringSubmatch(inner); m != nil {
		alt, bad := resolve(m[2])
		if bad >= 0 {
			return token{}, s.refuse("图片说明中的 & 应写作 &amp;")
		}
		return token{kind: image, digest: m[1], text: alt}, s.place("img")
	}
	name, _, more := strings.Cut(strings.TrimRight(inner, "/"), " ")
	switch {
	case name == "img":
		return token{}, s.refuse(`图片应写作 <img src="image:摘要" alt="说明"/>`)
	case name != "p" && name != "li" && !list(name) && !inline(name):
		return token{}, s.refuse("不支持元素 <%.20s>", name)
	case more:
		return token{}, s.refuse("<%s> 不能带属性", name)
	case strings.HasSuffix(inner, "/"):
		return token{}, s.refuse("<%s> 没有内容", name)
	case !mayHold(s.inside(), name):
		return token{}, s.refuse("<%s> 不能放在此处", name)
	case len(s.open) == maxDepth:
		return token{}, s.refuse("元素嵌套过深")
	}
	s.open = append(s.open, name)
	return token{kind: open, name: name}, nil
}

// place refuses a void element between the items of a list.
func (s *scanner) place(name string) error {
	if list(s.inside()) {
		return s.refuse("<%s> 不能放在此处", name)
	}
	return nil
}

func (s *scanner) shut(name string) (token, error) {
	if name != s.inside() || name == "" {
		return token{}, s.refuse("</%.20s> 没有对应的开始", name)
	}
	s.open = s.open[:len(s.open)-1]
	return token{kind: shut, name: name}, nil
}
