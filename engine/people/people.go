// Package people keeps persons and bodies: one person however many roles, one body however many filings.
package people

import (
	"context"

	"github.com/skillcert/skillcert/engine"
)

// People keeps persons, their photos apart from them, and who of them may be one human.
type People interface {
	Persons
	Albums
	Pairs
}

// Persons keeps persons. Safe for concurrent use; must pass storetest.People.
//   - Absent: engine.ErrPerson. An ID already taken: CreatePerson returns engine.ErrSameID.
//   - UpdatePerson writes only at the person's Revision, otherwise engine.ErrStale.
//   - PeopleWith lists those who have a trait, in the byte order of IDs: those whose parts, as TraitsOf gives them, are equal
//     to parts. It finds what was written last. No parts, nobody.
//   - PeopleOf reads many at once, each as Person would, in the order of ids, which may repeat; one who is absent is
//     engine.ErrPerson for all.
//   - KnownTo reports whether the person has an account of the body that is not disabled, applied for a session of it, refused
//     or not, or the body wrote a prize of theirs down or applied for their direct recognition; whoever it certifies came one
//     of these ways. A person or a body that there is not is no error.
type Persons interface {
	Person(ctx context.Context, id engine.PersonID) (*engine.Person, error)
	CreatePerson(ctx context.Context, p *engine.Person) error
	UpdatePerson(ctx context.Context, p *engine.Person) error
	PeopleOf(ctx context.Context, ids []engine.PersonID) ([]*engine.Person, error)
	PeopleWith(ctx context.Context, t Trait, parts []string, c engine.Cursor) (rows []*engine.Person, next string, err error)
	KnownTo(ctx context.Context, id engine.PersonID, org engine.OrgID) (bool, error)
}

// Organisations keeps bodies, listed in the byte order of IDs. Safe for concurrent use; must pass
// storetest.Organisations.
//   - Absent: engine.ErrOrg. An ID already taken: CreateOrganisation returns engine.ErrOrgExists.
//   - UpdateOrganisation writes only at the body's Revision, otherwise engine.ErrStale.
type Organisations interface {
	Organisation(ctx context.Context, id engine.OrgID) (*engine.Organisation, error)
	CreateOrganisation(ctx context.Context, o *engine.Organisation) error
	UpdateOrganisation(ctx context.Context, o *engine.Organisation) error
	Organisations(ctx context.Context, c engine.Cursor) (rows []*engine.Organisation, next string, err error)
}
