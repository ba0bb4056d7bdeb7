package api

import (
	"slices"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/sitting"
)

// record is what happened in what is looked at, newest first, as far as the reader watches it.
func (l *looking) record(names map[sitting.Ticket]string) (rows []web.LineRow) {
	if l.session.Watches(l.by, l.room) != nil {
		return nil
	}
	for _, h := range sitting.Happened(l.hall.lines, l.hall.seats, l.room) {
		if h.Room != "" && l.session.Watches(l.by, h.Room) != nil {
			continue
		}
		row := web.LineRow{At: h.At, Kind: string(h.Kind), Seat: h.Seat, Who: names[h.Ticket], Minutes: h.Minutes, From: h.From, To: h.To,
			Code: h.Code, Text: h.Text, By: h.By, Role: h.Role}
		if h.Room != "" {
			row.Room = roomName(l.session, h.Room)
		}
		rows = append(rows, row)
	}
	slices.Reverse(rows)
	return rows
}
