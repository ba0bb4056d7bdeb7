package sitting

import (
	"context"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/questionbank"
)

// Makers knows who had a hand in the items of a release and in the practical tasks of a level; questionbank.Bank does.
type Makers interface {
	Hands(ctx context.Context, release string, l engine.Level) (map[engine.PersonID][]questionbank.Hand, error)
	TaskHands(ctx context.Context, l engine.Level) (map[engine.PersonID][]questionbank.Hand, error)
}

// Papers knows which items the drawn forms of a session hold.
type Papers interface {
	// Asked are the codes of the items in the session's forms; nil while there are none.
	Asked(ctx context.Context, id SessionID) (map[string]bool, error)
}

// Tasks knows which practical tasks the candidates of a session may be given, or were.
type Tasks interface {
	// Pool are the codes of the tasks: nil while no draw is committed, what it draws from until the last turn is over, what
	// was given to candidates from then on. Told says that it is the last.
	Pool(ctx context.Context, n *Session) (codes map[string]bool, told bool, err error)
}

// authors are those whom the policy's paper rules keep from the session, for its items and for its practical tasks. Until no
// paper can be sat and no task be given any more they are judged by what may be drawn, drawn or not, so that nobody learns
// from a duty that is given or refused what is asked; from then on by what was.
func (s *Sittings) authors(ctx context.Context, n *Session, subjects []separation.Subject, candidates []engine.PersonID) ([]separation.Finding, error) {
	if s.ports.Makers == nil || len(s.policy.Ties.Papers) == 0 {
		return nil, nil
	}
	var all []separation.Finding
	known := func(p separation.Paper) bool { return p.Known(subjects, candidates) }
	for _, paper := range []func(context.Context, *Session, func(separation.Paper) bool) (*separation.Paper, error){s.formPaper, s.taskPaper} {
		p, err := paper(ctx, n, known)
		if err != nil {
			return nil, err
		}
		if p == nil {
			continue
		}
		found, err := s.judge.Authors(ctx, *p, subjects, candidates)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// formPaper is what the theory forms are, or will be, taken from; nil when nobody who is asked about had a hand in it.
func (s *Sittings) formPaper(ctx context.Context, n *Session, known func(separation.Paper) bool) (*separation.Paper, error) {
	if n.Release == "" {
		return nil, nil
	}
	hands, err := s.ports.Makers.Hands(ctx, n.Release, n.Level)
	if err != nil {
		return nil, err
	}
	p, err := s.paperOf(ctx, fmt.Sprintf("题库版本 %s（%s）", n.Release, n.Level), hands, known)
	if err != nil || p == nil {
		return nil, err
	}
	if s.ports.Papers != nil && !s.clock.Now().Before(s.ReopenUntil(n)) {
		if p.Asked, err = s.ports.Papers.Asked(ctx, n.ID); p.Asked != nil {
			p.Name = "本场次试卷"
		}
	}
	return p, err
}

// paperOf is a paper with who made it, under whichever document; nil when nobody who is asked about is known by it.
func (s *Sittings) paperOf(ctx context.Context, name string, hands map[engine.PersonID][]questionbank.Hand, known func(separation.Paper) bool) (*separation.Paper, error) {
	p, err := s.judge.Same(ctx, separation.Paper{Name: name, Hands: hands})
	if err != nil || !known(p) {
		return nil, err
	}
	return &p, nil
}

// taskPaper is the same of the practical tasks.
func (s *Sittings) taskPaper(ctx context.Context, n *Session, known func(separation.Paper) bool) (*separation.Paper, error) {
	hands, err := s.ports.Makers.TaskHands(ctx, n.Level)
	if err != nil {
		return nil, err
	}
	p, err := s.paperOf(ctx, fmt.Sprintf("操作技能试题（%s）", n.Level), hands, known)
	if err != nil || p == nil || s.ports.Tasks == nil {
		return p, err
	}
	codes, told, err := s.ports.Tasks.Pool(ctx, n)
	switch {
	case told:
		p.Name, p.Asked = "本场次操作技能试题", codes
	case codes != nil:
		p.Hands = within(hands, codes)
	}
	return p, err
}

// within are the hands in what has one of the codes.
func within(hands map[engine.PersonID][]questionbank.Hand, codes map[string]bool) map[engine.PersonID][]questionbank.Hand {
	kept := map[engine.PersonID][]questionbank.Hand{}
	for p, all := range hands {
		for _, h := range all {
			if codes[h.Code] {
				kept[p] = append(kept[p], h)
			}
		}
	}
	return kept
}

// kept is what keeps subjects in the session from candidates, or, for the paper they had a hand in, from all, but for what was
// waived. Whether candidates themselves had a hand in it is not asked.
func (s *Sittings) kept(ctx context.Context, n *Session, subjects []separation.Subject, candidates []engine.PersonID) ([]separation.Finding, error) {
	found, err := s.findings(ctx, n, subjects, candidates)
	if err != nil {
		return nil, err
	}
	return s.alsoAuthors(ctx, n, subjects, found)
}

func (s *Sittings) alsoAuthors(ctx context.Context, n *Session, subjects []separation.Subject, found []separation.Finding) ([]separation.Finding, error) {
	made, err := s.authors(ctx, n, subjects, nil)
	return n.unwaived(append(found, made...)), err
}
