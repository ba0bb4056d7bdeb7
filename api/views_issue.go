package api

import (
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// CertificateRecord is one certificate with all that ever stood under its number.
type CertificateRecord struct {
	Certificate
	Session  sitting.SessionID `json:"session"`
	Holder   engine.PersonID   `json:"holder"`
	Changed  Instant           `json:"changed" jsonschema:"description=Since when the state"`
	Editions []Edition         `json:"editions" jsonschema:"description=Sealed ones and the one that is being made; the oldest first"`
	Rulings  []CertRuling      `json:"rulings"`
	Motion   *Motion           `json:"motion,omitempty" jsonschema:"description=To revoke; waits for a second person"`
	Trail    []CertEvent       `json:"trail"`
}

// Edition is one document of a certificate.
type Edition struct {
	Version  int     `json:"version"`
	Kind     string  `json:"kind" jsonschema:"enum=issued,enum=corrected,enum=reissued"`
	Standing string  `json:"standing" jsonschema:"enum=making,enum=holds,enum=superseded,enum=revoked,enum=void"`
	Name     string  `json:"name"`
	Grounds  string  `json:"grounds,omitempty"`
	Evidence string  `json:"evidence,omitempty"`
	By       string  `json:"by,omitempty"`
	Made     Instant `json:"made,omitzero"`
	Sealed   Instant `json:"sealed,omitzero"`
	Leaf     *int64  `json:"leaf,omitempty" jsonschema:"description=Index in the transparency log"`
	List     int     `json:"status_list,omitempty"`
	Index    int     `json:"status_index,omitempty"`
	Digest   string  `json:"digest,omitempty"`
	Salt     string  `json:"salt,omitempty" jsonschema:"description=As the file states it"`
}

// CertRuling is what ended a certificate, or an edition before it was sealed.
type CertRuling struct {
	Event    string   `json:"event" jsonschema:"enum=revoked,enum=voided"`
	Edition  int      `json:"edition,omitempty" jsonschema:"description=That was withdrawn; 0 for the whole certificate"`
	At       Instant  `json:"at"`
	By       []string `json:"by"`
	Grounds  string   `json:"grounds"`
	Evidence string   `json:"evidence,omitempty"`
	Salt     string   `json:"salt" jsonschema:"description=With what stands here it gives the leaf: section 3 of the specification"`
	Leaf     *int64   `json:"leaf,omitempty"`
}

// Motion asks that a certificate be revoked.
type Motion struct {
	At       Instant `json:"at"`
	By       string  `json:"by"`
	Name     string  `json:"name"`
	Grounds  string  `json:"grounds"`
	Evidence string  `json:"evidence"`
	Mark     string  `json:"mark" jsonschema:"description=Of this motion and no other; who decides on it sends it as seen"`
}

// CertEvent is one step in the history of a certificate.
type CertEvent struct {
	At     Instant `json:"at"`
	By     string  `json:"by"`
	Action string  `json:"action"`
	Note   string  `json:"note,omitempty"`
}

func viewCertificateRecord(c *certs.Certificate) CertificateRecord {
	v := CertificateRecord{Certificate: viewCertificate(c), Session: c.Session, Holder: c.Holder, Changed: Instant(c.Changed),
		Rulings: []CertRuling{}}
	for _, e := range c.Earlier {
		v.Editions = append(v.Editions, viewEdition(c, e))
	}
	v.Editions = append(v.Editions, viewEdition(c, c.Edition))
	if c.Next != nil {
		v.Editions = append(v.Editions, viewEdition(c, *c.Next))
	}
	for _, r := range c.Rulings {
		row := CertRuling{Event: string(r.Event), Edition: r.Edition, At: Instant(r.At), By: r.By, Grounds: r.Grounds, Evidence: r.Evidence,
			Salt: r.Salt}
		if r.Settled {
			row.Leaf = &r.Leaf
		}
		v.Rulings = append(v.Rulings, row)
	}
	if m := c.Motion; m != nil {
		v.Motion = &Motion{At: Instant(m.At), By: m.By, Name: m.Name, Grounds: m.Grounds, Evidence: m.Evidence, Mark: m.Mark()}
	}
	v.Trail = each(c.Trail, func(e engine.Event) CertEvent {
		return CertEvent{At: Instant(e.At), By: e.By, Action: e.Action, Note: e.Note}
	})
	return v
}

func viewEdition(c *certs.Certificate, e certs.Edition) Edition {
	v := Edition{Version: e.Version, Kind: string(e.Kind), Standing: editionStanding(c, e), Name: e.Name, Grounds: e.Grounds,
		Evidence: e.Evidence, By: e.By,
		Made: Instant(e.Made), Sealed: Instant(e.Sealed), List: e.Slot.List, Index: e.Slot.Index, Digest: e.Digest, Salt: e.Salt}
	if e.Digest != "" {
		v.Leaf = &e.Leaf
	}
	return v
}

// EditionEntry asks for a new edition of a certificate.
type EditionEntry struct {
	Kind     string `json:"kind" jsonschema:"enum=reissued,enum=corrected,description=corrected prints what the register of persons says now"`
	Version  int    `json:"version" jsonschema:"description=Of the edition that the caller saw"`
	Grounds  string `json:"grounds" jsonschema:"description=Shown to whoever checks the certificate"`
	Evidence string `json:"evidence" jsonschema:"description=Number of the application or report it rests on; seen by staff only"`
}

// Batch is the issue for a session. Ask for it again until it has ended.
type Batch struct {
	Session  sitting.SessionID `json:"session"`
	Of       int               `json:"of" jsonschema:"description=Results of the session, passed or not"`
	Progress certs.Progress    `json:"progress"`
	Failures []certs.Failure   `json:"failures" jsonschema:"description=The first of those that failed"`
	Started  Instant           `json:"started"`
	Ended    Instant           `json:"ended,omitzero"`
}

func viewBatch(b *certs.Batch) Batch {
	v := Batch{Session: b.Session, Of: b.Of, Progress: b.Progress, Failures: b.Failures, Started: Instant(b.Started), Ended: Instant(b.Ended)}
	if v.Failures == nil {
		v.Failures = []certs.Failure{}
	}
	return v
}

// Hold keeps a result from being issued for.
type Hold struct {
	Ticket sitting.Ticket `json:"ticket"`
	Reason string         `json:"reason"`
	Since  Instant        `json:"since"`
	Lifted Instant        `json:"lifted,omitzero"`
}

func viewHold(t sitting.Ticket, h *certs.Hold) Hold {
	return Hold{Ticket: t, Reason: h.Reason, Since: Instant(h.Since), Lifted: Instant(h.Lifted)}
}

// HoldEntry holds a result back, or lets it go.
type HoldEntry struct {
	Ticket sitting.Ticket `json:"ticket"`
	Reason string         `json:"reason"`
}

// GivenNumbers is what the authority's list of numbers does, or did.
type GivenNumbers struct {
	Rows   []GivenRow   `json:"rows"`
	Broken []BrokenCell `json:"broken" jsonschema:"description=Cells that could not be read; nothing of their rows is taken over"`
	Left   int          `json:"left" jsonschema:"description=How many of those whose certificates it is for have no number afterwards"`
}

// GivenRow is one row of the list.
type GivenRow struct {
	Row     int            `json:"row"`
	Name    string         `json:"name"`
	Ticket  sitting.Ticket `json:"ticket,omitempty"`
	Number  certs.Number   `json:"number"`
	Issued  Day            `json:"issued"`
	Outcome certs.Outcome  `json:"outcome" jsonschema:"enum=new,enum=replaced,enum=known,enum=refused"`
	Code    string         `json:"code,omitempty"`
	Msg     string         `json:"msg,omitempty"`
}

// BrokenCell is a cell that could not be read.
type BrokenCell struct {
	At string `json:"at" jsonschema:"description=As a spreadsheet names it, such as B7"`
	table.Problem
}

func viewGiven(p *certs.GivenPlan) GivenNumbers {
	v := GivenNumbers{Broken: []BrokenCell{}, Left: p.Left, Rows: each(p.Rows, func(r certs.GivenRow) GivenRow {
		return GivenRow{Row: r.Row, Name: r.Name, Ticket: r.Ticket, Number: r.Number, Issued: Day(r.Issued), Outcome: r.Outcome, Code: r.Code,
			Msg: r.Msg}
	})}
	for n, b := range p.Broken {
		v.Broken = append(v.Broken, BrokenCell{At: p.Places[n], Problem: b})
	}
	return v
}

// Serials accounts for the numbers of one prefix.
type Serials struct {
	Level   engine.Level  `json:"level"`
	Prefix  string        `json:"prefix"`
	Last    int           `json:"last" jsonschema:"description=Highest serial in use"`
	Valid   int           `json:"valid"`
	Revoked int           `json:"revoked"`
	Waiting int           `json:"waiting" jsonschema:"description=Given and not sealed"`
	Void    []VoidSerial  `json:"void"`
	Gaps    []SerialRange `json:"gaps" jsonschema:"description=That nobody holds"`
}

// VoidSerial is a number that will never be used.
type VoidSerial struct {
	Number certs.Number `json:"number"`
	Reason string       `json:"reason"`
}

// SerialRange is serials from to to, both in it.
type SerialRange struct {
	From int `json:"from"`
	To   int `json:"to"`
}

func viewSerials(a serialAccount) Serials {
	n := a.Serials
	return Serials{Level: a.level, Prefix: n.Prefix, Last: n.Last, Valid: n.Valid, Revoked: n.Revoked, Waiting: n.Waiting,
		Void: each(n.Void, func(v certs.VoidSerial) VoidSerial { return VoidSerial(v) }),
		Gaps: each(n.Gaps, func(g certs.SerialRange) SerialRange { return SerialRange(g) })}
}

// PersonAmendment puts right what was registered wrongly of a person. What is left out stays as it is.
type PersonAmendment struct {
	Name   string `json:"name,omitempty"`
	Photo  []byte `json:"photo,omitempty" jsonschema:"description=JPEG of at most 200 KB in base64"`
	Reason string `json:"reason"`
}

// Period is the days from From to To, both in it.
type Period struct {
	From string `json:"from" jsonschema:"description=2006-01-02"`
	To   string `json:"to" jsonschema:"description=2006-01-02"`
}
