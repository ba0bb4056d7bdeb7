package web

import (
	"fmt"
	"strings"

	"github.com/skillcert/skillcert/engine/separation"
)

// TieEnd is a person, body, class, address or number in a drawing of ties, with the ties that lead on from there.
type TieEnd struct {
	Name string
	Type string // "end." label: person, org, class, address, contact
	Href string // of its own ties; "" for none
	Ties []TieEdge
	More bool // there are more than are drawn
}

// TieEdge is one tie to another end.
type TieEdge struct {
	Kind      separation.Kind // "tie." label
	Percent   int
	Back      bool   // it is read from the other end
	Span      string // as people read it, "" when nobody wrote it down
	Contested bool
	Over      bool
	End       TieEnd
}

// TieGraph is a drawing: every tie has a row of its own, so that nothing lies over anything else.
type TieGraph struct {
	Width, Height int // units of which 16 are the text's em
	Boxes         []GraphBox
	Edges         []GraphEdge
	Notes         []GraphLine // where more is left out
}

// Em is the width in ems: the drawing grows with the reader's text.
func (g TieGraph) Em() string { return fmt.Sprintf("%.2fem", float64(g.Width)/16) }

// GraphBox is one end with its name in lines.
type GraphBox struct {
	X, Y, W, H int
	Type, Href string
	Lines      []GraphLine
}

// GraphLine is a line of text; X and Y are where its baseline begins, W is about how long it is.
type GraphLine struct {
	X, Y, W int
	Text    string
}

// GraphEdge is one tie: its path, the head of its arrow ("" where it holds both ways), and its words.
type GraphEdge struct {
	Path, Head      string
	Contested, Over bool
	Words           []GraphLine
}

// Measures of a drawing.
const (
	graphBox   = 190 // width of a box
	graphGap   = 180 // between columns of boxes
	graphPad   = 10  // in a box
	graphTrunk = 14  // from a box to where its ties part
	graphLine  = 20  // height of a line in a box
	graphWord  = 17  // height of a line beside a tie
	graphNear  = 8   // between rows
	graphText  = 14  // size of the text in a box
	graphSmall = 12  // beside a tie
)

// LayTies draws an end and its ties from left to right. label gives the words for a kind of tie, more those for what is
// left out. The same ties give the same drawing.
func LayTies(root TieEnd, label func(separation.Kind) string, more string) TieGraph {
	l := &layout{label: label, more: more}
	l.g.Height = l.end(root, 0, 0, l.height(root, nil)) + graphNear
	return l.g
}

type layout struct {
	g     TieGraph
	label func(separation.Kind) string
	more  string
}

// words are what stands above the line of a tie, and beneath it.
func (l *layout) words(e TieEdge) (above, below []string) {
	word := l.label(e.Kind)
	if e.Percent > 0 {
		word += fmt.Sprintf(" %d%%", e.Percent)
	}
	const room = graphGap - graphTrunk - 20
	return wrapped(word, room, graphSmall), wrapped(e.Span, room, graphSmall)
}

// own is the height that a box and the words of the tie before it need.
func (l *layout) own(t TieEnd, e *TieEdge) int {
	h := len(wrapped(t.Name, graphBox-2*graphPad, graphText))*graphLine + 2*graphPad
	if e != nil {
		above, below := l.words(*e)
		h = max(h, 2*(max(len(above), len(below))*graphWord+6))
	}
	return h + graphNear
}

// height is that of an end with everything behind it.
func (l *layout) height(t TieEnd, e *TieEdge) int { return max(l.behind(t), l.own(t, e)) }

// behind is the height of what is drawn behind an end.
func (l *layout) behind(t TieEnd) (sum int) {
	for i := range t.Ties {
		sum += l.height(t.Ties[i].End, &t.Ties[i])
	}
	if t.More {
		sum += graphLine + graphNear
	}
	return sum
}

// end draws an end in a column into the height it was given, and returns where that ends.
func (l *layout) end(t TieEnd, column, top, height int) int {
	x, middle := column*(graphBox+graphGap), top+height/2
	lines := wrapped(t.Name, graphBox-2*graphPad, graphText)
	box := GraphBox{X: x, W: graphBox, H: len(lines)*graphLine + 2*graphPad, Type: t.Type, Href: t.Href}
	box.Y = middle - box.H/2
	for i, s := range lines {
		box.Lines = append(box.Lines, GraphLine{x + graphPad, box.Y + graphPad + i*graphLine + 15, width(s, graphText), s})
	}
	l.g.Boxes, l.g.Width = append(l.g.Boxes, box), max(l.g.Width, x+graphBox+4)
	at := top + (height-l.behind(t))/2
	for i := range t.Ties {
		e := t.Ties[i]
		h := l.height(e.End, &e)
		l.tie(e, x+graphBox, middle, at+h/2)
		at = l.end(e.End, column+1, at, h)
	}
	if t.More {
		next := x + graphBox + graphGap
		l.g.Notes = append(l.g.Notes, GraphLine{next, at + graphText, width(l.more, graphSmall), l.more})
		l.g.Width = max(l.g.Width, next+width(l.more, graphSmall)+4)
	}
	return top + height
}

// tie draws the line from a box, whose right edge is at x and y, to the box of the next column at to, with its words.
func (l *layout) tie(e TieEdge, x, y, to int) {
	left, right := x+graphTrunk, x+graphGap
	edge := GraphEdge{Path: fmt.Sprintf("M%d %dH%dV%dH%d", x, y, left, to, right), Contested: e.Contested, Over: e.Over}
	switch mutual := e.Kind == separation.Kin || e.Kind == separation.Declared; {
	case mutual:
	case e.Back:
		edge.Head = fmt.Sprintf("M%d %dl9 -5v10z", left+4, to)
	default:
		edge.Head = fmt.Sprintf("M%d %dl-9 -5v10z", right, to)
	}
	above, below := l.words(e)
	for i, s := range above {
		edge.Words = append(edge.Words, GraphLine{left + 16, to - 6 - (len(above)-1-i)*graphWord, width(s, graphSmall), s})
	}
	for i, s := range below {
		edge.Words = append(edge.Words, GraphLine{left + 16, to + 14 + i*graphWord, width(s, graphSmall), s})
	}
	l.g.Edges = append(l.g.Edges, edge)
}

// width is about how long a text of a size is: Chinese takes a whole square, a Latin letter about three fifths.
func width(s string, size int) int {
	n := 0
	for _, r := range s {
		if r >= 0x80 { // dots, dashes and quotes among it, which Chinese fonts draw as wide
			n += 10
		} else {
			n += 6
		}
	}
	return (n*size + 9) / 10
}

// wrapped breaks a text into lines of at most so many units, at blanks where there are any in reach. Nothing is left out.
func wrapped(s string, room, size int) (lines []string) {
	line := ""
	for _, r := range s {
		if width(line+string(r), size) > room {
			if cut := strings.LastIndexByte(line, ' '); cut > 0 && r != ' ' {
				lines, line = append(lines, line[:cut]), line[cut+1:]
			} else {
				lines, line = append(lines, line), ""
			}
			if r == ' ' && line == "" {
				continue
			}
		}
		line += string(r)
	}
	if line = strings.TrimRight(line, " "); line != "" {
		lines = append(lines, line)
	}
	return lines
}
