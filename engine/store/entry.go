package store

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/skillcert/skillcert/engine/theory"
)

// encodeEntry is json.Marshal for an entry of a response log, written by hand for those that come a hundred times an
// attempt: responses and flags. What holds anything else is left to encoding/json.
func encodeEntry(e *theory.Entry) ([]byte, error) {
	if !simple(string(e.Attempt)) || !simple(string(e.Kind)) || !ordinary(e.ClientAt) || !ordinary(e.At) || !short(e) {
		return json.Marshal(e)
	}
	b := append(make([]byte, 0, 224), `{"attempt":"`...)
	b = append(append(b, e.Attempt...), `","seq":`...)
	b = strconv.AppendInt(b, int64(e.Seq), 10)
	b = append(append(append(b, `,"kind":"`...), e.Kind...), '"')
	if e.Question != 0 {
		b = strconv.AppendInt(append(b, `,"question":`...), int64(e.Question), 10)
	}
	b = appendChosen(b, e.Chosen)
	if e.Flagged {
		b = append(b, `,"flagged":true`...)
	}
	b = append(b, `,"client_at":"`...)
	b = e.ClientAt.AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","at":"`...)
	b = e.At.AppendFormat(b, time.RFC3339Nano)
	return append(b, `"}`...), nil
}

func appendChosen(b []byte, chosen []int) []byte {
	if len(chosen) == 0 {
		return b
	}
	b = append(b, `,"chosen":[`...)
	for i, o := range chosen {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(o), 10)
	}
	return append(b, ']')
}

// short reports whether an entry holds nothing but what encodeEntry writes. A field that is added to entries has to be
// added here too; the test finds it.
func short(e *theory.Entry) bool {
	return !e.ByClock && e.Closes.IsZero() && e.Window == "" && e.Login == "" && e.Line == 0 && e.Brought == nil && e.Filing == 0
}

// simple reports whether JSON writes s as it stands.
func simple(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-':
		default:
			return false
		}
	}
	return true
}

// ordinary reports whether RFC 3339 can write t, as every clock's time.
func ordinary(t time.Time) bool { return t.Location() == time.UTC && t.Year() >= 1 && t.Year() <= 9999 }
