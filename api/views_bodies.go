package api

import (
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/separation"
)

// Filing is what an evaluation body may examine. Levels are numbers, not the type that JSON would write as bytes.
type Filing struct {
	Number     string `json:"number" jsonschema:"description=Y or S and twelve digits"`
	Occupation string `json:"occupation"`
	Levels     []int  `json:"levels"`
	Capacity   int    `json:"capacity" jsonschema:"description=Candidates a year"`
	From       Day    `json:"from"`
	To         Day    `json:"to" jsonschema:"description=The first day on which it no longer holds"`
	Region     string `json:"region,omitempty" jsonschema:"description=Two or six digits of GB/T 2260 within the body's province; empty: all of it"`
}

func (f Filing) filing() engine.Filing {
	return engine.Filing{Number: f.Number, Occupation: f.Occupation, Levels: each(f.Levels, levelOfNumber), Capacity: f.Capacity,
		From: clock.Date(f.From), To: clock.Date(f.To), Region: f.Region}
}

// OrganisationEntry files a body, or what changed of it.
type OrganisationEntry struct {
	ID         engine.OrgID   `json:"id,omitempty" jsonschema:"description=Empty: derived from the credit code"`
	Kind       engine.OrgKind `json:"kind" jsonschema:"enum=evaluation,enum=training,enum=employer,enum=authority"`
	Name       string         `json:"name"`
	CreditCode string         `json:"credit_code"`
	Province   string         `json:"province" jsonschema:"description=Two digits of GB/T 2260"`
	Filing     *Filing        `json:"filing,omitempty" jsonschema:"description=Of an evaluation body: what is filed now. One of the same occupation, region and first day puts the record right; any other is added to it"`

	Category engine.Category `json:"category,omitempty" jsonschema:"enum=social,enum=employer,enum=school,description=Of an evaluation body"`
	Control  *BehindEntry    `json:"control,omitempty" jsonschema:"description=Who is behind the body. Asked for of one that evaluates or trains; left out: a former statement goes on"`
}

// behind is the statement of who is behind the body, none where a former one goes on.
func (e OrganisationEntry) behind() *separation.Control {
	if e.Control == nil {
		return nil
	}
	c := e.Control.control()
	return &c
}

func (e OrganisationEntry) organisation() engine.Organisation {
	o := engine.Organisation{ID: e.ID, Kind: e.Kind, Name: e.Name, CreditCode: e.CreditCode, Province: e.Province, Category: e.Category}
	if f := e.Filing; f != nil {
		o.Filings = []engine.Filing{f.filing()}
	}
	return o
}

// Organisation is a body. CreditCodeFits is false when the check character does not match: its papers are to be looked at.
type Organisation struct {
	ID             engine.OrgID   `json:"id"`
	Kind           engine.OrgKind `json:"kind"`
	Name           string         `json:"name"`
	CreditCode     string         `json:"credit_code"`
	CreditCodeFits bool           `json:"credit_code_fits"`
	Province       string         `json:"province"`
	Filing         *Filing        `json:"filing,omitempty" jsonschema:"description=What was recorded last; filings has all"`
	Filings        []FilingRecord `json:"filings,omitempty" jsonschema:"description=Of an evaluation body: oldest record first, with those that are over"`

	Category engine.Category `json:"category,omitempty"`
	Measures []Measure       `json:"measures,omitempty"`
}

func viewOrganisation(o *engine.Organisation) Organisation {
	v := Organisation{ID: o.ID, Kind: o.Kind, Name: o.Name, CreditCode: o.CreditCode, CreditCodeFits: engine.CreditCodeMatches(o.CreditCode),
		Province: o.Province, Category: o.Category, Measures: each(o.Suspensions, viewMeasure)}
	v.Filing, v.Filings = viewOrgFiling(o.LastFiling()), each(o.Filings, viewFilingRecord)
	return v
}

// viewOrgFiling is a filing, absent where there is none.
func viewOrgFiling(f *engine.Filing) *Filing {
	if f == nil {
		return nil
	}
	return &Filing{Number: f.Number, Occupation: f.Occupation, Levels: each(f.Levels, levelNumber), Capacity: f.Capacity, From: Day(f.From), To: Day(f.To), Region: f.Region}
}

// OrganisationPage is a part of a list; Next is the cursor of the part after it.
type OrganisationPage struct {
	Organisations []Organisation `json:"organisations"`
	Next          string         `json:"next,omitempty"`
}
