package api

import (
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

func levelNumber(l engine.Level) int { return int(l) }

// levelOfNumber is no level for what is none: 261 is not 5.
func levelOfNumber(n int) engine.Level {
	if l := engine.Level(n); int(l) == n {
		return l
	}
	return 0
}

// PersonEntry registers a person. A resident card tells the birth date and the sex.
type PersonEntry struct {
	Name     string        `json:"name"`
	IDType   engine.IDType `json:"id_type,omitempty" jsonschema:"description=201 (default) for a resident card and 999 for others"`
	IDNumber string        `json:"id_number"`
	Born     Day           `json:"born,omitzero"`
	Sex      engine.Sex    `json:"sex,omitempty"`
	Phone    string        `json:"phone,omitempty"`
	Address  string        `json:"address,omitempty" jsonschema:"description=With the number of the house; who shares it with a candidate is tied to them"`
	Photo    []byte        `json:"photo,omitempty" jsonschema:"description=JPEG of at most 200 KB in base64"`
}

func (e PersonEntry) person() engine.Person {
	p := engine.Person{Name: e.Name, IDType: e.IDType, IDNumber: e.IDNumber, Born: clock.Date(e.Born), Sex: e.Sex, Phone: e.Phone, Address: e.Address}
	if p.IDType == "" {
		p.IDType = engine.ResidentCard
	}
	return p
}

// Person is somebody registered. Number and telephone are masked, and what the number tells is left out.
type Person struct {
	ID       engine.PersonID `json:"id"`
	Name     string          `json:"name"`
	IDType   engine.IDType   `json:"id_type"`
	IDNumber string          `json:"id_number" jsonschema:"description=Masked"`
	Phone    string          `json:"phone,omitempty" jsonschema:"description=Masked"`
	Address  string          `json:"address,omitempty" jsonschema:"description=Masked"`
	Photo    bool            `json:"photo" jsonschema:"description=Whether there is one"`
}

func viewPerson(p *engine.Person) Person {
	return Person{ID: p.ID, Name: p.Name, IDType: p.IDType, IDNumber: engine.MaskID(p.IDNumber), Phone: engine.MaskPhone(p.Phone), Address: engine.MaskAddress(p.Address),
		Photo: !p.Photo.None()}
}

// AccountEntry makes a sign-in for a registered person, whose name it bears.
type AccountEntry struct {
	Login    string          `json:"login"`
	Password string          `json:"password"`
	Person   engine.PersonID `json:"person"`
	Roles    []authz.Role    `json:"roles"`
	Org      engine.OrgID    `json:"org,omitempty" jsonschema:"description=Body acted for"`
	Province string          `json:"province,omitempty" jsonschema:"description=Two digits of GB/T 2260. Authorities decide in their own province only"`
}

// AccountPerson says whose account it is.
type AccountPerson struct {
	Login  string          `json:"login"`
	Person engine.PersonID `json:"person"`
}

// AccountBody says for which body an account's person works from now on.
type AccountBody struct {
	Login string       `json:"login"`
	Org   engine.OrgID `json:"org"`
}

// AccountName names an account.
type AccountName struct {
	Login string `json:"login"`
}

// Account is a sign-in of staff.
type Account struct {
	Login    string          `json:"login"`
	Name     string          `json:"name"`
	Person   engine.PersonID `json:"person"`
	Roles    []authz.Role    `json:"roles"`
	Org      engine.OrgID    `json:"org,omitempty"`
	Province string          `json:"province,omitempty"`
}

func viewAccount(a *accounts.Account) Account {
	return Account{Login: a.Login, Name: a.Name, Person: a.Person, Roles: a.Roles, Org: a.Org, Province: a.Province}
}

// Colleague is a member of one's own body's staff, as those who assign duties see them.
type Colleague struct {
	Person engine.PersonID `json:"person"`
	Name   string          `json:"name"`
	Roles  []authz.Role    `json:"roles"`
}

func viewColleague(c accounts.Colleague) Colleague { return Colleague(c) }

// PlanEntry announces a year's work of a body.
type PlanEntry struct {
	Org    engine.OrgID `json:"org"`
	Name   string       `json:"name"`
	Year   int          `json:"year"`
	Levels []int        `json:"levels"`
}

// Plan is a body's announced work for a year.
type Plan struct {
	ID     sitting.PlanID    `json:"id"`
	Org    engine.OrgID      `json:"org"`
	Name   string            `json:"name"`
	Year   int               `json:"year"`
	Levels []int             `json:"levels"`
	State  sitting.PlanState `json:"state"`
}

func viewPlan(p *sitting.Plan) Plan {
	return Plan{ID: p.ID, Org: p.Org, Name: p.Name, Year: p.Year, Levels: each(p.Levels, levelNumber), State: p.State}
}

// YearOutlook compares what is planned for a body's year with its filing. More may be planned than is filed; the warning says so.
type YearOutlook struct {
	Year     int    `json:"year"`
	Filed    int    `json:"filed" jsonschema:"description=Candidates a year that the filing allows"`
	Sessions int    `json:"sessions"`
	Places   int    `json:"places" jsonschema:"description=Of these sessions: seats given where nobody is taken any more, otherwise what the rooms hold"`
	Beyond   int    `json:"beyond"`
	Warning  string `json:"warning,omitempty"`
}

func viewOutlook(o sitting.Outlook) YearOutlook {
	return YearOutlook{Year: o.Year, Filed: o.Filed, Sessions: o.Sessions, Places: o.Places, Beyond: o.Beyond(), Warning: o.Words()}
}

// SessionEntry plans a session under a published plan.
type SessionEntry struct {
	Plan      sitting.PlanID `json:"plan"`
	Name      string         `json:"name"`
	Level     engine.Level   `json:"level"`
	Province  string         `json:"province,omitempty" jsonschema:"description=Empty: that of the body"`
	Site      string         `json:"site,omitempty" jsonschema:"description=Where it is sat, as the body calls it: staff rotate from turn to turn at one site"`
	Blueprint string         `json:"blueprint"`
	Release   string         `json:"release,omitempty" jsonschema:"description=Empty: that of the blueprint"`
	Theory    Window         `json:"theory"`
	Practical Window         `json:"practical"`
	Rooms     []RoomEntry    `json:"rooms"`
	Spread    int            `json:"spread,omitempty" jsonschema:"description=Seconds over which the starts are spread; nobody has less time"`
}

// StaffProposalEntry asks for a proposal of staff.
type StaffProposalEntry struct {
	With []sitting.SessionID `json:"with,omitempty" jsonschema:"description=Other sessions at the same time, staffed together with this one"`
}

// StaffProposal fills duties as far as staff and rules let it. Nothing is assigned by it.
type StaffProposal struct {
	Duties []ProposedDuty `json:"duties"`
	Short  []Shortage     `json:"short"`
}

// ProposedDuty is one duty of one session.
type ProposedDuty struct {
	Session sitting.SessionID `json:"session"`
	Duty
}

// Shortage is a duty for which somebody is missing, and why those who have the role cannot take it.
type Shortage struct {
	Session sitting.SessionID `json:"session"`
	Role    authz.Role        `json:"role"`
	Room    sitting.RoomID    `json:"room,omitempty"`
	Need    int               `json:"need"`
	Missing int               `json:"missing"`
	Holders int               `json:"holders" jsonschema:"description=Of the staff who have the role"`
	Busy    int               `json:"busy" jsonschema:"description=On duty at the same time"`
	Served  int               `json:"served" jsonschema:"description=Too often in a row at the site"`
	Tied    int               `json:"tied" jsonschema:"description=To an applicant"`

	Uncalibrated int `json:"uncalibrated" jsonschema:"description=Examiners whose calibration is missing or ran out, where the policy requires one"`
}

func viewProposal(p *sitting.StaffProposal) StaffProposal {
	v := StaffProposal{Duties: []ProposedDuty{}, Short: each(p.Short, func(s sitting.Shortage) Shortage { return Shortage(s) })}
	for _, d := range p.Duties {
		v.Duties = append(v.Duties, ProposedDuty{Session: d.Session, Duty: Duty{Person: d.Person, Name: d.Name, Role: d.Role, Room: d.Room}})
	}
	return v
}

// WaiverEntry asks for a waiver of a finding, by its key.
type WaiverEntry struct {
	Finding string `json:"finding"`
	Reason  string `json:"reason" jsonschema:"description=At most 200 characters. It is made public with the waiver"`
}

// WaiverDecision decides on a waiver, by a second person.
type WaiverDecision struct {
	Finding string `json:"finding"`
	Grant   bool   `json:"grant"`
}

// RoomEntry is a room of a session to come. Its id stands in addresses.
type RoomEntry struct {
	ID        sitting.RoomID   `json:"id"`
	Name      string           `json:"name"`
	Component engine.Component `json:"component" jsonschema:"enum=theory,enum=practical"`
	Capacity  int              `json:"capacity"`
	Columns   int              `json:"columns,omitempty" jsonschema:"description=Seats side by side"`
	Reserve   int              `json:"reserve,omitempty" jsonschema:"description=Of the seats, the last so many that no plan gives"`
	Machines  []string         `json:"machines,omitempty" jsonschema:"description=Names of the computers by seat"`
	Hall      string           `json:"hall,omitempty" jsonschema:"description=The physical room, where sessions share it at the same time"`
	Parts     int              `json:"parts,omitempty" jsonschema:"description=Sessions that share the hall"`
	Part      int              `json:"part,omitempty" jsonschema:"description=Which of them this one is, from 1"`
}

func (e SessionEntry) session() sitting.Session {
	return sitting.Session{Plan: e.Plan, Name: e.Name, Level: e.Level, Province: e.Province, Site: e.Site, Blueprint: e.Blueprint, Release: e.Release,
		Theory: e.Theory.window(), Practical: e.Practical.window(), Rooms: each(e.Rooms, func(r RoomEntry) sitting.Room { return sitting.Room(r) }), Spread: e.Spread}
}

// AmendmentEntry changes a session that nobody has a seat in yet. What is left out stays as it is.
type AmendmentEntry struct {
	Theory    *Window     `json:"theory,omitempty"`
	Practical *Window     `json:"practical,omitempty"`
	Rooms     []RoomEntry `json:"rooms,omitempty" jsonschema:"description=All of them, known by their ids"`
	Spread    *int        `json:"spread,omitempty"`
	Site      *string     `json:"site,omitempty" jsonschema:"description=考点 as the body calls it"`
	Reason    string      `json:"reason" jsonschema:"description=Why, at most 300 characters"`
}

func (e AmendmentEntry) amendment() sitting.Amendment {
	a := sitting.Amendment{Spread: e.Spread, Site: e.Site, Reason: e.Reason}
	if e.Theory != nil {
		a.Theory = new(e.Theory.window())
	}
	if e.Practical != nil {
		a.Practical = new(e.Practical.window())
	}
	if e.Rooms != nil {
		a.Rooms = each(e.Rooms, func(r RoomEntry) sitting.Room { return sitting.Room(r) })
	}
	return a
}

// DutyEntry puts a person on duty; no room means the whole session.
type DutyEntry struct {
	Person engine.PersonID `json:"person"`
	Role   authz.Role      `json:"role" jsonschema:"enum=invigilator,enum=examiner,enum=leader,enum=marker,enum=supervisor"`
	Room   sitting.RoomID  `json:"room,omitempty"`
}

// ReliefEntry takes a person off a duty, with the reason.
type ReliefEntry struct {
	DutyEntry
	Reason string `json:"reason"`
}

// ApplicationEntry is what an applicant states and backs with evidence.
type ApplicationEntry struct {
	Person      engine.PersonID `json:"person"`
	Condition   string          `json:"condition" jsonschema:"description=Id of a condition of the policy: 5-2"`
	Years       int             `json:"years,omitempty"`
	PriorLevel  engine.Level    `json:"prior_level,omitempty"`
	PriorNumber string          `json:"prior_number,omitempty"`
	PriorDate   Day             `json:"prior_date,omitzero"`
	Education   string          `json:"education,omitempty"`
	Title       string          `json:"title,omitempty"`
	Evidence    []string        `json:"evidence,omitempty"`
	Employer    string          `json:"employer,omitempty"`
	Class       string          `json:"class,omitempty" jsonschema:"description=Training class attended"`

	Retake registration.Retake `json:"retake,omitempty" jsonschema:"enum=kept,enum=theory,enum=practical,description=One component only is taken (补考); kept: the one of which no pass is kept"`
}

func (e ApplicationEntry) claims() registration.Claims {
	return registration.Claims{Retake: e.Retake, Condition: e.Condition, Years: e.Years, PriorLevel: e.PriorLevel, PriorNumber: e.PriorNumber,
		PriorDate: clock.Date(e.PriorDate), Education: e.Education, Title: e.Title, Evidence: e.Evidence}
}

// Application is one person's request to sit a session, as it was judged: without refusals it was accepted.
type Application struct {
	ID        registration.ApplicationID `json:"id"`
	Person    engine.PersonID            `json:"person"`
	Level     engine.Level               `json:"level"`
	Condition string                     `json:"condition"`
	Employer  string                     `json:"employer,omitempty"`
	Class     string                     `json:"class,omitempty"`
	Refusals  []Refusal                  `json:"refusals"`
	At        Instant                    `json:"at"`
}

// Refusal is one rule that an application does not meet.
type Refusal struct {
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

func viewApplication(a *registration.Application) Application {
	return Application{ID: a.ID, Person: a.Person, Level: a.Level, Condition: a.Claims.Condition, Employer: a.Employer, Class: a.Class,
		Refusals: each(a.Refusals, func(r registration.Refusal) Refusal { return Refusal(r) }), At: Instant(a.At)}
}

// Roster says what became of the rows of a roster.
type Roster struct {
	Accepted int          `json:"accepted"`
	Refused  []RefusedRow `json:"refused"`
	Broken   []BrokenRow  `json:"broken"`
}

// RefusedRow is a row that was read and refused.
type RefusedRow struct {
	Row    int    `json:"row"`
	Who    string `json:"who"`
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

func viewRoster(r *registration.Roster) Roster {
	return Roster{Accepted: len(r.Accepted), Refused: each(r.Refused, func(r registration.RefusedRow) RefusedRow { return RefusedRow(r) }),
		Broken: each(r.Broken, viewBroken)}
}

// RosterImport is a workbook as it was last read for a session, without the rows of those who were accepted since.
type RosterImport struct {
	File  string    `json:"file"`
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	Taken int       `json:"taken"`
	Left  []LeftRow `json:"left"`
	More  int       `json:"more,omitempty" jsonschema:"description=Rows that were left and are not in the list"`
}

// LeftRow is a row of a workbook that was not taken, with the name masked.
type LeftRow struct {
	Row    int    `json:"row" jsonschema:"description=As a person counts in the file"`
	Who    string `json:"who,omitempty"`
	Rule   string `json:"rule"`
	Column string `json:"column,omitempty"`
	Reason string `json:"reason"`
}

func viewImport(i *registration.Import) RosterImport {
	return RosterImport{File: i.File, By: i.By, At: i.At, Taken: i.Taken, More: i.More, Left: each(i.Left, func(r registration.LeftRow) LeftRow {
		return LeftRow{Row: r.Row, Who: r.Who, Rule: r.Rule, Column: r.Column, Reason: r.Reason}
	})}
}

// Draw is a draw in short: a commitment to its seed and the root over its forms, never the forms. DrawRecord says more.
type Draw struct {
	Blueprint  string `json:"blueprint"`
	Release    string `json:"release"`
	Digest     string `json:"digest" jsonschema:"description=Of the release"`
	Commitment string `json:"commitment" jsonschema:"description=Of the first custodian to a share of the seed"`
	Root       string `json:"root" jsonschema:"description=Merkle root over the forms"`
	Forms      int    `json:"forms"`
}

func viewDraw(d *theory.Draw) Draw {
	return Draw{Blueprint: d.Blueprint, Release: d.Release, Digest: d.Digest, Commitment: d.Commitment, Root: d.Root, Forms: len(d.Seated())}
}

// TieEntry records a relation between two of person:ID, org:ID and class:NAME. address:TEXT and contact:NUMBER are given as
// people write them and come back as marks.
type TieEntry struct {
	Kind   separation.Kind `json:"kind" jsonschema:"enum=teaches,enum=attends,enum=trains,enum=employs,enum=kin,enum=owns,enum=declared,enum=represents,enum=merged,enum=mentors,enum=located,enum=reached"`
	From   separation.Node `json:"from"`
	To     separation.Node `json:"to"`
	Label  string          `json:"label,omitempty"`
	Since  Day             `json:"since,omitzero"`
	Until  Day             `json:"until,omitzero" jsonschema:"description=Last day. Empty while it goes on"`
	Source string          `json:"source"`

	Percent int `json:"percent,omitempty" jsonschema:"description=Share that is owned, 1 to 100. Left out when nobody knows; it counts as the whole then"`
}

func (e TieEntry) tie() separation.Tie {
	return separation.Tie{Kind: e.Kind, From: e.From, To: e.To, Label: e.Label, Since: clock.Date(e.Since), Until: clock.Date(e.Until), Source: e.Source,
		Percent: e.Percent}
}

// Tie is one recorded relation.
type Tie struct {
	ID string `json:"id"`
	TieEntry
	At        Instant `json:"at"`
	Contested bool    `json:"contested,omitempty"`
	Never     bool    `json:"never,omitempty"` // recorded by mistake, it never held
}

func viewTie(t *separation.Tie) Tie {
	return Tie{ID: t.ID, At: Instant(t.At), Contested: t.Contested, Never: t.Never(), TieEntry: TieEntry{Kind: t.Kind, From: t.From, To: t.To, Label: t.Label, Since: Day(t.Since),
		Until: Day(t.Until), Source: t.Source, Percent: t.Percent}}
}

// TiePage is a part of the ties of a node.
type TiePage struct {
	Ties []Tie  `json:"ties"`
	Next string `json:"next,omitempty"`
}

// TieStatement is what somebody says against a tie.
type TieStatement struct {
	Statement string `json:"statement"`
}

// TieEnd ends a tie with its last day; one before it began says that it never held, and so does never, without a day.
type TieEnd struct {
	Until  Day    `json:"until,omitzero"`
	Never  bool   `json:"never,omitempty"`
	Reason string `json:"reason"`
}
