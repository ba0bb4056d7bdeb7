package people

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Trait is what persons are found by beside their document number. The store keeps no trait in clear: it looks for equal
// ones by a blind index.
type Trait string

// The traits.
const (
	ByPhone Trait = "phone"
	ByName  Trait = "name"
	ByTwin  Trait = "twin" // name, birth date and sex: what one person has in common with themselves under another document
)

// TraitsOf returns the traits that p has, each in the parts that are compared.
func TraitsOf(p *engine.Person) map[Trait][]string {
	traits := map[Trait][]string{}
	if phone := phoneKey(p.Phone); phone != "" {
		traits[ByPhone] = []string{phone}
	}
	name := nameKey(p.Name)
	if name == "" {
		return traits
	}
	traits[ByName] = []string{name}
	if !p.Born.IsZero() && p.Sex != "" {
		traits[ByTwin] = []string{strings.ReplaceAll(name, " ", ""), p.Born.String(), string(p.Sex)}
	}
	return traits
}

// nameKey is a name without what people write in one way or another: case, and how wide a blank is.
func nameKey(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// phoneKey is a telephone number by its digits, without the prefix of the country.
func phoneKey(s string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	return Domestic(digits)
}

// Domestic is a mobile number, in digits, without the prefix of the country; anything else stays as it is.
func Domestic(digits string) string {
	const mobile = 11
	for _, prefix := range []string{"0086", "86"} {
		if len(digits) == mobile+len(prefix) && strings.HasPrefix(digits, prefix) {
			return digits[len(prefix):]
		}
	}
	return digits
}

// Query is what somebody looks for: the number of a document, or a whole telephone number, or a whole name.
type Query struct {
	IDType engine.IDType // of Number; empty for engine.ResidentCard
	Number string
	Phone  string
	Name   string
}

// ErrQuery refuses a search for nothing, or for two things at once.
var ErrQuery = errs.New(errs.Invalid, "person.query", "请填写证件号码、手机号码、姓名中的一项，须完整")

// maxFound bounds what a search finds; whoever has so many namesakes is looked for by number.
const maxFound = 50

// Search finds persons whom by has to do with: everybody for who belongs to no body, otherwise those registered by the
// same account, those who work for the body, and those who applied for a session of it or have a prize there. Others are as if they were not there.
// more: there are others of the same name, who are only found by number or telephone.
func (r *Registry) Search(ctx context.Context, by authz.Principal, q Query) (found []*engine.Person, more bool, err error) {
	if err := by.Require(authz.PersonRead); err != nil {
		return nil, false, err
	}
	all, next, err := r.sought(ctx, q)
	if err != nil {
		return nil, false, err
	}
	for _, p := range all {
		switch err := r.mayKnow(ctx, by, p); {
		case err == nil:
			found = append(found, p)
		case !errors.Is(err, ErrNotOurs):
			return nil, false, err
		}
	}
	return found, next != "", nil
}

// sought is everybody whom q means.
func (r *Registry) sought(ctx context.Context, q Query) ([]*engine.Person, string, error) {
	number, phone, name := strings.TrimSpace(q.Number), phoneKey(q.Phone), nameKey(q.Name)
	given := 0
	for _, s := range []string{number, phone, name} {
		if s != "" {
			given++
		}
	}
	switch {
	case given != 1:
		return nil, "", ErrQuery
	case number != "":
		found, err := r.numbered(ctx, q.IDType, number)
		return found, "", err
	case phone != "":
		return r.people.PeopleWith(ctx, ByPhone, []string{phone}, engine.Cursor{Limit: maxFound})
	}
	name, err := engine.CleanName(name)
	if err != nil {
		return nil, "", err
	}
	return r.people.PeopleWith(ctx, ByName, []string{nameKey(name)}, engine.Cursor{Limit: maxFound})
}

func (r *Registry) numbered(ctx context.Context, t engine.IDType, number string) ([]*engine.Person, error) {
	if t == "" {
		t = engine.ResidentCard
	}
	p, err := r.Find(ctx, t, number)
	if errors.Is(err, engine.ErrPerson) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []*engine.Person{p}, nil
}

// mayKnow returns nil when by belongs to no body, registered p, or works for a body that p has to do with; else ErrNotOurs.
func (r *Registry) mayKnow(ctx context.Context, by authz.Principal, p *engine.Person) error {
	if by.ActsFor("") || len(p.Trail) > 0 && p.Trail[0].By == by.Account {
		return nil
	}
	known, err := r.people.KnownTo(ctx, p.ID, engine.OrgID(by.Org))
	if err == nil && !known {
		return ErrNotOurs
	}
	return err
}

// Whose finds the person of a document for who looks up readings. Somebody whom by's body has nothing to do with is nobody:
// engine.ErrPerson.
func (r *Registry) Whose(ctx context.Context, by authz.Principal, t engine.IDType, number string) (*engine.Person, error) {
	if err := by.Require(authz.AuditRead); err != nil {
		return nil, err
	}
	p, err := r.Find(ctx, t, number)
	if err != nil {
		return nil, err
	}
	if err = r.mayKnow(ctx, by, p); errors.Is(err, ErrNotOurs) {
		err = engine.ErrPerson
	}
	return p, err
}

// Holder finds the person of a document, whichever it is, for who records a tie of theirs. Somebody whom by's body has nothing to
// do with is nobody, as is who is not registered: engine.ErrPerson, in the same words. Who is found is told on their record of
// readings.
func (c *Counter) Holder(ctx context.Context, by authz.Principal, number string) (*engine.Person, error) {
	if err := by.Require(authz.TieRecord); err != nil {
		return nil, err
	}
	nobody := engine.ErrPerson.With("没有找到与本机构有关、持有这一证件号码的人员；与本机构无关的人员，请告知人力资源社会保障部门登记")
	for _, t := range engine.IDTypes() {
		p, err := c.registry.Find(ctx, t, number)
		switch {
		case errors.Is(err, engine.ErrPerson), err != nil && errs.KindOf(err) == errs.Invalid:
			continue // not a number of such a document, or nobody's
		case err != nil:
			return nil, err
		}
		switch err := c.registry.mayKnow(ctx, by, p); {
		case errors.Is(err, ErrNotOurs):
			return nil, nobody
		case err != nil:
			return nil, err
		}
		return p, c.record(ctx, by, Reading{Person: p.ID, Count: 1, Fields: []Detail{DetailNumber}, Purpose: "登记考培分离关系时按证件号码查找"})
	}
	return nil, nobody
}

// Dossier returns a person to who works on them, ErrNotOurs for whom by's body has nothing to do with.
func (r *Registry) Dossier(ctx context.Context, by authz.Principal, id engine.PersonID) (*engine.Person, error) {
	if err := by.Require(authz.PersonRead); err != nil {
		return nil, err
	}
	p, err := r.people.Person(ctx, id)
	if err != nil {
		return nil, err
	}
	return p, r.mayKnow(ctx, by, p)
}

// Doubles lists those who may be p under another document: of the same name, birth date and sex, with the same telephone or
// the same photo, but for those of whom it was decided that they are somebody else.
func (r *Registry) Doubles(ctx context.Context, p *engine.Person) ([]*engine.Person, error) {
	all, err := r.lookalikes(ctx, p)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	pairs, err := r.people.PairsOf(ctx, p.ID)
	two := func(o *engine.Person) bool {
		return slices.ContainsFunc(pairs, func(k *Pair) bool { return !k.AsOne() && k.of(o.ID) })
	}
	return slices.DeleteFunc(all, two), err
}

// lookalikes are who may be p, whatever was decided.
func (r *Registry) lookalikes(ctx context.Context, p *engine.Person) (found []*engine.Person, err error) {
	twin := TraitsOf(p)[ByTwin]
	if twin == nil {
		return nil, nil
	}
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*engine.Person, string, error) {
		return r.people.PeopleWith(ctx, ByTwin, twin, c)
	})
	for _, o := range all {
		if o.ID != p.ID && len(shared(p, o)) > 0 {
			found = append(found, o)
		}
	}
	return found, err
}
