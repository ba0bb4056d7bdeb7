package api

import (
	"slices"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/sitting"
)

// onRecord are the events of a seat that the console lists among the proceedings, by what they are called there: they stand
// on the seat and not in the session's lines.
var onRecord = map[string]string{"seat.moved": "moved", "seat.readmitted": "readmitted", "seat.admitted_late": "admitted"}

// record is what concerns the console of the proceedings, and of what was decided about its seats, newest first.
func (l *looking) record(names map[sitting.Ticket]string) (rows []web.LineRow) {
	at := map[sitting.Ticket]*sitting.Seat{}
	for _, t := range l.hall.seats {
		at[t.Ticket] = t
		if l.room == "" || t.Room == l.room {
			rows = append(rows, l.decided(t, names[t.Ticket])...)
		}
	}
	for _, line := range l.hall.lines {
		if l.room != "" && line.Room != "" && line.Room != l.room {
			continue
		}
		row := web.LineRow{At: line.At, Kind: string(line.Kind), Who: names[line.Ticket], Minutes: line.Minutes, Text: line.Text,
			By: line.Name, Role: line.Role}
		if seat := at[line.Ticket]; seat != nil {
			row.Seat = seat.No
		}
		if line.Room != "" {
			row.Room = roomName(l.session, line.Room)
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b web.LineRow) int { return a.At.Compare(b.At) })
	slices.Reverse(rows)
	return rows
}

// decided are the events of one seat. An event names an account; whose it is, is known of the reader and of who has given
// an order, and left open otherwise.
func (l *looking) decided(t *sitting.Seat, who string) (rows []web.LineRow) {
	for _, e := range t.Trail {
		kind, listed := onRecord[e.Action]
		if !listed {
			continue
		}
		row := web.LineRow{At: e.At, Kind: kind, Room: roomName(l.session, t.Room), Seat: t.No, Who: who, Text: e.Note}
		for _, line := range l.hall.lines {
			if line.Account == e.By {
				row.By, row.Role = line.Name, line.Role
			}
		}
		if e.By == l.by.Account {
			row.By = l.by.Name
		}
		rows = append(rows, row)
	}
	return rows
}

// recorded counts what record lists in all rooms, so that a console sees that there is more.
func (h *hall) recorded() int {
	n := len(h.lines)
	for _, t := range h.seats {
		for _, e := range t.Trail {
			if onRecord[e.Action] != "" {
				n++
			}
		}
	}
	return n
}
