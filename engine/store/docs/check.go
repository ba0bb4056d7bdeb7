package docs

import (
	"encoding/base64"
	"strings"

	"github.com/skillcert/skillcert/engine/errs"
)

// ErrInvalid answers a Write or a Range that no store accepts; nothing was sent.
var ErrInvalid = errs.New(errs.Invalid, "store.invalid", "数据格式不符合存储要求")

const (
	maxName  = 40  // bytes of a kind and of the name of an index
	maxValue = 200 // bytes of an ID, an Op and an index value
	maxLimit = 1000
)

// Remembered is how many writes of a document an adapter remembers for a resend: twice what Store promises.
const Remembered = 32

// Valid reports whether k can name a document.
func (k Key) Valid() bool { return isName(k.Kind) && k.ID != "" && isValue(k.ID) }

// Check answers ErrTooLarge or ErrInvalid for what no store accepts.
func (w Write) Check() error {
	switch {
	case len(w.Body) > MaxBody:
		return ErrTooLarge
	case !w.Valid():
		return ErrInvalid.With("key %q/%q", w.Kind, w.ID)
	case w.Op == "" || !isValue(w.Op):
		return ErrInvalid.With("op %q", w.Op)
	case w.IfRevision < 0:
		return ErrInvalid.With("revision %d", w.IfRevision)
	case w.Log && (w.IfRevision != 0 || len(w.Index) != 0):
		return ErrInvalid.With("a line of a log at revision %d with %d index values", w.IfRevision, len(w.Index))
	}
	for name, value := range w.Index {
		if !isName(name) || !isValue(value) {
			return ErrInvalid.With("index %q = %q", name, value)
		}
	}
	return nil
}

// Prefix makes r ask for the documents whose index value begins with p.
func (r Range) Prefix(p string) Range { r.From, r.To = p, p+above; return r }

// above is greater than every printable character.
const above = "\x7f"

// Mark is a place between documents in the order of a Range: before the document whose value and ID are not less.
type Mark struct{ Value, ID string }

func (m Mark) less(o Mark) bool { return m.Value < o.Value || m.Value == o.Value && m.ID < o.ID }

// Span is a Range that was checked, with its cursor folded into its ends: the documents in [From, To), both of them
// always given. With Index "" the marks carry an ID only.
type Span struct {
	Kind, Index string
	From, To    Mark
	Desc        bool
	Limit       int
}

// Span checks r, for the adapters; ErrInvalid when it can be asked of no store.
func (r Range) Span() (Span, error) {
	if !isName(r.Kind) || r.Index != "" && !isName(r.Index) || r.Limit < 1 || r.Limit > maxLimit {
		return Span{}, ErrInvalid.With("range %q by %q, limit %d", r.Kind, r.Index, r.Limit)
	}
	s := Span{Kind: r.Kind, Index: r.Index, From: r.mark(r.From), To: r.mark(above), Desc: r.Desc, Limit: r.Limit}
	if r.To != "" {
		s.To = r.mark(r.To)
	}
	if r.After == "" {
		return s, nil
	}
	after, err := r.after()
	if err != nil {
		return Span{}, err
	}
	if r.Desc && after.less(s.To) {
		s.To = after
	}
	if next := (Mark{after.Value, after.ID + "\x00"}); !r.Desc && s.From.less(next) {
		s.From = next
	}
	return s, nil
}

func (r Range) mark(s string) Mark {
	if r.Index == "" {
		return Mark{ID: s}
	}
	return Mark{Value: s}
}

// Cursor is the Page.Next that makes a walk go on after the document with this index value and ID.
func (s Span) Cursor(value, id string) string {
	if s.Index == "" {
		value = ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(value + "\x00" + id))
}

// Page cuts one row more than asked for, when there is one, into a page with a Next.
func (s Span) Page(rows []Doc) Page {
	if len(rows) <= s.Limit {
		return Page{Docs: rows}
	}
	rows = rows[:s.Limit]
	last := rows[s.Limit-1]
	return Page{Docs: rows, Next: s.Cursor(last.Index[s.Index], last.ID)}
}

func (r Range) after() (Mark, error) {
	raw, err := base64.RawURLEncoding.DecodeString(r.After)
	value, id, cut := strings.Cut(string(raw), "\x00")
	if err != nil || !cut || !isValue(value) || !isValue(id) || r.Index == "" && value != "" {
		return Mark{}, ErrInvalid.With("cursor %q", r.After)
	}
	return Mark{value, id}, nil
}

// isName: a lower-case word that may stand in the name of a collection and of a field on every store.
func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || i > 0 && (c >= '0' && c <= '9' || c == '-' || c == '_')) {
			return false
		}
	}
	return s != "" && len(s) <= maxName
}

// isValue: printable ASCII, whose byte order every store agrees on.
func isValue(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return len(s) <= maxValue
}
