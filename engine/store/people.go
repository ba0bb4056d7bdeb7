package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/recognition"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func peopleSchema() docs.Schema {
	return docs.Schema{"person": {"phone", "name", "twin"}, "person-photo": {"open"}, "person-pair": {"first", "second", "state"}, "reading": {"person", "account"}, "organisation": nil}
}

// People is the repository of persons, of their photos and of who may be one human.
func (s *Store) People() people.People {
	return personTable{albumTable{s.albums(), s.persons()}, pairTable{s.pairs()}, s}
}

// personDoc is a person as their document says. Photo is where the photo lay before there were albums: it is read from there,
// and goes into the album before the document is written again.
type personDoc struct {
	engine.Person
	Photo []byte `json:"photo,omitempty"`
}

// person is the person, whose mark is of the photo in the document where there is one.
func (d *personDoc) person() *engine.Person {
	if len(d.Photo) > 0 {
		d.Person.Photo = engine.MarkPhoto(d.Photo, 0)
	}
	return &d.Person
}

func (s *Store) persons() docs.Table[personDoc] {
	return docs.Table[personDoc]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "person", Schema: 2,
		Upgrade: func(_ int, body []byte) ([]byte, error) { return body, nil }, // of the first form, with the photo in it
		Ahead:   s.moveOut,
		ID:      func(d *personDoc) string { return string(d.ID) }, Revision: func(d *personDoc) *int64 { return &d.Revision },
		Index: func(d *personDoc) map[string]string {
			index := map[string]string{}
			for trait, parts := range people.TraitsOf(&d.Person) {
				index[string(trait)] = s.blind(trait, parts)
			}
			return index
		},
		Absent: engine.ErrPerson, Exists: engine.ErrSameID}
}

// blind is the index value of a trait; the store never sees what it was made of.
func (s *Store) blind(t people.Trait, parts []string) string {
	return s.vault.Blind("person "+string(t), parts...)
}

type personTable struct {
	albumTable
	pairTable
	s *Store
}

func (r personTable) PeopleWith(ctx context.Context, t people.Trait, parts []string, c engine.Cursor) ([]*engine.Person, string, error) {
	if len(parts) == 0 {
		return nil, "", nil
	}
	rows, next, err := r.persons.List(ctx, string(t), r.s.blind(t, parts), c)
	return personsOf(rows), next, err
}

func personsOf(rows []*personDoc) []*engine.Person {
	all := make([]*engine.Person, len(rows))
	for i, d := range rows {
		all[i] = d.person()
	}
	return all
}

func (r personTable) Person(ctx context.Context, id engine.PersonID) (*engine.Person, error) {
	d, err := r.persons.Get(ctx, string(id))
	if err != nil {
		return nil, err
	}
	return d.person(), nil
}
func (r personTable) PeopleOf(ctx context.Context, ids []engine.PersonID) ([]*engine.Person, error) {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = string(id)
	}
	rows, err := r.persons.Many(ctx, keys)
	return personsOf(rows), err
}
func (r personTable) CreatePerson(ctx context.Context, p *engine.Person) error {
	d := &personDoc{Person: *p}
	err := r.persons.Create(ctx, d)
	p.Revision = d.Revision
	return err
}

// UpdatePerson writes a person whose mark is of a photo in the document with that photo, which so comes into the album.
func (r personTable) UpdatePerson(ctx context.Context, p *engine.Person) error {
	d := &personDoc{Person: *p}
	if !p.Photo.None() && p.Photo.Turn == 0 {
		old, err := r.persons.Get(ctx, string(p.ID))
		if errors.Is(err, engine.ErrPerson) || err == nil && old.Revision != p.Revision {
			return engine.ErrStale
		}
		if err != nil {
			return err
		}
		d.Photo = old.Photo
	}
	err := r.persons.Update(ctx, d)
	p.Revision = d.Revision
	return err
}

// KnownTo looks through the body's staff, sessions, awards and recognitions: it is asked when a name is put right, too seldom for an index.
func (r personTable) KnownTo(ctx context.Context, id engine.PersonID, org engine.OrgID) (bool, error) {
	if org == "" {
		return false, nil
	}
	staff, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*accounts.Account, string, error) {
		return r.s.Accounts().AccountsOf(ctx, org, c)
	})
	if err != nil || slices.ContainsFunc(staff, func(a *accounts.Account) bool { return a.Person == id && !a.Disabled }) {
		return err == nil, err
	}
	sessions, err := engine.All(ctx, r.s.Sessions().SessionList)
	if err != nil {
		return false, err
	}
	for _, n := range sessions {
		if n.Org != org {
			continue
		}
		_, err := r.s.Applications().Application(ctx, registration.ApplicationOf(string(n.ID), id))
		if !errors.Is(err, registration.ErrApplication) {
			return err == nil, err
		}
	}
	awards, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*certs.Award, string, error) {
		return r.s.Awards().AwardsOf(ctx, org, c)
	})
	if err != nil || slices.ContainsFunc(awards, func(a *certs.Award) bool { return a.Person == id }) {
		return err == nil, err
	}
	cases, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*recognition.Case, string, error) {
		return r.s.Recognitions().CasesOf(ctx, org, c)
	})
	return slices.ContainsFunc(cases, func(c *recognition.Case) bool { return c.Person == id }), err
}

// Readings is the repository of readings in clear.
func (s *Store) Readings() people.Readings { return readingTable{s.readings()} }

func (s *Store) readings() docs.Table[people.Reading] {
	return docs.Table[people.Reading]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "reading", Schema: 1,
		ID: func(r *people.Reading) string { return r.ID },
		Index: func(r *people.Reading) map[string]string {
			index := map[string]string{"account": ascii(r.Account)}
			if r.Person != "" {
				index["person"] = string(r.Person)
			}
			return index
		},
		Absent: people.ErrReading, Exists: people.ErrReadingKept}
}

type readingTable struct{ t docs.Table[people.Reading] }

func (r readingTable) Reading(ctx context.Context, id string) (*people.Reading, error) {
	return r.t.Get(ctx, id)
}
func (r readingTable) RecordReading(ctx context.Context, v *people.Reading) error {
	return r.t.Create(ctx, v)
}
func (r readingTable) ReadingsOf(ctx context.Context, id engine.PersonID, c engine.Cursor) ([]*people.Reading, string, error) {
	return r.t.List(ctx, "person", string(id), c)
}
func (r readingTable) ReadingsBy(ctx context.Context, account string, c engine.Cursor) ([]*people.Reading, string, error) {
	return r.t.List(ctx, "account", ascii(account), c)
}

// Organisations is the repository of bodies.
func (s *Store) Organisations() people.Organisations {
	return orgTable{docs.Table[engine.Organisation]{Store: s.docs, IDs: s.ids, Kind: "organisation", Schema: 2, Upgrade: liftOrganisation,
		ID:       func(o *engine.Organisation) string { return ascii(string(o.ID)) },
		Revision: func(o *engine.Organisation) *int64 { return &o.Revision },
		Absent:   engine.ErrOrg, Exists: engine.ErrOrgExists}}
}

// liftOrganisation makes the one filing of the first form the first of the list.
func liftOrganisation(_ int, body []byte) ([]byte, error) {
	var doc map[string]json.RawMessage
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if old, ok := doc["filing"]; ok {
		var f engine.Filing
		if err := json.Unmarshal(old, &f); err != nil {
			return nil, err
		}
		f.No = 1
		list, err := json.Marshal([]engine.Filing{f})
		if err != nil {
			return nil, err
		}
		delete(doc, "filing")
		doc["filings"] = list
	}
	return json.Marshal(doc)
}

type orgTable struct {
	t docs.Table[engine.Organisation]
}

func (r orgTable) Organisation(ctx context.Context, id engine.OrgID) (*engine.Organisation, error) {
	return r.t.Get(ctx, ascii(string(id)))
}
func (r orgTable) CreateOrganisation(ctx context.Context, o *engine.Organisation) error {
	return r.t.Create(ctx, o)
}
func (r orgTable) UpdateOrganisation(ctx context.Context, o *engine.Organisation) error {
	return r.t.Update(ctx, o)
}
func (r orgTable) Organisations(ctx context.Context, c engine.Cursor) ([]*engine.Organisation, string, error) {
	return r.t.Every(ctx, c)
}

// ascii writes an id that people chose, Chinese too, as the printable ASCII that a key is made of. The byte order
// stays: an escaped byte begins with ~, which comes after everything that stands for itself.
func ascii(id string) string {
	var b strings.Builder
	for i := range len(id) {
		if c := id[i]; c < '~' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "~%02x", c)
		}
	}
	return b.String()
}
