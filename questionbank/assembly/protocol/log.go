package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/skillcert/skillcert/engine"
)

// Event is one thing that the public log records. The log is append-only, and each entry is chained to the one before.
type Event interface{ kind() string }

func (Terms) kind() string      { return "terms" }
func (Commitment) kind() string { return "commitment" }
func (Roots) kind() string      { return "roots" }
func (Beacon) kind() string     { return "beacon" }
func (Head) kind() string       { return "draw" }
func (Redraw) kind() string     { return "redraw" }
func (Late) kind() string       { return "late" }
func (Absence) kind() string    { return "absence" }
func (Withdrawal) kind() string { return "withdrawal" }
func (Reveal) kind() string     { return "reveal" }

// Head is the signed root over all forms of one attempt (试卷根).
type Head struct {
	Attempt   int  `json:"attempt"`
	Forms     int  `json:"forms"`
	Root      Hash `json:"root"`
	Signature Hex  `json:"signature"` // of the operator
}

func (h Head) signed(sitting string) []byte {
	return newRecord("head").text(sitting).number(h.Attempt).number(h.Forms).hash(h.Root)
}

// Redraw is the decision to draw again, with its reason. A quorum of custodians signs it.
type Redraw struct {
	Attempt    int               `json:"attempt"` // the next one, from 1
	Reason     string            `json:"reason"`
	Signatures []RedrawSignature `json:"signatures"` // by custodian
}

// RedrawSignature is one custodian's word for a redraw.
type RedrawSignature struct {
	Custodian int `json:"custodian"`
	Signature Hex `json:"signature"`
}

// Statement is what custodians sign to allow a redraw: it names the root that is given up.
func (r Redraw) Statement(sitting string, before Hash) []byte {
	return newRecord("redraw").text(sitting).number(r.Attempt).hash(before).text(r.Reason)
}

// Late gives a form to a candidate who is not in the roster: an unused reserve slot, or a new one when there is none.
type Late struct {
	Level     engine.Level `json:"level"`
	Province  string       `json:"province,omitempty"`
	Site      string       `json:"site"`
	Candidate Hash         `json:"candidate"`
	Excluded  []string     `json:"excluded,omitempty"`

	Slot    int      `json:"slot"`
	Extra   bool     `json:"extra,omitempty"`   // the slot is new: the reserves were used up
	Changes []Change `json:"changes,omitempty"` // of the form, where the candidate met items of it before; all of it when extra
}

// Change puts another item at one place of a form.
type Change struct {
	Slot    int    `json:"slot"`
	Place   int    `json:"place"`
	Handle  string `json:"handle"`
	Options string `json:"options"`
}

// Absence burns the form of a candidate who did not come: nobody else gets it.
type Absence struct {
	Level engine.Level `json:"level"`
	Slot  int          `json:"slot"`
}

// Withdrawal takes an item out of every form that has not been sat.
type Withdrawal struct {
	Level   engine.Level `json:"level"`
	Handle  string       `json:"handle"`
	Reason  string       `json:"reason"`
	Changes []Change     `json:"changes,omitempty"`
}

// Reveal makes a custodian's secret public. Shares are there when others had to stand in.
type Reveal struct {
	Custodian int `json:"custodian"`
	Secret
	Shares []Share `json:"shares,omitempty"`
}

// Entry is one line of the log.
type Entry struct {
	No    int   // from 0
	At    int64 // ms since 1970, UTC
	Event Event
	Hash  Hash // over the hash of the entry before, zero for the first, and all of this one
}

// entryJSON is an entry as it stands in the file.
type entryJSON struct {
	No   int             `json:"no"`
	At   int64           `json:"at"`
	Kind string          `json:"kind"`
	Body json.RawMessage `json:"body"`
	Hash Hash            `json:"hash"`
}

// MarshalJSON writes the event under its kind.
func (e Entry) MarshalJSON() ([]byte, error) {
	body, err := canonical(e.Event)
	if err != nil {
		return nil, err
	}
	return canonical(entryJSON{e.No, e.At, e.Event.kind(), body, e.Hash})
}

// UnmarshalJSON reads an entry and refuses kinds and fields that there are not.
func (e *Entry) UnmarshalJSON(b []byte) error {
	var raw entryJSON
	if err := strict(b, &raw); err != nil {
		return err
	}
	event, err := readEvent(raw.Kind, raw.Body)
	*e = Entry{No: raw.No, At: raw.At, Event: event, Hash: raw.Hash}
	return err
}

func readEvent(kind string, body []byte) (Event, error) {
	switch kind {
	case "terms":
		return read[Terms](body)
	case "commitment":
		return read[Commitment](body)
	case "roots":
		return read[Roots](body)
	case "beacon":
		return read[Beacon](body)
	case "draw":
		return read[Head](body)
	case "redraw":
		return read[Redraw](body)
	case "late":
		return read[Late](body)
	case "absence":
		return read[Absence](body)
	case "withdrawal":
		return read[Withdrawal](body)
	case "reveal":
		return read[Reveal](body)
	}
	return nil, fmt.Errorf("there is no event called %.20q", kind)
}

func read[E Event](body []byte) (Event, error) {
	var e E
	err := strict(body, &e)
	return e, err
}

func (e Entry) check() error { return nil }

// Log is the public log of one sitting.
type Log = list[Entry]

// next chains an event to the log.
func next(l Log, at int64, event Event) (Entry, error) {
	e := Entry{No: len(l), At: at, Event: event}
	var before Hash
	if len(l) > 0 {
		before = l[len(l)-1].Hash
	}
	var err error
	e.Hash, err = e.chained(before)
	return e, err
}

// chained is the hash of the entry after one with the hash before.
func (e Entry) chained(before Hash) (Hash, error) {
	body, err := canonical(e.Event)
	if err != nil {
		return Hash{}, err
	}
	return newRecord("entry").hash(before).number(e.No).number(int(e.At)).text(e.Event.kind()).bytes(body).sum(), nil
}

// canonical is the one way in which a value is written as JSON: no blanks, fields in their order, no escapes that can
// be done without.
func canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// strict decodes one value, with nothing unknown in it and nothing after it.
func strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("something follows the value")
	}
	return nil
}

// list is a list of JSON values that are looked at as they are read, so that a file of empty ones does not grow in memory.
type list[T interface{ check() error }] []T

// UnmarshalJSON reads value after value.
func (l *list[T]) UnmarshalJSON(b []byte) error {
	*l = nil
	if string(b) == "null" {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return fmt.Errorf("not a list")
	}
	*l = list[T]{}
	for d.More() {
		var v T
		if err := d.Decode(&v); err != nil {
			return err
		}
		if err := v.check(); err != nil {
			return err
		}
		*l = append(*l, v)
	}
	return nil
}
