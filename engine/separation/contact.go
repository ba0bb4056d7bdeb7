package separation

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

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

// Where an address tells people apart: a house, a gate, a storey or a flat with its number; and what it is the number of, a road, an
// estate or a village, so that 河西区3号 is none.
var (
	numbered = regexp.MustCompile(`(?:\d|[A-Z甲乙丙丁一二三四五六七八九十百])(?:号|弄|栋|幢|座|楼|单元|门|室|户|组|队|院|层)|\d$`)
	placed   = regexp.MustCompile(`[路街道巷弄里村苑园庄庭府屯寨湾]|胡同|小区|社区|公寓|大厦|新城|宿舍|大院`)
)

// leastAddress is the least length, in letters and digits, of an address that ties anybody.
const leastAddress = 6

// Pins reports whether an address that somebody stated (通讯地址) is narrow enough to tie those who state it: a place with a number in it.
// A city, a district, a street or an estate alone is shared by thousands, "无" and "同上" by everybody who fills a form in. What
// somebody records as a tie by hand is not asked.
func Pins(address string) bool {
	s := plain(AddressNode(address))
	return utf8.RuneCountInString(s) >= leastAddress && numbered.MatchString(s) && placed.MatchString(s)
}

// shortened shows the beginning and the end of what is hidden: 138****1234, 天津市****2号.
func shortened(s string) string {
	r := []rune(s)
	if len(r) < 8 {
		return strings.Repeat("*", len(r))
	}
	return string(r[:3]) + "****" + string(r[len(r)-min(4, len(r)-7):])
}
