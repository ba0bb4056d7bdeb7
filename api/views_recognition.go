package api

import (
	"maps"
	"slices"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/recognition"
)

// RecognitionTerms is what direct recognition asks of a body's applications, and why it is closed where it is.
type RecognitionTerms struct {
	Open      bool                  `json:"open"`
	Code      string                `json:"code,omitempty" jsonschema:"description=Of the refusal where it is closed to the body"`
	Why       string                `json:"why,omitempty"`
	Years     map[engine.Level]int  `json:"years" jsonschema:"description=Years in the body's service by level"`
	Terms     []string              `json:"terms"`
	Materials []RecognitionMaterial `json:"materials"`
	Days      int                   `json:"notice_days" jsonschema:"description=Working days of publicity"`
	Taken     int                   `json:"taken" jsonschema:"description=Places of this year that are taken"`
	Places    int                   `json:"places"`
	Staff     int                   `json:"staff" jsonschema:"description=People whose employment by the body is on record today"`
	Percent   int                   `json:"percent,omitempty" jsonschema:"description=Of the staff that places come to; none where the number is fixed"`
	Document  string                `json:"document"`
	Verified  bool                  `json:"verified"`
	levels    []engine.Level
}

// RecognitionMaterial is one item of evidence that is asked for.
type RecognitionMaterial struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Optional bool   `json:"optional,omitempty"`
}

func viewTerms(pol engine.Policy) RecognitionTerms {
	p := pol.Recognition
	from := pol.Sources[p.SourceKey]
	t := RecognitionTerms{Years: p.Years, Terms: p.Terms, Days: p.NoticeDays, Percent: p.Percent, Document: from.Document, Verified: from.Verified,
		Materials: each(p.Materials, func(m engine.Material) RecognitionMaterial { return RecognitionMaterial{m.Key, m.Name, m.Optional} })}
	t.levels = slices.Sorted(maps.Keys(p.Years))
	slices.Reverse(t.levels)
	return t
}

// RecognitionEntry applies for a member of staff; both people are named by their resident cards.
type RecognitionEntry struct {
	IDNumber string                `json:"id_number"`
	Level    int                   `json:"level"`
	Terms    string                `json:"terms" jsonschema:"enum=contract,enum=dispatched,enum=outsourced"`
	Evidence []RecognitionEvidence `json:"evidence"`
	Superior string                `json:"superior" jsonschema:"description=Document number of the superior who vouches"`
	Post     string                `json:"post"`
	Words    string                `json:"words"`
	On       Day                   `json:"on" jsonschema:"description=Day of the superior's statement"`
}

// RecognitionEvidence names the document of a material.
type RecognitionEvidence struct {
	Material string `json:"material"`
	Document string `json:"document"`
}

// RecognitionWord is a word for or against a case, as the person read it.
type RecognitionWord struct {
	Seen   string `json:"seen" jsonschema:"description=Mark of the case"`
	For    bool   `json:"for"`
	Reason string `json:"reason"`
}

// RecognitionReason is why something is ended.
type RecognitionReason struct {
	Reason string `json:"reason"`
}

// RecognitionAnswer ends an objection.
type RecognitionAnswer struct {
	Upheld bool   `json:"upheld"`
	Words  string `json:"words"`
}

// Recognition is a case of direct recognition and what became of it.
type Recognition struct {
	ID          recognition.ID        `json:"id"`
	Org         engine.OrgID          `json:"org"`
	Person      engine.PersonID       `json:"person"`
	Name        string                `json:"name"`
	IDMasked    string                `json:"id_masked"`
	Level       engine.Level          `json:"level"`
	Terms       string                `json:"terms"`
	Since       Day                   `json:"since" jsonschema:"description=Of service in the body by the ties on record"`
	Tie         string                `json:"tie"`
	Evidence    []RecognitionEvidence `json:"evidence"`
	Superior    string                `json:"superior"`
	Post        string                `json:"post"`
	Words       string                `json:"words"`
	On          Day                   `json:"on"`
	State       recognition.State     `json:"state"`
	At          Instant               `json:"at"`
	By          string                `json:"by"`
	Review      *RecognitionOpinion   `json:"review,omitempty"`
	Decision    *RecognitionOpinion   `json:"decision,omitempty"`
	From        Day                   `json:"from,omitzero" jsonschema:"description=First day of publicity"`
	Until       Day                   `json:"until,omitzero"`
	Objections  []RecognitionProtest  `json:"objections"`
	Certificate certs.Number          `json:"certificate,omitempty"`
	Mark        string                `json:"mark" jsonschema:"description=Of the case as it stands; who reviews or decides sends it as seen"`
}

// RecognitionOpinion is what a reviewer or decider said.
type RecognitionOpinion struct {
	For    bool    `json:"for"`
	Reason string  `json:"reason"`
	At     Instant `json:"at"`
	By     string  `json:"by"`
}

// RecognitionProtest is an objection. Who made it is not told here.
type RecognitionProtest struct {
	No     int     `json:"no"`
	Words  string  `json:"words"`
	At     Instant `json:"at"`
	Open   bool    `json:"open"`
	Upheld bool    `json:"upheld,omitempty"`
	Answer string  `json:"answer,omitempty"`
}

// DueRecognition is a case that waits for the reader, and for what.
type DueRecognition struct {
	Step        recognition.Step `json:"step"`
	Recognition Recognition      `json:"recognition"`
}

// RecognitionPage is a part of the cases; Next is the cursor of the part after it.
type RecognitionPage struct {
	Recognitions []Recognition `json:"recognitions"`
	Next         string        `json:"next,omitempty"`
}

// PublicRecognition is a line of the public list.
type PublicRecognition struct {
	ID    recognition.ID `json:"id"`
	Name  string         `json:"name" jsonschema:"description=Masked"`
	Body  string         `json:"body"`
	Level engine.Level   `json:"level"`
	From  Day            `json:"from"`
	Until Day            `json:"until"`
}

func viewPublicRecognition(r recognition.PublicRow) PublicRecognition {
	return PublicRecognition{ID: r.ID, Name: r.Name, Body: r.Body, Level: r.Level, From: Day(r.Notice.From), Until: Day(r.Notice.Until)}
}

func viewRecognition(k knownCase) Recognition {
	c := k.Case
	v := Recognition{ID: c.ID, Org: c.Org, Person: c.Person, Name: k.person.Name, IDMasked: engine.MaskID(k.person.IDNumber), Level: c.Level, Terms: c.Terms,
		Since: Day(c.Since), Tie: c.Tie, Superior: k.superior.Name, Post: c.Superior.Post, Words: c.Superior.Words, On: Day(c.Superior.On), State: c.State,
		At: Instant(c.At), By: k.applicant, From: Day(c.Notice.From), Until: Day(c.Notice.Until), Certificate: k.number(), Mark: c.Seen().Mark,
		Evidence:   each(c.Evidence, func(e recognition.Evidence) RecognitionEvidence { return RecognitionEvidence{e.Material, e.Document} }),
		Objections: each(c.Objections, viewRecognitionProtest)}
	for from, into := range map[*recognition.Opinion]**RecognitionOpinion{c.Review: &v.Review, c.Decision: &v.Decision} {
		if from != nil {
			*into = &RecognitionOpinion{For: from.For, Reason: from.Reason, At: Instant(from.At), By: from.Name}
		}
	}
	return v
}

func viewRecognitionProtest(o recognition.Objection) RecognitionProtest {
	p := RecognitionProtest{No: o.No, Words: o.Words, At: Instant(o.At), Open: o.Answer == nil}
	if o.Answer != nil {
		p.Upheld, p.Answer = o.Answer.Upheld, o.Answer.Words
	}
	return p
}
