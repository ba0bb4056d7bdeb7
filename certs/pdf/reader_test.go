package pdf_test

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"testing"
)

// A reader of PDF for tests, written apart from the code that writes: objects after ISO 32000-1 §7.3, one classic table.

type (
	name   string
	text   string // of a literal or hexadecimal string
	ref    int
	word   string // an operator
	dict   map[string]any
	stream struct {
		dict
		raw []byte
	}
)

var errSyntax = errors.New("not PDF")

// lexer reads objects from b. A syntax error stops it by a panic with errSyntax.
type lexer struct {
	b  []byte
	at int
}

func isSpace(c byte) bool { return bytes.IndexByte([]byte("\x00\t\n\f\r "), c) >= 0 }
func isDelim(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

func (l *lexer) space() {
	for l.at < len(l.b) && isSpace(l.b[l.at]) {
		l.at++
	}
}

func (l *lexer) has(s string) bool {
	if bytes.HasPrefix(l.b[min(l.at, len(l.b)):], []byte(s)) {
		l.at += len(s)
		return true
	}
	return false
}

func (l *lexer) token() string {
	from := l.at
	for l.at < len(l.b) && !isSpace(l.b[l.at]) && !isDelim(l.b[l.at]) {
		l.at++
	}
	return string(l.b[from:l.at])
}

var escape = regexp.MustCompile(`#([0-9A-Fa-f]{2})`)

// value reads the next object; nil at the end.
func (l *lexer) value() any {
	l.space()
	switch {
	case l.at >= len(l.b):
		return nil
	case l.has("<<"):
		d := dict{}
		for l.space(); !l.has(">>"); l.space() {
			k, ok := l.value().(name)
			if !ok {
				panic(errSyntax)
			}
			d[string(k)] = l.value()
		}
		return d
	case l.has("["):
		a := []any{}
		for l.space(); !l.has("]"); l.space() {
			if l.at >= len(l.b) {
				panic(errSyntax)
			}
			a = append(a, l.value())
		}
		return a
	case l.has("/"):
		return name(escape.ReplaceAllStringFunc(l.token(), func(s string) string {
			b, _ := hex.DecodeString(s[1:])
			return string(b)
		}))
	case l.has("<"):
		end := bytes.IndexByte(l.b[l.at:], '>')
		b, err := hex.DecodeString(string(l.b[l.at : l.at+max(end, 0)]))
		if end < 0 || err != nil { // an odd number of digits is an error here: ISO 19005-3 §6.1.6
			panic(errSyntax)
		}
		l.at += end + 1
		return text(b)
	case l.has("("):
		return l.literal()
	}
	return l.plain()
}

func (l *lexer) literal() text {
	var out []byte
	for depth := 1; ; l.at++ {
		if l.at >= len(l.b) {
			panic(errSyntax)
		}
		switch c := l.b[l.at]; {
		case c == '\\':
			l.at++
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				l.at++
				return text(out)
			}
		}
		out = append(out, l.b[l.at])
	}
}

var reference = regexp.MustCompile(`^(\d+) (\d+) R\b`)

func (l *lexer) plain() any {
	if m := reference.FindSubmatch(l.b[l.at:min(len(l.b), l.at+30)]); m != nil {
		l.at += len(m[0])
		n, _ := strconv.Atoi(string(m[1]))
		return ref(n)
	}
	s := l.token()
	if s == "" {
		panic(errSyntax)
	}
	if v, err := strconv.ParseFloat(s, 64); err == nil {
		return v
	}
	return word(s)
}

// parsed is a file taken apart.
type parsed struct {
	raw     []byte
	objects map[int]any
	bodies  map[int][]byte // from "n 0 obj" to the end of "endobj" and its line
	trailer dict
}

var tableForm = regexp.MustCompile(`(?s)\nxref\n0 (\d+)\n0000000000 65535 f \n((?:\d{10} 00000 n \n)*)trailer\n(.*)\nstartxref\n(\d+)\n%%EOF\n$`)

// parse takes a file apart by its table.
func parse(raw []byte) (p *parsed, err error) {
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, fmt.Errorf("%v", r)
		}
	}()
	m := tableForm.FindSubmatch(raw)
	if m == nil {
		return nil, fmt.Errorf("6.1.4: no table of the wanted form: %w", errSyntax)
	}
	size, _ := strconv.Atoi(string(m[1]))
	table, _ := strconv.Atoi(string(m[4]))
	if len(m[2]) != 20*(size-1) || !bytes.HasPrefix(raw[table:], []byte("xref\n")) {
		return nil, fmt.Errorf("6.1.4: table of %d at %d: %w", size, table, errSyntax)
	}
	p = &parsed{raw: raw, objects: map[int]any{}, bodies: map[int][]byte{}}
	p.trailer, _ = (&lexer{b: m[3]}).value().(dict)
	for n := 1; n < size; n++ {
		at, _ := strconv.Atoi(string(m[2][20*(n-1) : 20*(n-1)+10]))
		if err := p.read(n, at); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// read takes object n, which must keep the spacing of ISO 19005-3 §6.1.9 and, of a stream, §6.1.7.
func (p *parsed) read(n, at int) error {
	head := fmt.Sprintf("%d 0 obj\n", n)
	if !bytes.HasPrefix(p.raw[at:], []byte(head)) {
		return fmt.Errorf("6.1.9: object %d: %w", n, errSyntax)
	}
	l := &lexer{b: p.raw, at: at + len(head)}
	v := l.value()
	l.space()
	if d, ok := v.(dict); ok && l.has("stream\n") {
		length, _ := d["Length"].(float64)
		v = stream{d, p.raw[l.at : l.at+int(length)]}
		l.at += int(length)
		if !l.has("\nendstream\n") {
			return fmt.Errorf("6.1.7: length of stream %d: %w", n, errSyntax)
		}
	}
	if p.raw[l.at-1] != '\n' || !l.has("endobj\n") {
		return fmt.Errorf("6.1.9: end of object %d: %w", n, errSyntax)
	}
	p.objects[n], p.bodies[n] = v, p.raw[at:l.at]
	return nil
}

// get follows keys from v through references.
func (p *parsed) get(v any, keys ...string) any {
	for {
		if r, ok := v.(ref); ok {
			v = p.objects[int(r)]
		}
		if len(keys) == 0 {
			return v
		}
		switch d := v.(type) {
		case dict:
			v = d[keys[0]]
		case stream:
			v = d.dict[keys[0]]
		case []any:
			i, err := strconv.Atoi(keys[0])
			if err != nil || i >= len(d) {
				return nil
			}
			v = d[i]
		default:
			return nil
		}
		keys = keys[1:]
	}
}

// data is what a stream holds, inflated; nil when it is none.
func (p *parsed) data(v any) []byte {
	s, ok := p.get(v).(stream)
	if !ok || s.dict["Filter"] != name("FlateDecode") {
		return s.raw
	}
	r, err := zlib.NewReader(bytes.NewReader(s.raw))
	if err != nil {
		return nil
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return nil
	}
	return b
}

func (p *parsed) catalog() any { return p.trailer["Root"] }

// pages are the page dictionaries.
func (p *parsed) pages() []any {
	kids, _ := p.get(p.catalog(), "Pages", "Kids").([]any)
	return kids
}

// each calls see with every value inside v, v first.
func each(v any, see func(any)) {
	see(v)
	switch d := v.(type) {
	case dict:
		for _, x := range d {
			each(x, see)
		}
	case stream:
		each(d.dict, see)
	case []any:
		for _, x := range d {
			each(x, see)
		}
	}
}

func mustParse(t testing.TB, raw []byte) *parsed {
	t.Helper()
	p, err := parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
