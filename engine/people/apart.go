package people

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// Paired is a pair as somebody sees it.
type Paired struct {
	*Pair
	Persons [2]*engine.Person // First and Second; of who is not known the name and number are masked, and nothing else is told
	Known   [2]bool           // whether the reader's body has to do with them; words of others are told only where both are

	MayAsk, MayDecide, MayTakeBack bool // what the reader may do now
}

// Pairs lists the pairs of a person to who works on them, ErrNotOurs for whom by's body has nothing to do with.
func (r *Registry) Pairs(ctx context.Context, by authz.Principal, id engine.PersonID) (all []Paired, err error) {
	if err := by.Require(authz.PairSay); err != nil {
		return nil, err
	}
	p, err := r.people.Person(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := r.mayKnow(ctx, by, p); err != nil {
		return nil, err
	}
	pairs, err := r.people.PairsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		seen, err := r.seen(ctx, by, p)
		if err != nil {
			return nil, err
		}
		all = append(all, seen)
	}
	return all, nil
}

// Pair is one pair for who has to do with one of the two, or whose body asked about it; for others there is none.
func (r *Registry) Pair(ctx context.Context, by authz.Principal, id PairID) (Paired, error) {
	if err := by.Require(authz.PairSay); err != nil {
		return Paired{}, err
	}
	p, err := r.people.Pair(ctx, id)
	if err != nil {
		return Paired{}, err
	}
	seen, err := r.seen(ctx, by, p)
	if err == nil && !seen.Known[0] && !seen.Known[1] {
		err = ErrPair
	}
	return seen, err
}

// PairsToDecide lists what waits for by: to an authority all pairs that count as one, those that somebody asks about before the
// others; to a quality supervisor what their body asks about. All are read, as for every question of separation, and put in
// order here, so that no pair changes its place in the store when its state changes.
func (r *Registry) PairsToDecide(ctx context.Context, by authz.Principal, c engine.Cursor) (all []Paired, next string, err error) {
	if err := by.Require(authz.PairDecide); err != nil {
		return nil, "", err
	}
	pairs, err := engine.All(ctx, r.people.PairsAsOne)
	if err != nil {
		return nil, "", err
	}
	pairs = slices.DeleteFunc(pairs, func(p *Pair) bool {
		return p.place() <= c.After || !by.IsAuthority() && !(p.State == PairAsked && p.asked(by))
	})
	slices.SortFunc(pairs, func(a, b *Pair) int { return strings.Compare(a.place(), b.place()) })
	if len(pairs) > c.Rows() {
		pairs = pairs[:c.Rows()]
		next = pairs[len(pairs)-1].place()
	}
	for _, p := range pairs {
		seen, err := r.seen(ctx, by, p)
		if err != nil {
			return nil, "", err
		}
		all = append(all, seen)
	}
	return all, next, nil
}

// place is where the pair stands in the list of those to be decided, as its cursor.
func (p *Pair) place() string {
	if p.State == PairAsked {
		return "1-asked " + string(p.ID)
	}
	return "2-one " + string(p.ID)
}

// asked reports whether it is by's body that asks, or asked last.
func (p *Pair) asked(by authz.Principal) bool {
	return p.Asked != nil && p.Asked.Org != "" && string(p.Asked.Org) == by.Org
}

// seen says what by may know and do of a pair.
func (r *Registry) seen(ctx context.Context, by authz.Principal, p *Pair) (Paired, error) {
	v := Paired{Pair: p}
	by, err := r.Whole(ctx, by)
	if err != nil {
		return v, err
	}
	for i, id := range []engine.PersonID{p.First, p.Second} {
		var err error
		if v.Persons[i], err = r.people.Person(ctx, id); err != nil {
			return v, err
		}
		err = r.mayKnow(ctx, by, v.Persons[i])
		if err != nil && !errors.Is(err, ErrNotOurs) {
			return v, err
		}
		if v.Known[i] = err == nil || p.asked(by); !v.Known[i] {
			v.Persons[i] = masked(v.Persons[i])
		}
	}
	return v, r.offer(ctx, by, &v)
}

// masked is somebody as those see them who have nothing to do with them.
func masked(p *engine.Person) *engine.Person {
	return &engine.Person{ID: p.ID, Name: engine.MaskName(p.Name), IDType: p.IDType, IDNumber: engine.MaskID(p.IDNumber)}
}

// offer fills in what by, who is whole, may do; who knows one of the two only is not told what others said.
func (r *Registry) offer(ctx context.Context, by authz.Principal, v *Paired) error {
	p := v.Pair
	if !v.Known[0] || !v.Known[1] {
		v.Pair = p.unsaid()
		return nil
	}
	trial := *p
	trial.Ruled, trial.Trail = nil, nil
	v.MayAsk = p.State == PairOne && by.Can(authz.PairSay) && p.own(by) == nil && !by.IsAuthority()
	mayTakeBack, err := r.permits(ctx, by, p)
	if err != nil {
		return err
	}
	v.MayTakeBack = mayTakeBack && p.State != PairOne
	err = r.mayDecide(ctx, by, p)
	if err != nil && !errors.Is(err, authz.ErrForbidden) {
		return err
	}
	v.MayDecide = err == nil && trial.decide(by, Ruling{Word: Word{By: by.Account, Person: engine.PersonID(by.Person)}, Two: true}) == nil
	return nil
}

// unsaid is the pair without what anybody said of it, and who.
func (p *Pair) unsaid() *Pair {
	return &Pair{ID: p.ID, First: p.First, Second: p.Second, Shared: p.Shared, State: p.State}
}

// AskApart says that a pair is two people, as the first of two persons: it may allow a duty, a seat or an application that is
// refused now, so a second person decides, as on every relief. It is for bodies that have to do with both: ErrPairTheirs, and
// for accounts that say who they are: ErrPairNobody. The same again is harmless.
func (r *Registry) AskApart(ctx context.Context, by authz.Principal, id PairID, w Word) (*Pair, error) {
	if err := by.Require(authz.PairSay); err != nil {
		return nil, err
	}
	if err := w.clean(true); err != nil {
		return nil, err
	}
	by, err := r.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	return r.changePair(ctx, by, id, func(p *Pair) error { return p.ask(by, r.signed(by, w)) })
}

// DecideApart decides what was asked: by a quality supervisor of the body that asks, who did not ask, or by the labour authority
// of its province. Of what nobody asked about the labour authority alone may say that they are two. Nobody decides about
// themselves, under whichever document, nor an account that says nobody, nor who assigns duties. The same again is harmless.
func (r *Registry) DecideApart(ctx context.Context, by authz.Principal, id PairID, two bool, w Word) (*Pair, error) {
	if err := by.Require(authz.PairDecide); err != nil {
		return nil, err
	}
	if err := w.clean(two); err != nil {
		return nil, err
	}
	by, err := r.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	return r.changePair(ctx, by, id, func(p *Pair) error {
		if err := r.mayDecide(ctx, by, p); err != nil {
			return err
		}
		return p.decide(by, Ruling{Word: r.signed(by, w), Two: two})
	})
}

// TakeBack makes a pair one again, whoever said otherwise: it only ever forbids more, so one person is enough. It is for bodies
// that have to do with both, and for authorities, of the province of the body that asked last where one did.
func (r *Registry) TakeBack(ctx context.Context, by authz.Principal, id PairID, reason string) (*Pair, error) {
	if err := by.Require(authz.PairSay); err != nil {
		return nil, err
	}
	w := Word{Reason: reason}
	if err := w.clean(false); err != nil {
		return nil, err
	}
	now := r.clock.Now()
	return r.changePair(ctx, by, id, func(p *Pair) error {
		switch may, err := r.permits(ctx, by, p); {
		case err != nil:
			return err
		case !may:
			return errPairProvince
		}
		return p.takeBack(by, w.Reason, now)
	})
}

// signed is the word with who says it.
func (r *Registry) signed(by authz.Principal, w Word) Word {
	w.At, w.By, w.Name, w.Person, w.Org = r.clock.Now(), by.Account, by.Name, engine.PersonID(by.Person), engine.OrgID(by.Org)
	return w
}

// mayDecide returns nil for a supervisor of the body that asks and for the labour authority of its province.
func (r *Registry) mayDecide(ctx context.Context, by authz.Principal, p *Pair) error {
	if !by.Can(authz.PairDecide) || by.Can(authz.StaffAssign) {
		return authz.ErrForbidden.With("是否为两人由质量督导员或人力资源和社会保障局决定，安排人员的人不能决定")
	}
	if !by.IsAuthority() {
		if !p.asked(by) {
			return authz.ErrForbidden.With("只能决定本机构说明的")
		}
		return nil
	}
	may, err := r.permits(ctx, by, p)
	if err == nil && !may {
		err = errPairProvince
	}
	return err
}

var errPairProvince = authz.ErrForbidden.With("只能办理本省机构说明的")

// permits reports whether the province of the body that asked last leaves the pair to by, whatever became of what it asked: else
// an authority elsewhere could take the word back and decide by itself. Others it does not keep from anything.
func (r *Registry) permits(ctx context.Context, by authz.Principal, p *Pair) (bool, error) {
	if !by.IsAuthority() || p.Asked == nil || p.Asked.Org == "" {
		return true, nil
	}
	body, err := r.bodies.Organisation(ctx, p.Asked.Org)
	if errors.Is(err, engine.ErrOrg) {
		return true, nil
	}
	return err == nil && by.ActsIn(body.Province), err
}

// changePair changes a pair both of whom by has to do with.
func (r *Registry) changePair(ctx context.Context, by authz.Principal, id PairID, change func(*Pair) error) (*Pair, error) {
	return engine.Modify(ctx, func(ctx context.Context) (*Pair, error) {
		seen, err := r.Pair(ctx, by, id)
		if err == nil && !(seen.Known[0] && seen.Known[1]) {
			err = ErrPairTheirs
		}
		return seen.Pair, err
	}, r.people.UpdatePair, change)
}
