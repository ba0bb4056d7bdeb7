package separation

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
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

// Record writes a tie down for by's body. It derives the ID; recording the same tie again is harmless while it holds, and
// returns what is stored. One that was ended or voided comes back when somebody claims it anew: as another tie, for an end is
// never put off. A record that the server derived it from (Origin), or that states it (Claim), is one claim for ever: what was
// ended of it stays ended, and is returned with its end. Persons must be registered: a tie to a misspelt one would forbid
// nothing. A body's tie may name anybody and any body, for it only ever forbids; its source says where to look it up. An
// authority decides in its own province: of the registered bodies that its tie names, one at least is there, ErrTieProvince
// otherwise; a tie between persons belongs to no province. Addresses and contact numbers are given as people write them, and
// not kept so.
func (j *Judge) Record(ctx context.Context, by authz.Principal, t Tie) (*Tie, error) {
	if err := by.Require(authz.TieRecord); err != nil {
		return nil, err
	}
	if !by.Has(authz.Engine) {
		t.Origin = ""
	}
	t = j.hidden(t.clean())
	if err := t.check(); err != nil {
		return nil, err
	}
	if err := j.named(ctx, t); err != nil {
		return nil, err
	}
	if err := j.inProvince(ctx, by, t); err != nil {
		return nil, err
	}
	t.At, t.By, t.Org, t.Province, t.Voided, t.Contested, t.Trail, t.Revision = j.clock.Now(), by.Account, by.Org, "", false, false, nil, 0
	if by.Org == "" {
		t.Province = by.Province
	}
	return j.claim(ctx, t)
}

// named returns nil when the persons of a tie are registered.
func (j *Judge) named(ctx context.Context, t Tie) error {
	for _, n := range []Node{t.From, t.To} {
		if id, ok := n.person(); ok {
			if _, err := j.people.Named(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// claim writes the tie under the first of its IDs that is free, unless one of those before says it already and holds, or is
// an ended one of the same claim.
func (j *Judge) claim(ctx context.Context, t Tie) (*Tie, error) {
	for times := 0; ; times++ {
		t.ID = t.derivedID(t.Org, times)
		if err := j.ties.RecordTie(ctx, &t); err != nil {
			return nil, err
		}
		switch stored, err := j.ties.Tie(ctx, t.ID); {
		case err != nil:
			return nil, err
		case !stored.lifted(t) || t.Origin != "" || t.Claim != "" && t.Claim == stored.Claim:
			return stored, nil
		}
	}
}

// lifted reports whether the tie was ended or voided since it was recorded as t says.
func (t *Tie) lifted(as Tie) bool { return t.Voided || t.Until != as.Until }

// Latest returns the last tie that Record wrote of what t says for by's body, ended or not, and writes nothing. There is none:
// ErrNoTie. It is for rooms that take back what they recorded.
func (j *Judge) Latest(ctx context.Context, by authz.Principal, t Tie) (last *Tie, err error) {
	t = j.hidden(t.clean())
	for times := 0; ; times++ {
		next, err := j.ties.Tie(ctx, t.derivedID(by.Org, times))
		if errors.Is(err, ErrNoTie) && last != nil {
			return last, nil
		}
		if err != nil {
			return nil, err
		}
		last = next
	}
}

// inProvince returns nil unless by is an authority and every registered body that the tie names is of another province.
func (j *Judge) inProvince(ctx context.Context, by authz.Principal, t Tie) error {
	if by.Org != "" || !by.IsAuthority() {
		return nil
	}
	elsewhere := false
	for _, n := range []Node{t.From, t.To} {
		if n.nodeType() != "org" {
			continue
		}
		switch body, err := j.people.Organisation(ctx, engine.OrgID(n.name())); {
		case errors.Is(err, engine.ErrOrg):
		case err != nil:
			return err
		case by.ActsIn(body.Province):
			return nil
		default:
			elsewhere = true
		}
	}
	if elsewhere {
		return ErrTieProvince
	}
	return nil
}

// derivedID says what is claimed and by which body, and of a derived tie from which record: two accounts of one person with a
// body are two ties, of which one may end. Two bodies, or two claims that differ in span or share, are two ties:
// conflicting declarations are all kept, and each holds. times is how often it was claimed before and lifted.
func (t Tie) derivedID(org string, times int) string {
	parts := []string{"tie", org, string(t.Kind), string(t.From), string(t.To), t.Since.String(), t.Until.String()}
	if t.Percent > 0 {
		parts = append(parts, strconv.Itoa(t.Percent))
	}
	if t.Origin != "" {
		parts = append(parts, "from", t.Origin)
	}
	if times > 0 {
		parts = append(parts, "again", strconv.Itoa(times))
	}
	return ids.Derive(parts...)
}

// End sets the last day of a tie, or brings it forward, to its first day at the earliest: that it never held is Void's to say,
// and not a wrong digit's. An end is never put off: what was ended and goes on is a new tie. It may allow a duty that the tie forbids, so those who assign
// duties do not decide on it: it is for the quality supervisor of the body that recorded the tie, and for the labour
// authority of its province, and never for somebody whom it ties: ErrTieOwn. Of another body's tie nobody learns that it
// exists: ErrNoTie.
func (j *Judge) End(ctx context.Context, by authz.Principal, id string, until clock.Date, reason string) (*Tie, error) {
	return j.lift(ctx, by, id, reason, "tie.ended", func(t *Tie) error {
		switch {
		case until.IsZero():
			return ErrTie.With("须写明终止日期")
		case t.Until == until:
			return engine.ErrUnchanged
		case until.Before(t.Since):
			return ErrTie.With("关系自 %s 开始，终止日期不能早于这一天；从未成立的，请勾选“登记有误，这一关系从未成立”", t.Since)
		case !t.Until.IsZero() && t.Until.Before(until):
			return ErrTie.With("已于 %s 终止，不能推后", t.Until)
		}
		t.Until = until
		return nil
	})
}

// Void says that a tie was recorded by mistake and never held, also one of which nobody wrote down when it began. It is for
// whom End is for.
func (j *Judge) Void(ctx context.Context, by authz.Principal, id, reason string) (*Tie, error) {
	return j.lift(ctx, by, id, reason, "tie.voided", func(t *Tie) error {
		if t.Voided {
			return engine.ErrUnchanged
		}
		t.Voided = true
		return nil
	})
}

// lift changes a tie so that it may forbid less than before.
func (j *Judge) lift(ctx context.Context, by authz.Principal, id, reason, action string, change func(*Tie) error) (*Tie, error) {
	if err := mayLift(by); err != nil {
		return nil, err
	}
	if reason = strings.TrimSpace(reason); reason == "" || len(reason) > maxText {
		return nil, ErrTie.With("须写明原因，不超过100个字")
	}
	selves, err := j.selves(ctx, by)
	if err != nil {
		return nil, err
	}
	now := j.clock.Now()
	return engine.Modify(ctx, func(ctx context.Context) (*Tie, error) { return j.theirs(ctx, by, id) }, j.ties.UpdateTie,
		func(t *Tie) error {
			if slices.ContainsFunc(selves, t.ties) {
				return ErrTieOwn
			}
			if err := change(t); err != nil {
				return err
			}
			t.Trail.AddBy(now, by, action, reason)
			return nil
		})
}

// mayLift returns nil for a supervisor or the labour authority who assigns no duties under the same account.
func mayLift(by authz.Principal) error {
	if err := by.Require(authz.TieRecord); err != nil {
		return err
	}
	if !by.Has(authz.Supervisor) && !by.Has(authz.Labour) || by.Can(authz.StaffAssign) {
		return authz.ErrForbidden.With("关系记录由质量督导员或人力资源和社会保障局终止，安排人员的人不能终止")
	}
	return nil
}

// selves are the persons that the acting human is, under each of their documents.
func (j *Judge) selves(ctx context.Context, by authz.Principal) ([]engine.PersonID, error) {
	if by.Person == "" {
		return nil, nil
	}
	twins, err := j.people.Twins(ctx, engine.PersonID(by.Person))
	return append(twins, engine.PersonID(by.Person)), err
}

// ties reports whether the person is an end of the tie.
func (t *Tie) ties(p engine.PersonID) bool {
	return p != "" && (t.From == PersonNode(p) || t.To == PersonNode(p))
}

// Contest notes that somebody says a tie does not hold, and what they say. The tie goes on to hold: whoever may end it
// reads both sides. What was found through it says that it is contested.
func (j *Judge) Contest(ctx context.Context, by authz.Principal, id, statement string) (*Tie, error) {
	if err := by.Require(authz.TieRecord); err != nil {
		return nil, err
	}
	if statement = strings.TrimSpace(statement); statement == "" || len(statement) > maxText {
		return nil, ErrTie.With("须写明异议内容，不超过100个字")
	}
	now := j.clock.Now()
	return engine.Modify(ctx, func(ctx context.Context) (*Tie, error) { return j.theirs(ctx, by, id) }, j.ties.UpdateTie,
		func(t *Tie) error {
			said := 0
			for _, e := range t.Trail {
				if e.Action != "tie.contested" {
					continue
				}
				if said++; e.By == by.Account && e.Note == statement {
					return engine.ErrUnchanged
				}
			}
			if said >= maxContests {
				return ErrTie.With("异议已有%d条，请联系质量督导员处理", maxContests)
			}
			t.Contested = true
			t.Trail.AddBy(now, by, "tie.contested", statement)
			return nil
		})
}

// theirs returns a tie to the body that recorded it, and to the authority of the province of that body, or of the
// authority that recorded it.
func (j *Judge) theirs(ctx context.Context, by authz.Principal, id string) (*Tie, error) {
	t, err := j.ties.Tie(ctx, id)
	if err != nil || by.Org != "" && by.Org == t.Org {
		return t, err
	}
	if !by.ActsFor(t.Org) {
		return nil, ErrNoTie
	}
	province := t.Province
	if t.Org != "" {
		body, err := j.people.Organisation(ctx, engine.OrgID(t.Org))
		if errors.Is(err, engine.ErrOrg) {
			return nil, ErrNoTie
		}
		if err != nil {
			return nil, err
		}
		province = body.Province
	}
	if !by.ActsIn(province) {
		return nil, ErrNoTie
	}
	return t, nil
}

// TiesOf lists the ties of a node that were recorded for a body that by acts for, ended ones too: kind by kind, those that
// begin at the node before those that end there. A page may hold fewer than were asked for, the cursor goes on all the same.
func (j *Judge) TiesOf(ctx context.Context, by authz.Principal, n Node, c engine.Cursor) ([]*Tie, string, error) {
	if err := by.Require(authz.TieRead); err != nil {
		return nil, "", err
	}
	n = j.hiddenNode(n)
	lists := n.lists()
	at, after := 0, ""
	if c.After != "" {
		place, rest, _ := strings.Cut(c.After, " ")
		var err error
		if at, err = strconv.Atoi(place); err != nil || at < 0 || at >= len(lists) {
			return nil, "", ErrTie.With("续页标记不正确")
		}
		after = rest
	}
	var all []*Tie
	for left := c.Rows(); at < len(lists); at++ {
		rows, next, err := lists[at].read(ctx, j.ties, n, engine.Cursor{After: after, Limit: left})
		if err != nil {
			return nil, "", err
		}
		left -= len(rows)
		all = append(all, slices.DeleteFunc(rows, func(t *Tie) bool { return !by.ActsFor(t.Org) })...)
		if after = next; next != "" || left == 0 && at+1 < len(lists) {
			return all, place(at, next), nil
		}
	}
	return all, "", nil
}

// place is where a listing goes on: in the list at, or at the beginning of the one behind it.
func place(at int, next string) string {
	if next == "" {
		at++
	}
	return strconv.Itoa(at) + " " + next
}

// list is one of the lists that a node's ties stand in.
type list struct {
	kind Kind
	to   bool // that end at the node
}

func (l list) read(ctx context.Context, ties Ties, n Node, c engine.Cursor) ([]*Tie, string, error) {
	if l.to {
		return ties.TiesTo(ctx, n, l.kind, c)
	}
	return ties.TiesFrom(ctx, n, l.kind, c)
}

// lists are those in which ties of the node may stand, in the order of kinds.
func (n Node) lists() (all []list) {
	for _, k := range slices.Sorted(maps.Keys(ends)) {
		all = append(all, n.listsOf(k)...)
	}
	return all
}

// listsOf are those of one kind: a tie of most kinds begins and ends at nodes of different types.
func (n Node) listsOf(k Kind) (all []list) {
	for i, to := range []bool{false, true} {
		if slices.Contains(ends[k][i], n.nodeType()) {
			all = append(all, list{k, to})
		}
	}
	return all
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
	Kin: {{"person"}, {"person"}}, Mentors: {{"person"}, {"person"}}, Declared: {{"person"}, {"person"}},
	Owns: {{"person", "org"}, {"org"}}, Represents: {{"person"}, {"org"}}, Merged: {{"org"}, {"org"}},
	Located: {{"person", "org"}, {"address"}}, Reached: {{"person", "org"}, {"contact"}},
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

const (
	maxText     = 300 // bytes of a node, a label, a source, a reason or a statement
	maxContests = 20  // statements against one tie
)

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
	c.That(len(t.Origin) <= maxText, "origin", "long", "来源编号过长")
	c.That(len(t.Label) <= maxText, "label", "long", "名称过长")
	c.That(t.Percent >= 0 && t.Percent <= 100, "percent", "range", "出资比例应在1至100之间，不知道的留空")
	c.That(t.Percent == 0 || t.Kind == Owns, "percent", "kind", "只有出资关系有比例")
	return c.Err(ErrTie)
}

// counts reports whether the tie weighs on day under a rule that looks months back, 0 for ever. A tie that has not
// begun, or that never held, does not; one that ended exactly months ago still does.
func (t *Tie) counts(day clock.Date, months int) bool {
	switch {
	case day.Before(t.Since), t.Never():
		return false
	case months == 0 || t.Until.IsZero():
		return true
	}
	return !t.Until.Before(day.AddMonths(-months))
}
