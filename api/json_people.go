package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/people"
)

// PersonQuery says whom somebody looks for: exactly one of number, telephone and name, each whole.
type PersonQuery struct {
	IDType   engine.IDType `json:"id_type,omitempty" jsonschema:"description=Of the number; 201 (default) for a resident card"`
	IDNumber string        `json:"id_number,omitempty"`
	Phone    string        `json:"phone,omitempty"`
	Name     string        `json:"name,omitempty"`
}

// PersonFound is who was found; those that one's body has nothing to do with are not among them.
type PersonFound struct {
	Persons []Person `json:"persons"`
	More    bool     `json:"more,omitempty" jsonschema:"description=There are others of the name; look for them by number or telephone"`
}

// ClearEntry asks for details of a person in clear.
type ClearEntry struct {
	Fields  []people.Detail `json:"fields" jsonschema:"description=any of id_number phone address"`
	Purpose string          `json:"purpose" jsonschema:"description=What they are needed for, 2 to 200 characters"`
}

// ClearPerson is what was asked for.
type ClearPerson struct {
	IDNumber string `json:"id_number,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Address  string `json:"address,omitempty"`
}

// Reading is one look at personal data in clear. An export of many persons names none of them.
type Reading struct {
	At      Instant         `json:"at"`
	Name    string          `json:"name" jsonschema:"description=Of who read"`
	Org     engine.OrgID    `json:"org,omitempty"`
	Person  engine.PersonID `json:"person,omitempty"`
	Export  string          `json:"export,omitempty"`
	Count   int             `json:"count"`
	Fields  []people.Detail `json:"fields"`
	Purpose string          `json:"purpose"`
}

// ReadingPage is a part of a list; Next is the cursor of the part after it.
type ReadingPage struct {
	Readings []Reading `json:"readings"`
	Next     string    `json:"next,omitempty"`
}

func viewReading(r *people.Reading) Reading {
	return Reading{At: Instant(r.At), Name: r.Name, Org: r.Org, Person: r.Person, Export: r.Export, Count: r.Count, Fields: r.Fields, Purpose: r.Purpose}
}

func (s *Server) searchPersons(c *fiber.Ctx) error {
	var in PersonQuery
	if err := decode(c, &in); err != nil {
		return err
	}
	found, more, err := s.Registry.Search(c.UserContext(), caller(c), people.Query{IDType: in.IDType, Number: in.IDNumber, Phone: in.Phone, Name: in.Name})
	return give(c, found, err, func(rows []*engine.Person) PersonFound {
		return PersonFound{Persons: each(rows, viewPerson), More: more}
	})
}

func (s *Server) showClear(c *fiber.Ctx) error {
	var in ClearEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	shown, err := s.Counter.Show(c.UserContext(), caller(c), personParam(c), in.Purpose, in.Fields...)
	return give(c, shown, err, func(s people.Shown) ClearPerson {
		return ClearPerson{IDNumber: s.Number, Phone: s.Phone, Address: s.Address}
	})
}

func personParam(c *fiber.Ctx) engine.PersonID { return engine.PersonID(c.Params("id")) }

func (s *Server) listReadingsOf(c *fiber.Ctx) error {
	rows, next, err := s.Counter.ReadingsOf(c.UserContext(), caller(c), personParam(c), cursorOf(c))
	return give(c, rows, err, readingPage(next))
}

func (s *Server) listReadingsBy(c *fiber.Ctx) error {
	rows, next, err := s.Counter.ReadingsBy(c.UserContext(), caller(c), accounts.IDOf(c.Params("login")), cursorOf(c))
	return give(c, rows, err, readingPage(next))
}

func readingPage(next string) func([]*people.Reading) ReadingPage {
	return func(rows []*people.Reading) ReadingPage {
		return ReadingPage{Readings: each(rows, viewReading), Next: next}
	}
}
