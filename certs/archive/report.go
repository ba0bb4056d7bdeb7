package archive

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// Report (场次报告) tells how a session went: numbers, staff, separation, what happened, draw, seals, publicity, certificates,
// and what was otherwise than planned. It holds nobody's points and nobody's document number. How many passed is told only
// after the join, which needs both seals.
type Report struct {
	Session   SessionInfo   `json:"session"`
	Body      BodyInfo      `json:"body"`
	Policy    string        `json:"policy"`
	Sample    bool          `json:"sample,omitempty"`
	At        time.Time     `json:"at"`
	Applied   Applied       `json:"applied"`
	Seated    Seated        `json:"seated"`
	Staff     []StaffLine   `json:"staff"`
	Findings  []FindingLine `json:"findings"`
	Incidents []Count       `json:"incidents"`       // of the proceedings, by kind
	Lines     []Incident    `json:"lines,omitempty"` // in words, for those who may read the proceedings
	Draw      *DrawLine     `json:"draw,omitempty"`
	Seals     []SealLine    `json:"seals"`
	Publicity *Publicity    `json:"publicity,omitempty"`
	Outcome   *Outcome      `json:"outcome,omitempty"` // nil before the join
	Issued    *Issued       `json:"issued,omitempty"`  // nil before publicity is over
	Uncased   int           `json:"uncased,omitempty"` // 待立案: excluded by one person's word while no case is opened over it
	Deviation []Deviation   `json:"deviations"`
}

// Applied counts applications.
type Applied struct {
	All      int     `json:"all"`
	Accepted int     `json:"accepted"`
	Refused  []Count `json:"refused"` // by the rules that were not met; one application may miss several
}

// Count is how often something was.
type Count struct {
	Key   string `json:"key"`
	Count int    `json:"count"`
}

// Seated counts seats as the theory rooms saw them.
type Seated struct {
	Seats   int `json:"seats"`
	Present int `json:"present"` // checked in
	Absent  int `json:"absent"`  // not by the late limit
	Voided  int `json:"voided"`  // excluded for misconduct
	Late    int `json:"late"`    // admitted to come late
}

// StaffLine is a duty, how many there are and how many the policy asks for.
type StaffLine struct {
	Role  authz.Role `json:"role"`
	Room  string     `json:"room,omitempty"` // name; empty: the whole session
	Names []string   `json:"names"`
	Need  int        `json:"need"`
	Rule  string     `json:"rule"` // candidates: by the seats of the room; examiners: at least of each candidate; one: one in the session
}

// Short reports whether there are fewer than asked for.
func (s StaffLine) Short() bool { return len(s.Names) < s.Need }

// What was done about a finding.
const (
	FindingRefused = "refused" // the assignment or seat was refused
	FindingStands  = "stands"  // it came to light afterwards; the certificate is kept back
	FindingWaived  = "waived"  // two persons let it stand, with a reason that everybody reads
)

// FindingLine is a tie that forbids, with its path in words.
type FindingLine struct {
	Rule string     `json:"rule"`
	Role authz.Role `json:"role"`
	Path string     `json:"path"`
	Done string     `json:"done"`
}

// Incident is a line of the proceedings.
type Incident struct {
	At   time.Time        `json:"at"`
	Kind sitting.LineKind `json:"kind"`
	Room string           `json:"room,omitempty"` // name
	Seat int              `json:"seat,omitempty"`
	Min  int              `json:"minutes,omitempty"`
	Text string           `json:"text"`
	By   string           `json:"by"`
}

// DrawLine is how the forms were drawn.
type DrawLine struct {
	Release    string           `json:"release"`
	Digest     string           `json:"digest"` // of the release
	Blueprint  string           `json:"blueprint"`
	Custodians int              `json:"custodians"` // 0: the server alone held the seed
	Commitment string           `json:"commitment"`
	Root       string           `json:"root"` // over the forms
	Stage      theory.DrawStage `json:"stage"`
	Begun      int              `json:"begun"` // that were put aside before
}

// SealLine is the seal of one component, without scores.
type SealLine struct {
	Component engine.Component `json:"component"`
	No        int              `json:"no,omitempty"` // 0 for the first seal; corrections count from 1
	Digest    string           `json:"digest"`
	Leader    string           `json:"leader"` // name
	SealedAt  time.Time        `json:"sealed_at"`
	Witness   string           `json:"witness,omitempty"`
	Witnessed time.Time        `json:"witnessed,omitzero"`
	Whole     bool             `json:"whole"` // signed by both, and the scores are those that were signed
}

// Publicity is when the results were public.
type Publicity struct {
	Stage result.Stage `json:"stage"`
	From  clock.Date   `json:"from"`
	Until clock.Date   `json:"until"`
	Count int          `json:"count"`
}

// Outcome counts results.
type Outcome struct {
	Theory    PartOutcome `json:"theory"`
	Practical PartOutcome `json:"practical"`
	Passed    int         `json:"passed"`              // both
	Undecided int         `json:"undecided,omitempty"` // pending, because a case of misconduct is not decided or not opened
	Of        int         `json:"of"`
}

// PartOutcome counts the results of one component.
type PartOutcome struct {
	Scored int `json:"scored"`
	Absent int `json:"absent"`
	Voided int `json:"voided"`
	Passed int `json:"passed"` // of those scored in this session
	Kept   int `json:"kept"`   // 不考本科: not taken in this session
}

func (p *PartOutcome) add(c result.Component) {
	if c.From != "" || c.Standing == engine.Due {
		p.Kept++
		return
	}
	switch c.Standing {
	case engine.Absent:
		p.Absent++
	case engine.Voided:
		p.Voided++
	case engine.Scored:
		p.Scored++
	}
	if c.Passed() {
		p.Passed++
	}
}

// Issued counts certificates.
type Issued struct {
	Passed  int `json:"passed"`
	Sealed  int `json:"sealed"`
	Held    int `json:"held"`
	Waiting int `json:"waiting"`
	Ended   int `json:"ended"` // revoked, or void
}

// Report gathers the report on a session, as it stands now.
func (d *Desk) Report(ctx context.Context, by authz.Principal, id sitting.SessionID) (*Report, error) {
	if err := by.Require(authz.ReportRead); err != nil {
		return nil, err
	}
	n, err := d.rooms.Sittings.Session(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return d.report(ctx, by, n, d.clock.Now())
}

func (d *Desk) report(ctx context.Context, by authz.Principal, n *sitting.Session, at time.Time) (*Report, error) {
	body, err := d.rooms.People.Organisation(ctx, n.Org)
	if err != nil {
		return nil, err
	}
	r := &Report{Session: sessionInfo(n), Body: bodyInfo(body, n, d.policy.Location()), Policy: n.Policy, Sample: n.Sample || d.policy.Sample, At: at}
	seats, err := d.rooms.Sittings.SeatsOf(ctx, n.ID)
	if err != nil {
		return nil, err
	}
	g := &gathering{desk: d, by: by, session: n, seats: seats, at: at}
	for _, part := range []func(context.Context, *Report) error{g.applied, g.seated, g.staff, g.findings, g.incidents, g.draw, g.seals, g.publicity,
		g.outcome, g.uncased, g.issued} {
		if err := part(ctx, r); err != nil {
			return nil, err
		}
	}
	r.Deviation = r.deviations()
	return r, nil
}

func sessionInfo(n *sitting.Session) SessionInfo {
	return SessionInfo{ID: n.ID, Name: n.Name, Level: n.Level, Province: n.Province, Theory: n.Theory, Practical: n.Practical, Release: n.Release,
		Blueprint: n.Blueprint}
}

// bodyInfo names the body with the filing that the session was held under, the last one where none covers it any more.
func bodyInfo(o *engine.Organisation, n *sitting.Session, zone *time.Location) BodyInfo {
	b := BodyInfo{ID: o.ID, Name: o.Name, CreditCode: o.CreditCode}
	if f, err := o.FilingFor(engine.CareWork(n.Level, n.Province, clock.DateOf(n.Theory.Opens, zone))); err == nil {
		b.Filing = f.Number
	} else if f = o.LastFiling(); f != nil {
		b.Filing = f.Number
	}
	return b
}

// gathering is what the parts of a report are made from.
type gathering struct {
	desk    *Desk
	by      authz.Principal
	session *sitting.Session
	seats   []*sitting.Seat
	at      time.Time
	joined  bool
}

func (g *gathering) applied(ctx context.Context, r *Report) error {
	all, err := g.desk.rooms.Desk.Applications(ctx, g.by, string(g.session.ID))
	if err != nil {
		return err
	}
	rules := map[string]int{}
	for _, a := range all {
		if r.Applied.All++; a.Accepted() {
			r.Applied.Accepted++
		}
		seen := map[string]bool{}
		for _, f := range a.Refusals {
			if !seen[f.Rule] {
				rules[f.Rule]++
			}
			seen[f.Rule] = true
		}
	}
	r.Applied.Refused = counted(rules)
	return nil
}

// counted is a tally by key.
func counted(m map[string]int) []Count {
	all := []Count{}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		all = append(all, Count{key, m[key]})
	}
	return all
}

func (g *gathering) seated(_ context.Context, r *Report) error {
	r.Seated.Seats = len(g.seats)
	for _, t := range g.seats {
		switch {
		case !t.Voided.IsZero():
			r.Seated.Voided++
		case t.AbsentAt(g.session, g.desk.policy.Rooms, g.at):
			r.Seated.Absent++
		}
		if !t.CheckedIn.IsZero() {
			r.Seated.Present++
		}
		if !t.Admitted.IsZero() {
			r.Seated.Late++
		}
	}
	return nil
}

func (g *gathering) findings(ctx context.Context, r *Report) error {
	r.Findings = []FindingLine{}
	for _, f := range g.session.Findings {
		done := FindingRefused
		if g.session.WaiverState(f) == sitting.WaiverGranted {
			done = FindingWaived
		}
		r.Findings = append(r.Findings, FindingLine{Rule: f.Rule, Role: f.Role, Path: f.String(), Done: done})
	}
	candidates := make([]engine.PersonID, len(g.seats))
	for i, t := range g.seats {
		candidates[i] = t.Candidate
	}
	late, err := g.desk.rooms.Sittings.Separated(ctx, g.session, candidates)
	for _, f := range late {
		r.Findings = append(r.Findings, FindingLine{Rule: f.Rule, Role: f.Role, Path: f.String(), Done: FindingStands})
	}
	return err
}

func (g *gathering) incidents(ctx context.Context, r *Report) error {
	book, err := g.desk.rooms.Sittings.Proceedings(ctx, g.session.ID, 0)
	if err != nil {
		return err
	}
	kinds, names := map[string]int{}, roomNames(g.session)
	for _, h := range sitting.Happened(book.Lines(), g.seats, "") {
		kinds[string(h.Kind)]++
		if g.session.Watches(g.by, "") == nil {
			r.Lines = append(r.Lines, Incident{At: h.At, Kind: h.Kind, Room: names[h.Room], Seat: h.Seat, Min: h.Minutes, Text: h.Text, By: h.By})
		}
	}
	r.Incidents = counted(kinds)
	return nil
}

func roomNames(n *sitting.Session) map[sitting.RoomID]string {
	names := map[sitting.RoomID]string{}
	for _, r := range n.Rooms {
		names[r.ID] = r.Name
	}
	return names
}

func (g *gathering) draw(ctx context.Context, r *Report) error {
	w, err := g.desk.rooms.Exams.Drawn(ctx, g.by, g.session.ID)
	if errors.Is(err, theory.ErrDraw) {
		return nil
	}
	if err != nil {
		return err
	}
	r.Draw = &DrawLine{Release: w.Release, Digest: w.Digest, Blueprint: w.Blueprint, Commitment: w.Commitment, Root: w.Root, Stage: w.Stage(),
		Begun: len(w.Aside)}
	for _, c := range w.Custodians {
		if c.Account != "" {
			r.Draw.Custodians++
		}
	}
	return nil
}

func (g *gathering) seals(ctx context.Context, r *Report) error {
	r.Seals = []SealLine{}
	for _, c := range []engine.Component{engine.Theory, engine.Practical} {
		all, err := engine.SealHistory(ctx, g.desk.ports.Seals, string(g.session.ID), c)
		if err != nil && !errors.Is(err, engine.ErrNoSeal) {
			return err
		}
		for _, s := range all {
			line, err := g.seal(ctx, s)
			if err != nil {
				return err
			}
			r.Seals = append(r.Seals, line)
		}
	}
	return nil
}

func (g *gathering) seal(ctx context.Context, s *engine.Seal) (line SealLine, err error) {
	line = SealLine{Component: s.Component, No: s.No, Digest: s.Digest, SealedAt: s.SealedAt, Witnessed: s.Witnessed, Whole: s.Complete() == nil}
	if line.Leader, err = g.name(ctx, s.Leader); err != nil {
		return line, err
	}
	line.Witness, err = g.name(ctx, s.Witness)
	return line, err
}

// name is a person's name, "" for nobody.
func (g *gathering) name(ctx context.Context, id engine.PersonID) (string, error) {
	if id == "" {
		return "", nil
	}
	p, err := g.desk.rooms.People.Named(ctx, id)
	if err != nil {
		return "", err
	}
	return p.Name, nil
}

func (d *Desk) publication(ctx context.Context, id sitting.SessionID) (*result.Publication, error) {
	p, err := d.rooms.Board.Publication(ctx, id)
	if errors.Is(err, result.ErrPublication) {
		return nil, nil
	}
	return p, err
}

func (g *gathering) publicity(ctx context.Context, r *Report) error {
	p, err := g.desk.publication(ctx, g.session.ID)
	if err != nil || p == nil {
		return err
	}
	g.joined = true
	r.Publicity = &Publicity{Stage: p.Stage, From: p.From, Until: p.Until, Count: p.Count}
	return nil
}

func (g *gathering) outcome(ctx context.Context, r *Report) error {
	if !g.joined {
		return nil
	}
	all, err := g.desk.rooms.Board.Results(ctx, g.by, g.session.ID)
	if err != nil {
		return err
	}
	r.Outcome = &Outcome{Of: len(all)}
	for _, one := range all {
		r.Outcome.Theory.add(one.Theory)
		r.Outcome.Practical.add(one.Practical)
		if one.Outcome() == result.Pass {
			r.Outcome.Passed++
		}
		if one.Disciplined() {
			r.Outcome.Undecided++
		}
	}
	return nil
}

func (g *gathering) uncased(ctx context.Context, r *Report) error {
	all, err := g.desk.rooms.Board.UncasedTickets(ctx, g.by, g.session.ID, "")
	r.Uncased = len(all)
	return err
}

func (g *gathering) issued(ctx context.Context, r *Report) error {
	if r.Publicity == nil || r.Publicity.Stage != result.Final {
		return nil
	}
	stands, err := g.desk.rooms.Issuer.Stands(ctx, g.by, g.session.ID)
	if err != nil {
		return err
	}
	passed := make([]*result.Result, len(stands))
	for i, s := range stands {
		passed[i] = s.Result
	}
	held, err := g.desk.rooms.Issuer.OpenHolds(ctx, g.by, g.session.ID, passed)
	if err != nil {
		return err
	}
	r.Issued = &Issued{Passed: len(stands)}
	for _, s := range stands {
		switch {
		case s.Certificate != nil && (s.Certificate.State == certs.Revoked || s.Certificate.State == certs.Void):
			r.Issued.Ended++
		case s.Sealed():
			r.Issued.Sealed++
		case held[s.Result.ID] != nil:
			r.Issued.Held++
		default:
			r.Issued.Waiting++
		}
	}
	return nil
}
