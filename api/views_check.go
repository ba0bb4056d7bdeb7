package api

import (
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
	Differences map[string]string `json:"differences,omitempty" jsonschema:"description=Fields of the credential in the file that differ from the record"`
	Pages       *PageReadout      `json:"pages,omitempty" jsonschema:"description=What the pages of an altered file show beside the recorded document: read for people to compare and proof of nothing"`
}

// PageReadout is what the pages of an altered file show. Where they cannot be read there is nothing else, which does not
// mean that nothing differs.
type PageReadout struct {
	Readable bool        `json:"readable" jsonschema:"description=False where the text cannot be read and has to be compared by eye"`
	Moved    bool        `json:"moved" jsonschema:"description=The page is laid out otherwise: only words were compared"`
	Fields   []PageField `json:"fields,omitempty"`
	Added    []string    `json:"added,omitempty" jsonschema:"description=Text that the recorded pages do not have"`
	Missing  []string    `json:"missing,omitempty" jsonschema:"description=Text of the recorded pages besides the fields"`
	Photo    bool        `json:"other_photo" jsonschema:"description=The photo looks otherwise"`
	Drawing  bool        `json:"other_drawing" jsonschema:"description=Codes or seal or lines look otherwise"`
}

// PageField is a field as the file's page prints it, beside the recorded page.
type PageField struct {
	Field    string          `json:"field"`
	Found    string          `json:"found"`
	Recorded string          `json:"recorded"`
	State    certs.PageState `json:"state" jsonschema:"enum=same,enum=differs,enum=gone,enum=unclear"`
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
	Remark     string       `json:"remark,omitempty" jsonschema:"description=Of a correction or reissue"`
	Photo      string       `json:"photo,omitempty" jsonschema:"description=SHA-256 of the photo on the certificate in hexadecimal digits"`
	Since      Instant      `json:"since"`
	Reason     string       `json:"reason,omitempty"`
	Route      certs.Route  `json:"route" jsonschema:"enum=exam,enum=contest,enum=direct,description=How it was earned: direct is recognition of an employer's staff without an examination"`
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

// viewAnswer is what an answer says without what is on record of the certificate, which tell adds, and its place in the log.
func viewAnswer(a certs.Answer) Answer {
	return Answer{Standing: a.Standing, By: a.By, Checked: Instant(a.Checked), Differences: a.Differences, Pages: viewReadout(a.Readout),
		Checks: each(a.Checks, func(k certs.Check) Check { return Check{Key: k.Key, OK: k.OK, Detail: k.Detail} })}
}

// tell says what is on record of an edition.
func (v *Answer) tell(c *certs.Certificate, e *certs.Edition) {
	v.Certificate = &Printed{Number: c.Number, Edition: e.Version, Name: e.Name, IDType: e.IDType.Name(), IDNumber: e.IDMasked,
		Occupation: e.Occupation.Name, WorkType: e.Occupation.WorkType, Level: e.Level, Org: e.OrgName, Filing: c.Filing, Issued: Day(e.Issued),
		Remark: e.Remark, Photo: e.Photo, Since: Instant(c.Since(e)), Reason: c.Reason, Route: c.Route(), Demo: c.Demo}
	if e.Version != c.Version {
		v.Holds = &Holding{Edition: c.Version, Since: Instant(c.Sealed), Reason: c.Grounds}
	}
	v.History = happenings(c)
}

func viewReadout(r *certs.Readout) *PageReadout {
	if r == nil {
		return nil
	}
	return &PageReadout{Readable: r.Readable, Moved: r.Moved, Added: r.Added, Missing: r.Missing, Photo: r.Photo, Drawing: r.Drawing,
		Fields: each(r.Fields, func(f certs.Shown) PageField { return PageField{f.Key, f.Found, f.Recorded, f.State} })}
}

// happenings is what became of a certificate since it was issued, the oldest first.
func happenings(c *certs.Certificate) (all []Happening) {
	all = make([]Happening, 0, len(c.Earlier)+1+len(c.Rulings))
	for n := range c.Earlier {
		all = append(all, happeningOf(&c.Earlier[n]))
	}
	all = append(all, happeningOf(&c.Edition))
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

func happeningOf(e *certs.Edition) Happening {
	leaf := e.Leaf // and not the edition: it may be everybody's
	return Happening{At: Instant(e.Sealed), Event: string(e.Kind), Edition: e.Version, Reason: e.Grounds, Leaf: &leaf}
}
