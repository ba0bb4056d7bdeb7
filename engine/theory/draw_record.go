package theory

import (
	"context"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// Draw is the record of how a session's forms were drawn: what was put in, and the public log of the protocol. Forms are
// not in it, they follow from it; see rerun.
//
// Without custodians the server alone holds the seed, and Custodians has one entry without an account.
type Draw struct {
	Session    sitting.SessionID     `json:"session"`
	Release    string                `json:"release"`
	Digest     string                `json:"digest"` // of the release
	Blueprint  string                `json:"blueprint"`
	Site       string                `json:"site"`
	Engine     protocol.Engine       `json:"engine"`
	Custodians []Custodian           `json:"custodians"`
	Threshold  int                   `json:"threshold,omitempty"`
	Quorum     int                   `json:"quorum"`
	Beacon     protocol.Announcement `json:"beacon"`
	Held       Held                  `json:"held"`               // shown to nobody
	Seats      []DrawnSeat           `json:"seats,omitempty"`    // of the roster, then late candidates
	Openings   map[string]int        `json:"openings,omitempty"` // uses that items carry over, by code
	Log        protocol.Log          `json:"log"`
	Proposed   *Proposal             `json:"proposed,omitempty"` // a redraw that waits for its signatures
	Aside      []Aside               `json:"aside,omitempty"`    // what was begun before and came to no forms, oldest first
	Tickets    []sitting.Ticket      `json:"tickets"`            // slot by slot, empty for a reserve
	Commitment string                `json:"commitment"`         // hex, of the first custodian
	Root       string                `json:"root"`               // hex, over the forms; empty until they exist
	Seed       string                `json:"seed,omitempty"`     // hex; of records from before there was a log
	At         time.Time             `json:"at"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Custodian (种子保管人) is one of those who hold a share of the seed, and how far they have come.
type Custodian struct {
	Account    string               `json:"account"` // empty for the server itself
	Name       string               `json:"name"`
	Org        engine.OrgID         `json:"org"`
	Sign       protocol.Hex         `json:"sign,omitempty"` // public keys, both or none
	Box        protocol.Hex         `json:"box,omitempty"`
	Commitment *protocol.Commitment `json:"commitment,omitempty"`
	Secret     *protocol.Secret     `json:"secret,omitempty"`   // once it is opened; sealed here until the reveal
	Withheld   string               `json:"withheld,omitempty"` // why others were asked for their parts of the secret
	Shares     []protocol.Share     `json:"shares,omitempty"`   // those parts
	Recovered  bool                 `json:"recovered,omitempty"`
	Seen       bool                 `json:"seen,omitempty"` // the code was made or entered on this program's page, so that the house saw it; not noted in records from before
}

// Held are the secrets of the house for one draw.
type Held struct {
	Key    protocol.Hash `json:"key"`           // hides codes and candidates
	Signer protocol.Hash `json:"signer"`        // seed of the Ed25519 key that signs roots
	Code   protocol.Hash `json:"code,omitzero"` // of the server's own share, where there are no custodians
}

// DrawnSeat is a candidate of the draw.
type DrawnSeat struct {
	Ticket    sitting.Ticket  `json:"ticket"`
	Candidate engine.PersonID `json:"candidate"`
	Room      sitting.RoomID  `json:"room"`
	No        int             `json:"no"`
	Excluded  []string        `json:"excluded,omitempty"` // codes of items met before
	Late      bool            `json:"late,omitempty"`     // came after the freeze
}

// Proposal is a redraw on its way.
type Proposal struct {
	protocol.Redraw
	Before protocol.Hash `json:"before"`       // root that is given up
	By     string        `json:"by,omitempty"` // account that asked
}

// DrawStage is how far a draw has come.
type DrawStage string

// The stages, in their order. A redraw leads from DrawDone back to DrawOpened.
const (
	DrawAppointed DrawStage = "appointed" // custodians are named and register their keys
	DrawEnrolled  DrawStage = "enrolled"  // they commit
	DrawCommitted DrawStage = "committed" // all have: the session may be frozen
	DrawFrozen    DrawStage = "frozen"    // bank, blueprint, roster and uses are fixed
	DrawObserved  DrawStage = "observed"  // the public random value is there: secrets are opened
	DrawOpened    DrawStage = "opened"    // all are: the forms may be drawn
	DrawDone      DrawStage = "drawn"
	DrawRevealed  DrawStage = "revealed"
)

// DrawStages lists the stages.
func DrawStages() []DrawStage {
	return []DrawStage{DrawAppointed, DrawEnrolled, DrawCommitted, DrawFrozen, DrawObserved, DrawOpened, DrawDone, DrawRevealed}
}

// logged counts the log's events of one kind.
func logged[E protocol.Event](d *Draw) (n int) {
	for _, e := range d.Log {
		if _, ok := e.Event.(E); ok {
			n++
		}
	}
	return n
}

// Stage says how far d has come.
func (d *Draw) Stage() DrawStage {
	switch {
	case d.Old() && d.Root != "":
		return DrawDone
	case logged[protocol.Terms](d) == 0:
		return DrawAppointed
	case logged[protocol.Commitment](d) < len(d.Custodians):
		return DrawEnrolled
	case logged[protocol.Roots](d) == 0:
		return DrawCommitted
	case logged[protocol.Beacon](d) == 0:
		return DrawFrozen
	case slices.ContainsFunc(d.Custodians, func(c Custodian) bool { return c.Secret == nil }):
		return DrawObserved
	case d.Root == "":
		return DrawOpened
	case logged[protocol.Reveal](d) < len(d.Custodians):
		return DrawDone
	}
	return DrawRevealed
}

// Old reports whether the record is from before there was a log: it has a seed, and nothing about it changes any more.
func (d *Draw) Old() bool { return len(d.Custodians) == 0 }

// Alone reports whether the server alone holds the seed.
func (d *Draw) Alone() bool { return len(d.Custodians) == 1 && d.Custodians[0].Account == "" }

// Seated lists the tickets that were drawn for, slot by slot, reserves left out.
func (d *Draw) Seated() []sitting.Ticket {
	return slices.DeleteFunc(slices.Clone(d.Tickets), func(t sitting.Ticket) bool { return t == "" })
}

// Terms are what was agreed with the custodians; nil before all have registered their keys.
func (d *Draw) Terms() *protocol.Terms {
	if len(d.Log) == 0 {
		return nil
	}
	t, _ := d.Log[0].Event.(protocol.Terms) // the log admits nothing else there
	return &t
}

// Number is the number of the custodian with an account, from 1; 0 for nobody's.
func (d *Draw) Number(account string) int {
	if account == "" {
		return 0
	}
	return slices.IndexFunc(d.Custodians, func(c Custodian) bool { return c.Account == account }) + 1
}

// slotOf is the slot of a ticket, -1 for none.
func (d *Draw) slotOf(t sitting.Ticket) int { return slices.Index(d.Tickets, t) }

// shown is the record without its secrets; the seed is one until the time of everybody in the session is over.
func (d *Draw) shown(over bool) *Draw {
	c := *d
	if c.Held = (Held{}); !over {
		c.Seed = ""
	}
	c.Openings, c.Seats, c.Custodians = nil, slices.Clone(d.Seats), slices.Clone(d.Custodians)
	for i := range c.Seats {
		c.Seats[i].Excluded = nil
	}
	for i := range c.Custodians {
		k := &c.Custodians[i]
		k.Shares = nil
		if k.Secret != nil {
			k.Secret = &protocol.Secret{} // that it is open may be known
		}
	}
	return &c
}

// Refusals of draws with custodians.
var (
	ErrDrawOld    = errs.New(errs.Conflict, "draw.old", "本场次的组卷由旧版程序开始，不能继续")
	ErrDrawStep   = errs.New(errs.Conflict, "draw.step", "组卷还没有进行到这一步，或这一步已经完成")
	ErrDrawReason = errs.New(errs.Invalid, "draw.reason", "请写明理由")
	ErrDrawBroken = errs.New(errs.Conflict, "draw.broken", "组卷记录与重新导出的不一致")
	ErrDrawSealed = errs.New(errs.Conflict, "draw.sealed", "理论知识考试结束之前不公开组卷记录")
	ErrCustodians = errs.New(errs.Invalid, "draw.custodians", "种子保管人的安排不正确")
)

// Draws keeps the records of draws, and beside them the lists of those who keep a share. Safe for concurrent use; must
// pass storetest.Draws.
//   - Absent: ErrDraw, ErrNoCustody. Taken: ErrDrawn, and engine.ErrStale for a list.
//   - Updates write only at the Revision, otherwise engine.ErrStale.
//   - DrawList lists draws in the byte order of sessions.
type Draws interface {
	Draw(ctx context.Context, s sitting.SessionID) (*Draw, error)
	CreateDraw(ctx context.Context, d *Draw) error
	UpdateDraw(ctx context.Context, d *Draw) error
	DrawList(ctx context.Context, c engine.Cursor) (rows []*Draw, next string, err error)

	Custody(ctx context.Context, account string) (*Custody, error)
	CreateCustody(ctx context.Context, c *Custody) error
	UpdateCustody(ctx context.Context, c *Custody) error
}

// Drawn is the record of the session's draw without its secrets, for those who watch over it and for its custodians.
func (e *Exams) Drawn(ctx context.Context, by authz.Principal, id sitting.SessionID) (*Draw, error) {
	s, d, err := e.watched(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return e.show(ctx, s, d)
}

// show is the record for those who may look at it at any time, by the latest proceedings.
func (e *Exams) show(ctx context.Context, s *sitting.Session, d *Draw) (*Draw, error) {
	over, err := e.sittings.Over(ctx, s, e.clock.Now())
	if err != nil {
		return nil, err
	}
	return d.shown(over), nil
}

// watched is the session and its draw for those who may read of it. A custodian reads of a draw that they keep.
func (e *Exams) watched(ctx context.Context, by authz.Principal, id sitting.SessionID) (*sitting.Session, *Draw, error) {
	if err := by.Require(authz.DrawRead); err != nil {
		return nil, nil, err
	}
	d, absent := e.ports.Draws.Draw(ctx, id)
	var s *sitting.Session
	var err error
	if absent == nil && d.Number(by.Account) > 0 || by.Has(authz.Engine) {
		s, err = e.sittings.Get(ctx, id)
	} else if s, err = e.sittings.Session(ctx, by, id); by.Require(authz.PlanRead) != nil {
		err = sitting.ErrSession
	}
	if err == nil {
		err = absent
	}
	return s, d, err
}
