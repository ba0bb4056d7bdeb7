// Package seb speaks the formats of Safe Exam Browser (SEB, the lockdown browser of ETH Zürich): its settings as a
// property list, the Config Key over them, the hashes that the browser sends, and the .seb file. Sources:
// developer/seb-config-key.html and developer/seb-file-format.html of safeexambrowser.org.
//
// The Config Key proves that a browser runs these settings, and not that the browser is unmodified: who holds the file
// can compute it. A list of Browser Exam Keys narrows that to builds that the house has looked at.
package seb

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// Value is one of Dict, Array, String, Integer, Bool, Real, Date and Data.
type Value interface{ plist() }

// The kinds of values of a property list.
type (
	Dict    map[string]Value
	Array   []Value
	String  string
	Integer int64
	Bool    bool
	Real    float64
	Date    time.Time // whole seconds, UTC
	Data    []byte
)

func (Dict) plist()    {}
func (Array) plist()   {}
func (String) plist()  {}
func (Integer) plist() {}
func (Bool) plist()    {}
func (Real) plist()    {}
func (Date) plist()    {}
func (Data) plist()    {}

// ErrPlist refuses what is no property list of settings.
var ErrPlist = errors.New("seb: no property list of settings")

// Bounds of what is read: real settings take some 20 KB and three levels.
const (
	maxBytes = 1 << 20
	maxDepth = 16
)

const dateForm = "2006-01-02T15:04:05Z"

// Parse reads an XML property list whose root is a dictionary. It is strict: no entities of its own, no unknown
// elements, no attributes, no key twice.
func Parse(b []byte) (Dict, error) {
	if len(b) > maxBytes {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrPlist, maxBytes)
	}
	r := reader{d: xml.NewDecoder(bytes.NewReader(b))}
	v, err := r.document()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPlist, err)
	}
	return v, nil
}

type reader struct {
	d     *xml.Decoder
	depth int
}

func wrong(format string, args ...any) error { return fmt.Errorf(format, args...) }

func (r *reader) document() (Dict, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	start, err := r.start()
	if err != nil {
		return nil, err
	}
	v, err := r.value(start)
	if err != nil {
		return nil, err
	}
	root, ok := v.(Dict)
	if !ok {
		return nil, wrong("the root is no dictionary")
	}
	if _, ok, err = r.next(); err != nil || ok { // the end of the element plist
		return nil, errors.Join(err, wrong("more than one root"))
	}
	if _, _, err = r.next(); !errors.Is(err, io.EOF) {
		return nil, errors.Join(err, wrong("something after the end"))
	}
	return root, nil
}

// open reads up to and with the element plist.
func (r *reader) open() error {
	for {
		t, err := r.d.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.Comment:
		case xml.ProcInst:
			if t.Target != "xml" {
				return wrong("an instruction before the document")
			}
		case xml.Directive:
			if !bytes.HasPrefix(t, []byte("DOCTYPE plist")) || bytes.ContainsRune(t, '[') {
				return wrong("another kind of document")
			}
		case xml.CharData:
			if !blank(t) {
				return wrong("text before the document")
			}
		case xml.StartElement:
			if t.Name.Space != "" || t.Name.Local != "plist" {
				return wrong("another kind of document")
			}
			return nil
		}
	}
}

func blank(t xml.CharData) bool { return len(bytes.TrimSpace(t)) == 0 }

// next is the next element that begins; ok is false when the one around it ends.
func (r *reader) next() (start xml.StartElement, ok bool, err error) {
	for {
		t, err := r.d.Token()
		if err != nil {
			return start, false, err
		}
		switch t := t.(type) {
		case xml.Comment:
		case xml.CharData:
			if !blank(t) {
				return start, false, wrong("text between elements")
			}
		case xml.EndElement:
			return start, false, nil
		case xml.StartElement:
			if t.Name.Space != "" || len(t.Attr) > 0 {
				return start, false, wrong("element %s with a name space or attributes", t.Name.Local)
			}
			return t, true, nil
		default:
			return start, false, wrong("an instruction within the document")
		}
	}
}

func (r *reader) start() (xml.StartElement, error) {
	start, ok, err := r.next()
	if err == nil && !ok {
		err = wrong("an element is missing")
	}
	return start, err
}

// text is the text of the element that was begun, up to its end.
func (r *reader) text() (string, error) {
	var b strings.Builder
	for {
		t, err := r.d.Token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.Comment:
		case xml.EndElement:
			return b.String(), nil
		default:
			return "", wrong("an element within text")
		}
	}
}

func (r *reader) value(start xml.StartElement) (Value, error) {
	switch start.Name.Local {
	case "dict":
		return nested(r, r.dict)
	case "array":
		return nested(r, r.array)
	}
	text, err := r.text()
	if err != nil {
		return nil, err
	}
	return leaf(start.Name.Local, text)
}

func nested[T Value](r *reader, read func() (T, error)) (Value, error) {
	if r.depth++; r.depth > maxDepth {
		return nil, wrong("more than %d levels", maxDepth)
	}
	defer func() { r.depth-- }()
	v, err := read()
	if err != nil {
		return nil, err
	}
	return v, nil
}

func (r *reader) dict() (Dict, error) {
	d := Dict{}
	for {
		start, ok, err := r.next()
		if err != nil || !ok {
			return d, err
		}
		if start.Name.Local != "key" {
			return nil, wrong("%s in the place of a key", start.Name.Local)
		}
		key, err := r.text()
		if err != nil {
			return nil, err
		}
		if _, twice := d[key]; twice {
			return nil, wrong("key %q twice", key)
		}
		if start, err = r.start(); err != nil {
			return nil, err
		}
		if d[key], err = r.value(start); err != nil {
			return nil, err
		}
	}
}

func (r *reader) array() (Array, error) {
	a := Array{}
	for {
		start, ok, err := r.next()
		if err != nil || !ok {
			return a, err
		}
		v, err := r.value(start)
		if err != nil {
			return nil, err
		}
		a = append(a, v)
	}
}

// leaf is a value that holds no others.
func leaf(kind, text string) (Value, error) {
	switch kind {
	case "string":
		return String(text), nil
	case "true", "false":
		if text != "" {
			return nil, wrong("text in %s", kind)
		}
		return Bool(kind == "true"), nil
	case "integer":
		n, err := strconv.ParseInt(text, 10, 64)
		return Integer(n), err
	case "real":
		f, err := strconv.ParseFloat(text, 64)
		if err == nil && (math.IsNaN(f) || math.IsInf(f, 0)) {
			err = wrong("no finite number")
		}
		return Real(f), err
	case "date":
		t, err := time.Parse(dateForm, text)
		if err == nil && t.Nanosecond() != 0 {
			err = wrong("a part of a second")
		}
		return Date(t), err
	case "data":
		b, err := base64.StdEncoding.Strict().DecodeString(strings.Join(strings.Fields(text), ""))
		return Data(b), err
	}
	return nil, wrong("unknown element %s", kind)
}
