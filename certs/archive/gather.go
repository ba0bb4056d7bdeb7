package archive

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

// source is one archive being gathered: the session and what all volumes ask of it. Every volume is one file of this
// package and one function, in gatherers.
type source struct {
	*Desk
	by      authz.Principal
	filing  *Filing
	session *sitting.Session
	body    *engine.Organisation
	seats   []*sitting.Seat
	people  map[engine.PersonID]*engine.Person // names and documents, without photos and trails
}

// put hands one file on. Its error ends the gathering.
type put func(folder Volume, name, about string, data []byte, err error) error

// gatherers are the volumes in their order. Each hands its files on one by one, so that only one is held at a time.
func (s *source) gatherers() []func(context.Context, put) error {
	return []func(context.Context, put) error{s.registration, s.plans, s.process, s.papers, s.certificates}
}

// at is the time that everything in the archive says it was made at.
func (s *source) at() time.Time { return s.filing.Began }

// open reads what all volumes need.
func (d *Desk) open(ctx context.Context, by authz.Principal, f *Filing) (*source, error) {
	n, err := d.final(ctx, by, f.Session)
	if err != nil {
		return nil, err
	}
	body, err := d.rooms.People.Organisation(ctx, n.Org)
	if err != nil {
		return nil, err
	}
	seats, err := d.rooms.Sittings.SeatsOf(ctx, n.ID)
	if err != nil {
		return nil, err
	}
	return &source{Desk: d, by: by, filing: f, session: n, body: body, seats: seats, people: map[engine.PersonID]*engine.Person{}}, nil
}

// person is somebody's entry in the register, read once.
func (s *source) person(ctx context.Context, id engine.PersonID) (*engine.Person, error) {
	if p := s.people[id]; p != nil {
		return p, nil
	}
	got, err := s.rooms.People.Named(ctx, id)
	if err != nil {
		return nil, err
	}
	kept := *got
	kept.Trail = nil
	s.people[id] = &kept
	return &kept, nil
}

// document is one record as JSON with indent, for people and programs.
func document(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// lines are records as JSON, one on each line.
func lines[T any](all []T) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, v := range all {
		if err := e.Encode(v); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// sheet is a table that spreadsheet programs open: CSV in UTF-8 with a mark in front, so that they see that it is. What
// would be taken for a formula is set behind an apostrophe.
func sheet(rows [][]string) ([]byte, error) {
	b := bytes.NewBufferString("\uFEFF")
	w := csv.NewWriter(b)
	w.UseCRLF = true
	for _, row := range rows {
		for i, cell := range row {
			if cell != "" && bytes.IndexByte([]byte("=+-@\t\r"), cell[0]) >= 0 {
				row[i] = "'" + cell
			}
		}
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// moment is an instant for tables, in the zone of the policy; "" for none.
func (s *source) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.policy.Location()).Format("2006-01-02 15:04:05")
}
