package api

import (
	"slices"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
)

// Verification asks about a certificate by what is printed on it.
type Verification struct {
	Number string `json:"number"`
	Name   string `json:"name"`
}

// Answer is what a check found. Every case in which nothing can be said looks alike: standing unknown and no more.
type Answer struct {
	Standing    certs.Standing    `json:"standing"`
	By          string            `json:"by"`
	Checked     Instant           `json:"checked"`
	Certificate *Printed          `json:"certificate,omitempty"`
	Holds       *Holding          `json:"holds,omitempty" jsonschema:"description=The edition that holds now where another was asked about"`
	History     []Happening       `json:"history,omitempty" jsonschema:"description=What became of the certificate, the oldest first"`
	Log         *LogPlace         `json:"log,omitempty"`
	Checks      []Check           `json:"checks"`
	Differences map[string]string `json:"differences,omitempty" jsonschema:"description=Fields of the file that differ from the record"`
}

// Printed is what must stand on the paper.
type Printed struct {
	Number     certs.Number `json:"number"`
	Edition    int          `json:"edition"`
	Name       string       `json:"name"`
	IDType     string       `json:"id_type"`
	IDNumber   string       `json:"id_number" jsonschema:"description=Masked as printed"`
	Occupation string       `json:"occupation"`
	WorkType   string       `json:"work_type"`
	Level      engine.Level `json:"level"`
	Org        string       `json:"org"`
	Filing     string       `json:"filing"`
	Issued     Day          `json:"issued"`
	Photo      string       `json:"photo,omitempty" jsonschema:"description=SHA-256 of the photo on the certificate in hexadecimal digits"`
	Since      Instant      `json:"since"`
	Reason     string       `json:"reason,omitempty"`
	Demo       bool         `json:"demo" jsonschema:"description=Issued under a demonstration key: of no legal effect"`
}

// Holding is the edition that holds.
type Holding struct {
	Edition int     `json:"edition"`
	Since   Instant `json:"since"`
	Reason  string  `json:"reason,omitempty"`
}

// Happening is one change of a certificate; Edition is 0 where it is about the certificate, Leaf its place in the log.
type Happening struct {
	At      Instant `json:"at"`
	Event   string  `json:"event"`
	Edition int     `json:"edition,omitempty"`
	Reason  string  `json:"reason,omitempty"`
	Leaf    *int64  `json:"leaf,omitempty"`
}

// LogPlace is where an edition stands in the transparency log.
type LogPlace struct {
	Leaf     int64      `json:"leaf"`
	Size     int64      `json:"size" jsonschema:"description=Entries under the last checkpoint"`
	Cosigned []Cosigned `json:"cosigned,omitempty" jsonschema:"description=When witnesses saw that checkpoint"`
	Proof    string     `json:"proof,omitempty" jsonschema:"description=Address of the proof, absent until a checkpoint covers the leaf"`
}

// Cosigned is a witness and when it saw a checkpoint.
type Cosigned struct {
	Witness string  `json:"witness"`
	At      Instant `json:"at"`
}

// Check is one thing that was looked at.
type Check struct {
	Key    string `json:"key"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
}

func viewAnswer(a certs.Answer) Answer {
	v := Answer{Standing: a.Standing, By: a.By, Checked: Instant(a.Checked), Differences: a.Differences,
		Checks: each(a.Checks, func(k certs.Check) Check { return Check{Key: k.Key, OK: k.OK, Detail: k.Detail} })}
	c, e := a.Certificate, a.Edition
	if c == nil {
		return v
	}
	v.Certificate = &Printed{Number: c.Number, Edition: e.Version, Name: e.Name, IDType: idTypeName(e.IDType), IDNumber: e.IDMasked,
		Occupation: e.Occupation.Name, WorkType: e.Occupation.WorkType, Level: e.Level, Org: e.OrgName, Filing: c.Filing, Issued: Day(e.Issued),
		Photo: e.Photo, Since: Instant(c.Changed), Reason: c.Reason, Demo: c.Demo}
	if e.Version != c.Version {
		v.Holds = &Holding{Edition: c.Version, Since: Instant(c.Sealed), Reason: c.Grounds}
	}
	v.History = happenings(c)
	return v
}

// happenings is what became of a certificate since it was issued, the oldest first.
func happenings(c *certs.Certificate) (all []Happening) {
	for _, e := range append(slices.Clone(c.Earlier), c.Edition) {
		all = append(all, Happening{At: Instant(e.Sealed), Event: string(e.Kind), Edition: e.Version, Reason: e.Grounds, Leaf: &e.Leaf})
	}
	for _, r := range c.Rulings {
		if r.Edition != 0 { // withdrew an edition that nobody ever had
			continue
		}
		h := Happening{At: Instant(r.At), Event: string(r.Event), Reason: r.Grounds}
		if r.Settled {
			h.Leaf = &r.Leaf
		}
		all = append(all, h)
	}
	return all
}

// idTypeName is the document's name as it is printed.
func idTypeName(t engine.IDType) string {
	if t == engine.ResidentCard {
		return "居民身份证"
	}
	return "其他证件"
}
