package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/separation"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
)

// tryOutsiders would have people on duty whom the rules keep away, one a rule, and shows what each was told: by whom they are
// tied to which candidate. None of them is on duty afterwards.
func (d *demo) tryOutsiders(ctx context.Context) error {
	l := d.levels[0]
	if _, err := d.Registry.FileOrganisation(ctx, operator(), fixtures.MergedBody()); already(err, engine.ErrOrgExists) != nil {
		return fmt.Errorf("file %s: %w", fixtures.MergedBody().Name, err)
	}
	for i, o := range []fixtures.Outsider{fixtures.Mother, fixtures.Master, fixtures.Neighbour, fixtures.Colleague, fixtures.Merged} {
		p, err := d.registered(ctx, o.Person(i))
		if err != nil {
			return fmt.Errorf("%s: %w", o.Name, err)
		}
		candidate := l.seats[i%len(l.seats)].Candidate
		for _, t := range outsiderTies(o, p.ID, candidate) {
			t.Since = d.day.AddMonths(-12)
			if _, err := d.Judge.Record(ctx, d.staff["kaowu"], t); err != nil {
				return fmt.Errorf("%s: %w", o.Name, err)
			}
		}
		if err := d.refuseOutsider(ctx, l, o, p.ID); err != nil {
			return fmt.Errorf("%s: %w", o.Name, err)
		}
	}
	return nil
}

// outsiderTies are what ties the outsider to the candidate, from today's point of view without an end.
func outsiderTies(o fixtures.Outsider, outsider, candidate engine.PersonID) []separation.Tie {
	a, b := separation.PersonNode(outsider), separation.PersonNode(candidate)
	employer, merged := fixtures.Personnel().Body, fixtures.MergedBody()
	phone := separation.ContactNode("19900008888")
	switch o.Rule {
	case fixtures.Mother.Rule:
		return []separation.Tie{{Kind: separation.Kin, From: a, To: b, Source: "工作人员申报（母女）"}}
	case fixtures.Master.Rule:
		return []separation.Tie{{Kind: separation.Mentors, From: a, To: b, Source: "师徒协议"}}
	case fixtures.Neighbour.Rule:
		return []separation.Tie{{Kind: separation.Reached, From: a, To: phone, Source: "人员登记"}, {Kind: separation.Reached, From: b, To: phone, Source: "报名表"}}
	case fixtures.Colleague.Rule:
		return []separation.Tie{
			{Kind: separation.Employs, From: separation.OrgNode(employer.ID), To: a, Label: employer.Name, Source: "劳动合同"},
			{Kind: separation.Employs, From: separation.OrgNode(employer.ID), To: b, Label: employer.Name, Source: "报名表"}}
	}
	return []separation.Tie{
		{Kind: separation.Employs, From: separation.OrgNode(merged.ID), To: a, Label: merged.Name, Source: "劳动合同"},
		{Kind: separation.Merged, From: separation.OrgNode(merged.ID), To: separation.OrgNode(fixtures.TrainingBody().ID), Label: fixtures.TrainingBody().Name,
			Source: "合并公告"}}
}

// registered is the person under the number, registered when there is none yet.
func (d *demo) registered(ctx context.Context, p engine.Person) (*engine.Person, error) {
	found, err := d.Registry.Find(ctx, p.IDType, p.IDNumber) // whatever they are called by now
	if errors.Is(err, engine.ErrPerson) {
		return d.Registry.Register(ctx, operator(), p)
	}
	return found, err
}

func (d *demo) refuseOutsider(ctx context.Context, l *levelSession, o fixtures.Outsider, person engine.PersonID) error {
	role, room := duty(fixtures.Staff{Roles: []authz.Role{o.Role}})
	err := d.giveDuty(ctx, d.staff["kaowu"], l, person, role, room)
	var separated *separation.Separated
	if !errors.As(err, &separated) {
		return errors.Join(errors.New("was not refused"), err)
	}
	for _, f := range separated.Findings {
		if f.Rule == o.Rule {
			d.refuse(o.Name, f.Rule, f.String())
			return nil
		}
	}
	return fmt.Errorf("was refused by %s, not by %s", separated.Findings[0].Rule, o.Rule)
}
