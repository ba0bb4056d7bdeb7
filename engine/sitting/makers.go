package sitting

import (
	"context"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/questionbank"
)

// Makers knows who had a hand in the items of a release; questionbank.Bank does.
type Makers interface {
	Hands(ctx context.Context, release string, l engine.Level) (map[engine.PersonID][]questionbank.Hand, error)
}

// Papers knows which items the drawn forms of a session hold.
type Papers interface {
	// Asked are the codes of the items in the session's forms; nil while there are none.
	Asked(ctx context.Context, id SessionID) (map[string]bool, error)
}

// authors are those whom the policy's paper rules keep from the session. Until no paper can be sat any more they are
// judged by the release, drawn or not, so that nobody learns from a duty that is given or refused which items are asked; from
// then on by the forms.
func (s *Sittings) authors(ctx context.Context, n *Session, subjects []separation.Subject, candidates []engine.PersonID) ([]separation.Finding, error) {
	if s.ports.Makers == nil || n.Release == "" || len(s.policy.Ties.Papers) == 0 {
		return nil, nil
	}
	hands, err := s.ports.Makers.Hands(ctx, n.Release, n.Level)
	if err != nil {
		return nil, err
	}
	p, err := s.judge.Same(ctx, separation.Paper{Name: fmt.Sprintf("题库版本 %s（%s）", n.Release, n.Level), Hands: hands})
	if err != nil {
		return nil, err
	}
	if !p.Known(subjects, candidates) {
		return nil, nil
	}
	if s.ports.Papers != nil && !s.clock.Now().Before(s.ReopenUntil(n)) {
		if p.Asked, err = s.ports.Papers.Asked(ctx, n.ID); err != nil {
			return nil, err
		}
		if p.Asked != nil {
			p.Name = "本场次试卷"
		}
	}
	return s.judge.Authors(ctx, p, subjects, candidates)
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
