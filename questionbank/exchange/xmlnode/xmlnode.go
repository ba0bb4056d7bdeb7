// Package xmlnode reads XML that others sent into small trees.
//
// It is strict: a file that is not well formed to its last byte is refused whole, and so is one that declares entities,
// nests without end or is in an encoding that is not certain. Nothing is ever fetched.
package xmlnode

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// Limits of one file. Content of an item nests some ten deep; a hundred is a trap.
const (
	MaxDepth = 100
	maxNodes = 200_000 // of one subtree that is handed over
)

// Refusals of a whole file.
var (
	ErrSyntax   = errs.New(errs.Invalid, "xml.syntax", "XML 文件不完整或格式有误")
	ErrEntity   = errs.New(errs.Invalid, "xml.entity", "XML 文件声明了实体或内部子集，不予处理")
	ErrDepth    = errs.New(errs.TooLarge, "xml.depth", "XML 文件嵌套过深或元素过多")
	ErrEncoding = errs.New(errs.Invalid, "xml.encoding", "XML 文件的文字编码不受支持，请使用 UTF-8")
)

// Node is one element with what is in it. Names carry no prefix; Space is the namespace that the prefix stands for.
type Node struct {
	Name  string
	Space string
	Attrs []xml.Attr
	Kids  []Kid
	Line  int // of the start tag, from 1
}

// Kid is an element, or text when Node is nil.
type Kid struct {
	Node *Node
	Text string
}

// Walk reads data and hands every element called one of take to visit, with all that is in it; what lies inside such an
// element is not visited again. It answers the root, without its kids unless it was taken itself.
func Walk(name string, data []byte, take []string, visit func(*Node) error) (root *Node, err error) {
	text, _, err := table.Decode(data)
	if err != nil {
		return nil, err
	}
	r := &reader{name: name, dec: xml.NewDecoder(strings.NewReader(text))}
	r.dec.CharsetReader = decoded
	for {
		token, err := r.next()
		if errors.Is(err, io.EOF) {
			return r.whole(root)
		}
		if err != nil {
			return nil, err
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		n := r.node(start)
		if root == nil {
			root = n
		}
		if slices.Contains(take, n.Name) {
			if err = r.fill(n); err == nil {
				err = visit(n)
			}
			if err != nil {
				return nil, err
			}
		}
	}
}

// Parse reads a whole file into one tree.
func Parse(name string, data []byte) (*Node, error) {
	root, err := Root(data)
	if err != nil {
		return nil, err
	}
	return Walk(name, data, []string{root.Name}, func(*Node) error { return nil })
}

// Root reads the start tag of the root and nothing after it, to tell what a file is.
func Root(data []byte) (*Node, error) {
	text, _, err := table.Decode(data)
	if err != nil {
		return nil, err
	}
	r := &reader{name: "", dec: xml.NewDecoder(strings.NewReader(text))}
	r.dec.CharsetReader = decoded
	for {
		token, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil, ErrSyntax.With("没有根元素")
		}
		if err != nil {
			return nil, err
		}
		if start, ok := token.(xml.StartElement); ok {
			return r.node(start), nil
		}
	}
}

// decoded lets the decoder go on with text that table.Decode has decoded already, for the encodings that it knows.
func decoded(label string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8", "utf8", "utf-16", "us-ascii", "ascii", "gb18030", "gbk", "gb2312", "gb_2312-80":
		return in, nil
	}
	return nil, ErrEncoding.With("%s", label)
}

type reader struct {
	name  string
	dec   *xml.Decoder
	depth int
	nodes int
}

// next returns the next token; io.EOF only where the document is complete.
func (r *reader) next() (xml.Token, error) {
	token, err := r.dec.Token()
	var known *errs.Error
	switch {
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case errors.As(err, &known):
		return nil, known
	case err != nil:
		line, _ := r.dec.InputPos()
		return nil, ErrSyntax.With("%s 第 %d 行", r.name, line)
	}
	switch t := token.(type) {
	case xml.Directive:
		if s := strings.ToUpper(string(t)); strings.Contains(s, "ENTITY") || strings.ContainsRune(s, '[') {
			return nil, ErrEntity.With("%s", r.name)
		}
	case xml.StartElement:
		if r.depth++; r.depth > MaxDepth {
			line, _ := r.dec.InputPos()
			return nil, ErrDepth.With("%s 第 %d 行", r.name, line)
		}
	case xml.EndElement:
		r.depth--
	}
	return token, nil
}

func (r *reader) whole(root *Node) (*Node, error) {
	if root == nil {
		return nil, ErrSyntax.With("%s 没有根元素", r.name)
	}
	return root, nil
}

func (r *reader) node(start xml.StartElement) *Node {
	line, _ := r.dec.InputPos()
	return &Node{Name: start.Name.Local, Space: start.Name.Space, Attrs: slices.Clone(start.Attr), Line: line}
}

// fill reads what is in n, to its end tag.
func (r *reader) fill(n *Node) error {
	r.nodes = 0
	open := []*Node{n}
	for len(open) > 0 {
		token, err := r.next()
		if errors.Is(err, io.EOF) {
			return ErrSyntax.With("%s 不完整", r.name)
		}
		if err != nil {
			return err
		}
		if r.nodes++; r.nodes > maxNodes {
			return ErrDepth.With("%s 第 %d 行起的 %s", r.name, n.Line, n.Name)
		}
		top := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			kid := r.node(t)
			top.Kids = append(top.Kids, Kid{Node: kid})
			open = append(open, kid)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			top.Kids = append(top.Kids, Kid{Text: string(t)})
		}
	}
	return nil
}

// Attr is the value of an attribute, "" when there is none.
func (n *Node) Attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// Elements are the kids that are elements; given names, only those called so.
func (n *Node) Elements(names ...string) []*Node {
	var out []*Node
	for _, k := range n.Kids {
		if k.Node != nil && (len(names) == 0 || slices.Contains(names, k.Node.Name)) {
			out = append(out, k.Node)
		}
	}
	return out
}

// First is the first kid called name, nil when there is none.
func (n *Node) First(name string) *Node {
	if n == nil {
		return nil
	}
	for _, k := range n.Kids {
		if k.Node != nil && k.Node.Name == name {
			return k.Node
		}
	}
	return nil
}

// At follows names downwards; nil where the path ends.
func (n *Node) At(path ...string) *Node {
	for _, name := range path {
		n = n.First(name)
	}
	return n
}

// Text is all text below n; "" for nil.
func (n *Node) Text() string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	n.each(func(k Kid) bool { b.WriteString(k.Text); return true })
	return b.String()
}

// Find lists the elements below n that are called one of names, in the order of the file, not those within such.
func (n *Node) Find(names ...string) []*Node {
	var out []*Node
	n.each(func(k Kid) bool {
		hit := k.Node != nil && slices.Contains(names, k.Node.Name)
		if hit {
			out = append(out, k.Node)
		}
		return !hit
	})
	return out
}

// each visits all below n, depth first; visit says whether to go into an element. Depth is bounded by MaxDepth.
func (n *Node) each(visit func(Kid) bool) {
	for _, k := range n.Kids {
		if visit(k) && k.Node != nil {
			k.Node.each(visit)
		}
	}
}
