package api

import (
	"encoding/json"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/certs"
)

// A check by number is what the public and other systems ask for again and again, so its body and its answer are read and
// written by hand, like those of a saved response: in the one form that programs send, and as encoding/json writes them.
// Everything else goes the way of every body and answer.

// decodeVerification is decode for a Verification.
func decodeVerification(c *fiber.Ctx, into *Verification) error {
	if string(c.Request().Header.ContentType()) == fiber.MIMEApplicationJSON && len(c.Body()) <= jsonLimit {
		if v, ok := plainVerification(c.Body()); ok {
			*into = v
			return nil
		}
	}
	return decode(c, into)
}

// plainVerification reads a body without spaces, escapes and repetitions. ok is false for every other body, however right.
func plainVerification(body []byte) (v Verification, ok bool) {
	p := plainJSON{rest: body, ok: true}
	p.must('{')
	for first := true; p.ok && (first || p.next(',')); first = false {
		name := p.text()
		p.must(':')
		switch string(name) {
		case "number":
			v.Number = p.words()
			p.once(0)
		case "name":
			v.Name = p.words()
			p.once(1)
		default:
			p.ok = false
		}
	}
	p.must('}')
	return v, p.ok && len(p.rest) == 0
}

// words is a string of UTF-8 without escapes.
func (p *plainJSON) words() string {
	p.must('"')
	for i, c := range p.rest {
		switch {
		case !p.ok || c == '\\' || c < ' ' || c == 0x7F:
			p.ok = false
			return ""
		case c == '"':
			t := p.rest[:i]
			p.rest, p.ok = p.rest[i+1:], utf8.Valid(t)
			return string(t)
		}
	}
	p.ok = false
	return ""
}

// handJSON writes objects member by member.
type handJSON struct {
	b   []byte
	err error
}

// name begins a member.
func (w *handJSON) name(name string) {
	if last := w.b[len(w.b)-1]; last != '{' && last != '[' {
		w.b = append(w.b, ',')
	}
	w.member(name)
}

// next begins a member that is not the first.
func (w *handJSON) next(name string) {
	w.b = append(w.b, ',')
	w.member(name)
}

func (w *handJSON) member(name string) { w.b = append(append(append(w.b, '"'), name...), `":`...) }

func (w *handJSON) text(name, s string) {
	w.name(name)
	w.quote(s)
}

// some is text that is left out when it is empty.
func (w *handJSON) some(name, s string) {
	if s != "" {
		w.text(name, s)
	}
}

// quote writes s as encoding/json does; what has to be escaped is left to it.
func (w *handJSON) quote(s string) {
	if !unescaped(s) {
		b, err := json.Marshal(s)
		if err != nil {
			w.err = err
		}
		w.b = append(w.b, b...)
		return
	}
	w.b = append(append(append(w.b, '"'), s...), '"')
}

// escaped are the bytes in whose presence a string is left to encoding/json: U+2028 and U+2029 are among what begins with the
// last.
var escaped = func() (all [256]bool) {
	for c := range byte(' ') {
		all[c] = true
	}
	for _, c := range []byte("\"\\<>&\x7F\xE2") {
		all[c] = true
	}
	return all
}()

// unescaped reports whether encoding/json writes s as it is.
func unescaped(s string) bool {
	for i := 0; i < len(s); i++ {
		if escaped[s[i]] {
			return false
		}
	}
	return utf8.ValidString(s)
}

func (w *handJSON) number(name string, n int64) {
	w.name(name)
	w.b = strconv.AppendInt(w.b, n, 10)
}

func (w *handJSON) truth(name string, v bool) {
	w.name(name)
	w.b = strconv.AppendBool(w.b, v)
}

func (w *handJSON) instant(name string, i Instant) {
	w.name(name)
	w.b = append(i.append(append(w.b, '"')), '"')
}

// list writes an array of n elements.
func (w *handJSON) list(n int, write func(int)) {
	w.b = append(w.b, '[')
	for i := range n {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		write(i)
	}
	w.b = append(w.b, ']')
}

// object writes one in braces.
func (w *handJSON) object(write func()) {
	w.b = append(w.b, '{')
	write()
	w.b = append(w.b, '}')
}

// appendAnswer writes what encoding/json makes of v. record is what appendRecord made of it, or of another answer about the
// same edition.
func appendAnswer(b []byte, v *Answer, record []byte) ([]byte, error) {
	w := &handJSON{b: b}
	w.object(func() {
		w.text("standing", string(v.Standing))
		w.text("by", v.By)
		w.instant("checked", v.Checked)
		w.b = append(w.b, record...)
		if v.Log != nil {
			w.name("log")
			w.object(func() { w.place(v.Log) })
		}
		w.checks(v.Checks)
		w.differences(v.Differences)
		w.pages(v.Pages)
	})
	return w.b, w.err
}

// appendRecord writes the members of v that tell what is on record, each after a comma.
func appendRecord(b []byte, v *Answer) ([]byte, error) {
	w := &handJSON{b: b}
	if v.Certificate != nil {
		w.next("certificate")
		w.object(func() { w.printed(v.Certificate) })
	}
	if v.Holds != nil {
		w.next("holds")
		w.object(func() { w.holding(v.Holds) })
	}
	if len(v.History) > 0 {
		w.next("history")
		w.list(len(v.History), func(n int) { w.object(func() { w.happening(&v.History[n]) }) })
	}
	return w.b, w.err
}

func (w *handJSON) printed(p *Printed) {
	w.text("number", string(p.Number))
	w.number("edition", int64(p.Edition))
	w.text("name", p.Name)
	w.text("id_type", p.IDType)
	w.text("id_number", p.IDNumber)
	w.text("occupation", p.Occupation)
	w.text("work_type", p.WorkType)
	w.number("level", int64(p.Level))
	w.text("org", p.Org)
	w.text("filing", p.Filing)
	day, err := p.Issued.MarshalText()
	if err != nil {
		w.err = err
	}
	w.text("issued", string(day))
	w.some("remark", p.Remark)
	w.some("photo", p.Photo)
	w.instant("since", p.Since)
	w.some("reason", p.Reason)
	w.text("route", string(p.Route))
	w.truth("demo", p.Demo)
}

func (w *handJSON) holding(h *Holding) {
	w.number("edition", int64(h.Edition))
	w.instant("since", h.Since)
	w.some("reason", h.Reason)
}

func (w *handJSON) happening(h *Happening) {
	w.instant("at", h.At)
	w.text("event", h.Event)
	if h.Edition != 0 {
		w.number("edition", int64(h.Edition))
	}
	w.some("reason", h.Reason)
	if h.Leaf != nil {
		w.number("leaf", *h.Leaf)
	}
}

func (w *handJSON) place(p *LogPlace) {
	w.number("leaf", p.Leaf)
	w.number("size", p.Size)
	if len(p.Cosigned) > 0 {
		w.name("cosigned")
		w.list(len(p.Cosigned), func(n int) {
			w.object(func() {
				w.text("witness", p.Cosigned[n].Witness)
				w.instant("at", p.Cosigned[n].At)
			})
		})
	}
	w.some("proof", p.Proof)
}

func (w *handJSON) checks(all []Check) {
	w.name("checks")
	if all == nil {
		w.b = append(w.b, "null"...)
		return
	}
	w.list(len(all), func(n int) {
		w.object(func() {
			w.text("key", all[n].Key)
			w.truth("ok", all[n].OK)
			w.some("detail", all[n].Detail)
		})
	})
}

// differences are few and rare: encoding/json puts their names in order.
func (w *handJSON) differences(all map[string]string) {
	if len(all) == 0 {
		return
	}
	b, err := json.Marshal(all)
	if err != nil {
		w.err = err
	}
	w.name("differences")
	w.b = append(w.b, b...)
}

// pages are of an altered file, never of a check by number.
func (w *handJSON) pages(r *PageReadout) {
	if r == nil {
		return
	}
	b, err := json.Marshal(r)
	if err != nil {
		w.err = err
	}
	w.name("pages")
	w.b = append(w.b, b...)
}

// sendAnswer answers what appendAnswer writes.
func sendAnswer(c *fiber.Ctx, v *Answer, record []byte) error {
	b, err := appendAnswer(make([]byte, 0, 256+len(record)), v, record)
	if err != nil {
		return err
	}
	c.Context().SetContentType(fiber.MIMEApplicationJSON)
	return c.Send(b)
}

// records keeps what answers tell of editions that everybody shares and nobody changes, as it is written: a change makes
// others of them. Safe for concurrent use.
type records struct {
	mu      sync.RWMutex
	written map[*certs.Edition][]byte
}

// mostRecords bounds the editions, of some 500 bytes each.
const mostRecords = 4096

// of is writeRecord. Nobody may change what it returns.
func (r *records) of(c *certs.Certificate, e *certs.Edition) ([]byte, error) {
	r.mu.RLock()
	b, ok := r.written[e]
	r.mu.RUnlock()
	if ok {
		return b, nil
	}
	b, err := writeRecord(c, e)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.written == nil || len(r.written) >= mostRecords {
		r.written = map[*certs.Edition][]byte{}
	}
	r.written[e] = b
	return b, nil
}

func writeRecord(c *certs.Certificate, e *certs.Edition) ([]byte, error) {
	var v Answer
	v.tell(c, e)
	return appendRecord(nil, &v)
}
