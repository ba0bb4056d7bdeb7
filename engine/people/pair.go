package people

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
)

// Pair (疑似同一人) is two registered persons who look like one human under two documents. It is made by the server when one of
// them is registered or put right, and counts as one human until somebody who saw both says otherwise.
//
// States: One → Asked → Two or One; One → Two by the labour authority alone; Two → One whenever somebody takes it back. It knows
// both by their ids only; what people wrote about them stands in it, so it is sealed.
type Pair struct {
	ID     PairID          `json:"id"`
	First  engine.PersonID `json:"first"` // before Second in byte order
	Second engine.PersonID `json:"second"`
	Shared []Trait         `json:"shared"` // beside name, birth date and sex, when it was made: ByPhone, ByPhoto
	State  PairState       `json:"state"`
	Asked  *Word           `json:"asked,omitempty"` // the last word that they are two, by the first of two persons
	Ruled  *Ruling         `json:"ruled,omitempty"` // the last decision

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"` // kept by the store, one more at every write
}

// PairID names a pair; it is derived from both persons.
type PairID string

// PairOf is the ID of the pair of two persons, in whichever order.
func PairOf(a, b engine.PersonID) PairID {
	return PairID(ids.Derive("person-pair", string(min(a, b)), string(max(a, b))))
}

// PairState is what a pair counts as.
type PairState string

// The states. Only PairTwo is two people.
const (
	PairOne   PairState = "one"   // presumed one (推定同一人)
	PairAsked PairState = "asked" // said to be two by one person, and one until a second decides
	PairTwo   PairState = "two"   // decided to be two (核定为两人)
)

// ByPhoto is a trait of pairs: the same picture. Nobody is looked for by it.
const ByPhoto Trait = "photo"

// Ground is what shows that a pair is two people.
type Ground string

// The grounds.
const (
	GroundOriginals Ground = "originals" // both came with their documents, or both originals lay side by side
	GroundPhotos    Ground = "photos"    // the photos in both documents are of two people
)

// Word is what somebody says of a pair.
type Word struct {
	Ground Ground          `json:"ground"`
	Reason string          `json:"reason"`
	At     time.Time       `json:"at"`
	By     string          `json:"by"` // account
	Name   string          `json:"name,omitempty"`
	Person engine.PersonID `json:"person,omitempty"`
	Org    engine.OrgID    `json:"org,omitempty"` // for which they said it; empty for an authority
}

// Ruling is a decision on a pair.
type Ruling struct {
	Word
	Two bool `json:"two"`
}

// Refusals about pairs.
var (
	ErrPair       = errs.New(errs.NotFound, "pair.not_found", "没有这一对“疑似同一人”的记录")
	ErrPairExists = errs.New(errs.Conflict, "pair.exists", "这两人的“疑似同一人”记录已存在")
	ErrPairInput  = errs.New(errs.Invalid, "pair.invalid", "说明不完整，请补充后再提交")
	ErrPairState  = errs.New(errs.Conflict, "pair.state", "这一对记录的状态已经变化，请重新打开页面查看")
	ErrPairOwn    = errs.New(errs.Forbidden, "pair.own", "说明人和这两个证件的持有人不能作决定，请由另一名质量督导员或人力资源和社会保障局决定")
	ErrPairNobody = errs.New(errs.Forbidden, "pair.no_person", "您的账号没有登记本人是谁，无法判断是不是您本人的证件，不能办理。请由管理员在账号中登记本人以后再办理")
	ErrPairTheirs = errs.New(errs.Forbidden, "pair.not_ours", "其中一个证件的持有人与本机构无关，本机构不能说明是否为同一人。请报人力资源和社会保障局核定")
)

// Pairs keeps pairs. Safe for concurrent use; must pass storetest.Pairs.
//   - Absent: ErrPair. An ID already taken: CreatePair returns ErrPairExists and keeps the first.
//   - UpdatePair writes only at the pair's Revision, otherwise engine.ErrStale.
//   - PairsAsOne lists those that count as one, in the byte order of IDs: one that goes on to count as one while the pages are
//     read is on one of them, whatever is said of it meanwhile. Every question of separation reads the list.
//   - PairsOf are all of one person, whatever their state, in the byte order of IDs.
type Pairs interface {
	Pair(ctx context.Context, id PairID) (*Pair, error)
	CreatePair(ctx context.Context, p *Pair) error
	UpdatePair(ctx context.Context, p *Pair) error
	PairsAsOne(ctx context.Context, c engine.Cursor) (rows []*Pair, next string, err error)
	PairsOf(ctx context.Context, id engine.PersonID) ([]*Pair, error)
}

// AsOne reports whether the pair counts as one human.
func (p *Pair) AsOne() bool { return p.State != PairTwo }

// Other is the one of the two who is not id.
func (p *Pair) Other(id engine.PersonID) engine.PersonID {
	if id == p.First {
		return p.Second
	}
	return p.First
}

// of reports whether the person is one of the two.
func (p *Pair) of(id engine.PersonID) bool { return id != "" && (id == p.First || id == p.Second) }

// own returns nil for who may have a word in it: an account that says who it is, and is neither of the two. by is whole.
func (p *Pair) own(by authz.Principal) error {
	switch {
	case by.Person == "":
		return ErrPairNobody
	case by.Is(string(p.First)), by.Is(string(p.Second)):
		return ErrPairOwn
	}
	return nil
}

// ask notes that somebody says that they are two. It is a body's word: an authority decides by itself.
func (p *Pair) ask(by authz.Principal, w Word) error {
	if by.IsAuthority() {
		return authz.ErrForbidden.With("人力资源和社会保障局直接作决定，不用先说明")
	}
	switch err := p.own(by); {
	case err != nil:
		return err
	case p.State == PairAsked && p.Asked.By == w.By && p.Asked.Ground == w.Ground && p.Asked.Reason == w.Reason:
		return engine.ErrUnchanged
	case p.State != PairOne:
		return ErrPairState
	}
	p.State, p.Asked = PairAsked, &w
	p.Trail.AddBy(w.At, by, "pair.asked", w.Reason)
	return nil
}

// decide is the word of a second person about what was asked, or of the labour authority by itself.
func (p *Pair) decide(by authz.Principal, r Ruling) error {
	if err := p.own(by); err != nil {
		return err
	}
	switch same := p.Ruled != nil && p.Ruled.By == r.By && p.Ruled.Two == r.Two && p.Ruled.Reason == r.Reason; {
	case same && p.AsOne() != r.Two && p.State != PairAsked:
		return engine.ErrUnchanged
	case p.State == PairTwo, p.State == PairOne && (!r.Two || !by.IsAuthority()):
		return ErrPairState
	case p.State == PairAsked && (p.Asked.By == r.By || by.Is(string(p.Asked.Person))):
		return ErrPairOwn
	}
	action := "pair.one"
	if p.State = PairOne; r.Two {
		p.State, action = PairTwo, "pair.two"
	}
	p.Ruled = &r
	p.Trail.AddBy(r.At, by, action, r.Reason)
	return nil
}

// takeBack makes the pair one again.
func (p *Pair) takeBack(by authz.Principal, reason string, now time.Time) error {
	if p.State == PairOne {
		return engine.ErrUnchanged
	}
	p.State = PairOne
	p.Trail.AddBy(now, by, "pair.taken_back", reason)
	return nil
}

// maxPaired bounds how many people one person is paired with at once: they would all have one name, birth date and sex, and a
// telephone or photo in common.
const maxPaired = 20

// pairUp keeps a pair for everybody whom p may be under another document. It comes after p is kept, so that of two who are
// registered at the same moment one finds the other; again is harmless, and what was decided of a pair stands.
func (r *Registry) pairUp(ctx context.Context, by authz.Principal, p *engine.Person, err error) (*engine.Person, error) {
	if err != nil {
		return nil, err
	}
	all, err := r.lookalikes(ctx, p)
	if err != nil {
		return nil, err
	}
	for _, o := range all[:min(len(all), maxPaired)] {
		pair := &Pair{ID: PairOf(p.ID, o.ID), First: min(p.ID, o.ID), Second: max(p.ID, o.ID), Shared: shared(p, o), State: PairOne}
		pair.Trail.Add(r.clock.Now(), by.Account, "pair.presumed", "")
		if err := r.people.CreatePair(ctx, pair); err != nil && !errors.Is(err, ErrPairExists) {
			return nil, err
		}
	}
	return p, nil
}

// shared are the traits that two have in common beside name, birth date and sex.
func shared(p, o *engine.Person) (all []Trait) {
	if phoneKey(p.Phone) != "" && phoneKey(p.Phone) == phoneKey(o.Phone) {
		all = append(all, ByPhone)
	}
	if p.Photo.Shows(o.Photo) {
		all = append(all, ByPhoto)
	}
	return all
}

// Twins are the other persons who count as the same human as id, in byte order; whoever is the same as one of them is among
// them. It asks for no role: it is for other rooms.
func (r *Registry) Twins(ctx context.Context, id engine.PersonID) ([]engine.PersonID, error) {
	next := map[engine.PersonID][]engine.PersonID{}
	for open := []engine.PersonID{id}; len(open) > 0; open = open[1:] {
		if _, known := next[open[0]]; known {
			continue
		}
		pairs, err := r.people.PairsOf(ctx, open[0])
		if err != nil {
			return nil, err
		}
		next[open[0]] = nil
		for _, p := range pairs {
			if p.AsOne() {
				next[open[0]] = append(next[open[0]], p.Other(open[0]))
			}
		}
		open = append(open, next[open[0]]...)
	}
	return slices.DeleteFunc(Sameness{next}.Group(id), func(o engine.PersonID) bool { return o == id }), nil
}

// Whole is by under each of their documents (本人的全部证件): every room asks it before a rule of its own lets one human have one
// part only, see authz.Principal.Is. Who says nobody stays nobody. It asks for no role: it is for other rooms.
func (r *Registry) Whole(ctx context.Context, by authz.Principal) (authz.Principal, error) {
	if by.Person == "" {
		return by, nil
	}
	twins, err := r.Twins(ctx, engine.PersonID(by.Person))
	if err != nil {
		return by, err
	}
	others := make([]string, len(twins))
	for i, id := range twins {
		others[i] = string(id)
	}
	return by.Also(others...), nil
}

// Sameness says which persons count as one human. The zero value is everybody for themselves.
type Sameness struct {
	next map[engine.PersonID][]engine.PersonID // by pairs, both ways
}

// Sameness reads all pairs that count as one at once. It asks for no role: it is for other rooms.
func (r *Registry) Sameness(ctx context.Context) (Sameness, error) {
	pairs, err := engine.All(ctx, r.people.PairsAsOne)
	if err != nil || len(pairs) == 0 {
		return Sameness{}, err
	}
	next := map[engine.PersonID][]engine.PersonID{}
	for _, p := range pairs {
		next[p.First], next[p.Second] = append(next[p.First], p.Second), append(next[p.Second], p.First)
	}
	return Sameness{next}, nil
}

// None reports whether everybody is only themselves.
func (s Sameness) None() bool { return len(s.next) == 0 }

// Persons are those who are the same as another, in byte order.
func (s Sameness) Persons() []engine.PersonID { return slices.Sorted(maps.Keys(s.next)) }

// Group are all who are the same as id, id among them, in byte order.
func (s Sameness) Group(id engine.PersonID) []engine.PersonID {
	group := []engine.PersonID{id}
	for i := 0; i < len(group); i++ {
		for _, o := range s.next[group[i]] {
			if !slices.Contains(group, o) {
				group = append(group, o)
			}
		}
	}
	slices.Sort(group)
	return group
}

// First stands for everybody who is the same as id: the first of the group.
func (s Sameness) First(id engine.PersonID) engine.PersonID {
	if len(s.next[id]) == 0 {
		return id
	}
	return s.Group(id)[0]
}

// Are reports whether the two are one human.
func (s Sameness) Are(a, b engine.PersonID) bool { return a == b || s.First(a) == s.First(b) }

// Humans counts who the persons are.
func (s Sameness) Humans(all []engine.PersonID) int {
	who := map[engine.PersonID]bool{}
	for _, id := range all {
		who[s.First(id)] = true
	}
	return len(who)
}

// Way leads from one to another who is the same, pair by pair, along as few as there are: without from, and with to.
func (s Sameness) Way(from, to engine.PersonID) (way []engine.PersonID) {
	before := map[engine.PersonID]engine.PersonID{from: from}
	for open := []engine.PersonID{from}; len(open) > 0; open = open[1:] {
		for _, o := range s.next[open[0]] {
			if _, seen := before[o]; !seen {
				before[o] = open[0]
				open = append(open, o)
			}
		}
	}
	if _, same := before[to]; !same {
		return nil
	}
	for ; to != from; to = before[to] {
		way = append(way, to)
	}
	slices.Reverse(way)
	return way
}

// clean brings the word to the form that is kept. A refusal needs no ground.
func (w *Word) clean(must bool) error {
	w.Reason = strings.TrimSpace(w.Reason)
	var c errs.Check
	c.That(w.Ground == GroundOriginals || w.Ground == GroundPhotos || w.Ground == "" && !must, "ground", "missing", "请选择凭什么认定是两个人")
	w.Reason = engine.Said(&c, "reason", w.Reason)
	return c.Err(ErrPairInput)
}
