package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// keepDraw draws a session with three custodians, of whom two can stand in for the third, and a value drawn before
// witnesses. Every step may be told again: what is done already stays.
func (d *demo) keepDraw(ctx context.Context, by authz.Principal, id sitting.SessionID) (*theory.Draw, error) {
	x := d.Exams
	if old, err := x.Drawn(ctx, by, id); err == nil && old.Root != "" {
		return old, nil
	}
	keepers, err := d.custodians(ctx)
	if err != nil {
		return nil, err
	}
	_, err = x.Appoint(ctx, by, id, theory.Appointment{Custodians: keepers, Threshold: 2,
		Beacon: protocol.Announcement{Kind: protocol.Witnessed, Text: "考前在天津质量督导中心当众摇号，六个球"}})
	if err != nil {
		return nil, err
	}
	codes := make([]protocol.Code, len(keepers))
	for i := range keepers {
		codes[i] = codeOf(keepers[i], string(id))
		k, err := codes[i].Custodian(string(id), "")
		if err != nil {
			return nil, err
		}
		if _, err := x.Enrol(ctx, keepers[i], id, k.Sign, k.Box); err != nil {
			return nil, err
		}
	}
	if err := d.commitShares(ctx, id, keepers, codes); err != nil {
		return nil, err
	}
	if _, err := x.Freeze(ctx, by, id); err != nil {
		return nil, err
	}
	if _, err := x.Observe(ctx, by, id, protocol.Beacon{Text: "07 11 19 23 28 31", Witnesses: []string{"严守正", "温如玉"}}); err != nil {
		return nil, err
	}
	for i := range keepers {
		secret, err := codes[i].Secret(string(id))
		if err != nil {
			return nil, err
		}
		if _, err := x.OpenShare(ctx, keepers[i], id, secret); err != nil {
			return nil, err
		}
	}
	return x.Draw(ctx, by, id)
}

func (d *demo) commitShares(ctx context.Context, id sitting.SessionID, keepers []authz.Principal, codes []protocol.Code) error {
	open, err := d.Exams.Drawn(ctx, d.staff["kaowu"], id)
	if err != nil {
		return err
	}
	for i := range keepers {
		c, err := codes[i].Commit(*open.Terms(), i+1)
		if err != nil {
			return err
		}
		if _, err := d.Exams.Commit(ctx, keepers[i], id, c); err != nil {
			return err
		}
	}
	return nil
}

// codeOf is the code of a custodian of the demo. It follows from invented names, so that a demo that was stopped can go
// on; a real one is drawn at random and kept apart.
func codeOf(k authz.Principal, session string) protocol.Code {
	return protocol.Code(sha256.Sum256([]byte("demo " + k.Account + " " + session)))
}

// custodians files their bodies and signs them in.
func (d *demo) custodians(ctx context.Context) ([]authz.Principal, error) {
	var all []authz.Principal
	for _, k := range fixtures.Keepers() {
		by, err := d.receive(ctx, k)
		if err != nil {
			return nil, err
		}
		all = append(all, by)
	}
	return all, nil
}

// receive files the body of somebody from outside, and signs them in.
func (d *demo) receive(ctx context.Context, o fixtures.Delegate) (authz.Principal, error) {
	if _, err := d.Registry.FileOrganisation(ctx, operator(), o.Body); already(err, engine.ErrOrgExists) != nil {
		return authz.Principal{}, fmt.Errorf("file %s: %w", o.Body.Name, err)
	}
	_, err := d.Gate.Create(ctx, operator(), accounts.New{Login: o.Login, Password: fixtures.Password, Name: o.Name, Roles: o.Roles,
		Org: o.Body.ID, OrgKind: o.Body.Kind})
	if already(err, accounts.ErrExists) != nil {
		return authz.Principal{}, fmt.Errorf("account %s: %w", o.Login, err)
	}
	return d.signIn(ctx, o.Login)
}

// auditDraws derives every draw again from its transcript, as anybody can once the exam is over.
func (d *demo) auditDraws(ctx context.Context) error {
	for _, l := range d.levels {
		file, err := d.Exams.Transcript(ctx, d.staff["dudao"], l.ID)
		if err != nil {
			return fmt.Errorf("transcript of %s: %w", l.Name, err)
		}
		t, err := protocol.Decode(file)
		if err != nil {
			return err
		}
		r, err := protocol.Audit(t)
		if err != nil {
			return err
		}
		if !r.Equal {
			return fmt.Errorf("audit of %s: %s", l.Name, r.First)
		}
		d.say("%s：组卷记录 %d KB，%d 份试卷重新导出，全部相同", l.Level, len(file)>>10, r.Levels[0].Forms)
		if d.options.out != "" {
			if err := os.MkdirAll(d.options.out, 0o700); err != nil {
				return err
			}
			name := filepath.Join(d.options.out, fmt.Sprintf("transcript-L%d.json", l.Level))
			if err := os.WriteFile(name, file, 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// auditTasks derives the practical tasks of a session again, from what everybody can download once the last turn is over.
func (d *demo) auditTasks(ctx context.Context, l *levelSession) error {
	turns, err := d.Practical.Schedule(ctx, d.staff["zuzhang"], l.ID)
	if err != nil {
		return err
	}
	if turns.Over.After(d.clock.Now()) {
		d.clock.JumpTo(turns.Over)
	}
	t, err := d.Practical.Published(ctx, l.ID)
	if err != nil {
		return fmt.Errorf("record of the tasks of %s: %w", l.Name, err)
	}
	if err := t.Audit(); err != nil {
		return fmt.Errorf("audit of the tasks of %s: %w", l.Name, err)
	}
	d.say("%s：操作技能抽题记录，%d 个准考证号的试题重新抽取，全部相同", l.Level, len(t.Tickets))
	return nil
}
