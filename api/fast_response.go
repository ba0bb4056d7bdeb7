package api

import (
	"bytes"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
)

// The save of a response is the one request that a whole hall sends again and again, so its body and its answer are read
// and written by hand, in the form that the exam page sends and encoding/json writes. Everything else about them, every
// other order of words, number or mistake, goes the way of every body: decode, which alone refuses.

// decodeResponse is decode for a Response.
func decodeResponse(c *fiber.Ctx, into *Response) error {
	if string(c.Request().Header.ContentType()) == fiber.MIMEApplicationJSON {
		if r, ok := plainResponse(c.Body()); ok {
			*into = r
			return nil
		}
	}
	return decode(c, into)
}

// plainResponse reads a body without spaces, escapes and repetitions. ok is false for every other body, however right.
func plainResponse(body []byte) (r Response, ok bool) {
	p := plainJSON{rest: body, ok: true}
	p.must('{')
	for first := true; p.ok && (first || p.next(',')); first = false {
		p.field(&r)
	}
	p.must('}')
	return r, p.ok && len(p.rest) == 0
}

// plainJSON reads on while ok.
type plainJSON struct {
	rest []byte
	seen uint8 // fields that were read, a bit each
	ok   bool
}

func (p *plainJSON) field(r *Response) {
	name := p.text()
	p.must(':')
	switch string(name) {
	case "seq":
		r.Seq = p.number()
		p.once(0)
	case "item":
		r.Item = p.number()
		p.once(1)
	case "chosen":
		r.Chosen = p.numbers()
		p.once(2)
	case "flag":
		r.Flag = p.truth()
		p.once(3)
	case "kind":
		r.Kind = string(p.text())
		p.once(4)
	case "client_at":
		r.ClientAt = p.instant()
		p.once(5)
	case "window":
		r.Window = string(p.text())
		p.once(6)
	default:
		p.ok = false
	}
}

// once notes a field; a second one of its name is left to encoding/json.
func (p *plainJSON) once(bit int) {
	p.ok = p.ok && p.seen&(1<<bit) == 0
	p.seen |= 1 << bit
}

func (p *plainJSON) next(c byte) bool {
	if !p.ok || len(p.rest) == 0 || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *plainJSON) must(c byte) { p.ok = p.next(c) }

// text is a string of ASCII without escapes.
func (p *plainJSON) text() []byte {
	p.must('"')
	for i, c := range p.rest {
		switch {
		case !p.ok || c == '\\' || c < ' ' || c > '~':
			p.ok = false
			return nil
		case c == '"':
			t := p.rest[:i]
			p.rest = p.rest[i+1:]
			return t
		}
	}
	p.ok = false
	return nil
}

// number is a whole number of one to nine digits that does not begin with an idle 0.
func (p *plainJSON) number() (n int) {
	digits := 0
	for digits < len(p.rest) && p.rest[digits] >= '0' && p.rest[digits] <= '9' {
		n = n*10 + int(p.rest[digits]-'0')
		if digits++; digits > 9 {
			break
		}
	}
	if !p.ok || digits == 0 || digits > 9 || digits > 1 && p.rest[0] == '0' {
		p.ok = false
		return 0
	}
	p.rest = p.rest[digits:]
	return n
}

func (p *plainJSON) numbers() []int {
	p.must('[')
	list := []int{}
	if p.next(']') {
		return list
	}
	for first := true; p.ok && (first || p.next(',')); first = false {
		list = append(list, p.number())
	}
	p.must(']')
	return list
}

func (p *plainJSON) truth() bool {
	if rest, is := bytes.CutPrefix(p.rest, []byte("true")); is {
		p.rest = rest
		return true
	}
	rest, is := bytes.CutPrefix(p.rest, []byte("false"))
	p.rest, p.ok = rest, p.ok && is
	return false
}

func (p *plainJSON) instant() (t time.Time) {
	if text := p.text(); p.ok {
		p.ok = t.UnmarshalText(text) == nil
	}
	return t
}

// sendSaved answers what encoding/json makes of v.
func sendSaved(c *fiber.Ctx, v Saved) error {
	b := append(make([]byte, 0, 128), `{"seq":`...)
	b = strconv.AppendInt(b, int64(v.Seq), 10)
	b = append(b, `,"now":"`...)
	b = v.Now.append(b)
	b = append(b, `","closes":"`...)
	b = v.Closes.append(b)
	b = append(b, `","closed":`...)
	b = append(strconv.AppendBool(b, v.Closed), '}')
	c.Context().SetContentType(fiber.MIMEApplicationJSON)
	return c.Send(b)
}

// append writes the form of MarshalText.
func (i Instant) append(b []byte) []byte {
	t := time.Time(i).UTC()
	b = t.AppendFormat(b, time.RFC3339) // which Go writes without reading a layout
	ms := t.Nanosecond() / int(time.Millisecond)
	return append(b[:len(b)-1], '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10), 'Z')
}
