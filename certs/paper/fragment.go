package paper

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/skillcert/skillcert/questionbank/richtext"
)

// look is how letters look.
type look struct {
	bold, emphasis, underline bool
	script                    int8 // 1 raised, -1 lowered
}

// span is text of one look, or a picture. A line feed in it ends a line.
type span struct {
	text   string
	look   look
	digest string // of a picture
}

// block is a paragraph or a list item.
type block struct {
	indent float64 // of a list, in ems
	marker string  // before a list item, stands in the indent of its own list
	spans  []span
}

// read takes a rich text fragment apart. What is no fragment is read as it stands.
func read(fragment string) []block {
	r := &reader{looks: []look{{}}}
	if richtext.Check(fragment) != nil || r.all(fragment) != nil {
		return []block{{spans: []span{{text: fragment}}}}
	}
	r.end()
	return r.blocks
}

type reader struct {
	blocks []block
	looks  []look
	lists  []int // numbers of the open lists, -1 for one without numbers
	over   bool  // the last block is complete
}

// all reads a fragment that was checked, so that XML's own reader takes it: a bare "]]>" is the one thing that the two
// judge differently.
func (r *reader) all(fragment string) error {
	d := xml.NewDecoder(strings.NewReader("<f>" + strings.ReplaceAll(fragment, "]]>", "]]&gt;") + "</f>"))
	for {
		t, err := d.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			r.open(t)
		case xml.EndElement:
			r.shut(t.Name.Local)
		case xml.CharData:
			r.text(string(t))
		}
	}
}

func (r *reader) open(t xml.StartElement) {
	now := r.looks[len(r.looks)-1]
	switch t.Name.Local {
	case "p":
		r.begin("")
	case "ul":
		r.lists = append(r.lists, -1)
	case "ol":
		r.lists = append(r.lists, 0)
	case "li":
		r.begin(r.marker())
	case "br":
		r.add(span{text: "\n"})
	case "img":
		r.add(span{digest: strings.TrimPrefix(t.Attr[0].Value, "image:")})
	case "strong":
		now.bold = true
	case "em":
		now.emphasis = true
	case "u":
		now.underline = true
	case "sub":
		now.script = -1
	case "sup":
		now.script = 1
	}
	r.looks = append(r.looks, now)
}

func (r *reader) shut(name string) {
	r.looks = r.looks[:len(r.looks)-1]
	switch name {
	case "ul", "ol":
		r.lists = r.lists[:len(r.lists)-1]
		r.end()
	case "p", "li":
		r.end()
	}
}

// marker counts the item that begins.
func (r *reader) marker() string {
	n := &r.lists[len(r.lists)-1]
	if *n < 0 {
		return bullet
	}
	*n++
	return fmt.Sprintf("（%d）", *n)
}

const bullet = "•"

// Indents of a list with and without numbers, in ems.
const (
	numberIndent = 2.8
	bulletIndent = 1.2
)

// indent is that of the open lists together.
func (r *reader) indent() (ems float64) {
	for _, n := range r.lists {
		if n < 0 {
			ems += bulletIndent
		} else {
			ems += numberIndent
		}
	}
	return ems
}

// begin opens a block. A paragraph that begins a list item is the item's own block.
func (r *reader) begin(marker string) {
	if n := len(r.blocks); n > 0 && !r.over && marker == "" && len(r.blocks[n-1].spans) == 0 {
		return
	}
	r.end()
	r.blocks = append(r.blocks, block{indent: r.indent(), marker: marker})
	r.over = false
}

// end closes the last block: a line ends there anyway.
func (r *reader) end() {
	r.over = true
	if len(r.blocks) == 0 {
		return
	}
	b := &r.blocks[len(r.blocks)-1]
	for n := len(b.spans); n > 0; n-- {
		s := &b.spans[n-1]
		if s.digest != "" {
			return
		}
		if s.text = strings.TrimRight(s.text, "\n"); s.text != "" {
			return
		}
		b.spans = b.spans[:n-1]
	}
}

func (r *reader) text(s string) {
	fresh := r.over || len(r.blocks) == 0 || len(r.blocks[len(r.blocks)-1].spans) == 0
	if fresh {
		s = strings.TrimLeft(s, "\n")
	}
	if s != "" {
		r.add(span{text: strings.ReplaceAll(s, "\t", " "), look: r.looks[len(r.looks)-1]})
	}
}

func (r *reader) add(s span) {
	if r.over || len(r.blocks) == 0 {
		r.blocks = append(r.blocks, block{indent: r.indent()})
		r.over = false
	}
	b := &r.blocks[len(r.blocks)-1]
	b.spans = append(b.spans, s)
}
