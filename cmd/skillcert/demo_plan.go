package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
)

// planAhead is how long before the present the story begins: time for sessions, publicity and holidays between.
const planAhead = 35 * 24 * time.Hour

// levelSession is the session of one level with what the story needs of it.
type levelSession struct {
	*sitting.Session
	day   clock.Date
	seats []*sitting.Seat
	names map[engine.PersonID]fixtures.Candidate
}

// firstDay is the latest day on which the sessions can begin so that publicity is over before today: certificates are
// then issued today, and a certificate's time never lies in the future.
func (d *demo) firstDay(today clock.Date) clock.Date {
	cal, n := d.policy.Calendar, d.policy.Publicity.WorkingDays
	day := today.AddDays(-1)
	for !cal.AddWorkingDays(day, n).Before(today) {
		day = day.AddDays(-1)
	}
	return day.AddDays(-len(engine.Levels()))
}

// at moves the story to an hour of a day.
func (d *demo) at(day clock.Date, hour, minute int) {
	d.clock.JumpTo(day.In(d.policy.Location()).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute))
}

// appoint files the bodies and makes one sign-in a role.
func (d *demo) appoint(ctx context.Context) error {
	d.step("机构备案与人员")
	evaluation, training := fixtures.EvaluationBody(d.day), fixtures.TrainingBody()
	for _, o := range []engine.Organisation{evaluation, training} {
		if _, err := d.Registry.FileOrganisation(ctx, operator(), o); already(err, engine.ErrOrgExists) != nil {
			return fmt.Errorf("file %s: %w", o.Name, err)
		}
	}
	d.say("%s，备案号 %s；%s", evaluation.Name, evaluation.Filings[0].Number, training.Name)
	if err := d.hire(ctx); err != nil {
		return err
	}
	return d.recordTeaching(ctx, fixtures.Team(d.invigilators()))
}

// hire makes the accounts of the team, and of the body that employs.
func (d *demo) hire(ctx context.Context) error {
	team := fixtures.Team(d.invigilators())
	for i, s := range team {
		if err := d.employ(ctx, s, i, fixtures.EvaluationBody(d.day).ID); err != nil {
			return fmt.Errorf("account %s: %w", s.Login, err)
		}
	}
	outside := fixtures.Personnel()
	if _, err := d.receive(ctx, outside); err != nil {
		return err
	}
	d.say("%d 名工作人员，每个角色至少一个账号；用人单位：%s", len(team), outside.Body.Name)
	return d.school(ctx)
}

// invigilators is how many the largest room asks for.
func (d *demo) invigilators() int {
	rooms := d.policy.Rooms
	largest := d.options.candidates/2 + 1
	return max(rooms.MinInvigilators, (largest+rooms.CandidatesPerInvigilator-1)/rooms.CandidatesPerInvigilator)
}

func (d *demo) employ(ctx context.Context, s fixtures.Staff, i int, org engine.OrgID) error {
	person, err := d.registered(ctx, s.Person(i))
	if err != nil {
		return err
	}
	_, err = d.Gate.Create(ctx, operator(), accounts.New{Login: s.Login, Password: fixtures.Password, Name: s.Name, Person: person.ID,
		Roles: s.Roles, Org: s.Of(org), Province: fixtures.Province})
	if already(err, accounts.ErrExists) != nil {
		return err
	}
	_, err = d.signIn(ctx, s.Login)
	return err
}

// signIn signs in one of the staff. Whoever is kept out, or has another password, gets in again with the one that is printed:
// the demo is there to be tried.
func (d *demo) signIn(ctx context.Context, login string) (authz.Principal, error) {
	in, _, err := d.Gate.SignIn(ctx, login, fixtures.Password)
	if errors.Is(err, accounts.ErrCredentials) {
		if err = errors.Join(d.Gate.Enable(ctx, operator(), login), d.Gate.SetPassword(ctx, operator(), login, fixtures.Password)); err == nil {
			in, _, err = d.Gate.SignIn(ctx, login, fixtures.Password)
		}
	}
	if err != nil {
		return authz.Principal{}, fmt.Errorf("sign in %s: %w", login, err)
	}
	d.staff[login] = in.Principal
	return in.Principal, nil
}

// recordTeaching files what later refuses a duty: who taught the class that candidates attended.
func (d *demo) recordTeaching(ctx context.Context, team []fixtures.Staff) error {
	class := separation.ClassNode(fixtures.ClassName)
	since, until := d.day.AddMonths(-8), d.day.AddMonths(-5)
	ties := []separation.Tie{{Kind: separation.Trains, From: separation.OrgNode(fixtures.TrainingBody().ID), To: class, Label: fixtures.ClassName,
		Since: since, Until: until, Source: "培训开班备案"}}
	for _, s := range team {
		if s.Teaches {
			ties = append(ties, separation.Tie{Kind: separation.Teaches, From: separation.PersonNode(engine.PersonID(d.staff[s.Login].Person)),
				To: class, Label: fixtures.ClassName, Since: since, Until: until, Source: "培训课程表"})
		}
	}
	for _, t := range ties {
		if _, err := d.Judge.Record(ctx, d.staff["kaowu"], t); err != nil {
			return fmt.Errorf("record tie: %w", err)
		}
	}
	return nil
}

// planSessions makes a session a level, on days that follow each other.
func (d *demo) planSessions(ctx context.Context) error {
	d.step("认定计划与场次")
	by := d.staff["kaowu"]
	for i, level := range engine.Levels() {
		s, err := d.findSession(ctx, by, level, d.day.AddDays(i))
		if err != nil {
			return err
		}
		d.levels = append(d.levels, &levelSession{Session: s, day: d.day.AddDays(i), names: map[engine.PersonID]fixtures.Candidate{}})
		d.say("%s，理论 %s 09:00，技能 13:00", s.Name, d.day.AddDays(i))
	}
	return nil
}

// planOf returns the published plan of a year, made when it is not there.
func (d *demo) planOf(ctx context.Context, by authz.Principal, year int) (sitting.PlanID, error) {
	name := fmt.Sprintf("%d年度长期照护师职业技能等级认定计划（演示）", year)
	plans, err := d.Sittings.Plans(ctx, by)
	if err != nil {
		return "", err
	}
	var plan *sitting.Plan
	for _, p := range plans {
		if p.Name == name {
			plan = p
		}
	}
	if plan == nil {
		plan, err = d.Sittings.CreatePlan(ctx, by, sitting.Plan{Org: fixtures.EvaluationBody(d.day).ID, Name: name, Year: year, Levels: engine.Levels()})
		if err != nil {
			return "", err
		}
	}
	_, err = d.Sittings.PublishPlan(ctx, by, plan.ID)
	return plan.ID, already(err, sitting.ErrPlanState)
}

// findSession returns the level's session, made when it is not there: a demo that goes on keeps the days it had.
func (d *demo) findSession(ctx context.Context, by authz.Principal, level engine.Level, day clock.Date) (*sitting.Session, error) {
	name := fmt.Sprintf("长期照护师%s认定（演示）", level)
	sessions, err := d.Sittings.Sessions(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, s := range sessions {
		if s.Name == name {
			d.day = clock.DateOf(s.Theory.Opens, d.policy.Location()).AddDays(-levelIndex(level))
			return s, nil
		}
	}
	opens := day.In(d.policy.Location()).Add(9 * time.Hour)
	theory := clock.Window{Opens: opens, Closes: opens.Add(time.Duration(d.policy.Levels[level].TheoryMinutes) * time.Minute)}
	practical := clock.Window{Opens: opens.Add(4 * time.Hour), Closes: opens.Add(10 * time.Hour)}
	return d.newSession(ctx, by, sitting.Session{Name: name, Level: level, Theory: theory, Practical: practical})
}

func levelIndex(l engine.Level) int {
	for i, m := range engine.Levels() {
		if l == m {
			return i
		}
	}
	return 0
}

// newSession adds what all sessions of the demo share.
func (d *demo) newSession(ctx context.Context, by authz.Principal, s sitting.Session) (*sitting.Session, error) {
	plan, err := d.planOf(ctx, by, clock.DateOf(s.Theory.Opens, d.policy.Location()).Year)
	if err != nil {
		return nil, err
	}
	s.Plan, s.Org, s.Province, s.Sample = plan, fixtures.EvaluationBody(d.day).ID, fixtures.Province, true
	s.Release, s.Blueprint = provincialRelease, blueprintOf(s.Level)
	s.Rooms = []sitting.Room{
		{ID: "t1", Name: "第一理论考场", Component: engine.Theory, Capacity: d.options.candidates, Columns: 6},
		{ID: "p1", Name: "技能考核站", Component: engine.Practical, Capacity: d.options.candidates},
	}
	made, err := d.Sittings.CreateSession(ctx, by, s)
	if err != nil {
		return nil, fmt.Errorf("session %s: %w", s.Name, err)
	}
	return made, nil
}

// register imports the roster, shows who was refused, and seats the others.
func (d *demo) register(ctx context.Context) error {
	d.step(fmt.Sprintf("报名：%d 人的名册", d.options.candidates))
	d.at(d.day.AddDays(-7), 9, 0) // told again, this comes before the draw that it is told after
	by := d.staff["kaowu"]
	people, err := d.asKnown(ctx, fixtures.Candidates(d.options.candidates, d.day))
	if err != nil {
		return err
	}
	workbook, err := registration.WriteRoster(fixtures.Roster(people))
	if err != nil {
		return err
	}
	var targets []registration.Target
	for _, l := range d.levels {
		targets = append(targets, d.Sittings.Target(l.Session))
	}
	roster, err := d.Desk.ImportRoster(ctx, by, targets, "roster.xlsx", workbook)
	if err != nil {
		return fmt.Errorf("roster: %w", err)
	}
	for _, b := range roster.Broken {
		d.refuse(fmt.Sprintf("第%d行", b.Row), b.Code, b.String())
	}
	for _, r := range roster.Refused {
		d.refuse(r.Who, r.Rule, r.Reason)
	}
	d.say("受理 %d 人，不受理 %d 人", len(roster.Accepted), len(roster.Refused)+len(roster.Broken))
	if err := d.complete(ctx, by, d.levels, people); err != nil {
		return err
	}
	return d.seat(ctx, by)
}

func (d *demo) refuse(who, rule, reason string) {
	d.report.Refused = append(d.report.Refused, reportRefusal{Who: who, Rule: rule, Reason: reason})
	d.say("  × %s：%s（%s）", who, reason, rule)
}

// complete adds to those who were accepted what the roster does not hold: photos. Somebody whom the demo did not invent takes
// part as they are, and knows nothing.
func (d *demo) complete(ctx context.Context, by authz.Principal, levels []*levelSession, people []fixtures.Candidate) error {
	byNumber := map[string]fixtures.Candidate{}
	for _, c := range people {
		if _, seen := byNumber[c.IDNumber]; !seen {
			byNumber[c.IDNumber] = c
		}
	}
	for _, l := range levels {
		accepted, err := d.Desk.Accepted(ctx, string(l.ID))
		if err != nil {
			return err
		}
		for _, a := range accepted {
			p, err := d.Registry.Named(ctx, a.Person)
			if err != nil {
				return err
			}
			c, invented := byNumber[p.IDNumber]
			if c.Name, c.IDNumber = p.Name, p.IDNumber; invented {
				if err := d.addPhoto(ctx, by, *p, c); err != nil {
					return err
				}
			}
			l.names[a.Person] = c
		}
	}
	return nil
}

func (d *demo) addPhoto(ctx context.Context, by authz.Principal, p engine.Person, c fixtures.Candidate) error {
	if !p.Photo.None() {
		return nil
	}
	photo, err := c.Photo()
	if err != nil {
		return err
	}
	_, err = d.Registry.RegisterWith(ctx, by, p, photo)
	return err
}

func (d *demo) seat(ctx context.Context, by authz.Principal) error {
	for _, l := range d.levels {
		if err := d.seatIn(ctx, by, l); err != nil {
			return fmt.Errorf("seat %s: %w", l.Name, err)
		}
		d.say("%s：%d 个座位，准考证 %s 起", l.Level, len(l.seats), l.seats[0].Ticket)
	}
	return nil
}

func (d *demo) seatIn(ctx context.Context, by authz.Principal, l *levelSession) error {
	if _, err := d.Sittings.SeatCandidates(ctx, by, l.ID); already(err, sitting.ErrClosed) != nil {
		return err
	}
	seats, err := d.Sittings.SeatsOf(ctx, l.ID)
	if err != nil {
		return err
	}
	if l.seats = seats; len(seats) == 0 {
		return errors.New("nobody was seated")
	}
	return nil
}

// assign puts the staff on duty; one of them taught candidates and is refused.
func (d *demo) assign(ctx context.Context) error {
	d.step("考务人员安排与考培分离")
	for _, l := range d.levels {
		if err := d.assignTo(ctx, d.staff["kaowu"], l); err != nil {
			return fmt.Errorf("%s: %w", l.Level, err)
		}
	}
	return d.tryOutsiders(ctx)
}

// assignTo assigns the whole team. Who taught the class is tried only in the story's own sessions: guests attended none.
func (d *demo) assignTo(ctx context.Context, by authz.Principal, l *levelSession) error {
	for _, s := range fixtures.Team(d.invigilators()) {
		role, room := duty(s)
		if role == "" || s.Teaches && !slices.Contains(d.levels, l) {
			continue
		}
		if err := d.putOnDuty(ctx, by, l, s, role, room); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return nil
}

// duty is what a member of the team does in a session, and in which room; "" for those who do nothing there.
func duty(s fixtures.Staff) (authz.Role, sitting.RoomID) {
	switch role := s.Roles[0]; role {
	case authz.Invigilator:
		return role, "t1"
	case authz.Examiner:
		return role, "p1"
	case authz.Leader, authz.Marker, authz.Supervisor:
		return role, ""
	}
	return "", ""
}

// giveDuty gives a duty. In a story that is told again the sitting may be over: what was refused then stands in its record.
func (d *demo) giveDuty(ctx context.Context, by authz.Principal, l *levelSession, person engine.PersonID, role authz.Role, room sitting.RoomID) error {
	_, refused := d.Sittings.Assign(ctx, by, l.ID, person, role, room)
	if !errors.Is(refused, sitting.ErrDutyOver) {
		return refused
	}
	n, err := d.Sittings.Session(ctx, by, l.ID)
	if err != nil {
		return err
	}
	found := slices.DeleteFunc(slices.Clone(n.Findings), func(f separation.Finding) bool { return f.Staff != person })
	if len(found) == 0 {
		return refused
	}
	return &separation.Separated{Findings: found}
}

func (d *demo) putOnDuty(ctx context.Context, by authz.Principal, l *levelSession, s fixtures.Staff, role authz.Role, room sitting.RoomID) error {
	err := d.giveDuty(ctx, by, l, engine.PersonID(d.staff[s.Login].Person), role, room)
	var separated *separation.Separated
	if errors.As(err, &separated) {
		d.refuse(s.Name, separated.Findings[0].Rule, separated.Findings[0].String())
		return nil
	}
	if s.Teaches && err == nil {
		return errors.New("taught the class and was not refused")
	}
	return err
}
