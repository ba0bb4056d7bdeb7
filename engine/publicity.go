package engine

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// Publicity (公示) is when the public may read a list and object to it, both days in it. Zero: it never began.
type Publicity struct {
	From  clock.Date `json:"from"`
	Until clock.Date `json:"until"`
}

// Publicly is publicity that begins today and lasts so many working days; today does not count.
func Publicly(today clock.Date, days int, cal clock.Calendar) Publicity {
	return Publicity{From: today, Until: cal.AddWorkingDays(today, days)}
}

// Over reports whether the last day is behind today, as it is not of what never began.
func (p Publicity) Over(today clock.Date) bool { return !p.Until.IsZero() && p.Until.Before(today) }

// Runs reports whether today is one of its days.
func (p Publicity) Runs(today clock.Date) bool {
	return !p.From.IsZero() && !today.Before(p.From) && !p.Over(today)
}

// Span is both days: 2026-03-02 to 2026-03-09.
func (p Publicity) Span() string { return p.From.String() + " to " + p.Until.String() }

// Protest (异议人的陈述) is what somebody has against a list in publicity, and how to reach them. Name and contact are for
// those who answer alone.
type Protest struct {
	Name    string `json:"name"`
	Contact string `json:"contact"`
	Words   string `json:"words"`
}

// Masked is the protest for whoever does not answer it: what is objected to, and hardly who does.
func (p Protest) Masked() Protest {
	p.Name = MaskName(p.Name)
	const first, last = 3, 2
	contact := []rune(p.Contact)
	for i := range contact {
		if len(contact) <= first+last || i >= first && i < len(contact)-last {
			contact[i] = '*'
		}
	}
	p.Contact = string(contact)
	return p
}

// Bounds of what people write, in characters.
const (
	maxProtester = 60
	maxSaid      = 500
)

// Clean trims the protest, and notes in c what is missing or too long.
func (p Protest) Clean(c *errs.Check) Protest {
	return Protest{Name: written(c, "name", p.Name, maxProtester), Contact: written(c, "contact", p.Contact, maxProtester), Words: Said(c, "words", p.Words)}
}

// Said is a statement of at most 500 characters, trimmed; c notes where it is missing or too long.
func Said(c *errs.Check, name, text string) string { return written(c, name, text, maxSaid) }

func written(c *errs.Check, name, text string, most int) string {
	text = strings.TrimSpace(text)
	c.That(text != "" && utf8.ValidString(text), name, "missing", "请填写")
	c.That(utf8.RuneCountInString(text) <= most, name, "long", "不能超过"+strconv.Itoa(most)+"字")
	return text
}

// Seen is a document as somebody read it before they decided on it: the mark tells what it said then.
type Seen struct{ ID, Mark string }
