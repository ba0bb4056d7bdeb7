package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
)

// An office as it is measured.
const (
	officeMost    = 200_000 // certificates
	officeSession = sitting.SessionID("bench-session")
	officeFaces   = 50 // photos and names that the candidates share among them
	officeAddress = "https://certificates.example.org"
	plenty        = 1 << 30 // of requests, for one address is everybody
)

// certOffice is a body with one session whose results are final and all passes, and whoever issues for it.
type certOffice struct {
	benchHouse
	n         int
	registrar authz.Principal
}

// officeOptions are the words of the command line that the benches of certificates take.
type officeOptions struct {
	loadOptions
	certificates int
}

func (o *officeOptions) check() error {
	if o.certificates < 1 || o.certificates > officeMost {
		return fmt.Errorf("--certificates takes 1 to %d", officeMost)
	}
	o.Listen, o.Base, o.Label, o.Demo, o.Cost = "127.0.0.1:0", officeAddress, "技能等级认定", true, accounts.Cost{KiB: 8 << 10, Passes: 1, Threads: 1}
	return nil
}

// buildOffice makes an office in a directory or database of its own. Nobody serves it yet, and its store is closed.
func buildOffice(ctx context.Context, o officeOptions) (*certOffice, error) {
	clean, err := o.prepare()
	if err != nil {
		return nil, err
	}
	o.Server.Limits = api.Limits{SignIn: plenty, Name: plenty, Verify: plenty, Number: plenty, Upload: plenty}
	h := &certOffice{benchHouse: benchHouse{settings: o.settings, clean: clean}, n: o.certificates}
	if err := h.build(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("set the office up: %w", err), clean())
	}
	return h, nil
}

// build puts what came before issuing into the store as it would stand there: how it gets there is measured elsewhere.
func (h *certOffice) build(ctx context.Context) error {
	made, err := open(ctx, h.settings, clock.System{}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	d := &demo{house: made, teller: newTeller(io.Discard), staff: map[string]authz.Principal{}}
	d.day = clock.DateOf(made.clock.Now(), made.policy.Location())
	b := &officeBuilder{demo: d, body: fixtures.EvaluationBody(d.day), n: h.n}
	for _, step := range []func(context.Context) error{b.file, b.sessionHeld, b.candidates} {
		if err := step(ctx); err != nil {
			return errors.Join(err, made.Close())
		}
	}
	h.registrar = b.staff["zhengshu"]
	return made.Close()
}

// officeBuilder sets an office up with the staff of the demo.
type officeBuilder struct {
	*demo
	body engine.Organisation
	n    int
}

// file files the body and signs its staff in.
func (b *officeBuilder) file(ctx context.Context) error {
	if _, err := b.Registry.FileOrganisation(ctx, operator(), b.body); err != nil {
		return err
	}
	for i, s := range fixtures.Team(2) {
		if err := b.employ(ctx, s, i, b.body.ID); err != nil {
			return err
		}
	}
	return nil
}

// sessionHeld writes a session that was held by everybody who is on duty at one, with final results.
func (b *officeBuilder) sessionHeld(ctx context.Context) error {
	day := b.day.AddDays(-30).In(b.policy.Location())
	s := &sitting.Session{ID: officeSession, Org: b.body.ID, Name: "发证（演示）", Level: engine.Level5, Province: fixtures.Province, Sample: true,
		Theory:    clock.Window{Opens: day.Add(9 * time.Hour), Closes: day.Add(11 * time.Hour)},
		Practical: clock.Window{Opens: day.Add(13 * time.Hour), Closes: day.Add(17 * time.Hour)}}
	for _, who := range fixtures.Team(2) {
		switch who.Roles[0] {
		case authz.Invigilator, authz.Examiner, authz.Marker, authz.Leader, authz.Supervisor:
			by := b.staff[who.Login]
			s.Duties = append(s.Duties, sitting.Duty{Person: engine.PersonID(by.Person), Name: who.Name, Role: who.Roles[0]})
		}
	}
	if err := b.store.Sessions().CreateSession(ctx, s); err != nil {
		return err
	}
	return b.store.Publications().CreatePublication(ctx, &result.Publication{Session: s.ID, Name: s.Name, Level: s.Level, Stage: result.Final, Count: b.n})
}

// candidates writes the persons with their photos, and their results.
func (b *officeBuilder) candidates(ctx context.Context) error {
	faces := fixtures.Candidates(officeFaces, b.day)
	photos := make([][]byte, len(faces))
	for i, f := range faces {
		var err error
		if photos[i], err = f.Photo(); err != nil {
			return err
		}
	}
	passed := result.Component{Standing: engine.Scored, Points: 8000, PassMark: 6000}
	return atATime(ctx, b.n, func(ctx context.Context, i int) error {
		p := hallPerson(i)
		p.ID, p.Name = engine.PersonID(fmt.Sprintf("bench-person-%06d", i)), faces[i%officeFaces].Name
		if err := portray(ctx, b.store.People(), &p, photos[i%officeFaces]); err != nil {
			return err
		}
		if err := b.store.People().CreatePerson(ctx, &p); err != nil {
			return err
		}
		t := officeTicket(i)
		return b.store.Results().CreateResult(ctx, &result.Result{ID: result.Of(t), Session: officeSession, Candidate: p.ID, Ticket: t,
			Level: engine.Level5, Theory: passed, Practical: passed})
	})
}

func officeTicket(i int) sitting.Ticket { return sitting.Ticket(fmt.Sprintf("2612000001%06d", i)) }

// everyCertificate walks the register in the order of numbers.
func (h *house) everyCertificate(ctx context.Context, do func(*certs.Certificate) error) error {
	for c := (engine.Cursor{}); ; {
		rows, next, err := h.store.Ledger().Numbers(ctx, "", false, c)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := do(r); err != nil {
				return err
			}
		}
		if c.After = next; next == "" {
			return nil
		}
	}
}
