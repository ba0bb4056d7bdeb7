package result

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

// sources is everything that the results of one session are judged from.
type sources struct {
	session           *sitting.Session
	seats             []*sitting.Seat
	marks             engine.LevelPolicy
	theory, practical sealed
	cases             map[sitting.Ticket][]*Case
	excluded          []sitting.Exclusion
}

func (b *Board) sources(ctx context.Context, s *sitting.Session) (*sources, error) {
	seats, err := b.sittings.SeatsOf(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	src := &sources{session: s, seats: seats, cases: map[sitting.Ticket][]*Case{}}
	for _, of := range []struct { // theory first: of two seals that are missing everybody is told of the same
		component engine.Component
		to        *sealed
	}{{engine.Theory, &src.theory}, {engine.Practical, &src.practical}} {
		if len(seats) > 0 && !slices.ContainsFunc(seats, func(t *sitting.Seat) bool { return t.Takes(of.component) }) {
			continue // nobody takes it, nobody sealed it
		}
		if *of.to, err = b.complete(ctx, s.ID, of.component); err != nil {
			return nil, err
		}
	}
	var ok bool
	if src.marks, ok = b.policy.Levels[s.Level]; !ok {
		return nil, engine.ErrPolicy.With("缺少%s的合格线", s.Level)
	}
	cases, err := b.casesOf(ctx, s.ID)
	for _, k := range cases {
		src.cases[k.Ticket] = append(src.cases[k.Ticket], k)
	}
	if err != nil {
		return nil, err
	}
	src.excluded, err = b.sittings.Exclusions(ctx, s.ID)
	return src, err
}

// judged is what both components of a seat come to.
func (b *Board) judged(ctx context.Context, src *sources, seat *sitting.Seat, now time.Time) (j Judged, err error) {
	j = Judged{TheoryDigest: src.theory.digest, PracticalDigest: src.practical.digest, At: now,
		Theory:    src.component(seat, engine.Theory, src.theory, src.marks.TheoryPass),
		Practical: src.component(seat, engine.Practical, src.practical, src.marks.PracticalPass)}
	for _, o := range []struct {
		component engine.Component
		at        *Component
		digest    *string
	}{{engine.Theory, &j.Theory, &j.TheoryDigest}, {engine.Practical, &j.Practical, &j.PracticalDigest}} {
		if seat.Takes(o.component) {
			continue
		}
		if err := b.fromEarlier(ctx, src.session, seat, o.at, o.digest); err != nil {
			return j, err
		}
	}
	return j, nil
}

// fromEarlier puts the pass that is kept in the place of the component that the seat does not take; where none stands any
// more on the day of the other component, the component says since when and why. The day is that of the sitting: a pass
// that runs out while results are being joined has served.
func (b *Board) fromEarlier(ctx context.Context, s *sitting.Session, seat *sitting.Seat, at *Component, digest *string) error {
	past, err := b.past(ctx, seat.Candidate, s.ID)
	if err != nil {
		return err
	}
	on := keeping{day: s.DayOf(seat.Only, b.policy.Location()), session: s}
	all, err := b.kept(ctx, past, otherThan(seat.Only), on)
	all = slices.DeleteFunc(all, func(k Kept) bool { return k.Level != s.Level })
	if err != nil || len(all) == 0 {
		return err
	}
	if i := slices.IndexFunc(all, func(k Kept) bool { return k.Lapse == "" }); i >= 0 {
		*at, *digest = all[i].Score, all[i].Digest
		return nil
	}
	at.Lapse, at.Until, at.Origin = all[0].Lapse, all[0].Until, all[0].Score.Origin
	return nil
}

// component is what the seal says of a seat's component, and after it the rulings. One that the seat does not take is due, and
// so is one that was voided in the room for what was not found afterwards. Voided without a ruling (Case is empty) is no fail:
// such a result awaits one.
func (src *sources) component(seat *sitting.Seat, c engine.Component, s sealed, pass engine.Points) Component {
	if !seat.Takes(c) {
		return Component{Standing: engine.Due, PassMark: pass}
	}
	score, cases := s.scores[seat.Candidate], src.cases[seat.Ticket]
	if i := slices.IndexFunc(cases, func(k *Case) bool { return k.Voids(c) }); i >= 0 {
		return Component{Standing: engine.Voided, PassMark: pass, Case: cases[i].ID}
	}
	if score.Standing == engine.Voided && cleared(cases, c, lastWord(src.excluded, seat.Ticket, c)) {
		return Component{Standing: engine.Due, PassMark: pass}
	}
	return Component{Standing: score.Standing, Points: score.Points, PassMark: pass}
}

// rejoin joins one result anew, from the seals and rulings as they are now, and after it those that stand on a pass of it.
func (b *Board) rejoin(ctx context.Context, by authz.Principal, t sitting.Ticket, cause string) error {
	if err := b.rejoinOne(ctx, by, t, cause); err != nil {
		return err
	}
	return b.rejoinLater(ctx, by, Of(t), cause)
}

// rejoinOne joins one result anew. A result that is not there yet is left to Join. Doing it again changes nothing.
func (b *Board) rejoinOne(ctx context.Context, by authz.Principal, t sitting.Ticket, cause string) error {
	var j Judged
	_, err := engine.Modify(ctx, func(ctx context.Context) (*Result, error) {
		r, err := b.ports.Results.Result(ctx, Of(t)) // first: what is read after it is as new, or the write is refused
		if err != nil {
			return nil, err
		}
		j, err = b.judgeAgain(ctx, r)
		return r, err
	}, b.ports.Results.UpdateResult, func(r *Result) error { return r.turn(j, by.Account, cause) })
	if errors.Is(err, ErrResult) {
		return nil
	}
	return err
}

// judgeAgain judges the result as Join would today. A pass that was kept for it stays the one that it was, as long as it is one.
func (b *Board) judgeAgain(ctx context.Context, r *Result) (Judged, error) {
	s, err := b.sittings.Get(ctx, r.Session)
	if err != nil {
		return Judged{}, err
	}
	src, err := b.sources(ctx, s)
	if err != nil {
		return Judged{}, err
	}
	seat, err := b.sittings.SeatOf(ctx, r.Ticket)
	if err != nil {
		return Judged{}, err
	}
	j, err := b.judged(ctx, src, seat, b.clock.Now())
	if err != nil {
		return j, err
	}
	theory, err := b.stands(ctx, r.Theory, engine.Theory)
	if err != nil {
		return j, err
	}
	practical, err := b.stands(ctx, r.Practical, engine.Practical)
	if theory {
		j.Theory, j.TheoryDigest = r.Theory, r.TheoryDigest
	}
	if practical {
		j.Practical, j.PracticalDigest = r.Practical, r.PracticalDigest
	}
	return j, err
}

// ruledMeanwhile applies what was ruled while the join was under way: a ruling finds no result before, and the join had
// read the rulings already.
func (b *Board) ruledMeanwhile(ctx context.Context, by authz.Principal, id sitting.SessionID) error {
	cases, err := b.casesOf(ctx, id)
	if err != nil {
		return err
	}
	for _, k := range cases {
		if k.ruling() == nil {
			continue
		}
		if err := b.rejoin(ctx, by, k.Ticket, string(k.ID)); err != nil {
			return err
		}
	}
	return nil
}

// await fills in what results of one session wait for.
func (b *Passes) await(ctx context.Context, id sitting.SessionID, results []*Result) error {
	checks, err := b.checksOf(ctx, id)
	if err != nil {
		return err
	}
	cases, err := b.casesOf(ctx, id)
	if err != nil {
		return err
	}
	fillAwaits(results, checks, cases)
	for _, r := range results {
		if err := b.awaitOrigins(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// awaitOne fills in what one result waits for, without reading what others of the session wait for.
func (b *Passes) awaitOne(ctx context.Context, r *Result) error {
	if err := b.awaitOwn(ctx, r); err != nil {
		return err
	}
	return b.awaitOrigins(ctx, r)
}

// awaitOwn fills in what one result waits for in its own session.
func (b *Passes) awaitOwn(ctx context.Context, r *Result) error {
	var checks []*ScoreCheck
	for _, c := range []engine.Component{engine.Practical, engine.Theory} {
		k, err := b.ports.Checks.Check(ctx, CheckOf(r.Ticket, c))
		switch {
		case err == nil:
			checks = append(checks, k)
		case !errors.Is(err, ErrCheck):
			return err
		}
	}
	cases, err := b.casesAt(ctx, r.Candidate, r.Ticket)
	if err != nil {
		return err
	}
	fillAwaits([]*Result{r}, checks, cases)
	return nil
}

// fillAwaits says of results what they wait for, of checks and cases that are theirs or others'.
func fillAwaits(results []*Result, checks []*ScoreCheck, cases []*Case) {
	of, seats := map[sitting.Ticket]*Result{}, map[sitting.Ticket][]*Case{}
	for _, k := range cases {
		seats[k.Ticket] = append(seats[k.Ticket], k)
	}
	for _, r := range results {
		r.Awaits = r.awaitsComponent()
		of[r.Ticket] = r
	}
	for _, k := range checks {
		if r := of[k.Ticket]; r != nil && k.Open() {
			r.Awaits = append(r.Awaits, Await{Kind: AwaitsCheck, Component: k.Component, Since: k.Asked})
		}
	}
	for _, k := range cases {
		if r := of[k.Ticket]; r != nil && (k.Undecided() || r.lags(seats[k.Ticket], k)) {
			r.Awaits = append(r.Awaits, Await{Kind: AwaitsRuling, Since: k.Opened})
		}
	}
	for _, r := range results {
		r.awaitCase(seats[r.Ticket])
	}
}

// awaitsComponent is what a result waits for by itself.
func (r *Result) awaitsComponent() (all []Await) {
	alone := *r
	if alone.Awaits = nil; alone.Outcome() != Pending {
		return nil
	}
	for _, c := range components {
		if r.component(c).Standing == engine.Due {
			all = append(all, Await{Kind: AwaitsComponent, Component: c, Since: r.At})
		}
	}
	return all
}

// lags reports whether the result was not yet joined anew after a ruling: whoever ruled was stopped in between.
func (r *Result) lags(cases []*Case, k *Case) bool {
	for _, c := range components {
		at := r.component(c)
		taken, void := at.From == "" && at.Standing != engine.Due, at.Standing == engine.Voided
		if taken && (k.Voids(c) && !void || void && cleared(cases, c, time.Time{})) {
			return true
		}
	}
	return false
}
