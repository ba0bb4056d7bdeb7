package separation

import (
	"context"
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/people"
)

// wording writes chains in words. It keeps the first failure in err and goes on.
type wording struct {
	people *people.Registry
	names  map[Node]string
	err    error
}

// wordSame is how a path passes from one document of somebody to another.
const wordSame = "与本人同一人（另一证件）"

// path is a chain for people: 考评员甘棠, 任教, 护理2603班, 学员钟离雪. Where it passes from one document of somebody to another it
// says so; without a tie it leads from the subject to the same human.
func (w *wording) path(ctx context.Context, f *folding, sub Subject, chain []step, goal Node) []string {
	title := dutyNames[sub.Role]
	if sub.Body != "" {
		title = "评价机构"
	}
	out, at, before := []string{title + w.name(ctx, sub.node(), "")}, sub.node(), sub.node()
	same := func(to Node) {
		for _, n := range f.way(at, to) {
			out = append(out, wordSame, w.name(ctx, n, ""))
		}
	}
	for _, s := range chain {
		start, end := s.ends()
		same(start)
		read := readings[s.tie.Kind][0]
		if s.back {
			read = readings[s.tie.Kind][1]
		}
		name := w.name(ctx, end, s.tie.labelOf(end))
		switch {
		case end.nodeType() == "address": // said with the step behind it
		case start.nodeType() == "address":
			out = append(out, wordAddress(before, end), name)
		case read.title:
			out = append(out, read.word+name)
		default:
			out = append(out, s.tie.said(read.word), name)
		}
		before, at = at, end
	}
	same(goal)
	return out
}

// wordAddress is how a path says that two have one address, without saying which.
func wordAddress(one, other Node) string {
	_, lives := one.person()
	if _, too := other.person(); lives && too {
		return "同一住址"
	}
	return "同一地址"
}

// said is the word with the share that is owned, where somebody wrote one down.
func (t *Tie) said(word string) string {
	if t.Percent > 0 {
		return fmt.Sprintf("%s%d%%", word, t.Percent)
	}
	return word
}

// labelOf is the label where it is that of the node: a tie between two bodies has but one, that of the one it leads to.
func (t *Tie) labelOf(n Node) string {
	if t.From.nodeType() == t.To.nodeType() && n != t.To {
		return ""
	}
	return t.Label
}

// name is how people call a node: a person by name, a class or body by the label of the tie, a registered body by
// its name otherwise, and failing all of them what the node itself says.
func (w *wording) name(ctx context.Context, n Node, label string) string {
	id, person := n.person()
	if !person && label != "" {
		return label
	}
	if name, known := w.names[n]; known {
		return name
	}
	name := n.name()
	var err error
	switch {
	case person:
		var p *engine.Person
		if p, err = w.people.Named(ctx, id); err == nil {
			name = p.Name
		}
	case n.nodeType() == "org":
		var o *engine.Organisation
		if o, err = w.people.Organisation(ctx, engine.OrgID(name)); err == nil {
			name = o.Name
		}
	}
	if err != nil && !isAbsent(err) {
		w.err = errors.Join(w.err, err)
	}
	w.names[n] = name
	return name
}

// isAbsent reports whether somebody or a body is not registered.
func isAbsent(err error) bool {
	return errors.Is(err, engine.ErrPerson) || errors.Is(err, engine.ErrOrg)
}

// reading is how a tie is said from one end; a title stands right before the name at the other end.
type reading struct {
	word  string
	title bool
}

// readings of each kind, from From to To and back.
var readings = map[Kind][2]reading{
	Teaches:  {{"任教", false}, {"任课教师", true}},
	Attends:  {{"参加培训", false}, {"学员", true}},
	Trains:   {{"开办", false}, {"开办单位", true}},
	Employs:  {{"聘用", false}, {"受聘于", false}},
	Kin:      {{"近亲属", true}, {"近亲属", true}},
	Declared: {{"申报回避", false}, {"申报回避", false}},
	Mentors:  {{"徒弟", true}, {"师傅", true}},
	Owns:     {{"出资", false}, {"出资方", false}},

	Represents: {{"任法定代表人", false}, {"法定代表人", true}},
	Merged:     {{"并入", false}, {"并入的机构", true}},
	Located:    {{"登记地址", false}, {"同一地址的", true}},
	Reached:    {{"联系电话", false}, {"同一电话的", true}},
}

var dutyNames = map[authz.Role]string{authz.Examiner: "考评员", authz.Leader: "考评组长", authz.Marker: "阅卷负责人",
	authz.Invigilator: "监考员", authz.Supervisor: "质量督导员", authz.Candidate: "考生"}

// span says when the tie next to the candidate held, with a comma, or nothing when nobody wrote it down.
func span(chain []step) string {
	t := chain[len(chain)-1].tie
	switch {
	case t.Since.IsZero() && t.Until.IsZero():
		return ""
	case t.Until.IsZero():
		return month(t.Since) + " 起，"
	case t.Since.IsZero():
		return month(t.Until) + " 止，"
	}
	return month(t.Since) + " 至 " + month(t.Until) + "，"
}

func month(d clock.Date) string { return d.String()[:len("2006-01")] }
