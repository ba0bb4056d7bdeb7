package sitting

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
)

// Exclusion (取消资格) is one person's word, in a room or at a station, that ended what a candidate was taking. It is a report of
// misconduct and no ruling on it.
type Exclusion struct {
	Ticket    Ticket
	Candidate engine.PersonID
	Component engine.Component // empty: everything that the candidate takes, by an invigilator; else practice, by its leader
	Place     string           // name of the room or station
	At        time.Time
	By        string // account
	Name      string // of who said it; empty in records of before it was kept
	Words     string // what they wrote
}

// Of reports whether the exclusion concerns the component.
func (e Exclusion) Of(c engine.Component) bool { return e.Component == "" || e.Component == c }

// Exclusions lists who was excluded in a session, by invigilators and by leaders, in the order of tickets and then of time.
// It asks for no role; who reads it is for the caller to ask.
func (s *Sittings) Exclusions(ctx context.Context, id SessionID) ([]Exclusion, error) {
	n, err := s.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	seats, err := s.seats(ctx, id)
	if err != nil {
		return nil, err
	}
	acts, err := s.acts(ctx, id)
	if err != nil {
		return nil, err
	}
	all, stations := acts.Excluded, map[Ticket]RoomID{}
	for _, seat := range seats {
		stations[seat.Ticket] = seat.Station
		if !seat.Voided.IsZero() {
			all = append(all, seat.exclusion(n))
		}
	}
	for i, e := range all {
		if e.Component != "" {
			all[i].Place = n.RoomName(stations[e.Ticket])
		}
	}
	slices.SortStableFunc(all, func(a, b Exclusion) int {
		if by := strings.Compare(string(a.Ticket), string(b.Ticket)); by != 0 {
			return by
		}
		return a.At.Compare(b.At)
	})
	return all, nil
}

// exclusion is what the voided seat says of itself.
func (t *Seat) exclusion(n *Session) Exclusion {
	e := Exclusion{Ticket: t.Ticket, Candidate: t.Candidate, Place: n.RoomName(t.Room), At: t.Voided, Words: t.Note}
	for _, v := range t.Trail {
		if v.Action == "seat.voided" {
			e.By, e.Name = v.By, v.Name
		}
	}
	return e
}

// RoomName is the name of a room or station of the session, "" when it has none.
func (n *Session) RoomName(id RoomID) string {
	for _, r := range n.Rooms {
		if r.ID == id {
			return r.Name
		}
	}
	return ""
}
