package api

import (
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
)

// Correction says that the key of an item version was wrong, and what marking does about it.
type Correction struct {
	ID       questionbank.CorrectionID    `json:"id"`
	Code     string                       `json:"code"`
	Version  int                          `json:"version" jsonschema:"description=That forms hold"`
	Remedy   questionbank.Remedy          `json:"remedy" jsonschema:"enum=rekey,enum=full-credit"`
	To       int                          `json:"to,omitempty" jsonschema:"description=Version whose key holds"`
	Releases []string                     `json:"releases"`
	Reason   string                       `json:"reason"`
	State    questionbank.CorrectionState `json:"state" jsonschema:"enum=proposed,enum=decided,enum=declined"`
	Refusal  string                       `json:"refusal,omitempty"`
	Proposal Half                         `json:"proposal"`
	Decision *Half                        `json:"decision,omitempty"`
}

// Half is one person's word on a correction.
type Half struct {
	Role   authz.Role      `json:"role"`
	Person engine.PersonID `json:"person"`
	At     time.Time       `json:"at"`
}

func viewCorrection(c *questionbank.Correction) Correction {
	v := Correction{ID: c.ID, Code: c.Code, Version: c.Version, Remedy: c.Remedy, To: c.To.Version, Releases: c.Releases, Reason: c.Reason,
		State: c.State, Refusal: c.Refusal, Proposal: Half{c.Proposal.Role, c.Proposal.By, c.Proposal.At}}
	if c.State != questionbank.Proposed {
		v.Decision = &Half{c.Decision.Role, c.Decision.By, c.Decision.At}
	}
	return v
}

// CorrectionEntry proposes a correction.
type CorrectionEntry struct {
	Version int                 `json:"version"`
	Remedy  questionbank.Remedy `json:"remedy" jsonschema:"enum=rekey,enum=full-credit"`
	To      int                 `json:"to,omitempty" jsonschema:"description=Version with the right key and the same words. Only with rekey"`
	Reason  string              `json:"reason"`
}

// SessionCorrection is a decided correction that forms of a session have to do with.
type SessionCorrection struct {
	ID         questionbank.CorrectionID `json:"id"`
	Code       string                    `json:"code"`
	Version    int                       `json:"version"`
	FullCredit bool                      `json:"full_credit"`
	Was        []int                     `json:"was,omitempty" jsonschema:"description=Key in the order of the bank. Absent while the sitting goes on"`
	Now        []int                     `json:"now,omitempty"`
	Reason     string                    `json:"reason"`
	At         time.Time                 `json:"at"`
	Superseded bool                      `json:"superseded" jsonschema:"description=Another correction of the item came after it"`
	Holding    int                       `json:"holding" jsonschema:"description=Attempts whose form holds the item"`
	Marked     int                       `json:"marked"`
	Due        int                       `json:"due" jsonschema:"description=Marked attempts that still wait for the correction"`
	Round      *RemarkRound              `json:"round,omitempty"`
}

// RemarkRound is the marking anew of a session by one correction.
type RemarkRound struct {
	Begun    time.Time  `json:"begun"`
	Done     *time.Time `json:"done,omitempty"`
	Affected int        `json:"affected"`
	Changed  int        `json:"changed"`
}

func viewRound(r *theory.RemarkRound) *RemarkRound {
	if r == nil {
		return nil
	}
	return &RemarkRound{Begun: r.Begun, Done: part(r.Done), Affected: r.Affected, Changed: r.Changed}
}

func viewSessionCorrection(c theory.SessionCorrection) SessionCorrection {
	return SessionCorrection{ID: c.Correction, Code: c.Code, Version: c.Version, FullCredit: c.Full, Was: c.Was, Now: c.Now, Reason: c.Reason, At: c.At,
		Superseded: c.Superseded, Holding: c.Holding, Marked: c.Marked, Due: c.Due(), Round: viewRound(c.Round)}
}

// RemarkEffect is what marking anew would do, or has done.
type RemarkEffect struct {
	Affected int            `json:"affected"`
	Up       int            `json:"up"`
	Down     int            `json:"down"`
	ToPass   int            `json:"to_pass" jsonschema:"description=From below the pass mark to it or above"`
	ToFail   int            `json:"to_fail"`
	Changes  []RemarkChange `json:"changes" jsonschema:"description=Those whose points change"`
}

// RemarkChange is one candidate before and after, in hundredths of a point.
type RemarkChange struct {
	Ticket string        `json:"ticket"`
	Before engine.Points `json:"before"`
	After  engine.Points `json:"after"`
}

func viewEffect(e theory.Effect) RemarkEffect {
	return RemarkEffect{Affected: e.Affected, Up: e.Up, Down: e.Down, ToPass: e.ToPass, ToFail: e.ToFail,
		Changes: each(e.Rows, func(c theory.Change) RemarkChange {
			return RemarkChange{Ticket: string(c.Ticket), Before: c.Before, After: c.After}
		})}
}
