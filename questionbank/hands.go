package questionbank

import (
	"context"

	"github.com/skillcert/skillcert/engine"
)

// Act is what somebody did for an item, or a practical task, by which they know it.
type Act string

// The acts.
const (
	ActAuthor  Act = engine.PaperAuthor    // wrote the version, or one before it
	ActReview  Act = engine.PaperReviewer  // passed it
	ActConsent Act = engine.PaperConsenter // consented to a supplement for an authority of the province
)

// Hand says that somebody had a hand in an item or a task.
type Hand struct {
	Act  Act
	Code string
}

// Hands returns who had a hand in the items of a level that a release holds, each with what they did in the order of
// codes. It asks for no role: it is for the rooms that keep those people from the sitting. The map is shared, nobody
// changes it. Of items that were admitted before reviewers were noted with the admission, and edited since, the reviewer
// is not known any more.
func (b *Bank) Hands(ctx context.Context, release string, l engine.Level) (map[engine.PersonID][]Hand, error) {
	s, err := b.Snapshot(ctx, release)
	if err != nil {
		return nil, err
	}
	return s.hands[l], nil
}

// TaskHands returns who had a hand in the practical tasks of a level, each with what they did in the order of codes. Tasks are
// drawn from what the bank holds and not from a release, so it is asked anew each time. It asks for no role: it is for the
// rooms that keep those people from the sitting. Of tasks from before makers were noted nobody is known.
func (b *Bank) TaskHands(ctx context.Context, l engine.Level) (map[engine.PersonID][]Hand, error) {
	all, err := b.Tasks(ctx, l)
	hands := map[engine.PersonID][]Hand{}
	for _, t := range all {
		t.hands(func(p engine.PersonID, a Act) { hands[p] = append(hands[p], Hand{a, t.Code}) })
	}
	return hands, err
}

// hands are those in one version of the item, each once.
func (i *Item) hands(version int, see func(engine.PersonID, Act)) {
	type hand struct {
		person engine.PersonID
		act    Act
	}
	seen := map[hand]bool{}
	add := func(p engine.PersonID, a Act) {
		if h := (hand{p, a}); p != "" && !seen[h] {
			seen[h] = true
			see(p, a)
		}
	}
	for _, v := range i.Versions[:version] {
		add(v.Author, ActAuthor)
	}
	for _, a := range i.Admissions {
		if a.Version <= version {
			add(a.Reviewer, ActReview)
			for _, p := range a.Consenters {
				add(p, ActConsent)
			}
		}
	}
	if version == len(i.Versions) {
		add(i.Reviewer, ActReview)
		for _, c := range i.Consents {
			add(c.By, ActConsent)
		}
	}
}

// note takes down who had a hand in an item that the snapshot holds.
func (s *Snapshot) note(i *Item, v ItemVersion) {
	if s.hands == nil {
		s.hands = map[engine.Level]map[engine.PersonID][]Hand{}
	}
	of := s.hands[v.Level]
	if of == nil {
		of = map[engine.PersonID][]Hand{}
		s.hands[v.Level] = of
	}
	i.hands(v.Version, func(p engine.PersonID, a Act) { of[p] = append(of[p], Hand{a, i.Code}) })
}
