package api

import (
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
)

// Award is a prize in a skills contest and what became of it.
type Award struct {
	ID          string           `json:"id"`
	Person      engine.PersonID  `json:"person"`
	Name        string           `json:"name"`
	IDMasked    string           `json:"id_masked"`
	Org         engine.OrgID     `json:"org"`
	Year        int              `json:"year"`
	Contest     string           `json:"contest"`
	Class       string           `json:"class"`
	Place       int              `json:"place"`
	Of          int              `json:"of" jsonschema:"description=How many took part"`
	Group       string           `json:"group" jsonschema:"enum=worker,enum=student"`
	Holds       engine.Level     `json:"holds" jsonschema:"description=Level held before; 0 for none"`
	HoldsNo     string           `json:"holds_no,omitempty"`
	Evidence    string           `json:"evidence"`
	Rule        string           `json:"rule"`
	To          engine.Level     `json:"to" jsonschema:"description=Level to be certified; 0 while it is held for a ruling"`
	State       certs.AwardState `json:"state"`
	Entered     Instant          `json:"entered"`
	By          string           `json:"by"`
	Certificate certs.Number     `json:"certificate,omitempty"`
	Mark        string           `json:"mark" jsonschema:"description=Of what was entered last; who decides on it sends it as seen"`
}

func viewAward(k knownAward) Award {
	a := k.award
	return Award{ID: a.ID, Person: a.Person, Name: k.person.Name, IDMasked: engine.MaskID(k.person.IDNumber), Org: a.Org, Year: a.Year, Contest: a.Contest, Class: a.Class,
		Place: a.Place, Of: a.Of, Group: a.Group, Holds: a.Holds, HoldsNo: a.HoldsNo, Evidence: a.Evidence, Rule: a.Rule, To: a.To, State: a.State,
		Entered: Instant(a.At), By: a.By, Certificate: k.number(), Mark: a.Seen().Mark}
}

// AwardPage is a part of the awards; Next is the cursor of the part after it.
type AwardPage struct {
	Awards []Award `json:"awards"`
	Next   string  `json:"next,omitempty"`
}

// AwardEntry writes an award down for a registered person.
type AwardEntry struct {
	IDType   engine.IDType `json:"id_type,omitempty" jsonschema:"description=201 (default) for a resident card and 999 for others"`
	IDNumber string        `json:"id_number"`
	Year     int           `json:"year"`
	Contest  string        `json:"contest"`
	Class    string        `json:"class" jsonschema:"description=As the contest rules of the body's province name it"`
	Place    int           `json:"place"`
	Of       int           `json:"of"`
	Group    string        `json:"group" jsonschema:"enum=worker,enum=student"`
	Holds    int           `json:"holds,omitempty" jsonschema:"description=Level held before; 0 for none"`
	HoldsNo  string        `json:"holds_no,omitempty" jsonschema:"description=Number of its certificate"`
	Evidence string        `json:"evidence" jsonschema:"description=The published list of prizes, by its number"`
}

// award is the entry for a person. A level that there is not is refused as one.
func (e AwardEntry) award() certs.Award {
	return certs.Award{Year: e.Year, Contest: e.Contest, Class: e.Class, Place: e.Place, Of: e.Of, Group: e.Group, Holds: levelOrNone(e.Holds),
		HoldsNo: e.HoldsNo, Evidence: e.Evidence}
}

// levelOrNone is a level, 0 for none; what is neither is refused as a level: 256 is not nothing.
func levelOrNone(n int) engine.Level {
	if l := levelOfNumber(n); n == 0 || l.Valid() {
		return l
	}
	return noLevel
}

// noLevel is no level of any certificate, nor the absence of one.
const noLevel engine.Level = 9

// AwardConfirmation is the second person's word on an award, as the person read it.
type AwardConfirmation struct {
	Seen string `json:"seen" jsonschema:"description=Mark of the award"`
}

// AwardRefusal ends an award, as the person read it.
type AwardRefusal struct {
	Seen   string `json:"seen" jsonschema:"description=Mark of the award"`
	Reason string `json:"reason"`
}

// AwardRuling is the authority's word on an award that the rules give no level to.
type AwardRuling struct {
	Seen   string `json:"seen" jsonschema:"description=Mark of the award"`
	To     int    `json:"to" jsonschema:"description=Level to be certified; 0 for none"`
	Reason string `json:"reason"`
}

// ContestRule is one rule by which a prize becomes a level.
type ContestRule struct {
	ID       string         `json:"id"`
	Class    string         `json:"class"`
	Places   int            `json:"places,omitempty" jsonschema:"description=The first so many"`
	Percent  int            `json:"percent,omitempty" jsonschema:"description=Or the first so many in a hundred"`
	Group    string         `json:"group"`
	Holds    []engine.Level `json:"holds" jsonschema:"description=Levels held before; 0 is none"`
	To       engine.Level   `json:"to" jsonschema:"description=0: beyond the levels certified here; held for a ruling"`
	Document string         `json:"document"`
	Verified bool           `json:"verified" jsonschema:"description=Read by a person in the document itself"`
}

func (s *Server) viewContestRule(r engine.ContestRule) ContestRule {
	from := s.Policy.Sources[r.SourceKey]
	return ContestRule{ID: r.ID, Class: r.Class, Places: r.Places, Percent: r.Percent, Group: r.Group, Holds: r.Holds, To: r.To,
		Document: from.Document, Verified: from.Verified}
}
