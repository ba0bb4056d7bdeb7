// Package gift reads and writes the GIFT text format of Moodle, as far as it holds choice questions. Metadata are
// carried as [id:…] and [tag:…] in the comment before a question, as Moodle reads them.
package gift

import (
	"regexp"
	"strings"

	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/xmlnode"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// Format is the name of the format.
const Format = "gift"

// special are the characters that GIFT gives a meaning.
const special = `\#=~{}:`

// escape writes text so that no character in it means anything, on one line.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
			continue
		case strings.ContainsRune(special, r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// unescape reads what escape writes; a backslash before another character stands for itself, as Moodle has it.
func unescape(s string) string {
	var b strings.Builder
	for n := 0; n < len(s); n++ {
		if s[n] == '\\' && n+1 < len(s) {
			switch next := s[n+1]; {
			case next == 'n':
				b.WriteByte('\n')
				n++
				continue
			case strings.IndexByte(special, next) >= 0:
				b.WriteByte(next)
				n++
				continue
			}
		}
		b.WriteByte(s[n])
	}
	return b.String()
}

// cutBare cuts s at the first mark that no backslash takes the meaning of.
func cutBare(s, mark string) (before, after string, found bool) {
	for n := 0; n < len(s); n++ {
		if s[n] == '\\' {
			n++
			continue
		}
		if strings.HasPrefix(s[n:], mark) {
			return s[:n], s[n+len(mark):], true
		}
	}
	return s, "", false
}

// write writes a fragment with its format in front where it needs one.
func write(fragment string) string {
	switch {
	case strings.ContainsAny(fragment, "<&"):
		return "[html]" + escape(record.Markup(fragment, func(string) string { return "" }))
	case strings.HasPrefix(fragment, "["):
		return "[plain]" + escape(fragment)
	}
	return escape(fragment)
}

var format = regexp.MustCompile(`^\[(html|moodle|plain|markdown)\]`)

// hypertext tells text that Moodle shows as HTML from text with a lone < or &.
var hypertext = regexp.MustCompile(`</?[A-Za-z][A-Za-z0-9]*[^<>]*>|&[A-Za-z]{2,8};|&#[0-9]+;`)

// read reads a text in the format that it names, or in that of the question. ours says that ends of lines in HTML are
// written as the product does.
func read(s, absent string, ours bool) (fragment string, dropped []string, used string) {
	s, used = strings.TrimSpace(s), absent
	if m := format.FindStringSubmatch(s); m != nil {
		used, s = m[1], s[len(m[0]):]
	}
	s = strings.TrimSpace(unescape(s))
	switch {
	case used == "html" && ours:
		if n, err := xmlnode.Parse("", []byte("<text>"+s+"</text>")); err == nil {
			fragment, dropped = record.Gather(n, xmlnode.Style{Keep: true}, none)
			return fragment, dropped, used
		}
		fallthrough
	case used == "html", (used == "" || used == "moodle") && !ours && hypertext.MatchString(s):
		fragment, dropped = record.Clean(s, none)
		return fragment, dropped, used
	case used == "markdown":
		dropped = []string{"format=markdown"}
	}
	return richtext.Escape(s), dropped, used
}

func none(string) (string, bool) { return "", false }

var begins = regexp.MustCompile(`(?m)^[ \t]*(::|//|\$CATEGORY:)`)

// Looks reports whether a text looks like the format.
func Looks(text string) bool {
	_, rest, open := cutBare(text, "{")
	_, _, shut := cutBare(rest, "}")
	return open && shut || begins.MatchString(text)
}
