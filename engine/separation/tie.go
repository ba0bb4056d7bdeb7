// Package separation keeps apart who trains and who examines (考培分离): ties between people, classes and bodies, and
// the policy's rules over chains of them.
package separation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// Node is an end of a tie: a person, a body, a training class, an address or a contact number.
type Node string

// PersonNode, OrgNode, ClassNode, AddressNode and ContactNode name nodes. An address or a number is personal data, so
// its node holds only what people.Registry.Mark makes of it; the tie's label says, masked, what to look for.
func PersonNode(id engine.PersonID) Node { return Node("person:" + string(id)) }
func OrgNode(id engine.OrgID) Node       { return Node("org:" + string(id)) }
func ClassNode(id string) Node           { return Node("class:" + id) }
func AddressNode(mark string) Node       { return Node("address:" + mark) }
func ContactNode(mark string) Node       { return Node("contact:" + mark) }

// Kind is what a tie says. A tie is read from From to To; chains may follow it either way.
type Kind string

// The kinds of ties.
const (
	Teaches    Kind = "teaches"    // person → class (任教)
	Attends    Kind = "attends"    // person → class (参加培训)
	Trains     Kind = "trains"     // body → class (开办)
	Employs    Kind = "employs"    // body → person (聘用)
	Kin        Kind = "kin"        // person – person (近亲属)
	Mentors    Kind = "mentors"    // person → person (师徒)
	Owns       Kind = "owns"       // person or body → body, with its share (出资、控股)
	Represents Kind = "represents" // person → body (法定代表人)
	Merged     Kind = "merged"     // body → the body that it became part of (并入)
	Located    Kind = "located"    // person or body → address (登记地址)
	Reached    Kind = "reached"    // person or body → contact number (联系电话)
	Declared   Kind = "declared"   // person – person, any other reason to withdraw
)

// Tie is one recorded relation with its time span and source. Ties are only ever added; a wrong one is ended, or
// said never to have held. A tie holds for everybody, whoever recorded it, and every body records its own: what one
// body ends, or says was over long ago, takes nothing from what another has on record.
type Tie struct {
	ID     string     `json:"id"` // derived from body, kind, ends and span as recorded, and how often that was lifted before: see Record
	Kind   Kind       `json:"kind"`
	From   Node       `json:"from"`
	To     Node       `json:"to"`
	Label  string     `json:"label,omitempty"` // of the class or body, as people call it
	Since  clock.Date `json:"since"`
	Until  clock.Date `json:"until"`  // last day; zero while it goes on
	Source string     `json:"source"` // enrolment list, declaration, filing
	At     time.Time  `json:"at"`
	By     string     `json:"by"`
	Org    string     `json:"org,omitempty"` // engine.OrgID of the body it was recorded for

	Origin    string `json:"origin,omitempty"`    // the record that the server derived it from, part of the ID; empty: somebody recorded it
	Claim     string `json:"claim,omitempty"`     // what states it, such as an application, no part of the ID; empty: a person's own word
	Percent   int    `json:"percent,omitempty"`   // share that is owned, 1 to 100; 0 when nobody wrote it down
	Province  string `json:"province,omitempty"`  // of the authority that recorded it, two digits of GB/T 2260
	Voided    bool   `json:"voided,omitempty"`    // it was recorded by mistake and never held, see Void
	Contested bool   `json:"contested,omitempty"` // somebody says that it does not hold; it holds until it is ended

	Trail    engine.Trail `json:"trail,omitempty"`
	Revision int64        `json:"-"`
}

// Subject is who is kept away from candidates: a person on duty in a role, or the body that runs the sitting.
type Subject struct {
	Person engine.PersonID
	Role   authz.Role
	Body   engine.OrgID // of a subject that is no person
}

// Finding says that a chain of ties forbids a subject a candidate.
type Finding struct {
	Rule      string          `json:"rule"`
	Soft      bool            `json:"soft,omitempty"` // two persons may waive it
	Role      authz.Role      `json:"role,omitempty"`
	Staff     engine.PersonID `json:"staff,omitempty"`
	Body      engine.OrgID    `json:"body,omitempty"` // instead of a person
	Candidate engine.PersonID `json:"candidate"`      // empty: all of them, of who had a hand in the paper
	Path      []string        `json:"path"`           // in words: 考评员甘棠, 任教, 护理2603班, 学员钟离雪
	Text      string          `json:"text"`           // time span and rule, for people
	Ties      []string        `json:"ties,omitempty"` // the chain, by the ties' IDs
	Contested bool            `json:"contested,omitempty"`
	At        time.Time       `json:"at"`
}

// String is the path in one line: 考评员甲 → 任教 → 班级乙 → 学员丙, 2026-03 至 2026-06.
func (f Finding) String() string { return strings.Join(f.Path, " → ") + "，" + f.Text }

// Pair names the rule and the two whom the finding is about.
func (f Finding) Pair() string {
	return strings.Join([]string{f.Rule, string(f.Role), string(f.Staff), string(f.Body), string(f.Candidate)}, " ")
}

// Key tells the finding from others of its session. One of a soft rule goes by its ties too: whoever waives it has looked at
// those, and at no others that stand between the same two.
func (f Finding) Key() string {
	if !f.Soft {
		return f.Pair()
	}
	return f.Pair() + " " + strings.Join(f.Ties, "+")
}

// ErrSeparated is what refuses a duty; errors.As a *Separated gives the findings.
var (
	ErrSeparated   = errs.New(errs.Conflict, "separation.refused", "与考生有关联，不能安排")
	ErrTie         = errs.New(errs.Invalid, "separation.tie", "关系记录不正确")
	ErrTieOwn      = errs.New(errs.Forbidden, "separation.own", "与本人有关的关系记录须由其他人员终止")
	ErrNoTie       = errs.New(errs.NotFound, "separation.tie_not_found", "查无此关系记录")
	ErrTieProvince = errs.New(errs.Forbidden, "separation.tie_province", "只能登记涉及本省机构的关系")
	ErrTooWide     = errs.New(errs.Conflict, "separation.too_wide", "关联的人员和班级过多，无法判断，请分批办理")
)

// Separated is ErrSeparated with its findings.
type Separated struct{ Findings []Finding }

func (s *Separated) Error() string {
	return fmt.Sprintf("%v: %d findings", ErrSeparated, len(s.Findings))
}

// Unwrap makes the first finding part of what the person reads.
func (s *Separated) Unwrap() error { return ErrSeparated.With("%s", s.Findings[0]) }

// Ties keeps ties. Safe for concurrent use; must pass storetest.Ties.
//   - RecordTie writes a tie once; one that is there already is left as it is and is no error.
//   - Tie: absent, ErrNoTie. UpdateTie writes only at the tie's Revision, otherwise engine.ErrStale.
//   - TiesFrom and TiesTo list those of a kind that begin or end at the node, in the byte order of IDs. A question asks
//     thousands of them, so they read nothing else.
type Ties interface {
	RecordTie(ctx context.Context, t *Tie) error
	Tie(ctx context.Context, id string) (*Tie, error)
	UpdateTie(ctx context.Context, t *Tie) error
	TiesFrom(ctx context.Context, n Node, k Kind, c engine.Cursor) (rows []*Tie, next string, err error)
	TiesTo(ctx context.Context, n Node, k Kind, c engine.Cursor) (rows []*Tie, next string, err error)
}
