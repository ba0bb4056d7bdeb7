package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
)

// toldFile is the report of a story that was told to its end, in the data directory. From then on people work there by hand,
// and what they changed is not to be told over.
const toldFile = "told.json"

// keepTold notes that the story was told.
func (d *demo) keepTold() error {
	b, err := json.Marshal(d.report)
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(d.options.Data, toldFile), b)
}

// wasTold reports whether the story was told on this data before, and takes its report over.
func (d *demo) wasTold() (bool, error) {
	b, err := os.ReadFile(filepath.Join(d.options.Data, toldFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(b, &d.report); err != nil {
		return false, fmt.Errorf("%s: %w", toldFile, err)
	}
	return true, nil
}

// recall finds again what the story left, as it is today.
func (d *demo) recall(ctx context.Context) error {
	d.step("故事在这份数据上已经讲完，从停下的地方继续")
	if err := d.hire(ctx); err != nil {
		return err
	}
	d.clock.JumpTo(clock.System{}.Now())
	by := d.staff["kaowu"]
	for i, level := range engine.Levels() {
		s, err := d.findSession(ctx, by, level, d.day.AddDays(i))
		if err != nil {
			return err
		}
		l := &levelSession{Session: s, day: clock.DateOf(s.Theory.Opens, d.policy.Location()), names: map[engine.PersonID]fixtures.Candidate{}}
		if l.seats, err = d.Sittings.SeatsOf(ctx, s.ID); err != nil {
			return err
		}
		if d.levels = append(d.levels, l); len(l.seats) == 0 {
			return fmt.Errorf("%s: nobody was seated, though the story was told; remove %s to have it told again", l.Name, toldFile)
		}
	}
	if err := d.complete(ctx, by, d.levels, fixtures.Candidates(d.report.Candidates, d.day)); err != nil {
		return err
	}
	return d.recallCertificates(ctx)
}

// recallCertificates hands out again what the story issued, in the names of today.
func (d *demo) recallCertificates(ctx context.Context) error {
	rows := d.report.Certificates
	d.report.Certificates = nil
	for _, row := range rows {
		c, err := d.Issuer.Certificate(ctx, d.staff["zhengshu"], certs.Number(row.Number))
		if err != nil {
			return fmt.Errorf("certificate %s: %w", row.Number, err)
		}
		if err := d.keep(ctx, c); err != nil {
			return fmt.Errorf("certificate %s: %w", row.Number, err)
		}
	}
	d.say("%d 份证书", len(rows))
	return d.handOut(ctx)
}

// asKnown are people under the names that they are registered under today: who they are is said by their number, and a name
// may have been put right since they were invented.
func (d *demo) asKnown(ctx context.Context, people []fixtures.Candidate) ([]fixtures.Candidate, error) {
	known := slices.Clone(people)
	for i := range known {
		p, err := d.Registry.Find(ctx, engine.ResidentCard, known[i].IDNumber)
		switch {
		case errors.Is(err, engine.ErrPerson): // nobody yet
		case err != nil:
			return nil, err
		default:
			known[i].Name = p.Name
		}
	}
	return known, nil
}

// idTail is how a candidate shows at signing in whose number it is.
func idTail(number string) string { return number[max(0, len(number)-6):] }
