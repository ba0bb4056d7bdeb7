package certs

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// CredentialName is the name of the credential among a document's attachments.
const CredentialName = "credential.json"

// MaxCredential bounds the text of a credential, in bytes.
const MaxCredential = 8 << 10

// The forms written. A later form gets the next number, and these stay readable for ever. routedFormat is that of what was
// earned without an examination: a program that knows nothing of routes cannot take it for one that was.
const (
	credentialFormat = 1
	routedFormat     = 2
)

// Credential is what a document says in a form that programs read; it is attached to the document and covered by its
// seal. Its fields stand in the byte order of their names, so that one credential has one text (RFC 8785).
type Credential struct {
	Edition    int             `json:"edition"`
	Event      translog.Event  `json:"event"` // what made the edition
	Filing     string          `json:"filing"`
	Format     int             `json:"format"`
	IDNumber   string          `json:"id_number"` // masked
	IDType     engine.IDType   `json:"id_type"`
	Issued     clock.Date      `json:"issued"`
	Level      engine.Level    `json:"level"`
	Log        *LogProof       `json:"log,omitempty"` // absent in what the leaf commits to
	Name       string          `json:"name"`
	Number     Number          `json:"number"`
	Occupation CredentialTrade `json:"occupation"`
	Org        string          `json:"org"`
	Photo      string          `json:"photo,omitempty"` // hex SHA-256
	Remark     string          `json:"remark,omitempty"`
	Route      Route           `json:"route,omitempty"` // contest or direct, in routedFormat and nowhere else
	Salt       string          `json:"salt"`
	Status     *StatusPlace    `json:"status,omitempty"`
	Token      string          `json:"token_digest"` // TokenDigest: the token itself opens the check page, so a file does not carry it as text
}

// CredentialTrade is the occupation certified.
type CredentialTrade struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	WorkType string `json:"work_type,omitempty"`
}

// StatusPlace is where the status lists tell of an edition.
type StatusPlace struct {
	Index int    `json:"index"`
	List  string `json:"list"` // address of the list
}

// LogProof shows that a leaf stands in the log: the checkpoint is a signed note (C2SP tlog-checkpoint), the hashes are
// the audit path of RFC 6962 from the leaf to its root, in base64.
type LogProof struct {
	Checkpoint string   `json:"checkpoint"`
	Hashes     []string `json:"hashes"`
	Index      int64    `json:"index"`
}

// Leaf is one event as the log takes it: who it is about stays here, the log learns the event and the commitment.
type Leaf struct {
	ID string // names the event for ever, so that it is entered once
	translog.Leaf
}

// TokenDigest is the hex SHA-256 of a token.
func TokenDigest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Credential is what an edition of c states, without its proof.
func (c *Certificate) Credential(e *Edition) Credential {
	state := Credential{Edition: e.Version, Event: e.Kind, Filing: c.Filing, Format: formatOf(e.Route), IDNumber: e.IDMasked, IDType: e.IDType,
		Issued: e.Issued, Level: e.Level, Name: e.Name, Number: c.Number,
		Occupation: CredentialTrade{Code: e.Occupation.Code, Name: e.Occupation.Name, WorkType: e.Occupation.WorkType},
		Org:        e.OrgName, Photo: e.Photo, Remark: e.Remark, Route: e.Route, Salt: e.Salt, Token: TokenDigest(c.Token)}
	if !e.Slot.IsZero() {
		state.Status = &StatusPlace{Index: e.Slot.Index, List: e.List}
	}
	return state
}

// formatOf is the form of a credential that states the route.
func formatOf(r Route) int {
	if r == "" {
		return credentialFormat
	}
	return routedFormat
}

// wellFormed reports whether the form is one of ours, and that of the route.
func (s Credential) wellFormed() bool {
	return s.Format == formatOf(s.Route) && slices.Contains([]Route{"", RouteContest, RouteDirect}, s.Route)
}

// Encode writes the one text of s.
func (s Credential) Encode() ([]byte, error) { return encodePlain(s) }

// encodePlain writes JSON as RFC 8785 has it for values whose fields stand in order.
func encodePlain(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Commitment is what the leaf of an edition says: the digest of its credential without the proof. The salt in it keeps
// anybody from guessing whom a leaf is about.
func (s Credential) Commitment() ([sha256.Size]byte, error) {
	s.Log = nil
	text, err := s.Encode()
	return sha256.Sum256(text), err
}

// leafID names an event for ever. The salt tells a decision from one that was withdrawn and taken anew.
func leafID(n Number, version int, event translog.Event, salt string) string {
	return fmt.Sprintf("%s-%d-%s-%s", n, version, event, salt[:min(8, len(salt))])
}

// leaf is what the log takes of an edition.
func (s Credential) leaf() (Leaf, error) {
	sum, err := s.Commitment()
	return Leaf{leafID(s.Number, s.Edition, s.Event, s.Salt), translog.Leaf{Event: s.Event, Commitment: sum}}, err
}

// ParseCredential reads what Encode writes and nothing else.
func ParseCredential(text []byte) (Credential, bool) {
	var s Credential
	if len(text) > MaxCredential || json.Unmarshal(text, &s) != nil || !s.wellFormed() {
		return Credential{}, false
	}
	again, err := s.Encode()
	return s, err == nil && bytes.Equal(again, text)
}

// speaksOf reports whether s was made for c: it knows the digest of c's token, which nobody guesses.
func (s Credential) speaksOf(c *Certificate) bool {
	return s.Number == c.Number && subtle.ConstantTimeCompare([]byte(s.Token), []byte(TokenDigest(c.Token))) == 1
}

// differences lists what s says otherwise than an edition of c, by the keys of its fields; photo is the picture's.
func (s Credential) differences(c *Certificate, e *Edition) map[string]string {
	want := c.Credential(e)
	says, all := s.Fields(), map[string]string{}
	for n, f := range want.Fields() {
		if says[n] != f {
			all[f.Key] = says[n].Value
		}
	}
	if s.Photo != want.Photo {
		all["photo"] = s.Photo
	}
	if s.Route != want.Route {
		all["route"] = string(s.Route)
	}
	return all
}

// rulingText is what the leaf of a ruling commits to, its fields in the byte order of their names.
type rulingText struct {
	At      string         `json:"at"`      // RFC 3339, UTC, milliseconds
	Edition int            `json:"edition"` // 0 for the certificate
	Event   translog.Event `json:"event"`
	Format  int            `json:"format"`
	Grounds string         `json:"grounds"`
	Number  Number         `json:"number"`
	Salt    string         `json:"salt"`
}

const rulingTime = "2006-01-02T15:04:05.000Z"

// RulingText is the text that the leaf of a ruling on c commits to, by SHA-256.
func (c *Certificate) RulingText(r Ruling) ([]byte, error) {
	return encodePlain(rulingText{At: r.At.UTC().Format(rulingTime), Edition: r.Edition, Event: r.Event, Format: credentialFormat, Grounds: r.Grounds,
		Number: c.Number, Salt: r.Salt})
}

func (c *Certificate) rulingLeaf(r Ruling) (Leaf, error) {
	text, err := c.RulingText(r)
	return Leaf{leafID(c.Number, r.Edition, r.Event, r.Salt), translog.Leaf{Event: r.Event, Commitment: sha256.Sum256(text)}}, err
}
