package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/skillcert/skillcert/engine/authz"
)

// SeparationPolicy holds the rules of 考培分离: which chain of ties forbids which duty toward a candidate.
type SeparationPolicy struct {
	Rules    []SeparationRule `json:"rules"`
	Papers   []PaperRule      `json:"papers,omitempty"`
	Rotation RotationRule     `json:"rotation,omitzero"`
}

// Subjects of a separation rule: whom it keeps away from the candidate.
const (
	SubjectPerson = "person" // on duty in one of the rule's roles; the default
	SubjectBody   = "body"   // the evaluation body itself, with everybody who works there
)

// SeparationRule forbids a duty to its subject when a chain of ties leads from there to the candidate. A hard rule knows
// no exception; a soft one may be waived by two persons, which is printed on the sitting's public record.
type SeparationRule struct {
	ID        string       `json:"id"`                // taught-class
	Text      string       `json:"text"`              // for people
	Subject   string       `json:"subject,omitempty"` // SubjectPerson when empty
	Chain     []Link       `json:"chain"`             // from the subject to the candidate
	Months    int          `json:"months,omitempty"`  // a tie that ended longer ago does not count; 0: ties count for ever
	Roles     []authz.Role `json:"roles,omitempty"`   // of a person; a body has none
	Soft      bool         `json:"soft,omitempty"`
	SourceKey string       `json:"source"`
}

// Acts of a paper rule: what somebody did for an item.
const (
	PaperAuthor    = "author"    // 命题
	PaperReviewer  = "reviewer"  // 审题
	PaperConsenter = "consenter" // consent to a supplement item
)

// PaperRule (试题回避) keeps who knows an item of a sitting's paper from the sitting: from a duty, or, with the role of a
// candidate, from being examined by it. It is always hard. Without one nobody is kept away.
type PaperRule struct {
	ID        string       `json:"id"`   // author-against-form
	Text      string       `json:"text"` // for people
	Acts      []string     `json:"acts"`
	Roles     []authz.Role `json:"roles"`
	SourceKey string       `json:"source"`
}

// OfBody reports whether the rule is about the evaluation body.
func (r SeparationRule) OfBody() bool { return r.Subject == SubjectBody }

// Ways in which a link follows its ties; without one they are followed either way.
const (
	WayForward = "forward" // from owner to owned, from the body merged to the one it became part of
	WayBack    = "back"
)

// Link is one place of a chain: ties of any of Kinds, at least Least and at most Most of them one after the other. In
// JSON a kind alone stands for exactly one tie of that kind.
type Link struct {
	Kinds   []string `json:"kinds"`
	Least   int      `json:"least"`
	Most    int      `json:"most"`
	Percent int      `json:"percent,omitempty"` // a share below it does not count; one that nobody wrote down does
	Way     string   `json:"way,omitempty"`
}

// OneTie is the link of exactly one tie of a kind.
func OneTie(kind string) Link { return Link{Kinds: []string{kind}, Least: 1, Most: 1} }

// plainLink is Link without its methods.
type plainLink Link

// UnmarshalJSON reads a kind alone, or a whole link.
func (l *Link) UnmarshalJSON(b []byte) error {
	var kind string
	if json.Unmarshal(b, &kind) == nil {
		*l = OneTie(kind)
		return nil
	}
	*l = Link{}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields() // as of the policy around it: a word misspelt would switch a rule off
	return d.Decode((*plainLink)(l))
}

// MarshalJSON writes what UnmarshalJSON reads, a kind alone where that says everything.
func (l Link) MarshalJSON() ([]byte, error) {
	if len(l.Kinds) == 1 && l.Least == 1 && l.Most == 1 && l.Percent == 0 && l.Way == "" {
		return json.Marshal(l.Kinds[0])
	}
	return json.Marshal(plainLink(l))
}

// RotationRule (轮换) keeps one group from examining at one site for ever. A turn is the sittings of a site within TurnDays
// of the first of them: those of a batch, which one group does. The zero value asks for nothing.
type RotationRule struct {
	TurnDays   int          `json:"turn_days,omitempty"`    // calendar days; 0 is 1
	MaxRunning int          `json:"max_running,omitempty"`  // turns in a row that a person may serve at one site
	RenewOneIn int          `json:"renew_one_in,omitempty"` // of a group, at least one in so many was not there the turn before
	Roles      []authz.Role `json:"roles,omitempty"`        // whose turns are counted
	SourceKey  string       `json:"source,omitempty"`
}

// Asks reports whether the rule asks for anything.
func (r RotationRule) Asks() bool { return r.MaxRunning > 0 || r.RenewOneIn > 0 }

func (c *policyCheck) separation() {
	const name = "separation.rules"
	c.That(len(c.policy.Ties.Rules) > 0, name, "missing", "缺少考培分离规则")
	seen := map[string]bool{}
	for i, r := range c.policy.Ties.Rules {
		at := name + "." + label(r.ID, i)
		c.text(at+".id", r.ID)
		c.That(!seen[r.ID], at+".id", "duplicate", "编号重复")
		seen[r.ID] = true
		c.separationRule(at, r)
	}
	for i, r := range c.policy.Ties.Papers {
		at := "separation.papers." + label(r.ID, i)
		c.text(at+".id", r.ID)
		c.That(!seen[r.ID], at+".id", "duplicate", "编号重复")
		seen[r.ID] = true
		c.paperRule(at, r)
	}
	c.rotation("separation.rotation", c.policy.Ties.Rotation)
}

func (c *policyCheck) paperRule(at string, r PaperRule) {
	c.text(at+".text", r.Text)
	c.That(len(r.Acts) > 0, at+".acts", "missing", "缺少试题工作")
	for _, a := range r.Acts {
		c.word(at+".acts", a, []string{PaperAuthor, PaperReviewer, PaperConsenter})
	}
	c.That(len(r.Roles) > 0, at+".roles", "missing", "缺少角色")
	for _, role := range r.Roles {
		known := role == authz.Candidate || slices.Contains(Duties(), role)
		c.That(known, at+".roles", "unknown", fmt.Sprintf("“%s”不是考务职责，也不是考生", role))
	}
	c.source(at+".source", r.SourceKey)
}

func (c *policyCheck) separationRule(at string, r SeparationRule) {
	c.text(at+".text", r.Text)
	c.word(at+".subject", r.Subject, []string{"", SubjectPerson, SubjectBody})
	c.That(len(r.Chain) > 0, at+".chain", "missing", "缺少关系")
	for i, l := range r.Chain {
		c.link(fmt.Sprintf("%s.chain.%d", at, i+1), l)
	}
	c.atLeast(at+".months", r.Months, 0)
	if r.OfBody() {
		c.That(len(r.Roles) == 0, at+".roles", "body", "约束评价机构的规则不分角色")
		c.That(!r.Soft, at+".soft", "body", "约束评价机构的规则不能豁免")
	} else {
		c.duties(at+".roles", r.Roles)
	}
	c.source(at+".source", r.SourceKey)
}

func (c *policyCheck) duties(at string, roles []authz.Role) {
	c.That(len(roles) > 0, at, "missing", "缺少角色")
	for _, role := range roles {
		c.That(slices.Contains(Duties(), role), at, "unknown", fmt.Sprintf("“%s”不是考务职责", role))
	}
}

// MaxSteps bounds the ties of one link: a chain through more bodies than that is no longer a matter of who trained whom.
const MaxSteps = 6

func (c *policyCheck) link(at string, l Link) {
	c.That(len(l.Kinds) > 0, at+".kinds", "missing", "缺少关系")
	for _, kind := range l.Kinds {
		c.word(at+".kinds", kind, TieKinds())
	}
	c.That(l.Least >= 0 && l.Least <= l.Most, at+".least", "range", "应在0和most之间")
	c.That(l.Most >= 1 && l.Most <= MaxSteps, at+".most", "range", fmt.Sprintf("应在1至%d之间", MaxSteps))
	c.That(l.Percent >= 0 && l.Percent <= 100, at+".percent", "range", "应在0至100之间")
	c.word(at+".way", l.Way, []string{"", WayForward, WayBack})
}

func (c *policyCheck) rotation(at string, r RotationRule) {
	c.atLeast(at+".max_running", r.MaxRunning, 0)
	c.atLeast(at+".renew_one_in", r.RenewOneIn, 0)
	c.atLeast(at+".turn_days", r.TurnDays, 0)
	if r.Asks() {
		c.duties(at+".roles", r.Roles)
		c.source(at+".source", r.SourceKey)
	}
}
