package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/people"
)

// PersonPair is two registered persons who look like one human under two documents, and what is said of them.
type PersonPair struct {
	ID      people.PairID    `json:"id"`
	State   people.PairState `json:"state" jsonschema:"description=one: presumed one; asked: said to be two, one until a second person decides; two"`
	Shared  []people.Trait   `json:"shared" jsonschema:"description=What they have in common beside name, birth date and sex: phone, photo"`
	Persons []PairedPerson   `json:"persons"`
	Asked   *PairWord        `json:"asked,omitempty"`
	Ruled   *PairWord        `json:"ruled,omitempty"`

	MayAsk      bool `json:"may_ask,omitempty"`
	MayDecide   bool `json:"may_decide,omitempty"`
	MayTakeBack bool `json:"may_take_back,omitempty"`
}

// PairedPerson is one of the two, masked; the id is only told to who has to do with them.
type PairedPerson struct {
	ID       engine.PersonID `json:"id,omitempty"`
	Name     string          `json:"name"`
	IDType   engine.IDType   `json:"id_type"`
	IDNumber string          `json:"id_number"`
}

// PairWord is what somebody said of a pair.
type PairWord struct {
	Ground people.Ground `json:"ground,omitempty"`
	Reason string        `json:"reason"`
	Name   string        `json:"name"`
	At     Instant       `json:"at"`
	Two    bool          `json:"two"`
}

// PairPage is a part of a list; Next is the cursor of the part after it.
type PairPage struct {
	Pairs []PersonPair `json:"pairs"`
	Next  string       `json:"next,omitempty"`
}

// PairClaim says that two are two, with what shows it.
type PairClaim struct {
	Ground people.Ground `json:"ground" jsonschema:"description=originals: both documents were looked at; photos: the photos are of two people"`
	Reason string        `json:"reason" jsonschema:"description=1 to 500 characters"`
}

// PairDecision decides on a pair.
type PairDecision struct {
	Two    bool          `json:"two"`
	Ground people.Ground `json:"ground,omitempty" jsonschema:"description=Needed for two"`
	Reason string        `json:"reason" jsonschema:"description=1 to 500 characters"`
}

// PairReturn takes back that two are two.
type PairReturn struct {
	Reason string `json:"reason" jsonschema:"description=1 to 500 characters"`
}

func viewPair(p people.Paired) PersonPair {
	v := PersonPair{ID: p.ID, State: p.State, Shared: p.Shared, MayAsk: p.MayAsk, MayDecide: p.MayDecide, MayTakeBack: p.MayTakeBack}
	for i, o := range p.Persons {
		who := PairedPerson{Name: engine.MaskName(o.Name), IDType: o.IDType, IDNumber: engine.MaskID(o.IDNumber)}
		if p.Known[i] {
			who.ID = o.ID
		}
		v.Persons = append(v.Persons, who)
	}
	if w := p.Asked; w != nil {
		v.Asked = &PairWord{Ground: w.Ground, Reason: w.Reason, Name: w.Name, At: Instant(w.At), Two: true}
	}
	if w := p.Ruled; w != nil {
		v.Ruled = &PairWord{Ground: w.Ground, Reason: w.Reason, Name: w.Name, At: Instant(w.At), Two: w.Two}
	}
	return v
}

func pairParam(c *fiber.Ctx) people.PairID { return people.PairID(c.Params("pair")) }

func (s *Server) listPairsOf(c *fiber.Ctx) error {
	all, err := s.Registry.Pairs(c.UserContext(), caller(c), personParam(c))
	return giveAll(c, all, err, viewPair)
}

func (s *Server) listPairs(c *fiber.Ctx) error {
	rows, next, err := s.Registry.PairsToDecide(c.UserContext(), caller(c), cursorOf(c))
	return give(c, rows, err, func(rows []people.Paired) PairPage { return PairPage{Pairs: each(rows, viewPair), Next: next} })
}

// givePair answers a pair as it is after it was changed.
func (s *Server) givePair(c *fiber.Ctx, err error) error {
	if err != nil {
		return err
	}
	p, err := s.Registry.Pair(c.UserContext(), caller(c), pairParam(c))
	return give(c, p, err, viewPair)
}

func (s *Server) askPair(c *fiber.Ctx) error {
	var in PairClaim
	if err := decode(c, &in); err != nil {
		return err
	}
	_, err := s.Registry.AskApart(c.UserContext(), caller(c), pairParam(c), people.Word{Ground: in.Ground, Reason: in.Reason})
	return s.givePair(c, err)
}

func (s *Server) decidePair(c *fiber.Ctx) error {
	var in PairDecision
	if err := decode(c, &in); err != nil {
		return err
	}
	_, err := s.Registry.DecideApart(c.UserContext(), caller(c), pairParam(c), in.Two, people.Word{Ground: in.Ground, Reason: in.Reason})
	return s.givePair(c, err)
}

func (s *Server) returnPair(c *fiber.Ctx) error {
	var in PairReturn
	if err := decode(c, &in); err != nil {
		return err
	}
	_, err := s.Registry.TakeBack(c.UserContext(), caller(c), pairParam(c), in.Reason)
	return s.givePair(c, err)
}
