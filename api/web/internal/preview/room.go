package preview

import (
	"net/http"
	"strconv"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
)

// hall shows a console of many seats, ?seats= of them, for measuring.
func (s *Server) hall(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.URL.Query().Get("seats")) // none: an empty hall
	v := LargeRoom(s.clock.Now(), n)
	v.Room = strconv.Itoa(n)
	s.render(w, r, Sample{Page: "room", User: staff("宋知微", authz.Invigilator, ""), Body: v})
}

// progress is what the scripts of a console ask for. In a hall everybody moves on with every second.
func (s *Server) progress(w http.ResponseWriter, r *http.Request) {
	now := s.clock.Now()
	w.Header().Set("Server-Time", now.UTC().Format("2006-01-02T15:04:05.000Z"))
	v := roomView(now)
	v.Roomwide = r.PathValue("room") == "" // as in the sample of all rooms
	if n, err := strconv.Atoi(r.PathValue("room")); err == nil {
		v = LargeRoom(now, n)
		for i := range v.Seats {
			stir(&v.Seats[i], int(now.UnixMilli()/100))
		}
	}
	reply(w, http.StatusOK, v.Progress())
}

// stir changes a seat as a sitting does: nearly everybody is heard, many have answered one more.
func stir(v *web.SeatView, tick int) {
	if v.State == web.SeatSitting || v.State == web.SeatUnsaved {
		v.Answered, v.Question = (v.Answered+tick)%100, (v.Answered+tick)%100+1
		v.Unsaved = (v.No + tick) % 3 / 2
	}
}
