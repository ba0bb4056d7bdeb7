package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// LayoutsView lists the documents whose layout a body may change: certificate and card.
type LayoutsView struct {
	OrgName string // "" for a reader who acts for no body
	Rows    []LayoutRow
}

// LayoutRow is the layout that is used for one kind of document: the body's own, or the one that the program brings along.
type LayoutRow struct {
	Kind string
	Own  bool
	By   string    // who decided on it; "" where nobody ever did
	At   time.Time // since when
}

// LayoutView is one layout: the text in use, or a draft that is looked at before it is used.
type LayoutView struct {
	LayoutRow
	OrgName   string
	Source    string // of the text field
	Draft     bool   // Source is not in use
	Fit       bool   // a draft that can be taken into use
	MayChange bool
	MaxKiB    int
	Trail     []TrailRow
	Problem   *Problem
}

// layoutPart says in words which part of a layout a path names: sides[0].texts[2].size is the size of the third text of the
// first side.
func (s speaker) layoutPart(path string) string {
	var words []string
	for part := range strings.SplitSeq(path, ".") {
		name, index, several := strings.Cut(part, "[")
		n, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
		if word, known := s.words["layout-part-n."+name]; several && known && err == nil {
			words = append(words, fmt.Sprintf(word, n+1))
			continue
		}
		word, known := s.words["layout-part."+name]
		if !known {
			word = s.label("cert", name)
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}
