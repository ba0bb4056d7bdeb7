package api

import (
	"time"

	"github.com/invopop/jsonschema"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

// Instant is a moment as JSON writes it: RFC 3339 in UTC with milliseconds. The zero Instant is left out where its
// field says omitzero.
type Instant time.Time

// IsZero reports whether i is no moment.
func (i Instant) IsZero() bool { return time.Time(i).IsZero() }

// MarshalText writes the form that every client reads.
func (i Instant) MarshalText() ([]byte, error) {
	return i.append(nil), nil
}

// UnmarshalText reads it back, for programs in Go.
func (i *Instant) UnmarshalText(b []byte) error { return (*time.Time)(i).UnmarshalText(b) }

// JSONSchema tells the OpenAPI document so.
func (Instant) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Format: "date-time"}
}

// Day is a calendar date as JSON writes it: 2026-11-24, or "" for none.
type Day clock.Date

// MarshalText writes the form that every client reads.
func (d Day) MarshalText() ([]byte, error) { return []byte(clock.Date(d).String()), nil }

// UnmarshalText reads it back, for programs in Go.
func (d *Day) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Day{}
		return nil
	}
	v, err := clock.ParseDate(string(b))
	*d = Day(v)
	return err
}

// JSONSchema tells the OpenAPI document so.
func (Day) JSONSchema() *jsonschema.Schema { return &jsonschema.Schema{Type: "string", Format: "date"} }

// SignIn is what staff sign in with.
type SignIn struct {
	Login    string `json:"login"`
	Password string `json:"password"`
}

// ExamSignIn is what candidates sign in with.
type ExamSignIn struct {
	Ticket string `json:"ticket"`
	IDTail string `json:"id_tail" jsonschema:"description=Last six characters of the identity number"`
	Code   string `json:"code" jsonschema:"description=Shown in the room"`
}

// Refresh asks for a new access token.
type Refresh struct {
	RefreshToken string `json:"refresh_token"`
}

// Tokens let a program in. The refresh token replaces the one just used, which can be sent again as long as this answer
// did not arrive.
type Tokens struct {
	AccessToken  string  `json:"access_token"`
	Expires      Instant `json:"expires"`
	RefreshToken string  `json:"refresh_token"`
}

// Me is who the token stands for.
type Me struct {
	Name     string       `json:"name"`
	Roles    []authz.Role `json:"roles"`
	Org      string       `json:"org,omitempty"`
	Province string       `json:"province,omitempty"`
	Attempt  string       `json:"attempt,omitempty"`
}

func viewMe(p authz.Principal) Me {
	return Me{Name: p.Name, Roles: p.Roles, Org: p.Org, Province: p.Province, Attempt: p.Attempt}
}
