package api

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// DrawRecord is where the draw of a session stands, with its public log. What is secret until the reveal is not in it.
type DrawRecord struct {
	Session    sitting.SessionID `json:"session"`
	Stage      theory.DrawStage  `json:"stage" jsonschema:"enum=appointed,enum=enrolled,enum=committed,enum=frozen,enum=observed,enum=opened,enum=drawn,enum=revealed"`
	Release    string            `json:"release"`
	Digest     string            `json:"digest" jsonschema:"description=Of the release"`
	Blueprint  string            `json:"blueprint"`
	Forms      int               `json:"forms" jsonschema:"description=Of candidates, reserves left out"`
	Reserves   int               `json:"reserves"`
	Threshold  int               `json:"threshold,omitempty"`
	Quorum     int               `json:"quorum"`
	Operator   string            `json:"operator,omitempty" jsonschema:"description=Ed25519 key that signs the roots, hexadecimal"`
	Beacon     DrawSource        `json:"beacon"`
	Custodians []DrawCustodian   `json:"custodians"`
	Root       string            `json:"root,omitempty" jsonschema:"description=Over the forms"`
	Redraw     *DrawProposal     `json:"redraw,omitempty"`
	Aside      []DrawAside       `json:"aside,omitempty" jsonschema:"description=Draws that were begun and put aside before they came to forms"`
	Frozen     string            `json:"frozen,omitempty" jsonschema:"description=Hash of the log entry that fixes the roots"`
	Log        []DrawEvent       `json:"log"`
}

// DrawLog is what everybody may read of a draw from its beginning: terms, commitments, roots, public random value and
// the root over the forms, as they stand in the transcript. What came after the draw is there once the seed is revealed.
type DrawLog struct {
	Session sitting.SessionID `json:"session"`
	Frozen  string            `json:"frozen,omitempty"`
	Log     []DrawEvent       `json:"log"`
}

func viewDrawLog(d *theory.Draw) DrawLog {
	v := DrawLog{Session: d.Session, Frozen: frozenEntry(d), Log: []DrawEvent{}}
	if d.Stage() == theory.DrawRevealed {
		v.Log = each(d.Log, viewEvent)
		return v
	}
	for _, e := range d.Log {
		switch e.Event.(type) {
		case protocol.Terms, protocol.Commitment, protocol.Roots, protocol.Beacon, protocol.Head, protocol.Redraw:
			v.Log = append(v.Log, viewEvent(e))
		default:
			return v
		}
	}
	return v
}

// frozenEntry is the hash of the entry with the roots, "" before it.
func frozenEntry(d *theory.Draw) string {
	for _, e := range d.Log {
		if _, ok := e.Event.(protocol.Roots); ok {
			return e.Hash.String()
		}
	}
	return ""
}

// DrawSource announces where the public random value will come from.
type DrawSource struct {
	Kind  protocol.BeaconKind `json:"kind" jsonschema:"enum=drand,enum=witnessed,enum=none"`
	Round int                 `json:"round,omitempty" jsonschema:"description=Of drand quicknet"`
	Text  string              `json:"text,omitempty" jsonschema:"description=How a witnessed drawing will be held"`
}

// DrawCustodian is how far a custodian has come.
type DrawCustodian struct {
	Number    int    `json:"number"`
	Name      string `json:"name"`
	Org       string `json:"org,omitempty"`
	Enrolled  bool   `json:"enrolled"`
	Committed bool   `json:"committed"`
	Opened    bool   `json:"opened"`
	Withheld  string `json:"withheld,omitempty" jsonschema:"description=Why the others were asked for their parts"`
	Recovered bool   `json:"recovered,omitempty"`
	Seen      bool   `json:"seen,omitempty" jsonschema:"description=The code was made or entered on the server's page: the house saw it. Not noted in old records"`
}

// DrawAside is a draw that was put aside.
type DrawAside struct {
	At     Instant `json:"at"`
	Reason string  `json:"reason"`
	By     string  `json:"by" jsonschema:"description=Account that asked"`
	Second string  `json:"second,omitempty" jsonschema:"description=Account whose word decided"`
	Signed []int   `json:"signed,omitempty" jsonschema:"description=Numbers of custodians who signed"`
	Last   string  `json:"last,omitempty" jsonschema:"description=Hash of the last entry of its log"`
}

// DrawProposal is a redraw that waits for signatures.
type DrawProposal struct {
	Attempt   int    `json:"attempt"`
	Reason    string `json:"reason"`
	Before    string `json:"before" jsonschema:"description=Root that is given up"`
	Statement string `json:"statement" jsonschema:"description=Bytes to sign with Ed25519, hexadecimal"`
	Signed    []int  `json:"signed" jsonschema:"description=Numbers of custodians"`
	By        string `json:"by,omitempty" jsonschema:"description=Account that asked"`
	Seconded  bool   `json:"seconded,omitempty" jsonschema:"description=Decided by another account of the office that asks with the same reason; else the custodians sign"`
}

// DrawEvent is an entry of the public log, as it stands in the transcript.
type DrawEvent struct {
	No   int             `json:"no"`
	At   int64           `json:"at" jsonschema:"description=Milliseconds since 1970, UTC"`
	Kind string          `json:"kind"`
	Body json.RawMessage `json:"body"`
	Hash string          `json:"hash"`
}

func viewRecord(d *theory.Draw) DrawRecord {
	v := DrawRecord{Session: d.Session, Stage: d.Stage(), Release: d.Release, Digest: d.Digest, Blueprint: d.Blueprint, Forms: len(d.Seated()),
		Reserves: len(d.Tickets) - len(d.Seated()), Threshold: d.Threshold, Quorum: d.Quorum, Beacon: DrawSource(d.Beacon), Root: d.Root,
		Custodians: []DrawCustodian{}, Frozen: frozenEntry(d), Log: each(d.Log, viewEvent)}
	if t := d.Terms(); t != nil {
		v.Operator = hex.EncodeToString(t.Operator)
	}
	for i, c := range d.Custodians {
		v.Custodians = append(v.Custodians, DrawCustodian{Number: i + 1, Name: c.Name, Org: string(c.Org), Enrolled: len(c.Sign) > 0,
			Committed: c.Commitment != nil, Opened: c.Secret != nil, Withheld: c.Withheld, Recovered: c.Recovered, Seen: c.Seen || c.Account == ""})
	}
	if p := d.Proposed; p != nil && d.Stands() {
		v.Redraw = &DrawProposal{Attempt: p.Attempt, Reason: p.Reason, Before: p.Before.String(), Statement: hex.EncodeToString(d.Statement()),
			Signed: each(p.Signatures, signer), By: p.By, Seconded: d.Seconded()}
	}
	for _, a := range d.Aside {
		row := DrawAside{At: Instant(a.At), Reason: a.Reason, By: a.By, Second: a.Second, Signed: each(a.Signatures, signer)}
		if len(a.Log) > 0 {
			row.Last = a.Last.String()
		}
		v.Aside = append(v.Aside, row)
	}
	return v
}

func signer(s protocol.RedrawSignature) int { return s.Custodian }

func viewEvent(e protocol.Entry) (v DrawEvent) {
	b, err := json.Marshal(e)
	if err == nil {
		err = json.Unmarshal(b, &v)
	}
	if err != nil {
		return DrawEvent{No: e.No, At: e.At} // an entry that was read from the store always encodes
	}
	return v
}

// eventAt is the instant of a log entry.
func eventAt(e protocol.Entry) time.Time { return time.UnixMilli(e.At).UTC() }

// DrawAppointment names the custodians of a draw by what they sign in with.
type DrawAppointment struct {
	Custodians []string   `json:"custodians"`
	Threshold  int        `json:"threshold,omitempty" jsonschema:"description=How many others can stand in for one who withholds; 0 for nobody"`
	Quorum     int        `json:"quorum,omitempty" jsonschema:"description=Signatures for a redraw; 0 for more than half"`
	Beacon     DrawSource `json:"beacon"`
}

// DrawKeys are the public keys of a custodian, hexadecimal.
type DrawKeys struct {
	Sign string `json:"sign" jsonschema:"description=Ed25519"`
	Box  string `json:"box" jsonschema:"description=X25519"`
}

// DrawCommitment binds a custodian to a secret.
type DrawCommitment struct {
	Custodian  int         `json:"custodian"`
	Commitment string      `json:"commitment"`
	Shares     []DrawShare `json:"shares,omitempty"`
}

// DrawShare is a part of the secret that only its holder can open.
type DrawShare struct {
	Holder int    `json:"holder"`
	Digest string `json:"digest"`
	Sealed string `json:"sealed"`
}

// DrawValue is the public random value as it was observed.
type DrawValue struct {
	Signature string   `json:"signature,omitempty" jsonschema:"description=Of the drand round, hexadecimal"`
	Text      string   `json:"text,omitempty" jsonschema:"description=What was drawn before witnesses"`
	Witnesses []string `json:"witnesses,omitempty" jsonschema:"description=At least two"`
}

// DrawSecret opens a custodian's secret.
type DrawSecret struct {
	Share string `json:"share"`
	Nonce string `json:"nonce"`
}

// DrawWithheld says that a custodian does not open the secret.
type DrawWithheld struct {
	Custodian int    `json:"custodian"`
	Reason    string `json:"reason"`
}

// DrawPart is a part of the secret of another custodian, opened.
type DrawPart struct {
	Custodian int    `json:"custodian"`
	Holder    int    `json:"holder"`
	Bytes     string `json:"bytes"`
}

// DrawSignature is a custodian's word for a redraw.
type DrawSignature struct {
	Signature string `json:"signature"`
}

// Latecomer is somebody whose application was accepted and who has no seat.
type Latecomer struct {
	Person engine.PersonID `json:"person"`
}

// LateForm is the form that a latecomer got.
type LateForm struct {
	Attempt theory.AttemptID `json:"attempt"`
	Ticket  sitting.Ticket   `json:"ticket"`
	Slot    int              `json:"slot"`
}

func viewLate(a *theory.Attempt) LateForm {
	return LateForm{Attempt: a.ID, Ticket: a.Ticket, Slot: a.Form.Slot}
}

// ItemWithdrawal takes an item out of the forms of a session.
type ItemWithdrawal struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

// ItemReplaced says what became of it.
type ItemReplaced struct {
	Forms   int   `json:"forms" jsonschema:"description=That got another item"`
	Started []int `json:"started" jsonschema:"description=Slots of papers that are open and keep the item"`
}

func viewReplaced(r theory.Replaced) ItemReplaced {
	return ItemReplaced{Forms: r.Forms, Started: append([]int{}, r.Started...)}
}

// unhex reads hexadecimal values and refuses the body when one of them is none.
type unhex struct{ err error }

func (u *unhex) hash(s string) (h protocol.Hash) {
	if err := h.UnmarshalText([]byte(strings.ToLower(s))); err != nil {
		u.err = errBody
	}
	return h
}

func (u *unhex) bytes(s string) (x protocol.Hex) {
	if err := x.UnmarshalText([]byte(strings.ToLower(s))); err != nil {
		u.err = errBody
	}
	return x
}

func (in DrawCommitment) read() (protocol.Commitment, error) {
	var u unhex
	c := protocol.Commitment{Custodian: in.Custodian, Commitment: u.hash(in.Commitment)}
	for _, s := range in.Shares {
		c.Shares = append(c.Shares, protocol.SealedShare{Holder: s.Holder, Digest: u.hash(s.Digest), Sealed: u.bytes(s.Sealed)})
	}
	return c, u.err
}

func (in DrawValue) read() (protocol.Beacon, error) {
	var u unhex
	b := protocol.Beacon{Text: in.Text, Witnesses: in.Witnesses}
	if in.Signature != "" {
		b.Signature = u.bytes(in.Signature)
	}
	return b, u.err
}
