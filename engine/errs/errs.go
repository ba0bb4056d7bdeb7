// Package errs is the one error vocabulary of skillcert.
//
// A rule that can refuse declares a sentinel with New beside itself. Callers add context with
// fmt.Errorf("…: %w", err) and test with errors.Is. An error without a kind is Internal: it is logged once at the
// edge and shown as 系统内部错误.
package errs

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of refusal an error is; the HTTP layer maps each kind to one status.
type Kind uint8

// The kinds. Internal is the zero value, so that an error nobody classified is never shown to a person.
const (
	Internal Kind = iota
	Invalid
	Unauthenticated
	Forbidden
	NotFound
	Conflict
	TooLarge
	TooMany
	Unavailable
)

// Kinds lists every kind, for tests that must cover them all.
func Kinds() []Kind {
	return []Kind{Internal, Invalid, Unauthenticated, Forbidden, NotFound, Conflict, TooLarge, TooMany, Unavailable}
}

func (k Kind) String() string {
	return [...]string{"internal", "invalid", "unauthenticated", "forbidden", "not-found", "conflict", "too-large",
		"too-many", "unavailable"}[k]
}

// Field is one problem with one named input.
type Field struct {
	Name string `json:"name"`
	Code string `json:"code"`
	Msg  string `json:"message"`
}

// Error is a refusal: Code is a stable machine word, Msg is for the person, in Chinese.
type Error struct {
	Kind   Kind
	Code   string
	Msg    string
	Fields []Field
}

// New declares a sentinel.
func New(kind Kind, code, msg string) *Error { return &Error{Kind: kind, Code: code, Msg: msg} }

func (e *Error) Error() string {
	if len(e.Fields) == 0 {
		return e.Code + ": " + e.Msg
	}
	parts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		parts[i] = f.Name + " " + f.Code
	}
	return fmt.Sprintf("%s: %s (%s)", e.Code, e.Msg, strings.Join(parts, ", "))
}

// Is makes two errors of one code equal, so that a sentinel matches its copies made by With and WithFields.
func (e *Error) Is(target error) bool {
	var t *Error
	return errors.As(target, &t) && t.Code == e.Code
}

// With returns a copy of e whose message goes on with a formatted detail for the person.
func (e *Error) With(format string, args ...any) *Error {
	c := *e
	c.Msg = e.Msg + "：" + fmt.Sprintf(format, args...)
	return &c
}

// About is err, or, of something that is not there or stands against it and is not named yet, the refusal that names it.
func About(err error, what string) error {
	var e *Error
	if !errors.As(err, &e) || e.Kind != NotFound && e.Kind != Conflict || strings.Contains(e.Msg, what) {
		return err
	}
	return e.With("%s", what)
}

// WithFields returns a copy of e that names the inputs at fault.
func (e *Error) WithFields(fields ...Field) *Error {
	c := *e
	c.Fields = append([]Field(nil), fields...)
	return &c
}

// KindOf returns the kind of the first classified error in err's chain, Internal when there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Check collects all problems of one input, so that a person sees them at once.
type Check struct{ fields []Field }

// That records a problem with the named field unless ok.
func (c *Check) That(ok bool, name, code, msg string) {
	if !ok {
		c.fields = append(c.fields, Field{Name: name, Code: code, Msg: msg})
	}
}

// Err returns nil, or as with every recorded problem.
func (c *Check) Err(as *Error) error {
	if len(c.fields) == 0 {
		return nil
	}
	return as.WithFields(c.fields...)
}
