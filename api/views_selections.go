package api

import (
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accreditation"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/separation"
)

// SelectionEntry publishes a call.
type SelectionEntry struct {
	Title      string           `json:"title"`
	Document   string           `json:"document" jsonschema:"description=Number of the authority's notice"`
	Levels     []int            `json:"levels"`
	Bodies     int              `json:"bodies" jsonschema:"description=Chosen at most"`
	Closes     Day              `json:"closes" jsonschema:"description=Last day of applications"`
	NoticeDays int              `json:"notice_days,omitempty" jsonschema:"description=Working days, never fewer than the policy's"`
	Materials  []MaterialListed `json:"materials,omitempty" jsonschema:"description=Left out: the policy's"`
}

// MaterialListed is one item of the material list.
type MaterialListed struct {
	Key      string `json:"key"`
	Name     string `json:"name"`
	Clause   string `json:"clause,omitempty"`
	Optional bool   `json:"optional,omitempty"`
}

func (in SelectionEntry) call() accreditation.Call {
	return accreditation.Call{Title: in.Title, Document: in.Document, Levels: each(in.Levels, levelOfNumber), Bodies: in.Bodies, Closes: clock.Date(in.Closes),
		NoticeDays: in.NoticeDays, Materials: each(in.Materials, func(m MaterialListed) engine.Material {
			return engine.Material{Key: m.Key, Name: m.Name, Clause: m.Clause, Optional: m.Optional}
		})}
}

// PremisesEntry is where a body would examine.
type PremisesEntry struct {
	Address string `json:"address"`
	Leased  bool   `json:"leased,omitempty"`
	From    *Day   `json:"from,omitempty" jsonschema:"description=Of the lease"`
	To      *Day   `json:"to,omitempty" jsonschema:"description=The first day after the lease"`
}

// OpinionEntry is a review or a decision.
type OpinionEntry struct {
	For    bool   `json:"for"`
	Reason string `json:"reason"`
}

// ApplicationObjectionEntry is an objection against a body in the public notice.
type ApplicationObjectionEntry struct {
	From string `json:"from" jsonschema:"description=Who objects and how to reach them; for the authority only"`
	Text string `json:"text"`
}

// ApplicationAnswerEntry ends an objection.
type ApplicationAnswerEntry struct {
	Upheld bool   `json:"upheld"`
	Text   string `json:"text"`
}

// SelectionFilingEntry files a body that was chosen.
type SelectionFilingEntry struct {
	Number   string       `json:"number"`
	Capacity int          `json:"capacity" jsonschema:"description=Candidates a year"`
	From     Day          `json:"from"`
	To       Day          `json:"to" jsonschema:"description=The first day on which it no longer holds"`
	Region   string       `json:"region,omitempty"`
	Control  *BehindEntry `json:"control,omitempty" jsonschema:"description=Where the application is wrong about it or does not say"`
}

// Selection is one call with the applications that the reader may see.
type Selection struct {
	ID           accreditation.CallID `json:"id"`
	Province     string               `json:"province"`
	Title        string               `json:"title"`
	Document     string               `json:"document"`
	Occupation   string               `json:"occupation"`
	Levels       []int                `json:"levels"`
	Bodies       int                  `json:"bodies"`
	Closes       Day                  `json:"closes"`
	NoticeDays   int                  `json:"notice_days"`
	LeaseYears   int                  `json:"lease_years"`
	Materials    []MaterialListed     `json:"materials"`
	NoticeFrom   *Day                 `json:"notice_from,omitempty"`
	NoticeLast   *Day                 `json:"notice_last,omitempty"`
	Next         Next                 `json:"next"`
	Applications []BodyApplication    `json:"applications"`
}

// Next is what has to be done next.
type Next struct {
	Step  accreditation.Step `json:"step" jsonschema:"enum=apply,enum=fill-in,enum=review,enum=decide,enum=wait,enum=others,enum=publish,enum=notice,enum=answer,enum=file,enum=lapsed,enum=filed,enum=over"`
	Until *Day               `json:"until,omitempty"`
	Count int                `json:"count,omitempty" jsonschema:"description=Applications that wait for it, of a call"`
}

// BodyApplication is one body's application. Documents of persons are masked.
type BodyApplication struct {
	Org        engine.OrgID           `json:"org"`
	Name       string                 `json:"name"`
	State      accreditation.State    `json:"state"`
	Next       Next                   `json:"next"`
	Premises   *PremisesEntry         `json:"premises,omitempty"`
	Control    []Holder               `json:"control,omitempty"`
	Files      []MaterialFile         `json:"files,omitempty"`
	Submitted  time.Time              `json:"submitted,omitzero"`
	Review     *ApplicationOpinion    `json:"review,omitempty"`
	Decision   *ApplicationOpinion    `json:"decision,omitempty"`
	Objections []ApplicationObjection `json:"objections,omitempty"`
	Filing     *Filing                `json:"filing,omitempty" jsonschema:"description=Once it is filed"`
}

// Holder represents a body or has a share of it.
type Holder struct {
	Represents bool   `json:"represents,omitempty"`
	Name       string `json:"name"`
	Number     string `json:"number" jsonschema:"description=Masked document number or credit code"`
	Percent    int    `json:"percent,omitempty"`
}

// MaterialFile is what was handed in for a material.
type MaterialFile struct {
	Material string `json:"material"`
	Name     string `json:"name"`
	Size     int    `json:"size"`
	Digest   string `json:"digest" jsonschema:"description=SHA-256 in hex"`
}

// ApplicationOpinion is what a reviewer or a decider said.
type ApplicationOpinion struct {
	For    bool      `json:"for"`
	Reason string    `json:"reason"`
	Name   string    `json:"name"`
	At     time.Time `json:"at"`
}

// ApplicationObjection is an objection with its answer.
type ApplicationObjection struct {
	No       int       `json:"no"`
	From     string    `json:"from,omitempty" jsonschema:"description=For the authority only"`
	Text     string    `json:"text"`
	On       Day       `json:"on"`
	Upheld   *bool     `json:"upheld,omitempty"`
	Answer   string    `json:"answer,omitempty"`
	Answered time.Time `json:"answered,omitzero"`
}

func (s *Server) viewSelection(k *accreditation.Call) Selection {
	today := clock.DateOf(s.clock.Now(), s.zone)
	v := Selection{ID: k.ID, Province: k.Province, Title: k.Title, Document: k.Document, Occupation: k.Occupation, Levels: each(k.Levels, levelNumber), Bodies: k.Bodies,
		Closes: Day(k.Closes), NoticeDays: k.NoticeDays, LeaseYears: k.LeaseYears, Next: viewNext(k.Turn(today)), Applications: []BodyApplication{},
		Materials: each(k.Materials, func(m engine.Material) MaterialListed {
			return MaterialListed{Key: m.Key, Name: m.Name, Clause: m.Clause, Optional: m.Optional}
		})}
	if n := k.Notice; n != nil {
		v.NoticeFrom, v.NoticeLast = dayOrNone(n.From), dayOrNone(n.Last)
	}
	for i := range k.Applications {
		a := viewApplicationOf(&k.Applications[i])
		a.Next = viewNext(k.TurnOf(&k.Applications[i], today))
		v.Applications = append(v.Applications, a)
	}
	return v
}

func viewNext(t accreditation.Turn) Next {
	return Next{Step: t.Step, Until: dayOrNone(t.Until), Count: t.Count}
}

func viewApplicationOf(a *accreditation.Application) BodyApplication {
	v := BodyApplication{Org: a.Org, Name: a.Name, State: a.State, Control: viewHolders(a.Control), Submitted: a.Submitted, Review: viewOpinion(a.Review),
		Decision: viewOpinion(a.Decision), Objections: each(a.Objections, viewApplicationObjection),
		Files: each(a.Files, func(f accreditation.File) MaterialFile {
			return MaterialFile{Material: f.Material, Name: f.Name, Size: f.Size, Digest: f.Digest}
		})}
	if p := a.Premises; p.Address != "" {
		v.Premises = &PremisesEntry{Address: p.Address, Leased: p.Leased, From: dayOrNone(p.From), To: dayOrNone(p.To)}
	}
	if a.State == accreditation.Filed {
		v.Filing = viewOrgFiling(a.Filing)
	}
	return v
}

func viewHolders(state *separation.Control) []Holder {
	return each(holderRows(state), func(r web.HolderRow) Holder {
		return Holder{Represents: r.Head, Name: r.Name, Number: r.Number, Percent: r.Percent}
	})
}

func viewOpinion(o *accreditation.Opinion) *ApplicationOpinion {
	if o == nil {
		return nil
	}
	return &ApplicationOpinion{For: o.For, Reason: o.Reason, Name: o.Name, At: o.At}
}

func viewApplicationObjection(o accreditation.Objection) ApplicationObjection {
	v := ApplicationObjection{No: o.No, From: o.From, Text: o.Text, On: Day(o.On)}
	if w := o.Answer; w != nil {
		v.Upheld, v.Answer, v.Answered = &w.Upheld, w.Text, w.At
	}
	return v
}
