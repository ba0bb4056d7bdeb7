package certs

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// Statement is what a sealed file says in a form that programs read. Its fields stand in the byte order of their
// names, so that one statement has one text (RFC 8785).
type Statement struct {
	Filing     string       `json:"filing"`
	Issued     clock.Date   `json:"issued"`
	Level      engine.Level `json:"level"`
	Name       string       `json:"name"`
	Number     Number       `json:"number"`
	Occupation string       `json:"occupation"`   // code and title
	Org        string       `json:"org"`          // name of the body
	Token      string       `json:"token_digest"` // TokenDigest: the token itself opens the check page, so a file does not carry it as text
	Version    int          `json:"version"`
}

// TokenDigest is the hex SHA-256 of a token.
func TokenDigest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Statement is what the document of c states.
func (c *Certificate) Statement() Statement {
	return Statement{Filing: c.Filing, Issued: c.Issued, Level: c.Level, Name: c.Name, Number: c.Number,
		Occupation: c.Occupation.Code + " " + c.Occupation.Title(), Org: c.OrgName, Token: TokenDigest(c.Token), Version: c.Version}
}

// Encode writes the one text of s.
func (s Statement) Encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// ParseStatement reads what Encode writes and nothing else.
func ParseStatement(text []byte) (Statement, bool) {
	var s Statement
	if json.Unmarshal(text, &s) != nil {
		return Statement{}, false
	}
	again, err := s.Encode()
	return s, err == nil && bytes.Equal(again, text)
}

// speaksOf reports whether s was made for c: it knows the digest of c's token, which nobody guesses.
func (s Statement) speaksOf(c *Certificate) bool {
	return s.Number == c.Number && subtle.ConstantTimeCompare([]byte(s.Token), []byte(TokenDigest(c.Token))) == 1
}

// differences lists what s says otherwise than c, by the names of the printed fields.
func (s Statement) differences(c *Certificate) map[string]string {
	want := c.Statement()
	all := map[string]string{}
	for _, f := range []struct{ key, says, want string }{
		{"name", s.Name, want.Name},
		{"occupation", s.Occupation, want.Occupation},
		{"level", s.Level.String(), want.Level.String()},
		{"issued_on", s.Issued.String(), want.Issued.String()},
		{"org", s.Org, want.Org},
		{"filing", s.Filing, want.Filing},
	} {
		if f.says != f.want {
			all[f.key] = f.says
		}
	}
	return all
}
