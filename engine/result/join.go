package result

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Join writes one result for every ticket of the session, and then its publication. Both seals must be complete and
// name the same candidates as the seats do. A join that was cut off goes on where it stopped; one that is complete
// answers with its publication.
func (b *Board) Join(ctx context.Context, by authz.Principal, id sitting.SessionID) (*Publication, error) {
	if err := by.Require(authz.ResultJoin); err != nil {
		return nil, err
	}
	session, err := b.ownSession(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if p, err := b.ports.Publications.Publication(ctx, id); !errors.Is(err, ErrPublication) {
		return p, err
	}
	results, err := b.judge(ctx, session)
	if err != nil {
		return nil, err
	}
	for _, r := range results {
		if err := b.record(ctx, r); err != nil {
			return nil, err
		}
	}
	if err := b.ruledMeanwhile(ctx, by, id); err != nil {
		return nil, err
	}
	if err := b.fellMeanwhile(ctx, by, results); err != nil {
		return nil, err
	}
	p := &Publication{Session: id, Name: session.Name, Level: session.Level, Stage: Joined, Count: len(results)}
	p.Trail.Add(b.clock.Now(), by.Account, "result.joined", fmt.Sprintf("%d results", len(results)))
	if err := b.ports.Publications.CreatePublication(ctx, p); errors.Is(err, ErrPublished) {
		return b.ports.Publications.Publication(ctx, id) // somebody else joined at the same time
	} else if err != nil {
		return nil, err
	}
	return p, nil
}

// record writes a result once. One that is there must follow from the same seals.
func (b *Board) record(ctx context.Context, r *Result) error {
	err := b.ports.Results.CreateResult(ctx, r)
	if !errors.Is(err, ErrResultExists) {
		return err
	}
	old, err := b.ports.Results.Result(ctx, r.ID)
	if err == nil && (old.TheoryDigest != r.TheoryDigest || old.PracticalDigest != r.PracticalDigest) {
		return ErrResultExists.With("准考证号%s，依据的封存记录不同", r.Ticket)
	}
	return err
}

// judge holds every seat's two sealed scores against their own pass marks.
func (b *Board) judge(ctx context.Context, s *sitting.Session) ([]*Result, error) {
	src, err := b.sources(ctx, s)
	if err != nil {
		return nil, err
	}
	seats := src.seats
	if err := agree(seats, src.theory, src.practical); err != nil {
		return nil, err
	}
	now, results := b.clock.Now(), make([]*Result, len(seats))
	for i, seat := range seats {
		j, err := b.judged(ctx, src, seat, now)
		if err != nil {
			return nil, err
		}
		results[i] = &Result{ID: Of(seat.Ticket), Session: s.ID, Candidate: seat.Candidate, Ticket: seat.Ticket, Level: s.Level}
		results[i].set(j)
	}
	return results, nil
}

// sealed is a complete seal, by candidate.
type sealed struct {
	scores map[engine.PersonID]engine.SealedScore
	digest string
}

// complete returns the component's scores when both persons have signed the seal.
func (b *Board) complete(ctx context.Context, id sitting.SessionID, c engine.Component) (sealed, error) {
	s, err := engine.CurrentSeal(ctx, b.ports.Seals, string(id), c)
	if errors.Is(err, engine.ErrNoSeal) {
		return sealed{}, engine.ErrNotSealed.With("%s", c)
	}
	if err != nil {
		return sealed{}, err
	}
	if err := s.Complete(); errors.Is(err, engine.ErrNotSealed) {
		return sealed{}, engine.ErrNotSealed.With("%s，缺少质量督导员签署", c)
	} else if err != nil {
		return sealed{}, err
	}
	scores := make(map[engine.PersonID]engine.SealedScore, len(s.Scores))
	for _, score := range s.Scores {
		scores[score.Candidate] = score
	}
	return sealed{scores, s.Digest}, nil
}

// agree returns ErrMismatch naming whoever takes a component and is not in its seal, does not take it and is, or is in a
// seal without a seat.
func agree(seats []*sitting.Seat, theory, practical sealed) error {
	seated := map[engine.PersonID]bool{}
	var missing, more [2][]string
	var noSeat []string
	components, seals := []engine.Component{engine.Theory, engine.Practical}, []sealed{theory, practical}
	for _, seat := range seats {
		seated[seat.Candidate] = true
		for i, c := range components {
			switch score, in := seals[i].scores[seat.Candidate]; {
			case seat.Takes(c) && !in:
				missing[i] = append(missing[i], string(seat.Ticket))
			case !seat.Takes(c) && in && score.Standing != engine.Absent: // as which they were sealed before there was Taking
				more[i] = append(more[i], string(seat.Ticket))
			}
		}
	}
	for _, s := range seals {
		for c := range s.scores {
			if !seated[c] {
				noSeat = append(noSeat, string(c))
			}
		}
	}
	slices.Sort(noSeat)
	var parts []string
	for _, d := range []struct {
		what string
		who  []string
	}{{"理论知识封存名单中没有准考证号", missing[0]}, {"操作技能封存名单中没有准考证号", missing[1]}, {"没有座位的考生", slices.Compact(noSeat)},
		{"不考理论知识却有成绩的准考证号", more[0]}, {"不考操作技能却有成绩的准考证号", more[1]}} {
		if len(d.who) > 0 {
			parts = append(parts, d.what+named(d.who))
		}
	}
	if len(parts) > 0 {
		return ErrMismatch.With("%s", strings.Join(parts, "；"))
	}
	return nil
}

// named lists the first few of many.
func named(who []string) string {
	const most = 5
	if len(who) <= most {
		return strings.Join(who, "、")
	}
	return fmt.Sprintf("%s等%d个", strings.Join(who[:most], "、"), len(who))
}
