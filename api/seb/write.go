package seb

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

const head = xml.Header + `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">`

// XML writes settings as a property list that Parse reads back. The same settings always give the same bytes. What XML
// cannot carry, such as a control character, is ErrPlist.
func (d Dict) XML() ([]byte, error) {
	w := writer{}
	w.b.WriteString(head)
	w.value(d, 1)
	w.b.WriteString("</plist>\n")
	return w.b.Bytes(), w.err
}

type writer struct {
	b   bytes.Buffer
	err error
}

func (w *writer) element(name, text string) {
	if !carried(text) {
		w.err = fmt.Errorf("%w: text that XML cannot carry", ErrPlist)
		return
	}
	w.b.WriteString("<" + name + ">")
	_ = xml.EscapeText(&w.b, []byte(text)) // a buffer takes everything
	w.b.WriteString("</" + name + ">")
}

// carried reports whether XML has every character of s.
func carried(s string) bool {
	for _, r := range s {
		switch {
		case r == '\t', r == '\n', r == '\r', r >= 0x20 && r <= 0xD7FF, r >= 0xE000 && r <= 0xFFFD, r >= 0x10000:
		default:
			return false
		}
	}
	return utf8.ValidString(s)
}

func (w *writer) value(v Value, depth int) {
	switch v := v.(type) {
	case Dict:
		if w.begin("dict", depth) {
			for _, key := range slices.SortedFunc(maps.Keys(v), compare) {
				w.element("key", key)
				w.value(v[key], depth+1)
			}
			w.b.WriteString("</dict>")
		}
	case Array:
		if w.begin("array", depth) {
			for _, item := range v {
				w.value(item, depth+1)
			}
			w.b.WriteString("</array>")
		}
	case Bool:
		fmt.Fprintf(&w.b, "<%t/>", bool(v))
	case String:
		w.element("string", string(v))
	case Integer:
		w.element("integer", strconv.FormatInt(int64(v), 10))
	case Real:
		w.element("real", strconv.FormatFloat(float64(v), 'f', -1, 64))
	case Date:
		w.element("date", time.Time(v).UTC().Format(dateForm))
	case Data:
		w.element("data", base64.StdEncoding.EncodeToString(v))
	default:
		w.err = fmt.Errorf("%w: no value", ErrPlist)
	}
}

func (w *writer) begin(name string, depth int) bool {
	if depth > maxDepth {
		w.err = fmt.Errorf("%w: more than %d levels", ErrPlist, maxDepth)
		return false
	}
	w.b.WriteString("<" + name + ">")
	return true
}

// plain begins a file whose settings are not encrypted. The other prefixes name kinds of encryption.
const plain = "plnd"

// ErrEncrypted refuses a .seb file that is encrypted.
var ErrEncrypted = errors.New("seb: the file is encrypted")

// File writes settings as a .seb file: packed by gzip, a prefix of four bytes and the property list, packed again.
func (d Dict) File() ([]byte, error) {
	x, err := d.XML()
	if err != nil {
		return nil, err
	}
	return pack(append([]byte(plain), pack(x)...)), nil
}

func pack(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out) // no name and no time: the same settings always give the same file
	_, _ = z.Write(b)         // a buffer takes everything
	_ = z.Close()
	return out.Bytes()
}

// ReadFile reads a .seb file that is not encrypted. As the browsers do, it takes one whose list is not packed, and a
// bare property list.
func ReadFile(b []byte) (Dict, error) {
	b, err := unpack(b)
	if err != nil {
		return nil, err
	}
	if rest, ok := bytes.CutPrefix(b, []byte(plain)); ok {
		if b, err = unpack(rest); err != nil {
			return nil, err
		}
	}
	for _, kind := range []string{"pswd", "pkhs", "phsk", "pwcc"} {
		if bytes.HasPrefix(b, []byte(kind)) {
			return nil, ErrEncrypted
		}
	}
	return Parse(b)
}

func unpack(b []byte) ([]byte, error) {
	if !bytes.HasPrefix(b, []byte{0x1f, 0x8b}) {
		return b, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPlist, err)
	}
	out, err := io.ReadAll(io.LimitReader(z, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPlist, err)
	}
	return out, nil // what is too long is refused by Parse
}
