package questionbank

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// CorrectionID names a correction: item code, version and number.
type CorrectionID string

// Remedy is what a correction does about a wrong key.
type Remedy string

// The remedies.
const (
	Rekey      Remedy = "rekey"       // 更正答案: everybody is marked by the key of another version of the same words
	FullCredit Remedy = "full-credit" // 全体给分: no key is right, everybody whose form holds the item gets its points
)

// Remedies lists the remedies.
func Remedies() []Remedy { return []Remedy{Rekey, FullCredit} }

// CorrectionState is where a correction stands.
type CorrectionState string

// The states: Proposed leads to one of the others, which are final. What is decided is changed only by another correction.
const (
	Proposed CorrectionState = "proposed" // one half has spoken
	Decided  CorrectionState = "decided"  // both have: marking follows it
	Declined CorrectionState = "declined" // by the other half, or taken back by the one who proposed it
)

// Half is one person's word on a correction, for the bank or for the reviewers.
type Half struct {
	Role authz.Role      `json:"role"` // BankKeeper or Reviewer
	By   engine.PersonID `json:"by"`
	At   time.Time       `json:"at"`
}

// Correction (答案更正) says that the key of one item version is wrong and what marking does about it. It holds for every
// release that has the version, one that is published later on the same base too: whoever met these words is marked by
// the same key. A keeper of the bank and a reviewer decide on it together, neither of them an author of the item.
//
// Releases, forms and item versions stay as they are. Of several decided corrections of a version the one with the
// highest Number is in force.
type Correction struct {
	ID       CorrectionID    `json:"id"`
	Code     string          `json:"code"`
	Version  int             `json:"version"` // that forms hold
	Number   int             `json:"number"`  // from 1, within the version
	Remedy   Remedy          `json:"remedy"`
	To       ItemRef         `json:"to,omitzero"` // whose key holds, Rekey only
	Releases []string        `json:"releases"`    // that had taken the version in when it was proposed
	Reason   string          `json:"reason"`
	State    CorrectionState `json:"state"`
	Proposal Half            `json:"proposal"`
	Decision Half            `json:"decision,omitzero"` // the other half, or who declined
	Refusal  string          `json:"refusal,omitempty"` // why it was declined

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Refusals of corrections.
var (
	ErrCorrection       = errs.New(errs.NotFound, "correction.not_found", "查无此答案更正")
	ErrCorrectionExists = errs.New(errs.Conflict, "correction.exists", "答案更正的编号已存在")
	ErrCorrectionInput  = errs.New(errs.Invalid, "correction.invalid", "答案更正不正确")
	ErrCorrectionOpen   = errs.New(errs.Conflict, "correction.open", "该版试题已有一项更正等待决定，请先决定")
	ErrCorrectionState  = errs.New(errs.Conflict, "correction.state", "该项更正已有决定，不能再办理")
	ErrCorrectionPair   = errs.New(errs.Forbidden, "correction.pair", "答案更正须由题库管理员和审题员各一人共同决定")
	ErrCorrectionBroken = errs.New(errs.Conflict, "correction.broken", "更正所用的试题版本与其摘要不符")
)

// Corrections keeps corrections. Safe for concurrent use; must pass storetest.Corrections.
//   - Absent: ErrCorrection. An ID already taken: CreateCorrection returns ErrCorrectionExists.
//   - UpdateCorrection writes only at its Revision, otherwise engine.ErrStale.
//   - Lists are in the byte order of IDs; CorrectionsOf are those of one item.
type Corrections interface {
	Correction(ctx context.Context, id CorrectionID) (*Correction, error)
	CreateCorrection(ctx context.Context, c *Correction) error
	UpdateCorrection(ctx context.Context, c *Correction) error
	CorrectionList(ctx context.Context, c engine.Cursor) (rows []*Correction, next string, err error)
	CorrectionsOf(ctx context.Context, code string, c engine.Cursor) (rows []*Correction, next string, err error)
}

// correctionID reads from its end, so that no two of them meet whatever dots a code has.
func correctionID(code string, version, number int) CorrectionID {
	return CorrectionID(fmt.Sprintf("%s.%d.%d", code, version, number))
}

// halfOf tells for which half by speaks. Who holds both roles proposes for the bank.
func halfOf(by authz.Principal) authz.Role {
	if by.Has(authz.BankKeeper) {
		return authz.BankKeeper
	}
	return authz.Reviewer
}

// decides returns the half that is missing when by, who is whole, may add it: another human in the other role.
func (c *Correction) decides(by authz.Principal) (authz.Role, error) {
	other := authz.BankKeeper
	if c.Proposal.Role == authz.BankKeeper {
		other = authz.Reviewer
	}
	if !by.Has(other) || by.Is(string(c.Proposal.By)) {
		return "", ErrCorrectionPair
	}
	return other, nil
}

// confirm adds the other half. Doing it twice is harmless.
func (c *Correction) confirm(a act) error {
	if c.State == Decided && c.Decision.By == a.person() {
		return engine.ErrUnchanged
	}
	role, err := c.decides(a.by)
	switch {
	case c.State != Proposed:
		return ErrCorrectionState
	case err != nil:
		return err
	}
	c.State, c.Decision = Decided, Half{Role: role, By: a.person(), At: a.now}
	c.Trail.Add(a.now, a.by.Account, "correction.decided", "")
	return nil
}

// decline ends a proposal: the other half refuses it, or who made it takes it back.
func (c *Correction) decline(reason string, a act) error {
	if c.State == Declined && c.Decision.By == a.person() && c.Refusal == reason {
		return engine.ErrUnchanged
	}
	role := c.Proposal.Role
	if c.State != Proposed {
		return ErrCorrectionState
	}
	if c.Proposal.By != a.person() {
		var err error
		if role, err = c.decides(a.by); err != nil {
			return err
		}
	}
	c.State, c.Decision, c.Refusal = Declined, Half{Role: role, By: a.person(), At: a.now}, reason
	c.Trail.Add(a.now, a.by.Account, "correction.declined", reason)
	return nil
}

// sameProposal reports whether two proposals ask for the same.
func (c *Correction) sameProposal(o *Correction) bool {
	return c.Version == o.Version && c.Remedy == o.Remedy && c.To == o.To && c.Reason == o.Reason && c.Proposal.By == o.Proposal.By
}

// inForce is the decided correction with the highest number among those of one item version; nil where none is.
func inForce(all []*Correction, version int) (last *Correction) {
	for _, c := range all {
		if c.Version == version && c.State == Decided && (last == nil || c.Number > last.Number) {
			last = c
		}
	}
	return last
}

// correct fills in what the item says about a correction and reports every problem of it. before is the correction in
// force, if any.
func (i *Item) correct(c, before *Correction) error {
	var check errs.Check
	held, known := i.version(c.Version)
	for _, a := range i.Admissions {
		if a.Version == c.Version {
			c.Releases = append(c.Releases, a.Release)
		}
	}
	check.That(known && len(c.Releases) > 0, "version", "unused", "没有题库版本收录试题的这一版，改试题本身即可")
	switch c.Remedy {
	case Rekey:
		to, ok := i.version(c.To.Version)
		check.That(c.To.Version != 0, "to", "missing", "更正答案须指明哪一版的答案正确")
		check.That(ok || c.To.Version == 0, "to", "unknown", "没有这一版试题")
		if ok && known {
			c.To = ItemRef{Code: i.Code, Version: to.Version, Digest: to.Digest()}
			check.That(sameWords(held, to), "to", "words", "两版的题型、题干或选项不同：考生没有见过后一版，不能按它评阅")
			key := i.keyUnder(held, before)
			check.That(key == nil || !slices.Equal(key, to.Key), "to", "same", "两版的正确项相同，没有可更正的")
		}
	case FullCredit:
		check.That(c.To.Version == 0, "to", "unknown", "全体给分不另指定试题版本")
		check.That(before == nil || before.Remedy != FullCredit, "remedy", "same", "这一版试题已经全体给分")
		c.To = ItemRef{}
	default:
		check.That(false, "remedy", "unknown", "办法为更正答案或全体给分")
	}
	return check.Err(ErrCorrectionInput)
}

// keyUnder is the key that marking follows now; nil while everybody is given the points.
func (i *Item) keyUnder(held ItemVersion, before *Correction) []int {
	switch {
	case before == nil:
		return held.Key
	case before.Remedy == FullCredit:
		return nil
	}
	v, _ := i.version(before.To.Version)
	return v.Key
}

// sameWords reports whether a candidate sees no difference between two versions.
func sameWords(a, b ItemVersion) bool {
	return a.Type == b.Type && a.Stem == b.Stem && slices.Equal(a.Options, b.Options)
}
