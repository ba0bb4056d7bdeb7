package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/sitting"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
)

// guests is how many tickets each session has that is left for trying by hand.
const guests = 4

// leaveOpen makes three more sessions, so that somebody can sit an exam, score practice and draw by hand: one whose theory
// is open now, one whose practice is, and one of tomorrow that is not drawn.
func (d *demo) leaveOpen(ctx context.Context) error {
	if d.options.once {
		return nil
	}
	d.step("留两个正在进行的场次和一个明天的场次，供亲手体验")
	now := clock.System{}.Now()
	at := func(hours int) time.Time { return now.Add(time.Duration(hours)*time.Hour - time.Minute) }
	theory, err := d.leave(ctx, "体验场次（理论）", clock.Window{Opens: at(0), Closes: at(8)}, clock.Window{Opens: at(8), Closes: at(12)})
	if err != nil {
		return err
	}
	practice, err := d.leave(ctx, "体验场次（技能）", clock.Window{Opens: at(-3), Closes: at(-1)}, clock.Window{Opens: at(0), Closes: at(8)})
	if err != nil {
		return err
	}
	d.clock.JumpTo(clock.System{}.Now())
	d.undrawn, err = d.invite(ctx, "体验场次（组卷）", clock.Window{Opens: at(24), Closes: at(26)}, clock.Window{Opens: at(27), Closes: at(31)})
	if err != nil {
		return err
	}
	d.guests.Store(theory)
	d.practice = practice
	return nil
}

// leave makes a session that is under way. It is prepared before its theory opens, by the story's clock: forms are drawn
// before.
func (d *demo) leave(ctx context.Context, name string, theory, practice clock.Window) (*levelSession, error) {
	d.clock.JumpTo(theory.Opens.Add(-30 * time.Minute))
	l, err := d.invite(ctx, name, theory, practice)
	if err != nil {
		return nil, err
	}
	if err := d.letIn(ctx, l); err != nil {
		return nil, fmt.Errorf("%s: %w", l.Name, err)
	}
	return l, nil
}

// invite makes a session with guests, who are registered and seated, and its duties.
func (d *demo) invite(ctx context.Context, name string, theory, practice clock.Window) (*levelSession, error) {
	now := clock.System{}.Now().In(d.policy.Location()).Format(" 01-02 15:04:05")
	s, err := d.newSession(ctx, d.staff["kaowu"], sitting.Session{Name: name + now, Site: "体验考点" + now, // one of its own: the same few examine every day
		Level: engine.Level5, Theory: theory, Practical: practice})
	if err != nil {
		return nil, err
	}
	l := &levelSession{Session: s, day: clock.DateOf(theory.Opens, d.policy.Location()), names: map[engine.PersonID]fixtures.Candidate{}}
	if err := d.invitePeople(ctx, l); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	d.say("%s：%d 张准考证", s.Name, len(l.seats))
	return l, nil
}

func (d *demo) invitePeople(ctx context.Context, l *levelSession) error {
	by := d.staff["kaowu"]
	if err := d.enrol(ctx, by, l, fixtures.Guests(guests, l.day)); err != nil {
		return err
	}
	if err := d.seatIn(ctx, by, l); err != nil {
		return err
	}
	return d.assignTo(ctx, by, l)
}

// letIn draws for the session's guests and releases all but the last; that one an invigilator may check in by hand, all
// day, for the office has admitted them late.
func (d *demo) letIn(ctx context.Context, l *levelSession) error {
	by := d.staff["kaowu"]
	if _, err := d.Exams.Draw(ctx, by, l.ID); err != nil {
		return err
	}
	if _, err := d.Practical.Commit(ctx, by, l.ID); err != nil {
		return err
	}
	if _, err := d.Practical.Draw(ctx, by, l.ID); err != nil {
		return err
	}
	for _, s := range l.seats[:len(l.seats)-1] {
		if _, err := d.Sittings.CheckIn(ctx, d.staff["jiankao1"], l.ID, s.Room, s.Ticket); err != nil {
			return err
		}
	}
	if _, err := d.Sittings.AdmitLate(ctx, by, l.ID, l.seats[len(l.seats)-1].Ticket, "体验场次全天开放，随到随签"); err != nil {
		return err
	}
	_, err := d.Sittings.Release(ctx, d.staff["jiankao1"], l.ID, "t1")
	return err
}

func (d *demo) enrol(ctx context.Context, by authz.Principal, l *levelSession, people []fixtures.Candidate) error {
	people, err := d.asKnown(ctx, people)
	if err != nil {
		return err
	}
	workbook, err := registration.WriteRoster(fixtures.Roster(people))
	if err != nil {
		return err
	}
	roster, err := d.Desk.ImportRoster(ctx, by, []registration.Target{d.Sittings.Target(l.Session)}, "guests.xlsx", workbook)
	if err != nil {
		return err
	}
	if len(roster.Accepted) != len(people) {
		return fmt.Errorf("%d of %d guests accepted", len(roster.Accepted), len(people))
	}
	return d.complete(ctx, by, []*levelSession{l}, people)
}

// signIns is what the pages offer to try.
func (d *demo) signIns() api.DemoSignIns {
	var s api.DemoSignIns
	for _, m := range d.accounts() {
		s.Accounts = append(s.Accounts, web.DemoAccount{Role: m.Roles[0], Account: m.Login, Password: fixtures.Password})
	}
	l := d.guests.Load()
	if l == nil {
		return s
	}
	for _, seat := range l.seats {
		s.Tickets = append(s.Tickets, l.ticket(seat))
	}
	return s
}

// ticket is a candidate's sign-in.
func (l *levelSession) ticket(seat *sitting.Seat) web.DemoTicket {
	c := l.names[seat.Candidate]
	return web.DemoTicket{Name: c.Name, Ticket: string(seat.Ticket), IDTail: idTail(c.IDNumber), Code: l.Code}
}

// finished is the sign-in of somebody whose exam is over and whose result is final, in the session that custodians drew.
func (d *demo) finished() web.DemoTicket {
	l := d.levels[0]
	n := slices.IndexFunc(l.seats, func(s *sitting.Seat) bool { return !l.names[s.Candidate].Absent })
	return l.ticket(l.seats[max(n, 0)])
}

// accounts is one sign-in a role, but both keepers of the bank, of the exam office and registrars, of whom one decides what the
// other began, and all custodians: a draw takes several of them.
func (d *demo) accounts() []fixtures.Staff {
	var all []fixtures.Staff
	seen := map[authz.Role]bool{}
	pairs := []authz.Role{authz.BankKeeper, authz.ExamOffice, authz.Registrar, authz.Labour}
	for _, s := range fixtures.Team(2) {
		if !seen[s.Roles[0]] || slices.Contains(pairs, s.Roles[0]) {
			seen[s.Roles[0]] = true
			all = append(all, s)
		}
	}
	for _, k := range fixtures.Keepers() {
		all = append(all, k.Staff)
	}
	return append(all, fixtures.Personnel().Staff, fixtures.School().Staff)
}

// welcome lists where to go and how to sign in.
func (d *demo) welcome() {
	base, l := d.http.base, d.guests.Load()
	d.step("系统继续运行，按 Ctrl+C 结束")
	d.say("首页 %s/    证书核验 %s/verify", base, base)
	if list := d.report.Certificates; len(list) > 0 {
		d.say("  试着核验：编号 %s 姓名 %s", list[0].Number, list[0].Name)
	}
	d.say("考生 %s/exam/login    场次口令 %s", base, l.Code)
	for _, t := range d.signIns().Tickets {
		d.say("  准考证 %s  证件后六位 %s  %s", t.Ticket, t.IDTail, t.Name)
	}
	done := d.finished()
	d.say("已考完的考生 %s/exam/login    准考证 %s  证件后六位 %s  场次口令 %s  %s（可看成绩和我的试卷凭据）", base, done.Ticket, done.IDTail, done.Code, done.Name)
	d.say("工作人员 %s/login    口令均为 %s", base, fixtures.Password)
	for _, s := range d.accounts() {
		d.say("  %-10s %-12s %s", s.Login, s.Roles[0], s.Name)
	}
	d.say("技能评分 %s/assessments（%s）", base, d.practice.Name)
	d.say("组卷公证 %s/sessions/%s/draw（kaowu，%s 尚未组卷；重新组卷另需 kaowu2）", base, d.undrawn.ID, d.undrawn.Name)
	d.say("竞赛晋升 %s/awards（zhengshu 登记，zhengshu2 确认）    名册核验 %s/bulk-check（yongren）", base, base)
	d.say("监考 %s/sessions/%s/rooms/t1（准考证 %s 还未签到）", base, l.ID, l.seats[len(l.seats)-1].Ticket)
	d.say("接口文档 %s/api/v1/openapi.json", base)
}
