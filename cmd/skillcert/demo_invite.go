package main

import (
	"context"
	"fmt"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/registration"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
)

// guests is how many tickets are left for trying by hand.
const guests = 6

// invitePeople fills the session that is left open: guests are seated, drawn for, checked in and released.
func (d *demo) invitePeople(ctx context.Context, l *levelSession) error {
	by, people := d.staff["kaowu"], fixtures.Guests(guests, l.day)
	workbook, err := registration.WriteRoster(fixtures.Roster(people))
	if err != nil {
		return err
	}
	target := registration.Target{Session: string(l.ID), Level: l.Level, Day: l.day}
	roster, err := d.Desk.ImportRoster(ctx, by, []registration.Target{target}, "guests.xlsx", workbook)
	if err != nil {
		return err
	}
	if len(roster.Accepted) != guests {
		return fmt.Errorf("%d of %d guests accepted", len(roster.Accepted), guests)
	}
	d.levels = append(d.levels, l) // complete looks the names up by session
	if err := d.complete(ctx, by, people, roster.Accepted); err != nil {
		return err
	}
	d.levels = d.levels[:len(d.levels)-1]
	if _, err := d.Sittings.SeatCandidates(ctx, by, l.ID); err != nil {
		return err
	}
	if l.seats, err = d.Sittings.SeatsOf(ctx, l.ID); err != nil {
		return err
	}
	for _, s := range fixtures.Team(d.invigilators()) {
		role, room := duty(s)
		if role == "" || s.Teaches {
			continue
		}
		if err := d.putOnDuty(ctx, by, l, s, role, room); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	if _, err := d.Exams.Draw(ctx, by, l.ID); err != nil {
		return err
	}
	if _, err := d.Practical.Draw(ctx, by, l.ID); err != nil {
		return err
	}
	return d.admitGuests(ctx, l)
}

// admitGuests releases all but the last guest, whom an invigilator may check in by hand.
func (d *demo) admitGuests(ctx context.Context, l *levelSession) error {
	by := d.staff["jiankao1"]
	for _, s := range l.seats[:len(l.seats)-1] {
		if _, err := d.Sittings.CheckIn(ctx, by, s.Ticket); err != nil {
			return err
		}
	}
	if _, err := d.Sittings.Release(ctx, by, l.ID, "t1"); err != nil {
		return err
	}
	d.guests.Store(l)
	d.say("%s：%d 张准考证，开放至 %s", l.Name, len(l.seats), l.Theory.Closes.In(d.policy.Location()).Format("15:04"))
	return nil
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
		c := l.names[seat.Candidate]
		s.Tickets = append(s.Tickets, web.DemoTicket{Name: c.Name, Ticket: string(seat.Ticket), IDTail: c.IDNumber[len(c.IDNumber)-6:], Code: l.Code})
	}
	return s
}

// accounts is one sign-in a role.
func (d *demo) accounts() []fixtures.Staff {
	var all []fixtures.Staff
	seen := map[authz.Role]bool{}
	for _, s := range fixtures.Team(2) {
		if !seen[s.Roles[0]] {
			seen[s.Roles[0]] = true
			all = append(all, s)
		}
	}
	return all
}

// invite lists where to go and how to sign in.
func (d *demo) invite() {
	base, l := d.http.base, d.guests.Load()
	d.step("系统继续运行，按 Ctrl+C 结束")
	d.say("首页 %s/    证书核验 %s/verify", base, base)
	if list := d.report.Certificates; len(list) > 0 {
		d.say("  试着核验：编号 %s 姓名 %s", list[0].Number, list[0].Name)
	}
	d.say("考生 %s/exam/login    场次码 %s", base, l.Code)
	for _, t := range d.signIns().Tickets {
		d.say("  准考证 %s  证件后六位 %s  %s", t.Ticket, t.IDTail, t.Name)
	}
	d.say("工作人员 %s/login    口令均为 %s", base, fixtures.Password)
	for _, s := range d.accounts() {
		d.say("  %-10s %-12s %s", s.Login, s.Roles[0], s.Name)
	}
	d.say("监考 %s/sessions/%s/rooms/t1    接口文档 %s/api/v1/openapi.json", base, l.ID, base)
}
