package separation

import (
	"context"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
)

// Judge records ties and finds what they forbid.
type Judge struct {
	ties   Ties
	people *people.Registry
	policy engine.SeparationPolicy
	clock  clock.Clock
}

// NewJudge returns a Judge.
func NewJudge(t Ties, r *people.Registry, p engine.SeparationPolicy, c clock.Clock) *Judge {
	return &Judge{ties: t, people: r, policy: p, clock: c}
}

// Record writes a tie down for by's body. It derives the ID; recording the same tie again is harmless and returns what
// is stored, with its end when it has been ended. Persons must be registered: a tie to a misspelt one would forbid
// nothing. A tie may name anybody and any body, for it only ever forbids; its source says where to look it up.
func (j *Judge) Record(ctx context.Context, by authz.Principal, t Tie) (*Tie, error) {
	if err := by.Require(authz.TieRecord); err != nil {
		return nil, err
	}
	t = t.clean()
	if err := t.check(); err != nil {
		return nil, err
	}
	for _, n := range []Node{t.From, t.To} {
		if id, ok := n.person(); ok {
			if _, err := j.people.Named(ctx, id); err != nil {
				return nil, err
			}
		}
	}
	t.ID = ids.Derive("tie", by.Org, string(t.Kind), string(t.From), string(t.To), t.Since.String(), t.Until.String())
	t.At, t.By, t.Org, t.Trail, t.Revision = j.clock.Now(), by.Account, by.Org, nil, 0
	if err := j.ties.RecordTie(ctx, &t); err != nil {
		return nil, err
	}
	return j.ties.Tie(ctx, t.ID)
}

// End sets the last day of a tie, or brings it forward; a day before Since says that the tie never held. An end is
// never put off: what was ended and goes on is a new tie. It may allow a duty that the tie forbids, so those who assign
// duties do not decide on it: it is for the quality supervisor of the body that recorded the tie, and for the labour
// authority. Of another body's tie nobody learns that it exists: ErrNoTie.
func (j *Judge) End(ctx context.Context, by authz.Principal, id string, until clock.Date, reason string) (*Tie, error) {
	if err := by.Require(authz.TieRecord); err != nil {
		return nil, err
	}
	if !by.Has(authz.Supervisor) && !by.Has(authz.Labour) {
		return nil, authz.ErrForbidden.With("关系记录由质量督导员或人力资源和社会保障局终止")
	}
	if reason = strings.TrimSpace(reason); reason == "" || until.IsZero() {
		return nil, ErrTie.With("须写明终止日期和原因")
	}
	now := j.clock.Now()
	return engine.Modify(ctx, func(ctx context.Context) (*Tie, error) { return j.ties.Tie(ctx, id) }, j.ties.UpdateTie,
		func(t *Tie) error {
			switch {
			case !by.ActsFor(t.Org):
				return ErrNoTie
			case t.Until == until:
				return engine.ErrUnchanged
			case !t.Until.IsZero() && t.Until.Before(until):
				return ErrTie.With("已于 %s 终止，不能推后", t.Until)
			}
			t.Until = until
			t.Trail.Add(now, by.Account, "tie.ended", reason)
			return nil
		})
}

// TiesOf lists the ties of a node that were recorded for a body that by acts for, ended ones too; a page may hold fewer
// than were asked for, the cursor goes on all the same.
func (j *Judge) TiesOf(ctx context.Context, by authz.Principal, n Node, c engine.Cursor) ([]*Tie, string, error) {
	if err := by.Require(authz.TieRead); err != nil {
		return nil, "", err
	}
	rows, next, err := j.ties.TiesOf(ctx, n, c)
	return slices.DeleteFunc(rows, func(t *Tie) bool { return !by.ActsFor(t.Org) }), next, err
}

// nodeType is what stands before the colon of a node.
func (n Node) nodeType() string { kind, _, _ := strings.Cut(string(n), ":"); return kind }

// name is what stands behind it.
func (n Node) name() string { _, name, _ := strings.Cut(string(n), ":"); return name }

func (n Node) person() (engine.PersonID, bool) {
	return engine.PersonID(n.name()), n.nodeType() == "person"
}

// ends says what may stand at the ends of a tie of each kind.
var ends = map[Kind][2][]string{
	Teaches: {{"person"}, {"class"}}, Attends: {{"person"}, {"class"}}, Trains: {{"org"}, {"class"}}, Employs: {{"org"}, {"person"}},
	Kin: {{"person"}, {"person"}}, Owns: {{"person", "org"}, {"org"}}, Declared: {{"person"}, {"person"}},
}

// mutual kinds hold both ways, so that the order of their ends says nothing.
func (k Kind) mutual() bool { return k == Kin || k == Declared }

func (t Tie) clean() Tie {
	if t.Kind.mutual() && t.To < t.From {
		t.From, t.To = t.To, t.From
	}
	t.Label, t.Source = strings.TrimSpace(t.Label), strings.TrimSpace(t.Source)
	return t
}

const maxText = 300 // bytes of a node, a label or a source

func (t Tie) check() error {
	var c errs.Check
	may, known := ends[t.Kind]
	c.That(known, "kind", "unknown", "关系类别不正确")
	for i, n := range []Node{t.From, t.To} {
		field := []string{"from", "to"}[i]
		c.That(!known || slices.Contains(may[i], n.nodeType()), field, "type", "该类关系不能指向这类对象")
		c.That(strings.TrimSpace(n.name()) != "" && len(n) <= maxText, field, "form", "缺少编号或编号过长")
	}
	c.That(t.From != t.To, "to", "same", "两端不能是同一对象")
	c.That(t.Until.IsZero() || !t.Until.Before(t.Since), "until", "order", "终止日期早于开始日期")
	c.That(t.Source != "" && len(t.Source) <= maxText, "source", "missing", "缺少来源或来源过长")
	c.That(len(t.Label) <= maxText, "label", "long", "名称过长")
	return c.Err(ErrTie)
}

// counts reports whether the tie weighs on day under a rule that looks months back, 0 for ever. A tie that has not
// begun, or that never held, does not; one that ended exactly months ago still does.
func (t *Tie) counts(day clock.Date, months int) bool {
	switch {
	case day.Before(t.Since), !t.Until.IsZero() && t.Until.Before(t.Since):
		return false
	case months == 0 || t.Until.IsZero():
		return true
	}
	return !t.Until.Before(day.AddMonths(-months))
}

// RuleSelf is the rule that needs no policy: nobody has a duty toward themselves.
const RuleSelf = "self"

// Findings returns what forbids the role toward each candidate on the day: for every candidate at most one finding a
// rule, in the order of candidates and rules. The ties of a chain may each be followed either way and need not have
// held at the same time; that errs on the side of keeping people apart. It asks for no role: it is for other rooms.
func (j *Judge) Findings(ctx context.Context, staff engine.PersonID, role authz.Role, candidates []engine.PersonID, on clock.Date) ([]Finding, error) {
	w := &walk{ties: j.ties, day: on, known: map[Node][]*Tie{}}
	chains := make([]map[Node][]step, len(j.policy.Rules))
	for i, rule := range j.policy.Rules {
		if !slices.Contains(rule.Roles, role) {
			continue
		}
		var err error
		if chains[i], err = w.chains(ctx, rule, PersonNode(staff), nodes(candidates, staff)); err != nil {
			return nil, err
		}
	}
	now, words := j.clock.Now(), &wording{people: j.people, names: map[Node]string{}}
	var out []Finding
	for _, c := range candidates {
		if c == staff {
			out = append(out, Finding{Rule: RuleSelf, Role: role, Staff: staff, Candidate: c, At: now,
				Path: []string{dutyNames[role] + words.name(ctx, PersonNode(c), "")}, Text: "考生本人"})
		}
		for i, rule := range j.policy.Rules {
			if path, found := chains[i][PersonNode(c)]; found {
				out = append(out, Finding{Rule: rule.ID, Role: role, Staff: staff, Candidate: c, At: now,
					Path: words.path(ctx, role, path), Text: span(path) + rule.Text})
			}
		}
	}
	return out, words.err
}

func nodes(candidates []engine.PersonID, but engine.PersonID) map[Node]bool {
	out := make(map[Node]bool, len(candidates))
	for _, c := range candidates {
		if c != but {
			out[PersonNode(c)] = true
		}
	}
	return out
}

// Clear returns nil when nothing forbids the role toward any of the candidates, else a *Separated.
func (j *Judge) Clear(ctx context.Context, staff engine.PersonID, role authz.Role, candidates []engine.PersonID, on clock.Date) error {
	findings, err := j.Findings(ctx, staff, role, candidates, on)
	if err != nil {
		return err
	}
	if len(findings) > 0 {
		return &Separated{Findings: findings}
	}
	return nil
}
