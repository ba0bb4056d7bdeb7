package engine

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Correct returns the seal (成绩更正封存) that puts score in the place of what s says of its candidate. s stays as it is; the
// new one names it by its digest and needs a quality supervisor as well.
func (s *Seal) Correct(score SealedScore, reason, matter string, leader PersonID, now time.Time) (*Seal, error) {
	if err := s.Complete(); err != nil {
		return nil, err
	}
	scores := slices.Clone(s.Scores)
	at := slices.IndexFunc(scores, func(o SealedScore) bool { return o.Candidate == score.Candidate })
	if at < 0 {
		return nil, ErrNoSeal
	}
	scores[at] = score
	n := NewSeal(s.Session, s.Component, scores, leader, now)
	n.No, n.Replaces, n.Reason, n.Matter = s.No+1, s.Digest, reason, matter
	n.Digest = n.digest()
	return n, nil
}

// Amend puts another score into a correction that no supervisor has signed yet.
func (s *Seal) Amend(score SealedScore, reason string, leader PersonID, now time.Time) error {
	at := slices.IndexFunc(s.Scores, func(o SealedScore) bool { return o.Candidate == score.Candidate })
	switch {
	case s.No == 0, s.Witness != "":
		return ErrSealed
	case at < 0:
		return ErrNoSeal
	case s.Scores[at] == score && s.Reason == reason && s.Leader == leader:
		return ErrUnchanged
	}
	s.Scores[at], s.Reason, s.Leader, s.SealedAt = score, reason, leader, now
	s.Digest = s.digest()
	return nil
}

// SealHistory reads the seals of a component, the first one and its corrections, oldest first. The last may still lack
// its second signature. ErrNoSeal when there is none.
func SealHistory(ctx context.Context, seals Seals, session string, c Component) ([]*Seal, error) {
	s, err := seals.Seal(ctx, session, c)
	if err != nil {
		return nil, err
	}
	all := []*Seal{s}
	for {
		s, err = seals.Correction(ctx, session, c, len(all))
		if errors.Is(err, ErrNoSeal) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
}

// CurrentSeal is the seal that counts: the last correction that both persons have signed, or else the first seal, signed or
// not. A chain whose links do not name each other is ErrSealBroken.
func CurrentSeal(ctx context.Context, seals Seals, session string, c Component) (*Seal, error) {
	all, err := SealHistory(ctx, seals, session, c)
	if err != nil {
		return nil, err
	}
	current := all[0]
	for _, s := range all[1:] {
		if s.Replaces != current.Digest {
			return nil, ErrSealBroken
		}
		switch err := s.Complete(); {
		case errors.Is(err, ErrNotSealed):
			return current, nil
		case err != nil:
			return nil, err
		}
		current = s
	}
	return current, nil
}
