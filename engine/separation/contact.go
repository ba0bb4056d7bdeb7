package separation

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/skillcert/skillcert/engine/people"
)

// hidden brings the ends of a tie that are personal data to the form that is kept: what is given is an address or a
// number as people write it, what is kept is its mark, and in the label as much as tells people which one it was.
func (j *Judge) hidden(t Tie) Tie {
	if t.Kind != Located && t.Kind != Reached {
		return t
	}
	clear := plain(t.To)
	t.Label = shortened(clear)
	if clear == "" {
		t.To = Node(t.To.nodeType() + ":")
		return t
	}
	t.To = j.hiddenNode(t.To)
	return t
}

// hiddenNode is the node that is kept for an address or a number; other nodes stay as they are.
func (j *Judge) hiddenNode(n Node) Node {
	switch kind := n.nodeType(); kind {
	case "address":
		return AddressNode(j.people.Mark(kind, plain(n)))
	case "contact":
		return ContactNode(j.people.Mark(kind, plain(n)))
	}
	return n
}

// plain is an address without blanks and signs, in the usual width, or a number of which only the digits count, without
// the country's.
func plain(n Node) string {
	keep := func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}
	s := strings.Map(keep, norm.NFKC.String(n.name()))
	if n.nodeType() == "contact" {
		return people.Domestic(s)
	}
	return s
}

// shortened shows the beginning and the end of what is hidden: 138****1234, 天津市****2号.
func shortened(s string) string {
	r := []rune(s)
	if len(r) < 8 {
		return strings.Repeat("*", len(r))
	}
	return string(r[:3]) + "****" + string(r[len(r)-min(4, len(r)-7):])
}
